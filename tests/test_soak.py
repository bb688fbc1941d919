"""The soak at the size of a coffee break's tenth, and its own ability to fail."""

import pytest

pytest.importorskip("mpmath")
pytest.importorskip("hypothesis")

from fractions import Fraction

from autograd.testing.strategies import Expression
from tests import soak


def test_exact_gradients():
    assert soak.exact_graphs(2000, seed=0) == 2000


def test_exact_second_derivatives():
    assert soak.second_derivatives(200, seed=0) == 200


def test_gradients_by_pytorch():
    pytest.importorskip("torch")
    assert soak.torch_graphs(1000, seed=0) == 1000


def test_derivatives_of_order_2_and_3():
    reports = soak.order_points(2, seed=0)
    assert len(reports) > 40
    assert all(report.second <= 16 and report.third <= 16 for report in reports)


def test_a_failure_is_made_small():
    big = Expression(
        (("add", 0, 1), ("neg", 0, 0), ("mul", 2, 3), ("sub", 4, 1)), (Fraction(7),) * 2
    )

    def fails(expression):
        return any(step[0] == "mul" for step in expression.program)

    small = soak.smaller(big, fails)
    assert [step[0] for step in small.program] == ["mul"]
    assert set(small.inputs) <= {0, 1, 2}
