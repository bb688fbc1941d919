"""Choices while a function is traced: a slope with a condition becomes `where`, lane for lane.

Eager slopes decide by the number; here it is not known. A branch whose text is 0 hands nothing on,
which is not 0 times a gradient (that may be infinite), so a gradient goes with a mask that says
where any reached it: True, False, or a Value that is 1 there and else 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any, TypeAlias

from autograd.calculus import OfValues
from autograd.codegen import Scope
from autograd.engine import record
from autograd.jit.call import Place
from autograd.ops import BESIDE, OPS, Op, taken
from autograd.text import Choice, Compare, Logic, Node, Not
from autograd.value import Value

Mask: TypeAlias = "bool | Value"
Masked: TypeAlias = "tuple[Any, Mask]"


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of two slopes, as a condition says that is not known yet; False hands nothing on."""

    test: Value
    yes: Any
    no: Any


def where(test: Any, yes: Any, no: Any) -> Any:
    """One of two numbers."""
    return OPS["where"].apply(test, yes, no)


def compare(sign: str, x: Any, y: Any) -> Mask:
    """Whether a comparison holds."""
    op = _SIGNS[sign]
    found = record(op, x, y) if isinstance(x, Value) or isinstance(y, Value) else op.compute(x, y)
    return found if isinstance(found, Value) else bool(found)


_SIGNS = {op.symbol: op for op in BESIDE.values()}


def both(x: Mask, y: Mask) -> Mask:
    """Where two conditions hold."""
    if isinstance(x, bool):
        return y if x else False
    return (x if y else False) if isinstance(y, bool) else x * y


def either(x: Mask, y: Mask) -> Mask:
    """Where one of two conditions holds."""
    if isinstance(x, bool):
        return True if x else y
    return (True if y else x) if isinstance(y, bool) else OPS["maximum"].apply(x, y)


def opposite(x: Mask) -> Mask:
    """Where a condition does not hold."""
    return not x if isinstance(x, bool) else 1 - x


def choose(test: Mask, yes: Callable[[], Any], no: Callable[[], Any]) -> Any:
    """What a choice gives, both sides if the test is not known."""
    if isinstance(test, bool):
        return yes() if test else no()
    return Chosen(test, yes(), no())


def decided(test: Mask, yes: Callable[[], Any], no: Callable[[], Any]) -> Any:
    """The same inside of a slope, as one number."""
    if isinstance(test, bool):
        return yes() if test else no()
    return where(test, yes(), no())


class _Traced(OfValues):
    """The Python writer for slopes that run on Values which are being traced."""

    def __init__(self, op: Op, names: dict[str, str], scope: Scope) -> None:
        super().__init__(op, names, {}, scope)
        self.outermost = True

    def choice(self, test: Node, yes: Node, no: Node) -> tuple[str, int]:
        """A choice at the top of a slope keeps its sides apart; inside it is one number."""
        function = choose if self.outermost else decided
        condition = self.inner(test)
        sides = f"lambda: {self(yes)}, lambda: {self(no)}"
        return f"{self.scope.constant(function.__name__, function)}({condition}, {sides})", 9

    def write(self, node: Node) -> tuple[str, int]:
        """The source of a tree; only choices directly at its top are outermost."""
        if isinstance(node, Choice):
            return self.choice(node.test, node.yes, node.no)
        before, self.outermost = self.outermost, False
        try:
            return super().write(node)
        finally:
            self.outermost = before

    def inner(self, node: Node) -> str:
        """The source of a condition."""
        before, self.outermost = self.outermost, False
        try:
            return self._mask(node)
        finally:
            self.outermost = before

    def _mask(self, node: Node) -> str:
        def call(function: Callable[..., Any], *arguments: str) -> str:
            return f"{self.scope.constant(function.__name__, function)}({', '.join(arguments)})"

        match node:
            case Compare(signs, sides):
                texts = [self(side) for side in sides]
                pairs = zip(signs, texts, texts[1:], strict=False)
                return reduce(
                    lambda x, y: call(both, x, y),
                    [call(compare, repr(sign), x, y) for sign, x, y in pairs],
                )
            case Logic(word, ()):
                return str(word == "and")
            case Logic(word, parts):
                joined = both if word == "and" else either
                return reduce(lambda x, y: call(joined, x, y), map(self._mask, parts))
            case Not(of):
                return call(opposite, self._mask(of))
        return call(compare, repr("!="), self(node), "0")


@cache
def derivatives(op: Op) -> tuple[Callable[..., Any], ...]:
    """The slopes of a row as functions of Values that are being traced."""
    if op.derivatives:
        return op.derivatives
    found = []
    for name, tree in zip(op.inputs, op.trees.slopes, strict=True):
        scope = Scope()
        names = scope.locals(op.arguments)
        text = _Traced(op, names, scope)(taken(tree))
        made = scope.function(
            f"{op.name}_slope_{name}", names.values(), [f"return {text}"], "traced"
        )
        found.append(made)
    return tuple(found)


# The fold of a traced graph.


def _handed(gradient: Any, slope: Any) -> Masked:
    """What a slope hands on of a gradient, and where."""
    if slope is False:
        return 0, False
    if isinstance(slope, tuple):  # of a call, with its mask
        slope = Chosen(slope[1], slope[0], False)
    if not isinstance(slope, Chosen):
        share = gradient * slope
        if isinstance(share, tuple):
            return where(share[1], share[0], 0), share[1]
        return (0, False) if share is False else (share, True)
    (x, reached_x), (y, reached_y) = (_handed(gradient, s) for s in (slope.yes, slope.no))
    if reached_x is reached_y and isinstance(reached_x, bool):
        mask: Mask = reached_x
    else:
        mask = either(both(slope.test, reached_x), both(opposite(slope.test), reached_y))
    return where(slope.test, x, y), mask


def times(gradient: Masked, slope: Any) -> Masked:
    """A share of a gradient."""
    value, reached = gradient
    if isinstance(slope, Place):  # which keeps the mask
        return (value, reached) * slope, True
    share, mask = _handed(value, slope)
    return share if reached is True else where(reached, share, 0), both(reached, mask)


def plus(one: Masked, other: Masked) -> Masked:
    """The sum of two shares."""
    return one[0] + other[0], either(one[1], other[1])
