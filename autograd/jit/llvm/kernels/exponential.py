"""Exponentials, logarithms, powers and roots."""

from __future__ import annotations

from typing import Final

from autograd.jit.llvm.kernels.kernel import (
    INF,
    NAN,
    inverse_factorials,
    kernel,
    polynomial,
    power_of_two,
    scale,
    scale_product,
    two_product,
    two_sum,
    unwhole,
    whole,
)
from autograd.jit.llvm.lanes import Lanes, bits, choose, fma, nearest, root, signed, unbits

# ln 2 in two parts: the first has 21 zeros at its end, so that whole multiples of it are exact.
LN2_HIGH: Final = float.fromhex("0x1.62e42fee00000p-1")
LN2_LOW: Final = float.fromhex("0x1.a39ef35793c76p-33")
LN2: Final = 0.6931471805599453
LN10: Final = 2.302585092994046
LOG10_2_HIGH: Final = float.fromhex("0x1.3441350800000p-2")
LOG10_2_LOW: Final = float.fromhex("0x1.f79fef311f12bp-34")

_SMALLEST_NORMAL: Final = 2.0**-1022


def _reduced(x: Lanes) -> tuple[Lanes, Lanes]:
    """(n, r) with x = n ln 2 + r and |r| ≤ ln 2 / 2."""
    n = nearest(x * (1 / LN2))
    return n, fma(n, -LN2_LOW, fma(n, -LN2_HIGH, x))


def exp_parts(x: Lanes, low: Lanes | float = 0.0) -> tuple[Lanes, Lanes]:
    """(p, n) with exp(x + low) = p · 2ⁿ and p between 0.7 and 1.5, n held in scale's range."""
    x = choose(x > 1416, 1416.0, choose(x < -1416, -1416.0, x))
    n, r = _reduced(x)
    if isinstance(low, Lanes):
        r = r + low
    return 1 + fma(r * r, polynomial(r, *inverse_factorials(2, 13)), r), n


@kernel
def exp(x: Lanes) -> Lanes:
    return scale(*exp_parts(x))


@kernel
def expm1(x: Lanes) -> Lanes:
    # 2ⁿ (p + 1) − 1 = 2ⁿ (p + (1 − 2⁻ⁿ)), where p = eʳ − 1 to full relative accuracy.
    n, r = _reduced(choose(x < -60, -60.0, choose(x > 720, 720.0, x)))
    p = fma(r * r, polynomial(r, *inverse_factorials(2, 14)), r)
    less = choose(n < 60, 1 - power_of_two(-1 * whole(n)), 1.0)
    return choose(x == 0, x, scale(p + less, n))


def _log_parts(x: Lanes) -> tuple[Lanes, Lanes]:
    """(e, m) with x = 2ᵉ m and √½ ≤ m < √2, for positive finite x."""
    tiny = x < _SMALLEST_NORMAL
    b = bits(choose(tiny, x * 2.0**54, x))
    e = (b - 0x3FE6A09E667F3BCD) >> 52
    return unwhole(e) - choose(tiny, 54.0, 0.0), unbits(b - (e << 52))


def parts(x: Lanes) -> tuple[Lanes, Lanes]:
    """(m, e) with x = 2ᵉ m and √½ ≤ |m| < √2; 0, infinity and nan as they are, with e = 0."""
    ax = abs(x)
    e, m = _log_parts(ax)
    some = (ax > 0) & (ax < INF)
    return choose(some, signed(m, x), x), choose(some, e, 0.0)


def _log_domain(x: Lanes, y: Lanes) -> Lanes:
    """`y` where it is the logarithm of x, and what logarithms are at 0, below and at infinity."""
    y = choose(x == INF, INF, y)
    return choose(x > 0, y, choose(x == 0, -INF, NAN))


def _log_one_plus(f: Lanes) -> tuple[Lanes, Lanes]:
    """(f²/2, c) with log(1 + f) = f − (f²/2 − c), by 2 artanh(f / (2 + f))."""
    s = f / (2 + f)
    z = s * s
    r = z * polynomial(z, *(2 / (2 * k + 1) for k in range(1, 11)))
    half_square = f * f * 0.5
    return half_square, s * (half_square + r)


@kernel
def log(x: Lanes) -> Lanes:
    e, m = _log_parts(x)
    f = m - 1
    h, c = _log_one_plus(f)
    return _log_domain(x, fma(e, LN2_HIGH, f - (h - fma(e, LN2_LOW, c))))


@kernel
def log2(x: Lanes) -> Lanes:
    e, m = _log_parts(x)
    f = m - 1
    h, c = _log_one_plus(f)
    return _log_domain(x, fma(f - (h - c), 1 / LN2, e))


@kernel
def log10(x: Lanes) -> Lanes:
    e, m = _log_parts(x)
    f = m - 1
    h, c = _log_one_plus(f)
    low = fma(e, LOG10_2_LOW, (f - (h - c)) * (1 / LN10))
    return _log_domain(x, fma(e, LOG10_2_HIGH, low))


@kernel
def log1p(x: Lanes) -> Lanes:
    u = 1 + x
    lost = choose(abs(x) < 1, x - (u - 1), 1 - (u - x))
    y = log(u) + choose(u == INF, 0.0, lost / u)
    return choose(u > 0, choose(abs(x) < 2.0**-54, x, y), log(u))


