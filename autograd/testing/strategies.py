"""Hypothesis strategies: numbers, Values, and random graphs that share their interior nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from inspect import Parameter, Signature
from typing import Any

from hypothesis import strategies as st

from autograd.engine import FUNCTIONS, record
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
    row = op if isinstance(op, Op) else _row(op)
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


def _row(name: object) -> Op:
    """The row of that name. Raises TypeError for what is no name, ValueError for an unknown one."""
    if not isinstance(name, str):
        raise TypeError(f"an operation is given by its name, not {type(name).__name__} {name!r}")
    if name not in OPS:
        raise ValueError(f"unknown operation {name!r}: must be one of {', '.join(sorted(OPS))}")
    return OPS[name]


# Programs.

Step = tuple[Any, ...]


@dataclass(frozen=True)
class Expression:
    """A straight-line program: each step applies an operation to numbers that are there already.

    `program` is a sequence of (operation, one index for each operand). An index counts back from
    the newest number: 0 is the last result, 1 the one before it, and behind the first result come
    the inputs, the last one first (modulo how many numbers there are). The last result is the
    value. A number that several steps use is one shared node. Calling it with Values records the
    graph, calling it with plain numbers computes. Raises ValueError for a step that there cannot
    be.

    >>> double = Expression((("mul", 1, 0), ("add", 0, 0)), inputs=(Fraction(3), Fraction(1, 2)))
    >>> double(*double.inputs)
    Fraction(3, 1)
    >>> a, b = map(Value, double.inputs)
    >>> double(a, b).backward(); a.grad
    Fraction(1, 1)
    """

    program: tuple[Step, ...]
    inputs: tuple[Number, ...]

    def __post_init__(self) -> None:
        if not self.inputs:
            raise ValueError("an Expression needs inputs, at least one number")
        for name, *places in self.program:
            if len(places) != len(_row(name).inputs):
                raise ValueError(
                    f"the step {(name, *places)!r} has {len(places)} operands, but {name} takes "
                    f"{len(OPS[name].inputs)}"
                )

    def __call__(self, *inputs: Any) -> Any:
        """Runs the program on Values or on numbers."""
        return self.run(inputs, _applied)

    def run(self, inputs: Iterable[Any], apply: Callable[..., Any]) -> Any:
        """The value where `apply(op, *operands)` says what each operation does.

        >>> square = Expression((("mul", 0, 0),), inputs=(3,))
        >>> square.run("x", lambda op, *operands: f"{op.name}({', '.join(operands)})")
        'mul(x, x)'
        """
        live = [*inputs]
        for name, *places in self.program:
            operands = [live[-1 - place % len(live)] for place in places]
            live.append(apply(OPS[name], *operands))
        return live[-1]

    def leaves(self) -> list[Value]:
        """New leaves for the inputs."""
        return [Value(number, f"x{place}") for place, number in enumerate(self.inputs)]

    def __repr__(self) -> str:
        return f"Expression({self.program!r}, inputs={self.inputs!r})"


def _applied(op: Op, *operands: Any) -> Any:
    """A recorded operation, or the number if no operand is a Value."""
    if any(isinstance(operand, Value) for operand in operands):
        return record(op, *operands)
    return op.compute(*op.split(operands))


def woven(
    choices: Iterable[Step], inputs: int, ops: Sequence[str], max_steps: int
) -> tuple[Step, ...]:
    """A program without a dead step, of choices (operation, a number for each operand, or more).

    The number n > 0 chooses the n-th newest of what is there. 0 takes what nothing has used yet,
    the newest as the first operand and the oldest as another, or the newest of all where everything
    is in use: so programs of zeros use all that they have. Results that are left over are folded
    in, in the end, by the first of `ops` that has two operands. A choice for which `max_steps`
    leaves no room is left out.

    >>> woven([("neg", 2), ("neg", 2)], 1, ("neg", "add"), 4)
    (('neg', 0), ('neg', 1), ('add', 0, 1))
    """
    folding = next((name for name in ops if len(OPS[name].inputs) > 1), None)
    program: list[Step] = []
    free = [*range(inputs)]  # what nothing has used yet, by number
    for name, *numbers in choices:
        live, taken = inputs + len(program), list[int]()
        for number in numbers[: len(OPS[name].inputs)]:
            left = [one for one in free if one not in taken]
            unused = [live - 1, *left][1 if taken and left else -1]
            taken.append((live - number) % live if number and folding else unused)
        left = [one for one in free if one not in taken]
        if len(program) + 1 + sum(one >= inputs for one in left) > max_steps:
            continue
        program.append((name, *(live - 1 - one for one in taken)))
        free = [*left, live]
    last = inputs + len(program) - 1
    for one in [one for one in free if inputs <= one < last]:
        other = inputs + len(program) - 1 - one
        program.append((folding, 0, *[other] * (len(OPS[folding or ""].inputs) - 1)))
    return tuple(program)


def expressions(
    ops: Sequence[str] = RATIONAL,
    data: st.SearchStrategy[Number] | None = None,
    *,
    max_inputs: int = 4,
    max_steps: int = 12,
) -> st.SearchStrategy[Expression]:
    """Random graphs of the operations `ops`, over small Fractions unless `data` says otherwise.

    No step is dead: the value depends on each. Most graphs share interior nodes, and so find
    mistakes that trees cannot; programs shrink to the fewest steps that show one. Raises ValueError
    for an operation that there is not.
    """
    names = [ops] if isinstance(ops, str) else [*ops]
    rows = {name: _row(name) for name in names}
    if not names:
        raise ValueError("expressions needs at least one operation, as in expressions(('add',))")
    for what, number in (("max_inputs", max_inputs), ("max_steps", max_steps)):
        if number < 1:
            raise ValueError(f"expressions needs {what} of at least 1, not {number}")
    arity = max(len(row.inputs) for row in rows.values())
    step = st.tuples(st.sampled_from(names), *[st.integers(0, 15)] * arity)
    one = fractions() if data is None else data
    # Beside lists of any length some that are not short: alone, half of the first would be of one.
    some, several = st.lists(one, min_size=1, max_size=max_inputs), min(2, max_inputs)
    few, long = st.lists(step, min_size=1, max_size=max_steps), min(4, max_steps)

    def expressions(draw: st.DrawFn, *_: Any, **__: Any) -> Expression:
        for row in rows.values():
            _compiled(row)
        drawn = draw(few | st.lists(step, min_size=long, max_size=max_steps))
        # Half of the places become 0, the default; it is what others shrink to.
        choices = [(name, *(max(0, place - 7) for place in places)) for name, *places in drawn]
        inputs = tuple(draw(some | st.lists(one, min_size=several, max_size=max_inputs)))
        return Expression(woven(choices, len(inputs), names, max_steps), inputs)

    usual = {"max_inputs": 4, "max_steps": 12}
    given = {"max_inputs": max_inputs, "max_steps": max_steps}
    shown = () if ops is RATIONAL and data is None else (ops,) if data is None else (ops, data)
    return st.composite(expressions)(*shown, **{k: x for k, x in given.items() if x != usual[k]})


@cache
def _compiled(op: Op) -> None:
    """Makes the code of a row while an example is drawn, which no deadline counts."""
    size = len(op.inputs)
    root = record(op, *[Value(0.5)] * size)
    root.backward()
    op.compute(*op.split([0.5] * size))


def register_types() -> None:
    """Tells Hypothesis how to make Values and Expressions, and what the functions of rows take.

    So `st.from_type(Value)` works, and `hypothesis write autograd.tanh` writes a test that runs.
    """
    st.register_type_strategy(Value, values())
    st.register_type_strategy(Expression, expressions())
    for name, function in FUNCTIONS.items():
        kind: Any = list[Value] if OPS[name].run else Value
        parameters = [
            Parameter(one, Parameter.POSITIONAL_ONLY, annotation=kind)
            for one in OPS[name].parameters
        ]
        function.__signature__ = Signature(parameters, return_annotation=Value)  # type: ignore[attr-defined]
        function.__annotations__ = dict.fromkeys(OPS[name].parameters, kind) | {"return": Value}
