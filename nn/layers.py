"""Neuron, Layer and MLP: weights, and what they make of their inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import add, mul
from typing import Any, Self

from autograd import Run, Value, dot
from nn import activations, initial
from nn.activations import Activation
from nn.initial import Scheme
from nn.module import Module, number


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Neuron(Module):
    """activation(w1·x1 + w2·x2 + … + b), recorded as one `dot` node and the activation's.

    The bias is one more weight, of the constant input 1. `elementary=True` records the single
    multiplications and additions instead. Weights are drawn by `init` ("uniform", "xavier", "he"
    or a function) from `seed` or `rng`; biases start at 0. Their data can be set at any time.

    >>> neuron = Neuron(2, activation="linear")
    >>> for weight, data in zip(neuron.parameters(), [2, 3, 5]): weight.data = data
    >>> neuron([10, 100]).data
    325
    """

    weights: tuple[Value, ...]
    bias: Value | None
    activation: Activation
    elementary: bool
    _row: tuple[Value, ...]
    _activate: Callable[[Any], Any] | None

    def __init__(
        self,
        nin: int,
        activation: Activation = "relu",
        *,
        bias: bool = True,
        init: str | Scheme = "uniform",
        seed: int | None = None,
        rng: Any = None,
        elementary: bool = False,
    ) -> None:
        layer = Layer(nin, 1, activation, bias=bias, init=init, seed=seed, rng=rng)
        vars(self).update(vars(layer.neurons[0]), elementary=elementary)
        self.relabelled()

    @classmethod
    def of(
        cls,
        weights: Iterable[Any],
        bias: Any = None,
        activation: Activation = "linear",
        *,
        elementary: bool = False,
    ) -> Self:
        """The neuron with these weights (numbers), without a bias if it is None.

        >>> Neuron.of([1, 2, 3])([4, 5, 6]).data
        32
        """
        self = cls.__new__(cls)
        values = tuple([Value(weight) for weight in weights])
        offset = None if bias is None else Value(bias)
        if not values:
            raise ValueError("a neuron needs at least 1 input")
        vars(self).update(
            weights=values,
            bias=offset,
            activation=activation,
            elementary=elementary,
            _row=values if offset is None else (*values, offset),
            _activate=activations.function(activation),
        )
        return self.relabelled()

    def relabelled(self) -> Self:
        """This neuron, its weights labelled w1, w2, … and its bias b, as one that stands alone."""
        number(self.weights, "w")
        if self.bias is not None:
            self.bias.label = "b"
        return self

    def stack(self) -> tuple[Layer, ...]:
        """A layer of this neuron alone."""
        layer = Layer.__new__(Layer)
        vars(layer).update(neurons=(self,))
        return (layer,)

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Its weights as w1, w2, …, then its bias as b."""
        named = [(f"w{place}", weight) for place, weight in enumerate(self.weights, 1)]
        return named if self.bias is None else [*named, ("b", self.bias)]

    def __call__(self, inputs: Any) -> Value:
        """The output for a sequence of inputs, numbers or Values."""
        return self.stack()[0].outputs(self.inputs(inputs, len(self.weights)))[0]

    def _feed(self, values: tuple[Value, ...]) -> Any:
        """The inputs as `_total` wants them; a layer prepares them once for all its neurons."""
        if self.elementary:
            return values
        run = Run(values)
        if self.bias is not None:
            run.numbers, run.parents = (*run.numbers, 1), (*values, None)
        return run

    def _total(self, feed: Any) -> Value:
        total: Value
        if self.elementary:
            products = map(mul, self.weights, feed)
            total = reduce(add, products if self.bias is None else [*products, self.bias])
        else:
            total = dot(self._row, feed)
        return total

    def __repr__(self) -> str:
        return f"Neuron({len(self.weights)}, {self.activation!r}{_without_bias(self)})"


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Layer(Module):
    """`nout` neurons on the same `nin` inputs: a list of Values, or the Value if `nout` is 1.

    A linear layer without biases is the product of its matrix of weights, one row a neuron, with
    the column of inputs.

    >>> Layer(3, 2, seed=1)
    Layer(3, 2, 'relu')
    """

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
        for name, size in (("nin", nin), ("nout", nout)):
            if not isinstance(size, int) or size < 1:
                raise ValueError(f"{name} must be a whole number of at least 1, not {size!r}")
        rng, draw = initial.generator(seed, rng), initial.scheme(init)
        rows = [[draw(rng, nin, nout) for _ in range(nin)] for _ in range(nout)]
        biases = [0.0] * nout if bias else None
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
        self = cls.__new__(cls)
        neurons = tuple(
            Neuron.of(row, bias, activation, elementary=elementary)
            for row, bias in zip(matrix, column, strict=True)
        )
        vars(self).update(neurons=neurons)
        number((weight for neuron in neurons for weight in neuron.weights), "w")
        number((neuron.bias for neuron in neurons), "b")
        return self

    @property
    def nin(self) -> int:
        """The number of inputs."""
        return len(self.neurons[0].weights)

    @property
    def nout(self) -> int:
        """The number of outputs, one for each neuron."""
        return len(self.neurons)

    @property
    def activation(self) -> Activation:
        """The activation of its neurons."""
        return self.neurons[0].activation

    def stack(self) -> tuple[Layer, ...]:
        """This layer alone."""
        return (self,)

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Those of its neurons, as neurons.0.w1."""
        return [
            (f"neurons.{place}.{name}", value)
            for place, neuron in enumerate(self.neurons)
            for name, value in neuron.named_parameters()
        ]

    def __call__(self, inputs: Any) -> Any:
        """The outputs for a sequence of inputs: a list of Values, or the Value if there is one."""
        outputs = self.outputs(self.inputs(inputs, self.nin))
        return outputs[0] if len(outputs) == 1 else outputs

    def outputs(self, values: tuple[Value, ...]) -> list[Value]:
        """One Value for each neuron, a list even for one."""
        first = self.neurons[0]
        feed = first._feed(values)
        totals = [neuron._total(feed) for neuron in self.neurons]
        return totals if first._activate is None else [*map(first._activate, totals)]

    def __repr__(self) -> str:
        return (
            f"Layer({self.nin}, {self.nout}, {self.activation!r}{_without_bias(self.neurons[0])})"
        )


@dataclass(frozen=True, init=False, eq=False, repr=False)
class MLP(Module):
    """A multilayer perceptron: layers of the given widths, each fed with the one before.

    `activation` is that of the hidden layers (one name, or one for each), `output` the last one's.
    Weights are labelled w1, w2, … through the whole network, hidden values h1, h2, …, the output
    yhat, so that pictures name them as one does by hand.

    >>> model = MLP(2, [3, 1], activation="tanh", seed=1)
    >>> model
    MLP(2, [3, 1], activation='tanh')
    >>> model([1.0, 2.0]).label
    'yhat'
    >>> model([1.0, 2.0, 3.0])
    Traceback (most recent call last):
      ...
    ValueError: MLP(2, [3, 1], activation='tanh') takes 2 inputs, not 3
    """

    layers: tuple[Layer, ...]
    _labels: tuple[tuple[str, ...], ...]

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: Activation | Sequence[Activation] = "relu",
        output: Activation = "linear",
        *,
        bias: bool = True,
        init: str | Scheme = "uniform",
        seed: int | None = None,
        rng: Any = None,
        elementary: bool = False,
    ) -> None:
        hidden = max(len(nouts) - 1, 0)
        single = callable(activation) or isinstance(activation, str)
        names = [activation] * hidden if single else list(activation)  # type: ignore[arg-type]
        if len(names) != hidden:
            raise ValueError(f"{hidden} hidden layers need as many activations, not {names!r}")
        rng = initial.generator(seed, rng)
        layers = [
            Layer(nin, nout, name, bias=bias, init=init, rng=rng, elementary=elementary)
            for nin, nout, name in zip([nin, *nouts], nouts, [*names, output], strict=False)
        ]
        vars(self).update(vars(MLP.of(layers)))

    @classmethod
    def of(cls, layers: Iterable[Layer]) -> Self:
        """The network of these layers, the last one the output.

        >>> MLP.of([Layer.of([[2, 3]]), Layer.of([[5]])])([10, 100]).data
        1600
        """
        self = cls.__new__(cls)
        stack = tuple(layers)
        if not stack:
            raise ValueError("an MLP needs at least one layer: give its width, as in MLP(2, [1])")
        for before, after in pairwise(stack):
            if before.nout != after.nin:
                raise ValueError(
                    f"{after!r} does not fit onto the {before.nout} outputs of {before!r}"
                )
        *hidden, last = [layer.nout for layer in stack]
        numbers = iter(range(1, sum(hidden) + 1))
        labels = [tuple(f"h{next(numbers)}" for _ in range(width)) for width in hidden]
        outputs = ("yhat",) if last == 1 else tuple(f"yhat{k}" for k in range(1, last + 1))
        vars(self).update(layers=stack, _labels=(*labels, outputs))
        neurons = [neuron for layer in stack for neuron in layer.neurons]
        number((weight for neuron in neurons for weight in neuron.weights), "w")
        number((neuron.bias for neuron in neurons), "b")
        return self

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Those of its layers, as layers.0.neurons.0.w1."""
        return [
            (f"layers.{place}.{name}", value)
            for place, layer in enumerate(self.layers)
            for name, value in layer.named_parameters()
        ]

    def __call__(self, inputs: Any) -> Any:
        """The outputs for a sequence of inputs: a list of Values, or the Value if there is one."""
        values = self.inputs(inputs, self.layers[0].nin)
        for layer, labels in zip(self.layers, self._labels, strict=True):
            values = tuple(layer.outputs(values))
            for value, label in zip(values, labels, strict=True):
                value.label = label
        return values[0] if len(values) == 1 else list(values)

    def stack(self) -> tuple[Layer, ...]:
        """Its layers."""
        return self.layers

    def __repr__(self) -> str:
        *hidden, output = [layer.activation for layer in self.layers]
        widths = [layer.nout for layer in self.layers]
        text = f"MLP({self.layers[0].nin}, {widths}"
        if hidden:
            text += f", activation={(hidden if len(set(hidden)) > 1 else hidden[0])!r}"
        if output != "linear":
            text += f", output={output!r}"
        return text + _without_bias(self.layers[0].neurons[0]) + ")"


def _without_bias(neuron: Neuron) -> str:
    return ", bias=False" if neuron.bias is None else ""
