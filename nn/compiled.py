"""Compiled: learning from batches by compiled code, with all weights in one array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import jit
from nn.accuracy import Correct
from nn.data import Sample
from nn.extras import extra
from nn.learner import Learner
from nn.losses import Loss
from nn.optim import Optimizer, State


class Compiled(Learner):
    """A learner that traces model and loss once; what it learns is a `Learner`'s to rounding.

    Between `read()` and `write()` the weights, the optimizer's state and its count of steps are in
    `now`, replaced whole by each step, so that an interruption finds them fitting each other.
    """

    now: tuple[Any, State, int]
    gradient: Sequence[Any] = ()

    def __init__(
        self, model: Any, loss: Loss, optimizer: Optimizer, l2: Any, correct: Correct | None
    ) -> None:
        super().__init__(model, loss, optimizer, l2, correct)
        self.numpy = extra("numpy", "jit")
        self.program = jit(lambda inputs, target: loss(model(inputs), target))
        self.both = jit(lambda inputs, target: (loss(model(inputs), target), model(inputs)))
        self.read()

    def prepare(self, samples: Sequence[Sample]) -> Any:
        """Arrays of the inputs and of the targets, beside the samples as they are.

        Each target meets the loss once as it is: compiled code could not say what is wrong with it.
        """
        prediction = self.model(samples[0][0])
        for _, target in samples:
            self.loss(prediction, target)
        inputs, targets = (self.numpy.array(column, float) for column in zip(*samples, strict=True))
        self.program.trace(inputs[0], targets[0])
        # The program may use fewer parameters than are trained, and Values that are not.
        trained = self.optimizer.parameters
        known = {*trained}
        self.others = [value for value in self.program.parameters if value not in known]
        place = {value: index for index, value in enumerate([*trained, *self.others])}
        self.used = [place[value] for value in self.program.parameters]
        return samples, inputs, targets

    def learn(self, data: Any, picks: Sequence[int]) -> tuple[Any, int]:
        """One step on the picked samples: see `Learner.learn`."""
        samples, inputs, targets = data
        batch = (inputs[picks], targets[picks])
        w, state, steps = self.now
        everything = self.numpy.append(w, [value.data for value in self.others])
        gradient = self.numpy.zeros_like(everything)
        mean, gradient[self.used] = self.program.flat(everything[self.used], *batch)
        gradient = gradient[: len(w)]
        if self.l2:
            mean = mean + self.l2 * float(w @ w)
            gradient += 2 * self.l2 * w
        if mean != mean or self.numpy.isnan(gradient).any():
            self.write()
            found = super().learn(samples, picks)  # says where the nan comes from
            self.read()
            return found
        right = self._right(samples, picks, batch)
        rule = self.optimizer.rule
        moved, state = rule.update(w, gradient, state, rule.rate(steps), steps + 1)
        self.gradient = gradient
        self.now = (moved, state, steps + 1)
        return mean, right

    def measure(self, data: Any) -> tuple[Any, int]:
        """The mean loss of all samples and how many are right."""
        samples, inputs, targets = data
        self._write_weights()
        losses = self.both.map(inputs, targets)[0]
        right = self._right(samples, range(len(samples)), (inputs, targets))
        return float(sum(losses)) / len(samples), right

    def read(self) -> None:
        """Takes the weights and the optimizer's state into arrays."""
        optimizer, array = self.optimizer, self.numpy.array
        w = array([parameter.data for parameter in optimizer.parameters], float)
        state = tuple(array(column, float) for column in zip(*optimizer.states, strict=True))
        self.now = (w, state, optimizer.steps)

    def write(self) -> None:
        """Puts the weights back into the parameters, the optimizer's state into the optimizer."""
        self._write_weights()
        for parameter, slope in zip(self.optimizer.parameters, self.gradient, strict=False):
            parameter.grad = float(slope)
        _, state, steps = self.now
        if state:
            columns = [column.tolist() for column in state]
            self.optimizer.states = list(zip(*columns, strict=True))
        self.optimizer.steps = steps

    def _write_weights(self) -> None:
        for parameter, data in zip(self.optimizer.parameters, self.now[0].tolist(), strict=True):
            parameter.data = data

    def _right(self, samples: Sequence[Sample], picks: Sequence[int], batch: Any) -> int:
        """How many of the picked samples the model gets right with the weights as they are."""
        if self.correct is None:
            return 0
        self._write_weights()
        outputs = self.both.map(*batch)[1]
        if isinstance(outputs, list):  # one array for each output of the model
            outputs = self.numpy.stack(outputs, axis=1)
        pairs = zip(outputs.tolist(), picks, strict=True)
        return sum(bool(self.correct(guess, samples[pick][1])) for guess, pick in pairs)
