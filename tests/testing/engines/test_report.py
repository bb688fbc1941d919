"""The report as text, as JSON and as a page, and the command that prints it."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from autograd.__main__ import main

PLANTED = Path(__file__).parent / "planted"


def test_the_command_says_what_is_wrong_and_why(capsys, tmp_path):
    page, data = tmp_path / "report.html", tmp_path / "report.json"
    arguments = ["check", f"{PLANTED / 'wrong.py'}:Power", "--html", str(page), "--json", str(data)]
    assert main(arguments) == 1
    printed = capsys.readouterr().out
    assert "2 wrong, 0 inaccurate" in printed.splitlines()[0]
    line, *derivation = printed.splitlines()[2:8]
    assert line == (
        "wrong: the slope of x ** n is wrong (x from -2 to 1e+60, n from -2 to 10): "
        "x = Power(2.0); out = x ** 2; out.backward(); x.grad gives 2.0, right is 4.0; "
        "it gives x ** (n - 1), right is n * x ** (n - 1)"
    )
    assert [text.strip() for text in derivation[:4]] == [
        "values", "out = x² = 2² = 4", "local derivatives", "∂out/∂x = 2·x = 2·2 = 4",
    ]  # fmt: skip
    found = json.loads(data.read_text())
    assert found["ok"] is False
    fault, _ = found["faults"]
    assert (fault["verdict"], fault["found"], fault["right"]) == ("wrong", "2.0", "4.0")
    text = page.read_text(encoding="utf-8")
    picture, _ = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert {"x", "out = x²"} <= {" ".join(t.split()) for t in ET.fromstring(picture).itertext()}
    assert "∂out/∂x = 2·x = 2·2 = 4" in text
    assert not re.search(r"<script|(src|href)=", re.sub(r"xlink:href|xmlns\S*", "", text))


def test_an_example_is_code_that_runs(tmp_path, monkeypatch):
    """What a report says that an engine gives is what the example gives, where it is pasted."""
    from autograd.testing.engines import report_on

    monkeypatch.syspath_prepend(str(PLANTED))
    for name in ("Assigned", "Stale", "Division", "Unordered"):
        report = report_on(f"{PLANTED / 'wrong.py'}:{name}", graphs=10, longest=100, limit=60.0)
        fault = report.wrong[0]
        names = {}
        exec(f"{report.opening}; {fault.one_line}", names)
        assert str(eval(fault.shows, names)) == fault.found
        assert float(fault.found) != float(fault.right)


def test_the_status_is_0_if_nothing_is_wrong_and_strict_counts_what_is_inaccurate(capsys):
    engine = f"{PLANTED / 'closures.py'}:Value"
    assert main(["check", engine]) == 0
    assert "0 wrong, 1 inaccurate" in capsys.readouterr().out
    assert main(["check", engine, "--strict"]) == 1
    assert main(["check", engine, "--strict", "--ulp", "1e300"]) == 0


def test_a_walk_by_recursion_is_named_and_can_be_left_out(capsys):
    engine = f"{PLANTED / 'wrong.py'}:Recursive"
    assert main(["check", engine, "--longest", "1500"]) == 1
    line = capsys.readouterr().out.splitlines()[2]
    assert "operations fails: the walk through the graph is recursive: " in line
    assert "where that is no fault, --longest 500, or longest=500, leaves it out" in line
    assert main(["check", engine, "--longest", "500"]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.py:Value"], "there is no file 'none.py'"),
        (["a b"], "'a b' is no engine"),
        (["x.py:V", "--names", "data"], "--names takes PART=NAME, such as data=value, not 'data'"),
        (["x.py:V", "--limit", "soon"], "--limit takes a number above 0, not 'soon'"),
        (["x.py:V", "--longest", "5.5"], "--longest takes a whole number above 0, not '5.5'"),
        (["x.py:V", "--longest", "0"], "--longest takes a whole number above 0, not '0'"),
        (["x.py:V", "--ulp", "0"], "--ulp takes a number above 0, not '0'"),
        (["x.py:V", "--html", "/no/such/folder/e.html"], "no such folder: /no/such/folder"),
        ([], "the following arguments are required: engine"),
    ],
)
def test_bad_arguments_are_one_line_and_status_2(arguments, message, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["check", *arguments])
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line
