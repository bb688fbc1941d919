"""Lanes: boxes by rank, and between them a lane for each arrow and its label.

What stands in a rank is an item: a box, or the place where an arrow passes. Along is the way of
the arrows, across the other one: the same code lays out from left to right and from top to bottom.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from autograd.draw.layered.ranks import ranks
from autograd.draw.layered.source import Arrow, Graph
from autograd.draw.layered.tables import LEADING, Figure, Words, font_of, lines_of
from autograd.draw.layered.widths import width

# Beyond so many places the longest arrows have none in each rank they pass: they go outside of all.
MOST_PLACES = 6000
# More arrows than this that pass other ranks leave their box as one, and part where they end.
MOST_APART = 4

BACK = 6.0  # between the two lines of a loop
MARGIN = 8.0  # between a frame and what stands in it


@dataclass
class Item:
    """A box, or the place of an arrow: its rank, and its size along and to both sides across.

    `up` are the items it is joined to in the rank before, `down` those in the rank after; `frames`
    are the frames it stands in, from the outermost; `turn` is its (group, place) where an order is
    prescribed, and `operand` the (head, place) of an arrow's last lane. `outer` counts the lanes
    outside of all ranks, from the inside, and is 0 for what stands within.
    """

    rank: int
    along: float
    before: float
    after: float
    key: str | None = None
    label: bool = False
    frames: tuple[int, ...] = ()
    turn: tuple[int, int] | None = None
    operand: tuple[int, int] | None = None
    outer: int = 0
    up: list[int] = field(default_factory=list)
    down: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Way:
    """An arrow's way: the items it passes, in the order of ranks, with its label's text.

    A way of the kind "back" leads against the order of ranks; "flat" is from a box to one of the
    same rank, by way of the rank after.
    """

    arrow: Arrow
    items: tuple[int, ...]
    kind: str
    label: Words | None
    place: int | None  # the item that has the label
    shared: int  # so many items, from the first that it passes, it has in common with others


@dataclass(frozen=True)
class Border:
    """The room a frame needs beside what it has: along at both ends, and at both sides across."""

    start: float
    end: float
    before: float
    after: float
    least: float  # the least size across
    title: Words | None
    below: bool


@dataclass
class Lanes:
    """All items, their ways, and the frames with their borders and first and last ranks."""

    items: list[Item]
    ways: list[Way]
    borders: list[Border]
    spans: list[tuple[int, int]]
    parents: list[int | None]
    down: bool

    @property
    def depth(self) -> int:
        """How many ranks there are."""
        return max((item.rank for item in self.items), default=-1) + 1


def lanes_of(graph: Graph, figures: Mapping[str, Figure]) -> Lanes:
    """The boxes and arrows of a graph in ranks and lanes."""
    down = graph.attributes.get("rankdir", "TB") == "TB"
    place = {key: k for k, key in enumerate(graph.boxes)}
    shown = [arrow for arrow in graph.arrows if arrow.attributes.get("style") != "invis"]
    arcs = [
        (place[arrow.tail], place[arrow.head])
        for arrow in shown
        if arrow.attributes.get("constraint") != "false" and arrow.tail != arrow.head
    ]
    many = Counter(tail for tail, _ in arcs)  # that go together are short together
    arcs += [(tail, head) for tail, head in arcs if many[tail] <= MOST_APART]
    groups = [[place[key] for key in group] for group in graph.same if group]
    found = ranks(len(place), arcs, groups)
    labels = [_label(arrow) for arrow in shown]
    bent = any(found[place[a.tail]] == found[place[a.head]] for a in shown)
    step = 2 if bent or any(label is not None for label in labels) else 1
    items = []
    for key, k in place.items():
        figure = figures[key]
        along, across = (figure.height, figure.width) if down else (figure.width, figure.height)
        items.append(Item(step * found[k], along, across / 2, across / 2, key))
    for number, group in enumerate(groups):
        for turn, k in enumerate(group):
            items[k].turn = number, turn
    parents = [frame.parent for frame in graph.frames]
    for key, frame in graph.inside.items():
        items[place[key]].frames = _path(frame, parents)
    lanes = Lanes(items, [], _borders(graph, down=down), [], parents, down)
    lanes.spans = _spans(lanes)
    _hold_loops(lanes, [(place[a.tail], place[a.head]) for a in shown])
    _add_ways(lanes, shown, labels, place)
    _add_ghosts(lanes)
    return lanes


def _path(frame: int | None, parents: Sequence[int | None]) -> tuple[int, ...]:
    path: list[int] = []
    while frame is not None:
        path.insert(0, frame)
        frame = parents[frame]
    return tuple(path)


def _label(arrow: Arrow) -> Words | None:
    """The text of an arrow's label, wherever on the arrow it is to stand."""
    for name in ("label", "headlabel", "taillabel", "xlabel"):
        text = arrow.attributes.get(name, "")
        if text.strip():
            lines = lines_of(text, font_of(arrow.attributes))
            return Words(
                0, 0, " ".join(line.text for line in lines), lines[0].size, lines[0].colour
            )
    return None


