"""The slopes of one node against the certified derivative of its rule's value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from autograd.errors import called
from autograd.ops import BESIDE, Op
from autograd.testing import certified
from autograd.testing.recording import EXACT, is_finite, size_of
from autograd.testing.truth import Truth, is_python, of_node, rational
from autograd.testing.verdict import Finding, Verdict
from autograd.value import Value


@dataclass
class Met:
    """What nodes had beside slopes that are right: a line for each kink, and for each unchecked."""

    kinks: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    is_smooth: bool = True  # every rule has a derivative there


def check_node(node: Value, max_ulp: float, abs_tol: float, met: Met) -> Finding | None:
    """A finding if a slope of a node is not that of its rule; `met` gets what there was beside."""
    op = node.op
    if op is None or op is BESIDE["stop_gradient"]:
        return None
    operands = node.operands
    if not all(map(is_finite, operands)):
        met.is_smooth = False
        return None  # no number there to compare with: `check_rule` looks at these
    inside = bool(op.run or op.inside(*operands))
    at_kink = not op.run and bool(op.at_kink(*operands))
    if not inside and not is_finite(node.raw):
        met.outside.append(f"{called(node)}, which is for {op.domain}")
        met.is_smooth = False
        return None
    allowed = max(max_ulp, 1000.0) if op.helper else max_ulp
    for place, _, given in node.slopes(missing=True):
        if given is None:
            continue  # the number type cannot have it
        slope = 0 if given is False else given
        true = of_node(op, operands, place, smooth=inside and not at_kink)
        met.is_smooth &= true.is_smooth and not at_kink
        if not inside:
            if not any(is_near(slope, side, true.error) for side in true.sides):
                met.outside.append(f"{called(node)}, which is for {op.domain}")
        elif at_kink or not true.exists:
            if true.below is None or true.above is None:
                continue
            low, high = true.sides
            if any(x == 0 and math.copysign(1, x) < 0 for x in operands):
                continue  # a rule may tell -0.0 from 0, but the certified numbers do not
            slack = 1e-12 * max(abs(low), abs(high)) + true.error
            if not low - slack <= precise(slope) <= high + slack:
                return _wrong(node, place, slope, f"between {digits(low)} and {digits(high)}")
            has = "jumps between" if true.jumps else "has"
            met.kinks.append(
                f"{called(node)} {has} the slopes {digits(low)} and {digits(high)}: {slope!r}"
            )
        elif is_python(op):
            if true.error > 1e-4 * abs(true.above) + 1e-9:
                met.unsettled.append(f"differences of {called(node)} do not settle")
            elif not is_near(slope, true.above, 16 * true.error + abs_tol, 1e-6):
                return _wrong(node, place, slope, f"about {true.above:.9g}")
        else:
            error = distance(slope, true.above)
            small = abs_tol and abs(precise(slope) - true.above) <= abs_tol
            if error > allowed and not small and not _stable(op, operands, place, slope, true):
                right = f"{digits(true.above)} ({error:.3g} ulp away)"
                return _wrong(node, place, slope, right, _verdict(op, operands, place, slope, true))
    return None


def is_near(slope: Any, true: Any, error: float, relative: float = 1e-12) -> bool:
    """Whether two numbers are the same but for an error."""
    if not is_finite(slope) or not is_finite(true):
        return size_of(slope) == size_of(true)
    return bool(abs(precise(slope) - precise(true)) <= error + relative * abs(precise(true)))


def _stable(op: Op, operands: Sequence[Any], place: int, slope: Any, true: Truth) -> bool:
    """Whether last-place changes of the operands explain a helper's or a run's error."""
    if not (op.helper or op.run) or not isinstance(slope, float):
        return False
    meaning, numbers = certified.meaning(op), [*map(rational, operands)]
    moves = [
        certified.derivative(meaning, numbers, place, j) * math.ulp(float(x))
        for j, x in enumerate(numbers)
    ]
    return bool(abs(true.above - slope) <= 1000 * sum(map(abs, moves)))


def _verdict(op: Op, operands: Sequence[Any], place: int, slope: Any, true: Truth) -> Verdict:
    """Whether the slope's text is another function, or is the derivative and computed badly."""
    if not isinstance(slope, float):
        return "wrong"
    numbers = [certified.number(rational(x)) for x in operands]
    try:
        which, arguments = [*op.places(numbers)][place]
        with certified.context.workdps(60):
            value = certified.meaning(op)(*numbers)
            meant = certified.written(op)[which](*arguments, value)
            right = abs(meant - precise(true.above)) <= 1e-20 * abs(precise(true.above))
    except (ArithmeticError, TypeError, ValueError, KeyError):
        right = distance(slope, true.above) < 1e6
    return "inaccurate" if right and not op.written else "wrong"


def _wrong(node: Value, place: int, slope: Any, right: str, verdict: Verdict = "wrong") -> Finding:
    op = node.op
    assert op is not None
    which, _ = [*op.places(node.operands)][place]
    label = f" {node.label}" if node.label else ""
    return Finding(
        verdict=verdict,
        what=f"the rule of {op.name!r}",
        found=slope,
        why=f"at the node{label} {called(node)} its slope to {op.inputs[which]}, "
        f"{op.slopes[which]}, is {slope!r} and should be {right}",
    )


# Numbers.


def precise(x: Any) -> Any:
    """The mpmath number."""
    return x if isinstance(x, certified.context.mpf) else certified.number(rational(x))


def distance(found: Any, true: Any) -> float:
    """The error in ulp; of exact numbers 0 or inf, of Decimals in units of their last digit."""
    if found == true:
        return 0.0
    if isinstance(found, EXACT) and isinstance(true, EXACT):
        return math.inf
    if not is_finite(true) or not is_finite(found):
        return 0.0 if size_of(found) == size_of(true) else math.inf
    if isinstance(found, float):
        return certified.ulps(found, precise(true))
    with certified.context.workdps(40):
        error = abs(precise(found) - precise(true))
        return 0.0 if error <= abs(precise(true)) * certified.context.mpf(10) ** -20 else math.inf


def digits(x: Any) -> str:
    """A true number as it is shown."""
    if isinstance(x, EXACT) and len(str(x)) > 20:
        return certified.shown(precise(x))
    if isinstance(x, Fraction):
        return str(x)
    return certified.shown(x) if isinstance(x, certified.context.mpf) else repr(x)
