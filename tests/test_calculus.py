"""Derivatives of functions, to any order, nested, and of structured arguments."""

import math
import pickle
from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import (
    Value,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    stop_gradient,
    tanh,
    value_and_grad,
    vjp,
)
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
    with pytest.raises(ValueError, match="argnums=-3"):
        grad(lambda x, y: x, argnums=-3)(1, 2)
    for twice in ((0, 0), (0, -2), (1, 0, 1)):
        with pytest.raises(ValueError, match="has an argument twice"):
            grad(lambda x, y: x * y, twice)(1, 2)
    with pytest.raises(TypeError, match="str"):
        grad(lambda x: x)("1")


@pytest.mark.parametrize("place", [0, 1, 2])
def test_each_argument_counted_from_either_end(place):
    """Of x³y⁴z⁵, whose second derivative to one of them is n·(n − 1) times it over its square."""

    def f(x, y, z):
        return x**3 * y**4 * z**5

    at = (Fraction(2), Fraction(-3), Fraction(1, 2))
    power, x = place + 3, at[place]
    for argnum in (place, place - 3):
        assert grad(f, argnum)(*at) == power * f(*at) / x
        assert grad(f, (argnum, (place + 1) % 3))(*at)[0] == power * f(*at) / x
        assert hessian(f, argnum)(*at) == power * (power - 1) * f(*at) / x**2


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


def known(x):
    """The number: with other Values about, a derivative is one."""
    return x.data if isinstance(x, Value) else x


def test_second_derivatives_through_any_argument():
    """Only one of the arguments depends on x, and the others are Values, too."""
    others = [Value(Fraction(k, 3)) for k in (5, -2, 7, 11)]
    for place in range(4):
        run = [*others[:place], None, *others[place:]]

        def f(x, run=run):
            return autograd.dot([x * x * x if v is None else v for v in run], [2, 3, 5, 7, 11])

        weight = [2, 3, 5, 7, 11][place]
        assert known(grad(grad(f))(Fraction(1, 2))) == 3 * weight
        first, second = jvp(grad(f), (Fraction(1, 2),), (1,))
        assert (known(first), known(second)) == (Fraction(3, 4) * weight, 3 * weight)
    low, high, far = Value(-1), Value(1), Value(100)
    clips = [
        lambda x: autograd.clip(x * x, low, far),
        lambda x: autograd.clip(low, x * x, far),
        lambda x: autograd.clip(far, low, x * x),
        lambda x: autograd.where(high, x * x, low),
        lambda x: autograd.where(Value(0), low, x * x),
    ]
    for f in clips:
        assert known(grad(f)(3)) == 6 and known(grad(grad(f))(3)) == 2


def test_what_a_rule_does_not_hand_on_meets_no_infinity_at_any_order():
    """The branch not taken has infinite slopes, its second and third ones, too."""
    for f in (
        lambda x: autograd.where(x > 0, autograd.sqrt(x) + 1 / x, x**3),
        lambda x: autograd.maximum(x * x * x, -1 / x**2),
        lambda x: autograd.relu(-1 / abs(x)) + x**3,
    ):
        g = f
        for true in (0, 0, 6):
            g = grad(g)
            assert g(0.0) == true


# Products with vectors, auxiliary results, structures.


def test_jvp_and_vjp_agree_with_the_jacobian_exactly():
    def f(x, y):
        return {"a": x[0] * y - x[1], "b": (x[0] * x[0], y / x[1])}

    x, y = [Fraction(3), Fraction(2)], Fraction(5, 3)
    by_x, by_y = (jacobian(f, place)(x, y) for place in (0, 1))
    value, tangent = jvp(f, (x, y), ([1, 10], Fraction(1, 7)))
    assert value == f(x, y)
    assert tangent["a"] == by_x["a"][0] + 10 * by_x["a"][1] + by_y["a"] / 7
    assert tangent["b"][1] == by_x["b"][1][0] + 10 * by_x["b"][1][1] + by_y["b"][1] / 7
    value, pull = vjp(f, x, y)
    assert value == f(x, y)
    to_x, to_y = pull({"a": 2, "b": (0, Fraction(-1, 3))})
    assert to_x[1] == 2 * by_x["a"][1] - by_x["b"][1][1] / 3
    assert to_y == 2 * by_y["a"] - by_y["b"][1] / 3
    square, pull = vjp(lambda x: [x * x] * 2, 3)
    assert square == [9, 9] and pull([1, 10]) == (66,)
    both = vjp(lambda x: (lambda y: (y, [y, x]))(x * x), 3)[1]
    assert both((1, [10, 100])) == (166,)
    value, pull = vjp(f, x, y)
    for wrong in ([1], {"a": 1}, 3):
        with pytest.raises(ValueError, match="structure"):
            pull(wrong)
    with pytest.raises(ValueError, match="same structure"):
        jvp(f, (x, y), ([1], 2))


