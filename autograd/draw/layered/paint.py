"""Paint: a laid out picture as SVG, in the shapes, classes and order of Graphviz's."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence

from autograd.draw.layered.lanes import Lanes
from autograd.draw.layered.places import Places
from autograd.draw.layered.routes import Columns, Point, Route
from autograd.draw.layered.source import Arrow, Graph
from autograd.draw.layered.tables import (
    Area,
    Figure,
    Words,
    font_of,
    lines_of,
    said,
)  # fmt: skip
from autograd.draw.layered.widths import width

PAD = 4.0

HEADER = """\
<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"
 "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
"""


class Sheet:
    """The parts of an SVG as they are written, and how far they reach."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.low = [math.inf, math.inf]
        self.high = [-math.inf, -math.inf]

    def reach(self, x: float, y: float) -> None:
        """The sheet is as large as to hold a point."""
        self.low = [min(self.low[0], x), min(self.low[1], y)]
        self.high = [max(self.high[0], x), max(self.high[1], y)]

    def group(self, name: str, kind: str, title: str, tooltip: str | None, inner: str) -> None:
        """A group with a title, and a tooltip around its shapes if it has one."""
        shapes, _, after = inner.partition("\0")
        if tooltip is not None:
            shown = html.escape(tooltip)
            shapes = f'<g id="a_{name}"><a xlink:title="{shown}">\n{shapes}</a>\n</g>\n'
        self.parts.append(
            f'<g id="{name}" class="{html.escape(kind)}">\n<title>{html.escape(title)}</title>\n'
            f"{shapes}{after}</g>\n"
        )

    def area(self, area: Area, x: float, y: float) -> str:
        """A rectangle or an ellipse, from a corner on."""
        x, y = x + area.x, y + area.y
        self.reach(x, y)
        self.reach(x + area.width, y + area.height)
        paint = f'fill="{area.fill or "none"}" stroke="{area.stroke or "none"}"'
        if area.thick != 1:
            paint += f' stroke-width="{_number(area.thick)}"'
        if area.round:
            rx, ry = area.width / 2, area.height / 2
            return (
                f'<ellipse {paint} cx="{_number(x + rx)}" cy="{_number(y + ry)}" '
                f'rx="{_number(rx)}" ry="{_number(ry)}"/>\n'
            )
        right, below = x + area.width, y + area.height
        corners = [(x, below), (x, y), (right, y), (right, below), (x, below)]
        return f'<polygon {paint} points="{_points(corners)}"/>\n'

    def words(self, words: Words, x: float, y: float) -> str:
        """A line of text."""
        x, y = x + words.x, y + words.y
        wide = width(words.text, words.size, bold=words.bold)
        left = x - wide / 2 if words.centred else x
        self.reach(left, y - words.size)
        self.reach(left + wide, y + 0.3 * words.size)
        bold = ' font-weight="bold"' * words.bold
        return (
            f'<text xml:space="preserve" text-anchor="{"middle" if words.centred else "start"}" '
            f'x="{_number(x)}" y="{_number(y)}" font-family="Helvetica,sans-Serif"{bold} '
            f'font-size="{words.size:.2f}" fill="{words.colour}">{html.escape(words.text)}</text>\n'
        )

    def figure(self, figure: Figure, x: float, y: float) -> str:
        """All shapes of a figure, from its corner on."""
        return "".join(
            self.area(shape, x, y) if isinstance(shape, Area) else self.words(shape, x, y)
            for shape in figure.shapes
        )

    def curve(self, points: Sequence[Point], attributes: Mapping[str, str]) -> str:
        """A line of curves."""
        for point in points:
            self.reach(*point)
        start, *others = (f"{_number(x)},{_number(y)}" for x, y in points)
        thick = attributes.get("penwidth", "1")
        more = f' stroke-width="{thick}"' if thick != "1" else ""
        if attributes.get("style") == "dashed":
            more += ' stroke-dasharray="5,2"'
        colour = attributes.get("color", "#000000")
        return f'<path fill="none" stroke="{colour}"{more} d="M{start}C{" ".join(others)}"/>\n'

    def head(self, tip: Point, back: Point, attributes: Mapping[str, str]) -> str:
        """The head of an arrow."""
        (x, y), (u, v) = tip, back
        size = math.hypot(x - u, y - v) or 1.0
        half = 3.5 * float(attributes.get("arrowsize", "1"))
        across = half * (y - v) / size, -half * (x - u) / size
        corners = [
            (u + across[0], v + across[1]), tip, (u - across[0], v - across[1]),
            (u + across[0], v + across[1]),
        ]  # fmt: skip
        for corner in corners:
            self.reach(*corner)
        colour = attributes.get("color", "#000000")
        thick = attributes.get("penwidth", "1")
        more = f' stroke-width="{thick}"' if thick != "1" else ""
        return f'<polygon fill="{colour}" stroke="{colour}"{more} points="{_points(corners)}"/>\n'

    def written(self, graph: Graph) -> str:
        """The whole SVG."""
        if not self.parts:
            self.reach(0.0, 0.0)
        title = ""
        label = graph.attributes.get("label", "")
        if label:
            lines = lines_of(label, font_of(graph.attributes))
            high = sum(1.2 * line.size for line in lines) + 4
            middle = (self.low[0] + self.high[0]) / 2
            top = self.low[1] - high
            for line in lines:
                centred = Words(
                    middle, top + line.y, line.text, line.size, line.colour, line.bold, centred=True
                )
                title += self.words(centred, 0, 0)
        (left, top), (right, below) = self.low, self.high
        w, h = right - left + 2 * PAD, below - top + 2 * PAD
        dx, dy = PAD - left, PAD - top
        sheet = [(left - PAD, below + PAD), (left - PAD, top - PAD), (right + PAD, top - PAD),
                 (right + PAD, below + PAD), (left - PAD, below + PAD)]  # fmt: skip
        return (
            f'{HEADER}<!-- Pages: 1 -->\n<svg width="{math.ceil(w)}pt" height="{math.ceil(h)}pt"\n'
            f' viewBox="0.00 0.00 {math.ceil(w):.2f} {math.ceil(h):.2f}" '
            'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">\n'
            f'<g id="graph0" class="graph" transform="translate({_number(dx)} {_number(dy)})">\n'
            '<g id="a_graph0"><a xlink:title=" ">\n'
            f'<polygon fill="white" stroke="none" points="{_points(sheet)}"/>\n{title}</a>\n</g>\n'
            f"{''.join(self.parts)}</g>\n</svg>\n"
        )


