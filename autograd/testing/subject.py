"""What a check is about: a rule as functions of numbers, whatever it is written in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from autograd.ops import Op
from autograd.testing import certified, exact
from autograd.testing.marks import Marks, marks
from autograd.testing.verdict import Finding, RuleError

Function = Callable[..., Any]

_REMEMBERED = 20_000


class Oracle(Protocol):
    """What is known of the true numbers at a point, to so many places (none: the value)."""

    def derivative(self, point: Sequence[Any], *places: int) -> Any:
        """The derivative: None where there is none, nan where it did not settle."""

    def one_sided(self, point: Sequence[Any], place: int, side: int) -> Any:
        """The slope from one side, 1 for above and -1 for below."""

    def slack(self, point: Sequence[Any], *places: int) -> float:
        """How far from the truth the number may be."""


class NoneError(TypeError):
    """A function gave None where a number is due: a return is missing, so nothing was checked."""


@dataclass(frozen=True)
class Raised:
    """What came where a function raised."""

    error: Exception

    def __repr__(self) -> str:
        return f"raised {type(self.error).__name__}: {self.error}"


@dataclass
class Certified:
    """The oracle of a function of mpmath numbers; it remembers what it was asked.

    >>> from autograd.ops import OPS
    >>> float(Certified(certified.meaning(OPS["tanh"])).derivative((20.0,), 0))
    1.6993417021166355e-17
    """

    meaning: Function
    known: dict[Any, Any] = field(default_factory=dict, repr=False)

    def derivative(self, point: Sequence[Any], *places: int) -> Any:
        """The certified derivative."""
        return self.asked((*point, places), certified.derivative, point, *places)

    def one_sided(self, point: Sequence[Any], place: int, side: int) -> Any:
        """The certified derivative from one side."""
        return self.asked((*point, place, "side", side), certified.one_sided, point, place, side)

    def asked(self, key: Any, question: Function, *given: Any) -> Any:
        """The answer to a question. Raises RuleError where numbers are too large to be written."""
        if key not in self.known:
            if len(self.known) > _REMEMBERED:
                self.known.clear()
            try:
                self.known[key] = question(self.meaning, *given)
            except (OverflowError, MemoryError):
                why = "there are numbers larger than any that can be written: leave such points out"
                raise RuleError(
                    Finding(
                        verdict="unchecked", what="the true number", point=tuple(given[0]),
                        found="is not known", why=f"{why}, as with largest=100")
                ) from None  # fmt: skip
        return self.known[key]

    def slack(self, point: Sequence[Any], *places: int) -> float:  # noqa: ARG002  as all oracles
        """Nothing: these are certain."""
        return 0.0


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A rule: `value(point)` and `partials(point, value)`, and what they ought to be.

    `formula` and `texts` are the value and the slopes as people read them. `exact` computes as the
    rule does, but with as many digits as `certified.context` has: the value for the place None, or
    the slope to a place. It is None where a rule cannot be computed so. `which` says which slope
    each argument has, for a rule of runs.
    """

    name: str
    inputs: tuple[str, ...]
    value: Callable[[Sequence[Any]], Any]
    partials: Callable[[Sequence[Any], Any], Sequence[Any]]
    oracle: Oracle
    formula: str
    texts: tuple[str, ...]
    exact: Callable[[Sequence[Any], int | None], Any] | None = None
    inside: Callable[..., Any] = lambda *_: True
    at_kink: Callable[..., Any] = lambda *_: False
    domain: str = "True"
    kink: str = "False"
    marks: Marks = field(default_factory=Marks)
    which: Callable[[Sequence[Any]], Sequence[int]] = lambda point: range(len(point))
    run: bool = False
    helper: bool = False
    python: bool = False

    def is_smooth(self, point: Sequence[Any]) -> bool:
        """Whether a point is inside the domain and not at a kink."""
        return bool(self.inside(*point)) and not self.at_kink(*point)


def subject(op: Op) -> Subject:
    """A row as the subject of a check.

    >>> from autograd.ops import OPS
    >>> subject(OPS["mul"]).partials((2.0, 3.0), 6.0)
    [3.0, 2.0]
    """
    meaning = certified.meaning(op)

    def partials(point: Sequence[Any], value: Any) -> list[Any]:
        slopes = op.partials
        return [slopes[which](*given, value) for which, given in op.places(point)]

    def unrounded(point: Sequence[Any], place: int | None) -> Any:
        numbers = [certified.number(x) for x in point]
        if place is None:
            whole = exact.value(op)
            return None if whole is None else whole(*numbers)
        slopes = exact.slopes(op)
        if slopes is None:
            return None
        which, arguments = [*op.places(numbers)][place]
        return slopes[which](*arguments, meaning(*numbers))

    return Subject(
        name=op.name,
        inputs=op.inputs,
        value=lambda point: op.compute(*op.split(point)),
        partials=partials,
        oracle=Certified(meaning),
        formula=op.value,
        texts=op.slopes,
        exact=unrounded,
        inside=op.inside,
        at_kink=op.at_kink,
        domain=op.domain,
        kink=op.kink,
        marks=marks(op),
        which=lambda point: [which for which, _ in op.places(point)],
        run=op.run,
        helper=op.helper,
    )
