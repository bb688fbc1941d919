"""Compiled functions that call compiled functions, and indices, against the same written out."""

import copy
import importlib
import itertools
import math
import pickle
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import (
    Value,
    dot,
    errors,
    exp,
    grad,
    hessian,
    hvp,
    jacobian,
    jit,
    jvp,
    log,
    maximum,
    minimum,
    relu,
    replay,
    sqrt,
    tanh,
    topological,
    vjp,
    where,
)
from autograd.graph import flow
from tests.soaking import asked

BACKENDS = ["python", "llvm"]

# Whole numbers stay whole: sums are exact in any order, and every bit is decided.
EXACT = [
    lambda x, y: x + y,
    lambda x, y: x - y,
    lambda x, y: x * y,
    lambda x, y: -x,
    lambda x, y: relu(x),
    lambda x, y: maximum(x, y),
    lambda x, y: minimum(x, y),
    lambda x, y: where(x < y, x, y),
    lambda x, y: dot([x, y, x, y], [y, 2, x, x]),
    lambda x, y: sum(a * b for a, b in zip([x, y, x - y, 3 * x], [1, y, x, 2], strict=True)),
]


@pytest.fixture(autouse=True)
def every_call_stays_a_call(monkeypatch):
    monkeypatch.setattr(importlib.import_module("autograd.jit.program"), "SHORT", 0)


class Piece:
    """A function of two numbers and an index, with captured parameters, and several results."""

    def __init__(self, program, results, table, captured):
        self.program, self.results, self.table, self.captured = program, results, table, captured

    def __call__(self, x, y, i):
        row = self.table[i]
        values = [x, y, *row, *self.captured]
        for operation, j, k in self.program:
            values.append(EXACT[operation](values[j % len(values)], values[k % len(values)]))
        return values[-self.results :]


class Whole:
    """Pieces after each other, each perhaps compiled on its own."""

    def __init__(self, pieces):
        self.pieces = pieces

    def __call__(self, x, y, i):
        found = [x, y]
        for piece in self.pieces:
            found += piece(found[-1], found[-2], i)
        return sum(found)


instructions = st.lists(
    st.tuples(st.integers(0, len(EXACT) - 1), st.integers(0, 30), st.integers(0, 30)),
    min_size=1,
    max_size=6,
)

# Some pieces capture some parameters, in any order: those of a call need not lie together.
captures = st.lists(st.integers(0, 4), max_size=4, unique=True)
pieces = st.lists(
    st.tuples(instructions, st.integers(1, 3), captures, st.booleans()), min_size=1, max_size=4
)


def made(drawn, backend, *, compiled):
    table = [[Value(float(3 * r - c), f"e{r}{c}") for c in range(2)] for r in range(3)]
    parameters = [Value(float(k - 2), f"w{k}") for k in range(5)]
    found = []
    for program, results, captured, alone in drawn:
        piece = Piece(program, results, table, [parameters[k] for k in captured])
        found.append(jit(piece, backend=backend) if compiled and alone else piece)
    leaves = [*parameters, *(x for row in table for x in row)]
    return Whole(found), leaves


def bounded(root):
    return abs(root) < 2**53


