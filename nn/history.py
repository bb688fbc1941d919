"""History: what happened in a training."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from autograd.sketch import Sketch
from nn.plot import plot_loss


@dataclass(repr=False)
class History:
    """The course of a training: losses and accuracies, and how it ended.

    `loss` has one number for each iteration, `epoch_loss` the mean over the samples of each epoch;
    `accuracy` is the share of samples of an epoch that were right when they were met, empty where
    the loss knows no right and wrong. `validation_loss` and `validation_accuracy` are measured
    after each epoch. `stopped` says what ended the training before its time, "" if nothing did.
    `samples` are those of an epoch, in batches of `batch_size`, of which the last may be shorter;
    `accumulate` is the number of batches that one step learns from.

    Whatever ended training, it is a beginning of what would have happened without: each iteration
    that is counted is in the weights, and each that is not is not.

    >>> History([4.0, 2.0, 1.0, 0.5], [3.0, 0.75], samples=8, batch_size=4)
    History(8 samples in batches of 4, 2 iterations an epoch; 2 epochs, 4 iterations in all; \
loss 3 → 0.75)
    """

    loss: list[Any] = field(default_factory=list)
    epoch_loss: list[Any] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    validation_loss: list[Any] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    stopped: str = ""
    samples: int = 0
    batch_size: int = 0
    accumulate: int = 1

    @property
    def iterations(self) -> int:
        """How many batches the weights have learned from: a step each, unless they accumulate."""
        return len(self.loss)

    @property
    def iterations_per_epoch(self) -> int:
        """How many batches the samples make."""
        return -(-self.samples // (self.batch_size or 1))

    @property
    def epochs(self) -> int:
        """How many times the whole data has been gone through."""
        return len(self.epoch_loss)

    def plot(self, *, log: str = "") -> Sketch:
        """The loss curve, with the accuracy beside it if there is one: see `nn.plot_loss`."""
        return plot_loss(self, log=log)

    def __repr__(self) -> str:
        per_epoch = self.iterations_per_epoch
        done, rest = _plural(self.epochs, "epoch"), self.iterations - self.epochs * per_epoch
        if per_epoch and rest:
            done += f" and {_plural(rest, 'iteration')}"
        parts = [f"{done}, {_plural(self.iterations, 'iteration')} in all"]
        if per_epoch:
            parts.insert(0, f"{self._batches()}, {_plural(per_epoch, 'iteration')} an epoch")
        if self.accumulate > 1:
            parts[0] += f", {self.accumulate} a step"
        for name, numbers in (("loss", self.epoch_loss), ("validation", self.validation_loss)):
            if numbers:
                parts.append(f"{name} {float(numbers[0]):.4g} → {float(numbers[-1]):.4g}")
        if self.accuracy:
            parts.append(f"accuracy {self.accuracy[-1]:.1%}")
        if self.stopped:
            parts.append(f"stopped by {self.stopped}")
        return f"History({'; '.join(parts)})"

    def _batches(self) -> str:
        """How the samples lie in batches."""
        samples, last = _plural(self.samples, "sample"), self.samples % self.batch_size
        if self.samples <= self.batch_size:
            return f"{samples} in one batch"
        shorter = f" and a last one of {last}" if last else ""
        return f"{samples} in batches of {self.batch_size}{shorter}"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" + "s" * (count != 1)
