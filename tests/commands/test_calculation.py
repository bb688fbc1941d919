"""The notes' worked example: every number, with ==, and everything the command prints about it."""

import os
import subprocess
import sys
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from autograd import Value, dot, explain, grad, value_and_grad
from autograd.__main__ import main
from autograd.commands import calculation
from autograd.commands.calculation import network

# The table of the notes: what is computed, and its exact value.
FIRST = {"h1": "3.8", "yhat": "1.9", "E": "18.605"}
GRADIENTS = {"yhat": "-6.1", "w3": "-23.18", "w1": "-15.25", "w2": "-9.15"}
UPDATED = {"w1": "0.5525", "w2": "0.6915", "w3": "0.7318"}
SECOND = {"h1": "4.837", "yhat": "3.5397166", "E": "9.94706400415778"}


@pytest.fixture(params=[Fraction, Decimal], ids=["Fraction", "Decimal"])
def number(request):
    return request.param


def test_every_row_of_the_table_is_exact(number):
    x1, x2, y = Value(number(5)), Value(number(3)), Value(number(8))
    w1, w2, w3 = Value(number("0.4")), Value(number("0.6")), Value(number("0.5"))

    def forward():
        h1 = x1 * w1 + x2 * w2 + 0
        yhat = h1 * w3 + 0
        return h1, yhat, (yhat - y) ** 2 / 2

    for values in (FIRST, SECOND):
        h1, yhat, E = forward()
        assert (h1.data, yhat.data, E.data) == tuple(number(values[k]) for k in ("h1", "yhat", "E"))
        assert {type(v.data) for v in (h1, yhat, E)} == {number}
        if values is FIRST:
            E.backward()
            for node, name in ((yhat, "yhat"), (w3, "w3"), (w1, "w1"), (w2, "w2")):
                assert node.grad == number(GRADIENTS[name])
                assert type(node.grad) is number
            for w, name in ((w1, "w1"), (w2, "w2"), (w3, "w3")):
                w.data -= number("0.01") * w.grad
                assert w.data == number(UPDATED[name])
                w.grad = 0


def test_the_single_variable_rule():
    """xⁿ → n·xⁿ⁻¹ on y = (x − 2)², at x = 1."""
    assert grad(lambda x: (x - 2) ** 2)(1) == -2
    for n in range(1, 8):
        assert grad(lambda x, n=n: x**n)(Fraction(3, 2)) == n * Fraction(3, 2) ** (n - 1)


def test_without_the_chain_rule():
    """The expanded polynomial differentiates to the same number; the notes drop the half."""

    def chained(w1, w2, w3):
        return ((5 * w1 + 3 * w2) * w3 - 8) ** 2

    def expanded(w1, w2, w3):
        s = 5 * w1 * w3 + 3 * w2 * w3
        return s**2 + 8**2 - 2 * 8 * s

    at = (Fraction("0.4"), Fraction("0.6"), Fraction("0.5"))
    one, other = (value_and_grad(f, argnums=(0, 1, 2))(*at) for f in (chained, expanded))
    assert one == other
    assert one[1][0] / 2 == Fraction("-15.25")


def test_why_the_chain_rule():
    """1/x · x/y · y/z = 1/z: names in between cancel."""
    x, y, z = (Value(Fraction(n)) for n in (3, 5, 7))
    product = (1 / x) * (x / y) * (y / z)
    product.backward()
    assert product.data == Fraction(1, 7)
    assert (x.grad, y.grad, z.grad) == (0, 0, -Fraction(1, 49))


def test_linear_regression_in_m_and_b():
    """Mean squared error of ŷ = m·x + b, its gradients, and the update of each."""
    xs, ys, rate = [1, 2, 3, 4], [3, 5, 7, 10], Fraction("0.01")
    m, b = Value(Fraction(0), "m"), Value(Fraction(0), "b")
    error = sum((m * x + b - y) ** 2 for x, y in zip(xs, ys, strict=True)) / len(xs)
    error.backward()
    assert m.grad == Fraction(sum(-2 * x * y for x, y in zip(xs, ys, strict=True)), 4)
    assert b.grad == Fraction(sum(-2 * y for y in ys), 4)
    assert m.data - rate * m.grad == Fraction(148, 4) * rate


