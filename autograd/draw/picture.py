"""Picture: a graphviz.Digraph that needs no Graphviz installed, and shows itself in a notebook."""

from __future__ import annotations

import base64
import html
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import graphviz  # type: ignore[import-untyped]

from autograd.draw import layered, layout, mermaid, pdf, raster, tikz
from autograd.draw.characters import spelled
from autograd.files import place, write
from autograd.formula import notation

# What the graphviz package is told to run where nobody asked for an installed Graphviz. It is
# checked after the package has checked the names it knows, so it may be one that it does not.
PURE = "graphviz-pure"

# The layout that is part of this package: it serves where there is no program, or if asked for.
LAYERED = "layered"
ENGINES = frozenset(graphviz.ENGINES) | {LAYERED}

PURE_FORMATS = frozenset(
    {"svg", "png", "jpg", "jpeg", "dot", "gv", "xdot", "canon", "plain", "json0", "xdot_json"}
)

# What a picture is written as, by the suffix of the file.
SUFFIXES = ("svg", "png", "pdf", "gif", "webp", "jpg", "tex", "mmd", "json", "gv")

# What is written without any program.
OTHERS = ("svg", "pdf", "tex", "mmd", "json", "gv")

INSTALL = "pip install graphviz-pure"
INSTALL_DOT = (
    "install Graphviz (apt install graphviz, brew install graphviz, winget install graphviz)"
)

# Above this many bytes of SVG nothing of its size is added to a notebook's output.
PNG_LIMIT = 150_000

# In a notebook a picture shrinks to the width of a page (in points), down to this part of its size:
# beyond that one scrolls.
PAGE, SMALLEST = 750, 0.54


