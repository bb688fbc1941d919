"""Export: the frameworks give the same outputs."""

import json
import runpy
import shutil
import subprocess
import warnings

import pytest

import nn
from autograd import Value
from nn import (
    MLP,
    Dropout,
    Embedding,
    Layer,
    LayerNorm,
    Module,
    Neuron,
    RMSNorm,
    Sequential,
    export,
    from_torch,
    predict,
    to_onnx,
    to_torch,
)
from nn.pytorch import MODULES

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
        (nn.Sequential(nn.Linear(2, 2), nn.Dropout1d()), "not Dropout1d"),
        (nn.Sequential(nn.Embedding(2, 2, max_norm=1.0)), "not Embedding"),
        (nn.Sequential(nn.LayerNorm((2, 2))), "not LayerNorm"),
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


C_MAIN = """
#include <stdio.h>
#include "reader.c"
int main(void) {
    const double calls[3][2] = {{0, 1}, {3, 3}, {2, 0}};
    for (int k = 0; k < 3; k++) {
        double out[2];
        reader(calls[k], NULL, out);
        printf("%.17g %.17g\\n", out[0], out[1]);
    }
}
"""


def run(*command, cwd):
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True).stdout


class Reader(Module):
    """The mean of embedded letters through a normed residual layer."""

    def __init__(self):
        self.table, self.norm = Embedding(4, 3, seed=1), LayerNorm(3)
        self.layer, self.drop = Layer(3, 3, "tanh", seed=2), Dropout(0.5)
        self.out = Layer(3, 2, "linear", seed=3)

    def __call__(self, letters):
        rows = self.table(letters)
        x = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
        h = self.drop(self.layer(self.norm(x)))
        return self.out([a + b for a, b in zip(x, h, strict=True)])


def test_modules_of_ones_own_are_written_as_code(tmp_path):
    model = Reader()
    for place, value in enumerate(model.parameters()):
        value.data += place / 1000  # all different
    with pytest.raises(
        ValueError, match=r"Reader is exported as it is called.*export\(model, path"
    ):
        export(model, tmp_path / "reader.py")
    for ending in ("py", "c", "mjs"):
        export(model, tmp_path / f"reader.{ending}", [0, 1])
    assert model.training and model.drop.training
    wanted = [predict(model, [letters])[0] for letters in ([0, 1], [3, 3], [2, 0])]
    code = {}
    exec((tmp_path / "reader.py").read_text(), code)
    assert [code["reader"](letters) for letters in ([0, 1], [3, 3], [2, 0])] == wanted
    found = model.eval()([3, 3])
    found[0].backward()
    slopes = {p.data: p.grad for p in model.parameters() if p.grad}
    *_, gradients = code["gradient"]([3, 3], [1.0, 0.0])
    given = dict(zip(code["parameters"], gradients, strict=True))
    assert {data: given[data] for data in slopes} == pytest.approx(slopes, rel=1e-12)


def test_compiled_c_and_node_give_the_same_outputs(tmp_path):
    model, calls = Reader(), ([0, 1], [3, 3], [2, 0])
    wanted = [x for letters in calls for x in predict(model, [letters])[0]]
    for ending in ("c", "mjs"):
        export(model, tmp_path / f"reader.{ending}", [0, 1])
    if shutil.which("cc"):
        (tmp_path / "main.c").write_text(C_MAIN)
        run("cc", "-o", "main", "main.c", "-lm", cwd=tmp_path)
        assert [*map(float, run("./main", cwd=tmp_path).split())] == pytest.approx(
            wanted, rel=1e-12
        )
    if shutil.which("node"):
        (tmp_path / "main.mjs").write_text(
            'import { reader } from "./reader.mjs";\n'
            f"for (const it of {json.dumps(calls)}) console.log(...reader(it));\n"
        )
        found = run("node", "main.mjs", cwd=tmp_path).split()
        assert [*map(float, found)] == pytest.approx(wanted, rel=1e-12)


