"""One line of working: `name = symbolic = substituted = value`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import pairwise
from typing import Any, TypeAlias

from autograd.explain import lines
from autograd.formula import arithmetic, notation
from autograd.formula import tree as fm
from autograd.formula.plain import PLAIN, write
from autograd.formula.tree import Formula, Num, Sym

# The results in between are shown for formulas up to this size.
MOST_WORKED_OUT = 30

# Digits are taken for a float that is this close to them: what is lost is rounding noise.
NOISE = 2.0**-50

# What notes say.
WORDS = {
    "none": "no exact value: floats have one", "by": "by convention: ", "has": " has no value",
}  # fmt: skip

# Words and formulas side by side.
Phrase: TypeAlias = "tuple[str | Formula, ...]"


@dataclass(frozen=True, repr=False)
class Equation(lines.Shown):
    """One line of working: `name = symbolic = substituted = value`.

    `rule` says what the line is: the operations of a value or of a local derivative, "chain rule",
    "sum over paths" or "sum over consumers". `symbolic` and `substituted` are text; the formulas
    they come from are in `formulas`. `value` is None where the number type cannot have it.
    `remark` says which case of a rule applied, and `digits` is how many significant digits of a
    number are shown; with `finer`, so many are shown of those that are put in, and no results in
    between. Between two sides stands = where they are equal in the digits shown, otherwise ≈:
    `exact` says whether that is nowhere so. Printing a line shows the text, a notebook typesets it.
    """

    rule: str
    left: Formula
    right: Formula
    numbers: Callable[[], Formula]
    value: Any
    remark: Phrase = ()
    digits: int | None = None
    finer: int | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        numbers = partial(_itself, self.formulas[2])
        given = self.rule, self.left, self.right, numbers, self.value, self.remark
        return Equation, (*given, self.digits, self.finer)

    @cached_property
    def formulas(self) -> tuple[Formula, Formula, Formula]:
        """The name, the formula with names and the formula with numbers."""
        try:
            numbers = self.numbers()
        except KeyError:  # a name without a number
            numbers = Num(self.value)
        return self.left, self._shown(self.right), with_digits(numbers, self.finer or self.digits)

    def _shown(self, formula: Formula) -> Formula:
        return with_digits(formula, self.digits)

    @property
    def name(self) -> str:
        """What the line gives the value of: `∂E/∂w₁`."""
        return write(self.left)

    @property
    def symbolic(self) -> str:
        """The formula with names: `∂E/∂ŷ · ∂ŷ/∂h₁ · ∂h₁/∂w₁`."""
        return write(self.formulas[1])

    @property
    def substituted(self) -> str:
        """The formula with numbers: `(−6.1)(0.5)(5)`."""
        return write(self.formulas[2])

    @property
    def result(self) -> str:
        """The digits of the value."""
        return notation.digits(self.value, self.digits)

    @property
    def note(self) -> Phrase:
        """What stands in brackets behind the line, nothing if it is empty."""
        if self.value is None:
            return (WORDS["none"],)
        if not self._applies and self.value == self.value:
            return (WORDS["by"], self.formulas[2], WORDS["has"])
        return self.remark

    @cached_property
    def _applies(self) -> bool:
        """Whether the formula holds here, not only a convention for where it has no value."""
        return self.value is None or arithmetic.has_value(self.formulas[2], self.value)

    @property
    def reason(self) -> str:
        """The remark as text."""
        return PLAIN.phrase(self.remark)

    def stages(self) -> list[Formula]:
        """The results in between: −6.1 squared over 2, 37.21 over 2. None where they are many.

        Nor are there any where they lead to other digits than the value has, which is then the one
        that was computed with more care.
        """
        current, found = self.formulas[2], list[Formula]()
        if self.value is None or self.finer or fm.size(current) > MOST_WORKED_OUT:
            return found
        while True:
            try:
                current = self._shown(arithmetic.reduced(current, arithmetic.compute))
            except ArithmeticError:  # a pole of exact numbers, or one too large for a float
                return []
            if isinstance(current, Num):
                return found if write(current) == self.result else []
            found.append(current)

    @cached_property
    def sides(self) -> tuple[tuple[str, Formula], ...]:
        """Each side of the line, written once, behind the sign that stands before it."""
        result = [] if self.value is None else [Num(self.value, self.digits)]
        found, before = [("", self.left)], write(self.left)
        between = (*self.formulas[1:], *self.stages()) if self._applies else ()
        for side in (*between, *result):
            text = write(side)
            if text != before:
                found.append((_sign(found[-1][1], side), side))
            before = text
        return tuple(found)

    @property
    def exact(self) -> bool:
        """Whether every side of the line equals the others in the digits shown."""
        return all(sign != "≈" for sign, _ in self.sides)

    def holding(self) -> Equation:
        """The line as it can be checked: each side comes out of the digits of the one before.

        Where it does not, as rounded factors give another product, they are shown with more digits.
        """
        if self.digits is None or self.value is None or self._holds():
            return self
        tried = (replace(self, finer=count) for count in range(self.digits + 1, notation.DIGITS))
        return next((line for line in tried if line._holds()), self)

    def _holds(self) -> bool:
        """Whether a calculator gives each side, from the digits that stand before it."""
        numbers = [side for _, side in self.sides if not _has_names(side)]
        for before, side in pairwise(numbers):
            found = arithmetic.in_floats(before)
            if isinstance(side, Num):
                text = None if found is None else notation.digits(found, self.digits)
            else:
                text = write(self._shown(arithmetic.reduced(_as_shown(before), arithmetic.compute)))
            if text != write(side):
                return False
        return True

    @property
    def chained(self) -> bool:
        """Whether it multiplies derivatives: such a line has a row for each of its sides."""
        return any(isinstance(part, fm.Partial) for part in _all_parts(self.right))

    def working(self) -> str:
        """The line without its name: `(−6.1)(0.5) = −3.05`."""
        return lines.on_one_line(self, PLAIN, self.sides[1:])

    def __str__(self) -> str:
        behind = "   " + lines.note(self, PLAIN) if self.note else ""
        return lines.on_one_line(self, PLAIN) + behind

    def tex(self) -> str:
        """The line as TeX, for an `aligned` environment: `a &= b = c`."""
        return lines.tex_of(self)

    def blocks(self) -> list[lines.Block]:
        """Itself."""
        return [lines.Block("", (self,))]


def _itself(formula: Formula) -> Formula:
    return formula


def _all_parts(formula: Formula) -> list[Formula]:
    return [formula, *(inner for part in fm.parts_of(formula) for inner in _all_parts(part))]


def _has_names(formula: Formula) -> bool:
    return any(isinstance(part, Sym | fm.Partial) for part in _all_parts(formula))


def _as_shown(formula: Formula) -> Formula:
    """The formula with those numbers that its digits are."""

    def cut(part: Num | Sym) -> Formula:
        if isinstance(part, Sym):
            return part
        return Num(arithmetic.read_digits(notation.digits(part.value, part.shown)))

    return fm.replaced(formula, cut)


def _sign(before: Formula, side: Formula) -> str:
    """What stands between two sides of a line: ≈ if the second one has been rounded."""
    if _has_names(before):
        numbers = (part for part in _all_parts(side) if isinstance(part, Num))
        return "=" if all(map(_as_it_is, numbers)) else "≈"
    return "=" if arithmetic.are_equal(before, side) else "≈"


def _as_it_is(number: Num) -> bool:
    """Whether the digits that are shown give the number, but for rounding noise."""
    value = number.value
    if value is None or value != value:
        return True
    shown = arithmetic.read_digits(notation.digits(value, number.shown))
    if value == shown:
        return True
    return isinstance(value, float) and abs(arithmetic.as_float(shown) - value) <= NOISE * abs(
        value
    )


def worked_out(
    rule: str,
    left: Formula,
    symbolic: Formula,
    numbers: Mapping[str, Any],
    value: Any,
    digits: int | None = None,
) -> Equation:
    """The line of a formula whose names stand for `numbers`."""

    numbered = partial(fm.replaced, symbolic, partial(_number, numbers))
    return Equation(rule, left, symbolic, numbered, value, digits=digits)


def _number(numbers: Mapping[str, Any], part: Num | Sym) -> Formula:
    return Num(numbers[part.name]) if isinstance(part, Sym) else part


def with_digits(formula: Formula, shown: int | None) -> Formula:
    """The formula with `shown` significant digits for every number."""
    if shown is None:
        return formula

    def cut(part: Num | Sym) -> Formula:
        return Num(part.value, shown) if isinstance(part, Num) else part

    return fm.replaced(formula, cut)
