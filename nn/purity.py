"""Purity: whether a model does the same at every call, so that code for one call does for all.

What is seen in its attributes is named; the rest, state in a list or in a generator, a look at a
number that no trace notices, is seen by the numbers: those of Python against those of the code.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from inspect import getclosurevars
from math import isfinite
from numbers import Number
from random import Random
from types import FunctionType
from typing import Any

from autograd import Value
from nn.module import modules_of, walk
from nn.nested import as_float, graph_of, is_array, leaves, mapped

WOULD_NOT = "which compiled code would not do: train with jit=False"


def checked(model: Any, call: Callable[[], Any]) -> Any:
    """What `call()` of a model gives. Raises TypeError if it is not the same for all calls.

    It is not if a call changes numbers that the model keeps (they are put back), or computes with a
    Value that was computed before it, by another call or when the model was made.

    >>> from nn import Neuron
    >>> class Counting(Neuron):
    ...     def __call__(self, x):
    ...         self.bias.data += 1
    ...         return super().__call__(x)
    >>> counting = Counting.of([2.0], 0.0)
    >>> checked(counting, lambda: counting(1.0))
    Traceback (most recent call last):
      ...
    TypeError: a call of Counting changes its b, which compiled code would not do:
    train with jit=False
    """
    kind, before = type(model).__name__, _kept(model)
    found = call()
    after = _kept(model)
    changed = [
        (kept, name, old)
        for (place, name), (kept, old) in before.items()
        if (place, name) in after and _shown(after[place, name][1]) != _shown(old)
    ]
    for kept, name, old in changed:
        if isinstance(kept, Value):
            kept.data = old
        else:
            kept[name] = old
    if changed:
        raise TypeError(f"a call of {kind} changes its {changed[0][1]}, {WOULD_NOT}")
    if not _computed(found).isdisjoint(_computed(call())):
        what = "goes on with a Value that was computed before it"
        raise TypeError(f"a call of {kind} {what}, {WOULD_NOT}")
    return found


def _kept(model: Any) -> dict[tuple[int, str], tuple[Any, Any]]:
    """What a model keeps that is plain, with what keeps it, by that and its name."""
    found: dict[tuple[int, str], tuple[Any, Any]] = {
        (id(part), path): (part, part.data)
        for path, part in walk(model)
        if isinstance(part, Value) and part.op is None
    }
    for module in modules_of(model) or [model]:
        own = getattr(module, "__dict__", {})
        plain = {key: deepcopy(part) for key, part in own.items() if _is_plain(part)}
        found |= {(id(own), key): (own, part) for key, part in plain.items()}
    return found


def frozen(model: Any, *functions: Any) -> str:
    """What a model keeps beside Values, as far as it is numbers, words and sequences of them.

    So for `functions`, such as a loss, and what they and its calls know from outside.

    >>> from nn import Neuron
    >>> neuron = Neuron(1, "tanh")
    >>> before = frozen(neuron)
    >>> neuron.bias.data = 5.0
    >>> frozen(neuron) == before
    True
    """
    modules = modules_of(model) or [model]
    methods = [getattr(it, "__self__", it) for it in functions]
    own = [pair for it in (*modules, *methods) for pair in getattr(it, "__dict__", {}).items()]
    kinds = dict.fromkeys(kind for it in (*modules, *methods) for kind in type(it).__mro__)
    shared = [pair for kind in kinds for pair in vars(kind).items()]
    own += [pair for pair in shared if _is_plain(pair[1])]
    calls = [part for _, part in shared if isinstance(part, FunctionType)]
    seen: dict[int, Any] = {}
    known = [pair for it in (*calls, model, *functions) for pair in _outside(it, seen)]
    return repr(
        [
            (key, _shown(part) if _is_plain(part) else id(part))
            for key, part in (*own, *known)
            if key != "training"
        ]
    )


def _outside(function: Any, seen: dict[int, Any]) -> list[tuple[str, Any]]:
    """What is plain among the variables from outside that a function, and its helpers, use."""
    if id(function) in seen:
        return []
    seen[id(function)] = function
    if isinstance(function, partial):
        given = [*function.keywords.items(), ("args", function.args)]
        return [*_outside(function.func, seen), *given]
    try:
        found = getclosurevars(function)
    except (TypeError, ValueError):  # not written in Python, or not yet all there
        return []
    names = {**found.globals, **found.nonlocals}
    plain = [pair for pair in names.items() if _is_plain(pair[1])]
    helpers = [
        it
        for it in names.values()
        if isinstance(it, FunctionType) and it.__globals__ is function.__globals__
    ]
    return [*plain, *(pair for it in helpers for pair in _outside(it, seen))]


def _is_plain(part: Any) -> bool:
    if isinstance(part, dict):
        part = [*part, *part.values()]
    if isinstance(part, list | tuple | set) or is_array(part):
        return all(map(_is_plain, getattr(part, "flat", part)))
    simple = part is None or isinstance(part, Number | str | Random)
    return (simple and not isinstance(part, Value)) or hasattr(part, "tolist") or bool(_state(part))


def _state(part: Any) -> Any:
    """That of a generator of random numbers, NumPy's, too; None for anything else."""
    if isinstance(part, Random):
        return part.getstate()
    return getattr(getattr(part, "bit_generator", None), "state", None)


def _shown(part: Any) -> str:
    """All of what is plain, as text."""
    if hasattr(part, "tolist"):
        part = part.tolist()
    return repr(mapped(part, lambda it: _shown(it) if hasattr(it, "tolist") else _state(it) or it))


def compare(what: str, code: Any, python: Any, scale: float) -> None:
    """Raises TypeError if compiled code has other numbers than Python, beyond rounding.

    `scale` is the size of the numbers that they were computed from.
    """
    pairs = zip(leaves(code), leaves(python), strict=True)
    for x, y in (map(as_float, pair) for pair in pairs):
        # What is not finite has a better explanation elsewhere.
        if isfinite(x) and isfinite(y) and abs(x - y) > 1e-6 * abs(y) + 1e-11 * scale:
            raise TypeError(
                f"{what} gives {x!r} as compiled code, but {y!r} in Python: something that it "
                "keeps, counts or draws, or how it looks at a number (with isinstance, str, a set "
                "or dict), was frozen when it was traced: use jit=False"
            )


def scale_of(output: Any) -> float:
    """The size of the largest number in the graph of an output."""
    sizes = [abs(as_float(node)) for node in graph_of(output)]
    return max(filter(isfinite, sizes), default=0.0)


def _computed(output: Any) -> set[Value]:
    """The computed Values that an output consists of."""
    return {node for node in graph_of(output) if node.op is not None}
