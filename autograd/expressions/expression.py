"""Expressions as text, made into graphs: read as trees, never run as code."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from autograd import text as tx
from autograd.elementary import NotExactError
from autograd.engine import FUNCTIONS
from autograd.expressions import grammar
from autograd.expressions.size import Size, check_power
from autograd.formula import notation
from autograd.ops import OPS
from autograd.value import Value

NUMBERS: Mapping[str, Callable[[str], Any]] = {
    "fraction": Fraction,
    "decimal": Decimal,
    "float": float,
}

_OPERATORS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "**": "power"}
# Names that are numbers, where nobody has given them another; π and e are shown by name.
SHOWN = ("pi", "e")
CONSTANTS = {
    "pi": "3.141592653589793238462643383279503",
    "e": "2.718281828459045235360287471352662",
    "inf": "inf",
    "nan": "nan",
}


def graph(text: str, given: Mapping[str, str], numbers: str = "fraction") -> Value:
    """The graph of an expression: the Value of its last part, leaves and parts labelled.

    `text` has arithmetic, names, numbers and elementary functions, written as in Python or as
    `explain` prints them; parts separated by semicolons may name values on the way
    (`h = x*w; h²`). `given` has the number of each name, as text; `numbers` is fraction, decimal or
    float. π and e are numbers, e only where it is no name that is given. Raises ValueError for
    anything else in the text, for a name without a number and a number without a name, and for
    exact results of more than 4300 digits; TypeError if a function does not exist for the number
    type.

    >>> root = graph("h = x1*w1 + x2*w2; (h − 8)²/2", dict(x1="5", x2="3", w1=".4", w2="3/5"))
    >>> root.data
    Fraction(441, 50)
    """
    return graph_and_constants(text, given, numbers)[0]


def graph_and_constants(
    text: str, given: Mapping[str, str], numbers: str = "fraction"
) -> tuple[Value, list[Value]]:
    """The graph, and its leaves that are π or e: they have names, but are no variables."""
    if numbers not in NUMBERS:
        raise ValueError(f"unknown number type {numbers!r}: must be one of {', '.join(NUMBERS)}")
    maker = _Maker(NUMBERS[numbers])
    root = maker.root(text.strip(), given)
    return root, list(maker.shown.values())


def literal(digits: str, kind: Callable[[str], Any]) -> Any:
    """A number in a number type. Raises ValueError for one that is none of its numbers.

    >>> literal("1/2", float), literal("0.1", Fraction)
    (0.5, Fraction(1, 10))
    """
    over, _, under = digits.partition("/")
    found = kind(over) / kind(under) if under else kind(over)
    if isinstance(found, float) and (math.isinf(found) or (not found and Fraction(over))):
        raise ValueError(f"{digits} is too {'large' if found else 'small'} for a float")
    return found


def constant(name: str, kind: Callable[[str], Any]) -> Any:
    """π, Euler's number, infinity or nan in a number type. Raises NotExactError for Fractions.

    >>> constant("pi", float), constant("e", Decimal)
    (3.141592653589793, Decimal('2.718281828459045235360287471352662'))
    """
    if kind is Fraction:
        shown = {"inf": "∞"}.get(name, notation.pretty(name))
        raise NotExactError(f"{shown} is no fraction: use --numbers float or decimal")
    return kind(CONSTANTS[name])


def number(text: str, kind: Callable[[str], Any]) -> Any:
    """The number that a text means, such as 1/3, −6.1, √2 or 2·π.

    Raises ValueError if it means none, NotExactError for one that is no Fraction.

    >>> number("−½", Fraction), number("2^10", float)
    (Fraction(-1, 2), 1024.0)
    """
    try:
        parts = grammar.read_program(text, check_function)
    except tx.TextError as error:
        raise ValueError(f"{text!r} is not a number: it {error}") from None
    unknown = [x for _, tree, _ in parts for x in tx.names(tree) if x not in CONSTANTS]
    if len(parts) != 1 or parts[0][0] or unknown:
        raise ValueError(f"{text!r} is not a number")
    found = _Maker(kind).value(parts[0][1])
    return found.data if isinstance(found, Value) else found


def check_function(name: str) -> None:
    """Refuses what is no function."""
    known = sorted(name for name, op in OPS.items() if not op.helper)
    if name not in known:
        near = get_close_matches(name, known, 1)
        asked = f"did you mean {near[0]}? It " if near else ""
        raise ValueError(f"unknown function {name!r}: {asked}must be one of {', '.join(known)}")


class _Maker:
    """Makes the graph of one expression; remembers the values that have names."""

    def __init__(self, kind: Callable[[str], Any]) -> None:
        self.kind = kind
        self.values: dict[str, Any] = {}
        self.shown: dict[str, Value] = {}
        self.printed: set[str] = set()
        self.used: set[str] = set()
        self.size = Size()

    def root(self, text: str, given: Mapping[str, str]) -> Value:
        """The Value of the last part."""
        for written, digits in given.items():
            name = self._free(written, "is given twice")
            self.values[name] = Value(self._number(written, digits), name)
        numbered, result = {*self.values}, None
        parts = grammar.read_program(text, self._check_function, self.values)
        if not parts:
            raise ValueError(f"the expression {text!r} is empty: write one, such as x*2")
        for place, (name, tree, source) in enumerate(parts):
            if not name and place < len(parts) - 1:
                raise ValueError(f"{source!r} has no name: only the last part needs none")
            result = self.value(tree)
            if name:
                result = self._named(name, result)
        for name in self.values:
            if name not in self.used and self.values[name] is not result:
                what = "has a number" if name in numbered else "is set"
                raise ValueError(f"{name!r} {what} but is not used in the expression")
        if not self.values or not isinstance(result, Value):
            raise ValueError("nothing to differentiate: the expression has no names with a number")
        return result

    def _number(self, name: str, digits: str) -> Any:
        if not digits:
            raise ValueError(f"{name!r} has no number: write one behind its =, such as {name}=1")
        try:
            return number(digits, self.kind)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None

    def _free(self, written: str, otherwise: str) -> str:
        """What a number is called that is given this name."""
        if not grammar.is_name(written):
            raise ValueError(f"{written!r} is not a name")
        name = grammar.name(written)
        if name in FUNCTIONS or name in ("pi", "inf", "nan"):
            what = "a function" if name in FUNCTIONS else "a number of its own"
            raise ValueError(f"{written!r} is {what} and cannot be a name of a number")
        if notation.pretty(name) in self.printed:
            raise ValueError(f"{written!r} {otherwise}")
        if name in self.used:
            raise ValueError(f"{written!r} is used before it is set: there it is Euler's number")
        self.printed.add(notation.pretty(name))
        return name

    def _named(self, name: str, result: Any) -> Value:
        name = self._free(name, "is set twice")
        if not isinstance(result, Value):
            result = Value(result)
        elif result.label:  # the same value under another name
            result = OPS["copy"].record(result)
        result.label = name
        self.values[name] = result
        return result  # type: ignore[no-any-return]

    def value(self, node: tx.Node) -> Any:
        """What an expression is: a Value, or a number where there is no name in it."""
        later: list[tuple[str, tx.Node]] = []
        while isinstance(node, tx.Binary):  # a long sum leans to the left
            later.append((node.sign, node.right))
            if node.sign == "**" and node.left == tx.Name("e") and "e" not in self.values:
                later[-1] = ("exp", node.right)
            node = node.left
        if later and later[-1][0] == "exp":
            result = self._applied("exp", [self.value(later.pop()[1])])
            self.used.add("e")
        else:
            result = self._operand(node)
        for sign, right in reversed(later):
            result = self._applied(_OPERATORS[sign], [result, self.value(right)])
        return result

    def _operand(self, node: tx.Node) -> Any:
        match node:
            case tx.Number(_, digits):
                return self.size.checked(literal(digits, self.kind), "the number")
            case tx.Name(name):
                return self._looked_up(name)
            case tx.Negative(of):
                return self._applied("neg", [self.value(of)])
            case tx.Call(name, arguments):
                return self._called(name, arguments)
        raise TypeError(f"not a tree of an expression: {node!r}")

    def _looked_up(self, name: str) -> Any:
        self.used.add(name)
        if name in self.values:
            return self.values[name]
        if name in SHOWN:
            self.shown[name] = self.shown.get(name) or Value(constant(name, self.kind), name)
            return self.shown[name]
        if name in CONSTANTS:
            return constant(name, self.kind)
        if name in FUNCTIONS:
            raise ValueError(f"{name} is a function: write {name}(…)")
        shown = notation.pretty(name)
        hint = f", such as {name}=1" if name.isascii() else ""
        known = f" (as {shown})" if shown != name else ""
        raise ValueError(f"{name!r}{known} has no number: give one{hint}")

    def _called(self, name: str, arguments: tuple[tx.Node, ...]) -> Any:
        if OPS[name].run:
            runs = [argument.items for argument in arguments if isinstance(argument, tx.List)]
            if len(runs) != len(arguments):
                raise ValueError(f"{name} takes lists, such as {name}([a, b])")
            return self._applied(name, [[self.value(x) for x in run] for run in runs])
        if any(isinstance(argument, tx.List) for argument in arguments):
            raise ValueError(f"{name} takes numbers, not a list: only dot and its like take lists")
        return self._applied(name, [self.value(argument) for argument in arguments])

    def _applied(self, name: str, arguments: list[Any]) -> Any:
        check_power(name, arguments)
        try:
            result = FUNCTIONS[name](*arguments)
        except ZeroDivisionError:
            raise
        except NotExactError:
            raise NotExactError(f"{name} has no exact value: use --numbers float") from None
        except (OverflowError, DecimalException):
            raise ValueError(f"the result of {name} is too large, or not defined") from None
        return self.size.checked(result, f"the result of {name}")

    def _check_function(self, name: str) -> None:
        """Refuses what is no function."""
        if name in self.values and name not in OPS:
            raise ValueError(f"{name!r} is a number, not a function; a product is {name}·(…)")
        check_function(name)
