"""The project's own shape: imports go one way, and `import autograd` brings nothing heavy."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

# Each module may import those before it.
ORDER = [
    "elementary",
    "codegen",
    "ops",
    "graph",
    "guard",
    "value",
    "engine",
    "functions",
    "calculus",
]
ORDER += ["notation", "formula", "line", "explanation", "working"]


def imported(path):
    """The modules of this project that a file imports when it is loaded or when it runs."""
    tree = ast.parse(path.read_text())
    hidden = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in hidden:
            continue
        if isinstance(node, ast.ImportFrom) and node.module == "autograd":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograd."):
            yield node.module.split(".")[1]


def test_the_core_imports_one_way():
    for index, name in enumerate(ORDER):
        allowed = set(ORDER[:index])
        assert set(imported(ROOT / "autograd" / f"{name}.py")) <= allowed, name


def test_nn_uses_what_autograd_exports():
    import autograd

    for path in (ROOT / "nn").glob("*.py"):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "autograd":
                assert node.module == "autograd", f"{path.name} imports {node.module}"
                assert {alias.name for alias in node.names} <= set(autograd.__all__), path.name


def test_importing_is_light():
    script = "import sys, autograd; print(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert "autograd.jit.program" not in done.stdout.split()
    heavy = "graphviz numpy llvmlite matplotlib hypothesis mpmath IPython pytest torch"
    assert not set(done.stdout.split()) & set(heavy.split())


def test_a_folder_mixed_with_another_autograd_warns(tmp_path):
    shutil.copytree(ROOT / "autograd", tmp_path / "autograd")
    (tmp_path / "autograd" / "tracer.py").touch()
    for where, warned in ((tmp_path, True), (ROOT, False)):
        done = subprocess.run(
            [sys.executable, "-c", "import autograd"],
            cwd=where,
            capture_output=True,
            text=True,
            check=True,
        )
        assert ("another distribution called autograd" in done.stderr) is warned


def test_every_public_name_is_there_and_documented():
    import autograd

    for name in autograd.__all__:
        assert (getattr(autograd, name).__doc__ or "").strip(), name
