"""Enclosed derivatives: power series whose coefficients are intervals that hold the true numbers.

Arb (Johansson 2017) computes with balls: a midpoint and a bound on its error that every operation
keeps true. A value text run on series of balls gives a derivative and a proof of its digits at
once, without a rule for any derivative of a row and without differences.
"""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from autograd.text import CONSTANTS

try:
    import flint
except ImportError:
    flint = None

# Whether anything can be enclosed: only with python-flint.
AVAILABLE = flint is not None

Ball: TypeAlias = Any
Function: TypeAlias = Callable[..., Any]

_FIRST_PRECISION, _LARGEST_PRECISION = 128, 9000
# The library's precision is one for the whole process.
_precision = threading.RLock()


class UndecidedError(ArithmeticError):
    """Nothing can be enclosed there: at a kink, at a pole, outside what a function is made for."""


class Series:
    """A number that moves: a power series in one variable, its coefficients balls.

    Comparisons are of the number itself and of all near it; where they could go either way they
    raise UndecidedError.
    """

    __slots__ = ("of",)

    def __init__(self, of: Any) -> None:
        self.of = of

    @property
    def start(self) -> Ball:
        """The number that the series has at 0."""
        return self.of[0]

    def is_moving(self) -> bool:
        """Whether it is anything but one number."""
        return bool(self.of.length() > 1)

    def sign(self) -> int:
        """The sign of the number and of all near it."""
        if self.start > 0:
            return 1
        if self.start < 0:
            return -1
        if not self.is_moving() and self.start == 0:
            return 0
        raise UndecidedError

    def beside(self, other: Any) -> int:
        """The sign of what is left without `other`: 1 where this is larger."""
        return Series(self.of - series(other).of).sign()

    def whole(self) -> int:
        """The largest whole number that is not larger than this and all near it."""
        floor = self.start.floor()
        if not floor.is_exact() or (self.is_moving() and floor == self.start):
            raise UndecidedError
        return int(floor.unique_fmpz())

    def __add__(self, other: Any) -> Series:
        return Series(self.of + series(other).of)

    def __mul__(self, other: Any) -> Series:
        return Series(self.of * series(other).of)

    def __sub__(self, other: Any) -> Series:
        return Series(self.of - series(other).of)

    def __rsub__(self, other: Any) -> Series:
        return series(other) - self

    def __truediv__(self, other: Any) -> Series:
        under = series(other)
        if under.start.contains(0):
            raise UndecidedError
        return Series(self.of / under.of)

    def __rtruediv__(self, other: Any) -> Series:
        return series(other) / self

    def __neg__(self) -> Series:
        return Series(-self.of)

    def __abs__(self) -> Series:
        return self if self.sign() >= 0 else -self

    def __pow__(self, other: Any) -> Series:
        exponent = series(other)
        whole = None if exponent.is_moving() else _whole(exponent.start)
        if whole is not None and (whole > 0 or not self.start.contains(0)):
            return Series(self.of**whole)
        return Series((exponent * _log(self)).of.exp())

    def __rpow__(self, other: Any) -> Series:
        return series(other) ** self

    def __lt__(self, other: Any) -> bool:
        return self.beside(other) < 0

    def __gt__(self, other: Any) -> bool:
        return self.beside(other) > 0

    def __le__(self, other: Any) -> bool:
        return self.beside(other) <= 0

    def __ge__(self, other: Any) -> bool:
        return self.beside(other) >= 0

    def __eq__(self, other: object) -> bool:
        return self.beside(other) == 0

    def __bool__(self) -> bool:
        return self.sign() != 0

    __hash__ = None  # type: ignore[assignment]
    __radd__ = __add__
    __rmul__ = __mul__


def ball(x: Any) -> Ball:
    """The number as a ball: exactly, or enclosed where it is a fraction."""
    if isinstance(x, Fraction):
        return flint.arb(flint.fmpq(x.numerator, x.denominator))
    return flint.arb(x)


