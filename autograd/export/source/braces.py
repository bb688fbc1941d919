"""Braces: expressions of the languages that write `test ? yes : no` and `&&`."""

from __future__ import annotations

from typing import ClassVar

from autograd.codegen import AND, ATOM, CHOICE, COMPARE, NOT, OR, SIGN, SUM, Source
from autograd.codegen import BINDING as ARITHMETIC
from autograd.text import Binary, Call, Choice, Compare, Logic, Name, Negative, Node, Not, Number


class Braces(Source):
    """The writer of such expressions. A number as a test holds where it is not 0, nan too.

    >>> from autograd.text import read
    >>> Braces({"x": "a"}, str)(read("-x if not -1 < x <= 2 and x else x / 2"))
    '(!(-1 < a && a <= 2)) && a != 0 ? -a : a / 2'
    """

    equal: ClassVar[dict[str, str]] = {}
    truths: ClassVar[tuple[str, str]] = ("0", "1")
    nothing: ClassVar[str] = "nothing()"

    def write(self, node: Node) -> tuple[str, int]:
        """The source of a tree, and how tightly it binds."""
        match node:
            case Negative(of):
                text = self.within(of, SIGN)
                return (f"-({text})" if text.startswith("-") else f"-{text}"), SIGN
            case Name() | Number() | Binary() | Call() | Choice():
                return super().write(node)
        return self.condition(node)

    def number(self, node: Number) -> str:
        """A number, or the mark of what hands on nothing."""
        if node.value is False:
            return self.nothing
        return self.literal(node.value)

    def literal(self, value: object) -> str:
        """A whole number of a rule."""
        return str(value)

    def binary(self, sign: str, left: Node, right: Node) -> tuple[str, int]:
        """Arithmetic, with the language's own division."""
        if sign == "**":
            return self.write(Call("power", (left, right)))
        binding = ARITHMETIC[sign]
        return f"{self.within(left, binding)} {sign} {self.within(right, binding + 1)}", binding

    def choice(self, test: Node, yes: Node, no: Node) -> tuple[str, int]:
        """A choice."""
        return f"{self.test(test, OR)} ? {self.within(yes, OR)} : {self.within(no, CHOICE)}", CHOICE

    def test(self, node: Node, least: int) -> str:
        """A condition, in brackets where it binds less tightly than its place demands."""
        if not isinstance(node, Compare | Logic | Not):
            node = Compare(("!=",), (node, Number(0)))
        text, binding = self.condition(node)
        return text if binding >= least else f"({text})"

    def condition(self, node: Node) -> tuple[str, int]:
        """A comparison, or what words make of them."""
        match node:
            case Compare(signs, sides) if len(signs) > 1:
                pairs = zip(signs, sides, sides[1:], strict=False)
                return self.condition(
                    Logic("and", tuple(Compare((s,), (x, y)) for s, x, y in pairs))
                )
            case Compare((sign,), (left, right)):
                sign = self.equal.get(sign, sign)
                return f"{self.within(left, SUM)} {sign} {self.within(right, SUM)}", COMPARE
            case Logic(word, ()):
                return self.truths[word == "and"], ATOM
            case Logic(word, parts):
                joined = " && " if word == "and" else " || "
                # Brackets around each, as compilers ask for in a mix of the two.
                texts = [self.test(part, COMPARE) for part in parts]
                return joined.join(texts), AND if word == "and" else OR
            case Not(of):
                return f"!{self.test(of, ATOM)}", NOT
        raise TypeError(f"not a condition of a rule: {node!r}")
