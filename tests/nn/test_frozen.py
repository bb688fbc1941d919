"""What a trace would freeze unseen: compiled training refuses it or traces anew, never differs."""

import itertools
import random
import secrets
from collections import namedtuple
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial

import pytest

from autograd import Value, where
from nn import (
    SGD,
    Adam,
    Buffer,
    Dropout,
    EarlyStopping,
    Layer,
    Module,
    Neuron,
    Sequential,
    binary_cross_entropy,
    evaluate,
    fit,
    mse,
    predict,
)
from nn.optim import Rule
from nn.purity import frozen

numpy = pytest.importorskip("numpy", reason="numpy is not installed")

LINE = [(float(x), 3.0 * x + 2.0) for x in range(1, 5)]
CALLS = [0]


class Model(Module):
    """w·x times what `factor` gives."""

    def __init__(self, factor):
        self.w, self.kept = Value(0.5, "w"), {"n": 0, "list": [0], "array": numpy.zeros(1), "s": ""}
        self._factor = factor

    def __call__(self, x):
        return self.w * x * self._factor(self)


def counted(model):
    model.kept["n"] += 1
    return model.kept["n"]


def listed(model):
    model.kept["list"][0] += 1
    return model.kept["list"][0]


def in_array(model):
    model.kept["array"][0] += 1
    return float(model.kept["array"][0])


def worded(model):
    model.name = vars(model).get("name", "") + "x"
    return len(model.name)


def of_global(model):
    CALLS[0] += 1
    return CALLS[0]


COUNT, RNG, DRAWS = itertools.count(1), random.Random(1), numpy.random.default_rng(1)
FACTORS = {
    "dict": counted,
    "list": listed,
    "array": in_array,
    "str": worded,
    "global": of_global,
    "count": lambda model: next(COUNT),
    "Random": lambda model: RNG.random(),
    "default_rng": lambda model: float(DRAWS.random()),
    "secrets": lambda model: secrets.randbelow(10**9) + 1,
}


@pytest.mark.parametrize("factor", FACTORS.values(), ids=FACTORS)
def test_a_call_that_differs_from_the_one_before_is_refused(factor):
    for call in (
        lambda: fit(Model(factor), LINE, mse, SGD(0.01), jit=True),
        lambda: evaluate(Model(factor), LINE, mse, jit=True),
        lambda: predict(Model(factor), [x for x, _ in LINE], jit=True),
        lambda: predict(Model(factor), [1.0], jit=True),
    ):
        with pytest.raises(TypeError, match="jit=False"):
            call()
    assert fit(Model(factor), LINE, mse, SGD(0.0)).epochs == 1


def test_a_loss_that_counts_is_refused():
    calls = [0]

    def loss(prediction, target):
        calls[0] += 1
        return (prediction - target) ** 2 * calls[0]

    with pytest.raises(TypeError, match="frozen when it was traced: use jit=False"):
        fit(Neuron(1, seed=1), LINE, loss, SGD(0.01), jit=True)


@pytest.mark.parametrize(
    "weight",
    [
        lambda y: {1: 5}.get(y, 1),
        lambda y: 5 if y in {1} else 1,
        lambda y: 5 if isinstance(y, int) else 1,
        lambda y: 5 if str(y) == "1" else 1,
    ],
    ids=["dict", "set", "isinstance", "str"],
)
def test_a_loss_that_looks_at_its_target_unseen_is_refused(weight):
    data = [((0.1 * k, 0.2), int(k == 7)) for k in range(12)]  # one target differs

    def loss(prediction, target):
        return weight(target) * binary_cross_entropy(prediction, target)

    words = "the loss of sample .* gives .* as compiled code, but .* in Python"
    with pytest.raises(TypeError, match=words):
        fit(Neuron(2, seed=1), data, loss, SGD(0.1), jit=True)
    with pytest.raises(TypeError, match=words):
        evaluate(Neuron(2, seed=1), data, loss, jit=True)


def test_what_a_callback_changes_beside_weights_is_seen():
    class Tempered(Module):
        def __init__(self):
            self.w, self.t, self.name = Value(0.5, "w"), 1.0, "even"

        def __call__(self, x):
            return self.w * x * self.t + (1.0 if self.name == "odd" else 0.0) + SHIFT[0]

    def cool(model, history):
        model.t *= 0.5
        model.name = "odd" if history.epochs % 2 else "even"

    def shift(model, history):
        SHIFT[0] += 0.25

    for callback in (cool, shift):
        found = []
        for jit in (False, True):
            SHIFT[0] = 0.0
            options = {"epochs": 4, "callbacks": [callback], "validation": LINE[:2], "jit": jit}
            history = fit(model := Tempered(), LINE, mse, SGD(0.01), **options)
            found.append([*history.loss, *history.validation_loss, model.w.data])
        assert found[1] == pytest.approx(found[0], rel=1e-12)


