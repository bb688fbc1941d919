"""What a report says of an operation that is wrong or inaccurate: the fault, in words."""

from __future__ import annotations

import math

from autograd.ops import OPS
from autograd.testing.engines import causes, guess
from autograd.testing.engines.candidate import Candidate, Given, given
from autograd.testing.engines.judgement import shown
from autograd.testing.engines.operands import arguments
from autograd.testing.engines.program import Operation, Program, right_slope, right_value
from autograd.testing.engines.report import Fault
from autograd.testing.engines.series import Miss, Series
from autograd.testing.verdict import Verdict


def wrong(operation: Operation, one: Series, missed: list[Miss], candidate: Candidate) -> Fault:
    """The fault of a number that is wrong, with what explains it where something does."""
    miss = missed[0]
    what, why = f"{one.name} of {operation.label} is wrong", ""
    row, place = OPS[operation.row], "xyz".find(one.leaf or "?")
    seen = [(arguments(program), came) for program, came in one.seen]
    cause = guess.cause(row, place, seen, operation.names) if one.leaf else ""
    own, nothing = False, bool(one.leaf) and all(_nothing(m.given) for m in missed)
    if nothing and _is_of_its_own(miss, one.leaf, candidate):
        what, own = f"{operation.label}: {causes.OWN.format(one.leaf)}", True
    elif nothing and not one.right:
        what = f"{operation.label} {causes.LOST}"
    elif why := cause or _factor(one, missed):
        pass
    elif one.right and len(missed) > 1 and all(_are_equal(miss.program) for miss in missed):
        why = causes.MERGED
    beyond = [miss for miss in one.off if miss.found.error is None and miss.ulp > 2**40]
    numbers = [miss.given.number if miss.given else None for miss in missed]
    if not why and len(missed) > 1 and not any(x is None or math.isfinite(x) for x in numbers):
        what = f"{one.name} of {operation.label} overflows on the way"
        beyond = [miss for miss in beyond if not _is_finite(miss.given)]
    region = _region([m.program for m in (*missed, *beyond)]) if one.right and not own else ""
    return Fault(
        verdict="wrong", what=what, code=miss.found.code,
        shows=candidate.shows(miss.program, one.leaf), found=miss.came, right=shown(miss.right),
        ulp=miss.ulp, region=region, why=why, program=miss.program, leaf=one.leaf,
        operations=(operation,),
    )  # fmt: skip


def _factor(one: Series, missed: list[Miss]) -> str:
    """What a slope is multiplied by, at every point where it is wrong."""
    finite = [
        (miss, miss.given.number or 0) for miss in missed if miss.given and _is_finite(miss.given)
    ]
    if not one.leaf or len(finite) < 4:
        return ""
    if all(math.isclose(number, -miss.right, rel_tol=1e-9) for miss, number in finite):
        return causes.OTHER_SIGN
    out = [(number, miss.right * right_value(miss.program)) for miss, number in finite]
    if all(math.isclose(number, right, rel_tol=1e-9) for number, right in out):
        return causes.TIMES_DATA
    return ""


def _is_of_its_own(miss: Miss, leaf: str, candidate: Candidate) -> bool:
    """Whether the slope that is lost comes where the operand has a gradient of 1 already."""
    if candidate.dialect.of_functions:
        return False
    *lines, last = miss.found.code.split("\n")
    grad = candidate.dialect.grad.format(leaf)
    answer = candidate.ask([*lines, f"{grad} = 1.0", last], [grad])
    came = given(answer.read[0]).number if answer.error is None else None
    return came is not None and math.isclose(came, 1 + miss.right, rel_tol=1e-9)


def outside(operation: Operation, one: Series, candidate: Candidate) -> Fault:
    """The fault of a slope at a kink that is not between those of the two sides."""
    miss = one.kinks[0]
    return Fault(
        verdict="wrong", what=f"{one.name} of {operation.label} is wrong at a kink",
        code=miss.found.code, shows=candidate.shows(miss.program, one.leaf), found=miss.came,
        right=miss.right, region=_region([miss.program]), program=miss.program, leaf=one.leaf,
        operations=(operation,),
    )  # fmt: skip


