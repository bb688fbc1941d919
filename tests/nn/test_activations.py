"""Activations: which names there are follows from autograd's rows."""

import pytest

import autograd
from autograd import Op, Value, register
from autograd.engine import unregister
from nn import Layer, Neuron, load, save
from nn.activations import function, known, names
from nn.export import OPERATORS
from nn.pytorch import MODULES


def test_the_names_are_the_elementary_functions_of_one_value():
    assert {"linear", *MODULES, *OPERATORS} <= {*names()}
    assert all(map(known, [*names(), "sin", "exp", "erf", "abs"]))
    others = {"atan2", "clip", "dot", "hypot", "logsumexp", "maximum", "minimum", "where", "xlogy"}
    others |= {"Op", "Picture", "Run", "Value", "draw", "errors", "grad", "jit", "steps", "lift"}
    for name in (*others, "rely", "backward", "data", "__neg__", "", None, 3, []):
        assert not known(name), name
        with pytest.raises(ValueError, match=r"unknown activation: .*\['linear', .*'relu', "):
            function(name)


@pytest.mark.parametrize("name", [*names(), "sin", "exp"])
def test_a_neuron_ends_in_the_function_of_that_name(name):
    total = Value(0.625)
    expected = total if name == "linear" else getattr(autograd, name)(total)
    for elementary in (False, True):
        neuron = Neuron.of([0.5, 0.25], 0.25, name, elementary=elementary)
        output = neuron([0.5, 0.5])
        assert output.data == pytest.approx(expected.data, rel=1e-15, nan_ok=True)
        assert (output.op.name == name) is (name != "linear")


def test_an_operation_that_is_registered_needs_nothing_here(tmp_path):
    with pytest.raises(ValueError, match="unknown activation: 'cube'"):
        Neuron(2, "cube")
    register(Op(name="cube", value="x * x * x", slopes=("3 * x * x",), activation=True))
    try:
        save(Layer.of([[1, 2]], activation="cube"), tmp_path / "cube.json")
        assert load(tmp_path / "cube.json")([1, 1]).data == 27
        assert "cube" in names()
    finally:
        unregister("cube")


def test_a_file_refuses_another_operation_of_the_same_name(tmp_path):
    first = Op(name="act", value="x * x if x > 0 else 0", slopes=("2 * x if x > 0 else 0",))
    register(first)
    try:
        for suffix in ("json", "safetensors"):
            if suffix == "safetensors":
                pytest.importorskip("safetensors")
            save(Layer.of([[1.0, 2.0]], activation="act"), tmp_path / f"act.{suffix}")
            assert load(tmp_path / f"act.{suffix}")([1.0, 1.0]).data == 9.0
            unregister("act")
            register(Op(name="act", value="3 * x", slopes=("3",)))
            with pytest.raises(ValueError, match="'act' here is another"):
                load(tmp_path / f"act.{suffix}")
            unregister("act")
            register(first)
    finally:
        unregister("act")
