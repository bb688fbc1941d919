"""The project's own shape: imports go one way, and `import autograd` brings nothing heavy.

autograd/  text, elementary, special/, codegen, ops, graph, errors, value, structure, engine/,
           functions, calculus    what a newcomer reads
           formula/ explain/ draw/ steps/ commands/    what people read, look at and step through
           sketch/    small plots of numbers, as SVG
           expressions/    what people write: formulas as text, made into graphs
           live/    the page: its JavaScript in scripts/, and the graph as data
           jit/ export/ testing/    what runs fast, is taken away, and proves rules
           classroom/    the course as a site whose Python runs in the browser
nn/        networks and their training: uses what autograd exports, and nothing else
tests/     the same rooms; rules/ has what is tested over the whole table
"""

import ast
import io
import shutil
import subprocess
import sys
import tokenize
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# From the ground up. A module may import what stands on a line before its own, and, within a
# folder, what the folder's own test of circles allows; the folder itself is one line.
ORDER = (
    *("files text", "elementary", "special", "codegen", "ops", "graph errors", "value"),
    *("structure engine", "functions calculus", "formula", "explain expressions", "draw sketch"),
    *("jit", "export", "live", "steps sheets", "testing"),
    *("__init__", "classroom", "commands", "__main__"),
)
FLOOR = {name: floor for floor, line in enumerate(ORDER) for name in line.split()}
FILES = sorted((ROOT / "autograd").rglob("*.py"))


def module(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(name):
    """What stands in ORDER for a module: `explain` for `autograd.explain.slopes`."""
    _, _, rest = name.partition(".")
    return rest.partition(".")[0] or "__init__"


MODULES = {module(path): path for path in chain(FILES, (ROOT / "nn").rglob("*.py"))}


def imported(path, *, hints=True):
    """The modules of this project that a file imports, when it is loaded, runs or is checked."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    hidden = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in hidden and not hints:
            continue
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, path
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def of_project(path, **how):
    return {name for name in imported(path, **how) if name.partition(".")[0] in ("autograd", "nn")}


def test_every_room_has_its_floor():
    rooms = {room(module(path)) for path in FILES if "plugin" not in path.parts}
    assert rooms == set(FLOOR)


def test_there_are_at_most_thirteen_files_beside_the_folders():
    assert len([*(ROOT / "autograd").glob("*.py")]) <= 13


@pytest.mark.parametrize("path", FILES, ids=module)
def test_imports_go_down(path):
    """Values are typed where they are used, so a hint may look up; code that runs may not."""
    own = room(module(path))
    if own in ("__init__", "__main__") or "plugin" in path.parts:
        return
    for name in of_project(path, hints=False):
        if (module(path), name) == ("autograd.commands.playground", "nn.playground"):
            continue  # whoever asks for the page of networks wants nn, then and not before
        assert name.startswith("autograd"), f"{path} imports {name}"
        other = room(name)
        assert other == own or FLOOR[other] < FLOOR[own] or other == "__init__", (path, name)
        # The package itself is what a user imports: only what stands on top may.
        assert other != "__init__" or FLOOR[own] > FLOOR["__init__"], (path, name)


@pytest.mark.parametrize("folder", ["autograd", "nn"])
def test_no_two_modules_import_each_other(folder):
    """Whatever a file imports, when it is loaded or in a function, never leads back to it."""
    links = {
        name: {other for other in of_project(path, hints=False) if other in MODULES} - {name}
        for name, path in MODULES.items()
        if name.startswith(folder) and name != folder and "plugin" not in name
    }
    for name in links:
        seen, stack = set(), [*links[name]]
        while stack:
            other = stack.pop()
            assert other != name, f"{name} imports itself by way of {sorted(seen)}"
            if other not in seen:
                seen.add(other)
                stack += links.get(other, ())


@pytest.mark.parametrize("path", MODULES.values(), ids=MODULES.keys())
def test_no_private_name_leaves_its_module(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                assert not alias.name.startswith("_"), f"{path}: {alias.name} of {node.module}"


def test_trees_of_python_are_read_in_one_place():
    readers = {
        module(path)
        for path in MODULES.values()
        if "ast" in {name.partition(".")[0] for name in imported(path)}
    }
    assert readers == {"autograd.text"}


def lines_of_code(path):
    """The lines of a file that are not blank, a comment or a docstring."""
    source = path.read_text(encoding="utf-8")
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    strings = {
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, documented) and ast.get_docstring(node) is not None
        for line in range(node.body[0].lineno, node.body[0].end_lineno + 1)
    }
    layout = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    code = {
        line
        for token in tokens
        if token.type not in (*layout, tokenize.ENDMARKER)
        for line in range(token.start[0], token.end[0] + 1)
    }
    return len(code - strings)


def lines_of_rows(path):
    """The lines of a file that are rows of the table, which the engine reads."""
    return sum(
        node.end_lineno - node.lineno + 1
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Expr) and ast.unparse(node).startswith("_row(")
    )


def test_the_engine_can_be_read_in_an_hour():
    names = ["text", "ops", "codegen", "value", "graph", "errors", "functions"]
    files = [ROOT / "autograd" / f"{name}.py" for name in names]
    files += (ROOT / "autograd" / "engine").glob("*.py")
    assert sum(lines_of_code(path) - lines_of_rows(path) for path in files) <= 1610


def test_nn_uses_what_autograd_exports():
    import autograd

    for path in (ROOT / "nn").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "autograd":
                # No part of what it computes.
                if node.module in ("autograd.files", "autograd.sketch", "autograd.sketch.plots"):
                    continue
                assert node.module == "autograd", f"{path.name} imports {node.module}"
                assert {alias.name for alias in node.names} <= set(autograd.__all__), path.name


def test_importing_is_light():
    script = "import sys, autograd; print(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert "autograd.jit.program" not in done.stdout.split()
    heavy = "graphviz numpy llvmlite hypothesis mpmath IPython pytest torch"
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
