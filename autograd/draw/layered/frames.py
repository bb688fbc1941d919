"""Frames: what is drawn around boxes that belong together, and where its title stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from autograd.draw.layered.lanes import Border, Lanes
from autograd.draw.layered.paint import Sheet, coordinates
from autograd.draw.layered.places import Places
from autograd.draw.layered.routes import Columns, Point, Route, straight, turned
from autograd.draw.layered.source import Graph
from autograd.draw.layered.tables import Area, Words, said
from autograd.draw.layered.widths import width

PLACES = 40  # for a title along its border
STEPS = 8  # of each piece of a curve that may lead through a title


def put_frames(
    sheet: Sheet,
    graph: Graph,
    lanes: Lanes,
    places: Places,
    columns: Columns,
    routes: Sequence[Route],
) -> list[str]:
    """Puts the frames that are seen, outer ones first, with their titles.

    Returns those that are to be put above the arrows, as these would cross their titles.
    """
    above = []
    lines = [line for route in routes for line in _lines(route, down=lanes.down)]
    for number, frame in enumerate(graph.frames):
        border, (first, last) = lanes.borders[number], lanes.spans[number]
        seen = frame.attributes.get("peripheries") != "0"
        if first > last or not seen:
            continue
        around = ends_of(lanes, number)
        begin = columns.start[first] - around[0]
        end = columns.start[last] + columns.size[last] + around[1]
        low, high = places.strips[number]
        corners = turned((begin, low), down=lanes.down), turned((end, high), down=lanes.down)
        (x, y), (right, below) = corners
        sheet.reach(x, y)
        sheet.reach(right, below)
        shapes = _rounded(x, y, right, below, frame.attributes)
        crossed = False
        if border.title is not None:
            just = frame.attributes.get("labeljust", "")
            title, crossed = _title(border, (*corners[0], *corners[1]), just, lines)
            if crossed:
                left, top, end, base = _extent(title)
                paper = Area(left, top, end - left, base - top, "white", None)
                shapes += sheet.area(paper, 0, 0)
            shapes += sheet.words(title, 0, 0)
        tooltip = frame.attributes.get("tooltip")
        sheet.group(
            f"clust{number + 1}", "cluster", frame.name,
            None if tooltip is None else said(tooltip), shapes,
        )  # fmt: skip
        if crossed:
            above.append(sheet.parts.pop())
    return above


def _title(
    border: Border,
    sides: tuple[float, float, float, float],
    just: str,
    lines: Sequence[tuple[Point, Point]],
) -> tuple[Words, bool]:
    """The title of a frame, and whether arrows cross it.

    It is where it is to be, or at the nearest place that fewer arrows cross.
    """
    title = border.title
    assert title is not None
    x, y, right, below = sides
    half = width(title.text, title.size) / 2
    base = below - 0.35 * title.size - 1 if border.below else y + 1.05 * title.size + 1
    low, high = x + half + 8, right - half - 6
    wanted = {"l": low, "r": high}.get(just, (x + right) / 2)
    places = [wanted, *(low + (high - low) * k / PLACES for k in range(PLACES + 1))]

    put = replace(title, x=wanted, y=base, centred=True)
    _, top, _, under = _extent(put)
    near = [line for line in lines if top < max(line[0][1], line[1][1]) and
            min(line[0][1], line[1][1]) < under]  # fmt: skip

    def crossed(middle: float) -> int:
        left, _, end, _ = _extent(replace(put, x=middle))
        return sum(max(a, c) > left and min(a, c) < end for (a, _), (c, _) in near)

    best = min(places, key=lambda at: (crossed(at), abs(at - wanted)))
    return replace(put, x=best), crossed(best) > 0


def _extent(title: Words) -> tuple[float, float, float, float]:
    """The left, the top, the right and the lower end of a title that is centred."""
    half = width(title.text, title.size) / 2 + 2
    return title.x - half, title.y - title.size, title.x + half, title.y + 0.25 * title.size


def _lines(route: Route, *, down: bool) -> Iterator[tuple[Point, Point]]:
    """A curve in short straight lines."""
    points = [turned(point, down=down) for point in route.points]
    for k in range(1, len(points), 3):
        a, b, c, d = points[k - 1 : k + 3]
        found = [a]
        for t in (step / STEPS for step in range(1, STEPS + 1)):
            s = 1 - t
            u, v, w, z = s**3, 3 * s * s * t, 3 * s * t * t, t**3
            x = u * a[0] + v * b[0] + w * c[0] + z * d[0]
            found.append((x, u * a[1] + v * b[1] + w * c[1] + z * d[1]))
        yield from pairwise(found)


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


def _rounded(x: float, y: float, right: float, below: float, attributes: Mapping[str, str]) -> str:
    """A rectangle, with round corners if it is to have them."""
    paint = f'fill="none" stroke="{attributes.get("color", "#000000")}"'
    thick = attributes.get("penwidth", "1")
    if thick != "1":
        paint += f' stroke-width="{thick}"'
    if "rounded" not in attributes.get("style", ""):
        corners = [(x, below), (x, y), (right, y), (right, below), (x, below)]
        return f'<polygon {paint} points="{coordinates(corners)}"/>\n'
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
    start, *others = coordinates(points).split(" ")
    return f'<path {paint} d="M{start}C{" ".join(others)}"/>\n'
