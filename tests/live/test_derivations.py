"""What the page writes about a graph is what Python writes, to the letter, wherever inputs are."""

import math
import os
from contextlib import suppress
from fractions import Fraction
from functools import reduce

import pytest

import nn
from autograd import (
    Op,
    Value,
    clip,
    grad,
    hypot,
    log,
    maximum,
    minimum,
    register,
    replay,
    silu,
    topological,
    where,
)
from autograd.engine import unregister
from autograd.explain import paths
from autograd.explain.lines import html_of
from autograd.explain.passes import named_steps, op_steps
from autograd.explain.reading import Reading
from autograd.live.formulas import formulas, implied
from autograd.live.program import program
from autograd.ops import OPS
from autograd.text import read
from tests.live.node import data_of, run

SCRIPT = """
import { Book, explanation, valueLine } from "./derivation.js";
import { Session } from "./graph.js";
import { stepText, steps } from "./passes.js";
import { rows } from "./rows.js";

const both = (line) => [line.text(), line.html()];
for (const { program, moves } of data.given) {
  const session = new Session(program, rows), book = new Book(session);
  for (const move of moves) {
    session.setAll(move.map(([place, number]) => [place, given(number)]));
    const explained = Object.keys(program.formulas.names).map((node) => {
      const { slopes, chain } = explanation(book, Number(node));
      return [Number(node), slopes.map(both), chain.map(both)];
    });
    const passes = ["op", "named"].map((level) => steps(book, level).map((step) => [
      stepText(book, step), both(step.line),
      ...step.parts.map(({ line, product }) => [both(line), product && both(product)]),
    ]));
    say({ values: book.named.map(({ node }) => both(valueLine(book, node))), explained, passes });
  }
}
"""


def both(line):
    return [str(line), html_of(line)]


def said(root, digits=None):
    """What Python writes about a graph, as SCRIPT says it."""
    reading = Reading(topological(root), None, digits=digits)
    explained = []
    for place, node in enumerate(reading.order):
        if node in reading.names:
            found = paths.explanation(reading, node)
            explained.append([place, [*map(both, found.slopes)], [*map(both, found.chain)]])
    passes = [
        [
            [
                str(step),
                both(step.line),
                *([both(p.line), p.product and both(p.product)] for p in step.parts),
            ]
            for step in steps(reading)
        ]
        for steps in (op_steps, named_steps)
    ]
    return {
        "values": [*map(both, reading.values.values())],
        "explained": explained,
        "passes": passes,
    }


def differences(found, wanted, path=""):
    """Where two nested lists differ, as text."""
    if isinstance(wanted, dict):
        for key in wanted:
            yield from differences(found[key], wanted[key], f"{path}/{key}")
    elif isinstance(wanted, list) and isinstance(found, list) and len(found) == len(wanted):
        for place, pair in enumerate(zip(found, wanted, strict=True)):
            yield from differences(*pair, f"{path}/{place}")
    elif found != wanted:
        yield f"{path}\n  page:   {found}\n  Python: {wanted}"


def compared(folder, cases, but=None):
    """How the page differs from Python: for graphs, each at the start and where its leaves move to.

    Where Python says `but` it is not asked.
    """
    given, wanted, ops = [], [], []
    for root, moves, digits in cases:
        order = topological(root)
        reading = Reading(order, None, digits=digits)
        data, rows = formulas(reading)
        ops += [*rows, *(node.op for node in order if node.op)]
        place = {node.label: index for index, node in enumerate(order) if node.op is None}
        leaves = {node.label: node for node in order if node.op is None}
        listed = [{}, *moves]
        given.append(
            {
                "program": program(reading) | {"formulas": data},
                "moves": [
                    [[place[name], data_of(x)] for name, x in move.items()] for move in listed
                ],
            }
        )
        now = {}
        for move in listed:
            now |= {leaves[name]: x for name, x in move.items()}
            wanted.append(said(replay(root, now), digits))
    found = run(folder, SCRIPT, ops=ops, given=given)
    assert len(found) == len(wanted)
    pairs = [pair for pair in zip(found, wanted, strict=True) if not but or but not in str(pair[1])]
    assert len(pairs) > len(wanted) / 2
    return [line for pair in pairs for line in differences(*pair)]


