"""Sums over runs: functions of a list of lanes, written out element by element."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.jit.kernels.exponential import exp_parts, log1p
from autograd.jit.kernels.kernel import INF, scale, two_sum
from autograd.jit.lanes import Lanes, Number, choose

Run = Sequence[Lanes | Number]


def dot(xs: Run, ys: Run) -> Lanes | Number:
    """The sum of products, added from left to right."""
    total, *rest = (x * y for x, y in zip(xs, ys, strict=True))
    for product in rest:
        total = total + product
    return total


def logsumexp(xs: Run) -> Lanes:
    top, rest = _summary(xs)
    return top + log1p(rest)


def softmax(x: Lanes | Number, xs: Run) -> Lanes:
    top, rest = _summary(xs)
    return _share(top.body.lift(x), top) / (1 + rest)


def _share(x: Lanes, top: Lanes) -> Lanes:
    """exp(x − top), the difference not rounded."""
    less, error = two_sum(x, -top)
    e = scale(*exp_parts(less, choose(abs(less) < INF, error, 0.0)))
    return choose(x == top, 1.0, e)


def _summary(xs: Run) -> tuple[Lanes, Lanes]:
    """The largest of a run, and the sum of exp(x − largest) over the others."""
    body = next(x.body for x in xs if isinstance(x, Lanes))
    lanes = [body.lift(x) for x in xs]
    key = ("summary", *(x.name for x in lanes))
    if key not in body.memo:
        top = lanes[0]
        for x in lanes[1:]:
            top = choose(x > top, x, top)
        found = lanes[0] == top
        rest = choose(found, 0.0, _share(lanes[0], top))
        for x in lanes[1:]:
            first = (x == top) & (found ^ 1)
            rest = rest + choose(first, 0.0, _share(x, top))
            found = found | first
        body.memo[key] = top, rest
    summary: tuple[Lanes, Lanes] = body.memo[key]
    return summary
