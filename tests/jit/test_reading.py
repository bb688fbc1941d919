"""What reads a number out while a function is traced is an error that names the user's line."""

import copy
import math
import pickle
import random

import pytest

from autograd import Value, dot, exp, grad, jit, stop_gradient, where

HERE = __file__


def reads(x):
    return {
        "data": lambda: x.data * x,
        "branch on data": lambda: x * 2 if x.data > 0 else x * 3,
        "format": lambda: float(f"{x:.1f}") * x,
        "copy": lambda: copy.copy(x) * x,
        "deepcopy": lambda: copy.deepcopy(x * x),
        "pickle": lambda: pickle.loads(pickle.dumps(x * x)),
        "partials": lambda: (x * x).partials()[0] * x,
        "backward": lambda: (x * x).backward(),
        "equals": lambda: x * 2 if x == 1 else x * 3,
        "differs": lambda: x * 2 if x != 1 else x * 3,
        "member": lambda: x * 2 if x in [1.0, 2.0] else x * 3,
        "branch": lambda: x * 2 if x > 0 else x * 3,
        "max": lambda: max(x, 2 * x),
    }


@pytest.mark.parametrize("kind", reads(Value(1.0)))
@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_reading_is_refused_with_the_line(kind, backend):
    if backend == "llvm":
        pytest.importorskip("llvmlite")
    program = jit(lambda x: reads(x)[kind](), backend=backend)
    with pytest.raises(TypeError, match=r"not known while the function is traced") as refused:
        program(1.5)
    assert HERE in str(refused.value)
    assert "where(condition" in str(refused.value)


def test_a_parameter_is_not_frozen_either():
    w = Value(2.0, "w")
    with pytest.raises(TypeError, match="not known"):
        jit(lambda x: w.data * x, backend="python")(3.0)


def test_a_traced_value_shows_that_it_is_one():
    shown = []
    jit(lambda x: shown.append(repr(x)) or x, backend="python")(1.0)
    assert shown == ["Value(traced)"]


def test_what_to_write_instead():
    program = jit(
        lambda x: where(x > 0, x * 2, x * 3) + exp(x - stop_gradient(x)), backend="python"
    )
    assert program(2.0) == 5.0
    assert program(-1.0) == -2.0
    assert program.value_and_grad(2.0) == (5.0, 3.0)


@pytest.mark.parametrize("kind", ["python", "llvm"])
def test_derivatives_inside(kind):
    if kind == "llvm":
        pytest.importorskip("llvmlite")
    assert jit(lambda x: grad(lambda y: y * y * x)(x), backend=kind)(3.0) == 18.0
    second = jit(lambda x: grad(grad(lambda y: y**3))(x), backend=kind)
    assert (second(2.0), second(3.0)) == (12.0, 18.0)

    def penalty(w):
        slope = grad(lambda v: dot(v, v) * v[0])(w)
        return dot(slope, slope)

    w = [0.5, -1.25, 2.0]
    assert jit(penalty, backend=kind)(w) == pytest.approx(penalty(w), rel=1e-15)
    value, slopes = jit(penalty, backend=kind).value_and_grad(w)
    assert slopes == pytest.approx(grad(penalty)(w), rel=1e-14)
    assert math.isfinite(value)


def test_random_draws_are_refused():
    np = pytest.importorskip("numpy")

    def dropout(x):
        return x * (random.random() < 0.5)

    for f in (dropout, lambda x: x * float(np.random.rand())):
        with pytest.raises(TypeError, match="draws random numbers"):
            jit(f, backend="python")(1.0)
    own = random.Random(1)  # one's own generator is one's own affair
    assert jit(lambda x: x * own.random(), backend="python")(1.0) == random.Random(1).random()
