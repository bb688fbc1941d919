"""C: a listing as a file that needs a C11 compiler and its mathematical library."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from autograd.elementary import (
    BEND_ROOT,
    BEYOND_SERIES,
    CELU_SERIES,
    LIFT_ROOT,
    MISH_ROOT,
    ROOT_SERIES,
    nearest,
)
from autograd.export.listing import Listing, Operation
from autograd.export.source.braces import Braces
from autograd.export.source.excerpt import definitions, file, needed, words
from autograd.export.source.writer import Writer, chunks
from autograd.ops import Op, taken
from autograd.text import Number, names

# The elementary functions that C's own library has, by their names there.
LIBRARY: Final = {
    **{
        name: name
        for name in words(
            "acos acosh asin asinh atan atan2 atanh copysign cos cosh erf erfc exp expm1 floor "
            "hypot log log10 log1p log2 sin sinh sqrt tan tanh"
        )
    },
    "abs": "fabs",
    "cbrt": "cube_root",
}

_KEYWORDS: Final = words(
    "auto break case char const continue default do double else enum extern float for goto if "
    "inline int long register restrict return short signed sizeof static struct switch typedef "
    "union unsigned void volatile while asm typeof main _Alignas _Alignof _Atomic _Bool _Complex "
    "_Generic _Imaginary _Noreturn _Static_assert _Thread_local NULL size_t abs forward backward"
)
# What primitives call besides, of C's library.
_MORE: Final = words(
    "cbrt fma fmax fmod frexp isfinite isinf ldexp memcmp memcpy pow signbit NAN "
    "INFINITY LONGEST uint64_t"
)

# Tables that primitives read: a root in two parts, the terms of a series around it.
TABLES: Final = {
    "LIFT_ROOT": LIFT_ROOT,
    "BEND_ROOT": BEND_ROOT,
    "MISH_ROOT": MISH_ROOT,
    "CELU_SERIES": CELU_SERIES,
    "ROOT_SERIES": (*ROOT_SERIES[0], *ROOT_SERIES[1:]),
    "BEYOND_SERIES": (*BEYOND_SERIES[0], *BEYOND_SERIES[1:]),
}

# So many numbers fit on the stack; more have a place of their own in each thread.
_STACK: Final = 10_000


def literal(number: Any) -> str:
    """A double, in C.

    >>> literal(2), literal(1e300), literal(float("-inf"))
    ('2.0', '1e+300', '-INFINITY')
    """
    x = float(number) if isinstance(number, Decimal) else nearest(number)
    if isfinite(x):
        return repr(x)
    return "NAN" if x != x else "INFINITY" if x > 0 else "-INFINITY"


class Expression(Braces):
    """The writer of C's expressions: all numbers are doubles."""

    def literal(self, value: object) -> str:
        """A whole number of a rule."""
        return literal(value)


