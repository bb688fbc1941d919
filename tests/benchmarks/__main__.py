"""Measures, and writes what it finds into this folder's README.md: `python -m tests.benchmarks`.

`python -m tests.benchmarks jit growth` runs `bench_jit.py` and `bench_growth.py`; without a name it
runs all that have a place in the page. What a benchmark prints stands there between its two marks,
with the date, the processor and the Python. Other arguments are handed on, as in
`python -m tests.benchmarks ulp --jax PYTHON`.
"""

import argparse
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.pages import replaced

PAGE = Path(__file__).with_name("README.md")
ROOT = PAGE.parents[2]
# Lines of pytest itself, among what a test prints.
NOISE = re.compile(r"[.sF]+(\s*\[ *\d+%\])?|=+ .* =+|SKIPPED .*|\d+ passed.*")


def main(argv=None):
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    known = places(PAGE.read_text(encoding="utf-8"))
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(known)}")
    options, others = parser.parse_known_args(argv)
    for name in options.names:
        if name not in known:
            parser.error(f"no such benchmark: {name} (must be one of {', '.join(known)})")
    for name in options.names or known:
        print(f"{name} …", flush=True)
        section = block(output(name, others))
        text = PAGE.read_text(encoding="utf-8")  # it may have been edited meanwhile
        PAGE.write_text(replaced(text, f"bench {name}", section), encoding="utf-8")


def places(text):
    """The benchmarks that have a place in the page, in its order."""
    return re.findall(r"^<!-- bench (\w+) -->$", text, re.MULTILINE)


def command(name, others=()):
    """How a benchmark is run: those with a `main` by themselves, the others by pytest."""
    path = Path(__file__).with_name(f"bench_{name}.py")
    if "\ndef main(" in path.read_text(encoding="utf-8"):
        return ["-m", f"tests.benchmarks.{path.stem}", *others]
    return ["-m", "pytest", "-q", "-p", "no:cacheprovider", str(path.relative_to(ROOT)), *others]


def output(name, others):
    """What a benchmark prints. One that fails ends the program."""
    done = subprocess.run(
        [sys.executable, *command(name, others)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stdout}")
    return done.stdout


def block(printed):
    """What is printed, as the page has it: a table as it is, other lines as they stand."""
    lines = [line.rstrip() for line in printed.splitlines() if not NOISE.fullmatch(line.strip())]
    if not any(line.startswith("|") for line in lines):
        lines = ["```text", *"\n".join(lines).strip("\n").splitlines(), "```"]
    return "\n".join([*lines, "", f"({measured()})", ""])


def measured():
    """When and on what."""
    today = datetime.now(UTC).date().isoformat()
    return f"{today}, {processor()}, CPython {platform.python_version()}"


def processor():
    """The name of the processor, as far as the system says it."""
    info = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*: (.+)$", info.read_text(), re.M) if info.exists() else None
    return found[1] if found else platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
