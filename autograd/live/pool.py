"""Pool: the exercises of the page, whose formulas and pictures are made beforehand.

A page that practises carries all expressions of `exercises.py`, each with its sets of numbers. To
lay out their pictures takes a while, so they are stored; `python -m tests.refresh` makes them anew.
"""

from __future__ import annotations

import base64
import json
import pkgutil
import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from autograd.explain.reading import Reading
from autograd.files import write
from autograd.graph import topological
from autograd.live import exercises
from autograd.live.formulas import formulas
from autograd.live.program import program
from autograd.live.views import views
from autograd.ops import OPS, Op

FILE: Final = Path(__file__).with_name("scripts") / "exercises.b64"

# What the expressions are made of.
OPERATIONS: Final = ["add", "sub", "mul", "div", "power", "neg", "relu", "tanh", "sigmoid", "exp"]


def operations() -> list[Op]:
    """The rows that a page with exercises computes."""
    return [OPS[name] for name in OPERATIONS]


def entry(shape: int, *, pictured: bool = True) -> dict[str, Any]:
    """One expression: its program, and in `sets` numbers for its leaves in their order."""
    sets = exercises.sets(shape)
    reading = Reading(topological(sets[0].root), None)
    leaves = [node.label for node in reading.order if node.op is None]
    found = program(reading) | {
        "level": sets[0].level,
        "sets": [" ".join(one.given[leaf] for leaf in leaves) for one in sets],
        "formulas": formulas(reading)[0],
    }
    return found | {"views": views(reading)} if pictured else found


def packed(entries: Sequence[dict[str, Any]]) -> str:
    """Entries as text for a page: JSON with a list for each key, deflated, in base 64."""
    columns = {key: [entry[key] for entry in entries] for key in entries[0]}
    text = json.dumps(columns, ensure_ascii=False, separators=(",", ":"))
    squeezed = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)  # no header, as "deflate-raw" has none
    return base64.b64encode(squeezed.compress(text.encode()) + squeezed.flush()).decode()


def unpacked(text: str) -> list[dict[str, Any]]:
    """The entries again.

    >>> unpacked(packed([{"level": "chain", "root": 2}]))
    [{'level': 'chain', 'root': 2}]
    """
    columns = json.loads(zlib.decompress(base64.b64decode(text), -zlib.MAX_WBITS))
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


@cache
def stored() -> str:
    """The pool as a page carries it."""
    return (pkgutil.get_data(__package__, "scripts/exercises.b64") or b"").decode().strip()


def refresh(*, everything: bool = False) -> None:
    """Makes the pool anew where the expressions, their formulas or their numbers are others.

    With `everything` always: for another way of drawing.
    """
    now = [entry(shape, pictured=False) for shape in range(exercises.SHAPES)]
    before = unpacked(stored()) if FILE.exists() else []
    known = [{key: one[key] for key in one if key != "views"} for one in before]
    if everything or json.loads(json.dumps(now)) != known:
        write(FILE, packed([entry(shape) for shape in range(exercises.SHAPES)]) + "\n")
