"""Learner: what one batch does to a model."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial, reduce
from operator import add
from typing import Any

from autograd import Value
from nn.accuracy import Correct
from nn.callbacks import values_of_model
from nn.data import Sample
from nn.diagnosis import bad_gradient, check_loss
from nn.dropout import Dropout, masked, resting
from nn.losses import Loss, l2_penalty
from nn.module import Module
from nn.nested import values_of
from nn.optim import Optimizer, clip_gradients
from nn.strays import Kept, check_strays, kept


class Learner:
    """Takes a model through forward pass, backward pass and update, step by step.

    A step is `start()`, `add()` for each of its batches, and `plan()`, which computes all that will
    change and changes nothing: who calls what it returns takes the step. `masks` is the generator
    that draws what dropout leaves out, sample by sample.
    """

    masks: Any = random

    def __init__(
        self,
        model: Any,
        loss: Loss,
        optimizer: Optimizer,
        l2: Any,
        correct: Correct | None,
        clip: Any = None,
    ) -> None:
        self.model, self.loss, self.optimizer = model, loss, optimizer
        self.l2, self.correct, self.clip = l2, correct, clip
        self.kept: Kept = {}  # what the model keeps, until a call has shown what it computes with
        moved = {*optimizer.parameters}
        self.others = [value for value in values_of_model(model) if value not in moved]

    def prepare(self, samples: Sequence[Sample], *, training: bool = True) -> Any:
        """The samples in the form in which `add` wants them, or `measure` without `training`."""
        if training:
            self.kept = kept(self.model)
        return samples

    def found(self, prediction: Any, inputs: Any) -> None:
        """Raises ValueError if training would miss what the prediction was computed from."""
        before, self.kept = self.kept, {}
        trained = {*self.optimizer.parameters, *self.optimizer.frozen}
        if isinstance(self.model, Module) and before and trained >= {*self.model.parameters()}:
            check_strays(self.model, before, prediction, [*trained, *values_of(inputs)])

    def changed(self, data: Any) -> None:
        """Takes notice of what callbacks may have changed beside weights."""

    def start(self) -> None:
        """Forgets the gradient of the step before, that of what the optimizer has not, too."""
        self.optimizer.zero_grad()
        for value in self.others:
            value.grad = 0

    def add(self, data: Any, picks: Sequence[int], count: int) -> tuple[Any, int]:
        """Adds the gradient of the picked samples, part of the `count` samples of a step.

        Returns their mean loss, with the penalty, and how many are right. Raises FloatingPointError
        naming the first operation that made the loss or a gradient nan or infinite.
        """
        with masked(partial(Dropout.drawn, rng=self.masks)):
            total, right = self._forward([data[pick] for pick in picks])
        part = total if len(picks) == count else total * len(picks) / count
        part.backward()
        made = bad_gradient(part, self.optimizer.parameters)
        if made:
            raise FloatingPointError(f"a gradient is nan or infinite: {made}")
        return total.data, right

    def plan(self) -> Callable[[], None]:
        """The step for the gradient that was added up: see `Optimizer.plan`."""
        if self.clip is not None:
            clip_gradients(self.optimizer.parameters, self.clip)
        return self.optimizer.plan()

    def measure(self, data: Any) -> tuple[Any, int]:
        """The same numbers for all samples, without learning from them."""
        with resting(self.model):
            total, right = self._forward(data)
        return total.data, right

    def read(self) -> None:
        """Takes notice of weights that somebody else has set."""

    def write(self) -> None:
        """Sees to it that the parameters have what was learned."""

    def _forward(self, samples: Sequence[Sample]) -> tuple[Any, int]:
        predictions = [self.model(inputs) for inputs, _ in samples]
        self.found(predictions[0], samples[0][0])
        total = mean_loss(self.loss, predictions, samples)
        if self.l2:
            total += l2_penalty(self.optimizer.parameters, self.l2)
        check_loss(total)
        if self.correct is None:
            return total, 0
        pairs = zip(predictions, samples, strict=True)
        return total, sum(bool(self.correct(guess, target)) for guess, (_, target) in pairs)


def mean_loss(loss: Loss, predictions: Sequence[Any], samples: Sequence[Sample]) -> Value:
    """The mean loss of what a model gives for samples. Raises TypeError if it is no Value."""
    pairs = zip(predictions, samples, strict=True)
    losses = [loss(prediction, target) for prediction, (_, target) in pairs]
    total: Any = None if any(it is None for it in losses) else reduce(add, losses)
    check_value(total)
    return total / len(losses) if len(losses) > 1 else total  # type: ignore[no-any-return]


def check_value(loss: Any) -> None:
    """Raises TypeError for a loss that is no Value."""
    if not isinstance(loss, Value):
        raise TypeError(f"the loss must be a Value computed from the model's output, not {loss!r}")
