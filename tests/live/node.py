"""Runs scripts of the live page in node: on a program, with what Python says about it."""

import json
import struct
import subprocess
from fractions import Fraction

from autograd.explain.reading import Reading
from autograd.graph import topological
from autograd.live.bundle import SCRIPTS
from autograd.live.program import number_data as data_of
from autograd.live.program import program
from autograd.live.rows import rows
from tests.export.running import tool

__all__ = ["data_of", "data_of_graph", "number_of", "run"]

# What a test writes beside its script: numbers to JSON, with all bits of a double, and back.
SHARED = """
const view = new DataView(new ArrayBuffer(8));
const bits = (x) => (view.setFloat64(0, x), view.getBigUint64(0).toString(16));
const written = (x) => x === null ? null : Array.isArray(x) ? x.map(written)
  : typeof x === "number" ? ["f", bits(x)] : ["q", hex(x.n), x.int ? null : hex(x.d)];
const hex = (n) => (n < 0n ? "-" : "") + "0x" + (n < 0n ? -n : n).toString(16);
const given = readNumber;
const say = (x) => console.log(JSON.stringify(x));
"""


def number_of(data):
    """What `written` wrote, as a float, an int or a Fraction; None where there is none."""
    if data is None:
        return None
    if data[0] == "f":
        return struct.unpack(">d", bytes.fromhex(data[1].zfill(16)))[0]
    return int(data[1], 0) if data[2] is None else Fraction(int(data[1], 0), int(data[2], 0))


def data_of_graph(root, names=None):
    """The program of a graph."""
    return program(Reading(topological(root), names))


def run(folder, script, *, root=None, names=None, ops=None, given=None, **data):
    """What `script` says, line by line: an ES module that finds all scripts of the page beside it.

    It knows `data`, with the `program` of `root` and what is `given`; `readNumber`; and SHARED.
    """
    for path in SCRIPTS.glob("*.js"):
        (folder / path.name).write_text(path.read_text())
    if root is not None:
        data["program"] = data_of_graph(root, names)
        ops = [node.op for node in topological(root) if node.op]
    if ops is not None:
        (folder / "rows.js").write_text(rows(ops))
    (folder / "package.json").write_text('{"type": "module"}')
    lines = [
        'import { readFileSync } from "node:fs";',
        'import { readNumber } from "./numbers.js";' if "readNumber }" not in script else "",
        SHARED,
        'const data = JSON.parse(readFileSync(0, "utf8"));',
        script,
    ]
    path = folder / "script.js"
    path.write_text("\n".join(lines))
    done = subprocess.run(
        [tool("node", "nodejs"), path], input=json.dumps(data | {"given": given}),
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]
