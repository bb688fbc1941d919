"""Records the README's pictures of pages: `python -m tests.record`, or one by its name.

`live` is a session of the live page, `report` what `check` says of an engine that is wrong.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

from PIL import Image

from autograd import Value, live
from autograd.testing.engines import page, report_on
from tests.chromium import chromium, resize

IMAGES = Path(__file__).parent.parent / "notebooks" / "images"
PLANTED = Path(__file__).parent / "testing" / "engines" / "planted"
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


def record_live(folder: Path) -> Path:
    """Plays the session, and writes what was seen."""
    shots = frames(folder)
    sheet = Image.new("RGB", (WIDTH, HEIGHT * len(shots)))
    for place, shot in enumerate(shots):
        sheet.paste(shot, (0, HEIGHT * place))
    # One palette for all, so that nothing flickers; this way of choosing it keeps small areas.
    palette = sheet.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    first, *others = (shot.quantize(palette=palette, dither=Image.Dither.NONE) for shot in shots)
    target = IMAGES / "live.gif"
    first.save(
        target, save_all=True, append_images=others, loop=0, optimize=True,
        duration=[milliseconds for _, milliseconds in SESSION],
    )  # fmt: skip
    return target


def record_report(folder: Path) -> Path:
    """Tests the planted engine that assigns gradients, as somebody's own, and shows the page."""
    wrong = (PLANTED / "wrong.py").read_text(encoding="utf-8")
    start = wrong.index("class Assigned")
    own = wrong[start : wrong.index("class ", start + 1)].replace("Assigned", "Value")
    engine = (
        (PLANTED / "closures.py").read_text(encoding="utf-8") + "\n\nClosures = Value\n\n\n" + own
    )
    (folder / "my_engine.py").write_text(engine, encoding="utf-8")
    with contextlib.chdir(folder):
        report = report_on("my_engine.py:Value")
    path = folder / "report.html"
    path.write_text(page.document(report), encoding="utf-8")
    with chromium(folder / "profile") as browser:
        browser.get(path.as_uri())
        resize(browser, 1000, 764)
        shot = Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("RGB")
    target = IMAGES / "report.png"
    shot.crop((0, 0, 984, 764)).quantize(COLOURS).save(target, optimize=True)  # no scroll bar
    return target


RECORDINGS = {"live": record_live, "report": record_report}


def main() -> None:
    """Records what is named, or all."""
    for name in sys.argv[1:] or RECORDINGS:
        with tempfile.TemporaryDirectory() as folder:
            target = RECORDINGS[name](Path(folder))
        print(f"wrote {target.name}: {target.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
