"""The notes' hand calculation: one step of back propagation, worked out from start to end."""

from __future__ import annotations

import decimal
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import islice
from typing import Any, TypeAlias

from autograd.explain import explain
from autograd.explain.derivation import Explanation
from autograd.explain.equation import NOISE, Equation
from autograd.expressions.expression import NUMBERS, number
from autograd.expressions.size import length
from autograd.formula.arithmetic import read_digits
from autograd.formula.notation import DIGITS, digits, is_finite, pretty
from autograd.formula.tree import Partial, Sym
from autograd.value import Value

# The notes' inputs, as they write them.
INPUTS: Mapping[str, str] = {
    "x1": "5",
    "x2": "3",
    "y": "8",
    "w1": "0.4",
    "w2": "0.6",
    "w3": "0.5",
    "b1": "0",
    "b2": "0",
}
RATE = "0.01"
WEIGHTS = ("w3", "w1", "w2")  # in the order in which the notes differentiate

# What the notes print, where they print it, and the slips among it.
PRINTED: Mapping[str, str] = {
    "h1": "3.8",
    "yhat": "1.9",
    "E": "18.6",
    "dE/dyhat": "−6.1",
    "dE/dw3": "−23.18",
    "dE/dw1": "−15.25",
    "dE/dw2": "−9.15",
    "new w3": "0.7318",
    "new w1": "0.5525",
    "new w2": "0.6915",
    "new h1": "4.837",
    "new yhat": "3.5397",
    "new E": "9.947",
}
SLIPS: Mapping[str, str] = {
    "yhat": "the notes write 3.8 + 0.5 + 0; the product 3.8·0.5 + 0 is what gives 1.9",
    "E": "the notes write (−6.1)² = 37.82; it is 37.21, and half of it is 18.605, rounded to 18.6",
    "new E": "the notes say “from 16.8 in the first iteration”; the first error was 18.6",
}
ELSEWHERE = (
    "“10 / 1000 = 100” should read 1000 / 10 = 100: 1000 samples in batches of 10 are",
    "100 iterations an epoch, and 100 epochs are 10 000 iterations.",
    "“Without chain rule” drops the factor 1/2 of E: e = (ŷ − y)² has twice its gradients.",
    "PyTorch is Meta's; TensorFlow is Google's; CNTK was Microsoft's.",
)

# Exact digits triple with every step as a rule: a fourth step would fill screens.
EXACT_STEPS = 3
MOST_STEPS = 10_000
LONGEST = 300
PLACES = (50, 400, 1600)  # digits to reckon with, more than are shown
GUARD = 30
MOST_SHOWN = 24  # digits of an error while training, unless --digits asks for more


Writer: TypeAlias = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Network:
    """The notes' network with its numbers: `h1 = x1·w1 + x2·w2 + b1`, `ŷ = h1·w3 + b2`."""

    inputs: Mapping[str, Any]

    def forward(self) -> dict[str, Value]:
        """Every value of the forward pass by name. A bias of 0 is left out, as in the notes."""
        v = {name: Value(number, name) for name, number in self.inputs.items()}
        h1 = v["x1"] * v["w1"] + v["x2"] * v["w2"]
        v["h1"] = h1 + v["b1"] if v["b1"].data else h1
        v["h1"].label = "h1"
        yhat = v["h1"] * v["w3"]
        v["yhat"] = yhat + v["b2"] if v["b2"].data else yhat
        v["yhat"].label = "yhat"
        v["E"] = (v["yhat"] - v["y"]) ** 2 / 2
        v["E"].label = "E"
        return v

    def updated(self, values: Mapping[str, Value], rate: Any) -> Network:
        """The network after one step of gradient descent on its three weights."""
        new = {name: values[name].data - rate * values[name].grad for name in WEIGHTS}
        return Network({**self.inputs, **new})

    def converted(self, convert: Callable[..., Any], *options: Any) -> Network:
        """The network with its numbers in another type."""
        return Network({name: convert(x, *options) for name, x in self.inputs.items()})


def network(numbers: str = "fraction", given: Mapping[str, str] | None = None) -> Network:
    """The notes' network in a number type, some inputs replaced.

    Raises ValueError for an unknown number type or name, or a text that is no number.

    >>> values = network().forward()
    >>> values["E"].backward()
    >>> values["E"].data == Fraction("18.605"), values["w1"].grad == Fraction("-15.25")
    (True, True)
    """
    for name in given or {}:
        if name not in INPUTS:
            raise ValueError(f"the network has no {name!r}: it has {', '.join(INPUTS)}")
    texts = {**INPUTS, **(given or {})}
    return Network({name: parse(text, numbers, name) for name, text in texts.items()})


