"""Checks of one row: value, slopes and higher derivatives against certified ones, everywhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Context, Decimal, localcontext
from difflib import get_close_matches
from fractions import Fraction
from itertools import combinations_with_replacement, islice, product
from typing import Any

from autograd import calculus, engine
from autograd.ops import OPS, ROUTINES, Op
from autograd.testing import certified
from autograd.testing.proof import APPROXIMATE, Limits, Proof, prove
from autograd.testing.regions import region
from autograd.testing.sampling import is_smooth, points
from autograd.testing.special import agreed, nans, special
from autograd.testing.subject import subject
from autograd.testing.verdict import Finding, RuleError, far, refuse_flushing
from autograd.text import Call, Name, Number, calls
from autograd.value import Value

# How far the second and third derivatives of a row may be from the true ones, in ulp.
HIGHER_ULP = 16.0

# Where they may be farther, and why. "root": near numbers where a third derivative is 0 and its
# terms are not, by as much as last-place changes of the inputs explain (sigmoid was 276 ulp away at
# 1.3137, and hypot 101). "overflow": nan where the third derivative is beyond the largest double
# because terms of both signs are (power at (1e-313, 3e-16), to x, x and y). "terms": near a root
# that is near 0, by as much as the rounding of its terms explains (mish was 25 ulp away at 1e-05).
# "second": the value of a helper that is a second derivative (atan2_dxy, 4.6 ulp at (-1, -0.03)).
FARTHER = {
    "power": {"root", "overflow"},
    "hypot": {"root", "overflow"},
    "log_base": {"root", "overflow"},
    "gamma": {"root", "overflow"},
    "atan2": {"root", "overflow"},
    "mish": {"root", "terms"},
    "atan2_dxy": {"second"},
    **{
        name: {"root"}
        for name in (
            "atan",
            "tanh",
            "asinh",
            "sigmoid",
            "silu",
            "gelu",
            "erf",
            "log_sigmoid",
            "erfc",
            "logit",
            "lgamma",
            "sinc",
            "digamma",
        )
    },
}


@dataclass(frozen=True)
class RuleReport:
    """What a check measured: how many points, the largest errors in ulp, and what it could not.

    `named` counts the points that the rule names itself, with those beside them, and `unsettled`
    those at which no true number was found.
    """

    name: str
    points: int
    value: float
    slopes: tuple[float, ...]
    second: float = 0.0
    third: float = 0.0
    named: int = 0
    unsettled: int = 0
    note: str = ""

    def __str__(self) -> str:
        slopes = ", ".join(f"{error:.2f}" for error in self.slopes)
        open_ = f", {self.unsettled} points unchecked" if self.unsettled else ""
        note = f" ({self.note})" if self.note else ""
        return (
            f"{self.name}: {self.points} + {self.named} points, value {self.value:.2f} ulp, "
            f"slopes {slopes} ulp{open_}{note}"
        )


def check_rule(
    op: Op | str,
    *,
    count: int = 200,
    max_ulp: float = 4.0,
    abs_tol: float = 0.0,
    stable: bool = False,
    largest: float = math.inf,
    seed: int = 0,
    higher: int = 24,
    nonfinite: bool = True,
    exact: bool = True,
    like: str = "",
) -> RuleReport:
    """Checks the rule of an operation at `count` points and more; raises RuleError if it fails.

    `op` is a row or its name. The value must agree with the value's meaning in certified
    arithmetic, each slope with the certified derivative of that, to `max_ulp` units in the last
    place or `abs_tol`, over the whole domain: at points of every size, at 0, at every constant of
    the texts, where their comparisons change, at the ends of the domain and at the kinks, and on
    both sides of these. No point outside the domain is tried. With `stable=True` an error that a
    change of the inputs in their last places would also make is allowed: no formula that cancels
    can do better. Numbers larger than `largest`, or closer to 0 than its reciprocal, are left out.

    The RuleError has a verdict. It is "wrong" only with a point where that is proved: the text,
    computed without rounding, is another number than the derivative there; or the function has a
    kink or a jump that is not declared. It is "inaccurate" where the text is right and doubles are
    too short for it, with the region and the error in ulp; also for what is no real number: a
    slope that is not nan though the value is (`nonfinite=False` leaves nan and inf out), an exact
    number that becomes a float (`exact=False` allows that), or a convention documented for
    the operation of that name here, such as the slope of `abs` at 0. It is "unchecked" where no
    point of the domain, or of the kink, was met, or no true number was found.

    Then come the recorded gradient, `f(x, x)` and exact number types, and at `higher` points the
    second and third derivatives that the slopes have in their turn, to 16 ulp, or (but for most
    rows that are here) what last-place changes of the inputs explain. `like` names an operation
    whose conventions the row must keep even outside its domain. Returns what it measured.

    The slopes of a helper row are second derivatives of an operation: thirteen digits of what a
    stable formula gives are enough, for numbers of ordinary size.

    >>> from autograd import Op
    >>> print(check_rule(Op(name="cube", value="x * x * x", slopes=("3 * x * x",)), count=50))
    cube: 50 + 44 points, value 0.83 ulp, slopes 1.21 ulp
    >>> check_rule(Op(name="cube", value="x * x * x", slopes=("2 * x * x",)))
    Traceback (most recent call last):
      ...
    autograd.testing.verdict.RuleError: the slope of 'cube' to x is wrong: 2 * x * x is 0.5 at \
