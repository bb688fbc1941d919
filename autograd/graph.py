"""The graph as a list: the one walk that everything else folds over."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain
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
    push, pop, append, mark = stack.append, stack.pop, order.append, seen.add
    while stack:
        node = pop()
        while node not in seen:
            x, y = node.left, node.right
            if x.__class__ is tuple or y.__class__ is tuple:
                runs = chain(x or (), y or ())
                unseen = [p for p in runs if p is not None and p not in seen]
                if unseen:
                    push(node)
                    stack += unseen[:0:-1]
                    node = unseen[0]
                    continue
            elif x is not None and x not in seen:
                push(node)
                node = x
                continue
            elif y is not None and y not in seen:
                push(node)
                node = y
                continue
            mark(node)
            append(node)
    return order


Listed: TypeAlias = "tuple[list[Value], list[tuple[Value, Any]]]"


def marked(root: Value, mark: object, listed: Listed) -> None:
    """`topological` for the one pass that has the graph to itself: it puts `mark` into each `grad`.

    The first list of `listed` gets the nodes that were computed, in the same order, the second the
    leaves with the gradients that they had. A node is listed before it is marked, so that the lists
    say what to undo, whatever interrupts the walk. To look into a slot of a node takes a fraction
    of the time of looking for the node in a set.
    """
    stack: list[Any] = []
    push, pop, append, keep = stack.append, stack.pop, listed[0].append, listed[1].append
    node: Any = root
    try:
        while True:
            x = node.left
            if x is not None and x.grad is not mark:
                if x.op is not None:
                    push(node)
                    node = x
                    continue
                keep((x, x.grad))
                x.grad = mark
            while True:  # only what is on the right is missing
                x = node.right
                if x is not None and x.grad is not mark:
                    if x.op is not None:
                        push(node)
                        node = x
                        break
                    keep((x, x.grad))
                    x.grad = mark
                append(node)
                node.grad = mark
                if not stack:
                    return
                node = pop()
    except AttributeError:  # a run of parents, which has no gradient: from here on it takes longer
        stack.append(node)
    _marked_with_runs(stack, mark, listed)


def _marked_with_runs(stack: list[Any], mark: object, listed: Listed) -> None:
    """The rest of `marked`, from the nodes of a stack that may have runs of parents."""
    push, pop, append, keep = stack.append, stack.pop, listed[0].append, listed[1].append
    while stack:
        node = pop()
        while node.grad is not mark:
            x, y = node.left, node.right
            if x.__class__ is tuple or y.__class__ is tuple:
                runs = chain(x or (), y or ())
                unseen = [p for p in runs if p is not None and p.grad is not mark]
                if unseen:
                    push(node)
                    stack += unseen[:0:-1]
                    node = unseen[0]
                    continue
            elif x is not None and x.grad is not mark:
                push(node)
                node = x
                continue
            elif y is not None and y.grad is not mark:
                push(node)
                node = y
                continue
            if node.op is None:
                keep((node, node.grad))
            else:
                append(node)
            node.grad = mark


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
    pulled: bool = False,
) -> tuple[list[Value], Slopes]:
    """A topological order and its slopes, for a pass that pulls the results of a call together.

    Slopes are given to `active` nodes, to all if that is None; as Values if `values`. With `pulled`
    it is for `Value.backward`, of which there is one at a time.
    """
    for join in joins:
        order, slopes = join(order, slopes, active, values, pulled)
    return order, slopes
