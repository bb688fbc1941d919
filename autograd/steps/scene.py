"""Scene: the picture beside the steps, and what is seen of it at which step."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from autograd.draw.diagram import Diagram, Look, diagram_of
from autograd.draw.dot import write
from autograd.draw.folding import Box
from autograd.draw.picture import Picture

if TYPE_CHECKING:
    from autograd.explain.passes import Step
    from autograd.steps.stepper import Steps

FORWARD, BACKWARD = "#2563eb", "#c2410c"


class Scene:
    """The picture of a graph with the totals of its steps, as it is at each of the steps shown."""

    def __init__(self, steps: Steps, shown: Sequence[Step]) -> None:
        self.steps = shown
        self.folded = steps.picture()
        self.box = {node: box for box in self.folded.boxes for node in box.members}
        self.fits = self.folded.level == steps.level  # a box of the picture is what a step is of
        self.diagram: Diagram = diagram_of(
            self.folded, Look(gradients=steps.totals, digits=steps.digits)
        )
        self.picture: Picture = write(self.diagram)

    @cached_property
    def svg(self) -> str:
        """The picture, "" if nothing here can draw it; `missing` says why."""
        try:
            return self.picture.svg()
        except (OSError, RuntimeError) as error:
            self.missing = f"No picture: {error}"
            return ""

    missing = ""

    def active(self, step: Step) -> Box | None:
        """The box that a step is about."""
        return self.box.get(step.node)

    @cached_property
    def known(self) -> tuple[dict[int, int], dict[int, int]]:
        """From which step on the value and the gradient of each box are known, by its index.

        The slopes on the arrows to a box are known when its value is.
        """
        value: dict[int, int] = {}
        grad: dict[int, int] = {}
        for place, step in enumerate(self.steps, 1):
            box = self.active(step)
            if step.phase == "forward":
                if box is not None:
                    value[box.index] = place
                continue
            if box is not None:
                grad.setdefault(box.index, place)
            for part in step.parts:
                below = self.box.get(part.parent)
                if below is not None:
                    grad[below.index] = max(place, grad.get(below.index, 0))
        for box in self.folded.boxes:
            value.setdefault(box.index, 1)
            grad.setdefault(box.index, len(self.steps))
        return value, grad

    def inline(self) -> str:
        """The SVG for use inside HTML, without ids, which must not occur twice in a page."""
        if not self.svg:
            return f"<p>{html.escape(self.missing)}</p>"
        svg = self.svg[self.svg.index("<svg") :]
        svg = re.sub(r' id="[^"]*"', "", svg)
        said, end, shapes = svg.partition("</desc>")  # what a screen reader says stays
        shapes = re.sub(r"<title>.*?</title>\n?", "", shapes, flags=re.DOTALL)
        svg = re.sub(r"<!--.*?-->\n?", "", said + end + shapes, flags=re.DOTALL)
        svg = re.sub(r' xlink:title="[^"]*"| xml:space="preserve"', "", svg)
        width = re.search(r'width="(\d+)pt"', svg)
        least = int(int(width[1]) * 4 / 3 * 0.5) if width else 0
        return svg.replace("<svg ", f'<svg style="max-width:100%;min-width:{least}px" ', 1)

    def image(self) -> str:
        """The same as an image, for front ends that drop SVG elements."""
        return self.picture.image(self.svg) if self.svg else f"<p>{html.escape(self.missing)}</p>"
