"""Rules as formulas: the tree of a text with formulas in the place of its names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeAlias

from autograd import text
from autograd.formula import plain
from autograd.formula.tree import (
    PI,
    Add,
    Call,
    Div,
    Formula,
    Mul,
    Neg,
    Num,
    Pow,
    add,
    div,
    factors_of,
    mul,
    neg,
    power,
    sub,
    terms_of,
)
from autograd.ops import Op

_Binary: TypeAlias = Callable[[Formula, Formula], Formula]

_SIMPLIFIED: dict[str, _Binary] = {"+": add, "-": sub, "*": mul, "/": div, "**": power}

_AS_WRITTEN: dict[str, _Binary] = {
    # `sum()` begins with 0, which nobody would write.
    "+": lambda left, right: right if left == Num(0) else Add((*terms_of(left), *terms_of(right))),
    "-": lambda left, right: Add((*terms_of(left), Neg(right))),
    "*": lambda left, right: Mul((*factors_of(left), *factors_of(right))),
    "/": Div,
    "**": Pow,
}


def of_rule(
    tree: text.Node,
    scope: Mapping[str, Formula],
    choose: Callable[[text.Node], bool],
    rows: Mapping[str, Op] | None = None,
    *,
    simplified: bool = True,
) -> Formula:
    """A rule as a formula, its names replaced from `scope`.

    `choose` says whether a condition of the rule holds: only the branch taken is written. `rows`
    are the rows that the rule calls.

    >>> from autograd.formula.tree import Sym
    >>> rule = text.read("y * x ** (y - 1)")
    >>> plain.write(of_rule(rule, {"x": Sym("w1"), "y": Num(2)}, choose=bool))
    '2·w₁'
    """
    operators = _SIMPLIFIED if simplified else _AS_WRITTEN

    def formula(node: text.Node) -> Formula:
        match node:
            case text.Name(name):
                return PI if name == "pi" and name not in scope else scope[name]
            case text.Number(value):
                return Num(value)
            case text.Negative(of):
                return neg(formula(of)) if simplified else Neg(formula(of))
            case text.Binary(sign, left, right):
                return operators[sign](formula(left), formula(right))
            case text.Choice(test, yes, no):
                return formula(yes if choose(test) else no)
            case text.Call(name, arguments):
                if name in text.CONSTANTS:
                    value = text.CONSTANTS[name]
                    return Num(int(value) if value.denominator == 1 else Fraction(value))
                return Call(name, tuple(map(formula, arguments)), (rows or {}).get(name))
        raise TypeError(f"not a number of a rule: {node!r}")

    return formula(tree)


_SIGNS = {">": ">", ">=": "≥", "<": "<", "<=": "≤", "==": "=", "!=": "≠"}


def condition_of_rule(
    tree: text.Node, scope: Mapping[str, Formula], choose: Callable[[text.Node], bool]
) -> str:
    """A condition of a rule with the names of the graph.

    >>> from autograd.formula.tree import Sym
    >>> rule = text.read("x > 0 and y != 1", condition=True)
    >>> condition_of_rule(rule, {"x": Sym("h1"), "y": Sym("w")}, choose=bool)
    'h₁ > 0 and w ≠ 1'
    """

    def written(node: text.Node, *, inner: bool = True) -> str:
        match node:
            case text.Compare(signs, (first, *others)):
                pairs = zip(signs, others, strict=True)
                return side(first) + "".join(
                    f" {_SIGNS[sign]} {side(other)}" for sign, other in pairs
                )
            case text.Logic(word, ()):
                return "always" if word == "and" else "never"
            case text.Logic(word, parts):
                joined = f" {word} ".join(map(written, parts))
                return f"({joined})" if inner else joined
            case text.Not(of):
                return f"not {written(of)}"
        return f"{side(node)} ≠ 0"

    def side(node: text.Node) -> str:
        return plain.write(of_rule(node, scope, choose))

    return written(tree, inner=False)
