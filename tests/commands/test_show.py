"""The command line for any expression: what it accepts, what it refuses, and what it prints."""

import math
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from itertools import count
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograd.__main__ import main
from autograd.commands.terminal import deadline
from autograd.expressions.expression import graph
from autograd.formula.notation import pretty
from tests.graphs import HAND, hand

SQUARES = "b=a*a;c=b*b;d=c*c;e=d*d;f=e*e;g=f*f;h=g*g;i=h*h;j=i*i"
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
        # As it is printed.
        ("−x²", {"x": "3"}, -9),
        ("(−6.1)(0.5)(x)", {"x": "5"}, Fraction("-15.25")),
        ("(x)(x)²", {"x": "2"}, 8),
        ("x·y/y·x", {"x": "3", "y": "2"}, 9),
        ("x×y − x ÷ y", {"x": "3", "y": "2"}, Fraction(9, 2)),
        ("2^3^x", {"x": "2"}, 512),
        ("2^x²", {"x": "3"}, 512),
        ("2^(x²)", {"x": "3"}, 512),
        ("2³²/x", {"x": "2"}, 2**31),
        ("2^−x²", {"x": "2"}, Fraction(1, 16)),
        ("x⁻²", {"x": "3"}, Fraction(1, 9)),
        ("||x| − 1|·|x − 1|", {"x": "-3"}, 8),
        ("|−|x||", {"x": "-3"}, 3),
        ("√(x)² + ∛8", {"x": "9"}, 11),
        ("√x·x", {"x": "4"}, 8),
        ("√√x", {"x": "16"}, 2),
        ("max(x, 1) − min(x, 1)", {"x": "5"}, 4),
        ("½·x + ⅔", {"x": "3"}, Fraction(13, 6)),
        ("1e−6·x", {"x": "1"}, Fraction(1, 10**6)),
        ("w₁·x_1 − ŷ + η", {"w_1": "2", "x1": "3", "yhat": "4", "eta": "5"}, 7),
        ("lambda*x", {"lambda": "2", "x": "3"}, 6),
        (f"{pretty('w1_new')}·x", {"w1_new": "2", "x": "3"}, 6),
        ("x′·x − x'", {"x": "2", "x′": "3"}, 3),
        ("∂E/∂ŷ = −6.1; ∂E/∂ŷ · ∂ŷ/∂w₁", {"∂yhat/∂w1": "2"}, Fraction("-12.2")),
        ("e·x", {"e": "2", "x": "3"}, 6),
        ("e = 2; e^x", {"x": "3"}, 8),
        ("σ·x", {"σ": "2", "x": "3"}, 6),
        ("y₁ = w₁·x\n(y₁ +\n 1)²", {"w1": "2", "x": "3"}, 49),
        ("x + y", {"x": "−½", "y": "2^10/√4"}, Fraction(1023, 2)),
    ],
)
def test_what_is_accepted(text, given, value):
    assert graph(text, given).data == value


@pytest.mark.parametrize(
    ("text", "x", "value"),
    [
        ("2·π·x", "1.5", 3 * math.pi),
        ("pi − π + x", "2", 2.0),
        ("e^x", "50", math.exp(50)),
        ("e^(−x²)", "0.5", math.exp(-0.25)),
        ("e·x", "2", 2 * math.e),
        ("x^e", "2", 2**math.e),
        ("ln(x)/log(x)", "7", 1.0),
        ("log₂(x) + log₁₀(100)", "8", 5.0),
        ("σ(x) − sigma(x)", "7", 0.0),
        ("arsinh(x) − arcsinh(x) + arctan(x)", "1", math.pi / 4),
        ("1/(x·∞)", "2", 0.0),
        ("x", "π/2", math.pi / 2),
        ("x", "-∞", -math.inf),
        ("x", "-0", -0.0),
        ("x", "1/3", 1 / 3),
    ],
)
def test_constants_and_functions_by_their_printed_names(text, x, value):
    found = graph(text, {"x": x}, "float").data
    assert found == value
    assert math.copysign(1, found) == math.copysign(1, value)
    if "π" in text or "e" in text.replace("ln", ""):
        with pytest.raises(TypeError, match=r"is no fraction|has no exact value"):
            graph(text, {"x": x})


def test_constants_are_shown_by_name_and_not_differentiated(capsys):
    _, out, _ = run(capsys, "explain", "2·π·r + e·r + e^r", "r=1.5")
    assert "f = 2·π·r + e·r + exp(r)" in out  # beside a value called e
    assert "2·3.14159265359·1.5 + 2.71828182846·1.5 + exp(1.5)" in out
    assert "∂f/∂r" in out
    assert "∂f/∂π" not in out
    assert "∂f/∂e" not in out
    _, out, _ = run(capsys, "explain", "e·π·r", "r=1.5", "e=2")
    assert "∂f/∂e" in out
    assert run(capsys, "explain", "e·π", "--numbers", "float")[0] == 2


