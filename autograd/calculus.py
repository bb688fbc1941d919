"""Derivatives of functions: grad, value_and_grad, jacobian and hessian, to any order.

Each call of a derivative gives the function nodes of its own for its arguments, so that nested ones
cannot mistake each other's variables. If nothing else went into the result, the gradient is a
number; if other Values did (an outer derivative's, or ones the function captured), the slopes
are recorded as Values, and the gradient can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from autograd.engine import FUNCTIONS, record
from autograd.graph import topological
from autograd.ops import OPS, Op
from autograd.value import Value, new_node, number, refuse

Function = Callable[..., Any]


def grad(f: Function, argnums: int | tuple[int, ...] = 0) -> Function:
    """The function that computes the gradient of `f` to the arguments at `argnums`.

    `f` takes numbers, Values or nested lists, tuples and dicts of them, and returns one Value. The
    gradient has the structure of the argument, or is a tuple if `argnums` is one. Raises TypeError
    if `f` returns anything but one number.

    >>> cube = lambda x: x**3
    >>> grad(cube)(2), grad(grad(cube))(2), grad(grad(grad(cube)))(2)
    (12, 12, 6)
    >>> grad(lambda w: w[0] * w[1])([3.0, 4.0])
    [4.0, 3.0]
    """
    both = value_and_grad(f, argnums)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        return both(*args, **kwargs)[1]

    return gradient


def value_and_grad(f: Function, argnums: int | tuple[int, ...] = 0) -> Function:
    """The function that computes the value of `f` and its gradient, as `grad` does.

    >>> value_and_grad(lambda x, y: x * y, argnums=(0, 1))(3, 4)
    (12, (4, 3))
    """

    def value_and_gradient(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        inner, chosen = _fresh(args, argnums)
        variables = _items(chosen)
        with _live(variables):
            result = f(*inner, **kwargs)
        if result.__class__ is not Value and number(result) is None:
            raise TypeError(
                f"grad needs a function that returns one number, not {type(result).__name__} "
                f"{result!r}: use jacobian for several"
            )
        gradients, closed = _gradients(result, variables)
        value = result._data if closed and result.__class__ is Value else result
        return value, _map(chosen, gradients.__getitem__)

    return value_and_gradient


def jacobian(f: Function, argnums: int | tuple[int, ...] = 0) -> Function:
    """The function that computes the derivative of every output of `f` to every input.

    The result has the structure of what `f` returns, with the structure of the argument in the
    place of each number: for a function from a list of n to a list of m, m lists of n.

    >>> jacobian(lambda x: [x[0] * x[1], x[0] + x[1]])([3.0, 4.0])
    [[4.0, 3.0], [1, 1]]
    """

    def derivative(*args: Any, **kwargs: Any) -> Any:
        inner, chosen = _fresh(args, argnums)
        variables = _items(chosen)

        def row(output: Any) -> Any:
            return _map(chosen, _gradients(output, variables)[0].__getitem__)

        with _live(variables):
            outputs = f(*inner, **kwargs)
        return _map(outputs, row)

    return derivative


def hessian(f: Function, argnums: int = 0) -> Function:
    """The function that computes the second derivatives of `f`: the jacobian of its gradient.

    For a list of n numbers it is n lists of n.

    >>> hessian(lambda x: x[0] ** 2 * x[1])([3, 5])
    [[10, 6], [6, 0]]
    """
    return jacobian(grad(f, argnums), argnums)


def adjoints(root: Value, wrt: Iterable[Value]) -> dict[Value, Any]:
    """The derivative of `root` to each node on the way to the nodes `wrt`, as Values (or numbers).

    The slopes are the rows' own texts, run on the Values of the graph.
    """
    order = topological(root)
    active = set(wrt)
    for node in order:
        if not active.isdisjoint(node.parents):
            active.add(node)
    total: dict[Value, Any] = {root: 1} if root in active else {}
    for node in reversed(order):
        if node.op is None or node not in total:
            continue
        for parent, slope in zip(node.inputs, _slopes(node, active), strict=True):
            if slope is not None:
                added = total[node] * slope
                total[parent] = total[parent] + added if parent in total else added
    return total


def _slopes(node: Value, active: set[Value]) -> Iterator[Any]:
    """The slope of a node to each argument, run on Values; None where it adds nothing."""
    op, inputs = node.op, node.inputs
    assert op is not None
    functions = _derivatives(op)
    arguments: list[tuple[Any, ...]] = [inputs] * len(inputs)
    if op.run:
        size = len(inputs) // len(op.inputs)
        runs = [inputs[i : i + size] for i in range(0, len(inputs), size)]
        functions = tuple(slope for slope in functions for _ in range(size))
        arguments = [(*element, *runs) for element in zip(*runs, strict=True)] * len(runs)
    for argument, slope, values in zip(inputs, functions, arguments, strict=True):
        wanted = argument.__class__ is Value and argument in active
        found = slope(*values, node) if wanted else None
        # A slope that is the 0 of the text itself: what it would multiply may be inf.
        yield None if found.__class__ is int and found == 0 else found


@cache
def _derivatives(op: Op) -> tuple[Function, ...]:
    return op.slope_functions(_function)


def _function(name: str) -> Function:
    """What a rule text means by `name` when it runs on Values."""
    return _softmax if name == "softmax" else FUNCTIONS[name]


def _softmax(x: Any, xs: Iterable[Any]) -> Any:
    """A share of a sum of exponentials: the one slope of the table that looks at a whole run."""
    return FUNCTIONS["exp"](x - FUNCTIONS["logsumexp"](xs))


def _gradients(root: Any, variables: list[Value]) -> tuple[dict[Value, Any], bool]:
    """The derivative of `root` to each variable, and whether nothing else went into it."""
    if root.__class__ is not Value:
        return dict.fromkeys(variables, 0), True
    own = set(variables)
    for node in topological(root):
        if node not in own and (node.op is None or node in _alive):
            total = adjoints(root, variables)
            return {variable: total.get(variable, 0) for variable in variables}, False
    for variable in variables:
        variable.grad = 0
    root.backward()
    return {variable: variable.grad for variable in variables}, True


# The variables of derivatives being taken now. One that is no longer alive and turns up in a graph
# is the number that it was.
_alive: set[Value] = set()


@contextmanager
def _live(variables: list[Value]) -> Iterator[None]:
    _alive.update(variables)
    try:
        yield
    finally:
        _alive.difference_update(variables)


# Arguments and results may be nested lists, tuples and dicts.


def _map(structure: Any, f: Function) -> Any:
    if isinstance(structure, dict):
        return {key: _map(item, f) for key, item in structure.items()}
    if isinstance(structure, list | tuple):
        items = [_map(item, f) for item in structure]
        named = hasattr(structure, "_fields")
        return type(structure)(*items) if named else type(structure)(items)
    return f(structure)


def _items(structure: Any) -> list[Any]:
    found: list[Any] = []
    _map(structure, found.append)
    return found


def _fresh(args: tuple[Any, ...], argnums: int | tuple[int, ...]) -> tuple[list[Any], Any]:
    """The arguments with new nodes at `argnums`, and those arguments."""
    places = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    inner = list(args)
    for place in places:
        if not -len(args) <= place < len(args):
            raise ValueError(f"argnums={argnums} of a function called with {len(args)} arguments")
        inner[place] = _map(args[place], _own)
    chosen = tuple(inner[place] for place in places)
    return inner, chosen[0] if isinstance(argnums, int) else chosen


def _own(x: Any) -> Value:
    """A variable of our own for an argument: a copy of the Value, or of the number."""
    if x.__class__ is Value:
        return record(OPS["copy"], x)
    plain = number(x)
    plain = refuse(x, "grad") if plain is None else plain
    return new_node(OPS["copy"], plain, None, None, plain, None)
