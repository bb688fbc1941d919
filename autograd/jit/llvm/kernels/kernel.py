"""Kernel: a mathematical function written once over lanes, for vectors and scalars alike."""

from __future__ import annotations

from collections.abc import Callable
from math import factorial
from typing import Final

from autograd import elementary
from autograd.jit.llvm.lanes import Body, Lanes, Number, bits, choose, fma, unbits

# By name: how each kernel is written out, and how it is used.
KERNELS: Final[dict[str, Callable[..., Lanes]]] = {}
FUNCTIONS: Final[dict[str, Callable[..., Lanes]]] = {}

INF: Final = float("inf")
NAN: Final = float("nan")


def kernel(define: Callable[..., Lanes]) -> Callable[..., Lanes]:
    """Registers `define` as the kernel of its name.

    On lanes of a program the result is a call; inside another kernel it is written out. On numbers
    alone it is the number that the eager function gives.
    """
    name = define.__name__.rstrip("_")

    def apply(*args: Lanes | Number) -> Lanes:
        body = next((x.body for x in args if isinstance(x, Lanes)), None)
        if body is None:
            number: Lanes = getattr(elementary, name)(*map(float, args))  # type: ignore[arg-type]
            return number
        lanes = [body.lift(x) for x in args]
        return define(*lanes) if body.flat else body.call(name, *lanes)

    KERNELS[name] = define
    FUNCTIONS[name] = apply
    return apply


def definition(name: str, width: int) -> Body:
    """The body of kernel `name`, with its result as the last line."""
    define = KERNELS[name]
    body = Body(width, flat=True)
    count = define.__code__.co_argcount
    result = define(*(Lanes(body, f"%x{place}", "double") for place in range(count)))
    body.line(f"ret {body.type('double')} {result.name}")
    return body


def polynomial(x: Lanes, *coefficients: Number) -> Lanes:
    """`c0 + c1 x + c2 x² + …` by Horner's scheme."""
    *rest, last = coefficients
    total = x.body.lift(last)
    for c in reversed(rest):
        total = fma(total, x, c)
    return total


def inverse_factorials(first: int, last: int) -> list[float]:
    """1/first!, …, 1/last!: Taylor coefficients of the exponential function."""
    return [1 / factorial(k) for k in range(first, last + 1)]


# Rounds to a whole number when added, and leaves that number in the low bits of the sum.
_SHIFT: Final = 1.5 * 2.0**52
_SHIFT_BITS: Final = 0x4338000000000000


def whole(n: Lanes) -> Lanes:
    """A whole double below 2⁵¹ in size as a 64-bit integer."""
    return bits(n + _SHIFT) - _SHIFT_BITS


def unwhole(n: Lanes) -> Lanes:
    return unbits(n + _SHIFT_BITS) - _SHIFT


def power_of_two(n: Lanes) -> Lanes:
    """2ⁿ for integers −1022 ≤ n ≤ 1023."""
    return unbits((n + 1023) << 52)


def scale(x: Lanes, n: Lanes) -> Lanes:
    """`x · 2ⁿ`, rounded once, for whole doubles −2044 ≤ n ≤ 2046."""
    n = whole(n)
    half = n >> 1
    return x * power_of_two(half) * power_of_two(n - half)


def scale_product(s: Lanes, p: Lanes, n: Lanes) -> Lanes:
    """`s · p · 2ⁿ`; a tiny s is enlarged first, lest the product be rounded as a subnormal."""
    tiny = (abs(s) < 2.0**-960) & (n > -1900)
    return scale(choose(tiny, s * 2.0**60, s) * p, choose(tiny, n - 60, n))


def two_sum(x: Lanes, y: Lanes) -> tuple[Lanes, Lanes]:
    """`x + y` as a rounded sum and its error, whichever is larger (Knuth 1969)."""
    total = x + y
    part = total - x
    return total, (x - (total - part)) + (y - part)


def two_product(x: Lanes, y: Lanes) -> tuple[Lanes, Lanes]:
    """`x · y` as a rounded product and its error."""
    product = x * y
    return product, fma(x, y, -product)
