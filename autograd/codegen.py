"""Python functions made from rules: the Python writer, and names that never meet.

Every generated function has globals of its own and a file name of its own in `linecache`, so a
traceback, a debugger or `inspect.getsource` shows its rule, and no other function's change can
reach it.
"""

from __future__ import annotations

import builtins
import keyword
import linecache
import weakref
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any

from autograd.text import (
    Binary,
    Call,
    Choice,
    Compare,
    List,
    Logic,
    Name,
    Negative,
    Node,
    Not,
    Number,
)

_RESERVED = frozenset({*keyword.kwlist, *vars(builtins)})
_numbers = count(1)


class Scope:
    """The names of one generated function: locals, and globals with what they stand for.

    A name is asked for and comes back as it is, or with underscores where it is taken already: a
    row may call its inputs `self`, `log` or what it likes.
    """

    def __init__(self) -> None:
        self.globals: dict[str, Any] = {}
        self._taken = set(_RESERVED)
        self._known: dict[int, str] = {}

    def local(self, wanted: str) -> str:
        """A name that nothing else in the function has."""
        while wanted in self._taken:
            wanted += "_"
        self._taken.add(wanted)
        return wanted

    def locals(self, wanted: Iterable[str]) -> dict[str, str]:
        """The same for several: the name that each gets."""
        return {name: self.local(name) for name in wanted}

    def constant(self, wanted: str, value: Any) -> str:
        """The name of a global that holds `value`, one for each object."""
        if wanted in vars(builtins) and vars(builtins)[wanted] is value:
            return wanted
        if id(value) not in self._known:
            name = self._known[id(value)] = self.local(wanted)
            self.globals[name] = value
        return self._known[id(value)]

    def function(
        self, name: str, parameters: Iterable[str], body: Iterable[str], what: str = ""
    ) -> Callable[..., Any]:
        """The function with this name, parameters and body (lines without indentation)."""
        lines = [f"def {name}({', '.join(parameters)}):", *("    " + line for line in body)]
        source = "\n".join(lines) + "\n"
        filename = f"<autograd {what or name} {next(_numbers)}>"
        made: dict[str, Any] = {}
        exec(compile(source, filename, "exec"), self.globals, made)  # noqa: S102  our own rows
        function: Callable[..., Any] = made[name]
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        weakref.finalize(function, linecache.cache.pop, filename, None).atexit = False
        return function


# How tightly each kind of expression binds, from choices to atoms.
CHOICE, OR, AND, NOT, COMPARE, SUM, PRODUCT, SIGN, POWER, ATOM = range(10)
BINDING = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT}


class Source:
    """The Python writer: a tree as the source of an expression.

    `names` says what each name of the tree is in the source, `call` what each function is. What
    divides or is a power becomes a call of `div` or `power`, which do what the number type says
    where Python's operators raise or turn complex.

    >>> from autograd.text import read
    >>> Source({"x": "a"}, str)(read("(x + 1) * x - 1 / x ** 2"))
    '(a + 1) * a - div(1, power(a, 2))'
    """

    def __init__(self, names: Mapping[str, str], call: Callable[[str], str]) -> None:
        self.names, self.call = names, call

    def __call__(self, node: Node) -> str:
        """The source of a tree."""
        return self.write(node)[0]

    def within(self, node: Node, least: int) -> str:
        """The same, in brackets where it binds less tightly than its place demands."""
        text, binding = self.write(node)
        return text if binding >= least else f"({text})"

    def listed(self, nodes: Iterable[Node]) -> str:
        """The same of several, with commas between them."""
        return ", ".join(map(self, nodes))

    def write(self, node: Node) -> tuple[str, int]:
        """The source of a tree, and how tightly it binds."""
        match node:
            case Name(name):
                return (self.names[name], ATOM) if name in self.names else (self.call(name), ATOM)
            case Number():
                return self.number(node), ATOM
            case Negative(of):
                return f"-{self.within(of, SIGN)}", SIGN
            case Binary(sign, left, right):
                return self.binary(sign, left, right)
            case Call(name, arguments):
                return f"{self.call(name)}({self.listed(arguments)})", ATOM
            case List(items):
                return f"[{self.listed(items)}]", ATOM
            case Choice(test, yes, no):
                return self.choice(test, yes, no)
        return self.condition(node)

    def number(self, node: Number) -> str:
        """A number written out, or as the power that it was."""
        text = str(node.value)
        zeros = len(text) - 1
        return f"10**{zeros}" if zeros > 20 and text == "1" + "0" * zeros else text

    def binary(self, sign: str, left: Node, right: Node) -> tuple[str, int]:
        """Arithmetic."""
        if sign in ("/", "**"):
            return self.write(Call("div" if sign == "/" else "power", (left, right)))
        binding = BINDING[sign]
        return f"{self.within(left, binding)} {sign} {self.within(right, binding + 1)}", binding

    def choice(self, test: Node, yes: Node, no: Node) -> tuple[str, int]:
        """A choice."""
        texts = self.within(yes, OR), self.within(test, OR), self.within(no, CHOICE)
        return "{} if {} else {}".format(*texts), CHOICE

    def condition(self, node: Node) -> tuple[str, int]:
        """A comparison, or what words make of them."""
        match node:
            case Compare(signs, (first, *others)):
                text = self.within(first, SUM)
                for sign, side in zip(signs, others, strict=True):
                    text += f" {sign} {self.within(side, SUM)}"
                return text, COMPARE
            case Logic(word, ()):
                return str(word == "and"), ATOM
            case Logic(word, parts):
                binding = AND if word == "and" else OR
                return f" {word} ".join(self.within(part, binding + 1) for part in parts), binding
            case Not(of):
                return f"not {self.within(of, NOT)}", NOT
        raise TypeError(f"not a tree of a rule: {node!r}")


class Plain(Source):
    """The Python writer with Python's own division and power.

    >>> from autograd.text import read
    >>> Plain({"x": "x"}, str)(read("1 / -x ** (2 - x)"))
    '1 / -x ** (2 - x)'
    """

    def binary(self, sign: str, left: Node, right: Node) -> tuple[str, int]:
        """Arithmetic."""
        if sign == "**":
            return f"{self.within(left, ATOM)} ** {self.within(right, POWER)}", POWER
        binding = BINDING[sign]
        return f"{self.within(left, binding)} {sign} {self.within(right, binding + 1)}", binding


def accumulate(target: str, slope: Node, g: str, source: Source) -> list[str]:
    """The lines that add `g` times a slope to `target`, where `g` is the gradient of the node.

    A choice becomes an `if`, and a branch whose slope is 0 adds nothing at all: what it would have
    multiplied by 0 may be inf or nan.

    >>> from autograd.text import read
    >>> accumulate("p.grad", read("1 if x > 0 else 0"), "g", Source({"x": "x"}, str))
    ['if x > 0:', '    p.grad += g']
    """
    match slope:
        case Choice(test, yes, no):
            lines = [f"if {source(test)}:"]
            lines += ["    " + line for line in accumulate(target, yes, g, source) or ["pass"]]
            others = accumulate(target, no, g, source)
            if isinstance(no, Choice) and others:
                return [*lines, f"el{others[0]}", *others[1:]]
            return [*lines, "else:", *("    " + line for line in others)] if others else lines
        case Number(0):
            return []
        case Number(1):
            return [f"{target} += {g}"]
        case Negative(Number(1)):
            return [f"{target} -= {g}"]
    return [f"{target} += {g} * {source.within(slope, SIGN)}"]
