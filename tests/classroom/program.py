"""What a student does, once over: prints a line of JSON, in a browser's Python as in any other."""

import contextlib
import io
import json
import tempfile
from fractions import Fraction
from pathlib import Path

import autograd.__main__
from autograd import Value, draw, explain, steps
from autograd.live import live
from autograd.testing.engines import report_on
from nn import MLP, SGD, binary_cross_entropy, fit, moons

ENGINE = '''
import math

class Number:
    """Right but for the slope of tanh."""

    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        other = other if isinstance(other, Number) else Number(other)
        return Number(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Number) else Number(other)
        return Number(self.data * other.data, ((self, other.data), (other, self.data)))

    def tanh(self):
        t = math.tanh(self.data)
        return Number(t, ((self, 1 - t),))

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent, _ in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for parent, slope in node.parents:
                parent.grad += slope * node.grad
'''


def command(*arguments):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        status = autograd.__main__.main(arguments)
    return status, printed.getvalue()


def notes():
    """The notes' network, its derivation and its pictures."""
    x1, x2, y = Value(5, "x1"), Value(3, "x2"), Value(8, "y")
    w1, w2, w3 = weights = [
        Value(Fraction(w), f"w{k}") for k, w in enumerate(("0.4", "0.6", "0.5"), 1)
    ]
    h1 = x1 * w1 + x2 * w2
    yhat = h1 * w3
    E = (yhat - y) ** 2 / 2
    E.backward()
    named = {"h1": h1, "yhat": yhat, "E": E}
    yield "new weights", [str(w.data - Fraction("0.01") * w.grad) for w in weights]
    yield "equal", w1.data - Fraction("0.01") * w1.grad == Fraction("0.5525")
    yield "explain", str(explain(E, w1, named))
    yield "layered", draw(E, named, engine="layered").svg()
    yield "drawn", draw(E, named).svg()
    with tempfile.TemporaryDirectory() as folder:
        steps(E, named).save(f"{folder}/steps.html")
        yield "steps", Path(folder, "steps.html").read_text(encoding="utf-8")
        live(E, named).save(f"{folder}/live.html")
        yield "live", Path(folder, "live.html").read_text(encoding="utf-8")


def training():
    """A network of two layers: its losses, and their plot."""
    model = MLP(2, [4, 1], activation="tanh", seed=1)
    data = moons(30, noise=0.1, seed=2)
    history = fit(
        model, data, binary_cross_entropy, SGD(0.3), epochs=4, batch_size=10, seed=0, progress=False
    )
    yield "losses", history.epoch_loss
    plot = history.plot()
    yield "plot", repr(plot)
    yield "plotted", plot.svg()


def checked():
    """A class of one's own, as the engine test sees it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "engine.py")
        path.write_text(ENGINE, encoding="utf-8")
        report = report_on(f"{path}:Number", graphs=20, longest=300)
    yield "faults", [fault.what for fault in report.wrong]


def everything():
    found = {"command": command(), "training": command("--steps", "3")}
    for part in (notes(), training(), checked()):
        found |= dict(part)
    return found


if __name__ == "__main__":
    print(json.dumps(everything()))
