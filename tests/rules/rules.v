(* Written by python -m tests.rules.proofs, from the table of rules. *)
(* No theorem of gamma: the libraries have no gamma function. *)
(* No theorem of lgamma: the libraries have no gamma function. *)
(* No theorem of digamma: the libraries have no gamma function. *)
(* No theorem of gamma_dx: the libraries have no gamma function. *)
(* No theorem of polygamma: the libraries have no gamma function. *)
(* No theorem of erfinv: the libraries have no inverse of erf. *)
(* No theorem of erfinv_dx: the libraries have no inverse of erf. *)
(* No theorem of sinc: a derivative of any order n is a matter of whole numbers. *)
(* No theorem of sinc_dn: a derivative of any order n is a matter of whole numbers. *)

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

Definition row_add (x y : R) : R :=
  x + y.
#[global] Hint Unfold row_add : rows.
Definition row_sub (x y : R) : R :=
  x - y.
#[global] Hint Unfold row_sub : rows.
Definition row_mul (x y : R) : R :=
  x * y.
#[global] Hint Unfold row_mul : rows.
Definition row_div (x y : R) : R :=
  x / y.
#[global] Hint Unfold row_div : rows.
Definition row_one (x : R) : R :=
  1.
#[global] Hint Unfold row_one : rows.
Definition row_sign (x : R) : R :=
  if negb (x =? 0) then x / Rabs x else x.
#[global] Hint Unfold row_sign : rows.
Definition row_power (x y : R) : R :=
  Rpower x y.
#[global] Hint Unfold row_power : rows.
Definition row_power_dx (x y : R) : R :=
  y * Rpower x (y - 1).
#[global] Hint Unfold row_power_dx : rows.
Definition row_scaled_power (s x y n : R) : R :=
  s * Rpower x (y - n).
#[global] Hint Unfold row_scaled_power : rows.
Definition row_zero (x : R) : R :=
  0.
#[global] Hint Unfold row_zero : rows.
Definition row_xlogy (x y : R) : R :=
  if negb (x =? 0) then x * ln y else 0.
#[global] Hint Unfold row_xlogy : rows.
Definition row_power_dy (x y : R) : R :=
  if (negb (x =? 0)) || (y <=? 0) then Rpower x y * ln x else 0.
#[global] Hint Unfold row_power_dy : rows.
Definition row_neg (x : R) : R :=
  - x.
#[global] Hint Unfold row_neg : rows.
Definition row_exp2 (x : R) : R :=
  Rpower 2 x.
#[global] Hint Unfold row_exp2 : rows.
Definition row_log2 (x : R) : R :=
  ln x / ln 2.
#[global] Hint Unfold row_log2 : rows.
Definition row_log10 (x : R) : R :=
  ln x / ln 10.
#[global] Hint Unfold row_log10 : rows.
Definition row_log_base (x y : R) : R :=
  ln x / ln y.
#[global] Hint Unfold row_log_base : rows.
Definition row_cbrt (x : R) : R :=
  row_sign x * Rpower (Rabs x) (1 / 3).
#[global] Hint Unfold row_cbrt : rows.
Definition row_cbrt_dx (x : R) : R :=
  1 / (3 * Rpower (Rabs x) (2 / 3)).
#[global] Hint Unfold row_cbrt_dx : rows.
Definition row_expm1 (x : R) : R :=
  exp x - 1.
#[global] Hint Unfold row_expm1 : rows.
Definition row_log1p (x : R) : R :=
  ln (1 + x).
#[global] Hint Unfold row_log1p : rows.
Definition row_logit (x : R) : R :=
  ln (x / (1 - x)).
#[global] Hint Unfold row_logit : rows.
Definition row_atanh (x : R) : R :=
  ln ((1 + x) / (1 - x)) / 2.
#[global] Hint Unfold row_atanh : rows.
Definition row_atanh_dx (x : R) : R :=
  1 / (sqrt ((1 - x) * (1 + x))) ^ 2.
#[global] Hint Unfold row_atanh_dx : rows.
Definition row_logit_dx (x : R) : R :=
  1 / (sqrt (x * (1 - x))) ^ 2.
#[global] Hint Unfold row_logit_dx : rows.
Definition row_asin_dx (x : R) : R :=
  1 / sqrt (1 - x ^ 2).
#[global] Hint Unfold row_asin_dx : rows.
Definition row_atan2_dx (x y : R) : R :=
  y / (x ^ 2 + y ^ 2).
#[global] Hint Unfold row_atan2_dx : rows.
Definition row_half (x : R) : R :=
  1 / 2.
#[global] Hint Unfold row_half : rows.
Definition row_atan2_dxy (x y : R) : R :=
  (x ^ 2 - y ^ 2) / (x ^ 2 + y ^ 2) ^ 2.
#[global] Hint Unfold row_atan2_dxy : rows.
Definition row_hypot (x y : R) : R :=
  sqrt (x ^ 2 + y ^ 2).
#[global] Hint Unfold row_hypot : rows.
Definition row_hypot_dx (x y : R) : R :=
  x / sqrt (x ^ 2 + y ^ 2).
#[global] Hint Unfold row_hypot_dx : rows.
Definition row_sinh (x : R) : R :=
  (exp x - exp (- x)) / 2.
#[global] Hint Unfold row_sinh : rows.
Definition row_cosh (x : R) : R :=
  (exp x + exp (- x)) / 2.
#[global] Hint Unfold row_cosh : rows.
Definition row_tanh (x : R) : R :=
  1 - 2 / (exp (2 * x) + 1).
#[global] Hint Unfold row_tanh : rows.
Definition row_bell (x : R) : R :=
  exp x / (1 + exp x) ^ 2.
#[global] Hint Unfold row_bell : rows.
Definition row_asinh (x : R) : R :=
  ln (x + sqrt (x ^ 2 + 1)).
#[global] Hint Unfold row_asinh : rows.
Definition row_acosh (x : R) : R :=
  ln (x + sqrt (x ^ 2 - 1)).
#[global] Hint Unfold row_acosh : rows.
Definition row_acosh_dx (x : R) : R :=
  1 / sqrt (x - 1) / sqrt (x + 1).
#[global] Hint Unfold row_acosh_dx : rows.
Definition row_sigmoid (x : R) : R :=
  if x <? 0 then exp x / (1 + exp x) else 1 / (1 + exp (- x)).
#[global] Hint Unfold row_sigmoid : rows.
Definition row_softplus (x : R) : R :=
  if x <? 0 then row_log1p (exp x) else x + row_log1p (exp (- x)).
#[global] Hint Unfold row_softplus : rows.
Definition row_softsign (x : R) : R :=
  if Rabs x <? 1 then x / (1 + Rabs x) else row_sign x / (1 + 1 / Rabs x).
#[global] Hint Unfold row_softsign : rows.
Definition row_relu (x : R) : R :=
  if x <=? 0 then 0 else x.
#[global] Hint Unfold row_relu : rows.
Definition row_leaky_relu (x y : R) : R :=
  if 0 <? x then x else y * x.
#[global] Hint Unfold row_leaky_relu : rows.
Definition row_elu (x y : R) : R :=
  if 0 <? x then x else y * row_expm1 x.
#[global] Hint Unfold row_elu : rows.
Definition row_scaled_exp (x y w : R) : R :=
  x * exp (y * w).
#[global] Hint Unfold row_scaled_exp : rows.
Definition row_selu_scale (x : R) : R :=
  2101401974710961 / 2000000000000000.
#[global] Hint Unfold row_selu_scale : rows.
Definition row_selu_alpha (x : R) : R :=
  4183158105885943 / 2500000000000000.
#[global] Hint Unfold row_selu_alpha : rows.
Definition row_selu (x : R) : R :=
  2101401974710961 / 2000000000000000 * (if 0 <? x then x else 4183158105885943 / 2500000000000000 * (exp x - 1)).
#[global] Hint Unfold row_selu : rows.
Definition row_celu (x y : R) : R :=
  if 0 <? x then x else y * row_expm1 (x / y).
#[global] Hint Unfold row_celu : rows.
Definition row_exp_ratio (s x y : R) : R :=
  s * exp (x / y).
#[global] Hint Unfold row_exp_ratio : rows.
Definition row_celu_dy (x : R) : R :=
  exp x * (1 - x) - 1.
#[global] Hint Unfold row_celu_dy : rows.
Definition row_gelu (x : R) : R :=
  x * erfc (- x / sqrt 2) / 2.
#[global] Hint Unfold row_gelu : rows.
Definition row_gelu_dx (x : R) : R :=
  erfc (- x / sqrt 2) / 2 + x * exp (- x ^ 2 / 2) / sqrt (2 * PI).
#[global] Hint Unfold row_gelu_dx : rows.
Definition row_gelu_dxx (x : R) : R :=
  (2 - x ^ 2) * exp (- x ^ 2 / 2) / sqrt (2 * PI).
#[global] Hint Unfold row_gelu_dxx : rows.
Definition row_silu (x : R) : R :=
  if x <? 0 then row_scaled_exp x x 1 / (1 + exp x) else x / (1 + exp (- x)).
#[global] Hint Unfold row_silu : rows.
Definition row_silu_dx (x : R) : R :=
  (1 + x / (1 + exp x)) / (1 + exp (- x)).
#[global] Hint Unfold row_silu_dx : rows.
Definition row_lift (x : R) : R :=
  1 + x + exp x.