class Picture(graphviz.Digraph):  # type: ignore[misc]  # graphviz has no type information
    r"""A Digraph that graphviz-pure lays out, or an installed Graphviz if `engine` names a layout.

    Where there is neither, or with `engine="layered"`, the layout is one of our own.

    `source`, `save`, `render` and `pipe` are those of the graphviz package:
    `render(outfile="e.svg")` writes a file in the format of its suffix, and so does
    `save("e.svg")`: .svg, .png, .pdf, .jpg, .gif and .webp (extra `pictures`), .tex (TikZ, by
    itself or as an \input), .mmd (mermaid), .json (`content`) or .gv (DOT). Raises ValueError for
    a suffix that nothing here can write, ImportError or RuntimeError, saying what to install, where
    something is missing; showing the picture in a notebook never raises.

    `content` is the picture as data. Its `title`, `description`, `direction` ("LR" or "TB") and
    `level` are of the whole. Each of its `boxes` has a `key`; its `title` and `texts`, as they are
    shown; the `name` of its value; a `role` ("input", "weight", "target", "intermediate" or
    "output"); the `operation` (None for a leaf or several values); `value` and `grad`, exact, as
    text in Python's notation (None for several values, or if there is none); how many values it
    stands for, `members`; in how many rounds it repeats, `times`; the digits it has `lost` (None
    unless asked for, "all" if none is right) and whether it is `highlighted`. Each of its `arrows`
    leads from `tail` to `head` (keys), with its `label`, the `slope` as text (None where there is
    no one slope), how many `uses` it stands for, whether it is `carried` from one round to the
    next, and `highlighted`. Its `frames` have a `title` and the keys of their `boxes`.
    """

    summary = "a picture"
    content: Mapping[str, Any] = {}
    filename: str  # where the package saves the source
    directory: str

    @staticmethod
    def number(number: Any, digits: int) -> str:
        """A number to so many significant digits, as pictures show it."""
        return notation.digits(number, digits)

    @staticmethod
    def spelled(text: str) -> str:
        """Any text as a tooltip, or another attribute, that says just that."""
        return spelled(text)

    # The package's own methods, for the formats that it does not know.

    def pipe(self, format: str | None = None, *args: Any, **options: Any) -> Any:
        """The picture in a format, as bytes, or as text if an `encoding` is given."""
        kind = _kind(format or self.format)
        if (own := self._layered(options)) is not None:
            return own.pipe(format, *args, **options)
        if not self._is_own(kind, options):
            with _one_line(kind):
                return super().pipe(format, *args, **options)
        data, encoding = self.written(kind), options.get("encoding")
        return data.decode(encoding) if encoding else data

    def render(self, filename: Any = None, *args: Any, **options: Any) -> str:
        """Writes the picture to `outfile` in the format of its suffix, and returns the path."""
        if (own := self._layered(options)) is not None:
            return own.render(filename, *args, **options)
        if options.get("outfile") is None and _suffix(filename) in SUFFIXES[:-1]:
            named = options.get("format")
            outfile = filename if named in (None, _suffix(filename)) else f"{filename}.{named}"
            filename, options["outfile"] = None, outfile
        outfile = options.get("outfile")
        kind = _kind(options.get("format") or (_suffix(outfile) if outfile else self.format))
        if kind in ("gv", "dot") and outfile is not None:
            return self.save(outfile, directory=options.get("directory"))
        if not self._is_own(kind, options):
            with _one_line(kind):
                path: str = super().render(filename, *args, **options)
                return path
        directory = options.get("directory") or (args[0] if args else None)
        if outfile is None:
            target = Path(directory or self.directory, f"{filename or self.filename}.{kind}")
        else:  # a directory is that of the source alone, as in the package
            target = Path(outfile) if directory else Path(self.directory, outfile)
        if options.get("raise_if_result_exists") and target.exists():
            raise graphviz.FileExistsError(f"output file exists: {os.fspath(target)!r}")
        return _put(target, self.written(kind))

    def save(self, filename: Any = None, *args: Any, **options: Any) -> str:
        """Writes the picture in the format of the suffix, or its DOT text; returns the path."""
        directory = options.get("directory") or (args[0] if args else None)
        skipping = options.get("skip_existing", False)
        if filename is not None:
            place(filename)
        drawn = filename is not None and _suffix(filename) not in ("", "gv", "dot")
        if drawn and skipping is False:
            data = self.pipe(format=_suffix(filename), quiet=True)
            return _put(Path(directory or self.directory, filename), data)
        if filename is not None:
            self.filename = filename
        if directory is not None:
            self.directory = directory
        # The package asks with None before it renders: `_render` writes the source, if all is well.
        if skipping is None or (skipping and Path(self.filepath).exists()):
            return os.fspath(self.filepath)
        return _put(Path(self.filepath), self.source.encode(self.encoding))

    def copy(self) -> Picture:
        """A copy, to change without changing this one."""
        copied: Picture = super().copy()
        copied.summary, copied.content = self.summary, self.content
        return copied

    def _is_own(self, kind: str, options: Mapping[str, Any]) -> bool:
        """Whether a format is written here; an engine that was asked for writes its own."""
        asked = vars(self).get("_engine", LAYERED) != LAYERED or any(
            options.get(name) is not None for name in ("engine", "renderer", "formatter")
        )
        return kind in _WRITERS and not (asked and kind in graphviz.FORMATS)

    def _layered(self, options: dict[str, Any]) -> Picture | None:
        """A copy for our own layout, if that is asked for in options; takes it out of them."""
        if str(options.get("engine")).lower() != LAYERED:
            return None
        del options["engine"]
        own = self.copy()
        own.engine = LAYERED
        return own

    # The package's own hooks, in the order in which it calls them.

    @property
    def engine(self) -> str:
        """What lays out: one of `ENGINES`."""
        return str(self._engine)

    @engine.setter
    def engine(self, engine: str) -> None:
        self._verify_engine(engine)
        self._engine = engine.lower()

    @staticmethod
    def _verify_engine(engine: str, *, required: bool = True) -> None:  # noqa: ARG004
        if not isinstance(engine, str):
            raise TypeError(f"engine is text, not {type(engine).__name__} {engine!r}")
        if engine.lower() not in ENGINES:
            raise ValueError(f"unknown engine: {engine!r} (must be one of {sorted(ENGINES)})")

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
        return self._run(program, format, "".join(lines).encode(input_encoding))

    def _pipe_lines_string(
        self, engine: str, format: str, lines: Iterator[str], *, encoding: str, **options: Any
    ) -> str:
        raw = self._pipe_lines(engine, format, lines, input_encoding=encoding, **options)
        return raw.decode(encoding)

    def _render(self, engine: str, format: str, filepath: str, **options: Any) -> str:
        program = _program(engine, format)
        given = [options.get(name) for name in ("formatter", "renderer")]
        made = ".".join(filter(None, [os.fspath(filepath), *given, format]))
        source, outfile = Path(filepath), Path(options.get("outfile") or made)
        if options.pop("raise_if_result_exists", False) and outfile.exists():
            raise graphviz.FileExistsError(f"output file exists: {os.fspath(outfile)!r}")
        if outfile.resolve() == source.resolve() and not options.get("overwrite_filepath"):
            raise ValueError(f"outfile {outfile.name!r} must be different from the source file")
        text = self.source.encode(self.encoding)
        if program is not None:
            data = self._run(program, format, text)
        else:  # which writes a file as it goes
            with tempfile.TemporaryDirectory() as folder:
                aside = Path(folder, "source", source.name)
                aside.parent.mkdir()
                aside.write_bytes(text)
                options["outfile"] = Path(folder, outfile.name)
                kind = "dot" if engine == PURE else engine
                data = Path(super()._render(kind, format, aside, **options)).read_bytes()
        written = _put(outfile, data)
        if outfile.resolve() != source.resolve():
            _put(source, text)
        return written

    def _run(self, program: str, format: str, source: bytes) -> bytes:
        data = run(program, format, source)
        return self._said(data.decode()).encode() if format == "svg" else data

    # Writing it in other ways.

    def written(self, kind: str) -> bytes:
        """The picture in a format that is written here: one of `SUFFIXES`, or "jpeg"."""
        return _WRITERS[kind](self)

    def svg(self) -> str:
        """The picture as SVG text, laid out by whatever can do it here."""
        return self._said(self._drawn("svg").decode("utf-8"))

    def png(self, wanted: str = "png", others: Sequence[str] = OTHERS) -> bytes:
        """The picture as the bytes of a PNG file, drawn by what can do it here.

        Raises RuntimeError, saying what to install, if nothing can: it names what is `wanted`, if
        that is made of a PNG file, and the suffixes of the `others` that can be had without.
        """
        return self._drawn("png", wanted, others)

    def pdf(self) -> bytes:
        """The picture as the bytes of a PDF file, a page of its size."""
        return self._page(self.svg())

    def _page(self, svg: str) -> bytes:
        return pdf.write(layout.read(svg), self.title, self.description)

    @property
    def title(self) -> str:
        """What the picture is of."""
        return str(self.content.get("title", ""))

    @property
    def description(self) -> str:
        """The picture in words."""
        return str(self.content.get("description", ""))

    def _said(self, svg: str) -> str:
        """The SVG with what a screen reader says."""
        return layout.accessible(svg, self.title, self.description)

    def _drawn(self, format: str, wanted: str = "", others: Sequence[str] = OTHERS) -> bytes:
        source = self.source.encode("utf-8")
        own = vars(self).get("_engine") == LAYERED
        errors = []
        for program in (LAYERED,) if own else (pure(), shutil.which("dot"), LAYERED):
            if program is not None:
                try:
                    if program == LAYERED:
                        return _run_layered(format, source, wanted, others)
                    return run(program, format, source)
                except (OSError, RuntimeError) as error:
                    errors.append(str(error))
        raise RuntimeError("; ".join(errors))

    # Showing itself.

    def __repr__(self) -> str:
        return f"<{self.summary}>"

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None, **_: Any
    ) -> dict[str, Any]:
        try:
            drawn = self.svg()
            svg = fitting(drawn)
            # LaTeX takes a PDF as it is, and an image has a text for who cannot see it.
            bundle: dict[str, Any] = {
                "image/svg+xml": svg, "text/plain": repr(self),
                "application/pdf": self._page(drawn),
            }  # fmt: skip
            if len(svg) <= PNG_LIMIT:
                bundle["text/html"] = self.image(svg)
                with suppress(OSError, RuntimeError):  # not everything that draws makes dots
                    bundle["image/png"] = self.png()
        except (OSError, RuntimeError) as error:
            bundle = {"text/plain": f"{self.source}\nTo see this as a picture: {_way_out(error)}"}
        wanted = set(bundle) if include is None else set(include)
        wanted -= set(exclude or ())
        return {kind: data for kind, data in bundle.items() if kind in wanted}

    def image(self, svg: str) -> str:
        """An SVG of this picture as an element of HTML that fits whatever it is put into."""
        data = base64.b64encode(svg.encode()).decode()
        said = html.escape(f"{self.title}. {self.description}".strip(". ") or self.summary)
        return (  # in the class with which Jupyter styles an SVG
            f'<div class="jp-RenderedSVG"><img alt="{said}" style="max-width:100%;height:auto" '
            f'src="data:image/svg+xml;base64,{data}"></div>'
        )