def test_a_row_times_a_column_is_one_number():
    row, column = [1, 2, 3], [Value(4), Value(5), Value(6)]
    product = dot(row, column)
    product.backward()
    assert product.data == 32
    assert [w.grad for w in column] == row


def test_the_derivation_is_the_notes():
    values = network().forward()
    working = explain(values["E"], values["w1"])
    assert working.value == Fraction("-15.25")
    assert working.paths == (("E", "yhat", "h1", "w1"),)
    assert [str(step) for step in working.steps] == [
        "h₁ = x₁·w₁ + x₂·w₂ = 5·0.4 + 3·0.6 = 2 + 1.8 = 3.8",
        "ŷ = h₁·w₃ = 3.8·0.5 = 1.9",
        "E = (ŷ − y)²/2 = (1.9 − 8)²/2 = (−6.1)²/2 = 37.21/2 = 18.605",
        "∂E/∂ŷ = ŷ − y = 1.9 − 8 = −6.1",
        "∂ŷ/∂h₁ = w₃ = 0.5",
        "∂h₁/∂w₁ = x₁ = 5",
        "∂E/∂w₁ = ∂E/∂ŷ · ∂ŷ/∂h₁ · ∂h₁/∂w₁ = (−6.1)(0.5)(5) = −15.25",
    ]


# The command.


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "autograd", *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
    )


def test_the_command_prints_the_calculation():
    done = run()
    assert done.returncode == 0
    assert done.stderr == ""
    lines = [line.strip() for line in done.stdout.splitlines()]
    for line in (
        "h₁ = x₁·w₁ + x₂·w₂ = 5·0.4 + 3·0.6 = 2 + 1.8 = 3.8",
        "ŷ = h₁·w₃ = 3.8·0.5 = 1.9",
        "E = (ŷ − y)²/2 = (1.9 − 8)²/2 = (−6.1)²/2 = 37.21/2 = 18.605",
        "∂E/∂w₃ = ∂E/∂ŷ · ∂ŷ/∂w₃ = (−6.1)(3.8) = −23.18",
        "∂E/∂w₁ = ∂E/∂ŷ · ∂ŷ/∂h₁ · ∂h₁/∂w₁ = (−6.1)(0.5)(5) = −15.25",
        "∂E/∂w₂ = ∂E/∂ŷ · ∂ŷ/∂h₁ · ∂h₁/∂w₂ = (−6.1)(0.5)(3) = −9.15",
        "w₁ new = w₁ − η · ∂E/∂w₁ = 0.4 − 0.01·(−15.25) = 0.4 + 0.1525 = 0.5525",
        "w₂ new = w₂ − η · ∂E/∂w₂ = 0.6 − 0.01·(−9.15) = 0.6 + 0.0915 = 0.6915",
        "w₃ new = w₃ − η · ∂E/∂w₃ = 0.5 − 0.01·(−23.18) = 0.5 + 0.2318 = 0.7318",
        "E = (ŷ − y)²/2 = (3.5397166 − 8)²/2 = (−4.4602834)²/2 = 19.89412800831556/2 = 9.94706400415778",  # noqa: E501
        "The error fell from 18.605 to 9.94706400415778.",
        "notes: 18.6   (18.605 rounded)",
    ):
        assert line in lines
    for slip in ("3.8 + 0.5 + 0", "37.82", "16.8", "10 / 1000 = 100", "factor 1/2", "Meta's"):
        assert slip in done.stdout


@pytest.mark.parametrize("numbers", ["fraction", "decimal"])
def test_exact_number_types_print_the_same(numbers, capsys):
    assert main(["--numbers", numbers]) == 0
    text = capsys.readouterr().out
    main([])
    assert text == capsys.readouterr().out


def test_floats_print_what_twelve_digits_show(capsys):
    main(["--numbers", "float"])
    text = capsys.readouterr().out
    assert "= 18.605\n" in text and "9.94706400416" in text
    assert "−23.18" in text


@pytest.mark.parametrize(("rate", "w1"), [("0.001", "0.41525"), ("0.0001", "0.401525")])
def test_other_learning_rates(rate, w1, capsys):
    main(["--lr", rate])
    text = capsys.readouterr().out
    assert f"= {w1}\n" in text
    assert "∂E/∂w₁ = ∂E/∂ŷ · ∂ŷ/∂h₁ · ∂h₁/∂w₁ = (−6.1)(0.5)(5) = −15.25" in text


