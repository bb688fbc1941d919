"""What gradients come of a backward pass with one mistake in its walk through the graph."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from autograd.ops import OPS
from autograd.testing.engines import causes
from autograd.testing.engines.candidate import Found
from autograd.testing.engines.program import Operation, Program

# Every edge of a graph: for each step, its operands and the slopes to them.
Edges: TypeAlias = Mapping[str, Sequence[tuple[str, float]]]
Walk: TypeAlias = Callable[[Program, Edges], Iterator[tuple[Edges, Sequence[str]]]]


def explanation(came: Sequence[tuple[Program, Found]], plus: Operation, times: Operation) -> str:
    """The one mistake that gives what came of every one of these programs; '' if none does."""
    for cause, walk in _MISTAKES.items():
        if all(_explains(program, found, walk) for program, found in came):
            return cause
    for operation, other in ((plus, times), (times, plus)):
        walk = partial(_once, only=operation)
        if operation != other and all(_explains(one, found, walk) for one, found in came):
            return f"{operation.label}: {causes.ONCE_IN_ONE}"
    return ""


def _explains(program: Program, found: Found, walk: Walk) -> bool:
    """Whether a walk gives what came of a program, in one of the orders that it may have."""
    if found.error is not None:
        return False
    came = {name: given.number if given else None for name, given in found.slopes.items()}
    for edges, order in walk(program, _edges(program)):
        slopes = _pushed(edges, order, program.root)
        if all(
            number is not None and math.isclose(number, slopes[leaf], rel_tol=1e-6, abs_tol=1e-9)
            for leaf, number in came.items()
        ):
            return True
    return False


def _edges(program: Program) -> Edges:
    numbers = {name: float(x) for name, x in program.leaves}
    edges: dict[str, Sequence[tuple[str, float]]] = {}
    for step in program.steps:
        row, operands = OPS[step.operation.row], [str(x) for x in step.operands]
        given = [numbers[x] for x in operands]
        numbers[step.name] = z = row.compute(*given)
        edges[step.name] = [
            (x, float(slope(*given, z))) for x, slope in zip(operands, row.partials, strict=True)
        ]
    return edges


def _pushed(edges: Edges, order: Sequence[str], root: str) -> dict[str, float]:
    """The gradients, where each step of an order hands on what it has then."""
    slopes = dict.fromkeys((*edges, *(x for pairs in edges.values() for x, _ in pairs)), 0.0)
    slopes[root] = 1.0
    for name in order:
        for operand, slope in edges.get(name, ()):
            slopes[operand] += slope * slopes[name]
    return slopes


# Walks: the orders in which steps may hand on, with the edges that there are.


def _once(
    program: Program, edges: Edges, only: Operation | None = None
) -> Iterator[tuple[Edges, Sequence[str]]]:
    """A right order, in which two equal operands count as one, of all operations or of one."""
    merged = {
        step.name: list(dict(edges[step.name]).items())
        if only in (None, step.operation)
        else edges[step.name]
        for step in program.steps
    }
    yield merged, [step.name for step in reversed(program.steps)]


def _unordered(program: Program, edges: Edges) -> Iterator[tuple[Edges, Sequence[str]]]:
    """Every step once, the result first, the rest in any order."""
    for rest in itertools.permutations(name for name in edges if name != program.root):
        yield edges, (program.root, *rest)


def _repeated(program: Program, edges: Edges) -> Iterator[tuple[Edges, Sequence[str]]]:
    """Every step as often as there are ways to it: level by level, by recursion, or reversed."""
    for turn in (1, -1):
        turned = {name: [x for x, _ in pairs][::turn] for name, pairs in edges.items()}
        queue = [program.root]
        for name in queue:
            queue += turned.get(name, ())
        yield edges, queue
        yield edges, list(_before(turned, program.root))
        yield edges, list(_after(turned, program.root))[::-1]


def _before(turned: Mapping[str, Sequence[str]], name: str) -> Iterator[str]:
    yield name
    for operand in turned.get(name, ()):
        yield from _before(turned, operand)


def _after(turned: Mapping[str, Sequence[str]], name: str) -> Iterator[str]:
    for operand in turned.get(name, ()):
        yield from _after(turned, operand)
    yield name


_MISTAKES: Mapping[str, Walk] = {
    causes.ONCE: _once,
    causes.UNORDERED: _unordered,
    causes.REPEATED: _repeated,
}
