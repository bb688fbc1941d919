"""Optimizers and schedules: PyTorch's, step by step; exact numbers; all or nothing."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value
from nn import (
    SGD,
    Adam,
    AdamW,
    CosineDecay,
    ExponentialDecay,
    LinearDecay,
    Momentum,
    Optimizer,
    RMSprop,
    StepDecay,
    Warmup,
)

# Our rule, the name of PyTorch's, and the arguments that make it the same.
PAIRS = [
    (SGD(0.1), "SGD", {"lr": 0.1}),
    (SGD(0.1, weight_decay=0.2), "SGD", {"lr": 0.1, "weight_decay": 0.2}),
    (Momentum(0.1, momentum=0.8), "SGD", {"lr": 0.1, "momentum": 0.8}),
    (
        Momentum(0.1, nesterov=True, weight_decay=0.01),
        "SGD",
        {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    ),
    (RMSprop(0.1), "RMSprop", {"lr": 0.1}),
    (
        RMSprop(0.1, alpha=0.7, epsilon=1e-3, weight_decay=0.1),
        "RMSprop",
        {"lr": 0.1, "alpha": 0.7, "eps": 1e-3, "weight_decay": 0.1},
    ),
    (Adam(0.1), "Adam", {"lr": 0.1}),
    (
        Adam(0.1, betas=(0.5, 0.7), epsilon=1e-3, weight_decay=0.1),
        "Adam",
        {"lr": 0.1, "betas": (0.5, 0.7), "eps": 1e-3, "weight_decay": 0.1},
    ),
    (AdamW(0.1), "AdamW", {"lr": 0.1}),
    (AdamW(0.1, weight_decay=0.5), "AdamW", {"lr": 0.1, "weight_decay": 0.5}),
]

# Our schedule, the name of PyTorch's, and its arguments.
SCHEDULES = [
    (StepDecay(0.1, every=3, factor=0.5), "StepLR", {"step_size": 3, "gamma": 0.5}),
    (ExponentialDecay(0.1, factor=0.9), "ExponentialLR", {"gamma": 0.9}),
    (CosineDecay(0.1, steps=12, end=0.01), "CosineAnnealingLR", {"T_max": 12, "eta_min": 0.01}),
    (
        LinearDecay(0.1, 0.02, steps=8),
        "LinearLR",
        {"start_factor": 1.0, "end_factor": 0.2, "total_iters": 8},
    ),
    (Warmup(0.1, steps=5), "LinearLR", {"start_factor": 0.2, "total_iters": 4}),
]


@pytest.mark.parametrize(("rule", "name", "options"), PAIRS, ids=lambda it: str(it)[:30])
@settings(max_examples=25)
@given(st.lists(st.lists(st.floats(-10, 10), min_size=3, max_size=3), min_size=1, max_size=12))
def test_every_step_is_pytorchs(torch, rule, name, options, gradients):
    ours = [Value(x) for x in (1.0, -2.0, 0.5)]
    theirs = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64, requires_grad=True)
    optimizer = Optimizer(rule, ours)
    reference = getattr(torch.optim, name)([theirs], **options)
    for gradient in gradients:
        for value, g in zip(ours, gradient, strict=True):
            value.grad = g
        theirs.grad = torch.tensor(gradient, dtype=torch.float64)
        optimizer.step()
        reference.step()
        expected = theirs.detach().tolist()
        assert [w.data for w in ours] == pytest.approx(expected, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize(("schedule", "name", "options"), SCHEDULES, ids=lambda it: str(it)[:20])
def test_every_rate_of_a_schedule_is_pytorchs(torch, schedule, name, options):
    reference = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = getattr(torch.optim.lr_scheduler, name)(reference, **options)
    for step in range(12):
        assert schedule(step) == pytest.approx(scheduler.get_last_lr()[0], rel=1e-12)
        reference.step()
        scheduler.step()


def test_schedules_end_where_they_should():
    assert LinearDecay(1, Fraction(1, 10), steps=100)(50) == Fraction(55, 100)
    assert LinearDecay(1.0, 0.1, steps=100)(1000) == pytest.approx(0.1)
    assert CosineDecay(1.0, steps=10, end=0.25)(99) == 0.25
    after = Warmup(CosineDecay(1.0, steps=10), steps=2)
    assert [after(k) for k in (0, 1, 2)] == [0.5, 1.0, 1.0]
    assert after(3) == CosineDecay(1.0, steps=10)(1)


def test_an_optimizer_follows_its_schedule():
    w = Value(0.0)
    optimizer = Optimizer(SGD(StepDecay(1.0, every=1, factor=0.5)), [w])
    seen = []
    for _ in range(3):
        w.grad = -1.0
        optimizer.step()
        seen.append(w.data)
    assert seen == [1.0, 1.5, 1.75]


@pytest.mark.parametrize(
    "rule", [SGD(Fraction(1, 3)), Momentum(Fraction(1, 3), momentum=Fraction(9, 10))]
)
def test_exact_numbers_stay_exact(rule):
    w = Value(Fraction(1))
    optimizer = Optimizer(rule, [w])
    w.grad = Fraction(1, 2)
    optimizer.step()
    assert w.data == Fraction(5, 6)


def test_adam_by_hand():
    w = Value(1.0)
    optimizer = Optimizer(Adam(0.1), [w])
    for g in (3.0, -1.0):
        w.grad = g
        optimizer.step()
    mean = (0.9 * 0.1 * 3 - 0.1) / (1 - 0.9**2)
    square = (0.999 * 0.001 * 9 + 0.001) / (1 - 0.999**2)
    assert w.data == pytest.approx(0.9 - 0.1 * mean / math.sqrt(square), rel=1e-7)


def test_a_step_that_fails_changes_nothing():
    a, b = Value(1.0), Value(Decimal(2))
    optimizer = Optimizer(Adam(0.1), [a, b])
    a.grad, b.grad = 1.0, Decimal(1)
    with pytest.raises(TypeError):
        optimizer.step()
    assert (a.data, b.data, optimizer.steps) == (1.0, 2, 0)


def test_an_interrupted_step_is_finished():
    class Interrupting:
        """A parameter that gets its data while somebody presses Ctrl-C."""

        def __init__(self):
            self.grad, self._data, self.pressed = 1.0, 1.0, False

        @property
        def data(self):
            return self._data

        @data.setter
        def data(self, data):
            if not self.pressed:
                self.pressed = True
                raise KeyboardInterrupt
            self._data = data

    before, key, after = Value(1.0), Interrupting(), Value(1.0)
    before.grad = after.grad = 1.0
    optimizer = Optimizer(SGD(0.5), [before, key, after])
    with pytest.raises(KeyboardInterrupt):
        optimizer.step()
    assert (before.data, key.data, after.data, optimizer.steps) == (0.5, 0.5, 0.5, 1)


def test_zero_grad_and_wrong_rates():
    w = Value(1.0)
    w.grad = 2.0
    Optimizer(SGD(1), [w]).zero_grad()
    assert w.grad == 0
    with pytest.raises(ValueError, match=r"learning rate is at least 0, not -0\.1"):
        SGD(-0.1)
