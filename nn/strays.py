"""Strays: Values that a model keeps and computes with, and that no training would find."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import partial
from numbers import Number
from types import CellType, FunctionType, MemberDescriptorType, MethodType, ModuleType
from typing import Any, TypeAlias

from autograd import Value, topological
from nn.module import Buffer, Module
from nn.nested import graph_of, is_array

# Each Value that a model keeps, with its path.
Kept: TypeAlias = dict[Value, str]

DEPTH = 2  # so many objects within each other, which are no modules, are looked into


def kept(model: Any) -> Kept:
    """The Values that a model keeps, also where no parameter is: private, in objects, functions.

    >>> class Hidden(Module):
    ...     def __init__(self):
    ...         self._w = Value(1.0)
    >>> [*kept(Hidden()).values()]
    ['_w']
    """
    found: Kept = {}
    seen = {id(model): model}
    waiting = [("", model, 0)]
    while waiting:
        path, thing, depth = waiting.pop()
        for key, part in _inside(thing) if depth <= DEPTH else ():
            if isinstance(part, Value):
                found.setdefault(part, f"{path}{key}")
            elif id(part) not in seen:
                seen[id(part)] = part
                deeper = 0 if isinstance(part, Module) else depth + hasattr(part, "__dict__")
                waiting.append((f"{path}{key}.", part, deeper))
    return found


def _inside(thing: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(thing, dict):
        return [*thing.items()]
    if isinstance(thing, list | tuple | set | frozenset | deque):
        return enumerate([*thing])
    if is_array(thing):
        return enumerate(thing.ravel())
    if isinstance(thing, FunctionType):  # of which only what it is closed over is the model's own
        cells = zip(thing.__code__.co_freevars, thing.__closure__ or (), strict=True)
        return [(name, cell.cell_contents) for name, cell in cells if cell != CellType()]
    if isinstance(thing, partial | MethodType):
        names = [name for name in ("func", "args", "keywords", "__self__") if hasattr(thing, name)]
        return [(name, getattr(thing, name)) for name in names]
    if isinstance(thing, type | ModuleType | str | Number) or hasattr(type(thing), "__get__"):
        return ()  # classes, modules and descriptors are not the model's own
    kinds = type(thing).__mro__
    own = [vars(thing), *map(vars, kinds)] if hasattr(thing, "__dict__") else []
    members = [pair for kind in kinds for pair in vars(kind).items()]
    slots = [name for name, it in members if isinstance(it, MemberDescriptorType)]
    own.append({name: getattr(thing, name, None) for name in slots})
    return [pair for names in own for pair in [*names.items()]]


def check_strays(model: Any, before: Kept, output: Any, known: Iterable[Value]) -> None:
    """Raises ValueError if an output depends on a Value that is kept, but would not be trained.

    That is so for a leaf that is no parameter, `Buffer` or otherwise `known`, and for what was
    computed `before` the call, unless from buffers and numbers alone: it would not follow weights.
    """
    now, own = kept(model), {*known}
    kind = type(model).__name__
    for node in graph_of(output):
        path = before.get(node)
        if path is None or node in own or isinstance(node, Buffer) or now.get(node) != path:
            continue
        if node.op is None:
            raise ValueError(
                f"{kind} computes with its {path}, a Value that is no parameter and would not be "
                'trained: a parameter is an attribute of a Module without "_", or in a list, tuple '
                "or dict there; one that is to stay is a number, a Buffer, or in a group None"
            )
        if not all(isinstance(leaf, Buffer) for leaf in topological(node) if leaf.op is None):
            raise ValueError(
                f"{kind} computes with its {path}, which was computed before: it would neither be "
                f"trained nor follow what is. {path} = Value({path}.data) makes it a parameter, a "
                "Buffer or a number stays, and what depends on parameters belongs into __call__"
            )
