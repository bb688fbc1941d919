"""Lowering: steps of a tape that run at one vector width, as functions of bounded size.

A value lives in a register within one function, and in a slot of memory where another function or a
loop needs it; its gradient lives at the same slot of a second array, and in a third array a number
says in which lanes any gradient reached it at all. (A branch not taken hands on nothing, which is
not the same as 0 times an infinite slope.) Which gradient comes first is known while the code is
written, so nothing is cleared before it is added to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from autograd.jit.call import Called
from autograd.jit.llvm.calls import Call
from autograd.jit.llvm.emitter import Emitter
from autograd.jit.llvm.lanes import FAST, Body
from autograd.jit.llvm.layers import Layer, find
from autograd.jit.llvm.loops import LayerCode
from autograd.jit.llvm.memory import Memory
from autograd.jit.llvm.module import function
from autograd.jit.llvm.rows import Row
from autograd.jit.tape import OUTPUT, Tape

if TYPE_CHECKING:
    from autograd.jit.llvm.callee import Callee

# Products that are worth copying their inputs for; fewer are written out.
LARGE: Final = 48

# What one function may hold, in nodes of the rules' trees: LLVM is superlinear in its size.
COST: Final = 3000

PARAMETERS: Final = (
    "ptr noalias %v, ptr noalias %a, ptr noalias %m, ptr noalias %w, ptr noalias %g, double %seed"
)

# A step or a layer, and whether it is computed or hands its gradient on.
Action: TypeAlias = tuple[bool, int | Layer]


class Lowering:
    """The code of `steps` at one width.

    `slots` says where the leaves of this stage are among its values, `outer` numbers the scalars
    that come from elsewhere. Only gradients of `active` steps are computed. `touched` are steps
    whose gradients the caller has put into memory ("all" lanes, or "some"), `seeded` the step whose
    gradient is `%seed`.
    Unless `fuse`, forward and backward are functions of their own.
    """

    def __init__(
        self,
        name: str,
        width: int,
        tape: Tape,
        steps: Sequence[int],
        slots: dict[int, int],
        *,
        outer: dict[int, int] | None = None,
        outputs: Iterable[int] = (),
        active: set[int],
        touched: Mapping[int, str] | None = None,
        seeded: int | None = None,
        fuse: bool = True,
        fast: bool = False,
    ) -> None:
        self.name, self.width, self.tape, self.fast = name, width, tape, fast
        self.memory = Memory(name, tape, slots, outer or {}, active=active, touched=touched or {})
        self.bodies: list[Body] = []
        self.functions: list[str] = []
        self._seeded = seeded
        self.calls = self._place_calls(steps)
        layers = self._place_layers(steps)
        forward, backward = self._actions(steps, layers)
        for i in outputs:
            self.memory.place(i)
        parts = self._cut([*forward, *backward]) if fuse else self._cut(forward)
        later = [] if fuse else self._cut(backward)
        self._only = parts[0] if len(parts) == 1 else None
        self._place_crossing([*parts, *later])
        # The functions to call, in order.
        self.forward = [self._write(part) for part in parts]
        self.backward = [self._write(part) for part in later]
        if self._seeded in self.memory.leaves & active:  # the function gives back what it was given
            self.forward.append(self._write([]))

    def _place_calls(self, steps: Sequence[int]) -> dict[int, Call]:
        """What is called, each with its frame, in which its results have their places."""
        calls: dict[int, Call] = {}
        for i in steps:
            step = self.tape.steps[i]
            if isinstance(step.op, Called):
                calls[i] = Call(self.memory, self.width, i)
            elif step.op is OUTPUT:
                calls[step.inputs[0]].place_output(i)
        return calls

    def _place_layers(self, steps: Sequence[int]) -> list[Layer]:
        """The layers, apart from those whose runs cannot be laid out in memory."""
        layers, memory = [], self.memory
        for layer in find(self.tape, [*steps], memory.leaves, memory.active, exact=not self.fast):
            overlap = (
                not {*layer.run}.isdisjoint(layer.weights[0]) and layer.run != layer.weights[0]
            )
            scattered = [run for run in layer.runs if not memory.placed(run)]
            kinds = {memory.inside(run) or run in scattered for run in layer.weights}
            if overlap or len(kinds) > 1 or not self._copyable(layer, scattered):
                continue
            if memory.placed(layer.nodes):
                for run in scattered:
                    memory.copy(run)
                layers.append(layer)
        return layers

    def _copyable(self, layer: Layer, scattered: list[tuple[int, ...]]) -> bool:
        """Whether runs may be copied: each gradient has one place then; and whether it pays."""
        moved = [i for run in scattered for i in run if i in self.memory.active]
        stay = {i for run in layer.runs if run not in scattered for i in run}
        once = len({*moved}) == len(moved) and stay.isdisjoint(moved)
        return not scattered or (once and layer.size * len(layer.nodes) > LARGE)

    @property
    def callees(self) -> list[Callee]:
        """What is called."""
        return [*dict.fromkeys(call.callee for call in self.calls.values())]

    # What is done when.

    def _actions(
        self, steps: Sequence[int], layers: list[Layer]
    ) -> tuple[list[Action], list[Action]]:
        layer_of = {node: layer for layer in layers for node in layer.nodes}
        order: dict[int | Layer, None] = {}
        for i in steps:
            order.setdefault(layer_of.get(i, i))
        forward: list[Action] = [(True, what) for what in order]
        seeded = self._seeded is not None or self.memory.touched
        active = [what for what in order if not self.memory.active.isdisjoint(_nodes(what))]
        backward: list[Action] = [(False, what) for what in reversed(active)] if seeded else []
        return forward, backward

    def _cost(self, what: int | Layer) -> int:
        if isinstance(what, Layer):
            return 100 + 8 * len(what.nodes)
        step = self.tape.steps[what]
        assert step.op is not None
        if step.op.opaque or step.op is OUTPUT:
            return 10 + 4 * len(step.inputs)
        return (Row.of(step.op).cost + 1) * (len(step.inputs) if step.op.run else 1)

    def _cut(self, actions: list[Action]) -> list[list[Action]]:
        parts: list[list[Action]] = [[]]
        total = 0
        for action in actions:
            total += self._cost(action[1])
            if total > COST:
                parts.append([])
                total = 0
            parts[-1].append(action)
        return parts

    def _place_crossing(self, parts: list[list[Action]]) -> None:
        """Gives a slot to every step whose value or gradient goes from one function to another."""
        home: dict[tuple[bool, int], int] = {}
        for number, part in enumerate(parts):
            home |= {(ahead, i): number for ahead, what in part for i in _nodes(what)}
        for number, part in enumerate(parts):
            for ahead, what in part:
                for node in _nodes(what):
                    for i in (node, *self.tape.steps[node].inputs):
                        value, gradient = home.get((True, i)), home.get((False, i), number)
                        if value not in (None, number) or (not ahead and gradient != number):
                            self.memory.place(i)

    # Code.

    def _write(self, actions: list[Action]) -> str:
        """Writes one function; returns its name."""
        emitter = Emitter(self.memory, Body(self.width, FAST if self.fast else ""), self.calls)
        for ahead, what in actions:
            if not ahead:
                self._seed(emitter)
            if isinstance(what, Layer):
                code = LayerCode(emitter, what)
                code.forward() if ahead else code.backward()
            elif ahead:
                emitter.forward(what)
            else:
                emitter.backward(what)
        if not actions:
            self._seed(emitter)
        emitter.finish()
        name = f"@{self.name}.{len(self.functions)}"
        how = "" if actions is self._only else "noinline"
        self.functions.append(function(name, PARAMETERS, emitter.body, how="internal ", more=how))
        self.bodies.append(emitter.body)
        return name

    def _seed(self, emitter: Emitter) -> None:
        """Gives the output its gradient, before anything else gets one."""
        if self._seeded is not None and self._seeded in self.memory.active:
            emitter.give(self._seeded, emitter.body.spread("%seed"), True)
        self._seeded = None


def _nodes(what: int | Layer) -> list[int]:
    return what.nodes if isinstance(what, Layer) else [what]
