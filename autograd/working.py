"""The working of a derivative: values, local derivatives and the chain rule, line by line."""

from __future__ import annotations

import ast
import functools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count, pairwise
from typing import Any

from autograd import formula as fm
from autograd import notation
from autograd.formula import Formula, Num, Partial, Sym
from autograd.graph import flow, topological
from autograd.ops import Op, number_function
from autograd.value import Value

# An unnamed value whose formula is longer than this gets a name of its own.
LONGEST = 30
# More ways than this from the root to a variable are summed consumer by consumer, not listed.
MOST_PATHS = 8
# Nor is a way of more hops than this.
MOST_HOPS = 12
# The results in between are shown for formulas up to this size.
MOST_WORKED_OUT = 30
# A text shows this many lines of one kind at most; the middle is left out, and it says so.
MOST_LINES = 40


@dataclass(frozen=True)
class Step:
    """One line of working: `name = symbolic = substituted = value`.

    `rule` says what the line is: the operations of a value or of a local derivative, "chain rule",
    "sum over paths" or "sum over consumers". `symbolic` and `substituted` are text; the formulas
    they come from are in `formulas`. `exact` is False where rounding in the computation itself
    shows: the digits of `substituted` then give `value` only nearly. `reason` says which case of a
    rule applied.
    """

    rule: str
    left: Formula
    right: Formula
    numbers: Callable[[], Formula]
    value: Any
    reason: str = ""

    @property
    def formulas(self) -> tuple[Formula, Formula, Formula]:
        """The name, the formula with names and the formula with numbers."""
        return self.left, self.right, self._settled[0]

    @property
    def exact(self) -> bool:
        """Whether the digits shown give the digits of the result."""
        return self._settled[1]

    @functools.cached_property
    def _settled(self) -> tuple[Formula, bool]:
        """The formula with as many digits as give those of the result: 12, else 15 or 17."""
        try:
            numbers, wanted = self.numbers(), notation.digits(self.value)
        except KeyError:  # a name without a number: a whole run, say
            return Num(self.value), True
        if isinstance(self.value, float) and not math.isfinite(self.value):
            return numbers, True
        for shown in (None, 15, 17):
            candidate = _with_digits(numbers, shown)
            try:
                again = fm.evaluate(candidate, _call)
                if not isinstance(self.value, float):
                    if again == self.value:
                        return candidate, True
                    break
                if notation.digits(float(again)) == wanted:
                    return candidate, True
            except (TypeError, ValueError, ArithmeticError, KeyError):
                break  # nothing a reader could do by hand either
        return numbers, not isinstance(self.value, float)

    @property
    def name(self) -> str:
        """What the line gives the value of: `∂E/∂w₁`."""
        return fm.write(self.formulas[0])

    @property
    def symbolic(self) -> str:
        """The formula with names: `∂E/∂ŷ · ∂ŷ/∂h₁ · ∂h₁/∂w₁`."""
        return fm.write(self.formulas[1])

    @property
    def substituted(self) -> str:
        """The formula with numbers: `(−6.1)(0.5)(5)`."""
        return fm.write(self.formulas[2])

    def stages(self) -> list[Formula]:
        """The results in between: −6.1 squared over 2, 37.21 over 2. None where they are many."""
        found: list[Formula] = []
        current = self.formulas[2]
        if not self.exact or fm.size(current) > MOST_WORKED_OUT:
            return found
        while True:
            current = fm.reduced(current, _call)
            if isinstance(current, Num):
                return found
            found.append(current)

    @property
    def result(self) -> str:
        """The digits of the value."""
        return notation.digits(self.value)

    def parts(self) -> list[str]:
        """The line's sides, without repeating one that says nothing new."""
        formulas = (*self.formulas, *self.stages())
        texts = [fm.write(part) for part in formulas] + [self.result]
        return list(dict.fromkeys(texts))

    def __str__(self) -> str:
        *sides, result = self.parts()
        line = " = ".join(sides) + (" = " if self.exact else " ≈ ") + result
        return line + (f"   ({self.reason})" if self.reason else "")

    def tex(self) -> str:
        """The line as TeX, for an `aligned` environment: `a &= b = c`."""
        formulas = (*self.formulas, *self.stages(), Num(self.value))
        texts = [fm.write_tex(part) for part in formulas]
        first, *sides = dict.fromkeys(texts)
        *middle, last = sides or [first]
        relation = "= " if self.exact else r"\approx "
        line = f"{first} &" + "".join(f"= {side} " for side in middle) + relation + last
        return line + (rf"\quad\text{{({_tex_reason(self.reason)})}}" if self.reason else "")


def _tex_reason(reason: str) -> str:
    return reason.replace("_", r"\_")


