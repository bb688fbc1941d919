"""Kinks and jumps: where a rule must say that it has one, and what its slopes may be there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from autograd.testing import certified
from autograd.testing.certified import context
from autograd.testing.sampling import kinks as small_kinks
from autograd.testing.subject import Certified, Raised
from autograd.testing.verdict import Finding

if TYPE_CHECKING:
    from autograd.testing.proof import Proof

Point = Sequence[Any]


def undeclared(proof: Proof, point: Point, place: int, slope: Any) -> None:
    """Raises RuleError where the two sides have different slopes, or the value jumps."""
    one = proof.subject
    sides = [one.oracle.one_sided(point, place, side) for side in (-1, 1)]
    where = hint(proof, point)
    if all(side is not None and side == side for side in sides):
        below, above = sides
        digits = 1e-9 if isinstance(one.oracle, Certified) else 1e-2
        apart = abs(below - above) > digits * max(abs(below), abs(above)) + digits**5
        if apart and is_bent(proof, point, place, sides):
            proof.wrong(
                place, point, slope, f"none: the sides have {certified.shown(below)} and "
                f"{certified.shown(above)}", f"a kink: declare it {where}".rstrip())  # fmt: skip
    elif jumps(proof, point, place):
        proof.wrong(
            place, point, slope, "none: the value jumps", f"declare a kink {where}".rstrip()
        )
    elif None not in sides and is_upright(proof, point, place):
        proof.wrong(
            place, point, slope, "none: it is infinite", "leave the point out of the domain"
        )


def hint(proof: Proof, point: Point) -> str:
    """How to declare a kink at a point: of several inputs, where which of the comparisons holds."""
    one = proof.subject
    if len(one.inputs) == 1:
        (name,), x = one.inputs, point[0]
        return f'as in kink="{name} == {x:.0f}"' if x == round(x) else ""
    for condition, difference in one.marks.lines:
        if difference(tuple(point)) == 0:
            return f'as in kink="{condition}"'
    return ""


def is_bent(proof: Proof, point: Point, place: int, sides: Sequence[Any]) -> bool:
    """Whether the slopes of two sides are those beside the point: one of them may be cancelled."""
    step = (abs(point[place]) or 1.0) * 1e-9
    for side, slope in zip((-step, step), sides, strict=True):
        near = [*point]
        near[place] += side
        known = proof.subject.oracle.derivative(near, place)
        if known is None or known != known or not proof.subject.is_smooth(near):
            continue
        if abs(known - slope) > 0.1 * abs(sides[0] - sides[1]):
            return False
    return True


def is_upright(proof: Proof, point: Point, place: int) -> bool:
    """Whether the slopes beside a point grow without end."""
    sizes = []
    for part in (1e-6, 1e-9, 1e-12):
        near = [*point]
        near[place] += (abs(point[place]) or 1.0) * part
        known = proof.subject.oracle.derivative(near, place)
        if known is None or known != known:
            return False
        sizes.append(abs(known))
    return bool(sizes[1] > 5 * sizes[0] > 0 and sizes[2] > 5 * sizes[1])


def jumps(proof: Proof, point: Point, place: int) -> bool:
    """Whether the value keeps a distance from what it is at the point, however near."""
    try:
        return _jumps(proof, point, place)
    except (ValueError, ArithmeticError, TypeError):
        return False


def _jumps(proof: Proof, point: Point, place: int) -> bool:
    meaning = getattr(proof.subject.oracle, "meaning", None)
    if meaning is None:
        return False
    with context.workprec(9000):
        numbers = [certified.number(x) for x in point]
        here = meaning(*numbers)
        for side in (-1, 1):
            apart = []
            for bits in (1200, 4800):
                step = context.ldexp(side, math.frexp(point[place])[1] - bits)
                moved = [*numbers]
                moved[place] += step
                apart.append(abs(meaning(*moved) - here))
            far_off, near = apart
            if near > 0 and abs(far_off - near) <= 1e-6 * near:
                return True
    return False


def pairs(proof: Proof) -> None:
    """Between neighbouring doubles where a comparison changes nothing may jump or bend."""
    one = proof.subject
    for low, high in one.marks.pairs[:: max(1, len(one.marks.pairs) // 24)]:
        if (low, high) in one.marks.declared:
            continue
        if all(map(one.is_smooth, (low, high))) and proof.limits.has_ordinary_size((*low, *high)):
            place = next(k for k in range(len(low)) if low[k] != high[k])
            pair(proof, low, high, place)


def pair(proof: Proof, low: Point, high: Point, place: int) -> None:
    """Raises RuleError where the value or its slope leaps from one double to the next."""
    of = proof.subject.oracle.derivative
    values, slopes = ([of(p, *to) for p in (low, high)] for to in ((), (place,)))
    if any(x is None or x != x for x in (*values, *slopes)):
        return
    gap = abs(certified.number(high[place]) - certified.number(low[place]))
    leap, size = abs(values[1] - values[0]), max(map(abs, values))
    after = f"after {proof.subject.inputs[place]} = {low[place]!r}, and no kink is declared there"
    steep = sum(map(abs, slopes)) + context.ldexp(1, -1150)  # a slope nearer to 0 counts as 0
    if leap > 8 * gap * steep + size * context.ldexp(1, -100):
        proof.wrong(None, high, f"jumps by {certified.shown(leap)}", "", after)
    bend, size = abs(slopes[1] - slopes[0]), max(map(abs, slopes))
    if bend > 1e-6 * size:
        second = [of(p, place, place) for p in (low, high)]
        if any(x is None or x != x for x in second):  # the kink is one of the two
            for point in (low, high):
                undeclared(proof, point, place, proof.partials(point, proof.compute(point))[place])
            return
        if bend > 8 * gap * (sum(map(abs, second)) + context.ldexp(1, -1150)):
            proof.wrong(place, high, "has a kink", "", after)


def kinks(proof: Proof) -> None:
    """At a kink a slope lies between those of the sides, and those of f(x, x) add up.

    Where the value jumps it is that of the side that the value belongs to, 0 if to neither.
    """
    one = proof.subject
    if one.run or one.kink in ("", "False"):
        return
    named = [p for p in one.marks.points if one.inside(*p) and one.at_kink(*p)]
    every = {repr(p): p for p in (*small_kinks(one), *named)}
    for point in every.values():
        if proof.limits.has_ordinary_size(point):
            kink(proof, point)
    between = one.marks.declared and " and " not in one.kink  # no double is at x * x == 2
    if not every and not between:
        proof.notes.append(Finding(
            verdict="unchecked", what=f"the kink of {one.name!r}",
            why=f"no point was met at which {one.kink}"))  # fmt: skip


def kink(proof: Proof, point: Point) -> None:
    """Checks the value and the slopes at one kink."""
    value = proof.compute(point)
    proof.compare(point, None, value, proof.subject.oracle.derivative(point))
    slopes, jumps = proof.partials(point, value), False
    for place, slope in enumerate(slopes):
        sides = [proof.subject.oracle.one_sided(point, place, side) for side in (-1, 1)]
        sides = [side for side in sides if side is not None and side == side] or [0]
        jumps = jumps or len(sides) < 2
        if not between(slope, sides) and not between(slope, [*sides, *beside(proof, point, place)]):
            low, high = certified.shown(min(sides)), certified.shown(max(sides))
            right = low if low == high else f"between {low} and {high}"
            proof.wrong(place, point, slope, right, "the slopes of the sides of the kink")
    if len(point) > 1 and len(set(point)) == 1 and not jumps:
        adding_up(proof, point, sum(slopes))


def beside(proof: Proof, point: Point, place: int) -> Iterator[Any]:
    """The slopes at the neighbouring doubles, for a kink that lies between two of them."""
    for side in (-math.inf, math.inf):
        moved = [*point]
        moved[place] = math.nextafter(point[place], side)
        slope = proof.subject.oracle.derivative(moved, place)
        if slope is not None and slope == slope:
            yield slope


def adding_up(proof: Proof, point: Point, total: float) -> None:
    """The slopes of equal arguments add up to that of the function of the one number."""
    meaning = getattr(proof.subject.oracle, "meaning", None)
    if meaning is None:
        return
    same = Certified(lambda x: meaning(*[x] * len(point)))
    true = same.derivative(point[:1], 0)
    below, above = (same.one_sided(point[:1], 0, side) for side in (-1, 1))
    if below is not None and below == above and not abs(total - true) <= 1e-12 * abs(true):
        proof.wrong(0, point, f"and the others add up to {total!r}", certified.shown(true))


def between(slope: Any, sides: Sequence[Any]) -> bool:
    """Whether a slope lies between those of the sides, but for rounding."""
    if isinstance(slope, Raised):
        return False
    slack = 1e-12 * max(map(abs, sides))
    return bool(min(sides) - slack <= slope <= max(sides) + slack)