def test_euler_s_number_is_not_a_name_as_well():
    with pytest.raises(ValueError, match="'e' is used before it is set"):
        graph("a = e*x; e = 2; a*e", {"x": "3"}, "float")


def test_a_long_sum_is_read_from_left_to_right():
    numbers = list(range(1, 5001))
    text = "x" + "".join(f" − x/{n}" if n % 2 else f" + x·{n}" for n in numbers)
    root = graph(text, {"x": "3"}, "float")
    value = 3.0
    for n in numbers:
        value = value - 3 / n if n % 2 else value + 3.0 * n
    assert root.data == value
    assert graph("+".join(["x"] * 5000), {"x": "1/3"}).data == Fraction(5000, 3)


REFUSED = [
    ("x.real", "'.real': only formulas"),
    ("x[0]", "index is part of a name"),
    ("lambda: x", "only formulas are read, not Python"),
    ("x if x else 1", r"no conditions: where\(c, a, b\)"),
    ("x < 2", "a comparison is no number"),
    ("x and 1", "no conditions"),
    ("not x", "no conditions"),
    ("x // 2", "no such operator"),
    ("~x", "no such operator"),
    ("(y := x)", "a part of its own"),
    ("[x]", "lists stand in calls"),
    ("(x, x)", "a decimal point is a point"),
    ("x*1,5", "a decimal point is a point"),
    ("import os", "not Python"),
    ("def f(): x", "not Python"),
    ("while x: x", "not Python"),
    ("'x'", "text is no number"),
    ("__import__('os')", "unknown function '__import__'"),
    ("eval('x')", "unknown function 'eval'"),
    ("x.__class__()", "not Python"),
    ("exp(x)(x)", r"no sign between '\)' and '\('"),
    ("2x", "no sign between '2' and 'x'; a product is written ·"),
    ("x(2)", r"'x' is a number, not a function; a product is x·\(…\)"),
    ("bell(x)", "unknown function 'bell'"),
    ("exp", "exp is a function"),
    ("True", "'True' has no number"),
    ("1j * x", "no sign between '1' and 'j'"),
    ("q * x", "'q' has no number: give one, such as q=1"),
    ("ŷ * x", r"'yhat' \(as ŷ\) has no number"),
    ("1 + 1", "'x' has a number but is not used"),
    ("x; x", "has no name"),
    ("x = 2", "'x' is set twice"),
    ("x₁ = x; x_1 = 2; x₁", "'x1' is set twice"),
    ("a = b = x", "only a name can be given a value"),
    ("exp = x", "is a function and cannot be a name"),
    ("pi = x", "a number of its own"),
    ("x +", "nothing follows 'x \\+'"),
    ("* x", "missing before it"),
    ("(x", r"'\(' is not closed"),
    ("x)", r"no \( for it"),
    ("max(x, 0", "is not closed"),
    ("", "the expression '' is empty"),
    (";", "the expression ';' is empty"),
    ("h = x*2; x*3", "'h' is set but is not used"),
    ("9**9**9**9 * x", "too large"),
    ("x**10**10", "too large"),
    ("dot(x, x)", "takes lists"),
    ("exp(x, x)", "argument"),
    ("(" * 5000 + "x" + ")" * 5000, "nested too deeply: 60 levels"),
    ("-" * 5000 + "x", "nested too deeply"),
    ("x**" * 5000 + "1", "nested too deeply"),
    # What can be read in two ways.
    ("√x²", r"√\(x²\) or \(√x\)²"),
    ("√x^2", r"√\(x²\) or \(√x\)²"),
    ("x²^3", "write which"),
    ("1/(x)(2)", "write which"),
    ("|x|x|x|", "no sign between"),
    ("xⁿ", "SUPERSCRIPT LATIN SMALL LETTER N"),
    ("x…", "write out what is left out"),
    ("x ≈ 3", "one side alone"),
    ("x\u200b", "ZERO WIDTH SPACE"),
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
        (["explain", "x*2", "x=banana"], "x: 'banana' is not a number"),
        (["explain", "x*2", "x="], "'x' has no number"),
        (["explain", "x*2", "x=1", "--digits", "-1"], "not '-1'"),
        (["explain", "x*2", "x=1", "x=2"], "given twice"),
        (["explain", "x*2", "x=1", "--wrt", "q"], "--wrt takes one of x"),
        (["explain", "x*2", "x=1", "--numbers", "roman"], "fraction, decimal, float"),
        (["explain", "1/(x - 1)", "x=1"], "division by zero"),
        (["draw", "x*2", "x=1", "-o", "picture"], "needs a suffix"),
        (["draw", "x*2", "x=1", "-o", "/nowhere/at/all.svg"], "No such file"),
        (["draw", "x*2", "x=1", "--collapse", "all"], "'all'"),
        (["steps", "x*2", "x=1", "--collapse", "neuron"], "'neuron'"),
        (["draw", "x*2", "x=1", "-o", "a.banana"], "banana"),
        (["draw", "x*2", "x=1", "-o", "a.bmp"], "bmp"),
        (["draw", "x*2", "x=1", "-o", ""], "the name of the file is empty"),
        (["steps", "x*2", "x=1", "-o", "/nowhere/at/all.html"], "No such file"),
        (["steps", "x", "x=1"], "no operation"),
        (["explain", "x*2", "--bogus", "x=1"], "no option --bogus"),
        (["draw", "x*2", "x=1", "--colapse=op"], "did you mean --collapse?"),
        (["explain", "x*2", "x=1", "-o", "e.svg"], "no option -o"),
        (["explain", "x*2", "x=1,5"], "a decimal point is a point"),
        (["explain", "x*w_1", "w1=1", "x=2", "w₁=2"], "'w₁' is given twice"),
        (["explain", "sin(x)", "x=1", "--numbers", "fraction"], "sin has no exact value: use"),
        (["explain", "x*1e400", "x=1", "--numbers", "float"], "too large for a float"),
        (["explain", "x*1e-400", "x=1", "--numbers", "float"], "too small for a float"),
        # What would take minutes, or the memory.
        (["explain", "x*1e999999999", "x=1"], "more than 4300 digits"),
        (["explain", "x", "x=1e99999999"], "more than 4300 digits"),
        (["explain", "sin(x)", "x=1e9999999"], "more than 4300 digits"),
        (["explain", "exp2(x)", "x=1e9"], "more than 4300 exact digits"),
        (["explain", "x**x**x**x", "x=9"], "more than 4300 exact digits"),
        (["explain", f"a=x**3000;{SQUARES};j*j", "x=3"], "the result of mul is too large"),
        (["explain", f"a=x+1;{SQUARES};j/(j + 1)", "x=1e-30"], "mul is too large"),
        (["draw", "(x/3)**2881", "x=1e-9"], "more than 4300 exact digits"),
        (["explain", "x" + "*1e4000" * 900, "x=0"], "a derivative is too large"),
        (["steps", "x" + "*1e4000" * 900, "x=0"], "a derivative is too large"),
        (["draw", "x" + "*1e4000" * 900, "x=0"], "a derivative is too large"),
        (["explain", "asinh(x)", "x=1e4000", "--numbers", "decimal"], "up to 1000 places"),
        (["explain", "x*x", "x=1e999", "--numbers", "decimal"], "the result of mul is too large"),
        (["explain", "+".join(f"x/{n}" for n in range(1, 5001)), "x=1"], "digits together"),
    ],
)
def test_bad_input_is_one_line_and_status_2(capsys, arguments, reason):
    status, out, err = run(capsys, *arguments)
    assert status == 2
    assert not out
    assert err.count("\n") == 1
    assert reason in err