@pytest.mark.parametrize("backend", BACKENDS)
@given(
    pieces,
    st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(-3, 2)), min_size=1),
)
@settings(max_examples=asked(10, 300), deadline=None)
def test_pieces_compiled_on_their_own_are_what_they_are_written_out(backend, drawn, points):
    expected = []
    for x, y, i in points:
        whole, leaves = made(drawn, backend, compiled=False)
        a, b = Value(float(x)), Value(float(y))
        root = whole(a, b, i)
        root.backward()
        slopes = [a.grad, b.grad, *(leaf.grad for leaf in leaves)]
        if not all(map(bounded, [root.data, *slopes])):
            return
        expected.append((root.data, slopes))
    whole, leaves = made(drawn, backend, compiled=True)
    compiled = jit(whole, backend=backend)
    for (x, y, i), (value, slopes) in zip(points, expected, strict=True):
        assert compiled(float(x), float(y), i) == value
        found, gradients = compiled.value_and_grad(float(x), float(y), i)
        assert (found, [*gradients[:2]]) == (value, slopes[:2])
        for run in (whole, compiled):  # calls in a graph; one call of all
            for leaf in leaves:
                leaf.grad = 0
            a, b = Value(float(x)), Value(float(y))
            run(a, b, i).backward()
            assert [a.grad, b.grad, *(leaf.grad for leaf in leaves)] == slopes
        for leaf in leaves:
            leaf.grad = 0
        assert compiled.backward(float(x), float(y), i) == value
        assert [leaf.grad for leaf in leaves] == slopes[2:]
    if backend == "llvm":
        columns = np.array(points, float).T
        values, gradients = jit(whole, backend=backend, batch=True).value_and_grad(*columns)
        assert values.tolist() == [value for value, _ in expected]
        assert gradients[0].tolist() == [slopes[0] for _, slopes in expected]
        w = np.array([v.data for v in compiled.parameters])
        mean, slope = compiled.flat(w, *columns)
        place = {leaf: k for k, leaf in enumerate(leaves)}
        total = sum(value for value, _ in expected)
        assert mean == pytest.approx(total / len(points), rel=1e-12, abs=1e-12)
        for v, g in zip(compiled.parameters, slope, strict=True):
            total = sum(slopes[2 + place[v]] for _, slopes in expected)
            assert g == pytest.approx(total / len(points), rel=1e-12, abs=1e-9)


def layer(w):
    return lambda x: [tanh(w[0] * x[0] + w[1] * x[1]), exp(w[2] * x[0] - w[3] * x[1]), x[0]]


def network(layer):
    def f(x):
        h = layer(x)
        again = layer([h[0], h[1] * 0.3])
        return again[0] * again[1] + h[2]

    return f


W = [Value(0.5 + 0.1 * k, f"w{k}") for k in range(4)]
POINT, DIRECTION = [0.3, 0.7], [1.0, -2.0]


