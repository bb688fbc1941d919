"""Practise: answers are read as they are meant, and what is said about a wrong one is so."""

import itertools
import json
import os
import random
import re
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache

import pytest

from autograd import Value, live, topological
from autograd.engine import FUNCTIONS
from autograd.explain.reading import Reading
from autograd.explain.slopes import gradients
from autograd.expressions.expression import graph
from autograd.live import exercises, pool
from autograd.live.formulas import formulas
from autograd.live.program import program
from autograd.ops import OPS
from tests.chromium import chromium, complaints, resize
from tests.live.node import run

SOAK = bool(os.environ.get("SOAK"))
NOTES = "h = x1*w1 + x2*w2; yhat = h*w3; E = (yhat - y)**2 / 2"
GIVEN = {"x1": "5", "x2": "3", "y": "8", "w1": ".4", "w2": ".6", "w3": ".5"}

READ = """
import { Session } from "./graph.js";
import { rows } from "./rows.js";
import { readAnswer } from "./answers.js";
const session = new Session(data.program, rows);
say(data.given.map(([text, asked]) => {
  try {
    return ["is", written(readAnswer(text, session, asked))];
  } catch (error) {
    return [error.constructor.name, error.message];
  }
}));
"""

# Each name in the ways in which it is written.
SPELLED = {
    "x1": ["x1", "x₁", "x_1"], "w1": ["w1", "w₁"], "w3": ["w3", "w₃", "w_3"], "h": ["h"],
    "yhat": ["yhat", "ŷ", "y_hat", "y\u0302"], "y": ["y"],
}  # fmt: skip


class Written:
    """A random formula: its text as somebody may type it, its number, and how tightly it binds."""

    def __init__(self, choose, numbers):
        self.choose, self.numbers = choose, numbers

    def sum(self, depth):
        text, value = self.term(depth)
        for _ in range(self.choose.choice([0, 0, 1, 2])):
            other, number = self.term(depth)
            sign = self.choose.choice("+-−–")
            text += self.space() + sign + self.space() + other
            value = value + number if sign == "+" else value - number
        return text, value

    def term(self, depth):
        text, value = self.signed(depth)
        unclear = "^" in text[-4:] or "*" in text[-4:]
        for _ in range(self.choose.choice([0, 1, 1, 2])):
            sign = self.choose.choice(["*", "·", "×", "/", "÷", ""])
            other, number = self.factor(depth)
            if sign in ("/", "÷"):
                if number == 0:
                    continue
                value, unclear = value / number, True
            else:
                apart = other[0].isdigit() or other[0] == "." or unclear
                sign = "*" if sign == "" and apart else sign or self.choose.choice(["", " "])
                glued = not sign and text[-1].isalnum() and other[0].isalpha()
                sign = " " if glued else sign
                value, unclear = value * number, False
            text += sign + other
            unclear = unclear or bool(re.search(r"(\^|\*\*)-?\d+$", other))
        return text, value

    def signed(self, depth):
        text, value = self.factor(depth)
        return (
            (self.choose.choice("-−") + text, -value)
            if self.choose.random() < 0.2
            else (text, value)
        )

    def factor(self, depth):
        text, value = self.atom(depth)
        power = self.choose.choice([None] * 8 + ["²", "^2", "**2", "^-1", "³"])
        if power is None or (power == "^-1" and value == 0):
            return text, value
        times = {"²": 2, "^2": 2, "**2": 2, "^-1": -1, "³": 3}[power]
        return text + power, value**times

    def atom(self, depth):
        kind = self.choose.random()
        if depth and kind < 0.3:
            text, value = self.sum(depth - 1)
            return self.choose.choice(["({})", "( {} )", "[{}]"]).format(text), value
        if kind < 0.65:
            name = self.choose.choice([*SPELLED])
            return self.choose.choice(SPELLED[name]), self.numbers[name]
        digits = self.choose.choice(["2", "3", "0.5", ".25", "1e1", "12.", "6.1", "25e-2", "1.50"])
        return digits, Fraction(digits if digits[-1] != "." else digits[:-1])

    def space(self):
        return self.choose.choice(["", " "])


@pytest.fixture(scope="module")
def notes():
    return graph(NOTES, GIVEN)


