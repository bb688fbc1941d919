"""Storage: models and their training in files, written completely or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from autograd.files import write
from nn.content import content_of, fitted, model_of
from nn.formats import FORMATS, Format
from nn.interrupts import finished
from nn.optim import Optimizer


def save(model: Any, path: str | os.PathLike[str], optimizer: Optimizer | None = None) -> None:
    """Writes a model to a `.json` or `.safetensors` file, completely or not at all.

    Any `Module` can be stored, by the names of its parameters and buffers; with `optimizer` also
    its states and how far it has come, so that training can go on in another process with the same
    numbers. JSON keeps every number as it is, a Fraction as "2/5" and a Decimal as "Decimal 0.4".
    The tensors of a `.safetensors` file are float64, those of a neuron, a layer or a network named
    as in `to_torch(model).state_dict()`. Raises ValueError for another suffix, or for a number that
    the file would round.

    >>> import pathlib, tempfile
    >>> from nn import Layer
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> save(Layer.of([[1, 2.5]]), folder / "row.json")
    >>> load(folder / "row.json")([1, 10]).data
    26.0
    """
    encode = _format(Path(path))[0]
    write(path, encode(content_of(model, optimizer)))


def load(
    path: str | os.PathLike[str], model: Any = None, optimizer: Optimizer | None = None
) -> Any:
    """The model in a file; with `model`, the file's numbers are put into that model instead.

    What has code of its own, a class or an activation, or uses a layer twice, needs `model`: the
    file has numbers, by name, and cannot know whether that model's code and activations are those
    they were learned with. An `optimizer` of that model goes on where the stored one was, so that
    `fit` with the same `seed` learns what it would have in one go; its learning rate and other
    settings are its own, not those of the stored one. Raises ValueError for a file that is
    truncated, foreign or does not match the model or the optimizer, which are then as they were.

    >>> import pathlib, tempfile
    >>> from nn import Neuron
    >>> path = pathlib.Path(tempfile.mkdtemp(), "line.json")
    >>> save(Neuron.of([2.0], 1.0), path)
    >>> load(path, Neuron(1, "linear"))([3.0]).data
    7.0
    """
    source = Path(path)
    decode = _format(source)[1]
    data = source.read_bytes()
    wrong = "holds no model"
    try:
        content = decode(data)
        found = model_of(content)
        if model is None:
            if found is not None and optimizer is None:
                return found
            wrong = "needs a model to be loaded into, load(path, model, …)"
            raise ValueError(f"it holds the numbers of a {content['model']}")
        wrong = f"does not fit into {model!r}"
        put = fitted(content, found, model, optimizer)
    except _DAMAGES as error:
        raise ValueError(f"{source} {wrong}: {error}") from None
    finished(put)
    return model


# What a file that is not as it should be makes of whoever reads it.
_DAMAGES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def _format(path: Path) -> Format:
    if path.suffix not in FORMATS:
        raise ValueError(
            f"unknown suffix {path.suffix!r} of {path.name} (must be one of {[*FORMATS]})"
        )
    return FORMATS[path.suffix]