def numbers(tree):
    if isinstance(tree, list | tuple):
        return [x for part in tree for x in numbers(part)]
    return [float(tree.data if isinstance(tree, Value) else tree)]


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_transform_of_calls_at_every_nesting(backend):
    f = network(layer(W))
    g = network(jit(layer(W), backend=backend))  # calls in a graph
    whole = jit(g, backend=backend)  # calls in compiled code
    transforms = [
        lambda f: grad(f)(POINT),
        lambda f: hessian(f)(POINT),
        lambda f: hvp(f, POINT, DIRECTION),
        lambda f: jvp(f, (POINT,), (DIRECTION,)),
        lambda f: vjp(f, POINT)[1](3.0),
        lambda f: jacobian(grad(f))(POINT),
        lambda f: hessian(lambda x: hvp(f, x, DIRECTION)[0])(POINT),
        lambda f: jit(grad(f), backend=backend)(POINT),
        lambda f: jit(hessian(f), backend=backend)(POINT),
        lambda f: grad(jit(lambda x: hvp(f, x, DIRECTION)[0], backend=backend))(POINT),
    ]
    for transform in transforms:
        expected = numbers(transform(f))
        for function in (g, whole):
            assert numbers(transform(function)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
def test_one_pull_for_all_results_of_a_call(backend, monkeypatch):
    pulls = []
    version = importlib.import_module("autograd.jit.version").Version
    pulled = version.pulled

    def counted(self, *given):
        pulls.append(given[1])
        return pulled(self, *given)

    monkeypatch.setattr(version, "pulled", counted)
    compiled = jit(layer(W), backend=backend)
    x = [Value(0.3), Value(0.7)]
    a, b, c = compiled(x)
    assert c is x[0]  # as it came
    (a * b + c + exp(a)).backward()
    assert len(pulls) == 1
    assert [*pulls[0]] == [0, 1] or [*pulls[0]] == [1, 0]
    one = jit(layer(W), backend=backend)(x)[1]
    one.backward()  # a result alone
    assert len(pulls) == 2
    assert pulls[1] == {1: 1}


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_function_is_traced_once_however_often_it_is_called(backend):
    traced = []

    def inner(x, y):
        traced.append(None)
        return tanh(x * W[0]) + y

    compiled = jit(inner, backend=backend)
    outer = jit(lambda x: compiled(compiled(x, 1.0), compiled(2.0, x)), backend=backend)
    other = jit(lambda x: compiled(x, x) * 2, backend=backend)
    expected = inner(inner(Value(0.5), 1.0), inner(2.0, 0.5)).data
    traced.clear()
    assert outer(0.5) == pytest.approx(expected, rel=1e-15)
    assert other(0.5) == pytest.approx(2 * (math.tanh(0.25) + 0.5), rel=1e-15)
    assert len(traced) == 1
    if backend == "llvm":
        assert outer.ir().count("define void @f") == 2  # forward and backward, of one callee


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_branch_not_taken_hands_nothing_on_through_a_call(backend):
    """Its slope may be infinite, and 0 times that is no number."""

    def parts(x):
        return [where(x > 0, x, sqrt(x)), sqrt(x), x * 3]

    compiled = jit(parts, backend=backend)
    for f in (parts, compiled, jit(lambda x: compiled(x), backend=backend)):

        def used(x, f=f):
            first, second, third = f(x)
            return where(x > 1, first + second, third)

        assert float(grad(used)(0.0)) == 3.0
        assert float(jit(used, backend=backend).value_and_grad(0.0)[1]) == 3.0


def test_errors_name_a_call():
    compiled = jit(lambda x: [log(x), x * x], backend="python")
    with errors(nan="raise"), pytest.raises(FloatingPointError, match="nan"):
        compiled(Value(-1.0, "x"))[0].backward()


def test_errors_do_not_look_into_compiled_programs_whenever_they_are_traced():
    compiled = jit(lambda x: where(x > 0, log(x), x))
    with errors(nan="raise"):
        assert compiled(-1.0) == compiled(-1.0) == -1.0
        with pytest.raises(FloatingPointError):
            log(Value(-1.0))


def test_a_graph_of_calls_pickles_and_copies():
    x = [Value(0.3), Value(0.7)]
    a, b, _ = jit(named, backend="python")(x)
    again = pickle.loads(pickle.dumps(a * b))
    assert again.data == (a * b).data
    again.backward()


def named(x):
    return layer(W)(x)


def test_parameters_that_a_caller_traces_are_written_out():
    def outer(x):
        inner = jit(lambda y: [y * x, y + x])
        first, second = inner(3.0)
        return first * second

    assert jit(outer).value_and_grad(2.0) == (30.0, 21.0)


# Indices.

E = [[Value(0.5 + 0.1 * r + 0.01 * c, f"e{r}{c}") for c in range(3)] for r in range(4)]
WEIGHTS = [1.0, 1.0, 2.0, 3.0]


def embedded(i, j):
    return (
        tanh(sum(a * b for a, b in zip(E[i], E[2], strict=True))) * WEIGHTS[j] + E[j][i]
    )  # i is one of 3, j of 4


def gradients(run):
    leaves = [x for row in E for x in row]
    for leaf in leaves:
        leaf.grad = 0
    run()
    return [leaf.grad for leaf in leaves]


@pytest.mark.parametrize("backend", BACKENDS)
def test_rows_picked_by_arguments(backend):
    rows = [*range(3), -1, -2]
    compiled = jit(embedded, backend=backend)
    inside = jit(lambda i, j: compiled(i, j) * compiled(j, i), backend=backend)
    for i in rows:
        for j in rows:
            eager = embedded(i, j)
            assert compiled(i, j) == pytest.approx(eager.data, rel=1e-15)
            found = gradients(lambda i=i, j=j: compiled.backward(i, j))
            assert found == pytest.approx(gradients(eager.backward), rel=1e-14)
            both = embedded(i, j) * embedded(j, i)
            assert inside(i, j) == pytest.approx(both.data, rel=1e-15)
            found = gradients(lambda i=i, j=j: inside.backward(i, j))
            assert found == pytest.approx(gradients(both.backward), rel=1e-14)


@pytest.mark.parametrize("backend", BACKENDS)
def test_second_derivatives_of_a_row_picked_by_an_argument(backend):
    """Counted from either end."""
    compiled = jit(lambda xs, i: xs[i] ** 3, backend=backend)
    xs = [2.0, 3.0, 5.0]
    for index in range(-3, 3):
        rows = [[6 * x * (i == j == index % 3) for j, x in enumerate(xs)] for i in range(3)]
        assert hessian(lambda xs, i=index: compiled(xs, i))(xs) == rows


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_entry_of_a_list_of_arguments(backend):
    def f(xs, i):
        return xs[i] * xs[0] ** 2

    compiled = jit(f, backend=backend)
    for i in (0, 1, 2, -1):
        xs = [1.5, 2.0, 3.0]
        assert compiled(xs, i) == f(xs, i)
        assert numbers(grad(compiled)(xs, i)) == numbers(grad(f)(xs, i))
        assert numbers(hessian(compiled)(xs, i)) == numbers(hessian(f)(xs, i))
        assert numbers(jit(grad(compiled), backend=backend)(xs, i)) == numbers(grad(f)(xs, i))


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_entry_of_what_is_computed(backend):
    """As in a loss: the log of the probability of a target."""

    def loss(i, target):
        scores = [sum(a * b for a, b in zip(E[i], row, strict=True)) for row in E]
        shares = [exp(score) for score in scores]
        total = sum(shares)
        shares = [share / total for share in shares]
        return -log(shares[target] + E[target][0])

    compiled = jit(loss, backend=backend)
    for i in range(4):
        for target in (0, 1, 2, 3, -2):
            eager = loss(i, target)
            assert compiled(i, target) == pytest.approx(eager.data, rel=1e-14)
            found = gradients(lambda i=i, k=target: compiled.backward(i, k))
            assert found == pytest.approx(gradients(eager.backward), rel=1e-12)


def test_many_samples_with_indices():
    compiled = jit(embedded)
    i, j = np.array([0, 1, 2, -1, 1, 1, 0, 2, 2, 1]), np.array([1, 1, 2, 0, 2, -1, 0, 0, 1, 1])
    expected = [embedded(a, b).data for a, b in zip(i.tolist(), j.tolist(), strict=True)]
    assert compiled.map(i, j).tolist() == pytest.approx(expected, rel=1e-15)
    place = {leaf: k for k, leaf in enumerate(x for row in E for x in row)}
    for count in (10, 1):  # side by side, and alone
        pairs = [*zip(i[:count].tolist(), j[:count].tolist(), strict=True)]
        slopes = gradients(lambda pairs=pairs: sum(embedded(*pair) for pair in pairs).backward())
        w = np.array([v.data for v in compiled.parameters])
        mean, g = compiled.flat(w, i[:count], j[:count])
        by_leaf = [slopes[place[v]] / count for v in compiled.parameters]
        assert mean == pytest.approx(sum(expected[:count]) / count)
        assert g.tolist() == pytest.approx(by_leaf, rel=1e-13)
    with pytest.raises(IndexError, match="3 rows"):
        compiled.map(np.array([0, 4]), np.array([0, 0]))


@pytest.mark.parametrize(
    ("index", "error"),
    [
        (4, IndexError),
        (-5, IndexError),
        (1.5, TypeError),
        (math.nan, TypeError),
        (math.inf, TypeError),
    ],
)
@pytest.mark.parametrize("backend", BACKENDS)
def test_what_is_no_row(backend, index, error):
    compiled = jit(embedded, backend=backend)
    assert compiled(1, 1)
    for call in (compiled, compiled.backward, compiled.value_and_grad):
        with pytest.raises(error, match="embedded uses"):
            call(index, 0)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("own", [2, 5])
@pytest.mark.parametrize("first", [True, False])
def test_an_index_is_one_of_the_shortest_list(backend, own, first):
    """Of those that a function reads and of those that a function reads which it calls."""
    mine = [Value(float(k)) for k in range(own)]
    long = lambda i: sum(tanh(x + k / 10) for k in range(20) for x in E[i])
    inner = jit(long, backend=backend)  # picks from 4 rows
    outer = jit(lambda i: mine[i] * inner(i) if first else inner(i) * mine[i], backend=backend)
    least = min(own, 4)
    for index in range(-least, least):
        assert outer(index) == pytest.approx((mine[index] * long(index)).data, rel=1e-14)
    for index in (least, -least - 1):
        with pytest.raises(IndexError, match=f"there are {least} rows"):
            outer(index)
    with pytest.raises(IndexError, match=f"there are {least} rows"):
        outer.map([0] * 20 + [least])


def branch(i):
    return E[i][0] * (3 if E[i] is E[0] else 2)


def ragged(i):
    return sum([[W[0]], [W[1], W[2]]][i])


def sliced(i):
    return dot(W[:i], W[:i])


def ranged(i):
    return sum(W[k] * W[k] for k in range(i))


def other(i):
    return W[i * 1]


def called(i):
    return list(W)[i]


ONES, NEXT = [Value(1.0) for _ in range(4)], [1, 0, 3, 2]


def chosen(i):
    return ONES[NEXT[i]] * 2  # equal numbers, but other Values


def fresh(i):
    return W[i] * Value(float(NEXT[i]))


def popped(i):
    given = [i, i]
    return W[given.pop()] * len(given)  # would be evaluated once more


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (branch, "does other things"),
        (chosen, "does other things"),
        (fresh, "does other things"),
        (ragged, "uses a traced number as an int|does other things"),
        (sliced, "uses a traced number as an int"),
        (ranged, "uses a traced number as an int"),
        (other, "an argument of the compiled function"),
        (called, "uses a traced number as an int"),
        (popped, "uses a traced number as an int"),
    ],
)
def test_what_an_index_cannot_do_is_refused(f, message):
    with pytest.raises(TypeError, match=message):
        jit(f)(1)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_constant_that_the_function_makes_is_one(backend):
    def f(i, j):
        start = Value(0.5)
        return start * W[i] + start * E[j][0] - Value(2.0)

    compiled = jit(f, backend=backend)
    for pair in itertools.product(range(-4, 4), repeat=2):
        assert compiled(*pair) == f(*pair).data


