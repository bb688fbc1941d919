"""Imports: from a zip file, without extras, without a home, without a place to write to."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(script, folder, **environment):
    """What a new process prints, in an empty folder."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), **environment},
    )
    assert not done.returncode, done.stderr
    return done.stdout.split()


ALL = """
import autograd, nn
from autograd import *
from autograd.testing import coq
x, y = Value(2.0, "x"), Value(3.0, "y")
z = x * y + tanh(x)
z.backward()
draw(z).save("a.svg"), live(z).save("a.html"), steps(z).save("b.html"), steps(z).save("b.svg")
f = lambda a, b: softplus(a * b) + xlogy(a, b)
for ending in ("c", "js", "py"):
    export(f, f"e.{ending}", 1.0, 2.0)
nn.playground().save("p.html")
nn.save(nn.MLP(2, [1]), "m.json")
nn.load("m.json")
assert "Inductive" in coq.REALS.read_text() or "Definition" in coq.REALS.read_text()
print(autograd.__file__, jit(f, backend="python")(1.0, 2.0) == f(1.0, 2.0), explain(z) is not None)
"""


def test_from_a_zip_file(tmp_path):
    """Everything that reads a file of the packages finds it there."""
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for room in ("autograd", "nn"):
            for path in (ROOT / room).rglob("*"):
                if path.is_file() and "__pycache__" not in path.parts:
                    made.write(path, path.relative_to(ROOT))
    (tmp_path / "work").mkdir()
    where, *right = run(ALL, tmp_path / "work", PYTHONPATH=str(archive))
    assert where.startswith(str(archive))
    assert right == ["True", "True"]
    written = {path.name for path in (tmp_path / "work").iterdir()} - {"cache"}
    assert " ".join(sorted(written)) == "a.html a.svg b.html b.svg e.c e.js e.py m.json p.html"
    assert all((tmp_path / "work" / name).stat().st_size > 100 for name in written)


ALONE = """
import sys
ours = {"autograd", "nn", "graphviz", *sys.stdlib_module_names}
class Ours:
    finders = sys.meta_path[:]
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ours or name.startswith("_sysconfigdata"):
            found = (finder.find_spec(name, path, target) for finder in self.finders)
            return next((spec for spec in found if spec), None)
sys.meta_path[:] = [Ours()]
sys.modules.pop("hypothesis", None)
import autograd
from autograd import *
from nn import *
z = Value(2.0, "x") * 3
z.backward()
assert "<svg" in autograd.draw(z).svg() and explain(z) and str(steps(z)) and live(z).document()
fit(MLP(1, [1]), [([1.0], 2.0)], mse, SGD(0.1), epochs=2)
assert jit(lambda a: a * a)(3) == 9
for name, wanted in (
    ("from autograd import gradcheck; gradcheck(lambda a: a, 1.0)", "chainrule[testing]"),
    ("jit(lambda a: a, backend='llvm')", "chainrule[jit]"),
):
    try:
        exec(name)
    except ImportError as error:
        assert wanted in str(error), error
        print("refused")
"""


def test_without_any_extra(tmp_path):
    """What needs one says which."""
    assert run(ALONE, tmp_path, PYTHONPATH=str(ROOT)) == ["refused", "refused"]


HOMELESS = """
import os, pwd
def nobody(uid): raise KeyError(uid)
pwd.getpwuid = nobody
from autograd import Value, draw, jit
print(jit(lambda a, b: a * b)(2.0, 3.0), len(os.listdir(".")), "<svg" in draw(Value(2) * 3).svg())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a user without a home is Unix's")
@pytest.mark.parametrize("place", [None, "/proc/none"])
def test_without_a_home_or_a_place_for_the_cache(tmp_path, monkeypatch, place):
    """Compiled, and nothing kept; nothing in the working tree either."""
    pytest.importorskip("llvmlite")
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    given = {} if place is None else {"XDG_CACHE_HOME": place}
    forget = "import os; del os.environ['XDG_CACHE_HOME']\n" if place is None else ""
    assert run(forget + HOMELESS, tmp_path, PYTHONPATH=str(ROOT), **given) == ["6.0", "0", "True"]
