"""Callee: a tape as machine code that other machine code calls, and that is compiled once.

It works in the caller's memory: a frame of values, one of gradients and one of masks, which begin
with the arguments. Parameters are read where the caller has them, and their gradients added there.
"""

from __future__ import annotations

from hashlib import sha256

from autograd.jit.llvm.lanes import Body, constant
from autograd.jit.llvm.lowering import PARAMETERS, Lowering
from autograd.jit.llvm.module import function, module
from autograd.jit.tape import Tape


class Callee:
    """Two functions, `forward` and `backward`, at one width.

    `size` is that of its frames, `slots` has the place of each output that is computed, by step.
    Before `backward` the caller puts the gradients of all of them into the frame, with masks that
    say where they came; after it the frame has the gradients of the arguments, as `reached` says:
    "all" in every lane, "some" by the mask; else there is none. If `framed`, parameters are in the
    frame, after the arguments, and not where the caller has them.
    """

    def __init__(self, tape: Tape, width: int, *, framed: bool, fast: bool) -> None:
        self.tape, self.framed = tape, framed
        arguments, parameters = [*range(tape.arguments)], [*tape.parameters]
        self.leaves = arguments + parameters if framed else arguments
        ends = [i for i in dict.fromkeys(tape.outputs) if tape.steps[i].op is not None]
        active = tape.depending({*arguments, *parameters})
        steps = [i for i, step in enumerate(tape.steps) if step.op is not None]
        code = Lowering(
            "callee", width, tape, steps, {i: k for k, i in enumerate(self.leaves)},
            outer={} if framed else {i: k for k, i in enumerate(parameters)},
            outputs=ends, active=active, touched=dict.fromkeys(active.intersection(ends), "some"),
            fuse=False, fast=fast,
        )  # fmt: skip
        memory = code.memory
        self.size, self.callees = memory.size, code.callees
        self.slots = {i: memory.slots[i] for i in ends}
        self.reached = [memory.touched.get(i, "none") for i in self.leaves]
        bodies = []
        functions = [*memory.tables, *code.functions]
        given = PARAMETERS.replace("noalias ", "").replace("%seed", constant(0.0))
        for what, parts in (("forward", code.forward), ("backward", code.backward)):
            body = Body()
            for part in parts:
                body.line(f"call void {part}({given})")
            body.line("ret void")
            parameters_of = PARAMETERS.replace(", double %seed", "")
            functions.append(function(f"@NAME.{what}", parameters_of, body))
            bodies.append(body)
        text = module(functions, [*code.bodies, *bodies])
        self.name = "f" + sha256(text.encode()).hexdigest()[:24]
        self.text = text.replace("@NAME.", f"@{self.name}.")
