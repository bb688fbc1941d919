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
from numbers import Real
from typing import Any

from autograd.explain.paths import another_way
from autograd.explain.reading import Reading
from autograd.formula import notation, plain
from autograd.formula.arithmetic import as_float
from autograd.formula.tree import Partial
from autograd.sheets.digits import ENOUGH, LONG, agrees, is_short, last_unit, typed
from autograd.sheets.spread import Spread
from autograd.value import Value

# An answer that is off by less than this part is close.
CLOSE = 0.005
# More ways back than these are not compared with an answer.
MOST_WAYS = 50
# A decimal or a fraction, of no more digits than anybody types.
NUMBER = re.compile(
    r"[-+]? *(\d{1,40}(\.\d{0,40})?|\.\d{1,40})(e[-+]?\d{1,2})?"
    r"|[-+]? *\d{1,40} */ *0*[1-9]\d{0,40}"
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
    found = {(name := value_name(reading, x)): exact(x.raw, name) for x in reading.values}
    leaves = [node for node in reading.order if node.op is None and node in reading.names]
    back = [node for node in reversed(reading.values) if node is not reading.root]
    return found | {partial(reading, node): gradient(reading, node) for node in (*back, *leaves)}


def gradient(reading: Reading, node: Value) -> Fraction | float:
    """The derivative of the root to a value: 0 where nothing comes back to it."""
    return exact(reading.gradient.get(node, 0), partial(reading, node))


def exact(number: Any, what: str = "a number of this graph") -> Fraction | float:
    """A float as it is, and any other number as a fraction.

    Raises ValueError, naming `what` it is, where there is none: what has no exact value needs a
    graph of floats.
    """
    if number is None:
        raise ValueError(f"{what} has no exact value: make the graph of floats")
    if not notation.is_finite(number):
        raise ValueError(f"{what} is {notation.digits(number)}: there is nothing to compare with")
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
    answered. Raises ValueError for an answer to what was not asked, or to what is answered twice,
    TypeError for a name that is no text.
    """
    questions = asked(reading)
    given = _by_question(answers, questions)
    spread = Spread(reading)
    about = {value_name(reading, node): node for node in reading.values}
    about |= {partial(reading, node): node for node in reading.order if node in reading.names}
    said, right = {}, 0
    for name, number in questions.items():
        try:
            answer = _read(given.get(name))
        except ValueError as error:
            said[name] = str(error)
            continue
        value = not name.startswith("∂")
        if answer is None:
            said[name] = "not answered yet"
        elif agrees(answer, number, spread.of(about[name], number, value=value)):
            said[name], right = "right", right + 1
        else:
            mistakes = _mistakes(reading, about[name], number, value=value)
            why = next((why for other, why in mistakes if agrees(answer, other)), "")
            said[name] = why or _nearly(answer, number)
    return Marked(said, right)


def _by_question(answers: Mapping[str, Any], questions: Mapping[str, Any]) -> dict[str, Any]:
    """The answers by the questions as they are printed."""
    found: dict[str, Any] = {}
    for name, answer in answers.items():
        if not isinstance(name, str):
            kind = type(name).__name__
            raise TypeError(f"answers are given by names such as 'h', not by {kind} {name!r}")
        question = _plainly(name)
        if question not in questions:
            raise ValueError(f"{name!r} was not asked: there are {', '.join(questions)}")
        if question in found:
            names = [repr(one) for one in answers if _plainly(one) == question]
            raise ValueError(f"{question} is answered twice, as {' and '.join(names)}")
        found[question] = answer
    return found


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
        text = answer.replace(notation.MINUS, "-").strip()
        if "," in text:
            raise ValueError(f"{answer!r} is no number: a decimal point is a point, 0.5")
        if not text:
            return None
        if NUMBER.fullmatch(text):
            return Fraction(text.replace(" ", ""))
        if len(text.split()) > 1:
            raise ValueError(
                f"{answer!r} has a blank where a sign is missing: one and a half is 1.5, or 3/2"
            )
    if answer is None or (isinstance(answer, float) and isfinite(answer)):
        return answer
    if isinstance(answer, Value):
        return _read(answer.data)
    number = isinstance(answer, Real | Decimal) and not isinstance(answer, bool)
    if number and notation.is_finite(answer) and answer - answer == 0:
        return Fraction(str(answer))  # also one of NumPy, by its own digits
    raise ValueError(f"{answer!r} is no number: write it as -15.25, or as -61/4")


def _nearly(given: Fraction | float, number: Fraction | float) -> str:
    away = abs(typed(given) - Fraction(number))
    if away >= Fraction(CLOSE) * abs(Fraction(number)):
        return "That is not it."
    if away > last_unit(given) / 2:
        return "That is close, but not it."
    if is_short(number):
        return "That is close, but rounded: all digits are asked."
    digits = notation.digits(number)
    fraction = f", or {digits}" if "/" in digits and len(digits) <= LONG else ""
    return f"That is close, but rounded: {ENOUGH} digits are asked{fraction}."


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
    """The ways from the root back to a value, each with its local derivatives; none of too many."""
    found: list[list[Factor]] = []
    stack: list[tuple[Value, list[Factor]]] = [(reading.root, [])]
    hops = _hops(reading, wrt)
    while stack and len(stack) + len(found) <= MOST_WAYS:
        node, way = stack.pop()
        if node is wrt:
            found.append(way)
            continue
        for parent in reversed(hops.get(node, [])):
            direct = another_way(node, parent, hops)
            called = partial(reading, parent, node, direct=direct)
            factor = Factor(called, exact(reading.slope[node][parent]), parent)
            stack.append((parent, [*way, factor]))
    return [] if stack else found


def _hops(reading: Reading, wrt: Value) -> dict[Value, list[Value]]:
    """The steps back that lead to a value."""
    leading = {wrt}
    for node, slopes in reading.slope.items():
        if not leading.isdisjoint(slopes):
            leading.add(node)
    return {
        node: [parent for parent in slopes if parent in leading]
        for node, slopes in reading.slope.items()
    }


def _of_ways(reading: Reading, all_ways: Sequence[list[Factor]]) -> Iterator[tuple[Any, str]]:
    """What comes out without a factor, or without a way, or with another sign of one."""

    def product(way: Sequence[Factor]) -> Any:
        numbers = [factor.number for factor in way]
        if any(isinstance(number, float) for number in numbers):
            return prod(map(as_float, numbers))
        return prod(numbers, start=Fraction(1))

    total = sum(map(product, all_ways), start=Fraction(0))
    # Without its only factor there is no way.
    single = [way[0] for way in all_ways if len(way) == 1]
    for factor in dict.fromkeys(factor for way in all_ways for factor in way):
        if factor in single:
            continue
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
    elif all_ways and not single:
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
