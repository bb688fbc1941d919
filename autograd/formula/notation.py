"""How numbers and names are written, in text and in TeX."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from fractions import Fraction
from typing import Any

MINUS = "−"
NONE = "–"  # for a number that there is not
PRIME = "′"
DIGITS = 12  # of a float: enough to hide rounding noise and nothing else
LONGEST = 300  # digits of an exact number that are all written
_WIDE = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)

GREEK = dict(
    zip(
        [
            "alpha",
            "beta",
            "gamma",
            "delta",
            "epsilon",
            "zeta",
            "eta",
            "theta",
            "iota",
            "kappa",
            "lambda",
            "mu",
            "nu",
            "xi",
            "pi",
            "rho",
            "sigma",
            "tau",
            "upsilon",
            "phi",
            "chi",
            "psi",
            "omega",
        ],
        "αβγδεζηθικλμνξπρστυφχψω",
        strict=True,
    )
)
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")


# Numbers.


def digits(number: Any, significant: int | None = None) -> str:
    """A number in decimal digits, with a real minus sign, of at most that many `significant` ones.

    By default a float has 12 and exact types are written exactly, a Fraction as a decimal if it
    terminates, else as p/q; what would take more than 300 digits is rounded to 12. Zeros at the
    end are left out.

    >>> digits(Fraction(-61, 10)), digits(Fraction(1, 3)), digits(18.604999999999997), digits(1e-6)
    ('−6.1', '1/3', '18.605', '1e−6')
    >>> digits(Fraction(2, 3), 4), digits(-0.0), digits(7**6000)
    ('0.6667', '−0', '3.87471786866e5070')
    """
    if number is None:
        return NONE
    if isinstance(number, float | Decimal) and not math.isfinite(number):
        text = "nan" if number != number else "inf" if number > 0 else "-inf"
    elif significant is not None or isinstance(number, float):
        text = _rounded(number, significant or DIGITS)
    else:
        text = _exact(number) if isinstance(number, Fraction | Decimal | int) else str(number)
    return text.replace("-", MINUS).replace("inf", "∞")


def wanted(significant: int | None) -> int | None:
    """What a user gave as `digits=`. Raises TypeError or ValueError if it is no number of them."""
    if significant is None:
        return None
    if not isinstance(significant, int) or isinstance(significant, bool):
        kind = type(significant).__name__
        raise TypeError(f"digits is a number of significant digits, not {kind} {significant!r}")
    if significant < 1:
        raise ValueError(f"digits is at least 1, not {significant}")
    return significant


def _exact(number: Fraction | Decimal | int) -> str:
    """Every digit of an exact number, if they are not too many to read."""
    if isinstance(number, Decimal):
        text = _point(number, -7, 60)
        return text if len(text) <= LONGEST else _rounded(number, DIGITS)
    over, under = number.numerator, number.denominator
    if max(over.bit_length(), under.bit_length()) > 4 * LONGEST:
        return _rounded(number, DIGITS)
    odd, places = under, 0
    for factor in (2, 5):
        count = 0
        while odd % factor == 0:
            odd, count = odd // factor, count + 1
        places = max(places, count)
    if odd != 1:
        text = f"{over}/{under}"
    else:
        whole = Decimal(over * 10**places // under)
        text = _point(whole.scaleb(-places, _WIDE), -places - 2, _WIDE.prec)
    return text if len(text) <= LONGEST else _rounded(number, DIGITS)


def _rounded(number: Any, significant: int) -> str:
    """A number to so many significant digits: as a float's format "g" writes it."""
    if isinstance(number, float):
        exact = Decimal(repr(number))  # the shortest digits that mean this float
        if len(exact.as_tuple().digits) > significant:
            exact = Decimal(number)
    elif isinstance(number, Decimal):
        exact = number
    else:
        exact = _leading(number.numerator, number.denominator, significant + 2)
    context = Context(prec=significant, Emax=MAX_EMAX, Emin=MIN_EMIN)
    return _point(context.plus(exact) if exact else exact, -5, significant)


def _leading(over: int, under: int, count: int) -> Decimal:
    """The quotient to at least `count` digits and one more that says whether it goes on.

    Made by whole numbers: the digits of a very long one are never all computed.
    """
    shift = count - int((over.bit_length() - under.bit_length()) * math.log10(2))
    above, below = (10**shift, 1) if shift > 0 else (1, 10**-shift)
    whole, rest = divmod(abs(over) * above, under * below)
    exact = Decimal(10 * whole + (rest != 0)).scaleb(-shift - 1, _WIDE)
    return -exact if over < 0 else exact


def _point(number: Decimal, low: int, high: int) -> str:
    """The digits of a Decimal without zeros at the end, its first between 10^low and 10^high.

    Any other is written with its power of ten.
    """
    sign, places, _ = number.as_tuple()
    text, first = "".join(map(str, places)).rstrip("0"), number.adjusted() if number else 0
    minus = "-" * sign
    if not low < first < high:
        return f"{minus}{text[0]}{'.' * (len(text) > 1)}{text[1:]}e{first}"
    text = "0" * -first + text.ljust(first + 1, "0")
    whole, rest = (text[:1], text[1:]) if first < 0 else (text[: first + 1], text[first + 1 :])
    return f"{minus}{whole}{'.' * bool(rest)}{rest}"


# Names.

_NAME = re.compile(r"([A-Za-z]+?)(_?hat)?(?:_?(\d+))?(?:_([A-Za-z]+))?")


