"""Checks of what an engine keeps between passes: gradients, graphs, and data that is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograd.testing import certified
from autograd.testing.engines import causes
from autograd.testing.engines.candidate import Candidate, Given, given
from autograd.testing.engines.chaining import built
from autograd.testing.engines.judgement import is_near
from autograd.testing.engines.program import Operation
from autograd.testing.engines.report import Fault, Tally


@dataclass(frozen=True)
class Trial:
    """Lines of code and what one expression should be afterwards.

    `right` is what is right; `convention` another number that is a convention, with its words.
    An error is a refusal, which is a convention, too, if there are words for that.
    """

    cause: str
    lines: tuple[str, ...]
    shows: str
    right: float
    convention: tuple[float, str] | None = None
    refusal: str = ""
    nothing: bool = False
    graph: str = ""
    leaf: str = "a"


def trials(candidate: Candidate, times: Operation) -> list[Trial]:
    """The trials, as this engine writes them."""
    speech = candidate.dialect
    a, b, c, d = (
        candidate.leaf(name, x) for name, x in zip("abcd", (2.0, 3.0, 5.0, 7.0), strict=True)
    )
    t, y = (f"t = {times.written('a', 'b')}", f"y = {times.written('t', 'c')}")
    z = f"z = {times.written('t', 'd')}"
    back, other = candidate.backward("y"), candidate.backward("z")
    slope = speech.grad.format
    again = "gradients do not add up over passes: backward() starts again"
    products = (f"y = {times.written('a', 'b')}", f"z = {times.written('a', 'c')}")
    zeroed = (a, b, products[0], back, "a.zero_grad()")
    found = [
        Trial(
            causes.UNSEEDED, (a, candidate.backward("a")), slope("a"), 1.0,
            refusal="backward() of a leaf is refused",
        ),
        Trial(
            causes.INTERIOR, (a, b, c, t, y, back), slope("t"), 5.0,
            nothing=True, graph="t = a * b; y = t * c", leaf="t",
        ),
        Trial(
            causes.DESTROYED, (a, b, c, products[0], back, products[1], other), slope("a"), 8.0,
            convention=(5.0, again),
        ),
        Trial(
            causes.DESTROYED, (a, b, c, *products, back, other), slope("a"), 8.0,
            convention=(5.0, again),
            refusal="backward() of a second result that shares a leaf with the first is refused",
        ),
        Trial(
            causes.ROOT, (a, b, products[0], back, back), slope("a"), 6.0,
            convention=(3.0, again), refusal="a second backward() of one graph is refused",
            graph="y = a * b",
        ),
        Trial(
            causes.STALE, (a, b, c, t, y, back, back), slope("a"), 30.0, convention=(15.0, again),
            refusal="a second backward() of one graph is refused", graph="t = a * b; y = t * c",
        ),
        Trial(
            causes.STALE, (a, b, c, d, t, y, z, back, other), slope("a"), 36.0,
            convention=(21.0, again),
            refusal="backward() of a second result that shares values with the first is refused",
        ),
        Trial(causes.UNZEROED, zeroed, slope("a"), 0.0, nothing=True),
    ]  # fmt: skip
    if not speech.in_place:
        alias = (a, b, "y = a", "y += b")
        shows = speech.data.format("a")
        found.append(Trial(causes.ALIASED, alias, shows, 2.0, refusal="+= on a leaf is refused"))
    if speech.change:
        changed = speech.change.format("a", "10.0")
        lines = (a, b, f"y = {times.written('a', 'b')}", changed, back)
        trial = Trial(
            causes.READ_LATE, lines, slope("b"), 2.0,
            refusal="changing the data of a leaf is refused", graph="y = a * b", leaf="b",
        )  # fmt: skip
        found.append(trial)
    return found


def check_new(candidate: Candidate, tally: Tally) -> bool:
    """Whether a new value has no gradient, and keeps its own, whatever other values have."""
    both = [op for op in candidate.operations if len(op.places) == 2 and not op.fixed]
    if candidate.dialect.of_functions or not both:
        return True
    lines = [
        candidate.leaf("a", 2.0),
        candidate.leaf("b", 3.0),
        f"y = {both[0].written('a', 'a')}",
        candidate.backward("y"),
    ]
    shows = candidate.dialect.grad.format("b")
    answer = candidate.ask(lines, [shows])
    came = given(answer.read[0]) if answer.error is None else None
    if came is not None and came.number:
        _stop(tally, causes.FRESH, lines, shows, came, "0, or none")
        return False
    tally.passed += came is not None
    more = [f"z = {both[0].written('b', 'b')}", candidate.backward("z")]
    shows = candidate.dialect.grad.format("a")
    before, after = (candidate.ask(all_, [shows]) for all_ in (lines, [*lines, *more]))
    if before.error is None and after.error is None:
        first, then = given(before.read[0]), given(after.read[0])
        if then.number and then.number != first.number:
            _stop(tally, causes.OTHERS, [*lines, *more], shows, then, first.shown)
            return False
    return True


def _stop(
    tally: Tally, what: str, lines: Sequence[str], shows: str, came: Given, right: str
) -> None:
    """Adds the fault of values that share something, beside which nothing else says much."""
    tally.faults.append(
        Fault(
            verdict="wrong", what=what, code="\n".join(lines), shows=shows, found=came.shown,
            right=right,
        )
    )  # fmt: skip
    tally.unchecked.append("everything else, for every gradient may be another value's")


def check(candidate: Candidate, tally: Tally, plus: Operation, times: Operation) -> None:
    """Runs the trials; one fault for each cause."""
    blamed: set[str] = set()
    for trial in trials(candidate, times):
        answer = candidate.ask(trial.lines, [trial.shows])
        if answer.error is not None and trial.refusal and not answer.ended:
            tally.conventions.append(trial.refusal)
            continue
        if trial.cause == causes.UNZEROED and answer.error and "zero_grad" in answer.error[1]:
            continue  # there is none, or it is not called so
        came = given(answer.read[0]) if answer.error is None else None
        number = None if came is None else came.number
        if came is not None and came.kind == "none" and trial.nothing:
            continue
        if came is not None and is_near(came, certified.number(trial.right)):
            tally.passed += 1
            continue
        if trial.cause == causes.READ_LATE and _is_lazy(candidate, trial):
            tally.conventions.append("values are computed when they are read, from the data then")
            continue
        if trial.convention is not None and number == trial.convention[0]:
            tally.conventions.append(trial.convention[1])
            continue
        if trial.cause in blamed or (trial.cause == causes.STALE and causes.DESTROYED in blamed):
            continue
        if causes.ROOT in blamed and (trial.cause, number) == (causes.STALE, 45.0):
            continue  # 15 of the first pass, and twice as much of the second
        blamed.add(trial.cause)
        what = causes.AGAIN if trial.cause == causes.ROOT and number != 9.0 else trial.cause
        text = came.shown if came is not None else ": ".join(answer.error or ())
        tally.faults.append(
            Fault(
                verdict="wrong", what=what, code="\n".join(trial.lines), shows=trial.shows,
                found=text, right=f"{trial.right:g}", why=_instead(trial),
                program=built(trial.graph, plus, times) if trial.graph else None, leaf=trial.leaf,
            )
        )  # fmt: skip


def _is_lazy(candidate: Candidate, trial: Trial) -> bool:
    """Whether the product itself is of the changed data, so that its gradient is, too."""
    answer = candidate.ask(trial.lines, [candidate.dialect.data.format("y")])
    return answer.error is None and given(answer.read[0]).number == 30.0


def _instead(trial: Trial) -> str:
    if trial.convention is None:
        return ""
    return f"passes add up; {trial.convention[0]:g} is right where backward() starts again"
