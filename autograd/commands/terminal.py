"""What the commands share: how they refuse bad input, and how they print."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

from autograd.formula import notation


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that refuses in one line, and knows what its options are called."""

    def __init__(self, **given: Any) -> None:
        self.flags: set[str] = set()
        super().__init__(**given)

    def add_argument(self, *names: Any, **given: Any) -> argparse.Action:
        """Adds an argument: see argparse."""
        self.flags |= {name for name in names if name.startswith("-")}
        return super().add_argument(*names, **given)

    def error(self, message: str) -> NoReturn:
        """One line and status 2: the usage would bury what is wrong."""
        self.exit(2, f"{self.prog}: {message}\n")


def say(lines: Iterable[str]) -> None:
    """Prints lines as the terminal can show them: one that cannot encode ŷ or ∂ gets ASCII."""
    text = "\n".join(lines)
    try:
        print(notation.encodable(text, sys.stdout.encoding), flush=True)
    except BrokenPipeError:  # the reader has seen enough: `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
