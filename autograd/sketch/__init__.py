"""Sketch: small plots as SVG, which need no package: panels of curves, points, cells and bars."""

from __future__ import annotations

import base64
import html
import math
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any, TypeAlias

from autograd.files import write

Pairs: TypeAlias = Iterable[tuple[Any, Any]]
Ticks: TypeAlias = list[tuple[float, str]]

# Colours that stay apart for the colour-blind (Okabe and Ito).
BLUE, ORANGE, GREEN, INK = "#0072B2", "#D55E00", "#009E73", "#222222"
CLASSES = (BLUE, ORANGE, GREEN, "#CC79A7", "#E69F00", "#56B4E9")

NARROW = 296  # the width of a panel that is one of several
LETTER, LINE = 7.2, 19  # the width of a letter and the height of a line of text

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def digits(number: Any, count: int = 6) -> str:
    """A number as plots write it.

    >>> digits(0.25), digits(-3e-05), digits(1e9)
    ('0.25', '−3·10⁻⁵', '10⁹')
    """
    count = count if abs(number) < 10**count else max(count, 6)
    size, _, power = f"{as_float(number):.{count}g}".partition("e")
    raised = "10" + str(int(power)).translate(_RAISED) if power else ""
    return re.sub(r"\b1·(?=10)", "", "·".join(filter(None, [size, raised]))).replace("-", "−")


class Axis:
    """From numbers to places on the page, evenly or by their logarithm.

    >>> Axis([1, 100], 0, 10, log=True)(10)
    5.0
    >>> Axis([0.0, 7.0], 0, 10).ticks()
    [(0, '0'), (2, '2'), (4, '4'), (6, '6')]
    """

    def __init__(
        self, numbers: Iterable[Any], start: float, end: float, *, log: bool = False
    ) -> None:
        self.log, self.start, self.end = log, start, end
        shown = [x for x in map(self._scaled, numbers) if math.isfinite(x)] or [0.0, 1.0]
        self.low, self.high = min(shown), max(shown)
        size = 1.0 if log else max(abs(self.low), abs(self.high))
        if self.high - self.low <= max(1e-12 * size, 1e-290):
            half = size / 2 if size > 1e-290 else 0.5
            self.low, self.high = self.low - half, self.high + half

    def _scaled(self, number: Any) -> float:
        x = as_float(number)
        if self.log:
            x = math.log10(x) if x > 0 else math.nan
        return x if abs(x) < (300 if self.log else 1e300) else math.nan  # differences are finite

    def __call__(self, number: Any) -> float:
        """The place of a number; nan for one that has none."""
        share = (self._scaled(number) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self, most: int = 6) -> Ticks:
        """Round numbers to write on the axis, `most` or fewer, and how they are written."""
        low, high = (10**self.low, 10**self.high) if self.log else (self.low, self.high)
        if self.log and high > 5 * low:
            powers = range(math.floor(self.low), math.ceil(self.high) + 1)
            every = [digit * 10.0**k for k in powers for digit in (1, 2, 5)]
            every = every if self.high - self.low < 2 else every[::3]
            found = [x for x in every if low <= x <= high]
            return [(x, digits(x)) for x in found[:: math.ceil(len(found) / most)]]
        step = 10.0 ** math.floor(math.log10((high - low) / most))
        step *= next(k for k in (1, 2, 5, 10) if (high - low) / (k * step) <= most)
        step = int(step) if 1 <= step < 1e15 else step
        places = range(math.ceil(low / step), math.floor(high / step) + 1)
        count = max(6, math.ceil(math.log10(max(abs(low), abs(high)) / step)) + 1)
        return [(k * step, digits(k * step, count)) for k in places]


