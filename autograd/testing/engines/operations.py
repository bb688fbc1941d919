"""Checks of each operation: its value and its slopes over the whole range, and at its kinks."""

from __future__ import annotations

import math
from typing import Any

from autograd.ops import OPS, Op
from autograd.testing import certified
from autograd.testing.engines import causes, wording
from autograd.testing.engines.candidate import Found, Given
from autograd.testing.engines.judgement import NEAR, error, is_near, is_ordinary, is_single
from autograd.testing.engines.operands import arguments, is_inside, programs
from autograd.testing.engines.program import Operation, Program, right_slope, right_value
from autograd.testing.engines.report import Fault, Tally
from autograd.testing.engines.series import Miss, Series
from autograd.testing.verdict import Verdict


def check(operation: Operation, tally: Tally, max_ulp: float, known: set[tuple[str, str]]) -> bool:
    """Checks one operation; whether its rule is right. `known` has faults of the row so far."""
    candidate = tally.candidate
    series: dict[str, Series] = {"": Series("the value")}
    row = OPS[operation.row]
    for place in operation.places:
        leaf = "xyz"[place]
        name = "the slope" if len(operation.places) == 1 else f"the slope to {leaf}"
        series[leaf] = Series(name, leaf)
    able = [
        p
        for p in programs(operation)
        if is_inside(row, arguments(p)) and right_value(p) is not None
    ]
    came = candidate.run_all(able)
    untouched = True
    if len(came) < len(able):
        tally.unchecked.append(f"{operation.label}: the rest, for it does not answer")
    for program, found in zip(able, came, strict=False):
        if row.at_kink(*arguments(program)):
            _at_kink(operation, program, found, tally, series)
            continue
        slopes = {leaf: _slope(row, program, leaf) for leaf in series if leaf}
        if found.error is not None and None in slopes.values():
            continue  # there is no slope: a convention
        _judge(series[""], program, found, found.value, right_value(program), max_ulp)
        for leaf, slope in slopes.items():
            if slope is not None:
                _judge(series[leaf], program, found, found.slopes.get(leaf), slope, max_ulp)
        untouched = _untouched(operation, program, found, tally) and untouched
    return _reported(operation, list(series.values()), tally, known) and untouched


def _slope(row: Op, program: Program, leaf: str) -> Any:
    """The right slope; to the exponent there is none where the base is negative."""
    if row.name == "power" and leaf == "y" and arguments(program)[0] < 0:
        return None
    return right_slope(program, leaf)


def _judge(
    series: Series, program: Program, found: Found, given: Given | None, right: Any, max_ulp: float
) -> None:
    ulp = error(given, right)
    if found.error is not None and abs(right) > 1e307:
        return  # beyond the doubles Python's own functions raise: a convention
    if ulp > max_ulp and 0 < abs(right) < 2.0**-1022 and given is not None and not given.number:
        return  # a subnormal number that is flushed to 0: a convention of whole machines
    if given is not None and is_single(given) and not _is_middling([*arguments(program), right]):
        return  # beyond single precision
    if given is not None and given.number is not None:
        series.seen.append((program, float(given.number)))
    if ulp <= max_ulp:
        series.right += 1
        return
    miss = Miss(program, found, given, right, ulp)
    if is_near(given, right) or not is_ordinary(arguments(program), right):
        series.off.append(miss)
    else:
        series.wrong.append(miss)


def _is_middling(numbers: list[Any]) -> bool:
    return all(x == 0 or 1e-30 < abs(x) < 1e30 for x in numbers)


