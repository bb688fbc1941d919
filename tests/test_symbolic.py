"""Every slope, and every slope as a textbook writes it, proved by a computer algebra system.

sympy differentiates the value text and must get the slope text. A text with conditions is proved
branch by branch: at sample points that between them take every branch, conditions and absolute
values are decided, and what is left is proved for all numbers with those signs.
"""

import ast
import itertools

import pytest

pytest.importorskip("sympy")

import sympy

from autograd.ops import OPS

TINY = sympy.Rational(1, 10**310)
SAMPLES = [sympy.Rational(s) for s in ("-5/2", "-1/3", "2/5", "3/2")]
SPECIAL = {
    "div": [(TINY, sympy.Rational(1, 2))],
    "atan2": [(sympy.Rational(1, 2), TINY), (TINY, sympy.Rational(1, 2))],
    "hypot": [(sympy.Integer(0), sympy.Integer(1))],
    "atan2_dx": [(sympy.Rational(1, 2), TINY)],
    "xlogy": [(sympy.Integer(0), sympy.Integer(2))],
    "where": [(sympy.Integer(0), sympy.Integer(2), sympy.Integer(3))],
}
# Branches no real number inside the domain takes: they hand on a nan, or hold at a kink.
NOT_INSIDE = {
    "z", "-z", "x", "x + y", "half(x) if x == y else x + y", "half(y) if x == y else x + y",
    "x if x == y else x + y", "half(x)", "half(y)", "log(y)", "y if x <= 0 else x", "0",
}  # fmt: skip


def softmax(x, xs):
    return sympy.exp(x) / sum(map(sympy.exp, xs))


OWN_NAMES = (
    "exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh",
    "asinh", "acosh", "atanh",
)  # fmt: skip
MEANING = {name: getattr(sympy, name) for name in OWN_NAMES} | {
    "erf": sympy.erf,
    "atan2": lambda x, y: sympy.atan(x / y),  # up to a constant in each half plane
    "expm1": lambda x: sympy.exp(x) - 1,
    "log1p": lambda x: sympy.log(1 + x),
    "log2": lambda x: sympy.log(x) / sympy.log(2),
    "log10": lambda x: sympy.log(x) / sympy.log(10),
    "cbrt": lambda x: sympy.sign(x) * abs(x) ** sympy.Rational(1, 3),
    "hypot": lambda x, y: sympy.sqrt(x**2 + y**2),
    "xlogy": lambda x, y: x * sympy.log(y),
    "zero": lambda x: sympy.Integer(0),
    "one": lambda x: sympy.Integer(1),
    "half": lambda x: sympy.Rational(1, 2),
    "scaled_exp": lambda x, y, w: x * sympy.exp(y * w),
    "lift": lambda x: 1 + x + sympy.exp(x),
    "gelu": lambda x: x * (1 + sympy.erf(x / sympy.sqrt(2))) / 2,
    "gelu_dx": lambda x: (
        (1 + sympy.erf(x / sympy.sqrt(2))) / 2
        + x * sympy.exp(-(x**2) / 2) / sympy.sqrt(2 * sympy.pi)
    ),
    "power_dx": lambda x, y: y * x ** (y - 1),
    "power_dy": lambda x, y: x**y * sympy.log(x),
    "dot": lambda xs, ys: sum(x * y for x, y in zip(xs, ys, strict=True)),
    "logsumexp": lambda xs: sympy.log(sum(map(sympy.exp, xs))),
    "softmax": softmax,
}


