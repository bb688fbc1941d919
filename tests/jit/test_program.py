"""What a compiled program takes, gives and refuses."""

import math
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from autograd import Value, dot, exp, jit, maximum, sin, tanh, where
from autograd.jit.trace import trace

ROOT = Path(__file__).parent.parent.parent
both = pytest.mark.parametrize("backend", ["llvm", "python"])


@both
def test_it_returns_numbers_in_the_structure_of_the_function(backend):
    def f(x, y):
        return {"sum": x + y, "pair": (x * y, [x - y, 3])}

    program = jit(f, backend=backend)
    assert program(5.0, 2.0) == {"sum": 7.0, "pair": (10.0, [3.0, 3])}
    many = program.map([5.0, 1.0], [2.0, 1.0])
    assert [*many["sum"]] == [7.0, 2.0]
    assert [*many["pair"][1][1]] == [3, 3]
    with pytest.raises(TypeError, match="several"):
        program.value_and_grad(5.0, 2.0)


@both
@pytest.mark.parametrize("shape", [lambda y: [y], lambda y: (y,), lambda y: {"a": y}, lambda y: y])
def test_every_call_gives_the_same_structure(backend, shape):
    """The first call goes another way than those after it."""
    program = jit(lambda x: shape(x * x), backend=backend)
    assert [program(3.0) for _ in range(3)] == [shape(9.0)] * 3
    assert [program([3.0][0]) for _ in range(2)] == [shape(9.0)] * 2


@both
def test_arguments_are_nested_and_may_be_values(backend):
    def f(point, table):
        (x, y), z = point["a"], point["b"]
        return x * table[0] + y * table[1] + z

    program = jit(f, backend=backend)
    point = {"a": (Value(2.0), 3.0), "b": 4}
    assert program(point, [5.0, 6.0]).data == 32.0
    value, (slopes, table) = program.value_and_grad(point, [5.0, 6.0])
    assert (value, slopes, table) == (32.0, {"a": (5.0, 6.0), "b": 1}, [2.0, 3.0])


@both
def test_a_single_argument_has_a_bare_gradient(backend):
    assert jit(lambda x: x * x, backend=backend).value_and_grad(3.0) == (9.0, 6.0)
    assert jit(lambda x: x, backend=backend).value_and_grad(3.0) == (3.0, 1.0)
    assert jit(lambda x: 2 * Value(1.0), backend=backend).value_and_grad(3.0) == (2.0, 0.0)
    assert jit(lambda x: 7, backend=backend)(3.0) == 7


@both
def test_parameters_are_read_at_every_call(backend):
    w, b = Value(2.0, "w"), Value(1.0, "b")
    program = jit(lambda x: w * x + b, backend=backend)
    with pytest.raises(LookupError, match="trace"):
        _ = program.parameters
    assert program(3.0) == 7.0
    assert program.parameters == [w, b]
    w.data = 10.0
    assert program(3.0) == 31.0
    assert program.backward(3.0) == 31.0
    program.backward(3.0)
    assert (w.grad, b.grad) == (6.0, 2.0)
    mean, grad = program.flat([1.0, 0.5], [3.0, 5.0])
    assert (mean, [*grad]) == (4.5, [4.0, 1.0])
    assert w.data == 10.0
    for wrong in ([1.0], [1.0, 0.5, 0.0]):
        for given in (wrong, np.array(wrong)):  # arrays go a quicker way, once it is there
            for samples in ([3.0, 5.0], np.array([3.0, 5.0])):
                with pytest.raises(ValueError, match="2 parameters"):
                    program.flat(given, samples)


@both
def test_another_structure_traces_anew(backend):
    calls = []

    def f(xs):
        calls.append(len(xs))
        return dot(xs, xs)

    program = jit(f, backend=backend)
    for xs in ([1.0, 2.0], [3.0, 4.0], [1.0, 2.0, 3.0], [5.0, 6.0]):
        assert program(xs) == sum(x * x for x in xs)
    assert calls == [2, 3]


def test_another_shape_goes_past_the_quick_way():
    w = Value(2.0)
    program = jit(lambda x: dot([w] * len(x), x))
    one, two = np.ones((3, 4)), np.ones((3, 5))
    for x in (one, two, one, two.tolist(), two.astype(np.float32), two[::-1], two[:, ::-1]):
        mean, grad = program.flat(np.array([2.0]), x)
        assert (mean, grad.tolist()) == (2.0 * len(x[0]), [len(x[0])])
    scalar = jit(lambda x, y: x - y)
    assert [scalar(3.0, 1.0), scalar(3, True), scalar(3, np.float64(1))] == [2.0, 2.0, 2.0]
    assert scalar(Value(3), np.float64(1)).data == 2.0
    for wrong in ((1.0,), (1.0, 2.0, 3.0)):
        with pytest.raises(TypeError, match="argument"):
            scalar(*wrong)
    for wrong in ("1", None, 1j):
        with pytest.raises(TypeError, match="not"):
            scalar(1.0, wrong)


