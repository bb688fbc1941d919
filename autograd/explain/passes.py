"""Passes: the forward and the backward pass of a graph, worked out step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Any, Protocol, TypeAlias

from autograd.explain import paths
from autograd.explain.equation import Equation, worked_out
from autograd.explain.naming import origin
from autograd.explain.reading import Reading
from autograd.explain.slopes import because, share, total_of
from autograd.explain.writing import Holds, Writing, rule_name, value_formula
from autograd.formula import notation, plain
from autograd.formula import tree as fm
from autograd.formula.tree import Formula, Num, Partial, Sym
from autograd.graph import fold
from autograd.text import calls
from autograd.value import Value

# More steps than this are steps of named values, unless single operations are asked for.
MOST_STEPS = 60


class Owner(Protocol):
    """What a step belongs to, and what shows it."""

    def single(self, step: Step) -> str:
        """One of its steps as HTML."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """What one step does with one of its inputs.

    `slope` is the local derivative and `line` its working; in a backward step `added` is what goes
    to the input's gradient, gradient times slope, worked out in `product`, and `before` and
    `total` are that gradient before and after. `use` says which of how many uses this is; an input
    that stands in two places of one operation is one part, whose slope is their sum.
    """

    parent: Value
    name: str
    slope: Any
    line: Equation
    product: Equation | None = None
    added: Any = None
    before: Any = None
    total: Any = None
    use: tuple[int, int] = (1, 1)

    def totals(self) -> tuple[str, str]:
        """The digits of the gradient before and after."""
        digits = self.line.digits
        return notation.digits(self.before, digits), notation.digits(self.total, digits)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a value computed (phase "forward") or its gradient handed on ("backward").

    `node` is the value, `name` its name or expression, `rule` the operation, `line` its working
    (the value, or the gradient that arrives), `gradient` the gradient that arrives, None on the way
    forward, `parts` what happens with each input, and `notes` what to learn from it. `place` is the
    step's number within its phase and the number of steps of that phase.
    """

    phase: str
    place: tuple[int, int]
    node: Value
    name: str
    rule: str
    line: Equation
    gradient: Any
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()
    owner: Owner | None = field(default=None, repr=False)

    @property
    def title(self) -> str:
        """What the step is: `backward 2 of 3: ŷ`."""
        return f"{self.phase} {self.place[0]} of {self.place[1]}: {self.name}"

    def __str__(self) -> str:
        lines = [f"{self.title}   ({self.rule})", f"  {self.line}"]
        for part in self.parts:
            text = f"  {part.line}"
            if part.product is not None:
                before, total = part.totals()
                text += f"\n    adds {part.product.working()} to {part.name}: {before} → {total}"
            lines.append(text)
        return "\n".join([*lines, *(f"  · {note}" for note in self.notes)])

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        bundle = {"text/plain": str(self)}
        if self.owner is not None:
            bundle["text/html"] = self.owner.single(self)
        return bundle


def level_of(order: Sequence[Value], collapse: str | None = None) -> str:
    """What a step is of, "op" or "named"; by default single operations up to 60 steps.

    Raises ValueError for another `collapse`.
    """
    if collapse not in (None, "op", "named"):
        raise ValueError(f"unknown level {collapse!r}: steps are of 'op' or 'named' values")
    operations = sum(node.op is not None for node in order)
    return collapse or ("op" if 2 * operations <= MOST_STEPS else "named")


def passes(reading: Reading, level: str) -> Iterator[Step]:
    """The steps of both passes, of single operations ("op") or of named values ("named")."""
    return op_steps(reading) if level == "op" else named_steps(reading)


def op_steps(reading: Reading) -> Iterator[Step]:
    """The steps of single operations."""
    interior = [node for node in reading.order if node.op is not None]
    for place, node in enumerate(interior, 1):
        parts = tuple(
            Part(parent, title(reading, parent), slope, _slope_line(reading, node, parent, slope))
            for parent, slope in _slopes(node)
        )
        yield Step(
            "forward", (place, len(interior)), node, title(reading, node), row(node),
            _value_line(reading, node), None, parts, _forward_notes(place),
        )  # fmt: skip
    slopes = partial(Value.slopes, missing=True)
    passed = fold(reading.order, 1, slopes, times=share, plus=total_of)
    yield from _backward(
        reading,
        [(node, gradient, _summed(adds)) for node, gradient, adds in passed if node.op is not None],
        partial(_slope_line, reading),
        row,
    )


def _slopes(node: Value) -> Iterator[tuple[Value, Any]]:
    """The derivative of an operation to each of its inputs, over all places where that stands."""
    slopes = node.slopes(missing=True)
    found = [(place, parent, 0 if slope is False else slope, 0) for place, parent, slope in slopes]
    return ((parent, slope) for parent, slope, _ in _summed(found))


