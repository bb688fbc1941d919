"""Health: networks whose illness is known, and that nothing is changed by the diagnosis."""

import math
import random
from itertools import pairwise

import pytest

from autograd import Value, relu, where
from nn import (
    MLP,
    Dropout,
    Layer,
    Module,
    Neuron,
    binary_cross_entropy,
    diagnose,
    moons,
    mse,
)
from nn.module import groups

DATA = [((x / 4, y / 4), x * y / 4) for x in range(-4, 5) for y in (-4, -1, 3)]


def scaled(model, factor):
    for value in model.parameters():
        value.data *= factor
    return model


def test_relus_below_zero_everywhere_are_dead():
    model = MLP.of([
        Layer.of([[1.0, 1.0], [1.0, -1.0], [1.0, 0.0]], [-100.0, -100.0, 0.0], "relu"),
        Layer.of([[1.0, 1.0, 1.0]], [0.0]),
    ])  # fmt: skip
    first, last = model.diagnose(DATA, mse).layers
    assert (first.units, first.dead, first.saturated) == (3, pytest.approx(2 / 3), 0)
    assert (last.activation, last.dead, last.saturated) == ("linear", 0, 0)
    said = repr(model.diagnose(DATA, mse))
    assert "layers.0: 67% of its relu units are dead" in said
    assert "leaky_relu" in said
    for value in model.layers[0].parameters():
        if value.data == -100:
            value.data = (
                -1.99
            )  # alive at one corner: (1, 1) is not in the data, (1, 3/4) is not enough
    assert model.diagnose(DATA, mse).layers[0].dead == pytest.approx(1 / 3)


def test_large_weights_saturate():
    for name in ("tanh", "sigmoid", "hardtanh", "hardsigmoid", "softsign"):
        layer = Layer.of([[50.0, 0.0], [0.0, 50.0], [0.01, 0.01]], activation=name)
        found = MLP.of([layer, Layer.of([[1.0] * 3])]).diagnose([x for x in DATA if x[0][0]], mse)
        assert found.layers[0].saturated == pytest.approx(2 / 3), name
        assert found.layers[0].dead == 0
        assert f"{name} units are saturated" in repr(found)
    far = diagnose(Neuron.of([1.0], -900.0, "sigmoid"), [(1.0, 0.0)], mse)
    assert (far.layers[0].dead, far.layers[0].saturated) == (0, 1)  # its output is 0, too
    few = diagnose(Neuron.of([1.0], 0.0, "tanh"), [(x, 0.0) for x in (0.0, *[9.0] * 18)], mse)
    assert few.layers[0].saturated == 0  # at 18 of 19 samples, less than 95 %


def test_gradients_of_a_deep_sigmoid_vanish():
    model = MLP(2, [5] * 8 + [1], activation="sigmoid", init="xavier", seed=1)
    found = model.diagnose(DATA, mse)
    total = sum(((model(x) - y) ** 2 for x, y in DATA[1:]), (model(DATA[0][0]) - DATA[0][1]) ** 2)
    (total / len(DATA)).backward()
    means = []
    for layer in model.layers:
        sizes = [abs(value.grad) for value in layer.parameters()]
        means.append(sum(sizes) / len(sizes))
    assert [it.gradient for it in found.layers] == pytest.approx(means, rel=1e-9)
    ratios = [a / b for a, b in pairwise(means)]
    assert [it.ratio for it in found.layers] == [*map(pytest.approx, ratios), None]
    assert means[0] * 100 < means[-1]
    (said,) = found.verdicts
    assert said.startswith("Gradients vanish: in layers.")
    assert "less than 1/100" in said


def test_gradients_explode():
    model = MLP.of([Layer.of([[30.0]]), *(Layer.of([[30.0]], [0.0]) for _ in range(3))])
    (said,) = diagnose(model, [(0.1, 0.0), (-0.1, 1.0)], mse).verdicts
    assert said.startswith("Gradients explode: in layers.")
    assert "times its weights, more than 100" in said
    growing = MLP.of([Layer.of([[10.0]]), Layer.of([[1e5]])])  # gradients 100 and 0.01
    (said,) = diagnose(growing, [(0.001, 999.5)], mse).verdicts
    assert said.startswith("Gradients explode: in layers.0 they are 10000 times those in layers.1")