x = 0.5, right is 0.75 (not a rounding error)
    """
    row = named(op)
    refuse_flushing(f"the rule of {row.name!r}")
    second = "second" in FARTHER.get(row.name, ())
    limits = Limits(
        max_ulp=max(max_ulp, HIGHER_ULP) if second else max_ulp,
        slope_ulp=max(max_ulp, 1000.0) if row.helper else max_ulp,
        abs_tol=abs_tol, stable=stable or row.run, roots=row.helper, largest=largest,
        slopes_largest=min(largest, 1e70) if row.helper else largest,
        slopes_smallest=1e-280 if row.helper else 0.0, nonfinite=nonfinite,
    )  # fmt: skip
    proof = Proof(subject(row), limits)
    ours = OPS.get(row.name) is row or bool(like)
    prove(proof, points(row, count, seed, largest=largest), count)
    special(proof, everywhere=ours)
    nans(proof)
    for name in dict.fromkeys((like or row.name, *means(row))):
        agreed(proof, name, everywhere=ours)
    check = _Row(row, proof)
    check.written()
    if exact:
        check.exact_types()
    with recordable(row) as recorded:
        check.recording(recorded, seed)
        if row.helper or row.run:
            check.second_order(recorded, seed)
        else:
            check.higher(recorded, 2, higher, seed)
            check.higher(recorded, 3, higher // 2, seed)
    if findings := [*proof.findings(), *check.findings()]:
        raise RuleError(*findings)
    return RuleReport(
        row.name, proof.points, proof.value, tuple(proof.slopes), check.worst[2], check.worst[3],
        proof.named, len(proof.unsettled),
    )  # fmt: skip


def named(op: object) -> Op:
    """The row that is meant. Raises TypeError or KeyError that say how to give one.

    >>> named("sin")
    <op sin: sin(x)>
    """
    if isinstance(op, Op):
        calls_itself = any(call.name == op.name for call in calls(op.trees.meaning))
        if calls_itself and not op.meaning and op.name in OPS:  # its routine means what ours does
            return replace(op, meaning=OPS[op.name].meaning)
        return op
    if isinstance(op, str):
        if op in OPS:
            return OPS[op]
        close = get_close_matches(op, OPS, 1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise KeyError(f"no operation is called {op!r} here{hint} Give a row: Op(name={op!r}, ...)")
    own = getattr(op, "__module__", "") == "autograd"
    if own and (name := str(getattr(op, "__name__", ""))) in OPS:
        return OPS[name]
    raise TypeError(
        f"check_rule takes a row (an Op) or the name of one, not {op!r}: write its texts, as in "
        f"Op(name='square', value='x * x', slopes=('2 * x',)), or check Python functions with "
        f"check_function(value, slope, meaning='x * x')"
    )


def means(op: Op) -> Iterator[str]:
    """The operation that a row says it is, where its value is only a call of that.

    >>> list(means(Op(name="ln", value="log(x)", slopes=("1 / x",), domain="x > 0")))
    ['log']
    """
    match op.trees.value:
        case Call(name, arguments) if name in OPS and arguments == tuple(map(Name, op.inputs)):
            yield name


def check_all_rules(*, count: int = 200, seed: int = 0) -> list[RuleReport]:
    """Checks every row of the table, and returns what was measured for each."""
    return [check_rule(op, count=count, seed=seed) for op in list(OPS.values())]


class _Row:
    """What is checked of a row besides: what it is as a row of the table."""

    def __init__(self, op: Op, proof: Proof) -> None:
        self.op, self.proof = op, proof
        self.true = proof.subject.oracle.derivative
        self.worst = {2: 0.0, 3: 0.0}
        self.tried = {2: 0, 3: 0}
        self.inaccurate: list[Finding] = []

    def compute(self, point: Sequence[Any]) -> Any:
        return self.op.compute(*self.op.split(point))

    def partials(self, point: Sequence[Any], value: Any) -> Sequence[Any]:
        """The slope to each argument."""
        return self.proof.subject.partials(point, value)

    def written(self) -> None:
        """The slopes as a textbook writes them are the derivatives, too: a reader sees those."""
        if not self.op.written:
            return
        for point in points(self.op, 6):
            numbers = [certified.number(x) for x in point]
            value = certified.meaning(self.op)(*numbers)
            for place, (which, arguments) in enumerate(self.op.places(numbers)):
                true = self.true(point, place)
                found = certified.written(self.op)[which](*arguments, value)
                if true is None or true != true or abs(found - true) <= 1e-9 * abs(true):
                    continue
                raise RuleError(self.finding(
                    "wrong", f"the textbook slope of {self.op.name!r} to {self.op.inputs[which]}",
                    point, f"is {certified.shown(found)}", certified.shown(true),
                    text=self.op.written[which]))  # fmt: skip

    # Exact numbers.

    def exact_types(self) -> None:
        """Exact numbers stay exact, or are refused with a TypeError."""
        size = len(self.op.inputs) * (2 if self.op.run else 1)
        numbers = [Fraction(3, 4), Fraction(-5, 2), Fraction(7, 3), Fraction(2), Fraction(1, 3)]
        for point in islice(product(numbers, repeat=size), 60):
            if self.op.run or is_smooth(self.op, point):
                self.exact_type(point, (Fraction, int), 25)
                self.exact_type([Decimal(float(x)) for x in point], (Decimal, int), 22)

    def exact_type(self, point: Sequence[Any], kinds: tuple[type, ...], digits: int) -> None:
        try:
            value = self.compute(point)
        except TypeError:
            return
        except ArithmeticError:
            return  # a Decimal outside the domain raises what it raises
        if not isinstance(value, kinds):
            self.lost(point, None, value)
            return
        for place in range(len(point)):
            try:
                slope = self.partials(point, value)[place]
            except (TypeError, ArithmeticError):
                continue
            true = self.true([_rational(x) for x in point], place)
            if true is None or true != true:
                continue
            if not isinstance(slope, kinds):
                self.lost(point, place, slope)
                continue
            self.exact_slope(point, place, slope, true, digits)

    def exact_slope(
        self, point: Sequence[Any], place: int, slope: Any, true: Any, digits: int
    ) -> None:
        """A slope that lost digits though its numbers have them; more of them may bring it right.

        What is beyond the doubles is left to those who use such numbers.
        """
        context = certified.context
        if not context.ldexp(1, -1074) <= abs(true) < context.ldexp(1, 1024) and true != 0:
            return

        def is_near(found: Any, part: Any) -> bool:
            with context.workdps(60):  # a Decimal of 10**-60000 makes a long fraction
                number = str(found) if isinstance(found, Decimal) else found
                apart = abs(certified.number(number) - true)
                allowed = abs(true) * part + context.ldexp(1, -1074)
                return bool(apart <= allowed + self.proof.limits.abs_tol)

        part = context.mpf(10) ** -digits
        if is_near(slope, part):
            return
        if isinstance(slope, Decimal) and any(
            more is not None and is_near(more, part) for more in self.longer(point, place)
        ):
            return  # cancelled, or steep: the text itself is right
        rational = [_rational(x) for x in point]
        unrounded = self.proof.unrounded(rational, place)
        if unrounded is None or is_near(unrounded, part):
            right, why = certified.shown(true), "digits are lost: it is not computed in this type"
            self.proof.odd(place, point, slope, right, why)
        elif unrounded != unrounded or not self.proof.is_approximate(
            unrounded, true, rational, place
        ):
            self.proof.wrong(place, point, slope, certified.shown(true))

    def longer(self, point: Sequence[Any], place: int) -> Iterator[Any]:
        """The slope of Decimals with more and more digits: None where that is no number."""
        for digits in (80, 400, 1000):
            with localcontext(Context(prec=digits, Emax=10**9, Emin=-(10**9))):
                try:
                    found = self.partials(point, self.compute(point))[place]
                except Exception:  # noqa: BLE001  whatever it is, it is no number
                    found = None
            yield found if isinstance(found, Decimal | int) and math.isfinite(found) else None

    def lost(self, point: Sequence[Any], place: int | None, found: Any) -> None:
        """An exact number that became a float."""
        self.proof.odd(
            place, point, f"is the {type(found).__name__} {found!r}", "",
            "the number type is lost: write a number that is not whole as half(x) or one(x) / 3, "
            "or call check_rule with exact=False")  # fmt: skip

    # What the engine makes of the rule.

    def recording(self, op: Op, seed: int) -> None:
        """The recorded gradient is the slopes, and `f(x, x)` adds them up."""
        what = f"what is recorded of {self.op.name!r}"
        for point in points(self.op, 12, seed):
            value = self.compute(point)
            slopes = self.partials(point, value)
            leaves = [Value(x) for x in point]
            made = engine.record(op, *leaves)
            made.backward()
            grads = [leaf.grad for leaf in leaves]
            if [made.data, *grads] != [value, *slopes] and not any(x != x for x in slopes):
                found, right = f"has the gradients {grads!r}", repr([*slopes])
                raise RuleError(self.finding("wrong", what, point, found, right))
            if len(point) == 1:
                continue
            shared = [point[0]] * len(point)
            if not self.op.run and not is_smooth(self.op, shared):
                continue
            slopes = self.partials(shared, self.compute(shared))
            total: Any = 0
            for slope in slopes:
                total += slope
            leaf = Value(point[0])
            engine.record(op, *[leaf] * len(point)).backward()
            if abs(leaf.grad - total) > 1e-12 * sum(map(abs, slopes)):
                found = f"of one Value has the gradient {leaf.grad!r}"
                raise RuleError(self.finding("wrong", what, shared, found, repr(total)))

    def second_order(self, op: Op, seed: int) -> None:
        """The slopes, run on Values, have the second derivatives of the value."""
        count = 26 if len(self.op.inputs) == 2 and not self.op.run else 10  # those with 0, too
        if Number(0) in self.op.trees.slopes:  # to tell a 0 from a tiny number takes long
            count = 3
        for point in points(self.op, count, seed, largest=min(1e6, self.proof.limits.largest)):
            places = tuple(range(len(point)))
            gradient = calculus.grad(lambda *x: engine.record(op, *x), places)
            found = calculus.jacobian(gradient, places)(*point)
            for i, j in product(places, repeat=2):
                true = self.true(point, i, j)
                if true is None or true != true:
                    continue
                scale = abs(true) + abs(self.size(point, i) / (abs(point[j]) + 1)) + 1e-290
                if not abs(found[i][j] - true) <= 1e-9 * scale:
                    self.judge(op, point, (i, j), found[i][j], true)

    def higher(self, op: Op, order: int, count: int, seed: int) -> None:
        """The derivatives of that order which the slopes have, over all doubles and at marks."""
        largest = self.proof.limits.largest
        tried = [*islice(points(self.op, count + 7, seed, largest=largest), 7, None)]
        named = [
            point for point in {p: p for p in self.proof.subject.marks.points}  # -0.0 is 0.0 here
            if is_smooth(self.op, point) and self.proof.limits.has_ordinary_size(point)
        ][: 10 if len(self.op.inputs) == 1 else 3]  # fmt: skip
        orders = [*combinations_with_replacement(range(len(self.op.inputs)), order)]
        for point, places in product((*tried, *(named if count else ())), orders):
            true = self.true(point, *places)
            if true is None or true != true:
                continue
            self.tried[order] += all(1e-3 < abs(x) < 1e3 for x in point)
            found = nth(op, places)(*point)
            error = certified.ulps(float(found), true)
            if self.is_explained(error, found, true, point, places):
                continue
            if error > HIGHER_ULP:
                if point in named and not self.is_continuous(point, places, true):
                    continue
                self.judge(op, point, places, found, true)
            else:
                self.worst[order] = max(self.worst[order], error)

    def is_continuous(self, point: Sequence[float], places: Sequence[int], true: Any) -> bool:
        """Whether a higher derivative has one value on both sides of a point: it has no kink."""
        for place, sign in product(range(len(point)), (1, -1)):
            moved = [*point]
            moved[place] += sign * max(abs(point[place]), 1.0) * 2**-50
            if not is_smooth(self.op, moved):
                continue
            near = self.true(moved, *places)
            if near is None or not abs(near - true) <= 1e-6 * max(abs(near), abs(true), 1e-6):
                return False
        return True

    def size(self, point: Sequence[float], *places: int) -> Any:
        """A derivative's size, 0 where it has none."""
        found = self.true(point, *places)
        return certified.number(0) if found is None or found != found else abs(found)

    def is_explained(
        self, error: float, found: Any, true: Any, point: Sequence[float], places: Sequence[int]
    ) -> bool:
        """Whether an error of a higher derivative is one that the row may have."""
        own = self.op.name not in engine.BUILT_IN or OPS[self.op.name] is not self.op
        allowed = {"root"} if own else FARTHER.get(self.op.name, set())
        if error <= HIGHER_ULP:
            return False
        if "overflow" in allowed and found != found and abs(true) > certified.number(2) ** 1024:
            return True
        if not math.isfinite(found):
            return False
        moved = certified.number(0)
        if "root" in allowed:
            for place, x in enumerate(point):
                moved += self.size(point, *places, place) * math.ulp(x)
        if own or "terms" in allowed:
            # Terms that cancel are of the size that the derivative before has beside x.
            *before, place = places
            moved += self.size(point, *before) / (abs(point[place]) + 1) * 2**-52
        limits = self.proof.limits
        return bool(abs(true - found) <= max(HIGHER_ULP, limits.max_ulp) * moved + limits.abs_tol)

    # Wrong or inaccurate.

    def judge(
        self, op: Op, point: Sequence[float], places: tuple[int, ...], found: Any, true: Any
    ) -> None:
        """Raises RuleError for a higher derivative that rounding does not explain.

        It does where the derivative comes out right with more digits, and where it is as bad
        beside the point, if that cannot be told. What is off at the point alone is no rounding, nor
        is what is off with all digits.
        """
        which = self.proof.subject.which(point)
        names = ", ".join(self.op.inputs[which[place]] for place in places)
        what = f"the derivative of order {len(places)} of {self.op.name!r} to {names}"
        ulp = certified.ulps(float(found), true)
        right = certified.shown(true)
        known = sum(one.what == what for one in self.inaccurate)
        doubtful = False
        if known < 3 and not self.is_near(found, point, places, true):
            beside = self.beside(point, places[-1])
            alone = all(self.is_near(nth(op, places)(*p), p, places) for p in beside)
            cut_off = any(bad.why for same in self.proof.bad.values() for bad in same)
            if not cut_off:  # a series whose slopes are those of a shorter one
                # Of numbers that large or small an overflow may come from one double to the next,
                # and they take long.
                usual = all(x == 0 or 1e-4 < abs(x) < 1e4 for x in point)
                isolated = alone and (usual or math.isfinite(found))
                tried = ([point] if isolated else beside[:2]) if usual else []
                unrounded = [(p, in_decimals(op, p, places)) for p in tried]
                verdicts = [self.is_near(x, p, places) for p, x in unrounded if x is not None]
                if not any(verdicts) and (verdicts or isolated):
                    raise RuleError(self.finding("wrong", what, point, found, right, far(ulp)))
                doubtful = not verdicts
        self.inaccurate.append(self.finding(
            "inaccurate", what, point, found, right, ulp=ulp,
            why="doubtful" * doubtful))  # fmt: skip

    def is_near(
        self, found: Any, point: Sequence[float], places: Sequence[int], true: Any = None
    ) -> bool:
        """Whether a derivative is right to some digits, beside what its terms may be."""
        true = self.true(point, *places) if true is None else true
        if not isinstance(found, Decimal | int | float) or not math.isfinite(found):
            return bool(true is None or true != true)
        if true is None or true != true:
            return True  # nothing to compare with
        *before, place = places
        allowed = abs(true) + self.proof.moved(point, places, 1.0)
        allowed += self.size(point, *before) / (abs(point[place]) + 1) * 1e-4
        apart = abs(certified.number(_rational(found)) - true)
        return bool(apart <= allowed * APPROXIMATE + certified.context.ldexp(1, -1060))

    def beside(self, point: Sequence[float], place: int) -> list[tuple[float, ...]]:
        """Points on both sides of one, where the row has slopes."""
        x = point[place]
        steps = [s * (abs(x) or 1.0) * 10.0**-k for k in (9, 7, 5) for s in (1, -1)]
        moved = [(*point[:place], x + step, *point[place + 1 :]) for step in steps]
        real = [p for p in moved if all(map(math.isfinite, p))]
        return [p for p in real if self.op.run or is_smooth(self.op, p)]

    def finding(
        self, verdict: Any, what: str, point: Sequence[Any], found: Any, right: str,
        why: str = "", **more: Any,
    ) -> Finding:  # fmt: skip
        return Finding(verdict=verdict, what=what, point=tuple(point), inputs=self.op.inputs,
                       found=found, right=right, why=why, **more)  # fmt: skip

    def findings(self) -> list[Finding]:
        """One finding for each higher derivative that is inaccurate, with its region."""
        found = []
        for one in self.inaccurate:
            if one.why == "doubtful":
                same = [x for x in self.inaccurate if x.what == one.what]
                ordinary = [x for x in same if all(1e-3 < abs(n) < 1e3 for n in x.point)]
                if 2 * len(ordinary) > self.tried[one.what.count(",") + 1]:
                    raise RuleError(replace(one, verdict="wrong", why=far(one.ulp)))
        if self.proof.bad:
            return []  # that follows
        for what in dict.fromkeys(one.what for one in self.inaccurate):
            same = [one for one in self.inaccurate if one.what == what]
            worst = max(same, key=lambda one: one.ulp)
            where = region((one.point for one in same), (), self.op.inputs)
            why = f"by up to {worst.ulp:.3g} ulp" if worst.ulp < math.inf else "no digit is right"
            found.append(replace(worst, region=where, why=why))
        return found


