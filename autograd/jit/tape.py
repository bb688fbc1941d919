"""Tape: a traced function as a list of steps, which backends turn into code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograd.engine import record
from autograd.jit.call import Called, nodes
from autograd.ops import OPS, Op
from autograd.structure import Spec
from autograd.value import Value


@dataclass(frozen=True, slots=True)
class Step:
    """One node: an operation on earlier steps, or a leaf (`op` is None; `number` if constant).

    A compiled function that is called inside this one is a step of its own, whose value is all its
    outputs; each output is a step after it, whose `op` is OUTPUT and `number` says which.
    """

    op: Op | None
    inputs: tuple[int, ...] = ()
    number: Any = None

    @property
    def constant(self) -> bool:
        """Whether this is a number in the function's text."""
        return self.op is None and self.number is not None


# One of the numbers that a call gives.
OUTPUT = Op(name="output", value="x", slopes=("1",))


@dataclass(frozen=True, slots=True)
class Tape:
    """Steps in topological order. The first are the arguments; `parameters` are captured leaves.

    `samples` are the outputs for the numbers that the function was traced with. `indices` are the
    arguments that pick rows, and how many rows there are.
    """

    steps: list[Step]
    arguments: int
    parameters: dict[int, Value]
    outputs: list[int]
    structure: Spec
    samples: list[Any]
    indices: dict[int, int]

    @property
    def ends(self) -> list[int]:
        """The outputs, each once."""
        return [*dict.fromkeys(self.outputs)]

    def depending(self, on: set[int]) -> set[int]:
        """The steps that are in `on` or computed from one that is."""
        found = set(on)
        for place, step in enumerate(self.steps):
            if step.op is not None and not found.isdisjoint(step.inputs):
                found.add(place)
        return found

    def output(self) -> int:
        """The only output. Raises TypeError if there are more: a gradient belongs to one number."""
        if self.structure is not None:
            raise TypeError(
                "a gradient belongs to one number, but the function returns several: return one, "
                "or compile a function for each"
            )
        return self.outputs[0]

    def recorded(self, leaves: Sequence[Any]) -> list[Any]:
        """The value of each step, recorded for other arguments and parameters, Values or numbers.

        That of a call is the list of its outputs.
        """
        known = dict(zip([*range(self.arguments), *self.parameters], leaves, strict=True))
        made: list[Any] = []
        for place, step in enumerate(self.steps):
            inputs = [made[i] for i in step.inputs]
            if isinstance(step.op, Called):
                made.append(nodes(step.op.program, step.op.version, inputs))
            elif step.op is OUTPUT:
                made.append(inputs[0][step.number])
            elif step.op is not None:
                made.append(record(step.op, *inputs))
            else:
                made.append(step.number if step.constant else known[place])
        return made

    def ordered(self, known: Iterable[Sequence[Value]] = ()) -> Tape:
        """The same with the parameters of one product or call one after the other.

        In one of the `known` orders, if it does that, so that other code can call this with them.
        """
        place = {value: i for i, value in self.parameters.items()}
        runs = _runs(self.steps)
        for values in known:
            if {*values} == place.keys():
                order = [place[value] for value in values]
                if _follow(order, runs):
                    return replace(self, parameters={i: self.parameters[i] for i in order})
        order = _together(runs, self.parameters)
        return replace(self, parameters={i: self.parameters[i] for i in order})


def _runs(steps: list[Step]) -> list[tuple[int, ...]]:
    """The runs of products and calls, longest first."""
    runs: dict[tuple[int, ...], None] = {}
    for step in steps:
        if step.op is OPS["dot"]:
            runs |= dict.fromkeys(map(tuple, step.op.split(step.inputs)))
        elif isinstance(step.op, Called) and step.op.version.parameters:
            runs[step.inputs[step.op.version.tape.arguments :]] = None
    return sorted(runs, key=len, reverse=True)


def _follow(order: Sequence[int], runs: Iterable[tuple[int, ...]]) -> bool:
    """Whether the members of each run of parameters follow each other."""
    place = {i: k for k, i in enumerate(order)}
    return all(
        [place[i] for i in run] == [*range(place[run[0]], place[run[0]] + len(run))]
        for run in runs
        if all(i in place for i in run)
    )


def _together(runs: Iterable[tuple[int, ...]], parameters: Iterable[int]) -> list[int]:
    """The parameters so ordered that those of one product or call follow each other."""
    order: dict[int, None] = {}
    known = {*parameters}
    for run in runs:
        if all(i in known and i not in order for i in run):
            order |= dict.fromkeys(run)
    return [*(order | dict.fromkeys(i for i in parameters if i not in order))]