def _borders(graph: Graph, *, down: bool) -> list[Border]:
    borders = []
    for frame in graph.frames:
        own = graph.attributes | frame.attributes
        label = frame.attributes.get("label", "")
        margin = float(frame.attributes.get("margin", MARGIN))
        title, room, least = None, 0.0, 0.0
        if label.strip():
            title = lines_of(label, font_of(own))[0]
            room = LEADING * title.size
            least = width(title.text, title.size) + 2 * margin
        below = frame.attributes.get("labelloc", "t") == "b"
        above, under = (0.0, room) if below else (room, 0.0)
        if down:
            borders.append(
                Border(margin + above, margin + under, margin, margin, least, title, below)
            )
        else:
            borders.append(
                Border(margin, margin, margin + above, margin + under, 0.0, title, below)
            )
    return borders


def _spans(lanes: Lanes) -> list[tuple[int, int]]:
    spans: list[list[int]] = [[] for _ in lanes.borders]
    for item in lanes.items:
        for frame in item.frames:
            spans[frame].append(item.rank)
    return [(min(own), max(own)) if own else (0, -1) for own in spans]


def _hold_loops(lanes: Lanes, arrows: Sequence[tuple[int, int]]) -> None:
    """Lets a frame reach as far as the loops from what it has to what it has."""
    for one, other in arrows:
        rank = lanes.items[one].rank
        if rank == lanes.items[other].rank:
            for frame in {*lanes.items[one].frames} & {*lanes.items[other].frames}:
                start, end = lanes.spans[frame]
                lanes.spans[frame] = start, max(end, rank + 1)


def _add_ways(
    lanes: Lanes, arrows: Sequence[Arrow], labels: Sequence[Words | None], place: Mapping[str, int]
) -> None:
    """A way for each arrow, with an item in each rank between its ends."""
    items = lanes.items
    lengths = [abs(items[place[a.head]].rank - items[place[a.tail]].rank) for a in arrows]
    far = Counter(a.tail for a, length in zip(arrows, lengths, strict=True) if length > 2)
    longest = _longest(arrows, lengths, far)
    trunks: dict[tuple[int, int, tuple[int, ...]], int] = {}
    operands: Counter[int] = Counter()
    joined: set[tuple[int, int]] = set()
    outside: dict[tuple[int, int], int] = {}
    for arrow, label, length in zip(arrows, labels, lengths, strict=True):
        ends = place[arrow.tail], place[arrow.head]
        kind = "on" if items[ends[0]].rank < items[ends[1]].rank else "back" if length else "flat"
        first, last = ends[::-1] if kind == "back" else ends
        between = range(items[first].rank + 1, items[first].rank + (length or 2))
        together = kind == "on" and far[arrow.tail] > MOST_APART
        chain, shared = [first], 0
        if length > longest:
            whose = first if kind == "on" else -1 - len(lanes.ways)
            chain += _outside(lanes, sorted({between[0], between[-2]}), whose, outside)
            between = between[-1:]
        for rank in between:
            passing = _passing(lanes, rank, first, last, label if rank == between[-1] else None)
            if kind == "flat":  # room for the way back
                if lanes.down:
                    passing.before += BACK
                else:
                    passing.after += BACK
            number = len(items)
            if together and rank != between[-1]:
                number = trunks.setdefault((first, rank, passing.frames), number)
                shared += 1
            if number == len(items):
                items.append(passing)
            chain.append(number)
        chain.append(last)
        if kind == "on" and len(chain) > 2:
            items[chain[-2]].operand = ends[1], operands[ends[1]]
        operands[ends[1]] += 1
        flat = [(chain[0], chain[1]), (chain[-1], chain[1])]
        pairs = flat if kind == "flat" else [*pairwise(chain)]
        for a, b in pairs:
            if (a, b) not in joined and not items[a].outer and not items[b].outer:
                joined.add((a, b))
                items[a].down.append(b)
                items[b].up.append(a)
        at = chain[-2] if label is not None and len(chain) > 2 else None
        lanes.ways.append(Way(arrow, tuple(chain), kind, label, at, shared))
    _stack(lanes, outside)


