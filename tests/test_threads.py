"""Threads: what each does with graphs of its own, and what they may do with one that they share."""

import random
import threading
from fractions import Fraction

import pytest

from autograd import (
    Value,
    custom,
    dot,
    draw,
    errors,
    explain,
    grad,
    hessian,
    jacobian,
    jit,
    live,
    log,
    steps,
    tanh,
)
from autograd.engine import OPS, record
from autograd.errors import guard
from autograd.live.page import identity
from tests.together import in_threads

THREADS = 4


def test_graphs_of_their_own():
    def work(k):
        for _ in range(60):
            x, y = Value(float(k)), Value(Fraction(k, 3))
            f = tanh(x) * x + x
            g = y * y * y + dot([y, 2], [y, y])
            f.backward()
            g.backward()
            assert y.grad == 3 * y.data**2 + 2 * y.data + 2
            found.add((k, x.grad))

    found = set()
    in_threads(work)
    assert len(found) == THREADS


def test_runs_whose_summaries_are_kept():
    """The last summary of a run is for that run alone, whichever thread made it."""

    def expected(k):
        xs = [Value(float(k + j)) for j in range(3)]
        ys = [Value(float(j * j)) for j in range(3)]
        root = OPS["softmean"].apply(xs, ys)
        root.backward()
        return [root.data, *(leaf.grad for leaf in (*xs, *ys))]

    right = [expected(k % 2) for k in range(THREADS)]

    def work(k):
        for _ in range(40):
            assert expected(k % 2) == right[k]

    in_threads(work)


def test_derivatives_of_one_function():
    f = lambda x, y: x * x * y + y

    def work(k):
        for _ in range(15):
            assert grad(f)(Fraction(k), 2) == 4 * k
            assert jacobian(lambda p: [p[0] * p[1], p[1]])([k, 3]) == [[3, k], [0, 1]]
            assert hessian(lambda p: f(p[0], p[1]))([k, 3]) == [[6, 2 * k], [2 * k, 0]]

    in_threads(work)


@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_passes_and_compiled_passes_add_to_the_same_leaves(backend):
    if backend == "llvm":
        pytest.importorskip("llvmlite")
    w, v = Value(2.0), Value(3.0)
    shared, program = w * v, jit(lambda x: w * x + v, backend=backend)
    node = jit(lambda a, b: [a * b, a], backend=backend)(w, v)[0]

    def work(k):
        for _ in range(100):
            (shared, node)[k % 2].backward() if k < 2 else program.backward(5.0)

    in_threads(work)
    assert (w.grad, v.grad) == (100 * (3 + 3 + 5 + 5), 100 * (2 + 2 + 1 + 1))


@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_parameters_of_a_function_that_several_trace(backend):
    """Each thread gives arguments of another structure, with parameters of its own."""
    if backend == "llvm":
        pytest.importorskip("llvmlite")
    for _ in range(3):
        ws = [Value(float(k + 1)) for k in range(THREADS)]
        f = jit(lambda *xs, ws=ws: dot(ws[: len(xs)], xs), backend=backend)

        def work(k, f=f):
            ones = [1.0] * (k + 1)
            assert f(*ones) == sum(range(1, k + 2))

        in_threads(work)
        assert {*f.parameters} == {*ws}
        assert len(f.parameters) == len(ws)
        mean, grads = f.flat([w.data for w in f.parameters], [2.0, 4.0])
        place = f.parameters.index(ws[0])
        assert (mean, grads[place], sum(grads)) == (3.0, 3.0, 3.0)


@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_one_function_called_and_differentiated(backend):
    if backend == "llvm":
        pytest.importorskip("llvmlite")
    f = jit(lambda x, y: x * y + x, backend=backend)

    def work(k):
        x = float(k)
        for _ in range(100):
            assert f(x, 3.0) == 4 * x
            assert f.value_and_grad(x, 3.0) == (4 * x, (4.0, x))
            assert [*f.map([x, 1.0], [3.0, 3.0])] == [4 * x, 4.0]
        assert grad(lambda x: f(x, x))(x) == 2 * x + 1

    in_threads(work)


def test_random_numbers_of_others_are_no_matter_of_a_trace():
    """One thread draws a few while others trace; a function that draws is refused as ever."""

    def work(k):
        if k == 0:
            return [random.random() for _ in range(50)]
        return [jit(lambda x, j=j: x * j, backend="python")(2.0) for j in range(5)]

    assert in_threads(work)[1:] == [[0.0, 2.0, 4.0, 6.0, 8.0]] * (THREADS - 1)
    waiting = threading.Event()
    other = threading.Thread(target=waiting.wait)
    other.start()
    with pytest.raises(TypeError, match=r"draws random numbers.*; if it is other threads that do"):
        jit(lambda x: x * random.random(), backend="python")(1.0)
    waiting.set()
    other.join()


def test_a_block_of_errors_is_the_own_threads():
    inside, outside = threading.Barrier(2), threading.Barrier(2)

    def work(k):
        if k:
            inside.wait()
            assert log(Value(-1.0)).data != 0  # nan
            outside.wait()
            return
        with errors(nan="raise"):
            inside.wait()
            with pytest.raises(FloatingPointError):
                log(Value(-1.0))
            outside.wait()

    in_threads(work, 2)

    def restless_blocks(k):
        for _ in range(200):
            with errors(nan="raise" if k % 2 else "allow"):
                x = Value(2.0)
                (x * x).backward()
                assert x.grad == 4.0

    in_threads(restless_blocks)
    assert guard.check is None


def test_what_shows_a_graph():
    def text(k):
        x, y = Value(float(k), "x"), Value(3.0, "y")
        root = tanh(x) * y + x
        root.backward()
        return draw(root).source, str(explain(root)), str(steps(root)), live(root).text

    right = [text(k) for k in range(3)]

    def work(k):
        assert text(k) == right[k]

    in_threads(work, 3)


def test_what_is_shown_has_an_id_of_its_own():
    found = in_threads(lambda _: [identity("one and the same") for _ in range(200)])
    assert len({name for names in found for name in names}) == 200 * THREADS


def test_functions_of_ones_own():
    def work(k):
        scaled = custom(lambda x: k * x, lambda x, z: k, name=f"scaled{k % 2}")
        for _ in range(50):
            x = Value(Fraction(3))
            scaled(scaled(x)).backward()
            assert x.grad == k * k

    in_threads(work)


def test_recorders_and_pullers_that_several_make_at_once():
    """They are made when they are first used."""
    names = [name for name, op in OPS.items() if not op.run and len(op.inputs) == 1][:20]

    def work(_):
        made = []
        for name in names:
            x = Value(0.5)
            root = record(OPS[name], x)
            root.backward()
            made.append((root.data, x.grad))
        return made

    assert len({*map(repr, in_threads(work))}) == 1
