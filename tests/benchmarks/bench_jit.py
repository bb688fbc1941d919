"""Compiled speed beside others: `python -m pytest tests/benchmarks/bench_jit.py` prints the tables.

The work is the loss of micrograd's moons demo and its gradient: a 2-16-16-1 network of relu
neurons, hinge loss and weight decay, 104 samples in double precision. Contenders take turns, each
in a process of its own; figures are medians over the rounds, to be read as ratios. `demo.c` is the
same by hand, with vectors as wide as the machine has; its peak is what the multiplications and
additions alone would take there. Contenders that are not installed are left out by name.

What profiles say. Of a call of `flat` on the demo, a third is the forward pass and the rest the
backward pass, which loads, adds to and stores a vector of gradients for each weight and eight
samples; about 2 µs are there with no samples to speak of: clearing and adding up those vectors, the
weight decay's sum, one product after the other, and 0.6 µs of Python. Without fastmath, products
and sums are instructions of their own, and the lanes that no gradient reaches are compared anew for
each input; taking several inputs a turn, keeping the masks as bits, or adding up the vectors eight
at a time changed nothing that could be measured. Given lists instead of arrays, converting them
takes ten times as long as the computation. LLVM's standard passes do not make the code faster and
take longer than all the rest together, so two that tidy up are all that run; of what is left of
compiling, two thirds is selecting instructions and a tenth is writing the text.
"""

import ctypes
import hashlib
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from autograd import Value, cos, dot, exp, jit, log, relu, sin, tanh

np = pytest.importorskip("numpy", reason="numpy is not installed")
pytest.importorskip("llvmlite", reason="llvmlite is not installed")

SAMPLES = 104
SIZES = (2, 16, 16, 1)
ALPHA = 1e-4
rng = np.random.default_rng(1)
X = rng.normal(size=(SAMPLES, 2))
Y = np.where(X[:, 0] * X[:, 1] > 0, 1.0, -1.0)
W = rng.uniform(-1, 1, 337)


def network(values):
    """The demo's model over 337 values, neuron by neuron the weights and then the bias."""
    feed = iter(values)
    layers = [
        [([next(feed) for _ in range(n)], next(feed)) for _ in range(m)] for n, m in pairwise(SIZES)
    ]

    def model(x, total, activate):
        for k, layer in enumerate(layers):
            x = [total(weights, x) + bias for weights, bias in layer]
            if k + 1 < len(layers):
                x = [activate(value) for value in x]
        return x[0]

    return model


def chainrule(values, total=dot):
    model = network(values)

    def loss(x, y):
        return relu(1 - y * model(x, total, relu)) + ALPHA * total(values, values)

    return loss


def sum_of_products(xs, ys):
    return sum((x * y for x, y in zip(xs[1:], ys[1:], strict=True)), xs[0] * ys[0])


# Contenders: each returns the function that computes the mean loss and its gradient once.


def compiled(*, fastmath):
    values = [Value(w) for w in W]
    program = jit(chainrule(values), fastmath=fastmath, batch=True).trace(X, Y)
    place = {id(value): k for k, value in enumerate(values)}
    order = np.array([place[id(value)] for value in program.parameters])
    w = W[order]

    def run():
        loss, grad = program.flat(w, X, Y)
        return loss, grad[np.argsort(order)]

    return run, lambda: program.flat(w, X, Y)


def library():
    """demo.c, compiled for this processor."""
    folder = Path(__file__).parent
    made = folder / "build" / "demo.so"
    made.parent.mkdir(exist_ok=True)
    flags = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC"]
    subprocess.run(["gcc", *flags, "-o", made, folder / "demo.c"], check=True)
    loaded = ctypes.CDLL(str(made))
    loaded.demo.restype = loaded.peak.restype = ctypes.c_double
    return loaded


def by_hand():
    demo = library().demo
    grad = np.empty(337)
    addresses = [ctypes.c_void_p(array.ctypes.data) for array in (W, X, Y)]
    arguments = (SAMPLES, *addresses, ctypes.c_double(ALPHA), ctypes.c_void_p(grad.ctypes.data))
    return (lambda: (demo(*arguments), grad)), lambda: demo(*arguments)


def at_peak():
    """Nothing but as many multiplications and additions as the demo has, in registers."""
    made = library()
    turns = round(FLOPS / (2 * 12 * made.lanes()))
    grad = np.full(337, np.nan)
    return (lambda: (made.peak(turns), grad)), lambda: made.peak(turns)


