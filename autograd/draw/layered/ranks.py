"""Ranks: the column of each box, by network simplex, so that arrows are as short as can be.

The method is that of Gansner, Koutsofios, North and Vo, "A technique for drawing directed graphs"
(1993), section 2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

Arc: TypeAlias = tuple[int, int]

# So many boxes times rounds are tried before the ranks found so far are good enough.
MOST_WORK = 400_000


def ranks(count: int, arcs: Iterable[Arc], groups: Iterable[Sequence[int]] = ()) -> list[int]:
    """The rank of each of so many boxes: higher at the end of each arc, alike within a group.

    Groups that cannot stand abreast do not, and of a circle one arc leads back.
    """
    arcs = [*arcs]
    if len(forward(count, arcs)) < count:
        arcs = _without_circles(count, arcs)
    groups = [*groups]
    found = _merged(count, groups)
    if len(forward(count, _between(arcs, found))) < count:
        possible: list[Sequence[int]] = []
        for group in groups:
            merged = _between(arcs, _merged(count, [*possible, group]))
            if len(forward(count, merged)) == count:
                possible.append(group)
        found = _merged(count, possible)
    weights = Counter(_between(arcs, found))
    rank = _longest(count, weights)
    for part in _parts(count, weights):
        _shorten(part, weights, rank)
        least = min(rank[v] for v in part)
        for v in part:
            rank[v] -= least
    return [rank[found[v]] for v in range(count)]


def _between(arcs: Iterable[Arc], stands: Sequence[int]) -> list[Arc]:
    """The arcs between those who stand for the ends."""
    return [(stands[a], stands[b]) for a, b in arcs if stands[a] != stands[b]]


def _merged(count: int, groups: Iterable[Sequence[int]]) -> list[int]:
    """Who stands for each box: the first of its group."""
    stands = [*range(count)]
    for first, *others in groups:
        for other in others:
            old, new = stands[other], stands[first]
            stands = [new if own == old else own for own in stands]
    return stands


def forward(count: int, arcs: Iterable[Arc]) -> list[int]:
    """The boxes from tails to heads, without those that a circle leads to."""
    into = [0] * count
    out: list[list[int]] = [[] for _ in range(count)]
    for a, b in arcs:
        into[b] += 1
        out[a].append(b)
    order = [v for v in range(count) if not into[v]]
    for v in order:
        for b in out[v]:
            into[b] -= 1
            if not into[b]:
                order.append(b)
    return order


def _without_circles(count: int, arcs: Iterable[Arc]) -> list[Arc]:
    """The arcs without those that lead back to where a walk came from."""
    out: list[list[int]] = [[] for _ in range(count)]
    for a, b in arcs:
        out[a].append(b)
    kept, state = [], [0] * count  # 1 is on the way, 2 is done
    for root in range(count):
        stack = [] if state[root] else [(root, iter(out[root]))]
        state[root] = state[root] or 1
        while stack:
            v, left = stack[-1]
            head = next(left, None)
            if head is None:
                state[v] = 2
                stack.pop()
            elif state[head] != 1:
                kept.append((v, head))
                if not state[head]:
                    state[head] = 1
                    stack.append((head, iter(out[head])))
    return kept


def _longest(count: int, weights: Mapping[Arc, int]) -> list[int]:
    """Ranks to begin with: after the last tail, then near whatever pulls most."""
    tails: list[list[int]] = [[] for _ in range(count)]
    heads: list[list[int]] = [[] for _ in range(count)]
    for a, b in weights:
        tails[b].append(a)
        heads[a].append(b)
    order = forward(count, weights)
    rank = [0] * count
    for v in order:
        rank[v] = max((rank[a] + 1 for a in tails[v]), default=0)
    for v in reversed(order):
        if len(heads[v]) > len(tails[v]):
            rank[v] = min(rank[b] for b in heads[v]) - 1
    return rank


def _parts(count: int, weights: Iterable[Arc]) -> list[list[int]]:
    """The boxes, those that arcs connect together."""
    near: list[list[int]] = [[] for _ in range(count)]
    for a, b in weights:
        near[a].append(b)
        near[b].append(a)
    seen = [False] * count
    parts = []
    for root in range(count):
        if seen[root]:
            continue
        seen[root] = True
        part = [root]
        for v in part:
            for u in near[v]:
                if not seen[u]:
                    seen[u] = True
                    part.append(u)
        parts.append(part)
    return parts


def _shorten(part: Sequence[int], weights: Mapping[Arc, int], rank: list[int]) -> None:
    """Moves boxes that are connected until no arc can be shorter without others being longer."""
    inside = {*part}
    arcs = [arc for arc in weights if arc[0] in inside]
    if not arcs:
        return
    tree = _tight(part, arcs, rank)
    balance = dict.fromkeys(part, 0)
    for a, b in arcs:
        balance[a] += weights[a, b]
        balance[b] -= weights[a, b]
    for _ in range(MOST_WORK // len(part)):
        leaving = _leaving(part[0], arcs, tree, balance)
        if leaving is None:
            return
        arc, side = leaving
        back = arcs[arc][0] in side  # then an arc that leads into this side comes in
        entering, least = -1, 0
        for k, (a, b) in enumerate(arcs):
            if (b in side) is back and (a in side) is not back:
                slack = rank[b] - rank[a] - 1
                if entering < 0 or slack < least:
                    entering, least = k, slack
        for v in side:
            rank[v] += -least if back else least
        tree.remove(arc)
        tree.add(entering)


def _tight(part: Sequence[int], arcs: Sequence[Arc], rank: list[int]) -> set[int]:
    """A tree of arcs as short as they can be; moves boxes until there is one."""
    near: dict[int, list[int]] = {v: [] for v in part}
    for k, (a, b) in enumerate(arcs):
        near[a].append(k)
        near[b].append(k)
    seen, tree = {part[0]}, set()
    stack = [part[0]]
    while True:
        while stack:
            v = stack.pop()
            for k in near[v]:
                a, b = arcs[k]
                u = a if b == v else b
                if u not in seen and rank[b] - rank[a] == 1:
                    seen.add(u)
                    tree.add(k)
                    stack.append(u)
        if len(seen) == len(part):
            return tree
        outside = [arc for arc in arcs if (arc[0] in seen) is not (arc[1] in seen)]
        a, b = min(outside, key=lambda arc: rank[arc[1]] - rank[arc[0]])
        step = rank[b] - rank[a] - 1
        for v in seen:
            rank[v] += -step if b in seen else step
        stack = [a if a in seen else b]


def _leaving(
    root: int, arcs: Sequence[Arc], tree: Iterable[int], balance: Mapping[int, int]
) -> tuple[int, set[int]] | None:
    """The arc of the tree that had best leave it, and the boxes on its far side; None if none."""
    near: dict[int, list[int]] = {v: [] for v in balance}
    for k in sorted(tree):
        a, b = arcs[k]
        near[a].append(k)
        near[b].append(k)
    above: dict[int, int] = {root: -1}
    order = [root]
    for v in order:
        for k in near[v]:
            a, b = arcs[k]
            u = a if b == v else b
            if u not in above:
                above[u] = k
                order.append(u)
    total = dict(balance)
    best, chosen = 0, -1
    for v in reversed(order[1:]):
        a, b = arcs[above[v]]
        cut = total[v] if v == a else -total[v]
        if cut < best:
            best, chosen = cut, v
        total[b if v == a else a] += total[v]
    if chosen < 0:
        return None
    arc = above[chosen]
    side = [chosen]
    seen = {chosen}
    for v in side:
        for k in near[v]:
            a, b = arcs[k]
            u = a if b == v else b
            if k != arc and u not in seen:
                seen.add(u)
                side.append(u)
    return arc, seen
