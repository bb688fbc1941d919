"""Every kind of node inside of every other: writers put brackets where they are needed."""

import json
import math
import shutil
import subprocess

import pytest

from autograd import Op, Value, calculus
from autograd.codegen import Plain, Source
from autograd.engine import prepare, record
from autograd.export.source.braces import Braces
from autograd.expressions.grammar import read_program
from autograd.formula.plain import write as formula_text
from autograd.formula.symbolic import of_rule
from autograd.formula.tree import Sym
from autograd.text import Binary, Call, Choice, Compare, Logic, Name, Negative, Not, Number, read

X, Y, TWO = Name("x"), Name("y"), Number(2)
ABOVE, BELOW = Compare((">",), (X, Y)), Compare(("<",), (X, TWO))
CONDITIONS = (ABOVE, Not(BELOW), Logic("and", (ABOVE, BELOW)), Logic("or", (ABOVE, BELOW)))
SIGNS = ("+", "-", "*", "/", "**")


def around(inner):
    """A tree in every place of every other kind of node."""
    for sign in SIGNS:
        yield from (Binary(sign, X, inner), Binary(sign, inner, Y))
    yield from (Negative(inner), Call("abs", (inner,)))
    yield from (Choice(ABOVE, inner, X), Choice(BELOW, X, inner))
    yield from (Choice(Compare((sign,), (inner, Y)), X, TWO) for sign in ("<", "=="))
    yield Choice(Not(Compare(("<=",), (X, inner))), X, TWO)


def conditions():
    """A condition in every place of every other."""
    for one in CONDITIONS:
        yield Not(one)
        for word in ("and", "or"):
            yield from (Logic(word, (one, other)) for other in CONDITIONS)


INNER = (*(Binary(sign, Y, TWO) for sign in SIGNS), Negative(Y), Choice(BELOW, Y, TWO))
TWICE = [tree for inner in INNER for tree in around(inner)]
CHOICES = [Choice(test, Y, TWO) for test in conditions()]
FEW = [*TWICE, *CHOICES]
TREES = [*FEW, *(tree for inner in TWICE for tree in around(inner))]
POINTS = ((0.75, 1.25), (1.5, 0.5), (2.5, 3.0), (2.5, 0.25))


def with_signs(tree):
    """The tree with div and power as signs again."""
    match tree:
        case Call("div" | "power" as name, (left, right)):
            return Binary("/" if name == "div" else "**", with_signs(left), with_signs(right))
        case Call(name, arguments):
            return Call(name, tuple(map(with_signs, arguments)))
        case Binary(sign, left, right):
            return Binary(sign, with_signs(left), with_signs(right))
        case Negative(of):
            return Negative(with_signs(of))
        case Not(of):
            return Not(with_signs(of))
        case Choice(test, yes, no):
            return Choice(*map(with_signs, (test, yes, no)))
        case Compare(signs, sides):
            return Compare(signs, tuple(map(with_signs, sides)))
        case Logic(word, parts):
            return Logic(word, tuple(map(with_signs, parts)))
    return tree


@pytest.mark.parametrize("writer", [Source, Plain])
def test_what_is_written_reads_as_the_same_tree(writer):
    write = writer({"x": "x", "y": "y"}, str)
    for tree in TREES:
        assert with_signs(read(write(tree))) == tree, write(tree)


@pytest.mark.parametrize("tree", FEW, ids=Plain({"x": "x", "y": "y"}, str))
def test_slopes_of_the_engine_and_on_values(tree):
    """A slope is pulled, and is differentiated again: both are the number that its text is."""
    text = Plain({"x": "x", "y": "y"}, str)(tree)
    op = Op(name="subject", value="x * y", slopes=(text, "0"))
    prepare(op)
    for point in POINTS:
        x, y = map(Value, point)
        root = record(op, x, y)
        true = op.partials[0](*point, root.data)
        (root * 2).backward()
        found = calculus.derivatives_of(op)[0](x, y, root)
        for number in (x.grad / 2, found.data if isinstance(found, Value) else found):
            assert number == pytest.approx(true, rel=1e-12, nan_ok=True), text


@pytest.mark.parametrize("simplified", [True, False])
def test_what_explain_prints_is_read_as_the_same_number(simplified):
    """By the reader of the command line, which knows nothing of how it is written."""
    names = {name: Sym(name) for name in ("x", "y")}
    for tree in FEW:
        right = number_of(tree)
        for point in POINTS:
            true = right(*point)
            if not math.isfinite(true):
                continue
            given = dict(zip(("x", "y"), point, strict=True))

            def holds(test, given=given):
                return number_of(Choice(test, Number(1), Number(0)))(*given.values()) == 1

            text = formula_text(of_rule(tree, names, holds, {}, simplified=simplified))
            ((_, found, _),) = read_program(text)
            assert number_of(found)(*point) == pytest.approx(true, rel=1e-9), (text, point)


def number_of(tree):
    """A tree as a function of two numbers."""
    op = Op(name="subject", value="x * y", slopes=("0", "0"))
    return op.number_function("tree", tree, ("x", "y"))


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
def test_javascript():
    write = Braces({"x": "x", "y": "y"}, lambda name: f"Math.{name.replace('power', 'pow')}")
    functions = ",\n".join(f"(x, y) => {write(tree)}" for tree in FEW)
    code = f"const all = [{functions}];\nconst points = {json.dumps(POINTS)};\n"
    code += "console.log(JSON.stringify(all.map(f => points.map(([x, y]) => f(x, y)))));"
    done = subprocess.run(["node"], input=code, capture_output=True, text=True, check=True)
    count = 0
    for tree, found in zip(FEW, json.loads(done.stdout), strict=True):
        function = number_of(tree)
        for point, number in zip(POINTS, found, strict=True):
            true = function(*point)
            if math.isfinite(true):
                count += 1
                assert number == pytest.approx(true, rel=1e-9), (write(tree), point)
    assert count > 2 * len(FEW)
