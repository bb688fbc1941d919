"""Compiled code in several threads, which may switch wherever Python runs."""

import ctypes
import gc
import math
import threading
import weakref
from fractions import Fraction

import numpy as np
import pytest

from autograd import Value, dot, jit, tanh
from autograd.jit import cache, workers
from autograd.jit.llvm import machine, samples, single
from autograd.jit.trace import trace
from tests.together import together

pytest.importorskip("llvmlite", reason="llvmlite is not installed")


CALLS = {
    "value": (lambda f, x: f(x, x), lambda x: x * x),
    "value_and_grad": (lambda f, x: f.value_and_grad(x, x), lambda x: (x * x, (x, x))),
    "map": (lambda f, x: f.map([x] * 9, [x] * 9).tolist(), lambda x: [x * x] * 9),
    "flat": (
        lambda f, x: f.flat(np.empty(0), [x] * 9, [x] * 9)[0],
        lambda x: x * x,
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_numbers_whose_float_runs_python_are_not_mixed(name):
    call, right = CALLS[name]
    f = jit(lambda a, b: a * b, backend="llvm")
    call(f, 1.0)

    def work(number):
        expected = right(float(number))
        for _ in range(3000):
            assert call(f, number) == expected

    together(*(lambda k=k: work(Fraction(k)) for k in (2, 3, 5)))


def test_one_call_may_begin_within_another():
    class Curious:
        def __float__(self):
            assert f(5.0, 7.0, 1.0) == 36.0
            return 3.0

    f = jit(lambda a, b, c: a * b + c, backend="llvm")
    f(1.0, 1.0, 1.0)
    assert f._value[0](2.0, Curious(), 4.0) == 10.0


@pytest.mark.parametrize("width", [2, 300])  # memory on the stack and on the heap
def test_gradients_are_those_of_the_own_arguments(width):
    ws = [Value(1.0 + k) for k in range(width)]
    data = [w.data for w in ws]
    f = jit(lambda x: dot(ws, ws) * x, backend="llvm")
    many = jit(lambda x: dot(ws, ws) * x, backend="llvm", batch=True)
    f(1.0), many(np.ones(3))
    square = sum(x * x for x in data)

    def work(number):
        x = float(number)
        for _ in range(200):
            assert f.value_and_grad(number) == (square * x, square)
            mean, grads = many.flat(data, np.full(3, x))
            assert mean == pytest.approx(square * x)
            assert grads == pytest.approx([2 * w * x for w in data])
            f.backward(number)

    together(*(lambda k=k: work(Fraction(k)) for k in (2, 3, 4)))
    assert [w.grad for w in ws] == [2 * x * 200 * (2 + 3 + 4) for x in data]


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("turn", range(5))
def test_the_first_call_may_come_from_several_threads(name, turn):
    call, right = CALLS[name]
    f = jit(lambda a, b: a * b, backend="llvm")

    def work():
        for _ in range(30):
            assert call(f, 2.0) == right(2.0)

    together(*[work] * 4)


def test_a_version_is_compiled_once(monkeypatch):
    made = []
    monkeypatch.setattr(cache, "load", lambda name: None)
    old = machine.compiled
    monkeypatch.setattr(machine, "compiled", lambda text: made.append(text) or old(text))
    f = jit(lambda a, b: a * b - 0.125, backend="llvm").trace(1.0, 1.0)
    together(*[lambda: f.map([1.0, 2.0], [1.0, 2.0])] * 4)
    assert len(made) == 1


def test_programs_may_be_compiled_side_by_side():
    def work(number):
        for k in range(3):
            scale = Value(float(number))
            f = jit(lambda x, y, scale=scale, k=k: tanh(x) * scale + y + k, backend="llvm")
            expected = math.tanh(0.5) * number + 2.0 + k
            assert f(0.5, 2.0) == pytest.approx(expected, rel=1e-15)
            assert f.map([0.5], [2.0])[0] == pytest.approx(expected, rel=1e-15)

    together(*(lambda n=n: work(n) for n in range(4)))


def test_without_memory_there_is_an_error():
    binding, name = machine.llvm(), "PyMem_RawMalloc"
    nothing = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_size_t)(lambda size: None)
    ws = [Value(1.0) for _ in range(300)]
    f = jit(lambda x: dot(ws, ws) * x, backend="llvm").trace(1.0)
    right = ctypes.cast(ctypes.pythonapi[name], ctypes.c_void_p).value
    binding.add_symbol(name, ctypes.cast(nothing, ctypes.c_void_p).value)
    try:
        flat = f.version_of((None,)).flat()
        with pytest.raises(MemoryError):
            f.value_and_grad(1.0)
        with pytest.raises(MemoryError):
            f.flat([1.0] * 300, np.ones(3))
        with pytest.raises(MemoryError):
            flat(np.ones(300), np.empty(300), np.ones(3))
        with pytest.raises(MemoryError):
            f.map(np.ones(3))
    finally:
        binding.add_symbol(name, right)
    assert jit(lambda x: dot(ws, ws) * x, backend="llvm").value_and_grad(2.0) == (600.0, 300.0)


def test_programs_of_other_arguments_are_not_mixed():
    a, b = Value(10.0), Value(20.0)
    f = jit(lambda *xs: xs[0] * a if len(xs) == 1 else xs[0] * b + xs[1], backend="llvm")

    def one():
        for _ in range(3000):
            assert f(3.0) == 30.0
            assert f.value_and_grad(3.0) == (30.0, 10.0)

    def two():
        for _ in range(3000):
            assert f(3.0, 1.0) == 61.0
            assert f.value_and_grad(3.0, 1.0) == (61.0, (20.0, 1.0))

    together(one, two, one, two)


@pytest.mark.parametrize(("how", "many"), [("routine", True), ("callable", False)])
def test_code_lives_as_long_as_what_calls_it(how, many):
    tape = trace(lambda a, b: a * b, [None, None], [1.0, 1.0])
    text = (
        samples.many(tape, [(), ()], [], fast=False) if many else single.one(tape, [], fast=False)
    )
    code = machine.Code(machine.compiled(text.text))
    function, alive = getattr(code, how)("run" if many else "call"), weakref.ref(code)
    del code
    gc.collect()
    assert alive() is not None
    if not many:
        assert function(2.0, 3.0) == 6.0
    del function
    gc.collect()
    assert alive() is None


@pytest.fixture
def small(monkeypatch):
    """Shares so small that a test has several."""
    monkeypatch.setattr(samples, "WORTH", 1)


def network():
    rng = np.random.default_rng(3)
    first = [[Value(x) for x in row] for row in rng.normal(size=(5, 4))]
    second = [Value(x) for x in rng.normal(size=6)]

    def loss(x, y):
        hidden = [tanh(dot(row, [*x, 1])) for row in first]
        return (dot(second, [*hidden, 1]) - y) ** 2 + 0.01 * dot(second, second)

    return loss


@pytest.mark.parametrize("count", [1, 64, 65, 500, 3001])
def test_results_do_not_depend_on_the_number_of_workers(small, count):
    loss = network()
    rng = np.random.default_rng(count)
    x, y = rng.normal(size=(count, 3)), rng.normal(size=count)
    program = jit(loss, backend="llvm", batch=True).trace(x, y)
    w = np.array([p.data for p in program.parameters])

    def results(number):
        value, slopes = program.value_and_grad(x, y, workers=number)
        mean, grads = program.flat(w, x, y, workers=number)
        again = program.flat(w, x, y, workers=number)
        assert again[0] == mean and again[1].tolist() == grads.tolist()
        found = [program.map(x, y, workers=number), value, *slopes, mean, grads]
        return [np.asarray(part).tobytes() for part in found], (value, mean, grads)

    one, (values, mean, _) = results(1)
    for number in (None, 2, 3, 50):
        assert results(number)[0] == one
    assert mean == pytest.approx(values.mean(), rel=1e-12)
    for p in program.parameters:
        p.grad = 0
    for leaves, target in zip(x[:70].tolist(), y[:70].tolist(), strict=True):
        loss(leaves, target).backward()
    expected = [p.grad / min(count, 70) for p in program.parameters]
    assert program.flat(w, x[:70], y[:70])[1] == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_python_runs_beside_machine_code():
    calls, called = [], threading.Event()

    class Slow:
        def __call__(self, item):
            calls.append(threading.get_ident())
            if len({*calls}) < 2:
                called.wait(5)  # until another thread has come
            called.set()
            return 0

    assert workers.spread(Slow(), range(8), 2)
    assert len(calls) == 8
    assert len({*calls}) == 2


def test_what_a_call_returns_is_not_lost():
    assert workers.spread(lambda item: 0, range(5), 3)
    assert not workers.spread(lambda item: int(item == 3), range(5), 3)
    assert workers.spread(lambda item: 1, [], 3)


def test_ctrl_c_ends_the_work():
    main, calls, gone = threading.get_ident(), [], threading.Event()

    def call(item):
        calls.append(item)
        if threading.get_ident() == main:
            raise KeyboardInterrupt
        gone.wait(5)
        return 0

    with pytest.raises(KeyboardInterrupt):
        workers.spread(call, range(100), 2)
    gone.set()
    assert len(calls) <= 2


def test_without_more_threads_one_does_it_all(small, monkeypatch):
    def refuse(*args):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(workers, "start_new_thread", refuse)
    x = np.arange(1000.0)
    assert jit(lambda a: a * a, backend="llvm").map(x, workers=4).tolist() == (x * x).tolist()


@pytest.mark.parametrize("workers", [0, -1, 1.5, "2"])
def test_a_number_of_workers_that_is_none_is_refused(workers):
    program = jit(lambda a: a * a, batch=True)
    for call in (program.map, program.value_and_grad, lambda x, **o: program.flat([], x, **o)):
        with pytest.raises(ValueError, match=f"workers is a whole number.*not {workers!r}"):
            call([1.0, 2.0], workers=workers)


def test_there_is_a_core():
    assert workers.cores() >= 1
