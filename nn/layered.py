"""Layered: a module that is layers one after the other, as neurons, layers and networks are."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import Any

from autograd import Value
from nn.activations import name
from nn.inputs import UNORDERED
from nn.module import Module, table


class Layered(Module):
    """A module that can be read, drawn, stored and exported layer by layer."""

    def stack(self) -> tuple[Any, ...]:
        """The layers it consists of: a layer is one, and so is a neuron, a layer of itself."""
        return (self,)

    @property
    def nin(self) -> int:
        """The number of inputs."""
        return len(self.stack()[0].neurons[0].weights)

    @property
    def nout(self) -> int:
        """The number of outputs, one for each neuron of the last layer."""
        return len(self.stack()[-1].neurons)

    def inputs(self, given: Any) -> tuple[Value, ...]:
        """The inputs of a call as Values, numbers labelled x1, x2, … so that pictures read well.

        Where there is one, the number or Value alone will do. Raises ValueError for a wrong length.
        """
        nin = self.nin
        if isinstance(given, Value) or not isinstance(given, Iterable):
            given = (given,)
        elif isinstance(given, UNORDERED):
            raise TypeError(f"{self!r} takes numbers, Values and lists of them, not {given!r}")
        elif given.__class__ is not tuple and given.__class__ is not list:
            given = tuple(given)
        if len(given) != nin:
            raise ValueError(f"{self!r} takes {nin} input{'s' * (nin != 1)}, not {len(given)}")
        return tuple(
            [
                x if isinstance(x, Value) else Value(x, label)
                for x, label in zip(given, labels("x", nin), strict=True)
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
        if not plain(self):
            super().summary()
            return
        layers = self.stack()
        widths = [self.nin, *(layer.nout for layer in layers)]
        rows = [("layer", "shape", "activation", "parameters")]
        for place, layer in enumerate(layers):
            shape, first = f"{layer.nin} → {layer.nout}", layers.index(layer)
            count = str(len(layer.parameters())) if first == place else f"those of {first}"
            rows.append((str(place), shape, name(layer.activation), count))
        rows.append(("total", "", "", str(len(self.parameters()))))
        print(type(self).__name__, "-".join(map(str, widths)))
        print(table(rows, words=3))


def plain(model: Any) -> bool:
    """Whether a model computes what the layers of its `stack` do, with no code of its own."""
    calls = "__call__", "inputs", "outputs", "feed", "total"
    return hasattr(model, "stack") and all(
        getattr(getattr(type(part), call, plain), "__module__", "").startswith("nn.")
        for part in model.modules()
        for call in calls
    )


def check_fit(parts: Iterable[Any]) -> None:
    """Raises ValueError where one takes another number of inputs than the one before it gives."""
    for before, after in pairwise(parts):
        given, taken = getattr(before, "nout", None), getattr(after, "nin", None)
        if None not in (given, taken) and given != taken:
            raise ValueError(f"{after!r} does not fit onto the {given} outputs of {before!r}")


@cache
def labels(letter: str, count: int) -> tuple[str, ...]:
    """The letter with the numbers 1, 2, …: x1, x2, …

    >>> labels("w", 3)
    ('w1', 'w2', 'w3')
    """
    return tuple(f"{letter}{place}" for place in range(1, count + 1))
