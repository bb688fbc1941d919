"""Expressions for the page: every row that JavaScript has, alone and nested, beside Python."""

import math
import random
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import autograd as ag
from autograd import Value, where
from autograd.engine import record
from autograd.explain.slopes import share, total_of
from autograd.functions import log_softmax, softmax
from autograd.graph import fold, replay, topological
from autograd.ops import BESIDE, OPS
from tests.export.running import UNWRITTEN, distance
from tests.jit.test_rows import EXACT, near_root
from tests.live.node import data_of, data_of_graph, number_of, run

# What gives Python's number itself, also of floats.
ARITHMETIC = EXACT | {*BESIDE}


def network(a, b, c, d):
    h = a * b + c * d
    return (h * d - c - a) ** 2 / 2 + 0.5 * h


def shared(a, b, c):
    d = a * b + c
    e = d * d
    return e / (d + a) - e * b + d


def divided(a, b):
    whole, rest = divmod(a, b)
    return whole * b + rest * a - (a % 3) + 7 // b


NESTED = {
    "network": (network, 4),
    "shared": (shared, 3),
    "divided": (divided, 2),
    "cubes": (lambda a, b: a**3 - 3 * a**2 * b + b**-1 + a**0, 2),
    "quotients": (lambda a, b, c: (a / b) / (b / c) - 1 / (a - c) + a / 3, 3),
    "kinks": (lambda a, b: abs(a) * b.relu() + a.relu6() - a.hardtanh() * b.sign(), 2),
    "choices": (lambda a, b, c: a.maximum(b) * b.minimum(c) + c.clip(a, b), 3),
    "where": (lambda a, b, c: where(a > b, a * c, b / c) + where(b, c, a) - where(c - c, a, b), 3),
    "steps": (lambda a, b: a.floor() * b.ceil() - a.trunc() * b + a.copysign(b), 2),
    "leaky": (lambda a, b: a.leaky_relu() + b.leaky_relu(0.5) * a.leaky_relu(b), 2),
    "roots": (lambda a, b: (a * a).sqrt() + (b * b * b).cbrt() - ag.hypot(3 * a, 4 * a) * b, 2),
    "powers": (lambda a, b: (a * a + 1) ** b - 2**a + (b * b) ** Fraction(1, 2), 2),
    "dots": (lambda a, b, c: ag.dot([a, b, a], [c, 2, b]) * ag.dot([a, b], [a, b]), 3),
    "means": (lambda a, b, c: ag.mean([a, b, c, 1]) * ag.prod([a, b, c]) - ag.norm([a, b]), 3),
    "sums": (lambda a, b, c: ag.logsumexp([a, b, c, 0]) - ag.logsumexp([a, a]), 3),
    "softmax": (lambda a, b, c: softmax([a, b, c])[1] * log_softmax([a, c])[0], 3),
    "sigmoids": (lambda a, b: (a * b).sigmoid() * a.tanh() + (a - b).softplus(), 2),
    "gates": (lambda a, b: a.silu() * b.gelu() + (a + b).mish() - a.elu(b) + b.celu(), 2),
    "selu": (lambda a, b: a.selu() * b.hardsigmoid() - a.hardswish() + b.softsign(), 2),
    "waves": (lambda a, b: a.sin() * b.cos() - (a * b).tan() + (a + b).sin(), 2),
    "arcs": (lambda a, b: (a / 4).asin() + (b / 4).acos() * a.atan() - a.atan2(b), 2),
    "hyperbolic": (lambda a, b: a.sinh() - b.cosh() + a.asinh() + (b / 4).atanh(), 2),
    "areas": (lambda a, b: (a * a + 1).acosh() + (a / 4).erfinv() * b.erf() - a.erfc(), 2),
    "logarithms": (lambda a, b: (a * a).log() + b.log2() - (a * a + b * b).log10(), 2),
    "bases": (lambda a, b: ag.log(a * a + 2, b * b + 2) + a.expm1() * b.log1p() - a.exp2(), 2),
    "products": (lambda a, b: a.xlogy(b * b) + a.xlog1py(b) - a.logaddexp(b), 2),
    "entropy": (lambda a, b: -(a.sigmoid() * a.log_sigmoid() + (b / 9).logit()), 2),
    "decay": (lambda a, b: (-a * a / 2).exp() * b + (a * b).exp() / (1 + a.exp()), 2),
    "depth": (lambda a: sum((a * k + 1 for k in range(9)), a) * a, 1),
    "constant": (lambda a: a * 0 + (a - a) * a + 3, 1),
    "untouched": (lambda a, b: where(a > 0, a, 1 / b) * (b - b).relu(), 2),
    "stopped": (lambda a, b: ag.stop_gradient(a * b) * a - ag.stop_gradient(a) / b, 2),
}


