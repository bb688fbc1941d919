"""Trace: a function, run on Values that are not known yet, as a tape."""

from __future__ import annotations

import copy
import inspect
import os
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from threading import active_count
from types import FrameType
from typing import Any, NoReturn

from autograd.calculus import alive
from autograd.elementary import spelled
from autograd.engine import record
from autograd.errors import errors, guard
from autograd.graph import fold, topological
from autograd.jit import choices, index
from autograd.jit.call import Called, call_of
from autograd.jit.index import TAKE, Read, Recording, Taken
from autograd.jit.tape import OUTPUT, Step, Tape
from autograd.ops import BESIDE, OPS
from autograd.structure import Spec, flatten, rebuild
from autograd.value import Value, new_node, tracing


def trace(
    f: Callable[..., Any], specs: Sequence[Spec], data: Sequence[Any], own: Iterable[Value] = ()
) -> Tape:
    """The tape of f on arguments of these structures.

    Leaves that f captures become parameters, and so do the variables of derivatives that are being
    taken now, and `own`.
    """
    variables = alive().union(own)

    def run(numbers: Sequence[Any]) -> Recording:
        return _recording(f, specs, numbers, variables)

    first = run(data)
    taken = index.taken(run, first, data, called(f)) if first.reads else {}
    steps = _Steps(first.leaves, taken, variables)
    for node in first.order:
        steps.add(node)
    ends = [steps.entry(None, slot, x) for slot, x in enumerate(first.outputs)]
    samples = [x.raw if isinstance(x, Value) else x for x in first.outputs]
    counts = index.counted(first)
    for leaf, count in steps.counts.items():
        counts[leaf] = min(count, counts.get(leaf, count))
    place = {leaf: k for k, leaf in enumerate(first.leaves)}
    indices = {place[leaf]: count for leaf, count in counts.items()}
    return Tape(
        steps.made, len(first.leaves), steps.parameters, ends, first.structure, samples, indices
    )


def _recording(
    f: Callable[..., Any], specs: Sequence[Spec], data: Sequence[Any], variables: set[Value]
) -> Recording:
    """A run of a function on Values that are traced. Refuses one that draws random numbers."""
    others = active_count() > 1  # who may have drawn them, if it was not the function
    for _ in range(5 if others else 1):
        drawn = _random_states()
        found = _run(f, specs, data, variables)
        if _random_states() == drawn:
            return found
    also = "; if it is other threads that do, trace(…) it before they begin" if others else ""
    raise TypeError(
        f"{called(f)} draws random numbers, and would keep those of the first call: draw them "
        f"outside and give them as an argument{also}"
    )


def _run(
    f: Callable[..., Any], specs: Sequence[Spec], data: Sequence[Any], variables: set[Value]
) -> Recording:
    """One run of a function on Values that are traced."""
    leaves = [Value(x) for x in data]
    feed = iter(leaves)
    arguments = [rebuild(spec, feed) for spec in specs]
    outer = tracing.get()
    here = Tracing(leaves, outer)
    try:
        tracing.set(here)
        # What a block of errors() forbids is no matter of the numbers that a trace happens to have.
        with errors() if guard.check is not None else nullcontext():
            result = f(*arguments)
    except (IndexError, KeyError) as error:  # of what hides the refusal, or never asked
        if error.args and isinstance(error.args[0], Value):
            here.refused = "an index that is traced cannot be a key of a dict: rows are a list"
        if here.refused:
            raise TypeError(here.refused) from error
        raise
    finally:
        tracing.set(outer)
    _check_unchanged(f, arguments, specs, leaves)
    outputs: list[Any] = []
    structure = flatten(result, outputs)
    return Recording(leaves, outputs, structure, _order(outputs, variables), here.reads, variables)


def called(f: Callable[..., Any]) -> str:
    """What an error calls a function."""
    return str(getattr(f, "__qualname__", f))


def _order(outputs: Iterable[Any], variables: set[Value]) -> list[Value]:
    """The nodes of several graphs in one topological order, without what variables are made of."""
    roots = tuple(x for x in outputs if isinstance(x, Value))
    *order, _ = topological(new_node(OPS["dot"], 0, roots, None, roots, None))
    if variables.isdisjoint(order):
        return order
    wanted = {*roots}
    for node in reversed(order):
        if node in wanted and node not in variables:
            wanted.update(node.parents)
    return [node for node in order if node in wanted]


