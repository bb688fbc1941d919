"""Exercises: small expressions to practise the chain rule on, each made from a seed.

A seed means the same expression and the same numbers everywhere. There are 500 that a page carries,
and with `fresh` as many more as one likes. The numbers are chosen so that
all values, slopes and gradients have few digits, and that no two of them are easily confused.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import count
from random import Random
from typing import Any, Final

from autograd import text as tx
from autograd.engine import FUNCTIONS
from autograd.explain.slopes import gradients
from autograd.formula import notation
from autograd.graph import topological
from autograd.value import Value

# From easy to hard. Seeds go through them in turn.
LEVELS: Final = ("chain", "product", "paths", "activation", "neuron")

# There are this many expressions, and each with this many sets of numbers.
SHAPES: Final = 50
SETS: Final = 10

# Numbers are drawn so many times at most: a test holds that this is more than enough.
MOST_DRAWS: Final = 4000

# What is to be worked out on paper has numbers of at most this many digits; an expression that has
# none after so many draws is left, and one comes again only where so many others were no new ones.
PAPER: Final = 4
FEW_DRAWS: Final = 60
MOST_TRIED: Final = 40

# A pleasant number has at most this many digits, and these bounds.
DIGITS: Final = 5
SMALLEST, LARGEST = Fraction(1, 200), 1000

# What is written for a step: `_` is what it starts from, `#` a small whole number.
_SUMS: Final = ("_ + #", "_ - #", "# - _")
_PRODUCTS: Final = ("#*_", "_/2", "-_/4", "#*_ - #", "# - #*_")
_POWERS: Final = ("_**2", "_**2/2", "(_ - #)**2", "(# - _)**2", "_**3")

# Small numbers, and those that weights often are.
# fmt: off
_WHOLE: Final = ("2", "3", "4", "5", "6", "7", "8", "9", "-2", "-3", "-4", "-5")
_PARTS: Final = (
    ".2", ".3", ".4", ".5", ".6", ".7", ".8", ".9", "1.5", "2.5",
    "-.2", "-.3", "-.4", "-.5", "-.6", "-.8", "-1.5",
)
_SMALL: Final = (".2", ".3", ".4", ".5", ".6", ".8", "1.2", "-.2", "-.4", "-.5", "-.6")
# fmt: on

# Functions whose values are no fractions, and where they are worth a question.
_CURVED: Final = ("tanh", "sigmoid", "exp")
_OPERATORS: Final = {"+": "add", "-": "sub", "*": "mul", "/": "div", "**": "power"}


@dataclass(frozen=True, slots=True)
class Exercise:
    """An expression and a number for each of its leaves, as text that the command line reads.

    `numbers` is the number type that all its values have: "fraction", or "float".

    >>> notes = Exercise("neuron", "h = x*w; E = (h - y)**2/2", {"x": "5", "w": ".4", "y": "8"})
    >>> notes.root.data, notes.command()
    (Fraction(18, 1), "python -m autograd explain 'h = x*w; E = (h - y)**2/2' x=5 w=.4 y=8")
    """

    level: str
    text: str
    given: Mapping[str, str]

    @property
    def numbers(self) -> str:
        """The number type: floats where a value is no fraction."""
        return "float" if is_curved(self.text) else "fraction"

    @property
    def root(self) -> Value:
        """The graph, recorded anew."""
        kind = float if self.numbers == "float" else Fraction
        return graph(self.text, {name: kind(number) for name, number in self.given.items()})

    def command(self) -> str:
        """What explains it on the command line."""
        numbers = " ".join(f"{name}={number}" for name, number in self.given.items())
        other = " --numbers float" * (self.numbers == "float")
        return f"python -m autograd explain {shlex.quote(self.text)} {numbers}{other}"


def exercise(seed: int, level: str | None = None) -> Exercise:
    """The exercise of a seed, of one level or of all in turn: after 500 they come again.

    Raises ValueError for a level that there is not, and a seed below 0.

    >>> first = exercise(0)
    >>> first.level, first == exercise(0), exercise(7, "neuron").level
    ('chain', True, 'neuron')
    """
    if level is not None and level not in LEVELS:
        raise ValueError(f"unknown level {level!r}: must be one of {', '.join(LEVELS)}")
    if seed < 0:
        raise ValueError(f"a seed is a whole number from 0, not {seed}")
    place = seed if level is None else seed * len(LEVELS) + LEVELS.index(level)
    round_, shape = divmod(place, SHAPES)
    return sets(shape)[round_ % SETS]


def fresh(seed: int, levels: Sequence[str], *, curved: bool = False) -> list[Exercise]:
    """Exercises of these levels, for paper: other ones for each seed, and none of them twice.

    All their numbers are exact and have at most four digits, and of every three with relu one has
    it where it is 0; with `curved`, those of the levels `CURVED` have tanh, sigmoid or exp, whose
    values are no fractions.

    >>> [one.level for one in fresh(7, ["chain", "neuron"])], fresh(7, ["chain"])[0].text
    (['chain', 'neuron'], 'a = -x/4; f = a**2/2')
    """
    choice, found = _Choice(seed), list[Exercise]()
    for level in levels:
        found.append(_made(level, choice, found, curved=curved))
    return found


def _made(level: str, choice: _Choice, known: Sequence[Exercise], *, curved: bool) -> Exercise:
    """An exercise that is not known, nor is its expression as long as others are found."""
    texts = {one.text for one in known}
    curved = curved and level in CURVED
    off = sum(_has_relu(one.text) for one in known) % 3 == 1
    for tried in count():
        text = (_CURVED_WRITERS if curved else _WRITERS)[level](choice)
        new = text not in texts or tried > MOST_TRIED
        if new and is_curved(text) is curved and _is_fit(text):
            for _ in range(FEW_DRAWS):
                exercise = Exercise(level, text, _drawn(text, choice))
                pleasant = _is_pleasant(exercise.root, PAPER, off=off and _has_relu(text))
                if pleasant and exercise not in known:
                    return exercise
    raise AssertionError


def _has_relu(text: str) -> bool:
    return "relu(" in text


def is_curved(text: str) -> bool:
    """Whether there is a function in it whose values are no fractions."""
    return any(f"{name}(" in text for name in _CURVED)


def _is_fit(text: str) -> bool:
    """Whether it is neither short nor long, and all of it is used."""
    return 2 <= operations(text) <= 8 and _uses_all(text)


def _drawn(text: str, choice: _Choice) -> dict[str, str]:
    """A number for each leaf."""
    return {name: choice.of(_numbers(name, text)) for name in leaves(text)}


@cache
def shapes() -> tuple[tuple[str, str], ...]:
    """The level and the text of each expression; they differ in more than the last part."""
    found: dict[str, tuple[str, str]] = {}
    for seed in count():
        level = LEVELS[len(found) % len(LEVELS)]
        text = _WRITERS[level](_Choice(seed))
        if _is_fit(text):
            found.setdefault(text.rpartition(";")[0], (level, text))
        if len(found) == SHAPES:
            return tuple(found.values())
    raise AssertionError


@cache
def sets(shape: int) -> tuple[Exercise, ...]:
    """The exercises of one expression: its sets of numbers."""
    level, text = shapes()[shape]
    choice = _Choice(shape)
    found: dict[tuple[str, ...], Exercise] = {}
    for _ in range(MOST_DRAWS):
        given = _drawn(text, choice)
        exercise = Exercise(level, text, given)
        if tuple(given.values()) not in found and _is_pleasant(exercise.root):
            found[tuple(given.values())] = exercise
        if len(found) == SETS:
            return tuple(found.values())
    raise AssertionError(text)


def _numbers(name: str, text: str) -> tuple[str, ...]:
    """The numbers that a leaf may be."""
    if is_curved(text):
        return _SMALL
    if len(leaves(text)) == 1:
        return _WHOLE + _PARTS
    return _PARTS if name[0] in "wb" else _WHOLE


# Reading an expression.


def parts(text: str) -> list[tuple[str, tx.Node]]:
    """The name and the tree of each part."""
    pairs = (part.split(" = ") for part in text.split("; "))
    return [(name, tx.read(formula)) for name, formula in pairs]


def leaves(text: str) -> list[str]:
    """The names that need a number, in the order in which they are mentioned."""
    named = [name for name, _ in parts(text)]
    mentioned = [name for _, tree in parts(text) for name in tx.names(tree)]
    return [name for name in dict.fromkeys(mentioned) if name not in named]


def _uses_all(text: str) -> bool:
    """Whether every part but the last is used in another one."""
    mentioned = {name for _, tree in parts(text) for name in tx.names(tree)}
    return all(name in mentioned for name, _ in parts(text)[:-1])


def operations(text: str) -> int:
    """How many operations it has."""
    kinds = tx.Binary | tx.Call | tx.Negative
    return sum(isinstance(node, kinds) for _, tree in parts(text) for node in tx.walk(tree))


def graph(text: str, given: Mapping[str, Any]) -> Value:
    """The Value of the last part.

    >>> graph("a = x + 3; f = a**2", {"x": 2}).data
    25
    """
    values: dict[str, Any] = {name: Value(number, name) for name, number in given.items()}
    for name, tree in parts(text):
        values[name] = root = _value(tree, values)
        root.label = name
    return root  # type: ignore[no-any-return]


def _value(node: tx.Node, values: Mapping[str, Any]) -> Any:
    """What a tree is: a Value, or a number where there is no name in it."""
    match node:
        case tx.Name(name):
            return values[name]
        case tx.Number(number):
            return number
        case tx.Negative(of):
            return -_value(of, values)
        case tx.Binary(sign, left, right):
            return FUNCTIONS[_OPERATORS[sign]](_value(left, values), _value(right, values))
        case tx.Call(name, arguments):
            return FUNCTIONS[name](*(_value(argument, values) for argument in arguments))
    raise TypeError(f"not a tree of an exercise: {node!r}")


# What is pleasant.


def _is_pleasant(root: Value, most: int = DIGITS, *, off: bool = False) -> bool:
    """Whether all its numbers are short, and those of its leaves all different.

    With `off`, a relu in it is where it is 0, and still something comes back to a leaf.
    """
    order = topological(root)
    gradient = gradients(order)
    leaves_ = [node for node in order if node.op is None]
    slopes = [slope for node in order for _, _, slope in node.slopes() if slope is not False]
    numbers = [*(node.data for node in order), *slopes, *gradient.values()]
    if off:
        if all(node.data or node.op is None or node.op.name != "relu" for node in order):
            return False
        if not any(gradient.get(leaf, 0) for leaf in leaves_):
            return False
        numbers = [number for number in numbers if number]
    return (
        len({abs(leaf.data) for leaf in leaves_}) == len(leaves_)
        and (off or len(gradient) == len(order))  # no relu is dead
        and all(_is_short(number, most) for number in numbers)
    )


def _is_short(number: Any, most: int) -> bool:
    """Whether a number has few digits. A float has not, but may be neither large nor tiny."""
    within = bool(SMALLEST <= abs(number) <= LARGEST)
    if isinstance(number, float) or not within:
        return within
    digits = notation.digits(number)
    return "/" not in digits and len(digits.lstrip("−0.").replace(".", "")) <= most


# Writing an expression.


class _Choice:
    """Choices from a seed: the same in every version of Python, whose `random` promises that."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed).random  # noqa: S311  nothing here is secret

    def of(self, choices: Iterable[str]) -> str:
        """One of them."""
        known = [*choices]
        return known[int(self.random() * len(known))]

    def step(self, source: str, *kinds: str) -> str:
        """A step from what `source` names."""
        text = self.of(kinds)
        return re.sub("#", lambda _: self.of("2345"), text.replace("_", source))


