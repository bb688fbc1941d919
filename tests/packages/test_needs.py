"""What installing needs: one package, and a second one only where that has a wheel."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# The machines that graphviz-pure 0.2.2 has wheels for, as its page on PyPI lists them.
WHEELS = {
    ("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "x86_64"), ("darwin", "arm64"),
    ("win32", "AMD64"), ("win32", "ARM64"),
}  # fmt: skip
OTHERS = {
    ("linux", "armv7l"), ("linux", "i686"), ("linux", "ppc64le"), ("linux", "riscv64"),
    ("win32", "x86"), ("emscripten", "wasm32"), ("freebsd14", "amd64"), ("android", "armv8l"),
}  # fmt: skip


@pytest.mark.parametrize("machine", sorted(WHEELS | OTHERS), ids="-".join)
def test_a_package_is_needed_where_it_has_a_wheel(machine):
    here = dict(zip(("sys_platform", "platform_machine"), machine, strict=True))
    needs = [*map(Requirement, PROJECT["dependencies"])]
    found = {it.name for it in needs if it.marker is None or it.marker.evaluate(here)}
    assert found == {"graphviz", "graphviz-pure"} if machine in WHEELS else found == {"graphviz"}


def test_each_python_that_is_named_is_allowed():
    allowed = SpecifierSet(PROJECT["requires-python"])
    names = [
        text.rpartition(" :: ")[2] for text in PROJECT["classifiers"] if "Python :: 3." in text
    ]
    assert names and all(name in allowed for name in names)
