"""Call: a compiled function that is called within another, in machine code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograd.jit.llvm.lanes import Lanes, choose
from autograd.jit.llvm.memory import Memory

if TYPE_CHECKING:
    from autograd.jit.llvm.callee import Callee
    from autograd.jit.llvm.emitter import Emitter


class Call:
    """The code of one call: its frame lies among the slots of the code that calls."""

    def __init__(self, memory: Memory, width: int, step: int) -> None:
        self.memory, self.width = memory, width
        op: Any = memory.tape.steps[step].op
        inputs = memory.tape.steps[step].inputs
        count = op.version.tape.arguments
        self.parameters = inputs[count:]
        in_place = self._first(self.parameters)
        framed = bool(self.parameters) and in_place is None
        self.callee: Callee = op.version.callee(width, framed=framed)
        self.arguments: Sequence[int] = inputs if framed else inputs[:count]
        self.array, self.start = in_place or ("w", 0)
        self.frame = memory.size
        memory.size += self.callee.size
        self.outputs: dict[int, int] = {}  # the step of each result that is used, by its slot

    def _first(self, nodes: Sequence[int]) -> tuple[str, int] | None:
        """The scalars that nodes are if they follow each other: an array, and where they begin."""
        memory = self.memory
        for array, places in (("w", memory.outer), ("v", memory.slots)):
            if array == "v" and self.width > 1:  # those are vectors
                continue
            first = places.get(nodes[0]) if nodes else None
            if first is not None and all(places.get(i) == first + k for k, i in enumerate(nodes)):
                return array, first
        return None

    def place_output(self, step: int) -> None:
        """Gives a result its place in the frame."""
        number = self.memory.tape.steps[step].number
        slot = self.frame + self.callee.slots[self.callee.tape.outputs[number]]
        self.memory.slots[step] = slot
        self.outputs[slot] = step

    def forward(self, emitter: Emitter) -> None:
        """Computes the results."""
        for k, x in enumerate(self.arguments):
            emitter.store("v", self.frame + k, emitter.value(x))
        self._run(emitter, "forward")

    def backward(self, emitter: Emitter) -> None:
        """Hands the gradients of all results to the arguments and the parameters, together."""
        active = self.memory.active
        for place in self.callee.slots.values():
            self._settle_output(emitter, self.frame + place)
        in_place = () if self.callee.framed else self.parameters
        for i in in_place:
            emitter.settle(i)
        self._run(emitter, "backward")
        for i in in_place:
            if i in active and i not in self.memory.outer:
                emitter.gradients[i] = None, True
        for k, x in enumerate(self.arguments):
            if x in active and self.callee.reached[k] != "none":
                mask: Lanes | bool = True
                if self.callee.reached[k] == "some":
                    mask = emitter.load("m", self.frame + k) != 0
                emitter.give(x, choose(mask, emitter.load("a", self.frame + k), 0.0), mask)

    def _settle_output(self, emitter: Emitter, slot: int) -> None:
        g: Lanes | float | None = None
        mask: Lanes | bool = False
        step = self.outputs.get(slot)
        if step is not None and step in self.memory.active:
            g, mask = emitter.gradient(step)
            emitter.gradients.pop(step, None)
        emitter.store("a", slot, 0.0 if g is None else g)
        emitter.store("m", slot, choose(mask, 1.0, 0.0))

    def _run(self, emitter: Emitter, what: str) -> None:
        body = emitter.body
        arrays = [emitter.address(array, self.frame) for array in "vam"]
        arrays.append(emitter.address(self.array, self.start, "double"))
        # Scalars from elsewhere have a gradient in every lane.
        arrays.append(emitter.address("g" if self.array == "w" else "a", self.start))
        name = f"@{self.callee.name}.{what}"
        body.needs.add(f"declare void {name}(ptr, ptr, ptr, ptr, ptr)")
        body.line(f"call void {name}({', '.join(f'ptr {array}' for array in arrays)})")
