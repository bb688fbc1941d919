"""Masks: the factors of dropout, from one place, so that a training can say who draws them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, TypeAlias

from autograd import Value


class Dropping(Protocol):
    """What drops a share `rate` of what it is given."""

    rate: Any


# Gives so many factors for what drops.
Source: TypeAlias = Callable[[Dropping, int], list[Any]]

_source: ContextVar[Source | None] = ContextVar("source", default=None)


def factors(dropping: Dropping, inputs: Sequence[Any], rng: Any) -> list[Any]:
    """A factor for each input, from the source of this moment, or else drawn by `rng`.

    Raises TypeError where the inputs are traced and there is no source: compiled code would keep
    the factors of the first call.
    """
    source = _source.get()
    if source is not None:
        return source(dropping, len(inputs))
    if any(isinstance(x, Value) and isinstance(x < 0, Value) for x in inputs):
        raise TypeError(
            f"{dropping!r} in training mode draws anew at every call, and compiled code would keep "
            "what it drew first: compile model.eval(), or train with fit(jit=True)"
        )
    return drawn(dropping, len(inputs), rng or random)


def drawn(dropping: Dropping, count: int, rng: Any) -> list[Any]:
    """So many factors, each 0 with the probability `rate`, else 1 / (1 − rate).

    >>> from nn import Dropout
    >>> sorted({*drawn(Dropout(0.5), 99, random.Random(1))})
    [0, 2.0]
    """
    rate = dropping.rate
    kept = 1 / (1 - rate)
    return [kept if rng.random() >= rate else 0 for _ in range(count)]


@contextmanager
def masked(source: Source) -> Iterator[None]:
    """Within it factors come from this source."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)
