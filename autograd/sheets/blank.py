"""Blank: the picture of an exercise in black and white, with boxes to be filled in by hand.

Its sizes are those of the paper. It is laid out by the package itself, so that a sheet is the same
wherever it is made, and once: the empty picture and the one that is filled in have one shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from autograd.draw import layout
from autograd.draw.characters import escaped
from autograd.draw.diagram import Look, Node, diagram_of
from autograd.draw.folding import fold_reading
from autograd.draw.layered.widths import width
from autograd.draw.picture import LAYERED, Picture
from autograd.draw.spoken import description_of
from autograd.explain.reading import Reading
from autograd.formula import notation

# The boxes to write in, in points: 17 mm × 8 mm, and on an arrow 15 mm × 7.4 mm.
WIDE, HIGH = 48, 23
ARROW_WIDE, ARROW_HIGH = 42, 21
SIZE = 11  # of what is written in them

# A page is as wide as 510 points, and a box that is to be written in is 12 mm × 6 mm at least: a
# wider picture goes from top to bottom.
WIDEST = 625

# What stands for a number until the picture is laid out, with its place in the list of them: on an
# arrow as wide and as high as the box there.
_MARK = "\ue000"
_WORDS = re.compile(
    rf'<text [^>]*?"(start|middle)" x="([-\d.]+)" y="([-\d.]+)"[^>]*>{_MARK}+(\d+)</text>\n?'
)


class Blank:
    """The picture of a graph that is read.

    Given are the names, the formulas and the numbers of the leaves; to be found are the values, the
    local derivatives and the gradients: `numbers`, in the order in which they stand there.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.diagram = diagram_of(
            fold_reading(reading, "named"), Look(gradients=reading.gradient, digits=reading.digits)
        )
        self.numbers: list[Any] = []

    def svg(self, *, filled: bool) -> str:
        """The picture, `filled` in or with empty boxes."""

        def shown(found: re.Match[str]) -> str:
            x, y, place = float(found[2]), float(found[3]), int(found[4])
            if found[1] == "start":
                x += width(_MARK + found[4], SIZE) / 2
            text = notation.digits(self.numbers[place], self.reading.digits) if filled else ""
            on_arrow = place >= len(self.numbers) - len(self.diagram.lines)
            box = _box(x, y) if on_arrow and not filled else ""
            return box + (_words(x, y, text) if text else "")

        title = "the graph, filled in" if filled else "the graph, with boxes to fill in"
        return layout.accessible(
            _WORDS.sub(shown, self._drawn), title, self.description(filled=filled)
        )

    def description(self, *, filled: bool) -> str:
        """The picture in words; what is to be found is left out unless it is `filled` in."""
        if filled:
            return description_of(self.diagram)
        titles = "; ".join(self._title(node) for node in self.diagram.nodes)
        names = {node.key: node.name for node in self.diagram.nodes}
        arrows = (f"{names[line.tail]} to {names[line.head]}" for line in self.diagram.lines)
        return f"Boxes: {titles}. Arrows: {'; '.join(arrows)}."

    @cached_property
    def _drawn(self) -> str:
        """The picture with a mark for each number."""
        beside = self._laid_out("LR")
        return beside if _wide(beside) <= WIDEST else self._laid_out("TB")

    def _laid_out(self, direction: str) -> str:
        self.numbers.clear()
        drawn = Picture(engine=LAYERED, format="svg")
        drawn.graph_attr.update(rankdir=direction, nodesep="0.14", ranksep="0.1", ordering="in")
        drawn.node_attr.update(shape="plain", fontname="Helvetica", fontsize=str(SIZE))
        drawn.edge_attr.update(fontname="Helvetica", fontsize="20", arrowsize="0.7")
        for node in self.diagram.nodes:
            drawn.node(node.key, label=self._table(node))
        for line in self.diagram.lines:
            drawn.edge(line.tail, line.head, label=self._mark(line.arrow.slope, 3))
        svg = drawn.svg()
        return re.sub(r' id="[^"]*"', "", svg[svg.index("<svg") :])  # many stand in one page

    def _mark(self, number: Any, times: int = 1) -> str:
        self.numbers.append(number)
        return f"{_MARK * times}{len(self.numbers) - 1}"

    def _table(self, node: Node) -> str:
        """A box: its title, and a row for each number."""
        rows = "".join(
            f'<TR><TD><FONT POINT-SIZE="8">{what}</FONT></TD>'
            f'<TD WIDTH="{WIDE}" HEIGHT="{HIGH}">{self._mark(number)}</TD></TR>'
            for what, number in self._rows(node)
        )
        head = f'<TR><TD COLSPAN="2">&#160;{escaped(self._title(node))}&#160;</TD></TR>'
        table = 'BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="3" COLOR="#000000"'
        return f"<<TABLE {table}>{head}{rows}</TABLE>>"

    def _title(self, node: Node) -> str:
        value = node.box.shown
        assert value is not None
        given = value.op is None
        return node.title + f" = {notation.digits(value.raw, self.reading.digits)}" * given

    def _rows(self, node: Node) -> Iterator[tuple[str, Any]]:
        value = node.box.shown
        assert value is not None
        if value.op is not None:
            yield "value", value.raw
        yield "grad", self.reading.gradient.get(value, 0)


def _wide(svg: str) -> int:
    found = re.search(r'width="(\d+)pt"', svg)
    return int(found[1]) if found else 0


def _box(x: float, y: float) -> str:
    """An empty box where the label of an arrow stands."""
    return (
        f'<rect x="{x - ARROW_WIDE / 2:.2f}" y="{y + 4.5 - ARROW_HIGH:.2f}" width="{ARROW_WIDE}" '
        f'height="{ARROW_HIGH}" fill="white" stroke="#666666" stroke-width="0.6" '
        'stroke-dasharray="2,2"/>\n'
    )


def _words(x: float, y: float, text: str) -> str:
    """A number where one is to be found."""
    return (
        f'<text text-anchor="middle" x="{x:.2f}" y="{y:.2f}" font-family="Helvetica,sans-Serif" '
        f'font-size="{SIZE}">{text}</text>\n'
    )
