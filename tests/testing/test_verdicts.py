"""`check_rule` and `check_function`: wrong, inaccurate or unchecked, each for the right reason."""

import math
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

pytest.importorskip("mpmath")

import mpmath

from autograd import Op, tanh
from autograd.testing import RuleError, check_function, check_rule
from autograd.testing.regions import region
from autograd.testing.verdict import Finding
from tests.testing.field import FUNCTIONS, WRONG_FUNCTIONS, rows


def found(check, *given, **how):
    """The RuleError that a check ends in."""
    with pytest.raises(RuleError) as caught:
        check(*given, **how)
    return caught.value


# The bars.


@pytest.mark.parametrize("fields", [*rows("right")], ids=lambda fields: fields["name"])
def test_a_right_rule_passes_or_is_inaccurate(fields):
    """Its region is true: at its worst point the text is off as said, beside what it is exactly."""
    try:
        check_rule(Op(**fields), count=16, higher=2)
    except RuleError as error:
        for finding in error.findings:
            assert (finding.verdict, bool(finding.point)) == ("inaccurate", True), finding


@pytest.mark.parametrize("fields", [*rows("wrong")], ids=lambda fields: fields["name"])
def test_a_wrong_rule_is_caught(fields):
    found(check_rule, Op(**fields))


@pytest.mark.parametrize(
    ("value", "slope"),
    [
        ("cos(x)", "-sin(x) if x < 10 ** 6 or x > 2 * 10 ** 6 else 7 * one(x)"),
        ("sin(x)", "cos(x) if x < 10 ** 6 else -cos(x)"),
        ("tan(x)", "1 + z * z if x < 10 ** 6 else 1 - z * z"),
    ],
)
def test_what_is_wrong_at_large_numbers_alone_is_wrong(value, slope):
    error = found(check_rule, rule(value, slope))
    assert error.verdict == "wrong"
    assert error.point[0] >= 1e6


def test_a_constant_with_some_digits_is_no_wrong_one_at_large_numbers():
    """Off by a part of 1e-9, which at 1e7 moves sin by as much as a hundredth of its period."""
    near = rule("sin(x)", "cos(1000000001 * x / 10 ** 9)")
    error = found(check_rule, near, largest=1e8, higher=0)
    assert error.verdict == "inaccurate"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_right_functions_pass_or_are_inaccurate(name):
    functions, how = FUNCTIONS[name]
    try:
        check_function(*functions, count=30, **how)
    except RuleError as error:
        verdicts = {finding.verdict for finding in error.findings}
        assert verdicts == {"inaccurate"}, error  # noqa: PT017  it may pass, too


@pytest.mark.parametrize("name", WRONG_FUNCTIONS)
def test_wrong_functions_are_wrong(name):
    functions, how = WRONG_FUNCTIONS[name]
    assert found(check_function, *functions, **how).verdict == "wrong"


# Which verdict, and where.


def rule(value, slope, **fields):
    return Op(name="own", value=value, slopes=(slope,), **fields)


def test_wrong_has_the_point_and_what_is_right_there():
    error = found(check_rule, rule("softplus(x)", "0 if x == 0 else sigmoid(x)"))
    (finding,) = error.findings
    assert (error.verdict, error.point, finding.found) == ("wrong", (0.0,), 0)
    assert float(finding.right) == 0.5


def test_a_kink_off_the_usual_spots_is_met():
    text = "1 if x < 4 else {} if x == 4 else 0 if x == x else x"
    fields = {"value": "minimum(x, 4 + zero(x))", "kink": "x == 4"}
    assert found(check_rule, rule(slope=text.format(-3), **fields)).point == (4.0,)
    assert check_rule(rule(slope=text.format(0), **fields)).points == 200


def test_inaccurate_has_the_region_and_the_ulp():
    error = found(check_rule, rule("tanh(x)", "1 - z * z", domain="x > 0"))
    (finding,) = error.findings
    assert finding.verdict == "inaccurate"
    (x,) = finding.point
    true = float(1 / mpmath.cosh(mpmath.mpf(x)) ** 2)
    assert finding.ulp == pytest.approx(
        abs(true - (1 - math.tanh(x) ** 2)) / math.ulp(true), rel=0.1
    )
    assert "<= x <=" in finding.region
    assert check_rule(rule("tanh(x)", "1 - z * z"), abs_tol=1e-15)


