"""Training by compiled code: the eager result to rounding, and the same manners."""

import os
import random
import signal

import pytest

from autograd import Value, log
from nn import (
    MLP,
    SGD,
    Adam,
    AdamW,
    Buffer,
    EarlyStopping,
    Embedding,
    Layer,
    LinearDecay,
    Module,
    Momentum,
    Neuron,
    Optimizer,
    RMSprop,
    Sequential,
    binary_cross_entropy,
    cross_entropy,
    fit,
    hinge,
    mse,
    ring,
    spiral,
    xor,
)

pytest.importorskip("numpy", reason="numpy is not installed")

LINE = [(float(x), 3.0 * x + 2.0) for x in range(5)]


def trained(make, data, loss, rule, **options):
    found = []
    for jit in (False, True):
        model = make()
        history = fit(model, data, loss, rule, jit=jit, seed=7, **options)
        found.append(([p.data for p in model.parameters()], history))
    return found


@pytest.mark.parametrize(
    ("make", "data", "loss"),
    [
        (lambda: Neuron.of([0.5], -1.0), LINE, mse),
        (lambda: MLP(2, [4, 1], seed=1), ring(30, seed=1, labels=(-1, 1)), hinge),
        (lambda: MLP(2, [4, 1], "tanh", seed=1), ring(30, seed=1), binary_cross_entropy),
        (lambda: MLP(2, [5, 3], "tanh", seed=1), spiral(30, seed=1), cross_entropy),
        (lambda: MLP(2, [2, 2], seed=1), [((1, 2), (3.0, 4.0)), ((2, 1), (0.0, 1.0))], mse),
    ],
    ids=["line", "hinge", "binary", "classes", "two outputs"],
)
@pytest.mark.parametrize(
    "rule",
    [
        SGD(LinearDecay(0.05, 0.01, 10)),
        Momentum(0.02, nesterov=True),
        RMSprop(0.01),
        Adam(0.02),
        AdamW(0.02),
    ],
    ids=lambda rule: type(rule).__name__,
)
def test_the_result_is_the_eager_one_to_rounding(make, data, loss, rule):
    options = {"epochs": 4, "batch_size": 7, "l2": 1e-3, "validation": data[:3]}
    (weights, eager), (compiled_weights, compiled) = trained(make, data, loss, rule, **options)
    assert compiled_weights == pytest.approx(weights, rel=1e-9, abs=1e-12)
    assert compiled.loss == pytest.approx(eager.loss, rel=1e-9)
    assert compiled.epoch_loss == pytest.approx(eager.epoch_loss, rel=1e-9)
    assert compiled.validation_loss == pytest.approx(eager.validation_loss, rel=1e-9)
    assert compiled.accuracy == eager.accuracy
    assert compiled.validation_accuracy == eager.validation_accuracy
    assert (compiled.epochs, compiled.iterations) == (eager.epochs, eager.iterations)
    assert all(type(x) is float for x in compiled_weights + compiled.loss)


def test_an_optimizer_goes_on_between_eager_and_compiled():
    models = [MLP(2, [3, 1], "tanh", seed=1) for _ in range(2)]
    fit(models[0], xor(), binary_cross_entropy, Adam(0.05), epochs=9)
    optimizer = Optimizer(Adam(0.05), models[1].parameters())
    for jit in (True, False, True):
        fit(models[1], xor(), binary_cross_entropy, optimizer, epochs=3, jit=jit)
    expected, found = ([p.data for p in model.parameters()] for model in models)
    assert found == pytest.approx(expected, rel=1e-9)
    assert optimizer.steps == 9


def test_callbacks_see_current_weights_and_may_change_them():
    seen = []

    def double(model, history):
        seen.append([p.data for p in model.parameters()])
        model.parameters()[0].data *= 2

    (weights, _), (compiled, _) = trained(
        lambda: Neuron.of([0.5], 0.0), LINE, mse, SGD(0.01), epochs=3, callbacks=[double]
    )
    assert compiled == pytest.approx(weights, rel=1e-12)
    assert [x for row in seen[3:] for x in row] == pytest.approx(
        [x for row in seen[:3] for x in row], rel=1e-12
    )


