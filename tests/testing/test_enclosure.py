"""Intervals that hold the true derivative, against differences of mpmath's numbers."""

import itertools
import math
from fractions import Fraction

import pytest

pytest.importorskip("flint")
pytest.importorskip("mpmath")

from autograd.ops import OPS
from autograd.testing import certified, enclosure
from autograd.testing.sampling import points


def enclosed(name, point, *places):
    found = enclosure.enclosed(certified.meaning(OPS[name]).enclosed, point, places, 30, 1200)
    return None if found is None else certified.from_man_exp(*found)


def agree(found, true):
    with certified.context.workprec(3000):
        small = certified.context.ldexp(1, -1190)
        return abs(found - true) <= abs(true) * certified.context.mpf(10) ** -28 + small


@pytest.mark.parametrize("name", OPS)
def test_equal_to_differences_at_every_order(name):
    meaning = certified.meaning(OPS[name])
    for point in points(OPS[name], 1 if name in ("polygamma", "sinc_dn") else 3):
        for order in range(4):
            places = [*itertools.combinations_with_replacement(range(len(point)), order)][-2:]
            for along in places:
                found = enclosed(name, point, *along)
                true = certified.by_differences(meaning, point, *along)
                assert found is not None, (point, along)
                assert agree(found, true), (point, along)


@pytest.mark.parametrize(
    ("name", "point"),
    [("abs", (0.0,)), ("relu", (0.0,)), ("floor", (3.0,)), ("log", (0.0,)), ("log", (-1.0,)),
     ("maximum", (2.0, 2.0)), ("div", (1.0, 0.0)), ("atan2", (0.0, -1.0)), ("asin", (1.0,))],
)  # fmt: skip
def test_nothing_is_enclosed_at_a_kink_or_beyond_the_domain(name, point):
    assert enclosed(name, point, 0) is None


def test_closed_forms():
    # tanh' = 1 - tanh² and its own derivatives, in exact numbers of exp(2 x) to 60 digits
    with certified.context.workdps(60):
        e = certified.context.exp(40)
        assert agree(enclosed("tanh", (20.0,), 0), 4 * e / (1 + e) ** 2)
        assert agree(enclosed("gamma", (5.0,)), 24)
        assert agree(enclosed("digamma", (1.0,)), -certified.context.euler)
        assert agree(enclosed("mul", (Fraction(1, 3), 3.0), 0, 1), 1)


def test_a_precision_of_the_user_stays():
    import flint

    before = flint.ctx.prec
    flint.ctx.prec = 77
    try:
        enclosed("exp", (1.0,), 0)
        assert flint.ctx.prec == 77
    finally:
        flint.ctx.prec = before


@pytest.mark.parametrize("name", ["tanh", "power", "logsumexp"])
def test_the_same_without_the_library(name, monkeypatch):
    """The derivatives do not depend on what is installed."""
    op = OPS[name]
    point = next(points(op, 1))
    with_it = certified.derivative(certified.meaning(op), point, 0)
    certified.meaning.cache_clear()
    monkeypatch.setattr(enclosure, "AVAILABLE", False)
    try:
        meaning = certified.meaning(op)
        assert meaning.enclosed is None
        assert agree(certified.derivative(meaning, point, 0), with_it)
    finally:
        certified.meaning.cache_clear()


def test_numbers_that_no_double_holds():
    assert agree(enclosed("log", (Fraction(10) ** 400,)), 400 * math.log(10)) is False
    with certified.context.workdps(40):
        assert agree(enclosed("log", (Fraction(10) ** 400,)), 400 * certified.context.log(10))


def test_digits_are_added_until_enough_of_them_are_proved():
    """Of 1 + x - 1 the first precision leaves a few."""
    for x in (1e-20, 1e-30, 1e-35, 3.7e-60):
        assert agree(of(lambda x: (x + 1) - 1, x), certified.number(x))
        assert agree(of(lambda x: (x * x + 1) - 1, x, 0), 2 * certified.number(x))


def of(function, x, *places):
    return certified.from_man_exp(*enclosure.enclosed(function, (x,), places, 30, 1200))


def test_differences_are_taken_until_thirty_digits_agree():
    """Of a fast wave the first ones are some percent off."""
    wave = certified.by_differences(lambda x: certified.context.sin(x * 2**39), [0.25], 0)
    with certified.context.workdps(60):
        assert agree(wave, 2**39 * certified.context.cos(certified.context.mpf(2) ** 37))


def test_one_sided_slopes():
    for name, below, above in (("abs", -1, 1), ("relu", 0, 1), ("softsign", 1, 1)):
        meaning = certified.meaning(OPS[name])
        for side, right in ((-1, below), (1, above)):
            assert agree(certified.one_sided(meaning, [0.0], 0, side), right)
    assert certified.one_sided(certified.meaning(OPS["sqrt"]), [0.0], 0, -1) is None


@pytest.mark.parametrize("x", [1.0, 1.5, -3.0, 1e300, 2.0**-1000, 5e-324, 3e-310])
def test_an_ulp_is_the_distance_to_the_next_double(x):
    for count in (1, -1, 7, Fraction(1, 2)):
        true = Fraction(x) + count * Fraction(math.ulp(x))
        # In the unit of the true number's binade.
        expected = abs(float(count * Fraction(math.ulp(x)) / Fraction(math.ulp(float(true)))))
        with certified.context.workprec(2200):
            number = certified.number(true)
        assert certified.ulps(x, number) == pytest.approx(expected)
