"""Tables: what a label in Graphviz's HTML, or a plain one, looks like: areas and lines of text."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from autograd.draw.layered.source import Markup
from autograd.draw.layered.widths import width

LEADING = 1.2  # from line to line, by the size of the text
ROOM = 8.0  # around a plain label


@dataclass(frozen=True)
class Area:
    """A rectangle from its upper left corner, down; an ellipse if it is `round`."""

    x: float
    y: float
    width: float
    height: float
    fill: str | None
    stroke: str | None
    thick: float = 1.0
    round: bool = False


@dataclass(frozen=True)
class Words:
    """A line of text: where it begins, or its middle if it is `centred`, and its baseline."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    bold: bool = False
    centred: bool = False


@dataclass(frozen=True)
class Figure:
    """What a label looks like, from its upper left corner."""

    width: float
    height: float
    shapes: tuple[Area | Words, ...] = ()


@dataclass(frozen=True)
class _Font:
    size: float
    colour: str
    bold: bool = False


def figure(key: str, attributes: Mapping[str, str]) -> Figure:
    """What a box with these attributes looks like."""
    label = attributes.get("label", "\\N")
    font = font_of(attributes)
    if isinstance(label, Markup):
        root = _parsed(label)
        table = root.find("TABLE")
        if table is not None:
            return _table(table, font)
    lines = lines_of(label, font, key)
    wide = max((_wide(line) for line in lines), default=0.0)
    high = LEADING * font.size * len(lines)
    shape = attributes.get("shape", "ellipse")
    if shape in ("plain", "none", "plaintext"):
        room = 0.0 if shape == "plain" else ROOM
        return _framed(wide + room, high + room / 2, lines, [])
    fixed = attributes.get("fixedsize") == "true"
    least = [72 * float(attributes.get(side, "0")) for side in ("width", "height")]
    if shape == "circle":
        least = [max(least)] * 2
    w, h = least if fixed else (max(least[0], wide + 2 * ROOM), max(least[1], high + ROOM))
    fill = (
        attributes.get("fillcolor", "#d3d3d3") if "filled" in attributes.get("style", "") else None
    )
    outline = Area(
        0, 0, w, h, fill, attributes.get("color", "#000000"),
        float(attributes.get("penwidth", "1")), shape in ("ellipse", "circle", "oval"),
    )  # fmt: skip
    return _framed(w, h, lines, [outline])


def font_of(attributes: Mapping[str, str]) -> _Font:
    """The font that attributes ask for."""
    size = float(attributes.get("fontsize", "14"))
    return _Font(size, attributes.get("fontcolor", "#000000"))


def lines_of(label: str, font: _Font, key: str = "") -> list[Words]:
    """The lines of a label, each from the left end of its baseline, one below the other."""
    if isinstance(label, Markup):
        lines = [*_written(_parsed(label), font)]
    else:
        lines = [Words(0, 0, line, font.size, font.colour) for line in _split(label, key)]
    return _stacked(lines)


def _stacked(lines: Iterable[Words]) -> list[Words]:
    """Lines of text, one below the other."""
    below, placed = 0.0, []
    for line in lines:
        placed.append(replace(line, y=below + _BASE * line.size))
        below += LEADING * line.size
    return placed


_BASE = 1.0  # from the top of a line to its baseline, by its size


def _wide(line: Words) -> float:
    return width(line.text, line.size, bold=line.bold)


def _split(label: str, key: str) -> list[str]:
    r"""The lines of a label that is no markup: \\n, \\l and \\r end one, \\N is the box's key."""
    if not label:
        return []
    lines = [""]
    for part in re.findall(r"\\.|[^\\]+|\\", label, re.DOTALL):
        if part in ("\\n", "\\l", "\\r"):
            lines.append("")
        elif part == "\\N":
            lines[-1] += key
        else:
            first, *more = (part[1:] if len(part) == 2 and part[0] == "\\" else part).split("\n")
            lines[-1] += first
            lines += more
    return lines


def said(text: str) -> str:
    r"""A plain attribute as it is meant: two backslashes are one."""
    return "\n".join(_split(text, ""))


def _parsed(markup: str) -> ET.Element:
    text = markup.replace("\\\\", "\\")
    try:
        return ET.fromstring(f"<label>{text}</label>")  # noqa: S314  what this package wrote
    except ET.ParseError as error:
        raise ValueError(f"the label {markup!r} cannot be read: {error}") from None


