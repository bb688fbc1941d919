"""What the commands share: how they refuse bad input, and how they print."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from typing import NoReturn

from autograd import notation


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that refuses in one line."""

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
