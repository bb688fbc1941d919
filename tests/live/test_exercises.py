"""Exercises: the same from every seed, read by the command line, pleasant, and rightly solved."""

import hashlib
import json
import math
from collections import Counter
from fractions import Fraction

import pytest

from autograd import topological
from autograd.explain.reading import Reading
from autograd.explain.slopes import gradients
from autograd.expressions.expression import graph
from autograd.formula import notation
from autograd.live import exercises, pool
from autograd.live.formulas import formulas

ALL = [exercise for shape in range(exercises.SHAPES) for exercise in exercises.sets(shape)]


class Dual:
    """A number and its derivative: what the engine is compared with."""

    def __init__(self, value, slope=0):
        self.value, self.slope = value, slope

    def __add__(self, other):
        other = dual(other)
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        other = dual(other)
        slope = self.slope * other.value + self.value * other.slope
        return Dual(self.value * other.value, slope)

    def __pow__(self, times):
        return math.prod([self] * (times - 1), start=self)

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -dual(other)

    def __rsub__(self, other):
        return dual(other) - self

    def __truediv__(self, number):
        return self * (Fraction(1, number) if isinstance(self.value, Fraction) else 1 / number)

    __radd__, __rmul__ = __add__, __mul__


def dual(number):
    return number if isinstance(number, Dual) else Dual(number)


def of(value, slope):
    return lambda x: Dual(value(x.value), x.slope * slope(x.value))


def logistic(x):
    return 1 / (1 + math.exp(-x))


FUNCTIONS = {
    "tanh": of(math.tanh, lambda x: 1 - math.tanh(x) ** 2),
    "exp": of(math.exp, math.exp),
    "sigmoid": of(logistic, lambda x: logistic(x) * (1 - logistic(x))),
    "relu": of(lambda x: max(x, 0), lambda x: int(x > 0)),
}


def derivative(exercise, leaf):
    kind = float if exercise.numbers == "float" else Fraction
    known = {name: Dual(kind(digits), int(name == leaf)) for name, digits in exercise.given.items()}
    for part in exercise.text.split("; "):
        name, _, formula = part.partition(" = ")
        known[name] = eval(formula, dict(FUNCTIONS), known)
    return known[name]


def test_a_seed_means_the_same_everywhere():
    """A page that a teacher links to asks the same in a year: change this only with the pool."""
    content = json.dumps([[one.level, one.text, dict(one.given)] for one in ALL])
    assert hashlib.sha256(content.encode()).hexdigest()[:16] == "cd892f1e327f212f"
    assert len({one.text for one in ALL}) == exercises.SHAPES
    assert len({(one.text, *one.given.values()) for one in ALL}) == len(ALL)
    again = exercises.exercise(7)
    assert again == exercises.exercise(7 + len(ALL)) == ALL[7 * exercises.SETS]
    assert [exercises.exercise(seed).level for seed in range(5)] == [*exercises.LEVELS]
    assert {exercises.exercise(seed, "paths").level for seed in range(20)} == {"paths"}


def test_what_is_no_seed_and_no_level_is_said():
    with pytest.raises(ValueError, match="unknown level 'hard': must be one of chain, product"):
        exercises.exercise(1, "hard")
    with pytest.raises(ValueError, match="a seed is a whole number from 0, not -1"):
        exercises.exercise(-1)


def test_the_command_line_reads_them_and_gets_the_same_graph():
    for exercise in ALL:
        root = graph(exercise.text, exercise.given, exercise.numbers)
        ours, theirs = topological(exercise.root), topological(root)
        assert [(x.op, x.label, x.data) for x in ours] == [(x.op, x.label, x.data) for x in theirs]
        assert 2 <= sum(node.op is not None for node in ours) <= 8, exercise.text
        named = {part.split(" = ")[0] for part in exercise.text.split("; ")}
        assert {node.label for node in ours if node.label} == named | set(exercise.given)


def test_their_numbers_are_exact_short_and_differ():
    for exercise in ALL:
        order = topological(exercise.root)
        given = [node.data for node in order if node.op is None]
        assert len(set(map(abs, given))) == len(given) == len(exercise.given)
        assert all(gradients(order).values()), "a gradient is 0"
        if exercise.numbers == "float":
            continue
        numbers = [*(node.data for node in order), *gradients(order).values()]
        numbers += [slope for node in order for _, _, slope in node.slopes()]
        for number in numbers:
            digits = notation.digits(number)
            assert isinstance(number, int | Fraction), (exercise, number)
            assert "/" not in digits and len(digits.strip("−0.").replace(".", "")) <= 5, digits


def test_their_gradients_are_right():
    for exercise in ALL:
        order = topological(exercise.root)
        found = {node.label: gradient for node, gradient in gradients(order).items()}
        for leaf in exercise.given:
            expected = derivative(exercise, leaf)
            if exercise.numbers == "fraction":
                assert found[leaf] == expected.slope, (exercise, leaf)
                assert exercise.root.data == expected.value
            else:
                assert found[leaf] == pytest.approx(expected.slope, rel=1e-12)


def test_something_is_used_twice_in_many():
    """Where there is one way only, nobody learns that ways add up."""
    several = 0
    for shape in range(exercises.SHAPES):
        order = topological(exercises.sets(shape)[0].root)
        uses = Counter(parent for node in order for parent in node.parents)
        several += max(uses.values()) > 1
    assert several >= 15


def test_the_pool_has_them_as_they_are():
    """Else run python -m tests.refresh."""
    stored = pool.unpacked(pool.stored())
    assert len(stored) == exercises.SHAPES and len(pool.stored()) < 60_000
    for shape in range(0, exercises.SHAPES, 3):
        now = json.loads(json.dumps(pool.entry(shape, pictured=False)))
        assert {key: stored[shape][key] for key in now} == now, exercises.shapes()[shape]
        needed = formulas(Reading(topological(exercises.sets(shape)[0].root), None))[1]
        assert {op.name for op in needed} <= {*pool.OPERATIONS}
    used = {node["op"] for entry in stored for node in entry["nodes"]} - {None}
    assert used <= {*pool.OPERATIONS}


def test_the_pool_has_the_pictures_that_are_drawn_today():
    stored, now = pool.unpacked(pool.stored())[4]["views"], pool.entry(4)["views"]
    if now["missing"]:
        pytest.skip(now["missing"])
    assert {key: stored[key] for key in now if key != "foldings"} == {
        key: json.loads(json.dumps(now[key])) for key in now if key != "foldings"
    }
    for key, folding in now["foldings"].items():
        other = stored["foldings"][key]
        assert folding.keys() == other.keys()
        for mine, theirs in zip(folding["boxes"], other["boxes"], strict=True):
            assert mine[4:] == theirs[4:]
        for mine, theirs in zip(folding["arrows"], other["arrows"], strict=True):
            assert [*mine[:2], *mine[7:]] == [*theirs[:2], *theirs[7:]]
