"""Layer: dot products that share a run of inputs, done by one loop over neurons and inputs.

A layer of m neurons with n weights each is m·n products but one `Layer`: its machine code is a loop
whose size does not depend on m or n.
"""

from __future__ import annotations

from collections import defaultdict
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
        if step.op is not OPS["dot"] or len(step.inputs) // 2 <= SHORT:
            continue
        size = len(step.inputs) // 2
        left, right = step.inputs[:size], step.inputs[size:]
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
    users = _users(tape, {i for layer in layers for i in layer.run if i in active}, active)
    return [part for layer in layers for part in _exact(layer, users)]


def _users(tape: Tape, nodes: set[int], active: set[int]) -> dict[int, list[int]]:
    users: dict[int, list[int]] = defaultdict(list)
    for place, step in enumerate(tape.steps):
        if place in active:
            for i in step.inputs:
                if i in nodes:
                    users[i].append(place)
    return users


def _exact(layer: Layer, users: dict[int, list[int]]) -> list[Layer]:
    """The layer, or its dots one by one if something else uses an input between two of them."""
    first, last, own = layer.nodes[0], layer.nodes[-1], set(layer.nodes)
    between = (u for i in layer.run for u in users.get(i, ()) if first < u < last)
    if all(u in own for u in between):
        return [layer]
    return [
        Layer([node], layer.run, [weights])
        for node, weights in zip(layer.nodes, layer.weights, strict=True)
    ]
