"""Nested: what a model takes and gives, numbers in lists, tuples, dicts, dataclasses and arrays."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from functools import reduce
from operator import add
from typing import Any

from autograd import Value, topological
from autograd.sketch import as_float as float_of
from nn.extras import extra


def mapped(output: Any, leaf: Callable[[Any], Any]) -> Any:
    """The same with something else in the place of each number.

    >>> mapped({"a": (1, [2])}, lambda x: -x)
    {'a': (-1, [-2])}
    """
    if is_array(output):
        return extra("numpy", "jit").array(mapped(output.tolist(), leaf))
    if isinstance(output, dict):
        return {key: mapped(part, leaf) for key, part in output.items()}
    if isinstance(output, list | tuple | range | deque):
        parts = [mapped(part, leaf) for part in output]
        if hasattr(output, "_fields"):
            return type(output)(*parts)
        return tuple(parts) if isinstance(output, tuple) else parts
    if is_dataclass(output) and not isinstance(output, type):
        own = [it.name for it in fields(output) if it.init]
        return type(output)(**{name: mapped(getattr(output, name), leaf) for name in own})
    return leaf(output)


def leaves(output: Any) -> list[Any]:
    """The numbers and Values in it, in order.

    >>> leaves({"a": (1, [2])})
    [1, 2]
    """
    found: list[Any] = []

    def note(part: Any) -> Any:
        found.extend(leaves(part.tolist()) if hasattr(part, "tolist") else [part])
        return part

    mapped(output, note)
    return found


def values_of(output: Any) -> list[Value]:
    """The Values in it, each once, also those that a dataclass is not made from."""
    own = fields(output) if is_dataclass(output) and not isinstance(output, type) else ()
    noted = [getattr(output, it.name, None) for it in own if not it.init]
    return [*dict.fromkeys(part for part in leaves([output, noted]) if isinstance(part, Value))]


def graph_of(output: Any) -> Sequence[Value]:
    """The Values that it was computed from, its own and leaves, too."""
    values = values_of(output)
    return topological(reduce(add, values)) if values else ()


def numbers_of(output: Any) -> Any:
    """The same in numbers."""
    return mapped(output, lambda part: part.data if isinstance(part, Value) else part)


def is_array(thing: Any) -> bool:
    """Whether this is NumPy's array of objects, such as Values."""
    return getattr(getattr(thing, "dtype", None), "kind", "") == "O" and bool(thing.shape)


def as_float(number: Any) -> float:
    """A number of any type, or that of a Value, infinite beyond the largest float."""
    return float_of(number.data if isinstance(number, Value) else number)
