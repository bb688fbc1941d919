"""Compiled programs against the eager engine, on random expressions."""

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value, dot, jit, maximum, minimum, relu, where
from autograd.jit.llvm import lowering, module
from tests.soaking import asked

# Operations that round and nothing more, so that every bit is decided.
OPERATIONS = [
    lambda x, y: x + y,
    lambda x, y: x - y,
    lambda x, y: x * y,
    lambda x, y: x / y,
    lambda x, y: -x,
    lambda x, y: abs(x),
    lambda x, y: relu(x),
    lambda x, y: maximum(x, y),
    lambda x, y: minimum(x, y),
    lambda x, y: where(x < y, x, y * 2),
    lambda x, y: x * 3 - 0.5,
    lambda x, y: 1 / x,
    lambda x, y: dot([x, y, x, y], [y, 2, x, x]),
    lambda x, y: dot([x, y, y, 1], [0.5, x, y, x]),
]

instructions = st.lists(
    st.tuples(st.integers(0, len(OPERATIONS) - 1), st.integers(0, 50), st.integers(0, 50)),
    min_size=1,
    max_size=25,
)
numbers = st.floats(-10, 10) | st.sampled_from(
    [0.0, -0.0, 1.0, math.inf, -math.inf, math.nan, 1e300]
)


def run(program, values):
    values = list(values)
    for operation, i, j in program:
        values.append(OPERATIONS[operation](values[i % len(values)], values[j % len(values)]))
    return values[-1]


class Function:
    """An expression of two arguments and two captured parameters."""

    def __init__(self, program):
        self.program = program
        self.captured = [Value(1.25, "a"), Value(-0.75, "b")]

    def __call__(self, x, y):
        return run(self.program, [x, y, *self.captured]) + 0 * x


def eager(f, x, y):
    for leaf in f.captured:
        leaf.grad = 0
    x, y = Value(x), Value(y)
    root = f(x, y)
    root.backward()
    return root.data, (x.grad, y.grad), [leaf.grad for leaf in f.captured]


def same(x, y):
    return x == y or (x != x and y != y)


def assert_same(found, expected):
    assert len(found) == len(expected)
    for x, y in zip(found, expected, strict=True):
        assert same(x, y), (found, expected)


@given(instructions, numbers, numbers)
@settings(max_examples=asked(60, 200), deadline=None)
def test_python_has_the_bits_of_eager(program, x, y):
    f = Function(program)
    value, slopes, grads = eager(f, x, y)
    compiled = jit(f, backend="python")
    found, found_slopes = compiled.value_and_grad(x, y)
    assert_same([found, *found_slopes], [value, *slopes])
    assert_same([compiled(x, y)], [value])
    for leaf in f.captured:
        leaf.grad = 0
    compiled.backward(x, y)
    assert_same([leaf.grad for leaf in f.captured], grads)


@given(instructions, st.lists(st.tuples(numbers, numbers), min_size=1, max_size=20))
@settings(max_examples=asked(30, 60), deadline=None)
def test_machine_code_has_the_bits_of_eager(program, points):
    f = Function(program)
    single, batch = jit(f), jit(f, batch=True)
    values, slopes = batch.value_and_grad(*np.array(points).T)
    assert_same(batch(*np.array(points).T), values)
    for k, (x, y) in enumerate(points):
        value, expected, grads = eager(f, x, y)
        assert_same([values[k], slopes[0][k], slopes[1][k]], [value, *expected])
        if k == 0:
            found, found_slopes = single.value_and_grad(x, y)
            assert_same([found, *found_slopes], [value, *expected])
            for leaf in f.captured:
                leaf.grad = 0
            single.backward(x, y)
            assert_same([leaf.grad for leaf in f.captured], grads)


