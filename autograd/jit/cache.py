"""Cache: object code on disk, so that the second process need not compile.

Code from a file is run, so a file is believed only if nobody but its owner, the current user, can
have written it and if its contents are those that were stored under its key.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from autograd.files import write

# Entries kept: the least recently used beyond this number are removed.
KEPT = 512


_PLACES = {
    "win32": ("LOCALAPPDATA", "AppData/Local"),
    "darwin": ("", "Library/Caches"),
}


def folder() -> Path | None:
    """The user's own folder for files that can be made again; None for a user without a home."""
    variable, inside = _PLACES.get(sys.platform, ("XDG_CACHE_HOME", ".cache"))
    base = Path(os.environ.get(variable, ""))
    if not base.is_absolute():  # the XDG specification says to ignore a relative one
        try:
            base = Path.home() / inside
        except RuntimeError:
            return None
    return base / "chainrule" if base.is_absolute() else None


def key(*texts: str) -> str:
    """The name under which code made from these texts is kept."""
    return sha256("\0".join(texts).encode()).hexdigest()


def load(name: str) -> bytes | None:
    """The code stored under `name`, or None if there is none that can be trusted."""
    place = folder()
    if place is None:
        return None
    try:
        if not _private(place.lstat(), stat.S_ISDIR):
            return None
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(place / name, flags), "rb") as file:
            if not _private(os.fstat(file.fileno()), stat.S_ISREG):
                return None
            content = file.read()
        os.utime(place / name)
    except OSError:
        return None
    digest, code = content[:32], content[32:]
    return code if digest == _digest(name, code) else None


def store(name: str, code: bytes) -> None:
    """Keeps code under `name`, readable by the owner alone. Without a place to, does nothing."""
    place = folder()
    if place is None:
        return
    with contextlib.suppress(OSError):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _private(place.lstat(), stat.S_ISDIR):
            return
        write(place / name, _digest(name, code) + code, private=True)
        _prune(place)


def _digest(name: str, code: bytes) -> bytes:
    return sha256(name.encode() + code).digest()


def _private(status: os.stat_result, kind: Callable[[int], bool]) -> bool:
    """Whether a file or folder is what it should be and its owner's alone, who is the user."""
    if not kind(status.st_mode):
        return False
    if not hasattr(os, "getuid"):  # Windows keeps a user's folders from others itself
        return True
    return status.st_uid == os.getuid() and not status.st_mode & 0o077


def _prune(place: Path) -> None:
    entries = sorted(place.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in entries[KEPT:]:
        path.unlink()
