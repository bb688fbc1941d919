"""Every kind of node and every row goes through every writer, and the numbers agree."""

import math
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import get_args

import pytest

pytest.importorskip("mpmath")
pytest.importorskip("sympy")

import sympy

from autograd import Op, Value, calculus, draw, explain, jit, register, steps, text
from autograd.codegen import Plain, Scope
from autograd.elementary import NotExactError
from autograd.engine import record, unregister
from autograd.formula.arithmetic import evaluate
from autograd.formula.mathml import write_mathml
from autograd.formula.plain import write
from autograd.formula.symbolic import condition_of_rule, of_rule
from autograd.formula.tex import write_tex
from autograd.formula.tree import Num, Sym
from autograd.ops import OPS, ROUTINES
from autograd.testing import certified, coq
from autograd.testing.sampling import points
from tests.jit.test_rows import NO_CODE
from tests.rules.equivalent import numbers
from tests.rules.terms import evaluate as evaluate_term
from tests.rules.test_symbolic import Writer

TEST = "not (x < 0 or y == 2) and -1 < y <= 5 and x != 7 and (x >= y or y > 1 or y)"
EVERYTHING = Op(
    name="everything",
    value=f"(x * y - 2 ** x) / (1 + exp(-y)) + half(x) * 10**22 / 10**22 if {TEST} else sin(x) - y",
    slopes=(
        f"(y - 2 ** x * log(2 + zero(x))) / (1 + exp(-y)) if {TEST} else cos(x)",
        f"x * sigmoid(y) + (x * y - 2 ** x) * bell(y) if {TEST} else -1",
    ),
    domain="x != 0 and x != 7 and y != 2 and y != -1 and y != 5 and y != 0",
)


@pytest.fixture(scope="module", autouse=True)
def registered():
    register(EVERYTHING)
    yield
    unregister("everything")


ROWS = {**OPS, "everything": EVERYTHING}
EACH = pytest.mark.parametrize("op", ROWS.values(), ids=list(ROWS))
NO_RUNS = [op for op in ROWS.values() if not op.run]
EACH_OF_NUMBERS = pytest.mark.parametrize("op", NO_RUNS, ids=[op.name for op in NO_RUNS])


def friendly(op):
    """A few points that nothing is large or small at."""
    return [*islice(points(op, 40, largest=4.0), 8)]


def close(found, true):
    return found == pytest.approx(true, rel=1e-9, abs=1e-12)


def test_the_row_has_every_kind_of_node():
    trees = (EVERYTHING.trees.value, *EVERYTHING.trees.slopes, text.read("True", condition=True))
    nodes = [node for tree in trees for node in text.walk(tree)]
    assert {type(node) for node in nodes} == {*get_args(text.Node)} - {text.List}
    signs = {node.sign for node in nodes if isinstance(node, text.Binary)}
    signs |= {sign for node in nodes if isinstance(node, text.Compare) for sign in node.signs}
    signs |= {node.word for node in nodes if isinstance(node, text.Logic)}
    assert signs == {*"+-*/<>", "**", "<=", ">=", "==", "!=", "and", "or"}


def test_the_row_is_right():
    from autograd.testing import check_rule

    assert (
        check_rule(EVERYTHING, stable=True, largest=30.0, max_ulp=100, nonfinite=False).points
        >= 200
    )


@EACH
def test_the_table_s_rows_are_ones_that_could_be_registered(op):
    op.check()


@EACH
def test_plain_python(op):
    for which, tree in enumerate((op.trees.value, *op.trees.slopes)):
        scope = Scope()
        names = scope.locals(op.parameters if which == 0 else op.arguments)
        body = [f"return {Plain(names, op.numbers(scope))(tree)}"]
        function = scope.function("plain", names.values(), body)
        for point in friendly(op):
            found = numbers(op, point)
            if which == 0:
                assert close(function(*op.split(point)), found[0])
                continue
            for true, (own, given) in zip(found[1:], op.places(point), strict=True):
                if own == which - 1:
                    assert close(function(*given, found[0]), true)


@EACH
def test_values(op):
    for point in friendly(op):
        leaves = [Value(x) for x in point]
        found = calculus.adjoints(record(op, *leaves), leaves)
        for leaf, true in zip(leaves, numbers(op, point)[1:], strict=True):
            slope = found.get(leaf, 0)
            assert close(slope.data if isinstance(slope, Value) else slope, true)


