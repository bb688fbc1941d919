"""Derivations: the lines of working of one derivative, or of several of one root."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, overload

from autograd.explain.equation import Equation
from autograd.explain.lines import CHAIN, Block, Lines, Shown
from autograd.value import Value


@dataclass(frozen=True, slots=True, repr=False)
class Explanation(Shown):
    """The working of one derivative. Printing it shows the text, a notebook typesets it.

    `value` is the derivative, the number that `backward()` adds to `wrt.grad`. `paths` has every
    way from the root to `wrt` as a tuple of names (none if there are too many to list). `steps`
    has the lines: first `values`, then `slopes`, the local derivatives, then `chain`, the chain
    rule. Each of these, a slice of the explanation and a single line show themselves, too.

    >>> from autograd import explain
    >>> w, x = Value(3, "w"), Value(5, "x")
    >>> print(explain((w * x - 1) ** 2, w)[1:])
    ∂f/∂w = 2·(w·x − 1)·x = 2·(3·5 − 1)·5 = 2·(15 − 1)·5 = 2·14·5 = 140
    """

    root: Value
    wrt: Value
    value: Any
    paths: tuple[tuple[str, ...], ...]
    values: Lines
    slopes: Lines
    chain: Lines

    @property
    def steps(self) -> Lines:
        """All lines in order."""
        return self.values + self.slopes + self.chain

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Equation]:
        return iter(self.steps)

    @overload
    def __getitem__(self, index: int) -> Equation: ...
    @overload
    def __getitem__(self, index: slice) -> Lines: ...
    def __getitem__(self, index: int | slice) -> Equation | Lines:
        return self.steps[index]

    def blocks(self) -> list[Block]:
        """The values, the local derivatives and the chain rule."""
        return _blocks(self.values, [self])


@dataclass(frozen=True, slots=True, repr=False)
class Working(Shown):
    """The working of several derivatives of one root: a sequence of Explanations."""

    values: Lines
    explanations: tuple[Explanation, ...]

    def __len__(self) -> int:
        return len(self.explanations)

    def __iter__(self) -> Iterator[Explanation]:
        return iter(self.explanations)

    @overload
    def __getitem__(self, index: int) -> Explanation: ...
    @overload
    def __getitem__(self, index: slice) -> Working: ...
    def __getitem__(self, index: int | slice) -> Explanation | Working:
        found = self.explanations[index]
        return Working(self.values, found) if isinstance(found, tuple) else found

    def blocks(self) -> list[Block]:
        """The values once, then each derivative's own lines."""
        return _blocks(self.values, self.explanations)


def _blocks(values: Lines, explanations: Iterable[Explanation]) -> list[Block]:
    blocks, shown = [Block("values", values)], set[str]()
    for explanation in explanations:
        new = Lines(line for line in explanation.slopes if str(line) not in shown)
        shown |= set(map(str, new))
        blocks += [Block("local derivatives", new), Block(CHAIN, explanation.chain)]
    return [block for block in blocks if block.lines]
