"""Boxes: a graph folded into the boxes and arrows of a picture, at a chosen level of detail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from autograd.draw.neurons import Neuron, neurons
from autograd.explain.reading import Reading
from autograd.explain.slopes import numbers
from autograd.graph import topological
from autograd.value import Value

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
    """The boxes, in topological order, the arrows and the level: one of LEVELS, or "own".

    `reading` has the names and formulas, None for a graph too large to be written.
    """

    order: Sequence[Value]
    boxes: list[Box]
    arrows: list[Arrow]
    level: str
    hidden: int
    reading: Reading | None


def fold(root: Value, collapse: Collapse = None, names: Mapping[str, Any] | None = None) -> Folded:
    """The boxes of the graph of `root`: see `fold_reading`."""
    return fold_reading(Reading(topological(root), names), collapse)


def fold_reading(reading: Reading, collapse: Collapse = None) -> Folded:
    """The boxes of a graph.

    `collapse` is one of LEVELS, or a function that gives the values that share a box the same key
    (None for a box of its own). By default it is the first level with few enough boxes. Raises
    ValueError for an unknown level.
    """
    if callable(collapse):
        return _grouped(reading, _keys_of(collapse), "own")
    if collapse is not None and collapse not in LEVELS:
        raise ValueError(f"unknown level {collapse!r}: collapse must be a function or in {LEVELS}")
    level = _first_that_fits(reading) if collapse is None else collapse
    if isinstance(level, Folded):
        return level
    if level == "op":
        return _ops(reading)
    if level == "named":
        return _named(reading)
    return _grouped(reading, _KEYS[level], level)


def _first_that_fits(reading: Reading) -> str | Folded:
    order = reading.order
    if len(order) <= MOST_BOXES:
        return "op"
    if len(order) <= MOST_WRITTEN:
        folded = _named(reading)
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


def _written(reading: Reading) -> Reading | None:
    return reading if len(reading.order) <= MOST_WRITTEN else None


def _ops(reading: Reading) -> Folded:
    """A box for each value and an arrow for each argument."""
    order = reading.order
    home = {member: neuron for neuron in neurons(order) for member in neuron.members}
    boxes = {
        node: Box(index, [node], node, inside=home.get(node)) for index, node in enumerate(order)
    }
    arrows = [
        Arrow(boxes[parent], boxes[node], 0 if slope is False else slope)
        for node in order
        for _, parent, slope in node.slopes(missing=True)
    ]
    return Folded(order, list(boxes.values()), arrows, "op", 0, _written(reading))


def _named(reading: Reading) -> Folded:
    """A box for each value with a name, or that is used more than once."""
    order, names = reading.order, reading.names
    visible = [node for node in order if node in names]
    owner: dict[Value, Value] = {}
    for node in reversed(order):
        if node in names:
            owner[node] = node
        for parent in node.parents:
            if parent not in names:
                owner[parent] = owner[node]
    members: dict[Value, list[Value]] = {node: [] for node in visible}
    for node in order:
        members[owner[node]].append(node)
    boxes = {node: Box(index, members[node], node) for index, node in enumerate(visible)}
    arrows = [
        Arrow(boxes[parent], boxes[node], reading.slope[node][parent])
        for node in visible
        for parent in sorted(reading.slope.get(node, {}), key=lambda parent: boxes[parent].index)
    ]
    return Folded(order, list(boxes.values()), arrows, "named", 0, reading)


# Keys: what decides which values share a box. None is a box of its own, HIDDEN is no box at all.

HIDDEN = object()
_Keys: TypeAlias = Callable[[Sequence[Value]], tuple[dict[Value, Any], list[Neuron]]]


def _keys_of(collapse: Callable[[Value], Hashable]) -> _Keys:
    def keys(order: Sequence[Value]) -> tuple[dict[Value, Any], list[Neuron]]:
        return {node: collapse(node) for node in order}, []

    return keys


def _neuron_keys(order: Sequence[Value]) -> tuple[dict[Value, Any], list[Neuron]]:
    """A box for each neuron; its parameters are no boxes."""
    found = neurons(order)
    keys: dict[Value, Any] = dict.fromkeys(order)
    for neuron in found:
        keys.update(dict.fromkeys(neuron.members, neuron))
    _fold_parameters(order, found, keys)
    return keys, found


def _layer_keys(order: Sequence[Value]) -> tuple[dict[Value, Any], list[Neuron]]:
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


def _fold_parameters(order: Sequence[Value], found: list[Neuron], keys: dict[Value, Any]) -> None:
    """Parameters that only neurons use are left out; those used elsewhere too share a box."""
    own = {member for neuron in found for member in neuron.members}
    elsewhere = {parent for node in order if node not in own for parent in node.parents}
    for parameter in {p: None for neuron in found for p in neuron.parameters}:
        keys[parameter] = ("parameters",) if parameter in elsewhere else HIDDEN


def _block_keys(order: Sequence[Value]) -> tuple[dict[Value, Any], list[Neuron]]:
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


def _grouped(reading: Reading, find: _Keys, level: str) -> Folded:
    """A box for each key."""
    order = reading.order
    keys, found = find(order)
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
    slopes = _group_slopes(box, boxes) if len(order) <= MOST_DIFFERENTIATED else {}
    arrows = [
        Arrow(tail, head, slopes.get((tail, head)), uses) for (tail, head), uses in count.items()
    ]
    return Folded(order, boxes, arrows, level, hidden, _written(reading))


def _kind(key: Any, size: int) -> str:
    if isinstance(key, Neuron):
        return "neuron"
    if isinstance(key, tuple) and key[:1] in (("layer",), ("parameters",)):
        return str(key[0])
    return "value" if size == 1 else "values"


def _group_slopes(box: dict[Value, Box], boxes: list[Box]) -> dict[tuple[Box, Box], Any]:
    """The derivative of what a box shows to what another shows, along the ways inside the box."""
    found: dict[tuple[Box, Box], Any] = {}
    for own in boxes:
        if own.shown is None:
            continue
        inside = set(own.members)
        ends = {parent: None for node in own.members for parent in node.parents}
        outside = [parent for parent in ends if parent not in inside]
        slopes = numbers(own.shown, [*outside, *own.members], set(outside))
        for parent, slope in slopes.items():
            tail = box.get(parent)
            if tail is not None and tail.shown is parent:
                found[tail, own] = slope
    return found
