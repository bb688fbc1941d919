"""Health: dead units, saturated units and the size of gradients, layer by layer."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from statistics import fmean
from textwrap import wrap
from typing import Any

from autograd import Op, Value, topological, value_and_grad
from autograd.sketch import Sketch, digits
from autograd.sketch.plots import plot_bars
from nn.activations import name
from nn.data import Sample, samples_of
from nn.diagnosis import check_loss
from nn.dropout import resting
from nn.learner import mean_loss
from nn.losses import Loss
from nn.module import Module, groups, table
from nn.nested import graph_of, numbers_of
from nn.neuron import Neuron

FLAT, NEARLY_ALL = 0.01, 0.95  # a saturated unit has smaller slopes at so many of the samples
MANY = 0.1  # the share of dead or saturated units from which on a verdict names them
APART = 100  # gradients so many times smaller than in the last layer, or larger than weights


@dataclass
class Checked:
    """A layer: how many `units`, the shares of `dead` and `saturated` ones, its gradients.

    `weight` is the mean size of its weights and biases, `gradient` that of their gradients, and
    `ratio` how many times the layer after it that is (None for the last, and what has no units).
    """

    name: str
    activation: str
    units: int
    dead: float
    saturated: float
    weight: float
    gradient: float
    ratio: float | None = None


@dataclass(repr=False)
class Diagnosis:
    """What `diagnose` found: the layers, and in words what hinders learning, with the way out."""

    layers: list[Checked]
    verdicts: list[str]

    def plot(self) -> Sketch:
        """The mean size of the gradients of each layer, on a logarithmic scale."""
        bars = {}
        for layer in self.layers:
            ill = {"dead": layer.dead, "saturated": layer.saturated}
            said = "".join(f", {share:.0%} {kind}" for kind, share in ill.items() if share)
            bars[layer.name + said] = layer.gradient
        return plot_bars(bars, xlabel="mean size of the gradients", log="x")

    def __repr__(self) -> str:
        rows: list[tuple[str, ...]] = [
            ("layer", "activation", "units", "dead", "saturated", "|weight|", "|gradient|", "ratio")
        ]
        for it in self.layers:
            shares = [f"{share:.0%}" if it.units else "" for share in (it.dead, it.saturated)]
            ratio = "" if it.ratio is None else digits(it.ratio, 3)
            count = str(it.units or "")
            sizes = [digits(it.weight, 3), digits(it.gradient, 3), ratio]
            rows.append((it.name, it.activation, count, *shares, *sizes))
        said = [line for it in self.verdicts for line in wrap(it, 96, subsequent_indent="  ")]
        return "\n".join([table(rows, words=2), *said])


def diagnose(model: Any, data: Iterable[Sample], loss: Loss) -> Diagnosis:
    """What hinders a model from learning from samples, layer by layer, and the way out.

    A unit is dead if its output and its slope are 0 at every sample, as a relu's below 0: it learns
    nothing any more. It is saturated if its slope is smaller than 0.01 at 95 % of the samples or
    more, as a tanh's far from 0. Gradients are those of the mean loss, out of training mode; they
    vanish in a layer where they are on average 100 times smaller than in the last one, and explode
    where they are 100 times as large as the weights, or as in the last one. Layers and neurons are
    found wherever a module has them; a linear one is taken together with the activation that alone
    follows it. The model stays as it is.

    Raises FloatingPointError, naming the operation, if the loss is nan or infinite.

    >>> from nn import Layer, mse
    >>> diagnose(Layer.of([[1.0], [1.0]], [0.0, -100.0], "relu"), [(1.0, [0.0, 0.0])], mse)
    layer   activation  units  dead  saturated  |weight|  |gradient|  ratio
    itself  relu            2   50%         0%      25.5         0.5
    itself: 50% of its relu units are dead, output and slope are 0 at every sample: use
      another init, a smaller learning rate, or leaky_relu.
    """
    if not isinstance(model, Module):
        raise TypeError(f"diagnose takes a Module, whose layers it can find, not {model!r}")
    samples = samples_of(data, "data")
    found = [group for group in groups(model) if group[2]]
    neurons = [it for _, module, _ in found for it in getattr(module, "neurons", ())]
    with ExitStack() as last:
        last.callback(random.setstate, random.getstate())
        last.enter_context(resting(model))
        totals = last.enter_context(_recording(neurons))
        outputs = [model(inputs) for inputs, _ in samples]
        root = mean_loss(loss, outputs, samples)
        check_loss(root)
        sizes = _sizes(root, [[it for row in rows for _, it in row] for _, _, rows in found])
    following = _following(outputs)
    layers = []
    for (path, module, _), size in zip(found, sizes, strict=True):
        units = [_unit(it, totals[it], following) for it in getattr(module, "neurons", ())]
        kinds = dict.fromkeys([kind for *_, kind in units] or [type(module).__name__])
        shares = [sum(bool(unit[k]) for unit in units) / max(len(units), 1) for k in (0, 1)]
        layers.append(Checked(path or "itself", "/".join(kinds), len(units), *shares, *size))
    for layer, after in pairwise([it for it in layers if it.units]):
        layer.ratio = layer.gradient / after.gradient if after.gradient else None
    return Diagnosis(layers, [*_verdicts(layers)] or [NOTHING])


NOTHING = (
    f"Nothing conspicuous: less than {MANY:.0%} of the units of a layer are dead or saturated, and "
    f"gradients are within {APART} times those of the last layer."
)


def _verdicts(layers: Sequence[Checked]) -> Iterator[str]:
    """What hinders learning, in words, with the way out."""
    for layer in layers:
        units = f"of its {layer.activation} units are"
        if layer.dead >= MANY:
            yield (
                f"{layer.name}: {layer.dead:.0%} {units} dead, output and slope are 0 at every "
                "sample: use another init, a smaller learning rate, or leaky_relu."
            )
        if layer.saturated >= MANY:
            yield (
                f"{layer.name}: {layer.saturated:.0%} {units} saturated, slopes are below {FLAT} "
                f"at {NEARLY_ALL:.0%} of the samples: begin with smaller weights "
                '(init="xavier"), scale the inputs, or use relu.'
            )
        if layer.activation == "never used":
            yield f"{layer.name} is never used."
    alive = [it for it in layers if it.units and it.dead < 1 and it.activation != "never used"]
    if not alive or not alive[-1].gradient:
        yield "No gradient reaches the last layer: the loss is least, or what follows is flat."
        return
    last = alive[-1]
    low = min(alive, key=lambda it: it.gradient)
    if low.gradient * APART < last.gradient and all(it.dead < 1 for it in layers):
        yield (
            f"Gradients vanish: in {low.name} they are {digits(low.gradient / last.gradient, 2)} "
            f'of those in {last.name}, less than 1/{APART}: use relu or tanh, init="he" or '
            '"xavier", or fewer layers.'
        )
    high = max(alive, key=lambda it: it.gradient)
    for size, what in ((high.weight, "its weights"), (last.gradient, f"those in {last.name}")):
        if high.gradient > APART * size > 0:
            yield (
                f"Gradients explode: in {high.name} they are {digits(high.gradient / size, 3)} "
                f"times {what}, more than {APART}: begin with smaller weights "
                '(init="xavier"), scale inputs and targets, or clip.'
            )
            return


@contextmanager
def _recording(neurons: Sequence[Neuron]) -> Iterator[dict[Neuron, list[Value]]]:
    """Within it each neuron notes its sums: what goes into its activation."""
    totals: dict[Neuron, list[Value]] = {neuron: [] for neuron in neurons}

    def total(neuron: Neuron, feed: Any) -> Value:
        totals[neuron].append(found := type(neuron).total(neuron, feed))
        return found

    try:
        for neuron in totals:
            vars(neuron)["total"] = partial(total, neuron)
        yield totals
    finally:
        for neuron in totals:
            vars(neuron).pop("total", None)


def _sizes(root: Value, groups: Sequence[Sequence[Value]]) -> list[list[float]]:
    """The mean size of the parameters in each group, and of the gradients that `root` gives."""
    before = {leaf: leaf.grad for leaf in topological(root) if leaf.op is None}
    try:
        for leaf in before:
            leaf.grad = 0
        root.backward()
        both = [[(it.data, it.grad if it in before else 0) for it in own] for own in groups]
        return [
            [fmean(abs(float(x)) for x in kind) for kind in zip(*own, strict=True)] for own in both
        ]
    finally:
        for leaf, grad in before.items():
            leaf.grad = grad


def _following(outputs: Any) -> dict[Value, Op]:
    """The activation that alone follows a value on the way to the outputs."""
    users: dict[Value, list[Op]] = {}
    for node in graph_of(outputs):
        for parent in node.parents:
            users.setdefault(parent, []).append(node.op)  # type: ignore[arg-type]  # no leaf
    return {it: ops[0] for it, ops in users.items() if len(ops) == 1 and ops[0].activation}


def _unit(neuron: Neuron, totals: Sequence[Value], following: Any) -> tuple[bool, bool, str]:
    """Whether a neuron is dead, whether it is saturated, and what its activation is called."""
    kind, activate = name(neuron.activation), neuron.activate
    if activate is None and totals and totals[0] in following:
        kind, activate = following[totals[0]].name, following[totals[0]].apply
    if activate is None or not totals:
        return False, False, kind if totals else "never used"
    answer = value_and_grad(activate)
    points = [0.0, *(float(total.data) for total in totals)]
    # Numbers, which are Values where the activation has some of its own.
    at_zero, *answers = [numbers_of(answer(x)) for x in points]
    rests = not at_zero[0]  # like a relu: it says nothing there and below
    off = [rests and value == 0 == slope for value, slope in answers]
    flat = [abs(slope) < FLAT and not out for (_, slope), out in zip(answers, off, strict=True)]
    return all(off), sum(flat) >= NEARLY_ALL * len(flat), kind
