"""Plots: what the SVG says where, read back with the numbers that it was given."""

import math
import re
from fractions import Fraction
from itertools import pairwise

import pytest

from autograd.sketch import BLUE, CLASSES, GREEN, INK, ORANGE, digits, shade
from nn import (
    MLP,
    SGD,
    Adam,
    Dropout,
    History,
    Layer,
    binary_cross_entropy,
    cross_entropy,
    fit,
    moons,
    plot_boundary,
    plot_curves,
    plot_loss,
    plot_weights,
    spiral,
)
from tests.sketch.reading import boxes, curves, place, texts

NAN, INF = math.nan, math.inf


HISTORY = History([4.0, 2.0, 1.0, 0.5], [3.0, 0.75], [0.5, 1.0], [3.5, 1.5], [0.5, 0.5])


def test_the_loss_curve_shows_iterations_epochs_and_accuracy():
    sketch = HISTORY.plot()
    each, mean = curves(sketch, BLUE)
    right, one, base = place(sketch, "4")[0], place(sketch, "1")[0], place(sketch, "0%")[1] - 4
    assert [x for x, _ in each] == pytest.approx(
        [one, *(one + (right - one) * k / 3 for k in (1, 2, 3))], abs=1
    )
    top = place(sketch, "100%")[1] - 4
    assert [y for _, y in each] == pytest.approx(
        [base + (top - base) * y / 4 for y in (4, 2, 1, 0.5)], abs=1
    )
    assert [y for _, y in mean] == pytest.approx(
        [base + (top - base) * y / 4 for y in (3, 0.75)], abs=1
    )
    assert [x for x, _ in mean] == [each[1][0], each[3][0]]
    (held_out,) = curves(sketch, ORANGE)
    assert [y for _, y in held_out] == pytest.approx(
        [base + (top - base) * y / 4 for y in (3.5, 1.5)], abs=1
    )
    (accuracy,) = curves(sketch, GREEN)
    assert [y for _, y in accuracy] == pytest.approx([(top + base) / 2, top], abs=1)
    assert {"iteration", "loss", "validation loss", "accuracy"} <= {
        text for text, *_ in texts(sketch)
    }


def test_a_history_without_accuracy_has_one_axis():
    for history in (History([1.0], [1.0]), History(), History([Fraction(1, 3)], [Fraction(1, 3)])):
        assert "0%" not in {text for text, *_ in texts(plot_loss(history))}
        texts(plot_loss(history, log="y"))


def test_an_epoch_ends_after_its_iterations_though_another_has_begun():
    losses = [3.0, 2.0, 1.0, 0.9, 0.8, 0.7, 0.6]  # two epochs of three batches, and one batch more
    sketch = plot_loss(History(losses, [2.0, 0.8], samples=5, batch_size=2))
    each, mean = curves(sketch, BLUE)
    assert [x for x, _ in mean] == [each[2][0], each[5][0]]


def test_decades_are_even_on_a_logarithmic_axis():
    sketch = plot_loss(History([], [10.0**-k for k in range(7)]), log="y")
    (line,) = curves(sketch, BLUE)
    steps = [b[1] - a[1] for a, b in pairwise(line)]
    assert steps == pytest.approx([steps[0]] * 6, abs=0.2)
    assert {"1", "0.01", "0.0001", "10⁻⁶"} <= {text for text, *_ in texts(sketch)}


def test_what_is_no_number_breaks_a_curve():
    first, rest = curves(plot_loss(History([], [1.0, NAN, 0.5, 0.25])), BLUE)
    assert (len(first), len(rest)) == (1, 2)  # a lone point is drawn as a dot
    for losses in (
        [NAN],
        [INF, 1.0],
        [1e308, -1e308],
        [1e20, 1e20],
        [5e-324, 1e-323],
        [10**400, 1],
    ):
        texts(plot_loss(History(losses, losses)))
        texts(plot_curves({"a": enumerate(losses)}, log="xy"))


def test_the_boundary_lies_where_the_score_changes_sign():
    model = Layer.of([[1.0, 0.0]], [-0.5])  # positive right of x1 = 0.5
    sketch = plot_boundary(model, [((0.0, 0.0), -1), ((1.0, 1.0), 1)], resolution=20)
    left, right = (
        boxes(sketch, colour) for colour in (f'{CLASSES[k]}" opacity=".25' for k in (0, 1))
    )
    ends = {box[2] for box in left} | {box[0] for box in right}
    assert len(ends) == 1
    dots = re.findall(r'cx="(\d+)" cy="(\d+)"', sketch.svg())
    (x0, y0), (x1, y1) = [tuple(map(int, dot)) for dot in dots]
    assert ends.pop() == pytest.approx((x0 + x1) / 2, abs=4)  # half a cell
    assert x0 < x1 and y0 > y1  # up is up
    assert sketch.said == "regions by x₁ and x₂, 1 sample of -1, 1 sample of 1"


def test_regions_of_several_classes_have_the_colours_of_their_samples():
    model = Layer.of([[1.0, 0.0], [-1.0, 0.0], [0.0, 2.0]])
    data = [((1.0, -1.0), 0), ((-1.0, -1.0), [0.0, 1.0, 0.0]), ((0.0, 1.0), 2)]
    sketch = plot_boundary(model, data, resolution=12)
    for colour, x, y in re.findall(
        r'<g fill="([^"]*)" stroke="#fff"><circle cx="(\d+)" cy="(\d+)"', sketch.svg()
    ):
        within = [
            left <= int(x) <= right and low <= int(y) <= high
            for left, low, right, high in boxes(sketch, f'{colour}" opacity=".25')
        ]
        assert any(within)
    assert {"0", "1", "2"} <= {text for text, *_ in texts(sketch)}
    alone = plot_boundary(model, [((0.0, 1.0), 2)], resolution=4)
    assert f'<g fill="{CLASSES[2]}"' in alone.svg()
    with pytest.raises(ValueError, match="plot_boundary needs samples"):
        plot_boundary(model, [])