class _Steps:
    """The steps of a graph, added node by node."""

    def __init__(
        self, leaves: Sequence[Value], taken: dict[tuple[Any, int], Taken], variables: set[Value]
    ) -> None:
        self.made = [Step(None) for _ in leaves]
        self._variables = variables
        self.parameters: dict[int, Value] = {}
        self.counts: dict[Value, int] = {}  # how many rows a call inside may pick from
        self._place: dict[Any, int] = {leaf: place for place, leaf in enumerate(leaves)}
        self._leaves = {*leaves}
        self._taken = taken
        self._takes: dict[int, int] = {}
        self._calls: dict[tuple[int, int], int] = {}
        self._results: dict[tuple[int, int, int], int] = {}

    def add(self, node: Value) -> None:
        """Adds the step of a node, whose parents have been added."""
        if node in self._place:
            return
        if node.op is None or node in self._variables:
            self.parameters[len(self.made)] = node
            self._place[node] = self._new(Step(None))
        elif isinstance(node.op, Called):
            key = call_of(node)
            if key not in self._calls:
                self._check_indices(node, node.op)
                self._calls[key] = self._new(Step(node.op, self._inputs(node)))
            result = *key, node.op.output
            if result not in self._results:  # a copy of the node is the same result
                step = Step(OUTPUT, (self._calls[key],), node.op.output)
                self._results[result] = self._new(step)
            self._place[node] = self._results[result]
        else:
            if node.op is TAKE:
                self._check_index(node.inputs[0], len(node.inputs) - 1, "take")
            self._place[node] = self._new(Step(node.op, self._inputs(node)))

    def entry(self, site: Any, slot: int, x: Any) -> int:
        """The step of an argument of a node or call, or of a result (of None)."""
        return self._step(self._taken.get((site, slot), x))

    def _inputs(self, node: Value) -> tuple[int, ...]:
        own = index.site(node)
        return tuple([self.entry(own, slot, x) for slot, x in enumerate(node.inputs)])

    def _step(self, x: Any) -> int:
        if isinstance(x, Taken):
            if id(x) not in self._takes:
                inputs = (self._place[x.leaf], *map(self._step, x.column))
                self._takes[id(x)] = self._new(Step(TAKE, inputs))
            return self._takes[id(x)]
        if not isinstance(x, Value):
            return self._new(Step(None, (), x))
        waiting = [] if x in self._place else [x]  # an entry of a column that was not taken
        while waiting:
            parents = () if waiting[-1] in self._variables else waiting[-1].parents
            before = [parent for parent in parents if parent not in self._place]
            if before:
                waiting += before
            else:
                self.add(waiting.pop())
        return self._place[x]

    def _new(self, step: Step) -> int:
        self.made.append(step)
        return len(self.made) - 1

    def _check_indices(self, node: Value, op: Called) -> None:
        for place, count in op.version.tape.indices.items():
            self._check_index(node.inputs[place], count, op.name)

    def _check_index(self, index: Any, count: int, name: str) -> None:
        """Refuses an index that is neither a number nor an argument of this function, too."""
        if not isinstance(index, Value):
            check_index(index, count, name)
        elif index not in self._leaves:
            raise TypeError(
                f"{name} uses as an index what is computed here: an index has to be an argument "
                "of the compiled function"
            )
        else:
            self.counts[index] = min(count, self.counts.get(index, count))


def check_index(index: Any, count: int, name: str) -> None:
    """Raises IndexError for what is no row's number, TypeError for what is not whole."""
    if index % 1 != 0:
        raise TypeError(
            f"{name} uses an argument as an index, which is a whole number: {spelled(index)}"
        )
    if not -count <= index < count:
        raise IndexError(f"{name} uses {spelled(index)} as an index, but there are {count} rows")


def _check_unchanged(
    f: Callable[..., Any], arguments: list[Any], specs: Sequence[Spec], leaves: list[Value]
) -> None:
    """Refuses a function that writes into its arguments: they are copies while it is traced."""
    now: list[Any] = []
    if [flatten(argument, now) for argument in arguments] != [*specs] or any(
        x is not leaf for x, leaf in zip(now, leaves, strict=True)
    ):
        raise TypeError(
            f"{called(f)} changes an argument, which compiled code would not: "
            "return what is new, as in keys = [*keys, key]"
        )


