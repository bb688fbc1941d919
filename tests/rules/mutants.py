"""Wrong rules: every row with one token of its texts changed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from autograd.codegen import Plain
from autograd.ops import Op
from autograd.text import (
    Binary,
    Call,
    Choice,
    Compare,
    Logic,
    Name,
    Negative,
    Node,
    Not,
    Number,
    names,
    parts,
)

_SIGNS = {
    "+": ("-", "*"),
    "-": ("+", "*"),
    "*": ("/", "+"),
    "/": ("*", "-"),
    "**": ("*",),
    "<": ("<=", ">"),
    "<=": ("<", ">="),
    ">": (">=", "<"),
    ">=": (">", "<="),
    "==": ("!=",),
    "and": ("or",),
    "or": ("and",),
}
_FUNCTIONS = (
    ("exp", "expm1", "log1p", "log"),
    ("sin", "cos", "tan", "sinh", "cosh", "tanh"),
    ("asin", "acos", "atan", "asinh", "acosh", "atanh"),
    ("sqrt", "cbrt", "abs", "sign"),
    ("zero", "half", "one"),
    ("log2", "log10"),
    ("sigmoid", "bell", "erf", "lift", "gelu", "gelu_dx"),
    ("hypot", "hypot_dx", "atan2", "atan2_dx", "power_dx", "power_dy", "xlogy"),
    ("logaddexp", "logaddexp_dx"),
    ("mod", "floordiv", "copysign"),
)


def mutants(op: Op) -> Iterator[tuple[str, Op | None]]:
    """The row with one token changed, in every way there is here, each with what was changed.

    The row is None where its text is one that no row can have.
    """
    for text in dict.fromkeys(_changed(op.trees.value, op, ())):
        yield f"value: {text}", _made(op, value=text)
    for place, slope in enumerate(op.trees.slopes):
        for text in dict.fromkeys(_changed(slope, op, ("z",))):
            slopes = (*op.slopes[:place], text, *op.slopes[place + 1 :])
            yield f"slope to {op.inputs[place]}: {text}", _made(op, slopes=slopes)


def _made(op: Op, **changes) -> Op | None:
    try:
        return replace(op, **changes)
    except (ValueError, NameError):
        return None


def written(node: Node) -> str:
    """A tree as the text of a rule."""
    return Plain({name: name for name in names(node)}, str)(node)


def _changed(tree: Node, op: Op, more: tuple[str, ...]) -> Iterator[str]:
    tree = _spelled_out(tree)
    known = [*(op.parameters if op.run else ()), *op.inputs, *more]
    same = written(tree)
    for changed in _variants(tree, known):
        text = written(changed)
        if text != same:
            yield text


def _spelled_out(node: Node) -> Node:
    """The tree with 10**300 as a power again, so that the 10 and the 300 change, too."""
    match node:
        case Number(value) if value > 10**20:
            return Binary("**", Number(10), Number(len(str(value)) - 1))
    return _rebuilt(node, tuple(map(_spelled_out, parts(node))))


def _rebuilt(node: Node, inner: Sequence[Node]) -> Node:
    """A node like this one, made of other parts (in the order of `parts`)."""
    match node:
        case Negative() | Not():
            return type(node)(*inner)
        case Binary(sign):
            return Binary(sign, *inner)
        case Compare(signs):
            return Compare(signs, tuple(inner))
        case Logic(word):
            return Logic(word, tuple(inner))
        case Call(name):
            return Call(name, tuple(inner))
        case Choice():
            yes, test, no = inner
            return Choice(test, yes, no)
    return node


def _variants(node: Node, known: Sequence[str]) -> Iterator[Node]:
    """The tree with one token of it changed, in each way."""
    yield from _other_tokens(node, known)
    inner = parts(node)
    for place, part in enumerate(inner):
        for changed in _variants(part, known):
            yield _rebuilt(node, (*inner[:place], changed, *inner[place + 1 :]))


def _other_tokens(node: Node, known: Sequence[str]) -> Iterator[Node]:
    match node:
        case Binary(sign, left, right):
            yield from (Binary(other, left, right) for other in _SIGNS[sign])
        case Compare((sign, *signs), sides):
            yield from (Compare((other, *signs), sides) for other in _SIGNS[sign])
        case Logic(word, conditions):
            yield from (Logic(other, conditions) for other in _SIGNS[word])
        case Negative(of) | Not(of):
            yield of
        case Number(value):
            yield Number(value + 1)
            yield Number(value - 1) if value else Negative(Number(1))
            if value:
                yield Negative(node)
        case Name(name) if name in known:
            for other in known:
                if other != name and other.endswith("s") == name.endswith("s"):
                    yield Name(other)
            yield Negative(node)
        case Call(name, arguments):
            for family in _FUNCTIONS:
                if name in family:
                    yield from (Call(other, arguments) for other in family if other != name)
            yield Negative(node)
