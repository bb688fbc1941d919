"""The grammar of expressions: read as people write them, and as `explain` prints them.

A sum has terms, a term has factors, a factor is a power with signs before it; what is inside of
brackets, bars and calls is a sum again. Where a text can be read in two ways it is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

from autograd.formula import notation
from autograd.text import (
    DEEPEST,
    Binary,
    Call,
    List,
    Name,
    Negative,
    Node,
    Number,
    TextError,
)

# Longer numbers are refused: nobody could read them, and Python itself prints no more.
MOST_DIGITS = 4300

_SIGNS = {
    **dict.fromkeys("·×⋅∙∗", "*"), **dict.fromkeys("÷∕⁄", "/"), **dict.fromkeys("−–", "-"),
    "^": "**",
}  # fmt: skip
_BETWEEN = ("+", "-", "*", "/", "**", ",", ")", "]", "|", "=", ";", "\n")
_OPENING = ("(", "|", "√", "∛")
_FUNCTIONS = {written: name for name, written in notation.FUNCTIONS.items()} | {
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh",
}  # fmt: skip

# Of the place of an error, this much is said.
LONGEST_PLACE = 24

# What the language lacks, by the sign or the word that people try.
_NOT_PYTHON = "only formulas are read, not Python"
_LACKS = {
    **dict.fromkeys(("//", "%", "@", "<<", ">>", "&", "~"), "there is no such operator"),
    **dict.fromkeys(("<=", ">=", "==", "!=", "<", ">", "≤", "≥", "≠"),
                    "a comparison is no number: where(c, a, b) chooses"),
    **dict.fromkeys(("if", "else", "and", "or", "not"),
                    "there are no conditions: where(c, a, b) chooses"),
    **dict.fromkeys(("import", "def", "lambda", "for", "while", "class", ":", "."), _NOT_PYTHON),
    **dict.fromkeys(("...", "…"), "write out what is left out"),
    **dict.fromkeys("{}", "brackets are ( and )"),
    **dict.fromkeys("'\"", "text is no number"),
    ":=": "a name is given in a part of its own: h = x*w; h**2",
    "≈": "give one side alone", "=": "only a name can be given a value", "!": "write gamma(n + 1)",
    "[": "lists stand in calls, such as dot([a, b], [c, d]); an index is part of a name: x1",
    ",": "commas stand between arguments; a decimal point is a point",
    ")": "there is no ( for it", "]": "there is no [ for it", ";": "a bracket is not closed",
}  # fmt: skip

_SUPERSCRIPT = {
    ord(above): below for below, above in zip("0123456789-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", strict=True)
}
_NUMBER = re.compile(r"(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+)(?:[eE][-+−]?\d+)?", re.ASCII)
_POWER = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")
_BELOW = "₀₁₂₃₄₅₆₇₈₉"
_TARGET = re.compile(r"([^=;\n]*)=(?!=)")
_LONG_SIGN = re.compile(r"\*\*|//|<<|>>|<=|>=|==|!=|:=|\.\.\.")
_TOLD_APART = re.compile(r"(?:#\d+)?[′″']*")


def name(text: str) -> str:
    """What a name is called however it is written: `w₁` and `w_1` are `w1`, `ŷ` is `yhat`.

    Two names that print alike are one. A derivative is a name, too: `∂E/∂ŷ`.

    >>> [name(text) for text in ("w₁", "w_1", "ŷ", "y_hat", "θ", "loss", "x′", "∂E/∂yhat")]
    ['w1', 'w1', 'yhat', 'yhat', 'theta', 'loss', 'x′', '∂E/∂ŷ']
    """
    text = text.strip()
    if text.startswith("∂"):
        return partial(text)
    text = "_".join(text.replace("'", notation.PRIME).split())
    text = unicodedata.normalize("NFKC", text)
    printed = notation.pretty(text)
    plain = notation.plain(printed).replace(" ", "_")
    return plain if plain.isidentifier() and notation.pretty(plain) == printed else text


def is_name(text: str) -> bool:
    """Whether a text can name a number: a name, several with blanks between, or `∂f/∂x`."""
    scanner = _Scanner(text)
    return {token.kind for token in iter(scanner.next, scanner.end)} == {"name"}


def read_program(
    text: str, check: Callable[[str], object] = str, known: Iterable[str] = ()
) -> list[tuple[str, Node, str]]:
    """The parts of an expression: the name that each gives ("" for none), its tree, its text.

    Parts stand between semicolons or on lines of their own. `check` may refuse the name of a
    function that is called. `known` are names that have a number: those that are printed with a
    blank or a comma are read only then. Raises TextError.

    >>> [(name, source) for name, _, source in read_program("h = x·w; |h|²")]
    [('h', 'h = x·w'), ('', '|h|²')]
    """
    parser = _Parser(_Scanner(text.strip(), known), check)
    found = []
    while parser.token is not parser.scanner.end:
        if not parser.took(";", "\n"):
            found.append(parser.part())
    return found


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of a text: what `kind` it is, what it says, and from where to where it stands."""

    kind: str
    says: str
    start: int
    stop: int


