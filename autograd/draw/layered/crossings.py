"""Crossings: the order within each rank, by medians and by exchanging neighbours.

A frame's items stay together, frames in the order in which they are given, and operands in theirs
where that makes no arrows cross.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograd.draw.layered.lanes import Item, Lanes

SWEEPS = 24
PATIENCE = 5  # sweeps without fewer crossings
MOST_WORK = 60_000  # items times sweeps


def ordered(lanes: Lanes) -> list[list[int]]:
    """The items of each rank, across, with few crossings."""
    items = lanes.items
    rows = _first(lanes)
    best, least = [[*row] for row in rows], crossings(items, rows)
    stale = 0
    _exchange(items, rows)
    for sweep in range(max(4, min(SWEEPS, MOST_WORK // max(1, len(items))))):
        count = crossings(items, rows)
        if count <= least:
            stale = 0 if count < least else stale + 1
            best, least = [[*row] for row in rows], count
        else:
            stale += 1
        if stale > PATIENCE or (not least and sweep):
            break
        onwards = sweep % 2 == 0
        for k in range(1, len(rows)) if onwards else range(len(rows) - 2, -1, -1):
            other = rows[k - 1 if onwards else k + 1]
            place = {v: i for i, v in enumerate(other)}
            rows[k] = _by_medians(items, rows[k], place, onwards=onwards)
        _exchange(items, rows)
    return best


def crossings(items: Sequence[Item], rows: Sequence[Sequence[int]]) -> int:
    """How many pairs of arrows cross between one rank and the next."""
    total = 0
    for row, below in zip(rows, rows[1:], strict=False):
        place = {v: i for i, v in enumerate(below)}
        tree = [0] * (len(below) + 1)
        seen = 0
        for v in row:
            ends = sorted(place[u] for u in items[v].down if u in place)
            for end in ends:
                k = end + 1
                before = 0
                while k:
                    before += tree[k]
                    k &= k - 1
                total += seen - before
                seen += 1
                k = end + 1
                while k <= len(below):
                    tree[k] += 1
                    k += k & -k
    return total


def _first(lanes: Lanes) -> list[list[int]]:
    """The order in which a walk from the results back to the operands meets the items."""
    items = lanes.items
    rows: list[list[int]] = [[] for _ in range(lanes.depth)]
    seen = [False] * len(items)
    ends = [k for k, item in enumerate(items) if not item.down]
    for root in [*ends, *range(len(items))]:
        stack = [root]
        while stack:
            v = stack.pop()
            if seen[v]:
                continue
            seen[v] = True
            rows[items[v].rank].append(v)
            stack += reversed(items[v].up)
    return [_arranged(items, row, {v: float(i) for i, v in enumerate(row)}) for row in rows]


def _by_medians(
    items: Sequence[Item], row: Sequence[int], place: Mapping[int, int], *, onwards: bool
) -> list[int]:
    """A row by the medians of what its items are joined to."""
    key: dict[int, float] = {}
    last = -1.0
    for v in row:
        near = sorted(place[u] for u in (items[v].up if onwards else items[v].down) if u in place)
        if near:
            last = _median(near)
        key[v] = last  # who is joined to nothing stays behind who stood before
    return _arranged(items, row, key)


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


def _arranged(
    items: Sequence[Item], row: Sequence[int], key: Mapping[int, float], depth: int = 0
) -> list[int]:
    """A row by keys, in which frames stay together and what has its turn keeps to it."""
    units: dict[tuple[bool, int], list[int]] = {}
    for v in row:
        frames = items[v].frames
        unit = (True, frames[depth]) if len(frames) > depth else (False, v)
        units.setdefault(unit, []).append(v)
    mean = {unit: sum(key[v] for v in own) / len(own) for unit, own in units.items()}
    order = sorted(units, key=mean.__getitem__)
    turns: dict[int, list[int]] = {}
    for place, (framed, v) in enumerate(order):
        turn = items[v].turn if not framed else None
        if framed or turn is not None:
            turns.setdefault(-1 if turn is None else turn[0], []).append(place)
    for group, places in turns.items():
        own = [order[place] for place in places]
        own.sort(key=lambda unit: unit[1] if group < 0 else (items[unit[1]].turn or (0, 0))[1])
        for place, unit in zip(places, own, strict=True):
            order[place] = unit
    return [
        v
        for unit in order
        for v in (_arranged(items, units[unit], key, depth + 1) if unit[0] else units[unit])
    ]


def _exchange(items: Sequence[Item], rows: Sequence[list[int]]) -> None:
    """Exchanges neighbours as long as that saves crossings, or brings operands into order."""
    for _ in range(4):
        better = False
        for k, row in enumerate(rows):
            above = {v: i for i, v in enumerate(rows[k - 1])} if k else {}
            below = {v: i for i, v in enumerate(rows[k + 1])} if k + 1 < len(rows) else {}
            ups = {v: sorted(above[u] for u in items[v].up if u in above) for v in row}
            downs = {v: sorted(below[u] for u in items[v].down if u in below) for v in row}
            for i in range(len(row) - 1):
                a, b = row[i], row[i + 1]
                if not _free(items[a], items[b]):
                    continue
                saved = _saved(ups[a], ups[b]) + _saved(downs[a], downs[b])
                if saved > 0 or (saved == 0 and _inverted(items[a], items[b])):
                    row[i], row[i + 1] = b, a
                    better = True
        if not better:
            return


def _free(one: Item, other: Item) -> bool:
    """Whether two neighbours may change places."""
    if one.frames != other.frames:
        return False
    return one.turn is None or other.turn is None or one.turn[0] != other.turn[0]


def _saved(one: Sequence[int], other: Sequence[int]) -> int:
    """How many crossings of two neighbours' arrows are saved by exchanging them."""
    return sum((x > y) - (x < y) for x in one for y in other)


def _inverted(one: Item, other: Item) -> bool:
    """Whether two operands of one box stand in the wrong order."""
    first, second = one.operand, other.operand
    return (
        first is not None and second is not None and first[0] == second[0] and first[1] > second[1]
    )
