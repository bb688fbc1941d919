"""Neuron: weights, a bias and an activation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add, mul
from typing import TYPE_CHECKING, Any, Self

from autograd import Run, Value, dot
from nn import activations, initial
from nn.activations import Activation
from nn.initial import Scheme
from nn.module import Module, check_size, number

if TYPE_CHECKING:
    from nn.layer import Layer


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
        check_size("nin", nin)
        rng, draw = initial.generator(seed, rng), initial.scheme(init)
        weights = [draw(rng, nin, 1) for _ in range(nin)]
        made = Neuron.of(weights, 0.0 if bias else None, activation, elementary=elementary)
        vars(self).update(vars(made))

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
            activate=activations.function(activation),
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
        from nn.layer import Layer

        layer = Layer.__new__(Layer)
        vars(layer).update(neurons=(self,))
        return (layer,)

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Its weights as w1, w2, …, then its bias as b."""
        named = [(f"w{place}", weight) for place, weight in enumerate(self.weights, 1)]
        return named if self.bias is None else [*named, ("b", self.bias)]

    def __call__(self, inputs: Any) -> Value:
        """The output for a sequence of inputs, numbers or Values."""
        total = self.total(self.feed(self.inputs(inputs, len(self.weights))))
        output: Value = total if self.activate is None else self.activate(total)
        return output

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
        return f"Neuron({len(self.weights)}, {self.activation!r}{self.without_bias()})"

    def without_bias(self) -> str:
        """The end of the arguments in a repr."""
        return ", bias=False" if self.bias is None else ""
