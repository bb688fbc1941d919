"""The numbers that an operation is tried at, and the programs of one step that try it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from autograd.ops import OPS, Op
from autograd.testing.engines.program import (
    Number,
    Operation,
    Program,
    Step,
    right_slope,
    right_value,
)

# Simple numbers first, so that the first point that shows a fault is one to read.
_SIMPLE = (2.0, 3.0, 0.5, 1.0, -1.0, -2.0, 1.5, -0.5, 0.0, -3.0, 4.0, 0.25, -1.5, 0.1, 0.9, 5.0)
_BEYOND = (
    7.0, 10.0, 15.0, 18.0, 20.0, 25.0, 30.0, 36.8, 40.0, 50.0, 100.0, 300.0, 700.0, 710.5, 750.0,
    1e3, 1e4, 1e5, 1e9, 1e17, 1e77, 1e120, 1e160, 1e200, 1e300,
    0.99, 1 - 2**-30, 0.05, 1e-3, 1e-5, 1e-8, 1e-10, 1e-20, 1e-100, 1e-160, 1e-200, 1e-300,
)  # fmt: skip
_LADDER = (*_SIMPLE, *(x for y in _BEYOND for x in (y, -y)))
_FIRST, _SECOND = (2.0, 0.5, 3.0, -1.5, 1.0, 0.0, -4.0), (3.0, 2.0, 0.5, -2.0, 1.0, 0.0, 10.0)
_SIZES = (1e-300, 1e-160, 1e-20, 1e5, 1e20, 1e160, 1e200, 1e300)
_NUMBERS = (2, 3.0, -1.5, 0.5, 10, 0, -1, 1)
_EXPONENTS = (2, 3, -1, 0.5, 1, 0, -2, 2.5, 10, -0.5)
_BASES = (2, 0.5, 3, 10, 1)


def programs(operation: Operation) -> Iterator[Program]:
    """One-step programs of an operation, at simple points first."""
    if operation.any_number:
        for both in _beside_numbers(operation):
            yield _one_step(operation, both)
    elif len(operation.places) == 1:
        for x in _LADDER:
            yield placed(operation, [x])
    else:
        yield from (placed(operation, pair) for pair in _pairs(operation.row))


def _beside_numbers(operation: Operation) -> Iterator[tuple[Number, ...]]:
    """A value on one side of an operator and a number on the other."""
    if operation.row == "power" and operation.places == (0,):
        yield from itertools.product(
            (2.0, 0.5, 3.0, -2.0, -0.5, 0.0, 10.0, 1e-60, 1e60), _EXPONENTS
        )
    elif operation.row == "power":
        yield from itertools.product(_BASES, (3.0, 0.5, -1.5, 0.0, 2.0, 10.0, -50.0, 50.0))
    else:
        far = () if operation.row in ("mod", "floordiv") else (1e160, 1e-160)
        pairs = itertools.product((3.0, 0.5, -1.5, 0.0, *far), _NUMBERS)
        yield from ((x, n) if operation.places == (0,) else (n, x) for x, n in pairs)


def _pairs(row: str) -> Iterator[tuple[float, float]]:
    yield from itertools.product(_FIRST, _SECOND)
    if row in ("mod", "floordiv"):
        return
    if row != "power":
        yield from itertools.product(_SIZES, _SIZES)
        yield from ((2.0, size) for size in _SIZES)
    else:
        yield from ((1e-100, 2.5), (1e100, 2.5), (2.0, 1000.0), (10.0, -300.0), (1e-5, 60.0))


def _one_step(operation: Operation, operands: Sequence[Number]) -> Program:
    leaves = tuple(("xyz"[k], operands[k]) for k in operation.places)
    names = [("xyz"[k] if k in operation.places else x) for k, x in enumerate(operands)]
    return Program(leaves, (Step("out", operation, tuple(names)),))


def placed(operation: Operation, numbers: Sequence[Number]) -> Program:
    """The one-step program of an operation whose values have these numbers."""
    given = iter(numbers)
    fixed = operation.fixed or (None,) * len(operation.places)
    return _one_step(operation, [next(given) if x is None else x for x in fixed])


def smooth(operation: Operation) -> Program | None:
    """The operation alone, where it is smooth and, if that can be, no two numbers are the same."""
    row, first = OPS[operation.row], None
    for numbers in itertools.permutations((0.5, 2.0, 1.5, -0.5), len(operation.places)):
        alone = placed(operation, numbers)
        if row.at_kink(*arguments(alone)) or (value := right_value(alone)) is None:
            continue
        slopes = [right_slope(alone, leaf) for leaf, _ in alone.leaves]
        if any(slope is None or not 1e-3 < abs(slope) < 1e3 for slope in slopes):
            continue
        if float(value) not in (*numbers, 3.0):
            return alone
        first = first or alone
    return first


def out_of_hand(row: Op, operands: Sequence[Number]) -> bool:
    """Whether operands are near a kink of a row, outside its domain, or its slope is large."""
    for x in (0.0, 1e-3, -1e-3):
        near = [operand + x for operand in operands]
        whole = row.name == "power" and float(operands[1]).is_integer() and abs(operands[0]) > 0.05
        if row.at_kink(*near) or not (whole or row.inside(*near)):
            return True
    if row.kink != "False" and any(abs(x) < 0.01 for x in operands):
        return True
    if row.name in ("maximum", "minimum") and abs(operands[0] - operands[1]) < 0.01:
        return True
    return row.name == "div" and abs(operands[1]) < 0.05


def is_inside(row: Op, point: Sequence[Number]) -> bool:
    """Whether a row has a real value at a point; a whole power of any number has one, too."""
    if row.name == "power":
        return point[0] > 0 or float(point[1]).is_integer() or (point[0] == 0 and point[1] > 0)
    return bool(row.inside(*point)) or row.name in ("clip", "copysign")


def arguments(program: Program) -> list[Number]:
    """The numbers that the one step of a program takes."""
    numbers = dict(program.leaves)
    return [numbers[x] if isinstance(x, str) else x for x in program.steps[0].operands]
