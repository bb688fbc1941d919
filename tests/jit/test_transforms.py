"""Transforms in any nesting: compiled derivatives, and derivatives of compiled functions."""

import math
import pickle
import random
from decimal import Decimal
from fractions import Fraction

import pytest

from autograd import (
    Value,
    dot,
    exp,
    explain,
    grad,
    hessian,
    hvp,
    jacobian,
    jit,
    jvp,
    mean,
    replay,
    steps,
    stop_gradient,
    tanh,
    topological,
    value_and_grad,
    vjp,
    where,
)
from autograd.calculus import adjoints
from autograd.ops import OPS
from autograd.testing.sampling import points
from tests.jit.test_rows import NO_CODE

UNARY = [
    name
    for name, op in OPS.items()
    if not op.helper and not op.run and len(op.inputs) - len(op.defaults) == 1
]


def nested(f, order):
    for _ in range(order):
        f = grad(f)
    return f


def near(found, expected, ulps=4):
    if math.isnan(expected):
        return math.isnan(found)
    if math.isinf(expected) or math.isinf(found):
        return found == expected
    return abs(found - expected) <= ulps * math.ulp(expected)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_both_nestings_of_every_function(name, order, backend):
    if backend == "llvm":
        pytest.importorskip("llvmlite")
        if name in NO_CODE:
            pytest.skip("there is no machine code for it")
    op = OPS[name]
    # Their slopes have sums that cancel, of functions that machine code rounds in its own way.
    ulps = 16 if backend == "llvm" and name in ("mish", "erfinv") and order > 1 else 4

    def f(x):
        return op.apply(x) if isinstance(x, Value) else op.apply(float(x))

    inside, outside = jit(nested(f, order), backend=backend), nested(jit(f, backend=backend), order)
    for (x,) in points(OPS[name], 5, largest=20.0) if len(op.inputs) == 1 else [(0.5,), (-1.25,)]:
        eager = float(nested(f, order)(x))
        assert near(inside(x), eager, ulps), ("compiled derivative", x, inside(x), eager)
        assert near(float(outside(x)), eager, ulps), (
            "derivative of compiled",
            x,
            outside(x),
            eager,
        )


def network(w):
    """A function of people's kind: shared weights, a reused interior, a choice, a norm."""
    h = [tanh(dot(w[:3], [0.5, -1.0, 2.0]) + w[3]), w[4] * w[0]]
    norm = dot(h, h)
    return where(w[1] > 0, h[0] * exp(-norm), h[1]) + h[0] * h[1] / (1 + norm)


POINT = [0.3, 0.7, -0.2, 0.1, 1.5]


@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_a_network_through_every_transform(backend):
    if backend == "llvm":
        pytest.importorskip("llvmlite")
    compiled = jit(network, backend=backend)
    v = [1.0, -0.5, 0.25, 2.0, -1.0]

    def close(found, expected):
        def flat(x):
            return [y for part in x for y in flat(part)] if isinstance(x, list | tuple) else [x]

        pairs = zip(flat(found), flat(expected), strict=True)
        assert all(math.isclose(float(x), float(y), rel_tol=1e-13, abs_tol=1e-15) for x, y in pairs)

    close(value_and_grad(compiled)(POINT), value_and_grad(network)(POINT))
    close(jvp(compiled, (POINT,), (v,)), jvp(network, (POINT,), (v,)))
    close(vjp(compiled, POINT)[1](3.0), vjp(network, POINT)[1](3.0))
    close(hessian(compiled)(POINT), hessian(network)(POINT))
    close(hvp(compiled, POINT, v), hvp(network, POINT, v))
    close(jit(grad(compiled), backend=backend)(POINT), grad(network)(POINT))
    close(jit(hessian(network), backend=backend)(POINT), hessian(network)(POINT))
    third = grad(lambda w: dot(hvp(compiled, w, v), v))
    close(third(POINT), grad(lambda w: dot(hvp(network, w, v), v))(POINT))


@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_several_outputs_and_captured_parameters(backend):
    if backend == "llvm":
        pytest.importorskip("llvmlite")
    w, unused = Value(0.5, "w"), Value(9.0, "unused")

    def f(x):
        return {"a": x[0] * w, "b": [x[1] * x[0], exp(w)], "c": unused}

    compiled = jit(f, backend=backend)
    x = [Value(2.0, "x0"), Value(3.0, "x1")]
    for function in (f, compiled):
        for value in (*x, w, unused):
            value.grad = 0
        found = function(x)
        (found["a"] * 10 + found["b"][0] * found["b"][1] + found["c"]).backward()
        grads = [value.grad for value in (*x, w, unused)]
        if function is f:
            expected = grads
    assert grads == pytest.approx(expected, rel=1e-15)
    by_f, by_compiled = (jacobian(function)([2.0, 3.0]) for function in (f, compiled))
    assert [float(x.data) for x in by_compiled["b"][0]] == by_f["b"][0]
    assert len({node.op for node in topological(compiled(x)["a"]) if node.op}) == 1