def test_answers_are_read_in_every_way_in_which_they_are_written(tmp_path, notes):
    choose = random.Random(5)
    numbers = {node.label: Fraction(node.data) for node in topological(notes) if node.label}
    writer = Written(choose, numbers)
    made = [writer.sum(2) for _ in range(3000)]
    made += [
        ("-15.25", Fraction(-61, 4)), ("= −15.25 ", Fraction(-61, 4)), ("-61/4", Fraction(-61, 4)),
        ("x1w3(yhat-y)", Fraction(-61, 4)), ("x₁ w₃ (ŷ − y)", Fraction(-61, 4)),
        ("-6.1*0.5*5", Fraction(-61, 4)), ("-2x1", Fraction(-10)), ("|ŷ-y|", Fraction(61, 10)),
        ("-h^2", Fraction(-361, 25)), ("2^-1", Fraction(1, 2)), ("2^3^2", Fraction(512)),
        ("(1/2)x1", Fraction(5, 2)), ("1/(2x1)", Fraction(1, 10)), ("1e-3", Fraction(1, 1000)),
        ("3.8E0", Fraction(19, 5)), ("-1E-3", Fraction(-1, 1000)), ("2E", Fraction(3721, 100)),
    ]  # fmt: skip
    [found] = run(tmp_path, READ, root=notes, given=[[text, -1] for text, _ in made])
    for (text, value), (kind, number) in zip(made, found, strict=True):
        assert kind == "is", (text, number)
        over = Fraction(int(number[1], 0), int(number[2] or "1", 0)) if number[0] == "q" else None
        assert over == value, text


REFUSED = {
    "": "is empty: write a number or a formula",
    "1,5": "cannot be read at “,5”: a decimal point is a point: 1.5",
    "x1·0,05": "cannot be read at “,05”: a decimal point is a point: 0.05",
    "3 4": "cannot be read at “4”: a sign such as · is missing before it",
    "x1 2": "cannot be read at “2”: a sign such as · is missing before it",
    "1/2x1": "cannot be read at “x1”: this can be read in two ways",
    "2^3x1": "cannot be read at “x1”: this can be read in two ways",
    "(2": "cannot be read at its end: a bracket is not closed by )",
    "2)": "cannot be read at “)”: there is no ( for it",
    "1+": "cannot be read at its end: something is missing",
    "2**": "cannot be read at its end: something is missing",
    "*3": "cannot be read at “*3”: a factor is missing before it",
    "q": "there is no q; there are x₁, w₁, x₂, w₂, h, w₃, ŷ, y, E",
    "X1": "there is no X1",
    "x12": "there is no x12",
    "∂E/∂h": "cannot be read at “∂E/∂h”: derivatives are not read",
    "sinh(1)": "cannot be read at “sinh(1)”: there is no function sinh here",
    "power(2, 3)": "there is no function power here",
    "-15.25 = -61/4": "cannot be read at “= -61/4”: give one side alone",
    "5%": "cannot be read at “%”",
    "1.2.3": "cannot be read at “.3”: a number has one point",
    "3.8.": "cannot be read at “.”: a number has one point",
    "3.8!": "cannot be read at “!”: ! is not known here",
    "(3!)": "cannot be read at “!)”: ! is not known here",
    "3 4/5": "cannot be read at “4/5”: a mixed number is a sum: write 3 + 4/5",
    "x1" * 300: "has more than 400 characters",
    "(" * 300: "something is missing",
    "<b>": "cannot be read at “<b>”",
}


def test_what_cannot_be_read_is_said_with_its_place(tmp_path, notes):
    [found] = run(tmp_path, READ, root=notes, given=[[text, -1] for text in REFUSED])
    for (text, said), (kind, message) in zip(REFUSED.items(), found, strict=True):
        assert kind == "AnswerError" and said in message, (text, message)


def test_what_is_asked_is_no_answer_and_functions_are_those_of_the_graph(tmp_path):
    root = graph("h = x*w; a = tanh(h); f = a*h", {"x": "2", "w": ".5"}, "float")
    place = {node.label: k for k, node in enumerate(topological(root))}
    given = [["h", place["h"]], ["h1", -1], ["tanh(h)", place["a"]], ["1 - a^2", -1], ["tanh", -1]]
    given += [["tanh(h, 1)", -1], ["xw", -1], ["sqrt(4)", -1]]
    [found] = run(tmp_path, READ, root=root, given=given)
    kinds = [kind for kind, _ in found]
    assert kinds == [
        "AnswerError",
        "AnswerError",
        "is",
        "is",
        *["AnswerError"] * 2,
        "is",
        "AnswerError",
    ]
    assert "this is what is asked" in found[0][1]
    assert "tanh is a function: write tanh(…)" in found[4][1]
    assert "tanh takes 1, not 2" in found[5][1]
    assert found[7][1].endswith("there is no function sqrt here; there is tanh")


def test_names_that_could_be_two_are_refused(tmp_path):
    root = graph(
        "f = w_1_2*w_12 + ab*a*b", {"w_1_2": "2", "w_12": "3", "ab": "5", "a": "7", "b": "1"}
    )
    given = [["w_12", -1], ["w₁,₂", -1], ["w12", -1], ["ab", -1], ["ba", -1], ["w_1_2", -1]]
    [found] = run(tmp_path, READ, root=root, given=given)
    assert [kind for kind, _ in found] == ["is", "AnswerError", "is", "is", "is", "is"]
    assert [int(number[1], 0) for kind, number in found if kind == "is"] == [3, 3, 5, 7, 2]