def test_weights_are_written_when_somebody_may_look():
    model = MLP(2, [3, 2], seed=1)
    parameters = model.parameters()
    looks = {"accuracy": [], "callback": []}

    def look(where):
        looks[where].append([p.data for p in parameters])

    def judge(scores, target):
        look("accuracy")
        return scores[target] == max(scores)

    fit(
        model, spiral(12, 2, seed=1), cross_entropy, SGD(0.1), 2, 3, jit=True, accuracy=judge,
        callbacks=[lambda *_: look("callback")],
    )  # fmt: skip
    first, second = looks["accuracy"][:12], looks["accuracy"][12:]
    assert all(seen == first[0] for seen in first)
    assert all(seen == second[0] == looks["callback"][0] for seen in second)
    assert looks["callback"][-1] == [p.data for p in parameters] != second[0]


@pytest.mark.parametrize(
    ("widths", "data", "loss", "accuracy"),
    [
        ([1], ring(30, seed=1, labels=(-1, 1)), hinge, None),
        ([4, 3], spiral(30, seed=1), cross_entropy, None),
        ([2], [((x, y), [float(x > 0), float(y > 0)]) for (x, y), _ in ring(30, seed=2)],
         binary_cross_entropy, None),
        ([4, 3], spiral(30, seed=1), cross_entropy,
         lambda scores, target: sorted(scores)[-2] == scores[target]),
        ([1], [(x, x[0] * x[1]) for x, _ in ring(30, seed=3)], mse,
         lambda score, target: abs(score - target) < 0.25),
    ],
    ids=["side", "class", "sides", "second best", "near"],
)  # fmt: skip
def test_accuracy_is_that_of_the_pass_that_learns(widths, data, loss, accuracy):
    options = {"epochs": 3, "batch_size": 4, "validation": data[:7], "accuracy": accuracy}
    (_, eager), (_, compiled) = trained(
        lambda: MLP(2, widths, "tanh", seed=5), data, loss, Adam(0.05), **options
    )
    assert compiled.accuracy == eager.accuracy
    assert compiled.validation_accuracy == eager.validation_accuracy
    assert 0 < sum(eager.accuracy) < 3
    assert compiled.validation_loss == pytest.approx(eager.validation_loss, rel=1e-9)


def test_what_is_learned_does_not_depend_on_the_number_of_workers(monkeypatch):
    from autograd.jit.llvm import samples

    monkeypatch.setattr(samples, "WORTH", 1)
    data = spiral(200, seed=1)

    def learned(workers):
        model = MLP(2, [5, 3], "tanh", seed=1)
        history = fit(model, data, cross_entropy, Adam(0.05), 3, jit=True, workers=workers)
        return [p.data for p in model.parameters()], history.loss, history.accuracy

    one = learned(1)
    assert learned(2) == learned(5) == learned(None) == one
    with pytest.raises(ValueError, match="workers is a whole number of at least 1, not 0"):
        learned(0)


def test_equal_targets_meet_the_loss_once_more_than_a_few_samples():
    targets = []

    def loss(prediction, target):
        targets.append(target)
        return (prediction - target) ** 2

    data = [(0.0, 1), (1.0, 1), (2.0, 1.0), (3.0, True), (4.0, 2), *[(5.0, 1)] * 95]
    fit(Neuron(1, seed=1), data, loss, SGD(0.0), jit=True)
    found = [x for x in targets if not isinstance(x, Value)]
    assert found[:6] == [1, 1, 1, 1.0, True, 2]
    assert len(found) < 15


