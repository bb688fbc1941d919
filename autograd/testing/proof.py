"""The checks of a rule at points, whatever it is written in: what is wrong, inaccurate, unchecked.

A number that is too far from the certified one is *wrong* only if rounding cannot have made it so:
the rule computed without rounding comes to another number than the derivative. Where it comes to
the derivative the rule is right, and *inaccurate* there; the points at which it is are gathered,
and reported as a region.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice, product
from typing import Any, NoReturn

from autograd.testing import certified
from autograd.testing.certified import context
from autograd.testing.corners import jumps, kinks, pairs, undeclared
from autograd.testing.exact import settled
from autograd.testing.marks import between_marks
from autograd.testing.regions import region
from autograd.testing.subject import Certified, NoneError, Raised, Subject
from autograd.testing.verdict import Finding, RuleError, Verdict, far

# A text that, unrounded, is this far from the derivative is an approximation: a series cut off, a
# constant with eight digits. What is farther off is wrong. Beside the number itself counts how much
# it would change if the inputs changed by as much. Numbers beyond 1000 change by what 1000 would,
# and by 100 times the part that the text is off at most ordinary numbers: a text that is exact
# there is no approximation, and where 10**6 changes by 10 there is nothing that sin may not be.
APPROXIMATE = 1e-5
_EXACT = 1e-20
_ORDINARY = (0.37, -1.7, 4.3, -29.0, 0.63, 1.9, -0.21, 71.0)
_FAR = 1000.0

# What cancellation leaves of numbers of the size of 1, where nothing can be computed unrounded.
_NOISE = 2.0**-42

Point = Sequence[Any]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What is allowed: so many ulp, or an absolute error; and numbers of which size are tried.

    `stable` allows what last-place changes of the inputs explain, `roots` only where that is much.
    """

    max_ulp: float = 4.0
    slope_ulp: float = 4.0
    abs_tol: float = 0.0
    stable: bool = False
    roots: bool = False
    largest: float = math.inf
    slopes_largest: float = math.inf
    slopes_smallest: float = 0.0
    nonfinite: bool = True

    def has_ordinary_size(self, point: Iterable[float], largest: float | None = None) -> bool:
        """Whether no number is too large or too near 0."""
        most = self.largest if largest is None else largest
        return all(x == 0 or x != x or 1 / most <= abs(x) <= most for x in point)


@dataclass(frozen=True)
class Bad:
    """A number that is too far from the true one, and what is known about why."""

    point: tuple[Any, ...]
    place: int | None
    found: Any
    true: Any
    ulp: float
    why: str = ""
    doubtful: bool = False


