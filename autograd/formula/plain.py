"""Formulas as plain text: (ŷ − y)²/2."""

from __future__ import annotations

from autograd.formula import notation
from autograd.formula.tree import (
    ATOM,
    POWER,
    PRODUCT,
    SUM,
    Add,
    Call,
    Div,
    Formula,
    Mul,
    Neg,
    Num,
    Partial,
    Pow,
    Sym,
    symbol,
    taken_away,
)


def write(formula: Formula) -> str:
    """The formula as text.

    >>> error = Div(Pow(Add((Sym("yhat"), Neg(Sym("y")))), Num(2)), Num(2))
    >>> write(error)
    '(ŷ − y)²/2'
    """
    return _text(formula)[0]


def _text(formula: Formula) -> tuple[str, int]:
    def within(part: Formula, least: int) -> str:
        text, binding = _text(part)
        return text if binding >= least else f"({text})"

    match formula:
        case Num(value, shown):
            text = notation.digits(value, shown)
            if text.startswith(notation.MINUS):
                return text, SUM
            return text, PRODUCT if "/" in text or "e" in text else ATOM
        case Sym(name):
            pretty = notation.pretty(name)
            return pretty, ATOM if pretty.replace("\u0302", "").isalnum() else POWER
        case Partial(of, to, direct):
            mark = "|direct" if direct else ""
            over, under = (within(symbol(part), POWER) for part in (of, to))
            return f"∂{over}/∂{under}{mark}", PRODUCT
        case Add((first, *rest)):
            text = within(first, SUM)
            for term in rest:
                taken = taken_away(term)
                if taken is not None:
                    text += f" − {within(taken, PRODUCT)}"
                else:
                    text += f" + {within(term, PRODUCT)}"
            return text, SUM
        case Neg(of):
            return f"−{within(of, PRODUCT)}", SUM
        case Mul(factors, bracketed):
            if bracketed:
                return "".join(f"({write(factor)})" for factor in factors), PRODUCT
            dot = " · " if any(isinstance(factor, Partial) for factor in factors) else "·"
            parts = [within(f, PRODUCT if isinstance(f, Partial) else POWER) for f in factors]
            return dot.join(parts), PRODUCT
        case Div(over, under):
            return f"{within(over, PRODUCT)}/{within(under, POWER)}", PRODUCT
        case Pow(base, exponent):
            power = _text(exponent)[0]
            if power.lstrip(notation.MINUS).isdigit():
                return f"{within(base, ATOM)}{power.translate(notation.SUPERSCRIPTS)}", POWER
            return f"{within(base, ATOM)}^{within(exponent, ATOM)}", POWER
        case Call("pi"):
            return "π", ATOM
        case Call("abs", (of,)):
            return f"|{write(of)}|", ATOM
        case Call("exp", (of,)):
            return f"e^{within(of, ATOM)}", POWER
        case Call(name, arguments):
            inside = ", ".join(write(argument) for argument in arguments)
            return f"{notation.function(name)}({inside})", ATOM
    raise TypeError(f"not a formula: {formula!r}")
