"""Checkpoints: any module and its optimizer in a file, and training that goes on from there."""

import json
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import pytest

from autograd import Value
from nn import (
    MLP,
    SGD,
    Adam,
    AdamW,
    Buffer,
    CosineDecay,
    Dropout,
    Embedding,
    Layer,
    LayerNorm,
    Module,
    Momentum,
    Neuron,
    Optimizer,
    RMSNorm,
    RMSprop,
    Sequential,
    cross_entropy,
    fit,
    load,
    save,
    spiral,
)

DATA = spiral(10, seed=1)
SUFFIXES = [".json", ".safetensors"]
RULES = {
    "SGD": SGD(CosineDecay(0.1, steps=9)),
    "Momentum": Momentum(0.05, nesterov=True),
    "RMSprop": RMSprop(0.02),
    "Adam": Adam(0.03),
    "AdamW": AdamW(0.03),
    "groups": {"first.neurons.0": None, "last": Adam(0.02), "": Momentum(0.1)},
    "no others": {"first": Adam(0.03), "last": SGD(0.1), "again": SGD(0.1), "": Adam(0.1)},
}


class Net(Module):
    """A residual network with dropout, a tied weight, and a count of its calls."""

    def __init__(self, seed=1):
        self.first, self.last = Layer(2, 3, "tanh", seed=seed), Layer(3, 3, "linear", seed=seed)
        self.drop, self.scale = Dropout(0.25), {"all": Value(0.5, "scale")}
        self.again = self.scale["all"]
        self.seen = Buffer(0.0, "seen")

    def __call__(self, xs):
        hidden = self.drop(self.first(xs))
        return [y + self.again * h for y, h in zip(self.last(hidden), hidden, strict=True)]


@pytest.fixture(params=SUFFIXES)
def path(request, tmp_path):
    if request.param == ".safetensors":
        pytest.importorskip("safetensors", reason="safetensors is not installed")
    return tmp_path / f"model{request.param}"


def numbers(model):
    values = [*model.named_parameters(), *model.named_buffers()]
    return repr([(name, value.data) for name, value in values])


def train(model, optimizer, epochs, **options):
    return fit(model, DATA, cross_entropy, optimizer, epochs, 4, seed=3, **options).loss


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_training_goes_on_with_the_same_numbers(path, rule, jit):
    whole, part, other = Net(), Net(), Net(seed=9)
    expected = train(whole, Optimizer(rule, whole), 4, jit=jit)
    optimizer = Optimizer(rule, part)
    begun = train(part, optimizer, 2, jit=jit)
    part.seen.data = 17.0
    save(part, path, optimizer)
    again = Optimizer(rule, other)
    assert load(path, other, again) is other
    assert numbers(other) == numbers(part)
    assert (again.steps, again.epochs) == (6, 2)
    assert repr(begun + train(other, again, 2, jit=jit)) == repr(expected)
    assert repr([p.data for p in other.parameters()]) == repr([p.data for p in whole.parameters()])


@pytest.mark.parametrize("jit", [False, True])
def test_it_goes_on_from_what_a_callback_has_stored(tmp_path, jit):
    whole, other, path = Net(), Net(seed=9), tmp_path / "model.json"
    optimizer, again = (Optimizer(RULES["groups"], net) for net in (whole, other))

    def store(model, history):
        if history.epochs == 2:
            save(model, path, optimizer)

    expected = train(whole, optimizer, 3, callbacks=[store], accumulate=2, jit=jit)
    load(path, other, again)
    assert train(other, again, 1, accumulate=2, jit=jit) == expected[-3:]
    assert numbers(other) == numbers(whole)


def test_it_goes_on_in_another_process(tmp_path):
    code = """
import sys
from tests.nn.test_checkpoints import RULES, Net, Optimizer, load, numbers, train
net = Net(seed=9)
optimizer = Optimizer(RULES["groups"], net)
load(sys.argv[1], net, optimizer)
print(train(net, optimizer, 2), numbers(net))
"""
    net, path = Net(), tmp_path / "model.json"
    optimizer = Optimizer(RULES["groups"], net)
    train(net, optimizer, 2)
    save(net, path, optimizer)
    run = [sys.executable, "-c", code, path]
    found = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert found == f"{train(net, optimizer, 2)} {numbers(net)}\n"


