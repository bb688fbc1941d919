"""Answers: right ones are right however they are written; of a wrong one it is said what it is."""

from decimal import Decimal
from fractions import Fraction

import pytest

from autograd import Value, topological
from autograd.explain.reading import Reading
from autograd.live import pool
from autograd.live.exercises import fresh
from autograd.live.formulas import formulas
from autograd.live.program import program
from autograd.sheets import check
from autograd.sheets.answers import agrees, ways
from tests.live.node import run

NOTES = "h1 = x1*w1 + x2*w2; yhat = h1*w3; E = (yhat - y)**2/2"
GIVEN = {"x1": "5", "x2": "3", "y": "8", "w1": ".4", "w2": ".6", "w3": ".5"}
# By hand, from the notes: the value of E is 18.605, and ∂E/∂w1 = (−6.1)(0.5)(5).
RIGHT = {
    "h1": 3.8, "yhat": 1.9, "E": 18.605, "dE/dyhat": -6.1, "dE/dy": 6.1, "dE/dh1": -3.05,
    "dE/dw3": -23.18, "dE/dw1": -15.25, "dE/dw2": -9.15, "dE/dx1": -1.22, "dE/dx2": -1.83,
}  # fmt: skip


def said(name, answer):
    marks = check(NOTES, {name: answer}, **GIVEN)
    return next(said for said in marks.said.values() if said != "not answered yet")


def test_the_notes_are_right():
    marks = check(NOTES, RIGHT, **GIVEN)
    assert marks.complete and marks.right == len(RIGHT)
    assert set(marks.said.values()) == {"right"}


@pytest.mark.parametrize(
    "answer",
    [-15.25, "-15.25", "−15.25", " -61/4 ", "-1525e-2", Decimal("-15.25"), Fraction(-61, 4),
     -6.1 * 0.5 * 5, Value(-15.25)],
)  # fmt: skip
def test_an_answer_may_be_written_in_many_ways(answer):
    assert said("∂E/∂w₁", answer) == said("dE/dw_1", answer) == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (15.25, "That is right but for its sign."),
        (-3.05, "That comes out if the factor ∂h₁/∂w₁ = 5 is missing."),
        (-30.5, "That comes out if the factor ∂ŷ/∂h₁ = 0.5 is missing."),
        (2.5, "That comes out if the factor ∂E/∂ŷ = −6.1 is missing."),
        (-0.6, "That comes out if the factors are added, not multiplied."),
        (-23.18, "That is the gradient ∂E/∂w₃."),
        (3.8, "That is the local slope ∂ŷ/∂w₃."),
        (18.605, "That is the value of E."),
        (-152.5, "That is right but for the place of the point."),
        (-15.2, "That is close, but rounded: all digits are asked."),
        (-15.22, "That is close, but not it."),
        (7, "That is not it."),
        ("1e999999999", "'1e999999999' is no number: write it as -15.25, or as -61/4"),
        ("9e99", "That is not it."),
        (0, "That is not it."),
        ("-15,25", "'-15,25' is no number: a decimal point is a point, 0.5"),
        ("x", "'x' is no number: write it as -15.25, or as -61/4"),
        ("1/0", "'1/0' is no number: write it as -15.25, or as -61/4"),
        (float("nan"), "nan is no number: write it as -15.25, or as -61/4"),
        ([1], "[1] is no number: write it as -15.25, or as -61/4"),
        (1j, "1j is no number: write it as -15.25, or as -61/4"),
    ],
)
def test_of_a_wrong_answer_is_said_what_it_is(answer, words):
    assert said("dE/dw1", answer) == words


def test_ways_that_are_missing_are_named():
    text, given = "a = x*w; u = a + 2; v = a**2; f = u*v", {"x": "5", "w": "2"}
    # By hand: ∂f/∂a = v·1 + u·2·a = 100 + 240, and ∂a/∂w = 5.
    assert check(text, {"df/dw": 1700}, **given).right == 1
    for answer, words in (
        (500, "That comes out if the way over v, a is missing."),
        (1200, "That comes out if the way over u, a is missing."),
        (500 * 1200, "That comes out if the ways are multiplied, not added."),
        (-700, "That comes out if the way over v, a has the other sign."),
    ):
        assert check(text, {"df/dw": answer}, **given).said["∂f/∂w"] == words


