"""Spread: how far numbers get from their places where each step is rounded, as it is on paper."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, TypeAlias

from autograd.explain.reading import Reading
from autograd.formula.arithmetic import as_float, in_floats
from autograd.formula.tree import Formula, Num, Sym, parts_of, rebuilt
from autograd.sheets.digits import is_short, unit_of
from autograd.value import Value

# Nor farther than by this part: what is lost where numbers nearly cancel is not made up for.
MOST = 0.01

_Known: TypeAlias = Mapping[str, tuple[float, float]]


class Spread:
    """The spreads of a graph that is read, each worked out when it is first asked for.

    Values, slopes, products and sums are rounded to the digits that are enough, those that have
    more; the spread is how far all that can move a number, to first order.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def of(self, node: Value, number: Any, *, value: bool) -> float:
        """How far an answer for a value, or for the gradient to it, may be from its number."""
        if is_short(number):
            return 0
        found = self.values[node] if value else self.gradients[node]
        return min(found, MOST * abs(as_float(number)))

    @cached_property
    def values(self) -> dict[Value, float]:
        """How far each named value may be."""
        found = dict.fromkeys(self.reading.names, 0.0)
        for node in self.reading.values:
            found[node] = _spread(self.reading.writing.body[node], self._known(node, found))[1]
        return found

    @cached_property
    def gradients(self) -> dict[Value, float]:
        """How far the derivative of the root to each named value may be."""
        reading, found = self.reading, dict.fromkeys(self.reading.names, 0.0)
        for node in reversed(reading.values):
            above = as_float(reading.gradient.get(node, 0))
            known = self._known(node, self.values) | {
                reading.names[node]: (as_float(node.raw), self.values[node])
            }
            for parent, slope in reading.slope[node].items():
                if slope is None:
                    continue
                number = as_float(slope)
                _, spread = _spread(reading.formula(node, parent).formula, known)
                moved = abs(above) * spread + abs(number) * found[node]
                found[parent] += moved + _half(above * number)
        return found

    def _known(self, node: Value, spreads: Mapping[Value, float]) -> dict[str, tuple[float, float]]:
        """The numbers of the names in the formula of a value, and how far each may be."""
        names = self.reading.names
        spread = {names[parent]: spreads[parent] for parent in self.reading.slope[node]}
        numbers = self.reading.writing.operands[node]
        return {name: (as_float(number), spread.get(name, 0)) for name, number in numbers.items()}


def _spread(formula: Formula, known: _Known) -> tuple[float, float]:
    """The number of a formula, and how far it may be: each of its results is rounded."""
    if isinstance(formula, Num):
        return as_float(formula.value), 0
    if isinstance(formula, Sym):
        return known.get(formula.name, (0, 0))
    parts = [_spread(part, known) for part in parts_of(formula)]
    numbers = [number for number, _ in parts]
    value = _number(formula, numbers)
    moved = 0.0
    for place, (number, spread) in enumerate(parts):
        if spread:
            other = _number(formula, [*numbers[:place], number + spread, *numbers[place + 1 :]])
            moved += abs(other - value)
    return value, moved + _half(value) * max(1, len(parts) - 1)


def _number(formula: Formula, numbers: list[float]) -> float:
    found = in_floats(rebuilt(formula, [*map(Num, numbers)]))
    return 0 if found is None else as_float(found)


def _half(number: float) -> float:
    """Half of one of the last digit that is kept; 0 for what has no more digits."""
    if not number or number - number != 0 or is_short(number):
        return 0
    return float(unit_of(number)) / 2
