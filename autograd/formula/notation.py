"""How numbers and names are written, in text and in TeX."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from typing import Any

MINUS = "−"
NONE = "–"  # for a number that there is not
PRIME = "′"
DIGITS = 12  # of a float: enough to hide rounding noise and nothing else

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
    """A number in decimal digits, with a real minus sign.

    Exact types are written exactly: a Fraction as a decimal if it terminates, else as p/q. A float
    has at most 12 significant digits, unless `significant` says otherwise; that also rounds exact
    types.

    >>> digits(Fraction(-61, 10)), digits(Fraction(1, 3)), digits(18.604999999999997), digits(1e-6)
    ('−6.1', '1/3', '18.605', '1e−6')
    """
    if number is None:
        return NONE
    if isinstance(number, float):
        text = _scientific(format(number, f".{significant or DIGITS}g"))
    elif significant is not None and isinstance(number, Fraction | Decimal | int):
        text = _rounded(number, significant)
    elif isinstance(number, Fraction):
        text = _fraction(number)
    elif isinstance(number, Decimal):
        text = _decimal(number)
    else:
        text = str(number)
    return "0" if text == "-0" else text.replace("-", MINUS).replace("inf", "∞")


def _scientific(text: str) -> str:
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else text


def _fraction(number: Fraction) -> str:
    denominator, twos, fives = number.denominator, 0, 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    if denominator != 1:
        return str(number)
    places = max(twos, fives)
    return _point(number.numerator * 10**places // number.denominator, places)


def _point(scaled: int, places: int) -> str:
    """`scaled` times 10 to the -`places`, written out."""
    sign, whole = "-" * (scaled < 0), _long(abs(scaled)).rjust(places + 1, "0")
    cut = len(whole) - places
    return sign + (f"{whole[:cut]}.{whole[cut:]}".rstrip("0").rstrip(".") if places else whole)


def _long(number: int) -> str:
    """The digits of an int of any size: str() refuses above 4300."""
    return str(Decimal(number)) if number.bit_length() > 10_000 else str(number)


def _decimal(number: Decimal) -> str:
    if not number.is_finite():
        return str(number).lower().replace("infinity", "inf")
    if number and not -7 < number.adjusted() < 60:
        return _scientific(f"{number.normalize():e}")
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rounded(number: Any, significant: int) -> str:
    if isinstance(number, int) and len(_long(abs(number))) <= significant:
        return _long(number)
    exact = Fraction(number) if not isinstance(number, Decimal) or number.is_finite() else number
    if not isinstance(exact, Fraction) or not exact:
        return _decimal(Decimal(number))
    shown = Decimal(exact.numerator) / Decimal(exact.denominator)
    return _scientific(format(shown, f".{significant}g").lower()) if shown else str(shown)


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

_FUNCTIONS = {
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
    return _FUNCTIONS.get(name, name)


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
