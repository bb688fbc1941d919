"""live: the page in which the chain rule moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from autograd.graph import topological
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.live.page import Live


def live(
    root: Value,
    names: Mapping[str, Any] | None = None,
    *,
    digits: int | None = None,
    rate: Any = "0.01",
    mode: str = "look",
) -> Live:
    """The graph of `root` as a page in which its numbers move: it shows itself in a notebook.

    In the page every leaf can be dragged, typed and stepped, and values, local derivatives,
    gradients, the derivation of the one that is chosen and the picture follow; the forward and the
    backward pass are a film; a button does w ← w − η·∂E/∂w. It computes with the rules' own text,
    exact numbers exactly, and needs no kernel and no network: `.save("live.html")` writes it as one
    file. Where no script may run, the picture and the steps as text are left of it.

    `names` is a mapping such as `globals()`; `digits` as in `explain`, but what is not exact is a
    double and has 17; `rate` the learning rate to begin with, `mode` what the page opens at:
    "look", "film", "learn" or "practise". No `grad` is read or changed. Raises NotImplementedError,
    with its name, for an operation that a page cannot compute; ValueError for another mode, a rate
    that is no finite number and a leaf that has been changed since; TypeError for what is no Value,
    and for numbers of other types.

    Scripts have `window.live`: `names()`, `get(name)` gives `{value, grad, exact}`,
    `set(name, value)`, `step(k)`, `learn(eta, times)`, `undo()` takes its last step back,
    `reset()`. Of several pages in one document it is the last one's; the element of each page has
    its own as `live`.

    >>> w, x = Value(3, "w"), Value(5, "x")
    >>> live((w * x - 1) ** 2)
    <live page of f>
    """
    if not isinstance(root, Value):
        raise TypeError(f"live takes a Value, not {type(root).__name__} {root!r}")
    from autograd.explain.passes import level_of
    from autograd.explain.reading import Reading
    from autograd.formula.notation import wanted
    from autograd.live.page import page_of

    order = topological(root)
    reading = Reading(order, names, digits=wanted(digits))
    return page_of(reading, level_of(order), mode, rate)
