"""Boxes: a graph folded into the boxes and arrows of a picture, at a chosen level of detail."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, TypeAlias

from autograd.draw.levels import HIDDEN, KEYS, Graph, Keys, keys_of
from autograd.draw.neurons import Neuron
from autograd.draw.repeats import repeat_of, round_names
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


@dataclass(eq=False)
class Box:
    """One box: the values it stands for, and the one whose number and gradient it shows.

    `shown` is None where several of the values leave the box. `kind` is "value", "neuron",
    "layer", "parameters", "repeat" or "values". `inside` has the neuron it is drawn in, if any.
    `repeat` is the number of the repeat whose rounds the values are of: the largest, 0, is drawn in
    a frame and is of the kind "repeat". `called` is the title that its key has.
    """

    index: int
    members: list[Value]
    shown: Value | None
    kind: str = "value"
    neurons: list[Neuron] = field(default_factory=list)
    inside: Neuron | None = None
    repeat: int | None = None
    called: str = ""


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
    weights, `also` the further names of roots.
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
    also: Mapping[Value, Sequence[str]] = field(default_factory=dict)


def fold(roots: Roots, collapse: Collapse = None, names: Mapping[str, Any] | None = None) -> Folded:
    """The boxes of the graph of one root, of several, or of a mapping of names to roots."""
    own, names = _named_roots(roots, names)
    order = [*dict.fromkeys(node for root in own for node in topological(root))]
    folded = fold_reading(Reading(order, names), collapse, names, own)
    return replace(folded, also=_further(roots) if isinstance(roots, Mapping) else {})


def _further(roots: Mapping[str, Value]) -> dict[Value, list[str]]:
    """The names of each root after its first."""
    called: dict[Value, list[str]] = {}
    for name, root in roots.items():
        called.setdefault(root, []).append(str(name))
    return {root: names[1:] for root, names in called.items() if len(names) > 1}


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
    given_names([], names)  # says what names are
    named = {name: root for name, root in given.items() if name.strip()}
    known = given_names(order, chosen := named | dict(names or {}))
    numbers = count(1)
    for root in own:
        if root not in known:
            known[root] = unused(known, (f"f{number}" for number in numbers))
            chosen[known[root]] = root
    return own, chosen


def _folded(
    graph: Graph, boxes: list[Box], arrows: list[Arrow], level: str, hidden: int = 0
) -> Folded:
    """The graph in these boxes."""
    written = graph.reading if len(graph.order) <= MOST_WRITTEN or level == "named" else None
    if written is not None and level == "repeat":
        written = _in_rounds(graph)
    placed = frozenset(leaf for neuron in graph.neurons for leaf in neuron.parameters)
    return Folded(
        graph.order, graph.roots, boxes, arrows, level, hidden, written, graph.roles, placed
    )


def _in_rounds(graph: Graph) -> Reading:
    """The graph read with names for what rounds hand on, and for nothing else inside of them."""
    reading = graph.reading
    again = {node for chain in graph.repeats for node in chain if node.op and not node.label}
    names = {node: name for node, name in reading.names.items() if node not in again}
    names |= round_names(graph.repeats, graph.order, names)
    given = {name: node for node, name in names.items()}
    return Reading(reading.order, given, digits=reading.digits)


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
    graph = Graph(reading, roots or [reading.root], named)
    if callable(collapse):
        return _grouped(graph, keys_of(collapse), "own")
    if collapse is not None and collapse not in LEVELS:
        raise ValueError(f"unknown level {collapse!r}: collapse must be a function or in {LEVELS}")
    level = _first_that_fits(graph) if collapse is None else collapse
    if level == "op":
        return _ops(graph)
    if level == "named":
        return _named(graph)
    return _grouped(graph, KEYS[level], level)


def _first_that_fits(graph: Graph) -> str:
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


def _fits(graph: Graph, level: str) -> bool:
    """Whether a level makes few enough boxes."""
    keys, _ = KEYS[level](graph)
    groups = {key for key in keys.values() if key is not None and key is not HIDDEN}
    return len(groups) + sum(key is None for key in keys.values()) <= MOST_BOXES


def _much(graph: Graph) -> bool:
    """Whether most of a graph repeats."""
    repeated = sum(len(chain) for chain in graph.repeats if chain[0].op is not None)
    return 2 * repeated > sum(node.op is not None for node in graph.order)


def _ops(graph: Graph) -> Folded:
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
    return _folded(graph, [*boxes.values()], arrows, "op")


def _named(graph: Graph) -> Folded:
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
    return _folded(graph, [*boxes.values()], arrows, "named")


def _grouped(graph: Graph, find: Keys, level: str) -> Folded:
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
        own.called = key[1] if isinstance(key, tuple) and key[:1] == ("title",) else ""
        if level == "repeat" and isinstance(key, tuple):
            own.repeat = repeat_of(graph.repeats[key[1]])
            own.kind = "values" if own.repeat else "repeat"
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
    return _folded(graph, boxes, _arrows(box, boxes, ways), level, hidden)


_Ways: TypeAlias = dict[tuple[Box, Box, bool], list[tuple[Value, Value]]]


def _arrows(owner: dict[Value, Box], boxes: list[Box], ways: _Ways) -> list[Arrow]:
    """An arrow for each way, with its slope where both ends show one value."""
    slopes = _group_slopes(owner, boxes) if len(owner) <= MOST_DIFFERENTIATED else {}
    return [
        Arrow(tail, head, None if carried else slopes.get((tail, head)), uses, carried)
        for (tail, head, carried), uses in ways.items()
    ]


def _ways(graph: Graph, box: Mapping[Value, Box], level: str) -> _Ways:
    """The uses of one box's values in another, those from round to round of a repeat apart."""
    chains = graph.repeats if level == "repeat" else []
    when = {node: (repeat_of(chain), k) for chain in chains for k, node in enumerate(chain)}
    ways: _Ways = {}
    for node in graph.order:
        head = box.get(node)
        for parent in node.parents:
            tail = box.get(parent)
            if head is None or tail is None:
                continue
            own, its = when.get(node), when.get(parent)
            carried = own is not None and its is not None and own[0] == its[0] and own != its
            if tail is not head or carried:
                ways.setdefault((tail, head, carried), []).append((parent, node))
    return ways


