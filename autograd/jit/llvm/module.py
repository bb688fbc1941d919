"""Module: the text of LLVM code, put together from functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from autograd.jit.llvm.kernels import KERNELS, definition
from autograd.jit.llvm.lanes import Body

if TYPE_CHECKING:
    from autograd.jit.llvm.callee import Callee


class Module(NamedTuple):
    """The text of LLVM code, and what it calls that is compiled on its own."""

    text: str
    callees: Sequence[Callee] = ()


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


# A call whose memory is larger takes it from the heap. (Windows wants help with stack frames of a
# page and more, and threads may have small stacks.)
_STACK: Final = 2048


class Workspace:
    """The memory of one call: an array %name of so many bytes for each name, nothing in it yet.

    Begins a function. Each call has its own, so code may run in several threads, and be entered
    again while it runs. `failed` is what the function does if there is no memory.
    """

    def __init__(self, body: Body, sizes: Mapping[str, int], failed: Sequence[str]) -> None:
        self._body = body
        places = {}
        total = 0
        for name, size in sizes.items():
            places[name] = total
            total += (size + 63) // 64 * 64
        self._heap = total > _STACK
        if self._heap:
            body.needs |= {"declare ptr @PyMem_RawMalloc(i64)", "declare void @PyMem_RawFree(ptr)"}
            body.line(f"%heap = call ptr @PyMem_RawMalloc(i64 {total + 63})")
            body.line("%none = icmp eq ptr %heap, null")
            body.line("br i1 %none, label %full, label %room")
            body.lines += ["full:", *(f"  {line}" for line in failed)]
            body.enter("room")
            body.needs.add("declare ptr @llvm.ptrmask.p0.i64(ptr, i64)")
            body.line("%above = getelementptr i8, ptr %heap, i64 63")
            body.line("%memory = call align 64 ptr @llvm.ptrmask.p0.i64(ptr %above, i64 -64)")
        else:
            body.line(f"%memory = alloca [{max(total, 64)} x i8], align 64")
        for name, place in places.items():
            body.line(f"%{name} = getelementptr i8, ptr %memory, i64 {place}")

    def free(self) -> None:
        """Gives the memory back."""
        if self._heap:
            self._body.line("call void @PyMem_RawFree(ptr %heap)")


def call(
    body: Body, prefix: str, names: Sequence[str], outer: str = "null", grads: str = "null"
) -> None:
    """Calls functions one after the other, with the arrays of a prefix."""
    own = ", ".join(f"ptr %{prefix}.{array}" for array in "vam")
    for name in names:
        body.line(f"call void {name}({own}, ptr {outer}, ptr {grads}, double %seed)")


def clear(body: Body, array: str, size: int) -> None:
    """Sets the first `size` bytes of an array to 0."""
    body.needs.add("declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)")
    body.line(f"call void @llvm.memset.p0.i64(ptr {array}, i8 0, i64 {size}, i1 false)")
