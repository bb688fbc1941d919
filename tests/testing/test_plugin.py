"""Hypothesis knows Value, and importing it neither imports autograd nor can break on it."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("hypothesis")

ROOT = Path(__file__).parent.parent.parent
PLUGIN = ROOT / "autograd" / "testing" / "plugin"


def run(script, cwd=ROOT):
    paths = f"import sys; sys.path[:0] = [{str(PLUGIN)!r}]; "
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", paths + script],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_hook_imports_nothing():
    assert run(
        "import chainrule_hypothesis as c; c.register(); print('autograd' in sys.modules)"
    ) == ("False")


@pytest.mark.parametrize(
    "imports",
    [
        "import autograd, hypothesis.strategies as st",
        "import hypothesis.strategies as st, autograd",
    ],
)
def test_either_order_of_imports_makes_values(imports):
    script = "import chainrule_hypothesis as c; c.register(); "
    found = run(f"{imports}; {script}print(type(st.from_type(autograd.Value).example()).__name__)")
    assert found == "Value"


def test_another_package_called_autograd_does_no_harm(tmp_path):
    (tmp_path / "autograd.py").write_text("raise RuntimeError('another autograd')")
    assert run("import chainrule_hypothesis as c; c.register(); print('fine')", tmp_path) == "fine"
    (tmp_path / "autograd.py").write_text("Value = 3")
    script = "import autograd, chainrule_hypothesis as c; c.register(); print(autograd.Value)"
    assert run(script, tmp_path) == "3"
