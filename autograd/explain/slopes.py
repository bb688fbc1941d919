"""The derivatives between named values: along everything that is written out between two of them.

A number that the number type cannot have (a logarithm of an int, say) is None.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from autograd.elementary import careful_product, careful_sum
from autograd.explain.equation import Phrase
from autograd.explain.naming import origin
from autograd.explain.writing import Holds, Writing, rule_name
from autograd.formula import tree as fm
from autograd.formula.tree import Formula, Num
from autograd.graph import fold
from autograd.value import Value


def gradients(order: Sequence[Value]) -> dict[Value, Any]:
    """The derivative of the root to each value that a gradient reaches: those of `backward()`."""
    return {node: total for node, total, _ in fold(order, 1, _known, times=share, plus=total_of)}


def _known(node: Value) -> Iterator[tuple[int, Value, Any]]:
    return node.slopes(missing=True)


def share(gradient: Any, slope: Any) -> Any:
    """What a slope hands on of a gradient."""
    # A sum in `grad` begins with 0, which makes a first share of -0.0 0.0.
    return None if gradient is None or slope is None else 0 + careful_product(gradient, slope)


def total_of(one: Any, other: Any) -> Any:
    """The sum of two shares."""
    return None if one is None or other is None else careful_sum(one, other)


def segments(order: Sequence[Value], writing: Writing) -> dict[Value, list[Value]]:
    """Each named operation with the values written out in it, in topological order.

    Its own named inputs stand before them. Everything between two named values is used once, so
    each unnamed value belongs to one of them; but copies belong to whatever uses them.
    """
    place = {node: index for index, node in enumerate(order)}
    owner: dict[Value, Value] = {}
    found: dict[Value, dict[Value, None]] = {}
    for node in reversed(order):
        if node.op is None or origin(node, writing.names) is not node:
            continue
        if node in writing.names:
            owner[node] = node
            found[node] = {}
        top = owner[node]
        found[top][node] = None
        for parent in node.parents:
            source = origin(parent, writing.names)
            while parent is not source:
                found[top][parent] = None
                parent = parent.parents[0]  # noqa: PLW2901
            if source in writing.names:
                found[top][source] = None
            elif source.op is not None:
                owner[source] = top
    return {top: sorted(own, key=place.__getitem__) for top, own in found.items()}


def _within(top: Value, ends: Container[Value], node: Value) -> Iterator[tuple[int, Value, Any]]:
    """The slopes of a node of a segment, none of its ends."""
    if node is top or node not in ends:
        for place, parent, slope in _known(node):
            if parent in ends or parent.op is not None:
                yield place, parent, slope


def numbers(top: Value, segment: Sequence[Value], ends: Container[Value]) -> dict[Value, Any]:
    """The derivative of a value, the last of a `segment` of the graph, to each of its `ends`.

    The ends are those values of the segment at which it stops. What no gradient reaches has the
    derivative 0, which is not 0 times what may be infinite on the way.
    """
    slopes = partial(_within, top, ends)
    steps = fold(segment, 1, slopes, times=product_of, plus=total_of)
    totals = {node: total for node, total, _ in steps}
    return {end: totals.get(end, 0) for end in _met(top, segment, ends)}


def _met(top: Value, segment: Sequence[Value], ends: Container[Value]) -> dict[Value, None]:
    """The ends in the order in which the way back meets them."""
    inner = (node for node in reversed(segment) if node is top or node not in ends)
    return {parent: None for node in inner for parent in node.parents if parent in ends}


def product_of(gradient: Any, slope: Any) -> Any:
    """The product of two slopes."""
    return None if gradient is None or slope is None else careful_product(gradient, slope)


@dataclass(frozen=True, slots=True)
class Slope:
    """A derivative between named values as it is written, and how it came about.

    `rules` are the operations on the way, `reasons` the cases of their rules that applied.
    """

    formula: Formula
    rules: tuple[str, ...] = ()
    reasons: tuple[Formula, ...] = ()

    @property
    def remark(self) -> Phrase:
        """The reasons behind the word as, nothing if there are none."""
        return because(self.reasons)

    @property
    def rule(self) -> str:
        """The operations in words."""
        return ", ".join(dict.fromkeys(self.rules))


def because(reasons: Iterable[Formula]) -> Phrase:
    """The words that give reasons: as x > 0, y ≤ 1."""
    found = [part for reason in dict.fromkeys(reasons) for part in (", ", reason)]
    return ("as ", *found[1:]) if found else ()


def formulas(
    top: Value, segment: Sequence[Value], writing: Writing, holds: Holds | None = None
) -> dict[Value, Slope]:
    """The same derivatives as formulas, along what is in the segment.

    `holds` decides the conditions of the rules, if it is given.
    """
    within = {*segment}

    def slopes(node: Value) -> Iterator[tuple[int, Value, Slope]]:
        for place, parent, _ in _within(top, writing.names, node):
            if parent not in within:
                continue
            formula, reasons = writing.slope(node, place, holds)
            assert node.op is not None
            yield place, parent, Slope(formula, (rule_name(node.op),), reasons)

    def times(one: Slope, other: Slope) -> Slope:
        return Slope(
            fm.mul(one.formula, other.formula),
            one.rules + other.rules,
            one.reasons + other.reasons,
        )

    def plus(one: Slope, other: Slope) -> Slope:
        # Backwards through the expression, so what comes later stands before.
        return Slope(
            fm.add(other.formula, one.formula),
            one.rules + other.rules,
            one.reasons + other.reasons,
        )

    steps = fold(segment, Slope(Num(1)), slopes, times=times, plus=plus)
    totals = {node: total for node, total, _ in steps}
    return {end: totals[end] for end in _met(top, segment, writing.names) if end in within}