_COMPARISONS = {f"__{name}__": BESIDE[name] for name in ("lt", "le", "gt", "ge")}

# Lines of the project itself, and of what asks a Value to copy itself, are not the user's.
_ROOM = Path(__file__).resolve().parents[2]
_ENGINE = (f"{_ROOM / 'autograd'}{os.sep}", copy.__file__, "<autograd ")
_OURS = (f"{_ROOM / 'nn'}{os.sep}", *_ENGINE)


class Tracing:
    """What reading a Value does while a function is traced, within other functions maybe."""

    def __init__(self, leaves: Sequence[Value], outer: Tracing | None) -> None:
        self.own = {*leaves}
        self.leaves: set[Value] = self.own if outer is None else outer.leaves | self.own
        self.reads: list[Read] = []
        self.looking = False
        self.refused = ""

    def index(self, value: Value) -> int:
        """The number of a row that is read, which the tape will take by the argument."""
        if value not in self.own or value.raw % 1 != 0:
            raise TypeError(
                f"{_users_line()} uses a traced number as an index: that can be an argument of the "
                "compiled function alone, and a whole number"
            )
        if self.looking:  # for the list in E[i][j], of which E[i] is read once more
            return int(value.raw)
        self.looking = True
        try:
            rows = index.rows_of(_frame(_ENGINE), value)
        finally:
            self.looking = False
        if rows is None:
            self.refused = (
                f"{_users_line()} uses a traced number as an int: it can pick a row of a list or "
                "tuple that has a name, rows[i], in a file or a notebook (rows = f(x) first); "
                "what shapes the program (a range, a slice) is no argument of what is compiled"
            )
            raise TypeError(self.refused)
        self.reads.append(Read(rows, value, int(value.raw)))
        return int(value.raw)

    derivatives = staticmethod(choices.derivatives)
    times, plus = staticmethod(choices.times), staticmethod(choices.plus)

    def compare(self, left: Value, right: Any, method: str) -> Value:
        """Records a comparison: 1 where it holds, else 0."""
        return record(_COMPARISONS[method], left, right)

    def truth(self, _: Value) -> NoReturn:
        """Refuses a branch, naming the line that takes it."""
        raise TypeError(
            f"{_users_line()} branches on a number that is not known while the function is traced: "
            "a compiled program takes every path, so write where(condition, x, y), maximum(x, y) "
            "or minimum(x, y) instead of if, and, or, max, min or sorted"
        )

    def refuse(self, what: str) -> NoReturn:
        """Refuses to read a number, naming the line that reads it."""
        raise TypeError(
            f"{_users_line()}: {what}, and would freeze the one of the first call: write "
            "where(condition, x, y) for a choice, stop_gradient(v) for a number that no gradient "
            "flows through, grad for a derivative, or give the number as an argument of its own"
        )

    def adjoints(
        self,
        order: Sequence[Value],
        slopes: Callable[[Value], Iterator[tuple[int, Value, Any]]],
        masked: bool,
    ) -> dict[Value, Any]:
        """The backward pass of a graph inside the function, as Values; with masks if asked."""
        steps = fold(order, (1, True), slopes, times=choices.times, plus=choices.plus)
        return {node: found if masked else found[0] for node, found, _ in steps}


def _random_states() -> list[Any]:
    """The states of the generators that a function may draw from without being given one."""
    states: list[Any] = [random.getstate()]
    if "numpy.random" in sys.modules:
        kind, keys, *rest = sys.modules["numpy.random"].get_state()
        states.append((kind, keys.tobytes(), rest))
    return states


def _frame(others: tuple[str, ...]) -> FrameType | None:
    """The innermost call that is in none of these folders and files."""
    frame = inspect.currentframe()
    while frame and frame.f_code.co_filename.startswith(others):
        frame = frame.f_back
    return frame


def _users_line() -> str:
    """The file and line of the innermost call that is not the project's."""
    frame = _frame(_OURS)
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "the function"
