"""Lines of working, laid out as text, TeX, Markdown and HTML."""

from __future__ import annotations

import html
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, SupportsIndex, TypeAlias, overload

from autograd.formula.mathml import MATHML, element
from autograd.formula.plain import PLAIN
from autograd.formula.tex import TEX, Tex
from autograd.formula.tree import Formula
from autograd.formula.typesetter import Style

if TYPE_CHECKING:
    from autograd.explain.equation import Equation

# A display shows this many lines of one kind at most; the middle is left out, and it says so.
MOST_LINES = 40

# Characters of a row of text, and of a typeset one as text: a longer line goes on below.
WIDTH = 120
TYPESET_WIDTH = 90

# The title of the chain rule's block, which text shows without it.
CHAIN = "chain rule"

# TeX for a browser, which has a font for every letter.
WIDE = Tex(letters=True)

_Sides: TypeAlias = "Sequence[tuple[str, Formula]]"


class Block(NamedTuple):
    """Lines under a title."""

    title: str
    lines: Sequence[Equation]


class Shown(ABC):
    """What shows lines of working: printing gives text, a notebook typesets them."""

    __slots__ = ()

    @abstractmethod
    def blocks(self) -> list[Block]:
        """The lines under their titles."""

    def __str__(self) -> str:
        return _text(self.blocks())

    def __repr__(self) -> str:
        return str(self)

    def _repr_latex_(self) -> str:
        return _tex(self.blocks(), TEX)

    def _repr_markdown_(self) -> str:
        return _markdown(self.blocks())

    def _repr_html_(self) -> str:
        return _html(self.blocks())


class Lines(Shown, tuple["Equation", ...]):
    """Some lines of a working: a tuple whose slices and sums show themselves, too."""

    __slots__ = ()

    def blocks(self) -> list[Block]:
        """One block without a title."""
        return [Block("", self)]

    @overload
    def __getitem__(self, index: SupportsIndex) -> Equation: ...
    @overload
    def __getitem__(self, index: slice) -> Lines: ...
    def __getitem__(self, index: SupportsIndex | slice) -> Equation | Lines:
        found = super().__getitem__(index)
        return Lines(found) if isinstance(found, tuple) else found

    def __add__(self, other: Iterable[Equation]) -> Lines:  # type: ignore[override]
        return Lines((*self, *other))


# One line.


def on_one_line(line: Equation, style: Style, sides: _Sides | None = None) -> str:
    """The sides of a line, all of them unless some are given, without a break or a note."""
    (_, first), *others = line.sides if sides is None else sides
    return style.row(style.write(first), *(_side(style, *side) for side in others))


def _side(style: Style, sign: str, side: Formula) -> str:
    return style.sign(sign) + style.write(side)


def note(line: Equation, style: Style) -> str:
    """What stands in brackets behind a line, "" for nothing."""
    return style.phrase(("(", *line.note, ")")) if line.note else ""


def rows(line: Equation, style: Style, width: int, more: str) -> list[str]:
    """What stands behind the name of a line: in one row if that fits, else one for each side.

    A side that is longer than a row is broken between the terms of its sum; `more` stands before
    what goes on.
    """
    if len(on_one_line(line, PLAIN)) <= width and not (line.chained and style is PLAIN):
        return ["".join(_side(style, *side) for side in line.sides[1:])]
    room, found = width - len(line.name), list[str]()
    for sign, side in line.sides[1:]:
        row, length = style.sign(sign), 0
        pairs = zip(PLAIN.pieces(side), style.pieces(side), strict=True)
        for place, (measured, piece) in enumerate(pairs):
            if place and length + len(measured) > room:
                found.append(row)
                row, length = more, 0
            row, length = row + piece, length + len(measured)
        found.append(row)
    return found


# Laying out.


def text_of(line: Equation) -> list[str]:
    """A line as rows of text."""
    first, *others = rows(line, PLAIN, WIDTH, more="  ")
    pad = " " * len(line.name)
    found = [line.name + first, *(pad + row for row in others)]
    if line.note:
        found[-1] += "   " + note(line, PLAIN)
    return found