@given(instructions)
@settings(max_examples=asked(40, 100), deadline=None)
def test_python_keeps_fractions(program):
    f = Function(
        [
            step
            for step in program
            if OPERATIONS[step[0]](Fraction(1), Fraction(1)).__class__ is not float
        ]
    )
    f.captured = [Value(Fraction(5, 4)), Value(Fraction(-3, 4))]
    x, y = Fraction(2, 3), Fraction(-7, 5)
    try:
        value, slopes, _ = eager(f, x, y)
    except ZeroDivisionError:
        return
    if isinstance(value, float):  # a division by a zero of another type
        return
    found, found_slopes = jit(f, backend="python").value_and_grad(x, y)
    assert (found, *found_slopes) == (value, *slopes)
    assert type(found) is type(value)


def network(sizes, activation, seed=3):
    rng = np.random.default_rng(seed)
    layers = [
        [([Value(w) for w in rng.uniform(-1, 1, n)], Value(rng.uniform(-1, 1))) for _ in range(m)]
        for n, m in pairwise(sizes)
    ]

    def f(x):
        for k, layer in enumerate(layers):
            x = [dot(weights, x) + bias for weights, bias in layer]
            if k + 1 < len(layers):
                x = [activation(value) for value in x]
        return x[0]

    return f, [p for layer in layers for weights, bias in layer for p in (*weights, bias)]


@pytest.mark.parametrize("sizes", [(2, 16, 16, 1), (5, 9, 1), (4, 1), (17, 3, 5, 1)])
@pytest.mark.parametrize("count", [1, 7, 8, 21])
def test_networks_have_the_bits_of_eager(sizes, count):
    model, parameters = network(sizes, relu)

    def loss(x, y):
        error = model(x) - y
        return error * error + 0.01 * dot(parameters, parameters)

    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(count, sizes[0])), rng.normal(size=count)
    x[0] *= 1e200
    program = jit(loss, batch=True)
    values, (dx, dy) = program.value_and_grad(x, y)
    for parameter in parameters:
        parameter.grad = 0
    for k in range(count):
        leaves, target = [Value(v) for v in x[k].tolist()], Value(float(y[k]))
        root = loss(leaves, target)
        root.backward()
        assert_same([values[k], dy[k], *dx[k]], [root.data, target.grad, *(v.grad for v in leaves)])
    expected = [p.grad / count for p in program.parameters]
    w = np.array([p.data for p in program.parameters])
    for _ in range(2):  # the second call goes straight to the arrays
        mean, grad = program.flat(w, x, y)
        np.testing.assert_allclose(mean, values.mean(), rtol=1e-13)
        np.testing.assert_allclose(grad, expected, rtol=1e-9, atol=1e-12)
    single = jit(loss)
    point = x[count - 1].tolist(), float(y[count - 1])
    for parameter in parameters:
        parameter.grad = 0
    loss(*point).backward()
    expected = [p.grad for p in parameters]
    for parameter in parameters:
        parameter.grad = 0
    single.backward(*point)
    assert_same([p.grad for p in parameters], expected)


@given(instructions, numbers, numbers)
@settings(max_examples=asked(30, 60), deadline=None)
def test_code_cut_into_many_functions_is_the_same(program, x, y):
    f = Function(program)
    value, slopes, _ = eager(f, x, y)
    cost, lowering.COST = lowering.COST, 40
    try:
        found, found_slopes = jit(f).value_and_grad(x, y)
        many, many_slopes = jit(f, batch=True).value_and_grad([x], [y])
    finally:
        lowering.COST = cost
    assert_same([found, *found_slopes], [value, *slopes])
    assert_same([many[0], many_slopes[0][0], many_slopes[1][0]], [value, *slopes])


def test_where_a_gradient_came_is_known_from_function_to_function(monkeypatch):
    """Each step is one of its own: an infinite slope meets no gradient that did not come."""
    monkeypatch.setattr(lowering, "COST", 1)

    def f(x):
        return relu(x**0.5 - 1) + 3 * x

    assert jit(f).value_and_grad(0.0) == (0.0, 3.0)
    values, slopes = jit(f, batch=True).value_and_grad(np.array([0.0, 4.0, 0.25]))
    assert (values.tolist(), slopes.tolist()) == ([0.0, 13.0, 0.75], [3.0, 3.25, 3.0])