def with_ddx():
    import ddx

    @ddx.equation
    def loss():
        values = [ddx.var(f"w{k}") for k in range(337)]
        x, y = [ddx.param("x0"), ddx.param("x1")], ddx.param("y")
        out = network(values)(x, sum_of_products, lambda z: ddx.max(z, 0.0))
        return ddx.max(1.0 - y * out, 0.0) + ALPHA * sum_of_products(values, values)

    points = np.vstack([np.repeat(W[:, None], SAMPLES, axis=1), X.T, Y])
    loss.compile(points=SAMPLES)
    call = loss.buffer(points)

    def run():
        call()
        return call.value.mean(), call.jacobian.mean(axis=1)

    return run, run


def with_torch():
    import torch

    torch.set_num_threads(1)
    x, y = torch.tensor(X), torch.tensor(Y)
    layers, start = [], 0
    for n, m in pairwise(SIZES):
        part = torch.tensor(W[start : start + m * (n + 1)]).reshape(m, n + 1)
        layers.append((part[:, :n].clone().requires_grad_(), part[:, n].clone().requires_grad_()))
        start += m * (n + 1)
    leaves = [leaf for layer in layers for leaf in layer]

    def step():
        h = x
        for weights, bias in layers[:-1]:
            h = torch.relu(torch.nn.functional.linear(h, weights, bias))
        out = torch.nn.functional.linear(h, *layers[-1])[:, 0]
        decay = sum((leaf * leaf).sum() for leaf in leaves)
        loss = torch.relu(1 - y * out).mean() + ALPHA * decay
        return loss, torch.autograd.grad(loss, leaves)

    def run():
        loss, grads = step()
        pairs = zip(grads[::2], grads[1::2], strict=True)
        return loss.item(), np.vstack(
            [np.concatenate([torch.hstack([g, b[:, None]]).numpy().ravel() for g, b in pairs])]
        )[0]

    return run, step


def with_micrograd():
    from micrograd.engine import Value as Scalar

    def step():
        values = [Scalar(float(w)) for w in W]
        model = network(values)
        losses = [
            (1 + -float(y) * model([*map(float, x)], sum_of_products, Scalar.relu)).relu()
            for x, y in zip(X, Y, strict=True)
        ]
        loss = sum(losses) * (1 / SAMPLES) + ALPHA * sum_of_products(values, values)
        loss.backward()
        return loss.data, np.array([value.grad for value in values])

    return step, step


def eager():
    def step():
        values = [Value(w) for w in W.tolist()]
        loss = chainrule(values)
        total = sum(loss(x, y) for x, y in zip(X.tolist(), Y.tolist(), strict=True)) / SAMPLES
        total.backward()
        return total.data, np.array([value.grad for value in values])

    return step, step


# Multiplications and additions: forward, to the weights and, but for the first layer, the inputs.
FLOPS = SAMPLES * sum(
    m * (2 * n + 2 * n + 1 + 2 * n * (k > 0)) for k, (n, m) in enumerate(pairwise(SIZES))
)
PEAK = "the machine's peak: flops alone"

CONTENDERS = {
    "C by hand, gcc -O3 -ffast-math": by_hand,
    "jit, fastmath": lambda: compiled(fastmath=True),
    "jit": lambda: compiled(fastmath=False),
    "ddx-ad, compiled batch": with_ddx,
    "PyTorch, one thread": with_torch,
    "eager, dot neurons": eager,
    "micrograd": with_micrograd,
    PEAK: at_peak,
}


SLOW = ("eager, dot neurons", "micrograd")


def timed(step, seconds):
    """The time of one call, measured for about that long."""
    count = 0
    start = time.perf_counter()
    while True:
        step()
        count += 1
        spent = time.perf_counter() - start
        if spent > seconds:
            return spent / count


def shown(capsys, *lines):
    with capsys.disabled():
        print("\n" + "\n".join(lines))


def tiny(a, b):
    c = a + b
    e = c - (a * b + b**3)
    return e * e / 2


def small(a, b):
    """The expression that micrograd's README differentiates."""
    c = a + b
    d = a * b + b**3
    c = c + c + 1
    c = c + 1 + c - a
    d = d + d * 2 + relu(b + a)
    d = d + 3 * d + relu(b - a)
    e = c - d
    f = e**2
    return f / 2.0 + 10.0 / f


