"""A row may call its inputs what it likes, and is the row that it was when it was made."""

import inspect
import keyword
import math
import traceback
import unicodedata
from contextlib import contextmanager
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograd import Op, Value, custom, jit, register
from autograd.engine import record, unregister
from autograd.ops import OPS, ROUTINES

# The names of generated code and of what it calls.
GENERATED = [
    "g", "p", "z1", "v", "v0", "v1", "v2", "g0", "g1", "g2", "node", "self", "other", "data",
    "choose", "both", "either", "opposite", "reached", "div", "power", "log", "exp", "abs",
    "run", "run0", "run1", "program", "pull", "take", "value", "body", "c1", "c2", "x1", "x10",
    "xs", "ys", "y0", "Value", "PLAIN", "new", "guard", "math", "pi", "int", "print", "_0",
    "__builtins__", "__debug__", "dot", "zero", "taken",
]  # fmt: skip
identifiers = st.text(
    st.characters(categories=("Lu", "Ll", "Lt", "Lo", "Nd", "Pc")), min_size=1, max_size=6
).filter(str.isidentifier)
names = (st.sampled_from(GENERATED) | identifiers).filter(
    lambda name: (
        not keyword.iskeyword(name)
        and name not in ("z", "__debug__", "a", "i")  # runs of a and i would be as and is
        and unicodedata.normalize("NFKC", name) == name
    )
)
pairs = st.tuples(names, names).filter(lambda two: len({*two, *(x + "s" for x in two)}) == 4)
numbers = st.floats(0.25, 4)


@contextmanager
def registered(op):
    register(op)
    try:
        yield op
    finally:
        unregister(op.name)


def plain(x, y):
    return Op(
        name="plain_row",
        value=f"{x} * log({x} / {y}) + abs({y}) ** 2 if {x} > {y} or not {y} < 3 else {y} / {x}",
        slopes=(
            f"log({x} / {y}) + one({x}) if {x} > {y} or not {y} < 3 else -z / {x}",
            f"2 * {y} - {x} / {y} if {x} > {y} or not {y} < 3 else 1 / {x}",
        ),
        inputs=(x, y),
    )


def run(x, y):
    xs, ys = x + "s", y + "s"
    return Op(
        name="run_row",
        value=f"dot({xs}, {ys}) / (1 + dot({ys}, {ys})) + logsumexp({xs})",
        slopes=(
            f"{y} / (1 + dot({ys}, {ys})) + softmax({x}, {xs})",
            f"({x} - 2 * {y} * (z - logsumexp({xs}))) / (1 + dot({ys}, {ys}))",
        ),
        inputs=(x, y),
        run=True,
    )


def results(op, point):
    """Value and gradients: eager, in Python, in machine code."""
    leaves = [*map(Value, point)]
    with registered(op):
        root = record(op, *leaves)
        root.backward()
    found = [(root.data, *(leaf.grad for leaf in leaves))]
    for backend in ("python", "llvm"):
        program = jit(lambda *args: record(op, *args), backend=backend)
        value, slopes = program.value_and_grad(*point)
        found.append((value, *(slopes if len(point) > 1 else (slopes,))))
    return found


@given(pairs, numbers, numbers)
@example(("g", "x"), 0.5, 0.25)
@example(("p", "q"), 0.5, 0.25)
@example(("node", "log"), 0.5, 0.25)
@settings(max_examples=100, deadline=None)
def test_inputs_of_any_name(two, a, b):
    expected = results(plain("x", "y"), (a, b))
    assert results(plain(*two), (a, b)) == expected
    assert expected[0] == expected[1]
    assert expected[2] == pytest.approx(expected[0], rel=1e-14)


@given(pairs, st.lists(numbers, min_size=24, max_size=24))
@example(("x", "x1"), [k / 8 for k in range(1, 25)])
@example(("p", "x"), [k / 8 for k in range(1, 25)])
@settings(max_examples=25, deadline=None)
def test_runs_of_any_name(two, point):
    expected = results(run("x", "y"), point)
    assert results(run(*two), point) == expected
    assert expected[0] == expected[1]
    assert expected[2] == pytest.approx(expected[0], rel=1e-12)


