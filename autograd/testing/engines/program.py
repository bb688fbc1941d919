"""Small programs that an engine is asked to run, and what is right for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

from autograd.engine import record
from autograd.ops import OPS
from autograd.testing import certified
from autograd.value import Value

# A float, an int or a Fraction.
Number: TypeAlias = Any


@dataclass(frozen=True)
class Operation:
    """An operation as an engine writes it: the row that says what it means, and a template.

    The template has a field for each operand of the row. `fixed` has a number for each operand
    that is none of the engine's values: a constant that it has within it, as the 2 of
    `{0}.square()`, or, with `any_number`, what stands for any number, as the 2 of `2 - x`.

    >>> Operation("sub", "{0} - {1}", (2, None), any_number=True).label
    'n - y'
    """

    row: str
    form: str
    fixed: tuple[Number | None, ...] = ()
    any_number: bool = False

    def written(self, *operands: str) -> str:
        """The operation on operands that are texts already."""
        return self.form.format(*operands)

    @property
    def places(self) -> tuple[int, ...]:
        """The operands that are the engine's values."""
        count = len(OPS[self.row].inputs)
        fixed = self.fixed or (None,) * count
        return tuple(place for place in range(count) if fixed[place] is None)

    @property
    def label(self) -> str:
        """What a report calls it: `x.tanh()`, `x * y`."""
        return self.written(*self.names)

    @property
    def names(self) -> tuple[str, ...]:
        """The operands as a report calls them: n is any number."""
        fixed = self.fixed or (None,) * len(OPS[self.row].inputs)
        number = "n" if self.any_number else ""
        return tuple(
            "xyz"[place] if x is None else number or repr(x) for place, x in enumerate(fixed)
        )


@dataclass(frozen=True)
class Step:
    """One line of a program: a name for what an operation makes of names and numbers."""

    name: str
    operation: Operation
    operands: tuple[str | Number, ...]


@dataclass(frozen=True)
class Program:
    """Leaves with their numbers, then steps one after the other; the last one is the result."""

    leaves: tuple[tuple[str, Number], ...]
    steps: tuple[Step, ...]

    @property
    def root(self) -> str:
        """The name of the result."""
        return self.steps[-1].name if self.steps else self.leaves[-1][0]

    def run(self, apply: Callable[[str, list[Any]], Any], numbers: dict[str, Any]) -> Any:
        """The result, where `apply` does a row's operation and `numbers` has the leaves."""
        made = dict(numbers)
        for step in self.steps:
            operands = [made[x] if isinstance(x, str) else x for x in step.operands]
            made[step.name] = apply(step.operation.row, operands)
        return made[self.root]

    def recorded(self) -> tuple[Value, dict[str, Value]]:
        """The program as a graph of our own Values, and its leaves; exact where that is possible.

        Steps are labelled, but the root, and so are leaves.
        """
        try:
            return self._recorded(exact=True)
        except (TypeError, ArithmeticError, ValueError):
            return self._recorded(exact=False)

    def _recorded(self, *, exact: bool) -> tuple[Value, dict[str, Value]]:
        def number(x: Number) -> Number:
            return short(x) if exact else float(x)

        leaves = {name: Value(number(x), name) for name, x in self.leaves}
        made: dict[str, Value] = dict(leaves)
        for step in self.steps:
            operands = [made[x] if isinstance(x, str) else number(x) for x in step.operands]
            made[step.name] = record(OPS[step.operation.row], *operands)
            made[step.name].label = step.name
        return made[self.root], leaves


def short(x: Number) -> Number:
    """The same number as an int or a Fraction, where that is short to write.

    >>> short(2.0), short(0.5), short(1e300)
    (2, Fraction(1, 2), 1e+300)
    """
    if x != x or abs(x) > 1e6:
        return x
    whole = Fraction(x)
    if whole.denominator == 1:
        return int(whole)
    return whole if whole.denominator <= 1024 else x


@cache
def right_value(program: Program) -> Any:
    """The value in mpmath numbers to far more digits than a double; None where it has none."""
    return _certified(program)


@cache
def right_slope(program: Program, leaf: str, side: int = 0) -> Any:
    """The derivative of the result to a leaf, certified; None where there is none.

    `side` -1 or 1 is the slope from below or above.
    """
    names = [name for name, _ in program.leaves]
    return _certified(program, names.index(leaf), side)


def _certified(program: Program, place: int | None = None, side: int = 0) -> Any:
    names = [name for name, _ in program.leaves]
    numbers = [float(x) if isinstance(x, int) else x for _, x in program.leaves]

    def function(*given: Any) -> Any:
        return program.run(_meant, dict(zip(names, given, strict=True)))

    if place is None:
        found = certified.derivative(function, numbers)
    elif side:
        found = certified.one_sided(function, numbers, place, side)
    else:
        found = certified.derivative(function, numbers, place)
    return None if found is None or found != found else found


def _meant(row: str, operands: list[Any]) -> Any:
    numbers = [
        certified.number(x) if isinstance(x, int | float | Fraction) else x for x in operands
    ]
    return certified.meaning(OPS[row])(*numbers)