@dataclass
class Proof:
    """The running check of one subject: what was tried, how far it was, and what was found."""

    subject: Subject
    limits: Limits
    points: int = 0
    named: int = 0
    value: float = 0.0
    slopes: list[float] = field(default_factory=list)
    tried: dict[Any, list[tuple[Any, ...]]] = field(default_factory=dict)
    bad: dict[Any, list[Bad]] = field(default_factory=dict)
    notes: list[Finding] = field(default_factory=list)
    odds: dict[Any, list[Finding]] = field(default_factory=dict)
    judged: dict[Any, int] = field(default_factory=dict)
    unsettled: list[tuple[Any, ...]] = field(default_factory=list)
    approximations: dict[Any, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.slopes = [0.0] * len(self.subject.texts)

    # Numbers in, numbers out.

    def compute(self, point: Point) -> Any:
        """The value of the rule at a point, or what it raised."""
        try:
            return self.subject.value(point)
        except NoneError:
            raise
        except Exception as error:  # noqa: BLE001  whatever it is
            return Raised(error)

    def partials(self, point: Point, value: Any) -> Sequence[Any]:
        """The slope to each argument, or what it raised."""
        try:
            return self.subject.partials(point, value)
        except NoneError:
            raise
        except Exception as error:  # noqa: BLE001  whatever it is
            return [Raised(error)] * len(point)

    # Values and slopes.

    def point(self, point: Point) -> None:
        """Checks the value and, if no number is too large or small for it, the slopes."""
        self.named += 1
        value = self.compute(point)
        if repr(value) != repr(again := self.compute(point)):
            self.wrong(None, point, value, "", f"and then {again!r}: it is not pure")
        true = self.subject.oracle.derivative(point)
        if true is None:
            self.no_number(point, value)
            return
        self.value = max(self.value, self.compare(point, None, value, true))
        if not self.limits.has_ordinary_size(point, self.limits.slopes_largest):
            return
        which = self.subject.which(point)
        for place, slope in enumerate(self.partials(point, value)):
            true = self.subject.oracle.derivative(point, place)
            if true is None or true != true:
                self.at_an_end(point, place, slope)
                continue
            error = self.compare(point, place, slope, true)
            self.slopes[which[place]] = max(self.slopes[which[place]], error)

    def compare(self, point: Point, place: int | None, found: Any, true: Any) -> float:
        """The error in ulp; one that is too large is judged."""
        key = None if place is None else self.subject.which(point)[place]
        self.tried.setdefault(key, []).append(tuple(point))
        places = () if place is None else (place,)
        error = self.error(found, true, point, *places)
        if error > (self.limits.max_ulp if place is None else self.limits.slope_ulp):
            self.judge(key, Bad(tuple(point), place, found, true, error))
        return error

    def error(self, found: Any, true: Any, point: Point, *places: int) -> float:
        """The error in ulp, less what is allowed: what last-place changes of the inputs explain."""
        if true is None or true != true:
            return 0.0  # no number there to compare with
        limits = self.limits
        if places and 0 < abs(true) < limits.slopes_smallest:
            return 0.0
        if isinstance(found, Raised) and isinstance(found.error, OverflowError):
            return certified.ulps(math.inf if true > 0 else -math.inf, true)  # as Python says inf
        if isinstance(found, complex) or not isinstance(found, float | int):
            return math.inf
        error = certified.ulps(float(found), true)
        most = limits.slope_ulp if places else limits.max_ulp
        if error <= limits.max_ulp or not math.isfinite(found):
            return error
        apart = abs(true - found)
        if apart <= limits.abs_tol or apart <= self.subject.oracle.slack(point, *places):
            return 0.0
        if limits.stable or (places and most > limits.max_ulp):
            return 0.0 if apart <= limits.max_ulp * self.moved(point, places) else error
        if limits.roots and (moved := self.moved(point, places, 2.0**-52)) > abs(true) * 2.0**-49:
            return 0.0 if apart <= limits.max_ulp * moved else error
        return error

    def moved(self, point: Point, places: Sequence[int], by: float = 0.0, far: float = 1.0) -> Any:
        """How much a number changes with the inputs: in their last places, or by a part of them.

        The part is `far`, if that is less, of what a number is larger than 1000.
        """
        total = context.mpf(0)
        for j, x in enumerate(point):
            slope = self.subject.oracle.derivative(point, *places, j)
            if slope is not None and slope == slope:
                step = min(abs(x), _FAR) * by + max(abs(x) - _FAR, 0) * min(by, far)
                total += abs(slope * (step if by else math.ulp(x)))
        return total

    # Wrong or inaccurate.

    def judge(self, key: Any, bad: Bad) -> None:
        """Raises RuleError for a number that rounding does not explain; keeps the others."""
        if bad.place is not None and bad.point in self.subject.marks.points:
            undeclared(self, bad.point, bad.place, bad.found)
        sizes = tuple(size(x) for x in bad.point)
        same = self.judged[key, sizes] = self.judged.get((key, sizes), 0) + 1
        if same > 4 and any(sizes) and key in self.bad:
            self.bad[key].append(bad)  # as the others of that size: that takes long
            return
        unrounded = self.unrounded(bad.point, bad.place)
        if unrounded is None:
            self.bad.setdefault(key, []).append(self.doubt(bad))
            return
        why = ""
        real, given = unrounded == unrounded, (unrounded, bad.true, bad.point, bad.place)
        if real and self.is_approximate(*given):
            if not self.is_approximate(*given, 1e-6):
                why = f"unrounded it is {certified.shown(unrounded)}, an approximation"
            self.bad.setdefault(key, []).append(Bad(
                bad.point, bad.place, bad.found, bad.true, bad.ulp, why))  # fmt: skip
            return
        self.is_wrong(bad)

    def unrounded(self, point: Point, place: int | None) -> Any:
        """What the rule comes to without rounding: nan for no number, None if that is unknown."""
        exact = self.subject.exact
        return None if exact is None else settled(lambda: exact(point, place), point)

    def is_approximate(
        self, unrounded: Any, true: Any, point: Point, place: int | None, part: float = 1.0
    ) -> bool:
        """Whether an unrounded number is the true one, or a part of `APPROXIMATE` from it."""
        places = () if place is None else (place,)
        allowed = abs(true) * APPROXIMATE + context.ldexp(1, -1190)  # what is nearer to 0 is 0
        far = self.approximation(len(point), place) if any(abs(x) > _FAR for x in point) else 1.0
        allowed += self.moved(point, places, APPROXIMATE, 100 * far)
        return bool(abs(unrounded - true) <= allowed * part)

    def approximation(self, size: int, place: int | None) -> float:
        """How far the text, unrounded, mostly is from the truth at ordinary numbers; 0 if exact."""
        if (size, place) not in self.approximations:
            apart = sorted(self.apart(size, place))
            middle = apart[len(apart) // 2] if apart else 1.0
            self.approximations[size, place] = middle if middle > _EXACT else 0.0
        return self.approximations[size, place]

    def apart(self, size: int, place: int | None) -> Iterator[float]:
        """How far it is at each ordinary point of the domain, as a part of the numbers there."""
        places, known = () if place is None else (place,), self.subject.oracle.derivative
        for first in range(len(_ORDINARY) if isinstance(self.subject.oracle, Certified) else 0):
            point = [_ORDINARY[(first + 3 * k) % len(_ORDINARY)] for k in range(size)]
            if self.subject.run or self.subject.is_smooth(point):
                true, found = known(point, *places), self.unrounded(point, place)
                if true is not None and true == true and found is not None and found == found:
                    size_there = abs(true) + self.moved(point, places, 1.0)
                    yield float(abs(found - true) / (size_there or 1))

    def doubt(self, bad: Bad) -> Bad:
        """The same where only doubles tell: an error that cancellation or overflow would make."""
        sizes = [1.0, abs(float(bad.true))]
        value = self.compute(bad.point)
        if isinstance(value, float | int) and math.isfinite(value):
            sizes += [abs(value), *(abs(value / x) for x in bad.point if x)]
        extreme = any(x and not 1e-75 < abs(x) < 1e75 for x in bad.point)
        if isinstance(bad.found, float | int) and math.isfinite(bad.found):
            explained = extreme or abs(bad.true - bad.found) <= _NOISE * max(sizes)
        else:
            explained = extreme or any(abs(x) > 80 for x in bad.point)
        if not explained:
            self.is_wrong(bad)
        return Bad(bad.point, bad.place, bad.found, bad.true, bad.ulp, bad.why, doubtful=True)

    def is_wrong(self, bad: Bad) -> NoReturn:
        """Raises RuleError for a number that is proved wrong."""
        self.wrong(bad.place, bad.point, bad.found, certified.shown(bad.true), far(bad.ulp))

    def wrong(
        self, place: int | None, point: Point, found: Any, right: str = "", why: str = ""
    ) -> NoReturn:
        """Raises RuleError."""
        raise RuleError(self.finding("wrong", place, point, found, right, why))

    def finding(
        self, verdict: Verdict, place: int | None, point: Point, found: Any, right: str = "",
        why: str = "", **more: Any,
    ) -> Finding:  # fmt: skip
        """A finding about the value, or the slope to a place, at a point."""
        one = self.subject
        which = None if place is None else one.which(point)[place]
        of = "value of" if which is None else "slope of"
        to = "" if which is None else f" to {one.inputs[which]}"
        return Finding(
            verdict=verdict,
            what=f"the {of} {one.name!r}{to}",
            text=one.formula if which is None else one.texts[which],
            point=tuple(point),
            inputs=one.inputs,
            found=found,
            right=right,
            why=why,
            **more,
        )

    # Where there is no derivative.

    def no_number(self, point: Point, value: Any) -> None:
        """The domain promises a real number, and the function has none."""
        is_number = isinstance(value, float | int) and math.isfinite(value)
        says = f"the domain is {self.subject.domain}, and it has no real number there"
        certain = isinstance(self.subject.oracle, Certified)
        if not certain or (is_number and self.subject.python):
            self.unsettled.append(tuple(point))
            if certain and len(self.unsettled) > 5:
                why = "what it means has no real number there: say so in the domain"
                raise RuleError(self.finding("unchecked", None, point, value, "", why))
            return
        self.wrong(None, point, value, "", says)

    def at_an_end(self, point: Point, place: int, slope: Any) -> None:
        """Where the derivative has not settled: at an end of the domain its one side counts."""
        oracle = self.subject.oracle
        sides = [oracle.one_sided(point, place, side) for side in (-1, 1)]
        known = [side for side in sides if side is not None and side == side]
        if len(known) == 2:
            undeclared(self, point, place, slope)
        elif len(known) == 1 and None in sides:
            self.compare(point, place, slope, known[0])
            return
        elif jumps(self, point, place):
            undeclared(self, point, place, slope)
        self.unsettled.append(tuple(point))

    # The end.

    def odd(self, place: int | None, point: Point, found: Any, right: str, why: str) -> None:
        """Keeps what is no real number's fault: the rule is right, its floats are not."""
        key = ("odd", None if place is None else self.subject.which(point)[place])
        known = self.odds.setdefault(key, [])
        if all(repr(one.point) != repr(tuple(point)) for one in known):
            known.append(self.finding("inaccurate", place, point, found, right, why))

    def findings(self) -> list[Finding]:
        """What was found that is not wrong, and that nothing was checked, if nothing was."""
        one = self.subject
        found = [*self.notes]
        if not self.points + self.named:
            found.append(self.unchecked(f"no point tried is in the domain {one.domain}"))
        for which, name in enumerate(one.inputs) if self.points + self.named else ():
            if which not in self.tried:
                found.append(self.unchecked(f"the slope to {name} had no true number anywhere"))
        for key, bad in self.bad.items():
            self.is_doubtful(key, bad)
            worst = max(bad, key=lambda one: one.ulp)
            why = f"by up to {worst.ulp:.3g} ulp" if worst.ulp < math.inf else "no digit is right"
            found.append(self.finding(
                "inaccurate", worst.place, worst.point, worst.found, certified.shown(worst.true),
                f"{why}; {worst.why}" if worst.why else why, ulp=worst.ulp,
                region=region((b.point for b in bad), self.tried[key], one.inputs)))  # fmt: skip
        for first, *others in self.odds.values():
            also = " and ".join(other.place for other in others[:3])
            found.append(replace(first, region=f"also at {also}" if also else "", ulp=math.inf))
        return found

    def unchecked(self, why: str) -> Finding:
        """Nothing was shown."""
        return Finding(verdict="unchecked", what=f"the rule of {self.subject.name!r}", why=why)

    def is_doubtful(self, key: Any, bad: Sequence[Bad]) -> None:
        """Raises RuleError where doubles alone tell, and most ordinary numbers are wrong."""
        if not all(one.doubtful for one in bad):
            return

        def ordinary(points: Iterable[Point]) -> set[Any]:
            return {tuple(p) for p in points if all(x == 0 or 1e-3 < abs(x) < 1e3 for x in p)}

        strange = ordinary(one.point for one in bad)
        if 2 * len(strange) > len(ordinary(self.tried[key])):
            self.is_wrong(next(one for one in bad if tuple(one.point) in strange))


def size(x: float) -> int:
    """-1 for a number that is tiny, 1 or 2 for one that is huge, 0 for others."""
    return 0 if x == 0 or 1e-6 < abs(x) < 1e6 else -1 if abs(x) < 1 else 1 + (x < 0)


def prove(proof: Proof, points: Iterable[Point], count: int) -> None:
    """Checks a subject at `count` points, then at those that it names itself, and at its kinks.

    Where the domain leaves too few of the points, others are taken from between the named ones.
    """
    if count < 1:
        raise ValueError(f"count says how many points are tried, 1 or more, not {count!r}")
    one = proof.subject
    inner = between_marks(one.marks.points, len(one.inputs), 20 * count)
    near = one.marks.near[:: max(1, -(-len(one.marks.near) // count))]
    sampled = islice(fitting(proof, chain(points, inner)), count)
    for point in sampled:
        proof.point(point)
    proof.points, proof.named = proof.named, 0
    for point in fitting(proof, chain(one.marks.points, near)):
        proof.point(point)
    if not one.run:
        named = [*fitting(proof, one.marks.points)][: 10 if len(one.inputs) == 1 else 4]
        for point, place in product(named, range(len(one.inputs))):
            undeclared(proof, point, place, proof.partials(point, proof.compute(point))[place])
        pairs(proof)
    kinks(proof)


def fitting(proof: Proof, points: Iterable[Point]) -> Iterator[Point]:
    """Each of the points once that is in the domain, at no kink, and of a size to be tried."""
    seen: set[str] = set()
    for point in points:
        if repr(point) not in seen and proof.limits.has_ordinary_size(point):
            seen.add(repr(point))
            if proof.subject.run or proof.subject.is_smooth(point):
                yield point
