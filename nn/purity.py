"""Purity: whether a model does the same at every call, so that code for one call does for all."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from numbers import Number
from operator import add
from typing import Any

from autograd import Value, topological
from nn.module import modules_of, values_of, walk

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
        if (place, name) in after and repr(after[place, name][1]) != repr(old)
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
    """The numbers that a model keeps, with what keeps them, by that and their names."""
    found: dict[tuple[int, str], tuple[Any, Any]] = {
        (id(part), path): (part, part.data)
        for path, part in walk(model)
        if isinstance(part, Value) and part.op is None
    }
    for module in modules_of(model) or [model]:
        kept = getattr(module, "__dict__", {})
        for key, part in kept.items():
            if isinstance(part, Number) and not isinstance(part, Value):
                found[id(kept), key] = (kept, part)
    return found


def _computed(output: Any) -> set[Value]:
    """The computed Values that an output consists of."""
    values = values_of(output)
    order = topological(reduce(add, values)) if values else ()
    return {node for node in order if node.op is not None}
