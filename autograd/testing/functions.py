"""Checks of derivatives written in Python: `check_function`, whatever made the functions."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath  # type: ignore[import-untyped]

from autograd.ops import Op
from autograd.testing import certified, exact
from autograd.testing.certified import context
from autograd.testing.marks import marks as marks_of
from autograd.testing.neighbourhood import Neighbourhood
from autograd.testing.proof import Limits, Proof, prove
from autograd.testing.rules import RuleReport
from autograd.testing.sampling import points
from autograd.testing.special import nans, special
from autograd.testing.subject import Certified, NoneError, Oracle, Subject
from autograd.testing.verdict import RuleError, refuse_flushing

Function = Callable[..., Any]


def check_function(
    value: Function,
    *slopes: Function,
    meaning: str | Function | None = None,
    inputs: Sequence[str] = ("x",),
    domain: str = "True",
    kink: str = "",
    vjp: Callable[[Sequence[float], float], Sequence[float]] | None = None,
    jvp: Callable[[Sequence[float], Sequence[float]], float] | None = None,
    max_ulp: float = 4.0,
    abs_tol: float = 0.0,
    stable: bool = False,
    largest: float = math.inf,
    nonfinite: bool = False,
    count: int = 200,
    seed: int = 0,
    name: str = "",
    marks: Sequence[float] = (),
) -> RuleReport:
    """Checks a function of floats and its derivatives; raises RuleError if they do not pass.

    `value(*numbers)` is the function and each slope, `slope(*numbers)`, its derivative to the input
    of that place. In their place one `vjp(numbers, g)` may give the whole gradient times `g`, or
    one `jvp(numbers, tangents)` the derivative along the tangents. They may be written in any way,
    if they take floats and return them. `domain` and `kink` are conditions over the `inputs`, as in
    a row; no point outside the domain is tried. `marks` are numbers at which the functions change,
    besides 0 and the numbers that stand in their own code.

    What the function means is a rule text (`"x / (1 + abs(x))"`; decimal numbers are allowed here)
    or a function of mpmath numbers. Against it the value and the slopes are held to `max_ulp` units
    in the last place, or to `abs_tol`, as by `check_rule`, whose verdicts and whose `stable`,
    `largest`, `nonfinite` (here only if asked for), `count` and `seed` these are. *Wrong* and
    *inaccurate* are told apart by computing the functions themselves with more digits, which works
    for plain Python, with `math` and NumPy's functions of one number. Where it does not, an error
    that cancellation among numbers of the size of 1, or an overflow beside 1e-75 and 1e75, would
    make is inaccurate, and any larger one is wrong.

    Without a meaning the slopes are held to the value's own code, if that can be computed with more
    digits: all is proved but that the value is what you meant. Else they are held to differences of
    the value in the neighbourhood of each point: these show about eight digits and nothing that the
    rounding of the value hides, such as a tail, and cannot see whether the value is right. The
    report says which it was.

    >>> print(check_function(lambda x: x * x, lambda x: 2 * x, meaning="x ** 2"))
    f: 200 + 44 points, value 0.49 ulp, slopes 0.00 ulp
    >>> def softsign(x): return x / (1 + abs(x))
    >>> check_function(softsign, lambda x: 1 / (1 + x) ** 2, meaning="x / (1 + abs(x))")
    Traceback (most recent call last):
      ...
    autograd.testing.verdict.RuleError: the slope of 'softsign' to x is wrong: it is \
