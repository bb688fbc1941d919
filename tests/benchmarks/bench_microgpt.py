"""A step of training a small GPT: `python -m pytest tests/benchmarks/bench_microgpt.py`.

The program is `gpt.py`, of the model and in the style of the field's `microgpt.py`: about 60 000
single operations a word. Each contender trains on the same words in processes of its own, in turn,
with the cyclic collector on; its first loss and all gradients are compared with the plain class's.
A contender is a function that gives two: a step of training, and the loss with its gradients.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":  # the file is run by its name, gpt is beside it
    import gpt
else:
    from tests.benchmarks import gpt


def plain():
    """The forty lines that the field's program has for its values."""
    return gpt.trainer(gpt.Plain)


def eager():
    """The same lines with our Value instead."""
    from autograd import Value

    return gpt.trainer(Value)


def unpaced():
    """The same, the cyclic collector as Python sets it."""
    from autograd import Value, pace_collector

    pace_collector(False)
    return gpt.trainer(Value)


# What it takes to compile the same program: each line, and what stands there instead. Tokens stay
# Python ints, and the means of Adam are arrays.
CHANGES = {
    "import math\n": "import math\nfrom functools import reduce\n"
    "import numpy as np\nfrom autograd import jit, maximum, stop_gradient\n",
    "    largest = max(score.data for score in scores)\n":
        "    largest = stop_gradient(reduce(maximum, scores))\n",
    "    def follow(": "    @jit\n    def follow(",
    "    def run(": "    @jit\n    def run(",
    "    def gradients(": """\
    weights = np.array([p.data for p in run.trace(tokens("a")).parameters])

    def gradients(""",
    "    means, squares, steps = [0.0] * len(parameters), [0.0] * len(parameters), 0\n":
        "    means = squares = steps = 0\n",
    "        nonlocal steps\n": "        nonlocal weights, means, squares, steps\n",
    """\
        total = run(tokens(word))
        total.backward()
        for i, p in enumerate(parameters):
            p.data, means[i], squares[i] = adam(p.data, p.grad, means[i], squares[i], steps)
            p.grad = 0.0
        return total.data
""": """\
        total, slopes = run.flat(weights, [tokens(word)])
        weights, means, squares = adam(weights, slopes, means, squares, steps)
        return total
""",
    # And what is compared:
    """\
        total = run(tokens(word))
        total.backward()
        return total.data, [""": """\
        total = run.backward(tokens(word))
        return total, [""",
}  # fmt: skip


def compiled():
    """The same lines but for `CHANGES`: two functions are compiled, for each length of a word."""
    import linecache

    from autograd import Value

    text = Path(gpt.__file__).read_text()
    for old, new in CHANGES.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    # Which list is indexed is looked up in the text.
    linecache.cache["<compiled gpt>"] = len(text), None, text.splitlines(True), "<compiled gpt>"
    made = {}
    exec(compile(text, "<compiled gpt>", "exec"), made)
    return made["trainer"](Value)


def numpy_by_hand():
    """Arrays for a whole word, forward and backward written out."""
    import numpy as np

    w = {name: np.array(rows) for name, rows in gpt.numbers().items()}
    heads, size = gpt.HEADS, gpt.WIDTH // gpt.HEADS
    means = {name: [np.zeros_like(rows), np.zeros_like(rows)] for name, rows in w.items()}
    steps = 0

    def normed(x):
        scale = ((x * x).mean(1, keepdims=True) + 1e-5) ** -0.5
        return x * scale, scale

    def through_norm(g, x, scale):
        return g * scale - x * scale**3 * (g * x).mean(1, keepdims=True)

    def softmax(x):
        e = np.exp(x - x.max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True)

    def split(x):
        return x.reshape(len(x), heads, size).transpose(1, 0, 2)

    def joined(x):
        return x.transpose(1, 0, 2).reshape(x.shape[1], gpt.WIDTH)

    def value_and_gradients(word):
        line = np.array(gpt.tokens(word))
        now, following, n = line[:-1], line[1:], len(line) - 1
        x = w["token"][now] + w["place"][:n]
        a, a_scale = normed(x)
        b, b_scale = normed(a)
        q, k, v = (split(b @ w[name].T) for name in ("query", "key", "value"))
        scores = q @ k.transpose(0, 2, 1) / size**0.5
        weights = softmax(np.where(np.tri(n, dtype=bool), scores, -np.inf))
        read = joined(weights @ v)
        c = a + read @ w["out"].T
        d, d_scale = normed(c)
        inner = np.maximum(d @ w["wide"].T, 0.0)
        e = c + inner @ w["narrow"].T
        p = softmax(e @ w["scores"].T)
        loss = -np.log(p[range(n), following]).mean()

        g = {}
        p[range(n), following] -= 1.0
        p /= n
        g["scores"], ge = p.T @ e, p @ w["scores"]
        g["narrow"], gi = ge.T @ inner, ge @ w["narrow"] * (inner > 0)
        g["wide"] = gi.T @ d
        gc = ge + through_norm(gi @ w["wide"], c, d_scale)
        g["out"], gr = gc.T @ read, split(gc @ w["out"])
        gw = gr @ v.transpose(0, 2, 1)
        gs = weights * (gw - (gw * weights).sum(-1, keepdims=True)) / size**0.5
        parts = {"query": gs @ k, "key": gs.transpose(0, 2, 1) @ q}
        parts["value"] = weights.transpose(0, 2, 1) @ gr
        gb = np.zeros_like(b)
        for name, part in parts.items():
            g[name] = joined(part).T @ b
            gb += joined(part) @ w[name]
        gx = through_norm(gc + through_norm(gb, a, b_scale), x, a_scale)
        g["token"], g["place"] = np.zeros_like(w["token"]), np.zeros_like(w["place"])
        np.add.at(g["token"], now, gx)
        g["place"][:n] = gx
        return loss, g

    def step(word):
        nonlocal steps
        loss, g = value_and_gradients(word)
        steps += 1
        for name, (mean, square) in means.items():
            mean += 0.15 * (g[name] - mean)
            square += 0.01 * (g[name] ** 2 - square)
            root = np.sqrt(square / (1 - 0.99**steps)) + 1e-8
            w[name] -= 0.01 * (mean / (1 - 0.85**steps)) / root
        return float(loss)

    def gradients(word):
        loss, g = value_and_gradients(word)
        return float(loss), np.concatenate([g[name].ravel() for name in w]).tolist()

    return step, gradients


