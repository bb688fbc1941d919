"""Points that a rule's own texts name: its constants, its comparisons solved, kinks and ends.

A rule can only change where a comparison does, at a constant or at 0, so that is where it is
looked at, and beside it on both sides: at the neighbouring doubles, near them, and between.
"""

from __future__ import annotations

import itertools
import math
import random
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from autograd.codegen import Plain, Scope, Source
from autograd.ops import OPS, ROUTINES, Op
from autograd.text import (
    Binary,
    Call,
    Choice,
    Compare,
    Logic,
    Name,
    Negative,
    Node,
    Not,
    Number,
    names,
    parts,
    walk,
)

Point = tuple[float, ...]

# Of every size, so that between two of them a comparison that holds changes.
_SIZES = (
    5e-324, 2.2250738585072014e-308, *(10.0**k for k in range(-300, 0, 12)), 1e-3, 0.01, 0.1, 0.25,
    0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0, 40.0,
    60.0, 88.0, 100.0, 150.0, 300.0, 354.0, 700.0, 709.0, 720.0, 745.0, 1e3, 1e4, 1e6, 1e9,
    *(10.0**k for k in range(12, 308, 12)), 1.7976931348623157e308,
)  # fmt: skip
_OTHERS = (0.0, 1.0, -1.0, 0.5, 2.0, -3.0)
_DEEPEST = 3
_MOST = 160


@dataclass(frozen=True)
class Marks:
    """The points of a rule, and the pairs of neighbouring doubles between which something changes.

    `points` are the numbers named; `near` those beside and between them. `pairs` are two points
    that differ in one place by one last place, and `declared` those of them where the kink's
    condition changes. `lines` are the comparisons as conditions, each with a function of a point
    that is 0 where it holds.
    """

    points: tuple[Point, ...] = ()
    near: tuple[Point, ...] = ()
    pairs: tuple[tuple[Point, Point], ...] = ()
    declared: frozenset[tuple[Point, Point]] = field(default=frozenset())
    lines: tuple[tuple[str, Callable[[Point], float]], ...] = ()


def marks(op: Op, more: Iterable[float] = ()) -> Marks:
    """The points that the texts of a row name, with `more` numbers taken for constants of theirs.

    >>> from autograd.ops import Op
    >>> found = marks(Op(name="f", value="x if x * x < 2 else 3 * x", slopes=("1",)))
    >>> found.pairs[-1], (3.0,) in found.points
    (((1.414213562373095,), (1.4142135623730951,)), True)
    """
    if op.run:
        return Marks(points=tuple(_runs(len(op.inputs))))
    trees = {
        "": (op.trees.value, op.trees.meaning, *op.trees.slopes, op.trees.domain),
        "kink": (op.trees.kink,),
    }
    numbers = {0.0, -0.0, *more}
    crossings: dict[str, list[Node]] = {"": [], "kink": []}
    rows = {op.name: op}
    for kind, given in trees.items():
        for tree in given:
            numbers |= set(constants(tree))
            crossings[kind] += comparisons(tree, op, rows)
    grid = _grid(numbers)
    bases = _bases(numbers, len(op.inputs))
    pairs: dict[tuple[Point, Point], str] = {}
    lines: dict[str, Callable[[Point], float]] = {}
    for kind, trees_of_kind in crossings.items():
        for tree in dict.fromkeys(trees_of_kind):
            difference = _difference(tree, op, rows)
            if "z" not in names(tree):
                lines.setdefault(_line(tree), difference)
            for pair in _solved(difference, grid, bases, len(op.inputs)):
                pairs[pair] = pairs.get(pair) or kind
    return replace(_marks(numbers, pairs, len(op.inputs)), lines=tuple(lines.items()))


def _line(tree: Node) -> str:
    """That a difference is 0, as a condition."""
    match tree:
        case Binary("-", left, Number(0)):
            return _line(left)
        case Binary("-", left, right):
            sides = left, right
        case _:
            sides = tree, Number(0)
    write = Plain({name: name for name in names(tree)}, str)
    return " == ".join(map(write, sides))


def named(numbers: Iterable[float], arity: int) -> Marks:
    """The points that constants alone give, for a rule that is no text.

    >>> (4.0,) in named([4.0], 1).points
    True
    """
    return _marks({0.0, -0.0, *numbers}, {}, arity)


def _marks(numbers: Iterable[float], pairs: Mapping[tuple[Point, Point], str], arity: int) -> Marks:
    ordered = sorted({*map(abs, numbers)})[:12]
    signed = [*{repr(s * x): s * x for x in ordered for s in (1.0, -1.0)}.values()]
    points = [*itertools.product(signed, repeat=arity)] if arity < 3 else _bases(signed, arity)
    points = [(0.0,) * arity, *_spread(points, _MOST if arity == 1 else 24)]
    points += [point for pair in _spread(pairs, _MOST if arity == 1 else 8) for point in pair]
    return Marks(
        points=tuple({repr(p): p for p in points}.values()),
        near=tuple(_near(signed, pairs, arity)),
        pairs=tuple(pairs),
        declared=frozenset(pair for pair, kind in pairs.items() if kind == "kink"),
    )


