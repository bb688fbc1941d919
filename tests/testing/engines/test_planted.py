"""Planted wrong engines are named for what they are, and right ones pass."""

from pathlib import Path

import pytest

from autograd.testing.engines import report_on

PLANTED = Path(__file__).parent / "planted"

# What the first line of the report on each says.
NAMED = {
    "Assigned": "gradients are assigned, not added up (= in the place of +=)",
    "AssignedInOne": "x.tanh(): gradients are assigned, not added up (= in the place of +=)",
    "Unchained": "x.tanh(): the slope is not multiplied by the gradient of the result (no * out",
    "Unordered": "the backward pass is in no topological order",
    "Reversed": "its order is not reversed",
    "Unvisited": "a value that is reached on two ways hands its gradient on twice",
    "Paths": "the time doubles with every value that is used twice",
    "Recursive": "operations fails: the walk through the graph is recursive",
    "ParentSet": "a value that is both operands gets its gradient once (are the parents in a set?)",
    "ByData": "different values with equal data are taken for one",
    "Seeded": "the backward pass starts with the data of the result, not with 1",
    "Unseeded": "no gradient arrives anywhere: is the gradient of the result set to 1?",
    "Stale": "a second backward pass counts the interior gradients of the first again",
    "ReadLate": "data that is changed after the forward pass changes the gradient",
    "Taped": "the backward pass of one result destroys what another needs",
    "Shared": "a new value has a gradient already: something is shared between values",
    "KeptByData": "different values with equal data are taken for one",
    "InPlace": "+= changes every name of the value",
    "Power": "it gives x ** (n - 1), right is n * x ** (n - 1)",
    "Tanh": "x.tanh() raises OverflowError (x from 700 to ",
    "TanhIsNan": "the value of x.tanh() overflows on the way (x from 700 to ",
    "Sigmoid": "it gives out * (1 + out), right is out * (1 - out)",
    "Division": "it gives x / y ** 2, right is -x / y ** 2",
    "Swapped": "the slope to x of x - y is wrong",
    "OtherSide": "the value of n - y is wrong",
    "Exponent": "it gives out, right is out * log(n)",
    "Exp": "it gives x, right is out",
    "Log": "the value of x.log() is wrong",
    "Abs": "the slope of abs(x) is wrong (x from -1e+300 to ",
    "Whole": "the value of x / y is wrong for ints, but right for floats",
    "Compared": "x < y does not compare the data",
    "AbsLost": "abs(x) loses the graph: its result is a number",
    "NegLost": "-x loses the graph: no gradient goes through it",
    "PosLost": "+x loses the graph: no gradient goes through it",
    "SumLost": "n + y loses the graph: no gradient goes through it",
    "Changed": "x.relu() changes its operand",
    "Hanging": "x.tanh() timed out",
    "Forever": "it hangs again and again, and is asked no more: ",
    "Kept": "the backward pass of one result changes the gradients of another graph: a list or a s",
    "ReluByData": "different values with equal data are taken for one",
    "Unzeroed": "zero_grad() leaves a gradient there: ",
    "ChangedSum": "x + y changes its operand",
    "Crashing": "x.exp() ends the process",
}
# Where nothing else is to be blamed.
_ALONE = ("Forever", "Kept", "Unzeroed", "ChangedSum")


@pytest.mark.parametrize("name", NAMED)
def test_a_wrong_engine_is_named_for_what_it_is(name):
    limit = {"Hanging": 1.0, "Paths": 1.0, "Forever": 0.3}.get(name, 60.0)
    report = report_on(f"{PLANTED / 'wrong.py'}:{name}", limit=limit, graphs=20, longest=1500)
    assert not report.ok
    assert NAMED[name] in report.wrong[0].line, str(report)
    assert name not in _ALONE or len(report.wrong) == 1, str(report)


def test_what_is_a_convention_is_no_fault():
    report = report_on(f"{PLANTED / 'wrong.py'}:Relu", graphs=5, longest=100)
    assert report.ok
    assert (
        "x.relu() has the slope 1 at x = 0, any from 0 to 1 is one; the field's convention is 0"
        in report.conventions
    )


def test_what_is_rounded_is_inaccurate_and_changes_nothing():
    report = report_on(f"{PLANTED / 'wrong.py'}:Rounded", graphs=5, longest=100)
    assert report.ok, str(report)
    assert report.faults


@pytest.mark.parametrize("name", ["right", "closures"])
def test_a_right_engine_passes(name):
    report = report_on(f"{PLANTED / name}.py:Value")
    assert report.ok, str(report)
    assert report.passed > 1_000
