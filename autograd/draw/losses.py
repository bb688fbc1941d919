"""Losses: how many digits each value of a graph has lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from autograd.value import Value

# What measures them. Exact arithmetic beyond fractions stands in a room above this one, which puts
# it here: see `autograd.testing.losses`.
measures: list[Callable[[Sequence[Value]], Mapping[Value, float]]] = []


def lost_digits(order: Sequence[Value]) -> Mapping[Value, float]:
    """The decimal digits that each computed value has lost: see `autograd.testing.losses`."""
    return measures[-1](order)
