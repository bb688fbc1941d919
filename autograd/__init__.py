"""Automatic differentiation of single numbers that shows its working."""

from __future__ import annotations

import os
import sys
import warnings
from typing import TYPE_CHECKING

from autograd import functions
from autograd.calculus import (
    custom,
    grad,
    hessian,
    hvp,
    implicit,
    jacobian,
    jvp,
    stop_gradient,
    value_and_grad,
    vjp,
)
from autograd.draw import draw
from autograd.draw.losses import measures
from autograd.engine import Run, register
from autograd.engine.collector import pace_collector
from autograd.engine.release import free_piece_by_piece
from autograd.errors import errors
from autograd.explain import explain
from autograd.export import export, to_torch
from autograd.functions import *  # noqa: F403  a function for each row
from autograd.graph import replay, topological
from autograd.jit import jit
from autograd.live import live
from autograd.ops import OPS, Op
from autograd.sheets import exercises
from autograd.steps import steps
from autograd.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from autograd.calculus import UserFunction
    from autograd.draw.picture import Picture
    from autograd.testing.gradients import GradientReport

# HIPS autograd installs a package of the same name; files of both in one folder are neither.
if os.path.exists(f"{__path__[0]}/tracer.py"):  # noqa: PTH110  pathlib would cost the import 5 ms
    warnings.warn(
        f"{__path__[0]} also holds files of another distribution called autograd: "
        "`pip uninstall autograd chainrule` and then `pip install chainrule` makes this one whole, "
        "and to have both, give each an environment of its own",
        UserWarning,
        stacklevel=2,
    )


def __getattr__(name: str) -> object:
    """What needs graphviz is loaded when it is first used, and slows no import down."""
    if name == "Picture":
        from autograd.draw.picture import Picture

        return Picture
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")


def gradcheck(f: UserFunction, *inputs: Any, **options: Any) -> GradientReport:
    """Checks the derivative of a function of Values: see `autograd.testing.gradients.gradcheck`.

    Needs the extra `testing`.
    """
    from autograd.testing.gradients import gradcheck

    return gradcheck(f, *inputs, **options)


def _lost_digits(order: Sequence[Value]) -> Mapping[Value, float]:
    """What `draw(…, errors=True)` shows: see `autograd.testing.losses`, which is above drawing."""
    from autograd.testing.losses import lost_digits

    return lost_digits(order)


measures.append(_lost_digits)
pace_collector()
if sys.platform == "emscripten":  # WebAssembly: a long graph is more than its stack holds
    free_piece_by_piece()

if "hypothesis.strategies" in sys.modules:  # otherwise it asks when it is imported
    from autograd.testing.strategies import register_types

    register_types()


__all__ = [
    "OPS",
    "Op",
    "Picture",
    "Run",
    "Value",
    "custom",
    "draw",
    "errors",
    "exercises",
    "explain",
    "export",
    "grad",
    "gradcheck",
    "hessian",
    "hvp",
    "implicit",
    "jacobian",
    "jit",
    "jvp",
    "live",
    "pace_collector",
    "register",
    "replay",
    "steps",
    "stop_gradient",
    "to_torch",
    "topological",
    "value_and_grad",
    "vjp",
]
__all__ += functions.__all__