_WRITERS: dict[str, Callable[[Picture], bytes]] = {
    "pdf": lambda picture: picture.pdf(),
    "gif": lambda picture: raster.converted(picture.png("gif"), "gif"),
    "webp": lambda picture: raster.converted(picture.png("webp"), "webp"),
    "tex": lambda picture: tikz.write(layout.read(picture.svg())).encode(),
    "mmd": lambda picture: mermaid.write(picture.content).encode(),
    "json": lambda picture: json.dumps(picture.content, ensure_ascii=False, indent=1).encode(),
}


def _put(target: Path, data: bytes) -> str:
    """Writes a file, with the folders that it lacks; returns its path."""
    target.parent.mkdir(parents=True, exist_ok=True)
    write(target, data)
    return os.fspath(target)


def _suffix(path: Any) -> str:
    return Path(path).suffix[1:].lower() if path is not None else ""


def _kind(format: str) -> str:
    """The format. Raises ValueError for one that there is not."""
    known = {*SUFFIXES, *graphviz.FORMATS, *PURE_FORMATS}
    if format not in known:
        raise ValueError(f"a picture is written as {_suffixes()}, not as {format!r}")
    return format


@contextmanager
def _one_line(kind: str) -> Iterator[None]:
    """Says in one line which format an installed Graphviz refuses, and what there is."""
    try:
        yield
    except graphviz.CalledProcessError as error:
        said = (error.stderr or b"").decode("utf-8", "replace") if error.stderr else ""
        reason = " ".join(str(said).split()).partition(". ")[0][:200]
        raise RuntimeError(
            f"the Graphviz installed here cannot write {kind}{': ' * bool(reason)}{reason}; "
            f"{_suffixes()} are always written"
        ) from None