def test_a_bound_lets_an_inaccurate_rule_pass_and_no_wrong_one():
    crude = rule("log(1 + x * x)", "2 * x / (1 + x * x)")
    assert found(check_rule, crude).verdict == "inaccurate"
    assert check_rule(crude, abs_tol=1e-12, largest=1e100).points
    wrong = rule("x * x", "2 * x + 1")
    assert found(check_rule, wrong, abs_tol=0.5, max_ulp=1e6).verdict == "wrong"


def test_nothing_checked_is_no_pass():
    error = found(check_rule, rule("x * x", "2 * x", domain="x > 2 and x < 1"))
    assert error.verdict == "unchecked"
    assert "no point tried is in the domain x > 2 and x < 1" in str(error)
    error = found(check_rule, rule("x * x", "2 * x", kink="x == 4 and x == 5"))
    assert error.verdict == "unchecked"
    assert "no point was met at which x == 4 and x == 5" in str(error)


def test_a_narrow_domain_is_searched():
    domain = "50000 < 10000 * x < 50001"
    report = check_rule(rule("x * x", "2 * x", domain=domain))
    assert report.points == 200
    (x,) = found(check_rule, rule("x * x", "x", domain=domain)).point
    assert 5 < x < 5.0001


def test_no_point_outside_the_domain_is_tried():
    seen = []

    def value(x):
        seen.append(x)
        return math.log(x) * math.log1p(-x)

    def slope(x):
        seen.append(x)
        return math.log1p(-x) / x - math.log(x) / (1 - x)

    check_function(value, slope, meaning="log(x) * log(1 - x)", domain="0 < x < 1", abs_tol=1e-9,
                   max_ulp=1e6, nonfinite=True)  # fmt: skip
    assert seen
    assert all(0 < x < 1 or x != x for x in seen)


def test_what_is_not_declared_is_found():
    error = found(check_rule, rule("abs(x - 3)", "1 if x > 3 else -1"))
    assert error.point == (3.0,)
    assert 'declare it as in kink="x == 3"' in str(error)
    error = found(check_rule, rule("x if x * x < 2 else 2 * x", "1 if x * x < 2 else 2"))
    assert "jumps" in str(error)
    assert abs(error.point[0]) == pytest.approx(math.sqrt(2))


@pytest.mark.parametrize(
    ("value", "slopes", "wrong", "right"),
    [
        ("abs(x - 2 * y)", ("sign(x - 2 * y)", "-2 * sign(x - 2 * y)"), "x == 0", "x == 2 * y"),
        ("relu(2 * y - x)", ("-1 if x < 2 * y else 0", "2 if x < 2 * y else 0"), "y == x",
         "2 * y == x"),
        ("abs(x * y - 3)", ("y * sign(x * y - 3)", "x * sign(x * y - 3)"), "x == 3", "x * y == 3"),
        ("(x - 2 * y) * sign(x - 2 * y)", ("sign(x - 2 * y)", "-2 * sign(x - 2 * y)"), "y == 0",
         "x == 2 * y"),
    ],
)  # fmt: skip
def test_a_kink_declared_at_a_wrong_line_is_found(value, slopes, wrong, right):
    """The slope at the kink is the mean of its sides, so that nothing else tells."""
    fields = {"name": "own", "value": value, "slopes": slopes, "inputs": ("x", "y")}
    error = found(check_rule, Op(**fields, kink=wrong))
    x, y = error.point
    assert error.verdict == "wrong"
    assert f'a kink: declare it as in kink="{right}"' in str(error)
    assert eval(right, {"x": x, "y": y})
    assert check_rule(Op(**fields, kink=right), nonfinite=False, largest=1e100, abs_tol=1e-14)


