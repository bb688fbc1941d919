"""The engine test: every check of one engine, in the order in which one fault explains another."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from autograd.testing.engines import (
    causes,
    chaining,
    composition,
    depth,
    edges,
    kinds,
    operations,
    passes,
)
from autograd.testing.engines.candidate import Candidate, given
from autograd.testing.engines.isolation import SilentError
from autograd.testing.engines.program import Operation
from autograd.testing.engines.report import Fault, Report, Tally

MAX_ULP = 16.0


def examined(
    candidate: Candidate,
    *,
    max_ulp: float = MAX_ULP,
    graphs: int | None = None,
    longest: int | None = None,
    progress: Callable[[str], object] = str,
) -> Report:
    """Runs all checks and returns the report. `progress` is told what comes next."""
    began = time.perf_counter()
    tally = Tally(candidate)
    try:
        _examine(candidate, tally, max_ulp, graphs, longest, progress)
    except SilentError as error:
        what = "it hangs again and again, and is asked no more"
        hanging = Fault(
            verdict="wrong", what=what, code=error.code, found=f"timeout: {error.said}", right="any"
        )
        tally.faults.append(hanging)
    return tally.report(time.perf_counter() - began)


def _examine(
    candidate: Candidate,
    tally: Tally,
    max_ulp: float,
    graphs: int | None,
    longest: int | None,
    progress: Callable[[str], object],
) -> None:
    if not candidate.operations:
        tally.unchecked.append("everything: no operation was found")
    elif passes.check_new(candidate, tally) and chaining.beginning(candidate, tally):
        right = _operations(candidate, tally, max_ulp, progress)
        speech = candidate.dialect
        count, longest = graphs or speech.graphs, longest or speech.longest
        good = examine_graphs(
            candidate, tally, right, graphs=count, longest=longest, progress=progress
        )
        if good:
            progress("kinds of numbers")
            kinds.check_exact(candidate, tally, good)
            kinds.check_special(candidate, tally, good)
            kinds.check_comparisons(candidate, tally)
    progress("what was found, in a process of its own")
    tally.faults = composition.told_once(candidate, tally.faults)
    tally.faults = [_confirmed(candidate, fault) for fault in tally.faults]


def _operations(
    candidate: Candidate, tally: Tally, max_ulp: float, progress: Callable[[str], object]
) -> list[Operation]:
    """Checks every operation; those that are right."""
    known: set[tuple[str, str]] = set()
    right = []
    for operation in candidate.operations:
        progress(operation.label)
        if operations.check(operation, tally, max_ulp, known):
            right.append(operation)
    return right


def examine_graphs(
    candidate: Candidate,
    tally: Tally,
    right: Sequence[Operation],
    *,
    graphs: int,
    longest: int,
    progress: Callable[[str], object] = str,
) -> list[Operation]:
    """Checks what graphs do, of operations that are right; those that are right there, too."""
    both = {op.row: op for op in right if len(op.places) == 2 and not op.fixed}
    plus, times = both.get("add") or both.get("sub"), both.get("mul")
    if plus is None or times is None:
        tally.unchecked.append("graphs, for they take sums and products that are right")
        return []
    progress("operations within graphs")
    good = edges.check(candidate, tally, right, plus, times)
    sound = [operation for operation in (plus, times) if operation in good]
    if sound:
        progress("shapes of graphs")
        fine = chaining.check_shapes(candidate, tally, sound[0], sound[-1])
        if tally.faults and tally.faults[-1].what == causes.MERGED:  # it explains these, too
            tally.faults = [fault for fault in tally.faults if not edges.keeps_its_data(fault)]
        _walks(candidate, tally, sound, longest, progress, fine=fine)
    else:
        fine = False
        tally.unchecked.append("shapes of graphs, for neither sums nor products are right in them")
    if fine and len(sound) > 1:
        progress("random graphs")
        chaining.check_graphs(candidate, tally, good, graphs)
    else:
        tally.unchecked.append("random graphs, for simpler ones are wrong")
    return good


def _walks(
    candidate: Candidate,
    tally: Tally,
    sound: Sequence[Operation],
    longest: int,
    progress: Callable[[str], object],
    *,
    fine: bool,
) -> None:
    """Checks passes one after the other and long chains, of operations that are right in graphs."""
    plus, times = sound[0], sound[-1]
    if fine and times.row == "mul" and not candidate.dialect.of_functions:
        progress("passes")
        passes.check(candidate, tally, plus, times)
    elif fine and not candidate.dialect.of_functions:
        tally.unchecked.append("passes, for products are wrong in graphs")
    progress("long chains")
    depth.check(candidate, tally, plus, longest, fine=fine)
    if fine and plus.row != "mul":
        depth.check_sum(candidate, tally, plus)


def _confirmed(candidate: Candidate, fault: Fault) -> Fault:
    """The fault, tried again in a new process: what only comes after other graphs says so."""
    if fault.verdict != "wrong" or str(fault.found).startswith("timeout: "):
        return fault
    candidate.process.close()
    answer = candidate.ask(fault.code.split("\n"), [fault.shows] if fault.shows else [])
    if answer.error is not None:
        came = ": ".join(part for part in answer.error if part)
    else:
        came = given(answer.read[0]).shown if answer.read else "no error"
    if came == str(fault.found):
        return fault
    if came in ("no error", fault.right) or _number(came) == _number(fault.right):
        why = f"only after other graphs, alone it gives {came}: {causes.STATEFUL}"
    else:
        why = causes.OTHERWISE.format(came)
    return replace(fault, why=f"{fault.why}; {why}" if fault.why else why)


def _number(text: str) -> float | str:
    """The number that a text is, or the text."""
    try:
        return float(text)
    except ValueError:
        return text
