"""Layout: the shapes of a picture with their places, read from the SVG of a layout engine."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from autograd.draw.characters import clean

SVG = "{http://www.w3.org/2000/svg}"
Point: TypeAlias = "tuple[float, float]"


@dataclass(frozen=True)
class Paint:
    """How a shape is drawn: colours as #rrggbb, None for none; the line's width, and its dashes."""

    fill: str | None
    stroke: str | None
    width: float
    dashes: tuple[float, ...]


@dataclass(frozen=True)
class Outline:
    """A line of Bézier curves: where it starts, then two control points and an end for each."""

    start: Point
    curves: tuple[tuple[Point, Point, Point], ...]
    closed: bool
    paint: Paint


@dataclass(frozen=True)
class Text:
    """A line of text: where its baseline starts, or its middle if it is `centred`."""

    at: Point
    text: str
    size: float
    colour: str
    centred: bool
    bold: bool


@dataclass(frozen=True)
class Sheet:
    """The shapes of a picture, in the order in which they are painted; in points, from the top."""

    width: float
    height: float
    shapes: tuple[Outline | Text, ...]


def read(svg: str) -> Sheet:
    """The shapes of an SVG as Graphviz writes it: polygons, paths, polylines, ellipses and text."""
    root = ET.fromstring(svg)  # noqa: S314  what a layout engine on this machine has written
    *_, width, height = map(float, root.get("viewBox", "0 0 0 0").split())
    return Sheet(width, height, tuple(_shapes(root, (0.0, 0.0))))


def _shapes(element: ET.Element, origin: Point) -> Iterator[Outline | Text]:
    moved = re.search(r"translate\(([-\d.]+)[ ,]+([-\d.]+)\)", element.get("transform", ""))
    if moved:
        origin = origin[0] + float(moved[1]), origin[1] + float(moved[2])
    kind = element.tag.removeprefix(SVG)
    if kind in ("svg", "g", "a"):
        for child in element:
            yield from _shapes(child, origin)
    elif kind == "text":
        yield _text(element, origin)
    elif kind in _READERS:
        points = [(x + origin[0], y + origin[1]) for x, y in _READERS[kind](element)]
        if len(points) > 1:
            start, *rest = points
            curves = tuple((rest[k], rest[k + 1], rest[k + 2]) for k in range(0, len(rest) - 2, 3))
            closed = kind in ("polygon", "ellipse") or "z" in element.get("d", "").lower()
            yield Outline(start, curves, closed, _paint(element))


def _pairs(text: str) -> list[Point]:
    numbers = [float(number) for number in re.findall(r"-?\d*\.?\d+(?:e-?\d+)?", text)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _straight(element: ET.Element) -> list[Point]:
    """The corners of a polygon or a polyline, with control points on the way."""
    corners = _pairs(element.get("points", ""))
    points = corners[:1]
    for (a, b), (c, d) in pairwise(corners):
        points += [((2 * a + c) / 3, (2 * b + d) / 3), ((a + 2 * c) / 3, (b + 2 * d) / 3), (c, d)]
    return points


def _path(element: ET.Element) -> list[Point]:
    """The points of a path of one M and one C with absolute points, as Graphviz writes it."""
    return _pairs(element.get("d", ""))


def _ellipse(element: ET.Element) -> list[Point]:
    x, y, a, b = (float(element.get(name, "0")) for name in ("cx", "cy", "rx", "ry"))
    k = 0.5522847498  # the control points of four Bézier curves
    around = [
        (1.0, 0.0), (1, k), (k, 1), (0, 1), (-k, 1), (-1, k), (-1, 0), (-1, -k), (-k, -1), (0, -1),
        (k, -1), (1, -k), (1, 0),
    ]  # fmt: skip
    return [(x + a * u, y + b * v) for u, v in around]


_READERS = {"polygon": _straight, "polyline": _straight, "path": _path, "ellipse": _ellipse}


def _paint(element: ET.Element) -> Paint:
    dashes = element.get("stroke-dasharray", "")
    return Paint(
        _colour(element.get("fill", "none")),
        _colour(element.get("stroke", "none")),
        float(element.get("stroke-width", "1")),
        tuple(map(float, dashes.split(","))) if dashes else (),
    )


_NAMED = {"white": "#ffffff", "black": "#000000"}


def _colour(text: str) -> str | None:
    return None if text in ("none", "transparent") else _NAMED.get(text, text)


def _text(element: ET.Element, origin: Point) -> Text:
    return Text(
        (float(element.get("x", "0")) + origin[0], float(element.get("y", "0")) + origin[1]),
        (element.text or "").replace("\xa0", " ").rstrip(),
        float(element.get("font-size", "10")),
        _colour(element.get("fill", "black")) or "#000000",
        element.get("text-anchor") == "middle",
        element.get("font-weight") == "bold",
    )


def rgb(colour: str) -> tuple[int, int, int]:
    """The red, green and blue of #rrggbb.

    >>> rgb("#d3e5ff")
    (211, 229, 255)
    """
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def accessible(svg: str, title: str, description: str) -> str:
    """The SVG with a role, a title and a description, which a screen reader says."""
    found = re.search(r"<svg\b[^>]*>", svg)
    if found is None or not title:
        return svg
    head = found[0].replace("<svg", '<svg role="img"', 1)
    title, description = (html.escape(clean(text), quote=False) for text in (title, description))
    said = f"{head}\n<title>{title}</title>\n<desc>{description}</desc>"
    return svg.replace(found[0], said, 1)
