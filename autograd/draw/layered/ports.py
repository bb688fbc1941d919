"""Ports: where on a box's side each arrow begins or ends, spread so that all can be told apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from autograd.draw.layered.lanes import BACK, Item, Lanes
from autograd.draw.layered.pooled import nearest

EDGE = 5.0  # no port is nearer to a corner
LANE = 4.0  # between two arrows with their labels
APART = {False: 13.0, True: 24.0}  # between two ports at first, where there is room
LEAST = 6.0  # between two ports at last
INNER = 0.3  # how far towards the corners a port goes for an arrow that is not straight


class Ports:
    """How far from the middle of a box, across, the ends of each way are."""

    def __init__(self, lanes: Lanes, rows: Sequence[Sequence[int]]) -> None:
        self.lanes = lanes
        self.first = [0.0] * len(lanes.ways)
        self.last = [0.0] * len(lanes.ways)
        place = {v: i for row in rows for i, v in enumerate(row)}
        # Of each box, the ends on the side of the rank before (False) and after, in their order:
        # what they lead to, the way, and whether it is the way's first end.
        self.sides: dict[tuple[int, bool], list[tuple[int, int, bool]]] = {}
        for k, way in enumerate(lanes.ways):
            flat = way.kind == "flat"
            self._add(way.items[0], (way.items[1], k, True), after=True)
            self._add(way.items[-1], (way.items[-2], k, False), after=flat)
        for (box, _), ends in self.sides.items():
            # The way back of a loop is where no label is, as its lane.
            ends.sort(key=lambda end: (place[end[0]], end[1], end[2] == lanes.down))
            gaps = [
                0.0
                if self._are_one(one, other)
                else max(
                    APART[lanes.down],
                    lanes.items[one[0]].after + lanes.items[other[0]].before + LANE,
                )
                for one, other in pairwise(ends)
            ]
            scale = min(1.0, _room(lanes.items[box]) / (sum(gaps) or 1.0))
            at = -scale * sum(gaps) / 2
            for end, gap in zip(ends, [*gaps, 0.0], strict=True):
                self._put(end, at)
                at += scale * gap

    def _add(self, box: int, end: tuple[int, int, bool], *, after: bool) -> None:
        self.sides.setdefault((box, after), []).append(end)

    def _put(self, end: tuple[int, int, bool], offset: float) -> None:
        _, way, first = end
        (self.first if first else self.last)[way] = offset

    def _are_one(self, one: tuple[int, int, bool], other: tuple[int, int, bool]) -> bool:
        """Whether two ends are that of one trunk."""
        return one[0] == other[0] and one[1] != other[1] and self.lanes.items[one[0]].key is None

    def offsets(self, way: int) -> list[float]:
        """How far from the middle of each of its items a way is."""
        between = len(self.lanes.ways[way].items) - 2
        return [self.first[way], *[0.0] * between, self.last[way]]

    def slide(self, across: Sequence[float]) -> None:
        """Moves each end along its side to where its arrow is straight, as far as there is room."""
        for (box, _), ends in self.sides.items():
            room = _room(self.lanes.items[box])
            apart = [not self._are_one(one, other) for one, other in pairwise(ends)]
            gap = min(LEAST, room / (sum(apart) or 1))
            wanted = [self._straight(end, across) - across[box] for end in ends]
            if any(abs(at) > room / 2 for at in wanted):
                if len(ends) > 1:
                    continue  # evenly spread, as they are
                wanted = [math.copysign(INNER * room, wanted[0])]
            bounds = [(-room / 2, room / 2)] * len(ends)
            found = nearest(wanted, [1.0] * len(ends), [gap * own for own in apart], bounds)
            for end, offset in zip(ends, found, strict=True):
                self._put(end, offset)

    def _straight(self, end: tuple[int, int, bool], across: Sequence[float]) -> float:
        """Where an arrow comes from or goes to."""
        other, way, first = end
        if self.lanes.items[other].key is None:
            back = self.lanes.ways[way].kind == "flat" and not first
            return across[other] + back * (-BACK if self.lanes.down else BACK)
        return across[other] + (self.last if first else self.first)[way]


def _room(box: Item) -> float:
    """How much of a box's side ports may take."""
    return max(0.0, box.before + box.after - 2 * EDGE)
