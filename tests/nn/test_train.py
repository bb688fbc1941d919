"""Training: counts, weighting, histories, stops and what is said when numbers go wrong."""

import gc
import importlib.util
import io
import math
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from types import SimpleNamespace

import pytest

from autograd import Value, log, sqrt
from nn import (
    MLP,
    SGD,
    Adam,
    EarlyStopping,
    History,
    Layer,
    Neuron,
    Optimizer,
    binary_cross_entropy,
    cross_entropy,
    fit,
    hinge,
    mse,
    xor,
)

LINE = [(float(x), 3.0 * x + 2.0) for x in range(5)]


def line(m=0.0, b=0.0):
    return Neuron.of([m], b)


def test_a_thousand_samples_in_batches_of_ten_for_a_hundred_epochs():
    model = Neuron.of([0.0])
    data = [(1.0, 1.0)] * 1000
    history = fit(model, data, mse, SGD(0), epochs=100, batch_size=10, shuffle=False)
    assert (history.epochs, history.iterations) == (100, 10_000)
    assert repr(history).startswith(
        "History(1000 samples in batches of 10, 100 iterations an epoch; "
        "100 epochs, 10000 iterations in all; loss 1 → 1"
    )


def test_fifteen_hundred_samples_in_one_batch():
    data = [(k / 1500, 2.0) for k in range(1500)]
    model = MLP(1, [2, 1], activation="tanh", seed=1)
    history = fit(model, data, mse, SGD(0.1))
    with_hand = sum((model([x]).data - y) ** 2 for x, y in data) / 1500
    assert fit(model, data, mse, SGD(0)).loss[0] == pytest.approx(with_hand, rel=1e-12)
    assert history.iterations == 1


def test_linear_regression_agrees_with_the_closed_form():
    data = [(0.5, 1.0), (1.5, 2.5), (2.0, 2.0), (3.5, 5.0), (4.0, 4.5)]
    n, sx, sy = len(data), sum(x for x, _ in data), sum(y for _, y in data)
    slope = (n * sum(x * y for x, y in data) - sx * sy) / (n * sum(x * x for x, _ in data) - sx**2)
    model = line()
    fit(model, data, mse, SGD(0.05), epochs=3000)
    m, b = model.parameters()
    assert m.data == pytest.approx(slope, rel=1e-12)
    assert b.data == pytest.approx((sy - slope * sx) / n, rel=1e-11)


def test_one_iteration_is_the_update_of_the_notes():
    model = line(Fraction(1, 2), Fraction(1))
    data = [(1, 2), (2, 3), (3, 7)]
    residuals = [Fraction(x, 2) + 1 - y for x, y in data]
    history = fit(model, data, mse, SGD(Fraction(1, 100)))
    m, b = model.parameters()
    slope = Fraction(2, 3) * sum(r * x for r, (x, _) in zip(residuals, data, strict=True))
    assert m.data == Fraction(1, 2) - slope / 100
    assert b.data == 1 - Fraction(2, 300) * sum(residuals)
    assert history.loss == history.epoch_loss == [sum(r * r for r in residuals) / 3]


def test_a_short_last_batch_is_kept_and_counts_by_its_samples():
    data = [(Fraction(0), Fraction(y)) for y in (1, 2, 3, 4, 5)]
    history = fit(line(Fraction(0), Fraction(0)), data, mse, SGD(0), batch_size=2, shuffle=False)
    assert history.loss == [Fraction(5, 2), Fraction(25, 2), 25]
    assert history.epoch_loss == [Fraction(55, 5)]
    bigger = fit(line(Fraction(0), Fraction(0)), data, mse, SGD(0), batch_size=99)
    assert bigger.loss == [Fraction(55, 5)]


def test_the_penalty_is_part_of_what_is_minimised():
    model = line(Fraction(3), Fraction(4))
    history = fit(model, [(0, 4)], mse, SGD(Fraction(1, 10)), l2=Fraction(1, 2))
    assert history.loss == [Fraction(25, 2)]
    assert [p.data for p in model.parameters()] == [Fraction(27, 10), Fraction(36, 10)]


def test_seeds_repeat_and_shuffling_can_be_left_out():
    def losses(**options):
        return fit(line(), LINE, mse, SGD(0.01), 3, 2, **options).loss

    assert losses(seed=1) == losses(seed=1) != losses(seed=2)
    assert losses(shuffle=False) == losses(shuffle=False)


def test_accuracy_and_validation():
    model = Layer.of([[1.0], [-1.0]], [0.0, 0.0])
    data = [((1.0,), 0), ((-1.0,), 1), ((2.0,), 1), ((-2.0,), 1)]
    history = fit(model, data, cross_entropy, SGD(0), 2, validation=data[:2])
    assert history.accuracy == [0.75, 0.75]
    assert history.validation_accuracy == [1.0, 1.0]
    assert len(history.validation_loss) == 2
    near = fit(line(), LINE, mse, SGD(0), accuracy=lambda yhat, y: abs(yhat - y) < 6)
    assert near.accuracy == [2 / 5]
    assert fit(line(), LINE, mse, SGD(0)).accuracy == []
    assert fit(line(1.0), [(1, 1), (-2, 1)], hinge, SGD(0)).accuracy == [0.5]


