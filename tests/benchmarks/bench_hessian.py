"""A compiled Hessian beside CasADi's: `python -m pytest tests/benchmarks/bench_hessian.py`.

Rosenbrock's function of 20 numbers, whose Hessian has three diagonals: both leave the zeros out of
the computation. Each takes the same list of floats; CasADi gives its sparse matrix, we give lists
of floats. Contenders take turns, each in a process of its own.
"""

import os
import statistics
import subprocess
import sys
import timeit
from pathlib import Path

import pytest

pytest.importorskip("llvmlite", reason="llvmlite is not installed")
pytest.importorskip("casadi", reason="casadi is not installed")

SIZE = 20
POINT = [0.1 * k for k in range(SIZE)]


def rosenbrock(x):
    return sum(100 * (x[k + 1] - x[k] ** 2) ** 2 + (1 - x[k]) ** 2 for k in range(SIZE - 1))


def chainrule():
    from autograd import hessian, jit

    return jit(hessian(rosenbrock)), lambda found: found


def casadi():
    import casadi as ca

    x = ca.SX.sym("x", SIZE)
    found = ca.Function("H", [x], [ca.hessian(rosenbrock(ca.vertsplit(x)), x)[0]])
    return found, lambda matrix: matrix.full().tolist()


CONTENDERS = {"CasADi": casadi, "jit(hessian(f))": chainrule}


def serve(name):
    """What a process does: the Hessian as lists, then a time for each line that comes in."""
    f, lists = CONTENDERS[name]()
    print(lists(f(POINT)), flush=True)
    for _ in sys.stdin:
        print(min(timeit.repeat(lambda: f(POINT), number=1000, repeat=5)) / 1000, flush=True)


def exact():
    """The Hessian in fractions, by hand."""
    from fractions import Fraction

    x = [Fraction(v) for v in POINT]
    h = [[Fraction(0)] * SIZE for _ in x]
    for k in range(SIZE - 1):
        h[k][k] += 1200 * x[k] ** 2 - 400 * x[k + 1] + 2
        h[k + 1][k + 1] += 200
        h[k][k + 1] = h[k + 1][k] = -400 * x[k]
    return h


def test_hessian(capsys):
    processes = {
        name: subprocess.Popen(
            [sys.executable, __file__, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        for name in CONTENDERS
    }
    for process in processes.values():
        found = eval(process.stdout.readline())
        for row, right in zip(found, exact(), strict=True):
            assert row == pytest.approx([float(x) for x in right], rel=1e-12)
    times = {name: [] for name in processes}
    for _ in range(7):
        for name, process in processes.items():
            process.stdin.write("\n")
            process.stdin.flush()
            times[name].append(float(process.stdout.readline()))
    for process in processes.values():
        process.communicate()
    medians = {name: statistics.median(found) for name, found in times.items()}
    with capsys.disabled():
        print(f"\nHessian of Rosenbrock's function of {SIZE} numbers, a call:")
        for name, median in medians.items():
            print(f"  {name:16} {median * 1e6:6.1f} µs  {median / medians['CasADi']:5.2f} ×")


if __name__ == "__main__":
    serve(sys.argv[1])
