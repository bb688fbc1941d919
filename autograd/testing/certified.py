"""Certified derivatives, in two ways that know no rule of differentiation of a row.

A row's value is computed from its text. Where `enclosure` can, the text runs on power series of
intervals: the digits are proved. Elsewhere (at kinks and ends of domains, for a user's function,
without python-flint) it runs on mpmath numbers, and a central difference is accepted once it agrees
to 30 digits with one of half the digits and a far larger step.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from autograd.codegen import Scope
from autograd.ops import Converted, Op
from autograd.testing import enclosure
from autograd.text import CONSTANTS, Node, calls

try:
    import mpmath  # type: ignore[import-untyped]
except ImportError:
    raise ImportError("this needs mpmath: pip install 'chainrule[testing]'") from None

# Numbers of their own precision: the user's mpmath stays as it is.
context = mpmath.mp.clone()

Function = Callable[..., Any]

# A slope below this rounds to 0 as a double: no need to tell it from 0.
_NOTHING = 1200
_DIGITS = 30
_LARGEST_PRECISION = 20_000


def number(x: Any) -> Any:
    """The mpmath number for a float, a Fraction or an int, which stays exact however long it is."""
    if isinstance(x, Fraction):
        return context.mpf(x.numerator) / x.denominator
    if isinstance(x, int):
        return context.make_mpf(mpmath.libmp.from_int(x))
    return context.mpf(x)


def from_man_exp(mantissa: int, exponent: int) -> Any:
    """The number m · 2**e."""
    return context.make_mpf(mpmath.libmp.from_man_exp(mantissa, exponent))


def _erfc(x: Any) -> Any:
    """The library's where it knows it; farther out less is left than any double can tell."""
    return context.erfc(x) if abs(x) < 1000 else number(2 if x < 0 else 0)


def _erfinv(x: Any) -> Any:
    """By Newton's method from the library's, which needs one step more for a tiny number."""
    z = context.erfinv(x) if abs(x) > 1e-100 else x * context.sqrt(context.pi) / 2
    return z - (context.erf(z) - x) * context.sqrt(context.pi) / 2 * context.exp(z * z)


def _polygamma(n: Any, x: Any) -> Any:
    """By Euler and Maclaurin's sum, for the library's is slow where digits are many."""
    n, total, far = int(context.floor(n)), context.mpf(0), context.prec // 6
    if n == 0 or x < 0:
        return context.psi(n, x)
    while x < far:
        total += 1 / x ** (n + 1)
        x += 1
    total = context.factorial(n) * total + context.factorial(n - 1) / x**n
    term = context.factorial(n) / x ** (n + 1) / 2
    for k in range(2, 2 * far, 2):
        total += term
        term = context.bernoulli(k) * context.factorial(k + n - 1) / context.factorial(k)
        term /= x ** (k + n)
        if abs(term) < abs(total) * context.ldexp(1, -context.prec):
            break
    return total if n % 2 else -total


def _sinc_dn(n: Any, x: Any) -> Any:
    """By Taylor's series alone, with the digits that it takes."""
    n, wanted = int(context.floor(n)), context.prec
    with context.workprec(wanted + 10 * int(abs(x)) + 100):
        total, k = context.mpf(0), (n + 1) // 2
        while True:
            term = (-context.pi * context.pi) ** k * x ** (2 * k - n) / (2 * k + 1)
            term /= context.factorial(2 * k - n)
            total, k = total + term, k + 1
            if k > 4 * abs(x) + n and abs(term) <= abs(total) * context.ldexp(1, -wanted):
                return +total


def _logsumexp(xs: Sequence[Any]) -> Any:
    return context.log(sum(map(context.exp, xs)))


def _softmax(x: Any, xs: Sequence[Any]) -> Any:
    return context.exp(x) / sum(map(context.exp, xs))


# What mpmath knows. Everything else is what the rows say that it means.
PRIMITIVES: dict[str, Function] = {
    **{name: getattr(context, name) for name in (
        "exp", "expm1", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "erf",
    )},
    "erfc": _erfc,
    "erfinv": _erfinv,
    "gamma": context.gamma,
    "lgamma": lambda x: context.log(abs(context.gamma(x))),
    "digamma": context.digamma,
    "polygamma": _polygamma,
    "sinc_dn": _sinc_dn,
    "abs": abs,
    "floor": context.floor,
    **{name: lambda _, constant=constant: number(constant) for name, constant in CONSTANTS.items()},
    "prod": math.prod,
    "prod_dx": lambda x, xs: math.prod(xs) / x,
    "mean": lambda xs: sum(xs) / len(xs),
    "norm": lambda xs: context.sqrt(sum(x * x for x in xs)),
    "dot": lambda xs, ys: sum(x * y for x, y in zip(xs, ys, strict=True)),
    "logsumexp": _logsumexp,
    "softmax": _softmax,
    "softmean": lambda xs, ys: sum(y * _softmax(x, xs) for x, y in zip(xs, ys, strict=True)),
}  # fmt: skip


