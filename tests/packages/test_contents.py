"""What is in the packages: each file once, and in the source distribution all that git holds."""

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("hatchling", reason="hatchling is not installed")

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "hatchling", "build", "-d", folder]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [wheel], [source] = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, source


def inner(names):
    """The names without the folder that holds all."""
    return {name.partition("/")[2] for name in names}


def test_a_wheel_has_each_file_once(built):
    with zipfile.ZipFile(built[0]) as wheel:
        contents = {name: wheel.read(name) for name in wheel.namelist()}
    tops = {name.partition("/")[0] for name in contents if ".d" not in name.partition("/")[0]}
    assert tops == {"autograd", "nn", "chainrule_hypothesis"}
    code = [text for name, text in contents.items() if name.endswith(".py") and text]
    assert len(code) == len(set(code))
    shared = {Path(name).name for name in contents if "/share/chainrule/notebooks/" in name}
    assert shared == {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}


def test_a_wheel_has_all_that_the_packages_read(built):
    with zipfile.ZipFile(built[0]) as wheel:
        names = set(wheel.namelist())
    for package in ("autograd", "nn"):
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and not {"__pycache__", "plugin"} & set(path.parts):
                assert path.relative_to(ROOT).as_posix() in names


def test_a_source_distribution_has_what_git_has(built):
    done = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("no checkout: this is a source distribution")
    with tarfile.open(built[1]) as source:
        names = inner(source.getnames())
    held = {name for name in done.stdout.splitlines() if (ROOT / name).is_file()}
    assert held <= names
    assert not any("node_modules" in name or name.endswith(".pyc") for name in names)


def test_what_is_said_of_them():
    about = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert about["authors"] == [{"name": "chainrule contributors"}]
    assert "urls" not in about
    said = set(about["classifiers"])
    assert (
        f"Programming Language :: Python :: {about['requires-python'].removeprefix('>=')}" in said
    )
    # A licence is an expression of SPDX: a classifier beside it is an error of the standard.
    assert about["license"] == "MIT" and not any(text.startswith("License") for text in said)
