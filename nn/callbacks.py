"""Callbacks: functions `(model, history)` that `fit` calls after each epoch; True ends training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from nn.history import History

Callback: TypeAlias = Callable[[Any, History], Any]


class EarlyStopping:
    """Ends training after `patience` epochs without a better loss, and goes back to the best one.

    The loss is that of the validation data if there is any. Better means lower by more than
    `margin`. With `restore=False` the weights stay as the last epoch left them.

    >>> stop = EarlyStopping(patience=2)
    >>> from nn import Neuron
    >>> [stop(Neuron(1), History(epoch_loss=[3, 2, 2, 2][:k])) for k in (1, 2, 3, 4)]
    [False, False, False, True]
    """

    def __init__(self, patience: int = 10, *, margin: Any = 0, restore: bool = True) -> None:
        if patience < 1:
            raise ValueError(f"patience is a number of epochs, at least 1, not {patience!r}")
        self.patience, self.margin, self.restore = patience, margin, restore
        self._start()

    def _start(self) -> None:
        self.best: Any = float("inf")
        self.waited = 0
        self._weights: list[Any] = []

    def __call__(self, model: Any, history: History) -> bool:
        """Whether the training has waited long enough."""
        if history.epochs == 1:
            self._start()
        loss = (history.validation_loss or history.epoch_loss)[-1]
        if loss < self.best - self.margin:
            self.best, self.waited = loss, 0
            self._weights = [parameter.data for parameter in model.parameters()]
            return False
        self.waited += 1
        if self.waited < self.patience:
            return False
        if self.restore:
            for parameter, data in zip(model.parameters(), self._weights, strict=False):
                parameter.data = data
        return True
