"""Paint: a laid out picture as SVG, in the shapes, classes and order of Graphviz's."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence

from autograd.draw.layered.routes import Point
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
        return f'<polygon {paint} points="{coordinates(corners)}"/>\n'

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
        start, *others = coordinates(points).split(" ")
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
        return (
            f'<polygon fill="{colour}" stroke="{colour}"{more} points="{coordinates(corners)}"/>\n'
        )

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
            f'<polygon fill="white" stroke="none" points="{coordinates(sheet)}"/>\n'
            f"{title}</a>\n</g>\n{''.join(self.parts)}</g>\n</svg>\n"
        )


def _number(number: float) -> str:
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def coordinates(points: Sequence[Point]) -> str:
    """Points as SVG has them, with spaces between."""
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


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