@dataclass
class Panel:
    """One plot: marks, which are drawn when the axes know where they are, and what names them.

    `log` names the axes that are logarithmic; `xticks` and `yticks` stand on the axes instead of
    round numbers; `said` is the plot in words.
    """

    title: str = ""
    xlabel: str = ""
    ylabel: str = ""
    log: str = ""
    width: int = 480
    height: int = 300
    said: list[str] = field(default_factory=list)
    xs: list[Any] = field(default_factory=list)
    ys: list[Any] = field(default_factory=list)
    xticks: Ticks | None = None
    yticks: Ticks | None = None
    right: str = ""  # what a second axis, from 0 to 100 %, is of
    beyond: int = 20  # what is free on the right
    marks: list[Callable[[Axis, Axis], str]] = field(default_factory=list)
    legend: list[tuple[str, str]] = field(default_factory=list)

    def curve(
        self, points: Pairs, colour: str, label: str = "", *, style: str = "", share: bool = False
    ) -> None:
        """A line through the points, broken where a number is not finite."""
        line = list(points)
        self.xs += [a for a, _ in line]
        self.ys += [] if share else [b for _, b in line]
        stroke = f'stroke="{colour}" stroke-linecap="round" {style}'
        self.marks.append(
            lambda x, y: (
                f'<path d="{_path(line, x, Axis([0, 1], y.start, y.end) if share else y)}"'
                f' fill="none" {stroke} stroke-linejoin="round" stroke-width="2"/>'
            )
        )
        if label:
            self.legend.append((label, stroke))
        if label and line:
            ends = [f"{b:.1%}" if share else digits(b, 4) for _, b in (line[0], line[-1])]
            self.said.append(f"{label} from {ends[0]} to {ends[1]}")
        if share:
            self.right, self.beyond = label, 60

    def dots(self, points: Pairs, colour: str, label: str = "") -> None:
        """A disc for each point."""
        given = list(points)
        self.xs += [a for a, _ in given]
        self.ys += [b for _, b in given]

        def drawn(x: Axis, y: Axis) -> str:
            places = [(x(a), y(b)) for a, b in given]
            discs = [
                f'<circle cx="{a:.0f}" cy="{b:.0f}" r="4"/>' for a, b in places if a + b == a + b
            ]
            return f'<g fill="{colour}" stroke="#fff">{"".join(discs)}</g>'

        self.marks.append(drawn)
        if label:
            self.legend.append((label, f'stroke="{colour}"'))

    def cells(self, rows: Sequence[Sequence[str]], box: Sequence[float], style: str = "") -> None:
        """A matrix of colours in a box, given as left, top, right and bottom; "" is left out."""
        self.xs += box[::2]
        self.ys += box[1::2]

        def drawn(x: Axis, y: Axis) -> str:
            left, top, right, bottom = x(box[0]), y(box[1]), x(box[2]), y(box[3])
            paths: dict[str, str] = {}
            for place, row in enumerate(rows):
                low, high = (
                    round(top + (bottom - top) * k / len(rows)) for k in (place, place + 1)
                )
                for colour, run in groupby(range(len(row)), row.__getitem__):
                    places = [*run]
                    ends = places[0], places[-1] + 1
                    start, end = (round(left + (right - left) * k / len(row)) for k in ends)
                    cell = f"M{start} {low}H{end}V{high}H{start}z"
                    paths[colour] = paths.get(colour, "") + cell
            paths.pop("", None)
            return "".join(f'<path d="{path}" fill="{it}"{style}/>' for it, path in paths.items())

        self.marks.append(drawn)

    def words(self, text: str, x: float, y: float) -> None:
        """A text that begins at a place."""
        self.marks.append(lambda across, up: _text(across(x) + 2, up(y) + 4, text, "start"))

    def svg(self) -> str:
        """The plot, to be put into a picture."""
        top, left, head = 10.0, math.inf, []
        if self.title:
            top += LINE
            head.append(_text(self.width / 2, top - 3, self.title, more=' font-weight="600"'))
        for label, stroke in self.legend:
            width = 40 + LETTER * (len(label) + sum(map(label.lower().count, "mw")) / 2)
            if left + width > self.width:
                left, top = 10.0, top + LINE
            head.append(f'<path d="M{left:.0f} {top - 7:.0f}h20" {stroke} stroke-width="4"/>')
            head.append(_text(left + 28, top - 3, label, "start"))
            left += width
        bottom = self.height - 10 - (LINE - 2) * (bool(self.xlabel) + (self.xticks != []))
        y = Axis(self.ys, bottom, top + 8, log="y" in self.log)
        up = self.yticks
        if up is None:
            up = y.ticks(max(2, min(6, int((bottom - top) / 34))))
        start = 14 + LINE * bool(self.ylabel) + LETTER * max((len(it) for _, it in up), default=0)
        x = Axis(self.xs, start, self.width - self.beyond, log="x" in self.log)
        return "".join([*head, *self._frame(x, y, up), *(mark(x, y) for mark in self.marks)])

    def _frame(self, x: Axis, y: Axis, up: Ticks) -> Iterator[str]:
        """The axes: lines, numbers and labels."""
        across = self.xticks
        if across is None:
            across = x.ticks(max(2, min(6, int((x.end - x.start) / 52))))
        lines = [f"M{x(at):.0f} {y.end:.0f}V{y.start:.0f}" for at, _ in across if not self.xticks]
        lines += [f"M{x.start:.0f} {y(at):.0f}H{x.end:.0f}" for at, _ in up if not self.yticks]
        yield f'<path d="{"".join(lines)}" stroke="#ddd"/>'
        wide = LETTER * (max((len(text) for _, text in across), default=0) + 1)
        for at, text in across[:: math.ceil(len(across) * wide / (x.end - x.start)) or 1]:
            within = min(x(at), self.width - LETTER * len(text) / 2)
            yield _text(within, y.start + LINE - 2, text)
        for at, text in up[:: math.ceil(len(up) * (LINE - 5) / (y.start - y.end)) or 1]:
            yield _text(x.start - 6, y(at) + 4, text, "end")
        yield _text((x.start + x.end) / 2, self.height - 8, self.xlabel)
        middle = (y.start + y.end) / 2
        for at, label in ((16, self.ylabel), (self.width - 6, self.right)):
            yield _text(at, middle, label, more=f' transform="rotate(-90 {at} {middle:.0f})"')
        for share in (0, 0.5, 1) if self.right else ():
            place = y.start + share * (y.end - y.start)
            yield _text(x.end + 5, place + 4, f"{share:.0%}", "start")


