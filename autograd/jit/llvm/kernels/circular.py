"""Sines, tangents and their inverses."""

from __future__ import annotations

from math import factorial, pi
from typing import Final

from autograd.jit.llvm.kernels.kernel import (
    INF,
    NAN,
    kernel,
    polynomial,
    two_product,
    two_sum,
    whole,
)
from autograd.jit.llvm.lanes import Lanes, bits, choose, fma, nearest, root, signed, unbits

# π/2 as a sum of three doubles (Cody and Waite 1980; the products below are exact by fma).
_HALF_PI: Final = (pi / 2, 6.123233995736766e-17, -1.4973849048591698e-33)
_PI_LOW: Final = 1.2246467991473532e-16
_QUARTER_LOW: Final = 3.061616997868383e-17

# Up to here whole multiples of π/2 are subtracted with an error below an ulp of what is left.
_HUGE: Final = 2.0**50


def _quadrant(x: Lanes) -> tuple[Lanes, Lanes, Lanes]:
    """(n, r, low) with x = n π/2 + r + low and |r| ≤ π/4."""
    n = nearest(x * (2 / pi))
    first = fma(n, -_HALF_PI[0], x)
    second, error = two_product(n, x.body.lift(-_HALF_PI[1]))
    r, low = two_sum(first, second)
    return n, r, fma(n, -_HALF_PI[2], low + error)


def _sin_cos(r: Lanes, low: Lanes) -> tuple[Lanes, Lanes]:
    """Sin and cos of r + low, by Taylor's series on |r| ≤ π/4."""
    z = r * r
    s = polynomial(z, *((-1) ** k / factorial(2 * k + 1) for k in range(1, 9)))
    c = polynomial(z, *((-1) ** k / factorial(2 * k) for k in range(2, 10)))
    half = 0.5 * z
    one = 1 - half
    sine = r + fma(r * z, s, low * one)
    cosine = one + (((1 - one) - half) + fma(z * z, c, -(r * low)))
    return sine, cosine


def _turned(n: Lanes, flip: int, x: Lanes) -> Lanes:
    """`x`, negated in the lanes where bit 1 of `n + flip` is set."""
    sign = (whole(n) + flip & 2) << 62
    return unbits(bits(x) ^ sign)


def _sine(x: Lanes, shift: int) -> Lanes:
    n, r, low = _quadrant(x)
    s, c = _sin_cos(r, low)
    odd = _is_odd(n)
    y = choose(odd, c, s) if shift == 0 else choose(odd, s, c)
    return _turned(n, shift, y)


def _is_odd(n: Lanes) -> Lanes:
    half = n * 0.5
    return half != nearest(half)


def _tangent(x: Lanes) -> Lanes:
    n, r, low = _quadrant(x)
    s, c = _sin_cos(r, low)
    odd = _is_odd(n)
    return choose(odd, -c, s) / choose(odd, s, c)


@kernel
def sin(x: Lanes) -> Lanes:
    y = x.body.unless(abs(x) > _HUGE, lambda: _sine(x, 0), lambda: x.body.intrinsic("sin", x))
    return choose(x == 0, x, y)


@kernel
def cos(x: Lanes) -> Lanes:
    return x.body.unless(abs(x) > _HUGE, lambda: _sine(x, 1), lambda: x.body.intrinsic("cos", x))


@kernel
def tan(x: Lanes) -> Lanes:
    y = x.body.unless(abs(x) > _HUGE, lambda: _tangent(x), lambda: x.body.intrinsic("tan", x))
    return choose(x == 0, x, y)


def _atan_ratio(y: Lanes, x: Lanes) -> Lanes:
    """atan(y / x) for y ≥ 0 and x ≥ 0 that are not both 0 or infinite."""
    swap = y > x
    small, large = choose(swap, x, y), choose(swap, y, x)
    # Beyond tan(π/8), atan(a) = π/4 + atan((a − 1) / (a + 1)).
    upper = small > 0.41421356237309503 * large
    # Doubled or halved, so that neither the difference nor the sum leaves the range.
    by = choose(large < 1, 2.0, 0.5)
    over = choose(upper, (small - large) * by, small)
    under = choose(upper, small * by + large * by, large)
    t = over / under
    z = t * t
    terms = ((-1) ** k / (2 * k + 1) for k in range(1, 22))
    angle = fma(t * z, polynomial(z, *terms), t)
    angle = choose(upper, (angle + _QUARTER_LOW) + pi / 4, angle)
    return choose(swap, pi / 2 - (angle - _HALF_PI[1]), angle)


@kernel
def atan(x: Lanes) -> Lanes:
    ax = abs(x)
    y = choose(ax == INF, pi / 2, _atan_ratio(ax, x.body.lift(1.0)))
    return choose(x == 0, x, signed(y, x))


@kernel
def asin(x: Lanes) -> Lanes:
    ax = abs(x)
    y = _atan_ratio(ax, root((1 - ax) * (1 + ax)))
    return choose(x == 0, x, choose(ax <= 1, signed(y, x), NAN))


@kernel
def acos(x: Lanes) -> Lanes:
    y = 2 * _atan_ratio(root(1 - x), root(1 + x))
    return choose(abs(x) <= 1, y, NAN)


@kernel
def atan2(x: Lanes, y: Lanes) -> Lanes:
    ax, ay = abs(x), abs(y)
    both = (ax == INF) & (ay == INF)
    ax, ay = choose(both, 1.0, ax), choose(both, 1.0, ay)
    none = (ax == 0) & (ay == 0)
    angle = choose(none, 0.0, _atan_ratio(ax, ay))
    back = signed(1.0, y) < 0
    angle = choose(back, pi - (angle - _PI_LOW), angle)
    return choose((x != x) | (y != y), NAN, signed(angle, x))
