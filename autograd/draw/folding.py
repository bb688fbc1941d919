"""Boxes: a graph folded into the boxes and arrows of a picture, at a chosen level of detail."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any, TypeAlias

from autograd.draw.neurons import Neuron, neurons
from autograd.draw.repeats import repeats
from autograd.draw.roles import by_name
from autograd.explain.naming import given_names, unused
from autograd.explain.reading import Reading
from autograd.explain.slopes import numbers
from autograd.graph import topological
from autograd.value import Value

Collapse: TypeAlias = str | Callable[[Value], Hashable] | None
Roots: TypeAlias = Value | Sequence[Value] | Mapping[str, Value]

LEVELS = ("op", "named", "repeat", "neuron", "layer", "block")

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
    "layer", "parameters", "repeat" or "values". `inside` has the neuron it is drawn in, if any.
    """

    index: int
    members: list[Value]
    shown: Value | None
    kind: str = "value"
    neurons: list[Neuron] = field(default_factory=list)
    inside: Neuron | None = None


@dataclass(frozen=True)
class Arrow:
    """An arrow from box to box: `count` uses, and the slope if both boxes show one value.

    `uses` are the pairs of values, user last, that it stands for. A `carried` one leads from one
    round of a repeat to the next.
    """

    tail: Box
    head: Box
    slope: Any = None
    uses: Sequence[tuple[Value, Value]] = ()
    carried: bool = False

    @property
    def count(self) -> int:
        """How many uses the arrow stands for."""
        return len(self.uses)


@dataclass(frozen=True)
class Folded:
    """The boxes, in topological order, the arrows and the level: one of LEVELS, or "own".

    `reading` has the names and formulas, None for a graph too large to be written. `roles` are
    those that the names of leaves give, `placed` the leaves that stand where a neuron has its
    weights.
    """

    order: Sequence[Value]
    roots: Sequence[Value]
    boxes: list[Box]
    arrows: list[Arrow]
    level: str
    hidden: int
    reading: Reading | None
    roles: Mapping[Value, str]
    placed: frozenset[Value]


def fold(roots: Roots, collapse: Collapse = None, names: Mapping[str, Any] | None = None) -> Folded:
    """The boxes of the graph of one root, of several, or of a mapping of names to roots."""
    own, names = _named_roots(roots, names)
    order = [*dict.fromkeys(node for root in own for node in topological(root))]
    return fold_reading(Reading(order, names), collapse, names, own)


def _named_roots(
    roots: Roots, names: Mapping[str, Any] | None
) -> tuple[list[Value], Mapping[str, Any] | None]:
    """The roots, and the names with one for each root where there are several."""
    if isinstance(roots, Value):
        return [roots], names
    given = {str(name): root for name, root in roots.items()} if isinstance(roots, Mapping) else {}
    listed: Any = [*given.values()] if isinstance(roots, Mapping) else roots
    if not isinstance(listed, list | tuple):
        listed = [listed]  # which says what a graph starts at
    if not listed:
        raise ValueError("a picture needs a root: there is none in what is empty")
    order = [*dict.fromkeys(node for root in listed for node in topological(root))]
    own: list[Value] = [*dict.fromkeys(listed)]
    if len(own) == 1 and not given:
        return own, names
    known = given_names(order, chosen := given | dict(names or {}))
    numbers = count(1)
    for root in own:
        if root not in known:
            known[root] = unused(known, (f"f{number}" for number in numbers))
            chosen[known[root]] = root
    return own, chosen


@dataclass
class _Graph:
    """A graph to fold: its names and formulas, its roots, and the roles that names give."""

    reading: Reading
    roots: Sequence[Value]
    roles: Mapping[Value, str]

    @property
    def order(self) -> Sequence[Value]:
        """The values in topological order."""
        return self.reading.order

    @cached_property
    def neurons(self) -> list[Neuron]:
        """The neurons in it."""
        return neurons(self.order, self.roles)

    @cached_property
    def repeats(self) -> list[list[Value]]:
        """The values that are counterparts in the rounds of a repeat."""
        return repeats(self.order, self.roles)

    def folded(self, boxes: list[Box], arrows: list[Arrow], level: str, hidden: int = 0) -> Folded:
        """The graph in these boxes."""
        written = self.reading if len(self.order) <= MOST_WRITTEN or level == "named" else None
        placed = frozenset(leaf for neuron in self.neurons for leaf in neuron.parameters)
        return Folded(
            self.order, self.roots, boxes, arrows, level, hidden, written, self.roles, placed
        )


