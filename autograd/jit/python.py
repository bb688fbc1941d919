"""Straight-line Python from a tape: no dependency, any number type, the bits that eager gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import add
from typing import Any, TypeAlias

from autograd.codegen import Scope, Source, accumulate
from autograd.jit.call import Called
from autograd.jit.index import TAKE
from autograd.jit.tape import OUTPUT, Tape
from autograd.ops import Op
from autograd.text import Choice, Node, Number, names
from autograd.value import Value

# Up to this many steps are one function with its values in local variables. A longer tape is cut
# into functions of this many steps that share lists, for Python compiles huge functions slowly.
SIZE = 2000

Lines: TypeAlias = list[str]


class PythonCode:
    """A tape as Python functions, called with the arguments' and then the parameters' numbers.

    Gives the outputs and the gradients of the leaves in `wanted`; if `seeded`, `pulled` gives those
    gradients for any gradients of the outputs. `source` is the text. In it a gradient that did not
    come is False: no sum gives that object, and in a sum it is 0.
    """

    def __init__(self, tape: Tape, wanted: Sequence[int], *, seeded: bool = False) -> None:
        self._tape = tape
        self._wanted = wanted
        self._seeded = seeded
        self._leaves = [*range(tape.arguments), *tape.parameters]
        self._short = len(tape.steps) <= SIZE
        self._scope = Scope()
        self._v, self._g, *self._runs = map(self._scope.local, ("v", "g", "run0", "run1"))
        self._values = [self._value(place) for place in range(len(tape.steps))]
        self._gradients = [self._gradient(place) for place in range(len(tape.steps))]
        self._seeds = [self._scope.local(f"s{k}") for k in range(len(tape.outputs) * seeded)]
        self._calls = {op: op.numbers(self._scope) for step in tape.steps if (op := step.op)}
        self._sure: set[int] = set()  # the steps whose gradient comes whatever the numbers are
        forward = [i for i, step in enumerate(tape.steps) if step.op is not None]
        active = tape.depending({*wanted})
        lines = [self._compute(i) for i in forward]
        pulls: list[Lines] = []
        if wanted:
            if not seeded:
                self._sure.add(tape.output())
            pulls = [self._pull(i, active) for i in reversed(forward) if i in active]
        self.source = ""
        self._parts: list[Any] = []
        if self._short:
            self._define_whole(lines, pulls, active)
        else:
            for start in range(0, len(lines), SIZE):
                self._define(f"forward_{start}", [self._v], lines[start : start + SIZE])
            for start in range(0, len(pulls), SIZE):
                part = [line for lines in pulls[start : start + SIZE] for line in lines]
                self._define(f"backward_{start}", [self._v, self._g], part or ["pass"])

    def __call__(self, numbers: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """The outputs and the wanted gradients."""
        try:
            outputs, grads = self._run(numbers, ())
        except (OverflowError, TypeError):
            outputs, grads = self._recorded(numbers, {0: 1} if self._wanted else {})
        return outputs, [0 if grad is False else grad for grad in grads]

    def pulled(self, numbers: Sequence[Any], seeds: dict[int, Any]) -> list[Any]:
        """The wanted gradients for those of some outputs, False where none comes."""
        try:
            return self._run(numbers, [seeds.get(k, False) for k in range(len(self._seeds))])[1]
        except (OverflowError, TypeError):
            return self._recorded(numbers, seeds)[1]

    def _recorded(
        self, numbers: Sequence[Any], seeds: dict[int, Any]
    ) -> tuple[list[Any], list[Any]]:
        """The same by recording the steps: exact numbers beside floats go on as they do there."""
        leaves = [*map(Value, numbers)]
        made = self._tape.recorded(leaves)
        ends = [made[place] for place in self._tape.outputs]
        roots = [(ends[k], seed) for k, seed in seeds.items() if isinstance(ends[k], Value)]
        if roots:
            terms = [end * seed for end, seed in roots] if self._seeded else [roots[0][0]]
            reduce(add, terms).backward()
        found = [end.raw if isinstance(end, Value) else end for end in ends]
        return found, [made[place].grad for place in self._wanted]

    def _run(self, numbers: Sequence[Any], seeds: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        if self._short:
            result: tuple[list[Any], list[Any]] = self._parts[0](*numbers, *seeds)
            return result
        v = [step.number for step in self._tape.steps]
        for place, number in zip(self._leaves, numbers, strict=True):
            v[place] = number
        g: list[Any] = [False] * len(v)
        for place, seed in self._starts(seeds):
            if seed is not False:
                g[place] = seed if g[place] is False else g[place] + seed
        for part in self._parts:
            part(v, g) if part.__code__.co_argcount == 2 else part(v)
        return [v[place] for place in self._tape.outputs], [g[place] for place in self._wanted]

    def _starts(self, seeds: Sequence[Any]) -> list[tuple[int, Any]]:
        """Where gradients begin, and with what."""
        if self._seeded:
            return [*zip(self._tape.outputs, seeds, strict=True)]
        return [(self._tape.output(), 1)] if self._wanted else []

    def _define_whole(self, lines: Lines, pulls: list[Lines], active: set[int]) -> None:
        """The one function of a short tape."""
        if self._wanted:
            started = [self._gradients[i] for i in sorted(active)]
            lines += [f"{' = '.join(started)} = False"] if started else []
            met: set[int] = set()
            for place, seed in self._starts(self._seeds):
                own = self._gradients[place]
                # Two outputs may be one step.
                given = f"{own} if {seed} is False else {own} + {seed}" if place in met else seed
                if place in active:
                    lines.append(f"{own} = {given}")
                met.add(place)
        lines += [line for part in pulls for line in part]
        ends = "".join([f"{self._values[i]}, " for i in self._tape.outputs])
        grads = "".join([f"{self._gradients[i]}, " for i in self._wanted])
        parameters = [*(self._values[i] for i in self._leaves), *self._seeds]
        self._define("program", parameters, [*lines, f"return [{ends}], [{grads}]"])

    def _define(self, name: str, parameters: Iterable[str], lines: Lines) -> None:
        header = f"def {name}({', '.join(parameters)}):\n    "
        self.source += header + "\n    ".join(lines) + "\n\n"
        self._parts.append(self._scope.function(name, parameters, lines))

    # How a step is written.

    def _value(self, place: int) -> str:
        step = self._tape.steps[place]
        if not step.constant:
            return self._scope.local(f"v{place}") if self._short else f"{self._v}[{place}]"
        number = step.number
        if number.__class__ in (int, float) and -(10**18) < number < 10**18:
            return f"({number!r})" if repr(number).startswith("-") else repr(number)
        return self._scope.constant(f"c{place}", number)

    def _gradient(self, place: int) -> str:
        return self._scope.local(f"g{place}") if self._short else f"{self._g}[{place}]"

    def _compute(self, place: int) -> str:
        """The line that computes a step."""
        step = self._tape.steps[place]
        assert step.op is not None
        inputs = [self._values[x] for x in step.inputs]
        if isinstance(step.op, Called):
            code = self._scope.constant(step.op.name, step.op.version.of)
            return f"{self._values[place]} = {code}(({''.join(f'{x}, ' for x in inputs)}))[0]"
        if step.op is OUTPUT:
            return f"{self._values[place]} = {inputs[0]}[{step.number}]"
        if step.op is TAKE:
            return f"{self._values[place]} = ({', '.join(inputs[1:])},)[int({inputs[0]})]"
        known = _runs(step.op, inputs) or dict(zip(step.op.inputs, inputs, strict=True))
        text = Source(known, self._calls[step.op])(step.op.trees.value)
        return f"{self._values[place]} = {text}"

    def _pull(self, place: int, active: set[int]) -> Lines:
        """The lines that hand the gradient of a step to its inputs."""
        step = self._tape.steps[place]
        op = step.op
        assert op is not None
        inputs = [self._values[x] for x in step.inputs]
        own = self._gradients[place]
        if isinstance(op, Called):
            return self._pull_call(op, step.inputs, own, active)
        if op is OUTPUT:
            return self._pull_output(step.number, self._gradients[step.inputs[0]], own)
        if op is TAKE:
            return self._pull_taken(step.inputs, own, active)
        lines, known = self._name_runs(op, inputs)
        known["z"] = self._values[place]
        for parent, (which, arguments) in zip(step.inputs, op.places(inputs), strict=True):
            if parent not in active:
                continue
            slope = op.trees.slopes[which]
            elements = dict(zip(op.inputs, arguments, strict=False))
            source = Source(elements | known, self._calls[op])
            lines += accumulate(self._gradients[parent], slope, own, source)
            if place in self._sure and _always(slope):
                self._sure.add(parent)
        if place in self._sure or not lines:
            return lines
        return [f"if {own} is not False:", *("    " + line for line in lines)]

    def _pull_output(self, number: int, call: str, own: str) -> Lines:
        """The line that puts the gradient of an output among those of its call."""
        item = f"{number}: {own}"
        given = f"{call} = {{{item}}} if {call} is False else {{**{call}, {item}}}"
        return [f"if {own} is not False: {given}"]

    def _pull_taken(self, inputs: Sequence[int], own: str, active: set[int]) -> Lines:
        """The lines that hand a gradient to the entry that an index picks."""
        index, *column = inputs
        at = f"int({self._values[index]}) % {len(column)}"
        given = [
            f"    if {at} == {k}: {self._gradients[parent]} += {own}"
            for k, parent in enumerate(column)
            if parent in active
        ]
        return [f"if {own} is not False:", *given] if given else []

    def _pull_call(self, op: Called, parents: Sequence[int], own: str, active: set[int]) -> Lines:
        """The lines that hand the gradients of a call's outputs to its arguments, together."""
        inputs = "".join(f"{self._values[x]}, " for x in parents)
        code = self._scope.constant(f"pull_{op.name}", op.version.pulled)
        shares = self._scope.local("shares")
        lines = [f"if {own} is not False:", f"    {shares} = {code}(({inputs}), {own})"]
        for k, parent in enumerate(parents):
            if parent in active:
                share = f"{shares}[{k}]"
                lines += [
                    f"    if {share} is not False:",
                    f"        {self._gradients[parent]} += {share}",
                ]
        return lines

    def _name_runs(self, op: Op, inputs: Lines) -> tuple[Lines, dict[str, str]]:
        """Lines that put the runs together which slopes speak of, once; and how they name them."""
        mentioned = {name for slope in op.trees.slopes for name in names(slope)} if op.run else ()
        runs = {name: run for name, run in _runs(op, inputs).items() if name in mentioned}
        known = dict(zip(runs, self._runs, strict=False))
        return [f"{known[name]} = {run}" for name, run in runs.items()], known


def _runs(op: Op, inputs: Lines) -> dict[str, str]:
    """What the texts of a run row call its runs, and each as a tuple."""
    if not op.run:
        return {}
    texts = [f"({''.join([f'{x}, ' for x in run])})" for run in op.split(inputs)]
    return dict(zip(op.parameters, texts, strict=True))


def _always(slope: Node) -> bool:
    """Whether a slope hands on something whatever the numbers are: no branch of it is 0."""
    match slope:
        case Choice(_, yes, no):
            return _always(yes) and _always(no)
    return slope != Number(0)
