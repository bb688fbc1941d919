"""How far a number is from the right one, and whether rounding explains it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from autograd.testing import certified
from autograd.testing.engines.candidate import Given
from autograd.testing.engines.program import Number

# Between these sizes, or at 0, a number is ordinary: there nothing may overflow on the way.
_ORDINARY = (1e-5, 1e5)
# What comes may be this far from what is right and still be the right rule, badly computed.
NEAR = 1e-5
_NEAR_SINGLE = 1e-3


def is_single(given: Given) -> bool:
    """Whether a number is of single precision."""
    return given.kind.endswith(("float32", "dtypes.float"))


def error(given: Given | None, right: Any) -> float:
    """How far a number is from the right one, in ulp; inf where it is none. No gradient is a 0.

    >>> error(Given("float", 1.0), certified.context.mpf(1))
    0.0
    """
    if given is None or (given.number is None and given.kind != "none"):
        return math.inf
    number = given.number or 0
    if number == float(right) and abs(number) >= 2.0**-1022:
        return 0.0  # the nearest double
    if right == 0 and abs(number) <= 2.0**-50:  # no digit of a 0 can be right, but none need be
        return 0.0
    if not isinstance(number, float):
        if certified.number(number) == right:
            return 0.0
        try:
            number = float(number)
        except OverflowError:
            return math.inf
    found = certified.ulps(number, right)
    return found / 2**29 if is_single(given) else found


def shown(right: Any) -> str:
    """A right number as the double next to it."""
    if abs(right) < certified.context.ldexp(1, -1075):
        return "0.0"
    if abs(right) >= certified.context.ldexp(1, 1024):
        return "inf" if right > 0 else "-inf"
    return certified.shown(right)


def is_near(given: Given | None, right: Any) -> bool:
    """Whether rounding on the way could explain the number."""
    if given is None or (given.number is None and given.kind != "none"):
        return False
    number = given.number or 0
    if number == float(right):
        return True
    if isinstance(number, float) and not math.isfinite(number):
        return False
    near = _NEAR_SINGLE if is_single(given) else NEAR
    with certified.context.workprec(200):
        return bool(abs(certified.number(number) - right) <= near * max(1, abs(right)))


def is_ordinary(numbers: Sequence[Number], right: Any) -> bool:
    """Whether all numbers have a size at which nothing may overflow on the way."""
    least, most = _ORDINARY
    inside = all(x == 0 or least <= abs(x) <= most for x in numbers)
    return inside and bool(abs(right) < 1e100)
