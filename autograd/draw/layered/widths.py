"""Widths: how wide a text is in Helvetica, or in the fonts that stand in for it."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Of the characters from the space on, in thousandths of the size (Adobe's metrics of the font).
_ASCII = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
_OTHERS = {
    "\xa0": 278, "·": 278, "−": 584, "–": 556, "—": 1000, "×": 584, "÷": 584, "±": 584,
    "…": 1000, "√": 600, "∂": 600, "≤": 600, "≥": 600, "≈": 600, "→": 1000, "▲": 990, "�": 1000,
}  # fmt: skip
_BOLD = 1.07
_UNKNOWN, _WIDE = 620, 1000


@lru_cache(maxsize=4096)
def _width(char: str) -> int:
    place = ord(char) - 32
    if 0 <= place < len(_ASCII):
        return _ASCII[place]
    if char in _OTHERS:
        return _OTHERS[char]
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    if unicodedata.east_asian_width(char) in "WF":
        return _WIDE
    base = unicodedata.normalize("NFKD", char)
    if base[0] != char:  # subscripts and superscripts are small, letters with accents are not
        small = unicodedata.decomposition(char).startswith(("<sub>", "<super>"))
        return round((0.65 if small else 1) * sum(map(_width, base)))
    return _UNKNOWN


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a line of text, in points.

    >>> width("w1", 10)
    12.78
    """
    return (_BOLD if bold else 1) * size * sum(map(_width, text)) / 1000
