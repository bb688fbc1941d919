"""layered: a layout of our own, always there: DOT text as a picture, without another program.

Boxes stand in ranks (`ranks`), are ordered so that few arrows cross (`crossings`), placed so that
these are straight (`places`), and joined by curves in lanes, each as wide as its label (`lanes`,
`routes`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograd.draw.layered.crossings import ordered
from autograd.draw.layered.frames import put_frames
from autograd.draw.layered.lanes import Lanes, lanes_of
from autograd.draw.layered.paint import Sheet, put_arrow, put_box
from autograd.draw.layered.pinned import is_pinned, pinned
from autograd.draw.layered.places import Places, placed
from autograd.draw.layered.ports import Ports
from autograd.draw.layered.routes import Columns, Route, Router, columns_of, turned
from autograd.draw.layered.source import Graph, read
from autograd.draw.layered.tables import Figure, Words, figure
from autograd.draw.layered.widths import width


def svg(source: str) -> str:
    """The SVG of a graph that is given as DOT text, as pictures here write it.

    The same text gives the same bytes. Raises ValueError for what is no DOT text.

    >>> svg("digraph {a -> b}").count('class="node"')
    2
    """
    graph = read(source)
    figures = {key: figure(key, attributes) for key, attributes in graph.boxes.items()}
    if is_pinned(graph):
        return pinned(graph, figures)
    lanes = lanes_of(graph, figures)
    rows = ordered(lanes)
    ports = Ports(lanes, rows)
    places = placed(lanes, rows, ports)
    ports.slide(places.across)
    apart = 72 * float(graph.attributes.get("ranksep", "0.5")) / 2
    columns = columns_of(lanes, places, ports, apart=apart)
    router = Router(lanes, rows, places, columns, ports)
    routes = [router.route(number) for number in range(len(lanes.ways))]
    return _picture(graph, figures, lanes, places, columns, routes)


def _picture(
    graph: Graph,
    figures: Mapping[str, Figure],
    lanes: Lanes,
    places: Places,
    columns: Columns,
    routes: Sequence[Route],
) -> str:
    """The SVG of a graph whose items and arrows have their places."""
    sheet = Sheet()
    above = put_frames(sheet, graph, lanes, places, columns, routes)
    for number, item in enumerate(lanes.items):
        if item.key is None:
            continue
        middle = turned((columns.middle(item.rank), places.across[number]), down=lanes.down)
        put_box(sheet, number + 1, item.key, graph.boxes[item.key], figures[item.key], middle)
    for number, (way, route) in enumerate(zip(lanes.ways, routes, strict=True), 1):
        points = [turned(point, down=lanes.down) for point in route.points]
        tip = turned(route.tip, down=lanes.down)
        words = None
        if route.label is not None and way.label is not None:
            x, y = turned(route.label, down=lanes.down)
            size = way.label.size
            wide = width(way.label.text, size)
            at = (x + 1 + wide / 2, y + 0.33 * size) if lanes.down else (x, y - 0.28 * size)
            words = Words(*at, way.label.text, size, way.label.colour, centred=True)
        put_arrow(sheet, number, way.arrow, points, tip, words)
    sheet.parts += above
    return sheet.written(graph)
