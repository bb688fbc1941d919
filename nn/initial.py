"""Initial weights: how they are drawn before training."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from operator import index
from typing import Any, TypeAlias

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


def drawn(init: str | Scheme, rng: Any, nin: int, nout: int) -> list[list[Any]]:
    """The first weights of `nout` neurons side by side, drawn neuron by neuron.

    Raises ValueError for a number of inputs or outputs that is none, and for an unknown scheme.

    >>> [len(row) for row in drawn("he", random.Random(1), 3, 2)]
    [3, 3]
    """
    if not callable(init) and init not in SCHEMES:
        raise ValueError(
            f"unknown init: {init!r} (must be a function (rng, nin, nout) or one of {[*SCHEMES]})"
        )
    draw = init if callable(init) else SCHEMES[init]
    nin, nout = whole("nin", nin), whole("nout", nout)
    return [[draw(rng, nin, nout) for _ in range(nin)] for _ in range(nout)]