class Meaning:
    """What a function computes: of mpmath numbers when called, of series of intervals `enclosed`.

    `leaps` says whether it jumps wherever one number has moved by another.
    """

    def __init__(
        self, numbers: Function, enclosed: Function | None, *, leaps: bool = False
    ) -> None:
        self.numbers, self.enclosed, self.leaps = numbers, enclosed, leaps

    def __call__(self, *arguments: Any) -> Any:
        """Of mpmath numbers."""
        return self.numbers(*arguments)


@cache
def meaning(op: Op) -> Meaning:
    """The value of a row, as a function of its arguments one after the other."""
    leaps = bool({call.name for call in calls(op.trees.meaning)} & {"floor", "mod", "floordiv"})
    numbers = _of_places(op, _meaning(op, _MPMATH))
    enclosed = _of_places(op, _meaning(op, _ARB)) if enclosure.AVAILABLE else None
    return Meaning(numbers, enclosed, leaps=leaps)


def _of_places(op: Op, whole: Function) -> Function:
    """A function of a row's runs as one of their elements, one after the other."""
    return (lambda *arguments: whole(*op.split(arguments))) if op.run else whole


@dataclass(frozen=True)
class _Arithmetic:
    """What texts are computed with: its name, what makes its numbers, its π and its functions."""

    name: str
    number: Function
    pi: Function
    primitives: Mapping[str, Function]

    def __hash__(self) -> int:
        return hash(self.name)


_MPMATH = _Arithmetic("certified", number, lambda: +context.pi, PRIMITIVES)
_ARB = _Arithmetic("enclosed", enclosure.series, enclosure.pi, enclosure.PRIMITIVES)


@cache
def _meaning(op: Op, arithmetic: _Arithmetic) -> Function:
    """The same of the runs themselves, for a run row."""
    if op.name in arithmetic.primitives:
        return arithmetic.primitives[op.name]
    return _function(op, f"{op.name}_meaning", op.trees.meaning, op.parameters, arithmetic)


@cache
def written(op: Op) -> tuple[Function, ...]:
    """The slopes as a textbook writes them, of what `op.places` gives and the value."""
    pairs = zip(op.inputs, op.trees.written, strict=True)
    return tuple(
        _function(op, f"{op.name}_written_{name}", tree, op.arguments) for name, tree in pairs
    )


def _function(
    op: Op, name: str, tree: Node, arguments: Sequence[str], arithmetic: _Arithmetic = _MPMATH
) -> Function:
    """A tree over the names of a row as a function of the numbers of an arithmetic."""
    scope = Scope()
    names = scope.locals(arguments)

    def called(name: str) -> str:
        if name == "pi":
            return f"{scope.constant(name, arithmetic.pi)}()"
        own = arithmetic.primitives.get(name)
        return scope.constant(name, own or _meaning(op.rows[name], arithmetic))

    text = Converted(names, called, scope, arithmetic.number)(tree)
    return scope.function(name, names.values(), [f"return {text}"], arithmetic.name)


def derivative(function: Function, point: Sequence[Any], *places: int) -> Any:
    """The derivative of `function` at `point` to the arguments at `places`, an mpmath number.

    One place is a slope, two a second derivative, none the value. The result has at least 30
    correct digits, except that what would round to 0 as a double may come out 0. It is None where
    the function is not defined on both sides of the point, and nan where no two differences agree:
    at a kink the two sides have different slopes, and the result is their mean.

    >>> from autograd.ops import OPS
    >>> float(derivative(meaning(OPS["tanh"]), [20.0], 0))
    1.6993417021166355e-17
    """
    if isinstance(function, Meaning) and function.enclosed is not None:
        found = enclosure.enclosed(function.enclosed, point, places, _DIGITS, _NOTHING)
        if found is not None:
            return from_man_exp(*found)
    return by_differences(function, point, *places)


def by_differences(function: Function, point: Sequence[Any], *places: int) -> Any:
    """The same by differences of mpmath numbers alone."""
    return _settled(_central, function, point, places)


