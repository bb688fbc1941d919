"""Formulas: small expression trees, and how they are put together.

Simplifying is what a person does on the way: factors of 1 vanish, numbers multiply, equal terms add
up. Nothing is reordered.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

from autograd.ops import Op

Formula: TypeAlias = (
    "Num | Sym | Gap | Partial | Add | Mul | Div | Pow | Neg | Call | Run | Compare | Logic | Not"
)


@dataclass(frozen=True, slots=True)
class Num:
    """A number."""

    value: Any
    shown: int | None = None  # significant digits, None for what `digits` does by itself


@dataclass(frozen=True, slots=True)
class Sym:
    """A name, as the label has it."""

    name: str


@dataclass(frozen=True, slots=True)
class Gap:
    """What is left out: …"""


@dataclass(frozen=True, slots=True)
class Partial:
    """∂of/∂to, of names or, where there is no name, of formulas.

    `direct` marks the derivative along one edge where longer ways lead there too.
    """

    of: str | Formula
    to: str | Formula
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Add:
    """A sum."""

    terms: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Mul:
    """A product. `bracketed` puts every factor in brackets: (−6.1)(0.5)(5)."""

    factors: tuple[Formula, ...]
    bracketed: bool = False


@dataclass(frozen=True, slots=True)
class Div:
    """A quotient."""

    over: Formula
    under: Formula


@dataclass(frozen=True, slots=True)
class Pow:
    """A power."""

    base: Formula
    exponent: Formula


@dataclass(frozen=True, slots=True)
class Neg:
    """A negative."""

    of: Formula


@dataclass(frozen=True, slots=True)
class Call:
    """A function of formulas; `abs` is written |x|. `row` is its row, where it is one's value.

    With `spelled`, e^x and π are exp(x) and pi: beside values that are called e and π.
    """

    name: str
    arguments: tuple[Formula, ...]
    row: Op | None = field(default=None, compare=False, repr=False)
    spelled: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run of formulas, as one argument of a function."""

    items: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison; of more than two sides, each with the next: 0 ≤ x < 1."""

    signs: tuple[str, ...]
    sides: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Logic:
    """Conditions joined by the word `and` or `or`."""

    word: str
    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Where a condition does not hold."""

    of: Formula


# Making formulas, simplified.


def add(*terms: Formula) -> Formula:
    """The sum of the terms: flat, without zeros, equal terms counted."""
    flat = [part for term in terms for part in terms_of(term)]
    counts: dict[Formula, Any] = {}
    for term in flat:
        factor, rest = _coefficient(term)
        counts[rest] = counts[rest] + factor if rest in counts else factor
    kept = [
        mul(Num(factor), rest) for rest, factor in counts.items() if not is_number(Num(factor), 0)
    ]
    kept = [term for term in kept if not is_number(term, 0)]
    return Num(0) if not kept else kept[0] if len(kept) == 1 else Add(tuple(kept))


def _coefficient(term: Formula) -> tuple[Any, Formula]:
    """A term as a number times the rest."""
    match term:
        case Num(value):
            return value, Num(1)
        case Neg(of):
            factor, rest = _coefficient(of)
            return -factor, rest
        case Mul((Num(value), *rest)):
            return value, mul(*rest)
        case _:
            return 1, term


def mul(*factors: Formula) -> Formula:
    """The product of the factors: flat, its numbers multiplied into one that stands first."""
    coefficient: Any = 1
    kept: list[Formula] = []
    for factor in factors:
        for part in factors_of(factor):
            if isinstance(part, Neg):
                coefficient, part = -coefficient, part.of  # noqa: PLW2901
            if isinstance(part, Num):
                coefficient = (
                    part.value if is_number(Num(coefficient), 1) else coefficient * part.value
                )
            else:
                kept.append(part)
    if is_number(Num(coefficient), 0) or not kept:
        return Num(coefficient)
    if is_number(Num(coefficient), -1):
        return Neg(_product(kept))
    return _product(kept if is_number(Num(coefficient), 1) else [Num(coefficient), *kept])


def _product(factors: list[Formula]) -> Formula:
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def div(over: Formula, under: Formula) -> Formula:
    """The quotient; of two numbers, the number (exact if they are whole)."""
    if isinstance(over, Num) and isinstance(under, Num) and under.value:
        whole = isinstance(over.value, int) and isinstance(under.value, int)
        return Num(Fraction(over.value, under.value) if whole else over.value / under.value)
    if isinstance(over, Neg):
        return neg(div(over.of, under))
    return over if is_number(under, 1) else Div(over, under)


