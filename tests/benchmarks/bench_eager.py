"""Eager speed beside XAD and micrograd: `python -m pytest tests/benchmarks/bench_eager.py`.

The moons demo's graph (2-16-16-1, hinge loss, L2) of single multiplications, additions and relus,
written once for every engine: recorded, run backward and freed, each engine in processes of its
own, in turn, with the cyclic collector on. XAD is a tape in C++ driven from Python. Then the cost
of a node in graphs of 10³ to 10⁶ nodes, and the bytes that one takes.

Where the time of a node goes, with the collector off: recording 53 %, the walk 22 %, pulling 18 %,
freeing 7 %; the collector adds a tenth, since it looks at each node once while that is new.
"""

import gc
import json
import math
import os
import random
import statistics
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def moons(n=100):
    """Points of two half circles, with labels of 1 and −1."""
    source = random.Random(1337)
    angles = [math.pi * source.random() for _ in range(n)]
    ends = [(math.cos(t), math.sin(t)) for t in angles]
    return [(p, 1.0) if k % 2 else ((1 - p[0], 0.5 - p[1]), -1.0) for k, p in enumerate(ends)]


DATA = moons()


def weights(kind):
    """Three layers of neurons, each a row of weights with the bias at its end."""
    source = random.Random(1)
    return [
        [[kind(source.uniform(-1, 1)) for _ in range(inputs + 1)] for _ in range(neurons)]
        for inputs, neurons in ((2, 16), (16, 16), (16, 1))
    ]


def loss(layers, relu, zero):
    """The demo's loss, of single operations."""
    total = squares = zero
    for point, label in DATA:
        values = point
        for layer in layers:
            outputs = []
            for *ws, b in layer:
                score = b
                for w, x in zip(ws, values, strict=True):
                    score = score + w * x
                outputs.append(score if layer is layers[-1] else relu(score))
            values = outputs
        total = total + relu(1.0 - values[0] * label)
    for p in parameters(layers):
        squares = squares + p * p
    return total * (1.0 / len(DATA)) + squares * 1e-4


def parameters(layers):
    return [p for layer in layers for neuron in layer for p in neuron]


def with_class(kind):
    """Records, runs backward and frees with a class of values; gives the gradients."""
    layers = weights(kind)

    def step():
        loss(layers, kind.relu, kind(0.0)).backward()
        found = [p.grad for p in parameters(layers)]
        for p in parameters(layers):
            p.grad = 0.0
        return found

    return step


def chainrule():
    from autograd import Value

    return with_class(Value)


def unpaced():
    from autograd import Value, pace_collector

    pace_collector(False)
    return with_class(Value)


def without_collector():
    gc.disable()
    return chainrule()


def micrograd():
    from micrograd.engine import Value

    return with_class(Value)


def xad():
    from xad.adj_1st import Real, Tape
    from xad.math import max

    layers, tape = weights(Real), Tape()
    tape.activate()
    tape.registerInputs(parameters(layers))

    def step():
        tape.newRecording()
        total = loss(layers, lambda x: max(x, 0.0), Real(0.0))
        tape.registerOutput(total)
        total.derivative = 1.0
        tape.computeAdjoints()
        return [p.derivative for p in parameters(layers)]

    return step


CONTENDERS = {
    "XAD": xad,
    "chainrule": chainrule,
    "chainrule, collector not paced": unpaced,
    "chainrule, collector off": without_collector,
    "micrograd": micrograd,
}


def measure(name):
    """What a process of its own reports: the median processor time of a step, and gradients."""
    step, times = CONTENDERS[name](), []
    for _ in range(3 if name == "micrograd" else 12):
        start = time.process_time()
        found = step()
        times.append(time.process_time() - start)
    return statistics.median(times[1:]), found


def build(kind, nodes):
    """A graph of about that many nodes, wide and shared as a network's is."""
    ws = [kind(0.5 + k / 64) for k in range(16)]
    total = kind(0.0)
    for step in range(nodes // 48):
        x = kind(step % 7 - 3.0)
        layer = x
        for w in ws:
            layer = (layer * w + x).relu()
        total = total + layer
    return total


SIZES = (10**3, 10**4, 10**5, 10**6)


def shape():
    """The medians of forward and of backward with freeing for each size, nanoseconds a node."""
    from autograd import Value

    times = {nodes: ([], []) for nodes in SIZES}
    for turn in range(40):  # in turn, since a shared machine has good and bad seconds
        for nodes, (forward, backward) in times.items():
            for _ in range(3 if nodes < 10**6 else turn % 10 == 0):
                start = time.process_time()
                root = build(Value, nodes)
                middle = time.process_time()
                root.backward()
                del root
                forward.append((middle - start) / nodes)
                backward.append((time.process_time() - middle) / nodes)
    return [[1e9 * statistics.median(part) for part in parts] for parts in times.values()]


def run(what):
    """What a process of its own reports."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, __file__, what]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert not done.returncode, done.stderr
    return json.loads(done.stdout)


def test_moons_beside_others(capsys):
    pytest.importorskip("xad", reason="xad is not installed")
    pytest.importorskip("micrograd", reason="micrograd is not installed")
    times, gradients = {name: [] for name in CONTENDERS}, {}
    for _ in range(5):
        for name in CONTENDERS:
            took, gradients[name] = run(name)
            times[name].append(took)
    for name, found in gradients.items():
        assert found == pytest.approx(gradients["XAD"], rel=1e-9, abs=1e-14), name
    with capsys.disabled():
        print(f"\n{'moons, single operations':34}ms   times XAD's time")
        for name, took in times.items():
            ratios = [a / b for a, b in zip(took, times["XAD"], strict=True)]
            print(f"{name:30}{1e3 * statistics.median(took):8.1f}{statistics.median(ratios):14.2f}")


def test_shape_of_the_cost(capsys):
    """Backward beside forward, and the cost of a node in small and in large graphs."""
    from autograd import Value

    turns = [run("shape") for _ in range(5)]
    medians = [
        [statistics.median(turn[place][part] for turn in turns) for part in (0, 1)]
        for place in range(len(SIZES))
    ]
    growth = statistics.median(sum(turn[-1]) / sum(turn[0]) for turn in turns)
    tracemalloc.start()
    root = build(Value, 10**5)
    rest = tracemalloc.get_traced_memory()[0] / 10**5
    tracemalloc.reset_peak()
    root.backward()
    peak = tracemalloc.get_traced_memory()[1] / 10**5
    tracemalloc.stop()
    with capsys.disabled():
        print("\n    nodes   forward ns/node   backward ns/node   backward/forward")
        for nodes, (forward, backward) in zip(SIZES, medians, strict=True):
            print(f"{nodes:9}{forward:18.0f}{backward:19.0f}{backward / forward:19.2f}")
        print(f"a node of 10⁶ costs {growth:.2f} times one of 10³")
        print(f"bytes a node: {rest:.0f} at rest, {peak:.0f} at the peak of backward")


if __name__ == "__main__":
    print(json.dumps(shape() if sys.argv[1] == "shape" else measure(sys.argv[1])))