def parse(text: str, numbers: str, name: str) -> Any:
    """The finite number that a text means, in the number type called `numbers`."""
    if numbers not in NUMBERS:
        raise ValueError(f"unknown number type {numbers!r}: must be one of {', '.join(NUMBERS)}")
    try:
        found = number(text, NUMBERS[numbers])
    except (ValueError, TypeError, ArithmeticError) as error:
        said = str(error).replace(repr(text), "")  # what Python says, without what was given
        if "digits" in said or "too large" in said:
            raise ValueError(
                f"{name} must have at most {LONGEST} digits, unlike {text!r}"
            ) from None
        raise ValueError(f"{name} must be a number, not {text!r}") from None
    if length(found) > LONGEST:
        raise ValueError(f"{name} must have at most {LONGEST} digits before or behind its point")
    if not math.isfinite(found):
        raise ValueError(f"{name} must be a finite number, not {text!r}")
    return found


def calculation(
    numbers: str = "fraction",
    rate: str = RATE,
    given: Mapping[str, str] | None = None,
    steps: int = 1,
    shown: int | None = None,
) -> Iterator[str]:
    """The lines of the whole calculation.

    `steps` counts the updates; `shown` says how many significant digits a number has, all of an
    exact one if it is None. Beside each number stands what the notes print, as long as the
    inputs and the learning rate are theirs.
    """
    net = network(numbers, given)
    eta = parse(rate, numbers, "the learning rate")
    ours = eta == parse(RATE, numbers, "the learning rate")
    theirs, write = _Notes(compare=ours and not given), partial(digits, significant=shown)
    values = net.forward()
    yield from _heading("The network")
    yield from _diagram(values, write)
    yield ""
    yield from _heading("Forward pass")
    workings = {name: explain(values["E"], values[name], digits=shown) for name in WEIGHTS}
    yield from _forward(workings["w3"], theirs, "")
    yield ""
    said: set[str] = set()
    for name in WEIGHTS:
        yield from _heading(f"Chain rule for {pretty(name)}")
        yield from _chain(workings[name], said, theirs)
        yield ""
    yield from _heading(f"Updates with learning rate η = {write(eta)}")
    values["E"].backward()
    new = net.updated(values, eta)
    for name in WEIGHTS:
        yield from _update(name, values[name], eta, new.inputs[name], write)
        yield from theirs.beside(f"new {name}", new.inputs[name])
    yield ""
    again = new.forward()
    yield from _heading("Second forward pass")
    yield from _forward(explain(again["E"], again["w3"], digits=shown), theirs, "new ")
    yield ""
    before, after = write(values["E"].data), write(again["E"].data)
    verb = "fell" if again["E"].data < values["E"].data else "did not fall:"
    yield f"The error {verb} from {before} to {after}."
    if theirs.compare:
        yield ""
        yield from _heading("Elsewhere in the notes")
        yield from (f"  {slip}" for slip in ELSEWHERE)
    if steps > 1:
        yield ""
        yield from _training(net, eta, steps, numbers, shown)


@dataclass(frozen=True, slots=True)
class _Notes:
    """What the notes print beside each of our numbers."""

    compare: bool

    def beside(self, key: str, value: Any) -> Iterator[str]:
        if not self.compare or key not in PRINTED:
            return
        printed = PRINTED[key]
        same = digits(value) == printed
        yield f"      notes: {printed}" + ("" if same else f"   ({digits(value)} rounded)")
        if key in SLIPS:
            yield f"      slip:  {SLIPS[key]}"


def _heading(title: str) -> Iterator[str]:
    yield title
    yield "─" * len(title)


def _diagram(values: Mapping[str, Value], write: Writer) -> Iterator[str]:
    v = {name: f"{pretty(name)} = {write(value.data)}" for name, value in values.items()}
    first, second = f"{v['x1']} ── {v['w1']} ──┐", f"{v['x2']} ── {v['w2']} ──┘"
    width = max(len(first), len(second))
    yield "  " + first.rjust(width)
    yield "  " + " " * (width - 1) + f"├── h₁ ── {v['w3']} ── ŷ    (y = {write(values['y'].data)})"
    yield "  " + second.rjust(width)
    biases = [v[name] for name in ("b1", "b2")]
    yield f"  biases: {', '.join(biases)}"


def _forward(working: Explanation, theirs: _Notes, prefix: str) -> Iterator[str]:
    for step in working.values:
        yield f"  {step}"
        name = step.formulas[0]
        assert isinstance(name, Sym)  # a value's name
        yield from theirs.beside(prefix + name.name, step.value)