def name_parts(label: str) -> tuple[str, bool, str, str] | None:
    """The base, whether it has a hat, the index and the suffix of a name: `w1_new`, `y_hat`."""
    match = _NAME.fullmatch(label)
    if match is None:
        return None
    base, hat, index, suffix = match.groups()
    if hat and len(base) > 1 and base not in GREEK:
        base, hat = base + hat, ""
    return base, bool(hat), index or "", suffix or ""


def _told_apart(label: str) -> tuple[str, str]:
    """A name and what was added to it because another value has it too: x′, x#3."""
    found = re.search(r"(#\d+)?′*$", label)
    end = found.start() if found else len(label)
    return label[:end], label[end:]


def pretty(label: str) -> str:
    """A label as a person writes it.

    >>> [pretty(name) for name in ("w1", "w_12", "yhat", "y_hat", "eta", "h1", "loss", "w1_new")]
    ['w₁', 'w₁₂', 'ŷ', 'ŷ', 'η', 'h₁', 'loss', 'w₁ new']
    """
    label, primes = _told_apart(label)
    found = name_parts(label)
    if found is None:
        return label + primes
    base, hat, index, suffix = found
    name = unicodedata.normalize("NFC", GREEK.get(base, base) + "\u0302" * hat)
    return name + index.translate(SUBSCRIPTS) + (f" {suffix}" if suffix else "") + primes


_TEX_ESCAPES = str.maketrans(
    {
        **{char: f"\\{char}" for char in "#$%&_{}"},
        "\\": r"\backslash{}",
        "^": r"\char94{}",
        "~": r"\char126{}",
        "\n": " ",
    }
)


def tex(label: str) -> str:
    r"""A label as TeX.

    >>> print(tex("w12"), tex("yhat"), tex("eta"), tex("loss"), tex("a b_c"))
    w_{12} \hat{y} \eta \mathrm{loss} \text{a b\_c}
    """
    label, primes = _told_apart(label)
    primes = primes.replace(PRIME, "'").replace("#", r"\#")
    found = name_parts(label)
    if found is None:
        return rf"\text{{{label.translate(_TEX_ESCAPES)}}}" + primes
    base, hat, index, suffix = found
    name = rf"\{base}" if base in GREEK else base if len(base) == 1 else rf"\mathrm{{{base}}}"
    name = rf"\hat{{{name}}}" if hat else name
    below = ",".join(part for part in (index, rf"\text{{{suffix}}}" if suffix else "") if part)
    return name + (f"_{{{below}}}" if below else "") + primes


# Functions.

FUNCTIONS = {
    "log": "ln", "log2": "log₂", "log10": "log₁₀", "asin": "arcsin", "acos": "arccos",
    "atan": "arctan", "asinh": "arsinh", "acosh": "arcosh", "atanh": "artanh", "maximum": "max",
    "minimum": "min", "sigmoid": "σ", "cbrt": "∛", "sqrt": "√", "gelu_dx": "gelu′",
}  # fmt: skip
_TEX_OWN = frozenset(
    ["sin", "cos", "tan", "sinh", "cosh", "tanh", "ln", "arcsin", "arccos", "arctan", "max", "min"]
)
_TEX_SPECIAL = {"log₂": r"\log_2", "log₁₀": r"\log_{10}", "σ": r"\sigma"}


def function(name: str) -> str:
    """A function as a person writes it.

    >>> [function(name) for name in ("log", "asinh", "tanh", "sigmoid")]
    ['ln', 'arsinh', 'tanh', 'σ']
    """
    return FUNCTIONS.get(name, name)


def tex_function(name: str) -> str:
    r"""The same as TeX.

    >>> print(tex_function("log"), tex_function("asinh"), tex_function("log2"))
    \ln \operatorname{arsinh} \log_2
    """
    written = function(name)
    if written in _TEX_OWN:
        return rf"\{written}"
    escaped = written.replace("_", r"\_").replace(PRIME, "'")
    return _TEX_SPECIAL.get(written, rf"\operatorname{{{escaped}}}")


# Terminals that cannot show all this.

_PLAIN = dict(pair.split() for pair in """
    ∂ d  · *  − -  × x  √ sqrt  ∛ cbrt  ≈ ~  → ->  ∞ inf  – -  … ...  ’ '  ≤ <=  ≥ >=  ≠ !=  ′ '
    \u0302 hat  Σ sum  ∑ sum  ½ 1/2  “ "  ” "  ─ -  │ |  ┐ +  ├ +  ┘ +  — -
""".replace("  ", "\n").strip().splitlines() if pair.strip())  # fmt: skip
_PLAIN |= {greek: name for name, greek in GREEK.items()}
_FROM_SUBSCRIPT = {ord(sub): plain for plain, sub in zip("0123456789", "₀₁₂₃₄₅₆₇₈₉", strict=True)}
_FROM_SUPERSCRIPT = {ord(sup): p for p, sup in zip("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻", strict=True)}


def encodable(text: str, encoding: str | None) -> str:
    """The text if `encoding` can write it, otherwise the same in ASCII.

    >>> encodable("∂E/∂ŷ = (−6.1)², w₁", "ascii")
    'dE/dyhat = (-6.1)^2, w1'
    """
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return plain(text)
    return text


def plain(text: str) -> str:
    """The text in ASCII: ŷ is yhat, ∂ is d, w₁ is w1."""
    powers = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
    text = re.sub(f"[{powers}]+", lambda run: "^" + run[0].translate(_FROM_SUPERSCRIPT), text)
    text = unicodedata.normalize("NFD", text.translate(_FROM_SUBSCRIPT))
    text = "".join(_PLAIN.get(char, char) for char in text)
    return text.encode("ascii", "replace").decode("ascii")
