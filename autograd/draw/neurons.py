"""Neurons: which values of a graph make up a neuron, and in which layer it is.

Nothing records this. A neuron is recognised by its shape: a `dot` with a run of leaves, or a sum of
products followed by an activation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeAlias

from autograd.value import Value


@dataclass(frozen=True, slots=True, eq=False)
class Neuron:
    """The values between a neuron's inputs and its output, and its parameters (leaves)."""

    members: tuple[Value, ...]
    parameters: tuple[Value, ...]
    activation: str
    layer: int

    @property
    def output(self) -> Value:
        """What the neuron computes: the last of its members."""
        return self.members[-1]


_Found: TypeAlias = tuple[list[Value], list[Value]]


def neurons(order: Sequence[Value], roles: Mapping[Value, str] | None = None) -> list[Neuron]:
    """The neurons of a graph, given as its topological order, in that order.

    The layer is 1 where no neuron comes before, else one more than that of the latest before it.
    `roles` are those that the names of leaves give: they decide which factor is the weight.
    """
    known = {} if roles is None else roles
    if not any(_name(node) == "dot" or _activates(node) for node in order):
        return []
    users: dict[Value, list[Value]] = {}
    for node in order:
        for parent in node.parents:
            users.setdefault(parent, []).append(node)
    found: dict[Value, _Found] = {}
    taken: set[Value] = set()
    for node in reversed(order):
        if node.op is None or node in taken:
            continue
        parts = _dot(node, known) or _sum_of_products(node, users, known)
        if parts is None:
            continue
        members, parameters = parts
        following = users.get(node, [])
        activated = len(following) == 1 and _activates(following[0])
        if activated:
            members.append(following[0])
        elif _name(node) != "dot":
            continue
        taken.update(members)
        found[members[-1]] = members, parameters
    return _layered(order, found)


def _layered(order: Sequence[Value], found: dict[Value, _Found]) -> list[Neuron]:
    depth: dict[Value, int] = {}
    result = []
    for node in order:
        depth[node] = max((depth[parent] for parent in node.parents), default=0)
        if node in found:
            members, parameters = found[node]
            depth[node] += 1
            last = _name(node)
            activation = last if _activates(node) else "linear"
            result.append(Neuron(tuple(members), tuple(parameters), activation, depth[node]))
    return result


def _activates(node: Value) -> bool:
    return node.op is not None and node.op.activation


def _name(node: Value) -> str:
    return node.op.name if node.op else ""


def _dot(node: Value, roles: Mapping[Value, str]) -> _Found | None:
    """A product of two runs, one of them leaves: the one that is named as weights, else the first.

    What is named as an input or a target is no weight, wherever it stands.
    """
    if _name(node) != "dot":
        return None
    inputs = node.inputs
    half = len(inputs) // 2
    candidates = []
    for run in (inputs[:half], inputs[half:]):
        leaves = [weight for weight in run if isinstance(weight, Value)]
        said = {roles.get(weight) for weight in leaves}
        if leaves and all(weight.op is None for weight in leaves) and said <= {"weight", None}:
            candidates.append((said != {"weight"}, list(dict.fromkeys(leaves))))
    if not candidates:
        return None
    return [node], min(candidates, key=itemgetter(0))[1]


def _sum_of_products(
    node: Value, users: dict[Value, list[Value]], roles: Mapping[Value, str]
) -> _Found | None:
    """The additions, products and parameters of `w1*x1 + w2*x2 + b`, however it is bracketed."""
    if _name(node) != "add":
        return None
    members: list[Value] = []
    parameters: list[Value] = []
    products = 0
    stack = [node]
    while stack:
        term = stack.pop()
        members.append(term)
        for part in term.parents:
            own = len(users[part]) == 1 and not part.label
            if part.op is None:
                if roles.get(part, "weight") == "weight":
                    parameters.append(part)
            elif own and _name(part) == "add":
                stack.append(part)
            elif own and _name(part) == "mul":
                members.append(part)
                products += 1
                leaves = [
                    factor
                    for factor in part.parents
                    if factor.op is None and roles.get(factor, "weight") == "weight"
                ]
                leaves.sort(key=lambda leaf: leaf not in roles)
                parameters += leaves[:1]
    if not products:
        return None
    members.reverse()
    return members, list(dict.fromkeys(parameters))
