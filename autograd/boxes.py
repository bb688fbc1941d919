"""Boxes: a graph folded into the boxes and arrows of a picture, at a chosen level of detail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from autograd.graph import topological
from autograd.neurons import Neuron, neurons
from autograd.value import Value
from autograd.working import Graph

Collapse: TypeAlias = str | Callable[[Value], Hashable] | None

LEVELS = ("op", "named", "neuron", "layer", "block")

# More boxes than this are folded, unless a level is asked for.
MOST_BOXES = 40
# Larger graphs are not written out as formulas: nobody could read them.
MOST_WRITTEN = 5000
# Slopes along the ways inside a box are computed in graphs up to this size.
MOST_DIFFERENTIATED = 100_000
# The number of boxes that a graph without any other structure is cut into.
BLOCKS = 8


@dataclass(eq=False)
class Box:
    """One box: the values it stands for, and the one whose number and gradient it shows.

    `shown` is None where several of the values leave the box. `kind` is "value", "neuron",
    "layer", "parameters" or "values". `inside` has the neuron it is drawn in, if any.
    """

    index: int
    members: list[Value]
    shown: Value | None
    kind: str = "value"
    neurons: list[Neuron] = field(default_factory=list)
    inside: Neuron | None = None


@dataclass(frozen=True)
class Arrow:
    """An arrow from box to box: `count` uses, and the slope if both boxes show one value."""

    tail: Box
    head: Box
    slope: Any = None
    count: int = 1


@dataclass(frozen=True)
class Folded:
    """The boxes, in topological order, the arrows and the level: one of LEVELS, or "own"."""

    order: list[Value]
    boxes: list[Box]
    arrows: list[Arrow]
    level: str
    hidden: int
    working: Graph | None


def fold(root: Value, collapse: Collapse = None, names: Mapping[str, Any] | None = None) -> Folded:
    """The boxes of the graph of `root`.

    `collapse` is one of LEVELS, or a function that gives the values that share a box the same key
    (None for a box of its own). By default it is the first level with few enough boxes. Raises
    ValueError for an unknown level.
    """
    order = topological(root)
    if callable(collapse):
        return _grouped(order, _keys_of(collapse), "own", names)
    if collapse is not None and collapse not in LEVELS:
        raise ValueError(f"unknown level {collapse!r}: collapse must be a function or in {LEVELS}")
    level = _first_that_fits(order, names) if collapse is None else collapse
    if isinstance(level, Folded):
        return level
    if level == "op":
        return _ops(order, names)
    if level == "named":
        return _named(order, names)
    return _grouped(order, _KEYS[level], level, names)


def _first_that_fits(order: list[Value], names: Mapping[str, Any] | None) -> str | Folded:
    if len(order) <= MOST_BOXES:
        return "op"
    if len(order) <= MOST_WRITTEN:
        folded = _named(order, names)
        if len(folded.boxes) <= MOST_BOXES:
            return folded
    if not neurons(order):
        return "block"
    for level in ("neuron", "layer"):
        keys, _ = _KEYS[level](order)
        groups = {key for key in keys.values() if key is not None and key is not HIDDEN}
        if len(groups) + sum(key is None for key in keys.values()) <= MOST_BOXES:
            return level
    return "block"


def _ops(order: list[Value], names: Mapping[str, Any] | None) -> Folded:
    """A box for each value and an arrow for each argument."""
    working = Graph(order[-1], None, names) if len(order) <= MOST_WRITTEN else None
    home = {member: neuron for neuron in neurons(order) for member in neuron.members}
    boxes = {
        node: Box(index, [node], node, inside=home.get(node)) for index, node in enumerate(order)
    }
    arrows = [
        Arrow(boxes[parent], boxes[node], slope)
        for node in order
        for parent, slope in _slopes(node)
    ]
    return Folded(order, list(boxes.values()), arrows, "op", 0, working)


def _slopes(node: Value) -> list[tuple[Value, Any]]:
    """Each parent in order with the slope to it, None where the number type cannot compute it."""
    try:
        slopes = node.partials()
    except (ArithmeticError, TypeError, ValueError):
        return [(parent, None) for parent in node.parents]
    return [
        (parent, slope)
        for parent, slope in zip(node.inputs, slopes, strict=True)
        if parent.__class__ is Value
    ]


def _named(order: list[Value], names: Mapping[str, Any] | None) -> Folded:
    """A box for each value with a name, or that is used more than once."""
    working = Graph(order[-1], None, names)
    visible = [node for node in order if node in working.name]
    owner: dict[Value, Value] = {}
    for node in reversed(order):
        if node in working.name:
            owner[node] = node
        elif node.op is not None:
            owner.setdefault(node, node)
        for parent in node.parents:
            if parent not in working.name:
                owner[parent] = owner[node]
    members: dict[Value, list[Value]] = {node: [] for node in visible}
    for node in order:
        members[owner[node]].append(node)
    boxes = {node: Box(index, members[node], node) for index, node in enumerate(visible)}
    arrows = [
        Arrow(boxes[parent], boxes[node], working.slope[node][parent])
        for node in visible
        for parent in sorted(working.slope.get(node, {}), key=lambda parent: boxes[parent].index)
    ]
    return Folded(order, list(boxes.values()), arrows, "named", 0, working)


# Keys: what decides which values share a box. None is a box of its own, HIDDEN is no box at all.

HIDDEN = object()
_Keys: TypeAlias = Callable[[list[Value]], tuple[dict[Value, Any], list[Neuron]]]


def _keys_of(collapse: Callable[[Value], Hashable]) -> _Keys:
    def keys(order: list[Value]) -> tuple[dict[Value, Any], list[Neuron]]:
        return {node: collapse(node) for node in order}, []

    return keys


def _neuron_keys(order: list[Value]) -> tuple[dict[Value, Any], list[Neuron]]:
    """A box for each neuron; its parameters are no boxes."""
    found = neurons(order)
    keys: dict[Value, Any] = dict.fromkeys(order)
    for neuron in found:
        keys.update(dict.fromkeys(neuron.members, neuron))
    _fold_parameters(order, found, keys)
    return keys, found


def _layer_keys(order: list[Value]) -> tuple[dict[Value, Any], list[Neuron]]:
    """A box for each layer, over all samples; what follows a layer shares a box if it is much."""
    found = neurons(order)
    keys: dict[Value, Any] = dict.fromkeys(order)
    for neuron in found:
        keys.update(dict.fromkeys(neuron.members, ("layer", neuron.layer)))
    _fold_parameters(order, found, keys)
    depth: dict[Value, int] = {}
    outputs = {neuron.output: neuron.layer for neuron in found}
    rest: dict[tuple[str, int], list[Value]] = {}
    for node in order[:-1]:
        below = max((depth[parent] for parent in node.parents), default=0)
        depth[node] = outputs.get(node, below)
        if keys[node] is None:
            rest.setdefault(("inputs" if node.op is None else "rest", depth[node]), []).append(node)
    for key, nodes in rest.items():
        if len(nodes) > 6:
            keys.update(dict.fromkeys(nodes, key))
    return keys, found


def _fold_parameters(order: list[Value], found: list[Neuron], keys: dict[Value, Any]) -> None:
    """Parameters that only neurons use are left out; those used elsewhere too share a box."""
    own = {member for neuron in found for member in neuron.members}
    elsewhere = {parent for node in order if node not in own for parent in node.parents}
    for parameter in {p: None for neuron in found for p in neuron.parameters}:
        keys[parameter] = ("parameters",) if parameter in elsewhere else HIDDEN


def _block_keys(order: list[Value]) -> tuple[dict[Value, Any], list[Neuron]]:
    """About BLOCKS boxes of equally deep values; a leaf is in the box that uses it first."""
    depth: dict[Value, int] = {}
    first: dict[Value, int] = {}  # the least depth that uses a leaf
    for node in order:
        parents = node.parents
        if parents:
            own = depth[node] = 1 + max([depth.get(parent, 0) for parent in parents])
            for parent in parents:
                if parent.op is None:
                    first[parent] = min(first.get(parent, own), own)
    deepest = max(depth.values(), default=1)
    keys: dict[Value, Any] = {
        node: (level - 1) * BLOCKS // deepest for node, level in (first | depth).items()
    }
    keys[order[-1]] = None
    return keys, []


_KEYS: dict[str, _Keys] = {"neuron": _neuron_keys, "layer": _layer_keys, "block": _block_keys}


def _grouped(
    order: list[Value], find: _Keys, level: str, names: Mapping[str, Any] | None
) -> Folded:
    """A box for each key."""
    keys, found = find(order)
    working = Graph(order[-1], None, names) if len(order) <= MOST_WRITTEN else None
    groups: dict[Any, list[Value]] = {}
    hidden = 0
    for node in order:
        key = keys.get(node)
        if key is HIDDEN:
            hidden += 1
        else:
            groups.setdefault(node if key is None else key, []).append(node)
    box: dict[Value, Box] = {}
    boxes = []
    for index, (key, members) in enumerate(groups.items()):
        own = Box(index, members, None, _kind(key, len(members)))
        boxes.append(own)
        box.update(dict.fromkeys(members, own))
    leaving: dict[Box, dict[Value, None]] = {box[order[-1]]: {order[-1]: None}}
    count: Counter[tuple[Box, Box]] = Counter()
    for node in order:
        head = box.get(node)
        for parent in node.parents:
            tail = box.get(parent)
            if head is not None and tail is not None and tail is not head:
                leaving.setdefault(tail, {})[parent] = None
                count[tail, head] += 1
    for own in boxes:
        outside = leaving.get(own, {})
        own.shown = next(iter(outside)) if len(outside) == 1 else None
    for neuron in found:
        box[neuron.output].neurons.append(neuron)
    slopes = _group_slopes(order, box) if len(order) <= MOST_DIFFERENTIATED else {}
    arrows = [
        Arrow(tail, head, slopes.get((tail, head)), uses) for (tail, head), uses in count.items()
    ]
    return Folded(order, boxes, arrows, level, hidden, working)


def _kind(key: Any, size: int) -> str:
    if isinstance(key, Neuron):
        return "neuron"
    if isinstance(key, tuple) and key[:1] in (("layer",), ("parameters",)):
        return str(key[0])
    return "value" if size == 1 else "values"


def _group_slopes(order: list[Value], box: dict[Value, Box]) -> dict[tuple[Box, Box], Any]:
    """The derivative of what a box shows to what another shows, along the ways inside the box."""
    inner: dict[Value, Any] = {}
    found: dict[tuple[Box, Box], Any] = {}
    for node in reversed(order):
        own = box.get(node)
        if own is None or own.shown is None:
            continue
        if node is own.shown:
            inner[node] = 1
        if node not in inner:
            continue
        for parent, slope in _slopes(node):
            tail = box.get(parent)
            if tail is None or slope is None:
                continue
            share = inner[node] * slope
            if tail is own:
                inner[parent] = inner[parent] + share if parent in inner else share
            elif tail.shown is parent:
                pair = tail, own
                found[pair] = found[pair] + share if pair in found else share
    return found
