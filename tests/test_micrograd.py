"""Code written for micrograd runs unchanged."""

import math

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
