"""Checks of how gradients go through a graph: that they add up, in the right order, once each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograd.testing.engines import causes, walks
from autograd.testing.engines.candidate import Candidate, Found, given
from autograd.testing.engines.judgement import is_near, shown
from autograd.testing.engines.program import (
    Operation,
    Program,
    Step,
    right_slope,
    right_value,
)
from autograd.testing.engines.report import Fault, Tally
from autograd.testing.engines.samples import sampled

# The shapes of graphs that tell the causes apart; * and + are two operations that are right.
SHAPES = {
    "alone": "y = a + b",
    "chain": "t = a * b; y = t * c",
    "twice": "y = a + a",
    "squared": "y = a * a",
    "diamond": "t = a * b; u = a * c; y = t + u",
    "interior": "t = a * b; y = t + t",
    "shared": "t = a * b; u = t * c; v = t * b; y = u + v",
    "short and long": "t = a * b; u = t * c; y = t + u",
    "long and short": "t = a * b; u = t * c; y = u + t",
    "short and longer": "t = a * b; u = t * c; v = u * a; y = t + v",
    "equal": "t = a * c; u = d * c; y = t + u",
}
_LEAVES = {"a": 2.0, "b": 3.0, "c": 7.0, "d": 2.0}


@dataclass(frozen=True)
class Failure:
    """A program whose gradient is wrong: the leaf, and the ratio of what came to what is right."""

    program: Program
    found: Found
    leaf: str
    came: str
    number: float
    right: Any


def tried(candidate: Candidate, program: Program, tally: Tally) -> Failure | None:
    """The first number of a program that is wrong, or None; right ones are counted."""
    return tried_all(candidate, [program], tally)[0]


def tried_all(
    candidate: Candidate, programs: Sequence[Program], tally: Tally
) -> list[Failure | None]:
    """The same for several programs; fewer if the engine hangs or crashes twice."""
    came = candidate.run_all(programs)
    return [_judged(one, found, tally) for one, found in zip(programs, came, strict=False)]


def _judged(program: Program, found: Found, tally: Tally) -> Failure | None:
    slopes = {leaf: right_slope(program, leaf) for leaf, _ in program.leaves}
    for leaf, right in [("", right_value(program)), *slopes.items()]:
        if right is None:
            return None
        came = found.slopes.get(leaf) if leaf else found.value
        if is_near(came, right):
            tally.passed += 1
            continue
        text = ": ".join(found.error) if found.error else came.shown if came else "nothing"
        number = float(came.number or 0) if came is not None else float("nan")
        return Failure(program, found, leaf, text, number, right)
    return None


def fault(candidate: Candidate, failure: Failure, what: str, why: str = "") -> Fault:
    """A failure as a fault of a name."""
    return Fault(
        verdict="wrong", what=what, code=failure.found.code, found=failure.came,
        shows=candidate.shows(failure.program, failure.leaf),
        right=shown(failure.right), why=why, program=failure.program, leaf=failure.leaf,
    )  # fmt: skip


def built(text: str, plus: Operation, times: Operation) -> Program:
    """A program from a text such as `t = a * b; y = t + t`."""
    steps = []
    for line in text.split(";"):
        name, _, left, sign, right = line.split()
        steps.append(Step(name, plus if sign == "+" else times, (left, right)))
    used = {x for step in steps for x in step.operands}
    leaves = tuple((name, x) for name, x in _LEAVES.items() if name in used)
    return Program(leaves, tuple(steps))


def beginning(candidate: Candidate, tally: Tally) -> bool:
    """Whether a gradient comes at all; else the fault is named, and nothing more can be checked."""
    both = [op for op in candidate.operations if len(op.places) == 2 and not op.fixed]
    plain = [op for op in both if op.row in ("add", "mul", "sub")]
    if not plain:
        return True
    failures = []
    for operation in plain:
        program = Program((("a", 2.0), ("b", 3.0)), (Step("y", operation, ("a", "b")),))
        failure = tried(candidate, program, tally)
        if failure is None or not failure.leaf or failure.found.error is not None:
            return True
        failures.append(failure)
    ratios = {failure.number / float(failure.right) for failure in failures}
    data = [float(right_value(failure.program)) for failure in failures]
    seeds = [failure.number / float(failure.right) for failure in failures]
    if seeds == data:
        tally.faults.append(fault(candidate, failures[0], causes.SEEDED))
    elif ratios == {0.0}:
        tally.faults.append(fault(candidate, failures[0], causes.NOTHING))
    elif len(ratios) == 1 and len(failures) > 1:
        tally.faults.append(fault(candidate, failures[0], causes.SCALED))
    else:
        return True
    tally.unchecked.append("everything else, for every gradient is off by this")
    return False


# The shapes of graphs.


def check_shapes(candidate: Candidate, tally: Tally, plus: Operation, times: Operation) -> bool:
    """Checks the shapes of graphs and names the one cause that explains what fails."""
    programs = {name: built(text, plus, times) for name, text in SHAPES.items()}
    came = candidate.run_all([*programs.values()])
    failures: dict[str, Failure] = {}
    for (name, program), found in zip(programs.items(), came, strict=False):
        failure = _judged(program, found, tally)
        if failure is not None:
            failures[name] = failure
    if not failures:
        return True
    likely, shape = _likely(failures)
    sure = walks.explanation([*zip(programs.values(), came, strict=False)], plus, times)
    if likely == causes.REVERSED:
        sure = causes.REVERSED if _comes_later(candidate, failures[shape]) else causes.SHALLOW
    elif likely == causes.MERGED:
        sure = likely
    cause = sure or likely
    if not sure and likely != causes.UNKNOWN:
        cause = f"{causes.UNKNOWN}; it looks as if {likely}"
    others = len(failures) - 1
    more = f"{others} of {len(SHAPES) - 1} other shapes of graphs {'are' if others > 1 else 'is'}"
    why = f"{more} wrong, too" if others else ""
    one = fault(candidate, failures[shape], cause, why)
    tally.faults.append(replace(one, operations=(plus, times)))
    return False


def _comes_later(candidate: Candidate, failure: Failure) -> bool:
    """Whether a second backward pass brings a gradient where the first brought none."""
    if candidate.dialect.of_functions:
        return False
    code, reads = candidate.wrote(failure.program)
    answer = candidate.ask([code, candidate.backward(failure.program.root)], reads[1:2])
    return answer.error is None and bool(given(answer.read[0]).number)


def _likely(failures: Mapping[str, Failure]) -> tuple[str, str]:
    """What it may be, and the shape that shows it best."""
    first = next(iter(failures))
    if failures[first].found.error is not None or not failures[first].leaf:
        return causes.UNKNOWN, first
    if "chain" in failures and failures["chain"].number == 0:
        return causes.REVERSED, "chain"
    if "chain" in failures:
        return causes.UNCHAINED, "chain"
    both = [shape for shape in ("twice", "squared") if shape in failures]
    if both and "diamond" in failures:
        return causes.ASSIGNED, both[0]
    if both:
        less = abs(failures[both[0]].number) < abs(failures[both[0]].right)
        return causes.ONCE if less else causes.UNKNOWN, both[0]
    if {*failures} == {"equal"}:
        return causes.MERGED, "equal"
    more = [shape for shape in ("interior", "shared") if shape in failures]
    if more and abs(failures[more[0]].number) > abs(failures[more[0]].right):
        return causes.REPEATED, more[0]
    ordered = [shape for shape in failures if "long" in shape]
    if ordered:
        return causes.UNORDERED, ordered[0]
    return causes.UNKNOWN, first


# Random graphs.


def check_graphs(
    candidate: Candidate, tally: Tally, right: Sequence[Operation], count: int
) -> None:
    """Random graphs against exact numbers; the smallest that fails is a fault."""
    programs = list(sampled(right, count))
    failures = [failure for failure in tried_all(candidate, programs, tally) if failure is not None]
    if failures:
        least = min(failures, key=lambda one: len(one.program.steps))
        what = f"{causes.UNKNOWN} ({len(failures)} of {len(programs)} random graphs)"
        tally.faults.append(fault(candidate, least, what))
