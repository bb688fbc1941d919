"""What training says and keeps: nothing wrong is silent, nothing good is lost."""

import math
import os
import random
import signal
from decimal import Decimal
from fractions import Fraction

import pytest

import nn
from autograd import Value, exp, relu, tanh
from nn import (
    MLP,
    SGD,
    Adam,
    CosineDecay,
    EarlyStopping,
    ExponentialDecay,
    LinearDecay,
    Momentum,
    Neuron,
    RMSprop,
    StepDecay,
    Warmup,
    cross_entropy,
    fit,
    mse,
)

BOTH = pytest.mark.parametrize("jit", [False, True])


@BOTH
@pytest.mark.parametrize("soft", [0.0, 0.1])
def test_accuracy_of_one_hot_and_soft_targets_is_that_of_classes(jit, soft):
    data = nn.spiral(30, seed=3)
    likely = [(x, [1 - 2 * soft if k == label else soft for k in range(3)]) for x, label in data]
    found = []
    for samples in (data, likely):
        model = MLP(2, [6, 3], activation="tanh", seed=1)
        options = {"epochs": 3, "validation": samples, "jit": jit}
        history = fit(model, samples, cross_entropy, SGD(0), **options)
        found.append((history.accuracy, history.validation_accuracy))
    assert found[0] == found[1]
    assert 0 < found[0][0][0] < 1


@BOTH
def test_the_best_weights_come_back_when_the_epochs_run_out(jit):
    """Weights go 0, 2.1, …, each further from 1: the best loss is that of 0."""
    model = Neuron.of([0.0])
    options = {"epochs": 10, "callbacks": [stop := EarlyStopping(50)], "jit": jit}
    history = fit(model, [(1.0, 1.0)], mse, SGD(1.05), **options)
    assert history.stopped == ""
    assert stop.best == history.epoch_loss[0] == 1.0
    assert mse(model(1.0), 1.0).data == 1.0


@BOTH
def test_the_best_weights_are_those_with_the_best_loss(jit):
    model = Neuron.of([0.0])
    options = {"epochs": 10, "callbacks": [stop := EarlyStopping(2)], "jit": jit}
    fit(model, [(1.0, 1.0)], mse, SGD(1.05), **options)
    assert stop.best == mse(model(1.0), 1.0).data


def test_the_best_weights_come_back_after_ctrl_c():
    def press(model, history):
        if history.epochs == 3:
            os.kill(os.getpid(), signal.SIGINT)

    model = Neuron.of([0.0])
    history = fit(
        model, [(1.0, 1.0)], mse, SGD(1.05), epochs=9, callbacks=[EarlyStopping(50), press]
    )
    assert history.stopped == "Ctrl-C"
    assert model.weights[0].data == 0.0


def test_weights_stay_where_nothing_is_to_be_restored():
    model = Neuron.of([0.0])
    stop = EarlyStopping(50, restore=False)
    fit(model, [(1.0, 1.0)], mse, SGD(1.0), epochs=1, callbacks=[stop])
    assert model.weights[0].data == 2.0


@BOTH
def test_validation_loss_and_loss_both_have_the_penalty(jit):
    data = [(1.0, 1.0)]
    history = fit(Neuron.of([3.0]), data, mse, SGD(0), l2=2, validation=data, jit=jit)
    assert history.epoch_loss == history.validation_loss == [4.0 + 2 * 9.0]


@BOTH
def test_an_infinite_loss_is_named_with_what_made_it(jit):
    model = Neuron.of([800.0])
    with pytest.raises(FloatingPointError, match=r"iteration 1, the loss is inf: exp\(.*800.0\)"):
        fit(model, [(1.0, 1.0)], lambda p, t: exp(p), SGD(0.1), epochs=3, jit=jit)
    assert model.weights[0].data == 800.0


@BOTH
def test_so_is_one_of_the_validation_data(jit):
    model = Neuron.of([1.0])
    with pytest.raises(FloatingPointError, match=r"epoch 1, in the validation data.* exp\(.*900.0"):
        fit(model, [(1.0, 1.0)], lambda p, t: exp(p), SGD(0), validation=[(900.0, 1.0)], jit=jit)


