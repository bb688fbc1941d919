"""Checks of a whole derivative: `gradcheck` finds the rule that is wrong, and by how much."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn

from autograd import calculus
from autograd.elementary import Missing, number
from autograd.errors import Policy
from autograd.graph import flow
from autograd.testing.nodes import Met, check_node, digits, distance, is_near, precise
from autograd.testing.recording import (
    EXACT,
    Around,
    Flat,
    Recording,
    around,
    goes_on,
    is_finite,
    recorded,
    same,
    size_of,
)
from autograd.testing.truth import Truth, of_graph
from autograd.testing.verdict import Finding, RuleError, Verdict, far
from autograd.value import Value

_ULP = 2.0**-52

Function = Callable[..., Any]


class GradientError(RuleError):
    """A gradient that does not pass: it names the node and rule, or the input, and the verdict."""


@dataclass(frozen=True)
class Checked:
    """One input's gradient as it was found, as it should be, and its error in ulp (0 if exact).

    `true` is None where there is no derivative, or none is known; `right` says in words what there
    is instead, or from where the number is.
    """

    name: str
    gradient: Any
    true: Any
    ulp: float
    right: str = ""

    def __str__(self) -> str:
        right = self.right or f"right is {digits(self.true)} ({self.ulp:.2f} ulp)"
        return f"{self.name}: {self.gradient!r}, {right}"


@dataclass(frozen=True)
class GradientReport:
    """What `gradcheck` found: one entry an input, and the kinks it met with their slopes.

    `outside` names the nodes that are outside of their rule's domain. The report is false where a
    gradient is not the derivative or could not be checked: `findings` say why.
    """

    inputs: tuple[Checked, ...]
    kinks: tuple[str, ...]
    nodes: int
    findings: tuple[Finding, ...] = ()
    outside: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return not self.findings

    def __str__(self) -> str:
        kinks = (f"kink: {kink}" for kink in self.kinks)
        outside = (f"outside its domain: {node}" for node in self.outside)
        return "\n".join([*map(str, self.inputs), *kinks, *outside, *map(str, self.findings)])


def gradcheck(
    f: calculus.UserFunction,
    *inputs: Any,
    argnums: int | tuple[int, ...] | None = None,
    has_aux: bool = False,
    order: int = 1,
    max_ulp: float = 4.0,
    max_total_ulp: float = math.inf,
    abs_tol: float = 0.0,
    nan: Policy = "raise",
    **kwargs: Any,
) -> GradientReport:
    """Checks the derivatives of `f` at `inputs` and returns a report.

    `f`, `inputs`, `argnums`, `has_aux` and other keywords are those of `autograd.grad`; without
    `argnums` it is all inputs, which may be labelled Values.

    First the function: it is recorded six times at the point and once on each side, and computed
    in plain numbers. All must agree, and what moves with an input must be a Value: so randomness,
    hidden state, a graph that was lost and a branch that is taken at the point alone are found.
    Then each node: its slopes are compared with the certified derivative of its rule's value at the
    recorded numbers: they may be `max_ulp` apart, or `abs_tol`, and exact numbers must be equal. At
    a kink the slope must lie between those of the two sides; what a rule gives outside of its
    domain is its own business. Then the pass: what `backward()` makes of the slopes is compared
    with their sum over all paths, taken forwards, within the rounding of that many products.

    The true derivative, in the report, is that of the whole graph: exact for rational operations on
    exact numbers, certified otherwise, and measured in floats where Python functions take part. A
    gradient in floats may be many ulp from it where the graph cancels, which is no error of a rule;
    `max_total_ulp` bounds that error, `abs_tol` excuses small ones. Where conventions at kinks do
    not add up to the derivative, or a gradient was lost to underflow, the report says so and is
    false. With `order=2` the gradient is checked as a function in the same way, and so on.

    Raises GradientError with its `verdict`: "wrong", "inaccurate" (a rule that is right but off by
    rounding; a total beyond `max_total_ulp`; a gradient that is nan where there is a derivative,
    unless `nan="allow"`), or "unchecked" if nothing could be compared for any input.

    >>> import autograd as ag
    >>> print(gradcheck(lambda x: ag.tanh(x) * x, 20.0))
    x0: 1.0000000000000004, right is 1.0000000000000003 (0.51 ulp)
    >>> gradcheck(lambda x, y: x * y + x, Fraction(1, 3), Fraction(2)).inputs[0].gradient
    Fraction(3, 1)
    >>> gradcheck(lambda x: Value(x.data**2) + x, 3.0)
    Traceback (most recent call last):
      ...
    autograd.testing.gradients.GradientError: the gradient of x0 is wrong: it is 1 at x0 = 3.0,
    right is about 7.0 (the graph is lost: 9.0 moves with x0 but is no result of Values, so that
    about 6.0 is missing)
    """
    given = {"max_ulp": max_ulp, "max_total_ulp": max_total_ulp, "abs_tol": abs_tol}
    for name, bound in given.items():
        if not bound >= 0:
            raise ValueError(f"{name} is a bound of at least 0, not {bound!r}")
    if nan not in ("allow", "raise"):
        raise ValueError(f"unknown policy nan={nan!r}: must be 'allow' or 'raise'")
    if not isinstance(order, int) or order < 1:
        raise ValueError(f"order is 1, 2, 3 and so on, not {order!r}")
    flat = Flat.of(f, inputs, argnums, kwargs, has_aux=has_aux)
    return _checked(_Task(flat, _Bounds(max_ulp, max_total_ulp, abs_tol, nan)), order)


@dataclass(frozen=True)
class _Bounds:
    """What the user allows."""

    max_ulp: float
    max_total_ulp: float
    abs_tol: float
    nan: Policy


@dataclass(frozen=True)
class _Task:
    """A function to check; for one that is a derivative already, of what, and to what."""

    flat: Flat
    bounds: _Bounds
    base: Recording | None = None
    places: tuple[int, ...] = ()

    @property
    def what(self) -> str:
        """What the function is called."""
        to = ", ".join(self.flat.names[place] for place in self.places)
        return f"the derivative to {to}" if to else "the function"

    def at(self, place: int | None = None) -> dict[str, Any]:
        """The point of a finding: one input, or all if they are few."""
        names, data = self.flat.names, self.flat.data
        if place is not None:
            return {"inputs": names[place : place + 1], "point": data[place : place + 1]}
        return {"inputs": names, "point": data} if len(data) <= 4 else {}

    def gradient(self, place: int) -> str:
        """What the derivative to an input is called."""
        to = self.flat.names[place]
        return f"the gradient of {to}" if not self.places else f"{self.what}, {to}"

    def fail(self, what: str, verdict: Verdict = "wrong", **how: Any) -> NoReturn:
        """Raises the GradientError."""
        raise GradientError(Finding(verdict=verdict, what=what, **how))


def _checked(task: _Task, order: int) -> GradientReport:
    """The report of one function, after those of its derivatives."""
    flat = task.flat
    run = recorded(flat.function, flat.data, flat.labels)
    finite = all(map(is_finite, flat.data))
    if finite:
        _repeats(task, run)
    met = Met()
    for node in run.order:
        finding = check_node(node, task.bounds.max_ulp, task.bounds.abs_tol, met)
        if finding:
            raise GradientError(finding)
    found = _passed_back(task, run)
    places = range(len(flat.data))
    same_way = [Around((run, run))] * len(places)
    if finite and not (len(places) > 2 and goes_on(flat.function, run)):
        same_way = [around(flat.function, run, place) for place in places]
    judged = [_judged(task, run, place, found[place], same_way[place], met) for place in places]
    if all(finding and finding.verdict == "unchecked" for _, finding in judged):
        raise GradientError(*(finding for _, finding in judged if finding))
    smooth = met.is_smooth and all(one.sides == (run, run) for one in same_way)
    base = (task.base or run) if smooth and (task.base or not task.places) else None
    above = [_checked(_derivative(task, place, base), order - 1) for place in places if order > 1]
    entries = tuple(entry for entry, _ in judged)
    notes = [Finding(verdict="unchecked", what="a slope", why=why) for why in met.unsettled]
    findings = [*(finding for _, finding in judged if finding), *notes]
    findings += [finding for report in above for finding in report.findings]
    kinks, outside = (tuple(dict.fromkeys(lines)) for lines in (met.kinks, met.outside))
    return GradientReport(entries, kinks, len(run.order), tuple(findings), outside)


def _derivative(task: _Task, place: int, base: Recording | None) -> _Task:
    """The gradient to one argument, as a function that can be differentiated again."""

    def partial(*arguments: Any) -> Any:
        root = task.flat.function(*arguments)
        if not isinstance(root, Value):
            return 0
        return calculus.adjoints(root, arguments).get(arguments[place], 0)

    flat = replace(task.flat, function=partial)
    bounds = replace(task.bounds, max_ulp=max(task.bounds.max_ulp, 1000.0))
    return _Task(flat, bounds, base, (*task.places, place))


# The function.

# So often it is evaluated again: a coin that decides is found in all but 3 of 100 cases.
TIMES = 5


def _repeats(task: _Task, run: Recording) -> None:
    """The same call does the same again, and so do the graph and a call with plain numbers."""
    flat, value = task.flat, run.root.raw
    for _ in range(TIMES):
        try:
            again = recorded(flat.function, flat.data, flat.labels)
        except Exception as error:  # noqa: BLE001  whatever it is
            found = f"gives {value!r} and then raises {error!r}"
            task.fail(task.what, found=found, why=_TWICE, **task.at())
        if again.equals(run):
            continue
        if not _agree(run, again.root.raw, value):
            found = f"gives {value!r} and then {again.root.raw!r}"
            task.fail(task.what, found=found, why=_TWICE, **task.at())
        if not _same_gradients(run, again):
            found = "has other gradients each time"
            task.fail(task.what, found=found, why=_TWICE, **task.at())
    try:
        computed = run.at(flat.data)
    except (ArithmeticError, TypeError, ValueError):
        return
    if not _agree(run, computed, value):
        found = f"gives {value!r}, and its graph {computed!r}"
        why = "a number of the graph was changed after it was recorded, or is random"
        task.fail(task.what, found=found, why=why, **task.at())
    if task.places:
        return
    try:
        plain = number(flat.function(*flat.data))
    except Exception:  # noqa: BLE001  it is written for Values alone
        return
    finite = plain is not None and all(math.isfinite(size_of(x)) for x in (plain, value))
    if finite and not _agree(run, plain, value):
        found = f"gives {value!r} of Values and {plain!r} of the same numbers"
        why = "of Values it is another function, and that has the gradient"
        task.fail(task.what, found=found, why=why, **task.at())


_TWICE = "evaluated twice: it depends on more than its arguments, on random numbers or a state"


def _agree(run: Recording, x: Any, y: Any) -> bool:
    """Whether two values are the same up to rounding."""
    if same(x, y) or (isinstance(x, EXACT) and isinstance(y, EXACT)):
        return same(x, y)
    apart = abs(size_of(x) - size_of(y))
    return apart <= 64 * size_of(run.rounding) + 2.0**-40 * abs(size_of(y)) < math.inf


def _same_gradients(run: Recording, again: Recording) -> bool:
    sizes = []
    for one in (run, again):
        totals = {node: total for node, total, _ in flow(one.root)}
        sizes.append([size_of(totals.get(leaf, 0)) for leaf in one.leaves])
    largest = max(map(abs, sizes[0]))
    pairs = zip(*sizes, strict=True)
    return all(same(x, y) or abs(x - y) <= 1e-6 * largest for x, y in pairs)


# The pass.


def _passed_back(task: _Task, run: Recording) -> list[tuple[Any, float]]:
    """What `backward()` gives each input, which is what the slopes add up to forwards.

    And how far rounding may have moved it.
    """
    run.root.backward()
    found = []
    for place, leaf in enumerate(run.leaves):
        gradient, allowed = leaf.grad, 0.0
        if not isinstance(gradient, Missing):
            total, size, steps = _forwards(run, leaf)
            unit = 1e-27 if isinstance(gradient, Decimal) else _ULP
            allowed = 4 * steps * unit * size + 5e-324 * steps
            if not _near(gradient, total, allowed):
                task.fail(
                    task.gradient(place),
                    found=gradient,
                    right=digits(total),
                    why="the rules' slopes, which are right, add up to that: the backward pass "
                    "lost or repeated a path",
                    **task.at(place),
                )
        found.append((gradient, allowed if math.isfinite(allowed) else 0.0))
    return found


def _forwards(run: Recording, leaf: Value) -> tuple[Any, float, int]:
    """The derivative of the root to `leaf` from the recorded slopes, carried from inputs to output.

    Exactly, in rational numbers; with the sum of the sizes of all paths, and the longest path.
    """
    tangent: dict[Value, tuple[Any, Any, int]] = {leaf: (Fraction(1), Fraction(1), 1)}
    for node in run.order:
        if node.op is None:
            continue
        total, size, steps, reached = Fraction(0), Fraction(0), 0, False
        for _, parent, slope in node.slopes(missing=True):
            if parent in tangent:
                if slope is None or not math.isfinite(size_of(slope)):
                    return math.nan, math.inf, 0
                moved, moved_size, length = tangent[parent]
                total += Fraction(slope) * moved
                size += abs(Fraction(slope)) * moved_size
                steps += length
                reached = True
        if reached:
            tangent[node] = total, size, steps + 2
    total, size, steps = tangent.get(run.root, (Fraction(0), Fraction(0), 0))
    return total, size_of(size), steps


def _near(gradient: Any, total: Any, allowed: float) -> bool:
    """Whether a gradient is a sum up to rounding; exact ones have none."""
    if total != total:
        return True  # a slope is infinite or missing
    if not math.isfinite(size_of(gradient)):
        return not math.isfinite(size_of(total)) or not math.isfinite(allowed)
    if isinstance(gradient, EXACT):
        return bool(gradient == total) or allowed == math.inf
    return allowed == math.inf or bool(abs(Fraction(gradient) - total) <= Fraction(allowed))


# One input.


def _judged(
    task: _Task, run: Recording, place: int, given: tuple[Any, float], beside: Around, met: Met
) -> tuple[Checked, Finding | None]:
    """What the gradient to one input is, what is right, and a finding if they are not the same."""
    gradient, rounding = given
    name, what, at = task.flat.names[place], task.gradient(place), task.at(place)

    def noted(verdict: Verdict, right: str, why: str) -> tuple[Checked, Finding]:
        finding = Finding(verdict=verdict, what=what, found=gradient, right=right, why=why, **at)
        return Checked(name, gradient, None, math.nan, why), finding

    if isinstance(gradient, Missing):
        return noted("unchecked", "", f"exact numbers cannot have it: {gradient.why}")
    if beside.missed:
        right = _about(gradient, beside.missed)
        why = (
            f"the graph is lost: {beside.constant} moves with {name} but is no result of Values, "
            f"so that about {_short(beside.missed)} is missing"
        )
        task.fail(what, found=gradient, right=right, why=why, **at)
    if task.base:
        places = (*task.places, place)
        true = of_graph(task.base, places, (task.base, task.base), smooth=True)
    if not task.base or not true.exists:
        true = of_graph(run, (place,), beside.sides, smooth=met.is_smooth)
    if gradient != gradient:
        return _judged_nan(task, place, gradient, true)
    if true.exists:
        way = "" if beside.sides == (run, run) else _ANOTHER_WAY
        way = way if met.is_smooth else _CONVENTIONS
        return _compared(task, place, gradient, rounding, true, way)
    sides, why = true.sides, _no_derivative(true)
    if not sides:
        value = run.root.raw
        return noted("unchecked", "", why if is_finite(value) else f"the value is {value!r} there")
    low, high = sides[0], sides[-1]
    slack = true.error + 1e-9 * max(size_of(abs(side)) for side in sides) + rounding
    if size_of(gradient) in map(size_of, sides) or low - slack <= precise(gradient) <= high + slack:
        return Checked(name, gradient, None, 0.0, why), None
    right = f"between {digits(low)} and {digits(high)}" if len(sides) > 1 else digits(low)
    if met.is_smooth:
        task.fail(what, found=gradient, right=right, why=why, **at)
    return noted("inaccurate", right, f"{why}; {_CONVENTIONS}")


_ANOTHER_WAY = "at the point the function takes another way than on both sides of it"
_CONVENTIONS = "the conventions of the rules at kinks do not add up to it"


def _about(gradient: Any, missed: Fraction) -> str:
    """What the gradient should be, to the digits that a difference has."""
    return f"about {_short(missed + (Fraction(gradient) if is_finite(gradient) else 0))}"


def _short(x: Fraction) -> str:
    short = size_of(x)
    return f"{short:.6}" if short and is_finite(short) else digits(x)


def _no_derivative(true: Truth) -> str:
    """Why there is no derivative, and what there is instead."""
    sides = " and ".join(map(digits, true.sides))
    if true.jumps:
        return f"the function jumps: no derivative there, only the slopes beside, {sides}"
    if not true.sides:
        return "no derivative is known: the function is not defined on either side, or none settles"
    if true.below is None or true.above is None:
        side, other = ("above", "below") if true.below is None else ("below", "above")
        return f"the slope from {side} is {digits(true.sides[0])}, and {other} there is none"
    return f"no derivative there: the slopes of the two sides are {sides}"


def _judged_nan(
    task: _Task, place: int, gradient: Any, true: Truth
) -> tuple[Checked, Finding | None]:
    """A gradient that is nan: an error, unless it is asked for."""
    right = digits(true.above) if true.exists else ""
    why = "" if right else _no_derivative(true)
    if task.bounds.nan == "raise":
        verdict: Verdict = "inaccurate" if right else "unchecked"
        found = "is nan" if right else f"is nan, and {why}"
        how = {"found": found, "right": right, "why": 'nan="allow" lets it pass'}
        task.fail(task.gradient(place), verdict, **how, **task.at(place))
    known = true.above if right else None
    return Checked(task.flat.names[place], gradient, known, math.inf, why), None


def _compared(
    task: _Task, place: int, gradient: Any, rounding: float, true: Truth, way: str
) -> tuple[Checked, Finding | None]:
    """A gradient where there is a derivative. `way` says why it may be another one, if it may."""
    what, at, bounds = task.gradient(place), task.at(place), task.bounds
    right, ulp, words = true.above, math.nan, ""
    exact = isinstance(gradient, EXACT) and isinstance(right, EXACT)
    if true.error:
        words = f"right is about {size_of(right):.9g}, by differences of floats"
    else:
        ulp = distance(gradient, right)
    entry = Checked(task.flat.names[place], gradient, right, ulp, words)
    near = is_near(gradient, right, 16 * true.error + rounding, 1e-6)
    small = is_finite(gradient) and is_finite(right)
    small = small and abs(precise(gradient) - precise(right)) <= bounds.abs_tol
    if gradient == right or (small and bounds.abs_tol):
        return entry, None
    how = {"found": gradient, "right": digits(right), **at}
    if way and not near:
        if way != _CONVENTIONS:
            task.fail(what, why=way, **how)
        why = f"{words or 'right is ' + digits(right)}: {way}"
        entry = replace(entry, right=why)
        return entry, Finding(verdict="inaccurate", what=what, why=way, **how)
    if (exact and not way) or (true.error and not near):
        task.fail(what, **how)
    if ulp > bounds.max_total_ulp:
        task.fail(what, "inaccurate", ulp=ulp, why=far(ulp), **how)
    lost = ulp > 2.0**50 and (gradient == 0 or math.isinf(size_of(gradient)))
    why = "no digit is left: lost to underflow, overflow or cancellation"
    return entry, Finding(verdict="inaccurate", what=what, why=why, **how) if lost else None
