"""Hyperbolic functions and their inverses."""

from __future__ import annotations

from autograd.jit.llvm.kernels.exponential import LN2, exp_parts, expm1, log, log1p
from autograd.jit.llvm.kernels.kernel import INF, NAN, kernel, scale
from autograd.jit.llvm.lanes import Lanes, choose, root, signed


@kernel
def tanh(x: Lanes) -> Lanes:
    t = expm1(-2 * abs(x))
    return choose(x == 0, x, signed(-t / (2 + t), x))


@kernel
def sinh(x: Lanes) -> Lanes:
    ax = abs(x)
    t = expm1(ax)
    p, n = exp_parts(ax)
    y = choose(ax < 22, 0.5 * (t + t / (1 + t)), scale(p, n - 1))
    return choose(x == 0, x, signed(y, x))


@kernel
def cosh(x: Lanes) -> Lanes:
    p, n = exp_parts(abs(x))
    half = scale(p, n - 1)
    return half + 0.25 / half


@kernel
def asinh(x: Lanes) -> Lanes:
    ax = abs(x)
    square = ax * ax
    y = choose(ax < 2.0**28, log1p(ax + square / (1 + root(1 + square))), log(ax) + LN2)
    return choose(x == 0, x, signed(y, x))


@kernel
def acosh(x: Lanes) -> Lanes:
    t = x - 1
    y = choose(x < 2.0**28, log1p(t + root(2 * t + t * t)), log(x) + LN2)
    return choose(x >= 1, y, NAN)


@kernel
def atanh(x: Lanes) -> Lanes:
    ax = abs(x)
    y = 0.5 * log1p(2 * ax / (1 - ax))
    return choose(x == 0, x, signed(choose(ax == 1, INF, y), x))
