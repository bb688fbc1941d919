"""Points to try an operation at: the edges of the doubles, where formulas change, any bits."""

from __future__ import annotations

import itertools
import math
import random
import struct
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

Point = tuple[float, ...]

_SPECIAL = (0.0, math.inf, 5e-324, 2.2250738585072014e-308, 1.0, 1.5, 1.7976931348623157e308)
SPECIAL = (math.nan, *_SPECIAL, *(-x for x in _SPECIAL))

_FRIENDLY = (0.5, 1.5, -0.75, 2.25, 0.3, -1.25, 3.0, 0.9, -2.5, 1.1)

# Where doubles end, where squares and exponentials do, where a slope is 0, where two forms meet.
_EDGES = (
    5e-324, 3e-320, 5.6e-309, 2.2250738585072014e-308, 1e-300, 1e-200, 1.5e-162, 1.5e-154, 1e-100,
    1e-20, 2**-54, 2**-53, 2**-52, 1e-10, 1e-5, 1e-3, 0.1, 0.25, 0.5, 0.7517915246935645, 0.9,
    1 - 2**-53, 1.0, 1 + 2**-52, 1.25, 1.2784645427610737, 1.5, math.pi / 2, 1.999, 2.0, 2.001, 3.0,
    math.pi, 4.999, 5.001, 10.0, 18.0, 19.5, 26.5, 36.8, 37.6, 38.4, 100.0, 354.0, 700.0, 709.7,
    710.5, 720.0, 744.0, 745.2, 750.0, 1000.0, 1e5, 1e9, 2.0**53, 1e17, 1e77, 1e100, 1e154, 1.4e154,
    1e200, 1e300, 8.9e307, 1.7976931348623157e308,
)  # fmt: skip


class Rule(Protocol):
    """What points are asked for: a row, or what is like one."""

    @property
    def name(self) -> str:
        """The name, which the points follow from."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs."""

    @property
    def run(self) -> bool:
        """Whether each input is a run of numbers."""

    @property
    def inside(self) -> Any:
        """The domain as a function of numbers."""

    @property
    def at_kink(self) -> Any:
        """The kink as a function of numbers."""


def points(op: Rule, count: int, seed: int = 0, *, largest: float = math.inf) -> Iterator[Point]:
    """`count` points where the row is differentiable, friendly ones first, then edges and others.

    No number is larger than `largest` or (but for 0) closer to 0 than its reciprocal. A run row
    gets runs of one to four elements, one run after the other. The same seed gives the same points.
    There may be fewer if the domain is hard to hit.
    """
    source = random.Random(f"{op.name} {seed}")  # noqa: S311  no secrets here
    found = 0
    for tried, point in enumerate(_candidates(op, source)):
        if found == count or tried > 50 * count:
            return
        if any(x and not 1 / largest <= abs(x) <= largest for x in point):
            continue
        if op.run or is_smooth(op, point):
            found += 1
            yield point


def is_smooth(op: Rule, point: Sequence[Any]) -> bool:
    """Whether a point is inside the domain of a row and not at its kink."""
    return bool(op.inside(*point)) and not op.at_kink(*point)


def kinks(op: Rule) -> Iterator[Point]:
    """Some points at the kinks of a row: small numbers with many ties."""
    for point in itertools.product((0.0, 1.0, -1.0, 0.5, 2.0, -3.0), repeat=len(op.inputs)):
        if op.at_kink(*point) and op.inside(*point):
            yield point


def _candidates(op: Rule, source: random.Random) -> Iterator[Point]:
    arity = len(op.inputs)
    for first in range(len(_FRIENDLY)):
        size = arity * (1 + first % 4 if op.run else 1)
        yield tuple(_FRIENDLY[(first + 3 * place) % len(_FRIENDLY)] for place in range(size))
    if arity == 1 and not op.run:
        edges = [*_EDGES, *(-x for x in _EDGES)]
        source.shuffle(edges)
        yield from ((x,) for x in edges)
    elif not op.run:
        yield from itertools.product((0.0, 1.0, -1.0, 2.5), repeat=arity)
    while True:
        size = arity * (source.randint(1, 4) if op.run else 1)
        point = [any_double(source) for _ in range(size)]
        kind = source.random()
        if size > 1 and kind < 0.25:  # nearly equal, or of equal size
            point[1] = point[0] * source.choice((1, -1)) * (1 + source.uniform(-1, 1) ** 9)
        elif size > 1 and kind < 0.5 and point[0] not in {0, 1, -1}:  # x ** y in range
            point[0] = abs(point[0])
            point[1] = source.uniform(-745, 710) / math.log(point[0])
        elif size > 1 and kind < 0.6:  # exp(x y) in range
            point[1] = source.uniform(-745, 710) / (point[0] or 1.0)
        elif size > 1 and kind < 0.7:  # a subnormal quotient
            one, other = source.choice(((0, 1), (1, 0)))
            point[other] = 10 ** -source.uniform(0, 16)
            point[one] = point[other] * 10 ** -source.uniform(285, 323) * source.choice((1, -1))
        if all(map(math.isfinite, point)):
            yield tuple(point)


def any_double(source: random.Random) -> float:
    """A finite double: of ordinary size, near 1, of any size, with any bits, or an edge."""
    kind = source.random()
    sign = source.choice((1, -1))
    if kind < 0.3:
        return source.uniform(-3, 3)
    if kind < 0.5:
        return source.uniform(-50, 50)
    if kind < 0.65:
        return source.uniform(-800, 800)
    if kind < 0.75:
        return sign * 10 ** source.uniform(-20, 20)
    if kind < 0.8:
        return sign * (1 + source.choice((1, -1)) * 10 ** source.uniform(-16, -1))
    if kind < 0.9:
        return sign * source.choice(_EDGES)
    while True:
        (number,) = struct.unpack("d", source.randbytes(8))
        if math.isfinite(number):
            return float(number)
