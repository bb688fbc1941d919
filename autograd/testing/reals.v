(* What a theorem about a row speaks of, and how it is proved: see coq.py. *)

Require Import Reals Lra List Bool.
From Coquelicot Require Import Coquelicot.
Import ListNotations.
Open Scope bool_scope.
Open Scope R_scope.

(* Comparisons as the tests of choices. *)
Definition less (x y : R) : bool := if Rlt_dec x y then true else false.
Definition most (x y : R) : bool := if Rle_dec x y then true else false.
Definition same (x y : R) : bool := if Req_EM_T x y then true else false.
Notation "x <? y" := (less x y) : R_scope.
Notation "x <=? y" := (most x y) : R_scope.
Notation "x =? y" := (same x y) : R_scope.

(* Functions that the libraries lack. *)
Definition floor (x : R) : R := IZR (Int_part x).
Definition erf (x : R) : R := 2 / sqrt PI * RInt (fun t => exp (- t ^ 2)) 0 x.
Definition atan2 (x y : R) : R := 2 * atan (x / (sqrt (x ^ 2 + y ^ 2) + y)).
Definition erfc (x : R) : R := 1 - erf x.

Definition total (xs : list R) : R := fold_right Rplus 0 xs.
Definition prod (xs : list R) : R := fold_right Rmult 1 xs.
Fixpoint without (x : R) (xs : list R) : list R :=
  match xs with [] => [] | y :: ys => if x =? y then ys else y :: without x ys end.
Definition prod_dx (x : R) (xs : list R) : R := prod (without x xs).
Fixpoint dot (xs ys : list R) : R :=
  match xs, ys with x :: xs', y :: ys' => x * y + dot xs' ys' | _, _ => 0 end.
Definition mean (xs : list R) : R := total xs / INR (length xs).
Definition share (xs : list R) : R := 1 / INR (length xs).
Definition norm (xs : list R) : R := sqrt (dot xs xs).
Definition norm_dx (x : R) (xs : list R) : R := if norm xs =? 0 then 0 else x / norm xs.
Definition logsumexp (xs : list R) : R := ln (total (map exp xs)).
Definition softmax (x : R) (xs : list R) : R := exp x / total (map exp xs).
Definition softmean (xs ys : list R) : R := dot (map exp xs) ys / total (map exp xs).
Definition softmean_dx (x y : R) (xs ys : list R) : R := softmax x xs * (y - softmean xs ys).

(* What follows about them. *)

Lemma floor_near (x t : R) : floor x < t < floor x + 1 -> floor t = floor x.
Proof.
  unfold floor; intros [H1 H2]. f_equal. unfold Int_part at 1.
  rewrite <- (tech_up t (Int_part x + 1)); [now rewrite Z.add_simpl_r | |]; rewrite plus_IZR; lra.
Qed.

Lemma floor_below (x : R) : floor x <> x -> floor x < x < floor x + 1.
Proof. unfold floor. destruct (base_Int_part x). lra. Qed.

Lemma floor_is (x : R) (n : Z) : IZR n <= x < IZR n + 1 -> floor x = IZR n.
Proof.
  unfold floor, Int_part. intros H. rewrite <- (tech_up x (n + 1)).
  - now rewrite Z.add_simpl_r.
  - rewrite plus_IZR. lra.
  - rewrite plus_IZR. lra.
Qed.

Lemma floor_small (x : R) : 0 <= x -> x < 1 -> floor x = 0.
Proof. intros. apply (floor_is x 0). lra. Qed.

Lemma floor_whole (n : Z) : floor (IZR n) = IZR n.
Proof. apply floor_is. lra. Qed.

Lemma floor_negative (x : R) : floor x <> x -> floor (- x) = - floor x - 1.
Proof.
  intros H. pose proof (floor_below x H).
  rewrite (floor_is (- x) (- Int_part x - 1)); unfold floor in *; rewrite minus_IZR, opp_IZR; lra.
