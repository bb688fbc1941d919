"""Dual numbers a + b eps with eps**2 = 0: exact derivatives by algebra, without a rule for any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any


class Dual:
    """a + b eps. Over Fractions it is exact; a and b may be dual numbers again, of another eps.

    A function that only adds, subtracts, multiplies, divides and compares has the derivative b at
    a + eps, whatever it is: f(a + eps) = f(a) + f'(a) eps.

    >>> x = Dual(Fraction(3), 1)
    >>> (x * x / (x + 1)).b
    Fraction(15, 16)
    """

    __slots__ = ("a", "b")

    def __init__(self, a: Any, b: Any = 0) -> None:
        self.a, self.b = a, b

    def __add__(self, other: Any) -> Dual:
        other = _dual(other)
        return Dual(self.a + other.a, self.b + other.b)

    def __mul__(self, other: Any) -> Dual:
        other = _dual(other)
        return Dual(self.a * other.a, self.a * other.b + self.b * other.a)

    def __truediv__(self, other: Any) -> Dual:
        # The c + d eps that times the divisor is the dividend: compare coefficients.
        other = _dual(other)
        c = _exact(self.a) / other.a
        return Dual(c, (self.b - c * other.b) / _exact(other.a))

    def __neg__(self) -> Dual:
        return Dual(-self.a, -self.b)

    def __sub__(self, other: Any) -> Dual:
        return self + -_dual(other)

    def __rsub__(self, other: Any) -> Dual:
        return _dual(other) - self

    def __rtruediv__(self, other: Any) -> Dual:
        return _dual(other) / self

    def __pow__(self, power: Any) -> Dual:
        if isinstance(power, Dual) or power != int(power):
            raise TypeError(f"no exact power of a dual number: {power!r}")
        product = Dual(Fraction(1))
        for _ in range(abs(int(power))):
            product *= self
        return product if power >= 0 else 1 / product

    def __abs__(self) -> Dual:
        return -self if self < 0 else self

    def __lt__(self, other: Any) -> bool:
        return bool(self.a < _dual(other).a)

    def __gt__(self, other: Any) -> bool:
        return bool(self.a > _dual(other).a)

    def __le__(self, other: Any) -> bool:
        return bool(self.a <= _dual(other).a)

    def __ge__(self, other: Any) -> bool:
        return bool(self.a >= _dual(other).a)

    def __eq__(self, other: object) -> bool:
        return bool(self.a == _dual(other).a)

    def __bool__(self) -> bool:
        return bool(self.a)

    __hash__ = None  # type: ignore[assignment]
    __radd__ = __add__
    __rmul__ = __mul__


def _dual(x: Any) -> Dual:
    return x if isinstance(x, Dual) else Dual(x)


def _exact(x: Any) -> Any:
    return Fraction(x) if isinstance(x, int) else x


def exact_derivative(function: Callable[..., Any], point: Sequence[Any], *places: int) -> Any:
    """The derivative of a rational function at exact numbers, to the arguments at `places`.

    >>> exact_derivative(lambda x, y: x * x / y, [Fraction(3), Fraction(2)], 0, 1)
    Fraction(-3, 2)
    """
    if not places:
        return function(*point)
    *outer, place = places

    def slope(*numbers: Any) -> Any:
        # All of them: a number of an outer eps must not pass for one of this.
        moved = [Dual(number, int(index == place)) for index, number in enumerate(numbers)]
        found = function(*moved)
        return found.b if isinstance(found, Dual) else 0

    return exact_derivative(slope, point, *outer)