@dataclass(repr=False)
class Sketch:
    """A picture of one or several panels: a notebook shows it, `svg()` is its text.

    >>> from autograd.sketch.plots import plot_curves
    >>> plot_curves({"squares": [(0, 0), (1, 1), (2, 4)]})
    <plot of squares from 0 to 4>
    """

    panels: list[Panel]
    columns: int = 3

    def svg(self) -> str:
        """The picture as SVG."""
        width = height = 0
        parts = []
        for first in range(0, len(self.panels), self.columns):
            left, row = 0, self.panels[first : first + self.columns]
            for panel in row:
                parts.append(f'<g transform="translate({left} {height})">{panel.svg()}</g>')
                left += panel.width
            width, height = max(width, left), height + max(panel.height for panel in row)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
            f' viewBox="0 0 {width} {height}" style="max-width:100%;height:auto"'
            f' role="img" aria-label="{html.escape(self.said)}" fill="{INK}" text-anchor="middle"'
            ' font-family="Helvetica, Arial, sans-serif" font-size="13">'
            f'<rect width="{width}" height="{height}" rx="6" fill="#fff"/>{"".join(parts)}</svg>'
        )

    @property
    def said(self) -> str:
        """The picture in words."""
        return "; ".join(
            ": ".join(filter(None, [panel.title, ", ".join(panel.said)])) for panel in self.panels
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the picture to a file. Raises ValueError for another suffix than .svg."""
        target = Path(path)
        if target.suffix.lower() != ".svg":
            raise ValueError(f"a plot is written as .svg: {target.name!r} should end so")
        write(target, self.svg())

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """SVG, and images with a text each, which any page shows and which wrap with its width."""
        images = [
            f'<img alt="{html.escape(it.said)}" '
            'style="display:inline-block;vertical-align:top;max-width:100%;height:auto" '
            f'src="data:image/svg+xml;base64,{base64.b64encode(it.svg().encode()).decode()}">'
            for it in (Sketch([panel]) for panel in self.panels)
        ]
        kinds = "image/svg+xml", "text/html", "text/plain"
        return dict(zip(kinds, (self.svg(), "".join(images), repr(self)), strict=True))

    def __repr__(self) -> str:
        return f"<plot of {self.said}>"


def side_by_side(*sketches: Sketch, columns: int = 3) -> Sketch:
    """Several plots in one picture, narrower, so many in a row.

    >>> from autograd.sketch.plots import plot_curves
    >>> side_by_side(plot_curves({"a": [(0, 1)]}), plot_curves({"b": [(0, 2)]}))
    <plot of a from 1 to 1; b from 2 to 2>
    """
    panels = [panel for sketch in sketches for panel in sketch.panels]
    return Sketch([replace(panel, width=min(panel.width, NARROW)) for panel in panels], columns)


def shade(number: Any, bound: float) -> str:
    """The colour of a number in a few levels: white is 0, blue `bound`, red −`bound`.

    >>> shade(0, 1), shade(1, 1), shade(-0.5, 1), shade(None, 1)
    ('#f7f7f7', '#2166ac', '#d48891', '')
    """
    if number is None or number != number:
        return ""
    level = round(8 * max(-1.0, min(1.0, as_float(number) / (bound or 1)))) / 8
    full = (178, 24, 43) if level < 0 else (33, 102, 172)
    return "#" + "".join(f"{round(247 + (it - 247) * abs(level)):02x}" for it in full)


def as_float(number: Any) -> float:
    """A number of any type, infinite beyond the largest float."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _path(points: Pairs, x: Axis, y: Axis) -> str:
    """A path through the points; of those in one column of dots the ends and the extremes."""
    path = ""
    places = [(x(a), y(b)) for a, b in points]
    for finite, run in groupby(places, lambda place: math.isfinite(sum(place))):
        kept: list[tuple[float, float]] = []
        for _, column in groupby(run if finite else (), lambda place: round(place[0])):
            near = list(column)
            low, *_, high = sorted(range(len(near)), key=lambda k: near[k][1]) * 2
            kept += [near[k] for k in sorted({0, low, high, len(near) - 1})]
        path += "M" * bool(kept) + " ".join(f"{a:.1f} {b:.1f}" for a, b in kept)
        path += "h0" * (len(kept) == 1)  # a point alone is a dot
    return path.replace(".0", "")


def _text(x: float, y: float, text: str, anchor: str = "", more: str = "") -> str:
    more += f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x:.0f}" y="{y:.0f}"{more}>{html.escape(text)}</text>' if text else ""
