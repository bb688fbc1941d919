"""explain: the chain rule, written out with symbols, then with numbers, then the result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, overload

from autograd.graph import topological
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.explain.derivation import Explanation, Working


@overload
def explain(
    root: Value, wrt: Value, names: Mapping[str, Any] | None = None, *, digits: int | None = None
) -> Explanation: ...
@overload
def explain(
    root: Value,
    wrt: None = None,
    names: Mapping[str, Any] | None = None,
    *,
    digits: int | None = None,
) -> Working: ...
def explain(
    root: Value,
    wrt: Value | None = None,
    names: Mapping[str, Any] | None = None,
    *,
    digits: int | None = None,
) -> Explanation | Working:
    """The derivative of `root` to `wrt`, worked out as on paper: an Explanation.

    Without `wrt`, the derivatives to all named leaves: a Working. Names come from labels or from
    `names`, a mapping such as `globals()`. A value without a name that is used once is written out
    where it is used; one that is used more often is called t₁, t₂ and so on. The numbers are those
    that the forward pass recorded, and no `grad` is read or changed. `digits` is how many
    significant digits of a number are shown: by default 12 of a float and all of an exact one.
    What is shown equal is equal in the digits shown; where something was rounded stands ≈. Raises
    ValueError if `wrt` is not part of the graph of `root`, TypeError if either is not a Value.

    >>> w, x = Value(3, "w"), Value(5, "x")
    >>> print(explain((w * x - 1) ** 2, w))
    values
      f = (w·x − 1)² = (3·5 − 1)² = (15 − 1)² = 14² = 196
    <BLANKLINE>
    local derivatives
      ∂f/∂w = 2·(w·x − 1)·x = 2·(3·5 − 1)·5 = 2·(15 − 1)·5 = 2·14·5 = 140
    """
    from autograd.explain import paths  # when it is wanted: `import autograd` stays light
    from autograd.explain.reading import Reading
    from autograd.formula.notation import wanted

    for argument in (root,) if wrt is None else (root, wrt):
        if not isinstance(argument, Value):
            kind = type(argument).__name__
            names = argument is wrt and kind == "dict"
            given = "dict: write names=globals()" if names else f"{kind} {argument!r}"
            raise TypeError(f"explain takes Values, not {given}")
    order = topological(root)
    if wrt is not None and wrt not in set(order):
        raise ValueError(f"{wrt!r} is not part of the graph of {root!r}: nothing to differentiate")
    reading = Reading(order, names, wrt, digits=wanted(digits))
    return paths.working(reading) if wrt is None else paths.explanation(reading, wrt)
