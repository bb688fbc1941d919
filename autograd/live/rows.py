"""Rows: the operations of a graph in JavaScript, of exact numbers and of doubles."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from autograd.codegen import ATOM, COMPARE
from autograd.export.source.excerpt import words
from autograd.export.source.javascript import Expression, JavaScript
from autograd.ops import Op
from autograd.text import Compare, Negative, Node

_ARITHMETIC: Final = {"+": "add", "-": "sub", "*": "mul", "/": "div"}
_LIFTED: Final = "lifted_"


def rows(ops: Iterable[Op]) -> str:
    """The module `rows.js` of these operations: `rows.tanh.value(x)`, `.slopes[0](x, z)`.

    It is the table of `JavaScript.rows`, written in the functions of `scripts/exact.js`: a text
    gives an exact number wherever Python's does. Where an exact number has none, it throws a mark,
    and `applied` of that module computes in doubles. Raises NotImplementedError, naming the
    operation, for one that JavaScript has not.

    >>> from autograd.ops import OPS
    >>> "value: (x, y) => exact.mul(x, y), slopes: [(x, y, z) => y," in rows([OPS["mul"]])
    True
    """
    listed = [*dict.fromkeys(ops)]
    names = [op.name for op in listed]
    for name in names:
        if names.count(name) > 1:
            raise NotImplementedError(
                f"the graph has different operations called {name!r}: a live page knows each by "
                "its name; register them under different names"
            )
    written = _Rows()
    for op in listed:
        _check(op)
    table = written.rows(listed).removesuffix("\n")
    lifted = "".join(
        f'const {_LIFTED}{name} = exact.lifted("{name}", {name});\n'
        for name in sorted(written.words)
    )
    return (
        'import { exact } from "./exact.js";\n\n'
        f"export const rows = (() => {{\n{table.replace('export const rows', 'const rows')}\n"
        f"{lifted}return rows;\n}})();\n"
    )


def _check(op: Op) -> None:
    """Refuses an operation that cannot be written."""
    try:
        _Rows().rows([op])
    except NotImplementedError as error:
        raise NotImplementedError(
            f"a live page cannot compute {op.name!r}: {error}; steps(E) shows it without that"
        ) from None


class _Expression(Expression):
    """Expressions of numbers that may be exact."""

    def write(self, node: Node) -> tuple[str, int]:
        """The source of a tree, and how tightly it binds."""
        if isinstance(node, Negative):
            return f"exact.neg({self(node.of)})", ATOM
        return super().write(node)

    def literal(self, value: object) -> str:
        """A whole number of a rule."""
        text = str(value)
        zeros = len(text) - 1
        short = f"10n ** {zeros}n" if text == "1" + "0" * zeros and zeros > 2 else f"{text}n"
        return f"exact.whole({short})"

    def binary(self, sign: str, left: Node, right: Node) -> tuple[str, int]:
        """Arithmetic, by functions."""
        if sign == "**":
            return super().binary(sign, left, right)
        return f"exact.{_ARITHMETIC[sign]}({self(left)}, {self(right)})", ATOM

    def condition(self, node: Node) -> tuple[str, int]:
        """A comparison, or what words make of them."""
        match node:
            case Compare((sign,), (left, right)):
                sign = self.equal.get(sign, sign)
                return f"exact.compare({self(left)}, {self(right)}) {sign} 0", COMPARE
        return super().condition(node)


class _Rows(JavaScript):
    """The writer of the table."""

    expression = _Expression
    reserved = JavaScript.reserved | {
        "exact",
        "rows",
        *(_LIFTED + name for name in JavaScript.primitives),
    }

    def primitive(self, name: str) -> str:
        """What an elementary function is called: the one of all numbers."""
        return _LIFTED + name

    def uses(self, text: str) -> set[str]:
        """The names that code may speak of; what stands behind a point is none."""
        return words(re.sub(r"(?<=\w)\.\w+", "", text).replace(_LIFTED, ""))