def free(name):
    if name.startswith("__") or name == "pi":  # these mean something already
        return False
    return name not in OPS and name not in ROUTINES and not hasattr(Value, name)


@given(names.filter(free))
@example("g0")
@example("v2")
@example("choose")
@example("builtins")
@settings(max_examples=40, deadline=None)
def test_a_row_of_any_name_is_called_by_another(name):
    inner = Op(name=name, value="x * x + 1", slopes=("2 * x",))
    with registered(inner):
        outer = Op(
            name="outer_row",
            value=f"{name}(x) * y",
            slopes=(f"2 * x * y + 0 * {name}(x)", f"{name}(x)"),
        )
    assert results(outer, (3.0, 0.5)) == [(5.0, 3.0, 10.0)] * 3
    assert results(inner, (3.0,))[0] == (10.0, 6.0)
    for backend in ("python", "llvm"):
        program = jit(lambda x: record(inner, record(inner, x)), backend=backend)
        assert program.value_and_grad(1.0) == (5.0, 8.0)


@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_what_is_registered_later_changes_no_program(backend):
    twice = Op(name="twice_row", value="2 * x", slopes=("2",))
    with registered(twice):
        quad = Op(name="quad_row", value="twice_row(x) * x", slopes=("2 * twice_row(x)",))
    for other in (None, Op(name="twice_row", value="200 * x", slopes=("200",))):
        if other:
            register(other)
        try:
            program = jit(lambda x: record(quad, x), backend=backend)
            assert program.value_and_grad(3.0) == (18.0, 12.0)
        finally:
            if other:
                unregister("twice_row")


def test_machine_code_takes_the_meaning_where_there_is_no_kernel():
    double = custom(lambda x: 2 * x, lambda x, z: 2, name="double")
    with pytest.raises(NotImplementedError, match=r"'double' calls 'double'.*python"):
        jit(double, backend="llvm")(0.5)
    own = Op(name="erfc", value="erfc(x)", slopes=("-x * erfc(x)",), meaning="1 - erf(x)")
    value, slope = jit(lambda x: record(own, x), backend="llvm").value_and_grad(0.5)
    assert value == pytest.approx(math.erfc(0.5), rel=1e-14)
    assert slope == pytest.approx(-0.5 * math.erfc(0.5), rel=1e-14)


def test_each_program_shows_its_own_source():
    programs = [
        jit(lambda x: 1 / x, backend="python"),
        jit(lambda x: 1 / (x * x), backend="python"),
    ]
    lines = []
    for program in programs:
        program.trace(Fraction(1))
        with pytest.raises(ZeroDivisionError) as error:
            program(Fraction(0))
        (frame,) = [
            frame
            for frame, _ in traceback.walk_tb(error.tb)
            if "<autograd program" in frame.f_code.co_filename
        ]
        lines += traceback.StackSummary.extract([(frame, frame.f_lineno)])
        assert inspect.getsource(frame.f_code).strip() == program.source().strip()
    assert [line.line for line in lines] == ["v2 = div(1, v0)", "v3 = div(1, v1)"]


def test_a_gradient_that_did_not_come_is_0():
    program = jit(lambda x, y: x.relu() + y, backend="python")
    assert program.value_and_grad(-1.0, 2.0) == (2.0, (0, 1))
    assert type(program.value_and_grad(-1.0, 2.0)[1][0]) is int
    long = jit(lambda x, y: sum([x.relu()] * 2500) + y, backend="python")
    slopes = long.value_and_grad(-1.0, 2.0)[1]
    assert (slopes, *map(type, slopes)) == ((0, 1), int, int)
    assert long.value_and_grad(1.0, 2.0)[1] == (2500, 1)


@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_a_gradient_of_0_hands_on_0_times_the_slope(backend):
    def f(x):
        s = x.sqrt()
        return s - s

    assert math.isnan(jit(f, backend=backend).value_and_grad(0.0)[1])
