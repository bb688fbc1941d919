"""draw: the classic diagram of a network, circles in columns and weights as lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from autograd import Value, topological
from autograd.sketch.plots import extent
from nn.activations import name
from nn.dropout import resting
from nn.layer import Layer
from nn.layered import plain
from nn.module import groups
from nn.nested import as_float, values_of
from nn.neuron import Neuron

if TYPE_CHECKING:
    from autograd import Picture
    from nn.layer import Stage

# A column with more circles than this shows the first ones and how many more there are.
MOST_CIRCLES = 10
COLUMN, ROW = 1.7, 0.55  # distances between circles, in inches

# What the circles of a column are called, and their colour.
ROLES = {
    "input": ("x", "#dbeafe"),
    "intermediate": ("h", "#eef1f5"),
    "output": ("ŷ", "#d6f2dd"),
}
POSITIVE, NEGATIVE, ZERO = "#2563eb", "#dc2626", "#94a3b8"
THINNEST, THICKEST = 0.3, 3.5

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def draw(model: Any, inputs: Any = None, *, engine: str | None = None) -> Picture:
    """The diagram of a neuron, a layer or a network: a graphviz.Digraph that shows itself.

    A line is a weight: blue if positive, red and dashed if negative, the wider the larger it is
    beside the network's largest. A mouse over a line or a circle shows the weight or the bias. Of a
    column of more than 10 circles the first 8 are drawn. `engine="dot"` uses an installed Graphviz.

    With `inputs`, which any other module needs, it is a picture of what is computed from them, out
    of training mode: a box for each call of a layer or neuron, with its path, and between them one
    for what the same operation does to several values. Raises ValueError if they are missing.

    >>> from nn import MLP
    >>> draw(MLP(2, [3, 1], seed=1))
    <picture of MLP 2-3-1: 6 circles, 9 lines>
    """
    if not callable(model):
        raise TypeError(
            f"nn.draw draws a network, or a call of one, not {model!r}: the graph of a Value is "
            "drawn by autograd.draw"
        )
    if inputs is not None:
        return _call(model, inputs, engine)
    if not plain(model):
        raise ValueError(
            f"a picture of {type(model).__name__} shows one call of it: give the inputs, too, "
            "as in nn.draw(model, [0.5, -1.0])"
        )
    from autograd import Picture

    layers: tuple[Stage, ...] = model.stack()
    widths = [model.nin, *(layer.nout for layer in layers)]
    rows = [min(width, MOST_CIRCLES - 2 * (width > MOST_CIRCLES)) for width in widths]
    picture = Picture(engine=engine, format=None if engine else "svg")
    picture.graph_attr.update(layout="neato", splines="line", outputorder="edgesfirst", tooltip=" ")
    picture.node_attr.update(
        shape="circle", style="filled", fixedsize="true", width="0.42", color="#64748b",
        fontname="Helvetica", fontsize="11", fontcolor="#0f172a",
    )  # fmt: skip
    picture.edge_attr.update(arrowhead="none", tailclip="false", headclip="false")
    kinds = ["input", *(name(layer.activation) for layer in layers)]
    boxes = _put_circles(picture, layers, widths, rows, kinds)
    arrows = _put_lines(picture, layers, rows)
    shape = "-".join(map(str, widths))
    lines = f"{len(arrows)} line{'s' * (len(arrows) != 1)}"
    picture.summary = f"picture of {type(model).__name__} {shape}: {sum(rows)} circles, {lines}"
    named = ["inputs" if model.nin > 1 else "input", *kinds[1:]]
    columns = ", ".join(f"{width} {kind}" for width, kind in zip(widths, named, strict=True))
    negative = sum(arrow["slope"].startswith("-") for arrow in arrows)
    picture.content = {
        "title": f"The network {type(model).__name__} {shape}",
        "description": f"Columns of circles from left to right: {columns}. {lines} "
        f"{'is a weight' if len(arrows) == 1 else 'are weights'}, {negative} of them negative",
        "direction": "LR", "level": "network", "boxes": boxes, "arrows": arrows, "frames": [],
    }  # fmt: skip
    return picture


def _put_circles(
    picture: Picture,
    layers: tuple[Stage, ...],
    widths: list[int],
    rows: list[int],
    kinds: list[str],
) -> list[dict[str, Any]]:
    """The columns of circles with their titles; the circles as data."""
    boxes: list[dict[str, Any]] = []
    for place, (width, shown, kind) in enumerate(zip(widths, rows, kinds, strict=True)):
        role = "input" if place == 0 else "intermediate" if place < len(layers) else "output"
        letter, colour = ROLES[role]
        top = (max(rows) + 1) / 2 * ROW
        title = f"{width} {'inputs' if place == 0 and width > 1 else kind}"
        _text(picture, f"title{place}", title, place * COLUMN, top)
        for row in range(shown):
            count = row + 1 + (sum(widths[1:place]) if role == "intermediate" else 0)
            name = letter if role == "output" and width == 1 else f"{letter}{count}"
            name = name.translate(_SUBSCRIPTS)
            bias = layers[place - 1].neurons[row].bias if place else None
            added = None if bias is None else _digits(picture, bias.data)
            y = (shown - 1) / 2 * ROW - row * ROW
            picture.node(
                _circle(place, row),
                name,
                pos=f"{place * COLUMN:g},{y:g}!",
                fillcolor=colour,
                tooltip=" " if added is None else f"bias {added}",
            )
            boxes.append({
                "key": _circle(place, row), "title": name, "texts": [], "name": name, "role": role,
                "operation": None, "value": None, "grad": None, "bias": added,
                "members": 1, "times": 1, "lost": None, "highlighted": False,
            })  # fmt: skip
        if shown < width:
            below = -(shown + 0.4) / 2 * ROW
            _text(picture, f"more{place}", f"… {width - shown} more", place * COLUMN, below)
    return boxes


def _digits(picture: Picture, number: Any) -> str:
    return picture.number(number, 6).replace("−", "-")


def _put_lines(
    picture: Picture, layers: tuple[Stage, ...], rows: list[int]
) -> list[dict[str, Any]]:
    """A line for each weight between two circles that are drawn; the same as data."""
    neurons = [neuron for layer in layers for neuron in layer.neurons]
    largest = extent(weight.data for neuron in neurons for weight in neuron.weights) or 1.0
    found = []
    for place, layer in enumerate(layers):
        for head, neuron in enumerate(layer.neurons[: rows[place + 1]]):
            for tail, weight in enumerate(neuron.weights[: rows[place]]):
                # That of a nan is 0: it is not larger.
                size = max(0.0, min(abs(as_float(weight)) / largest, 1.0))
                text = _digits(picture, weight.data)
                negative = text.startswith("-") and size > 0
                ends = _circle(place, tail), _circle(place + 1, head)
                picture.edge(
                    *ends,
                    color=NEGATIVE if negative else POSITIVE if size else ZERO,
                    penwidth=f"{THINNEST + (THICKEST - THINNEST) * size:.2f}",
                    tooltip=picture.spelled(f"{weight.label} = {text}".removeprefix(" = ")),
                    **({"style": "dashed"} if negative else {}),
                )
                found.append({
                    "tail": ends[0], "head": ends[1], "label": "", "slope": text, "uses": 1,
                    "carried": False, "highlighted": False,
                })  # fmt: skip
    return found


def _circle(place: int, row: int) -> str:
    return f"n{place}_{row}"


def _text(picture: Picture, key: str, text: str, x: float, y: float) -> None:
    picture.node(
        key, text, shape="plaintext", style="", fixedsize="false",
        fontcolor="#475569", pos=f"{x:g},{y:g}!",
    )  # fmt: skip


def _call(model: Any, inputs: Any, engine: str | None) -> Picture:
    """The graph of one call, folded into its layers and the operations between them."""
    from autograd import draw as draw_graph

    owner, keys = {}, {}
    for path, module, rows in groups(model):
        called = f"{path or 'itself'}: {_kind(module)}"
        for value in (value for row in rows for _, value in row):
            if isinstance(module, Neuron | Layer):
                owner[value] = called
            else:  # whose parameters may be used anywhere
                keys[value] = ("title", f"{called}, its parameters")
    with resting(model):
        outputs = model(_labelled(inputs, "x"))
    found = values_of(outputs)
    names = ["yhat"] if len(found) == 1 else [f"yhat{k}" for k in range(1, len(found) + 1)]
    roots = dict(zip(names, found, strict=True))
    parameters = [*owner, *keys]
    keys |= _keys([node for root in found for node in topological(root)], owner, keys)
    return draw_graph(roots, collapse=keys.get, parameters=parameters, engine=engine)


def _labelled(inputs: Any, label: str) -> Any:
    """The inputs as Values with names; whole numbers, which may be indices, stay, and words."""
    if isinstance(inputs, Mapping):
        return {key: _labelled(x, str(key)) for key, x in inputs.items()}
    if not isinstance(inputs, str) and getattr(inputs, "shape", hasattr(inputs, "__len__")):
        return [_labelled(x, f"{label}{k}") for k, x in enumerate(inputs, 1)]
    if isinstance(inputs, Value):
        return inputs
    try:
        found = Value(inputs, label)
    except TypeError:  # a word, which a model may know
        return inputs
    return found.data if isinstance(found.data, int) else found


def _keys(
    order: Iterable[Value], owner: Mapping[Value, str], known: Mapping[Value, Any]
) -> dict[Value, Any]:
    """What shares a box: a call of a layer, and what the same operation does to the same boxes."""
    nodes = [(node, node.op) for node in dict.fromkeys(order) if node.op is not None]
    calls: dict[Value, int] = {}  # how many lie on the way to a value
    within: dict[Value, str | None] = {}  # the layer that a value is computed in
    for node, op in nodes:
        calls[node] = max((calls.get(it, 0) for it in node.parents), default=0)
        own = next((owner[it] for it in node.parents if it in owner), None)
        inside = {within.get(it) for it in node.parents}
        if own is not None:
            calls[node] += op.name != "add" or own not in inside
            within[node] = own
        elif len(inside) == 1 and (op.activation or op.name == "add"):
            within[node] = inside.pop()
    for node, op in reversed(nodes):  # products belong to the call that adds them up
        for parent in node.parents if op.name == "add" else ():
            if within.get(parent) and within[parent] == within.get(node):
                calls[parent] = calls[node]
    keys = {**known}
    for node, op in nodes:
        if within.get(node) is None:
            keys[node] = op.name, frozenset(keys.get(it, it) for it in node.parents)
            continue
        keys[node] = ("title", within[node], calls[node])
        for leaf in node.parents:
            if leaf in owner and keys.setdefault(leaf, keys[node]) != keys[node]:
                keys[leaf] = ("title", f"{within[node]}, its parameters")  # of several calls
    return keys


def _kind(module: Any) -> str:
    if not isinstance(module, Neuron | Layer):
        return type(module).__name__
    return f"{type(module).__name__} {module.nin} → {module.nout}, {name(module.activation)}"
