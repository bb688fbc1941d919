"""Storage: models in files, `.json` for people and `.safetensors` for the wider world."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import autograd
from autograd import OPS
from nn.activations import known, names
from nn.extras import extra
from nn.layer import Layer, numbers
from nn.mlp import MLP, Model

# A model as it is stored: what it is, and for each layer its activation, weights and biases.
Content = dict[str, Any]

# A neuron is stored as a layer of one, which it labels as a layer does.
KINDS: dict[str, Callable[[Sequence[Layer]], Model]] = {
    "MLP": MLP.of,
    "Layer": lambda layers: layers[0],
    "Neuron": lambda layers: layers[0].neurons[0].relabelled(),
}


def save(model: Model, path: str | os.PathLike[str]) -> None:
    """Writes a model to a `.json` or `.safetensors` file, completely or not at all.

    JSON keeps every number as it is, a Fraction as "2/5" and a Decimal as "Decimal 0.4". The
    tensors of a `.safetensors` file are float64, named as in `to_torch(model).state_dict()`. Raises
    ValueError for another suffix, for an activation without a name, or for a number that the file
    would round.

    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> save(Layer.of([[1, Fraction(2, 5)]]), folder / "row.json")
    >>> load(folder / "row.json")([1, 10]).data
    Fraction(5, 1)
    """
    target = Path(path).resolve()
    encode = _format(target)[0]
    for layer in model.stack():
        if not known(layer.activation):
            raise ValueError(
                f"the activation {layer.activation!r} has no name to store: use one of {names()}"
            )
    data = encode(_content(model))
    written = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        with written.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, written)
        written.replace(target)
    finally:
        written.unlink(missing_ok=True)


def load(path: str | os.PathLike[str], model: Model | None = None) -> Any:
    """The model in a file; with `model`, the file's numbers are put into that model instead.

    Raises ValueError for a file that is truncated, foreign or does not match the model, which is
    then as it was before.

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
    try:
        found = _model(decode(data))
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise ValueError(f"{source} holds no model: {error}") from None
    if model is None:
        return found
    if _shape(found) != _shape(model):
        raise ValueError(f"{source} holds {found!r}, which does not fit into {model!r}")
    for parameter, new in zip(model.parameters(), found.parameters(), strict=True):
        parameter.data = new.data
    return model


def _content(model: Model) -> Content:
    layers = []
    for layer in model.stack():
        rows, biases = numbers(layer)
        name = _named(layer.activation)
        layers.append({"activation": name, "weights": rows, "biases": biases})
    elementary = model.stack()[0].neurons[0].elementary
    return {"model": type(model).__name__, "elementary": elementary, "layers": layers}


def _named(activation: Any) -> Any:
    """An activation as a file names it: an operation of one's own with a digest of its rule."""
    own = activation in OPS and activation not in autograd.__all__
    return f"{activation}@{OPS[activation].fingerprint}" if own else activation


def _meant(name: Any) -> Any:
    """The activation that a file names. Raises ValueError if its rule is another one here."""
    activation, _, fingerprint = str(name).partition("@")
    if fingerprint and activation in OPS and OPS[activation].fingerprint != fingerprint:
        raise ValueError(f"the operation {activation!r} here is another than the model's")
    return activation if fingerprint else name


def _shape(model: Model) -> Any:
    layers = [(layer.activation, len(layer.parameters())) for layer in model.stack()]
    return type(model), [name for name, _ in model.named_parameters()], layers


def _model(content: Content) -> Model:
    """The model with this content. Raises some error if anything in it is not as it should be."""
    kind, elementary = content["model"], content["elementary"] is True
    layers = [
        Layer.of(
            layer["weights"], layer["biases"], _meant(layer["activation"]), elementary=elementary
        )
        for layer in content["layers"]
    ]
    if kind not in [*KINDS] or not layers or (kind != "MLP" and len(layers) != 1):
        raise ValueError(f"{len(layers)} layers make no {kind!r}")
    return KINDS[kind](layers)


# JSON.

_FORMAT = "chainrule model 1"


def _to_json(content: Content) -> bytes:
    """One line for each neuron's weights, so that a person can read the file."""
    layers = [
        "    {\n"
        f'      "activation": {json.dumps(layer["activation"])},\n'
        '      "weights": [\n        '
        + ",\n        ".join(json.dumps([_written(x) for x in row]) for row in layer["weights"])
        + "\n      ],\n"
        f'      "biases": {json.dumps([_written(x) for x in layer["biases"] or []] or None)}\n'
        "    }"
        for layer in content["layers"]
    ]
    return (
        f'{{\n  "format": "{_FORMAT}",\n  "model": "{content["model"]}",\n'
        f'  "elementary": {json.dumps(content["elementary"])},\n'
        '  "layers": [\n' + ",\n".join(layers) + "\n  ]\n}\n"
    ).encode()


