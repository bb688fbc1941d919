"""Doors: all commands in one table, by what somebody comes for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from autograd.commands import check, classroom, course, exercises, playground, show
from autograd.commands.terminal import nearest


class Command(NamedTuple):
    """What a command does, in one line, and the function that does it with its arguments."""

    line: str
    main: Callable[[Sequence[str]], int]


def _shown(name: str) -> Command:
    return Command(show.COMMANDS[name], partial(show.main, name))


DOORS: Mapping[str, Mapping[str, Command]] = {
    "step through it": {
        **{name: _shown(name) for name in ("explain", "steps", "live")},
        "playground": Command("write the page in which a network is trained", playground.main),
        "exercises": Command("make a sheet of exercises, and its solutions", exercises.main),
        "notebooks": Command("list the course, or open one of its notebooks", course.main),
        "classroom": Command("build the course as a site that runs in browsers", classroom.main),
    },
    "draw it": {"draw": _shown("draw")},
    "test it": {
        "check": Command("test an autodiff engine: your class, micrograd, torch …", check.main),
    },
}
COMMANDS = {name: command for door in DOORS.values() for name, command in door.items()}


def listed() -> str:
    """The commands as `--help` lists them, a line each.

    >>> print(listed().splitlines()[1].rstrip(".")[:33])
      explain      work out the deriv
    """
    lines = []
    for door, commands in DOORS.items():
        lines += [f"{door}:", *(f"  {name:<12} {one.line}" for name, one in commands.items()), ""]
    return "\n".join([*lines, "chainrule COMMAND --help says more, with an example"])


def unknown(word: str) -> str:
    """What is said of a word that is no command: the nearest one, or the way to all.

    >>> unknown("explane")
    "no command 'explane': did you mean explain?"
    """
    if not re.fullmatch(r"[A-Za-z]+", word):
        return f"no command {word!r}: for an expression, chainrule explain {word!r} name=number …"
    return f"no command {word!r}: {nearest(word, COMMANDS) or 'chainrule --help lists them'}"
