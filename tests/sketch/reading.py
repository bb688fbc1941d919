"""What a sketch shows where, read from its SVG."""

import re
import xml.etree.ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"


def texts(sketch):
    """Each text with its place; the SVG is well-formed and has no place that is none."""
    svg = sketch.svg()
    assert "nan" not in re.sub(r'aria-label="[^"]*"|>[^<]*<', "", svg)
    return [
        (it.text, float(it.get("x")), float(it.get("y")))
        for it in ET.fromstring(svg).iter(f"{SVG}text")
    ]


def place(sketch, text):
    """Of the lowest such text: of the axis below."""
    return max(((x, y) for said, x, y in texts(sketch) if said == text), key=lambda it: it[1])


def curves(sketch, colour):
    """The places of the curves of a colour, run by run."""
    return [
        [*zip(*[map(float, run.replace("h0", "").split())] * 2, strict=True)]
        for path in re.findall(rf'<path d="([^"]*)" fill="none" stroke="{colour}"', sketch.svg())
        for run in path.split("M")[1:]
    ]


def boxes(sketch, colour):
    """Left, top, right, bottom of the cells of a colour."""
    path = "".join(re.findall(rf'<path d="([^"]*)" fill="{colour}"', sketch.svg()))
    found = re.findall(r"M(\S+) (\S+)H(\S+)V(\S+)H(\S+)z", path)
    assert all(left == back for left, *_, back in found)
    return [tuple(map(int, box[:4])) for box in found]
