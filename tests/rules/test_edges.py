"""The table of conventions: values and slopes at kinks, poles and ends, the sign of 0 included."""

from dataclasses import replace

import pytest

from autograd import Value
from autograd.engine import record
from autograd.ops import OPS
from autograd.testing.conventions import TABLE, conventions


def test_the_table_is_long():
    assert len(TABLE.splitlines()) >= 100


def test_the_table_is_read_as_it_is_written():
    assert [str(line) for line in conventions()] == TABLE.splitlines()


@pytest.mark.parametrize("line", conventions(), ids=str)
def test_edge(line):
    leaves = [Value(x) for x in line.point]
    node = record(OPS[line.name], *leaves)
    assert repr(node.data) == repr(line.value)
    assert repr(node.partials()) == repr(line.slopes)
    node.backward()  # adding a slope to the 0 of a new leaf makes -0.0 into 0.0 and 1 into 1
    assert repr([leaf.grad for leaf in leaves]) == repr([slope + 0 for slope in line.slopes])


def test_check_rule_holds_a_row_to_its_conventions():
    pytest.importorskip("mpmath")
    from autograd.testing.rules import RuleError, check_rule

    rising = replace(OPS["abs"], slopes=("1 if x == 0 else sign(x)",))
    with pytest.raises(RuleError, match=r"is 1 at x = 0.0, right is 0.* \(by the convention"):
        check_rule(rising)
    check_rule(replace(rising, name="size"), count=20)  # a row of one's own may choose otherwise
