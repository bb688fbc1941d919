"""Certified derivatives: central differences at a precision that doubles until they settle.

A row's value is computed from its text in mpmath numbers, so that no rule of differentiation takes
part. A difference is accepted once it agrees to 30 digits with one of half the digits and a far
larger step; it needs no error bound and no formula for the slope.
"""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

from autograd import codegen
from autograd.ops import OPS, Op

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


def _power_dy(x: Any, y: Any) -> Any:
    return context.power(x, y) * context.log(x)


def _cbrt(x: Any) -> Any:
    return context.sign(x) * context.cbrt(abs(x))


def _logsumexp(xs: Sequence[Any]) -> Any:
    return context.log(sum(map(context.exp, xs)))


def _below(x: Any) -> Any:
    """The standard normal distribution function, past which nothing is left."""
    return context.ncdf(x) if abs(x) < 1000 else context.mpf(x > 0)


def _gelu_dx(x: Any) -> Any:
    return _below(x) + x * context.npdf(x) if abs(x) < 1000 else _below(x)


_OWN_NAMES = (
    "exp", "expm1", "log", "log1p", "log10", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan",
    "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "hypot",
)  # fmt: skip

# What the functions of `elementary` and the helpers mean. Other rows' texts say it themselves.
MEANING: dict[str, Function] = {
    **{name: getattr(context, name) for name in _OWN_NAMES},
    "abs": abs,
    "div": operator.truediv,
    "power": operator.pow,
    "log2": lambda x: context.log(x, 2),
    "cbrt": _cbrt,
    "gelu": lambda x: x * _below(x),
    "gelu_dx": _gelu_dx,
    "scaled_exp": lambda x, y, w: x * context.exp(y * w),
    "lift": lambda x: 1 + x + context.exp(x),
    "power_dx": lambda x, y: y * context.power(x, y - 1),
    "power_dy": _power_dy,
    "xlogy": lambda x, y: x * context.log(y) if x else x,
    "zero": lambda x: x * 0,
    "one": lambda x: x * 0 + 1,
    "sign": context.sign,
    "bell": lambda x: 1 / (2 + 2 * context.cosh(x)),
    "hypot_dx": lambda x, y: x / context.hypot(x, y) if x else x,
    "atan2_dx": lambda x, y: y / (x * x + y * y),
    "half": lambda x: context.mpf(1) / 2,  # noqa: ARG005
    "dot": lambda xs, ys: sum(x * y for x, y in zip(xs, ys, strict=True)),
    "logsumexp": _logsumexp,
    "softmax": lambda x, xs: context.exp(x - _logsumexp(xs)),
}


def meaning(op: Op) -> Function:
    """The value of a row as a function of mpmath numbers (of its arguments one after the other).

    Raises KeyError for a text that calls what is not defined in `elementary` or the table.
    """
    return _run_meaning(op) if op.run else _meaning(op.name, op.value, op.inputs)


@cache
def _meaning(name: str, value: str, parameters: tuple[str, ...]) -> Function:
    if name in MEANING:
        return MEANING[name]
    if name in codegen.names(value):
        raise KeyError(name)
    called = {
        part: MEANING[part] if part in MEANING else meaning(OPS[part])
        for part in codegen.names(value)
        if part not in parameters
    }
    return codegen.function(f"meaning_of_{name}", parameters, [f"return {value}"], called)


def _run_meaning(op: Op) -> Function:
    whole = _meaning(op.name, op.value, op.parameters)

    def flat(*arguments: Any) -> Any:
        size = len(arguments) // len(op.inputs)
        return whole(*(arguments[i : i + size] for i in range(0, len(arguments), size)))

    return flat


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
        last = found
    return None if last is None else context.nan


def _step(x: Any, bits: int) -> tuple[Any, int]:
    """A step small beside 1, beside x, and (for 0) beside every double; and the bits it takes."""
    scale = math.frexp(x)[1] if x else -_NOTHING
    exponent = min(scale, 0) - bits // 4
    return context.ldexp(1, exponent), max(scale, 0) - exponent


def _central(function: Function, point: Sequence[Any], bits: int, places: tuple[int, ...]) -> Any:
    steps = [_step(point[place], bits) for place in places]

    def difference() -> Any:
        total = context.mpf(0)
        for signs in itertools.product((1, -1), repeat=len(places)):
            moved = [number(x) for x in point]
            for place, (step, _), sign in zip(places, steps, signs, strict=True):
                moved[place] += sign * step
            total += math.prod(signs) * function(*moved)
        return total / math.prod(2 * step for step, _ in steps)

    return _resolved(difference, function, point, bits + sum(lost for _, lost in steps))


def _forward(
    function: Function, point: Sequence[Any], bits: int, places: tuple[int], side: int
) -> Any:
    (place,) = places
    # The error of one side shrinks with the step, not with its square.
    step, lost = _step(point[place], 4 * bits)

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


def number(x: Any) -> Any:
    """The mpmath number for a float, an int or a Fraction."""
    if isinstance(x, Fraction):
        return context.mpf(x.numerator) / x.denominator
    return context.mpf(x)


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