class Reader(ast.NodeVisitor):
    """Turns a text into an expression, at a sample point that decides its conditions."""

    def __init__(self, names, sample, taken):
        self.names, self.sample, self.taken = names, sample, taken

    def read(self, text):
        return self.visit(ast.parse(text, mode="eval").body)

    def number(self, node):
        found = sympy.sympify(self.visit(node)).subs(self.sample)
        return found if found.is_Rational else found.evalf(30)

    def visit_Constant(self, node):
        return sympy.Integer(node.value)

    def visit_Name(self, node):
        return sympy.pi if node.id == "pi" else self.names[node.id]

    def visit_UnaryOp(self, node):
        return -self.visit(node.operand)

    def visit_BinOp(self, node):
        x, y = self.visit(node.left), self.visit(node.right)
        match node.op:
            case ast.Add():
                return x + y
            case ast.Sub():
                return x - y
            case ast.Mult():
                return x * y
            case ast.Div():
                return x / y
            case ast.Pow():
                return x**y

    def visit_IfExp(self, node):
        branch = node.body if self.decide(node.test) else node.orelse
        self.taken.add(ast.unparse(branch))
        return self.visit(branch)

    def decide(self, test):
        if isinstance(test, ast.BoolOp):
            decided = map(self.decide, test.values)
            return all(decided) if isinstance(test.op, ast.And) else any(decided)
        if not isinstance(test, ast.Compare):
            return bool(self.number(test) != 0)
        terms = [self.number(part) for part in (test.left, *test.comparators)]
        return all(map(self.compare, test.ops, terms, terms[1:]))

    def compare(self, op, x, y):
        match op:
            case ast.Lt():
                return bool(x < y)
            case ast.LtE():
                return bool(x <= y)
            case ast.Gt():
                return bool(x > y)
            case ast.GtE():
                return bool(x >= y)
            case ast.Eq():
                return bool(x == y)

    def visit_Call(self, node):
        name, given = node.func.id, [self.visit(part) for part in node.args]
        if name == "abs":
            return given[0] if self.number(node.args[0]) >= 0 else -given[0]
        if name in MEANING:
            return MEANING[name](*given)
        op = OPS[name]
        inner = Reader(dict(zip(op.inputs, given, strict=True)), self.sample, set())
        return inner.read(op.value)


def branches(text):
    return {
        ast.unparse(branch)
        for node in ast.walk(ast.parse(text, mode="eval"))
        if isinstance(node, ast.IfExp)
        for branch in (node.body, node.orelse)
    }


def inside(op, point):
    domain = eval(op.domain, {}, dict(zip(op.inputs, point, strict=True)))
    kink = eval(op.kink, {}, dict(zip(op.inputs, point, strict=True)))
    return bool(domain) and not bool(kink)


def samples(op):
    found = [p for p in itertools.product(SAMPLES, repeat=len(op.inputs)) if inside(op, p)]
    return (found if len(op.inputs) < 3 else found[::7]) + SPECIAL.get(op.name, [])


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


@pytest.mark.parametrize("name", [name for name in OPS if not OPS[name].run])
def test_proved(name):
    op = OPS[name]
    taken = [set() for _ in (op.value, *op.slopes)]
    proved = set()
    for point in samples(op):
        sizes, numbers = signed(point)
        sample = {size: abs(x) for size, x in zip(sizes, point, strict=True)}
        environment = dict(zip(op.inputs, numbers, strict=True))
        value = Reader(environment, sample, taken[0]).read(op.value)
        environment = {**environment, "z": value}
        for place, text in enumerate(op.slopes):
            if point[place] == 0:  # a constant here: the other slopes are proved
                Reader(environment, sample, taken[place + 1]).read(text)
                continue
            true = sympy.diff(value, sizes[place]) * sympy.sign(point[place])
            texts = [text, *op.written[place : place + 1]]
            for written in texts:
                seen = taken[place + 1] if written is text else set()
                slope = Reader(environment, sample, seen).read(written)
                key = (sympy.sympify(true), sympy.sympify(slope))
                if key not in proved:
                    assert is_zero(sympy.sympify(true - slope)), (written, point, true, slope)
                    proved.add(key)
    for text, seen in zip((op.value, *op.slopes), taken, strict=True):
        assert branches(text) - seen <= NOT_INSIDE, text


@pytest.mark.parametrize("name", [name for name in OPS if OPS[name].run])
def test_run_rows_proved(name):
    op = OPS[name]
    size = 3
    runs = [sympy.symbols(f"{name}:{size}", real=True) for name in op.inputs]
    whole = dict(zip(op.parameters, runs, strict=True))
    value = Reader(whole, {}, set()).read(op.value)
    for place, text in enumerate(op.slopes):
        for index in range(size):
            element = {name: run[index] for name, run in zip(op.inputs, runs, strict=True)}
            for written in (text, *op.written[place : place + 1]):
                slope = Reader({**whole, **element, "z": value}, {}, set()).read(written)
                assert is_zero(sympy.diff(value, runs[place][index]) - slope), written
