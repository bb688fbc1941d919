"""The gamma function and its kin, sinc, and the inverse error function, beside mpmath."""

import math
import random
from decimal import Decimal
from fractions import Fraction

import pytest

from autograd import (
    Value,
    digamma,
    erfc,
    erfinv,
    gamma,
    grad,
    jit,
    lgamma,
    logit,
    sinc,
    xlog1py,
)

mpmath = pytest.importorskip("mpmath")
mp = mpmath.mp.clone()
mp.dps = 60


def nth(f, n):
    for _ in range(n):
        f = grad(f)
    return f


def ulps(found, true):
    if math.isinf(found):
        return 0 if abs(true) > mp.mpf(2) ** 1023 and (true > 0) == (found > 0) else math.inf
    return float(abs(mp.mpf(found) - true) / mp.mpf(math.ulp(float(true))))


def numbers(low, high, count=25):
    source = random.Random(f"{low} {high}")
    return [source.uniform(low, high) for _ in range(count)]


# Roots of digamma and of lgamma, near which terms cancel.
ROOTS = [1.4616321449683623, -0.5040830082644554, -9.702672540001864, -2.4570247382208, -3.1435808]


@pytest.mark.parametrize("x", [*numbers(-40, 40), *numbers(0, 3), *ROOTS, 1e-300, 1e9, 1 + 1e-9])
def test_the_gamma_family(x):
    orders = [mp.digamma(x), mp.psi(1, x), mp.psi(2, x)]
    assert ulps(gamma(x), mp.gamma(x)) <= 0.51
    assert ulps(lgamma(x), mp.log(abs(mp.gamma(x)))) <= 0.51
    for order, true in enumerate(orders):
        assert ulps(nth(digamma, order)(x), true) <= 0.51
        assert ulps(nth(lgamma, order + 1)(x), true) <= 0.51
    assert ulps(grad(gamma)(x), mp.gamma(x) * orders[0]) <= 0.51
    second = mp.gamma(x) * (orders[0] ** 2 + orders[1])
    assert not math.isfinite(float(second)) or ulps(nth(gamma, 2)(x), second) <= 4


def test_whole_numbers_and_decimals():
    assert gamma(5) == 24 and gamma(Fraction(6)) == 120 and type(gamma(Fraction(6))) is Fraction
    with pytest.raises(TypeError, match="gamma"):
        gamma(Fraction(1, 2))
    half = Decimal("0.5")
    root = Decimal("1.7724538509055160272981674833411451827975494561223871")  # of π
    assert gamma(half) == +root and +lgamma(half) == root.ln()
    assert digamma(Decimal(1)) == Decimal("-0.5772156649015328606065120901")
    x = Value(Decimal(1))
    lgamma(x).backward()
    assert x.grad == digamma(Decimal(1))


@pytest.mark.parametrize("x", [*numbers(-5, 5), 1.4302966531242027, 1e-9, 40.25, 1e15 + 0.5])
def test_sinc(x):
    def exact(n):
        with mp.workdps(120):
            return mp.diff(lambda t: mp.sin(mp.pi * t) / (mp.pi * t), mp.mpf(x), n)

    assert ulps(sinc(x), exact(0)) <= 4
    for order in (1, 2, 3):
        assert ulps(nth(sinc, order)(x), exact(order)) <= 1


def test_sinc_at_whole_numbers():
    assert [sinc(x) for x in (0.0, 1.0, -2.0, 1e300)] == [1.0, 0.0, 0.0, 0.0]
    assert [nth(sinc, n)(0.0) for n in (1, 2, 3)] == [0, -(math.pi**2) / 3, 0]
    assert grad(sinc)(2.0) == 0.5


@pytest.mark.parametrize("x", [*numbers(-1, 1), 1 - 2.0**-53, -1 + 2.0**-30, 1e-300, 5e-9])
def test_the_inverse_error_function(x):
    with mp.workdps(80):
        z = mp.erfinv(mp.mpf(x)) if abs(x) > 1e-100 else x * mp.sqrt(mp.pi) / 2
        z -= (mp.erf(z) - x) * mp.sqrt(mp.pi) / 2 * mp.exp(z * z)
        slope = mp.sqrt(mp.pi) / 2 * mp.exp(z * z)
    assert ulps(erfinv(x), z) <= 2
    assert ulps(grad(erfinv)(x), slope) <= 4
    assert ulps(nth(erfinv, 2)(x), 2 * z * slope**2) <= 16


def test_logit_and_products_with_logarithms():
    x = 0.5 + 1e-12
    assert ulps(logit(x), mp.log(mp.mpf(x) / (1 - mp.mpf(x)))) <= 2
    assert ulps(nth(logit, 2)(x), (2 * mp.mpf(x) - 1) / (mp.mpf(x) * (1 - mp.mpf(x))) ** 2) <= 4
    assert xlog1py(0.0, -1.0) == 0 and xlog1py(2.0, 1e-20) == 2e-20
    assert ulps(erfc(20.0), mp.erfc(20)) <= 4


def test_machine_code_says_what_there_is_none_for():
    pytest.importorskip("llvmlite")
    for f in (gamma, lgamma, digamma, sinc):
        with pytest.raises(NotImplementedError, match=r'use jit\(f, backend="python"\)'):
            jit(f, backend="llvm")(2.5)
        assert jit(f, backend="python")(2.5) == f(2.5)