def test_sequentials_go_to_pytorch_and_back(torch):
    model = Sequential(
        Embedding(5, 4, seed=1),
        Sequential(RMSNorm(4, 1e-3), Layer(4, 4, "gelu", seed=2)),
        Dropout(0.25),
        LayerNorm(4),
        MLP(4, [3, 2], "relu", seed=3),
    )
    for place, value in enumerate(model.parameters()):
        value.data += place / 100
    theirs = to_torch(model).eval()
    again = from_torch(theirs)
    assert [type(part).__name__ for part in again] == [
        "Embedding", "RMSNorm", "Layer", "Dropout", "LayerNorm", "Layer", "Layer",
    ]  # fmt: skip
    assert again[3].rate == 0.25
    assert [p.data for p in again.parameters()] == [p.data for p in model.parameters()]
    for k in range(5):
        assert predict(model, [k])[0] == pytest.approx(theirs(torch.tensor(k)).tolist(), rel=1e-9)
    assert predict(again, range(5)) == predict(model, range(5))


def test_what_is_used_twice_is_shared_there(torch):
    layer = Layer(2, 2, "tanh", seed=1)
    theirs = to_torch(Sequential(layer, layer))
    assert theirs[0] is theirs[2]
    found = theirs(torch.tensor([0.5, -1.0]).double()).tolist()
    assert predict(Sequential(layer, layer), [[0.5, -1.0]])[0] == pytest.approx(found, rel=1e-12)


def test_what_has_no_counterpart_is_refused_with_the_way_out(torch, tmp_path):
    for model in (Reader(), Sequential(Layer(2, 2), lambda xs: xs)):
        with pytest.raises(ValueError, match=r"to_torch takes neurons.*write its call in PyTorch"):
            to_torch(model)
    with pytest.raises(ValueError, match=r'use export\(model, "model\.onnx", inputs\)'):
        to_onnx(Reader(), tmp_path / "model.onnx")
    plain = torch.nn.Sequential(torch.nn.LayerNorm(3, elementwise_affine=False))
    assert predict(from_torch(plain), [[1.0, 2.0, 4.0]])[0] == pytest.approx(
        plain(torch.tensor([1.0, 2.0, 4.0])).tolist(), rel=1e-6
    )


@pytest.mark.parametrize("ending", [".py", ".mjs"])
def test_code_takes_weights_in_the_order_of_the_model(tmp_path, ending):
    class Spare(Module):
        def __init__(self):
            self.unused, self.model = Value(0.25, "unused"), MLP(2, [3, 1], "tanh", seed=1)

        def __call__(self, inputs):
            return self.model(inputs)

    path, other = tmp_path / f"f{ending}", Spare()
    nn.export(Spare(), path, [0.5, 0.5])
    for place, value in enumerate(other.parameters()):
        value.data = place / 8
    output = other([0.3, 0.4])
    output.backward()
    weights = [value.data for value in other.parameters()]
    text = path.read_text()
    assert "unused, model.layers.0.neurons.0.w1, model.layers.0.neurons.0.w2" in text
    if ending == ".py":
        value, _, slopes = runpy.run_path(str(path))["gradient"]([0.3, 0.4], weights)
        assert (value, slopes) == (output.data, [it.grad for it in other.parameters()])


def test_a_layer_that_is_used_twice_stays_one(torch, tmp_path, capsys):
    def tied(seed):
        layer = Layer(2, 2, "tanh", seed=seed)
        return MLP.of([layer, layer, Layer(2, 1, "linear", seed=seed + 1)])

    model, path = tied(1), tmp_path / "model.json"
    assert " ".join(it.label for it in model.parameters()) == "w1 w2 b1 w3 w4 b2 w5 w6 b3"
    nn.save(model, path)
    other = nn.load(path, tied(5))
    assert other([0.3, -0.4]).data == model([0.3, -0.4]).data
    assert len(other.parameters()) == 9
    with pytest.raises(ValueError, match="needs a model to be loaded into"):
        nn.load(path)
    with pytest.raises(ValueError, match="only the model has"):
        nn.load(path, MLP(2, [2, 2, 1], "tanh"))
    page = nn.playground(model, [((0.0, 1.0), 1.0)], nn.mse)
    assert page.own.said["numbers"] != []
    assert page.settings["weights"] == [it.data for it in model.parameters()]
    again = nn.from_torch(nn.to_torch(model))
    assert len(again.parameters()) == 9
    assert again([0.3, -0.4]).data == model([0.3, -0.4]).data
    model.summary()
    assert "those of 0" in capsys.readouterr().out


