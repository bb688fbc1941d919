"""Ranges: what the numbers that a user gives may be."""

from __future__ import annotations

from math import inf
from operator import index
from typing import Any

from autograd import Value


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


def check_range(name: str, number: Any, below: Any = None) -> None:
    """Raises ValueError for a hyperparameter that is negative, infinite, or not below a limit.

    One that is a Value is a variable of somebody's own, and has no range to be checked.

    >>> check_range("momentum", 1.5, below=1)
    Traceback (most recent call last):
      ...
    ValueError: momentum is at least 0 and below 1, not 1.5
    """
    if isinstance(number, Value):
        return
    if number == inf:
        raise ValueError(f"{name} is finite, not {number!r}")
    if not number >= 0 or (below is not None and not number < below):
        limit = "at least 0" if below is None else f"at least 0 and below {below}"
        raise ValueError(f"{name} is {limit}, not {number!r}")
