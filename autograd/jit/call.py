"""Call: a compiled function called with Values, one node of the graph for each of its outputs.

A node's value and its slopes are the function's own compiled code; its parents are the Values
among the arguments and the parameters that the function captures. In a backward pass the nodes of
one call stand before one more, through which all their gradients are pulled together: one compiled
vector-Jacobian product. That can be differentiated again: it is a compiled function, too.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from threading import Lock
from typing import TYPE_CHECKING, Any

from autograd.calculus import adjoints
from autograd.elementary import Missing
from autograd.engine import prepare
from autograd.graph import Slopes, joins
from autograd.ops import OPS, ROUTINES, Op
from autograd.structure import flatten
from autograd.value import Value, new_node, tracing

if TYPE_CHECKING:
    from autograd.jit.program import Program
    from autograd.jit.version import Version


class OfAll(Op):
    """An operation on one run of arguments, whose slopes are functions of a place and of all."""

    def places(self, arguments: Sequence[Any]) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """For each argument its place and all of them."""
        yield from ((0, (place, arguments)) for place in range(len(arguments)))

    def split(self, arguments: Sequence[Any]) -> tuple[Sequence[Any], ...]:
        """The arguments, as one run."""
        return (arguments,)

    def equip(self, **made: Any) -> None:
        """Gives the operation what the engine would make of texts."""
        prepare(self)
        for attribute, function in made.items():
            object.__setattr__(self, attribute, function)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Called(OfAll):
    """One output of a compiled function as an operation on its arguments and parameters."""

    program: Program
    version: Version
    output: int
    _last: dict[str, tuple[Any, Any]] = field(default_factory=dict, init=False)

    def kept(self, what: str, key: Any, make: Callable[[], Any]) -> Any:
        """What was made for the last key, if this is that key."""
        known, found = self._last.get(what, (None, None))
        if known is not key:
            found = make()
            self._last[what] = key, found
        return found

    def again(self, *arguments: Any) -> Value:
        """The same output for other arguments, Values or numbers."""
        made: Value = nodes(self.program, self.version, arguments)[self.output]
        return made

    def __reduce__(self) -> tuple[object, ...]:
        version = self.version
        return _found, (self.program, version.specs, self.output, version.data, version.order)


def _found(
    program: Program, specs: Any, output: int, data: Sequence[Any], order: Sequence[int]
) -> Called:
    """The operation, for unpickling: its function is traced anew, with the same numbers.

    Its parameters are in the order that they had, which is that of the parents of its nodes.
    """
    version = program.version_of(specs, data, order)
    return operations(program, version)[output]


def operations(program: Program, version: Version) -> list[Called]:
    """The operations of a version of a compiled function, one for each output."""
    if not version.operations:
        count = len(version.tape.outputs)
        with _joining:
            if join not in joins:
                joins.append(join)
        version.operations = [_operation(program, version, k) for k in range(count)]
    return version.operations


# Held while passes are told that there are calls, once.
_joining = Lock()


def _operation(program: Program, version: Version, output: int) -> Called:
    name = getattr(program.__wrapped__, "__name__", "")
    if not name.isidentifier() or keyword.iskeyword(name) or name in ROUTINES:
        name = "compiled"
    several = len(version.tape.outputs) > 1

    def value(xs: Sequence[Any]) -> Any:
        return op.kept("value", xs, lambda: version.of(xs))[0][output]

    def handed(place: int, xs: Sequence[Any], _: Any) -> Any:
        return op.kept("slopes", xs, lambda: version.pulled(xs, {output: 1}))[place]

    def slope(place: int, xs: Sequence[Any], z: Any) -> Any:
        found = handed(place, xs, z)
        return 0 if found is False else found

    def slope_of_values(place: int, xs: Sequence[Any], _: Any) -> Any:
        return op.kept("values", xs, lambda: pulled_on_values(program, version, xs, {output: 1}))[
            place
        ]

    def pull(node: Value) -> None:
        behind = waiting.get(call_of(node))
        if behind is None or behind.grad.__class__ is int:
            hand_on(node.left, version.pulled(node.first, {output: node.grad}))
        else:  # in the pass that is on; a copy of the node is the same output once more
            known = behind.grad if behind.grad.__class__ is dict else {}
            total = known[output] + node.grad if output in known else node.grad
            behind.grad = {**known, output: total}

    op = Called(
        name=name, value=f"{name}(xs)", slopes=(f"{name}_slope(x, xs)",), run=True, opaque=True,
        symbol=f"{name}[{output}]" if several else name,
        routines={name: value, f"{name}_slope": slope},
        program=program, version=version, output=output,
    )  # fmt: skip
    op.equip(
        pull=pull, record=op.again, compute=value, partials=(slope,), handed=(handed,),
        derivatives=(slope_of_values,),
    )  # fmt: skip
    return op


def nodes(program: Program, version: Version, arguments: Sequence[Any]) -> list[Any]:
    """What a compiled function makes of its flat arguments and parameters: a node an output.

    While a function is traced a call of Values is not computed, but becomes part of that trace.
    """
    xs = tuple([x.raw if isinstance(x, Value) else x for x in arguments])
    parents = tuple([x if isinstance(x, Value) else None for x in arguments])
    if not any(parent is not None for parent in parents):
        return list(version.of(xs)[0])
    outputs = version.of(xs)[0] if tracing.get() is None else version.tape.samples
    made: dict[int, Any] = dict(zip(version.leaves, arguments, strict=True))
    rows = operations(program, version)
    for place, op, data in zip(version.tape.outputs, rows, outputs, strict=True):
        if version.tape.steps[place].constant:
            made[place] = data
        elif place not in made:  # else it is an argument as it came, or another output
            made[place] = new_node(op, data, parents, None, xs, None)
    return [made[place] for place in version.tape.outputs]


# The backward pass: all results of a call, pulled through together.


def call_of(node: Value) -> tuple[int, int]:
    """What the results of one call have in common: their numbers and their parents, as objects."""
    return id(node.first), id(node.left)


# The nodes behind calls that wait for their gradients, in the one pass of `Value.backward` that may
# be on.
waiting: dict[tuple[int, int], Value] = {}


class Together:
    """The operation of the node that stands behind the results of a call, in a backward pass.

    Its gradient is a dict: that of each output which one came to, by number.
    """

    name = "call"

    def __init__(self, program: Program, version: Version) -> None:
        self.program, self.version = program, version
        self.shares: Sequence[Any] = ()
        # How `errors(nan="raise")` reads what was handed on.
        self.handed = (lambda place, *_: self.shares[place],)
        self.places = Called.places.__get__(self)

    def pull(self, node: Value) -> None:
        """Hands the gradients of all outputs on to the arguments."""
        waiting.pop(call_of(node), None)
        self.shares = self.version.pulled(node.first, node.grad)
        hand_on(node.left, self.shares)


def hand_on(parents: Iterable[Value | None], shares: Iterable[Any]) -> None:
    """Adds shares to gradients, where there are any."""
    for parent, share in zip(parents, shares, strict=True):
        if parent is not None and share is not False:
            parent.grad += share


class Place:
    """The slope of an output to its call: a gradient times it is a `Cotangent`."""

    def __init__(self, output: int) -> None:
        self.output = output

    def __rmul__(self, gradient: Any) -> Cotangent:
        return Cotangent({self.output: gradient})


class Cotangent:
    """The gradients of those outputs of a call which one came to, as one."""

    def __init__(self, parts: dict[int, Any]) -> None:
        self.parts = parts
        self.found: Sequence[Any] | None = None

    def __add__(self, other: Cotangent) -> Cotangent:
        sums = {k: part + other.parts[k] for k, part in self.parts.items() if k in other.parts}
        return Cotangent(self.parts | other.parts | sums)

    def __radd__(self, _: Any) -> Cotangent:  # 0 + a share, which is how a sum begins
        return self

    def __mul__(self, slope: Pull) -> Any:
        if self.found is None:
            self.found = slope.pulled(self.parts)
        return self.found[slope.place]


@dataclass(frozen=True, slots=True)
class Pull:
    """The slope of a call to one argument; a gradient that is not handed on becomes False."""

    place: int
    pulled: Callable[[dict[int, Any]], Sequence[Any]]


def join(
    order: list[Value], slopes: Slopes, active: Container[Value] | None, values: bool, pulled: bool
) -> tuple[list[Value], Slopes]:
    """Puts a node behind the results of each call: see `autograd.graph.joined`."""
    behind: dict[tuple[int, int], Value] = {}
    found: list[Value] = []
    for node in order:
        op: Any = node.op
        if isinstance(op, Called) and len(op.version.tape.outputs) > 1:
            key = call_of(node)
            if key not in behind:
                together: Any = Together(op.program, op.version)
                behind[key] = new_node(together, 0, node.left, None, node.first, None)
                behind[key].grad = False
                found.append(behind[key])
        found.append(node)
    if pulled:
        waiting.clear()
        waiting.update(behind)
    if not behind:
        return order, slopes

    def joined_slopes(node: Value) -> Iterable[tuple[int, Value, Any]]:
        call = behind.get(call_of(node))
        if call is None or (active is not None and node not in active and node is not call):
            return slopes(node)
        if node is not call:
            return [(0, call, Place(node.op.output))]  # type: ignore[union-attr]
        return _slopes_of_call(call, active, values)

    return found, joined_slopes


def _slopes_of_call(
    call: Value, active: Container[Value] | None, values: bool
) -> Iterator[tuple[int, Value, Any]]:
    op: Any = call.op

    def pulled(seeds: dict[int, Any]) -> Sequence[Any]:
        if any(isinstance(seed, Missing) for seed in seeds.values()):
            return [next(x for x in seeds.values() if isinstance(x, Missing))] * len(call.first)
        if not values:
            found: Sequence[Any] = op.version.pulled(call.first, seeds)
            return found
        xs = [x if p is None else p for x, p in zip(call.first, call.left, strict=True)]
        return pulled_on_values(op.program, op.version, xs, seeds)

    for place, parent in enumerate(call.left):
        if parent is not None and (active is None or parent in active):
            yield place, parent, Pull(place, pulled)


def pulled_on_values(
    program: Program, version: Version, xs: Sequence[Any], seeds: dict[int, Any]
) -> Sequence[Any]:
    """The gradients of all arguments and parameters, on Values; False where none is handed on.

    While a function is traced a seed may be a pair of a gradient and where it came, and so may be
    what is found.
    """
    present = tuple(sorted(seeds))
    if present not in version.derivatives:
        version.derivatives[present] = _derivative(program, version, present)
    derivative, masked = version.derivatives[present]
    pairs = [x if isinstance(x, tuple) else (x, True) for x in (seeds[k] for k in present)]
    row = flatten([0.0] * len(present), [])
    own = derivative.version_of((*version.specs, row, row))
    # With the parents that the node has: after replay() they are not those of the function.
    place = {parameter: k for k, parameter in enumerate(version.parameters)}
    count = version.tape.arguments
    parameters = [xs[count + place[parameter]] for parameter in own.parameters]
    given = (*xs[:count], *(x for x, _ in pairs), *(float(m) if m is True else m for _, m in pairs))
    found = iter(nodes(derivative, own, (*given, *parameters)))
    return [_reached(found, masked[k]) if k in masked else False for k in range(len(xs))]


def _reached(found: Iterator[Any], masked: bool) -> Any:
    """The next gradient, with its mask; decided, where the mask is known."""
    gradient = next(found)
    if not masked:
        return gradient
    mask = next(found)
    if tracing.get() is not None:
        return gradient, mask
    return gradient if (mask.raw if isinstance(mask, Value) else mask) else False


def _derivative(
    program: Program, version: Version, present: tuple[int, ...]
) -> tuple[Program, dict[int, bool]]:
    """The vector-Jacobian product to the outputs `present`, compiled.

    And what it reaches: whether a mask says where.
    """
    masked: dict[int, bool] = {}

    def derivative(*args: Any) -> list[Any]:
        *inner, seeds, masks = args
        leaves: list[Any] = []
        flatten(inner, leaves)
        variables = [*leaves, *version.parameters]
        made = version.tape.recorded(variables)
        outputs = [made[place] for place in version.tape.outputs]
        terms = [
            OPS["where"].apply(mask, seed * outputs[k], 0)
            for seed, mask, k in zip(seeds, masks, present, strict=True)
            if isinstance(outputs[k], Value)
        ]
        total = adjoints(reduce(add, terms), variables, masked=True) if terms else {}
        found: list[Any] = []
        for k, x in enumerate(variables):
            gradient, reached = total.get(x, (0, False))
            if reached is not False:
                masked[k] = reached is not True
                found += [gradient, reached] if masked[k] else [gradient]
        return found

    return program.like(derivative, version.variables), masked
