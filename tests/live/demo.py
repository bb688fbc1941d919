"""A page with nothing but the picture of a graph, to try it alone."""

import base64
import json
import shutil
import zlib

from autograd.explain.reading import Reading
from autograd.graph import topological
from autograd.live.bundle import SCRIPTS, bundle, module, style
from autograd.live.program import program
from autograd.live.rows import rows
from autograd.live.views import views

DEMO = """
import { Session } from "./graph.js";
import { fitted, Picture } from "./picture.js";
import { parseNumber, readNumber, short } from "./numbers.js";

export function start(host, program, rows) {
  const session = new Session(program, rows), chosen = [];
  const on = { select: (node) => chosen.push(node) };
  const picture = new Picture(host.querySelector(".cr-picture"), session, program.views, on);
  session.subscribe(() => picture.update());
  Object.assign(window, { session, picture, chosen, parseNumber, readNumber, short, fitted });
}
"""


def save(root, folder, *, names=None, digits=None, name="demo"):
    """The page, written into a folder; gives its path."""
    copied = folder / "scripts"
    shutil.copytree(SCRIPTS, copied, dirs_exist_ok=True)
    (copied / "demo.js").write_text(DEMO)
    order = topological(root)
    reading = Reading(order, names, digits=digits)
    data = json.dumps(program(reading) | {"views": views(reading)}).replace("<", "\\u003c")
    table = module("rows", rows(node.op for node in order if node.op))
    code = f"{bundle('demo', copied)}{table}"
    path = folder / f"{name}.html"
    path.write_text(
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>demo</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<style>:root{color-scheme:light dark}body{margin:12px;background:light-dark(#fff,#0f172a)}"
        f"{style()}</style>"
        '<main class="cr-page"><section class="cr-picture" aria-label="Picture"></section></main>'
        f"<script>{code}\n$demo.start(document.querySelector('main'), {data}, $rows.rows);"
        "</script></html>"
    )
    return path


def json_of(found):
    """The views as a page has them."""
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def foldings(found):
    """All foldings of views, those that are packed, too."""
    packed = found["packed"]
    more = json.loads(zlib.decompress(base64.b64decode(packed))) if packed else {}
    return {**found["foldings"], **more}
