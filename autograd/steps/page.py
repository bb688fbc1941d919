"""The stepper as HTML: radio buttons and CSS, so that it works without a script.

The live page has all that a script can do. What a front end shows that strips styles and inputs (an
untrusted notebook) is the picture and the list of steps: the interactive part is hidden by an
inline style that only the style sheet undoes.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from autograd.explain.equation import Equation
from autograd.explain.lines import note, on_one_line
from autograd.formula import notation
from autograd.formula import tree as fm
from autograd.formula.mathml import MATHML, element, write_mathml
from autograd.live.page import identity
from autograd.steps.scene import BACKWARD, FORWARD, Scene

if TYPE_CHECKING:
    from autograd.explain.passes import Part, Step
    from autograd.steps.stepper import Steps

STYLE = """\
#ID{font:14px/1.5 system-ui,sans-serif;color:#0f172a;background:#fff;border:1px solid #cbd5e1;
 border-radius:8px;padding:10px 14px;max-width:100%;box-sizing:border-box}
#ID .cr-live{display:block!important;position:relative}
#ID .cr-still{display:none!important}
#ID .cr-live>input{position:absolute;top:0;left:0;opacity:0;pointer-events:none;margin:0}
#ID .cr-dots{display:flex;flex-wrap:wrap;gap:3px}
#ID .cr-dots label{flex:none;min-width:20px;text-align:center;border-radius:4px;cursor:pointer;
 font-size:11px;padding:1px 2px;background:#e0ecff;color:#1e3a8a}
#ID .cr-dots label.cr-backward{background:#ffe9d9;color:#9a3412}
#ID .cr-show{display:flex;flex-wrap:wrap;gap:12px 24px;align-items:flex-start}
#ID .cr-picture{flex:1 1 auto;overflow:auto;max-width:100%;max-height:62vh}
#ID .cr-picture svg{height:auto}
#ID .cr-panels{display:grid;flex:1 1 340px;max-width:100%}
#ID .cr-panels>section{grid-area:1/1;visibility:hidden;min-width:0;overflow-x:auto}
#ID .cr-bar{display:flex;flex-wrap:wrap;align-items:center;gap:4px 16px;margin:0 0 8px}
#ID .cr-navs{display:grid;flex:none}
#ID .cr-nav{grid-area:1/1;visibility:hidden;display:flex;align-items:center;gap:10px}
#ID .cr-nav span{min-width:52px;text-align:center}
#ID .cr-nav label,#ID .cr-nav i{border:1px solid #94a3b8;border-radius:6px;padding:2px 12px;
 cursor:pointer;font-style:normal;user-select:none;background:#f8fafc}
#ID .cr-nav i{opacity:.35;cursor:default}
#ID .cr-title{font-weight:600}
#ID .cr-rule{color:#64748b}
#ID .cr-lines{margin:4px 0;padding:0;list-style:none;display:flex;flex-wrap:wrap;gap:8px 36px}
#ID .cr-lines li{margin:0}
#ID .cr-lines li:first-child{flex:1 0 100%}
#ID .cr-sum{color:#475569;padding-left:22px}
#ID .cr-notes{margin:8px 0 0;padding:6px 10px;background:#f1f5f9;border-radius:6px;font-size:13px}
#ID math{font-size:1.12em;font-family:"Latin Modern Math","STIX Two Math","Cambria Math",
 "DejaVu Math TeX Gyre",math}
#ID .node text:nth-last-of-type(2),#ID .node text:last-of-type,#ID .edge text{visibility:hidden}
@media print{#ID .cr-bar{display:none}
 #ID .cr-panels>section{grid-area:auto;visibility:visible!important;break-inside:avoid;
 border-top:1px solid #cbd5e1;padding:6px 0}
 #ID .cr-picture{overflow:visible;max-height:none}
 #ID .cr-picture svg{max-width:100%;min-width:0!important}
 #ID .node text,#ID .edge text{visibility:visible!important}}
"""


# A notebook keeps what it shows: of more steps than this it shows the first and the last ones.
MOST_SHOWN = 200

# More dots than this to click would push the picture off the screen.
MOST_DOTS = 60


def fragment(steps: Steps, most: int = MOST_SHOWN) -> str:
    """The stepper as HTML to put into a page, of at most that many steps."""
    return _fragment(steps, *ends(steps, most), None)


def ends(steps: Steps, most: int = MOST_SHOWN) -> tuple[list[Step], str]:
    """The steps to show, the first and the last ones if there are more, and a word about it."""
    if len(steps) <= most:
        return list(steps), ""
    half = most // 2
    note = (
        f"{most} of {len(steps)} steps, the first and the last {half}: steps(…)[k] shows any "
        "other, and save() writes all"
    )
    return [*steps[:half], *steps[-half:]], note


def single(steps: Steps, step: Step) -> str:
    """One step as HTML: the picture as it is then, and the step's formulas."""
    place = next(k for k, other in enumerate(steps, 1) if other is step)
    return _fragment(steps, [step], "", place)


def document(steps: Steps) -> str:
    """All of the stepper as a page of its own: for rules that no page can compute."""
    title = html.escape(f"Steps of {notation.pretty(steps.reading.names[steps.root])}")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title>"
        "<style>body{margin:16px;background:#f1f5f9}</style></head>\n"
        f"<body>{fragment(steps, len(steps))}</body></html>\n"
    )


