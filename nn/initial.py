"""Initial weights: how a neuron's weights are drawn before training."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any, TypeAlias

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
    if callable(init):
        return init
    if init not in SCHEMES:
        raise ValueError(
            f"unknown init: {init!r} (must be a function (rng, nin, nout) or one of {[*SCHEMES]})"
        )
    return SCHEMES[init]


def generator(seed: int | None, rng: Any) -> Any:
    """The random generator that `seed=` or `rng=` asks for: the module `random` for neither.

    So `random.seed(1337)` makes a network repeat, with the weights that micrograd would draw.
    Raises ValueError if both are given.
    """
    if seed is not None and rng is not None:
        raise ValueError(f"give seed={seed!r} or rng={rng!r}, not both")
    return rng or random if seed is None else random.Random(seed)  # noqa: S311  no secrets here
