"""The report cards: a fault is a row whose line reproduces it, and each card has its place."""

import re
from pathlib import Path

import pytest

from autograd.testing.engines import report_on
from tests.pages import replaced
from tests.rules import cards

PLANTED = Path(__file__).parents[1] / "testing" / "engines" / "planted"


def test_a_card_has_a_line_for_each_fault_that_reproduces_it(monkeypatch):
    report = report_on(f"{PLANTED / 'wrong.py'}:Power", graphs=5, longest=100, limit=60.0)
    text = cards.card("Mine", "1.0", report)
    assert text.startswith("### Mine 1.0\n\n2 wrong, 0 inaccurate, ")
    (opening,) = re.findall(r"Each line comes after `(.*)`\.", text)
    row = next(line for line in text.splitlines() if "the slope of" in line)
    what, _, line, found, right = row.strip("| ").split(" | ")
    assert what.startswith("the slope of x \\*\\* n is wrong (it gives x \\*\\* (n - 1)")
    monkeypatch.syspath_prepend(str(PLANTED))
    *code, shown = line.strip("`").split("; ")
    names = {}
    exec("; ".join([opening, *code]), names)
    assert eval(shown, names) == float(found) != float(right)


def test_every_engine_has_one_place_on_the_page():
    page = cards.PAGE.read_text(encoding="utf-8")
    for name in cards.ENGINES:
        assert replaced(page, f"card {name}", "new\n").count(f"<!-- card {name} -->\nnew\n") == 1
    with pytest.raises(ValueError, match="no place for card nobody"):
        replaced(page, "card nobody", "")
