"""Build: the notebooks, made from their text and executed on a clean kernel.

    python notebooks/build.py             all of them
    python notebooks/build.py 03 05       some
    python notebooks/build.py --check     writes nothing, says what would be different

The text in `text/` is what one edits and reviews. The output of a cell tagged `times` may differ
in its numbers from run to run; nothing else may. The picture of the cell tagged `cover` is the one
that the README shows. A page with a script is stored as what it is without: it comes with a run.
"""

from __future__ import annotations

import argparse
import base64
import copy
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from matplotlib import font_manager, image  # noqa: F401  a first import says that it takes time
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
TEXTS = sorted((HERE / "text").glob("*.md"))
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
SECONDS = 300  # a cell that takes longer hangs

# Plots may differ by this much of full brightness on average: text is rasterised a little
# differently from release to release. A curve that moves differs by more.
LIKENESS = 0.003

# A PNG is for code hosts that show no SVG. One of more characters than this is left out.
MOST_PNG = 20_000

# What no notebook keeps: scripts and frames are taken out wherever a notebook is opened untrusted.
SCRIPTED = re.compile(r"<script\b.*?</script>|<iframe\b.*?</iframe>", re.DOTALL)
STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL)
ASKING = '"mode":"practise"'  # of a live page: its still picture has the answers
ASKED = "<p>Run this cell (Shift-Enter): the page asks, and you answer.</p>"


def notebook(text: Path) -> Path:
    """Where the notebook of a text is."""
    return HERE / f"{text.stem}.ipynb"


def unexecuted(text: Path) -> Any:
    """The notebook of a text, without outputs, with cell ids that stay the same."""
    found = jupytext.read(text, fmt="md")
    for place, cell in enumerate(found.cells, 1):
        cell.id = f"cell-{place}"
        cell.metadata = {key: it for key, it in cell.metadata.items() if key == "tags"}
    found.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    found.nbformat, found.nbformat_minor = 4, 5
    return found


def executed(text: Path) -> Any:
    """The notebook of a text with the outputs that a new kernel gives."""
    found = unexecuted(text)
    metadata = dict(found.metadata)
    paths = [str(HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    client = NotebookClient(
        found,
        timeout=SECONDS,
        kernel_name=KERNEL["name"],
        resources={"metadata": {"path": str(HERE)}},
        record_timing=False,
        coalesce_streams=True,
    )
    client.execute(env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)})
    found.metadata = metadata
    return found


def lean(data: Any) -> Any:
    """An output's contents by kind, each picture and each page once and without a script.

    >>> lean({"text/html": "<p>a</p><script>b</script>", "image/png": "c", "text/plain": "d"})
    {'text/html': '<p>a</p>', 'text/plain': 'd'}
    >>> sorted(lean({"text/html": "<img>", "image/svg+xml": "<svg/>", "image/png": "c"}))
    ['image/png', 'text/html']
    """
    page = data.get("text/html", "")
    kept = dict(data)
    if "<img" in page or SCRIPTED.search(page):  # it has the SVG, with its words
        kept.pop("image/svg+xml", None)
        kept.pop("application/pdf", None)
    if SCRIPTED.search(page):
        kept.pop("image/png", None)
        still = STYLE.sub("", SCRIPTED.sub("", page))
        kept["text/html"] = ASKED if ASKING in page else still
    if len(kept.get("image/png", "")) > MOST_PNG and len(kept) > 2:
        del kept["image/png"]
    return kept


def stored(found: Any) -> Any:
    """An executed notebook as it is written: the same with outputs as small as they can be."""
    kept = copy.deepcopy(found)
    for cell in kept.cells:
        for output in cell.get("outputs", []):
            if "data" in output:
                output.data = nbformat.from_dict(lean(output.data))
    return kept


def differences(ours: Any, theirs: Any) -> Iterator[str]:
    """Where two executed notebooks differ, in words."""
    if len(ours.cells) != len(theirs.cells):
        yield f"{len(ours.cells)} cells and {len(theirs.cells)}"
        return
    for one, other in zip(ours.cells, theirs.cells, strict=True):
        if (one.cell_type, one.source) != (other.cell_type, other.source):
            yield f"{one.id}: another source"
        elif one.cell_type == "code":
            yield from (f"{one.id}: {found}" for found in _outputs(one, other))