def _spread(things: Iterable[Any], most: int) -> list[Any]:
    """At most so many of them, from all parts of the list."""
    every = [*things]
    if len(every) <= most:
        return every
    return random.Random(most).sample(every, most)  # noqa: S311  no secrets here


def _runs(arity: int) -> Iterator[Point]:
    for size in (2, 3):
        for place in range(size * arity):
            yield tuple(
                0.0 if k == place else (1.5, -0.75, 2.25)[k % 3] for k in range(size * arity)
            )


# What the texts hold.


def constants(tree: Node) -> Iterator[float]:
    """The numbers of a tree, and what its parts without any name come to.

    >>> from autograd.text import read
    >>> sorted(set(constants(read("x * 3 / 4 + 7 / 2"))))
    [2.0, 3.0, 3.5, 4.0, 7.0]
    """
    for part in walk(tree):
        if isinstance(part, Number):
            yield from _double(part.value)
        elif isinstance(part, Binary | Negative) and not names(part) and not _calls(part):
            yield from _double(_function(part, (), {})())


def _calls(tree: Node) -> bool:
    return any(isinstance(part, Call) for part in walk(tree))


def _double(number: Any) -> Iterator[float]:
    try:
        found = float(number)
    except (OverflowError, TypeError, ValueError):
        return
    if math.isfinite(found):
        yield found


def comparisons(tree: Node, op: Op, rows: dict[str, Op], depth: int = 0) -> Iterator[Node]:
    """Left minus right of each comparison in a tree, those of the rows that it calls included.

    `rows` gets the rows that are met, by name.
    """
    for part in walk(tree):
        match part:
            case Compare(_, sides):
                yield from (Binary("-", a, b) for a, b in itertools.pairwise(sides))
            case Choice(test=test) if not isinstance(test, Compare | Logic | Not):
                yield test  # a number as a condition
            case Call("abs", (inner,)):
                yield inner
            case Call(name, arguments) if depth < _DEEPEST and name in op.rows:
                row = rows[name] = op.rows[name]
                if row is op or row.run:
                    continue
                inputs = dict(zip(row.inputs, arguments, strict=True))
                for inner in (row.trees.value, row.trees.kink, row.trees.domain):
                    for found in comparisons(inner, row, rows, depth + 1):
                        yield replaced(found, inputs)


def replaced(tree: Node, inputs: Mapping[str, Node]) -> Node:
    """A tree with other trees in the place of its names.

    >>> from autograd.text import read
    >>> replaced(read("x + 1"), {"x": read("2 * y")}) == read("2 * y + 1")
    True
    """
    inner = tuple(replaced(part, inputs) for part in parts(tree))
    match tree:
        case Name(name):
            return inputs.get(name, tree)
        case Negative() | Not():
            return type(tree)(*inner)
        case Binary(sign):
            return Binary(sign, *inner)
        case Compare(signs):
            return Compare(signs, inner)
        case Logic(word):
            return Logic(word, inner)
        case Call(name):
            return Call(name, inner)
        case Choice():
            yes, test, no = inner
            return Choice(test, yes, no)
    return tree


def _function(tree: Node, arguments: Sequence[str], rows: Mapping[str, Op]) -> Callable[..., Any]:
    scope = Scope()
    known = scope.locals(arguments)

    def called(name: str) -> str:
        row = rows.get(name) or OPS.get(name)
        return scope.constant(name, ROUTINES.get(name, row and row.compute))

    text = Source(known, called)(tree)
    return scope.function("mark", known.values(), [f"return {text}"])


def _difference(tree: Node, op: Op, rows: Mapping[str, Op]) -> Callable[[Point], float]:
    """A difference as a function of a point: nan where it is none."""
    needs_value = "z" in names(tree)
    try:
        function = _function(tree, (*op.inputs, "z"), {**op.rows, **rows})
    except (KeyError, TypeError):
        return lambda _: math.nan

    def difference(point: Point) -> float:
        try:
            return float(function(*point, op.compute(*point) if needs_value else 0.0))
        except Exception:  # noqa: BLE001  whatever a rule raises there, nothing is to be found
            return math.nan

    return difference


# Solving.


def _grid(numbers: Iterable[float]) -> list[float]:
    return sorted({0.0, *(s * x for x in (*_SIZES, *map(abs, numbers)) for s in (1, -1))})


