"""Optimizers and schedules: PyTorch's, step by step; exact numbers; all or nothing."""

import math
import re
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value
from nn import (
    MLP,
    SGD,
    Adam,
    AdamW,
    CosineDecay,
    EarlyStopping,
    ExponentialDecay,
    Layer,
    LinearDecay,
    Module,
    Momentum,
    Optimizer,
    RMSprop,
    Rule,
    StepDecay,
    Warmup,
    clip_gradients,
    evaluate,
    fit,
    mse,
    xor,
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


BOTH = pytest.mark.parametrize("jit", [False, True])
GROUPS = {
    "two rates": {"layers.0": SGD(0.2), "": SGD(LinearDecay(0.5, 0.1, steps=4))},
    "two rules": {"": Adam(0.03), "layers.1": Momentum(0.1, weight_decay=0.1)},
    "one neuron": {"layers.0.neurons.1": Adam(0.1), "layers": Adam(0.02, betas=(0.5, 0.9))},
    "frozen": {"layers.0": None, "": AdamW(0.1)},
}


def twin(torch, model):
    """PyTorch's parameters of the same network, each neuron's row and bias by itself."""
    tensors = {}
    for place, layer in enumerate(model.layers):
        for number, neuron in enumerate(layer.neurons):
            row = torch.tensor([w.data for w in neuron.weights], dtype=torch.float64)
            bias = torch.tensor([neuron.bias.data], dtype=torch.float64)
            tensors[f"layers.{place}.neurons.{number}"] = [
                row.requires_grad_(),
                bias.requires_grad_(),
            ]
    return tensors


def output(torch, tensors, x):
    first = [(row * x).sum() + bias for name, (row, bias) in tensors.items() if ".0.n" in name]
    hidden = torch.tanh(torch.cat(first))
    ((row, bias),) = (pair for name, pair in tensors.items() if "layers.1." in name)
    return (row * hidden).sum() + bias[0]


@BOTH
@pytest.mark.parametrize("clip", [None, 0.2])
@pytest.mark.parametrize("groups", GROUPS.values(), ids=GROUPS)
def test_groups_move_as_those_of_pytorch(torch, groups, clip, jit):
    model, data = MLP(2, [2, 1], "tanh", seed=3), xor((-1.0, 1.0))
    tensors = twin(torch, model)
    rates = {SGD: "SGD", Momentum: "SGD", Adam: "Adam", AdamW: "AdamW"}
    theirs, schedules = [], []
    for name, pair in tensors.items():
        rule = groups[max((path for path in groups if name.startswith(path)), key=len)]
        if rule is None:
            continue
        options = {"betas": rule.betas} if isinstance(rule, Adam) else {}
        if isinstance(rule, Momentum):
            options["momentum"] = rule.momentum
        each = getattr(torch.optim, rates[type(rule)])(
            pair, lr=rule.rate(0), weight_decay=rule.weight_decay, **options
        )
        theirs.append(each)
        schedules.append((each, rule))
    moving = [t for each in theirs for group in each.param_groups for t in group["params"]]
    for step in range(6):
        for each, rule in schedules:
            each.param_groups[0]["lr"] = rule.rate(step)
            each.zero_grad()
        losses = [(output(torch, tensors, torch.tensor(x)) - y) ** 2 for x, y in data]
        torch.stack(losses).mean().backward()
        if clip:
            torch.nn.utils.clip_grad_norm_(moving, clip)
        for each in theirs:
            each.step()
    fit(model, data, mse, groups, epochs=6, clip=clip, jit=jit)
    found = [p.data for p in model.parameters()]
    expected = [x for pair in tensors.values() for t in pair for x in t.detach().tolist()]
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-14)


def test_a_longer_path_counts_and_is_one_of_whole_names():
    model = MLP(1, [11, 1])
    optimizer = Optimizer({"layers.0.neurons.1": SGD(1.0), "": SGD(0.5)}, model)
    for value in model.parameters():
        value.data = value.grad = 1.0
    optimizer.step()
    moved = {name for name, value in model.named_parameters() if value.data == 0.0}
    assert moved == {"layers.0.neurons.1.w1", "layers.0.neurons.1.b"}  # and not of neuron 10


def test_own_loops_have_groups_too():
    w, b = Value(1.0, "w"), Value(1.0, "b")
    optimizer = Optimizer({"w": SGD(0.5), "b": None}, [("w", w), ("b", b)])
    (w * b).backward()
    optimizer.step()
    assert (w.data, b.data, optimizer.parameters, optimizer.frozen) == (0.5, 1.0, [w], [b])
    optimizer.zero_grad()
    assert (w.grad, b.grad) == (0, 0)