def test_accuracy_of_several_labels_at_once():
    model = Layer.of([[1.0], [-1.0]])
    data = [((1.0,), (1, 0)), ((-1.0,), (1, 1))]
    history = fit(model, data, binary_cross_entropy, SGD(0))
    assert history.accuracy == [0.5]


def test_arrays_are_data_too():
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    x = numpy.array([[0.0, 1.0], [1.0, 0.5], [2.0, -1.0]])
    y = numpy.array([1, -1, 1])
    plain = [(tuple(row), int(label)) for row, label in zip(x.tolist(), y, strict=True)]
    histories = [
        fit(MLP(2, [3, 1], seed=1), data, hinge, SGD(0.1), 3)
        for data in (zip(x, y, strict=True), plain)
    ]
    assert histories[0] == histories[1]


def test_an_optimizer_goes_on_where_it_was():
    once, twice = line(), line()
    fit(once, LINE, mse, Adam(0.1), epochs=6)
    optimizer = Optimizer(Adam(0.1), twice.parameters())
    fit(twice, LINE, mse, optimizer, epochs=3)
    fit(twice, LINE, mse, optimizer, epochs=3)
    assert [p.data for p in once.parameters()] == [p.data for p in twice.parameters()]
    assert optimizer.steps == 6


def test_callbacks_see_every_epoch_and_can_stop():
    seen = []

    def third(model, history):
        seen.append((model, history.epochs))
        return history.epochs == 3

    model = line()
    history = fit(model, LINE, mse, SGD(0.01), epochs=10, callbacks=[third])
    assert seen == [(model, 1), (model, 2), (model, 3)]
    assert (history.epochs, history.stopped) == (3, "third")


def test_early_stopping_goes_back_to_the_best_weights():
    weights = []
    history = fit(
        line(),
        [(1.0, 1.0)],
        mse,
        SGD(0.1),
        epochs=100,
        validation=[(1.0, 0.5)],
        callbacks=[
            lambda model, _: weights.append([p.data for p in model.parameters()]),
            stop := EarlyStopping(patience=3),
        ],
    )
    best = min(range(history.epochs), key=history.validation_loss.__getitem__)
    assert history.stopped == "EarlyStopping"
    assert history.epochs == best + 1 + 3
    assert stop.best == history.validation_loss[best]
    model = line()
    fit(
        model,
        [(1.0, 1.0)],
        mse,
        SGD(0.1),
        epochs=100,
        validation=[(1.0, 0.5)],
        callbacks=[stop],
    )
    assert [p.data for p in model.parameters()] == weights[best]


def test_patience_begins_again_with_a_better_loss_and_with_another_training():
    stop, model = EarlyStopping(patience=2), line()
    losses = [3.0, 4.0, 2.0, 2.5, 1.0, 1.0, 1.0]
    answers = [False] * 6 + [True]
    for other in (losses, [loss + 10 for loss in losses]):  # none better than those before
        for epochs, right in enumerate(answers, 1):
            assert stop(model, History(epoch_loss=other[:epochs])) is right
        assert stop.best == other[4]


def test_early_stopping_without_validation_watches_the_loss():
    history = fit(line(), LINE, mse, SGD(0), epochs=50, callbacks=[EarlyStopping(patience=4)])
    assert history.epochs == 5


def test_ctrl_c_ends_with_the_history_so_far():
    def press(model, history):
        if history.epochs == 4:
            os.kill(os.getpid(), signal.SIGINT)

    history = fit(line(), LINE, mse, SGD(0.01), epochs=50, batch_size=2, callbacks=[press])
    assert history.stopped == "Ctrl-C"
    assert history.epochs == 4
    assert history.iterations >= 12
    assert "stopped by Ctrl-C" in repr(history)


class Odd:
    """A model of one parameter and any formula."""

    def __init__(self, formula, start):
        self.w, self.formula = Value(start, "w"), formula

    def __call__(self, x):
        return self.formula(self.w, x)

    def parameters(self):
        return [self.w]


def test_a_nan_loss_names_the_first_operation_that_made_it():
    model = Odd(lambda w, x: 2 * log(w * x) + 1, 1.0)
    with pytest.raises(
        FloatingPointError,
        match=r"in epoch 1, iteration 2, the loss is nan: log\(-2.0\) is nan; a smaller learning",
    ):
        fit(model, [(1.0, 1.0), (-2.0, 1.0)], mse, SGD(0), batch_size=1, shuffle=False)
    assert model.w.data == 1.0


def test_a_nan_gradient_is_found_before_it_reaches_the_weights():
    model = Odd(lambda w, x: 0.0 * sqrt(w * x), 0.0)
    with pytest.raises(FloatingPointError, match=r"a gradient is nan or infinite: .*sqrt\(0.0\)"):
        fit(model, [(1.0, 1.0)], mse, SGD(0.1))
    assert model.w.data == 0.0


