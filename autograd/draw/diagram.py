"""Diagram: what a picture shows, as plain data; each way of writing it down reads this.

`content` gives it as what `save("e.json")` writes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from autograd.draw.characters import clean
from autograd.draw.folding import Arrow, Box, Folded
from autograd.draw.neurons import Neuron
from autograd.draw.roles import roles
from autograd.draw.titles import SIGNIFICANT, Titles, counted, full, short
from autograd.formula import notation
from autograd.value import Value

DIRECTIONS = ("LR", "TB")

# Exact numbers of more digits than this are rounded in the JSON.
LONGEST = 300

# A value that has lost this many digits more than what it was computed from lost them itself.
LOSING = 1.0

Gradient: TypeAlias = Callable[[Value], Any]


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a graph is to be drawn: see `autograd.draw.draw`.

    `gradients` may be a mapping that has them (0 for values without one), and `lost` has the digits
    that each value has lost.
    """

    parameters: Iterable[Value] = ()
    digits: int | None = None
    direction: str = "LR"
    highlight: Sequence[Value] = ()
    gradients: bool | Mapping[Value, Any] = True
    lost: Mapping[Value, float] | None = None
    title: str | None = None
    alt: str | None = None

    def __post_init__(self) -> None:
        if self.direction not in DIRECTIONS:
            raise ValueError(
                f"unknown direction {self.direction!r}: a picture goes from left to right, 'LR', "
                "or from top to bottom, 'TB'"
            )
        notation.wanted(self.digits)
        if not isinstance(self.parameters, Iterable):
            kind = type(self.parameters).__name__
            raise TypeError(f"parameters are Values, not {kind} {self.parameters!r}")
        if not isinstance(self.gradients, bool | Mapping):
            kind = type(self.gradients).__name__
            raise TypeError(f"gradients is True or False, not {kind} {self.gradients!r}")
        for what in ("title", "alt"):
            text = getattr(self, what)
            if text is not None and not isinstance(text, str):
                raise TypeError(f"{what} is text, not {type(text).__name__} {text!r}")


@dataclass(frozen=True)
class Node:
    """One box: its title, its lines of cells (what, number), and what is said about it.

    `lost` is in digits, and `losing` says that they were lost here; `marked` boxes lie on a way
    that is highlighted.
    """

    key: str
    box: Box
    title: str
    name: str
    role: str
    cells: tuple[tuple[str, str], ...]
    tooltip: str
    times: int = 1
    lost: float | None = None
    losing: bool = False
    marked: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """What stands below the title: `value 3.8`, `grad −3.05`, `lost 2 digits`."""
        cells = tuple(f"{what} {number}" for what, number in self.cells)
        if self.lost is None:
            return cells
        return (*cells, f"{'▲ ' * self.losing}lost {lost_digits(self.lost)}")


def lost_digits(lost: float) -> str:
    """`0 digits`, `3 digits`, `all digits`."""
    return "all digits" if lost == math.inf else counted(round(lost), "digit")


@dataclass(frozen=True)
class Line:
    """One arrow, from key to key, its label, and whether it is highlighted or leads back."""

    tail: str
    head: str
    label: str
    arrow: Arrow
    marked: bool = False


@dataclass(frozen=True)
class Diagram:
    """The boxes and arrows of a picture, and what it is called."""

    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    folded: Folded
    look: Look
    times: int
    names: tuple[str, ...]  # of the roots

    @property
    def summary(self) -> str:
        """`picture of E: 13 boxes, 12 arrows`."""
        parts = counted(len(self.nodes), "box", "boxes"), counted(len(self.lines), "arrow")
        return f"picture of {', '.join(self.names)}: {', '.join(parts)}"