def leaves(**numbers):
    return [Value(number, name) for name, number in numbers.items()]


def named(value, label):
    value.label = label
    return value


def notes(number=Fraction):
    """The hand calculation of the notes."""
    x1, x2, w1, w2, w3, y = leaves(
        x1=number("5"), x2=number("3"), w1=number("0.4"), w2=number("0.6"), w3=number("0.5"),
        y=number("8"),
    )  # fmt: skip
    h = named(x1 * w1 + x2 * w2, "h")
    yhat = named(h * w3, "yhat")
    return named((yhat - y) ** 2 / 2, "E")


def test_the_notes_graph(tmp_path):
    moves = [{"w1": Fraction(1, 3)}, {"x1": Fraction(-5), "y": Fraction(0)}, {"w3": Fraction(0)}]
    floats = [{name: float(x) for name, x in move.items()} for move in moves]
    cases = [(notes(), moves, None), (notes(float), floats, None), (notes(float), floats, 3)]
    assert compared(tmp_path, cases) == []


SOAK = bool(os.environ.get("SOAK"))  # every row at every place
WITHOUT = {"gamma", "lgamma", "digamma", "erfinv", "sinc"}
ROWS = [op for op in OPS.values() if not (op.helper or op.opaque or op.name in WITHOUT)]
PLACES = [(0.5, 0.75, 0.25), (-1.5, 2.0, 1.0), (3.0, 3.0, 4.0), (0.0, -2.0, -0.0)]
EXACT = [(3, 2, 5), (Fraction(-9, 4), Fraction(1, 2), 3), (4, 4, 4), (0, 3, 1)]


def of_row(op, numbers):
    """A graph with one row in it, whose inputs have names, and some of whose values have none."""
    given = [Value(number, name) for name, number in zip("xyw", numbers, strict=True)]
    if op.run:
        runs = [given, [given[1], given[2] * given[0], given[0]]][: len(op.inputs)]
        value = op.record(*(x for run in runs for x in run))
    else:
        value = op.record(*given[: len(op.inputs)])
    return value * given[0] - 1


def moved(root, places):
    """The moves of leaves that a graph has, to places where Python can compute it."""
    own = {node.label: node for node in topological(root) if node.op is None}
    for numbers in places:
        move = {name: x for name, x in zip("xyw", numbers, strict=True) if name in own}
        with suppress(TypeError, ArithmeticError):
            replay(root, {own[name]: x for name, x in move.items()})
            yield move


def asked(places, turn):
    """The places where a row is asked: all in a soak, else one after the other, row by row."""
    return places if SOAK else [places[turn % len(places)]]


def test_every_row_at_both_sides_of_its_cases(tmp_path):
    cases = []
    for turn, op in enumerate(ROWS if SOAK else ROWS[::2]):
        root = of_row(op, PLACES[0])
        cases.append((root, [*moved(root, asked(PLACES[1:], turn))], None))
    assert compared(tmp_path, cases) == []


def exact_roots(kind):
    for op in ROWS:
        with suppress(TypeError, ArithmeticError):
            yield of_row(op, map(kind, EXACT[0]))


@pytest.mark.parametrize("kind", [int, Fraction])
def test_exact_numbers(tmp_path, kind):
    """What an exact type cannot have is left out: the page has it as a double."""
    roots = [*exact_roots(kind)]
    places = [
        place for place in EXACT if kind is Fraction or all(isinstance(x, int) for x in place)
    ]
    cases = []
    for turn, root in enumerate(roots if SOAK else roots[kind is int :: 2]):
        own = [map(kind, place) for place in asked(places, turn)]
        cases.append((root, [*moved(root, own)], None))
    assert len(cases) > 12
    assert compared(tmp_path, cases, but="no exact value") == []


