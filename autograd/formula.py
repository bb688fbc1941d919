"""Formulas: small expression trees made from rule texts, written as text or TeX.

Simplifying is what a person does on the way: factors of 1 vanish, numbers multiply, equal terms add
up. Nothing is reordered.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

from autograd import notation

Formula: TypeAlias = "Num | Sym | Partial | Add | Mul | Div | Pow | Neg | Call"


@dataclass(frozen=True, slots=True)
class Num:
    """A number."""

    value: Any
    shown: int | None = None  # significant digits, None for what `digits` does by itself


@dataclass(frozen=True, slots=True)
class Sym:
    """A name, as the label has it."""

    name: str


@dataclass(frozen=True, slots=True)
class Partial:
    """∂of/∂to, of names or, where there is no name, of formulas.

    `direct` marks the derivative along one edge where longer ways lead there too.
    """

    of: str | Formula
    to: str | Formula
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Add:
    """A sum."""

    terms: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Mul:
    """A product. `bracketed` puts every factor in brackets: (−6.1)(0.5)(5)."""

    factors: tuple[Formula, ...]
    bracketed: bool = False


@dataclass(frozen=True, slots=True)
class Div:
    """A quotient."""

    over: Formula
    under: Formula


@dataclass(frozen=True, slots=True)
class Pow:
    """A power."""

    base: Formula
    exponent: Formula


@dataclass(frozen=True, slots=True)
class Neg:
    """A negative."""

    of: Formula


@dataclass(frozen=True, slots=True)
class Call:
    """A function of formulas; `abs` is written |x|."""

    name: str
    arguments: tuple[Formula, ...]


# Making formulas, simplified.


def add(*terms: Formula) -> Formula:
    """The sum of the terms: flat, without zeros, equal terms counted."""
    flat = [part for term in terms for part in _terms(term)]
    counts: dict[Formula, Any] = {}
    for term in flat:
        factor, rest = _coefficient(term)
        counts[rest] = counts[rest] + factor if rest in counts else factor
    kept = [mul(Num(factor), rest) for rest, factor in counts.items() if not _is(Num(factor), 0)]
    kept = [term for term in kept if not _is(term, 0)]
    return Num(0) if not kept else kept[0] if len(kept) == 1 else Add(tuple(kept))


def _coefficient(term: Formula) -> tuple[Any, Formula]:
    """A term as a number times the rest."""
    match term:
        case Num(value):
            return value, Num(1)
        case Neg(of):
            factor, rest = _coefficient(of)
            return -factor, rest
        case Mul((Num(value), *rest)):
            return value, mul(*rest)
        case _:
            return 1, term


def mul(*factors: Formula) -> Formula:
    """The product of the factors: flat, its numbers multiplied into one that stands first."""
    coefficient: Any = 1
    kept: list[Formula] = []
    for factor in factors:
        for part in _factors(factor):
            if isinstance(part, Neg):
                coefficient, part = -coefficient, part.of  # noqa: PLW2901
            if isinstance(part, Num):
                coefficient = part.value if _is(Num(coefficient), 1) else coefficient * part.value
            else:
                kept.append(part)
    if _is(Num(coefficient), 0) or not kept:
        return Num(coefficient)
    if _is(Num(coefficient), -1):
        return Neg(_product(kept))
    return _product(kept if _is(Num(coefficient), 1) else [Num(coefficient), *kept])


def _product(factors: list[Formula]) -> Formula:
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def div(over: Formula, under: Formula) -> Formula:
    """The quotient; of two numbers, the number (exact if they are whole)."""
    if isinstance(over, Num) and isinstance(under, Num) and under.value:
        whole = isinstance(over.value, int) and isinstance(under.value, int)
        return Num(Fraction(over.value, under.value) if whole else over.value / under.value)
    if isinstance(over, Neg):
        return neg(div(over.of, under))
    return over if _is(under, 1) else Div(over, under)


def power(base: Formula, exponent: Formula) -> Formula:
    """The power; to the 1 it is the base, to the 0 it is 1."""
    if _is(exponent, 1):
        return base
    return Num(1) if _is(exponent, 0) else Pow(base, exponent)


def neg(of: Formula) -> Formula:
    """The negative; of a negative, what that was of."""
    if isinstance(of, Neg):
        return of.of
    return Num(-of.value) if isinstance(of, Num) else Neg(of)


def sub(left: Formula, right: Formula) -> Formula:
    """The difference, a sum with a negative term; equal numbers of terms cancel."""
    return add(left, neg(right) if not isinstance(right, Add) else Neg(right))


def _is(formula: Formula, number: int) -> bool:
    return isinstance(formula, Num) and bool(formula.value == number)


_Binary: TypeAlias = Callable[[Formula, Formula], Formula]

_SIMPLIFIED: dict[type[ast.operator], _Binary] = {
    ast.Add: add,
    ast.Sub: sub,
    ast.Mult: mul,
    ast.Div: div,
    ast.Pow: power,
}


def _terms(part: Formula) -> tuple[Formula, ...]:
    return part.terms if isinstance(part, Add) else (part,)


def _factors(part: Formula) -> tuple[Formula, ...]:
    return part.factors if isinstance(part, Mul) else (part,)


_AS_WRITTEN: dict[type[ast.operator], _Binary] = {
    # `sum()` begins with 0, which nobody would write.
    ast.Add: lambda left, right: right if left == Num(0) else Add((*_terms(left), *_terms(right))),
    ast.Sub: lambda left, right: Add((*_terms(left), Neg(right))),
    ast.Mult: lambda left, right: Mul((*_factors(left), *_factors(right))),
    ast.Div: Div,
    ast.Pow: Pow,
}


def read(
    text: str,
    scope: Mapping[str, Formula],
    choose: Callable[[str], bool],
    *,
    simplified: bool = True,
) -> Formula:
    """A rule text as a formula, its names replaced from `scope`.

    `choose` says whether a condition of the text holds: only the branch taken is read.

    >>> write(read("y * x ** (y - 1)", {"x": Sym("w1"), "y": Num(2)}, choose=bool))
    '2·w₁'
    """

    operators = _SIMPLIFIED if simplified else _AS_WRITTEN

    def formula(node: ast.expr) -> Formula:
        match node:
            case ast.Name(id="pi"):
                return PI
            case ast.Name(id=name):
                return scope[name]
            case ast.Constant(value=value):
                return Num(value)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return neg(formula(operand)) if simplified else Neg(formula(operand))
            case ast.BinOp(left=left, op=op, right=right):
                return operators[type(op)](formula(left), formula(right))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return formula(body if choose(ast.unparse(test)) else orelse)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                if name in _CONSTANTS:
                    return Num(_CONSTANTS[name])
                return Call(name, tuple(formula(argument) for argument in arguments))
        raise ValueError(f"a rule text cannot hold {ast.unparse(node)!r}")

    return formula(_parsed(text))


@cache
def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


PI = Call("pi", ())
_CONSTANTS = {"zero": 0, "one": 1, "half": Fraction(1, 2)}


# Writing formulas. A part is put in brackets where it binds less tightly than its place demands.

_SUM, _PRODUCT, _POWER, _ATOM = range(4)

_NAMED = {"log": "ln", "log2": "log₂", "log10": "log₁₀", "asin": "arcsin", "acos": "arccos"}
_NAMED |= {"atan": "arctan", "asinh": "arsinh", "acosh": "arcosh", "atanh": "artanh"}
_NAMED |= {"gelu_dx": "gelu′", "silu_dx": "silu′"}
_NAMED |= {"maximum": "max", "minimum": "min", "sigmoid": "σ", "cbrt": "∛", "sqrt": "√"}


def _symbol(part: str | Formula) -> Formula:
    """What a derivative is of: a name stands for itself."""
    return Sym(part) if isinstance(part, str) else part


def _taken_away(term: Formula) -> Formula | None:
    """What a term of a sum takes away, None if it adds."""
    match term:
        case Neg(of):
            return of
        case Num(value, shown) if value < 0:
            return Num(-value, shown)
        case _:
            return None


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
                return text, _SUM
            return text, _PRODUCT if "/" in text or "e" in text else _ATOM
        case Sym(name):
            pretty = notation.pretty(name)
            return pretty, _ATOM if pretty.replace("\u0302", "").isalnum() else _POWER
        case Partial(of, to, direct):
            mark = "|direct" if direct else ""
            over, under = (within(_symbol(part), _POWER) for part in (of, to))
            return f"∂{over}/∂{under}{mark}", _PRODUCT
        case Add((first, *rest)):
            text = within(first, _SUM)
            for term in rest:
                taken = _taken_away(term)
                if taken is not None:
                    text += f" − {within(taken, _PRODUCT)}"
                else:
                    text += f" + {within(term, _PRODUCT)}"
            return text, _SUM
        case Neg(of):
            return f"−{within(of, _PRODUCT)}", _SUM
        case Mul(factors, bracketed):
            if bracketed:
                return "".join(f"({write(factor)})" for factor in factors), _PRODUCT
            dot = " · " if any(isinstance(factor, Partial) for factor in factors) else "·"
            parts = [within(f, _PRODUCT if isinstance(f, Partial) else _POWER) for f in factors]
            return dot.join(parts), _PRODUCT
        case Div(over, under):
            return f"{within(over, _PRODUCT)}/{within(under, _POWER)}", _PRODUCT
        case Pow(base, exponent):
            power = _text(exponent)[0]
            if power.lstrip(notation.MINUS).isdigit():
                return f"{within(base, _ATOM)}{power.translate(notation.SUPERSCRIPTS)}", _POWER
            return f"{within(base, _ATOM)}^{within(exponent, _ATOM)}", _POWER
        case Call("pi"):
            return "π", _ATOM
        case Call("abs", (of,)):
            return f"|{write(of)}|", _ATOM
        case Call("exp", (of,)):
            return f"e^{within(of, _ATOM)}", _POWER
        case Call(name, arguments):
            inside = ", ".join(write(argument) for argument in arguments)
            return f"{_NAMED.get(name, name)}({inside})", _ATOM
    raise TypeError(f"not a formula: {formula!r}")


_TEX_FUNCTIONS = {"log": r"\ln", "log2": r"\log_2", "log10": r"\log_{10}", "sigmoid": r"\sigma"}
_TEX_FUNCTIONS |= {name: rf"\{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")}
_TEX_FUNCTIONS |= {"asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan"}
_TEX_FUNCTIONS |= {"maximum": r"\max", "minimum": r"\min"}


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
            return notation.tex(name), _ATOM
        case Partial(of, to, direct):
            mark = r"\Big|_{\text{direct}}" if direct else ""
            over, under = (rf"\partial {within(_symbol(part), _POWER)}" for part in (of, to))
            return rf"\frac{{{over}}}{{{under}}}{mark}", _POWER
        case Add((first, *rest)):
            tex = within(first, _SUM)
            for term in rest:
                taken = _taken_away(term)
                if taken is not None:
                    tex += f" - {within(taken, _PRODUCT)}"
                else:
                    tex += f" + {within(term, _PRODUCT)}"
            return tex, _SUM
        case Neg(of):
            return f"-{within(of, _PRODUCT)}", _SUM
        case Mul(factors, bracketed):
            if bracketed:
                return "".join(bracket(write_tex(factor)) for factor in factors), _PRODUCT
            return r" \cdot ".join(within(factor, _POWER) for factor in factors), _PRODUCT
        case Div(over, under):
            return rf"\frac{{{write_tex(over)}}}{{{write_tex(under)}}}", _POWER
        case Pow(base, exponent):
            return f"{{{within(base, _ATOM)}}}^{{{write_tex(exponent)}}}", _POWER
        case Call("pi"):
            return r"\pi", _ATOM
        case Call("abs", (of,)):
            return rf"\left|{write_tex(of)}\right|", _ATOM
        case Call("exp", (of,)):
            return f"e^{{{write_tex(of)}}}", _POWER
        case Call("sqrt", (of,)):
            return rf"\sqrt{{{write_tex(of)}}}", _ATOM
        case Call("cbrt", (of,)):
            return rf"\sqrt[3]{{{write_tex(of)}}}", _ATOM
        case Call(name, arguments):
            escaped = name.replace("_", r"\_")
            function = _TEX_FUNCTIONS.get(name, rf"\operatorname{{{escaped}}}")
            return function + bracket(", ".join(map(write_tex, arguments))), _ATOM
    raise TypeError(f"not a formula: {formula!r}")


def _tex_number(digits: str) -> tuple[str, int]:
    tex = digits.replace(notation.MINUS, "-").replace("∞", r"\infty")
    binding = _SUM if tex.startswith("-") else _ATOM
    if "e" in tex:
        mantissa, _, exponent = tex.partition("e")
        return rf"{mantissa} \cdot 10^{{{exponent}}}", min(binding, _PRODUCT)
    if "/" in tex:
        over, _, under = tex.removeprefix("-").partition("/")
        return "-" * tex.startswith("-") + rf"\frac{{{over}}}{{{under}}}", min(binding, _POWER)
    return (r"\text{nan}", _ATOM) if tex == "nan" else (tex, binding)


# Working a formula of numbers out.


def reduced(formula: Formula, call: Callable[..., Any]) -> Formula:
    """The formula after one round of calculation: every innermost operation becomes its result.

    `call(name, *numbers)` computes functions, quotients and powers.

    >>> error = Div(Pow(Add((Num(Fraction(19, 10)), Neg(Num(8)))), Num(2)), Num(2))
    >>> write(reduced(error, call=None))
    '(−6.1)²/2'
    """
    match formula:
        case Neg(Num(value)):
            return Num(-value)
        case Num() | Sym() | Partial():
            return formula
    parts = _parts(formula)
    plain = [_plain(part) for part in parts]
    if any(part is None for part in plain):
        return _rebuilt(formula, [reduced(part, call) for part in parts])
    numbers = [part.value for part in plain if part is not None]
    match formula:
        case Neg():
            return Num(-numbers[0])
        case Add():
            return Num(sum(numbers[1:], numbers[0]))
        case Mul():
            product = numbers[0]
            for number in numbers[1:]:
                product = product * number
            return Num(product)
        case Div():
            return Num(call("div", *numbers))
        case Pow():
            return Num(call("power", *numbers))
        case Call(name):
            return Num(call(name, *numbers))
    raise TypeError(f"not a formula of numbers: {formula!r}")


def _plain(part: Formula) -> Num | None:
    """The number that a part is, if it is no more than one: 8 or −8."""
    if isinstance(part, Neg) and isinstance(part.of, Num):
        return Num(-part.of.value)
    return part if isinstance(part, Num) else None


def _parts(formula: Formula) -> tuple[Formula, ...]:
    """The parts of a formula, none of a number or a name."""
    match formula:
        case Add(parts) | Mul(parts) | Call(_, parts):
            return parts
        case Div(a, b) | Pow(a, b):
            return a, b
        case Neg(of):
            return (of,)
        case _:
            return ()


def _rebuilt(formula: Formula, parts: Sequence[Formula]) -> Formula:
    """The same formula with other parts."""
    match formula:
        case Add():
            return Add(tuple(parts))
        case Mul(_, bracketed):
            return Mul(tuple(parts), bracketed)
        case Call(name):
            return Call(name, tuple(parts))
        case Div():
            return Div(*parts)
        case Pow():
            return Pow(*parts)
        case Neg():
            return Neg(*parts)
        case _:
            return formula


def replaced(formula: Formula, new: Callable[[Num | Sym], Formula]) -> Formula:
    """The formula with every name and number replaced, otherwise as it stands."""
    if isinstance(formula, Num | Sym):
        return new(formula)
    return _rebuilt(formula, [replaced(part, new) for part in _parts(formula)])


def size(formula: Formula) -> int:
    """The number of names, numbers and operations in a formula."""
    return 1 + sum(map(size, _parts(formula)))


# What a reader can work out again from the digits shown.

MOST_EXACT = 1000


def evaluate(formula: Formula, call: Callable[..., Any]) -> Any:
    """The value of a formula without names, from the digits that `write` shows.

    `call(name, *numbers)` computes functions.
    """
    match formula:
        case Num(value, shown):
            text = notation.digits(value, shown).replace(notation.MINUS, "-").replace("∞", "inf")
            return float(text) if text in ("inf", "-inf", "nan") else Fraction(text)
        case Add(terms):
            values = [evaluate(term, call) for term in terms]
            return sum(values[1:], values[0])
        case Mul(factors):
            product: Any = 1
            for factor in factors:
                product = product * evaluate(factor, call)
            return product
        case Div(over, under):
            return call("div", evaluate(over, call), evaluate(under, call))
        case Pow(base, exponent):
            numbers = evaluate(base, call), evaluate(exponent, call)
            if abs(numbers[1]) > MOST_EXACT:  # its exact digits would fill the memory
                numbers = float(numbers[0]), float(numbers[1])
            return call("power", *numbers)
        case Neg(of):
            return -evaluate(of, call)
        case Call(name, arguments):
            return call(name, *(float(evaluate(argument, call)) for argument in arguments))
    raise TypeError(f"not a formula of numbers: {formula!r}")