def pytorch():
    """Tensors of doubles for a whole word, one thread."""
    import torch
    from torch.nn.functional import cross_entropy, linear, scaled_dot_product_attention

    torch.set_num_threads(1)
    w = {
        name: torch.tensor(rows, dtype=torch.float64, requires_grad=True)
        for name, rows in gpt.numbers().items()
    }
    adam = torch.optim.Adam(w.values(), lr=0.01, betas=(0.85, 0.99), eps=1e-8)

    def normed(x):
        return x * ((x * x).mean(1, keepdim=True) + 1e-5) ** -0.5

    def split(x):
        return x.reshape(len(x), gpt.HEADS, -1).transpose(0, 1)

    def loss(word):
        line = torch.tensor(gpt.tokens(word))
        x = normed(w["token"][line[:-1]] + w["place"][: len(line) - 1])
        a = normed(x)
        q, k, v = (split(linear(a, w[name])) for name in ("query", "key", "value"))
        read = scaled_dot_product_attention(q[None], k[None], v[None], is_causal=True)[0]
        x = x + linear(read.transpose(0, 1).reshape(len(x), -1), w["out"])
        x = x + linear(linear(normed(x), w["wide"]).relu(), w["narrow"])
        return cross_entropy(linear(x, w["scores"]), line[1:])

    def step(word):
        adam.zero_grad()
        total = loss(word)
        total.backward()
        adam.step()
        return total.item()

    def gradients(word):
        total = loss(word)
        total.backward()
        return total.item(), torch.cat([p.grad.ravel() for p in w.values()]).tolist()

    return step, gradients


CONTENDERS = {
    "its own class": plain,
    "chainrule": eager,
    "chainrule, collector not paced": unpaced,
    "chainrule, compiled": compiled,
    "NumPy by hand": numpy_by_hand,
    "PyTorch": pytorch,
}
NEEDS = {"NumPy by hand": "numpy", "PyTorch": "torch"}


def measure(name):
    """What a process of its own reports: the median processor time of a step, what it computes."""
    found = CONTENDERS[name]()[1](gpt.WORDS[0])
    step = CONTENDERS[name]()[0]
    times, losses = [], []
    for word in gpt.WORDS[:24]:
        start = time.process_time()
        losses.append(step(word))
        times.append(time.process_time() - start)
    print(json.dumps([statistics.median(times[4:]), *found, losses[-1]]))


def test_a_step_of_training(capsys):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    names = [name for name in CONTENDERS if name not in NEEDS or installed(NEEDS[name])]
    times, found = {name: [] for name in names}, {}
    for _ in range(5):
        for name in names:
            command = [sys.executable, __file__, name]
            done = subprocess.run(command, capture_output=True, text=True, env=environment)
            assert not done.returncode, done.stderr
            took, *found[name] = json.loads(done.stdout)
            times[name].append(took)
    loss, gradients, last = found["its own class"]
    for name, (its_loss, its_gradients, its_last) in found.items():
        assert its_loss == pytest.approx(loss, rel=1e-12), name
        assert its_gradients == pytest.approx(gradients, rel=1e-9, abs=1e-14), name
        assert its_last == pytest.approx(last, rel=1e-6), name
    with capsys.disabled():
        print(f"\n{'a step of training':34}ms   times as fast as its own class")
        for name, took in times.items():
            ratios = [a / b for a, b in zip(times["its own class"], took, strict=True)]
            print(f"{name:32}{1e3 * statistics.median(took):7.2f}{statistics.median(ratios):10.2f}")


def prepare():
    """What a process reports that compiles all that the words need, and a first step of each."""
    start = time.perf_counter()
    step, _ = compiled()
    for word in {len(word): word for word in gpt.WORDS}.values():
        step(word)
    print(time.perf_counter() - start)


def test_compiling(capsys, tmp_path):
    """All that training needs, for the first time and from disk."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    times = {"first time": [], "from disk": []}
    for turn in range(3):
        environment["XDG_CACHE_HOME"] = str(tmp_path / str(turn))
        for found in times.values():
            command = [sys.executable, __file__, "--prepare"]
            done = subprocess.run(command, capture_output=True, text=True, env=environment)
            assert not done.returncode, done.stderr
            found.append(float(done.stdout))
    with capsys.disabled():
        print(f"\ncompiling all that words of {len({*map(len, gpt.WORDS)})} lengths need, s")
        for name, found in times.items():
            print(f"{name:32}{statistics.median(found):7.2f}")


def installed(package):
    from importlib.util import find_spec

    return find_spec(package) is not None


if __name__ == "__main__":
    prepare() if sys.argv[1] == "--prepare" else measure(sys.argv[1])
