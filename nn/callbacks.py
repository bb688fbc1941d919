"""Callbacks: functions `(model, history)` that `fit` calls after each epoch; True ends training.

One that has methods `begin(model)` and `end(model)` is also told when training begins and when it
has ended, however it did.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from autograd import Value
from nn.history import History
from nn.ranges import check_range, whole

Callback: TypeAlias = Callable[[Any, History], Any]


class EarlyStopping:
    """Ends training after `patience` epochs without a better loss, and goes back to the best one.

    It goes back however training ends: when the epochs run out and after Ctrl-C, too. The loss is
    that of the validation data if there is any; else it is the epoch's own, which in an epoch of
    one step is that of the weights before it. Better means lower by more than `margin`. With
    `restore=False` the weights stay as the last epoch left them.

    >>> stop = EarlyStopping(patience=2)
    >>> from nn import Neuron
    >>> [stop(Neuron(1), History(epoch_loss=[3, 2, 2, 2][:k])) for k in (1, 2, 3, 4)]
    [False, False, False, True]
    """

    def __init__(self, patience: int = 10, *, margin: Any = 0, restore: bool = True) -> None:
        self.patience, self.restore = whole("patience", patience), restore
        self.margin = check_range("margin", margin)
        self._start()

    def _start(self) -> None:
        self.best: Any = float("inf")
        self.waited = 0
        self._weights: list[Any] = []
        self._before: list[Any] = []

    def begin(self, model: Any) -> None:
        """Starts anew, from these weights."""
        self._start()
        self._before = _data(model)

    def __call__(self, model: Any, history: History) -> bool:
        """Whether the training has waited long enough."""
        before = self._before or _data(model)
        if history.epochs == 1:
            self._start()
        self._before = _data(model)
        loss = (history.validation_loss or history.epoch_loss)[-1]
        if loss < self.best - self.margin:
            one_step = history.iterations <= history.epochs * history.accumulate
            weights = before if one_step and not history.validation_loss else self._before
            self.best, self.waited, self._weights = loss, 0, weights
            return False
        self.waited += 1
        return self.waited >= self.patience

    def end(self, model: Any) -> None:
        """Goes back to the best weights."""
        if self.restore and self._weights:
            for value, data in zip(values_of_model(model), self._weights, strict=True):
                value.data = data


def values_of_model(model: Any) -> list[Value]:
    """The parameters, and the buffers if there are any."""
    buffers = model.named_buffers() if hasattr(model, "named_buffers") else []
    return [*model.parameters(), *(buffer for _, buffer in buffers)]


def _data(model: Any) -> list[Any]:
    return [value.data for value in values_of_model(model)]