@dataclass(frozen=True, slots=True)
class Explanation:
    """The working of one derivative. Printing it shows the text, a notebook typesets it.

    `value` is the derivative, the number that `backward()` adds to `wrt.grad`. `paths` has every
    way from the root to `wrt` as a tuple of names (none if there are too many to list). `steps`
    has the lines: first values, then local derivatives, then the chain rule.
    """

    root: Value
    wrt: Value
    value: Any
    paths: tuple[tuple[str, ...], ...]
    values: tuple[Step, ...]
    slopes: tuple[Step, ...]
    chain: tuple[Step, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """All lines in order."""
        return self.values + self.slopes + self.chain

    def __str__(self) -> str:
        return "\n".join(_text(self.values, [self]))

    def __repr__(self) -> str:
        return str(self)

    def _repr_latex_(self) -> str:
        return _tex(self.values, [self])

    def _repr_markdown_(self) -> str:
        return _markdown(self.values, [self])


@dataclass(frozen=True, slots=True)
class Working:
    """The working of several derivatives of one root: a sequence of Explanations."""

    values: tuple[Step, ...]
    explanations: tuple[Explanation, ...]

    def __len__(self) -> int:
        return len(self.explanations)

    def __iter__(self) -> Iterator[Explanation]:
        return iter(self.explanations)

    def __getitem__(self, index: int) -> Explanation:
        return self.explanations[index]

    def __str__(self) -> str:
        return "\n".join(_text(self.values, self.explanations))

    def __repr__(self) -> str:
        return str(self)

    def _repr_latex_(self) -> str:
        return _tex(self.values, self.explanations)

    def _repr_markdown_(self) -> str:
        return _markdown(self.values, self.explanations)


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
                yield _step(node.op.name, left, symbolic, self.operands[node], node._data)

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
                step = _step(
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


def _step(
    rule: str, left: Formula, symbolic: Formula, numbers: Mapping[str, Any], value: Any
) -> Step:
    def number(part: Num | Sym) -> Formula:
        return Num(numbers[part.name]) if isinstance(part, Sym) else part

    return Step(rule, left, symbolic, lambda: fm.replaced(symbolic, number), value)


def _with_digits(part: Formula, shown: int | None) -> Formula:
    """The formula with `shown` significant digits for every float."""
    if shown is None:
        return part

    def longer(part: Num | Sym) -> Formula:
        if isinstance(part, Num) and isinstance(part.value, float):
            return Num(part.value, shown)
        return part

    return fm.replaced(part, longer)


def _call(name: str, *numbers: Any) -> Any:
    """A function of numbers; of whole numbers in a slope, in floats if it has no exact value."""
    if name == "pi":
        return math.pi
    try:
        return number_function(name)(*numbers)
    except TypeError:
        return number_function(name)(*map(float, numbers))


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


# Laying out.


def _kept(steps: tuple[Step, ...]) -> list[Step | str]:
    if len(steps) <= MOST_LINES:
        return list(steps)
    half = MOST_LINES // 2
    left_out = len(steps) - 2 * half
    return [*steps[:half], f"… {left_out} more lines …", *steps[-half:]]


def _block(title: str, steps: tuple[Step, ...]) -> list[str]:
    return [title, *(f"  {step}" for step in _kept(steps)), ""] if steps else []


def _text(values: tuple[Step, ...], explanations: Iterable[Explanation]) -> list[str]:
    lines = _block("values", values)
    for explanation, slopes in _new_slopes(explanations):
        lines += _block("local derivatives", slopes)
        for step in _kept(explanation.chain):
            if isinstance(step, str):
                lines.append(f"  {step}")
                continue
            name, *sides = step.parts()
            signs = ["="] * (len(sides) - 1) + ["=" if step.exact else "≈"]
            pad = " " * len(name)
            lines += [
                f"  {pad if index else name} {sign} {side}"
                for index, (sign, side) in enumerate(zip(signs, sides, strict=True))
            ]
        if explanation.chain:
            lines.append("")
    return lines[:-1] if lines and not lines[-1] else lines


def _new_slopes(
    explanations: Iterable[Explanation],
) -> Iterator[tuple[Explanation, tuple[Step, ...]]]:
    """Each explanation with the local derivatives that none before it has shown."""
    shown: set[str] = set()
    for explanation in explanations:
        yield explanation, tuple(s for s in explanation.slopes if str(s) not in shown)
        shown |= {str(step) for step in explanation.slopes}


def _aligned(steps: tuple[Step, ...]) -> str:
    rows = [rf"&\text{{{step}}}" if isinstance(step, str) else step.tex() for step in _kept(steps)]
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def _tex(values: tuple[Step, ...], explanations: Iterable[Explanation]) -> str:
    blocks = [values]
    for explanation, slopes in _new_slopes(explanations):
        blocks += [slopes, explanation.chain]
    aligned = [_aligned(steps) for steps in blocks if steps]
    return "$$\n\\begin{gathered}\n" + " \\\\[1em]\n".join(aligned) + "\n\\end{gathered}\n$$"


def _markdown(values: tuple[Step, ...], explanations: Iterable[Explanation]) -> str:
    parts = ["**Values**", f"$$\n{_aligned(values)}\n$$"] if values else []
    for explanation, slopes in _new_slopes(explanations):
        for title, steps in (
            ("**Local derivatives**", slopes),
            ("**Chain rule**", explanation.chain),
        ):
            if steps:
                parts += [title, f"$$\n{_aligned(steps)}\n$$"]
    return "\n\n".join(parts)
