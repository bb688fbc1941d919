"""Slopes from values alone: differences of a function of floats, with what they cannot tell."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograd.testing.certified import context

_EPSILON = 2.0**-52


@dataclass
class Neighbourhood:
    """The oracle of a function of which there are only values, as doubles.

    A slope is extrapolated from central differences with ever smaller steps (Ridders 1982), with
    the error that the last step of it leaves and that the rounding of the values makes. That error
    is the slack: nothing within it counts. The value is taken for right.

    >>> oracle = Neighbourhood(math.exp)
    >>> abs(float(oracle.derivative((1.0,), 0)) - math.e) <= oracle.slack((1.0,), 0) < 1e-6
    True
    """

    value: Callable[..., float]
    known: dict[Any, tuple[float, float] | None] = field(default_factory=dict, repr=False)

    def derivative(self, point: Sequence[Any], *places: int) -> Any:
        """The value, or the slope to one place; None for more, and where no difference settles."""
        found = self.estimate(point, places)
        return None if found is None else context.mpf(found[0])

    def slack(self, point: Sequence[Any], *places: int) -> float:
        """How far the slope may be from the true one."""
        found = self.estimate(point, places)
        return math.inf if found is None else found[1]

    def one_sided(self, point: Sequence[Any], place: int, side: int) -> Any:
        """The slope from one side; None where not even three digits settle."""
        found = self.settled(point, place, side)
        if found is None or not found[1] <= 1e-3 * abs(found[0]) + 1e-9:
            return None
        return context.mpf(found[0])

    def estimate(self, point: Sequence[Any], places: Sequence[int]) -> tuple[float, float] | None:
        """A number and its error."""
        key = (*point, tuple(places))
        if key not in self.known:
            if not places:
                number = self.at(point, 0, 0.0)
                self.known[key] = None if number is None else (number, math.inf)
            else:
                self.known[key] = self.settled(point, places[0], 0) if len(places) == 1 else None
        return self.known[key]

    def at(self, point: Sequence[Any], place: int, step: float) -> float | None:
        """The value where one number has moved, if it is a real number there."""
        moved = [*point]
        moved[place] += step
        try:
            number = float(self.value(*moved))
        except (ArithmeticError, ValueError):
            return None
        return number if math.isfinite(number) else None

    def settled(self, point: Sequence[Any], place: int, side: int) -> tuple[float, float] | None:
        """The better of two of Ridders' tables: central, or from one side."""
        x = abs(point[place]) or 1.0
        found = [self.table(point, place, side, part * x) for part in (0.1, 1e-3)]
        known = sorted((one for one in found if one is not None), key=lambda one: one[1])
        if len(known) < 2:
            return None
        (best, error), (other, its_error) = known
        apart = abs(best - other)
        return best, error if apart <= error + its_error else apart

    def table(
        self, point: Sequence[Any], place: int, side: int, step: float
    ) -> tuple[float, float] | None:
        """Ridders' table from one first step: the slope and its error."""
        rows: list[list[float]] = []
        best: tuple[float, float] | None = None
        for level in range(10):
            first, error = self.difference(point, place, side, step / 1.6**level)
            if first is None:
                rows.clear()
                continue
            row = [first]
            for k, before in enumerate(rows[-1] if rows else ()):
                power = 1.6 ** ((2 if side == 0 else 1) * (k + 1))
                row.append(row[k] + (row[k] - before) / (power - 1))
                apart = max(abs(row[-1] - row[k]), abs(row[-1] - before))
                if k and (best is None or 10 * apart + error < best[1]):
                    best = row[-1], 10 * apart + error
            rows.append(row)
        return best

    def difference(
        self, point: Sequence[Any], place: int, side: int, step: float
    ) -> tuple[float | None, float]:
        """A difference quotient, and what the rounding of its values may have made of it."""
        x = point[place]
        ends = (x + step * (side or 1), x if side else x - step)
        values = [self.at([*point[:place], end, *point[place + 1 :]], place, 0.0) for end in ends]
        width = ends[0] - ends[1]
        if width == 0 or values[0] is None or values[1] is None:
            return None, math.inf
        size = max(abs(values[0]), abs(values[1]))
        return (values[0] - values[1]) / width, 64 * (_EPSILON * size + 1e-320) / abs(width)
