"""Certified slopes, intervals beside differences: `python -m tests.benchmarks.bench_certified`.

The first slope of every row at the same points, to the same 30 digits: by power series of intervals
(python-flint) and by differences of mpmath numbers, each in a process of its own. Prints the time
of a slope by intervals and how many times as long the differences take: the smallest, the median
and the largest ratio, and the row that each is of.
"""

from __future__ import annotations

import json
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

POINTS = 8


def measured(way: str) -> dict[str, float]:
    """Seconds a slope, by row."""
    from autograd.ops import OPS
    from autograd.testing import certified, enclosure
    from autograd.testing.sampling import points

    def by_intervals(meaning: certified.Meaning, point: Any) -> object:
        return enclosure.enclosed(meaning.enclosed, point, (0,), 30, 1200)

    def by_differences(meaning: certified.Meaning, point: Any) -> object:
        return certified.by_differences(meaning, point, 0)

    compute = by_intervals if way == "intervals" else by_differences
    times = {}
    for name, op in OPS.items():
        meaning, given = certified.meaning(op), [*points(op, POINTS)]
        times[name] = statistics.median(min(timed(compute, meaning, at)) for at in given)
    return times


def timed(compute: Any, *given: Any) -> Iterator[float]:
    """The seconds of three calls, the first of which may have to build something."""
    for _ in range(3):
        start = time.perf_counter()
        compute(*given)
        yield time.perf_counter() - start


def main() -> None:
    """Prints the table."""
    if sys.argv[1:]:
        print(json.dumps(measured(sys.argv[1])))
        return
    found = {}
    for way in ("intervals", "differences"):
        command = [sys.executable, "-m", "tests.benchmarks.bench_certified", way]
        found[way] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    ratios = {name: found["differences"][name] / one for name, one in found["intervals"].items()}
    order = sorted(ratios, key=ratios.__getitem__)
    median = statistics.median(found["intervals"].values())
    print(f"{len(ratios)} rows, {POINTS} points each, on {platform.processor() or 'this machine'}")
    print(f"a slope by intervals: {1e6 * median:.0f} µs (median of the rows)")
    for what, name in (
        ("smallest", order[0]),
        ("median", order[len(order) // 2]),
        ("largest", order[-1]),
    ):
        print(f"{what} ratio: {ratios[name]:.0f} ({name})")


if __name__ == "__main__":
    main()