def _number(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".").replace("-0", "-0") if number else "0"


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def picture(
    graph: Graph,
    figures: Mapping[str, Figure],
    lanes: Lanes,
    places: Places,
    columns: Columns,
    routes: Sequence[Route],
) -> str:
    """The SVG of a graph whose items and arrows have their places."""
    sheet = Sheet()
    _put_frames(sheet, graph, lanes, places, columns)
    for number, item in enumerate(lanes.items):
        if item.key is None:
            continue
        middle = _turned((columns.middle(item.rank), places.across[number]), down=lanes.down)
        put_box(sheet, number + 1, item.key, graph.boxes[item.key], figures[item.key], middle)
    for number, (way, route) in enumerate(zip(lanes.ways, routes, strict=True), 1):
        points = [_turned(point, down=lanes.down) for point in route.points]
        tip = _turned(route.tip, down=lanes.down)
        words = None
        if route.label is not None and way.label is not None:
            x, y = _turned(route.label, down=lanes.down)
            size = way.label.size
            wide = width(way.label.text, size)
            at = (x + 1 + wide / 2, y + 0.33 * size) if lanes.down else (x, y - 0.28 * size)
            words = Words(*at, way.label.text, size, way.label.colour, centred=True)
        put_arrow(sheet, number, way.arrow, points, tip, words)
    return sheet.written(graph)


def put_box(
    sheet: Sheet,
    number: int,
    key: str,
    attributes: Mapping[str, str],
    figure: Figure,
    middle: Point,
) -> None:
    """A box around its middle."""
    corner = middle[0] - figure.width / 2, middle[1] - figure.height / 2
    sheet.reach(*corner)
    sheet.reach(corner[0] + figure.width, corner[1] + figure.height)
    kind = f"node {attributes.get('class', '')}".strip()
    tooltip = attributes.get("tooltip")
    shapes = sheet.figure(figure, *corner)
    sheet.group(f"node{number}", kind, key, None if tooltip is None else said(tooltip), shapes)


