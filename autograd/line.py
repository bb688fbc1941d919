"""One line of working: `name = symbolic = substituted = value`."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from autograd import formula as fm
from autograd import notation
from autograd.formula import Formula, Num, Sym
from autograd.ops import number_function

# The results in between are shown for formulas up to this size.
MOST_WORKED_OUT = 30


@dataclass(frozen=True)
class Step:
    """One line of working: `name = symbolic = substituted = value`.

    `rule` says what the line is: the operations of a value or of a local derivative, "chain rule",
    "sum over paths" or "sum over consumers". `symbolic` and `substituted` are text; the formulas
    they come from are in `formulas`. `exact` is False where rounding in the computation itself
    shows: the digits of `substituted` then give `value` only nearly. `reason` says which case of a
    rule applied.
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
        if isinstance(self.value, float) and not math.isfinite(self.value):
            return numbers, True
        for shown in (None, 15, 17):
            candidate = _with_digits(numbers, shown)
            try:
                again = fm.evaluate(candidate, _call)
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
        return fm.write(self.formulas[0])

    @property
    def symbolic(self) -> str:
        """The formula with names: `∂E/∂ŷ · ∂ŷ/∂h₁ · ∂h₁/∂w₁`."""
        return fm.write(self.formulas[1])

    @property
    def substituted(self) -> str:
        """The formula with numbers: `(−6.1)(0.5)(5)`."""
        return fm.write(self.formulas[2])

    def stages(self) -> list[Formula]:
        """The results in between: −6.1 squared over 2, 37.21 over 2. None where they are many."""
        found: list[Formula] = []
        current = self.formulas[2]
        if not self.exact or fm.size(current) > MOST_WORKED_OUT:
            return found
        while True:
            current = fm.reduced(current, _call)
            if isinstance(current, Num):
                return found
            found.append(current)

    @property
    def result(self) -> str:
        """The digits of the value."""
        return notation.digits(self.value)

    def parts(self) -> list[str]:
        """The line's sides, without repeating one that says nothing new."""
        formulas = (*self.formulas, *self.stages())
        texts = [fm.write(part) for part in formulas] + [self.result]
        return list(dict.fromkeys(texts))

    def __str__(self) -> str:
        *sides, result = self.parts()
        line = " = ".join(sides) + (" = " if self.exact else " ≈ ") + result
        return line + (f"   ({self.reason})" if self.reason else "")

    def tex(self) -> str:
        """The line as TeX, for an `aligned` environment: `a &= b = c`."""
        formulas = (*self.formulas, *self.stages(), Num(self.value))
        texts = [fm.write_tex(part) for part in formulas]
        first, *sides = dict.fromkeys(texts)
        *middle, last = sides or [first]
        relation = "= " if self.exact else r"\approx "
        line = f"{first} &" + "".join(f"= {side} " for side in middle) + relation + last
        return line + (rf"\quad\text{{({_tex_reason(self.reason)})}}" if self.reason else "")


def _tex_reason(reason: str) -> str:
    return reason.replace("_", r"\_")


def worked_out(
    rule: str, left: Formula, symbolic: Formula, numbers: Mapping[str, Any], value: Any
) -> Step:
    """The line of a formula whose names stand for `numbers`."""

    def number(part: Num | Sym) -> Formula:
        return Num(numbers[part.name]) if isinstance(part, Sym) else part

    return Step(rule, left, symbolic, lambda: fm.replaced(symbolic, number), value)


def _with_digits(part: Formula, shown: int | None) -> Formula:
    """The formula with `shown` significant digits for every float."""
    if shown is None:
        return part

    def longer(part: Num | Sym) -> Formula:
        if isinstance(part, Num) and isinstance(part.value, float):
            return Num(part.value, shown)
        return part

    return fm.replaced(part, longer)


def _call(name: str, *numbers: Any) -> Any:
    """A function of numbers; of whole numbers in a slope, in floats if it has no exact value."""
    if name == "pi":
        return math.pi
    try:
        return number_function(name)(*numbers)
    except TypeError:
        return number_function(name)(*map(float, numbers))