SHIFT = [0.0]


def test_a_rule_of_ones_own_moves_each_weight_by_itself():
    class Lasso(Rule):
        def update(self, w, g, state, rate, step):
            w -= rate * g
            if abs(w) < 0.001:
                w = 0.0
            return w, state

    class Plain(Rule):
        def update(self, w, g, state, rate, step):
            w -= rate * g
            return w, state

    class Counted(Rule):
        start = (None, 0)

        def update(self, w, g, state, rate, step):
            mean = g if state[0] is None else 0.9 * state[0] + 0.1 * g
            return w - rate * ((mean > 0) + (g > -100)), (mean, state[1] + 1)

    class Decayed(Adam):
        def decayed(self, w, g):
            return g + self.weight_decay * ((w > 0) + (w > -100))

    for rule in (Lasso(0.01), Plain(0.01), Counted(0.01), Decayed(0.01, weight_decay=0.1)):
        found = []
        for jit in (False, True):
            model = Layer(2, 2, "linear", seed=3)
            data = [((1.0, 2.0), (0.5, 1.0)), ((0.0, 1.0), (1.0, 0.0))]
            fit(model, data, mse, rule, epochs=3, jit=jit)
            found.append([p.data for p in model.parameters()])
        assert found[1] == pytest.approx(found[0], rel=1e-12)


Pair = namedtuple("Pair", "low high")  # noqa: PYI024


@dataclass
class Twin:
    low: Value
    high: Value
    seen: int = field(default=0, init=False)


@pytest.mark.parametrize("kind", [Pair, Twin, lambda low, high: {"low": low, "high": high}])
def test_an_accuracy_is_handed_the_same_kinds(kind):
    class Two(Module):
        def __init__(self):
            self.w = Value(1.0, "w")

        def __call__(self, x):
            return kind(self.w * x, self.w * x + 1.0)

    def of(pair, name):
        return pair[name] if isinstance(pair, dict) else getattr(pair, name)

    def right(pair, target):
        return isinstance(of(pair, "low"), Value) and of(pair, "low").data > 2.5

    found = [
        evaluate(Two(), LINE, lambda p, y: of(p, "low") - y, right, jit=jit)
        for jit in (False, True)
    ]
    assert found[0].accuracy == found[1].accuracy == 0.5
    assert found[0].loss == pytest.approx(found[1].loss)
    outputs = [predict(Two(), [1.0, 2.0], jit=jit) for jit in (False, True)]
    assert outputs[0] == outputs[1] == [kind(1.0, 2.0), kind(2.0, 3.0)]


def test_arrays_of_values_are_numbers_in_a_prediction():
    class Row(Module):
        def __init__(self):
            self.w = Value(2.0)

        def __call__(self, x):
            return numpy.array([self.w * x, self.w + x, self.w - x])

    for jit in (False, True):
        found = predict(Row(), [1.0, 3.0], jit=jit)
        assert [row.tolist() for row in found] == [[2.0, 3.0, 1.0], [6.0, 5.0, -1.0]]


def test_what_is_no_number_is_refused_by_its_sample():
    line = Neuron.of([2.0])
    for bad in ("3", None, b"3", 1j):
        for call in (
            lambda bad=bad: predict(line, [1.0, bad], jit=True),
            lambda bad=bad: fit(line, [(1.0, 1.0), (bad, 2.0)], mse, SGD(0.1), jit=True),
        ):
            with pytest.raises(TypeError, match="the inputs of sample 1 are"):
                call()
    with pytest.raises(ValueError, match=r"predict\(jit=True\) takes numbers, .* sample 1 are \[1"):
        predict(Neuron(2), [[1.0, 2.0], [1.0]], jit=True)


class Norm(Module):
    """Running statistics, as batch normalisation has: they change in training mode only."""

    def __init__(self):
        self.scale, self.mean = Value(1.0, "scale"), Buffer(0.5, "mean")

    def __call__(self, x):
        if self.training:
            self.mean.data += 0.1
        return self.scale * (x - self.mean)


