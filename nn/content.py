"""Content: what a file says about a model and its training, as plain lists and dicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import autograd
from autograd import OPS, Value
from nn.activations import known
from nn.dropout import Dropout
from nn.embedding import Embedding
from nn.layer import Layer, numbers
from nn.mlp import MLP, Model
from nn.module import Module
from nn.neuron import Neuron
from nn.norm import LayerNorm, RMSNorm
from nn.optim import Optimizer, State
from nn.ranges import whole
from nn.sequential import Sequential

# What a model is, with the numbers of its layers, or of its parameters and buffers by their names;
# with an optimizer, what that remembers of each parameter.
Content = dict[str, Any]

# A neuron is stored as a layer of one, which it labels as a layer does.
LAYERED: dict[str, Callable[[Sequence[Layer]], Model]] = {
    "MLP": MLP.of,
    "Layer": lambda layers: layers[0],
    "Neuron": lambda layers: layers[0].neurons[0].relabelled(),
}

# Other modules that can be made anew, and from which arguments.
MADE: dict[str, tuple[type[Module], Callable[[Any], Content]]] = {
    "Dropout": (Dropout, lambda module: {"rate": module.rate}),
    "Embedding": (Embedding, lambda module: {"count": len(module.rows), "size": module.nout}),
    "LayerNorm": (LayerNorm, lambda module: {"size": module.nin, "epsilon": module.epsilon}),
    "RMSNorm": (RMSNorm, lambda module: {"size": module.nin, "epsilon": module.epsilon}),
}


def content_of(model: Any, optimizer: Optimizer | None = None) -> Content:
    """The content of a model, and of the optimizer that trains it. Raises TypeError for another.

    >>> content_of(Layer.of([[1, 2]]))["layers"]
    [{'activation': 'linear', 'weights': [[1, 2]], 'biases': None}]
    """
    if not isinstance(model, Module):
        raise TypeError(
            f"what is stored is a model, a neuron, a layer, an MLP or another nn.Module, with its "
            f"optimizer as save(model, path, optimizer), not {model!r}"
        )
    content = _content(model)
    if optimizer is not None:
        content["optimizer"] = _progress(optimizer, model)
    return content


def model_of(content: Content) -> Any:
    """The model with this content, None if that needs code which only its author has.

    Raises some error if anything in it is not as it should be.
    """
    kind = content["model"]
    if "modules" in content:
        parts = [model_of(part) for part in content["modules"]]
        if kind != "Sequential" or None in parts:
            raise ValueError(f"modules make no {kind!r}")
        return Sequential(*parts)
    if "layers" in content:
        return _model_of_layers(content)
    if _needs_code(content):
        return None
    arguments, numbers = content["arguments"], content["parameters"]
    # So that a damaged size does not fill the memory.
    if prod(arguments.get(key, 1) for key in ("count", "size")) > len(numbers) + 1:
        raise ValueError(f"{len(numbers)} numbers are too few for {kind}(**{arguments})")
    model = MADE[kind][0](**arguments)
    _put(model, content)()
    return model


def _model_of_layers(content: Content) -> Model:
    kind, elementary = content["model"], content["elementary"] is True
    layers = [
        Layer.of(
            layer["weights"], layer["biases"], _meant(layer["activation"]), elementary=elementary
        )
        for layer in content["layers"]
    ]
    if kind not in [*LAYERED] or not layers or (kind != "MLP" and len(layers) != 1):
        raise ValueError(f"{len(layers)} layers make no {kind!r}")
    return LAYERED[kind](layers)


def fitted(
    content: Content, found: Any, model: Any, optimizer: Optimizer | None
) -> Callable[[], None]:
    """What puts a content, of which `found` was made, into a model and its optimizer.

    Raises some error if it does not fit, and changes nothing before it is called.
    """
    if found is not None and _outline(content) != _outline(content_of(model)):
        raise ValueError(f"it holds {found!r}")
    fill = _put(model, content if found is None else _named(found))
    resume = optimizer and _resumed(content, optimizer, model)

    def put() -> None:
        fill()
        if resume:
            resume()

    return put


def _put(model: Any, content: Content) -> Callable[[], None]:
    """What gives the parameters and buffers of a model the numbers that have their names."""
    news: list[tuple[Value, Any]] = []
    for part in ("parameters", "buffers"):
        own, others = dict(getattr(model, f"named_{part}")()), content[part]
        for name in [*own, *others]:
            if name not in own or name not in others:
                which = "model" if name in own else "file"
                raise ValueError(f"only the {which} has {name!r} among its {part}")
        news += [(value, others[name]) for name, value in own.items()]

    def put() -> None:
        for value, data in news:
            value.data = data

    return put


def _content(model: Any) -> Content:
    """Its layers, its modules, or its numbers by name."""
    kind = type(model).__name__
    if type(model) in (MLP, Layer, Neuron) and all(known(it.activation) for it in model.stack()):
        neurons = [neuron for layer in model.stack() for neuron in layer.neurons]
        if _apart(model, neurons):
            layers = [
                {"activation": _name(it.activation), "weights": rows, "biases": biases}
                for it in model.stack()
                for rows, biases in [numbers(it)]
            ]
            return {"model": kind, "elementary": neurons[0].elementary, "layers": layers}
    if type(model) is Sequential:
        parts = [_content(part) for part in model if isinstance(part, Module)]
        makeable = len(parts) == len(model) and not any(map(_needs_code, parts))
        if makeable and _apart(model, [*model]):
            return {"model": kind, "modules": parts}
    named = _named(model)
    if type(model) is MADE.get(kind, (None,))[0]:
        named["arguments"] = MADE[kind][1](model)
    return named


def _apart(model: Module, parts: Sequence[Module]) -> bool:
    """Whether a model has what its parts have: it could not be made anew of a part used twice."""
    sizes = [len(it.named_parameters()) + len(it.named_buffers()) for it in (model, *parts)]
    return sizes[0] == sum(sizes[1:])


def _needs_code(content: Content) -> bool:
    """Whether a model with this content cannot be made anew."""
    return not any(key in content for key in ("layers", "modules", "arguments"))


def _outline(content: Any) -> Any:
    """A content but for its numbers: what has to be the same in a model that they are put into."""
    if isinstance(content, dict):
        return {
            key: part if key == "arguments" else _outline(part)
            for key, part in content.items()
            if key not in ("optimizer", "elementary")
        }
    if isinstance(content, list):
        return [*map(_outline, content)]
    return content if isinstance(content, str) else content is None


def _named(model: Module) -> Content:
    """A model by the names of what it has."""
    return {
        "model": type(model).__name__,
        "parameters": {name: value.data for name, value in model.named_parameters()},
        "buffers": {name: value.data for name, value in model.named_buffers()},
    }


def _name(activation: Any) -> Any:
    """An activation as a file names it: an operation of one's own with a digest of its rule."""
    own = activation in OPS and activation not in autograd.__all__
    return f"{activation}@{OPS[activation].fingerprint}" if own else activation


