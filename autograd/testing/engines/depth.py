"""Checks of large graphs: long chains, and values that are used again and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autograd.testing import certified
from autograd.testing.engines import causes
from autograd.testing.engines.candidate import Candidate, given
from autograd.testing.engines.isolation import Answer
from autograd.testing.engines.judgement import is_near
from autograd.testing.engines.program import Operation, Program, Step
from autograd.testing.engines.report import Fault, Tally

_DOUBLINGS = 60


def check(candidate: Candidate, tally: Tally, plus: Operation, longest: int, *, fine: bool) -> None:
    """A chain of `longest` additions, and 60 doublings.

    Where short graphs are not `fine` already, only what the length of a chain raises is a fault.
    """
    code, shows = _doubled(candidate, plus)
    right = 2.0**_DOUBLINGS
    if fine and not _is_right(answer := candidate.ask(code, [shows]), right):
        late = answer.error is not None and answer.error[0] == "timeout"
        what = causes.PATHS if late else f"a chain of {_DOUBLINGS} doublings is wrong"
        tally.faults.append(_fault(what, code, shows, answer, f"{right:g}"))
    code, shows = _chain(candidate, plus, longest)
    answer = candidate.ask(code, [shows])
    if _is_right(answer, longest + 1.0):
        tally.passed += 1
    elif answer.error is not None and answer.error[0] == "timeout":
        tally.unchecked.append(f"a chain of {longest} operations: {answer.error[1]}")
    elif fine or answer.error is not None:
        tally.faults.append(_shortest(candidate, plus, longest, answer))


def _is_right(answer: Answer, right: float) -> bool:
    if answer.error is not None:
        return False
    return is_near(given(answer.read[0]), certified.number(right))


def _fault(what: str, code: Sequence[str], shows: str, answer: Answer, right: str) -> Fault:
    came = ": ".join(answer.error) if answer.error is not None else given(answer.read[0]).shown
    return Fault(
        verdict="wrong", what=what, code="\n".join(code), shows=shows, found=came, right=right
    )


def _chain(candidate: Candidate, plus: Operation, count: int) -> tuple[list[str], str]:
    if plus.form == "{0} + {1}":
        return _run(candidate, f"sum([a] * {count}, a)")
    return _run(candidate, f"reduce(lambda y, _: {plus.written('y', 'a')}, range({count}), a)")


def _doubled(candidate: Candidate, plus: Operation) -> tuple[list[str], str]:
    doubled = plus.written("y", "y")
    return _run(candidate, f"reduce(lambda y, _: {doubled}, range({_DOUBLINGS}), a)")


def _run(candidate: Candidate, text: str) -> tuple[list[str], str]:
    """The lines that compute an expression of a and its gradient, and where that is."""
    speech = candidate.dialect
    lines = ["from functools import reduce"] if "reduce" in text else []
    if speech.of_functions:
        asked = speech.differentiate.format(f"lambda a: {text}", "(0,)", "1.0")
        return [*lines, f"value, slopes = {asked}"], "slopes[0]"
    lines += [candidate.leaf("a", 1.0), f"y = {text}", candidate.backward("y")]
    return lines, speech.grad.format("a")


def _shortest(candidate: Candidate, plus: Operation, longest: int, answer: Answer) -> Fault:
    """The fault of a chain that fails, with the shortest that does (to a few links)."""
    low, high, failed = 1, longest, answer
    while high - low > max(1, low // 200):
        middle = (low + high) // 2
        code, shows = _chain(candidate, plus, middle)
        tried = candidate.ask(code, [shows])
        if _is_right(tried, middle + 1.0):
            low = middle
        else:
            high, failed = middle, tried
        if failed.error is not None and failed.error[0] == "timeout":
            break
    code, shows = _chain(candidate, plus, high)
    kind = failed.error[0] if failed.error is not None else ""
    what, why = f"a chain of {high} operations fails", ""
    if kind == "RecursionError":
        what += f": {causes.RECURSIVE}"
        why = causes.LEAVES_OUT.format(min(500, high - 1))
    elif kind == "crash":
        what += ": the process dies"
    return replace(_fault(what, code, shows, failed, f"{high + 1:g}"), why=why)


def check_sum(candidate: Candidate, tally: Tally, plus: Operation) -> None:
    """Python's sum, which begins with the number 0."""
    summed = Operation(plus.row, "sum([{0}, {1}])")
    program = Program((("a", 2.0), ("b", 3.0)), (Step("y", summed, ("a", "b")),))
    found = candidate.run(program)
    if found.error is not None and found.error[0] in ("TypeError", "AttributeError"):
        if candidate.is_no_value(found.error[1]):
            code, _ = candidate.wrote(program)
            tally.faults.append(
                Fault(
                    verdict="wrong", what=f"sum([x, y]) {causes.NUMBER}",
                    code=code, found=": ".join(found.error), right="5.0", program=program,
                )
            )  # fmt: skip
        return
    for shows, came, right in (
        (candidate.shows(program, ""), found.value, 5.0),
        (candidate.shows(program, "a"), found.slopes.get("a"), 1.0),
        (candidate.shows(program, "b"), found.slopes.get("b"), 1.0),
    ):
        if is_near(came, certified.number(right)):
            tally.passed += 1
            continue
        lost = came is not None and not came.number and right == 1.0
        text = ": ".join(found.error) if found.error else came.shown if came else "nothing"
        what = f"sum([x, y]) {causes.LOST}" if lost else "sum([x, y]) is wrong"
        tally.faults.append(
            Fault(
                verdict="wrong", what=what, code=found.code, shows=shows, found=text,
                right=f"{right:g}", program=program, leaf="a",
            )
        )  # fmt: skip
        return