# What is said.

ASK = """
import { Book } from "./derivation.js";
import { Session } from "./graph.js";
import { rows } from "./rows.js";
import { questionsOf } from "./questions.js";
import { verdict } from "./mistakes.js";
import { lastUnit, readAnswer } from "./answers.js";
import { digits } from "./numbers.js";
const books = data.given.programs.map((program) => new Book(new Session(program, rows)));
const questions = books.map(questionsOf);
const factor = ({ text, value, from, to }) => [text, written(value), digits(value, 6), from, to];
const written_ = (book, node) => {
  const found = book.data.operations[node]?.value;
  return found ? book.plain.write(book.formula(found[0])) : book.nameOf(node);
};
if (data.given.named) say(books.map((book) => book.session.nodes.map((_, node) =>
  [book.nameOf(node), written_(book, node)])));
else if (!data.given.answers) say(questions.map((all, at) => all.map((one) => ({ ...one,
  answer: written(one.answer), ways: one.ways.map((way) => way.map(factor)),
  lines: one.lines().map((line) => line.text()),
}))));
else say(data.given.answers.map(([at, place, text]) => {
  const number = readAnswer(text, books[at].session);
  const { right, said } = verdict(books[at], questions[at][place], number, lastUnit(text));
  return [right, said];
}));
"""


def number(data):
    if data[0] == "q":
        return Fraction(int(data[1], 0), int(data[2] or "1", 0))
    import struct

    return struct.unpack(">d", bytes.fromhex(data[1].zfill(16)))[0]


def product(factors):
    found = Fraction(1)
    for factor in factors:
        found *= number(factor[1])
    return found


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """The questions of all exercises, and what is said about answers to them."""
    folder = tmp_path_factory.mktemp("asked")
    programs = pool.unpacked(pool.stored())
    ops = [OPS[name] for name in pool.OPERATIONS]
    [questions] = run(folder, ASK, ops=ops, given={"programs": programs})

    def said(answers):
        [found] = run(folder, ASK, ops=ops, given={"programs": programs, "answers": answers})
        return found

    return questions, said


def every(questions):
    for at, found in enumerate(questions):
        for place, question in enumerate(found):
            yield at, place, question


def exact(questions):
    for at, place, question in every(questions):
        if exercises.sets(at)[0].numbers == "fraction":
            yield at, place, question, number(question["answer"])


def test_the_answers_are_those_of_python(asked):
    questions, _ = asked
    kinds = set()
    for at, found in enumerate(questions):
        order = topological(exercises.sets(at)[0].root)
        known = gradients(order)
        for question in found:
            kind, node, of = question["kind"], order[question["node"]], order[question["of"]]
            answer, ways = number(question["answer"]), question["ways"]
            kinds.add(kind)
            if kind == "value":
                assert answer == node.data
            elif kind == "gradient":
                assert answer == pytest.approx(known[node], rel=1e-12)
            elif kind == "slope":
                assert answer == pytest.approx(gradients(topological(of)).get(node, 0)) or any(
                    other.label and other not in (node, of) for other in topological(of)
                )
            else:
                assert answer == pytest.approx(known[of] * number(ways[0][1][1]), rel=1e-12)
            if ways:
                assert float(sum(map(product, ways))) == pytest.approx(float(answer), rel=1e-12)
    assert kinds == {"value", "slope", "share", "gradient"}
    assert all(len(found) >= 4 for found in questions)


def test_right_answers_are_never_refused_and_wrong_ones_never_accepted(asked):
    questions, said = asked
    choose = random.Random(3)
    answers, wanted = [], []
    for at, place, question, answer in exact(questions):
        over, under = answer.numerator, answer.denominator
        products = "+".join(
            "(" + "*".join(f"({number(factor[1])})" for factor in way) + ")"
            for way in question["ways"]
        )
        for text in filter(
            None, (f"{over}/{under}", str(float(answer)), f"-({-over}/{under})", products)
        ):
            answers.append([at, place, text])
            wanted.append(True)
        for wrong in (
            answer + choose.choice([1, -1, Fraction(1, 1000), Fraction(-1, 10**9)]),
            answer * choose.choice([-1, 2, 10, Fraction(9999, 10000), Fraction(1, 2)]),
        ):
            if wrong != answer:
                answers.append([at, place, f"{wrong.numerator}/{wrong.denominator}"])
                wanted.append(False)
    found = said(answers)
    for answer, right, (is_right, _) in zip(answers, wanted, found, strict=True):
        assert is_right == right, (answer, questions[answer[0]][answer[1]])


