"""Views: the pictures of the live page as data, where each box and arrow is and what it shows.

The places are those of `draw`'s layout, made with stand-in numbers as wide as any that the page
will write: a number that grows has room. Indices of values are their places in the order.
"""

from __future__ import annotations

import base64
import json
import re
import xml.etree.ElementTree as ET
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any, TypeAlias

from autograd.draw.diagram import Line, Look, Node, diagram_of
from autograd.draw.dot import HASTY, MOST_LABELS, write
from autograd.draw.folding import Arrow, Box, Folded, fold_reading, opened
from autograd.draw.layout import SVG
from autograd.draw.titles import SIGNIFICANT
from autograd.explain.reading import Reading
from autograd.value import Value

# The levels of detail in the order in which they are offered, and what they are called.
LEVELS = {
    "op": "operations",
    "named": "named values",
    "repeat": "repeats",
    "neuron": "neurons",
    "layer": "layers",
    "block": "blocks",
}
ROLES = ("input", "weight", "target", "intermediate", "output")

# A picture of more boxes than this is not offered. In one of fewer, each box can be unfolded: that
# is a picture each, so only of so many boxes in all.
MOST_BOXES = 500
MOST_FOLDED = 45
MOST_UNFOLDED = 1500

# More arrows than this are straight lines: what takes a person's time must not take a minute here.
MOST_CURVED = 250

# Characters kept for a slope, and for a number of a box beyond its significant digits: a sign, a
# point and leading zeros. What is longer is written with fewer digits.
SLOPE, BEYOND = 7, 4

# More characters of JSON than this are packed, but for the first picture.
MOST_PLAIN = 30_000

FEW = 3  # significant digits where several numbers share a line

Json: TypeAlias = dict[str, Any]


def views(reading: Reading, parameters: Iterable[Value] = ()) -> Json:
    """The pictures of a graph as JSON.

    `first` is the key of the one to begin with and `levels` the keys of those without a box that is
    unfolded, each with what it is called. `foldings` has by key: `size`; `of`, the folding that it
    folds back to, or None; `boxes`, each `[x, y, width, height, title, role, shown, group, open]`;
    `arrows`, each `[tail, head, path, tip x, tip y, label x, label y, slope]`; `frames`, each
    `[x, y, width, height, title, title x, title y]`; `labels`, whether arrows have any; `digits`,
    those of its slopes. A title is an index in `titles`, a role one in `roles`; `shown` is a value,
    or -1 for a range over the values of `groups[group]`; a group of -1 is the value alone; `open`
    is the key of the folding in which the box is unfolded. Tail and head are indices of boxes, a
    slope is the argument's place, -1 for a way through the box, or a label that stays. `digits` and
    `room` are the significant digits (`asked`: by the user) and the characters of the numbers of
    boxes, `few` the digits of ranges, `slope` the characters of slopes. Of a large graph, all
    foldings but the first are compressed JSON in `packed`. `missing` says why there is no picture,
    if there is none.

    >>> x = Value(3, "x")
    >>> found = views(Reading([x, x * x], None))
    >>> [found["titles"][box[4]] for box in found["foldings"]["op"]["boxes"]]
    ['x', 'f = x·x']
    """
    writer = _Writer(reading, tuple(parameters))
    try:
        return writer.views()
    except (OSError, RuntimeError) as error:  # nothing here can lay out
        return writer.frame() | {"first": "", "levels": [], "foldings": {}, "missing": str(error)}


def pack(text: str) -> str:
    """A text as it is unpacked by `DecompressionStream("deflate")`; nothing stays nothing."""
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode() if text else ""


