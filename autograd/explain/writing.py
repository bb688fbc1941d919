"""The formulas of a graph: of each value in terms of named ones, and of each slope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, TypeAlias

from autograd import text
from autograd.explain.naming import temporaries
from autograd.formula import tree as fm
from autograd.formula.notation import pretty
from autograd.formula.symbolic import called, condition_of_rule, of_rule
from autograd.formula.tree import Formula, Num, Sym
from autograd.ops import OPS, Op
from autograd.value import Value

# Whether a condition in the rule of a value holds, in its slope to the argument at a place.
Holds: TypeAlias = Callable[[Value, int, text.Node], bool]

# An unnamed value whose formula is longer than this gets a name of its own.
LONGEST = 30


@dataclass(frozen=True, slots=True)
class Writing:
    """The formulas of a graph whose values have these `names`.

    `body` is the formula of each operation in terms of named values, `inline` what stands for a
    value in the formula of another (its name, if it has one), and `operands` the numbers of the
    names in a formula, as they were when it was computed.
    """

    names: dict[Value, str]
    body: dict[Value, Formula]
    inline: dict[Value, Formula]
    operands: dict[Value, dict[str, Any]]

    spelled: frozenset[str] = frozenset()

    def own(self, formula: Formula) -> Formula:
        """The formula beside these names: e^x is exp(x) if something is called e."""
        return fm.spelled(formula, self.spelled) if self.spelled else formula

    def argument(self, argument: Any, operand: Any) -> Formula:
        """What stands for an argument of an operation; an unnamed leaf is its number."""
        if not isinstance(argument, Value):
            return Num(operand)
        if argument in self.names:
            return Sym(self.names[argument])
        return self.inline.get(argument, Num(operand))

    def arguments(self, node: Value) -> list[Formula]:
        """The same of each argument of a node."""
        pairs = zip(node.inputs, node.operands, strict=True)
        return [self.argument(argument, operand) for argument, operand in pairs]

    def numbers(self, node: Value) -> dict[str, Any]:
        """The number of each name in the formulas of a node and its slopes."""
        found: dict[str, Any] = {}
        for argument, operand in zip(node.inputs, node.operands, strict=True):
            if not isinstance(argument, Value):
                continue
            if argument in self.names:
                found[self.names[argument]] = operand
            else:
                found |= self.operands.get(argument, {})
        return found

    def slope(
        self, node: Value, place: int, holds: Holds | None = None
    ) -> tuple[Formula, tuple[Formula, ...]]:
        """A node's slope to one argument with symbols, and the cases of the rule that applied.

        `holds` says whether a condition of the rule does, by default with the numbers of the graph.
        """
        op = node.op
        assert op is not None
        if op.opaque:
            slope = next(slope for at, _, slope in node.slopes(missing=True) if at == place)
            return Num(slope), ()
        which, scope = scope_of(op, place, self.arguments(node), self.inline[node])
        reasons: list[Formula] = []

        def choose(test: text.Node) -> bool:
            found = (holds or recorded)(node, place, test)
            if found:
                reasons.append(condition_of_rule(test, scope, choose, op.rows))
            return found

        formula = of_rule(op.trees.written[which], scope, choose, op.rows)
        return self.own(formula), tuple(reasons)


def write(order: Sequence[Value], names: Mapping[Value, str]) -> Writing:
    """The formulas of a graph in topological order; a value whose formula is long gets a name."""
    taken = set(map(pretty, names.values()))
    clash = frozenset(name for name, sign in (("exp", "e"), ("pi", "π")) if sign in taken)
    writing = Writing(dict(names), {}, {}, {}, clash)
    fresh = (name for name in temporaries() if pretty(name) not in taken)
    for node in order:
        if node.op is None:
            continue
        body = writing.own(value_formula(node.op, writing.arguments(node), node.operands))
        if node not in writing.names and fm.size(body) > LONGEST:
            writing.names[node] = next(fresh)
        writing.body[node], writing.operands[node] = body, writing.numbers(node)
        writing.inline[node] = Sym(writing.names[node]) if node in writing.names else body
    return writing


def scope_of(
    op: Op, place: int, arguments: Sequence[Formula], value: Formula
) -> tuple[int, dict[str, Formula]]:
    """Which slope belongs to an argument, and what stands for each name in its text."""
    which, shown = next(islice(op.places(arguments), place, None))
    scope = dict(zip(op.arguments, shown, strict=False)) | {"z": value}
    if op.run:  # behind the elements come the runs
        runs = zip(op.parameters, shown[len(op.inputs) :], strict=True)
        scope |= {name: fm.Run(tuple(items)) for name, items in runs}
    return which, scope


def recorded(node: Value, place: int, test: text.Node) -> bool:
    """Whether a condition of the slope to one argument holds with the numbers of the graph."""
    assert node.op is not None
    _, numbers = next(islice(node.op.places(node.operands), place, None))
    return bool(_case(node.op, test)(*numbers, node.raw))


@cache
def _case(op: Op, test: text.Node) -> Callable[..., bool]:
    return op.number_function(f"{op.name}_case", test, op.arguments)


def value_formula(op: Op, arguments: list[Formula], numbers: Sequence[Any]) -> Formula:
    """The value of an operation: with its operator where it is one, otherwise as a function.

    What only the rules of others call is written out; `numbers` choose its case.
    """
    if op.name == "dot":
        pairs = zip(*op.split(arguments), strict=True)
        products: list[Formula] = [
            x if y == Num(1) else fm.Mul((*fm.factors_of(x), *fm.factors_of(y))) for x, y in pairs
        ]
        return products[0] if len(products) == 1 else fm.Add(tuple(products))
    if op.name == "mul":  # the derivative of a value to itself, times a slope
        for one, other in (arguments, arguments[::-1]):
            if isinstance(one, Num) and isinstance(one.value, int) and one.value == 1:
                return other
    if is_operator(op):
        scope = dict(zip(op.inputs, arguments, strict=True))
        return of_rule(op.trees.value, scope, bool, simplified=False)
    if op.name in shorter():
        return of_rule(op.trees.value, dict(zip(op.inputs, arguments, strict=True)), bool, op.rows)
    if not op.helper:
        # Of the results of a compiled function each has a symbol of its own, f[0].
        return fm.Call(op.symbol if op.opaque else op.name, tuple(arguments), op)
    given = tuple(map(fm.Run, map(tuple, op.split(arguments)))) if op.run else tuple(arguments)

    def choose(test: text.Node) -> bool:
        return bool(op.number_function(f"{op.name}_case", test, op.inputs)(*numbers))

    return called(op.name, given, op, choose)


@cache
def shorter() -> dict[str, str]:
    """The functions that record another row if they are given more arguments, by that row."""
    return {op.longer: op.name for op in OPS.values() if op.longer}


def rule_name(op: Op) -> str:
    """What a reader calls a rule: the function that he writes, or one that only rules call."""
    return "a derivative" if op.helper else shorter().get(op.name, op.name)


def is_operator(op: Op) -> bool:
    """Whether the value is one operator of Python, such as `x * y` or `2 ** x`."""
    match op.trees.value:
        case text.Binary(_, text.Name() | text.Number(), text.Name()):
            return True
        case text.Negative(text.Name()):
            return True
    return False
