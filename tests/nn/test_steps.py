"""Steps: what they learn from, how many there are, and what goes on after them."""

import os
import signal
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import pytest

from autograd import Value
from nn import (
    MLP,
    SGD,
    Adam,
    Buffer,
    Dropout,
    EarlyStopping,
    History,
    Layer,
    Module,
    Momentum,
    Neuron,
    Optimizer,
    Rule,
    StepDecay,
    cross_entropy,
    fit,
    mse,
    spiral,
)

BOTH = pytest.mark.parametrize("jit", [False, True])
LINE = [(float(x), 3.0 * x + 2.0) for x in range(5)]


def data_of(model):
    return [p.data for p in model.parameters()]


class Dropping(Module):
    def __init__(self):
        self.first, self.last = Layer(2, 6, "tanh", seed=1), Layer(6, 3, "linear", seed=2)
        self.drop = Dropout(0.25)

    def __call__(self, xs):
        return self.last(self.drop(self.first(xs)))


@BOTH
@pytest.mark.parametrize("count", [16, 14, 13])
def test_accumulated_batches_learn_what_a_larger_one_does(count, jit):
    """Also if the last group is one batch and 2 samples, or 1 sample, shorter."""
    data = spiral(count, seed=1)
    options = {"epochs": 3, "seed": 5, "l2": 0.01, "clip": 0.5, "jit": jit}
    large, small = Dropping(), Dropping()
    whole = Optimizer(Adam(0.05), large)
    parts = Optimizer(Adam(0.05), small)
    expected = fit(large, data, cross_entropy, whole, batch_size=8, **options)
    history = fit(small, data, cross_entropy, parts, batch_size=2, accumulate=4, **options)
    assert data_of(small) == pytest.approx(data_of(large), rel=1e-12, abs=1e-14)
    assert history.epoch_loss == pytest.approx(expected.epoch_loss, rel=1e-12)
    assert history.accuracy == expected.accuracy
    assert parts.steps == whole.steps == 6
    assert history.iterations == 3 * ((count + 1) // 2)


def test_accumulated_steps_are_exact():
    data = [(1, Fraction(2)), (2, Fraction(3)), (3, Fraction(7))]
    lines = [Neuron.of([Fraction(1, 2)], Fraction(1)) for _ in range(2)]
    for line, options in zip(lines, ({}, {"batch_size": 2, "accumulate": 9}), strict=True):
        fit(line, data, mse, SGD(Fraction(1, 100)), shuffle=False, **options)
    assert data_of(lines[0]) == data_of(lines[1])


@BOTH
def test_a_bad_number_is_named_in_its_own_batch(jit):
    data = [(1.0, 1.0), (2.0, 1.0), (1e200, 1.0), (3.0, 1.0)]
    model = Neuron.of([1.0])
    with pytest.raises(FloatingPointError, match=r"in epoch 1, iteration 3, the loss is inf: "):
        fit(model, data, mse, SGD(0.1), 1, 1, accumulate=4, shuffle=False, clip=1.0, jit=jit)
    assert model.weights[0].data == 1.0


@BOTH
@pytest.mark.parametrize("batch_size", [4, None])
def test_two_trainings_with_one_optimizer_are_one(batch_size, jit):
    data = spiral(13, seed=1)
    options = {"batch_size": batch_size, "seed": 3, "jit": jit}
    once, twice = Dropping(), Dropping()
    rule = Momentum(StepDecay(0.1, every=3, factor=0.5))
    whole = fit(once, data, cross_entropy, Optimizer(rule, once), 5, **options)
    optimizer = Optimizer(rule, twice)
    parts = [fit(twice, data, cross_entropy, optimizer, epochs, **options) for epochs in (2, 3)]
    assert data_of(twice) == data_of(once)
    assert parts[0].loss + parts[1].loss == whole.loss
    assert parts[0].epoch_loss + parts[1].epoch_loss == whole.epoch_loss
    assert optimizer.epochs == 5


def test_masks_and_order_follow_from_the_seed_alone():
    def losses(seed):
        return fit(Dropping(), spiral(9, seed=1), cross_entropy, SGD(0.1), 2, 4, seed=seed).loss

    assert losses(1) == losses(1) != losses(2)


@dataclass(frozen=True, kw_only=True)
class Clipped(Rule):
    """Steps of bounded size, by what works for single numbers only."""

    start: ClassVar = (0.0, 0.0)

    def update(self, w, g, state, rate, step):
        largest = max(state[0], abs(g))
        if g > 0.5:
            g = 0.5
        return w - rate * g, (largest, state[1] + 1)


def test_a_rule_of_ones_own_may_know_single_numbers_only():
    found = []
    for jit in (False, True):
        model = MLP(2, [2, 1], "tanh", seed=1)
        optimizer = Optimizer({"layers.0": Clipped(0.3), "": SGD(0.1)}, model)
        data = [(x, float(y)) for x, y in spiral(6, seed=2)]
        fit(model, data, mse, optimizer, epochs=3, jit=jit)
        found.append([*data_of(model), *(x for state in optimizer.states for x in state)])
    assert found[1] == pytest.approx(found[0], rel=1e-12)


@pytest.mark.parametrize(
    ("samples", "options", "text"),
    [
        (10, {"batch_size": 5}, ("10 samples in batches of 5, 2 iterations an epoch; "
         "2 epochs, 4 iterations in all; loss ")),
        (11, {"batch_size": 5}, ("11 samples in batches of 5 and a last one of 1, "
         "3 iterations an epoch; 2 epochs, 6 iterations in all; loss ")),
        (4, {}, "4 samples in one batch, 1 iteration an epoch; 2 epochs, 2 iterations in all; "),
        (4, {"batch_size": 9}, "4 samples in one batch, 1 iteration an epoch; 2 epochs, 2 it"),
        (1, {"batch_size": 1}, "1 sample in one batch, 1 iteration an epoch; 2 epochs, 2 iter"),
        (11, {"batch_size": 2, "accumulate": 4},
         ("11 samples in batches of 2 and a last one of 1, "
         "6 iterations an epoch, 4 a step; 2 epochs, 12 iterations in all; loss ")),
    ],
)  # fmt: skip
def test_a_history_counts_what_the_notes_count(samples, options, text):
    history = fit(Neuron.of([0.0]), [(1.0, 1.0)] * samples, mse, SGD(0.1), 2, **options)
    assert repr(history).startswith(f"History({text}")
    assert (history.samples, history.epochs) == (samples, 2)
    assert history.batch_size == min(options.get("batch_size", samples), samples)
    assert history.iterations_per_epoch * 2 == history.iterations


def test_a_history_that_ends_within_an_epoch_says_how_far_it_came():
    calls = []

    def loss(prediction, target):
        calls.append(1)
        if len(calls) == 15:
            os.kill(os.getpid(), signal.SIGINT)
        return mse(prediction, target)

    history = fit(Neuron.of([0.0]), [(1.0, 1.0)] * 10, loss, SGD(0.1), 5, 2)
    assert repr(history).startswith(
        "History(10 samples in batches of 2, 5 iterations an epoch; "
        "1 epoch and 2 iterations, 7 iterations in all; loss "
    )
    assert repr(history).endswith("; stopped by Ctrl-C)")
    assert repr(History([1.0], samples=3, batch_size=2)).startswith(
        "History(3 samples in batches of 2 and a last one of 1, 2 iterations an epoch; "
        "0 epochs and 1 iteration, 1 iteration in all"
    )


def test_the_best_weights_of_an_epoch_of_one_step_are_those_before_it():
    """Losses 1, 1.21, …: the first weights are the best ones, whether or not batches add up."""
    for options in ({}, {"batch_size": 1, "accumulate": 2}):
        model = Neuron.of([0.0])
        stop = EarlyStopping(3)
        fit(model, [(1.0, 1.0)] * 2, mse, SGD(1.05), 6, callbacks=[stop], **options)
        assert (stop.best, model.weights[0].data) == (1.0, 0.0)


def test_buffers_go_back_with_the_best_weights():
    class Counting(Module):
        def __init__(self):
            self.line, self.calls = Neuron.of([0.0]), Buffer(0)

        def __call__(self, x):
            self.calls.data += self.training
            return self.line(x)

    model = Counting()
    fit(model, [(1.0, 1.0)], mse, SGD(1.05), 6, callbacks=[EarlyStopping(9)])
    assert (model.line.weights[0].data, model.calls.data) == (0.0, 0)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"accumulate": 0}, ValueError, "accumulate is a whole number of at least 1, not 0"),
        ({"accumulate": 1.5}, ValueError, "accumulate is a whole number"),
        ({"clip": 0}, ValueError, "clip is above 0, not 0"),
        ({"clip": -1.0}, ValueError, "clip is above 0, not -1.0"),
        ({"clip": True}, TypeError, "clip is a number, not True"),
        ({"l2": -1e-3}, ValueError, "l2 is at least 0, not -0.001"),
        ({"l2": "0.1"}, TypeError, "l2 is a number, not '0.1'"),
        ({"optimizer": Optimizer(SGD(0.1), Neuron(1))}, ValueError, "none of the parameters of Ne"),
        ({"optimizer": SGD(lambda step: 0.1 - step)}, ValueError, "after 1 steps is at least 0"),
    ],
)
def test_what_makes_no_step_is_refused(options, error, words):
    options = {"optimizer": SGD(0.1), "epochs": 3, **options}
    with pytest.raises(error, match=words):
        fit(Neuron.of([1.0]), LINE, mse, **options)


def test_a_model_without_parameters_is_refused():
    class Fixed(Module):
        def __init__(self):
            self._w = Value(1.0)

        def __call__(self, x):
            return self._w * x

    with pytest.raises(ValueError, match="has no parameters to train"):
        fit(Fixed(), LINE, mse, SGD(0.1))


@BOTH
def test_all_may_be_frozen(jit):
    model = Neuron.of([1.0], 2.0)
    history = fit(model, LINE, mse, {"": None}, 2, l2=1.0, clip=1.0, jit=jit)
    assert history.loss == [sum((x + 2 - y) ** 2 for x, y in LINE) / 5] * 2
    assert data_of(model) == [1.0, 2.0]