def tex_of(line: Equation, style: Tex = TEX) -> str:
    r"""A line as TeX, for an `aligned` environment: `a &= b = c`, going on below \\\\."""
    found = " \\\\\n&".join(row.strip() for row in rows(line, style, TYPESET_WIDTH, r"\quad {}"))
    behind = r"\quad" + note(line, style) if line.note else ""
    return f"{style.write(line.left)} &{found}{behind}"


def html_of(line: Equation) -> str:
    """A line as HTML: formulas in MathML, broken by the browser before signs where it must."""
    parts = [element(MATHML.write(line.left))]
    for sign, side in line.sides[1:]:
        first, *others = MATHML.pieces(side)
        pieces = MATHML.sign(sign) + first, *others
        # Where an element begins with a sign, it would be one of the number behind it.
        parts += [element(piece.replace("<mo>", '<mo form="infix">', 1)) for piece in pieces]
    behind = f' <span class="cr-note">{element(note(line, MATHML))}</span>' if line.note else ""
    return f'<div class="cr-line">{" ".join(parts)}{behind}</div>'


def _kept(shown: Sequence[Equation]) -> list[Equation | str]:
    if len(shown) <= MOST_LINES:
        return list(shown)
    half = MOST_LINES // 2
    left_out = f"… {len(shown) - 2 * half} more lines …"
    return [*shown[:half], left_out, *shown[-half:]]


def _text(blocks: Sequence[Block]) -> str:
    found: list[str] = []
    for title, shown in blocks:
        titled = title not in ("", CHAIN)
        found += [title] * titled
        for line in _kept(shown):
            indent = "  " * (title != "")
            found += [indent + row for row in ([line] if isinstance(line, str) else text_of(line))]
        found.append("")
    return "\n".join(found[:-1])


def _aligned(shown: Sequence[Equation], style: Tex) -> str:
    found = [
        "&" + style.words(line) if isinstance(line, str) else tex_of(line, style)
        for line in _kept(shown)
    ]
    return "\\begin{aligned}\n" + " \\\\[4pt]\n".join(found) + "\n\\end{aligned}"


def _tex(blocks: Sequence[Block], style: Tex) -> str:
    found = [_aligned(shown, style) for _, shown in blocks if shown]
    inner = " \\\\[1em]\n".join(found)
    if len(found) > 1:
        inner = f"\\begin{{gathered}}\n{inner}\n\\end{{gathered}}"
    return f"$$\n{inner}\n$$" if inner else ""


def _markdown(blocks: Sequence[Block]) -> str:
    parts: list[str] = []
    for title, shown in blocks:
        parts += [f"**{title.capitalize()}**"] * bool(title)
        parts += [f"$$\n{_aligned(shown, WIDE)}\n$$"] * bool(shown)  # a blank line ends a formula
    return "\n\n".join(parts)


# What a front end shows that strips styles and MathML (an untrusted notebook) is the TeX, which it
# typesets: the MathML is hidden by an inline style that only the style sheet undoes.
STYLE = """\
.cr-explain .cr-math{display:block!important}
.cr-explain .cr-tex{display:none!important}
.cr-explain .cr-block{margin:.9em 0}
.cr-explain .cr-line{padding-left:2em;text-indent:-2em;line-height:2.7}
.cr-explain .cr-note{opacity:.75}
.cr-explain math{text-indent:0;padding:.25em 0;font-size:1.12em;
 font-family:"Latin Modern Math","STIX Two Math","Cambria Math","DejaVu Math TeX Gyre",math}
"""


def _html(blocks: Sequence[Block]) -> str:
    found = ""
    for _, shown in blocks:
        lines = [
            f'<div class="cr-line">{line}</div>' if isinstance(line, str) else html_of(line)
            for line in _kept(shown)
        ]
        found += f'<div class="cr-block">{"".join(lines)}</div>'
    tex = html.escape(_tex(blocks, WIDE), quote=False)
    return (
        f'<div class="cr-explain"><style>{STYLE}</style>'
        f'<div class="cr-math" style="display:none">{found}</div>'
        f'<div class="cr-tex">{tex}</div></div>'
    )
