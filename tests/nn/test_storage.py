"""Saving and loading: nothing rounded, nothing half-written, nothing half-loaded."""

import json
import os
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import MLP, Layer, Neuron, load, save

NUMBERS = st.one_of(
    st.integers(),
    st.floats(),
    st.fractions(),
    st.decimals(allow_nan=False, allow_infinity=False),
)


def numbers(model):
    return [(name, type(value.data), value.data) for name, value in model.named_parameters()]


@given(st.lists(NUMBERS, min_size=9, max_size=9))
def test_json_keeps_every_number_and_its_type(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("models") / "model.json"
    model = MLP(2, [2, 1], activation="tanh", output="sigmoid")
    for parameter, x in zip(model.parameters(), data, strict=True):
        parameter.data = x
    save(model, path)
    again = load(path)
    assert repr(again) == repr(model)
    assert [str(it) for it in numbers(again)] == [str(it) for it in numbers(model)]


def test_json_can_be_read_by_a_person(tmp_path):
    model = MLP.of([Layer.of([[Fraction(2, 5), 0.5]], [Decimal("0.1")], "relu"), Layer.of([[3]])])
    save(model, tmp_path / "model.json")
    text = (tmp_path / "model.json").read_text()
    assert '["2/5", 0.5]' in text
    assert '"biases": ["Decimal 0.1"]' in text
    assert json.loads(text)["layers"][1] == {
        "activation": "linear",
        "weights": [[3]],
        "biases": None,
    }


@pytest.mark.parametrize("suffix", [".json", ".safetensors"])
@pytest.mark.parametrize(
    "model",
    [
        MLP(2, [3, 2, 1], activation=["tanh", "gelu"], seed=1),
        MLP(2, [3, 1], bias=False, elementary=True, seed=2),
        Layer(3, 2, "softplus", seed=3),
        Neuron(3, "relu", seed=4),
        Neuron(2, "linear", bias=False, seed=4),
    ],
    ids=repr,
)
def test_every_kind_of_model_comes_back(tmp_path, model, suffix):
    if suffix == ".safetensors":
        pytest.importorskip("safetensors", reason="safetensors is not installed")
    path = tmp_path / f"model{suffix}"
    save(model, path)
    again = load(path)
    assert type(again) is type(model)
    assert repr(again) == repr(model)
    assert numbers(again) == numbers(model)
    assert [p.label for p in again.parameters()] == [p.label for p in model.parameters()]
    elementary = [n.elementary for layer in again.stack() for n in layer.neurons]
    assert set(elementary) == {model.stack()[0].neurons[0].elementary}


@pytest.mark.parametrize("suffix", [".json", ".safetensors"])
def test_a_file_cut_off_anywhere_is_refused_and_the_model_stays(tmp_path, suffix):
    if suffix == ".safetensors":
        pytest.importorskip("safetensors", reason="safetensors is not installed")
    path = tmp_path / f"model{suffix}"
    save(MLP(2, [2, 1], seed=1), path)
    data = path.read_bytes()
    model = MLP(2, [2, 1], seed=2)
    before = numbers(model)
    for end in range(0, len(data) - 2, 7):
        path.write_bytes(data[:end])
        with pytest.raises(ValueError, match="holds no model: it is truncated or no"):
            load(path, model)
    assert numbers(model) == before


def test_foreign_and_damaged_files_are_refused(tmp_path):
    path = tmp_path / "model.json"
    save(MLP(2, [2, 1], seed=1), path)
    good = json.loads(path.read_text())

    def damaged(**changes):
        return {**good, **changes}

    def layers(**changes):
        return damaged(layers=[{**good["layers"][0], **changes}, good["layers"][1]])

    for content in (
        [],
        {},
        {"format": "another"},
        damaged(format="chainrule model 99"),
        damaged(model="Forest"),
        damaged(model=None),
        damaged(model="Neuron"),
        damaged(layers=[]),
        damaged(layers=None),
        damaged(layers=3),
        damaged(layers=[3]),
        damaged(layers=good["layers"][::-1]),
        layers(activation="rely"),
        layers(activation=None),
        layers(activation=[]),
        layers(weights=[[1.0, 2.0], [3.0]]),
        layers(weights=[[1.0, 2.0]]),
        layers(weights=[]),
        layers(weights=[[1.0, None], [3.0, 4.0]]),
        layers(weights=[[1.0, "two"], [3.0, 4.0]]),
        layers(weights=[[1.0, "1/0"], [3.0, 4.0]]),
        layers(weights=[[1.0, "Decimal x"], [3.0, 4.0]]),
        layers(weights=[[1.0, True], [3.0, 4.0]]),
        layers(weights=5),
        layers(biases=[1.0]),
        layers(biases=5),
    ):
        path.write_text(json.dumps(content))
        with pytest.raises(ValueError, match=r"model\.json holds no model: "):
            load(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="truncated or no JSON"):
        load(path)


def test_a_model_of_another_shape_is_refused_and_stays(tmp_path):
    path = tmp_path / "model.json"
    save(MLP(2, [3, 1], seed=1), path)
    for model in (
        MLP(2, [4, 1], seed=2),
        MLP(2, [3, 1], bias=False, seed=2),
        MLP(2, [3, 1], activation="tanh", seed=2),
        Layer(2, 3),
    ):
        before = numbers(model)
        with pytest.raises(ValueError, match="does not fit into"):
            load(path, model)
        assert numbers(model) == before
    model = MLP(2, [3, 1], seed=2)
    assert load(path, model) is model
    assert numbers(model) == numbers(MLP(2, [3, 1], seed=1))


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "model.json"
    save(Neuron.of([1.0]), path)
    old = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save(Neuron.of([2.0]), path)
    assert path.read_bytes() == old
    assert [*tmp_path.iterdir()] == [path]


def test_writing_keeps_links_and_permissions(tmp_path):
    path, link = tmp_path / "model.json", tmp_path / "link.json"
    save(Neuron.of([1.0]), path)
    path.chmod(0o600)
    link.symlink_to(path)
    save(Neuron.of([2.0]), link)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o600
    assert load(path)([1.0]).data == 2.0


def test_what_cannot_be_stored_is_refused(tmp_path):
    for model, name, words in [
        (Neuron(2), "model.pt", r"unknown suffix '.pt' of model.pt \(must be one of \['.json'"),
        (Neuron(2, abs), "model.json", "has no name to store"),
    ]:
        with pytest.raises(ValueError, match=words):
            save(model, tmp_path / name)
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "missing.json")
    assert [*tmp_path.iterdir()] == []