@pytest.mark.parametrize("rows", [{0: W[0], 1: W[1]}, np.array(W)], ids=["dict", "array"])
def test_what_is_no_list_says_so(rows):
    with pytest.raises(TypeError, match=r"list"):
        jit(lambda i: rows[i] * 2)(1)


@pytest.mark.parametrize("backend", BACKENDS)
def test_flat_takes_the_parameters_of_all_structures(backend):
    """A longer list uses more of them; a shorter one leaves some without a gradient."""
    compiled = jit(lambda xs: dot(W[4 - len(xs) :], xs) ** 2, backend=backend)
    for xs in ([1.0], [2.0, -1.0, 0.5], [1.0, 3.0]):
        compiled.trace(xs)
    w = np.array([v.data for v in compiled.parameters])
    assert {*compiled.parameters} == {*W[1:]}
    for xs in ([1.0], [2.0, -1.0, 0.5], [1.0, 3.0]):
        for rows in ([xs], [xs, [x + 1 for x in xs]]):
            mean, g = compiled.flat(w, rows)
            slopes = dict.fromkeys(W, 0.0)
            total = 0.0
            for row in rows:
                used = W[4 - len(row) :]
                inner = sum(v.data * x for v, x in zip(used, row, strict=True))
                total += inner**2 / len(rows)
                for v, x in zip(used, row, strict=True):
                    slopes[v] += 2 * inner * x / len(rows)
            assert mean == pytest.approx(total, rel=1e-14)
            assert [*g] == pytest.approx([slopes[v] for v in compiled.parameters], rel=1e-14)
    with pytest.raises(ValueError, match="3 parameters, those of arguments of all"):
        compiled.flat(w[:2], [[1.0]])


