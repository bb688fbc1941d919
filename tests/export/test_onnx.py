"""Traced functions as ONNX models, run by onnxruntime, against eager."""

import math
import random

import numpy as np
import pytest

from autograd import Value, custom, dot, export, jit, relu, tanh, where
from autograd.engine import record
from autograd.ops import OPS
from tests.export.running import UNWRITTEN, UNWRITTEN_FOR_TENSORS, assert_same, distance
from tests.export.test_rows import EXACT, eager, near_root, samples
from tests.jit import test_agreement as agreement

pytest.importorskip("onnx", reason="onnx is not installed")
runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

CANCELLING = {"logsumexp", "logaddexp"}


def run(path, *, optimized=True, **inputs):
    """The outputs by name."""
    options = runtime.SessionOptions()
    options.log_severity_level = 3  # that parameters can be given is no reason to warn
    if not optimized:
        options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = runtime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    given = {name: np.array(x, np.float64) for name, x in inputs.items()}
    return dict(zip(names, session.run(None, given), strict=True))


@pytest.mark.parametrize("name", [n for n in OPS if n not in UNWRITTEN | UNWRITTEN_FOR_TENSORS])
def test_row_agrees_with_eager(name, tmp_path):
    op = OPS[name]
    count = 4 if op.run else len(op.inputs)
    # Two functions, each within 4 ulp of the truth; sums and the slopes of slopes may cancel.
    limit = 0 if name in EXACT else 64 if op.helper else 16 if name in CANCELLING else 8
    points = samples(count)
    if name == "softmean":  # Values have other slopes where a mean is not finite
        points = [point for point in points if all(map(math.isfinite, point))]
    export(lambda *args: record(op, *args), tmp_path / "f.onnx", *[0.5] * count)
    columns = zip(*points, strict=True)
    found = run(tmp_path / "f.onnx", **{f"x{k}": column for k, column in enumerate(columns)})
    for point, *result in zip(points, *(x.tolist() for x in found.values()), strict=True):
        expected = eager(op, point)
        for x, y in zip(result, expected, strict=True):
            assert distance(x, y) <= limit or near_root(op, point, x, y), (point, result, expected)


def test_random_arithmetic_has_the_bits_of_eager(tmp_path):
    source = random.Random("models")
    for each in range(40):
        program = [
            (
                source.randrange(len(agreement.OPERATIONS)),
                source.randrange(50),
                source.randrange(50),
            )
            for _ in range(source.randint(1, 25))
        ]
        f, path = agreement.Function(program), tmp_path / f"f{each}.onnx"
        points = [(source.uniform(-10, 10), source.uniform(-10, 10)) for _ in range(20)]
        export(f, path, 1.0, 2.0)
        used = jit(f, backend="python").trace(1.0, 2.0).parameters
        x, y = zip(*points, strict=True)
        assert run(path, x=x, y=y).keys() >= {"value", "dx", "dy"}  # its optimizer rounds anew
        found = run(path, optimized=False, x=x, y=y)
        assert {*found} - {"dparameters"} == {"value", "dx", "dy"}
        for k, point in enumerate(points):
            value, slopes, _ = agreement.eager(f, *point)
            own = found["dparameters"][k].tolist() if used else []
            result = [*(found[name][k] for name in ("value", "dx", "dy")), *own]
            assert_same(result, [value, *slopes, *(leaf.grad for leaf in used)])


def test_lists_are_axes_and_parameters_can_be_given(tmp_path):
    weights, bias = [Value(0.5, "w1"), Value(-0.25, "w2")], Value(0.125, "b")

    def neuron(x):
        return tanh(dot(weights, x) + bias) * relu(x[0])

    path, program = tmp_path / "f.onnx", jit(neuron, backend="python")
    export(neuron, path, [1.0, 2.0])
    rows = [[1.0, 2.0], [3.0, -1.0], [-0.5, 0.25]]
    found = run(path, x=rows)
    for k, row in enumerate(rows):
        value, slopes = program.value_and_grad(row)
        for parameter in program.parameters:
            parameter.grad = 0
        program.backward(row)
        own = [parameter.grad for parameter in program.parameters]
        assert found["value"][k] == pytest.approx(value, rel=1e-14)
        assert found["dx"][k] == pytest.approx(slopes, rel=1e-14)
        assert found["dparameters"][k] == pytest.approx(own, rel=1e-14)
    other = run(path, x=rows, parameters=[0.0, 0.0, 1.0])
    assert other["value"] == pytest.approx([math.tanh(1), 3 * math.tanh(1), 0.0], rel=1e-14)


def test_several_results_and_constants_have_the_shape_of_the_samples(tmp_path):
    path = tmp_path / "f.onnx"
    export(lambda value, t0: [value * t0, 3.0, t0], path, 1.0, 1.0)
    found = run(path, value=[2.0, 3.0], t0=[4.0, 5.0])
    assert list(found) == ["value_"]
    assert found["value_"].tolist() == [[8.0, 3.0, 4.0], [15.0, 3.0, 5.0]]


def test_a_branch_that_is_not_taken_hands_nothing_on(tmp_path):
    path = tmp_path / "f.onnx"
    export(lambda x: where(x > 0, x**0.5, 0.0) + where(x > 0, 1 / x, x), path, 1.0)
    found = run(path, x=[-1.0, 0.0, 4.0])
    assert found["value"].tolist() == [-1.0, 0.0, 2.25]
    assert found["dx"].tolist() == [1.0, 1.0, 0.25 - 1 / 16]


def test_functions_of_python_are_refused_by_name(tmp_path):
    square = custom(lambda x: x * x, lambda x, z: 2 * x, name="square")
    with pytest.raises(NotImplementedError, match=r"'square'.*ONNX"):
        export(lambda x: square(x) + 1, tmp_path / "f.onnx", 1.0)