@both
def test_batch_runs_samples_side_by_side(backend):
    w = Value(0.5)
    program = jit(lambda x, y: (tanh(w * x[0]) - y) * x[1], backend=backend, batch=True)
    x, y = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [0.5, 0.25, 0.125]
    values = program(x, y)
    assert values == pytest.approx(
        [(math.tanh(0.5 * a) - t) * b for (a, b), t in zip(x, y, strict=True)], rel=1e-14
    )
    _, (dx, dy) = program.value_and_grad(x, y)
    assert [*dy] == [-2.0, -4.0, -6.0]
    assert [row[1] for row in dx] == pytest.approx(
        [math.tanh(0.5 * a) - t for (a, _), t in zip(x, y, strict=True)]
    )
    mean = program.backward(x, y)
    assert mean == pytest.approx(sum(values) / 3)
    slopes = [b * a / math.cosh(0.5 * a) ** 2 for a, b in x]
    assert w.grad == pytest.approx(sum(slopes) / 3)
    with pytest.raises(ValueError, match="one entry for each sample"):
        program(x, [1.0])


@both
def test_flat_gives_the_outputs_of_the_same_pass(backend):
    w = Value(0.5)
    program = jit(lambda x: ((w * x - 1) ** 2, [w * x, {"x": x}]), backend=backend)
    x = np.array([1.0, 2.0, 4.0, 8.0])
    mean, grad, (losses, (scores, rest)) = program.flat([3.0], x, outputs=True)
    assert [*losses] == [4.0, 25.0, 121.0, 529.0]
    assert ([*scores], [*rest["x"]]) == ([3.0, 6.0, 12.0, 24.0], [*x])
    assert (mean, [*grad]) == (169.75, [(2 * 2 + 2 * 5 * 2 + 2 * 11 * 4 + 2 * 23 * 8) / 4])
    assert w.data == 0.5
    with pytest.raises(TypeError, match="several"):
        program.flat([3.0], x)
    single = jit(lambda x: w * x, backend=backend)
    mean, grad, values = single.flat([3.0], x, outputs=True)
    assert (mean, [*grad], [*values]) == (11.25, [3.75], [3.0, 6.0, 12.0, 24.0])
    assert single.flat([3.0], x)[0] == 11.25


@both
def test_a_program_without_parameters_has_a_mean(backend):
    program = jit(lambda x: x * x, backend=backend)
    for _ in range(2):
        mean, grad = program.flat(np.empty(0), np.array([1.0, 3.0]))
        assert (mean, [*grad]) == (5.0, [])


def test_arrays_keep_their_shape():
    program = jit(lambda m: m[0, 1] * m[1, 2] + m.sum(), batch=True)
    m = np.arange(12.0).reshape(2, 2, 3)
    assert program(m).tolist() == [m[k, 0, 1] * m[k, 1, 2] + m[k].sum() for k in range(2)]
    _, slopes = program.value_and_grad(m)
    assert slopes.shape == m.shape
    assert slopes[1, 0, 1] == 1 + m[1, 1, 2]


@both
def test_python_and_llvm_show_themselves(backend):
    w = Value(2.0)
    program = jit(lambda x: w * x, backend=backend).trace(1.0)
    assert "return" in program.source()
    assert "+= g" in program.source(grad="parameters")
    pytest.importorskip("llvmlite")
    assert "fmul double" in program.ir()
    with pytest.raises(ValueError, match="'arguments'"):
        program.source(grad="all")


def test_fractions_stay_exact():
    w = Value(Fraction(1, 3))
    program = jit(lambda x: (w * x + 1) ** 2, backend="python")
    value, slope = program.value_and_grad(Fraction(1, 2))
    assert (value, slope) == (Fraction(49, 36), Fraction(7, 9))
    program.backward(Fraction(1, 2))
    assert w.grad == Fraction(7, 6)


def branch(x):
    return x if x > 0 else -x


