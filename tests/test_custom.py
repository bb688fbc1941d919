"""Functions of one's own: Python for the value and the slopes, and roots."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest

import autograd
from autograd import Value, custom, draw, explain, grad, hessian, implicit, jit, replay, steps


def softabs(x):
    """A smooth absolute value."""
    return math.sqrt(x * x + 1)


def softabs_slope(x, z):
    return x / z


def test_value_and_slopes_are_the_functions():
    f = custom(softabs, softabs_slope)
    assert f(0.0) == 1.0
    assert f.__doc__ == "A smooth absolute value."
    x = Value(0.75, "x")
    root = f(x) * 2 + x
    root.backward()
    assert (root.data, x.grad) == (2 * 1.25 + 0.75, 2 * 0.6 + 1)
    assert grad(grad(f))(0.75) == pytest.approx(1 / 1.25**3, rel=1e-15)
    assert grad(grad(grad(f)))(0.75) == pytest.approx(-3 * 0.75 / 1.25**5, rel=1e-14)


def test_it_is_shown_stepped_replayed_and_compiled():
    f = custom(softabs, softabs_slope)
    x = Value(0.75, "x")
    root = f(x)
    root.label = "E"
    assert str(explain(root)).splitlines() == [
        "values",
        "  E = softabs(x) = softabs(0.75) = 1.25",
        "",
        "local derivatives",
        "  ∂E/∂x = 0.6",
    ]
    assert "softabs(x)" in draw(root).source
    assert len(steps(root)) == 2
    assert replay(root, {x: 0.0}).data == 1.0
    program = jit(lambda x: f(x) * x, backend="python")
    assert program.value_and_grad(0.75) == (0.9375, 1.25 + 0.75 * 0.6)
    pytest.importorskip("llvmlite")
    with pytest.raises(NotImplementedError, match=r"'softabs'.*backend=.python"):
        jit(lambda x: f(x) * x, backend="llvm")(0.75)


def test_of_several_arguments_and_as_a_decorator():
    @custom(slopes=(lambda a, b, z: 2 * a * b, lambda a, b, z: a * a))
    def weigh(a, b):
        return a * a * b

    assert weigh(Fraction(2), Fraction(3)) == 12
    assert grad(weigh, (0, 1))(Fraction(2), Fraction(3)) == (12, 4)
    assert hessian(lambda p: weigh(p[0], p[1]))([Fraction(2), Fraction(3)]) == [[6, 4], [4, 0]]
    x = Value(5)
    assert weigh(x, x).data == 125
    assert grad(lambda x: weigh(x, x))(5) == 75


def test_slopes_written_for_numbers_refuse_a_second_derivative():
    f = custom(lambda x: math.sin(x), lambda x, z: math.cos(x), name="sine")
    assert grad(f)(0.5) == math.cos(0.5)
    with pytest.raises(TypeError, match="a slope of sine is written for numbers"):
        grad(grad(f))(0.5)


def test_what_is_wrong_is_said_when_it_is_made_or_used():
    with pytest.raises(ValueError, match="softabs has 2 slopes, one for each argument"):
        custom(softabs, softabs_slope, softabs_slope)
    f = custom(lambda x: "no number", lambda x, z: 1, name="odd")
    with pytest.raises(TypeError, match="the result of odd takes a real number"):
        f(Value(1.0))
    f = custom(lambda x: x, lambda x, z: None, name="odd")
    with pytest.raises(TypeError, match="the result of odd_slope1"):
        grad(f)(1.0)


def test_the_root_of_a_cubic_against_its_formula():
    """x³ + x = a: by hand dx/da = 1/(3x² + 1) and d²x/da² = −6x/(3x² + 1)³."""

    def newton(a):
        x = 0.0
        for _ in range(60):
            x -= (x**3 + x - a) / (3 * x * x + 1)
        return x

    root = implicit(lambda x, a: x**3 + x - a, newton)
    for a in (-3.0, 0.25, 2.0, 10.0):
        x = newton(a)
        assert root(a) == x
        assert grad(root)(a) == pytest.approx(1 / (3 * x * x + 1), rel=1e-14)
        assert grad(grad(root))(a) == pytest.approx(-6 * x / (3 * x * x + 1) ** 3, rel=1e-12)
    a = Value(2.0)
    (root(a) * 5).backward()
    assert a.grad == pytest.approx(5 / (3 * 1.0**2 + 1), rel=1e-14)
    compiled = jit(lambda a: root(a) * a, backend="python")
    assert compiled.value_and_grad(2.0)[1] == pytest.approx(1.0 + 2.0 / 4, rel=1e-14)


def test_a_root_of_two_parameters_exactly():
    half_way = implicit(lambda x, a, b: b * x - a, lambda a, b: a / b)
    gradient = grad(half_way, (0, 1))(Fraction(3), Fraction(4))
    assert gradient == (Fraction(1, 4), Fraction(-3, 16))
    third = grad(implicit(lambda x, a: 3 * x - a, lambda a: a / 3))
    assert [(third(a), type(third(a))) for a in (Fraction(1, 2), 0.5, Decimal(2))] == [
        (Fraction(1, 3), Fraction), (1 / 3, float), (Decimal(1) / 3, Decimal),
    ]  # fmt: skip


def test_the_conditions_of_the_theorem_are_checked():
    wrong = implicit(lambda x, a: x * x - a, lambda a: a)
    with pytest.raises(ValueError, match="that is no root"):
        wrong(Value(9.0))
    flat = implicit(lambda x, a: (x - a) ** 3, lambda a: a)
    with pytest.raises(ValueError, match="has no derivative: that of f to x is 0"):
        grad(flat)(1.0)


def test_what_the_function_of_a_root_captures_is_refused_in_words():
    with pytest.raises(TypeError, match=r"uses a Value that is no argument.*give it as one"):
        grad(lambda a: implicit(lambda x: x * x - a, lambda: 2.0)())(4.0)


def test_a_root_inside_a_compiled_function_knows_no_trace():
    root = autograd.implicit(lambda x, a: x * x - a, lambda a: a**0.5)
    program = jit(lambda a: root(a) + a, backend="python")
    assert program(9.0) == 12.0
