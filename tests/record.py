"""Records the README's moving picture, a session of the live page: `python -m tests.record`."""

from __future__ import annotations

import io
import tempfile
from fractions import Fraction
from pathlib import Path

from PIL import Image

from autograd import Value, live
from tests.chromium import chromium, resize

TARGET = Path(__file__).parent.parent / "notebooks" / "images" / "live.gif"
WIDTH, HEIGHT = 1120, 740
COLOURS = 128


def hand_calculation() -> Value:
    """The notes' network of one hidden neuron, and its error."""
    numbers = {"x1": 5, "x2": 3, "y": 8, "w1": "0.4", "w2": "0.6", "w3": "0.5"}
    x1, x2, y, w1, w2, w3 = (Value(Fraction(number), name) for name, number in numbers.items())
    h = x1 * w1 + x2 * w2
    h.label = "h"
    yhat = h * w3
    yhat.label = "yhat"
    root = (yhat - y) ** 2 / 2
    root.label = "E"
    return root


# What is done in the page, and for how many milliseconds it is looked at.
SESSION = [
    *((f"live.step({step})", 600 if step <= 7 else 1300) for step in range(1, 13)),
    ("document.querySelector('.cr-tabs button:nth-of-type(3)').click()", 1500),
    *(("live.learn('0.01')", 1000) for _ in range(3)),
    ("live.learn('0.01', 17)", 3000),
]


def frames(folder: Path) -> list[Image.Image]:
    """What the page looks like after each of these."""
    path = live(hand_calculation(), mode="film").save(folder / "live.html")
    shots = []
    with chromium(folder / "profile") as browser:
        browser.get(path.as_uri())
        resize(browser, WIDTH, HEIGHT)
        for script, _ in SESSION:
            browser.execute_script(script)
            browser.execute_async_script(
                "const done = arguments[0];"
                "document.activeElement.blur(); scrollTo(0, 0);"
                "requestAnimationFrame(() => requestAnimationFrame(done));"
            )
            shots.append(Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("RGB"))
    return shots


def main() -> None:
    """Plays the session, and writes what was seen."""
    with tempfile.TemporaryDirectory() as folder:
        shots = frames(Path(folder))
    sheet = Image.new("RGB", (WIDTH, HEIGHT * len(shots)))
    for place, shot in enumerate(shots):
        sheet.paste(shot, (0, HEIGHT * place))
    # One palette for all, so that nothing flickers; this way of choosing it keeps small areas.
    palette = sheet.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    first, *others = (shot.quantize(palette=palette, dither=Image.Dither.NONE) for shot in shots)
    first.save(
        TARGET, save_all=True, append_images=others, loop=0, optimize=True,
        duration=[milliseconds for _, milliseconds in SESSION],
    )  # fmt: skip
    print(f"wrote {TARGET.name}: {TARGET.stat().st_size // 1000} kB, {len(shots)} pictures")


if __name__ == "__main__":
    main()