def test_parts_in_any_order_go_there_and_back(torch):
    there = torch.nn
    linear, tanh = there.Linear(2, 2), there.Tanh()
    for theirs, count in [
        (there.Sequential(linear, tanh, linear, tanh, there.Linear(2, 1)), 9),
        (there.Sequential(linear, tanh, linear, there.ReLU()), 6),
        (there.Sequential(there.Linear(2, 4), there.LayerNorm(4), there.ReLU()), 20),
        (there.Sequential(there.Linear(2, 4), there.Dropout(0.5), there.ReLU()), 12),
        (there.Sequential(there.Identity(), linear, there.Identity(), tanh), 6),
        (there.Sequential(there.ReLU(), linear, there.ReLU(), tanh), 6),
        (there.Sequential(linear, there.RMSNorm(2)), 8),
        (there.RMSNorm(2), 2),
        (there.Sequential(there.Linear(2, 3), there.SiLU()).bfloat16(), 9),
    ]:
        kind = next(theirs.parameters()).dtype
        for training in (True, False):
            model = from_torch(theirs.train(training))
            again = to_torch(model)
            modes = {it.training for it in (*model.modules(), *again.modules())}
            assert modes == {training}
        assert len(model.parameters()) == sum(it.numel() for it in again.parameters()) == count
        for point in ([1.0, -2.0], [1e-4, 3e-5], [50.0, -20.0]):
            given = theirs(torch.tensor(point, dtype=kind)).tolist()
            limit = 10 * torch.finfo(kind).eps
            found = outputs(model, point)
            assert found == pytest.approx(given, rel=100 * limit, abs=limit * max(map(abs, point)))
            assert again(torch.tensor(point, dtype=torch.float64)).tolist() == pytest.approx(
                found, rel=1e-9
            )


def test_what_would_be_trained_otherwise_is_refused(torch):
    nn, double = torch.nn, torch.float64

    class Scaled(nn.Module):
        def __init__(self, forward):
            super().__init__()
            self.layer, self.scale = nn.Linear(2, 2), nn.Parameter(torch.tensor(1.0))
            self.apply_to = forward

        def forward(self, x):
            return self.apply_to(self.layer(x), self.scale)

    class Dropping(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(2, 8)

        def forward(self, x):
            return nn.functional.dropout(self.layer(x), 0.5, self.training)

    tied = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 2))
    tied[2].weight = tied[0].weight
    for module, words in [
        (tied, "several share"),
        (Scaled(lambda y, scale: y * scale), "one of its own"),
        (Dropping(), "train as they are evaluated"),
        (nn.Embedding(3, 2, padding_idx=0), "padding_idx=0"),
        (nn.Sequential(nn.Linear(2, 2), nn.Softplus(threshold=5)), "threshold=5"),
    ]:
        before = torch.get_rng_state()
        with pytest.raises(ValueError, match=words):
            from_torch(module)
        assert torch.equal(torch.get_rng_state(), before)
        assert module.training
    assert len(from_torch(nn.Sequential(nn.Linear(2, 2), nn.Softplus())).parameters()) == 6

    table, layer = Embedding(5, 3), Layer(3, 5, "linear", bias=False)
    model = Sequential(table, layer)
    assert to_torch(model)[0].weight.dtype == double
    table.rows = tuple(neuron.weights for neuron in layer.neurons)
    with pytest.raises(ValueError, match="share some"):
        to_torch(model)
