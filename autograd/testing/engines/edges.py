"""Checks of each edge of a graph: how an operation hands its gradient on to an operand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autograd.testing.engines import causes
from autograd.testing.engines.candidate import Candidate, Found
from autograd.testing.engines.chaining import Failure, fault
from autograd.testing.engines.judgement import is_near
from autograd.testing.engines.operands import smooth
from autograd.testing.engines.program import Operation, Program, Step, right_slope, right_value
from autograd.testing.engines.report import Fault, Tally


@dataclass(frozen=True)
class Probe:
    """A program that shows one mistake at one edge: what its leaf then gets.

    `other` is the same with the two operands of the operation beside it swapped: what is wrong in
    one of them alone is that operation's mistake.
    """

    cause: str
    operand: str
    program: Program
    other: Program
    leaf: str
    mistaken: float


def probes(operation: Operation, plus: Operation, times: Operation) -> Iterator[Probe]:
    """The probes of an operation, whatever else of `plus` and `times` is wrong.

    The operation beside it is the last one, so its gradient is 1, and it is the first to write:
    neither = nor a forgotten factor in it changes a number.

    >>> add, mul = Operation("add", "{0} + {1}"), Operation("mul", "{0} * {1}")
    >>> for probe in probes(Operation("tanh", "{0}.tanh()"), add, mul):
    ...     print([step.operands for step in probe.program.steps], f"{probe.mistaken:.3f}")
    [('x',), ('out', 'x')] 0.786
    [('x',), ('out', 'k')] 0.786
    [('m', 'k'), ('x',)] 0.000
    """
    alone = smooth(operation)
    if alone is None:
        return
    numbers, (step,) = dict(alone.leaves), alone.steps
    for leaf, number in numbers.items():
        slope = float(right_slope(alone, leaf))
        for cause, beside, name, more in (
            (causes.ASSIGNED, plus, leaf, ()),
            (causes.UNCHAINED, times, "k", (("k", 3.0),)),
        ):
            program, other = (
                Program((*alone.leaves, *more), (step, Step("u", beside, pair)))
                for pair in (("out", name), (name, "out"))
            )
            yield Probe(cause, leaf, program, other, leaf, slope)
        rest = tuple(pair for pair in alone.leaves if pair[0] != leaf)
        made = Step(leaf, times, ("m", "k"))
        longer = Program((("m", number / 4), ("k", 4.0), *rest), (made, step))
        yield Probe(causes.ORPHANED, leaf, longer, longer, "m", 0.0)


@dataclass(frozen=True)
class Miss:
    """An edge that is wrong: what its probe looked for, and whether that is what came."""

    operation: Operation
    operand: str
    probe: str
    is_it: bool
    failure: Failure


def check(
    candidate: Candidate,
    tally: Tally,
    right: Sequence[Operation],
    plus: Operation,
    times: Operation,
) -> list[Operation]:
    """Checks each edge of operations that are right alone; those that are right here, too."""
    asked = [(one, probe) for one in right for probe in probes(one, plus, times)]
    came = candidate.run_all([probe.program for _, probe in asked])
    missed = [
        miss
        for (one, probe), found in zip(asked, came, strict=False)
        if (miss := _missed(candidate, one, probe, found, tally)) is not None
    ]
    edges = {(one.label, probe.operand) for one, probe in asked}
    missed = _own(missed, edges, plus, times)
    everywhere = [
        cause
        for cause in causes.AT_AN_EDGE
        if len({one.row for one, _ in asked}) > 1
        and edges == {(miss.operation.label, miss.operand) for miss in missed if _is(miss, cause)}
    ]
    for cause in everywhere:
        first = next(miss for miss in missed if _is(miss, cause))
        one = fault(candidate, first.failure, f"{cause}, in every operation")
        tally.faults.append(replace(one, operations=tuple(right)))
    named = [miss for miss in missed if not any(_is(miss, cause) for cause in everywhere)]
    tally.faults += _faults(candidate, named)
    return [one for one in right if all(miss.operation != one for miss in missed)]


def _missed(
    candidate: Candidate, operation: Operation, probe: Probe, found: Found, tally: Tally
) -> Miss | None:
    failure = _failure(probe, probe.program, found)
    if failure is not None and probe.other != probe.program:
        failure = _failure(probe, probe.other, candidate.run(probe.other)) and failure
    if failure is None:
        tally.passed += 1
        return None
    is_it = found.error is None and abs(failure.number - probe.mistaken) < 1e-6
    if probe.cause == causes.ORPHANED and not is_it:
        return None  # the operation before it forgets a factor
    return Miss(operation, probe.operand, probe.cause, is_it, failure)


def _failure(probe: Probe, program: Program, found: Found) -> Failure | None:
    right, came = right_slope(program, probe.leaf), found.slopes.get(probe.leaf)
    if right is None or (found.error is None and is_near(came, right)):
        return None
    text = ": ".join(found.error) if found.error else came.shown if came else "nothing"
    number = float(came.number or 0) if came is not None else float("nan")
    return Failure(program, found, probe.leaf, text, number, right)


def keeps_its_data(fault: Fault) -> bool:
    """Whether a fault is that of a last operation whose result has the data of its operand."""
    graph = fault.program
    if graph is None or len(graph.steps) < 2 or "gets no gradient" not in fault.what:
        return False
    return bool(right_value(graph) == right_value(Program(graph.leaves, graph.steps[:-1])))


def _is(miss: Miss, cause: str) -> bool:
    return miss.is_it and miss.probe == cause


def _own(
    missed: Sequence[Miss], edges: set[tuple[str, str]], plus: Operation, times: Operation
) -> list[Miss]:
    """The misses that are an operation's own, and neither the walk's nor another operation's."""
    orphans = [miss for miss in missed if _is(miss, causes.ORPHANED)]
    if len(orphans) == len(edges):
        return []  # nothing goes beyond the last operation: the shapes of graphs tell
    blind = [
        cause
        for cause, beside in ((causes.ASSIGNED, plus), (causes.UNCHAINED, times))
        if len([miss for miss in orphans if miss.operation == beside]) == len(beside.places)
        or len([miss for miss in missed if miss.probe == cause and not miss.is_it]) == len(edges)
    ]
    return [miss for miss in missed if miss.probe not in blind]


def _faults(candidate: Candidate, missed: Sequence[Miss]) -> Iterator[Fault]:
    """A fault for each operation and each cause; one rule has one, however it is called."""
    known: set[tuple[str, str, str]] = set()
    for operation in dict.fromkeys(miss.operation for miss in missed):
        for cause in (*causes.AT_AN_EDGE, ""):
            some = [
                miss
                for miss in missed
                if miss.operation == operation and cause == (miss.probe if miss.is_it else "")
            ]
            new = {(operation.row, cause, miss.operand) for miss in some} - known
            if not new:
                continue
            known |= new
            operands = list(dict.fromkeys(miss.operand for miss in some))
            if not cause:
                what = f"{operation.label} within a graph is wrong"
            elif len(operands) > 1 or (len(operation.places) == 1 and cause != causes.ORPHANED):
                what = f"{operation.label}: {cause}"
            else:
                what = f"{operation.label}: {causes.AT_AN_EDGE[cause].format(*operands)}"
            one = fault(candidate, some[0].failure, what)
            yield replace(one, operations=(operation,))
