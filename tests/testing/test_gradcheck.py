"""`gradcheck`: right gradients pass, wrong ones are named, and there are no false alarms."""

import math
import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

pytest.importorskip("mpmath")
pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import autograd as ag
from autograd import Op, Value, gradcheck, register, topological
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
        for f, *point in ((cube, 0.7), (lambda x, y: x + cube(y), 2.0, 0.7)):
            with pytest.raises(GradientError, match="the rule of 'cube_slope' is wrong"):
                gradcheck(f, *point, order=2)
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


# The function, not only its graph.


def failing(f, *inputs, **options):
    with pytest.raises(GradientError) as error:
        gradcheck(f, *inputs, **options)
    return error.value.verdict, str(error.value)


@pytest.mark.parametrize(
    ("f", "right"),
    [
        (lambda x: Value(x.data**2), "6"),
        (lambda x: x.data**2, "6"),
        (lambda x: x.data * x, "6"),
        (lambda x: x * math.sin(x.data), f"{math.sin(3) + 3 * math.cos(3):.6}"),
        (lambda x: sum([x, Value(x.data)]), "2"),
    ],
)
@pytest.mark.parametrize("number", [float, int, Fraction])
def test_a_lost_graph_is_found(f, right, number):
    verdict, message = failing(f, number(3))
    assert verdict == "wrong" and "the graph is lost" in message
    assert f"right is about {float(right)}" in message


def test_a_number_that_moves_and_does_not_matter_is_no_lost_graph():
    """The shift of a softmax, the inner minimum of an envelope, a step that is constant here."""

    def shifted(xs):
        largest = max(x.data for x in xs)
        return ag.log(sum(ag.exp(x - largest) for x in xs)) + largest

    assert gradcheck(shifted, [1.0, 2.0, 0.5])
    assert gradcheck(lambda x: (x - Value(x.data)) ** 2 + x, 2.0)
    assert gradcheck(lambda x: x * math.floor(x.data), 2.5)


def counted():
    calls = iter(range(100))
    return lambda x: x * next(calls)


@pytest.mark.parametrize(
    "f", [lambda x: x * random.random(), counted(), lambda x: x + (x - 2) * random.random()]
)
def test_what_is_not_the_same_twice_is_found(f):
    verdict, message = failing(f, 2.0)
    assert verdict == "wrong" and "random numbers or a state" in message


def test_an_argument_that_is_changed_on_the_way_is_found():
    def f(x):
        y = x * x
        x.data = x.data + 1
        return y + x

    assert "a number of the graph was changed" in failing(f, 2.0)[1]


def test_another_function_for_values_than_for_numbers_is_found():
    _, message = failing(lambda x: x * x if isinstance(x, Value) else x * 3, 2.0)
    assert "it gives 4.0 of Values and 6.0 of the same numbers" in message


def test_a_branch_for_the_point_alone_is_found():
    assert failing(lambda x: x if x.data == 0 else x * x, 0.0)[0] == "wrong"
    assert "right is 1.0" in failing(lambda x: x if x.data else 0 * x, 0.0)[1]
    assert failing(lambda x: x if x > 0 else 5 * x if x.data == 0 else 0 * x, Fraction(0))[0]
    assert failing(lambda x: x * x / x if x.data else Value(0.0), 0.0, order=1)


@pytest.mark.parametrize(
    ("f", "x", "line"),
    [
        (lambda x: x if x > 0 else 0 * x, 0.0, "the slopes of the two sides are 0.0 and 1.0"),
        (lambda x: x * x if x > 1 else 2 * x - 1, 1, "x0: 2, right is 2"),
        (lambda x: x * x if x > 0 else 0, 0.0, "x0: 0, right is 0.0"),
        (lambda x: x * x if x > 0 else 0, -1.0, "x0: 0, right is 0"),
        (lambda x: x - math.floor(x.data), 2.0, "the function jumps: no derivative there"),
        (lambda x: x if x > 2 else x + 1, 2.0, "the function jumps"),
        (
            ag.floor,
            2.0,
            "the function jumps: no derivative there, only the slopes beside, 0.0 and 0.0",
        ),
        (ag.sign, 0.0, "the function jumps"),
        (lambda x: ag.where(x > 0, 1 / x, 3 * x), 0.0, "the slope from below is 3.0"),
        (lambda x: ag.where(x > 0, ag.log(x), 3 * x), -1.0, "x0: 3, right is 3.0"),
        (ag.acos, 1.0, "x0: -inf, the slope from below is -inf"),
        (ag.sqrt, 0.0, "x0: inf, the slope from above is inf, and below there is none"),
        (ag.cbrt, 0.0, "x0: inf, right is inf"),
        (lambda x: 3, 1.0, "x0: 0, right is 0"),
        (lambda x: ag.maximum(x, 0.0) + ag.minimum(x, 0.0), 0.0, "x0: 1.0, right is 1.0"),
    ],
)
def test_what_is_right_at_an_edge_passes_and_says_what_there_is(f, x, line):
    report = gradcheck(f, x)
    assert report and line in str(report)


