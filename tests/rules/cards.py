"""The report cards of other engines: `python -m tests.rules.cards` writes them into README.md.

Each engine is installed from PyPI into an environment of its own, tested there by `report_on`, and
what was found becomes a table. `--envs FOLDER` keeps the environments, or uses those in it.
"""

import argparse
import platform
import subprocess
import sys
import tempfile
import venv
from datetime import UTC, datetime
from pathlib import Path

from autograd.testing.engines import Report, report_on
from tests.pages import replaced

PAGE = Path(__file__).with_name("README.md")

# What is tested, its name here, what pip installs, and which packages' versions count.
ENGINES = {
    "micrograd": ("micrograd.engine:Value", "micrograd", ["micrograd"], "micrograd"),
    "hips": ("hips", "HIPS autograd", ["autograd[scipy]"], "autograd"),
    "mygrad": ("mygrad", "MyGrad", ["mygrad"], "mygrad"),
    "torch": ("torch", "PyTorch", ["torch"], "torch"),
    "jax": ("jax", "JAX", ["jax"], "jax"),
    "tinygrad": ("tinygrad", "tinygrad", ["tinygrad"], "tinygrad"),
}


def main(argv=None):
    parser = argparse.ArgumentParser(prog="python -m tests.rules.cards", description=__doc__)
    parser.add_argument("engines", nargs="*", help=f"of {', '.join(ENGINES)}; all if none is given")
    parser.add_argument("--envs", help="a folder for the environments, one each")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for one check")
    options = parser.parse_args(argv)
    unknown = [name for name in options.engines if name not in ENGINES]
    if unknown:
        parser.error(f"no such engine: {unknown[0]} (must be one of {', '.join(ENGINES)})")
    with tempfile.TemporaryDirectory() as folder:
        for name in options.engines or ENGINES:
            target, title, packages, counted = ENGINES[name]
            python = interpreter(Path(options.envs or folder) / name, packages)
            print(f"{title} …", flush=True)
            report = report_on(target, python=str(python), limit=options.limit)
            text = replaced(
                PAGE.read_text(encoding="utf-8"),
                f"card {name}",
                card(title, version(python, counted), report),
            )
            PAGE.write_text(text, encoding="utf-8")
            print(f"  {report.summary} in {report.seconds:.0f} s", flush=True)


def interpreter(folder, packages):
    """The Python of an environment that has the packages, made where it is not there yet."""
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return python


def version(python, package):
    """The version of a package in another environment."""
    script = f"from importlib.metadata import version; print(version({package!r}))"
    done = subprocess.run([python, "-c", script], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def card(title: str, number: str, report: Report) -> str:
    """The card of one engine: what is wrong, what is inaccurate, each with a line that shows it."""
    inaccurate = [fault for fault in report.faults if fault.verdict == "inaccurate"]
    today = datetime.now(UTC).date().isoformat()
    counts = f"{len(report.wrong)} wrong, {len(inaccurate)} inaccurate, {report.passed:,} right"
    measured = f"({today}, CPython {platform.python_version()})"
    opening = f"Each line comes after `{report.opening}`."
    lines = [f"### {title} {number}", "", f"{counts} {measured}. {opening}", ""]
    for heading, faults in (("wrong", report.wrong), ("inaccurate", inaccurate)):
        if faults:
            lines += [f"| {heading} | where | line | gives | right |", "|---|---|---|---|---|"]
            lines += [row(fault) for fault in faults]
            lines.append("")
    for heading, notes in (
        ("Conventions", report.conventions),
        ("Unchecked", report.unchecked),
        ("Not there", [f"`{label}`" for label in report.missing]),
    ):
        if notes:
            lines += [f"{heading}: {'; '.join(notes)}.", ""]
    return "\n".join(lines)


def row(fault):
    """A fault as a row of the table."""
    line = f"{fault.one_line}; {fault.shows}" if fault.shows else fault.one_line
    what = f"{fault.what} ({fault.why})" if fault.why else fault.what
    found = str(fault.found).replace("*", "\\*")
    cells = (what.replace("*", "\\*"), fault.region, f"`{line}`", found, fault.right)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    main()
