"""Levels: how much goes into one box, by keys that the values of a box share.

None is the key of a box of its own, HIDDEN is no box at all.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from autograd.draw.neurons import Neuron, neurons
from autograd.draw.repeats import repeats
from autograd.explain.reading import Reading
from autograd.value import Value

# The number of boxes that a graph without any other structure is cut into.
BLOCKS = 8


@dataclass
class Graph:
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


HIDDEN = object()
Keys: TypeAlias = Callable[[Graph], tuple[dict[Value, Any], list[Neuron]]]


def keys_of(collapse: Callable[[Value], Hashable]) -> Keys:
    """The keys that a function of one's own gives."""

    def keys(graph: Graph) -> tuple[dict[Value, Any], list[Neuron]]:
        return {node: collapse(node) for node in graph.order}, []

    return keys


def _repeat_keys(graph: Graph) -> tuple[dict[Value, Any], list[Neuron]]:
    """A box for the values that each round of a repeat computes anew."""
    keys: dict[Value, Any] = dict.fromkeys(graph.order)
    for place, chain in enumerate(graph.repeats):
        keys.update(dict.fromkeys(chain, ("repeat", place)))
    return keys, []


def _neuron_keys(graph: Graph) -> tuple[dict[Value, Any], list[Neuron]]:
    """A box for each neuron; its parameters are no boxes."""
    order, found = graph.order, graph.neurons
    keys: dict[Value, Any] = dict.fromkeys(order)
    for neuron in found:
        keys.update(dict.fromkeys(neuron.members, neuron))
    _fold_parameters(order, found, keys)
    return keys, found


def _layer_keys(graph: Graph) -> tuple[dict[Value, Any], list[Neuron]]:
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


def _block_keys(graph: Graph) -> tuple[dict[Value, Any], list[Neuron]]:
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


KEYS: dict[str, Keys] = {
    "repeat": _repeat_keys,
    "neuron": _neuron_keys,
    "layer": _layer_keys,
    "block": _block_keys,
}
