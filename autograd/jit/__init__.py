"""Compiled functions: the same scalar code, traced once, run as plain Python or machine code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograd.calculus import UserFunction
    from autograd.jit.program import Program

__all__ = ["jit"]


def jit(
    f: UserFunction,
    *,
    backend: str | None = None,
    fastmath: bool = False,
    batch: bool = False,
) -> Program:
    """A compiled program that computes what `f` computes, and its gradients.

    `f` is a function of Values. It is traced once for each structure of arguments, so it may not
    branch on a Value: write `where`, `maximum` or `minimum`. `backend` is "llvm" (machine code,
    needs llvmlite and numpy), "python" (needs nothing, works with any number type), or None for the
    first that is installed. The results have the bits that eager evaluation gives wherever no
    function of the mathematical library is involved; with `fastmath` machine code may reorder sums.
    With `batch`, arguments have a leading sample axis and samples run side by side.

    Any number of threads may call one program, the first time too: each gets the numbers of its own
    arguments. Machine code of many samples lets other threads run meanwhile. A call that is
    interrupted has changed nothing, and the next one is right.

    >>> from autograd import Value, jit, tanh
    >>> w = Value(0.5, "w")
    >>> neuron = jit(lambda x: tanh(w * x), backend="python")
    >>> neuron(0.0)
    0.0
    >>> print(neuron.source().strip())
    def program(v0, v1):
        v2 = v1 * v0
        v3 = tanh(v2)
        return [v3, ], []
    """
    # Who compiles nothing does not wait for the compiler.
    from autograd.jit.program import Program

    return Program(f, backend=backend, fastmath=fastmath, batch=batch)
