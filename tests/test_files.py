"""Files: written completely or not at all, and nothing left beside them."""

import errno
import io
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from autograd import Value, draw, files, live, steps
from tests.together import in_threads

ROOT = Path(__file__).parent.parent
OLD, NEW = b"what was there before", b"what comes after it, which is longer" * 1000

unix = pytest.mark.skipif(sys.platform == "win32", reason="modes and links are Unix's")


@pytest.fixture
def target(tmp_path):
    path = tmp_path / "a.svg"
    path.write_bytes(OLD)
    return path


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_it_is_written_and_nothing_else(target):
    files.write(target, NEW)
    files.write(target.with_name("ü.txt"), "∂ε\n")
    assert contents(target.parent) == {"a.svg": NEW, "ü.txt": "∂ε\n".encode()}


@pytest.mark.parametrize("name", ["write", "fsync", "chmod", "replace"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), MemoryError, KeyboardInterrupt])
def test_whatever_fails_leaves_what_was_there(target, monkeypatch, name, error):
    """At every call of the system that writing makes."""

    def fail(*_, **__):
        raise error

    if name == "write":
        monkeypatch.setattr(os, "fdopen", lambda handle, mode: Failing(handle, error))
    else:
        monkeypatch.setattr(Path if name in ("chmod", "replace") else os, name, fail)
    raised = type(error) if isinstance(error, OSError) else error
    if name == "chmod" and raised is OSError:
        files.write(target, NEW)  # a file system without modes
        return
    with pytest.raises(raised):
        files.write(target, NEW)
    assert contents(target.parent) == {"a.svg": OLD}


class Failing:
    """A file on a disk that is full after a few bytes."""

    def __init__(self, handle, error):
        self.file, self.error = io.FileIO(handle, "wb"), error

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def fileno(self):
        return self.file.fileno()

    def write(self, data):
        self.file.write(data[:100])
        raise self.error


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_what_is_no_file_is_written_to_as_it_is(tmp_path):
    files.write(os.devnull, NEW)
    assert Path(os.devnull).is_char_device()
    with pytest.raises(OSError, match=r"No space left on device \(make room.*'/dev/full'"):
        files.write("/dev/full", NEW)
    os.mkfifo(tmp_path / "pipe")
    found = []
    reader = threading.Thread(target=lambda: found.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    files.write(tmp_path / "pipe", NEW)
    reader.join()
    assert found == [NEW]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none/a.svg", r"No such file or directory \(make the folder first, or name one"),
        ("a.svg/b.svg", r"Not a directory \(what stands before the last part is a file"),
        ("", r"Is a directory \(name a file in this folder\)"),
        ("x" * 300, r"File name too long \(choose a shorter name\)"),
    ],
)
@unix
def test_errors_name_the_file_and_the_way_out(target, name, message):
    path = target.parent / name
    with pytest.raises(OSError, match=message) as raised:
        files.write(path, NEW)
    assert raised.value.filename == str(path)
    assert contents(target.parent) == {"a.svg": OLD}


@unix
def test_a_file_that_must_not_be_written_is_not(target, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may do everything
    with pytest.raises(PermissionError, match=r"a file and a folder that you may write to\): '.*a"):
        files.write(target, NEW)
    assert contents(target.parent) == {"a.svg": OLD}


@unix
def test_modes_and_links_are_kept(target):
    target.chmod(0o604)
    link = target.with_name("link.svg")
    link.symlink_to(target.name)
    files.write(link, NEW)
    assert link.is_symlink()
    assert target.read_bytes() == NEW
    assert stat.S_IMODE(target.stat().st_mode) == 0o604
    files.write(target, NEW, private=True)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    before = os.umask(0o027)
    try:
        files.write(target.with_name("new"), NEW)
        files.write(target.with_name("own"), NEW, private=True)
    finally:
        os.umask(before)
    assert stat.S_IMODE(target.with_name("new").stat().st_mode) == 0o640
    assert stat.S_IMODE(target.with_name("own").stat().st_mode) == 0o600


@unix
def test_the_longest_names_are_written(tmp_path):
    names = ["x" * 255, "ü" * 127, "∂" * 85, ".", "[a]*?", "-"]
    for name in names:
        if name != ".":
            files.write(tmp_path / name, NEW)
    assert len(contents(tmp_path)) == len(names) - 1


KILLED = """
import os, signal, sys
from pathlib import Path
from autograd import Value, draw, files, live, steps
Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
files.write(sys.argv[1], b"half" * 1000)
"""


@unix
def test_what_a_killed_process_left_is_removed_at_the_next_save(target):
    done = subprocess.run([sys.executable, "-c", KILLED, str(target)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert target.read_bytes() == OLD
    assert len(contents(target.parent)) == 2
    other = target.with_name(".a.svg.backup")
    other.write_bytes(OLD)
    files.write(target.with_name("b.svg"), NEW)  # another file's are left to that file
    assert len(contents(target.parent)) == 4
    files.write(target, NEW)
    assert contents(target.parent) == {"a.svg": NEW, "b.svg": NEW, other.name: OLD}


def test_several_threads_write_one_file(target):
    """None takes what another still writes for left behind; a reader finds one of them whole."""

    def work(k):
        for _ in range(20):
            files.write(target, bytes([k]) * 9999, private=True)
            assert len({*target.read_bytes()}) == 1

    in_threads(work)
    assert len(contents(target.parent)) == 1


@pytest.mark.parametrize(
    ("path", "error", "words"),
    [
        ("", ValueError, "empty"),
        ("zz.html/", ValueError, "names a folder: name a file, such as zz.html"),
        (None, TypeError, "not None"),
    ],
)
def test_what_names_no_file_is_refused(path, error, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    a = Value(3, "a")
    for made in (draw, steps, live):
        if path is not None or made is not draw:  # without a name, the graphviz package has one
            with pytest.raises(error, match=words):
                made(a * a).save(path)
    assert not [*tmp_path.iterdir()]
