"""Routes: the curve of each arrow, through its lanes and straight along its label."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from autograd.draw.layered.lanes import BACK, Lanes, Way
from autograd.draw.layered.places import Places
from autograd.draw.layered.ports import Ports

Point: TypeAlias = tuple[float, float]  # along, across

NEAR, HEAD = 7.0, 6.0  # between a box and a lane at least, and the length of an arrow's head
DOWN = 0.65  # of the room from left to right that is enough from top to bottom
STEEP = 0.2  # how much longer a gap is for arrows that go far across
WIDEST = {False: 46.0, True: 20.0}  # from left to right, and from top to bottom
BEND = 0.45  # where the control points of a curve are, of its length along
AHEAD = 12  # so many ranks are looked at for one curve


@dataclass(frozen=True)
class Route:
    """The points of a curve, a start and three for each piece, from tail to head.

    The head's tip is at `tip`; `label` is the middle of the line below the label.
    """

    points: tuple[Point, ...]
    tip: Point
    label: Point | None


@dataclass(frozen=True)
class Columns:
    """Where each rank begins along, and its size."""

    start: list[float]
    size: list[float]

    def middle(self, rank: int) -> float:
        """The middle of a rank."""
        return self.start[rank] + self.size[rank] / 2


def columns_of(lanes: Lanes, places: Places, ports: Ports, *, apart: float) -> Columns:
    """The ranks one after the other; gaps are wider where arrows go far across."""
    size = [0.0] * lanes.depth
    for item in lanes.items:
        size[item.rank] = max(size[item.rank], item.along)
    steps = [0.0] * lanes.depth
    heads = [False] * lanes.depth
    for k, way in enumerate(lanes.ways):
        ends = [*zip(way.items, ports.offsets(k), strict=True)]
        for (a, x), (b, y) in pairwise(ends):
            rank = min(lanes.items[a].rank, lanes.items[b].rank)
            steps[rank] = max(steps[rank], abs(places.across[a] + x - places.across[b] - y))
        heads[lanes.items[way.items[-1]].rank - 1] = True
    starts, ends_ = _ends(lanes)
    start, at = [], 0.0
    for rank in range(lanes.depth):
        at += starts[rank]
        start.append(at)
        least = max(NEAR, DOWN * apart if lanes.down else apart) + HEAD * heads[rank]
        gap = least + min(STEEP * steps[rank], WIDEST[lanes.down])
        at += size[rank] + ends_[rank] + gap
    return Columns(start, size)


def _ends(lanes: Lanes) -> tuple[list[float], list[float]]:
    """The room that frames need before each rank, and after it."""
    before, after = [0.0] * lanes.depth, [0.0] * lanes.depth
    for item in lanes.items:
        begun = [f for f in item.frames if lanes.spans[f][0] == item.rank]
        ended = [f for f in item.frames if lanes.spans[f][1] == item.rank]
        before[item.rank] = max(before[item.rank], sum(lanes.borders[f].start for f in begun))
        after[item.rank] = max(after[item.rank], sum(lanes.borders[f].end for f in ended))
    return before, after


class Router:
    """Finds the curves of arrows among items that have their places."""

    def __init__(
        self,
        lanes: Lanes,
        rows: Sequence[Sequence[int]],
        places: Places,
        columns: Columns,
        ports: Ports,
    ) -> None:
        self.lanes, self.columns, self.ports = lanes, columns, ports
        self.across = places.across
        self.room: list[tuple[float, float]] = [(-math.inf, math.inf)] * len(lanes.items)
        for row in rows:
            for i, v in enumerate(row):
                low, high = -math.inf, math.inf
                if i:
                    low = self.across[row[i - 1]] + lanes.items[row[i - 1]].after + CLEAR
                if i + 1 < len(row):
                    high = self.across[row[i + 1]] - lanes.items[row[i + 1]].before - CLEAR
                self.room[v] = low, high

    def route(self, number: int) -> Route:
        """The curve of an arrow."""
        way = self.lanes.ways[number]
        first, last = self.ports.first[number], self.ports.last[number]
        if way.kind == "flat":
            return self._loop(way, first, last)
        start = self._side(way.items[0], first, after=True)
        end = self._side(way.items[-1], last, after=False)
        if way.kind == "back":
            tip = start
            start = start[0] + HEAD, start[1]
        else:
            tip = end
            end = end[0] - HEAD, end[1]
        points = self._through(way, start, end)
        label = None
        if way.place is not None:
            item = self.lanes.items[way.place]
            label = self.columns.middle(item.rank), self.across[way.place]
        if way.kind == "back":
            points.reverse()
        return Route(tuple(points), tip, label)

    def _side(self, box: int, offset: float, *, after: bool) -> Point:
        item = self.lanes.items[box]
        half = item.along / 2
        middle = self.columns.middle(item.rank)
        return middle + (half if after else -half), self.across[box] + offset

    def _through(self, way: Way, start: Point, end: Point) -> list[Point]:
        """A curve from point to point by way of the lanes, as straight as their room allows."""
        first, *inner, last = way.items
        points = [start]
        at = 0
        while True:
            ahead = 0 if at < way.shared else AHEAD
            for stop in range(min(len(inner), at + ahead), at - 1, -1):
                target = end if stop == len(inner) else self._entry(inner[stop])
                passed = [*[first] * (at == 0), *inner[at:stop], *[last] * (stop == len(inner))]
                if self._clear(points[-1], target, passed):
                    break
            else:  # the next one, past all that stands beside the box where it starts or ends
                if at == 0:
                    _lead(points, (self._beyond(first), start[1]))
                if stop == len(inner):
                    _lead(points, (self._entry(last)[0], end[1]))
            _lead(points, target)
            if stop == len(inner):
                return points
            out = self._beyond(inner[stop]), target[1]
            if out[0] > target[0]:
                _lead(points, out)
            at = stop + 1

    def _beyond(self, v: int) -> float:
        """Where the rank of an item ends."""
        rank = self.lanes.items[v].rank
        return self.columns.start[rank] + self.columns.size[rank]

    def _entry(self, v: int) -> Point:
        return self.columns.start[self.lanes.items[v].rank], self.across[v]

    def _clear(self, start: Point, end: Point, passed: Sequence[int]) -> bool:
        """Whether a curve keeps within the room of all the items that it passes."""
        for v in passed:
            item = self.lanes.items[v]
            if item.label or item.outer:
                return False
            low, high = self.room[v]
            begin = self.columns.start[item.rank]
            for along in (begin, begin + self.columns.size[item.rank]):
                if start[0] < along < end[0] and not low <= _height(start, end, along) <= high:
                    return False
        return True

    def _loop(self, way: Way, first: float, last: float) -> Route:
        """A curve from a box by way of the rank after to one in the same rank."""
        start = self._side(way.items[0], first, after=True)
        tip = self._side(way.items[-1], last, after=True)
        end = tip[0] + HEAD, tip[1]
        item = self.lanes.items[way.items[1]]
        across = self.across[way.items[1]]
        begin = self.columns.start[item.rank]
        far = begin + item.along
        label = begin + item.along / 2, across
        points = [
            start, *_bent(start, (begin, across)), *_bent((begin, across), (far, across)),
        ]  # fmt: skip
        below = across + (-BACK if self.lanes.down else BACK)  # where no label is
        points += [(far + HEAD, across), (far + HEAD, below), (far, below)]
        points += [*_bent((far, below), (begin, below)), *_bent((begin, below), end)]
        return Route(tuple(points), tip, label if way.place is not None else None)


CLEAR = 2.0


def _lead(points: list[Point], end: Point) -> None:
    """Leads a curve on to a point; what is straight on both sides of one is a single piece."""
    across = end[1]
    if len(points) > 3 and points[-4][1] == points[-1][1] == across:
        del points[-3:]
    points += _bent(points[-1], end)


def _bent(start: Point, end: Point) -> list[Point]:
    """The control points and the end of a curve that begins and ends along."""
    (a, b), (c, d) = start, end
    return [(a + BEND * (c - a), b), (c - BEND * (c - a), d), end]


def _height(start: Point, end: Point, along: float) -> float:
    """Where such a curve is across, so far along."""
    (a, b), (c, d) = start, end
    if c <= a or b == d:
        return d
    part = min(1.0, max(0.0, (along - a) / (c - a))) * (len(_HEIGHTS) - 1)
    k = min(int(part), len(_HEIGHTS) - 2)
    return b + (d - b) * (_HEIGHTS[k] + (part - k) * (_HEIGHTS[k + 1] - _HEIGHTS[k]))


def _heights(steps: int) -> list[float]:
    """How far across the curve of `_bent` is at equal steps along, both from 0 to 1."""
    found, t = [], 0.0
    for k in range(steps + 1):
        while 3 * BEND * t * (1 - t) ** 2 + 3 * (1 - BEND) * t * t * (1 - t) + t**3 < k / steps:
            t += 1 / 1024
        found.append(min(1.0, t * t * (3 - 2 * t)))
    return found


_HEIGHTS = _heights(32)


def straight(start: Point, end: Point) -> list[Point]:
    """The control points and the end of a curve that is a straight line."""
    (a, b), (c, d) = start, end
    return [((2 * a + c) / 3, (2 * b + d) / 3), ((a + 2 * c) / 3, (b + 2 * d) / 3), end]


def turned(point: Point, *, down: bool) -> Point:
    """A point from along and across to right and down."""
    return (point[1], point[0]) if down else point
