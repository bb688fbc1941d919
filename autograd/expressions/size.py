"""The size of exact results: what would fill the memory, or take minutes, is refused."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from autograd.elementary import careful_product, careful_sum
from autograd.expressions.grammar import MOST_DIGITS
from autograd.graph import fold, topological
from autograd.value import Value

# A function of Decimals computes with as many digits as its argument has places.
MOST_PLACES = 1000
# All exact results together: what takes about a second.
MOST_IN_ALL = 4_000_000
MOST_OPERATIONS = 20_000


class Size:
    """The guard: how many digits each exact result has, and all of them together."""

    def __init__(self) -> None:
        self.digits = 0.0
        self.operations = 0

    def checked(self, result: Any, what: str) -> Any:
        """The result, a number or a Value. Raises ValueError if it is too long."""
        number = result.data if isinstance(result, Value) else result
        digits = length(number)
        check(digits, number, what)
        self.digits += digits
        self.operations += 1
        if self.operations > MOST_OPERATIONS:
            raise ValueError(f"the expression has more than {MOST_OPERATIONS} operations")
        if self.digits > MOST_IN_ALL:
            raise ValueError(
                f"the exact results have more than {MOST_IN_ALL} digits together: "
                "use --numbers float"
            )
        return result


def length(number: Any) -> float:
    """About how many digits a number has, above or below its line; 0 for a float.

    >>> round(length(Fraction(10**50, 7))), round(length(Decimal("1e-30"))), length(0.5)
    (50, 30, 0)
    """
    if isinstance(number, Fraction | int):
        bits = max(number.numerator.bit_length(), number.denominator.bit_length())
        return bits * math.log10(2)
    if isinstance(number, Decimal) and number and number.is_finite():
        return abs(number.adjusted())
    return 0


def check(digits: Any, number: Any, what: str) -> None:
    """Raises ValueError where so many `digits` are too many for the type of `number`."""
    if isinstance(number, Decimal) and digits > MOST_PLACES:
        size = "small" if abs(number) < 1 else "large"
        raise ValueError(f"{what} is too {size}: Decimals have up to {MOST_PLACES} places here")
    if digits > MOST_DIGITS:
        raise ValueError(
            f"{what} is too large: more than {MOST_DIGITS} exact digits; use --numbers float"
        )


def check_power(name: str, arguments: Sequence[Any]) -> None:
    """Refuses a power that would be too long before it is computed.

    Nothing else is longer than all that it is made of.
    """
    match name, [x.data if isinstance(x, Value) else x for x in arguments]:
        case "power", [Fraction() as base, Fraction() as exponent] if base not in (-1, 0, 1):
            check(length(base) * abs(exponent), base, "the result of power")
        case "exp2", [Fraction() as exponent]:
            check(abs(exponent) * Fraction(math.log10(2)), exponent, "the result of exp2")


def slopes_are_exact(root: Value, wrt: Value | None = None) -> bool:
    """Whether the derivatives of a graph, or those on the way to `wrt`, are in its number type.

    Raises ValueError for one that is too long.

    >>> x, n = Value(2, "x"), Value(3, "n")
    >>> slopes_are_exact(x**n), slopes_are_exact(x**n, x)
    (False, True)
    """
    size, order, exact = Size(), topological(root), True
    wanted = set(order) if wrt is None else {wrt}
    for node in order:
        if not wanted.isdisjoint(node.parents):
            wanted.add(node)

    def slopes(node: Value) -> Iterator[tuple[int, Value, Any]]:
        nonlocal exact
        for place, parent, slope in node.slopes(missing=True):
            if parent in wanted:
                exact = exact and slope is not None
                yield place, parent, False if slope is None else slope

    def times(gradient: Any, slope: Any) -> Any:
        return size.checked(careful_product(gradient, slope), "a derivative")

    def plus(one: Any, other: Any) -> Any:
        return size.checked(careful_sum(one, other), "a derivative")

    for _ in fold(order, 1, slopes, times=times, plus=plus):
        pass
    return exact