def _bases(numbers: Iterable[float], arity: int) -> list[Point]:
    if arity == 1:
        return [(0.0,)]
    chosen = [*dict.fromkeys((*_OTHERS, *sorted(numbers, key=abs)[:4]))]
    every = [*itertools.product(chosen, repeat=arity)] if arity < 3 else []
    return every or [
        tuple(chosen[(k * (j + 1)) % len(chosen)] for j in range(arity)) for k in range(12)
    ]


def _solved(
    difference: Callable[[Point], float], grid: Sequence[float], bases: Iterable[Point], arity: int
) -> Iterator[tuple[Point, Point]]:
    """Neighbouring doubles in one place between which a difference changes its sign or is 0."""
    seen = set()
    for base, place in itertools.product(bases, range(arity)):
        others = (place, *base[:place], *base[place + 1 :])
        if others in seen:
            continue
        seen.add(others)

        def at(x: float, base: Point = base, place: int = place) -> Point:
            return (*base[:place], x, *base[place + 1 :])

        last: tuple[float, float] | None = None
        wanted = 12 if arity == 1 else 2
        for x in grid if arity == 1 else grid[::3]:
            d = difference(at(x))
            if d == 0:
                sides = [math.nextafter(x, side) for side in (-math.inf, math.inf)]
                if all(map(math.isfinite, sides)) and any(difference(at(y)) for y in sides):
                    yield at(sides[0]), at(x)
                    yield at(x), at(sides[1])
                    wanted -= 1
            elif last and d * last[1] < 0:
                low, high = _bisected(difference, at, last[0], x)
                yield at(low), at(high)
                if difference(at(low)) == 0:
                    yield at(math.nextafter(low, -math.inf)), at(low)
                if difference(at(high)) == 0:
                    yield at(high), at(math.nextafter(high, math.inf))
                wanted -= 1
            if d == d:
                last = x, d
            if not wanted:
                break


def _bisected(
    difference: Callable[[Point], float], at: Callable[[float], Point], low: float, high: float
) -> tuple[float, float]:
    """Two neighbouring doubles, of one sign (or none) and of the other."""
    before = difference(at(low))
    a, b = _ordinal(low), _ordinal(high)
    while b - a > 1:
        middle = (a + b) // 2
        if difference(at(_at(middle))) * before > 0:
            a = middle
        else:
            b = middle
    return _at(a), _at(b)


def _ordinal(x: float) -> int:
    """How many doubles from 0 a double is."""
    (bits,) = struct.unpack("q", struct.pack("d", abs(x)))
    return -bits if x < 0 else int(bits)


def _at(ordinal: int) -> float:
    (x,) = struct.unpack("d", struct.pack("q", abs(ordinal)))
    return math.copysign(x, ordinal)


# Beside and between.


def between_marks(points: Iterable[Point], arity: int, count: int) -> Iterator[Point]:
    """Points whose every number lies between two neighbours among those of the marks.

    They are what a narrow domain leaves.

    >>> all(5 < x < 5.0001 for x, in between_marks([(5.0,), (5.0001,)], 1, 20))
    True
    """
    source = random.Random(arity)  # noqa: S311  no secrets here
    ordered = [sorted({p[j] for p in points}) for j in range(arity)] if points else []
    if not all(len(one) > 1 for one in ordered):
        return
    for _ in range(count):
        point = []
        for numbers in ordered:
            k = source.randrange(len(numbers) - 1)
            point.append(source.uniform(numbers[k], numbers[k + 1]))
        yield tuple(point)


def _near(
    numbers: Sequence[float], pairs: Iterable[tuple[Point, Point]], arity: int
) -> Iterator[Point]:
    if arity == 1:
        found = sorted({*numbers, *(p[0] for pair in pairs for p in pair)})
        for x in found:
            yield from ((y,) for y in beside(x))
        yield from ((a / 2 + b / 2,) for a, b in itertools.pairwise(found))
        yield from ((math.copysign(math.sqrt(abs(a)) * math.sqrt(abs(b)), a),)
                    for a, b in itertools.pairwise(found) if a * b > 0)  # fmt: skip
        return
    for low, high in _spread(pairs, 8):
        place = next(k for k in range(arity) if low[k] != high[k])
        for y in beside(high[place])[2::3]:
            yield (*high[:place], y, *high[place + 1 :])


def beside(x: float) -> list[float]:
    """Numbers on both sides of one: the neighbouring doubles, then near, then farther.

    >>> beside(4.0)[:2]
    [3.9999999999999996, 4.000000000000001]
    """
    neighbours = [math.nextafter(x, -math.inf), math.nextafter(x, math.inf)]
    steps = [x * (1 + s * r) for r in (1e-9, 1e-4, 0.02) for s in (1, -1)] if x else [1e-9, -1e-9]
    return [y for y in (*neighbours, *steps, x + 0.03, x - 0.03) if math.isfinite(y)]
