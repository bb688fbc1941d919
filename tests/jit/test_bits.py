"""Eager evaluation, Python and machine code give the same bits on programs like people's.

Norms, Gram matrices, attention, recurrences, convolutions, tied weights, masks: what they have in
common is that numbers are used again, as whole runs and one by one.
"""

import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value, dot, exp, jit, logsumexp, maximum, relu, sqrt, tanh, where
from tests.soaking import asked

GRAPHS = asked(25, 3_000)

# Each block makes a vector of earlier vectors u, v and a matrix m of weights, all of one length.


def rms_norm(u, v, m):
    size = sqrt(dot(u, u) / len(u) + 0.01)
    return [x / size for x in u]


def scaled_by_squared_norm(u, v, m):
    square = dot(u, u)
    return [x * square for x in v]


def layer(u, v, m):
    return [relu(dot(row, u) + b) for row, b in zip(m, v, strict=True)]


def layer_the_other_way_round(u, v, m):
    return [dot(u, row) for row in m]


def tied(u, v, m):
    hidden = [relu(dot(row, u)) for row in m]
    return [dot(column, hidden) for column in zip(*m, strict=True)]


def recurrence(u, v, m):
    h = v
    for x in u[:3]:
        h = [x + dot(row, h) * 0.5 for row in m]
    return h


def gated(u, v, m):
    return [x * dot(row, [*u[1:], u[0]]) + y for x, y, row in zip(u, v, m, strict=True)]


def gram(u, v, m):
    rows = [u, v, *m[:2]]
    return [dot(rows[k % len(rows)], rows[k * k % len(rows)]) * 0.1 for k in range(len(u))]


def gram_of_one(u, v, m):
    return [dot(m[0], m[0]) * x - dot(u, u) for x in v]


def correlation(u, v, m):
    return [dot(u[k:] + u[:k], u) * 0.1 for k in range(len(u))]


def convolution(u, v, m):
    windows = [(v + u)[k : k + len(u)] for k in range(len(u))]
    return [dot(m[0], window) for window in windows]


def convolution_backwards(u, v, m):
    windows = [(m[0] + m[1])[k : k + len(u)] for k in range(len(u))]
    return [dot(window, u) for window in reversed(windows)]


def attention(u, v, m):
    weights = [relu(dot(key, u)) for key in (v, *m)]
    total = sum(weights) + 1
    return [sum(w * k for w, k in zip(weights, column, strict=True)) / total
            for column in zip(v, *m, strict=True)]  # fmt: skip


# A condition is a number here: `x < y` is a step of a compiled program but none of an eager graph,
# so the order of both, and with it the last bit of a sum, may be another.


def masked(u, v, m):
    return [where(relu(y - x), dot(u, row), x * y) for x, y, row in zip(u, v, m, strict=True)]


def guarded(u, v, m):
    return [where(relu(x), 1 / x, 1) for x in u]


def clipped(u, v, m):
    return [maximum(x, dot(v, v) * 0.25) for x in u]


def neighbours(u, v, m):
    return [dot(u[:-1], u[1:]) * x - dot(u[1:], u[:-1]) for x in v]


def constants(u, v, m):
    fixed = [0.5 * k for k in range(len(u))]
    return [dot(fixed, u) - x for x in v]


def used_between(u, v, m):
    first = dot(m[0], u)
    middle = [x * first for x in u]
    second = dot(m[1 % len(m)], u)
    return [x * second + w for x, w in zip(middle, m[0], strict=True)]


EXACT = [
    rms_norm, scaled_by_squared_norm, layer, layer_the_other_way_round, tied, recurrence, gated,
    gram, gram_of_one, correlation, convolution, convolution_backwards, attention, masked, guarded,
    clipped, neighbours, constants, used_between,
]  # fmt: skip


def softmax_attention(u, v, m):
    scores = [dot(key, u) for key in m]
    normal = logsumexp(scores)
    weights = [exp(score - normal) for score in scores]
    return [dot(weights, column) for column in zip(*m, strict=True)]


def squashed(u, v, m):
    return [tanh(dot(row, u) + b) for row, b in zip(m, v, strict=True)]


SMOOTH = [rms_norm, layer, tied, recurrence, gram, attention, softmax_attention, squashed]

numbers = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 3.0]) | st.floats(-2, 2)


