"""nn.draw: circles in columns, weights as lines."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest

import nn
from autograd import Value
from nn import MLP, Dropout, Embedding, Layer, Module, Neuron, Sequential


def test_circles_and_lines():
    model = MLP.of(
        [Layer.of([[1.0, -2.0], [0.0, 4.0]], [0.5, 0.25], "tanh"), Layer.of([[1.0, 1.0]])]
    )
    drawn = nn.draw(model)
    assert repr(drawn) == "<picture of MLP 2-2-1: 5 circles, 6 lines>"
    assert repr(nn.draw(MLP(1, [1]))) == "<picture of MLP 1-1: 2 circles, 1 line>"
    lines = dict(re.findall(r"(n\d_\d -> n\d_\d) \[(.*?)\]", drawn.source))
    assert 'color="#2563eb"' in lines["n0_0 -> n1_0"]
    assert 'color="#dc2626"' in lines["n0_1 -> n1_0"]
    assert 'color="#94a3b8"' in lines["n0_0 -> n1_1"]
    width = {key: float(re.search(r"penwidth=([\d.]+)", text)[1]) for key, text in lines.items()}
    assert width["n0_1 -> n1_1"] == 3.5
    assert width["n0_1 -> n1_0"] == 1.9
    assert width["n0_0 -> n1_1"] == 0.3
    assert 'tooltip="w2 = -2"' in lines["n0_1 -> n1_0"]
    assert "bias 0.25" in drawn.source
    for text in ("2 inputs", "2 tanh", "1 linear", "x₁", "h₂", "ŷ"):
        assert text in drawn.source
    assert drawn.svg().count("<ellipse") == 5


def test_wide_columns_say_how_much_is_left_out():
    drawn = nn.draw(MLP(60, [58, 10, 1], seed=1))
    assert "… 52 more" in drawn.source
    assert "… 50 more" in drawn.source
    assert drawn.svg().count("<ellipse") == 8 + 8 + 10 + 1


@pytest.mark.parametrize("model", [Neuron(3, seed=1), Layer(2, 3, seed=1), Neuron(1, bias=False)])
def test_single_neurons_and_layers(model):
    assert nn.draw(model).svg().startswith("<?xml")


def test_weights_that_are_not_numbers_are_drawn():
    assert nn.draw(Neuron.of([float("nan"), float("inf"), 0.0])).png().startswith(b"\x89PNG")


def test_columns_do_not_overlap():
    rows = nn.draw(MLP(3, [7, 7, 2], seed=1)).pipe(format="plain", encoding="utf-8").splitlines()
    circles = [tuple(map(float, r.split()[2:4])) for r in rows if r.startswith("node")]
    for index, (x, y) in enumerate(circles):
        for u, v in circles[:index]:
            assert (x - u) ** 2 + (y - v) ** 2 > 0.42**2


def test_weights_of_any_number_type_are_drawn():
    model = MLP(2, [1, 1], activation="linear", bias=False)
    for w, text in zip(model.parameters(), ("0.4", "-0.6", "1/3"), strict=True):
        w.data = Fraction(text)
    lines = nn.draw(model).source
    for text in ("w1 = 0.4", "w2 = -0.6", "w3 = 0.333333"):
        assert f'tooltip="{text}"' in lines
    for data in (Decimal("-1.5"), 10**400, Fraction(1, 10**400), Decimal("nan"), -(10**5000)):
        drawn = nn.draw(Neuron.of([data, 1], data))
        assert drawn.svg().count("<ellipse") == 3
    assert "w1 = -1e5000" in drawn.source


def test_the_sign_of_a_weight_is_no_matter_of_colour_alone():
    source = nn.draw(Neuron.of([2.0, -2.0, 0.0])).source
    styles = re.findall(r"n0_\d -> n1_0 \[(.*?)\]", source)
    assert ["dashed" in style for style in styles] == [False, True, False]


def test_a_network_is_described():
    drawn = nn.draw(MLP.of([Layer.of([[1.0, -2.0]], None, "tanh")]))
    assert drawn.content["description"].startswith(
        "Columns of circles from left to right: 2 inputs, 1 tanh. 2 lines are weights, 1 of them"
    )
    assert "<title>The network MLP 2-1</title>" in drawn.svg()
    assert drawn.pipe(format="mmd", encoding="utf-8").count("-->") == 2


class Residual(Module):
    def __init__(self):
        self.first, self.second = Layer(2, 4, "tanh", seed=1), Layer(4, 2, seed=2)
        self.drop = Dropout(0.5)

    def __call__(self, xs):
        return [x + y for x, y in zip(xs, self.drop(self.second(self.first(xs))), strict=True)]


class Recurrent(Module):
    def __init__(self):
        self.cell = Layer(2, 1, "tanh", seed=1, elementary=True)

    def __call__(self, xs):
        h = Value(0.0, "h")
        for x in xs:
            h = self.cell([x, h])
        return h


def shown(picture):
    boxes = {box["key"]: box["title"].partition(" = ")[0] for box in picture.content["boxes"]}
    arrows = [(boxes[it["tail"]], boxes[it["head"]]) for it in picture.content["arrows"]]
    return sorted(boxes.values()), sorted(arrows)


def test_a_module_of_ones_own_is_drawn_as_a_call_of_it():
    model = Residual()
    boxes, arrows = shown(nn.draw(model, [0.5, -1.0]))
    first, second = "first: Layer 2 → 4, tanh", "second: Layer 4 → 2, relu"
    assert boxes == sorted([first, second, "x₁", "x₂", "ŷ₁", "ŷ₂"])
    ways = [("x₁", first), ("x₂", first), (first, second), (second, "ŷ₁"), (second, "ŷ₂")]
    assert arrows == sorted([*ways, ("x₁", "ŷ₁"), ("x₂", "ŷ₂")])
    assert model.training and model.drop.training
    with pytest.raises(
        ValueError, match=r"picture of Residual.*nn\.draw\(model, \[0\.5, -1\.0\]\)"
    ):
        nn.draw(model)


def test_each_call_of_a_layer_has_a_box():
    cell = "cell: Layer 2 → 1, tanh"
    weights = f"{cell}, its parameters"
    boxes, arrows = shown(nn.draw(Recurrent(), [0.5, -1.0, 2.0]))
    assert boxes == sorted([*[cell] * 3, weights, "h", "x₁", "x₂", "x₃"])
    assert arrows.count((weights, cell)) == 3
    assert arrows.count((cell, cell)) == 2


def test_a_call_of_a_wide_network_is_a_box_for_each_layer():
    model = MLP(2, [30, 20, 2], seed=1)
    boxes, _ = shown(nn.draw(model, [1.0, 2.0]))
    assert [it for it in boxes if it.startswith("layers")] == [
        "layers.0: Layer 2 → 30, relu",
        "layers.1: Layer 30 → 20, relu",
        "layers.2: Layer 20 → 2, linear",
    ]


def test_parameters_of_other_modules_are_boxes_of_their_own():
    model = nn.Sequential(nn.Embedding(4, 3, seed=1), nn.RMSNorm(3), Layer(3, 1, "tanh", seed=2))
    boxes, arrows = shown(nn.draw(model, 2))
    table, gamma = "0: Embedding, its parameters", "1: RMSNorm, its parameters"
    assert {table, gamma, "2: Layer 3 → 1, tanh", "3 div", "3 mul"} <= {*boxes}
    assert (gamma, "3 mul") in arrows and (table, "3 div") in arrows


def test_inputs_by_name_indices_and_what_is_no_network():
    class Named(Module):
        def __init__(self):
            self.layer = Layer(1, 2, seed=1)

        def __call__(self, given):
            return self.layer([given["a"]])

    assert repr(nn.draw(Named(), {"a": 1.0})) == repr(nn.draw(Named(), {"a": Value(1.0, "a")}))
    table = Sequential(Embedding(5, 2, seed=1), lambda rows: rows[0], Layer(2, 1, seed=2))
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    assert repr(nn.draw(table, numpy.array([1, 2]))) == repr(nn.draw(table, [1, 2]))
    for inputs in (None, 2.0):
        with pytest.raises(TypeError, match=r"drawn by autograd\.draw"):
            nn.draw(Value(1), inputs)