def test_a_sample_that_is_not_finite_is_named():
    data = [(1.0, 1.0), (2.0, math.nan)]
    with pytest.raises(FloatingPointError, match=r"sample 1 of the data is \(2.0, nan\)"):
        fit(Neuron(1), data, mse, SGD(0.1))


def test_a_model_that_draws_random_numbers_is_not_frozen():
    class Noisy(Neuron):
        def __call__(self, inputs):
            return super().__call__(inputs) * random.choice([0.0, 2.0])

    with pytest.raises(TypeError, match="draws random numbers"):
        fit(Noisy(1, seed=0), [(1.0, 1.0)], mse, SGD(0.1), jit=True)
    assert fit(Noisy(1, seed=0), [(1.0, 1.0)], mse, SGD(0.1)).epochs == 1


def test_a_callback_may_answer_with_the_true_of_numpy():
    numpy = pytest.importorskip("numpy")
    for answer, epochs in [(numpy.True_, 1), (True, 1), (numpy.False_, 4), (None, 4), (1, 4)]:
        options = {"epochs": 4, "callbacks": [lambda model, history, a=answer: a]}
        assert fit(Neuron(1), [(1.0, 1.0)], mse, SGD(0.1), **options).epochs == epochs


def test_random_seed_governs_weights_data_and_shuffling():
    def everything():
        random.seed(1337)
        weights = [value.data for value in MLP(2, [3, 1]).parameters()]
        return weights, nn.moons(6), nn.spiral(6), [*nn.batches(range(9), 2, shuffle=True)]

    assert everything() == everything()


def test_whole_numbers_of_numpy_are_whole_numbers():
    numpy = pytest.importorskip("numpy")
    n = numpy.int64
    model = MLP(n(2), [n(3), n(1)], seed=n(4))
    assert repr(model) == repr(MLP(2, [3, 1], seed=4))
    assert [p.data for p in model.parameters()] == [
        p.data for p in MLP(2, [3, 1], seed=4).parameters()
    ]
    data = nn.moons(n(10), seed=n(1))
    assert data == nn.moons(10, seed=1)
    options = {"epochs": n(2), "batch_size": n(5), "seed": n(3)}
    history = fit(model, data, mse, SGD(numpy.float64(0.1)), **options)
    assert (history.epochs, history.iterations) == (2, 4)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Adam(0.1, betas=(1.0, 0.999)), "beta 1 of betas is at least 0 and below 1"),
        (lambda: Adam(0.1, betas=(0.9, -0.1)), "beta 2 of betas"),
        (lambda: Adam(0.1, epsilon=-1e-8), "epsilon is at least 0"),
        (lambda: Momentum(0.1, momentum=1.5), "momentum is at least 0 and below 1, not 1.5"),
        (lambda: RMSprop(0.1, alpha=2), "alpha is at least 0 and below 1, not 2"),
        (lambda: SGD(0.1, weight_decay=-1), "weight_decay is at least 0, not -1"),
        (lambda: SGD(math.inf), "learning rate is finite, not inf"),
        (lambda: SGD(math.nan), "learning rate is at least 0, not nan"),
        (lambda: SGD(Decimal("nan")), "learning rate is at least 0, not Decimal"),
        (lambda: Adam(0.1, betas=(0.9,)), r"betas are two numbers, .*, not \(0.9,\)"),
        (lambda: Adam(0.1, betas=0.9), "betas are two numbers, .*, not 0.9"),
        (lambda: Adam(0.1, betas=(0.9, 0.99, 0.999)), "betas are two numbers"),
        (lambda: StepDecay(-0.1, every=1), "rate of StepDecay is at least 0, not -0.1"),
        (lambda: ExponentialDecay(0.1, factor=math.nan), "factor of ExponentialDecay is at least"),
        (lambda: LinearDecay(0.1, -1, steps=3), "end of LinearDecay is at least 0, not -1"),
        (lambda: CosineDecay(math.inf, steps=3), "rate of CosineDecay is finite, not inf"),
        (lambda: Warmup(-1, steps=3), "after of Warmup is at least 0, not -1"),
        (lambda: EarlyStopping(3, margin=-0.1), "margin is at least 0, not -0.1"),
        (lambda: LinearDecay(0.1, 0, steps=0), "steps is a whole number of at least 1, not 0"),
        (lambda: StepDecay(0.1, every=0.5), "every is a whole number of at least 1, not 0.5"),
        (lambda: Warmup(0.1, steps=True), "steps is a whole number"),
    ],
)
def test_hyperparameters_have_their_ranges(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: SGD("0.1"), "a learning rate is a number, not '0.1'"),
        (lambda: SGD(True), "a learning rate is a number, not True"),
        (lambda: SGD(None), "a learning rate is a number, not None"),
        (lambda: SGD(0.1j), "a learning rate is a number, not 0.1j"),
        (lambda: Momentum(0.1, momentum="0.9"), "momentum is a number, not '0.9'"),
        (lambda: Adam(0.1, betas=("0.9", 0.9)), "beta 1 of betas is a number, not '0.9'"),
        (lambda: Adam(0.1, weight_decay=[0.1]), r"weight_decay is a number, not \[0.1\]"),
        (lambda: CosineDecay("0.1", steps=3), "rate of CosineDecay is a number, not '0.1'"),
        (lambda: Warmup(False, steps=3), "after of Warmup is a number, not False"),
        (lambda: EarlyStopping(3, margin="0"), "margin is a number, not '0'"),
    ],
)
def test_hyperparameters_are_numbers(make, words):
    with pytest.raises(TypeError, match=words):
        make()