def _from_json(data: bytes) -> Content:
    try:
        content = json.loads(data)
    except ValueError as error:  # of which a wrong encoding is one, too
        raise ValueError(f"it is truncated or no JSON ({error})") from None
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise ValueError(f'it does not say "format": "{_FORMAT}"')
    for layer in content.get("layers", []):
        layer["weights"] = [[_read(x) for x in row] for row in layer["weights"]]
        layer["biases"] = layer["biases"] and [_read(x) for x in layer["biases"]]
    return content


def _written(x: Any) -> Any:
    """A number as JSON has it: what is no finite float or int becomes text."""
    if isinstance(x, Fraction):
        return f"{x.numerator}/{x.denominator}"
    if isinstance(x, Decimal):
        return f"Decimal {x}"
    return repr(x) if isinstance(x, float) and x - x != 0 else x


def _read(x: Any) -> Any:
    if isinstance(x, int | float) and not isinstance(x, bool):
        return x
    if not isinstance(x, str):
        raise TypeError(f"{x!r} is not a number")
    try:
        if "/" in x:
            return Fraction(x)
        return Decimal(x.removeprefix("Decimal ")) if x.startswith("Decimal ") else float(x)
    except ArithmeticError:
        raise ValueError(f"{x!r} is not a number") from None


# safetensors. The structure of the model is in the header, the numbers are in tensors.


def _to_safetensors(content: Content) -> bytes:
    library, numpy = extra("safetensors.numpy"), extra("numpy", "safetensors")
    tensors = {}
    for name, key, layer in _tensors(content["layers"]):
        found = layer.pop(key)
        if found is not None:
            rows = found if key == "weights" else [found]
            exact = [[_unrounded(x) for x in row] for row in rows]
            tensors[name] = numpy.array(exact if key == "weights" else exact[0], dtype="float64")
    metadata = {"format": "pt", "chainrule": json.dumps(content)}
    return bytes(library.save(tensors, metadata=metadata))


def _from_safetensors(data: bytes) -> Content:
    error = extra("safetensors").SafetensorError
    try:
        tensors = dict(extra("safetensors.numpy").load(data))
    except error as refused:
        raise ValueError(f"it is truncated or no safetensors file ({refused})") from None
    size = int.from_bytes(data[:8], "little")
    metadata = json.loads(data[8 : 8 + size]).get("__metadata__", {})
    if "chainrule" not in metadata:
        raise ValueError("it was not written by nn.save: its header has no 'chainrule'")
    content: Content = json.loads(metadata["chainrule"])
    for name, key, layer in _tensors(content["layers"]):
        tensor = tensors.pop(name, None)
        layer[key] = None if tensor is None else tensor.tolist()
        if tensor is not None and (tensor.dtype, tensor.ndim) != (
            "float64",
            1 + (key == "weights"),
        ):
            raise ValueError(f"the tensor {name} is {tensor.dtype} of shape {tensor.shape}")
    if tensors:
        raise ValueError(f"the tensors {[*tensors]} belong to no layer")
    return content


def _tensors(layers: list[dict[str, Any]]) -> list[tuple[str, str, dict[str, Any]]]:
    """The name that each layer's weights and biases have in a torch.nn.Sequential."""
    named, place = [], 0
    for layer in layers:
        named += [(f"{place}.weight", "weights", layer), (f"{place}.bias", "biases", layer)]
        place += 1 if layer["activation"] == "linear" else 2
    return named


def _unrounded(x: Any) -> float:
    number = float(x)
    if number != x and x == x:
        raise ValueError(f"a .safetensors file would round {x!r}: save the model as .json")
    return number


FORMATS: dict[str, tuple[Callable[[Content], bytes], Callable[[bytes], Content]]] = {
    ".json": (_to_json, _from_json),
    ".safetensors": (_to_safetensors, _from_safetensors),
}


def _format(path: Path) -> tuple[Callable[[Content], bytes], Callable[[bytes], Content]]:
    if path.suffix not in FORMATS:
        raise ValueError(
            f"unknown suffix {path.suffix!r} of {path.name} (must be one of {[*FORMATS]})"
        )
    return FORMATS[path.suffix]