def _joined(choice: _Choice, names: str, formulas: Iterable[str]) -> str:
    """The parts of an expression."""
    pairs = zip(names, formulas, strict=True)
    return "; ".join(f"{name} = {choice.step('_', text)}" for name, text in pairs)


def _chain(choice: _Choice) -> str:
    """`a = x - 2; b = 3*a; f = b**2`: one leaf, and one way."""
    kinds = [_SUMS, _PRODUCTS, _POWERS]
    steps = [kinds.pop(int(choice.random() * len(kinds))) for _ in range(3)]
    if choice.random() < 0.3:
        steps.remove(_SUMS)
    names = "abf" if len(steps) == 3 else "af"
    formulas = [choice.step(name, *kind) for name, kind in zip("xab", steps, strict=False)]
    return _joined(choice, names, formulas)


def _product(choice: _Choice) -> str:
    """`a = x*w; b = a + y; f = b**2`: a leaf in each step, and one way to each."""
    first = choice.of(["x*w", "x*w + b", "w*(x - #)", "x*w - b", "x/2 + w"])
    second = choice.of(["a - y", "y - a", "a*y", "a + 2*y", "a*y - z", "y*(a - z)"])
    last = choice.step("c", *_POWERS[:3], "c*v", "v*(c - #)", "c**2*v", "v - c**2", "v*c + #")
    return _joined(choice, "acf", [first, second, last])