def _at_kink(
    operation: Operation, program: Program, found: Found, tally: Tally, series: dict[str, Series]
) -> None:
    """At a kink a slope lies between those of the two sides; which one it is, is a convention."""
    point = arguments(program)
    row = OPS[operation.row]
    _judge(series[""], program, found, found.value, right_value(program), math.inf)
    for leaf, one in series.items():
        if not leaf:
            continue
        sides = [right_slope(program, leaf, side) for side in (-1, 1)]
        given = found.slopes.get(leaf)
        if any(side is None for side in sides):
            continue
        low, high = sorted(sides)
        slack = NEAR * max(1, abs(low), abs(high))
        number = math.inf if given is None or given.kind == "error" else given.number or 0
        if number != number:
            if "nan" not in one.conventions:
                one.conventions.add("nan")
                tally.conventions.append(
                    f"{operation.label} has {one.name} nan at {wording.where(program)}, where "
                    "there is none"
                )
            continue
        if number == 0 and not low <= 0 <= high:
            if "kink" not in one.conventions:
                one.conventions.add("kink")
                tally.conventions.append(
                    f"{operation.label} has {one.name} 0 at {wording.where(program)}, where there "
                    f"is none: those of the sides are {float(sides[0]):g} and {float(sides[1]):g}"
                )
            continue
        if not low - slack <= number <= high + slack:
            text = f"any from {float(low):g} to {float(high):g}"
            one.kinks.append(Miss(program, found, given, text, math.inf))
            continue
        one.right += 1
        place = "xyz".index(leaf)
        usual = float(row.partials[place](*point, row.compute(*point)))
        if abs(usual - number) > NEAR and "kink" not in one.conventions:
            one.conventions.add("kink")
            tally.conventions.append(
                f"{operation.label} has {one.name} {float(number):g} at {wording.where(program)}, "
                f"any from {float(low):g} to {float(high):g} is one; the field's convention is "
                f"{usual:g}"
            )


def _untouched(operation: Operation, program: Program, found: Found, tally: Tally) -> bool:
    """Whether an operation leaves the data of its operands alone; else that is a fault, once."""
    if found.error is not None:
        return True
    for leaf, number in program.leaves:
        given = found.leaves.get(leaf)
        if (
            given is not None
            and given.number is not None
            and is_ordinary([number], 0)  # what single precision or rounding loses is no change
            and not is_near(given, certified.number(number))
        ):
            if any(causes.CHANGES in one.what for one in tally.faults):
                return False
            shows = tally.candidate.dialect.data.format(leaf)
            tally.faults.append(
                Fault(
                    verdict="wrong", what=f"{operation.label} {causes.CHANGES}", code=found.code,
                    shows=shows, found=given.shown, right=repr(number),
                )
            )  # fmt: skip
            return False
    return True


def _reported(
    operation: Operation, series: list[Series], tally: Tally, known: set[tuple[str, str]]
) -> bool:
    """Adds a fault for each number that is wrong or inaccurate; whether the rule is right."""
    fine = True
    tally.passed += sum(one.right for one in series)
    for one in series:
        fine = fine and not one.wrong and not one.kinks
        if one.kinks and not one.wrong and (operation.row, one.leaf) not in known:
            known.add((operation.row, one.leaf))
            tally.faults.append(wording.outside(operation, one, tally.candidate))
        missed = [miss for miss in one.wrong if miss.found.error is None]
        off = [miss for miss in one.off if miss.found.error is None]
        if not (missed or off) or (operation.row, one.leaf) in known:
            continue
        known.add((operation.row, one.leaf))
        if missed:
            tally.faults.append(wording.wrong(operation, one, missed, tally.candidate))
        else:
            tally.faults.append(wording.inaccurate(operation, one, off, tally.candidate))
    raised = [miss for one in series for miss in one.wrong if miss.found.error is not None]
    beyond = [miss for one in series for miss in one.off if miss.found.error is not None]
    if (raised or beyond) and (operation.row, "raised") not in known:
        known.add((operation.row, "raised"))
        verdict: Verdict = "wrong" if raised else "inaccurate"
        partly = any(one.right for one in series)
        tally.faults.append(
            wording.raising(operation, raised or beyond, verdict, tally.candidate, partly=partly)
        )
    return fine
