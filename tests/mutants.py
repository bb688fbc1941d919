"""Wrong rules: every row with one token of its texts changed."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import replace

from autograd.ops import OPS, Op

_OPERATORS = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.Sub),
    ast.Pow: (ast.Mult,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
_FUNCTIONS = (
    ("exp", "expm1", "log1p", "log"),
    ("sin", "cos", "tan", "sinh", "cosh", "tanh"),
    ("asin", "acos", "atan", "asinh", "acosh", "atanh"),
    ("sqrt", "cbrt", "abs", "sign"),
    ("zero", "half", "one"),
    ("log2", "log10"),
    ("sigmoid", "bell", "erf", "lift", "gelu", "gelu_dx"),
    ("hypot", "hypot_dx", "atan2", "atan2_dx", "power_dx", "power_dy", "xlogy"),
)


def mutants(op: Op) -> Iterator[tuple[str, Op]]:
    """The row with one token changed, in every way there is here, each with what was changed."""
    for text in dict.fromkeys(_changed(op.value, op, ())):
        yield f"value: {text}", replace(op, value=text)
    for place, slope in enumerate(op.slopes):
        for text in dict.fromkeys(_changed(slope, op, ("z",))):
            slopes = (*op.slopes[:place], text, *op.slopes[place + 1 :])
            yield f"slope to {op.inputs[place]}: {text}", replace(op, slopes=slopes)


def _changed(text: str, op: Op, more: tuple[str, ...]) -> Iterator[str]:
    tree = ast.parse(text, mode="eval")
    names = [*(op.parameters if op.run else ()), *op.inputs, *more]
    for place, node in enumerate(ast.walk(tree)):
        for change in _changes(node, names):
            changed = copy.deepcopy(tree)
            target = list(ast.walk(changed))[place]
            change(target)
            found = ast.unparse(_Signs().visit(changed))
            if found != ast.unparse(tree):
                yield found


class _Signs(ast.NodeTransformer):
    """Puts a minus sign before, or takes it from, the expression that is marked."""

    def visit(self, node):
        self.generic_visit(node)
        if getattr(node, "negated", False):
            return ast.UnaryOp(ast.USub(), node)
        return node.operand if getattr(node, "positive", False) else node


def _changes(node, names):
    if isinstance(node, ast.BinOp):
        for other in _OPERATORS[type(node.op)]:
            yield lambda n, other=other: setattr(n, "op", other())
    elif isinstance(node, ast.Compare):
        for other in _OPERATORS[type(node.ops[0])]:
            yield lambda n, other=other: n.ops.__setitem__(0, other())
    elif isinstance(node, ast.BoolOp):
        for other in _OPERATORS[type(node.op)]:
            yield lambda n, other=other: setattr(n, "op", other())
    elif isinstance(node, ast.UnaryOp):
        yield lambda n: setattr(n, "positive", True)
    elif isinstance(node, ast.Constant):
        for value in (node.value + 1, node.value - 1):
            yield lambda n, value=value: setattr(n, "value", value)
        if node.value:
            yield lambda n: setattr(n, "negated", True)
    elif isinstance(node, ast.Name):
        if node.id in names:
            for name in names:
                if name != node.id and name.endswith("s") == node.id.endswith("s"):
                    yield lambda n, name=name: setattr(n, "id", name)
            yield lambda n: setattr(n, "negated", True)
        for family in _FUNCTIONS:
            if node.id in family:
                for name in family:
                    if name != node.id:
                        yield lambda n, name=name: setattr(n, "id", name)
    elif isinstance(node, ast.Call):
        yield lambda n: setattr(n, "negated", True)


def all_mutants() -> Iterator[tuple[str, Op]]:
    """Every mutant of every row, named by the row and the change."""
    for op in list(OPS.values()):
        for change, mutant in mutants(op):
            yield f"{op.name} {change}", mutant
