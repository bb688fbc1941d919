"""That no gradient came is another thing than a gradient of 0, as everywhere in the field."""

import math

import pytest

from autograd import Value, calculus, exp, jit, maximum, sqrt, where
from autograd.graph import flow


def by_flow(f, *numbers):
    leaves = [Value(x) for x in numbers]
    totals = {node: total for node, total, _ in flow(f(*leaves))}
    return [totals.get(leaf, 0) for leaf in leaves]


def eagerly(f, *numbers):
    leaves = [Value(x) for x in numbers]
    f(*leaves).backward()
    return [leaf.grad for leaf in leaves]


def of_values(f, *numbers):
    leaves = [Value(x) for x in numbers]
    found = calculus.adjoints(f(*leaves), leaves)
    totals = [found.get(leaf, 0) for leaf in leaves]
    return [total.data if isinstance(total, Value) else total for total in totals]


def compiled(backend):
    def run(f, *numbers):
        slopes = jit(f, backend=backend).value_and_grad(*numbers)[1]
        return list(slopes) if len(numbers) > 1 else [slopes]

    run.__name__ = backend
    return run


def by_torch(f, *numbers):
    torch = pytest.importorskip("torch")
    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in numbers]
    f(*leaves).backward()
    return [0 if leaf.grad is None else leaf.grad.item() for leaf in leaves]


READERS = [eagerly, by_flow, of_values, compiled("python"), compiled("llvm")]
EACH = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)


def roots(x):
    s = x.sqrt()
    return s - s


@EACH
def test_a_gradient_of_0_meets_an_infinite_slope(reader):
    if reader.__name__ == "llvm":
        pytest.importorskip("llvmlite")
    (slope,) = reader(roots, 0.0)
    assert math.isnan(slope)


def test_pytorch_agrees():
    (slope,) = by_torch(roots, 0.0)
    assert math.isnan(slope)


@EACH
def test_a_branch_not_taken_hands_on_nothing(reader):
    if reader.__name__ == "llvm":
        pytest.importorskip("llvmlite")
    assert reader(lambda x, y: where(1.0, y, sqrt(x)), 0.0, 2.0) == [0, 1]
    assert reader(lambda x, y: maximum(sqrt(x), y), 0.0, 2.0) == [0, 1]
    assert reader(lambda x, y: where(0.0, exp(sqrt(x)), y * y) - y, 0.0, 2.0) == [0, 3.0]


@EACH
def test_a_product_with_0_hands_0_on(reader):
    if reader.__name__ == "llvm":
        pytest.importorskip("llvmlite")
    found = reader(lambda x: sqrt(x) * 0.0, 0.0)
    assert math.isnan(found[0])
    assert reader(lambda x, y: 0.0 * x + y, 3.0, 1.0) == [0.0, 1]
