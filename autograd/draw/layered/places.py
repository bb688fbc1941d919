"""Places: where each item stands across, so that arrows are straight and nothing overlaps.

Rank by rank, items go as near as they can to what they are joined to (least squares under given
distances, solved by pooling neighbours); frames then get strips of their own, and arrows that pass
several ranks are straightened.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from autograd.draw.layered.lanes import Item, Lanes
from autograd.draw.layered.pooled import nearest
from autograd.draw.layered.ports import LANE, Ports
from autograd.draw.layered.ranks import forward

SWEEPS = 24
MOST_WORK = 60_000  # items times sweeps

BESIDE, APART = 6.0, 11.5  # between an arrow and a box, and two boxes
OUTER = 6.0  # between two lanes outside

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
    rows = [[v for v in row if not items[v].outer] for row in rows]
    joined = _joined(lanes, ports)
    gaps = [[_gap(lanes, a, b) for a, b in pairwise(row)] for row in rows]
    across = [0.0] * len(items)
    for row, own in zip(rows, gaps, strict=True):
        at = -sum(own) / 2
        for v, gap in zip(row, [*own, 0.0], strict=True):
            across[v] = at
            at += gap
    sweeps = max(3, min(SWEEPS, MOST_WORK // max(1, len(items))))
    free = [(-math.inf, math.inf)] * len(items)
    _settle(rows, gaps, joined, across, [], sweeps, max(2, sweeps // 4))
    if not lanes.borders:
        _straighten(lanes, rows, gaps, across, free, ports)
        _put_outside(items, across, [])
        return Places(across, [])
    limits = _limits(lanes, rows)
    order = _sorted(len(items) + 2 * len(lanes.borders), limits)
    for _ in range(2):
        strips = _projected(across, limits, order, len(items))
        bounds = _bounds(len(items), limits, strips)
        _settle(rows, gaps, joined, across, bounds, 2, max(1, sweeps // 3))
    _straighten(lanes, rows, gaps, across, bounds, ports)
    strips = _tightened(across, limits, order, len(items))
    _put_outside(items, across, strips)
    return Places(across, [*zip(strips[::2], strips[1::2], strict=True)])


def _put_outside(items: Sequence[Item], across: list[float], strips: Sequence[float]) -> None:
    """Puts the lanes of those who pass outside one after the other, beyond all else."""
    inner = [at + item.after for item, at in zip(items, across, strict=True) if not item.outer]
    edge = max([*inner, *(at for at in strips if at < math.inf)], default=0.0) + APART
    for v, item in enumerate(items):
        if item.outer:
            across[v] = edge + item.outer * OUTER


@dataclass(frozen=True)
class _Joints:
    """What an item is joined to: (item, distance if straight, weight), and the sum of weights."""

    joints: list[tuple[int, float, float]]
    weight: float


def _joined(lanes: Lanes, ports: Ports) -> tuple[list[_Joints], list[_Joints], list[_Joints]]:
    """What each item is joined to in the rank before, in the one after, and in both."""
    items = lanes.items
    before: list[list[tuple[int, float, float]]] = [[] for _ in items]
    after: list[list[tuple[int, float, float]]] = [[] for _ in items]
    seen: set[tuple[int, int]] = set()
    for k, way in enumerate(lanes.ways):
        ends = [*zip(way.items, ports.offsets(k), strict=True)]
        for (a, x), (b, y) in pairwise(ends):
            if (a, b) in seen or items[a].outer or items[b].outer:
                continue  # a way that is shared, or outside
            if items[b].key is None:
                seen.add((a, b))
            weight = WEIGHTS[(items[a].key is None) + (items[b].key is None)]
            if items[a].frames and items[a].frames == items[b].frames:
                weight *= INSIDE
            here, there = (a, x), (b, y)
            if items[a].rank > items[b].rank:
                here, there = there, here
            after[here[0]].append((there[0], there[1] - here[1], weight))
            before[there[0]].append((here[0], here[1] - there[1], weight))
    both = [one + other for one, other in zip(before, after, strict=True)]
    for k, joints in enumerate(both):
        before[k] = before[k] or joints
        after[k] = after[k] or joints

    def summed(all: list[list[tuple[int, float, float]]]) -> list[_Joints]:
        return [_Joints(joints, sum(weight for _, _, weight in joints)) for joints in all]

    return summed(before), summed(after), summed(both)


# By how many of the two that are joined are no boxes; and how much more those of one frame count.
WEIGHTS = (1.0, 2.0, 8.0)
INSIDE = 16.0


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
    joined: tuple[list[_Joints], list[_Joints], list[_Joints]],
    across: list[float],
    bounds: Sequence[tuple[float, float]],
    first: int,
    last: int,
) -> None:
    """Moves items rank by rank towards what they are joined to, in so many sweeps at most.

    The first ones look to one side, the last ones to both.
    """
    before, after, both = joined
    sides = [before, after] * (first // 2) + [both] * last
    for sweep, side in enumerate(sides):
        onwards = sweep % 2 == 0
        moved = 0.0
        for k in range(len(rows)) if onwards else range(len(rows) - 1, -1, -1):
            row = rows[k]
            wanted, weights = [], []
            for v in row:
                own = side[v]
                if own.joints:
                    wanted.append(sum([w * (across[u] - d) for u, d, w in own.joints]) / own.weight)
                    weights.append(own.weight)
                else:
                    wanted.append(across[v])
                    weights.append(LOOSE)
            found = nearest(wanted, weights, gaps[k], [bounds[v] for v in row] if bounds else ())
            for v, at in zip(row, found, strict=True):
                moved = max(moved, abs(across[v] - at))
                across[v] = at
        if moved < STILL:
            if side is both:
                return
            del sides[sweep + 1 : -last]


LOOSE = 0.1  # the weight of what is joined to nothing
STILL = 0.2  # where less than this moves, all have their places


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
    order = forward(count, [(a, b) for a, b, _ in limits])
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
    ports: Ports,
) -> None:
    """Leads arrows straight from their labels on, and through ranks wherever there is room."""
    target = {
        way.items[-2]: across[way.items[-1]] + ports.last[k]
        for k, way in enumerate(lanes.ways)
        if way.kind == "on" and lanes.items[way.items[-2]].key is None
    }
    for row, own in zip(rows, gaps, strict=True):
        if not target.keys().isdisjoint(row) and all(lanes.items[v].key is None for v in row):
            wanted = [target.get(v, across[v]) for v in row]
            found = nearest(wanted, [1.0] * len(row), own, [bounds[v] for v in row])
            for v, at in zip(row, found, strict=True):
                across[v] = at
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
            inner = [v for v in way.items[-2:0:-1] if not lanes.items[v].outer]
            _align(inner, across, room)


def _align(
    places: Sequence[int], across: list[float], room: Callable[[int], tuple[float, float]]
) -> None:
    """Puts the places of an arrow, from its head back, on as few lines as there is room for."""
    start = 0
    while start < len(places):
        low, high = room(places[start])
        end = start + 1
        while end < len(places):
            more = room(places[end])
            if max(low, more[0]) > min(high, more[1]):
                break
            low, high = max(low, more[0]), min(high, more[1])
            end += 1
        at = min(max(across[places[start]], low), high)
        for v in places[start:end]:
            across[v] = at
        start = end