class _Scanner:
    """The pieces of a text, one after the other."""

    def __init__(self, text: str, known: Iterable[str] = ()) -> None:
        self.text, self.at, self.brackets = text, 0, 0
        self.end = _Token("end", "", len(text), len(text))
        self.known: dict[str, str] = {}
        self.longer: list[str] = []
        self.know(known)

    def know(self, names: Iterable[str]) -> None:
        """These are read where they are printed, also with a blank or a comma in them."""
        self.known |= {notation.pretty(name): name for name in names}
        longer = {printed for printed in self.known if _name_end(printed, 0) != len(printed)}
        self.longer = sorted(longer, key=len, reverse=True)

    def next(self) -> _Token:
        """The next piece. A line ends where no bracket is open."""
        text = self.text
        while text[self.at : self.at + 1].isspace() and (text[self.at] != "\n" or self.brackets):
            self.at += 1
        start = self.at
        if start == len(text):
            return self.end
        kind, says, self.at = self._piece(start)
        self.brackets += (says in ("(", "[")) - (says in (")", "]"))
        return _Token(kind, says, start, self.at)

    def _piece(self, start: int) -> tuple[str, str, int]:
        """The kind of what begins at a place, what it says, and where it ends."""
        text = self.text
        if found := _NUMBER.match(text, start):
            return "number", found[0].replace(notation.MINUS, "-").replace("_", ""), found.end()
        if stop := self._name(start):
            return "name", self.known.get(text[start:stop]) or name(text[start:stop]), stop
        if found := _POWER.match(text, start):
            return "power", found[0].translate(_SUPERSCRIPT), found.end()
        if stop := self._partial(start):
            return "name", partial(text[start:stop]), stop
        if text[start] == "∞":
            return "name", "inf", start + 1
        if unicodedata.decomposition(text[start]).startswith("<fraction>"):
            over, _, under = unicodedata.normalize("NFKC", text[start]).partition("⁄")
            return "number", f"{over}/{under or 1}", start + 1
        found = _LONG_SIGN.match(text, start)
        sign = found[0] if found else text[start]
        return "sign", _SIGNS.get(sign, sign), start + len(sign)

    def _name(self, start: int) -> int:
        """Where a name ends that begins at a place, 0 if none does."""
        for printed in self.longer:
            stop = start + len(printed)
            whole = stop >= len(self.text) or not _goes_on(self.text[stop])
            if whole and self.text.startswith(printed, start):
                return stop
        return _name_end(self.text, start)

    def _partial(self, start: int) -> int:
        """Where ∂f/∂x ends, 0 if that is not what stands here."""
        at = start
        for sign in ("∂", "/∂"):
            if not self.text.startswith(sign, at):
                return 0
            at += len(sign)
            bracket = self.text.startswith("(", at)
            at = _closed(self.text, at) if bracket else self._name(at)
            if not at:
                return 0
        return at + len("|direct") * self.text.startswith("|direct", at)


def _name_end(text: str, start: int) -> int:
    """Where a name ends that begins at a place, 0 if none does."""
    if start >= len(text) or not text[start].isidentifier() or _is_above(text[start]):
        return 0
    stop = start + 1
    while stop < len(text) and _goes_on(text[stop]):
        stop += 1
    found = _TOLD_APART.match(text, stop)
    return found.end() if found else stop