def _paths(choice: _Choice) -> str:
    """`a = x*w; u = 2*a; v = a**2; f = u*v`: something is used twice, and its ways add up."""
    first = choice.of(["x*w", "x + w", "x - w", "x**2", "x*w + #", "# - x"])
    shared = choice.of(["a", "a", "x"])
    one = choice.step(shared, "#*_", "_ + #", "_ - #", "_*y", "_ + y", "# - _")
    other = choice.step(shared, "_**2", "_*z", "_ - z", "#*_", "_**2 - #", "a*x")
    last = choice.of(["u*v", "u*v", "u + v**2", "u**2 - v", "u*v + a", "(u + v)**2", "u*v - x"])
    return _joined(choice, "auvf", [first, one, other, last])


def _activation(choice: _Choice) -> str:
    """`h = x*w + b; a = tanh(h); f = a**2`: a function whose slope its value gives."""
    first = choice.of(["x*w + b", "x*w", "x1*w1 + x2*w2", "x*w - b", "w*(x + b)"])
    curve = choice.of(["relu(h)", "relu(h)", "tanh(h)", "tanh(h)", "sigmoid(h)", "exp(h)"])
    last = choice.of(["a*v", "a**2", "(a - y)**2/2", "a*v - y", "a*h", "a*v + h", "(y - a)**2"])
    return f"h = {first}; a = {curve}; f = {last}"


