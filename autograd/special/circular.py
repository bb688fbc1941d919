"""Sine and cosine of half turns in Decimals, and sinc, which is made of them."""

from __future__ import annotations

import math
from decimal import Decimal, getcontext, localcontext
from functools import cache
from itertools import count
from typing import Any

from autograd.elementary import decimal_pi, nearest, of_other_numbers

__all__ = ["sinc", "sinc_dn"]


@cache
def pi_of(digits: int) -> Decimal:
    """The number π with so many digits, of a context that has them."""
    with localcontext() as context:
        context.prec = digits
        return decimal_pi()


def sine_cosine(x: Decimal) -> tuple[Decimal, Decimal]:
    """Sine and cosine of π x, by Taylor's series for what is left of x by whole turns.

    >>> sine_cosine(Decimal(3))
    (Decimal('0'), Decimal('-1'))
    """
    whole = x.to_integral_value()
    angle, term = pi_of(getcontext().prec) * (x - whole), Decimal(1)
    sums, least = [Decimal(0), Decimal(0)], abs(angle).scaleb(-getcontext().prec - 3)
    for k in count():
        sums[k % 2] += term if k % 4 < 2 else -term
        term = term * angle / (k + 1)
        if abs(term) <= least:
            break
    return (-sums[1], -sums[0]) if int(whole) % 2 else (sums[1], sums[0])


def sinc(x: Any) -> Any:
    """The number sin(π x) / (π x), as in NumPy, and 1 at 0: 0 at all other whole numbers.

    >>> sinc(0.0), sinc(0.5), sinc(3.0)
    (1.0, 0.6366197723675814, 0.0)
    """
    if x.__class__ is not float:
        return of_other_numbers(sinc, x)
    if not x or not abs(x) < math.inf:
        return 1.0 if not x else 0.0 if x == x else x
    whole = round(x)
    found = math.sin(math.pi * (x - whole)) / (math.pi * x)
    return (-found if whole % 2 else found) + 0.0


def sinc_dn(n: Any, x: Any) -> Any:
    """The derivative of order n of sinc, for n that is not whole that of the floor of n.

    >>> sinc_dn(1, 1.0), sinc_dn(2, 0.0)
    (-1.0, -3.289868133696453)
    """
    if n.__class__ is not float and x.__class__ is not float:
        return of_other_numbers(sinc_dn, n, x)
    n, x = nearest(n), nearest(x)
    if not 0 <= n < 100 or x != x:
        return math.nan
    if abs(x) == math.inf:
        return 0.0
    order = math.floor(n)
    if order == 0:
        return sinc(x)
    with localcontext() as context:
        near = abs(x) < order + 6
        context.prec = 40 + (4 * order + 20 if near else 0)
        return float((_by_series if near else _by_recurrence)(order, Decimal(x)))


def _by_series(n: int, x: Decimal) -> Decimal:
    """Taylor's series, whose terms are (-1)**k π**2k x**(2k - n) / ((2k + 1) (2k - n)!)."""
    pi = pi_of(getcontext().prec)
    k = (n + 1) // 2
    term = pi ** (2 * k) * (x if n % 2 else 1) * (-1 if k % 2 else 1)
    total, square, left = term / (2 * k + 1), -pi * pi * x * x, n % 2
    while abs(term) > abs(total).scaleb(-getcontext().prec) and term:
        k, left = k + 1, left + 2
        term = term * square / (left * (left - 1))
        total += term / (2 * k + 1)
    return total


def _by_recurrence(n: int, x: Decimal) -> Decimal:
    """As x sinc(x) is sin(π x) / π, its derivatives follow from each other."""
    pi = pi_of(getcontext().prec)
    sine, cosine = sine_cosine(x)
    found = sine / (pi * x)
    for k in range(1, n + 1):
        found = (pi ** (k - 1) * (sine, cosine, -sine, -cosine)[k % 4] - k * found) / x
    return found