def test_samples_without_an_axis_of_their_own():
    with pytest.raises(TypeError) as caught:
        jit(lambda xs: xs[0] * xs[1]).map([1.0, 2.0])
    assert "leading axis" in caught.value.__notes__[0]


def test_an_index_outside_of_a_trace():
    with pytest.raises(TypeError, match=r"v\.data"):
        E[Value(1)]


def test_arguments_stay_as_they_are():
    def f(keys, x):
        keys.append(x)
        return dot(keys, keys)

    with pytest.raises(TypeError, match="changes an argument"):
        jit(f)([1.0, 2.0], 3.0)


# Sums of products.


@pytest.mark.parametrize(
    "f",
    [
        lambda w, x: sum(a * b for a, b in zip(w, x, strict=True)),
        lambda w, x: sum((a * b for a, b in zip(w[1:], x[1:], strict=True)), w[0]),
        lambda w, x: w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + w[3] * x[3] + w[4] * x[4],
        lambda w, x: sum(a * a for a in w) * sum(w) + sum(b * b for b in x),
        lambda w, x: x[0] * w[0] + x[1] * w[1] + x[0] * w[2] + x[2] * w[3] + x[0] * w[4],
        lambda w, x: dot(w, w) * sum((a * b for a, b in zip(w, x, strict=True)), w[2]),
    ],
)
def test_sums_of_products_are_loops_with_the_same_bits(f):
    rng = np.random.default_rng(3)
    compiled = jit(f)
    for _ in range(50):
        w, x = rng.normal(size=(2, 5)).tolist()
        value, slopes = compiled.value_and_grad(w, x)
        ws, xs = [*map(Value, w)], [*map(Value, x)]
        root = f(ws, xs)
        root.backward()
        assert (value, slopes) == (root.data, ([v.grad for v in ws], [v.grad for v in xs]))