#[global] Hint Unfold row_lift : rows.
Definition row_scaled_bell (x y : R) : R :=
  x * exp y / (1 + exp y) ^ 2.
#[global] Hint Unfold row_scaled_bell : rows.
Definition row_bend (x : R) : R :=
  2 - x * (1 - 2 / (exp x + 1)).
#[global] Hint Unfold row_bend : rows.
Definition row_mish (x : R) : R :=
  x * (1 - 2 / (1 + (1 + exp x) ^ 2)).
#[global] Hint Unfold row_mish : rows.
Definition row_mish_root (x : R) : R :=
  (2 + exp x) * (2 + exp x * (2 + exp x)) + 4 * x * (1 + exp x).
#[global] Hint Unfold row_mish_root : rows.
Definition row_mish_dx (x : R) : R :=
  row_mish_root x * exp x / (2 + exp x * (2 + exp x)) ^ 2.
#[global] Hint Unfold row_mish_dx : rows.
Definition row_log_sigmoid (x : R) : R :=
  if x <? 0 then x - row_log1p (exp x) else - row_log1p (exp (- x)).
#[global] Hint Unfold row_log_sigmoid : rows.
Definition row_minimum (x y : R) : R :=
  if x <? y then x else if y <? x then y else if x =? y then x else x + y.
#[global] Hint Unfold row_minimum : rows.
Definition row_maximum (x y : R) : R :=
  if y <? x then x else if x <? y then y else if x =? y then x else x + y.
#[global] Hint Unfold row_maximum : rows.
Definition row_hardtanh (x : R) : R :=
  row_minimum (row_maximum x (- 1)) 1.
#[global] Hint Unfold row_hardtanh : rows.
Definition row_relu6 (x : R) : R :=
  row_minimum (row_maximum x 0) 6.
#[global] Hint Unfold row_relu6 : rows.
Definition row_hardsigmoid (x : R) : R :=
  row_minimum (row_maximum (x + 3) 0) 6 / 6.
#[global] Hint Unfold row_hardsigmoid : rows.
Definition row_hardswish (x : R) : R :=
  x * row_minimum (row_maximum (x + 3) 0) 6 / 6.
#[global] Hint Unfold row_hardswish : rows.
Definition row_ceil (x : R) : R :=
  if floor x =? x then x else floor x + 1.
#[global] Hint Unfold row_ceil : rows.
Definition row_trunc (x : R) : R :=
  row_sign x * floor (Rabs x).
#[global] Hint Unfold row_trunc : rows.
Definition row_mod (x y : R) : R :=
  x - y * floor (x / y).
#[global] Hint Unfold row_mod : rows.
Definition row_floordiv (x y : R) : R :=
  floor (x / y).
#[global] Hint Unfold row_floordiv : rows.
Definition row_copysign (x y : R) : R :=
  if 0 <=? y then Rabs x else - Rabs x.
#[global] Hint Unfold row_copysign : rows.
Definition row_clip (x lo hi : R) : R :=
  row_minimum (row_maximum x lo) hi.
#[global] Hint Unfold row_clip : rows.
Definition row_where (c x y : R) : R :=
  if negb (c =? 0) then x else y.
#[global] Hint Unfold row_where : rows.
Definition row_xlog1py (x y : R) : R :=
  if negb (x =? 0) then x * row_log1p y else 0.
#[global] Hint Unfold row_xlog1py : rows.
Definition row_logaddexp (x y : R) : R :=
  ln (exp x + exp y).
#[global] Hint Unfold row_logaddexp : rows.
Definition row_logaddexp_dx (x y : R) : R :=
  exp x / (exp x + exp y).
#[global] Hint Unfold row_logaddexp_dx : rows.
Definition row_logaddexp_dxx (x y : R) : R :=
  exp (x + y) / (exp x + exp y) ^ 2.
#[global] Hint Unfold row_logaddexp_dxx : rows.
Definition row_log_share (x y : R) : R :=
  - row_log1p (exp (y - x)).
#[global] Hint Unfold row_log_share : rows.
Definition row_copy (x : R) : R :=
  x.
#[global] Hint Unfold row_copy : rows.

