"""playground: a network being trained in a page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from nn.data import Sample
from nn.layered import plain
from nn.losses import Loss, cross_entropy
from nn.mlp import Model
from nn.optim import Rule
from nn.playground.page import SETTINGS, Playground, ranges
from nn.playground.rules import LOSSES, REGRESSION, Own, judge, numbers_of
from nn.ranges import whole

__all__ = ["Playground", "playground"]

MOST_LAYERS, MOST_NEURONS, MOST_CLASSES, MOST_SAMPLES = 6, 32, 4, 5000


def playground(
    model: Any = None,
    data: Iterable[Sample] | None = None,
    loss: Loss | None = None,
    optimizer: Rule | None = None,
    epochs: int = 100,
    batch_size: int | None = 10,
    *,
    l2: float = 0,
    seed: int = 3,
) -> Playground:
    """A page in which a network is trained, by what `fit` does, with the same numbers.

    Every hyperparameter is a control there. The page begins with this model and its present
    weights, these samples, this loss and this optimizer, and with ones of its own for what is not
    given. Planes have one input or two. A module of one's own, or with a layer that is used twice,
    is trained as it is: its layers are no controls then. Nothing is computed in Python afterwards:
    the page needs no kernel and no network. See `Playground` for `save` and for how scripts steer
    it.

    Raises ValueError for what a page cannot have, TypeError for what `fit` could not take either.

    >>> from nn import MLP, SGD, mse
    >>> page = playground(MLP(1, [1]), [(0.0, 2.0), (1.0, 5.0)], mse, SGD(0.1))
    >>> page
    <playground: 2 samples of 1 input, no hidden layer, mse, SGD>
    >>> "<script>" in page.document()
    True
    """
    settings = dict(SETTINGS, epochs=whole("epochs", epochs), l2=l2, seed=whole("seed", seed, 0))
    pairs = [] if data is None else list(data)
    samples = [(_numbers("inputs", x), _numbers("targets", y)) for x, y in pairs]
    nin = len(samples[0][0]) if samples else getattr(model, "nin", 2)
    bare = nin == 1 and not any(hasattr(inputs, "__len__") for inputs, _ in pairs)
    own = None if model is None or _has_controls(model) else Own(model, nin, bare=bare)
    shape = (0, 0)
    if model is not None:
        shape = (nin, own.said["outputs"]) if own else (model.nin, model.nout)
    if shape[0] > 2 or shape[1] > MOST_CLASSES:
        raise ValueError(
            f"a page shows modules of 1 or 2 inputs and up to {MOST_CLASSES} outputs, not "
            f"{shape[0]} and {shape[1]}"
        )
    if data is not None:
        settings |= _given(samples, loss or LOSSES["mse"], shape[1])
    elif shape[0] == 1:
        settings |= {"data": "line", "loss": "mse"}
    elif shape[1] > 1:
        settings |= {"data": "spiral", "loss": "cross_entropy", "classes": shape[1]}
    if loss is not None:
        settings["loss"] = _name(loss)
    size = len(samples) or settings["count"] if batch_size is None else batch_size
    settings["batch"] = whole("batch_size", size)
    settings |= {} if optimizer is None else numbers_of(optimizer)
    _check(settings)
    if model is not None:
        settings |= {"layers": [], "weights": _weights(model)} if own else _shape(model)
        _check_fit(model, shape, settings, samples)
    return Playground(settings, samples, model, own)


def _has_controls(model: Any) -> bool:
    """Whether a model is layers one after the other, each with weights of its own."""
    if not plain(model):
        return False
    own = [neuron for layer in model.stack() for neuron in layer.neurons]
    count = sum(len(it.weights) + (it.bias is not None) for it in own)
    return count == len(model.parameters())


def _check(settings: dict[str, Any]) -> None:
    """Raises ValueError for settings that the page cannot have."""
    for name, (low, high) in ranges().items():
        if not low <= settings[name] <= high:
            raise ValueError(f"a page has {name} from {low:g} to {high:.16g}, not {settings[name]}")
    if settings["data"] == "line" and settings["loss"] not in REGRESSION:
        raise ValueError(
            f"a network of one input begins with samples of a line, whose loss is one of "
            f"{', '.join(REGRESSION)}, not {settings['loss']}: give data of your own"
        )


def _name(loss: Loss) -> str:
    for name, known in LOSSES.items():
        if loss is known:
            return name
    raise ValueError(f"the page has the losses {', '.join(LOSSES)}, not {loss!r}")


def _numbers(what: str, given: Any) -> list[float]:
    one = not getattr(given, "shape", hasattr(given, "__len__"))
    try:
        found = [float(x + 0) for x in ([given] if one else given)]
    except (TypeError, ValueError):
        raise TypeError(f"{what} are numbers, or flat lists of them, not {given!r}") from None
    if not all(map(math.isfinite, found)):
        raise ValueError(f"{what} are finite numbers, not {given!r}")
    return found


def _given(samples: list[Any], loss: Loss, scores: int) -> dict[str, Any]:
    """What samples of one's own say. Raises ValueError where the page cannot have them."""
    if not 0 < len(samples) <= MOST_SAMPLES:
        raise ValueError(f"a page takes 1 to {MOST_SAMPLES} samples, not {len(samples)}")
    sizes = {(len(inputs), len(target)) for inputs, target in samples}
    (nin, nout), *others = sorted(sizes)
    if others or nin not in (1, 2):
        raise ValueError(f"a page shows samples of 1 input or 2, all alike, not of {sorted(sizes)}")
    classes = nout
    if loss is cross_entropy and nout > 1:
        raise ValueError(f"cross_entropy of a page takes numbers of classes, not {samples[0][1]}")
    if loss is cross_entropy:
        classes = max(2, scores or int(max(y[0] for _, y in samples)) + 1)
    if classes > MOST_CLASSES:
        raise ValueError(f"a page shows up to {MOST_CLASSES} classes or targets, not {classes}")
    for _, target in samples:  # the loss says what is wrong with one
        judge(loss)([0.0] * classes, target)
    return {"data": "given", "loss": _name(loss), "classes": classes}


