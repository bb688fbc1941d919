"""Front: the page that a student opens first."""

from __future__ import annotations

import html
from collections.abc import Collection, Sequence
from urllib.parse import quote

from autograd.classroom.copies import Copy

STYLE = """\
:root{color-scheme:light dark;--text:#0f172a;--soft:#475569;--back:#f8fafc;--card:#fff;
 --line:#cbd5e1;--link:#1d4ed8}
@media(prefers-color-scheme:dark){:root{--text:#e2e8f0;--soft:#a3b1c6;--back:#0b1220;--card:#131c2e;
 --line:#334155;--link:#93c5fd}}
*{box-sizing:border-box}
body{margin:0 auto;padding:24px 16px 60px;max-width:880px;background:var(--back);color:var(--text);
 font:17px/1.55 system-ui,sans-serif}
h1{font-size:1.7rem;line-height:1.2;margin:.2em 0}
h2{font-size:1.2rem;margin:1.8em 0 .5em}
p{margin:.4em 0}small{color:var(--soft);font-size:.88em}
ol,ul{list-style:none;margin:0;padding:0;display:grid;gap:8px}
ul{grid-template-columns:repeat(auto-fit,minmax(230px,1fr))}
a{color:var(--link)}
li>a{display:block;padding:11px 14px;background:var(--card);border:1px solid var(--line);
 border-radius:10px;text-decoration:none;color:inherit;height:100%}
li>a:hover,li>a:focus-visible{border-color:var(--link)}
li b{color:var(--link)}li small{display:block}
"""

PAGES = {
    "live.html": ("One step, by hand", "Change a number: every value and slope follows at once."),
    "playground.html": ("A network that learns", "Choose data and layers, and watch it train."),
    "cards.html": ("Report cards", "Which engines compute which derivatives wrongly, and where."),
}
# What the notebooks' pages read here: the settings are in a file beside this one.
SETTINGS = '<script id="jupyter-config-data" type="application/json">{}</script>'
PROMPT = """\
from autograd import *

x = Value(0.5, "x")
y = x * x + sin(x)
y.backward()
draw(y, globals())
"""


def page(notebooks: Sequence[Copy], pages: Collection[str], *, offline: bool) -> str:
    """The front page: what there is, what happens at a click, and where one's work is kept."""
    entries = "".join(
        _entry(
            f"notebooks/index.html?path={quote(copy.name)}", f"{place} · {copy.title}", _lack(copy)
        )
        for place, copy in enumerate(notebooks, 1)
    )
    install = "" if offline else "%pip install -q chainrule\n"
    prompt = f"repl/index.html?kernel=python&code={quote(install + PROMPT)}"
    beside = [_entry(name, *words) for name, words in PAGES.items() if name in pages]
    beside.append(_entry(prompt, "A Python prompt", "Type a formula, draw it, differentiate it."))
    beside.append(_entry("lab/index.html", "All in one window", "Notebooks, files and prompts."))
    source = (
        "Nothing is fetched from elsewhere: this works with the internet off."
        if offline
        else "The first time it is fetched from the internet."
    )
    return f"""\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>The classroom: derivatives, step by step</title><style>{STYLE}</style>
{SETTINGS}</head>
<body><h1>Derivatives, step by step</h1>
<p>How a network learns, from one step of back propagation by hand to a small language model. Python
runs inside this page: nothing is installed.</p>
<h2>The course</h2>
<p>Open a notebook, then press <b>Shift + Enter</b> (on a phone ▶) in each grey box, from the top.
Python takes some 10 to 30 seconds to start. {source}</p>
<ol>{entries}</ol>
<h2>To play with</h2>
<ul>{"".join(beside)}</ul>
<h2>Your work</h2>
<p>What you change is kept in this browser, on this device, and nowhere else: to keep or hand in a
notebook, choose <b>File → Download</b>. To have the first version again, delete yours in
<a href="tree/index.html">the list of files</a>.</p>
</body></html>
"""


def _entry(address: str, title: str, words: str = "") -> str:
    small = f"<small>{html.escape(words)}</small>" if words else ""
    return f'<li><a href="{html.escape(address)}"><b>{html.escape(title)}</b>{small}</a></li>'


def _lack(copy: Copy) -> str:
    if not copy.lacks:
        return ""
    if not copy.runs:
        return f"to be read only: {' and '.join(copy.lacks)} {_is(copy)} not here"
    return f"runs but for the cells that need {' or '.join(copy.lacks)}"


def _is(copy: Copy) -> str:
    return "is" if len(copy.lacks) == 1 else "are"
