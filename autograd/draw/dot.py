"""Drawing: folded graphs as DOT text, one box a value, the local derivative on each arrow."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from autograd.draw.folding import Box, Folded
from autograd.formula import notation, plain
from autograd.formula import tree as fm
from autograd.formula.tree import Formula, Sym
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.draw.neurons import Neuron
    from autograd.draw.picture import Picture

COLOURS = {
    "input": "#dbeafe",
    "weight": "#fde9c8",
    "intermediate": "#eef1f5",
    "output": "#d6f2dd",
}
LINE, FAINT, DARK = "#94a3b8", "#64748b", "#334155"

# Longer texts are cut, and floats rounded to this many digits, so that a box stays a box.
WIDEST = 40
SIGNIFICANT = 6
# Labels on more arrows than this cover each other; on more than the second they say nothing.
MOST_LABELS = 120

# With more boxes than this, straight lines and a hasty layout: seconds instead of half a minute.
MOST_CURVED = 500

_WEIGHT = re.compile(r"(w|theta|beta|weights?|bias(es)?)(_?\d+)*(_?[a-z])?", re.IGNORECASE)
_PERHAPS = re.compile(r"(b|m)(_?\d+)*", re.IGNORECASE)


def picture_of(
    folded: Folded,
    *,
    engine: str | None = None,
    parameters: Iterable[Value] = (),
    gradients: Mapping[Value, Any] | None = None,
) -> Picture:
    """The picture of a graph that is already folded into boxes.

    The gradients are those that the values have, or those of a mapping (0 for values without one).
    """
    from autograd.draw.picture import Picture

    root = folded.order[-1]
    roles = _roles(folded, set(parameters))
    texts = _Texts(folded)
    picture = Picture(engine=engine, format=None if engine else "svg")
    picture.summary = (
        f"picture of {texts.name(root) or 'a value'}: {_count(len(folded.boxes), 'box', 'boxes')}, "
        f"{_count(len(folded.arrows), 'arrow')}"
    )
    picture.graph_attr.update(
        rankdir="LR", fontname="Helvetica", fontsize="10", fontcolor=FAINT,
        nodesep="0.16", ranksep="0.2", tooltip=" ",
    )  # fmt: skip
    if folded.level in ("op", "named"):
        picture.graph_attr["ordering"] = "in"  # operands from the top in the order of the formula
    if folded.level == "neuron":
        picture.graph_attr["ranksep"] = "0.9"  # room for many arrows
    if len(folded.boxes) > MOST_CURVED:
        picture.graph_attr.update(splines="line", nslimit="1", nslimit1="1", mclimit="0.1")
    picture.node_attr.update(
        shape="plain", fontname="Helvetica", fontsize="10", fontcolor="#0f172a"
    )
    picture.edge_attr.update(
        fontname="Helvetica", fontsize="9", color=LINE, fontcolor=DARK, arrowsize="0.6"
    )
    if gradients is None:
        waiting = root.grad.__class__ is int and root.grad == 0  # no backward pass from here yet

        def gradient(node: Value) -> Any:
            return None if waiting and node.grad == 0 else node.grad
    else:

        def gradient(node: Value) -> Any:
            return gradients.get(node, 0)

    lines = {box: _node(box, texts, roles, gradient) for box in folded.boxes}
    _put_boxes(picture, folded, lines)
    _put_arrows(picture, folded)
    return picture


def _put_boxes(picture: Picture, folded: Folded, lines: dict[Box, dict[str, str]]) -> None:
    """The nodes, those of one neuron and of one layer in a frame of their own."""
    layers: dict[int, dict[Neuron, list[Box]]] = {}
    for box in folded.boxes:
        home = box.neurons[0] if folded.level == "neuron" and box.neurons else box.inside
        if home is None:
            picture.node(f"n{box.index}", **lines[box])
        else:
            layers.setdefault(home.layer, {}).setdefault(home, []).append(box)
    for layer, own in sorted(layers.items()):
        with _framed(picture, f"layer{layer}", f"layer {layer}" * (len(own) > 1)) as outer:
            for place, (neuron, boxes) in enumerate(own.items(), 1):
                title = f"{neuron.activation} neuron" * (len(boxes) > 1)
                with _framed(outer, f"layer{layer}_neuron{place}", title) as inner:
                    for box in boxes:
                        inner.node(f"n{box.index}", **lines[box])


@contextmanager
def _framed(picture: Picture, name: str, title: str) -> Iterator[Picture]:
    """A frame with a title inside the picture; the picture itself if there is no title."""
    if not title:
        yield picture
        return
    with picture.subgraph(name=f"cluster_{name}") as frame:
        frame.attr(label=title, color="#cbd5e1", style="rounded", penwidth="0.8", tooltip=title)
        yield frame


def _put_arrows(picture: Picture, folded: Folded) -> None:
    where = "label" if len(folded.arrows) <= MOST_LABELS else "headlabel"
    digits = SIGNIFICANT if folded.level in ("op", "named") else 3
    places: Counter[int] = Counter()
    for arrow in folded.arrows:
        head = arrow.head.index
        attributes = {"class": f"i{head} e{head}-{places[head]}", "tooltip": " "}
        places[head] += 1
        if arrow.slope is not None:
            # Spaces keep the number off the line.
            attributes[where] = f" {short(arrow.slope, digits)} "
        elif arrow.count > 1:
            attributes["label"] = f" ×{arrow.count} "
        picture.edge(f"n{arrow.tail.index}", f"n{head}", **attributes)


# Boxes.


_Gradient: TypeAlias = Callable[[Value], Any]


def _node(box: Box, texts: _Texts, roles: dict[Value, str], gradient: _Gradient) -> dict[str, str]:
    role = roles.get(box.members[-1], "intermediate")
    colour = COLOURS[role]
    title = texts.title(box)
    rows = [f'<TR><TD COLSPAN="2" BGCOLOR="{colour}">{_roomy(title)}</TD></TR>']
    cells = _numbers(box, gradient)
    rows.append(
        "<TR>"
        + "".join(f"<TD>{_roomy(f'{what} {number}')}</TD>" for what, number in cells)
        + "</TR>"
    )
    table = f'<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="3" COLOR="{LINE}">'
    return {
        "label": f"<{table}{''.join(rows)}</TABLE>>",
        "class": f"n{box.index} {role}",
        "tooltip": texts.tooltip(box, gradient),
    }


def _numbers(box: Box, gradient: _Gradient) -> list[tuple[str, str]]:
    if box.shown is not None:
        grad = gradient(box.shown)
        return [("value", short(box.shown.data)), ("grad", "–" if grad is None else short(grad))]
    data = [node.data for node in box.members if node.op is not None]
    data = data or [node.data for node in box.members]
    data = [number for number in data if number == number]  # nan has no place in a range
    grads = [abs(grad) for grad in map(gradient, box.members) if grad is not None]
    grads = [grad for grad in grads if grad == grad]
    values = f"{short(min(data), 3)} … {short(max(data), 3)}" if data else "nan"
    return [("values", values), ("|grad| ≤", short(max(grads), 3) if grads else "–")]


def short(number: Any, significant: int = SIGNIFICANT) -> str:
    """A number for a box: exact if that is short, else rounded to a few significant digits."""
    text = notation.digits(number)
    return text if len(text) <= significant + 4 else notation.digits(number, significant)


def _roomy(text: str) -> str:
    """Text for a box, with room beside it: a browser's font may be wider than what was measured.

    Characters beyond ASCII are measured too wide already.
    """
    lines = []
    for line in text.split("\n"):
        beyond = sum(not char.isascii() for char in line)
        lines.append(_escaped(line) + "&#160;" * max(1, round(0.16 * len(line) - 0.45 * beyond)))
    return "<BR/>".join(lines)


def _escaped(text: str) -> str:
    """Text as Graphviz wants it inside an HTML-like label."""
    clean = "".join(char if char.isprintable() else "�" for char in text)
    return html.escape(clean).replace("\\", "\\\\")


class _Texts:
    """The names, expressions and tooltips of the boxes."""

    def __init__(self, folded: Folded) -> None:
        self.folded = folded
        self.reading = folded.reading

    def name(self, node: Value) -> str:
        """A value's name as a person writes it, or ''."""
        label = self.reading.names.get(node, "") if self.reading else node.label
        return notation.pretty(label)

    def _expression(self, node: Value) -> str:
        assert node.op is not None
        if self.reading is None:
            return node.op.name
        return plain.write(shortened(self.reading.writing.body[node]))

    def _whole(self, node: Value) -> str:
        """`h₁ = x₁·w₁ + x₂·w₂`, without a name or an expression if there is none."""
        if node.op is None:
            return self.name(node) or notation.digits(node.data, SIGNIFICANT)
        parts = [self.name(node), self._expression(node).replace("\n", " ")]
        return " = ".join(part for part in parts if part)

    def title(self, box: Box) -> str:
        """The text at the top of a box."""
        if box.kind == "layer":
            return _layer_title(box.neurons)
        if box.kind == "parameters":
            return _count(len(box.members), "parameter")
        if box.kind == "neuron" and box.shown is not None:
            neuron = box.neurons[0]
            name = self.name(box.shown)
            return (f"{name} = " if name else "") + f"{neuron.activation} neuron"
        if box.kind == "values":
            return self._several(box)
        return _cut(self._whole(box.shown or box.members[-1]))

    def _several(self, box: Box) -> str:
        leaves = sum(node.op is None for node in box.members)
        if leaves == len(box.members):
            return f"{leaves} inputs"
        kinds = Counter(node.op.name for node in box.members if node.op)
        parts = [f"{count} {kind}" for kind, count in kinds.most_common(3)]
        more = " …" if len(kinds) > 3 else ""
        named = f"{self.name(box.shown)}: " if box.shown and self.name(box.shown) else ""
        return f"{named}{', '.join(parts)}{more}"

    def tooltip(self, box: Box, gradient: _Gradient) -> str:
        """What a mouse over the box shows: the numbers in full."""
        if box.shown is None:
            return f"{len(box.members)} values"
        node = box.shown
        kind = node.op.name if node.op else "leaf"
        grad = gradient(node)
        return f"{kind}: value {_full(node.data)}, grad {'–' if grad is None else _full(grad)}"