def test_names_temporaries_and_long_sums(tmp_path):
    a, b = Value(2.0, "a & <b>"), Value(-1.0, 'say "hi"')
    quoted = a * b + abs(b) - b**a
    x, e = leaves(x=2.0, e=-3.0)
    s = x * e + 1
    temporary = s * s + s.relu() + (e * x).exp()  # beside e, e^x is exp(x)
    xs = [Value(float(k) - 3, f"x{k}") for k in range(15)]
    long = sum(map(abs, xs[1:]), xs[0])
    nameless = Value(2.0) * Value(3.0)
    x = Value(2.0, "x")
    constants = x * Value(3.0) * Value(2.0) + Value(1.0) * x + 0 * x
    cases = [
        (quoted, [{'say "hi"': 3.0}, {"a & <b>": -2.5, 'say "hi"': 0.0}], None),
        (temporary, [{"x": -1.0}, {"e": 0.5}, {"x": 0.0}], 5),
        (long, [{"x3": -2.0, "x0": 1.0}], None),
        (nameless + nameless.relu(), [], None),
        (constants, [{"x": 5.0}], None),
    ]
    assert compared(tmp_path, cases) == []


def test_a_leaf_without_a_name_is_a_constant():
    root = Value(2.0, "x") * Value(3.0)
    found = program(Reading(topological(root), None))
    assert [node["role"] for node in found["nodes"]] == ["input", "constant", "output"]


def grown(x, rounds, step):
    """A graph of several rounds, each with a name."""
    for k in range(rounds):
        x = named(step(x), f"h{k}")
    return x


def test_few_ways_many_ways_and_direct_ones(tmp_path):
    x = Value(Fraction(1, 2), "x")
    a, b = leaves(a=3, b=4)
    h = named(a * b, "h")
    cases = [
        (grown(x, 2, lambda h: h * h + h), [{"x": Fraction(1, 3)}], None),
        (grown(x, 3, lambda h: h * h + h * x), [{"x": Fraction(-2, 7)}], None),
        (grown(x, 14, lambda h: h * 2 - 1), [{"x": Fraction(0)}], None),
        (named(h * a + h, "E"), [{"a": 7}, {"b": 0}], None),
    ]
    assert compared(tmp_path, cases) == []


def test_choices_in_choices_and_what_is_no_number(tmp_path):
    x, y = leaves(x=1.0, y=2.0)
    root = maximum(x, y) * minimum(x * y, y) + where(x, y, x * 2) + clip(x, y - 1, 3)
    places = [
        (2.0, 2.0),
        (5.0, 2.0),
        (math.nan, 2.0),
        (0.0, 0.0),
        (math.inf, 1.0),
        (-math.inf, 1.0),
    ]
    u, v = leaves(u=1e-7, v=2e300)
    large = u * v * v / u + 1 / u
    moves = [{"u": 0.0}, {"u": -0.0}, {"u": 1e200, "v": -1e-200}, {"u": 0.1, "v": 123456789.123}]
    p, q = leaves(p=Fraction(1, 3), q=Fraction(10) ** 40)
    long = [{"q": Fraction(1, 10**30)}, {"p": Fraction(10**350), "q": Fraction(1, 7**500)}]
    cases = [
        (root, [{"x": a, "y": b} for a, b in places], None),
        (large, moves, None),
        (p * q + q**2 + 1 / (p * q), long, None),
    ]
    assert compared(tmp_path, cases) == []


def test_rows_of_ones_own(tmp_path):
    op = Op(
        name="bent", value="x * y if x * y > 1 and not y < 0 else x + 2 * y",
        slopes=("y if x * y > 1 and not y < 0 else 1", "x if x * y > 1 and not y < 0 else 2"),
    )  # fmt: skip
    register(op)
    try:
        x, y = leaves(x=2.0, y=3.0)
        moves = [{"x": 0.25}, {"x": -2.0, "y": -3.0}]
        assert compared(tmp_path, [(OPS["bent"].record(x, y) * y, moves, None)]) == []
    finally:
        unregister("bent")


