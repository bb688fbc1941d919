"""Derivatives of functions, to any order, nested, and of structured arguments."""

import math
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value, grad, hessian, jacobian, tanh, value_and_grad
from autograd.ops import OPS
from autograd.testing.sampling import points

fractions = st.fractions(min_value=-3, max_value=3, max_denominator=20)


@given(st.lists(fractions, min_size=1, max_size=6), fractions)
def test_polynomials_to_any_order(coefficients, x):
    """Against the coefficients differentiated by hand."""

    def polynomial(x, coefficients=coefficients):
        return sum((c * x**k for k, c in enumerate(coefficients)), Fraction(0))

    derivative, expected = polynomial, list(coefficients)
    for _ in range(3):
        derivative = grad(derivative)
        expected = [k * c for k, c in enumerate(expected)][1:]
        assert derivative(x) == sum(c * x**k for k, c in enumerate(expected))


def test_higher_derivatives_of_transcendental_functions():
    sine = autograd.sin
    for order in range(1, 9):
        sine = grad(sine)
        assert math.isclose(sine(0.7), math.sin(0.7 + order * math.pi / 2), rel_tol=1e-14)
    t = math.tanh(0.3)
    third = grad(grad(grad(tanh)))(0.3)
    assert math.isclose(third, (1 - t * t) * (6 * t * t - 2), rel_tol=1e-13)


def test_no_perturbation_confusion():
    """d/dx (x · d/dy (x + y)) is 1, not 2; d/dx (x · d/dy x·y) is 2x."""
    assert grad(lambda x: x * grad(lambda y: x + y)(1))(1) == 1
    assert grad(lambda x: x * grad(lambda y: x * y)(3))(5) == 10
    assert grad(lambda x: x * grad(lambda y: x * y)(x))(5) == 10
    assert grad(lambda x: grad(lambda y: (x * y) ** 3)(x))(2) == 15 * 2**4
    assert grad(lambda x: grad(lambda y: grad(lambda z: x * y * z)(y))(x))(3) == 1


def test_a_shadowed_variable_is_another_variable():
    assert grad(lambda x: grad(lambda x: x**2)(x) * x)(Fraction(7)) == 28


def test_gradients_of_captured_values_stay_differentiable():
    w = Value(3, "w")
    slope = grad(lambda x: w * x * x)(5)
    assert type(slope) is Value and slope.data == 30
    slope.backward()
    assert w.grad == 10


class Point(NamedTuple):
    x: object
    y: object


def test_arguments_keep_their_structure():
    def f(point, weights, *, scale):
        return scale * (point.x * weights["a"] + point.y * weights["b"][0])

    value, (point, weights) = value_and_grad(f, argnums=(0, 1))(
        Point(1, 2), {"a": 3, "b": [4]}, scale=10
    )
    assert value == 110
    assert point == Point(30, 40)
    assert weights == {"a": 10, "b": [20]}
    assert grad(f, argnums=1)(Point(1, 2), {"a": 3, "b": (4,)}, scale=1)["b"] == (2,)
    assert grad(lambda x, y: x - 2 * y, argnums=-1)(1, 1) == -2


def test_jacobian_and_hessian():
    def f(x):
        return [x[0] * x[1], x[0] ** 2, 5]

    assert jacobian(f)([2, 3]) == [[3, 2], [4, 0], [0, 0]]
    assert jacobian(lambda x: {"a": x * x})(4) == {"a": 8}
    assert hessian(lambda x: x[0] ** 3 * x[1] + x[1] ** 2)([2, 3]) == [[36, 12], [12, 2]]
    assert hessian(lambda x: x**4)(2) == 48


def test_what_does_not_depend_has_gradient_zero():
    assert grad(lambda x: 5)(1) == 0
    assert grad(lambda x, y: y)(1, 2) == 0


@pytest.mark.parametrize("result", [[1, 2], "1", None])
def test_only_one_number_has_a_gradient(result):
    with pytest.raises(TypeError, match="jacobian"):
        grad(lambda x: result)(1)


def test_bad_argnums_and_arguments():
    with pytest.raises(ValueError, match="argnums=2"):
        grad(lambda x: x, argnums=2)(1)
    with pytest.raises(TypeError, match="str"):
        grad(lambda x: x)("1")


# Every row's slopes, run on Values, give the second derivative: against the slope's own difference.


@pytest.mark.parametrize("name", [name for name in OPS if not OPS[name].run])
def test_second_derivatives_of_every_row(name):
    op, h = OPS[name], 1e-5
    point = next(points(op, 1))

    def value(*numbers):
        return op.record(*numbers)

    places = range(len(point))
    for i in places:
        for j in places:
            second = grad(grad(value, argnums=i), argnums=j)(*point)
            up, down = ([x + d * (k == j) for k, x in enumerate(point)] for d in (h, -h))
            slopes = [op.partials[i](*numbers, op.compute(*numbers)) for numbers in (up, down)]
            difference = (slopes[0] - slopes[1]) / (2 * h)
            assert math.isclose(second, difference, rel_tol=1e-6, abs_tol=1e-6)


def test_second_derivatives_of_the_run_rows():
    xs, ys = [0.3, -1.1, 0.8], [2.0, 0.4, -0.5]
    softmax = [math.exp(x) / sum(map(math.exp, xs)) for x in xs]
    h = hessian(autograd.logsumexp)(xs)
    for i, row in enumerate(h):
        for j, got in enumerate(row):
            expected = softmax[i] * ((i == j) - softmax[j])
            assert math.isclose(got, expected, rel_tol=1e-12, abs_tol=1e-15)
    square = jacobian(grad(lambda v: autograd.dot(v, v)))(xs)
    assert square == [[2, 0, 0], [0, 2, 0], [0, 0, 2]]
    mixed = jacobian(grad(autograd.dot, argnums=0), argnums=1)(xs, ys)
    assert mixed == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
