"""Second and third derivatives: known numbers that are easily lost, and what is agreed at kinks."""

import math
from fractions import Fraction

import pytest

import autograd
import nn
from autograd import Value, exp, grad, hessian, hypot, jit, logaddexp, logsumexp
from autograd.testing.conventions import SECOND, second_orders


def nth(f, n):
    for _ in range(n):
        f = grad(f)
    return f


def near(found, true, ulps=16):
    if not math.isfinite(true):
        return repr(float(found)) == repr(float(true))
    return abs(found - true) <= ulps * math.ulp(true)


# name, order, argument, the derivative: by mpmath at 50 digits, or in closed form.
KNOWN = """
asin 2 1e-20 1e-20
asin 2 1e-08 1.0000000000000002e-08
asin 2 0.001 0.0010000015000018750
asin 2 -1e-300 -1e-300
acos 2 1e-20 -1e-20
acos 2 -1e-08 1.0000000000000002e-08
acos 2 0.001 -0.0010000015000018750
atanh 2 1e-08 2.0000000000000004e-08
atanh 2 1e-200 2e-200
atan 2 1e-20 -2e-20
atan 2 1e300 -0.0
atan 2 1e100 -2e-300
asinh 2 1e-20 -1e-20
tan 2 1e-20 2e-20
tanh 2 1e-20 -2e-20
tanh 2 300.0 -2.1203172424034487e-260
erf 2 1e-20 -2.2567583341910251e-20
sigmoid 2 1e-20 -1.25e-21
sigmoid 2 -700.0 9.8596765437597708e-305
sigmoid 2 700.0 -9.8596765437597708e-305
softplus 3 1e-20 -1.25e-21
gelu 2 0.0 0.79788456080286536
gelu 3 1e-20 -1.5957691216057308e-20
silu 2 0.0 0.5
silu 3 1e-20 -5e-21
silu 3 -1e-100 5e-101
cbrt 3 1e-160 inf
cbrt 2 1e-160 -1.0314641852472843e+266
sqrt 3 1e-200 inf
log1p 2 1e-20 -1.0
log1p 3 1e100 2e-300
acosh 2 1e100 -1e-200
expm1 3 -1e-20 1.0
"""


@pytest.mark.parametrize("line", KNOWN.split("\n")[1:-1])
def test_digits_are_kept(line):
    name, order, x, true = line.split()
    f = getattr(autograd, name)
    assert near(nth(f, int(order))(float(x)), float(true))
    assert near(jit(nth(f, int(order)), backend="python")(float(x)), float(true))


def test_known_numbers_are_those_of_mpmath():
    mpmath = pytest.importorskip("mpmath")
    from autograd.ops import OPS
    from autograd.testing.certified import derivative, meaning, ulps

    assert mpmath
    for line in KNOWN.split("\n")[1:-1]:
        name, order, x, true = line.split()
        found = derivative(meaning(OPS[name]), [float(x)], *[0] * int(order))
        assert ulps(float(true), found) <= 1, line


def test_the_hessian_of_logsumexp_has_rows_of_sum_0():
    share = 4.248354255291589e-18
    assert hessian(logsumexp)([40.0, 0.0]) == [[share, -share], [-share, share]]
    pair = hessian(lambda v: logaddexp(v[0], v[1]))([40.0, 0.0])
    assert pair == [[share, -share], [-share, share]]
    assert near(nth(lambda t: logsumexp([t, -2 * t]), 2)(-13.0), 1.0393401755714207e-16)
    rows = hessian(logsumexp)([40.0, 0.0, 1.0])
    rest = math.exp(-40) + math.exp(-39)
    for found, true in zip(rows[0], [rest, -math.exp(-40), -math.exp(-39)], strict=True):
        assert near(found, true)
    assert all(abs(sum(row)) <= 1e-16 * row[k] for k, row in enumerate(rows))
    assert hessian(logsumexp)([1000.0, 0.0, -1000.0]) == [[0.0] * 3] * 3
    assert hessian(logsumexp)([0.0, 0.0]) == [[0.25, -0.25], [-0.25, 0.25]]


@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_compiled_shares_keep_their_digits(backend):
    if backend == "llvm":
        pytest.importorskip("llvmlite")
    second = jit(nth(lambda t: logsumexp([t, -2 * t]), 2), backend=backend)
    assert near(second(-13.0), 1.0393401755714207e-16)


def test_a_run_in_which_one_value_stands_twice():
    assert near(nth(lambda t: logsumexp([t, t, 0.0]), 2)(0.0), 2 / 9)
    assert nth(lambda t: logsumexp([t, t]), 2)(3.0) == 0


