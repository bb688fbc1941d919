"""Python's cyclic collector, held back from scanning recorded graphs again and again.

A graph has no cycles: counting references frees it, and what the collector does with it is for
nothing. CPython looks at new objects every `threshold0` of them and once more, with all that have
outlived that, after every `threshold1` of these rounds. Of graphs that grow, each node is scanned
the more often the more nodes there are. So while more Values live than one such interval has
objects, `threshold1` is doubled until it has as many, and put back when they are gone.

What a program can rely on: new objects are looked at as often as ever. Garbage in cycles that has
outlived one such look waits for no more than twice as many new objects as there are Values, or as
long as ever if that is longer; where it has outlived the next look, too, it waits for `threshold2`
of these intervals, as ever. The other thresholds, freezing and disabling are the program's own, and
a `threshold1` that it sets itself is what is doubled from then on. Python 3.14's collector, which
works in small steps, has other rules and is left alone.
"""

from __future__ import annotations

import gc
import sys
from typing import Any

from autograd.value import Value

# Nodes are counted by the references to their class, which free-threaded Python does not keep, and
# rounds by generations, which a collector that works in steps has not: its `threshold2` is 0.
RELIABLE = (
    sys.implementation.name == "cpython"
    and "free-threading" not in sys.version
    and gc.get_threshold()[2] > 0
)


class Collector:
    """What is known of `threshold1`, and the callback that sets it after each collection."""

    def __init__(self) -> None:
        self.references = sys.getrefcount(Value)  # those that are no Values
        self.given: set[int] = set()  # the numbers that were set here

    def __call__(self, phase: str, info: dict[str, int]) -> None:  # noqa: ARG002  not asked
        """What `gc.callbacks` calls before and after each collection."""
        if phase == "stop":
            self.pace(sys.getrefcount(Value) - self.references)

    def pace(self, living: int) -> None:
        """Sets `threshold1` for so many living Values."""
        young, found, *old = gc.get_threshold()
        if found not in self.given:
            self.own = found  # the program's
        rounds = self.own
        while 0 < rounds * young < living:
            rounds *= 2
        if rounds != found:
            self.given |= {rounds} - {self.own}
            gc.set_threshold(young, rounds, *old)


_collector: list[Any] = []


def pace_collector(on: bool = True) -> None:
    """Whether Python's cyclic collector is held back while many Values live; it is from the start.

    The module says how. Does nothing in free-threaded Python, where the number of Values cannot
    be known, nor in 3.14, whose collector has other rules.

    >>> import gc
    >>> from autograd.engine.collector import pace_collector
    >>> before = gc.get_threshold()
    >>> pace_collector(False)  # off
    >>> gc.get_threshold() == before  # few Values live
    True
    >>> pace_collector()
    """
    while _collector:
        gc.callbacks.remove(_collector[-1])
        _collector.pop().pace(0)
    if on and RELIABLE:
        _collector.append(Collector())
        gc.callbacks.append(_collector[-1])