def _summed(adds: list[tuple[int, Value, Any, Any]]) -> _Adds:
    """What goes to each input, with its slope; in x·x both factors are x: their slopes are one."""
    found: dict[Value, tuple[Any, Any]] = {}
    for _, parent, slope, added in adds:
        if parent in found:
            before, sum_of = found[parent]
            slope, added = total_of(before, slope), total_of(sum_of, added)  # noqa: PLW2901
        found[parent] = slope, added
    return [(parent, slope, added) for parent, (slope, added) in found.items()]


def symbol(reading: Reading, node: Value) -> Formula:
    """What a value is called in a formula: its name, else its expression."""
    if node in reading.names:
        return Sym(reading.names[node])
    return reading.writing.inline.get(node, Num(node.data))


def derivative(reading: Reading, of: Value, to: Value) -> Partial:
    """The derivative of one value to another, each by its name or its expression."""
    above, below = (reading.names.get(node) or symbol(reading, node) for node in (of, to))
    return Partial(above, below)


def title(reading: Reading, node: Value) -> str:
    """What a value is called, or its expression."""
    return plain.write(symbol(reading, node))


def row(node: Value) -> str:
    """The rule of an operation as the table has it: `mul: x * y`.

    Without its text where that calls what only rules call.
    """
    op = node.op
    if op is None:
        return ""
    for text, tree in ((op.value, op.trees.value), (op.meaning, op.trees.meaning)):
        hidden = any(row.helper for call in calls(tree) if (row := op.rows.get(call.name)))
        if text and not op.helper and not hidden:
            return f"{rule_name(op)}: {text}"
    return rule_name(op)


def _value_line(reading: Reading, node: Value) -> Equation:
    assert node.op is not None
    return Equation(
        rule_name(node.op),
        symbol(reading, node),
        reading.writing.body[node],
        partial(_numbered, reading, node),
        node.data,
        digits=reading.digits,
    )


def _numbered(reading: Reading, node: Value) -> Formula:
    def number(part: Num | Sym) -> Formula:
        return Num(node.operands[int(part.name)]) if isinstance(part, Sym) else part

    return fm.replaced(of_operands(reading, node), number)


def of_operands(reading: Reading, node: Value) -> Formula:
    """The value of an operation as a formula of its operands, each called by its place: "0"."""
    arguments = enumerate(reading.writing.arguments(node))
    given: list[Formula] = [
        shown if isinstance(shown, Num) else Sym(str(place)) for place, shown in arguments
    ]
    assert node.op is not None
    return reading.writing.own(value_formula(node.op, given, node.operands))


def slope_formula(
    writing: Writing, node: Value, parent: Value, holds: Holds | None = None
) -> tuple[Formula, tuple[Formula, ...]]:
    """An operation's derivative to an input with symbols, and the cases of the rule that applied.

    Where the input stands in several places it is their sum: `∂(x·x)/∂x = x + x`.
    """
    places = [place for place, given in enumerate(node.inputs) if given is parent]
    terms, reasons = zip(*(writing.slope(node, place, holds) for place in places), strict=True)
    found = [term for term in terms if term != Num(0)] or [Num(0)]
    formula = found[0] if len(found) == 1 else fm.Add(tuple(found))
    return formula, tuple(chain.from_iterable(reasons))


def _slope_line(reading: Reading, node: Value, parent: Value, slope: Any) -> Equation:
    """`∂ŷ/∂h₁ = w₃ = 0.5`."""
    assert node.op is not None
    left = derivative(reading, node, parent)
    symbolic, reasons = slope_formula(reading.writing, node, parent)
    numbers = reading.writing.numbers(node)
    if node in reading.names:
        numbers[reading.names[node]] = node.data
    else:
        numbers |= reading.writing.operands[node]
    line = worked_out(rule_name(node.op), left, symbolic, numbers, slope, reading.digits)
    return replace(line, remark=because(reasons))


def _gradient_line(reading: Reading, node: Value, gradient: Any) -> Equation:
    left, number = derivative(reading, reading.root, node), Num(gradient)
    return Equation(
        "gradient", left, number, partial(_as_it_is, number), gradient, digits=reading.digits
    )


def _as_it_is(formula: Formula) -> Formula:
    return formula


def _product_line(
    reading: Reading, node: Value, parent: Value, gradient: Any, slope: Any, added: Any
) -> Equation:
    above = derivative(reading, reading.root, node)
    factors = fm.Mul((above, derivative(reading, node, parent)))
    numbers = fm.Mul((Num(gradient), Num(slope)), bracketed=True)
    return Equation(
        "chain rule", factors, numbers, partial(_as_it_is, numbers), added, digits=reading.digits
    )


# One step back after the other, whatever the steps are of.