BURTORCH = {"bin_tiny_example": 10**5, "bin_small_example": 2 * 10**4}


def burtorch(folder):
    """Nanoseconds that BurTorch's own loops take for a point of `tiny` and of `small`.

    They are two of its C++ examples, measured where they are built and on the PATH: the best of the
    ways that each tries.
    """
    found = []
    for name, points in BURTORCH.items():
        if not shutil.which(name):
            return None
        runs = []
        for _ in range(5):
            done = subprocess.run([name], cwd=folder, capture_output=True, text=True, check=True)
            seconds = re.findall(r"(?:buffers|topo-sort): ([0-9.]+)", done.stdout)
            runs.append(min(map(float, seconds)) / points)
        found.append(1e9 * statistics.median(runs))
    return found


def test_calls(capsys, tmp_path):
    """One call from Python, and one point of many, of the expressions that BurTorch measures."""
    lines = ["nanoseconds a point              tiny    small"]
    rows = {"call: value": [], "call: value and gradient": [], "map: value and gradient": []}
    points = rng.uniform(0.5, 2, (2, 10**5))
    for f in (tiny, small):
        program, many = jit(f), jit(f, batch=True)
        steps = [
            lambda program=program: program(0.5, 2.0),
            lambda program=program: program.value_and_grad(0.5, 2.0),
            lambda many=many: many.value_and_grad(*points),
        ]
        for (name, row), step in zip(rows.items(), steps, strict=True):
            step()
            each = statistics.median(timed(step, 0.05) for _ in range(15))
            row.append(1e9 * each / (len(points[0]) if "map" in name else 1))
    lines += [f"{name:28}{a:9.1f}{b:9.1f}" for name, (a, b) in rows.items()]
    other = burtorch(tmp_path)
    if other:
        lines.append(f"{'BurTorch, value and gradient':28}{other[0]:9.1f}{other[1]:9.1f}")
    else:
        lines.append("not on the PATH: " + ", ".join(BURTORCH))
    shown(capsys, *lines)


def test_functions(capsys):
    """Mathematical functions over many points, beside NumPy's."""
    x = rng.uniform(0.1, 5, 10**5)
    lines = ["nanoseconds a point              jit    NumPy"]
    for function in (exp, log, sin, cos, tanh):
        program = jit(function, batch=True)
        program(x)
        own = statistics.median(timed(lambda program=program: program(x), 0.03) for _ in range(9))
        ufunc = getattr(np, function.__name__)
        other = statistics.median(timed(lambda ufunc=ufunc: ufunc(x), 0.03) for _ in range(9))
        lines.append(f"{function.__name__:28}{1e9 * own / len(x):9.2f}{1e9 * other / len(x):9.2f}")
    shown(capsys, *lines)


