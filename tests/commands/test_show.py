"""The command line for any expression: what it accepts, what it refuses, and what it prints."""

import subprocess
import sys
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograd.__main__ import main
from autograd.commands.expression import graph
from tests.graphs import HAND, hand

ROOT = Path(__file__).parent.parent.parent
NAMED = "h1 = x1*w1 + x2*w2; yhat = h1*w3; E = (yhat - y)**2/2"
GIVEN = [f"{name}={text}" for name, text in HAND.items()]


def run(capsys, *arguments):
    try:
        status = main(arguments)
    except SystemExit as stop:
        status = stop.code
    out, err = capsys.readouterr()
    return status, out, err


@pytest.mark.parametrize(
    ("numbers", "kind"), [("fraction", Fraction), ("decimal", Decimal), ("float", float)]
)
def test_an_expression_is_the_graph_that_python_makes(numbers, kind):
    wanted, leaves = hand(kind)
    found = graph(NAMED, HAND, numbers)
    assert found.data == wanted.data
    assert type(found.data) is kind
    from autograd import topological

    found.backward()
    wanted.backward()
    grads = {node.label: node.grad for node in topological(found) if node.label}
    assert all(grads[name] == leaf.grad for name, leaf in leaves.items())


@pytest.mark.parametrize(
    ("text", "given", "value"),
    [
        ("-x**2", {"x": "3"}, -9),
        ("2**-x", {"x": "2"}, Fraction(1, 4)),
        ("+x - -x", {"x": "3"}, 6),
        (".1 + x", {"x": "1/3"}, Fraction(13, 30)),
        ("dot([x, 2], [3, x])", {"x": "5"}, 25),
        ("maximum(x, 1) + abs(-x)", {"x": "2"}, 4),
        ("a = x; b = a; a*b", {"x": "3"}, 9),
        ("c = 2; c*x", {"x": "3"}, 6),
        ("where(x, x, 1)", {"x": "7"}, 7),
        ("ŵ * η", {"ŵ": "2", "η": "3"}, 6),
    ],
)
def test_what_is_accepted(text, given, value):
    assert graph(text, given).data == value


REFUSED = [
    ("x.real", "an attribute"),
    ("x[0]", "an index"),
    ("lambda: x", "a lambda"),
    ("x if x else 1", "if/else"),
    ("x < 2", "a comparison"),
    ("x and 1", "and/or"),
    ("not x", "operator not"),
    ("x ^ 2", r"power is written \*\*"),
    ("x // 2", "operator //"),
    ("~x", "operator ~"),
    ("(y := x)", "assignment inside"),
    ("[x]", "a list"),
    ("(x, x)", "a tuple"),
    ("import os", "an import"),
    ("def f(): x", "a function definition"),
    ("while x: x", "While"),
    ("f'{x}'", "a formatted text"),
    ("__import__('os')", "unknown function '__import__'"),
    ("eval('x')", "unknown function 'eval'"),
    ("x.__class__()", "a call of anything but"),
    ("exp(x)(x)", "a call of anything but"),
    ("bell(x)", "unknown function 'bell'"),
    ("exp", "exp is a function"),
    ("'x'", "not a real number"),
    ("True", "not a real number"),
    ("1j * x", "not a real number"),
    ("q * x", "'q' has no number: give one, such as q=1"),
    ("1 + 1", "'x' has a number but is not used"),
    ("x; x", "has no name"),
    ("x = 2", "'x' is set twice"),
    ("exp = x", "is a function and cannot be a name"),
    ("x +", "not an expression"),
    ("", "nothing to differentiate|not used"),
    ("9**9**9**9 * x", "too large"),
    ("x**10**10", "too large"),
    ("dot(x, x)", "takes lists"),
    ("exp(x, x)", "argument"),
    ("(" * 5000 + "x" + ")" * 5000, "nested|parentheses"),
    ("-" * 5000 + "x", "nested"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED, ids=[text[:20] for text, _ in REFUSED])
def test_what_is_refused_and_why(text, reason):
    with pytest.raises((ValueError, TypeError), match=reason):
        graph(text, {"x": "3"})


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet="xw01.+-*/()=; ,[]e'_\n:<", max_size=14), st.sampled_from(["1", "-2", "1/3"])
)
@example("x" * 14, "1")
def test_any_text_is_a_graph_or_refused(text, digits):
    with suppress(ValueError, TypeError, ArithmeticError):
        graph(text, {"x": digits})


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["explain"], "required"),
        (["explain", "x*2", "x"], "name=number, such as x1=7, not 'x'"),
        (["explain", "x*2", "x=banana"], "'banana' is not a number"),
        (["explain", "x*2", "x=1", "x=2"], "given twice"),
        (["explain", "x*2", "x=1", "--wrt", "q"], "--wrt takes one of x"),
        (["explain", "x*2", "x=1", "--numbers", "roman"], "fraction, decimal, float"),
        (["explain", "1/(x - 1)", "x=1"], "division by zero"),
        (["draw", "x*2", "x=1", "-o", "picture"], "needs a suffix"),
        (["draw", "x*2", "x=1", "-o", "/nowhere/at/all.svg"], "No such file"),
        (["draw", "x*2", "x=1", "--collapse", "all"], "'all'"),
        (["steps", "x*2", "x=1", "--collapse", "neuron"], "'neuron'"),
        (["draw", "x*2", "x=1", "-o", "a.banana"], "banana"),
    ],
)
def test_bad_input_is_one_line_and_status_2(capsys, arguments, reason):
    status, out, err = run(capsys, *arguments)
    assert status == 2
    assert not out
    assert err.count("\n") == 1
    assert reason in err


