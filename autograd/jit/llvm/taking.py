"""Taking: machine code for an entry that an index picks, and for the gradient it gives back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from autograd.jit.llvm.lanes import Lanes, Number, choose
from autograd.jit.llvm.rows import both

if TYPE_CHECKING:
    from autograd.jit.llvm.emitter import Emitter


class Taking:
    """The code of one step. Entries that lie in memory are addressed; others are chosen among."""

    def __init__(self, emitter: Emitter, step: int) -> None:
        self.emitter, self.body, self.memory = emitter, emitter.body, emitter.memory
        index, *self.column = self.memory.tape.steps[step].inputs
        number = self.body.lift(emitter.value(index))
        count = float(len(self.column))
        self.index: Lanes = choose(number < 0.0, number + count, number)

    def forward(self) -> Lanes | Number:
        """The entry."""
        body, emitter = self.body, self.emitter
        array, places = self._addressed()
        if places is None:
            found: Lanes | Number = emitter.value(self.column[0])
            for k, x in enumerate(self.column[1:], 1):
                found = choose(self.index == float(k), emitter.value(x), found)
            return found
        lanes = "poison"
        vector = body.type("double")
        for lane, at in enumerate(self._addresses(array, places)):
            number = body.fresh(f"load double, ptr {at}").name
            if body.width == 1:
                return Lanes(body, number, "double")
            text = f"insertelement {vector} {lanes}, double {number}, i64 {lane}"
            lanes = body.fresh(text).name
        return Lanes(body, lanes, "double")

    def backward(self, g: Lanes, mask: Lanes | bool) -> None:
        """Hands the gradient to the entry."""
        body, emitter, memory = self.body, self.emitter, self.memory
        array, places = self._addressed()
        if places is None or not (
            array == "w" or all(memory.touched.get(x) == "all" for x in self.column)
        ):
            for k, x in enumerate(self.column):
                if x in memory.active:
                    here = self.index == float(k)
                    emitter.give(x, choose(here, g, 0.0), both(mask, here))
            return
        for x in self.column:
            emitter.settle(x)
        given = body.lift(choose(mask, g, 0.0))
        for lane, at in enumerate(self._addresses("g" if array == "w" else "a", places)):
            share = given.name
            if body.width > 1:
                share = body.fresh(f"extractelement {body.type('double')} {share}, i64 {lane}").name
            before = body.fresh(f"load double, ptr {at}").name
            total = body.fresh(f"fadd double {before}, {share}").name
            body.line(f"store double {total}, ptr {at}")

    def _addressed(self) -> tuple[str, Sequence[int] | None]:
        """Where all entries are: an array, and the place of each there; None if nowhere."""
        for array, known in (("w", self.memory.outer), ("v", self.memory.slots)):
            if all(x in known for x in self.column):
                return array, [known[x] for x in self.column]
        return "", None

    def _addresses(self, array: str, places: Sequence[int]) -> list[str]:
        """A pointer for each lane to its own entry."""
        body = self.body
        width = body.width if array in "vag" else 1  # numbers from one entry to the next
        kind = "i64" if body.width == 1 else f"<{body.width} x i64>"
        whole = body.emit(f"fptosi {body.type('double')} {self.index.name} to {kind}", "i64").name
        step = places[1] - places[0] if len(places) > 1 else 0
        even = all(b - a == step for a, b in pairwise(places))
        table = "" if even else self.memory.table(places)
        found = []
        for lane in range(body.width):
            k = whole
            if body.width > 1:
                k = body.emit(f"extractelement {kind} {whole}, i64 {lane}", "i64").name
            if even:
                place = body.emit(f"mul i64 {k}, {step * width}", "i64").name
                place = body.emit(f"add i64 {place}, {places[0] * width}", "i64").name
            else:
                at = body.emit(f"getelementptr i64, ptr {table}, i64 {k}", "ptr").name
                place = body.emit(
                    f"mul i64 {body.fresh(f'load i64, ptr {at}', 'i64').name}, {width}", "i64"
                ).name
            if width > 1:
                place = body.emit(f"add i64 {place}, {lane}", "i64").name
            found.append(body.emit(f"getelementptr double, ptr %{array}, i64 {place}", "ptr").name)
        return found
