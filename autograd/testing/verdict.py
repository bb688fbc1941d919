"""What a check finds: wrong, inaccurate or unchecked, where, what came and what is right."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Verdict: TypeAlias = Literal["wrong", "inaccurate", "unchecked"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding of a check, whose text is one line.

    *wrong*: at `point` another number is proved, and rounding is no explanation. *inaccurate*: the
    rule is right, this way of computing it is not: in `region`, by up to `ulp` units in the last
    place. *unchecked*: nothing was shown, and `why` says what is missing.

    `what` names what was checked ("the slope of 'cube' to x") and `text` how it is computed,
    `inputs` the numbers of the `point`. `found` is what came there (a text says it in words),
    `right` the text of what should have come.

    >>> print(Finding(verdict="wrong", what="the slope of 'cube' to x", text="2 * x * x",
    ...     inputs=("x",), point=(0.5,), found=0.5, right="0.75"))
    the slope of 'cube' to x is wrong: 2 * x * x is 0.5 at x = 0.5, right is 0.75
    """

    verdict: Verdict
    what: str
    text: str = ""
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
        found = self.found if isinstance(self.found, str) else f"is {self.found!r}"
        found = found.removeprefix("is ") if found.startswith("is raised ") else found
        text = f"{self.text or 'it'} {found}" if self.point else self.text
        if self.point:
            text += f" at {self.place}" + (f", right is {self.right}" if self.right else "")
        text += f"; {self.region}" if self.region else ""
        if self.why:
            text += f" ({self.why})" if text else self.why
        return " ".join(f"{self.what} is {self.verdict}: {text}".split())


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
    if math.prod([2.0**-1022, 0.5]) == 0:  # at run time: a compiler would fold it
        raise RuleError(Finding(verdict="unchecked", what=what, why=(
            "this thread flushes subnormal numbers to zero, so that numbers below 2.2e-308 are 0 "
            "and every check of them would fail; a library compiled with -ffast-math or "
            "torch.set_flush_denormal(True) does that: call torch.set_flush_denormal(False), or "
            "check in a process of its own"
        )))  # fmt: skip
