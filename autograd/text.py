"""The language of rules: what a text may hold, and the tree that it becomes.

A text is read once, here, and everything else is a writer over its tree. What the grammar lacks is
refused with its place, so a text that can be read can be read everywhere.
"""

from __future__ import annotations

import ast
import keyword
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias


# fmt: off
@dataclass(frozen=True, slots=True)
class Name:
    """An input, the value `z`, or `pi`."""
    name: str

@dataclass(frozen=True, slots=True)
class Number:
    """A number: a whole one in a rule; in an expression any, with its digits as they stand."""
    value: int | Fraction
    digits: str = ""

@dataclass(frozen=True, slots=True)
class Negative:
    """-of."""
    of: Node

@dataclass(frozen=True, slots=True)
class Binary:
    """Left and right with a sign between them, one of + - * / **."""
    sign: str
    left: Node
    right: Node

@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison, chained if it has more than two sides: -1 < x < 1."""
    signs: tuple[str, ...]
    sides: tuple[Node, ...]

@dataclass(frozen=True, slots=True)
class Logic:
    """Conditions joined by the word `and` or `or`."""
    word: str
    parts: tuple[Node, ...]

@dataclass(frozen=True, slots=True)
class Not:
    """Where a condition does not hold."""
    of: Node

@dataclass(frozen=True, slots=True)
class Choice:
    """`yes if test else no`; a number as the test holds where it is not 0."""
    test: Node
    yes: Node
    no: Node

@dataclass(frozen=True, slots=True)
class Call:
    """A function of numbers or of whole runs of them."""
    name: str
    arguments: tuple[Node, ...]

@dataclass(frozen=True, slots=True)
class List:
    """Numbers side by side, in an expression: dot([a, b], [c, d])."""
    items: tuple[Node, ...]

# fmt: on

Node: TypeAlias = Name | Number | Negative | Binary | Compare | Logic | Not | Choice | Call | List

# Calls that mean a constant, in the number type of their argument.
CONSTANTS: Final = {
    "zero": Fraction(0), "one": Fraction(1), "half": Fraction(1, 2),
    # With these a selu keeps mean 0 and variance 1 (Klambauer et al. 2017).
    "selu_scale": Fraction("1.0507009873554805"), "selu_alpha": Fraction("1.6732632423543772"),
}  # fmt: skip


def parts(node: Node) -> tuple[Node, ...]:
    """The trees that a tree is made of, in the order in which they are written."""
    match node:
        case Negative(of) | Not(of):
            return (of,)
        case Binary(_, left, right):
            return left, right
        case Compare(_, inner) | Logic(_, inner) | Call(_, inner) | List(inner):
            return inner
        case Choice(test, yes, no):
            return yes, test, no
    return ()


def walk(node: Node) -> Iterator[Node]:
    """A tree and everything in it."""
    yield node
    for part in parts(node):
        yield from walk(part)


def names(node: Node) -> list[str]:
    """The names in a tree in order of first mention, those of functions left out.

    >>> names(read("y * exp(x) if x > 0 else y"))
    ['y', 'x']
    """
    return list(dict.fromkeys(part.name for part in walk(node) if isinstance(part, Name)))


def calls(node: Node) -> list[Call]:
    """The calls in a tree."""
    return [part for part in walk(node) if isinstance(part, Call)]


# Reading.

_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**",
}  # fmt: skip
_ORDERS: dict[type[ast.AST], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_NO_SIGNS: dict[type[ast.AST], str] = {
    ast.FloorDiv: "//", ast.Mod: "%", ast.MatMult: "@", ast.LShift: "<<", ast.RShift: ">>",
    ast.BitOr: "|", ast.BitAnd: "&", ast.BitXor: "^ (a power is written **)", ast.Invert: "~",
    ast.Not: "not", ast.UAdd: "+ before a number",
}  # fmt: skip
_KINDS: dict[type[ast.AST], str] = {
    ast.Attribute: "an attribute", ast.Subscript: "an index", ast.Lambda: "a lambda",
    ast.Compare: "a comparison", ast.BoolOp: "and/or", ast.IfExp: "if/else",
    ast.JoinedStr: "a formatted text", ast.NamedExpr: "an assignment inside an expression",
    ast.Starred: "a star", ast.List: "a list", ast.Tuple: "a tuple",
    ast.Call: "a call of anything but an elementary function",
}  # fmt: skip
_RULE: Final = (
    "a rule has names, whole numbers, + - * / **, calls of functions, and choices `a if c else b` "
    "with conditions of < <= > >= == != and or not"
)


# A rule that is nested more deeply is one that nobody reads, and Python's own recursion ends there.
DEEPEST: Final = 60
# No float holds a larger number.
LARGEST: Final = 10**308


class TextError(ValueError):
    """A text that cannot be read: the message has the place and what may stand there."""


def read(text: str, *, condition: bool = False) -> Node:
    """The tree of a rule text, or of a `condition`. Raises TextError.

    >>> read("2 * x")
    Binary(sign='*', left=Number(value=2, digits=''), right=Name(name='x'))
    """
    reader = _Reader(str(text))
    deep = TextError(f"{reader.text[:40]!r}… is nested too deeply: {DEEPEST} levels are possible")
    try:
        tree = ast.parse(reader.text, mode="eval").body
        found = reader.condition(tree) if condition else reader.number(tree)
    except SyntaxError as error:
        raise TextError(f"{text!r} cannot be read: {error.msg}; {_RULE}") from None
    except (RecursionError, MemoryError):
        raise deep from None
    if _depth(found) > DEEPEST:
        raise deep
    return found


def _depth(node: Node) -> int:
    return 1 + max(map(_depth, parts(node)), default=0)


class _Reader:
    """Makes trees of what Python reads, and refuses the rest."""

    def __init__(self, text: str) -> None:
        self.text = text.strip()

    def source(self, node: ast.AST) -> str:
        return ast.get_source_segment(self.text, node) or ast.unparse(node)

    def refused(self, node: ast.AST, why: str = "") -> TextError:
        place = self.source(node)
        if not why and isinstance(node, ast.BinOp | ast.UnaryOp):
            why = f"the operator {_NO_SIGNS[type(node.op)]} is not allowed"
        why = why or f"that is {_KINDS.get(type(node), type(node).__name__)}"
        return TextError(f"{self.text!r} cannot be read at {place!r}: {why}; {_RULE}")

    def number(self, node: ast.expr) -> Node:
        match node:
            case ast.Constant(value=value):
                return self.constant(node, value)
            case ast.Name(id=name):
                return Name(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Negative(self.number(operand))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
                return self.binary(_SIGNS[type(op)], self.number(left), self.number(right))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return Call(name, tuple(map(self.number, arguments)))
            case ast.IfExp(test=test, body=yes, orelse=no):
                return Choice(self.condition(test), self.number(yes), self.number(no))
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                raise self.refused(node, "a condition is no number: write `1 if … else 0`")
        raise self.refused(node)

    def constant(self, node: ast.expr, value: object) -> Node:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.refused(node, "numbers in a rule are whole, so that exact types stay exact")
        if value > LARGEST:
            raise self.refused(node, "no float holds so large a number")
        return Number(value)

    def binary(self, sign: str, left: Node, right: Node) -> Node:
        match sign, left, right:
            case "**", Number(int(base)), Number(int(exponent)) if exponent <= 1024:
                if base**exponent > LARGEST:
                    raise TextError(f"{self.text!r} has {base}**{exponent}: no float is that large")
                return Number(base**exponent)  # 10**300: nobody writes that out
        return Binary(sign, left, right)

    def condition(self, node: ast.expr) -> Node:
        match node:
            case ast.Compare(left=left, ops=ops, comparators=others):
                if not all(type(op) in _ORDERS for op in ops):
                    raise self.refused(node, "only < <= > >= == != compare numbers")
                sides = tuple(map(self.number, (left, *others)))
                return Compare(tuple(_ORDERS[type(op)] for op in ops), sides)
            case ast.BoolOp(op=op, values=values):
                word = "and" if isinstance(op, ast.And) else "or"
                return Logic(word, tuple(map(self.condition, values)))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Not(self.condition(operand))
            case ast.Constant(value=bool(always)):
                return Logic("and" if always else "or", ())  # of no conditions at all
        return self.number(node)


# What the names in a row may be.


def check_name(name: object, what: str) -> None:
    """Raises ValueError for a name that is none, or that Python keeps for itself."""
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"{name!r} cannot name {what}: it is not a name")
    if keyword.iskeyword(name) or name == "__debug__":
        raise ValueError(f"{name!r} cannot name {what}: it is a reserved word of Python")
    read = unicodedata.normalize("NFKC", name)
    if read != name:
        raise ValueError(f"{name!r} cannot name {what}: Python reads it as {read!r}, so write that")


def check_names(node: Node, known: Collection[str], runs: Collection[str] = ()) -> None:
    """Raises TextError for a name that is not `known`, or a run anywhere but in a call."""
    for part in parts(node):
        if not (isinstance(node, Call) and isinstance(part, Name) and part.name in runs):
            check_names(part, known, runs)
    if isinstance(node, Name) and node.name not in known:
        if node.name in runs:
            raise TextError(f"the run {node.name!r} can only be given to a function")
        raise TextError(f"it names {node.name!r}, but here is only {', '.join(known)}")
