"""Showing: what is said aloud, told apart without colours, and never raises."""

import base64
import html
import itertools
import math
import re
import xml.etree.ElementTree as ET
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import nn
from autograd import Value, draw, steps, tanh
from autograd.draw.colours import BARS, COLOURS, DARK, FAINT, LOSS, MARK, TEXT
from autograd.draw.layout import rgb
from autograd.draw.picture import PAGE
from tests.graphs import chain, graphs, hand

SVG = "{http://www.w3.org/2000/svg}"


def notes():
    E, _ = hand()
    E.backward()
    return E


# In words.


def test_a_picture_is_told_from_the_result_to_the_inputs():
    picture = draw(notes())
    assert picture.title == "The graph of E"
    assert picture.description.startswith(
        "13 boxes and 12 arrows. E, value 18.605, grad 1, from ŷ and y. "
        "ŷ, value 1.9, grad −6.1, from h₁ and w₃. "
        "h₁, value 3.8, grad −3.05, from x₁, w₁, x₂ and w₂. Inputs: x₁, value 5, grad −1.22; "
    )
    assert "Target: y, value 8, grad 6.1" in picture.description


def test_an_svg_has_a_role_a_title_and_a_description():
    picture = draw(notes())
    tree = ET.fromstring(picture.svg())
    assert tree.get("role") == "img"
    assert tree[0].tag == f"{SVG}title"
    assert tree[0].text == "The graph of E"
    assert tree[1].tag == f"{SVG}desc"
    assert tree[1].text == picture.description
    assert (
        ET.fromstring(draw(notes(), alt="As you like <it>.").svg())[1].text == "As you like <it>."
    )


def test_every_image_in_a_notebook_has_its_words():
    bundle = draw(notes())._repr_mimebundle_()
    assert "<desc>13 boxes" in bundle["image/svg+xml"]
    alt = html.unescape(re.search(r'alt="([^"]*)"', bundle["text/html"])[1])
    assert alt.startswith("The graph of E. 13 boxes and 12 arrows. E, value 18.605")
    data = re.search(r"base64,([^\"]*)", bundle["text/html"])[1]
    assert base64.b64decode(data).decode() == bundle["image/svg+xml"]
    assert bundle["application/pdf"].startswith(b"%PDF")
    page = steps(notes())._repr_mimebundle_()["text/html"]
    assert page.count("E, value 18.605") == 2  # in the SVG and beside the image of it
    assert "alt=" in nn.draw(nn.MLP(2, [1], seed=1))._repr_mimebundle_()["text/html"]


def test_long_descriptions_end():
    x = Value(1.0, "x")
    for k in range(120):
        x = x * Value(2.0, f"w{k}")
        x.label = f"h{k}"
    said = draw(x, collapse="op").description
    assert said.count(". ") <= 42
    assert said.endswith("more.")


# Colours.

# How severe forms of colour blindness see linear RGB (Machado, Oliveira and Fernandes, 2009).
SEEN = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}  # fmt: skip


