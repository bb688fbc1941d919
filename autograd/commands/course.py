"""Course: the notebooks, listed and opened."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from autograd.commands.terminal import Parser, nearest, say


def beside(folder: str, installed: str) -> Path:
    """A folder of a checkout, or where an installation has put it.

    >>> beside("notebooks", "notebooks").name
    'notebooks'
    """
    here = Path(__file__).parents[2] / folder
    if not here.is_dir():
        with suppress(metadata.PackageNotFoundError):
            for file in metadata.files("chainrule") or []:
                if file.parts[-4:-1] == ("share", "chainrule", installed):
                    return Path(str(file.locate())).resolve().parent
    return here


FOLDER = beside("notebooks", "notebooks")


def main(argv: Sequence[str]) -> int:
    """Lists the notebooks, or opens one; the exit status is 0, 2 where that is not possible."""
    parser = Parser(
        prog="chainrule notebooks",
        description="Lists the notebooks of the course, or opens one in JupyterLab.",
        example="python -m autograd notebooks 3",
    )
    parser.add_argument("name", nargs="?", help="the notebook to open, such as 3 or stepping")
    return parser.run(lambda: _work(parser, parser.parse_args(argv).name))


def _work(parser: Parser, wanted: str | None) -> int:
    found = sorted(FOLDER.glob("[0-9]*.ipynb"))
    if not found:
        parser.error(
            f"no notebooks in {FOLDER}: they come with the project's source and with its wheel"
        )
    if wanted is None:
        width = max(len(path.stem) for path in found)
        lines = [f"{path.stem.ljust(width)}   {title(path)}" for path in found]
        say([*lines, "", "To open one: python -m autograd notebooks 1"])
        return 0
    chosen = [path for path in found if is_named(path.stem, wanted)]
    if len(chosen) != 1:
        names = ", ".join(path.stem for path in chosen or found)
        asked = nearest(wanted, {word for path in found for word in path.stem.split("_")})
        which = "several" if chosen else f"none: {asked} It is one" if asked else "none"
        parser.error(f"{wanted!r} names {which} of {names}")
    if importlib.util.find_spec("jupyterlab") is None:
        parser.error("opening a notebook needs JupyterLab: pip install 'chainrule[notebook]'")
    return launch(chosen[0])


def title(path: Path) -> str:
    """The heading of a notebook, without its number.

    >>> title(FOLDER / "01_hand_calculation.ipynb")
    'A hand calculation'
    """
    first = json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]
    heading = "".join(first).partition("\n")[0].lstrip("# ")
    return heading.partition("·")[2].strip() or heading


def is_named(stem: str, wanted: str) -> bool:
    """Whether `wanted` means this notebook: its number or a part of its name.

    >>> is_named("03_stepping", "3"), is_named("03_stepping", "step"), is_named("03_stepping", "2")
    (True, True, False)
    """
    if wanted.isdecimal():
        return int(stem.partition("_")[0]) == int(wanted)
    return wanted.removesuffix(".ipynb") in stem


def launch(path: Path) -> int:
    """JupyterLab on one notebook, whose kernel imports this very project; returns its status."""
    paths = [str(FOLDER.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-m", "jupyterlab", str(path)]
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603  our own
