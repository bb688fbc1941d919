"""Page: the playground as one file of HTML, which needs no kernel and no network."""

from __future__ import annotations

import html
import json
import os
import pkgutil
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from autograd.files import write
from nn.activations import names
from nn.draw import draw
from nn.initial import SCHEMES
from nn.playground.rules import HYPERPARAMETERS, LOSSES, OPTIMIZERS, Own, script, table

# In the order in which they use each other.
_MODULES = ("random", "data", "training", "python", "plots", "network", "working", "page")
_LINKS = re.compile(r"^import .*;\n|^export (?=function|class|const)", re.MULTILINE)

DATA: Final = {
    "moons": "two moons",
    "ring": "ring",
    "spiral": "spiral",
    "xor": "xor",
    "line": "line, noisy",
    "sample": "one, by hand",
}
SETTINGS: Final[dict[str, Any]] = {
    "data": "moons", "count": 100, "noise": 0.1, "classes": 2, "seed": 3, "validation": 50,
    "layers": [4, 3], "activation": "tanh", "output": "linear", "bias": True, "init": "uniform",
    "weights": [], "loss": "hinge", "optimizer": "SGD", "rate": 0.1, **HYPERPARAMETERS, "l2": 0,
    "batch": 10, "epochs": 100,
}  # fmt: skip


@dataclass(repr=False, eq=False)
class Playground:
    """A page that trains a network: it shows itself in a notebook, and `save` writes it.

    For scripts the page has `window.playground`: `configure({rate: 0.01, layers: [4, 4]})` starts
    anew with other settings (the names are those in the address, lists and numbers as in Python),
    `iterate(n)` takes n steps, up to the end of the last epoch, `state()` says where training is.
    Each returns `{epoch, iteration, loss, weights}`, the weights in the order of
    `model.parameters()`. What is no setting, or none that fits, is an error that says what is
    possible.
    """

    settings: dict[str, Any]
    given: list[Any]
    model: Any = None
    own: Own | None = None

    def document(self) -> str:
        """The page."""
        counts = {1, 2, 3, 4, self.settings["classes"], *(len(y) for _, y in self.given)}
        own = {self.settings["activation"], self.settings["output"]}
        options = {
            "settings": self.settings,
            "given": self.given,
            "losses": [*LOSSES],
            "starts": {name: make(0).start for name, make in OPTIMIZERS.items()},
            "own": self.own and self.own.said,
        }
        code = [
            table(script(sorted(counts), own, self.own)),
            *(_read(f"{name}.js") for name in _MODULES),
            f"start({json.dumps(options, default=float)});",
        ]
        data = {"given": "the samples given"} if self.given else {}
        page = _read("page.html")
        for mark, text in (
            ("/*{style}*/", _read("page.css")),
            ("{model}", html.escape(self.own.sentence) if self.own else ""),
            ("{own}", '<a href="#">These samples</a>\n' if self.given else ""),
            ("{data}", _options(DATA | data)),
            ("{activations}", _options(dict.fromkeys([*names(), *own]))),
            ("{inits}", _options(SCHEMES)),
            ("{losses}", _options(LOSSES)),
            ("{optimizers}", _options(OPTIMIZERS)),
            ("/*{script}*/", _LINKS.sub("", "\n".join(code)).replace("</", "<\\/")),
        ):
            page = page.replace(mark, text)
        return page

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the page to a file."""
        target = Path(path)
        if target.suffix not in (".html", ".htm"):
            raise ValueError(f"a playground is a page: {target.name!r} should end in .html")
        write(target, self.document())

    def __repr__(self) -> str:
        own = self.settings
        data = own["data"]
        if self.given:
            count, nin = len(self.given), len(self.given[0][0])
            data = f"{count} samples of {nin} input{'s' * (nin > 1)}"
        shape = f"hidden layers {own['layers']}" if own["layers"] else "no hidden layer"
        shape = self.own.said["name"] if self.own else shape
        return f"<playground: {data}, {shape}, {own['loss']}, {own['optimizer']}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """The page in a frame. Where frames and styles are taken out, the sentence is left."""
        page, still = html.escape(self.document()), ""
        if self.model is not None and self.own is None:
            still = draw(self.model)._repr_mimebundle_().get("text/html", "")
        return {
            "text/plain": repr(self),
            "text/html": (
                "<style>.nn-still:has(+iframe){display:none}</style>"
                f'<div class="nn-still"><p>A network that is trained in the page: run this cell, '
                f"or trust the notebook, to see it.</p>{still}</div>"
                f'<iframe title="A network being trained" srcdoc="{page}" loading="lazy" '
                'style="width:100%;height:960px;border:0"></iframe>'
            ),
        }


def ranges() -> dict[str, tuple[float, float]]:
    """What the page's controls take: the least and the largest number for each setting.

    >>> ranges()["epochs"]
    (1.0, 100000.0)
    """
    controls = re.findall(r'name="(\w+)" min="(\S+)"(?: max="(\S+)")?', _read("page.html"))
    return {
        name: (float(low), float(high or sys.float_info.max))
        for name, low, high in controls
        if name in SETTINGS
    }


def _read(name: str) -> str:
    return (pkgutil.get_data(__package__, f"scripts/{name}") or b"").decode()


def _options(choices: Any) -> str:
    """The options of a menu, from names or from names with what to call them."""
    said = {name: text if isinstance(text, str) else name for name, text in choices.items()}
    return "".join(
        f'<option value="{name}">{html.escape(text.replace("_", " "))}</option>'
        for name, text in said.items()
    )
