"""Export: the frameworks give the same outputs."""

import warnings

import pytest

from nn import MLP, Layer, Neuron, export, from_torch, to_onnx, to_torch
from nn.export import MODULES

POINTS = [[0.5, -1.0], [2.0, 0.1], [-30.0, 20.0], [0.0, 0.0], [800.0, -900.0]]


def outputs(model, point):
    found = model(point)
    return [value.data for value in (found if isinstance(found, list) else [found])]


@pytest.mark.parametrize("activation", ["linear", *MODULES])
def test_pytorch_gives_the_same_outputs_and_the_way_back_the_same_weights(torch, activation):
    model = MLP(2, [4, 3], activation, output=activation, seed=1)
    theirs = to_torch(model)
    for point in POINTS:
        found = theirs(torch.tensor(point, dtype=torch.float64)).tolist()
        assert outputs(model, point) == pytest.approx(found, rel=1e-12, abs=1e-15)
    again = from_torch(theirs)
    assert repr(again) == repr(model)
    assert [p.data for p in again.parameters()] == [p.data for p in model.parameters()]


def test_training_goes_on_there_and_comes_back(torch):
    model = MLP(2, [3, 1], activation="tanh", seed=2)
    theirs = to_torch(model)
    x, y = torch.tensor(POINTS[:2], dtype=torch.float64), torch.tensor([[1.0], [0.0]]).double()
    optimizer = torch.optim.SGD(theirs.parameters(), lr=0.1)
    before = torch.nn.functional.mse_loss(theirs(x), y)
    before.backward()
    optimizer.step()
    after = from_torch(theirs)
    expected = theirs(x).flatten().tolist()
    assert [after(point).data for point in POINTS[:2]] == pytest.approx(expected, rel=1e-12)


def test_neurons_layers_and_missing_biases_are_exported(torch):
    for model in (Neuron(2, "tanh", seed=1), Layer(2, 3, bias=False, seed=1)):
        theirs = to_torch(model)
        found = theirs(torch.tensor(POINTS[0], dtype=torch.float64)).tolist()
        assert outputs(model, POINTS[0]) == pytest.approx(found, rel=1e-12)
    assert theirs[0].bias is None
    assert from_torch(torch.nn.Linear(3, 2, bias=False)).layers[0].neurons[0].bias is None


def test_single_precision_modules_are_read_exactly(torch):
    theirs = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1))
    model = from_torch(theirs)
    rows = theirs[0].weight.tolist()
    assert [[w.data for w in n.weights] for n in model.layers[0].neurons] == rows


def test_what_from_torch_does_not_know_is_named(torch):
    nn = torch.nn
    for module, words in [
        (nn.Sequential(nn.Linear(2, 2), nn.Dropout()), "not Dropout"),
        (nn.Sequential(nn.ReLU(), nn.Linear(2, 2)), "not ReLU"),
        (nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Tanh()), "not Tanh"),
        (nn.Sequential(nn.Linear(2, 2), nn.LeakyReLU(0.3)), r"not LeakyReLU\(negative_slope=0.3\)"),
        (nn.Sequential(nn.Linear(2, 2), nn.GELU("tanh")), "not GELU"),
        (nn.Sequential(), "not Sequential"),
    ]:
        with pytest.raises(ValueError, match=words):
            from_torch(module)
    assert from_torch(nn.Sequential(nn.Linear(2, 1), nn.Softplus())).layers[0].activation == (
        "softplus"
    )


def test_an_activation_of_ones_own_cannot_be_exported(torch, tmp_path):
    with pytest.raises(ValueError, match=r"cannot be exported \(must be one of \['relu'"):
        to_torch(Neuron(2, abs))


@pytest.mark.parametrize("activation", ["linear", *MODULES])
def test_onnxruntime_gives_the_same_outputs(tmp_path, activation):
    pytest.importorskip("onnx", reason="onnx is not installed")
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    model = MLP(2, [4, 3], activation, output=activation, bias=activation != "tanh", seed=1)
    path = tmp_path / "model.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # onnx's own
        to_onnx(model, path)
        session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (found,) = session.run(["y"], {"x": numpy.array(POINTS)})
    assert found.shape == (5, 3)
    digits = 1e-6 if activation == "gelu" else 1e-12
    for point, row in zip(POINTS, found.tolist(), strict=True):
        assert outputs(model, point) == pytest.approx(row, rel=digits, abs=digits)


def test_without_the_libraries_the_error_says_what_to_install(monkeypatch, tmp_path):
    import sys

    for name in ("torch", "onnx"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=r"chainrule\[torch\]"):
        to_torch(Neuron(2))
    with pytest.raises(ImportError, match=r"chainrule\[onnx\]"):
        to_onnx(Neuron(2), tmp_path / "model.onnx")


def test_networks_are_written_as_code(tmp_path):
    for model in (MLP(2, [3, 2], "tanh", seed=1), Neuron(2, "relu", seed=2)):
        export(model, tmp_path / "network.py")
        code = {}
        exec((tmp_path / "network.py").read_text(), code)
        found = code["network"](POINTS[0])
        assert (found if isinstance(found, list) else [found]) == outputs(model, POINTS[0])
        assert sorted(code["parameters"]) == sorted(p.data for p in model.parameters())
