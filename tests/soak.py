"""The long run of the proofs: `python -m tests.soak --seed 1 --graphs 1000000 --points 100000`.

Random graphs in exact numbers against dual numbers, which know no rule; slopes at random points
against certified ones; gradients of random graphs against PyTorch's, within the error bound of the
two; second and third derivatives of every row over all doubles; the signs of derivations, read
back; the numbers of the live page, in node; Ctrl-C at random lines; strings on the command line.
Prints tables at the end.
The first failure stops the run: a graph is first made as small as it gets, and the last line is the
command that comes to the same failure again, without what had passed.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from autograd.graph import fold, topological
from autograd.ops import OPS
from autograd.testing.dual import exact_derivative
from autograd.testing.rules import check_rule
from autograd.testing.strategies import Expression, woven
from tests.commands import fuzz

EXACT = ("add", "sub", "mul", "neg", "add", "mul", "div")
SMOOTH = ("add", "sub", "mul", "tanh", "sin", "cos", "sigmoid", "softplus", "atan", "silu", "gelu")
UNIT = 2.0**-53


class Different(AssertionError):
    """A counterexample, as small as it was made."""


def random_expression(source, ops, number, steps):
    choices = (
        (source.choice(ops), max(0, source.randint(-7, 8)), max(0, source.randint(-7, 8)))
        for _ in range(source.randint(1, steps))
    )
    count = source.randint(1, 4)
    return Expression(woven(choices, count, ops, steps), tuple(number() for _ in range(count)))


def smaller(expression, fails):
    """The expression without every step and input that it can do without and still fail."""
    shrinking = True
    while shrinking:
        shrinking = False
        for place in range(len(expression.program)):
            steps = expression.program[:place] + expression.program[place + 1 :]
            candidate = Expression(steps, expression.inputs)
            if steps and fails(candidate):
                expression, shrinking = candidate, True
                break
        for place in range(len(expression.inputs)):
            for simple in (0, 1, 2):
                inputs = [*expression.inputs]
                if inputs[place] in (0, 1, 2):
                    break
                inputs[place] = type(inputs[place])(simple)
                candidate = Expression(expression.program, tuple(inputs))
                if fails(candidate):
                    expression, shrinking = candidate, True
                    break
    return expression


def gradients(expression):
    leaves = expression.leaves()
    expression(*leaves).backward()
    return [leaf.grad for leaf in leaves]


def is_inexact(expression):
    try:
        true = [
            exact_derivative(expression, expression.inputs, place)
            for place in range(len(expression.inputs))
        ]
        return gradients(expression) != true
    except ZeroDivisionError:
        return False


def exact_graphs(count, seed, progress=iter):
    """`count` random rational graphs whose gradients are equal to those of dual numbers."""
    source = random.Random(f"exact {seed}")
    for _ in progress(range(count)):
        expression = random_expression(
            source, EXACT, lambda: Fraction(source.randint(-9, 9), source.randint(1, 5)), 10
        )
        if is_inexact(expression):
            raise Different(f"not the exact gradient: {smaller(expression, is_inexact)!r}")
    return count


def second_derivatives(count, seed, progress=iter):
    """`count` random polynomials whose second derivatives are equal to those of dual numbers."""
    from autograd import grad

    source = random.Random(f"second {seed}")

    def is_wrong(expression):
        try:
            true = exact_derivative(expression, expression.inputs, 0, 0)
        except ZeroDivisionError:
            return False
        rest = expression.inputs[1:]
        first = grad(lambda x: expression(x, *rest) + 0 * x)
        return grad(lambda x: first(x) + 0 * x)(expression.inputs[0]) != true

    for _ in progress(range(count)):
        expression = random_expression(source, EXACT, lambda: Fraction(source.randint(-5, 5)), 6)
        if is_wrong(expression):
            raise Different(f"not the exact derivative: {smaller(expression, is_wrong)!r}")
    return count


def order_points(count, seed, progress=iter, rows=None):
    """Second and third derivatives at `count` points a row: the largest errors in ulp."""
    names = [op.name for op in OPS.values() if not op.helper and not op.run]
    return [
        check_rule(OPS[name], count=1, seed=seed, higher=count)
        for name in progress(chosen(names, rows))
    ]


def ulp_points(count, seed, progress=iter, rows=None):
    """`check_rule` for every row at `count` points: the largest errors in ulp."""
    return [
        check_rule(OPS[name], count=count, seed=seed) for name in progress(chosen([*OPS], rows))
    ]


def read_back(count, seed, progress=iter):
    """Every sign of the derivations of random graphs holds, as a reader of them finds."""
    from tests.explain import reading_back  # which makes its graphs with what is here

    return reading_back.derivations(count, seed, progress)


def live_rounds(count, seed, progress=iter):
    """Numbers of the live page: every row, alone and nested, at ten times `count` inputs."""
    from tests.live import expressions

    return expressions.rounds(count, seed, progress)


def interruptions(count, seed, progress=iter):
    """Each entry point of the package, interrupted at `count` random lines: all or nothing."""
    from tests import interrupting

    return interrupting.interruptions(count, seed, progress)


def chosen(names, rows):
    return names if rows is None else [name for name in names if name in rows]


# PyTorch.


def torch_gradients(expression):
    import torch

    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in expression.inputs]
    functions = torch.nn.functional
    named = {"gelu": functions.gelu, "silu": functions.silu}
    # By default it is cut to the straight line at 20, ten digits too early.
    named["softplus"] = lambda x: functions.softplus(x, threshold=1000)

    def applied(op, *operands):
        return (named.get(op.name) or getattr(torch, op.name))(*operands)

    expression.run(leaves, applied).backward()
    return [0.0 if leaf.grad is None else leaf.grad.item() for leaf in leaves]


def bounds(root, leaves):
    """How far two right gradients may be apart: rounding, carried forwards and then backwards.

    A value is off by what its parents are off, times the slope, and its own rounding. A slope is
    off by its own rounding (of numbers near 1, as in 1 - tanh**2) and what its operands are off:
    every slope here changes at most twice as fast as they do. The backward pass with the sizes of
    the slopes carries that to the leaves.
    """
    order = topological(root)
    off = dict.fromkeys(order, 0.0)
    for node in order:
        if node.op is not None:
            carried = sum(abs(slope) * off[parent] for _, parent, slope in node.slopes())
            off[node] = carried + 8 * UNIT * abs(node.data)

    def slopes(node):
        moved = 2 * sum(off[parent] for parent in node.parents)
        for place, parent, slope in node.slopes():
            yield place, parent, (abs(slope), 16 * UNIT * (1 + abs(slope)) + moved)

    def times(total, slope):
        return total[0] * slope[0], total[1] * slope[0] + total[0] * slope[1]

    def plus(left, right):
        return left[0] + right[0], left[1] + right[1]

    found = {
        node: total for node, total, _ in fold(order, (1.0, 0.0), slopes, times=times, plus=plus)
    }
    pairs = [found.get(leaf, (0.0, 0.0)) for leaf in leaves]
    return [2 * error + 8 * len(order) * UNIT * size for size, error in pairs]


def disagrees(expression):
    leaves = expression.leaves()
    root = expression(*leaves)
    root.backward()
    if root.op is None:
        return False
    allowed = bounds(root, leaves)
    there = torch_gradients(expression)
    return any(
        abs(leaf.grad - other) > bound
        for leaf, other, bound in zip(leaves, there, allowed, strict=True)
    )


def torch_graphs(count, seed, progress=iter):
    """`count` random graphs whose gradients agree with PyTorch's within the error bound."""
    source = random.Random(f"torch {seed}")
    for _ in progress(range(count)):
        expression = random_expression(source, SMOOTH, lambda: source.uniform(-3, 3), 12)
        if disagrees(expression):
            raise Different(f"PyTorch disagrees: {smaller(expression, disagrees)!r}")
    return count


