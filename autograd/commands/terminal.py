"""What the commands share: how they refuse bad input, and how they print."""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import DecimalException
from difflib import get_close_matches
from importlib import metadata
from threading import current_thread, main_thread
from typing import Any, NoReturn

from autograd.draw.characters import clean
from autograd.formula import notation

MOST_SECONDS = 3
AGAIN = 0.1
INTERRUPTED = 130  # the status of a program that Ctrl-C ends
_UNRECOGNIZED = "unrecognized arguments: "  # as argparse begins what it says of them
_LONG_OPTION = re.compile(r"--[a-z]{2}[a-z-]*(=.*)?", re.DOTALL)


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that refuses in one line, and knows what its options are called.

    Its help ends with an `example`, and with what else there is (`also`), as they are written.
    """

    def __init__(self, *, example: str = "", also: str = "", **given: Any) -> None:
        self.flags: set[str] = set()
        self.example, self.also = example, also
        super().__init__(**given, allow_abbrev=False)
        self.add_argument("--version", action=_Version, help="say which version this is")

    def format_help(self) -> str:
        """The help: see argparse."""
        example = f"example:\n  {self.example}" if self.example else ""
        return (
            "\n\n".join(filter(None, [super().format_help().rstrip(), self.also, example])) + "\n"
        )

    def add_argument(self, *names: Any, **given: Any) -> argparse.Action:
        """Adds an argument: see argparse."""
        self.flags |= {name for name in names if name.startswith("-")}
        return super().add_argument(*names, **given)

    def read(self, arguments: Sequence[str]) -> argparse.Namespace:
        """The options and arguments, in any order; what begins with a minus may be a formula."""

        def is_option(text: str) -> bool:
            return text.partition("=")[0] in self.flags or bool(_LONG_OPTION.fullmatch(text))

        # A space keeps a formula from being read as an option.
        return self.parse_intermixed_args(
            [
                f" {text}" if text[:1] == "-" and text != "-" and not is_option(text) else text
                for text in arguments
            ]
        )

    def error(self, message: str) -> NoReturn:
        """One line and status 2: the usage would bury what is wrong."""
        word = message.removeprefix(_UNRECOGNIZED).split()
        if message.startswith(_UNRECOGNIZED) and word[0].startswith("-"):
            option = word[0].partition("=")[0]
            message = f"no option {option}: {nearest(option, self.flags) or '--help lists them'}"
        self.exit(2, f"{self.prog}: {notation.shown(message)}\n")

    def run(self, work: Callable[[], int | None]) -> int:
        """Does the work of a command and returns its status; whatever fails is one line."""
        try:
            with deadline(MOST_SECONDS):
                return work() or 0
        except KeyboardInterrupt:
            return INTERRUPTED
        except ZeroDivisionError:
            self.error("division by zero: exact numbers have no infinity, --numbers float does")
        except DecimalException:  # it says its name at most
            self.error("a result is too large or too small for a Decimal, or not defined")
        except (RecursionError, MemoryError):
            self.error("this is too large")
        except Exception as error:  # noqa: BLE001  whoever types a formula is not helped by a traceback
            self.error(str(error) or type(error).__name__)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raises a TimeoutError in what takes more time of the processor than this.

    Sizes are guarded where they arise; this is for the long expression that is short in digits.
    Where there is no such timer (on Windows, and outside of the main thread) there is no deadline.
    """
    if not hasattr(signal, "setitimer") or current_thread() is not main_thread():
        yield
        return

    def late(*_: object) -> NoReturn:
        raise TimeoutError(
            f"this takes longer than {seconds} seconds: the expression is too long to be shown"
        )

    def ignored(lost: sys.UnraisableHookArgs) -> None:
        if not isinstance(lost.exc_value, TimeoutError):
            sys.__unraisablehook__(lost)

    before, hook = signal.signal(signal.SIGPROF, late), sys.unraisablehook
    sys.unraisablehook = ignored
    # Again and again: Python ignores an error inside of what its garbage collector calls.
    signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        sys.unraisablehook = hook


def nearest(word: str, words: Iterable[str]) -> str:
    """The question whether the nearest of some words was meant, "" if none is near.

    >>> nearest("--lrr", ["--lr", "--set"]), nearest("x", ["--lr"])
    ('did you mean --lr?', '')
    """
    found = get_close_matches(word, sorted(words), 1)
    return f"did you mean {found[0]}?" if found else ""


def significant(text: str | None) -> int | None:
    """What --digits says. Raises ValueError for what is no number of digits.

    >>> significant("4"), significant(None)
    (4, None)
    """
    most = notation.MOST_DIGITS
    if text is not None and not (text.isdecimal() and 1 <= int(text[:6]) <= most):
        raise ValueError(f"--digits takes a whole number from 1 to {most}, not {text.strip()!r}")
    return None if text is None else int(text)


class _Version(argparse.Action):
    """Prints the version of what is installed."""

    def __init__(self, option_strings: Sequence[str], dest: str, **given: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, **given)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        try:
            version = metadata.version("chainrule")
        except metadata.PackageNotFoundError:
            version = "(not installed: run from its source)"
        say([f"chainrule {version}"])
        parser.exit()


def say(lines: Iterable[str]) -> None:
    """Prints lines as the terminal can show them: one that cannot encode ŷ or ∂ gets ASCII."""
    text = "\t".join(map(clean, "\n".join(lines).split("\t")))  # DOT is indented by tabs
    if sys.stdout is None:
        raise OSError("the standard output is closed")
    try:
        print(notation.encodable(text, sys.stdout.encoding), flush=True)
    except OSError as error:
        # Python would try to write the rest once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # the reader has seen enough: `| head`
            raise


def wrote(path: object) -> None:
    """Says which file has been written, and what to do with a page."""
    page = str(path).lower().endswith((".html", ".htm"))
    say([f"wrote {path}" + (": open it in a browser" if page else "")])
