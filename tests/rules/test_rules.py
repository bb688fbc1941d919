"""Every row of the table is right, everywhere: the loop in which a new row finds itself tested."""

import pytest

pytest.importorskip("mpmath")

from autograd.ops import OPS
from autograd.testing.rules import check_rule


@pytest.mark.parametrize("name", OPS)
def test_rule(name):
    check_rule(name, count=80)
