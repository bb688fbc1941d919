"""Expressions as text, made into graphs: read as trees, never run as code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from autograd import text as tx
from autograd.engine import FUNCTIONS
from autograd.formula.notation import GREEK
from autograd.ops import OPS
from autograd.value import Value

NUMBERS: Mapping[str, Callable[[str], Any]] = {
    "fraction": Fraction,
    "decimal": Decimal,
    "float": float,
}

# Exact results with more bits than this are refused: nobody could read them.
MOST_BITS = 100_000

_OPERATORS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "**": "power"}


def graph(text: str, given: Mapping[str, str], numbers: str = "fraction") -> Value:
    """The graph of an expression: the Value of its last part, leaves and parts labelled.

    `text` has arithmetic, names, numbers and elementary functions; parts separated by semicolons
    may name values on the way (`h = x*w; h**2`). `given` has the number of each name, as text;
    `numbers` is fraction, decimal or float. Raises ValueError for anything else in the text, for a
    name without a number and a number without a name, TypeError if a function does not exist for
    the number type.

    >>> root = graph("h = x1*w1 + x2*w2; (h - 8)**2 / 2", dict(x1="5", x2="3", w1=".4", w2=".6"))
    >>> root.data
    Fraction(441, 50)
    """
    if numbers not in NUMBERS:
        raise ValueError(f"unknown number type {numbers!r}: must be one of {', '.join(NUMBERS)}")
    return _Reader(text, given, NUMBERS[numbers]).root()


def number(text: str, kind: Callable[[str], Any]) -> Any:
    """A number from text. Raises ValueError if it is none."""
    try:
        if kind is not Fraction and "/" in text:
            over, _, under = text.partition("/")
            return kind(over) / kind(under)
        return kind(text)
    except (ValueError, InvalidOperation, ArithmeticError):
        raise ValueError(f"{text!r} is not a number") from None


class _Reader:
    """Reads one expression; remembers the values that have names."""

    def __init__(self, text: str, given: Mapping[str, str], kind: Callable[[str], Any]) -> None:
        self.text = text.strip()
        self.kind = kind
        self.values: dict[str, Any] = {}
        self.used: set[str] = set()
        for name, digits in given.items():
            self._check_name(name)
            self.values[name] = Value(number(digits, kind), name)

    def _check_name(self, name: str) -> None:
        if not name.isidentifier():
            raise ValueError(f"{name!r} is not a name")
        if name in FUNCTIONS or name in ("abs", "pi"):
            raise ValueError(f"{name!r} is a function and cannot be a name of a number")

    def root(self) -> Value:
        result: Any = None
        *parts, last = tx.read_program(self.text, _check_function) or [("", tx.Name(""), "")]
        for name, tree, source in parts:
            if not name:
                raise ValueError(f"{source!r} has no name: only the last part needs none")
            self._named(name, self._value(tree))
        name, tree, _ = last
        if tree != tx.Name(""):
            result = self._named(name, self._value(tree)) if name else self._value(tree)
        for name in self.values:
            if name not in self.used and self.values[name] is not result:
                raise ValueError(f"{name!r} has a number but is not used in the expression")
        if not isinstance(result, Value):
            raise ValueError(  # noqa: TRY004  what was typed is wrong, not its type
                "nothing to differentiate: the expression has no names with a number"
            )
        return result

    def _named(self, name: str, result: Any) -> Value:
        self._check_name(name)
        if name in self.values:
            raise ValueError(f"{name!r} is set twice")
        if not isinstance(result, Value):
            result = Value(result)
        elif result.label:  # the same value under another name
            result = OPS["copy"].record(result)
        result.label = name
        self.values[name] = result
        return result  # type: ignore[no-any-return]

    def _value(self, node: tx.Node) -> Any:
        """What an expression is: a Value, or a number where there is no name in it."""
        match node:
            case tx.Number(_, digits):
                return number(digits, self.kind)
            case tx.Name(name):
                return self._looked_up(name)
            case tx.Negative(of):
                return self._applied("neg", [self._value(of)])
            case tx.Binary(sign, left, right):
                return self._applied(_OPERATORS[sign], [self._value(left), self._value(right)])
            case tx.Call(name, arguments):
                return self._called(name, arguments)
        raise TypeError(f"not a tree of an expression: {node!r}")

    def _looked_up(self, name: str) -> Any:
        if name not in self.values:
            if name == "pi":
                return number("3.141592653589793238462643383279503", self.kind)
            if name in FUNCTIONS:
                raise ValueError(f"{name} is a function: write {name}(…)")
            hint = f", such as {name}=1" if name not in GREEK else ""
            raise ValueError(f"{name!r} has no number: give one{hint}")
        self.used.add(name)
        return self.values[name]

    def _called(self, name: str, arguments: tuple[tx.Node, ...]) -> Any:
        if OPS[name].run:
            runs = [argument.items for argument in arguments if isinstance(argument, tx.List)]
            if len(runs) != len(arguments):
                raise ValueError(f"{name} takes lists, such as {name}([a, b])")
            return FUNCTIONS[name](*[[self._value(x) for x in run] for run in runs])
        if any(isinstance(argument, tx.List) for argument in arguments):
            raise ValueError(f"{name} takes numbers, not a list: only dot and logsumexp take lists")
        return self._applied(name, [self._value(argument) for argument in arguments])

    def _applied(self, name: str, arguments: list[Any]) -> Any:
        if name == "power":
            _check_size(*arguments)
        try:
            return FUNCTIONS[name](*arguments)
        except OverflowError:
            raise ValueError(f"the result of {name} is too large") from None


def _check_function(name: str) -> None:
    """Refuses what is no function."""
    known = sorted(name for name, op in OPS.items() if not op.helper)
    if name not in known:
        raise ValueError(f"unknown function {name!r}: must be one of {', '.join(known)}")


def _check_size(base: Any, exponent: Any) -> None:
    """Refuses exact powers that would fill the memory."""
    base, exponent = (x.data if isinstance(x, Value) else x for x in (base, exponent))
    if isinstance(base, Fraction) and isinstance(exponent, Fraction):
        bits = max(base.numerator.bit_length(), base.denominator.bit_length())
        if bits * abs(exponent) > MOST_BITS and abs(base) != 1 and base:
            raise ValueError("the exact result is too large: use --numbers float")
