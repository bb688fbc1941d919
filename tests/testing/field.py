"""Rules as people write them: right ones, however crude their formulas are, and wrong ones.

A check may find a right rule inaccurate, and never wrong; every wrong one is caught. Each line of
`right.txt` and `wrong.txt` is a name, the value, the slopes, and what else there is: a domain, a
kink, a meaning. The functions here are the value and the slopes, and how they are checked.
"""

import math
from pathlib import Path


def rows(name):
    """The lines of `right.txt` or `wrong.txt` as the fields of rows."""
    table = (Path(__file__).parent / f"{name}.txt").read_text(encoding="utf-8")
    for line in table.splitlines():
        name, value, slopes, *more = (part.strip() for part in line.split(" | "))
        fields = dict(part.split("=", 1) for part in more)
        if "inputs" in fields:
            fields["inputs"] = tuple(fields["inputs"].split())
        yield {"name": name, "value": value, "slopes": split(slopes), **fields}


def split(text):
    """The slopes of a line: at commas outside brackets."""
    found, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    return tuple(part.strip() for part in found)


def _tanh_gelu(x):
    return 0.7978845608 * (x + 0.044715 * x**3)


def _log_cosh(x):
    return abs(x) + math.log1p(math.exp(-2 * abs(x))) - math.log(2)


def _opaque(function):
    """The same as an object that computes with doubles alone."""

    class Opaque:
        def __call__(self, *numbers):
            return function(*map(float, numbers))

    return Opaque()


# Python functions: the value and its slopes, and how they are checked.
FUNCTIONS = {
    "sigmoid": (
        (lambda x: 1 / (1 + math.exp(-x)), lambda x: math.exp(-x) / (1 + math.exp(-x)) ** 2),
        {"meaning": "sigmoid(x)"},
    ),
    "tanh": ((math.tanh, lambda x: 1 - math.tanh(x) ** 2), {"meaning": "tanh(x)"}),
    "opaque tanh": (
        (_opaque(math.tanh), _opaque(lambda x: 1 - math.tanh(x) ** 2)),
        {"meaning": "tanh(x)"},
    ),
    "opaque exp": ((_opaque(math.exp), _opaque(math.exp)), {}),
    "gelu": (
        (
            lambda x: 0.5 * x * (1 + math.tanh(_tanh_gelu(x))),
            lambda x: (
                0.5 * (1 + math.tanh(_tanh_gelu(x)))
                + 0.5
                * x
                * (1 - math.tanh(_tanh_gelu(x)) ** 2)
                * 0.7978845608
                * (1 + 3 * 0.044715 * x * x)
            ),
        ),
        {"meaning": "0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3)))"},
    ),
    "erf": (
        (math.erf, lambda x: 2 / math.sqrt(math.pi) * math.exp(-x * x)),
        {"meaning": "erf(x)"},
    ),
    "relu": (
        (lambda x: max(x, 0.0), lambda x: 1.0 if x > 0 else 0.0),
        {"meaning": "maximum(x, 0)", "kink": "x == 0"},
    ),
    "hypot": (
        (
            lambda x, y: math.sqrt(x * x + y * y),
            lambda x, y: x / math.sqrt(x * x + y * y),
            lambda x, y: y / math.sqrt(x * x + y * y),
        ),
        {"meaning": "hypot(x, y)", "inputs": ("x", "y"), "domain": "x != 0 or y != 0"},
    ),
    "log_cosh": ((_log_cosh, math.tanh), {"meaning": "log(cosh(x))"}),
    "own code": ((lambda x: math.log1p(math.exp(x)), lambda x: 1 / (1 + math.exp(-x))), {}),
    "cubed": ((lambda x: x**3, lambda x: 3 * x**2), {}),
}

WRONG_FUNCTIONS = {
    "factor": ((lambda x: x * x, lambda x: x), {"meaning": "x * x"}),
    "factor of its own code": ((lambda x: x * math.exp(x), math.exp), {}),
    "constant": (
        (
            lambda x: 0.5 * x * (1 + math.tanh(_tanh_gelu(x))),
            lambda x: (
                0.5 * (1 + math.tanh(_tanh_gelu(x)))
                + 0.5
                * x
                * (1 - math.tanh(_tanh_gelu(x)) ** 2)
                * 0.7978845608
                * (1 + 3 * 0.44715 * x * x)
            ),
        ),
        {"meaning": "0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3)))"},
    ),
    "between": (
        (math.tanh, lambda x: 0.0 if 4 < x < 5 else 1 - math.tanh(x) ** 2),
        {"meaning": "tanh(x)"},
    ),
    "opaque between": (
        (math.tanh, _opaque(lambda x: 0.0 if 4 < x < 5 else 1 - math.tanh(x) ** 2)),
        {"meaning": "tanh(x)"},
    ),
    "at a constant": (
        (lambda x: x * x, lambda x: 1.0 if x == 6.5 else 2 * x),
        {"meaning": "x * x"},
    ),
    "kink": (
        (lambda x: max(x, 0.0), lambda x: 1.0 if x > 0 else 0.0 if x < 0 else 2.0),
        {"meaning": "maximum(x, 0)", "kink": "x == 0"},
    ),
    "undeclared kink": (
        (lambda x: max(x, 0.0), lambda x: 1.0 if x > 0 else 0.0),
        {"meaning": "maximum(x, 0)"},
    ),
    "swapped": (
        (lambda x, y: x * y, lambda x, y: x, lambda x, y: y),
        {"meaning": "x * y", "inputs": ("x", "y")},
    ),
    "opaque factor": ((_opaque(math.exp), _opaque(lambda x: 1.001 * math.exp(x))), {}),
    "opaque sign": ((_opaque(math.cos), _opaque(math.sin)), {}),
    "value": ((math.cosh, math.sinh), {"meaning": "sinh(x)"}),
}
