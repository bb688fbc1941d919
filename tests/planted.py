"""Planted faults: one mistake at a time in a copy of the project, each of which the tests must see.

`python -m tests.planted [name…] [--jobs N]` copies the project, sees that the tests named by the
faults pass there, puts one fault after the other (see `tests.faults`) into a copy of its own, runs
that fault's tests in a process of their own, and prints which test saw it. The exit status is 1 if
any fault survives. A fault alone: `python -m tests.planted NAME`.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tests.faults import FAULTS

ROOT = Path(__file__).parent.parent
# What the tests of a copy need.
COPIED = ("autograd", "nn", "tests", "pyproject.toml", "README.md")
COMMAND = "python -m tests.planted"
# In a copy Hypothesis draws the same examples each time, and makes none of them smaller.
SETTINGS = """
from hypothesis import Phase, settings

phases = [Phase.explicit, Phase.generate]
settings.register_profile(
    "planted", phases=phases, derandomize=True, deadline=None, database=None
)
settings.load_profile("planted")
"""
# Seconds for the tests of one fault: what takes longer has not been seen.
LIMIT = 600
# The status of a fault whose tests fail without it.
ALREADY = "already"


@dataclass(frozen=True)
class Outcome:
    """What the tests said: the first that failed ("" if none did), the seconds, the output."""

    status: int | str | None
    failed: str
    seconds: float
    output: str

    @property
    def caught(self):
        return (self.status == 1 and bool(self.failed)) or self.crashed

    @property
    def crashed(self):
        return isinstance(self.status, int) and self.status < 0

    @property
    def verdict(self):
        if self.caught:
            return f"caught by {self.failed or 'a crash'}"
        if self.status == ALREADY:
            return f"UNTESTED: without the fault, too, this fails: {self.failed}"
        if self.status == 0:
            return "SURVIVED"
        return "SURVIVED (no verdict)" if self.status else "SURVIVED (time limit)"


def copied(source, target):
    """A copy of the project."""
    target.mkdir()
    for name in COPIED:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name)
        else:
            shutil.copy2(source / name, target / name)
    (target / "conftest.py").write_text(SETTINGS, encoding="utf-8")
    return target


def changed(fault, root=ROOT):
    """The text of the fault's file with the fault in it."""
    text = (root / fault.file).read_text(encoding="utf-8")
    if text.count(fault.text) != 1:
        raise LookupError(
            f"{fault.name}: {fault.file} has {text.count(fault.text)} times {fault.text!r}, which "
            "should stand there once: mend the list in tests/faults.py"
        )
    return text.replace(fault.text, fault.instead)


def plant(fault, folder):
    """Puts a fault into a copy, where nothing of the file as it was is left."""
    path = folder / fault.file
    path.write_text(changed(fault, folder), encoding="utf-8")
    for old in path.parent.glob(f"__pycache__/{path.stem}.*"):
        old.unlink()


def ran(folder, tests, limit=LIMIT):
    """The outcome of some tests in a copy."""
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-x", "-rfE", "--no-header", "--tb=short"),
        *("-p", "no:cacheprovider", "-p", "no:xdist", *tests),
    ]
    own = {"PYTHONPATH": str(folder), "PYTHONHASHSEED": "0", "PYTEST_ADDOPTS": ""}
    own["XDG_CACHE_HOME"] = str(folder.parent / "cache")
    start = time.monotonic()
    with subprocess.Popen(
        command, cwd=folder, env=os.environ | own, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        try:
            output, status = process.communicate(timeout=limit)[0], process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, status = process.communicate()[0], None
    found = re.search(r"^(?:FAILED|ERROR) (\S+?(?:\[.*?\])?)(?: - |$)", output, re.MULTILINE)
    return Outcome(status, found[1] if found else "", time.monotonic() - start, output)


def outcome(fault, clean, before, limit=LIMIT):
    """What the tests say to one fault, in a copy of the `clean` copy, if they pass there."""
    if before[fault.tests].status != 0:
        return replace(before[fault.tests], status=ALREADY)
    with tempfile.TemporaryDirectory(dir=clean.parent) as folder:
        copy = copied(clean, Path(folder, "copy"))
        plant(fault, copy)
        return ran(copy, fault.tests, limit)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help="faults; all of them if none")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="at one time")
    given = parser.parse_args(arguments)
    known = {fault.name: fault for fault in FAULTS}
    for name in given.names:
        if name not in known:
            parser.error(f"no fault is called {name!r}: see tests/faults.py")
    faults = [known[name] for name in dict.fromkeys(given.names)] or [*FAULTS]
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(given.jobs) as pool:
        clean = copied(ROOT, Path(folder, "clean"))
        selections = [*dict.fromkeys(fault.tests for fault in faults)]
        before = dict(zip(selections, pool.map(partial(ran, clean), selections), strict=True))
        print("| fault | of what kind | seconds | verdict |\n|---|---|---:|---|", flush=True)
        survivors = []
        judged = pool.map(partial(outcome, clean=clean, before=before), faults)
        for fault, found in zip(faults, judged, strict=True):
            cells = fault.name, fault.kind, f"{found.seconds:.0f}", found.verdict
            print(f"| {' | '.join(cells)} |", flush=True)
            survivors += [] if found.caught else [fault]
    caught, seconds = len(faults) - len(survivors), time.monotonic() - start
    print(f"\n{len(faults)} faults, {caught} caught, {len(survivors)} survived, {seconds:.0f} s")
    for fault in survivors:
        print(f"again: {COMMAND} {fault.name!r}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
