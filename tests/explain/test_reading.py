"""What a person reads of a graph: each part by itself, and none stops another."""

import math
import pickle
from fractions import Fraction

import pytest

from autograd import Value, draw, explain, live, log, relu, steps, where
from autograd.draw import folding
from autograd.explain import slopes, writing
from autograd.explain.reading import Reading
from autograd.graph import topological


def power():
    a, n = Value(3, "a"), Value(2, "n")
    return a, n, a**n


def test_a_slope_without_a_number_stops_no_other():
    a, n, f = power()
    explanation = explain(f, a)
    assert explanation.value == 6
    assert str(explanation).splitlines()[-1].endswith("= 6")
    without = explain(f, n)
    assert without.value is None
    assert str(without).splitlines()[-1] == (
        "  ∂f/∂n = f·ln(a) = 9·ln(3)   (no exact value: floats have one)"
    )
    assert "= 6" in str(explain(f))
    assert "no exact value" in without._repr_latex_()


@pytest.mark.parametrize("level", ["op", "named"])
def test_pictures_and_steps_show_what_there_is(level):
    a, n, f = power()
    root = f * a
    picture = draw(root, collapse=level)
    assert f'" {9 if level == "op" else 27} "' in picture.source
    picture.svg()
    found = steps(root, collapse=level)
    text = str(found)
    assert "no exact value" in text
    assert found.totals[n] is None
    assert found.totals[a] == 6 * 3 + 9
    assert "None" not in text
    assert "None" not in found._repr_mimebundle_()["text/html"]


def test_a_slope_without_a_number_takes_the_sum_with_it_and_nothing_else():
    x, y = Value(2, "x"), Value(5, "y")
    root = x**x + x * y  # to x: x**x (ln x + 1) + y, where ln 2 is no int
    assert explain(root, x).value is None
    assert explain(root, y).value == 2


def test_a_zero_division_in_a_slope_stops_no_picture():
    x = Value(Fraction(0), "x")
    root = x ** Fraction(1, 2)
    draw(root).svg()
    str(steps(root)), str(explain(root))


def test_a_picture_writes_no_slope(monkeypatch):
    def refuse(*_):
        raise AssertionError("a picture shows no formula of a slope")

    monkeypatch.setattr(writing.Writing, "slope", refuse)
    monkeypatch.setattr(slopes, "formulas", refuse)
    a = Value(2.0, "a")
    for level in folding.LEVELS:
        draw(relu(a * a) + a, collapse=level)


def test_a_picture_walks_the_graph_once(monkeypatch):
    walks = []

    def counted(root, **how):
        walks.append(root)
        return topological(root, **how)

    monkeypatch.setattr(folding, "topological", counted)
    a = Value(2.0, "a")
    draw(a * a + log(a))
    assert len(walks) == 1


def test_the_gradients_read_are_those_of_backward_to_the_bit():
    x = Value(-0.0, "x")
    y = Value(0.0, "y")
    root = relu(x * 3.0) + (x * y) * -1.0 + log(y)
    reading = Reading(topological(root), None)
    root.backward()
    for node, gradient in reading.gradient.items():
        assert repr(gradient) == repr(node.grad)


def test_a_gradient_of_nothing_is_not_a_gradient_of_zero():
    s = Value(0.0, "x")
    root = s.sqrt() - s.sqrt() * 1.0
    assert math.isnan(explain(root, s).value)


def test_a_way_that_no_gradient_takes_has_the_derivative_0():
    """Where a branch is not taken nothing comes back, and 0 times inf is not to be shown."""
    x = Value(0.0, "x")
    for root in (
        where(x > 0, x.sqrt(), x * 2),
        x.minimum(1 / x),
        where(x > 0, x.sqrt() * 2, x) * 3 + x,
    ):
        root.zero_grad()
        root.backward()
        explanation = explain(root, x)
        assert explanation.value == x.grad
        assert "nan" not in str(explanation)
        assert "nan" not in str(steps(root, collapse="named"))
        for level in ("op", "named", "block"):
            assert "nan" not in draw(root, collapse=level).source


@pytest.mark.parametrize("made", [explain, steps, live])
def test_what_shows_a_graph_pickles(made):
    a = Value(3.0, "a")
    error = a * a + a.exp()
    error.label = "E"
    shown = made(error)
    assert str(pickle.loads(pickle.dumps(shown))) == str(shown)


def test_an_empty_name_is_refused():
    a = Value(3, "a")
    with pytest.raises(ValueError, match="empty name"):
        str(explain(a * a, names={"": a}))