_Adds: TypeAlias = "list[tuple[Value, Any, Any]]"  # to whom, the slope, what is added


def _backward(
    reading: Reading,
    reached: list[tuple[Value, Any, _Adds]],
    line: Callable[[Value, Value, Any], Equation],
    rule: Callable[[Value], str],
) -> Iterator[Step]:
    """The steps for nodes with their gradients and what each adds to whom."""
    uses = Counter(parent for _, _, adds in reached for parent, _, _ in adds)
    seen: Counter[Value] = Counter()
    totals: dict[Value, Any] = {}
    for place, (node, gradient, adds) in enumerate(reached, 1):
        found = []
        for parent, slope, added in adds:
            before = totals.get(parent, 0)
            seen[parent] += 1
            # Single operations may add up in another order: the last total is theirs, to the bit.
            complete = seen[parent] == uses[parent]
            total = reading.gradient.get(parent, 0) if complete else total_of(before, added)
            totals[parent] = total
            product = _product_line(reading, node, parent, gradient, slope, added)
            found.append(
                Part(
                    parent, title(reading, parent), slope, line(node, parent, slope),
                    product, added, before, total, (seen[parent], uses[parent]),
                )
            )  # fmt: skip
        parts = tuple(found)
        notes = _backward_notes(reading, node, place == len(reached), parts, uses)
        yield Step(
            "backward", (place, len(reached)), node, title(reading, node), rule(node),
            _gradient_line(reading, node, gradient), gradient, parts, notes,
        )  # fmt: skip


def named_steps(reading: Reading) -> Iterator[Step]:
    """The steps of named values, each over the operations in between."""
    named, gradient = [*reading.slope], reading.gradient
    position = {node: place for place, node in enumerate(reading.order)}

    def inputs(node: Value) -> list[Value]:
        return sorted(reading.slope[node], key=position.__getitem__)

    def line(node: Value, parent: Value) -> Equation:
        return paths.slope_step(reading, node, parent, derivative(reading, node, parent))

    for place, node in enumerate(named, 1):
        parts = tuple(
            Part(parent, title(reading, parent), reading.slope[node][parent], line(node, parent))
            for parent in inputs(node)
        )
        yield Step(
            "forward", (place, len(named)), node, title(reading, node),
            reading.values[node].rule, reading.values[node], None, parts, _forward_notes(place),
        )  # fmt: skip
    shares = shares_of(reading)
    yield from _backward(
        reading,
        [
            (node, gradient[node], [
                (parent, reading.slope[node][parent], shares[node, parent])
                for parent in inputs(node) if (node, parent) in shares
            ])
            for node in reversed(named) if node in gradient
        ],
        lambda node, parent, _: line(node, parent),
        lambda node: reading.values[node].rule,
    )  # fmt: skip


def shares_of(reading: Reading) -> dict[tuple[Value, Value], Any]:
    """What each named value adds to each named input, over the operations in between."""
    owner = {node: top for top, own in reading.segments.items() for node in own[:-1]}
    owner |= dict(zip(reading.segments, reading.segments, strict=True))
    shares: dict[tuple[Value, Value], Any] = {}
    slopes = partial(Value.slopes, missing=True)
    for node, _, adds in fold(reading.order, 1, slopes, times=share, plus=total_of):
        for _, through, _, added in adds:
            parent = origin(through, reading.names)
            if parent in reading.names and origin(node, reading.names) is node:
                pair = owner[node], parent
                shares[pair] = total_of(shares[pair], added) if pair in shares else added
    return shares


# What to learn.

NOTES = {
    "forward": "Forward goes in topological order: every value comes after those it is made of.",
    "root": "Backward starts at {name}: the derivative of a value to itself is 1.",
    "complete": "{name} is used in {count} steps and all of them have added to its gradient: only "
    "now is it complete. That is why backward goes in reverse topological order.",
    "again": "{name} is used more than once, so this is added to what is there already: gradients "
    "of several ways add up.",
    "last": "Leaves keep what was added. backward() a second time adds it again: zero_grad() comes "
    "first.",
}


def _forward_notes(place: int) -> tuple[str, ...]:
    return (NOTES["forward"],) if place == 1 else ()


def _backward_notes(
    reading: Reading, node: Value, last: bool, parts: tuple[Part, ...], uses: Mapping[Value, int]
) -> tuple[str, ...]:
    notes = []
    name = title(reading, node)
    if node is reading.root:
        notes.append(NOTES["root"].format(name=name))
    elif uses.get(node, 1) > 1:
        notes.append(NOTES["complete"].format(name=name, count=uses[node]))
    shared = dict.fromkeys(part.name for part in parts if part.use[0] > 1)
    notes += [NOTES["again"].format(name=part) for part in shared]
    return (*notes, *([NOTES["last"]] if last else []))
