"""A student who rounds: every result is written down with four digits, and nothing else is kept."""

import cmath
import re
from decimal import Context, Decimal
from itertools import pairwise

FUNCTIONS = {
    "tanh": cmath.tanh,
    "exp": cmath.exp,
    "sigmoid": lambda x: 1 / (1 + cmath.exp(-x)),
    "relu": lambda x: x if x.real > 0 else 0 * x,
}
# The slopes of functions by their values, as they are taught.
BY_VALUE = {"tanh": "1 - {a}**2", "exp": "{a}", "sigmoid": "{a}*(1 - {a})"}


def rounded(number, digits=4):
    return float(Context(prec=digits).plus(Decimal(repr(float(number)))))


def work(text, given, rounded=rounded):
    """The values and the gradients to all names: two numbers of each, from the two ends."""
    parts = [part.split(" = ") for part in text.split("; ")]
    known = {name: float(number) for name, number in given.items()}
    slopes = {}
    for name, formula in parts:
        known[name] = rounded(eval(formula, FUNCTIONS, known).real)
        called = re.fullmatch(r"(\w+)\((\w+)\)", formula)
        for other in set(re.findall(r"\b[a-z]\w*\b(?!\()", formula)):
            if called and called[1] in BY_VALUE:
                slope = eval(BY_VALUE[called[1]].format(a=name), {}, known)
            else:  # by a complex step, whose square is nothing
                near = known | {other: known[other] + 1e-100j}
                slope = eval(formula, FUNCTIONS, near).imag * 1e100
            slopes.setdefault(name, {})[other] = rounded(slope)
    root = parts[-1][0]
    values = {name: known[name] for name, _ in parts}
    return values, {name: both(root, name, slopes, rounded) for name in known if name != root}


def both(root, name, slopes, rounded):
    ways = [way for way in all_ways(root, slopes) if way[-1] == name]
    totals = []
    for order in (1, -1):
        total = 0.0
        for way in ways:
            product = 1.0
            for top, below in [*pairwise(way)][::order]:
                product = rounded(product * slopes[top][below])
            total = rounded(total + product)
        totals.append(total)
    return totals


def all_ways(name, slopes):
    yield (name,)
    for below in slopes.get(name, ()):
        for way in all_ways(below, slopes):
            yield (name, *way)