def one_sided(function: Function, point: Sequence[Any], place: int, side: int) -> Any:
    """The derivative from one side: from above for `side` 1, from below for -1."""
    return _settled(_forward, function, point, (place,), side)


def _settled(difference: Function, function: Function, point: Sequence[Any], *given: Any) -> Any:
    last = None
    bits = 80
    while bits < _LARGEST_PRECISION:
        bits *= 2
        try:
            found = difference(function, point, bits, *given)
        except (ValueError, ZeroDivisionError):
            continue
        if isinstance(found, context.mpc) or not context.isfinite(found):
            continue
        if last is not None and abs(found - last) <= abs(found) * context.mpf(10) ** -_DIGITS:
            return found
        nothing = context.ldexp(1, -_NOTHING)
        if last is not None and max(abs(found), abs(last)) < nothing:
            return context.mpf(0)  # a 0 that rounding on the way hides
        last = found
    return None if last is None else context.nan


def _step(function: Function, point: Sequence[Any], place: int, bits: int) -> tuple[Any, int]:
    """A step small beside 1, beside the number, and (for 0) beside every double; and its bits.

    The remainder of x by y jumps when y has moved by y * y / x: there it is small beside that.
    """
    scale = math.frexp(point[place])[1] if point[place] else -_NOTHING
    scales = [math.frexp(x)[1] for x in point if x and getattr(function, "leaps", False)] or [0]
    exponent = min(scale, 0, 2 * min(scales) - max(scales)) - bits // 4
    return context.ldexp(1, exponent), max(scale, 0) - exponent


def _central(function: Function, point: Sequence[Any], bits: int, places: tuple[int, ...]) -> Any:
    steps = [_step(function, point, place, bits) for place in places]

    def difference() -> Any:
        total = context.mpf(0)
        for signs in itertools.product((1, -1), repeat=len(places)):
            moved = [number(x) for x in point]
            for place, (step, _), sign in zip(places, steps, signs, strict=True):
                moved[place] += sign * step
            total += math.prod(signs) * function(*moved)
        return total / math.prod(2 * step for step, _ in steps)

    # Beside the value a second derivative may be as small as the square of the numbers.
    smaller = len(places) * max((-min(math.frexp(point[k])[1], 0) for k in places), default=0)
    lost = sum(lost for _, lost in steps) + (smaller if len(places) > 1 else 0)
    return _resolved(difference, function, point, bits + lost)


def _forward(
    function: Function, point: Sequence[Any], bits: int, places: tuple[int], side: int
) -> Any:
    (place,) = places
    # The error of one side shrinks with the step, not with its square.
    step, lost = _step(function, point, place, 4 * bits)

    def difference() -> Any:
        numbers = [number(x) for x in point]
        moved = [*numbers]
        moved[place] += side * step
        return (function(*moved) - function(*numbers)) / (side * step)

    return _resolved(difference, function, point, bits + lost)


def _resolved(
    difference: Callable[[], Any], function: Function, point: Sequence[Any], bits: int
) -> Any:
    """The difference, where a 0 only counts if it is one beside the size of the value too."""
    with context.workprec(bits):
        found = difference()
        if found != 0:
            return found
        value = function(*map(number, point))
    with context.workprec(bits + _NOTHING + max(context.mag(value), 0)):
        return difference()


def ulps(found: float, true: Any) -> float:
    """How far a double is from the true number, in units of the true number's last place.

    Beyond the largest double the right answer is infinite; a wrong inf or nan is infinitely far.

    >>> ulps(1.0, context.mpf(1 + 2**-52))
    1.0
    """
    if math.isnan(found):
        return math.inf
    overflow = abs(true) >= context.mpf(2) ** 1024 - context.mpf(2) ** 970
    if math.isinf(found):
        return 0.0 if overflow and (true > 0) == (found > 0) else math.inf
    exponent = 971 if overflow else max(context.frexp(true)[1] - 53, -1074) if true else -1074
    with context.workprec(2200):
        return float(abs(context.mpf(found) - true) / context.ldexp(1, exponent))


def shown(true: Any) -> str:
    """The number with the digits of a double, or in words where no double is near."""
    if true and not -1100 < context.mag(true) < 1100:
        sign = "-" if true < 0 else ""
        return f"{sign}2**{context.mag(true)}" if abs(context.mag(true)) < 10**9 else f"{sign}tiny"
    return str(context.nstr(true, 17))
