"""Listing: a traced function as numbered places, which the writers turn into code."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

from autograd.formula.notation import shown
from autograd.jit.call import Called
from autograd.jit.index import TAKE
from autograd.jit.program import Program
from autograd.jit.tape import OUTPUT, Step, Tape
from autograd.jit.trace import trace
from autograd.ops import BESIDE, OPS, Op
from autograd.structure import ARRAY, Nested, Spec, flatten, numbers, size
from autograd.value import Value


@dataclass(frozen=True, slots=True)
class Constant:
    """A number in the function's own text."""

    number: Any


Operand: TypeAlias = int | Constant


@dataclass(frozen=True, slots=True)
class Operation:
    """What is computed at a place: a row, on other places and constants."""

    place: int
    op: Op
    inputs: tuple[Operand, ...]


class Argument(NamedTuple):
    """An argument of the function: its name, how it is nested, the place of its first number."""

    name: str
    spec: Spec
    first: int

    @property
    def places(self) -> range:
        """The places of its numbers."""
        return range(self.first, self.first + size(self.spec))


# Of more parameters than this, a comment names only some.
_LISTED = 100


class Listing:
    """A function as places: its arguments', its parameters', constants', and what is computed.

    The order of `operations` is that in which the function was recorded. `active` are the places
    that a gradient flows to.
    """

    def __init__(
        self,
        name: str,
        names: Sequence[str],
        specs: Sequence[Spec],
        tape: Tape,
        named: Mapping[str, Value],
    ) -> None:
        tape = _ahead(written_out(tape), named.values())
        paths = {value: path for path, value in named.items()}
        self.name = name
        self.structure = tape.structure
        self.arguments: list[Argument] = []
        for own, spec in zip(names, specs, strict=True):
            first = self.arguments[-1].places.stop if self.arguments else 0
            self.arguments.append(Argument(own, spec, first))
        self.inputs = tape.arguments
        self.parameters = [parameter.raw for parameter in tape.parameters.values()]
        self._labels = [paths.get(it, it.label) for it in tape.parameters.values()]
        leaves = [*range(tape.arguments), *tape.parameters]
        self.leaves = len(leaves)
        # Constants are written where they are used, but those in a run or given back have a place.
        placed = dict.fromkeys(i for i in tape.outputs if tape.steps[i].constant)
        for step in tape.steps:
            if step.op is not None and step.op.run:
                placed |= dict.fromkeys(i for i in step.inputs if tape.steps[i].constant)
        self.constants = [tape.steps[i].number for i in placed]
        done = [i for i, step in enumerate(tape.steps) if step.op is not None]
        place = {old: new for new, old in enumerate([*leaves, *placed, *done])}
        self.size = len(place)

        def operand(i: int) -> Operand:
            return place[i] if i in place else Constant(tape.steps[i].number)

        self.operations = [
            Operation(place[i], op, tuple(map(operand, tape.steps[i].inputs)))
            for i in done
            if (op := tape.steps[i].op)
        ]
        self.outputs = [place[i] for i in tape.outputs]
        self.active = {place[i] for i in tape.depending({*leaves}) if i in place}

    @property
    def order(self) -> str:
        """The parameters by their labels, on one line."""
        names = [shown(label) or f"[{k}]" for k, label in enumerate(self._labels)]
        if len(names) > _LISTED:
            names = [*names[:3], "…", *names[-1:]]
        return ", ".join(names)

    @property
    def one(self) -> bool:
        """Whether the function gives one number, whose gradient needs no weights."""
        return self.structure is None


def listing(
    f: Callable[..., Any], args: Sequence[Any], name: str, named: Mapping[str, Value] | None = None
) -> Listing:
    """The listing of a function of Values, or of a program that `jit` made, for such arguments.

    Its parameters are those that are `named`, then others. A program that was traced already needs
    none. Raises LookupError for one that was not, ValueError for a named parameter that is no leaf.
    """
    for path, value in (named or {}).items():
        if value.op is not None:
            raise ValueError(
                f"the parameter {path!r} is computed by {value.op.name!r} from others, which are "
                "what can be given to the code: name those"
            )
    if isinstance(f, Program):
        version = f.trace(*args).version if args else f.version
        specs, tape, f = version.specs, version.tape, f.__wrapped__
    else:
        _check(f, args)
        leaves: list[Any] = []
        specs = tuple([flatten(arg, leaves) for arg in args])
        tape = trace(f, specs, numbers(leaves))
    called = re.sub(r"\W|^(?=\d)", "_", name)
    return Listing(called, _names(f, len(specs)), specs, tape, named or {})


def _ahead(tape: Tape, first: Iterable[Value]) -> Tape:
    """The same tape whose parameters begin with these, one that it does not use among them."""
    steps, place = [*tape.steps], {value: k for k, value in tape.parameters.items()}
    for value in first:
        if value not in place:
            place[value] = len(steps)
            steps.append(Step(None))
    order = dict.fromkeys([*first, *place])
    return replace(tape, steps=steps, parameters={place[value]: value for value in order})


