"""Formulas of numbers, worked out: step by step as a person does, or from the digits shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
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
    Run,
    Sym,
    parts_of,
    rebuilt,
)
from autograd.ops import ROUTINES, Op


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
    numbers = [_plain(part) for part in parts]
    if any(number is None for number in numbers):
        return rebuilt(formula, [reduced(part, call) for part in parts])
    numbers = _alike(numbers)
    match formula:
        case Run():
            return formula
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
            return Num(call(row or name, *_given(row, numbers)))
    raise TypeError(f"not a formula of numbers: {formula!r}")


def _plain(part: Formula) -> Any:
    """The number that a part is, if it is no more than one: 8 or −8; those of a run as a tuple."""
    match part:
        case Num(value):
            return value
        case Neg(Num(value)):
            return -value
        case Run(items):
            numbers = tuple(map(_plain, items))
            return None if None in numbers else numbers
    return None


def _alike(numbers: list[Any]) -> list[Any]:
    """The same as numbers that Python calculates with: it mixes Decimals with ints alone."""
    kinds = {*map(type, numbers)}
    if Decimal not in kinds:
        return numbers
    if float in kinds:
        return _each(as_float, numbers)
    return [Decimal(x.numerator) / x.denominator if isinstance(x, Fraction) else x for x in numbers]


def _given(row: Op | None, numbers: Sequence[Any]) -> Sequence[Any]:
    """What a function is called with: a row of runs with their elements, one after the other."""
    if row is None or not row.run:
        return numbers
    return [x for run in numbers for x in (run if isinstance(run, tuple) else (run,))]


def _each(convert: Callable[[Any], Any], numbers: Sequence[Any]) -> list[Any]:
    """Numbers converted, those of runs, too."""
    return [tuple(map(convert, x)) if isinstance(x, tuple) else convert(x) for x in numbers]


MOST_EXACT = 1000  # a larger exponent is one of floats


def read_digits(text: str) -> Fraction | float:
    """The number that digits mean, exactly.

    >>> read_digits("−6.1"), read_digits("−∞")
    (Fraction(-61, 10), -inf)
    """
    text = text.replace(notation.MINUS, "-").replace("∞", "inf")
    return float(text) if text in ("inf", "-inf", "nan") else Fraction(text)


def evaluate(
    formula: Formula,
    call: Callable[..., Any],
    *,
    number: Callable[[str], Any] = read_digits,
    argument: Callable[[Any], Any] = float,
) -> Any:
    """The value of a formula without names, from the digits that are shown.

    `call(function, *numbers)` computes functions, as in `reduced`; `number` makes numbers of
    digits, and `argument` what a function is given of them.
    """

    def value(part: Formula) -> Any:
        match part:
            case Num(number_, shown):
                return number(notation.digits(number_, shown))
            case Add(terms):
                values = [value(term) for term in terms]
                return sum(values[1:], values[0])
            case Mul(factors):
                return math.prod(map(value, factors[1:]), start=value(factors[0]))
            case Div(over, under):
                return call("div", value(over), value(under))
            case Pow(base, exponent):
                numbers = value(base), value(exponent)
                # A root has no exact digits, and those of a large power would fill the memory.
                if numbers[1] % 1 or abs(numbers[1]) > MOST_EXACT:
                    numbers = argument(numbers[0]), argument(numbers[1])
                return call("power", *numbers)
            case Neg(of):
                return -value(of)
            case Run(items):
                return tuple(map(value, items))
            case Call(name, arguments, row):
                given = _each(argument, [*map(value, arguments)])
                return call(row or name, *_given(row, given))
        raise TypeError(f"not a formula of numbers: {part!r}")

    return value(formula)


def read_float(text: str) -> float:
    """The same as a float: −0 keeps its sign."""
    number = read_digits(text)
    return -0.0 if number == 0 and text.startswith(notation.MINUS) else as_float(number)


def are_equal(one: Formula, other: Formula) -> bool:
    """Whether two formulas of numbers have the same value, by the digits that are shown.

    False where that is not known: tanh(0.5) is equal to no digits.

    >>> third = Div(Num(1), Num(3))
    >>> are_equal(third, Num(1 / 3)), are_equal(third, Div(Num(2.0), Num(6.0)))
    (False, True)
    """
    if one == other:
        return True
    try:
        return _same(*map(_ieee, (one, other)))
    except _UNKNOWN:
        parts = parts_of(one), parts_of(other)
        if len(parts[0]) == len(parts[1]) > 0 and rebuilt(one, parts[1]) == other:
            return all(map(are_equal, *parts))
        return all(side is not None and side != side for side in map(in_floats, (one, other)))


_UNKNOWN = (TypeError, ValueError, ArithmeticError, KeyError)


def _ieee(formula: Formula) -> Any:
    """The exact value; by IEEE 754 what a division by zero gives. Raises TypeError for a root."""
    try:
        return evaluate(formula, _exactly, argument=_as_it_is)
    except ZeroDivisionError:
        return in_floats(formula)


def _same(one: Any, other: Any) -> bool:
    return one is not None and bool(one == other or (one != one and other != other))


def in_floats(formula: Formula) -> Any:
    """The value by IEEE 754 of a formula of numbers, None if a part of it has none."""
    try:
        return evaluate(formula, compute, number=read_float)
    except _UNKNOWN:
        return None


def has_value(formula: Formula, value: Any) -> bool:
    """Whether a formula of numbers can have this value, as 0/0 cannot have the value 0.

    Only where it divides by zero or a part of it is infinite; anything else is rounded at most.

    >>> has_value(Div(Num(0.0), Num(0.0)), 0.0), has_value(Div(Num(1.0), Num(0.0)), math.inf)
    (False, True)
    """
    if value != value:
        found = in_floats(formula)
        return found is None or found != found
    try:
        found = evaluate(formula, _exactly, argument=_as_it_is)
    except ZeroDivisionError:
        return _same(in_floats(formula), as_float(value))
    except _UNKNOWN:
        found = in_floats(formula)
    return found is None or found == found or not _has_pole(formula)


def _has_pole(formula: Formula) -> bool:
    """Whether a part is no finite number: by itself, or as ln(0) is, not by an overflow."""
    parts, found = parts_of(formula), in_floats(formula)
    if not parts:
        return found is not None and not math.isfinite(found)
    pole = found in (math.inf, -math.inf) and any(in_floats(part) in (0, 1, -1) for part in parts)
    return pole or any(map(_has_pole, parts))


def _as_it_is(number: Any) -> Any:
    return number


def as_float(number: Any) -> float:
    """A number as a float, infinite beyond the largest one."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def compute(function: str | Op, *numbers: Any) -> Any:
    """A function of numbers; in floats where it has no exact value."""
    try:
        return _called(function, *numbers)
    except TypeError:
        return _called(function, *_each(as_float, numbers))


