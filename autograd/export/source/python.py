"""Python: a listing as a file that runs alone, with any kind of number."""

from __future__ import annotations

import builtins
import keyword
import re
import textwrap
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from types import CodeType
from typing import Any, Final

from autograd.codegen import Source
from autograd.elementary import whole
from autograd.export.listing import Listing, Operation
from autograd.export.source.excerpt import definitions, file
from autograd.export.source.script import Script
from autograd.ops import ROUTINES

# The modules that have the elementary functions.
_WRITTEN: Final = [
    name for name in dict.fromkeys(f.__module__ for f in ROUTINES.values()) if name != "builtins"
]
# Annotations are not read.
_UNREAD: Final = annotations.compiler_flag


class Python(Script):
    """The writer of Python: elementary functions are those of this package, word for word."""

    language = "Python"
    nothing = "None"
    spread = "*"
    expression = Source
    source = "\n".join(
        file(package, f"{name}.py")
        for package, _, name in (
            module.rpartition(".") for module in (*_WRITTEN, f"{__package__}.primitives")
        )
    )
    primitives = frozenset({*definitions(source), "abs"})
    reserved = frozenset(
        {*keyword.kwlist, *vars(builtins), *definitions(source), "parameters", "gradient"}
    )
    inner = frozenset({"v", "g", "p", "weights"})

    def number(self, number: Any) -> str:
        """A number written out."""
        if isinstance(number, float) and not isfinite(number):
            return f"float({str(number)!r})"
        if isinstance(number, Fraction):
            return f"Fraction({whole(number.numerator)}, {whole(number.denominator)})"
        return repr(number) if isinstance(number, float | Decimal) else whole(int(number))

    def block(self, name: str, parameters: Iterable[str], body: Iterable[str]) -> str:
        """A function with a body of lines."""
        lines = "\n".join(body).replace("\n", "\n    ")
        return f"def {name}({', '.join(parameters)}):\n    {lines}"

    def hand_on(self, operation: Operation, active: set[int]) -> Iterator[str]:
        """The lines that hand the gradient of a place on, where one came."""
        lines = [*super().hand_on(operation, active)]
        if lines:
            yield "\n    ".join([f"if g[{operation.place}] is not False:", *lines])

    def step(self, kind: str, key: Any) -> str:
        """How an index, a key or a field is asked for."""
        return f".{key}" if kind == "field" else f"[{key!r}]"

    def key(self, key: Any) -> str:
        """A key where a structure is written."""
        return repr(key)

    def uses(self, text: str) -> set[str]:
        """The names that code speaks of, those in annotations left out."""
        todo = [compile(text, "code", "exec", flags=_UNREAD, dont_inherit=True)]
        for code in todo:
            todo += [inner for inner in code.co_consts if isinstance(inner, CodeType)]
        return {name for code in todo for name in code.co_names}

    def file(self, listing: Listing) -> str:
        """The whole file."""
        name = self.public(listing.name)
        functions, forward, backward = self.passes(listing)
        own = self.locals([argument.name for argument in listing.arguments])
        checks, numbers = self.started(listing, own)
        value, slopes, parameters = self.results(listing)
        if listing.parameters:
            checks.insert(0, "p = parameters if p is None else p")
        rest = listing.size - listing.leaves - len(listing.constants)
        ahead = [*checks, f"v = [{', '.join(numbers)}] + [None] * {rest}", *forward]
        turn = [f"g = [False] * {listing.size}", *self.seeded(listing), *backward]
        last = ["p=None"] if listing.parameters else []
        weights = [] if listing.one else ["weights"]
        baked = ", ".join(map(self.number, listing.parameters))
        code = [
            *([f"parameters = [{baked}]"] if listing.parameters else []),
            *self.functions,
            *functions,
            self.block(name, [*own.values(), *last], [_VALUE, *ahead, f"return {value}"]),
            self.block(
                "gradient",
                [*own.values(), *weights, *last],
                [_GRADIENT, *ahead, *turn, f"return {value}, {slopes}, {parameters}"],
            ),
        ]
        known = self.primitives_of(*code)
        imports = [text for text in known if text.startswith(("import ", "from "))]
        primitives = [text for text in known if text not in imports]
        needed = _imports(imports, self.uses("\n".join([*primitives, *code])))
        top = [_about(listing, name), "from __future__ import annotations", needed]
        return "\n\n".join([*top, "\n\n\n".join([*primitives, *code])]) + "\n"


_VALUE: Final = '"""The function."""'
_GRADIENT: Final = '"""Its value, its slopes to the arguments, and those to the parameters."""'


def _imports(texts: Iterable[str], used: Collection[str]) -> str:
    """The imports, a line for each module, of what is used.

    >>> print(_imports(["import math", "from re import (A,B,)", "from re import C"], "AC"))
    import math
    from re import A, C
    """
    lines: dict[str, set[str]] = {}
    for text in texts:
        start, middle, listed = text.partition(" import ")
        lines.setdefault(start + middle, set()).update(re.findall(r"\w+", listed))
    names = {
        start: ", ".join(sorted({*found}.intersection(used))) for start, found in lines.items()
    }
    return "\n".join(start + found for start, found in names.items())


def _about(listing: Listing, name: str) -> str:
    """The docstring."""
    lines = [f"The function {name} and its gradient.", ""]
    if not listing.one:
        lines.append("The slopes are those of the sum of all results, each times its weight.")
    if listing.parameters:
        lines.append("Both take other parameters as the last argument, in this order:")
        lines += textwrap.wrap(listing.order, 96)
    text = "\n".join(lines)
    return '"""' + text.replace("\\", "").replace('"""', "'''") + '\n"""'
