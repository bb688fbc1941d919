"""How programs are written for frameworks: PyTorch, JAX, HIPS autograd, MyGrad and tinygrad.

All are asked for double precision. Each function is tested under the name that its documentation
has for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograd.testing.engines.candidate import Candidate, Dialect
from autograd.testing.engines.isolation import Isolated
from autograd.testing.engines.program import Number, Operation
from autograd.testing.engines.repertoire import CONSTANT, OPERATORS


@dataclass(frozen=True)
class Adapter:
    """A framework: what to import, how it is written, and what its operations are called.

    `functions` has, for each prefix, the names in it; a name with an equals sign is called
    otherwise than the row that it means. `lacks` are operators that it does not have. `chosen`
    stands for all operations, where only some are asked for.
    """

    title: str
    setup: str
    dialect: Dialect
    functions: Mapping[str, str]
    lacks: str = "mod floordiv"
    chosen: tuple[Operation, ...] = ()

    def candidate(self, process: Isolated) -> Candidate:
        """The framework in a process that has imported it; what raises at once is not there."""
        there, missing = [], []
        for operation in self.operations():
            answer = process.ask(*_once(self.dialect, operation), limit=60.0)
            if answer.error is None or not _is_absent(*answer.error):
                there.append(operation)
            else:
                missing.append(operation.label)
        return Candidate(
            self.title, self.setup, self.dialect, tuple(there), tuple(missing), (), process
        )

    def operations(self) -> list[Operation]:
        """The operators, on either side of a number, and the functions; or those `chosen`."""
        found = list(self.chosen)
        if found:
            return found
        for row, form in OPERATORS.items():
            if row in self.lacks.split():
                continue
            found.append(Operation(row, form))
            if "{1}" in form:
                found.append(Operation(row, form, (None, 2), any_number=True))
                found.append(Operation(row, form, (2, None), any_number=True))
        for prefix, names in self.functions.items():
            for text in names.split():
                row, _, called = text.partition("=")
                found.append(_function(row, prefix, called or row))
        return found


def _is_absent(kind: str, message: str) -> bool:
    """Whether an error says that there is no such operation, or no derivative of it."""
    absent = ("NotImplementedError", "AttributeError", "TypeError")
    return kind in absent or "not implemented" in message


_BINARY = ("maximum", "minimum", "hypot", "logaddexp", "xlogy", "xlog1py", "atan2", "copysign")
_CONSTANTS = {"leaky_relu": 0.01, "elu": 1.0, "celu": 1.0}


def _function(row: str, prefix: str, called: str) -> Operation:
    """A function of one or two values, or a method where the prefix is {0}."""
    method = prefix.startswith("{0}")
    fixed: tuple[Number | None, ...] = ()
    if row in CONSTANT:
        row, fixed = CONSTANT[row]
    elif row in _CONSTANTS:
        fixed = (None, _CONSTANTS[row])
    places = [k for k, x in enumerate(fixed) if x is None] or ([0, 1] if row in _BINARY else [0])
    fields = [f"{{{place}}}" for place in places]
    called, _, more = called.partition("(")
    more = f", {more.removesuffix(')')}" if more else ""
    if method:
        return Operation(
            row, f"{fields[0]}.{called}({', '.join(fields[1:])}{more.removeprefix(', ')})", fixed
        )
    return Operation(row, f"{prefix}{called}({', '.join(fields)}{more})", fixed)


def _once(dialect: Dialect, operation: Operation) -> tuple[str, list[str]]:
    """Code that runs an operation and its backward pass at a friendly point."""
    numbers = (1.5, 2.5) if operation.row == "acosh" else (0.5, 1.5)
    names = [repr(x) for x in operation.fixed] or ["a", "b"]
    values = []
    for place in operation.places:
        names[place] = "ab"[place]
        values.append((names[place], repr(numbers[place])))
    text = operation.written(*names)
    if dialect.of_functions:
        given = ", ".join(number for _, number in values)
        places = f"({', '.join(str(k) for k in range(len(values)))},)"
        body = f"lambda {', '.join(name for name, _ in values)}: {text}"
        return f"value, slopes = {dialect.differentiate.format(body, places, given)}", ["value"]
    lines = [f"{name} = {dialect.leaf.format(number)}" for name, number in values]
    return "\n".join([*lines, f"y = {text}", dialect.backward.format("y")]), []


ADAPTERS: Mapping[str, Adapter] = {
    "torch": Adapter(
        title="PyTorch",
        setup="import torch; from torch.nn import functional as F",
        dialect=Dialect(
            leaf="torch.tensor({0}, dtype=torch.float64, requires_grad=True)",
            data="{0}.item()",
            grad="{0}.grad",
            backward="{0}.backward()",
            change="with torch.no_grad(): {0}.fill_({1})",
        ),
        functions={
            "torch.": "exp exp2 log log2 log10 sqrt expm1 log1p logit sin cos tan asin acos atan "
            "sinh cosh tanh asinh acosh atanh sigmoid erf erfc sinc lgamma digamma erfinv sign "
            "floor ceil trunc maximum minimum hypot logaddexp xlogy atan2 copysign square "
            "reciprocal rsqrt",
            "F.": "softplus softsign relu leaky_relu elu selu celu gelu silu mish "
            "log_sigmoid=logsigmoid hardtanh relu6 hardsigmoid hardswish",
        },
        lacks="floordiv",
    ),
    "jax": Adapter(
        title="JAX",
        setup="import jax; jax.config.update('jax_enable_x64', True); "
        "from jax import numpy as jnp; from jax.scipy import special",
        dialect=Dialect(
            leaf="{0}",
            data="{0}",
            differentiate="jax.value_and_grad({0}, {1})({2})",
            longest=1_000,
        ),
        functions={
            "jnp.": "exp exp2 log log2 log10 sqrt cbrt expm1 log1p sin cos tan asin=arcsin "
            "acos=arccos atan=arctan sinh cosh tanh asinh=arcsinh acosh=arccosh atanh=arctanh sinc "
            "sign floor ceil trunc maximum minimum hypot logaddexp atan2=arctan2 copysign square "
            "reciprocal",
            "jax.nn.": "sigmoid softplus softsign=soft_sign relu leaky_relu elu selu celu "
            "gelu=gelu(approximate=False) silu mish log_sigmoid hardtanh=hard_tanh relu6 "
            "hardsigmoid=hard_sigmoid hardswish=hard_swish",
            "special.": "logit erf erfc lgamma=gammaln digamma erfinv xlogy xlog1py",
        },
        lacks="floordiv",
    ),
    "hips": Adapter(
        title="HIPS autograd",
        setup="import autograd; from autograd import numpy as np; "
        "from autograd.scipy import special",
        dialect=Dialect(
            leaf="{0}", data="{0}", differentiate="autograd.value_and_grad({0}, {1})({2})",
        ),
        functions={
            "np.": "exp exp2 log log2 log10 sqrt cbrt expm1 log1p sin cos tan asin=arcsin "
            "acos=arccos atan=arctan sinh cosh tanh asinh=arcsinh acosh=arccosh atanh=arctanh sinc "
            "sign floor ceil trunc maximum minimum hypot logaddexp atan2=arctan2 copysign square "
            "reciprocal",
            "special.": "sigmoid=expit logit erf erfc lgamma=gammaln digamma erfinv gamma",
        },
        lacks="floordiv",
    ),
    "mygrad": Adapter(
        title="MyGrad",
        setup="import mygrad as mg; from mygrad.nnet import activations",
        dialect=Dialect(
            leaf="mg.tensor({0}, dtype='float64')", data="{0}.data", grad="{0}.grad",
            backward="{0}.backward()", change="{0}.data[...] = {1}", in_place=True,
        ),
        functions={
            "mg.": "exp exp2 log log2 log10 sqrt cbrt expm1 log1p sin cos tan asin=arcsin "
            "acos=arccos atan=arctan sinh cosh tanh asinh=arcsinh acosh=arccosh atanh=arctanh sinc "
            "maximum minimum logaddexp atan2=arctan2 square reciprocal",
            "activations.": "sigmoid relu softsign=soft_sign selu leaky_relu=leaky_relu(0.01) "
            "elu=elu(1.0) hardtanh=hard_tanh",
        },
        lacks="mod floordiv",
    ),
    "tinygrad": Adapter(
        title="tinygrad",
        setup="from tinygrad import Tensor, dtypes",
        dialect=Dialect(
            leaf="Tensor([{0}], dtype=dtypes.float64)", data="{0}", grad="{0}.grad",
            backward="{0}.sum().backward()", in_place=True,
            change="{0}.assign(Tensor([{1}], dtype=dtypes.float64)).realize()",
            longest=500,
            graphs=20,
        ),
        functions={
            "{0}.": "exp exp2 log log2 log10 sqrt sin cos tan asin acos atan sinh cosh tanh asinh "
            "acosh atanh sigmoid softplus softsign relu leaky_relu elu selu celu silu mish "
            "hardtanh relu6 hardsigmoid hardswish erf sign floor ceil trunc maximum minimum "
            "logaddexp copysign square reciprocal rsqrt gelu=gelu(approximate='none')",
        },
        lacks="mod floordiv copy",
    ),
}  # fmt: skip
