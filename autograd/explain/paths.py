"""The chain rule from the root to one value: the ways between them, and the sum over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any, TypeAlias

from autograd.explain.derivation import Explanation, Working
from autograd.explain.equation import Equation, Phrase, worked_out
from autograd.explain.lines import Lines
from autograd.explain.reading import Reading
from autograd.explain.writing import rule_name
from autograd.formula import tree as fm
from autograd.formula.tree import Formula, Num, Partial
from autograd.value import Value

# More ways than this from the root to a variable are summed consumer by consumer, not listed.
MOST_PATHS = 8
# Nor is a way of more hops than this.
MOST_HOPS = 12

# The next named values on the way from each to the variable.
_Hops: TypeAlias = dict[Value, list[Value]]
_Partials: TypeAlias = Mapping[tuple[Value, Value], Partial]


def working(reading: Reading) -> Working:
    """The Explanations of the derivatives to all named leaves."""
    leaves = [node for node in reading.order if node.op is None and node in reading.names]
    values = Lines(reading.values.values())
    return Working(values, tuple(explanation(reading, leaf) for leaf in leaves))


def explanation(reading: Reading, wrt: Value) -> Explanation:
    """The Explanation of the derivative of the root to one value."""
    root, names, value = reading.root, reading.names, reading.gradient.get(wrt, 0)
    hops, count = _hops(reading, wrt)
    partials = {
        (node, parent): Partial(names[node], names[parent], direct=another_way(node, parent, hops))
        for node, following in hops.items()
        for parent in following
    }
    paths = list(_listed(root, wrt, hops)) if count <= MOST_PATHS else []
    if max(map(len, paths), default=0) > MOST_HOPS + 1:
        paths = []
    slopes = Lines(_slope_steps(reading, hops, partials))
    chain = Lines()
    if wrt is root:
        one = Partial(names[wrt], names[wrt])
        slopes = Lines([Equation("identity", one, Num(1), partial(Num, 1), 1)])
    elif paths and not (len(paths) == 1 and len(paths[0]) == 2):
        chain = Lines([_chain_step(reading, wrt, paths, partials, value)])
    elif not paths:
        chain = Lines(_sum_steps(reading, hops, partials))
    named = tuple(tuple(names[node] for node in path) for path in paths)
    values = Lines(reading.values.values())
    return Explanation(root, wrt, value, named, values, slopes, chain)


def _hops(reading: Reading, wrt: Value) -> tuple[_Hops, int]:
    """The named values between the root and `wrt`, and the number of ways between those two."""
    active = {wrt}
    hops: _Hops = {}
    for node, slopes in reading.slope.items():
        following = [parent for parent in slopes if parent in active]
        if following and node is not wrt:
            active.add(node)
            hops[node] = following
    ways = {reading.root: 1}
    for node in reversed(reading.order):
        if node in ways:
            for parent in hops.get(node, ()):
                ways[parent] = ways.get(parent, 0) + ways[node]
    reached = {node: following for node, following in hops.items() if node in ways}
    return reached, ways.get(wrt, 0)


def another_way(node: Value, parent: Value, hops: _Hops) -> bool:
    """Whether a longer way leads from `node` to `parent` beside the edge between them."""
    stack = [other for other in hops[node] if other is not parent]
    seen = set(stack)
    while stack:
        for following in hops.get(stack.pop(), ()):
            if following is parent:
                return True
            if following not in seen:
                seen.add(following)
                stack.append(following)
    return False


def _listed(root: Value, wrt: Value, hops: _Hops) -> Iterator[tuple[Value, ...]]:
    """Every way from `root` to `wrt`."""
    stack: list[tuple[Value, ...]] = [(root,)]
    while stack:
        path = stack.pop()
        if path[-1] is wrt:
            yield path
        else:
            stack += [(*path, parent) for parent in reversed(hops.get(path[-1], []))]


def _slope_steps(reading: Reading, hops: _Hops, partials: _Partials) -> Iterator[Equation]:
    for node in reversed(reading.order):
        for parent in hops.get(node, ()):
            yield slope_step(reading, node, parent, partials[node, parent])


def slope_step(reading: Reading, node: Value, parent: Value, left: Partial) -> Equation:
    """The working of the derivative of one named value to another: `∂ŷ/∂h₁ = w₃ = 0.5`."""
    slope, value = reading.formula(node, parent), reading.slope[node][parent]
    remark = _no_value(reading, node) if value != value else ()
    if remark:  # a formula would give a number where there is none
        return Equation(slope.rule, left, Num(value), partial(Num, value), value, remark)
    numbers = reading.writing.operands[node] | {reading.names[node]: node.raw}
    step = worked_out(slope.rule, left, slope.formula, numbers, value, reading.digits)
    return replace(step, remark=slope.remark)


def _no_value(reading: Reading, top: Value) -> Phrase:
    """Which operation in a named value is outside its domain, and where; nothing if none is."""
    for node in reading.segments[top]:
        op, numbers = node.op, node.operands
        if op is None or op.run or op.opaque or (node in reading.names and node is not top):
            continue
        if node.raw != node.raw and all(x == x for x in numbers) and not op.inside(*numbers):
            places = [part for number in numbers for part in (", ", Num(number, reading.digits))]
            return (f"{rule_name(op)} has no value at ", *places[1:])
    return ()


def _chain_step(
    reading: Reading,
    wrt: Value,
    paths: list[tuple[Value, ...]],
    partials: _Partials,
    value: Any,
) -> Equation:
    products = [_product([partials[hop] for hop in pairwise(path)]) for path in paths]
    numbers = [_product([Num(reading.slope[c][p]) for c, p in pairwise(path)]) for path in paths]
    left = Partial(reading.names[reading.root], reading.names[wrt])
    rule = "chain rule" if len(paths) == 1 else "sum over paths"
    numbered = partial(_sum, numbers)
    return Equation(rule, left, _sum(products), numbered, value, digits=reading.digits)


def _sum_steps(reading: Reading, hops: _Hops, partials: _Partials) -> Iterator[Equation]:
    """The derivative to each value on the way, from the root down, summed over its consumers."""
    consumers: dict[Value, list[Value]] = {}
    for node in reversed(reading.order):
        for parent in hops.get(node, ()):
            consumers.setdefault(parent, []).append(node)
    top, gradient = reading.names[reading.root], reading.gradient
    for node in reversed(reading.order):
        if node not in consumers:
            continue
        terms: list[Formula] = []
        numbers: list[Formula] = []
        for consumer in consumers[node]:
            slope = Num(reading.slope[consumer][node])
            if consumer is reading.root:
                terms.append(partials[consumer, node])
                numbers.append(slope)
            else:
                above = Partial(top, reading.names[consumer])
                terms.append(_product([above, partials[consumer, node]]))
                numbers.append(_product([Num(gradient.get(consumer, 0)), slope]))
        left = Partial(top, reading.names[node])
        if (left,) != tuple(terms):
            total = gradient.get(node, 0)
            yield Equation(
                "sum over consumers", left, _sum(terms), partial(_sum, numbers), total,
                digits=reading.digits,
            )  # fmt: skip


def _product(factors: list[Any]) -> Formula:
    if isinstance(factors[0], Num):
        return fm.Mul(tuple(factors), bracketed=True)
    return factors[0] if len(factors) == 1 else fm.Mul(tuple(factors))


def _sum(terms: list[Any]) -> Formula:
    return terms[0] if len(terms) == 1 else fm.Add(tuple(terms))
