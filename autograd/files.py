"""Files: written completely or not at all, whatever comes in between."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:  # Windows, which removes no file that is open, and WebAssembly, one process
    fcntl: Any = None  # type: ignore[no-redef]

# What to do about an error of the system.
_MAY = "name a file and a folder that you may write to"
_ROOM = "make room; what stood there before still does"
_WAYS_OUT = {
    errno.ENOENT: "make the folder first, or name one that exists",
    errno.ENOTDIR: "what stands before the last part is a file, not a folder",
    errno.EISDIR: "name a file in this folder",
    errno.EACCES: _MAY,
    errno.EPERM: _MAY,
    errno.EROFS: _MAY,
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.ENAMETOOLONG: "choose a shorter name",
}


def write(path: str | os.PathLike[str], data: bytes | str, *, private: bool = False) -> None:
    """Writes a file, text as UTF-8, completely or not at all.

    It is written beside its place and then put there, so that whoever reads it meanwhile finds the
    old or the new one. An error, a full disk or Ctrl-C leaves what was there and nothing else; what
    a process left behind that was killed is removed when the file is next written. A link is
    followed and a file's mode kept. What is no file, such as a pipe, is written to as it is. A
    `private` file is for its owner alone, and what it holds can be made again: nobody waits until
    it is on the disk. Raises OSError that names the file and what helps.

    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> write(folder / "a.txt", "text")
    >>> [(path.name, path.read_text()) for path in folder.iterdir()]
    [('a.txt', 'text')]
    """
    content = data.encode() if isinstance(data, str) else data
    try:
        given = Path(path)
        if given.exists() and not given.is_file():  # behind /dev/stdout may be a pipe, of no path
            given.write_bytes(content)
            return
        target = given.resolve()
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        _remove_left(target)
        while not _put(target, content, private=private):
            pass
    except OSError as error:
        way = _WAYS_OUT.get(error.errno or 0)
        said = f"{error.strerror} ({way})" if way else error.strerror
        raise OSError(error.errno, said, os.fspath(path)) from None


def place(path: str | os.PathLike[str]) -> Path:
    """The path of a file to write, as it was named.

    Raises ValueError for an empty one and for that of a folder, TypeError for what is no path.

    >>> place("a.html").name
    'a.html'
    >>> place("a.html/")
    Traceback (most recent call last):
    ValueError: 'a.html/' names a folder: name a file, such as a.html
    """
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"name a file to write, such as 'a.html', not {path!r}")
    text = os.fspath(path)
    if not text:
        raise ValueError("the name of the file is empty: give one, such as 'a.html'")
    if text[-1] in (os.sep, os.altsep):
        raise ValueError(f"{text!r} names a folder: name a file, such as {Path(text).name or 'a'}")
    return Path(path)


def _put(target: Path, content: bytes, *, private: bool) -> bool:
    """Writes a file; False if somebody took what was not yet in its place for left behind."""
    written = target.with_name(_beside(target) + os.urandom(16).hex())
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(written, flags, 0o600 if private else 0o666), "wb") as file:
            with contextlib.suppress(OSError):  # not every file system has locks
                _lock(file)
            file.write(content)
            if not private:
                file.flush()
                os.fsync(file.fileno())
        with contextlib.suppress(OSError):  # a new file, or a file system without modes
            written.chmod(0o600 if private else target.stat().st_mode & 0o7777)
        with contextlib.suppress(FileNotFoundError):
            written.replace(target)
            return True
        return False
    finally:
        written.unlink(missing_ok=True)


def _beside(target: Path) -> str:
    """How the names begin under which a file is written, before 32 digits."""
    return f".{target.name[:50]}."


def _remove_left(target: Path) -> None:
    """Removes what was half written when its process was killed: whoever writes has a lock."""
    for path in target.parent.glob(glob.escape(_beside(target)) + "[0-9a-f]" * 32):
        with contextlib.suppress(OSError):
            if fcntl is not None:
                with path.open("rb") as file:
                    _lock(file)
                    path.unlink()
            else:
                path.unlink()


def _lock(file: Any) -> None:
    """Takes the lock of an open file. Raises OSError if another has it."""
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