def compared(a, b):
    """Comparisons as nodes, which traces record."""
    both = [record(BESIDE[name], a, b) for name in ("lt", "le", "gt", "ge", "eq", "ne")]
    return sum((flag * (a + k) for k, flag in enumerate(both)), a) / (both[0] + both[3])


NESTED["compared"] = compared, 2


def alone(op):
    """A row on leaves, two elements to each run."""
    return (lambda *leaves: record(op, *leaves)), (4 if op.run else len(op.inputs))


ALONE = {name: alone(op) for name, op in OPS.items() if name not in UNWRITTEN}


EXTREME = (math.inf, -math.inf, math.nan, -0.0, 1e300, -1e200, 5e-324, 1e-310, 2.0**53 + 2, 710.0)
KINKS = (0, 1, -1, 3, -3, 6, 2, Fraction(1, 2))


def inputs(source, count, kind):
    """Numbers for so many leaves: of one kind, or of several; kinks and equal ones among them."""

    def number(of):
        x = source.choice(KINKS) if source.random() < 0.3 else None
        if of == "float":
            if source.random() < 0.04:
                return source.choice(EXTREME)
            wide = source.choice((source.uniform(-4, 4), source.gauss(0, 1) * 10))
            return wide if x is None else float(x)
        if of == "int":
            return source.randint(-9, 9) if x is None or x.denominator > 1 else int(x)
        return (
            Fraction(source.randint(-40, 40), source.randint(1, 12)) if x is None else Fraction(x)
        )

    found = [number(source.choice(KINDS[:3]) if kind == "mixed" else kind) for _ in range(count)]
    if count > 1 and source.random() < 0.2:
        found[1] = found[0]
    return found


KINDS = "float", "fraction", "int", "mixed"


def graph(expression, count):
    return expression(*(Value(0.75 + k, "abcd"[k]) for k in range(count)))


SCRIPT = """
import { rows } from "./rows.js";
import { Session } from "./graph.js";
for (const [program, cases] of data.given) {
  const leaves = program.nodes.filter((node) => node.op === null);
  const places = program.nodes.flatMap((node, place) => node.op === null ? [place] : []);
  for (const numbers of cases) {
    leaves.forEach((leaf, k) => leaf.start = numbers[k]);
    const session = new Session(program, rows);
    say(written([session.values, session.slopes, session.gradients]));
  }
}
"""


def check(folder, expressions, count, seed):
    """Every value, slope and gradient in the page beside Python's, at `count` inputs of each.

    At each node Python computes with the numbers that the page has for its operands: a row of
    ARITHMETIC, and whatever is exact, must be equal, a function within 4 ulp (64 for helpers, as
    elsewhere). With the page's slopes Python's backward pass must give the page's gradients. Where
    a graph has nothing but arithmetic, Python's own pass through all of it must give them as well.
    """
    source = random.Random(f"{seed}")
    roots = {name: graph(*of) for name, of in expressions.items()}
    given, ops = [], {}
    for name, (_, size) in expressions.items():
        cases = [inputs(source, size, KINDS[k % 4]) for k in range(count)]
        order = topological(roots[name])
        leaves = [node for node in order if node.op is None]
        letters = ["abcd".index(leaf.label) for leaf in leaves]
        given.append((name, order, leaves, [[case[k] for k in letters] for case in cases]))
        ops |= {node.op: None for node in order if node.op}
    data = [
        [data_of_graph(order[-1]), [[*map(data_of, case)] for case in cases]]
        for _, order, _, cases in given
    ]
    said = iter(run(folder, SCRIPT, ops=ops, given=data))
    for name, order, leaves, cases in given:
        for case in cases:
            values, slopes, gradients = next(said)
            here = [*map(number_of, values)], [[*map(number_of, s)] for s in slopes]
            here = *here, [*map(number_of, gradients)]
            check_nodes((name, case), order, *here)
            check_whole((name, case), order, dict(zip(leaves, case, strict=True)), *here)


