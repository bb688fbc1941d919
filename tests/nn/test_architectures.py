"""Recurrences, attention, residuals, shared weights, embeddings: plain Python with modules.

Each is trained eager and compiled with equal numbers, and has PyTorch's gradients.
"""

import math
from fractions import Fraction

import pytest

from autograd import Value, dot, sigmoid, softmax, tanh
from nn import (
    SGD,
    Adam,
    Embedding,
    Layer,
    LayerNorm,
    Module,
    Sequential,
    binary_cross_entropy,
    cross_entropy,
    fit,
    l2_penalty,
    mse,
)


class Elman(Module):
    """h ← tanh(W·(x, h) + b) over a sequence of ids, and scores after the last."""

    def __init__(self):
        self.table, self.step = Embedding(4, 2, seed=1), Layer(5, 3, "tanh", seed=2)
        self.out = Layer(3, 4, "linear", seed=3)

    def __call__(self, ids):
        h = [0.0] * 3
        for x in self.table(ids):
            h = self.step([*x, *h])
        return self.out(h)

    def torch(self, torch, w, ids):
        h = torch.zeros(3, dtype=torch.float64)
        for i in ids:
            h = torch.tanh(w["step.w"] @ torch.cat([w["table.rows"][i], h]) + w["step.b"])
        return w["out.w"] @ h + w["out.b"]


class GRU(Module):
    """The cell of Cho et al. (2014) as `torch.nn.GRU` has it, and the last state's mean."""

    def __init__(self):
        self.x, self.h = Layer(2, 6, "linear", seed=1), Layer(2, 6, "linear", seed=2)

    def __call__(self, sequence):
        h = [0.0, 0.0]
        for x in sequence:
            a, b = self.x(x), self.h(h)
            reset = [sigmoid(a[k] + b[k]) for k in (0, 1)]
            keep = [sigmoid(a[k] + b[k]) for k in (2, 3)]
            new = [tanh(a[4 + k] + reset[k] * b[4 + k]) for k in (0, 1)]
            h = [(1 - z) * n + z * old for z, n, old in zip(keep, new, h, strict=True)]
        return h

    def torch(self, torch, w, sequence):
        cell = torch.nn.GRU(2, 2, dtype=torch.float64)
        names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        given = dict(zip(names, (w["x.w"], w["h.w"], w["x.b"], w["h.b"]), strict=True))
        steps = torch.tensor(sequence, dtype=torch.float64)
        return torch.func.functional_call(cell, given, (steps,))[1][0]


class Attention(Module):
    """One causal head over a sequence, with positions, a residual connection and a norm."""

    def __init__(self):
        self.table, self.places = Embedding(4, 3, seed=1), Embedding(3, 3, seed=2)
        self.heads = {
            name: Layer(3, 2, "linear", bias=False, seed=seed) for seed, name in enumerate("qkv", 3)
        }
        self.back, self.norm = Layer(2, 3, "linear", bias=False, seed=6), LayerNorm(3)

    def __call__(self, ids):
        xs = [
            [a + b for a, b in zip(self.table(i), self.places(k), strict=True)]
            for k, i in enumerate(ids)
        ]
        q, k, v = ([self.heads[name](x) for x in xs] for name in "qkv")
        outputs = []
        for t in range(len(xs)):
            shares = softmax([dot(q[t], k[s]) / math.sqrt(2) for s in range(t + 1)])
            mixed = [dot(shares, [v[s][j] for s in range(t + 1)]) for j in (0, 1)]
            changed = [a + b for a, b in zip(xs[t], self.back(mixed), strict=True)]
            outputs.append([dot(row, self.norm(changed)) for row in self.table.rows])  # tied
        return outputs

    def torch(self, torch, w, ids):
        x = w["table.rows"][list(ids)] + w["places.rows"][: len(ids)]
        q, k, v = (x @ w[f"heads.{name}.w"].T for name in "qkv")
        mixed = torch.nn.functional.scaled_dot_product_attention(
            q[None], k[None], v[None], is_causal=True
        )[0]
        x = x + mixed @ w["back.w"].T
        x = torch.nn.functional.layer_norm(x, (3,), w["norm.gamma"], w["norm.beta"])
        return x @ w["table.rows"].T


class Residual(Module):
    """The same block twice, with shared weights."""

    def __init__(self):
        self.block = Layer(2, 2, "tanh", seed=1)
        self.blocks = [self.block, self.block]
        self.out = Layer(2, 1, "linear", seed=2)

    def __call__(self, xs):
        for block in self.blocks:
            xs = [x + y for x, y in zip(xs, block(xs), strict=True)]
        return self.out(xs)

    def torch(self, torch, w, xs):
        x = torch.tensor(xs, dtype=torch.float64)
        for _ in range(2):
            x = x + torch.tanh(w["block.w"] @ x + w["block.b"])
        return w["out.w"] @ x + w["out.b"]


