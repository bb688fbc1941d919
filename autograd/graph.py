"""The graph as a list: the one walk that everything else folds over."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from operator import add, mul
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from autograd.value import Value


def topological(root: Value) -> list[Value]:
    """Every node that `root` was computed from, each after its parents, `root` last.

    The order is that of a depth-first search that visits arguments from left to right: it depends
    on nothing but the expression. It takes time and memory proportional to the number of nodes and
    edges, and no recursion.

    >>> from autograd import Value, topological
    >>> a, b = Value(2, "a"), Value(3, "b")
    >>> c = a * b
    >>> c.label = "c"
    >>> [node.label for node in topological(c + a)]
    ['a', 'b', 'c', '']
    """
    if not hasattr(root, "op"):
        raise TypeError(f"a graph starts at a Value, not {type(root).__name__}: {root!r}")
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[Any] = [root]  # nodes whose parents are not all seen
    # Runs of inputs all seen: the neurons of a layer share one, and the samples share a neuron's.
    done: set[int] = set()
    push, pop, append, mark = stack.append, stack.pop, order.append, seen.add
    while stack:
        node = pop()
        if node in seen:
            continue
        while True:
            x, y = node.left, node.right
            runs = x.__class__ is tuple or y.__class__ is tuple
            if not runs:
                if x is not None and x not in seen:
                    push(node)
                    node = x
                elif y is not None and y not in seen:
                    push(node)
                    node = y
                else:
                    break
            elif id(x) in done and id(y) in done:
                break
            else:
                unseen = [
                    parent
                    for run in (x, y)
                    for parent in run or ()
                    if parent is not None and parent not in seen
                ]
                if not unseen:
                    done.update((id(x), id(y)))
                    break
                push(node)
                stack += unseen[:0:-1]
                node = unseen[0]
        mark(node)
        append(node)
    return order


def replay(root: Value, changes: Mapping[Value, Any] | None = None) -> Value:
    """The graph of `root` computed again, with some of its values replaced.

    `changes` maps nodes to numbers (each becomes a new leaf with the old label) or to Values, which
    take their place. Other leaves stay the same objects, with the data they have now. The old graph
    is not touched. Raises ValueError for a key that the graph does not contain.

    >>> from autograd import Value, replay
    >>> a, b = Value(2, "a"), Value(3, "b")
    >>> replay(a * b + a, {a: 10}).data
    40
    """
    changes = {} if changes is None else changes
    made: dict[Value, Value] = {}
    for node in topological(root):
        if node in changes:
            new = changes[node]
            made[node] = new if hasattr(new, "op") else node.__class__(new, node.label)
        elif node.op is None:
            made[node] = node
        else:
            again = node.op.record(*(made[x] if hasattr(x, "op") else x for x in node.inputs))
            again.label = node.label
            made[node] = again
    for key in changes:
        if key not in made:
            raise ValueError(f"{key!r} is not part of the graph of {root!r}: nothing to replace")
    return made[root]


def fold(
    order: Sequence[Value],
    seed: Any,
    slopes: Callable[[Value], Iterable[tuple[int, Value, Any]]],
    *,
    times: Callable[[Any, Any], Any] = mul,
    plus: Callable[[Any, Any], Any] = add,
) -> Iterator[tuple[Value, Any, list[tuple[int, Value, Any, Any]]]]:
    """The backward pass: from the last node of a topological `order` to the first, step by step.

    The last node's gradient is `seed`. For each node that a gradient reaches this gives the node,
    its gradient, and what it hands on: (place of the argument, parent, slope, share) for each that
    `slopes(node)` gives, where a share is gradient `times` slope, and shares add up by `plus`.
    What no gradient reaches is not there, which is another thing than a gradient of 0; and a slope
    that is False hands nothing on.

    >>> from autograd import Value
    >>> a, b = Value(2, "a"), Value(3, "b")
    >>> order = topological(a * b + a)
    >>> {node.label: gradient for node, gradient, _ in fold(order, 1, Value.slopes)}
    {'': 1, 'b': 2, 'a': 4}
    """
    totals: dict[Value, Any] = {order[-1]: seed}
    for node in reversed(order):
        if node not in totals:
            continue
        total = totals.pop(node)
        shares = []
        for place, parent, slope in slopes(node):
            share = slope is not False and times(total, slope)
            if share is False:
                shares.append((place, parent, 0, 0))
                continue
            shares.append((place, parent, slope, share))
            totals[parent] = plus(totals[parent], share) if parent in totals else share
        yield node, total, shares


def flow(root: Value) -> Iterator[tuple[Value, Any, list[tuple[int, Value, Any, Any]]]]:
    """The fold of `Value.backward`, without touching any `grad`; its numbers, to the bit.

    >>> from autograd import Value
    >>> a = Value(2.0, "a")
    >>> [(node.label, gradient) for node, gradient, _ in flow(a * a)]
    [('', 1), ('a', 4.0)]
    """

    # A sum in `grad` begins with 0, which makes a first share of -0.0 0.0.
    def times(gradient: Any, slope: Any) -> Any:
        share = gradient * slope
        return share if share is False else 0 + share

    order, slopes = joined(topological(root), root.__class__.slopes)
    return fold(order, 1, slopes, times=times)


Slopes: TypeAlias = "Callable[[Value], Iterable[tuple[int, Value, Any]]]"

# What puts the results of one call behind one node, for a backward pass alone: see
# `autograd.jit.call`, which is here once there is such a call.
joins: list[Callable[..., tuple[list[Value], Slopes]]] = []


def joined(
    order: list[Value],
    slopes: Slopes,
    active: Container[Value] | None = None,
    *,
    values: bool = False,
) -> tuple[list[Value], Slopes]:
    """A topological order and its slopes, for a pass that pulls the results of a call together.

    Slopes are given to `active` nodes, to all if that is None; as Values if `values`.
    """
    for join in joins:
        order, slopes = join(order, slopes, active, values)
    return order, slopes
