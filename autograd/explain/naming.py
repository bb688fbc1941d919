"""What the values of a graph are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain, count
from typing import Any

from autograd.formula.notation import PRIME, pretty
from autograd.value import Value


def given_names(nodes: Sequence[Value], given: Mapping[str, Any] | None = None) -> dict[Value, str]:
    """The names that nodes of a graph have: from `given` (such as `globals()`), else their labels.

    In `given`, names that begin with an underscore do not count, and the first of several names
    wins. Where names look the same, they are told apart: x, x′, x#3, x#4. Raises TypeError if
    `given` is no mapping, ValueError for an empty name in it.

    >>> given_names([Value(2, "w1"), Value(3, "w_1")]).values()
    dict_values(['w1', 'w_1′'])
    """
    if given is not None and not isinstance(given, Mapping):
        kind = type(given).__name__
        raise TypeError(f"names is a mapping such as globals(), not {kind} {given!r}")
    for name, value in (given or {}).items():
        empty = isinstance(name, str) and not name.strip()
        if empty and isinstance(value, Value) and name != value.label:  # a label may be blank
            raise ValueError(f"names has an empty name for {value!r}: give it one, or leave it out")
        if isinstance(value, Value) and not isinstance(name, str):
            kind = type(name).__name__
            raise TypeError(
                f"names maps texts to Values, as globals() does: {kind} {name!r} is no name; write "
                f'{{"name": v}} for {value!r}'
            )
    found = {node: node.label for node in nodes if node.label}
    within = set(nodes)
    chosen: dict[Value, str] = {}
    for name, value in (given or {}).items():
        if isinstance(value, Value) and value in within and not name.startswith("_"):
            chosen.setdefault(value, name)
    taken: set[str] = set()
    counts: Counter[str] = Counter()
    for node, name in (found | chosen).items():
        counts[pretty(name)] += 1
        times = counts[pretty(name)]
        unique = name if times == 1 else name + PRIME if times == 2 else f"{name}#{times}"
        if pretty(unique) in taken:  # somebody else's name already
            others = chain([unique + PRIME], (f"{name}#{number}" for number in count(times + 1)))
            unique = next(other for other in others if pretty(other) not in taken)
        taken.add(pretty(unique))
        found[node] = unique
    return found


def named(
    order: Sequence[Value], given: Mapping[str, Any] | None = None, wrt: Value | None = None
) -> dict[Value, str]:
    """The names of a graph's values as it is explained: given ones, and as many more as it needs.

    The root, `wrt` and every value that is used more than once have one; leaves have, if none does,
    for then numbers would be all there is.
    """
    names = given_names(order, given)
    root = order[-1]
    if root not in names:
        names[root] = unused(names, ["f", "E", "z", "root"])
    uses = Counter(
        origin(parent, names)
        for node in order
        if origin(node, names) is node
        for parent in node.parents
    )
    leaves = [node for node in order if node.op is None]
    if not any(leaf in names for leaf in leaves):
        for leaf, name in zip(leaves, (f"x{number}" for number in count(1)), strict=False):
            names[leaf] = unused(names, [name, f"{name}_leaf"])
    taken = set(map(pretty, names.values()))
    fresh = (name for name in temporaries() if pretty(name) not in taken)
    for node in order:
        if node not in names and ((node.op is not None and uses[node] > 1) or node is wrt):
            names[node] = next(fresh)
    return names


def origin(node: Value, names: Container[Value]) -> Value:
    """What a value is a copy of, if it is one without a name: transforms copy their arguments."""
    while node.op is not None and node.op.name == "copy" and node.parents and node not in names:
        node = node.parents[0]
    return node


def temporaries() -> Iterator[str]:
    """t1, t2 and so on: what values are called that nobody has named."""
    return (f"t{number}" for number in count(1))


def unused(names: Mapping[Value, str], candidates: Iterable[str]) -> str:
    """The first candidate that no value has for a name."""
    taken = set(map(pretty, names.values()))
    return next(name for name in candidates if pretty(name) not in taken)
