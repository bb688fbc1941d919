"""Every value and slope within 4 ulp of the stored certified reference, without mpmath."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest

from autograd.ops import OPS
from tests.rules.equivalent import numbers
from tests.rules.reference import stored


def ulps(found, true):
    """How far a float is from an exact number, in units of the exact number's last place."""
    if not (math.isfinite(found) and math.isfinite(float(true))):
        return 0 if found == float(true) else math.inf
    return float(abs(Fraction(found) - Fraction(true)) / Fraction(math.ulp(float(true))))


def read(lines):
    """The points of a row: the arguments, and the true value and slopes as they are written."""
    for line in lines:
        point, _, true = line.partition(": ")[2].partition(" = ")
        yield tuple(map(float, point.split())), true.split()


POINTS = {title.split()[1]: [*read(lines)] for title, lines in stored().items()}


@pytest.mark.parametrize("name", OPS)
def test_within_4_ulp(name):
    op = OPS[name]
    assert len(POINTS.get(name, ())) >= 60, "run python -m tests.refresh"
    for point, true in POINTS[name]:
        for index, (found, text) in enumerate(zip(numbers(op, point), true, strict=True)):
            if text == "-" or (op.helper and index > 0) or (op.run and index == 0):
                continue  # second derivatives, and sums that cancel: see test_rules
            error = ulps(float(found), Decimal(text))
            assert error <= 4, (point, "slope" if index else "value", found, text, error)
