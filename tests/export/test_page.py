"""The rows as a module of JavaScript: values, slopes, domains and kinks, each usable by itself."""

import json
import math
import subprocess

import pytest

from autograd import Op, export, register
from autograd.engine import record, unregister
from autograd.export.source.c import C
from autograd.export.source.javascript import JavaScript
from autograd.export.source.python import Python
from autograd.export.tensors.onnx import Graph
from autograd.ops import OPS, ROUTINES
from autograd.testing.sampling import kinks, points
from tests.export.running import (
    BITS,
    UNWRITTEN,
    UNWRITTEN_FOR_TENSORS,
    bits,
    distance,
    number,
    tool,
)

# Numbers that only meanings speak of.
MEANT = {"decimal_pi"}


@pytest.mark.parametrize("name", sorted(ROUTINES.keys() - MEANT - UNWRITTEN))
def test_every_language_has_every_elementary_function(name):
    for writer in (C, JavaScript, Python):
        assert name in writer.primitives, f"{writer.language} lacks {name}"
    assert hasattr(Graph, name) or name in UNWRITTEN_FOR_TENSORS, f"tensors lack {name}"


@pytest.mark.parametrize("name", sorted(UNWRITTEN & OPS.keys()))
def test_what_a_language_lacks_is_refused_by_name(name, tmp_path):
    op = OPS[name]
    for ending in (".c", ".js", ".onnx"):
        with pytest.raises(NotImplementedError, match=f"{name!r}.*not written"):
            export(
                lambda *args: record(op, *args), tmp_path / f"f{ending}", *[1.5] * len(op.inputs)
            )


def asked(op):
    """Points, each as an element of each run before the runs for a run row."""
    for point in [*points(op, 12), *kinks(op), *[(math.nan,) * len(op.inputs)]]:
        yield [*point]


def test_rows_are_those_of_the_table(tmp_path):
    table = [op for op in OPS.values() if not UNWRITTEN & {op.name, *op.rows}]
    (tmp_path / "rows.mjs").write_text(JavaScript().rows(table))
    questions = {op.name: [*asked(op)] for op in table if not op.run}
    script = (
        f'import {{ rows }} from "./rows.mjs";\nimport {{ readFileSync }} from "node:fs";\n{BITS}\n'
        "const found = {};\n"
        'for (const [name, asked] of Object.entries(JSON.parse(readFileSync(0, "utf8")))) {\n'
        "  const row = rows[name];\n"
        "  found[name] = asked.map(read).map((x) => {\n"
        "    const z = row.value(...x), slopes = row.slopes.map((slope) => slope(...x, z));\n"
        "    const handed = slopes.map((slope) => slope === null ? null : write(slope));\n"
        "    return [write(z), handed, row.domain(...x), row.kink(...x)];\n"
        "  });\n"
        "}\n"
        "console.log(JSON.stringify([found, rows]));\n"
    )
    (tmp_path / "ask.mjs").write_text(script)
    given = json.dumps({name: bits(asked) for name, asked in questions.items()})
    done = subprocess.run(
        [tool("node", "nodejs"), tmp_path / "ask.mjs"], input=given, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    found, rows = json.loads(done.stdout)
    assert list(rows) == [op.name for op in table]
    for name, asked_ in questions.items():
        op = OPS[name]
        assert rows[name] == {
            "inputs": list(op.inputs),
            "symbol": op.symbol,
            "run": op.run,
            "slopes": [None] * len(op.inputs),
        }
        for point, (value, handed, domain, kink) in zip(asked_, found[name], strict=True):
            z = op.compute(*point)
            limit = 64 if op.helper else 4
            assert distance(number(value), float(z)) <= limit, (name, point)
            assert (domain, kink) == (bool(op.inside(*point)), bool(op.at_kink(*point))), name
            for own, slope in zip(handed, op.handed, strict=True):
                expected = slope(*point, number(value))
                assert (own is None) == (expected is False), (name, point)
                if own is not None:
                    assert distance(number(own), float(expected)) <= limit, (name, point)


def test_only_what_is_asked_for_is_written():
    text = JavaScript().rows([OPS["add"]])
    assert "tanh" not in text
    assert len(text) < 400
    register(Op(name="twice", value="2 * x", slopes=("2",)))
    try:
        assert "value: (x) => 2 * x" in JavaScript().rows([OPS["twice"]])
    finally:
        unregister("twice")
