"""Characters: any text as something that can be drawn."""

from __future__ import annotations

import html
import unicodedata


def clean(text: str) -> str:
    r"""The text without what nobody sees, and with � for what cannot be written.

    >>> clean("a\u200bb\tc\x00")
    'ab c�'
    """
    return text if text.isprintable() else "".join(map(_character, text))


def _character(char: str) -> str:
    if char.isprintable() or char == "\n":
        return char
    if char.isspace():
        return " "
    # Joiners shape what stands beside them; other marks that format text show nothing.
    kind = unicodedata.category(char)
    return (char if char in "\u200c\u200d" else "") if kind == "Cf" else "�"


def spelled(text: str) -> str:
    """Text for an attribute of DOT that is no HTML-like label."""
    return clean(text).replace("\\", "\\\\")


def escaped(text: str) -> str:
    """Text as Graphviz wants it inside an HTML-like label."""
    return html.escape(clean(text)).replace("\\", "\\\\")
