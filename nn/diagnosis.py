"""Diagnosis: which operation made the first nan."""

from __future__ import annotations

from collections.abc import Iterable

from autograd import Value, errors, topological


def nan_value(root: Value) -> str:
    """What made the first nan among the values that `root` was computed from.

    >>> from autograd import log
    >>> nan_value(2 * log(Value(-1.0, "x")) + 1)
    'log(x = -1.0) is nan'
    >>> nan_value(Value(float("nan"), "w1") * 2)
    'w1 is nan'
    """
    first = next(node for node in topological(root) if node.data != node.data)
    if first.op is None:
        return f"{first.label or 'a number that was given'} is nan"
    try:
        with errors(nan="raise"):
            first.op.record(*first.inputs)
    except FloatingPointError as error:
        return str(error)
    return f"{first.op.name} made it"  # pragma: no cover  the same inputs gave nan before


def nan_gradient(root: Value, parameters: Iterable[Value]) -> str:
    """What made the first nan on the way back from `root`, "" if no parameter's gradient is nan.

    >>> from autograd import sqrt
    >>> x = Value(0.0, "x")
    >>> root = 0.0 * sqrt(x)
    >>> root.backward()
    >>> nan_gradient(root, [x])
    'the gradient of x 0.0 is nan after sqrt(x = 0.0), where a gradient of 0.0 meets a slope of inf'
    """
    parameters = list(parameters)
    if all(parameter.grad == parameter.grad for parameter in parameters):
        return ""
    for parameter in parameters:
        parameter.grad = 0
    try:
        with errors(nan="raise"):
            root.backward()
    except FloatingPointError as error:
        return str(error)
    return "gradients add up to nan"
