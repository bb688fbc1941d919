"""Plots: what is drawn, read back from matplotlib; and that nothing global is left behind."""

import re
import sys
import xml.etree.ElementTree as ET

import pytest

from nn import (
    MLP,
    SGD,
    Adam,
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
from nn.sketch import BLUE, BOTTOM, GREEN, LEFT, ORANGE, RIGHT, TOP, Axis

matplotlib = pytest.importorskip("matplotlib", reason="matplotlib is not installed")


def test_the_loss_curve_shows_iterations_epochs_and_accuracy():
    history = History([4.0, 2.0, 1.0, 0.5], [3.0, 0.75], [0.5, 1.0], [3.5, 1.5], [0.5, 0.5])
    figure = history.plot()
    left, right = figure.axes
    found = {line.get_label(): line.get_xydata().tolist() for line in left.lines}
    assert found["loss"] == [[2, 3.0], [4, 0.75]]
    assert found["validation loss"] == [[2, 3.5], [4, 1.5]]
    assert [[1, 4.0], [2, 2.0], [3, 1.0], [4, 0.5]] in found.values()
    assert [line.get_xydata().tolist() for line in right.lines] == [[[2, 0.5], [4, 1.0]]]
    assert left.get_xlabel() == "iteration"


def test_a_history_without_accuracy_has_one_axis():
    assert len(plot_loss(History([1.0], [1.0])).axes) == 1
    assert len(plot_loss(History()).axes) == 1


def test_the_boundary_lies_where_the_score_changes_sign():
    model = Layer.of([[1.0, 0.0]], [-0.5])  # positive right of x1 = 0.5
    data = [((0.0, 0.0), -1), ((1.0, 1.0), 1)]
    (ax,) = plot_boundary(model, data, resolution=21).axes
    line = ax.collections[1].get_paths()[0].vertices
    assert {round(x, 9) for x, _ in line} == {0.5}
    points = [tuple(offset) for it in ax.collections[4:] for offset in it.get_offsets().tolist()]
    assert sorted(points) == [(0.0, 0.0), (1.0, 1.0)]


def test_regions_of_several_classes():
    model = Layer.of([[1.0, 0.0], [-1.0, 0.0], [0.0, 2.0]])
    data = [((1.0, -1.0), 0), ((-1.0, -1.0), 1), ((0.0, 1.0), 2)]
    (ax,) = plot_boundary(model, data, resolution=11).axes
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["0", "1", "2"]


def test_the_heat_map_has_weights_above_gradients():
    model = MLP(2, [3, 1], activation="tanh", seed=1)
    model([1.0, 2.0]).backward()
    images = [ax.images[0].get_array().tolist() for ax in plot_weights(model).axes if ax.images]
    neurons = [
        [[getattr(p, kind) for _, p in neuron.named_parameters()] for neuron in layer.neurons]
        for layer in model.layers
        for kind in ("data", "grad")
    ]
    for rows in neurons:
        assert rows in images
    assert len([ax for ax in plot_weights(MLP(8, [1])).axes if ax.images]) == 2


def test_axes_can_be_given():
    from matplotlib.figure import Figure

    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert plot_loss(History([1.0], [1.0]), left) is figure
    assert plot_boundary(MLP(2, [1]), moons(10), right, resolution=5) is figure


def test_notebooks_show_a_png_and_pyplot_knows_nothing():
    picture = plot_loss(History([1.0], [1.0]))
    assert picture._repr_png_().startswith(b"\x89PNG")
    if "matplotlib.pyplot" in sys.modules:
        assert sys.modules["matplotlib.pyplot"].get_fignums() == []


@pytest.fixture
def bare(monkeypatch):
    """As if matplotlib were not installed."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)


def paths(sketch, colour):
    """The places of the curves of a colour, run by run."""
    found = re.findall(rf'<path d="([^"]*)" fill="none" stroke="{colour}"', sketch.svg())
    return [
        [[float(it) for it in place.split(",")] for place in run.split("L")]
        for path in found
        for run in path.split("M")[1:]
    ]


def test_without_matplotlib_the_error_says_what_to_install(bare):
    with pytest.raises(ImportError, match=r"pip install 'chainrule\[plot\]'"):
        plot_weights(MLP(2, [1]))


def test_without_matplotlib_the_loss_curve_is_drawn_all_the_same(bare):
    history = History([4.0, 2.0, 1.0, 0.5], [3.0, 0.75], [0.5, 1.0], [3.5, 1.5], [0.5, 0.5])
    sketch = history.plot()
    assert "without matplotlib" in repr(sketch)
    assert "without matplotlib" in sketch.svg()
    each, mean = paths(sketch, BLUE)
    # From 0 to 4 iterations across, from 0 to a loss of 4 up.
    right = [TOP + (BOTTOM - TOP) * (1 - y / 4) for y in (4, 2, 1, 0.5)]
    assert [y for _, y in each] == pytest.approx(right, abs=0.06)
    assert mean == [
        [(LEFT + RIGHT) / 2, BOTTOM + (TOP - BOTTOM) * 3 / 4],
        [RIGHT, pytest.approx(BOTTOM + (TOP - BOTTOM) * 0.75 / 4, abs=0.06)],
    ]
    (accuracy,) = paths(sketch, GREEN)
    assert [y for _, y in accuracy] == [(TOP + BOTTOM) / 2, TOP]
    assert len(paths(sketch, ORANGE)) == 1


def test_what_is_no_number_breaks_a_sketched_curve(bare):
    nan = float("nan")
    sketch = plot_loss(History([], [1.0, nan, 0.5, 0.25]))
    first, rest = paths(sketch, BLUE)
    assert (len(first), len(rest)) == (2, 2)  # a lone point is drawn as a dot
    assert first[0] == first[1]
    ET.fromstring(plot_loss(History()).svg())
    ET.fromstring(plot_loss(History([nan], [nan])).svg())


def test_without_matplotlib_the_boundary_is_drawn_all_the_same(bare):
    model = Layer.of([[1.0, 0.0]], [-0.5])  # positive right of x1 = 0.5
    data = [((0.0, 0.0), -1), ((1.0, 1.0), 1)]
    svg = plot_boundary(model, data, resolution=20).svg()
    ET.fromstring(svg)
    cells = re.findall(r'<rect x="([^"]*)" y="[^"]*" width="([^"]*)"[^>]*opacity', svg)
    assert len(cells) == 2 * 20
    assert {float(x) for x, _ in cells} == {LEFT, (LEFT + RIGHT) / 2}
    assert {float(width) for _, width in cells} == {(RIGHT - LEFT) / 2}
    dots = {colour: int(float(x)) for x, colour in re.findall(r'cx="([^"]*)".*?fill="(#\w+)"', svg)}
    assert dots[BLUE] < dots[ORANGE]


def test_curves_have_their_names_and_axes():
    sketch = plot_curves(
        {"<up>": [(1, 1), (10, 100), (100, 10_000)], "flat": enumerate([5, 5], 1)},
        points=[(1, 10)],
        xlabel="steps",
        ylabel="error",
        log="xy",
    )
    root = ET.fromstring(sketch.svg())
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"<up>", "flat", "steps", "error", "1", "10", "100", "10000"} <= {*texts}
    (up,) = paths(sketch, BLUE)
    assert up == [[LEFT, BOTTOM], [(LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2], [RIGHT, TOP]]
    assert repr(sketch) == "<plot of <up>, flat>"
    assert sketch._repr_svg_() == sketch.svg()


@pytest.mark.parametrize("numbers", [(0, 7), (-1.5, 2), (0.001, 0.0013), (1e5, 3e6), (4, 4)])
def test_ticks_are_round_few_and_within(numbers):
    axis = Axis(numbers, 0, 100)
    ticks = axis.ticks()
    assert 2 <= len(ticks) <= 6
    assert all(axis.low <= tick <= axis.high for tick in ticks)
    assert all(float(f"{tick:.3g}") == pytest.approx(tick) for tick in ticks)
    powers = Axis([abs(x) + 1 for x in numbers], 0, 100, log=True)
    assert all(0 <= powers(tick) <= 100 for tick in powers.ticks())


def test_the_demonstrations_can_be_plotted():
    data = moons(20, seed=1)
    model = MLP(2, [4, 1], seed=1)
    history = fit(model, data, binary_cross_entropy, SGD(0.1), epochs=2, batch_size=5)
    arms = spiral(21, seed=1)
    third = MLP(2, [4, 3], seed=1)
    fit(third, arms, cross_entropy, Adam(0.1), epochs=2)
    for picture in (history.plot(), plot_boundary(model, data), plot_boundary(third, arms)):
        assert len(picture._repr_png_()) > 5000
