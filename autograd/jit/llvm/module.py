"""Module: the text of LLVM code, put together from functions."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.jit.llvm.kernels import KERNELS, definition
from autograd.jit.llvm.lanes import Body


def function(
    name: str, parameters: str, body: Body, result: str = "void", how: str = "", more: str = ""
) -> str:
    """The text of one function of a module."""
    lines = "\n".join(body.lines)
    return f"define {how}{result} {name}({parameters}) nounwind {more} {{\nentry:\n{lines}\n}}"


def module(functions: list[str], bodies: list[Body], head: str = "") -> str:
    """The text of a module: `functions`, with the kernels and declarations that `bodies` need."""
    parts = [head, *functions]
    needs: set[str] = set()
    for name, width in sorted({call for body in bodies for call in body.calls}):
        body = definition(name, width)
        vector = body.type("double")
        count = KERNELS[name].__code__.co_argcount
        parameters = ", ".join(f"{vector} %x{place}" for place in range(count))
        full = f"@{name}.{body.suffix()}"
        parts.append(function(full, parameters, body, vector, "internal ", "noinline"))
        needs |= body.needs
    needs = needs.union(*(body.needs for body in bodies))
    return "\n\n".join([*filter(None, parts), "\n".join(sorted(needs)), ""])


def arrays(prefix: str, sizes: dict[str, int], width: int) -> str:
    """Memory of the module: arrays of numbers, by name."""
    kind = "double" if width == 1 else f"<{width} x double>"
    return "\n".join(
        f"@{prefix}.{name} = internal global [{max(size, 1)} x {kind}] zeroinitializer, align 64"
        for name, size in sizes.items()
    )


def call(
    body: Body, prefix: str, names: Sequence[str], outer: str = "null", grads: str = "null"
) -> None:
    """Calls functions one after the other, with the arrays of a prefix."""
    own = ", ".join(f"ptr @{prefix}.{array}" for array in "vam")
    for name in names:
        body.line(f"call void {name}({own}, ptr {outer}, ptr {grads}, double %seed)")


def clear(body: Body, array: str, size: int) -> None:
    """Sets the first `size` bytes of an array to 0."""
    body.needs.add("declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)")
    body.line(f"call void @llvm.memset.p0.i64(ptr {array}, i8 0, i64 {size}, i1 false)")
