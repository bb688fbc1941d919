"""Activations: the functions that a neuron may end in, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from autograd import OPS

Activation: TypeAlias = str | Callable[[Any], Any]


def names() -> list[str]:
    """The usual activations: "linear", and the rows of autograd's table that are made for it.

    >>> names()[:3]
    ['linear', 'tanh', 'sigmoid']
    """
    return ["linear", *(name for name, op in OPS.items() if op.activation)]


def known(name: Any) -> bool:
    """Whether an activation is called this: "linear", or any operation of one Value.

    >>> known("linear"), known("relu"), known("sin"), known("atan2"), known("jit")
    (True, True, True, False, False)
    """
    op = OPS.get(name) if isinstance(name, str) else None
    if op is None or op.helper or op.run:
        return bool(name == "linear")
    return op.activation or len(op.inputs) == 1


def function(activation: Activation) -> Callable[[Any], Any] | None:
    """The function of an activation given by name or as itself, None for the linear one.

    Raises ValueError for an unknown name.

    >>> function("relu")(-2)
    0
    """
    if callable(activation):
        return activation
    if not known(activation):
        raise ValueError(
            f"unknown activation: {activation!r} (must be a function of one Value or one of "
            f"{names()})"
        )
    return None if activation == "linear" else OPS[activation].apply


class Each:
    """An activation by name as a part of a `Sequential`: of a number, or of each in a list.

    >>> Each("relu")([-1.0, 2.0])
    [0.0, 2.0]
    """

    def __init__(self, activation: str) -> None:
        self.activation, self._function = activation, function(activation)

    def __call__(self, inputs: Any) -> Any:
        """The same for every number."""
        if hasattr(inputs, "__len__"):
            return [self(x) for x in inputs]
        return inputs if self._function is None else self._function(inputs)

    def __repr__(self) -> str:
        return f"Each({self.activation!r})"


def name(activation: Activation) -> str:
    """What to call an activation in a table: its name, or that of the function or of its class.

    >>> name(abs)
    'abs'
    """
    kind = type(activation).__name__
    return getattr(activation, "__name__", kind) if callable(activation) else activation