@st.composite
def programs(draw, blocks):
    size = draw(st.sampled_from([2, 3, 4, 5, 8, 9, 17]))
    steps = st.tuples(st.sampled_from(blocks), *[st.integers(0, 9)] * 2)
    rows = draw(st.integers(2, 3))
    feed = draw(st.lists(numbers, min_size=12, max_size=12))
    data = [feed[k % 12] + k // 12 * 0.1 for k in range((rows + 2) * size)]
    vectors = [data[k * size : (k + 1) * size] for k in range(rows + 2)]
    return Program(draw(st.lists(steps, min_size=1, max_size=4)), vectors)


class Program:
    """Blocks one after the other on two vectors and some weights; a number in the end."""

    def __init__(self, steps, vectors):
        self.steps, (self.x, self.y, *self.rows) = steps, vectors

    def __call__(self, x, y, rows):
        weights = [rows[k % len(rows)] for k in range(len(x))]
        live, total = [[*x], [*y]], x[0] * y[-1]
        for block, i, j in self.steps:
            made = block(live[i % len(live)], live[j % len(live)], weights)
            live.append([z * 0.5 for z in made[1:]] + made[:1])
            total = total + made[0]
        return total + dot(live[-1], live[-1]) + live[-2][0]

    def __repr__(self):
        steps = ", ".join(f"{block.__name__} {i} {j}" for block, i, j in self.steps)
        return f"Program({steps}; {self.x}, {self.y}, {self.rows})"

    def eager(self):
        """The value, and the gradients of the arguments and of the weights."""
        x, y = [*map(Value, self.x)], [*map(Value, self.y)]
        rows = [[*map(Value, row)] for row in self.rows]
        root = self(x, y, rows)
        root.backward()
        return root.data, [leaf.grad for leaf in x + y], [leaf.grad for row in rows for leaf in row]

    def compiled(self, how, backend):
        """The same of compiled code, as far as it is computed (None for the rest)."""
        if how == "arguments":
            program = jit(self, backend=backend)
            value, (dx, dy, rows) = program.value_and_grad(self.x, self.y, self.rows)
            return value, dx + dy, [slope for row in rows for slope in row]
        rows = [[*map(Value, row)] for row in self.rows]
        program = jit(lambda x, y: self(x, y, rows), backend=backend, batch=how == "batch")
        if how == "parameters":
            value = program.backward(self.x, self.y)
            return value, None, [leaf.grad for row in rows for leaf in row]
        x, y = (np.array([v, [2.0] * len(v), v]) for v in (self.x, self.y))
        values, slopes = program.value_and_grad(x, y)
        return values[2], [*slopes[0][2], *slopes[1][2]], None


def bits(number):
    return "nan" if math.isnan(number) else struct.pack("d", number)


def check(program, how, same):
    value, slopes, grads = program.eager()
    for backend in ("python", "llvm"):
        found = program.compiled(how, backend)
        for a, b in zip(found, ([value], slopes, grads), strict=True):
            if a is not None:
                same(backend, np.atleast_1d(a).tolist(), b)


@given(programs(EXACT), st.sampled_from(["arguments", "parameters", "batch"]))
@settings(max_examples=2 * GRAPHS, deadline=None)
def test_all_have_the_same_bits(program, how):
    def same(backend, found, expected):
        assert [*map(bits, found)] == [*map(bits, expected)], (backend, found, expected)

    check(program, how, same)


@given(programs(SMOOTH), st.sampled_from(["arguments", "parameters", "batch"]))
@settings(max_examples=GRAPHS, deadline=None)
def test_all_agree_where_functions_are_within_ulps(program, how):
    def same(backend, found, expected):
        if backend == "python":
            assert [*map(bits, found)] == [*map(bits, expected)]
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * np.abs(expected).max())

    check(program, how, same)


@pytest.mark.parametrize("count", [1, 3, 4, 12])
@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_a_sum_begins_with_a_zero_that_has_no_sign(backend, count):
    x, y = [-0.0] * count, [1.0] * count

    def f(x, y):
        return dot(x, y)

    assert bits(jit(f, backend=backend)(x, y)) == bits(0.0)
    for samples in (0, 1, 2, 9):  # one alone; one and several that lie in arrays
        program = jit(f, backend=backend, batch=samples > 0)
        slopes = program.value_and_grad(*([v] * samples if samples else v for v in (x, y)))[1]
        for found, right in zip(slopes, (y, [0.0] * count), strict=True):
            for row in np.atleast_2d(found).tolist():
                assert [*map(bits, row)] == [*map(bits, right)]


@pytest.mark.parametrize("count", [3, 4, 12])
def test_a_run_with_itself_keeps_what_its_elements_got_elsewhere(count):
    def f(x):
        y = [2 * v for v in x]
        return dot(y, y) + 100 * y[0]

    x = [float(k + 1) for k in range(count)]
    for backend in ("python", "llvm"):
        slopes = jit(f, backend=backend).value_and_grad(x)[1]
        assert slopes == [8 * v + 200 * (k == 0) for k, v in enumerate(x)]