def _meant(name: Any) -> Any:
    """The activation that a file names. Raises ValueError if its rule is another one here."""
    activation, _, fingerprint = str(name).partition("@")
    if fingerprint and activation in OPS and OPS[activation].fingerprint != fingerprint:
        raise ValueError(f"the operation {activation!r} here is another than the model's")
    return activation if fingerprint else name


# The optimizer.


def _progress(optimizer: Optimizer, model: Module) -> Content:
    """How far an optimizer has come: its counts, and by group the states of its parameters."""
    names = {value: name for name, value in model.named_parameters()}
    foreign = next((value for value in optimizer.parameters if value not in names), None)
    if foreign is not None:
        raise ValueError(f"the optimizer trains {foreign!r}, which is no parameter of the model")
    groups = []
    for rule, places in optimizer.groups:
        states = {names[optimizer.parameters[k]]: [*optimizer.states[k]] for k in places}
        groups.append({"rule": type(rule).__name__, "states": states})
    return {"steps": optimizer.steps, "epochs": optimizer.epochs, "groups": groups}


def _resumed(content: Content, optimizer: Optimizer, model: Module) -> Callable[[], None]:
    """What sets an optimizer of this model to where the stored one was."""
    if "optimizer" not in content:
        raise ValueError("it has no state of an optimizer")
    progress, names = content["optimizer"], {v: name for name, v in model.named_parameters()}
    stored = {
        name: (group["rule"], tuple(state))
        for group in progress["groups"]
        for name, state in group["states"].items()
    }
    if any(value not in names for value in optimizer.parameters):
        raise ValueError("the optimizer is that of another model: Optimizer(rule, model)")
    states: list[State] = [()] * len(optimizer.parameters)
    for rule, places in optimizer.groups:
        for place in places:
            name, kind = names.get(optimizer.parameters[place]), type(rule).__name__
            given, states[place] = stored.pop(name, ("no rule", ()))
            if given != kind or len(states[place]) != len(rule.start):
                raise ValueError(f"{name!r} has a state of {given} there, and needs one of {kind}")
    if stored:
        raise ValueError(f"the optimizer does not train {[*stored]}")
    steps, epochs = (whole(count, progress[count], least=0) for count in ("steps", "epochs"))
    if max(steps, epochs) >= 2**63:
        raise ValueError(f"nobody takes {steps} steps in {epochs} epochs")

    def put() -> None:
        optimizer.states, optimizer.steps, optimizer.epochs = states, steps, epochs

    return put
