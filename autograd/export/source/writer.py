"""Writer: what the code of a listing has in common, whatever its language.

A value is an expression over `v`, the numbers at all places. Going back, `add` gives to the
gradient of an input what the gradient of a place hands on by a slope; a slope whose text is 0 hands
on nothing, which is more than 0 times what may be infinite. Short texts of rows stand where they
are used, the others are functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

from autograd.codegen import Source
from autograd.export.listing import Constant, Listing, Operand, Operation
from autograd.ops import ROUTINES, Op, taken
from autograd.text import Choice, Logic, Name, Node, Number, names, walk

# So many operations are in one function at most: compilers are slow with large ones.
CHUNK = 100
# A text of more parts than this is a function of its own.
SHORT = 8

# What the parts of a long pass are called.
_PART = re.compile(r"(\w+_)?(forward|backward)_\d+")


class Writer:
    """Code of one language: the functions of rows that are needed, and the primitives they call."""

    reserved: ClassVar[frozenset[str]] = frozenset()
    # Names that the code itself gives, within functions.
    inner: ClassVar[frozenset[str]] = frozenset()
    expression: ClassVar[Callable[..., Source]] = Source
    language: ClassVar[str] = ""
    # The names of the elementary functions that the language has.
    primitives: ClassVar[frozenset[str]] = frozenset()

    def __init__(self) -> None:
        self.words: set[str] = set()
        self._values: dict[Op, str] = {}
        self.functions: list[str] = []
        self._slopes: dict[tuple[Op, int], str] = {}
        self._taken: set[str] = {*self.reserved}

    # Names.

    def local(self, wanted: str, taken: set[str] | None = None) -> str:
        """A name that is not taken, in the alphabet of every language."""
        taken = self._taken if taken is None else taken
        name = re.sub(r"[^\w]", lambda found: f"u{ord(found[0]):x}", wanted, flags=re.ASCII)
        while name in taken:
            name += "_"
        taken.add(name)
        return name

    def public(self, name: str) -> str:
        """The name of the function itself. Raises ValueError if it means something already."""
        if name in self._taken or _PART.fullmatch(name):
            raise ValueError(
                f"{name!r} means something already in {self.language}, or in the code that is "
                "written: call the file (or, of several, the function) otherwise, for a single "
                "function is called as the file is"
            )
        return self.local(name)

    def locals(self, wanted: Sequence[str]) -> dict[str, str]:
        """Names for the inputs of a function of its own."""
        own = [f"{name}_parameters" for name in self._taken]
        taken = {*self.reserved, *self.primitives, *self.inner, *self._taken, *own}
        found: dict[str, str] = {}
        for name in wanted:
            given = self.local(f"{name}_" if _PART.fullmatch(name) else name, taken)
            while f"d{given}" in taken:  # what its slope is called
                given = self.local(f"{given}_", taken)
            taken.add(f"d{given}")
            found[name] = given
        return found

    # Rows.

    def calling(self, op: Op) -> Callable[[str], str]:
        """What this row's texts call a function, in the language."""

        def called(name: str) -> str:
            if name in op.routines:
                raise NotImplementedError(
                    f"{op.name!r} is computed by a function of Python, which cannot be written in "
                    f"{self.language}: compute it with operations on Values, or register a row"
                )
            if name not in ROUTINES:
                return self.row(op.rows[name])
            if name not in self.primitives:
                raise NotImplementedError(
                    f"the operation {op.name!r} calls {name!r}, which is not written in "
                    f"{self.language}"
                )
            self.words.add(name)
            return self.primitive(name)

        return called

    def primitive(self, name: str) -> str:
        """What an elementary function is called."""
        return name

    def row(self, op: Op) -> str:
        """The function of a row's value."""
        if op not in self._values:
            name = self._values[op] = self.local(f"{self.prefix}{op.name}")
            known = self.locals(op.parameters)
            text = self.expression(known, self.calling(op))(op.trees.value)
            self.functions.append(self.function(name, [*known.values()], text, run=op.run))
        return self._values[op]

    prefix: ClassVar[str] = ""

    def slope(self, op: Op, which: int, spoken: Sequence[str]) -> str:
        """The function of a slope, of the names that it speaks of."""
        if (op, which) not in self._slopes:
            name = self._slopes[op, which] = self.local(
                f"{self.prefix}{op.name}_slope_{op.inputs[which]}"
            )
            known = self.locals(spoken)
            tree = taken(op.trees.slopes[which])
            text = self.expression(known, self.calling(op))(tree)
            self.functions.append(self.function(name, [*known.values()], text, run=False))
        return self._slopes[op, which]

    def function(self, name: str, parameters: Sequence[str], text: str, *, run: bool) -> str:
        """A function that returns what an expression gives."""
        raise NotImplementedError

    # Expressions.

    def number(self, number: Any) -> str:
        """A number written out."""
        raise NotImplementedError

    def at(self, operand: Operand, array: str = "v") -> str:
        """The number at a place, or a constant."""
        if isinstance(operand, Constant):
            text = self.number(operand.number)
            return f"({text})" if text.startswith("-") else text
        return f"{array}[{operand}]"

    def value(self, operation: Operation) -> str:
        """The expression of what is computed at a place; not of a run."""
        op = operation.op
        given = [self.at(x) for x in operation.inputs]
        if short(op.trees.value):
            known = dict(zip(op.inputs, given, strict=True))
            return self.expression(known, self.calling(op))(op.trees.value)
        return f"{self.row(op)}({', '.join(given)})"

    def slopes(self, operation: Operation) -> Iterator[tuple[int, str]]:
        """For each input that takes a gradient, the expression of its slope; not of a run."""
        op = operation.op
        known = dict(zip(op.inputs, map(self.at, operation.inputs), strict=True))
        known["z"] = self.at(operation.place)
        for which, (place, slope) in enumerate(zip(operation.inputs, op.trees.slopes, strict=True)):
            if isinstance(place, Constant) or slope == Number(0):
                continue
            if short(slope):
                yield place, self.expression(known, self.calling(op))(slope)
            else:
                spoken = [name for name in op.arguments if name in names(slope)]
                given = ", ".join(known[name] for name in spoken)
                yield place, f"{self.slope(op, which, spoken)}({given})"

    def operations(self, listing: Listing) -> tuple[list[str], list[str]]:
        """The lines that compute all places, and those that go back through them."""
        there = [self.compute(operation) for operation in listing.operations]
        back = [
            line
            for operation in reversed(listing.operations)
            if operation.place in listing.active
            for line in self.hand_on(operation, listing.active)
        ]
        return there, back

    def compute(self, operation: Operation) -> str:
        """The line that computes a place."""
        raise NotImplementedError

    def hand_on(self, operation: Operation, active: set[int]) -> Iterator[str]:
        """The lines that hand the gradient of a place on."""
        raise NotImplementedError


def short(tree: Node) -> bool:
    """Whether a text may stand where it is used: it chooses nothing, and names no input often."""
    parts = [*walk(tree)]
    used = [part.name for part in parts if isinstance(part, Name)]
    plain = not any(isinstance(part, Choice | Logic) for part in parts)
    return plain and len(parts) <= SHORT and len(used) <= len({*used}) + 1


def chunks(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    """Lines for functions of bounded size."""
    for start in range(0, len(lines), CHUNK):
        yield lines[start : start + CHUNK]
