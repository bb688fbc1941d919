"""PyTorch: a model there with the same weights, and back."""

from __future__ import annotations

import random
from typing import Any

from nn.activations import Each
from nn.dropout import Dropout
from nn.embedding import Embedding
from nn.evaluation import predict
from nn.extras import extra
from nn.layer import Layer, numbers
from nn.layered import plain
from nn.mlp import MLP
from nn.module import Module
from nn.nested import as_float, leaves, mapped
from nn.norm import LayerNorm, RMSNorm
from nn.sequential import Sequential

# Modules that PyTorch has, too: what it calls their numbers, and what we do.
TENSORS: dict[type[Module], dict[str, str]] = {
    Embedding: {"weight": "rows"},
    LayerNorm: {"weight": "gamma", "bias": "beta"},
    RMSNorm: {"weight": "gamma"},
}

# The torch.nn module of each activation, and the arguments that make it the same function.
MODULES: dict[str, tuple[str, dict[str, Any]]] = {
    "relu": ("ReLU", {}),
    "leaky_relu": ("LeakyReLU", {"negative_slope": 0.01}),
    "elu": ("ELU", {"alpha": 1.0}),
    "gelu": ("GELU", {"approximate": "none"}),
    "silu": ("SiLU", {}),
    "selu": ("SELU", {}),
    "celu": ("CELU", {"alpha": 1.0}),
    "mish": ("Mish", {}),
    "hardtanh": ("Hardtanh", {"min_val": -1.0, "max_val": 1.0}),
    "relu6": ("ReLU6", {}),
    "hardsigmoid": ("Hardsigmoid", {}),
    "hardswish": ("Hardswish", {}),
    "log_sigmoid": ("LogSigmoid", {}),
    "sigmoid": ("Sigmoid", {}),
    "softplus": ("Softplus", {"beta": 1.0, "threshold": 40.0}),
    "softsign": ("Softsign", {}),
    "tanh": ("Tanh", {}),
}


def to_torch(model: Any) -> Any:
    """A `torch.nn.Sequential` with the same weights, in double precision, and in the same mode.

    It takes neurons, layers, networks, `Embedding`, `Dropout`, `LayerNorm`, `RMSNorm` and
    `Sequential`s of these. Raises ValueError for other modules, for parameters that some of them
    share, and for an activation that PyTorch has no module for.

    >>> to_torch(MLP(2, [3, 1]))  # doctest: +SKIP
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): ReLU()
      (2): Linear(in_features=3, out_features=1, bias=True)
    )
    """
    torch = extra("torch")
    made: dict[int, list[Any]] = {}  # one that is used twice is there, too
    parts = _parts(model)
    for part in parts:
        if id(part) not in made:
            training = getattr(part, "training", model.training)
            made[id(part)] = [it.train(training) for it in _translated(torch, part)]
    found = torch.nn.Sequential(*(it for part in parts for it in made[id(part)]))
    found.training = model.training
    if sum(it.numel() for it in found.parameters()) != len(model.parameters()):
        raise ValueError(
            f"to_torch copies each parameter once, but modules in {model!r} share some"
        )
    return found


def _parts(model: Any) -> list[Any]:
    """What a model applies one after the other."""
    if type(model) is Sequential:
        return [part for each in model for part in _parts(each)]
    return [*model.stack()] if plain(model) else [model]


def _translated(torch: Any, part: Any) -> list[Any]:
    """The modules of PyTorch that do the same, one or two."""
    if isinstance(part, Each):
        return [_unit(torch, part.activation)]
    if plain(part):
        rows, biases = numbers(part)
        linear = torch.nn.Linear(part.nin, part.nout, biases is not None, dtype=torch.float64)
        _filled(torch, linear, weight=rows, bias=biases)
        if part.activation == "linear":
            return [linear]
        return [linear, _unit(torch, part.activation)]
    if type(part) is Dropout:
        return [torch.nn.Dropout(float(part.rate))]
    if type(part) in TENSORS:
        kind, double = getattr(torch.nn, type(part).__name__), torch.float64
        if type(part) is Embedding:
            made = kind(part.count, part.nout, dtype=double)
        else:
            made = kind(part.nin, eps=float(part.epsilon), dtype=double)
        own = {name: getattr(part, ours) for name, ours in TENSORS[type(part)].items()}
        return [_filled(torch, made, **own)]
    raise ValueError(
        f"to_torch takes neurons, layers, networks, Embedding, Dropout, LayerNorm, RMSNorm and "
        f"Sequentials of them, not {part!r}: write its call in PyTorch, with to_torch of its parts"
    )


def _unit(torch: Any, activation: Any) -> Any:
    """The module of an activation."""
    name, arguments = MODULES[known(activation)]
    return getattr(torch.nn, name)(**arguments)


def _filled(torch: Any, module: Any, **given: Any) -> Any:
    """A module with these numbers as its parameters."""
    known = {name: mapped(found, as_float) for name, found in given.items() if found is not None}
    state = {name: torch.tensor(found, dtype=torch.float64) for name, found in known.items()}
    module.load_state_dict(state)
    return module


