"""Python functions made from rule texts.

The source of every generated function is registered in `linecache`, so a traceback or a debugger
that reaches one shows the rule.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Callable, Iterable, Mapping
from typing import Any


class _Careful(ast.NodeTransformer):
    """Rewrites `a / b` as `div(a, b)` and `a ** b` as `power(a, b)`.

    Python raises where IEEE 754 gives inf or nan; the two functions do what the number type says.
    """

    def __init__(self) -> None:
        self.names: dict[type[ast.operator], str] = {ast.Div: "div", ast.Pow: "power"}

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        name = self.names.get(type(node.op))
        if name is None or _whole(node):
            return node
        return ast.Call(ast.Name(name, ast.Load()), [node.left, node.right], [])


def _whole(node: ast.AST) -> bool:
    """Whether an expression is a whole number written out, as in `10**9`."""
    return all(
        isinstance(part, (ast.BinOp, ast.Pow, ast.operator, ast.Constant))
        for part in ast.walk(node)
    ) and not any(isinstance(part, ast.Div) for part in ast.walk(node))


def parse(text: str, *, division: bool = True) -> ast.expr:
    """The syntax tree of a rule text, powers and divisions made careful."""
    careful = _Careful()
    if not division:
        careful.names = {ast.Pow: "power"}
    tree: ast.expr = ast.fix_missing_locations(careful.visit(ast.parse(text, mode="eval").body))
    return tree


def unparse(text: str, *, division: bool = True) -> str:
    """A rule text as the generated code has it, with plain divisions if `division` is False.

    >>> unparse("1 / x ** 2")
    'div(1, power(x, 2))'
    """
    return ast.unparse(parse(text, division=division))


def names(text: str) -> list[str]:
    """The names a rule text mentions, in order of first mention (`div` and `power` included)."""
    found = [part.id for part in ast.walk(parse(text)) if isinstance(part, ast.Name)]
    return list(dict.fromkeys(found))


def function(
    name: str, parameters: Iterable[str], body: Iterable[str], namespace: Mapping[str, Any]
) -> Callable[..., Any]:
    """The Python function with this name, parameters and body (lines without indentation).

    `namespace` becomes its globals: a dict is used itself, so that a later change is seen.
    """
    lines = [f"def {name}({', '.join(parameters)}):", *("    " + line for line in body)]
    source = "\n".join(lines) + "\n"
    filename = f"<autograd {name}>"
    scope = namespace if isinstance(namespace, dict) else dict(namespace)
    local: dict[str, Any] = {}
    exec(compile(source, filename, "exec"), scope, local)  # noqa: S102  the source is our own rows
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    made: Callable[..., Any] = local[name]
    return made


def accumulate(target: str, slope: ast.expr) -> list[str]:
    """The lines that add `g` times a slope into `target`, where `g` is the gradient of the node.

    A choice becomes an `if`, and a branch whose slope is 0 adds nothing at all: what it would have
    multiplied by 0 may be inf or nan.

    >>> accumulate("p.grad", parse("1 if x > 0 else 0"))
    ['if x > 0:', '    p.grad += g']
    """
    if isinstance(slope, ast.IfExp):
        yes, no = accumulate(target, slope.body), accumulate(target, slope.orelse)
        lines = [f"if {ast.unparse(slope.test)}:", *("    " + line for line in yes or ["pass"])]
        return lines + (["else:", *("    " + line for line in no)] if no else [])
    match ast.unparse(slope):
        case "0":
            return []
        case "1":
            return [f"{target} += g"]
        case "-1":
            return [f"{target} -= g"]
        case text:
            return [f"{target} += g * ({text})"]