def test_one_kind_of_sample_has_the_colour_of_its_side():
    model = Layer.of([[1.0, 0.0]])
    for target, colour in ((1, ORANGE), (0, BLUE), (-1, BLUE)):
        assert (
            f'<g fill="{colour}"'
            in plot_boundary(model, [((0.0, 0.0), target)], resolution=3).svg()
        )


def test_the_heat_map_has_weights_above_gradients():
    model = MLP(2, [3, 1], activation="tanh", seed=1)
    model([1.0, 2.0]).backward()
    sketch = plot_weights(model)
    assert [panel.title for panel in sketch.panels] == ["layers.0, 2 → 3", "layers.1, 3 → 1"]
    largest = max(abs(p.data) for p in model.parameters())
    for panel, layer in zip(sketch.panels, model.layers, strict=True):
        own = max(abs(p.grad) for p in layer.parameters())
        assert panel.said == [
            f"weights up to ±{digits(largest, 3)}",
            f"gradients up to ±{digits(own, 3)}",
        ]
        one = type(sketch)([panel])
        levels = {}
        for neuron in layer.neurons:
            for p in neuron.parameters():
                levels.setdefault(shade(p.data, largest), []).append(p)
                levels.setdefault(shade(p.grad, own), []).append(p)
        area = {
            colour: sum((r - l) * (b - t) for l, t, r, b in boxes(one, colour)) for colour in levels
        }
        cell = sum(area.values()) / (2 * len(layer.parameters()))
        for colour, found in levels.items():
            assert area[colour] == pytest.approx(cell * len(found), rel=0.2)
    assert len(plot_weights(MLP(100, [70, 1], seed=1)).svg()) < 60_000


def test_the_demonstrations_can_be_plotted():
    data = moons(20, seed=1)
    model = MLP(2, [4, 1], seed=1)
    history = fit(model, data, binary_cross_entropy, SGD(0.1), epochs=2, batch_size=5)
    arms = spiral(21, seed=1)
    third = MLP(2, [4, 3], seed=1)
    fit(third, arms, cross_entropy, Adam(0.1), epochs=2)
    for picture in (history.plot(), plot_boundary(model, data), plot_boundary(third, arms)):
        texts(picture)
        assert 1000 < len(picture.svg()) < 20_000


def test_truths_of_numpy_are_classes():
    numpy = pytest.importorskip("numpy")
    data = [((-1, 0), numpy.False_), ((1, 0), numpy.True_)]
    said = "<plot of regions by x₁ and x₂, 1 sample of 0, 1 sample of 1>"
    assert repr(plot_boundary(Layer.of([[1, 0]]), data, resolution=5)) == said


def test_names_of_classes_and_regressions_have_colours():
    model = MLP(2, [3, 1], "tanh", seed=1)
    named = [((0.0, 0.0), "cat"), ((1.0, 0.0), "dog"), ((1.0, 1.0), "cow"), ((2.0, 1.0), "cow")]
    said = plot_boundary(model, iter(named), resolution=4).said
    assert said.endswith("1 sample of cat, 2 samples of cow, 1 sample of dog")
    targets = [x / 4 for x in range(-5, 8)]
    sketch = plot_boundary(model, [((x, -x), x) for x in targets], resolution=4)
    assert sketch.said.endswith("5 samples of below 0, 8 samples of 0 and above")
    with pytest.raises(ValueError, match=r"0 to 2, not -0\.25"):
        plot_boundary(MLP(2, [3], seed=1), [((0.0, 1.0), -0.25)])


def test_points_that_are_none_are_left_out_or_named():
    model, far = MLP(2, [1], seed=1), [((math.nan, 0.0), 0), ((1e308, -1e308), 1)]
    near = [((0.0, 0.0), 0), ((1.0, 2.0), 1)]
    sketch, clean = (plot_boundary(model, it, resolution=3).svg() for it in (near + far, near))
    assert re.findall("<circle[^>]*>", sketch) == re.findall("<circle[^>]*>", clean)
    for data, resolution, words in [
        (far, 3, "at finite points"),
        (near, 1, "resolution is a whole number of at least 2, not 1"),
        ([(1.0, 0)], 3, "samples of two inputs, not 1.0"),
        ([((0.0, 1.0), None)], 3, "not None"),
        ([((0.0, 1.0), "a"), ((0.0, 1.0), 1)], 3, "not both"),
    ]:
        with pytest.raises(ValueError, match=words):
            plot_boundary(model, data, resolution=resolution)


def test_weights_that_are_not_finite_are_black_and_scale_nothing():
    model = Layer.of([[math.nan, 0.5, -math.inf], [10**400, -0.25, 0.0]])
    sketch = plot_weights(model)
    assert "weights up to ±0.5, black: not finite" in sketch.said
    assert f'fill="{INK}"' in sketch.svg()
    with pytest.raises(ValueError, match=r"Dropout\(0.5\) has no parameters"):
        plot_weights(Dropout(0.5))


def test_only_a_history_has_a_course():
    with pytest.raises(TypeError, match="takes the History that fit returns"):
        plot_loss([1, 2])
