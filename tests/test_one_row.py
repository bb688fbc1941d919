"""One row is enough: `SOAK=1 python -m pytest tests/test_one_row.py` adds one to a copy of it all.

The copy gets one line in `autograd/ops.py` and `python -m tests.refresh`, nothing else by hand;
then its tests of the rules, the readers and the types must pass, and the operation be everywhere.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROW = (
    '_row("gaussian", "scaled_exp(one(x), -x, x)", "-2 * scaled_exp(x, -x, x)", '
    'written=("-2 * x * z",), activation=True)\n'
)
TESTS = ["tests/rules", "tests/testing", "tests/jit/test_rows.py", "tests/explain", "tests/nn"]
TESTS += ["tests/test_typing.py", "tests/test_refresh.py", "autograd/testing"]

EVERYWHERE = """
import nn
from autograd import Value, draw, explain, grad, jit, gaussian
x, E = Value(2.0, "x"), 0.018315638888734179  # exp(-4)
for made in (gaussian(x), x.gaussian()):
    x.grad = 0
    made.backward()
    assert (made.data, x.grad) == (E, -4 * E), (made, x)
assert gaussian(2.0) == E and gaussian.__doc__
assert "gaussian" in str(explain(made, x)) and "gaussian" in draw(made).source
for backend in ("python", "llvm"):
    assert jit(gaussian, backend=backend).value_and_grad(2.0) == (E, -4 * E)
assert abs(grad(grad(gaussian))(2.0) / E - 14) < 1e-13
assert 0 < nn.Neuron(2, activation="gaussian", seed=1)([0.5, 2.0]).data <= 1
"""


def run(folder, *arguments):
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    return done.stdout


@pytest.mark.skipif("SOAK" not in os.environ, reason="takes minutes: set SOAK=1 to run it")
def test_one_row_is_enough(tmp_path):
    copy = tmp_path / "copy"
    leave = shutil.ignore_patterns(".git", ".ci", "__pycache__", ".*_cache", "*.egg-info")
    shutil.copytree(ROOT, copy, ignore=leave)
    table = copy / "autograd" / "ops.py"
    place = '_row("relu"'
    text = table.read_text()
    assert text.count(place) == 1
    table.write_text(text.replace(place, ROW + place))
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    print(run(copy, "-m", "tests.refresh"))
    made = {path for path in copy.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    changed = {path.name for path in made if before.get(path) != path.read_bytes()}
    assert changed == {"functions.pyi", "reference.txt", "equivalent.txt"}, changed
    run(copy, "-c", EVERYWHERE)
    print(run(copy, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", *TESTS)[-500:])
