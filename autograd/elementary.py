"""Elementary functions of numbers: floats follow IEEE 754, exact numbers stay exact or refuse.

Each function takes floats and never raises on them: outside a domain the answer is nan, at a pole
or beyond the largest double it is infinite. Decimals are computed to the precision of the current
decimal context where `decimal` has the means (exp, ln, log10, sqrt). For an int, a Fraction or
another exact number a transcendental function raises a TypeError that says what to convert. An int
or Fraction beside a float counts as a float.

These are the names that the texts in `autograd.ops` may call besides the rows themselves.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from decimal import (
    MAX_EMAX,
    MAX_PREC,
    MIN_EMIN,
    ROUND_FLOOR,
    Context,
    Decimal,
    Inexact,
    localcontext,
)
from fractions import Fraction
from functools import reduce
from numbers import Real
from types import FrameType
from typing import Any, NoReturn

__all__ = [
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bend",
    "cbrt",
    "celu_dy",
    "copysign",
    "cos",
    "cosh",
    "div",
    "dot",
    "erf",
    "erfc",
    "erfinv",
    "erfinv_dx",
    "exp",
    "exp_ratio",
    "expm1",
    "floor",
    "floordiv",
    "gelu",
    "gelu_dx",
    "half",
    "hypot",
    "lift",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_share",
    "logaddexp",
    "logaddexp_dx",
    "logsumexp",
    "mean",
    "mish_root",
    "mod",
    "norm",
    "norm_dx",
    "one",
    "power",
    "power_dx",
    "power_dy",
    "prod",
    "prod_dx",
    "scaled_exp",
    "scaled_power",
    "selu_alpha",
    "selu_scale",
    "share",
    "sin",
    "sinh",
    "softmax",
    "softmean",
    "softmean_dx",
    "sqrt",
    "tan",
    "tanh",
    "xlog1py",
    "xlogy",
    "zero",
]  # fmt: skip

_INF = math.inf
_NAN = math.nan


# What counts as a number.

PLAIN = frozenset({float, int, Fraction, Decimal})


def number(data: Any) -> Any:
    """`data` as a number that a Value can hold, or None where it is not one.

    A NumPy scalar becomes the Python number that it equals, a bool 0 or 1.
    """
    kind = data.__class__
    if kind in PLAIN:
        return data
    if isinstance(data, bool):
        return int(data)
    if kind.__module__ == "numpy" and getattr(data, "shape", None) == ():
        # A long double is its own item, and a time span of nanoseconds has an int.
        fits = data.dtype.kind in "biufO" and data.dtype.itemsize <= 8
        return number(data.item()) if fits else None
    return data if isinstance(data, Real | Decimal) and kind.__module__ != "numpy" else None


# A decimal context in which nothing is too large.
WIDE = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)


def leading(over: int, under: int, count: int) -> Decimal:
    """The quotient to at least `count` digits and one more that says whether it goes on.

    Made by whole numbers: the digits of a very long one are never all computed.

    >>> leading(10**5000, 3, 5)
    Decimal('3.333331E+4999')
    """
    shift = count - int((over.bit_length() - under.bit_length()) * math.log10(2))
    above, below = (10**shift, 1) if shift > 0 else (1, 10**-shift)
    whole, rest = divmod(abs(over) * above, under * below)
    exact = Decimal(10 * whole + (rest != 0)).scaleb(-shift - 1, WIDE)
    return exact.copy_negate() if over < 0 else exact


def spelled(data: Any) -> str:
    """How an error or a Value shows what it was given: its `repr`, short where that is too long.

    Of an int with more than 4300 digits Python writes none.

    >>> spelled(0.5), spelled(-(10**5000)), spelled(Fraction(10**5000, 3))
    ('0.5', '<int -1.0000e5000>', '<Fraction 3.3333e4999>')
    """
    try:
        return repr(data)
    except ValueError:
        kind = type(data).__name__
        if not isinstance(data, int | Fraction):  # a list of such, say
            return f"<{kind}>"
        about = Context(prec=5, Emax=MAX_EMAX, Emin=MIN_EMIN)
        digits = about.plus(leading(data.numerator, data.denominator, 7))
        return f"<{kind} {str(digits).replace('E+', 'e').replace('E', 'e')}>"


def whole(data: int) -> str:
    """A whole number as programs read it, hexadecimal if it is long: Python limits decimal digits.

    >>> whole(-12), len(whole(10**5000))
    ('-12', 4155)
    """
    return str(data) if abs(data) < 10**300 else hex(data)


def refuse(data: Any, use: str) -> NoReturn:
    """Raises the TypeError for `data` where `use` wants a real number."""
    kind = type(data).__name__
    way_out = {
        "complex": "split it into two Values, the real and the imaginary part",
        "complex64": "split it into two Values, the real and the imaginary part",
        "complex128": "split it into two Values, the real and the imaginary part",
        "longdouble": "float(x) is the nearest double",
        "float128": "float(x) is the nearest double",
        "timedelta64": "count it in a unit of your own, x / np.timedelta64(1, 's')",
        "datetime64": "give a number, such as the seconds since a moment of your own",
        "void": "give one of its fields",
        "str": "convert it first: Value(float(text)) or Value(Fraction(text))",
        "NoneType": "give it a number",
        "Value": "use the Value itself, or its .data to start a new leaf",
        "ndarray": "make one Value an element: [Value(x) for x in array.tolist()]",
    }.get(kind, "give one float, int, Fraction or Decimal")
    raise TypeError(f"{use} takes a real number, not {kind} {spelled(data)}: {way_out}")


# Other numbers than floats.


class NotExactError(TypeError):
    """A function that has no exact value, of a number whose type is exact."""


def check_added(error: BaseException, added: Iterable[tuple[str, Any, Any]]) -> None:
    """Says where Python adds no number to a gradient, since the data has become of another kind.

    `added` are the labels, gradients and data of leaves. Nothing is raised for other errors.
    """
    for label, grad, data in added if type(error) is TypeError else ():
        kinds = {type(grad), type(data)}
        if grad and Decimal in kinds and not kinds.isdisjoint((float, Fraction)):
            raise TypeError(
                f"the gradient of {label or 'a leaf'} is {spelled(grad)}, to which one of "
                f"{type(data).__name__} numbers cannot be added: zero_grad() comes first"
            ) from error


def not_exact(name: str, *numbers: Any) -> NoReturn:
    """Raises the NotExactError for a function that has no exact value, or none that is computed.

    At 0 and 1 there often is one, as for log2 and log10, and of a root below 0.
    """
    given = ", ".join(f"{type(number).__name__} {spelled(number)}" for number in numbers)
    try:
        ways = ", ".join(f"Value({float(number)!r})" for number in numbers)
    except (TypeError, ValueError, OverflowError):
        ways = "Value(float(...))"
    exact = any(isinstance(number, Decimal) for number in numbers)
    other = "" if exact or len(numbers) > 1 else ", or a Decimal for more digits"
    there = name in ("log2", "log10", "log_base") or (name == "power" and numbers[0] < 0)
    there = there or 0 in numbers or (1 in numbers and (name == "xlogy" or len(numbers) == 1))
    verdict = "is not computed exactly" if there else "has no exact value"
    raise NotExactError(f"{name} {verdict} for {given}: write {ways}{other}")


class Missing:
    """A number that exact numbers cannot give: it is refused when it is used."""

    __slots__ = ("why",)

    def __init__(self, why: str) -> None:
        self.why = why

    def __repr__(self) -> str:
        return f"<no exact value: {self.why}>"

    def _refuse(self, *_: Any) -> NoReturn:
        raise NotExactError(f"{self.why} has no exact value: make the numbers floats or Decimals")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refuse
    __truediv__ = __rtruediv__ = __neg__ = __abs__ = __float__ = __int__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = __bool__ = _refuse
    __hash__ = object.__hash__


def careful_product(x: Any, y: Any) -> Any:
    """The product; with a number that is missing, that; of a float and what is too large, inf."""
    if isinstance(x, Missing) or isinstance(y, Missing):
        return x if isinstance(x, Missing) else y
    try:
        return x * y
    except OverflowError:
        return nearest(x) * nearest(y)


def careful_sum(x: Any, y: Any) -> Any:
    """The sum, likewise."""
    if isinstance(x, Missing) or isinstance(y, Missing):
        return x if isinstance(x, Missing) else y
    try:
        return x + y
    except OverflowError:
        return nearest(x) + nearest(y)


# What Decimal has. What else it can do follows from what a row means: `autograd.ops` adds that.
DECIMAL: dict[str, Callable[..., Any]] = {
    "exp": Decimal.exp, "log": Decimal.ln, "log10": Decimal.log10, "sqrt": Decimal.sqrt,
}  # fmt: skip


def settled(compute: Callable[..., Decimal], *numbers: Any) -> Decimal:
    """A formula of Decimals to the digits of the context, whatever it cancels on the way.

    It is computed with more and more digits, until two results agree.

    >>> settled(lambda x: (1 + x).ln(), Decimal("1e-50"))
    Decimal('1.000000000000000000000000000E-50')
    """
    with localcontext() as context:
        wanted = context.copy()
        last = found = Decimal("nan")
        # A 0 is one, and not what cancelled, beyond all digits that the numbers themselves have.
        given = [Decimal(x) for x in numbers]
        enough = sum(abs(x.adjusted()) + len(x.as_tuple().digits) for x in given) * 2 + wanted.prec
        for _ in range(9):
            context.prec = 2 * context.prec + 5
            context.clear_flags()
            last, found = found, compute(*numbers)
            exact = not context.flags[Inexact]
            if exact or (
                wanted.plus(last) == wanted.plus(found) if found else context.prec > enough
            ):
                break
    return +found


def decimal_pi() -> Decimal:
    """The number π to the digits of the context.

    >>> decimal_pi()
    Decimal('3.141592653589793238462643383')
    """
    with localcontext() as context:
        context.prec += 5
        last, total, term, k = Decimal(0), Decimal(3), Decimal(3), 1
        while total != last:  # 6 arcsin(1/2), Newton's series
            term = term * k * k / (4 * (k + 1) * (k + 2))
            last, total, k = total, total + term, k + 2
    return +total


def _other(name: str, *numbers: Any) -> Any:
    """A function here, of numbers that are not all floats."""
    return of_other_numbers(globals()[name], *numbers)


def of_other_numbers(function: Callable[..., Any], *numbers: Any) -> Any:
    """A function of numbers that are not all floats, which Decimals have under its name.

    >>> of_other_numbers(exp, Decimal(1))
    Decimal('2.718281828459045235360287471')
    """
    name = function.__name__
    if any(isinstance(x, Decimal) for x in numbers):
        if name in DECIMAL and all(isinstance(x, Decimal | int) for x in numbers):
            return DECIMAL[name](*map(Decimal, numbers))
        if any(isinstance(x, float) for x in numbers):
            return tuple(map(nearest, numbers))  # which refuses them
    elif any(isinstance(x, float) for x in numbers):
        return function(*map(nearest, numbers))
    elif name in _ROOTS and all(isinstance(x, int | Fraction) for x in numbers):
        found = _ROOTS[name](*map(Fraction, numbers))
        if found is not None:
            return found
    return not_exact(name, *numbers)


# Roots of exact numbers, where they are exact: Fractions, whose quotients stay exact, too.


def _root(x: Fraction, degree: int = 2) -> Fraction | None:
    """The root of a fraction, None where it is not one. An odd one keeps the sign."""
    if x < 0 and degree % 2 == 0:
        return None
    above, below = _whole_root(abs(x.numerator), degree), _whole_root(x.denominator, degree)
    if above is None or below is None:
        return None
    return Fraction(-above if x < 0 else above, below)


def _whole_root(n: int, degree: int) -> int | None:
    """The root of a whole number that is not negative, by Newton's method from above."""
    if n < 2:
        return n
    if degree >= n.bit_length():
        return None  # it lies between 1 and 2
    below = 1 << -(-n.bit_length() // degree)
    root = below + 1
    while below < root:
        root = below
        below = ((degree - 1) * root + n // root ** (degree - 1)) // degree
    return root if root**degree == n else None


_ROOTS: dict[str, Callable[..., Fraction | None]] = {
    "sqrt": _root,
    "cbrt": lambda x: _root(x, 3),
    "hypot": lambda x, y: _root(x * x + y * y),
}


def mended(
    name: str, parameters: Sequence[str], error: Exception, *numbers: Any
) -> tuple[float, ...]:
    """The numbers as floats, where one of them is a float and the exact ones cannot go with it.

    Raises the error otherwise, in the name of the function that the user wrote.

    >>> mended("add", ("x", "y"), OverflowError(), 10**400, 1.5)
    (inf, 1.5)
    """
    mixed = any(isinstance(x, float) for x in numbers)
    if isinstance(error, TypeError) and any(isinstance(x, Decimal) for x in numbers):
        if mixed or any(isinstance(x, Fraction) for x in numbers):
            given = zip(parameters, numbers, strict=True)
            listed = ", ".join(f"{parameter} = {spelled(x)}" for parameter, x in given)
            raise TypeError(f"{name} takes numbers of one kind, not {listed}: make all Decimals")
    elif mixed and isinstance(error, OverflowError | NotExactError):
        return tuple(map(nearest, numbers))
    if isinstance(error, NotExactError):
        not_exact(name, *numbers)
    raise error


def filled(
    given: tuple[Any, ...], count: int, defaults: tuple[Any, ...], x: Any
) -> tuple[Any, ...]:
    """All arguments: for those left out, or None, the defaults, in the number type of x.

    >>> filled((Decimal(1),), 2, (0.01,), Decimal(1))
    (Decimal('1'), Decimal('0.01'))
    """
    if x.__class__ is float and len(given) + len(defaults) == count:
        return given + defaults
    known = (*(None,) * (count - len(defaults)), *defaults)
    pairs = zip(given + (None,) * (count - len(given)), known, strict=True)
    return tuple([_fitted(default, x) if own is None else own for own, default in pairs])


def _fitted(default: Any, x: Any) -> Any:
    """A default argument in the number type of x."""
    if isinstance(x, float) or not isinstance(default, float):
        return default
    if isinstance(x, Decimal):
        return Decimal(repr(default))
    return Fraction(repr(default)) if math.isfinite(default) else default


def exact_base(x: float) -> Any:
    """The base of a power whose exponent is a Value: the Fraction that x was made of, or x.

    Before 3.13 `Fraction.__pow__` computes float(a) ** b before the exponent is asked.
    """
    caller: FrameType | None = sys._getframe(2)  # who computes the power
    if caller is not None and caller.f_code.co_name == "method":
        caller = caller.f_back  # a method makes itself when it is first called
    if caller is not None and caller.f_code is _POWER_OF_FRACTION:
        base = caller.f_locals["a"]
        return base if float(base) == x else x
    return x


_POWER_OF_FRACTION = Fraction.__pow__.__code__


class _Asked:
    def __rpow__(self, base: Any) -> Any:
        return base


# Whether this Python's is such a one.
LOSES_FRACTIONS = isinstance(Fraction(1, 3) ** _Asked(), float)


def nearest(x: Any) -> float:
    """The nearest float, infinite beyond the largest. Decimal and float do not mix in Python.

    >>> nearest(Fraction(1, 4)), nearest(-(10**400))
    (0.25, -inf)
    """
    if isinstance(x, Decimal):
        raise TypeError(f"a Decimal and a float do not mix: make both the same type, not {x!r}")
    try:
        return float(x)
    except OverflowError:
        return _INF if x > 0 else -_INF


# The functions of one float in the standard library.


def _library(
    function: Callable[[float], float], example: str, poles: dict[float, float] | None = None
) -> Callable[[Any], Any]:
    """`math`'s function made total. `poles` says where it is infinite."""
    at = poles or {}
    name = function.__name__

    def total(x: Any) -> Any:
        if x.__class__ is float:
            try:
                return function(x)
            except ValueError:
                return at.get(x, _NAN)
            except OverflowError:  # its sign is that of the side it happens on
                return math.copysign(_INF, function(math.copysign(1.0, x)))
        return _other(name, x)

    total.__name__ = total.__qualname__ = name
    total.__doc__ = f"{name} of a number, by IEEE 754.\n\n    >>> {example}\n    "
    return total


exp = _library(math.exp, "exp(1000.0)\n    inf")
expm1 = _library(math.expm1, "expm1(1e-20)\n    1e-20")
log = _library(math.log, "log(0.0), log(-1.0)\n    (-inf, nan)", {0.0: -_INF})
log2 = _library(math.log2, "log2(8.0)\n    3.0", {0.0: -_INF})
log10 = _library(math.log10, "log10(1000.0)\n    3.0", {0.0: -_INF})
log1p = _library(math.log1p, "log1p(-1.0)\n    -inf", {-1.0: -_INF})
sqrt = _library(math.sqrt, "sqrt(-1.0)\n    nan")
sin = _library(math.sin, "sin(float('inf'))\n    nan")
cos = _library(math.cos, "cos(0.0)\n    1.0")
tan = _library(math.tan, "tan(0.0)\n    0.0")
asin = _library(math.asin, "asin(2.0)\n    nan")
acos = _library(math.acos, "acos(1.0)\n    0.0")
atan = _library(math.atan, "atan(float('inf'))\n    1.5707963267948966")
sinh = _library(math.sinh, "sinh(-1000.0)\n    -inf")
cosh = _library(math.cosh, "cosh(-1000.0)\n    inf")
tanh = _library(math.tanh, "tanh(20.0)\n    1.0")
asinh = _library(math.asinh, "asinh(0.0)\n    0.0")
acosh = _library(math.acosh, "acosh(0.5)\n    nan")
atanh = _library(math.atanh, "atanh(-1.0)\n    -inf", {1.0: _INF, -1.0: -_INF})
erf = _library(math.erf, "erf(float('inf'))\n    1.0")
erfc = _library(math.erfc, "erfc(float('inf'))\n    0.0")


def cbrt(x: Any) -> Any:
    """The real cube root; the library's, corrected by a step of Newton's method.

    >>> cbrt(-8.0)
    -2.0
    """
    if x.__class__ is not float:
        return _other("cbrt", x)
    if not x or not -_INF < x < _INF:
        return x
    mantissa, exponent = math.frexp(x)
    thirds, rest = divmod(exponent, 3)
    x = math.ldexp(mantissa, rest)
    z = math.cbrt(x)
    square = z * z
    cube = square * z
    error = (x - cube) - _left_out(square, z, cube) - z * _left_out(z, z, square)
    return math.ldexp(z + error / (3 * square), thirds)


# Constants in the number type of an input.


def zero(x: Any) -> Any:
    """0 in the number type of x.

    >>> zero(-3.5), zero(Fraction(1, 3))
    (0.0, Fraction(0, 1))
    """
    return 0.0 if x.__class__ is float else x.__class__(0)


def one(x: Any) -> Any:
    """1 in the number type of x.

    >>> one(-3.5), one(Fraction(1, 3))
    (1.0, Fraction(1, 1))
    """
    return 1.0 if x.__class__ is float else x.__class__(1)


def half(x: Any) -> Any:
    """1/2 in the number type of x, exact beside an int.

    >>> half(-3.5), half(Decimal(7)), half(7)
    (0.5, Decimal('0.5'), Fraction(1, 2))
    """
    if x.__class__ is float:
        return 0.5
    return Fraction(1, 2) if isinstance(x, int) else x.__class__(1) / 2


def selu_scale(x: Any) -> Any:
    """The constant λ of selu in the number type of x, exact beside an int.

    >>> selu_scale(-3.5), selu_scale(Decimal(7))
    (1.0507009873554805, Decimal('1.0507009873554805'))
    """
    return 1.0507009873554805 if x.__class__ is float else _fitted(1.0507009873554805, x)


def selu_alpha(x: Any) -> Any:
    """The constant α of selu, likewise.

    >>> selu_alpha(-3.5)
    1.6732632423543772
    """
    return 1.6732632423543772 if x.__class__ is float else _fitted(1.6732632423543772, x)


# Whole numbers.


def floor(x: Any) -> Any:
    """The largest whole number that is not above x, in the number type of x.

    >>> floor(-0.5), floor(float("inf")), floor(Fraction(7, 2))
    (-1.0, inf, Fraction(3, 1))
    """
    if x.__class__ is float:
        return x // 1.0 if -(2.0**53) < x < 2.0**53 else x
    if isinstance(x, Decimal):
        return x.to_integral_value(ROUND_FLOOR)
    return x.__class__(math.floor(x))


def mod(x: Any, y: Any) -> Any:
    """The remainder x - y floor(x / y), which has the sign of y: Python's `%`. For y = 0.0 nan.

    >>> mod(-7.0, 3.0), mod(1.0, 0.0), mod(Decimal(-7), 3)
    (2.0, nan, Decimal('2'))
    """
    try:
        rest = x % y
    except ZeroDivisionError:
        if isinstance(x, float) or isinstance(y, float):
            return _NAN
        raise
    # The remainder of Decimals has the sign of x.
    return rest + y if isinstance(rest, Decimal) and rest and (rest < 0) != (y < 0) else rest


def floordiv(x: Any, y: Any) -> Any:
    """The largest whole number that is not above x / y: Python's `//`, but of 0.0 inf or nan.

    >>> floordiv(-7.0, 3.0), floordiv(-1.0, 0.0), floordiv(Decimal(-7), 3)
    (-3.0, -inf, Decimal('-3'))
    >>> floordiv(Fraction(-7), 3), floordiv(-7.0, Fraction(3))
    (Fraction(-3, 1), -3.0)
    """
    try:
        whole = x // y
    except ZeroDivisionError:
        if isinstance(x, float) or isinstance(y, float):
            return div(nearest(x), nearest(y))
        raise
    if isinstance(whole, Decimal):  # that is towards 0
        return whole - 1 if x % y and (x < 0) != (y < 0) else whole
    broken = isinstance(x, Fraction) or isinstance(y, Fraction)
    return Fraction(whole) if broken and isinstance(whole, int) else whole


def copysign(x: Any, y: Any) -> Any:
    """The size of x with the sign of y, that of -0.0 included.

    >>> copysign(3.0, -0.0), copysign(Fraction(-1, 2), 7)
    (-3.0, Fraction(1, 2))
    """
    if x.__class__ is float or y.__class__ is float:
        return math.copysign(nearest(x), nearest(y))
    return abs(x) if y >= 0 else -abs(x)


# Quotients and powers, which replace Python's `/` and `**` in the texts.


def div(x: Any, y: Any) -> Any:
    """X / y. A float divided by zero is infinite or nan; exact numbers raise what they raise.

    >>> div(-1.0, 0.0), div(0, 0.0), div(Fraction(1), 3)
    (-inf, nan, Fraction(1, 3))
    """
    try:
        return x / y
    except ZeroDivisionError:
        if isinstance(x, float) or isinstance(y, float):
            return math.copysign(_INF, x) * math.copysign(1.0, y) if abs(x) > 0 else _NAN
        raise
    except OverflowError:
        if isinstance(x, float) or isinstance(y, float):
            return div(nearest(x), nearest(y))
        return _INF if (x > 0) is (y > 0) else -_INF  # Python's quotient of ints is a float


def power(x: Any, y: Any) -> Any:
    """X ** y. For floats as in C99, never complex; exact numbers raise what they raise.

    >>> power(-8.0, 1 / 3), power(0.0, -1), power(-10.0, 309), power(Fraction(2), -2)
    (nan, inf, -inf, Fraction(1, 4))
    """
    if x.__class__ is float and (y.__class__ is float or y.__class__ is int):
        try:
            return math.pow(x, y)
        except ValueError:  # a negative base and a broken exponent, or 0 to a negative power
            return math.copysign(_INF, x if abs(math.fmod(y, 2)) == 1 else 1.0) if x == 0 else _NAN
        except OverflowError:
            if y.__class__ is int and not -1e308 < y < 1e308:
                return power(x, 1e308 if y > 0 else -1e308)  # even, as all doubles that large
            return -_INF if x < 0 and math.fmod(y, 2) else _INF
    if isinstance(x, float) or isinstance(y, float):
        return power(nearest(x), y if isinstance(y, int) else nearest(y))
    if isinstance(y, Fraction) and y.denominator > 1 and isinstance(x, int | Fraction):
        root = _root(Fraction(x), y.denominator) if x >= 0 else None
        return not_exact("power", x, y) if root is None else root**y.numerator
    try:
        found = x**y
    except OverflowError:
        if not isinstance(x, int) or not isinstance(y, int):
            raise
        # Python's power of ints is a float, if it is below 1.
        return div(1, x) if y == -1 else power(nearest(x), y)
    if isinstance(found, complex):
        not_exact("power", x, y)
    return found


def _power_dx(x: float, y: float) -> float:
    if y == 0:
        return 0.0
    if not -_INF < y < _INF:
        limit = math.pow(x, y)  # 0, 1, inf or nan
        return y * limit if limit else 0.0
    sign = 1.0
    if math.copysign(1.0, x) < 0:  # -0.0, too: y - 1 may round to a whole number
        if y == math.floor(y):
            sign = 1.0 if math.fmod(y, 2) else -1.0
        elif x:
            return _NAN
        x = -x
    less = y - 1
    left_out = (y - (less + 1)) if abs(y) < 1 else (y - less) - 1
    if left_out and 0 < x < _INF:  # the power is x ** (less + left_out)
        more = left_out * math.log(x)
        y += y * more if abs(more) < 0.01 else 0.0  # where it is more, only inf and 0 are left
    whole: float = power(x, less)
    if 1e-290 < whole < 1e290 or x == 0:
        return sign * (y * whole)
    root: float = power(x, less / 2)
    return sign * (y * root * root)


def power_dx(x: Any, y: Any) -> Any:
    """The slope of x ** y to x, y x ** (y - 1): 0 for y = 0 everywhere.

    >>> power_dx(3.0, 2), power_dx(0.0, 0), power_dx(Fraction(1, 2), 3)
    (6.0, 0.0, Fraction(3, 4))
    """
    if y == 2 and (x.__class__ is float or y.__class__ is not float):
        return 2 * x
    if isinstance(x, float) or isinstance(y, float):
        return _power_dx(nearest(x), nearest(y))
    if x == 0 and 0 < y < 1:  # a pole, as for floats
        return Decimal(_INF) if isinstance(x, Decimal) or isinstance(y, Decimal) else _INF
    return y * power(x, y - 1) if y else zero(x)


def power_dy(x: Any, y: Any) -> Any:
    """The slope of x ** y to y, x ** y log(x): at x = 0 it is -inf for y <= 0, otherwise 0.

    >>> power_dy(1.0, 5.0), power_dy(0.0, 2.0), power_dy(0.0, 0.0), power_dy(-2.0, 2.0)
    (0.0, 0.0, -inf, nan)
    """
    if x.__class__ is not float or y.__class__ is not float:
        return _other("power_dy", x, y)
    if x == 0:
        return 0.0 if y > 0 else -_INF if y <= 0 else y
    if x < 0:
        return _NAN
    whole = power(x, y)
    logarithm = log(x)
    if 1e-290 < whole < 1e290:
        return whole * logarithm
    root = power(x, y / 2)
    return root * logarithm * root if root else root


def scaled_power(s: Any, x: Any, y: Any, n: Any) -> Any:
    """The number s x ** (y - n), with the exponent not rounded, and 0 where s or the power is 0.

    >>> scaled_power(0.0, 1e-170, 0.0, 2), scaled_power(float("inf"), 0.0, 2.0, 1)
    (0.0, 0.0)
    >>> scaled_power(1e-300, 1e-300, 0.0, 2), scaled_power(6, 2, 3, 2)
    (9.999999999999999e+299, 12)
    """
    if not any(number.__class__ is float for number in (s, x, y, n)):
        return s * power(x, y - n) if s else zero(s)
    s, x, y, n = nearest(s), nearest(x), nearest(y), nearest(n)
    less = y - n
    part = less - y
    left_out = (y - (less - part)) + (-n - part)
    if math.copysign(1.0, x) < 0:  # -0.0, too
        whole = -_INF < less < _INF and y == math.floor(y) and n == math.floor(n)
        odd = whole and abs(math.fmod(y, 2)) != abs(math.fmod(n, 2))
        s, x = -s if odd else s, -x if whole or not x else _NAN if s else -x
    if not (x == x and y == y and n == n):
        return _NAN
    if s == 0 or s != s:
        return s
    if left_out and 0 < x < _INF:  # the power is x ** (less + left_out)
        more = left_out * math.log(x)
        s *= 1 + more if abs(more) < 0.01 else 1.0  # where it is more, only inf and 0 are left
    found = power(x, less)
    if 1e-290 < found < 1e290:
        return s * found
    if x in (0, _INF) or found != found:
        return s * found if found else found
    root = power(x, less / 4)
    return s * root * root * root * root if root else root


# Exponentials that underflow late.


def scaled_exp(s: Any, x: Any, y: Any) -> Any:
    """The number s exp(x y), with the exponent not rounded, and a tiny result only once.

    >>> math.exp(-800.0), scaled_exp(1e300, -800.0, 1.0)
    (0.0, 3.667874584177687e-48)
    """
    if x.__class__ is not float and y.__class__ is not float:
        return _other("scaled_exp", s, x, y)
    t = x * y
    if not -1500 < t < 1500:
        return s * exp(t) if t != t or s != s or (t > 0 and s) else math.copysign(0.0, s)
    rest = _left_out(x, y, t)
    if -600 < t < 600:
        whole = math.exp(t)
        return s * (whole + whole * rest)
    if -1400 < t < 1400:
        root = math.exp(t / 2)
        return s * (root + root * rest) * root
    root = math.exp(t / 4)
    return s * (root + root * rest) * root * root * root


_SPLIT = 134217729.0  # 2**27 + 1


def _left_out(x: float, y: float, product: float) -> float:
    """What rounding took from a product: x y - product (Dekker 1971, with Veltkamp's split)."""
    if not product:
        return 0.0
    if not (1e-100 < abs(x) < 1e100 and 1e-100 < abs(y) < 1e100):
        x, exponent = math.frexp(x)
        y = math.ldexp(y, exponent)
    a = x * _SPLIT
    x_high = a - (a - x)
    x_low = x - x_high
    b = y * _SPLIT
    y_high = b - (b - y)
    y_low = y - y_high
    return ((x_high * y_high - product) + x_high * y_low + x_low * y_high) + x_low * y_low


def exp_ratio(s: Any, x: Any, y: Any) -> Any:
    """The number s exp(x / y), with the quotient not rounded.

    >>> exp_ratio(1.0, -1400.0, 3.0), math.exp(-1400.0 / 3.0)
    (2.1342327429859673e-203, 2.1342327429859268e-203)
    """
    if x.__class__ is not float and y.__class__ is not float:
        return _other("exp_ratio", s, x, y)
    t = div(x, y)
    whole = scaled_exp(s, t, 1.0)
    if not 1e-20 < abs(t) < 1500 or abs(whole) == _INF:
        return whole
    if not 1e-200 < abs(y) < 1e200:
        by = 2.0**600 if abs(y) < 1 else 2.0**-600
        x, y = x * by, y * by
    product = t * y
    return whole + whole * (((x - product) - _left_out(t, y, product)) / y)


# The terms of exp(x) (1 - x) - 1 are -(k - 1) / k! from k = 2 on.
CELU_SERIES = tuple(-(k - 1) / math.factorial(k) for k in range(2, 24))


def celu_dy(x: Any) -> Any:
    """exp(x) (1 - x) - 1, which is about -x**2 / 2 near 0.

    >>> celu_dy(1e-10), celu_dy(-1000.0)
    (-5.000000000333334e-21, -1.0)
    """
    if x.__class__ is not float:
        return _other("celu_dy", x)
    if abs(x) > 1 or x != x:
        return expm1(x) - scaled_exp(x, x, 1.0) if x < 700 else (1 - x) * exp(x)
    total = 0.0
    for term in reversed(CELU_SERIES):
        total = total * x + term
    return total * x * x


# The slope of mish is 0 here.
MISH_ROOT = (-1.1924312145154952, -4.8484829848031044e-17)


def mish_root(x: Any) -> Any:
    """(2 + e) (2 + e (2 + e)) + 4 x (1 + e), where e = exp(x): 0 where mish has its minimum.

    >>> mish_root(0.0)
    15.0
    """
    if x.__class__ is not float:
        return _other("mish_root", x)
    if -4 < x < 0:  # e = (1 + more) there
        root, rest = MISH_ROOT
        step, there = (x - root) - rest, math.exp(root)
        more = math.expm1(step)
        first = there * (6 + 4 * root + there * (8 + 3 * there))
        second = there * there * (4 + there * (3 + more))
        return more * (first + more * second) + 4 * step * (1 + there * (1 + more))
    e = exp(x)
    return (2 + e) * (2 + e * (2 + e)) + 4 * x * (1 + e) if x < _INF else x


# 1 + x + exp(x) is 0 at -1 - exp(root).
LIFT_ROOT = (-1.2784645427610737, -1.0946994183093437e-16)


def lift(x: Any) -> Any:
    """1 + x + exp(x), which is 0 where silu has its minimum.

    >>> lift(0.0)
    2.0
    """
    if x.__class__ is not float:
        return _other("lift", x)
    if -2 < x < -0.5:
        root, rest = LIFT_ROOT
        step = (x - root) - rest
        return step + (-1 - root - rest) * math.expm1(step)
    return 1 + x + exp(x)


# x tanh(x / 2) is 2 at this distance from 0, where silu is straight.
BEND_ROOT = (2.3993572805154675, 1.8464872855353363e-16)


def bend(x: Any) -> Any:
    """2 - x tanh(x / 2), which changes its sign where silu changes the way it bends.

    >>> bend(0.0), bend(-100.0)
    (2.0, -98.0)
    """
    if x.__class__ is not float:
        return _other("bend", x)
    x = abs(x)
    if not 1.5 < x < 3.5:
        return 2 - x * math.tanh(x / 2)
    root, rest = BEND_ROOT
    step = (x - root) - rest
    there, here = 2 / root, math.tanh(x / 2)
    return -(step * here + root * math.tanh(step / 2) * (1 - there * here))


# Two floats.


def _pair(x: Any, y: Any) -> bool:
    """Whether these are two floats, or a float and an int, which counts as one."""
    if x.__class__ is float:
        return y.__class__ is float or y.__class__ is int
    return y.__class__ is float and x.__class__ is int


def hypot(x: Any, y: Any) -> Any:
    """sqrt(x**2 + y**2) without overflow on the way.

    >>> hypot(3.0, 4.0), hypot(float("inf"), float("nan"))
    (5.0, inf)
    """
    return math.hypot(x, y) if _pair(x, y) else _other("hypot", x, y)


def atan2(x: Any, y: Any) -> Any:
    """The angle whose tangent is x / y, in the quadrant of the point (y, x).

    >>> atan2(1.0, 0.0), atan2(0.0, -1.0)
    (1.5707963267948966, 3.141592653589793)
    """
    return math.atan2(x, y) if _pair(x, y) else _other("atan2", x, y)


def xlogy(x: Any, y: Any) -> Any:
    """The product x log(y), and 0 for x = 0 whatever y is.

    >>> xlogy(2.0, 1.0), xlogy(0.0, 0.0), xlogy(1.0, 0.0)
    (0.0, 0.0, -inf)
    """
    if not _pair(x, y):
        return _other("xlogy", x, y)
    return 0.0 if x == 0 and y == y else x * log(float(y))


def xlog1py(x: Any, y: Any) -> Any:
    """The product x log(1 + y), and 0 for x = 0 whatever y is.

    >>> xlog1py(2.0, 1e-20), xlog1py(0.0, -1.0)
    (2e-20, 0.0)
    """
    if not _pair(x, y):
        return _other("xlog1py", x, y)
    return 0.0 if x == 0 and y == y else x * log1p(float(y))


# Sums over runs.


def dot(xs: Sequence[Any], ys: Sequence[Any]) -> Any:
    """The sum of products, added from left to right.

    >>> dot([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    total: Any = 0
    try:
        for x, y in zip(xs, ys, strict=True):
            total += x * y
    except OverflowError:
        return reduce(careful_sum, map(careful_product, xs, ys), 0)
    return total


def prod(xs: Sequence[Any]) -> Any:
    """The product of a run, that of none 1: no part of it overflows that the whole does not.

    >>> prod([1e200, 1e200, 1e-300]), prod([2, Fraction(1, 3)])
    (1e+100, Fraction(2, 3))
    """
    if any(isinstance(x, float) for x in xs):
        return _ldexp(*_factors(xs))
    return math.prod(xs)


def prod_dx(x: Any, xs: Sequence[Any]) -> Any:
    """The product of the others, which is the slope of a product: x is one of xs.

    >>> prod_dx(0.0, [2.0, 0.0, 3.0]), prod_dx(2.0, [2.0, 0.0, 3.0])
    (6.0, 0.0)
    """
    if any(isinstance(other, float) for other in xs):
        mantissa, exponent = _factors(xs)
        own, down = math.frexp(nearest(x))
        if mantissa and abs(mantissa) < _INF and own:
            return _ldexp(mantissa / own, exponent - down)
    place = next(k for k, other in enumerate(xs) if other is x or other == x)
    return prod((*xs[:place], *xs[place + 1 :]))


def _factors(xs: Sequence[Any]) -> tuple[float, int]:
    """The product as a number and a power of two that it is to be multiplied with."""
    mantissa, exponent = 1.0, 0
    for x in xs:
        factor, more = math.frexp(nearest(x))
        mantissa, down = math.frexp(mantissa * factor)
        exponent += more + down
    return mantissa, exponent


def _ldexp(mantissa: float, exponent: int) -> float:
    try:
        return math.ldexp(mantissa, exponent)
    except OverflowError:
        return math.copysign(_INF, mantissa)


def mean(xs: Sequence[Any]) -> Any:
    """The sum of a run, from left to right, over how many there are. ValueError for an empty one.

    >>> mean([1.0, 2.0, 6.0]), mean([1, 2])
    (3.0, Fraction(3, 2))
    """
    if any(isinstance(x, float) for x in xs):
        xs = [nearest(x) for x in xs]
        total = reduce(lambda total, x: total + x, xs, 0.0)
        if abs(total) < _INF or _INF in xs or -_INF in xs:
            return total / len(xs)
        return reduce(lambda total, x: total + x / len(xs), xs, 0.0)
    return sum(xs) * share(xs)


def share(xs: Sequence[Any]) -> Any:
    """One over the length of a run, in its number type, exact beside ints.

    >>> share([1.0, 2.0]), share([1, 2, 3])
    (0.5, Fraction(1, 3))
    """
    if not xs:
        raise ValueError("there is no mean of an empty run")
    if any(isinstance(x, float) for x in xs):
        return 1 / len(xs)
    kind = Decimal if any(isinstance(x, Decimal) for x in xs) else Fraction
    return kind(1) / len(xs)


def norm(xs: Sequence[Any]) -> Any:
    """The length of a vector, sqrt of the sum of squares, without overflow on the way.

    >>> norm([3.0, 4.0]), norm([2, 3, 6]), norm([1e200, 0.0])
    (5.0, Fraction(7, 1), 1e+200)
    """
    if any(isinstance(x, float) for x in xs):
        return math.hypot(*map(nearest, xs))
    return sqrt(sum((x * x for x in xs), start=zero(xs[0]) if xs else 0))


def norm_dx(x: Any, xs: Sequence[Any]) -> Any:
    """The slope of norm, x over the length, and 0 at 0: x is one of xs.

    >>> norm_dx(3.0, [3.0, 4.0]), norm_dx(0.0, [0.0, 0.0])
    (0.6, 0.0)
    """
    if not any(isinstance(other, float) for other in xs):
        length = norm(xs)
        return div(x, length) if length else zero(x)
    sizes = [abs(nearest(other)) for other in xs]
    largest = max(sizes)
    if largest == _INF:  # one number that is infinite has it all
        if sizes.count(_INF) > 1 or any(size != size for size in sizes):
            return _NAN
        return math.copysign(1.0 if abs(x) == _INF else 0.0, x)
    exponent = math.frexp(largest)[1]  # so that no square is lost that counts
    return math.ldexp(x, -exponent) / (math.hypot(*[math.ldexp(s, -exponent) for s in sizes]) or 1)


def logsumexp(xs: Sequence[Any]) -> Any:
    """The log of the sum of exp(x) over the run, without overflow; -inf for an empty run.

    >>> logsumexp([1000.0, 1000.0]) == 1000 + math.log(2)
    True
    """
    if not xs:
        return -_INF
    top, rest = _summary(xs)
    return top + log1p(rest)


def softmax(x: Any, xs: Sequence[Any]) -> Any:
    """The share of exp(x) in the sum of exp over the run, the slope of logsumexp to x.

    >>> softmax(1000.0, [1000.0, 1000.0]), softmax(-1000.0, [1000.0, -1000.0])
    (0.5, 0.0)
    """
    top, rest = _summary(xs)
    if isinstance(top, Decimal):
        return exp(x - top) / (1 + rest)
    x = nearest(x)
    if top == _INF and rest == rest:
        return 1 / (1 + rest) if x == top else 0.0
    return _shifted_exp(x, top) / (1 + rest)


def softmean(xs: Sequence[Any], ys: Sequence[Any]) -> Any:
    """The mean of ys, weighted with the shares that `softmax` gives to xs.

    >>> softmean([0.0, 0.0], [1.0, 2.0])
    1.5
    """
    total: Any = 0
    for y, share in _shares(xs, ys):
        total += y * share if share else share
    return total


def softmean_dx(x: Any, y: Any, xs: Sequence[Any], ys: Sequence[Any]) -> Any:
    """The slope of softmean to x, its share times how far y is from the mean.

    That far is the sum of (y - y') times the shares of all y', which keeps the digits of what is
    left of a share of almost 1.

    >>> softmean_dx(40.0, 1, [40.0, 0.0], [1, 0])
    4.248354255291589e-18
    """
    total: Any = 0
    for other, share in _shares(xs, ys):
        total += (y - other) * share if share else share
    return softmax(x, xs) * total


# The runs last summarized, and the number of each kind in ys with the sum of its shares.
_last_shares: tuple[Sequence[Any], Sequence[Any], list[tuple[Any, Any]]] = ((), (), [])


def _shares(xs: Sequence[Any], ys: Sequence[Any]) -> list[tuple[Any, Any]]:
    """The different numbers in ys, each with its part of the whole: often there are only two."""
    global _last_shares  # noqa: PLW0603  as for the summary of a run
    runs, partners, shares = _last_shares  # at once: another thread may put its own there
    if runs is xs and partners is ys:
        return shares
    found: dict[Any, Any] = {}
    for x, y in zip(xs, ys, strict=True):
        share = softmax(x, xs)
        found[y] = found[y] + share if y in found else share
    shares = [*found.items()]
    if xs.__class__ is tuple and ys.__class__ is tuple:  # a list may change
        _last_shares = xs, ys, shares
    return shares


def logaddexp(x: Any, y: Any) -> Any:
    """log(exp(x) + exp(y)) without overflow; where it is near 0 it keeps its digits, too.

    >>> logaddexp(1000.0, 1000.0) == 1000 + math.log(2), logaddexp(-1.0, -0.45867514538708193)
    (True, -2.3623976347736157e-17)
    """
    if x.__class__ is not float or y.__class__ is not float:
        return _other("logaddexp", x, y)
    found: float = logsumexp((x, y))
    if abs(found) < -max(x, y) / 4:  # the terms cancel
        numbers = Decimal(x), Decimal(y)
        return float(settled(lambda x, y: (x.exp() + y.exp()).ln(), *numbers))
    return found


def logaddexp_dx(x: Any, y: Any) -> Any:
    """The slope of logaddexp to x, the share of exp(x) in exp(x) + exp(y).

    >>> logaddexp_dx(1000.0, 1000.0), logaddexp_dx(-1000.0, 1000.0)
    (0.5, 0.0)
    """
    if x.__class__ is not float or y.__class__ is not float:
        return _other("logaddexp_dx", x, y)
    return softmax(x, (x, y))


def log_share(x: Any, y: Any) -> Any:
    """The log of the share of exp(x) in exp(x) + exp(y), also where it is almost all.

    >>> log_share(40.0, 0.0), log_share(0.0, 1000.0)
    (-4.248354255291589e-18, -1000.0)
    """
    if x.__class__ is not float or y.__class__ is not float:
        return _other("log_share", x, y)
    if x == y:
        return -math.log(2) if x > -_INF else _NAN
    return -log1p(_shifted_exp(y, x)) if y < x else (x - y) - log1p(_shifted_exp(x, y))


# The run last summarized and its summary: the slopes of a run are asked for one after the other.
_last: tuple[Sequence[Any], tuple[Any, Any]] = ((), (-_INF, 0.0))


def _summary(xs: Sequence[Any]) -> tuple[Any, Any]:
    """The largest number of a run, and the sum of exp(x - largest) over the others.

    If the largest is infinite, the sum counts the others that are too.
    """
    global _last  # noqa: PLW0603  the runs of one node are asked for again and again
    run, summary = _last
    if run is xs:
        return summary
    if any(isinstance(x, Decimal) for x in xs):
        top: Any = max(xs)
        rest: Any = sum((exp(x - top) for x in xs), Decimal(-1))
    else:
        xs = _floats(xs)
        top = max(xs)
        if not -_INF < top < _INF:
            rest = sum(_NAN if x != x else x == top for x in xs) - 1.0
        else:
            place = xs.index(top)
            others = (*xs[:place], *xs[place + 1 :])
            rest = math.fsum([_shifted_exp(x, top) for x in others])
    if xs.__class__ is tuple:  # a list may change
        _last = xs, (top, rest)
    return top, rest


def _floats(xs: Sequence[Any]) -> Sequence[float]:
    if all(x.__class__ is float for x in xs):
        return xs
    return (
        [nearest(x) for x in xs] if any(isinstance(x, float) for x in xs) else not_exact("exp", *xs)
    )


def _shifted_exp(x: float, top: float) -> float:
    """exp(x - top) for x <= top, as if the difference were not rounded."""
    less = x - top
    if less < -800:
        return 0.0
    back = less + top
    whole = math.exp(less)
    return whole + whole * ((x - back) - (top - (back - less)))


# The Gaussian error linear unit, x times the chance that a standard normal variable is below x.

_ROOT_HALF = (0.7071067811865476, -4.833646656726457e-17)
_DENSITY = 0.3989422804014327  # 1 / sqrt(2 pi)

# The slope of gelu, as a Taylor series in the distance from a centre: the first is its root.
ROOT_SERIES = (
    (-0.7517915246935645, 1.4956759177009883e-17),
    0.0, 0.4314939923140469, 0.388284982990552, -0.018199676398671087, -0.1140082332972217,
    -0.014771522148244337, 0.019421679838189067, 0.004539228379125415, -0.002239538068073497,
    -0.0007448268386746817, 0.00018633974623233514, 8.615947861116571e-05,
    -1.121438018842664e-05, -7.74846130700372e-06, 4.3284506257392273e-07, 5.702764979242107e-07,
    -1.6044265494246427e-09, -3.5459866461783865e-08, -1.396942086426202e-09,
    1.90319840501314e-09, 1.4506418938779426e-10, -8.950037692726255e-11, -9.950340824808053e-12,
    3.725967039270119e-12, 5.482292964742324e-13,
)  # fmt: skip
BEYOND_SERIES = (
    (-1.625, 0.0),
    -0.12104340629698118, -0.06825107802115606, 0.11767068482001143, 0.1333765826649459,
    0.029387732243647192, -0.020879976917855453, -0.011705364319337018, 0.0005144769955750796,
    0.0017386265019243656, 0.0002599713019384046, -0.0001467134171474237,
    -4.7706419319965686e-05, 6.61662564137209e-06, 4.772084513356009e-06, 5.5712876239130647e-08,
    -3.320605125739691e-07, -3.769712405419592e-08, 1.6993463859450534e-08,
    3.7492495478024875e-09, -6.167414013238912e-10, -2.4679698889977565e-10,
    1.1518977929350081e-11, 1.2561749261479704e-11,
)  # fmt: skip


def erfinv(x: Any) -> Any:
    """The number whose error function is x, by Halley's method from Winitzki's formula (2008).

    >>> erfinv(0.5), erfinv(-1.0), erfinv(2.0)
    (0.4769362762044699, -inf, nan)
    """
    if x.__class__ is not float:
        return _other("erfinv", x)
    size = abs(x)
    if not 1e-8 < size < 1:
        return x / _ERF_DX if size < 1 else math.copysign(_INF, x) if size == 1 else _NAN
    rest = 1 - size
    logarithm = math.log(rest * (1 + size))
    part = 2 / (math.pi * 0.147) + logarithm / 2
    z = math.sqrt(math.sqrt(part * part - logarithm / 0.147) - part)
    for _ in range(3):
        error = math.erf(z) - size if size < 0.5 else rest - math.erfc(z)
        step = error / (_ERF_DX * math.exp(-z * z))
        z -= step / (1 + z * step)
    return math.copysign(z, x)


_ERF_DX = 1.1283791670955126  # 2 / sqrt(pi), the slope of erf at 0


def erfinv_dx(x: Any) -> Any:
    """The slope of erfinv, sqrt(pi) / 2 exp(z**2): far out from erfc(z), which is known exactly.

    >>> erfinv_dx(0.0), erfinv_dx(1.0)
    (0.886226925452758, inf)
    """
    if x.__class__ is not float:
        return _other("erfinv_dx", x)
    z = abs(erfinv(x))
    if z < 0.5 or z != z:
        return math.exp(z * z) / _ERF_DX
    rest = 1 - abs(x)
    return _mills(-z / _ROOT_HALF[0]) * _ROOT_HALF[0] / rest if rest else _INF


def gelu(x: Any) -> Any:
    """The product of x and the normal distribution function (Hendrycks and Gimpel 2016).

    >>> gelu(0.0), gelu(-100.0), gelu(100.0)
    (0.0, -0.0, 100.0)
    """
    if x.__class__ is not float:
        return _other("gelu", x)
    if x >= _FAR:
        return x * _below(x)
    if x == -_INF:
        return -0.0
    return x if x != x else scaled_exp(x * _mills(x) * _DENSITY, -x, x / 2)


def gelu_dx(x: Any) -> Any:
    """The slope of gelu, which is 0 near -0.75.

    >>> gelu_dx(0.0), gelu_dx(-100.0), gelu_dx(100.0)
    (0.5, -0.0, 1.0)
    """
    if x.__class__ is not float:
        return _other("gelu_dx", x)
    if x > -0.25:
        return _below(x) + (scaled_exp(x * _DENSITY, -x, x / 2) if x < _INF else 0.0)
    if x > -2:
        (centre, rest), *series = ROOT_SERIES if x > -1.25 else BEYOND_SERIES
        step = (x - centre) - rest
        total = 0.0
        for term in reversed(series):
            total = total * step + term
        return total
    if x == -_INF:
        return -0.0
    return x if x != x else scaled_exp((x + _mills(x)) * _DENSITY, -x, x / 2)


_FAR = -5.0


def _below(x: float) -> float:
    """The standard normal distribution function where it is not tiny."""
    root, rest = _ROOT_HALF
    t = -x * root
    if not t > -6:
        return 1.0 if t == t else t
    left_out = _left_out(-x, root, t) - x * rest
    return 0.5 * (math.erfc(t) - left_out * 1.1283791670955126 * math.exp(-t * t))


def _mills(x: float) -> float:
    """The distribution function over the density at x <= -2 (Mills' ratio)."""
    if x > _FAR:
        density: float = scaled_exp(_DENSITY, -x, x / 2)
        return _below(x) / density
    # Laplace's continued fraction 1/(|x| + 1/(|x| + 2/(|x| + ...))).
    x = -x
    total = x
    for k in range(60, 0, -1):
        total = x + k / total
    return 1 / total
