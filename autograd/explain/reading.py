"""Reading: a graph as a person reads it, each part made when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from autograd.explain import slopes
from autograd.explain.equation import Equation, worked_out
from autograd.explain.naming import named
from autograd.explain.slopes import Slope
from autograd.explain.writing import Writing, rule_name, write
from autograd.formula.tree import Sym
from autograd.graph import topological
from autograd.value import Value


class Reading:
    """A graph in topological order, with its names, formulas and derivatives."""

    def __init__(
        self,
        order: Sequence[Value],
        given: Mapping[str, Any] | None,
        wrt: Value | None = None,
        *,
        digits: int | None = None,
    ) -> None:
        self.order, self.digits = order, digits
        self.root = order[-1]
        self._given, self._wrt = given, wrt
        self._formulas: dict[Value, dict[Value, Slope]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        # Values that are pickled side by side are no longer in one graph: those here are of one.
        place = {node: index for index, node in enumerate(self.order)}
        names = {name: place[node] for node, name in self.names.items()}
        wrt = None if self._wrt is None else place[self._wrt]
        return _read_again, (self.root, names, wrt, self.digits)

    @cached_property
    def writing(self) -> Writing:
        """The formulas; `writing.names` has the names."""
        return write(self.order, named(self.order, self._given, self._wrt))

    @cached_property
    def names(self) -> dict[Value, str]:
        """The name of each value that has one."""
        return self.writing.names

    @cached_property
    def gradient(self) -> dict[Value, Any]:
        """The derivative of the root to each value that a gradient reaches."""
        return slopes.gradients(self.order)

    @cached_property
    def segments(self) -> dict[Value, list[Value]]:
        """Each named operation with what is written out in it."""
        return slopes.segments(self.order, self.writing)

    @cached_property
    def slope(self) -> dict[Value, dict[Value, Any]]:
        """The number of the derivative of each named operation to each named input."""
        own, names = self.segments, self.names
        return {top: slopes.numbers(top, own[top], names) for top in self.order if top in own}

    def formula(self, top: Value, parent: Value) -> Slope:
        """The same derivative as a formula."""
        if top not in self._formulas:
            self._formulas[top] = slopes.formulas(top, self.segments[top], self.writing)
        return self._formulas[top][parent]

    @cached_property
    def values(self) -> dict[Value, Equation]:
        """The working of each named operation's value, in the order in which they are computed."""
        names, writing, digits = self.names, self.writing, self.digits
        return {
            node: worked_out(
                rule_name(node.op),
                Sym(names[node]),
                writing.body[node],
                writing.operands[node],
                node.raw,
                digits,
            )
            for node in self.order
            if node.op is not None and node in names
        }


def _read_again(
    root: Value, names: Mapping[str, int], wrt: int | None, digits: int | None
) -> Reading:
    order = topological(root)
    given = {name: order[place] for name, place in names.items()}
    return Reading(order, given, None if wrt is None else order[wrt], digits=digits)
