"""The report on an engine as a page: each fault with its code, its derivation and its picture."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from autograd.draw import draw
from autograd.draw.characters import clean
from autograd.draw.picture import fitting
from autograd.testing.engines.report import Fault, Report

STYLE = """\
:root{color-scheme:light dark;--text:#0f172a;--soft:#475569;--back:#f1f5f9;--card:#fff;
 --line:#cbd5e1;--wrong:#b91c1c;--near:#b45309;--right:#15803d;--code:#f8fafc}
@media(prefers-color-scheme:dark){:root{--text:#e2e8f0;--soft:#94a3b8;--back:#0b1220;--card:#131c2e;
 --line:#334155;--wrong:#f87171;--near:#fbbf24;--right:#4ade80;--code:#0b1220}}
*{box-sizing:border-box}
body{margin:0 auto;padding:20px 16px 60px;max-width:1040px;background:var(--back);color:var(--text);
 font:16px/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25;margin:.2em 0}
h2{font-size:1.15rem;line-height:1.35;margin:0 0 .5em}
h3{font-size:.95rem;margin:1em 0 .3em;color:var(--soft)}
p{margin:.5em 0}
.counts{display:flex;flex-wrap:wrap;gap:8px 20px;margin:.6em 0;padding:0;list-style:none}
.counts b{font-size:1.3rem}
.wrong{color:var(--wrong)}.inaccurate{color:var(--near)}.passed{color:var(--right)}
article,.notes{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px;
 margin:16px 0}
article{border-left:5px solid var(--wrong)}
pre{background:var(--code);border:1px solid var(--line);border-radius:6px;padding:8px 12px;
 margin:.4em 0;overflow-x:auto;font:14px/1.5 ui-monospace,monospace;overflow-wrap:normal}
code{font:.92em ui-monospace,monospace}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 14px;margin:.6em 0}
dt{color:var(--soft)}dd{margin:0;font:.92em/1.65 ui-monospace,monospace}
.picture{background:#fff;border-radius:6px;padding:6px;overflow-x:auto}
.picture svg{max-width:none!important}
summary{cursor:pointer;font-weight:600}
details details{margin:.7em 0 .7em 2px;padding-left:10px;border-left:3px solid var(--near)}
details details summary{font-weight:400}
ul{padding-left:1.2em;margin:.3em 0}
"""


def document(report: Report) -> str:
    """A page of its own that needs nothing from elsewhere, in the reader's light or dark theme."""
    title = f"The engine test: {html.escape(report.title)}"
    imported = f"<p>Every example begins with <code>{html.escape(report.opening)}</code></p>"
    inaccurate = [fault for fault in report.faults if fault.verdict == "inaccurate"]
    parts = [
        _counts(report),
        imported if report.faults and report.opening else "",
        *map(_article, report.wrong),
        _inaccuracies(inaccurate),
        _notes(report),
    ]
    return clean(
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head>\n"
        f"<body><h1>{title}</h1>{''.join(parts)}</body></html>\n"
    )


def _counts(report: Report) -> str:
    inaccurate = len(report.faults) - len(report.wrong)
    verdict = (
        "Nothing is wrong."
        if report.ok
        else "Each fault below has the smallest example that shows it, what came, what is right, "
        "and why."
    )
    return (
        '<ul class="counts">'
        f'<li class="wrong"><b>{len(report.wrong)}</b> wrong</li>'
        f'<li class="inaccurate"><b>{inaccurate}</b> inaccurate</li>'
        f'<li class="passed"><b>{report.passed:,}</b> checks passed</li></ul><p>{verdict}</p>'
    )


def _article(fault: Fault) -> str:
    derivation = fault.derivation
    why = f"<h3>Why that is right</h3><pre>{html.escape(derivation)}</pre>" if derivation else ""
    title = f"<h2>{_sentence(fault.what)}</h2>"
    return f"<article>{title}{_evidence(fault)}{why}{_picture(fault)}</article>"


def _evidence(fault: Fault) -> str:
    """The code, what came and what is right."""
    raised = not fault.shows or ": " in str(fault.found)
    came = "it raises" if raised else f"{html.escape(fault.shows)} is"
    rows = [(came, str(fault.found)), ("right is", fault.right)]
    if fault.region:
        rows.append(("where", fault.region))
    if fault.why:
        rows.append(("hint", fault.why))
    cells = "".join(f"<dt>{name}</dt><dd>{html.escape(text)}</dd>" for name, text in rows)
    return f"<pre>{html.escape(fault.code)}</pre><dl>{cells}</dl>"


def _picture(fault: Fault) -> str:
    """The graph with the right values and gradients, if there is one and something to draw it."""
    if fault.program is None or not fault.program.steps:
        return ""
    try:
        root, _ = fault.program.recorded()
        root.backward()
        svg = fitting(draw(root).svg())
    except (OSError, RuntimeError, TypeError, ArithmeticError, ValueError):
        return ""
    svg = svg[svg.index("<svg") :]
    about = f'role="img" aria-label="The graph of {html.escape(fault.one_line)}"'
    heading = "<h3>The graph, with the right values and gradients</h3>"
    return f'{heading}<div class="picture" {about}>{svg}</div>'


def _inaccuracies(faults: Sequence[Fault]) -> str:
    if not faults:
        return ""
    rows = "".join(
        f"<details><summary>{_sentence(fault.what)}: {html.escape(fault.region)}</summary>"
        f"{_evidence(fault)}</details>"
        for fault in faults
    )
    return (
        '<section class="notes"><details open><summary class="inaccurate">Inaccurate: the rule is '
        f"right, but digits are lost</summary>{rows}</details></section>"
    )


def _notes(report: Report) -> str:
    groups: list[tuple[str, Iterable[str]]] = [
        ("Conventions, which are choices and no faults", report.conventions),
        ("Not checked", report.unchecked),
        ("Not there", report.missing),
        ("Not tried, for the name says nothing here", report.untried),
    ]
    text = "".join(
        f"<h3>{title}</h3><ul>{''.join(f'<li>{html.escape(line)}</li>' for line in lines)}</ul>"
        for title, lines in groups
        if lines
    )
    return f'<section class="notes">{text}</section>' if text else ""


def _sentence(text: str) -> str:
    """A heading begins with a capital, unless it begins with code."""
    prose = re.match(r"[a-z]+ [a-z]", text) is not None
    return html.escape(text[0].upper() + text[1:] if prose else text)