def series(x: Any) -> Series:
    """The number as a series that does not move; a series as it is."""
    return x if isinstance(x, Series) else Series(flint.arb_series([ball(x)]))


def pi() -> Series:
    """π, to the precision of the moment."""
    return series(flint.arb.pi())


def _whole(number: Ball) -> int | None:
    """The whole number that this is, if it is one and not too large for a power by products."""
    if not number.is_exact() or not number.is_integer() or not abs(number) < 2**20:
        return None
    return int(number.unique_fmpz())


# The functions that texts name.


def _library(name: str) -> Function:
    """A function of the library's own on series."""
    return lambda x: Series(getattr(x.of, name)())


def _positive(name: str) -> Function:
    """The same of numbers above 0 alone."""

    def checked(x: Series) -> Series:
        if x.sign() <= 0:
            raise UndecidedError
        return Series(getattr(x.of, name)())

    return checked


def _composed(taylor: Callable[[Ball, int], Any]) -> Callable[[Series], Series]:
    """A function given by its series at a number: `taylor(x, n)` has n coefficients at least."""

    def function(x: Series) -> Series:
        length = x.of.prec
        outer, moved = taylor(x.start, length), x.of - x.start
        total = flint.arb_series([0], prec=length)
        for k in reversed(range(length)):
            total = total * moved + outer[k]
        return Series(total)

    return function


def _from(x: Ball, length: int) -> Any:
    """The series x + t."""
    return flint.arb_series([x, 1], prec=length)


def _atan2(y: Series, x: Series) -> Series:
    """By the integral of its slope along the way."""
    if not x.start > 0 and y.start.contains(0):
        raise UndecidedError
    over, under = y.of, x.of
    slope = (under * over.derivative() - over * under.derivative()) / (over * over + under * under)
    return Series(slope.integral() + flint.arb.atan2(y.start, x.start))


def _erfinv(x: Series) -> Series:
    """By Newton's method from the number that it starts at; each step doubles the right terms."""
    length, start = x.of.prec, x.start.erfinv()
    if not start.is_finite():
        raise UndecidedError
    root, z, right = flint.arb.pi().sqrt() / 2, flint.arb_series([start], prec=length), 1
    while right < length:
        z = z - (z.erf() - x.of) * root * (z * z).exp()
        z = z - z[0] + start
        right *= 2
    return Series(z)


def _log_gamma(x: Ball, length: int) -> Any:
    """The series of log |Γ| at a number."""
    if x > 0:
        return _from(x, length).lgamma()
    gamma = _from(x, length).gamma()
    return (gamma if gamma[0] > 0 else -gamma).log()


def _polygamma(n: Series, x: Series) -> Series:
    order = n.whole()

    def taylor(at: Ball, length: int) -> Any:
        found = _log_gamma(at, length + order + 1)
        for _ in range(order + 1):
            found = found.derivative()
        return found

    return _composed(taylor)(x)


def _sinc_dn(n: Series, x: Series) -> Series:
    order = n.whole()

    def taylor(at: Ball, length: int) -> Any:
        if at.contains(0):
            raise UndecidedError
        moved = _from(at, length + order)
        found = moved.sin_pi() / (moved * flint.arb.pi())
        for _ in range(order):
            found = found.derivative()
        return found

    return _composed(taylor)(x)


_exp, _log, _sqrt = _library("exp"), _positive("log"), _positive("sqrt")


def _logsumexp(xs: Sequence[Any]) -> Any:
    return _log(sum(map(_exp, xs)))


def _softmax(x: Any, xs: Sequence[Any]) -> Any:
    return _exp(x) / sum(map(_exp, xs))


