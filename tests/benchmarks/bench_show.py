"""Time and bytes of what is shown: `python -m pytest tests/benchmarks/bench_show.py`.

Graphs of 30, 300 and 3000 values: the DOT text, its layout at the level chosen by itself and with a
box for each value (by graphviz-pure, and by our own layout), an explanation as text, the steps, and
their page. `bytes` is the size of each.
"""

import pytest

from autograd import Value, draw, explain, steps, tanh, topological

pytest.importorskip("pytest_benchmark", reason="pytest-benchmark is not installed")

SIZES = (30, 300, 3000)


def graph(size):
    """A graph of that many values, its operations mixed and half of them used twice."""
    x, w = Value(0.5, "x"), Value(-0.25, "w")
    values = [x, w]
    while len(values) < size:
        k = len(values)
        left, right = values[-1], values[-1 - k % 7 % k]
        made = (left * w + right, left + right, tanh(left), left * right)[k % 4]
        values.append(made)
    root = values[-1]
    root.backward()
    return root, next(leaf for leaf in topological(root) if leaf.op is None)


MADE = {
    "dot text": lambda root, x: draw(root).source,
    "svg": lambda root, x: draw(root).svg(),
    "png": lambda root, x: draw(root).png(),
    "dot text, each value": lambda root, x: draw(root, collapse="op").source,
    "svg, each value": lambda root, x: draw(root, collapse="op").svg(),
    "svg, each value, our layout": lambda root, x: draw(
        root, collapse="op", engine="layered"
    ).svg(),
    "explain": lambda root, x: str(explain(root, x)),
    "steps": lambda root, x: str(steps(root)),
    "steps page": lambda root, x: steps(root)._repr_mimebundle_()["text/html"],
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("what", MADE)
def test_showing(benchmark, what, size):
    root, x = graph(size)
    benchmark.group = what
    shown = benchmark.pedantic(MADE[what], (root, x), rounds=3 if size < 3000 else 1)
    benchmark.extra_info["bytes"] = len(shown if isinstance(shown, bytes) else shown.encode())
    print(f"{what:28} {size:5} values {benchmark.extra_info['bytes']:12,} bytes")
