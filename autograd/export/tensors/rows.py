"""Rows on tensors: a listing computed on whole tensors, and its slopes as another listing."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from autograd.calculus import value_and_grad
from autograd.codegen import Scope
from autograd.engine import record
from autograd.export.listing import Constant, Listing
from autograd.export.tensors.functions import Functions, Tensor
from autograd.jit.llvm.rows import Branchless
from autograd.jit.trace import trace
from autograd.ops import ROUTINES, Op
from autograd.text import Node, Number


class _Writer(Branchless):
    """The Python writer for tensors, in which numbers are tensors, too."""

    def __init__(
        self,
        names: dict[str, str],
        call: Callable[[str], str],
        scope: Scope,
        tensor: Callable[[Any], Tensor],
    ) -> None:
        super().__init__(names, call)
        self.scope, self.tensor = scope, tensor

    def number(self, node: Number) -> str:
        """A global that holds the number."""
        return self.scope.constant(f"n{len(self.scope.globals)}", self.tensor(node.value))


class Rows:
    """The values of rows as functions of a framework's tensors."""

    def __init__(self, functions: Functions, framework: str) -> None:
        self.functions, self.framework = functions, framework
        self._made: dict[Op, Callable[..., Tensor]] = {}

    def value(self, op: Op) -> Callable[..., Tensor]:
        """The value of a row; of a run row, as a function of lists."""
        if op not in self._made:
            self._made[op] = self._function(op, op.trees.value)
        return self._made[op]

    def check(self, listing: Listing) -> None:
        """Raises NotImplementedError for an operation that the framework cannot have."""
        for operation in listing.operations:
            self.value(operation.op)

    def _function(self, op: Op, tree: Node) -> Callable[..., Tensor]:
        scope = Scope()
        names = scope.locals(op.parameters)

        def call(name: str) -> str:
            return scope.constant(name, self._called(op, name))

        text = _Writer(names, call, scope, self.functions.tensor)(tree)
        return scope.function(op.name, names.values(), [f"return {text}"], f"tensors {op.name}")

    def _called(self, op: Op, name: str) -> Callable[..., Any]:
        """What the texts of a row call by a name."""
        words = {"if": self._choose, "and": _both, "or": _either, "not": _opposite}
        if name in words:
            return words[name]
        if name in op.routines:
            raise NotImplementedError(
                f"{op.name!r} is computed by a function of Python, which cannot be written for "
                f"{self.framework}: compute it with operations on Values, or register a row"
            )
        if name not in ROUTINES:
            return self.value(op.rows[name])
        found: Callable[..., Any] | None = getattr(self.functions, name, None)
        if found is None:
            raise NotImplementedError(
                f"the operation {op.name!r} calls {name!r}, which is not written for "
                f"{self.framework}"
            )
        return found

    def _choose(self, test: Any, yes: Any, no: Any) -> Tensor:
        if isinstance(test, bool):
            return yes if test else no
        return self.functions.where(_truth(test), yes, no)

    def run(self, listing: Listing, leaves: Sequence[Tensor]) -> list[Tensor]:
        """The results, of tensors for all leaves (arguments, then parameters)."""
        lift = self.functions.tensor
        v: dict[int, Tensor] = dict(enumerate([*leaves, *map(lift, listing.constants)]))
        for operation in listing.operations:
            given = [lift(x.number) if isinstance(x, Constant) else v[x] for x in operation.inputs]
            op = operation.op
            arguments = op.split(given) if op.run else given
            v[operation.place] = lift(self.value(op)(*arguments))
        return [v[place] for place in listing.outputs]


def _truth(x: Any) -> Any:
    """A condition; a number holds where it is not 0."""
    return x if _is_condition(x) else x != 0


def _is_condition(x: Any) -> bool:
    return isinstance(x, bool) or "bool" in str(getattr(x, "dtype", "")).lower()


def _both(*conditions: Any) -> Any:
    return reduce(operator.and_, map(_truth, conditions)) if conditions else True


def _either(*conditions: Any) -> Any:
    return reduce(operator.or_, map(_truth, conditions)) if conditions else False


def _opposite(condition: Any) -> Any:
    truth = _truth(condition)
    return not truth if isinstance(truth, bool) else ~truth


def recorded(listing: Listing, leaves: Sequence[Any]) -> list[Any]:
    """The results, of Values for all leaves."""
    v: dict[int, Any] = dict(enumerate([*leaves, *listing.constants]))
    for operation in listing.operations:
        given = [x.number if isinstance(x, Constant) else v[x] for x in operation.inputs]
        v[operation.place] = record(operation.op, *given)
    return [v[place] for place in listing.outputs]


def gradient(listing: Listing, used: Sequence[int]) -> Listing:
    """The slopes to all leaves, of the sum of the results used, each times a weight.

    Leaves and weights are its arguments. It is traced like any function: a slope that chooses
    becomes `where`, and what a branch does not hand on is kept apart from 0.
    """
    count = listing.leaves

    def weighted(*given: Any) -> Any:
        results = recorded(listing, given[:count])
        return sum(w * results[k] for w, k in zip(given[count:], used, strict=True))

    def slopes(*given: Any) -> Any:
        if not count:
            return []
        return [*value_and_grad(weighted, tuple(range(count)))(*given)[1]]

    names = [f"x{k}" for k in range(count + len(used))]
    specs = [None] * len(names)
    return Listing(listing.name, names, specs, trace(slopes, specs, [1.0] * len(names)), {})
