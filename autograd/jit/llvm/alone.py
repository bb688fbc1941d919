"""Alone: a tape as LLVM code for one sample that lies in arrays, without lanes for others."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from autograd.jit.llvm.lanes import Body, constant
from autograd.jit.llvm.lowering import Lowering
from autograd.jit.llvm.module import Module, Workspace, call, clear, function, module
from autograd.jit.tape import Tape


def alone(
    tape: Tape, shapes: Sequence[tuple[int, ...]], wanted: Sequence[int], *, fast: bool
) -> Module:
    """A module for one sample: `@run` takes the frame that `autograd.jit.llvm.samples.many` does.

    Parameters are read, and their gradients added up, where the frame says.
    """
    steps = [i for i, step in enumerate(tape.steps) if step.op is not None]
    arguments = [i for i in wanted if i < tape.arguments]
    code = Lowering(
        "one", 1, tape, steps, {i: i for i in range(tape.arguments)},
        outer={i: k for k, i in enumerate(tape.parameters)}, outputs=tape.outputs,
        active=tape.depending({*wanted}) if wanted else set(),
        touched=dict.fromkeys(arguments, "all"), seeded=tape.output() if wanted else None,
        fast=fast,
    )  # fmt: skip
    body = Body()
    sizes = dict.fromkeys(("one.v", "one.a", "one.m"), 8 * code.memory.size)
    memory = Workspace(body, sizes, ["ret i32 1"])
    frame = _Frame(body)
    w, out, grads = (frame.word(k, "ptr") for k in (2, 3, 4))
    clear(body, grads, 8 * len(tape.parameters))
    first = 0
    for k, size in enumerate(map(prod, shapes)):
        frame.copy(_at(body, "%one.v", first), frame.word(6 + k, "ptr"), size)
        first += size
    if arguments:
        clear(body, "%one.a", 8 * tape.arguments)
    body.line(f"%seed = bitcast i64 {frame.word(1, 'i64')} to double")
    call(body, "one", code.forward, w, grads)
    for k, i in enumerate(tape.outputs):
        if tape.steps[i].constant:
            number = constant(float(tape.steps[i].number))
        else:
            places = code.memory.outer
            array, place = (w, places[i]) if i in places else ("%one.v", code.memory.slots[i])
            number = body.fresh(f"load double, ptr {_at(body, array, place)}").name
        body.line(f"store double {number}, ptr {_at(body, out, k)}")
        if k == 0:
            body.line(f"store double {number}, ptr {frame.at(5)}")
    first = 0
    for k, size in enumerate(map(prod, shapes) if arguments else ()):
        frame.copy(frame.word(6 + len(shapes) + k, "ptr"), _at(body, "%one.a", first), size)
        first += size
    memory.free()
    body.line("ret i32 0")
    entry = function("@run", "ptr %frame", body, "i32")
    text = module([*code.memory.tables, *code.functions, entry], [*code.bodies, body])
    return Module(text, code.callees)


def _at(body: Body, array: str, place: int) -> str:
    return body.emit(f"getelementptr double, ptr {array}, i64 {place}", "ptr").name


class _Frame:
    """The words that the function is given."""

    def __init__(self, body: Body) -> None:
        self.body = body

    def at(self, index: int) -> str:
        """Where a word is."""
        return self.body.emit(f"getelementptr i64, ptr %frame, i64 {index}", "ptr").name

    def word(self, index: int, kind: str) -> str:
        """A word."""
        return self.body.fresh(f"load {kind}, ptr {self.at(index)}", kind).name

    def copy(self, to: str, source: str, count: int) -> None:
        """Copies numbers."""
        copy = "void @llvm.memcpy.p0.p0.i64"
        self.body.needs.add(f"declare {copy}(ptr, ptr, i64, i1)")
        self.body.line(f"call {copy}(ptr {to}, ptr {source}, i64 {8 * count}, i1 false)")
