"""The true derivative of a recorded graph: exact, certified, or measured where nothing else goes.

No rule of differentiation takes part. Where all numbers are exact and the rows only add, multiply
and divide, dual numbers give the derivative. Elsewhere the graph is computed again in mpmath
numbers beside the point, and the differences are certified. A function that is Python code takes
floats alone: differences of those give about nine digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from autograd.ops import BESIDE, OPS, Op
from autograd.testing import certified, enclosure
from autograd.testing.dual import exact_derivative
from autograd.testing.recording import EXACT, Recording, is_finite, size_of
from autograd.value import Value

Function = Callable[..., Any]


@dataclass(frozen=True)
class Truth:
    """The derivative at a point to one argument, as far as it is known.

    `below` and `above` are the slopes of the two sides, None where there is none; they are equal
    where the function has a derivative. `error` is how far they may be off; `jumps` says that the
    value of a side is not that of the point.
    """

    below: Any
    above: Any
    error: float = 0.0
    jumps: bool = False

    @property
    def exists(self) -> bool:
        """Whether there is a derivative: both sides have a slope, and it is the same."""
        if self.below is None or self.above is None or self.jumps:
            return False
        if self.below == self.above:
            return True
        return bool(abs(self.below - self.above) <= self.error + 1e-9 * abs(self.above))

    @property
    def is_smooth(self) -> bool:
        """Whether there is a derivative that is a number."""
        return self.exists and bool(abs(self.above) != math.inf)

    @property
    def sides(self) -> list[Any]:
        """The slopes that there are, the smaller one first."""
        return sorted(side for side in (self.below, self.above) if side is not None)


# Rows.


def is_python(op: Op) -> bool:
    """Whether a row is Python code, which takes no other numbers than its own."""
    return op.opaque or bool(op.routines)


def of_node(op: Op, operands: Sequence[Any], place: int, *, smooth: bool) -> Truth:
    """The slopes of one row to the argument at `place`; without `smooth` the sides may differ."""
    if is_python(op):
        return measured(lambda *given: op.compute(*op.split(given)), operands, place)
    numbers = [*map(rational, operands)]
    if smooth and all(isinstance(x, EXACT) for x in numbers):
        try:
            true = exact_derivative(lambda *x: op.compute(*op.split(x)), numbers, place)
        except (TypeError, ArithmeticError, AttributeError, ValueError):
            pass  # more than adding, multiplying and dividing
        else:
            return Truth(true, true)
    return _certified(certified.meaning(op), numbers, (place,), smooth=smooth)


def rational(x: Any) -> Any:
    """A Decimal as a Fraction; another number as it is."""
    return Fraction(x) if isinstance(x, Decimal) and x.is_finite() else x


# Graphs.


def of_graph(
    recording: Recording, places: Sequence[int], sides: Sequence[Recording | None], *, smooth: bool
) -> Truth:
    """The derivative of a graph to the leaves at `places`: several for one of a higher order.

    `sides` are the graphs that the function has below and above the point, as far as the last of
    the leaves goes. `smooth` says that there is no kink in any.
    """
    data = [leaf.raw for leaf in recording.leaves]
    graphs = [side for side in sides if side is not None]
    if not all(map(is_finite, data)) or not graphs:
        return Truth(None, None)
    if any(node.op and is_python(node.op) for graph in graphs for node in graph.order):
        if len(places) > 1:
            return Truth(None, None)
        slopes = [
            measured(lambda *given, graph=graph: graph.at(given), data, *places)
            if graph
            else Truth(None, None)
            for graph in sides
        ]
        return Truth(slopes[0].below, slopes[1].above, max(slope.error for slope in slopes))
    numbers = [*map(rational, data)]
    if smooth and all(side is recording for side in sides):
        if all(isinstance(node.raw, EXACT) for node in recording.order):
            try:
                true = exact_derivative(_exact_function(recording), numbers, *places)
            except (TypeError, ArithmeticError, AttributeError, ValueError):
                pass  # a power with a variable exponent, say
            else:
                return Truth(true, true)
        return _certified(function_of(recording, smooth=True), numbers, places, smooth=True)
    pairs = zip(sides, (-1, 1), strict=True)
    below, above = (_side(side, recording, numbers, places, sign) for side, sign in pairs)
    return Truth(below[0], above[0], 0.0, below[1] or above[1])


def _side(
    side: Recording | None,
    base: Recording,
    numbers: Sequence[Any],
    places: Sequence[int],
    sign: int,
) -> tuple[Any, bool]:
    """The slope of one side, and whether its value is another one than that of the point."""
    if side is None or len(places) > 1:
        return None, False
    jumps = False
    if side is not base:
        here, there = (_value(function_of(one), numbers) for one in (base, side))
        if here is None or there is None:
            return None, False
        jumps = bool(abs(here - there) > 1e-9 * (abs(here) + abs(there)))
    slope, jumped = _one_sided(function_of(side), numbers, places[0], sign)
    return slope, jumps or jumped


def function_of(recording: Recording, *, smooth: bool = False) -> certified.Meaning:
    """A graph as a function to certify derivatives of: nan where a node is undefined, or not real.

    With `smooth` what jumps is taken as constant, as it is near the point: floors of large numbers
    jump more often than any step is small.
    """

    def meaning(node: Value, *arguments: Any) -> Any:
        op = node.op
        assert op is not None
        if smooth and op is OPS["mod"]:
            x, y = map(Fraction, node.operands)
            return arguments[0] - arguments[1] * certified.number(x // y)
        if smooth and op in _STEPS:
            return certified.number(rational(node.raw))
        found = _if_defined(certified.meaning(op), *arguments)
        return certified.context.nan if not isinstance(found, certified.context.mpf) else found

    return certified.Meaning(
        _function(recording, certified.number, meaning),
        _function(recording, enclosure.series, _enclosed) if enclosure.AVAILABLE else None,
    )


def _enclosed(node: Value, *arguments: Any) -> Any:
    assert node.op is not None
    enclosed = certified.meaning(node.op).enclosed
    assert enclosed is not None
    return enclosed(*arguments)


_STEPS = {OPS[name] for name in ("floor", "ceil", "trunc", "floordiv", "sign")}


def _exact_function(recording: Recording) -> Function:
    def computed(node: Value, *arguments: Any) -> Any:
        op = node.op
        assert op is not None
        return op.compute(*op.split(arguments))

    return _function(recording, lambda x: x, computed)


def _function(recording: Recording, number: Function, computed: Function) -> Function:
    order, leaves = recording.order, recording.leaves

    def function(*given: Any) -> Any:
        made: dict[Value, Any] = dict(zip(leaves, given, strict=True))
        for node in order:
            if node.op is None or node.op is BESIDE["stop_gradient"]:
                made.setdefault(node, number(rational(node.raw)))
            else:
                inputs = (
                    made[x] if isinstance(x, Value) else number(rational(x)) for x in node.inputs
                )
                made[node] = computed(node, *inputs)
        return made[recording.root]

    return function


# Differences.


def _certified(
    function: Function, numbers: Sequence[Any], places: Sequence[int], *, smooth: bool
) -> Truth:
    """The certified derivative, and both sides where there is none."""
    if smooth:
        function_, point, sizes = _in_reach(function, numbers)
        true = _if_defined(certified.derivative, function_, point, *places)
        if true is not None and true == true:
            for place in places:
                true = _divided(true, sizes[place])
            return Truth(true, true)
    if len(places) > 1:
        return Truth(None, None)
    (below, fell), (above, rose) = (
        _one_sided(function, numbers, places[0], side) for side in (-1, 1)
    )
    return Truth(below, above, jumps=fell or rose)


def _in_reach(
    function: Function, numbers: Sequence[Any]
) -> tuple[Function, Sequence[Any], list[Any]]:
    """A function of what each number beyond the doubles is multiplied with, and those sizes."""
    ends = 2.0**-1000, 2.0**1000
    far = [isinstance(x, EXACT) and x and not ends[0] < abs(size_of(x)) < ends[1] for x in numbers]
    sizes = [x if beyond else 1 for x, beyond in zip(numbers, far, strict=True)]
    if sizes.count(1) == len(sizes):
        return function, numbers, sizes

    def scaled(*factors: Any) -> Any:
        pairs = zip(factors, sizes, strict=True)
        return function(*(factor * certified.number(size) for factor, size in pairs))

    point = [x if size == 1 else 1 for x, size in zip(numbers, sizes, strict=True)]
    return scaled, point, sizes


def _divided(slope: Any, size: Any) -> Any:
    with certified.context.workprec(300):
        return slope if size == 1 else slope / certified.number(size)


def _if_defined(compute: Function, *given: Any) -> Any:
    try:
        return compute(*given)
    except (ArithmeticError, ValueError, TypeError, RecursionError):
        return None


def _value(function: Function, numbers: Sequence[Any]) -> Any:
    with certified.context.workprec(200):
        found = _if_defined(function, *map(certified.number, numbers))
    return found if _is_real(found) else None


def _one_sided(
    function: Function, numbers: Sequence[Any], place: int, side: int
) -> tuple[Any, bool]:
    """The slope of one side, and whether the value jumps on the way there.

    It is infinite where the side is vertical, and None where there is none.
    """
    near, nearer = (_beside(function, numbers, place, side, bits) for bits in (200, 800))
    if near is None:
        return None, False  # it is not defined there
    if nearer:
        rises = [there - here for here, there, _, _ in (near, nearer)]
        if abs(rises[1]) > abs(rises[0]) * certified.context.mpf(2) ** -590:
            if abs(rises[1]) < abs(rises[0]) / 8:
                return math.copysign(math.inf, rises[1] * side), False
            _, there, farther, step = near
            with certified.context.workprec(_BITS):
                return (farther - there) / step, True
    function_, point, sizes = _in_reach(function, numbers)
    size: Any = sizes[place]
    found = _if_defined(certified.one_sided, function_, point, place, side if size > 0 else -side)
    return (_divided(found, size) if found is not None and found == found else None), False


_BITS = 1500  # enough to see a step of 2**-800


def _beside(
    function: Function, numbers: Sequence[Any], place: int, side: int, bits: int
) -> tuple[Any, ...] | None:
    """The values at a point, one step and two steps beside it, and the step.

    It is 2**-bits of the number itself, or of 1 for 0. None where the values are not all real.
    """
    with certified.context.workprec(_BITS):
        moved = [*map(certified.number, numbers)]
        step = side * (abs(moved[place]) or 1) * certified.context.mpf(2) ** -bits
        values = []
        for _ in range(3):
            values.append(_if_defined(function, *moved))
            moved[place] += step
    return (*values, step) if all(map(_is_real, values)) else None


def _is_real(x: Any) -> bool:
    return isinstance(x, certified.context.mpf) and bool(certified.context.isfinite(x))


# How many differences of floats, each of half the step, and the first step.
_COLUMNS, _FIRST = 10, 2.0**-4


def measured(function: Function, numbers: Sequence[Any], place: int) -> Truth:
    """Both slopes of a function of floats, each from its side, and how far off they may be.

    One-sided differences of ever smaller steps are extrapolated to the step 0 (Richardson), and the
    entry of the table that differs least from its neighbours is taken.

    >>> truth = measured(lambda x: x * x, [3.0], 0)
    >>> abs(truth.above - 6) <= truth.error < 1e-6
    True
    """
    data = [size_of(x) for x in numbers]
    here = size_of(_if_defined(function, *data))
    found = [_extrapolated(function, data, place, side, here) for side in (-1, 1)]
    slopes = [slope for slope, _ in found]
    return Truth(slopes[0], slopes[1], max(error for _, error in found))


def _extrapolated(
    function: Function, data: Sequence[float], place: int, side: int, here: float
) -> tuple[float | None, float]:
    """The slope of one side and its error."""
    first = (abs(data[place]) or 1.0) * _FIRST
    best, error = None, math.inf
    row: list[float] = []
    for halving in range(_COLUMNS):
        moved = [*data]
        moved[place] += side * first * 2.0**-halving
        there = _if_defined(function, *moved)
        if there is None or not math.isfinite(size_of(there)):
            row = []
            continue
        last, row = row, [(size_of(there) - here) / (moved[place] - data[place])]
        for column, before in enumerate(last, 1):
            row.append(row[-1] + (row[-1] - before) / (2**column - 1))
            off = max(abs(row[-1] - row[-2]), abs(row[-1] - before))
            if off < error:
                best, error = row[-1], off
    noise = 2.0**-44 * abs(here) / first
    return best, 8 * error + noise
