"""Losses: how many digits each value of a graph has lost beside the exact result.

The graph is computed again from the same leaves: in fractions as long as its rows only add,
multiply, divide and compare, else in mpmath numbers, at a precision that doubles until they stand
still. So a value's loss is that of all rounding on the way to it, not of its own operation alone.
"""

from __future__ import annotations

import decimal
import math
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from autograd.formula import notation
from autograd.ops import BESIDE, Op
from autograd.text import Binary, calls, walk
from autograd.value import Value

# Fractions stay below this many bits, and exponents below this size.
MOST_BITS, MOST_EXPONENT = 20_000, 1000
# The bits of mpmath numbers are doubled from here on, so many times at most.
FIRST_BITS, DOUBLED = 200, 6
# Numbers beyond 2 to this are not given to functions that would never end.
FARTHEST = 5000

_RATIONAL = {"add", "sub", "mul", "div", "neg", "abs", "floor", "dot", "prod", "mean"}

Exact = Any  # a Fraction or an mpmath number, None where there is no exact value


def lost_digits(order: Sequence[Value]) -> dict[Value, float]:
    """The decimal digits that each computed value of a topological order has lost.

    A float has nearly 16, a Decimal those of the context; 0 means that it is as near as its type
    can be, and inf that no digit is right. Ints and Fractions lose none. A value without an exact
    one, such as a nan or a result of Python code of one's own, is left out, and what is made of it
    counts from there. Raises ImportError, saying what to install, where a graph needs mpmath and it
    is not there.

    >>> x = Value(1e16)
    >>> y = x + 1
    >>> [round(digits, 1) for digits in lost_digits([x, y, y - x]).values()]
    [0.0, inf]
    """
    found = {}
    for node, true in replayed(order).items():
        if node.op is not None and true is not None:
            found[node] = _lost(node.raw, true)
    return found


def _lost(raw: Any, true: Exact) -> float:
    """How many digits a number has lost beside the true one."""
    if isinstance(raw, int | Fraction):
        return 0.0
    if not notation.is_finite(raw):
        return math.inf
    if isinstance(true, Fraction):
        return _digits_off(raw, Fraction(raw), true)
    from autograd.testing import certified

    with certified.context.workprec(FIRST_BITS + 2 * _settled()):
        return _digits_off(raw, certified.number(Fraction(raw)), true)


def _digits_off(raw: Any, found: Exact, true: Exact) -> float:
    """The relative error of a number in units of its type's own rounding, as digits."""
    off = abs(found - true)
    if off == 0:
        return 0.0
    if 2 * off >= abs(true):
        return math.inf
    precision = decimal.getcontext().prec
    units = 2 * 10 ** (precision - 1) if isinstance(raw, Decimal) else 2**53
    return math.log10(max(1.0, float(off / abs(true) * units)))


def replayed(order: Sequence[Value]) -> dict[Value, Exact]:
    """The exact value of each node, computed again from the numbers that were recorded."""
    exact = {node: _rational(node.raw) for node in order if node.op is None}
    made: dict[Value, Exact] = {}
    for node in order:
        made[node] = exact[node] if node.op is None else _of(node, made, _in_fractions)
    if all(true is not None for true in made.values()):
        return made
    from autograd.testing import certified

    before: dict[Value, Exact] = {}
    last: dict[Value, Exact] = {}
    for doubled in range(DOUBLED):
        with certified.context.workprec((FIRST_BITS + _settled()) << doubled):
            found = dict(made)
            for node in order:
                if found[node] is None and node.op is not None:
                    found[node] = _of(node, found, _in_mpmath)
            if last and all(_stands(last[node], true) for node, true in found.items()):
                return found
        before, last = last, found
    # What still moves is nothing but rounding around 0.
    return {
        node: true if _stands(before[node], true) else Fraction(0) for node, true in last.items()
    }


def _stands(last: Exact, found: Exact) -> bool:
    if last is None or found is None or isinstance(found, Fraction):
        return (last is None) == (found is None)
    return bool(abs(found - last) * 2 ** _settled() <= abs(found))


def _settled() -> int:
    """How many bits of a number stand when they are enough for a float and a Decimal."""
    return max(60, 4 * decimal.getcontext().prec)


def _rational(number: Any) -> Fraction | None:
    return Fraction(number) if notation.is_finite(number) else None


def _of(
    node: Value, made: dict[Value, Exact], compute: Callable[[Op, list[Exact]], Exact]
) -> Exact:
    """The exact value of a node from those of its arguments, None if there is none.

    A leaf counts with the number that was recorded, which is not always the one that it has now.
    """
    op = node.op
    assert op is not None
    if op.opaque or op.routines or op is BESIDE.get("stop_gradient"):
        return _rational(node.raw)
    numbers = []
    for argument, operand in zip(node.inputs, node.operands, strict=True):
        computed = isinstance(argument, Value) and argument.op is not None
        number = made[argument] if computed else _rational(operand)
        if number is None:
            return None
        numbers.append(number)
    try:
        return compute(op, numbers)
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return None


def _in_fractions(op: Op, numbers: list[Exact]) -> Exact:
    """The value of a row in fractions, None if it needs more than arithmetic or too many digits."""
    if not is_rational(op):
        return None
    if op.name == "power":
        exponent = numbers[1]
        if exponent.denominator != 1 or abs(exponent) > MOST_EXPONENT:
            return None
        if abs(exponent) * _bits(numbers[:1]) > MOST_BITS:
            return None
        return numbers[0] ** int(exponent)
    found = op.compute(*op.split(tuple(numbers)))
    whole = isinstance(found, int | Fraction)
    return Fraction(found) if whole and _bits([Fraction(found)]) <= MOST_BITS else None


def _bits(numbers: Iterable[Fraction]) -> int:
    return max(max(x.numerator.bit_length(), x.denominator.bit_length()) for x in numbers)


@cache
def is_rational(op: Op) -> bool:
    """Whether a row only adds, multiplies, divides and compares, so that fractions stay exact."""
    if op.name in _RATIONAL or op.name == "power":
        return True
    if any(isinstance(part, Binary) and part.sign == "**" for part in walk(op.trees.meaning)):
        return False
    used = {call.name for call in calls(op.trees.meaning)}
    return all(
        name in _RATIONAL or (name in op.rows and name != op.name and is_rational(op.rows[name]))
        for name in used
    )


def _in_mpmath(op: Op, numbers: list[Exact]) -> Exact:
    """The value of a row in mpmath numbers of the context's precision."""
    from autograd.testing import certified

    context = certified.context
    given = [certified.number(x) if isinstance(x, Fraction) else x for x in numbers]
    if not is_rational(op) and any(x and abs(context.mag(x)) > FARTHEST for x in given):
        return None
    found = certified.meaning(op)(*given)
    real = isinstance(found, (context.mpf, int))
    return context.mpf(found) if real and context.isfinite(found) else None
