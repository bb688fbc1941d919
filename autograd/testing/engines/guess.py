"""Guessing what an engine computes instead of the right slope: a rule with one mistake in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

from autograd.codegen import Plain
from autograd.ops import Op
from autograd.text import Binary, Call, Choice, Name, Negative, Node, Number, names

Seen = Sequence[tuple[Sequence[float], float]]

_ENOUGH = 4  # points, before a formula that fits them all is believed
_SIGNS = {"+": "-", "-": "+", "*": "/", "/": "*", "**": "*"}


def cause(row: Op, place: int, seen: Seen, inputs: Sequence[str] = ()) -> str:
    """The formula that gives what an engine gave as a slope, beside the right one; '' if none does.

    `seen` has the arguments of the row and what came, at each point. It is looked for among the
    row's other slopes and among the right slope with one or two mistakes. `inputs` are names for
    the arguments, instead of the row's own; the value is called out.

    >>> from autograd.ops import OPS
    >>> cause(OPS["mul"], 0, [((x, y), x) for x in (2.0, 3.0, 0.5) for y in (1.5, -1.0)])
    'it gives x, right is y'
    """
    points = [(arguments, came) for arguments, came in seen if _usable(arguments, came)]
    if len(points) < _ENOUGH:
        return ""
    right = row.trees.written[place]
    known = (*row.inputs, "z")
    function = row.number_function("right", right, known) if {*names(right)} <= {*known} else None
    if function and all(_fits(row, function, arguments, came) for arguments, came in points):
        return ""  # what is wrong is no number
    words = dict(zip(known, (*(inputs or row.inputs), "out"), strict=True))
    for tree in _mistakes(row, place):
        if tree == right or not {*names(tree)} <= {*known}:
            continue
        try:
            function = row.number_function("guess", tree, known)
        except (KeyError, NameError, ValueError):
            continue
        if all(_fits(row, function, arguments, came) for arguments, came in points):
            return f"it gives {_text(tree, words)}, right is {_text(right, words)}"
    return ""


def _usable(arguments: Sequence[float], came: float) -> bool:
    sizes = [abs(x) for x in (*arguments, came) if x]
    return math.isfinite(came) and all(1e-3 <= size <= 1e6 for size in sizes)


def _fits(row: Op, f: Callable[..., float], arguments: Sequence[float], came: float) -> bool:
    try:
        found = f(*arguments, row.compute(*arguments))
    except (ArithmeticError, ValueError, TypeError):
        return False
    return math.isclose(found, came, rel_tol=1e-6, abs_tol=1e-9)


def _mistakes(row: Op, place: int) -> Iterator[Node]:
    """Formulas that people write instead, the likeliest first."""
    right = row.trees.written[place]
    yield _opposite(right)
    yield from (tree for k, tree in enumerate(row.trees.written) if k != place)
    yield from (Number(0), Number(1), Negative(Number(1)))
    yield from map(Name, (*row.inputs, "z"))
    yield from _changed(right, (*row.inputs, "z"))
    yield from (Binary("*", Number(2), right), Binary("/", right, Number(2)))
    yield from (Binary("*", right, Name(name)) for name in (*row.inputs, "z"))
    yield from (Binary("/", right, Name(name)) for name in row.inputs)
    for once in _changed(right, (*row.inputs, "z")):
        yield from _changed(once, (*row.inputs, "z"))


def _opposite(node: Node) -> Node:
    """The formula with the other sign."""
    match node:
        case Negative(of):
            return of
        case Binary("*" | "/" as sign, left, right):
            return Binary(sign, _opposite(left), right)
    return Negative(node)


def _changed(node: Node, known: Sequence[str]) -> Iterator[Node]:
    """The formula with one thing in it left out, or in the place of another."""
    match node:
        case Binary(sign, left, right):
            yield from (left, right, Binary(sign, right, left))
            yield Binary(_SIGNS[sign], left, right)
            yield from (Binary(sign, one, right) for one in _changed(left, known))
            yield from (Binary(sign, left, one) for one in _changed(right, known))
        case Negative(of):
            yield of
            yield from map(Negative, _changed(of, known))
        case Call(name, arguments):
            yield from arguments
            for k, argument in enumerate(arguments):
                for one in _changed(argument, known):
                    yield Call(name, (*arguments[:k], one, *arguments[k + 1 :]))
        case Choice(test, yes, no):
            yield from chain((yes, no), [Choice(test, no, yes)])
            yield from (Choice(test, one, no) for one in _changed(yes, known))
            yield from (Choice(test, yes, one) for one in _changed(no, known))
        case Number(value):
            yield from (Number(value + 1), Number(value - 1))
        case Name(name):
            yield from (Name(other) for other in known if other != name)


def _text(tree: Node, words: Mapping[str, str]) -> str:
    return Plain({name: words.get(name, name) for name in names(tree)}, str)(tree)
