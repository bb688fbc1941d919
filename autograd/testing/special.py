"""Where formulas do not say: 0 and its sign, inf, nan, poles, and what is agreed there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from autograd.testing.conventions import conventions, is_kept
from autograd.testing.sampling import SPECIAL
from autograd.testing.subject import Raised

if TYPE_CHECKING:
    from autograd.testing.proof import Proof

Point = Sequence[Any]


def special(proof: Proof, everywhere: bool = False) -> None:
    """0, inf, nan, the smallest and the largest numbers; `everywhere` outside the domain, too."""
    one = proof.subject
    arity = len(one.inputs)
    for point in product(SPECIAL, repeat=2 * arity if one.run else arity):
        if len(point) > 2 and len(set(point)) > 2:
            continue
        finite = all(map(math.isfinite, point))
        if not (finite or proof.limits.nonfinite):
            continue
        if (
            not everywhere
            and not one.run
            and not one.inside(*point)
            and not any(x != x for x in point)
        ):
            continue
        special_point(proof, point, finite)


def special_point(proof: Proof, point: Point, finite: bool) -> None:
    """The types of the numbers, and what they are where they are none."""
    one = proof.subject
    value = proof.compute(point)
    slopes = proof.partials(point, value)
    for place, number in enumerate((value, *slopes)):
        if isinstance(number, Raised) and not finite:
            if not one.python:
                proof.wrong(place - 1 if place else None, point, number, "", "floats never raise")
            return
        if isinstance(number, complex) or not isinstance(number, float | int | Raised):
            proof.wrong(place - 1 if place else None, point, number, "", "that is no float")
    if one.run or not proof.limits.has_ordinary_size(point):
        return
    if finite and one.is_smooth(point):
        if len(point) == 1 or all(abs(x) < 2 for x in point):  # 0 beside the smallest numbers
            proof.point(point)
    elif len(point) == 1:
        if finite:
            proof.compare(point, None, value, one.oracle.derivative(point))
        no_slope(proof, point, value, slopes[0])


def no_slope(proof: Proof, point: Point, value: Any, slope: Any) -> None:
    """A slope is nan just where the value is, and has the sign at a pole that it has beside."""
    (x,) = point
    if any(isinstance(number, Raised) for number in (value, slope)):
        return
    inside = bool(proof.subject.inside(x))
    if value != value and slope == slope and varying(proof, point, 0):
        proof.odd(0, point, slope, "nan", "as the value is")
    pole = math.isinf(value) and not inside  # its sides may have other signs
    if value == value and slope != slope and not pole:
        proof.odd(0, point, slope, "a number", f"the value is {value!r}")
    if not math.isfinite(x) or inside or value != value or repr(x) == "-0.0":
        return
    for side in (-math.inf, math.inf) if x else (math.inf,):  # -0.0 is the 0 of below
        beside = math.nextafter(x, side)
        if proof.subject.inside(beside):
            near = proof.partials([beside], proof.compute([beside]))[0]
            if math.isinf(slope) and slope * near < 0:
                proof.odd(0, point, slope, repr(-slope), f"it is {near!r} beside it")


def varying(proof: Proof, base: Point, j: int) -> set[int]:
    """The places whose slope changes as input `j` does, where the others stay."""
    points = [p for p in proof.tried.get(None, ()) if proof.subject.is_smooth(p)][:40]
    found: set[int] = set()
    first: Sequence[Any] = []
    for other in points:
        point = (*base[:j], other[j], *base[j + 1 :])
        if proof.subject.is_smooth(point):
            slopes = proof.partials(point, proof.compute(point))
            first = first or slopes
            found |= {k for k, slope in enumerate(slopes) if slope != first[k]}
    return found


def nans(proof: Proof) -> None:
    """A slope that changes with an input is nan where that input is, if the value is."""
    one = proof.subject
    if one.run or not proof.limits.nonfinite:
        return
    bases = proof.tried.get(None, ())[: 8 if len(one.inputs) > 1 else 1]
    for base, j in product(bases, range(len(one.inputs))):
        point = (*base[:j], math.nan, *base[j + 1 :])
        value = proof.compute(point)
        if isinstance(value, Raised) or value == value:
            continue
        places = varying(proof, base, j)
        for place, slope in enumerate(proof.partials(point, value)):
            chosen = isinstance(slope, int) and len(point) > 1  # by another input, maybe
            if place in places and not (isinstance(slope, Raised) or chosen) and slope == slope:
                proof.odd(place, point, slope, "nan", "as the value is")


def agreed(proof: Proof, name: str, everywhere: bool = False) -> None:
    """At the points of the table the rule gives what it says of the operation `name`.

    At its own kinks an operation of another name may choose; outside the domain only its ends
    count, but `everywhere`.
    """
    one = proof.subject
    otherwise = "; another name may choose" if name == one.name else ""
    for line in conventions():
        point = line.point
        if line.name != name or len(point) != len(one.inputs):
            continue
        finite = all(map(math.isfinite, point))
        counts = one.inside(*point) or is_end(proof, point) if finite else proof.limits.nonfinite
        if not everywhere and (not counts or (name != one.name and one.at_kink(*point))):
            continue
        if not proof.limits.has_ordinary_size(point):
            continue
        value = proof.compute(point)
        agreed = (line.value, *line.slopes)
        for place, (number, right) in enumerate(
            zip((value, *proof.partials(point, value)), agreed, strict=True)
        ):
            if not is_kept(number, right) and (everywhere or number != right):
                proof.odd(
                    place - 1 if place else None, point, number, repr(right),
                    f"by the convention of {name!r} here{otherwise}")  # fmt: skip


def is_end(proof: Proof, point: Point) -> bool:
    """Whether a neighbouring point is in the domain."""
    return any(
        proof.subject.inside(*(*point[:j], math.nextafter(point[j], side), *point[j + 1 :]))
        for j, side in product(range(len(point)), (-math.inf, math.inf))
    )
