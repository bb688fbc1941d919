"""Dropout: inputs that are left out at random while a model is trained."""

from __future__ import annotations

from typing import Any

from autograd import Value
from nn.initial import generator
from nn.masks import factors
from nn.module import Module
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
        check_range("the rate of a dropout", rate, below=1)
        self.rate = rate
        self._rng = None if seed is None and rng is None else generator(seed, rng)

    def __call__(self, inputs: Any) -> Any:
        """The inputs, some of them dropped in training mode."""
        if not self.training:
            return inputs
        if isinstance(inputs, Value) or not hasattr(inputs, "__len__"):
            return inputs * factors(self, [inputs], self._rng)[0]
        if any(hasattr(x, "__len__") for x in inputs):
            return [self(x) for x in inputs]
        return [x * f for x, f in zip(inputs, factors(self, inputs, self._rng), strict=True)]

    def __repr__(self) -> str:
        return f"Dropout({self.rate!r})"
