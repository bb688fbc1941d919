"""Plots: what the SVG says where, read back with the numbers that it was given."""

import base64
import math
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from autograd.sketch import BLUE, Axis, shade, side_by_side
from autograd.sketch.plots import plot_bars, plot_curves, plot_matrix
from tests.sketch.reading import boxes, curves, place, texts

INF = math.inf


def test_a_long_curve_is_short_and_keeps_its_peaks():
    ys = [math.sin(k) for k in range(20_000)]
    ys[11_234] = 7.0
    sketch = plot_curves({"a": enumerate(ys)})
    assert len(sketch.svg()) < 30_000
    (line,) = curves(sketch, BLUE)
    top = min(y for _, y in line)
    peak = (
        place(sketch, "10000")[0] + (place(sketch, "15000")[0] - place(sketch, "10000")[0]) * 0.2468
    )
    assert [x for x, y in line if y == top] == pytest.approx([peak], abs=1.5)


def test_a_matrix_has_a_colour_for_each_sign_and_none_for_nothing():
    sketch = plot_matrix([[1, None], [-1, 0]], xticks="ab", yticks="cd", title="t")
    (blue,), (red,), (white,) = (boxes(sketch, shade(x, 1)) for x in (1, -1, 0))
    assert blue[0] == red[0] < blue[2] == red[2] == white[0] < white[2]
    assert blue[1] < blue[3] == red[1] == white[1] < red[3] == white[3]
    assert {"a", "b", "c", "d", "t"} == {text for text, *_ in texts(sketch)}


def test_bars_are_as_long_as_their_numbers():
    sketch = plot_bars({"a": 2, "b": 4, "none": INF, "<c>": 0})
    a, b, *_ = boxes(sketch, BLUE)
    assert b[2] - b[0] == pytest.approx(2 * (a[2] - a[0]), abs=1)
    assert {"a", "b", "none", "<c>", "2", "4", "inf", "0"} <= {text for text, *_ in texts(sketch)}
    powers = boxes(plot_bars({"a": 1, "b": 10, "c": 100, "d": 0}, log="x"), BLUE)
    ends = [right for _, _, right, _ in powers]
    assert ends[2] - ends[1] == pytest.approx(ends[1] - ends[0], abs=1)


def test_curves_have_their_names_and_axes():
    sketch = plot_curves(
        {"<up>": [(1, 1), (10, 100), (100, 10_000)], "flat": enumerate([5, 5], 1)},
        points=[(1, 10)], xlabel="steps", ylabel="error", log="xy",
    )  # fmt: skip
    assert {"<up>", "flat", "steps", "error", "1", "10", "100", "10000"} <= {
        text for text, *_ in texts(sketch)
    }
    ((low, middle, high),) = curves(sketch, BLUE)
    assert [(a + b) / 2 for a, b in zip(low, high, strict=True)] == pytest.approx(middle, abs=0.1)
    assert repr(sketch) == "<plot of <up> from 1 to 10000, flat from 5 to 5>"


def test_labels_stay_apart():
    """The texts of the axes do not cover each other, nor leave the picture."""
    for numbers in ((0, 1e-7), (-123456, 123457), (1e5, 1e5 + 1e-3), (0, 1)):
        sketch = plot_curves({"a": zip(numbers, numbers, strict=True)}, xlabel="x", ylabel="y")
        narrow = side_by_side(sketch)
        for picture in (sketch, narrow):
            width = picture.panels[0].width
            rows = {}
            for text, x, y in texts(picture):
                rows.setdefault(y, []).append((x - 3.4 * len(text), x + 3.4 * len(text)))
            for ends in sorted(rows.values())[-2:]:
                assert all(a[1] <= b[0] for a, b in pairwise(sorted(ends)) if len(ends) > 2), (
                    numbers
                )
                assert max(right for _, right in ends) <= width + 12


def test_several_stand_side_by_side():
    one = plot_curves({"a": [(0, 1), (1, 2)]})
    row = side_by_side(one, one, one, one, columns=2)
    root = ET.fromstring(row.svg())
    assert float(root.get("width")) == 2 * row.panels[0].width
    assert float(root.get("height")) == 2 * one.panels[0].height
    assert one.panels[0].width > row.panels[0].width


def test_a_notebook_has_svg_and_images_with_a_text(tmp_path):
    sketch = side_by_side(plot_curves({"<a>": [(0, 1)]}), plot_curves({"b": [(0, 2)]}))
    bundle = sketch._repr_mimebundle_()
    assert bundle["image/svg+xml"] == sketch.svg()
    assert bundle["text/plain"] == "<plot of <a> from 1 to 1; b from 2 to 2>"
    images = re.findall(r'<img alt="([^"]*)".*?base64,([^"]*)"', bundle["text/html"])
    assert [alt for alt, _ in images] == ["&lt;a&gt; from 1 to 1", "b from 2 to 2"]
    for _, data in images:
        ET.fromstring(base64.b64decode(data))
    assert ET.fromstring(sketch.svg()).get("aria-label") == "<a> from 1 to 1; b from 2 to 2"
    sketch.save(tmp_path / "two.svg")
    assert (tmp_path / "two.svg").read_text(encoding="utf-8") == sketch.svg()
    with pytest.raises(ValueError, match=r"written as \.svg: 'two\.png'"):
        sketch.save(tmp_path / "two.png")


@pytest.mark.parametrize("numbers", [(0, 7), (-1.5, 2), (0.001, 0.0013), (1e5, 3e6), (4, 4)])
def test_ticks_are_round_few_and_within(numbers):
    axis = Axis(numbers, 0, 100)
    ticks = [tick for tick, _ in axis.ticks()]
    assert 2 <= len(ticks) <= 6
    assert all(axis.low <= tick <= axis.high for tick in ticks)
    assert all(float(f"{tick:.3g}") == pytest.approx(tick) for tick in ticks)
    powers = Axis([abs(x) + 1 for x in numbers], 0, 100, log=True)
    assert all(0 <= powers(tick) <= 100 for tick, _ in powers.ticks())


def test_ticks_say_different_numbers_differently():
    for low, high in ((1e5, 1e5 + 1e-3), (1e15, 1e15 + 10), (0, 3e-9)):
        said = [text for _, text in Axis([low, high], 0, 1).ticks()]
        assert len({*said}) == len(said) > 1


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: plot_matrix([]), "rows of numbers, all equally long"),
        (lambda: plot_matrix([[1, 2], [3]]), "rows of numbers, all equally long"),
        (lambda: plot_curves({"a": [1, 2]}), r"pairs \(x, y\).* make the curve 'a', not \[1, 2\]"),
        (lambda: plot_curves([(1, 2)]), r"by name, as in .* not \[\(1, 2\)\]"),
        (lambda: plot_bars([1, 2]), r"takes numbers by name"),
    ],
)
def test_what_cannot_be_plotted_is_said(make, words):
    with pytest.raises((TypeError, ValueError), match=words):
        make()
