"""Types as a user's checker sees them: README's examples, and a loss of two lines."""

import ast
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("mypy")

ROOT = Path(__file__).parent.parent
BLOCKS = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(), re.S | re.M)


def statements(block):
    """The statements of a block; what a prompt would show is printed."""
    if block.startswith(">>>"):
        lines = [line[4:] for line in block.splitlines() if line.startswith((">>>", "..."))]
        block = "\n".join(lines)
    for node in ast.parse(block).body:
        if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Call):
            node.value = ast.Call(ast.Name("print", ast.Load()), [node.value], [])
        yield node


def bound(statement):
    """The names that a statement binds."""
    for node in ast.walk(statement):
        if isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def used(statement):
    own = {*bound(statement)} if isinstance(statement, ast.For) else set()
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    } - own


def user_file(before, block):
    """A block as a file of its own, with what it uses of those before it."""
    chosen = list(statements(block))
    needed, own = set(), set()
    for statement in chosen:
        needed |= used(statement) - own
        own |= {*bound(statement)}
    for statement in reversed([s for earlier in before for s in statements(earlier)]):
        if needed & {*bound(statement)}:
            needed = needed - {*bound(statement)} | used(statement)
            chosen.insert(0, statement)
    return "\n".join(ast.unparse(ast.fix_missing_locations(s)) for s in chosen) + "\n"


LOSS = """\
from decimal import Decimal
from fractions import Fraction

from autograd import Value, dot, exp, maximum, relu, tanh

def loss(v: Value) -> Value:
    return exp(v) * 2 + 1 - abs(v) ** 2 / maximum(v, 3)

either: Value | float = 1.0
reveal_type(loss(Value(1.0)))
reveal_type(exp(1.0))
reveal_type(exp(Decimal(1)))
reveal_type(relu(Fraction(1, 2)))
reveal_type(tanh(2 - Value(1.0)).hypot(3.0))
reveal_type(dot([Value(1.0)], [2.0]))
reveal_type(dot([1.0], [2.0]))
reveal_type(maximum(Fraction(1), Fraction(2)))
"""
REVEALED = ["Value", "float", "Decimal", "Fraction", "Value", "Value", "float", "Fraction"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of files as users would have them."""
    folder = tmp_path_factory.mktemp("user")
    for number, block in enumerate(BLOCKS):
        if not block.startswith("_row("):  # a line of the table, no user's
            (folder / f"block_{number}.py").write_text(user_file(BLOCKS[:number], block))
    (folder / "loss.py").write_text(LOSS)
    return folder


def test_mypy(folder):
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "."],
        cwd=folder,
        env={"MYPYPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.findall(r'Revealed type is "(?:\w+\.)*(\w+)"', done.stdout)
    assert found == REVEALED


def test_pyright(folder):
    if not find_spec("pyright"):
        pytest.skip("pyright is not installed")
    # Whatever a prompt shows needs not be used, and `E` is the error in the notes.
    (folder / "pyrightconfig.json").write_text(
        f'{{"typeCheckingMode": "strict", "extraPaths": ["{ROOT}"], '
        '"reportUnusedImport": false, "reportConstantRedefinition": false}'
    )
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if not re.search(r"\d+ errors?, ", done.stdout):  # it brings node and itself when first run
        pytest.skip(f"pyright does not run here: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.findall(r'information: Type of ".*" is "(\w+)"', done.stdout)
    assert found == REVEALED
