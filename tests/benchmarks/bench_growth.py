"""Cost as the work grows: `python -m pytest tests/benchmarks/bench_growth.py` prints the table.

One expression of many single operations, from a hundred to a million; its value and gradient by
the eager engine and by both kinds of compiled program, each in a process of its own. Time is the
best of several runs; memory is how much the process grew at its peak, compiling included. With
`NODES=6` in the environment programs of a million operations are compiled too, which takes minutes
and gigabytes; `PLOT=growth.svg` draws the table.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ENGINES = ("eager", "python", "llvm")


def work(nodes):
    """A function of two numbers with about that many operations, each used again nearby."""
    from autograd import tanh

    def f(x, y):
        values = [x, y]
        while len(values) < nodes:
            a, b = values[-1], values[-2 - len(values) % 7 % (len(values) - 1)]
            kind = len(values) % 20
            values.append(tanh(a) if kind == 0 else a * b if kind % 2 else a - b)
        return values[-1]

    return f


def measure(engine, nodes):
    """What a process of its own reports: seconds to prepare, seconds a run, bytes it grew by."""
    import resource

    from autograd import Value, jit

    def peak():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

    f = work(nodes)
    if engine != "eager":
        jit(lambda x: x * x, backend=engine)(1.0)  # what every program needs, once
    before = peak()

    def step():
        if engine == "eager":
            f(Value(0.5), Value(0.25)).backward()
        else:
            program.value_and_grad(0.5, 0.25)

    start = time.perf_counter()
    if engine != "eager":
        program = jit(f, backend=engine)
        step()
    prepared = time.perf_counter() - start
    step()
    times = []
    for _ in range(25 if nodes < 10**5 else 5):
        turns = max(1, 20000 // nodes)
        start = time.perf_counter()
        for _ in range(turns):
            step()
        times.append((time.perf_counter() - start) / turns)
    print(json.dumps([prepared, min(times), peak() - before]))


def test_growth(capsys, tmp_path):
    """Time and memory a node must not depend on how many nodes there are."""
    largest = int(os.environ.get("NODES", "5"))
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": root, "XDG_CACHE_HOME": str(tmp_path)}
    rows = []
    for engine in ENGINES:
        for exponent in range(2, 1 + (6 if engine == "eager" else largest)):
            nodes = 10**exponent
            command = [sys.executable, __file__, engine, str(nodes)]
            done = subprocess.run(command, env=environment, capture_output=True, text=True)
            if done.returncode:
                pytest.fail(done.stderr)
            prepared, run, grown = json.loads(done.stdout)
            rows.append((engine, nodes, 1e9 * run / nodes, 1e6 * prepared / nodes, grown / nodes))
    with capsys.disabled():
        print("\nengine      nodes   ns/node   compiling µs/node   peak bytes/node")
        for engine, nodes, run, prepared, grown in rows:
            memory = f"{grown:18.0f}" if nodes >= 10**4 else " " * 18
            print(f"{engine:8}{nodes:9}{run:10.1f}{prepared:20.1f}{memory}")
    if "PLOT" in os.environ:
        plot(rows, os.environ["PLOT"])


def plot(rows, path):
    """Time a node against nodes, both logarithmic: a horizontal line is linear cost."""
    from nn import plot_curves

    curves = {
        engine: [(nodes, run) for name, nodes, run, *_ in rows if name == engine]
        for engine in ENGINES
    }
    axes = {"xlabel": "operations", "ylabel": "value and gradient, ns an operation"}
    plot_curves(curves, log="xy", **axes).save(path)


if __name__ == "__main__":
    measure(sys.argv[1], int(sys.argv[2]))