def put_arrow(
    sheet: Sheet,
    number: int,
    arrow: Arrow,
    points: Sequence[Point],
    tip: Point | None,
    label: Words | None,
) -> None:
    """An arrow along its points, with its head and its label."""
    attributes = arrow.attributes
    inner = sheet.curve(points, attributes)
    if tip is not None:
        inner += sheet.head(tip, points[-1], attributes)
    inner += "\0" + (sheet.words(label, 0, 0) if label is not None else "")
    kind = f"edge {attributes.get('class', '')}".strip()
    tooltip = attributes.get("tooltip")
    title = f"{arrow.tail}->{arrow.head}"
    sheet.group(f"edge{number}", kind, title, None if tooltip is None else said(tooltip), inner)


def _turned(point: Point, *, down: bool) -> Point:
    """A point from along and across to right and down."""
    return (point[1], point[0]) if down else point


def _put_frames(sheet: Sheet, graph: Graph, lanes: Lanes, places: Places, columns: Columns) -> None:
    """The frames that are seen, outer ones first, with their titles."""
    for number, frame in enumerate(graph.frames):
        border, (first, last) = lanes.borders[number], lanes.spans[number]
        seen = frame.attributes.get("peripheries") != "0"
        if first > last or not seen:
            continue
        around = ends_of(lanes, number)
        begin = columns.start[first] - around[0]
        end = columns.start[last] + columns.size[last] + around[1]
        low, high = places.strips[number]
        corners = _turned((begin, low), down=lanes.down), _turned((end, high), down=lanes.down)
        (x, y), (right, below) = corners
        sheet.reach(x, y)
        sheet.reach(right, below)
        shapes = _rounded(x, y, right, below, frame.attributes)
        if border.title is not None:
            size = border.title.size
            wide = width(border.title.text, size)
            at = (x + right) / 2, below - 0.35 * size - 1 if border.below else y + 1.05 * size + 1
            if frame.attributes.get("labeljust") == "r":
                at = right - wide / 2 - 6, at[1]
            elif lanes.down:  # beside the arrows that come from above
                at = x + wide / 2 + 8, at[1]
            shapes += sheet.words(
                Words(*at, border.title.text, size, border.title.colour, centred=True), 0, 0
            )
        tooltip = frame.attributes.get("tooltip")
        sheet.group(
            f"clust{number + 1}", "cluster", frame.name,
            None if tooltip is None else said(tooltip), shapes,
        )  # fmt: skip


def ends_of(lanes: Lanes, frame: int) -> Point:
    """How far a frame reaches before its first and beyond its last rank, those in it counted."""
    first, last = lanes.spans[frame]
    inner = [
        (*ends_of(lanes, other), lanes.spans[other][0] == first, lanes.spans[other][1] == last)
        for other, parent in enumerate(lanes.parents)
        if parent == frame and lanes.spans[other][0] <= lanes.spans[other][1]
    ]
    start = max((own for own, _, begins, _ in inner if begins), default=0.0)
    end = max((own for _, own, _, ends in inner if ends), default=0.0)
    return start + lanes.borders[frame].start, end + lanes.borders[frame].end


def straight(start: Point, end: Point) -> list[Point]:
    """The control points and the end of a curve that is a straight line."""
    (a, b), (c, d) = start, end
    return [((2 * a + c) / 3, (2 * b + d) / 3), ((a + 2 * c) / 3, (b + 2 * d) / 3), end]


def _rounded(x: float, y: float, right: float, below: float, attributes: Mapping[str, str]) -> str:
    """A rectangle, with round corners if it is to have them."""
    paint = f'fill="none" stroke="{attributes.get("color", "#000000")}"'
    thick = attributes.get("penwidth", "1")
    if thick != "1":
        paint += f' stroke-width="{thick}"'
    if "rounded" not in attributes.get("style", ""):
        corners = [(x, below), (x, y), (right, y), (right, below), (x, below)]
        return f'<polygon {paint} points="{_points(corners)}"/>\n'
    r = min(12.0, (right - x) / 2, (below - y) / 2)
    k = 0.45 * r

    points: list[Point] = [(x + r, y)]
    points += straight(points[-1], (right - r, y))
    points += [(right - k, y), (right, y + k), (right, y + r)]
    points += straight(points[-1], (right, below - r))
    points += [(right, below - k), (right - k, below), (right - r, below)]
    points += straight(points[-1], (x + r, below))
    points += [(x + k, below), (x, below - k), (x, below - r)]
    points += straight(points[-1], (x, y + r))
    points += [(x, y + k), (x + k, y), (x + r, y)]
    start, *others = (f"{_number(a)},{_number(b)}" for a, b in points)
    return f'<path {paint} d="M{start}C{" ".join(others)}"/>\n'
