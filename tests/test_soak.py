"""The soak at the size of a coffee break's tenth, and its own ability to fail."""

import os
import shlex
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

pytest.importorskip("mpmath")
pytest.importorskip("hypothesis")

from autograd.testing.strategies import Expression
from tests import soak


def test_exact_gradients():
    assert soak.exact_graphs(2000, seed=0) == 2000


def test_exact_second_derivatives():
    assert soak.second_derivatives(200, seed=0) == 200


def test_gradients_by_pytorch():
    pytest.importorskip("torch")
    assert soak.torch_graphs(1000, seed=0) == 1000


def test_derivatives_of_order_2_and_3():
    reports = soak.order_points(2, seed=0)
    assert len(reports) > 40
    assert all(report.second <= 16 and report.third <= 16 for report in reports)


def test_a_failure_is_made_small():
    big = Expression((("add", 0, 1), ("neg", 1), ("mul", 1, 0), ("sub", 0, 3)), (Fraction(7),) * 2)

    def fails(expression):
        return any(step[0] == "mul" for step in expression.program)

    small = soak.smaller(big, fails)
    assert [step[0] for step in small.program] == ["mul"]
    assert set(small.inputs) <= {0, 1, 2}


# The command that a failure prints.

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("proof", soak.PROOFS, ids=lambda proof: proof.flag)
def test_the_command_of_any_proof_comes_to_the_same_failure(proof, monkeypatch):
    """One that fails at its third item: what passed before is not run again where it can be."""
    items = []

    def run(count, seed, progress, rows=None):
        for item in progress(
            soak.chosen(["add", "mul", "tanh", "exp"], rows) if proof.by_row else range(count)
        ):
            items.append(item)
            if item == ("tanh" if proof.by_row else 2):
                raise soak.Different(f"{item} of seed {seed} and count {min(count, 3)}")

    others = [replace(one, run=lambda *given, **rows: ()) for one in soak.PROOFS]
    planted = tuple(replace(one, run=run) if one.flag == proof.flag else one for one in others)
    monkeypatch.setattr(soak, "PROOFS", planted)

    def failed(arguments):
        with pytest.raises(soak.Different) as error:
            soak.main(arguments)
        start, _, command = error.value.__notes__[-1].partition(": ")
        assert start == "to repeat it" and command.startswith("python -m tests.soak ")
        return str(error.value), command

    first, command = failed(["--seed", "7", f"--{proof.flag}", "50"])
    assert failed(shlex.split(command)[3:]) == (first, command)
    assert items == (["add", "mul", "tanh", "tanh"] if proof.by_row else [0, 1, 2, 0, 1, 2])


PLANTED = """
from autograd.value import Value
right = Value.slopes
def slopes(self, **how):
    for place, parent, slope in right(self, **how):
        yield place, parent, -slope if self.op.name == "div" else slope
Value.slopes = slopes
def backward(self):
    from autograd.graph import flow
    for node, total, _ in flow(self):
        node.grad = total
Value.backward = backward
"""


def test_the_printed_command_fails_again(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(PLANTED)
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}

    def run(arguments):
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True
        )
        lines = done.stderr.splitlines()
        assert done.returncode == 1 and "Different: not the exact gradient" in lines[-2], lines
        return lines[-2], lines[-1].partition("to repeat it: python ")[2]

    expected, command = run(["-m", "tests.soak", "--graphs", "500", "--seed", "3"])
    assert run(shlex.split(command)) == (expected, command)