def test_of_doubles_four_digits_are_enough(asked):
    questions, said = asked
    for at, place, question in every(questions):
        answer = number(question["answer"])
        if isinstance(answer, float) and abs(answer) > 1e-3 and len(f"{answer:.9g}") > 9:
            good, bad = f"{answer:.4g}", f"{answer * 1.01:.12g}"
            (right, text), (wrong, _) = said([[at, place, good], [at, place, bad]])
            assert right and text == "4 digits are enough", (answer, good, text)
            assert not wrong
            return
    raise AssertionError("no exercise has doubles")


def test_what_is_missing_is_named(asked):
    questions, said = asked
    answers, wanted = [], []

    def add(at, place, answer, wrong, text):
        if wrong != answer:
            answers.append([at, place, f"{wrong.numerator}/{wrong.denominator}"])
            wanted.append(text)

    for at, place, question, answer in exact(questions):
        ways = question["ways"]
        if answer and ways:
            add(at, place, answer, -answer, "right but for its sign")
        for factor in {factor[0]: factor for way in ways for factor in way}.values():
            left = sum(product([one for one in way if one != factor]) for way in ways)
            add(at, place, answer, left, f"the factor {factor[0]} = {factor[2]} is missing")
        for missing in ways if len(ways) > 1 else []:
            left = sum(product(way) for way in ways if way is not missing)
            over = "the way over" if len(missing) > 1 else "the direct way"
            add(at, place, answer, left, f"{over}( [^ ]+)* is missing")
    found = said(answers)
    assert len(answers) > 500
    for answer, text, (right, message) in zip(answers, wanted, found, strict=True):
        known = text if "(" in text and "[^" in text else re.escape(text)
        assert not right and re.search(known, message), (answer, text, message)


def test_what_is_said_to_be_something_is_that(asked):
    """Every sentence about a random answer is true: its number is computed again."""
    questions, said = asked
    choose, answers = random.Random(8), []
    for at, place, _question, _ in exact(questions):
        order = topological(exercises.sets(at)[0].root)
        numbers = [*(node.data for node in order), *gradients(order).values()]
        for wrong in choose.sample(numbers, min(3, len(numbers))):
            answers.append([at, place, f"{Fraction(wrong)}"])
    checked = 0
    for (at, place, text), (right, message) in zip(answers, said(answers), strict=True):
        order = topological(exercises.sets(at)[0].root)
        values = {notation(node.label): node for node in order if node.label}
        known, given = gradients(order), Fraction(text)
        for name in re.findall(r"That is the value of (\w+)", message):
            assert values[name].data == given
            checked += 1
        for name in re.findall(r"That is the gradient ∂\w+/∂(\S+?)\.", message):
            assert known[values[name]] == given
            checked += 1
        for factor in re.findall(r"the factor (\S+) = \S+ is missing(?:[.,]| \w)", message):
            ways = questions[at][place]["ways"]
            less = [product([one for one in way if one[0] != factor]) for way in ways]
            whole = [*map(product, ways)]
            left = [
                sum(less),
                *(sum(whole) - one + short for one, short in zip(whole, less, strict=True)),
            ]
            assert given in left or -given in left, (message, questions[at][place])
            checked += 1
        if right:
            assert given == number(questions[at][place]["answer"])
    assert checked > 100


def notation(label):
    from autograd.formula.notation import pretty

    return pretty(label)


# Graphs that the exercises have not: repeating decimals, a slope of 0, sums and products of three.
OTHERS = [
    ("a = x/3; f = a**2", {"x": "1"}),
    ("h = x1*w1 + x2*w2; yhat = h*w3; E = (yhat - y)**2 / 2", GIVEN),
    ("h = x*w + y*v + b; f = h*x - h/3", {"x": "2", "w": ".7", "y": "3", "v": "1.1", "b": "-4"}),
    ("h = x - 5; a = h**2; f = a*v + 3", {"x": "5", "v": "7"}),
    ("a = x*w*v/5; f = (a - 3)*(a - 3) + x*x*x", {"x": "2", "w": ".3", "v": "7"}),
    ("a = x - y - 3; b = -a/4; f = relu(a - b)*(b + 2)*3", {"x": "20", "y": "2.5"}),
    ("a = x*x + x*w; f = a*x + a", {"x": "3", "w": ".2"}),
]