def torch_loss(torch, kind, outputs, target):
    if kind is cross_entropy:
        return torch.nn.functional.cross_entropy(outputs, torch.tensor(target))
    wanted = torch.tensor(target, dtype=torch.float64).reshape(outputs.shape)
    if kind is mse:
        return torch.nn.functional.mse_loss(outputs, wanted)
    return torch.nn.functional.binary_cross_entropy_with_logits(outputs, wanted)


SEQUENCE = [[0.1, 0.2], [-0.5, 1.0], [2.0, 0.3]]
CASES = {
    "elman": (Elman, cross_entropy, [((0, 1, 3), 2), ((2, 2, 1), 0), ((3, 0, 0), 3)]),
    "gru": (GRU, mse, [(SEQUENCE, [0.5, -0.5]), (SEQUENCE[::-1], [0.0, 1.0])]),
    "attention": (Attention, cross_entropy, [((0, 1, 3), (1, 3, 2)), ((3, 3, 0), (3, 0, 1))]),
    "residual": (Residual, binary_cross_entropy, [((0.5, -1.0), 1), ((2.0, 0.1), 0)]),
}
CASE = pytest.mark.parametrize("case", CASES)


def layers(model):
    """The parameters as matrices and vectors, by name: those of layers as `w` and `b`."""
    found, known = {}, set()
    for path, module in model.named_modules():
        if isinstance(module, Layer):
            found[f"{path}.w"] = [list(n.weights) for n in module.neurons]
            if module.neurons[0].bias is not None:
                found[f"{path}.b"] = [n.bias for n in module.neurons]
            known |= {*module.parameters()}
        elif isinstance(module, Embedding):
            found[f"{path}.rows"] = [list(row) for row in module.rows]
        elif isinstance(module, LayerNorm):
            found |= {f"{path}.gamma": list(module.gamma), f"{path}.beta": list(module.beta)}
    return found


def data_of(tree, read):
    return [data_of(x, read) for x in tree] if isinstance(tree, list) else read(tree)


@CASE
def test_gradients_are_pytorchs(torch, case):
    make, loss, data = CASES[case]
    model = make()
    values = layers(model)
    w = {
        name: torch.tensor(data_of(tree, lambda v: v.data), dtype=torch.float64).requires_grad_()
        for name, tree in values.items()
    }
    for inputs, target in data:
        expected = torch_loss(torch, loss, model.torch(torch, w, inputs), target)
        expected.backward()
        found = loss(model(inputs), target)
        found.backward()
        assert found.data == pytest.approx(expected.item(), rel=1e-12)
    for name, tree in values.items():
        grads = torch.tensor(data_of(tree, lambda v: float(v.grad)), dtype=torch.float64)
        assert torch.allclose(grads, w[name].grad, rtol=1e-9, atol=1e-13), name


@CASE
def test_compiled_training_is_eager_training(case):
    pytest.importorskip("numpy")
    make, loss, data = CASES[case]
    found = []
    for jit in (False, True):
        model = make()
        options = {"epochs": 3, "batch_size": 2, "seed": 1, "l2": 0.01, "validation": data}
        history = fit(model, data, loss, Adam(0.05), jit=jit, **options)
        numbers = [*history.loss, *history.validation_loss, *(p.data for p in model.parameters())]
        found.append((numbers, history.accuracy, history.validation_accuracy))
    assert found[1][0] == pytest.approx(found[0][0], rel=1e-9, abs=1e-12)
    assert found[1][1:] == found[0][1:]


class Tied(Module):
    def __init__(self):
        self.w = Value(Fraction(3))
        self.again = [self.w]

    def __call__(self, x):
        return self.w * x + self.again[0]


@pytest.mark.parametrize("jit", [False, True])
def test_a_tied_weight_counts_once_in_every_penalty(jit):
    if jit:
        pytest.importorskip("numpy")
    model = Tied()
    number = float if jit else Fraction
    history = fit(
        model, [(number(1), number(0))], mse, SGD(number(1) / 8), l2=number(1),
        validation=[(number(1), number(0))], jit=jit,
    )  # fmt: skip
    w = 3 - Fraction(1, 8) * (2 * 6 * 2 + 2 * 3)
    assert history.loss == [36 + 9]
    assert history.validation_loss == [4 * w * w + w * w]
    assert model.w.data == w
    assert l2_penalty([model.w, *model.again], 2).data == 2 * w * w
    assert l2_penalty([3, 3], 2) == 36


def test_a_shared_layer_is_counted_once(capsys):
    Sequential(layer := Layer(2, 2), layer).summary()
    assert capsys.readouterr().out.splitlines()[2:] == [
        "0       Layer  2 → 2  relu                 6",
        "total                                      6",
    ]
