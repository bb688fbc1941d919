"""Saving and loading: nothing rounded, nothing half-written, nothing half-loaded."""

import base64
import json
import math
import os
import signal
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import MLP, SGD, Layer, Neuron, Optimizer, load, save

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
        raise error

    for owner, name in ((os, "fsync"), (Path, "replace")):
        for error in (OSError(28, "No space left on device"), KeyboardInterrupt(), MemoryError()):
            with monkeypatch.context() as patch:
                patch.setattr(owner, name, full)
                with pytest.raises(type(error)):
                    save(Neuron.of([2.0]), path)
            assert path.read_bytes() == old
            assert [*tmp_path.iterdir()] == [path]


def test_a_full_disk_leaves_the_old_file_and_no_other(tmp_path):
    resource = pytest.importorskip("resource", reason="files have no largest size here")
    path = tmp_path / "model.json"
    save(Neuron.of([1.0]), path)
    old, limits = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            save(MLP(9, [9, 9]), path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
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
    with pytest.raises(ValueError, match=r"suffix '.pt' of model.pt \(must be one of \['.json'"):
        save(Neuron(2), tmp_path / "model.pt")
    for thing in (Optimizer(SGD(0.1), Neuron(2)), [Neuron(2)], abs):
        with pytest.raises(TypeError, match=r"stored is a model.* optimizer as save\(model, path"):
            save(thing, tmp_path / "model.json")
    for odd in (Decimal("sNaN"), Decimal("NaN7"), 10**5000, Fraction(1, 10**5000)):
        with pytest.raises(ValueError):
            save(Neuron.of([odd]), tmp_path / "model.json")
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "missing.json")
    assert [*tmp_path.iterdir()] == []


# Written by the version before optimizers and modules were stored.
JSON = """{
  "format": "chainrule model 1",
  "model": "MLP",
  "elementary": false,
  "layers": [
    {
      "activation": "tanh",
      "weights": [
        ["2/5", 0.1],
        [-0.0, "inf"]
      ],
      "biases": ["Decimal 0.10", 3]
    },
    {
      "activation": "linear",
      "weights": [
        [1e-300, 7]
      ],
      "biases": null
    }
  ]
}
"""
SAFETENSORS = (
    "YAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCIsImNoYWlucnVsZSI6IntcIm1vZGVsXCI6IFwi"
    "TUxQXCIsIFwiZWxlbWVudGFyeVwiOiBmYWxzZSwgXCJsYXllcnNcIjogW3tcImFjdGl2YXRpb25cIjogXCJyZWx1"
    "XCJ9LCB7XCJhY3RpdmF0aW9uXCI6IFwibGluZWFyXCJ9XX0ifSwiMC5iaWFzIjp7ImR0eXBlIjoiRjY0Iiwic2hh"
    "cGUiOlsxXSwiZGF0YV9vZmZzZXRzIjpbMCw4XX0sIjAud2VpZ2h0Ijp7ImR0eXBlIjoiRjY0Iiwic2hhcGUiOlsx"
    "LDJdLCJkYXRhX29mZnNldHMiOls4LDI0XX0sIjIud2VpZ2h0Ijp7ImR0eXBlIjoiRjY0Iiwic2hhcGUiOlsxLDFd"
    "LCJkYXRhX29mZnNldHMiOlsyNCwzMl19fSAgICAgmpmZmZmZuT8AAAAAAADgPwAAAAAAAACAAAAAAAAACEA="
)


def test_older_files_are_read_and_written_again_as_they_were(tmp_path):
    path = tmp_path / "model.json"
    path.write_text(JSON)
    model = load(path)
    assert repr([p.data for p in model.parameters()]) == repr(
        [Fraction(2, 5), 0.1, Decimal("0.10"), -0.0, math.inf, 3, 1e-300, 7]
    )
    assert [layer.activation for layer in model.layers] == ["tanh", "linear"]
    save(model, path)
    assert path.read_text() == JSON


def parsed(data):
    """The header, whose order is the library's, and the numbers."""
    end = 8 + int.from_bytes(data[:8], "little")
    return json.loads(data[8:end]), data[end:]


def test_older_safetensors_are_read_and_written_again_as_they_were(tmp_path):
    pytest.importorskip("safetensors", reason="safetensors is not installed")
    path = tmp_path / "model.safetensors"
    path.write_bytes(base64.b64decode(SAFETENSORS))
    model = load(path)
    assert repr([p.data for p in model.parameters()]) == "[0.5, -0.0, 0.1, 3.0]"
    assert [layer.activation for layer in model.layers] == ["relu", "linear"]
    save(model, path)
    assert parsed(path.read_bytes()) == parsed(base64.b64decode(SAFETENSORS))


def test_what_killed_writers_left_is_taken_away_and_no_other_file(tmp_path):
    path = tmp_path / "model[1].json"
    left = [tmp_path / f".model[1].json.{uuid4().hex}" for _ in range(3)]
    others = [
        tmp_path / name
        for name in (f".model1.json.{uuid4().hex}", ".model[1].json.old", f"a.json.{uuid4().hex}")
    ]
    for file in (*left, *others):
        file.write_bytes(b"{")
    fcntl = pytest.importorskip("fcntl", reason="files are not locked here")
    with left[0].open("rb") as writing:  # somebody is at it
        fcntl.flock(writing, fcntl.LOCK_EX | fcntl.LOCK_NB)
        save(Neuron.of([1.0]), path)
    assert {*tmp_path.iterdir()} == {path, left[0], *others}
    save(Neuron.of([1.0]), path)
    assert {*tmp_path.iterdir()} == {path, *others}


def test_a_writer_that_is_killed_leaves_the_old_file(tmp_path):
    path = tmp_path / "model.json"
    save(Neuron.of([1.0]), path)
    code = (
        "import os, signal, sys, nn\n"
        "os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        "nn.save(nn.Neuron.of([2.0]), sys.argv[1])"
    )
    assert subprocess.run([sys.executable, "-c", code, path], check=False).returncode == -9
    assert len([*tmp_path.iterdir()]) == 2
    assert load(path).weights[0].data == 1.0
    save(Neuron.of([3.0]), path)
    assert [*tmp_path.iterdir()] == [path]


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