def test_numbers_are_read_as_they_are_printed(capsys):
    main(["--set", "x1=-7", "--set", "w1=2/5", "--lr", "-1e-2"])
    text = capsys.readouterr().out
    main(["--set", "x1=−7", "--set", "w1=0.4", "--lr=−0.01"])
    assert text == capsys.readouterr().out
    assert "= 5·" not in text
    main(["--lr", "0.02/2"])
    text = capsys.readouterr().out
    main([])
    assert text == capsys.readouterr().out


def test_every_line_follows_from_the_inputs(capsys):
    main(["--set", "x1=7", "--set", "b1=1"])
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert "h₁ = x₁·w₁ + x₂·w₂ + b₁ = 7·0.4 + 3·0.6 + 1 = 2.8 + 1.8 + 1 = 5.6" in lines
    assert "∂h₁/∂w₁ = x₁ = 7" in lines
    assert "∂E/∂w₁ = ∂E/∂ŷ · ∂ŷ/∂h₁ · ∂h₁/∂w₁ = (−5.2)(0.5)(7) = −18.2" in lines
    assert not any(line.startswith("notes:") for line in lines)


def recurrence(steps, places):
    """The errors without a graph, in Decimals so long that what cancels is not missed."""
    with localcontext() as context:
        context.prec = places
        w1, w2, w3, rate = map(Decimal, ("0.4", "0.6", "0.5", "0.01"))
        for _ in range(steps + 1):
            h = 5 * w1 + 3 * w2
            d = h * w3 - 8
            yield d * d / 2
            w1, w2, w3 = w1 - rate * d * w3 * 5, w2 - rate * d * w3 * 3, w3 - rate * d * h


def trained(capsys, *arguments):
    main(["--steps", *arguments])
    text = capsys.readouterr().out
    return text, [line.split()[-2:] for line in text.splitlines() if line.startswith("  step ")]


@pytest.mark.parametrize(("arguments", "wanted"), [((), 12), (("--digits", "300"), 300)])
@pytest.mark.parametrize("numbers", ["fraction", "decimal"])
def test_more_steps_show_the_digits_that_are_known(arguments, wanted, numbers, capsys):
    text, errors = trained(capsys, "50", "--numbers", numbers, *arguments)
    assert "exact digits triple" in text.lower()
    assert len(errors) == 51
    for (sign, shown), right in zip(errors, recurrence(50, 1000), strict=True):
        read = Fraction(shown.replace("−", "-"))
        assert abs(read - Fraction(right)) <= Fraction(right) * Fraction(1, 10 ** (wanted - 1)) / 2
        assert (sign == "=") == (abs(read / Fraction(right) - 1) < Fraction(1, 10**900))
    assert errors[38][1].startswith("2.4305759688") and errors[50][1] != "0"


def test_digits_that_nobody_knows_are_not_shown(capsys, monkeypatch):
    monkeypatch.setattr(calculation, "PLACES", (20,))
    text, errors = trained(capsys, "50")
    last = text.splitlines()[-2]
    assert "and later: no digits are known" in last
    known = int(last.split()[1])
    assert 10 < known < 40 and len(errors) == known + 1
    assert text.count(" E = 0") == 0


def test_an_error_that_is_zero_is_exactly_zero(capsys):
    text, errors = trained(capsys, "50", "--set", "y=1.9")
    assert errors == [["=", "0"]] * 51
    assert "triple" not in text


def test_floats_do_not_claim_their_digits(capsys):
    text, errors = trained(capsys, "50", "--numbers", "float")
    assert {sign for sign, _ in errors[1:]} == {"≈"}
    assert "--numbers fraction" in text.splitlines()[-1]