def test_json_keeps_every_number_of_a_module_and_of_its_optimizer(tmp_path):
    class Exact(Module):
        def __init__(self):
            self.a, self.b = Value(Fraction(1, 3)), Value(Decimal("0.10"))
            self.c, self.n = Value(-0.0), Buffer(10**40)

    path, exact, other = tmp_path / "exact.json", Exact(), Exact()
    optimizer = Optimizer(
        {"b": Momentum(Decimal("0.1"), momentum=Decimal("0.5")), "": Momentum(Fraction(1, 7))},
        exact,
    )
    exact.a.grad, exact.b.grad, exact.c.grad = Fraction(2, 7), Decimal("1.5"), 1
    optimizer.states = [(Fraction(1, 9),), (Decimal("0.30"),), (5,)]
    save(exact, path, optimizer)
    for value in (other.a, other.b, other.c, other.n):
        value.data = 0
    again = Optimizer({"b": Momentum(1), "": Momentum(1)}, other)
    load(path, other, again)
    assert numbers(other) == numbers(exact)
    assert repr(again.states) == repr(optimizer.states)
    text = path.read_text()
    assert '    "a": "1/3",\n    "b": "Decimal 0.10",\n    "c": -0.0\n' in text


@pytest.mark.parametrize(
    "model",
    [
        Sequential(
            Layer(2, 3, "tanh", seed=1), Dropout(Fraction(1, 4)), LayerNorm(3, 0.5), Layer(3, 1)
        ),
        Sequential(Sequential(MLP(2, [3, 2], seed=1), RMSNorm(2)), Neuron(2, "relu", seed=1)),
        Sequential(Embedding(4, 2, seed=1), Layer(2, 2, bias=False, elementary=True)),
        Embedding(3, 2, seed=2),
        LayerNorm(4, epsilon=1),
        Dropout(0),
    ],
    ids=lambda model: repr(model)[:40],
)
def test_what_it_is_made_of_comes_back(path, model):
    save(model, path)
    again = load(path)
    assert repr(again) == repr(model)
    assert numbers(again).replace(".0", "") == numbers(model).replace(".0", "")
    assert [v.label for v in again.parameters()] == [v.label for v in model.parameters()]
    for value in again.parameters():
        value.data = 0
    load(path, again)
    assert numbers(again).replace(".0", "") == numbers(model).replace(".0", "")


def test_what_needs_code_is_put_into_a_model(path):
    layer = Layer(2, 2, seed=1)
    for model, other, kind in [
        (Net(), Net(seed=2), "Net"),
        (Neuron(2, abs, seed=1), Neuron(2, abs, seed=2), "Neuron"),
        (Sequential(layer, layer), Sequential(Layer(2, 2), Dropout(0)), "Sequential"),
        (Sequential(Layer(1, 2, seed=1), lambda xs: xs[0]), Sequential(Layer(1, 2)), "Sequential"),
    ]:
        save(model, path)
        with pytest.raises(ValueError, match=f"load.path, model, .*: it holds .* of a {kind}"):
            load(path)
        assert numbers(load(path, other)) == numbers(model)


def test_what_does_not_fit_is_refused_and_changes_nothing(path):
    net = Net()
    optimizer = Optimizer(Adam(0.1), net)
    train(net, optimizer, 1)
    save(net, path, optimizer)

    class Other(Net):
        def __init__(self):
            super().__init__()
            self.more = Value(1.0)

    for make, rule, words in [
        (Other, Adam(0.1), "only the model has 'more' among its parameters"),
        (lambda: Layer(2, 3), None, "only the model has 'neurons.0.w1'"),
        (Net, SGD(0.1), "'first.neurons.0.w1' has a state of Adam there, and needs one of SGD"),
        (Net, AdamW(0.1), "'first.neurons.0.w1' has a state of Adam there, and needs one of A"),
        (
            Net,
            {"first": None, "": Adam(0.1)},
            r"the optimizer does not train \['first.neurons.0.w1",
        ),
    ]:
        model = make()
        trained = rule and Optimizer(rule, model)
        before = numbers(model), trained and (repr(trained.states), trained.steps, trained.epochs)
        with pytest.raises(ValueError, match=f"does not fit into .*: {words}"):
            load(path, model, trained)
        assert before == (
            numbers(model),
            trained and (repr(trained.states), trained.steps, trained.epochs),
        )
    with pytest.raises(ValueError, match="the optimizer is that of another model"):
        load(path, Net(), Optimizer(Adam(0.1), Net()))
    save(net, path)
    with pytest.raises(ValueError, match="it has no state of an optimizer"):
        load(path, net, optimizer)
    with pytest.raises(ValueError, match=r"the optimizer trains Value\(.*is no parameter"):
        save(net, path, Optimizer(SGD(0.1), Neuron(1)))
    save(Neuron(1), path)
    with pytest.raises(ValueError, match=r"load\(path, model, …\)"):
        load(path, optimizer=optimizer)