def nth(op: Op, places: Sequence[int]) -> Callable[..., Any]:
    """The derivative of a row that the engine has, to one place after the other."""

    def f(*arguments: Any) -> Any:
        return engine.record(op, *arguments)

    for place in places:
        f = calculus.grad(f, place)
    return f


def in_decimals(op: Op, point: Sequence[float], places: Sequence[int]) -> Any:
    """The same with as many digits as it takes to settle; None where it does not.

    >>> float(in_decimals(OPS["exp"], [1.0], [0, 0]))
    2.718281828459045
    """
    last = None
    for digits in (60, 500, 800):
        with localcontext(Context(prec=digits, Emax=10**9, Emin=-(10**9))):
            try:
                found = nth(op, places)(*map(Decimal, point))
            except Exception:  # noqa: BLE001  whatever it is, it is no number
                return None
            if not isinstance(found, Decimal | int) or not math.isfinite(found):
                return None
            found = Decimal(found)
            near = last is not None and abs(found - last) <= abs(found) * Decimal("1e-20")
            if near and (found or digits == 800):  # a 0 may be what few digits leave
                return found
            last = found
    return None


def _rational(number: Any) -> Any:
    return Fraction(number) if isinstance(number, Decimal) else number


@contextmanager
def recordable(op: Op) -> Iterator[Op]:
    """The row as the engine can record it, registered for the time being if it is not."""
    if OPS.get(op.name) is op:
        yield op
        return
    taken = {*OPS, *ROUTINES, *dir(Value)}
    name = f"{op.name}_checked" if op.name in taken else op.name  # its texts may call itself
    engine.register(replace(op, name=name, ufunc=""))
    try:
        yield OPS[name]
    finally:
        engine.unregister(name)
