"""Compiled: learning from batches by compiled code, with all weights in one array."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

from autograd import jit
from nn.accuracy import Correct, best_class, same_side
from nn.data import Sample
from nn.extras import extra
from nn.learner import Learner
from nn.losses import Loss
from nn.optim import Optimizer, Rule, State, shortened


class Compiled(Learner):
    """A learner that traces model and loss once; what it learns is a `Learner`'s to rounding.

    Between `read()` and `write()` the weights, the optimizer's states, a tuple of arrays for each
    group, and its count of steps are in `now`, replaced whole by each step, so that an interruption
    finds them fitting each other.
    """

    now: tuple[Any, list[State], int]
    gradient: Any = ()

    def __init__(
        self,
        model: Any,
        loss: Loss,
        optimizer: Optimizer,
        l2: Any,
        correct: Correct | None,
        clip: Any = None,
        workers: int | None = None,
    ) -> None:
        super().__init__(model, loss, optimizer, l2, correct, clip)
        self.numpy, self.workers = extra("numpy", "jit"), workers
        self.program = jit(self._judged)
        self.read()

    def _judged(self, inputs: Any, target: Any) -> Any:
        """The loss of a sample; with the prediction, if somebody asks whether that is right."""
        prediction = self.model(inputs)
        loss = self.loss(prediction, target)
        return loss if self.correct is None else (loss, prediction)

    def prepare(self, samples: Sequence[Sample]) -> Any:
        """Arrays of the inputs and of the targets, beside the targets as they are.

        Each target meets the loss once as it is: compiled code could not say what is wrong with it.
        """
        prediction = self.model(samples[0][0])
        targets = [target for _, target in samples]
        for target in _different(targets):
            self.loss(prediction, target)
        inputs, numbers = (self.numpy.array(column, float) for column in zip(*samples, strict=True))
        self.program.trace(inputs[0], numbers[0])
        # The program may use fewer parameters than are trained, and Values that are not.
        trained = self.optimizer.parameters
        known = {*trained}
        self.others = [value for value in self.program.parameters if value not in known]
        place = {value: index for index, value in enumerate([*trained, *self.others])}
        self.used = self.numpy.array([place[value] for value in self.program.parameters], int)
        return targets, inputs, numbers, samples

    def start(self) -> None:
        """Forgets the gradient of the step before."""
        self.gradient = self.numpy.zeros(len(self.now[0]))

    def add(self, data: Any, picks: Sequence[int], count: int) -> tuple[Any, int]:
        """Adds the gradient of the picked samples: see `Learner.add`."""
        w = self.now[0]
        mean, gradient, right = self._pass(data, self.numpy.array(picks))
        if self.l2:
            mean = mean + self.l2 * float(w @ w)
            gradient += 2 * self.l2 * w
        if not (self.numpy.isfinite(mean) and self.numpy.isfinite(gradient).all()):
            self.write()
            super().start()
            mean, right = super().add(data[-1], picks, len(picks))  # says where that comes from
            gradient = [parameter.grad for parameter in self.optimizer.parameters]
        # A new array: an interruption finds one or the other.
        self.gradient = self.gradient + self.numpy.array(gradient, float) * (len(picks) / count)
        return mean, right

    def plan(self) -> Callable[[], None]:
        """The step for the gradient that was added up: see `Learner.plan`."""
        w, states, steps = self.now
        if self.clip is not None:
            self.gradient = self.gradient * shortened(self.gradient.tolist(), self.clip)[1]
        moved, after = w.copy(), []
        for (rule, places), state in zip(self.optimizer.groups, states, strict=True):
            here = places if len(places) < len(w) else slice(None)
            own = (w[here], self.gradient[here], state, rule.rate(steps), steps + 1)
            moved[here], new = self._updated(rule, *own)
            after.append(new)

        def take() -> None:
            self.now = (moved, after, steps + 1)

        return take

    def measure(self, data: Any) -> tuple[Any, int]:
        """The mean loss of all samples and how many are right."""
        w = self.now[0]
        mean, _, right = self._pass(data, self.numpy.arange(len(data[0])))
        if not self.numpy.isfinite(mean):
            self.write()
            return super().measure(data[-1])
        return mean + self.l2 * float(w @ w) if self.l2 else mean, right

    def read(self) -> None:
        """Takes the weights and the optimizer's states into arrays."""
        optimizer, array = self.optimizer, self.numpy.array
        w = array([parameter.data for parameter in optimizer.parameters], float)
        states: list[State] = []
        for _, places in optimizer.groups:
            rows = [optimizer.states[place] for place in places]
            states.append(tuple(array(column, float) for column in zip(*rows, strict=True)))
        self.now = (w, states, optimizer.steps)

    def write(self) -> None:
        """Puts the weights back into the parameters, the states into the optimizer."""
        w, states, steps = self.now
        optimizer = self.optimizer
        for parameter, data in zip(optimizer.parameters, w.tolist(), strict=True):
            parameter.data = data
        for parameter, slope in zip(optimizer.parameters, self.gradient, strict=False):
            parameter.grad = float(slope)
        for (_, places), state in zip(optimizer.groups, states, strict=True):
            columns = [column.tolist() for column in state]
            for place, row in zip(places, zip(*columns, strict=True), strict=False):
                optimizer.states[place] = row
        optimizer.steps = steps

    def _updated(
        self, rule: Rule, w: Any, g: Any, state: State, rate: Any, step: int
    ) -> tuple[Any, State]:
        """What a rule makes of arrays; one that knows single numbers only is asked for each."""
        try:
            return rule.update(w, g, state, rate, step)
        except (TypeError, ValueError):  # no truth, no float: what an array says to max() and if
            rows = zip(*[column.tolist() for column in state], strict=True) if state else repeat(())
            pairs = zip(w.tolist(), g.tolist(), rows, strict=False)
            found = [rule.update(a, b, row, rate, step) for a, b, row in pairs]
        data, states = zip(*found, strict=True)
        columns = [self.numpy.array(column, float) for column in zip(*states, strict=True)]
        return self.numpy.array(data, float), tuple(columns)

    def _pass(self, data: Any, picks: Any) -> tuple[float, Any, int]:
        """Forward and backward: the mean loss, its gradient to the weights, how many are right."""
        targets, inputs, numbers, _ = data
        w = self.now[0]
        given = self.numpy.append(w, [value.data for value in self.others])[self.used]
        batch = (given, inputs[picks], numbers[picks])
        right = 0
        if self.correct is None:
            mean, slopes = self.program.flat(*batch, workers=self.workers)
        else:
            mean, slopes, (_, guesses) = self.program.flat(
                *batch, outputs=True, workers=self.workers
            )
            if isinstance(guesses, list):  # one array for each output of the model
                guesses = self.numpy.stack(guesses, axis=1)
            if self.correct in _RIGHT:
                right = int(_RIGHT[self.correct](guesses, batch[-1]).sum())
            else:
                pairs = zip(guesses.tolist(), picks.tolist(), strict=True)
                right = sum(bool(self.correct(guess, targets[pick])) for guess, pick in pairs)
        gradient = self.numpy.zeros(len(w) + len(self.others))
        gradient[self.used] = slopes
        return mean, gradient[: len(w)], right


# The same as these, for arrays of predictions and targets: which samples are right.
_RIGHT: dict[Correct, Any] = {
    same_side: lambda scores, targets: (
        ((scores > 0) == (targets > 0)).reshape(len(targets), -1).all(axis=1)
    ),
    best_class: lambda scores, targets: (
        scores.argmax(axis=1) == targets
        if targets.ndim == 1
        else targets[range(len(targets)), scores.argmax(axis=1)] == targets.max(axis=1)
    ),
}


def _different(targets: Sequence[Any]) -> list[Any]:
    """The targets, each number or name once."""
    seen: dict[Any, Any] = {}
    for target in targets:
        key = (type(target), target) if isinstance(target, int | float | str) else id(target)
        seen.setdefault(key, target)
    return [*seen.values()]
