"""PDF: a picture as a page of its own size, with the fonts that every reader has.

Helvetica measures as the layout engine measured, so each text fits its box, and nothing has to be
embedded. What neither it nor Symbol has is an index or an accent put together, or a question mark.
The format is that of ISO 32000-1 (PDF 1.7), sections 7, 8.5 and 9.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Iterator

from autograd.draw.layout import Outline, Sheet, Text, rgb
from autograd.formula.notation import SUBSCRIPTS, SUPERSCRIPTS

FONTS = {"F1": "Helvetica", "F2": "Helvetica-Bold", "F3": "Symbol", "F4": "ZapfDingbats"}

# Where Symbol and ZapfDingbats have what Windows' code page 1252 has not (Adobe's font metrics).
_SYMBOL = dict(zip(
    "αβχδεφγηιϕκλμνοπθρστυϖωξψζΑΒΧΔΕΦΓΗΙΚΛΜΝΟΠΘΡΣΤΥΩΞΨΖ",
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIKLMNOPQRSTUWXYZ", strict=True,
))  # fmt: skip
_SYMBOL |= {
    "∂": 0xB6, "∇": 0xD1, "∞": 0xA5, "≤": 0xA3, "≥": 0xB3, "≠": 0xB9, "≈": 0xBB,
    "√": 0xD6, "∈": 0xCE, "∑": 0xE5, "∏": 0xD5, "→": 0xAE, "←": 0xAC, "′": 0xA2, "″": 0xB2,
    "∫": 0xF2, "∗": 0x2A, "⋅": 0xD7, "∝": 0xB5, "∧": 0xD9, "∨": 0xDA, "∩": 0xC7, "∪": 0xC8,
}  # fmt: skip
_DINGBATS = {"▲": 0x73, "▼": 0x74, "●": 0x6C, "■": 0x6E, "✓": 0x33, "★": 0x48}
_LOWERED = {chr(code): chr(char) for char, code in SUBSCRIPTS.items()}
_LOWERED |= {"ₜ": "t", "₊": "+", "₋": "−", "ₓ": "x", "ᵢ": "i", "ₙ": "n"}
_RAISED = {chr(code): chr(char) for char, code in SUPERSCRIPTS.items() if chr(code) not in "¹²³"}
_ACCENTS = {"\u0302": 0x88, "\u0303": 0x98, "\u0304": 0xAF, "\u0308": 0xA8, "\u0301": 0xB4}
_PLAIN = {"∛": "³√", "\u2009": " "}

# The widths of Helvetica's characters from the space to ~, in thousandths (Adobe's font metrics).
_WIDTHS = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
]  # fmt: skip
_ACCENT_WIDTH = 333

# Helvetica has a minus sign, for which the code page has no place: it gets a free one.
_MINUS, _MINUS_WIDTH = 0x81, 584


def write(sheet: Sheet, title: str = "", description: str = "") -> bytes:
    """The picture as the bytes of a PDF file of one page."""
    body = "\n".join(_commands(sheet)).encode("latin-1")
    page = zlib.compress(body, 9)
    fonts = " ".join(f"/{key} {5 + place} 0 R" for place, key in enumerate(FONTS))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {sheet.width:.2f} {sheet.height:.2f}] "
            f"/Contents 4 0 R /Resources << /Font << {fonts} >> >> >>"
        ).encode(),
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(page), page),
        *(_font(name) for name in FONTS.values()),
        f"<< /Title {_information(title)} /Subject {_information(description)} >>".encode(),
    ]
    return _file(objects)


def _font(name: str) -> bytes:
    more = f"/BaseEncoding /WinAnsiEncoding /Differences [{_MINUS} /minus]"
    encoding = f" /Encoding << {more} >>" if name.startswith("Helvetica") else ""
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name}{encoding} >>".encode()


def _information(text: str) -> str:
    """Text outside the page: UTF-16 with its mark, in hexadecimal digits."""
    return f"<FEFF{text.encode('utf-16-be', 'replace').hex()}>"


def _file(objects: list[bytes]) -> bytes:
    """The objects with the table of where each begins; the last one is the information."""
    data = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, text in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, text)
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    count = len(objects) + 1
    trailer = f"<< /Size {count} /Root 1 0 R /Info {len(objects)} 0 R >>"
    end = f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n{trailer}\nstartxref\n{len(data)}"
    return data + end.encode() + b"\n%%EOF\n"


def _commands(sheet: Sheet) -> Iterator[str]:
    """What draws the page; its points count from the bottom."""
    yield f"1 0 0 -1 0 {sheet.height:.2f} cm"
    for shape in sheet.shapes:
        if isinstance(shape, Outline):
            yield from _outline(shape)
        else:
            yield from _line(shape)


def _outline(shape: Outline) -> Iterator[str]:
    paint = shape.paint
    if paint.fill:
        yield f"{_colour(paint.fill)} rg"
    if paint.stroke:
        dashes = " ".join(f"{dash:g}" for dash in paint.dashes)
        yield f"{_colour(paint.stroke)} RG {paint.width:g} w [{dashes}] 0 d"
    yield "{:.2f} {:.2f} m".format(*shape.start)
    for curve in shape.curves:
        yield " ".join(f"{x:.2f} {y:.2f}" for x, y in curve) + " c"
    close = "h " if shape.closed else ""
    fill, stroke = paint.fill is not None, paint.stroke is not None
    yield close + ("B" if fill and stroke else "f" if fill else "S" if stroke else "n")


def _colour(colour: str) -> str:
    return " ".join(f"{part / 255:.3f}" for part in rgb(colour))


def _line(shape: Text) -> Iterator[str]:
    """A line of text, in runs of one font and height, each after the other."""
    runs = list(_runs(shape.text, "F2" if shape.bold else "F1"))
    x, y = shape.at
    if shape.centred:
        x -= sum(width for *_, width in runs) * shape.size / 2000
    yield f"BT {_colour(shape.colour)} rg 1 0 0 -1 {x:.2f} {y:.2f} Tm"
    for font, codes, level, _ in runs:
        size = shape.size * (0.65 if level else 1)
        yield f"/{font} {size:.2f} Tf {level * shape.size:.2f} Ts {codes}"
    yield "ET"


_Run = tuple[str, str, float, float]


def _runs(text: str, font: str) -> Iterator[_Run]:
    """The font, what shows it, its height over the line and its width, of each part of a text."""
    for char in unicodedata.normalize("NFC", text):
        for plain in _PLAIN.get(char, char):
            if plain in _LOWERED:
                yield from _shifted(_LOWERED[plain], font, -0.15)
            elif plain in _RAISED:
                yield from _shifted(_RAISED[plain], font, 0.35)
            else:
                yield _glyph(plain, font)


def _shifted(char: str, font: str, level: float) -> Iterator[_Run]:
    name, codes, _, width = _glyph(char, font)
    yield name, codes, level, width * 0.65


def _glyph(char: str, font: str) -> _Run:
    """One character, or one with its accent put over it."""
    if char == "−":
        return font, _shown([_MINUS]), 0, _MINUS_WIDTH
    if char in _SYMBOL:
        return "F3", _shown([_SYMBOL[char]]), 0, 550
    if char in _DINGBATS:
        return "F4", _shown([_DINGBATS[char]]), 0, 800
    try:
        codes = char.encode("cp1252")
    except UnicodeEncodeError:
        return _composed(char, font)
    return font, _shown(codes), 0, _width(codes[0])


def _composed(char: str, font: str) -> _Run:
    base, *marks = list(unicodedata.normalize("NFD", char))
    if base in _ACCENTS and not marks:  # over the letter before it
        over = (_ACCENT_WIDTH + 500) / 2
        return font, f"[{over:g} {_text([_ACCENTS[base]])} {_ACCENT_WIDTH - over:g}] TJ", 0, 0
    codes = base.encode("cp1252", "ignore")
    if not codes:
        return font, _shown(b"?"), 0, 556
    width = _width(codes[0])
    accents = [_ACCENTS[mark] for mark in marks if mark in _ACCENTS]
    if not accents:
        return font, _shown(codes), 0, width
    back, on = (width + _ACCENT_WIDTH) / 2, (_ACCENT_WIDTH - width) / 2
    return font, f"[{_text(codes)} {back:g} {_text(accents[:1])} {on:g}] TJ", 0, width


def _width(code: int) -> int:
    return _WIDTHS[code - 32] if 32 <= code < 32 + len(_WIDTHS) else 556


def _shown(codes: bytes | list[int]) -> str:
    return f"{_text(codes)} Tj"


def _text(codes: bytes | list[int]) -> str:
    return f"<{bytes(codes).hex()}>"
