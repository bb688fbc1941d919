"""Answers: right ones are right however they are written; of a wrong one it is said what it is."""

import os
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from autograd import Value, topological
from autograd.explain.reading import Reading
from autograd.live import pool
from autograd.live.exercises import fresh
from autograd.live.formulas import formulas
from autograd.live.program import program
from autograd.sheets import check
from autograd.sheets.answers import ways
from autograd.sheets.digits import agrees
from tests.live.node import run
from tests.sheets.student import rounded, work

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
        (NOTES, {"x1": "5"}, {}, "has no number: give one, such as w1=1"),
        ("__import__('os')", {}, {}, "unknown function '__import__'"),
        ("f = __import__('os')", {}, {}, "cannot be read"),
        ("f = x.real", {"x": "1"}, {}, "cannot be read"),
        ("f = nosuch(x)", {"x": "1"}, {}, "unknown function 'nosuch'"),
        ("f = x*2", {"x": "one"}, {}, "x: 'one' is not a number"),
        ("", {}, {}, "the expression '' is empty: write one, such as x*2"),
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
    with pytest.raises(ValueError, match="f is ∞"):
        check(Value(float("inf"), "a") * 2, {})


@pytest.mark.parametrize("seed", range(60 if os.environ.get("SOAK") else 2))
def test_who_rounds_each_step_to_four_digits_is_right(seed):
    """In either order of the products, and however many there are."""
    for exercise in fresh(seed, ["activation", "neuron", "activation"], curved=True):
        values, gradients = work(exercise.text, exercise.given)
        root = [*values][-1]
        for order in (0, 1):
            found = {f"d{root}/d{name}": both[order] for name, both in gradients.items()}
            marks = check(exercise.text, values | found, **exercise.given)
            assert marks.complete, (exercise, found, marks)
            three = {name: rounded(1.02 * number, 3) for name, number in found.items() if number}
            assert not check(exercise.text, three, **exercise.given).right


def test_a_short_result_of_rounding_is_right():
    # By hand: σ′(0.02) = 0.249975, on paper 0.25, and 0.8 · 0.25 · 0.4 = 0.08, not 0.07999.
    given = {"x": ".05", "w": ".4", "v": ".8"}
    for answer in ("0.08", "0.07999", 0.079992):
        marks = check("h = x*w; a = sigmoid(h); f = a*v", {"df/dx": answer}, **given)
        assert marks.right == 1, marks
    marks = check("h = x*w; a = sigmoid(h); f = a*v", {"df/dx": "0.0802", "a": "0.5"}, **given)
    assert marks.said["∂f/∂x"] == "That is close, but not it."
    assert marks.said["a"] == "That is not it."


def test_a_number_without_an_end_takes_four_digits():
    for answer in ("0.3333", "0.33333", 1 / 3, "1/3", Fraction(1, 3), 0.3333):
        assert check("f = x/3", {"f": answer}, x="1").said["f"] == "right", answer
    marks = check("f = x/3", {"f": "0.333", "df/dx": "0.3334"}, x="1")
    assert marks.said["f"] == "That is close, but rounded: 4 digits are asked, or 1/3."
    assert marks.said["∂f/∂x"] == "That is close, but not it."
    assert check("h = x/3; f = h*y", {"df/dx": "6.667"}, x="1", y="20").right == 1
    assert "all digits" in check("f = x/8", {"f": "0.33338"}, x="2.667").said["f"]


@pytest.mark.parametrize(
    "answer",
    ["18\n", "\u00a018", "+18", " 36 / 2", np.int64(18), np.float32(18)],
)
def test_a_right_answer_is_right_in_each_type(answer):
    assert check("f = x*2", {"f": answer}, x="9").said["f"] == "right"
    assert check("f = x/10", {"f": np.float32(0.1)}, x="1").said["f"] == "right"


@pytest.mark.parametrize("answer", ["5 1/2", "1 8", "1 1/2"])
def test_a_blank_between_digits_is_no_sign(answer):
    words = "has a blank where a sign is missing: one and a half is 1.5, or 3/2"
    assert check("f = x*3", {"f": answer}, x="17").said["f"] == f"{answer!r} {words}"
    assert check("f = x*3", {"f": True}, x="17").said["f"].startswith("True is no number")