Theorem add_x (x y : R) :
  is_derive (fun x => row_add x y) x 1.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem add_y (x y : R) :
  is_derive (fun y => row_add x y) y 1.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem sub_x (x y : R) :
  is_derive (fun x => row_sub x y) x 1.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem sub_y (x y : R) :
  is_derive (fun y => row_sub x y) y (- 1).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem mul_x (x y : R) :
  is_derive (fun x => row_mul x y) x y.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem mul_y (x y : R) :
  is_derive (fun y => row_mul x y) y x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem div_value (x y : R) :
  y <> 0 ->
  y <> 0.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem div_x (x y : R) :
  y <> 0 ->
  y <> 0 /\
    is_derive (fun x => row_div x y) x (1 / y).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem div_x_written (x y : R) :
  y <> 0 ->
  y <> 0 /\
    is_derive (fun x => row_div x y) x (1 / y).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem div_y (x y : R) :
  y <> 0 ->
  (if (x =? 0) || (1 <? Rabs (row_div x y) * 10 ^ 300) then y <> 0 else y * y <> 0) /\
    is_derive (fun y => row_div x y) y (if (x =? 0) || (1 <? Rabs (row_div x y) * 10 ^ 300) then - (row_div x y) / y else - x / (y * y)).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem div_y_written (x y : R) :
  y <> 0 ->
  y ^ 2 <> 0 /\
    is_derive (fun y => row_div x y) y (- x / y ^ 2).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem power_value (x y : R) :
  0 < x ->
  0 < x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem power_x (x y : R) :
  0 < x ->
  0 < x /\
    is_derive (fun x => row_power x y) x (row_power_dx x y).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem power_x_written (x y : R) :
  0 < x ->
  0 < x /\
    is_derive (fun x => row_power x y) x (y * Rpower x (y - 1)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem power_y (x y : R) :
  0 < x ->
  0 < x /\
    is_derive (fun y => row_power x y) y (row_power_dy x y).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem power_y_written (x y : R) :
  0 < x ->
  0 < x /\
    is_derive (fun y => row_power x y) y ((row_power x y) * ln x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem neg_x (x : R) :
  is_derive (fun x => row_neg x) x (- 1).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem abs_x (x : R) :
  x <> 0 ->
  is_derive (fun x => Rabs x) x (if x =? 0 then 0 else row_sign x).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem abs_x_written (x : R) :
  x <> 0 ->
  is_derive (fun x => Rabs x) x (if 0 <? x then 1 else if x <? 0 then - 1 else 0).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem exp_x (x : R) :
  is_derive (fun x => exp x) x (exp x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem exp2_value (x : R) :
  0 < 2.
Proof. prove (@nil R) ltac:(idtac; replace (x * ln 2) with (x / 2 * ln 2 + x / 2 * ln 2) by field; rewrite exp_plus). Qed.

Theorem exp2_x (x : R) :
  0 < 2 /\
    0 < (2 + 0) /\
    is_derive (fun x => row_exp2 x) x (Rpower 2 (x / 2) * ln (2 + 0) * Rpower 2 (x / 2)).
Proof. prove (@nil R) ltac:(idtac; replace (x * ln 2) with (x / 2 * ln 2 + x / 2 * ln 2) by field; rewrite exp_plus). Qed.

Theorem exp2_x_written (x : R) :
  0 < 2 /\
    is_derive (fun x => row_exp2 x) x ((row_exp2 x) * ln 2).
Proof. prove (@nil R) ltac:(idtac; replace (x * ln 2) with (x / 2 * ln 2 + x / 2 * ln 2) by field; rewrite exp_plus). Qed.

Theorem log_x (x : R) :
  0 < x ->
  (if 0 <=? x then x <> 0 else True) /\
    is_derive (fun x => ln x) x (if 0 <=? x then 1 / x else (ln x)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem log_x_written (x : R) :
  0 < x ->
  x <> 0 /\
    is_derive (fun x => ln x) x (1 / x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem log2_value (x : R) :
  0 < x ->
  ln 2 <> 0 /\
    0 < x /\
    0 < 2.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem log2_x (x : R) :
  0 < x ->
  (if 0 <=? x then x <> 0 /\ ln (2 + 0) <> 0 /\ 0 < (2 + 0) else True) /\
    is_derive (fun x => row_log2 x) x (if 0 <=? x then 1 / ln (2 + 0) / x else (row_log2 x)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem log2_x_written (x : R) :
  0 < x ->
  x * ln 2 <> 0 /\
    0 < 2 /\
    is_derive (fun x => row_log2 x) x (1 / (x * ln 2)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem log10_value (x : R) :
  0 < x ->
  ln 10 <> 0 /\
    0 < x /\
    0 < 10.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem log10_x (x : R) :
  0 < x ->
  (if 0 <=? x then x <> 0 /\ ln (10 + 0) <> 0 /\ 0 < (10 + 0) else True) /\
    is_derive (fun x => row_log10 x) x (if 0 <=? x then 1 / ln (10 + 0) / x else (row_log10 x)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem log10_x_written (x : R) :
  0 < x ->
  x * ln 10 <> 0 /\
    0 < 10 /\
    is_derive (fun x => row_log10 x) x (1 / (x * ln 10)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem log_base_value (x y : R) :
  0 < x ->
  0 < y ->
  y <> 1 ->
  ln y <> 0 /\
    0 < x /\
    0 < y.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem log_base_x (x y : R) :
  0 < x ->
  0 < y ->
  y <> 1 ->
  (if 0 <=? x then x <> 0 /\ ln y <> 0 /\ 0 < y else True) /\
    is_derive (fun x => row_log_base x y) x (if 0 <=? x then 1 / ln y / x else (row_log_base x y)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem log_base_x_written (x y : R) :
  0 < x ->
  0 < y ->
  y <> 1 ->
  x * ln y <> 0 /\
    0 < y /\
    is_derive (fun x => row_log_base x y) x (1 / (x * ln y)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem log_base_y (x y : R) :
  0 < x ->
  0 < y ->
  y <> 1 ->
  (if 0 <=? y then y <> 0 /\ ln y <> 0 /\ 0 < y else True) /\
    is_derive (fun y => row_log_base x y) y (if 0 <=? y then - (row_log_base x y) / ln y / y else (row_log_base x y)).
Proof. prove ((1) :: @nil R) ltac:(idtac; fail). Qed.

Theorem log_base_y_written (x y : R) :
  0 < x ->
  0 < y ->
  y <> 1 ->
  y * ln y <> 0 /\
    0 < y /\
    is_derive (fun y => row_log_base x y) y (- (row_log_base x y) / (y * ln y)).
Proof. prove ((1) :: @nil R) ltac:(idtac; fail). Qed.

Theorem sqrt_x (x : R) :
  0 < x ->
  2 * (sqrt x) <> 0 /\
    is_derive (fun x => sqrt x) x (1 / (2 * (sqrt x))).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem cbrt_value (x : R) :
  x <> 0 ->
  0 < Rabs x.
Proof. prove ((0) :: @nil R) ltac:(idtac; of_cube_root x). Qed.

Theorem cbrt_x (x : R) :
  x <> 0 ->
  x <> 0 /\
    is_derive (fun x => row_cbrt x) x (row_cbrt_dx x).
Proof. prove ((0) :: @nil R) ltac:(idtac; of_cube_root x). Qed.

Theorem cbrt_x_written (x : R) :
  x <> 0 ->
  3 * (row_cbrt x) ^ 2 <> 0 /\
    is_derive (fun x => row_cbrt x) x (1 / (3 * (row_cbrt x) ^ 2)).
Proof. prove ((0) :: @nil R) ltac:(idtac; of_cube_root x). Qed.

Theorem expm1_x (x : R) :
  is_derive (fun x => row_expm1 x) x (exp x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem log1p_value (x : R) :
  - 1 < x ->
  0 < (1 + x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem log1p_x (x : R) :
  - 1 < x ->
  (if - 1 <=? x then 1 + x <> 0 else True) /\
    is_derive (fun x => row_log1p x) x (if - 1 <=? x then 1 / (1 + x) else (row_log1p x)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem log1p_x_written (x : R) :
  - 1 < x ->
  1 + x <> 0 /\
    is_derive (fun x => row_log1p x) x (1 / (1 + x)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem logit_value (x : R) :
  0 < x ->
  x < 1 ->
  0 < (x / (1 - x)) /\
    1 - x <> 0 /\
    (if 1 <? x * 4 then - 1 < (2 * x - 1) /\ (2 * x - 1) < 1 else 0 < x /\ - 1 < (- x)) /\
    (if 1 <? x * 4 then 2 * row_atanh (2 * x - 1) else ln x - row_log1p (- x)) = row_logit x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem logit_x (x : R) :
  0 < x ->
  x < 1 ->
  0 < x /\
    x < 1 /\
    is_derive (fun x => row_logit x) x (row_logit_dx x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem logit_x_written (x : R) :
  0 < x ->
  x < 1 ->
  x * (1 - x) <> 0 /\
    is_derive (fun x => row_logit x) x (1 / (x * (1 - x))).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem sin_x (x : R) :
  is_derive (fun x => sin x) x (cos x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem cos_x (x : R) :
  is_derive (fun x => cos x) x (- sin x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

(* tan_x: only where cos x <> 0. *)

Theorem tan_x (x : R) :
  cos x <> 0 ->
  (cos x) ^ 2 <> 0 /\
    is_derive (fun x => tan x) x (1 / (cos x) ^ 2).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem asin_x (x : R) :
  - 1 < x ->
  x < 1 ->
  - 1 < x /\
    x < 1 /\
    is_derive (fun x => asin x) x (row_asin_dx x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem asin_x_written (x : R) :
  - 1 < x ->
  x < 1 ->
  sqrt (1 - x ^ 2) <> 0 /\
    0 <= (1 - x ^ 2) /\
    is_derive (fun x => asin x) x (1 / sqrt (1 - x ^ 2)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem acos_x (x : R) :
  - 1 < x ->
  x < 1 ->
  - 1 < x /\
    x < 1 /\
    is_derive (fun x => acos x) x (- row_asin_dx x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem acos_x_written (x : R) :
  - 1 < x ->
  x < 1 ->
  sqrt (1 - x ^ 2) <> 0 /\
    0 <= (1 - x ^ 2) /\
    is_derive (fun x => acos x) x (- 1 / sqrt (1 - x ^ 2)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem atan_x (x : R) :
  (if Rabs x <? 1 then 1 + x * x <> 0 else x + 1 / x <> 0 /\ x <> 0 /\ x <> 0) /\
    is_derive (fun x => atan x) x (if Rabs x <? 1 then 1 / (1 + x * x) else 1 / x / (x + 1 / x)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem atan_x_written (x : R) :
  1 + x ^ 2 <> 0 /\
    is_derive (fun x => atan x) x (1 / (1 + x ^ 2)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem atan2_x (x y : R) :
  (x <> 0 \/ 0 < y) ->
  (x <> 0 \/ y <> 0) /\
    is_derive (fun x => atan2 x y) x (row_atan2_dx x y).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem atan2_x_written (x y : R) :
  (x <> 0 \/ 0 < y) ->
  x ^ 2 + y ^ 2 <> 0 /\
    is_derive (fun x => atan2 x y) x (y / (x ^ 2 + y ^ 2)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem atan2_y (x y : R) :
  (x <> 0 \/ 0 < y) ->
  (y <> 0 \/ x <> 0) /\
    is_derive (fun y => atan2 x y) y (- row_atan2_dx y x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem atan2_y_written (x y : R) :
  (x <> 0 \/ 0 < y) ->
  x ^ 2 + y ^ 2 <> 0 /\
    is_derive (fun y => atan2 x y) y (- x / (x ^ 2 + y ^ 2)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem sinh_x (x : R) :
  is_derive (fun x => row_sinh x) x (row_cosh x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem cosh_x (x : R) :
  is_derive (fun x => row_cosh x) x (row_sinh x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem tanh_value (x : R) :
  exp (2 * x) + 1 <> 0.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem tanh_x (x : R) :
  is_derive (fun x => row_tanh x) x (4 * row_bell (2 * x)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem tanh_x_written (x : R) :
  is_derive (fun x => row_tanh x) x (1 - (row_tanh x) ^ 2).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem asinh_value (x : R) :
  0 < (x + sqrt (x ^ 2 + 1)) /\
    0 <= (x ^ 2 + 1).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem asinh_x (x : R) :
  row_hypot 1 x <> 0 /\
    is_derive (fun x => row_asinh x) x (1 / row_hypot 1 x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem asinh_x_written (x : R) :
  sqrt (1 + x ^ 2) <> 0 /\
    0 <= (1 + x ^ 2) /\
    is_derive (fun x => row_asinh x) x (1 / sqrt (1 + x ^ 2)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem acosh_value (x : R) :
  1 < x ->
  0 < (x + sqrt (x ^ 2 - 1)) /\
    0 <= (x ^ 2 - 1).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem acosh_x (x : R) :
  1 < x ->
  1 < x /\
    is_derive (fun x => row_acosh x) x (row_acosh_dx x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem acosh_x_written (x : R) :
  1 < x ->
  sqrt (x ^ 2 - 1) <> 0 /\
    0 <= (x ^ 2 - 1) /\
    is_derive (fun x => row_acosh x) x (1 / sqrt (x ^ 2 - 1)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem atanh_value (x : R) :
  - 1 < x ->
  x < 1 ->
  0 < ((1 + x) / (1 - x)) /\
    1 - x <> 0.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem atanh_x (x : R) :
  - 1 < x ->
  x < 1 ->
  - 1 < x /\
    x < 1 /\
    is_derive (fun x => row_atanh x) x (row_atanh_dx x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem atanh_x_written (x : R) :
  - 1 < x ->
  x < 1 ->
  1 - x ^ 2 <> 0 /\
    is_derive (fun x => row_atanh x) x (1 / (1 - x ^ 2)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem sigmoid_value (x : R) :
  (if x <? 0 then 1 + exp x <> 0 else 1 + exp (- x) <> 0).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem sigmoid_x (x : R) :
  is_derive (fun x => row_sigmoid x) x (row_bell x).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem sigmoid_x_written (x : R) :
  is_derive (fun x => row_sigmoid x) x ((row_sigmoid x) * (1 - (row_sigmoid x))).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem softplus_value (x : R) :
  (if x <? 0 then - 1 < (exp x) else - 1 < (exp (- x))).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem softplus_x (x : R) :
  is_derive (fun x => row_softplus x) x (row_sigmoid x).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem softsign_value (x : R) :
  (if Rabs x <? 1 then 1 + Rabs x <> 0 else 1 + 1 / Rabs x <> 0 /\ Rabs x <> 0).
Proof. prove ((0) :: (-1) :: (1) :: @nil R) ltac:(idtac; fail). Qed.

Theorem softsign_x (x : R) :
  1 + Rabs x <> 0 /\
    is_derive (fun x => row_softsign x) x (1 / (1 + Rabs x) / (1 + Rabs x)).
Proof. prove ((0) :: (-1) :: (1) :: @nil R) ltac:(idtac; fail). Qed.

Theorem softsign_x_written (x : R) :
  (1 + Rabs x) ^ 2 <> 0 /\
    is_derive (fun x => row_softsign x) x (1 / (1 + Rabs x) ^ 2).
Proof. prove ((0) :: (-1) :: (1) :: @nil R) ltac:(idtac; fail). Qed.

Theorem relu_x (x : R) :
  x <> 0 ->
  is_derive (fun x => row_relu x) x (if x <=? 0 then 0 else if 0 <? x then 1 else x).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem leaky_relu_x (x y : R) :
  x <> 0 ->
  is_derive (fun x => row_leaky_relu x y) x (if 0 <? x then 1 else if x <=? 0 then y else x).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem leaky_relu_y (x y : R) :
  x <> 0 ->
  is_derive (fun y => row_leaky_relu x y) y (if 0 <? x then 0 else x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem elu_x (x y : R) :
  x <> 0 ->
  is_derive (fun x => row_elu x y) x (if 0 <? x then 1 else row_scaled_exp y x 1).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem elu_x_written (x y : R) :
  x <> 0 ->
  is_derive (fun x => row_elu x y) x (if 0 <? x then 1 else y * exp x).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem elu_y (x y : R) :
  x <> 0 ->
  is_derive (fun y => row_elu x y) y (if 0 <? x then 0 else row_expm1 x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem elu_y_written (x y : R) :
  x <> 0 ->
  is_derive (fun y => row_elu x y) y (if 0 <? x then 0 else exp x - 1).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem selu_value (x : R) :
  (if 0 <? x then 2101401974710961 / 2000000000000000 * x else 2101401974710961 / 2000000000000000 * (4183158105885943 / 2500000000000000) * row_expm1 x) = row_selu x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem selu_x (x : R) :
  x <> 0 ->
  is_derive (fun x => row_selu x) x (if 0 <? x then 2101401974710961 / 2000000000000000 else row_scaled_exp (2101401974710961 / 2000000000000000 * (4183158105885943 / 2500000000000000)) x 1).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem selu_x_written (x : R) :
  x <> 0 ->
  is_derive (fun x => row_selu x) x (if 0 <? x then 2101401974710961 / 2000000000000000 else 2101401974710961 / 2000000000000000 * (4183158105885943 / 2500000000000000) * exp x).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem celu_value (x y : R) :
  0 < y ->
  (if 0 <? x then True else y <> 0) /\
    y <> 0 /\
    (if (0 <? x) || (row_expm1 (x / y) =? x / y) then True else y <> 0) /\
    (if (0 <? x) || (row_expm1 (x / y) =? x / y) then x else y * row_expm1 (x / y)) = row_celu x y.
Proof. prove (@nil R) ltac:(idtac; match goal with H : _ - 1 = x / y |- _ => rewrite H end). Qed.

Theorem celu_x (x y : R) :
  0 < y ->
  x <> 0 ->
  (if 0 <? x then True else y <> 0) /\
    is_derive (fun x => row_celu x y) x (if 0 <? x then 1 else row_exp_ratio 1 x y).
Proof. prove ((0) :: @nil R) ltac:(idtac; match goal with H : _ - 1 = x / y |- _ => rewrite H end). Qed.

Theorem celu_x_written (x y : R) :
  0 < y ->
  x <> 0 ->
  (if 0 <? x then True else y <> 0) /\
    is_derive (fun x => row_celu x y) x (if 0 <? x then 1 else exp (x / y)).
Proof. prove ((0) :: @nil R) ltac:(idtac; match goal with H : _ - 1 = x / y |- _ => rewrite H end). Qed.

Theorem celu_y (x y : R) :
  0 < y ->
  x <> 0 ->
  (if 0 <? x then True else y <> 0) /\
    is_derive (fun y => row_celu x y) y (if 0 <? x then 0 else row_celu_dy (x / y)).
Proof. prove (@nil R) ltac:(idtac; match goal with H : _ - 1 = x / y |- _ => rewrite H end). Qed.

Theorem celu_y_written (x y : R) :
  0 < y ->
  x <> 0 ->
  (if 0 <? x then True else y <> 0 /\ y <> 0) /\
    is_derive (fun y => row_celu x y) y (if 0 <? x then 0 else exp (x / y) * (1 - x / y) - 1).
Proof. prove (@nil R) ltac:(idtac; match goal with H : _ - 1 = x / y |- _ => rewrite H end). Qed.

Theorem gelu_value (x : R) :
  sqrt 2 <> 0 /\
    0 <= 2.
Proof. prove (@nil R) ltac:(idtac; rewrite half_square; same_arguments erf; same_arguments exp; name_roots). Qed.

Theorem gelu_x (x : R) :
  is_derive (fun x => row_gelu x) x (row_gelu_dx x).
Proof. prove (@nil R) ltac:(idtac; rewrite half_square; same_arguments erf; same_arguments exp; name_roots). Qed.

Theorem silu_value (x : R) :
  (if x <? 0 then 1 + exp x <> 0 else 1 + exp (- x) <> 0).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem silu_x (x : R) :
  is_derive (fun x => row_silu x) x (row_silu_dx x).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem silu_x_written (x : R) :
  is_derive (fun x => row_silu x) x (row_sigmoid x * (1 + x * (1 - row_sigmoid x))).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem mish_value (x : R) :
  1 + (1 + exp x) ^ 2 <> 0 /\
    (if x <? 0 then 2 + exp x * (2 + exp x) <> 0 else 1 + 2 * exp (- x) * (1 + exp (- x)) <> 0) /\
    (if x <? 0 then row_scaled_exp x x 1 * (2 + exp x) / (2 + exp x * (2 + exp x)) else x * ((1 + 2 * exp (- x)) / (1 + 2 * exp (- x) * (1 + exp (- x))))) = row_mish x.
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem mish_x (x : R) :
  is_derive (fun x => row_mish x) x (row_mish_dx x).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem log_sigmoid_value (x : R) :
  (if x <? 0 then - 1 < (exp x) else - 1 < (exp (- x))).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem log_sigmoid_x (x : R) :
  is_derive (fun x => row_log_sigmoid x) x (row_sigmoid (- x)).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem log_sigmoid_x_written (x : R) :
  1 + exp x <> 0 /\
    is_derive (fun x => row_log_sigmoid x) x (1 / (1 + exp x)).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem hardtanh_value (x : R) :
  (if x <? - 1 then - 1 else if 1 <? x then 1 else x) = row_hardtanh x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem hardtanh_x (x : R) :
  x <> - 1 ->
  x <> 1 ->
  is_derive (fun x => row_hardtanh x) x (if (- 1 <? x) && (x <? 1) then 1 else if x =? x then 0 else x).
Proof. prove ((- 1) :: (1) :: @nil R) ltac:(idtac; fail). Qed.

Theorem relu6_value (x : R) :
  (if x <=? 0 then 0 else if 6 <? x then 6 * 1 else x) = row_relu6 x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem relu6_x (x : R) :
  x <> 0 ->
  x <> 6 ->
  is_derive (fun x => row_relu6 x) x (if (0 <? x) && (x <? 6) then 1 else if x =? x then 0 else x).
Proof. prove ((0) :: (6) :: @nil R) ltac:(idtac; fail). Qed.

Theorem hardsigmoid_value (x : R) :
  (if x <=? - 3 then 0 else if 3 <=? x then 1 else (x + 3) * (1 / 2) / 3) = row_hardsigmoid x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem hardsigmoid_x (x : R) :
  x <> - 3 ->
  x <> 3 ->
  is_derive (fun x => row_hardsigmoid x) x (if (- 3 <? x) && (x <? 3) then 1 / 2 / 3 else if x =? x then 0 else x).
Proof. prove ((- 3) :: (3) :: @nil R) ltac:(idtac; fail). Qed.

Theorem hardsigmoid_x_written (x : R) :
  x <> - 3 ->
  x <> 3 ->
  is_derive (fun x => row_hardsigmoid x) x (if (- 3 <? x) && (x <? 3) then 1 / 6 else 0).
Proof. prove ((- 3) :: (3) :: @nil R) ltac:(idtac; fail). Qed.

Theorem hardswish_value (x : R) :
  (if x <=? - 3 then 0 else if 3 <=? x then x else x * ((x + 3) * (1 / 2) / 3)) = row_hardswish x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem hardswish_x (x : R) :
  x <> - 3 ->
  x <> 3 ->
  is_derive (fun x => row_hardswish x) x (if (- 3 <? x) && (x <? 3) then (2 * x + 3) * (1 / 2) / 3 else if 3 <=? x then 1 else if x =? x then 0 else x).
Proof. prove ((- 3) :: (3) :: @nil R) ltac:(idtac; fail). Qed.

Theorem hardswish_x_written (x : R) :
  x <> - 3 ->
  x <> 3 ->
  is_derive (fun x => row_hardswish x) x (if (- 3 <? x) && (x <? 3) then (2 * x + 3) / 6 else if 3 <=? x then 1 else 0).
Proof. prove ((- 3) :: (3) :: @nil R) ltac:(idtac; fail). Qed.

Theorem erf_x (x : R) :
  sqrt (atan (1 + 0)) <> 0 /\
    0 <= (atan (1 + 0)) /\
    is_derive (fun x => erf x) x (row_scaled_exp (1 / sqrt (atan (1 + 0))) (- x) x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem erf_x_written (x : R) :
  sqrt PI <> 0 /\
    0 <= PI /\
    is_derive (fun x => erf x) x (2 / sqrt PI * exp (- x ^ 2)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem erfc_x (x : R) :
  sqrt (atan (1 + 0)) <> 0 /\
    0 <= (atan (1 + 0)) /\
    is_derive (fun x => erfc x) x (- row_scaled_exp (1 / sqrt (atan (1 + 0))) (- x) x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem erfc_x_written (x : R) :
  sqrt PI <> 0 /\
    0 <= PI /\
    is_derive (fun x => erfc x) x (- 2 / sqrt PI * exp (- x ^ 2)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem sign_value (x : R) :
  (if negb (x =? 0) then Rabs x <> 0 else True) /\
    (if 0 <? x then 1 else if x <? 0 then - 1 else x) = row_sign x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem sign_x (x : R) :
  x <> 0 ->
  is_derive (fun x => row_sign x) x 0.
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem floor_x (x : R) :
  floor x <> x ->
  is_derive (fun x => floor x) x 0.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem ceil_value (x : R) :
  - floor (- x) = row_ceil x.
Proof. prove (@nil R) ltac:(idtac; first [rewrite floor_negative by auto | rewrite floor_negative_whole by auto]). Qed.

Theorem ceil_x (x : R) :
  floor x <> x ->
  is_derive (fun x => row_ceil x) x 0.
Proof. prove (@nil R) ltac:(idtac; first [rewrite floor_negative by auto | rewrite floor_negative_whole by auto]). Qed.

Theorem trunc_value (x : R) :
  (if 0 <? x then floor x else - floor (- x)) = row_trunc x.
Proof. prove ((0) :: (-1) :: (1) :: @nil R) ltac:(idtac; fail). Qed.

Theorem trunc_x (x : R) :
  (floor x <> x \/ x = 0) ->
  is_derive (fun x => row_trunc x) x 0.
Proof. prove ((0) :: (-1) :: (1) :: @nil R) ltac:(idtac; fail). Qed.

Theorem mod_value (x y : R) :
  y <> 0 ->
  y <> 0.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem mod_x (x y : R) :
  y <> 0 ->
  row_mod x y <> 0 ->
  is_derive (fun x => row_mod x y) x 1.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem mod_y (x y : R) :
  y <> 0 ->
  row_mod x y <> 0 ->
  y <> 0 /\
    is_derive (fun y => row_mod x y) y (- row_floordiv x y).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem floordiv_value (x y : R) :
  y <> 0 ->
  y <> 0.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem floordiv_x (x y : R) :
  y <> 0 ->
  row_mod x y <> 0 ->
  is_derive (fun x => row_floordiv x y) x 0.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem floordiv_y (x y : R) :
  y <> 0 ->
  row_mod x y <> 0 ->
  is_derive (fun y => row_floordiv x y) y 0.
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem copysign_x (x y : R) :
  (y < 0 \/ 0 < y \/ (y = 0 /\ x <> 0)) ->
  x <> 0 ->
  y <> 0 ->
  (if x =? 0 then True else (y < 0 \/ 0 < y \/ (y = 0 /\ 1 <> 0))) /\
    is_derive (fun x => row_copysign x y) x (if x =? 0 then 0 else row_sign x * row_copysign 1 y).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem copysign_y (x y : R) :
  (y < 0 \/ 0 < y \/ (y = 0 /\ x <> 0)) ->
  x <> 0 ->
  y <> 0 ->
  is_derive (fun y => row_copysign x y) y 0.
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem maximum_x (x y : R) :
  x <> y ->
  is_derive (fun x => row_maximum x y) x (if y <? x then 1 else if x <? y then 0 else if x =? y then 1 / 2 else x + y).
Proof. prove ((y) :: @nil R) ltac:(idtac; fail). Qed.

Theorem maximum_y (x y : R) :
  x <> y ->
  is_derive (fun y => row_maximum x y) y (if x <? y then 1 else if y <? x then 0 else if x =? y then 1 / 2 else x + y).
Proof. prove ((x) :: @nil R) ltac:(idtac; fail). Qed.

Theorem minimum_x (x y : R) :
  x <> y ->
  is_derive (fun x => row_minimum x y) x (if x <? y then 1 else if y <? x then 0 else if x =? y then 1 / 2 else x + y).
Proof. prove ((y) :: @nil R) ltac:(idtac; fail). Qed.

Theorem minimum_y (x y : R) :
  x <> y ->
  is_derive (fun y => row_minimum x y) y (if y <? x then 1 else if x <? y then 0 else if x =? y then 1 / 2 else x + y).
Proof. prove ((x) :: @nil R) ltac:(idtac; fail). Qed.

Theorem clip_x (x lo hi : R) :
  lo <> hi ->
  x <> lo ->
  x <> hi ->
  is_derive (fun x => row_clip x lo hi) x (if (lo <=? x) && (x <=? hi) then 1 else if (row_clip x lo hi) =? (row_clip x lo hi) then 0 else (row_clip x lo hi)).
Proof. prove ((lo) :: (hi) :: @nil R) ltac:(idtac; fail). Qed.

Theorem clip_x_written (x lo hi : R) :
  lo <> hi ->
  x <> lo ->
  x <> hi ->
  is_derive (fun x => row_clip x lo hi) x (if (lo <=? x) && (x <=? hi) then 1 else 0).
Proof. prove ((lo) :: (hi) :: @nil R) ltac:(idtac; fail). Qed.

Theorem clip_lo (x lo hi : R) :
  lo <> hi ->
  x <> lo ->
  x <> hi ->
  is_derive (fun lo => row_clip x lo hi) lo (if (x <? lo) && (lo <=? hi) then 1 else if (row_clip x lo hi) =? (row_clip x lo hi) then 0 else (row_clip x lo hi)).
Proof. prove ((hi) :: (x) :: @nil R) ltac:(idtac; fail). Qed.

Theorem clip_lo_written (x lo hi : R) :
  lo <> hi ->
  x <> lo ->
  x <> hi ->
  is_derive (fun lo => row_clip x lo hi) lo (if (x <? lo) && (lo <=? hi) then 1 else 0).
Proof. prove ((hi) :: (x) :: @nil R) ltac:(idtac; fail). Qed.

Theorem clip_hi (x lo hi : R) :
  lo <> hi ->
  x <> lo ->
  x <> hi ->
  is_derive (fun hi => row_clip x lo hi) hi (if (hi <? x) || (hi <? lo) then 1 else if (row_clip x lo hi) =? (row_clip x lo hi) then 0 else (row_clip x lo hi)).
Proof. prove ((lo) :: (x) :: (hi) :: @nil R) ltac:(idtac; fail). Qed.

Theorem clip_hi_written (x lo hi : R) :
  lo <> hi ->
  x <> lo ->
  x <> hi ->
  is_derive (fun hi => row_clip x lo hi) hi (if (hi <? x) || (hi <? lo) then 1 else 0).
Proof. prove ((lo) :: (x) :: (hi) :: @nil R) ltac:(idtac; fail). Qed.

(* where_c: only where c <> 0. *)

Theorem where_c (c x y : R) :
  c <> 0 ->
  is_derive (fun c => row_where c x y) c 0.
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem where_x (c x y : R) :
  is_derive (fun x => row_where c x y) x (if negb (c =? 0) then 1 else 0).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem where_y (c x y : R) :
  is_derive (fun y => row_where c x y) y (if negb (c =? 0) then 0 else 1).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem hypot_value (x y : R) :
  0 <= (x ^ 2 + y ^ 2).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem hypot_x (x y : R) :
  (x <> 0 \/ y <> 0) ->
  (x <> 0 \/ y <> 0) /\
    is_derive (fun x => row_hypot x y) x (row_hypot_dx x y).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem hypot_x_written (x y : R) :
  (x <> 0 \/ y <> 0) ->
  (row_hypot x y) <> 0 /\
    is_derive (fun x => row_hypot x y) x (x / (row_hypot x y)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem hypot_y (x y : R) :
  (x <> 0 \/ y <> 0) ->
  (y <> 0 \/ x <> 0) /\
    is_derive (fun y => row_hypot x y) y (row_hypot_dx y x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem hypot_y_written (x y : R) :
  (x <> 0 \/ y <> 0) ->
  (row_hypot x y) <> 0 /\
    is_derive (fun y => row_hypot x y) y (y / (row_hypot x y)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem xlogy_value (x y : R) :
  0 < y ->
  (if negb (x =? 0) then 0 < y else True).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem xlogy_x (x y : R) :
  0 < y ->
  0 < y /\
    is_derive (fun x => row_xlogy x y) x (ln y).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem xlogy_y (x y : R) :
  0 < y ->
  (if 0 <? y then y <> 0 else (if (x =? 0) && (y =? y) then True else (if y =? 0 then y <> 0 else 0 < y))) /\
    is_derive (fun y => row_xlogy x y) y (if 0 <? y then x / y else if (x =? 0) && (y =? y) then 0 else if y =? 0 then x / y else ln y).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem xlogy_y_written (x y : R) :
  0 < y ->
  y <> 0 /\
    is_derive (fun y => row_xlogy x y) y (x / y).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem xlog1py_value (x y : R) :
  - 1 < y ->
  (if negb (x =? 0) then - 1 < y else True).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem xlog1py_x (x y : R) :
  - 1 < y ->
  - 1 < y /\
    is_derive (fun x => row_xlog1py x y) x (row_log1p y).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem xlog1py_x_written (x y : R) :
  - 1 < y ->
  0 < (1 + y) /\
    is_derive (fun x => row_xlog1py x y) x (ln (1 + y)).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem xlog1py_y (x y : R) :
  - 1 < y ->
  (if - 1 <? y then 1 + y <> 0 else (if (x =? 0) && (y =? y) then True else (if y =? - 1 then 1 + y <> 0 else - 1 < y))) /\
    is_derive (fun y => row_xlog1py x y) y (if - 1 <? y then x / (1 + y) else if (x =? 0) && (y =? y) then 0 else if y =? - 1 then x / (1 + y) else row_log1p y).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem xlog1py_y_written (x y : R) :
  - 1 < y ->
  1 + y <> 0 /\
    is_derive (fun y => row_xlog1py x y) y (x / (1 + y)).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem logaddexp_value (x y : R) :
  0 < (exp x + exp y).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem logaddexp_x (x y : R) :
  is_derive (fun x => row_logaddexp x y) x (row_logaddexp_dx x y).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem logaddexp_x_written (x y : R) :
  is_derive (fun x => row_logaddexp x y) x (exp (x - (row_logaddexp x y))).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem logaddexp_y (x y : R) :
  is_derive (fun y => row_logaddexp x y) y (row_logaddexp_dx y x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem logaddexp_y_written (x y : R) :
  is_derive (fun y => row_logaddexp x y) y (exp (y - (row_logaddexp x y))).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem dot_x (x y : R) (before_xs before_ys after_xs after_ys : list R) :
  length before_xs = length before_ys ->
  is_derive (fun x => dot (before_xs ++ x :: after_xs) (before_ys ++ y :: after_ys)) x y.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem dot_y (x y : R) (before_xs before_ys after_xs after_ys : list R) :
  length before_xs = length before_ys ->
  is_derive (fun y => dot (before_xs ++ x :: after_xs) (before_ys ++ y :: after_ys)) y x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem logsumexp_x (x : R) (before_xs after_xs : list R) :
  is_derive (fun x => logsumexp (before_xs ++ x :: after_xs)) x (softmax x (before_xs ++ x :: after_xs)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem logsumexp_x_written (x : R) (before_xs after_xs : list R) :
  is_derive (fun x => logsumexp (before_xs ++ x :: after_xs)) x (exp (x - (logsumexp (before_xs ++ x :: after_xs)))).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem prod_x (x : R) (before_xs after_xs : list R) :
  is_derive (fun x => prod (before_xs ++ x :: after_xs)) x (prod_dx x (before_xs ++ x :: after_xs)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem mean_x (x : R) (before_xs after_xs : list R) :
  is_derive (fun x => mean (before_xs ++ x :: after_xs)) x (share (before_xs ++ x :: after_xs)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

(* norm_x: only where norm (before_xs ++ x :: after_xs) <> 0. *)

Theorem norm_x (x : R) (before_xs after_xs : list R) :
  norm (before_xs ++ x :: after_xs) <> 0 ->
  is_derive (fun x => norm (before_xs ++ x :: after_xs)) x (norm_dx x (before_xs ++ x :: after_xs)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

(* norm_x_written: only where norm (before_xs ++ x :: after_xs) <> 0. *)

Theorem norm_x_written (x : R) (before_xs after_xs : list R) :
  norm (before_xs ++ x :: after_xs) <> 0 ->
  (if negb ((norm (before_xs ++ x :: after_xs)) =? 0) then (norm (before_xs ++ x :: after_xs)) <> 0 else True) /\
    is_derive (fun x => norm (before_xs ++ x :: after_xs)) x (if negb ((norm (before_xs ++ x :: after_xs)) =? 0) then x / (norm (before_xs ++ x :: after_xs)) else 0).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem log_share_value (x y : R) :
  - 1 < (exp (y - x)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem log_share_x (x y : R) :
  is_derive (fun x => row_log_share x y) x (row_logaddexp_dx y x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

(* log_share_y: only where y <> 0. *)

Theorem log_share_y (x y : R) :
  y <> 0 ->
  y <> 0 /\
    is_derive (fun y => row_log_share x y) y (if (1 / y =? 0) && (y <? x) then 0 else - row_logaddexp_dx y x).
Proof. prove (@nil R) ltac:(idtac; case (inverse_not y); assumption). Qed.

Theorem softmean_x (x y : R) (before_xs before_ys after_xs after_ys : list R) :
  length before_xs = length before_ys ->
  is_derive (fun x => softmean (before_xs ++ x :: after_xs) (before_ys ++ y :: after_ys)) x (softmean_dx x y (before_xs ++ x :: after_xs) (before_ys ++ y :: after_ys)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem softmean_y (x y : R) (before_xs before_ys after_xs after_ys : list R) :
  length before_xs = length before_ys ->
  is_derive (fun y => softmean (before_xs ++ x :: after_xs) (before_ys ++ y :: after_ys)) y (softmax x (before_xs ++ x :: after_xs)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem zero_x (x : R) :
  is_derive (fun x => row_zero x) x 0.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem copy_x (x : R) :
  is_derive (fun x => row_copy x) x 1.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem one_x (x : R) :
  is_derive (fun x => row_one x) x 0.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem half_x (x : R) :
  is_derive (fun x => row_half x) x 0.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem selu_scale_x (x : R) :
  is_derive (fun x => row_selu_scale x) x 0.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem selu_alpha_x (x : R) :
  is_derive (fun x => row_selu_alpha x) x 0.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem scaled_exp_x (x y w : R) :
  is_derive (fun x => row_scaled_exp x y w) x (row_scaled_exp 1 y w).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem scaled_exp_y (x y w : R) :
  is_derive (fun y => row_scaled_exp x y w) y (row_scaled_exp (x * w) y w).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem scaled_exp_w (x y w : R) :
  is_derive (fun w => row_scaled_exp x y w) w (row_scaled_exp (x * y) y w).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem scaled_power_value (s x y n : R) :
  0 < x ->
  0 < x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem scaled_power_s (s x y n : R) :
  0 < x ->
  0 < x /\
    is_derive (fun s => row_scaled_power s x y n) s (row_scaled_power 1 x y n).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem scaled_power_x (s x y n : R) :
  0 < x ->
  0 < x /\
    is_derive (fun x => row_scaled_power s x y n) x (row_scaled_power (s * (y - n)) x y (n + 1)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem scaled_power_y (s x y n : R) :
  0 < x ->
  0 < x /\
    0 < (x + 0) /\
    is_derive (fun y => row_scaled_power s x y n) y (row_scaled_power (row_xlogy s (x + 0)) x y n).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem scaled_power_n (s x y n : R) :
  0 < x ->
  0 < x /\
    0 < (x + 0) /\
    is_derive (fun n => row_scaled_power s x y n) n (- row_scaled_power (row_xlogy s (x + 0)) x y n).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem power_dx_value (x y : R) :
  0 < x ->
  0 < x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem power_dx_x (x y : R) :
  0 < x ->
  0 < x /\
    is_derive (fun x => row_power_dx x y) x (row_scaled_power (y * (y - 1)) x y 2).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem power_dx_y (x y : R) :
  0 < x ->
  0 < x /\
    is_derive (fun y => row_power_dx x y) y (row_scaled_power (1 + row_xlogy y x) x y 1).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem power_dy_value (x y : R) :
  0 < x ->
  (if (negb (x =? 0)) || (y <=? 0) then 0 < x /\ 0 < x else True).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem power_dy_x (x y : R) :
  0 < x ->
  0 < x /\
    is_derive (fun x => row_power_dy x y) x (row_scaled_power (1 + row_xlogy y x) x y 1).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem power_dy_y (x y : R) :
  0 < x ->
  0 < x /\
    0 < (x + 0) /\
    is_derive (fun y => row_power_dy x y) y (row_scaled_power ((ln (x + 0)) ^ 2) x y 0).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem cbrt_dx_value (x : R) :
  x <> 0 ->
  3 * Rpower (Rabs x) (2 / 3) <> 0 /\
    0 < Rabs x /\
    3 * row_cbrt x * row_cbrt x <> 0 /\
    x <> 0 /\
    1 / (3 * row_cbrt x * row_cbrt x) = row_cbrt_dx x.
Proof. prove ((0) :: @nil R) ltac:(idtac; of_cube_root x). Qed.

Theorem cbrt_dx_x (x : R) :
  x <> 0 ->
  3 * x <> 0 /\
    is_derive (fun x => row_cbrt_dx x) x (- 2 * (row_cbrt_dx x) / (3 * x)).
Proof. prove ((0) :: @nil R) ltac:(idtac; of_cube_root x). Qed.

Theorem asin_dx_value (x : R) :
  - 1 < x ->
  x < 1 ->
  sqrt (1 - x ^ 2) <> 0 /\
    0 <= (1 - x ^ 2) /\
    sqrt ((1 - x) * (1 + x)) <> 0 /\
    0 <= ((1 - x) * (1 + x)) /\
    1 / sqrt ((1 - x) * (1 + x)) = row_asin_dx x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem asin_dx_x (x : R) :
  - 1 < x ->
  x < 1 ->
  is_derive (fun x => row_asin_dx x) x (x * (row_asin_dx x) * (row_asin_dx x) * (row_asin_dx x)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem acosh_dx_value (x : R) :
  1 < x ->
  sqrt (x + 1) <> 0 /\
    sqrt (x - 1) <> 0 /\
    0 <= (x - 1) /\
    0 <= (x + 1) /\
    sqrt (x - 1) * sqrt (x + 1) <> 0 /\
    1 / (sqrt (x - 1) * sqrt (x + 1)) = row_acosh_dx x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem acosh_dx_x (x : R) :
  1 < x ->
  (x - 1) * (1 + 1 / x) <> 0 /\
    x <> 0 /\
    is_derive (fun x => row_acosh_dx x) x (- (row_acosh_dx x) / ((x - 1) * (1 + 1 / x))).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem atanh_dx_value (x : R) :
  - 1 < x ->
  x < 1 ->
  (sqrt ((1 - x) * (1 + x))) ^ 2 <> 0 /\
    0 <= ((1 - x) * (1 + x)) /\
    (if Rabs x <=? 1 then (1 - x) * (1 + x) <> 0 else 0 <= (- Rabs x)) /\
    (if Rabs x <=? 1 then 1 / ((1 - x) * (1 + x)) else sqrt (- Rabs x)) = row_atanh_dx x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem atanh_dx_x (x : R) :
  - 1 < x ->
  x < 1 ->
  is_derive (fun x => row_atanh_dx x) x (2 * x * (row_atanh_dx x) * (row_atanh_dx x)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem lift_x (x : R) :
  is_derive (fun x => row_lift x) x (1 + exp x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem bell_value (x : R) :
  (1 + exp x) ^ 2 <> 0 /\
    (1 + exp (- Rabs x)) ^ 2 <> 0 /\
    exp (- Rabs x) / (1 + exp (- Rabs x)) ^ 2 = row_bell x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem bell_x (x : R) :
  is_derive (fun x => row_bell x) x (- (row_bell x) * row_tanh (x / 2)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem scaled_bell_value (x y : R) :
  (1 + exp y) ^ 2 <> 0 /\
    (1 + exp (- Rabs y)) ^ 2 <> 0 /\
    row_scaled_exp x (- Rabs y) 1 / (1 + exp (- Rabs y)) ^ 2 = row_scaled_bell x y.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem scaled_bell_x (x y : R) :
  is_derive (fun x => row_scaled_bell x y) x (row_bell y).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem scaled_bell_y (x y : R) :
  is_derive (fun y => row_scaled_bell x y) y (- row_scaled_bell (x * row_tanh (y / 2)) y).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem bend_value (x : R) :
  exp x + 1 <> 0.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem bend_x (x : R) :
  is_derive (fun x => row_bend x) x (- row_tanh (x / 2) - 2 * row_scaled_bell x x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem silu_dx_value (x : R) :
  1 + exp (- x) <> 0 /\
    1 + exp x <> 0 /\
    (if x <? 0 then (1 + exp x) ^ 2 <> 0 else (1 + exp (- x)) ^ 2 <> 0) /\
    (if x <? 0 then row_scaled_exp (row_lift x) x 1 / (1 + exp x) ^ 2 else (1 + row_scaled_exp (1 + x) (- x) 1) / (1 + exp (- x)) ^ 2) = row_silu_dx x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem silu_dx_x (x : R) :
  is_derive (fun x => row_silu_dx x) x (row_scaled_bell (row_bend x) x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem logit_dx_value (x : R) :
  0 < x ->
  x < 1 ->
  (sqrt (x * (1 - x))) ^ 2 <> 0 /\
    0 <= (x * (1 - x)) /\
    (if (0 <=? x) && (x <=? 1) then 1 - x <> 0 /\ x <> 0 else 0 <= (- Rabs x)) /\
    (if (0 <=? x) && (x <=? 1) then 1 / x / (1 - x) else sqrt (- Rabs x)) = row_logit_dx x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem logit_dx_x (x : R) :
  0 < x ->
  x < 1 ->
  is_derive (fun x => row_logit_dx x) x ((2 * x - 1) * (row_logit_dx x) * (row_logit_dx x)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem mish_root_x (x : R) :
  is_derive (fun x => row_mish_root x) x (4 + exp x * (10 + exp x * (8 + 3 * exp x)) + row_scaled_exp (4 * x) x 1).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem mish_dx_value (x : R) :
  (2 + exp x * (2 + exp x)) ^ 2 <> 0 /\
    (if x <? 0 then (2 + exp x * (2 + exp x)) ^ 2 <> 0 else (1 + 2 * exp (- x) * (1 + exp (- x))) ^ 2 <> 0) /\
    (if x <? 0 then row_scaled_exp (row_mish_root x) x 1 / (2 + exp x * (2 + exp x)) ^ 2 else ((1 + 2 * exp (- x)) * (1 + 2 * exp (- x) * (1 + exp (- x))) + row_scaled_exp (4 * x * (1 + exp (- x))) (- x) 2) / (1 + 2 * exp (- x) * (1 + exp (- x))) ^ 2) = row_mish_dx x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem mish_dx_x (x : R) :
  (if x <? 0 then (2 + exp x * (2 + exp x)) ^ 3 <> 0 else (1 + 2 * exp (- x) * (1 + exp (- x))) ^ 3 <> 0) /\
    is_derive (fun x => row_mish_dx x) x (if x <? 0 then row_scaled_exp (8 * (1 + exp x) * (2 + exp x * (2 + exp x)) + 4 * x * (2 + exp x * (2 - exp x * (3 + 2 * exp x)))) x 1 / (2 + exp x * (2 + exp x)) ^ 3 else row_scaled_exp (8 * (1 + exp (- x)) * (1 + 2 * exp (- x) * (1 + exp (- x))) - 4 * x * (2 + exp (- x) * (3 - 2 * exp (- x) * (1 + exp (- x))))) (- x) 2 / (1 + 2 * exp (- x) * (1 + exp (- x))) ^ 3).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem exp_ratio_value (s x y : R) :
  y <> 0 ->
  y <> 0.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem exp_ratio_s (s x y : R) :
  y <> 0 ->
  y <> 0 /\
    is_derive (fun s => row_exp_ratio s x y) s (row_exp_ratio 1 x y).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem exp_ratio_x (s x y : R) :
  y <> 0 ->
  y <> 0 /\
    is_derive (fun x => row_exp_ratio s x y) x (row_exp_ratio (s / y) x y).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem exp_ratio_y (s x y : R) :
  y <> 0 ->
  y <> 0 /\
    is_derive (fun y => row_exp_ratio s x y) y (row_exp_ratio (- s * (x / y) / y) x y).
Proof. prove ((0) :: @nil R) ltac:(idtac; fail). Qed.

Theorem celu_dy_x (x : R) :
  is_derive (fun x => row_celu_dy x) x (row_scaled_exp (- x) x 1).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem gelu_dx_value (x : R) :
  sqrt 2 <> 0 /\
    0 <= 2 /\
    sqrt (2 * PI) <> 0 /\
    0 <= (2 * PI).
Proof. prove (@nil R) ltac:(idtac; rewrite half_square; same_arguments erf; same_arguments exp; name_roots). Qed.

Theorem gelu_dx_x (x : R) :
  is_derive (fun x => row_gelu_dx x) x (row_gelu_dxx x).
Proof. prove (@nil R) ltac:(idtac; rewrite half_square; same_arguments erf; same_arguments exp; name_roots). Qed.

Theorem gelu_dxx_value (x : R) :
  sqrt (2 * PI) <> 0 /\
    0 <= (2 * PI) /\
    sqrt (8 * atan (1 + 0)) <> 0 /\
    0 <= (8 * atan (1 + 0)) /\
    row_scaled_exp ((2 - x * x) / sqrt (8 * atan (1 + 0))) (- x) (x / 2) = row_gelu_dxx x.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem gelu_dxx_x (x : R) :
  sqrt (8 * atan (1 + 0)) <> 0 /\
    0 <= (8 * atan (1 + 0)) /\
    is_derive (fun x => row_gelu_dxx x) x (row_scaled_exp (x * (x - 2) * (x + 2) / sqrt (8 * atan (1 + 0))) (- x) (x / 2)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem logaddexp_dx_value (x y : R) :
  exp x + exp y <> 0.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem logaddexp_dx_x (x y : R) :
  is_derive (fun x => row_logaddexp_dx x y) x (row_logaddexp_dxx x y).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem logaddexp_dx_y (x y : R) :
  is_derive (fun y => row_logaddexp_dx x y) y (- row_logaddexp_dxx x y).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem logaddexp_dxx_value (x y : R) :
  (exp x + exp y) ^ 2 <> 0 /\
    row_logaddexp_dx x y * row_logaddexp_dx y x = row_logaddexp_dxx x y.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem logaddexp_dxx_x (x y : R) :
  is_derive (fun x => row_logaddexp_dxx x y) x (- (row_logaddexp_dxx x y) * row_tanh ((x - y) / 2)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem logaddexp_dxx_y (x y : R) :
  is_derive (fun y => row_logaddexp_dxx x y) y ((row_logaddexp_dxx x y) * row_tanh ((x - y) / 2)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem hypot_dx_value (x y : R) :
  (x <> 0 \/ y <> 0) ->
  sqrt (x ^ 2 + y ^ 2) <> 0 /\
    0 <= (x ^ 2 + y ^ 2) /\
    (if (x =? 0) && (y =? y) then True else (if Rabs y <=? Rabs x then row_hypot 1 (y / x) <> 0 /\ x <> 0 else row_hypot 1 (x / y) <> 0 /\ Rabs y <> 0 /\ y <> 0)) /\
    (if (x =? 0) && (y =? y) then x else if Rabs y <=? Rabs x then row_sign x / row_hypot 1 (y / x) else x / Rabs y / row_hypot 1 (x / y)) = row_hypot_dx x y.
Proof. prove (@nil R) ltac:(idtac; rewrite_hypot x y). Qed.

Theorem hypot_dx_x (x y : R) :
  (x <> 0 \/ y <> 0) ->
  (if (x =? 0) && (y =? 0) then True else (y <> 0 \/ x <> 0) /\ (x <> 0 \/ y <> 0)) /\
    is_derive (fun x => row_hypot_dx x y) x (if (x =? 0) && (y =? 0) then 0 else row_hypot_dx y x * row_atan2_dx x y).
Proof. prove (@nil R) ltac:(idtac; rewrite_hypot x y). Qed.

Theorem hypot_dx_y (x y : R) :
  (x <> 0 \/ y <> 0) ->
  (if (x =? 0) && (y =? 0) then True else (if Rabs x <? Rabs y then (y <> 0 \/ x <> 0) /\ (y <> 0 \/ x <> 0) else (x <> 0 \/ y <> 0))) /\
    is_derive (fun y => row_hypot_dx x y) y (if (x =? 0) && (y =? 0) then 0 else if Rabs x <? Rabs y then - row_hypot_dx y x * row_atan2_dx y x else - (row_hypot_dx x y) * row_atan2_dx x y).
Proof. prove (@nil R) ltac:(idtac; rewrite_hypot x y). Qed.

Theorem atan2_dx_value (x y : R) :
  (x <> 0 \/ y <> 0) ->
  x ^ 2 + y ^ 2 <> 0 /\
    (if Rabs x <=? Rabs y then 1 / 2 + x / y * (x / y) / 2 <> 0 /\ y <> 0 /\ y <> 0 /\ y <> 0 else x <> 0 /\ (if (y =? 0) || (1 <? Rabs (y / x) * 10 ^ 300) then x <> 0 /\ 1 + y / x * (y / x) <> 0 /\ x <> 0 /\ x <> 0 /\ x <> 0 else x * x + y * y <> 0)) /\
    (if Rabs x <=? Rabs y then 1 / 2 / y / (1 / 2 + x / y * (x / y) / 2) else if (y =? 0) || (1 <? Rabs (y / x) * 10 ^ 300) then y / x / (1 + y / x * (y / x)) / x else y / (x * x + y * y)) = row_atan2_dx x y.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem atan2_dx_x (x y : R) :
  (x <> 0 \/ y <> 0) ->
  (y <> 0 \/ x <> 0) /\
    is_derive (fun x => row_atan2_dx x y) x (- 2 * (row_atan2_dx x y) * row_atan2_dx y x).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem atan2_dx_y (x y : R) :
  (x <> 0 \/ y <> 0) ->
  (x <> 0 \/ y <> 0) /\
    is_derive (fun y => row_atan2_dx x y) y (row_atan2_dxy x y).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem atan2_dxy_value (x y : R) :
  (x <> 0 \/ y <> 0) ->
  (x ^ 2 + y ^ 2) ^ 2 <> 0 /\
    row_hypot x y <> 0 /\
    (x - y) / row_hypot x y * ((x + y) / row_hypot x y) / row_hypot x y / row_hypot x y = row_atan2_dxy x y.
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem atan2_dxy_x (x y : R) :
  (x <> 0 \/ y <> 0) ->
  (y <> 0 \/ x <> 0) /\
    0 <= (3 + 0) /\
    (x <> 0 \/ y <> 0) /\
    is_derive (fun x => row_atan2_dxy x y) x (2 * row_atan2_dx y x * (sqrt (3 + 0) * row_atan2_dx x y - row_atan2_dx y x) * (sqrt (3 + 0) * row_atan2_dx x y + row_atan2_dx y x)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Theorem atan2_dxy_y (x y : R) :
  (x <> 0 \/ y <> 0) ->
  (x <> 0 \/ y <> 0) /\
    0 <= (3 + 0) /\
    (y <> 0 \/ x <> 0) /\
    is_derive (fun y => row_atan2_dxy x y) y (2 * row_atan2_dx x y * (row_atan2_dx x y - sqrt (3 + 0) * row_atan2_dx y x) * (row_atan2_dx x y + sqrt (3 + 0) * row_atan2_dx y x)).
Proof. prove (@nil R) ltac:(idtac; fail). Qed.

Definition every_theorem := (add_x, add_y, sub_x, sub_y, mul_x, mul_y, div_value, div_x, div_x_written, div_y, div_y_written, power_value, power_x, power_x_written, power_y, power_y_written, neg_x, abs_x, abs_x_written, exp_x, exp2_value, exp2_x, exp2_x_written, log_x, log_x_written, log2_value, log2_x, log2_x_written, log10_value, log10_x, log10_x_written, log_base_value, log_base_x, log_base_x_written, log_base_y, log_base_y_written, sqrt_x, cbrt_value, cbrt_x, cbrt_x_written, expm1_x, log1p_value, log1p_x, log1p_x_written, logit_value, logit_x, logit_x_written, sin_x, cos_x, tan_x, asin_x, asin_x_written, acos_x, acos_x_written, atan_x, atan_x_written, atan2_x, atan2_x_written, atan2_y, atan2_y_written, sinh_x, cosh_x, tanh_value, tanh_x, tanh_x_written, asinh_value, asinh_x, asinh_x_written, acosh_value, acosh_x, acosh_x_written, atanh_value, atanh_x, atanh_x_written, sigmoid_value, sigmoid_x, sigmoid_x_written, softplus_value, softplus_x, softsign_value, softsign_x, softsign_x_written, relu_x, leaky_relu_x, leaky_relu_y, elu_x, elu_x_written, elu_y, elu_y_written, selu_value, selu_x, selu_x_written, celu_value, celu_x, celu_x_written, celu_y, celu_y_written, gelu_value, gelu_x, silu_value, silu_x, silu_x_written, mish_value, mish_x, log_sigmoid_value, log_sigmoid_x, log_sigmoid_x_written, hardtanh_value, hardtanh_x, relu6_value, relu6_x, hardsigmoid_value, hardsigmoid_x, hardsigmoid_x_written, hardswish_value, hardswish_x, hardswish_x_written, erf_x, erf_x_written, erfc_x, erfc_x_written, sign_value, sign_x, floor_x, ceil_value, ceil_x, trunc_value, trunc_x, mod_value, mod_x, mod_y, floordiv_value, floordiv_x, floordiv_y, copysign_x, copysign_y, maximum_x, maximum_y, minimum_x, minimum_y, clip_x, clip_x_written, clip_lo, clip_lo_written, clip_hi, clip_hi_written, where_c, where_x, where_y, hypot_value, hypot_x, hypot_x_written, hypot_y, hypot_y_written, xlogy_value, xlogy_x, xlogy_y, xlogy_y_written, xlog1py_value, xlog1py_x, xlog1py_x_written, xlog1py_y, xlog1py_y_written, logaddexp_value, logaddexp_x, logaddexp_x_written, logaddexp_y, logaddexp_y_written, dot_x, dot_y, logsumexp_x, logsumexp_x_written, prod_x, mean_x, norm_x, norm_x_written, log_share_value, log_share_x, log_share_y, softmean_x, softmean_y, zero_x, copy_x, one_x, half_x, selu_scale_x, selu_alpha_x, scaled_exp_x, scaled_exp_y, scaled_exp_w, scaled_power_value, scaled_power_s, scaled_power_x, scaled_power_y, scaled_power_n, power_dx_value, power_dx_x, power_dx_y, power_dy_value, power_dy_x, power_dy_y, cbrt_dx_value, cbrt_dx_x, asin_dx_value, asin_dx_x, acosh_dx_value, acosh_dx_x, atanh_dx_value, atanh_dx_x, lift_x, bell_value, bell_x, scaled_bell_value, scaled_bell_x, scaled_bell_y, bend_value, bend_x, silu_dx_value, silu_dx_x, logit_dx_value, logit_dx_x, mish_root_x, mish_dx_value, mish_dx_x, exp_ratio_value, exp_ratio_s, exp_ratio_x, exp_ratio_y, celu_dy_x, gelu_dx_value, gelu_dx_x, gelu_dxx_value, gelu_dxx_x, logaddexp_dx_value, logaddexp_dx_x, logaddexp_dx_y, logaddexp_dxx_value, logaddexp_dxx_x, logaddexp_dxx_y, hypot_dx_value, hypot_dx_x, hypot_dx_y, atan2_dx_value, atan2_dx_x, atan2_dx_y, atan2_dxy_value, atan2_dxy_x, atan2_dxy_y).
Print Assumptions every_theorem.