# The command.


@dataclass(frozen=True)
class Proof:
    """A part of the soak: `run(count, seed, progress)`, and `rows` if it goes by row."""

    flag: str
    title: str
    run: Callable
    count: int
    help: str
    by_row: bool = False


def notebooks(count, seed, progress=iter):
    """The prompt and the first `count` notebooks, run in a browser that reaches no other host."""
    from tests.classroom import browsing

    missing = browsing.missing() or browsing.unseen()
    if missing:
        print(f"no notebook was run in a browser: {missing}", file=sys.stderr)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        site = browsing.made(Path(folder) / "site")
        with browsing.opened(site.folder) as (browser, address):
            browsing.prompted(browser, address, "print('slope', x.grad)", "slope 1.87")
            for place in progress(range(count)):
                copy = site.notebooks[place]
                limit, onwards = 3600, bool(copy.lacks)
                cells, _ = browsing.run(browser, address, copy.name, limit, onwards=onwards)
                wrong = browsing.unexpected(cells, copy)
                if wrong:
                    raise Different(f"{copy.name} in a browser: {wrong[0]}")
    return count


PROOFS = (
    Proof("graphs", "exact gradients", exact_graphs, 100_000, "exact graphs"),
    Proof(
        "second", "exact second derivatives", second_derivatives, 10_000, "exact second derivatives"
    ),
    Proof("torch", "gradients by PyTorch", torch_graphs, 10_000, "graphs beside PyTorch"),
    Proof(
        *("orders", "derivatives of order 2, 3", order_points, 200),
        *("second and third derivatives an operation", True),
    ),
    Proof("derivations", "derivations read back", read_back, 5_000, "derivations read back"),
    Proof("live", "numbers of the live page", live_rounds, 100, "rounds of 10 inputs in the page"),
    Proof("interruptions", "interruptions", interruptions, 50, "interruptions of each entry"),
    Proof("commands", "strings on the command line", fuzz.strings, 20_000, "command lines"),
    Proof("notebooks", "notebooks in a browser", notebooks, 8, "notebooks run in a browser"),
    Proof("points", "points an operation", ulp_points, 1_000, "points an operation", True),
)