def opened(folded: Folded, box: Box) -> Folded:
    """The same boxes with one unfolded: a layer into its neurons, any other into its values.

    Raises ValueError if the graph is too large to be written out, or if what repeats is folded.
    """
    if folded.reading is None or folded.level == "repeat":
        raise ValueError(f"a box of the level {folded.level!r} of this graph cannot be unfolded")
    graph = Graph(folded.reading, folded.roots, folded.roles)
    whole = len(box.neurons) > 1
    home = {member: neuron for neuron in graph.neurons for member in neuron.members}
    where = {node: other for other in folded.boxes for node in other.members}
    used = {parent for node in box.members for parent in node.parents}
    groups: dict[Any, list[Value]] = {}
    for node in graph.order:
        own = where.get(node, box)
        if node in where or (node in used and not whole):  # parameters that were no boxes
            key = (home.get(node, node) if whole else node) if own is box else own
            groups.setdefault(key, []).append(node)
    boxes, level = [], "neuron" if whole else folded.level
    for index, (key, members) in enumerate(groups.items()):
        if isinstance(key, Box):
            boxes.append(replace(key, index=index, members=members))
        elif isinstance(key, Neuron):
            boxes.append(Box(index, members, None, "neuron", [key]))
        else:
            boxes.append(Box(index, members, None, inside=home.get(key)))
    owner = {node: own for own in boxes for node in own.members}
    ways = _ways(graph, owner, level)
    _choose_shown(graph, boxes, owner, ways)
    return _folded(graph, boxes, _arrows(owner, boxes, ways), level, folded.hidden)


def _choose_shown(
    graph: Graph, boxes: Sequence[Box], box: Mapping[Value, Box], ways: _Ways
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
        single = len(outside) == 1 and own.repeat is None
        own.shown = next(iter(outside)) if single else None


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