def _framed(w: float, h: float, lines: list[Words], areas: list[Area]) -> Figure:
    """Lines in the middle of an area."""
    high = sum(LEADING * line.size for line in lines)
    texts = [replace(line, x=(w - _wide(line)) / 2, y=line.y + (h - high) / 2) for line in lines]
    return Figure(w, h, (*areas, *texts))


def _written(element: ET.Element, font: _Font) -> Iterator[Words]:
    """The lines of text inside an element."""
    line: Words | None = None
    for text, own in _runs(element, font):
        if text is None:
            yield line or Words(0, 0, "", own.size, own.colour)
            line = None
        elif line is None:
            line = Words(0, 0, text, own.size, own.colour, own.bold)
        else:
            line = replace(line, text=line.text + text)
    if line is not None:
        yield line


def _runs(element: ET.Element, font: _Font) -> Iterator[tuple[str | None, _Font]]:
    """Pieces of text with their fonts, None where a line ends."""
    if element.text:
        yield element.text, font
    for child in element:
        if child.tag == "BR":
            yield None, font
        elif child.tag == "B":
            yield from _runs(child, replace(font, bold=True))
        elif child.tag == "FONT":
            size = float(child.get("POINT-SIZE", font.size))
            yield from _runs(
                child, replace(font, colour=child.get("COLOR", font.colour), size=size)
            )
        else:
            yield from _runs(child, font)
        if child.tail:
            yield child.tail, font


# Tables.


@dataclass
class _Cell:
    row: int
    column: int
    down: int
    across: int
    element: ET.Element
    lines: list[Words]
    width: float
    height: float
    border: float


def _table(table: ET.Element, font: _Font) -> Figure:
    cells = [*_cells(table, font)]
    columns = _sizes((cell.column, cell.across, cell.width) for cell in cells)
    rows = _sizes((cell.row, cell.down, cell.height) for cell in cells)
    edge = float(table.get("BORDER", "1"))
    colour = table.get("COLOR", "#000000")
    shapes: list[Area | Words] = []
    for cell in cells:
        x, y = edge + sum(columns[: cell.column]), edge + sum(rows[: cell.row])
        w = sum(columns[cell.column : cell.column + cell.across])
        h = sum(rows[cell.row : cell.row + cell.down])
        fill = cell.element.get("BGCOLOR")
        if fill:
            shapes.append(Area(x, y, w, h, fill, None))
        if cell.border:
            stroke = cell.element.get("COLOR", colour)
            shapes.append(Area(x, y, w, h, None, stroke, cell.border))
        inner = _framed(w, h, cell.lines, [])
        shapes += [replace(line, x=x + line.x, y=y + line.y) for line in inner.shapes]
    w, h = sum(columns) + 2 * edge, sum(rows) + 2 * edge
    if edge:
        shapes.append(Area(edge / 2, edge / 2, w - edge, h - edge, None, colour, edge))
    return Figure(w, h, tuple(shapes))


def _cells(table: ET.Element, font: _Font) -> Iterator[_Cell]:
    taken: set[tuple[int, int]] = set()
    for row, line in enumerate(table.iter("TR")):
        column = 0
        for element in line.iter("TD"):
            while (row, column) in taken:
                column += 1
            across, down = (int(element.get(f"{side}SPAN", "1")) for side in ("COL", "ROW"))
            taken |= {(row + k, column + j) for k in range(down) for j in range(across)}
            border = float(element.get("BORDER", table.get("CELLBORDER", "1")))
            pad = border + float(element.get("CELLPADDING", table.get("CELLPADDING", "2")))
            lines = _stacked(_written(element, font))
            wide = max((_wide(text) for text in lines), default=0.0) + 2 * pad
            high = sum(LEADING * text.size for text in lines) + 2 * pad
            wide, high = (
                max(size, float(element.get(side, "0")))
                for size, side in ((wide, "WIDTH"), (high, "HEIGHT"))
            )
            yield _Cell(row, column, down, across, element, lines, wide, high, border)
            column += across


def _sizes(parts: Iterable[tuple[int, int, float]]) -> list[float]:
    """The sizes of columns or rows: parts of (first, how many, size) have room in them."""
    listed = sorted(parts, key=lambda part: part[1])
    sizes = [0.0] * max((first + many for first, many, _ in listed), default=0)
    for first, many, size in listed:
        more = (size - sum(sizes[first : first + many])) / many
        if more > 0:
            for k in range(first, first + many):
                sizes[k] += more
    return sizes
