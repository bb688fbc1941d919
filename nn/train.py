"""Training: `fit` takes a model through the data, epoch by epoch."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from nn.accuracy import CORRECT, Correct
from nn.callbacks import Callback
from nn.data import Sample, batches
from nn.history import History
from nn.initial import generator
from nn.learner import Learner
from nn.losses import Loss
from nn.optim import Optimizer, Rule
from nn.progress import bar
from nn.ranges import whole


def fit(
    model: Any,
    data: Iterable[Sample],
    loss: Loss,
    optimizer: Rule | Optimizer,
    epochs: int = 1,
    batch_size: int | None = None,
    *,
    shuffle: bool = True,
    seed: int | None = None,
    l2: Any = 0,
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
    `l2` adds that many times the sum of the squared parameters, to the loss of `validation`, data
    to measure after each epoch, too. `accuracy(prediction, target)` says whether a sample is right;
    for hinge and the cross entropies that is known. Ctrl-C ends training with the history so far.
    An `Optimizer` in the place of its rule goes on where it was. With `jit` (extra `jit`) steps run
    as compiled code, in floats; the result is the same to rounding, and parameters have their new
    data when callbacks are called and at the end. Large batches are shared out among `workers`
    threads then, as many as there are cores if it is None; what is learned does not depend on it.

    Raises FloatingPointError, naming the first operation that made it, if a loss or a gradient
    becomes nan or infinite; the parameters are then those before that step.

    >>> from autograd import Value
    >>> from nn import Neuron, SGD, mse
    >>> line = Neuron(1, activation="linear", seed=0)
    >>> history = fit(line, [(x, 3 * x + 2) for x in range(5)], mse, SGD(0.1), epochs=300)
    >>> [round(value.data, 6) for value in line.parameters()]
    [3.0, 2.0]
    """
    _check(model, loss)
    samples = _samples(data, "data")
    held_out = [] if validation is None else _samples(validation, "validation")
    optimizer = _optimizer(optimizer, model)
    epochs = whole("epochs", epochs, least=0)
    correct = accuracy or CORRECT.get(loss)
    learner = _learner(jit, workers)(model, loss, optimizer, l2, correct)
    size = len(samples) if batch_size is None else whole("batch_size", batch_size)
    rng = generator(seed, None) if shuffle and size < len(samples) else None
    course = _Epochs(learner, samples, held_out)
    shown = bar(epochs * -(-len(samples) // size), show=progress)
    try:
        course.run(epochs, size, rng, callbacks, shown)
    finally:
        course.close(callbacks)
        shown.close()
    return course.history


class _Epochs:
    """A learner's way through its samples, epoch by epoch, and the history of that."""

    def __init__(self, learner: Learner, samples: list[Sample], held_out: list[Sample]) -> None:
        self.learner, self.history, self.samples = learner, History(), samples
        self.places, self.known = range(len(samples)), learner.prepare(samples)
        self.others, self.unknown = len(held_out), held_out and learner.prepare(held_out)

    def run(
        self, epochs: int, size: int, rng: Any, callbacks: Sequence[Callback], shown: Any
    ) -> None:
        """The epochs, each in an order drawn by `rng` if there is one."""
        for each in _told(callbacks):
            each.begin(self.learner.model)
        try:
            for _ in range(epochs):
                seed = rng and rng.getrandbits(64)
                self.learn(batches(self.places, size, shuffle=rng is not None, seed=seed), shown)
                if self.others:
                    self.measure()
                if callbacks and self.ended(callbacks):
                    break
        except KeyboardInterrupt:
            self.history.stopped = "Ctrl-C"

    def learn(self, picked: Iterable[list[int]], shown: Any) -> None:
        """One epoch: a step on each batch."""
        history, summed, hits = self.history, 0, 0
        for picks in picked:
            try:
                mean, right = self.learner.learn(self.known, picks)
            except FloatingPointError as error:
                when = f"in epoch {history.epochs + 1}, iteration {history.iterations + 1}"
                way = self.given(picks) or "a smaller learning rate or smaller inputs may help"
                raise FloatingPointError(f"{when}, {error}; {way}") from None
            history.loss.append(mean)
            summed, hits = summed + mean * len(picks), hits + right
            shown.set_postfix_str(f"loss {float(mean):.4g}", refresh=False)
            shown.update()
        history.epoch_loss.append(summed / len(self.places))
        if self.learner.correct:
            history.accuracy.append(hits / len(self.places))

    def given(self, picks: Sequence[int]) -> str:
        """Which of these samples has a number that is not finite, "" if none has."""
        bad = next((pick for pick in picks if not _finite(self.samples[pick])), None)
        return "" if bad is None else f"sample {bad} of the data is {self.samples[bad]!r}"

    def measure(self) -> None:
        """The loss and accuracy of the samples that are not learned from."""
        try:
            mean, right = self.learner.measure(self.unknown)
        except FloatingPointError as error:
            when = f"after epoch {self.history.epochs}, in the validation data"
            raise FloatingPointError(f"{when}, {error}") from None
        self.history.validation_loss.append(mean)
        if self.learner.correct:
            self.history.validation_accuracy.append(right / self.others)

    def close(self, callbacks: Sequence[Callback]) -> None:
        """Leaves the parameters as training, and then callbacks, want them."""
        self.learner.write()
        for each in _told(callbacks):
            each.end(self.learner.model)

    def ended(self, callbacks: Sequence[Callback]) -> bool:
        """Whether a callback says that this is enough; all are asked."""
        self.learner.write()
        model, history = self.learner.model, self.history
        names = [_name(each) for each in callbacks if _is_true(each(model, history))]
        self.learner.read()
        history.stopped = ", ".join(names) or history.stopped
        return bool(names)


def _check(model: Any, loss: Any) -> None:
    """Raises TypeError for what cannot be trained, or is no loss."""
    if not callable(model) or not hasattr(model, "parameters"):
        raise TypeError(f"fit trains a model, a callable with parameters(), not {model!r}")
    if not callable(loss):
        raise TypeError(f"a loss is a function of prediction and target, such as mse, not {loss!r}")


def _learner(jit: bool, workers: int | None) -> Callable[..., Learner]:
    if not jit:
        return Learner
    from nn.compiled import Compiled

    return partial(Compiled, workers=workers)


def _optimizer(given: Rule | Optimizer, model: Any) -> Optimizer:
    if isinstance(given, Optimizer):
        return given
    if not isinstance(given, Rule):
        raise TypeError(f"fit needs an optimizer such as SGD(0.01), not {given!r}")
    return Optimizer(given, model.parameters())


def _samples(data: Iterable[Any], what: str) -> list[Sample]:
    samples = list(data)
    if not samples:
        raise ValueError(f"{what} has no samples: give pairs (inputs, target)")
    for place, sample in enumerate(samples):
        if not hasattr(sample, "__len__") or len(sample) != 2:
            raise ValueError(
                f"sample {place} of {what} is no pair (inputs, target) but "
                f"{reprlib.repr(sample)}: list(zip(inputs, targets)) pairs them"
            )
    return samples


def _finite(sample: Any) -> bool:
    """Whether all numbers of a sample are finite."""
    if hasattr(sample, "__len__") and not isinstance(sample, str):
        return all(map(_finite, sample))
    return not isinstance(sample, float) or math.isfinite(sample)


def _told(callbacks: Sequence[Callback]) -> list[Any]:
    """Those callbacks that want to know when training begins and ends."""
    return [each for each in callbacks if hasattr(each, "begin") and hasattr(each, "end")]


def _is_true(answer: Any) -> bool:
    """Whether a callback's answer is True, or NumPy's; any other has no meaning."""
    return type(answer).__name__ in ("bool", "bool_") and bool(answer)


def _name(callback: Callback) -> str:
    return getattr(callback, "__name__", type(callback).__name__)
