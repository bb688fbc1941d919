"""Stepper: the forward and the backward pass as a sequence that shows itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, overload

from autograd.draw.folding import Folded, fold_reading
from autograd.explain.passes import Step, passes
from autograd.explain.reading import Reading
from autograd.files import place, write
from autograd.formula import notation
from autograd.graph import topological
from autograd.value import Value

# A picture beside the steps has at most this many boxes.
MOST_PICTURED = 80


class Steps(Sequence[Step]):
    """The steps of a graph: a sequence that a notebook shows as a stepper.

    `next()` gives them one by one, whatever else reads the sequence.
    """

    def __init__(
        self,
        root: Value,
        level: str,
        names: Mapping[str, Any] | None = None,
        digits: int | None = None,
    ) -> None:
        self.root = root
        self.level = level
        self.digits = digits
        self.reading = Reading(topological(root), names, digits=digits)
        self._steps = [replace(step, owner=self) for step in passes(self.reading, level)]
        self._cursor = iter(self._steps)

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.reading, self.level)

    def picture(self) -> Folded:
        """The graph folded for the picture beside the steps."""
        folded = fold_reading(self.reading, self.level)
        return folded if len(folded.boxes) <= MOST_PICTURED else fold_reading(self.reading)

    def __len__(self) -> int:
        return len(self._steps)

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> list[Step]: ...
    def __getitem__(self, index: int | slice) -> Step | list[Step]:
        return self._steps[index]

    def __iter__(self) -> Iterator[Step]:
        return iter(self._steps)

    def __next__(self) -> Step:
        return next(self._cursor)

    @property
    def totals(self) -> dict[Value, Any]:
        """The gradient of each value that the steps name, as the running totals leave it."""
        found: dict[Value, Any] = {self.root: 1}
        found |= {part.parent: part.total for step in self for part in step.parts if part.product}
        return found

    def __str__(self) -> str:
        return "\n\n".join(map(str, self._steps))

    def __repr__(self) -> str:
        forward = sum(step.phase == "forward" for step in self)
        name = notation.pretty(self.reading.names[self.root])
        return f"<steps of {name}: {forward} forward, {len(self) - forward} backward>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from autograd.steps import page

        shown, note = page.ends(self)
        text = "\n\n".join([*map(str, shown), *([note] if note else [])])
        return {"text/html": page.fragment(self), "text/plain": text}

    def single(self, step: Step) -> str:
        """One of the steps as HTML."""
        from autograd.steps import page

        return page.single(self, step)

    def save(self, path: str | Path) -> Path:
        """Writes the steps in the format of the suffix, and returns the path.

        .html is the live page, opened at its film, in one file that needs nothing else; .svg and
        .gif (extra `pictures`) are animations of both passes. Raises ValueError for any other
        suffix.
        """
        from autograd.steps import animation

        target = place(path)
        suffix = target.suffix.lower()
        if suffix in (".html", ".htm"):
            write(target, self._document().encode(errors="replace"))
        elif suffix == ".svg":
            write(target, animation.svg(self))
        elif suffix == ".gif":
            write(target, animation.gif(self))
        else:
            raise ValueError(
                f"steps are written as .html (a page), .svg or .gif (animations): {target.name!r} "
                "needs one of these suffixes"
            )
        return target

    def _document(self) -> str:
        from autograd.live.page import page_of
        from autograd.steps import page

        try:
            return page_of(self.reading, self.level, "film").document()
        except (NotImplementedError, TypeError, ValueError):  # what a page cannot compute
            return page.document(self)


def _again(reading: Reading, level: str) -> Steps:
    names = {name: node for node, name in reading.names.items()}
    return Steps(reading.root, level, names, reading.digits)
