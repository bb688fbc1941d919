"""Plots: losses, decision boundaries, weights and gradients."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from numbers import Number
from typing import Any

from autograd import Value
from autograd.sketch import BLUE, CLASSES, GREEN, INK, NARROW, ORANGE, Panel, Sketch, digits, shade
from autograd.sketch.plots import extent
from nn.data import Sample
from nn.diagnosis import is_finite
from nn.dropout import resting
from nn.inputs import widened
from nn.layered import Layered
from nn.module import groups
from nn.nested import as_float, leaves
from nn.ranges import whole

CELLS = 90  # in a row of a plane, about
MOST = 48  # rows and columns of a matrix of weights that are drawn


def plot_loss(history: Any, *, log: str = "") -> Sketch:
    """The loss of each iteration and epoch, the validation loss, and on the right the accuracy.

    `log="y"` is for losses that fall over decades.

    >>> from nn import History
    >>> plot_loss(History([2.0, 1.0], [1.5, 0.5], [0.5, 1.0]))
    <plot of loss by iteration, loss from 1.5 to 0.5, accuracy from 50.0% to 100.0%>
    """
    if not hasattr(history, "epoch_loss"):
        raise TypeError(
            f"plot_loss takes the History that fit returns, not {history!r}: other numbers are "
            "drawn by plot_curves"
        )
    iterations, epochs = len(history.loss), len(history.epoch_loss)
    # Of an epoch that was cut short there are some, too.
    usual = getattr(history, "iterations_per_epoch", 0)
    each = usual or (iterations / epochs if epochs else 0) or 1
    ends = [each * (epoch + 1) for epoch in range(epochs)]
    panel = Panel("", "iteration", "loss", log, said=["loss by iteration"], xs=[0], ys=[0])
    if each > 1:
        panel.curve(enumerate(history.loss, 1), BLUE, style='opacity=".3"')
    for losses, colour, label in (
        (history.epoch_loss, BLUE, "loss"),
        (history.validation_loss, ORANGE, "validation loss"),
    ):
        if losses:
            panel.curve(zip(ends, losses, strict=False), colour, label)  # what there is of them
    if history.accuracy:
        right = zip(ends, history.accuracy, strict=False)
        panel.curve(right, GREEN, "accuracy", style='stroke-dasharray="6 5"', share=True)
    return Sketch([panel])


def plot_boundary(
    model: Any, data: Iterable[Sample], *, resolution: int = 48, title: str = ""
) -> Sketch:
    """What a model with two inputs says at every point of the plane, and the data over it.

    A model with one output is positive on one side of the line and negative on the other; with
    more, each region has the colour of its highest score. The model is asked at `resolution` times
    `resolution` points and taken as linear between them. Targets are numbers of classes, shares of
    each, or names, in the order of which they have the colours of the scores; of more than 6
    different numbers, as of a regression, the sign alone is shown. Raises ValueError for samples
    that are no points of a plane, or of no class.

    >>> from nn import Layer
    >>> plot_boundary(Layer.of([[1, 0]]), [((-1, 0), 0), ((1, 0), 1)], resolution=5)
    <plot of regions by x₁ and x₂, 1 sample of 0, 1 sample of 1>
    """
    samples = [(_point(inputs), _label(target)) for inputs, target in data]
    cells = whole("resolution", resolution, least=2)
    xs, ys = (_span([point[axis] for point, _ in samples], cells) for axis in (0, 1))
    with resting(model):
        scores = [[_scores(model((x, y))) for x in xs] for y in reversed(ys)]
    grid = zip(*map(_finer, zip(*map(_finer, scores), strict=True)), strict=True)
    count = len(scores[0][0])
    best = [
        [CLASSES[max(range(count), key=it.__getitem__) % len(CLASSES)] for it in row]
        for row in grid
    ]
    panel = Panel(title, "x₁", "x₂", width=400, height=360, said=["regions by x₁ and x₂"])
    panel.cells(best, (xs[0], ys[-1], xs[-1], ys[0]), ' opacity=".25"')
    for place, label, points in _classes(samples, count):
        panel.dots(points, CLASSES[place % len(CLASSES)], label)
        panel.said.append(f"{len(points)} sample{'s' * (len(points) != 1)} of {label}")
    return Sketch([panel])


def _classes(samples: Sequence[tuple[Any, Any]], count: int) -> Iterator[tuple[int, str, Any]]:
    """The colour, the name and the points of each class, for a model of so many scores."""
    found: dict[Any, list[Any]] = {}
    for point, label in samples:
        found.setdefault(label, []).append(point)
    named = [label for label in found if isinstance(label, str)]
    if named and len(named) < len(found):
        raise ValueError(f"targets are names or numbers, not both: {[*found]}")
    if count > 2 and (foreign := {*found}.difference(range(count))) and not 0 < len(named) <= count:
        raise ValueError(
            f"a model of {count} scores has classes 0 to {count - 1}, not {min(foreign, key=str)}"
        )
    if count == 2 and not named and len(found) > len(CLASSES):
        for place, side in enumerate(("below 0", "0 and above")):
            points = [point for point, label in samples if (label >= 0) == place]
            if points:
                yield place, side, points
        return
    for order, label in enumerate(sorted(found)):
        # With one output, a label alone is on the side of its sign.
        place = order if named or len(found) > 1 else label > 0
        yield int(label if count > 2 and not named else place), str(label), found[label]


def plot_weights(model: Any) -> Sketch:
    """The weights of each layer, or module, above their gradients; a neuron is a row, bias last.

    White is 0, blue positive, red negative, black nan or infinite. Weights share one scale;
    gradients have one for each layer, written above them: where gradients vanish from layer to
    layer, it shows. Of more than 48 rows or columns some are left out, evenly.

    >>> from nn import MLP
    >>> plot_weights(MLP(2, [1], init=lambda nin, nout, rng: 0.5))
    <plot of layers.0, 2 → 1: weights up to ±0.5, gradients up to ±0>
    """
    found = [group for group in groups(model) if group[2]]
    if not found:
        raise ValueError(f"{model!r} has no parameters to plot")
    largest = extent(it.data for _, _, rows in found for row in rows for _, it in row)
    panels = []
    for path, module, every in found:
        rows = [row[:: -(-len(row) // MOST)] for row in every[:: -(-len(every) // MOST)]]
        shape = f"{module.nin} → {module.nout}" if isinstance(module, Layered) else ""
        title = ", ".join(filter(None, [path, shape or type(module).__name__]))
        panel = Panel(title, "blue above 0, red below", width=NARROW, yticks=[])
        panel.xticks = [(k + 0.5, name.rpartition(".")[2]) for k, (name, _) in enumerate(rows[0])]
        own = extent(it.grad for row in every for _, it in row)
        for kind, top, numbers, bound in (
            ("weights", 0.0, [[it.data for _, it in row] for row in rows], largest),
            ("gradients", -1.3, [[it.grad for _, it in row] for row in rows], own),
        ):
            colours = [[shade(x, bound) if is_finite(x) else INK for x in row] for row in numbers]
            panel.cells(colours, (0, top, len(rows[0]), top - 1))
            said = f"{kind} up to ±{digits(bound, 3)}"
            said += ", black: not finite" * any(INK in row for row in colours)
            panel.words(said, 0, top + 0.1)
            panel.said.append(said)
        panel.ys.append(0.2)
        panels.append(panel)
    return Sketch(panels)


def _point(inputs: Any) -> tuple[float, float]:
    """Two inputs as a point. Raises ValueError for others."""
    point = [*inputs] if isinstance(inputs, Iterable) else [inputs]
    if len(point) != 2:
        raise ValueError(f"plot_boundary shows samples of two inputs, not {inputs!r}")
    one, two = map(as_float, point)
    return one, two


def _label(target: Any) -> Any:
    """The class that a target is of: of a list of shares the largest."""
    if hasattr(target, "__len__") and not isinstance(target, str) and len(target):
        target = target[0] if len(target) == 1 else [*target].index(max(target))
    target = target.data if isinstance(target, Value) else widened(target)
    if not isinstance(target, str) and (not isinstance(target, Number) or target != target):
        raise ValueError(f"a target is a number or a name, or a list of shares, not {target!r}")
    return target


def _scores(output: Any) -> list[float]:
    """A score for each class; one output alone is for one class and against the other."""
    scores = [*map(as_float, leaves(output))]
    return scores if len(scores) > 1 else [-scores[0], scores[0]]


def _finer(row: Sequence[Sequence[float]]) -> list[list[float]]:
    """Scores between each two in a row, some for each cell."""
    count = max(1, round(CELLS / (len(row) - 1)))
    shares = [(k + 0.5) / count for k in range(count)]
    return [
        [a + (b - a) * share for a, b in zip(left, right, strict=True)]
        for left, right in pairwise(row)
        for share in shares
    ]


def _span(numbers: Sequence[float], count: int) -> list[float]:
    """So many numbers evenly over the range of these with a margin on both sides."""
    finite = [x for x in numbers if abs(x) < 1e300]
    if not finite:
        raise ValueError(
            "plot_boundary needs samples at finite points: they say which part of the plane to show"
        )
    low, high = min(finite), max(finite)
    margin = 0.15 * (high - low) or 1.0
    step = (high - low + 2 * margin) / (count - 1)
    return [low - margin + step * k for k in range(count)]