@pytest.mark.parametrize(
    "f",
    [
        branch,
        lambda x: max(x, 0),
        lambda x: sorted([x, 2 * x])[0],
        lambda x: x and 2 * x,
        lambda x: 0 < x < 1,
    ],
)
def test_a_branch_is_refused_and_its_line_named(f):
    with pytest.raises(
        TypeError, match=r"test_program.py:\d+ branches .* where\(.*maximum"
    ) as error:
        jit(f, backend="python")(1.0)
    line = f.__code__.co_firstlineno + (f is branch)
    assert f"test_program.py:{line} " in str(error.value)


def test_comparisons_are_recorded_only_while_tracing():
    program = jit(lambda x: where(x >= 2, x, maximum(x, 1)))
    assert [program(x) for x in (0.5, 1.5, 2.0)] == [1.0, 1.5, 2.0]
    assert (Value(1.0) < 2) is True
    assert bool(Value(0.0)) is False


@pytest.mark.parametrize("size", [200, 1000, 2000])
def test_code_comes_in_functions_of_bounded_size(size):
    def f(x, y):
        for k in range(size):
            x, y = y, x * y + k
        return x

    program = jit(f, backend="llvm").trace(1.0, 2.0)
    text = program.ir(grad="arguments")
    functions = [part.count("\n") for part in text.split("define ")]
    assert max(functions) < 4000
    assert len(functions) <= 6 + size // 50
    reference = jit(f, backend="python")
    assert program.value_and_grad(0.5, 0.25) == reference.value_and_grad(0.5, 0.25)


def test_a_layer_is_a_loop_whatever_its_size():
    def text(m, n):
        weights = [[Value(0.1) for _ in range(n)] for _ in range(m)]

        def f(x):
            return dot([dot(row, x) for row in weights], [1.0] * m)

        return jit(f, batch=True).trace(np.ones((1, n))).ir(grad="parameters")

    assert abs(text(16, 400).count("\n") - text(16, 20).count("\n")) < 10
    assert text(64, 40).count("\n") < 2 * text(16, 40).count("\n") + 600


@pytest.mark.parametrize("batch", [False, True])
def test_a_biased_layer_is_a_loop_whatever_its_size(batch):
    def lines(n):
        layers = [
            [[Value(0.1) for _ in range(a + 1)] for _ in range(b)] for a, b in ((n, 32), (32, 10))
        ]

        def f(x):
            for layer in layers:
                x = [tanh(dot(row, [*x, 1])) for row in layer]
            return dot(x, x)

        program = jit(f, backend="llvm", batch=batch).trace(np.ones((1, n)) if batch else [1.0] * n)
        return [program.ir(grad=grad).count("\n") for grad in ("none", "parameters")]

    assert lines(50) == lines(64) == lines(300)


def test_a_long_tape_is_cut_in_python_too():
    def f(x):  # every step counts
        y = x
        for k in range(3000):
            y = y + sin(x * (k % 7))
        return y

    leaf = Value(0.3)
    root = f(leaf)
    root.backward()
    program = jit(f, backend="python")
    assert program.value_and_grad(0.3) == (root.data, leaf.grad)
    assert program.source().count("def ") > 4


def test_the_tape_lists_arguments_first():
    w = Value(4.0)
    tape = trace(lambda x: exp(x) * w + 1, [None], [2.0])
    assert tape.arguments == 1
    assert [*tape.parameters.values()] == [w]
    assert tape.steps[0].op is None
    assert tape.outputs == [len(tape.steps) - 1]


SCRIPT = """
import sys
for name in {missing!r}:
    sys.modules[name] = None
from autograd import jit
print(jit(lambda x: x * x)(3.0), jit(lambda x: x * x).map([1.0, 2.0]))
try:
    jit(abs, backend="llvm")
except ImportError as error:
    print(error)
"""


@pytest.mark.parametrize("missing", [["llvmlite"], ["llvmlite", "numpy"], ["numpy"]])
def test_without_the_extra_python_works_and_the_error_says_what_to_install(missing):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(missing=missing)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    first, second = done.stdout.strip().split("\n")
    assert first == "9.0 [1.0, 4.0]"
    assert 'pip install "chainrule[jit]"' in second


@both
def test_a_program_within_a_program_is_traced_along(backend):
    square = jit(lambda x: x * x, backend=backend)
    assert square(2.0) == 4.0
    outer = jit(lambda x: square(x) * x, backend=backend)
    assert outer.value_and_grad(3.0) == (27.0, 27.0)


def test_an_unknown_backend_lists_what_there_is():
    with pytest.raises(
        ValueError, match=r"unknown backend 'c': must be one of \['llvm', 'python'\]"
    ):
        jit(abs, backend="c")
