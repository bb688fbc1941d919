"""`import autograd` loads Python's own modules alone, and all but extras works beside graphviz."""

import os
import subprocess
import sys
from pathlib import Path

import graphviz

ROOT = Path(__file__).parents[2]
EVERYTHING = """
import pathlib, sys
import autograd, nn
from autograd import Picture
sys.modules["autograd.draw.picture"].pure = lambda: None  # the program lies beside this Python
from autograd import Value, draw, explain, export, grad, hessian, jit, live, steps

x, w = Value(2.0, "x"), Value(-0.5, "w")
y = (x * w).tanh()
y.backward()
for suffix in ("svg", "pdf", "tex", "mmd", "json", "gv"):
    draw(y).save(f"y.{suffix}")
assert pathlib.Path("y.svg").read_text().count("<polygon") > 2
assert "text/html" in draw(y)._repr_mimebundle_()
assert "tanh" in str(explain(y)) and "math" in explain(y)._repr_html_()
for suffix in ("html", "svg"):
    steps(y).save(f"steps.{suffix}")
live(y).save("live.html")
assert jit(lambda a: a * a)(3.0) == 9.0 and grad(lambda a: a * a)(3.0) == 6.0
for ending in ("c", "js", "py"):
    export(lambda a: a * a, f"f.{ending}", 1.0)
model = nn.MLP(2, [3, 1], seed=1)
history = nn.fit(model, nn.moons(20, seed=1), nn.mse, nn.SGD(0.1), epochs=2)
nn.save(model, "model.json"), nn.draw(model).svg(), nn.playground().save("play.html")
history.plot().svg()
from autograd.__main__ import main
assert main(["explain", "x*w", "x=2", "w=3"]) == 0 and main([]) == 0
print(*{name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names)
"""


def run(script, folder):
    """What a script prints without site-packages, but with graphviz; no program is found either."""
    if not (folder / "graphviz").exists():
        (folder / "graphviz").symlink_to(Path(graphviz.__file__).parent)
    environment = {**os.environ, "PATH": "", "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"}
    done = subprocess.run(
        [sys.executable, "-S", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_importing_loads_no_package(tmp_path):
    before, after = (
        set(run(f"import sys; {imports}print(*sys.modules)", tmp_path)[0].split())
        for imports in ("", "import autograd, nn; ")
    )
    tops = {name.partition(".")[0] for name in after - before}
    assert tops - sys.stdlib_module_names == {"autograd", "nn"}


def test_all_but_extras_works_beside_graphviz_alone(tmp_path):
    *_, found = run(EVERYTHING, tmp_path)
    others = {name for name in found.split() if not name.startswith("_")}
    assert others == {"autograd", "nn", "graphviz"}
