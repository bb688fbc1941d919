"""The normal distribution: the error function, the unit built on it, and Gaussian tails."""

from __future__ import annotations

from math import factorial, pi, sqrt
from typing import Any, Final

from autograd.elementary import BEYOND_SERIES, CELU_SERIES, ROOT_SERIES
from autograd.jit.llvm.kernels.exponential import exp_parts, expm1, log
from autograd.jit.llvm.kernels.kernel import (
    INF,
    NAN,
    kernel,
    polynomial,
    scale,
    scale_product,
    two_product,
)
from autograd.jit.llvm.lanes import Lanes, choose, fma, root, signed

# (1 + 2u) exp(u²) erfc(u) as a polynomial in t = (u − 3.75) / (u + 3.75), the variable of Shepherd
# and Laframboise (1981); here interpolated at 64 Chebyshev points with 60 digits.
TAIL: Final = (
    1.2375126308378275, -0.14024059858554697, 0.0035854154854790257, 0.0822767384901452,
    -0.10880393014244462, 0.09230432116037748, -0.05869339857664934, 0.028362277418956406,
    -0.009746579683265262, 0.0017556258528952954, 0.000293714378044958, -0.0002901540805408417,
    5.164652974177416e-05, 2.238423915508223e-05, -1.1438048033346894e-05, -9.73559896736775e-07,
    1.7419821586224816e-06, -5.7218230603224086e-08, -2.4857126248016745e-07,
    2.3263508708859124e-08, 3.197926671666804e-08, -3.744210080962018e-09, -2.623107347133476e-09,
    3.1114333809799254e-10,
)  # fmt: skip

_DENSITY: Final = 1 / sqrt(2 * pi)


def _tail(u: Lanes) -> Lanes:
    """exp(u²) erfc(u) for u ≥ 0."""
    u = choose(u < 1e9, u, 1e9)
    return polynomial((u - 3.75) / (u + 3.75), *TAIL) / (1 + 2 * u)


def _near(x: Lanes) -> Lanes:
    """erf(x) for |x| ≤ 0.75, by Taylor's series."""
    terms = ((-1) ** k / (factorial(k) * (2 * k + 1)) * 2 / sqrt(pi) for k in range(16))
    return x * polynomial(x * x, *terms)


@kernel
def erf(x: Lanes) -> Lanes:
    u = abs(x)
    near = _near(x)
    p, n = exp_parts(-(x * x))
    far = signed(1 - scale(p * _tail(u), n), x)
    return choose(u < 0.75, near, choose(u < 7, far, choose(x == x, signed(1.0, x), NAN)))


@kernel
def erfc(x: Lanes) -> Lanes:
    u = abs(x)
    tail = _scaled(_tail(u), -u, u)
    far = choose(x < 0, 2 - tail, tail)
    y = choose(u < 0.5, 1 - _near(x), choose(u < 30, far, choose(x < 0, 2.0, 0.0)))
    return choose(x == x, y, NAN)


@kernel
def erfinv(x: Lanes) -> Lanes:
    # Halley's method from Winitzki's formula (2008).
    size = abs(x)
    rest = 1 - size
    logarithm = log(rest * (1 + size))
    part = 0.5 * logarithm + 2 / (pi * 0.147)
    z = root(root(part * part - logarithm / 0.147) - part)
    for _ in range(3):
        p, n = exp_parts(-(z * z))
        low = scale(p, n)
        error = choose(size < 0.5, _near(z) - size, rest - low * _tail(z))
        step = error / (2 / sqrt(pi) * low)
        z = z - step / (1 + z * step)
    z = choose(size < 1e-8, size * (sqrt(pi) / 2), choose(size == 1, INF, z))
    return choose(size <= 1, signed(z, x), NAN)


@kernel
def erfinv_dx(x: Lanes) -> Lanes:
    z = abs(erfinv(x))
    p, n = exp_parts(z * z)
    near, far = p * (sqrt(pi) / 2), _tail(z) * (sqrt(pi) / 2) / (1 - abs(x))
    y = choose(z < 0.5, scale(near, n), choose(z == INF, INF, far))
    return choose(z == z, y, NAN)


def _scaled(s: Lanes, x: Lanes, y: Lanes) -> Lanes:
    """The number s exp(x y), the product in the exponent not rounded."""
    t, error = two_product(x, y)
    p, n = exp_parts(t, choose(abs(t) < 1500, error, 0.0))
    up = choose(s == 0.0, s, s * INF)
    far = choose(t > 0, up, choose(s == s, signed(0.0, s), s))
    return choose(abs(t) > 1500, far, scale_product(s, p, n))


@kernel
def scaled_exp(s: Lanes, x: Lanes, y: Lanes) -> Lanes:
    return _scaled(s, x, y)


@kernel
def exp_ratio(s: Lanes, x: Lanes, y: Lanes) -> Lanes:
    # Beside a tiny y what the quotient leaves of x would be rounded as a subnormal.
    by = choose(abs(y) < 1e-200, 2.0**600, choose(abs(y) > 1e200, 2.0**-600, 1.0))
    t = x / y
    left = fma(-t, y * by, x * by) / (y * by)
    p, n = exp_parts(t, choose((abs(t) < 1500) & (abs(t) > 1e-20), left, 0.0))
    up = choose(s == 0.0, s, s * INF)
    far = choose(t > 0, up, choose(s == s, signed(0.0, s), s))
    found = choose(abs(t) > 1500, far, scale_product(s, p, n))
    return choose(t == t, found, NAN)


@kernel
def celu_dy(x: Lanes) -> Lanes:
    far = expm1(x) - _scaled(x, x, x.body.lift(1.0))
    far = choose(x < 700, far, (1 - x) * INF)
    return choose(abs(x) <= 1, x * x * polynomial(x, *CELU_SERIES), far)


def _below(x: Lanes) -> Lanes:
    """The standard normal distribution function, not beyond −37."""
    u = x * sqrt(0.5)
    tail = _scaled(0.5 * _tail(abs(u)), -x, 0.5 * x)
    near = 0.5 + 0.5 * _near(u)
    return choose(abs(x) < 0.5, near, choose(x < 0, tail, 1 - tail))


@kernel
def gelu(x: Lanes) -> Lanes:
    tail = _scaled((0.5 * x) * _tail(abs(x) * sqrt(0.5)), -x, 0.5 * x)
    return choose(x == -INF, -0.0, choose(x < -2, tail, x * _below(x)))


def _series(x: Lanes, series: Any) -> Lanes:
    (centre, rest), *terms = series
    return polynomial((x - centre) - rest, *terms)


@kernel
def gelu_dx(x: Lanes) -> Lanes:
    mills = _tail(abs(x) * sqrt(0.5)) * sqrt(pi / 2)
    left = _scaled((x + mills) * _DENSITY, -x, 0.5 * x)
    right = _below(x) + _scaled(x * _DENSITY, -x, 0.5 * x)
    middle = choose(x > -1.25, _series(x, ROOT_SERIES), _series(x, BEYOND_SERIES))
    y = choose(x > -0.25, right, choose(x > -2, middle, left))
    return choose(x == INF, 1.0, choose(x == -INF, -0.0, y))
