"""Ranges: what the numbers that a user gives may be."""

from __future__ import annotations

from decimal import Decimal
from math import inf
from numbers import Real
from operator import index
from typing import Any

from autograd import Value
from nn.inputs import widened


def whole(name: str, number: Any, least: int = 1) -> int:
    """A whole number, NumPy's too, as an int. Raises ValueError for anything else.

    >>> whole("epochs", 0)
    Traceback (most recent call last):
      ...
    ValueError: epochs is a whole number of at least 1, not 0
    """
    try:
        found = least - 1 if isinstance(number, bool) else index(number)
    except TypeError:
        found = least - 1
    if found < least:
        raise ValueError(f"{name} is a whole number of at least {least}, not {number!r}")
    return found


def check_range(name: str, number: Any, below: Any = None, above: Any = None) -> Any:
    """A hyperparameter; one of NumPy's as Python has it, so that it is computed with in doubles.

    Raises ValueError if it is negative, infinite, or beyond a limit, TypeError if it is no number.
    One that is a Value is a variable of somebody's own, and has no range to be checked. `above=0`
    refuses 0 itself.

    >>> check_range("momentum", 1.5, below=1)
    Traceback (most recent call last):
      ...
    ValueError: momentum is at least 0 and below 1, not 1.5
    """
    if isinstance(number, Value):
        return number
    if isinstance(number, bool) or not isinstance(number, Real | Decimal):
        raise TypeError(f"{name} is a number, not {number!r}")
    nan = number.is_nan() if isinstance(number, Decimal) else number != number
    if not nan and number == inf:
        raise ValueError(f"{name} is finite, not {number!r}")
    if nan or number < 0 or number == above or (below is not None and number >= below):
        least = "at least 0" if above is None else f"above {above}"
        limit = "" if below is None else f" and below {below}"
        raise ValueError(f"{name} is {least}{limit}, not {number!r}")
    return widened(number)
