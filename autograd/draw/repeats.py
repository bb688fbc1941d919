"""Repeats: what a graph does again and again, as the steps of a recurrence or samples of a sum.

Nothing records a loop. It shows in the graph: there is a way to map each value to its counterpart
one round earlier, such that operations agree and arguments are mapped to arguments, except for
what all rounds share (weights) and for where the first one begins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice, pairwise

from autograd.formula.notation import PRIME, pretty
from autograd.value import Value

# Fewer rounds than this are no repeat.
FEWEST = 3
# How many values are given a counterpart by trial, how many are looked through for it, how many are
# tried, and how many pairs are compared in all.
LATEST, NEAR, TRIED, WORK = 200, 300, 8, 200_000


class Chain(list[Value]):
    """Values that are each other's counterparts, the first round first.

    `repeat` is the number of the repeat that they are part of: 0 is the largest.
    """

    def __init__(self, members: Iterable[Value], repeat: int) -> None:
        super().__init__(members)
        self.repeat = repeat


def repeat_of(chain: list[Value]) -> int:
    """The number of the repeat that a chain is part of."""
    return chain.repeat if isinstance(chain, Chain) else 0


def repeats(order: Sequence[Value], roles: Mapping[Value, str]) -> list[list[Value]]:
    """The values that are each other's counterparts, from the first round to the last.

    There is one chain for each place in a round. Those of one repeat are equally long, at least
    three values; a graph that repeats nothing has none. `roles` are those that the names of leaves
    give: an input is no counterpart of a weight.

    >>> from autograd import topological
    >>> h, w = Value(1.0, "h0"), Value(0.5, "w1")
    >>> for _ in range(4):
    ...     h = (h * w).tanh()
    >>> [[node.op.name for node in again] for again in repeats(topological(h), roles={})]
    [['mul', 'mul', 'mul', 'mul'], ['tanh', 'tanh', 'tanh', 'tanh']]
    """
    uses: dict[Value, list[Value]] = {}
    for node in order:
        for parent in node.parents:
            uses.setdefault(parent, []).append(node)
    found: list[list[list[Value]]] = []
    rest, work = order, 0
    while work <= WORK:
        best, spent = _largest(rest, roles, uses)
        if not best:
            break
        work += spent
        found += best
        taken = {node for body in best for chain in body for node in chain}
        rest = [node for node in rest if node not in taken]
    place = {node: k for k, node in enumerate(order)}
    found.sort(key=lambda body: (-_computed(body), place[body[0][0]]))
    return [Chain(chain, number) for number, body in enumerate(found) for chain in body]


def _computed(body: Sequence[Sequence[Value]]) -> int:
    """How many values a repeat computes."""
    return sum(len(chain) for chain in body if chain[0].op is not None)


def _largest(
    order: Sequence[Value], roles: Mapping[Value, str], uses: Mapping[Value, Sequence[Value]]
) -> tuple[list[list[list[Value]]], int]:
    """What repeats by the best way to map values to their counterparts; the pairs compared."""
    within = set(order)
    computed = sum(node.op is not None for node in order)
    best: list[list[list[Value]]] = []
    covered, work = 0, 0
    for pairs in _candidates(order, within):
        earlier_of: dict[Value, Value] = {}
        mapped = (_mapped(earlier_of, *pair, roles, within) for pair in pairs)
        if not all(mapped):
            continue
        work += len(earlier_of)
        if _computed(_chains(earlier_of, order)) > covered:
            _extend(earlier_of, roles, within)
            settled = bodies(_chains(earlier_of, order), uses)
            own = sum(map(_computed, settled))
            if own > covered:
                best, covered = settled, own
        if covered > 0.8 * computed or work > WORK:
            break
    return best, work


def _candidates(
    order: Sequence[Value], within: AbstractSet[Value]
) -> Iterator[list[tuple[Value, Value]]]:
    """Values that may be counterparts: of one that is used last, or the arguments of a run."""
    for node in islice(reversed(order), LATEST):
        if node.op is None:
            continue
        alike = (other for other in _before(node) if other.op is node.op and other in within)
        yield from ([(node, other)] for other in islice(alike, TRIED))
        run = [parent for parent in dict.fromkeys(node.parents) if parent.op and parent in within]
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
    earlier_of: dict[Value, Value],
    later: Value,
    earlier: Value,
    roles: Mapping[Value, str],
    within: AbstractSet[Value],
) -> bool:
    """Adds what follows from a pair being counterparts; False, and nothing, if two things would."""
    added: dict[Value, Value] = {}
    taken = {other: node for node, other in earlier_of.items()}
    pairs = [(later, earlier)]
    while pairs:
        node, other = pairs.pop()
        if node is other or not {node, other} <= within or node.op is not other.op:
            continue  # what all rounds share, or where the first one begins
        known = added.get(node, earlier_of.get(node))
        if known is not None or other in taken:
            if known is other:
                continue
            return False
        if len(node.inputs) != len(other.inputs):
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


def _extend(
    earlier_of: dict[Value, Value], roles: Mapping[Value, str], within: AbstractSet[Value]
) -> None:
    """Finds the first round where it is an argument beside the second one: t₁ + t₂, then + t₃."""
    for node in [*dict.fromkeys(earlier_of.values())]:
        if node in earlier_of or node.op is None:
            continue
        for first, second in pairwise(node.parents):
            alike = second.op is not None and second.op is first.op
            if alike and second not in earlier_of and second is not first:
                _mapped(earlier_of, second, first, roles, within)


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


def bodies(
    chains: Sequence[list[Value]], uses: Mapping[Value, Sequence[Value]]
) -> list[list[list[Value]]]:
    """Chains as repeats whose rounds are alike: each a list of chains of one length.

    A readout that looks like a part of a round, and a first round that begins otherwise, stand
    outside; so does a sum over the rounds, which is a repeat of its own if it is a shorter one.
    Where rounds begin to use other weights, or one round is used in another way, a repeat ends.
    """
    if not chains:
        return []
    most = rounds(chains)
    members = {node: place for place, chain in enumerate(chains) for node in chain}
    sums = [
        chain
        for place, chain in enumerate(chains)
        if len(chain) < most
        and all(members.get(user, place) == place for node in chain for user in uses.get(node, ()))
    ]
    if sums and len(sums) < len(chains):
        apart = {id(chain) for chain in sums}
        kept = [chain for chain in chains if id(chain) not in apart]
        return [*bodies(kept, uses), *(body for own in sums for body in bodies([own], uses))]
    if all(chain[0].op is None for chain in chains):
        return []
    return _stretches(_aligned(chains), uses)


def _stretches(
    chains: Sequence[list[Value]], uses: Mapping[Value, Sequence[Value]]
) -> list[list[list[Value]]]:
    """The stretches of rounds that are alike, seen each by itself."""
    found = []
    for first, last in _alike(chains, uses):
        own = [chain[first:last] for chain in chains]
        found += [own] if len(own[0]) == len(chains[0]) else _stretches(own, uses)
    return found


def _aligned(chains: Sequence[list[Value]]) -> list[list[Value]]:
    """The rounds that all chains have: nothing in a round is made of what a later one computes."""
    where = {node: (place, k) for place, chain in enumerate(chains) for k, node in enumerate(chain)}
    lag: dict[tuple[int, int], int] = {}  # how many places on, at least, a chain uses another
    for chain in chains:
        for node in chain:
            own, k = where[node]
            for parent in node.parents:
                if parent in where:
                    other, j = where[parent]
                    lag[other, own] = min(lag.get((other, own), k - j), k - j)
    start = [0] * len(chains)  # the round of each chain's first value
    for _ in chains:
        for (tail, head), by in lag.items():
            start[head] = max(start[head], start[tail] - by)
    if any(start[head] < start[tail] - by for (tail, head), by in lag.items()):
        return [[] for _ in chains]
    # What ends earliest begins as late as what uses it lets it.
    latest = max(start)
    for _ in range(latest * len(chains)):
        place = min(range(len(chains)), key=lambda own: start[own] + len(chains[own]))
        room = (start[h] + by - start[place] for (t, h), by in lag.items() if t == place != h)
        if start[place] >= latest or min(room, default=1) < 1:
            break
        start[place] += 1
    first, last = max(start), min(map(sum, zip(start, map(len, chains), strict=True)))
    return [
        chain[first - own : max(first, last) - own]
        for own, chain in zip(start, chains, strict=True)
    ]


def _alike(
    chains: Sequence[Sequence[Value]], uses: Mapping[Value, Sequence[Value]]
) -> Iterator[tuple[int, int]]:
    """From which round to before which one rounds are alike, for each stretch of FEWEST or more."""
    where = {node: (place, k) for place, chain in enumerate(chains) for k, node in enumerate(chain)}
    total = len(chains[0])
    used = [
        [
            sorted(user.op.name for user in uses.get(chain[k], ()) if user not in where and user.op)
            for chain in chains
        ]
        for k in range(total)
    ]

    def follows(k: int, first: int) -> bool:
        """Whether a round takes what the one before takes, one round on, and is named like it."""
        for chain in chains:
            if bool(chain[k].label) != bool(chain[k - 1].label):
                return False
            for mine, its in zip(chain[k].inputs, chain[k - 1].inputs, strict=True):
                if not isinstance(mine, Value) or mine is its:
                    continue
                place, j = where.get(mine, (-1, k))
                before = where.get(its) if isinstance(its, Value) else None
                begins = j < k and k - 1 - (k - j) < first  # before it is where all begins
                if place < 0 or not (before == (place, j - 1) or begins):
                    return False
        return True

    first = 0
    for k in range(1, total + 1):
        inner = range(first + 1, k)
        same = k < total and follows(k, first)
        if same and len(inner) > 1 and used[inner[-1]] != used[inner[0]]:
            same = False
        if not same:
            if k - first >= FEWEST:
                yield first, k
            first = k


def rounds(found: Sequence[Sequence[Value]]) -> int:
    """How often it repeats: as often as most of the values do."""
    return Counter(len(chain) for chain in found).most_common(1)[0][0]


def round_names(
    found: Sequence[list[Value]], order: Sequence[Value], names: Mapping[Value, str]
) -> dict[Value, str]:
    """Names for what rounds hand on, where it has none: h1, h2, ... if the first round takes h0.

    What is used in its own round alone needs no name. `names` are those that values have.
    """
    home = {node: place for place, chain in enumerate(found) for node in chain}
    back = {node: k for chain in found for k, node in enumerate(chain)}
    handed: dict[int, str] = {}  # by its place in `found`, what a first round takes instead
    for node in order:
        for mine in node.parents:
            place = home.get(mine)
            if place is None or mine.op is None:
                continue
            other = found[home[node]] if node in home else None
            inside = other is not None and repeat_of(other) == repeat_of(found[place])
            if inside and back[node] == back[mine]:
                continue
            if not inside:
                handed.setdefault(place, "")
            elif other is not None and back[node] == 1 and not handed.get(place):
                starts = zip(node.inputs, other[0].inputs, strict=True)
                start = next(its for own, its in starts if own is mine)
                named = isinstance(start, Value) and start.op is None
                handed[place] = names.get(start, "") if named else ""
    return _numbered(found, handed, names)


def _numbered(
    found: Sequence[list[Value]], handed: Mapping[int, str], names: Mapping[Value, str]
) -> dict[Value, str]:
    """Names that nothing else has: of the stem of what a first round takes, else of s, r, ..."""
    own = {node for place in handed for node in found[place]}
    taken = {pretty(name) for node, name in names.items() if node not in own}
    given: dict[Value, str] = {}
    for place, start in handed.items():
        chain = found[place]
        if all(node.label for node in chain):
            continue
        stem = start.rstrip("0123456789").rstrip("_")
        first = int(start[len(start.rstrip("0123456789")) :] or 0) + 1
        chances = [(stem, first)] * bool(stem) + [(letter, 1) for letter in "srqpzvu"]
        chances += [(f"s{PRIME * more}", 1) for more in range(1, len(found) + 2)]
        for letter, begin in chances:
            fresh = [f"{letter}{begin + k}" for k in range(len(chain))]
            if taken.isdisjoint(map(pretty, fresh)):
                given.update(zip(chain, fresh, strict=True))
                taken.update(map(pretty, fresh))
                break
    return given
