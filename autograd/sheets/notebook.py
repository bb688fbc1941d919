"""Notebook: a sheet as .ipynb, where answers are typed and checked."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from autograd.explain.lines import WIDE
from autograd.sheets.answers import asked

if TYPE_CHECKING:
    from autograd.sheets.sheet import Sheet, Task

HOW = (
    "Work each exercise out by hand. Then write what you have found in the place of each `None`, "
    'as `-15.25` or as `"-61/4"`, and run the cell: it says which answers are right, and of a '
    "wrong one, where it can, what is missing."
)
NEEDED = (
    "The cells need the package `chainrule` (`pip install chainrule`). In the pictures, forward "
    "you write the value into each box and the local derivative onto each arrow; back from the "
    "last box, whose gradient is 1, the gradients."
)


def write(sheet: Sheet) -> str:
    """The sheet as the text of a notebook file."""
    cells = list(_cells(sheet))
    for place, cell in enumerate(cells, 1):
        cell["id"] = f"cell-{place}"
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    found = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True)


def _cells(sheet: Sheet) -> Iterator[dict[str, Any]]:
    exercises, solutions = sheet.solutions != "only", sheet.solutions != "none"
    if exercises:
        yield _text(f"# Exercises: the chain rule\n\n{HOW}\n\n{NEEDED}")
        yield _code("from autograd.sheets import check")
        for task in sheet:
            yield _text(_exercise(task))
            yield _code(_check(task))
        if not solutions:
            yield _text(f"`{sheet.command}`")
    if solutions:
        yield _text(f"# Solutions\n\n`{sheet.command}`")
        for task in sheet:
            yield _text(_solution(task, folded=exercises))


def _text(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source.splitlines(keepends=True)}


def _code(source: str) -> dict[str, Any]:
    more: dict[str, Any] = {"execution_count": None, "outputs": []}
    return _text(source) | {"cell_type": "code"} | more


def _exercise(task: Task) -> str:
    lines = [f"{WIDE.write(line.left)} = {WIDE.write(line.formulas[1])}" for line in _values(task)]
    given = ", ".join(f"${WIDE.write(left)} = {WIDE.write(right)}$" for left, right in task.leaves)
    formulas = ", \\quad ".join(lines)
    wanted = f"\n\n{task.rounded}" if task.rounded else ""
    return (
        f"## Exercise {task.number}\n\n${formulas}$\n\nwith {given}\n\n"
        f"{_image(task, filled=False)}{wanted}"
    )


def _values(task: Task) -> Iterator[Any]:
    yield from task.reading.values.values()


def _check(task: Task) -> str:
    """The cell with a place for each answer."""
    given = ", ".join(f'{name}="{number}"' for name, number in task.exercise.given.items())
    places = "\n".join(f'        "{name}": None,' for name in asked(task.reading))
    return f'check(\n    "{task.exercise.text}",\n    {{\n{places}\n    }},\n    {given},\n)'


def _solution(task: Task, *, folded: bool) -> str:
    title = f"Exercise {task.number}"
    inner = f"{_image(task, filled=True)}\n\n{task.working._repr_markdown_()}"
    if not folded:
        return f"## {title}\n\n{inner}"
    return (
        f"<details><summary>Solution of exercise {task.number}</summary>\n\n{inner}\n\n</details>"
    )


def _image(task: Task, *, filled: bool) -> str:
    """The picture as an element that front ends show which trust nobody."""
    svg = task.picture.svg(filled=filled)
    data = base64.b64encode(svg.encode()).decode()
    alt = html.escape(task.picture.description(filled=filled))
    return f'<img alt="{alt}" src="data:image/svg+xml;base64,{data}">'
