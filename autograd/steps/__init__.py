"""steps: the forward and the backward pass, one step at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from autograd.graph import topological
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.steps.stepper import Steps


def steps(
    root: Value,
    names: Mapping[str, Any] | None = None,
    *,
    collapse: str | None = None,
    digits: int | None = None,
) -> Steps:
    """The forward pass, then the backward pass, of the graph of `root`, as a sequence of steps.

    The gradients start at 0 and no `grad` is read or changed; the totals are those that
    `backward()` gives, to the bit. `collapse` is "op" (a step for each operation) or "named" (for
    each value with a name or more than one use); by default "op" up to 60 steps. `names` is a
    mapping such as `globals()`, `digits` as in `explain`. Raises ValueError for another `collapse`.

    >>> w, x = Value(3, "w"), Value(5, "x")
    >>> s = steps(w * x)
    >>> print(s[-1])
    backward 1 of 1: f   (mul: x * y)
      ∂f/∂f = 1
      ∂f/∂w = x = 5
        adds (1)(5) = 5 to w: 0 → 5
      ∂f/∂x = w = 3
        adds (1)(3) = 3 to x: 0 → 3
      · Backward starts at f: the derivative of a value to itself is 1.
      · Leaves keep what was added. backward() a second time adds it again: zero_grad() comes first.
    """
    from autograd.explain.passes import level_of
    from autograd.formula.notation import wanted
    from autograd.steps.stepper import Steps

    return Steps(root, level_of(topological(root), collapse), names, wanted(digits))