class _Writer:
    """What the foldings of one graph share."""

    def __init__(self, reading: Reading, parameters: tuple[Value, ...]) -> None:
        self.reading, self.names = reading, reading._given
        self.parameters, self.digits = parameters, reading.digits
        self.place = {node: place for place, node in enumerate(reading.order)}
        self.titles: dict[str, int] = {}
        self.groups: dict[tuple[int, ...], int] = {}

    def views(self) -> Json:
        """All of it."""
        chosen = fold_reading(self.reading, None, self.names)
        levels = {chosen.level: chosen}
        for level in ("op", "named", "neuron", "layer"):
            folded = fold_reading(self.reading, level, self.names)
            known = [*map(_contents, levels.values())]
            if len(folded.boxes) <= MOST_BOXES and _contents(folded) not in known:
                levels[level] = folded
        foldings: dict[str, Json] = {}
        left = MOST_UNFOLDED
        for level, folded in levels.items():
            foldings[level] = found = self.folding(folded)
            for box in folded.boxes if _unfolds(folded) else []:
                if sum(node.op is not None for node in box.members) < 2:
                    continue
                unfolded = opened(folded, box)
                left -= len(unfolded.boxes)
                if left >= 0:
                    key = found["boxes"][box.index][8] = f"{level} {box.index}"
                    foldings[key] = self.folding(unfolded, level)
        named = [(level, LEVELS[level]) for level in LEVELS if level in levels]
        first = {chosen.level: foldings.pop(chosen.level)}
        packed = json.dumps(foldings, ensure_ascii=False, separators=(",", ":"))
        if len(packed) <= MOST_PLAIN:
            first, packed = first | foldings, ""
        return self.frame() | {
            "first": chosen.level, "levels": named, "foldings": first, "packed": pack(packed),
        }  # fmt: skip

    def frame(self) -> Json:
        """What all foldings read."""
        digits = self.digits or SIGNIFICANT
        return {
            "roles": ROLES, "titles": [*self.titles], "groups": [*self.groups],
            "digits": digits, "room": digits + BEYOND, "few": min(digits, FEW),
            "asked": self.digits is not None, "slope": SLOPE, "packed": "", "missing": "",
        }  # fmt: skip

    def folding(self, folded: Folded, of: str | None = None) -> Json:
        """One folding, laid out."""
        look = Look(parameters=self.parameters, gradients={})
        diagram = diagram_of(folded, look)
        digits = self.digits or SIGNIFICANT
        nodes = tuple(_roomy(node, digits) for node in diagram.nodes)
        shown = len(diagram.lines) <= MOST_LABELS
        slopes = [*self.slopes(folded.arrows)]
        lines = tuple(
            replace(line, label=_stand_in(line, slope) if shown else "")
            for line, slope in zip(diagram.lines, slopes, strict=True)
        )
        picture = write(replace(diagram, nodes=nodes, lines=lines))
        if len(lines) > MOST_CURVED:
            picture.graph_attr.update(HASTY)
        drawn = _Drawn(picture.svg())
        heads: Counter[int] = Counter()
        arrows = []
        for arrow, slope in zip(folded.arrows, slopes, strict=True):
            head = arrow.head.index
            where = drawn.arrows[f"e{head}-{heads[head]}"]
            heads[head] += 1
            arrows.append([arrow.tail.index, head, *where, slope])
        boxes = [[*drawn.boxes[node.key], *self.box(node)] for node in diagram.nodes]
        return {
            "size": drawn.size, "of": of, "labels": shown,
            "digits": self.digits or (SIGNIFICANT if folded.level in ("op", "named") else FEW),
            "boxes": boxes, "arrows": arrows, "frames": drawn.frames,
        }  # fmt: skip

    def box(self, node: Node) -> list[Any]:
        """What a box shows."""
        members = tuple(self.place[member] for member in node.box.members)
        shown = -1 if node.box.shown is None else self.place[node.box.shown]
        group = -1 if members == (shown,) else self.groups.setdefault(members, len(self.groups))
        title = self.titles.setdefault(node.title, len(self.titles))
        return [title, ROLES.index(node.role), shown, group, None]

    def slopes(self, arrows: Sequence[Arrow]) -> Iterator[int | str | None]:
        """Which slope each arrow shows."""
        seen: Counter[tuple[Box, Box]] = Counter()
        for arrow in arrows:
            tail, head = arrow.tail, arrow.head
            if arrow.carried:
                yield "next"
            elif tail.shown is None or head.shown is None:
                yield f"×{arrow.count}" if arrow.count > 1 else None
            elif len(head.members) > 1 or arrow.count > 1:
                yield -1
            else:
                parent, node = arrow.uses[0]
                places = [place for place, other, _ in node.slopes(missing=True) if other is parent]
                yield places[seen[tail, head]]
                seen[tail, head] += 1


class _Roomy(Node):
    """A box that keeps a line for each of its numbers."""

    @property
    def texts(self) -> tuple[str, ...]:
        """The lines below the title."""
        return self.cells[0][0], self.cells[0][1]


