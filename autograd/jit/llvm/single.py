"""Single: a tape as LLVM code for one sample, called with Python's own floats."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.jit.llvm.lanes import Body, constant
from autograd.jit.llvm.loops import Loop
from autograd.jit.llvm.lowering import Lowering
from autograd.jit.llvm.memory import Memory
from autograd.jit.llvm.module import Module, Workspace, call, clear, function, module
from autograd.jit.tape import Tape

_NEEDS = {
    "declare double @PyFloat_AsDouble(ptr)",
    "declare ptr @PyFloat_FromDouble(double)",
    "declare ptr @PyErr_Occurred()",
    "declare i32 @PyErr_BadArgument()",
    "declare ptr @PyErr_NoMemory()",
    "declare ptr @PyTuple_New(i64)",
    "declare i32 @PyTuple_SetItem(ptr, i64, ptr)",
}


def one(tape: Tape, wanted: Sequence[int], *, fast: bool) -> Module:
    """A module for one sample: `@call` takes the leaves as Python floats.

    It returns the output as a float, or a tuple of the outputs and then the wanted gradients.
    """
    leaves = [*range(tape.arguments), *tape.parameters]
    slots = {i: k for k, i in enumerate(leaves)}
    steps = [i for i, step in enumerate(tape.steps) if step.op is not None]
    code = Lowering(
        "one", 1, tape, steps, slots, outputs=tape.outputs,
        active=tape.depending({*wanted}) if wanted else set(),
        touched=dict.fromkeys(wanted, "all"), seeded=tape.output() if wanted else None, fast=fast,
    )  # fmt: skip
    body = Body()
    body.needs |= _NEEDS
    sizes = dict.fromkeys(("one.v", "one.a", "one.m"), 8 * code.memory.size)
    memory = Workspace(body, sizes, ["%e = call ptr @PyErr_NoMemory()", "ret ptr null"])
    _read(body, memory, len(leaves))
    if wanted:
        clear(body, "%one.a", 8 * len(leaves))
    call(body, "one", code.forward)
    results = [_result(body, code.memory, i) for i in tape.outputs]
    if tape.structure is None and not wanted:
        made = body.fresh(f"call ptr @PyFloat_FromDouble(double {results[0]})", "ptr").name
    else:
        made = _give(body, results, slots[wanted[0]] if wanted else 0, len(wanted))
    memory.free()
    body.line(f"ret ptr {made}")
    entry = function("@call", "ptr %self, ptr %args, i64 %count", body, "ptr")
    entry = entry.replace("%seed", constant(1.0))
    text = module([*code.memory.tables, *code.functions, entry], [*code.bodies, body])
    return Module(text, code.callees)


def pulled(tape: Tape, *, fast: bool) -> Module:
    """A module for one sample: `@call` takes the leaves, each end's gradient, each end's mask.

    It returns a tuple of the gradients of all leaves, False where no gradient comes.
    """
    leaves = [*range(tape.arguments), *tape.parameters]
    slots = {i: k for k, i in enumerate(leaves)}
    steps = [i for i, step in enumerate(tape.steps) if step.op is not None]
    active = tape.depending({*leaves})
    ends = tape.ends
    code = Lowering(
        "one", 1, tape, steps, slots, outputs=ends, active=active,
        touched=dict.fromkeys(active.intersection(ends), "some"), fast=fast,
    )  # fmt: skip
    body = Body()
    body.needs |= _NEEDS | {"declare void @Py_IncRef(ptr)"}
    memory, size = code.memory, len(leaves) + 2 * len(ends)
    sizes = dict.fromkeys(("one.v", "one.a", "one.m"), 8 * max(memory.size, size))
    workspace = Workspace(body, sizes, ["%e = call ptr @PyErr_NoMemory()", "ret ptr null"])
    _read(body, workspace, size)
    for k, i in enumerate(ends):
        for array, place in (("a", len(leaves) + k), ("m", len(leaves) + len(ends) + k)):
            if i in memory.slots:
                number = body.fresh(f"load double, ptr {_at(body, 'v', place)}").name
                body.line(f"store double {number}, ptr {_at(body, array, memory.slots[i])}")
    call(body, "one", code.forward)
    reached = [memory.touched.get(i, "none") if i in active else "none" for i in leaves]
    for k, how in enumerate(reached):
        if how != "some":
            body.line(f"store double {float(how == 'all')}, ptr {_at(body, 'm', k)}")
    made = _give_reached(body, len(leaves))
    workspace.free()
    body.line(f"ret ptr {made}")
    entry = function("@call", "ptr %self, ptr %args, i64 %count", body, "ptr")
    entry = entry.replace("%seed", constant(0.0))
    text = module([*memory.tables, *code.functions, entry], [*code.bodies, body])
    return Module(text, code.callees)


def _at(body: Body, array: str, place: int) -> str:
    return body.emit(f"getelementptr double, ptr %one.{array}, i64 {place}", "ptr").name


def _give_reached(body: Body, count: int) -> str:
    """A tuple of the first gradients, False where the mask is 0."""
    body.line(f"%tuple = call ptr @PyTuple_New(i64 {count})")
    if not count:
        return "%tuple"
    body.needs.add("@_Py_FalseStruct = external global i8")
    loop = Loop(body, 0)
    mask = body.fresh(f"getelementptr double, ptr %one.m, i64 {loop.index}", "ptr").name
    came = body.fresh(f"load double, ptr {mask}").name
    body.line(f"%came = fcmp une double {came}, 0.0")
    body.line("br i1 %came, label %some, label %nothing")
    body.enter("some")
    grad = body.fresh(f"getelementptr double, ptr %one.a, i64 {loop.index}", "ptr").name
    number = body.fresh(f"load double, ptr {grad}").name
    made = body.fresh(f"call ptr @PyFloat_FromDouble(double {number})", "ptr").name
    body.line("br label %put")
    body.enter("nothing")
    body.line("call void @Py_IncRef(ptr @_Py_FalseStruct)")
    body.line("br label %put")
    body.enter("put")
    chosen = body.fresh(f"phi ptr [{made}, %some], [@_Py_FalseStruct, %nothing]", "ptr").name
    body.fresh(f"call i32 @PyTuple_SetItem(ptr %tuple, i64 {loop.index}, ptr {chosen})", "i32")
    loop.close(count, [])
    return "%tuple"


def _read(body: Body, memory: Workspace, count: int) -> None:
    """Puts as many Python numbers into memory, or ends with the error that one is none."""
    body.line(f"%right = icmp eq i64 %count, {count}")
    body.line("br i1 %right, label %read, label %bad")
    body.lines += ["bad:", "  call i32 @PyErr_BadArgument()"]
    memory.free()
    body.line("ret ptr null")
    body.enter("read")
    if not count:
        return
    loop = Loop(body, 0)
    body.line(f"%where = getelementptr ptr, ptr %args, i64 {loop.index}")
    body.line("%object = load ptr, ptr %where")
    body.line("%number = call double @PyFloat_AsDouble(ptr %object)")
    body.line("%doubt = fcmp oeq double %number, -1.0")
    body.line("br i1 %doubt, label %ask, label %sure")
    body.lines += ["ask:", "  %error = call ptr @PyErr_Occurred()"]
    body.line("%fine = icmp eq ptr %error, null")
    body.line("br i1 %fine, label %sure, label %failed")
    body.lines.append("failed:")
    memory.free()
    body.line("ret ptr null")
    body.enter("sure")
    body.line(f"%place = getelementptr double, ptr %one.v, i64 {loop.index}")
    body.line("store double %number, ptr %place")
    loop.close(count, [])


def _result(body: Body, memory: Memory, i: int) -> str:
    step = memory.tape.steps[i]
    if step.constant:
        return constant(float(step.number))
    place = body.emit(f"getelementptr double, ptr %one.v, i64 {memory.slots[i]}", "ptr").name
    return body.fresh(f"load double, ptr {place}").name


def _give(body: Body, results: Sequence[str], first: int, count: int) -> str:
    """A tuple of results and then `count` gradients, which begin at slot `first`."""
    body.line(f"%tuple = call ptr @PyTuple_New(i64 {len(results) + count})")
    for k, result in enumerate(results):
        _put(body, str(k), result)
    if count:
        loop = Loop(body, 0)
        body.line(f"%from = add i64 {loop.index}, {first}")
        body.line("%grad = getelementptr double, ptr %one.a, i64 %from")
        body.line(f"%to = add i64 {loop.index}, {len(results)}")
        _put(body, "%to", body.fresh("load double, ptr %grad").name)
        loop.close(count, [])
    return "%tuple"


def _put(body: Body, index: str, number: str) -> None:
    made = body.fresh(f"call ptr @PyFloat_FromDouble(double {number})", "ptr").name
    body.fresh(f"call i32 @PyTuple_SetItem(ptr %tuple, i64 {index}, ptr {made})", "i32")