def test_a_way_of_one_factor_has_none_that_is_missing():
    marks = check("f = x**2", {"df/dx": 1}, x="2")
    assert marks.said["∂f/∂x"] == "That is not it."
    marks = check("h = x*w; f = h*x", {"df/dx": 3}, x="2", w="5")  # 10 + 2·5: without ∂h/∂x 10 + 2
    assert "factor" not in marks.said["∂f/∂x"]
    marks = check("h = x*w; f = h*x", {"df/dx": 12}, x="2", w="5")
    assert marks.said["∂f/∂x"] == "That comes out if the factor ∂h/∂x = 5 is missing."


@pytest.mark.parametrize(
    ("exercise", "answers", "given", "error", "words"),
    [
        ("f = x*2", {1: "2"}, {"x": "1"}, TypeError, "given by names such as 'h', not by int 1"),
        ("f = x*2", {"df/dx": 1, "∂f/∂x": 2}, {"x": "1"}, ValueError,
         "∂f/∂x is answered twice, as 'df/dx' and '∂f/∂x'"),
        ("h1 = x*2", {"h1": 2, "h₁": 2}, {"x": "1"}, ValueError, "h₁ is answered twice"),
        ("f = x/y", {"f": 0}, {"x": "3", "y": "0"}, ValueError, "'f = x/y' divides by zero"),
        (5, {}, {}, TypeError, "an exercise is a text such as 'f = x**2', or a Value, not int"),
        ("f = x*2", {}, {"x": [1]}, TypeError, "x is a number such as '0.4', not list [1]"),
        (Value(2, "x") * 3, {}, {"x": "1"}, ValueError, "x: a graph has its numbers already"),
        ("10**10**10*x", {}, {"x": "2"}, ValueError, "more than 4300 exact digits"),
        ("f = x**99999999999", {}, {"x": "2"}, ValueError, "more than 4300 exact digits"),
        ("f = x**9999999; g = f+1", {}, {"x": "2"}, ValueError, "more than 4300 exact digits"),
        ("a = a + 1", {}, {"a": "3"}, ValueError, "'a' is set twice"),
        ("f = log(x)", {}, {"x": "-2"}, ValueError, "f is nan"),
        ("f = exp(x)", {}, {"x": "2000"}, ValueError, "f is ∞"),
    ],
)  # fmt: skip
def test_what_cannot_be_marked_is_said_in_the_words_of_who_asks(
    exercise, answers, given, error, words
):
    with pytest.raises(error) as caught:
        check(exercise, answers, **given)
    said = str(caught.value)
    assert words in said and "\n" not in said and "--" not in said


def test_large_numbers_are_compared():
    assert check("f = exp(x)", {"f": 1}, x="709").said["f"] == "That is not it."
    marks = check(Value(1e306, "x") * 1.5, {"f": 1, "df/dx": "1.5"})
    assert marks.right == 1
    deep = "; ".join(f"a{n} = a{n - 1}*b{n - 1}; b{n} = a{n - 1} + b{n - 1}" for n in range(1, 30))
    deep += "; f = a29*b29"
    marks = check(deep, {"a29": 0}, a0="0", b0="1")  # 2²⁹ ways: they are not gone through
    assert len(marks.said) > 60


def test_names_of_the_call_may_be_names_of_numbers():
    marks = check("f = exercise*answers", {"f": 6, "df/dexercise": 3}, exercise="2", answers=3)
    assert marks.right == 2


def test_a_number_that_is_no_fraction_makes_floats():
    # By hand: √2 = 1.414214, ln 2 = 0.693147, sin 2 = 0.909297; 1/(2√2) = 0.353553.
    for text, value, slope in (
        ("f = sqrt(x)", "1.414", "0.3536"),
        ("f = x**0.5", "1.4142", "0.35355"),
        ("f = log(x)", "0.6931", "0.5"),
        ("f = sin(x)", "0.9093", "-0.4161"),
    ):
        assert check(text, {"f": value, "df/dx": slope}, x="2").complete, text


def test_another_name_for_a_leaf_is_one():
    assert check("h = x; f = h*h", {"h": 3, "f": 9, "df/dx": 6, "df/dh": 6}, x="3").complete
    assert check("f = x", {"f": 3, "df/dx": 1}, x="3").complete
    marks = check("h = 3; f = x*h", {"f": 24, "df/dx": 3, "df/dh": 8}, x="8")
    assert marks.complete