def _check_fit(
    model: Any, shape: tuple[int, int], settings: dict[str, Any], samples: Sequence[Any]
) -> None:
    """Raises ValueError for a model that does not fit the samples."""
    nin = len(samples[0][0]) if samples else 1 if settings["data"] == "line" else 2
    nout = len(samples[0][1]) if samples else 1
    nout = settings["classes"] if settings["loss"] == "cross_entropy" else nout
    if shape != (nin, nout):
        raise ValueError(
            f"these samples and {settings['loss']} need a network of {nin} inputs and {nout} "
            f"outputs, not {model!r}"
        )


def _weights(model: Any) -> list[float]:
    return _numbers("weights of a page", [value.data for value in model.parameters()])


def _shape(model: Model) -> dict[str, Any]:
    """What a model says: its widths, its activations and its weights."""
    *hidden, last = model.stack()
    kinds = [layer.activation for layer in (*hidden, last)]
    widths = [layer.nout for layer in hidden]
    biased = {neuron.bias is not None for layer in model.stack() for neuron in layer.neurons}
    if len({*kinds[:-1]}) > 1 or not all(isinstance(kind, str) for kind in kinds):
        raise ValueError(f"the page has one activation, by name, for all hidden layers: {model!r}")
    large = max([0, *widths]) > MOST_NEURONS or len(widths) > MOST_LAYERS
    if len(biased) > 1 or large:
        raise ValueError(
            f"the page shows networks of up to {MOST_LAYERS} hidden layers of up to {MOST_NEURONS} "
            f"neurons, all with a bias or none, not {model!r}"
        )
    return {
        "layers": widths, "output": kinds[-1], "bias": biased == {True},
        "weights": _weights(model),
        **({"activation": kinds[0]} if hidden else {}),
    }  # fmt: skip