@EACH
@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_compiled(op, backend):
    if backend == "llvm":
        pytest.importorskip("llvmlite")
        if op.name in NO_CODE:
            pytest.skip("there is no machine code for it")
    for point in friendly(op)[:4]:
        program = jit(lambda *x: record(op, *x), backend=backend)
        value, slopes = program.value_and_grad(*point)
        slopes = slopes if len(point) > 1 else [slopes]
        assert [value, *slopes] == pytest.approx(numbers(op, point), rel=1e-9, abs=1e-12)


def formulas(op, trees, point):
    """The trees as formulas of names and of numbers, with the numbers that these come to."""
    given = dict(zip((*op.inputs, "z"), (*point, op.compute(*point)), strict=True))

    def choose(test):
        return op.number_function("test", test, op.arguments)(*given.values())

    def call(function, *arguments):
        if function == "pi":
            return math.pi
        return (function.compute if isinstance(function, Op) else ROUTINES[function])(*arguments)

    exact = {name: Num(Fraction(x)) for name, x in given.items()}
    for tree in trees:
        number = evaluate(of_rule(tree, exact, choose, op.rows, simplified=False), call)
        yield of_rule(tree, {name: Sym(name) for name in given}, choose), number
        assert close(float(evaluate(of_rule(tree, exact, choose, op.rows), call)), float(number))


@EACH_OF_NUMBERS
def test_formulas(op):
    for point in friendly(op):
        value, *slopes = numbers(op, point)
        trees = (op.trees.value, *op.trees.slopes, op.trees.meaning, *op.trees.written)
        right = (value, *slopes, value, *slopes)
        for (formula, found), true in zip(formulas(op, trees, point), right, strict=True):
            assert found == pytest.approx(true, rel=1e-8, abs=1e-10)
            assert write(formula)
            assert write_tex(formula).count("{") == write_tex(formula).count("}")
            assert write_mathml(formula).startswith("<math")
    names = {name: Sym(name) for name in op.inputs}
    for condition in (op.trees.domain, op.trees.kink):
        assert condition_of_rule(condition, names, bool)


@EACH
def test_explained_drawn_and_stepped(op):
    for point in friendly(op)[:4]:
        leaves = [Value(x, f"x{place}") for place, x in enumerate(point)]
        root = record(op, *leaves)
        root.backward()
        for leaf in leaves:
            assert close(float(explain(root, leaf).value), leaf.grad)
        assert str(explain(root))
        assert "digraph" in draw(root).source
        assert [*map(str, steps(root))]


@EACH_OF_NUMBERS
def test_sympy(op):
    for point in friendly(op):
        names = dict(zip(op.inputs, map(sympy.Rational, point), strict=True))
        value = Writer(op, names, {})(op.trees.meaning)
        if op.name != "atan2":  # is proved up to a constant
            assert close(float(sympy.sympify(value).evalf()), op.compute(*point))
        for tree, true in zip(op.trees.slopes, numbers(op, point)[1:], strict=True):
            names["z"] = sympy.Float(op.compute(*point), 30)
            assert close(float(sympy.sympify(Writer(op, names, {})(tree)).evalf()), true)


@EACH
def test_mpmath(op):
    for point in friendly(op):
        found = certified.meaning(op)(*map(certified.number, point))
        assert close(float(found), op.compute(*op.split(point)))


@EACH_OF_NUMBERS
def test_decimal(op):
    for point in friendly(op):
        with suppress(NotExactError):  # Decimal has no sine
            assert close(float(op.by_meaning(*map(Decimal, point))), op.compute(*point))


@EACH_OF_NUMBERS
def test_coq(op):
    try:
        coq.theorems(op)
    except NotImplementedError as error:
        pytest.skip(str(error))
    for point in friendly(op):
        value, *slopes = numbers(op, point)
        names = dict(zip((*op.inputs, "z"), (*point, value), strict=True))
        write = coq.writer(op, {name: name for name in names})
        trees = (op.trees.value, *op.trees.slopes, op.trees.meaning, *op.trees.written)
        for tree, true in zip(trees, (value, *slopes, value, *slopes), strict=True):
            assert evaluate_term(write(tree), names) == pytest.approx(true, rel=1e-8, abs=1e-10)
