"""Typesetter: the one walk over formulas, whose brackets come from the tree, for every notation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from autograd.formula import notation
from autograd.formula import tree as fm
from autograd.formula.notation import Name
from autograd.formula.tree import Formula

# How tightly a formula binds: a part is put in brackets where its place demands more.
PHRASE, LOGIC, RELATION, SUM, PRODUCT, POWER, ATOM = range(7)

# A sum, a product or a call of more parts than this shows the first and the last one.
MOST_PARTS = 12


class Style(ABC):
    """What a notation makes of the pieces of a formula; all of them are texts in that notation."""

    stacked = True  # fractions, powers and roots hold their parts together without brackets

    @abstractmethod
    def number(self, digits: str) -> str:
        """Digits without a sign, ∞, nan, or … for what is left out."""

    @abstractmethod
    def scaled(self, digits: str, exponent: str) -> str:
        """Digits times a power of ten."""

    @abstractmethod
    def name(self, name: Name) -> str:
        """A name."""

    @abstractmethod
    def words(self, text: str) -> str:
        """Words between formulas."""

    @abstractmethod
    def function(self, name: str) -> str:
        """A function's name; the primes behind it say which derivative of it."""

    @abstractmethod
    def sign(self, sign: str) -> str:
        """A sign that stands free between two parts: a sum's, a relation's."""

    def tight(self, sign: str) -> str:
        """A sign that holds two parts together: a product's, a comma."""
        return self.sign(sign)

    @abstractmethod
    def row(self, *parts: str) -> str:
        """Parts side by side."""

    @abstractmethod
    def negative(self, of: str) -> str:
        """A minus sign before a part."""

    @abstractmethod
    def fenced(self, inside: str, fences: str = "()") -> str:
        """Brackets or bars around a part."""

    @abstractmethod
    def fraction(self, over: str, under: str) -> str:
        """A quotient."""

    @abstractmethod
    def partial(self, over: str, under: str, mark: str) -> str:
        """A partial derivative, with a word that says which one."""

    @abstractmethod
    def power(self, base: str, exponent: str) -> str:
        """A power."""

    def raised(self, base: str, digits: str) -> str:
        """A power with the digits of a whole number for its exponent."""
        return self.power(base, digits)

    @abstractmethod
    def root(self, of: str, index: str) -> str:
        """A root over its part; `index` is "" for a square root."""

    # The walk.

    def write(self, formula: Formula) -> str:
        """The formula in this notation."""
        return self._written(formula)[0]

    def pieces(self, formula: Formula) -> list[str]:
        """The same in pieces: a long sum may be broken between its terms."""
        if not isinstance(formula, fm.Add):
            return [self.write(formula)]
        first, *rest = elided(formula.terms)
        found = [self._within(first, SUM)]
        for term in rest:
            taken = fm.taken_away(term)
            sign, part = ("+", term) if taken is None else ("−", taken)
            found.append(self.sign(sign) + self._within(part, PRODUCT))
        return found

    def phrase(self, parts: Sequence[str | Formula]) -> str:
        """Words and formulas side by side."""
        return self.row(
            *(self.words(p) if isinstance(p, str) else self.write(p) for p in parts if p != "")
        )

    def _within(self, part: Formula, least: int) -> str:
        content, binding = self._written(part)
        return content if binding >= least else self.fenced(content)

    def _list(self, parts: Sequence[Formula], least: int, between: str) -> str:
        return self.row(between.join(self._within(part, least) for part in elided(parts)))

    def _written(self, formula: Formula) -> tuple[str, int]:
        match formula:
            case fm.Num(value, shown):
                return self._number(notation.digits(value, shown))
            case fm.Sym(label):
                name = notation.read_name(label)
                return self.name(name), binding(name)
            case fm.Gap():
                return self.number("…"), ATOM
            case fm.Partial(of, to, direct):
                over, under = (self._within(fm.symbol(part), POWER) for part in (of, to))
                content = self.partial(over, under, "direct" if direct else "")
                return content, POWER if self.stacked else PRODUCT
            case fm.Add():
                return self.row(*self.pieces(formula)), SUM
            case fm.Neg(of):
                return self.negative(self._within(of, PRODUCT)), SUM
            case fm.Mul(factors, bracketed):
                return self._product(factors, bracketed=bracketed), PRODUCT
            case fm.Div(over, under):
                return self._quotient(over, under)
            case fm.Pow(base, exponent):
                return self._power(self._within(base, ATOM), exponent), POWER
            case fm.Call(name, arguments, _, spelled):
                return self._function(name, arguments) if spelled else self._call(name, arguments)
            case fm.Compare(signs, (first, *others)):
                pairs = zip(signs, others, strict=True)
                sides = [self.sign(s) + self._within(side, SUM) for s, side in pairs]
                return self.row(self._within(first, SUM), *sides), RELATION
            case fm.Logic(word, ()):
                return self.words("always" if word == "and" else "never"), ATOM
            case fm.Logic(word, parts):
                joined = self.words(f" {word} ").join(self._within(p, RELATION) for p in parts)
                return self.row(joined), LOGIC
            case fm.Not(of):
                return self.row(self.words("not "), self._within(of, RELATION)), LOGIC
        raise TypeError(f"not a formula: {formula!r}")

    def _number(self, digits: str) -> tuple[str, int]:
        if digits.startswith(notation.MINUS):
            return self.negative(self._number(digits.removeprefix(notation.MINUS))[0]), SUM
        if "/" in digits:
            over, _, under = digits.partition("/")
            content = self.fraction(self.number(over), self.number(under))
            return content, POWER if self.stacked else PRODUCT
        if "e" in digits:
            return self.scaled(*digits.split("e")), PRODUCT
        return self.number(digits), ATOM

    def _product(self, factors: Sequence[Formula], *, bracketed: bool) -> str:
        if bracketed:
            return self.row(*(self.fenced(self.write(factor)) for factor in factors))
        slopes = any(isinstance(factor, fm.Partial) for factor in factors)
        dot = self.sign("·") if slopes else self.tight("·")
        return self._list(factors, PRODUCT if slopes else POWER, dot)

    def _quotient(self, over: Formula, under: Formula) -> tuple[str, int]:
        if self.stacked:
            return self.fraction(self.write(over), self.write(under)), POWER
        return self.fraction(self._within(over, PRODUCT), self._within(under, POWER)), PRODUCT

    def _power(self, base: str, exponent: Formula) -> str:
        if isinstance(exponent, fm.Num) and notation.is_whole(exponent.value):
            return self.raised(base, self.write(exponent))
        return self.power(base, self._within(exponent, PHRASE if self.stacked else ATOM))

    def _call(self, name: str, arguments: tuple[Formula, ...]) -> tuple[str, int]:
        match name, arguments:
            case "pi", ():
                return self.name(Name("pi")), ATOM
            case "abs", (of,):
                return self.fenced(self.write(of), "||"), ATOM
            case "exp", (of,):
                return self._power(self.name(Name("e")), of), POWER
            case "sqrt" | "cbrt", (of,) if self.stacked:
                return self.root(self.write(of), "3" if name == "cbrt" else ""), ATOM
            case "polygamma" | "sinc_dn", (order, of):
                name = "digamma" if name == "polygamma" else "sinc"
                return self.row(self._derived(name, order), self.fenced(self.write(of))), ATOM
        return self._function(name, arguments)

    def _function(self, name: str, arguments: tuple[Formula, ...]) -> tuple[str, int]:
        if not arguments:
            return self.function(name), ATOM
        given = [
            part for arg in arguments for part in (arg.items if isinstance(arg, fm.Run) else (arg,))
        ]
        least = SUM if len(given) > 1 else PHRASE
        inside = self.fenced(self._list(given, least, self.tight(",")))
        return self.row(self.function(name), inside), ATOM

    def _derived(self, function: str, order: Formula) -> str:
        """The name of a function's derivative of some order, as Lagrange wrote it."""
        if isinstance(order, fm.Num) and order.value in (1, 2, 3):
            return self.function(function + notation.PRIME * int(order.value))
        return self.power(self.function(function), self.fenced(self.write(order)))


def binding(name: Name) -> int:
    """How tightly a name binds: a text that is no name is bracketed wherever it is a part."""
    return PHRASE if name.odd else POWER if name.mark else ATOM


def elided(parts: Sequence[Formula]) -> Sequence[Formula]:
    """The parts, but of very many the first and the last."""
    return parts if len(parts) <= MOST_PARTS else (parts[0], fm.Gap(), parts[-1])
