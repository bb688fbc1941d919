"""Every value and slope within 4 ulp of the stored certified reference, without mpmath."""

import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from autograd.ops import OPS

REFERENCE = Path(__file__).parent / "reference" / "rules.txt"


def ulps(found, true):
    """How far a float is from an exact number, in units of the exact number's last place."""
    if not (math.isfinite(found) and math.isfinite(float(true))):
        return 0 if found == float(true) else math.inf
    return float(abs(Fraction(found) - Fraction(true)) / Fraction(math.ulp(float(true))))


def read():
    rows = {name: [] for name in OPS}
    for line in REFERENCE.read_text().splitlines():
        name, _, rest = line.partition(": ")
        point, _, true = rest.partition(" = ")
        rows[name].append((tuple(map(float, point.split())), true.split()))
    return rows


POINTS = read()


def computed(op, point):
    """The value and the slope to each argument."""
    if not op.run:
        value = op.compute(*point)
        return [value, *(slope(*point, value) for slope in op.partials)]
    size = len(point) // len(op.inputs)
    runs = [point[start : start + size] for start in range(0, len(point), size)]
    value = op.compute(*runs)
    return [
        value,
        *(slope(*e, *runs, value) for slope in op.partials for e in zip(*runs, strict=True)),
    ]


@pytest.mark.parametrize("name", POINTS)
def test_within_4_ulp(name):
    op = OPS[name]
    assert len(POINTS[name]) >= 60, "run tests/reference/make.py"
    for point, true in POINTS[name]:
        for index, (found, text) in enumerate(zip(computed(op, point), true, strict=True)):
            if text == "-" or (op.helper and index > 0) or (op.run and index == 0):
                continue  # second derivatives, and sums that cancel: see test_rules
            error = ulps(float(found), Decimal(text))
            assert error <= 4, (point, "slope" if index else "value", found, text, error)