@BOTH
def test_frozen_parameters_stay_bit_for_bit_and_no_penalty_knows_them(jit):
    model = MLP(2, [2, 1], "tanh", seed=1)
    first, last = model.layers
    for value in first.parameters():
        value.data = Fraction(1, 3)
    before = [(Fraction, Fraction(1, 3))] * 6
    size = sum(value.data**2 for value in last.parameters())
    plain = evaluate(model, xor(), mse).loss
    groups = {"layers.0": None, "": SGD(0.1, weight_decay=0.1)}
    history = fit(model, xor(), mse, groups, epochs=3, l2=0.5, validation=xor(), jit=jit)
    assert [(type(value.data), value.data) for value in first.parameters()] == before
    assert history.loss[0] == pytest.approx(plain + 0.5 * size, rel=1e-12)
    found = evaluate(model, xor(), mse).loss + 0.5 * sum(v.data**2 for v in last.parameters())
    assert history.validation_loss[-1] == pytest.approx(found, rel=1e-12)


@pytest.mark.parametrize(
    ("groups", "parameters", "words"),
    [
        ({"layers.7": SGD(1), "": SGD(1)}, MLP(1, [1]), "group 'layers.7' has no parameter"),
        ({"layer": SGD(1), "": SGD(1)}, MLP(1, [1]), "group 'layer' has no parameter"),
        (
            {"layers.0": SGD(1)},
            MLP(1, [1, 1]),
            "the parameter 'layers.1.neurons.0.w1': give",
        ),
        ({"": SGD(1), "w": SGD(1)}, [Value(2.0, "w")], "group 'w' has no parameter"),
        ({"w": SGD(1)}, [("w", Value(1.0)), ("b", Value(1.0))], "has the parameter 'b': give"),
        ({}, [Value(2.0, "w")], r"parameter Value\(.*label='w'\): give a rule"),
    ],
)
def test_groups_that_do_not_fit_are_named(groups, parameters, words):
    with pytest.raises(ValueError, match=words):
        Optimizer(groups, parameters)


def test_what_is_no_rule_is_refused():
    model = MLP(1, [1])
    for rule, words in [
        (SGD, "SGD(0.01)"), ({"": 0.1}, "not {'': 0.1}"), ({1: SGD(1)}, "not {1:"), (None, "None"),
    ]:  # fmt: skip
        with pytest.raises(TypeError, match=re.escape(words)):
            Optimizer(rule, model)
    with pytest.raises(TypeError, match=r"moves Values, not 0.5: Optimizer\(rule, model\)"):
        Optimizer(SGD(1), [0.5])


@pytest.mark.parametrize("largest", [0.1, 1.0, 7.0, 100])
def test_clipping_is_pytorchs(torch, largest):
    slopes = [3.0, -4.0, 0.5, 0.0, 1e-3]
    ours, theirs = [Value(0.0) for _ in slopes], torch.zeros(5, dtype=torch.float64)
    for value, slope in zip(ours, slopes, strict=True):
        value.grad = slope
    theirs.grad = torch.tensor(slopes, dtype=torch.float64)
    expected = torch.nn.utils.clip_grad_norm_([theirs], largest).item()
    assert clip_gradients(iter(ours), largest) == pytest.approx(expected, rel=1e-15)
    assert [value.grad for value in ours] == pytest.approx(theirs.grad.tolist(), rel=1e-15)


def test_clipping_keeps_exact_numbers_that_are_short_and_huge_ones_in_range():
    a, b = Value(Fraction(1)), Value(Decimal(1))
    a.grad, b.grad = Fraction(1, 3), Decimal("0.5")
    clip_gradients([a, b], 1)
    assert (a.grad, b.grad) == (Fraction(1, 3), Decimal("0.5"))
    assert clip_gradients([a, b, a], Fraction(1, 10)) == math.hypot(1 / 3, 0.5)
    assert isinstance(b.grad, Decimal)
    assert float(b.grad) == pytest.approx(0.05 / math.hypot(1 / 3, 0.5), rel=1e-5)
    a.grad = 1e200
    assert clip_gradients([a], 1.0) == 1e200
    assert a.grad == 1.0
    a.grad, b.grad = math.nan, 7.0
    with pytest.raises(FloatingPointError, match="norm of the gradient is nan"):
        clip_gradients([a, b], 1.0)
    assert b.grad == 7.0
    for largest in (0, -1, math.nan):
        with pytest.raises(ValueError, match="largest norm of a gradient is above 0"):
            clip_gradients([b], largest)


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize(
    "make",
    [
        lambda x: {"optimizer": SGD(x, weight_decay=x)},
        lambda x: {"optimizer": Momentum(0.1, momentum=x)},
        lambda x: {"optimizer": RMSprop(0.1, alpha=x, epsilon=x)},
        lambda x: {"optimizer": AdamW(0.1, betas=(x, x), weight_decay=x)},
        lambda x: {"optimizer": SGD(lambda _: x)},
        lambda x: {"optimizer": SGD(StepDecay(x, every=1, factor=x))},
        lambda x: {"optimizer": SGD(Warmup(CosineDecay(x, steps=3, end=x), steps=2))},
        lambda x: {"optimizer": SGD(0.1), "l2": x, "clip": x},
        lambda x: {"optimizer": SGD(0.1), "callbacks": [EarlyStopping(1, margin=x)]},
    ],
)
def test_single_precision_is_widened_before_it_is_computed_with(make, jit):
    if jit:
        pytest.importorskip("llvmlite")
    numpy, found = pytest.importorskip("numpy"), []
    for x in (numpy.float32(0.1), float(numpy.float32(0.1))):
        model = MLP(2, [1], seed=1)
        history = fit(model, xor(), mse, epochs=4, jit=jit, **make(x))
        found.append((history, [value.data for value in model.parameters()]))
        assert all(type(loss) is float for loss in history.loss)
    assert found[0] == found[1]


