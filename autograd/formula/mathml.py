"""Formulas as MathML: what a browser typesets by itself, without a network."""

from __future__ import annotations

import html

from autograd.formula import notation
from autograd.formula import tree as fm
from autograd.formula.tree import Formula


def write_mathml(formula: Formula, *more: Formula, relation: str = "=") -> str:
    """A formula, or a row of equal ones, as a `math` element; the last sign may be ≈.

    >>> write_mathml(fm.Pow(fm.Sym("w1"), fm.Num(2)))[-77:]
    '<msub><mi>w</mi><mn>1</mn></msub><mrow><mn>2</mn></mrow></msup></mrow></math>'
    """
    row = inner(formula)
    for place, part in enumerate(more, 1):
        sign = relation if place == len(more) else "="
        row += f"<mo>{sign}</mo>{inner(part)}"
    return (
        '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline">'
        f'<mrow displaystyle="true">{row}</mrow></math>'
    )


def inner(formula: Formula) -> str:
    """What goes inside the `math` element."""
    return _written(formula)[0]


def _brackets(content: str) -> str:
    return f"<mrow><mo>(</mo>{content}<mo>)</mo></mrow>"


def _within(part: Formula, least: int) -> str:
    content, binding = _written(part)
    return content if binding >= least else _brackets(content)


def _written(formula: Formula) -> tuple[str, int]:
    """The formula as MathML, and how tightly it binds: the brackets are those of the text."""
    match formula:
        case fm.Num(value, shown):
            return _number(notation.digits(value, shown))
        case fm.Sym(name):
            return _name(name), fm.ATOM
        case fm.Partial(of, to, direct):
            over, under = (_within(fm.symbol(part), fm.POWER) for part in (of, to))
            slope = f"<mfrac><mrow><mo>∂</mo>{over}</mrow><mrow><mo>∂</mo>{under}</mrow></mfrac>"
            return (
                f"<msub>{slope}<mtext>direct</mtext></msub>" if direct else f"<mrow>{slope}</mrow>"
            ), fm.POWER
        case fm.Add((first, *rest)):
            row = _within(first, fm.SUM)
            for term in rest:
                taken = fm.taken_away(term)
                sign, part = ("+", term) if taken is None else ("−", taken)
                row += f"<mo>{sign}</mo>{_within(part, fm.PRODUCT)}"
            return f"<mrow>{row}</mrow>", fm.SUM
        case fm.Neg(of):
            return f'<mrow><mo form="prefix">−</mo>{_within(of, fm.PRODUCT)}</mrow>', fm.SUM
        case fm.Mul(factors, bracketed):
            if bracketed:
                return f"<mrow>{''.join(_brackets(inner(f)) for f in factors)}</mrow>", fm.PRODUCT
            row = "<mo>·</mo>".join(_within(factor, fm.POWER) for factor in factors)
            return f"<mrow>{row}</mrow>", fm.PRODUCT
        case fm.Div(over, under):
            return f"<mfrac>{_row(over)}{_row(under)}</mfrac>", fm.POWER
        case fm.Pow(base, exponent):
            return f"<msup>{_within(base, fm.ATOM)}{_row(exponent)}</msup>", fm.POWER
        case fm.Call(name, arguments):
            return _call(name, arguments)
    raise TypeError(f"not a formula: {formula!r}")


def _row(part: Formula) -> str:
    return f"<mrow>{inner(part)}</mrow>"


def _call(name: str, arguments: tuple[Formula, ...]) -> tuple[str, int]:
    match name, arguments:
        case "pi", _:
            return "<mi>π</mi>", fm.ATOM
        case "abs", (of,):
            return f"<mrow><mo>|</mo>{inner(of)}<mo>|</mo></mrow>", fm.ATOM
        case "exp", (of,):
            return f"<msup><mi>e</mi>{_row(of)}</msup>", fm.POWER
        case "sqrt", (of,):
            return f"<msqrt>{inner(of)}</msqrt>", fm.ATOM
        case "cbrt", (of,):
            return f"<mroot>{_row(of)}<mn>3</mn></mroot>", fm.ATOM
    inside = "<mo>,</mo>".join(inner(argument) for argument in arguments)
    function = html.escape(notation.function(name))
    return f"<mrow><mi>{function}</mi>{_brackets(inside)}</mrow>", fm.ATOM


def _name(label: str) -> str:
    """A name: its index as a subscript, its hat above it, anything else as text."""
    found = notation.name_parts(label)
    if found is None:
        return f"<mtext>{_escaped(notation.pretty(label))}</mtext>"
    base, hat, index, suffix = found
    upright = ' mathvariant="normal"' if len(base) > 1 and base not in notation.GREEK else ""
    name = f"<mi{upright}>{html.escape(notation.GREEK.get(base, base))}</mi>"
    if hat:
        name = f'<mover accent="true">{name}<mo stretchy="false">^</mo></mover>'
    below = [f"<mn>{index}</mn>"] if index else []
    below += [f"<mtext>{html.escape(suffix)}</mtext>"] if suffix else []
    if not below:
        return name
    under = below[0] if len(below) == 1 else f"<mrow>{'<mo>,</mo>'.join(below)}</mrow>"
    return f"<msub>{name}{under}</msub>"


def _escaped(text: str) -> str:
    return html.escape("".join(char if char.isprintable() else " " for char in text))


def _number(digits: str) -> tuple[str, int]:
    negative = digits.startswith(notation.MINUS)
    digits = digits.removeprefix(notation.MINUS)
    binding = fm.ATOM
    if "e" in digits:
        mantissa, _, exponent = digits.partition("e")
        number = f"<mn>{mantissa}</mn><mo>·</mo><msup><mn>10</mn><mn>{exponent}</mn></msup>"
        number, binding = f"<mrow>{number}</mrow>", fm.PRODUCT
    elif "/" in digits:
        over, _, under = digits.partition("/")
        number, binding = f"<mfrac><mn>{over}</mn><mn>{under}</mn></mfrac>", fm.POWER
    else:
        number = f"<mn>{digits}</mn>"
    if negative:
        return f'<mrow><mo form="prefix">−</mo>{number}</mrow>', fm.SUM
    return number, binding
