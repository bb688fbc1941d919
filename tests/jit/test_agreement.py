"""Compiled programs against the eager engine, on random expressions."""

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value, dot, jit, maximum, minimum, relu, where
from autograd.jit.llvm import lowering

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
@settings(max_examples=200, deadline=None)
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
@settings(max_examples=60, deadline=None)
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
@settings(max_examples=100, deadline=None)
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
@settings(max_examples=60, deadline=None)
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


def test_an_unused_lane_adds_nothing_to_an_infinite_gradient():
    w = Value(2.0)
    program = jit(lambda x: w / x, batch=True)
    value, grad = program.flat(np.array([2.0]), np.array([0.0, 1.0, 2.0]))
    assert (value, grad.tolist()) == (math.inf, [math.inf])


def test_fastmath_agrees_to_rounding():
    model, parameters = network((2, 16, 16, 1), relu)
    x = np.random.default_rng(5).normal(size=(40, 2))
    w = np.array([p.data for p in jit(model, batch=True).trace(x).parameters])
    exact, fast = (jit(model, batch=True, fastmath=fast).flat(w, x) for fast in (False, True))
    np.testing.assert_allclose(fast[0], exact[0], rtol=1e-12)
    np.testing.assert_allclose(fast[1], exact[1], rtol=1e-10, atol=1e-13)
    assert len(w) == len(parameters)
