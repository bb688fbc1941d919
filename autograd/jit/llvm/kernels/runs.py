"""Sums over runs: functions of a list of lanes, written out element by element."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd import elementary
from autograd.jit.llvm.kernels.exponential import exp_parts, log1p
from autograd.jit.llvm.kernels.kernel import INF, NAN, scale, two_sum
from autograd.jit.llvm.lanes import Body, Lanes, Number, choose

Run = Sequence[Lanes | Number]


def dot(xs: Run, ys: Run) -> Lanes | Number:
    """The sum of products, added to 0 from left to right."""
    total: Lanes | Number = 0.0
    for x, y in zip(xs, ys, strict=True):
        total = total + x * y
    return total


def logsumexp(xs: Run) -> Lanes | Number:
    body = _body(*xs)
    if body is None:
        return _known(elementary.logsumexp, xs)
    top, rest = _summary(body, xs)
    return top + log1p(rest)


def softmax(x: Lanes | Number, xs: Run) -> Lanes | Number:
    body = _body(x, *xs)
    if body is None:
        return _known(lambda xs: elementary.softmax(xs[0], xs[1:]), (x, *xs))
    top, rest = _summary(body, xs)
    return choose(top == -INF, NAN, _share(body.lift(x), top) / (1 + rest))


def softmean(xs: Run, ys: Run) -> Lanes | Number:
    """The mean of ys, weighted with the shares of xs."""
    total: Lanes | Number = 0.0
    for y, share in _shares(xs, ys):
        total = total + _part(y, share)
    return total


def softmean_dx(x: Lanes | Number, y: Lanes | Number, xs: Run, ys: Run) -> Lanes | Number:
    """The share of x, times how far y is from the mean."""
    total: Lanes | Number = 0.0
    for other, share in _shares(xs, ys):
        total = total + _part(y - other, share)
    return softmax(x, xs) * total


def _part(y: Lanes | Number, share: Lanes | Number) -> Lanes | Number:
    """A part of a mean; of what has no share there is none, even of infinity."""
    if isinstance(share, Lanes):
        return choose(share == 0, 0.0, y * share)
    return y * share if share else share


def _shares(xs: Run, ys: Run) -> list[tuple[Lanes | Number, Lanes | Number]]:
    """The different elements of ys, each with its part of the whole: often there are only two."""
    found: dict[Any, tuple[Lanes | Number, Lanes | Number]] = {}
    for x, y in zip(xs, ys, strict=True):
        key = y.name if isinstance(y, Lanes) else y
        share = softmax(x, xs)
        found[key] = (y, found[key][1] + share if key in found else share)
    return [*found.values()]


def _known(function: Callable[[Sequence[Any]], Any], xs: Run) -> float:
    """A function of numbers that are all known."""
    return float(function([float(x) for x in xs if not isinstance(x, Lanes)]))


def _body(*xs: Lanes | Number) -> Body | None:
    """Where instructions go, None if there is nothing to write: all numbers are known."""
    return next((x.body for x in xs if isinstance(x, Lanes)), None)


def _share(x: Lanes, top: Lanes) -> Lanes:
    """exp(x − top), the difference not rounded."""
    less, error = two_sum(x, -top)
    e = scale(*exp_parts(less, choose(abs(less) < INF, error, 0.0)))
    return choose(x == top, 1.0, e)


def _summary(body: Body, xs: Run) -> tuple[Lanes, Lanes]:
    """The largest of a run, and the sum of exp(x − largest) over the others."""
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
