"""What an operation gives at one point after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from autograd.testing.engines.candidate import Found, Given
from autograd.testing.engines.program import Program


@dataclass(frozen=True)
class Miss:
    """A number that is not right, and by how much."""

    program: Program
    found: Found
    given: Given | None
    right: Any
    ulp: float

    @property
    def came(self) -> str:
        """What came: the number, or the error that came instead."""
        if self.found.error is not None:
            return ": ".join(part for part in self.found.error if part)
        return "nothing" if self.given is None else self.given.shown


@dataclass
class Series:
    """One number of an operation, its value or a slope, at one point after the other.

    `right` counts, `off` are misses that rounding or an overflow far out may explain, `wrong` those
    that nothing explains, `kinks` those at kinks; `seen` has all that came, `conventions` the
    kinds of choices that were met.
    """

    name: str
    leaf: str = ""
    right: int = 0
    conventions: set[str] = field(default_factory=set)
    kinks: list[Miss] = field(default_factory=list)
    wrong: list[Miss] = field(default_factory=list)
    off: list[Miss] = field(default_factory=list)
    seen: list[tuple[Program, float]] = field(default_factory=list)
