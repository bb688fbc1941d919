"""Wheel: the package that runs, as a file that a browser installs.

It is packed from the very files that are imported, a checkout's or an installation's: no build
tool, no network, and what the page runs is what the command ran.
"""

from __future__ import annotations

import base64
import hashlib
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import autograd

HOME = Path(autograd.__file__).parents[1]
NAME = "chainrule"
PACKAGES = ("autograd", "nn")
WHEEL = "Wheel-Version: 1.0\nGenerator: chainrule\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever it is packed


def pack(folder: Path) -> Path:
    """Writes the wheel into a folder and returns where it is."""
    version, requires = _described()
    lines = [f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {version}", "Requires-Python: >=3.11"]
    about = "\n".join([*lines, *(f"Requires-Dist: {one}" for one in requires), ""])
    info = f"{NAME}-{version}.dist-info"
    files = {path.relative_to(HOME).as_posix(): path.read_bytes() for path in _files()}
    files |= {f"{info}/METADATA": about.encode(), f"{info}/WHEEL": WHEEL.encode()}
    record = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    path = folder / f"{NAME}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)
    return path


def _files() -> list[Path]:
    found = (path for package in PACKAGES for path in (HOME / package).rglob("*"))
    return sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)


def _described() -> tuple[str, list[str]]:
    """The version and the requirements: of the checkout if this is one, else as installed."""
    project = HOME / "pyproject.toml"
    if project.is_file():
        said = tomllib.loads(project.read_text(encoding="utf-8")).get("project", {})
        if said.get("name") == NAME:
            return said["version"], said["dependencies"]
    found = metadata.distribution(NAME)
    return found.version, [one for one in found.requires or [] if "extra ==" not in one]


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
