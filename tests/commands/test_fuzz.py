"""The fuzz of the command line for a moment, and its own ability to fail."""

from dataclasses import replace

import pytest

from tests.commands import fuzz


def test_a_few_strings():
    found = [fuzz.check(fuzz.case(0, index, bombs=False))[0] for index in range(60)]
    assert found.count(0) > 20 < 3 * found.count(2)


def test_it_finds_a_wrong_number_and_a_wrong_status():
    right = next(
        found
        for found in (fuzz.case(0, index) for index in range(100))
        if found.wanted and found.arguments[0] == "explain" and found.wanted.slope
    )
    fuzz.check(right)
    for change in (
        {"slope": right.wanted.slope + 1},
        {"value": right.wanted.value + 1, "exact": None},
    ):
        with pytest.raises(fuzz.Wrong, match=r"derivative|value"):
            fuzz.check(replace(right, wanted=replace(right.wanted, **change)))
    with pytest.raises(fuzz.Wrong, match="refused a formula"):
        fuzz.check(replace(right, arguments=("explain", "x +", "x=1")))
