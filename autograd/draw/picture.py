"""Picture: a graphviz.Digraph that needs no Graphviz installed, and shows itself in a notebook."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import graphviz  # type: ignore[import-untyped]

# What the graphviz package is told to run where nobody asked for an installed Graphviz. It is
# checked after the package has checked the names it knows, so it may be one that it does not.
PURE = "graphviz-pure"

PURE_FORMATS = frozenset(
    {"svg", "png", "jpg", "jpeg", "json", "dot", "gv", "xdot", "canon", "plain"}
)

INSTALL = "pip install graphviz-pure"
INSTALL_DOT = (
    "install Graphviz (apt install graphviz, brew install graphviz, winget install graphviz)"
)

# Above this many bytes of SVG no PNG is added to a notebook's output.
PNG_LIMIT = 150_000

# In a notebook a picture shrinks to the width of a page (in points), down to this part of its size:
# beyond that one scrolls.
PAGE, SMALLEST = 750, 0.54


class Picture(graphviz.Digraph):  # type: ignore[misc]  # graphviz has no type information
    """A Digraph that graphviz-pure lays out, or an installed Graphviz if `engine` names a layout.

    `source`, `save`, `render` and `pipe` are those of the graphviz package:
    `render(outfile="e.svg")` writes a file in the format of its suffix. What graphviz-pure cannot
    write (PDF, say) is left to an installed Graphviz. Raises RuntimeError, saying what to install,
    if neither can do it; showing the picture in a notebook never raises.
    """

    summary = "a picture"

    # The package's own hooks, in the order in which it calls them.

    def _get_parameters(self, **given: Any) -> dict[str, Any]:
        asked = given.get("engine") is not None or "_engine" in vars(self)
        parameters: dict[str, Any] = super()._get_parameters(**given)
        return parameters if asked else parameters | {"engine": PURE}

    def _pipe_lines(
        self, engine: str, format: str, lines: Iterator[str], *, input_encoding: str, **options: Any
    ) -> bytes:
        program = _program(engine, format)
        if program is None:
            options["input_encoding"] = input_encoding
            kind = "dot" if engine == PURE else engine
            found: bytes = super()._pipe_lines(kind, format, lines, **options)
            return found
        return _run(program, format, "".join(lines).encode(input_encoding))

    def _pipe_lines_string(
        self, engine: str, format: str, lines: Iterator[str], *, encoding: str, **options: Any
    ) -> str:
        raw = self._pipe_lines(engine, format, lines, input_encoding=encoding, **options)
        return raw.decode(encoding)

    def _render(self, engine: str, format: str, filepath: str, **options: Any) -> str:
        program = _program(engine, format)
        if program is None:
            kind = "dot" if engine == PURE else engine
            path: str = super()._render(kind, format, filepath, **options)
            return path
        source, target = Path(filepath), options.get("outfile")
        outfile = Path(f"{filepath}.{format}") if target is None else Path(target)
        if options.get("raise_if_result_exists") and outfile.exists():
            raise graphviz.FileExistsError(f"output file exists: {os.fspath(outfile)!r}")
        if outfile.resolve() == source.resolve() and not options.get("overwrite_filepath"):
            raise ValueError(f"outfile {outfile.name!r} must be different from the source file")
        outfile.write_bytes(_run(program, format, source.read_bytes()))
        return os.fspath(outfile)

    # Showing itself.

    def svg(self) -> str:
        """The picture as SVG text, laid out by whatever can do it here."""
        return self._drawn("svg").decode("utf-8")

    def png(self) -> bytes:
        """The picture as the bytes of a PNG file, laid out by whatever can do it here."""
        return self._drawn("png")

    def _drawn(self, format: str) -> bytes:
        source = self.source.encode("utf-8")
        errors = []
        for program in (pure(), shutil.which("dot")):
            if program is not None:
                try:
                    return _run(program, format, source)
                except (OSError, RuntimeError) as error:
                    errors.append(str(error))
        raise RuntimeError("; ".join(errors) or f"no program here can draw: {INSTALL}")

    def __repr__(self) -> str:
        return f"<{self.summary}>"

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None, **_: Any
    ) -> dict[str, Any]:
        try:
            svg = self.svg()
            bundle: dict[str, Any] = {"image/svg+xml": fitting(svg), "text/plain": repr(self)}
            if len(svg) <= PNG_LIMIT:
                bundle["image/png"] = self.png()
        except (OSError, RuntimeError) as error:
            bundle = {"text/plain": f"{self.source}\nTo see this as a picture: {_way_out(error)}"}
        wanted = set(bundle) if include is None else set(include)
        wanted -= set(exclude or ())
        return {kind: data for kind, data in bundle.items() if kind in wanted}


def fitting(svg: str) -> str:
    """The SVG in a size that fits a page, as long as it can then be read."""
    found = re.search(r'width="(\d+)pt" height="(\d+)pt"', svg)
    if found is None:
        return svg
    width, height = int(found[1]), int(found[2])
    scale = max(SMALLEST, min(1, PAGE / width))
    size = f'width="{width * scale:.0f}pt" height="{height * scale:.0f}pt"'
    return svg.replace(found[0], f'{size} style="max-width:100%;height:auto"', 1)


def _way_out(error: Exception) -> str:
    text = " ".join(str(error).split())
    return INSTALL if INSTALL in text else f"{INSTALL} ({text})"


def pure() -> str | None:
    """The graphviz-pure program of this environment, or None.

    A notebook's kernel often has a PATH without its own environment's programs: those come first.
    """
    name = PURE + (".exe" if os.name == "nt" else "")
    folders: list[str | Path] = [sysconfig.get_path("scripts"), Path(sys.executable).parent]
    if sysconfig.get_preferred_scheme("user") in sysconfig.get_scheme_names():
        folders.append(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")))
    for folder in folders:
        program = Path(folder, name)
        if program.is_file():
            return os.fspath(program)
    return shutil.which(name)


def _program(engine: str, format: str) -> str | None:
    """The graphviz-pure to run, or None to leave the work to the graphviz package and its `dot`."""
    if engine != PURE:
        if shutil.which("dot") is None:
            raise RuntimeError(
                f"engine={engine!r} needs an installed Graphviz and there is no dot on the PATH: "
                f"{INSTALL_DOT}, or leave engine out"
            )
        return None
    program = pure()
    if program is not None and format in PURE_FORMATS:
        return program
    if shutil.which("dot") is None:
        missing = INSTALL if program is None else INSTALL_DOT
        reason = "nothing here can draw" if program is None else f"{PURE} writes no {format}"
        raise RuntimeError(f"{reason}: {missing}")
    return None


def _run(program: str, format: str, source: bytes) -> bytes:
    done = subprocess.run(  # noqa: S603  the program is one that `pure` or `which` found
        [program, "-Kdot", f"-T{format}"], input=source, capture_output=True, check=False
    )
    if done.returncode:
        message = done.stderr.decode("utf-8", "replace").strip()
        raise RuntimeError(f"{Path(program).name} could not draw this: {message}")
    return done.stdout
