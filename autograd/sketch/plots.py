"""Plots: curves, bars and matrices of numbers by name, as sketches."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import Any

from autograd.sketch import (
    BLUE,
    CLASSES,
    INK,
    NARROW,
    Pairs,
    Panel,
    Sketch,
    as_float,
    digits,
    shade,
)


def plot_curves(
    curves: Mapping[str, Pairs],
    *,
    points: Sequence[tuple[Any, Any]] = (),
    xlabel: str = "",
    ylabel: str = "",
    log: str = "",
    title: str = "",
) -> Sketch:
    """Lines by name, each through its pairs (x, y), and loose points.

    `log` names the axes that are logarithmic: "x", "y" or "xy".

    >>> plot_curves({"squares": [(x, x * x) for x in range(5)]}, xlabel="x")
    <plot of squares from 0 to 16>
    """
    panel = Panel(title, xlabel, ylabel, log)
    for (name, pairs), colour in zip(_named(curves, "pairs (x, y)").items(), cycle(CLASSES)):
        panel.curve(_pairs(f"the curve {name!r}", pairs), colour, name)
    panel.dots(_pairs("points", points), INK)
    return Sketch([panel])


def plot_bars(
    bars: Mapping[str, Any], *, xlabel: str = "", log: str = "", title: str = ""
) -> Sketch:
    """A bar for each name, as long as its number, which stands at its end.

    >>> plot_bars({"eager": 12.5, "jit": 0.25}, xlabel="milliseconds", log="x")
    <plot of milliseconds, eager 12.5, jit 0.25>
    """
    bars = _named(bars, "numbers")
    panel = Panel(title, xlabel, log=log, height=70 + 28 * len(bars), beyond=68)
    panel.said += [xlabel] * bool(xlabel)
    panel.yticks = [(-place, name) for place, name in enumerate(bars)]
    start = min((x for x in bars.values() if x > 0), default=1) / 3 if "x" in log else 0
    for place, (name, length) in enumerate(bars.items()):
        end = length if abs(length) < math.inf and (length > 0 or not start) else start
        panel.cells([[BLUE]], (start, 0.35 - place, end, -0.35 - place))
        panel.words(digits(length, 3), max(end, start), -place)
        panel.said.append(f"{name} {digits(length, 3)}")
    return Sketch([panel])


def plot_matrix(
    rows: Sequence[Sequence[Any]],
    *,
    xticks: Sequence[str] = "",
    yticks: Sequence[str] = "",
    title: str = "",
) -> Sketch:
    """Rows of numbers in colours: white is 0, blue positive, red negative; None is left out.

    >>> plot_matrix([[1, None], [0.5, 0.5]], title="who looks where")
    <plot of who looks where: 2 rows of 2 numbers up to 1>
    """
    rows = [[*row] if hasattr(row, "__len__") else [] for row in rows]
    if len({*map(len, rows)}) != 1 or not rows[0]:
        raise ValueError("plot_matrix needs rows of numbers, all equally long, at least one")
    bound = extent(x for row in rows for x in row if x is not None)
    panel = Panel(title, width=NARROW, height=NARROW)
    panel.xticks = [(k + 0.5, text) for k, text in enumerate(xticks)]
    panel.yticks = [(-k - 0.5, text) for k, text in enumerate(yticks)]
    colours = [[shade(number, bound) for number in row] for row in rows]
    panel.cells(colours, (0, 0, len(rows[0]), -len(rows)))
    panel.said.append(f"{len(rows)} rows of {len(rows[0])} numbers up to {digits(bound, 3)}")
    return Sketch([panel])


def _named(given: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise TypeError(f'a plot takes {what} by name, as in {{"name": …}}, not {given!r}')
    return given


def _pairs(name: str, given: Any) -> list[tuple[Any, Any]]:
    pairs = [*given]
    if any(not hasattr(pair, "__len__") or len(pair) != 2 for pair in pairs):
        raise TypeError(f"pairs (x, y), as enumerate(numbers) gives, make {name}, not {pairs}")
    return pairs


def extent(numbers: Iterable[Any]) -> float:
    """The largest size of the finite numbers."""
    return max((size for x in numbers if (size := abs(as_float(x))) < math.inf), default=0)
