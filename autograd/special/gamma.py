"""The gamma function, its logarithm and the derivatives of that, for floats and for Decimals.

All is Stirling's series in Decimals, at a number that the recurrence has made large enough, and
reflection at negative ones: terms cancel near the roots, so doubles would not do. For floats it has
40 digits, which are rounded once; for Decimals those of the context.
"""

from __future__ import annotations

import math
from decimal import Decimal, getcontext, localcontext
from fractions import Fraction
from functools import cache
from itertools import count
from typing import Any

from autograd.elementary import DECIMAL, nearest, of_other_numbers, settled
from autograd.special.circular import pi_of, sine_cosine

__all__ = ["digamma", "gamma", "gamma_dx", "lgamma", "polygamma"]

_DIGITS = 40
_INF, _NAN = math.inf, math.nan


# Of Decimals. The derivative of order -1 is the logarithm itself.


@cache
def _bernoulli(n: int) -> Fraction:
    """The Bernoulli number of an even n, from those before it."""
    if n == 0:
        return Fraction(1)
    known = sum(math.comb(n + 1, k) * _bernoulli(k) for k in range(0, n, 2))
    return (Fraction(n + 1, 2) - known) / (n + 1)  # B₁ is -1/2


@cache
def _coefficient(n: int, k: int, digits: int) -> Decimal:  # noqa: ARG001  one for each precision
    """What Stirling's series for the derivative of order n has before 1 / y ** (k + n)."""
    factor = _bernoulli(k) * Fraction(math.factorial(k + n - 1), math.factorial(k))
    return Decimal(factor.numerator if n % 2 else -factor.numerator) / factor.denominator


@cache
def _offset(digits: int) -> Decimal:
    """Half the logarithm of 2 π."""
    return (2 * pi_of(digits)).ln() / 2


def _stirling(n: int, y: Decimal) -> Decimal:
    """The derivative of order n of log Γ at a large y."""
    if n < 0:
        total = (y - Decimal("0.5")) * y.ln() - y + _offset(getcontext().prec)
    elif n == 0:
        total = y.ln() - 1 / (2 * y)
    else:
        total = (math.factorial(n - 1) + math.factorial(n) / (2 * y)) / y**n
        total = total if n % 2 else -total
    digits, power, square = getcontext().prec, 1 / y ** (n + 2), 1 / (y * y)
    least = abs(total).scaleb(-digits - 3)
    for k in count(2, 2):
        term = _coefficient(n, k, digits) * power
        power *= square
        total += term
        if abs(term) <= least:
            return total
    raise AssertionError


def _of_positive(n: int, x: Decimal) -> Decimal:
    product, total = Decimal(1), Decimal(0)
    far = getcontext().prec * 2 // 3 + max(n, 0)
    while x < far:  # the series is as good there as the digits are many
        product *= x if n < 0 else 1
        total += 1 / x ** (n + 1) if n >= 0 else 0
        x += 1
    if n < 0:
        return _stirling(n, x) - product.ln()
    rest = math.factorial(n) * total
    return _stirling(n, x) + (rest if n % 2 else -rest)


def _derivative(n: int, x: Decimal) -> Decimal:
    """The derivative of order n of log |Γ|, where x is no pole."""
    if x > 0:
        return _of_positive(n, x)
    sine, cosine = sine_cosine(x)
    pi = pi_of(getcontext().prec)
    if n < 0:
        return (pi / abs(sine)).ln() - _of_positive(n, 1 - x)
    # The derivatives of cot(π x) are polynomials in it.
    powers, cotangent = [0, 1], cosine / sine
    for _ in range(n):
        slopes = [k * c for k, c in enumerate(powers)][1:]
        powers = [a + b for a, b in zip([*slopes, 0, 0], [0, 0, *slopes], strict=True)]
    found = sum((c * cotangent**k for k, c in enumerate(powers) if c), start=Decimal(0))
    mirrored = _of_positive(n, 1 - x)
    return (mirrored if n % 2 == 0 else -mirrored) - pi * (-pi) ** n * found


