"""Tape: a function's recorded graph as a list of steps, which backends turn into code."""

from __future__ import annotations

import copy
import inspect
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from autograd.engine import record
from autograd.graph import fold, topological
from autograd.jit import choices
from autograd.ops import BESIDE, OPS, Op
from autograd.structure import Spec, flatten, rebuild
from autograd.value import Value, new_node, tracing


@dataclass(frozen=True, slots=True)
class Step:
    """One node: an operation on earlier steps, or a leaf (`op` is None; `number` if constant)."""

    op: Op | None
    inputs: tuple[int, ...] = ()
    number: Any = None

    @property
    def constant(self) -> bool:
        """Whether this is a number in the function's text."""
        return self.op is None and self.number is not None


@dataclass(frozen=True, slots=True)
class Tape:
    """Steps in topological order. The first are the arguments; `parameters` are captured leaves."""

    steps: list[Step]
    arguments: int
    parameters: dict[int, Value]
    outputs: list[int]
    structure: Spec

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


def trace(f: Callable[..., Any], specs: Sequence[Spec], data: Sequence[Any]) -> Tape:
    """The tape of f on arguments of these structures. Leaves that f captures become parameters."""
    leaves = [Value(x) for x in data]
    feed = iter(leaves)
    token, drawn = tracing.set(_Tracing()), _random_states()
    try:
        result = f(*(rebuild(spec, feed) for spec in specs))
    finally:
        tracing.reset(token)
    if _random_states() != drawn:
        raise TypeError(
            f"{getattr(f, '__qualname__', f)} draws random numbers, and would keep those of the "
            "first call: draw them outside and give them as an argument"
        )
    outputs: list[Any] = []
    structure = flatten(result, outputs)
    roots = [root for root in outputs if isinstance(root, Value)]
    # One node above all the roots, so that one walk finds everything.
    order = topological(
        roots[0] if len(roots) == 1 else new_node(OPS["dot"], 0, tuple(roots), *[None] * 3)
    )
    if len(roots) != 1:
        order.pop()
    steps = [Step(None) for _ in leaves]
    place: dict[Any, int] = {leaf: index for index, leaf in enumerate(leaves)}
    parameters: dict[int, Value] = {}

    def constant(number: Any) -> int:
        steps.append(Step(None, (), number))
        return len(steps) - 1

    for node in order:
        if node in place:
            continue
        if node.op is None:
            parameters[len(steps)] = node
            step = Step(None)
        else:
            inputs = [place[x] if isinstance(x, Value) else constant(x) for x in node.inputs]
            step = Step(node.op, tuple(inputs))
        place[node] = len(steps)
        steps.append(step)
    parameters = {i: parameters[i] for i in _together(steps, parameters)}
    ends = [place[x] if isinstance(x, Value) else constant(x) for x in outputs]
    return Tape(steps, len(leaves), parameters, ends, structure)


def _together(steps: list[Step], parameters: dict[int, Value]) -> dict[int, None]:
    """The parameters so ordered that those of one dot product follow each other, longest first."""
    runs: dict[tuple[int, ...], None] = {}
    for step in steps:
        if step.op is OPS["dot"]:
            runs |= dict.fromkeys(map(tuple, step.op.split(step.inputs)))
    order: dict[int, None] = {}
    for run in sorted(runs, key=len, reverse=True):
        if all(i in parameters and i not in order for i in run):
            order |= dict.fromkeys(run)
    return order | dict.fromkeys(i for i in parameters if i not in order)


_COMPARISONS = {f"__{name}__": BESIDE[name] for name in ("lt", "le", "gt", "ge")}

# Lines of the project itself, and of what asks a Value to copy itself, are not the user's.
_OURS = (
    *(str(Path(__file__).resolve().parents[2] / room) for room in ("autograd", "nn")),
    copy.__file__,
)


class _Tracing:
    """What reading a Value does while a function is traced."""

    derivatives = staticmethod(choices.derivatives)

    def compare(self, left: Value, right: Any, method: str) -> Value:
        """Records a comparison: 1 where it holds, else 0."""
        return record(_COMPARISONS[method], left, right)

    def truth(self, _: Value) -> NoReturn:
        """Refuses a branch, naming the line that takes it."""
        raise TypeError(
            f"{_users_line()} branches on a number that is not known while the function is traced: "
            "a compiled program takes every path, so write where(condition, x, y), maximum(x, y) "
            "or minimum(x, y) instead of if, and, or, max, min or sorted"
        )

    def refuse(self, what: str) -> NoReturn:
        """Refuses to read a number, naming the line that reads it."""
        raise TypeError(
            f"{_users_line()}: {what}, and would freeze the one of the first call: write "
            "where(condition, x, y) for a choice, stop_gradient(v) for a number that no gradient "
            "flows through, grad for a derivative, or give the number as an argument of its own"
        )

    def adjoints(
        self,
        order: Sequence[Value],
        slopes: Callable[[Value], Iterator[tuple[int, Value, Any]]],
    ) -> dict[Value, Any]:
        """The backward pass of a graph inside the function, as Values."""
        steps = fold(order, (1, True), slopes, times=choices.times, plus=choices.plus)
        return {node: total for node, (total, _), _ in steps}


def _random_states() -> list[Any]:
    """The states of the generators that a function may draw from without being given one."""
    states: list[Any] = [random.getstate()]
    if "numpy.random" in sys.modules:
        kind, keys, *rest = sys.modules["numpy.random"].get_state()
        states.append((kind, keys.tobytes(), rest))
    return states


def _users_line() -> str:
    """The file and line of the innermost call that is not the project's."""
    frame = inspect.currentframe()
    while frame and frame.f_code.co_filename.startswith((*_OURS, "<autograd ")):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "the function"