def test_explain(capsys):
    text = "((x1*w1 + x2*w2)*w3 - y)**2 / 2"
    status, out, err = run(capsys, "explain", text, *GIVEN, "--wrt", "w1")
    assert (status, err) == (0, "")
    assert out.rstrip().endswith("= −15.25")
    status, out, _ = run(capsys, "explain", NAMED, *GIVEN)
    assert "∂E/∂w₁ = ∂E/∂ŷ · ∂ŷ/∂h₁ · ∂h₁/∂w₁\n         = (−6.1)(0.5)(5)\n" in out
    status, out, _ = run(capsys, "explain", "-x**2", "x=3")
    assert status == 0
    assert "= −6" in out


def test_a_function_without_an_exact_value_makes_floats(capsys):
    status, out, _ = run(capsys, "explain", "tanh(x)", "x=.5")
    assert status == 0
    assert "0.462117157" in out
    status, out, _ = run(capsys, "explain", "exp(x)", "x=1", "--numbers", "decimal")
    assert "2.71828182845904523536" in out


def test_draw_writes_files_by_suffix(capsys, tmp_path):
    starts = {"svg": b"<?xml", "png": b"\x89PNG", "gv": b"digraph"}
    for suffix, start in starts.items():
        target = tmp_path / f"e.{suffix}"
        status, out, err = run(capsys, "draw", NAMED, *GIVEN, "-o", str(target))
        assert (status, out, err) == (0, "", "")
        assert target.read_bytes().startswith(start)
    status, out, _ = run(capsys, "draw", NAMED, *GIVEN)
    assert out.encode() == (tmp_path / "e.gv").read_bytes()
    assert "grad −15.25" in out


def test_steps_prints_or_writes_a_page(capsys, tmp_path):
    status, out, _ = run(capsys, "steps", NAMED, *GIVEN)
    assert status == 0
    assert out.count("forward") >= 7
    assert "adds (−3.05)(5) = −15.25 to w₁: 0 → −15.25" in out
    target = tmp_path / "steps.html"
    assert run(capsys, "steps", NAMED, *GIVEN, "-o", str(target)) == (0, "", "")
    assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_command_as_a_program_in_an_ascii_terminal():
    command = [sys.executable, "-m", "autograd", "explain", NAMED, *GIVEN, "--wrt", "w1"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, check=True, env={"PYTHONIOENCODING": "ascii"}
    )
    assert b"dE/dw1 = dE/dyhat * dyhat/dh1 * dh1/dw1" in done.stdout