def test_early_stopping_and_ctrl_c():
    stop = {"callbacks": [EarlyStopping(patience=2)], "epochs": 50, "validation": [(1.0, 1.0)]}
    (weights, eager), (compiled, history) = trained(
        lambda: Neuron.of([0.0]), [(1.0, 2.0)], mse, SGD(0.1), **stop
    )
    assert history.epochs == eager.epochs < 50
    assert compiled == pytest.approx(weights, rel=1e-12)

    def press(model, history):
        if history.epochs == 3:
            os.kill(os.getpid(), signal.SIGINT)

    model = Neuron.of([0.0])
    history = fit(model, LINE, mse, SGD(0.01), epochs=50, callbacks=[press], jit=True)
    assert (history.epochs, history.stopped) == (3, "Ctrl-C")


def test_a_nan_is_explained_as_in_eager_training():
    class Odd:
        w = Value(1.0, "w")

        def __call__(self, x):
            return log(self.w * x)

        def parameters(self):
            return [self.w]

    with pytest.raises(FloatingPointError, match=r"iteration 2, the loss is nan: log\(-2.0\)"):
        fit(Odd(), [(1.0, 1.0), (-2.0, 1.0)], mse, SGD(0.0), 1, 1, shuffle=False, jit=True)
    assert Odd.w.data == 1.0


def test_a_wrong_target_is_refused_before_training():
    with pytest.raises(ValueError, match="hinge takes targets of -1 or 1, not 0"):
        fit(MLP(2, [1], seed=1), xor(), hinge, SGD(0.1), jit=True)
    with pytest.raises(ValueError, match="no class 3"):
        fit(MLP(2, [2], seed=1), [((0.0, 1.0), 3)], cross_entropy, SGD(0.1), jit=True)


def test_every_target_meets_the_loss():
    data = [((0.1, 0.2), k / 200) for k in range(150)] + [((0.1, 0.2), 1.5)]
    with pytest.raises(ValueError, match=r"takes targets from 0 to 1, not 1\.5"):
        fit(Neuron(2, seed=1), data, binary_cross_entropy, SGD(0.1), jit=True)


def test_values_that_are_not_trained_stay():
    scale = Value(2.0, "scale")
    (weights, _), (compiled, _) = trained(
        lambda: Neuron.of([0.5], 0.0), LINE, lambda yhat, y: scale * (yhat - y) ** 2, SGD(0.01)
    )
    assert compiled == pytest.approx(weights, rel=1e-12)
    assert scale.data == 2.0


def test_parameters_that_the_loss_does_not_use_only_decay():
    class Spare:
        used, spare = Value(1.0, "used"), Value(1.0, "spare")

        def __call__(self, x):
            return self.used * x

        def parameters(self):
            return [self.spare, self.used]

    fit(Spare(), [(1.0, 1.0)], mse, SGD(0.5), l2=0.25, jit=True)
    assert Spare.spare.data == 0.75
    assert Spare.used.data == 0.75


def test_a_model_that_goes_on_from_call_to_call_is_refused():
    class Counting(Module):
        def __init__(self):
            self.w, self.count, self.seen = Value(1.0), Buffer(0.0), 0

        def __call__(self, x):
            self.count.data += 1
            return self.w * x / self.count

    class Scaled(Counting):
        def __call__(self, x):
            self.seen += 1
            return self.w * x / self.seen

    class Stateful(Counting):
        def __call__(self, x):
            self.state = self.w * x + getattr(self, "state", 0.0)
            return self.state

    class Cached(Counting):
        def __call__(self, x):
            self.last = self.w * x  # only to be looked at
            return self.last + 1.0

    for make, words in [
        (Counting, "a call of Counting changes its count, which compiled code would not do"),
        (Scaled, "a call of Scaled changes its seen, .*: train with jit=False"),
        (Stateful, "goes on with a Value that was computed before it, which compiled code"),
    ]:
        model = make()
        with pytest.raises(TypeError, match=words):
            fit(model, LINE, mse, SGD(0.1), jit=True)
        assert (model.count.data, model.seen, model.w.data) == (0.0, 0, 1.0)
        assert fit(make(), LINE, mse, SGD(0.01)).epochs == 1
    assert fit(Cached(), LINE, mse, SGD(0.01), jit=True).epochs == 1


