"""Single: a tape as LLVM code for one sample, called with Python's own floats."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.jit.lanes import Body, constant
from autograd.jit.loops import Loop
from autograd.jit.module import arrays, call, clear, function, module
from autograd.jit.stage import Stage
from autograd.jit.tape import Tape


def one(tape: Tape, wanted: Sequence[int], *, fast: bool) -> str:
    """A module for one sample: `@call` takes the leaves as Python floats.

    It returns the output as a float, or a tuple of the outputs and then the wanted gradients.
    """
    leaves = [*range(tape.arguments), *tape.parameters]
    slots = {i: k for k, i in enumerate(leaves)}
    steps = [i for i, step in enumerate(tape.steps) if step.op is not None]
    stage = Stage(
        "one", 1, tape, steps, slots, outputs=tape.outputs,
        active=tape.depending({*wanted}) if wanted else set(),
        touched=wanted, seeded=tape.output() if wanted else None, fast=fast,
    )  # fmt: skip
    body = Body()
    body.line(f"%right = icmp eq i64 %count, {len(leaves)}")
    body.line("br i1 %right, label %read, label %bad")
    body.lines += ["bad:", "  call i32 @PyErr_BadArgument()", "  ret ptr null"]
    body.enter("read")
    if leaves:
        loop = Loop(body, 0)
        body.line(f"%where = getelementptr ptr, ptr %args, i64 {loop.index}")
        body.line("%object = load ptr, ptr %where")
        body.line("%number = call double @PyFloat_AsDouble(ptr %object)")
        body.line("%doubt = fcmp oeq double %number, -1.0")
        body.line("br i1 %doubt, label %ask, label %sure")
        body.lines += ["ask:", "  %error = call ptr @PyErr_Occurred()"]
        body.line("%fine = icmp eq ptr %error, null")
        body.line("br i1 %fine, label %sure, label %failed")
        body.lines += ["failed:", "  ret ptr null"]
        body.enter("sure")
        body.line(f"%place = getelementptr double, ptr @one.v, i64 {loop.index}")
        body.line("store double %number, ptr %place")
        loop.close(len(leaves), [])
    if wanted:
        clear(body, "@one.a", 8 * len(leaves))
    call(body, stage, stage.forward)
    results = [_result(body, stage, i) for i in tape.outputs]
    if tape.structure is None and not wanted:
        made = body.fresh(f"call ptr @PyFloat_FromDouble(double {results[0]})", "ptr").name
        body.line(f"ret ptr {made}")
    else:
        count = len(results) + len(wanted)
        body.line(f"%tuple = call ptr @PyTuple_New(i64 {count})")
        for k, result in enumerate(results):
            _put(body, str(k), result)
        if wanted:
            loop = Loop(body, 0)
            body.line(f"%from = add i64 {loop.index}, {slots[wanted[0]]}")
            body.line("%grad = getelementptr double, ptr @one.a, i64 %from")
            body.line(f"%to = add i64 {loop.index}, {len(results)}")
            _put(body, "%to", body.fresh("load double, ptr %grad").name)
            loop.close(len(wanted), [])
        body.line("ret ptr %tuple")
    body.needs |= {
        "declare double @PyFloat_AsDouble(ptr)",
        "declare ptr @PyFloat_FromDouble(double)",
        "declare ptr @PyErr_Occurred()",
        "declare i32 @PyErr_BadArgument()",
        "declare ptr @PyTuple_New(i64)",
        "declare i32 @PyTuple_SetItem(ptr, i64, ptr)",
    }
    entry = function("@call", "ptr %self, ptr %args, i64 %count", body, "ptr")
    entry = entry.replace("%seed", constant(1.0))
    head = arrays("one", dict.fromkeys("vam", stage.size), 1)
    return module([*stage.tables, *stage.functions, entry], [*stage.bodies, body], head)


def _result(body: Body, stage: Stage, i: int) -> str:
    step = stage.tape.steps[i]
    if step.constant:
        return constant(float(step.number))
    place = body.emit(f"getelementptr double, ptr @one.v, i64 {stage.slots[i]}", "ptr").name
    return body.fresh(f"load double, ptr {place}").name


def _put(body: Body, index: str, number: str) -> None:
    made = body.fresh(f"call ptr @PyFloat_FromDouble(double {number})", "ptr").name
    body.fresh(f"call i32 @PyTuple_SetItem(ptr %tuple, i64 {index}, ptr {made})", "i32")