@pytest.mark.parametrize("backend", BACKENDS)
def test_parts_of_sums_of_products_may_be_results(backend):
    """A product, and each of the sums on the way."""

    def f(w, x):
        products = [a * b for a, b in zip(w, x, strict=True)]
        sums = [*itertools.accumulate(products)]
        return [*sums, products[2]]

    w, x = [3.0, -1.0, 0.5, 2.0, 5.0, 7.0], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    assert jit(f, backend=backend)(w, x) == f(w, x)
    for k in range(7):
        g = lambda w, x, k=k: [f(w, x)[k], f(w, x)[5]]
        assert jit(g, backend=backend)(w, x) == g(w, x)


def test_a_sum_of_products_is_as_long_as_a_dot():
    def neurons(sum_):
        return lambda ws, x: [relu(sum_(w, x, b)) for *w, b in ws]

    def lines(f, n):
        program = jit(f)
        program.trace([[1.0] * (n + 1)] * 4, [1.0] * n)
        return len(program.ir().splitlines())

    plain = neurons(lambda w, x, b: sum((a * c for a, c in zip(w, x, strict=True)), b))
    product = neurons(lambda w, x, b: dot([b, *w], [1, *x]))
    assert lines(plain, 40) == lines(product, 40)


def test_calls_from_several_threads():
    compiled = jit(layer(W))
    outer = jit(network(compiled))
    expected = outer(POINT)
    wrong = []

    def work():
        for _ in range(300):
            if outer(POINT) != expected:
                wrong.append(None)
            x = [*map(Value, POINT)]
            a, b, _ = compiled(x)
            (a * b).backward()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


# What was found wrong once.


def long(x):
    for _ in range(60):
        x = x * 1.5 - 0.75
    return x


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_call_of_numbers_inside_a_trace_is_of_those_numbers(backend):
    inner = jit(long, backend=backend)
    inner(5.0)
    outer = jit(lambda y: y * (inner(2.0) - inner(-3.0)), backend=backend)
    assert outer(1.0) == long(2.0) - long(-3.0)


PADDING = Value(0.0)
TABLES = [
    [[0.0, 0.0], [0.3, 0.7]],
    [[PADDING, PADDING], [Value(0.3), Value(0.7)]],
]


def both(table):
    return lambda x, i, j: x * table[i][j]


