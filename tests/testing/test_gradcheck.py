"""`gradcheck`: right gradients pass, wrong ones are named, and there are no false alarms."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

pytest.importorskip("mpmath")
pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autograd as ag
from autograd import Op, Value, gradcheck, register
from autograd.engine import unregister
from autograd.ops import OPS
from autograd.testing import GradientError, RuleError, check_rule
from autograd.testing.strategies import SMOOTH, domain, expressions

QUIET = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def wrong_cube():
    yield register(Op(name="wrong_cube", value="x * x * x", slopes=("2 * x * x",)))
    unregister("wrong_cube")


def test_exact_numbers_are_compared_exactly():
    report = gradcheck(lambda x, y: x * x / y, Fraction(1, 3), Fraction(2, 7))
    assert [entry.gradient for entry in report.inputs] == [Fraction(7, 3), Fraction(-49, 36)]
    assert [entry.true for entry in report.inputs] == [Fraction(7, 3), Fraction(-49, 36)]


def test_decimals_are_compared_to_their_digits():
    assert gradcheck(lambda x: ag.exp(x) * x, Decimal("0.3"))


def test_a_tail_that_finite_differences_cannot_see():
    (entry,) = gradcheck(ag.tanh, 20.0).inputs
    assert entry.gradient == pytest.approx(1.6993417021166355e-17, rel=1e-15)


def test_the_wrong_rule_and_the_right_number_are_named(wrong_cube):
    with pytest.raises(GradientError, match=r"wrong_cube.* at the node.*w = 0.5.*should be 0.75"):
        gradcheck(lambda w: ag.exp(wrong_cube(w) * 2), Value(0.5, "w"))


def test_a_wrong_second_derivative_is_found():
    register(Op(name="cube_slope", value="3 * x * x", slopes=("6",)))
    cube = register(Op(name="cube", value="x * x * x", slopes=("cube_slope(x)",)))
    try:
        assert gradcheck(cube, 0.7)
        with pytest.raises(GradientError, match="the rule of 'cube_slope' is wrong"):
            gradcheck(cube, 0.7, order=2)
    finally:
        unregister("cube")
        unregister("cube_slope")


def test_a_kink_is_reported_and_its_convention_accepted():
    report = gradcheck(lambda x: ag.relu(x) + abs(x), 0.0)
    assert "relu(0.0) has the slopes 0.0 and 1.0: 0" in report.kinks[0]


def test_a_slope_outside_both_sides_of_a_kink_is_wrong():
    bad = register(
        replace(OPS["relu"], name="bad_relu", slopes=("0 if x < 0 else 2 if x == 0 else 1",))
    )
    try:
        with pytest.raises(GradientError, match=r"between 0.0 and 1.0"):
            gradcheck(bad, 0.0)
    finally:
        unregister("bad_relu")


def test_cancellation_is_no_false_alarm():
    report = gradcheck(lambda x, y: (x - y) * (x + y) - x * x + y * y, 1e8 + 1, 1e8)
    assert all(abs(entry.gradient) < 1e-6 for entry in report.inputs)


def test_what_is_no_value_is_refused():
    with pytest.raises(TypeError, match="returns a Value"):
        gradcheck(lambda x: 3, 1.0)


@QUIET
@given(expressions(SMOOTH, st.floats(-3, 3)))
def test_no_false_alarms(expression):
    gradcheck(expression, *expression.inputs)


@settings(QUIET, max_examples=25)
@given(expressions(("add", "mul", "sin", "exp"), st.floats(-1, 1), max_steps=4, max_inputs=2))
def test_no_false_alarms_in_second_order(expression):
    gradcheck(expression, *expression.inputs, order=2)


@QUIET
@given(st.data(), st.sampled_from([name for name in OPS if not OPS[name].helper]))
def test_points_of_a_domain_pass(data, name):
    op = OPS[name]
    point = data.draw(domain(op))
    size = len(point) // len(op.inputs)
    runs = [slice(start, start + size) for start in range(0, len(point), size)]

    def f(*x):
        return op.record(*x) if not op.run else op.record(*[v for run in runs for v in x[run]])

    gradcheck(f, *point)


def test_ones_own_rule_is_checked_in_one_line():
    swish = Op(name="swish2", value="x * sigmoid(2 * x)", slopes=("sigmoid(2 * x)",))
    with pytest.raises(RuleError, match="slope of 'swish2' to x is wrong"):
        check_rule(swish)
    right = replace(swish, slopes=("sigmoid(2 * x) + 2 * x * bell(2 * x)",))
    assert check_rule(right, stable=True, max_ulp=1000, largest=1e100).points == 200


def test_a_wrong_textbook_slope_is_found():
    """The number is right, but a reader would be shown 3x."""
    wrong = Op(name="shown", value="x * x", slopes=("2 * x",), written=("3 * x",))
    with pytest.raises(RuleError, match=r"textbook slope 3 \* x to x: that is 1.5, not 1.0"):
        check_rule(wrong, count=20)
    check_rule(Op(name="shown", value="x * x", slopes=("2 * x",), written=("2 * x",)), count=20)
