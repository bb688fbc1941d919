"""Module: what a neuron, a layer and a network have in common."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from autograd import Value
from nn.activations import name

if TYPE_CHECKING:
    from nn.layer import Layer


class Module:
    """A callable thing with parameters, Values whose data training changes."""

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Each parameter with the path that leads to it, such as `layers.0.neurons.3.w1`."""
        raise NotImplementedError

    def stack(self) -> tuple[Layer, ...]:
        """The layers it consists of: a layer is one, a neuron a layer of one."""
        raise NotImplementedError

    def parameters(self) -> list[Value]:
        """The parameters in order: neuron by neuron, weights first, then the bias."""
        return [value for _, value in self.named_parameters()]

    def zero_grad(self) -> None:
        """Sets the gradient of every parameter to 0."""
        for value in self.parameters():
            value.grad = 0

    def inputs(self, given: Any, nin: int) -> tuple[Value, ...]:
        """The inputs of a call as Values, numbers labelled x1, x2, … so that pictures read well.

        Where `nin` is 1, the number or Value alone will do. Raises ValueError for a wrong length.
        """
        if given.__class__ is Value or not isinstance(given, Iterable):
            given = (given,)
        elif given.__class__ is not tuple and given.__class__ is not list:
            given = tuple(given)
        if len(given) != nin:
            raise ValueError(f"{self!r} takes {nin} input{'s' * (nin != 1)}, not {len(given)}")
        return tuple(
            [
                x if x.__class__ is Value else Value(x, label)
                for x, label in zip(given, _names(nin), strict=True)
            ]
        )

    def summary(self) -> None:
        """Prints the topology: each layer's shape, activation and number of parameters.

        >>> from nn import MLP
        >>> MLP(2, [16, 16, 1]).summary()
        MLP 2-16-16-1
        layer  shape    activation  parameters
        0      2 → 16   relu                48
        1      16 → 16  relu               272
        2      16 → 1   linear              17
        total                              337
        """
        layers = self.stack()
        widths = [layers[0].nin, *(layer.nout for layer in layers)]
        rows = [
            (str(place), f"{layer.nin} → {layer.nout}", name(layer.activation), _count(layer))
            for place, layer in enumerate(layers)
        ]
        rows = [
            ("layer", "shape", "activation", "parameters"),
            *rows,
            ("total", "", "", _count(self)),
        ]
        sizes = [max(map(len, column)) for column in zip(*rows, strict=True)]
        print(type(self).__name__, "-".join(map(str, widths)))
        for *words, count in rows:
            cells = [*map(str.ljust, words, sizes), count.rjust(sizes[-1])]
            print("  ".join(cells))


def _count(module: Module) -> str:
    return str(len(module.parameters()))


@cache
def _names(count: int) -> tuple[str, ...]:
    return tuple(f"x{place}" for place in range(1, count + 1))


def number(values: Iterable[Value | None], letter: str) -> None:
    """Labels the values w1, w2, …, in order, for letter "w"; gaps (None) do not count."""
    present = (value for value in values if value is not None)
    for place, value in enumerate(present, 1):
        value.label = f"{letter}{place}"


def check_size(name: str, size: Any) -> None:
    """Raises ValueError for a number of inputs or outputs that is none."""
    if not isinstance(size, int) or size < 1:
        raise ValueError(f"{name} must be a whole number of at least 1, not {size!r}")
