"""Evaluation: what a model makes of samples that it does not learn from."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from autograd import jit as compiled
from nn.accuracy import CORRECT, Correct, known
from nn.compiled import Compiled, column, odd_samples, of_sample, spread
from nn.data import Sample, samples_of
from nn.dropout import resting
from nn.inputs import widened
from nn.learner import Learner
from nn.losses import Loss
from nn.nested import numbers_of
from nn.optim import SGD, Optimizer
from nn.purity import compare, scale_of
from nn.train import check_kinds


@dataclass(frozen=True, repr=False)
class Evaluation:
    """The mean loss of so many samples, and the share that was right, None if nobody knows.

    >>> Evaluation(loss=0.25, accuracy=0.75, samples=4)
    Evaluation(4 samples; loss 0.25; accuracy 75.0%)
    """

    loss: Any
    accuracy: float | None
    samples: int

    def __repr__(self) -> str:
        right = "" if self.accuracy is None else f"; accuracy {self.accuracy:.1%}"
        plural = "s" * (self.samples != 1)
        return f"Evaluation({self.samples} sample{plural}; loss {float(self.loss):.4g}{right})"


def evaluate(
    model: Any,
    data: Iterable[Sample],
    loss: Loss,
    accuracy: Correct | None = None,
    *,
    jit: bool = False,
) -> Evaluation:
    """The mean loss of a model over samples (inputs, target), and its accuracy, as `fit` has them.

    The model is out of training mode meanwhile, and no penalty is part of the loss. Raises
    FloatingPointError, naming the operation that made it, if the loss is nan or infinite.

    >>> from nn import Neuron, mse
    >>> evaluate(Neuron.of([2.0], 1.0), [(0.0, 1.0), (1.0, 5.0)], mse).loss
    2.0
    """
    check_kinds(model, loss)
    samples, correct = samples_of(data, "data"), accuracy or known(CORRECT, loss)
    still = Optimizer(SGD(0), model.parameters())
    learner = (Compiled if jit else Learner)(model, loss, still, 0, correct)
    mean, right = learner.measure(learner.prepare(samples, training=False))
    return Evaluation(mean, right / len(samples) if correct else None, len(samples))


def predict(model: Any, inputs: Iterable[Any], *, jit: bool = False) -> list[Any]:
    """What a model gives for each of the inputs, in numbers, out of training mode.

    With `jit` (extra `jit`) all are computed by compiled code at once, in floats.

    >>> from nn import Layer, Neuron
    >>> predict(Neuron.of([2, 3]), [(1, 1), (10, 100)])
    [5, 320]
    >>> predict(Layer.of([[1, 2], [3, 4]]), [(5, 6)])
    [[17, 39]]
    """
    rows = widened([*inputs])
    with resting(model):
        if not jit or not rows:
            return [numbers_of(model(row)) for row in rows]
        program, array = compiled(model), column("predict(jit=True)", "inputs", rows)
        columns = program.map(array)
        for place in odd_samples(program, [array]):
            model(rows[place])  # which knows what is wrong with a row that is not there
        found = [of_sample(columns, place) for place in range(len(rows))]
        for place in spread(len(rows)):
            output = model(rows[place])
            what = f"the prediction for input {place}, {reprlib.repr(rows[place])},"
            compare(what, found[place], output, scale_of(output))
    return found