class Asked:
    """Graphs, their questions, and what is said about answers; in Python's numbers."""

    def __init__(self, folder, roots, programs):
        self.orders = [topological(root) for root in roots]
        ops = [OPS[name] for name in pool.OPERATIONS]
        given = {"programs": programs}
        self.ask = lambda **more: run(folder, ASK, ops=ops, given=given | more)[0]
        self.questions, self.texts = self.ask(), self.ask(named=True)

    def value(self, at, node, changed=None, rule=None):
        """A value, with another rule for one operation in it."""
        if changed is None:
            return node.data
        found = {}
        for one in topological(node):
            operands = [found.get(each, each) for each in one.inputs]
            if one is changed:
                found[one] = rule(*operands)
            elif one.op is None or (one.label and one is not node):
                found[one] = one.data
            else:
                found[one] = FUNCTIONS[one.op.name](*map(Value, operands)).data
        return found[node]

    def reasons(self, at, place):
        """Each reason that may be given, and the numbers that it is true of."""
        question = self.questions[at][place]
        found = {}

        def add(text, value):
            found.setdefault(text, []).append(value)

        add("that is right but for its sign", -number(question["answer"]))
        (self.of_value if question["kind"] == "value" else self.of_slope)(at, question, add)
        return self.known(at) | found

    @cache  # noqa: B019  there is one of it
    def known(self, at):
        """What each number of a graph is."""
        found, order, names = {}, self.orders[at], [name for name, _ in self.texts[at]]
        known = gradients(order)

        def add(text, value):
            found.setdefault(text, []).append(value)

        for node, name in zip(order, names, strict=True):
            add(f"that is the value of {name}", node.data)
            if node in known:
                add(f"that is the gradient ∂{names[-1]}/∂{name}", known[node])
            for other, below in zip(order, names, strict=True):
                slopes = local(node, other)
                add(f"that is the local slope ∂{name}/∂{below}", slopes["all"])
                add(f"that is the local slope ∂{name}/∂{below}|direct", slopes["own"])
        return found

    def of_value(self, at, question, add):
        order, texts = self.orders[at], dict(zip(self.orders[at], self.texts[at], strict=True))
        asked = order[question["node"]]
        for node in inside(asked):
            if node is not asked:
                add(f"that is {texts[node][0]}, and it goes on", node.data)
            body, parts = texts[node][1], node.inputs
            called = [texts[one][0] if one in texts else digits(one) for one in parts]
            rules = {
                "it is multiplied, not added": lambda x, y: x * y,
                "it is subtracted, not added": lambda x, y: x - y,
                "it is added, not subtracted": lambda x, y: x + y,
                "it is subtracted the other way round": lambda x, y: y - x,
                "it is added, not multiplied": lambda x, y: x + y,
                "it is multiplied, not divided": lambda x, y: x * y,
                "it is divided the other way round": lambda x, y: Fraction(y) / x,
                "the power is missing": lambda x, y: x,
                "it is multiplied by the exponent": lambda x, y: x * y,
                "the sign is missing": lambda x: x,
                "it is taken to be 0": lambda x: Fraction(0),
                "it is taken as it is": lambda x: x,
            }
            for part in ("term", "factor", "divisor") if len(called) == 2 else ():
                rules[f"the {part} {called[1]} is missing"] = lambda x, y: x
                rules.setdefault(f"the {part} {called[0]} is missing", lambda x, y: y)
            for said, rule in rules.items():
                if rule.__code__.co_argcount == len(parts):
                    try:
                        add(f"in {body} {said}", self.value(at, asked, node, rule))
                    except ZeroDivisionError:
                        continue

    def of_slope(self, at, question, add):
        order, names = self.orders[at], [name for name, _ in self.texts[at]]
        ways = [[tuple(factor) for factor in map(flat, way)] for way in question["ways"]]
        numbers = {factor: number(json.loads(factor[1])) for way in ways for factor in way}

        def times(way, other=None):
            other, total = other or {}, Fraction(1)
            for factor in way:
                total = total * other.get(factor, numbers[factor])
            return total

        def put(other):
            return sum(times(way, other) for way in ways)

        def over(way):
            between = ", ".join(names[factor[4]] for factor in way[:-1])
            return f"the way over {between}" if between else "the direct way"

        for factor, value in numbers.items():
            called = f"{factor[0]} = {factor[2]}"
            add(f"the factor {called} is missing", put({factor: 1}))
            add(f"the factor {called} has the other sign", put({factor: -value}))
            add(f"the factor {called} is there twice", put({factor: value * value}))
            if value:
                add(f"it is divided by {factor[0]}, not multiplied", put({factor: 1 / value}))
                add(f"it is divided by {called}, not multiplied", put({factor: 1 / value}))
            for node in factor[3:]:
                text = f"{names[node]} itself stands for the factor {called}"
                add(text, put({factor: order[node].data}))
            start = order[factor[3]]
            if start.op and start.op.name == "div" and all(factor in way for way in ways):
                (_, _, slope), *_ = start.slopes()
                text = f"the division by {digits(1 / slope)} in {names[factor[3]]} is left out"
                add(text, put({}) / Fraction(slope))
            for way in ways:
                one = put({}) - times(way) + times(way, {factor: 1})
                add(f"on {over(way)} the factor {called} is missing", one)
        for count in range(2, len(numbers) + 1):
            for some in itertools.combinations(numbers, count):
                text = listed([f"{factor[0]} = {factor[2]}" for factor in some])
                add(f"the factors {text} are missing", put(dict.fromkeys(some, 1)))
        for count in range(1, len(ways)):
            for some in itertools.combinations(range(len(ways)), count):
                left = put({}) - sum(times(ways[one]) for one in some)
                text = listed([over(ways[one]) for one in some])
                add(f"{text} {'is' if count == 1 else 'are'} missing", left)
                if count == 1:
                    add(f"{text} has the other sign", left - times(ways[some[0]]))
        total = Fraction(1)
        for way in ways:
            total = total * times(way)
        add("the ways are multiplied, not added", total)
        if len(ways) == 1:
            add("the factors are added, not multiplied", sum(numbers.values()))


