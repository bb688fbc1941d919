"""Random graphs of an engine's operations, the smallest first; the same in every run."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from typing import Any

from autograd.ops import OPS
from autograd.testing.engines.operands import out_of_hand
from autograd.testing.engines.program import Number, Operation, Program, Step

# Operations whose slope jumps or grows often, or whose digits take long: random graphs do without.
_ROUGH = (
    *("floor", "ceil", "trunc", "sign", "mod", "floordiv", "copysign"),
    *("gamma", "lgamma", "digamma", "tan", "erf", "erfc", "erfinv"),
)


def sampled(operations: Sequence[Operation], count: int) -> Iterator[Program]:
    """At most that many graphs, at points where all of their numbers are well away from kinks."""
    smooth = [operation for operation in operations if operation.row not in _ROUGH]
    return filter(_is_tame, _graphs(smooth, count))


def _graphs(operations: Sequence[Operation], count: int) -> Iterator[Program]:
    """Graphs of a few operations, the smallest first, then larger ones; the same in every run."""
    plain = [op for op in operations if len(op.places) == 2 and not op.fixed][:3]
    found = 0
    for size in (1, 2):
        for choice in itertools.product(plain, repeat=size):
            for program in _wired(choice):
                if found < count // 2:
                    found += 1
                    yield program
    source = random.Random(20)  # noqa: S311  no secrets here
    while found < count:
        found += 1
        yield _random(operations, source)


def _wired(choice: Sequence[Operation]) -> Iterator[Program]:
    """All ways to connect two operations, or one, in which every step matters."""
    leaves: tuple[tuple[str, Number], ...] = (("a", 2.0), ("b", -1.5))
    names = ["a", "b"]
    for first in itertools.product(names, repeat=2):
        one = Step("t", choice[0], first)
        if len(choice) == 1:
            yield _used(Program(leaves, (one,)))
            continue
        for second in itertools.product([*names, "t"], repeat=2):
            if "t" in second:
                yield _used(Program(leaves, (one, Step("u", choice[1], second))))


def _used(program: Program) -> Program:
    """The program without the leaves that no step uses."""
    used = {x for step in program.steps for x in step.operands}
    return Program(tuple(leaf for leaf in program.leaves if leaf[0] in used), program.steps)


def _random(choices: Sequence[Operation], source: random.Random) -> Program:
    """A graph of three to eight steps, none without effect, many of its values used twice."""
    leaves = tuple((name, source.choice((0.5, 2.0, -1.5, 1.25, 3.0))) for name in "abc")
    live = [name for name, _ in leaves]
    waiting: list[str] = []  # results that nothing uses yet
    steps: list[Step] = []
    for k in range(source.randint(3, 8)):
        operation = source.choice(choices)
        fixed = operation.fixed or (None,) * len(operation.places)
        operands: list[str | Number] = []
        for x in fixed:
            if x is not None:
                operands.append(x)
            elif waiting and source.random() < 0.7:
                operands.append(waiting.pop())
            else:
                operands.append(source.choice(live))
        steps.append(Step(f"t{k}", operation, tuple(operands)))
        live.append(f"t{k}")
        waiting.append(f"t{k}")
    plus = [op for op in choices if op.row in ("add", "mul", "sub") and not op.fixed]
    while plus and len(waiting) > 1:
        left, right = waiting.pop(), waiting.pop()
        waiting.insert(0, f"u{len(steps)}")
        steps.append(Step(waiting[0], source.choice(plus), (left, right)))
    return _used(_live(Program(leaves, tuple(steps))))


def _live(program: Program) -> Program:
    """The program without steps that the result does not need."""
    wanted = {program.root}
    kept: list[Step] = []
    for step in reversed(program.steps):
        if step.name in wanted:
            kept.append(step)
            wanted |= {x for x in step.operands if isinstance(x, str)}
    return Program(program.leaves, tuple(reversed(kept)))


def _is_tame(program: Program) -> bool:
    """Whether no number on the way is at a kink, out of a domain, or large."""
    made: dict[str, Any] = dict(program.leaves)
    for step in program.steps:
        row = OPS[step.operation.row]
        operands = [made[x] if isinstance(x, str) else x for x in step.operands]
        if out_of_hand(row, operands):
            return False
        try:
            made[step.name] = row.compute(*operands)
        except (TypeError, ValueError, ArithmeticError):
            return False
        if not abs(made[step.name]) < 30:  # exact numbers far out take long
            return False
    return True
