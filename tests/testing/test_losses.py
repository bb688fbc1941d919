"""Lost digits: cancellations made on purpose, beside what many more digits give."""

import math
from decimal import Context, Decimal, localcontext
from fractions import Fraction

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value, cos, custom, exp, log, log1p, sin, softplus, sqrt, topological
from autograd.draw.losses import lost_digits
from tests.graphs import graphs

many = mpmath.mp.clone()
many.dps = 400


def lost(root):
    return lost_digits(topological(root))


def by_many_digits(root, true):
    """The loss of the last value by its definition: its relative error, in units of rounding."""
    off = abs(many.mpf(root.raw) - true)
    return float(many.log10(off / abs(true) * 2**53)) if off else 0.0


def difference_of_squares():
    x, y = Value(1.0 + 2**-30, "x"), Value(1.0, "y")
    return x * x - y * y, (many.mpf(x.raw) - 1) * (many.mpf(x.raw) + 1)


def quadratic():
    a, b, c = Value(1.0, "a"), Value(1e8, "b"), Value(1.0, "c")
    true = (-many.mpf(10**8) + many.sqrt(many.mpf(10**16) - 4)) / 2
    return (-b + sqrt(b * b - 4 * a * c)) / (2 * a), true


def versine():
    x = Value(1e-4, "x")
    return 1 - cos(x), 1 - many.cos(many.mpf(x.raw))


def variance():
    xs = [1e6 + k / 10 for k in range(5)]
    values = [Value(x, f"x{k}") for k, x in enumerate(xs)]
    mean = sum(values) / 5
    true = sum(many.mpf(x) ** 2 for x in xs) / 5 - (sum(map(many.mpf, xs)) / 5) ** 2
    return sum(x * x for x in values) / 5 - mean * mean, true


def plain_softplus():
    x = Value(-20.0, "x")
    return log(1 + exp(x)), many.log1p(many.exp(-20))


CANCELLING = [difference_of_squares, quadratic, versine, variance, plain_softplus]


@pytest.mark.parametrize("made", CANCELLING)
def test_a_loss_is_the_relative_error_in_digits(made):
    root, true = made()
    found = lost(root)[root]
    assert found > 5
    assert found == pytest.approx(by_many_digits(root, true), abs=1e-6)


def test_no_digit_is_right_where_all_cancel():
    x = Value(1e16, "x")
    y = (x + 1) - x
    assert lost(y)[y] == math.inf
    x = Value(1e-9, "x")
    assert lost(1 - cos(x)).popitem()[1] == math.inf
    x = Value(1e200, "x")
    assert lost(sqrt(x * x)).popitem()[1] == math.inf  # inf is no root of 1e400


@pytest.mark.parametrize("function", [softplus, lambda x: log1p(exp(x)), lambda x: exp(x) * x])
def test_careful_forms_lose_less_than_a_digit(function):
    assert all(digits < 1 for digits in lost(function(Value(-20.0, "x"))).values())


def test_exact_numbers_lose_nothing_and_an_identity_is_exactly_0():
    root = (Value(Fraction(1, 3), "a") * 3 - 1) / 7
    assert set(lost(root).values()) == {0.0}
    x = Value(0.3, "x")
    assert lost(sin(x) ** 2 + cos(x) ** 2 - 1).popitem()[1] in (0.0, math.inf)


def test_decimals_lose_the_digits_of_their_context():
    with localcontext(Context(prec=10)):
        x = Value(Decimal("1.23456789"), "x")
        found = lost((x + 10**6) - 10**6)
    # 1.235 is what is left of it.
    wanted = math.log10(0.00043211 / 1.23456789 / 5e-10)
    assert [*found.values()][1] == pytest.approx(wanted)


def test_decimals_of_functions_are_measured_to_their_last_digit():
    with localcontext(Context(prec=50)):
        x = Value(Decimal("0.5"), "x")
        root = exp(x)
        digits = lost(root)[root]
        near = root - Decimal("1.64872127070012814684865078781416357")
        far = lost(near)[near]
        with localcontext(Context(prec=80)):
            true = Decimal("0.5").exp()
            off = abs(root.raw - true) / true
            wanted = max(0.0, float((off * 2 * Decimal(10) ** 49).log10())) if off else 0.0
    assert digits == pytest.approx(wanted, abs=1e-6)
    assert 34 < far < 37


def test_the_numbers_of_the_recording_count():
    x = Value(2.0, "x")
    y = x / 3
    x.data = 5.0
    assert lost(y)[y] == 0


def test_python_code_counts_from_its_result():
    square = custom(lambda x: x * x + 1e-3, lambda x, z: 2 * x, name="nearly_square")
    y = square(Value(3.0, "x")) + 1
    assert lost(y)[y] == 0


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_any_graph_is_measured(root):
    for digits in lost(root).values():
        assert digits >= 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=6))
def test_sums_lose_what_fractions_say(numbers):
    root = sum(Value(x) for x in numbers)
    true, raw = sum(map(Fraction, numbers)), Fraction(root.raw)
    wanted = 0.0
    if raw != true:
        far = not true or 2 * abs(raw - true) >= abs(true)
        wanted = math.inf if far else max(0.0, math.log10(abs(raw - true) / abs(true) * 2**53))
    assert lost(root)[root] == pytest.approx(wanted)