def test_third_derivatives_of_a_log_of_a_sum():
    for x in (-30.0, -1.0, 0.5, 30.0):
        z = math.exp(-abs(x))
        true = -math.copysign(z * (1 - z) / (1 + z) ** 3, x)
        assert near(nth(lambda t: logsumexp([t, 0.0]), 3)(x), true, 64)
        assert near(nth(lambda t: logaddexp(t, 0.0), 3)(x), true)


def test_powers_of_0():
    assert [nth(lambda y: 0.0**y, n)(2.0) for n in (1, 2, 3)] == [0.0, 0.0, 0.0]
    assert hessian(lambda v: v[0] ** v[1])([0.0, 3.0]) == [[0, 0], [0, 0]]
    assert hessian(lambda v: v[0] ** v[1])([0.0, 2.0]) == [[2, 0], [0, 0]]


def test_powers_near_0():
    assert nth(lambda x: 5 * x**0 + 3 * x**1 + 2 * x**2, 2)(1e-170) == 4.0
    for x in (0.0, 1e-300, 5e-324, -1e-200, 1.0, math.inf):
        assert nth(lambda x: x**0, 2)(x) == 0
        assert nth(lambda x: x**0, 3)(x) == 0
        assert nth(lambda x: x**1, 2)(x) == 0
    assert nth(lambda x: x**3, 3)(0.0) == 6
    assert near(nth(lambda x: x**0.5, 2)(1e-200), -0.25e300)
    assert nth(lambda x: x**-1, 3)(1e-100) == -math.inf
    assert near(nth(lambda y: 2**y, 3)(0.25), math.log(2) ** 3 * 2**0.25)


def test_exact_powers_stay_exact():
    assert nth(lambda x: x**3, 2)(2) == 12
    assert nth(lambda x: x**3, 4)(2) == 0
    assert nth(lambda x: x**3, 2)(Fraction(1, 3)) == 2
    assert nth(lambda x: x**-1, 2)(Fraction(1, 3)) == 54


def test_cross_entropy_keeps_its_tails():
    tail = 5.551115123125776e-17
    scores = [37.42994775023705, 0.0]
    for target in (0, [1, 0], [1.0, 0.0]):
        assert nn.cross_entropy([Value(x) for x in scores], target).data == tail
        assert grad(lambda z, target=target: nn.cross_entropy(z, target))(scores) == [-tail, tail]
    assert nn.cross_entropy([1000.0, 0.0, -1000.0], 1) == 1000.0
    assert grad(lambda z: nn.cross_entropy(z, 1))([1000.0, 0.0, -1000.0]) == [1.0, -1.0, 0.0]
    assert near(hessian(lambda z: nn.cross_entropy(z, 0))(scores)[0][0], tail)
    assert nn.cross_entropy([-math.inf, 0.0], 1) == 0.0


def test_a_class_that_is_not_known_yet_keeps_the_tail_too():
    loss = jit(lambda scores, target: nn.cross_entropy(scores, target))
    scores = [37.42994775023705, 0.0]
    assert loss(scores, 0) == 5.551115123125776e-17
    _, (slopes, _) = loss.value_and_grad(scores, 0)
    assert slopes == [-5.551115123125776e-17, 5.551115123125776e-17]


def test_hypot_is_abs_at_second_order_too():
    assert nth(lambda x: hypot(x, 0.0), 2)(0.0) == nth(abs, 2)(0.0) == 0
    assert nth(lambda x: hypot(x, 0.0), 2)(3.0) == nth(abs, 2)(3.0) == 0
    # Of the composite no engine gets [[2, 0], [0, 2]]: write x * x + y * y.
    assert hessian(lambda v: hypot(v[0], v[1]) ** 2)([0.0, 0.0]) == [[0, 0], [0, 0]]


def test_second_derivatives_beside_exponentials():
    assert near(nth(lambda x: logsumexp([x, 0.0]) - x, 2)(50.0), math.exp(-50))
    assert near(nth(lambda x: exp(x) * x, 2)(-700.0), -698 * math.exp(-700))


def test_the_table_is_read_as_it_is_written():
    assert [str(line) for line in second_orders()] == SECOND.splitlines()


@pytest.mark.parametrize("line", second_orders(), ids=str)
def test_agreed_second_derivatives(line):
    from autograd.engine import record
    from autograd.ops import OPS

    found = hessian(lambda v: record(OPS[line.name], *v))(list(line.point))
    size = len(line.point)
    upper = [found[i][j] for i in range(size) for j in range(i, size)]
    assert repr([float(x) + 0 for x in upper]) == repr([float(x) for x in line.seconds])
