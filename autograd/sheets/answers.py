"""Answers: what a person has found, compared with the exact numbers, and what is said about it.

A wrong answer is compared with what comes out where a factor, a way or a sign is left out: the
likely mistakes of the page that practises, in its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isfinite, prod
from typing import Any

from autograd.explain.paths import another_way
from autograd.explain.reading import Reading
from autograd.formula import notation, plain
from autograd.formula.tree import Partial
from autograd.value import Value

# So many digits are enough of a number that is no fraction.
ENOUGH = 4
# A double that is this close to an exact number was meant to be it.
NOISE = 1e-12
# An answer that is off by less than this part is close.
CLOSE = 0.005


@dataclass(frozen=True)
class Factor:
    """A local derivative on a way back: what it is called, its number, and what it leads to."""

    text: str
    number: Any
    to: Value


@dataclass(frozen=True)
class Marked:
    """Answers that are marked: printed, it says which are right, and why a wrong one is wrong.

    `said` has a sentence for each question, in their order, and `right` how many are right.
    """

    said: Mapping[str, str]
    right: int

    @property
    def complete(self) -> bool:
        """Whether all are right."""
        return self.right == len(self.said)

    def __str__(self) -> str:
        wide = max(map(len, self.said))
        lines = [f"{name:{wide}}  {said}" for name, said in self.said.items()]
        return "\n".join([*lines, f"{self.right} of {len(self.said)} are right."])

    def __repr__(self) -> str:
        return str(self)


def asked(reading: Reading) -> dict[str, Any]:
    """The questions of a graph with their answers: its values, then the gradients.

    >>> from autograd.graph import topological
    >>> w = Value(Fraction(3), "w")
    >>> E = (w - 5) ** 2; E.label = "E"
    >>> list(asked(Reading(topological(E), None)))
    ['E', '∂E/∂w']
    """
    found = {value_name(reading, node): node.raw for node in reading.values}
    leaves = [node for node in reading.order if node.op is None and node in reading.names]
    back = [node for node in reversed(reading.values) if node is not reading.root]
    return found | {partial(reading, node): reading.gradient[node] for node in (*back, *leaves)}


def value_name(reading: Reading, node: Value) -> str:
    """What a value is called: `h₁`."""
    return notation.pretty(reading.names[node])


def partial(reading: Reading, to: Value, of: Value | None = None, *, direct: bool = False) -> str:
    """What a derivative is called, by default one of the root: `∂E/∂h₁`."""
    names = reading.names
    return plain.write(Partial(names[of or reading.root], names[to], direct=direct))


def marked(reading: Reading, answers: Mapping[str, Any]) -> Marked:
    """The answers, by the names of the questions, with what is to be said about each.

    An answer is a number or a text such as "-61/10"; None, and a question that is left out, is not
    answered. Raises ValueError for an answer to what was not asked.
    """
    questions = asked(reading)
    given = {_plainly(name): answer for name, answer in answers.items()}
    for name, plainly in zip(answers, given, strict=True):
        if plainly not in questions:
            raise ValueError(f"{name!r} was not asked: there are {', '.join(questions)}")
    about = {value_name(reading, node): node for node in reading.values}
    about |= {partial(reading, node): node for node in reading.order if node in reading.names}
    said, right = {}, 0
    for name, number in questions.items():
        try:
            answer = _read(given.get(name))
        except ValueError as error:
            said[name] = str(error)
            continue
        if answer is None:
            said[name] = "not answered yet"
        elif agrees(answer, number):
            said[name], right = "right", right + 1
        else:
            mistakes = _mistakes(reading, about[name], number, value=not name.startswith("∂"))
            why = next((why for other, why in mistakes if agrees(answer, other)), "")
            said[name] = why or _nearly(answer, number)
    return Marked(said, right)


def _plainly(name: str) -> str:
    """A question as it is printed, also where somebody writes dE/dw1.

    >>> _plainly("dE/dw1"), _plainly("h_1")
    ('∂E/∂w₁', 'h₁')
    """
    over, bar, under = name.partition("/")
    if not bar:
        return notation.pretty(name)
    parts = (notation.pretty(part.strip()[1:]) for part in (over, under))
    return "∂{}/∂{}".format(*parts)


def _read(answer: Any) -> Fraction | float | None:
    """An answer as a number. Raises ValueError, in a sentence, for what is none."""
    if isinstance(answer, str):
        text = answer.replace(notation.MINUS, "-").replace(" ", "")
        if "," in text:
            raise ValueError(f"{answer!r} is no number: a decimal point is a point, 0.5")
        try:
            return Fraction(text) if text else None
        except (ValueError, ZeroDivisionError):
            raise ValueError(f"{answer!r} is no number: write it as -15.25, or as -61/4") from None
    if answer is None or (isinstance(answer, float) and isfinite(answer)):
        return answer
    if isinstance(answer, Value):
        return _read(answer.data)
    if isinstance(answer, int | Fraction) or (isinstance(answer, Decimal) and answer.is_finite()):
        return Fraction(answer)
    raise ValueError(f"{answer!r} is no number: write it as -15.25, or as -61/4")


def agrees(given: Fraction | float, number: Any) -> bool:
    """Whether an answer is a number: exactly, or to four digits where that is a float.

    >>> agrees(0.1 + 0.2, Fraction(3, 10)), agrees(0.76, 0.76159), agrees(0.7616, 0.76159)
    (True, False, True)
    """
    if isinstance(number, float):
        unit = 10.0 ** (_exponent(number) - ENOUGH + 1)
        return bool(abs(given - number) <= (unit / 2) * (1 + NOISE))
    if isinstance(given, float):
        return bool(abs(Fraction(given) - number) <= NOISE * abs(number))
    return bool(given == Fraction(number))


def _exponent(number: float) -> int:
    return int(f"{number:e}".partition("e")[2])


def _nearly(given: Fraction | float, number: Any) -> str:
    if not abs(given - number) < CLOSE * abs(number):
        return "That is not it."
    if isinstance(number, float):
        return f"That is close, but rounded: {ENOUGH} digits are asked."
    return "That is close, but rounded: all digits are asked."


# What a wrong answer is the right one of.


def _mistakes(
    reading: Reading, node: Value, number: Any, *, value: bool
) -> Iterator[tuple[Any, str]]:
    yield -number, "That is right but for its sign."
    if not value:
        yield from _of_ways(reading, ways(reading, node))
    yield from _known(reading)
    for ten in (10, 100, 1000):
        for moved in (number * ten, number / ten):
            yield moved, "That is right but for the place of the point."


def ways(reading: Reading, wrt: Value) -> list[list[Factor]]:
    """The ways from the root back to a value, each with its local derivatives."""
    found: list[list[Factor]] = []
    stack: list[tuple[Value, list[Factor]]] = [(reading.root, [])]
    hops = {node: [*slopes] for node, slopes in reading.slope.items()}
    while stack:
        node, way = stack.pop()
        if node is wrt:
            found.append(way)
            continue
        for parent in reversed(hops.get(node, [])):
            direct = another_way(node, parent, hops)
            called = partial(reading, parent, node, direct=direct)
            factor = Factor(called, reading.slope[node][parent], parent)
            stack.append((parent, [*way, factor]))
    return found


def _of_ways(reading: Reading, all_ways: Sequence[list[Factor]]) -> Iterator[tuple[Any, str]]:
    """What comes out without a factor, or without a way, or with another sign of one."""

    def product(way: Sequence[Factor]) -> Any:
        return prod((factor.number for factor in way), start=Fraction(1))

    total = sum(map(product, all_ways), start=Fraction(0))
    for factor in dict.fromkeys(factor for way in all_ways for factor in way):
        left = [[other for other in way if other != factor] for way in all_ways]
        called = f"{factor.text} = {notation.digits(factor.number, 6)}"
        why = f"That comes out if the factor {called} is missing."
        yield sum(map(product, left), start=Fraction(0)), why
    for way in all_ways if len(all_ways) > 1 else ():
        over = ", ".join(value_name(reading, factor.to) for factor in way[:-1])
        called = f"the way over {over}" if over else "the direct way"
        yield total - product(way), f"That comes out if {called} is missing."
        yield total - 2 * product(way), f"That comes out if {called} has the other sign."
    if len(all_ways) > 1:
        multiplied = prod(map(product, all_ways), start=Fraction(1))
        yield multiplied, "That comes out if the ways are multiplied, not added."
    elif all_ways:
        added = sum((factor.number for factor in all_ways[0]), start=Fraction(0))
        yield added, "That comes out if the factors are added, not multiplied."


def _known(reading: Reading) -> Iterator[tuple[Any, str]]:
    """The numbers of the graph, and what they are."""
    hops = {node: [*slopes] for node, slopes in reading.slope.items()}
    for node, slopes in reading.slope.items():
        for parent, slope in slopes.items():
            called = partial(reading, parent, node, direct=another_way(node, parent, hops))
            yield slope, f"That is the local slope {called}."
    for node, name in reading.names.items():
        if node is not reading.root:
            yield reading.gradient[node], f"That is the gradient {partial(reading, node)}."
        yield node.raw, f"That is the value of {notation.pretty(name)}."
