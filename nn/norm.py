"""Norms: numbers side by side, brought to one size, then scaled by weights that are trained."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from autograd import Value, dot, mean, sqrt
from nn.inputs import listed
from nn.module import Module
from nn.ranges import check_range, whole


class _Norm(Module):
    """What both norms are: weights γ, and a call on a list of numbers or a list of such lists."""

    def __init__(self, size: int, epsilon: Any) -> None:
        self.gamma = tuple(Value(1.0, f"gamma{k + 1}") for k in range(whole("size", size)))
        self.epsilon = check_range("epsilon", epsilon)

    @property
    def nin(self) -> int:
        """How many numbers it takes, and gives."""
        return len(self.gamma)

    nout = nin

    def _normed(self, xs: Sequence[Any]) -> list[Any]:
        """These numbers in units of the root of their mean square, times γ."""
        root = sqrt(dot(xs, xs) / len(xs) + self.epsilon)
        return [x / root * gamma for x, gamma in zip(xs, self.gamma, strict=True)]

    def __call__(self, inputs: Any) -> list[Any]:
        """The outputs for a list of numbers; for a list of lists, those of each."""
        xs = listed(inputs, self)
        xs = xs if isinstance(xs, list) else [xs]
        if any(isinstance(x, list) for x in xs):
            return [self(x) for x in xs]
        if len(xs) != self.nin:
            raise ValueError(f"{self!r} takes lists of {self.nin} numbers, not of {len(xs)}")
        return self._normed(xs)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.nin})"


class RMSNorm(_Norm):
    """γ·x / √(mean of x² + ε), for a list of `size` numbers (Zhang and Sennrich, 2019).

    >>> [round(x.data, 4) for x in RMSNorm(2)([3.0, 4.0])]
    [0.8485, 1.1314]
    """

    def __init__(self, size: int, epsilon: Any = sys.float_info.epsilon) -> None:
        super().__init__(size, epsilon)


class LayerNorm(_Norm):
    """γ·(x − mean) / √(variance + ε) + β, for a list of `size` numbers (Ba et al., 2016).

    >>> [round(x.data, 3) for x in LayerNorm(4)([1.0, 2.0, 3.0, 4.0])]
    [-1.342, -0.447, 0.447, 1.342]
    """

    def __init__(self, size: int, epsilon: Any = 1e-5) -> None:
        super().__init__(size, epsilon)
        self.beta = tuple(Value(0.0, f"beta{k + 1}") for k in range(size))

    def _normed(self, xs: Sequence[Any]) -> list[Any]:
        middle = mean(xs)
        centred = super()._normed([x - middle for x in xs])
        return [y + beta for y, beta in zip(centred, self.beta, strict=True)]
