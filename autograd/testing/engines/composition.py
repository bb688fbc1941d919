"""What operations an engine makes of others, so that a fault of one is told once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autograd.testing.engines.candidate import Candidate, plain
from autograd.testing.engines.operands import smooth
from autograd.testing.engines.program import Operation
from autograd.testing.engines.report import Fault

_METHODS = {
    "add": "add", "sub": "sub", "mul": "mul", "div": "truediv", "power": "pow", "neg": "neg",
    "copy": "pos", "abs": "abs", "mod": "mod", "floordiv": "floordiv",
}  # fmt: skip


def told_once(candidate: Candidate, faults: Sequence[Fault]) -> list[Fault]:
    """The faults without those of operations that call another one that is wrong.

    The fault of that one, or of the graphs that are made of it, names them. What
    an operation calls is watched while it runs.
    """
    blamed = dict.fromkeys(
        one for fault in faults if fault.verdict == "wrong" for one in fault.operations
    )
    if candidate.dialect.of_functions or len(blamed) < 2:
        return [*faults]
    called = {one: _called(candidate, one) for one in blamed}
    bases: dict[Operation, Operation] = {}
    for one in blamed:
        made_of = [
            other
            for other in blamed
            if method(other) != method(one) and method(other) in called[one]
        ]
        alike = [other for other in made_of if _kinds(other, faults) & _kinds(one, faults)]
        if made_of:
            bases[one] = (alike or made_of)[0]
    found: list[Fault] = []
    for fault in faults:
        if fault.verdict != "wrong" or not fault.operations:
            found.append(fault)
        elif any(one not in bases for one in fault.operations):
            made = [one for one in bases if _root(one, bases) in fault.operations]
            found.append(_with_others(fault, [one for one in made if one not in fault.operations]))
    return found


def _kinds(one: Operation, faults: Sequence[Fault]) -> set[bool]:
    """Whether an operation is wrong alone, in a graph, or both."""
    mine = [fault for fault in faults if one in fault.operations and fault.verdict == "wrong"]
    return {fault.program is not None and len(fault.program.steps) > 1 for fault in mine}


def _root(one: Operation, bases: dict[Operation, Operation]) -> Operation:
    """What an operation is made of in the end."""
    seen = {one}
    while one in bases and bases[one] not in seen:
        one = bases[one]
        seen.add(one)
    return one


def _with_others(fault: Fault, made: Sequence[Operation]) -> Fault:
    if not made:
        return fault
    labels = ", ".join(one.label for one in made)
    calls, are = ("call", "are") if len(made) > 1 else ("calls", "is")
    it = "it" if len(fault.operations) == 1 else "others"
    why = f"{labels} {calls} {it} and {are} wrong, too"
    return replace(fault, why=f"{fault.why}; {why}" if fault.why else why)


def method(operation: Operation) -> str:
    """What the function is called that Python runs first for an operation."""
    if operation.form.startswith("{0}."):
        return operation.form[4:].partition("(")[0]
    name = _METHODS.get(operation.row, "")
    if "(" in operation.form.removeprefix("abs(") or not name:
        return operation.form.partition("(")[0]
    reflected = "r" if operation.any_number and 0 not in operation.places else ""
    return f"__{reflected}{name}__"


def _called(candidate: Candidate, operation: Operation) -> set[str]:
    """The names of all Python functions that run while an operation is done."""
    alone = smooth(operation)
    if alone is None:
        return set()
    lines = [
        *(candidate.leaf(name, x) for name, x in alone.leaves),
        "import sys",
        "called = set()",
        "sys.setprofile(lambda frame, *_: called.add(frame.f_code.co_name))",
        "try:",
        *(f"    {step}" for step in candidate.steps(alone)),
        "except Exception: pass",
        "sys.setprofile(None)",
    ]
    answer = candidate.ask(lines, ["sorted(called)"])
    return {*plain(answer)} if answer.error is None else set()
