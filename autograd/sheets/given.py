"""Given: the expression and the numbers of an exercise, made into its graph."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from typing import Any

from autograd.expressions.expression import graph, number
from autograd.expressions.size import slopes_are_exact
from autograd.graph import topological
from autograd.value import Value

# What the command line adds: here there is no such option.
_OPTION = re.compile(r"[;:] (use )?--numbers float.*")


def graph_of(exercise: Any, given: Mapping[str, Any]) -> Value:
    """The root: exact where all of it is, else of floats, as `explain` decides.

    Raises ValueError, in a line, for what cannot be read or has no number, and TypeError for what
    is neither a text nor a Value.

    >>> graph_of("h = x*w; E = (h - 8)**2", {"x": 5, "w": "0.4"}).data
    Fraction(36, 1)
    >>> graph_of("sqrt(x)", {"x": "2"}).data
    1.4142135623730951
    """
    if isinstance(exercise, Value):
        if given:
            raise ValueError(f"{', '.join(given)}: a graph has its numbers already")
        return exercise
    if not isinstance(exercise, str):
        kind = type(exercise).__name__
        raise TypeError(f"an exercise is a text such as 'f = x**2', or a Value, not {kind}")
    numbers = {name: _text(name, number) for name, number in given.items()}
    try:
        try:
            root = graph(exercise, numbers)
            exact = not any(isinstance(node.data, float) for node in topological(root))
            exact = slopes_are_exact(root) and exact
        except TypeError:  # something has no exact value
            exact = False
        return root if exact else graph(exercise, numbers, "float")
    except ZeroDivisionError:
        raise ValueError(f"{exercise!r} divides by zero: give it other numbers") from None
    except (ValueError, TypeError) as error:
        raise ValueError(_OPTION.sub("", str(error))) from None


def _text(name: str, written: Any) -> str:
    """A number as it is written."""
    if isinstance(written, str):
        with suppress(TypeError):  # it is a number, and no fraction
            try:
                number(written, Fraction)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
        return written
    if isinstance(written, int | float | Fraction | Decimal) and not isinstance(written, bool):
        return str(written)
    raise TypeError(f"{name} is a number such as '0.4', not {type(written).__name__} {written!r}")
