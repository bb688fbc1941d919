"""Formulas of numbers, worked out: step by step as a person does, or from the digits shown."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from autograd.formula import notation
from autograd.formula.tree import (
    Add,
    Call,
    Div,
    Formula,
    Mul,
    Neg,
    Num,
    Partial,
    Pow,
    Sym,
    parts_of,
    rebuilt,
)


def reduced(formula: Formula, call: Callable[..., Any]) -> Formula:
    """The formula after one round of calculation: every innermost operation becomes its result.

    `call(function, *numbers)` computes functions (rows, or names), quotients and powers.

    >>> error = Div(Pow(Add((Num(Fraction(19, 10)), Neg(Num(8)))), Num(2)), Num(2))
    >>> from autograd.formula.plain import write
    >>> write(reduced(error, call=None))
    '(−6.1)²/2'
    """
    match formula:
        case Neg(Num(value)):
            return Num(-value)
        case Num() | Sym() | Partial():
            return formula
    parts = parts_of(formula)
    plain = [_plain(part) for part in parts]
    if any(part is None for part in plain):
        return rebuilt(formula, [reduced(part, call) for part in parts])
    numbers = [part.value for part in plain if part is not None]
    match formula:
        case Neg():
            return Num(-numbers[0])
        case Add():
            return Num(sum(numbers[1:], numbers[0]))
        case Mul():
            product = numbers[0]
            for number in numbers[1:]:
                product = product * number
            return Num(product)
        case Div():
            return Num(call("div", *numbers))
        case Pow():
            return Num(call("power", *numbers))
        case Call(name, _, row):
            return Num(call(row or name, *numbers))
    raise TypeError(f"not a formula of numbers: {formula!r}")


def _plain(part: Formula) -> Num | None:
    """The number that a part is, if it is no more than one: 8 or −8."""
    if isinstance(part, Neg) and isinstance(part.of, Num):
        return Num(-part.of.value)
    return part if isinstance(part, Num) else None


MOST_EXACT = 1000


def evaluate(formula: Formula, call: Callable[..., Any]) -> Any:
    """The value of a formula without names, from the digits that `write` shows.

    `call(function, *numbers)` computes functions, as in `reduced`.
    """
    match formula:
        case Num(value, shown):
            text = notation.digits(value, shown).replace(notation.MINUS, "-").replace("∞", "inf")
            return float(text) if text in ("inf", "-inf", "nan") else Fraction(text)
        case Add(terms):
            values = [evaluate(term, call) for term in terms]
            return sum(values[1:], values[0])
        case Mul(factors):
            product: Any = 1
            for factor in factors:
                product = product * evaluate(factor, call)
            return product
        case Div(over, under):
            return call("div", evaluate(over, call), evaluate(under, call))
        case Pow(base, exponent):
            numbers = evaluate(base, call), evaluate(exponent, call)
            # A root has no exact digits, and those of a large power would fill the memory.
            if numbers[1] % 1 or abs(numbers[1]) > MOST_EXACT:
                numbers = float(numbers[0]), float(numbers[1])
            return call("power", *numbers)
        case Neg(of):
            return -evaluate(of, call)
        case Call(name, arguments, row):
            return call(row or name, *(float(evaluate(argument, call)) for argument in arguments))
    raise TypeError(f"not a formula of numbers: {formula!r}")
