"""Crossings: the order within each rank, by medians and by exchanging neighbours.

A frame's items stay together, frames in the order in which they are given, and operands in theirs
where that makes no arrows cross.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence

from autograd.draw.layered.lanes import Item, Lanes

SWEEPS = 24
PATIENCE = 4  # sweeps without fewer crossings
MOST_WORK = 60_000  # items times sweeps


def ordered(lanes: Lanes) -> list[list[int]]:
    """The items of each rank, across, with few crossings."""
    order = _Order(lanes)
    order.exchange()
    best, least = order.copied(), order.crossings()
    stale = 0
    for sweep in range(max(4, min(SWEEPS, MOST_WORK // max(1, len(lanes.items))))):
        if stale > PATIENCE or not least:
            break
        order.sweep(onwards=sweep % 2 == 0)
        order.exchange()
        count = order.crossings()
        stale = 0 if count < least else stale + 1
        if count <= least:
            best, least = order.copied(), count
    order.restore(best)
    order.gather()
    return [sorted(row, key=lambda v: lanes.items[v].outer) for row in order.rows]


class _Order:
    """The rows of items, and where in its row each item is."""

    def __init__(self, lanes: Lanes) -> None:
        items = self.items = lanes.items
        self.up = [[u for u in v.up if items[u].rank == v.rank - 1] for v in items]
        self.down = [[u for u in v.down if items[u].rank == v.rank + 1] for v in items]
        self.framed = bool(lanes.borders) or any(v.turn is not None for v in items)
        self.place = [0] * len(items)
        self.rows: list[list[int]] = [[] for _ in range(lanes.depth)]
        for v in _walked(items):
            self.rows[items[v].rank].append(v)
        for k, row in enumerate(self.rows):
            self._put(k, self._arranged(row, [float(i) for i in range(len(row))]))

    def _put(self, k: int, row: list[int]) -> None:
        self.rows[k] = row
        for i, v in enumerate(row):
            self.place[v] = i

    def copied(self) -> list[list[int]]:
        """The rows as they are now."""
        return [[*row] for row in self.rows]

    def restore(self, rows: Sequence[list[int]]) -> None:
        """Puts the items back into rows as they were."""
        for k, row in enumerate(rows):
            self._put(k, row)

    def gather(self) -> None:
        """Brings labels together that belong to one head, where no more arrows cross for that."""
        for k in range(len(self.rows) - 2, 0, -1):
            row = self.rows[k]
            if any(self.items[v].key is not None for v in row):
                continue
            before = self._crossings(self.rows[k - 1]) + self._crossings(row)
            self._put(k, self._by_medians(k, self.down))
            if self._crossings(self.rows[k - 1]) + self._crossings(self.rows[k]) > before:
                self._put(k, row)

    def crossings(self) -> int:
        """How many pairs of arrows cross between one rank and the next."""
        return sum(map(self._crossings, self.rows))

    def _crossings(self, row: Sequence[int]) -> int:
        total, place = 0, self.place
        ends: list[int] = []
        for v in row:
            own = sorted([place[u] for u in self.down[v]])
            for end in own:
                total += len(ends) - bisect_right(ends, end)
            for end in own:
                insort(ends, end)
        return total

    def sweep(self, *, onwards: bool) -> None:
        """Orders each row by the medians of what its items are joined to in the row before."""
        joined = self.up if onwards else self.down
        ranks = range(1, len(self.rows)) if onwards else range(len(self.rows) - 2, -1, -1)
        for k in ranks:
            self._put(k, self._by_medians(k, joined))

    def _by_medians(self, k: int, joined: Sequence[Sequence[int]]) -> list[int]:
        """A row by the medians of what its items are joined to."""
        place, keys, last = self.place, [], -1.0
        for v in self.rows[k]:
            near = joined[v]
            if len(near) == 1:
                last = float(place[near[0]])
            elif near:
                last = _median(sorted([place[u] for u in near]))
            keys.append(last)  # who is joined to nothing stays behind who stood before
        return self._arranged(self.rows[k], keys)

    def _arranged(self, row: Sequence[int], keys: Sequence[float]) -> list[int]:
        """A row by keys, in which frames stay together and what has its turn keeps to it."""
        key = dict(zip(row, keys, strict=True))
        if not self.framed:
            return sorted(row, key=key.__getitem__)
        return self._nested(row, key, 0)

    def _nested(self, row: Sequence[int], key: dict[int, float], depth: int) -> list[int]:
        items = self.items
        units: dict[tuple[bool, int], list[int]] = {}  # a frame, or an item in no further frame
        for v in row:
            frames = items[v].frames
            unit = (True, frames[depth]) if len(frames) > depth else (False, v)
            units.setdefault(unit, []).append(v)
        mean = {unit: sum(key[v] for v in own) / len(own) for unit, own in units.items()}
        order = sorted(units, key=mean.__getitem__)
        turns: dict[int, list[tuple[int, int, tuple[bool, int]]]] = {}
        for place, (framed, v) in enumerate(order):
            turn = (-1, v) if framed else items[v].turn
            if turn is not None:
                turns.setdefault(turn[0], []).append((turn[1], place, (framed, v)))
        for own_turns in turns.values():
            places = [place for _, place, _ in own_turns]
            for place, (_, _, unit) in zip(places, sorted(own_turns), strict=True):
                order[place] = unit
        found: list[int] = []
        for unit in order:
            found += self._nested(units[unit], key, depth + 1) if unit[0] else units[unit]
        return found

    def exchange(self) -> None:
        """Exchanges neighbours as long as that saves crossings, or brings operands into order."""
        todo = {k for k, row in enumerate(self.rows) if len(row) > 1}
        for _ in range(4):
            changed = [k for k in sorted(todo) if self._exchanged(k)]
            if not changed:
                return
            todo = {k + d for k in changed for d in (-1, 0, 1) if 0 <= k + d < len(self.rows)}

    def _exchanged(self, k: int) -> bool:
        """Exchanges neighbours of one row; whether there were any to be exchanged."""
        items, row, place = self.items, self.rows[k], self.place
        ups = [[place[u] for u in self.up[v]] for v in row]
        downs = [[place[u] for u in self.down[v]] for v in row]
        better = False
        for i in range(len(row) - 1):
            saved = _saved(ups[i], ups[i + 1]) + _saved(downs[i], downs[i + 1])
            if saved < 0:
                continue
            one, other = items[row[i]], items[row[i + 1]]
            if (saved or _inverted(one, other)) and _free(one, other):
                row[i], row[i + 1] = row[i + 1], row[i]
                ups[i], ups[i + 1] = ups[i + 1], ups[i]
                downs[i], downs[i + 1] = downs[i + 1], downs[i]
                better = True
        if better:
            self._put(k, row)
        return better


def _walked(items: Sequence[Item]) -> list[int]:
    """The items as a walk from the results back to the operands meets them."""
    seen = [False] * len(items)
    order = []
    ends = [k for k, item in enumerate(items) if not item.down]
    for root in [*ends, *range(len(items))]:
        stack = [root]
        while stack:
            v = stack.pop()
            if not seen[v]:
                seen[v] = True
                order.append(v)
                stack += reversed(items[v].up)
    return order


def _median(near: Sequence[int]) -> float:
    middle = len(near) // 2
    if len(near) % 2:
        return float(near[middle])
    if len(near) == 2:
        return (near[0] + near[1]) / 2
    left, right = near[middle - 1] - near[0], near[-1] - near[middle]
    if not left + right:
        return (near[middle - 1] + near[middle]) / 2
    return (near[middle - 1] * right + near[middle] * left) / (left + right)


def _free(one: Item, other: Item) -> bool:
    """Whether two neighbours may change places."""
    if one.frames != other.frames:
        return False
    return one.turn is None or other.turn is None or one.turn[0] != other.turn[0]


def _saved(one: Sequence[int], other: Sequence[int]) -> int:
    """How many crossings of two neighbours' arrows are saved by exchanging them."""
    if len(one) == 1 == len(other):
        return (one[0] > other[0]) - (one[0] < other[0])
    return sum([(x > y) - (x < y) for x in one for y in other])


def _inverted(one: Item, other: Item) -> bool:
    """Whether two operands of one box stand in the wrong order."""
    first, second = one.operand, other.operand
    return (
        first is not None and second is not None and first[0] == second[0] and first[1] > second[1]
    )
