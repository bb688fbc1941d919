"""MLP: layers one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

from nn.activations import Activation
from nn.initial import Scheme, generator
from nn.layer import Layer
from nn.layered import Layered, check_fit
from nn.neuron import Neuron, number


@dataclass(frozen=True, init=False, eq=False, repr=False)
class MLP(Layered):
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
        if not isinstance(nouts, Sequence):
            raise TypeError(f"nouts is a list of widths, such as [{nouts!r}, 1], not {nouts!r}")
        hidden = max(len(nouts) - 1, 0)
        single = callable(activation) or isinstance(activation, str)
        names = [activation] * hidden if single else list(activation)  # type: ignore[arg-type]
        if len(names) != hidden:
            raise ValueError(f"{hidden} hidden layers need as many activations, not {names!r}")
        rng = generator(seed, rng)
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
        check_fit(stack)
        *hidden, last = [layer.nout for layer in stack]
        numbers = iter(range(1, sum(hidden) + 1))
        labels = [tuple(f"h{next(numbers)}" for _ in range(width)) for width in hidden]
        outputs = ("yhat",) if last == 1 else tuple(f"yhat{k}" for k in range(1, last + 1))
        vars(self).update(layers=stack, _labels=(*labels, outputs))
        number([neuron for layer in stack for neuron in layer.neurons])
        return self

    def __call__(self, inputs: Any) -> Any:
        """The outputs for a sequence of inputs: a list of Values, or the Value if there is one."""
        values = self.inputs(inputs)
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
        text = f"MLP({self.nin}, {widths}"
        if hidden:
            text += f", activation={(hidden if len(set(hidden)) > 1 else hidden[0])!r}"
        if output != "linear":
            text += f", output={output!r}"
        return text + self.layers[0].neurons[0].without_bias() + ")"


# What can be shown, stored and exported, layer by layer: see `stack`.
Model: TypeAlias = Neuron | Layer | MLP
