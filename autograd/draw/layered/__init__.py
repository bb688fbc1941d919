"""layered: a layout of our own, always there: DOT text as a picture, without another program.

Boxes stand in ranks (`ranks`), are ordered so that few arrows cross (`crossings`), placed so that
these are straight (`places`), and joined by curves in lanes, each as wide as its label (`lanes`,
`routes`).
"""

from __future__ import annotations

from autograd.draw.layered.crossings import ordered
from autograd.draw.layered.lanes import lanes_of
from autograd.draw.layered.paint import picture
from autograd.draw.layered.pinned import is_pinned, pinned
from autograd.draw.layered.places import placed
from autograd.draw.layered.ports import Ports
from autograd.draw.layered.routes import Router, columns_of
from autograd.draw.layered.source import read
from autograd.draw.layered.tables import figure


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
    return picture(graph, figures, lanes, places, columns, routes)
