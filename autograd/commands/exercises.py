"""The command for sheets of exercises."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.commands.terminal import INTERRUPTED, Parser, say, wrote
from autograd.live.exercises import LEVELS
from autograd.sheets import exercises
from autograd.sheets.sheet import MOST, SOLUTIONS


def main(argv: Sequence[str]) -> int:
    """Writes or prints a sheet; the exit status is 0, 2 where that is not possible."""
    parser = _parser()
    options = parser.parse_args(argv)
    try:
        sheet = exercises(
            _whole("--seed", options.seed, 0, 10**9),
            _whole("--count", options.count, 1, MOST),
            level=options.level,
            solutions=options.solutions,
            calculator=options.calculator,
        )
        if options.output is None:
            say([str(sheet)])
        else:
            path = sheet.save(options.output)
            if path.is_file():  # what goes to /dev/stdout is all there is
                wrote(path)
    except KeyboardInterrupt:
        return INTERRUPTED
    except (ValueError, OSError) as error:
        parser.error(str(error))
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="chainrule exercises",
        description="Makes a sheet of exercises for the chain rule, to be worked out by hand, and "
        "their solutions. The same seed gives the same sheet.",
        example="python -m autograd exercises --seed 7 --count 10 -o sheet.html",
    )
    parser.add_argument("--seed", default="0", metavar="N", help="another one, other exercises (0)")
    parser.add_argument("--count", default="10", metavar="N", help=f"how many, up to {MOST} (10)")
    parser.add_argument(
        "--level",
        metavar="|".join(LEVELS),
        help="all of one level (default: from the first to the last)",
    )
    parser.add_argument(
        "--solutions",
        default="with",
        metavar="|".join(SOLUTIONS),
        help="with: on pages of their own behind the exercises (default); none; or only them",
    )
    parser.add_argument(
        "--calculator",
        action="store_true",
        help="tanh, sigmoid and exp in a third of them or more: their values are rounded",
    )
    parser.add_argument(
        *("-o", "--output"),
        metavar="FILE",
        help="sheet.html to print, sheet.ipynb to answer and check, sheet.txt; else as text",
    )
    return parser


def _whole(option: str, text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdecimal()) or not least <= int(text[:12]) <= most:
        raise ValueError(f"{option} takes a whole number from {least} to {most}, not {text!r}")
    return int(text)