Qed.

Lemma floor_negative_whole (x : R) : floor x = x -> floor (- x) = - x.
Proof. unfold floor at 1. intros H. rewrite <- H, <- opp_IZR. apply floor_whole. Qed.

Lemma floor_negative_not (x : R) : floor x <> x -> floor (- x) <> - x.
Proof. intros H. pose proof (floor_below x H). rewrite floor_negative; lra. Qed.

Lemma floor_not_near (x : R) : floor x <> x -> locally x (fun t => floor t <> t).
Proof.
  intros H. pose proof (floor_below x H) as B.
  apply (filter_imp (fun t => floor x < t /\ t < floor x + 1)).
  - intros t T. rewrite (floor_near x t); lra.
  - apply filter_and; [apply (open_gt (floor x)) | apply (open_lt (floor x + 1))]; lra.
Qed.

Lemma floor_flat (x : R) : floor x <> x -> is_derive floor x 0.
Proof.
  intros H.
  assert (B : floor x < x < floor x + 1).
  { unfold floor in *. destruct (base_Int_part x). lra. }
  apply is_derive_ext_loc with (fun _ => floor x).
  - apply (filter_imp (fun t => floor x < t /\ t < floor x + 1)).
    + intros t [H1 H2]. symmetry. now apply floor_near.
    + apply filter_and; [apply (open_gt (floor x)) | apply (open_lt (floor x + 1))]; lra.
  - auto_derive; trivial.
Qed.

Lemma erf_slope (x : R) : is_derive erf x (2 / sqrt PI * exp (- x ^ 2)).
Proof.
  unfold erf. apply (is_derive_scal (fun y => RInt (fun t => exp (- t ^ 2)) 0 y)).
  apply (is_derive_RInt (fun t => exp (- t ^ 2)) _ 0).
  - apply filter_forall. intros y. apply (@RInt_correct R_CompleteNormedModule).
    apply (@ex_RInt_continuous R_CompleteNormedModule). intros t _.
    apply (@ex_derive_continuous R_AbsRing R_NormedModule). auto_derive. trivial.
  - apply (@ex_derive_continuous R_AbsRing R_NormedModule). auto_derive. trivial.
Qed.

Lemma tan_slope (x : R) : cos x <> 0 -> is_derive tan x (1 / cos x ^ 2).
Proof.
  intros H. replace (1 / cos x ^ 2) with (tan x ^ 2 + 1); [now apply is_derive_tan |].
  unfold tan. pose proof (sin2_cos2 x) as E. unfold Rsqr in E.
  field_simplify_eq; [|assumption]. rewrite <- E. ring.
Qed.

Lemma asin_slope (x : R) : -1 < x < 1 -> is_derive asin x (1 / sqrt (1 - x ^ 2)).
Proof.
  intros H. apply is_derive_Reals. replace (x ^ 2) with (Rsqr x) by (unfold Rsqr; ring).
  rewrite <- (derive_pt_asin x H). apply derive_pt_eq_1 with (derivable_pt_asin x H). reflexivity.
Qed.

Lemma acos_slope (x : R) : -1 < x < 1 -> is_derive acos x (- (1 / sqrt (1 - x ^ 2))).
Proof.
  intros H. apply is_derive_ext_loc with (fun t => PI / 2 - asin t).
  - apply (filter_imp (fun t => -1 < t /\ t < 1)).
    + intros t [H1 H2]. symmetry. apply acos_asin. lra.
    + apply filter_and; [apply (open_gt (-1)) | apply (open_lt 1)]; lra.
  - replace (- (1 / sqrt (1 - x ^ 2))) with (0 - 1 / sqrt (1 - x ^ 2)) by ring.
    apply (is_derive_minus (fun _ => PI / 2) asin); [auto_derive; trivial |].
    now apply asin_slope.
Qed.

