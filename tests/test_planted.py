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


def test_a_fault_is_caught_and_what_changes_nothing_survives(capsys, monkeypatch):
    harmless = replace(QUICK, name="harmless", instead=QUICK.text)
    monkeypatch.setattr(planted, "FAULTS", [QUICK, harmless])
    assert planted.main([]) == 1
    fault, none, *_, again = capsys.readouterr().out.splitlines()[2:]
    assert QUICK.name in fault and f"caught by {QUICK.tests[0]}" in fault
    assert "harmless" in none and "SURVIVED" in none
    assert again == f"again: {planted.COMMAND} 'harmless'"


def test_names_that_are_no_fault_and_texts_that_have_gone(capsys):
    with pytest.raises(SystemExit):
        planted.main(["no such fault"])
    assert "no fault is called 'no such fault'" in capsys.readouterr().err
    with pytest.raises(LookupError, match=r"0 times 'gone'.*mend the list"):
        planted.changed(replace(QUICK, text="gone"))
