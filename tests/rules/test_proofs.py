"""What Coq is asked to prove: the file of theorems, which `PROVE=1 .ci/run` has it check."""

import re
from pathlib import Path

import pytest

from autograd import Op
from autograd.ops import OPS
from autograd.testing import coq
from tests.rules import proofs
from tests.rules.equivalent import listed
from tests.rules.mutants import mutants

README = Path(__file__).with_name("README.md")


def test_the_file_is_that_of_the_rows():
    assert proofs.FILE.read_text() == proofs.text(), "run python -m tests.rules.proofs"


@pytest.mark.parametrize("name", OPS)
def test_every_row_has_its_theorems_or_a_reason(name):
    """One for each slope, and one more where the textbook writes another."""
    op = OPS[name]
    if name in proofs.LEFT_OUT:
        with pytest.raises(NotImplementedError):
            coq.theorems(op)
        return
    found = {theorem.name for theorem in coq.theorems(op)} - {f"{name}_value"}
    wanted = {f"{name}_{x}" for x in op.inputs}
    pairs = zip(op.inputs, op.slopes, op.written or op.slopes, strict=True)
    wanted |= {f"{name}_{x}_written" for x, slope, written in pairs if slope != written}
    assert found == wanted


def test_nothing_is_taken_for_granted():
    source = proofs.FILE.read_text()
    assert not re.search(r"Admitted|Axiom|Parameter|Hypothesis|Variable|admit\b", source)
    stated = re.findall(r"^(?:Theorem|Lemma) ", source, re.M)
    assert len(stated) == len(re.findall(r"\bQed\.$", source, re.M))


def test_hypotheses_beyond_the_domain_are_few_and_said():
    said = re.findall(r"^\(\* (\w+): only where (.*)\. \*\)$", proofs.FILE.read_text(), re.M)
    assert said == [
        ("tan_x", "cos x <> 0"),
        ("where_c", "c <> 0"),
        ("norm_x", "norm (before_xs ++ x :: after_xs) <> 0"),
        ("norm_x_written", "norm (before_xs ++ x :: after_xs) <> 0"),
        ("log_share_y", "y <> 0"),
    ]


def test_the_page_counts_the_theorems():
    source = proofs.FILE.read_text()
    theorems = len(re.findall(r"^Theorem ", source, re.M))
    rows = sum(name not in proofs.LEFT_OUT for name in OPS)
    assert f"{theorems} theorems about {rows} of the {len(OPS)} rows" in README.read_text()


def test_changes_that_are_true_are_changes_that_floats_show():
    every = {f"{op.name} {change}" for op in OPS.values() for change, _ in mutants(op)}
    known = {line for lines in listed().values() for line in lines}
    assert set(proofs.equal()) <= every - known


# Rows of one's own.


def test_domain_kink_and_choices():
    row = Op(
        name="bent",
        value="x if x > y else sqrt(y)",
        slopes=("1 if x > y else 0", "0 if x > y else 1 / (2 * z)"),
        domain="y > 0 and not (x == 7 or 9 < x)",
        kink="x == y and y != 3",
    )
    assert coq.statement(row) == (
        "Theorem bent_value (x y : R) :\n"
        "  0 < y ->\n"
        "  ~ ((x = 7 \\/ 9 < x)) ->\n"
        "  (if y <? x then True else 0 <= y).\n\n"
        "Theorem bent_x (x y : R) :\n"
        "  0 < y ->\n"
        "  ~ ((x = 7 \\/ 9 < x)) ->\n"
        "  (x <> y \\/ y = 3) ->\n"
        "  is_derive (fun x => row_bent x y) x (if y <? x then 1 else 0).\n\n"
        "Theorem bent_y (x y : R) :\n"
        "  0 < y ->\n"
        "  ~ ((x = 7 \\/ 9 < x)) ->\n"
        "  (x <> y \\/ y = 3) ->\n"
        "  (if y <? x then True else 2 * (row_bent x y) <> 0) /\\\n"
        "    is_derive (fun y => row_bent x y) y "
        "(if y <? x then 0 else 1 / (2 * (row_bent x y)))."
    )


def test_names_that_mean_something_in_coq():
    row = Op(
        name="own",
        value="exp(fun) * row_x * fun_",
        slopes=("exp(fun) * row_x * fun_", "exp(fun) * fun_", "exp(fun) * row_x"),
        inputs=("fun", "row_x", "fun_"),
    )
    said = "is_derive (fun xrow_x => row_own fun_ xrow_x fun__) xrow_x (exp fun_ * fun__)"
    assert said in coq.statement(row)
    assert "Definition row_own (fun_ xrow_x fun__ : R) : R :=" in coq.script([row])


def test_a_row_called_like_another_function_is_itself():
    row = Op(name="erf", value="x * x", slopes=("2 * x",))
    assert "is_derive (fun x => row_erf x) x (2 * x)" in coq.statement(row)
    assert "Definition row_erf (x : R) : R :=\n  x * x." in coq.script([row])


def test_what_coq_does_not_have_is_named():
    with pytest.raises(NotImplementedError, match="'lgamma'"):
        coq.statement(Op(name="own", value="lgamma(x) + x", slopes=("digamma(x) + 1",)))
    python = Op(name="own", value="f(x)", slopes=("f(x)",), routines={"f": lambda x: x})
    with pytest.raises(NotImplementedError, match="a function of Python"):
        coq.statement(python)
