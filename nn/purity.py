"""Purity: whether a model does the same at every call, so that code for one call does for all.

What is seen in its attributes is named; the rest, state in a list or in a generator, a look at a
number that no trace notices, is seen by the numbers: those of Python against those of the code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from math import isfinite
from numbers import Number
from typing import Any

from autograd import Value
from nn.module import modules_of, walk
from nn.nested import as_float, graph_of, leaves

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
    """What a model keeps that is plain, with what keeps it, by that and its name."""
    values = ((path, part) for path, part in walk(model) if isinstance(part, Value))
    found = {(id(part), path): (part, part.data) for path, part in values if part.op is None}
    plain = ((own, key, part) for own, key, part in _attributes(model) if _is_plain(part))
    return found | {(id(own), key): (own, deepcopy(part)) for own, key, part in plain}


def frozen(model: Any) -> str:
    """What a model keeps beside Values, as far as it is numbers, words and sequences of them.

    >>> from nn import Neuron
    >>> neuron = Neuron(1, "tanh")
    >>> before = frozen(neuron)
    >>> neuron.bias.data = 5.0
    >>> frozen(neuron) == before
    True
    """
    kept = ((key, part) for _, key, part in _attributes(model) if key != "training")
    return repr([(key, part if _is_plain(part) else id(part)) for key, part in kept])


def _attributes(model: Any) -> Iterator[tuple[Any, str, Any]]:
    """Each attribute of its modules: what holds it, its name and what it is."""
    for module in modules_of(model) or [model]:
        own = getattr(module, "__dict__", {})
        yield from ((own, key, part) for key, part in own.items())


def _is_plain(part: Any) -> bool:
    if isinstance(part, dict):
        part = [*part, *part.values()]
    if isinstance(part, list | tuple | set):
        return all(map(_is_plain, part))
    simple = part is None or isinstance(part, Number | str)
    return (simple and not isinstance(part, Value)) or hasattr(part, "tolist")


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
