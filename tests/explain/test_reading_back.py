"""What explain prints can be read: every sign between two sides holds, for every number type."""

from decimal import Decimal
from fractions import Fraction

import pytest

pytest.importorskip("mpmath")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograd import Value, erf, exp, explain, log, log2, tanh
from tests.explain.reading_back import check, derivations, holds
from tests.explain.test_explain import STEPS, build
from tests.graphs import graphs

NAMES = ["a", "w1", "w_1", "yhat", "theta", "θ", "Delta_x", "h_max", "w_1_2", "e", "x'", "loss", ""]
DIGITS = st.sampled_from([None, None, 3, 17])
KINDS = [Fraction, float, lambda exact: Decimal(exact.numerator) / Decimal(exact.denominator)]


@settings(max_examples=60, deadline=None)
@given(
    STEPS,
    st.lists(st.fractions(-2, 2, max_denominator=9), min_size=3, max_size=3),
    DIGITS,
    st.sampled_from(KINDS),
)
def test_derivations_of_every_number_type_hold(steps, data, digits, kind):
    leaves = [Value(kind(x), name) for x, name in zip(data, ["a", "w1", "w_1"], strict=True)]
    assert holds(build(steps, leaves), digits)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(st.sampled_from(NAMES)), DIGITS)
def test_any_graph_s_derivation_holds(root, digits):
    holds(root, digits)


def test_derivations_of_the_soak_hold():
    assert derivations(100, seed=0) > 400


def test_the_reader_finds_a_wrong_sign():
    """A test of the test: it refuses what is false."""
    for line in ("f = 2·3 = 7", "f = 1/3 = 0.333333333333", "f = −2² ≈ 4", "f = 2³² = 2⁹"):
        with pytest.raises(AssertionError):
            check(line, {})
    assert check("f = 1/3 ≈ 0.333333333333", {}) == 1
    assert check("f = |2 − |3||·(−1)(2) ≈ −2 = −2", {}) == 2


def line(root, **how):
    return str(explain(root, **how).values[-1])


def test_equal_is_what_is_equal_in_the_digits_shown():
    one, three = Decimal(1), Decimal(3)
    assert line(Value(one, "x") / Value(three, "y")).endswith(f"1/3 ≈ 0.{'3' * 28}")
    assert line(Value(1.0, "x") / 3.0) == "f = x/3 = 1/3 ≈ 0.333333333333"
    assert line(Value(1.0, "x") / 4.0) == "f = x/4 = 1/4 = 0.25"
    assert line(Value(0.1, "x") + 0.2) == "f = x + 0.2 = 0.1 + 0.2 = 0.3"  # noise is not shown
    assert line(2 * Value(1 / 3, "x")) == "f = 2·x ≈ 2·0.333333333333 ≈ 0.666666666667"
    assert line(tanh(Value(0.5, "x"))) == "f = tanh(x) = tanh(0.5) ≈ 0.46211715726"
    assert line(tanh(Value(20.0, "x"))) == "f = tanh(x) = tanh(20) ≈ 1"
    assert line(exp(Value(0.0, "x"))) == "f = e^x = e⁰ = 1"
    assert line(log2(Value(8.0, "x"))) == "f = log₂(x) = log₂(8) = 3"
    assert line(Value(1e200, "x") * 1e200) == "f = x·(1e200) = (1e200)·(1e200) ≈ ∞"


def test_zero_keeps_its_sign():
    assert line(1 / Value(-0.0, "x")) == "f = 1/x = 1/(−0) = −∞"
    assert line(Value(-0.0, "x") * 2.0) == "f = x·2 = (−0)·2 = −0"
    assert line(1.0 - Value(-0.0, "x")) == "f = 1 − x = 1 − (−0) = 1"
    assert line(Value(Decimal("-0"), "x") * 1).endswith("−0")


def test_where_a_formula_has_no_value_the_line_says_so():
    x, y = Value(0.0, "x"), Value(0.0, "y")
    slope = explain(x.hypot(y), x).slopes[0]
    assert str(slope) == "∂f/∂x = 0   (by convention: 0/0 has no value)"
    pole = explain(log(Value(0.0, "x")))[0].slopes[0]
    assert str(pole) == "∂f/∂x = 1/x = 1/0 = ∞"


def test_digits_are_the_user_s_and_one_number_looks_the_same_everywhere():
    x, w = Value(2 / 3, "x"), Value(Fraction(22, 7), "w")
    shown = explain(tanh(x * w), x, digits=3)
    assert [str(step) for step in shown.steps] == [
        "f = tanh(x·w) ≈ tanh(0.667·3.14) ≈ tanh(2.1) ≈ 0.97",
        "∂f/∂x = (1 − f²)·w ≈ (1 − 0.97²)·3.14 ≈ (1 − 0.941)·3.14 ≈ 0.0588·3.14 ≈ 0.185",
    ]
    assert "0.667" in shown._repr_latex_() and "0.6666" not in shown._repr_html_()
    assert "0.6666666666666666" in str(explain(tanh(x * w), x, digits=17))
    with pytest.raises(ValueError, match="from 1 to 4000, not 0"):
        explain(x * w, digits=0)
    with pytest.raises(TypeError, match="digits is a number of significant digits, not str '3'"):
        explain(x * w, digits="3")


def test_beside_a_value_called_e_the_exponential_has_its_name():
    assert line(exp(Value(2.0, "e"))) == "f = exp(e) = exp(2) ≈ 7.38905609893"
    slope = explain(erf(Value(1.0, "pi")))[0].slopes[0]
    assert slope.symbolic == "(2/√(pi))·e^(−π²)"
