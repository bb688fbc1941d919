"""Roles: whether a leaf is a weight, an input or a target.

By its name first, then by the caller's list of parameters, then by its place in a neuron.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence

from autograd.value import Value

_INDEX = r"(_?\d+)*(_[a-z]+|[a-z])?′*(#\d+)?"
_WEIGHT = re.compile(rf"(w|theta|θ|beta|β|weights?|bias(es)?){_INDEX}", re.IGNORECASE)
_INPUT = re.compile(rf"(x|inputs?|features?){_INDEX}", re.IGNORECASE)
_TARGET = re.compile(rf"(targets?|y_?(true|target)){_INDEX}", re.IGNORECASE)

# These names mean it beside others that do: y = m·x + b, but also the point (x, y) and sides a, b.
_PERHAPS_WEIGHT = re.compile(r"(b|m)(_?\d+)*", re.IGNORECASE)
_PERHAPS_TARGET = re.compile(r"(y|t)(_?\d+)*")


def by_name(names: Mapping[Value, str], order: Iterable[Value]) -> dict[Value, str]:
    """The role of each leaf whose name says it: "weight", "input" or "target".

    >>> leaves = [Value(1, name) for name in ("w1", "x1", "b", "y", "a")]
    >>> list(by_name({leaf: leaf.label for leaf in leaves}, leaves).values())
    ['weight', 'input', 'weight', 'target']
    """
    leaves = {node: names[node] for node in order if node.op is None and names.get(node)}
    roles: dict[Value, str] = {}
    for role, pattern in (("weight", _WEIGHT), ("input", _INPUT), ("target", _TARGET)):
        roles |= dict.fromkeys((leaf for leaf in leaves if pattern.fullmatch(leaves[leaf])), role)
    perhaps = [leaf for leaf in leaves if _PERHAPS_WEIGHT.fullmatch(leaves[leaf])]
    letters = {leaves[leaf][0].lower() for leaf in perhaps}
    if "weight" in roles.values() or letters == {"b", "m"}:
        roles |= dict.fromkeys(perhaps, "weight")
    if "weight" in roles.values():
        targets = (leaf for leaf in leaves if _PERHAPS_TARGET.fullmatch(leaves[leaf]))
        roles |= dict.fromkeys(targets, "target")
    return roles


def roles(
    order: Sequence[Value],
    roots: Iterable[Value],
    named: Mapping[Value, str],
    parameters: Container[Value],
    placed: Container[Value],
) -> dict[Value, str]:
    """The role of each leaf and of the roots, which are "output".

    `named` has the roles that names give, `placed` the leaves that stand where a neuron has its
    weights. What nothing speaks for is an input.
    """
    found = {
        node: named.get(node) or ("weight" if node in parameters or node in placed else "input")
        for node in order
        if node.op is None
    }
    return found | dict.fromkeys(roots, "output")
