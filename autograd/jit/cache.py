"""Cache: object code on disk, so that the second process need not compile.

Code from a file is run, so a file is believed only if nobody but its owner, the current user, can
have written it and if its contents are those that were stored under its key.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

# Entries kept: the least recently used beyond this number are removed.
KEPT = 512


def folder() -> Path:
    """The user's own folder for files that can be made again."""
    home = Path.home()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or home / ".cache"
    return Path(base) / "chainrule"


def key(*texts: str) -> str:
    """The name under which code made from these texts is kept."""
    return sha256("\0".join(texts).encode()).hexdigest()


def load(name: str) -> bytes | None:
    """The code stored under `name`, or None if there is none that can be trusted."""
    try:
        if not _private(folder().lstat(), stat.S_ISDIR):
            return None
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(folder() / name, flags), "rb") as file:
            if not _private(os.fstat(file.fileno()), stat.S_ISREG):
                return None
            content = file.read()
        os.utime(folder() / name)
    except OSError:
        return None
    digest, code = content[:32], content[32:]
    return code if digest == _digest(name, code) else None


def store(name: str, code: bytes) -> None:
    """Keeps code under `name`, readable by the owner alone. Without a place to, does nothing."""
    with contextlib.suppress(OSError):
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _private(folder().lstat(), stat.S_ISDIR):
            return
        # Written aside (mkstemp gives it mode 600) and renamed, so that nobody reads half a file.
        handle, aside = tempfile.mkstemp(dir=folder())
        with os.fdopen(handle, "wb") as file:
            file.write(_digest(name, code) + code)
        Path(aside).replace(folder() / name)
        _prune()


def _digest(name: str, code: bytes) -> bytes:
    return sha256(name.encode() + code).digest()


def _private(status: os.stat_result, kind: Callable[[int], bool]) -> bool:
    """Whether a file or folder is what it should be and its owner's alone, who is the user."""
    if not kind(status.st_mode):
        return False
    if not hasattr(os, "getuid"):  # Windows keeps a user's folders from others itself
        return True
    return status.st_uid == os.getuid() and not status.st_mode & 0o077


def _prune() -> None:
    entries = sorted(folder().iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in entries[KEPT:]:
        path.unlink()
