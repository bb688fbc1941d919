"""Text: a sheet for the terminal, the solutions behind the exercises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from autograd.formula import plain

if TYPE_CHECKING:
    from autograd.sheets.sheet import Sheet, Task

RULE = "─" * 60


def write(sheet: Sheet) -> str:
    """The sheet as text."""
    parts = []
    if sheet.solutions != "only":
        parts += ["\n".join(_exercise(task)) for task in sheet]
    if sheet.solutions == "with":
        parts.append(RULE)
    if sheet.solutions != "none":
        parts += [f"Solution {task.number}\n\n{task.working}" for task in sheet]
    return "\n\n".join([*parts, sheet.command])


def _exercise(task: Task) -> Iterator[str]:
    yield f"Exercise {task.number}"
    for line in task.reading.values.values():
        yield f"  {line.name} = {line.symbolic}"
    yield f"  with {task.given}"
    asked = plain.write(task.asked.steps[-1].left)
    yield f"  Find the values, the local derivatives and the gradients; {asked} by the chain rule."
    if task.rounded:
        yield f"  {task.rounded}"