Global Instance differentiable_floor : UnaryDiff' floor.
Proof. exists (fun _ => 0) (fun x => floor x <> x). exact floor_flat. Defined.
Global Instance differentiable_erf : UnaryDiff erf.
Proof. exists (fun x => 2 / sqrt PI * exp (- x ^ 2)). exact erf_slope. Defined.
Global Instance differentiable_tan : UnaryDiff' tan.
Proof. exists (fun x => 1 / cos x ^ 2) (fun x => cos x <> 0). exact tan_slope. Defined.
Global Instance differentiable_asin : UnaryDiff' asin.
Proof. exists (fun x => 1 / sqrt (1 - x ^ 2)) (fun x => -1 < x < 1). exact asin_slope. Defined.
Global Instance differentiable_acos : UnaryDiff' acos.
Proof. exists (fun x => - (1 / sqrt (1 - x ^ 2))) (fun x => -1 < x < 1). exact acos_slope. Defined.

(* A function that is another near a point, or one on each side of it. *)

Lemma below (x c : R) : x < c -> locally x (fun t => t < c).
Proof. apply (open_lt c). Qed.
Lemma above (x c : R) : c < x -> locally x (fun t => c < t).
Proof. apply (open_gt c). Qed.

Lemma near (P : R -> Prop) (f g : R -> R) (x l : R) :
  locally x P -> (forall t, P t -> f t = g t) -> is_derive g x l -> is_derive f x l.
Proof.
  intros N E. apply is_derive_ext_loc. apply (filter_imp P); [|exact N]. intros t H. now rewrite E.
Qed.

Lemma same_function (f g : R -> R) (x l : R) :
  (forall t, f t = g t) -> is_derive g x l -> is_derive f x l.
Proof. intros E. apply is_derive_ext. intros t. now rewrite E. Qed.

Lemma glued (P : R -> Prop) (f g h : R -> R) (c l : R) :
  locally c P -> (forall t, P t -> t < c -> f t = g t) -> (forall t, P t -> c < t -> f t = h t) ->
  f c = g c -> f c = h c -> is_derive g c l -> is_derive h c l -> is_derive f c l.
Proof.
  intros [d N] G H Gc Hc Dg Dh. apply is_derive_Reals.
  apply is_derive_Reals in Dg. apply is_derive_Reals in Dh.
  intros eps Heps. destruct (Dg eps Heps) as [dg Bg]. destruct (Dh eps Heps) as [dh Bh].
  assert (M : 0 < Rmin d (Rmin dg dh)).
  { repeat apply Rmin_pos; apply cond_pos. }
  exists (mkposreal _ M). intros t Ht Hd. simpl in Hd.
  assert (Hd1 := Rlt_le_trans _ _ _ Hd (Rmin_l _ _)).
  assert (Hd2 := Rlt_le_trans _ _ _ Hd (Rmin_r _ _)).
  assert (Hd3 := Rlt_le_trans _ _ _ Hd2 (Rmin_l _ _)).
  assert (Hd4 := Rlt_le_trans _ _ _ Hd2 (Rmin_r _ _)).
  assert (Pt : P (c + t)).
  { apply N. unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl.
    now replace (c + t + - c) with t by ring. }
  destruct (Rtotal_order t 0) as [T | [T | T]]; [| contradiction |].
  - rewrite (G (c + t) Pt) by lra. rewrite Gc. now apply Bg.
  - rewrite (H (c + t) Pt) by lra. rewrite Hc. now apply Bh.
Qed.

(* Runs: a number in the middle of a list. *)

Lemma total_middle (xs ys : list R) (x : R) :
  total (xs ++ x :: ys) = total xs + x + total ys.
Proof.
  induction xs as [| y xs IH]; simpl; [ring |].
  fold (total (xs ++ x :: ys)) (total xs). rewrite IH. ring.
Qed.

Lemma prod_middle (xs ys : list R) (x : R) : prod (xs ++ x :: ys) = prod xs * x * prod ys.
Proof.
  induction xs as [| y xs IH]; simpl; [ring |].
  fold (prod (xs ++ x :: ys)) (prod xs). rewrite IH. ring.
