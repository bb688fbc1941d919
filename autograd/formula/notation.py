"""How numbers and names are written, in text and in TeX."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from autograd.elementary import WIDE, leading, spelled

MINUS = "−"
NONE = "–"  # for a number that there is not
PRIME = "′"
DIGITS = 12  # of a float: enough to hide rounding noise and nothing else
MOST_DIGITS = 4000  # that a user may ask for: of more, Python itself writes no whole number
LONGEST = 300  # digits of an exact number that are all written

# The capitals are those that the Latin alphabet has not.
GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ",
    "psi": "ψ", "omega": "ω", "varepsilon": "ε", "vartheta": "ϑ", "varkappa": "ϰ", "varpi": "ϖ",
    "varrho": "ϱ", "varsigma": "ς", "varphi": "φ", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ",
    "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω",
}  # fmt: skip
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
FROM_SUBSCRIPT = {ord(sub): plain for plain, sub in zip("0123456789", "₀₁₂₃₄₅₆₇₈₉", strict=True)}
FROM_SUPERSCRIPT = {ord(sup): p for p, sup in zip("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻", strict=True)}


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
    if not is_finite(number):
        text = "nan" if number != number else "inf" if number > 0 else "-inf"
    elif significant is not None or isinstance(number, float):
        text = _rounded(number, significant or DIGITS)
    else:
        text = _exact(number) if isinstance(number, Fraction | Decimal | int) else str(number)
    return text.replace("-", MINUS).replace("inf", "∞")


def is_finite(number: Any) -> bool:
    """Whether a number is neither infinite nor nan; a Decimal may be beyond every float.

    >>> is_finite(Decimal("1e900")), is_finite(math.inf)
    (True, False)
    """
    if isinstance(number, Decimal):
        return number.is_finite()
    return not isinstance(number, float) or math.isfinite(number)


def wanted(significant: int | None) -> int | None:
    """What a user gave as `digits=`. Raises TypeError or ValueError if it is no number of them."""
    if significant is None:
        return None
    if not isinstance(significant, int) or isinstance(significant, bool):
        kind = type(significant).__name__
        raise TypeError(
            f"digits is a number of significant digits, not {kind} {spelled(significant)}"
        )
    if not 1 <= significant <= MOST_DIGITS:
        raise ValueError(
            f"digits is a whole number from 1 to {MOST_DIGITS}, not {spelled(significant)}"
        )
    return significant


def is_whole(number: Any) -> bool:
    """Whether a number is written without a point, a fraction bar or a power of ten."""
    return digits(number).removeprefix(MINUS).isdecimal()


def _exact(number: Fraction | Decimal | int) -> str:
    """Every digit of an exact number, if they are not too many to read."""
    if isinstance(number, Decimal):
        text = _point(number, -7, 60)
        return text if len(text) <= LONGEST else _rounded(number, DIGITS)
    over, under = number.numerator, number.denominator
    if under == 1 and over.bit_length() < 64:
        return str(over)
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
        text = _point(whole.scaleb(-places, WIDE), -places - 2, WIDE.prec)
    return text if len(text) <= LONGEST else _rounded(number, DIGITS)


def _rounded(number: Any, significant: int) -> str:
    """A number to so many significant digits: as a float's format "g" writes it."""
    if isinstance(number, float):
        if significant < 17:
            first, e, power = format(number, f".{significant}g").partition("e")
            return first + (f"e{int(power)}" if e else "")
        exact = Decimal(repr(number))  # the shortest digits that mean this float
    elif isinstance(number, Decimal):
        exact = number
    else:
        exact = leading(number.numerator, number.denominator, significant + 2)
    context = Context(prec=significant, Emax=MAX_EMAX, Emin=MIN_EMIN)
    return _point(context.plus(exact) if exact else exact, -5, significant)


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

LONGEST_NAME = 60  # characters; of a longer one the beginning is shown
NO_HATS = frozenset(["chat", "ghat", "khat", "shat", "that", "what"])  # but words
_HAT = "\u0302"
_NAME = re.compile(
    rf"(?P<base>[A-Za-z]+?|[{''.join(GREEK.values())}])(?P<hat>{_HAT}|_?hat)?"
    r"(?P<index>_?[0-9]+)?(?P<below>(?:_(?:[0-9]+|[A-Za-z]+))*)"
)
_SPELLED = {letter: word for word, letter in reversed(GREEK.items())}
_MARK = re.compile(r"(#\d+)?′*$")


@dataclass(frozen=True, slots=True)
class Name:
    """A label taken apart: ŷ₁ is the letter y with a hat and 1 `below`.

    `base` is a letter, a Greek one's name, a word, or a text that is no name at all (`odd`);
    `below` has numbers and words. `mark` tells it from others that look the same: ′, ″, #3.
    """

    base: str
    hat: bool = False
    below: tuple[str, ...] = ()
    mark: str = ""
    odd: bool = False

    @property
    def letter(self) -> str:
        """The base as it is written."""
        return GREEK.get(self.base, self.base)

    def __str__(self) -> str:
        name = unicodedata.normalize("NFC", self.letter + _HAT * self.hat)
        for place, part in enumerate(self.below):
            number = part.translate(SUBSCRIPTS)
            name += "_" + GREEK.get(part, part) if number == part else "," * bool(place) + number
        return name + self.mark