def test_samples_that_do_not_fit_are_named():
    model = Sequential(Embedding(3, 2, seed=1), lambda rows: rows[0][0] + rows[-1][1])
    for data, error, words in [
        ([((0, 1), 1.0), ((0, 1, 2), 1.0)], ValueError, r"the inputs of sample 1 are \(0, 1, 2\)"),
        ([((0, 1), 1.0), ((0, 1), [1.0])], ValueError, r"the targets of sample 1 are \[1.0\]"),
        (
            [((0, 1), 1.0), ((0, 7), 1.0)],
            IndexError,
            r"not 7: that is in sample 1, \(\(0, 7\), 1.0",
        ),
        (
            [((0, 1), 1.0), ((0, -1), 1.0)],
            IndexError,
            "has rows 0 to 2, not -1: that is in sample 1",
        ),
    ]:
        with pytest.raises(error, match=words):
            fit(model, data, lambda yhat, y: (yhat - 1.0) ** 2, SGD(0.1), jit=True)


def test_a_model_that_draws_is_named_by_its_kind():
    class Noisy(Neuron):
        def __call__(self, inputs):
            return super().__call__(inputs) * random.choice([0.0, 2.0])

    words = r"fit\(jit=True\) of Noisy draws random numbers, .*; or train with jit=False"
    with pytest.raises(TypeError, match=words):
        fit(Noisy(1, seed=0), LINE, mse, SGD(0.1), jit=True)


def test_accuracy_of_sequences_is_that_of_all_their_steps():
    class Steps(Module):
        def __init__(self):
            self.layer = Layer(1, 3, "linear", seed=4)

        def __call__(self, xs):
            return [self.layer([x]) for x in xs]

    inputs = [(-1.0, 1.0), (-1.0, -2.0), (1.0, 3.0), (0.5, -1.0)]
    low, high = (max(range(3), key=lambda k: Steps()([x])[0][k].data) for x in (-1.0, 1.0))
    classes = [(low, high), (low, 1 - low), (high, high), (2 - high, low)]
    hot = [[[float(k == c) for k in range(3)] for c in pair] for pair in classes]
    found = []
    for targets in (classes, hot):
        for jit in (False, True):
            history = fit(
                Steps(), [*zip(inputs, targets, strict=True)], cross_entropy, SGD(0), jit=jit
            )
            found += history.accuracy
    assert low != high
    assert found == [2 / 4] * 4


def test_a_branch_on_a_target_is_refused_with_its_line():
    """Compiled, it would be the same branch for every sample, and learn something else."""

    def loss(prediction, target):
        return 9 * (prediction - 1) ** 2 if target == 1 else prediction**2

    model = MLP(2, [4, 1], "tanh", seed=0)
    assert fit(model, xor(), loss, Adam(0.1)).epochs == 1
    with pytest.raises(TypeError, match=r"test_compiled\.py:\d+: == compares a number that is not"):
        fit(model, xor(), loss, Adam(0.1), jit=True)


def test_preparing_looks_at_each_parameter_a_few_times():
    looks = 0

    class Counted(Value):
        __slots__ = ()

        def __hash__(self):
            nonlocal looks
            looks += 1
            return id(self)

    class Sum:
        def __init__(self, count):
            self.ws = [Counted(1.0) for _ in range(count)]

        def parameters(self):
            return self.ws

        def __call__(self, x):
            return sum((w * x for w in self.ws), Value(0.0))

    found = []
    for count in (50, 100):
        looks = 0
        fit(Sum(count), LINE, mse, SGD(0.0), jit=True, validation=LINE)
        found.append(looks)
    assert 0 < found[1] < 2.5 * found[0]  # and not four times as often