Qed.

Lemma prod_dx_middle (xs ys : list R) (x : R) : prod_dx x (xs ++ x :: ys) = prod xs * prod ys.
Proof.
  unfold prod_dx, same. induction xs as [| y xs IH]; simpl; unfold same.
  - destruct (Req_EM_T x x); [ring | contradiction].
  - destruct (Req_EM_T x y) as [E | E].
    + rewrite prod_middle. subst. fold (prod xs). ring.
    + simpl. fold (prod (without x (xs ++ x :: ys))) (prod xs). rewrite IH. ring.
Qed.

Lemma dot_middle (xs ys xs' ys' : list R) (x y : R) :
  length xs = length xs' -> dot (xs ++ x :: ys) (xs' ++ y :: ys') = dot xs xs' + x * y + dot ys ys'.
Proof.
  revert xs'. induction xs as [| u xs IH]; intros [| v xs'] H; try discriminate; simpl.
  - ring.
  - rewrite IH; [ring | now inversion H].
Qed.

Lemma total_exp (xs : list R) : 0 <= total (map exp xs).
Proof.
  induction xs as [| x xs IH]; simpl; [lra |]. fold (total (map exp xs)).
  pose proof (exp_pos x). lra.
Qed.

Lemma dot_self (xs : list R) : 0 <= dot xs xs.
Proof.
  induction xs as [| x xs IH]; simpl; [lra |].
  pose proof (Rle_0_sqr x). unfold Rsqr in *. lra.
Qed.

Lemma length_middle (xs ys : list R) (x : R) :
  INR (length (xs ++ x :: ys)) = INR (length xs) + 1 + INR (length ys).
Proof. rewrite app_length, plus_INR. simpl length. rewrite S_INR. ring. Qed.

(* Signs and roots that the tactic asks for. *)

Lemma root_of_product (a b c : R) :
  0 < a -> 0 < b -> 0 < c -> a * a = (b * b) * (c * c) -> a = b * c.
Proof. intros A B C E. pose proof (Rmult_lt_0_compat b c B C). nra. Qed.

Lemma inverse_not (x : R) : x <> 0 -> 1 / x <> 0.
Proof. intros H. unfold Rdiv. rewrite Rmult_1_l. now apply Rinv_neq_0_compat. Qed.

Lemma under_root (e : R) : sqrt e <> 0 -> 0 < e.
Proof. intros H. destruct (Rlt_or_le 0 e) as [L | L]; [exact L | now apply sqrt_neg_0 in L]. Qed.

Lemma root_above (x e : R) : x * x < e -> 0 < x + sqrt e.
Proof.
  intros H. assert (Rabs x < sqrt e); [|pose proof (Rle_abs (- x)); rewrite Rabs_Ropp in *; lra].
  rewrite <- sqrt_Rsqr_abs. apply sqrt_lt_1; unfold Rsqr; [apply Rle_0_sqr | | exact H].
  pose proof (Rle_0_sqr x). unfold Rsqr in *. lra.
Qed.

Lemma sum_of_inverse (x : R) : x <> 0 -> x + 1 / x <> 0.
Proof.
  intros H E. assert (x * (x + 1 / x) = x * x + 1) as F by (field; exact H). rewrite E in F.
  pose proof (Rle_0_sqr x). unfold Rsqr in *. lra.
Qed.

Lemma half_square (x : R) : - (- x * / sqrt 2 * (- x * / sqrt 2 * 1)) = - x ^ 2 / 2.
Proof.
  pose proof (sqrt_sqrt 2 ltac:(lra)) as E. pose proof (sqrt_lt_R0 2 ltac:(lra)).
  replace (- (- x * / sqrt 2 * (- x * / sqrt 2 * 1))) with (- x ^ 2 / (sqrt 2 * sqrt 2))
    by (field; lra).
  now rewrite E.
