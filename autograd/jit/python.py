"""Straight-line Python from a tape: no dependency, any number type, the bits that eager gives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from math import isfinite
from typing import Any, TypeAlias

from autograd import codegen
from autograd.jit.tape import Tape
from autograd.ops import Op, number_function

# Up to this many steps are one function with its values in local variables. A longer tape is cut
# into functions of this many steps that share lists, for Python compiles huge functions slowly.
SIZE = 2000

Lines: TypeAlias = list[str]


class PythonCode:
    """A tape as Python functions, called with the arguments' and then the parameters' numbers.

    Gives the outputs and the gradients of the leaves in `wanted`. `source` is the text.
    """

    def __init__(self, tape: Tape, wanted: Sequence[int]) -> None:
        self._tape = tape
        self._wanted = wanted
        self._leaves = [*range(tape.arguments), *tape.parameters]
        self._scope: dict[str, Any] = {"_0": 0}
        self._short = len(tape.steps) <= SIZE
        forward = [i for i, step in enumerate(tape.steps) if step.op is not None]
        active = tape.depending({*wanted})
        backward = [i for i in reversed(forward) if i in active and wanted]
        names = {op for step in tape.steps if (op := step.op)}
        for op in names:
            local = {*op.inputs, *op.parameters, "z"}
            self._scope |= op.scope([op.value, *op.slopes], local, number_function)
        lines = [line for i in forward for line in self._compute(i)]
        pulls = list(self._pull_all(backward, active))
        self.source = ""
        self._parts: list[Any] = []
        if self._short:
            pulled = [f"g{i}" for i in active]
            ends = "".join([f"{self._value(i)}, " for i in tape.outputs])
            grads = "".join([f"g{i}, " for i in wanted])
            if pulled and wanted:
                lines += [f"{' = '.join(pulled)} = _0", f"g{tape.output()} = 1"]
            lines += [*(line for part in pulls for line in part), f"return [{ends}], [{grads}]"]
            self._define("program", [self._value(i) for i in self._leaves], lines)
        else:
            for start in range(0, len(lines), SIZE):
                self._define(f"forward_{start}", ["v"], lines[start : start + SIZE])
            for start in range(0, len(pulls), SIZE):
                part = [line for lines in pulls[start : start + SIZE] for line in lines]
                self._define(f"backward_{start}", ["v", "g"], part or ["pass"])

    def __call__(self, numbers: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """The outputs and the wanted gradients."""
        if self._short:
            result: tuple[list[Any], list[Any]] = self._parts[0](*numbers)
            return result
        v = [step.number for step in self._tape.steps]
        for place, number in zip(self._leaves, numbers, strict=True):
            v[place] = number
        g: list[Any] = [0] * len(v)
        if self._wanted:
            g[self._tape.output()] = 1
        for part in self._parts:
            part(v, g) if part.__code__.co_argcount == 2 else part(v)
        return [v[place] for place in self._tape.outputs], [g[place] for place in self._wanted]

    def _define(self, name: str, parameters: Iterable[str], lines: Lines) -> None:
        header = f"def {name}({', '.join(parameters)}):\n    "
        self.source += header + "\n    ".join(lines) + "\n\n"
        self._parts.append(codegen.function(name, parameters, lines, self._scope))

    # How a step is written.

    def _value(self, place: int) -> str:
        step = self._tape.steps[place]
        if not step.constant:
            return f"v{place}" if self._short else f"v[{place}]"
        number = step.number
        if number.__class__ in (int, float) and isfinite(number):
            return repr(number) if number >= 0 else f"({number!r})"
        self._scope[f"c{place}"] = number
        return f"c{place}"

    def _gradient(self, place: int) -> str:
        return f"g{place}" if self._short else f"g[{place}]"

    def _compute(self, place: int) -> Lines:
        step = self._tape.steps[place]
        assert step.op is not None
        names, runs = self._names(place, step.op)
        return [f"{self._value(place)} = {_value_text(step.op).format_map(names | runs)}"]

    def _names(self, place: int, op: Op) -> tuple[dict[str, str], dict[str, str]]:
        """What a row's texts call the inputs of a step, and its runs of inputs."""
        names = [self._value(x) for x in self._tape.steps[place].inputs]
        if not op.run:
            return dict(zip(op.inputs, names, strict=True)), {}
        size = len(names) // len(op.inputs)
        parts = [names[i * size : (i + 1) * size] for i in range(len(op.inputs))]
        runs = [f"({''.join(f'{x}, ' for x in part)})" for part in parts]
        return {}, dict(zip(op.parameters, runs, strict=True))

    def _pull_all(self, backward: list[int], active: set[int]) -> Iterator[Lines]:
        """The lines that hand the gradient of each step to its inputs."""
        sure = {self._tape.output()} if backward else set()
        for place in backward:
            step = self._tape.steps[place]
            assert step.op is not None
            names, runs = self._names(place, step.op)
            names |= runs | {"z": self._value(place), "g": self._gradient(place)}
            size = len(step.inputs) // len(step.op.inputs)
            lines: Lines = []
            for index, parent in enumerate(step.inputs):
                if parent not in active:
                    continue
                if step.op.run:
                    elements = [step.inputs[i] for i in range(index % size, len(step.inputs), size)]
                    names |= zip(step.op.inputs, map(self._value, elements), strict=True)
                names["p"] = self._gradient(parent)
                texts, always = _pull_text(step.op, index // size if step.op.run else index)
                lines += [text.format_map(names) for text in texts]
                if always and place in sure:
                    sure.add(parent)
            if place not in sure and lines:
                lines = [f"if {names['g']} is not _0:", *("    " + line for line in lines)]
            yield lines


class _Slots(ast.NodeTransformer):
    """Renames what a text calls `x` to `{x}`, to be filled in."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(f"{{{node.id}}}", node.ctx) if node.id in self.names else node


@cache
def _value_text(op: Op) -> str:
    return ast.unparse(_Slots({*op.parameters}).visit(codegen.parse(op.value)))


@cache
def _pull_text(op: Op, place: int) -> tuple[Lines, bool]:
    """The lines for one input of an operation, and whether they add something in every case."""
    tree = _Slots({*op.inputs, *op.parameters, "z"}).visit(codegen.parse(op.slopes[place]))
    lines = [re.sub(r"\bg\b", "{g}", line) for line in codegen.accumulate("{p}", tree)]
    branches = any(line.lstrip().startswith(("if", "else")) for line in lines)
    return lines, bool(lines) and not branches
