"""The elementary functions on tensors, where a choice takes both sides and keeps one."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import reduce
from math import exp, factorial, inf, log, nan, pi, sqrt
from typing import Any

from autograd.elementary import (
    BEND_ROOT,
    BEYOND_SERIES,
    CELU_SERIES,
    LIFT_ROOT,
    MISH_ROOT,
    ROOT_SERIES,
)
from autograd.jit.llvm.kernels.normal import TAIL

Tensor = Any
Run = Sequence[Tensor]

_DENSITY = 1 / sqrt(2 * pi)
_NEAR = [2 / sqrt(pi) * (-1) ** k / (factorial(k) * (2 * k + 1)) for k in range(16)]


class Functions:
    """The functions that texts may call, made of those that a framework has.

    A framework gives `tensor`, which makes one of a number, `where`, `exp`, `log`, `sqrt`, `sin`,
    `cos`, `tanh`, `pow`, `floor`, `abs` and `remainder` (with the sign of the first), and as many
    others as it has; its tensors have Python's operators.
    """

    tensor: Any
    where: Any
    exp: Any
    log: Any
    sqrt: Any
    sin: Any
    cos: Any
    tanh: Any
    pow: Any
    floor: Any
    abs: Any
    remainder: Any

    def zero(self, _: Tensor) -> Tensor:
        return self.tensor(0.0)

    def one(self, _: Tensor) -> Tensor:
        return self.tensor(1.0)

    def half(self, _: Tensor) -> Tensor:
        return self.tensor(0.5)

    def div(self, x: Tensor, y: Tensor) -> Tensor:
        return x / y

    def negative(self, x: Tensor) -> Tensor:
        """Where the sign is −, that of −0, too."""
        return (x < 0) | ((x == 0) & (1 / x < 0))

    def signed(self, x: Tensor, like: Tensor) -> Tensor:
        """The number x ≥ 0 with the sign of another."""
        return self.where(self.negative(like), -x, x)

    # Exponentials and logarithms.

    def expm1(self, x: Tensor) -> Tensor:
        t, size = self.tanh(x / 2), self.abs(x)
        near = self.where(size < 2.0**-54, x, 2 * t / (1 - t))
        return self.where(size < 1, near, self.exp(x) - 1)

    def log1p(self, x: Tensor) -> Tensor:
        u = 1 + x
        found = self.log(u) * (x / (u - 1))
        return self.where(u == 1, x, self.where(u == inf, inf, found))

    def log2(self, x: Tensor) -> Tensor:
        return self.log(x) / log(2)

    def log10(self, x: Tensor) -> Tensor:
        return self.log(x) / log(10)

    # Trigonometry.

    def tan(self, x: Tensor) -> Tensor:
        return self.sin(x) / self.cos(x)

    def atan(self, x: Tensor) -> Tensor:
        size = self.abs(x)
        steep = size > 1
        r = self.where(steep, 1 / size, size)
        y = r / (1 + 0.28 * r * r)
        for _ in range(2):  # the angle that is left has the tangent d
            s, c = self.sin(y), self.cos(y)
            d = (r * c - s) / (c + r * s)
            y = y + (d - d * d * d / 3)
        y = self.where(steep, pi / 2 - (y - 6.123233995736766e-17), y)
        return self.where(x == 0, x, self.signed(y, x))

    def asin(self, x: Tensor) -> Tensor:
        return self.atan(x / self.sqrt((1 - x) * (1 + x)))

    def acos(self, x: Tensor) -> Tensor:
        return 2 * self.atan(self.sqrt((1 - x) / (1 + x)))

    def atan2(self, x: Tensor, y: Tensor) -> Tensor:
        ax, ay = self.abs(x), self.abs(y)
        angle = self.atan(ax / ay)
        angle = self.where(ax == ay, self.where(ax == 0, 0.0, pi / 4), angle)
        angle = self.where(self.negative(y), pi - angle, angle)
        return self.where((x == x) & (y == y), self.signed(angle, x), x + y)

    # Hyperbolic functions.

    def sinh(self, x: Tensor) -> Tensor:
        size = self.abs(x)
        t, e = self.expm1(size), self.exp(size / 2)
        y = self.where(size < 22, 0.5 * (t + t / (1 + t)), 0.5 * e * e)
        return self.where(x == 0, x, self.signed(y, x))

    def cosh(self, x: Tensor) -> Tensor:
        e = self.exp(self.abs(x) / 2)
        return self.where(self.abs(x) < 22, 0.5 * (self.exp(x) + self.exp(-x)), 0.5 * e * e)

    def asinh(self, x: Tensor) -> Tensor:
        size = self.abs(x)
        square = size * size
        near = self.log1p(size + square / (1 + self.sqrt(1 + square)))
        y = self.where(size < 2.0**28, near, self.log(size) + log(2))
        return self.where(x == 0, x, self.signed(y, x))

    def acosh(self, x: Tensor) -> Tensor:
        t = x - 1
        near = self.log1p(t + self.sqrt(2 * t + t * t))
        y = self.where(x < 2.0**28, near, self.log(x) + log(2))
        return self.where(x >= 1, y, nan)

    def atanh(self, x: Tensor) -> Tensor:
        size = self.abs(x)
        y = self.where(size == 1, inf, 0.5 * self.log1p(2 * size / (1 - size)))
        return self.where(x == 0, x, self.signed(y, x))

    # Powers and roots.

    def power(self, x: Tensor, y: Tensor) -> Tensor:
        found = self.pow(self.abs(x), y)
        odd = self.whole(y) & ~self.whole(y / 2)
        found = self.where(self.negative(x) & odd, -found, found)
        found = self.where((x < 0) & ~self.whole(y) & (x > -inf), nan, found)
        found = self.where((self.abs(x) == 1) & (self.abs(y) == inf), 1.0, found)
        found = self.where((x == x) & (y == y), found, x + y)
        return self.where((x == 1) | (y == 0), 1.0, self.where(y == 2, x * x, found))

    def whole(self, x: Tensor) -> Tensor:
        """Where a number is whole; infinity is."""
        return self.floor(x) == x

    def cbrt(self, x: Tensor) -> Tensor:
        size = self.abs(x)
        z = self.pow(size, self.where(x == x, 1 / 3, nan))
        z = z - (z - size / (z * z)) / 3
        return self.where((x == 0) | (size == inf), x, self.signed(z, x))

    def hypot(self, x: Tensor, y: Tensor) -> Tensor:
        ax, ay = self.abs(x), self.abs(y)
        swap = ay > ax
        small, large = self.where(swap, ax, ay), self.where(swap, ay, ax)
        ratio = small / large
        found = self.where(large == 0, small, large * self.sqrt(1 + ratio * ratio))
        return self.where((ax == inf) | (ay == inf), inf, found)

    def power_dx(self, x: Tensor, y: Tensor) -> Tensor:
        less = y - 1
        rest = self.where(self.abs(y) < 1, y - (less + 1), (y - less) - 1)
        size = self.abs(x)
        more = rest * self.log(size)
        more = self.where((rest != 0) & (x != 0) & (self.abs(more) < 0.01), more, 0.0)
        factor = y + y * more
        found = self.pow(size, less)
        root = self.pow(size, less / 2)
        plain = ((found > 1e-290) & (found < 1e290)) | (x == 0)
        z = self.where(plain, factor * found, factor * root * root)
        even = self.whole(y) & self.whole(y / 2)
        z = self.where(self.negative(x) & even, -z, z)
        z = self.where((x < 0) & ~self.whole(y), nan, z)
        limit = self.power(x, y)
        z = self.where(self.abs(y) < inf, z, self.where(limit != 0, y * limit, 0.0))
        return self.where(y == 2, 2 * x, self.where(y == 0, 0.0, z))

    def power_dy(self, x: Tensor, y: Tensor) -> Tensor:
        found, root, logarithm = self.power(x, y), self.power(x, y / 2), self.log(x)
        far = self.where(root != 0, root * logarithm * root, root)
        z = self.where((found > 1e-290) & (found < 1e290), found * logarithm, far)
        at_zero = self.where(y > 0, 0.0, self.where(y <= 0, -inf, y))
        return self.where(x == 0, at_zero, self.where(x < 0, nan, z))

    def scaled_power(self, s: Tensor, x: Tensor, y: Tensor, n: Tensor) -> Tensor:
        less = y - n
        part = less - y
        rest = (y - (less - part)) + (-n - part)
        whole = (self.abs(less) < inf) & self.whole(y) & self.whole(n)
        odd = self.odd(y) ^ self.odd(n)
        turned = self.where(self.negative(x) & whole & odd, -s, s)
        broken = (x < 0) & ~whole & (s != 0)
        size = self.abs(x)
        more = rest * self.log(size)
        kept = (rest != 0) & (size > 0) & (size < inf) & (self.abs(more) < 0.01)
        scaled = self.where(kept, turned * (1 + more), turned)
        found, root = self.pow(size, less), self.pow(size, less / 4)
        found = self.where((x == x) & (less == less), found, nan)
        found = self.where((less == 0) | (size == 1), 1.0, found)
        end = self.where(found != 0, scaled * found, found)
        far = self.where(root != 0, scaled * root * root * root * root, root)
        z = self.where((size == 0) | (size == inf) | (found != found), end, far)
        z = self.where((found > 1e-290) & (found < 1e290), scaled * found, z)
        z = self.where((turned == 0) | (turned != turned), turned, z)
        known = (x == x) & (y == y) & (n == n)
        return self.where(known & ~broken, z, nan)

    def odd(self, x: Tensor) -> Tensor:
        """Where a whole number is odd."""
        return self.whole(x) & ~self.whole(x / 2)

    # Exponentials that underflow late.

    def left_out(self, x: Tensor, y: Tensor, product: Tensor) -> Tensor:
        """What rounding took from a product (Dekker 1971, with Veltkamp's split)."""
        up = self.where(self.abs(x) < 1e-100, 2.0**512, 1.0)
        up = self.where(self.abs(x) > 1e100, 2.0**-512, up)
        (a, b), (c, d) = self._parts(x * up), self._parts(y / up)
        return self.where(product == 0, 0.0, ((a * c - product) + a * d + b * c) + b * d)

    @staticmethod
    def _parts(x: Tensor) -> tuple[Tensor, Tensor]:
        shifted = x * 134217729.0
        high = shifted - (shifted - x)
        return high, x - high

    def scaled_exp(self, s: Tensor, x: Tensor, y: Tensor) -> Tensor:
        t = x * y
        inside = (t > -1500) & (t < 1500)
        rest = self.where(inside, self.left_out(x, y, t), 0.0)
        near = self.abs(t) < 600
        t = self.where(inside, t, 0.0)
        part = self.exp(self.where(near, t, t / 4))
        first = s * (part + part * rest)
        found = self.where(near, first, first * part * part * part)
        far = x * y
        beyond = self.where((far > 0) & (s != 0), s * inf, self.signed(self.zero(s), s))
        beyond = self.where((far == far) & (s == s), beyond, nan)
        return self.where(inside & (s == s), found, beyond)

    def lift(self, x: Tensor) -> Tensor:
        root, rest = LIFT_ROOT
        step = (x - root) - rest
        near = step + (-1 - root - rest) * self.expm1(step)
        return self.where((x > -2) & (x < -0.5), near, 1 + x + self.exp(x))

    def bend(self, x: Tensor) -> Tensor:
        x = self.abs(x)
        (root, rest), here = BEND_ROOT, self.tanh(x / 2)
        step = (x - root) - rest
        near = -(step * here + root * self.tanh(step / 2) * (1 - (2 / root) * here))
        return self.where((x > 1.5) & (x < 3.5), near, 2 - x * here)

    def xlogy(self, x: Tensor, y: Tensor) -> Tensor:
        return self.where((x == 0) & (y == y), 0.0, x * self.log(y))

    def exp_ratio(self, s: Tensor, x: Tensor, y: Tensor) -> Tensor:
        t = x / y
        found = self.scaled_exp(s, t, self.tensor(1.0))
        by = self.where(self.abs(y) <= 1e-200, 2.0**600, 1.0)
        by = self.where(self.abs(y) >= 1e200, 2.0**-600, by)
        product = t * (y * by)
        rest = ((x * by - product) - self.left_out(t, y * by, product)) / (y * by)
        inside = (self.abs(t) > 1e-20) & (self.abs(t) < 1500) & (self.abs(found) < inf)
        return self.where(inside, found + found * rest, found)

    def celu_dy(self, x: Tensor) -> Tensor:
        near = self.polynomial(x, CELU_SERIES) * x * x
        far = self.expm1(x) - self.scaled_exp(x, x, self.tensor(1.0))
        far = self.where(x < 700, far, (1 - x) * self.exp(x))
        return self.where(self.abs(x) <= 1, near, far)

    def mish_root(self, x: Tensor) -> Tensor:
        root, rest = MISH_ROOT
        there, step = exp(root), (x - root) - rest
        more = self.expm1(step)
        first = there * (6 + 4 * root + there * (8 + 3 * there))
        second = there * there * (4 + there * (3 + more))
        near = more * (first + more * second) + 4 * step * (1 + there * (1 + more))
        e = self.exp(x)
        far = (2 + e) * (2 + e * (2 + e)) + 4 * x * (1 + e)
        found = self.where((x > -4) & (x < 0), near, far)
        return self.where(x < inf, found, x)

    def xlog1py(self, x: Tensor, y: Tensor) -> Tensor:
        return self.where((x == 0) & (y == y), 0.0, x * self.log1p(y))

    def log_share(self, x: Tensor, y: Tensor) -> Tensor:
        below = -self.log1p(self._share(y, x))
        above = (x - y) - self.log1p(self._share(x, y))
        same = self.where(x > -inf, -log(2), nan)
        return self.where(x == y, same, self.where(y < x, below, above))

    def erfinv(self, x: Tensor) -> Tensor:
        size = self.abs(x)
        rest = 1 - size
        logarithm = self.log(rest * (1 + size))
        part = 2 / (pi * 0.147) + logarithm / 2
        z = self.sqrt(self.sqrt(part * part - logarithm / 0.147) - part)
        for _ in range(3):
            error = self.where(size < 0.5, self.erf(z) - size, rest - self.erfc(z))
            step = error / (2 / sqrt(pi) * self.exp(-z * z))
            z = z - step / (1 + z * step)
        found = self.where(size > 1e-8, self.signed(z, x), x / (2 / sqrt(pi)))
        return self.where(size < 1, found, self.where(size == 1, x * inf, nan))

    def erfinv_dx(self, x: Tensor) -> Tensor:
        z = self.abs(self.erfinv(x))
        rest = 1 - self.abs(x)
        far = self._tail(z) * (sqrt(pi) / 2) / rest
        return self.where(z < 0.5, self.exp(z * z) * (sqrt(pi) / 2), self.where(z == z, far, nan))

    # Steps.

    def copysign(self, x: Tensor, y: Tensor) -> Tensor:
        return self.signed(self.abs(x), y)

    def mod(self, x: Tensor, y: Tensor) -> Tensor:
        rest = self.remainder(x, y)
        turned = self.where((y < 0) != (rest < 0), rest + y, rest)
        return self.where(rest == 0, self.signed(self.zero(x), y), turned)

    def floordiv(self, x: Tensor, y: Tensor) -> Tensor:
        rest = self.remainder(x, y)
        whole = (x - rest) / y
        whole = self.where((rest != 0) & ((y < 0) != (rest < 0)), whole - 1, whole)
        found = self.floor(whole)
        found = self.where(whole - found > 0.5, found + 1, found)
        found = self.where(whole == 0, self.signed(self.zero(x), x / y), found)
        return self.where(y == 0, x / y, found)

    def selu_scale(self, _: Tensor) -> Tensor:
        return self.tensor(1.0507009873554805)

    def selu_alpha(self, _: Tensor) -> Tensor:
        return self.tensor(1.6732632423543772)

    # Sums and products over runs.

    def share(self, xs: Run) -> Tensor:
        return self.tensor(1 / len(xs))

    def mean(self, xs: Run) -> Tensor:
        total = reduce(operator.add, xs, self.tensor(0.0))
        parts = reduce(operator.add, [x / len(xs) for x in xs], self.tensor(0.0))
        infinite = reduce(operator.or_, [self.abs(x) == inf for x in xs])
        return self.where(infinite | (self.abs(total) < inf), total / len(xs), parts)

    def dot(self, xs: Run, ys: Run) -> Tensor:
        return sum(x * y for x, y in zip(xs, ys, strict=True))

    def _share(self, x: Tensor, top: Tensor) -> Tensor:
        """exp(x − top) for x ≤ top, as if the difference were not rounded."""
        less = x - top
        back = less + top
        whole = self.exp(less)
        found = whole + whole * ((x - back) - (top - (back - less)))
        return self.where(less < -800, 0.0, found)

    # The run last summarized and its summary: they are asked for one after the other.
    _last: tuple[list[Tensor], tuple[Tensor, Tensor]] | None = None

    def _summary(self, xs: Run) -> tuple[Tensor, Tensor]:
        """The largest of a run, and the sum of exp(x − largest) over the others."""
        if self._last is not None and len(self._last[0]) == len(xs):
            run, summary = self._last
            if all(x is y for x, y in zip(run, xs, strict=True)):
                return summary
        summary = self._summarized(xs)
        self._last = [*xs], summary
        return summary

    def _summarized(self, xs: Run) -> tuple[Tensor, Tensor]:
        top = reduce(lambda x, y: self.where(y > x, y, x), xs)
        rest, error, found = self.zero(top), self.zero(top), top != top
        for x in xs:
            first = (x == top) & ~found
            found = found | first
            equal = self.where(x == x, self.where(x == top, 1.0, 0.0), nan)
            y = self.where(self.abs(top) < inf, self._share(x, top), equal)
            y = self.where(first, 0.0, y)
            total = rest + y
            error = error + self.where(rest > y, (rest - total) + y, (y - total) + rest)
            rest = total
        return top, rest + error

    def logsumexp(self, xs: Run) -> Tensor:
        top, rest = self._summary(xs)
        return top + self.log1p(rest)

    def softmax(self, x: Tensor, xs: Run) -> Tensor:
        top, rest = self._summary(xs)
        infinite = self.where(x == top, 1 / (1 + rest), 0.0)
        found = self._share(x, top) / (1 + rest)
        return self.where((top == inf) & (rest == rest), infinite, found)

    def _mean(self, y: Tensor, sign: int, xs: Run, ys: Run) -> Tensor:
        """The sum of y ± ys, weighted with the shares of xs; nothing of what has no share."""
        total = 0.0
        for x, other in zip(xs, ys, strict=True):
            share = self.softmax(x, xs)
            total = total + self.where(share == 0, 0.0, (y + sign * other) * share)
        return total

    def softmean(self, xs: Run, ys: Run) -> Tensor:
        return self._mean(0.0, 1, xs, ys)

    def softmean_dx(self, x: Tensor, y: Tensor, xs: Run, ys: Run) -> Tensor:
        return self.softmax(x, xs) * self._mean(y, -1, xs, ys)

    def logaddexp(self, x: Tensor, y: Tensor) -> Tensor:
        return self.logsumexp([x, y])

    def logaddexp_dx(self, x: Tensor, y: Tensor) -> Tensor:
        return self.softmax(x, [x, y])

    # The normal distribution.

    def polynomial(self, x: Tensor, terms: Sequence[float]) -> Tensor:
        """`c0 + c1 x + c2 x² + …` by Horner's scheme."""
        return reduce(lambda total, term: total * x + term, reversed(terms), 0.0)

    def _tail(self, u: Tensor) -> Tensor:
        """exp(u²) erfc(u) for u ≥ 0."""
        u = self.where(u < 1e9, u, 1e9)
        return self.polynomial((u - 3.75) / (u + 3.75), TAIL) / (1 + 2 * u)

    def erf(self, x: Tensor) -> Tensor:
        near = x * self.polynomial(x * x, _NEAR)
        size = self.abs(x)
        far = self.signed(1 - self.scaled_exp(self._tail(size), -size, size), x)
        return self.where(size < 0.75, near, self.where(x == x, far, x))

    def erfc(self, x: Tensor) -> Tensor:
        size = self.abs(x)
        tail = self.scaled_exp(self._tail(size), -size, size)
        far = self.where(x < 0, 2 - tail, tail)
        near = 1 - x * self.polynomial(x * x, _NEAR)
        return self.where(size < 0.5, near, self.where(x == x, far, x))

    def _below(self, x: Tensor) -> Tensor:
        """The standard normal distribution function where it is not tiny."""
        u = x * sqrt(0.5)
        tail = self.scaled_exp(0.5 * self._tail(self.abs(u)), -x, 0.5 * x)
        near = 0.5 + 0.5 * (u * self.polynomial(u * u, _NEAR))
        return self.where(self.abs(x) < 0.5, near, self.where(x < 0, tail, 1 - tail))

    def gelu(self, x: Tensor) -> Tensor:
        tail = self.scaled_exp(0.5 * x * self._tail(self.abs(x) * sqrt(0.5)), -x, 0.5 * x)
        found = self.where(x < -2, tail, x * self._below(x))
        return self.where(x == -inf, -0.0, self.where(x == inf, inf, found))

    def gelu_dx(self, x: Tensor) -> Tensor:
        mills = self._tail(self.abs(x) * sqrt(0.5)) * sqrt(pi / 2)
        left = self.scaled_exp((x + mills) * _DENSITY, -x, 0.5 * x)
        right = self._below(x) + self.scaled_exp(x * _DENSITY, -x, 0.5 * x)
        near = [
            self.polynomial((x - centre) - rest, terms)
            for (centre, rest), *terms in (ROOT_SERIES, BEYOND_SERIES)
        ]
        middle = self.where(x > -1.25, *near)
        found = self.where(x > -0.25, right, self.where(x > -2, middle, left))
        return self.where(x == inf, 1.0, self.where(x == -inf, -0.0, found))
