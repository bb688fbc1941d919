"""Formulas as TeX."""

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


def write_tex(formula: Formula) -> str:
    r"""The formula as TeX.

    >>> print(write_tex(Div(Pow(Add((Sym("yhat"), Neg(Sym("y")))), Num(2)), Num(2))))
    \frac{{\left(\hat{y} - y\right)}^{2}}{2}
    """
    return _tex(formula)[0]


def _tex(formula: Formula) -> tuple[str, int]:
    def bracket(tex: str) -> str:
        return rf"\left({tex}\right)"

    def within(part: Formula, least: int) -> str:
        tex, binding = _tex(part)
        return tex if binding >= least else bracket(tex)

    match formula:
        case Num(value, shown):
            return _tex_number(notation.digits(value, shown))
        case Sym(name):
            return notation.tex(name), ATOM
        case Partial(of, to, direct):
            mark = r"\Big|_{\text{direct}}" if direct else ""
            over, under = (rf"\partial {within(symbol(part), POWER)}" for part in (of, to))
            return rf"\frac{{{over}}}{{{under}}}{mark}", POWER
        case Add((first, *rest)):
            tex = within(first, SUM)
            for term in rest:
                taken = taken_away(term)
                if taken is not None:
                    tex += f" - {within(taken, PRODUCT)}"
                else:
                    tex += f" + {within(term, PRODUCT)}"
            return tex, SUM
        case Neg(of):
            return f"-{within(of, PRODUCT)}", SUM
        case Mul(factors, bracketed):
            if bracketed:
                return "".join(bracket(write_tex(factor)) for factor in factors), PRODUCT
            return r" \cdot ".join(within(factor, POWER) for factor in factors), PRODUCT
        case Div(over, under):
            return rf"\frac{{{write_tex(over)}}}{{{write_tex(under)}}}", POWER
        case Pow(base, exponent):
            return f"{{{within(base, ATOM)}}}^{{{write_tex(exponent)}}}", POWER
        case Call("pi"):
            return r"\pi", ATOM
        case Call("abs", (of,)):
            return rf"\left|{write_tex(of)}\right|", ATOM
        case Call("exp", (of,)):
            return f"e^{{{write_tex(of)}}}", POWER
        case Call("sqrt", (of,)):
            return rf"\sqrt{{{write_tex(of)}}}", ATOM
        case Call("cbrt", (of,)):
            return rf"\sqrt[3]{{{write_tex(of)}}}", ATOM
        case Call(name, arguments):
            return notation.tex_function(name) + bracket(", ".join(map(write_tex, arguments))), ATOM
    raise TypeError(f"not a formula: {formula!r}")


def _tex_number(digits: str) -> tuple[str, int]:
    tex = digits.replace(notation.MINUS, "-").replace("∞", r"\infty")
    binding = SUM if tex.startswith("-") else ATOM
    if "e" in tex:
        mantissa, _, exponent = tex.partition("e")
        return rf"{mantissa} \cdot 10^{{{exponent}}}", min(binding, PRODUCT)
    if "/" in tex:
        over, _, under = tex.removeprefix("-").partition("/")
        return "-" * tex.startswith("-") + rf"\frac{{{over}}}{{{under}}}", min(binding, POWER)
    return (r"\text{nan}", ATOM) if tex == "nan" else (tex, binding)
