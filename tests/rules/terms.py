"""Terms of Coq as numbers: a reader of its own, by Coq's table of precedences."""

import math
import re

from autograd.ops import OPS, ROUTINES

# How loosely a sign binds, the level of its left side, and that of its right side.
_INFIX = {
    "^": (30, 29, 30), "*": (40, 40, 39), "/": (40, 40, 39), "&&": (40, 40, 39),
    "+": (50, 50, 49), "-": (50, 50, 49), "||": (50, 50, 49),
    "<?": (70, 69, 69), "<=?": (70, 69, 69), "=?": (70, 69, 69),
}  # fmt: skip
_MEANS = {
    "^": lambda x, n: x**n, "*": lambda x, y: x * y, "/": lambda x, y: x / y,
    "+": lambda x, y: x + y, "-": lambda x, y: x - y, "<?": lambda x, y: x < y,
    "<=?": lambda x, y: x <= y, "=?": lambda x, y: x == y,
    "&&": lambda x, y: x and y, "||": lambda x, y: x or y,
}  # fmt: skip
_FUNCTIONS = {
    **{name: ROUTINES[name] for name in ("exp", "sqrt", "sin", "cos", "tan", "asin", "acos")},
    **{name: ROUTINES[name] for name in ("atan", "atan2", "floor", "erf", "erfc")},
    "ln": ROUTINES["log"], "Rabs": abs, "Rpower": math.pow, "negb": lambda holds: not holds,
    **{f"row_{name}": op.compute for name, op in OPS.items()},
}  # fmt: skip


def evaluate(term, names):
    """The number that a term is, where `names` are numbers."""
    tokens = re.findall(r"\w+|<\?|<=\?|=\?|&&|\|\||[-+*/^()]", term)
    tokens.append("")
    found, left = _term(tokens, 200, {"PI": math.pi, "true": True, "false": False, **names})
    assert left == [""], left
    return found()


def _term(tokens, level, names):
    """What a term within a level computes, when it is called, and the tokens after it."""
    left, tokens = _first(tokens, names)
    while tokens[0] in _INFIX and _INFIX[tokens[0]][0] <= level:
        sign = tokens[0]
        right, tokens = _term(tokens[1:], _INFIX[sign][2], names)
        left = _joined(sign, left, right)
    return left, tokens


def _joined(sign, left, right):
    return lambda: _MEANS[sign](left(), right())


def _first(tokens, names):
    match tokens:
        case ["if", *rest]:
            test, rest = _term(rest, 200, names)
            assert rest[0] == "then"
            yes, rest = _term(rest[1:], 200, names)
            assert rest[0] == "else"
            no, rest = _term(rest[1:], 200, names)
            return (lambda: yes() if test() else no()), rest
        case ["-", *rest]:
            of, rest = _term(rest, 35, names)
            return (lambda: -of()), rest
    return _application(tokens, names)


def _application(tokens, names):
    head, rest = _atom(tokens, names)
    given = []
    while re.match(r"\w|\(", rest[0]) and rest[0] not in ("then", "else"):
        argument, rest = _atom(rest, names)
        given.append(argument)
    return (lambda: head()(*(one() for one in given))) if given else head, rest


def _atom(tokens, names):
    if tokens[0] == "(":
        inner, rest = _term(tokens[1:], 200, names)
        assert rest[0] == ")"
        return inner, rest[1:]
    word = tokens[0]
    if word.isdecimal():
        return (lambda: float(word)), tokens[1:]
    return (lambda: names[word] if word in names else _FUNCTIONS[word]), tokens[1:]
