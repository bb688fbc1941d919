"""Diagnosis: which operation made the first number that is nan or infinite."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd import Value, errors, topological


def is_finite(number: Any) -> bool:
    """Whether a number is neither nan nor infinite.

    >>> is_finite(10**400), is_finite(float("-inf")), is_finite(float("nan"))
    (True, False, False)
    """
    return bool(number == number and abs(number) != float("inf"))


def bad_value(root: Value) -> str:
    """What made the first nan or infinity among the values that `root` was computed from.

    >>> from autograd import exp, log
    >>> bad_value(2 * log(Value(-1.0, "x")) + 1), bad_value(exp(Value(800.0)) - 1)
    ('log(x = -1.0) is nan', 'exp(800.0) is inf')
    >>> bad_value(Value(float("nan"), "w1") * 2)
    'w1 is nan'
    """
    first = next(node for node in topological(root) if not is_finite(node.data))
    if first.op is None:
        return f"{first.label or 'a number that was given'} is {first.data}"
    try:
        with errors(nan="raise", inf="raise"):
            first.op.record(*first.inputs)
    except FloatingPointError as error:
        return str(error)
    return f"{first.op.name} made it"  # pragma: no cover  the same inputs gave it before


def check_loss(loss: Value) -> None:
    """Raises FloatingPointError naming what made a loss nan or infinite, if it is."""
    if not is_finite(loss.data):
        raise FloatingPointError(f"the loss is {loss.data}: {bad_value(loss)}")


def bad_gradient(root: Value, parameters: Iterable[Value]) -> str:
    """What made the first nan or infinity on the way back from `root`.

    "" if every parameter's gradient is finite.

    >>> from autograd import sqrt
    >>> x = Value(0.0, "x")
    >>> root = 0.0 * sqrt(x)
    >>> root.backward()
    >>> bad_gradient(root, [x])
    'the gradient of x 0.0 is nan after sqrt(x = 0.0), where a gradient of 0.0 meets a slope of inf'
    """
    parameters = list(parameters)
    if all(is_finite(parameter.grad) for parameter in parameters):
        return ""
    for parameter in parameters:
        parameter.grad = 0
    try:
        with errors(nan="raise", inf="raise"):
            root.backward()
    except FloatingPointError as error:
        return str(error)
    return "gradients add up to it"  # pragma: no cover  the sum is checked, too
