"""`fit(jit=True)` beside scikit-learn: `python -m pytest tests/benchmarks/bench_digits.py`.

scikit-learn's digits (1 797 images of 8 × 8), a network 64-32-10 of relu neurons, Adam, batches of
32, the same number of epochs for both; `fit` counts right answers as it goes, MLPClassifier does
not. Contenders take turns, each in a process of its own, all of a training measured: from samples
and a new network to weights. The second table is the time to the first step of wider networks.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("llvmlite", reason="llvmlite is not installed")
datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")

EPOCHS = 20
X, Y = datasets.load_digits(return_X_y=True)
X /= 16


def chainrule():
    from nn import MLP, Adam, cross_entropy, fit

    data = [*zip(X.tolist(), Y.tolist(), strict=True)]

    def train():
        model = MLP(64, [32, 10], seed=1)
        history = fit(
            model, data, cross_entropy, Adam(0.001), EPOCHS, 32, jit=True, seed=1, progress=False
        )
        return history.epoch_loss[-1]

    return train


def scikit_learn():
    import warnings

    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore")  # so few epochs do not converge

    def train():
        model = MLPClassifier(
            (32,), alpha=0, batch_size=32, max_iter=EPOCHS, tol=0, n_iter_no_change=EPOCHS + 1
        )
        return model.fit(X, Y).loss_

    return train


CONTENDERS = {"MLPClassifier": scikit_learn, "fit(jit=True)": chainrule}


def serve(name):
    """What a process does: one training, timed, for each line that comes in."""
    train = CONTENDERS[name]()
    for _ in sys.stdin:
        start = time.perf_counter()
        loss = train()
        print(time.perf_counter() - start, loss, flush=True)


def process(name, **environment):
    return subprocess.Popen(
        [sys.executable, __file__, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
    )


def test_digits(capsys, tmp_path):
    """A training of each in turn; the first one of ours compiles."""
    running = {name: process(name, XDG_CACHE_HOME=str(tmp_path)) for name in CONTENDERS}
    times = {name: [] for name in running}
    for _ in range(10):
        for name, one in running.items():
            print(file=one.stdin, flush=True)
            spent, loss = map(float, one.stdout.readline().split())
            assert loss < 0.4
            times[name].append(spent)
    for one in running.values():
        one.communicate()
    other = statistics.median(times["MLPClassifier"][1:])
    lines = [f"digits, {EPOCHS} epochs: seconds, ratio     first    median   ratio"]
    for name, (first, *rest) in times.items():
        median = statistics.median(rest)
        lines.append(f"{name:32}{first:12.3f}{median:10.3f}{median / other:8.2f}")
    shown(capsys, lines)


FIRST = """
import random, sys, time
from nn import MLP, SGD, cross_entropy, fit
n = int(sys.argv[1])
rng = random.Random(1)
data = [([rng.random() for _ in range(n)], rng.randrange(10)) for _ in range(32)]
start = time.perf_counter()
fit(MLP(n, [32, 10], seed=1), data, cross_entropy, SGD(0.01), jit=True)
print(time.perf_counter() - start)
"""


def test_first_step(capsys, tmp_path):
    """From nothing to one step of n-32-10 with biases, without and with code on disk."""
    lines = ["seconds to the first step           first     again"]
    for n in (64, 784):
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / str(n))}
        environment["PYTHONPATH"] = str(Path(__file__).parents[2])
        spent = [
            float(
                subprocess.run(
                    [sys.executable, "-c", FIRST, str(n)],
                    capture_output=True,
                    text=True,
                    check=True,
                    env=environment,
                ).stdout
            )
            for _ in range(2)
        ]
        lines.append(
            f"{n}-32-10, {(n + 1) * 32 + 330} parameters".ljust(31)
            + "{:10.3f}{:10.3f}".format(*spent)
        )
    shown(capsys, lines)


def shown(capsys, lines):
    with capsys.disabled():
        print("\n" + "\n".join(lines))


if __name__ == "__main__":
    serve(sys.argv[1])
