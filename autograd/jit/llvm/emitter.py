"""Emitter: one function of machine code, written action by action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograd.jit.index import TAKE
from autograd.jit.llvm.calls import Call
from autograd.jit.llvm.lanes import Body, Lanes, Number, choose
from autograd.jit.llvm.memory import Memory
from autograd.jit.llvm.rows import Row, both, either
from autograd.jit.llvm.taking import Taking
from autograd.jit.tape import OUTPUT
from autograd.ops import Op


class Emitter:
    """What one function knows while it is written: values and gradients that are in registers.

    `gradients` has each gradient of this function that is not used up, with a mask of the lanes
    that it reaches (True for all of them); the gradient is None where a loop left it in memory.
    """

    def __init__(self, memory: Memory, body: Body, calls: Mapping[int, Call]) -> None:
        self.memory, self.body, self.calls = memory, body, calls
        self.values: dict[int, Lanes | Number] = {}
        self.gradients: dict[int, tuple[Lanes | None, Lanes | bool]] = {}

    # Memory: values %v, gradients %a and masks %m by slot, outer scalars %w and their gradients %g.

    def address(self, array: str, index: int | str, kind: str = "") -> str:
        """A pointer to one entry."""
        kind = kind or self.body.type("double")
        return self.body.emit(f"getelementptr {kind}, ptr %{array}, i64 {index}", "ptr").name

    def load(self, array: str, index: int | str) -> Lanes:
        """One entry of an array of lanes."""
        pointer = self.address(array, index)
        return self.body.fresh(f"load {self.body.type('double')}, ptr {pointer}")

    def store(self, array: str, index: int | str, lanes: Lanes | Number) -> None:
        """Sets one entry of an array of lanes."""
        pointer = self.address(array, index)
        vector = self.body.type("double")
        self.body.line(f"store {vector} {self.body.lift(lanes).name}, ptr {pointer}")

    def load_outer(self, index: int | str) -> Lanes:
        """A scalar from outside, in every lane."""
        pointer = self.address("w", index, "double")
        return self.body.spread(self.body.fresh(f"load double, ptr {pointer}").name)

    # Values.

    def value(self, i: int) -> Lanes | Number:
        """The value of a step."""
        if i not in self.values:
            memory = self.memory
            step = memory.tape.steps[i]
            if step.constant:
                self.values[i] = float(step.number)
            elif i in memory.outer:
                self.values[i] = self.load_outer(memory.outer[i])
            else:
                self.values[i] = self.load("v", memory.slots[i])
        return self.values[i]

    def forward(self, i: int) -> None:
        """Computes a step."""
        step = self.memory.tape.steps[i]
        assert step.op is not None
        if i in self.calls:
            self.calls[i].forward(self)
        if i in self.calls or step.op is OUTPUT:  # which is in memory
            return
        if step.op is TAKE:
            self.values[i] = Taking(self, i).forward()
        else:
            self.values[i] = self._computed(step.op, step.inputs)
        if i in self.memory.slots:
            self.store("v", self.memory.slots[i], self.values[i])

    def _computed(self, op: Op, places: Sequence[int]) -> Lanes | Number:
        inputs = [self.value(x) for x in places]
        found: Lanes | Number = Row.of(op).value(*op.split(inputs))
        return found

    # Gradients.

    def gradient(self, i: int) -> tuple[Lanes | None, Lanes | bool]:
        """The gradient so far and the lanes that it reaches; (None, False) if there is none."""
        memory = self.memory
        known, mask = self.gradients.get(i, (None, False))
        if known is not None:
            return known, mask
        if i in self.gradients:
            return self.load("a", memory.slots[i]), mask
        if i in memory.outer:
            return self.load("g", memory.outer[i]), True
        match memory.touched.get(i):
            case None:
                return None, False
            case "all":
                return self.load("a", memory.slots[i]), True
            case _:
                mask = self.load("m", memory.slots[i]) != 0
                return self.load("a", memory.slots[i]), mask

    def give(self, i: int, lanes: Lanes | Number, mask: Lanes | bool) -> None:
        """Adds to a gradient, in the lanes of the mask."""
        if mask is False:
            return
        before, reached = self.gradient(i)
        total = lanes if before is None else before + lanes
        self.gradients[i] = self.body.lift(total), either(reached, mask)

    def backward(self, i: int) -> None:
        """Hands the gradient of a step to its inputs."""
        if i in self.calls:
            self.calls[i].backward(self)
        if i in self.calls or self.memory.tape.steps[i].op is OUTPUT:
            return
        g, mask = self.gradient(i)
        self.gradients.pop(i, None)
        if g is None:
            return
        step = self.memory.tape.steps[i]
        op = step.op
        assert op is not None
        if op is TAKE:
            Taking(self, i).backward(g, mask)
            return
        row = Row.of(op)
        known: dict[str, object] = {"z": self.value(i)} if "z" in row.mentioned else {}
        if op.run:
            runs = zip(op.parameters, op.split(step.inputs), strict=True)
            known |= {
                name: [self.value(x) for x in run] for name, run in runs if name in row.mentioned
            }
        for parent, (which, places) in zip(step.inputs, op.places(step.inputs), strict=True):
            if parent not in self.memory.active:
                continue
            uses = row.uses[which]
            for name, x in zip(op.inputs, places, strict=False):
                if name in uses:
                    known[name] = self.value(x)
            arguments = [known.get(name, 0.0) for name in row.arguments]
            lanes = row.pulls[which](g, *arguments)
            taken = True if self.body.flags else both(mask, row.takes[which](*arguments))
            if lanes is not g and isinstance(mask, Lanes):
                # The slope may be infinite where no gradient came.
                lanes = choose(mask, lanes, 0.0)
            self.give(parent, lanes, taken)

    def settle(self, i: int) -> Lanes | bool:
        """Makes sure that a gradient is in memory to be added to; returns the lanes it reaches."""
        if i in self.memory.outer:
            if i in self.gradients:
                self.flush(i)
            return True
        if i not in self.gradients and self.memory.touched.get(i) == "all":
            return True
        g, mask = self.gradient(i)
        if i in self.gradients or g is None:
            self.gradients.pop(i, None)
            self.store("a", self.memory.slots[i], 0.0 if g is None else g)
        return mask

    def flush(self, i: int) -> None:
        """Puts a gradient into memory and forgets it."""
        lanes, mask = self.gradients.pop(i)
        memory = self.memory
        if i in memory.outer:
            assert lanes is not None
            self.store("g", memory.outer[i], lanes)
            return
        if lanes is not None:
            if i in memory.leaves and i not in memory.touched:
                lanes = 0.0 + lanes  # as a sum that begins with 0: no gradient is -0.0
            self.store("a", memory.slots[i], lanes)
        if isinstance(mask, Lanes):
            self.store("m", memory.slots[i], choose(mask, 1.0, 0.0))
        memory.touched[i] = "all" if mask is True else "some"

    def finish(self) -> None:
        """Ends the function: what is left over goes to memory."""
        for i in [*self.gradients]:
            self.flush(i)
        self.body.line("ret void")