def log_pair(x: Lanes) -> tuple[Lanes, Lanes]:
    """Log |x| as a sum of two doubles, to about 2⁻⁶⁸ of its size; the high part has the limits."""
    ax = abs(x)
    e, m = _log_parts(ax)
    f = m - 1
    # s = f / (m + 1) to twice the precision, and its square.
    d = m + 1
    d_low = m - (d - 1)
    s = f / d
    s_low = (fma(-s, d, f) - s * d_low) / d
    z, z_low = two_product(s, s)
    z_low = fma(s + s, s_low, z_low)
    # 2 artanh s = 2 s + 2 s z (1/3 + z/5 + …); only 1/3 needs more than a double.
    rest = z * polynomial(z, *(1 / (2 * k + 1) for k in range(2, 12)))
    q, q_low = two_sum(x.body.lift(1 / 3), rest)
    q_low = q_low + 1.850371707708594e-17  # 1/3 − float(1/3)
    t, t_low = two_product(z, q)
    t_low = t_low + (z * q_low + z_low * q)
    u, u_low = two_product(s, t)
    u_low = u_low + (s * t_low + s_low * t)
    high, low = two_sum(s, u)
    low = 2 * (low + (u_low + s_low))
    total, more = two_sum(e * LN2_HIGH, 2 * high)
    high, low = two_sum(total, more + fma(e, LN2_LOW, low))
    return _log_domain(ax, high), low


def raised(x: Lanes, y: Lanes, y_low: Lanes | float = 0.0) -> tuple[Lanes, Lanes]:
    """(p, n) with |x| ** (y + y_low) = p · 2ⁿ."""
    high, low = log_pair(x)
    product, error = two_product(y, high)
    product = choose((y == 0) | (high == 0), 0.0, product)  # also times infinity
    error = fma(y, low, error)
    if isinstance(y_low, Lanes):
        error = fma(y_low, high, error)
    known = (abs(product) < 1500) & (error == error)
    p, n = exp_parts(product, choose(known, error, 0.0))
    return choose(product < -1416, 0.0, p), n


def _odd(y: Lanes) -> Lanes:
    """Whether y is an odd whole number."""
    half = y * 0.5
    return (y == nearest(y)) & (half != nearest(half)) & (abs(y) < 2.0**53)


def _power_sign(x: Lanes, y: Lanes, z: Lanes) -> Lanes:
    """z, a multiple of |x| ** y, with the sign that x ** y has, nan where that is not real."""
    z = choose(_odd(y), z * signed(1.0, x), z)
    return choose((x < 0) & (y != nearest(y)) & (x > -INF), NAN, z)


@kernel
def power(x: Lanes, y: Lanes) -> Lanes:
    z = _power_sign(x, y, scale(*raised(x, y)))
    z = choose((x == -1) & (abs(y) == INF), 1.0, z)
    return choose((y == 0) | (x == 1), 1.0, z)


@kernel
def power_dx(x: Lanes, y: Lanes) -> Lanes:
    less = y - 1
    less_low = choose(abs(y) < 1, y - (less + 1), y - less - 1)
    p, n = raised(x, less, choose(abs(less) < 2.0**1000, less_low, 0.0))
    z = choose(p == 0, 0.0, scale_product(y, p, n))
    grows = ((less > 0) & (abs(x) == INF)) | ((less < 0) & (x == 0))
    z = choose(grows, y * INF, z)
    z = choose((y == nearest(y)) & (_odd(y) ^ 1) & (abs(y) < INF), z * signed(1.0, x), z)
    return choose(y == 0, 0.0, choose((x < 0) & (y != nearest(y)), NAN, z))


@kernel
def power_dy(x: Lanes, y: Lanes) -> Lanes:
    p, n = raised(x, y)
    z = scale_product(log(x), p, n)
    z = choose(x == 0, choose(y > 0, 0.0, choose(y <= 0, -INF, y)), z)
    return choose(x == 1, 0.0, choose((x == INF) & (y < 0), -0.0, z))


@kernel
def scaled_power(s: Lanes, x: Lanes, y: Lanes, n: Lanes) -> Lanes:
    less, low = two_sum(y, -n)
    low = choose(low == low, low, 0.0)
    odd = _odd(y) ^ _odd(n)
    whole = (y == nearest(y)) & (n == nearest(n)) & (abs(less) < INF)
    # Its root, twice: beside a tiny s the power may be beyond the largest double.
    p, k = raised(x, less * 0.5, low * 0.5)
    z = scale_product(scale_product(s, p, k), p, k)
    shrinks = ((less < 0) & (abs(x) == INF)) | ((less > 0) & (x == 0)) | (p == 0)
    z = choose(shrinks & (s == s), 0.0, z)
    grows = ((less > 0) & (abs(x) == INF)) | ((less < 0) & (x == 0))
    z = choose(grows, s * INF, z)
    z = choose(odd & whole, z * signed(1.0, x), z)
    z = choose((x < 0) & (whole ^ 1), NAN, z)
    return choose((x == x) & (y == y) & (n == n), choose(s == 0, s, z), NAN)


@kernel
def sqrt(x: Lanes) -> Lanes:
    return root(x)


@kernel
def cbrt(x: Lanes) -> Lanes:
    ax = abs(x)
    tiny, huge = ax < _SMALLEST_NORMAL, ax > 2.0**1000
    a = ax * choose(tiny, 2.0**54, choose(huge, 2.0**-54, 1.0))
    # A third of the bits, exponent and fraction alike, is a cube root to 5 %.
    third = whole(nearest(unwhole(bits(a) >> 32) * (1 / 3)))
    t = unbits((third + 0x2A9F7893) << 32)
    for _ in range(3):
        cube = t * t * t
        t = t * ((cube + 2 * a) / (2 * cube + a))  # Halley's iteration
    # One more step in which the difference is exact to a double's worth of bits.
    square, error = two_product(t, t)
    t = t - (fma(square, t, -a) + error * t) / (3 * square)
    t = t * choose(tiny, 2.0**-18, choose(huge, 2.0**18, 1.0))
    return choose((x == 0) | (ax == INF) | (x != x), x, signed(t, x))
