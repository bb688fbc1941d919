"""Dropout: inputs that are left out at random while a model is trained."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias

from autograd import Value
from nn.initial import generator
from nn.inputs import listed
from nn.module import Module, mode
from nn.ranges import check_range


class Dropout(Module):
    """Each input is 0 with probability `rate`, else x / (1 − rate); out of training all stay.

    It takes a Value or a list of them, nested, too (Srivastava et al., 2014). While `fit` trains,
    it draws from `fit`'s own `seed`; else from `seed` or `rng`, or the module `random`.

    >>> dropout = Dropout(0.5, seed=3)
    >>> [x.data for x in dropout([Value(1.0), Value(2.0), Value(3.0)])]
    [0.0, 4.0, 0.0]
    >>> dropout.eval()([1.0, 2.0])
    [1.0, 2.0]
    """

    def __init__(self, rate: Any, *, seed: int | None = None, rng: Any = None) -> None:
        self.rate = check_range("the rate of a dropout", rate, below=1)
        self._rng = None if seed is None and rng is None else generator(seed, rng)

    def __call__(self, inputs: Any) -> Any:
        """The inputs, some of them dropped in training mode."""
        xs = listed(inputs, self)
        if not self.training:
            return xs
        if not isinstance(xs, list):
            return xs * self._factors([xs])[0]
        if any(isinstance(x, list) for x in xs):
            return [self(x) for x in xs]
        return [x * f for x, f in zip(xs, self._factors(xs), strict=True)]

    def _factors(self, inputs: Sequence[Any]) -> list[Any]:
        """A factor for each input, from the source of this moment, or else drawn here.

        Raises TypeError where the inputs are traced and there is no source: compiled code would
        keep the factors of the first call.
        """
        source = _source.get()
        if source is not None:
            return source(self, len(inputs))
        if any(isinstance(x, Value) and isinstance(x < 0, Value) for x in inputs):
            raise TypeError(
                f"{self!r} in training mode draws anew at every call, and compiled code would keep "
                "what it drew first: compile model.eval(), or train with fit(jit=True)"
            )
        return self.drawn(len(inputs), self._rng or random)

    def drawn(self, count: int, rng: Any) -> list[Any]:
        """So many factors, each 0 with the probability `rate`, else 1 / (1 − rate).

        >>> sorted({*Dropout(0.5).drawn(99, random.Random(1))})
        [0, 2.0]
        """
        kept = 1 / (1 - self.rate)
        return [kept if rng.random() >= self.rate else 0 for _ in range(count)]

    def __repr__(self) -> str:
        return f"Dropout({self.rate!r})"


# Gives so many factors for what drops: a training says who draws them.
Source: TypeAlias = Callable[[Dropout, int], list[Any]]

_source: ContextVar[Source | None] = ContextVar("source", default=None)


@contextmanager
def masked(source: Source) -> Iterator[None]:
    """Within it factors come from this source."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)


@contextmanager
def resting(model: Any, *, training: bool = False) -> Iterator[None]:
    """Within it no dropout drops, wherever it is kept; a model is out of `training` mode or in."""
    with mode(model, training=training), masked(lambda _, count: [1] * count):
        yield