Qed.

Lemma hypot_scaled (x y : R) :
  x <> 0 -> sqrt (1 ^ 2 + (y / x) ^ 2) = sqrt (x ^ 2 + y ^ 2) / Rabs x.
Proof.
  intros H. replace (1 ^ 2 + (y / x) ^ 2) with ((x ^ 2 + y ^ 2) / x ^ 2) by (field; exact H).
  rewrite sqrt_div_alt by now apply pow2_gt_0. rewrite <- sqrt_Rsqr_abs. unfold Rsqr.
  now replace (x * x) with (x ^ 2) by ring.
Qed.

Lemma root_of_quarter : sqrt (PI / 4) = sqrt PI / 2.
Proof.
  replace (PI / 4) with (PI * (/ 2 * / 2)) by field. pose proof PI_RGT_0.
  rewrite sqrt_mult_alt, sqrt_square; lra.
Qed.

(* The tactic. `prove points step` takes apart what a row means, and a theorem into its claims.
   `points` are where the value may change its form, `step` is tried where an equation resists. *)

#[global] Hint Unfold atan2 erfc mean share norm norm_dx : rows.
#[global] Hint Unfold logsumexp softmax softmean softmean_dx : rows.

Ltac reduce := cbv beta iota delta [andb orb negb].
Ltac open_rows :=
  repeat (progress (autounfold with rows in *));
  unfold less, most, same, Rpower in *; reduce.

(* What the hypotheses contradict. *)
Ltac absurd_by tac :=
  exfalso; first [tac | match goal with H : _ <> _ |- _ => apply H; tac end].
Ltac absurd :=
  first [contradiction | absurd_by ltac:(lra)
        | match goal with H : floor _ <> _ |- _ => case (H (floor_whole _)) end].

(* Signs. *)
Ltac know_squares := repeat match goal with
  | H : ?a <> 0 |- _ =>
      lazymatch goal with
      | K : 0 < a * a |- _ => fail
      | _ => pose proof (Rsqr_pos_lt a H : 0 < a * a)
      end
  end.
Ltac positive :=
  first [assumption | match goal with H : sqrt _ <> 0 |- _ => exact (under_root _ H) end |
  lazymatch goal with
  | |- 0 < exp _ => apply exp_pos
  | |- 0 < PI => exact PI_RGT_0
  | |- 0 < sqrt _ => apply sqrt_lt_R0; positive
  | |- 0 < / _ => apply Rinv_0_lt_compat; positive
  | |- 0 < _ / _ => first [lra | apply Rdiv_lt_0_compat; positive]
  | |- 0 < _ ^ 2 => apply pow2_gt_0; nonzero
  | |- 0 < _ ^ _ => apply pow_lt; positive
  | |- 0 < ?a * ?a => apply Rsqr_pos_lt; nonzero
  | |- 0 < _ * _ => first [lra | apply Rmult_lt_0_compat; positive]
  | |- 0 < _ + sqrt _ =>
      first [lra | apply root_above; nra
            | apply Rplus_lt_le_0_compat; [positive | nonnegative]]
  | |- 0 < sqrt _ + _ =>
      first [rewrite Rplus_comm; apply root_above; nra
            | apply Rplus_le_lt_0_compat; [nonnegative | positive]]
  | |- 0 < _ + _ =>
      first [lra | apply Rplus_lt_le_0_compat; [positive | nonnegative]
                 | apply Rplus_le_lt_0_compat; [nonnegative | positive] | nra]
  | |- 0 < Rabs _ => apply Rabs_pos_lt; nonzero
  | |- _ => first [lra | nra]
  end]
