"""Checks of a whole derivative: `gradcheck` finds the rule that is wrong, and by how much."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from autograd import calculus
from autograd.errors import called
from autograd.graph import topological
from autograd.ops import Op
from autograd.testing import certified
from autograd.testing.dual import exact_derivative
from autograd.value import Value

_ULP = 2.0**-52
_EXACT = (int, Fraction)


class GradientError(AssertionError):
    """A gradient that is wrong: it names the node and rule, or the input."""


@dataclass(frozen=True)
class Checked:
    """One input's gradient as it was found, as it should be, and its error in ulp (0 if exact)."""

    name: str
    gradient: Any
    true: Any
    ulp: float


@dataclass(frozen=True)
class GradientReport:
    """What `gradcheck` found: one entry an input, and the kinks it met with their slopes."""

    inputs: tuple[Checked, ...]
    kinks: tuple[str, ...]
    nodes: int

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        lines = [
            f"{one.name}: {one.gradient!r}, right is {_digits(one.true)} ({one.ulp:.2f} ulp)"
            for one in self.inputs
        ]
        return "\n".join([*lines, *(f"kink: {kink}" for kink in self.kinks)])


def gradcheck(
    f: calculus.UserFunction, *inputs: Any, order: int = 1, max_ulp: float = 4.0
) -> GradientReport:
    """Checks the derivatives of `f` at `inputs`, numbers or labelled Values, and returns a report.

    `f` takes as many Values as there are inputs and returns one. It is recorded once. Then each
    node's slopes are compared with the certified derivative of its rule's value at the recorded
    numbers: they may be `max_ulp` apart, and exact numbers must be equal. What `backward()` makes
    of the slopes is compared with their sum over all paths, taken forwards, within the rounding of
    that many products. At a kink the slope must lie between those of the two sides. The true
    derivative, in the report, is that of the whole recorded graph, exact for rational operations on
    exact numbers and certified otherwise. A gradient in floats may be many ulp from it where the
    graph cancels, which is no error of a rule; one in exact numbers must be equal.
    With `order=2` the gradient is checked as a function in the same way, and so on.

    Raises GradientError, which names the node and its rule, the number it gave and the right one.

    >>> import autograd as ag
    >>> print(gradcheck(lambda x: ag.tanh(x) * x, 20.0))
    x0: 1.0000000000000004, right is 1.0000000000000003 (0.51 ulp)
    >>> gradcheck(lambda x, y: x * y + x, Fraction(1, 3), Fraction(2)).inputs[0].gradient
    Fraction(3, 1)
    """
    leaves = [
        Value(given.data, given.label) if isinstance(given, Value) else Value(given)
        for given in inputs
    ]
    root = f(*leaves)
    if not isinstance(root, Value):
        raise TypeError(f"gradcheck needs a function that returns a Value, not {root!r}")
    report = _check_graph(root, leaves, max_ulp)
    if order > 1:
        for place in range(len(leaves)):

            def partial(*arguments: Any, place: int = place) -> Any:
                return _recorded_gradient(f, arguments, place)

            if isinstance(partial(*leaves), Value):
                gradcheck(partial, *leaves, order=order - 1, max_ulp=max(max_ulp, 1000.0))
    return report


def _recorded_gradient(f: Callable[..., Any], arguments: Sequence[Value], place: int) -> Any:
    """The gradient to one argument as a Value that can be differentiated again."""
    root = f(*arguments)
    return calculus.adjoints(root, arguments).get(arguments[place], 0)


def _check_graph(root: Value, leaves: Sequence[Value], max_ulp: float) -> GradientReport:
    order = topological(root)
    kinks = [kink for node in order if node.op is not None for kink in _check_node(node, max_ulp)]
    before = [leaf.grad for leaf in leaves]
    root.backward()
    found = [leaf.grad - grad for leaf, grad in zip(leaves, before, strict=True)]
    names = [leaf.label or f"x{place}" for place, leaf in enumerate(leaves)]
    entries = []
    for leaf, name, gradient in zip(leaves, names, found, strict=True):
        total, size, steps = _forwards(order, root, leaf)
        allowed = 0 if _is_exact(gradient, total) else 4 * steps * _ULP * size + 5e-324 * steps
        if not _near(gradient, total, allowed):
            raise GradientError(
                f"the gradient of {name} is {gradient!r}, but the rules' slopes, which are right, "
                f"add up to {_digits(total)}: the backward pass lost or repeated a path"
            )
        true = _true_gradient(root, leaves, leaf) if not kinks else None
        error = 0.0 if true is None or gradient == true else _distance(gradient, true)
        if isinstance(true, _EXACT) and gradient != true:
            raise GradientError(f"the gradient of {name} is {gradient!r} and should be {true!r}")
        entries.append(Checked(name, gradient, gradient if true is None else true, error))
    return GradientReport(tuple(entries), tuple(kinks), len(order))


# One node.


