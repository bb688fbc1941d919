"""JavaScript: a listing as an ES module, and the rows of the table for a page."""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from autograd.elementary import nearest
from autograd.export.listing import Listing
from autograd.export.source.braces import Braces
from autograd.export.source.c import TABLES
from autograd.export.source.excerpt import definitions, file, words
from autograd.export.source.script import Script
from autograd.jit.llvm.kernels.normal import TAIL
from autograd.ops import OPS, Op, taken

_KEYWORDS: Final = words(
    "arguments await break case catch class const continue debugger default delete do else enum "
    "eval export extends false finally for function if implements import in instanceof interface "
    "let new null package private protected public return static super switch this throw true try "
    "typeof undefined var void while with yield Infinity NaN Math Number Object parameters gradient"
)

# Tables that primitives read. NEAR are the terms of the error function by Taylor's series.
_NEAR: Final = [
    2 / math.sqrt(math.pi) * (-1) ** k / (math.factorial(k) * (2 * k + 1)) for k in range(16)
]
_TABLES: Final = TABLES | {"TAIL": TAIL, "NEAR": _NEAR}


def literal(number: Any) -> str:
    """A double, in JavaScript.

    >>> literal(2), literal(0.5), literal(10**300), literal(float("-inf"))
    ('2', '0.5', '1e+300', '-Infinity')
    """
    x = float(number) if isinstance(number, Decimal) else nearest(number)
    if math.isfinite(x):
        return str(int(x)) if x == int(x) and abs(x) < 2**53 and str(x) != "-0.0" else repr(x)
    return "NaN" if x != x else "Infinity" if x > 0 else "-Infinity"


class Expression(Braces):
    """The writer of JavaScript's expressions."""

    equal = {"==": "===", "!=": "!=="}  # noqa: RUF012
    truths = ("false", "true")
    nothing = "null"

    def literal(self, value: object) -> str:
        """A whole number of a rule."""
        return literal(value)


class JavaScript(Script):
    """The writer of JavaScript."""

    language = "JavaScript"
    prefix = "row_"
    nothing = "null"
    end = ";"
    spread = "..."
    expression = Expression
    source = "".join(
        f"const {name} = [{', '.join(map(repr, numbers))}];\n" for name, numbers in _TABLES.items()
    ) + file(__package__, "primitives.js")
    primitives = frozenset(definitions(source))
    reserved = frozenset({*_KEYWORDS, *primitives})
    inner = frozenset(words("v g p weights"))

    def number(self, number: Any) -> str:
        """A number written out."""
        return literal(number)

    def block(self, name: str, parameters: Iterable[str], body: Iterable[str]) -> str:
        """A function with a body of lines."""
        lines = "".join(f"  {line}\n" for line in body)
        return f"function {name}({', '.join(parameters)}) {{\n{lines}}}"

    def step(self, kind: str, key: Any) -> str:
        """How an index, a key or a field is asked for."""
        return f"[{key if kind == 'index' else json.dumps(str(key))}]"

    def key(self, key: Any) -> str:
        """A key where a structure is written."""
        return json.dumps(str(key))

    def file(self, listing: Listing) -> str:
        """The whole module of one function."""
        about, *code = self._function(listing, self.public(listing.name), "")
        return self._module([about], code)

    def files(self, listings: Iterable[Listing]) -> str:
        """The module of several functions, in which `f_gradient` is the gradient of `f`."""
        parts = []
        for listing in listings:
            name = self.public(listing.name)
            parts.append(self._function(listing, name, f"{name}_"))
        return self._module([], [text for part in parts for text in part])

    def _function(self, listing: Listing, name: str, prefix: str) -> list[str]:
        """What is said about a function, its parameters, and its code: itself and its gradient."""
        functions, forward, backward = self.passes(listing, prefix)
        own = self.locals([argument.name for argument in listing.arguments])
        checks, numbers = self.started(listing, own)
        value, slopes, parameters = self.results(listing)
        ahead = [*checks, f"const v = [{', '.join(numbers)}];", *forward]
        turn = [
            f"const g = new Array({listing.size}).fill(null);",
            *self.seeded(listing),
            *backward,
        ]
        given = [*own.values()]
        last = [f"p = {prefix}parameters"] if listing.parameters else []
        weights = [] if listing.one else ["weights"]
        gradient = self.public(f"{prefix}gradient") if prefix else "gradient"
        back = f"return {{ value: {value}, slopes: {slopes}, parameters: {parameters} }};"
        public = [
            "export " + self.block(name, [*given, *last], [*ahead, f"return {value};"]),
            "export " + self.block(gradient, [*given, *weights, *last], [*ahead, *turn, back]),
        ]
        baked = ", ".join(map(literal, listing.parameters))
        data = [f"export const {prefix}parameters = [{baked}];"] if listing.parameters else []
        return [_about(listing, name, gradient), *data, *functions, *public]

    def _module(self, head: Sequence[str], code: Sequence[str]) -> str:
        """Code with the rows and the primitives that it needs, each once."""
        code = [*self.functions, *code]
        return "\n\n".join([*head, *self.primitives_of(*code), *code]) + "\n"

    def rows(self, ops: Iterable[Op] | None = None) -> str:
        """The rows of the table, or some, as a module: `rows.tanh.value(x)`, `.slopes[0](x, z)`.

        A slope is a function of what its text may name (for a run row an element of each run, the
        runs, the value), and null where it hands nothing on. `domain` and `kink` are conditions of
        the inputs.
        """
        listed = [self._row(op) for op in (OPS.values() if ops is None else ops)]
        table = "export const rows = {\n" + "".join(f"  {line},\n" for line in listed) + "};"
        code = [*self.functions, table]
        return "\n\n".join([*self.primitives_of(*code), *code]) + "\n"

    def _row(self, op: Op) -> str:
        """One row of that table."""

        def arrow(tree: Any, names: Sequence[str], *, condition: bool = False) -> str:
            known = self.locals(names)
            write = self.expression(known, self.calling(op))
            text = write.test(tree, 0) if condition else write(tree)
            return f"({', '.join(known.values())}) => {text}"

        slopes = ", ".join(arrow(taken(slope), op.arguments) for slope in op.trees.slopes)
        fields = {
            "inputs": json.dumps(op.inputs),
            "symbol": json.dumps(op.symbol),
            "run": json.dumps(op.run),
            "value": arrow(op.trees.value, op.parameters),
            "slopes": f"[{slopes}]",
            "domain": arrow(op.trees.domain, op.inputs, condition=True),
            "kink": arrow(op.trees.kink, op.inputs, condition=True),
        }
        return f"{json.dumps(op.name)}: {{ {', '.join(f'{k}: {v}' for k, v in fields.items())} }}"


def _about(listing: Listing, name: str, gradient: str) -> str:
    """The comment on top."""
    lines = [f"{name} is the function, {gradient} gives its value and its slopes to all arguments"]
    lines[0] += " and parameters." if listing.parameters else "."
    if not listing.one:
        lines.append("The slopes are those of the sum of all results, each times its weight.")
    if listing.parameters:
        lines.append("Both take other parameters as the last argument, in this order:")
        lines += textwrap.wrap(listing.order, 96)
    return "\n".join(f"// {line}" for line in lines)