with nonnegative :=
  lazymatch goal with
  | |- 0 <= _ ^ 2 => apply pow2_ge_0
  | |- 0 <= sqrt _ => apply sqrt_pos
  | |- 0 <= exp _ => left; apply exp_pos
  | |- 0 <= total (map exp _) => apply total_exp
  | |- 0 <= dot ?a ?a => apply dot_self
  | |- 0 <= INR _ => apply pos_INR
  | |- 0 <= Rabs _ => apply Rabs_pos
  | |- 0 <= ?a * ?a => apply Rle_0_sqr
  | |- 0 <= _ * _ => first [lra | apply Rmult_le_pos; nonnegative]
  | |- 0 <= _ + _ => first [lra | apply Rplus_le_le_0_compat; nonnegative | left; positive]
  | |- _ => first [lra | left; positive]
  end
with nonzero :=
  lazymatch goal with
  | |- _ * _ <> 0 => apply Rmult_integral_contrapositive_currified; nonzero
  | |- _ / _ <> 0 => apply Rmult_integral_contrapositive_currified; nonzero
  | |- / _ <> 0 => apply Rinv_neq_0_compat; nonzero
  | |- - _ <> 0 => apply Ropp_neq_0_compat; nonzero
  | |- _ ^ _ <> 0 => apply pow_nonzero; nonzero
  | |- ln _ <> 0 => apply ln_neq_0; [nonzero | positive]
  | |- _ =>
      first [assumption | apply Rgt_not_eq; lra | apply Rlt_not_eq; lra
            | match goal with H : ?a <> ?b |- ?c <> ?d => intro; apply H; lra end
            | match goal with H : ?a <> 0 |- floor _ <> _ =>
                let E := fresh in intro E; apply H; unfold Rdiv in *; rewrite E; field; nonzero end
            | apply floor_negative_not; assumption
            | match goal with |- ?a + 1 / ?a <> 0 => apply sum_of_inverse; nonzero end
            | apply not_eq_sym, Rlt_not_eq; positive | apply Rlt_not_eq; nra]
  end.

Ltac know_exps := repeat match goal with
  | |- context [exp ?a] =>
      lazymatch goal with H : 0 < exp a |- _ => fail | _ => pose proof (exp_pos a) end
  end.

Ltac side :=
  repeat match goal with |- context [?a * (?a * 1)] => change (a * (a * 1)) with (a ^ 2) end;
  repeat match goal with |- _ /\ _ => split end;
  lazymatch goal with
  | |- True => exact I
  | |- _ <> _ => nonzero
  | |- 0 < _ => positive
  | |- 0 <= _ => nonnegative
  | |- _ \/ _ => first [left; side | right; side]
  | |- _ => first [assumption | lra | know_exps; lra | nra]
  end.

(* Choices and absolute values, decided where the hypotheses say how. *)
Ltac plain a :=
  lazymatch a with
  | context [Rabs _] => fail | context [Rlt_dec _ _] => fail | context [Rle_dec _ _] => fail
  | context [Req_EM_T _ _] => fail | _ => idtac
  end.
Ltac decide_one :=
  match goal with
  | |- context [Rabs ?a] => plain a;
      first [rewrite (Rabs_right a) in * by lra | rewrite (Rabs_left a) in * by lra
            | destruct (Rle_or_lt 0 a);
              [rewrite (Rabs_right a) in * by lra | rewrite (Rabs_left a) in * by lra]]
  | |- context [Rlt_dec ?a ?b] => plain a; plain b; destruct (Rlt_dec a b)
  | |- context [Rle_dec ?a ?b] => plain a; plain b; destruct (Rle_dec a b)
  | |- context [Req_EM_T ?a ?b] => plain a; plain b; destruct (Req_EM_T a b)
  | |- context [floor ?a] => plain a; rewrite (floor_small a) by lra
  end; reduce; try absurd.
Ltac decide_all := reduce; repeat decide_one.

Ltac simple := rewrite ?Rplus_0_r, ?Rminus_0_r, ?atan_1.

(* Equations of arithmetic, exponentials and roots. *)
Ltac calculate := first [reflexivity | lra | ring | field; side].

