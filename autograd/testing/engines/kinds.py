"""Checks of kinds of numbers: ints, Fractions, nan, infinity; and of comparisons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from autograd.ops import OPS
from autograd.testing.engines.candidate import Candidate, Given, given
from autograd.testing.engines.judgement import error, is_near, shown
from autograd.testing.engines.operands import arguments, placed
from autograd.testing.engines.program import Number, Operation, Program, right_slope, right_value
from autograd.testing.engines.report import Fault, Tally

_WHOLE: tuple[tuple[Number, ...], ...] = ((7, 2), (1, 3), (2, -3))
# How an exact type says that there is no exact result.
_REFUSALS = ("TypeError", "ValueError")
_BROKEN: tuple[tuple[Number, ...], ...] = ((Fraction(1, 3), Fraction(5, 2)),)


def check_exact(candidate: Candidate, tally: Tally, right: Sequence[Operation]) -> None:
    """Ints and Fractions in the place of floats: the same numbers come out."""
    _check_kind(candidate, tally, right, "int", _WHOLE)
    program = _any_program(right, _BROKEN[0])
    if program is None:
        return
    found = candidate.run(program)
    if found.error is not None or found.value is None or found.value.number is None:
        return  # Fractions are not there
    exact = [op for op in right if op.row in ("add", "sub", "mul", "div", "neg") and not op.fixed]
    _check_kind(candidate, tally, exact, "Fraction", _BROKEN)


def _any_program(right: Sequence[Operation], numbers: Sequence[Number]) -> Program | None:
    for operation in right:
        if operation.row in ("add", "mul") and not operation.fixed:
            return placed(operation, numbers)
    return None


def _check_kind(
    candidate: Candidate,
    tally: Tally,
    right: Sequence[Operation],
    kind: str,
    points: Sequence[Sequence[Number]],
) -> None:
    for operation in right:
        for numbers in points:
            program = placed(operation, numbers)
            value = right_value(program)
            if value is None or OPS[operation.row].at_kink(*arguments(program)):
                continue
            slopes = {leaf: right_slope(program, leaf) for leaf, _ in program.leaves}
            found = candidate.run(program)
            if found.error is not None and (None in slopes.values() or found.error[0] in _REFUSALS):
                continue
            wanted = [("", found.value, value)]
            wanted += [(leaf, found.slopes.get(leaf), slope) for leaf, slope in slopes.items()]
            for leaf, came, number in wanted:
                if number is None or (came is not None and came.kind == "object"):
                    continue  # an exact type that has no such number may say so
                if _is_exact(came, number):
                    tally.passed += 1
                    continue
                name = f"the slope to {leaf}" if leaf else "the value"
                text = ": ".join(found.error) if found.error else came.shown if came else "nothing"
                tally.faults.append(
                    Fault(
                        verdict="wrong",
                        what=f"{name} of {operation.label} is wrong for {kind}s, but right for "
                        "floats",
                        code=found.code, shows=candidate.shows(program, leaf), found=text,
                        right=shown(number), program=program, leaf=leaf,
                    )
                )  # fmt: skip
                return


def _is_exact(came: Given | None, right: object) -> bool:
    """Whether a number is right: to rounding for a float, to the last digit for a Fraction."""
    if came is not None and came.kind == "Fraction":
        return error(came, right) < 1
    return is_near(came, right)


def check_special(candidate: Candidate, tally: Tally, right: Sequence[Operation]) -> None:
    """Nan stays nan, and an infinity gives what it tends to."""
    hidden = []
    for operation in right:
        if len(operation.places) != 1 or operation.any_number or operation.row == "power":
            continue
        row = OPS[operation.row]
        program = placed(operation, [math.nan])
        found = candidate.run(program)
        if found.value is not None and found.value.number is not None:
            if math.isnan(found.value.number):
                tally.passed += 1
            elif operation.row not in ("sign", "floor", "ceil", "trunc"):
                hidden.append(f"{operation.label} is {found.value.shown}")
        for infinity in (math.inf, -math.inf):
            program = placed(operation, [infinity])
            value = row.compute(*arguments(program))
            found = candidate.run(program)
            came = found.value.number if found.value is not None else None
            if came == value or not math.isfinite(value):
                tally.passed += came == value
                continue
            text = (
                ": ".join(found.error)
                if found.error
                else found.value.shown
                if found.value
                else "nothing"
            )
            tally.faults.append(
                Fault(
                    verdict="inaccurate", what=f"the value of {operation.label}", code=found.code,
                    shows=candidate.shows(program, ""), found=text, right=repr(value),
                    region=f"x = {infinity}", ulp=math.inf,
                )
            )  # fmt: skip
            break
    if hidden:
        tally.conventions.append(f"nan is hidden: of nan {', '.join(hidden)}; the field's is nan")


def check_comparisons(candidate: Candidate, tally: Tally) -> None:
    """Comparisons compare data, where there are any."""
    if candidate.dialect.of_functions:
        return
    for sign in ("<", ">", "<=", ">="):
        for left, right in ((2.0, 3.0), (3.0, 2.0), (2.5, 2.0), (2.0, 2.5)):
            lines = [candidate.leaf("a", left), candidate.leaf("b", right)]
            shows = f"bool(a {sign} b)"
            answer = candidate.ask(lines, [shows])
            if answer.error is not None or answer.read[0][0] == "error":
                break  # not there
            came = bool(given(answer.read[0]).number)
            should = {
                "<": left < right,
                ">": left > right,
                "<=": left <= right,
                ">=": left >= right,
            }[sign]
            if came == should:
                tally.passed += 1
                continue
            tally.faults.append(
                Fault(
                    verdict="wrong", what=f"x {sign} y does not compare the data",
                    code="\n".join(lines), shows=shows, found=str(came), right=str(should),
                )
            )  # fmt: skip
            break
