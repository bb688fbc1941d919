"""Raster: pictures of dots, one or several in a row, by Pillow."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any


def _pillow(format: str) -> Any:
    """Pillow's Image. Raises ImportError, saying what to install, without it."""
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError(
            f"a .{format} file needs Pillow: pip install 'chainrule[pictures]' (.svg, .png and "
            ".pdf need nothing)"
        ) from error
    return Image


def converted(png: bytes, format: str) -> bytes:
    """A PNG file in another format: "gif", "webp" or "jpg", over white."""
    Image = _pillow(format)
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        flat = Image.new("RGB", image.size, "white")
        shown = image.convert("RGBA")
        flat.paste(shown, mask=shown.getchannel("A"))
    options = {"lossless": True} if format == "webp" else {"quality": 92} if format == "jpg" else {}
    flat.save(buffer, "jpeg" if format == "jpg" else format, **options)
    return buffer.getvalue()


def stacked(pngs: Sequence[bytes]) -> Any:
    """Several PNG files, one below the other, as an image of Pillow's."""
    Image = _pillow("gif")
    images = [Image.open(io.BytesIO(png)).convert("RGB") for png in pngs]
    width = max(image.width for image in images)
    sheet = Image.new("RGB", (width, sum(image.height for image in images)), "white")
    below = 0
    for image in images:
        sheet.paste(image, (0, below))
        below += image.height
    return sheet


def animated(frames: Sequence[Any], seconds: Sequence[float]) -> bytes:
    """The frames as a GIF that plays again and again, each shown so many seconds."""
    Image = _pillow("gif")
    size = max(frame.width for frame in frames), max(frame.height for frame in frames)
    sheets = []
    for frame in frames:
        sheet = Image.new("RGB", size, "white")
        sheet.paste(frame, (0, 0))
        sheets.append(sheet.quantize(64, dither=Image.Dither.NONE))
    buffer = io.BytesIO()
    sheets[0].save(
        buffer, "gif", save_all=True, append_images=sheets[1:], loop=0,
        duration=[round(1000 * each) for each in seconds], optimize=False,
    )  # fmt: skip
    return buffer.getvalue()
