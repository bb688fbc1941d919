"""micrograd's moons demo beside micrograd: `python -m pytest tests/benchmarks/bench_moons.py`.

A network 2-16-16-1 on 100 points, hinge loss and L2 penalty: forward, backward and update, written
with the same lines for every engine, with the cyclic collector on. `elementary` records the same
single multiplications and additions as micrograd; `dot` one node for each neuron.
"""

import gc
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

import nn

micrograd = pytest.importorskip("micrograd.nn", reason="micrograd is not installed")

ROOT = Path(__file__).parent.parent.parent

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


WORK = {"micrograd": step, "elementary": step, "dot": step}
WORK |= {"elementary, fit": fitted, "dot, fit": fitted}


def measure(name):
    """The median time of a step in this process, in seconds, after a warm-up."""
    work, model = WORK[name], MODELS[name.removesuffix(", fit")]()
    times = []
    for _ in range(3 if name == "micrograd" else 9):
        start = time.perf_counter()
        work(model)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def test_the_demo_beside_micrograd(capsys):
    """Each engine in processes of its own, in turn: the collector scans only what is theirs."""
    found = {name: [] for name in WORK}
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}  # installed or not
    for _ in range(5):
        for name, times in found.items():
            command = [sys.executable, __file__, name]
            done = subprocess.run(
                command, capture_output=True, text=True, check=True, env=environment
            )
            times.append(float(done.stdout))
    medians = {name: statistics.median(times) for name, times in found.items()}
    with capsys.disabled():
        print("\nmoons demo, one step       ms    × micrograd")
        for name, times in found.items():
            ratios = [a / b for a, b in zip(found["micrograd"], times, strict=True)]
            print(f"{name:20}{1e3 * medians[name]:9.1f}{statistics.median(ratios):15.1f}")


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


if __name__ == "__main__":
    print(measure(sys.argv[1]))
