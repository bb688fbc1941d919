"""Rules as formulas: the tree of a text with formulas in the place of its names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeAlias

from autograd import text
from autograd.formula.tree import (
    PI,
    Add,
    Call,
    Compare,
    Div,
    Formula,
    Logic,
    Mul,
    Neg,
    Not,
    Num,
    Pow,
    Run,
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

    >>> from autograd.formula.plain import write
    >>> from autograd.formula.tree import Sym
    >>> rule = text.read("y * x ** (y - 1)")
    >>> write(of_rule(rule, {"x": Sym("w1"), "y": Num(2)}, choose=bool))
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
                return called(name, tuple(map(formula, arguments)), (rows or {}).get(name))
        raise TypeError(f"not a number of a rule: {node!r}")

    return formula(tree)


def called(
    name: str, arguments: tuple[Formula, ...], row: Op | None, choose: Callable[..., bool] = bool
) -> Formula:
    """A function of a rule, written out if it is one that only rules call.

    `choose` is for the conditions in the meaning of such a row, as in `of_rule`.
    """
    if name in text.CONSTANTS:
        value = text.CONSTANTS[name]
        return Num(int(value) if value.denominator == 1 else Fraction(value))
    if name in _OF_RUNS:
        return _OF_RUNS[name](*arguments)
    if row is not None and row.helper and not _calls_itself(row):
        scope = dict(zip(row.inputs, arguments, strict=True))
        return of_rule(row.trees.meaning, scope, choose, row.rows)
    return Call(name, arguments, row)


def _calls_itself(row: Op) -> bool:
    """Whether a row means no more than a routine of its own: a derivative of any order."""
    return isinstance(row.trees.meaning, text.Call) and row.trees.meaning.name == row.name


# Sums over whole runs, which no text can hold.


def _exp(of: Formula) -> Formula:
    return Call("exp", (of,))


def _softmax(x: Formula, xs: Run) -> Formula:
    return div(_exp(x), add(*map(_exp, xs.items)))


def _softmean(xs: Run, ys: Run) -> Formula:
    over = [mul(_exp(x), y) for x, y in zip(xs.items, ys.items, strict=True)]
    return div(add(*over), add(*map(_exp, xs.items)))


def _softmean_dx(x: Formula, y: Formula, xs: Run, ys: Run) -> Formula:
    return mul(_softmax(x, xs), sub(y, _softmean(xs, ys)))


def _prod_dx(x: Formula, xs: Run) -> Formula:
    others = list(xs.items)
    others.remove(x)
    return mul(*others)


def _norm_dx(x: Formula, xs: Run) -> Formula:
    return div(x, Call("norm", (xs,)))


def _share(xs: Run) -> Formula:
    return Num(Fraction(1, len(xs.items)))


_OF_RUNS: dict[str, Callable[..., Formula]] = {
    "softmax": _softmax, "softmean": _softmean, "softmean_dx": _softmean_dx,
    "prod_dx": _prod_dx, "norm_dx": _norm_dx, "share": _share,
}  # fmt: skip


_SIGNS = {">": ">", ">=": "≥", "<": "<", "<=": "≤", "==": "=", "!=": "≠"}


def condition_of_rule(
    tree: text.Node,
    scope: Mapping[str, Formula],
    choose: Callable[[text.Node], bool],
    rows: Mapping[str, Op] | None = None,
) -> Formula:
    """A condition of a rule with the names of the graph.

    >>> from autograd.formula.plain import write
    >>> from autograd.formula.tree import Sym
    >>> rule = text.read("x > 0 and y != 1", condition=True)
    >>> write(condition_of_rule(rule, {"x": Sym("h1"), "y": Sym("w")}, choose=bool))
    'h₁ > 0 and w ≠ 1'
    """

    def condition(node: text.Node) -> Formula:
        match node:
            case text.Compare(signs, sides):
                return Compare(tuple(_SIGNS[sign] for sign in signs), tuple(map(side, sides)))
            case text.Logic(word, (one,)):
                return condition(one)
            case text.Logic(word, parts):
                return Logic(word, tuple(map(condition, parts)))
            case text.Not(of):
                return Not(condition(of))
        return Compare(("≠",), (side(node), Num(0)))

    def side(node: text.Node) -> Formula:
        return of_rule(node, scope, choose, rows)

    return condition(tree)
