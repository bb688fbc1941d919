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
    flat = _flat(png, Image)
    options = {"lossless": True} if format == "webp" else {"quality": 92} if format == "jpg" else {}
    flat.save(buffer, "jpeg" if format == "jpg" else format, **options)
    return buffer.getvalue()


def _flat(png: bytes, Image: Any) -> Any:
    """A PNG file as an image without transparency, over white."""
    with Image.open(io.BytesIO(png)) as image:
        shown = image.convert("RGBA")
    flat = Image.new("RGB", shown.size, "white")
    flat.paste(shown, mask=shown.getchannel("A"))
    return flat


def stacked(pngs: Sequence[bytes]) -> Any:
    """Several PNG files, one below the other, as an image of Pillow's."""
    Image = _pillow("gif")
    images = [_flat(png, Image) for png in pngs]
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
        few = sheet.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        sheets.append(few)
    buffer = io.BytesIO()
    sheets[0].save(
        buffer, "gif", save_all=True, append_images=sheets[1:], loop=0,
        duration=[round(1000 * each) for each in seconds], optimize=False,
    )  # fmt: skip
    return buffer.getvalue()
