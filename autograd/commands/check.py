"""The command that tests an autodiff engine."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from autograd.commands.terminal import Parser, nearest, say
from autograd.files import write


def main(argv: Sequence[str]) -> int:
    """Tests an engine and prints the report; the status is 0 only if nothing is wrong, else 1."""
    parser = _parser()
    options = parser.parse_args(argv)
    for path in (options.html, options.json):
        if path is not None and not Path(path).absolute().parent.is_dir():
            parser.error(f"no such folder: {Path(path).parent}")
    try:
        from autograd.testing.engines import page, report_on
    except ImportError as error:
        parser.error(str(error))
    try:
        report = report_on(
            options.engine,
            names=_names(options.names),
            python=options.python or sys.executable,
            limit=_positive("--limit", options.limit),
            max_ulp=_positive("--ulp", options.ulp),
            longest=_whole("--longest", options.longest),
            progress=_told if sys.stderr.isatty() else str,
        )
        if options.html is not None:
            write(options.html, page.document(report))
        if options.json is not None:
            write(options.json, report.json() + "\n")
    except (ValueError, OSError) as error:
        parser.error(f"{error}{_way_out(options.engine, error)}")
    say(report.lines())
    return int(bool(report.faults if options.strict else report.wrong))


def _way_out(engine: str, error: Exception) -> str:
    """What else may be meant, or where a framework is that was not found."""
    from autograd.testing.engines.adapters import ADAPTERS
    from autograd.testing.engines.isolation import LoadError

    if engine in ADAPTERS:
        title = ADAPTERS[engine].title
        return f"; --python PATH takes one that has {title}" * isinstance(error, LoadError)
    asked = "" if ":" in engine else nearest(engine, ADAPTERS)
    return asked and f"; {asked}"


def _parser() -> Parser:
    parser = Parser(
        prog="chainrule check",
        description="Tests an autodiff engine: each operation, both sides of each operator, "
        "graphs, passes, depth and kinds of numbers. The class runs in a process of its own.",
        example="python -m autograd check my_engine.py:Value --html report.html",
        epilog="The exit status is 0 only if nothing is wrong, 1 otherwise, 2 for bad arguments.",
    )
    parser.add_argument(
        "engine",
        help="my_engine.py:Value, package.module:Value, or torch, jax, hips, mygrad or tinygrad",
    )
    parser.add_argument(
        "--names",
        default="",
        metavar="PART=NAME,…",
        help="what is called otherwise: data=value,grad=gradient,backward=backprop,log=ln",
    )
    parser.add_argument("--html", metavar="FILE", help="the report as a page with pictures")
    parser.add_argument("--json", metavar="FILE", help="the report for machines")
    parser.add_argument("--python", metavar="PATH", help="the interpreter that has the engine")
    parser.add_argument("--limit", default="10", metavar="SECONDS", help="for one check (10)")
    parser.add_argument("--ulp", default="16", metavar="N", help="beyond it is inaccurate (16)")
    parser.add_argument(
        "--longest",
        metavar="N",
        help="operations in the long chain (10000); 500 accepts a walk by recursion",
    )
    parser.add_argument("--strict", action="store_true", help="status 1 if inaccurate, too")
    return parser


def _names(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, called = (word.strip() for word in part.partition("="))
        if not equals or not name.isidentifier() or not called.isidentifier():
            raise ValueError(f"--names takes PART=NAME, such as data=value, not {part!r}")
        found[name] = called
    return found


def _positive(option: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ValueError(f"{option} takes a number above 0, not {text!r}")
    return number


def _whole(option: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise ValueError(f"{option} takes a whole number above 0, not {text!r}")
    return int(text)


def _told(what: str) -> None:
    """One line that shows what is being checked, written over again and again."""
    sys.stderr.write(f"\r\x1b[2K{what[:70]}\r")
    sys.stderr.flush()
