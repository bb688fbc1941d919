"""The shape of nn: imports go one way, inner names stay inside, functions stay short."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import nn

FOLDER = Path(nn.__file__).parent
TREES = {
    ".".join(path.relative_to(FOLDER).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
        path.read_text()
    )
    for path in sorted(FOLDER.rglob("*.py"))
}


def imported(tree):
    """The modules of nn that a file imports anywhere: at its top, in a function, for typing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports name the package"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            package, *rest = name.split(".")
            while rest and ".".join(rest) not in TREES:
                rest.pop()
            if package == "nn":
                yield ".".join(rest) or "__init__"


def order(trees):
    """The modules, each after those that it imports. Raises CycleError."""
    return [
        *TopologicalSorter({name: {*imported(tree)} for name, tree in trees.items()}).static_order()
    ]


def test_modules_import_one_way():
    assert {*order(TREES)} == {*TREES}
    assert "compiled" in imported(TREES["train"])


@pytest.mark.parametrize(
    "text",
    [
        "import nn.mlp",
        "from nn import mlp",
        "from nn import MLP",
        "from nn.mlp import MLP",
        "def f():\n    from nn.mlp import MLP",
        "if TYPE_CHECKING:\n    from nn.mlp import MLP",
    ],
)
def test_an_import_back_would_be_seen(text):
    with pytest.raises(CycleError):
        order({**TREES, "module": ast.parse(text)})


def test_inner_names_stay_in_their_module():
    for module, tree in TREES.items():
        nodes = [*ast.walk(tree)]
        own = {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        for kind, name in ((ast.Name, "id"), (ast.Attribute, "attr")):
            own |= {
                getattr(node, name)
                for node in nodes
                if isinstance(node, kind) and isinstance(node.ctx, ast.Store)
            }
        used = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        used |= {
            alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names
        }
        inner = {name for name in used if name.startswith("_") and not name.endswith("__")}
        assert inner <= own, module


def test_functions_have_at_most_60_lines():
    lengths = {
        f"{module}.{node.name}": node.end_lineno - node.lineno + 1
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }
    assert [name for name, length in lengths.items() if length > 60] == []