def _are_equal(program: Program) -> bool:
    """Whether two values of a program have the same data."""
    return len(program.leaves) == 2 and program.leaves[0][1] == program.leaves[1][1]


def _is_finite(given: Given | None) -> bool:
    return given is not None and given.number is not None and math.isfinite(given.number)


def _nothing(given: Given | None) -> bool:
    return given is not None and (given.kind == "none" or given.number == 0)


def raising(
    operation: Operation,
    raised: list[Miss],
    verdict: Verdict,
    candidate: Candidate,
    *,
    partly: bool,
) -> Fault:
    """The fault of an operation that raises an error, hangs, or ends the process."""
    miss = raised[0]
    assert miss.found.error is not None
    kind, message = miss.found.error
    what, why = f"{operation.label} raises {kind}", ""
    if kind == "AttributeError" and candidate.is_no_value(message):
        what = f"{operation.label} {causes.NUMBER}"
    elif kind == "RecursionError":
        why = "it calls itself"
    elif kind == "OverflowError":
        why = "a number on the way is beyond the doubles"
    elif kind == "timeout":
        what = f"{operation.label} timed out"
    elif kind == "crash":
        what = f"{operation.label} ends the process"
    slopes = [right_slope(miss.program, leaf) for leaf, _ in miss.program.leaves]
    texts = ["no" if slope is None else shown(slope) for slope in slopes]
    slopes_are = f"the slope{'s' * (len(texts) > 1)} {', '.join(texts)}"
    right = f"{shown(right_value(miss.program))} with {slopes_are}"
    return Fault(
        verdict=verdict, what=what, code=miss.found.code, found=miss.came, right=right,
        region=_region([m.program for m in raised]) if partly else "",
        why=why, program=miss.program, operations=(operation,),
    )  # fmt: skip


def inaccurate(operation: Operation, one: Series, off: list[Miss], candidate: Candidate) -> Fault:
    """The fault of a number that loses digits: the region, and how many."""
    most = max(miss.ulp for miss in off)
    worst = min(
        (miss for miss in off if miss.ulp >= most / 2), key=lambda miss: _size(miss.program)
    )
    finite = [miss.ulp for miss in off if math.isfinite(miss.ulp)]
    lost = [miss for miss in off if miss.ulp >= 2**52]
    parts = [f"up to {max(finite):.2g} ulp"] if finite and max(finite) < 2**52 else []
    if lost:
        first = min(lost, key=lambda miss: _size(miss.program))
        parts = ["no digit is right from " + where(first.program)]
        worst = first
    return Fault(
        verdict="inaccurate", what=f"{one.name} of {operation.label}", code=worst.found.code,
        shows=candidate.shows(worst.program, one.leaf), found=worst.came,
        right=shown(worst.right), ulp=worst.ulp,
        region=", ".join([_region([miss.program for miss in off]), *parts]),
        program=worst.program, leaf=one.leaf,
    )  # fmt: skip


def _size(program: Program) -> float:
    """How far the numbers of a program are from 1, in powers of ten."""
    return sum(abs(math.log10(abs(x))) for x in arguments(program) if x)


def where(program: Program) -> str:
    """The point of a program, as text."""
    return ", ".join(f"{name} = {x:g}" for name, x in program.leaves)


def _region(programs: list[Program]) -> str:
    """Where a fault was met: the range of each operand that varies."""
    names = programs[0].steps[0].operation.names
    parts = []
    for place, name in enumerate(names):
        numbers = sorted(arguments(program)[place] for program in programs)
        low, high = numbers[0], numbers[-1]
        inner = min(abs(x) for x in numbers)
        if name not in ("x", "y", "z", "n"):
            continue
        if low == high:
            parts.append(f"{name} = {low:.10g}")
        elif -low == high and inner == high:
            parts.append(f"|{name}| = {high:.10g}")
        elif -low == high and inner > 0:
            parts.append(f"|{name}| from {inner:.10g} to {high:.10g}")
        else:
            parts.append(f"{name} from {low:.10g} to {high:.10g}")
    return ", ".join(parts)
