"""Two numbers together: the length of a vector, and sums over runs of numbers."""

from __future__ import annotations

import math

from autograd.elementary import BEND_ROOT, LIFT_ROOT, MISH_ROOT
from autograd.jit.llvm.kernels.exponential import exp, expm1, log, log1p
from autograd.jit.llvm.kernels.hyperbolic import tanh
from autograd.jit.llvm.kernels.kernel import INF, kernel
from autograd.jit.llvm.lanes import Lanes, choose, root


@kernel
def hypot(x: Lanes, y: Lanes) -> Lanes:
    ax, ay = abs(x), abs(y)
    swap = ay > ax
    small, large = choose(swap, ax, ay), choose(swap, ay, ax)
    r = small / large
    z = large * root(1 + r * r)
    z = choose(ax + ay == 0, 0.0, z)
    return choose((ax == INF) | (ay == INF), INF, z)


@kernel
def xlogy(x: Lanes, y: Lanes) -> Lanes:
    return choose((x == 0) & (y == y), 0.0, x * log(y))


@kernel
def xlog1py(x: Lanes, y: Lanes) -> Lanes:
    return choose((x == 0) & (y == y), 0.0, x * log1p(y))


@kernel
def lift(x: Lanes) -> Lanes:
    # Near its root the sum cancels; e**root + 1 + root = 0 is subtracted exactly.
    zero, rest = LIFT_ROOT
    step = (x - zero) - rest
    near = step + (-1 - zero - rest) * expm1(step)
    return choose((x > -2) & (x < -0.5), near, 1 + x + exp(x))


@kernel
def mish_root(x: Lanes) -> Lanes:
    # Near its root, from what it is there, which is 0.
    root, rest = MISH_ROOT
    there = math.exp(root)
    step = (x - root) - rest
    more = expm1(step)
    first, second = there * (6 + 4 * root + there * (8 + 3 * there)), there * there
    near = more * (first + more * (second * (4 + there * (3 + more))))
    near = near + 4 * step * (1 + there * (1 + more))
    e = exp(x)
    far = (2 + e) * (2 + e * (2 + e)) + 4 * x * (1 + e)
    return choose((x > -4) & (x < 0), near, choose(x < INF, far, x))


@kernel
def bend(x: Lanes) -> Lanes:
    # Near its root, from what it is there, which is 0.
    x = abs(x)
    root, rest = BEND_ROOT
    step, here = (x - root) - rest, tanh(x * 0.5)
    near = -1 * (step * here + root * tanh(step * 0.5) * (1 - (2 / root) * here))
    return choose((x > 1.5) & (x < 3.5), near, 2 - x * here)
