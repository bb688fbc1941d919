"""Places: where each item stands across, so that arrows are straight and nothing overlaps.

Rank by rank, items go as near as they can to what they are joined to (least squares under given
distances, solved by pooling neighbours); frames then get strips of their own, and arrows that pass
several ranks are straightened.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from autograd.draw.layered.lanes import Item, Lanes
from autograd.draw.layered.ports import Ports

SWEEPS = 24
MOST_WORK = 80_000  # items times sweeps

LANE, BESIDE, APART = 4.0, 6.0, 11.5  # between two arrows, an arrow and a box, two boxes

# What stands at least so far after what: (one, other, distance). Frames have two numbers each,
# of their beginning and their end, after those of the items.
Limit: TypeAlias = tuple[int, int, float]


@dataclass(frozen=True)
class Places:
    """Where each item's line or middle is across, and from where to where each frame goes."""

    across: list[float]
    strips: list[tuple[float, float]]


def placed(lanes: Lanes, rows: Sequence[Sequence[int]], ports: Ports) -> Places:
    """The places of items in these rows."""
    items = lanes.items
    joined = _joined(lanes, ports)
    gaps = [[_gap(lanes, a, b) for a, b in zip(row, row[1:], strict=False)] for row in rows]
    across = [0.0] * len(items)
    for row, own in zip(rows, gaps, strict=True):
        at = -sum(own) / 2
        for v, gap in zip(row, [*own, 0.0], strict=True):
            across[v] = at
            at += gap
    sweeps = max(3, min(SWEEPS, MOST_WORK // max(1, len(items))))
    free = [(-math.inf, math.inf)] * len(items)
    _settle(rows, gaps, joined, across, free, sweeps)
    if not lanes.borders:
        _straighten(lanes, rows, gaps, across, free)
        return Places(across, [])
    limits = _limits(lanes, rows)
    order = _sorted(len(items) + 2 * len(lanes.borders), limits)
    strips = _projected(across, limits, order, len(items))
    bounds = _bounds(len(items), limits, strips)
    _settle(rows, gaps, joined, across, bounds, 6)
    _straighten(lanes, rows, gaps, across, bounds)
    strips = _tightened(across, limits, order, len(items))
    return Places(across, [*zip(strips[::2], strips[1::2], strict=True)])


Joint: TypeAlias = tuple[int, float, float]


def _joined(lanes: Lanes, ports: Ports) -> tuple[list[list[Joint]], list[list[Joint]]]:
    """What each item is joined to before and after: (item, distance if straight, weight)."""
    items = lanes.items
    before: list[list[Joint]] = [[] for _ in items]
    after: list[list[Joint]] = [[] for _ in items]
    for k, way in enumerate(lanes.ways):
        chain = way.items
        offsets = [ports.first[k], *[0.0] * (len(chain) - 2), ports.last[k]]
        for (a, x), (b, y) in zip(
            zip(chain, offsets, strict=True), [*zip(chain, offsets, strict=True)][1:], strict=False
        ):
            lane = (items[a].key is None) + (items[b].key is None)
            weight = (1.0, 2.0, 8.0)[lane]
            if items[a].rank < items[b].rank:
                after[a].append((b, y - x, weight))
                before[b].append((a, x - y, weight))
            elif items[a].rank > items[b].rank:
                before[a].append((b, y - x, weight))
                after[b].append((a, x - y, weight))
    return before, after


def _gap(lanes: Lanes, a: int, b: int) -> float:
    """How far apart two neighbours stand at least, frames between them counted."""
    one, other = lanes.items[a], lanes.items[b]
    common = sum(x == y for x, y in zip(one.frames, other.frames, strict=False))
    left = sum(lanes.borders[frame].after for frame in one.frames[common:])
    entered = sum(lanes.borders[frame].before for frame in other.frames[common:])
    framed = len(one.frames) > common or len(other.frames) > common
    between = BESIDE if framed else _between(one, other)
    return one.after + other.before + left + entered + between


def _between(one: Item, other: Item) -> float:
    boxes = (one.key is not None) + (other.key is not None)
    return (LANE, BESIDE, APART)[boxes]


def _settle(
    rows: Sequence[Sequence[int]],
    gaps: Sequence[Sequence[float]],
    joined: tuple[list[list[Joint]], list[list[Joint]]],
    across: list[float],
    bounds: Sequence[tuple[float, float]],
    sweeps: int,
) -> None:
    """Moves items rank by rank towards what they are joined to before, after, and at last both."""
    before, after = joined
    for sweep in range(sweeps):
        onwards = sweep % 2 == 0
        both = sweep >= sweeps - max(2, sweeps // 4)
        for k in range(len(rows)) if onwards else range(len(rows) - 1, -1, -1):
            row = rows[k]
            wanted, weights = [], []
            for v in row:
                near = before[v] + after[v] if both else (before if onwards else after)[v]
                near = near or before[v] + after[v]
                weight = sum(w for _, _, w in near)
                weights.append(weight or 0.1)
                mean = sum(w * (across[u] - d) for u, d, w in near) / weight if weight else across[v]
                wanted.append(mean)
            for v, at in zip(row, _nearest(wanted, weights, gaps[k], bounds, row), strict=True):
                across[v] = at


def _nearest(
    wanted: Sequence[float],
    weights: Sequence[float],
    gaps: Sequence[float],
    bounds: Sequence[tuple[float, float]],
    row: Sequence[int],
) -> list[float]:
    """Places nearest to those wanted, in least squares, at these distances and within bounds."""
    offsets = [0.0]
    for gap in gaps:
        offsets.append(offsets[-1] + gap)
    pools: list[tuple[float, float, int]] = []  # of neighbours that touch: sum, weight, how many
    for want, weight, offset in zip(wanted, weights, offsets, strict=False):
        total, heavy, many = (want - offset) * weight, weight, 1
        while pools and pools[-1][0] * heavy >= total * pools[-1][1]:
            more, also, others = pools.pop()
            total, heavy, many = total + more, heavy + also, many + others
        pools.append((total, heavy, many))
    found = [total / heavy for total, heavy, many in pools for _ in range(many)]
    low = -math.inf
    for k, v in enumerate(row):
        low = max(low, bounds[v][0] - offsets[k])
        found[k] = max(found[k], low)
    high = math.inf
    for k in range(len(row) - 1, -1, -1):
        high = min(high, bounds[row[k]][1] - offsets[k])
        found[k] = min(found[k], high)
    return [at + offset for at, offset in zip(found, offsets, strict=False)]


# Frames.


def _limits(lanes: Lanes, rows: Sequence[Sequence[int]]) -> list[Limit]:
    """What keeps items and the sides of frames apart."""
    items, many = lanes.items, len(lanes.items)
    limits: list[Limit] = []
    for row in rows:
        opened: tuple[int, ...] = ()
        last, room, item = -1, 0.0, None  # what stands above, and the room that it needs
        for v in [*row, None]:
            own = items[v].frames if v is not None else ()
            common = sum(x == y for x, y in zip(opened, own, strict=False))
            for frame in reversed(opened[common:]):
                end = many + 2 * frame + 1
                limits.append((last, end, room + lanes.borders[frame].after))
                last, room, item = end, 0.0, None
            opened = own
            if v is None:
                break
            for frame in own[common:]:
                begin = many + 2 * frame
                if last >= 0:
                    within = last >= many and (last - many) % 2 == 0
                    limits.append((last, begin, room + (0.0 if within else BESIDE)))
                last, room, item = begin, lanes.borders[frame].before, None
            if last >= 0:
                inside = last >= many and (last - many) % 2 == 0
                between = _between(items[item], items[v]) if item is not None else BESIDE
                limits.append((last, v, room + (0.0 if inside else between) + items[v].before))
            last, room, item = v, items[v].after, v
    for frame, border in enumerate(lanes.borders):
        if border.least:
            limits.append((many + 2 * frame, many + 2 * frame + 1, border.least))
    return limits


def _sorted(count: int, limits: Sequence[Limit]) -> list[int]:
    """The numbers of items and of sides of frames, each after what it must stand after."""
    into = [0] * count
    out: list[list[int]] = [[] for _ in range(count)]
    for a, b, _ in limits:
        into[b] += 1
        out[a].append(b)
    order = [v for v in range(count) if not into[v]]
    for v in order:
        for b in out[v]:
            into[b] -= 1
            if not into[b]:
                order.append(b)
    assert len(order) == count, "frames stand in another order in one rank than in the next"
    return order


def _projected(
    across: list[float], limits: Sequence[Limit], order: Sequence[int], many: int
) -> list[float]:
    """Moves items apart until all limits hold; returns the sides of frames.

    The mean of what holds by moving only onwards and of what holds by moving only back holds, too.
    """
    count = len(order)
    out: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    into: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    for a, b, distance in limits:
        out[a].append((b, distance))
        into[b].append((a, distance))
    onwards = [*across, *[-math.inf] * (count - many)]
    for v in order:
        for b, distance in out[v]:
            onwards[b] = max(onwards[b], onwards[v] + distance)
    back = [*across, *[math.inf] * (count - many)]
    for v in reversed(order):
        for a, distance in into[v]:
            back[a] = min(back[a], back[v] - distance)
    for v in range(many):
        across[v] = (onwards[v] + back[v]) / 2
    return _tightened(across, limits, order, many)


def _tightened(
    across: Sequence[float], limits: Sequence[Limit], order: Sequence[int], many: int
) -> list[float]:
    """The sides of frames that hold these items and no more."""
    count = len(order)
    sides = [*across, *(-math.inf if k % 2 else math.inf for k in range(count - many))]
    out: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    into: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    for a, b, distance in limits:
        out[a].append((b, distance))
        into[b].append((a, distance))
    for v in order:  # ends, from the inner ones out
        if v >= many and (v - many) % 2:
            sides[v] = max((sides[a] + d for a, d in into[v] if sides[a] < math.inf), default=0.0)
    for v in reversed(order):
        if v >= many and (v - many) % 2 == 0:
            sides[v] = min((sides[b] - d for b, d in out[v]), default=0.0)
    for v in order:  # a frame at least as large as its title
        if v >= many and (v - many) % 2:
            sides[v] = max([sides[v], *(sides[a] + d for a, d in into[v])])
    return sides[many:]


def _bounds(
    many: int, limits: Sequence[Limit], strips: Sequence[float]
) -> list[tuple[float, float]]:
    """Between what the sides of frames leave each item."""
    low, high = [-math.inf] * many, [math.inf] * many
    for a, b, distance in limits:
        if a >= many > b:
            low[b] = max(low[b], strips[a - many] + distance)
        elif b >= many > a:
            high[a] = min(high[a], strips[b - many] - distance)
    return [*zip(low, high, strict=True)]


# Straight arrows.


def _straighten(
    lanes: Lanes,
    rows: Sequence[Sequence[int]],
    gaps: Sequence[Sequence[float]],
    across: list[float],
    bounds: Sequence[tuple[float, float]],
) -> None:
    """Puts the places of an arrow that passes several ranks on one line wherever there is room."""
    beside: dict[int, tuple[int, int]] = {}
    apart: dict[int, tuple[float, float]] = {}
    for row, own in zip(rows, gaps, strict=True):
        for i, v in enumerate(row):
            beside[v] = row[i - 1] if i else -1, row[i + 1] if i + 1 < len(row) else -1
            apart[v] = own[i - 1] if i else 0.0, own[i] if i + 1 < len(row) else 0.0

    def room(v: int) -> tuple[float, float]:
        (left, right), (one, other) = beside[v], apart[v]
        low = across[left] + one if left >= 0 else -math.inf
        high = across[right] - other if right >= 0 else math.inf
        return max(low, bounds[v][0]), min(high, bounds[v][1])

    for _ in range(2):
        for way in lanes.ways:
            inner = way.items[1:-1]
            start = 0
            while start < len(inner):
                low, high = room(inner[start])
                end = start + 1
                while end < len(inner):
                    more = room(inner[end])
                    if max(low, more[0]) > min(high, more[1]):
                        break
                    low, high = max(low, more[0]), min(high, more[1])
                    end += 1
                if end - start > 1:
                    run = sorted(across[v] for v in inner[start:end])
                    at = min(max(run[len(run) // 2], low), high)
                    for v in inner[start:end]:
                        across[v] = at
                start = end
