"""Layer: dot products that share a run of inputs, done by one loop over neurons and inputs.

A layer of m neurons with n weights each is m·n products but one `Layer`: its machine code is a loop
whose size does not depend on m or n.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autograd.jit.tape import Tape
from autograd.ops import OPS

# Shorter runs are written out, product by product.
SHORT = 3


@dataclass(eq=False, slots=True)
class Layer:
    """Dots over one run: `nodes` in topological order, each with its `weights`, equally long."""

    nodes: list[int]
    run: tuple[int, ...]
    weights: list[tuple[int, ...]]

    @property
    def size(self) -> int:
        """How many inputs each neuron has."""
        return len(self.run)

    @property
    def runs(self) -> list[tuple[int, ...]]:
        """The runs of inputs and weights, each once."""
        return [*dict.fromkeys([self.run, *self.weights])]


def find(
    tape: Tape, steps: list[int], leaves: set[int], active: set[int], *, exact: bool
) -> list[Layer]:
    """The layers among `steps`: dots whose one run is all `leaves` and whose other is the same.

    With `exact`, dots are only taken together if every input still gets its gradients in the order
    in which backward gives them, so that their sum has the same bits.
    """
    groups: dict[tuple[object, ...], Layer] = {}
    layers: list[Layer] = []
    for place in steps:
        step = tape.steps[place]
        if step.op is not OPS["dot"]:
            continue
        left, right = map(tuple, step.op.split(step.inputs))
        if len(left) <= SHORT:
            continue
        if leaves.issuperset(right) and not leaves.issuperset(left):
            left, right = right, left
        shared = leaves.issuperset(left)
        key = tuple(
            (n.number, str(n.number)) if (n := tape.steps[i]).constant else i for i in right
        )
        found = groups.get(key) if shared else None
        if found:
            found.nodes.append(place)
            found.weights.append(left)
        else:
            layer = Layer([place], right, [left])
            layers.append(layer)
            if shared:
                groups[key] = layer
    if not exact:
        return layers
    several = [layer for layer in layers if len(layer.nodes) > 1]
    users = _users(tape, {i for layer in several for i in _inputs(layer)} & active)
    return [part for layer in layers for part in _exact(layer, users)]


def _inputs(layer: Layer) -> Iterator[int]:
    yield from layer.run
    for weights in layer.weights:
        yield from weights


def _users(tape: Tape, nodes: set[int]) -> dict[int, list[int]]:
    """The steps that use each of these nodes."""
    users: dict[int, list[int]] = {i: [] for i in nodes}
    for place, step in enumerate(tape.steps):
        for i in step.inputs:
            if i in users:
                users[i].append(place)
    return users


def _exact(layer: Layer, users: dict[int, list[int]]) -> list[Layer]:
    """The layer, or its dots one by one where together they give gradients in another order.

    The loop over inputs is outside that over neurons, so a node may stand at one place only; and
    nothing else may use it between the first neuron and the last.
    """
    if len(layer.nodes) == 1:
        return [layer]
    first, last, own = layer.nodes[0], layer.nodes[-1], {*layer.nodes}
    places: dict[int, object] = dict.fromkeys(layer.run, "run")
    together = all(
        places.setdefault(i, place) == place
        for weights in layer.weights
        for place, i in enumerate(weights)
        if i in users
    )
    if together and all(
        user in own
        for i in {*_inputs(layer)} & users.keys()
        for user in users[i]
        if first < user < last
    ):
        return [layer]
    return [
        Layer([node], layer.run, [weights])
        for node, weights in zip(layer.nodes, layer.weights, strict=True)
    ]
