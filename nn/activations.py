"""Activations: the functions that a neuron may end in, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from autograd import elu, gelu, leaky_relu, relu, sigmoid, silu, softplus, tanh

Activation: TypeAlias = str | Callable[[Any], Any]

ACTIVATIONS: dict[str, Callable[[Any], Any] | None] = {
    "linear": None,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "gelu": gelu,
    "silu": silu,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "tanh": tanh,
}


def function(activation: Activation) -> Callable[[Any], Any] | None:
    """The function of an activation given by name or as itself, None for the linear one.

    Raises ValueError for an unknown name.

    >>> function("relu")(-2)
    0
    """
    if callable(activation):
        return activation
    if activation not in ACTIVATIONS:
        raise ValueError(
            f"unknown activation: {activation!r} (must be a function of one Value or one of "
            f"{[*ACTIVATIONS]})"
        )
    return ACTIVATIONS[activation]


def name(activation: Activation) -> str:
    """What to call an activation in a table: its name, or that of the function.

    >>> name(abs)
    'abs'
    """
    return getattr(activation, "__name__", repr(activation)) if callable(activation) else activation
