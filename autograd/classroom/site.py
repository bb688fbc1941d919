"""Site: the folder that is built, from empty to complete."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any

from autograd.classroom import wheel
from autograd.classroom.copies import Copy, copied
from autograd.classroom.distribution import KERNEL, Distribution, Unusable
from autograd.classroom.front import page

MARK = "classroom.json"
PLUGIN = "@jupyterlite/pyodide-kernel-extension"
APPS = ("notebooks", "lab", "repl", "tree")


@dataclass(frozen=True)
class Site:
    """A site that was built: where, how large, and what it lacks."""

    folder: Path
    notebooks: tuple[Copy, ...]
    offline: bool
    seconds: float

    @property
    def size(self) -> int:
        """The bytes of all its files."""
        return sum(path.stat().st_size for path in self._files())

    @property
    def packed(self) -> int:
        """The bytes that a host sends for all of them, each packed by itself."""
        return sum(len(zlib.compress(path.read_bytes())) for path in self._files())

    def _files(self) -> Iterator[Path]:
        return (path for path in self.folder.rglob("*") if path.is_file())


def build(
    folder: Path,
    notebooks: Mapping[Path, str],
    pages: Mapping[str, str],
    pyodide: Path | None = None,
) -> Site:
    """Builds the site into a folder that is new, empty or was built so before.

    `notebooks` come with their titles, `pages` are HTML by file name. Without `pyodide`, a folder
    of its own files, the notebooks load Python from the network. Raises FileExistsError for a
    folder with other things in it, or a site that one is in, and Unusable for a Pyodide that
    cannot be used; a site that was there stays until the new one is complete.
    """
    start = time.monotonic()
    _refuse(folder)
    with tempfile.TemporaryDirectory() as path:
        work = Path(path)
        own = wheel.pack(work)
        lacking: set[str] = {"llvmlite", "torch"}
        if pyodide is not None:
            distribution = Distribution(pyodide, work / "static" / "pyodide")
            distribution.complete([own, *(_extension() / "static" / "pypi").glob("*.whl")])
            lacking |= distribution.missing
        copies = copied(notebooks, work / "files", lacking, install=pyodide is None)
        _configure(work, offline=pyodide is not None)
        made = _assembled(work, own)
        front = page(copies, list(pages), offline=pyodide is not None)
        for name, text in {**pages, "index.html": front}.items():
            (made / name).write_text(text, encoding="utf-8")
        mark = {"chainrule": own.name, "offline": pyodide is not None, "files": _listed(made)}
        (made / MARK).write_text(json.dumps(mark) + "\n", encoding="utf-8")
        put(made, folder)
    return Site(folder, tuple(copies), pyodide is not None, time.monotonic() - start)


def put(made: Path, folder: Path) -> None:
    """Moves what was made to its place, completely or not at all; an empty folder is filled.

    Of a site that was there, what it was not built of is kept: a `.git`, a page of one's own,
    unless the new one has something else of that name.
    """
    if folder.is_dir() and not any(folder.iterdir()):  # it stays the folder that it is
        for path in sorted(made.iterdir(), key=lambda path: path.name != MARK):
            shutil.move(path, folder)  # the mark comes first: what is half there can be renewed
        return
    target = folder.resolve()  # a link stays one
    target.parent.mkdir(parents=True, exist_ok=True)
    # Beside its place, so that it is renamed in a moment however long copying takes.
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    new, old = beside / "new", beside / "old"
    theirs = _theirs(target)
    try:
        shutil.move(made, new)
        if target.exists():
            target.rename(old)
        new.rename(target)
    except BaseException:
        if old.exists():  # it alone has what somebody put into it
            if target.exists():
                target.rename(new)
            old.rename(target)
        shutil.rmtree(beside)
        raise
    for name in theirs:
        there = target / name
        # Else its folder brought it along, or the new site has something else in its place.
        if os.path.lexists(old / name) and not os.path.lexists(there):
            with suppress(FileExistsError, NotADirectoryError):  # a file where it had a folder
                there.parent.mkdir(parents=True, exist_ok=True)
                (old / name).rename(there)
    shutil.rmtree(beside)


def _theirs(site: Path) -> list[str]:
    """What somebody put into a site: what it was not built of, folders before what is in them."""
    try:
        ours = {*json.loads((site / MARK).read_text(encoding="utf-8"))["files"]}
    except (OSError, ValueError, KeyError, TypeError):  # an older one has no list
        ours = {name for name in _listed(site) if name[0] != "."}
    ours |= {str(parent) for name in ours for parent in PurePosixPath(name).parents}
    names = (path.relative_to(site).as_posix() for path in sorted(site.rglob("*")))
    return [name for name in names if name not in ours]


def _listed(folder: Path) -> list[str]:
    """The files of a folder, as the site's mark has them."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def _refuse(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise FileExistsError(f"{folder} is a file: name a folder that is new, or a site to renew")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise FileExistsError(
            f"{folder} has files that are no classroom: name a new folder, or empty this one"
        )
    if folder.is_dir() and any(folder.iterdir()) and Path.cwd().is_relative_to(folder.resolve()):
        raise FileExistsError(
            f"{folder} is the folder that you are in, and another takes its place: go to the one "
            f"above it, and name {folder.resolve().name}"
        )


def _extension() -> Path:
    """Where the kernel's own files are: those of the page, and its wheels."""
    for file in metadata.files("jupyterlite-pyodide-kernel") or []:
        if file.name == "package.json":
            return Path(str(file.locate())).resolve().parent
    raise Unusable("jupyterlite-pyodide-kernel is not installed as a wheel: install it again")


def _configure(work: Path, *, offline: bool) -> None:
    """What the page is told: nothing that asks another host, and which packages come at once."""
    kernel: dict[str, Any] = {}
    if offline:
        packages = [*KERNEL, wheel.NAME]
        kernel = {"disablePyPIFallback": True, "loadPyodideOptions": {"packages": packages}}
    data = {"appName": wheel.NAME, "litePluginSettings": {f"{PLUGIN}:kernel": kernel}}
    settings = {"jupyter-lite-schema-version": 0, "jupyter-config-data": data}
    (work / "jupyter-lite.json").write_text(json.dumps(settings), encoding="utf-8")
    quiet = {
        "@jupyterlab/apputils-extension:notification": {
            "checkForUpdates": False,
            "doNotDisturbMode": True,
            "fetchNews": "false",
        }
    }
    (work / "overrides.json").write_text(json.dumps(quiet), encoding="utf-8")


def _assembled(work: Path, own: Path) -> Path:
    """The site as JupyterLite makes it, in a folder of its own."""
    made = work / "site"
    build = {
        "apps": APPS,
        "federated_extensions": [str(_extension())],
        "ignore_sys_prefix": True,  # the same site, whatever else is installed beside it
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "output_dir": str(made),
    }
    settings = {"LiteBuildConfig": build, "PipliteAddon": {"piplite_urls": [str(own)]}}
    (work / "jupyter_lite_config.json").write_text(json.dumps(settings), encoding="utf-8")
    command = [sys.executable, "-m", "jupyterlite_core", "build"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=work)  # noqa: S603
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines() or ["it said nothing"]
        raise Unusable(f"JupyterLite did not build: {said[-1]}")
    return made
