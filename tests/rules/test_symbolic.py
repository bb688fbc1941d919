"""Every slope, and every slope as a textbook writes it, proved by a computer algebra system.

sympy differentiates what the row means and must get the slope text; the value text must mean the
same. A text with conditions is proved branch by branch: at sample points that between them take
every branch that some double in the domain takes, conditions and absolute values are decided, and
what is left is proved for all numbers with those signs.
"""

import itertools
import operator

import pytest

pytest.importorskip("sympy")

import sympy

from autograd.ops import OPS
from autograd.testing.sampling import points
from autograd.text import (
    CONSTANTS,
    Binary,
    Call,
    Choice,
    Compare,
    Logic,
    Name,
    Negative,
    Not,
    Number,
    calls,
    parts,
    walk,
)

SAMPLES = [sympy.Rational(s) for s in ("-5/2", "-1/3", "2/5", "3/2")]


def logsumexp(xs):
    return sympy.log(sum(map(sympy.exp, xs)))


def softmax(x, xs):
    return sympy.exp(x) / sum(map(sympy.exp, xs))


def softmean(xs, ys):
    return sum(y * softmax(x, xs) for x, y in zip(xs, ys, strict=True))


def sinc_dn(n, x):
    t = sympy.Dummy()
    return sympy.diff(sympy.sin(sympy.pi * t) / (sympy.pi * t), t, n).subs(t, x)


# What sympy knows. Everything else is what the rows say that it means.
PRIMITIVES = {
    **{
        name: getattr(sympy, name)
        for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan")
    },
    "erf": sympy.erf,
    "erfc": lambda x: 1 - sympy.erf(x),  # in which it simplifies better
    "erfinv": sympy.erfinv,
    "gamma": sympy.gamma,
    "lgamma": lambda x: sympy.log(sympy.gamma(x) ** 2) / 2,
    "digamma": sympy.digamma,
    "sinc_dn": sinc_dn,
    "polygamma": sympy.polygamma,
    "atan2": lambda x, y: sympy.atan(x / y),  # up to a constant in each half plane
    **{
        name: lambda _, value=value: sympy.Rational(value.numerator, value.denominator)
        for name, value in CONSTANTS.items()
    },
    "prod": sympy.prod,
    "prod_dx": lambda x, xs: sympy.prod(xs) / x,
    "mean": lambda xs: sum(xs) / len(xs),
    "share": lambda xs: sympy.Rational(1, len(xs)),
    "norm": lambda xs: sympy.sqrt(sum(x * x for x in xs)),
    "norm_dx": lambda x, xs: x / sympy.sqrt(sum(x * x for x in xs)),
    "dot": lambda xs, ys: sum(x * y for x, y in zip(xs, ys, strict=True)),
    "logsumexp": logsumexp,
    "softmax": softmax,
    "softmean": softmean,
    "softmean_dx": lambda x, y, xs, ys: softmax(x, xs) * (y - softmean(xs, ys)),
}
SIGNS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class Writer:
    """Turns a tree into an expression, at a sample point that decides its conditions."""

    def __init__(self, op, names, sample, taken=None):
        self.op, self.names, self.sample = op, {"pi": sympy.pi, **names}, sample
        self.taken = set() if taken is None else taken

    def __call__(self, node):
        match node:
            case Number(value):
                return sympy.Integer(value)
            case Name(name):
                return self.names[name]
            case Negative(of):
                return -self(of)
            case Binary(sign, left, right):
                return SIGNS[sign](self(left), self(right))
            case Choice(test, yes, no):
                branch = yes if self.holds(test) else no
                self.taken.add(branch)
                return self(branch)
            case Call("abs", (of,)):
                return self(of) if self.number(of) >= 0 else -self(of)
            case Call("floor", (of,)):  # a constant near the sample point
                return sympy.floor(self.number(of))
            case Call("polygamma" | "sinc_dn" as name, (n, x)):
                return PRIMITIVES[name](sympy.floor(self.number(n)), self(x))
            case Call(name, arguments):
                return self.call(name, list(map(self, arguments)))
        raise TypeError(node)

    def call(self, name, given):
        if name in PRIMITIVES:
            return PRIMITIVES[name](*given)
        row = self.op.rows[name]
        inner = Writer(row, dict(zip(row.parameters, given, strict=True)), self.sample)
        return inner(row.trees.meaning)

    def number(self, node):
        found = sympy.sympify(self(node)).subs(self.sample)
        return found if found.is_Rational else found.evalf(30)

    def holds(self, node):
        match node:
            case Compare(signs, sides):
                numbers = list(map(self.number, sides))
                return all(
                    bool(SIGNS[sign](x, y))
                    for sign, x, y in zip(signs, numbers, numbers[1:], strict=False)
                )
            case Logic(word, conditions):
                return (all if word == "and" else any)(map(self.holds, conditions))
            case Not(of):
                return not self.holds(of)
        return bool(self.number(node) != 0)