def diagram_of(folded: Folded, look: Look) -> Diagram:
    """The boxes of a graph with their texts."""
    known = set(look.parameters)
    role_of = roles(folded.order, folded.roots, folded.roles, known, folded.placed)
    titles = Titles(folded, role_of, look.digits)
    gradient = _gradient(folded, look)
    reached = _reached(folded, look.highlight)
    losing = _losing(folded, look.lost) if look.lost is not None else set()
    nodes = []
    for box in folded.boxes:
        lost = _lost(box, look.lost)
        nodes.append(
            Node(
                key=f"n{box.index}",
                box=box,
                title=clean(titles.title(box)),
                name="" if box.shown is None else clean(titles.name(box.shown)),
                role=_role(box, role_of),
                cells=_cells(box, gradient, look),
                tooltip=_tooltip(box, gradient),
                times=len(box.members) if box.kind == "repeat" else 1,
                lost=lost,
                losing=not losing.isdisjoint(box.members),
                marked=not reached.isdisjoint(box.members),
            )
        )
    digits = look.digits or (SIGNIFICANT if folded.level in ("op", "named") else 3)
    lines = tuple(_line(arrow, digits, look, titles.times, reached) for arrow in folded.arrows)
    names = tuple(clean(titles.name(root)) or "a value" for root in folded.roots)
    return Diagram(tuple(nodes), lines, folded, look, titles.times, names)


def _role(box: Box, role_of: Mapping[Value, str]) -> str:
    """The role that all values of a box have; a result, or a computed value, speaks for it."""
    found = {role_of.get(node, "intermediate") for node in box.members}
    for role in ("output", "intermediate"):
        if role in found:
            return role
    return found.pop() if len(found) == 1 else "intermediate"


def _gradient(folded: Folded, look: Look) -> Gradient:
    """What gives each value's gradient, None if there is none yet."""
    given = look.gradients
    if not isinstance(given, bool):
        return lambda node: given.get(node, 0)
    # What a backward pass has come to that has begun at one of the roots: 0 is a gradient there.
    reached = {root for root in folded.roots if root.grad.__class__ is not int or root.grad != 0}
    for node in reversed(folded.order if reached else ()):
        if node in reached:
            reached.update(node.parents)
    return lambda node: None if node.grad == 0 and node not in reached else node.grad


def _cells(box: Box, gradient: Gradient, look: Look) -> tuple[tuple[str, str], ...]:
    """The numbers of a box: value and gradient, or between what and what they lie."""
    digits = look.digits or SIGNIFICANT
    if box.shown is not None:
        cells = [("value", written(box.shown.raw, digits, look.digits))]
        if look.gradients is not False:
            grad = gradient(box.shown)
            text = notation.NONE if grad is None else written(grad, digits, look.digits)
            cells.append(("grad", text))
        return tuple(cells)
    data = [node.raw for node in box.members if node.op is not None]
    data = data or [node.raw for node in box.members]
    data = [number for number in data if number == number]  # nan has no place in a range
    few = min(digits, 3) if look.digits is None else digits
    span = f"{short(min(data), few)} … {short(max(data), few)}" if data else "nan"
    cells = [("values", span)]
    if look.gradients is not False:
        grads = [abs(grad) for grad in map(gradient, box.members) if grad is not None]
        known = [grad for grad in grads if grad == grad]
        if known:
            cells.append(("|grad| ≤", short(max(known), few)))
        else:  # before a backward pass there is nothing to bound
            cells.append(("grad", "nan" if grads else notation.NONE))
    return tuple(cells)


def written(number: Any, significant: int, asked: int | None) -> str:
    """A number for a box, of as many digits as the caller asked for, else short."""
    return short(number, significant) if asked is None else notation.digits(number, asked)


def _tooltip(box: Box, gradient: Gradient) -> str:
    """What a mouse over the box shows: the numbers in full."""
    if box.shown is None:
        return counted(len(box.members), "value")
    node = box.shown
    kind = node.op.name if node.op else "leaf"
    grad = gradient(node)
    return f"{kind}: value {full(node.raw)}, grad {'–' if grad is None else full(grad)}"


def _line(arrow: Arrow, digits: int, look: Look, times: int, reached: set[Value]) -> Line:
    label = ""
    within = arrow.tail.kind == arrow.head.kind == "repeat"
    if look.gradients is not False and arrow.slope is not None:
        label = written(arrow.slope, digits, look.digits)
    elif arrow.carried:
        label = "next"
    elif arrow.count > 1 and not (within and arrow.count == times):
        label = f"×{arrow.count}"
    marked = any(parent in reached and node in reached for parent, node in arrow.uses)
    return Line(f"n{arrow.tail.index}", f"n{arrow.head.index}", label, arrow, marked)


