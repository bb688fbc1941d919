"""Automatic differentiation of single numbers that shows its working."""

from __future__ import annotations

import os
import sys
import warnings
from typing import TYPE_CHECKING

from autograd.calculus import grad, hessian, jacobian, value_and_grad
from autograd.draw import draw
from autograd.engine import Run, register
from autograd.explain import explain
from autograd.functions import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cbrt,
    clip,
    cos,
    cosh,
    dot,
    elu,
    erf,
    exp,
    expm1,
    gelu,
    hypot,
    leaky_relu,
    log,
    log1p,
    log2,
    log10,
    logsumexp,
    maximum,
    minimum,
    relu,
    sigmoid,
    silu,
    sin,
    sinh,
    softplus,
    sqrt,
    tan,
    tanh,
    where,
    xlogy,
)
from autograd.graph import replay, topological
from autograd.guard import errors
from autograd.jit import jit
from autograd.ops import Op
from autograd.steps import steps
from autograd.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from autograd.check import GradientReport
    from autograd.picture import Picture

# HIPS autograd installs a package of the same name; files of both in one folder are neither.
if "tracer.py" in os.listdir(__path__[0]):  # noqa: PTH208  pathlib would cost the import 5 ms
    warnings.warn(
        f"{__path__[0]} also holds files of another distribution called autograd: "
        "uninstall both and install chainrule again",
        UserWarning,
        stacklevel=2,
    )


def __getattr__(name: str) -> object:
    """What needs graphviz is loaded when it is first used, and slows no import down."""
    if name == "Picture":
        from autograd.picture import Picture

        return Picture
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")


def gradcheck(f: Callable[..., Any], *inputs: Any, **options: Any) -> GradientReport:
    """Checks the derivative of a function of Values: see `autograd.check.gradcheck`.

    Needs the extra `testing`.
    """
    from autograd.check import gradcheck

    return gradcheck(f, *inputs, **options)


if "hypothesis.strategies" in sys.modules:  # otherwise it asks when it is imported
    from autograd.strategies import register_types

    register_types()


__all__ = [
    "Op",
    "Picture",
    "Run",
    "Value",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "clip",
    "cos",
    "cosh",
    "dot",
    "draw",
    "elu",
    "erf",
    "errors",
    "exp",
    "explain",
    "expm1",
    "gelu",
    "grad",
    "gradcheck",
    "hessian",
    "hypot",
    "jacobian",
    "jit",
    "leaky_relu",
    "log",
    "log1p",
    "log2",
    "log10",
    "logsumexp",
    "maximum",
    "minimum",
    "register",
    "relu",
    "replay",
    "sigmoid",
    "silu",
    "sin",
    "sinh",
    "softplus",
    "sqrt",
    "steps",
    "tan",
    "tanh",
    "topological",
    "value_and_grad",
    "where",
    "xlogy",
]