def _chain(working: Explanation, said: set[str], theirs: _Notes) -> Iterator[str]:
    for step in working.slopes:
        if str(step) not in said:
            said.add(str(step))
            yield f"  {step}"
            yield from theirs.beside(_key(step), step.value)
    for step in working.chain:
        yield f"  {step}"
        yield from theirs.beside(_key(step), step.value)


def _key(step: Equation) -> str:
    partial = step.formulas[0]
    return f"d{partial.of}/d{partial.to}" if isinstance(partial, Partial) else ""


def _update(name: str, weight: Value, eta: Any, new: Any, write: Writer) -> Iterator[str]:
    symbol, step = pretty(name), eta * weight.grad
    given = weight.data, eta, weight.grad
    old, rate, gradient, change, result = texts = [*map(write, (*given, abs(step), new))]
    w, r, g, c, n = map(read_digits, (old, rate, gradient, change, result))
    sign, after = ("+", w + c) if step <= 0 else ("−", w - c)
    first = "=" if {*map(_sign, given, texts)} == {"="} else "≈"
    second, third = ("=" if x == y else "≈" for x, y in ((w - r * g, after), (after, n)))
    yield (
        f"  {symbol} new = {symbol} − η · ∂E/∂{symbol} {first} {old} − {rate}·({gradient}) "
        f"{second} {old} {sign} {change} {third} {result}"
    )


def _training(net: Network, eta: Any, steps: int, numbers: str, shown: int | None) -> Iterator[str]:
    """The error after each of `steps` updates: exactly, then in the digits that are known."""
    yield from _heading(f"Training for {steps} steps")
    if numbers == "float":
        yield from _float_errors(net, eta, steps, shown)
        return
    exact, wanted, cut = net.converted(Fraction), shown or DIGITS, False
    for step, error in enumerate(islice(_errors(exact, Fraction(eta)), steps + 1)):
        if step > EXACT_STEPS and length(error) > LONGEST:
            break
        text = digits(error, shown)
        if shown is None and len(text) > MOST_SHOWN:
            text, cut = digits(error, DIGITS), True
        yield f"  step {step}: E {_sign(error, text)} {text}"
    else:
        step = steps + 1
    if step <= steps:
        yield f"  Exact digits triple with every step: from here on the first {wanted} of them."
        known = _known(exact, Fraction(eta), steps, wanted)
        for later, error in enumerate(known[step:], step):
            yield f"  step {later}: E ≈ {digits(error, wanted)}"
        if len(known) <= steps:
            yield (
                f"  step {max(step, len(known))} and later: no digits are known, as so many are "
                f"lost in ŷ − y that {PLACES[-1] + wanted} are too few to reckon with."
            )
    if shown is None and (cut or step <= steps):
        yield f"  Beside ≈ stand {DIGITS} digits of more: --digits {LONGEST} shows them."


def _float_errors(net: Network, eta: float, steps: int, shown: int | None) -> Iterator[str]:
    for step, error in enumerate(islice(_errors(net, eta), steps + 1)):
        text = digits(error, shown)
        sign = "≈" if step and is_finite(error) else _sign(error, text)
        yield f"  step {step}: E {sign} {text}"
    yield "  Floats round at every step, and ŷ − y loses digits: --numbers fraction knows them."


def _errors(net: Network, eta: Any, places: int | None = None) -> Iterator[Any]:
    """The error, and that after each update; Decimals are rounded to `places` digits."""
    while True:
        with decimal.localcontext() as context:
            context.prec = places or context.prec
            values = net.forward()
            values["E"].backward()
            net = net.updated(values, eta)
        yield values["E"].data


def _known(net: Network, eta: Fraction, steps: int, wanted: int) -> list[Decimal]:
    """The errors up to the first one of which `wanted` digits are not known.

    They are reckoned twice, the second time with more digits: where both agree, what rounding did
    to the first one is too little to be seen, and in the second one it is far less.
    """
    found: list[Decimal] = []
    for places in PLACES:
        first, second = (
            _errors(net.converted(_decimal, more), _decimal(eta, more), more)
            for more in (places + wanted, places + wanted + GUARD)
        )
        found = []
        for less, more in islice(zip(first, second, strict=False), steps + 1):
            if abs(less - more).scaleb(wanted + 2) >= abs(more):
                break
            found.append(more)
        if len(found) > steps:
            break
    return found


def _sign(number: Any, text: str) -> str:
    """Whether the digits are the number, but for rounding noise: = or ≈."""
    if not is_finite(number):
        return "="
    off = abs(Fraction(number) - Fraction(read_digits(text)))
    return "≈" if off > (NOISE * abs(number) if isinstance(number, float) else 0) else "="


def _decimal(number: Fraction, places: int) -> Decimal:
    with decimal.localcontext() as context:
        context.prec = places
        return Decimal(number.numerator) / Decimal(number.denominator)