def test_hvp_is_the_hessian_times_a_vector():
    def f(x):
        return x[0] ** 3 * x[1] - x[1] ** 2 / x[0]

    x, v = [Fraction(2), Fraction(5)], [Fraction(1, 3), -4]
    rows = hessian(f)(x)
    assert hvp(f, x, v) == [sum(h * d for h, d in zip(row, v, strict=True)) for row in rows]


def test_products_can_be_differentiated_again():
    assert grad(lambda x: jvp(lambda y: y**3, (x,), (1,))[1])(2) == 12
    assert grad(lambda x: vjp(lambda y: y**3, x)[1](1)[0])(2) == 12
    assert jvp(grad(lambda x: x**3), (2,), (5,)) == (12, 60)
    assert grad(lambda x: hvp(lambda y: y**4, x, 1))(3) == 72


def test_a_second_result_comes_along():
    f = value_and_grad(lambda x: (x * x, {"seen": [1, 2]}), has_aux=True)
    assert f(3) == ((9, {"seen": [1, 2]}), 6)
    assert grad(lambda x: (x * x, "text"), has_aux=True)(3) == (6, "text")
    with pytest.raises(TypeError, match="value, aux"):
        grad(lambda x: x * x, has_aux=True)(3)


@dataclass
class Line:
    m: object
    b: object


class Two(NamedTuple):
    x: object
    y: object


def flat(rows):
    for row in rows:
        yield from flat(row) if isinstance(row, list) else [row]


def nested(rows, leaves):
    return [nested(row, leaves) if isinstance(row, list) else next(leaves) for row in rows]


def unit(leaves, rows):
    """For each number of some rows, the rows with 1 in its place and 0 elsewhere."""
    for own in range(len(leaves)):
        yield nested(rows, iter([int(own == k) for k in range(len(leaves))]))


def test_structures_keep_their_kind():
    f = grad(lambda p: p["w"][0] * p["w"][1] * p["v"].x)
    given = OrderedDict(w=(2, 3), v=Two(5, 7))
    found = f(given)
    assert found == OrderedDict(w=(15, 10), v=Two(6, 0))
    assert type(found) is OrderedDict
    assert type(found["v"]) is Two
    found = grad(lambda p: p["a"] * p["a"])(defaultdict(list, a=4))
    assert (type(found), found.default_factory, found) == (defaultdict, list, {"a": 8})
    assert grad(lambda line: line.m * 10 + line.b)(Line(2, 3)) == Line(10, 1)
    for rows in ([[1], [2, 3], [4]], [[1, 2], [3], [4, 5]], [[1, 2], 3, [4, 5]], [[], [1]]):
        leaves = [*flat(rows)]
        assert jacobian(lambda rows: rows)(rows) == nested(rows, iter(unit(leaves, rows)))
    np = pytest.importorskip("numpy")
    found = grad(lambda a: (a * a).sum())(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert found.dtype == float
    assert found.tolist() == [[2.0, 4.0], [6.0, 8.0]]
    found = jacobian(lambda x: np.array([x[0] * x[1], x[0]], dtype=object))([3.0, 4.0])
    assert found == [[4.0, 3.0], [1, 0]]
    found = jacobian(lambda x: np.array([x[0] * x[1], x[0]]))(np.array([3.0, 4.0]))
    assert found.tolist() == [[4.0, 3.0], [1.0, 0.0]]


@pytest.mark.parametrize("result", [None, "text", (x for x in "ab"), {1, 2}, object()])
def test_what_is_no_number_has_no_jacobian(result):
    with pytest.raises(TypeError, match="jacobian needs a function that returns numbers"):
        jacobian(lambda x: result)([1.0])


def test_stop_gradient_is_a_constant_to_every_derivative():
    assert grad(lambda x: x * stop_gradient(x))(3) == 3
    assert grad(grad(lambda x: x * x * stop_gradient(x)))(3) == 6
    assert stop_gradient(2.5) == 2.5
    x = Value(3, "x")
    root = x * stop_gradient(x * 2)
    again = pickle.loads(pickle.dumps(root))
    root.backward()
    again.backward()
    assert x.grad == again.parents[0].grad == 6
    assert jvp(lambda x: stop_gradient(x) * x, (3,), (1,)) == (9, 3)