def _curved_activation(choice: _Choice) -> str:
    """The same, and the function is none of fractions."""
    return next(text for text in iter(lambda: _activation(choice), "") if is_curved(text))


def _curved_neuron(choice: _Choice) -> str:
    """`h = x*w1 + b; a = tanh(h); yhat = a*w2; E = (yhat - y)**2/2`."""
    curve, last = choice.of(["tanh", "sigmoid"]), choice.of(["(yhat - y)**2/2", "(y - yhat)**2"])
    hidden = choice.of(
        [
            f"h = x1*w1 + x2*w2; yhat = {curve}(h)",
            f"h = x*w + b; yhat = {curve}(h)",
            f"h = x*w1; a = {curve}(h); yhat = a*w2",
            f"h = x*w1 + b; a = {curve}(h); yhat = a*w2",
            f"h = x*w1; a = {curve}(h); yhat = a*w2 + b",
        ]
    )
    return f"{hidden}; E = {last}"


def _neuron(choice: _Choice) -> str:
    """The notes' neurons: `h = x1*w1 + x2*w2; yhat = h*w3; E = (yhat - y)**2/2`."""
    sum_, error = "x1*w1 + x2*w2", choice.of(["(yhat - y)**2/2", "(yhat - y)**2", "(y - yhat)**2"])
    hidden = choice.of(
        [
            f"h = {sum_}; yhat = h*w3",
            f"h = {sum_} + b; yhat = h*w3",
            f"h = {sum_}; yhat = relu(h)",
            f"h = {sum_} + b; yhat = relu(h)",
            f"h = {sum_}; yhat = h*w3 + b",
            "h1 = x*w1; h2 = x*w2; yhat = h1*w3 + h2*w4",
            "h1 = x*w1; h2 = x*w2; yhat = h1*h2",
            "h1 = x*w1; h2 = h1*w2; yhat = h2*w3",
            "h = x*w1 + b1; yhat = h*w2 + b2",
            "h1 = x*w; h2 = h1*w; yhat = h2*v",
            "h1 = x1*w; h2 = x2*w; yhat = h1 + h2*v",
            "h1 = x1*w + b; h2 = x2*w + b; yhat = h1*h2",
        ]
    )
    return f"{hidden}; E = {error}"


_WRITERS: Final = {
    "chain": _chain, "product": _product, "paths": _paths, "activation": _activation,
    "neuron": _neuron,
}  # fmt: skip
_CURVED_WRITERS: Final = {"activation": _curved_activation, "neuron": _curved_neuron}
# The levels that have functions whose values are no fractions.
CURVED: Final = tuple(_CURVED_WRITERS)