def test_a_hyperparameter_may_be_a_variable_or_any_kind_of_number():
    numpy = pytest.importorskip("numpy")
    rate = Value(0.5, "rate")
    w = rate * 1.0 - 0.5  # a graph that the new weight is part of
    moved, _ = Momentum(rate, momentum=Value(0.5)).update(w, 2.0, (1.0,), rate, 1)
    moved.backward()
    assert (moved.data, rate.grad) == (-1.25, 1.0 - 2.5)
    for number in (0, 1, Fraction(1, 3), Decimal("0.1"), numpy.float32(0.5), numpy.int64(1)):
        assert SGD(number, weight_decay=number).rate(0) == number
        assert CosineDecay(number, steps=numpy.int64(4)).rate == number


class Forward(nn.Module):
    def __init__(self):
        self.w = Value(1.0)

    def forward(self, x):
        return self.w * x


def test_a_newcomers_slips_are_answered_in_words():
    model, data = Neuron(1), [(1.0, 1.0)]
    for call, words in [
        (lambda: fit(model, data, "mse", SGD(0.1)), "such as mse, not 'mse'"),
        (lambda: fit(lambda x: x, data, mse, SGD(0.1)), r"a callable with parameters\(\), not"),
        (
            lambda: Forward()(1.0),
            r"Forward says in forward .*: define __call__\(self, inputs\), not",
        ),
        (lambda: fit(Forward(), data, mse, SGD(0.1)), "define __call__"),
        (lambda: nn.predict(Forward(), [1.0]), "define __call__"),
        (lambda: Adam(0.1, eps=1e-6), "Adam calls it epsilon, not eps"),
        (lambda: SGD(0.1, momentum=0.9), r"SGD has no momentum: Momentum\(0.1, momentum=0.9\) has"),
        (lambda: SGD(lr=0.1), "the learning rate as learning_rate, not as lr"),
        (lambda: Adam(model.parameters(), 0.1), "the parameters go to fit with their model"),
        (lambda: SGD(model.parameters(), lr=0.1), "the learning rate as learning_rate, not as lr"),
        (lambda: fit(Neuron, data, mse, SGD(0.1)), r"is a model, .*, not <class 'nn.neuron"),
        (lambda: fit(model, [1.0], [1.0], mse, SGD(0.1)), r"such as mse, not \[1.0\]"),
        (lambda: fit(model, data, mse, "adam"), r"such as SGD\(0.01\), or .* not 'adam'"),
        (lambda: fit(model, data, mse, 0.1), r"an optimizer such as SGD\(0.01\), or .* not 0.1"),
        (lambda: nn.Optimizer(model.parameters(), SGD(0.1)), r"such as SGD\(0.01\), or .* not \["),
    ]:
        with pytest.raises(TypeError, match=words):
            call()


