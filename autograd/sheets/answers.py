"""Answers: what a person has found, compared with the exact numbers, and what is said about it.

A wrong answer is compared with what comes out where a factor, a way or a sign is left out: the
likely mistakes of the page that practises, in its words.
"""

from __future__ import annotations

import re
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
# A decimal or a fraction, of no more digits than anybody types.
NUMBER = re.compile(
    r"[-+]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})(e[-+]?\d{1,2})?|[-+]?\d{1,40}/0*[1-9]\d{0,40}"
)


@dataclass(frozen=True)
class Factor:
    """A local derivative on a way back: what it is called, its number, and what it leads to."""

    text: str
    number: Fraction | float
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
    found = {value_name(reading, node): exact(node.raw) for node in reading.values}
    leaves = [node for node in reading.order if node.op is None and node in reading.names]
    back = [node for node in reversed(reading.values) if node is not reading.root]
    return found | {partial(reading, node): gradient(reading, node) for node in (*back, *leaves)}


def gradient(reading: Reading, node: Value) -> Fraction | float:
    """The derivative of the root to a value: 0 where nothing comes back to it."""
    return exact(reading.gradient.get(node, 0))


def exact(number: Any) -> Fraction | float:
    """A float as it is, and any other number as a fraction.

    Raises ValueError where there is none: what has no exact value needs a graph of floats.
    """
    if number is None:
        raise ValueError("a number of this graph has no exact value: make it of floats")
    if not notation.is_finite(number):
        raise ValueError(f"a number of this graph is {notation.digits(number)}")
    return number if isinstance(number, float) else Fraction(number)


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
        if not text:
            return None
        if NUMBER.fullmatch(text):
            return Fraction(text)
    if answer is None or (isinstance(answer, float) and isfinite(answer)):
        return answer
    if isinstance(answer, Value):
        return _read(answer.data)
    if isinstance(answer, int | Fraction) or (isinstance(answer, Decimal) and answer.is_finite()):
        return Fraction(answer)
    raise ValueError(f"{answer!r} is no number: write it as -15.25, or as -61/4")


def agrees(given: Fraction | float, number: Fraction | float) -> bool:
    """Whether an answer is a number: that very one, or, of a float of many digits, four or more.

    >>> agrees(0.1 + 0.2, Fraction(3, 10)), agrees(0.76, 0.76159), agrees(0.7616, 0.76159)
    (True, False, True)
    """
    if isinstance(given, Fraction) and isinstance(number, Fraction):
        return given == number
    away, noise = abs(Fraction(given) - Fraction(number)), Fraction(NOISE) * abs(Fraction(number))
    if isinstance(number, Fraction) or _is_short(number):
        return away <= noise
    exponent = int(f"{number:e}".partition("e")[2])
    unit = Fraction(10) ** (exponent - ENOUGH + 1)
    return away <= min(unit, _last_unit(given)) / 2 + noise


def _is_short(number: float) -> bool:
    """Whether a float has no more digits than are asked of one."""
    return float(f"{number:.{ENOUGH}g}") == float(f"{number:.{notation.DIGITS}g}")


def _typed(given: Fraction | float) -> Fraction:
    """A number by its digits."""
    return Fraction(repr(float(given))) if isinstance(given, float) else given


def _last_unit(given: Fraction | float) -> Fraction:
    """One of the last digit of an answer, of a whole one of the last that is no zero; 0 for 1/3."""
    typed = _typed(given)
    for places in range(-20, 20):
        unit = Fraction(10) ** -places
        if typed % unit == 0:
            return unit
    return Fraction(0)


def _nearly(given: Fraction | float, number: Fraction | float) -> str:
    away = abs(_typed(given) - Fraction(number))
    if away >= Fraction(CLOSE) * abs(Fraction(number)):
        return "That is not it."
    if away > _last_unit(given) / 2:
        return "That is close, but not it."
    short = isinstance(number, Fraction) or _is_short(number)
    return f"That is close, but rounded: {'all' if short else ENOUGH} digits are asked."


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
            factor = Factor(called, exact(reading.slope[node][parent]), parent)
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
            yield exact(slope), f"That is the local slope {called}."
    for node, name in reading.names.items():
        if node is not reading.root:
            yield gradient(reading, node), f"That is the gradient {partial(reading, node)}."
        yield exact(node.raw), f"That is the value of {notation.pretty(name)}."
