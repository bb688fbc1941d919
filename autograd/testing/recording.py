"""A function recorded: its graph at a point, and what becomes of it beside the point."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

from autograd.elementary import number
from autograd.errors import called
from autograd.graph import flow, replay, topological
from autograd.structure import ARRAY, Spec, flatten, rebuild
from autograd.value import Value

Function = Callable[..., Any]

EXACT = (int, Fraction)

# How far to the side, as powers of 1/2 of the number itself, or of 1 for 0. The first is best to
# measure with; the others look whether it is a matter of the point alone.
_STEPS = ((13, 13), (26, 40), (39, 200), (50, 1000))


@dataclass(frozen=True, eq=False)
class Recording:
    """The graph of one call: its leaves, one for each number, and its root."""

    leaves: tuple[Value, ...]
    root: Value

    @cached_property
    def order(self) -> list[Value]:
        """The nodes, in topological order."""
        return topological(self.root)

    @cached_property
    def shape(self) -> tuple[Any, ...]:
        """The graph without its numbers: two recordings with the same one took the same way."""
        places: dict[Value, int] = {leaf: -1 - place for place, leaf in enumerate(self.leaves)}
        for node in self.order:
            places.setdefault(node, len(places))
        return tuple(
            (node.op.name, node.op.value, *(_place(x, places) for x in node.inputs))
            if node.op
            else places[node]
            for node in self.order
        )

    @cached_property
    def constants(self) -> list[tuple[Value, int, Any]]:
        """The numbers that are no results and no leaves of the call: node, place, number."""
        found: list[tuple[Value, int, Any]] = []
        own = {*self.leaves}
        for node in self.order:
            if node.op is None and node not in own:
                found.append((node, -1, node.raw))
            inputs = enumerate(node.inputs)
            found += [(node, place, x) for place, x in inputs if not isinstance(x, Value)]
        return found

    def equals(self, other: Recording) -> bool:
        """Whether another call did the same with the same numbers of its own."""
        mine, theirs = self.constants, other.constants
        return self.shape == other.shape and all(
            same(x, y) for (*_, x), (*_, y) in zip(mine, theirs, strict=True)
        )

    def at(self, data: Sequence[Any]) -> Any:
        """The value of this graph with other numbers in its leaves."""
        known = {*self.order}
        changes = {x: new for x, new in zip(self.leaves, data, strict=True) if x in known}
        return replay(self.root, changes).raw

    @cached_property
    def rounding(self) -> Fraction:
        """How far rounding may have moved the value, to first order: 0 for exact numbers."""
        unit = Fraction(0)
        for node in self.order:
            if not isinstance(node.raw, EXACT):
                unit = max(unit, Fraction(1, 10**25 if isinstance(node.raw, Decimal) else 2**50))
        if not unit:
            return unit
        try:
            sizes = [abs(_exactly(total * node.raw)) for node, total, _ in flow(self.root)]
        except (ArithmeticError, TypeError, ValueError):
            sizes = [abs(_exactly(node.raw)) for node in self.order]
        return sum(sizes, Fraction(0)) * unit


def recorded(function: Function, data: Sequence[Any], labels: Sequence[str]) -> Recording:
    """The function recorded on new leaves. Raises TypeError if it returns more than a number."""
    leaves = tuple(map(Value, data, labels))
    root = function(*leaves)
    if isinstance(root, Value):
        return Recording(leaves, root)
    plain = number(root)
    if plain is None:
        raise TypeError(
            f"gradcheck needs a function that returns a Value, not {type(root).__name__} {root!r}"
        )
    return Recording(leaves, Value(plain))


def _place(x: Any, places: dict[Value, int]) -> int | None:
    return places[x] if isinstance(x, Value) else None


def same(x: Any, y: Any) -> bool:
    """Whether two numbers are the same, nan or not."""
    return bool(x == y) or bool(x != x and y != y)


def _exactly(x: Any) -> Fraction:
    """A number without its rounding; 0 for what is none."""
    return Fraction(x) if is_finite(x) else Fraction(0)


def size_of(x: Any) -> float:
    """The nearest float of any number, infinite beyond the largest."""
    try:
        return float(x)
    except OverflowError:
        return math.inf if x > 0 else -math.inf


def is_finite(x: Any) -> bool:
    """Whether a number is one, however large: neither infinite nor nan."""
    return isinstance(x, EXACT) or (x.is_finite() if isinstance(x, Decimal) else math.isfinite(x))


# Beside the point.


@dataclass(frozen=True)
class Around:
    """What a function does on both sides of a point, as one of its arguments moves.

    `sides` are the recordings below and above: the one at the point itself where the function takes
    the same way beside it, None where it cannot be evaluated. `missed` is the part of the
    derivative that goes through `constant`, a number of the graph that moves with the argument and
    is no Value: to the graph it is constant.
    """

    sides: tuple[Recording | None, Recording | None]
    missed: Fraction = Fraction(0)
    constant: str = ""


def goes_on(function: Function, base: Recording) -> bool:
    """Whether `function` takes the same way on both sides, in a direction that is no axis."""
    source = random.Random(0)  # noqa: S311  no secrets here
    direction = [source.choice((1, -1)) * source.uniform(0.5, 1) for _ in base.leaves]
    sides = [_beside(function, base, direction, _STEPS[0], side) for side in (-1, 1)]
    return all(made is not None and _is_as(base, made, value) for made, value in sides)


def around(function: Function, base: Recording, place: int) -> Around:
    """How `function` goes on beside the point of a recording, to both sides of one argument."""
    direction = [float(place == other) for other in range(len(base.leaves))]

    def beside(exponents: tuple[int, int]) -> list[tuple[Recording | None, Any]]:
        return [_beside(function, base, direction, exponents, side) for side in (-1, 1)]

    sides: list[Recording | None] = []
    for exponents in _STEPS:
        pairs = beside(exponents)
        sides = [base if made and _is_as(base, made, x) else made for made, x in pairs]
        if sides == [base, base]:
            break
        if not any(sides) or any(made and made.shape != base.shape for made in sides):
            continue  # another way, perhaps only of this side, or this far away
        half = (exponents[0] + 1, exponents[1] + 1)
        data = base.leaves[place].raw
        missed, again = (
            _missed(pairs, place, data, k)
            for k, pairs in ((exponents, pairs), (half, beside(half)))
        )
        if missed == 0 or 4 * abs(again) < 3 * abs(missed):
            return Around((sides[0] and base, sides[1] and base))  # it vanishes with the step
        if 2 * abs(again) < 3 * abs(missed):
            moving = next(made for made in sides if made not in (None, base))
            return Around((sides[0], sides[1]), again, _differing(base, moving))
    return Around((sides[0], sides[1]))


def _is_as(base: Recording, made: Recording, value: Any) -> bool:
    """Whether the function, recorded elsewhere, is the graph of the point there."""
    return made.equals(base) and same(made.root.raw, value)


def _beside(
    function: Function,
    base: Recording,
    direction: Sequence[float],
    exponents: tuple[int, int],
    side: int,
) -> tuple[Recording | None, Any]:
    """The recording a step to the side, and what the graph of the point gives there."""
    for exact in (True, False):  # exact numbers, and floats where those have no results
        moved = [
            _moved(leaf.raw, side * step, exponents, exact=exact)
            for leaf, step in zip(base.leaves, direction, strict=True)
        ]
        try:
            made = recorded(function, moved, [leaf.label for leaf in base.leaves])
            return made, base.at(moved) if made.shape == base.shape else None
        except Exception:  # noqa: BLE001, S112  whatever it is: there is no value there
            continue
    return None, None


def _moved(x: Any, step: float, exponents: tuple[int, int], *, exact: bool) -> Any:
    """A number a step to the side."""
    if isinstance(x, EXACT) and not exact:
        x = size_of(x)
    if not step:
        return x
    kind = Fraction if isinstance(x, EXACT) else type(x)
    size = abs(x) / kind(2) ** exponents[0] if x else 1 / kind(2) ** exponents[1]
    to = x + size * kind(step)
    return math.nextafter(x, math.copysign(math.inf, step)) if to == x else to


def _missed(
    pairs: Sequence[tuple[Recording | None, Any]], place: int, x: Any, exponents: tuple[int, int]
) -> Fraction:
    """The slope of what the function does more than the graph of the point; 0 if it is rounding."""
    total, noise, width = Fraction(0), Fraction(0), Fraction(0)
    for side, (made, value) in zip((-1, 1), pairs, strict=True):
        if made is not None and is_finite(made.root.raw) and is_finite(value):
            total += side * Fraction(made.root.raw - value)
            noise += made.rounding
            moved = _moved(x, side, exponents, exact=isinstance(made.leaves[place].raw, EXACT))
            width += abs(Fraction(moved) - Fraction(x))
    return total / width if width and abs(total) > 8 * noise else Fraction(0)


def _differing(base: Recording, other: Recording) -> str:
    """The first constant of a graph that is another one in another graph of the same shape."""
    for (node, place, x), (*_, y) in zip(base.constants, other.constants, strict=True):
        if not same(x, y):
            label = f"{node.label} = " if place < 0 and node.label else ""
            return f"{label}{x!r}" + (f" in {called(node)}" if place >= 0 else "")
    return "a number inside of a function"


# Arguments.


@dataclass(frozen=True, eq=False)
class Flat:
    """A function of nested arguments as one of a flat list: what `autograd.grad` takes.

    `data` are the numbers to differentiate to, `labels` those of Values among the arguments, and
    `names` say where each stands: x0, x1[2], x1['w'].
    """

    function: Function
    data: tuple[Any, ...]
    labels: tuple[str, ...]
    names: tuple[str, ...]

    @staticmethod
    def of(
        f: Function,
        args: Sequence[Any],
        argnums: int | tuple[int, ...] | None,
        kwargs: Mapping[str, Any],
        *,
        has_aux: bool,
    ) -> Flat:
        """The function and its arguments. Raises ValueError and TypeError as `grad` does."""
        if not callable(f):
            raise TypeError(f"gradcheck checks a function, not {type(f).__name__} {f!r}")
        given = range(len(args)) if argnums is None else argnums
        places = (given,) if isinstance(given, int) else tuple(given)
        if not all(-len(args) <= place < len(args) for place in places):
            raise ValueError(f"argnums={argnums} of a function called with {len(args)} arguments")
        places = tuple(place % len(args) for place in places)
        leaves: list[Any] = []
        names: list[str] = []
        specs = []
        for place in places:
            specs.append(_flattened(args[place], leaves))
            names += _paths(specs[-1], f"x{place}")
        if not leaves:
            raise ValueError(
                "gradcheck needs a number to differentiate to: give the function's arguments"
            )

        def function(*numbers: Any) -> Any:
            rest, filled = iter(numbers), [*args]
            for place, spec in zip(places, specs, strict=True):
                filled[place] = rebuild(spec, rest)
            result = f(*filled, **kwargs)
            return _without_aux(result) if has_aux else result

        values = [x if isinstance(x, Value) else Value(x) for x in leaves]
        labels = tuple(x.label for x in values)
        named = [label or name for label, name in zip(labels, names, strict=True)]
        return Flat(function, tuple(x.raw for x in values), labels, tuple(named))


def _without_aux(result: Any) -> Any:
    if not isinstance(result, tuple) or len(result) != 2:
        raise TypeError(
            f"has_aux needs a function that returns a pair (value, aux), not {result!r}"
        )
    return result[0]


def _flattened(argument: Any, leaves: list[Any]) -> Spec:
    try:
        return flatten(argument, leaves, "gradcheck takes")
    except TypeError as error:
        raise TypeError(f"{error} (argnums= says which arguments to differentiate to)") from None


def _paths(spec: Spec, name: str) -> Iterator[str]:
    """The name of each number of a structure."""
    if spec is None:
        yield name
        return
    if spec.kind == ARRAY:
        for places in product(*map(range, spec.keys)):
            yield f"{name}[{', '.join(map(str, places))}]"
        return
    keys: Any = range(len(spec.parts))
    wrapped = "[{!r}]"
    if isinstance(spec.kind, type) and issubclass(spec.kind, dict):
        keys = spec.keys[0]
    elif spec.keys is not None:
        keys, wrapped = spec.keys, ".{}"
    for key, part in zip(keys, spec.parts, strict=True):
        yield from _paths(part, name + wrapped.format(key))
