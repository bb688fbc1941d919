r"""TikZ: a picture as TeX, to compile by itself or to \input in a document that loads tikz.

In a document it shrinks to the width of the line. pdfLaTeX shows what its fonts have, and ? for the
rest; XeLaTeX and LuaLaTeX are given every character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from autograd.draw.layout import Outline, Sheet, Text, rgb
from autograd.formula.notation import GREEK, SUBSCRIPTS, SUPERSCRIPTS

# \@nodocument is an error before \begin{document}, and means nothing after it.
HEAD = r"""% \input this in a document with \usepackage{tikz}, or compile it by itself.
\expandafter\ifx\csname @nodocument\endcsname\relax
  \def\pictureend{\endinput}
\else
  \documentclass{article}
  \usepackage{amssymb,tikz}
  \usepackage[paperwidth=WIDTHbp,paperheight=HEIGHTbp,margin=2bp]{geometry}
  \pagestyle{empty}\topskip=0pt\parindent=0pt
  \def\pictureend{\end{document}}
  \begin{document}
\fi
\ifdefined\Umathchar\def\anyletter#1{#1}\else\def\anyletter#1{?}\fi
\begingroup\parindent=0pt
\setbox0=\hbox{%
\begin{tikzpicture}[x=1bp,y=-1bp,line join=round]
\useasboundingbox (0,0) rectangle (SIZE);
"""
TAIL = r"""\end{tikzpicture}}%
\ifdim\wd0>\linewidth\resizebox{\linewidth}{!}{\box0}\else\box0\fi
\endgroup
\pictureend
"""

_ESCAPES = {char: f"\\{char}" for char in "#$%&_{}"}
_ESCAPES |= {"\\": r"$\backslash$", "^": r"\^{}", "~": r"\~{}", "<": "$<$", ">": "$>$", "|": "$|$"}
_MATH = {greek: rf"\{name}" for name, greek in GREEK.items()} | {"ο": "o"}
_MATH |= {
    "−": "-", "·": r"\cdot", "×": r"\times", "∂": r"\partial", "∇": r"\nabla", "∞": r"\infty",
    "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "√": r"\surd", "∛": r"^3\!\surd",
    "′": "'", "″": "''", "→": r"\to", "←": r"\gets", "∈": r"\in", "∑": r"\sum", "∏": r"\prod",
    "∫": r"\int", "▲": r"\blacktriangle", "ϕ": r"\varphi", "±": r"\pm", "¬": r"\neg",
}  # fmt: skip
_CAPITALS = {
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma",
    "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
_MATH |= {greek: rf"\{name}" for greek, name in _CAPITALS.items()}
_LOWERED = {chr(code): chr(char) for char, code in SUBSCRIPTS.items()}
_LOWERED |= {"ₜ": "t", "₊": "+", "₋": "-", "ₓ": "x", "ᵢ": "i", "ₙ": "n"}
_RAISED = {chr(code): chr(char).replace("−", "-") for char, code in SUPERSCRIPTS.items()}
_ACCENTS = {"\u0302": r"\hat", "\u0303": r"\tilde", "\u0304": r"\bar", "\u0308": r"\ddot"}
_TEXT_ACCENTS = {"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0308": '"'}
_TEXT_ACCENTS |= {"\u0327": "c ", "\u030a": "r ", "\u030c": "v "}
_OTHER = {"…": r"\ldots{}", "–": "--", "—": "---", "’": "'", "½": r"$\frac12$", "ß": r"\ss{}"}
_OTHER |= {"æ": r"\ae{}", "Æ": r"\AE{}", "ø": r"\o{}", "Ø": r"\O{}", "œ": r"\oe{}", "ı": r"\i{}"}


def write(sheet: Sheet) -> str:
    """The picture as the text of a TeX file."""
    width, height = f"{sheet.width + 5:.2f}", f"{sheet.height + 5:.2f}"
    head = HEAD.replace("WIDTH", width).replace("HEIGHT", height)
    head = head.replace("SIZE", f"{sheet.width:.2f},{sheet.height:.2f}")
    return head + "\n".join(map(_shape, sheet.shapes)) + "\n" + TAIL


def _shape(shape: Outline | Text) -> str:
    if isinstance(shape, Text):
        anchor = "base" if shape.centred else "base west"
        bold = r"\bfseries" * shape.bold
        font = rf"\fontsize{{{shape.size:g}bp}}{{{shape.size * 1.2:g}bp}}\selectfont\sffamily{bold}"
        return (
            rf"\node[anchor={anchor},inner sep=0,text={_colour(shape.colour)},font={font}] "
            rf"at {_point(shape.at)} {{{text(shape.text)}}};"
        )
    paint = shape.paint
    options = [f"line width={paint.width:g}bp"]
    options += [f"fill={_colour(paint.fill)}"] if paint.fill else []
    options += [f"draw={_colour(paint.stroke)}"] if paint.stroke else []
    if paint.dashes:
        pattern = " ".join(f"{word} {dash:g}bp" for word, dash in _dashes(paint.dashes))
        options.append(f"dash pattern={pattern}")
    way = _point(shape.start)
    for one, two, end in shape.curves:
        way += f" .. controls {_point(one)} and {_point(two)} .. {_point(end)}"
    return rf"\path[{','.join(options)}] {way}{' -- cycle' * shape.closed};"


def _dashes(dashes: tuple[float, ...]) -> Iterator[tuple[str, float]]:
    """`on 5 off 2`, and as long again off where only one length is given."""
    lengths = dashes * 2 if len(dashes) % 2 else dashes
    return zip(("on", "off") * (len(lengths) // 2), lengths, strict=True)


def _point(at: tuple[float, float]) -> str:
    return f"({at[0]:.2f},{at[1]:.2f})"


def _colour(colour: str) -> str:
    red, green, blue = rgb(colour)
    return f"{{rgb,255:red,{red};green,{green};blue,{blue}}}"


def text(shown: str) -> str:
    r"""A text with its signs and indices as TeX.

    >>> print(text("ŷ = w₁·x₁ − 50 %"))
    $\hat{y}$ = w$_{1}$$\cdot$x$_{1}$ $-$ 50 \%
    """
    kinds = "".join(map(re.escape, _LOWERED)), "".join(map(re.escape, _RAISED))
    parts = re.findall(rf"[{kinds[0]}]+|[{kinds[1]}]+|.", unicodedata.normalize("NFD", shown))
    found: list[str] = []
    for part in parts:
        if unicodedata.combining(part[0]) and found:
            found.append(_accented(found.pop(), part))
        elif part[0] in _LOWERED:
            found.append(f"$_{{{''.join(_LOWERED[char] for char in part)}}}$")
        elif part[0] in _RAISED:
            found.append(f"$^{{{''.join(_RAISED[char] for char in part)}}}$")
        else:
            found.append(_character(part))
    return "".join(found)


def _accented(base: str, mark: str) -> str:
    """A letter with an accent: in mathematics if that is what it is for, else in text."""
    letter = base.strip("$")
    if mark in _ACCENTS and letter.removeprefix("\\").isalpha() and letter.isascii():
        return rf"${_ACCENTS[mark]}{{{letter}}}$"
    if mark in _TEXT_ACCENTS and base.isalpha() and base.isascii():
        return rf"\{_TEXT_ACCENTS[mark]}{{{base}}}"
    return base


def _character(char: str) -> str:
    if char in _MATH:
        return f"${_MATH[char]}$"
    if char in _ESCAPES or char in _OTHER:
        return _ESCAPES.get(char) or _OTHER[char]
    return char if char.isascii() and char.isprintable() else rf"\anyletter{{{char}}}"
