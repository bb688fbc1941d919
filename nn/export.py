"""Export: the same network in the frameworks that take over when it outgrows single numbers."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from itertools import count
from typing import Any

from autograd import export as export_function
from autograd.files import write
from nn.extras import extra
from nn.layer import Layer, Stage, numbers
from nn.mlp import MLP, Model

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


def export(model: Model, path: str | os.PathLike[str]) -> None:
    """Writes a model and its gradient as code that stands alone: C, JavaScript, Python or ONNX.

    What is written follows from the ending of `path`, as for `autograd.export`: a function of a
    list of `nin` numbers, with the weights as its parameters. `to_onnx` is the shorter model for
    those who only want outputs.

    >>> export(MLP(2, [3, 1]), "network.c")  # doctest: +SKIP
    """
    export_function(model, path, [0.0] * model.nin)


def to_torch(model: Model) -> Any:
    """A `torch.nn.Sequential` with the same weights, in double precision.

    Raises ValueError for an activation that PyTorch has no module for.

    >>> to_torch(MLP(2, [3, 1]))  # doctest: +SKIP
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): ReLU()
      (2): Linear(in_features=3, out_features=1, bias=True)
    )
    """
    torch = extra("torch")
    modules = []
    for layer in model.stack():
        rows, biases = _floats(layer)
        linear = torch.nn.Linear(layer.nin, layer.nout, biases is not None, dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(rows, dtype=torch.float64))
            if biases is not None:
                linear.bias.copy_(torch.tensor(biases, dtype=torch.float64))
        modules.append(linear)
        if layer.activation != "linear":
            name, arguments = MODULES[_known(layer.activation)]
            modules.append(getattr(torch.nn, name)(**arguments))
    return torch.nn.Sequential(*modules)


def from_torch(module: Any) -> MLP:
    """The MLP with the weights of a `torch.nn.Sequential` of linear layers and activations.

    A module of one's own that applies its layers one after the other is taken, too. Raises
    ValueError for one that does anything else, or an activation with other constants.

    >>> from_torch(to_torch(MLP(2, [3, 1])))  # doctest: +SKIP
    MLP(2, [3, 1], activation='relu')
    """
    torch = extra("torch")
    parts = [module] if isinstance(module, torch.nn.Linear) else list(module.children())
    layers: list[list[Any]] = []
    for part in parts:
        if isinstance(part, torch.nn.Linear):
            rows = part.weight.detach().double().tolist()
            biases = None if part.bias is None else part.bias.detach().double().tolist()
            layers.append([rows, biases, "linear"])
        elif layers and layers[-1][2] == "linear" and _activation(torch, part):
            layers[-1][2] = _activation(torch, part)
        else:
            raise ValueError(
                f"from_torch takes linear layers, each with at most one activation of "
                f"{sorted(name for name, _ in MODULES.values())} after it, not {part}"
            )
    if not layers:
        raise ValueError(f"from_torch takes a Sequential of linear layers, not {module}")
    model = MLP.of(Layer.of(*layer) for layer in layers)
    _check_same(torch, module, model)
    return model


def _check_same(torch: Any, module: Any, model: MLP) -> None:
    """Raises ValueError if a module computes something else than a model, at a few points."""
    rng = random.Random(0)  # noqa: S311  points to compare at
    points = [[rng.gauss(0, 1) for _ in range(model.nin)] for _ in range(3)]
    like = next(module.parameters())
    training = module.training
    module.eval()
    try:
        with torch.no_grad():
            given = [module(torch.tensor(point, dtype=like.dtype)).tolist() for point in points]
    except (RuntimeError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(
            f"from_torch cannot call {module} with {model.nin} inputs: {error}"
        ) from None
    finally:
        module.train(training)
    for point, found in zip(points, given, strict=True):
        outputs = model(point)
        own = [output.data for output in outputs] if isinstance(outputs, list) else [outputs.data]
        near = zip(own, found, strict=False)
        if len(own) != len(found) or not all(abs(a - b) <= 1e-4 * (1 + abs(b)) for a, b in near):
            raise ValueError(
                "from_torch takes layers that are applied one after the other; this module's "
                f"forward does something else: {module} gives {found} for {point}, its layers {own}"
            )


def _activation(torch: Any, part: Any) -> str:
    """The name of an activation module, "" if it is none of ours."""
    for activation, (name, arguments) in MODULES.items():
        if type(part) is getattr(torch.nn, name):
            # The threshold of a softplus only says from where it is taken as linear.
            same = all(
                getattr(part, key) == it for key, it in arguments.items() if key != "threshold"
            )
            return activation if same else ""
    return ""


def to_onnx(model: Model, path: str | os.PathLike[str]) -> None:
    """Writes a model as ONNX: input "x" of shape (samples, nin), output "y" of (samples, nout).

    Numbers are doubles, but for `gelu`: runtimes have its error function in single precision only.
    The operators are those of ONNX 1.4 (opset 9), which older readers know, too.

    >>> to_onnx(MLP(2, [3, 1]), "model.onnx")  # doctest: +SKIP
    """
    onnx = extra("onnx")
    helper, double = onnx.helper, onnx.TensorProto.DOUBLE
    constants: list[Any] = []
    nodes: list[Any] = []
    names = (f"v{place}" for place in count())

    def constant(numbers: Any) -> str:
        shape = [len(numbers), *([len(numbers[0])] if isinstance(numbers[0], list) else [])]
        flat = [x for row in numbers for x in row] if len(shape) > 1 else numbers
        constants.append(helper.make_tensor(next(names), double, shape, flat))
        return str(constants[-1].name)

    def node(kind: str, *inputs: str, **attributes: Any) -> str:
        nodes.append(helper.make_node(kind, inputs, [next(names)], **attributes))
        return str(nodes[-1].output[0])

    value = "x"
    for layer in model.stack():
        rows, biases = _floats(layer)
        value = node(
            "Gemm", value, constant(rows), constant(biases or [0.0] * layer.nout), transB=1
        )
        if layer.activation != "linear":
            value = OPERATORS[_known(layer.activation)](node, constant, value)
    nodes[-1].output[0] = "y"

    def tensor(name: str, width: int) -> Any:
        return helper.make_tensor_value_info(name, double, ["samples", width])

    graph = helper.make_graph(
        nodes, "chainrule", [tensor("x", model.nin)], [tensor("y", model.nout)], constants
    )
    made = helper.make_model(
        graph, producer_name="chainrule", ir_version=4, opset_imports=[helper.make_opsetid("", 9)]
    )
    onnx.checker.check_model(made)
    write(path, made.SerializeToString())


Node = Callable[..., str]


def _softplus(node: Node, constant: Node, x: str) -> str:
    tail = node("Exp", node("Neg", node("Abs", x)))
    return node("Add", node("Relu", x), node("Log", node("Add", constant([1.0]), tail)))


def _softsign(node: Node, constant: Node, x: str) -> str:
    return node("Div", x, node("Add", constant([1.0]), node("Abs", x)))


def _elu(node: Node, constant: Node, x: str) -> str:
    below = node("Exp", node("Neg", node("Relu", node("Neg", x))))
    return node("Sub", node("Add", node("Relu", x), below), constant([1.0]))


def _selu(node: Node, constant: Node, x: str) -> str:
    below = node("Sub", node("Exp", node("Neg", node("Relu", node("Neg", x)))), constant([1.0]))
    below = node("Mul", below, constant([1.6732632423543772]))
    return node("Mul", node("Add", node("Relu", x), below), constant([1.0507009873554805]))


def _log_sigmoid(node: Node, constant: Node, x: str) -> str:
    return node("Neg", _softplus(node, constant, node("Neg", x)))


def _between(low: float, high: float) -> Callable[[Node, Node, str], str]:
    def clipped(node: Node, constant: Node, x: str) -> str:
        return node("Min", node("Max", x, constant([low])), constant([high]))

    return clipped


def _hardsigmoid(node: Node, constant: Node, x: str) -> str:
    risen = _between(0.0, 6.0)(node, constant, node("Add", x, constant([3.0])))
    return node("Div", risen, constant([6.0]))


def _gelu(node: Node, constant: Node, x: str) -> str:
    single = node("Cast", node("Mul", x, constant([0.5**0.5])), to=1)
    erf = node("Cast", node("Erf", single), to=11)
    return node("Mul", node("Mul", x, constant([0.5])), node("Add", erf, constant([1.0])))


# Each activation in operators that runtimes have for doubles.
OPERATORS: dict[str, Callable[[Node, Node, str], str]] = {
    "relu": lambda node, _, x: node("Relu", x),
    "leaky_relu": lambda node, constant, x: node("Max", x, node("Mul", x, constant([0.01]))),
    "elu": _elu,
    "gelu": _gelu,
    "silu": lambda node, _, x: node("Mul", x, node("Sigmoid", x)),
    "selu": _selu,
    "celu": _elu,
    "mish": lambda node, constant, x: node("Mul", x, node("Tanh", _softplus(node, constant, x))),
    "hardtanh": _between(-1.0, 1.0),
    "relu6": _between(0.0, 6.0),
    "hardsigmoid": _hardsigmoid,
    "hardswish": lambda node, constant, x: node("Mul", x, _hardsigmoid(node, constant, x)),
    "log_sigmoid": _log_sigmoid,
    "sigmoid": lambda node, _, x: node("Sigmoid", x),
    "softplus": _softplus,
    "softsign": _softsign,
    "tanh": lambda node, _, x: node("Tanh", x),
}


def _floats(stage: Stage) -> tuple[list[list[float]], list[float] | None]:
    """The rows of weights and the biases (None without) of a layer, as floats."""
    rows, biases = numbers(stage)
    return [[*map(float, row)] for row in rows], biases and [*map(float, biases)]


def _known(activation: Any) -> str:
    if activation not in MODULES:
        raise ValueError(f"{activation!r} cannot be exported (must be one of {[*MODULES]})")
    return str(activation)
