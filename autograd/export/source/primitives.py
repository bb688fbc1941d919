"""What Python code of a listing calls besides the elementary functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

# Numbers that are no floats become some where a function has no exact value: these stand in the
# place of the functions of the same name in `autograd.elementary`, which refuse them.


def _other(name: str, *numbers: Any) -> Any:
    return of_other_numbers(globals()[name], *numbers)


def of_other_numbers(function: Callable[..., Any], *numbers: Any) -> Any:
    """A function of the numbers as floats.

    >>> import math
    >>> of_other_numbers(math.sqrt, 4)
    2.0
    """
    return function(*map(float, numbers))


def _floats(xs: Sequence[Any]) -> Sequence[float]:
    return xs if all(x.__class__ is float for x in xs) else [*map(float, xs)]


def add(gradient: Any, own: Any, slope: Any) -> Any:
    """A gradient with what a slope hands on; False is one that did not come, or hands nothing on.

    >>> add(False, 2.0, 3.0), add(1.0, 2.0, False)
    (6.0, 1.0)
    """
    return gradient if own is False or slope is False else gradient + own * slope


def given(gradient: Any) -> Any:
    """A gradient as it is given back: 0 where none came.

    >>> given(False)
    0.0
    """
    return 0.0 if gradient is False else gradient


def run(v: Any, places: Any) -> Any:
    """The numbers at these places.

    >>> run([1.0, 2.0, 3.0], [2, 0])
    (3.0, 1.0)
    """
    return tuple([v[place] for place in places])


def pull(v: Any, g: Any, own: Any, places: Any, slopes: Any) -> None:
    """Hands the gradient of a run's result to all its elements; one slope for each of the runs.

    >>> g = [False, False, 1]
    >>> pull([2.0, 3.0, 6.0], g, 2, [[0], [1]], [lambda x, y, xs, ys, z: y, None])
    >>> g
    [3.0, False, 1]
    """
    runs = [run(v, each) for each in places]
    for to, slope in zip(places, slopes, strict=True):
        if slope is not None:
            for k, place in enumerate(to):
                elements = [each[k] for each in runs]
                g[place] = add(g[place], g[own], slope(*elements, *runs, v[own]))


def sized(given: Any, count: int) -> None:
    """Refuses what has another length than the function was written for.

    >>> sized([1.0], 2)
    Traceback (most recent call last):
      ...
    ValueError: 2 numbers belong here, not 1: the function was written for so many
    """
    if len(given) != count:
        raise ValueError(
            f"{count} numbers belong here, not {len(given)}: the function was written for so many"
        )