def test_of_what_is_no_fraction_four_digits_are_enough():
    assert agrees(0.7616, 0.76159415) and agrees(Fraction("0.76159"), 0.76159415)
    assert not agrees(0.762, 0.76159415) and not agrees(-0.7616, 0.76159415)
    assert not agrees(0.76163, 0.76159415) and not agrees(Fraction("0.76163"), 0.76159415)
    assert agrees(Fraction(12350), 12345.6) and agrees(Fraction(1, 3), 0.333333333333)
    assert agrees(6.0, 6.0) and not agrees(6.0003, 6.0), "of a short one all digits are asked"
    assert agrees(0.0009995, 0.00099951) and not agrees(0.001, 0.00099951)
    marks = check("h = x*w; a = tanh(h); f = a*v", {"a": 0.4621}, x="1", w=".5", v="2")
    assert marks.said["a"] == "right"  # tanh(0.5) = 0.46212 (Abramowitz & Stegun, table 4.15)


@pytest.mark.parametrize(
    ("text", "given", "answers", "words"),
    [
        (NOTES, GIVEN, {"w7": 1}, "'w7' was not asked: there are h₁, ŷ, E, ∂E/∂"),
        (NOTES, {"x1": "5"}, {}, "needs a number for each of x1, w1, x2, w2, w3, y, and no other"),
        ("__import__('os')", {}, {}, "an exercise has parts such as"),
        ("f = __import__('os')", {}, {}, "cannot be read"),
        ("f = x.real", {"x": "1"}, {}, "cannot be read"),
        ("f = nosuch(x)", {"x": "1"}, {}, "there is no function nosuch"),
        ("f = x*2", {"x": "one"}, {}, "x is a number such as '0.4', not 'one'"),
        ("", {}, {}, "an exercise has parts such as"),
    ],
)
def test_what_cannot_be_checked_is_said_in_a_line(text, given, answers, words):
    with pytest.raises(ValueError, match=None) as caught:
        check(text, answers, **given)
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_answers_are_a_mapping():
    with pytest.raises(TypeError, match=r"answers are a dict such as .*, not list"):
        check(NOTES, [1], **GIVEN)


JS = """
import { Session } from "./graph.js";
import { rows } from "./rows.js";
import { Book } from "./derivation.js";
import { questionsOf } from "./questions.js";
import { verdict } from "./mistakes.js";
import { parseNumber } from "./numbers.js";
const book = new Book(new Session(data.given.program, rows));
const questions = questionsOf(book).filter(({ kind }) => kind === "gradient");
say(data.given.asked.map(([node, text]) => {
  const question = questions.find((one) => one.node === node);
  return question ? verdict(book, question, parseNumber(text)).said : null;
}));
"""


def test_a_sheet_says_what_the_page_says(tmp_path):
    """Where a factor, a way or a sign is missing, both have the same sentence."""
    compared = 0
    for exercise in fresh(2, ["product", "paths", "paths", "neuron"]):
        reading = Reading(topological(exercise.root), None)
        place = {node: at for at, node in enumerate(reading.order)}
        wrong = []
        for leaf in (node for node in reading.order if node.op is None and node.label):
            right = reading.gradient[leaf]
            for way in ways(reading, leaf):
                for factor in way:
                    wrong += [(leaf, right / factor.number), (leaf, factor.number)]
                product = Fraction(1)
                for factor in way:
                    product *= factor.number
                wrong += [(leaf, right - product), (leaf, -right), (leaf, right * 10)]
        wrong = [(leaf, number) for leaf, number in wrong if number != reading.gradient[leaf]]
        asked = [[place[leaf], str(number)] for leaf, number in wrong]
        known = program(reading) | {"formulas": formulas(reading)[0]}
        given = {"program": known, "asked": asked}
        [theirs] = run(tmp_path, JS, ops=pool.operations(), given=given)
        for (leaf, number), sentence in zip(wrong, theirs, strict=True):
            name = f"d{reading.root.label}/d{leaf.label}"
            marks = check(exercise.text, {name: number}, **exercise.given)
            ours = next(one for one in marks.said.values() if one != "not answered yet")
            if sentence is not None:  # the page may give more reasons, and asks for long ways only
                said_there = sentence or "That is not it."
                assert said_there.startswith(ours.rstrip(".")), (exercise, leaf, number, ours)
                compared += 1
    assert compared > 40


def test_a_graph_of_any_numbers_can_be_asked():
    for kind in (int, Decimal, Fraction, float):
        w, x = Value(kind(3), "w"), Value(kind(-5), "x")
        y = (w * x).relu() + w
        y.label = "y"
        marks = check(y, {"y": 3, "dy/dw": 1, "dy/dx": 0})
        assert marks.complete, marks  # relu is dead: nothing comes back to x
        assert check(y, {"dy/dw": 2}).said["∂y/∂w"] == "That is not it."
    with pytest.raises(ValueError, match="a number of this graph is ∞"):
        check(Value(float("inf"), "a") * 2, {})
