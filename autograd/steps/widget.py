"""Widget: the stepper with a slider and a play button, for a live notebook.

An exported page has no use for a widget, and leaves its cell empty where it cannot fetch what draws
widgets. So the static stepper is displayed beside it, which the widget hides where there is one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograd.steps import page

if TYPE_CHECKING:
    from autograd.steps.stepper import Steps

SCRIPT = """\
function render({ model, el }) {
  el.innerHTML = model.get("html");
  const radios = [...el.querySelectorAll("input[type=radio]")];
  const bar = document.createElement("div");
  bar.className = "cr-player";
  bar.innerHTML = '<button type="button">▶ play</button> <input type="range" min="1">';
  const [button, slider] = bar.children;
  slider.max = radios.length;
  el.querySelector(".cr-bar").append(bar);
  const show = (step) => {
    radios[step - 1].checked = true;
    slider.value = step;
  };
  const go = (step) => {
    model.set("step", step);
    model.save_changes();
  };
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = "▶ play";
  };
  const play = () => {
    button.textContent = "⏸ pause";
    if (model.get("step") >= radios.length) go(1);
    timer = setInterval(() => {
      if (model.get("step") >= radios.length) stop();
      else go(model.get("step") + 1);
    }, model.get("seconds") * 1000);
  };
  button.addEventListener("click", () => (timer === null ? play() : stop()));
  slider.addEventListener("input", () => go(Number(slider.value)));
  radios.forEach((radio, place) => radio.addEventListener("change", () => go(place + 1)));
  model.on("change:step", () => show(model.get("step")));
  show(model.get("step"));
  // Beside it stands the same for a page without widgets: one of the two is enough.
  for (const still of document.querySelectorAll(`[data-beside="${model.get("beside")}"]`))
    still.style.display = "none";
  return stop;
}
export default { render };
"""

STYLE = """\
.cr-player{display:flex;align-items:center;gap:8px}
.cr-player button{border:1px solid #94a3b8;border-radius:6px;padding:2px 10px;background:#f8fafc;
 color:#0f172a;cursor:pointer;min-width:84px}
"""


def widget(steps: Steps) -> Any:
    """An anywidget with the traits `step` (from 1) and `seconds` (between steps while playing).

    Its static form, for a front end without widgets and for exported pages, is the stepper's page.
    Raises ImportError, saying what to install, without anywidget.
    """
    try:
        import anywidget
        import traitlets
    except ImportError as error:
        raise ImportError(
            "the widget needs anywidget: pip install 'chainrule[notebook]' (steps(…) alone "
            "displays a stepper without it)"
        ) from error

    class Widget(anywidget.AnyWidget):
        """The stepper of one graph."""

        _esm = SCRIPT
        _css = STYLE
        html = traitlets.Unicode(page.fragment(steps, len(steps))).tag(sync=True)
        step = traitlets.Int(1, min=1, max=len(steps)).tag(sync=True)
        seconds = traitlets.Float(1.5).tag(sync=True)
        beside = traitlets.Unicode(page.identity(repr(steps))).tag(sync=True)

        def _ipython_display_(self) -> None:
            from IPython import display

            publish: Callable[..., None] = display.publish_display_data
            static = f'<div data-beside="{self.beside}">{page.fragment(steps)}</div>'
            publish({"text/html": static, "text/plain": str(steps)})
            data, metadata = self._repr_mimebundle_()
            data = {kind: shown for kind, shown in data.items() if kind != "text/html"}
            publish(data | {"text/plain": repr(steps)}, metadata)

        def _repr_mimebundle_(self, **options: Any) -> Any:
            bundle = super()._repr_mimebundle_(**options)
            data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
            return data | {"text/html": page.fragment(steps), "text/plain": str(steps)}, metadata

    return Widget()
