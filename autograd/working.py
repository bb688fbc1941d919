"""The graph folded to its named values, and the derivatives between them."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count, pairwise
from typing import Any

from autograd import formula as fm
from autograd import notation
from autograd.explanation import Explanation, Working
from autograd.formula import Formula, Num, Partial, Sym
from autograd.graph import flow, topological
from autograd.line import Step, worked_out
from autograd.ops import Op, number_function
from autograd.value import Value

# An unnamed value whose formula is longer than this gets a name of its own.
LONGEST = 30
# More ways than this from the root to a variable are summed consumer by consumer, not listed.
MOST_PATHS = 8
# Nor is a way of more hops than this.
MOST_HOPS = 12


class Graph:
    """The graph of a root folded to its named nodes, with the formula of each."""

    def __init__(
        self, root: Value, wrt: Value | None, given: Mapping[str, Any] | None = None
    ) -> None:
        for argument in (root,) if wrt is None else (root, wrt):
            if argument.__class__ is not Value:
                kind = type(argument).__name__
                raise TypeError(f"explain takes Values, not {kind} {argument!r}")
        self.root = root
        self.order = topological(root)
        self.name = notation.names(self.order, given)
        if wrt is not None and wrt not in set(self.order):
            raise ValueError(
                f"{wrt!r} is not part of the graph of {root!r}: nothing to differentiate"
            )
        self.gradient = {node: gradient for node, gradient, _ in flow(root)}
        self._name_shared(wrt)
        self._write_formulas()
        self.values = tuple(self._value_steps())
        self._differentiate()

    def _name_shared(self, wrt: Value | None) -> None:
        """Names the root, `wrt` and every unnamed value that is used more than once."""
        self._taken = set(self.name.values())
        if self.root not in self.name:
            self._give_name(self.root, ["f", "E", "z", "root"])
        uses: dict[Value, int] = {}
        for node in self.order:
            for parent in node.parents:
                uses[parent] = uses.get(parent, 0) + 1
        self._fresh = (f"t{number}" for number in count(1))
        leaves = [node for node in self.order if node.op is None]
        if not any(leaf in self.name for leaf in leaves):  # then numbers would be all there is
            for leaf, name in zip(leaves, (f"x{number}" for number in count(1)), strict=False):
                self._give_name(leaf, [name, f"{name}_leaf"])
        for node in self.order:
            shared = node.op is not None and uses.get(node, 0) > 1
            if node not in self.name and (shared or node is wrt):
                self._give_name(node, self._fresh)

    def _give_name(self, node: Value, candidates: Iterable[str]) -> None:
        self.name[node] = next(name for name in candidates if name not in self._taken)
        self._taken.add(self.name[node])

    def _write_formulas(self) -> None:
        """The formula of each value in terms of named ones, and the numbers of its names."""
        self.inline: dict[Value, Formula] = {}
        self.body: dict[Value, Formula] = {}
        self.operands: dict[Value, dict[str, Any]] = {}
        for node in self.order:
            if node.op is None:
                continue
            numbers: dict[str, Any] = {}
            arguments = []
            for argument, operand in zip(node.inputs, node.operands, strict=True):
                arguments.append(self._argument(argument, operand))
                if argument.__class__ is Value and argument in self.name:
                    numbers[self.name[argument]] = operand
                elif argument in self.operands:
                    numbers |= self.operands[argument]
            body = _value_formula(node.op, arguments)
            if node not in self.name and fm.size(body) > LONGEST:
                self._give_name(node, self._fresh)
            self.body[node], self.operands[node] = body, numbers
            self.inline[node] = Sym(self.name[node]) if node in self.name else body

    def _argument(self, argument: Any, operand: Any) -> Formula:
        if argument.__class__ is not Value:
            return Num(operand)
        if argument in self.name:
            return Sym(self.name[argument])
        return self.inline.get(argument, Num(operand))  # an unnamed leaf is its number

    def _value_steps(self) -> Iterator[Step]:
        for node in self.order:
            if node.op is not None and node in self.name:
                symbolic = self.body[node]
                left = Sym(self.name[node])
                yield worked_out(node.op.name, left, symbolic, self.operands[node], node._data)

    def _differentiate(self) -> None:
        """The local derivative of each named value to the named ones in its formula.

        `slope[c][p]` is its number, `symbol[c][p]` its formula. Everything between two named nodes
        is used once, so each unnamed value has one owner, the named value it is written out in.
        """
        owner: dict[Value, Value] = {}
        numeric: dict[Value, Any] = {}
        symbolic: dict[Value, Formula] = {}
        self.slope: dict[Value, dict[Value, Any]] = {}
        self.symbol: dict[Value, dict[Value, Formula]] = {}
        self.rules: dict[tuple[Value, Value], list[str]] = {}
        self.reasons: dict[tuple[Value, Value], list[str]] = {}
        ways: dict[Value, tuple[list[str], list[str]]] = {}
        for node in reversed(self.order):
            if node.op is None:
                continue
            if node in self.name:
                owner[node], numeric[node], symbolic[node] = node, 1, Num(1)
                self.slope[node], self.symbol[node], ways[node] = {}, {}, ([], [])
            top = owner[node]
            for place, (parent, slope) in enumerate(zip(node.inputs, node.partials(), strict=True)):
                if slope is None or (parent.op is None and parent not in self.name):
                    continue
                piece, reason = self._slope_formula(node, place)
                factor = fm.mul(symbolic[node], piece)
                share = numeric[node] * slope
                rules = [*ways[node][0], node.op.name]
                reasons = [*ways[node][1], *([reason] if reason else [])]
                if parent in self.name:
                    slopes, symbols = self.slope[top], self.symbol[top]
                    met = parent in slopes
                    slopes[parent] = slopes[parent] + share if met else share
                    # Backwards through the expression, so what comes now stands before.
                    symbols[parent] = fm.add(factor, symbols[parent]) if met else factor
                    self.rules.setdefault((top, parent), []).extend(rules)
                    self.reasons.setdefault((top, parent), []).extend(reasons)
                else:
                    owner[parent], numeric[parent], symbolic[parent] = top, share, factor
                    ways[parent] = rules, reasons

    def _slope_formula(self, node: Value, place: int) -> tuple[Formula, str]:
        """A node's slope to one argument with symbols, and the case of the rule that applied."""
        op = node.op
        assert op is not None
        formulas = [
            self._argument(argument, operand)
            for argument, operand in zip(node.inputs, node.operands, strict=True)
        ]
        numbers: dict[str, Any]
        if op.run:
            size = len(formulas) // len(op.inputs)
            text = (op.written or op.slopes)[place // size]
            elements = range(place % size, len(formulas), size)
            scope = {name: formulas[i] for name, i in zip(op.inputs, elements, strict=True)}
            numbers = {name: node.operands[i] for name, i in zip(op.inputs, elements, strict=True)}
        else:
            text = (op.written or op.slopes)[place]
            scope = dict(zip(op.inputs, formulas, strict=True))
            numbers = dict(zip(op.inputs, node.operands, strict=True))
        scope["z"] = self.inline[node]
        numbers["z"] = node._data
        scope["xs"] = Sym("…")
        reasons: list[str] = []

        def choose(test: str) -> bool:
            holds = bool(_condition(op, test)(**numbers))
            if holds:
                reasons.append(_written_condition(test, scope))
            return holds

        return fm.read(text, scope, choose), ", ".join(reasons)

    def working(self) -> Working:
        """The Explanations of the derivatives to all named leaves."""
        leaves = [node for node in self.order if node.op is None and node in self.name]
        return Working(self.values, tuple(self.explanation(leaf) for leaf in leaves))

    def explanation(self, wrt: Value) -> Explanation:
        """The Explanation of the derivative to one node."""
        active = {wrt}
        hops: dict[Value, list[Value]] = {}  # the next named nodes on the way to wrt
        for node in self.order:
            if node in self.slope and node is not wrt:
                following = [parent for parent in self.slope[node] if parent in active]
                if following:
                    active.add(node)
                    hops[node] = following
        value = self.gradient.get(wrt, 0)
        reached, ways = self._paths(wrt, hops)
        hops = {node: following for node, following in hops.items() if node in reached}
        paths = list(_listed(self.root, wrt, hops)) if ways <= MOST_PATHS else []
        partial = {
            (node, parent): Partial(
                self.name[node], self.name[parent], direct=_another_way(node, parent, hops)
            )
            for node, following in hops.items()
            for parent in following
        }
        slopes = tuple(self._slope_steps(hops, partial))
        if max(map(len, paths), default=0) > MOST_HOPS + 1:
            paths = []
        single = len(paths) == 1 and len(paths[0]) == 2
        if single or wrt is self.root:
            chain: tuple[Step, ...] = ()
        elif paths:
            chain = (self._chain_step(wrt, paths, partial, value),)
        else:
            chain = tuple(self._sum_steps(hops, partial))
        if wrt is self.root:
            one = Partial(self.name[wrt], self.name[wrt])
            slopes = (Step("identity", one, Num(1), lambda: Num(1), 1),)
        named = tuple(tuple(self.name[node] for node in path) for path in paths)
        return Explanation(self.root, wrt, value, named, self.values, slopes, chain)

    def _paths(self, wrt: Value, hops: dict[Value, list[Value]]) -> tuple[set[Value], int]:
        """The nodes between the root and `wrt`, and the number of ways between them."""
        ways = {self.root: 1}
        for node in reversed(self.order):
            if node in ways:
                for parent in hops.get(node, ()):
                    ways[parent] = ways.get(parent, 0) + ways[node]
        return set(ways), ways.get(wrt, 0)

    def _slope_steps(
        self, hops: dict[Value, list[Value]], partial: dict[tuple[Value, Value], Partial]
    ) -> Iterator[Step]:
        for node in reversed(self.order):
            for parent in hops.get(node, ()):
                numbers = self.operands[node] | {self.name[node]: node._data}
                step = worked_out(
                    ", ".join(dict.fromkeys(self.rules[node, parent])),
                    partial[node, parent],
                    self.symbol[node][parent],
                    numbers,
                    self.slope[node][parent],
                )
                reasons = dict.fromkeys(self.reasons[node, parent])
                yield replace(step, reason=f"as {', '.join(reasons)}" if reasons else "")

    def _chain_step(
        self,
        wrt: Value,
        paths: list[tuple[Value, ...]],
        partial: dict[tuple[Value, Value], Partial],
        value: Any,
    ) -> Step:
        products = [_product([partial[hop] for hop in pairwise(path)]) for path in paths]
        numbers = [_product([Num(self.slope[c][p]) for c, p in pairwise(path)]) for path in paths]
        left = Partial(self.name[self.root], self.name[wrt])
        rule = "chain rule" if len(paths) == 1 else "sum over paths"
        return Step(rule, left, _sum(products), lambda: _sum(numbers), value)

    def _sum_steps(
        self, hops: dict[Value, list[Value]], partial: dict[tuple[Value, Value], Partial]
    ) -> Iterator[Step]:
        """The derivative to each node on the way, from the root down, summed over its consumers."""
        consumers: dict[Value, list[Value]] = {}
        for node in reversed(self.order):
            for parent in hops.get(node, ()):
                consumers.setdefault(parent, []).append(node)
        top = self.name[self.root]
        for node in reversed(self.order):
            if node not in consumers:
                continue
            terms: list[Formula] = []
            numbers: list[Formula] = []
            for consumer in consumers[node]:
                slope = Num(self.slope[consumer][node])
                if consumer is self.root:
                    terms.append(partial[consumer, node])
                    numbers.append(slope)
                else:
                    terms.append(
                        _product([Partial(top, self.name[consumer]), partial[consumer, node]])
                    )
                    numbers.append(_product([Num(self.gradient.get(consumer, 0)), slope]))
            left = Partial(top, self.name[node])
            if (left,) != tuple(terms):
                total = self.gradient.get(node, 0)
                substituted = functools.partial(_sum, numbers)
                yield Step("sum over consumers", left, _sum(terms), substituted, total)


def _value_formula(op: Op, arguments: list[Formula]) -> Formula:
    """The value of an operation: with its operator where it is one, otherwise as a function."""
    if op.name == "dot":
        half = len(arguments) // 2
        pairs = zip(arguments[:half], arguments[half:], strict=True)
        products: list[Formula] = [
            x if y == Num(1) else fm.Mul((*_flat(x), *_flat(y))) for x, y in pairs
        ]
        return _sum(products)
    if op.name == "copy":
        return arguments[0]
    if _is_operator(op):
        scope = dict(zip(op.inputs, arguments, strict=True))
        return fm.read(op.value, scope, bool, simplified=False)
    return fm.Call(op.name, tuple(arguments))


@functools.cache
def _is_operator(op: Op) -> bool:
    """Whether the value is one operator of Python on the inputs, such as `x * y`."""
    match ast.parse(op.value, mode="eval").body:
        case ast.BinOp(ast.Name(), _, ast.Name()) | ast.UnaryOp(_, ast.Name()):
            return True
        case _:
            return False


def _flat(part: Formula) -> tuple[Formula, ...]:
    return part.factors if isinstance(part, fm.Mul) else (part,)


def _product(factors: list[Any]) -> Formula:
    if isinstance(factors[0], Num):
        return fm.Mul(tuple(factors), bracketed=True)
    return factors[0] if len(factors) == 1 else fm.Mul(tuple(factors))


def _sum(terms: list[Any]) -> Formula:
    return terms[0] if len(terms) == 1 else fm.Add(tuple(terms))


@functools.cache
def _condition(op: Op, test: str) -> Any:
    elements = (*op.inputs, "z")
    return op.function(f"{op.name}_case", test, elements, number_function)


def _written_condition(test: str, scope: Mapping[str, Formula]) -> str:
    """A condition of a rule with the names of the graph: `h₁ > 0`."""
    tree = ast.parse(test, mode="eval").body
    signs = {ast.Gt: ">", ast.GtE: "≥", ast.Lt: "<", ast.LtE: "≤", ast.Eq: "=", ast.NotEq: "≠"}
    if isinstance(tree, ast.Name):
        return f"{fm.write(scope[test])} ≠ 0"
    if not isinstance(tree, ast.Compare):
        return test
    sides = [tree.left, *tree.comparators]
    texts = [fm.write(fm.read(ast.unparse(side), scope, bool)) for side in sides]
    parts = [f" {signs[type(op)]} {text}" for op, text in zip(tree.ops, texts[1:], strict=True)]
    return texts[0] + "".join(parts)


def _another_way(node: Value, parent: Value, hops: dict[Value, list[Value]]) -> bool:
    """Whether a longer way leads from `node` to `parent` beside the edge between them."""
    stack = [other for other in hops[node] if other is not parent]
    seen = set(stack)
    while stack:
        for following in hops.get(stack.pop(), ()):
            if following is parent:
                return True
            if following not in seen:
                seen.add(following)
                stack.append(following)
    return False


def _listed(root: Value, wrt: Value, hops: dict[Value, list[Value]]) -> Iterator[tuple[Value, ...]]:
    """Every way from `root` to `wrt`."""
    stack: list[tuple[Value, ...]] = [(root,)]
    while stack:
        path = stack.pop()
        if path[-1] is wrt:
            yield path
        else:
            stack += [(*path, parent) for parent in reversed(hops.get(path[-1], []))]
