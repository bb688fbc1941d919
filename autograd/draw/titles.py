"""Titles: what stands in the boxes of a picture, as text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from autograd.draw.folding import Box, Folded
from autograd.draw.neurons import Neuron
from autograd.draw.repeats import rounds
from autograd.formula import notation, plain
from autograd.formula import tree as fm
from autograd.formula.tree import Formula, Sym
from autograd.value import Value

# Longer texts are cut, and floats rounded to this many digits, so that a box stays a box.
WIDEST = 40
SIGNIFICANT = 6
# An exact number with more digits than this is rounded even in a tooltip.
FULL = 60

ROLES = {"weight": "weight", "input": "input", "target": "target"}


def short(number: Any, significant: int = SIGNIFICANT) -> str:
    """A number for a box: exact if that is short, else rounded to a few significant digits."""
    text = notation.digits(number)
    return text if len(text) <= significant + 4 else notation.digits(number, significant)


def full(number: Any) -> str:
    """A number as a tooltip has it."""
    text = notation.digits(number)
    return text if len(text) <= FULL else notation.digits(number, 30)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 box`, `2 boxes`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


class Titles:
    """The titles of the boxes of a graph. `roles` are those of its leaves.

    Long numbers have so many `digits`.
    """

    def __init__(
        self, folded: Folded, roles: Mapping[Value, str], digits: int | None = None
    ) -> None:
        self.folded = folded
        self.digits = digits or SIGNIFICANT
        self.reading = folded.reading
        self.roles = roles
        again = [box for box in folded.boxes if box.repeat is not None]
        framed = [box.members for box in again if not box.repeat]
        self.times = rounds(framed) if framed else 0
        self._alike = {box: self._common(box.members) for box in again}
        # Whatever counts up farthest is the index t itself, in each repeat.
        self._latest: dict[int | None, int] = {}
        for box, parts in self._alike.items():
            shifts = [shift for _, shift in parts if shift is not None]
            known = self._latest.get(box.repeat)
            self._latest[box.repeat] = max(shifts if known is None else [known, *shifts], default=0)

    def _common(self, members: Sequence[Value]) -> list[tuple[str, int | None]]:
        """What the values of all rounds are called; if too much differs, `hₜ = tanh` or nothing."""
        times = len(members)
        parts = common([self.whole(node) for node in members], times)
        if parts or members[0].op is None or not all(map(self.name, members)):
            return parts
        named = common([self.name(node) for node in members], times)
        return named and [*named[:-1], (f"{named[-1][0]} = {members[0].op.name}", None)]

    def label(self, node: Value) -> str:
        """A value's name as it was given, or ''."""
        return self.reading.names.get(node, "") if self.reading else node.label

    def name(self, node: Value) -> str:
        """A value's name as a person writes it, or ''; of a root with several, `u = v`."""
        names = [self.label(node), *self.folded.also.get(node, ())]
        return " = ".join(map(notation.pretty, names))

    def expression(self, node: Value) -> str:
        """The formula of a computed value, shortened; of one in a very large graph, its rule."""
        assert node.op is not None
        if self.reading is None:
            return node.op.name
        return plain.write(shortened(self.reading.writing.body[node], self.digits))

    def whole(self, node: Value) -> str:
        """`h₁ = x₁·w₁ + x₂·w₂`, without a name or an expression if there is none.

        A label that is the expression itself is said once.
        """
        if node.op is None:
            return self.name(node) or short(node.data, self.digits)
        name, expression = self.name(node), self.expression(node).replace("\n", " ")
        label = self.label(node)
        if _compared(label) == _compared(expression):
            return _as_formula(label)
        return " = ".join(part for part in (name, expression) if part)

    def title(self, box: Box) -> str:
        """The text at the top of a box."""
        if box.called:  # by its key
            return cut(box.called)
        if box.kind == "layer":
            return _layer_title(box.neurons)
        if box.kind == "parameters":
            return counted(len(box.members), "parameter")
        if box.kind == "neuron" and box.shown is not None:
            neuron = box.neurons[0]
            name = self.name(box.shown)
            return (f"{name} = " if name else "") + f"{neuron.activation} neuron"
        if box.repeat is not None:
            text = self._round(box)
            return f"{text}  × {len(box.members)}" if box.repeat else text
        if box.kind == "values":
            return self._several(box)
        return cut(self.whole(box.members[-1] if box.shown is None else box.shown))

    def _round(self, box: Box) -> str:
        """What each round of a repeat computes, with an index: `hₜ = tanh(w·xₜ + u·hₜ₋₁)`."""
        text, members = "", box.members
        for part, shift in self._alike[box]:
            back = None if shift is None else shift - self._latest[box.repeat]
            text += part + ("" if back is None else "ₜ")
            text += f"{back:+}".translate(_SHIFT) if back else ""
        if not text and members[0].op is None:
            return self._leaves(members)
        op = members[-1].op
        return cut(text or (op.name if op else "value"))

    def _leaves(self, members: Sequence[Value]) -> str:
        """`3 weights, 2 inputs`."""
        kinds = Counter(self.roles.get(node, "input") for node in members)
        return ", ".join(counted(count, ROLES.get(kind, "value")) for kind, count in kinds.items())

    def _several(self, box: Box) -> str:
        if all(node.op is None for node in box.members):
            return self._leaves(box.members)
        kinds = Counter(node.op.name for node in box.members if node.op)
        parts = [f"{count} {kind}" for kind, count in kinds.most_common(3)]
        more = " …" if len(kinds) > 3 else ""
        name = "" if box.shown is None else self.name(box.shown)
        return f"{name}{': ' * bool(name)}{', '.join(parts)}{more}"


