"""The report on an engine: its faults, one line each, and what was checked without one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograd.draw.characters import clean
from autograd.explain import explain
from autograd.testing.engines.candidate import Candidate
from autograd.testing.engines.program import Operation, Program
from autograd.testing.verdict import Finding, RuleError


@dataclass(frozen=True, kw_only=True)
class Fault(Finding):
    """One fault of an engine: what is wrong, the smallest code that shows it, and why.

    `what` names the fault. `code` shows it; `found` is what came of its `shows`, `right` is what
    is right. `program` is the same code as a graph, and `leaf` the one that its slope is about,
    where there are such; `operations` are those that are to blame.
    """

    code: str
    shows: str = ""
    program: Program | None = None
    leaf: str = ""
    operations: tuple[Operation, ...] = ()

    def __str__(self) -> str:
        return self.line

    @property
    def line(self) -> str:
        """The fault in one line: verdict, what, the code, what came and what is right."""
        raised = self.shows and ": " in str(self.found)
        shown = f"; {self.shows}" if self.shows and not raised else ""
        verb = "raises" if raised or not self.shows else "gives"
        came = f" {verb} {self.found}, right is {self.right}"
        if str(self.found).startswith(("timeout: ", "crash: ")):
            came = f": {str(self.found).partition(': ')[2]}, right is {self.right}"
        where = f" ({self.region})" if self.region else ""
        because = f"; {self.why}" if self.why else ""
        return f"{self.verdict}: {self.what}{where}: {self.one_line}{shown}{came}{because}"

    @property
    def one_line(self) -> str:
        """The code in one line, as Python takes it."""
        return "; ".join(self.code.split("\n"))

    @property
    def derivation(self) -> str:
        """What is right, worked out as on paper; '' where there is no graph to work out."""
        if self.program is None or not self.program.steps:
            return ""
        try:
            root, leaves = self.program.recorded()
            wrt = leaves.get(self.leaf)
            return str(explain(root, wrt)) if wrt is not None else str(explain(root))
        except (TypeError, ValueError, ArithmeticError):
            return ""


@dataclass(frozen=True)
class Report:
    """What the engine test found. `ok` says that nothing is wrong; printing it shows all of it.

    `faults` are wrong or inaccurate. `conventions` are choices that differ from the field's and
    are none. `missing` has the operations that are not there, `untried` public methods whose name
    says nothing here, and `unchecked` what could not be tested, with the reason. `passed` counts
    the numbers that were compared and are right.
    """

    title: str
    opening: str
    faults: tuple[Fault, ...]
    conventions: tuple[str, ...]
    missing: tuple[str, ...]
    untried: tuple[str, ...]
    unchecked: tuple[str, ...]
    passed: int
    seconds: float = field(compare=False, default=0.0)

    @property
    def wrong(self) -> tuple[Fault, ...]:
        """The faults that are wrong, not only inaccurate."""
        return tuple(fault for fault in self.faults if fault.verdict == "wrong")

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong

    @property
    def summary(self) -> str:
        """How many faults and how many checks passed."""
        inaccurate = len(self.faults) - len(self.wrong)
        return (
            f"{self.title}: {len(self.wrong)} wrong, {inaccurate} inaccurate, "
            f"{self.passed:,} checks passed"
        )

    def lines(self) -> Iterator[str]:
        """The report as text."""
        yield self.summary
        for fault in self.faults:
            yield ""
            yield from fault_lines(fault)
        notes = [
            *(("convention", text) for text in self.conventions),
            *(("unchecked", text) for text in self.unchecked),
        ]
        if notes:
            yield ""
        yield from (f"{kind}: {text}" for kind, text in notes)
        if self.missing:
            yield f"not there: {', '.join(self.missing)}"
        if self.untried:
            yield f"not tried, its name says nothing here: {', '.join(self.untried)}"

    def __str__(self) -> str:
        return clean("\n".join(self.lines()))

    def data(self) -> dict[str, Any]:
        """The report as what JSON has: dicts, lists, texts and numbers."""
        return {
            "engine": self.title,
            "ok": self.ok,
            "passed": self.passed,
            "seconds": round(self.seconds, 3),
            "faults": [
                {
                    "verdict": fault.verdict,
                    "what": fault.what,
                    "where": fault.region,
                    "code": f"{self.opening}\n{fault.code}" if self.opening else fault.code,
                    "shows": fault.shows,
                    "found": str(fault.found),
                    "right": fault.right,
                    "ulp": fault.ulp if fault.ulp == fault.ulp else None,
                    "why": fault.why,
                    "derivation": fault.derivation,
                }
                for fault in self.faults
            ],
            "conventions": list(self.conventions),
            "unchecked": list(self.unchecked),
            "not there": list(self.missing),
            "not tried": list(self.untried),
        }

    def json(self) -> str:
        """The report as JSON text; an infinite error is null."""
        return json.dumps(_plain(self.data()), indent=2, ensure_ascii=False)


class EngineError(RuleError):
    """An engine that is wrong somewhere; `report` has all that was found."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__(*report.faults)

    def __str__(self) -> str:
        return str(self.report)


def fault_lines(fault: Fault) -> Iterator[str]:
    """A fault as a line, and below it why that is right."""
    yield fault.line
    if fault.verdict == "wrong":
        yield from (f"    {line}" for line in fault.derivation.splitlines() if line)


def _plain(thing: Any) -> Any:
    """Without the numbers that JSON lacks."""
    if isinstance(thing, Mapping):
        return {key: _plain(value) for key, value in thing.items()}
    if isinstance(thing, list):
        return [_plain(value) for value in thing]
    return None if isinstance(thing, float) and abs(thing) == float("inf") else thing


class Tally:
    """Collects what the checks of one engine find."""

    def __init__(self, candidate: Candidate) -> None:
        self.candidate = candidate
        self.faults: list[Fault] = []
        self.conventions: list[str] = []
        self.unchecked: list[str] = []
        self.passed = 0

    def report(self, seconds: float) -> Report:
        """The report of what was collected: what is wrong before what is inaccurate."""
        one = self.candidate
        order = sorted(self.faults, key=lambda fault: fault.verdict != "wrong")
        return Report(
            one.title, one.opening, tuple(order), tuple(dict.fromkeys(self.conventions)),
            one.missing, one.untried, tuple(self.unchecked), self.passed, seconds,
        )  # fmt: skip
