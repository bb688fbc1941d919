"""Structure: nested arguments as a flat list of numbers and a description of the nesting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograd.value import PLAIN, Value, number

# A description is hashable: None for a number, else a kind and what is inside.
Spec = tuple[Any, ...] | None


def flatten(tree: Any, leaves: list[Any]) -> Spec:
    """Appends the numbers and Values of `tree` to `leaves`; returns how they were nested.

    Raises TypeError for anything but numbers, Values, lists, tuples, dicts and NumPy arrays.
    """
    kind = tree.__class__
    if kind in PLAIN or kind is Value:
        leaves.append(tree)
        return None
    if isinstance(tree, list | tuple):
        return (kind, *(flatten(part, leaves) for part in tree))
    if isinstance(tree, dict):
        return (dict, tuple(tree), *(flatten(part, leaves) for part in tree.values()))
    if kind.__module__ == "numpy" and getattr(tree, "shape", None):
        leaves += tree.ravel().tolist()
        return ("array", tree.shape)
    plain = number(tree)
    if plain is None:
        raise TypeError(
            f"a compiled function takes and gives numbers, Values, lists, tuples, dicts and "
            f"arrays of them, not {kind.__name__} {tree!r}"
        )
    leaves.append(plain)
    return None


def rebuild(spec: Spec, leaves: Iterator[Any]) -> Any:
    """The tree that `flatten` described, made of the next `leaves`."""
    if spec is None:
        return next(leaves)
    kind = spec[0]
    if kind == "array":
        return _array(spec[1], leaves)
    if kind is dict:
        return {key: rebuild(part, leaves) for key, part in zip(spec[1], spec[2:], strict=True)}
    parts = [rebuild(part, leaves) for part in spec[1:]]
    if hasattr(kind, "_fields"):
        return kind(*parts)
    return kind(parts)


def _array(shape: tuple[int, ...], leaves: Iterator[Any]) -> Any:
    """An array of numbers, or of objects where the leaves are Values."""
    import numpy as np

    count = 1
    for size in shape:
        count *= size
    parts = [next(leaves) for _ in range(count)]
    array = np.empty(count, dtype=object if Value in map(type, parts) else float)
    array[:] = parts
    return array.reshape(shape)


def numbers(leaves: list[Any]) -> list[Any]:
    """The data of leaves that may be Values."""
    return [leaf._data if leaf.__class__ is Value else leaf for leaf in leaves]
