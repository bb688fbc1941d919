"""Formulas as TeX that KaTeX, MathJax and LaTeX accept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from autograd.formula import notation
from autograd.formula.notation import Name
from autograd.formula.tree import Formula
from autograd.formula.typesetter import Style

_SIGNS = {
    "−": "-", "·": r"\cdot", "≈": r"\approx", "≥": r"\ge", "≤": r"\le", "≠": r"\ne",
}  # fmt: skip
_NUMBERS = {"∞": r"\infty", "nan": r"\text{nan}", "–": r"\text{–}", "…": r"\dots"}

_FUNCTIONS = dict.fromkeys(
    ("sin", "cos", "tan", "sinh", "cosh", "tanh", "ln", "arcsin", "arccos", "arctan", "max", "min"),
    "",
) | {"log₂": r"\log_2", "log₁₀": r"\log_{10}", "σ": r"\sigma"}

# In \text a character that means something to TeX is written as mathematics: that is what KaTeX,
# MathJax with and without its textmacros, and LaTeX all read.
_SPECIAL = {
    **{char: "\\" + char for char in "#$%&_{}"}, **{char: char for char in "<>|"},
    "\\": r"\backslash", "^": r"\wedge", "~": r"\sim", "␣": r"\sqcup", "·": r"\cdot",
    "−": "-", "×": r"\times", "∂": r"\partial", "∞": r"\infty", "≤": r"\le", "≥": r"\ge",
    "≠": r"\ne", "≈": r"\approx", "±": r"\pm", "√": r"\surd", "∑": r"\sum",
    "∏": r"\prod", "∫": r"\int", "→": r"\to", "′": "{}'", "…": r"\dots", "°": r"{}^\circ",
    "½": r"\frac12",
    **{letter: f"\\{word}" for word, letter in reversed(notation.GREEK.items())},
    **{chr(code): f"{{}}_{plain}" for code, plain in notation.FROM_SUBSCRIPT.items()},
    **{chr(code): f"{{}}^{plain}" for code, plain in notation.FROM_SUPERSCRIPT.items()},
}  # fmt: skip
_RUN = re.compile(f"[{re.escape(''.join(_SPECIAL))}]+")
# Accents that TeX puts above a letter; any other, and one without a letter, is left out.
_ACCENTS = "\u0300\u0301\u0302\u0303\u0304\u0307\u0308\u030a\u030b\u030c\u0327"
_LOOSE = re.compile(
    f"(?:^|(?<=[{re.escape(''.join(_SPECIAL))}\\s]))[\u0300-\u036f]+|(?![{_ACCENTS}])[\u0300-\u036f]"
)


@dataclass(frozen=True, slots=True)
class Tex(Style):
    r"""TeX for a mathematical environment; with `letters`, whatever fonts have, else LaTeX's own.

    What LaTeX has no letter for is then written by its number: U+4E2D.
    """

    letters: bool = False

    def number(self, digits: str) -> str:
        r"""As they are; ∞ is \infty."""
        return _NUMBERS.get(digits, digits)

    def scaled(self, digits: str, exponent: str) -> str:
        r"""1 \cdot 10^{-6}."""
        return rf"{digits} \cdot 10^{{{exponent.replace(notation.MINUS, '-')}}}"

    def name(self, name: Name) -> str:
        r"""w_{1}, \hat{y}, \eta, \mathrm{loss}; what is no name is text."""
        base = self._letters(name.base)
        base = rf"\hat{{{base}}}" if name.hat else base
        below = ",".join(map(self._letters, name.below))
        mark = name.mark.replace(notation.PRIME, "'").replace("#", r"\#")
        return base + (f"_{{{below}}}" if below else "") + mark

    def _letters(self, text: str) -> str:
        if text in notation.GREEK:
            return f"\\{text}"
        if text.isascii() and text.isalnum():
            return text if len(text) == 1 or text.isdigit() else rf"\mathrm{{{text}}}"
        return self.words(text)

    def words(self, text: str) -> str:
        r"""\text{…}."""
        text = _LOOSE.sub("", unicodedata.normalize("NFC", text))
        escaped = _RUN.sub(lambda run: f"${' '.join(map(_SPECIAL.__getitem__, run[0]))}$", text)
        return rf"\text{{{escaped if self.letters else ''.join(map(_latin, escaped))}}}"

    def function(self, name: str) -> str:
        r"""\tanh, or \operatorname{softplus}."""
        name, primes = name.rstrip(notation.PRIME), name.count(notation.PRIME)
        written = notation.function(name)
        if written in _FUNCTIONS:
            head = _FUNCTIONS[written] or f"\\{written}"
        elif written.isascii():
            head = r"\operatorname{" + written.replace("_", r"\_") + "}"
        else:
            head = self.words(written)
        return head + "'" * primes

    def sign(self, sign: str) -> str:
        """With spaces around it; a comma has one behind it."""
        return ", " if sign == "," else f" {_SIGNS.get(sign, sign)} "

    def row(self, *parts: str) -> str:
        """One behind the other."""
        return "".join(parts)

    def negative(self, of: str) -> str:
        """-x."""
        return f"-{of}"

    def fenced(self, inside: str, fences: str = "()") -> str:
        r"""\left(x\right)."""
        return rf"\left{fences[0]}{inside}\right{fences[1]}"

    def fraction(self, over: str, under: str) -> str:
        r"""\frac{x}{y}."""
        return rf"\frac{{{over}}}{{{under}}}"

    def partial(self, over: str, under: str, mark: str) -> str:
        r"""\frac{\partial f}{\partial x}."""
        slope = self.fraction(rf"\partial {over}", rf"\partial {under}")
        return slope + (rf"\Big|_{{\text{{{mark}}}}}" if mark else "")

    def power(self, base: str, exponent: str) -> str:
        """{x}^{y}."""
        return f"{{{base}}}^{{{exponent}}}"

    def root(self, of: str, index: str) -> str:
        r"""\sqrt{x} or \sqrt[3]{x}."""
        return rf"\sqrt{f'[{index}]' if index else ''}{{{of}}}"


TEX = Tex()


def write_tex(formula: Formula) -> str:
    r"""The formula as TeX.

    >>> from autograd.formula.tree import Add, Div, Neg, Num, Pow, Sym
    >>> print(write_tex(Div(Pow(Add((Sym("yhat"), Neg(Sym("y")))), Num(2)), Num(2))))
    \frac{{\left(\hat{y} - y\right)}^{2}}{2}
    >>> print(*(write_tex(Sym(name)) for name in ("w12", "eta", "loss", "a b", "x^2", "w1_new")))
    w_{12} \eta \mathrm{loss} \text{a b} \text{x$\wedge$2} w_{1,\mathrm{new}}
    """
    return TEX.write(formula)


def _latin(char: str) -> str:
    """A character as LaTeX has it without further packages, else its number."""
    base, *accents = list(unicodedata.normalize("NFD", char))
    known = base.isascii() and base.isprintable() and all(mark in _ACCENTS for mark in accents)
    return char if known or char in "ßæøœåÆØŒÅłŁ" else f"U+{ord(char):04X}"
