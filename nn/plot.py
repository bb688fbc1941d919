"""Plots: the loss curve, the decision boundary, and weights and gradients as a heat map.

Each draws into the matplotlib axes given as `ax`, or makes a picture that a notebook shows as the
last value of a cell; both return the matplotlib Figure. Where matplotlib is missing, as in most
browsers' Python, the curve and the boundary come as a `Sketch`, which says so.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator, Sequence
from itertools import cycle, groupby
from typing import TYPE_CHECKING, Any, Protocol

from nn.data import Sample
from nn.extras import extra
from nn.layer import Stage
from nn.mlp import Model
from nn.sketch import BLUE, BOTTOM, CLASSES, GREEN, LEFT, ORANGE, RIGHT, TOP, Axis, Sketch

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REMARK = "drawn without matplotlib, which is not installed here"


class Course(Protocol):
    """What `plot_loss` reads of a history: losses by iteration and by epoch, and accuracies."""

    loss: list[Any]
    epoch_loss: list[Any]
    validation_loss: list[Any]
    accuracy: list[float]


def plot_loss(history: Course, ax: Any = None) -> Figure | Sketch:
    """The loss of each iteration and epoch, the validation loss, and on the right the accuracy.

    >>> from nn import History
    >>> [ax.get_ylabel() for ax in plot_loss(History([2.0, 1.0], [1.5], [0.5])).axes]
    ['loss', 'accuracy']
    """
    iterations, epochs = len(history.loss), len(history.epoch_loss)
    each = iterations / epochs if epochs else 1
    ends = [each * (epoch + 1) for epoch in range(epochs)]
    if ax is None and not _drawing():
        return _sketched_loss(history, ends, each > 1)
    ax = _axes(7, 3.6) if ax is None else ax
    if each > 1:
        steps = range(1, iterations + 1)
        ax.plot(steps, _floats(history.loss), color=BLUE, alpha=0.25, linewidth=0.8)
    lines = ax.plot(ends, _floats(history.epoch_loss), color=BLUE, label="loss")
    if history.validation_loss:
        held_out = _floats(history.validation_loss)
        lines += ax.plot(ends[: len(held_out)], held_out, color=ORANGE, label="validation loss")
    ax.set_xlabel("iteration")
    ax.set_ylabel("loss")
    ax.set_ylim(bottom=0)
    ax.spines["top"].set_visible(False)
    if history.accuracy:
        right = ax.twinx()
        right.set_ylim(0, 1.02)
        right.set_ylabel("accuracy")
        right.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
        right.spines["top"].set_visible(False)
        lines += right.plot(ends, history.accuracy, color=GREEN, linestyle="--", label="accuracy")
    ax.legend(handles=lines, loc="center right", frameon=False)
    return _figure(ax)


def plot_boundary(
    model: Any, data: Sequence[Sample], ax: Any = None, *, resolution: int = 60
) -> Figure | Sketch:
    """What a model with two inputs says at every point of the plane, and the data over it.

    A model with one output is positive on one side of the line and negative on the other; with
    more, each region has the colour of its highest score.

    >>> from nn import MLP, moons
    >>> plot_boundary(MLP(2, [4, 1]), moons(20), resolution=5).axes[0].get_ylabel()
    'x₂'
    """
    points = [inputs for inputs, _ in data]
    (left, right), (bottom, top) = (_span([point[axis] for point in points]) for axis in (0, 1))
    xs = [left + (right - left) * k / (resolution - 1) for k in range(resolution)]
    ys = [bottom + (top - bottom) * k / (resolution - 1) for k in range(resolution)]
    margins = [[_margins(model((x, y))) for x in xs] for y in ys]
    if ax is None and not _drawing():
        return _sketched_boundary(xs, ys, margins, data)
    ax = _axes(5, 4.4) if ax is None else ax
    for place, colour in zip(range(len(margins[0][0])), CLASSES, strict=False):
        field = [[margin[place] for margin in row] for row in margins]
        ax.contourf(xs, ys, field, levels=[0, float("inf")], colors=[colour], alpha=0.25)
        ax.contour(xs, ys, field, levels=[0], colors="#333333", linewidths=0.8)
    for label, colour, own in _by_label(data):
        x, y = zip(*own, strict=True)
        ax.scatter(x, y, s=22, color=colour, edgecolor="white", linewidth=0.6, label=str(label))
    ax.set_xlabel("x₁")
    ax.set_ylabel("x₂")
    ax.legend(title="target", loc="upper right", framealpha=0.8)
    return _figure(ax)


def plot_weights(model: Model) -> Figure:
    """Each layer's weights above their gradients: a row for each neuron, the bias at its end.

    White is 0. Weights share one scale; gradients have one for each layer, written beside it: where
    gradients vanish from layer to layer, it shows.

    >>> from nn import MLP
    >>> [ax.get_title() for ax in plot_weights(MLP(2, [4, 1])).axes if ax.get_title()]
    ['layer 0, 2 → 4', 'layer 1, 4 → 1']
    """
    layers: tuple[Stage, ...] = model.stack()
    figure = _new_figure(2 + 2.6 * len(layers), 5)
    grid = figure.subplots(2, len(layers), squeeze=False)
    largest = max(abs(float(value.data)) for value in model.parameters())
    for place, layer in enumerate(layers):
        rows = [neuron.named_parameters() for neuron in layer.neurons]
        weights = [[float(value.data) for _, value in row] for row in rows]
        gradients = [[float(value.grad) for _, value in row] for row in rows]
        own = max(abs(gradient) for row in gradients for gradient in row)
        for ax, numbers, bound in zip(grid[:, place], (weights, gradients), (largest, own)):  # noqa: B905
            image = ax.imshow(
                numbers, cmap="RdBu", vmin=-(bound or 1), vmax=bound or 1, aspect="auto"
            )
            figure.colorbar(image, ax=ax, format="%.2g", ticks=[-(bound or 1), 0, bound or 1])
            ax.set_xticks(range(len(rows[0])), [name for name, _ in rows[0]], fontsize=7)
            ax.set_yticks([0, len(rows) - 1] if len(rows) > 1 else [0])
            ax.tick_params(length=0)
            if len(rows[0]) > 6:
                ax.set_xticks([0, len(rows[0]) - 1], [rows[0][0][0], rows[0][-1][0]])
        grid[0, place].set_title(f"layer {place}, {layer.nin} → {layer.nout}", fontsize=10)
    grid[0, 0].set_ylabel("weights, by neuron")
    grid[1, 0].set_ylabel("gradients, by neuron")
    return figure


def _sketched_loss(history: Course, ends: Sequence[float], steps: bool) -> Sketch:
    held_out = list(zip(ends, history.validation_loss))  # noqa: B905  what there is of it
    losses = [*history.loss, *history.epoch_loss, *history.validation_loss]
    x, y = Axis([0, *ends], LEFT, RIGHT), Axis([0, *losses], BOTTOM, TOP)
    sketch = Sketch(x, y, "iteration", "loss", REMARK)
    if steps:
        sketch.curve(enumerate(history.loss, 1), BLUE, thin=True)
    sketch.curve(zip(ends, history.epoch_loss, strict=True), BLUE, "loss")
    if held_out:
        sketch.curve(held_out, ORANGE, "validation loss")
    if history.accuracy:
        right = zip(ends, history.accuracy, strict=True)
        sketch.curve(right, GREEN, "accuracy", y=sketch.shares("accuracy"), dashed=True)
    return sketch


def _sketched_boundary(
    xs: Sequence[float],
    ys: Sequence[float],
    margins: Sequence[Sequence[Sequence[float]]],
    data: Sequence[Sample],
) -> Sketch:
    """The regions as runs of cells of one colour, a row for each y."""
    sketch = Sketch(Axis(xs, LEFT, RIGHT), Axis(ys, BOTTOM, TOP), "x₁", "x₂", REMARK)
    half, up = (xs[1] - xs[0]) / 2, (ys[1] - ys[0]) / 2
    for y, row in zip(ys, margins, strict=True):
        cells = zip(
            xs, (max(range(len(found)), key=found.__getitem__) for found in row), strict=True
        )
        for place, run in groupby(cells, key=lambda cell: cell[1]):
            across = [x for x, _ in run]
            ends = max(across[0] - half, xs[0]), min(across[-1] + half, xs[-1])
            low, high = max(y - up, ys[0]), min(y + up, ys[-1])
            sketch.cell(ends[0], low, ends[1], high, CLASSES[place % len(CLASSES)])
    for label, colour, own in _by_label(data):
        sketch.dots(own, colour, str(label))
    return sketch


def _by_label(data: Sequence[Sample]) -> Iterator[tuple[Any, str, list[tuple[Any, Any]]]]:
    """Each label with its colour and its points."""
    for label, colour in zip(sorted({label for _, label in data}), cycle(CLASSES)):
        yield label, colour, [(x[0], x[1]) for x, target in data if target == label]


def _drawing() -> bool:
    """Whether there is matplotlib."""
    try:
        importlib.import_module("matplotlib.figure")
    except ImportError:
        return False
    return True


def _floats(numbers: Sequence[Any]) -> list[float]:
    return [float(number) for number in numbers]


def _margins(output: Any) -> list[float]:
    """How far each class is ahead of the best other one at a point: its region is where it is."""
    if not isinstance(output, list):
        return [-float(output.data), float(output.data)]
    scores = _floats([score.data for score in output])
    return [
        score - max(other for j, other in enumerate(scores) if j != k)
        for k, score in enumerate(scores)
    ]


def _span(numbers: Sequence[Any]) -> tuple[float, float]:
    """The range of the numbers with a margin on both sides."""
    low, high = float(min(numbers)), float(max(numbers))
    margin = 0.15 * (high - low) or 1.0
    return low - margin, high + margin


def _axes(width: float, height: float) -> Any:
    return _new_figure(width, height).subplots()


def _figure(ax: Any) -> Figure:
    figure: Figure = ax.get_figure()
    return figure


def _new_figure(width: float, height: float) -> Figure:
    """A figure that belongs to nobody else: no window, no global state, shown by notebooks."""
    base: type[Figure] = extra("matplotlib.figure", "plot").Figure

    class Picture(base):  # type: ignore[misc, valid-type]
        def _repr_png_(self) -> bytes:
            buffer = io.BytesIO()
            self.savefig(buffer, format="png", dpi=100)
            return buffer.getvalue()

    picture: Figure = Picture(figsize=(width, height), layout="constrained")
    return picture