def net(activation):
    """A network with numbers that are short to read, and its error."""
    model = nn.MLP(2, [3, 1], activation=activation)
    for k, weight in enumerate(model.parameters()):
        weight.data = round(math.sin(k + 1), 2)
    made = model(leaves(x1=0.5, x2=-1.5))
    return named((made - Value(1.0, "y")) ** 2, "E")


def test_networks(tmp_path):
    moves = [{"x1": -2.0}, {"x2": 0.1, "w3": 0.7}, {"b1": -3.0}]
    cases = [(net(activation), moves, None) for activation in ("relu", "tanh")]
    assert compared(tmp_path, cases) == []


def test_derivatives_of_derivatives(tmp_path):
    x = Value(0.5, "x")
    roots = [
        grad(grad(lambda v: v.tanh() * v + v**3))(x),
        grad(lambda v: silu(v) * v.relu() + v.sigmoid())(x) * x,
        grad(lambda v: log(v) * hypot(v, v * 2))(x),
    ]
    moves = [{"x": 2.0}, {"x": -1.0}, {"x": 0.0}]
    assert compared(tmp_path, [(root, moves, None) for root in roots]) == []


# Where the page says less than Python: never a wrong formula.


def test_of_too_many_cases_there_is_the_number(tmp_path):
    xs = [Value(float(k) - 2, f"x{k}") for k in range(5)]
    root = maximum(maximum(xs[0], xs[1]), maximum(xs[2], xs[3])) * xs[4].relu()
    hidden = reduce(lambda one, other: maximum(one, other).relu(), xs)
    data, _ = formulas(Reading(topological(hidden), None))
    assert data["named"][0]["slopes"][-1]["slope"] is None
    found = [line for line in compared(tmp_path, [(hidden, [], None)]) if "<div" not in line]
    said = "/explained/0/1/0/0\n  page:   ∂f/∂x₀ = 0   (too long to be written out here)\n"
    assert said in found[0]
    assert compared(tmp_path, [(root, [{"x0": 5.0}, {"x3": -5.0}], None)]) == []


def test_a_helper_that_chooses_its_value_is_its_number(tmp_path):
    y, x = leaves(y=2.0, x=0.5)
    found = compared(tmp_path, [(grad(lambda v: x**v)(y), [{"x": 0.0}], None)])
    values = [line for line in found if line.startswith("/values")]
    assert "page:   f ≈ −0.17328679514\n  Python: f = x^y·ln(x) = 0.5²·ln(0.5)" in values[0]


def test_what_follows_from_comparisons():
    (x, y), op = leaves(x=1.0, y=2.0), OPS["maximum"]
    node = op.record(x, y)
    conditions = "x > y", "x < y", "x == y", "y > x"
    questions = [(node, 0, read(condition, condition=True)) for condition in conditions]
    greater, less, equal, swapped = questions
    assert implied({greater: True}, less) is implied({greater: True}, swapped) is False
    assert implied({greater: False}, less) is None
    assert implied({greater: False, less: False}, equal) is None  # or they are no numbers
    assert implied({less: True}, swapped) is True


def test_a_step_as_a_sentence(tmp_path):
    script = """
import { Book } from "./derivation.js";
import { Session } from "./graph.js";
import { stepSentence, steps } from "./passes.js";
import { rows } from "./rows.js";

const book = new Book(new Session(data.given, rows));
say(steps(book, "named").map((step) => stepSentence(book, step)));
"""
    root = notes()
    reading = Reading(topological(root), None)
    data, ops = formulas(reading)
    ops += [node.op for node in reading.order if node.op]
    (said_,) = run(tmp_path, script, ops=ops, given=program(reading) | {"formulas": data})
    assert said_[0] == "Step 1 of 3 forward: h is 3.8."
    assert said_[4] == (
        "Step 2 of 3 backward: the gradient of ŷ is −6.1. It adds −6.1 times 0.5, −3.05, to the "
        "gradient of h, which is −3.05 now. It adds −6.1 times 3.8, −23.18, to the gradient of w₃, "
        "which is −23.18 now."
    )
