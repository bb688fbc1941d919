"""Neuron: weights, a bias and an activation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, mul
from typing import Any, Self

from autograd import Run, Value, dot
from nn.activations import Activation, function
from nn.initial import Scheme, drawn, generator
from nn.layered import Layered, labels


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Neuron(Layered):
    """activation(w1·x1 + w2·x2 + … + b), recorded as one `dot` node and the activation's.

    The bias is one more weight, of the constant input 1. `elementary=True` records the single
    multiplications and additions instead. Weights are drawn by `init` ("uniform", "xavier", "he"
    or a function) from `seed` or `rng`; biases start at 0. Their data can be set at any time.

    >>> neuron = Neuron(2, activation="linear")
    >>> for weight, data in zip(neuron.parameters(), [2, 3, 5]): weight.data = data
    >>> neuron([10, 100]).data
    325
    """

    _whole = True
    weights: tuple[Value, ...]
    bias: Value | None
    activation: Activation
    elementary: bool
    _row: tuple[Value, ...]
    activate: Callable[[Any], Any] | None

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
        (row,) = drawn(init, generator(seed, rng), nin, 1)
        offset = 0.0 if bias else None
        vars(self).update(vars(Neuron.of(row, offset, activation, elementary=elementary)))

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
            activate=function(activation),
        )
        return self.relabelled()

    def relabelled(self) -> Self:
        """This neuron, its weights labelled w1, w2, … and its bias b, as one that stands alone."""
        number([self])
        if self.bias is not None:
            self.bias.label = "b"
        return self

    @property
    def neurons(self) -> tuple[Self]:
        """This neuron: whoever reads a network layer by layer finds a layer of one."""
        return (self,)

    def _members(self) -> Iterable[tuple[str, Any]]:
        """Its weights as w1, w2, …, its bias as b, and what else it has, as its activation may."""
        weights = zip(labels("w", len(self.weights)), self.weights, strict=True)
        others = (it for it in super()._members() if it[0] not in ("weights", "bias"))
        return (*weights, ("b", self.bias), *others)

    def __call__(self, inputs: Any) -> Value:
        """The output for a sequence of inputs, numbers or Values."""
        total = self.total(self.feed(self.inputs(inputs)))
        output = total if self.activate is None else self.activate(total)
        return output if isinstance(output, Value) else Value(output)  # one's own may be constant

    def feed(self, values: tuple[Value, ...]) -> Any:
        """The inputs as `total` wants them; a layer prepares them once for all its neurons."""
        if self.elementary:
            return values
        run = Run(values)
        if self.bias is not None:
            run.numbers, run.parents = (*run.numbers, 1), (*values, None)
        return run

    def total(self, feed: Any) -> Value:
        """What goes into the activation: the sum of products, and the bias."""
        total: Value
        if self.elementary:
            products = map(mul, self.weights, feed)
            total = reduce(add, products if self.bias is None else [*products, self.bias])
        else:
            total = dot(self._row, feed)
        return total

    def __repr__(self) -> str:
        return f"Neuron({self.nin}, {self.activation!r}{self.without_bias()})"

    def without_bias(self) -> str:
        """The end of the arguments in a repr."""
        return ", bias=False" if self.bias is None else ""


def number(neurons: Sequence[Neuron]) -> None:
    """Labels the weights of all these neurons w1, w2, … and their biases b1, b2, …, in order."""
    neurons = [*dict.fromkeys(neurons)]  # a layer may be used twice
    weights = [weight for neuron in neurons for weight in neuron.weights]
    biases = [neuron.bias for neuron in neurons if neuron.bias is not None]
    for letter, values in (("w", weights), ("b", biases)):
        for place, value in enumerate(values, 1):
            value.label = f"{letter}{place}"
