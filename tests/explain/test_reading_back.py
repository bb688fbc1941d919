"""What explain prints can be read: every sign between two sides holds, for every number type."""

from decimal import Decimal
from fractions import Fraction

import pytest

pytest.importorskip("mpmath")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograd import Value, erf, exp, explain, log, sigmoid, tanh, topological
from tests.explain.reading_back import check, printed_lines
from tests.explain.test_explain import STEPS, build
from tests.graphs import graphs

NAMES = ["a", "w1", "w_1", "yhat", "theta", "θ", "Delta_x", "h_max", "w_1_2", "e", "x'", "loss", ""]
LABELS = st.sampled_from(NAMES)
SHOWN = st.sampled_from([None, None, 3, 17])


def numbers(root, reading):
    return {name: node.raw for node, name in reading.names.items()}


def check_all(root, digits):
    from autograd.explain.reading import Reading

    reading = Reading(topological(root), None)
    known = {name: node.raw for node, name in reading.names.items()}
    near = 1e-8 if digits is None else 10.0 ** (3 - digits)
    lines = printed_lines(str(explain(root, digits=digits)))
    assert lines
    return sum(check(line, known, near) for line in lines)
