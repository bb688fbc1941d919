"""Interrupts: what must not be left half-done is finished when Ctrl-C comes."""

from __future__ import annotations

from collections.abc import Callable


def finished(act: Callable[[], object]) -> None:
    """Calls something to its end: once more, from its beginning, if Ctrl-C comes in between.

    So it has to do the same however often it is called. KeyboardInterrupt is raised after that.

    >>> total = []
    >>> finished(lambda: total.append(1))
    >>> total
    [1]
    """
    try:
        act()
    except KeyboardInterrupt:
        act()
        raise