def _reached(folded: Folded, highlight: Sequence[Value]) -> set[Value]:
    """The values on the ways from highlighted ones to the roots. Raises ValueError for others."""
    inside = set(folded.order)
    for value in highlight:
        if not isinstance(value, Value):
            kind = type(value).__name__
            raise TypeError(f"highlight is a Value or several, not {kind} {value!r}")
        if value not in inside:
            raise ValueError(f"{value!r} is not part of the graph: there is nothing to highlight")
    reached = set(highlight)
    for node in folded.order if reached else ():
        if not reached.isdisjoint(node.parents):
            reached.add(node)
    return reached


def _lost(box: Box, lost: Mapping[Value, float] | None) -> float | None:
    """The digits that what a box shows has lost, or the most that one of its values has."""
    if lost is None:
        return None
    shown = box.members if box.shown is None else [box.shown]
    return max((lost[node] for node in shown if node.op and node in lost), default=None)


def _losing(folded: Folded, lost: Mapping[Value, float]) -> set[Value]:
    """The values that have lost digits where what they were computed from had them still."""
    return {
        node
        for node in folded.order
        if lost.get(node, 0) >= LOSING + max((lost.get(p, 0) for p in node.parents), default=0)
    }


def home_of(node: Node, level: str) -> Neuron | None:
    """The neuron that a box is drawn as, or in."""
    box = node.box
    return box.neurons[0] if level == "neuron" and box.neurons else box.inside


def frames_of(diagram: Diagram) -> dict[str, list[Node]]:
    """The boxes that stand in a frame, by the frame's title: those of a layer, and a repeat."""
    layers: dict[int, list[Node]] = {}
    neurons: dict[int, set[Neuron]] = {}
    again = []
    for node in diagram.nodes:
        home = home_of(node, diagram.folded.level)
        if home is not None:
            layers.setdefault(home.layer, []).append(node)
            neurons.setdefault(home.layer, set()).add(home)
        elif node.times > 1:
            again.append(node)
    found = {f"layer {n}": own for n, own in sorted(layers.items()) if len(neurons[n]) > 1}
    return found | ({f"× {diagram.times}": again} if again else {})


# The same as JSON.


def content(diagram: Diagram, title: str, description: str) -> dict[str, Any]:
    """The diagram as data for other programs, as `Picture` describes it."""
    gradient = _gradient(diagram.folded, diagram.look)
    boxes = []
    for node in diagram.nodes:
        shown = node.box.shown
        grad = None if shown is None or diagram.look.gradients is False else gradient(shown)
        boxes.append({
            "key": node.key, "title": node.title, "texts": list(node.texts), "name": node.name,
            "role": node.role,
            "operation": shown.op.name if shown is not None and shown.op else None,
            "value": None if shown is None else exact(shown.raw),
            "grad": None if grad is None else exact(grad),
            "members": len(node.box.members), "times": node.times,
            "lost": "all" if node.lost == math.inf else node.lost,
            "highlighted": node.marked,
        })  # fmt: skip
    arrows = [
        {
            "tail": line.tail, "head": line.head, "label": line.label,
            "slope": None if line.arrow.slope is None else exact(line.arrow.slope),
            "uses": line.arrow.count, "carried": line.arrow.carried, "highlighted": line.marked,
        }
        for line in diagram.lines
    ]  # fmt: skip
    frames = [
        {"title": name, "boxes": [node.key for node in nodes]}
        for name, nodes in frames_of(diagram).items()
    ]
    return {
        "title": title, "description": description, "direction": diagram.look.direction,
        "level": diagram.folded.level, "boxes": boxes, "arrows": arrows, "frames": frames,
    }  # fmt: skip


def exact(number: Any) -> str:
    """A number as Python writes it; one of more digits than anybody reads, rounded."""
    if isinstance(number, float):
        return repr(number)
    text = notation.digits(number)
    short = len(text) <= LONGEST and "e" not in text
    if short and isinstance(number, Fraction):  # whose parts may be long all the same
        short = max(abs(number.numerator), number.denominator) < 10**LONGEST
    return str(number) if short else text.replace(notation.MINUS, "-")