def flat(factor):
    text, value, shown, start, end = factor
    return text, json.dumps(value), shown, start, end


def listed(texts):
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))


def digits(value):
    from autograd.formula.notation import digits

    return digits(value)


def inside(node):
    """What is written out in a named value: it, and unnamed values below it."""
    found = [node]
    for one in found:
        found += [each for each in one.parents if each.op is not None and not each.label]
    return [*dict.fromkeys(found)]


def local(node, other):
    """The slope of one value to another: over all ways, and over those with no name between."""
    below = topological(node)
    if other not in below:
        return {"all": 0, "own": 0}
    own, total = inside(node), {node: 1}
    for one in reversed([each for each in below if each in own]):
        for _, parent, slope in one.slopes():
            total[parent] = total.get(parent, 0) + total.get(one, 0) * slope
    return {"all": gradients(below).get(other, 0), "own": total.get(other, 0)}


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    roots = [graph(text, given) for text, given in OTHERS]
    readings = [Reading(topological(root), None) for root in roots]
    programs = [program(one) | {"formulas": formulas(one)[0]} for one in readings]
    roots += [exercises.sets(at)[0].root for at in range(0, exercises.SHAPES, 3)]
    programs += pool.unpacked(pool.stored())[::3]
    return Asked(tmp_path_factory.mktemp("everything"), roots, programs)


def is_number(given, value):
    """Whether it is that one, in the digits that are asked."""
    if isinstance(value, float) or isinstance(given, float):
        return abs(given - value) <= abs(value) * 5.1e-4
    return given == value or ("/" in digits(value) and abs(given - value) <= abs(value) * 5.1e-4)


def test_each_factor_is_what_it_is_called(everything):
    for at, _, question in every(everything.questions):
        for text, value, _, start, end in itertools.chain(*question["ways"]):
            node, other = (everything.orders[at][place] for place in (start, end))
            wanted = gradients(topological(node)).get(other, 0)
            assert text.endswith("|direct") or number(value) == pytest.approx(wanted), (at, text)


def test_every_sentence_about_a_wrong_answer_is_true(everything):
    """Random numbers that are near at hand, and sums, products, quotients of them."""
    choose, answers = random.Random(11), []
    for at, place, question in every(everything.questions):
        if at >= len(OTHERS) and not SOAK and choose.random() < 0.8:
            continue
        order = everything.orders[at]
        near = [node.data for node in order] + [*gradients(order).values()]
        near += [slope for node in order for _, _, slope in node.slopes()] + [1, 2]
        answer = number(question["answer"])
        near += [number(value) for way in question["ways"] for _, value, *_ in way]
        made = [answer * 10, answer / 100, -answer, answer * 2, answer - 1, answer / 2, 0]
        for _ in range(40):
            one, other, third = (Fraction(choose.choice(near)) for _ in range(3))
            made += [
                one * other,
                one + other,
                one - other,
                one * other + third,
                one * other * third,
            ]
            made += [one / other] if other else []
        for wrong in map(Fraction, choose.sample(made, 16)):
            answers.append((at, place, f"{wrong.numerator}/{wrong.denominator}", wrong))
        for places in (2, 3, 4, 5):
            text = f"{float(answer) * choose.choice([1, 1, 1.0004, 0.9987]):.{places}g}"
            answers.append((at, place, text, Fraction(text)))
    kinds = set()
    reasons = {}
    for (at, place, text, given), (right, message) in zip(
        answers, everything.ask(answers=[one[:3] for one in answers]), strict=True
    ):
        answer = number(everything.questions[at][place]["answer"])
        if right:
            assert is_number(given, answer)
            continue
        if (at, place) not in reasons:
            reasons[at, place] = everything.reasons(at, place)
        assert given != answer
        for said in re.split(r"(?<=\.) (?=That )", message) if message else []:
            kinds |= confirm(said.removesuffix("."), given, text, answer, reasons[at, place])
    assert len(kinds) > 25, sorted(kinds)