def _gamma(x: Decimal) -> Decimal:
    size = _derivative(-1, x).exp()
    return -size if x < 0 and math.floor(x) % 2 else size


DECIMAL["gamma"] = lambda x: settled(_gamma, x)
DECIMAL["lgamma"] = lambda x: settled(lambda x: _derivative(-1, x), x)
DECIMAL["digamma"] = lambda x: settled(lambda x: _derivative(0, x), x)
DECIMAL["gamma_dx"] = lambda x: settled(lambda x: _gamma(x) * _derivative(0, x), x)
DECIMAL["polygamma"] = lambda n, x: settled(lambda x: _derivative(int(n), x), x)


# Of floats.


def _is_pole(x: float) -> bool:
    return x <= 0 and math.floor(x) == x


def _rounded(n: int, x: float) -> float:
    with localcontext() as context:
        context.prec = _DIGITS
        return float(_derivative(n, +Decimal(x)))


def gamma(x: Any) -> Any:
    """The gamma function, (x - 1)! at whole x; nan at its poles but for 0, which has a sign.

    >>> gamma(0.5), gamma(-0.0), gamma(-1.0), gamma(5)
    (1.772453850905516, -inf, nan, 24)
    """
    if isinstance(x, int | Fraction) and x.denominator == 1 and 0 < x < 2000:
        return x.__class__(math.factorial(int(x) - 1))
    if x.__class__ is not float:
        return of_other_numbers(gamma, x)
    if not -_INF < x < 172:
        return _INF if x > 0 else _NAN
    if _is_pole(x):
        return _NAN if x else math.copysign(_INF, x)
    if x < -190:
        return -0.0 if math.floor(x) % 2 else 0.0
    with localcontext() as context:
        context.prec = _DIGITS
        return float(_gamma(+Decimal(x)))


def gamma_dx(x: Any) -> Any:
    """The slope of gamma, gamma(x) digamma(x).

    >>> gamma_dx(1.0), gamma_dx(0.0)
    (-0.5772156649015329, -inf)
    """
    if x.__class__ is not float:
        return of_other_numbers(gamma_dx, x)
    if not -200 < x < 172 or _is_pole(x):
        return gamma(x) * digamma(x)
    with localcontext() as context:
        context.prec = _DIGITS
        return float(_gamma(+Decimal(x)) * _derivative(0, +Decimal(x)))


def lgamma(x: Any) -> Any:
    """The logarithm of the size of gamma, infinite at its poles.

    >>> lgamma(1.0), lgamma(100.5), lgamma(-1.0)
    (0.0, 361.4355404677776, inf)
    """
    if x.__class__ is not float:
        return of_other_numbers(lgamma, x)
    if not -_INF < x < 1e306 or _is_pole(x):
        return x if x != x else _INF
    return _rounded(-1, x) if x not in (1, 2) else 0.0


def digamma(x: Any) -> Any:
    """The slope of lgamma, nan at its poles but for 0, which has a sign.

    >>> digamma(1.0), digamma(0.0), digamma(-1.0)
    (-0.5772156649015329, -inf, nan)
    """
    if x.__class__ is not float:
        return of_other_numbers(digamma, x)
    return polygamma(0, x)


def polygamma(n: Any, x: Any) -> Any:
    """The derivative of order n of digamma, for n that is not whole that of the floor of n.

    >>> polygamma(1, 1.0), polygamma(1, -1.0), polygamma(2, 0.0)
    (1.6449340668482264, nan, -inf)
    """
    if n.__class__ is not float and x.__class__ is not float:
        return of_other_numbers(polygamma, n, x)
    n, x = nearest(n), nearest(x)
    if not 0 <= n < 100 or x != x or x == -_INF:
        return _NAN
    order = math.floor(n)
    if x == _INF:
        return x if order == 0 else 0.0 if order % 2 else -0.0
    if _is_pole(x):
        return _NAN if x else _INF if order % 2 else math.copysign(_INF, -x)
    return _rounded(order, x)
