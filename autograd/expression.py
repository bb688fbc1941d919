"""Expressions as text, made into graphs: read with `ast`, never run as code."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from autograd.engine import FUNCTIONS
from autograd.notation import GREEK
from autograd.ops import OPS
from autograd.value import Value

NUMBERS: Mapping[str, Callable[[str], Any]] = {
    "fraction": Fraction,
    "decimal": Decimal,
    "float": float,
}

# Exact results with more bits than this are refused: nobody could read them.
MOST_BITS = 100_000

_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "power",
}
_SIGNS: dict[type[ast.AST], str] = {
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.MatMult: "@",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitAnd: "&",
    ast.BitXor: "^ (a power is written **)",
    ast.Invert: "~",
    ast.Not: "not",
}
_KINDS: dict[type[ast.AST], str] = {
    ast.Attribute: "an attribute",
    ast.Subscript: "an index",
    ast.Lambda: "a lambda",
    ast.Compare: "a comparison",
    ast.BoolOp: "and/or",
    ast.IfExp: "if/else",
    ast.JoinedStr: "a formatted text",
    ast.NamedExpr: "an assignment inside an expression",
    ast.Import: "an import",
    ast.ImportFrom: "an import",
    ast.FunctionDef: "a function definition",
    ast.ClassDef: "a class definition",
    ast.Starred: "a star",
    ast.List: "a list outside dot and logsumexp",
    ast.Tuple: "a tuple",
}


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
        try:
            tree = ast.parse(self.text)
            return self._last(tree.body)
        except SyntaxError as error:
            where = f" at {self.text[error.offset - 1 :][:12]!r}" if error.offset else ""
            raise ValueError(f"not an expression: {error.msg}{where}") from None
        except (RecursionError, MemoryError):
            raise ValueError("the expression is nested too deeply") from None

    def _last(self, parts: Sequence[ast.stmt]) -> Value:
        result: Any = None
        for part in parts:
            match part:
                case ast.Assign(targets=[ast.Name(id=name)], value=expression):
                    result = self._named(name, self._value(expression))
                case ast.Expr(value=expression) if part is parts[-1]:
                    result = self._value(expression)
                case ast.Expr():
                    raise ValueError(
                        f"{self._source(part)!r} has no name: only the last part needs none"
                    )
                case _:
                    raise self._refused(part)
        for name in self.values:
            if name not in self.used and self.values[name] is not result:
                raise ValueError(f"{name!r} has a number but is not used in the expression")
        if result.__class__ is not Value:
            raise ValueError("nothing to differentiate: the expression has no names with a number")
        return result

    def _named(self, name: str, result: Any) -> Value:
        self._check_name(name)
        if name in self.values:
            raise ValueError(f"{name!r} is set twice")
        if result.__class__ is not Value:
            result = Value(result)
        elif result.label:  # the same value under another name
            result = OPS["copy"].record(result)
        result.label = name
        self.values[name] = result
        return result  # type: ignore[no-any-return]

    def _value(self, node: ast.expr) -> Any:
        """What an expression is: a Value, or a number where there is no name in it."""
        match node:
            case ast.Constant(value=bool() | str() | bytes() | None | complex()):
                raise ValueError(f"{self._source(node)!r} is not a real number")
            case ast.Constant(value=int(whole)):
                return number(str(whole), self.kind)
            case ast.Constant(value=float()):
                return number(self._source(node), self.kind)
            case ast.Name(id=name):
                return self._looked_up(name)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self._value(operand)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._applied("neg", [self._value(operand)])
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                name = _OPERATORS[type(op)]
                return self._applied(name, [self._value(left), self._value(right)])
            case ast.BinOp(op=op) | ast.UnaryOp(op=op):
                raise ValueError(f"the operator {_SIGNS[type(op)]} is not allowed")
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._called(name, arguments)
        raise self._refused(node)

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

    def _called(self, name: str, arguments: list[ast.expr]) -> Any:
        op = OPS.get(name)
        if op is None or op.helper:
            known = ", ".join(sorted(n for n, op in OPS.items() if not op.helper))
            raise ValueError(f"unknown function {name!r}: must be one of {known}")
        if op.run:
            if not all(isinstance(argument, ast.List) for argument in arguments):
                raise ValueError(f"{name} takes lists, such as {name}([a, b])")
            runs = [[self._value(x) for x in argument.elts] for argument in arguments]  # type: ignore[attr-defined]
            return FUNCTIONS[name](*runs)
        return self._applied(name, [self._value(argument) for argument in arguments])

    def _applied(self, name: str, arguments: list[Any]) -> Any:
        if name == "power":
            _check_size(*arguments)
        try:
            return FUNCTIONS[name](*arguments)
        except OverflowError:
            raise ValueError(f"the result of {name} is too large") from None

    def _refused(self, node: ast.AST) -> ValueError:
        kind = _KINDS.get(type(node), f"{type(node).__name__}")
        if isinstance(node, ast.Call):
            kind = "a call of anything but an elementary function"
        return ValueError(
            f"{self._source(node)!r} is {kind}: only arithmetic, names, numbers and elementary "
            "functions are allowed"
        )

    def _source(self, node: ast.AST) -> str:
        return ast.get_source_segment(self.text, node) or ast.unparse(node)


def _check_size(base: Any, exponent: Any) -> None:
    """Refuses exact powers that would fill the memory."""
    base, exponent = (x.data if x.__class__ is Value else x for x in (base, exponent))
    if isinstance(base, Fraction) and isinstance(exponent, Fraction):
        bits = max(base.numerator.bit_length(), base.denominator.bit_length())
        if bits * abs(exponent) > MOST_BITS and abs(base) != 1 and base:
            raise ValueError("the exact result is too large: use --numbers float")