Ltac same_arguments f :=
  repeat match goal with
  | |- context [f ?a] =>
      match goal with
      | |- context [f ?b] => tryif constr_eq a b then fail else
          replace (f a) with (f b) by (f_equal; field; side)
      end
  end.

Ltac split_exps :=
  repeat match goal with
  | |- context [2 * (?a / 2)] => replace (2 * (a / 2)) with a by field
  end;
  repeat match goal with
  | |- context [exp ?a] => progress (ring_simplify a)
  end;
  repeat match goal with
  | |- context [exp 0] => rewrite exp_0
  | |- context [exp (ln ?a)] => rewrite (exp_ln a) by positive
  | |- context [exp (- ?a)] => rewrite (exp_Ropp a)
  | |- context [exp (?a + ?b)] => rewrite (exp_plus a b)
  | |- context [exp (?a - ?b)] => unfold Rminus; rewrite (exp_plus a (- b))
  | |- context [exp (2 * ?a)] => replace (2 * a) with (a + a) by ring
  | |- context [exp (3 * ?a)] => replace (3 * a) with (a + a + a) by ring
  | |- context [exp (4 * ?a)] => replace (4 * a) with (a + a + (a + a)) by ring
  | |- context [exp (-2 * ?a)] => replace (-2 * a) with (- (a + a)) by ring
  | |- context [exp (-1 * ?a)] => replace (-1 * a) with (- a) by ring
  end.

Ltac name_roots :=
  repeat match goal with
  | |- context [sqrt ?e] => progress (ring_simplify e)
  end;
  same_arguments sqrt; rewrite ?root_of_quarter;
  repeat match goal with
  | |- context [sqrt ?e] =>
      let r := fresh "r" in let E := fresh in
      assert (E : 0 < e) by positive;
      pose proof (sqrt_lt_R0 e E); pose proof (sqrt_sqrt e (Rlt_le 0 e E));
      set (r := sqrt e) in *; clearbody r
  end;
  repeat match goal with
  | A : ?a * ?a = _, B : ?b * ?b = _, C : ?c * ?c = _ |- _ =>
      is_var a; let E := fresh in
      assert (E : a = b * c) by (apply root_of_product; [assumption .. | rewrite A, B, C; ring]);
      clear A; subst a
  end.

Ltac ring_of_squares :=
  match goal with
  | A : ?a * ?a = _, B : ?b * ?b = _, C : ?c * ?c = _ |- _ => ring [A B C]
  | A : ?a * ?a = _, B : ?b * ?b = _ |- _ => ring [A B]
  | A : ?a * ?a = _ |- _ => ring [A]
  end.

Ltac equation step :=
  decide_all; subst; simple;
  first [ calculate | step; calculate
        | split_exps; calculate
        | same_arguments exp; split_exps; name_roots;
          first [calculate | field_simplify_eq; [ring_of_squares | side]] ].

(* A hypotenuse that was scaled, as that of the sides. *)
Ltac rewrite_hypot x y :=
  first [rewrite (hypot_scaled x y) by nonzero | rewrite (hypot_scaled y x) by nonzero];
  decide_all; name_roots.

(* What is a cube root there becomes c, and x its cube. *)
Ltac of_cube_root x :=
  match goal with
  | |- context [exp (1 / 3 * ln ?a)] =>
      let c := fresh "c" in let P := fresh in let C := fresh in
      assert (C : a = exp (1 / 3 * ln a) * exp (1 / 3 * ln a) * exp (1 / 3 * ln a))
        by (rewrite <- !exp_plus; replace (_ + _) with (ln a) by field; rewrite exp_ln; lra);
      replace (2 / 3 * ln a) with (1 / 3 * ln a + 1 / 3 * ln a) by field; rewrite ?exp_plus;
      pose proof (exp_pos (1 / 3 * ln a)) as P; set (c := exp (1 / 3 * ln a)) in *; clearbody c;
      first [is_var a; rewrite C | replace x with (- (c * c * c)) by lra]
  end.

