"""Sums over runs: functions of a list of lanes, written out element by element."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd import elementary
from autograd.jit.llvm.kernels.exponential import LN2, exp_parts, log1p, parts
from autograd.jit.llvm.kernels.kernel import INF, NAN, scale, two_sum
from autograd.jit.llvm.lanes import Body, Lanes, Number, choose, root, signed

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


def log_share(x: Lanes | Number, y: Lanes | Number) -> Lanes | Number:
    """The log of the share of exp(x) in exp(x) + exp(y)."""
    body = _body(x, y)
    if body is None:
        return float(elementary.log_share(float(x), float(y)))  # type: ignore[arg-type]
    x, y = body.lift(x), body.lift(y)
    near, far = -log1p(_share(y, x)), (x - y) - log1p(_share(x, y))
    return choose(x == y, choose(x > -INF, -LN2, NAN), choose(y < x, near, far))


Scaled = tuple[Lanes, Lanes]


def _times(x: Scaled, y: Scaled) -> Scaled:
    """The product of numbers that are each a mantissa times a power of two."""
    mantissa, more = parts(x[0] * y[0])
    return mantissa, x[1] + y[1] + more


def _whole(x: Scaled) -> Lanes:
    mantissa, exponent = x
    exponent = choose(exponent > 2046, 2046.0, choose(exponent < -2044, -2044.0, exponent))
    return scale(mantissa, exponent)


def _products(body: Body, xs: Run) -> list[Scaled]:
    """The products of the first 0, 1, 2, … numbers of a run."""
    found = [(body.lift(1.0), body.lift(0.0))]
    for x in xs:
        found.append(_times(found[-1], parts(body.lift(x))))
    return found


def prod(xs: Run) -> Lanes | Number:
    body = _body(*xs)
    return _known(elementary.prod, xs) if body is None else _whole(_products(body, xs)[-1])


def prod_dx(x: Lanes | Number, xs: Run) -> Lanes | Number:
    """The product of those before x and of those after it."""
    body = _body(x, *xs)
    if body is None:
        return _known(lambda xs: elementary.prod_dx(xs[0], xs[1:]), (x, *xs))
    place = next(k for k, other in enumerate(xs) if other is x or _name(other) == _name(x))
    key = ("products", *map(_name, xs))
    if key not in body.memo:
        body.memo[key] = _products(body, xs), _products(body, xs[::-1])
    before, after = body.memo[key]
    return _whole(_times(before[place], after[len(xs) - 1 - place]))


def _name(x: Lanes | Number) -> object:
    return x.name if isinstance(x, Lanes) else float(x)


def mean(xs: Run) -> Lanes | Number:
    body = _body(*xs)
    if body is None:
        return _known(elementary.mean, xs)
    total, small = body.lift(0.0), body.lift(0.0)
    largest = body.lift(0.0)
    for x in map(body.lift, xs):
        total, small = total + x, small + x / len(xs)
        largest = choose(abs(x) == INF, INF, largest)
    usual = (abs(total) < INF) | (largest == INF)
    return choose(usual, total / len(xs), small)


def _scaled_norm(body: Body, xs: Run) -> tuple[Lanes, Lanes]:
    """The length of a vector as a number and the power of two that it is to be multiplied with."""
    sizes = [abs(body.lift(x)) for x in xs]
    largest = sizes[0]
    for size in sizes[1:]:
        largest = choose((size > largest) | (size != size), size, largest)
    _, exponent = parts(largest)
    total = body.lift(0.0)
    for size in sizes:
        small = scale(size, -exponent)
        total = total + small * small
    return root(total), exponent


def norm(xs: Run) -> Lanes | Number:
    body = _body(*xs)
    if body is None:
        return _known(elementary.norm, xs)
    found = _whole(_scaled_norm(body, xs))
    for x in map(body.lift, xs):
        found = choose(abs(x) == INF, INF, found)
    return found


def norm_dx(x: Lanes | Number, xs: Run) -> Lanes | Number:
    """One number over the length."""
    body = _body(x, *xs)
    if body is None:
        return _known(lambda xs: elementary.norm_dx(xs[0], xs[1:]), (x, *xs))
    length, exponent = _scaled_norm(body, xs)
    x = body.lift(x)
    found = choose(length == 0, x, scale(x, -exponent) / length)
    infinite, some = body.lift(0.0), body.lift(0.0)
    for other in map(body.lift, xs):
        infinite = infinite + choose(abs(other) == INF, 1.0, 0.0)
        some = some + choose(other == other, 0.0, NAN)
    alone = choose((infinite == 1) & (some == 0), signed(choose(abs(x) == INF, 1.0, 0.0), x), NAN)
    return choose(infinite > 0, alone, found + some)


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
