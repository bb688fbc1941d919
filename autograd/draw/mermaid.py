"""Mermaid: a picture as text that code hosts draw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd.draw.colours import COLOURS, LINE, MARK, TEXT

# What ends a text in quotes, is markup in it, or begins one of mermaid's own escapes.
_ESCAPES = {char: f"#{ord(char)};" for char in '"<>&#`\\{}[]|;'}


def write(content: Mapping[str, Any]) -> str:
    """The flowchart of a picture's content: see `Picture`."""
    boxes, arrows = content["boxes"], content["arrows"]
    lines = [f"flowchart {content['direction']}"]
    lines += [f"  accTitle: {_line(content['title'])}"]
    lines += [f"  accDescr: {_line(content['description'])}"]
    framed = {key for frame in content["frames"] for key in frame["boxes"]}
    by_key = {box["key"]: _box(box) for box in boxes}
    lines += [f"  {by_key[box['key']]}" for box in boxes if box["key"] not in framed]
    for place, frame in enumerate(content["frames"]):
        lines.append(f'  subgraph frame{place}["{escaped(frame["title"])}"]')
        lines += [f"    {by_key[key]}" for key in frame["boxes"]]
        lines.append("  end")
    for arrow in arrows:
        kind = "-.->" if arrow["carried"] else "==>" if arrow["highlighted"] else "-->"
        label = f'|"{escaped(arrow["label"])}"|' if arrow["label"] else ""
        lines.append(f"  {arrow['tail']} {kind}{label} {arrow['head']}")
    for role, (fill, dark) in COLOURS.items():
        style = f"fill:{fill},stroke:{dark or LINE},color:{TEXT}"
        lines.append(f"  classDef {role} {style}")
    marked = [box["key"] for box in boxes if box["highlighted"]]
    if marked:
        lines.append(f"  classDef marked stroke:{MARK},stroke-width:3px")
        lines.append(f"  class {','.join(marked)} marked")
    return "\n".join(lines) + "\n"


def _box(box: Mapping[str, Any]) -> str:
    text = "<br/>".join(map(escaped, [*box["title"].split("\n"), *box["texts"]]))
    return f'{box["key"]}["{text}"]:::{box["role"]}'


def escaped(text: str) -> str:
    """Text as mermaid wants it between quotes.

    >>> escaped('a "b" <c>')
    'a #34;b#34; #60;c#62;'
    """
    return "".join(_ESCAPES.get(char, char) for char in " ".join(text.split())) or " "


def _line(text: str) -> str:
    """Text up to the end of a line, where there are no escapes."""
    return " ".join(text.split()).replace("#", "").replace(";", ",") or "a picture"
