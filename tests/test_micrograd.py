"""Code written for micrograd runs with its import changed: its tests, its networks, its demos."""

import importlib.util
import math
import random
import re
from pathlib import Path

import pytest

import nn
from autograd import Value


def test_the_published_example():
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert f"{g.data:.4f}" == "24.7041"
    assert f"{a.grad:.4f}" == "138.8338"
    assert f"{b.grad:.4f}" == "645.5773"


def test_the_lectures_neuron():
    x1 = Value(2.0, label="x1")
    x2 = Value(0.0, label="x2")
    w1 = Value(-3.0, label="w1")
    w2 = Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    x1w1 = x1 * w1
    x1w1.label = "x1*w1"
    x2w2 = x2 * w2
    n = x1w1 + x2w2 + b
    o = n.tanh()
    o.label = "o"
    o.backward()
    assert math.isclose(o.data, math.sqrt(0.5), rel_tol=1e-9)
    for node, expected in ((x1, -1.5), (w1, 1.0), (x2, 0.5), (w2, 0.0)):
        assert math.isclose(node.grad, expected, rel_tol=1e-9)
    e = (2 * (x1 * w1 + x2 * w2 + b)).exp()
    again = (e - 1) / (e + 1)
    for node in (x1, w1, x2, w2, b):
        node.grad = 0.0
    again.backward()
    assert math.isclose(x1.grad, -1.5, rel_tol=1e-9)


def test_micrograds_own_test_against_worked_out_numbers():
    """Its sanity check, with the numbers worked out by hand."""
    x = Value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    # z = -10, q = 40, h = 100, y = 100 + 40 - 160; dy/dx = 2*z*3 + (1 + x)*(z + 3*x) + q
    assert y.data == -20.0
    assert x.grad == 2 * -10 * 3 + (1 - 4) * (-10 + 3 * -4) + 40


def test_gradient_descent_as_the_lecture_writes_it():
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    ys = [1.0, -1.0, -1.0, 1.0]
    parameters = [Value(0.1 * k - 0.15, label=f"w{k}") for k in range(4)]
    for _ in range(200):
        ypred = [
            (sum((w * x for w, x in zip(parameters, row, strict=False)), parameters[3])).tanh()
            for row in xs
        ]
        loss = sum((yout - ygt) ** 2 for ygt, yout in zip(ys, ypred, strict=True))
        for p in parameters:
            p.grad = 0.0
        loss.backward()
        for p in parameters:
            p.data += -0.1 * p.grad
    assert loss.data < 0.1


# micrograd itself beside this, where it is installed: the same text with either class.


@pytest.fixture
def engines():
    pytest.importorskip("micrograd", reason="micrograd is not installed")
    from micrograd.engine import Value as Theirs

    return Theirs, Value


def networks(cls):
    """micrograd's own networks, their import of Value changed."""
    path = Path(importlib.util.find_spec("micrograd.nn").origin)
    text = path.read_text().replace("from micrograd.engine import Value", "")
    names = {"Value": cls, "__name__": "networks"}
    exec(text, names)
    return names


def traced(root):
    """What its drawing reads: numbers and symbols of nodes, and arrows, by `_prev` and `_op`."""
    nodes, arrows = set(), set()

    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                arrows.add((child, v))
                build(child)

    build(root)
    line = "data %.4f | grad %.4f"
    return (
        sorted((line % (n.data, n.grad), n._op) for n in nodes if n._op),
        sorted((a._op, b._op) for a, b in arrows if a._op),
    )


@pytest.mark.parametrize(
    "formula",
    ["(x*2 + 1).relu()", "x*w + b*b", "(x + x)**2 * w", "w**3", "(x*w + b).relu() * w"],
)
def test_the_drawing_of_its_notebook_reads_the_same(engines, formula):
    """Without the constants, which are nodes there."""
    found = []
    for cls in engines:
        leaves = {"x": cls(1.0), "w": cls(-2.0), "b": cls(3.0)}
        root = eval(formula, leaves)
        root.backward()
        found.append((traced(root), [leaves[name].grad for name in "xwb"]))
    assert found[0] == found[1]


def test_its_networks_run_on_our_values(engines):
    found = []
    for cls in engines:
        random.seed(1337)
        model = networks(cls)["MLP"](2, [4, 4, 1])
        out = model([1.0, -2.0])
        out.backward()
        found.append([out.data, *(p.grad for p in model.parameters())])
        model.zero_grad()
        assert all(p.grad == 0 for p in model.parameters())
        assert repr(model).startswith("MLP of [Layer of [ReLUNeuron(2)")
    assert found[1] == pytest.approx(found[0], rel=1e-12)


def trained(cls, model, points, steps):
    """The loop of its demo: hinge loss, L2, a falling rate; the losses, accuracies and weights."""
    history = []
    for k in range(steps):
        scores = [model([cls(x) for x in row]) for row, _ in points]
        losses = [(1 + -y * s).relu() for s, (_, y) in zip(scores, points, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        total = data_loss + 1e-4 * sum(p * p for p in model.parameters())
        right = [(y > 0) == (s.data > 0) for s, (_, y) in zip(scores, points, strict=True)]
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= (1.0 - 0.9 * k / 100) * p.grad
        history += [total.data, sum(right) / len(right)]
    return history + [p.data for p in model.parameters()]


def test_its_demo_trains_to_the_same_numbers(engines):
    points = [(row, float(y)) for row, y in nn.moons(12, seed=1337, labels=(-1, 1))]
    found = []
    for cls in engines:
        random.seed(1337)
        found.append(trained(cls, networks(cls)["MLP"](2, [5, 5, 1]), points, 8))
    random.seed(1337)
    ours = nn.MLP(2, [5, 5, 1])  # the same weights from the same numbers: uniform, biases 0
    found.append(trained(Value, ours, points, 8))
    assert found[1] == pytest.approx(found[0], rel=1e-9)
    assert found[2] == pytest.approx(found[0], rel=1e-9)


def test_what_is_not_taken_over_says_the_way_out():
    a, b = Value(1.0), Value(2.0)
    with pytest.raises(TypeError, match=r"a label is text.*register\(\) or custom\(\)"):
        Value(3.0, (a, b))
    assert re.match(r"Value\(data=3.0, grad=0", repr(a + b))