def linear(colour):
    parts = (part / 255 for part in rgb(colour))
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def times(matrix, vector):
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def lab(colour, seen):
    """The colour in CIELAB, where the distance of two is how different they look."""
    shown = [min(1.0, max(0.0, part)) for part in times(SEEN[seen], linear(colour))]
    xyz = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    x, y, z = (
        (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116)
        for t in (
            part / white for part, white in zip(times(xyz, shown), (0.9505, 1, 1.089), strict=True)
        )
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("seen", SEEN)
def test_roles_are_told_apart_by_colour_blind_people(seen):
    for one, other in itertools.combinations(COLOURS.values(), 2):
        assert math.dist(lab(one[0], seen), lab(other[0], seen)) > 10


def contrast(one, other):
    lights = sorted(times(((0.2126, 0.7152, 0.0722),), linear(c))[0] for c in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def test_texts_can_be_read():
    for background in (*(fill for fill, _ in COLOURS.values()), LOSS, "#ffffff"):
        assert contrast(TEXT, background) > 7
    for colour in (FAINT, DARK, MARK):
        assert contrast(colour, "#ffffff") > 4.5


def test_a_role_shows_without_colours():
    """A dark bar stands at another side of each kind of box."""
    assert len({*BARS.values()}) == len(BARS) == len(COLOURS) - 1
    tree = ET.fromstring(draw(notes()).svg())
    sides = {}
    for group in tree.iter(f"{SVG}g"):
        kind, *classes = group.get("class", "none").split()
        if kind != "node":
            continue
        corners = {}
        for polygon in group.iter(f"{SVG}polygon"):
            points = [tuple(map(float, p.split(","))) for p in polygon.get("points").split()]
            xs, ys = zip(*points, strict=True)
            corners[polygon.get("fill")] = (min(xs), min(ys), max(xs), max(ys))
        fill, dark = COLOURS[classes[1]]
        if dark:
            title, bar = corners[fill], corners[dark]
            whole = [f(c[k] for c in corners.values()) for k, f in enumerate((min, min, max, max))]
            sides[classes[1]] = (
                "right" if bar[0] >= title[2] - 1 else "top" if bar[3] <= title[1] + 1
                else "bottom" if bar[3] >= whole[3] - 1 else "middle"
            )  # fmt: skip
    assert sides == BARS


def test_a_picture_brings_its_own_background():
    """In a dark theme, too, dark texts stand on white."""
    for picture in (draw(notes()), draw(notes(), title="A title")):
        tree = ET.fromstring(picture.svg())
        first = next(shape for shape in tree.iter(f"{SVG}polygon"))
        points = [tuple(map(float, p.split(","))) for p in first.get("points").split()]
        xs, ys = zip(*points, strict=True)
        _, _, width, height = map(float, tree.get("viewBox").split())
        assert first.get("fill") == "white"
        assert max(xs) - min(xs) > width - 1
        assert max(ys) - min(ys) > height - 1


# Sizes.


@pytest.mark.parametrize("wide", [1, 30])
def test_a_picture_fits_its_cell(wide):
    picture = draw(chain(wide)[1], collapse="op")
    bundle = picture._repr_mimebundle_()
    head = re.search(r"<svg[^>]*>", bundle["image/svg+xml"])[0]
    assert 'style="max-width:100%;height:auto"' in head
    assert "viewBox" in head
    assert 'style="max-width:100%;height:auto"' in bundle["text/html"]
    width = int(re.search(r'width="(\d+)pt"', head)[1])
    full = int(re.search(r'width="(\d+)pt"', picture.svg())[1])
    assert width <= max(PAGE, 0.55 * full)


# Anything.

NUMBERS = st.one_of(
    st.floats(),
    st.integers(),
    st.fractions(),
    st.decimals(allow_nan=True, allow_infinity=True).filter(lambda d: not d.is_snan()),
    st.sampled_from([10**5000, -(7**6000), Fraction(1, 3**10_000), Decimal("1e-99999"), -0.0]),
    st.sampled_from([Fraction(10**9999, 7), 10**400, 5e-324, Decimal(10) ** 9999]),
)
LABELS = st.one_of(
    st.text(max_size=12),
    st.text(st.characters(categories=["Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Mn", "So"]), max_size=6),
    st.sampled_from(
        ["变量", "مرحبا", "👩‍👩‍👧", "می‌خواهم", "a\tb", "so\u00adft", "\ud800", "x" * 300]
    ),
)


def show(first, second, one, other, title):
    x, y = Value(first, one), Value(second, other)
    root = {title: x}
    with suppress(TypeError, ArithmeticError, ValueError):  # numbers that cannot meet
        root = x * y - x
    picture = draw(root, title=title, alt=title or None)
    bundle = picture._repr_mimebundle_()
    assert {"image/svg+xml", "image/png", "application/pdf"} <= set(bundle)
    ET.fromstring(bundle["image/svg+xml"])
    for kind in ("tex", "mmd", "json"):
        assert picture.pipe(format=kind)
    assert max(map(len, picture.content["boxes"][0]["texts"])) < 60


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(NUMBERS, NUMBERS, LABELS, LABELS, LABELS)
@example(Decimal("NaN"), Decimal(1), "a", "b", "c")
def test_showing_never_raises(first, second, one, other, title):
    show(first, second, one, other, title)


def test_numbers_that_python_writes_no_digits_of():
    show(10**5000, 10**5000, "\ud800", "", "\x00")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(), st.sampled_from(["LR", "TB"]), st.booleans(), st.integers(1, 20))
def test_any_graph_in_any_look(root, direction, gradients, digits):
    leaf = root
    while leaf.op is not None and leaf.parents:
        leaf = leaf.parents[0]
    picture = draw(
        root, direction=direction, gradients=gradients, digits=digits, highlight=leaf, errors=True
    )
    ET.fromstring(picture.svg())
    assert picture.description


def test_marks_that_shape_letters_are_kept_and_others_dropped():
    assert draw(Value(1, "می‌خواهم")).content["boxes"][0]["title"] == "می‌خواهم"
    assert draw(Value(1, "so\u00adft\u200b\u2060")).content["boxes"][0]["title"] == "soft"
    assert draw(Value(1, "a\tb")).content["boxes"][0]["title"] == "a b"
    assert draw(tanh(Value(1.0, "a\x00"))).content["boxes"][0]["title"] == "a�"


@pytest.mark.filterwarnings("ignore")  # the libraries behind notebooks warn about each other
def test_a_notebook_converts_to_latex_without_inkscape(tmp_path, monkeypatch):
    nbconvert = pytest.importorskip("nbconvert", reason="nbconvert is not installed")
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    monkeypatch.setenv("PATH", str(tmp_path))
    bundle = {
        kind: base64.b64encode(data).decode() if isinstance(data, bytes) else data
        for kind, data in draw(notes())._repr_mimebundle_().items()
    }
    output = nbformat.v4.new_output("display_data", bundle)
    cell = nbformat.v4.new_code_cell("draw(E)", outputs=[output])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    text, resources = nbconvert.LatexExporter().from_notebook_node(notebook)
    [name] = [name for name in resources["outputs"] if name.endswith(".pdf")]
    assert resources["outputs"][name] == draw(notes()).pipe(format="pdf")
    assert name in text
    shown, _ = nbconvert.HTMLExporter().from_notebook_node(notebook)
    assert 'alt="The graph of E. 13 boxes' in shown
