"""Player: a slider, a number field and a play button, for the page of a pass of many steps.

Up to `MOST_WRITTEN` steps they move the radio buttons, without which the page steps, too. Beyond,
the page has one panel, and the steps compressed beside it: a browser unpacks them in no time, where
as many panels would be megabytes that it lays out one by one.
"""

from __future__ import annotations

import base64
import html
import json
import zlib
from collections.abc import Iterable
from typing import Any

from autograd.steps.scene import BACKWARD, FORWARD, Scene

# A page of more steps than this has them as data.
MOST_WRITTEN = 400

STYLE = """\
.cr-player{display:flex;flex:1 1 320px;align-items:center;gap:8px}
.cr-player button{border:1px solid #94a3b8;border-radius:6px;padding:2px 10px;background:#f8fafc;
 color:#0f172a;cursor:pointer}
.cr-player input[type=range]{flex:1 1 160px}
.cr-player input[type=number]{width:6em}
"""

PLAYER = """\
function player(bar, length, show) {
  const element = document.createElement("div");
  element.className = "cr-player";
  element.innerHTML = '<button type="button" aria-label="previous step">‹ prev</button>'
    + '<button type="button" aria-label="next step">next ›</button>'
    + '<input type="number" min="1" aria-label="step">'
    + `<span>of ${length}</span><input type="range" min="1" aria-label="step">`
    + '<button type="button">▶ play</button>';
  const [prev, next, number, , slider, play] = element.children;
  number.max = slider.max = length;
  bar.append(element);
  let now = 1, timer = null;
  const go = (wanted) => {
    now = Math.min(Math.max(1, Math.round(Number(wanted)) || 1), length);
    number.value = slider.value = now;
    show(now);
  };
  const stop = () => { clearInterval(timer); timer = null; play.textContent = "▶ play"; };
  prev.onclick = () => go(now - 1);
  next.onclick = () => go(now + 1);
  number.onchange = () => go(number.value);
  slider.oninput = () => go(slider.value);
  play.onclick = () => {
    if (timer !== null) return stop();
    play.textContent = "⏸ pause";
    if (now >= length) go(1);
    timer = setInterval(() => now < length ? go(now + 1) : stop(), 700);
  };
  addEventListener("keydown", (event) => {
    if (event.target.tagName === "INPUT") return;
    if (event.key === "ArrowLeft") go(now - 1);
    if (event.key === "ArrowRight") go(now + 1);
  });
  return go;
}
"""

RADIOS = """\
const root = document.querySelector(".cr-steps");
const radios = [...root.querySelectorAll("input[type=radio]")];
const go = player(root.querySelector(".cr-bar"), radios.length,
  (step) => { radios[step - 1].checked = true; });
for (const old of root.querySelectorAll(".cr-navs,.cr-dots")) old.remove();
radios.forEach((radio, place) => radio.addEventListener("change", () => go(place + 1)));
go(1);
"""

DATA = """\
const root = document.querySelector(".cr-steps"), panel = root.querySelector(".cr-panels");
const packed = Uint8Array.from(atob(document.getElementById("cr-data").textContent),
  (char) => char.charCodeAt(0));
const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
new Response(stream).json().then(({panels, active, phases, fits, known}) => {
  const all = (selector) => root.querySelectorAll(".cr-picture " + selector);
  let lit = [];
  player(root.querySelector(".cr-bar"), panels.length, (step) => {
    panel.innerHTML = panels[step - 1];
    for (const element of lit) element.classList.remove("cr-on", "cr-back");
    const index = active[step - 1];
    lit = index === null ? [] : [...all(".n" + index), ...(fits ? all(".i" + index) : [])];
    for (const element of lit) element.classList.add("cr-on");
    if (phases[step - 1] === "b") for (const element of lit) element.classList.add("cr-back");
    for (const [selector, from] of known)
      for (const text of all(selector))
        text.style.visibility = step >= from ? "visible" : "hidden";
  })(1);
});
"""

LIT = f"""\
#ID .cr-panels>section{{visibility:visible}}
#ID .cr-on polygon{{stroke:{FORWARD};stroke-width:2.2}}
#ID .cr-back polygon{{stroke:{BACKWARD}}}
#ID .edge.cr-on path{{stroke:{FORWARD};stroke-width:2.2}} #ID .edge.cr-on polygon{{fill:{FORWARD}}}
#ID .edge.cr-back path{{stroke:{BACKWARD}}} #ID .edge.cr-back polygon{{fill:{BACKWARD}}}
#ID .edge.cr-on text{{fill:{FORWARD};font-weight:bold}} #ID .edge.cr-back text{{fill:{BACKWARD}}}
"""


def with_radios(fragment: str) -> str:
    """A stepper with its radio buttons, and what moves them."""
    return f"{fragment}<style>{STYLE}</style><script>{PLAYER}{RADIOS}</script>"


def with_data(scene: Scene, own: str, style: str, panels: Iterable[str], still: str) -> str:
    """A stepper of one panel, which a script fills with the step that is asked for."""
    value, grad = scene.known
    known: list[Any] = []
    for box in scene.folded.boxes:
        index = box.index
        known += [(f".n{index} text:nth-last-of-type(2)", value[index])]
        known += [(f".i{index} text", value[index]), (f".n{index} text:last-of-type", grad[index])]
    boxes = map(scene.active, scene.steps)
    data = {
        "panels": list(panels),
        "active": [None if box is None else box.index for box in boxes],
        "phases": [step.phase[0] for step in scene.steps],
        "fits": scene.fits,
        "known": known,
    }
    text = json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")
    packed = base64.b64encode(zlib.compress(text, 9)).decode()
    return (
        f'<div id="{own}" class="cr-steps"><style>{style}{LIT.replace("#ID", f"#{own}")}{STYLE}'
        f'</style><div class="cr-live"><div class="cr-bar"></div><div class="cr-show">'
        f'<div class="cr-picture">{scene.inline()}</div><div class="cr-panels"></div></div></div>'
        f"<noscript>The {len(scene.steps)} steps need a script; some of them:"
        f"<pre>{html.escape(still)}</pre></noscript></div>"
        f'<script type="text/plain" id="cr-data">{packed}</script>'
        f"<script>{PLAYER}{DATA}</script>"
    )
