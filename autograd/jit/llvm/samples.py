"""Samples: a tape as LLVM code for many samples, side by side in the lanes of vectors."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Final

from autograd.jit.llvm.buffers import flat
from autograd.jit.llvm.lanes import Body, Lanes
from autograd.jit.llvm.loops import Loop
from autograd.jit.llvm.lowering import Lowering
from autograd.jit.llvm.module import Module, Workspace, call, clear, function, module
from autograd.jit.tape import Tape

WIDTH: Final = 8
# Work that is worth a thread, in units of which there are about 15 in a nanosecond; and the most
# shares into which samples are divided.
WORTH: Final = 2**23
SHARES: Final = 32


def most(tape: Tape) -> int:
    """How many samples are computed in one go: those of some 500 µs, roughly."""
    moved = 8 * (tape.arguments + len(tape.outputs))  # from and to memory
    computed = sum(
        len(step.inputs) * (1 if step.op.run else 4) for step in tape.steps if step.op is not None
    )
    return max(WORTH // (moved + computed + 1), WIDTH * WIDTH)


def share(count: int, most: int) -> int:
    """How many of so many samples are computed in one go, and their sums added up."""
    shares = min(-(-count // most), SHARES)
    return -(-count // (shares * WIDTH)) * WIDTH


def many(
    tape: Tape, shapes: Sequence[tuple[int, ...]], wanted: Sequence[int], *, fast: bool
) -> Module:
    """A module for samples side by side: `@run` takes the address of a frame of 64-bit words.

    The frame has: the number of samples; the gradient that each output is given, a double; the
    addresses of the parameters, of the outputs (a row for each sample; or null) and of the
    parameters' gradients; a word into which goes the sum of the first output over the samples; then
    one address for each argument, whose samples have these `shapes`, and one for the gradients of
    each. It returns 0, or 1 if there is no memory. It calls nothing of Python's that needs its
    lock. `@flat` fills a frame from arrays. What depends on no argument is computed once, on
    scalars.
    """
    sizes = [*map(prod, shapes)]
    arguments = range(tape.arguments)
    varying = tape.depending({*arguments})
    active = tape.depending({*wanted}) if wanted else set()
    steps = [i for i, step in enumerate(tape.steps) if step.op is not None]
    outer = [i for i in steps if i not in varying]
    used = {x for i in steps if i in varying for x in tape.steps[i].inputs} | {*tape.outputs}
    shared = [i for i in outer if i in used]
    places = {i: k for k, i in enumerate(tape.parameters)}
    seeded = tape.output() if wanted else None
    uniform = Lowering(
        "uniform", 1, tape, outer, places, outputs=shared, active=active,
        touched=dict.fromkeys(active & {*tape.parameters, *shared}, "all"), fuse=False, fast=fast,
    )  # fmt: skip
    scalars = {i: uniform.memory.slots[i] for i in (*tape.parameters, *shared)}
    lanes = Lowering(
        "lanes", WIDTH, tape, [i for i in steps if i in varying], {i: i for i in arguments},
        outer=scalars, outputs=tape.outputs, active=active, seeded=seeded, fast=fast,
    )  # fmt: skip
    body = _Samples(tape, sizes, wanted, uniform, lanes).body
    entry = function("@run", "ptr %frame", body, "i32")
    functions = [
        *uniform.memory.tables,
        *lanes.memory.tables,
        *uniform.functions,
        *lanes.functions,
        entry,
    ]
    if [*wanted] == [*tape.parameters]:
        text, needs = flat(len(tape.parameters), shapes, most(tape))
        functions.append(text)
        body.needs |= {*needs.strip().split("\n")}
    text = module(functions, [*uniform.bodies, *lanes.bodies, body])
    return Module(text, [*uniform.callees, *lanes.callees])


class _Samples:
    """The function that runs over all samples, WIDTH at a time.

    From the last group to the first: lanes of the last that have no sample repeat the last one, and
    what they added to gradients and sums is cleared before the other groups add to them.
    """

    def __init__(
        self,
        tape: Tape,
        sizes: Sequence[int],
        wanted: Sequence[int],
        uniform: Lowering,
        lanes: Lowering,
    ) -> None:
        self.body = body = Body(WIDTH)
        self.tape, self.uniform, self.lanes = tape, uniform, lanes
        self.total = uniform.memory.size  # where the outputs are summed up, after the gradients
        memory = self._memory()
        parameters, out, grads = (self._word(k, "ptr") for k in (2, 3, 4))
        inputs = [self._word(6 + k, "ptr") for k in range(len(sizes))]
        slopes = [self._word(6 + len(sizes) + k, "ptr") for k in range(len(sizes))]
        self._count()
        self._copy("%uniform.v", parameters)
        call(body, "uniform", uniform.forward)
        clear(body, "%lanes.g", 8 * WIDTH * (self.total + 1))
        if wanted and wanted[0] < tape.arguments:  # what no gradient reaches has the gradient 0
            clear(body, "%lanes.a", 8 * WIDTH * tape.arguments)
        before = body.block
        body.line("br label %group")
        body.enter("group")
        body.line(f"%turn = phi i64 [%turns, %{before}], [%left, %next]")
        body.line("%left = sub i64 %turn, 1")
        body.line(f"%first = mul i64 %left, {WIDTH}")
        ids = self._samples()
        self._columns(inputs, ids, sizes, scatter=False)
        call(body, "lanes", lanes.forward, "%uniform.v", "%lanes.g")
        self._outputs(out, ids)
        if wanted and wanted[0] < tape.arguments:
            self._columns(slopes, ids, sizes, scatter=True)
        self._sweep()
        body.line("%again = icmp ne i64 %left, 0")
        body.line("br i1 %again, label %group, label %reduce")
        body.enter("reduce")
        self._reduce()
        call(body, "uniform", uniform.backward)
        self._copy(grads, "%uniform.a")
        memory.free()
        body.line("ret i32 0")

    def _memory(self) -> Workspace:
        size, scalars = self.lanes.memory.size, self.uniform.memory.size
        sizes = {
            **dict.fromkeys(("uniform.v", "uniform.a"), 8 * (scalars + 1)),
            "uniform.m": 8 * scalars,
            **dict.fromkeys(("lanes.v", "lanes.a", "lanes.m"), 8 * WIDTH * size),
            "lanes.g": 8 * WIDTH * (scalars + 1),
        }
        return Workspace(self.body, sizes, ["ret i32 1"])

    def _at(self, kind: str, array: str, index: int | str) -> str:
        return self.body.fresh(f"getelementptr {kind}, ptr {array}, i64 {index}", "ptr").name

    def _copy(self, to: str, source: str) -> None:
        """Copies as many numbers as there are parameters."""
        copy = "void @llvm.memcpy.p0.p0.i64"
        self.body.needs.add(f"declare {copy}(ptr, ptr, i64, i1)")
        size = 8 * len(self.tape.parameters)
        self.body.line(f"call {copy}(ptr {to}, ptr {source}, i64 {size}, i1 false)")

    def _count(self) -> None:
        """Counts samples and groups."""
        body = self.body
        count = self._word(0, "i64")
        at = self._at("i64", "%frame", 1)
        body.line(f"%seed = load double, ptr {at}")
        body.line(f"%last = sub i64 {count}, 1")
        body.line(f"%groups = udiv i64 {count}, {WIDTH}")
        body.line(f"%rest = urem i64 {count}, {WIDTH}")
        body.line("%odd = icmp ne i64 %rest, 0")
        body.line("%ends = zext i1 %odd to i64")
        body.line("%turns = add i64 %groups, %ends")

    def _columns(
        self, pointers: list[str], ids: str, sizes: Sequence[int], *, scatter: bool
    ) -> None:
        base = 0
        for pointer, size in zip(pointers, sizes, strict=True):
            with self.body.scope():
                self._rows(pointer, ids, base, size, scatter=scatter)
            base += size

    def _sweep(self) -> None:
        """Clears the unused lanes of the last group, and ends in the block `next`."""
        body = self.body
        vector = body.type("double")
        body.line("%ending = icmp eq i64 %turn, %turns")
        body.line("%sweep = and i1 %ending, %odd")
        body.line("br i1 %sweep, label %clean, label %next")
        body.enter("clean")
        with body.scope():
            loop = Loop(body, 0)
            place = self._at(vector, "%lanes.g", loop.index)
            kept = body.fresh(f"load {vector}, ptr {place}").name
            choice = f"select {body.type('i1')} %used, {vector} {kept}, {vector} zeroinitializer"
            body.line(f"store {vector} {body.fresh(choice).name}, ptr {place}")
            loop.close(self.total + 1, [])
        body.line("br label %next")
        body.enter("next")

    def _reduce(self) -> None:
        """Adds up the lanes of all gradients and sums."""
        body = self.body
        vector = body.type("double")
        full = f"@llvm.vector.reduce.fadd.{body.suffix()}"
        body.needs.add(f"declare double {full}(double, {vector})")
        with body.scope():
            loop = Loop(body, 0)
            place = self._at(vector, "%lanes.g", loop.index)
            lane = body.fresh(f"load {vector}, ptr {place}").name
            summed = body.fresh(f"call reassoc double {full}(double -0.0, {vector} {lane})").name
            body.line(f"store double {summed}, ptr {self._at('double', '%uniform.a', loop.index)}")
            loop.close(self.total + 1, [])
        at = self._at("double", "%uniform.a", self.total)
        summed = body.fresh(f"load double, ptr {at}").name
        body.line(f"store double {summed}, ptr {self._at('i64', '%frame', 5)}")

    def _word(self, index: int, kind: str) -> str:
        place = self.body.emit(f"getelementptr i64, ptr %frame, i64 {index}", "ptr").name
        return self.body.fresh(f"load {kind}, ptr {place}", kind).name

    def _samples(self) -> str:
        """The numbers of the samples in this group's lanes, and `%used`, which lanes have one."""
        body = self.body
        longs = body.type("i64")

        def spread(scalar: str) -> str:
            one = body.fresh(f"insertelement {longs} poison, i64 {scalar}, i64 0").name
            mask = f"<{WIDTH} x i32> zeroinitializer"
            return body.fresh(f"shufflevector {longs} {one}, {longs} poison, {mask}").name

        steps = ", ".join(f"i64 {k}" for k in range(WIDTH))
        ids = body.fresh(f"add {longs} {spread('%first')}, <{steps}>").name
        last = spread("%last")
        body.line(f"%used = icmp ule {longs} {ids}, {last}")
        body.needs.add(f"declare {longs} @llvm.umin.{body.suffix('i64')}({longs}, {longs})")
        return body.fresh(
            f"call {longs} @llvm.umin.{body.suffix('i64')}({longs} {ids}, {longs} {last})"
        ).name

    def _rows(self, pointer: str, ids: str, base: int, size: int, *, scatter: bool) -> None:
        """Reads `size` numbers of each sample into slots from `base` on, or writes gradients."""
        if not size:
            return
        body = self.body
        vector = body.type("double")
        longs = body.type("i64")
        if size == 1:
            at = self._at("double", pointer, "%first")
            own = self._at(vector, f"%lanes.{'a' if scatter else 'v'}", base)
            if scatter:
                self._write(body.fresh(f"load {vector}, ptr {own}").name, at)
            else:
                self._read(at, own)
            return
        width = ", ".join([f"i64 {size}"] * WIDTH)
        rows = body.fresh(f"mul {longs} {ids}, <{width}>").name
        places = body.fresh(f"getelementptr double, ptr {pointer}, {longs} {rows}").name
        loop = Loop(body, 0)
        at = body.fresh(f"getelementptr double, {body.type('ptr')} {places}, i64 {loop.index}").name
        slot = body.fresh(f"add i64 {loop.index}, {base}").name
        array = "a" if scatter else "v"
        own = body.fresh(f"getelementptr {vector}, ptr %lanes.{array}, i64 {slot}").name
        if scatter:
            self._scatter(body.fresh(f"load {vector}, ptr {own}").name, at)
        else:
            self._gather(at, own)
        loop.close(size, [])

    def _read(self, at: str, own: str) -> None:
        """Loads neighbouring numbers, 0 for lanes without a sample."""
        body = self.body
        vector, mask = body.type("double"), body.type("i1")
        full = f"@llvm.masked.load.{body.suffix()}.p0"
        body.needs.add(f"declare {vector} {full}(ptr, {mask}, {vector})")
        given = f"ptr align 8 {at}, {mask} %used, {vector} zeroinitializer"
        read = body.fresh(f"call {vector} {full}({given})").name
        body.line(f"store {vector} {read}, ptr {own}")

    def _write(self, lanes: str, at: str) -> None:
        """Stores neighbouring numbers."""
        body = self.body
        vector, mask = body.type("double"), body.type("i1")
        full = f"@llvm.masked.store.{body.suffix()}.p0"
        body.needs.add(f"declare void {full}({vector}, ptr, {mask})")
        body.line(f"call void {full}({vector} {lanes}, ptr align 8 {at}, {mask} %used)")

    def _gather(self, at: str, own: str) -> None:
        body = self.body
        vector, pointers, mask = body.type("double"), body.type("ptr"), body.type("i1")
        full = f"@llvm.masked.gather.{body.suffix()}.v{WIDTH}p0"
        body.needs.add(f"declare {vector} {full}({pointers}, {mask}, {vector})")
        every = f"{mask} splat (i1 true)"
        read = body.fresh(
            f"call {vector} {full}({pointers} align 8 {at}, {every}, {vector} poison)"
        ).name
        body.line(f"store {vector} {read}, ptr {own}")

    def _scatter(self, lanes: str, at: str) -> None:
        body = self.body
        vector, pointers, mask = body.type("double"), body.type("ptr"), body.type("i1")
        full = f"@llvm.masked.scatter.{body.suffix()}.v{WIDTH}p0"
        body.needs.add(f"declare void {full}({vector}, {pointers}, {mask})")
        body.line(f"call void {full}({vector} {lanes}, {pointers} align 8 {at}, {mask} %used)")

    def _outputs(self, out: str, ids: str) -> None:
        body, memory = self.body, self.lanes.memory
        vector, longs = body.type("double"), body.type("i64")
        count = len(self.tape.outputs)
        width = ", ".join([f"i64 {count}"] * WIDTH)
        rows = body.fresh(f"mul {longs} {ids}, <{width}>").name
        places = body.fresh(f"getelementptr double, ptr {out}, {longs} {rows}").name
        for k, i in enumerate(self.tape.outputs):
            step = self.tape.steps[i]
            if step.constant:
                lanes = body.lift(float(step.number))
            elif i in memory.outer:
                at = body.fresh(f"getelementptr double, ptr %uniform.v, i64 {memory.outer[i]}").name
                lanes = body.spread(body.fresh(f"load double, ptr {at}").name)
            else:
                at = body.fresh(f"getelementptr {vector}, ptr %lanes.v, i64 {memory.slots[i]}").name
                lanes = body.fresh(f"load {vector}, ptr {at}")
            if k == 0:
                self._add(lanes)
            write, done = body.label("write"), body.label("written")
            kept = body.fresh(f"icmp ne ptr {out}, null", "i1").name
            body.line(f"br i1 {kept}, label %{write}, label %{done}")
            body.enter(write)
            if count == 1:
                self._write(lanes.name, self._at("double", out, "%first"))
            else:
                pointers = body.type("ptr")
                at = body.fresh(f"getelementptr double, {pointers} {places}, i64 {k}").name
                self._scatter(lanes.name, at)
            body.line(f"br label %{done}")
            body.enter(done)

    def _add(self, lanes: Lanes) -> None:
        body = self.body
        vector = body.type("double")
        at = self._at(vector, "%lanes.g", self.total)
        sofar = body.fresh(f"load {vector}, ptr {at}")
        body.line(f"store {vector} {(sofar + lanes).name}, ptr {at}")