class C(Writer):
    """The writer of C."""

    language = "C"
    prefix = "row_"
    expression = Expression
    source = file(__package__, "primitives.c")
    primitives = frozenset({*LIBRARY, *definitions(source)})
    reserved = frozenset({*_KEYWORDS, *_MORE, *LIBRARY.values(), *definitions(source), *TABLES})
    inner = frozenset(words("v g k own places count out weights parameters dparameters"))

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[str] = []
        self.longest = 1
        self._over_runs: dict[tuple[str, Op], str] = {}

    def primitive(self, name: str) -> str:
        """What an elementary function is called."""
        return LIBRARY.get(name, name)

    def number(self, number: Any) -> str:
        """A number written out."""
        return literal(number)

    def function(self, name: str, parameters: Sequence[str], text: str, *, run: bool) -> str:
        """A function that returns what an expression gives."""
        kind = "Run *" if run else "double "
        given = ", ".join(kind + parameter for parameter in parameters)
        unused = [f"(void){p};" for p in parameters if p not in words(text)]
        return _block(f"static double {name}({given})", [*unused, f"return {text};"])

    # Operations.

    def compute(self, operation: Operation) -> str:
        """The line that computes a place."""
        if not operation.op.run:
            return f"v[{operation.place}] = {self.value(operation)};"
        count = len(operation.inputs) // len(operation.op.inputs)
        self.longest = max(self.longest, count)
        places = ", ".join(map(str, operation.inputs)) or "0"
        self.tables.append(f"static const int places_{operation.place}[] = {{{places}}};")
        at = self._at(operation.op)
        return f"v[{operation.place}] = {at}(v, places_{operation.place}, {count});"

    def hand_on(self, operation: Operation, active: set[int]) -> Iterator[str]:
        """The lines that hand the gradient of a place on."""
        own = operation.place
        if operation.op.run:
            count = len(operation.inputs) // len(operation.op.inputs)
            yield f"{self._pull(operation.op)}(v, g, {own}, places_{own}, {count});"
            return
        for place, slope in self.slopes(operation):
            if place in active:
                yield f"add(&g[{place}], g[{own}], {slope});"

    # Runs: functions over the places of their elements, one run after the other.

    def _at(self, op: Op) -> str:
        """The function of a run row's value."""
        if ("at", op) not in self._over_runs:
            runs = self.locals(op.parameters)
            given = {run: f"&{own}" for run, own in runs.items()}
            text = self.expression(given, self.calling(op))(op.trees.value)
            name = self._over_runs["at", op] = self.local(f"at_{op.name}")
            head = f"static double {name}(const double *v, const int *places, int count)"
            self.functions.append(_block(head, [*_gathered(runs, runs), f"return {text};"]))
        return self._over_runs["at", op]

    def _pull(self, op: Op) -> str:
        """The function that hands the gradient of a run row on to its elements."""
        if ("pull", op) not in self._over_runs:
            runs = self.locals(op.parameters)
            mentioned = {name for slope in op.trees.slopes for name in names(slope)}
            pairs = [*zip(op.inputs, op.parameters, strict=True)]
            given = {run: f"&{own}" for run, own in runs.items()} | {"z": "v[own]"}
            given |= {element: f"{runs[run]}.at[k]" for element, run in pairs}
            used = [run for element, run in pairs if not mentioned.isdisjoint({element, run})]
            body = _gathered(runs, used)
            for which, slope in enumerate(op.trees.slopes):
                if slope == Number(0):
                    continue
                text = self.expression(given, self.calling(op))(taken(slope))
                to = f"&g[places[{which} * count + k]]" if which else "&g[places[k]]"
                body.append(f"for (int k = 0; k < count; k++) add({to}, g[own], {text});")
            name = self._over_runs["pull", op] = self.local(f"pull_{op.name}")
            given_places = "int own, const int *places, int count"
            head = f"static void {name}(const double *v, double *g, {given_places})"
            self.functions.append(_block(head, body))
        return self._over_runs["pull", op]

    # The file.

    def file(self, listing: Listing) -> str:
        """The whole file."""
        name = self.public(listing.name)
        own = self.locals([argument.name for argument in listing.arguments])
        heads = _heads(listing, name, own)
        there, back = ([*chunks(lines)] for lines in self.operations(listing))
        ahead = [*_start(listing, name, own), *_loop(len(there), "forward[k](v);")]
        turn = [*_seeds(listing), *_loop(len(back), "backward[k](v, g);")]
        v, g = (_array(array, listing) for array in "vg")
        written = [
            *self.functions,
            *_table("forward", "double *v", there),
            *_table("backward", "const double *v, double *g", [["(void)v;", *p] for p in back]),
            _block(heads[0], [v, *ahead, *_end(listing)]),
            _block(heads[1], [v, g, *ahead, *turn, *_slopes(listing, own), *_end(listing)]),
        ]
        primitives = [*needed(_tables() + self.source, words(*written), words)]
        data = []
        if listing.parameters:
            numbers = ", ".join(map(literal, listing.parameters))
            data.append(f"const double {name}_parameters[] = {{{numbers}}};")
        if "Run" in words(*primitives):
            data.append(f"enum {{ LONGEST = {self.longest} }};")
        includes = "\n".join(f"#include <{name}.h>" for name in ("math", "stdint", "string"))
        prototypes = "\n".join(f"{head};" for head in heads)
        tables = ["\n".join(self.tables)] if self.tables else []
        top = [_about(listing, name), includes, prototypes, *data]
        return "\n\n".join([*top, *primitives, *tables, *written]) + "\n"


def _tables() -> str:
    """The tables that primitives read, in C."""
    lines = (
        f"static const double {name}[] = {{{', '.join(map(repr, numbers))}}};\n"
        for name, numbers in TABLES.items()
    )
    return "".join(lines)


def _about(listing: Listing, name: str) -> str:
    """The comment on top."""
    lines = [
        f"{name} is the function, {name}_gradient gives its slopes to all arguments, too.",
        "A slope whose pointer is NULL is not given back. All is in double precision: compile it",
        "with a C11 compiler and -lm, and without -ffast-math, which gives up infinity and nan.",
    ]
    if not listing.one:
        lines.append("The slopes are those of the sum of all results, each times its weight.")
    if listing.parameters:
        lines.append(f"Where parameters is NULL they are {name}_parameters, in this order:")
        lines += textwrap.wrap(listing.order.replace("*/", "* /").replace("/*", "/ *"), 90)
    return "/* " + "\n   ".join(lines) + " */"