def _roomy(node: Node, digits: int) -> Node:
    """The box with numbers as wide as any that it can have."""
    wide, few = "0" * (digits + BEYOND), "0" * (min(digits, FEW) + BEYOND)
    texts = f"value {wide}", f"grad {wide}"
    if node.box.shown is None:
        texts = f"values {few} … {few}", f"|grad| ≤ {few}"
    own = {field.name: getattr(node, field.name) for field in fields(node)}
    return _Roomy(**own | {"cells": (texts,)})


def _stand_in(line: Line, slope: int | str | None) -> str:
    """The label of an arrow, as wide as it can become; a slope of 1 or -1 that the rule gives."""
    if isinstance(slope, str):
        return slope
    if slope is None:
        return ""
    if slope >= 0:
        (_, node), *_ = line.arrow.uses
        assert node.op is not None
        (which, _) = [*node.op.places(node.operands)][slope]
        if (fixed := node.op.slopes[which]) in ("1", "-1"):
            return fixed
    return "0" * SLOPE


def _contents(folded: Folded) -> set[tuple[Value, ...]]:
    """What the boxes of a folding have in them: two with the same look the same."""
    return {tuple(box.members) for box in folded.boxes}


def _unfolds(folded: Folded) -> bool:
    """Whether single boxes of a folding can be unfolded."""
    few = len(folded.boxes) <= MOST_FOLDED
    return few and folded.reading is not None and folded.level not in ("op", "repeat")


class _Drawn:
    """The places of boxes and arrows, by the classes that they have in the SVG of a picture."""

    def __init__(self, svg: str) -> None:
        root = ET.fromstring(svg)  # noqa: S314  what a layout engine on this machine has written
        *_, width, height = map(float, root.get("viewBox", "0 0 0 0").split())
        self.size = [round(width), round(height)]
        whole = root.find(f"{SVG}g")
        assert whole is not None
        moved = re.search(r"translate\(([-\d.]+)[ ,]+([-\d.]+)\)", whole.get("transform", ""))
        self.origin = (float(moved[1]), float(moved[2])) if moved else (0.0, 0.0)
        self.boxes: dict[str, list[int]] = {}
        self.arrows: dict[str, list[Any]] = {}
        self.frames: list[list[Any]] = []
        for group in whole.iter(f"{SVG}g"):
            kind, *classes = group.get("class", "").split() or [""]
            if kind == "node":
                self.boxes[classes[0]] = self.extent(group)
            elif kind == "edge":
                self.arrows[classes[-1]] = self.arrow(group)
            elif kind == "cluster" and (title := group.find(f".//{SVG}text")) is not None:
                self.frames.append([*self.extent(group), title.text or "", *self.place(title)])

    def points(self, element: ET.Element) -> list[tuple[int, int]]:
        """The points of a shape, in whole numbers of points."""
        numbers = re.findall(r"-?[\d.]+", element.get("points", "") + element.get("d", ""))
        x, y = self.origin
        pairs = zip(map(float, numbers[::2]), map(float, numbers[1::2]), strict=True)
        return [(round(a + x), round(b + y)) for a, b in pairs]

    def extent(self, group: ET.Element) -> list[int]:
        """Where a box begins, its width and its height."""
        shapes = [*group.iter(f"{SVG}polygon"), *group.iter(f"{SVG}path")]
        xs, ys = zip(*(point for shape in shapes for point in self.points(shape)), strict=True)
        return [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]

    def arrow(self, group: ET.Element) -> list[Any]:
        """The path of an arrow, its tip, and the middle of its label, or nulls without one."""
        path, tip, text = (group.find(f".//{SVG}{kind}") for kind in ("path", "polygon", "text"))
        assert path is not None
        first, *rest = self.points(path)
        curve = f"M{first[0]} {first[1]}c"
        x, y = first
        for place, (a, b) in enumerate(rest):
            curve += f"{a - x} {b - y} "
            if place % 3 == 2:
                x, y = a, b
        curve = curve.strip().replace(" -", "-")
        at = rest[-1] if tip is None else self.points(tip)[1]
        return [curve, *at, *((None, None) if text is None else self.place(text))]

    def place(self, text: ET.Element) -> list[int]:
        """The middle of a text."""
        return [
            round(float(text.get(name, "0")) + origin)
            for name, origin in zip("xy", self.origin, strict=True)
        ]