def test_options_stand_anywhere(capsys):
    wanted = run(capsys, "explain", "x*y", "x=2", "y=3", "--numbers", "float", "--wrt", "x")
    assert wanted[0] == 0
    for arguments in (
        ["explain", "x*y", "--numbers", "float", "x=2", "--wrt", "x", "y=3"],
        ["explain", "--wrt=x", "--numbers=float", "x*y", "x=2", "y=3"],
        ["explain", "x·y", "x=2", "--numbers", "float", "y=3", "--wrt", "x"],
    ):
        assert run(capsys, *arguments) == wanted
    assert run(capsys, "explain", "--numbers", "float", "-x*y", "x=-2", "y=3")[0] == 0


def test_digits_are_the_user_s(capsys):
    _, out, _ = run(capsys, "explain", "x/y", "--digits", "4", "x=2", "y=3")
    assert "0.6667" in out
    assert "0.66667" not in out
    for command in ("draw", "steps"):
        assert "0.667" in run(capsys, command, "x/y", "x=2", "y=3", "--digits=3")[1]
    for digits in ("0", "-1", "many", "1.5", "4001", "99999", "²"):
        status, _, err = run(capsys, "explain", "x*2", "x=1", f"--digits={digits}")
        assert status == 2
        assert repr(digits) in err


