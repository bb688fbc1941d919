"""Layer: neurons side by side, a matrix of weights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

from autograd import Value
from nn.activations import Activation
from nn.initial import Scheme, drawn, generator
from nn.layered import Layered
from nn.neuron import Neuron, number


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Layer(Layered):
    """`nout` neurons on the same `nin` inputs: a list of Values, or the Value if `nout` is 1.

    A linear layer without biases is the product of its matrix of weights, one row a neuron, with
    the column of inputs.

    >>> Layer(3, 2, seed=1)
    Layer(3, 2, 'relu')
    """

    _whole = True
    neurons: tuple[Neuron, ...]

    def __init__(
        self,
        nin: int,
        nout: int,
        activation: Activation = "relu",
        *,
        bias: bool = True,
        init: str | Scheme = "uniform",
        seed: int | None = None,
        rng: Any = None,
        elementary: bool = False,
    ) -> None:
        rows = drawn(init, generator(seed, rng), nin, nout)
        biases = [0.0] * len(rows) if bias else None
        vars(self).update(vars(Layer.of(rows, biases, activation, elementary=elementary)))

    @classmethod
    def of(
        cls,
        rows: Iterable[Iterable[Any]],
        biases: Iterable[Any] | None = None,
        activation: Activation = "linear",
        *,
        elementary: bool = False,
    ) -> Self:
        """The layer with this matrix of weights, one row for each neuron.

        A 1×3 row times a 3×1 column is 1×1, and a matrix times a column is a column:

        >>> Layer.of([[1, 2, 3]])([4, 5, 6]).data
        32
        >>> [value.data for value in Layer.of([[1, 2], [3, 4]])([5, 6])]
        [17, 39]
        """
        matrix = [tuple(row) for row in rows]
        column = [None] * len(matrix) if biases is None else list(biases)
        lengths = {len(row) for row in matrix}
        if len(lengths) != 1:
            raise ValueError(
                f"the rows of a layer are equally long, not of {sorted(lengths)} weights"
            )
        if len(column) != len(matrix):
            raise ValueError(
                f"{len(matrix)} rows of weights need as many biases, not {len(column)}"
            )
        if len({bias is None for bias in column}) > 1:
            raise ValueError(f"the neurons of a layer all have a bias, or none has, not {column}")
        self = cls.__new__(cls)
        neurons = tuple(
            Neuron.of(row, bias, activation, elementary=elementary)
            for row, bias in zip(matrix, column, strict=True)
        )
        vars(self).update(neurons=neurons)
        number(neurons)
        return self

    @property
    def activation(self) -> Activation:
        """The activation of its neurons."""
        return self.neurons[0].activation

    def __call__(self, inputs: Any) -> Any:
        """The outputs for a sequence of inputs: a list of Values, or the Value if there is one."""
        outputs = self.outputs(self.inputs(inputs))
        return outputs[0] if len(outputs) == 1 else outputs

    def outputs(self, values: tuple[Value, ...]) -> list[Value]:
        """One Value for each neuron, a list even for one."""
        first = self.neurons[0]
        feed = first.feed(values)
        totals = [neuron.total(feed) for neuron in self.neurons]
        if first.activate is None:
            return totals
        found = [*map(first.activate, totals)]
        if first.activation.__class__ is str:
            return found
        return [it if isinstance(it, Value) else Value(it) for it in found]

    def __repr__(self) -> str:
        return (
            f"Layer({self.nin}, {self.nout}, {self.activation!r}{self.neurons[0].without_bias()})"
        )


# What a model's `stack` consists of.
Stage: TypeAlias = Neuron | Layer


def numbers(stage: Stage) -> tuple[list[list[Any]], list[Any] | None]:
    """The data of its weights, a row for each neuron, and of its biases, None if it has none.

    >>> numbers(Layer.of([[1, 2], [3, 4]], [5, 6]))
    ([[1, 2], [3, 4]], [5, 6])
    """
    rows = [[weight.data for weight in neuron.weights] for neuron in stage.neurons]
    biases = [neuron.bias.data for neuron in stage.neurons if neuron.bias is not None]
    return rows, biases or None
