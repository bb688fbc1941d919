"""Copies: the notebooks as the browser gets them, which say what will not run there."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

IMPORT = re.compile(r"^(?:import|from) (\w+)", re.MULTILINE)  # not what stands in a `try`
COMPILED = 'backend="llvm"'


@dataclass(frozen=True)
class Copy:
    """A notebook of the site: its file, its title, and the packages that its cells lack there.

    `runs` is whether it can be run but for those cells: its first cell lacks nothing.
    """

    name: str
    title: str
    lacks: tuple[str, ...]
    runs: bool


def copied(
    notebooks: Mapping[Path, str], into: Path, lacking: Collection[str], *, install: bool
) -> list[Copy]:
    """Copies notebooks, with a word on top where cells will fail, and the wheel if it is asked for.

    Notebooks come with their titles. `lacking` are the packages that are not there; with `install`
    a first cell installs the rest.
    """
    into.mkdir(parents=True, exist_ok=True)
    found = []
    for path, title in notebooks.items():
        content = json.loads(path.read_text(encoding="utf-8"))
        cells = ["".join(it["source"]) for it in content["cells"] if it["cell_type"] == "code"]
        code = "\n".join(cells)
        needs = {*IMPORT.findall(code), *(["llvmlite"] if COMPILED in code else [])}
        lacks = tuple(sorted(needs & set(lacking)))
        runs = not {*IMPORT.findall(cells[0])} & set(lacks)
        if install:
            also = " hypothesis mpmath" if "autograd.testing" in code else ""
            content["cells"].insert(0, _code(f"%pip install -q chainrule{also}"))
        if lacks:
            content["cells"].insert(1 + install, _remark(lacks, runs=runs))
        content["metadata"]["kernelspec"] = {
            "display_name": "Python (Pyodide)",
            "language": "python",
            "name": "python",
        }
        (into / path.name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        found.append(Copy(path.name, title, lacks, runs))
    return found


def _code(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": "install",
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def _remark(lacks: Sequence[str], *, runs: bool) -> dict[str, Any]:
    here = f"In this browser there is no {' and no '.join(lacks)}: "
    text = (
        "cells that need it, and those that use what they make, stop with an error; what is shown "
        "below them is from a computer that has it. All other cells run."
        if runs
        else "this notebook is to be read here. What it shows is from a computer that has it all."
    )
    return {"cell_type": "markdown", "id": "lacking", "metadata": {}, "source": f"*{here}{text}*"}
