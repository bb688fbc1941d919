"""The command for the classroom: the course as a site, whose Python runs in the browser."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autograd.commands import calculation, course, playground
from autograd.commands.terminal import INTERRUPTED, Parser, say

if TYPE_CHECKING:
    from autograd.classroom import Copy, Site

NEEDED = ("jupyterlite_core", "jupyterlite_pyodide_kernel", "jupyter_server")


def main(argv: Sequence[str]) -> int:
    """Builds the site and says what became of it; the status is 0, 2 where it is not possible."""
    parser = _parser()
    options = parser.parse_args(argv)
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        parser.error("the classroom needs JupyterLite: pip install 'chainrule[classroom]'")
    notebooks = {path: course.title(path) for path in sorted(course.FOLDER.glob("[0-9]*.ipynb"))}
    if not notebooks:
        parser.error(f"no notebooks in {course.FOLDER}: they come with the project and its wheel")
    from autograd.classroom import build, serve

    if not options.output:
        parser.error("the name of the folder is empty: give one, such as site")
    folder = Path(options.output)
    try:
        pyodide = options.pyodide and Path(options.pyodide)
        site = build(folder, notebooks, pages(), pyodide)
        say(_report(site))
        if options.serve:
            with serve(folder) as server:
                host, port = server.server_address[:2]
                say([f"http://{host!s}:{port}/ has it, on this computer only; Ctrl-C ends it"])
                server.serve_forever()
        else:
            say([f"to see it: python -m http.server --bind 127.0.0.1 -d {folder}"])
    except KeyboardInterrupt:
        return 0 if options.serve else INTERRUPTED
    except (OSError, ValueError) as error:
        parser.error(str(error))
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="chainrule classroom",
        description="Builds a site with the notebooks, a prompt and the pages that need no Python, "
        "for any host of files: who opens it needs a browser and nothing else.",
        example="python -m autograd classroom -o site --serve",
    )
    parser.add_argument(
        *("-o", "--output"),
        default="site",
        metavar="FOLDER",
        help="where to: a folder that is new, or a site to build again (default: site)",
    )
    parser.add_argument(
        "--pyodide",
        metavar="FOLDER",
        help="Pyodide's own files, such as node_modules/pyodide after `npm install pyodide`: the "
        "site brings them along and runs with the network off",
    )
    parser.add_argument("--serve", action="store_true", help="show it at 127.0.0.1 afterwards")
    return parser


def pages() -> dict[str, str]:
    """The pages that need no Python, by file name."""
    from autograd.classroom import cards
    from autograd.live import live

    values = calculation.network().forward()
    found = {
        "live.html": live(values["E"]).document(),
        "playground.html": playground.page().document(),
    }
    report = course.beside("tests/rules", "cards") / "README.md"
    if report.is_file():
        found["cards.html"] = cards.page(report.read_text(encoding="utf-8"))
    return found


def _report(site: Site) -> list[str]:
    where = "any host of files, with the network off" if site.offline else "any host of files"
    size = f"{site.size / 1e6:.1f} MB ({site.packed / 1e6:.1f} MB packed)"
    built = f"{len(site.notebooks)} notebooks, {size}, built in {site.seconds:.0f} s"
    return [
        f"{site.folder}: {built}; for {where}",
        *(_limited(one) for one in site.notebooks if one.lacks),
    ]


def _limited(copy: Copy) -> str:
    lacks = ", ".join(copy.lacks)
    what = "can be read there, not run" if not copy.runs else "runs there but for some cells"
    return f"  {copy.name} {what}: no {lacks}"
