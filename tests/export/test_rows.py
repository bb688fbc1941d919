"""Every row of the table in every language, at special points and random ones, against eager."""

import itertools
import math
import random

import pytest

from autograd import Value, export
from autograd.engine import record
from autograd.ops import OPS
from tests.export.running import UNWRITTEN, distance, flat, in_c, in_javascript, in_python
from tests.jit.test_rows import EXACT, SPECIAL, near_root

SOURCE = random.Random(5)
RANDOM = [
    *(SOURCE.uniform(-3, 3) for _ in range(60)),
    *(math.exp(SOURCE.uniform(-30, 30)) for _ in range(20)),
    *(-math.exp(SOURCE.uniform(-30, 30)) for _ in range(20)),
]


def samples(count):
    few = SPECIAL if count < 3 else SPECIAL[:12] + SPECIAL[-6:]
    grid = [*itertools.product(few, repeat=count)]
    pool = [RANDOM[k::count] for k in range(count)] if count > 1 else [RANDOM]
    return [*grid[:: 1 + len(grid) // 3000], *zip(*pool, strict=False)]


def eager(op, point):
    leaves = [Value(float(x)) for x in point]
    root = record(op, *leaves)
    root.backward()
    return [root.data, *(float(leaf.grad) for leaf in leaves)]


def check(op, tmp_path, ending, limit):
    count = 4 if op.run else len(op.inputs)
    path, points = tmp_path / f"f{ending}", samples(count)

    def f(*args):
        return record(op, *args)

    export(f, path, *[0.5] * count)
    run = {".c": lambda: in_c(path, "f", points, [None] * count),
           ".js": lambda: in_javascript(path, "f", points),
           ".py": lambda: in_python(path, "f", points)}[ending]  # fmt: skip
    for point, result in zip(points, run(), strict=True):
        expected, found = eager(op, point), flat(result)
        for x, y in zip(found, expected, strict=True):
            assert distance(x, y) <= limit or near_root(op, point, x, y), (point, found, expected)


@pytest.mark.parametrize("name", [n for n in OPS if n not in UNWRITTEN])
@pytest.mark.parametrize("ending", [".c", ".js", ".py"])
def test_row_agrees_with_eager(name, ending, tmp_path):
    op = OPS[name]
    # The slopes of slopes may cancel.
    limit = 0 if name in EXACT or ending == ".py" else 64 if op.helper else 4
    check(op, tmp_path, ending, limit)
