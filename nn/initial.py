"""Initial weights: how neurons are made, and their weights drawn, before training."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from operator import index
from typing import Any, TypeAlias

from nn.activations import Activation
from nn.ranges import whole

# A scheme draws one weight of a neuron with `nin` inputs in a layer of `nout` neurons. The
# generator is a `random.Random` or the module `random` itself.
Scheme: TypeAlias = Callable[[Any, int, int], Any]


def uniform(rng: Any, _nin: int, _nout: int) -> float:
    """Uniform in [−1, 1], as in micrograd.

    >>> -1 <= uniform(random.Random(0), 2, 1) <= 1
    True
    """
    return rng.uniform(-1, 1)  # type: ignore[no-any-return]


def xavier(rng: Any, nin: int, nout: int) -> float:
    """Uniform with variance 2 / (nin + nout), which suits tanh (Glorot and Bengio, 2010).

    >>> abs(xavier(random.Random(0), 3, 3)) <= 1
    True
    """
    bound = math.sqrt(6 / (nin + nout))
    return rng.uniform(-bound, bound)  # type: ignore[no-any-return]


def he(rng: Any, nin: int, _nout: int) -> float:
    """Normal with variance 2 / nin, which suits relu (He et al., 2015).

    >>> he(random.Random(0), 8, 1) == random.Random(0).gauss(0, 0.5)
    True
    """
    return rng.gauss(0, math.sqrt(2 / nin))  # type: ignore[no-any-return]


SCHEMES: dict[str, Scheme] = {"uniform": uniform, "xavier": xavier, "he": he}


def scheme(init: str | Scheme) -> Scheme:
    """The scheme of that name, or the one given. Raises ValueError for an unknown name."""
    if not callable(init) and init not in SCHEMES:
        raise ValueError(
            f"unknown init: {init!r} (must be a function (rng, nin, nout) or one of {[*SCHEMES]})"
        )
    return init if callable(init) else SCHEMES[init]


def generator(seed: int | str | None, rng: Any) -> Any:
    """The random generator that `seed=` or `rng=` asks for: the module `random` for neither.

    So `random.seed(1337)` makes a network repeat, with the weights that micrograd would draw.
    Raises ValueError if both are given.
    """
    if seed is not None and rng is not None:
        raise ValueError(f"give seed={seed!r} or rng={rng!r}, not both")
    if seed is None:
        return rng or random
    return random.Random(index(seed) if hasattr(seed, "__index__") else seed)  # noqa: S311


@dataclass(frozen=True)
class Recipe:
    """What the constructors of a neuron, a layer and a network are told about each neuron.

    `rng` is the generator itself, so that one recipe after the other draws on from it.

    >>> recipe = Recipe("relu", bias=True, init="he", rng=generator(1, None), elementary=False)
    >>> [len(row) for row in recipe.rows(3, 2)], recipe.biases(2)
    ([3, 3], [0.0, 0.0])
    """

    activation: Activation
    bias: bool
    init: str | Scheme
    rng: Any
    elementary: bool

    def rows(self, nin: int, nout: int) -> list[list[Any]]:
        """The first weights of `nout` neurons side by side, drawn neuron by neuron.

        Raises ValueError for a number of inputs or outputs that is none.
        """
        nin, nout = whole("nin", nin), whole("nout", nout)
        draw = scheme(self.init)
        return [[draw(self.rng, nin, nout) for _ in range(nin)] for _ in range(nout)]

    def biases(self, nout: int) -> list[float | None]:
        """Their first biases, None for those that have none."""
        return [0.0 if self.bias else None] * nout
