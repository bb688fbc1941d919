"""Stepping: the forward and the backward pass as a sequence of steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, overload

from autograd import formula as fm
from autograd import notation
from autograd.boxes import Folded, fold
from autograd.formula import Formula, Num, Partial, Sym
from autograd.graph import flow
from autograd.line import Step as Line
from autograd.line import worked_out
from autograd.value import Value
from autograd.working import Graph, _value_formula

# A picture beside the steps has at most this many boxes.
MOST_PICTURED = 80


@dataclass(frozen=True, slots=True)
class Part:
    """What one step does with one of its inputs.

    `slope` is the local derivative and `line` its working; in a backward step `added` is what goes
    to the input's gradient, gradient times slope, worked out in `product`, and `before` and
    `total` are that gradient before and after. `use` says which of how many uses this is.
    """

    parent: Value
    name: str
    slope: Any
    line: Line
    product: Line | None = None
    added: Any = None
    before: Any = None
    total: Any = None
    use: tuple[int, int] = (1, 1)


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
    line: Line
    gradient: Any
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()
    owner: Steps | None = None

    @property
    def title(self) -> str:
        """What the step is: `backward 2 of 3: ŷ`."""
        return f"{self.phase} {self.place[0]} of {self.place[1]}: {self.name}"

    def __str__(self) -> str:
        lines = [f"{self.title}   ({self.rule})", f"  {self.line}"]
        for part in self.parts:
            text = f"  {part.line}"
            if part.product is not None:
                sides = part.product.parts()[1:]
                before, total = notation.digits(part.before), notation.digits(part.total)
                name = notation.pretty(part.name) if part.line else part.name
                text += f"\n    adds {' = '.join(sides)} to {name}: {before} → {total}"
            lines.append(text)
        return "\n".join([*lines, *(f"  · {note}" for note in self.notes)])

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from autograd import page

        bundle = {"text/plain": str(self)}
        if self.owner is not None:
            bundle["text/html"] = page.single(self.owner, self)
        return bundle


class Steps(Sequence[Step]):
    """The steps of a graph: a sequence that a notebook shows as a stepper.

    `next()` gives them one by one, whatever else reads the sequence.
    """

    def __init__(self, root: Value, level: str, names: Mapping[str, Any] | None) -> None:
        self.root = root
        self.level = level
        self._names = names
        self._graph = Graph(root, None, names)
        found = _op_steps(self._graph) if level == "op" else _named_steps(self._graph)
        self._steps = [_owned(step, self) for step in found]
        self._cursor = iter(self._steps)

    def picture(self) -> Folded:
        """The graph folded for the picture beside the steps."""
        folded = fold(self.root, self.level, self._names)
        return folded if len(folded.boxes) <= MOST_PICTURED else fold(self.root, None, self._names)

    def __len__(self) -> int:
        return len(self._steps)

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> list[Step]: ...
    def __getitem__(self, index: int | slice) -> Step | list[Step]:
        return self._steps[index]

    def __iter__(self) -> Iterator[Step]:
        return iter(self._steps)

    def __next__(self) -> Step:
        return next(self._cursor)

    @property
    def totals(self) -> dict[Value, Any]:
        """The gradient of each value that the steps name, as the running totals leave it."""
        found: dict[Value, Any] = {self.root: 1}
        found |= {part.parent: part.total for step in self for part in step.parts if part.product}
        return found

    def __str__(self) -> str:
        return "\n\n".join(map(str, self._steps))

    def __repr__(self) -> str:
        forward = sum(step.phase == "forward" for step in self)
        name = notation.pretty(self._graph.name[self.root])
        return f"<steps of {name}: {forward} forward, {len(self) - forward} backward>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from autograd import page

        shown, note = page.ends(self)
        text = "\n\n".join([*map(str, shown), *([note] if note else [])])
        return {"text/html": page.fragment(self), "text/plain": text}

    def save(self, path: str | Path) -> Path:
        """Writes the stepper as one page that needs nothing else, and returns its path."""
        from autograd import page

        target = Path(path)
        target.write_text(page.document(self), encoding="utf-8")
        return target

    def widget(self) -> Any:
        """The stepper with a slider and a play button, for a live notebook (needs anywidget)."""
        from autograd.widget import widget

        return widget(self)


def _owned(step: Step, owner: Steps) -> Step:
    object.__setattr__(step, "owner", owner)
    return step


# Steps of single operations.


def _op_steps(graph: Graph) -> Iterator[Step]:
    interior = [node for node in graph.order if node.op is not None]
    for place, node in enumerate(interior, 1):
        parts = tuple(
            Part(parent, _title(graph, parent), slope, _slope_line(graph, node, index, slope))
            for index, (parent, slope) in enumerate(zip(node.inputs, node.partials(), strict=True))
            if slope is not None
        )
        yield Step(
            "forward", (place, len(interior)), node, _title(graph, node), _row(node),
            _value_line(graph, node), None, parts,
            _forward_notes(place),
        )  # fmt: skip
    reached = [(node, gradient, adds) for node, gradient, adds in flow(graph.root) if node.op]
    uses = _uses((parent for _, _, adds in reached for _, parent, _, _ in adds))
    seen: dict[Value, int] = {}
    totals: dict[Value, Any] = {}
    for place, (node, gradient, adds) in enumerate(reached, 1):
        found = []
        for index, parent, slope, added in adds:
            before = totals.get(parent, 0)
            totals[parent] = before + added
            seen[parent] = seen.get(parent, 0) + 1
            line = _slope_line(graph, node, index, slope)
            found.append(
                Part(
                    parent, _title(graph, parent), slope, line,
                    _product_line(graph, node, parent, gradient, slope, added),
                    added, before, totals[parent], (seen[parent], uses[parent]),
                )
            )  # fmt: skip
        parts = tuple(found)
        notes = _backward_notes(graph, node, place == len(reached), parts, uses)
        yield Step(
            "backward", (place, len(reached)), node, _title(graph, node), _row(node),
            _gradient_line(graph, node, gradient), gradient, parts, notes,
        )  # fmt: skip


def _symbol(graph: Graph, node: Value) -> Formula:
    """What a value is called in a formula: its name, else its expression."""
    if node in graph.name:
        return Sym(graph.name[node])
    return graph.inline.get(node, Num(node.data))


def _partial(graph: Graph, of: Value, to: Value) -> Partial:
    above, below = (graph.name.get(node) or _symbol(graph, node) for node in (of, to))
    return Partial(above, below)


def _title(graph: Graph, node: Value) -> str:
    return fm.write(_symbol(graph, node))


def _rule(node: Value) -> str:
    return node.op.name if node.op else ""


def _row(node: Value) -> str:
    """The rule of an operation as the table has it: `mul: x * y`."""
    return f"{node.op.name}: {node.op.value}" if node.op else ""


def _value_line(graph: Graph, node: Value) -> Line:
    op = node.op
    assert op is not None
    return Line(
        op.name,
        _symbol(graph, node),
        graph.body[node],
        lambda: _value_formula(op, [Num(operand) for operand in node.operands]),
        node.data,
    )


def _slope_line(graph: Graph, node: Value, index: int, slope: Any) -> Line:
    """`∂ŷ/∂h₁ = w₃ = 0.5`."""
    left = _partial(graph, node, node.inputs[index])
    symbolic, reason = graph._slope_formula(node, index)
    numbers: dict[str, Any] = {}
    for other, operand in (*zip(node.inputs, node.operands, strict=True), (node, node.data)):
        if other in graph.name:
            numbers[graph.name[other]] = operand
        else:
            numbers |= graph.operands.get(other, {})
    line = worked_out(_rule(node), left, symbolic, numbers, slope)
    return replace(line, reason=f"as {reason}" if reason else "")


def _gradient_line(graph: Graph, node: Value, gradient: Any) -> Line:
    number = Num(gradient)
    return Line("gradient", _partial(graph, graph.root, node), number, lambda: number, gradient)


def _product_line(
    graph: Graph, node: Value, parent: Value, gradient: Any, slope: Any, added: Any
) -> Line:
    factors = fm.Mul((_partial(graph, graph.root, node), _partial(graph, node, parent)))
    numbers = fm.Mul((Num(gradient), Num(slope)), bracketed=True)
    return Line("chain rule", factors, numbers, lambda: numbers, added)


# Steps of named values.


def _named_steps(graph: Graph) -> Iterator[Step]:
    named = [node for node in graph.order if node in graph.slope]
    lines = dict(zip(named, graph.values, strict=True))
    numbers = {node: graph.operands[node] | {graph.name[node]: node.data} for node in named}

    def line(node: Value, parent: Value) -> Line:
        found = worked_out(
            _rule(node),
            _partial(graph, node, parent),
            graph.symbol[node][parent],
            numbers[node],
            graph.slope[node][parent],
        )
        reasons = ", ".join(dict.fromkeys(graph.reasons[node, parent]))
        return replace(found, reason=f"as {reasons}" if reasons else "")

    position = {node: place for place, node in enumerate(graph.order)}

    def inputs(node: Value) -> list[Value]:
        return sorted(graph.slope[node], key=position.__getitem__)

    slopes = {(node, parent): line(node, parent) for node in named for parent in inputs(node)}
    for place, node in enumerate(named, 1):
        parts = tuple(
            Part(
                parent,
                _title(graph, parent),
                graph.slope[node][parent],
                slopes[node, parent],
            )
            for parent in inputs(node)
        )
        yield Step(
            "forward", (place, len(named)), node, _title(graph, node), lines[node].rule,
            lines[node], None, parts, _forward_notes(place),
        )  # fmt: skip
    shares = _shares(graph)
    reached = [node for node in reversed(named) if node in graph.gradient]
    uses = _uses(parent for node in reached for parent in inputs(node) if (node, parent) in shares)
    seen: dict[Value, int] = {}
    totals: dict[Value, Any] = {}
    for place, node in enumerate(reached, 1):
        found = []
        for parent in inputs(node):
            if (node, parent) not in shares:
                continue
            slope, added = graph.slope[node][parent], shares[node, parent]
            before = totals.get(parent, 0)
            seen[parent] = seen.get(parent, 0) + 1
            # Single operations may add up in another order: the last total is theirs, to the bit.
            complete = seen[parent] == uses[parent]
            totals[parent] = graph.gradient.get(parent, 0) if complete else before + added
            product = _product_line(graph, node, parent, graph.gradient[node], slope, added)
            found.append(
                Part(
                    parent, _title(graph, parent), slope, slopes[node, parent], product,
                    added, before, totals[parent], (seen[parent], uses[parent]),
                )
            )  # fmt: skip
        notes = _backward_notes(graph, node, place == len(reached), tuple(found), uses)
        yield Step(
            "backward", (place, len(reached)), node, _title(graph, node), lines[node].rule,
            _gradient_line(graph, node, graph.gradient[node]), graph.gradient[node],
            tuple(found), notes,
        )  # fmt: skip


def _shares(graph: Graph) -> dict[tuple[Value, Value], Any]:
    """What each named value adds to each named input, over the operations in between."""
    owner: dict[Value, Value] = {}
    shares: dict[tuple[Value, Value], Any] = {}
    for node, _, adds in flow(graph.root):
        top = node if node in graph.name else owner[node]
        for _, parent, _, added in adds:
            if parent not in graph.name:
                owner[parent] = top
            elif (top, parent) in shares:
                shares[top, parent] += added
            else:
                shares[top, parent] = added
    return shares


# What to learn.


def _uses(parents: Any) -> dict[Value, int]:
    count: dict[Value, int] = {}
    for parent in parents:
        count[parent] = count.get(parent, 0) + 1
    return count


def _forward_notes(place: int) -> tuple[str, ...]:
    if place > 1:
        return ()
    return ("Forward goes in topological order: every value comes after those it is made of.",)


def _backward_notes(
    graph: Graph, node: Value, last: bool, parts: tuple[Part, ...], uses: dict[Value, int]
) -> tuple[str, ...]:
    notes = []
    name = _title(graph, node)
    if node is graph.root:
        notes.append(f"Backward starts at {name}: the derivative of a value to itself is 1.")
    elif uses.get(node, 1) > 1:
        notes.append(
            f"{name} is used {uses[node]} times and all of them have added to its gradient: only "
            "now is it complete. That is why backward goes in reverse topological order."
        )
    shared = dict.fromkeys(part.name for part in parts if part.use[0] > 1)
    notes += [
        f"{part} is used more than once, so this is added to what is there already: gradients of "
        "several ways add up."
        for part in shared
    ]
    if last:
        notes.append(
            "Leaves keep what was added. backward() a second time adds it again: zero_grad() "
            "comes first."
        )
    return tuple(notes)
