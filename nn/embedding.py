"""Embedding: a table with a row of weights for each whole number."""

from __future__ import annotations

from math import nan
from operator import index
from typing import Any

from autograd import Value, where
from nn.initial import generator
from nn.inputs import UNORDERED
from nn.module import Module
from nn.ranges import whole


class Embedding(Module):
    """Row i of a table for the whole number i, and a list of rows for a list of them.

    There are `count` rows of `size` weights, drawn from the standard normal distribution by `seed`
    or `rng`. Raises IndexError for a number that no row has, TypeError for what is no number; in
    compiled code a negative one gives nan.

    >>> table = Embedding(5, 2, seed=1)
    >>> table(3) == [*table.rows[3]], len(table([0, 4, 4]))
    (True, 3)
    >>> table(5)
    Traceback (most recent call last):
      ...
    IndexError: Embedding(5, 2) has rows 0 to 4, not 5
    """

    def __init__(self, count: int, size: int, *, seed: int | None = None, rng: Any = None) -> None:
        rng = generator(seed, rng)
        self.count, self.nout = whole("count", count), whole("size", size)
        self.rows = tuple(
            tuple(Value(rng.gauss(0, 1), f"e{row}_{column + 1}") for column in range(self.nout))
            for row in range(self.count)
        )

    def __call__(self, given: Any) -> Any:
        """The row of a whole number, or a list of those of several."""
        if isinstance(given, Value):
            # It stands for a number while a function is traced, and a row from the end for none.
            return [where(given < 0, nan, x) for x in self.rows[given]]
        if hasattr(given, "__len__") and not isinstance(given, (str, *UNORDERED)):
            return [self(each) for each in given]
        if not hasattr(given, "__index__"):
            raise TypeError(f"{self!r} takes whole numbers and lists of them, not {given!r}")
        if not 0 <= index(given) < self.count:
            raise IndexError(f"{self!r} has rows 0 to {self.count - 1}, not {given!r}")
        return [*self.rows[given]]

    def __repr__(self) -> str:
        return f"Embedding({self.count}, {self.nout})"