def _goes_on(char: str) -> bool:
    """Whether a name can go on with this."""
    if char in _SIGNS or _is_above(char):  # Python would let a name go on with ·
        return False
    return char in _BELOW or f"a{char}".isidentifier()


def _is_above(char: str) -> bool:
    return unicodedata.decomposition(char).startswith("<super>")


def _closed(text: str, start: int) -> int:
    """Where the bracket that opens at a place is closed, 0 if it is not."""
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] == "(") - (text[at] == ")")
        if not depth:
            return at + 1
    return 0


def partial(text: str) -> str:
    """What ∂f/∂x is called however its names are written."""
    over, under = text.removeprefix("∂").split("/∂", 1)
    under, direct, _ = under.partition("|direct")
    return f"∂{_printed(over)}/∂{_printed(under)}{direct}"


def _printed(part: str) -> str:
    return part if part.startswith("(") else notation.pretty(name(part))


class _Parser:
    """Makes trees of the pieces of a text."""

    def __init__(self, scanner: _Scanner, check: Callable[[str], object]) -> None:
        self.scanner, self.check, self.depth = scanner, check, 0
        self.last = self.token = scanner.end
        self.grouped = False  # what was read last is a bracket, or a power of one
        self.advance()

    def advance(self) -> _Token:
        """Goes on to the next piece; returns the one that was here."""
        self.last, self.token = self.token, self.scanner.next()
        return self.last

    def took(self, *signs: str) -> str:
        """The sign that stands here, if it is one of these; then it is read."""
        if self.token.kind == "sign" and self.token.says in signs:
            return self.advance().says
        return ""

    def deeper(self) -> None:
        """Counts the levels of brackets, calls, signs and powers."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise TextError(
                f"the expression is nested too deeply: {DEEPEST} levels are possible, and parts "
                "can have names of their own: h = x*w; h**2"
            )

    # Errors.

    def refused(self, why: str, start: int | None = None) -> NoReturn:
        """Raises the TextError that says where, and why."""
        text = self.scanner.text[self.token.start if start is None else start :]
        place = text if len(text) <= LONGEST_PLACE else text[:LONGEST_PLACE] + "…"
        raise TextError(f"cannot be read at {place!r}: {why}")

    def unexpected(self, *, operand: bool = False) -> NoReturn:
        """Refuses what stands here, where an `operand` should stand or a sign behind one."""
        text, token = self.scanner.text, self.token
        here, before = (text[piece.start : piece.stop] for piece in (token, self.last))
        if token is self.scanner.end:
            raise TextError(f"not an expression: nothing follows {text[-LONGEST_PLACE:]!r}")
        if operand and token.says in _BETWEEN:
            self.refused("a number or a name is missing before it")
        lacks = _LACKS.get(here) or (_LACKS.get(before) if before.isalpha() else None)
        if lacks is None and not operand and (token.kind != "sign" or token.says in _OPENING):
            lacks = f"there is no sign between {before!r} and {here!r}; a product is written ·"
        self.refused(lacks or f"{unicodedata.name(here[0], 'this')} is no sign of the language")

    def expect(self, sign: str, opened: _Token) -> None:
        """Reads the sign that closes what is open."""
        if self.took(sign):
            return
        if self.token is self.scanner.end:
            self.refused(f"{opened.says!r} is not closed", opened.start)
        self.unexpected()

    # What a text is made of, from the whole to the smallest.

    def part(self) -> tuple[str, Node, str]:
        """A part of a program, with the name that it gives."""
        text, start = self.scanner.text, self.token.start
        target, given = _TARGET.match(text, start), ""
        if target and is_name(target[1]):
            given = name(target[1])
            while not self.took("="):
                self.advance()
        tree = self.sum()
        source = text[start : self.last.stop]
        if self.token is not self.scanner.end and self.token.says not in (";", "\n"):
            self.unexpected()
        self.scanner.know([given] if given else [])
        return given, tree, source

    def sum(self) -> Node:
        """Terms with + and − between them; a sign before the first is that of the whole term."""
        sign = self.took("+", "-")
        found = Negative(self.product()) if sign == "-" else self.product()
        while sign := self.took("+", "-"):
            found = Binary(sign, found, self.product())
        return found

    def product(self) -> Node:
        """Factors with signs between them, from left to right, or brackets side by side."""
        found, sign = self.factor(), ""
        while True:
            start = self.last.start
            if self.token.says == "(" and self.token.kind == "sign" and self.grouped:
                if sign == "/":
                    self.refused("a/(b)(c) can be a/(b·c) or (a/b)·c: write which", start)
                sign, found = "*", Binary("*", found, self.power())
            elif sign := self.took("*", "/"):
                found = Binary(sign, found, self.factor())
            else:
                return found

    def factor(self) -> Node:
        """A power, with signs before it: −x² is −(x²)."""
        if not (sign := self.took("+", "-")):
            return self.power()
        self.deeper()
        found = self.factor()
        self.depth -= 1
        return Negative(found) if sign == "-" else found

    def power(self) -> Node:
        """A base and its exponents: a^b^c is a^(b^c)."""
        start = self.token.start
        base = self.raised()
        after_power = self.last.kind == "power"
        if not self.took("**"):
            return base
        if after_power:
            self.refused("x²^n can be (x²)^n or x^(2^n): write which", start)
        self.deeper()
        found = Binary("**", base, self.factor())
        self.depth -= 1
        self.grouped = False
        return found

    def raised(self) -> Node:
        """A base, with a power above it: x², x⁻¹."""
        base = self.atom()
        if self.token.kind != "power":
            return base
        token, grouped = self.advance(), self.grouped
        if not re.fullmatch(r"[+-]?\d+", token.says):
            self.refused("a power above the line is a whole number", token.start)
        digits = token.says.lstrip("+-")
        if self.token.kind == "power":
            self.refused("two powers: write (x²)³ or x^(2³)", token.start)
        exponent: Node = Number(Fraction(int(digits)), str(int(digits)))
        self.grouped = grouped
        return Binary("**", base, Negative(exponent) if token.says[0] == "-" else exponent)

    def atom(self) -> Node:
        """A number, a name, or what is inside of brackets, bars, a root or a call."""
        token, self.grouped = self.token, False
        if token.kind == "number":
            return self.number(self.advance())
        if token.kind == "name":
            self.advance()
            return self.call(token) if self.token.says == "(" else Name(token.says)
        if self.took("(", "|"):
            return self.inside(token)
        if not self.took("√", "∛"):
            self.unexpected(operand=True)
        return self.root(token)

    def number(self, token: _Token) -> Node:
        """A number, unless it is too long to be written out."""
        mantissa, _, power = token.says.lower().partition("e")
        if len(power) > 9 or len(mantissa) + abs(int(power or 0)) > MOST_DIGITS:
            self.refused(f"the number has more than {MOST_DIGITS} digits", token.start)
        return Number(Fraction(token.says), token.says)

    def inside(self, opened: _Token) -> Node:
        """What is in brackets, or between bars: a bar that follows a number closes."""
        self.deeper()
        found = self.sum()
        self.expect(")" if opened.says == "(" else "|", opened)
        self.depth -= 1
        self.grouped = opened.says == "("
        return found if self.grouped else Call("abs", (found,))

    def root(self, sign: _Token) -> Node:
        """A root of what is in brackets, or of the number or name that follows."""
        if self.token.says == "(":
            return self.call(sign)
        self.deeper()
        found = self.atom()
        self.depth -= 1
        if self.token.kind == "power" or self.token.says == "**":
            self.refused("√x² can be √(x²) or (√x)²: write which", sign.start)
        self.grouped = False
        return Call(_FUNCTIONS[sign.says], (found,))

    def call(self, called: _Token) -> Node:
        """A function of sums or lists."""
        function = _FUNCTIONS.get(notation.pretty(called.says), called.says)
        try:
            self.check(function)
        except ValueError as error:
            self.refused(str(error), called.start)
        opened, arguments = self.advance(), list[Node]()
        self.deeper()
        while self.token.says != ")" or arguments:
            arguments.append(self.argument())
            if not self.took(","):
                break
        self.expect(")", opened)
        self.depth -= 1
        return Call(function, tuple(arguments))

    def argument(self) -> Node:
        if not self.took("["):
            return self.sum()
        opened, items = self.last, []
        while self.token.says != "]":
            items.append(self.sum())
            if not self.took(","):
                break
        self.expect("]", opened)
        return List(tuple(items))