def product_of_numbers(x, i, j, t=(0.0, 1.0, 2.0)):
    return x * (t[i] * t[j])


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("f", [both(TABLES[0]), both(TABLES[1])])
def test_what_depends_on_two_indices_together(f, backend):
    for first in [(0, 0), (0, 1), (1, 1)]:
        compiled = jit(f, backend=backend)
        compiled(1.0, *first)
        for i in range(2):
            for j in range(2):
                assert compiled(1.0, i, j) == f(Value(1.0), i, j).data


def test_two_indices_that_begin_as_one():
    rows = [[Value(float(r * 3 + c)) for c in range(30)] for r in range(300)]

    def score(i, j):
        return sum(x * y for x, y in zip(rows[i], rows[j], strict=True))

    compiled = jit(score)
    compiled(5, 5)  # too many pairs to try them all
    for pair in [(0, 2), (2, 0), (7, 7), (299, 1)]:
        assert compiled(*pair) == score(*pair).data


def masked(x, i, j, mask=(True, False, True)):
    first, second = mask[i], mask[j]
    return x * W[i] * W[j] if first and second else x * W[i]


@pytest.mark.parametrize("f", [masked, product_of_numbers])
def test_what_two_indices_decide_together_is_refused(f):
    with pytest.raises(TypeError, match="uses an argument as an index, and does other things"):
        jit(f)(1.0, 1, 1)


def test_too_many_combinations_of_plain_numbers_are_refused():
    table = [float(k) for k in range(3000)]
    with pytest.raises(TypeError, match="a Value of its own"):
        jit(lambda i, j: table[i] * W[0] + table[j])(0, 1)


@pytest.mark.parametrize("backend", BACKENDS)
def test_no_gradient_is_none_at_second_order_too(backend):
    """A branch not taken, behind an infinite slope: 0 times that would be nan."""

    def parts(h):
        return [where(h > 1, h * h, 3.0), sqrt(h), h * 2]

    compiled = jit(parts, backend=backend)

    def used(parts):
        def f(x):
            first, second, third = parts(x)
            return where(x > 1, first + second, third * third) + parts(sqrt(x))[0]

        return f

    for f in (used(parts), used(compiled), jit(used(compiled), backend=backend)):
        assert float(grad(f)(0.0)) == 0.0
        assert float(grad(grad(f))(0.0)) == 8.0
        assert float(jit(grad(f), backend=backend)(0.0)) == 0.0


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("x", [2.0, 0.5, -1.0])
def test_products_with_vectors_of_choices_compile(backend, x):
    def f(x):
        return relu(x) * x + where(x > 1, x * x, exp(x))

    for transform in (
        lambda x: hvp(f, x, 3.0),
        lambda x: vjp(f, x)[1](2.0)[0],
        lambda x: jvp(f, (x,), (2.0,))[1],
        lambda x: grad(lambda x: hvp(f, x, 3.0))(x),
    ):
        eager = float(transform(x))
        assert jit(transform, backend=backend)(x) == pytest.approx(eager, rel=1e-14)


ORDERED = [Value(0.1 * k + 0.2, f"p{k}") for k in range(4)]


def ordered(xs):
    p = ORDERED
    if len(xs) == 1:
        return [p[3] * xs[0] + p[2] * xs[0] ** 2 + exp(p[1] * xs[0]) + p[0] ** 3, xs[0] * xs[0]]
    return [p[0] * xs[0] + p[1] * xs[1] + exp(p[2]) * xs[1] + p[3] ** 2 * xs[0], xs[0] * xs[1]]


def picked(i):
    return ONE[i] * ONE[i]