def test_a_call_is_one_node_like_any_other():
    w = Value(0.5, "w")

    def neuron(x, y):
        return tanh(w * x) * y

    compiled = jit(neuron, backend="python")
    x = Value(1.25, "x")
    root = compiled(x, 2.0) + x
    root.label = "E"
    by_hand = neuron(x, 2.0) + x
    assert [node.op.name for node in topological(root) if node.op] == ["neuron", "add"]
    assert root.data == by_hand.data
    assert str(explain(root, x)).splitlines()[1].startswith("  E = neuron(x, 2, w) + x =")
    assert explain(root, x).value == explain(by_hand, x).value
    assert len(steps(root)) == 4
    assert replay(root, {x: 2.0}).data == (neuron(Value(2.0), 2.0) + 2.0).data
    assert compiled(1.25, 2.0).__class__ is float  # numbers in, a number out
    root.backward()
    assert (x.grad, w.grad) == (explain(by_hand, x).value, explain(by_hand, w).value)


def polynomial(x):
    return x**3 - 2 * x


def test_pickled_where_the_function_can_be():
    x = Value(1.5, "x")
    root = jit(polynomial, backend="python")(x) * 2
    again = pickle.loads(pickle.dumps(root))
    again.backward()
    leaf = next(node for node in topological(again) if node.op is None)
    assert (again.data, leaf.grad) == (root.data, 2 * (3 * 1.5**2 - 2))
    with pytest.raises((AttributeError, pickle.PicklingError)):
        pickle.dumps(jit(lambda x: x * x, backend="python")(x))


def test_a_leaf_that_changes_later_changes_no_gradient():
    w, x = Value(0.5, "w"), Value(2.0, "x")
    root = jit(lambda x: x * x * w, backend="python")(x)
    w.data, x.data = 100.0, 100.0
    root.backward()
    assert (x.grad, w.grad) == (2 * 2.0 * 0.5, 4.0)


def test_random_functions_of_compiled_pieces():
    source = random.Random(7)
    pieces = [polynomial, lambda x: tanh(x) * x, lambda x: exp(-x * x), lambda x: 1 / (1 + x * x)]
    for _ in range(30):
        chosen = [source.choice(pieces) for _ in range(3)]
        compiled = [jit(f, backend="python") for f in chosen]

        def both(parts):
            a, b, c = parts
            return lambda x: a(b(x)) * c(x) + b(x)

        point = source.uniform(-1.5, 1.5)
        for order in (1, 2):
            eager, nodes = (nested(both(parts), order)(point) for parts in (chosen, compiled))
            assert math.isclose(eager, nodes, rel_tol=1e-12, abs_tol=1e-13)


def test_second_derivatives_after_a_replay_are_to_the_values_put_in():
    w, x, other = Value(0.5, "w"), Value(3.0, "x"), Value(2.0, "other")
    root = replay(jit(lambda x: x * x * w * w, backend="python")(x), {w: other})
    assert root.data == 36.0
    slope = adjoints(root, [other])[other]
    slope.backward()
    assert (slope.data, other.grad, w.grad) == (2 * 9 * 2.0, 2 * 9.0, 0)


# What a compiled function captures, where that is differentiated to. Expected is what the function
# is without jit, worked out by hand.


@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_variables_of_derivatives_that_are_captured_are_no_constants(backend):
    def compiled(f):
        return jit(f, backend=backend)

    point = (3.0, Value(3.0))
    for x, number in zip(point, (float, Value.data.fget), strict=True):
        assert number(grad(lambda x: compiled(lambda y: x * y)(x))(x)) == 6.0
        assert number(grad(lambda x: compiled(lambda y: x * y)(2.0))(x)) == 2.0
        assert number(grad(lambda x: (lambda u: compiled(lambda y: u * y)(x))(x * x))(x)) == 27.0
        assert number(grad(lambda x: grad(compiled(lambda y: x * y * y))(x))(x)) == 12.0
        nested = grad(grad(lambda x: compiled(lambda y: x * y**3)(x)))
        assert number(nested(x)) == 12 * 3.0**2
    tangent = jvp(lambda x, w: compiled(lambda y: w * y + x)(x * x), (3.0, 2.0), (1.0, 10.0))
    assert tangent == (21.0, 2 * 2 * 3.0 + 1 + 10 * 9.0)
    both = compiled(grad(lambda x: compiled(lambda y: x * y * y)(x)))
    assert (both(3.0), both(5.0)) == (27.0, 75.0)