def test_safetensors_never_rounds(tmp_path):
    pytest.importorskip("safetensors", reason="safetensors is not installed")
    path = tmp_path / "model.safetensors"
    save(Neuron.of([Fraction(1, 2), 3]), path)
    assert [p.data for p in load(path).parameters()] == [0.5, 3.0]
    with pytest.raises(ValueError, match=r"would round Fraction\(2, 5\): save the model as .json"):
        save(Neuron.of([Fraction(2, 5)]), path)


def test_foreign_safetensors_are_refused(tmp_path):
    serialize = pytest.importorskip("safetensors.numpy", reason="safetensors is missing").save
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    path = tmp_path / "model.safetensors"
    save(MLP(2, [1], seed=1), path)
    size = int.from_bytes(path.read_bytes()[:8], "little")
    metadata = json.loads(path.read_bytes()[8 : 8 + size])["__metadata__"]

    tensor = numpy.zeros
    good = {"0.weight": tensor([1, 2]), "0.bias": tensor([1])}
    path.write_bytes(serialize(good, metadata=metadata))
    assert [p.data for p in load(path).parameters()] == [0.0, 0.0, 0.0]
    for tensors, about, words in [
        (good, None, "not written by nn.save"),
        ({"0.bias": tensor([1])}, metadata, ""),
        ({**good, "1.weight": tensor([1, 1])}, metadata, "belong to no layer"),
        ({**good, "0.weight": tensor([2])}, metadata, "0.weight is float64 of shape"),
        ({**good, "0.weight": tensor([1, 2], "float32")}, metadata, "0.weight is float32"),
        ({**good, "0.bias": tensor([2])}, metadata, "as many biases, not 2"),
        ({**good, "0.weight": tensor([1, 0])}, metadata, ""),
        (good, {"chainrule": "{}"}, ""),
        (good, {"chainrule": "["}, ""),
    ]:
        path.write_bytes(serialize(tensors, metadata=about))
        with pytest.raises(ValueError, match=f"holds no model: .*{words}"):
            load(path)


def test_safetensors_are_read_by_pytorch(tmp_path, torch):
    load_file = pytest.importorskip("safetensors.torch", reason="safetensors is missing").load_file

    from nn import to_torch

    for hidden in (["tanh", "tanh"], ["linear", "relu"], ["relu", "linear"]):
        model = MLP(3, [4, 3, 2], activation=hidden, seed=5)
        save(model, tmp_path / "model.safetensors")
        twin = to_torch(MLP(3, [4, 3, 2], activation=hidden, seed=6))
        twin.load_state_dict(load_file(tmp_path / "model.safetensors"), strict=True)
        x = [0.1, -0.2, 0.3]
        found = twin(torch.tensor(x, dtype=torch.float64)).tolist()
        assert [value.data for value in model(x)] == pytest.approx(found, rel=1e-12)


def test_without_safetensors_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ImportError, match=r"pip install 'chainrule\[safetensors\]'"):
        save(Neuron(2), tmp_path / "model.safetensors")
    assert list(Path(tmp_path).iterdir()) == []
