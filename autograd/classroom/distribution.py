"""Distribution: a folder of Pyodide's own files, made complete, so that it needs no network.

The npm package `pyodide` has the interpreter and a list of wheels (its lock file) but not the
wheels. Those that the classroom needs are copied from the folder or else come from PyPI, at the
versions of the list; what is in neither place is left out of the list, with all that needs it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"

# What the kernel starts with, and what the notebooks import.
KERNEL = ("micropip", "ipython", "jedi", "comm", "piplite", "pyodide-kernel", "ipykernel")
NOTEBOOKS = ("chainrule", "numpy", "hypothesis", "mpmath")

# What is not in Pyodide's list: what it needs, and what is imported.
OTHERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "chainrule": (("graphviz", "mpmath"), ("autograd", "nn")),
    "comm": ((), ("comm",)),
    "graphviz": ((), ("graphviz",)),
    "hypothesis": (("sortedcontainers",), ("hypothesis",)),
    "ipykernel": ((), ("ipykernel",)),
    "piplite": (("micropip",), ("piplite",)),
    "pyodide-kernel": (("comm", "ipython"), ("pyodide_kernel",)),
}
REFUSED = 15  # the seconds that pip may wait for an answer


class Unusable(ValueError):
    """The folder is no distribution of Pyodide, or what the kernel needs cannot be had."""


@dataclass
class Distribution:
    """Pyodide's files in one folder, and the wheels beside them, written down in its lock file.

    `missing` names what neither the folder nor PyPI has for this version of Pyodide.
    """

    source: Path
    target: Path
    lock: dict[str, Any] = field(init=False)
    missing: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        absent = [name for name in (*CORE, LOCK) if not (self.source / name).is_file()]
        if absent:
            raise Unusable(
                f"{self.source} has no {absent[0]}: it is to be a folder of Pyodide's own files, "
                "such as node_modules/pyodide after `npm install pyodide`"
            )
        self.lock = json.loads((self.source / LOCK).read_text(encoding="utf-8"))

    def complete(self, wheels: list[Path]) -> None:
        """Copies the core, brings the wheels, those given among them, and writes the lock file."""
        self.target.mkdir(parents=True, exist_ok=True)
        for name in CORE:
            shutil.copy(self.source / name, self.target)
        for wheel in wheels:
            shutil.copy(wheel, self.target)
        roots = [*KERNEL, *NOTEBOOKS]
        self._download(
            [self._requirement(name) for name in self._closure(roots) if self._simple(name)]
        )
        for root in roots:
            self._bring(root)
        lost = self.missing & {*KERNEL, "chainrule"}
        if lost:
            raise Unusable(
                f"{', '.join(sorted(lost))}: neither in {self.source} nor to be had from PyPI; "
                "is there a network?"
            )
        there = self._closure([root for root in roots if root not in self.missing])
        packages = {name: self._entry(name) for name in there}
        kept = {entry["file_name"] for entry in packages.values()}
        for path in self.target.glob("*.whl"):
            if path.name not in kept:  # it came for something that is missing
                path.unlink()
        text = json.dumps({"info": self.lock["info"], "packages": packages})
        (self.target / LOCK).write_text(text, encoding="utf-8")

    def _needs(self, name: str) -> tuple[str, ...]:
        if name in OTHERS:
            return OTHERS[name][0]
        return tuple(
            one.replace("_", "-").lower() for one in self.lock["packages"][name]["depends"]
        )

    def _closure(self, names: list[str]) -> list[str]:
        """The names and all that they need, what is needed first."""
        found: dict[str, None] = {}

        def visit(name: str) -> None:
            if name not in found:
                for other in self._needs(name):
                    visit(other)
                found[name] = None

        for name in names:
            visit(name)
        return list(found)

    def _bring(self, root: str) -> None:
        """Gets a package and all that it needs, or else notes that it is missing."""
        for name in self._closure([root]):
            if name not in self.missing and not self._found(name):
                self._download([self._requirement(name)])
            if not self._found(name):
                self.missing |= {root, name}
                return

    def _found(self, name: str) -> bool:
        """Whether a wheel is in the target, after a look into the folder."""
        file = self.lock["packages"].get(name, {}).get("file_name", "")
        if file and self._wheel(name) is None and (self.source / file).is_file():
            shutil.copy(self.source / file, self.target)
        return self._wheel(name) is not None

    def _simple(self, name: str) -> bool:
        """Whether PyPI surely has what is not here: one question for all of them saves time."""
        file = self.lock["packages"].get(name, {"file_name": "none-any.whl"})["file_name"]
        return not self._found(name) and file.endswith("none-any.whl")

    def _requirement(self, name: str) -> str:
        known = self.lock["packages"]
        return f"{name}=={known[name]['version']}" if name in known else name

    def _download(self, requirements: list[str]) -> None:
        if not requirements:
            return
        major, minor, _ = self.lock["info"]["python"].split(".")
        platform = f"pyemscripten_{self.lock['info']['abi_version']}_wasm32"
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--only-binary=:all:", "--disable-pip-version-check", f"--timeout={REFUSED}"]
        command += [f"--platform={platform}", "--implementation=cp", f"--abi=cp{major}{minor}"]
        command += [f"--python-version={major}.{minor}", f"--dest={self.target}", *requirements]
        subprocess.run(command, check=False, capture_output=True)  # noqa: S603  our own

    def _wheel(self, name: str) -> Path | None:
        """The wheel of a package in the target, if it is there."""
        start = name.replace("-", "_")
        found = (path for path in self.target.glob("*.whl") if _name(path) == start)
        return next(found, None)

    def _entry(self, name: str) -> dict[str, Any]:
        """What the lock file says of a wheel: its own words, with the hash of the file here."""
        wheel = self._wheel(name)
        if wheel is None:
            raise FileNotFoundError(name)
        needs, imports = OTHERS.get(name, ((), ()))
        fresh = {
            "name": name,
            "depends": needs,
            "imports": imports,
            "install_dir": "site",
            "package_type": "package",
            "unvendored_tests": False,
        }
        known: dict[str, Any] = self.lock["packages"].get(name, fresh)
        return known | {
            "version": wheel.name.split("-")[1],
            "file_name": wheel.name,
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        }


def _name(wheel: Path) -> str:
    """The name in a wheel's file name, as one writes it.

    >>> _name(Path("Jinja2-3.1-py3-none-any.whl")), _name(Path("ruamel.yaml-1-py3-none-any.whl"))
    ('jinja2', 'ruamel_yaml')
    """
    return wheel.name.partition("-")[0].lower().replace(".", "_")