def rounds(count, seed, progress=iter):
    """`check` of all expressions, `count` times at 10 inputs of each."""
    for turn in progress(range(count)):
        with TemporaryDirectory() as folder:
            check(Path(folder), NESTED | ALONE, 10, f"{seed} {turn}")
    return count


def check_nodes(where, order, values, slopes, gradients):
    place = {node: k for k, node in enumerate(order)}
    for k, node in enumerate(order):
        if node.op is None:
            continue
        op = node.op
        operands = [values[place[x]] if isinstance(x, Value) else x for x in node.inputs]
        limit = 0 if op.name in ARITHMETIC else 64 if op.helper else 4
        assert_near((*where, k, op.name), op, op.compute, op.split(operands), values[k], limit)
        for at, (which, numbers) in enumerate(op.places(operands)):
            if isinstance(node.inputs[at], Value):
                about = (*where, k, op.name, "slope", at)
                numbers = *numbers, values[k]
                assert_near(about, op, op.handed[which], numbers, slopes[k][at], limit)
            else:
                assert slopes[k][at] is None

    def known(node):
        for at, parent in enumerate(node.inputs):
            if isinstance(parent, Value):
                slope = slopes[place[node]][at]
                yield at, parent, False if slope is None else slope

    expected = {node: total for node, total, _ in fold(order, 1, known, times=share, plus=total_of)}
    for node, gradient in zip(order, gradients, strict=True):
        assert same(gradient, expected.get(node)), (where, place[node], gradient)


def check_whole(where, order, changes, values, slopes, gradients):
    """Python's own value and gradients, where all is arithmetic and Python has them."""
    if any(node.op and node.op.name not in ARITHMETIC for node in order):
        return
    try:
        root = replay(order[-1], {leaf: Value(x, leaf.label) for leaf, x in changes.items()})
        root.backward()
    except (ArithmeticError, TypeError):
        return
    again = topological(root)
    assert len(again) == len(order)
    for node, value, gradient in zip(again, values, gradients, strict=True):
        assert same(value, node.raw), (where, node)
        assert same(0 if gradient is None else gradient, node.grad), (where, node, gradient)


def same(x, y):
    """Equal, zeros with their signs, or both missing or nan; exact where the other is exact."""
    if x is None or y is None:
        return x is y
    if x != x or y != y:
        return x != x and y != y
    if isinstance(x, float) and isinstance(y, float) and math.copysign(1, x) != math.copysign(1, y):
        return False
    return x == y and x.__class__ is y.__class__


def assert_near(where, op, function, operands, found, limit):
    try:
        expected = function(*operands)
        refused = False
    except (ArithmeticError, TypeError):  # what Python refuses is computed in doubles
        expected, refused = function(*map(doubled, operands)), True
    if expected is False:
        assert found is None, (where, operands, found)
        return
    assert found is not None, (where, operands, expected)
    if not refused and not isinstance(expected, float):
        assert same(found, expected), (where, operands, found, expected)
        return
    point = [x for x in map(doubled, operands) if isinstance(x, float)]
    far = distance(float(found), float(expected))
    if found == 0 == expected:
        assert math.copysign(1, found) == math.copysign(1, expected), (where, operands, found)
    assert far <= limit or near_root(op, point, found, expected), (where, operands, found, expected)


def doubled(x):
    if isinstance(x, list | tuple):
        return tuple(map(doubled, x))
    try:
        return float(x)
    except OverflowError:
        return math.copysign(math.inf, x)
