"""Checks of one rule: value, slopes and second derivatives against certified ones, everywhere."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations_with_replacement, islice, product
from typing import Any, NoReturn

from autograd import calculus, engine
from autograd.ops import OPS, ROUTINES, Op
from autograd.testing import certified
from autograd.testing.conventions import conventions, is_kept
from autograd.testing.sampling import SPECIAL, is_smooth, kinks, points
from autograd.text import Number, names
from autograd.value import Value

# How far the second and third derivatives of a row may be from the true ones, in ulp.
HIGHER_ULP = 16.0

# Where they may be farther, and why. "root": near numbers where a third derivative is 0 and its
# terms are not, by as much as last-place changes of the inputs explain (sigmoid was 276 ulp away at
# 1.3137, and hypot 101). "overflow": nan where the third derivative is beyond the largest double
# because terms of both signs are (power at (1e-313, 3e-16), to x, x and y). "terms": near a root
# that is near 0, by as much as the rounding of its terms explains (mish was 25 ulp away at 1e-05).
FARTHER = {
    "power": {"root", "overflow"},
    "hypot": {"root", "overflow"},
    "log_base": {"root", "overflow"},
    "gamma": {"root", "overflow"},
    "atan2": {"root", "overflow"},
    "mish": {"root", "terms"},
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


class RuleError(AssertionError):
    """A rule that is wrong: it names the rule, the point and the number it should give there."""


@dataclass(frozen=True)
class RuleReport:
    """What `check_rule` measured: how many points, and the largest errors in ulp."""

    name: str
    points: int
    value: float
    slopes: tuple[float, ...]
    second: float = 0.0
    third: float = 0.0

    def __str__(self) -> str:
        slopes = ", ".join(f"{error:.2f}" for error in self.slopes)
        return f"{self.name}: {self.points} points, value {self.value:.2f} ulp, slopes {slopes} ulp"


def check_rule(
    op: Op | str,
    *,
    count: int = 200,
    max_ulp: float = 4.0,
    stable: bool = False,
    largest: float = math.inf,
    seed: int = 0,
    higher: int = 24,
) -> RuleReport:
    """Checks the rule of an operation at `count` points and more; raises RuleError if it is wrong.

    `op` is a row or its name. The value must agree with the value text in certified arithmetic,
    each slope with the certified derivative of the value, to `max_ulp` units in the last place,
    over the whole domain. With `stable=True` an error that a change of the inputs in their last
    places would also make is allowed: no formula that cancels can do better. Numbers larger than
    `largest`, or closer to 0 than its reciprocal, are left out. Then come the recorded gradient,
    `f(x, x)`, exact number types, the kinks, and 0, inf, nan and the ends of the doubles. A row
    with the name of one here must also keep to the conventions documented for that one, such as the
    slope of `abs` at 0. Last, at `higher` points, come the second and third derivatives that its
    slopes have in their turn, to 16 ulp, or (but for most rows that are here) what last-place
    changes of the inputs explain. Returns what it measured.

    The slopes of a helper row are second derivatives of an operation: thirteen digits of what a
    stable formula gives are enough, for numbers of ordinary size.

    >>> from autograd import Op
    >>> print(check_rule(Op(name="cube", value="x * x * x", slopes=("3 * x * x",)), count=50))
    cube: 50 points, value 0.78 ulp, slopes 0.74 ulp
    >>> check_rule(Op(name="cube", value="x * x * x", slopes=("2 * x * x",)))
    Traceback (most recent call last):
      ...
    autograd.testing.rules.RuleError: the slope of 'cube' to x is wrong: 2 * x * x
      at x = 0.5 it gives 0.5, and the slope of x * x * x is 0.75 there (not a rounding error)
    """
    row = OPS[op] if isinstance(op, str) else op
    check = _Check(row, max_ulp, stable or row.run, largest)
    check.conventions()
    for point in points(row, count, seed, largest=largest):
        check.point(point)
    check.written()
    check.special_points()
    check.kinks()
    check.exact_types()
    with recordable(row) as recorded:
        check.recording(recorded, seed)
        if row.helper or row.run:
            check.second_order(recorded, seed)
        else:
            check.higher(recorded, 2, higher, seed)
            check.higher(recorded, 3, higher // 2, seed)
    return RuleReport(
        row.name, check.points, check.value, tuple(check.slopes), check.worst[2], check.worst[3]
    )


def check_all_rules(*, count: int = 200, seed: int = 0) -> list[RuleReport]:
    """Checks every row of the table, and returns what was measured for each."""
    return [check_rule(op, count=count, seed=seed) for op in list(OPS.values())]


class _Check:
    def __init__(self, op: Op, max_ulp: float, stable: bool, largest: float) -> None:
        self.op = op
        self.max_ulp = max_ulp
        self.stable = stable
        self.slope_ulp = max(max_ulp, 1000.0) if op.helper else max_ulp
        self.largest = largest
        self.slopes_largest = min(largest, 1e70) if op.helper else largest
        self.meaning = certified.meaning(op)
        self.points = 0
        self.value = 0.0
        self.slopes = [0.0] * len(op.slopes)
        self.worst = {2: 0.0, 3: 0.0}

    # Numbers in, numbers out.

    def compute(self, point: Sequence[Any]) -> Any:
        return self.op.compute(*self.op.split(point))

    def partials(self, point: Sequence[Any], value: Any) -> list[Any]:
        """The slope to each argument."""
        slopes = self.op.partials
        return [slopes[which](*given, value) for which, given in self.op.places(point)]

    @staticmethod
    def has_ordinary_size(point: Sequence[float], largest: float) -> bool:
        return all(x == 0 or 1 / largest <= abs(x) <= largest for x in point)

    # Values and slopes.

    def point(self, point: Sequence[float]) -> None:
        """Checks the value and, if no number is too large or small for it, the slopes."""
        self.points += 1
        value = self.compute(point)
        if repr(value) != repr(self.compute(point)):
            self.fail(point, f"computes {value!r} and then {self.compute(point)!r}: it is not pure")
        true = certified.derivative(self.meaning, point)
        if true is None:
            self.fail(point, f"is not a real number, but the domain {self.op.domain!r} says it is")
        error = self.error(value, true, point)
        self.value = max(self.value, error)
        if error > self.max_ulp:
            self.wrong("value of", self.op.value, point, value, true, error, "value")
        if not self.has_ordinary_size(point, self.slopes_largest):
            return
        texts = [which for which, _ in self.op.places(point)]
        for place, (text, slope) in enumerate(zip(texts, self.partials(point, value), strict=True)):
            true = certified.derivative(self.meaning, point, place)
            error = self.error(slope, true, point, place)
            self.slopes[text] = max(self.slopes[text], error)
            if error > self.slope_ulp:
                name = f"slope of {self.op.name!r} to {self.op.inputs[text]}"
                self.wrong(name, self.op.slopes[text], point, slope, true, error, "slope")

    def error(self, found: Any, true: Any, point: Sequence[float], *places: int) -> float:
        """The error in ulp, less what last-place changes of the inputs explain."""
        if true is None or math.isnan(true):
            return 0.0  # no number there to compare with
        if places and self.op.helper and 0 < abs(true) < 1e-280:
            return 0.0
        if isinstance(found, complex) or not isinstance(found, float | int):
            return math.inf
        error = certified.ulps(float(found), true)
        stable = self.stable or (places and self.op.helper)
        if error <= self.max_ulp or not stable or not math.isfinite(found):
            return error
        slopes = [certified.derivative(self.meaning, point, *places, j) for j in range(len(point))]
        moved = sum(abs(s * math.ulp(x)) for s, x in zip(slopes, point, strict=True) if s)
        return 0.0 if abs(true - found) <= self.max_ulp * moved else error

    def written(self) -> None:
        """The slopes as a textbook writes them are the derivatives, too: a reader sees those."""
        if not self.op.written:
            return
        for point in points(self.op, 6):
            numbers = [certified.number(x) for x in point]
            value = self.meaning(*numbers)
            for place, (which, arguments) in enumerate(self.op.places(numbers)):
                true = certified.derivative(self.meaning, point, place)
                found = certified.written(self.op)[which](*arguments, value)
                if true is None or true != true or abs(found - true) <= 1e-9 * abs(true):
                    continue
                self.fail(
                    point,
                    f"has the textbook slope {self.op.written[which]} to {self.op.inputs[which]}: "
                    f"that is {certified.shown(found)}, not {certified.shown(true)}",
                )

    # Where formulas break.

    def conventions(self) -> None:
        """At the points of the table of conventions the row gives what the table says."""
        for line in conventions():
            if line.name != self.op.name or len(line.point) != len(self.op.inputs):
                continue
            if not self.has_ordinary_size([x for x in line.point if x == x], self.largest):
                continue
            value, slopes = self.floats(line.point)
            if not is_kept(value, line.value):
                self.fail(line.point, f"is {value!r}: by convention it is {line.value!r}")
            for name, slope, agreed in zip(self.op.inputs, slopes, line.slopes, strict=True):
                if not is_kept(slope, agreed):
                    self.fail(
                        line.point,
                        f"has the slope {slope!r} to {name}: by convention it is {agreed!r}",
                    )

    def floats(self, point: Sequence[float]) -> tuple[Any, list[Any]]:
        """The value and the slopes, where nothing may be raised."""
        try:
            value = self.compute(point)
            return value, self.partials(point, value)
        except Exception as error:  # noqa: BLE001  whatever it is
            self.fail(point, f"raises {error!r}: floats never raise", error)

    def special_points(self) -> None:
        arity = len(self.op.inputs)
        for point in product(SPECIAL, repeat=arity if not self.op.run else 2 * arity):
            if len(point) > 2 and len(set(point)) > 2:
                continue
            value, slopes = self.floats(point)
            for number in (value, *slopes):
                if isinstance(number, complex) or not isinstance(number, float | int):
                    self.fail(point, f"gives {number!r}, which is not a float")
            if not self.has_ordinary_size([x for x in point if x == x], self.largest):
                continue
            if arity == 1 and not self.op.run:
                self.special_point(point, value, slopes[0])
            elif not self.op.run and all(abs(x) < 2 for x in point) and is_smooth(self.op, point):
                self.point(point)  # 0 beside the smallest numbers
            if self.kink_is_nan(point):
                if value == value:
                    self.fail(point, f"is {value!r}: it should be nan")
                for slope in slopes:
                    if slope == slope and not isinstance(slope, int):
                        self.fail(point, f"is nan with the slope {slope!r}: it should be nan")

    def kink_is_nan(self, point: Sequence[float]) -> bool:
        """Whether a number that the kinks depend on is nan, and the others are finite."""
        mentioned = names(self.op.trees.kink)
        if self.op.run or not mentioned or any(map(math.isinf, point)):
            return False
        if not self.op.inside(*point):
            return False
        given = dict(zip(self.op.inputs, point, strict=False))
        return any(x != x for x in point) and all(
            name in mentioned for name, x in given.items() if x != x
        )

    def special_point(self, point: Sequence[float], value: Any, slope: Any) -> None:
        """A slope is nan just where the value is, and has the sign at a pole that it has beside."""
        if math.isfinite(point[0]):
            true = certified.derivative(self.meaning, point)
            error = self.error(value, true, point)
            if error > self.max_ulp:
                self.wrong("value of", self.op.value, point, value, true, error, "value")
        constant = isinstance(slope, int)
        if value != value and slope == slope and not constant:
            self.fail(point, f"is nan with the slope {slope!r}: it should be nan")
        pole = math.isinf(value) and not self.op.inside(*point)  # its sides may have other signs
        if value == value and slope != slope and not pole:
            self.fail(point, f"is {value!r} with the slope nan")
        (x,) = point
        if not math.isfinite(x) or self.op.inside(x) or value != value or repr(x) == "-0.0":
            return
        for side in (-math.inf, math.inf) if x else (math.inf,):  # -0.0 is the 0 of below
            beside = math.nextafter(x, side)
            if self.op.inside(beside):
                near = self.partials([beside], self.compute([beside]))[0]
                if math.isinf(slope) and slope * near < 0:
                    self.fail(point, f"has the slope {slope!r}, and {near!r} beside it")

    def kinks(self) -> None:
        """At a kink a slope lies between those of the sides, and those of f(x, x) add up.

        Where the value jumps it is that of the side that the value belongs to, 0 if to neither.
        """
        if self.op.run:
            return
        for point in kinks(self.op):
            value = self.compute(point)
            slopes = self.partials(point, value)
            true = certified.derivative(self.meaning, point)
            if self.error(value, true, point) > self.max_ulp:
                self.fail(point, f"is {value!r} at a kink, not {certified.shown(true)}")
            jumps = False
            for place, slope in enumerate(slopes):
                sides = [certified.one_sided(self.meaning, point, place, side) for side in (-1, 1)]
                sides = [side for side in sides if side is not None and side == side] or [0]
                jumps = jumps or len(sides) < 2
                slack = 1e-12 * max(map(abs, sides))
                if not min(sides) - slack <= slope <= max(sides) + slack:
                    low, high = float(min(sides)), float(max(sides))
                    self.fail(
                        point,
                        f"has the slope {slope!r} to {self.op.inputs[place]} at a kink where the "
                        f"sides have {low!r} and {high!r}",
                    )
            if len(set(point)) == 1 and not jumps:
                self.adding_up(point, sum(slopes))

    def adding_up(self, point: Sequence[float], total: float) -> None:
        """The slopes of equal arguments add up to that of the function of the one number."""
        true = certified.derivative(lambda x: self.meaning(*[x] * len(point)), point[:1], 0)
        sides = [
            certified.one_sided(lambda x: self.meaning(*[x] * len(point)), point[:1], 0, s)
            for s in (-1, 1)
        ]
        if sides[0] == sides[1] and not abs(total - true) <= 1e-12 * abs(true):
            self.fail(point, f"has slopes with the sum {total!r}, not {certified.shown(true)}")

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
        kept = all(isinstance(x, kinds[0]) for x in point)
        if kept and not isinstance(value, kinds):
            self.fail(point, f"is the {type(value).__name__} {value!r}: the number type is lost")
        if not isinstance(value, kinds):
            return
        for place in range(len(point)):
            try:
                slope = self.partials(point, value)[place]
            except (TypeError, ArithmeticError):
                continue
            true = certified.derivative(self.meaning, [_rational(x) for x in point], place)
            if true is None or true != true:
                continue
            if not isinstance(slope, kinds):
                self.fail(point, f"has the {type(slope).__name__} slope {slope!r}: a type is lost")
            with certified.context.workdps(40):
                error = abs(certified.number(_rational(slope)) - true)
                if error > abs(true) * certified.context.mpf(10) ** -digits:
                    self.fail(point, f"has the slope {slope!r}, not {certified.shown(true)}")

    # What the engine makes of the rule.

    def recording(self, op: Op, seed: int) -> None:
        """The recorded gradient is the slopes, and `f(x, x)` adds them up."""
        for point in points(self.op, 12, seed):
            value = self.compute(point)
            slopes = self.partials(point, value)
            leaves = [Value(x) for x in point]
            made = engine.record(op, *leaves)
            made.backward()
            grads = [leaf.grad for leaf in leaves]
            if [made.data, *grads] != [value, *slopes] and not any(x != x for x in slopes):
                self.fail(point, f"records {made.data!r} with gradients {grads!r}, not {slopes!r}")
            if len(point) == 1:
                continue
            shared = [point[0]] * len(point)
            if not self.op.run and not is_smooth(self.op, shared):
                continue
            value = self.compute(shared)
            total: Any = 0
            for slope in self.partials(shared, value):
                total += slope
            leaf = Value(point[0])
            engine.record(op, *[leaf] * len(point)).backward()
            if abs(leaf.grad - total) > 1e-12 * sum(map(abs, self.partials(shared, value))):
                self.fail(shared, f"of one Value has the gradient {leaf.grad!r}, not {total!r}")

    def second_order(self, op: Op, seed: int) -> None:
        """The slopes, run on Values, have the second derivatives of the value."""
        count = 26 if len(self.op.inputs) == 2 and not self.op.run else 10  # those with 0, too
        if Number(0) in self.op.trees.slopes:  # to tell a 0 from a tiny number takes long
            count = 3
        for point in points(self.op, count, seed, largest=1e6):
            places = tuple(range(len(point)))

            def recorded(*arguments: Any) -> Any:
                return engine.record(op, *arguments)

            gradient = calculus.grad(recorded, places)
            found = calculus.jacobian(gradient, places)(*point)
            for i, j in product(places, repeat=2):
                true = certified.derivative(self.meaning, point, i, j)
                if true is None or true != true:
                    continue
                first = certified.derivative(self.meaning, point, i)
                scale = abs(true) + abs(first / (abs(point[j]) + 1)) + 1e-290
                if not abs(found[i][j] - true) <= 1e-9 * scale:
                    self.fail(
                        point,
                        f"has the second derivative {found[i][j]!r} to arguments {i} and {j}, "
                        f"not {certified.shown(true)}",
                    )

    def higher(self, op: Op, order: int, count: int, seed: int) -> None:
        """The derivatives of that order which the slopes have, over all doubles."""
        tried = islice(points(self.op, count + 7, seed, largest=self.largest), 7, None)
        for point, places in product(
            tried, combinations_with_replacement(range(len(self.op.inputs)), order)
        ):
            true = certified.derivative(self.meaning, point, *places)
            if true is None or true != true:
                continue

            def f(*arguments: Any) -> Any:
                return engine.record(op, *arguments)

            for place in places:
                f = calculus.grad(f, place)
            found = f(*point)
            error = certified.ulps(float(found), true)
            if self.is_explained(error, found, true, point, places):
                continue
            self.worst[order] = max(self.worst[order], error)
            if error > HIGHER_ULP:
                names = ", ".join(self.op.inputs[place] for place in places)
                self.fail(
                    point,
                    f"has the derivative {found!r} to {names}, not {certified.shown(true)} "
                    f"({_far(error)})",
                )

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
                slope = certified.derivative(self.meaning, point, *places, place)
                moved += abs(slope * math.ulp(x)) if slope else 0
        if (
            own or "terms" in allowed
        ):  # terms that cancel are of the size that the derivative before has beside x
            *before, place = places
            size = certified.derivative(self.meaning, point, *before) or 0
            moved += abs(size / (abs(point[place]) + 1)) * 2**-52
        return bool(abs(true - found) <= HIGHER_ULP * moved)

    # Failing.

    def wrong(
        self, what: str, text: str, point: Any, found: Any, true: Any, e: float, kind: str
    ) -> NoReturn:
        of = repr(self.op.name) if kind == "value" else ""
        raise RuleError(
            f"the {what} {of}".rstrip()
            + f" is wrong: {text}\n  at {self.at(point)} it gives {found!r}, and the {kind} of "
            f"{self.op.value} is {certified.shown(true)} there ({_far(e)})"
        )

    def fail(self, point: Sequence[Any], what: str, cause: Exception | None = None) -> NoReturn:
        raise RuleError(f"{self.op.name!r} at {self.at(point)} {what}") from cause

    def at(self, point: Sequence[Any]) -> str:
        if self.op.run:
            return repr(point)
        return ", ".join(f"{n} = {x!r}" for n, x in zip(self.op.inputs, point, strict=True))


def _far(error: float) -> str:
    return f"{error:.3g} ulp away" if error < 1e6 else "not a rounding error"


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