ODD = [
    '"sNaN"', '"NaN"', '"Decimal snan"', '"Decimal sNaN"', '"Decimal NaN7"', '"Decimal 1_0"',
    '"1_0"', '"1_0/3"', '"1/0"', '"0/0"', '"٣"', '"٣/٤"', '"Decimal ٣"', '" 1/2"', '"+1/2"',
    '"1e999999999"', '"0x10"', '"infinity"', '"1.5"', '""', '"Decimal "', "1e999999999", "NaN",
    "Infinity", "true", "null", "[]", "{}", "[1]", "9" * 5000, '"' + "9" * 5000 + '/1"',
    '"Decimal 1E+99999999999999999999"', "[" * 100_000, '{"a":' * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd[:20])
def test_odd_numbers_are_refused_and_change_nothing(tmp_path, odd):
    path, net = tmp_path / "model.json", Net()
    optimizer = Optimizer(Adam(0.1), net)
    train(net, optimizer, 1)
    save(net, path, optimizer)
    good = path.read_text()
    before = numbers(net), repr(optimizer.states)
    parameter = repr(net.last.neurons[0].weights[0].data)
    state = repr(optimizer.states[3][0])
    for text in (parameter, state, '"steps": 3', '"epochs": 1'):
        assert good.count(text) == 1
        path.write_text(good.replace(text, text.partition(" ")[0] * (":" in text) + odd))
        with pytest.raises(ValueError, match=r"model\.json (holds no model|does not fit into)"):
            load(path, net, optimizer)
    path.write_text(good.replace('"model": "Net"', f'"model": {odd}'))
    assert (numbers(net), repr(optimizer.states)) == before


def test_a_checkpoint_cut_or_damaged_anywhere_is_refused_or_whole(path):
    """Bytes changed at random: a ValueError and nothing has changed, or all is there."""
    import random

    net, rng = Net(), random.Random(1)
    optimizer = Optimizer(Adam(0.1), net)
    train(net, optimizer, 1)
    save(net, path, optimizer)
    good, refused = path.read_bytes(), 0
    other = Net(seed=2)
    again = Optimizer(Adam(0.1), other)
    for k in range(150):
        data = bytearray(good)
        if k % 3:
            for _ in range(rng.choice([1, 1, 3])):
                data[rng.randrange(min(len(data), 4000))] = rng.randrange(256)
        else:
            del data[rng.randrange(len(data) - 2) :]
        path.write_bytes(data)
        before = numbers(other), repr(again.states), again.steps, again.epochs
        try:
            load(path, other, again)
        except ValueError:
            refused += 1
            assert (numbers(other), repr(again.states), again.steps, again.epochs) == before
        else:
            assert len(again.states) == len(other.parameters())
            assert type(again.steps) is type(again.epochs) is int
    assert refused > 75


def test_a_bomb_in_the_header_of_safetensors_is_refused(tmp_path):
    serialize = pytest.importorskip("safetensors.numpy", reason="safetensors is missing").save
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    path = tmp_path / "model.safetensors"
    part = '{"model": "Sequential", "modules": ['
    for text in ("[" * 100_000, part * 50_000, part * 900 + "]}" * 900, '{"model": 1, "model": 1}'):
        path.write_bytes(serialize({"a": numpy.zeros(1)}, metadata={"chainrule": text}))
        with pytest.raises(ValueError, match="holds no model"):
            load(path)


@pytest.mark.parametrize("sizes", [{"count": 10**9, "size": 10**9}, {"count": 2, "size": "inf"}])
def test_a_size_that_the_file_has_no_numbers_for_is_refused(tmp_path, sizes):
    path = tmp_path / "model.json"
    save(Embedding(2, 1), path)
    content = json.loads(path.read_text())
    content["arguments"] = sizes
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match="too few for Embedding"):
        load(path)


def test_a_state_that_could_not_be_read_again_is_not_written(path):
    optimizer = Optimizer(SGD(0.1), model := Neuron(1, seed=1))
    optimizer.states = [(None,), (True,)]
    with pytest.raises((TypeError, ValueError), match=r"number|NoneType"):
        save(model, path, optimizer)
    assert not path.exists()