def test_what_is_no_number_is_refused():
    with pytest.raises(TypeError, match="returns a Value"):
        gradcheck(lambda x: "three", 1.0)
    with pytest.raises(TypeError, match=r"not str 'relu' .*argnums"):
        gradcheck(lambda x, kind: x, 1.0, "relu")
    with pytest.raises(TypeError, match="checks a function, not int 3"):
        gradcheck(3, 1.0)
    with pytest.raises(ValueError, match="give the function's arguments"):
        gradcheck(lambda: 3)
    with pytest.raises(ValueError, match="max_ulp is a bound of at least 0, not -1"):
        gradcheck(ag.exp, 1.0, max_ulp=-1)


# Kinks and domains.


def test_conventions_that_do_not_add_up_are_not_called_right():
    report = gradcheck(lambda x: ag.relu(x) - ag.relu(-x), 0.0)
    assert not report and "x0: 0, right is 1.0" in str(report)
    (finding,) = report.findings
    assert finding.verdict == "inaccurate"


def test_outside_of_its_domain_a_rule_may_give_what_it_likes():
    assert gradcheck(lambda x: ag.clip(x, x, x), Fraction(0))
    assert gradcheck(ag.clip, 0.0, 1.0, 1.0)
    report = gradcheck(lambda x: ag.clip(x, x, x) + x, 1.0)
    assert report.outside == ("clip(1.0, 1.0, 1.0), which is for lo != hi",)
    assert gradcheck(lambda x: x**2, -3.0).inputs[0].true == -6


def test_what_mpmath_cannot_tell_is_no_false_alarm():
    """The sign of a zero, complex numbers of a branch, exponents beyond its own recursion."""
    assert gradcheck(ag.copysign, 3.0, -0.0).inputs[0].gradient == -1.0
    assert gradcheck(lambda x: ag.where(x < 0, x, ag.atan2(ag.acosh(x), 1.0)), -0.5)
    assert gradcheck(lambda x, y: ag.floordiv(x, y) + x, 7.6e143, 1e-4)
    with pytest.raises(GradientError, match="unchecked"):
        gradcheck(lambda x: ag.silu(ag.expm1(x)), 1e308)


@pytest.mark.parametrize("alpha", [0.1, 1.0, 2.0, 3.0, -1.0])
def test_elu_at_its_kink(alpha):
    assert gradcheck(ag.elu, 0.0, alpha)


@settings(QUIET, max_examples=60)
@given(expressions(data=st.fractions(-3, 3, max_denominator=2)))
def test_no_false_alarms_at_kinks(expression):
    gradcheck(expression, *expression.inputs)


# nan, lost digits, bounds.


def test_a_nan_is_no_pass():
    verdict, message = failing(lambda x: ag.log(ag.exp(x)), 800.0)
    assert verdict == "inaccurate" and "it is nan at x0 = 800.0, right is 1.0" in message
    verdict, message = failing(lambda x: ag.sqrt(x**2), 0.0)
    assert verdict == "unchecked" and "the slopes of the two sides are -1.0 and 1.0" in message
    assert failing(ag.log, -1.0)[0] == "unchecked"
    assert gradcheck(lambda x: ag.log(ag.exp(x)), 800.0, nan="allow").inputs[0].true == 1
    with pytest.raises(ValueError, match="unknown policy nan='yes'"):
        gradcheck(ag.exp, 1.0, nan="yes")


def test_a_bound_on_the_whole_error():
    def f(x):
        return ag.exp(-x) * 1e300

    report = gradcheck(f, 800.0)
    assert not report and "lost to underflow" in str(report)
    assert failing(f, 800.0, max_total_ulp=1e6)[0] == "inaccurate"
    assert gradcheck(f, 800.0, max_total_ulp=1e6, abs_tol=1e-30)


def test_what_has_nothing_to_compare_with_does_not_pass():
    assert failing(ag.tanh, math.inf)[0] == "unchecked"
    report = gradcheck(lambda x, n: x**n, 3, 2)
    assert not report and "exact numbers cannot have it" in str(report)


