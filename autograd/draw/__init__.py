"""draw: a graph as a picture."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from autograd.value import Value

if TYPE_CHECKING:
    from autograd.draw.picture import Picture


def draw(
    root: Value,
    names: Mapping[str, Any] | None = None,
    *,
    collapse: str | Callable[[Value], Hashable] | None = None,
    parameters: Iterable[Value] = (),
    engine: str | None = None,
) -> Picture:
    """The graph of `root` as a picture: a graphviz.Digraph that shows itself in a notebook.

    Each box has a name and an expression, the value and the gradient, – before `backward()`; the
    number on an arrow is the local derivative. `collapse` is how much goes into one box: "op" (one
    value each), "named" (values with names), "neuron", "layer", "block", or a function that gives
    the values of one box the same key; by default whatever gives at most 40 boxes. `names` is a
    mapping such as `globals()`. Leaves among `parameters`, or with a weight's name, are coloured
    as weights. `engine="dot"` lays out with an installed Graphviz.

    >>> a = Value(2, "a")
    >>> picture = draw(a * a)
    >>> picture
    <picture of f: 2 boxes, 2 arrows>
    >>> path = picture.render(outfile="square.svg", cleanup=True)  # doctest: +SKIP
    """
    from autograd.draw.dot import picture_of
    from autograd.draw.folding import fold

    return picture_of(fold(root, collapse, names), engine=engine, parameters=parameters)
