"""Python functions computed with more digits: what they come to, and what cannot be."""

import math
from functools import reduce

import pytest

pytest.importorskip("mpmath")
pytest.importorskip("numpy")

import numpy as np

from autograd.testing.certified import context, number
from autograd.testing.exact import lent, numbers, settled


def unrounded(function, *point):
    return settled(lambda: lent(function)(*map(number, point)), point)


def helper(x):
    return math.expm1(x) * SCALE


SCALE = 2.5


@pytest.mark.parametrize(
    ("function", "point"),
    [
        (lambda x: np.sinc(x) + np.arcsinh(x) - np.cbrt(x), (0.3,)),
        (lambda x: helper(x) + math.fmod(-x, 2.0) + math.remainder(x, 3.0), (7.3,)),
        (lambda x: np.where(x > 0, np.remainder(-x, 2.0), 1.0), (7.3,)),
        (lambda x, y: np.logaddexp(x, y) + math.hypot(x, y) + math.atan2(x, y), (0.5, 2.0)),
        (lambda x: reduce(lambda a, b: a * x + b, [3, 2.5, 1]), (0.7,)),
        (lambda x: float(x > 0) + math.pi * math.trunc(x) + math.copysign(x, -1.0), (2.7,)),
        (lambda x: np.clip(x, -1.0, 1.0) + math.log(x, 3) + np.exp2(x) + abs(-x), (2.7,)),
    ],
)
def test_it_is_the_same_function(function, point):
    """With a double's digits it gives what the function gives."""
    assert float(unrounded(function, *point)) == pytest.approx(float(function(*point)), rel=1e-14)


def test_cancellation_is_undone():
    found = unrounded(lambda x: (1 - math.cos(x)) / x**2, 1e-30)
    assert abs(found - context.mpf(0.5)) < context.mpf(10) ** -25


def test_what_makes_doubles_is_not_believed():
    assert unrounded(lambda x: math.exp(np.asarray([x])[0].item()), 1.0) is None
    assert unrounded(lambda x: float.fromhex("0x1p1") + complex(x).real, 1.0) is None


def test_no_number_is_nan():
    assert context.isnan(unrounded(lambda x: 1 / (x - 1), 1.0))


def test_the_function_itself_is_not_touched():
    lent(helper)(number(1))
    assert helper(1.0) == math.expm1(1.0) * 2.5


def test_numbers_in_code():
    assert numbers(helper) == {2.5}
    assert {0.1, 7.0} <= numbers(lambda x, a=0.1: [7 * y for y in (x, a)])