def test_a_nan_in_the_data_is_named_as_such():
    with pytest.raises(FloatingPointError, match="x1 is nan"):
        fit(line(), [(float("nan"), 1.0)], mse, SGD(0.1))
    numpy = pytest.importorskip("numpy")
    for bad in ((numpy.float32("nan"), 1.0), (1.0, numpy.array([math.inf]))):
        with pytest.raises(FloatingPointError, match="sample 1 of the data is"):
            fit(line(), [(1.0, 2.0), bad], mse, SGD(0.1))


@pytest.mark.parametrize("jit", [False, True])
def test_what_a_loss_gives_is_looked_at_and_it_needs_no_hash(jit):
    if jit:
        pytest.importorskip("numpy")

    @dataclass
    class Weighted:
        weight: float

        def __call__(self, prediction, target):
            return self.weight * mse(prediction, target)

    @dataclass
    class Near:
        distance: float

        def __call__(self, prediction, target):
            return abs(prediction.data - target) < self.distance

    history = fit(line(), LINE, Weighted(2.0), SGD(0), accuracy=Near(1e9), jit=jit)
    expected = fit(line(), LINE, mse, SGD(0)).loss[0]
    assert (history.loss[0], history.accuracy) == (pytest.approx(2 * expected), [1.0])
    for given in (None, 1.0):
        words = r"must be a Value computed from the model's output, not (None|[15]\.0)"
        with pytest.raises(TypeError, match=words):
            fit(line(), LINE, lambda p, y, given=given: given, SGD(0), jit=jit)
    assert fit(line(), LINE, lambda p, y: Value(1.0), SGD(0), jit=jit).loss == [1.0]


def test_a_rate_that_diverges_ends_in_the_error():
    with pytest.raises(FloatingPointError, match="smaller learning rate"):
        fit(line(), LINE, mse, SGD(10.0), epochs=1000)


def test_what_fit_cannot_use_is_refused():
    for call, error, words in [
        (lambda: fit(line(), [], mse, SGD(0)), ValueError, "data has no samples"),
        (lambda: fit(line(), [1.0], mse, SGD(0)), ValueError, "sample 0 of data is no pair"),
        (lambda: fit(line(), LINE, mse, SGD), TypeError, r"an optimizer such as SGD\(0.01\)"),
        (lambda: fit(line(), LINE, mse, SGD(0), -1), ValueError, "epochs .* not -1"),
        (lambda: fit(line(), LINE, mse, SGD(0), 1, 0), ValueError, "at least 1, not 0"),
        (
            lambda: fit(line(), LINE, lambda p, y: 0.0, SGD(0)),
            TypeError,
            "must be a Value computed from the model's output, not 0.0",
        ),
        (
            lambda: fit(line(), LINE, mse, SGD(0), validation=[]),
            ValueError,
            "validation has no samples",
        ),
        (lambda: EarlyStopping(0), ValueError, "at least 1, not 0"),
    ]:
        with pytest.raises(error, match=words):
            call()


def test_history_of_nothing():
    history = fit(line(), LINE, mse, SGD(0), epochs=0)
    assert (history.epochs, history.iterations) == (0, 0)
    assert repr(History()) == "History(0 epochs, 0 iterations in all)"


def test_the_bar_is_shown_where_somebody_looks(monkeypatch):
    pytest.importorskip("tqdm", reason="tqdm is not installed")

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    for stream, options, shown in [
        (Terminal(), {}, True),
        (io.StringIO(), {}, False),
        (Terminal(), {"progress": False}, False),
        (io.StringIO(), {"progress": True}, True),
    ]:
        monkeypatch.setattr(sys, "stderr", stream)
        fit(line(), LINE, mse, SGD(0.01), 4, 2, **options)
        assert ("12/12" in stream.getvalue()) is shown
        assert ("loss" in stream.getvalue()) is shown


def test_a_notebook_counts_as_somebody(monkeypatch):
    pytest.importorskip("tqdm", reason="tqdm is not installed")
    shell = type("ZMQInteractiveShell", (), {})()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)  # no ipywidgets
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    fit(line(), LINE, mse, SGD(0.01), 3)
    assert "3/3" in sys.stderr.getvalue()


def test_without_tqdm_there_is_no_bar_unless_one_is_asked_for(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert fit(line(), LINE, mse, SGD(0.01)).epochs == 1
    with pytest.raises(ImportError, match=r"pip install 'chainrule\[progress\]'"):
        fit(line(), LINE, mse, SGD(0.01), progress=True)


def test_importing_nn_imports_no_extra():
    extras = ["tqdm", "numpy", "torch", "onnx", "safetensors", "llvmlite"]
    code = f"import sys, nn; print([name for name in {extras} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_ten_thousand_steps_leave_no_memory_behind():
    model, data = MLP(2, [2, 1], activation="tanh", seed=1), xor((-1, 1))[:2]
    optimizer = Optimizer(Adam(0.001), model.parameters())

    def blocks_after(steps):
        fit(model, data, hinge, optimizer, epochs=steps)
        return sys.getallocatedblocks()

    gc.collect()
    gc.disable()
    try:
        early = blocks_after(100)
        late = blocks_after(10_000)
    finally:
        gc.enable()
    assert late - early < 100