def power(base: Formula, exponent: Formula) -> Formula:
    """The power; to the 1 it is the base, to the 0 it is 1; a root's square is what it is of."""
    if is_number(exponent, 1):
        return base
    if isinstance(base, Call) and base.name == "sqrt" and is_number(exponent, 2):
        return base.arguments[0]
    return Num(1) if is_number(exponent, 0) else Pow(base, exponent)


def neg(of: Formula) -> Formula:
    """The negative; of a negative, what that was of."""
    if isinstance(of, Neg):
        return of.of
    return Num(-of.value) if isinstance(of, Num) else Neg(of)


def sub(left: Formula, right: Formula) -> Formula:
    """The difference, a sum with a negative term; equal numbers of terms cancel."""
    return add(left, neg(right) if not isinstance(right, Add) else Neg(right))


def is_number(formula: Formula, number: int) -> bool:
    """Whether a formula is this number."""
    return isinstance(formula, Num) and bool(formula.value == number)


def terms_of(part: Formula) -> tuple[Formula, ...]:
    """The terms of a sum, or the formula itself."""
    return part.terms if isinstance(part, Add) else (part,)


def factors_of(part: Formula) -> tuple[Formula, ...]:
    """The factors of a product, or the formula itself."""
    return part.factors if isinstance(part, Mul) else (part,)


def symbol(part: str | Formula) -> Formula:
    """What a derivative is of: a name stands for itself."""
    return Sym(part) if isinstance(part, str) else part


def taken_away(term: Formula) -> Formula | None:
    """What a term of a sum takes away, None if it adds."""
    match term:
        case Neg(of):
            return of
        case Num(value, shown) if is_negative(value):
            return Num(-value, shown)
        case Mul((Num(value, shown), *rest), False) if is_negative(value):
            return Mul((Num(-value, shown), *rest))
    return None


def is_negative(value: Any) -> bool:
    """Whether a number is written with a minus sign: −0 is."""
    if isinstance(value, float):
        return math.copysign(1, value) < 0 and value == value
    if isinstance(value, Decimal):
        return value.is_signed() and not value.is_nan()
    return value is not None and value < 0


PI = Call("pi", ())


# Taking formulas apart.


def parts_of(formula: Formula) -> tuple[Formula, ...]:
    """The parts of a formula, none of a number or a name."""
    match formula:
        case Add(parts) | Mul(parts) | Run(parts):
            return parts
        case Call(_, parts) | Compare(_, parts) | Logic(_, parts):
            return parts
        case Div(a, b) | Pow(a, b):
            return a, b
        case Neg(of) | Not(of):
            return (of,)
        case _:
            return ()


def rebuilt(formula: Formula, parts: Sequence[Formula]) -> Formula:
    """The same formula with other parts."""
    match formula:
        case Add() | Run():
            return type(formula)(tuple(parts))
        case Mul(_, bracketed):
            return Mul(tuple(parts), bracketed)
        case Call(name, _, row, spelled):
            return Call(name, tuple(parts), row, spelled)
        case Div():
            return Div(*parts)
        case Pow():
            return Pow(*parts)
        case Compare(signs):
            return Compare(signs, tuple(parts))
        case Logic(word):
            return Logic(word, tuple(parts))
        case Neg() | Not():
            return type(formula)(*parts)
        case _:
            return formula


def replaced(formula: Formula, new: Callable[[Num | Sym], Formula]) -> Formula:
    """The formula with every name and number replaced, otherwise as it stands."""
    if isinstance(formula, Num | Sym):
        return new(formula)
    return rebuilt(formula, [replaced(part, new) for part in parts_of(formula)])


def spelled(formula: Formula, functions: Container[str]) -> Formula:
    """The formula with some of its functions `spelled`."""
    parts = [spelled(part, functions) for part in parts_of(formula)]
    if isinstance(formula, Call) and formula.name in functions:
        return Call(formula.name, tuple(parts), formula.row, spelled=True)
    return rebuilt(formula, parts)


def size(formula: Formula) -> int:
    """The number of names, numbers and operations in a formula."""
    return 1 + sum(map(size, parts_of(formula)))
