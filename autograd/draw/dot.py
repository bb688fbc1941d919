"""DOT: a diagram as DOT text, one box a value, the local derivative on each arrow."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from autograd.draw.characters import escaped, spelled
from autograd.draw.colours import BARS, COLOURS, DARK, FAINT, LINE, LOSS, MARK, TEXT
from autograd.draw.diagram import Diagram, Line, Look, Node, content, diagram_of, home_of
from autograd.draw.folding import Folded
from autograd.draw.neurons import Neuron
from autograd.draw.spoken import description_of, title_of
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.draw.picture import Picture

THICK = "2.4"

# Labels on more arrows than this cover each other; on more than the second they say nothing.
MOST_LABELS = 120

# With more boxes than this, straight lines and a hasty layout: seconds instead of half a minute.
MOST_CURVED = 500
HASTY = {"splines": "line", "nslimit": "1", "nslimit1": "1", "mclimit": "0.1"}


def picture_of(
    folded: Folded,
    look: Look | None = None,
    *,
    engine: str | None = None,
    gradients: Mapping[Value, Any] | None = None,
) -> Picture:
    """The picture of a graph that is already folded into boxes.

    The gradients are those that the values have, or those of a mapping (0 for values without one).
    """
    if look is None:
        look = Look(gradients=True if gradients is None else gradients)
    diagram = diagram_of(folded, look)
    return write(diagram, engine)


@dataclass(frozen=True)
class Moment:
    """What is seen at one moment of an animation, in a picture that keeps its size.

    `active` is the box of that moment, `arrows` whether the arrows to it are, too; `values` and
    `grads` are the boxes whose numbers are known by then.
    """

    colour: str
    active: str | None
    arrows: bool
    values: frozenset[str]
    grads: frozenset[str]


def write(diagram: Diagram, engine: str | None = None, *, moment: Moment | None = None) -> Picture:
    """The diagram as a picture, or as it is at a moment."""
    from autograd.draw.picture import Picture

    folded = diagram.folded
    picture = Picture(engine=engine, format=None if engine else "svg")
    picture.summary = diagram.summary
    title, description = title_of(diagram), description_of(diagram)
    picture.content = content(diagram, title, description)
    picture.graph_attr.update(
        rankdir=diagram.look.direction, fontname="Helvetica", fontsize="10", fontcolor=FAINT,
        nodesep="0.16", ranksep="0.2", tooltip=" ",
    )  # fmt: skip
    if diagram.look.direction == "TB":
        picture.graph_attr["ranksep"] = "0.3"
    if diagram.look.title is not None:
        shown = escaped(diagram.look.title) or "&#160;"
        picture.graph_attr.update(label=f"<<B>{shown}</B>>", labelloc="t", fontsize="12")
    if folded.level in ("op", "named"):
        picture.graph_attr["ordering"] = "in"  # operands from the top in the order of the formula
    if folded.level == "neuron":
        picture.graph_attr["ranksep"] = "0.9"  # room for many arrows
    if len(folded.boxes) > MOST_CURVED:
        picture.graph_attr.update(HASTY)
    picture.node_attr.update(shape="plain", fontname="Helvetica", fontsize="10", fontcolor=TEXT)
    picture.edge_attr.update(
        fontname="Helvetica", fontsize="9", color=LINE, fontcolor=DARK, arrowsize="0.6"
    )
    _put_boxes(picture, diagram, moment)
    _put_arrows(picture, diagram, moment)
    return picture


# Boxes.


def _put_boxes(picture: Picture, diagram: Diagram, moment: Moment | None) -> None:
    """The nodes, those of one neuron, of one layer and of what repeats in a frame of their own."""
    layers: dict[int, dict[Neuron, list[Node]]] = {}
    again = []
    for node in diagram.nodes:
        home = home_of(node, diagram.folded.level)
        if home is not None:
            layers.setdefault(home.layer, {}).setdefault(home, []).append(node)
        elif node.times > 1:
            again.append(node)
        else:
            picture.node(node.key, **_attributes(node, moment))
    if again:
        with _framed(picture, "repeat", f"× {diagram.times}") as frame:
            frame.attr(labelloc="b", labeljust="r", fontsize="12", penwidth="1.2")
            for node in again:
                frame.node(node.key, **_attributes(node, moment))
    columns = []
    for layer, own in sorted(layers.items()):
        in_order = dict(sorted(own.items(), key=lambda item: _number(item[1][-1])))
        with _framed(picture, f"layer{layer}", f"layer {layer}" * (len(own) > 1)) as outer:
            for place, (neuron, nodes) in enumerate(in_order.items(), 1):
                title = f"{neuron.activation} neuron" * (len(nodes) > 1)
                own_frame = _framed(outer, f"layer{layer}_neuron{place}", title, own=len(own) > 1)
                with own_frame as inner:
                    for node in nodes:
                        inner.node(node.key, **_attributes(node, moment))
        if len(own) > 1:
            columns.append(in_order)
    _put_in_order(picture, diagram, columns)


def _number(node: Node) -> tuple[int, int]:
    """What neurons are ordered by: the number in the name, else the place in the graph."""
    found = re.search(r"[₀-₉]+", node.name)
    digits = found[0].translate(_FROM_SUBSCRIPT) if found else ""
    return (int(digits) if digits else 0), node.box.index


_FROM_SUBSCRIPT = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def _put_in_order(
    picture: Picture, diagram: Diagram, layers: Sequence[Mapping[Neuron, Sequence[Node]]]
) -> None:
    """Puts the neurons of a layer one below the other by their numbers, weights beside their own.

    Lines that nobody sees hold the columns in order.
    """
    keys = {node.box.shown: node.key for node in diagram.nodes if node.box.shown is not None}
    seen: set[str] = set()
    for layer in layers:
        outputs = [nodes[-1].key for nodes in layer.values()]
        leaves, inner = [], []
        if all(len(neuron.members) <= 2 for neuron in layer):  # not single products and sums
            weights = [weight for neuron in layer for weight in neuron.parameters]
            made_of = {p for neuron in layer for node in neuron.members for p in node.parents}
            given = {keys[p]: None for p in diagram.folded.order if p in made_of and p in keys}
            own = {keys[weight]: None for weight in weights if weight in keys}
            computed = {keys[p] for p in made_of if p.op is not None and p in keys}
            leaves = [*(key for key in given if key not in computed and key not in own), *own]
            inner = [nodes[0].key for nodes in layer.values() if len(nodes) == 2]
        for column in (leaves, inner, outputs):
            fresh = [key for key in dict.fromkeys(column) if key not in seen]
            seen.update(fresh)
            if len(fresh) > 1:
                picture.graph_attr["newrank"] = "true"
                with picture.subgraph() as same:
                    same.attr(rank="same")
                    for upper, lower in pairwise(fresh):
                        same.edge(upper, lower, style="invis")


@contextmanager
def _framed(picture: Picture, name: str, title: str, *, own: bool = False) -> Iterator[Picture]:
    """A frame with a title inside the picture; the picture itself if there is no title.

    With `own` it is then a frame that nobody sees: the layout engine orders frames as it is told,
    but not boxes in one frame.
    """
    if not title and not own:
        yield picture
        return
    with picture.subgraph(name=f"cluster_{name}") as frame:
        if title:
            frame.attr(label=title, color="#cbd5e1", style="rounded", penwidth="0.8", tooltip=title)
        else:
            frame.attr(label="", peripheries="0", margin="0")
        yield frame


def _attributes(node: Node, moment: Moment | None = None) -> dict[str, str]:
    colour, dark = COLOURS[node.role]
    known = (True, True)
    if moment is not None:
        known = node.key in moment.values, node.key in moment.grads
    bar = BARS.get(node.role, "")
    span = max(2, len(node.cells))
    rows = [_row(f'<TD{_spanning(span)} BGCOLOR="{colour}">{_roomy(node.title)}</TD>')]
    cells, others = node.texts[: len(node.cells)], node.texts[len(node.cells) :]
    width = _spanning(span) if len(cells) == 1 else ""
    shown = [
        _roomy(cell) if seen else f'<FONT COLOR="#ffffff">{_roomy(cell)}</FONT>'
        for cell, seen in zip(cells, known, strict=False)
    ]
    rows.append(_row("".join(f"<TD{width}>{cell}</TD>" for cell in shown)))
    warned = f' BGCOLOR="{LOSS}"' * node.losing
    rows += [_row(f"<TD{_spanning(span)}{warned}>{_roomy(text)}</TD>") for text in others]
    if bar == "right":
        strip = f'<TD ROWSPAN="{len(rows)}" {_BAR} WIDTH="3" BGCOLOR="{dark}"></TD>'
        rows[0] = rows[0].replace("</TR>", f"{strip}</TR>", 1)
    elif bar:
        strip = _row(f'<TD{_spanning(span)} {_BAR} HEIGHT="3" BGCOLOR="{dark}"></TD>')
        rows.insert({"top": 0, "middle": 1, "bottom": len(rows)}[bar], strip)
    text = "".join(rows)
    table = f'BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="3" COLOR="{LINE}"'
    if node.marked:
        table = table.replace('BORDER="0"', 'BORDER="3"', 1).replace(LINE, MARK)
        text = text.replace("<TD", f'<TD COLOR="{LINE}"')
    if moment is not None and node.key == moment.active:
        table = table.replace(LINE, moment.colour)
    return {
        "label": f"<<TABLE {table}>{text}</TABLE>>",
        "class": f"{node.key} {node.role}" + " marked" * node.marked + " losing" * node.losing,
        "tooltip": spelled(node.tooltip),
    }


_BAR = 'CELLPADDING="0" BORDER="0" FIXEDSIZE="FALSE"'


def _spanning(columns: int) -> str:
    return f' COLSPAN="{columns}"'


def _row(cells: str) -> str:
    return f"<TR>{cells}</TR>"


def _roomy(text: str) -> str:
    """Text for a box, with room beside it: a browser's font may be wider than what was measured.

    Characters beyond ASCII are measured too wide already.
    """
    lines = []
    for line in text.split("\n"):
        beyond = sum(not char.isascii() for char in line)
        lines.append(escaped(line) + "&#160;" * max(1, round(0.16 * len(line) - 0.45 * beyond)))
    return "<BR/>".join(lines)


# Arrows.


def _put_arrows(picture: Picture, diagram: Diagram, moment: Moment | None) -> None:
    where = "label" if len(diagram.lines) <= MOST_LABELS else "headlabel"
    places: Counter[str] = Counter()
    for line in diagram.lines:
        head = line.head[1:]
        attributes = {"class": f"i{head} e{head}-{places[head]}", "tooltip": " "}
        places[head] += 1
        attributes |= _styled(line, where)
        if moment is not None and moment.arrows and line.head == moment.active:
            attributes |= {"color": moment.colour, "fontcolor": moment.colour, "penwidth": THICK}
        elif moment is not None and line.head not in moment.values:
            attributes["fontcolor"] = "#ffffff"
        picture.edge(line.tail, line.head, **attributes)


def _styled(line: Line, where: str) -> dict[str, str]:
    """The label of an arrow, and how it differs from others."""
    attributes = {}
    if line.label:
        place = where if line.arrow.slope is not None else "label"
        attributes[place] = f" {line.label} "  # spaces keep the number off the line
    if line.arrow.carried:
        attributes |= {"style": "dashed", "constraint": "false"}
    if line.marked:
        attributes |= {"color": MARK, "penwidth": THICK, "fontcolor": MARK}
    return attributes
