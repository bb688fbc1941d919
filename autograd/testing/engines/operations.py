"""Checks of each operation: its value and its slopes over the whole range, and at its kinks."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograd.ops import OPS, Op
from autograd.testing import certified
from autograd.testing.engines import guess
from autograd.testing.engines.candidate import Candidate, Found, Given
from autograd.testing.engines.program import (
    Number,
    Operation,
    Program,
    Step,
    right_slope,
    right_value,
)
from autograd.testing.engines.report import Fault, Tally
from autograd.testing.verdict import Verdict

# Simple numbers first, so that the first point that shows a fault is one to read.
_SIMPLE = (2.0, 3.0, 0.5, 1.0, -1.0, -2.0, 1.5, -0.5, 0.0, -3.0, 4.0, 0.25, -1.5, 0.1, 0.9, 5.0)
_BEYOND = (
    7.0, 10.0, 15.0, 18.0, 20.0, 25.0, 30.0, 36.8, 40.0, 50.0, 100.0, 300.0, 700.0, 710.5, 750.0, 1e3,
    1e4, 1e5, 1e9, 1e17, 1e77, 1e120, 1e160, 1e200, 1e300,
    0.99, 1 - 2**-30, 0.05, 1e-3, 1e-5, 1e-8, 1e-10, 1e-20, 1e-100, 1e-160, 1e-200, 1e-300,
)  # fmt: skip
LADDER = (*_SIMPLE, *(x for y in _BEYOND for x in (y, -y)))
_FIRST, _SECOND = (2.0, 0.5, 3.0, -1.5, 1.0, 0.0, -4.0), (3.0, 2.0, 0.5, -2.0, 1.0, 0.0, 10.0)
_SIZES = (1e-300, 1e-160, 1e-20, 1e5, 1e20, 1e160, 1e200, 1e300)
_NUMBERS = (2, 3.0, -1.5, 0.5, 10, 0, -1, 1)
_EXPONENTS = (2, 3, -1, 0.5, 1, 0, -2, 2.5, 10, -0.5)
_BASES = (2, 0.5, 3, 10, 1)

MERGED = "different values with equal data are taken for one (compared or hashed by data)"

# Between these sizes, or at 0, a number is ordinary: there nothing may overflow on the way.
_ORDINARY = (1e-5, 1e5)
# What comes may be this far from what is right and still be the right rule, badly computed.
_NEAR = 1e-7


@dataclass
class Series:
    """One number that an operation gives, at one point after the other."""

    name: str
    leaf: str = ""
    right: int = 0
    conventions: set[str] = field(default_factory=set)
    kinks: list[Miss] = field(default_factory=list)
    wrong: list[Miss] = field(default_factory=list)
    off: list[Miss] = field(default_factory=list)
    seen: list[tuple[Program, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Miss:
    """A number that is not right, and by how much."""

    program: Program
    found: Found
    given: Given | None
    right: Any
    ulp: float

    @property
    def came(self) -> str:
        """What came: the number, or the error that came instead."""
        if self.found.error is not None:
            return ": ".join(part for part in self.found.error if part)
        return "nothing" if self.given is None else self.given.shown


def check(operation: Operation, tally: Tally, max_ulp: float, known: set[tuple[str, str]]) -> bool:
    """Checks one operation; whether its rule is right. `known` has faults of the row so far."""
    candidate = tally.candidate
    series: dict[str, Series] = {"": Series("the value")}
    row = OPS[operation.row]
    for place in operation.places:
        leaf = "xyz"[place]
        name = "the slope" if len(operation.places) == 1 else f"the slope to {leaf}"
        series[leaf] = Series(name, leaf)
    able = [p for p in programs(operation) if is_inside(row, arguments(p)) and right_value(p) is not None]
    came = candidate.run_all(able)
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
        _untouched(operation, program, found, tally)
    return _reported(operation, list(series.values()), tally, known)


def _slope(row: Op, program: Program, leaf: str) -> Any:
    """The right slope; to the exponent there is none where the base is negative."""
    if row.name == "power" and leaf == "y" and arguments(program)[0] < 0:
        return None
    return right_slope(program, leaf)


def programs(operation: Operation) -> Iterator[Program]:
    """One-step programs of an operation, at simple points first."""
    row = OPS[operation.row]
    count = len(row.inputs)
    if operation.any_number:
        for operands in _beside_numbers(operation):
            yield _program(operation, operands)
    elif len(operation.places) == 1:
        for x in LADDER:
            operands = [x if y is None else y for y in operation.fixed or (None,)]
            yield _program(operation, operands)
    else:
        fixed = operation.fixed or (None,) * count
        for pair in _pairs(operation.row):
            values = iter(pair)
            yield _program(operation, [next(values) if y is None else y for y in fixed])


def _beside_numbers(operation: Operation) -> Iterator[tuple[Number, ...]]:
    """A value on one side of an operator and a number on the other."""
    if operation.row == "power" and operation.places == (0,):
        yield from itertools.product((2.0, 0.5, 3.0, -2.0, -0.5, 0.0, 10.0, 1e-60, 1e60), _EXPONENTS)
    elif operation.row == "power":
        yield from itertools.product(_BASES, (3.0, 0.5, -1.5, 0.0, 2.0, 10.0, -50.0, 50.0))
    else:
        far = () if operation.row in ("mod", "floordiv") else (1e160, 1e-160)
        pairs = itertools.product((3.0, 0.5, -1.5, 0.0, *far), _NUMBERS)
        yield from ((x, n) if operation.places == (0,) else (n, x) for x, n in pairs)


def _pairs(row: str) -> Iterator[tuple[float, float]]:
    yield from itertools.product(_FIRST, _SECOND)
    if row in ("mod", "floordiv"):
        return
    if row != "power":
        yield from itertools.product(_SIZES, _SIZES)
        yield from ((2.0, size) for size in _SIZES)
    else:
        yield from ((1e-100, 2.5), (1e100, 2.5), (2.0, 1000.0), (10.0, -300.0), (1e-5, 60.0))


def _program(operation: Operation, operands: Sequence[Number]) -> Program:
    leaves = tuple(("xyz"[k], operands[k]) for k in operation.places)
    names = [("xyz"[k] if k in operation.places else x) for k, x in enumerate(operands)]
    return Program(leaves, (Step("out", operation, tuple(names)),))


def placed(operation: Operation, numbers: Sequence[Number]) -> Program:
    """The one-step program of an operation whose values have these numbers."""
    given = iter(numbers)
    fixed = operation.fixed or (None,) * len(operation.places)
    return _program(operation, [next(given) if x is None else x for x in fixed])


def out_of_hand(row: Op, operands: Sequence[Number]) -> bool:
    """Whether operands are at or near a kink of a row, outside its domain, or its slope is large."""
    for x in (0.0, 1e-3, -1e-3):
        near = [operand + x for operand in operands]
        whole = row.name == "power" and float(operands[1]).is_integer() and abs(operands[0]) > 0.05
        if row.at_kink(*near) or not (whole or row.inside(*near)):
            return True
    if row.kink != "False" and any(abs(x) < 0.01 for x in operands):
        return True
    if row.name in ("maximum", "minimum") and abs(operands[0] - operands[1]) < 0.01:
        return True
    return row.name == "div" and abs(operands[1]) < 0.05


def is_inside(row: Op, point: Sequence[Number]) -> bool:
    """Whether a row has a real value at a point; a whole power of any number has one, too."""
    if row.name == "power":
        return point[0] > 0 or float(point[1]).is_integer() or (point[0] == 0 and point[1] > 0)
    return bool(row.inside(*point)) or row.name in ("clip", "copysign")


def arguments(program: Program) -> list[Number]:
    """The numbers that the one step of a program takes."""
    numbers = dict(program.leaves)
    return [numbers[x] if isinstance(x, str) else x for x in program.steps[0].operands]


# Judging a number.


def error(given: Given | None, right: Any) -> float:
    """How far a number is from the right one, in ulp; inf where it is none. No gradient is a 0.

    >>> error(Given("float", 1.0), certified.context.mpf(1))
    0.0
    """
    if given is None or (given.number is None and given.kind != "none"):
        return math.inf
    number = given.number or 0
    if right == 0 and abs(number) <= 2.0**-50:  # no digit of a 0 can be right, but none need be
        return 0.0
    if not isinstance(number, float):
        if certified.number(number) == right:
            return 0.0
        try:
            number = float(number)
        except OverflowError:
            return math.inf
    found = certified.ulps(number, right)
    return found / 2**29 if given.kind in ("float32", "dtypes.float") else found


def shown(right: Any) -> str:
    """A right number as the double next to it."""
    if abs(right) < certified.context.ldexp(1, -1075):
        return "0.0"
    if abs(right) >= certified.context.ldexp(1, 1024):
        return "inf" if right > 0 else "-inf"
    return certified.shown(right)


def is_near(given: Given | None, right: Any) -> bool:
    """Whether rounding on the way could explain the number."""
    if given is None or (given.number is None and given.kind != "none"):
        return False
    number = given.number or 0
    if isinstance(number, float) and not math.isfinite(number):
        return False
    with certified.context.workprec(200):
        return bool(abs(certified.number(number) - right) <= _NEAR * max(1, abs(right)))


def is_ordinary(numbers: Sequence[Number], right: Any) -> bool:
    """Whether all numbers have a size at which nothing may overflow on the way."""
    least, most = _ORDINARY
    inside = all(x == 0 or least <= abs(x) <= most for x in numbers)
    return inside and bool(abs(right) < 1e100)


def _judge(
    series: Series, program: Program, found: Found, given: Given | None, right: Any, max_ulp: float
) -> None:
    ulp = error(given, right)
    if found.error is not None and abs(right) > 1e307:
        return  # beyond the doubles Python's own functions raise: a convention
    if ulp > max_ulp and 0 < abs(right) < 2.0**-1022 and given is not None and not given.number:
        return  # a subnormal number that is flushed to 0: a convention of whole machines
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
        slack = _NEAR * max(1, abs(low), abs(high))
        number = math.inf if given is None or given.kind == "error" else given.number or 0
        if number != number:
            if "nan" not in one.conventions:
                one.conventions.add("nan")
                tally.conventions.append(
                    f"{operation.label} has {one.name} nan at {_where(program)}, where there is none"
                )
            continue
        if not low - slack <= number <= high + slack:
            text = f"any from {float(low):g} to {float(high):g}"
            one.kinks.append(Miss(program, found, given, text, math.inf))
            continue
        one.right += 1
        place = "xyz".index(leaf)
        usual = float(row.partials[place](*point, row.compute(*point)))
        if abs(usual - number) > _NEAR and "kink" not in one.conventions:
            one.conventions.add("kink")
            tally.conventions.append(
                f"{operation.label} has {one.name} {float(number):g} at {_where(program)}, any from "
                f"{float(low):g} to {float(high):g} is one; the field's convention is {usual:g}"
            )


def _untouched(operation: Operation, program: Program, found: Found, tally: Tally) -> None:
    """An operation leaves the data of its operands alone."""
    if found.error is not None or any("changes its operand" in one.what for one in tally.faults):
        return
    for leaf, number in program.leaves:
        given = found.leaves.get(leaf)
        if given is not None and given.number is not None and error(given, certified.number(number)) > 1:
            shows = tally.candidate.dialect.data.format(leaf)
            tally.faults.append(
                Fault(
                    verdict="wrong", what=f"{operation.label} changes its operand", code=found.code,
                    shows=shows, found=given.shown, right=repr(number),
                )
            )  # fmt: skip
            return


# Reporting.


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
            tally.faults.append(_outside(operation, one, tally.candidate))
        missed = [miss for miss in one.wrong if miss.found.error is None]
        off = [miss for miss in one.off if miss.found.error is None]
        if not (missed or off) or (operation.row, one.leaf) in known:
            continue
        known.add((operation.row, one.leaf))
        if missed:
            tally.faults.append(_wrong(operation, one, missed, tally.candidate))
        else:
            tally.faults.append(_inaccurate(operation, one, off, tally.candidate))
    raised = [miss for one in series for miss in one.wrong if miss.found.error is not None]
    beyond = [miss for one in series for miss in one.off if miss.found.error is not None]
    if (raised or beyond) and (operation.row, "raised") not in known:
        known.add((operation.row, "raised"))
        partly = any(one.right for one in series)
        tally.faults.append(_raising(operation, raised or beyond, "wrong" if raised else "inaccurate", partly=partly))
    return fine


def _wrong(operation: Operation, one: Series, missed: list[Miss], candidate: Candidate) -> Fault:
    miss = missed[0]
    what, why = f"{one.name} of {operation.label} is wrong", ""
    row, place = OPS[operation.row], "xyz".find(one.leaf or "?")
    seen = [(arguments(program), came) for program, came in one.seen]
    cause = guess.cause(row, place, seen) if one.leaf else ""
    if one.leaf and all(_nothing(m.given) for m in missed) and not one.right:
        what = f"{operation.label} loses the graph: no gradient goes through it"
    elif cause:
        why = cause
    elif len(operation.places) == 2 and one.right and all(len({*arguments(m.program)}) == 1 for m in missed):
        why = MERGED
    beyond = [miss for miss in one.off if miss.found.error is None]
    if not why and not any(_is_finite(miss.given) for miss in missed):
        what = f"{one.name} of {operation.label} overflows on the way"
        beyond = [miss for miss in beyond if not _is_finite(miss.given)]
    region = _region([m.program for m in (*missed, *beyond)]) if one.right else ""
    return Fault(
        verdict="wrong", what=what, code=miss.found.code, shows=shows(candidate, miss.program, one.leaf),
        found=miss.came, right=shown(miss.right), ulp=miss.ulp, region=region, why=why,
        program=miss.program, leaf=one.leaf,
    )  # fmt: skip


def _outside(operation: Operation, one: Series, candidate: Candidate) -> Fault:
    miss = one.kinks[0]
    return Fault(
        verdict="wrong", what=f"{one.name} of {operation.label} is wrong at a kink",
        code=miss.found.code, shows=shows(candidate, miss.program, one.leaf), found=miss.came,
        right=miss.right, region=_region([miss.program]), program=miss.program, leaf=one.leaf,
    )  # fmt: skip


def _is_finite(given: Given | None) -> bool:
    return given is not None and given.number is not None and math.isfinite(given.number)


def _nothing(given: Given | None) -> bool:
    return given is not None and (given.kind == "none" or given.number == 0)


def _raising(
    operation: Operation, raised: list[Miss], verdict: Verdict, *, partly: bool
) -> Fault:
    miss = raised[0]
    assert miss.found.error is not None
    kind, message = miss.found.error
    what, why = f"{operation.label} raises {kind}", ""
    if kind == "AttributeError" and "backward" in message:
        what = f"{operation.label} loses the graph: its result is a number, and none of the engine's"
    elif kind == "RecursionError":
        why = "it calls itself"
    elif kind == "timeout":
        what = f"{operation.label} timed out"
    elif kind == "crash":
        what = f"{operation.label} ends the process"
    slopes = [right_slope(miss.program, leaf) for leaf, _ in miss.program.leaves]
    texts = ["no" if slope is None else shown(slope) for slope in slopes]
    right = f"{shown(right_value(miss.program))} with the slope{'s' * (len(texts) > 1)} {', '.join(texts)}"
    return Fault(
        verdict=verdict, what=what, code=miss.found.code, found=miss.came, right=right,
        region=_region([m.program for m in raised]) if partly else "",
        why=why, program=miss.program,
    )  # fmt: skip


def _inaccurate(
    operation: Operation, one: Series, off: list[Miss], candidate: Candidate
) -> Fault:
    worst = max(off, key=lambda miss: (miss.ulp, _size(miss.program)))
    finite = [miss.ulp for miss in off if math.isfinite(miss.ulp)]
    lost = [miss for miss in off if miss.ulp >= 2**52]
    parts = [f"up to {max(finite):.2g} ulp"] if finite and max(finite) < 2**52 else []
    if lost:
        first = min(lost, key=lambda miss: _size(miss.program))
        parts = ["no digit is right from " + _where(first.program)]
        worst = first
    return Fault(
        verdict="inaccurate", what=f"{one.name} of {operation.label}", code=worst.found.code,
        shows=shows(candidate, worst.program, one.leaf), found=worst.came,
        right=shown(worst.right), ulp=worst.ulp,
        region=", ".join([_region([miss.program for miss in off]), *parts]),
        program=worst.program, leaf=one.leaf,
    )  # fmt: skip


def shows(candidate: Candidate, program: Program, leaf: str) -> str:
    """The expression that shows the value of a program, or its slope to a leaf."""
    _, reads = candidate.wrote(program)
    names = [name for name, _ in program.leaves]
    return reads[1 + names.index(leaf)] if leaf else reads[0]


def _size(program: Program) -> float:
    """How far the numbers of a program are from 1, in powers of ten."""
    return sum(abs(math.log10(abs(x))) for x in arguments(program) if x)


def _where(program: Program) -> str:
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
