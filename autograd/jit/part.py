"""Part: one function of a stage, written action by action."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.jit.lanes import FAST, Body, Lanes, Number, choose
from autograd.jit.rows import Row, both, either

if TYPE_CHECKING:
    from autograd.jit.stage import Stage


class Part:
    """What one function knows while it is written: values and gradients that are in registers.

    `gradients` has each gradient of this function that is not used up, with a mask of the lanes
    that it reaches (True for all of them); the gradient is None where a loop left it in memory.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.body = Body(stage.width, FAST if stage.fast else "")
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
            step = self.stage.tape.steps[i]
            if step.constant:
                self.values[i] = float(step.number)
            elif i in self.stage.outer:
                self.values[i] = self.load_outer(self.stage.outer[i])
            else:
                self.values[i] = self.load("v", self.stage.slots[i])
        return self.values[i]

    def forward(self, i: int) -> None:
        """Computes a step."""
        step = self.stage.tape.steps[i]
        assert step.op is not None
        inputs = [self.value(x) for x in step.inputs]
        self.values[i] = Row.of(step.op).value(*_runs(inputs, step.op.run, len(step.op.inputs)))
        if i in self.stage.slots:
            self.store("v", self.stage.slots[i], self.values[i])

    # Gradients.

    def gradient(self, i: int) -> tuple[Lanes | None, Lanes | bool]:
        """The gradient so far and the lanes that it reaches; (None, False) if there is none."""
        known, mask = self.gradients.get(i, (None, False))
        if known is not None:
            return known, mask
        if i in self.gradients:
            return self.load("a", self.stage.slots[i]), mask
        if i in self.stage.outer:
            return self.load("g", self.stage.outer[i]), True
        match self.stage.touched.get(i):
            case None:
                return None, False
            case "all":
                return self.load("a", self.stage.slots[i]), True
            case _:
                mask = self.load("m", self.stage.slots[i]) != 0
                return self.load("a", self.stage.slots[i]), mask

    def give(self, i: int, lanes: Lanes | Number, mask: Lanes | bool) -> None:
        """Adds to a gradient, in the lanes of the mask."""
        if mask is False:
            return
        before, reached = self.gradient(i)
        total = lanes if before is None else before + lanes
        self.gradients[i] = self.body.lift(total), either(reached, mask)

    def backward(self, i: int) -> None:
        """Hands the gradient of a step to its inputs."""
        g, mask = self.gradient(i)
        self.gradients.pop(i, None)
        if g is None:
            return
        stage = self.stage
        step = stage.tape.steps[i]
        op = step.op
        assert op is not None
        row = Row.of(op)
        size = len(step.inputs) // len(op.inputs)
        z = self.value(i) if any("z" in names for names in row.uses) else 0.0
        runs: list[list[Lanes | Number]] = []
        if op.run:
            values = [self.value(x) for x in step.inputs]
            runs = [values[k : k + size] for k in range(0, len(values), size)]
        for place, parent in enumerate(step.inputs):
            if parent not in stage.active:
                continue
            which = place // size
            if op.run:
                elements = [run[place % size] for run in runs]
            else:
                used = row.uses[which]
                elements = [
                    self.value(x) if name in used else 0.0
                    for name, x in zip(op.inputs, step.inputs, strict=True)
                ]
            lanes = row.pulls[which](g, *elements, *runs, z)
            taken = True if stage.fast else both(mask, row.takes[which](*elements, *runs, z))
            if lanes is not g and isinstance(mask, Lanes):
                # The slope may be infinite where no gradient came.
                lanes = choose(mask, lanes, 0.0)
            self.give(parent, lanes, taken)

    def flush(self, i: int) -> None:
        """Puts a gradient into memory and forgets it."""
        lanes, mask = self.gradients.pop(i)
        stage = self.stage
        if i in stage.outer:
            assert lanes is not None
            self.store("g", stage.outer[i], lanes)
            return
        if lanes is not None:
            self.store("a", stage.slots[i], lanes)
        if isinstance(mask, Lanes):
            self.store("m", stage.slots[i], choose(mask, 1.0, 0.0))
        stage.touched[i] = "all" if mask is True else "some"

    def finish(self) -> None:
        """Ends the function: what is left over goes to memory."""
        for i in [*self.gradients]:
            self.flush(i)
        self.body.line("ret void")


def _runs(inputs: list[Lanes | Number], run: bool, count: int) -> list[object]:
    """The arguments of a row's value: the inputs, or the runs they make up."""
    size = len(inputs) // count
    return [inputs[k * size : (k + 1) * size] for k in range(count)] if run else [*inputs]