ONE = [Value(3.0)]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_pickled_call_keeps_the_order_of_its_parameters(backend):
    program = jit(ordered, backend=backend)
    program.trace([1.0, 2.0])
    a, b = program([Value(0.7, "x")])
    again = pickle.loads(pickle.dumps(a * b))
    (a * b).backward()
    again.backward()
    by_name = {v.label: v.grad for v in topological(again) if v.label}
    for v in ORDERED:
        assert by_name[v.label] == pytest.approx(v.grad, rel=1e-15)
        v.grad = 0
    assert replay(again).data == pytest.approx(again.data, rel=1e-15)
    i = Value(0)
    assert pickle.loads(pickle.dumps(jit(picked, backend=backend)(i))).data == 9.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_copy_of_a_call_is_another_call(backend):
    compiled = jit(lambda x: [x * x, x**3], backend=backend)
    x = Value(2.0, "x")
    a, b = compiled(x)
    copied = copy.deepcopy(a * b)
    leaf = next(v for v in topological(copied) if v.label)
    (a * b + 3 * copied).backward()
    assert (x.grad, leaf.grad) == (80.0, 240.0)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_copy_of_a_result_is_that_result_once_more(backend):
    compiled = jit(lambda x: [x * x, x**3], backend=backend)
    x = Value(2.0)
    a, b = compiled(x)
    (a * b + 5 * copy.copy(a)).backward()
    assert x.grad == 5 * 2.0**4 + 5 * 2 * 2.0
    captured = a * b + 5 * copy.copy(a)  # a graph that a compiled function has in it
    outer = jit(lambda y: captured * y, backend=backend)
    x.grad = 0
    assert outer.backward(3.0) == captured.data * 3
    assert x.grad == 3 * (5 * 2.0**4 + 5 * 2 * 2.0)

    def f(x):
        a, b = compiled(x)
        return copy.copy(a) * b + 5 * a

    # x⁵ + 5 x² in forward mode and in reverse, to the third order
    assert grad(f)(2.0) == jvp(f, (2.0,), (1.0,))[1] == vjp(f, 2.0)[1](1.0)[0] == 100.0
    assert (grad(grad(f))(2.0), grad(grad(grad(f)))(2.0)) == pytest.approx((170.0, 240.0))


@pytest.mark.parametrize(
    "method",
    [
        lambda f, x: f.value_and_grad(x)[0],
        lambda f, x: f.backward(x),
        lambda f, x: f.map([x, x])[0],
        lambda f, x: f.flat([], [x, x])[0],
    ],
)
def test_methods_of_a_program_inside_a_trace_are_refused(method):
    inner = jit(lambda x: x * x)
    with pytest.raises(TypeError, match=r"test_calls.py:\d+: "):
        jit(lambda x: method(inner, x) * x)(1.0)
    with pytest.raises(TypeError, match=r"test_calls.py:\d+: map"):
        jit(lambda xs: jit(lambda x: x * 2, batch=True)(xs))([1.0, 2.0])


def test_a_fold_leaves_nothing_for_a_pass():
    compiled = jit(lambda x: [x * x, x * 3])
    x = Value(2.0)
    results = compiled(x)
    total = results[0] + results[1]
    vjp(lambda x: compiled(x)[0] * x, 3.0)
    assert len([*flow(total)]) > 2
    results[0].grad = 1
    results[0]._backward()
    assert x.grad == 4.0
    assert not importlib.import_module("autograd.jit.call").waiting


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_index_that_is_a_number_too_has_a_gradient(backend):
    compiled = jit(lambda x, i: x * W[i] * i, backend=backend)
    i = Value(1.0)
    compiled(Value(2.0), i).backward()
    assert i.grad == pytest.approx(2.0 * W[1].data)
    outer = jit(lambda x, i: compiled(x, i) * 1.0, backend=backend)
    assert outer.value_and_grad(2.0, 1)[1][1] == pytest.approx(2.0 * W[1].data)


def test_factors_that_are_used_in_between_keep_the_bits():
    def f(w, x, y, z, b, c, d, e):
        return w * x + b * (w * y) + c * (w * z) + d * e

    rng = np.random.default_rng(5)
    compiled = jit(f)
    for _ in range(300):
        point = rng.normal(size=8).tolist()
        leaves = [*map(Value, point)]
        root = f(*leaves)
        root.backward()
        assert compiled.value_and_grad(*point) == (root.data, tuple(v.grad for v in leaves))


@pytest.mark.parametrize("index", [math.nan, math.inf, 0.5])
def test_no_row_in_the_first_call(index):
    with pytest.raises(TypeError, match="whole number"):
        jit(lambda i: W[i] * 2)(index)
