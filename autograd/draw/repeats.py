"""Repeats: what a graph does again and again, as the steps of a recurrence or samples of a sum.

Nothing records a loop. It shows in the graph: there is a way to map each value to its counterpart
one round earlier, such that operations agree and arguments are mapped to arguments, except for
what all rounds share (weights) and for where the first one begins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise

from autograd.value import Value

# Fewer rounds than this are no repeat.
FEWEST = 3
# How many values are given a counterpart by trial, how many are looked through for it, how many are
# tried, and how many pairs are compared in all.
LATEST, NEAR, TRIED, WORK = 200, 300, 8, 200_000


def repeats(order: Sequence[Value], roles: Mapping[Value, str]) -> list[list[Value]]:
    """The values that are each other's counterparts, from the first round to the last.

    There is one list for each place in a round, of at least three values; a graph that repeats
    nothing has none. `roles` are those that the names of leaves give: an input is no counterpart
    of a weight.

    >>> from autograd import topological
    >>> h, w = Value(1.0, "h0"), Value(0.5, "w1")
    >>> for _ in range(4):
    ...     h = (h * w).tanh()
    >>> [[node.op.name for node in again] for again in repeats(topological(h), roles={})]
    [['mul', 'mul', 'mul', 'mul'], ['tanh', 'tanh', 'tanh', 'tanh']]
    """
    computed = sum(node.op is not None for node in order)
    best: list[list[Value]] = []
    covered, work = 0, 0
    for pairs in _candidates(order):
        earlier_of: dict[Value, Value] = {}
        if not all(_mapped(earlier_of, later, earlier, roles) for later, earlier in pairs):
            continue
        work += len(earlier_of)
        found = _chains(earlier_of, order)
        own = sum(len(chain) for chain in found if chain[0].op is not None)
        if own > covered:
            _extend(earlier_of, roles)
            best, covered = _chains(earlier_of, order), own
        if covered > 0.8 * computed or work > WORK:
            break
    return best


def _candidates(order: Sequence[Value]) -> Iterator[list[tuple[Value, Value]]]:
    """Values that may be counterparts: of one that is used last, or the arguments of a run."""
    for node in islice(reversed(order), LATEST):
        if node.op is None:
            continue
        alike = (other for other in _before(node) if other.op is node.op)
        yield from ([(node, other)] for other in islice(alike, TRIED))
        run = [parent for parent in dict.fromkeys(node.parents) if parent.op is not None]
        if len(run) >= FEWEST:
            yield [(later, earlier) for earlier, later in pairwise(run)]


def _before(node: Value) -> Iterator[Value]:
    """The computed values that a value was made of, the nearest first."""
    seen, queue = {node}, [node]
    for own in queue:
        if len(queue) > NEAR:
            return
        for parent in own.parents:
            if parent.op is not None and parent not in seen:
                seen.add(parent)
                queue.append(parent)
                yield parent


def _mapped(
    earlier_of: dict[Value, Value], later: Value, earlier: Value, roles: Mapping[Value, str]
) -> bool:
    """Adds what follows from a pair being counterparts; False, and nothing, if two things would."""
    added: dict[Value, Value] = {}
    taken = {other: node for node, other in earlier_of.items()}
    pairs = [(later, earlier)]
    while pairs:
        node, other = pairs.pop()
        if node is other or (node.op is None) != (other.op is None):
            continue  # what all rounds share, or where the first one begins
        known = added.get(node, earlier_of.get(node))
        if known is not None or other in taken:
            if known is other:
                continue
            return False
        if node.op is not other.op or len(node.inputs) != len(other.inputs):
            continue
        if node.op is None and roles.get(node) != roles.get(other):
            continue
        added[node] = other
        taken[other] = node
        pairs += [
            (mine, its)
            for mine, its in zip(node.inputs, other.inputs, strict=True)
            if isinstance(mine, Value) and isinstance(its, Value)
        ]
    earlier_of |= added
    return True


def _extend(earlier_of: dict[Value, Value], roles: Mapping[Value, str]) -> None:
    """Finds the first round where it is an argument beside the second one: t₁ + t₂, then + t₃."""
    for node in [*dict.fromkeys(earlier_of.values())]:
        if node in earlier_of or node.op is None:
            continue
        for first, second in pairwise(node.parents):
            alike = second.op is not None and second.op is first.op
            if alike and second not in earlier_of and second is not first:
                _mapped(earlier_of, second, first, roles)


def _chains(earlier_of: dict[Value, Value], order: Sequence[Value]) -> list[list[Value]]:
    """The values in rows, each with all its counterparts, in the order of the last ones."""
    place = {node: index for index, node in enumerate(order)}
    later = {*earlier_of.values()}
    found = []
    for node in sorted(earlier_of.keys() - later, key=place.__getitem__):
        chain = [node]
        while chain[-1] in earlier_of:
            chain.append(earlier_of[chain[-1]])
        if len(chain) >= FEWEST:
            found.append(chain[::-1])
    return found


def rounds(found: Sequence[Sequence[Value]]) -> int:
    """How often it repeats: as often as most of the values do."""
    return Counter(len(chain) for chain in found).most_common(1)[0][0]
