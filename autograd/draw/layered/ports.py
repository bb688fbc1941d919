"""Ports: where on a box's side each arrow begins or ends, spread so that all can be told apart."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.draw.layered.lanes import Item, Lanes

EDGE = 5.0  # no port is nearer to a corner
APART = {False: 13.0, True: 30.0}  # how far apart ports are at best, across: with `down`, labels are wide


class Ports:
    """How far from the middle of a box, across, the ends of each way are."""

    def __init__(self, lanes: Lanes, rows: Sequence[Sequence[int]]) -> None:
        self.first = [0.0] * len(lanes.ways)
        self.last = [0.0] * len(lanes.ways)
        place = {v: i for row in rows for i, v in enumerate(row)}
        # Of each box, the ends on the side of the rank before (False) and after: what they lead
        # to, the way, and whether it is the way's first end.
        sides: dict[tuple[int, bool], list[tuple[int, int, bool]]] = {}
        for k, way in enumerate(lanes.ways):
            first, last = way.items[0], way.items[-1]
            sides.setdefault((first, True), []).append((place[way.items[1]], k, True))
            after = way.kind == "flat"
            sides.setdefault((last, after), []).append((place[way.items[-2]], k, False))
        for (box, _), ends in sides.items():
            ends.sort(key=lambda end: (end[0], end[1]))
            for offset, (_, k, first) in zip(
                _spread(lanes.items[box], len(ends), down=lanes.down), ends, strict=True
            ):
                (self.first if first else self.last)[k] = offset


def _spread(box: Item, count: int, *, down: bool) -> list[float]:
    """So many places on a box's side, around its middle."""
    room = box.before + box.after - 2 * EDGE
    apart = min(APART[down], room / (count - 1)) if count > 1 else 0.0
    return [apart * (k - (count - 1) / 2) for k in range(count)]
