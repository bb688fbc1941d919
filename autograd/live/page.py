"""Page: the live page as HTML, one payload for a notebook, its export and a file of its own.

Where no script runs (an untrusted notebook, a code host) the picture and the steps as text stay,
which the script puts out of sight where it runs.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from autograd.draw import diagram, dot
from autograd.draw.folding import fold_reading
from autograd.draw.picture import Picture
from autograd.explain.passes import passes
from autograd.explain.reading import Reading
from autograd.files import place, write
from autograd.formula import notation
from autograd.live import pool
from autograd.live.bundle import bundle, module, style
from autograd.live.formulas import formulas
from autograd.live.program import program
from autograd.live.rows import rows
from autograd.live.views import views

# How often each content has been displayed: ids are unique, and the same in every run.
_displayed: dict[str, Iterator[int]] = {}

# What stands as text below a still picture is at most this many steps: the first and the last ones.
MOST_SHOWN = 200

# What no reader sees, an editor may obey, and UTF-8 may lack.
_UNSEEN = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

# What the page opens at.
MODES = ("look", "film", "learn", "practise")


def page_of(reading: Reading, level: str, mode: str = "look", rate: Any = "0.01") -> Live:
    """The live page of a graph that is read; `level` is what its film's steps are of."""
    if mode not in MODES:
        raise ValueError(f"unknown mode {mode!r}: must be one of {', '.join(MODES)}")
    options = {"mode": mode, "level": level, "rate": _rate(rate), "digits": reading.digits}
    written, needed = formulas(reading)
    known = program(reading) | {"formulas": written, "views": views(reading), "options": options}
    ops = [node.op for node in reading.order if node.op is not None]
    used = {op.name: op for op in (*ops, *needed)}
    asked = [op for op in pool.operations() if used.setdefault(op.name, op) is op]
    return Live(
        reading, known, rows([*ops, *needed, *asked]), practised=len(asked) == len(pool.OPERATIONS)
    )


def _rate(rate: Any) -> list[str]:
    """The learning rate as data: exact, as it is written."""
    try:
        found = Fraction(str(rate))
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"rate is a finite number such as 0.01, not {rate!r}") from None
    return ["q", str(found.numerator), str(found.denominator)]


class Live:
    """The live page of a graph: it shows itself in a notebook, and `save` writes it.

    `program` is what the page knows of the graph, as data.
    """

    def __init__(
        self, reading: Reading, program: Mapping[str, Any], rows: str, *, practised: bool = False
    ) -> None:
        self.reading = reading
        self.practised = practised
        self.program = program
        self.rows = rows

    def __repr__(self) -> str:
        return f"<live page of {self._name}>"

    @property
    def _name(self) -> str:
        return notation.pretty(self.reading.names[self.reading.root])

    @cached_property
    def picture(self) -> Picture:
        """The still picture, with the gradients that the page begins with.

        A box is a named value, if there are any on the way: no hand makes this picture larger.
        """
        look = diagram.Look(gradients=self.reading.gradient, digits=self.reading.digits)
        folded, named = fold_reading(self.reading), fold_reading(self.reading, "named")
        inner = [box for box in named.boxes if box.shown and box.shown.op]
        if folded.level == "op" and len(inner) > 1:
            folded = named
        return dot.write(diagram.diagram_of(folded, look))

    @cached_property
    def text(self) -> str:
        """The steps of both passes, of very many the first and the last ones."""
        shown = [str(step) for step in passes(self.reading, self.program["options"]["level"])]
        if len(shown) > MOST_SHOWN:
            half = MOST_SHOWN // 2
            shown[half:-half] = [f"({len(shown) - MOST_SHOWN} steps that the page has)"]
        return "\n\n".join(shown)

    def fragment(self, *, alone: bool = False) -> str:
        """The page as HTML to put into another; `alone` if that has nothing else in it.

        The address in the browser (`#step=11`), and keys pressed anywhere, are a page's alone.
        """
        own = identity(self.text)
        program = {**self.program, "options": {**self.program["options"], "alone": alone}}
        if alone and self.practised:  # a notebook has many displays, and its own graphs
            program["exercises"] = pool.stored()
        data = json.dumps(program, ensure_ascii=False, separators=(",", ":"))
        data = data.replace("<", "\\u003c")  # a tag in a name would be one
        data = _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", data)
        data = data.replace('"__proto__":', '["__proto__"]:')  # in a literal it is no name
        code = (
            f'(() => {{\n"use strict";\n{bundle()}{module("rows", self.rows)}'
            f"$page.startPage(document.currentScript?.parentElement ?? "
            f'document.getElementById("{own}"), {data}, $rows.rows);\n}})();'
        )
        assert "</script" not in code.lower()  # it would end there
        return (
            f'<div id="{own}" class="cr-page"><style>{style()}</style>'
            f'<div class="cr-still">{self._still()}<details><summary>the steps</summary>'
            f'<pre style="max-height:26em;overflow:auto">{html.escape(self.text)}</pre></details>'
            f"</div><script>{code}</script></div>"
        )

    def document(self) -> str:
        """The page as a file of its own, which needs nothing else."""
        return (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            f"<title>{html.escape(self._name)}, live</title>"
            "<style>:root{color-scheme:light dark}"
            "body{margin:0;background:light-dark(#fff,#0f172a)}</style></head>\n"
            f"<body><main>{self.fragment(alone=True)}</main></body></html>\n"
        )

    def save(self, path: str | Path) -> Path:
        """Writes the page as one file of HTML, and returns the path.

        Raises ValueError for a suffix that is not .html.
        """
        target = place(path)
        if target.suffix.lower() not in (".html", ".htm"):
            raise ValueError(f"a live page is written as .html, not as {target.name!r}")
        write(target, self.document().encode(errors="replace"))
        return target

    def _still(self) -> str:
        try:
            return self.picture.image(self.picture.svg())
        except (OSError, RuntimeError) as error:
            return f"<p>No picture: {html.escape(str(error))}</p>"

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None, **_: Any
    ) -> dict[str, Any]:
        bundle: dict[str, Any] = self.picture._repr_mimebundle_()  # for a PDF, and code hosts
        bundle |= {"text/html": self.fragment(), "text/plain": self.text}
        wanted = set(bundle) if include is None else set(include)
        return {kind: data for kind, data in bundle.items() if kind in wanted - {*(exclude or ())}}


def identity(content: str) -> str:
    """An id that no other display has, and that is the same whenever a notebook is run again."""
    digest = hashlib.sha256(content.encode()).hexdigest()[:8]
    return f"cr{digest}-{next(_displayed.setdefault(digest, count(1)))}"