@dataclass
class Bar:
    """A progress bar on standard error, which knows how far it came."""

    name: str
    done: int = field(default=0, init=False)
    item: object = field(default=None, init=False)

    def __call__(self, items):
        start, last = time.monotonic(), 0.0
        for item in items:
            self.item = item
            yield item
            self.done += 1
            now = time.monotonic()
            if now - last > 0.5 or self.done == len(items):
                last = now
                part = self.done / len(items)
                left = (now - start) * (1 - part) / part
                bar = "#" * round(30 * part)
                print(f"\r{self.name:24} [{bar:30}] {left:6.0f} s left", end="", file=sys.stderr)
        print(file=sys.stderr)


def repeating(proof, count, seed, bar):
    """The command that comes to the failure of a proof again: all but it and its row left out."""
    started = proof.by_row and bar.item is not None
    number = count if proof.by_row else bar.done + 1
    rows = f" --rows {bar.item}" if started else ""
    return f"python -m tests.soak --only {proof.flag} --{proof.flag} {number} --seed {seed}{rows}"


def parsed(arguments):
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    for proof in PROOFS:
        parser.add_argument(f"--{proof.flag}", type=int, default=proof.count, help=proof.help)
    flags = [proof.flag for proof in PROOFS]
    parser.add_argument("--only", nargs="+", choices=flags, default=flags, help="leave others out")
    parser.add_argument(
        "--rows", nargs="+", choices=[*OPS], help="operations, of what goes by them"
    )
    return parser.parse_args(arguments)


def main(arguments=None):
    given = parsed(arguments)
    lines, reports = [], {}
    for proof in PROOFS:
        count = vars(given)[proof.flag] if proof.flag in given.only else 0
        start, bar = time.monotonic(), Bar(proof.title)
        rows = {"rows": given.rows} if proof.by_row else {}
        try:
            reports[proof.flag] = proof.run(count, given.seed, bar, **rows) if count else ()
        except Exception as error:
            error.add_note(f"to repeat it: {repeating(proof, count, given.seed, bar)}")
            raise
        lines.append(f"| {proof.title} | {count} | {time.monotonic() - start:.0f} |")
    print(f"seed {given.seed}\n\n| proof | number | seconds |\n|---|---:|---:|", *lines, sep="\n")
    if reports["orders"]:
        print("\n| operation | order 2, ulp | order 3, ulp |\n|---|---:|---:|")
        for report in reports["orders"]:
            print(f"| {report.name} | {report.second:.2f} | {report.third:.2f} |")
    if reports["points"]:
        print("\n| operation | value, ulp | slopes, ulp |\n|---|---:|---|")
        for report in reports["points"]:
            if not OPS[report.name].helper:
                slopes = ", ".join(f"{error:.2f}" for error in report.slopes)
                print(f"| {report.name} | {report.value:.2f} | {slopes} |")


if __name__ == "__main__":
    main()
