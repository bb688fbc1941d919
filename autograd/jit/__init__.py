"""Compiled functions: the same scalar code, traced once, run as plain Python or machine code.

A compiled program takes every path. So a branch on a Value (`if v > 0`, `max`, `sorted`) is an
error that names the line, and so is what reads a number out while the function is traced (`.data`,
a format, a copy, `==`), for it would freeze the number of the first call. Values that the function
captures are its parameters: their current data is read at every call, but another Value that takes
the place of one later is not met. `errors(...)` does not look into compiled programs.

Called with Values, a compiled function is one node of the graph, and its slopes are its own
compiled code: `grad`, `hessian` and the others take it like any function, at any order, and `draw`
and `explain` show it as one step. So it is where it captures what `grad` is differentiating to; the
methods that give numbers refuse that. Inside another compiled function a call stays a call, of code
that is compiled once however many functions share it (one of fewer than 50 operations is written
out). Sums of products, `sum(a * b for …)`, become loops, with the additions in the same order.

An int argument picks a row of a list: `rows[i]` is looked up at each call, and its gradient goes to
that row. The list has to have a name, and the line has to be in a file or a notebook, for the
source tells which list it is; what it holds is what it holds when the function is traced. A
function that does anything else with a row is refused: it is traced for other indices, too (for all
combinations, if that takes no more than some 100 000 nodes), and compared. A dict, a set or
`isinstance` sees a Value in the place of the int.

>>> from autograd import Value, dot
>>> rows = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)], [Value(5.0), Value(6.0)]]
>>> def score(i: int, j: int) -> Value:
...     return dot(rows[i], rows[j])
>>> program = jit(score)
>>> program(0, 2), program(1, 1)
(17.0, 25.0)
>>> value = program.backward(0, 2)
>>> [[entry.grad for entry in row] for row in rows]
[[5.0, 6.0], [0.0, 0.0], [1.0, 2.0]]

Programs may be called from several threads. Many samples (`map`, `flat`, the gradients of a batch)
are shared out among `workers=` threads once there is work for more than about half a millisecond;
the results do not depend on how many. Machine code is kept in the user's cache folder
(`~/.cache/chainrule` on Linux), readable by the owner alone; entries that are damaged or that
others could have written are not run, and for a user without a home nothing is kept. gamma, lgamma,
digamma and sinc need the Python backend.
"""

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
