"""draw: a graph as a picture."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from autograd.value import Value

if TYPE_CHECKING:
    from autograd.draw.picture import Picture


def draw(
    root: Value | Sequence[Value] | Mapping[str, Value],
    names: Mapping[str, Any] | None = None,
    *,
    collapse: str | Callable[[Value], Hashable] | None = None,
    parameters: Iterable[Value] = (),
    engine: str | None = None,
    digits: int | None = None,
    direction: str = "LR",
    highlight: Value | Iterable[Value] | None = None,
    gradients: bool = True,
    errors: bool = False,
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """The graph of `root` as a picture: a graphviz.Digraph that shows itself in a notebook.

    Each box has a name and an expression, the value and the gradient, – before `backward()`; the
    number on an arrow is the local derivative. `root` may be several, a list or a mapping with
    their names. `collapse` is how much goes into one box: "op" (one value each), "named" (values
    with names), "repeat" (what every step of a recurrence or every sample does, once), "neuron",
    "layer", "block", or a function that gives the values of one box the same key, which is also
    what the box is called if it is a tuple ("title", text, …); by default whatever gives at most 40
    boxes. `names` is a mapping such as `globals()`. A leaf is coloured as a weight, an input or a
    target by its name, then if it is among `parameters`, then by its place.

    `digits` is the number of significant digits shown, `direction` "LR" or "TB" (top to bottom);
    `highlight`, a Value or several, marks the ways from there to the root; without `gradients` it
    is a picture of the forward pass alone. With `errors`, each box says how many digits its value
    has lost beside the exact result of the same operations, and ▲ where they were lost (what has no
    exact value needs the extra `testing`). `title` stands above; `alt` is what a screen reader says
    instead of the description made from the graph. `engine="dot"` lays out with an installed
    Graphviz, `engine="layered"` with the layout of our own that serves where there is no program.
    Raises TypeError or ValueError, naming the argument, for what is none of these.

    >>> a = Value(2, "a")
    >>> picture = draw(a * a)
    >>> picture
    <picture of f: 2 boxes, 2 arrows>
    >>> path = picture.render(outfile="square.svg", cleanup=True)  # doctest: +SKIP
    """
    from autograd.draw.diagram import Look, diagram_of
    from autograd.draw.dot import write
    from autograd.draw.folding import fold
    from autograd.draw.losses import lost_digits

    if not isinstance(errors, bool):
        raise TypeError(f"errors is True or False, not {type(errors).__name__} {errors!r}")
    folded = fold(root, collapse, names)
    look = Look(
        parameters=parameters,
        digits=digits,
        direction=direction,
        highlight=_several(highlight),
        gradients=gradients,
        lost=lost_digits(folded.order) if errors else None,
        title=title,
        alt=alt,
    )
    return write(diagram_of(folded, look), engine)


def _several(highlight: Any) -> list[Any]:
    """What is to be highlighted, as a list."""
    if highlight is None or isinstance(highlight, Value):
        return [] if highlight is None else [highlight]
    if isinstance(highlight, Iterable):
        return [*highlight]
    kind = type(highlight).__name__
    raise TypeError(f"highlight is a Value or several, not {kind} {highlight!r}")
