"""What is under test: how its programs are written, and how to run them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from autograd.testing.engines.isolation import Answer, Isolated, LoadError
from autograd.testing.engines.program import Number, Operation, Program


@dataclass(frozen=True)
class Dialect:
    """How an engine is written. Texts have the field {0} for the value that they are about.

    An engine of values has `grad`, `backward` and perhaps `change`, which gives a leaf another
    number. One of functions has `differentiate` instead: {0} is the function, {1} the places of its
    arguments as a tuple, {2} the numbers; it gives the value and a tuple of slopes. `in_place` says
    that += changes an array, as in NumPy; `longest` how many operations a long chain has, and
    `graphs` how many random graphs are tried.
    """

    leaf: str
    data: str
    grad: str = ""
    backward: str = ""
    change: str = ""
    differentiate: str = ""
    unwrap: str = ""
    in_place: bool = False
    longest: int = 10_000
    graphs: int = 200

    @property
    def of_functions(self) -> bool:
        """Whether it differentiates functions, and has no values with gradients in them."""
        return bool(self.differentiate)


@dataclass(frozen=True)
class Found:
    """What an engine gave for a program: the value, a slope to each leaf, and the data of leaves.

    Each is a Given, None where it could not be read.
    """

    code: str
    value: Given | None = None
    slopes: Mapping[str, Given | None] = field(default_factory=dict)
    leaves: Mapping[str, Given | None] = field(default_factory=dict)
    error: tuple[str, str] | None = None


@dataclass(frozen=True)
class Given:
    """A number as an engine gave it: its kind and the number; no number for anything else."""

    kind: str
    number: Number | None = None
    text: str = ""

    @property
    def shown(self) -> str:
        """The number as Python writes it, or what came instead."""
        if self.number is not None:
            return str(self.number) if isinstance(self.number, Fraction) else repr(self.number)
        return self.text or self.kind


@dataclass(frozen=True)
class Candidate:
    """An engine under test: its name, its dialect, its operations, and a process that runs it."""

    title: str
    opening: str
    dialect: Dialect
    operations: tuple[Operation, ...]
    missing: tuple[str, ...]
    untried: tuple[str, ...]
    process: Isolated

    def run(self, program: Program) -> Found:
        """Runs a program: the value, the slopes and the leaves' data after the backward pass."""
        return self.run_all([program])[0]

    def run_all(self, programs: Sequence[Program]) -> list[Found]:
        """Runs programs one after the other; fewer if the engine hangs or crashes twice."""
        questions = [self.wrote(program) for program in programs]
        answers = self.process.ask_all(questions, self.dialect.unwrap)
        return [
            _found(program, code, answer)
            for program, (code, _), answer in zip(programs, questions, answers, strict=False)
        ]

    def wrote(self, program: Program) -> tuple[str, list[str]]:
        """The code of a program with its backward pass, and the expressions to read afterwards."""
        names = [name for name, _ in program.leaves]
        speech = self.dialect
        if speech.of_functions:
            places = f"({', '.join(map(str, range(len(names))))},)"
            numbers = ", ".join(map(self.number, (x for _, x in program.leaves)))
            body = self._body(program)
            asked = speech.differentiate.format(
                f"lambda {', '.join(names)}: {body}", places, numbers
            )
            reads = ["value", *(f"slopes[{k}]" for k in range(len(names)))]
            return f"value, slopes = {asked}", reads
        lines = [self.leaf(name, x) for name, x in program.leaves]
        lines += self.steps(program)
        lines.append(self.backward(program.root))
        reads = [speech.data.format(program.root), *map(speech.grad.format, names)]
        return "\n".join(lines), [*reads, *map(speech.data.format, names)]

    def _body(self, program: Program) -> str:
        """The program as one expression."""
        lines = self.steps(program)
        if len(lines) == 1:
            return lines[0].partition(" = ")[2]
        named = (" := ".join(line.partition(" = ")[::2]) for line in lines)
        return f"({', '.join(named)})[-1]"

    def shows(self, program: Program, leaf: str) -> str:
        """The expression that shows the value of a program, or its slope to a leaf."""
        _, reads = self.wrote(program)
        names = [name for name, _ in program.leaves]
        return reads[1 + names.index(leaf)] if leaf else reads[0]

    def is_no_value(self, message: str) -> bool:
        """Whether an AttributeError says that a result has no backward pass: it is a number."""
        called = self.dialect.backward.removeprefix("{0}.").partition("(")[0]
        return f"attribute '{called.rpartition('.')[2]}'" in message

    def steps(self, program: Program) -> list[str]:
        """The lines of the steps alone."""
        return [
            f"{step.name} = {step.operation.written(*map(self._operand, step.operands))}"
            for step in program.steps
        ]

    def _operand(self, x: str | Number) -> str:
        return x if isinstance(x, str) else self.number(x)

    def leaf(self, name: str, number: Number) -> str:
        """The line that makes a leaf."""
        return f"{name} = {self.dialect.leaf.format(self.number(number))}"

    def backward(self, name: str) -> str:
        """The line that runs the backward pass."""
        return self.dialect.backward.format(name)

    def number(self, x: Number) -> str:
        """A number as a person writes it in code."""
        if isinstance(x, float) and not math.isfinite(x):
            return f'float("{x}")'
        return repr(x)

    def ask(self, lines: Iterable[str], reads: Sequence[str], **how: Any) -> Answer:
        """Runs lines of code and reads expressions."""
        return self.process.ask("\n".join(lines), reads, self.dialect.unwrap, **how)


def _found(program: Program, code: str, answer: Answer) -> Found:
    if answer.error is not None:
        return Found(code, error=answer.error)
    names = [name for name, _ in program.leaves]
    value, *rest = map(given, answer.read)
    slopes = dict(zip(names, rest, strict=False))
    return Found(code, value, slopes, dict(zip(names, rest[len(names) :], strict=False)))


def given(pair: Sequence[Any]) -> Given:
    """A number from the worker's pair of a kind and digits.

    >>> given(["float", "2.0"]).number, given(["object", "Value"]).number
    (2.0, None)
    """
    kind, digits = pair[0], pair[1] if len(pair) > 1 else ""
    if kind in ("none", "object", "plain", "error"):
        text = f"{digits}: {pair[2]}" if kind == "error" else str(digits)
        return Given(kind, None, "None" if kind == "none" else text)
    if kind in ("Fraction", "Decimal"):
        return Given(kind, Fraction(digits) if kind == "Fraction" else float(digits))
    if digits.removeprefix("-").startswith("0x"):
        return Given(kind, int(digits, 16))
    return Given(kind, float(digits))


def plain(answer: Answer) -> Any:
    """What a reading of names gave. Raises LoadError if it did not."""
    if answer.error is not None:
        raise LoadError(": ".join(answer.error))
    kind, *rest = answer.read[0]
    if kind == "error":
        raise LoadError(": ".join(rest))
    return rest[0]