class Dots:
    """Layers of dots over runs of earlier values, constants among them, wherever those lie."""

    def __init__(self, layers):
        self.layers = layers
        self.captured = [Value(k / 4 - 1) for k in range(6)]

    def __call__(self, x):
        values = [*x, *self.captured]
        for run, rows in self.layers:
            made = [dot(self.pick(values, row), self.pick(values, run)) for row in rows]
            values += made
            values += [relu(value) for value in made]
        return dot(values, [1.0 + k % 3 for k in range(len(values))])

    @staticmethod
    def pick(values, places):
        return [0.5 * place if place <= 0 else values[-place % len(values)] for place in places]


def layers(size):
    """A run of places, where a positive one is counted from the newest value, and rows like it."""
    run = st.lists(st.integers(-2, 30), min_size=size, max_size=size)
    start = st.integers(1, 20)
    straight = start.map(lambda first: [*range(first + size - 1, first - 1, -1)])
    biased = start.map(lambda first: [*range(first + size - 2, first - 1, -1), -2])
    any_run = straight | biased | run
    return st.tuples(any_run, st.lists(any_run, min_size=1, max_size=10))


@pytest.fixture(scope="module")
def everything_is_copied():
    """Memory holds nan at first, so that what is read was written; small runs are copied, too."""
    patch = pytest.MonkeyPatch()
    begin = module.Workspace.__init__

    def filled(self, body, sizes, failed):
        begin(self, body, sizes, failed)
        module.clear(body, "%memory", sum(-(-size // 64) * 64 for size in sizes.values()))
        body.lines[-1] = body.lines[-1].replace("i8 0", "i8 255")

    patch.setattr(module.Workspace, "__init__", filled)
    patch.setattr(lowering, "LARGE", 0)
    yield
    patch.undo()


@given(
    st.lists(st.integers(4, 6).flatmap(layers), min_size=1, max_size=4),
    st.lists(st.lists(numbers, min_size=5, max_size=5), min_size=1, max_size=9),
)
@settings(max_examples=asked(8, 200), deadline=None)
def test_runs_that_lie_anywhere_have_the_bits_of_eager(everything_is_copied, steps, points):
    f = Dots(steps)
    single, batch, python = jit(f), jit(f, batch=True), jit(f, backend="python")
    values, slopes = batch.value_and_grad(np.array(points))
    total = [0.0] * len(f.captured)
    for k, point in enumerate(points):
        for leaf in f.captured:
            leaf.grad = 0
        leaves = [Value(x) for x in point]
        root = f(leaves)
        root.backward()
        expected = [root.data, *(x.grad for x in leaves)]
        assert_same([values[k], *slopes[k]], expected)
        grads = [leaf.grad for leaf in f.captured]
        total = [a + b for a, b in zip(total, grads, strict=True)]
        for compiled in (single, python) if k == 0 else ():
            found, found_slopes = compiled.value_and_grad(point)
            assert_same([found, *found_slopes], expected)
            for leaf in f.captured:
                leaf.grad = 0
            compiled.backward(point)
            assert_same([leaf.grad for leaf in f.captured], grads)
    place = {leaf: k for k, leaf in enumerate(f.captured)}
    used = [place[p] for p in batch.parameters]
    grad = batch.flat(np.array([p.data for p in batch.parameters]), np.array(points))[1]
    expected = [total[k] / len(points) for k in used]
    if np.isfinite(total).all() and np.abs(total).max(initial=0) < 1e200:
        np.testing.assert_allclose(grad, expected, rtol=1e-9, atol=1e-9 * np.abs(total).max())


@pytest.mark.parametrize("layout", ["biased", "bias first", "patches", "tokens"])
@pytest.mark.parametrize("large", [0, 48])
def test_layers_of_every_layout_have_the_bits_of_eager(monkeypatch, layout, large):
    monkeypatch.setattr(lowering, "LARGE", large)
    rng = np.random.default_rng(6)
    rows = [[Value(w) for w in row] for row in rng.uniform(-1, 1, (9, 10))]

    def f(x):
        if layout == "biased":
            h = [relu(dot(row[:9], [*x[:8], 1])) for row in rows]
            return dot(rows[0], [*h, 1]) + dot(rows[1], [*h, 1])
        if layout == "bias first":
            h = [relu(dot(row[:9], [1, *x[4:]])) for row in rows]
            return dot(rows[0], [2, *h]) * dot(rows[1], [2, *h])
        if layout == "patches":  # kernels that go over an image of 3 × 4
            patches = [[x[4 * i + j + k] for i in (0, 1) for k in (0, 1, 2)] for j in (0, 1)]
            maps = [[relu(dot(row[:6], patch)) for patch in patches] for row in rows]
            return dot(rows[0][:9], [a * b for a, b in maps])
        q, *keys = [[dot(row[:3], x[3 * k : 3 * k + 3]) for row in rows] for k in range(4)]
        scores = [dot(q, key) for key in keys] + [q[0]]
        mixed = [dot(scores, [*(key[k] for key in keys), 1]) for k in range(9)]
        return dot(mixed, mixed) + dot([*mixed, 1], rows[2])

    points = rng.normal(size=(11, 12))
    batch, single, python = jit(f, batch=True), jit(f), jit(f, backend="python")
    values, slopes = batch.value_and_grad(points)
    leaves = [w for row in rows for w in row]
    for k, point in enumerate(points.tolist()):
        for leaf in leaves:
            leaf.grad = 0
        inputs = [Value(x) for x in point]
        root = f(inputs)
        root.backward()
        expected = [root.data, *(x.grad for x in inputs)]
        grads = [leaf.grad for leaf in leaves]
        assert_same([values[k], *slopes[k]], expected)
        for compiled in (single, python):
            value, found = compiled.value_and_grad(point)
            assert_same([value, *found], expected)
            for leaf in leaves:
                leaf.grad = 0
            compiled.backward(point)
            assert_same([leaf.grad for leaf in leaves], grads)


def test_an_unused_lane_adds_nothing_to_an_infinite_gradient():
    w = Value(2.0)
    program = jit(lambda x: w / x, batch=True)
    value, grad = program.flat(np.array([2.0]), np.array([0.0, 1.0, 2.0]))
    assert (value, grad.tolist()) == (math.inf, [math.inf])


@pytest.mark.parametrize(
    "sizes", [(2, 16, 16, 1), (5, 9, 1), (4, 1), (17, 3, 5, 1), (33, 2, 1), (64, 1, 8, 4, 1)]
)
def test_fastmath_agrees_to_rounding(sizes):
    model, parameters = network(sizes, relu)
    x = np.random.default_rng(5).normal(size=(40, sizes[0]))
    w = np.array([p.data for p in jit(model, batch=True).trace(x).parameters])
    exact, fast = (jit(model, batch=True, fastmath=fast).flat(w, x) for fast in (False, True))
    np.testing.assert_allclose(fast[0], exact[0], rtol=1e-12)
    np.testing.assert_allclose(fast[1], exact[1], rtol=1e-10, atol=1e-13)
    assert len(w) == len(parameters)
    single, rows = jit(model, fastmath=True), jit(model, batch=True).value_and_grad(x)
    for point, value, slopes in zip(x.tolist(), *rows, strict=True):
        found, found_slopes = single.value_and_grad(point)
        np.testing.assert_allclose(found, value, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(found_slopes, slopes, rtol=1e-10, atol=1e-13)