def _outputs(one: Any, other: Any) -> Iterator[str]:
    times = "times" in one.metadata.get("tags", [])
    ours, theirs = ([_flat(output) for output in cell.outputs] for cell in (one, other))
    kinds = [[sorted(output) for output in outputs] for outputs in (ours, theirs)]
    if kinds[0] != kinds[1]:
        yield f"outputs of other kinds: {kinds[0]} and {kinds[1]}"
        return
    for mine, its in zip(ours, theirs, strict=True):
        for kind, data in mine.items():
            if kind == "image/png" and "text/html" in mine:
                continue  # the same drawing, with the fonts of this machine
            if not _same(kind, data, its[kind], times):
                yield f"another {kind}:\n{_shown(data)}\n  beside\n{_shown(its[kind])}"


def _flat(output: Any) -> dict[str, Any]:
    """An output as its contents by kind."""
    if output.output_type == "stream":
        return {output.name: output.text}
    if output.output_type == "error":
        return {"error": f"{output.ename}: {output.evalue}"}
    return dict(output.data)


def _same(kind: str, one: Any, other: Any, times: bool) -> bool:
    if one == other:
        return True
    if kind == "image/png":
        return times or _alike(one, other)
    if kind == "image/svg+xml" and times:
        return True
    if times:
        return _timeless(str(one)) == _timeless(str(other))
    return False


def _timeless(text: str) -> str:
    """The text without its numbers, pictures of them, and spaces and rules as wide as they are."""
    text = re.sub(r"(?<=;base64,)[\w+/=]+", "", text)
    return re.sub(r"[-\s]+", " ", re.sub(r"\d[\d.,]*( ?(ns|µs|ms|s)\b)?", "0", text))


def _alike(one: str, other: str) -> bool:
    """Whether two pictures have one size and look the same."""
    mine, its = (image.imread(io.BytesIO(base64.b64decode(data))) for data in (one, other))
    return mine.shape == its.shape and float(abs(mine - its).mean()) <= LIKENESS


def _shown(data: Any) -> str:
    text = data if isinstance(data, str) else json.dumps(data)
    return "\n".join("    " + line[:160] for line in text.splitlines()[:12])


def cover(found: Any) -> tuple[str, bytes] | None:
    """The suffix and the picture of the cell tagged `cover`: PNG, or SVG if that is all there is."""
    for cell in found.cells:
        if "cover" in cell.metadata.get("tags", []):
            for output in cell.outputs:
                data = output.get("data", {})
                if "image/png" in data:
                    return "png", base64.b64decode(data["image/png"])
                if "image/svg+xml" in data:
                    return "svg", data["image/svg+xml"].encode()
    return None


def write(text: Path) -> None:
    """Executes the notebook of a text and writes it, and its cover."""
    found = executed(text)
    nbformat.validate(found)
    nbformat.write(stored(found), notebook(text))
    picture = cover(found)
    if picture is not None:
        (HERE / "images").mkdir(exist_ok=True)
        (HERE / "images" / f"{text.stem}.{picture[0]}").write_bytes(picture[1])


def main() -> int:
    """Builds or checks what the command line names; 1 if a check finds a difference."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="beginnings of names, such as 03; all by default")
    parser.add_argument("--check", action="store_true", help="compare only")
    options = parser.parse_args()
    status = 0
    for text in TEXTS:
        if options.names and not text.name.startswith(tuple(options.names)):
            continue
        if not options.check:
            write(text)
            print(f"{notebook(text).name} written", flush=True)
            continue
        found = list(differences(nbformat.read(notebook(text), 4), stored(executed(text))))
        print(f"{notebook(text).name}:", "\n".join(found) or "the same", flush=True)
        status |= bool(found)
    return status


if __name__ == "__main__":
    sys.exit(main())