@pytest.mark.parametrize("numbers", ["fraction", "decimal", "float"])
def test_no_line_of_training_is_longer_than_a_reader_wants(numbers, capsys):
    main(["--lr", "0.001", "--steps", "10", "--numbers", numbers])
    lines = capsys.readouterr().out.splitlines()
    steps = [line for line in lines if line.startswith("  step ")]
    assert len(steps) == 11
    assert max(map(len, steps)) <= 40
    assert steps[0] == "  step 0: E = 18.605"
    # The recurrence in Fraction: 17.746869647214935378 is exact, later ones are rounded.
    assert steps[2] == "  step 2: E ≈ 16.8720382589"
    assert ("--digits" if numbers != "float" else "--numbers fraction") in lines[-1]


def test_digits_are_the_user_s(capsys):
    main(["--digits", "5"])
    text = capsys.readouterr().out
    assert "ŷ = h₁·w₃ = 4.837·0.7318 ≈ 3.5397\n" in text
    assert "(−6.1)(0.5)(5) = −15.25" in text


def test_an_update_is_equal_in_the_digits_shown(capsys):
    main(["--digits", "3"])
    text = capsys.readouterr().out
    assert "w₁ new = w₁ − η · ∂E/∂w₁ ≈ 0.4 − 0.01·(−15.2) = 0.4 + 0.152 = 0.552\n" in text
    assert "w₂ new = w₂ − η · ∂E/∂w₂ = 0.6 − 0.01·(−9.15) = 0.6 + 0.0915 ≈ 0.692\n" in text
    main(["--digits", "3", "--set", "w1=0.40001", "--set", "x1=0", "--lr", "0.4"])
    text = capsys.readouterr().out  # 0.40001 and 0.4 are the same digits
    assert "w₁ new = w₁ − η · ∂E/∂w₁ ≈ 0.4 − 0.4·(0) = 0.4 + 0 = 0.4\n" in text


def test_a_terminal_without_unicode_gets_ascii():
    done = run(PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "dE/dw1 = dE/dyhat * dyhat/dh1 * dh1/dw1 = (-6.1)(0.5)(5) = -15.25" in done.stdout
    assert "?" not in done.stdout
    latin = run(PYTHONIOENCODING="latin-1")
    assert "dE/dw1" in latin.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--set", "q=1"], ["'q'", "x1"]),
        (["--set", "x1"], ["x1", "NAME=NUMBER"]),
        (["--set", "x1=seven"], ["x1", "'seven'"]),
        (["--set", "x1=nan"], ["x1", "'nan'"]),
        (["--lr", "banana"], ["learning rate", "'banana'"]),
        (["--lr", "1/0"], ["learning rate", "'1/0'"]),
        (["--numbers", "complex"], ["'complex'", "fraction", "decimal", "float"]),
        (["--steps", "0"], ["--steps", "'0'"]),
        (["--steps", "many"], ["--steps", "'many'"]),
        (["--steps", "1" + "0" * 5000], ["--steps", "1 to 10000"]),
        (["--set", "x1=1e999999999"], ["x1", "at most 300 digits", "'1e999999999'"]),
        (["--set", "x1=1e1000000000"], ["x1", "at most 300 digits", "'1e1000000000'"]),
        (["--set", "x1=1e400", "--numbers", "float"], ["x1", "at most 300 digits", "'1e400'"]),
        (["--set", "x1=1e4000"], ["x1", "300 digits"]),
        (["--set", "x1=digits"], ["x1 must be a number, not 'digits'"]),
        (["--set", "x1=∞", "--numbers", "float"], ["x1", "finite"]),
        (["--lr", "1e-99999999"], ["learning rate"]),
        (["--lr", "1e5", "--steps", "200"], ["too large"]),
        (["--bogus"], ["no option --bogus"]),
        (["--step", "3"], ["no option --step", "did you mean --steps?"]),
        (["--digits", "none"], ["--digits", "1 to 4000", "'none'"]),
        (["explane"], ["no command 'explane'", "did you mean explain?"]),
        (["frobnicate"], ["no command 'frobnicate'", "--help"]),
        (["x*w", "x=1"], ["no command 'x*w'", "chainrule explain 'x*w'"]),
    ],
)
def test_bad_input_gets_one_clear_line(arguments, words):
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in done.stderr


def test_the_console_script_is_the_module():
    from importlib.metadata import entry_points

    scripts = [
        script for script in entry_points(group="console_scripts") if script.name == "chainrule"
    ]
    if not scripts:
        pytest.skip("the project is not installed")
    assert next(iter(scripts)).load() is main
