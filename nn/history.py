"""History: what happened in a training."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nn.plot import plot_loss
from nn.sketch import Sketch


@dataclass(repr=False)
class History:
    """The course of a training: losses and accuracies, and how it ended.

    `loss` has one number for each iteration, `epoch_loss` the mean over the samples of each epoch;
    `accuracy` is the share of samples of an epoch that were right when they were met, empty where
    the loss knows no right and wrong. `validation_loss` and `validation_accuracy` are measured
    after each epoch. `stopped` says what ended the training before its time, "" if nothing did.

    >>> History(loss=[4.0, 2.0, 1.0, 0.5], epoch_loss=[3.0, 0.75])
    History(2 epochs of 2 iterations, 4 in all; loss 3 → 0.75)
    """

    loss: list[Any] = field(default_factory=list)
    epoch_loss: list[Any] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    validation_loss: list[Any] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    stopped: str = ""

    @property
    def iterations(self) -> int:
        """How many batches the weights have learned from, and so how many steps they took."""
        return len(self.loss)

    @property
    def epochs(self) -> int:
        """How many times the whole data has been gone through."""
        return len(self.epoch_loss)

    def plot(self, *, log: str = "") -> Sketch:
        """The loss curve, with the accuracy beside it if there is one: see `nn.plot_loss`."""
        return plot_loss(self, log=log)

    def __repr__(self) -> str:
        per_epoch = _plural(self.iterations // (self.epochs or 1), "iteration")
        each = f" of {per_epoch}" if self.epochs else ""
        parts = [f"{_plural(self.epochs, 'epoch')}{each}, {self.iterations} in all"]
        for name, numbers in (("loss", self.epoch_loss), ("validation", self.validation_loss)):
            if numbers:
                parts.append(f"{name} {float(numbers[0]):.4g} → {float(numbers[-1]):.4g}")
        if self.accuracy:
            parts.append(f"accuracy {self.accuracy[-1]:.1%}")
        if self.stopped:
            parts.append(f"stopped by {self.stopped}")
        return f"History({'; '.join(parts)})"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" + "s" * (count != 1)