16.0 at x = -0.75, right is 0.32653061224489796 (not a rounding error)
    """
    name = name or _name(value) or "f"
    refuse_flushing(f"the rule of {name!r}")
    rule = _Rule(name, tuple(inputs), value, slopes, vjp, jvp)
    row = _row(meaning if isinstance(meaning, str) else "", rule.inputs, domain, kink)
    rule.try_out(next(points(row, 1, seed, largest=largest), None))
    oracle, note = _oracle(meaning, value, row, seed)
    numbers = {*marks, *rule.numbers(), *(exact.numbers(meaning) if callable(meaning) else ())}
    subject = rule.subject(row, oracle, numbers)
    limits = Limits(max_ulp=max_ulp, slope_ulp=max_ulp, abs_tol=abs_tol, stable=stable,
                    largest=largest, slopes_largest=largest, nonfinite=nonfinite)  # fmt: skip
    proof = Proof(subject, limits)
    prove(proof, points(row, count, seed, largest=largest), count)
    special(proof)
    nans(proof)
    rule.check_linear(proof)
    if findings := proof.findings():
        raise RuleError(*findings)
    return RuleReport(name, proof.points, proof.value, tuple(proof.slopes),
                      named=proof.named, unsettled=len(proof.unsettled), note=note)  # fmt: skip


def _name(function: object) -> str:
    """The name of a function, "" for a lambda."""
    name = getattr(function, "__name__", "")
    return name if name.isidentifier() else ""


def _row(meaning: str, inputs: tuple[str, ...], domain: str, kink: str) -> Op:
    """A row that has the meaning, the domain and the kink; its slopes are not asked for."""
    return Op(
        name="checked_function", inputs=inputs, value=inputs[0], slopes=("0",) * len(inputs),
        meaning=decimals(meaning), domain=decimals(domain), kink=decimals(kink) or "False",
    )  # fmt: skip


_DECIMAL = re.compile(r"(?<![\w.])(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][+-]?\d+)?")


def decimals(text: str) -> str:
    """A text with decimal numbers as quotients of whole ones, which is what a rule may have.

    >>> decimals("0.5 * x + 1e-3 * x2 - 3")
    '(1 / 2) * x + (1 / 1000) * x2 - 3'
    """

    def quotient(found: re.Match[str]) -> str:
        number = Fraction(found[0])
        return f"({number.numerator} / {number.denominator})"

    return _DECIMAL.sub(quotient, text)


def _oracle(
    meaning: str | Function | None, value: Function, row: Op, seed: int
) -> tuple[Oracle, str]:
    """What is true, and what the report says of how it is known."""
    if isinstance(meaning, str):
        return Certified(certified.meaning(row)), ""
    tried = [*points(row, 5, seed), *((0.0,) * len(row.inputs),)]
    if meaning is not None:
        if not callable(meaning):
            raise TypeError(f"a meaning is a rule text or a function, not {meaning!r}")
        whole = _guarded(_of_mpmath(meaning))
        for point in tried:
            _refuse_doubles(meaning, point)
        return Certified(whole), ""
    own = exact.lent(value)
    if all(_has_digits(own, point, value) for point in tried):
        return Certified(_guarded(own)), "slopes against the value's own code"
    return Neighbourhood(_floats(value)), "slopes against differences of the value: about 8 digits"


def _has_digits(own: Function, point: Sequence[float], value: Function) -> bool:
    """Whether a function computes exactly, or has no value there anyhow."""
    found = exact.settled(lambda: own(*map(certified.number, point)), point)
    if found is not None:
        return True
    try:
        return not math.isfinite(_floats(value)(*point))
    except (ArithmeticError, ValueError):
        return True


def _guarded(function: Function) -> Function:
    """The same, with ValueError for whatever it raises where it has no value."""

    def guarded(*numbers: Any) -> Any:
        try:
            return function(*numbers)
        except Exception as error:
            raise ValueError(f"no value there: {error!r}") from error

    return guarded


def _of_mpmath(meaning: Function) -> Function:
    """A user's function of mpmath numbers, at the precision of the check."""

    def function(*numbers: Any) -> Any:
        with mpmath.workprec(context.prec):
            found = meaning(*map(mpmath.mpf, numbers))
            found = mpmath.mpmathify(found)
            if isinstance(found, mpmath.mpc):
                raise ValueError("a complex number")  # noqa: TRY004  there is no real one
            return context.make_mpf(found._mpf_)

    return function


def _refuse_doubles(meaning: Function, point: Sequence[float]) -> None:
    """Raises TypeError for a meaning that loses the digits of its numbers."""
    try:
        with mpmath.workprec(200):
            found = meaning(*map(mpmath.mpf, point))
    except (ArithmeticError, ValueError):
        return  # it has no value there
    except TypeError as error:
        raise TypeError(
            f"the meaning is called with mpmath numbers and raised {error!r}: give a function of "
            f"mpmath (mpmath.exp, not math.exp), or a rule text"
        ) from error
    if type(found) is float and found != round(found):
        raise TypeError(
            f"the meaning gave the float {found!r}, which has lost the digits of mpmath's numbers: "
            f"give a function of mpmath (mpmath.exp, not math.exp), or a rule text"
        )


def _floats(function: Function, what: str = "the value") -> Function:
    """The same, with a float as its result, whatever holds it: a tensor, an array of one number."""

    def floats(*numbers: Any) -> Any:
        found = function(*numbers)
        if found is None:
            raise NoneError(f"{what} gave None at {numbers}: is a return missing?")
        return as_float(found)

    return floats


def as_float(found: Any) -> Any:
    """The number that is in a result.

    >>> as_float(2.0), as_float(Fraction(1, 2))
    (2.0, 0.5)
    """
    if isinstance(found, float | int | complex):
        return found
    item = getattr(found, "item", None)
    return item() if callable(item) else float(found)


