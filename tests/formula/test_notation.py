"""Numbers and names as they are written."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, explain
from autograd.formula.notation import MINUS, digits, pretty, shown, wanted
from autograd.formula.tex import write_tex
from autograd.formula.tree import Sym
from tests.graphs import ANY_LABEL


def number(text):
    return Fraction(text.replace(MINUS, "-"))


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 16))
def test_floats_have_the_digits_of_python_s_own_format(x, significant):
    leading, e, power = format(x, f".{significant}g").partition("e")
    text = leading + (f"e{int(power)}" if e else "")
    assert digits(x, significant) == text.replace("-", MINUS)
    assert float(digits(x, 17).replace(MINUS, "-")) == x


@given(st.fractions(), st.integers(1, 30))
def test_exact_numbers_are_written_exactly_or_rounded_once(x, significant):
    assert number(digits(x)) == x
    rounded = number(digits(x, significant))
    assert abs(rounded - x) <= abs(x) * Fraction(1, 2 * 10 ** (significant - 1))


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimals_keep_every_digit(x):
    assert number(digits(x)) == Fraction(x) or len(x.as_tuple().digits) > 300


def test_numbers_of_any_size_are_shortened():
    assert digits(10**299) == "1" + "0" * 299
    assert digits(10**5000) == "1e5000" and digits(-(7**6000)) == "−3.87471786866e5070"
    assert digits(Fraction(1, 10**5000)) == "1e−5000"
    assert digits(Fraction(1, 3**10000)) == "6.12989172395e−4772"
    assert digits(Decimal(7) / 3, 4) == digits(7 / 3, 4) == digits(Fraction(7, 3), 4) == "2.333"
    assert digits(3**1_000_000, 5) == "1.7977e477121"  # at once: its digits are never made
    big = Value(Fraction(1, 3**10000), "x") * 2
    assert str(explain(big)[0].values[0]).endswith(
        "≈ (6.12989172395e−4772)·2 = 1.22597834479e−4771"
    )


@pytest.mark.parametrize(
    ("label", "text", "tex"),
    [
        ("w_12", "w₁₂", "w_{12}"),
        ("w_1_2", "w₁,₂", "w_{1,2}"),
        ("a_b_c", "a_b_c", "a_{b,c}"),
        ("w1_new", "w₁_new", r"w_{1,\mathrm{new}}"),
        ("Delta_x", "Δ_x", r"\Delta_{x}"),
        ("Theta", "Θ", r"\Theta"),
        ("Sigma2", "Σ₂", r"\Sigma_{2}"),
        ("varepsilon", "ε", r"\varepsilon"),
        ("vartheta", "ϑ", r"\vartheta"),
        ("Alpha", "Alpha", r"\mathrm{Alpha}"),  # which would look like an A
        ("θ", "θ", r"\theta"),
        ("thetahat", "θ̂", r"\hat{\theta}"),
        ("yhat1", "ŷ₁", r"\hat{y}_{1}"),
        ("ŷ", "ŷ", r"\hat{y}"),
        ("y_hat", "ŷ", r"\hat{y}"),
        ("chat", "chat", r"\mathrm{chat}"),
        ("what", "what", r"\mathrm{what}"),
        ("that", "that", r"\mathrm{that}"),
        ("hat", "hat", r"\mathrm{hat}"),
        ("t_hat", "t̂", r"\hat{t}"),
        ("w₁", "w₁", "w_{1}"),
        ("x'", "x′", "x'"),
        ("\x00", "�", r"\text{U+FFFD}"),
        (" \n", "␣", r"\text{$\sqcup$}"),
        ("two\nlines", "two lines", r"\text{two lines}"),
    ],
)
def test_names(label, text, tex):
    assert (pretty(label), write_tex(Sym(label))) == (text, tex)


@given(ANY_LABEL)
def test_what_is_shown_is_one_line_and_stays_what_it_is(label):
    once = shown(label)
    assert shown(once) == once and "\n" not in once and bool(once) == bool(label)
    once.encode()


@pytest.mark.parametrize(
    "labels",
    [("w1", "w_1"), ("alpha", "α"), ("yhat", "ŷ"), ("w1", "w₁"), ("x'", "x′"), ("a b", "a  b"),
     ("epsilon", "varepsilon"), ("x", "x"), ("é", "e\u0301")],
)  # fmt: skip
def test_names_that_look_alike_are_told_apart(labels):
    a, b = (Value(n, label) for n, label in enumerate(labels, 2))
    first, second = explain(a * b)
    assert str(first.slopes[0]).partition(" = ")[0] != str(second.slopes[0]).partition(" = ")[0]
    name = pretty(labels[0])
    assert str(first.values[0]).replace("(", "").replace(")", "") == f"f = {name}·{name}′ = 2·3 = 6"
    assert second.wrt is b and second.value == 2


@pytest.mark.parametrize(
    ("number", "written"),
    [("1e900", "1e900"), ("-2E+308", "−2e308"), ("1e309", "1e309"), ("Infinity", "∞"),
     ("-Infinity", "−∞"), ("NaN", "nan")],
)  # fmt: skip
def test_a_decimal_beyond_the_floats_is_no_infinity(number, written):
    assert digits(Decimal(number)) == written
    assert digits(Decimal(number), 5) == written


def test_digits_that_are_asked_for_are_bounded():
    assert len(digits(Fraction(1, 3), wanted(4000))) == 4002
    with pytest.raises(ValueError, match="from 1 to 4000, not 4001"):
        wanted(4001)


@pytest.mark.parametrize("label", ["x²", "a₁²", "x⁻¹", "e³", "xⁿ", "π²"])
def test_a_label_that_ends_above_the_line_does_not_run_together_with_a_power(label):
    x = Value(2, label)
    assert f"({label})²" in str(explain(x**2))
    assert f"({label})³" in str(explain(x**3))
    assert f"({label})·" in str(explain(x * Value(3, "y") ** 2))
