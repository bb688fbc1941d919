"""What a model makes of samples that it does not learn from."""

import random
from collections import deque
from fractions import Fraction

import pytest

from autograd import Value, exp
from nn import (
    MLP,
    SGD,
    Dropout,
    Embedding,
    Layer,
    Module,
    Neuron,
    Sequential,
    binary_cross_entropy,
    cross_entropy,
    evaluate,
    fit,
    mse,
    predict,
    ring,
    spiral,
)

BOTH = pytest.mark.parametrize("jit", [False, True])


class Dropping(Module):
    def __init__(self):
        self.first, self.drop, self.last = Layer(2, 4, "tanh", seed=1), Dropout(0.5), Neuron(4)

    def __call__(self, xs):
        return self.last(self.drop(self.first(xs)))


@BOTH
def test_predictions_are_the_outputs_in_numbers_in_the_models_structure(jit):
    xs = [(0.5, -1.0), (2.0, 0.25)]
    one, two = MLP(2, [3, 1], "tanh", seed=1), MLP(2, [3, 2], "tanh", seed=1)
    assert predict(one, xs, jit=jit) == pytest.approx([one(x).data for x in xs], rel=1e-14)
    found = predict(two, xs, jit=jit)
    assert [x for row in found for x in row] == pytest.approx(
        [value.data for x in xs for value in two(x)], rel=1e-14
    )
    assert isinstance(found, list) and isinstance(found[0], list)
    assert type(found[0][0]) is float
    assert predict(lambda x: {"sum": x[0] + x[1]}, xs, jit=jit) == [{"sum": -0.5}, {"sum": 2.25}]
    assert predict(one, [], jit=jit) == []


@BOTH
def test_a_row_that_is_not_there_is_named(jit):
    model = Sequential(Embedding(3, 2, seed=1), Neuron(2, "linear", seed=1))
    assert len({*predict(model, [0, 1, 2, 2], jit=jit)}) == 3
    for place in (-1, 3):
        with pytest.raises(IndexError, match="rows"):
            predict(model, [0, place], jit=jit)


def test_predictions_are_exact_and_change_nothing():
    model = Neuron.of([Fraction(1, 3)], 2)
    assert predict(model, [3, Fraction(1, 2)]) == [3, Fraction(13, 6)]
    assert [p.grad for p in model.parameters()] == [0, 0]
    with pytest.raises(ValueError, match="takes 2 inputs, not 1"):
        predict(MLP(2, [1]), [0.5, 1.0])


@BOTH
def test_nothing_is_dropped_and_the_mode_comes_back(jit):
    model, data = Dropping(), ring(6, seed=1)
    xs = [x for x, _ in data]
    random.seed(1)
    state = random.getstate()
    first = predict(model, xs, jit=jit)
    plain = [model.last(model.first(x)).data for x in xs]
    assert first == pytest.approx(plain, rel=1e-14)
    found = evaluate(model, data, mse, jit=jit)
    by_hand = sum((y - t) ** 2 for y, (_, t) in zip(plain, data, strict=True)) / 6
    assert found.loss == pytest.approx(by_hand, rel=1e-14)
    assert (found.accuracy, found.samples) == (None, 6)
    assert all(module.training for module in model.modules())
    model.drop.eval()
    predict(model, xs, jit=jit)
    assert [model.training, model.drop.training] == [True, False]
    assert random.getstate() == state


@BOTH
def test_an_evaluation_is_what_training_measures(jit):
    for model, data, loss in [
        (MLP(2, [3, 3], "tanh", seed=2), spiral(30, seed=1), cross_entropy),
        (MLP(2, [3, 1], "tanh", seed=2), ring(30, seed=1), binary_cross_entropy),
    ]:
        found = evaluate(model, data, loss, jit=jit)
        history = fit(model, data, loss, SGD(0), validation=data)
        assert found.loss == pytest.approx(history.validation_loss[0], rel=1e-12)
        assert found.accuracy == history.validation_accuracy[0]
        assert 0 < found.accuracy < 1


def test_an_evaluation_says_what_it_is():
    line, data = Neuron.of([1]), [(1, 1), (2, 4)]
    assert repr(evaluate(line, data, mse)) == "Evaluation(2 samples; loss 2)"
    near = evaluate(line, data[:1], mse, lambda y, t: abs(y - t) < 1)
    assert repr(near) == "Evaluation(1 sample; loss 0; accuracy 100.0%)"


def test_a_class_may_be_a_value():
    scores = Layer.of([[1.0], [-1.0]])
    found = evaluate(scores, [(1.0, Value(0)), (1.0, Value(1))], cross_entropy)
    assert found.accuracy == 0.5


@BOTH
def test_what_cannot_be_evaluated_is_refused(jit):
    line = Neuron.of([1.0])
    for call, error, words in [
        (lambda: evaluate(line, [], mse, jit=jit), ValueError, "data has no samples"),
        (lambda: evaluate(line, [(1, 2)], "mse", jit=jit), TypeError, "such as mse, not 'mse'"),
        (
            lambda: evaluate(Neuron, [(1, 2)], mse, jit=jit),
            TypeError,
            "is a model, a callable",
        ),
        (
            lambda: evaluate(line, [(800.0, 1.0)], lambda y, t: exp(y) - t, jit=jit),
            FloatingPointError,
            r"the loss is inf: exp\(.*800.0\) is inf",
        ),
    ]:
        with pytest.raises(error, match=words):
            call()
    assert isinstance(line.weights[0], Value)


def test_scores_and_targets_in_other_sequences_than_lists_are_judged():
    """As the loss takes them: 0 and 1 by their sides of 1/2, two right of these and none."""

    class Rolling(Module):
        def __init__(self):
            self.w = Value(1.0)

        def __call__(self, xs):
            return deque(x * self.w for x in xs)

    right, wrong = [-2.0, 3.0], [2.0, -3.0]
    for target in (range(2), deque([0, 1])):
        found = evaluate(Rolling(), [(right, target), (wrong, target)], binary_cross_entropy)
        assert found.accuracy == 0.5