def test_a_gradient_by_hand_and_nothing_to_complain_of():
    found = diagnose(Layer.of([[2.0]], [1.0]), [(3.0, 5.0), (1.0, 4.0)], mse)
    # Errors 2 and −1: slopes (2·2·3 − 2·1)/2 = 5 and (2·2 − 2·1)/2 = 1.
    assert found.layers[0].gradient == 3
    assert found.verdicts[0].startswith("Nothing conspicuous")
    healthy = MLP(2, [4, 1], activation="tanh", init="xavier", seed=1)
    assert healthy.diagnose(DATA, mse).verdicts[0].startswith("Nothing conspicuous")


class Own(Module):
    def __init__(self):
        self.first, self.drop = Layer.of([[1.0, 1.0], [1.0, 0.0]], [-90.0, 0.0]), Dropout(0.5)
        self.scale, self.spare = Value(2.0, "scale"), Layer.of([[1.0]])
        self.last = Layer.of([[1.0, 1.0]])

    def __call__(self, inputs):
        random.random()
        hidden = [self.scale * relu(h) for h in self.first(inputs)]
        return self.last(self.drop(hidden))


def test_modules_of_ones_own_are_read_and_left_as_they_are():
    model = Own()
    model.drop.eval()
    for k, value in enumerate(model.parameters()):
        value.grad = k
    before = [(it.data, it.grad) for it in model.parameters()]
    given = Value(1.0)
    given.grad = 7
    random.seed(3)
    found = model.diagnose([((given, given), 0.0), *DATA], mse)
    drawn = random.random()
    random.seed(3)
    assert drawn == random.random()
    assert [(it.data, it.grad) for it in model.parameters()] == before
    assert given.grad == 7
    assert [it.training for it in model.modules()] == [
        not isinstance(it, Dropout) for it in model.modules()
    ]
    assert all("total" not in vars(neuron) for neuron in model.first.neurons)
    names = {it.name: it for it in found.layers}
    assert (names["first"].activation, names["first"].dead) == ("relu", 0.5)
    assert names["itself"].gradient > 0 == names["itself"].units
    assert names["spare"].activation == "never used"
    assert "spare is never used." in found.verdicts


def test_a_loss_is_no_activation_of_the_last_layer():
    model = scaled(MLP(2, [1], seed=1), 100)
    found = diagnose(model, moons(20, seed=1), binary_cross_entropy)
    assert [it.activation for it in found.layers] == ["linear"]


def test_what_cannot_be_diagnosed_is_said():
    model = MLP(2, [2, 1], seed=1)
    with pytest.raises(ValueError, match="data has no samples"):
        diagnose(model, [], mse)
    with pytest.raises(TypeError, match="takes a Module"):
        diagnose(lambda x: x, DATA, mse)
    with pytest.raises(FloatingPointError, match="the loss is nan"):
        diagnose(model, [((math.nan, 0.0), 0.0)], mse)
    assert model.training
    assert all("total" not in vars(neuron) for layer in model.layers for neuron in layer.neurons)


def test_its_plot_has_a_bar_for_each_layer():
    model = MLP(2, [5, 5, 1], activation="sigmoid", seed=1)
    said = model.diagnose(DATA, mse).plot().said
    assert said.startswith("mean size of the gradients, layers.0 ")
    assert said.count("layers.") == 3


class PReLU(Module):
    def __init__(self):
        self.slope = Value(0.25, "slope")

    def __call__(self, x):
        return where(x > 0, x, self.slope * x)


def test_an_activation_with_parameters_or_constants_is_diagnosed():
    model = MLP(2, [3, 1], PReLU(), seed=1)
    found = model.diagnose(DATA, mse)
    assert [(it.activation, it.units, it.dead) for it in found.layers] == [
        ("PReLU", 3, 0.0), ("linear", 1, 0.0),
    ]  # fmt: skip
    assert all(it.grad == 0 for it in model.parameters())
    plain, own = (
        MLP(2, [3, 1], kind, seed=1).diagnose(DATA, mse)
        for kind in ("relu", lambda x: x if x.data > 0 else 0.0)
    )
    assert [it.dead for it in own.layers] == [it.dead for it in plain.layers]
    assert [it.gradient for it in own.layers] == [it.gradient for it in plain.layers]


def test_a_layer_that_knows_its_model_hides_nothing():
    class Knowing(Layer):
        def __init__(self, parent):
            super().__init__(2, 2, "tanh", seed=1)
            self.parent = parent

    class Net(Module):
        def __init__(self):
            self.first, self.last = Knowing(self), Layer(2, 1, "linear", seed=2)

        def __call__(self, inputs):
            return self.last(self.first(inputs))

    model = Net()
    assert [it.name for it in model.diagnose(DATA, mse).layers] == ["first", "last"]
    names = [path for path, _, rows in groups(model.first) if rows]
    assert names == ["", "parent.last"]