def _heads(listing: Listing, name: str, own: dict[str, str]) -> tuple[str, str]:
    """The heads of the function and of its gradient."""
    given: list[str] = []
    slopes: list[str] = []
    for argument in listing.arguments:
        text, count = own[argument.name], len(argument.places) or 1
        one = argument.spec is None
        given.append(f"double {text}" if one else f"const double {text}[{count}]")
        slopes.append(f"double *d{text}" if one else f"double d{text}[{count}]")
    if listing.parameters:
        given.append("const double *parameters")
        slopes.append("double *dparameters")
    count = len(listing.outputs) or 1
    out = [] if listing.one else [f"double out[{count}]"]
    weights = [] if listing.one else [f"const double weights[{count}]"]
    result = "double" if listing.one else "void"
    value, gradient = ", ".join([*given, *out]), ", ".join([*given, *weights, *out, *slopes])
    return f"{result} {name}({value or 'void'})", f"{result} {name}_gradient({gradient or 'void'})"


def _array(name: str, listing: Listing) -> str:
    """The line that declares the numbers, or the gradients, at all places."""
    where = "" if listing.size < _STACK else "static _Thread_local "
    return f"{where}double {name}[{listing.size or 1}];"


def _loop(count: int, line: str) -> list[str]:
    return [f"for (int k = 0; k < {count}; k++) {line}"] if count else []


def _table(name: str, given: str, parts: Sequence[Sequence[str]]) -> list[str]:
    """Functions of bounded size, and a table of them, lest a compiler makes them one again."""
    if not parts:
        return []
    made = [_block(f"static void {name}_{k}({given})", part) for k, part in enumerate(parts)]
    listed = ", ".join(f"{name}_{k}" for k in range(len(parts)))
    return [*made, f"static void (*const {name}[])({given}) = {{{listed}}};"]


def _start(listing: Listing, name: str, own: dict[str, str]) -> list[str]:
    """The lines that put arguments, parameters and constants in their places."""
    lines: list[str] = []
    for argument in listing.arguments:
        text, first = own[argument.name], argument.first
        if argument.spec is None:
            lines.append(f"v[{first}] = {text};")
        elif argument.places:
            lines += _loop(len(argument.places), f"v[{first} + k] = {text}[k];")
        else:
            lines.append(f"(void){text};")
    if listing.parameters:
        lines.append(f"if (!parameters) parameters = {name}_parameters;")
        lines += _loop(len(listing.parameters), f"v[{listing.inputs} + k] = parameters[k];")
    constants = enumerate(map(literal, listing.constants), listing.leaves)
    return [*lines, *(f"v[{place}] = {text};" for place, text in constants)]


def _seeds(listing: Listing) -> list[str]:
    """The lines with which the way back begins."""
    lines = _loop(listing.size, "g[k] = nothing();")
    if listing.one:
        return [*lines, f"g[{listing.outputs[0]}] = 1.0;"]
    return [*lines, *(f"add(&g[{place}], weights[{k}], 1.0);"
                      for k, place in enumerate(listing.outputs))]  # fmt: skip


def _slopes(listing: Listing, own: dict[str, str]) -> list[str]:
    """The lines that give the slopes back."""
    lines: list[str] = []
    for argument in listing.arguments:
        text, first = own[argument.name], argument.first
        if argument.spec is None:
            lines.append(f"if (d{text}) *d{text} = given(g[{first}]);")
        elif argument.places:
            copied = _loop(len(argument.places), f"d{text}[k] = given(g[{first} + k]);")
            lines.append(f"if (d{text}) {copied[0]}")
        else:
            lines.append(f"(void)d{text};")
    copied = _loop(len(listing.parameters), f"dparameters[k] = given(g[{listing.inputs} + k]);")
    return [*lines, *(f"if (dparameters) {line}" for line in copied)]


def _end(listing: Listing) -> list[str]:
    """The lines that give the results back."""
    if listing.one:
        return [f"return v[{listing.outputs[0]}];"]
    return [f"out[{k}] = v[{place}];" for k, place in enumerate(listing.outputs)] or ["(void)out;"]


def _gathered(runs: dict[str, str], used: Iterable[str]) -> list[str]:
    """The lines that gather runs."""
    starts = {run: f"places + {k} * count" if k else "places" for k, run in enumerate(runs)}
    return [f"Run {runs[run]} = run(v, {starts[run]}, count);" for run in used]


def _block(head: str, body: Iterable[str]) -> str:
    lines = "".join(f"    {line}\n" for line in body)
    return f"{head} {{\n{lines}}}"
