"""Structure: nested arguments as a flat list of numbers and a description of the nesting.

And NumPy's functions of Values, which go through arrays element by element.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from itertools import islice
from math import prod
from typing import Any, NamedTuple, TypeAlias

from autograd.elementary import PLAIN, number, refuse
from autograd.ops import OPS
from autograd.value import Value


class Nested(NamedTuple):
    """What holds numbers: its kind, what the kind needs beside them, and what is inside.

    `keys` are those of a dict (and its factory), the fields of a dataclass, the shape of an array.
    """

    kind: Any
    keys: Any
    parts: tuple[Spec, ...]


# A description is hashable: None for a number.
Spec: TypeAlias = Nested | None

ARRAY = "array"


def flatten(tree: Any, leaves: list[Any], use: str = "a function takes and gives") -> Spec:
    """Appends the numbers and Values of `tree` to `leaves`; returns how they were nested.

    Raises TypeError for anything but numbers, Values, and lists, tuples, dicts, dataclasses and
    NumPy arrays of them.

    >>> leaves = []
    >>> spec = flatten({"a": (1, 2.0), "b": [3]}, leaves)
    >>> leaves, rebuild(spec, iter("xyz"))
    ([1, 2.0, 3], {'a': ('x', 'y'), 'b': ['z']})
    """
    kind = tree.__class__
    if kind in PLAIN or isinstance(tree, Value):
        leaves.append(tree)
        return None
    inner: Sequence[Any]
    keys: Any = None
    if kind is list and _LEAVES.issuperset(map(type, tree)):  # without a call for each number
        leaves += tree
        return _row(len(tree))
    if isinstance(tree, list | tuple):
        inner = tree
    elif isinstance(tree, dict):
        keys, inner = (tuple(tree), getattr(tree, "default_factory", None)), tuple(tree.values())
    elif is_dataclass(kind):
        keys = tuple(field.name for field in fields(kind) if field.init)
        inner = [getattr(tree, name) for name in keys]
    elif kind.__module__ == "numpy" and getattr(tree, "shape", None):
        leaves += tree.ravel().tolist()
        return Nested(ARRAY, tree.shape, ())
    else:
        plain = number(tree)
        if plain is None:
            raise TypeError(
                f"{use} numbers, Values, and lists, tuples, dicts, dataclasses and arrays of them, "
                f"not {kind.__name__} {tree!r}"
            )
        leaves.append(plain)
        return None
    return Nested(kind, keys, tuple([flatten(part, leaves, use) for part in inner]))


@cache
def _row(length: int) -> Nested:
    """The structure of a list of so many numbers, one object."""
    return Nested(list, None, (None,) * length)


_LEAVES = PLAIN | {Value}


def rebuild(spec: Spec, leaves: Iterator[Any]) -> Any:
    """The tree that `flatten` described, made of the next `leaves`; an array holds them as objects
    unless they are all floats.
    """
    if spec is None:
        return next(leaves)
    kind, keys, inner = spec
    if kind is list and inner:  # rows and matrices without a call for each number, or row
        width = len(inner[0].parts) if inner[0] else 0
        if spec is _row(len(inner)):
            return [*islice(leaves, len(inner))]
        if width and inner.count(_row(width)) == len(inner):
            given = islice(leaves, len(inner) * width)
            return [*map(list, zip(*[given] * width, strict=True))]
    if kind == ARRAY:
        return _array(keys, leaves)
    parts = [rebuild(part, leaves) for part in inner]
    if isinstance(kind, type) and issubclass(kind, dict):
        names, factory = keys
        made: Any = {} if kind is dict else kind() if factory is None else kind(factory)
        made.update(zip(names, parts, strict=True))
        return made
    if keys is not None:
        return kind(**dict(zip(keys, parts, strict=True)))
    return kind(*parts) if hasattr(kind, "_fields") else kind(parts)


def _array(shape: tuple[int, ...], leaves: Iterator[Any]) -> Any:
    """An array of numbers, Values or arrays (with as many more axes), or lists of anything else."""
    import numpy as np

    parts = [next(leaves) for _ in range(prod(shape))]
    if parts and all(isinstance(part, np.ndarray) for part in parts):
        return np.stack(parts).reshape(*shape, *parts[0].shape)
    plain = all(part.__class__ in (float, int) for part in parts)
    array = np.empty(len(parts), dtype=float if plain else object)
    array[:] = parts
    array = array.reshape(shape)
    numbers = all(isinstance(part, Value) or number(part) is not None for part in parts)
    return array if numbers else array.tolist()


def size(spec: Spec) -> int:
    """How many numbers a structure holds."""
    if spec is None:
        return 1
    return prod(spec.keys) if spec.kind == ARRAY else sum(map(size, spec.parts))


def numbers(leaves: list[Any]) -> list[Any]:
    """The data of leaves that may be Values."""
    if PLAIN.issuperset(map(type, leaves)):
        return leaves
    return [leaf.raw if isinstance(leaf, Value) else leaf for leaf in leaves]


# NumPy's functions. Those that are Python's operators it uses on objects itself.

# fmt: off
_PYTHONS = frozenset({
    "add", "subtract", "multiply", "divide", "power", "negative", "positive", "absolute", "square",
    "reciprocal", "conjugate", "less", "less_equal", "greater", "greater_equal", "equal",
    "not_equal", "logical_and", "logical_or", "logical_xor", "logical_not", "matmul",
})
_FAST = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul,
    "divide": operator.truediv, "power": operator.pow, "divmod": divmod,
}
# fmt: on
_OF_NUMPY: dict[str, Callable[..., Any]] = {
    "fabs": abs,
    "float_power": pow,
    "isnan": lambda x: x.data != x.data,
    "isinf": lambda x: abs(x.data) == float("inf"),
    "isfinite": lambda x: x.data == x.data and abs(x.data) != float("inf"),
}


def _array_ufunc(_: Value, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
    """A function of NumPy with a Value among its arguments: the row of that name, by elements."""
    function, name, given = ufunc, ufunc.__name__, list(inputs)
    if name in _FAST and method == "__call__" and not options:  # a scalar of NumPy times a Value
        x, y = (x if isinstance(x, Value) else number(x) for x in inputs)
        if x is not None and y is not None:
            return _FAST[name](x, y)
    import numpy as np

    for place, x in enumerate(inputs):
        if isinstance(x, Value):
            given[place] = np.empty((), object)
            given[place][()] = x
        elif np.ndim(x) == 0 and number(x) is None and np.asarray(x).dtype.kind != "O":
            refuse(x[()] if isinstance(x, np.ndarray) else x, f"np.{name}")
    if name not in _PYTHONS:
        known = {op.ufunc or op.name: op.apply for op in OPS.values()} | _OF_NUMPY
        if name not in known:
            there = {*filter(lambda name: isinstance(getattr(np, name, None), np.ufunc), known)}
            listed = ", ".join(sorted(there | _PYTHONS))
            raise TypeError(f"np.{name} takes no Values: those that do are {listed}")
        function = np.frompyfunc(known[name], ufunc.nin, 1)
    with np.errstate(all="ignore"):
        return getattr(function, method)(*given, **options)


Value.__array_ufunc__ = _array_ufunc
