"""The command for the playground: a page in which a network is trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.commands.terminal import Parser, wrote


def main(argv: Sequence[str]) -> int:
    """Writes the page; the exit status is 0, 2 where that is not possible."""
    parser = Parser(
        prog="chainrule playground",
        description="Writes a page in which a network is trained, every hyperparameter a control.",
        example="python -m autograd playground -o playground.html",
    )
    parser.add_argument(
        "-o",
        "--output",
        default="playground.html",
        metavar="FILE.html",
        help="the page (playground.html)",
    )

    def work() -> None:
        path = parser.parse_args(argv).output
        page().save(path)
        wrote(path)

    return parser.run(work)


def page() -> Any:
    """The page: an `nn.Playground` of its own numbers."""
    # The one place where autograd speaks of nn, which is built on it: whoever asks for the page of
    # networks wants them.
    from nn import playground

    return playground()
