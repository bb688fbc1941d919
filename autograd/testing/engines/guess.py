"""Guessing what an engine computes instead of the right slope: a rule with one mistake in it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from autograd.codegen import Plain
from autograd.ops import OPS, Op
from autograd.testing.engines.program import Operation, Program
from autograd.text import Binary, Call, Choice, Compare, Name, Negative, Node, Number

_ENOUGH = 4  # points, before a formula that fits them all is believed


def cause(
    operation: Operation,
    leaf: str,
    seen: Sequence[tuple[Program, float]],
    missed: Sequence[Program],
    right: int,
) -> str:
    """A formula that gives what the engine gave at every point, as words; '' if none was found.

    `seen` has the programs and the numbers that came. Only slopes are guessed.
    """
    if not leaf:
        return ""
    row = OPS[operation.row]
    place = "xyz".index(leaf)
    wrong = set(missed)
    points = [(_point(program, row), number) for program, number in seen if _usable(program, number)]
    showing = [program for program, _ in seen if program in wrong]
    if len(points) < _ENOUGH or not showing:
        return ""
    for text, tree in _candidates(row, place):
        function = row.number_function("guess", tree, (*row.inputs, "z"))
        if all(_fits(function, point, number) for point, number in points):
            return f"what comes is {text}, right is {row.trees_text(place)}" if False else text
    return ""


def _usable(program: Program, number: float) -> bool:
    return math.isfinite(number)


def _point(program: Program, row: Op) -> tuple[float, ...]:
    return ()


def _fits(function, point, number) -> bool:
    return False


def _candidates(row: Op, place: int) -> Iterator[tuple[str, Node]]:
    yield from ()