def _check_node(node: Value, max_ulp: float) -> list[str]:
    """Checks the slopes of one node; returns a line for each argument that is at a kink."""
    op = node.op
    assert op is not None
    operands = [_rational(x) for x in node.operands]
    if any(isinstance(x, float) and not math.isfinite(x) for x in operands):
        return []  # no number there to compare with: `check_rule` looks at these
    meaning = certified.meaning(op)
    at_kink = not op.run and op.at_kink(*node.operands)
    allowed = max(max_ulp, 1000.0) if op.helper else max_ulp
    kinks = []
    for place, slope in enumerate(node.partials()):
        if slope is None:
            continue
        if at_kink:
            sides = [certified.one_sided(meaning, operands, place, side) for side in (-1, 1)]
            if all(side is not None and side == side for side in sides):
                low, high = sorted(sides)
                if not low <= _number(slope) <= high:
                    raise _wrong(
                        node, op, place, slope, f"between {_digits(low)} and {_digits(high)}"
                    )
                kinks.append(
                    f"{called(node)} has the slopes {_digits(low)} and {_digits(high)}: {slope!r}"
                )
            continue
        true = certified.derivative(meaning, operands, place)
        if true is None or true != true:
            continue
        error = _distance(slope, true)
        if error > allowed and not _stable(op, meaning, operands, place, slope, true):
            raise _wrong(node, op, place, slope, f"{_digits(true)} ({error:.3g} ulp away)")
    return kinks


def _stable(op: Op, meaning: Any, operands: Any, place: int, slope: Any, true: Any) -> bool:
    """Whether last-place changes of the operands explain a helper's or a run's error."""
    if not (op.helper or op.run) or not isinstance(slope, float):
        return False
    moves = [
        certified.derivative(meaning, operands, place, j) * math.ulp(float(x))
        for j, x in enumerate(operands)
    ]
    return bool(abs(true - slope) <= 1000 * sum(map(abs, moves)))


def _wrong(node: Value, op: Op, place: int, slope: Any, right: str) -> GradientError:
    which, _ = [*op.places(node.operands)][place]
    label = f" {node.label}" if node.label else ""
    return GradientError(
        f"the rule of {op.name!r} is wrong at the node{label} {called(node)}: its slope to "
        f"{op.inputs[which]}, {op.slopes[which]}, is {slope!r} and should be {right}"
    )


# The whole graph.


def _forwards(order: Sequence[Value], root: Value, leaf: Value) -> tuple[Any, float, int]:
    """The derivative of `root` to `leaf` from the recorded slopes, carried from inputs to output.

    Exactly, in rational numbers; with the sum of the sizes of all paths, and the longest path.
    """
    tangent: dict[Value, tuple[Any, Any, int]] = {leaf: (Fraction(1), Fraction(1), 1)}
    for node in order:
        if node.op is None:
            continue
        total, size, steps, reached = Fraction(0), Fraction(0), 0, False
        for _, parent, slope in node.slopes():
            if parent in tangent:
                if isinstance(slope, float) and not math.isfinite(slope):
                    return math.nan, math.inf, 0
                moved, moved_size, length = tangent[parent]
                total += Fraction(slope) * moved
                size += abs(Fraction(slope)) * moved_size
                steps += length
                reached = True
        if reached:
            tangent[node] = total, size, steps + 2
    total, size, steps = tangent.get(root, (Fraction(0), Fraction(0), 0))
    return total, _float(size), steps


def _true_gradient(root: Value, leaves: Sequence[Value], leaf: Value) -> Any:
    """The derivative of the graph as a function, in certified numbers; None where it has none."""
    numbers = [_rational(given.data) for given in leaves]
    if any(isinstance(x, float) and not math.isfinite(x) for x in numbers):
        return None
    order = topological(root)
    place = list(leaves).index(leaf)

    def again(number: Any, meaning: Any) -> Any:
        def function(*given: Any) -> Any:
            made: dict[Value, Any] = dict(zip(leaves, given, strict=True))
            for node in order:
                if node.op is None:
                    made.setdefault(node, number(node.data))
                elif node not in made:
                    arguments = [
                        made[x] if isinstance(x, Value) else number(x) for x in node.inputs
                    ]
                    made[node] = meaning(node.op)(*arguments)
            return made[root]

        return function

    if all(isinstance(node.data, _EXACT) for node in order):
        try:
            return exact_derivative(again(lambda x: x, _exactly), numbers, place)
        except TypeError:
            pass  # a power with a variable exponent, say
    true = certified.derivative(again(_number, certified.meaning), numbers, place)
    return None if true is None or true != true else true


def _exactly(op: Op) -> Callable[..., Any]:
    """The value of a row on exact numbers, its arguments one after the other."""
    return lambda *arguments: op.compute(*op.split(arguments))


# Numbers.


def _rational(x: Any) -> Any:
    return Fraction(x) if isinstance(x, Decimal) else x


def _number(x: Any) -> Any:
    return certified.number(_rational(x))


def _float(x: Any) -> float:
    try:
        return float(x)
    except OverflowError:
        return math.inf


def _is_exact(gradient: Any, total: Any) -> bool:
    return isinstance(gradient, _EXACT) and isinstance(total, _EXACT)


def _near(gradient: Any, total: Any, allowed: float) -> bool:
    if isinstance(gradient, float) and not math.isfinite(gradient):
        return not math.isfinite(_float(total)) or not math.isfinite(allowed)
    if total != total:
        return True
    if isinstance(gradient, Decimal):
        allowed = float(abs(total)) * 1e-20 + 1e-300
    return bool(abs(Fraction(gradient) - total) <= allowed)


def _distance(found: Any, true: Any) -> float:
    """The error in ulp; of exact numbers and Decimals 0 or inf, by their first 20 digits."""
    if isinstance(found, float):
        return certified.ulps(found, true)
    with certified.context.workdps(40):
        error = abs(_number(found) - true)
        return 0.0 if error <= abs(true) * certified.context.mpf(10) ** -20 else math.inf


def _digits(x: Any) -> str:
    if isinstance(x, Fraction):
        return repr(_float(x)) if x.denominator > 10**6 else str(x)
    return certified.shown(x) if isinstance(x, certified.context.mpf) else repr(x)
