"""Freeing graphs piece by piece, where the interpreter cannot free a long one by itself.

CPython frees a chain of objects without bounds, but as WebAssembly it has the stack of the page's
JavaScript: some thousand objects, each of which alone holds the next, end the whole interpreter. So
there, and nowhere else, a Value that goes takes the graph behind it apart, node by node, with a
list instead of recursion. Nodes that somebody else still holds, in the graph or outside of it,
keep what they have.
"""

from __future__ import annotations

import sys
from typing import Any

from autograd.value import Value


def release(node: Value) -> None:
    """Takes apart what nobody but this node holds; `Value.__del__` where it is needed."""
    # A Value whose data was refused has no parents, not even none.
    waiting: list[Any] = [getattr(node, "left", None), getattr(node, "right", None)]
    if waiting[0] is None is waiting[1]:
        return
    node.left = node.right = None
    held: Any = None
    while waiting:
        held, count = _next(waiting)
        if held is None or count > ALONE:
            continue  # whoever lets go of it last comes back to it
        if held.__class__ is tuple:
            waiting += held
        else:
            waiting += (held.left, held.right)
            held.left = held.right = None
        held = None  # goes, before the next one is counted


def _next(waiting: list[Any]) -> tuple[Any, int]:
    """What waits last, and how many references to it there are."""
    held = waiting.pop()
    return held, sys.getrefcount(held)


# Python counts local names in one version and not in another: so many are those of `_next` alone.
ALONE = _next([object()])[1]


def free_piece_by_piece() -> None:
    """Has each Value that goes release what it holds."""
    Value.__del__ = release  # type: ignore[attr-defined]