# What the library knows, by the names that texts have for it.
PRIMITIVES: dict[str, Function] = {
    **{
        name: _library(name)
        for name in ("exp", "sin", "cos", "tan", "asin", "acos", "atan", "erf", "erfc")
    },
    "log": _log,
    "sqrt": _sqrt,
    "atan2": _atan2,
    "erfinv": _erfinv,
    "gamma": _composed(lambda x, length: _from(x, length).gamma()),
    "lgamma": _composed(_log_gamma),
    "digamma": lambda x: _polygamma(series(0), x),
    "polygamma": _polygamma,
    "sinc_dn": _sinc_dn,
    "abs": abs,
    "floor": lambda x: series(x.whole()),
    **{name: lambda _, value=value: series(value) for name, value in CONSTANTS.items()},
    "prod": math.prod,
    "prod_dx": lambda x, xs: math.prod(xs) / x,
    "mean": lambda xs: sum(xs) / len(xs),
    "norm": lambda xs: _sqrt(sum(x * x for x in xs)),
    "dot": lambda xs, ys: sum(x * y for x, y in zip(xs, ys, strict=True)),
    "logsumexp": _logsumexp,
    "softmax": _softmax,
    "softmean": lambda xs, ys: sum(y * _softmax(x, xs) for x, y in zip(xs, ys, strict=True)),
}


# Derivatives.


def enclosed(
    function: Function, point: Sequence[Any], places: Sequence[int], digits: int, nothing: int
) -> tuple[int, int] | None:
    """The derivative of a function of series, as m and e of m · 2**e; None where it has none here.

    It is to the arguments at `places`, right to `digits` digits, or 0 where it is closer to 0 than
    2**-nothing.
    """
    wanted = math.ceil(digits * math.log2(10)) + 2
    with _precision:
        before = flint.ctx.prec, flint.ctx.cap
        try:
            for doubled in itertools.count():
                flint.ctx.prec, flint.ctx.cap = _FIRST_PRECISION << doubled, 40
                if flint.ctx.prec > _LARGEST_PRECISION:
                    return None
                found = _derivative(function, [*map(ball, point)], places)
                if found is None or not found.is_finite():
                    continue
                if abs(found) < flint.arb(2) ** -nothing:
                    return 0, 0
                if found.rel_accuracy_bits() >= wanted:
                    mantissa, exponent = found.mid().man_exp()
                    return int(mantissa), int(exponent)
        finally:
            flint.ctx.prec, flint.ctx.cap = before
    return None


def _derivative(function: Function, point: Sequence[Ball], places: Sequence[int]) -> Ball | None:
    """By the series along straight lines through the point; several places by polarization.

    The mixed derivative to u, v, … is the sum of the n-th coefficients along ±u ± v ± …, each with
    the sign of its product, over 2**n. Each direction has the size of its number.
    """
    order = len(places)
    try:
        if len(set(places)) <= 1:
            along = dict.fromkeys(places, 1)
            found = _coefficient(function, point, along, order) * math.factorial(order)
            return flint.arb(found)
        sizes = [flint.arb(2) ** _exponent(point[place]) for place in places]
        total = flint.arb(0)
        for signs in itertools.product((1, -1), repeat=order - 1):
            line: dict[int, Ball] = {}
            for place, size, sign in zip(places, sizes, (1, *signs), strict=True):
                line[place] = line.get(place, 0) + sign * size
            total += math.prod(signs) * _coefficient(function, point, line, order)
        return total / (2 ** (order - 1) * math.prod(sizes))
    except (UndecidedError, ZeroDivisionError, ValueError):
        return None


def _coefficient(
    function: Function, point: Sequence[Ball], along: dict[int, Any], order: int
) -> Ball:
    """The coefficient of t**order in the function at the point moved by t times `along`."""
    given = [
        Series(flint.arb_series([x, along.get(place, 0)], prec=order + 1))
        for place, x in enumerate(point)
    ]
    return series(function(*given)).of[order]


def _exponent(x: Ball) -> int:
    """The exponent of the power of two that is of the size of a number; 0 for 0."""
    mantissa, exponent = x.mid().man_exp()
    return int(exponent) + int(mantissa).bit_length() if mantissa else 0
