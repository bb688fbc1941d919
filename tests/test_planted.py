"""The list of planted faults does not rot, and planting one tells a fault from none."""

from dataclasses import replace

import pytest

from tests import planted
from tests.faults import FAULTS

QUICK = next(fault for fault in FAULTS if fault.name == "methods left behind")


def test_each_fault_is_one_of_its_own():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert len({(fault.file, fault.instead) for fault in FAULTS}) == len(FAULTS) > 140


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_fault_has_its_place_and_its_tests(fault):
    compile(planted.changed(fault), fault.file, "exec")
    for test in fault.tests:
        path, _, name = test.partition("[")[0].partition("::")
        assert f"def {name}" in (planted.ROOT / path).read_text()


def test_a_fault_is_caught_and_its_test_named(capsys, monkeypatch):
    assert planted.main([QUICK.name]) == 0
    assert f"caught by {QUICK.tests[0]}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("status", "failed", "verdict"),
    [(0, "", "SURVIVED"), (None, "", "time limit"), (2, "", "no verdict"), (1, "", "no verdict")],
)
def test_what_no_test_sees_survives(capsys, monkeypatch, status, failed, verdict):
    """And the command that tries it again is printed."""
    answers = iter([planted.Outcome(0, "", 0, ""), planted.Outcome(status, failed, 0, "")])
    monkeypatch.setattr(planted, "ran", lambda *_: next(answers))
    assert planted.main([QUICK.name]) == 1
    *_, row, _, _, again = capsys.readouterr().out.splitlines()
    assert QUICK.name in row and verdict in row
    assert again == f"again: {planted.COMMAND} {QUICK.name!r}"


def test_tests_that_fail_without_a_fault_say_nothing_about_it(capsys, monkeypatch):
    monkeypatch.setattr(planted, "ran", lambda *_: planted.Outcome(1, "tests/x.py::x", 0, ""))
    assert planted.main([QUICK.name]) == 1
    assert "UNTESTED: without the fault, too, this fails: tests/x.py::x" in capsys.readouterr().out


def test_names_that_are_no_fault_and_texts_that_have_gone(capsys):
    with pytest.raises(SystemExit):
        planted.main(["no such fault"])
    assert "no fault is called 'no such fault'" in capsys.readouterr().err
    with pytest.raises(LookupError, match=r"0 times 'gone'.*mend the list"):
        planted.changed(replace(QUICK, text="gone"))
