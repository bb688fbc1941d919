"""Loops: the code of a layer, some neurons at a time in registers, over all its inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import add
from typing import Final

from autograd.jit.llvm.emitter import Emitter
from autograd.jit.llvm.lanes import Body, Lanes, choose
from autograd.jit.llvm.layers import Layer
from autograd.jit.llvm.rows import either

# Neurons that one pass over the inputs serves.
BLOCK: Final = 8


class Loop:
    """A counted loop in a body: its `index`, and values carried from one turn to the next."""

    def __init__(self, body: Body, start: int) -> None:
        self.body = body
        self._before = body.block
        self._phis: list[tuple[int, str, str, str]] = []
        label = body.label("loop")
        body.line(f"br label %{label}")
        body.enter(label)
        self.label = label
        self.index = self._phi("i64", str(start))

    def _phi(self, kind: str, initial: str) -> str:
        name = f"%p{len(self.body.lines)}"
        self._phis.append((len(self.body.lines), name, kind, initial))
        self.body.line("")
        return name

    def carry(self, initial: Lanes) -> Lanes:
        """A value that is `initial` in the first turn. Called before anything else is written."""
        name = self._phi(self.body.type("double"), initial.name)
        return Lanes(self.body, name, "double")

    def close(self, stop: int, carried: list[Lanes]) -> None:
        """Ends the loop before index `stop`; `carried` go into the next turn."""
        body = self.body
        following = f"{self.index}.next"
        body.line(f"{following} = add nuw nsw i64 {self.index}, 1")
        body.line(f"{self.index}.more = icmp ult i64 {following}, {stop}")
        done = body.label("done")
        body.line(f"br i1 {self.index}.more, label %{self.label}, label %{done}")
        ends = [following, *(lanes.name for lanes in carried)]
        for (line, name, kind, initial), end in zip(self._phis, ends, strict=True):
            body.lines[line] = (
                f"  {name} = phi {kind} [{initial}, %{self._before}], [{end}, %{body.block}]"
            )
        body.enter(done)


@contextmanager
def _counted(body: Body, stop: int) -> Iterator[Loop]:
    with body.scope():
        loop = Loop(body, 0)
        yield loop
        loop.close(stop, [])


class LayerCode:
    """The forward and backward code of one layer in one function."""

    def __init__(self, emitter: Emitter, layer: Layer) -> None:
        memory = emitter.memory
        self.emitter, self.memory, self.body, self.layer = emitter, memory, emitter.body, layer
        self.size = layer.size
        self.input, self.inside = memory.start(layer.run), memory.inside(layer.run)
        self.output = memory.slots[layer.nodes[0]]
        self.outer = not memory.inside(layer.weights[0])
        self.starts = [memory.start(weights) for weights in layer.weights]
        self.block = min(BLOCK, len(layer.nodes))

    def forward(self) -> None:
        """Computes the neurons."""
        for run in self.layer.runs:
            self._store_constants(run)
            if run in self.memory.copies:
                self._copy(run)
        for start, count in self._blocks():
            with self._each(start) as first:
                self._forward_block(first, count)

    def _store_constants(self, run: tuple[int, ...]) -> None:
        emitter = self.emitter
        for place, i in enumerate(run, self.memory.start(run)):
            if self.memory.tape.steps[i].constant:
                emitter.store("v", place, emitter.value(i))

    def _copy(self, run: tuple[int, ...]) -> None:
        """Copies the values of a run to where the loop wants them."""
        emitter = self.emitter
        for outer, copies, there in self._each_copy(run, {*run}):
            emitter.store(
                "v", copies, emitter.load_outer(there) if outer else emitter.load("v", there)
            )

    def _move_gradients(self, run: tuple[int, ...], *, back: bool = False) -> None:
        """Moves the gradients of a run to where the loop adds to them, or from there."""
        emitter = self.emitter
        for outer, copies, there in self._each_copy(run, self.memory.active):
            places = [("a", copies), ("g" if outer else "a", there)]
            source, target = places if back else places[::-1]
            emitter.store(*target, emitter.load(*source))

    def _each_copy(
        self, run: tuple[int, ...], wanted: set[int]
    ) -> Iterator[tuple[bool, int | str, int | str]]:
        """A loop over nodes: whether they are from elsewhere, the copy's place and their own."""
        memory, start = self.memory, self.memory.start(run)
        for places in (memory.slots, memory.outer):
            pairs = [
                (start + k, places[i])
                for k, i in enumerate(run)
                if i in places and i in wanted and not memory.tape.steps[i].constant
            ]
            if pairs:
                with _counted(self.body, len(pairs)) as loop:
                    copies, there = (
                        self._entry(column, loop.index) for column in zip(*pairs, strict=True)
                    )
                    yield places is memory.outer, copies, there

    def _entry(self, numbers: Sequence[int], index: int | str) -> int | str:
        """One of some whole numbers, looked up in a table unless they are equally far apart."""
        if isinstance(index, int):
            return numbers[index]
        first, step = numbers[0], numbers[1] - numbers[0] if len(numbers) > 1 else 1
        if all(number == first + k * step for k, number in enumerate(numbers)):
            if step != 1:
                index = self.body.emit(f"mul i64 {index}, {step}", "i64").name
            return self._plus(index, first)
        table = self.memory.table(numbers)
        place = self.body.emit(f"getelementptr i64, ptr {table}, i64 {index}", "ptr").name
        return self.body.fresh(f"load i64, ptr {place}", "i64").name

    def _blocks(self) -> list[tuple[int, int]]:
        """(first neuron, neurons) of each block that is written out; the first stands for many."""
        whole = len(self.layer.nodes) // self.block * self.block
        rest = len(self.layer.nodes) - whole
        return [(0, self.block), *([(whole, rest)] if rest else [])]

    @contextmanager
    def _each(self, start: int, *, reverse: bool = False) -> Iterator[int | str]:
        """The first neuron of each block that a piece of code serves, in a loop if several."""
        turns = len(self.layer.nodes) // self.block if start == 0 else 1
        if turns == 1:
            yield start
            return
        body = self.body
        with _counted(body, turns) as loop:
            index = loop.index
            if reverse:
                index = body.emit(f"sub i64 {turns - 1}, {index}", "i64").name
            yield body.emit(f"mul i64 {index}, {self.block}", "i64").name

    def _starts(self, first: int | str, count: int) -> list[int | str]:
        """Where the weights of `count` neurons begin."""
        return [self._entry(self.starts, self._plus(first, k)) for k in range(count)]

    def _plus(self, x: int | str, y: int | str) -> int | str:
        if isinstance(x, int) and isinstance(y, int):
            return x + y
        if x == 0 or y == 0:
            return y if x == 0 else x
        return self.body.emit(f"add i64 {x}, {y}", "i64").name

    def _x(self, i: int | str) -> Lanes:
        place = self._plus(i, self.input)
        return self.emitter.load("v", place) if self.inside else self.emitter.load_outer(place)

    def _weight(self, start: int | str, i: int | str) -> Lanes:
        place = self._plus(i, start)
        return self.emitter.load_outer(place) if self.outer else self.emitter.load("v", place)

    def _forward_block(self, first: int | str, count: int) -> None:
        body = self.body
        starts = self._starts(first, count)
        # Where sums may be reordered, few neurons are added up in parts, as many as one block has
        # sums, so that additions need not wait for each other.
        parts = max(min(BLOCK // count, self.size), 1) if body.flags else 1
        each = self.size // parts
        zeros = [body.lift(0.0)] * count
        shifts = [part * each for part in range(parts)]
        totals, *others = self._sums(starts, [zeros] * parts, 0, each, shifts)
        for other in others:
            totals = [*map(add, totals, other)]
        if each * parts < self.size:
            (totals,) = self._sums(starts, [totals], each * parts, self.size, [0])
        for k, total in enumerate(totals):
            self.emitter.store("v", self._plus(self._plus(first, k), self.output), total)

    def _sums(
        self,
        starts: list[int | str],
        sums: list[list[Lanes]],
        start: int,
        stop: int,
        shifts: list[int],
    ) -> list[list[Lanes]]:
        """Adds to sums the products of the inputs from `start` to `stop`, moved by each shift."""
        with self.body.scope():
            loop = Loop(self.body, start)
            sums = [[loop.carry(total) for total in row] for row in sums]
            for row, shift in zip(sums, shifts, strict=True):
                i = self._plus(loop.index, shift)
                x = self._x(i)
                row[:] = [
                    total + x * self._weight(begin, i)
                    for total, begin in zip(row, starts, strict=True)
                ]
            loop.close(stop, [total for row in sums for total in row])
        return sums

    def backward(self) -> None:
        """Hands the gradients of the neurons to their inputs and weights."""
        emitter, layer, steps = self.emitter, self.layer, self.memory.tape.steps
        active = self.memory.active
        inputs = any(i in active for i in layer.run)
        weights = any(i in active for run in layer.weights for i in run)
        masks = [self._settle_output(node) for node in layer.nodes]
        if all(mask is False for mask in masks):
            return
        masked = not all(mask is True for mask in masks)
        if masked:
            for k, mask in enumerate(masks):
                emitter.store("m", self.output + k, choose(mask, 1.0, 0.0))
        reached = either(*masks)
        # Each node once, though it may stand in the run and among the weights: dot(y, y).
        settled = dict.fromkeys([layer.run] * inputs + layer.weights * weights)
        nodes = dict.fromkeys(i for run in settled for i in run if not steps[i].constant)
        before = {i: emitter.settle(i) for i in nodes}
        copied = [run for run in settled if run in self.memory.copies]
        for run in copied:
            self._move_gradients(run)
        for start, count in reversed(self._blocks()):
            with self._each(start, reverse=True) as first:
                self._backward_block(first, count, inputs, weights, masked)
        for run in copied:
            self._move_gradients(run, back=True)
        for i, mask in before.items():
            if i in active and i not in self.memory.outer:
                emitter.gradients[i] = None, either(mask, reached)

    def _settle_output(self, node: int) -> Lanes | bool:
        """Puts the gradient of a neuron into memory, and returns the lanes that it reaches."""
        emitter = self.emitter
        g, mask = emitter.gradient(node)
        emitter.gradients.pop(node, None)
        emitter.store("a", self.memory.slots[node], 0.0 if g is None else g)
        return mask

    def _backward_block(
        self, first: int | str, count: int, inputs: bool, weights: bool, masked: bool
    ) -> None:
        body, emitter = self.body, self.emitter
        starts = self._starts(first, count)
        outputs = [self._plus(self._plus(first, k), self.output) for k in range(count)]
        gs = [emitter.load("a", place) for place in outputs]
        masks = [emitter.load("m", place) != 0 if masked else True for place in outputs]
        with _counted(body, self.size) as loop:
            i = loop.index
            neurons = [*zip(starts, gs, masks, strict=True)][::-1]
            if inputs:
                array = "a" if self.inside else "g"
                place = self._plus(i, self.input)
                total = emitter.load(array, place)
                for start, g, mask in neurons:
                    total = total + choose(mask, g * self._weight(start, i), 0.0)
                emitter.store(array, place, total)
            if weights:
                x = self._x(i)
                array = "g" if self.outer else "a"
                for start, g, mask in neurons:
                    place = self._plus(i, start)
                    total = emitter.load(array, place) + choose(mask, g * x, 0.0)
                    emitter.store(array, place, total)