def from_torch(module: Any) -> Any:
    """The model with the weights of a `torch.nn.Sequential`: an `MLP`, or else a `Sequential`.

    It takes linear layers, activations, `Embedding`, `Dropout`, `LayerNorm` and `RMSNorm`, and is
    in the same mode; what is used twice is one module here, too. A module of one's own that applies
    its layers one after the other is taken, too. Raises ValueError for one that does anything else,
    or an activation with other constants.

    >>> from_torch(to_torch(MLP(2, [3, 1])))  # doctest: +SKIP
    MLP(2, [3, 1], activation='relu')
    """
    torch = extra("torch")
    children = _children(torch, module)
    made = {part: _taken(torch, part) for part in children}
    layers: list[Any] = []
    for part, before in zip(children, [None, *children], strict=False):
        found, linear = made[part], made.get(before)
        # The activation of a layer is its own, unless that is used somewhere else, too.
        if isinstance(found, Each) and isinstance(linear, Layer) and children.count(before) == 1:
            layers[-1] = Layer.of(*numbers(linear), found.activation).train(linear.training)
        else:
            layers.append(found)
    if not layers:
        raise ValueError(f"from_torch takes a Sequential of linear layers, not {module}")
    only = all(isinstance(part, Layer) for part in layers)
    model: Module = MLP.of(layers) if only else Sequential(*layers)
    vars(model)["training"] = module.training
    own = [(part, it) for part in module.modules() for it in part.parameters(recurse=False)]
    if any(part not in made for part, _ in own) or len({it for _, it in own}) < len(own):
        raise ValueError(
            f"from_torch takes parameters that each belong to one layer: {module} has one of its "
            "own, or one that several share"
        )
    _check_same(torch, module, model)
    return model


def _children(torch: Any, module: Any) -> list[Any]:
    """What a module consists of, or itself, and Sequentials in it likewise."""
    every = module.named_modules(remove_duplicate=False)  # as one that is used twice
    inner = [part for path, part in every if path and "." not in path]
    if type(module) is torch.nn.Identity:
        return []
    if not inner:
        return [] if isinstance(module, torch.nn.Sequential) else [module]
    if isinstance(module, torch.nn.Sequential):
        return [part for child in inner for part in _children(torch, child)]
    return inner


def _taken(torch: Any, part: Any) -> Any:
    """What we have for a module of PyTorch's, in the same mode."""
    for activation, (name, arguments) in MODULES.items():
        if type(part) is getattr(torch.nn, name) and all(
            # The threshold of a softplus, if it is large, only says from where it is linear.
            getattr(part, key) == it or (key == "threshold" and part.threshold >= 20)
            for key, it in arguments.items()
        ):
            return Each(activation)
    made: Any = None
    if isinstance(part, torch.nn.Linear):
        made = Layer.of(_rows(part, "weight"), _rows(part, "bias"))
    elif type(part) is torch.nn.Dropout:
        made = Dropout(part.p)
    for kind, names in TENSORS.items():
        if type(part) is not getattr(torch.nn, kind.__name__, None):
            continue
        if kind is Embedding and part.max_norm is part.padding_idx is None:
            made = Embedding(part.num_embeddings, part.embedding_dim, seed=0)
        elif kind is not Embedding and len(part.normalized_shape) == 1:
            norm: Any = kind
            made = norm(*part.normalized_shape, epsilon=_epsilon(torch, part))
        for name, ours in names.items() if made else ():
            values, found = leaves(getattr(made, ours)), leaves(_rows(part, name) or [])
            for value, number in zip(values, found, strict=bool(found)):
                value.data = number
    if made is None:
        raise ValueError(
            f"from_torch takes linear layers, Embedding, Dropout, LayerNorm, RMSNorm and the "
            f"activations {sorted(name for name, _ in MODULES.values())}, not {part}"
        )
    return made.train(part.training)


def _epsilon(torch: Any, part: Any) -> float:
    """That of a norm: by default the one of the numbers that it takes."""
    weight = getattr(part, "weight", None)
    kind = torch.get_default_dtype() if weight is None else weight.dtype
    return float(torch.finfo(kind).eps if part.eps is None else part.eps)


def _rows(part: Any, name: str) -> Any:
    found = getattr(part, name, None)
    return None if found is None else found.detach().double().tolist()


def _check_same(torch: Any, module: Any, model: Any) -> None:
    """Raises ValueError if a module computes something else than a model, at a few points."""
    rng = random.Random(0)  # noqa: S311  points to compare at
    first = next((it for it in _parts(model) if not isinstance(it, Dropout | Each)), None)
    kind = own_kind = next((it.dtype for it in module.parameters()), torch.get_default_dtype())
    sizes = [1.0, 1.0, 1.0, 1e-3, 30.0]  # what is small beside an epsilon, and what saturates
    if isinstance(first, Embedding):
        points: list[Any] = [rng.randrange(first.count) for _ in sizes]
        kind = torch.int64
    else:
        nin = getattr(first, "nin", 2)
        points = [[rng.gauss(0, size) for _ in range(nin)] for size in sizes]
    near = torch.finfo(own_kind).eps ** 0.5
    training = [(part, part.training) for part in module.modules()]
    module.eval()
    draws = any(isinstance(part, torch.nn.Dropout) for part, _ in training)
    try:
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            given = [module(torch.tensor(point, dtype=kind)).tolist() for point in points]
            module.train(not draws)
            again = [module(torch.tensor(point, dtype=kind)).tolist() for point in points]
    except (RuntimeError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"from_torch cannot call {module} with {points[0]}: {error}") from None
    finally:
        for part, was in training:
            part.training = was
    if repr(again) != repr(given):
        raise ValueError(f"from_torch takes modules that train as they are evaluated, not {module}")
    outputs = map(leaves, given), map(leaves, predict(model, points))
    for size, point, found, own in zip(sizes, points, *outputs, strict=True):
        if len(own) != len(found) or any(
            abs(a - b) > near * (1 + abs(b)) * max(size, 1) for a, b in zip(own, found, strict=True)
        ):
            raise ValueError(
                "from_torch takes layers that are applied one after the other; this module's "
                f"forward does something else: {module} gives {found} for {point}, its layers {own}"
            )


def known(activation: Any) -> str:
    """An activation that can be exported. Raises ValueError for another."""
    if activation not in MODULES:
        raise ValueError(f"{activation!r} cannot be exported (must be one of {[*MODULES]})")
    return str(activation)
