"""Whole numbers: the floor of a number, quotients rounded down, their remainders, and signs."""

from __future__ import annotations

from autograd.jit.llvm.kernels.kernel import INF, NAN, kernel
from autograd.jit.llvm.lanes import Lanes, choose, fma, signed


def _floor(x: Lanes) -> Lanes:
    return x.body.intrinsic("floor", x)


@kernel
def floor(x: Lanes) -> Lanes:
    return _floor(x)


@kernel
def copysign(x: Lanes, y: Lanes) -> Lanes:
    return signed(x, y)


# A quotient below this is known to the last whole one.
_WHOLE = 2.0**52


def _mended(rest: Lanes, y: Lanes) -> tuple[Lanes, Lanes]:
    """A remainder with the sign of y, and where it had the other one."""
    below = (rest != 0) & ((rest < 0) ^ (y < 0))
    return choose(rest == 0, signed(0.0, y), choose(below, rest + y, rest)), below


def _remainder(x: Lanes, y: Lanes) -> tuple[Lanes, Lanes]:
    """(rest, whole) with x = whole y + rest."""
    body = x.body

    def usual() -> Lanes:
        return fma(-_floor(x / y), y, x)

    def large() -> Lanes:
        rest = body.emit(f"frem {body.type('double')} {x.name}, {y.name}")
        return choose(huge, rest, usual())

    huge = abs(x / y) >= _WHOLE
    rest = body.unless(huge, usual, large)
    rest, below = _mended(choose(abs(y) == INF, x, rest), y)
    # A huge quotient is rounded, as Python rounds it.
    whole = choose(below, _floor(x / y) - 1, _floor(x / y))
    return rest, choose(huge, (x - rest) / y, whole)


@kernel
def mod(x: Lanes, y: Lanes) -> Lanes:
    return choose((y == 0) | (abs(x) == INF), NAN, _remainder(x, y)[0])


@kernel
def floordiv(x: Lanes, y: Lanes) -> Lanes:
    whole = _remainder(x, y)[1]
    whole = choose(whole == 0, signed(0.0, x / y), whole)
    return choose(y == 0, x / y, choose(abs(x) == INF, NAN, whole))