@cache
def read_name(label: str) -> Name:
    """A label as a name: `w1`, `w_12`, `w_1_2`, `yhat`, `Delta_x`, `h_max`; else as text."""
    clean = shown(label).replace("'", PRIME)
    mark = _MARK.search(clean)
    assert mark is not None
    text = unicodedata.normalize("NFD", clean[: mark.start()]).translate(FROM_SUBSCRIPT)
    found = _NAME.fullmatch(text) if len(clean) <= LONGEST_NAME else None
    if found is None:
        base = clean
        if len(clean) > LONGEST_NAME:  # what tells it from others stays, if it is no text itself
            base = f"{clean[: LONGEST_NAME - 20]}…{mark[0] if len(mark[0]) < 20 else ''}"
        return Name(base, odd=not _plain_word(base))
    base, hat, index, below = found.groups()
    if hat == "hat" and ((len(base) > 1 and base not in GREEK) or base + hat in NO_HATS):
        base, hat = base + hat, None
    parts = ((index or "") + below).replace("_", " ").split()
    return Name(_SPELLED.get(base, base), bool(hat), tuple(parts), mark[0])


def _plain_word(text: str) -> bool:
    """Whether a text reads as one name: letters, digits, points and emoji; w[0], …; not a + b."""
    if text == "…":
        return True
    word = re.sub(r"(\[[\w, ]*\])+$", "", text).rstrip(PRIME)
    kinds = {"L", "M", "N", "So", "Cf"}
    if any(unicodedata.decomposition(char).startswith("<super>") for char in word):
        return False  # x² would run together with a power of it
    return bool(word[:1].strip("0123456789.")) and all(
        char in "._#" or char >= "\U0001f3fb" or not kinds.isdisjoint(_kinds(char)) for char in word
    )


def _kinds(char: str) -> tuple[str, str]:
    """A character's category of Unicode and the group that this belongs to."""
    kind = unicodedata.category(char)
    return kind, kind[0]


def shown(label: str) -> str:
    """A label on one line, with � for what cannot be shown and ␣ if nothing of it can be seen."""
    text = " ".join("".join(map(_shown, label)).split())
    seen = any(unicodedata.category(char) != "Cf" for char in text)
    return text if seen or not label else "␣"


def _shown(char: str) -> str:
    """A character, if it has a place in a line of text: Unicode 15, chapter 23."""
    code = ord(char)
    if 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
        return ""  # it would turn the direction of what follows
    nothing = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    hidden = nothing or unicodedata.category(char) in ("Cc", "Cs")
    return "�" if hidden and not char.isspace() else char


def pretty(label: str) -> str:
    """A label as a person writes it.

    >>> [pretty(name) for name in ("w1", "w_12", "w_1_2", "yhat", "eta", "Delta_x", "loss", "what")]
    ['w₁', 'w₁₂', 'w₁,₂', 'ŷ', 'η', 'Δ_x', 'loss', 'what']
    """
    return str(read_name(label))


# Functions.

FUNCTIONS = {
    "log": "ln", "log2": "log₂", "log10": "log₁₀", "asin": "arcsin", "acos": "arccos",
    "atan": "arctan", "asinh": "arsinh", "acosh": "arcosh", "atanh": "artanh", "maximum": "max",
    "minimum": "min", "sigmoid": "σ", "cbrt": "∛", "sqrt": "√",
}  # fmt: skip


def function(name: str) -> str:
    """A function as a person writes it.

    >>> [function(name) for name in ("log", "asinh", "tanh", "sigmoid")]
    ['ln', 'arsinh', 'tanh', 'σ']
    """
    return FUNCTIONS.get(name, name)


# Terminals that cannot show all this.

_PLAIN = dict(pair.split() for pair in """
    ∂ d  · *  − -  × x  √ sqrt  ∛ cbrt  ≈ ~  → ->  ∞ inf  – -  … ...  ’ '  ≤ <=  ≥ >=  ≠ !=  ′ '
    \u0302 hat  Σ sum  ∑ sum  ½ 1/2  “ "  ” "  ─ -  │ |  ┐ +  ├ +  ┘ +  — -
""".replace("  ", "\n").strip().splitlines() if pair.strip())  # fmt: skip
_PLAIN |= {greek: name for name, greek in GREEK.items()}


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
    text = re.sub(f"[{powers}]+", lambda run: "^" + run[0].translate(FROM_SUPERSCRIPT), text)
    text = unicodedata.normalize("NFD", text.translate(FROM_SUBSCRIPT))
    text = "".join(_PLAIN.get(char, char) for char in text)
    return text.encode("ascii", "replace").decode("ascii")