def _fragment(steps: Steps, shown: list[Step], note: str, only: int | None) -> str:
    scene = Scene(steps, shown if only is None else list(steps))
    text = "\n\n".join(map(str, shown))
    own = identity(scene.svg + text)
    still = (
        f'<div class="cr-still">{scene.image()}<details open><summary>'
        f"{note or _steps(len(shown))}</summary>"
        f'<pre style="max-height:26em;overflow:auto">{html.escape(text)}</pre></details></div>'
    )
    controls = "" if only is not None else _controls(shown, own)
    controls += f'<div class="cr-rule">{note}</div>' if note else ""
    live = (
        f'<div class="cr-live" style="display:none">{controls}<div class="cr-show">'
        f'<div class="cr-picture">{scene.inline()}</div>'
        f'<div class="cr-panels">{"".join(map(_panel, shown))}</div></div></div>'
    )
    style = STYLE.replace("#ID", f"#{own}") + "\n".join(_rules(scene, own, only))
    return f'<div id="{own}" class="cr-steps"><style>{style}</style>{live}{still}</div>'


def _controls(shown: list[Step], own: str) -> str:
    """The radio buttons and what is clicked: prev, next and a label for each step."""
    inputs = navs = dots = ""

    def button(place: int, text: str) -> str:
        if not 1 <= place <= len(shown):
            return f"<i>{text}</i>"
        return f'<label for="{own}-{place}">{text}</label>'

    for place, step in enumerate(shown, 1):
        checked = " checked" * (place == 1)
        inputs += f'<input type="radio" name="{own}" id="{own}-{place}"{checked}>'
        navs += (
            f'<div class="cr-nav">{button(place - 1, "‹ prev")}'
            f"<span>{place} / {len(shown)}</span>{button(place + 1, 'next ›')}</div>"
        )
        if (place - 1) % apart(len(shown)) == 0:
            dots += (
                f'<label for="{own}-{place}" class="cr-{step.phase}" '
                f'title="{html.escape(step.title)}">{place}</label>'
            )
    return (
        f'{inputs}<div class="cr-bar"><div class="cr-navs">{navs}</div>'
        f'<div class="cr-dots">{dots}</div></div>'
    )


def apart(count: int) -> int:
    """How many steps one dot stands for, so that there are not more dots than fit two rows."""
    return -(-count // MOST_DOTS)


def _steps(count: int) -> str:
    return "one step" if count == 1 else f"all {count} steps"


def _rules(scene: Scene, own: str, only: int | None) -> Iterator[str]:
    """The style rules that make the picture and the panels follow the steps."""
    for place, step in enumerate(scene.steps, 1):
        if only not in (None, place):
            continue
        colour = FORWARD if step.phase == "forward" else BACKWARD
        show = f"#{own} .cr-show "
        if only is None:
            at = f"#{own} .cr-live>input:nth-of-type({place}):checked~"
            show = f"{at}.cr-show "
            yield f"{at}.cr-bar .cr-nav:nth-of-type({place}){{visibility:visible}}"
            dot = (place - 1) // apart(len(scene.steps)) + 1
            yield f"{at}.cr-bar .cr-dots label:nth-of-type({dot}){{background:{colour};color:#fff}}"
        panel = 1 if only is not None else place
        yield f"{show}section:nth-of-type({panel}){{visibility:visible}}"
        box = scene.active(step)
        if box is None:
            continue
        yield f"{show}.n{box.index} polygon{{stroke:{colour};stroke-width:2.2}}"
        if scene.fits:
            arrow = f"{show}.i{box.index}"
            yield f"{arrow} path{{stroke:{colour};stroke-width:2.2}}"
            yield f"{arrow} polygon{{stroke:{colour};fill:{colour}}}"
            yield f"{arrow} text{{fill:{colour};font-weight:bold}}"
    value, grad = scene.known
    for box in scene.folded.boxes:
        index = box.index
        forward = f".n{index} text:nth-last-of-type(2)", f".i{index} text"
        yield from _from(value[index], own, only, forward)
        yield from _from(grad[index], own, only, (f".n{index} text:last-of-type",))


def _from(place: int, own: str, only: int | None, selectors: Iterable[str]) -> Iterator[str]:
    """The rule that shows something from one step on."""
    if only is None:
        at = f"#{own} .cr-live>input:nth-of-type(n+{place}):checked~.cr-show "
    elif place <= only:
        at = f"#{own} .cr-show "
    else:
        return
    yield ",".join(at + selector for selector in selectors) + "{visibility:visible}"


# One step.


def _panel(step: Step) -> str:
    phase, _, _ = step.title.partition(":")
    title = f"{html.escape(phase.capitalize())}: {_inline(step.line.formulas[0], step)}"
    head = f'<div class="cr-title">{title} <span class="cr-rule">({html.escape(step.rule)})</span>'
    lines = [f"<li>{_math(step.line)}</li>"]
    lines += [f"<li>{_math(part.line)}{_adds(part)}</li>" for part in step.parts]
    notes = "".join(f"<div>{html.escape(note)}</div>" for note in step.notes)
    notes = f'<div class="cr-notes">{notes}</div>' if notes else ""
    return f'<section>{head}</div><ul class="cr-lines">{"".join(lines)}</ul>{notes}</section>'


def _inline(formula: fm.Formula, step: Step) -> str:
    """The name of a step's value as a formula; backward, what the gradient is of."""
    if isinstance(formula, fm.Partial) and step.phase == "backward":
        formula = fm.symbol(formula.to)
    return write_mathml(formula)


def _math(line: Equation, *, named: bool = True) -> str:
    """`name = symbols = numbers = result`, each side once; without the name if not `named`."""
    row = on_one_line(line, MATHML, line.sides if named else line.sides[1:])
    said = note(line, MATHML)
    return element(row) + (f' <span class="cr-rule">{element(said)}</span>' if said else "")


def _adds(part: Part) -> str:
    if part.product is None:
        return ""
    before, total = part.totals()
    return (
        f'<div class="cr-sum">adds {_math(part.product, named=False)} to '
        f"<b>{html.escape(part.name)}</b>: {before} → <b>{total}</b></div>"
    )
