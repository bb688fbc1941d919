"""The types of the public functions and of a Value's methods: `functions.pyi`, from the rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from pathlib import Path

from autograd import functions
from autograd.engine import methods
from autograd.ops import OPS, Op
from autograd.testing.sampling import points

FILE = Path(functions.__file__).with_suffix(".pyi")

HEAD = """\
# The types of the public functions, one for each row of the table that is no helper, written from
# the rows by `python -m tests.refresh`. A Value in any place gives a Value, numbers give a number;
# to a type checker an int is a float. Fractions and Decimals are taken where the answer is one.

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias, TypeVar, overload

from autograd.engine import Run
from autograd.value import Number, Value

_Open: TypeAlias = Value | Number | None

# Unions stand beside their members for what may be the one or the other.
_Float = TypeVar("_Float", Value, float, Value | float)
_Decimal = TypeVar(
    "_Decimal", Value, float, Decimal, Value | float, float | Decimal, Value | float | Decimal
)
_Exact = TypeVar("_Exact", Value, float, Fraction, Decimal, Value | float, Number, Value | Number)
"""


_KINDS = {(): "_Float", ("Decimal",): "_Decimal", ("Fraction", "Decimal"): "_Exact"}


def stub() -> str:
    """The whole file."""
    names = sorted(functions.__all__, key=_in_order)
    listed = "\n".join(f'    "{name}",' for name in names)
    public = [op for op in OPS.values() if not op.helper]
    of_values = [line for op in public for line in _methods(op)]
    found = [line for name in names for line in _function(name)]
    return "\n".join(
        [
            HEAD,
            f"__all__ = [\n{listed}\n]\n",
            "# What a Value can do by the rows, by NumPy's names and by operators.",
            "class Methods:",
            *(f"    {line}" for line in of_values),
            "",
            *found,
            "",
        ]
    )


def _in_order(name: str) -> list[str | int]:
    """Sorts log2 before log10."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def _methods(op: Op) -> Iterator[str]:
    """The methods of Value that record this row."""
    for name, given in methods(op).items():
        others = [other for place, other in enumerate(op.inputs) if place != given]
        kinds = ["Number" if given else "Value | Number"] * len(others)
        parameters = _parameters(others, kinds, len(others) - len(op.defaults))
        listed = ", ".join(["self", *parameters, "/"]) if others else "self"
        yield f"def {name}({listed}) -> Value: ..."


def _function(name: str) -> Iterator[str]:
    """The function, with overloads where one line does not say it."""
    if name not in OPS:  # one of whole runs
        overlap = "  # type: ignore[overload-overlap]"  # a list may be empty
        yield f"@overload\ndef {name}(xs: Iterable[float], /) -> list[float]: ...{overlap}"
        yield f"@overload\ndef {name}(xs: Iterable[Value | Number], /) -> list[Value]: ..."
        return
    op = OPS[name]
    overloads = [*(_overloads_of_runs(op) if op.run else _overloads(op))]
    overloads += _overloads(OPS[op.longer]) if op.longer else []
    for parameters, result in overloads:
        line = f"def {op.name}({', '.join([*parameters, '/'])}) -> {result}: ..."
        if op.run and result != "Value":  # an empty run could be one of Values
            line += "  # type: ignore[overload-overlap]"
        yield from ([line] if len(overloads) == 1 else ["@overload", line])


def _overloads(op: Op) -> Iterator[tuple[list[str], str]]:
    count = len(op.inputs)
    required = count - len(op.defaults)
    for place in range(count) if count > 1 else ():  # of the first Value
        kinds = ["Number"] * place + ["Value"] + ["Value | Number"] * (count - place - 1)
        yield _parameters(op.inputs, kinds, max(required, place + 1)), "Value"
    known = _exact(op, required)
    yield _parameters(op.inputs, [_KINDS[known]] * count, required), _KINDS[known]
    for kind in (kind for kind in _exact(op, count) if kind not in known):
        yield _parameters(op.inputs, [kind] * count, count), kind


def _overloads_of_runs(op: Op) -> Iterator[tuple[list[str], str]]:
    for kind in ("float", *_exact(op, len(op.inputs))):
        run = [f"Iterable[{kind}]"] * len(op.inputs)
        yield _parameters(op.parameters, run, len(run)), kind
    run = ["Iterable[Value | Number] | Run"] * len(op.inputs)
    yield _parameters(op.parameters, run, len(run)), "Value"


def _parameters(names: Sequence[str], kinds: Sequence[str], required: int) -> list[str]:
    """Each name with its type; those after the first `required` may be left out."""
    return [
        f"{name}: {kind if place < required else _open(kind)}"
        for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
    ]


def _open(kind: str) -> str:
    """The type of what may be left out, or None."""
    return f"{'_Open' if kind == 'Value | Number' else kind + ' | None'} = ..."


def _exact(op: Op, given: int) -> tuple[str, ...]:
    """The exact types that the row takes, if it is given so many arguments, and gives."""
    return tuple(kind.__name__ for kind in (Fraction, Decimal) if _keeps(op, kind, given))


def _keeps(op: Op, kind: type, given: int) -> bool:
    """Whether the row has an answer of this type wherever it is given numbers of this type."""
    size = 2 * len(op.inputs) if op.run else len(op.inputs)
    for point in islice((p for p in points(op, 50, largest=10.0) if len(p) == size), 12):
        arguments = [kind(x) for x in point]
        try:
            found = op.apply(*(op.split(arguments) if op.run else arguments[:given]))
        except (TypeError, ArithmeticError):
            return False
        if not isinstance(found, kind | int):
            return False
    return True
