"""Sketch: a small plot as SVG, which needs no package: for a browser's Python, and wherever."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import Any

Pairs = Iterable[tuple[Any, Any]]

# Colours that stay apart for the colour-blind (Okabe and Ito).
BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"
CLASSES = (BLUE, ORANGE, GREEN, "#CC79A7", "#E69F00", "#56B4E9")

WIDTH, HEIGHT = 640, 330
LEFT, RIGHT, TOP, BOTTOM = 66, 576, 46, 282  # the frame of the plot


class Axis:
    """From numbers to places on the page, evenly or by their logarithm.

    >>> Axis([1, 100], 0, 10, log=True)(10)
    5.0
    >>> Axis([0.0, 7.0], 0, 10).ticks()
    [0, 2, 4, 6]
    """

    def __init__(
        self, numbers: Iterable[Any], start: float, end: float, *, log: bool = False
    ) -> None:
        self.log, self.start, self.end = log, start, end
        shown = [x for x in map(self._scaled, numbers) if math.isfinite(x)] or [0.0, 1.0]
        self.low, self.high = min(shown), max(shown)
        if self.low == self.high:
            self.low, self.high = self.low - 0.5, self.high + 0.5

    def _scaled(self, number: Any) -> float:
        x = float(number)
        if not self.log:
            return x
        return math.log10(x) if x > 0 else math.nan

    def __call__(self, number: Any) -> float:
        """The place of a number; nan for one that has none."""
        share = (self._scaled(number) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Round numbers to write on the axis, five or so."""
        if self.log:
            powers = range(math.floor(self.low), math.floor(self.high) + 1)
            within = [k for k in powers if k >= self.low]
            if len(within) < 3:
                both = [digit * 10.0**k for k in powers for digit in (1, 2, 5)]
                return [x for x in both if self.low <= math.log10(x) <= self.high]
            return [10.0**k for k in within[:: max(1, len(within) // 5)]]
        step = 10 ** math.floor(math.log10((self.high - self.low) / 6))
        step *= next(k for k in (1, 2, 5, 10) if (self.high - self.low) / (k * step) <= 6)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [k * step for k in range(first, last + 1)]


class Sketch:
    """A plot of curves, points and coloured cells: a notebook shows it, `svg()` is its text."""

    def __init__(
        self, x: Axis, y: Axis, xlabel: str = "", ylabel: str = "", remark: str = ""
    ) -> None:
        self.x, self.y, self.remark = x, y, remark
        self.below: list[str] = []
        self.parts: list[str] = []
        self.legend: list[tuple[str, str, bool]] = []
        middle = (TOP + BOTTOM) / 2
        self.below += [
            _text((LEFT + RIGHT) / 2, BOTTOM + 36, xlabel),
            _text(16, middle, ylabel, f' transform="rotate(-90 16 {middle})"'),
        ]
        for tick in x.ticks():
            self.below += [_line(x(tick), TOP, x(tick), BOTTOM), _text(x(tick), BOTTOM + 17, tick)]
        for tick in y.ticks():
            label = _text(LEFT - 7, y(tick) + 4, tick, ' text-anchor="end"')
            self.below += [_line(LEFT, y(tick), RIGHT, y(tick)), label]

    def curve(
        self,
        points: Pairs,
        colour: str,
        label: str = "",
        *,
        y: Axis | None = None,
        thin: bool = False,
        dashed: bool = False,
    ) -> None:
        """A line through the points, broken where a number is not finite."""
        y = y or self.y
        runs: list[list[str]] = [[]]
        for point in points:
            place = (self.x(point[0]), y(point[1]))
            if all(map(math.isfinite, place)):
                runs[-1].append(f"{place[0]:.1f},{place[1]:.1f}")
            else:
                runs.append([])
        path = "".join("M" + "L".join(run if len(run) > 1 else run * 2) for run in runs if run)
        style = ' stroke-dasharray="6 4"' if dashed else ' opacity=".3"' if thin else ""
        width = 1 if thin else 2
        self.parts.append(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}"'
            f' stroke-linejoin="round" stroke-linecap="round"{style}/>'
        )
        if label:
            self.legend.append((label, colour, dashed))

    def dots(self, points: Pairs, colour: str, label: str = "") -> None:
        """A disc for each point."""
        self.parts += [
            f'<circle cx="{self.x(a):.1f}" cy="{self.y(b):.1f}" r="4" fill="{colour}"'
            ' stroke="#fff"/>'
            for a, b in points
        ]
        if label:
            self.legend.append((label, colour, False))

    def cell(self, left: float, bottom: float, right: float, top: float, colour: str) -> None:
        """A rectangle below everything else."""
        x, y = self.x(left), self.y(top)
        size = f'width="{self.x(right) - x:.1f}" height="{self.y(bottom) - y:.1f}"'
        self.below.insert(0, f'<rect x="{x:.1f}" y="{y:.1f}" {size} fill="{colour}" opacity=".3"/>')

    def shares(self, label: str) -> Axis:
        """A second axis on the right, from 0 to 100 %."""
        axis = Axis([0, 1], BOTTOM, TOP)
        for tick in (0, 0.5, 1):
            label_at = ' text-anchor="start"'
            self.below.append(_text(RIGHT + 7, axis(tick) + 4, f"{tick:.0%}", label_at))
        x, y = WIDTH - 12, (TOP + BOTTOM) / 2
        self.below.append(_text(x, y, label, f' transform="rotate(-90 {x} {y})"'))
        return axis

    def svg(self) -> str:
        """The plot as a page of SVG."""
        x, y = float(LEFT), 14
        parts: list[str] = []
        for label, colour, dashed in self.legend:
            width = 48 + 6.4 * len(label)
            if x > LEFT and x + width > WIDTH:
                x, y = float(LEFT), y + 17
            dash = ' stroke-dasharray="6 4"' if dashed else ""
            parts += [
                f'<path d="M{x:.1f} {y}h22" stroke="{colour}" stroke-width="4"{dash}/>',
                _text(x + 28, y + 4, label, ' text-anchor="start"'),
            ]
            x += width
        if self.remark:
            note = ' text-anchor="start" font-size="11" fill="#666"'
            parts.append(_text(8, HEIGHT - 3, self.remark, note))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
            f' role="img" aria-label="{html.escape(repr(self))}"'
            f' viewBox="0 0 {WIDTH} {HEIGHT}" font-family="Helvetica, Arial, sans-serif"'
            ' font-size="13" text-anchor="middle" fill="#222">'
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
            f"{''.join([*self.below, *self.parts, *parts])}</svg>"
        )

    def _repr_svg_(self) -> str:
        return self.svg()

    def __repr__(self) -> str:
        names = ", ".join(label for label, _, _ in self.legend)
        remark = f"; {self.remark}" if self.remark else ""
        return f"<plot of {names or 'points'}{remark}>"


def plot_curves(
    curves: Mapping[str, Pairs],
    *,
    points: Sequence[tuple[Any, Any]] = (),
    xlabel: str = "",
    ylabel: str = "",
    log: str = "",
) -> Sketch:
    """Lines by name, each through its pairs (x, y), and loose points; needs no matplotlib.

    `log` names the axes that are logarithmic: "x", "y" or "xy".

    >>> plot_curves({"squares": [(x, x * x) for x in range(5)]}, xlabel="x")
    <plot of squares>
    """
    lines = {name: list(pairs) for name, pairs in curves.items()}
    every = [pair for pairs in (*lines.values(), points) for pair in pairs]
    x = Axis([a for a, _ in every], LEFT, RIGHT, log="x" in log)
    y = Axis([b for _, b in every], BOTTOM, TOP, log="y" in log)
    sketch = Sketch(x, y, xlabel, ylabel)
    for (name, pairs), colour in zip(lines.items(), cycle(CLASSES)):
        sketch.curve(pairs, colour, name)
    sketch.dots(points, "#222222")
    return sketch


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="#ddd"/>'


def _text(x: float, y: float, said: str | float, more: str = "") -> str:
    text = said if isinstance(said, str) else f"{said:.6g}".replace("e+0", "e").replace("-", "−")
    return f'<text x="{x:.1f}" y="{y:.1f}"{more}>{html.escape(text)}</text>' if text else ""
