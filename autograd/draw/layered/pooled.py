"""Pooled: places in a row, nearest to those wanted, at given distances.

Least squares under these limits are solved by pooling neighbours that touch; within bounds, what is
found without them is moved to where they end (Ayer and others, "An empirical distribution function
for sampling with incomplete information", 1955).
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def nearest(
    wanted: Sequence[float],
    weights: Sequence[float],
    gaps: Sequence[float],
    bounds: Sequence[tuple[float, float]] = (),
) -> list[float]:
    """The places, each at least a gap behind the one before, and within its bounds if it has some.

    >>> nearest([0.0, 1.0, 9.0], [1.0, 1.0, 1.0], [3.0, 3.0])
    [-1.0, 2.0, 9.0]
    """
    offsets = [0.0]
    for gap in gaps:
        offsets.append(offsets[-1] + gap)
    pools: list[tuple[float, float, int]] = []  # of neighbours that touch: sum, weight, how many
    for want, weight, offset in zip(wanted, weights, offsets, strict=False):
        total, heavy, many = (want - offset) * weight, weight, 1
        while pools and pools[-1][0] * heavy >= total * pools[-1][1]:
            more, also, others = pools.pop()
            total, heavy, many = total + more, heavy + also, many + others
        pools.append((total, heavy, many))
    found = [total / heavy for total, heavy, many in pools for _ in range(many)]
    if bounds:
        _bounded(found, offsets, bounds)
    return [at + offset for at, offset in zip(found, offsets, strict=False)]


def _bounded(
    found: list[float], offsets: Sequence[float], bounds: Sequence[tuple[float, float]]
) -> None:
    """Moves what was found, without its offsets, to where the bounds end."""
    low = -math.inf
    for k, (least, _) in enumerate(bounds):
        low = max(low, least - offsets[k])
        found[k] = max(found[k], low)
    high = math.inf
    for k in range(len(bounds) - 1, -1, -1):
        high = min(high, bounds[k][1] - offsets[k])
        found[k] = min(found[k], high)
