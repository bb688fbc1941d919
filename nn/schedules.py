"""Schedules: learning rates that change with the number of steps taken.

Each is a function of that number, from 0, to be given to an optimizer in the place of its rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from nn.inputs import widen
from nn.ranges import check_range, whole


class _Checked:
    """What every schedule is: numbers that are in range when they are given."""

    def __post_init__(self) -> None:
        widen(vars(self))
        for name, number in vars(self).items():
            if name in ("steps", "every"):
                whole(name, number)
            elif name != "after" or not callable(number):
                check_range(f"{name} of {type(self).__name__}", number)


@dataclass(frozen=True)
class StepDecay(_Checked):
    """`rate`, multiplied by `factor` after every `every` steps.

    >>> schedule = StepDecay(8, every=2, factor=0.5)
    >>> [schedule(step) for step in range(5)]
    [8.0, 8.0, 4.0, 4.0, 2.0]
    """

    rate: Any
    every: int
    factor: Any = 0.1

    def __call__(self, step: int) -> Any:
        """The learning rate after `step` steps."""
        return self.rate * self.factor ** (step // self.every)


@dataclass(frozen=True)
class ExponentialDecay(_Checked):
    """`rate`, multiplied by `factor` after each step.

    >>> schedule = ExponentialDecay(8, factor=0.5)
    >>> [schedule(step) for step in range(3)]
    [8.0, 4.0, 2.0]
    """

    rate: Any
    factor: Any

    def __call__(self, step: int) -> Any:
        """The learning rate after `step` steps."""
        return self.rate * self.factor**step


@dataclass(frozen=True)
class LinearDecay(_Checked):
    """From `rate` to `end` in a straight line of `steps` steps, then `end`.

    >>> schedule = LinearDecay(1.0, 0.5, steps=2)
    >>> [schedule(step) for step in range(4)]
    [1.0, 0.75, 0.5, 0.5]
    """

    rate: Any
    end: Any
    steps: int

    def __call__(self, step: int) -> Any:
        """The learning rate after `step` steps."""
        return self.rate + (self.end - self.rate) * min(step, self.steps) / self.steps


@dataclass(frozen=True)
class CosineDecay(_Checked):
    """From `rate` to `end` along half a cosine of `steps` steps, then `end`.

    >>> schedule = CosineDecay(1.0, steps=2)
    >>> [round(schedule(step), 3) for step in range(4)]
    [1.0, 0.5, 0.0, 0.0]
    """

    rate: Any
    steps: int
    end: Any = 0

    def __call__(self, step: int) -> Any:
        """The learning rate after `step` steps."""
        along = math.cos(math.pi * min(step, self.steps) / self.steps)
        return self.end + (self.rate - self.end) * (1 + along) / 2


@dataclass(frozen=True)
class Warmup(_Checked):
    """A rise from 0 in `steps` equal parts, then `after`, a rate or another schedule.

    >>> schedule = Warmup(8, steps=4)
    >>> [schedule(step) for step in range(5)]
    [2.0, 4.0, 6.0, 8.0, 8]
    """

    after: Any
    steps: int

    def __call__(self, step: int) -> Any:
        """The learning rate after `step` steps."""
        if step < self.steps:
            peak = self.after(0) if callable(self.after) else self.after
            return peak * (step + 1) / self.steps
        return self.after(step - self.steps) if callable(self.after) else self.after
