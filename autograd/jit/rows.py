"""Rows on lanes: the texts of an operation, run on values that are not known yet."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import cache
from typing import Any

from autograd import codegen, elementary
from autograd.jit.kernels import FUNCTIONS, runs
from autograd.jit.lanes import Lanes, Number, choose, root
from autograd.ops import OPS, Op


class _Branchless(ast.NodeTransformer):
    """Rewrites what Python decides by branching as functions that decide lane by lane."""

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return _call("choose", node.test, node.body, node.orelse)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        return _call("both" if isinstance(node.op, ast.And) else "either", *node.values)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        return _call("opposite", node.operand) if isinstance(node.op, ast.Not) else node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        sides = [node.left, *node.comparators]
        pairs: list[ast.expr] = [
            ast.Compare(x, [op], [y]) for x, op, y in zip(sides, node.ops, sides[1:], strict=False)
        ]
        return pairs[0] if len(pairs) == 1 else _call("both", *pairs)


def _call(name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), [*args], [])


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


def opposite(condition: Lanes | Number) -> Lanes | bool:
    """Where a condition does not hold."""
    truth = _truth(condition)
    return truth ^ 1 if isinstance(truth, Lanes) else not truth


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


def reached(condition: Lanes | Number, yes: Lanes | bool, no: Lanes | bool) -> Lanes | bool:
    """`yes if condition else no` of truths."""
    if yes is no:
        return yes
    return either(both(condition, yes), both(opposite(condition), no))


def div(x: Lanes | Number, y: Lanes | Number) -> Any:
    """The quotient."""
    if isinstance(x, Lanes) or isinstance(y, Lanes):
        return x / y
    return elementary.div(float(x), float(y))


def power(x: Lanes | Number, y: Lanes | Number) -> Any:
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


def power_dx(x: Lanes | Number, y: Lanes | Number) -> Any:
    """The slope of a power to its base, likewise."""
    if isinstance(x, Lanes) and not isinstance(y, Lanes) and y in (0, 1, 2, 3, 4, 5):
        return y * power(x, y - 1) if y else 0.0
    return FUNCTIONS["power_dx"](x, y)


_OWN: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "zero": lambda _: 0.0,
    "one": lambda _: 1.0,
    "half": lambda _: 0.5,
    "div": div,
    "power": power,
    "power_dx": power_dx,
    "dot": runs.dot,
    "logsumexp": runs.logsumexp,
    "softmax": runs.softmax,
    **{f.__name__: f for f in (both, choose, either, opposite, reached)},
}


def _resolve(name: str) -> Callable[..., Any]:
    """What a text means by `name`: a kernel, or a row's own value text. Raises KeyError."""
    if name in _OWN:
        return _OWN[name]
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    op = OPS[name]
    if name in codegen.names(op.value):
        raise KeyError(name)
    return lambda *args: Row.of(op).value(*args)


class Row:
    """The texts of one operation as functions of lanes.

    `value` takes the arguments (the runs, for a run row). Each of `pulls` takes the node's gradient
    `g`, the arguments and the value, and gives what one parent receives. Each of `takes` says in
    which lanes that is anything at all, True for everywhere.
    """

    def __init__(self, op: Op) -> None:
        self.op = op
        arguments = (*(op.inputs if op.run else ()), *op.parameters, "z")
        self.value = self._function("value", codegen.parse(op.value), op.parameters)
        slopes = [codegen.parse(text) for text in op.slopes]
        self.pulls = [self._function("pull", _times_g(t), ("g", *arguments)) for t in slopes]
        self.takes = [self._function("take", _taken(t), arguments) for t in slopes]
        self.uses = [{n.id for n in ast.walk(t) if isinstance(n, ast.Name)} for t in slopes]
        texts = sum(sum(1 for _ in ast.walk(t)) for t in slopes)
        self.cost = texts + len(op.value) // 2

    @staticmethod
    @cache
    def of(op: Op) -> Row:
        """The row of an operation, compiled once."""
        return Row(op)

    def _function(self, what: str, tree: ast.expr, arguments: Sequence[str]) -> Callable[..., Any]:
        tree = ast.fix_missing_locations(_Branchless().visit(deepcopy(tree)))
        called = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} - set(arguments)
        try:
            scope = {name: _resolve(name) for name in called}
        except KeyError as error:
            raise NotImplementedError(
                f"the operation {self.op.name!r} calls {error.args[0]!r}, for which there is no "
                'machine code: use jit(f, backend="python")'
            ) from None
        body = [f"return {ast.unparse(tree)}"]
        return codegen.function(f"{what}_{self.op.name}", arguments, body, scope)


def _times_g(slope: ast.expr) -> ast.expr:
    """`g` times a slope, inside the choices that the slope makes."""
    g = ast.Name("g", ast.Load())
    if isinstance(slope, ast.IfExp):
        return ast.IfExp(slope.test, _times_g(slope.body), _times_g(slope.orelse))
    match ast.unparse(slope):
        case "0":
            return slope
        case "1":
            return g
        case "-1":
            return ast.UnaryOp(ast.USub(), g)
    return ast.BinOp(g, ast.Mult(), slope)


def _taken(slope: ast.expr) -> ast.expr:
    """Where a slope hands anything on: not on a branch whose text is 0."""
    if isinstance(slope, ast.IfExp):
        return _call("reached", slope.test, _taken(slope.body), _taken(slope.orelse))
    return ast.Constant(ast.unparse(slope) != "0")
