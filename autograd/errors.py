"""Errors for nan and inf: `with errors(nan="raise"):` instead of IEEE 754's silence."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Literal

from autograd.elementary import spelled

if TYPE_CHECKING:
    from autograd.value import Value

Policy = Literal["allow", "raise"]

_policy: ContextVar[tuple[Policy, Policy]] = ContextVar("policy", default=("allow", "allow"))
_lock = threading.Lock()
_open: set[object] = set()  # the blocks of all threads


class Guard:
    """What recording calls with each new node: `check`, None while no `errors` block is open.

    It is one for all threads, so that the check costs nothing while there is none.
    """

    __slots__ = ("check",)

    check: Callable[[Value], None] | None


guard = Guard()
guard.check = None


@contextmanager
def errors(*, nan: Policy = "allow", inf: Policy = "allow") -> Iterator[None]:
    """A block in which an operation or a gradient that comes out nan or inf raises.

    Holds for the current thread or task. Raises FloatingPointError naming the operation and its
    operands, ValueError for a policy that is neither "allow" nor "raise".

    >>> from autograd import Value, errors, log
    >>> with errors(nan="raise"):
    ...     log(Value(-1.0, "x"))
    Traceback (most recent call last):
      ...
    FloatingPointError: log(x = -1.0) is nan
    """
    for name, policy in (("nan", nan), ("inf", inf)):
        if policy not in ("allow", "raise"):
            raise ValueError(f"unknown policy {name}={policy!r}: must be 'allow' or 'raise'")
    before, block = _policy.get(), object()
    try:
        with _lock:
            _open.add(block)
            guard.check = check_value
        _policy.set((nan, inf))
        yield
    finally:
        _policy.set(before)
        with _lock:
            _open.discard(block)
            if not _open:
                guard.check = None


def check_value(node: Value) -> None:
    """Raises if the data of a node just recorded is a nan or inf that the block forbids."""
    found = _forbidden(node.raw)
    if found:
        raise FloatingPointError(f"{called(node)} is {found}")


def check_gradients(node: Value) -> None:
    """Raises if a gradient that `node` handed on is a nan or inf that the block forbids."""
    for _, parent, slope in node.slopes():
        found = _forbidden(parent.grad)
        if found:
            name = f" {parent.label}" if parent.label else ""
            raise FloatingPointError(
                f"the gradient of{name} {spelled(parent.raw)} is {found} after {called(node)}, "
                f"where a gradient of {spelled(node.grad)} meets a slope of "
                f"{spelled(0 if slope is False else slope)}"
            )


def _forbidden(number: Any) -> str:
    """'nan' or 'inf' if the number is one and the block forbids it, otherwise ''."""
    nan, inf = _policy.get()
    if nan == "raise" and number != number:
        return "nan"
    if inf == "raise" and abs(number) == float("inf"):
        return "inf" if number > 0 else "-inf"
    return ""


def called(node: Value) -> str:
    """The operation and its operands: `log(x = -1.0)`."""
    labels = [getattr(argument, "label", "") for argument in node.inputs]
    pairs = zip(labels, node.operands, strict=True)
    operands = [f"{label}{' = ' * bool(label)}{spelled(operand)}" for label, operand in pairs]
    return f"{node.op.name if node.op else 'leaf'}({', '.join(operands)})"
