"""Animation: both passes as a moving picture, SVG without a script or GIF."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from autograd.draw import layout, raster
from autograd.draw.characters import clean, escaped
from autograd.draw.dot import Moment, write
from autograd.draw.picture import Picture
from autograd.steps.scene import BACKWARD, FORWARD, Scene

if TYPE_CHECKING:
    from autograd.explain.passes import Step
    from autograd.steps.stepper import Steps

SECONDS = 1.6  # that a step is shown; the last one is shown longer
LAST = 3.0
LEADING, SIZE = 14, 10  # of the lines below the picture, in points
NARROWEST = 420
MOST_FRAMES = 400
OTHERS = ("html", "svg")  # that steps are written as without a program


def durations(steps: Sequence[Step]) -> list[float]:
    """How long each step is shown, in seconds."""
    return [SECONDS] * (len(steps) - 1) + [LAST]


def captions(steps: Sequence[Step], width: float) -> list[list[str]]:
    """The lines below the picture for each step, broken where the picture ends."""
    letters = max(40, int(width / (0.56 * SIZE)))
    found = []
    for step in steps:
        lines: list[str] = []
        for line in clean(str(step)).split("\n"):
            indent = " " * (len(line) - len(line.lstrip()) + 4)
            lines += textwrap.wrap(line, letters, subsequent_indent=indent) or [""]
        found.append(lines)
    return found


# SVG: what is seen when is a matter of style, which plays without a script.


def svg(steps: Steps) -> str:
    """The passes as an animated SVG. Raises RuntimeError, saying what to install, without a layout.

    Where nothing moves, for a reader who wants no motion too, it is the last step.
    """
    scene = Scene(steps, list(steps))
    drawn = scene.picture.svg()
    if not scene.steps:  # a leaf
        return drawn
    sheet = layout.read(drawn)
    width = max(sheet.width, NARROWEST)
    texts = captions(scene.steps, width)
    height = sheet.height + LEADING * (max(map(len, texts)) + 1)
    times = durations(scene.steps)
    found = re.search(r"<svg\b[^>]*>", drawn)
    assert found is not None
    head = re.sub(r'(width|height|viewBox)="[^"]*"', "", found[0]).rstrip(">")
    size = f'width="{width:.0f}pt" height="{height:.0f}pt" viewBox="0 0 {width:.2f} {height:.2f}"'
    body = drawn[found.end() :]
    said, end, shapes = body.partition("</desc>")
    moments = "".join(_moment(scene, shapes, texts, place, sheet) for place in range(len(texts)))
    return (
        f'{drawn[: found.start()]}{head} {size} style="max-width:100%;height:auto">{said}{end}'
        f"\n<style>\n{''.join(_rules(scene, times))}</style>\n"
        f'<rect width="100%" height="100%" fill="white"/>\n{shapes.rpartition("</svg>")[0]}'
        f"{moments}</svg>\n"
    )


def _rules(scene: Scene, times: Sequence[float]) -> Iterator[str]:
    """When each step, each number and each slope is seen, in parts of the whole."""
    whole = sum(times)
    starts = [100 * sum(times[:place]) / whole for place in range(len(times) + 1)]
    yield f".k{{visibility:hidden;animation:{whole:g}s step-end infinite}}"
    yield f".k{len(times) - 1}{{visibility:visible}}\n"
    for place in range(len(times)):
        shown = f"{starts[place]:.4f}%{{visibility:visible}}"
        after = f"{starts[place + 1]:.4f}%{{visibility:hidden}}" * (place + 1 < len(times))
        before = "0%{visibility:hidden}" * (place > 0)
        yield f"@keyframes k{place}{{{before}{shown}{after}}}\n"
        yield f".k{place}{{animation-name:k{place}}}\n"
    value, grad = scene.known
    seen: dict[int, list[str]] = {}
    for box in scene.folded.boxes:
        index = box.index
        seen.setdefault(value[index], []).extend(
            (f".n{index} text:nth-last-of-type(2)", f".i{index} text")
        )
        seen.setdefault(grad[index], []).append(f".n{index} text:last-of-type")
    for place, selectors in seen.items():
        if place > 1:
            at = starts[place - 1]
            yield f"@keyframes v{place}{{0%{{visibility:hidden}}{at:.4f}%{{visibility:visible}}}}"
            yield f"{','.join(selectors)}{{animation:v{place} {whole:g}s step-end infinite}}\n"
    yield "@media (prefers-reduced-motion:reduce){*{animation:none!important}}\n"


def _moment(
    scene: Scene, shapes: str, texts: Sequence[Sequence[str]], place: int, sheet: layout.Sheet
) -> str:
    """What is seen at one step alone: a frame around its box, its arrows, and what is written."""
    step = scene.steps[place]
    colour = FORWARD if step.phase == "forward" else BACKWARD
    lines = ""
    for row, line in enumerate(texts[place]):
        bold = ' font-weight="bold"' * (row == 0)
        lines += (
            f'<text xml:space="preserve" x="4" y="{sheet.height + LEADING * (row + 1):.1f}" '
            f'font-family="Helvetica,sans-Serif" font-size="{SIZE}" fill="#0f172a"{bold}>'
            f"{html.escape(line, quote=False)}</text>"
        )
    box = scene.active(step)
    marked = "" if box is None else _marked(shapes, box.index, colour, arrows=scene.fits)
    return f'<g class="k k{place}">{marked}{lines}</g>\n'


def _marked(shapes: str, index: int, colour: str, *, arrows: bool) -> str:
    """The outline of a box and the arrows to it once more, in a colour and thicker."""
    moved = re.search(r'transform="([^"]*)"', shapes)
    found = ""
    for group in re.findall(
        rf'<g id="node\d+" class="node n{index} .*?</g>\n</g>', shapes, re.DOTALL
    ):
        for points in re.findall(r'<polygon fill="none"[^>]* points="([^"]*)"', group):
            found += f'<polygon points="{points}"/>'
    groups = re.findall(rf'<g id="edge\d+" class="edge i{index} .*?</g>', shapes, re.DOTALL)
    for group in groups if arrows else []:
        found += "".join(f'<path d="{way}"/>' for way in re.findall(r' d="([^"]*)"', group))
        heads = re.findall(r'<polygon fill="#[^>]* points="([^"]*)"', group)
        found += "".join(f'<polygon fill="{colour}" points="{points}"/>' for points in heads)
    place = f' transform="{moved[1]}"' if moved else ""
    return f'<g{place} fill="none" stroke="{colour}" stroke-width="2.2">{found}</g>'


# GIF: the picture is drawn once for each step, with the words below it.


def gif(steps: Steps) -> bytes:
    """The passes as an animated GIF. Raises ImportError, saying what to install, without Pillow."""
    if len(steps) > MOST_FRAMES:
        raise ValueError(
            f"a GIF of {len(steps)} steps would have no end: .html has a slider for them, and "
            "collapse='named' makes fewer"
        )
    scene = Scene(steps, list(steps))
    if not scene.steps:
        return raster.converted(_drawn(scene.picture), "gif")
    wide = max(layout.read(scene.picture.svg()).width, NARROWEST)
    moments = [_at(scene, place) for place in range(1, len(steps) + 1)]
    with ThreadPoolExecutor(4) as pool:  # each waits for another program
        pictures = pool.map(lambda moment: _drawn(write(scene.diagram, moment=moment)), moments)
        texts = pool.map(_written, captions(scene.steps, wide))
        frames = [raster.stacked(pair) for pair in zip(pictures, texts, strict=True)]
    return raster.animated(frames, durations(scene.steps))


def _at(scene: Scene, place: int) -> Moment:
    """What is known and marked at a step, counted from 1."""
    value, grad = scene.known
    step = scene.steps[place - 1]
    box = scene.active(step)
    return Moment(
        colour=FORWARD if step.phase == "forward" else BACKWARD,
        active=None if box is None else f"n{box.index}",
        arrows=scene.fits,
        values=frozenset(f"n{index}" for index, known in value.items() if known <= place),
        grads=frozenset(f"n{index}" for index, known in grad.items() if known <= place),
    )


def _written(lines: Sequence[str]) -> bytes:
    """Lines of text as a PNG, drawn by what draws the picture."""
    first, *others = (escaped(line).replace(" ", "&#160;") or "&#160;" for line in lines)
    rows = "".join(f'{text}<BR ALIGN="LEFT"/>' for text in (f"<B>{first}</B>", *others))
    sheet = Picture(format="svg")
    sheet.node_attr.update(shape="plain", fontname="Helvetica", fontsize=str(SIZE))
    sheet.node("text", f"<{rows}>")
    return _drawn(sheet)


def _drawn(picture: Picture) -> bytes:
    """A picture as a PNG file, for a GIF."""
    return picture.png("gif", OTHERS)