def confirm(said, given, text, answer, known):
    """That a sentence is true; its kinds."""
    where = (said, text, answer)
    if said.startswith("That is close"):
        unit = Decimal(1).scaleb(Decimal(text).as_tuple().exponent) if "/" not in text else 0
        rounded = abs(given - Fraction(answer)) <= Fraction(unit) / 2
        assert rounded == ("but rounded" in said), where
        return {said}
    if said == "That is right but for the place of the point":
        assert any(is_number(given, answer * Fraction(10) ** ten) for ten in range(-3, 4)), where
        return {said}
    first = "that comes out if "
    said = said[0].lower() + said[1:]
    kinds = set()
    for reason in said.removeprefix(first).split(", or if "):
        plain = reason.removesuffix(", and the sign is the other one")
        plain = plain.replace("that is but for its sign ", "that is ")
        sign = 1 if plain == reason else -1
        assert plain in known, (where, reason)
        assert any(is_number(sign * given, value) for value in known[plain]), (where, reason)
        kinds.add(re.sub(r"\S*[^a-z\s,-]\S*|\b\w\b", "_", plain.split(" = ")[0]))
    return kinds


def test_a_rounded_answer_is_right_and_one_unit_away_is_none(everything):
    answers, wanted = [], []
    for at, place, question in every(everything.questions):
        answer = number(question["answer"])
        if at >= len(OTHERS) and place % 2:
            continue
        shown = Decimal(f"{float(answer):.12g}").normalize()
        if isinstance(answer, Fraction) and "/" not in digits(answer):
            continue
        short = isinstance(answer, float) and len(shown.as_tuple().digits) <= 4
        exactly_ = Decimal(answer) if isinstance(answer, float) else shown
        fourth = Decimal(1).scaleb(exactly_.adjusted() - 3)
        for places in (3, 4, 7):
            unit = Decimal(1).scaleb(exactly_.adjusted() - places)
            ways = [
                exactly_.quantize(unit, rounding=how) for how in (ROUND_HALF_UP, ROUND_HALF_DOWN)
            ]
            for good in ways:
                answers += [[at, place, str(good)], [at, place, str(good + fourth)]]
                answers += [[at, place, str(good - fourth)], [at, place, str(good + unit)]]
                wanted += [True, False, False, False]
        few = str(exactly_.quantize(fourth.scaleb(2)))
        answers += [[at, place, few], [at, place, str(float(shown) * 1.00075)]]
        wanted += [Decimal(few) == exactly_.quantize(fourth), False]
        if short:
            answers.append([at, place, str(shown + fourth / 100)])
            wanted.append(False)
    found = everything.ask(answers=answers)
    assert len(answers) > 500
    for answer, right, (is_right, _) in zip(answers, wanted, found, strict=True):
        assert is_right == right, (answer, everything.questions[answer[0]][answer[1]]["answer"])


# In the page.


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture(scope="module")
def path(tmp_path_factory, notes):
    return live(notes).save(tmp_path_factory.mktemp("page") / "live.html")


def at(browser, path, address, width=1200):
    browser.get("about:blank")
    resize(browser, width)
    browser.get(path.as_uri() + address)
    browser.execute_async_script(
        "const wait = () => document.activeElement.ariaLabel === 'answer'"
        " ? arguments[0]() : setTimeout(wait, 20); wait()"
    )


def said(browser, part=".cr-verdict"):
    return browser.execute_script(
        "return document.querySelector(arguments[0]).textContent", f".cr-practise {part}"
    )


def typed(browser, text):
    from selenium.webdriver import Keys

    field = browser.switch_to.active_element
    field.clear()
    field.send_keys(text + Keys.ENTER)
    assert browser.switch_to.active_element == field  # by keyboard alone one goes on and on


def shown(browser):
    """All numbers that the picture shows, and what is read out."""
    return browser.execute_script(
        "const all = document.querySelectorAll('.cr-drawing .cr-number, .cr-drawing .cr-arrow');"
        "return [...all].map(one => [one.textContent, one.getAttribute('aria-label')]).flat()"
        "  .filter(Boolean).join(' ')"
    )


def test_what_is_said_on_the_page(browser, path, tmp_path):
    def all_of(said_of):
        for text, wanted in said_of.items():
            typed(browser, text)
            assert said(browser) == wanted, text

    at(browser, path, "#practise")
    all_of({
        "5": "That comes out if in x₂·w₂ the factor w₂ is missing.",
        "9.7": "That is not it.",
        "6.8": "That comes out if in x₁·w₁ the factor w₁ is missing.",
        "3.801": "That is close, but not it.",
        "3.8000000000001": "That is close, but not it.",
        "3·8": "24. Here · multiplies: a decimal point is a point, 3.8.",
        "3.8E0": "Right: 3.8.",
    })  # fmt: skip
    third = live(graph("a = x/3; f = a**2", {"x": "1"})).save(tmp_path / "third.html")
    for text, wanted in (
        ("0.333", "That is close, but rounded: 4 digits are asked."),
        ("0.333333333334", "That is close, but not it."),
        ("1/3", "Right."),
        ("0.333333333333", "Right: 1/3, 4 digits are enough."),
        ("0.3333", "Right: 1/3, 4 digits are enough."),
    ):
        at(browser, third, "#practise")
        all_of({text: wanted})


