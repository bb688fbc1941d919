"""exercises: sheets on which the chain rule is practised by hand, and the answers checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from autograd.value import Value

if TYPE_CHECKING:
    from autograd.sheets.answers import Marked
    from autograd.sheets.sheet import Sheet


def exercises(
    seed: int = 0,
    count: int = 10,
    *,
    level: str | None = None,
    solutions: str = "with",
    calculator: bool = False,
) -> Sheet:
    """A sheet of exercises for the chain rule, to be worked out by hand, and their solutions.

    Each is an expression with its numbers, and its graph with empty boxes for the values, the local
    derivatives and the gradients; the solution is what `explain` says, and the graph filled in. The
    same arguments give the same sheet, byte for byte; another `seed` gives other exercises.
    `.save("sheet.html")` writes a page to print, `.save("sheet.ipynb")` a notebook that checks what
    is answered, and `print` shows it as text.

    `level` is "chain", "product", "paths", "activation" or "neuron": by default the exercises go
    from the first to the last. Their numbers are exact and have at most four digits; with
    `calculator`, a third of them or more have tanh, sigmoid or exp. `solutions` are on pages of
    their own ("with"), left out ("none"), or all there is ("only"). Raises ValueError or TypeError,
    naming the argument, for a `count` that is not 1 to 100, a seed below 0, an unknown level, and a
    `calculator` for a level that needs none.

    >>> sheet = exercises(seed=7, count=2, level="chain")
    >>> sheet
    <sheet of 2 exercises: python -m autograd exercises --seed 7 --count 2 --level chain>
    >>> sheet[0].given
    'x = 4'
    >>> path = sheet.save("sheet.html")  # doctest: +SKIP
    """
    from autograd.sheets.sheet import sheet_of

    return sheet_of(seed, count, level, solutions, calculator=calculator)


def check(exercise: str | Value, answers: Mapping[str, Any], /, **given: Any) -> Marked:
    """Marks the answers to an exercise: which are right, and why a wrong one may be wrong.

    `exercise` is an expression, as `explain` reads it, with the numbers `given`, or the root of a
    graph. `answers` has a number for each name that is asked, such as "h" or "∂E/∂w1", or None: a
    whole number, a decimal, a fraction such as "1/3". Of a number that has no end, four digits are
    enough, also where its factors were rounded to four. Raises ValueError, in a line, for an
    expression that cannot be read or has no numbers, and for an answer to what is not asked;
    TypeError for what is no mapping.

    >>> check("h = x*w; E = (h - y)**2/2", {"h": 2, "E": 18, "∂E/∂w": "-6"}, x="5", w=".4", y="8")
    h      right
    E      right
    ∂E/∂h  not answered yet
    ∂E/∂x  not answered yet
    ∂E/∂w  That comes out if the factor ∂h/∂w = 5 is missing.
    ∂E/∂y  not answered yet
    2 of 6 are right.
    """
    from autograd.explain.reading import Reading
    from autograd.graph import topological
    from autograd.sheets.answers import marked
    from autograd.sheets.given import graph_of

    if not isinstance(answers, Mapping):
        kind = type(answers).__name__
        raise TypeError(f"answers are a dict such as {{'h': 2}}, not {kind} {answers!r}")
    return marked(Reading(topological(graph_of(exercise, given)), None), answers)