def test_where_both_derivatives_are_0_nothing_is_compared_with_nan():
    """A second derivative of 4 where the first is 0 was called wrong for not being 4."""
    binomial = Op(
        name="binomial", value="y * log(x) + (3 - y) * log(1 - x)",
        slopes=("y / x - (3 - y) / (1 - x)", "log(x) - log(1 - x)"), domain="0 < x < 1",
    )  # fmt: skip
    assert check_rule(binomial, stable=True, max_ulp=1e6, largest=30.0).points == 200


def test_a_constant_slope_may_be_a_number_at_nan_and_no_other():
    assert check_rule(rule("x / 3", "one(x) / 3"))
    error = found(check_rule, rule("maximum(x, zero(x))", "1 if x > 0 else 0", kink="x == 0"))
    assert error.verdict == "inaccurate"
    assert math.isnan(error.point[0])
    assert check_rule(
        rule("maximum(x, zero(x))", "1 if x > 0 else 0", kink="x == 0"), nonfinite=False
    )


def test_a_row_that_only_calls_an_operation_keeps_its_conventions():
    error = found(check_rule, rule("log(x)", "1 / abs(x)", domain="x > 0"))
    assert repr(error.point) == "(-0.0,)"
    pair = Op(name="own", value="xlogy(x, y)", slopes=("log(y)", "x / y"), domain="y > 0")
    assert found(check_rule, pair).point == (0.0, 0.0)
    assert check_rule(rule("abs(x)", "-1 if x == 0 else sign(x)", kink="x == 0"))


def test_exact_numbers_that_become_floats():
    assert check_rule(rule("10 ** x", "z * log(10 + zero(x))"))
    rough = rule("x ** (-1 / 2)", "-half(x) * x ** (-3 / 2)", domain="x > 0")
    error = found(check_rule, rough)
    assert error.verdict == "inaccurate"
    assert isinstance(error.point[0], Fraction)
    assert check_rule(rough, exact=False)


@pytest.mark.parametrize(
    ("value", "slope"),
    [
        ("tanh(10 * x)", "10 * (1 - z * z)"),
        ("1 / (1 + exp(-200 * x))", "200 * z * (1 - z)"),
        ("exp(1000 * x)", "1000 * z"),
        ("exp(-((500 * x) ** 2))", "-500000 * x * z"),
    ],
)
def test_decimals_that_cancel_are_no_wrong_ones(value, slope):
    """28 digits are few for a steep function, and more of them, or the doubles' range, tell."""
    error = found(check_rule, rule(value, slope), count=20, higher=0)
    assert error.verdict == "inaccurate"
    assert all(not isinstance(finding.point[0], Decimal) for finding in error.findings)


def test_an_exact_number_that_is_wrong_at_its_point_alone():
    at = Fraction(7, 3)
    error = found(check_rule, rule("x ** 3", "x if 3 * x == 7 else 3 * x * x"))
    assert (error.verdict, error.point, error.findings[0].found) == ("wrong", (at,), at)


def test_higher_derivatives_are_tried_where_the_texts_change():
    assert found(check_rule, rule("x * x", "0 if x == 0 else 2 * x")).point == (0.0,)
    assert found(check_rule, rule("x ** 3", "75 if x == 5 else 3 * x * x")).point == (5.0,)


def test_rows_of_runs():
    sums = Op(name="sums", value="logsumexp(xs)", slopes=("exp(x - z)",), inputs=("x",), run=True)
    assert found(check_rule, sums).verdict == "inaccurate"
    twice = replace(sums, slopes=("2 * softmax(x, xs)",))
    assert found(check_rule, twice).verdict == "wrong"
    assert check_rule(replace(sums, slopes=("softmax(x, xs)",))).points == 200


def test_errors_say_what_to_give():
    with pytest.raises(TypeError, match=r"not <function.*check_function"):
        check_rule(lambda x: x * x)
    with pytest.raises(KeyError, match="did you mean 'sin'"):
        check_rule("sinn")
    assert check_rule(tanh, count=5).name == "tanh"
    with pytest.raises(TypeError, match="give one for each"):
        check_function(lambda x, y: x * y, lambda x, y: y, inputs=("x", "y"))
    with pytest.raises(TypeError, match="give 'f' its derivative once"):
        check_function(lambda x: x * x)
    with pytest.raises(TypeError, match=r"mpmath\.exp, not math\.exp"):
        check_function(math.exp, math.exp, meaning=math.exp)
    with pytest.raises(TypeError, match="called with floats"):
        check_function(lambda x: x.shape, lambda x: 1.0)
    with pytest.raises(TypeError, match=r"one for each of inputs=\('x',\), and that raised"):
        check_function(lambda x, y: x * y, lambda x, y: y)
    for count in (0, -5):
        with pytest.raises(ValueError, match=f"count says how many .* 1 or more, not {count}"):
            check_function(lambda x: x * x, lambda x: 2 * x, count=count)


