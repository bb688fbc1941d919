"""Program: a graph as data, which the page computes again."""

from __future__ import annotations

import math
from collections.abc import Container
from decimal import Decimal
from fractions import Fraction
from typing import Any

from autograd.draw.neurons import neurons
from autograd.draw.roles import by_name, roles
from autograd.elementary import spelled, whole
from autograd.explain.reading import Reading
from autograd.formula.mathml import MATHML
from autograd.formula.notation import pretty, read_name
from autograd.value import Value


def program(reading: Reading, parameters: Container[Value] = ()) -> dict[str, Any]:
    """The nodes of a graph in topological order, as JSON has them: each speaks of others by place.

    A node has its operation's name, its inputs (a place, or ["n", number]), its label, its number
    if it is a leaf, its name as text and as MathML, and its role. `named` has the place of each
    name, as the user wrote it. Raises TypeError for numbers that are neither floats nor exact, and
    ValueError for a leaf that was another number when it was used again.

    >>> a = Value(2, "a")
    >>> found = program(Reading([a, a * Fraction(1, 2)], None))
    >>> found["nodes"][1]["inputs"], found["named"], found["exact"]
    ([0, ['n', ['q', '1', '2']]], {'a': 0, 'f': 1}, True)
    """
    order, names = reading.order, reading.names
    place = {node: index for index, node in enumerate(order)}
    start = _starts(reading)
    said = by_name(names, order)
    placed = {leaf for neuron in neurons(order, said) for leaf in neuron.parameters}
    role = roles(order, [reading.root], said, parameters, placed)
    nodes = [
        {
            "op": node.op and node.op.name,
            "inputs": [
                place[x] if isinstance(x, Value) else ["n", number_data(x)] for x in node.inputs
            ],
            "label": node.label,
            "start": number_data(start[node]) if node in start else None,
            "name": name_data(names[node]) if node in names else None,
            # A leaf without a name stands in formulas as its number: it does not move.
            "role": role.get(node, "intermediate") if node.op or node in names else "constant",
        }
        for node in order
    ]
    constants = [x for node in order for x in node.inputs if not isinstance(x, Value)]
    return {
        "nodes": nodes,
        "root": len(order) - 1,
        "exact": all(_is_exact(x) for x in [*start.values(), *constants]),
        "named": {name: place[node] for node, name in names.items() if node in place},
    }


def _starts(reading: Reading) -> dict[Value, Any]:
    """The number of each leaf, as it was when it was used."""
    found: dict[Value, Any] = {}
    for node in reading.order:
        for parent, operand in zip(node.inputs, node.operands, strict=True):
            if not isinstance(parent, Value) or parent.op is not None:
                continue
            before = found.setdefault(parent, operand)
            if before is not operand and before != operand and before == before:
                raise ValueError(
                    f"{parent!r} was {spelled(before)} when it was used first and "
                    f"{spelled(operand)} later: a live page has one number for it; compute the "
                    "graph again, as replay(root) does"
                )
    return {reading.root: reading.root.raw, **found} if reading.root.op is None else found


def name_data(name: str) -> dict[str, str]:
    """A name as text and as MathML.

    >>> name_data("w1")
    {'text': 'w₁', 'mathml': '<msub><mi>w</mi><mn>1</mn></msub>'}
    """
    return {"text": pretty(name), "mathml": MATHML.name(read_name(name))}


def number_data(number: Any) -> list[str]:
    """A number for the page: exact types as fractions, an int marked, a float as Python writes it.

    >>> number_data(Decimal("0.4")), number_data(True), number_data(-0.0)
    (['q', '2', '5'], ['q', '1', '1', 'int'], ['f', '-0.0'])
    """
    if isinstance(number, float):
        return ["f", repr(float(number))]
    if isinstance(number, Decimal):
        return number_data(Fraction(number)) if number.is_finite() else number_data(float(number))
    if isinstance(number, int):
        return ["q", whole(int(number)), "1", "int"]
    if isinstance(number, Fraction):
        return ["q", whole(number.numerator), whole(number.denominator)]
    kind = type(number).__name__
    raise TypeError(
        f"a live page computes with floats and exact numbers, not {kind} {number!r}: make it a "
        "float, int, Fraction or Decimal"
    )


def _is_exact(number: Any) -> bool:
    """Whether it is computed exactly."""
    return not isinstance(number, float) and (
        not isinstance(number, Decimal) or math.isfinite(number)
    )