def test_a_rule_that_loses_digits_is_inaccurate_and_one_of_another_function_wrong():
    for name, slope, verdict in (("t1", "1 - z * z", "inaccurate"), ("t2", "1 + z * z", "wrong")):
        bad = register(replace(OPS["tanh"], name=name, slopes=(slope,), written=()))
        try:
            assert failing(bad, 18.0)[0] == verdict
            assert name == "t2" or gradcheck(bad, 18.0, abs_tol=1e-9)
        finally:
            unregister(name)


# Arguments, as `grad` takes them.


def test_arguments_of_any_structure():
    def f(w, b):
        return w[0][0] * w[1] + b["k"] ** 2

    report = gradcheck(f, [(2.0,), 3.0], {"k": Fraction(1, 3)})
    assert [one.name for one in report.inputs] == ["x0[0][0]", "x0[1]", "x1['k']"]
    assert [one.gradient for one in report.inputs] == [3.0, 2.0, Fraction(2, 3)]


def test_arguments_of_grad():
    def f(x, kind, *, scale):
        return (x**2 * scale, kind)

    report = gradcheck(f, 3.0, "square", argnums=0, has_aux=True, scale=5)
    assert report.inputs[0].gradient == 30.0
    report = gradcheck(lambda x, y: x * y, 3.0, 4.0, argnums=(1,))
    assert [(one.name, one.gradient) for one in report.inputs] == [("x1", 3.0)]
    with pytest.raises(ValueError, match="argnums=2"):
        gradcheck(lambda x: x, 1.0, argnums=2)
    with pytest.raises(TypeError, match="a pair"):
        gradcheck(lambda x: x, 1.0, has_aux=True)


@pytest.mark.parametrize(
    "x", [10**400, Fraction(1, 10**400), -(10**400), Decimal("1e500"), Decimal("-2"), 7, True]
)
def test_numbers_of_any_type_and_size(x):
    report = gradcheck(lambda x: x * x * x, x)
    assert report and report.inputs[0].gradient == 3 * x * x and report.inputs[0].ulp == 0
    assert failing(lambda x: x * (x.data * x.data), x)[0] == "wrong"


def test_functions_of_ones_own():
    assert gradcheck(ag.custom(lambda x: x * x, lambda x, z: 2 * x, name="square"), 3.0)
    assert gradcheck(ag.jit(lambda x: x * ag.sin(x), backend="python"), 3.0)
    assert gradcheck(lambda x: x * ag.stop_gradient(x), 3.0).inputs[0].gradient == 3.0
    assert gradcheck(ag.implicit(lambda x, a: x * x - a, lambda a: a**0.5), 9.0)
    wrong = ag.custom(lambda x: math.sin(x), lambda x, z: -math.cos(x), name="mine")
    verdict, message = failing(lambda x: x * wrong(x), 1.0)
    assert verdict == "wrong" and "the rule of 'mine'" in message
    kink = ag.custom(lambda x: abs(x), lambda x, z: 3.0, name="kink")
    assert "between -1.0 and 1.0" in failing(kink, 0.0)[1]


# Higher orders.


def test_a_guard_at_one_point_shows_in_second_order():
    square = register(Op(name="sqz", value="x * x", slopes=("0 if x == 0 else 2 * x",)))
    try:
        assert gradcheck(square, 0.0)
        verdict, message = failing(square, 0.0, order=2)
        assert verdict == "wrong" and "the derivative to x0, x0" in message
        assert "right is 2.0" in message
    finally:
        unregister("sqz")


def test_decimals_that_cancel_are_within_their_rounding():
    assert gradcheck(lambda x: ag.tanh(x) / x, Decimal("1e-10"), order=2)


def test_third_derivatives_are_those_of_the_function():
    assert gradcheck(lambda x, y: x**3 * y - ag.sin(x * y), 0.7, -1.2, order=3)
    assert gradcheck(lambda x: x**5 / 2, Fraction(2, 3), order=3)


@QUIET
@given(expressions(SMOOTH, st.floats(-3, 3)))
def test_no_false_alarms(expression):
    gradcheck(expression, *expression.inputs)


@settings(QUIET, max_examples=25)
@given(expressions(("add", "mul", "sin", "exp"), st.floats(-1, 1), max_steps=4, max_inputs=2))
def test_no_false_alarms_in_second_order(expression):
    # The sine of a tower of exponentials is certified with millions of digits, for minutes.
    values = topological(expression(*map(Value, expression.inputs)))
    assume(all(abs(node.data) < 100 for node in values))
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
    with pytest.raises(
        RuleError, match=r"textbook slope .* wrong: 3 \* x is 1.5 at x = 0.5, right is 1.0"
    ):
        check_rule(wrong, count=20)
    check_rule(Op(name="shown", value="x * x", slopes=("2 * x",), written=("2 * x",)), count=20)