def fold_reading(
    reading: Reading,
    collapse: Collapse = None,
    names: Mapping[str, Any] | None = None,
    roots: Sequence[Value] = (),
) -> Folded:
    """The boxes of a graph.

    `collapse` is one of LEVELS, or a function that gives the values that share a box the same key
    (None for a box of its own). By default it is the first level with few enough boxes. Raises
    ValueError for an unknown level.
    """
    named = by_name(given_names(reading.order, names), reading.order)
    graph = _Graph(reading, roots or [reading.root], named)
    if callable(collapse):
        return _grouped(graph, _keys_of(collapse), "own")
    if collapse is not None and collapse not in LEVELS:
        raise ValueError(f"unknown level {collapse!r}: collapse must be a function or in {LEVELS}")
    level = _first_that_fits(graph) if collapse is None else collapse
    if level == "op":
        return _ops(graph)
    if level == "named":
        return _named(graph)
    return _grouped(graph, _KEYS[level], level)


def _first_that_fits(graph: _Graph) -> str:
    order = graph.order
    if len(order) <= MOST_BOXES:
        return "op"
    if len(order) <= MOST_WRITTEN:
        named = sum(node in graph.reading.names for node in order) <= MOST_BOXES
        # A layer shows its samples as one already, but a recurrence is no row of layers.
        layers = {frozenset(neuron.parameters): neuron.layer for neuron in graph.neurons}
        first = graph.neurons[:1]
        again = all(layers[frozenset(own.parameters)] != own.layer for own in first)
        if (again or named) and _fits(graph, "repeat") and _much(graph):
            return "repeat"
        if named:
            return "named"
    if graph.neurons:
        for level in ("neuron", "layer"):
            if _fits(graph, level):
                return level
    return "block"


def _fits(graph: _Graph, level: str) -> bool:
    """Whether a level makes few enough boxes."""
    keys, _ = _KEYS[level](graph)
    groups = {key for key in keys.values() if key is not None and key is not HIDDEN}
    return len(groups) + sum(key is None for key in keys.values()) <= MOST_BOXES


def _much(graph: _Graph) -> bool:
    """Whether most of a graph repeats."""
    repeated = sum(len(chain) for chain in graph.repeats if chain[0].op is not None)
    return 2 * repeated > sum(node.op is not None for node in graph.order)


def _ops(graph: _Graph) -> Folded:
    """A box for each value and an arrow for each argument."""
    order = graph.order
    home = {member: neuron for neuron in graph.neurons for member in neuron.members}
    boxes = {
        node: Box(index, [node], node, inside=home.get(node)) for index, node in enumerate(order)
    }
    arrows = [
        Arrow(boxes[parent], boxes[node], 0 if slope is False else slope, [(parent, node)])
        for node in order
        for _, parent, slope in node.slopes(missing=True)
    ]
    return graph.folded([*boxes.values()], arrows, "op")


def _named(graph: _Graph) -> Folded:
    """A box for each value with a name, or that is used more than once."""
    reading = graph.reading
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
    ways: dict[tuple[Value, Value], list[tuple[Value, Value]]] = {}
    for node in order:
        for parent in node.parents:
            ways.setdefault((owner[parent], owner[node]), []).append((parent, node))
    arrows = [
        Arrow(boxes[parent], boxes[node], reading.slope[node][parent], ways[parent, node])
        for node in visible
        for parent in sorted(reading.slope.get(node, {}), key=lambda parent: boxes[parent].index)
    ]
    return graph.folded([*boxes.values()], arrows, "named")


# Keys: what decides which values share a box. None is a box of its own, HIDDEN is no box at all.

HIDDEN = object()
_Keys: TypeAlias = Callable[[_Graph], tuple[dict[Value, Any], list[Neuron]]]


def _keys_of(collapse: Callable[[Value], Hashable]) -> _Keys:
    def keys(graph: _Graph) -> tuple[dict[Value, Any], list[Neuron]]:
        return {node: collapse(node) for node in graph.order}, []

    return keys


def _repeat_keys(graph: _Graph) -> tuple[dict[Value, Any], list[Neuron]]:
    """A box for the values that each round of a repeat computes anew."""
    keys: dict[Value, Any] = dict.fromkeys(graph.order)
    for place, chain in enumerate(graph.repeats):
        keys.update(dict.fromkeys(chain, ("repeat", place)))
    return keys, []


