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
from autograd.testing.conventions import conventions, is_kept
from autograd.testing.exact import settled
from autograd.testing.marks import between_marks
from autograd.testing.regions import region
from autograd.testing.sampling import SPECIAL, kinks
from autograd.testing.subject import Certified, Subject
from autograd.testing.verdict import Finding, RuleError, Verdict, far

# A text that, unrounded, is this far from the derivative is an approximation: a series cut off, a
# constant with eight digits. What is farther off is wrong. Beside the number itself counts how much
# it would change if the inputs changed by as much.
APPROXIMATE = 1e-5

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
class Raised:
    """What came where a function raised."""

    error: Exception

    def __repr__(self) -> str:
        return f"raised {type(self.error).__name__}: {self.error}"


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

    def __post_init__(self) -> None:
        self.slopes = [0.0] * len(self.subject.texts)

    # Numbers in, numbers out.

    def compute(self, point: Point) -> Any:
        """The value of the rule at a point, or what it raised."""
        try:
            return self.subject.value(point)
        except Exception as error:  # noqa: BLE001  whatever it is
            return Raised(error)

    def partials(self, point: Point, value: Any) -> Sequence[Any]:
        """The slope to each argument, or what it raised."""
        try:
            return self.subject.partials(point, value)
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

    def moved(self, point: Point, places: Sequence[int], by: float = 0.0) -> Any:
        """How much a number changes with the inputs: in their last places, or by a part of them."""
        total = context.mpf(0)
        for j, x in enumerate(point):
            slope = self.subject.oracle.derivative(point, *places, j)
            if slope is not None and slope == slope:
                total += abs(slope * (abs(x) * by if by else math.ulp(x)))
        return total

    # Wrong or inaccurate.

    def judge(self, key: Any, bad: Bad) -> None:
        """Raises RuleError for a number that rounding does not explain; keeps the others."""
        if bad.place is not None and bad.point in self.subject.marks.points:
            self.undeclared(bad.point, bad.place, bad.found)
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
        if unrounded == unrounded:
            places = () if bad.place is None else (bad.place,)
            allowed = abs(bad.true) * APPROXIMATE + self.moved(bad.point, places, APPROXIMATE)
            allowed += context.ldexp(1, -1190)  # what is nearer to 0 counts as 0
            apart = abs(unrounded - bad.true)
            if apart <= allowed:
                if apart > allowed * 1e-6:
                    why = f"unrounded it is {certified.shown(unrounded)}, an approximation"
                self.bad.setdefault(key, []).append(Bad(
                    bad.point, bad.place, bad.found, bad.true, bad.ulp, why))  # fmt: skip
                return
        self.is_wrong(bad)

    def unrounded(self, point: Point, place: int | None) -> Any:
        """What the rule comes to without rounding: nan for no number, None if that is unknown."""
        exact = self.subject.exact
        return None if exact is None else settled(lambda: exact(point, place), point)

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
            self.undeclared(point, place, slope)
        elif len(known) == 1 and None in sides:
            self.compare(point, place, slope, known[0])
            return
        elif self.jumps(point, place):
            self.undeclared(point, place, slope)
        self.unsettled.append(tuple(point))

    def undeclared(self, point: Point, place: int, slope: Any) -> None:
        """Raises RuleError where the two sides have different slopes, or the value jumps."""
        one = self.subject
        sides = [one.oracle.one_sided(point, place, side) for side in (-1, 1)]
        x = point[place]
        where = (
            f'as in kink="{one.inputs[one.which(point)[place]]} == {x:.0f}"'
            if x == round(x)
            else ""
        )
        if all(side is not None and side == side for side in sides):
            below, above = sides
            digits = 1e-9 if isinstance(one.oracle, Certified) else 1e-2
            if abs(below - above) > digits * max(abs(below), abs(above)) + digits**5:
                self.wrong(
                    place, point, slope, f"none: the sides have {certified.shown(below)} and "
                    f"{certified.shown(above)}", f"a kink: declare it {where}".rstrip())  # fmt: skip
        elif self.jumps(point, place):
            self.wrong(
                place, point, slope, "none: the value jumps", f"declare a kink {where}".rstrip()
            )

    def jumps(self, point: Point, place: int) -> bool:
        """Whether the value keeps a distance from what it is at the point, however near."""
        try:
            return self._jumps(point, place)
        except (ValueError, ArithmeticError, TypeError):
            return False

    def _jumps(self, point: Point, place: int) -> bool:
        meaning = getattr(self.subject.oracle, "meaning", None)
        if meaning is None:
            return False
        with context.workprec(9000):
            numbers = [certified.number(x) for x in point]
            here = meaning(*numbers)
            for side in (-1, 1):
                apart = []
                for bits in (1200, 4800):
                    step = context.ldexp(side, math.frexp(point[place])[1] - bits)
                    moved = [*numbers]
                    moved[place] += step
                    apart.append(abs(meaning(*moved) - here))
                far_off, near = apart
                if near > 0 and abs(far_off - near) <= 1e-6 * near:
                    return True
        return False

    def pairs(self) -> None:
        """Between neighbouring doubles where a comparison changes nothing may jump or bend."""
        one = self.subject
        for low, high in one.marks.pairs[:: max(1, len(one.marks.pairs) // 24)]:
            if (low, high) in one.marks.declared:
                continue
            if all(map(one.is_smooth, (low, high))) and self.limits.has_ordinary_size(
                (*low, *high)
            ):
                place = next(k for k in range(len(low)) if low[k] != high[k])
                self.pair(low, high, place)

    def pair(self, low: Point, high: Point, place: int) -> None:
        """Raises RuleError where the value or its slope leaps from one double to the next."""
        of = self.subject.oracle.derivative
        values, slopes = ([of(p, *to) for p in (low, high)] for to in ((), (place,)))
        if any(x is None or x != x for x in (*values, *slopes)):
            return
        gap = abs(certified.number(high[place]) - certified.number(low[place]))
        leap, size = abs(values[1] - values[0]), max(map(abs, values))
        after = (
            f"after {self.subject.inputs[place]} = {low[place]!r}, and no kink is declared there"
        )
        steep = sum(map(abs, slopes)) + context.ldexp(1, -1150)  # a slope nearer to 0 counts as 0
        if leap > 8 * gap * steep + size * context.ldexp(1, -100):
            self.wrong(None, high, f"jumps by {certified.shown(leap)}", "", after)
        bend, size = abs(slopes[1] - slopes[0]), max(map(abs, slopes))
        if bend > 1e-6 * size:
            second = [of(p, place, place) for p in (low, high)]
            if all(x is not None and x == x for x in second):
                if bend > 8 * gap * (sum(map(abs, second)) + context.ldexp(1, -1150)):
                    self.wrong(place, high, "has a kink", "", after)

    # Kinks.

    def kinks(self) -> None:
        """At a kink a slope lies between those of the sides, and those of f(x, x) add up.

        Where the value jumps it is that of the side that the value belongs to, 0 if to neither.
        """
        one = self.subject
        if one.run or one.kink in ("", "False"):
            return
        named = [p for p in one.marks.points if one.inside(*p) and one.at_kink(*p)]
        every = {repr(p): p for p in (*kinks(one), *named)}
        for point in every.values():
            if self.limits.has_ordinary_size(point):
                self.kink(point)
        between = one.marks.declared and " and " not in one.kink  # no double is at x * x == 2
        if not every and not between:
            self.notes.append(Finding(
                verdict="unchecked", what=f"the kink of {one.name!r}",
                why=f"no point was met at which {one.kink}"))  # fmt: skip

    def kink(self, point: Point) -> None:
        """Checks the value and the slopes at one kink."""
        value = self.compute(point)
        self.compare(point, None, value, self.subject.oracle.derivative(point))
        slopes, jumps = self.partials(point, value), False
        for place, slope in enumerate(slopes):
            sides = [self.subject.oracle.one_sided(point, place, side) for side in (-1, 1)]
            sides = [side for side in sides if side is not None and side == side] or [0]
            jumps = jumps or len(sides) < 2
            if not between(slope, sides) and not between(
                slope, [*sides, *self.beside(point, place)]
            ):
                low, high = certified.shown(min(sides)), certified.shown(max(sides))
                right = low if low == high else f"between {low} and {high}"
                self.wrong(place, point, slope, right, "the slopes of the sides of the kink")
        if len(point) > 1 and len(set(point)) == 1 and not jumps:
            self.adding_up(point, sum(slopes))

    def beside(self, point: Point, place: int) -> Iterator[Any]:
        """The slopes at the neighbouring doubles, for a kink that lies between two of them."""
        for side in (-math.inf, math.inf):
            moved = [*point]
            moved[place] = math.nextafter(point[place], side)
            slope = self.subject.oracle.derivative(moved, place)
            if slope is not None and slope == slope:
                yield slope

    def adding_up(self, point: Point, total: float) -> None:
        """The slopes of equal arguments add up to that of the function of the one number."""
        meaning = getattr(self.subject.oracle, "meaning", None)
        if meaning is None:
            return
        same = Certified(lambda x: meaning(*[x] * len(point)))
        true = same.derivative(point[:1], 0)
        below, above = (same.one_sided(point[:1], 0, side) for side in (-1, 1))
        if below is not None and below == above and not abs(total - true) <= 1e-12 * abs(true):
            self.wrong(0, point, f"and the others add up to {total!r}", certified.shown(true))

    # Where formulas do not say: nan, inf, the sign of 0.

    def odd(self, place: int | None, point: Point, found: Any, right: str, why: str) -> None:
        """Keeps what is no real number's fault: the rule is right, its floats are not."""
        key = ("odd", None if place is None else self.subject.which(point)[place])
        known = self.odds.setdefault(key, [])
        if all(repr(one.point) != repr(tuple(point)) for one in known):
            known.append(self.finding("inaccurate", place, point, found, right, why))

    def special(self, everywhere: bool = False) -> None:
        """0, inf, nan, the smallest and the largest numbers; `everywhere` outside the domain, too."""
        one = self.subject
        arity = len(one.inputs)
        for point in product(SPECIAL, repeat=2 * arity if one.run else arity):
            if len(point) > 2 and len(set(point)) > 2:
                continue
            finite = all(map(math.isfinite, point))
            if not (finite or self.limits.nonfinite):
                continue
            if not everywhere and not one.inside(*point) and not any(x != x for x in point):
                continue
            self.special_point(point, finite)

    def special_point(self, point: Point, finite: bool) -> None:
        """The types of the numbers, and what they are where they are none."""
        one = self.subject
        value = self.compute(point)
        slopes = self.partials(point, value)
        for place, number in enumerate((value, *slopes)):
            if isinstance(number, Raised) and not finite:
                if not one.python:
                    self.wrong(
                        place - 1 if place else None, point, number, "", "floats never raise"
                    )
                return
            if isinstance(number, complex) or not isinstance(number, float | int | Raised):
                self.wrong(place - 1 if place else None, point, number, "", "that is no float")
        if one.run or not self.limits.has_ordinary_size(point):
            return
        if finite and one.is_smooth(point):
            if len(point) == 1 or all(abs(x) < 2 for x in point):  # 0 beside the smallest numbers
                self.point(point)
        elif len(point) == 1:
            if finite:
                self.compare(point, None, value, one.oracle.derivative(point))
            self.no_slope(point, value, slopes[0])

    def no_slope(self, point: Point, value: Any, slope: Any) -> None:
        """A slope is nan just where the value is, and has the sign at a pole that it has beside."""
        (x,) = point
        if any(isinstance(number, Raised) for number in (value, slope)):
            return
        inside = bool(self.subject.inside(x))
        if value != value and slope == slope and self.varies(point, 0):
            self.odd(0, point, slope, "nan", "the value is")
        pole = math.isinf(value) and not inside  # its sides may have other signs
        if value == value and slope != slope and not pole:
            self.odd(0, point, slope, "a number", f"the value is {value!r}")
        if not math.isfinite(x) or inside or value != value or repr(x) == "-0.0":
            return
        for side in (-math.inf, math.inf) if x else (math.inf,):  # -0.0 is the 0 of below
            beside = math.nextafter(x, side)
            if self.subject.inside(beside):
                near = self.partials([beside], self.compute([beside]))[0]
                if math.isinf(slope) and slope * near < 0:
                    self.odd(0, point, slope, repr(-slope), f"it is {near!r} beside it")

    def varies(self, base: Point, j: int) -> set[int]:
        """The places whose slope changes as input `j` does, where the others stay."""
        points = [p for p in self.tried.get(None, ()) if self.subject.is_smooth(p)][:40]
        found: set[int] = set()
        first: Sequence[Any] = []
        for other in points:
            point = (*base[:j], other[j], *base[j + 1 :])
            if self.subject.is_smooth(point):
                slopes = self.partials(point, self.compute(point))
                first = first or slopes
                found |= {k for k, slope in enumerate(slopes) if not slope == first[k]}
        return found

    def nans(self) -> None:
        """A slope that changes with an input is nan where that input is, if the value is."""
        one = self.subject
        if one.run or not self.limits.nonfinite:
            return
        bases = self.tried.get(None, ())[: 8 if len(one.inputs) > 1 else 1]
        for base, j in product(bases, range(len(one.inputs))):
            point = (*base[:j], math.nan, *base[j + 1 :])
            value = self.compute(point)
            if isinstance(value, Raised) or value == value:
                continue
            varies = self.varies(base, j)
            for place, slope in enumerate(self.partials(point, value)):
                chosen = isinstance(slope, int) and len(point) > 1  # by another input, maybe
                if place in varies and not (isinstance(slope, Raised) or chosen) and slope == slope:
                    self.odd(place, point, slope, "nan", "the value is")

    def conventions(self, name: str, everywhere: bool = False) -> None:
        """At the points of the table the rule gives what it says of the operation `name`.

        At its own kinks an operation of another name may choose; outside the domain only its ends
        count, but `everywhere`.
        """
        one = self.subject
        for line in conventions():
            point = line.point
            if line.name != name or len(point) != len(one.inputs):
                continue
            finite = all(map(math.isfinite, point))
            counts = one.inside(*point) or self.is_end(point) if finite else self.limits.nonfinite
            if not everywhere and (not counts or (name != one.name and one.at_kink(*point))):
                continue
            if not self.limits.has_ordinary_size(point):
                continue
            value = self.compute(point)
            agreed = (line.value, *line.slopes)
            for place, (number, right) in enumerate(
                zip((value, *self.partials(point, value)), agreed, strict=True)
            ):
                if not is_kept(number, right):
                    self.odd(
                        place - 1 if place else None, point, number, repr(right),
                        f"by the convention of {name!r} here; another name may choose" if name == one.name
                        else f"by the convention of {name!r} here")  # fmt: skip

    def is_end(self, point: Point) -> bool:
        """Whether a neighbouring point is in the domain."""
        return any(
            self.subject.inside(*(*point[:j], math.nextafter(point[j], side), *point[j + 1 :]))
            for j, side in product(range(len(point)), (-math.inf, math.inf))
        )

    # The end.

    def findings(self) -> list[Finding]:
        """What was found that is not wrong, and that nothing was checked, if nothing was."""
        one = self.subject
        found = [*self.notes]
        if not self.points + self.named:
            found.append(self.unchecked(f"no point tried is in the domain {one.domain}"))
        elif len(self.unsettled) >= self.points + self.named:
            found.append(self.unchecked("no true number settled at any of the points tried"))
        for key, bad in self.bad.items():
            self.is_doubtful(key, bad)
            worst = max(bad, key=lambda one: one.ulp)
            why = f"by up to {worst.ulp:.3g} ulp" if worst.ulp < math.inf else "no digit is right"
            found.append(self.finding(
                "inaccurate", worst.place, worst.point, worst.found, certified.shown(worst.true),
                f"{why}; {worst.why}" if worst.why else why, ulp=worst.ulp,
                region=region((one.point for one in bad), self.tried[key], one.inputs)))  # fmt: skip
        for same in self.odds.values():
            where = region((one.point for one in same), (), one.inputs)
            where = "" if where == f"at {same[0].place}" else where
            found.append(replace(same[0], region=where, ulp=math.inf))
        return found

    def unchecked(self, why: str) -> Finding:
        """Nothing was shown."""
        return Finding(verdict="unchecked", what=f"the rule of {self.subject.name!r}", why=why)

    def is_doubtful(self, key: Any, bad: Sequence[Bad]) -> None:
        """Raises RuleError where doubles alone tell, and most numbers of ordinary size are wrong."""
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


def between(slope: Any, sides: Sequence[Any]) -> bool:
    """Whether a slope lies between those of the sides, but for rounding."""
    if isinstance(slope, Raised):
        return False
    slack = 1e-12 * max(map(abs, sides))
    return bool(min(sides) - slack <= slope <= max(sides) + slack)


def prove(proof: Proof, points: Iterable[Point], count: int) -> None:
    """Checks a subject at `count` points, then at those that it names itself, and at its kinks.

    Where the domain leaves too few of the points, others are taken from between the named ones.
    """
    one, limits = proof.subject, proof.limits
    inner = between_marks(one.marks.points, len(one.inputs), 20 * count)
    near = one.marks.near[:: max(1, -(-len(one.marks.near) // count))] if count else ()
    sampled = islice(fitting(proof, chain(points, inner)), count)
    for point in sampled:
        proof.point(point)
    proof.points, proof.named = proof.named, 0
    for point in fitting(proof, chain(one.marks.points, near)):
        proof.point(point)
    if not one.run:
        named = [*fitting(proof, one.marks.points)][: 10 if len(one.inputs) == 1 else 4]
        for point, place in product(named, range(len(one.inputs))):
            proof.undeclared(point, place, proof.partials(point, proof.compute(point))[place])
        proof.pairs()
    proof.kinks()


def fitting(proof: Proof, points: Iterable[Point]) -> Iterator[Point]:
    """Each of the points once that is in the domain, at no kink, and of a size to be tried."""
    seen: set[str] = set()
    for point in points:
        if repr(point) not in seen and proof.limits.has_ordinary_size(point):
            seen.add(repr(point))
            if proof.subject.run or proof.subject.is_smooth(point):
                yield point
