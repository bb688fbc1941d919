"""Pinned: a picture whose boxes already have their places, joined by straight lines."""

from __future__ import annotations

from collections.abc import Mapping

from autograd.draw.layered.paint import Sheet, put_arrow, put_box
from autograd.draw.layered.routes import Point, straight
from autograd.draw.layered.source import Graph
from autograd.draw.layered.tables import Figure

INCH = 72.0


def is_pinned(graph: Graph) -> bool:
    """Whether each box of a graph has its place, in inches from the left and from below."""
    return bool(graph.boxes) and all(
        box.get("pos", "").endswith("!") for box in graph.boxes.values()
    )


def pinned(graph: Graph, figures: Mapping[str, Figure]) -> str:
    """The SVG of a graph whose boxes have their places."""
    sheet = Sheet()
    middles: dict[str, Point] = {}
    for key, box in graph.boxes.items():
        x, y = (INCH * float(part) for part in box["pos"].rstrip("!").split(","))
        middles[key] = x, -y
    for number, arrow in enumerate(graph.arrows, 1):
        start, end = middles[arrow.tail], middles[arrow.head]
        put_arrow(sheet, number, arrow, [start, *straight(start, end)], None, None)
    for number, (key, box) in enumerate(graph.boxes.items(), 1):
        put_box(sheet, number, key, box, figures[key], middles[key])
    return sheet.written(graph)
