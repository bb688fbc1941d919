"""What a check finds: wrong, inaccurate or unchecked, where, what came and what is right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Verdict: TypeAlias = Literal["wrong", "inaccurate", "unchecked"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding of a check, whose text is one line.

    *wrong*: at `point` another number is proved, and rounding is no explanation. *inaccurate*: the
    rule is right, this way of computing it is not: in `region`, by up to `ulp` units in the last
    place. *unchecked*: nothing was shown, and `why` says what is missing.

    `what` names what was checked ("the slope of 'cube' to x"), `inputs` the numbers of the `point`.
    `found` is what came, `right` the text of what should have come.

    >>> print(Finding(verdict="wrong", what="the slope of 'cube' to x", inputs=("x",),
    ...     point=(0.5,), found=0.5, right="0.75", why="12.3 ulp away"))
    the slope of 'cube' to x is wrong: at x = 0.5 it is 0.5, and right is 0.75 (12.3 ulp away)
    """

    verdict: Verdict
    what: str
    point: tuple[Any, ...] = ()
    inputs: tuple[str, ...] = ()
    found: Any = None
    right: str = ""
    ulp: float = math.nan
    region: str = ""
    why: str = ""

    @property
    def place(self) -> str:
        """The point as text: x = 1.0, y = 2.0.

        >>> Finding(verdict="wrong", what="f", inputs=("x", "y"), point=(1, 2.0)).place
        'x = 1, y = 2.0'
        """
        if len(self.inputs) != len(self.point):
            return repr(self.point)
        return ", ".join(f"{n} = {x!r}" for n, x in zip(self.inputs, self.point, strict=True))

    def __str__(self) -> str:
        parts = []
        if self.point or self.right:
            at = f"at {self.place} " if self.point else ""
            found = self.found if isinstance(self.found, str) else f"it is {self.found!r}"
            parts.append(f"{at}{found}" + (f", and right is {self.right}" if self.right else ""))
        if self.region:
            parts.append(f"so it is {self.region}")
        text = "; ".join(parts)
        why = (f" ({self.why})" if text else self.why) if self.why else ""
        return " ".join(f"{self.what} is {self.verdict}: {text}{why}".split())


_RANK = ("wrong", "inaccurate", "unchecked")


class RuleError(AssertionError):
    """A rule that does not pass: its `verdict`, the worst of its `findings`, and the `point`."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = tuple(sorted(findings, key=lambda one: _RANK.index(one.verdict)))
        super().__init__("\n".join(map(str, self.findings)))

    @property
    def verdict(self) -> Verdict:
        """The verdict of the worst finding."""
        return self.findings[0].verdict

    @property
    def point(self) -> tuple[Any, ...]:
        """The point of the worst finding."""
        return self.findings[0].point


def far(ulp: float) -> str:
    """An error in words.

    >>> far(12.34), far(1e9)
    ('12.3 ulp away', 'not a rounding error')
    """
    return f"{ulp:.3g} ulp away" if ulp < 1e6 else "not a rounding error"


def refuse_flushing(what: str) -> None:
    """Raises RuleError where this thread turns subnormal numbers into 0: every check would fail.

    >>> refuse_flushing("the row 'mul'")
    """
    smallest_normal: Sequence[float] = [2.0**-1022, 0.5]
    if math.prod(smallest_normal) == 0:
        raise RuleError(Finding(verdict="unchecked", what=what, why=(
            "this thread flushes subnormal numbers to zero, so that numbers below 2.2e-308 are 0 "
            "and every check of them would fail; a library compiled with -ffast-math or "
            "torch.set_flush_denormal(True) does that: call torch.set_flush_denormal(False), or "
            "check in a process of its own"
        )))  # fmt: skip