def _neuron_keys(graph: _Graph) -> tuple[dict[Value, Any], list[Neuron]]:
    """A box for each neuron; its parameters are no boxes."""
    order, found = graph.order, graph.neurons
    keys: dict[Value, Any] = dict.fromkeys(order)
    for neuron in found:
        keys.update(dict.fromkeys(neuron.members, neuron))
    _fold_parameters(order, found, keys)
    return keys, found


def _layer_keys(graph: _Graph) -> tuple[dict[Value, Any], list[Neuron]]:
    """A box for each layer, over all samples; what follows a layer shares a box if it is much."""
    order, found = graph.order, graph.neurons
    keys: dict[Value, Any] = dict.fromkeys(order)
    for neuron in found:
        keys.update(dict.fromkeys(neuron.members, ("layer", neuron.layer)))
    _fold_parameters(order, found, keys)
    depth: dict[Value, int] = {}
    outputs = {neuron.output: neuron.layer for neuron in found}
    rest: dict[tuple[str, int], list[Value]] = {}
    for node in order:
        if node in graph.roots:
            continue
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


def _block_keys(graph: _Graph) -> tuple[dict[Value, Any], list[Neuron]]:
    """About BLOCKS boxes of equally deep values; a leaf is in the box that uses it first."""
    order = graph.order
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
    keys |= dict.fromkeys(graph.roots)
    return keys, []


_KEYS: dict[str, _Keys] = {
    "repeat": _repeat_keys,
    "neuron": _neuron_keys,
    "layer": _layer_keys,
    "block": _block_keys,
}


def _grouped(graph: _Graph, find: _Keys, level: str) -> Folded:
    """A box for each key."""
    order = graph.order
    keys, found = find(graph)
    groups: dict[Any, list[Value]] = {}
    hidden = 0
    for node in order:
        key = keys.get(node)
        if key is HIDDEN:
            hidden += 1
        else:
            groups.setdefault(node if key is None else key, []).append(node)
    if level == "repeat":  # from the first round to the last
        groups |= {("repeat", place): chain for place, chain in enumerate(graph.repeats)}
    box: dict[Value, Box] = {}
    boxes = []
    for index, (key, members) in enumerate(groups.items()):
        own = Box(index, members, None, _kind(key, len(members)))
        boxes.append(own)
        box.update(dict.fromkeys(members, own))
    for root in graph.roots:
        if root not in box:  # a parameter that is a root, too
            boxes.append(Box(len(boxes), [root], root))
            box[root] = boxes[-1]
    ways = _ways(graph, box, level)
    _choose_shown(graph, boxes, box, ways)
    for neuron in found:
        box[neuron.output].neurons.append(neuron)
    slopes = _group_slopes(box, boxes) if len(order) <= MOST_DIFFERENTIATED else {}
    arrows = [
        Arrow(tail, head, None if carried else slopes.get((tail, head)), uses, carried)
        for (tail, head, carried), uses in ways.items()
    ]
    return graph.folded(boxes, arrows, level, hidden)


_Ways: TypeAlias = dict[tuple[Box, Box, bool], list[tuple[Value, Value]]]


def _ways(graph: _Graph, box: Mapping[Value, Box], level: str) -> _Ways:
    """The uses of one box's values in another, those from round to round of a repeat apart."""
    # The rounds are counted from the last one: what is used first may begin in a later one.
    chains = graph.repeats if level == "repeat" else []
    back = {node: k for chain in chains for k, node in enumerate(reversed(chain))}
    ways: _Ways = {}
    for node in graph.order:
        head = box.get(node)
        for parent in node.parents:
            tail = box.get(parent)
            if head is None or tail is None:
                continue
            carried = node in back and parent in back and back[node] != back[parent]
            if tail is not head or carried:
                ways.setdefault((tail, head, carried), []).append((parent, node))
    return ways


def _choose_shown(
    graph: _Graph, boxes: Sequence[Box], box: Mapping[Value, Box], ways: _Ways
) -> None:
    """What each box shows: the one value that leaves it, if there is only one."""
    leaving: dict[Box, dict[Value, None]] = {}
    for root in graph.roots:
        leaving.setdefault(box[root], {})[root] = None
    for (tail, head, _), uses in ways.items():
        if tail is not head:
            leaving.setdefault(tail, {}).update(dict.fromkeys(parent for parent, _ in uses))
    for own in boxes:
        outside = leaving.get(own, {})
        single = len(outside) == 1 and own.kind != "repeat"
        own.shown = next(iter(outside)) if single else None


def _kind(key: Any, size: int) -> str:
    if isinstance(key, Neuron):
        return "neuron"
    if isinstance(key, tuple) and key[:1] in (("layer",), ("parameters",), ("repeat",)):
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