def test_rows_that_are_captured_variables_get_their_gradients():
    def score(table):
        program = jit(lambda i, x: table[i] * x * table[0], backend="python")
        return program(1, 2.0) + program(-1, 3.0)

    assert grad(score)([5.0, 7.0, 11.0]) == [2 * 7.0 + 3 * 11.0, 2 * 5.0, 3 * 5.0]


def test_a_program_that_stays_reads_the_variables_of_each_derivative():
    """As where a model's weights are put into it by the function that is differentiated.

    What was traced outside a derivative stays with what it met.
    """
    box = [Value(0.0)]
    program = jit(lambda x: box[0] * box[0] * x, backend="python")

    def loss(w):
        box[0] = w
        return program(3.0)

    assert [grad(loss)(2.0), grad(loss)(5.0), grad(grad(loss))(5.0)] == [12.0, 30.0, 6.0]
    box[0] = Value(1.0)
    assert program(3.0) == 3.0
    box[0] = Value(4.0)
    assert program(3.0) == 3.0


@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_places_of_parameters_are_found_anew_where_a_derivative_is_over(backend):
    u, w = Value(2.0), Value(4.0)

    def loss(v):
        programs.append(jit(lambda xs: sum(xs) * (v * w if len(xs) == 1 else w), backend=backend))
        found = programs[0]([3.0])
        numbers = [x.data for x in programs[0].parameters]
        assert programs[0].flat(numbers, [[1.0, 2.0]])[0] == 3 * 4.0
        return found

    programs = []
    assert grad(loss)(u).data == 3 * 4.0
    assert programs[0]([3.0]) == 3 * 2 * 4.0
    parameters = programs[0].parameters  # without the variable, of which u is one now
    mean, gradient = programs[0].flat([x.data for x in parameters], [[1.0, 2.0]])
    assert (mean, dict(zip(parameters, gradient, strict=True))) == (3 * 4.0, {w: 3.0, u: 0.0})


def number_of(found):
    return found[0] if isinstance(found, tuple | list) else found


BY_NUMBERS = {
    "value_and_grad": lambda program, x: program.value_and_grad(x),
    "backward": lambda program, x: program.backward(x),
    "map": lambda program, x: program.map([x, x]),
    "flat": lambda program, x: program.flat([1.0] * len(program.trace(1.0).parameters), [x, x]),
}


@pytest.mark.parametrize("method", BY_NUMBERS)
def test_methods_that_give_numbers_refuse_what_is_differentiated_or_traced(method):
    """They gave numbers, so that a derivative was 0, or that of the first call."""
    use = BY_NUMBERS[method]

    def given(x):
        return number_of(use(jit(lambda y: y * y, backend="python"), x))

    def captured(x):
        return number_of(use(jit(lambda y: x * y, backend="python"), 2.0))

    for f in (given, captured):
        with pytest.raises(TypeError, match=rf"{method}\(\) of a compiled function gives numbers"):
            grad(f)(3.0)
        with pytest.raises(TypeError, match=rf"{method}\(\) .* not known, and would freeze"):
            jit(f, backend="python")(3.0)


def test_what_gradients_are_stopped_at_is_a_number_for_those_methods():
    def slope(x):
        program = jit(lambda y: y * y * y, backend="python")
        return program.value_and_grad(stop_gradient(x * x))[1] * x

    assert grad(slope)(2.0) == 3 * 4.0**2  # the factor before x


def test_slopes_of_a_mean_have_the_number_type_of_each_call():
    def f(x):
        return mean([x, x, x * x])

    program = jit(grad(f), backend="python")
    assert program(1.0) == 4 / 3
    for x in (Fraction(1, 3), 2, Decimal("0.5")):
        found = program(x)
        assert (found, type(found)) == (grad(f)(x), type(grad(f)(x)))
    again = grad(grad(jit(lambda x: f(x) * x, backend="python")))
    assert again(Fraction(1, 7)) == Fraction(4, 3) + 2 * Fraction(1, 7)
