"""Digits: how many of them are asked of a number, and whether an answer has them."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from autograd.formula import notation
from autograd.formula.arithmetic import read_digits

# So many digits are enough of a number that has more than `LONG`, or, of a float, more than these.
ENOUGH = 4
LONG = 12
# A double that is this close to an exact number was meant to be it.
NOISE = 1e-12


def agrees(given: Fraction | float, number: Fraction | float, spread: float = 0) -> bool:
    """Whether an answer is a number: that very one, or, of one of many digits, four or more.

    By `spread` a number of many digits may be missed, too.

    >>> agrees(0.1 + 0.2, Fraction(3, 10)), agrees(0.76, 0.76159), agrees(0.7616, 0.76159)
    (True, False, True)
    >>> agrees(Fraction("0.3333"), Fraction(1, 3)), agrees(Fraction("0.333"), Fraction(1, 3))
    (True, False)
    """
    if not notation.is_finite(number):
        return False
    if given == number:
        return True
    away, noise = abs(Fraction(given) - Fraction(number)), Fraction(NOISE) * abs(Fraction(number))
    if is_short(number):
        both = isinstance(given, Fraction) and isinstance(number, Fraction)
        return away <= noise and not both
    half = min(unit_of(number), last_unit(given)) / 2
    return away <= max(half, Fraction(spread)) + noise


def is_short(number: Fraction | float) -> bool:
    """Whether all digits are asked of a number, as there are not many."""
    if isinstance(number, float):
        return float(f"{number:.{ENOUGH}g}") == float(f"{number:.{notation.DIGITS}g}")
    digits = notation.digits(number)
    count = len(re.sub(r"e.*|[^\d]", "", digits).strip("0"))
    return "/" not in digits and count <= LONG and read_digits(digits) == number


def unit_of(number: Fraction | float) -> Fraction:
    """One of the last digit that is enough."""
    first = Decimal(notation.digits(number, notation.DIGITS).replace(notation.MINUS, "-"))
    return Fraction(10) ** (first.adjusted() - ENOUGH + 1)


def typed(given: Fraction | float) -> Fraction:
    """A number by its digits."""
    return Fraction(repr(float(given))) if isinstance(given, float) else given


def last_unit(given: Fraction | float) -> Fraction:
    """One of the last digit of an answer, of a whole one of the last that is no zero; 0 for 1/3."""
    number = typed(given)
    for places in range(-20, 20):
        unit = Fraction(10) ** -places
        if number % unit == 0:
            return unit
    return Fraction(0)
