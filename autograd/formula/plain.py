"""Formulas as plain text: (ŷ − y)²/2."""

from __future__ import annotations

from autograd.formula import notation
from autograd.formula.notation import Name
from autograd.formula.tree import Formula
from autograd.formula.typesetter import Style


class Plain(Style):
    """Text on one line, which a calculator could read."""

    stacked = False

    def number(self, digits: str) -> str:
        """As they are."""
        return digits

    def scaled(self, digits: str, exponent: str) -> str:
        """1e−6."""
        return f"{digits}e{exponent}"

    def name(self, name: Name) -> str:
        """Letters with hats and indices of Unicode."""
        return str(name)

    def words(self, text: str) -> str:
        """As they are."""
        return text

    def function(self, name: str) -> str:
        """Its usual name."""
        return notation.function(name)

    def sign(self, sign: str) -> str:
        """With spaces around it."""
        return f" {sign} "

    def tight(self, sign: str) -> str:
        """Without spaces; a comma has one behind it."""
        return ", " if sign == "," else sign

    def row(self, *parts: str) -> str:
        """One behind the other."""
        return "".join(parts)

    def negative(self, of: str) -> str:
        """−x."""
        return notation.MINUS + of

    def fenced(self, inside: str, fences: str = "()") -> str:
        """(x) or |x|."""
        return f"{fences[0]}{inside}{fences[1]}"

    def fraction(self, over: str, under: str) -> str:
        """x/y."""
        return f"{over}/{under}"

    def partial(self, over: str, under: str, mark: str) -> str:
        """∂f/∂x, or ∂f/∂x|direct."""
        return f"∂{over}/∂{under}" + (f"|{mark}" if mark else "")

    def power(self, base: str, exponent: str) -> str:
        """x^y."""
        return f"{base}^{exponent}"

    def raised(self, base: str, digits: str) -> str:
        """x²."""
        return base + digits.translate(notation.SUPERSCRIPTS)

    def root(self, of: str, index: str) -> str:
        """√(x) or ∛(x)."""
        return f"{'∛' if index else '√'}({of})"


PLAIN = Plain()


def write(formula: Formula) -> str:
    """The formula as text.

    >>> from autograd.formula.tree import Add, Div, Neg, Num, Pow, Sym
    >>> error = Div(Pow(Add((Sym("yhat"), Neg(Sym("y")))), Num(2)), Num(2))
    >>> write(error)
    '(ŷ − y)²/2'
    """
    return PLAIN.write(formula)
