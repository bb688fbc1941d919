"""Hypothesis strategies: numbers, Values, and random graphs that share their interior nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from autograd.engine import record
from autograd.ops import OPS, Op
from autograd.testing.sampling import is_smooth
from autograd.text import Compare, Name, Negative
from autograd.text import Number as Whole
from autograd.value import Value

# Operations that keep exact numbers exact and are defined for all of them.
RATIONAL = ("add", "sub", "mul", "neg", "maximum", "minimum", "relu", "abs", "leaky_relu", "clip")
SMOOTH = ("add", "sub", "mul", "tanh", "sin", "cos", "sigmoid", "softplus", "atan", "erf", "silu")

Number = Any


def fractions() -> st.SearchStrategy[Fraction]:
    """Small exact numbers, integers first."""
    return st.builds(Fraction, st.integers(-12, 12), st.integers(1, 6))


def floats() -> st.SearchStrategy[float]:
    """Finite doubles of any size."""
    return st.floats(allow_nan=False, allow_infinity=False)


def values(data: st.SearchStrategy[Number] | None = None) -> st.SearchStrategy[Value]:
    """Leaves, of finite floats unless `data` says otherwise; their reprs can be pasted back."""
    return st.builds(Value, floats() if data is None else data)


def domain(op: Op | str) -> st.SearchStrategy[tuple[float, ...]]:
    """Points where an operation is differentiable, as tuples of floats."""
    row = OPS[op] if isinstance(op, str) else op
    if row.run:
        runs = [st.lists(floats(), min_size=n, max_size=n) for n in range(1, 5)]
        repeated = [st.tuples(*[run] * len(row.inputs)) for run in runs]
        return st.one_of(repeated).map(lambda runs: tuple(x for run in runs for x in run))
    number = st.one_of(st.floats(-4, 4), floats())
    match row.trees.domain:  # so that few points are drawn in vain
        case Compare((">",), (Name(), Whole(0 | 1))):
            number = number.map(abs)
        case Compare(("<", "<"), (Negative(Whole(1)), Name(), Whole(1))):
            number = st.floats(-1, 1, exclude_min=True, exclude_max=True)
    return st.tuples(*[number] * len(row.inputs)).filter(lambda point: is_smooth(row, point))


@dataclass(frozen=True)
class Expression:
    """A straight-line program: each step applies an operation to numbers that are there already.

    `program` is a sequence of (operation, index of each operand); an index counts the inputs and
    then the results, modulo how many there are by then. The last result is the value. A number that
    several steps use is one shared node. Calling it with Values records the graph, calling it with
    plain numbers computes.

    >>> double = Expression((("mul", 0, 1), ("add", 2, 2)), inputs=(Fraction(3), Fraction(1, 2)))
    >>> double(*double.inputs)
    Fraction(3, 1)
    >>> a, b = map(Value, double.inputs)
    >>> double(a, b).backward(); a.grad
    Fraction(1, 1)
    """

    program: tuple[tuple[Any, ...], ...]
    inputs: tuple[Number, ...]

    def __call__(self, *inputs: Any) -> Any:
        """Runs the program on Values or on numbers."""
        live = [*inputs]
        for name, *places in self.program:
            op = OPS[name]
            operands = [live[place % len(live)] for place in places[: len(op.inputs)]]
            recorded = any(isinstance(operand, Value) for operand in operands)
            live.append(record(op, *operands) if recorded else op.compute(*operands))
        return live[-1]

    def leaves(self) -> list[Value]:
        """New leaves for the inputs."""
        return [Value(number, f"x{place}") for place, number in enumerate(self.inputs)]

    def __repr__(self) -> str:
        return f"Expression({self.program!r}, inputs={self.inputs!r})"


def expressions(
    ops: Sequence[str] = RATIONAL,
    data: st.SearchStrategy[Number] | None = None,
    *,
    max_inputs: int = 4,
    max_steps: int = 12,
) -> st.SearchStrategy[Expression]:
    """Random graphs of the operations `ops`, over small Fractions unless `data` says otherwise.

    Programs shrink to the fewest steps, and find mistakes about shared nodes that trees cannot.
    """
    arity = max(len(OPS[name].inputs) for name in ops)
    step = st.tuples(st.sampled_from(list(ops)), *[st.integers(0, 15)] * arity)
    return st.builds(
        Expression,
        st.lists(step, min_size=1, max_size=max_steps).map(tuple),
        st.lists(fractions() if data is None else data, min_size=1, max_size=max_inputs).map(tuple),
    )


def register_types() -> None:
    """Tells Hypothesis how to make Values and Expressions: `st.from_type(Value)`, ghostwriting."""
    st.register_type_strategy(Value, values())
    st.register_type_strategy(Expression, expressions())