def _outside(
    lanes: Lanes, ranks: Sequence[int], whose: int, outside: dict[tuple[int, int], int]
) -> list[int]:
    """The items between which an arrow goes outside of all ranks: those of a box are shared."""
    found = []
    for rank in ranks:
        number = outside.setdefault((whose, rank), len(lanes.items))
        if number == len(lanes.items):
            lanes.items.append(Item(rank, 0.0, 1.0, 1.0, outer=1))
        found.append(number)
    return found


def _stack(lanes: Lanes, outside: Mapping[tuple[int, int], int]) -> None:
    """Gives those who go outside lanes, the shorter ones nearer to the ranks."""
    ranks_of: dict[int, list[int]] = {}
    for whose, rank in outside:
        ranks_of.setdefault(whose, []).append(rank)
    reach = {whose: (min(ranks), max(ranks)) for whose, ranks in ranks_of.items()}
    taken: list[list[tuple[int, int]]] = []
    lane_of = {}
    for whose, (start, end) in sorted(reach.items(), key=lambda own: own[1][1] - own[1][0]):
        free = (all(end < a or b < start for a, b in own) for own in taken)
        lane = next((lane for lane, is_free in enumerate(free) if is_free), len(taken))
        taken += [[]] * (lane == len(taken))
        taken[lane] = [*taken[lane], (start, end)]
        lane_of[whose] = lane + 1
    for (whose, _), v in outside.items():
        lanes.items[v].outer = lane_of[whose]


def _longest(arrows: Sequence[Arrow], lengths: Sequence[int], far: Mapping[str, int]) -> int:
    """How long an arrow may be to have a place in each rank it passes."""
    total = 0
    trunks: Counter[str] = Counter()
    for length, tail in sorted((n, a.tail) for n, a in zip(lengths, arrows, strict=True)):
        new = length
        if far.get(tail, 0) > MOST_APART:
            new = length - trunks[tail]
            trunks[tail] = length
        total += new
        if total > MOST_PLACES:
            return max(2, length - 1)
    return max(lengths, default=0)


def _passing(lanes: Lanes, rank: int, first: int, last: int, label: Words | None) -> Item:
    """The place of an arrow in a rank between its ends: in the frames that hold it there."""
    one, other = lanes.items[first].frames, lanes.items[last].frames
    frames: list[int] = []
    for path in (other, one):
        frames = []
        for frame in path:
            start, end = lanes.spans[frame]
            if start <= rank <= end:
                frames.append(frame)
        if len(frames) > sum(a == b for a, b in zip(one, other, strict=False)):
            break
    if label is None:
        return Item(rank, 0.0, 1.0, 1.0, frames=tuple(frames))
    wide, high = width(label.text, label.size), label.size * LABEL
    if lanes.down:
        return Item(rank, high, 1.0, wide, label=True, frames=tuple(frames))
    return Item(rank, wide, high, 1.0, label=True, frames=tuple(frames))


LABEL = 1.05  # the height of a label on its line, by its size


def _add_ghosts(lanes: Lanes) -> None:
    """An item of no size in each rank of a frame where it has none, to keep others out."""
    held: list[dict[int, int]] = [{} for _ in lanes.spans]
    for k, item in enumerate(lanes.items):
        for frame in item.frames:
            held[frame].setdefault(item.rank, k)
    for frame, (start, end) in reversed([*enumerate(lanes.spans)]):
        for rank in range(start, end + 1):
            if rank in held[frame]:
                continue
            ghost = Item(rank, 0.0, 0.0, 0.0, frames=_path(frame, lanes.parents))
            before = held[frame][rank - 1]
            ghost.up.append(before)
            lanes.items[before].down.append(len(lanes.items))
            for own in ghost.frames:
                held[own].setdefault(rank, len(lanes.items))
            lanes.items.append(ghost)