(* Of logarithms: both sides as exponents. *)
Ltac value_equation step :=
  decide_all; simple;
  first [ equation step | nra | apply exp_inv; split_exps; calculate ].

Ltac derive_by step := auto_derive; [side | equation step].

(* The value is another function near the point, or on each side of it. *)
Ltac rewritten :=
  intros; repeat match goal with H : _ /\ _ |- _ => destruct H end; decide_all;
  repeat match goal with
  | |- context [?a / - ?a] => replace (a / - a) with (-1) by (field; lra)
  | |- context [?a / ?a] => replace (a / a) with 1 by (field; lra)
  end;
  reflexivity.
Ltac value_there := equation ltac:(fail).

Ltac pieces points x N step :=
  lazymatch points with
  | nil =>
      first
      [ absurd
      | match goal with E : x = ?c |- is_derive _ x _ =>
          tryif constr_eq x c then fail else
          rewrite E in *;
          first
          [ absurd
          | eapply (glued _ _ _ _ _ _ N);
            [rewritten | rewritten | value_there | value_there | derive_by step | derive_by step] ]
        end
      | eapply (near _ _ _ _ _ N); [rewritten | derive_by step] ]
  | ?c :: ?rest =>
      let H := fresh "H" in let M := fresh "near" in
      destruct (Rtotal_order x c) as [H | [H | H]];
      [ pose proof (filter_and _ _ N (below x c H)) as M; pieces rest x M step
      | first [absurd | pieces rest x N step]
      | pose proof (filter_and _ _ N (above x c H)) as M; pieces rest x M step ]
  end.

Ltac runs_in H :=
  rewrite ?map_app, ?map_cons in H;
  rewrite ?total_middle, ?prod_middle, ?prod_dx_middle, ?length_middle, ?dot_middle in H
    by (rewrite ?map_length; first [assumption | reflexivity]).
Ltac runs :=
  rewrite ?map_app, ?map_cons;
  rewrite ?total_middle, ?prod_middle, ?prod_dx_middle, ?length_middle, ?dot_middle
    by (rewrite ?map_length; first [assumption | reflexivity]).
Ltac runs_rewritten :=
  let t := fresh "t" in let v := fresh "v" in let E := fresh "E" in
  intros t; match goal with |- ?whole = _ => remember whole as v eqn:E end; runs_in E; exact E.

Ltac ordered points :=
  lazymatch points with
  | ?a :: ?rest => ordered_with a rest; ordered rest
  | _ => idtac
  end
with ordered_with a points :=
  lazymatch points with
  | ?b :: ?rest => destruct (Rtotal_order a b) as [? | [? | ?]]; try absurd; ordered_with a rest
  | _ => idtac
  end.

Ltac known_near x N next :=
  match goal with
  | H : floor x <> x |- _ =>
      let M := fresh "near" in
      pose proof (filter_and _ _ N (floor_not_near x H)) as M; next M
  | _ => next N
  end.

Ltac derivative_at points step :=
  match goal with |- is_derive _ ?x _ =>
      let N := fresh "near" in
      assert (N : locally x (fun _ => True)) by (apply filter_forall; exact (fun _ => I));
      ordered points; decide_all; known_near x N ltac:(fun M => pieces points x M step)
  end.

Ltac derivative points step :=
  lazymatch goal with
  | _ : list R |- _ =>
      runs; repeat match goal with H : context [_ ++ _] |- _ => progress runs_in H end;
      eapply same_function; [runs_rewritten | derive_by step]
  | _ => derivative_at points step
  end.

Ltac prove points step :=
  intros; open_rows; repeat match goal with H : _ \/ _ |- _ => destruct H end; know_squares;
  repeat match goal with |- _ /\ _ => split end;
  lazymatch goal with
  | |- is_derive _ _ _ => derivative points step
  | |- @eq R _ _ => value_equation step
  | |- _ => decide_all; simple; side
  end.
