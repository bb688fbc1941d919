"""What the page writes about a graph is what Python writes, to the letter, wherever its inputs are."""

import math
from fractions import Fraction

import pytest

from autograd import Value, replay, topological
from autograd.explain import paths
from autograd.explain.lines import html_of
from autograd.explain.passes import named_steps, op_steps
from autograd.explain.reading import Reading
from autograd.live.formulas import formulas
from autograd.live.program import program
from autograd.ops import OPS
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


def differences(found, wanted, where=""):
    """Where two nested lists differ, as text."""
    if isinstance(wanted, dict):
        for key in wanted:
            yield from differences(found[key], wanted[key], f"{where}/{key}")
    elif isinstance(wanted, list) and isinstance(found, list) and len(found) == len(wanted):
        for place, pair in enumerate(zip(found, wanted, strict=True)):
            yield from differences(*pair, f"{where}/{place}")
    elif found != wanted:
        yield f"{where}\n  page:   {found}\n  Python: {wanted}"


def compared(folder, cases):
    """How the page differs from Python: for graphs, each at the start and where its leaves move to."""
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
    import os
    os.environ.get("DUMP") and __import__("pathlib").Path("/tmp/diff.txt").write_text("\n".join(l for k,p in enumerate(zip(found,wanted)) for l in differences(*p, str(k))))
    return [line for pair in zip(found, wanted, strict=True) for line in differences(*pair)]


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


WITHOUT = {"gamma", "lgamma", "digamma", "erfinv", "sinc"}
ROWS = [op for op in OPS.values() if not (op.helper or op.opaque or op.name in WITHOUT)]
PLACES = [(0.5, 0.75, 0.25), (-1.5, 2.0, 1.0), (3.0, 3.0, 4.0), (0.0, 0.0, -0.0), (7.25, -2.0, 2.0)]


def of_row(op):
    """A graph with one row in it, whose inputs have names, and some of whose values have none."""
    names = ["x", "y", "w"]
    given = leaves(**dict(zip(names, PLACES[0], strict=True)))
    if op.run:
        runs = [given, [given[1], given[2] * given[0], given[0]]][: len(op.inputs)]
        value = op.record(*(x for run in runs for x in run))
    else:
        value = op.record(*given[: len(op.inputs)])
    return value * given[0] - 1


@pytest.mark.parametrize("digits", [None, 4])
def test_every_row_at_both_sides_of_its_cases(tmp_path, digits):
    moves = [dict(zip("xyw", place, strict=True)) for place in PLACES[1:]]
    cases = []
    for op in ROWS:
        root = of_row(op)
        there = {node.label for node in topological(root)}
        cases.append(
            (root, [{k: x for k, x in move.items() if k in there} for move in moves], digits)
        )
    assert compared(tmp_path, cases) == []
