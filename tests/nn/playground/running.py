"""Runs the playground's modules in node."""

import json
import subprocess
from functools import cache
from pathlib import Path

import nn
from autograd import export
from nn.playground.rules import script, table
from tests.export.running import tool

SCRIPTS = Path(nn.__file__).parent / "playground" / "scripts"
DEFAULTS = {
    "data": "moons", "count": 20, "noise": 0.1, "classes": 2, "seed": 1, "validation": 0,
    "layers": [3], "activation": "tanh", "output": "linear", "bias": True, "init": "uniform",
    "weights": [], "loss": "hinge", "optimizer": "SGD", "rate": 0.05, "momentum": 0.9,
    "alpha": 0.99, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "decay": 0, "l2": 0,
    "batch": 4, "epochs": 10,
}  # fmt: skip


@cache
def generated():
    """The rules of activations, losses and optimizers, which take seconds to be written."""
    return table(script([1, 2, 3, 4]))


def modules(folder, own=None):
    """The scripts in a folder, with the generated one beside them, and the rule of a model."""
    rules = generated()
    if own is not None:
        export({"own_model": (own.program, own.inputs)}, folder / "own.mjs")
        rules = rules.replace("export const rules", "const known")
        rules += table((folder / "own.mjs").read_text()).replace("export const rules", "const own")
        rules += "\nexport const rules = { ...known, ...own };\n"
    for path in SCRIPTS.glob("*.js"):
        (folder / path.name).write_text(path.read_text())
    (folder / "rules.js").write_text(rules)
    (folder / "package.json").write_text('{"type": "module"}')
    return folder


def run(folder, code, given):
    """What a script that is told `given` prints, as JSON."""
    (folder / "run.js").write_text(
        f'import {{ readFileSync }} from "node:fs";\nconst given = JSON.parse('
        f'readFileSync(0, "utf8"));\n{code}'
    )
    done = subprocess.run(
        [tool("node", "nodejs"), folder / "run.js"],
        input=json.dumps(given),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
