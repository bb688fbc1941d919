"""Training: `fit` takes a model through the data, epoch by epoch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from numbers import Number
from typing import Any

from nn.accuracy import CORRECT, Correct, known
from nn.callbacks import Callback, EarlyStopping
from nn.compiled import Compiled
from nn.data import Sample, batches, samples_of
from nn.diagnosis import is_finite
from nn.history import History
from nn.initial import generator
from nn.interrupts import finished
from nn.learner import Learner
from nn.losses import Loss
from nn.module import FORWARD, mode
from nn.nested import leaves
from nn.optim import Optimizer, Rules
from nn.progress import bar
from nn.ranges import check_range, whole
from nn.strays import kept


def fit(
    model: Any,
    data: Iterable[Sample],
    loss: Loss,
    optimizer: Rules | Optimizer,
    epochs: int = 1,
    batch_size: int | None = None,
    *,
    shuffle: bool = True,
    seed: int | None = None,
    l2: Any = 0,
    clip: Any = None,
    accumulate: int = 1,
    validation: Iterable[Sample] | None = None,
    accuracy: Correct | None = None,
    callbacks: Sequence[Callback] = (),
    progress: bool | None = None,
    jit: bool = False,
    workers: int | None = None,
) -> History:
    """Trains a model on samples (inputs, target) and returns what happened.

    `model` is anything that can be called with inputs and has `parameters()`; `loss(prediction,
    target)` is that of one sample, and a batch learns from the mean over its samples, a last,
    shorter one too. One batch is one iteration; without a `batch_size` all the data is one batch.
    A step follows each batch, or with `accumulate` each so many: from the mean over all their
    samples, as if they were one batch. `clip` is the largest norm of the gradient that a step
    takes: see `clip_gradients`. `l2` adds that many times the sum of the squared parameters, but
    not of frozen ones, to the loss; to that of `validation`, data to measure after each epoch, too.
    `accuracy(prediction, target)` says whether a sample is right; for hinge and the cross entropies
    that is known. Ctrl-C ends training with the history so far. An `Optimizer` in the place of its
    rule goes on where it was: two calls with one `seed` learn what one of all epochs would have.
    With `jit` (extra `jit`) steps run as compiled code, in floats; the result is the same to
    rounding, and parameters have their new data when callbacks are called and at the end. Large
    batches are shared out among `workers` threads then, as many as there are cores if it is None;
    what is learned does not depend on it.

    Raises FloatingPointError, naming the first operation that made it, if a loss or a gradient
    becomes nan or infinite; the parameters are then those before that step.

    >>> from nn import Neuron, SGD, mse
    >>> line = Neuron(1, activation="linear", seed=0)
    >>> history = fit(line, [(x, 3 * x + 2) for x in range(5)], mse, SGD(0.1), epochs=300)
    >>> [round(value.data, 6) for value in line.parameters()]
    [3.0, 2.0]
    """
    check_kinds(model, loss)
    samples = samples_of(data, "data")
    held_out = [] if validation is None else samples_of(validation, "validation")
    epochs, accumulate = whole("epochs", epochs, least=0), whole("accumulate", accumulate)
    size = len(samples) if batch_size is None else whole("batch_size", batch_size)
    l2 = check_range("l2", l2)
    check_range("clip", 1 if clip is None else clip, above=0)
    optimizer = _optimizer(optimizer, model)
    learning = partial(Compiled, workers=workers) if jit else Learner
    learner = learning(model, loss, optimizer, l2, accuracy or known(CORRECT, loss), clip)
    course = _Epochs(learner, samples, held_out, size, accumulate)
    shown = bar(epochs * course.history.iterations_per_epoch, show=progress)
    return course.run(epochs, shuffle, seed, callbacks, shown)


class _Epochs:
    """A learner's way through its samples, epoch by epoch, and the history of that.

    What a step or an epoch changes is set at once, by something that Ctrl-C cannot leave half-done.
    """

    def __init__(
        self,
        learner: Learner,
        samples: list[Sample],
        held_out: list[Sample],
        size: int,
        accumulate: int,
    ) -> None:
        self.learner, self.samples, self.others = learner, samples, len(held_out)
        self.history = History(
            samples=len(samples), batch_size=min(size, len(samples)), accumulate=accumulate
        )
        self.known = learner.prepare(samples)
        self.unknown = held_out and learner.prepare(held_out, training=False)

    def run(
        self,
        epochs: int,
        shuffle: bool,
        seed: int | None,
        callbacks: Sequence[Callback],
        shown: Any,
    ) -> History:
        """The epochs; however they end, the weights are written then, and callbacks are told."""
        model = self.learner.model
        told: list[Any] = [it for it in callbacks if hasattr(it, "begin") and hasattr(it, "end")]
        try:
            with ExitStack() as last:  # in reverse
                if shown is not None:
                    last.callback(shown.close)
                for each in reversed(told):
                    last.callback(finished, partial(each.end, model))
                last.callback(finished, self.learner.write)
                for each in told:
                    each.begin(model)
                for order in self.orders(epochs, shuffle, seed):
                    self.learn(order, shown)
                    if self.others:
                        self.measure()
                    if callbacks and self.ended(callbacks):
                        break
        except KeyboardInterrupt:
            self.history.stopped = "Ctrl-C"
        return self.history

    def orders(self, epochs: int, shuffle: bool, seed: int | None) -> Iterator[list[list[int]]]:
        """The batches of each epoch; what it draws follows from `seed` and the epoch's number."""
        size, places = self.history.batch_size, range(len(self.samples))
        shuffle, rng = shuffle and size < len(places), generator(seed, None)
        for _ in range(0 if seed is None else self.learner.optimizer.epochs):
            rng.getrandbits(64)
        for _ in range(epochs):
            drawn = rng.getrandbits(64) if shuffle or seed is not None else None
            if seed is not None:
                self.learner.masks = generator(f"masks {drawn}", None)
            yield [*batches(places, size, shuffle=shuffle, seed=drawn)]

    def learn(self, picked: list[list[int]], shown: Any) -> None:
        """One epoch: a step on each batch, or on as many as accumulate."""
        history, optimizer, hits, summed = self.history, self.learner.optimizer, 0, 0
        done, total, first = history.epochs, optimizer.epochs + 1, history.iterations
        with mode(self.learner.model, training=True):
            for start in range(0, len(picked), history.accumulate):
                hits += self.step(picked[start : start + history.accumulate], shown)
        for mean, picks in zip(history.loss[first:], picked, strict=True):
            summed += mean * len(picks)

        def end() -> None:
            history.epoch_loss[done:] = [summed / len(self.samples)]
            if self.learner.correct:
                history.accuracy[done:] = [hits / len(self.samples)]
            optimizer.epochs = total

        finished(end)

    def step(self, group: list[list[int]], shown: Any) -> int:
        """One step on all these batches; how many of their samples are right."""
        learner, history, means, hits = self.learner, self.history, [], 0
        done, count = history.iterations, sum(map(len, group))
        learner.start()
        try:
            for picks in group:
                mean, right = learner.add(self.known, picks, count)
                means.append(mean)
                hits += right
            take = learner.plan()
        except FloatingPointError as error:
            number = done + min(len(means) + 1, len(group))
            way = self.given(picks) or "a smaller learning rate or smaller inputs may help"
            raise FloatingPointError(
                f"in epoch {history.epochs + 1}, iteration {number}, {error}; {way}"
            ) from None

        def end() -> None:
            take()
            history.loss[done:] = means

        finished(end)
        if shown is not None:
            shown.set_postfix_str(f"loss {float(mean):.4g}", refresh=False)
            shown.update(len(group))
        return hits

    def given(self, picks: Sequence[int]) -> str:
        """Which of these samples has a number that is not finite, "" if none has."""
        for pick in picks:
            sample = self.samples[pick]
            if not all(is_finite(x) for x in leaves(sample) if isinstance(x, Number)):
                return f"sample {pick} of the data is {sample!r}"
        return ""

    def measure(self) -> None:
        """The loss and accuracy of the samples that are not learned from."""
        try:
            mean, right = self.learner.measure(self.unknown)
        except FloatingPointError as error:
            when = f"after epoch {self.history.epochs}, in the validation data"
            raise FloatingPointError(f"{when}, {error}") from None
        history, done = self.history, len(self.history.validation_loss)

        def end() -> None:
            history.validation_loss[done:] = [mean]
            if self.learner.correct:
                history.validation_accuracy[done:] = [right / self.others]

        finished(end)

    def ended(self, callbacks: Sequence[Callback]) -> bool:
        """Whether a callback says that this is enough; all are asked."""
        model, history = self.learner.model, self.history
        finished(self.learner.write)
        try:
            with mode(model, training=False):
                ending = [each for each in callbacks if _is_true(each(model, history))]
        finally:
            finished(self.learner.read)
        if any(type(each) is not EarlyStopping for each in callbacks):
            self.learner.changed(self.known)
        names = [getattr(each, "__name__", type(each).__name__) for each in ending]
        history.stopped = ", ".join(names) or history.stopped
        return bool(names)


