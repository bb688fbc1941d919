"""Export: a model as code that stands alone, and as ONNX."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from typing import Any

from autograd import export as export_function
from autograd.files import write
from nn.dropout import resting
from nn.extras import extra
from nn.layer import numbers
from nn.layered import plain
from nn.module import Module
from nn.pytorch import floats, known


def export(model: Any, path: str | os.PathLike[str], inputs: Any = None) -> None:
    """Writes a model and its gradient as code that stands alone: C, JavaScript, Python or ONNX.

    What is written follows from the ending of `path`, as for `autograd.export`: a function of
    inputs like those given, with the weights as its parameters in the order of `parameters()`, out
    of training mode (a dropout drops nothing). Neurons, layers and networks need no `inputs`. The
    whole numbers that an embedding takes are numbers like others there. `to_onnx` is the shorter
    model for those who only want the outputs of a network. Raises ValueError for another module
    without inputs.

    >>> from nn import MLP
    >>> export(MLP(2, [3, 1]), "network.c")  # doctest: +SKIP
    """
    if inputs is None:
        if not hasattr(model, "stack"):
            raise ValueError(
                f"{type(model).__name__} is exported as it is called: give one example of its "
                "inputs, as in export(model, path, [0.5, -1.0])"
            )
        inputs = [0.0] * model.nin
    with resting(model):
        named = dict(model.named_parameters()) if isinstance(model, Module) else None
        export_function(model, path, inputs, parameters=named)


def to_onnx(model: Any, path: str | os.PathLike[str]) -> None:
    """Writes a model as ONNX: input "x" of shape (samples, nin), output "y" of (samples, nout).

    Numbers are doubles, but for `gelu`: runtimes have its error function in single precision only.
    The operators are those of ONNX 1.4 (opset 9), which older readers know, too.

    >>> from nn import MLP
    >>> to_onnx(MLP(2, [3, 1]), "model.onnx")  # doctest: +SKIP
    """
    if not plain(model):
        raise ValueError(
            f"to_onnx takes layers one after the other, not {type(model).__name__}: use "
            'export(model, "model.onnx", inputs)'
        )
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
        rows, biases = numbers(layer)
        offsets = constant(floats(biases or [0] * layer.nout))
        value = node("Gemm", value, constant(floats(rows)), offsets, transB=1)
        if layer.activation != "linear":
            value = OPERATORS[known(layer.activation)](node, constant, value)
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
