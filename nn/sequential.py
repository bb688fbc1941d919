"""Sequential: modules one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from autograd import Value
from nn.inputs import widened
from nn.layered import check_fit
from nn.module import Module
from nn.neuron import Neuron, number


class Sequential(Module):
    """The modules, or functions, each fed with what the one before gives.

    Weights of neurons are labelled w1, w2, … through all of them. Where all parts are neurons,
    layers and networks it can be read layer by layer, as they can: see `stack`. Raises ValueError
    for parts that do not fit onto each other.

    >>> from nn import Dropout, Layer
    >>> model = Sequential(Layer(2, 8, "tanh"), Dropout(0.2), Layer(8, 1, "linear"))
    >>> len(model), model[2]
    (3, Layer(8, 1, 'linear'))
    >>> model.named_parameters()[-1][0]
    '2.neurons.0.b'
    """

    def __init__(self, *parts: Callable[[Any], Any]) -> None:
        if not parts:
            raise ValueError("a Sequential needs at least one part, as in Sequential(Layer(2, 1))")
        for part in parts:
            if not callable(part):
                raise TypeError(f"Sequential takes modules and functions, not {part!r}")
        check_fit(parts)
        self._parts = parts
        number([module for module in self.modules() if isinstance(module, Neuron)])

    def _members(self) -> Iterable[tuple[str, Any]]:
        parts = ((str(place), part) for place, part in enumerate(self._parts))
        return (*parts, *super()._members())

    def __len__(self) -> int:
        return len(self._parts)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._parts)

    def __getitem__(self, place: Any) -> Any:
        """The part at a place; for a slice the Sequential of those parts, the same modules."""
        found = self._parts[place]
        if not isinstance(place, slice):
            return found
        if not found:
            raise IndexError(f"{place} has no part of a Sequential of {len(self)}")
        part = Sequential.__new__(Sequential)  # whose weights keep the names that they have here
        vars(part).update(_parts=found, training=self.training)
        return part

    def __call__(self, inputs: Any) -> Any:
        """What the last part gives."""
        *hidden, last = self._parts
        inputs, count = widened(inputs), 0
        for part in hidden:
            inputs = part(inputs)
            count = _label(inputs, "h", count)
        outputs = last(inputs)
        _label(outputs, "yhat", 0)
        return outputs

    @property
    def nin(self) -> int:
        """The number of inputs, if the first part knows it."""
        return self._parts[0].nin  # type: ignore[attr-defined, no-any-return]

    @property
    def nout(self) -> int:
        """The number of outputs, if the last part knows it."""
        return self._parts[-1].nout  # type: ignore[attr-defined, no-any-return]

    @property
    def stack(self) -> Callable[[], tuple[Any, ...]]:
        """The layers of all parts: AttributeError if a part is no neuron, layer or network."""
        stacks: list[Any] = [part.stack for part in self._parts]  # type: ignore[attr-defined]
        return lambda: tuple(layer for stack in stacks for layer in stack())

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self._parts))})"


def _label(outputs: Any, letter: str, count: int) -> int:
    """Labels what was computed h1, h2, … after so many others, or yhat; how many there are now."""
    values = outputs if isinstance(outputs, list) else [outputs]
    alone = letter == "yhat" and len(values) == 1
    for value in values:
        new = isinstance(value, Value) and value.op is not None
        if new and (not value.label or value.label.startswith("yhat")):
            count += 1
            value.label = letter if alone else f"{letter}{count}"
    return count