def _layer_title(neurons: list[Neuron]) -> str:
    """`layer 1: 16 relu neurons, 20 times`, for 20 samples."""
    distinct = {neuron.parameters: neuron.activation for neuron in neurons}
    kinds = Counter(distinct.values())
    parts = ", ".join(_count(count, f"{kind} neuron") for kind, count in kinds.items())
    times = len(neurons) // len(distinct)
    return f"layer {neurons[0].layer}: {parts}" + (f", {times} times" if times > 1 else "")


def _full(number: Any) -> str:
    text = notation.digits(number)
    return text if len(text) <= 60 else notation.digits(number, 30)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def shortened(formula: Formula) -> Formula:
    """The formula with the middle of long sums, products and calls left out."""
    most = 4
    gap = Sym("…")

    def cut(parts: tuple[Formula, ...]) -> tuple[Formula, ...]:
        kept = parts if len(parts) <= most else (*parts[:2], gap, parts[-1])
        return tuple(map(shortened, kept))

    match formula:
        case fm.Add(terms):
            return fm.Add(cut(terms))
        case fm.Mul(factors, bracketed):
            return fm.Mul(cut(factors), bracketed)
        case fm.Call(name, arguments):
            return fm.Call(name, cut(arguments))
        case fm.Div(over, under):
            return fm.Div(shortened(over), shortened(under))
        case fm.Pow(base, exponent):
            return fm.Pow(shortened(base), shortened(exponent))
        case fm.Neg(of):
            return fm.Neg(shortened(of))
        case fm.Num(value, None):
            return formula if len(notation.digits(value)) <= 10 else fm.Num(value, SIGNIFICANT)
        case _:
            return formula


def _cut(text: str) -> str:
    lines = [
        line if len(line) <= WIDEST else f"{line[: WIDEST * 2 // 3]} … {line[-WIDEST // 3 + 3 :]}"
        for line in text.split("\n")
        if line.strip(" ")
    ]
    return "\n".join(lines[:4])


# Roles.


def _roles(folded: Folded, parameters: set[Value]) -> dict[Value, str]:
    order = folded.order
    names = folded.reading.names if folded.reading else {node: node.label for node in order}
    leaves = [node for node in order if node.op is None]
    known = parameters | {
        parameter
        for box in folded.boxes
        for neuron in (box.inside,)
        if neuron
        for parameter in neuron.parameters
    }
    certain = {leaf for leaf in leaves if _WEIGHT.fullmatch(names.get(leaf, ""))}
    perhaps = {leaf for leaf in leaves if _PERHAPS.fullmatch(names.get(leaf, ""))}
    letters = {names[leaf][0].lower() for leaf in perhaps}
    weights = known | certain | (perhaps if certain or letters == {"b", "m"} else set())
    roles = {leaf: "weight" if leaf in weights else "input" for leaf in leaves}
    return roles | {order[-1]: "output"}