def test_a_shared_weight_moves_once_and_is_penalised_once():
    class Tied:
        def __init__(self):
            self.w = Value(Fraction(3))

        def parameters(self):
            return [self.w, self.w]

        def __call__(self, x):
            return self.w * x + self.w

    model = Tied()
    history = fit(model, [(Fraction(1), Fraction(0))], mse, SGD(Fraction(1, 8)), l2=Fraction(1))
    assert history.loss == [36 + 9]
    assert model.w.data == 3 - Fraction(1, 8) * (2 * 6 * 2 + 2 * 3)


class TestFromTorch:
    def nets(self):
        torch = pytest.importorskip("torch")

        class Plain(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.fc1, self.act = torch.nn.Linear(2, 3), torch.nn.Tanh()
                self.fc2 = torch.nn.Linear(3, 1)

            def forward(self, x):
                return self.fc2(self.act(self.fc1(x)))

        class Functional(Plain):
            def __init__(self):
                super().__init__()
                del self.act

            def forward(self, x):
                return self.fc2(torch.tanh(self.fc1(x)))

        class Residual(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = torch.nn.Linear(2, 2)

            def forward(self, x):
                return x + torch.tanh(self.fc(x))

        class Swapped(Plain):
            def __init__(self):
                super().__init__()
                self.fc3 = torch.nn.Linear(1, 1)

            def forward(self, x):
                return super().forward(x)

        torch.manual_seed(0)
        return torch, Plain(), [Functional(), Residual(), Swapped()]

    def test_a_module_of_ones_own_is_taken_if_it_does_what_its_layers_do(self):
        torch, plain, _ = self.nets()
        model = nn.from_torch(plain)
        point = [0.3, -1.2]
        expected = plain(torch.tensor(point)).item()
        assert math.isclose(model(point).data, expected, rel_tol=1e-6)

    def test_one_that_does_anything_else_is_refused(self):
        _, _, others = self.nets()
        for module in others:
            with pytest.raises(ValueError, match="forward does something else"):
                nn.from_torch(module)


def test_a_kink_at_zero_does_not_count_as_infinite():
    model = Neuron.of([0.0], activation="relu")
    assert fit(model, [(1.0, 1.0)], mse, SGD(0.1)).loss == [1.0]
    assert relu(tanh(Value(0.0))).data == 0.0


class Given(nn.Module):
    """A model that gives its inputs, whatever holds them."""

    def __init__(self, kind):
        self.kind, self.one = kind, Value(1.0)

    def __call__(self, xs):
        if self.kind is None:
            return self.one * xs
        return self.kind([self.kind([self.one * x for x in row]) for row in xs])


@BOTH
@pytest.mark.parametrize("kind", [list, tuple])
def test_accuracy_knows_soft_targets_and_any_kind_of_sequence(jit, kind):
    """Right or wrong is known by hand for each sample."""
    scores = ((2.0, -1.0), (-3.0, 1.0))
    for loss, targets, right in [
        (nn.binary_cross_entropy, ((0.9, 0.1), (0.1, 0.9)), 1),
        (nn.binary_cross_entropy, ((0.9, 0.1), (0.1, 0.4)), 0),
        (nn.hinge, ((1, -1), (-1, 1)), 1),
        (nn.hinge, ((1, -1), (1, 1)), 0),
        (cross_entropy, (0, 1), 1),
        (cross_entropy, (0, 0), 0),
        (cross_entropy, ((0.9, 0.1), (0.2, 0.8)), 1),
    ]:
        found = nn.evaluate(Given(kind), [(scores, targets), (scores, targets)], loss, jit=jit)
        assert found.accuracy == right, (loss, targets)


@BOTH
@pytest.mark.parametrize("wrap", [lambda y: y, lambda y: [y], lambda y: (y,)])
def test_one_output_may_have_its_target_in_a_list(jit, wrap):
    for loss, targets in [(nn.hinge, (1, -1, 1)), (nn.binary_cross_entropy, (0.9, 0.1, 1))]:
        data = [(x, wrap(y)) for x, y in zip((2.0, -1.0, -1.0), targets, strict=True)]
        assert nn.evaluate(Given(None), data, loss, jit=jit).accuracy == 2 / 3
