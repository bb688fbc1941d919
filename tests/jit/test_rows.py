"""Every row of the table, compiled from its text alone, against the eager engine."""

import itertools
import math

import numpy as np
import pytest

from autograd import Op, Value, jit, register
from autograd.engine import record, unregister
from autograd.ops import OPS

SPECIAL = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, 1e-8, -1e-8, 1e8, -1e8, 0.1, 710.0, -746.0,
    1e-310, -1e-310, 1e308, -1e308, math.inf, -math.inf, math.nan, -0.75, -1.3, 5e-324,
]  # fmt: skip
rng = np.random.default_rng(6)
RANDOM = [
    *rng.uniform(-3, 3, 60),
    *np.exp(rng.uniform(-30, 30, 20)),
    *-np.exp(rng.uniform(-30, 30, 20)),
]

# These are computed by rounding alone, so every bit is decided.
EXACT = {
    "add", "sub", "mul", "div", "neg", "abs", "relu", "leaky_relu", "maximum", "minimum", "clip",
    "where", "zero", "copy", "one", "half", "sign", "sqrt", "dot", "floor", "ceil", "trunc", "mod",
    "copysign", "hardtanh", "relu6", "selu_scale", "selu_alpha",
}  # fmt: skip


# These have no machine code.
NO_CODE = {"gamma", "gamma_dx", "lgamma", "digamma", "polygamma", "sinc", "sinc_dn"}


def samples(count):
    few = SPECIAL if count < 3 else SPECIAL[:12] + SPECIAL[-6:]
    grid = [*itertools.product(few, repeat=count)][:6000]
    pool = [RANDOM[k::count] for k in range(count)] if count > 1 else [RANDOM]
    return [*grid, *zip(*pool, strict=False)]


def distance(x, y):
    """How many ulps apart, 0 if both are nan or equal."""
    if x == y or (math.isnan(x) and math.isnan(y)):
        return 0
    if not (math.isfinite(x) and math.isfinite(y)):
        return math.inf
    return abs(float(x) - float(y)) / max(math.ulp(x), math.ulp(y))


def near_root(op, point, x, y):
    """Where the logarithm of a sum is near 0, eager alone has digits below those of the inputs."""
    return op.name == "logaddexp" and abs(x - y) <= math.ulp(max(point))


def eager(op, point):
    leaves = [Value(float(x)) for x in point]
    root = record(op, *leaves)
    root.backward()
    return [root.data, *(float(leaf.grad) for leaf in leaves)]


def check(op, count, limit):
    def f(*args):
        return record(op, *args)

    points = samples(count)
    columns = [np.array(column, float) for column in zip(*points, strict=True)]
    values, slopes = jit(f, batch=True).value_and_grad(*columns)
    slopes = slopes if count > 1 else (slopes,)
    single = jit(f)
    for k, point in enumerate(points):
        expected = eager(op, point)
        found = [values[k], *(slope[k] for slope in slopes)]
        for x, y in zip(found, expected, strict=True):
            assert distance(x, y) <= limit or near_root(op, point, x, y), (point, found, expected)
        if k % 97 == 0:
            value, grads = single.value_and_grad(*map(float, point))
            again = [value, *(grads if count > 1 else [grads])]
            for x, y in zip(again, found, strict=True):
                assert distance(x, y) == 0, (point, again, found)


@pytest.mark.parametrize("name", OPS)
def test_row_agrees_with_eager(name):
    op = OPS[name]
    if name in NO_CODE:
        with pytest.raises(NotImplementedError, match=rf'.{name}. calls .* backend="python"'):
            check(op, len(op.inputs), 0)
        return
    # Two functions, each within 4 ulp of the truth; the slopes of slopes may cancel.
    limit = 0 if name in EXACT else 64 if op.helper else 8
    check(op, 4 if op.run else len(op.inputs), limit)


def test_a_registered_row_compiles_from_its_text():
    blend = register(
        Op(
            name="blend",
            value="x * y if not (x < 0 or y == 2) and -1 < y <= 5 else sigmoid(x) - y",
            slopes=(
                "y if not (x < 0 or y == 2) and -1 < y <= 5 else bell(x)",
                "x if not (x < 0 or y == 2) and -1 < y <= 5 else -1",
            ),
        )
    )
    try:
        check(OPS["blend"], 2, 8)
        assert jit(blend)(3.0, 2.0) == pytest.approx(1 / (1 + math.exp(-3)) - 2, rel=1e-15)
    finally:
        unregister("blend")


INF, NAN = math.inf, math.nan


@pytest.mark.parametrize(
    ("name", "point", "slopes"),
    [
        # No share of nothing is defined; of infinities each has its part.
        ("logsumexp", (-INF, -INF), (NAN, NAN)),
        ("logaddexp", (-INF, -INF), (NAN, NAN)),
        ("logsumexp", (INF, INF), (0.5, 0.5)),
        ("logaddexp", (INF, INF), (0.5, 0.5)),
        ("logsumexp", (-INF, 0.0), (0.0, 1.0)),
        ("logsumexp", (INF, 0.0), (1.0, 0.0)),
        # 5e-324 - 1 is no odd number, though it rounds to one.
        ("power", (-0.0, 5e-324), (INF, 0.0)),
        ("power", (-0.0, 0.5), (INF, 0.0)),
        ("power", (-0.0, 2.0), (-0.0, 0.0)),
        ("power", (-0.0, 3.0), (0.0, 0.0)),
        ("power", (-0.0, -2.0), (INF, -INF)),
        ("power", (-0.0, -1.0), (-INF, -INF)),
        ("power", (-0.0, -2.0 - 2.0**53), (INF, -INF)),
    ],
)
def test_slopes_at_the_edges(name, point, slopes):
    op = OPS[name]
    leaves = [*map(Value, point)]
    record(op, *leaves).backward()
    found = [[leaf.grad for leaf in leaves]]
    for backend in ("python", "llvm"):
        program = jit(lambda *args: record(op, *args), backend=backend)
        found.append(program.value_and_grad(*point)[1])
    for each in found:
        assert [*map(str, each)] == [*map(str, [0.0 + slope for slope in slopes])]