def test_version(capsys):
    for arguments in (["--version"], ["explain", "--version"], ["notebooks", "--version"]):
        status, out, err = run(capsys, *arguments)
        assert (status, err) == (0, "")
        assert re.fullmatch(r"chainrule (\d+\.\d+\.\d+|\(not installed.*\))\n", out)


def test_floats_where_only_a_slope_has_no_exact_value(capsys):
    _, out, _ = run(capsys, "explain", "x**y", "x=2", "y=3")
    assert "= 12" in out
    assert "= 5.545177444" in out  # 8·ln 2
    assert run(capsys, "explain", "x^y", "x=2", "y=3", "--wrt", "x")[1].rstrip().endswith("= 12")
    _, out, _ = run(capsys, "draw", "2**n", "n=5")
    assert "grad 22.180709777" in out  # 32·ln 2
    _, out, _ = run(capsys, "steps", "w*x**p", "w=1", "x=2", "p=2")
    assert "2.77258872" in out  # 4·ln 2
    # What is exact stays exact.
    assert "2/3" in run(capsys, "explain", "x**y", "x=1/3", "y=2", "--wrt", "x")[1]


def test_the_last_line_of_what_is_printed_can_be_typed(capsys):
    """∂E/∂w₁ = ∂E/∂ŷ · ∂ŷ/∂h₁ · ∂h₁/∂w₁ = (−6.1)(0.5)(5) = −15.25, side by side."""
    _, out, _ = run(capsys, "explain", NAMED, *GIVEN, "--wrt", "w₁")
    sides = [line.split("= ")[-1] for line in out.splitlines()[-3:]]
    given = {"∂E/∂ŷ": "−6.1", "∂ŷ/∂h₁": "0.5", "∂h₁/∂w₁": "5"}
    assert [graph(sides[0], given).data] == [graph(f"{x}·z", {"z": "1"}).data for x in sides[1:2]]
    assert graph(f"{sides[2]}·z", {"z": "1"}).data == Fraction("-15.25")


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
        assert (status, out, err) == (0, f"wrote {target}\n", "")
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
    wrote = f"wrote {target}: open it in a browser\n"
    assert run(capsys, "steps", NAMED, *GIVEN, "-o", str(target)) == (0, wrote, "")
    assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_live_writes_a_page(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for options, name in (([], "live.html"), (["--lr", ".1", "-o", "e.html"], "e.html")):
        wrote = f"wrote {name}: open it in a browser\n"
        assert run(capsys, "live", NAMED, *GIVEN, *options) == (0, wrote, "")
    first, other = ((tmp_path / name).read_text("utf-8") for name in ("live.html", "e.html"))
    assert '"rate":["q","1","100"]' in first
    assert '"rate":["q","1","10"]' in other
    for options, said in (
        (["-o", "e.pdf"], "as .html, not as 'e.pdf'"),
        (["--lr", "fast"], "--lr must be a number, not 'fast'"),
        (["--collapse", "op"], "--collapse"),
        (["--digits", "0"], "--digits"),
    ):
        status, _, err = run(capsys, "live", NAMED, *GIVEN, *options)
        assert (status, said in err) == (2, True), err
    status, _, err = run(capsys, "live", "gamma(x)", "x=2")
    assert status == 2 and "'gamma'" in err and "steps" in err


def test_the_command_as_a_program_in_an_ascii_terminal():
    command = [sys.executable, "-m", "autograd", "explain", NAMED, *GIVEN, "--wrt", "w1"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, check=True, env={"PYTHONIOENCODING": "ascii"}
    )
    assert b"dE/dw1 = dE/dyhat * dyhat/dh1 * dh1/dw1" in done.stdout


PROGRAM = [sys.executable, "-m", "autograd"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_output_that_cannot_be_written_is_one_line():
    for arguments in ([], ["explain", "x*2", "x=1"], ["--version"]):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [*PROGRAM, *arguments], cwd=ROOT, stdout=full, stderr=-1, text=True
            )
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert "No space left" in done.stderr


def test_a_reader_who_has_seen_enough():
    out, into = os.pipe()
    os.close(out)
    done = subprocess.run([*PROGRAM], cwd=ROOT, stdout=into, stderr=-1, text=True)
    os.close(into)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is another thing there")
def test_control_c_ends_with_its_own_status():
    code = (
        "import sys, os, signal; import autograd.__main__ as program, autograd.commands.calculation"
        " as notes\ndef stop(*_): os.kill(os.getpid(), signal.SIGINT)\n"
        "notes.calculation = stop\nsys.exit(program.main([]))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_what_takes_long_says_so():
    with pytest.raises(TimeoutError, match=r"longer than 0\.05 seconds"), deadline(0.05):
        sum(time.process_time() for _ in count())
    assert signal.getitimer(signal.ITIMER_PROF)[0] == 0
