"""A rule's own way of computing, with as many digits as it takes: what it would give unrounded.

What a rule gives in doubles may be far from right because the rule is wrong, or because doubles
are too short for it. Computed with more and more digits until they settle, the same text tells
which: a right one comes to the derivative, a wrong one to another number.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from autograd.codegen import Scope
from autograd.ops import Converted, Op
from autograd.testing import certified
from autograd.testing.certified import context
from autograd.text import Node

Function = Callable[..., Any]

_DIGITS = 25
_FEWEST = 200
_MOST = 10_000
_NOTHING = -1200


@cache
def slopes(op: Op) -> tuple[Function, ...] | None:
    """The slope texts as functions of mpmath numbers, of what `op.places` gives and the value.

    None where a text calls what has no such function: a routine of the row's own.
    """
    try:
        return tuple(_function(op, tree, op.arguments) for tree in op.trees.slopes)
    except KeyError:
        return None


@cache
def value(op: Op) -> Function | None:
    """The value text in the same way, a function of the arguments one after the other."""
    try:
        whole = _function(op, op.trees.value, op.parameters)
    except KeyError:
        return None
    return (lambda *arguments: whole(*op.split(arguments))) if op.run else whole


def _function(op: Op, tree: Node, arguments: Sequence[str]) -> Function:
    scope = Scope()
    names = scope.locals(arguments)

    def called(name: str) -> str:
        if name in certified.PRIMITIVES:
            return scope.constant(name, certified.PRIMITIVES[name])
        return scope.constant(name, certified.meaning(op.rows[name]))

    text = Converted(names, called, scope, certified.number)(tree)
    return scope.function(f"{op.name}_exact", names.values(), [f"return {text}"])


def settled(compute: Callable[[], Any], point: Sequence[Any] = ()) -> Any:
    """The number that `compute` comes to as digits are added: nan where that is no real number.

    None where it does not settle, or `compute` cannot have so many digits. It starts with as many
    as it takes to see the numbers of the point beside 1, and their squares.

    >>> from mpmath import mp
    >>> float(settled(lambda: 1 - context.tanh(20) ** 2))
    1.6993417021166355e-17
    """
    last = None
    least = 3 * max((abs(math.frexp(x)[1]) for x in point), default=0) + _FEWEST
    for bits in (least << doubled for doubled in range(6)):
        if bits > _MOST:
            return None
        try:
            with context.workprec(bits):
                found = compute()
                real = isinstance(found, context.mpf | int) and context.isfinite(found)
        except (ZeroDivisionError, ValueError):
            return context.nan
        except Exception:  # noqa: BLE001  a rule of somebody's, which knows doubles only
            return None
        if not real:
            return context.nan if isinstance(found, context.mpf | context.mpc) else None
        if isinstance(found, int):
            found = certified.number(found)  # a number of the context keeps all its digits
        if last is not None:
            with context.workprec(bits):
                error, size = abs(found - last), abs(found)
                if found != 0 and error <= size * context.mpf(10) ** -_DIGITS:
                    return found
                if bits > -2 * _NOTHING and max(size, abs(last)) < context.ldexp(1, _NOTHING):
                    return context.mpf(0)  # not only because few digits hide what there is
        last = found
    return None


# Python functions.


class NoDoubleError(TypeError):
    """A function that makes a double of an exact number: its digits would end there."""


# Numbers that never turn into doubles on the way, so that a result is one of all digits.
lending = context.clone()


def _refuse(_: Any) -> float:
    raise NoDoubleError("an exact number was turned into a double")


lending.mpf.__float__ = _refuse

# What NumPy and `math` call otherwise than mpmath, or what it has not.
_NAMES = {
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsinh": "asinh", "arccosh": "acosh",
    "arctanh": "atanh", "arctan2": "atan2", "lgamma": "loggamma", "absolute": "fabs", "abs": "fabs",
}  # fmt: skip
_FUNCTIONS: dict[str, Any] = {
    "where": lambda c, a, b: a if c else b,
    "maximum": max,
    "minimum": min,
    "float64": lambda x: x,
    "asarray": lambda x: x,
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
    "negative": lambda x: -x,
    "pow": lambda x, y: lending.mpf(x) ** y,
    "power": lambda x, y: lending.mpf(x) ** y,
    "exp2": lambda x: lending.mpf(2) ** x,
    "log2": lambda x: lending.log(x) / lending.log(2),
    "log10": lambda x: lending.log(x) / lending.log(10),
    "cbrt": lambda x: lending.sign(x) * abs(x) ** (lending.mpf(1) / 3),
    "copysign": lambda x, y: abs(x) if y >= 0 else -abs(x),
    "trunc": lambda x: lending.sign(x) * lending.floor(abs(x)),
    "fmod": lambda x, y: lending.sign(x) * (abs(x) - abs(y) * lending.floor(abs(x / y))),
    "clip": lambda x, low, high: min(max(x, low), high),
    "logaddexp": lambda x, y: lending.log(lending.exp(x) + lending.exp(y)),
    "isnan": lambda x: x != x,
    "isfinite": lambda x: bool(lending.isfinite(x)),
}


# What the two mean by one name that mpmath has for a third thing, or not at all.
_OWN: dict[str, dict[str, Any]] = {
    "math": {"remainder": lambda x, y: x - y * lending.nint(x / y)},
    "numpy": {
        "remainder": lambda x, y: x - y * lending.floor(x / y),
        "mod": lambda x, y: x - y * lending.floor(x / y),
        "sinc": lending.sincpi,
    },
}


class _Lent:
    """What stands for `math` or NumPy in a function that is computed exactly."""

    def __init__(self, module: str) -> None:
        self.own = {**_FUNCTIONS, **_OWN[module]}

    def __getattr__(self, name: str) -> Any:
        if name in ("inf", "nan"):
            return float(name)
        return self.own.get(name) or getattr(lending, _NAMES.get(name, name))


def lent(function: Function) -> Function:
    """A Python function that computes with as many digits as `certified.context` has.

    It is the same code with mpmath's functions in the place of those of `math` and NumPy, also in
    the functions that it calls. What cannot be lent raises when it is called: an array, a tensor,
    a double made of a number.

    >>> import math
    >>> f = lent(lambda x: 1 - math.tanh(x) ** 2)
    >>> with context.workprec(200):
    ...     float(f(context.mpf(20)))
    1.6993417021166355e-17
    """
    made = _lent(function, {})

    def exactly(*numbers: Any) -> Any:
        lending.prec = context.prec
        return _returned(made(*map(_given, numbers)))

    return exactly


def _given(x: Any) -> Any:
    return [*map(_given, x)] if isinstance(x, list | tuple) else lending.mpf(x)


def _returned(found: Any) -> Any:
    """A number of the context, or a sequence of them. A double can only be a constant here."""
    if isinstance(found, lending.mpf):
        return context.make_mpf(found._mpf_)
    if isinstance(found, int | float):
        return certified.number(found)
    if isinstance(found, list | tuple):
        return [_returned(one) for one in found]
    raise TypeError(f"{found!r} is no exact number")


def _lent(thing: Any, made: dict[int, Any]) -> Any:
    if id(thing) in made:
        return made[id(thing)]
    if isinstance(thing, types.ModuleType) and thing.__name__ in ("math", "numpy"):
        return _Lent(thing.__name__)
    if isinstance(thing, types.BuiltinFunctionType) and thing.__module__ == "math":
        return getattr(_Lent("math"), thing.__name__)
    if type(thing).__module__ == "numpy" and type(thing).__name__ == "ufunc":
        return getattr(_Lent("numpy"), thing.__name__)
    if isinstance(thing, types.MethodType):
        return types.MethodType(_lent(thing.__func__, made), thing.__self__)
    if not isinstance(thing, types.FunctionType):
        return thing
    names = dict(thing.__globals__)
    cells = tuple(types.CellType() for _ in thing.__closure__ or ())
    copy = types.FunctionType(
        thing.__code__, names, thing.__name__, thing.__defaults__, cells or None
    )
    copy.__kwdefaults__ = thing.__kwdefaults__
    made[id(thing)] = copy  # before what it calls, which may be itself
    for name in used(thing.__code__) & names.keys():
        names[name] = _lent(names[name], made)
    names["float"] = lambda x=0.0: x if isinstance(x, lending.mpf) else float(x)
    for mine, cell in zip(cells, thing.__closure__ or (), strict=True):
        with suppress(ValueError):  # a name that has nothing yet
            mine.cell_contents = _lent(cell.cell_contents, made)
    return copy


def used(code: types.CodeType) -> set[str]:
    """The global names of a function and of those inside it."""
    inner = [used(const) for const in code.co_consts if isinstance(const, types.CodeType)]
    return set(code.co_names).union(*inner)


def numbers(function: Any, depth: int = 3) -> set[float]:
    """The finite numbers that stand in a Python function and in those that it calls.

    >>> sorted(numbers(lambda x: 2.5 * x if x > 6 else 0.0))
    [0.0, 2.5, 6.0]
    """
    function = getattr(function, "__func__", function)
    if not isinstance(function, types.FunctionType):
        return set()
    cells = [cell.cell_contents for cell in function.__closure__ or () if _filled(cell)]
    named = [function.__globals__.get(name) for name in used(function.__code__)]
    inner = [*cells, *named, *(function.__defaults__ or ()), *_constants(function.__code__)]
    found = {float(x) for x in inner if isinstance(x, int | float) and abs(x) < 2.0**1023}
    for other in inner if depth else ():
        if isinstance(other, types.FunctionType | types.MethodType):
            found |= numbers(other, depth - 1)
    return found


def _constants(code: types.CodeType) -> list[Any]:
    found = []
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            found += _constants(const)
        else:
            found += const if isinstance(const, tuple) else [const]
    return found


def _filled(cell: types.CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018  it raises where there is nothing
    except ValueError:
        return False
    return True
