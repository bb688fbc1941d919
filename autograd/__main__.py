"""The command line: `python -m autograd`, or `chainrule`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

try:  # to start takes a moment, in which Ctrl-C may come
    import autograd

    if not hasattr(autograd, "Value"):  # another distribution's, as its files came last: nn tells
        try:
            import nn  # noqa: F401
        except ImportError as error:
            sys.exit(f"chainrule: {error}")

    from autograd.commands import calculation as notes
    from autograd.commands.doors import COMMANDS, listed, unknown
    from autograd.commands.terminal import INTERRUPTED, Parser, say, significant
    from autograd.expressions.expression import NUMBERS
except KeyboardInterrupt:
    print("chainrule: interrupted", file=sys.stderr)
    sys.exit(130)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line and returns the exit status.

    It is 0, 2 for input that makes no sense, or 130 where Ctrl-C ended it.
    """
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        print("chainrule: interrupted", file=sys.stderr)
        return INTERRUPTED


def _run(arguments: list[str]) -> int:
    if arguments[:1] and arguments[0] in COMMANDS:
        return COMMANDS[arguments[0]].main(arguments[1:])
    parser = Parser(
        prog="chainrule",
        usage="chainrule [COMMAND …]     (python -m autograd is the same)",
        description="Without a command: the notes' step of back propagation by hand, exactly.",
        example="python -m autograd --lr 0.001 --steps 10",
        also=listed(),
    )
    parser.add_argument(
        "--numbers",
        default="fraction",
        metavar="|".join(NUMBERS),
        help="the number type (default: fraction, which is exact)",
    )
    parser.add_argument("--digits", metavar="N", help="so many significant digits of each number")
    parser.add_argument("--lr", default=notes.RATE, metavar="RATE", help="the learning rate (0.01)")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help=f"another value for one of {', '.join(notes.INPUTS)}",
    )
    parser.add_argument("--steps", default="1", metavar="N", help="go on training for N steps")
    if arguments[:1] and not arguments[0].startswith("-"):
        parser.error(unknown(arguments[0]))

    later = [word for word in arguments if word in COMMANDS]
    if later:
        parser.error(f"a command comes first: chainrule {later[0]} …")

    def work() -> None:
        options = parser.read(arguments)
        given = dict(_setting(text) for text in options.set)
        steps, digits = _count(options.steps), significant(options.digits)
        say(list(notes.calculation(options.numbers, options.lr, given, steps, digits)))

    return parser.run(work)


def _setting(text: str) -> tuple[str, str]:
    name, equals, number = text.partition("=")
    if not equals:
        raise ValueError(f"--set takes NAME=NUMBER, such as x1=7, not {text!r}")
    return name.strip(), number.strip()


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:10]) <= notes.MOST_STEPS:
        raise ValueError(
            f"--steps takes a whole number from 1 to {notes.MOST_STEPS}, not {text.strip()!r}"
        )
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
