"""Buffers: NumPy arrays that machine code reads where they are, without a step in Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

# Py_buffer, as CPython's documentation gives it, on a machine of 64-bit words; and the flags for a
# contiguous array whose format and shape are told.
_SIZE: Final = 80
_FORMAT, _SHAPE = 40, 48
_READ: Final = 0x3C

# Whether `object` is an array of doubles of this shape, -1 for any length; if so `view` is of it.
_VIEW: Final = f"""
define internal i1 @view(ptr %object, ptr %view, i32 %flags, i32 %ndim, ptr %lengths) {{
entry:
  %error = call i32 @PyObject_GetBuffer(ptr %object, ptr %view, i32 %flags)
  %got = icmp eq i32 %error, 0
  br i1 %got, label %read, label %wrong
read:
  %p.ndim = getelementptr i8, ptr %view, i64 36
  %has.ndim = load i32, ptr %p.ndim
  %right.ndim = icmp eq i32 %has.ndim, %ndim
  %p.format = getelementptr i8, ptr %view, i64 {_FORMAT}
  %format = load ptr, ptr %p.format
  %letter = load i16, ptr %format, align 1
  %double = icmp eq i16 %letter, 100
  %plain = and i1 %right.ndim, %double
  %p.shape = getelementptr i8, ptr %view, i64 {_SHAPE}
  %shape = load ptr, ptr %p.shape
  br i1 %plain, label %each, label %wrong
each:
  %k = phi i32 [0, %read], [%next, %each]
  %p.has = getelementptr i64, ptr %shape, i32 %k
  %has = load i64, ptr %p.has
  %p.length = getelementptr i64, ptr %lengths, i32 %k
  %length = load i64, ptr %p.length
  %same = icmp eq i64 %has, %length
  %any = icmp slt i64 %length, 0
  %right = or i1 %same, %any
  %next = add i32 %k, 1
  %more = icmp slt i32 %next, %ndim
  %on = and i1 %right, %more
  br i1 %on, label %each, label %done
done:
  ret i1 %right
wrong:
  ret i1 false
}}
"""

_NEEDS: Final = """
declare i32 @PyObject_GetBuffer(ptr, ptr, i32)
declare void @PyBuffer_Release(ptr)
declare i32 @PyErr_BadArgument()
declare ptr @PyErr_NoMemory()
declare void @PyErr_Clear()
declare ptr @PyFloat_FromDouble(double)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
"""


def flat(parameters: int, shapes: Sequence[tuple[int, ...]], most: int) -> tuple[str, str]:
    """The function `@flat`, and its declarations.

    It takes arrays: w, the gradients, and the arguments, whose samples have these shapes. It calls
    `@run` for the mean and returns the mean of the outputs. It raises TypeError if an array is not
    as it should be, or if there are more than `most` samples.
    """
    wanted = [(parameters,), (parameters,), *((-1, *shape) for shape in shapes)]
    count = len(wanted)
    tables = []
    for k, shape in enumerate(wanted):
        lengths = ", ".join(f"i64 {n}" for n in shape)
        tables.append(f"@shape{k} = internal constant [{len(shape)} x i64] [{lengths}]")
    lines = [
        "define ptr @flat(ptr %self, ptr %args, i64 %count) nounwind {",
        "entry:",
        f"  %views = alloca [{count * _SIZE} x i8], align 16",
        f"  %frame = alloca [{6 + 2 * len(shapes)} x i64]",
        f"  call void @llvm.memset.p0.i64(ptr %views, i8 0, i64 {count * _SIZE}, i1 false)",
        f"  %all = icmp eq i64 %count, {count}",
        "  br i1 %all, label %view0, label %wrong",
        *_views(wanted, most),
        *_frame(count),
        "  %failed = call i32 @run(ptr %frame)",
        "  %last = getelementptr i64, ptr %frame, i64 5",
        "  %sum = load double, ptr %last",
        "  %mean = fdiv double %sum, %samples",
        *(f"  call void @PyBuffer_Release(ptr %v{k})" for k in range(count)),
        "  %full = icmp ne i32 %failed, 0",
        "  br i1 %full, label %none, label %give",
        "none:",
        "  %error = call ptr @PyErr_NoMemory()",
        "  ret ptr null",
        "give:",
        "  %result = call ptr @PyFloat_FromDouble(double %mean)",
        "  ret ptr %result",
        "wrong:",
    ]
    for k in range(count):  # a view that was never taken is released in vain
        lines += [
            f"  %x{k} = getelementptr i8, ptr %views, i64 {k * _SIZE}",
            f"  call void @PyBuffer_Release(ptr %x{k})",
        ]
    ending = [
        "  call void @PyErr_Clear()",
        "  call i32 @PyErr_BadArgument()",
        "  ret ptr null",
        "}",
    ]
    return "\n".join([*tables, _VIEW, *lines, *ending]), _NEEDS


def _views(wanted: Sequence[tuple[int, ...]], most: int) -> list[str]:
    """Takes a view %v of each array, or goes to `wrong`; all have to be as long as the first."""
    lines = []
    for k, shape in enumerate(wanted):
        flags = _READ | (k == 1)  # the second is written
        given = f"ptr %o{k}, ptr %v{k}, i32 {flags}, i32 {len(shape)}, ptr @shape{k}"
        lines += [
            f"view{k}:",
            f"  %v{k} = getelementptr i8, ptr %views, i64 {k * _SIZE}",
            f"  %a{k} = getelementptr ptr, ptr %args, i64 {k}",
            f"  %o{k} = load ptr, ptr %a{k}",
            f"  %r{k} = call i1 @view({given})",
            f"  br i1 %r{k}, label %view{k + 1}, label %wrong",
        ]
    lines.append(f"view{len(wanted)}:")
    for k in range(2, len(wanted)):
        lines += [
            f"  %q{k} = getelementptr i8, ptr %v{k}, i64 {_SHAPE}",
            f"  %s{k} = load ptr, ptr %q{k}",
            f"  %n{k} = load i64, ptr %s{k}",
        ]
    same = "%some"
    lines += ["  %less = sub i64 %n2, 1", f"  %some = icmp ult i64 %less, {most}"]
    for k in range(3, len(wanted)):
        lines += [f"  %e{k} = icmp eq i64 %n{k}, %n2", f"  %w{k} = and i1 {same}, %e{k}"]
        same = f"%w{k}"
    return [*lines, f"  br i1 {same}, label %run, label %wrong", "run:"]


def _frame(count: int) -> list[str]:
    """Fills the frame that `@run` takes, for the mean and without a place for outputs."""
    lines = ["  %samples = uitofp i64 %n2 to double", "  %share = fdiv double 1.0, %samples"]
    words = ["i64 %n2", "double %share"]
    for k in (0, None, 1, None, *range(2, count)):
        if k is None:
            words.append("ptr null")
            continue
        lines.append(f"  %b{k} = load ptr, ptr %v{k}")
        words.append(f"ptr %b{k}")
    for k, word in enumerate(words):
        lines += [f"  %f{k} = getelementptr i64, ptr %frame, i64 {k}", f"  store {word}, ptr %f{k}"]
    return lines