@dataclass(frozen=True)
class _Rule:
    """The functions of a check, in whichever form they were given."""

    name: str
    inputs: tuple[str, ...]
    value: Function
    slopes: tuple[Function, ...]
    vjp: Function | None
    jvp: Function | None

    def __post_init__(self) -> None:
        given = [self.slopes or None, self.vjp, self.jvp]
        if sum(one is not None for one in given) != 1:
            raise TypeError(
                f"give {self.name!r} its derivative once: a slope for each input, or vjp=, or jvp="
            )
        if self.slopes and len(self.slopes) != len(self.inputs):
            raise TypeError(
                f"the inputs of {self.name!r} are {self.inputs}, and it has {len(self.slopes)} "
                f"slopes: give one for each, and name the inputs (inputs=)"
            )
        for function in (self.value, *self.slopes):
            if not callable(function):
                raise TypeError(f"a value and its slopes are functions of floats, not {function!r}")

    def functions(self) -> tuple[Function, ...]:
        """All of them."""
        return tuple(f for f in (self.value, *self.slopes, self.vjp, self.jvp) if f is not None)

    def numbers(self) -> set[float]:
        """The numbers that stand in their code."""
        return set().union(*map(exact.numbers, self.functions()))

    def gradient(self, point: Sequence[Any], lend: Callable[[Function], Function]) -> list[Any]:
        """The slope to each input, of functions that `lend` makes of those given."""
        size, numbers = len(point), [*point]
        if self.vjp is not None:
            found = [*lend(self.vjp)(numbers, 1.0)]
            if len(found) != size:
                raise TypeError(f"vjp gave {len(found)} gradients for {size} inputs")
            return found
        if self.jvp is not None:
            units = [[float(k == place) for k in range(size)] for place in range(size)]
            return [lend(self.jvp)(numbers, unit) for unit in units]
        return [lend(slope)(*point) for slope in self.slopes]

    def partials(self, point: Sequence[Any]) -> list[Any]:
        """The slopes as floats: None is no gradient of a vjp, and elsewhere a missing return."""
        found = self.gradient(point, lambda f: f)
        for name, slope in zip(self.inputs, found, strict=True):
            if slope is None and self.vjp is None:
                raise NoneError(
                    f"the slope of {self.name!r} to {name} gave None at {tuple(point)}: is a "
                    f"return missing?"
                )
        return [0.0 if slope is None else as_float(slope) for slope in found]

    def subject(self, row: Op, oracle: Oracle, numbers: set[float]) -> Subject:
        """What is checked."""
        value = _floats(self.value, f"the value of {self.name!r}")

        def unrounded(point: Sequence[Any], place: int | None) -> Any:
            given = [certified.number(x) for x in point]
            if place is None:
                return exact.lent(self.value)(*given)
            if self.slopes:
                return exact.lent(self.slopes[place])(*given)
            return self.gradient(given, exact.lent)[place]

        return Subject(
            name=self.name, inputs=self.inputs, oracle=oracle, formula="",
            texts=("",) * len(self.inputs), value=lambda point: value(*point),
            partials=lambda point, _: self.partials(point),
            exact=None if isinstance(oracle, Neighbourhood) else unrounded, inside=row.inside,
            at_kink=row.at_kink, domain=row.domain, kink=row.kink,
            marks=marks_of(row, numbers), python=True,
        )  # fmt: skip

    def try_out(self, point: Sequence[float] | None) -> None:
        """Raises TypeError where the functions cannot be called with floats at all."""
        if point is None:
            return
        try:
            value = _floats(self.value, f"the value of {self.name!r}")
            numbers = [value(*point), *self.partials(point)]
        except (ArithmeticError, ValueError):
            return  # that is for the check
        except NoneError:
            raise
        except Exception as error:
            raise TypeError(
                f"{self.name!r} and its derivative are called with floats, as at {point}, one for "
                f"each of inputs={self.inputs}, and that raised {error!r}"
            ) from error
        for number in numbers:
            if not isinstance(number, float | int | complex):
                raise TypeError(f"{self.name!r} at {point} gave {number!r}: give floats")

    def check_linear(self, proof: Proof) -> None:
        """Raises RuleError for a vjp that does not multiply by what comes in, or such a jvp."""
        if self.slopes:
            return
        for point in proof.tried.get(None, ())[:20]:
            right = proof.partials(point, proof.compute(point))
            if not all(isinstance(x, float | int) and math.isfinite(x) for x in right):
                continue
            weights = [-2.5, 0.75, 1.5, -0.5][: len(point)] + [3.0] * (len(point) - 4)
            if self.vjp is not None:
                given = self.vjp([*point], -2.5)
                found = [0.0 if x is None else as_float(x) for x in given]
                wanted, asked = [-2.5 * x for x in right], "the gradient -2.5 comes in"
            else:
                assert self.jvp is not None
                found = [as_float(self.jvp([*point], weights))]
                wanted = [math.fsum(w * x for w, x in zip(weights, right, strict=True))]
                asked = f"the tangents are {weights}"
            size = max(abs(w * x) for w in weights for x in right)
            for place, (one, other) in enumerate(zip(found, wanted, strict=True)):
                if not abs(one - other) <= 1e-9 * size + 1e-300:
                    proof.wrong(place, point, one, repr(other), asked)
