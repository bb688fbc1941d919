"""Formulas as MathML: what a browser typesets by itself, without a network."""

from __future__ import annotations

import html

from autograd.formula import notation
from autograd.formula.notation import Name
from autograd.formula.tree import Formula
from autograd.formula.typesetter import Style


class MathML(Style):
    """The elements of MathML Core."""

    def number(self, digits: str) -> str:
        """mn; what is left out is mi."""
        return "<mi>…</mi>" if digits == "…" else f"<mn>{digits}</mn>"

    def scaled(self, digits: str, exponent: str) -> str:
        """A product with msup."""
        ten = f"<msup><mn>10</mn><mn>{exponent}</mn></msup>"
        return f"<mrow><mn>{digits}</mn><mo>·</mo>{ten}</mrow>"

    def name(self, name: Name) -> str:
        """mi, with its hat above it, its indices and its primes at it; other text is mtext."""
        upright = ' mathvariant="normal"' if len(name.letter) > 1 else ""
        letter = html.escape(name.letter)
        base = f"<mtext>{letter}</mtext>" if name.odd else f"<mi{upright}>{letter}</mi>"
        if name.hat:
            base = f'<mover accent="true">{base}<mo stretchy="false">^</mo></mover>'
        below = [f"<mn>{part}</mn>" if part.isdigit() else _word(part) for part in name.below]
        under = below[0] if len(below) == 1 else f"<mrow>{'<mo>,</mo>'.join(below)}</mrow>"
        mark = f"<mo>{name.mark}</mo>" if set(name.mark) == {"′"} else f"<mtext>{name.mark}</mtext>"
        match bool(below), bool(name.mark):
            case True, True:
                return f"<msubsup>{base}{under}{mark}</msubsup>"
            case True, False:
                return f"<msub>{base}{under}</msub>"
            case False, True:
                return f"<msup>{base}{mark}</msup>"
        return base

    def words(self, text: str) -> str:
        """mtext, whose spaces at its ends are kept."""
        return f"<mtext>{html.escape(text).replace(' ', '&#160;')}</mtext>"

    def function(self, name: str) -> str:
        """mi, with its primes."""
        written = notation.function(name.rstrip(notation.PRIME))
        primes = name.count(notation.PRIME) * notation.PRIME
        head = f"<mi>{html.escape(written)}</mi>"
        return f"<msup>{head}<mo>{primes}</mo></msup>" if primes else head

    def sign(self, sign: str) -> str:
        """An operator, whose spaces the browser knows."""
        return f"<mo>{html.escape(sign)}</mo>"

    def row(self, *parts: str) -> str:
        """A row."""
        return f"<mrow>{''.join(parts)}</mrow>"

    def negative(self, of: str) -> str:
        """A prefix."""
        return f'<mrow><mo form="prefix">−</mo>{of}</mrow>'

    def fenced(self, inside: str, fences: str = "()") -> str:
        """Brackets as tall as what they hold."""
        return f"<mrow><mo>{fences[0]}</mo>{inside}<mo>{fences[1]}</mo></mrow>"

    def fraction(self, over: str, under: str) -> str:
        """A fraction."""
        return f"<mfrac><mrow>{over}</mrow><mrow>{under}</mrow></mfrac>"

    def partial(self, over: str, under: str, mark: str) -> str:
        """A fraction with ∂; the mark stands below on the right."""
        slope = f"<mfrac><mrow><mo>∂</mo>{over}</mrow><mrow><mo>∂</mo>{under}</mrow></mfrac>"
        return f"<msub>{slope}<mtext>{mark}</mtext></msub>" if mark else f"<mrow>{slope}</mrow>"

    def power(self, base: str, exponent: str) -> str:
        """A superscript."""
        return f"<msup>{base}<mrow>{exponent}</mrow></msup>"

    def root(self, of: str, index: str) -> str:
        """A root."""
        if index:
            return f"<mroot><mrow>{of}</mrow><mn>{index}</mn></mroot>"
        return f"<msqrt>{of}</msqrt>"


def _word(part: str) -> str:
    """A word or a letter of an index."""
    letter = notation.GREEK.get(part, part)
    return f"<mi>{letter}</mi>" if len(letter) == 1 else f"<mtext>{letter}</mtext>"


MATHML = MathML()


def write_mathml(formula: Formula) -> str:
    """A formula as a `math` element.

    >>> from autograd.formula.tree import Num, Pow, Sym
    >>> write_mathml(Pow(Sym("w1"), Num(2)))[-77:]
    '<msub><mi>w</mi><mn>1</mn></msub><mrow><mn>2</mn></mrow></msup></mrow></math>'
    """
    return element(MATHML.write(formula))


def element(content: str) -> str:
    """The `math` element of what is written in MathML."""
    return (
        '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline">'
        f'<mrow displaystyle="true">{content}</mrow></math>'
    )