def inside(op, point):
    known = Writer(op, dict(zip(op.inputs, point, strict=True)), {})
    return known.holds(op.trees.domain) and not known.holds(op.trees.kink)


def samples(op):
    return [p for p in itertools.product(SAMPLES, repeat=len(op.inputs)) if inside(op, p)]


def is_zero(difference):
    steps = (
        sympy.simplify,
        lambda e: sympy.simplify(e.rewrite(sympy.exp)),
        lambda e: sympy.simplify(sympy.expand(sympy.powsimp(sympy.expand_log(e, force=True)))),
        lambda e: sympy.simplify(sympy.radsimp(e)),
        lambda e: sympy.simplify(sympy.factor(sympy.simplify(e.rewrite(sympy.exp)))),
    )
    return difference == 0 or any(step(difference) == 0 for step in steps)


def signed(point):
    """A positive symbol for the size of each number, and the number with its sign."""
    sizes = sympy.symbols(f"a:{len(point)}", positive=True)
    return sizes, [
        sympy.Integer(0) if x == 0 else sympy.sign(x) * size
        for size, x in zip(sizes, point, strict=True)
    ]


class Proof:
    """The proofs of a row, and the branches of its texts that they took."""

    def __init__(self, op):
        self.op, self.taken, self.proved = op, set(), set()
        # A value that is only a call of its own routine has a meaning and no text.
        self.texts = [*([] if op.name in names_called(op.trees.value) else [op.trees.value])]
        self.texts += op.trees.slopes

    def at(self, point):
        sizes, numbers = signed(point)
        sample = {size: abs(x) for size, x in zip(sizes, point, strict=True)}
        environment = dict(zip(self.op.inputs, numbers, strict=True))

        def write(tree, taken=None):
            return Writer(self.op, environment, sample, taken)(tree)

        meaning = write(self.op.trees.meaning)
        if self.texts[0] is self.op.trees.value:
            self.equal(meaning, write(self.texts[0], self.taken), (self.op.value, point))
        environment["z"] = meaning
        for place, tree in enumerate(self.op.trees.slopes):
            slope = write(tree, self.taken)
            if point[place] != 0:  # else a constant here: the other slopes are proved
                true = sympy.diff(meaning, sizes[place]) * sympy.sign(point[place])
                self.equal(true, slope, (self.op.slopes[place], point))
                self.equal(true, write(self.op.trees.written[place]), ("written", place, point))

    def equal(self, true, found, what):
        pair = (sympy.sympify(true), sympy.sympify(found))
        if pair not in self.proved:
            assert is_zero(pair[0] - pair[1]), (what, true, found)
            self.proved.add(pair)

    def new_branches(self, point):
        """The branches that a point of doubles takes and no proof has taken."""
        arguments = (*point, self.op.compute(*point))
        found = set()

        def walk_taken(node):
            if isinstance(node, Choice):
                test = self.op.number_function("test", node.test, self.op.arguments)
                node = node.yes if test(*arguments) else node.no
                found.add(node)
                walk_taken(node)
            else:
                list(map(walk_taken, parts(node)))

        list(map(walk_taken, self.texts))
        return found - self.taken


def names_called(tree):
    return {call.name for call in calls(tree)}


@pytest.mark.parametrize("name", [name for name in OPS if not OPS[name].run])
def test_proved(name):
    op = OPS[name]
    proof = Proof(op)
    for point in samples(op):
        proof.at(point)
    if any(isinstance(node, Choice) for tree in proof.texts for node in walk(tree)):
        for point in points(op, 400):
            new = proof.new_branches(point)
            if new:
                proof.at([sympy.Rational(x) for x in point])
                assert new <= proof.taken, (point, new)


@pytest.mark.parametrize("name", [name for name in OPS if OPS[name].run])
def test_run_rows_proved(name):
    op = OPS[name]
    size = 3
    runs = [sympy.symbols(f"{name}:{size}", real=True) for name in op.inputs]
    whole = dict(zip(op.parameters, runs, strict=True))
    value = Writer(op, whole, {})(op.trees.meaning) if op.meaning else PRIMITIVES[name](*runs)
    arguments = [symbol for run in runs for symbol in run]
    for symbol, (which, given) in zip(arguments, op.places(arguments), strict=True):
        environment = {**dict(zip(op.arguments, given, strict=False)), "z": value}
        for tree in (op.trees.slopes[which], op.trees.written[which]):
            slope = Writer(op, environment, {})(tree)
            assert is_zero(sympy.diff(value, symbol) - slope), tree