def _layer_title(neurons: list[Neuron]) -> str:
    """`layer 1: 16 relu neurons, 20 times`, for 20 samples."""
    distinct = {neuron.parameters: neuron.activation for neuron in neurons}
    kinds = Counter(distinct.values())
    parts = ", ".join(counted(count, f"{kind} neuron") for kind, count in kinds.items())
    times = len(neurons) // len(distinct)
    return f"layer {neurons[0].layer}: {parts}" + (f", {times} times" if times > 1 else "")


def _as_formula(label: str) -> str:
    """A label that is an expression in Python's notation, as a formula.

    >>> _as_formula("x1*w1 + x2**2")
    'x₁·w₁ + x₂²'
    """
    text = re.sub(r"[A-Za-z_]\w*", lambda word: notation.pretty(word[0]), label)
    text = re.sub(r"\*\*(\d+)", lambda power: power[1].translate(notation.SUPERSCRIPTS), text)
    return text.replace("*", "·").replace("-", "−")


def _compared(text: str) -> str:
    """A label or a formula without what may be written in several ways: brackets and spaces."""
    return re.sub(r"[\s()]", "", _as_formula(text))


_INDEX = re.compile(r"([₀-₉]+)")
_FROM_SUBSCRIPT = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SHIFT = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")


def common(texts: Sequence[str], rounds: int) -> list[tuple[str, int | None]]:
    """What texts have in common that differ in an index that counts the rounds; [] if nothing.

    Parts of the text, each with how much the index after it is more than the number of the round,
    which is `rounds` for the last text, and None where no index follows.

    >>> common(["w·x₂ + h₁", "w·x₃ + h₂", "w·x₄ + h₃"], 4)
    [('w·x', 0), (' + h', -1), ('', None)]
    """
    texts = texts[1:] if len(texts) > 2 else texts  # the first round may begin otherwise
    rows = [_INDEX.split(text) for text in texts]
    frame = rows[0][::2]
    if any(row[::2] != frame for row in rows):
        return []
    parts: list[tuple[str, int | None]] = []
    fixed = ""
    for place, piece in enumerate(frame[:-1]):
        fixed += piece
        column = [row[2 * place + 1] for row in rows]
        if len(set(column)) == 1:
            fixed += column[0]
            continue
        first = rounds - len(column) + 1
        shifts = {int(text.translate(_FROM_SUBSCRIPT)) - first - k for k, text in enumerate(column)}
        if len(shifts) > 1:
            return []
        parts.append((fixed, shifts.pop()))
        fixed = ""
    return [*parts, (fixed + frame[-1], None)]


def shortened(formula: Formula, digits: int = SIGNIFICANT) -> Formula:
    """The formula with the middle of long sums, products and calls left out.

    Numbers that are long are rounded to so many digits.
    """
    most = 4
    gap = Sym("…")

    def cut_out(parts: tuple[Formula, ...]) -> tuple[Formula, ...]:
        kept = parts if len(parts) <= most else (*parts[:2], gap, parts[-1])
        return tuple(shortened(part, digits) for part in kept)

    match formula:
        case fm.Add(terms):
            return fm.Add(cut_out(terms))
        case fm.Mul(factors, bracketed):
            return fm.Mul(cut_out(factors), bracketed)
        case fm.Call(name, arguments):
            return fm.Call(name, cut_out(arguments))
        case fm.Div(over, under):
            return fm.Div(shortened(over, digits), shortened(under, digits))
        case fm.Pow(base, exponent):
            return fm.Pow(shortened(base, digits), shortened(exponent, digits))
        case fm.Neg(of):
            return fm.Neg(shortened(of, digits))
        case fm.Num(value, None):
            return formula if len(notation.digits(value)) <= 10 else fm.Num(value, digits)
        case _:
            return formula


def cut(text: str) -> str:
    """A text of at most four lines, the middle of long ones left out."""
    lines = [
        line if len(line) <= WIDEST else f"{line[: WIDEST * 2 // 3]} … {line[-WIDEST // 3 + 3 :]}"
        for line in text.split("\n")
        if line.strip(" ")
    ]
    return "\n".join(lines[:4])
