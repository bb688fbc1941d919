"""Rows on lanes: the trees of an operation as functions of values that are not known yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from math import pi
from typing import Any, Final

from autograd import elementary
from autograd.codegen import Scope, Source
from autograd.jit.llvm.kernels import FUNCTIONS, runs
from autograd.jit.llvm.lanes import Lanes, Number, choose, root
from autograd.ops import Op
from autograd.text import (
    Binary,
    Call,
    Choice,
    Compare,
    Logic,
    Name,
    Negative,
    Node,
    Not,
    calls,
    names,
    walk,
)
from autograd.text import Number as Literal

# Conditions: lanes of truths, or a truth that is known while the code is written.


def _truth(x: Lanes | Number) -> Lanes | bool:
    if isinstance(x, Lanes):
        return x != 0 if x.kind == "double" else x
    return bool(x)


def both(*conditions: Lanes | Number) -> Lanes | bool:
    """Where all conditions hold."""
    lanes = [_truth(c) for c in conditions]
    if any(c is False for c in lanes):
        return False
    total: Lanes | bool = True
    for c in lanes:
        if isinstance(c, Lanes):
            total = c & total if isinstance(total, Lanes) else c
    return total


def either(*conditions: Lanes | Number) -> Lanes | bool:
    """Where any condition holds."""
    lanes = [_truth(c) for c in conditions]
    if any(c is True for c in lanes):
        return True
    total: Lanes | bool = False
    for c in lanes:
        if isinstance(c, Lanes):
            total = c | total if isinstance(total, Lanes) else c
    return total


def opposite(condition: Lanes | Number) -> Lanes | bool:
    """Where a condition does not hold."""
    truth = _truth(condition)
    return truth ^ 1 if isinstance(truth, Lanes) else not truth


# Functions that are no kernels.


def _div(x: Lanes | Number, y: Lanes | Number) -> Any:
    if isinstance(x, Lanes) or isinstance(y, Lanes):
        return x / y
    return elementary.div(float(x), float(y))


def _power(x: Lanes | Number, y: Lanes | Number) -> Any:
    """X to the y, by multiplication where y is a small whole number."""
    if not isinstance(x, Lanes) or isinstance(y, Lanes):
        return FUNCTIONS["power"](x, y)
    match y:
        case 0:
            return 1.0
        case 0.5:
            return choose(x == -float("inf"), float("inf"), root(x + 0.0))
        case 1:
            return x
        case 2 | 3 | 4:
            return x * x * x if y == 3 else x * x if y == 2 else (x * x) * (x * x)
        case -1:
            return 1 / x
        case -2:
            return (1 / x) * (1 / x)
    return FUNCTIONS["power"](x, y)


def _power_dx(x: Lanes | Number, y: Lanes | Number) -> Any:
    """The slope of a power to its base, likewise."""
    if isinstance(x, Lanes) and not isinstance(y, Lanes) and y in (0, 1, 2, 3, 4, 5):
        return y * _power(x, y - 1) if y else 0.0
    return FUNCTIONS["power_dx"](x, y)


def _scaled_power(s: Any, x: Lanes | Number, y: Lanes | Number, n: Lanes | Number) -> Any:
    """A multiple of a power, likewise."""
    known = not (isinstance(y, Lanes) or isinstance(n, Lanes) or isinstance(s, Lanes))
    if isinstance(x, Lanes) and known and s and y - n in (0, 1, 2, 3, 4):
        return s * _power(x, y - n)
    return FUNCTIONS["scaled_power"](s, x, y, n)


def _logaddexp(x: Lanes | Number, y: Lanes | Number) -> Any:
    return runs.logsumexp((x, y))


def _logaddexp_dx(x: Lanes | Number, y: Lanes | Number) -> Any:
    return runs.softmax(x, (x, y))


# What can be written as instructions, of the elementary functions.
_WRITTEN: Final[dict[str, Callable[..., Any]]] = {
    **FUNCTIONS,
    "abs": abs,
    "zero": lambda _: 0.0,
    "one": lambda _: 1.0,
    "half": lambda _: 0.5,
    "selu_scale": lambda _: elementary.selu_scale(1.0),
    "selu_alpha": lambda _: elementary.selu_alpha(1.0),
    "div": _div,
    "power": _power,
    "power_dx": _power_dx,
    "scaled_power": _scaled_power,
    "dot": runs.dot,
    "logsumexp": runs.logsumexp,
    "softmax": runs.softmax,
    "softmean": runs.softmean,
    "softmean_dx": runs.softmean_dx,
    "prod": runs.prod,
    "prod_dx": runs.prod_dx,
    "mean": runs.mean,
    "share": lambda xs: 1 / len(xs),
    "norm": runs.norm,
    "norm_dx": runs.norm_dx,
    "log_share": runs.log_share,
    "logaddexp": _logaddexp,
    "logaddexp_dx": _logaddexp_dx,
}

# What decides lane by lane, under words that no function of a text can have for a name.
_WORDS: Final[dict[str, Callable[..., Any]]] = {
    "if": choose, "and": both, "or": either, "not": opposite,
}  # fmt: skip

# The gradient of a node, under a name that no input can have.
_GRADIENT: Final = "the gradient"


class Branchless(Source):
    """The Python writer with functions where Python would branch."""

    def choice(self, test: Node, yes: Node, no: Node) -> tuple[str, int]:
        """A choice."""
        return self.write(Call("if", (test, yes, no)))

    def condition(self, node: Node) -> tuple[str, int]:
        """A comparison of two numbers, or a call that joins conditions."""
        match node:
            case Compare(signs, sides) if len(signs) > 1:
                pairs = zip(signs, sides, sides[1:], strict=False)
                return self.write(Call("and", tuple(Compare((s,), (x, y)) for s, x, y in pairs)))
            case Logic(word, parts):
                return self.write(Call(word, parts))
            case Not(of):
                return self.write(Call("not", (of,)))
        return super().condition(node)


class Row:
    """The trees of one operation as functions of lanes.

    `value` takes the arguments (the runs, for a run row). Each of `pulls` takes the node's gradient
    and what slopes are functions of, its `arguments`, and gives what one parent receives. Each of
    `takes` takes the same but the gradient, and says in which lanes that is anything at all. `uses`
    has the names that each slope speaks of, `mentioned` those of all; `cost` says how large the
    trees are. Raises NotImplementedError if there is no machine code for a function that they call.
    """

    def __init__(self, op: Op) -> None:
        self.op = op
        value, slopes = _definition(op), op.trees.slopes
        self.arguments = arguments = op.arguments
        self.value = self._function("value", value, op.parameters)
        self.pulls = [self._function("pull", _pulled(t), (_GRADIENT, *arguments)) for t in slopes]
        self.takes = [self._function("take", _taken(t), arguments) for t in slopes]
        self.uses = [frozenset(names(slope)) for slope in slopes]
        self.mentioned = frozenset[str]().union(*self.uses)
        self.cost = sum(1 for tree in (value, *slopes) for _ in walk(tree))

    @staticmethod
    @cache
    def of(op: Op) -> Row:
        """The row of an operation, compiled once."""
        return Row(op)

    def _function(self, what: str, tree: Node, parameters: Sequence[str]) -> Callable[..., Any]:
        scope = Scope()
        given = {name: scope.local("g" if name is _GRADIENT else name) for name in parameters}
        known = {"pi": scope.constant("pi", pi)} | given
        text = Branchless(known, lambda name: scope.constant(name, self._resolve(name)))(tree)
        return scope.function(what, given.values(), [f"return {text}"], f"{what} {self.op.name}")

    def _resolve(self, name: str) -> Any:
        """What a text means by a name: a kernel, or what is written for another row's value."""
        if name in _WORDS:
            return _WORDS[name]
        if name in _WRITTEN:
            return _WRITTEN[name]
        row = self.op.rows.get(name)
        if row is None or any(call.name == name for call in calls(_definition(row))):
            raise NotImplementedError(
                f"the operation {self.op.name!r} calls {name!r}, for which there is no "
                'machine code: use jit(f, backend="python")'
            )
        return lambda *arguments: Row.of(row).value(*arguments)


def _definition(op: Op) -> Node:
    """What a value is computed by: the meaning of one that calls a routine without a kernel."""
    value = op.trees.value
    own = isinstance(value, Call) and value.name == op.name
    return op.trees.meaning if own and op.name not in _WRITTEN else value


def _pulled(slope: Node) -> Node:
    """The gradient times a slope, inside the choices that the slope makes."""
    match slope:
        case Choice(test, yes, no):
            return Choice(test, _pulled(yes), _pulled(no))
        case Literal(0):
            return slope
        case Literal(1):
            return Name(_GRADIENT)
        case Negative(Literal(1)):
            return Negative(Name(_GRADIENT))
    return Binary("*", Name(_GRADIENT), slope)


def _taken(slope: Node) -> Node:
    """Where a slope hands anything on: not on a branch whose text is 0."""
    match slope:
        case Choice(test, yes, no):
            at_yes, at_no = _taken(yes), _taken(no)
            if at_yes == at_no:
                return at_yes
            return Logic("or", (Logic("and", (test, at_yes)), Logic("and", (Not(test), at_no))))
    return Logic("or" if slope == Literal(0) else "and", ())  # False, or True