def test_flushing_to_zero_is_named_before_anything_else():
    torch = pytest.importorskip("torch")
    torch.set_flush_denormal(True)
    try:
        errors = [found(check_rule, "log"), found(check_function, abs, abs)]
    finally:
        torch.set_flush_denormal(False)
    assert [error.verdict for error in errors] == ["unchecked"] * 2
    assert all("flushes subnormal numbers to zero" in str(error) for error in errors)


# Functions.


def test_a_meaning_of_mpmath_keeps_the_users_precision():
    before = mpmath.mp.prec
    assert check_function(math.sin, math.cos, meaning=mpmath.sin, count=20)
    assert mpmath.mp.prec == before


def test_without_a_meaning_the_report_says_what_was_compared():
    report = check_function(lambda x: math.exp(-x * x), lambda x: -2 * x * math.exp(-x * x),
                            max_ulp=1e4, abs_tol=1e-300, largest=1e100)  # fmt: skip
    assert "against the value's own code" in str(report)

    class Hidden:
        def __call__(self, x):
            return math.tanh(float(x))

    report = check_function(Hidden(), lambda x: 1 - math.tanh(x) ** 2)
    assert "about 8 digits" in str(report)
    error = found(check_function, Hidden(), lambda x: 1.001 - math.tanh(x) ** 2)
    assert error.verdict == "wrong"


def test_a_gradient_that_comes_in_counts():
    def vjp(point, g):
        return [3 * point[0] ** 2]

    error = found(check_function, lambda x: x**3, vjp=vjp, meaning="x ** 3", largest=1e100)
    assert "the gradient -2.5 comes in" in str(error)
    assert check_function(
        lambda x, y: x * y, jvp=lambda p, t: p[1] * t[0] + p[0] * t[1], meaning="x * y",
        inputs=("x", "y"), largest=1e100,
    )  # fmt: skip


def test_a_missing_return_is_named():
    def relu(x):
        return max(x, 0.0)

    with pytest.raises(TypeError, match=r"slope of 'relu' to x gave None at .*return missing"):
        check_function(relu, lambda x: 1.0 if x > 0 else None, kink="x == 0")
    with pytest.raises(TypeError, match="the value of 'own' gave None at"):
        check_function(lambda x: x if x > 0 else None, lambda x: 1.0, meaning="x", name="own")
    with pytest.raises(TypeError, match="gave None at"):
        check_function(relu, jvp=lambda p, t: t[0] if p[0] > 0 else None, kink="x == 0")
    assert check_function(  # None is no gradient there
        relu, vjp=lambda p, g: [g if p[0] > 0 else None], kink="x == 0", meaning="relu(x)"
    )


def test_a_finding_is_one_line():
    finding = Finding(verdict="unchecked", what="f", why="a\n  reason")
    assert str(finding) == "f is unchecked: a reason"


def test_a_meaning_that_ends_before_the_domain_is_unchecked():
    error = found(check_function, lambda x: math.log(abs(x)), lambda x: 1 / x, meaning="log(x)")
    assert error.verdict == "unchecked"
    assert "say so in the domain" in str(error)


def test_a_region_ends_where_three_in_a_row_are_right():
    tried = [(float(x),) for x in range(12)]
    found = [(1.0,), (2.0,), (4.0,), (8.0,)]
    first, second = "3 of the 4 points tried with 1.0 <= x <= 4.0", "at x = 8.0"
    assert region(found, tried, ("x",)) == f"{first}, {second}"
    longer = region([*found[:3], (7.0,)], tried, ("x",))
    assert longer == "4 of the 7 points tried with 1.0 <= x <= 7.0"