def _called(function: str | Op, *numbers: Any) -> Any:
    if function == "pi":
        return math.pi
    if isinstance(function, Op):
        return function.compute(*function.split(numbers))
    return ROUTINES[function](*numbers)


def _is_long(base: Any, exponent: Any) -> bool:
    """Whether an exact power has more digits than there is time for."""
    if not isinstance(base, Fraction) or not isinstance(exponent, Fraction):
        return False
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    return exponent.denominator > MOST_EXACT or bits * abs(exponent) > 10 * MOST_EXACT


def _exactly(function: str | Op, *numbers: Any) -> Any:
    """A function of exact numbers. Raises TypeError where its value is no fraction."""
    if function == "pi":
        raise TypeError("π is no fraction")
    if function == "power" and _is_long(*numbers):
        raise OverflowError("nobody compares that many digits")
    try:
        return _called(function, *numbers)
    except TypeError:
        # What is exact there as a float is exact: tanh(0), ln(1), σ(0). Further out it is rounded.
        found = _called(function, *_each(float, numbers))
        name = function.name if isinstance(function, Op) else function
        known = all(number in (-1, 0, 1) for number in numbers) and 2 * found % 1 == 0
        base = {"log2": 2, "log10": 10}.get(name)
        if known or (base and found % 1 == 0 and Fraction(base) ** int(found) == numbers[0]):
            return Fraction(found)
        raise
