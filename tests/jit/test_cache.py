"""Code on disk: found again, and never believed if anybody else could have written it."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from autograd import jit
from autograd.jit import cache
from autograd.jit.llvm import machine

ROOT = Path(__file__).parent.parent.parent

unix = pytest.mark.skipif(not hasattr(os, "getuid"), reason="owners and modes are Unix's")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)


@pytest.fixture
def compilations(monkeypatch):
    texts = []
    compiled = machine.compiled
    monkeypatch.setattr(machine, "compiled", lambda text: texts.append(text) or compiled(text))
    return texts


def square():
    return jit(lambda x: x * x, backend="llvm")


def entry():
    (path,) = cache.folder().iterdir()
    return path


def test_the_second_program_is_not_compiled(compilations):
    assert square()(3.0) == square()(3.0) == 9.0
    assert len(compilations) == 1
    assert jit(lambda x: x * x, backend="llvm", fastmath=True)(3.0) == 9.0
    assert len(compilations) == 2


@unix
def test_entries_are_the_owners_alone():
    square()(3.0)
    assert stat.S_IMODE(cache.folder().stat().st_mode) == 0o700
    assert stat.S_IMODE(entry().stat().st_mode) == 0o600


@pytest.mark.parametrize("place", [0, 40, -1])
def test_a_corrupt_entry_is_rebuilt(compilations, place):
    square()(3.0)
    good = entry().read_bytes()
    bad = bytearray(good)
    bad[place] ^= 1
    entry().write_bytes(bad)
    assert square()(3.0) == 9.0
    assert len(compilations) == 2
    assert entry().read_bytes()[:32] == good[:32]


@pytest.mark.parametrize("content", [b"", b"short", b"\0" * 100])
def test_an_entry_of_something_else_is_rebuilt(compilations, content):
    square()(3.0)
    entry().write_bytes(content)
    assert square()(3.0) == 9.0
    assert len(compilations) == 2


def test_an_entry_under_another_name_is_not_run(compilations):
    square()(3.0)
    first = entry()
    cube = jit(lambda x: x * x * x, backend="llvm")
    cube(2.0)
    (second,) = (path for path in cache.folder().iterdir() if path != first)
    second.write_bytes(first.read_bytes())
    assert jit(lambda x: x * x * x, backend="llvm")(2.0) == 8.0
    assert len(compilations) == 3


@unix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o622])
def test_what_others_may_touch_is_not_believed(compilations, mode):
    square()(3.0)
    entry().chmod(mode)
    square()(3.0)
    assert len(compilations) == 2
    assert stat.S_IMODE(entry().stat().st_mode) == 0o600
    cache.folder().chmod(0o777)
    square()(3.0)
    square()(3.0)
    assert len(compilations) == 4


@unix
def test_what_somebody_else_owns_is_not_believed(compilations, monkeypatch):
    square()(3.0)
    monkeypatch.setattr(os, "getuid", lambda: entry().stat().st_uid + 1)
    assert square()(3.0) == 9.0
    assert len(compilations) == 2


@unix
def test_a_link_is_not_followed(compilations, tmp_path):
    square()(3.0)
    path = entry()
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert square()(3.0) == 9.0
    assert len(compilations) == 2


def test_without_a_folder_everything_works(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setattr(cache, "folder", lambda: tmp_path / "file" / "folder")
    assert square()(3.0) == 9.0


@unix
def test_a_user_without_a_home_has_no_folder(compilations, monkeypatch):
    import pwd

    def nobody(uid):
        raise KeyError(uid)

    monkeypatch.undo()
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert cache.folder() is None
    assert square()(3.0) == 9.0


@unix
def test_without_a_home_the_named_folder_is_used(monkeypatch, tmp_path):
    def nobody():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    assert square()(3.0) == 9.0
    if sys.platform != "darwin":
        assert cache.folder() == tmp_path / "chainrule"
        assert entry().exists()


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="XDG is for the others")
@pytest.mark.parametrize("name", ["rel", "./rel", ""])
def test_a_relative_folder_is_ignored(monkeypatch, tmp_path, name):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("XDG_CACHE_HOME", name)
    assert square()(3.0) == 9.0
    assert cache.folder() == tmp_path / ".cache" / "chainrule"
    assert not [*(tmp_path / "here").iterdir()]
    monkeypatch.setattr(Path, "home", lambda: Path("home"))
    assert cache.folder() is None


def test_old_entries_are_removed(monkeypatch):
    monkeypatch.setattr(cache, "KEPT", 3)
    for k in range(5):
        cache.store(cache.key(str(k)), b"code")
    assert len([*cache.folder().iterdir()]) == 3
    assert cache.load(cache.key("4")) == b"code"


def test_the_processor_and_the_version_are_in_the_key():
    assert cache.key("a", "b") != cache.key("a", "c")
    assert cache.key("a", "b") != cache.key("ab", "")
    import llvmlite

    assert llvmlite.__version__ in machine.describe()
    assert machine.llvm().get_host_cpu_name() in machine.describe()


def test_another_process_finds_it(tmp_path):
    script = (
        "from autograd import jit; from autograd.jit.llvm import machine\n"
        "made = []; old = machine.compiled\n"
        "machine.compiled = lambda text: made.append(1) or old(text)\n"
        "print(jit(lambda x: x * x, backend='llvm')(3.0), len(made))"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    outputs = [
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**environment, "HOME": str(tmp_path)},
        ).stdout.split()
        for _ in range(2)
    ]
    assert outputs == [["9.0", "1"], ["9.0", "0"]]