def test_what_changes_in_training_mode_only_is_evaluated():
    model = Norm()
    found = [evaluate(model, LINE, mse, jit=jit).loss for jit in (False, True)]
    assert found[1] == pytest.approx(found[0], rel=1e-14)
    assert model.mean.data == 0.5
    with pytest.raises(TypeError, match="a call of Norm changes its mean"):
        fit(model, LINE, mse, SGD(0.1), jit=True)


def test_early_stopping_and_dropout_train_on():
    model = Sequential(Layer(1, 4, "tanh", seed=1), Dropout(0.5), Neuron(4, seed=2))
    seen = []
    callbacks = [EarlyStopping(9), lambda model, history: seen.append(history.epochs)]
    assert fit(model, LINE, mse, SGD(0.01), 3, jit=True, callbacks=callbacks, seed=1).epochs == 3
    assert seen == [1, 2, 3]


def test_what_a_callback_changes_in_a_loss_is_seen_though_few_samples_feel_it():
    class Judge:
        weight = 1.0

        def judge(self, p, y):
            return where(y > 11, self.weight, 1.0) * (p - y) ** 2

    weights = {"rare": 1.0}

    def closed(p, y):
        return where(y > 11, weights["rare"], 1.0) * (p - y) ** 2

    def given(shares, p, y):
        return where(y > 11, shares["rare"], 1.0) * (p - y) ** 2

    def of_global(p, y):
        return where(y > 11, SHIFT[0], 1.0) * (p - y) ** 2

    def weigh(model, history):
        SHIFT[0] = weights["rare"] = Judge.weight = 1.0 + history.epochs

    def helped(p, y):
        return closed(p, y) * 1.0

    for loss in (Judge().judge, closed, of_global, helped, partial(given, weights)):
        found = []
        for jit in (False, True):
            SHIFT[0] = weights["rare"] = Judge.weight = 1.0
            model = Neuron.of([0.5], 0.0)
            history = fit(model, LINE, loss, SGD(0.01), epochs=5, callbacks=[weigh], jit=jit)
            found.append([*history.loss, *(value.data for value in model.parameters())])
        assert found[1] == pytest.approx(found[0], rel=1e-12)


@pytest.mark.parametrize("make", [random.Random, numpy.random.default_rng])
def test_a_generator_that_a_model_keeps_is_seen_though_it_seldom_matters(make):
    class Rare(Module):
        def __init__(self):
            self.w, self.source = Value(0.5, "w"), make(1)

        def __call__(self, x):
            return self.w * x * (2 if self.source.random() > 1 - 1e-9 else 1)

    model = Rare()
    before = model.source.random(), make(1).random()
    with pytest.raises(TypeError, match="a call of Rare changes its source"):
        fit(model, LINE, mse, SGD(0.01), jit=True)
    assert before[0] == before[1]


def test_all_of_a_long_array_is_looked_at():
    class Masked(Module):
        def __init__(self):
            self.w, self.mask = Value(0.5, "w"), numpy.ones(3000)

        def __call__(self, x):
            return self.w * x

    model = Masked()
    before = frozen(model)
    model.mask[1500] = 0.0
    assert frozen(model) != before


@pytest.mark.parametrize("make", [random.Random, numpy.random.default_rng])
def test_generators_in_a_list_are_seen_if_they_are_drawn_from(make):
    class Listed(Module):
        def __init__(self, most):
            self.w, self.sources, self.most = Value(0.5, "w"), [{"of": make(1)}], most

        def __call__(self, x):
            return self.w * x * (2 if self.most < 1 > self.sources[0]["of"].random() else 1)

    assert fit(Listed(1), LINE, mse, SGD(0.0), jit=True).loss == [
        pytest.approx(sum((0.5 * x - y) ** 2 for x, y in LINE) / len(LINE))
    ]
    with pytest.raises(TypeError, match="a call of Listed changes its sources"):
        fit(Listed(0), LINE, mse, SGD(0.01), jit=True)


def test_values_in_an_array_are_no_news_and_numbers_are():
    class Two(Module):
        def __init__(self):
            self.ws = numpy.array([Value(0.5), Value(1.5)])
            self.mask = [numpy.ones(3000), numpy.array([Fraction(1), None])]

    model = Two()
    before = frozen(model)
    for value in model.parameters():
        value.data += 1.0
    assert frozen(model) == before
    for place, k in ((0, 1500), (1, 0)):
        before = frozen(model)
        model.mask[place][k] = Fraction(0)
        assert frozen(model) != before