# What only compiled code has.


def written_out(tape: Tape) -> Tape:
    """The same tape with the steps of a call in its place, and choices for what picks a row."""
    made: list[Step] = []

    def add(step: Step) -> int:
        made.append(step)
        return len(made) - 1

    def write(tape: Tape, leaves: Sequence[int]) -> list[Any]:
        """The new place of each step; of a call, those of its outputs."""
        known = dict(zip([*range(tape.arguments), *tape.parameters], leaves, strict=True))
        place: list[Any] = []
        for own, step in enumerate(tape.steps):
            inputs = [place[x] for x in step.inputs]
            if own in known:
                place.append(known[own])
            elif isinstance(step.op, Called):
                inner = step.op.version.tape
                places = write(inner, inputs)
                place.append([places[k] for k in inner.outputs])
            elif step.op is OUTPUT:
                place.append(inputs[0][step.number])
            elif step.op is TAKE:
                place.append(_picked(add, *inputs))
            else:
                place.append(add(Step(step.op, tuple(inputs), step.number)))
        return place

    leaves = [add(Step(None)) for _ in (*range(tape.arguments), *tape.parameters)]
    place = write(tape, leaves)
    parameters = dict(zip(leaves[tape.arguments :], tape.parameters.values(), strict=True))
    outputs = [place[k] for k in tape.outputs]
    return replace(tape, steps=made, parameters=parameters, outputs=outputs)


def _picked(add: Callable[[Step], int], index: int, *rows: int) -> int:
    """The place of the row that an index picks, from the end if it is negative; nan beyond."""
    found = add(Step(None, (), math.nan))
    for k, row in enumerate(rows):
        for number in (k, k - len(rows)):
            test = add(Step(BESIDE["eq"], (index, add(Step(None, (), number)))))
            found = add(Step(OPS["where"], (test, row, found)))
    return found


# How arguments and results are nested.


def inside(spec: Nested) -> list[tuple[str, Any, Spec]]:
    """What a structure holds: by "index", "key" or "field", by which, and what that is.

    >>> inside(flatten({"a": 1.0, "b": [2.0]}, [])) == [
    ...     ("key", "a", None), ("key", "b", flatten([2.0], []))
    ... ]
    True
    """
    kind, keys, parts = spec
    if kind == ARRAY:
        part = Nested(ARRAY, keys[1:], ()) if len(keys) > 1 else None
        return [("index", k, part) for k in range(keys[0])]
    if isinstance(kind, type) and issubclass(kind, dict):
        return [("key", key, part) for key, part in zip(keys[0], parts, strict=True)]
    if keys is not None:
        return [("field", key, part) for key, part in zip(keys, parts, strict=True)]
    return [("index", k, part) for k, part in enumerate(parts)]


def paths(spec: Spec, name: str, step: Callable[[str, Any], str]) -> Iterator[str]:
    """Where each number of a structure is: its name, and a step for each level.

    >>> [*paths(flatten([1.0, [2.0]], []), "x", lambda kind, key: f"[{key}]")]
    ['x[0]', 'x[1][0]']
    """
    if spec is None:
        yield name
        return
    for kind, key, part in inside(spec):
        yield from paths(part, name + step(kind, key), step)


def nested(spec: Spec, leaves: Iterator[str], key: Callable[[Any], str]) -> str:
    """The source of a structure of leaves, in brackets and braces.

    >>> nested(flatten({"a": 1.0, "b": [2.0]}, []), iter("xy"), repr)
    "{'a': x, 'b': [y]}"
    """
    if spec is None:
        return next(leaves)
    parts = [(kind, own, nested(part, leaves, key)) for kind, own, part in inside(spec)]
    if all(kind == "index" for kind, _, _ in parts):
        return f"[{', '.join(text for _, _, text in parts)}]"
    return f"{{{', '.join(f'{key(own)}: {text}' for _, own, text in parts)}}}"


def _check(f: Callable[..., Any], args: Sequence[Any]) -> None:
    """Raises TypeError for a function that does not take so many arguments."""
    try:
        inspect.signature(f).bind(*args)
    except ValueError:  # it has none
        return
    except TypeError as error:
        raise TypeError(
            f"{getattr(f, '__qualname__', f)} is traced with one example of each argument, as in "
            f"export(f, path, 1.0, [2.0, 3.0]): {error}"
        ) from None


def _names(f: Callable[..., Any], count: int) -> list[str]:
    """What the function calls its arguments."""
    try:
        known = [*inspect.signature(f).parameters.values()]
    except (TypeError, ValueError):
        known = []
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [parameter.name for parameter in known if parameter.kind in positional][:count]
    return [*names, *(f"x{k}" for k in range(len(names), count))]
