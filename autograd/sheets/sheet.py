"""Sheet: exercises to be worked out by hand, with their solutions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from autograd.explain.derivation import Explanation, Working
from autograd.explain.lines import Lines
from autograd.explain.paths import working
from autograd.explain.reading import Reading
from autograd.files import place
from autograd.files import write as write_file
from autograd.formula.plain import write
from autograd.formula.tree import Num, Sym
from autograd.graph import topological
from autograd.live.exercises import CURVED, LEVELS, Exercise, fresh
from autograd.sheets.blank import Blank
from autograd.sheets.digits import ENOUGH

# More would be a book; each takes a few hundredths of a second.
MOST = 100

SOLUTIONS = ("with", "none", "only")
SUFFIXES = (".html", ".htm", ".ipynb", ".txt")


class Task:
    """One exercise of a sheet: what is given, what is asked, and the solution."""

    def __init__(self, number: int, exercise: Exercise) -> None:
        self.number, self.exercise = number, exercise
        digits = ENOUGH if exercise.numbers == "float" else None
        self.reading = Reading(topological(exercise.root), None, digits=digits)

    def __reduce__(self) -> tuple[Any, ...]:
        return Task, (self.number, self.exercise)

    @cached_property
    def working(self) -> Working:
        """The solution, as `explain` shows it; where it is rounded, each line can be checked."""
        found = working(self.reading)
        each = tuple(
            replace(
                one, values=_holding(one.values), slopes=_holding(one.slopes),
                chain=_holding(one.chain),
            )
            for one in found
        )  # fmt: skip
        return Working(_holding(found.values), each)

    @property
    def asked(self) -> Explanation:
        """The derivative to be written down: of the longest ones that of a weight, if there is."""

        def length(one: Explanation) -> tuple[int, int, bool]:
            return len(one.paths), max(map(len, one.paths)), one.wrt.label.startswith("w")

        return max(self.working, key=length)

    @cached_property
    def picture(self) -> Blank:
        """The graph, with boxes to be filled in."""
        return Blank(self.reading)

    @property
    def leaves(self) -> list[tuple[Sym, Num]]:
        """What is given, in the order in which it is mentioned: a name and its number."""
        found = {node.label: node.raw for node in self.reading.order if node.op is None}
        return [(Sym(name), Num(found[name])) for name in self.exercise.given]

    @property
    def given(self) -> str:
        """The same as text: `x = 5, w = 0.4`."""
        return ", ".join(f"{write(name)} = {write(number)}" for name, number in self.leaves)

    @property
    def rounded(self) -> str:
        """What is said where there are no exact values, else nothing."""
        wanted = f"{ENOUGH} digits are enough; a calculator helps."
        return wanted if self.exercise.numbers == "float" else ""

    def __repr__(self) -> str:
        return f"<exercise {self.number}, {self.exercise.level}: {self.exercise.text}>"


@dataclass(frozen=True, repr=False)
class Sheet:
    """Exercises made from a seed: shown in a notebook, printed as text, and written by `save`.

    `solutions` says whether they follow, on pages of their own ("with"), are left out ("none") or
    stand alone ("only").
    """

    tasks: tuple[Task, ...]
    command: str
    solutions: str = "with"

    def __len__(self) -> int:
        return len(self.tasks)

    def __iter__(self) -> Iterator[Task]:
        return iter(self.tasks)

    def __getitem__(self, place: int) -> Task:
        return self.tasks[place]

    def __repr__(self) -> str:
        return f"<sheet of {len(self)} exercises: {self.command}>"

    def __str__(self) -> str:
        from autograd.sheets import text

        return text.write(self)

    def _repr_html_(self) -> str:
        from autograd.sheets import page

        return page.fragment(self)

    def save(self, path: str | Path) -> Path:
        """Writes the sheet, as a page to print (.html), a notebook (.ipynb) or text (.txt).

        Completely or not at all; what is no file, such as a pipe, gets text. Returns the path.
        Raises ValueError for another suffix, before anything is written, and OSError that says what
        helps.
        """
        from autograd.sheets import notebook, page

        target = place(path)
        suffix = _suffix(target)
        if suffix not in SUFFIXES:
            raise ValueError(f"a sheet is written as .html, .ipynb or .txt, not as {target.name!r}")
        writer: Callable[[Sheet], str] = page.document
        if suffix in (".ipynb", ".txt"):
            writer = notebook.write if suffix == ".ipynb" else str
        write_file(target, writer(self).rstrip("\n") + "\n")
        return target


def _holding(lines: Lines) -> Lines:
    return Lines(line.holding() for line in lines)


def _suffix(path: Path) -> str:
    """How a path ends, in small letters; a pipe, a terminal and /dev/stdout are for text."""
    stream = path.parent == Path("/dev") or not path.is_file()
    if not stream or path.is_dir() or not path.exists():
        return path.suffix.lower()
    behind = path.resolve().suffix.lower()
    return behind if behind in SUFFIXES else ".txt"


def _level(place: int, count: int, *, calculator: bool) -> str:
    """From the first level to the last; with a calculator the last third has what needs one."""
    at = place * len(LEVELS) // count
    if calculator and 3 * (count - place) < count + 3:
        at = max(at, LEVELS.index(CURVED[0]))
    return LEVELS[at]


def sheet_of(
    seed: int, count: int, level: str | None, solutions: str, *, calculator: bool
) -> Sheet:
    """The sheet of a seed. Raises TypeError and ValueError, naming the argument."""
    for name, number, least, most in (("seed", seed, 0, None), ("count", count, 1, MOST)):
        if not isinstance(number, int) or isinstance(number, bool):
            kind = type(number).__name__
            raise TypeError(f"{name} is a whole number, not {kind} {number!r}")
        if number < least or (most is not None and number > most):
            span = f"from {least} to {most}" if most else f"from {least}"
            raise ValueError(f"{name} is a whole number {span}, not {number}")
    if not isinstance(calculator, bool):
        kind = type(calculator).__name__
        raise TypeError(f"calculator is True or False, not {kind} {calculator!r}")
    for name, text, known in (
        ("level", LEVELS[0] if level is None else level, LEVELS),
        ("solutions", solutions, SOLUTIONS),
    ):
        if text not in known:
            raise ValueError(f"unknown {name} {text!r}: must be one of {', '.join(known)}")
    if calculator and level not in (None, *CURVED):
        raise ValueError(
            f"no exercise of level {level!r} needs a calculator: "
            f"{' and '.join(CURVED)} have tanh, sigmoid and exp"
        )
    levels = [level or _level(place, count, calculator=calculator) for place in range(count)]
    tasks = fresh(seed, levels, curved=calculator)
    command = f"python -m autograd exercises --seed {seed} --count {count}"
    command += f" --level {level}" * (level is not None) + " --calculator" * calculator
    command += f" --solutions {solutions}" * (solutions != SOLUTIONS[0])
    return Sheet(tuple(Task(*pair) for pair in enumerate(tasks, 1)), command, solutions)
