"""Inputs: what a part of a network is called with, in full precision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd import Value

UNORDERED = (dict, set, frozenset)  # no lists of numbers: of which would be the first?


def listed(inputs: Any, taker: Any) -> Any:
    """A Value, a number of Python that equals what was given, or lists of these, nested.

    Raises TypeError for what is none, naming who takes them.

    >>> listed((1, [Value(2.0)]), "this")
    [1, [Value(data=2.0, grad=0)]]
    """
    if isinstance(inputs, Value):
        return inputs
    several = isinstance(inputs, Iterable) and not isinstance(inputs, (str, bytes, *UNORDERED))
    if several and getattr(inputs, "shape", True):
        return [listed(x, taker) for x in inputs]
    try:
        return Value(inputs).data
    except TypeError:
        raise TypeError(
            f"{taker!r} takes numbers, Values and lists of them, not {inputs!r}"
        ) from None


def widened(inputs: Any) -> Any:
    """The inputs of any function, numbers of NumPy in less than 64 bits brought to as many."""
    if inputs.__class__ in (list, tuple):
        return inputs.__class__([widened(x) for x in inputs])
    kind = getattr(getattr(inputs, "dtype", None), "kind", "")
    if kind not in ("b", "i", "u", "f"):
        return inputs
    if getattr(inputs, "shape", None) == ():
        return Value(inputs).data
    small = inputs.dtype.itemsize < 8
    return inputs.astype("float64" if kind == "f" else "int64") if small else inputs


def widen(names: dict[str, Any]) -> None:
    """Puts Python's numbers, which are doubles, in the places of those of NumPy."""
    scalars = [name for name, it in names.items() if getattr(it, "shape", None) == ()]
    names.update({name: widened(names[name]) for name in scalars})
