"""Slopes beside other engines: `python -m tests.benchmarks.bench_ulp --jax PYTHON --hips PYTHON`.

The same slope at the same number by chainrule, PyTorch, JAX in double precision and HIPS autograd,
its error in units of the last place of the certified slope. Each of the others runs in a process of
its own, under the Python named for it or else this one, and is left out by name where it cannot be
imported. HIPS autograd is imported as `autograd`, so it needs an environment without this project.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

from autograd.ops import OPS
from autograd.testing import certified

# The operation, its arguments, and the place of the one that the slope is to.
SLOPES = (
    ("tanh", (0.5,), 0),
    ("tanh", (20.0,), 0),
    ("sigmoid", (40.0,), 0),
    ("softplus", (25.0,), 0),
    ("silu", (-1.2784645,), 0),
    ("gelu", (-10.0,), 0),
    ("expm1", (-40.0,), 0),
    ("erf", (5.5,), 0),
    ("asin", (1 - 2.0**-50,), 0),
    ("acosh", (1 + 2.0**-50,), 0),
    ("acosh", (1e200,), 0),
    ("asinh", (1e200,), 0),
    ("cbrt", (1e-220,), 0),
    ("div", (1e200, 1e200), 1),
    ("hypot", (1e200, 1e200), 0),
    ("atan2", (1e200, 1e200), 0),
    ("atan2", (1e-200, 1e-200), 0),
)

# What each engine calls them; an operation that it does not have is left out.
COMMON = {
    "div": "lambda x, y: x / y",
    **{name: f"np.{name}" for name in ("tanh", "expm1", "hypot")},
    "asin": "np.arcsin",
    "asinh": "np.arcsinh",
    "acosh": "np.arccosh",
    "atan2": "np.arctan2",
    "cbrt": "np.cbrt",
}
TORCH = """
import torch
version = torch.__version__.partition("+")[0]
def slope(function, point, place):
    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in point]
    eval(function)(*leaves).backward()
    return leaves[place].grad.item()
"""
JAX = """
import jax
import jax.numpy as np
jax.config.update("jax_enable_x64", True)
version = jax.__version__
def slope(function, point, place):
    return float(jax.grad(eval(function), place)(*point))
"""
HIPS = """
import autograd
import autograd.numpy as np
import autograd.scipy.special as special
from importlib.metadata import version as version_of
version = version_of("autograd")
def slope(function, point, place):
    return float(autograd.grad(eval(function), place)(*map(np.float64, point)))
"""
ENGINES = {
    "PyTorch": (
        TORCH,
        {name: f"torch.{name}" for name in OPS}
        | {"div": COMMON["div"]}
        | {name: f"torch.nn.functional.{name}" for name in ("softplus", "silu", "gelu")},
    ),
    "JAX": (
        JAX,
        COMMON
        | {name: f"jax.nn.{name}" for name in ("sigmoid", "softplus", "silu")}
        | {
            "gelu": "lambda x: jax.nn.gelu(x, approximate=False)",
            "erf": "jax.scipy.special.erf",
        },
    ),
    "HIPS autograd": (
        HIPS,
        COMMON
        | {
            "sigmoid": "special.expit",
            "softplus": "lambda x: np.logaddexp(0.0, x)",
            "silu": "lambda x: x * special.expit(x)",
            "gelu": "lambda x: x * (1 + special.erf(x / np.sqrt(2.0))) / 2",
            "erf": "special.erf",
        },
    ),
}
RUN = """
import json, sys, warnings
warnings.simplefilter("ignore")
found = []
for function, point, place in json.load(sys.stdin):
    try:
        found.append(slope(function, point, place))
    except (AttributeError, NotImplementedError, TypeError):
        found.append(None)
print(json.dumps([version, found]))
"""


def here():
    """The slopes that chainrule computes."""
    for name, point, place in SLOPES:
        op = OPS[name]
        yield op.partials[place](*point, op.compute(*point))


def there(engine, python):
    """The engine's version and slopes, None for what it lacks; or why it is left out."""
    prelude, functions = ENGINES[engine]
    asked = [(functions.get(name, "None"), point, place) for name, point, place in SLOPES]
    done = subprocess.run(
        [python, "-I", "-c", prelude + RUN],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return None, done.stderr.strip().splitlines()[-1]
    return json.loads(done.stdout)


def shown(found, true):
    """The error in ulp, and what was found where nothing of it is right."""
    if found is None:
        return "–"
    error = certified.ulps(found, true)
    size = f"{error:.1f}" if error < 1000 else f"{error:.1e}".replace("e+", "e")
    return size if error < 2**51 else f"it is {found:.2g}"


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_ulp")
    for engine in ENGINES:
        option = f"--{engine.split()[0].lower()}"
        parser.add_argument(option, dest=engine, default=sys.executable, metavar="PYTHON")
    columns = {"chainrule": list(here())}
    for engine, python in vars(parser.parse_args()).items():
        version, found = there(engine, python)
        if version is None:
            print(f"{engine} is left out: {found}")
        else:
            columns[f"{engine} {version}"] = found
    print(f"| slope of | at | true | {' | '.join(columns)} |")
    print(f"|---|---:|---:|{'---:|' * len(columns)}")
    for row, (name, point, place) in enumerate(SLOPES):
        true = certified.derivative(certified.meaning(OPS[name]), point, place)
        errors = " | ".join(shown(found[row], true) for found in columns.values())
        to = f" to {OPS[name].inputs[place]}" if len(point) > 1 else ""
        print(f"| {name}{to} | {', '.join(map(repr, point))} | {float(true):.4g} | {errors} |")


if __name__ == "__main__":
    main()
