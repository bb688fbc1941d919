"""The edge table: values and slopes at the kinks, poles and ends, the sign of zero included.

`edges.txt` was worked out from the conventions: IEEE 754 and C99 for values, the limit of the slope
from inside where there is one, nan where the value is nan, a whole number where the slope is one.
"""

import re
from math import inf, nan
from pathlib import Path

import pytest

from autograd import Value
from autograd.engine import record
from autograd.ops import OPS

TABLE = (Path(__file__).parent / "edges.txt").read_text().splitlines()


def numbers(text):
    return eval(f"({text},)", {"inf": inf, "nan": nan})


def test_the_table_is_long():
    assert len(TABLE) >= 100


@pytest.mark.parametrize("line", TABLE)
def test_edge(line):
    name, arguments, value, slopes = re.fullmatch(
        r"(\w+)\((.*)\) = (.*), slopes (.*)", line
    ).groups()
    op, point = OPS[name], numbers(arguments)
    leaves = [Value(x) for x in point]
    node = record(op, *leaves)
    assert repr(node.data) == value
    assert list(map(repr, node.partials())) == slopes.split(", ")
    node.backward()  # adding a slope to the 0 of a new leaf makes -0.0 into 0.0 and 1 into 1
    assert repr([leaf.grad for leaf in leaves]) == repr([slope + 0 for slope in numbers(slopes)])
