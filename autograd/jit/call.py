"""Call: a compiled function called with Values, one node of the graph for each of its outputs.

The node's value and its slopes are the function's own compiled code; its parents are the Values
among the arguments and the parameters that the function captures. Its slopes can be differentiated
again: they are outputs of a compiled function, too.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from autograd.calculus import adjoints
from autograd.engine import prepare
from autograd.ops import ROUTINES, Op
from autograd.structure import flatten
from autograd.value import Value, new_node

if TYPE_CHECKING:
    from autograd.jit.program import Program
    from autograd.jit.version import Version


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Called(Op):
    """One output of a compiled function as an operation on its arguments and parameters."""

    program: Program
    version: Version
    output: int
    _last: dict[str, tuple[Any, Any]] = field(default_factory=dict, init=False)

    def places(self, arguments: Sequence[Any]) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """For each argument its place and all of them: the slopes are computed together."""
        yield from ((0, (place, arguments)) for place in range(len(arguments)))

    def split(self, arguments: Sequence[Any]) -> tuple[Sequence[Any], ...]:
        """The arguments, as one run."""
        return (arguments,)

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
        return _found, (self.program, self.version.specs, self.output)


def _found(program: Program, specs: Any, output: int) -> Called:
    """The operation, for unpickling: its function is traced anew."""
    version = program.version_of(specs)
    return operations(program, version)[output]


def operations(program: Program, version: Version) -> list[Called]:
    """The operations of a version of a compiled function, one for each output."""
    if not version.operations:
        count = len(version.tape.outputs)
        version.operations = [_operation(program, version, k) for k in range(count)]
    return version.operations


def _operation(program: Program, version: Version, output: int) -> Called:
    name = getattr(program.__wrapped__, "__name__", "")
    if not name.isidentifier() or keyword.iskeyword(name) or name in ROUTINES:
        name = "compiled"
    several = len(version.tape.outputs) > 1

    def value(xs: Sequence[Any]) -> Any:
        return op.kept("value", xs, lambda: version.of(xs))[0][output]

    def slope(place: int, xs: Sequence[Any], _: Any) -> Any:
        return op.kept("slopes", xs, lambda: version.slopes(xs, output))[place]

    def slope_of_values(place: int, xs: Sequence[Any], _: Any) -> Any:
        return op.kept("values", xs, lambda: _derivative(program, version, output)(xs))[place]

    def pull(node: Value) -> None:
        g = node.grad
        slopes = op.kept("slopes", node.first, lambda: version.slopes(node.first, output))
        for parent, found in zip(node.left, slopes, strict=True):
            if parent is not None:
                parent.grad += g * found

    op = Called(
        name=name, value=f"{name}(xs)", slopes=(f"{name}_slope(x, xs)",), run=True, opaque=True,
        symbol=f"{name}[{output}]" if several else name,
        routines={name: value, f"{name}_slope": slope},
        program=program, version=version, output=output,
    )  # fmt: skip
    prepare(op)
    for attribute, made in (
        ("pull", pull),
        ("record", op.again),
        ("compute", value),
        ("partials", (slope,)),
        ("handed", (slope,)),
        ("derivatives", (slope_of_values,)),
    ):
        object.__setattr__(op, attribute, made)
    return op


def nodes(program: Program, version: Version, arguments: Sequence[Any]) -> list[Any]:
    """What a compiled function makes of its flat arguments and parameters: a node an output."""
    xs = tuple([x.raw if isinstance(x, Value) else x for x in arguments])
    parents = tuple([x if isinstance(x, Value) else None for x in arguments])
    outputs, _ = version.of(xs)
    if not any(parent is not None for parent in parents):
        return list(outputs)
    return [
        new_node(op, data, parents, None, xs, None)
        for op, data in zip(operations(program, version), outputs, strict=True)
    ]


def _derivative(
    program: Program, version: Version, output: int
) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """The gradient of one output to all arguments and parameters, compiled, on Values."""
    known = version.derivatives
    if output not in known:

        def derivative(*args: Any) -> list[Any]:
            leaves: list[Any] = []
            flatten(args, leaves)
            outputs: list[Any] = []
            flatten(program.__wrapped__(*args), outputs)
            root, variables = outputs[output], [*leaves, *version.parameters]
            total = adjoints(root, variables) if isinstance(root, Value) else {}
            return [total.get(x, 0) for x in variables]

        known[output] = program.like(derivative)

    def found(xs: Sequence[Any]) -> Sequence[Any]:
        # With the parents that the node has: after replay() they are not those of the function.
        own = known[output].version_of(tuple(version.specs))
        place = {parameter: k for k, parameter in enumerate(version.parameters)}
        count = version.tape.arguments
        parameters = [xs[count + place[parameter]] for parameter in own.parameters]
        return nodes(known[output], own, (*xs[:count], *parameters))

    return found
