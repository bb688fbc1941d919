"""Page: a sheet as HTML that prints well, on A4 and on Letter, in black and white.

No exercise is cut across pages, and the solutions begin on a page of their own. On a screen it is
dark where a reader wants it dark; on paper never.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from autograd.explain.lines import CHAIN, html_of
from autograd.formula.mathml import MATHML, element

if TYPE_CHECKING:
    from autograd.formula.tree import Formula
    from autograd.sheets.sheet import Sheet, Task

# The size of the paper is the printer's; the room inside of the margins is 180 mm wide at least.
PAPER = """\
@page{margin:15mm 15mm 16mm;@bottom-center{content:counter(page) " / " counter(pages);
 font:9pt sans-serif}}
:root{color-scheme:light dark}
body{margin:0;background:light-dark(#fff,#191919);color:light-dark(#000,#e6e6e6)}
@media screen{body>.cr-sheet{max-width:180mm;margin:0 auto;padding:16px 14px}}
@media screen and (prefers-color-scheme:dark){.cr-sheet svg{filter:invert(.9)}}
@media print{:root{color-scheme:light}body{background:#fff;color:#000}}
"""
STYLE = """\
.cr-sheet{font:11pt/1.45 system-ui,"Helvetica Neue",Arial,sans-serif}
.cr-sheet h1{font-size:17pt;margin:0 0 8pt}
.cr-sheet h2{font-size:inherit;display:inline;margin:0 14pt 0 0}
.cr-sheet p{margin:4pt 0}
.cr-sheet .cr-name{display:flex;flex-wrap:wrap;gap:8pt 20pt;margin:0 0 10pt}
.cr-sheet .cr-name span{flex:3 1 60mm;display:flex;gap:5pt}
.cr-sheet .cr-name span:last-child{flex:1 1 35mm}
.cr-sheet .cr-name i{flex:1;border-bottom:1px solid currentcolor}
.cr-sheet .cr-how{margin:0 0 6pt}
.cr-sheet section{break-inside:avoid;border-top:1px solid currentcolor;padding:7pt 0 4pt}
.cr-sheet .cr-formulas{margin:0}
.cr-sheet .cr-formulas>span{display:inline-block;margin:0 14pt 2pt 0}
.cr-sheet svg{display:block;max-width:100%;height:auto;margin:5pt 0}
.cr-sheet .cr-scroll{overflow-x:auto}
.cr-sheet .cr-work{height:28mm}
.cr-sheet .cr-block{margin:5pt 0}
.cr-sheet .cr-line{margin:1pt 0;padding-left:2em;text-indent:-2em;line-height:1.6;
 break-inside:avoid}
.cr-sheet .cr-note{opacity:.8}
.cr-sheet .cr-made{font-size:8.5pt;margin-top:10pt}
.cr-sheet math{text-indent:0;padding:.15em 0;font-size:1.08em;
 font-family:"Latin Modern Math","STIX Two Math","Cambria Math","DejaVu Math TeX Gyre",math}
.cr-sheet .cr-solutions{font-size:9.5pt}
.cr-sheet .cr-local .cr-line{display:inline-block;margin:3pt 16pt 3pt 0}
.cr-sheet .cr-chain .cr-line{margin:4pt 0}
@media screen{.cr-sheet .cr-solutions{margin-top:3em}}
@media print{.cr-sheet .cr-exercises+.cr-solutions{break-before:page}
 .cr-sheet .cr-scroll{overflow:visible}.cr-sheet svg{min-width:0!important}}
"""

SMALLER = 0.75  # the size of a picture that is filled in

HOW = (
    "In each exercise, go forward and write the value into each box and the local derivative onto "
    "each arrow. Then go back from the last box, whose gradient is 1, and write in the gradients."
)


def document(sheet: Sheet) -> str:
    """The sheet as a page of its own, which needs nothing else."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{_title(sheet)}</title>\n<style>{PAPER}</style></head>\n"
        f"<body>{fragment(sheet)}</body></html>\n"
    )


def fragment(sheet: Sheet) -> str:
    """The sheet as HTML to put into a page."""
    parts = []
    if sheet.solutions != "only":
        parts += ['<div class="cr-exercises">', _head(sheet), *map(_exercise, sheet)]
        if sheet.solutions == "none":
            parts.append(_made(sheet))
        parts.append("</div>")
    if sheet.solutions != "none":
        parts += ['<div class="cr-solutions"><h1>Solutions</h1>', *map(_solution, sheet)]
        parts += [_made(sheet), "</div>"]
    inner = "\n".join(parts)
    return f'<div class="cr-sheet"><style>{STYLE}</style>\n{inner}\n</div>'


def _made(sheet: Sheet) -> str:
    """What makes the sheet again."""
    return f'<p class="cr-made">{html.escape(sheet.command)}</p>'


def _title(sheet: Sheet) -> str:
    return "Solutions" if sheet.solutions == "only" else "Exercises: the chain rule"


def _head(sheet: Sheet) -> str:
    return (
        f"<h1>{_title(sheet)}</h1>"
        '<p class="cr-name"><span>Name <i></i></span><span>Date <i></i></span></p>'
        f'<p class="cr-how">{HOW}</p>'
    )


def _exercise(task: Task) -> str:
    asked = _math(task.asked.steps[-1].left)
    rounded = f" {task.rounded}" if task.rounded else ""
    return (
        f"<section>{_given(task)}{_picture(task, filled=False)}"
        f"<p>Write down {asked} by the chain rule, with symbols and with numbers.{rounded}</p>"
        '<div class="cr-work"></div></section>'
    )


def _solution(task: Task) -> str:
    return f"<section>{_given(task)}{_picture(task, filled=True)}{''.join(_blocks(task))}</section>"


def _given(task: Task) -> str:
    """The formulas, and the numbers of the leaves."""
    lines = [(line.left, line.formulas[1]) for line in task.reading.values.values()]
    formulas = "".join(f"<span>{_equation(*sides)}</span>" for sides in lines)
    numbers = "".join(f"<span>{_equation(*sides)}</span>" for sides in task.leaves)
    return (
        f'<div class="cr-formulas"><h2>Exercise {task.number}</h2>{formulas}'
        f"<span>with</span>{numbers}</div>"
    )


def _picture(task: Task, *, filled: bool) -> str:
    """The picture: smaller where nothing is to be written into it; one too wide scrolls."""
    scale = SMALLER if filled else 1

    def scaled(found: re.Match[str]) -> str:
        width, height = (int(size) * scale for size in found.groups())
        least = f'style="min-width:{0.8 * width:.0f}pt"'
        return f'width="{width:.0f}pt" height="{height:.0f}pt" {least}'

    svg = re.sub(
        r'width="(\d+)pt" height="(\d+)pt"', scaled, task.picture.svg(filled=filled), count=1
    )
    return f'<div class="cr-scroll">{svg}</div>'


def _blocks(task: Task) -> Iterator[str]:
    """The lines of `explain`: the values, the local derivatives side by side, the chain rule."""
    blocks = task.working.blocks()
    for title, kind in (("values", ""), ("local derivatives", " cr-local"), (CHAIN, " cr-chain")):
        lines = "".join(html_of(line) for name, own in blocks if name == title for line in own)
        yield f'<div class="cr-block{kind}">{lines}</div>' if lines else ""


def _math(formula: Formula) -> str:
    return element(MATHML.write(formula))


def _equation(left: Formula, right: Formula) -> str:
    return element(MATHML.write(left) + MATHML.sign("=") + MATHML.write(right))