def _suffixes() -> str:
    return ", ".join(f".{suffix}" for suffix in SUFFIXES)


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
    with suppress(ValueError):  # WebAssembly has no such folder
        folders.append(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")))
    for folder in folders:
        program = Path(folder, name)
        if program.is_file():
            return os.fspath(program)
    return shutil.which(name)


def _program(engine: str, format: str) -> str | None:
    """What `run` is to run, or None to leave the work to the graphviz package and its `dot`."""
    if engine == LAYERED:
        return LAYERED
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
        if program is None:
            return LAYERED
        raise RuntimeError(
            f"{PURE} writes no {format}: {INSTALL_DOT}, or write one of {_suffixes()}"
        )
    return None


def run(program: str, format: str, source: bytes) -> bytes:
    """What a layout program makes of DOT text. Raises RuntimeError if it cannot."""
    if program == LAYERED:
        return _run_layered(format, source)
    done = subprocess.run(  # noqa: S603  the program is one that `pure` or `which` found
        [program, "-Kdot", f"-T{format}"], input=source, capture_output=True, check=False
    )
    if done.returncode:
        message = done.stderr.decode("utf-8", "replace").strip()
        raise RuntimeError(f"{Path(program).name} could not draw this: {message}")
    return done.stdout


def _run_layered(
    format: str, source: bytes, wanted: str = "", others: Sequence[str] = OTHERS
) -> bytes:
    """What our own layout makes of DOT text: SVG, or the text itself.

    Raises RuntimeError for other formats; it names the one that is `wanted` of this.
    """
    if format in ("gv", "dot"):
        return source
    if format != "svg":
        there = (pure() and format in PURE_FORMATS) or shutil.which("dot")
        way = INSTALL if format in PURE_FORMATS else INSTALL_DOT
        *most, last = (f".{suffix}" for suffix in others)
        raise RuntimeError(
            f"the layered layout writes no {wanted or format}: "
            f"{'leave engine out' if there else way}, or write {', '.join(most)} or {last}"
        )
    try:
        return layered.svg(source.decode()).encode()
    except ValueError as error:
        raise RuntimeError(f"the layered layout could not draw this: {error}") from None
