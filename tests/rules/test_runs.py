"""Functions of whole runs: products with zeros, lengths at 0, shares that are almost all."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest

from autograd import (
    Value,
    dot,
    grad,
    hessian,
    jacobian,
    jit,
    log_softmax,
    mean,
    norm,
    prod,
    softmax,
)
from autograd.ops import OPS

INF = math.inf
BACKENDS = pytest.mark.parametrize("backend", ["python", "llvm"])


def near(found, true, ulps=16):
    return abs(found - true) <= ulps * math.ulp(true)


def test_a_product_with_zeros():
    assert grad(prod)([2.0, 0.0, 3.0]) == [0.0, 6.0, 0.0]
    assert grad(prod)([0.0, 0.0, 3.0]) == [0.0, 0.0, 0.0]
    assert hessian(prod)([0.0, 0.0, 3.0]) == [[0, 3, 0], [3, 0, 0], [0, 0, 0]]
    assert grad(prod)([2, 0, Fraction(1, 3)]) == [0, Fraction(2, 3), 0]
    assert grad(lambda x: prod([x, x, x]))(2) == 12
    assert prod([]) == 1 and grad(prod)([5.0]) == [1]


def test_a_product_overflows_only_as_a_whole():
    assert prod([1e200, 1e200, 1e-300]) == pytest.approx(1e100, rel=1e-15)
    assert prod([1e-200, 1e-200, 1e300]) == pytest.approx(1e-100, rel=1e-15)
    assert grad(prod)([1e200, 1e200, 1e-300])[2] == INF


@pytest.mark.parametrize("one", [[2.0], [Value(2.0)], [2.0, 3.0, Value(4.0)]])
@pytest.mark.parametrize("other", [[], [1.0, 2.0], [Value(1.0), 2.0]])
def test_runs_of_different_lengths(one, other):
    for left, right in ((one, other), (other, one)):
        message = f"equally long runs, not {len(left)} and {len(right)}"
        for run in (dot, OPS["softmean"].apply):
            with pytest.raises(ValueError, match=message):
                run(left, right)


def test_means():
    assert mean([1.0, 2.0, 6.0]) == 3.0 and grad(mean)([1.0, 2.0, 6.0]) == [1 / 3] * 3
    assert mean([1, 2]) == Fraction(3, 2) and grad(mean)([1, 2, 4]) == [Fraction(1, 3)] * 3
    assert mean([Decimal(1), Decimal(2)]) == Decimal("1.5")
    assert mean([1e308, 1e308]) == 1e308 and mean([1.0, INF]) == INF
    for values in ([], [Value(1.0)][:0]):
        with pytest.raises(ValueError, match="no mean of an empty run"):
            mean(values)


def test_lengths():
    assert norm([3.0, 4.0]) == 5.0 and grad(norm)([3.0, 4.0]) == [0.6, 0.8]
    assert norm([2, 3, 6]) == 7 and grad(norm)([2, 3, 6]) == [Fraction(n, 7) for n in (2, 3, 6)]
    assert grad(norm)([0.0, 0.0]) == [0, 0] and hessian(norm)([0.0, 0.0]) == [[0, 0], [0, 0]]
    assert grad(norm)([5e-324, 5e-324]) == pytest.approx([0.5**0.5] * 2)
    assert grad(norm)([1e300, 1e300]) == pytest.approx([0.5**0.5] * 2)
    found = hessian(norm)([3.0, 4.0])
    assert found[0] == pytest.approx([16 / 125, -12 / 125], rel=1e-15)


@BACKENDS
def test_compiled(backend):
    if backend == "llvm":
        pytest.importorskip("llvmlite")
    for f in (prod, mean, norm):
        for point in ([2.0, 0.0, 3.0], [0.0, 0.0], [-1.5], [1e200, 1e200, 1e-300], [INF, 1.0]):
            value, slopes = jit(f, backend=backend).value_and_grad(point)
            assert repr(float(value)) == repr(float(f(point)))
            assert repr([*map(float, slopes)]) == repr([*map(float, grad(f)(point))])
    for f in (softmax, log_softmax):
        found = jit(lambda v, f=f: f(v)[1], backend=backend).value_and_grad([1.0, 40.0, -3.0])
        value, slopes = f([1.0, 40.0, -3.0])[1], jacobian(f)([1.0, 40.0, -3.0])[1]
        assert near(found[0], value) and all(map(near, found[1], slopes))


def test_shares():
    assert softmax([1000.0, 1000.0, -1000.0]) == [0.5, 0.5, 0.0]
    assert softmax([]) == log_softmax([]) == [] and log_softmax([3.0]) == [0.0]
    assert [type(x) for x in softmax([Value(1.0), 2.0])] == [Value, Value]
    tail = math.exp(-40)
    rows = jacobian(softmax)([40.0, 0.0])
    assert all(near(x, y) for row, true in zip(rows, ([tail, -tail], [-tail, tail]), strict=True)
               for x, y in zip(row, true, strict=True))  # fmt: skip


def test_shares_to_the_last_digits():
    mpmath = pytest.importorskip("mpmath")
    mp = mpmath.mp.clone()
    mp.dps = 60
    for xs in ([0.5, -1.25, 2.0], [-30.0, 5.0, 1.0, 4.5], [600.0, -60.0, 0.25], [7.0, 7.0]):
        exps = [mp.exp(x) for x in xs]
        shares = [e / sum(exps) for e in exps]
        rest = [sum(exps[:k] + exps[k + 1 :]) / sum(exps) for k in range(len(xs))]
        found, logs = softmax(xs), log_softmax(xs)
        slopes, of_logs = jacobian(softmax)(xs), jacobian(log_softmax)(xs)
        for i, share in enumerate(shares):
            assert near(found[i], float(share))
            assert near(logs[i], float(-mp.log1p(rest[i] / share)), 64)
            for j, other in enumerate(shares):
                true = rest[i] if i == j else -other
                assert near(slopes[i][j], float(share * true))
                assert near(of_logs[i][j], float(true), 64)
            second = hessian(lambda v, i=i: softmax(v)[i])(xs)
            for a, b in ((0, 0), (0, 1), (1, 1)):
                of_a, of_b = ((rest[i] if i == k else -shares[k]) for k in (a, b))
                of_both = rest[a] if a == b else -shares[b]
                assert near(second[a][b], float(share * (of_a * of_b - shares[a] * of_both)), 64)


def test_what_is_masked_has_no_part():
    xs = [5.0, -INF, 1.0]
    assert softmax(xs)[1] == 0 and log_softmax(xs)[1] == -INF
    for row in (*jacobian(softmax)(xs), *jacobian(log_softmax)(xs)[::2]):
        assert row[1] == 0 and all(map(math.isfinite, row))
    assert log_softmax([5.0, -INF]) == [0.0, -INF]
    assert jacobian(log_softmax)([5.0, -INF])[0] == [0, 0]


def test_pytorch_agrees():
    torch = pytest.importorskip("torch")
    for xs in ([0.5, -1.25, 2.0], [0.0, 3.0, 4.0], [2.0, 0.0, -3.0]):
        t = torch.tensor(xs, dtype=torch.float64)
        for row, own in ((prod, torch.prod), (mean, torch.mean), (norm, torch.norm)):
            assert row(xs) == pytest.approx(own(t).item(), rel=1e-14)
            true = torch.autograd.functional.jacobian(own, t).tolist()
            assert grad(row)(xs) == pytest.approx(true, rel=1e-14)
        for row, own in ((softmax, torch.softmax), (log_softmax, torch.log_softmax)):
            assert row(xs) == pytest.approx(own(t, 0).tolist(), rel=1e-13)
            true = torch.autograd.functional.jacobian(lambda t, own=own: own(t, 0), t)
            assert jacobian(row)(xs) == [pytest.approx(r, rel=1e-12) for r in true.tolist()]


def test_log_softmax_where_softmax_is_nan_and_of_ints_beside_floats():
    for run in ([-math.inf], [-math.inf, -math.inf], [-math.inf] * 3):
        assert all(map(math.isnan, softmax(run))) and all(map(math.isnan, log_softmax(run)))
    floats = log_softmax([0.0, 2.0])
    for run in ([0.0, 2], [Value(0.0), 2], [False, Value(2.0)]):
        assert [x.data if isinstance(x, Value) else x for x in log_softmax(run)] == floats
