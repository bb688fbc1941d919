"""One line of working: `name = symbolic = substituted = value`."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from autograd.formula import arithmetic, notation, plain
from autograd.formula import tree as fm
from autograd.formula.tex import write_tex
from autograd.formula.tree import Formula, Num, Sym
from autograd.ops import ROUTINES, Op

# The results in between are shown for formulas up to this size.
MOST_WORKED_OUT = 30


@dataclass(frozen=True)
class Equation:
    """One line of working: `name = symbolic = substituted = value`.

    `rule` says what the line is: the operations of a value or of a local derivative, "chain rule",
    "sum over paths" or "sum over consumers". `symbolic` and `substituted` are text; the formulas
    they come from are in `formulas`. `exact` is False where rounding in the computation itself
    shows: the digits of `substituted` then give `value` only nearly. `value` is None where the
    number type cannot have it. `reason` says which case of a rule applied.
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
        if self.value is None or (isinstance(self.value, float) and not math.isfinite(self.value)):
            return numbers, True
        for shown in (None, 15, 17):
            candidate = _with_digits(numbers, shown)
            try:
                again = arithmetic.evaluate(candidate, _call)
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
        return plain.write(self.formulas[0])

    @property
    def symbolic(self) -> str:
        """The formula with names: `∂E/∂ŷ · ∂ŷ/∂h₁ · ∂h₁/∂w₁`."""
        return plain.write(self.formulas[1])

    @property
    def substituted(self) -> str:
        """The formula with numbers: `(−6.1)(0.5)(5)`."""
        return plain.write(self.formulas[2])

    def stages(self) -> list[Formula]:
        """The results in between: −6.1 squared over 2, 37.21 over 2. None where they are many."""
        found: list[Formula] = []
        current = self.formulas[2]
        if not self.exact or self.value is None or fm.size(current) > MOST_WORKED_OUT:
            return found
        while True:
            try:
                current = arithmetic.reduced(current, _call)
            except ArithmeticError:  # a pole of exact numbers, or one too large for a float
                return found
            if isinstance(current, Num):
                return found
            found.append(current)

    @property
    def result(self) -> str:
        """The digits of the value."""
        return notation.digits(self.value)

    @property
    def note(self) -> str:
        """What stands in brackets behind the line, "" for nothing."""
        return "no exact value: floats have one" if self.value is None else self.reason

    def sides(self, write: Callable[[Formula], str] = plain.write) -> tuple[list[str], str]:
        """The line's sides, each written once, and the sign before the last one."""
        result = [] if self.value is None else [Num(self.value)]
        formulas = (*self.formulas, *self.stages(), *result)
        return list(dict.fromkeys(map(write, formulas))), "=" if self.exact else "≈"

    def parts(self) -> list[str]:
        """The line's sides as text."""
        return self.sides()[0]

    def __str__(self) -> str:
        sides, sign = self.sides()
        line = " = ".join(sides[:-1]) + f" {sign} " + sides[-1]
        return line.removeprefix(f" {sign} ") + (f"   ({self.note})" if self.note else "")

    def tex(self) -> str:
        """The line as TeX, for an `aligned` environment: `a &= b = c`."""
        (first, *sides), sign = self.sides(write_tex)
        *middle, last = sides or [first]
        relation = "= " if sign == "=" else r"\approx "
        line = f"{first} &" + "".join(f"= {side} " for side in middle) + relation + last
        return line + (rf"\quad\text{{({_tex_reason(self.note)})}}" if self.note else "")


def _tex_reason(reason: str) -> str:
    return reason.replace("_", r"\_")


def worked_out(
    rule: str, left: Formula, symbolic: Formula, numbers: Mapping[str, Any], value: Any
) -> Equation:
    """The line of a formula whose names stand for `numbers`."""

    def number(part: Num | Sym) -> Formula:
        return Num(numbers[part.name]) if isinstance(part, Sym) else part

    return Equation(rule, left, symbolic, lambda: fm.replaced(symbolic, number), value)


def _with_digits(part: Formula, shown: int | None) -> Formula:
    """The formula with `shown` significant digits for every float."""
    if shown is None:
        return part

    def longer(part: Num | Sym) -> Formula:
        if isinstance(part, Num) and isinstance(part.value, float):
            return Num(part.value, shown)
        return part

    return fm.replaced(part, longer)


def _call(name: str | Op, *numbers: Any) -> Any:
    """A function of numbers; of whole numbers in a slope, in floats if it has no exact value."""
    if name == "pi":
        return math.pi
    function = name.compute if isinstance(name, Op) else ROUTINES[name]
    arguments = name.split if isinstance(name, Op) else tuple
    try:
        return function(*arguments(numbers))
    except TypeError:
        return function(*arguments([float(x) for x in numbers]))