def test_compiling(capsys, monkeypatch, tmp_path):
    """From the function to the first gradient, without and with compiled code on disk."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    lines = ["seconds to the first gradient              first     again"]

    def wide(n, *layers):
        random.seed(2)
        values = []

        def model(x):
            feed = iter(values)
            for size in layers:
                x = [
                    relu(dot([next(feed) for _ in x], x) + next(feed)) if size > 1
                    else dot([next(feed) for _ in x], x)
                    for _ in range(size)
                ]  # fmt: skip
            return x[0] * x[0]

        sizes = [n, *layers]
        count = sum((a + 1) * b for a, b in zip(sizes, layers, strict=False))
        values += [Value(random.uniform(-1, 1)) for _ in range(count)]
        return model, np.ones((8, n))

    demo = chainrule([Value(w) for w in W])
    work = {"the demo's loss": (demo, (X, Y))}
    model, inputs = wide(8, 64, 64, 1)
    work["a network of 8-64-64-1"] = (model, (inputs,))
    for name, (f, arguments) in work.items():
        spent = []
        for _ in range(2):
            start = time.perf_counter()
            program = jit(f, batch=True).trace(*arguments)
            program.flat([value.data for value in program.parameters], *arguments)
            spent.append(time.perf_counter() - start)
        lines.append(f"{name:38}{spent[0]:10.3f}{spent[1]:10.3f}")
    shown(capsys, *lines)


class Process:
    """A contender in a process of its own, so that none disturbs another (two bring an LLVM)."""

    def __init__(self, name):
        self._process = subprocess.Popen(
            [sys.executable, __file__, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        first = json.loads(self._process.stdout.readline())
        self.missing, self.loss, self.grad = first["missing"], first["loss"], first["grad"]
        self.times = []

    def measure(self, seconds):
        print(seconds, file=self._process.stdin, flush=True)
        self.times.append(float(self._process.stdout.readline()))

    def close(self):
        self._process.communicate()


def serve(name):
    """What such a process does: the numbers first, then one time for each line that comes in."""
    try:
        run, step = CONTENDERS[name]()
    except (ImportError, FileNotFoundError) as error:
        missing = getattr(error, "name", None) or error.filename
        print(json.dumps({"missing": missing, "loss": None, "grad": None}), flush=True)
        return
    loss, grad = run()
    print(json.dumps({"missing": "", "loss": float(loss), "grad": [*map(float, grad)]}), flush=True)
    for line in sys.stdin:
        print(timed(step, float(line)), flush=True)


def test_demo(capsys):
    """The demo's loss and gradient, every contender in turn; all agree on the numbers."""
    processes = {name: Process(name) for name in CONTENDERS}
    missing = [process.missing for process in processes.values() if process.missing]
    running = {name: process for name, process in processes.items() if not process.missing}
    expected = running["jit"]
    for name, process in running.items():
        if name == PEAK:
            continue
        assert process.loss == pytest.approx(expected.loss, rel=1e-11)
        np.testing.assert_allclose(process.grad, expected.grad, rtol=1e-8, atol=1e-11)
    for turn in range(40):
        for name, process in running.items():
            if turn < 3 or name not in SLOW:
                process.measure(0.02)
    for process in processes.values():
        process.close()
    medians = {name: statistics.median(process.times) for name, process in running.items()}
    first = next(iter(medians.values()))
    shown(
        capsys,
        f"the demo's loss and gradient, {SAMPLES} samples" + " " * 8 + "µs    ratio",
        *(f"{name:42}{1e6 * t:12.1f}{t / first:9.2f}" for name, t in medians.items()),
        *(["not installed: " + ", ".join(missing)] if missing else []),
        *processor(medians),
    )


def processor(medians):
    """What the figures were measured on."""
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    name = model[1] if model else "unknown processor"
    if PEAK not in medians:
        return [name]
    speed = FLOPS / medians[PEAK] / 1e9
    return [f"{name}: vectors of {library().lanes()} doubles, {FLOPS} flops, {speed:.1f} a ns"]


def heavy(a, b):
    """A few functions: work that the memory does not wait for."""
    return tanh(a * b) + sin(a) * exp(-b * b)


def test_cores(capsys):
    """`map` over 10⁶ samples: one worker against two, with bytes hashed in threads as a control."""
    size = 10**6
    rows = []
    loss = chainrule([Value(w) for w in W])
    sampled = rng.normal(size=(size, 2)), np.where(rng.normal(size=size) > 0, 1.0, -1.0)
    points = tuple(rng.uniform(0.5, 2, (2, size)))
    for name, f, arguments in (
        ("the demo's loss, map", loss, sampled),
        ("tanh, sin and exp, map", heavy, points),
        ("three products and a cube, map", tiny, points),
        ("the demo's loss, flat", loss, sampled),
    ):
        program = jit(f, batch=True).trace(*arguments)
        w = np.array([value.data for value in program.parameters])
        if "flat" in name:
            call = lambda n, p=program, w=w, a=arguments: p.flat(w, *a, workers=n)
        else:
            call = lambda n, p=program, a=arguments: p.map(*a, workers=n)
        rows.append((name, call))
    data = bytes(10**5)

    def control(count):
        with ThreadPoolExecutor(count) as pool:
            list(pool.map(lambda _: hashlib.sha256(data).digest(), range(200)))

    rows.append(("control: SHA-256", control))
    lines = ["milliseconds                      one worker       two   ratio"]
    for name, call in rows:
        times = {1: [], 2: []}
        call(2)
        for _ in range(15):
            for count, found in times.items():
                start = time.perf_counter()
                call(count)
                found.append(time.perf_counter() - start)
        one, two = (1e3 * statistics.median(found) for found in times.values())
        lines.append(f"{name:32}{one:12.2f}{two:10.2f}{one / two:8.2f}")
    shown(capsys, *lines)


if __name__ == "__main__":
    serve(sys.argv[1])