def test_what_is_no_seed_is_said(browser, path):
    for seed in ("-1", "abc", "7.5", "1234567890", ""):
        at(browser, path, f"#practise&seed={seed}")
        assert said(browser, "h3") == "This graph"
        wanted = f"A seed is a whole number from 0 to 999999999, not “{seed}”: here is this graph."
        assert said(browser) == wanted
    at(browser, path, "#practise")
    assert said(browser) == ""


def test_the_page_asks_checks_and_counts(browser, path):
    complaints(browser)
    at(browser, path, "#practise")
    assert said(browser, "h3") == "This graph"
    assert said(browser, ".cr-ask").startswith("1. What is the value of")
    asked = []
    for _ in range(7):
        asked.append(said(browser, ".cr-ask"))
        typed(browser, "1,5")
        assert "a decimal point is a point: 1.5" in said(browser)
        typed(browser, "12345")
        assert said(browser) == "That is not it."
        browser.execute_script(
            "const all = [...document.querySelectorAll('.cr-practise form button')];"
            "all.find(one => one.textContent === 'working').click();"
            "document.querySelector('.cr-practise input').focus()"
        )
        assert said(browser, ".cr-line:last-child")
        typed(browser, "")
        if len(asked) < 7:
            assert said(browser, ".cr-ask") not in asked
    assert "0 right of 7" in said(browser, ".cr-count")
    browser.execute_async_script("setTimeout(arguments[0], 500)")
    assert said(browser, "h3") == "Exercise 0: chain"  # the next after the last
    assert browser.current_url.endswith("#practise&seed=0")
    assert complaints(browser) == []


def test_a_seed_in_the_address_asks_the_same_again(browser, path):
    at(browser, path, "#practise&seed=21")
    first = [said(browser, part) for part in ("h3", ".cr-given", ".cr-ask")]
    assert first[0] == "Exercise 21: product"
    at(browser, path, "#practise&seed=21")
    assert [said(browser, part) for part in ("h3", ".cr-given", ".cr-ask")] == first
    numbers = exercises.exercise(521).given
    at(browser, path, "#practise&seed=521")
    for digits in numbers.values():
        assert str(float(digits)).removesuffix(".0").replace("-", "−") in said(browser, ".cr-faint")


def test_what_is_asked_is_nowhere_to_be_read(browser, path):
    at(browser, path, "#practise&seed=4")
    root = exercises.exercise(4).root
    values = {node.label: node.data for node in topological(root)}
    assert said(browser, ".cr-ask") == "1. What is the value of y^?"
    assert not re.search(r"= [−\d]", shown(browser))  # nor is any slope
    hidden = [str(float(values[name])).replace("-", "−") for name in ("yhat", "E")]
    assert not set(hidden) & set(shown(browser).split())
    seen = browser.execute_script("return document.querySelector('.cr-page').innerText").split()
    assert not set(hidden) & set(seen)
    typed(browser, "h w3")
    assert said(browser) == f"Right: {hidden[0]}."
    assert browser.find_element("css selector", ".cr-verdict").size["height"] > 20  # and is seen
    assert "1 right of 1" in said(browser, ".cr-count")
    assert hidden[0] in shown(browser).split()
    typed(browser, "")
    assert said(browser, ".cr-ask").startswith("2. What is the local slope")


def test_a_phone_shows_all_of_it(browser, path):
    for seed in (2, 4, 44):
        at(browser, path, f"#practise&seed={seed}", width=375)
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        assert wide <= 375


def test_a_cell_that_is_run_keeps_the_keys(browser, tmp_path, notes):
    """In a notebook the next Shift-Enter is the next cell's; who clicks here goes to the field."""
    page = tmp_path / "notebook.html"
    cell = (
        "<textarea autofocus></textarea><script>document.querySelector('textarea').focus()</script>"
    )
    page.write_text(f"{cell}{live(notes, mode='practise').fragment()}", encoding="utf-8")
    browser.get(page.as_uri())
    focused = "return document.activeElement.tagName"
    ready = "return document.querySelector('.cr-practise .cr-ask').textContent"
    assert browser.execute_script(ready)
    assert browser.execute_script(focused) == "TEXTAREA"
    next(
        button
        for button in browser.find_elements("css selector", ".cr-practise button")
        if button.text == "hint"
    ).click()
    assert browser.execute_script(focused) == "INPUT"
