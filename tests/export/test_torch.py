"""Traced functions as modules of PyTorch, against eager."""

import math
import random

import pytest

from autograd import Value, custom, dot, exp, grad, jit, logsumexp, relu, tanh, to_torch, where
from autograd.engine import record
from autograd.ops import OPS
from tests.export.running import UNWRITTEN, UNWRITTEN_FOR_TENSORS, assert_same, distance
from tests.export.test_rows import EXACT, near_root, samples
from tests.jit.test_agreement import OPERATIONS, Function, eager

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

SPECIAL = [0.0, -0.0, 1.0, math.inf, -math.inf, math.nan, 1e300, -2.5]


def values_and_slopes(module, points):
    """What the module and PyTorch's backward pass give at points, all as one batch."""
    leaves = [
        torch.tensor(column, dtype=torch.float64, requires_grad=True)
        for column in zip(*points, strict=True)
    ]
    result = module(*leaves)
    slopes = torch.autograd.grad(result.sum(), leaves)
    return [*zip(*(x.tolist() for x in (result, *slopes)), strict=True)]


def beside(name, point):
    """Points at which Values have other slopes than numbers: a mean of what is not finite.

    And where PyTorch's own remainder is nan, for the quotient is infinite.
    """
    if name in ("mod", "floordiv"):
        x, y = point
        return y != 0 and math.isfinite(x) and math.isinf(x / y)
    return name == "softmean" and not all(map(math.isfinite, point))


@pytest.mark.parametrize("name", [n for n in OPS if n not in UNWRITTEN | UNWRITTEN_FOR_TENSORS])
def test_row_agrees_with_eager(name):
    op = OPS[name]
    count = 4 if op.run else len(op.inputs)
    # PyTorch's square root is one of MKL's, which may miss the last bit.
    limit = 0 if name in EXACT - {"sqrt"} else 64 if op.helper else 4
    points = [point for point in samples(count) if not beside(name, point)]

    def f(*args):
        return record(op, *args) + 0 * args[0]  # so that all results have the shape of the batch

    module = to_torch(f, *[0.5] * count)
    for point, found in zip(points, values_and_slopes(module, points), strict=True):
        leaves = [*map(Value, point)]
        root = f(*leaves)
        root.backward()
        expected = [root.data, *(leaf.grad for leaf in leaves)]
        for x, y in zip(found, expected, strict=True):
            assert distance(x, y) <= limit or near_root(op, point, x, y), (point, found, expected)


def test_random_arithmetic_has_the_bits_of_eager():
    source = random.Random("modules")
    for _ in range(40):
        program = [
            (source.randrange(len(OPERATIONS)), source.randrange(50), source.randrange(50))
            for _ in range(source.randint(1, 25))
        ]
        f = Function(program)
        points = [(source.choice(SPECIAL), source.choice(SPECIAL)) for _ in range(20)]
        points += [(source.uniform(-10, 10), source.uniform(-10, 10)) for _ in range(10)]
        module = to_torch(f, 1.0, 2.0)
        for point, found in zip(points, values_and_slopes(module, points), strict=True):
            value, slopes, _ = eager(f, *point)
            assert_same(found, [value, *slopes])


def neuron():
    weights, bias = [Value(0.5, "w1"), Value(-0.25, "w2")], Value(0.125, "b")
    return lambda x: tanh(dot(weights, x) + bias) * relu(x[0])


def test_samples_parameters_and_training():
    f = neuron()
    module, program = to_torch(f, [1.0, 2.5]), jit(f, backend="python")
    assert repr(module) == "Traced(x; 3 parameters)"
    x = torch.tensor([[1.0, 2.0], [3.0, -1.0], [-0.5, 0.25]], dtype=torch.float64)
    found = module(x)
    assert found.tolist() == pytest.approx([program(row) for row in x.tolist()], rel=1e-15)
    assert module(x[0]).item() == found[0].item()
    assert module(x[:, None]).shape == (3, 1)
    found.mean().backward()
    for row in x.tolist():
        program.backward(row)
    expected = [parameter.grad / 3 for parameter in program.parameters]
    assert module.captured.grad.tolist() == pytest.approx(expected, rel=1e-14)
    before = found.mean().item()
    torch.optim.SGD(module.parameters(), lr=0.1).step()
    assert module(x).mean().item() < before


def test_arguments_and_results_keep_their_structure():
    def f(a, b):
        return {"sum": a[0][0] + a[1][1] + b["k"], "both": [a[0][1] * b["k"], a[1][0]]}

    module = to_torch(f, [[1.0, 2.0], [3.0, 4.0]], {"k": 5.0})
    a = torch.arange(8.0, dtype=torch.float64).reshape(2, 2, 2).requires_grad_()
    k = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    found = module(a, {"k": k})
    assert found["sum"].tolist() == [6.0, 14.0]
    assert found["both"].tolist() == [[3.0, 2.0], [15.0, 6.0]]
    (found["sum"].sum() + 2 * found["both"].sum()).backward()
    assert a.grad.tolist() == [[[1, 6], [2, 1]]] * 2
    assert k.grad.item() == 2 + 2 * (1 + 5)
    nested = module([[a[0, 0, 0], 1.0], [2.0, 3.0]], {"k": 4.0})
    assert nested["sum"].item() == 7.0
    with pytest.raises(ValueError, match="a has the shape"):
        module(torch.zeros(3, 2), {"k": k})
    with pytest.raises(ValueError, match="a was traced with 2 parts, not 1"):
        module([[1.0, 2.0]], {"k": k})
    with pytest.raises(TypeError, match="2 arguments belong here, not 1"):
        module(a)


def test_a_branch_that_is_not_taken_hands_nothing_on():
    module = to_torch(lambda x: where(x > 0, x**0.5, 0.0) + where(x > 0, 1 / x, x), 1.0)
    found = values_and_slopes(module, [(-1.0,), (0.0,), (4.0,)])
    assert found == [(-1.0, 1.0), (0.0, 1.0), (2.25, 0.25 - 1 / 16)]


def test_higher_derivatives():
    def f(x):
        return logsumexp([x, 2 * x, exp(x)]) * where(x > 0, x**1.5, x)

    x = torch.tensor([0.5, -1.0, 0.0], dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(to_torch(f, 1.0)(x).sum(), x, create_graph=True)
    assert to_torch(grad(f), 1.0)(x).tolist() == pytest.approx(slope.tolist(), rel=1e-15)
    (curve,) = torch.autograd.grad((x + slope).sum(), x, create_graph=True)
    expected = [1 + grad(grad(f))(v) for v in x.tolist()]
    assert curve.tolist() == pytest.approx(expected, rel=1e-13)
    (third,) = torch.autograd.grad(curve.sum(), x)
    expected = [grad(grad(grad(f)))(v) for v in x.tolist()]
    assert third.tolist() == pytest.approx(expected, rel=1e-12)


def test_a_result_that_is_not_used_hands_nothing_back():
    x = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    first, _ = to_torch(lambda x: {"a": 3 * x, "b": 1 / x}, 1.0)(x).values()
    assert torch.autograd.grad(first, x)[0].item() == 3.0


def test_functions_of_python_are_refused_by_name():
    square = custom(lambda x: x * x, lambda x, z: 2 * x, name="square")
    with pytest.raises(NotImplementedError, match=r"'square'.*PyTorch"):
        to_torch(lambda x: square(x) + 1, 1.0)