class Tied(Module):
    """A decoder that has a weight, and a whole layer, of the encoder."""

    def __init__(self):
        self.encoder = {"layer": Layer(2, 1, "linear", seed=1), "w": Value(0.5)}
        self.decoder = {"w": self.encoder["w"], "layer": self.encoder["layer"], "v": Value(2.0)}

    def __call__(self, inputs):
        hidden = self.encoder["layer"](inputs) * self.encoder["w"]
        return self.decoder["layer"]([hidden, self.decoder["v"]]) * self.decoder["w"]


@pytest.mark.parametrize("jit", [False, True])
def test_a_shared_parameter_is_in_the_group_of_each_of_its_names(jit):
    if jit:
        pytest.importorskip("numpy")
    for rule, frozen in [
        ({"decoder": None, "": SGD(0.1)}, 5),
        ({"encoder": None, "": SGD(0.1)}, 4),
        ({"decoder.w": None, "": SGD(0.1)}, 1),
        ({"decoder.layer.neurons.0": None, "": SGD(0.1)}, 3),
        ({"encoder": SGD(0.1), "decoder.v": None}, 1),
        ({"encoder": SGD(0.1), "decoder": SGD(0.1)}, 0),
        ({"encoder": None, "decoder": None, "decoder.v": SGD(0.1)}, 4),
        ({"encoder": None, "decoder": SGD(0.1), "encoder.w": None, "encoder.layer": None}, None),
    ]:
        if frozen is None:
            with pytest.raises(ValueError, match=r"share the parameter encoder.layer.neurons.0.w1"):
                Optimizer(rule, Tied())
            continue
        model = Tied()
        before = [value.data for value in model.parameters()]
        fit(model, xor(), mse, rule, jit=jit)
        after = [value.data for value in model.parameters()]
        assert sum(x == y for x, y in zip(before, after, strict=True)) == frozen


def test_a_whole_name_is_before_the_groups_that_share_it():
    model = Tied()
    whole = {name: None for name, _ in model.named_parameters() if name.startswith("encoder")}
    optimizer = Optimizer({"encoder": SGD(0.1), "decoder": SGD(0.2), **whole}, model)
    assert optimizer.parameters == [model.decoder["v"]]
    assert optimizer.groups == [(SGD(0.2), [0])]


def test_a_gradient_that_is_set_by_hand_is_widened_too():
    numpy, found = pytest.importorskip("numpy"), []
    for g in (numpy.float32(0.3), float(numpy.float32(0.3))):
        for largest in (10, 0.1):
            w = Value(1.0)
            w.grad = g
            clip_gradients([w], largest)
            Optimizer(Momentum(0.1), [w]).step()
            found.append(w.data)
    assert found[:2] == found[2:]


def test_what_a_rule_of_ones_own_keeps_stays_what_it_is():
    @dataclass(frozen=True)
    class Logged(Rule):
        log: list = field(default_factory=list)

        def update(self, w, g, state, rate, step):
            self.log.append(g)
            return w - rate * g, state

    w, log = Value(1.0), []
    w.grad = 2.0
    Optimizer(Logged(0.5, log=log), [w]).step()
    assert (log, w.data) == ([2.0], 0.0)
    assert Adam(0.1, betas=[0.5, 0.75]) == Adam(0.1, betas=(0.5, 0.75))


def test_groups_of_parameters_that_many_ways_lead_to():
    """Blocks that keep all blocks before them: 2 ** 30 names of the first one's weights."""

    class Block(Module):
        def __init__(self, before):
            self.before, self.layer = [*before], Layer(1, 1)

    class Dense(Module):
        def __init__(self):
            self.blocks = []
            for _ in range(30):
                self.blocks.append(Block(self.blocks))

    model = Dense()
    optimizer = Optimizer({"blocks.3.layer": None, "": SGD(1)}, model)
    assert optimizer.frozen == model.blocks[3].layer.parameters()
    assert len(optimizer.parameters) == 58
    with pytest.raises(ValueError, match="share the parameter"):
        Optimizer({"blocks.3": SGD(2), "blocks.4": SGD(1), "": SGD(3)}, model)