def check_kinds(model: Any, loss: Any) -> None:
    """Raises TypeError for what is no model, or no loss."""
    if hasattr(model, "forward") and not callable(model):
        raise TypeError(f"{type(model).__name__} says in forward what it computes: {FORWARD}")
    if not callable(model) or not hasattr(model, "parameters") or isinstance(model, type):
        raise TypeError(f"what is needed is a model, a callable with parameters(), not {model!r}")
    if not callable(loss):
        raise TypeError(f"a loss is a function of prediction and target, such as mse, not {loss!r}")


def _optimizer(given: Rules | Optimizer, model: Any) -> Optimizer:
    """The optimizer of the model. Raises ValueError if there is nothing of it to train."""
    own = {*model.parameters()}
    if not own:
        computed = [path for value, path in kept(model).items() if value.op is not None]
        why = f": {computed[0]} was computed, Value({computed[0]}.data) is one" if computed else ""
        raise ValueError(f"{model!r} has no parameters to train{why}")
    if not isinstance(given, Optimizer):
        return Optimizer(given, model)
    if own.isdisjoint((*given.parameters, *given.frozen)):
        raise ValueError(f"the optimizer has none of the parameters of {model!r}")
    return given


def _is_true(answer: Any) -> bool:
    """Whether a callback's answer is True, or NumPy's; any other has no meaning."""
    return type(answer).__name__ in ("bool", "bool_") and bool(answer)
