"""The page's numbers of whole graphs beside Python's."""

from autograd.ops import OPS
from tests.export.running import UNWRITTEN
from tests.live.expressions import ALONE, NESTED, check


def test_nested_expressions(tmp_path):
    check(tmp_path, NESTED, 100, "nested")


def test_every_row_alone(tmp_path):
    assert {*ALONE} == {*OPS} - UNWRITTEN
    check(tmp_path, ALONE, 24, "alone")
