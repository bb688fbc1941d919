"""micrograd's moons demo beside micrograd: `python -m pytest tests/benchmarks/bench_moons.py`.

A network 2-16-16-1 on 100 points, hinge loss and L2 penalty: forward, backward and update, written
with the same lines for every engine, with the cyclic collector on. `elementary` records the same
single multiplications and additions as micrograd; `dot` one node for each neuron. The rounds of the
engines alternate, and the ratios are those of their medians.
"""

import gc
import statistics
import sys
import time

import pytest

import nn

micrograd = pytest.importorskip("micrograd.nn", reason="micrograd is not installed")

DATA = nn.moons(100, noise=0.1, seed=1337, labels=(-1, 1))
MODELS = {
    "micrograd": lambda: micrograd.MLP(2, [16, 16, 1]),
    "elementary": lambda: nn.MLP(2, [16, 16, 1], seed=1337, elementary=True),
    "dot": lambda: nn.MLP(2, [16, 16, 1], seed=1337),
}


def step(model, rate=0.1):
    """One step of the demo, as its notebook has it."""
    scores = [model(point) for point, _ in DATA]
    losses = [(1 + -label * score).relu() for score, (_, label) in zip(scores, DATA, strict=True)]
    data_loss = sum(losses) * (1.0 / len(losses))
    total = data_loss + 1e-4 * sum(p * p for p in model.parameters())
    model.zero_grad()
    total.backward()
    for p in model.parameters():
        p.data -= rate * p.grad


def fitted(model):
    """The same step by `fit`."""
    nn.fit(model, DATA, nn.hinge, nn.SGD(0.1), l2=1e-4, progress=False)


def seconds(work, model):
    start = time.perf_counter()
    work(model)
    return time.perf_counter() - start


def test_the_demo_beside_micrograd(capsys):
    models = {name: make() for name, make in MODELS.items()}
    work = {name: (step, model) for name, model in models.items()}
    work |= {f"{name}, fit": (fitted, models[name]) for name in ("elementary", "dot")}
    found = {name: [] for name in work}
    for warm, model in work.values():
        warm(model)
    for _ in range(7):
        for name, (run, model) in work.items():
            gc.collect()
            found[name] += [seconds(run, model) for _ in range(1 if name == "micrograd" else 5)]
    medians = {name: statistics.median(times) for name, times in found.items()}
    with capsys.disabled():
        print("\nmoons demo, one step       ms    × micrograd")
        for name, median in medians.items():
            print(f"{name:20}{1e3 * median:9.1f}{medians['micrograd'] / median:15.1f}")


def test_memory_stays_flat_over_ten_thousand_steps(capsys):
    """Allocated blocks after 10², 10³ and 10⁴ steps of a small network, collector off."""
    model, data = nn.MLP(2, [3, 1], activation="tanh", seed=1), nn.xor((-1, 1))
    optimizer = nn.Optimizer(nn.Adam(0.001), model.parameters())
    gc.collect()
    gc.disable()
    blocks = []
    try:
        for steps in (100, 900, 9000):
            nn.fit(model, data, nn.hinge, optimizer, epochs=steps)
            blocks.append(sys.getallocatedblocks())
    finally:
        gc.enable()
    with capsys.disabled():
        print(f"\nblocks after 10², 10³, 10⁴ steps: {blocks}")
