"""Export: a model as code that stands alone, and as ONNX."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

from autograd import export as export_function
from autograd.files import write
from nn.dropout import resting
from nn.extras import extra
from nn.layer import numbers
from nn.layered import plain
from nn.module import Module
from nn.nested import mapped
from nn.pytorch import known


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
    helper, graph = onnx.helper, _Graph(onnx)
    value = "x"
    for layer in model.stack():
        rows, biases = numbers(layer)
        value = graph.Gemm(value, *mapped([rows, biases or [0] * layer.nout], float), transB=1)
        if layer.activation != "linear":
            value = OPERATORS[known(layer.activation)](graph, value)
    graph.nodes[-1].output[0] = "y"
    x, y = (
        helper.make_tensor_value_info(name, onnx.TensorProto.DOUBLE, ["samples", width])
        for name, width in (("x", model.nin), ("y", model.nout))
    )
    made = helper.make_model(
        helper.make_graph(graph.nodes, "chainrule", [x], [y], graph.constants),
        producer_name="chainrule", ir_version=4, opset_imports=[helper.make_opsetid("", 9)],
    )  # fmt: skip
    onnx.checker.check_model(made)
    write(path, made.SerializeToString())


class _Graph:
    """Operators as they are written: `graph.Add(x, 1.0)` is what one gives, by name."""

    def __init__(self, onnx: Any) -> None:
        self.onnx, self.nodes, self.constants = onnx, list[Any](), list[Any]()

    def __getattr__(self, kind: str) -> Callable[..., str]:
        return partial(self._node, kind)

    def _node(self, kind: str, *inputs: Any, **attributes: Any) -> str:
        names = [x if isinstance(x, str) else self._constant(x) for x in inputs]
        output = f"v{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(kind, names, [output], **attributes))
        return output

    def _constant(self, numbers: Any) -> str:
        """A number, a list of them or a matrix."""
        shape, flat = [], [numbers]
        while isinstance(flat[0], list):
            shape.append(len(flat[0]))
            flat = [x for row in flat for x in row]
        name, double = f"c{len(self.constants)}", self.onnx.TensorProto.DOUBLE
        self.constants.append(self.onnx.helper.make_tensor(name, double, shape or [1], flat))
        return name


def _softplus(o: Any, x: str) -> Any:
    return o.Add(o.Relu(x), o.Log(o.Add(o.Exp(o.Neg(o.Abs(x))), 1.0)))


def _below(o: Any, x: str) -> Any:
    """exp(x) − 1 below 0, and 0 above."""
    return o.Sub(o.Exp(o.Neg(o.Relu(o.Neg(x)))), 1.0)


def _elu(o: Any, x: str) -> Any:
    return o.Add(o.Relu(x), _below(o, x))


def _hardsigmoid(o: Any, x: str) -> Any:
    return o.Div(o.Min(o.Max(o.Add(x, 3.0), 0.0), 6.0), 6.0)


def _gelu(o: Any, x: str) -> Any:
    erf = o.Cast(o.Erf(o.Cast(o.Mul(x, 0.5**0.5), to=1)), to=11)
    return o.Mul(o.Mul(x, 0.5), o.Add(erf, 1.0))


_SELU = 1.6732632423543772, 1.0507009873554805

# Each activation in operators that runtimes have for doubles.
OPERATORS: dict[str, Callable[[Any, str], Any]] = {
    "relu": lambda o, x: o.Relu(x),
    "leaky_relu": lambda o, x: o.Max(x, o.Mul(x, 0.01)),
    "elu": _elu,
    "gelu": _gelu,
    "silu": lambda o, x: o.Mul(x, o.Sigmoid(x)),
    "selu": lambda o, x: o.Mul(o.Add(o.Relu(x), o.Mul(_below(o, x), _SELU[0])), _SELU[1]),
    "celu": _elu,
    "mish": lambda o, x: o.Mul(x, o.Tanh(_softplus(o, x))),
    "hardtanh": lambda o, x: o.Min(o.Max(x, -1.0), 1.0),
    "relu6": lambda o, x: o.Min(o.Max(x, 0.0), 6.0),
    "hardsigmoid": _hardsigmoid,
    "hardswish": lambda o, x: o.Mul(x, _hardsigmoid(o, x)),
    "log_sigmoid": lambda o, x: o.Neg(_softplus(o, o.Neg(x))),
    "sigmoid": lambda o, x: o.Sigmoid(x),
    "softplus": _softplus,
    "softsign": lambda o, x: o.Div(x, o.Add(o.Abs(x), 1.0)),
    "tanh": lambda o, x: o.Tanh(x),
}
