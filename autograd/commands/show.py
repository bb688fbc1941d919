"""The commands for any expression: explain, draw, steps and live."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from subprocess import SubprocessError

from autograd.commands.calculation import RATE, parse
from autograd.commands.terminal import Parser, say, significant, wrote
from autograd.draw.folding import LEVELS
from autograd.explain import explain
from autograd.expressions import expression
from autograd.expressions.grammar import name
from autograd.expressions.size import slopes_are_exact
from autograd.files import place, write
from autograd.graph import topological
from autograd.value import Value

COMMANDS = {
    "explain": "work out the derivatives of an expression, as on paper",
    "draw": "draw the graph of an expression: svg, png, pdf, TikZ, mermaid …",
    "steps": "walk through its forward and backward pass: as text, or a page",
    "live": "write the page in which its numbers move, step and learn",
}


def main(command: str, arguments: Sequence[str]) -> int:
    """Runs one of `COMMANDS` and returns the exit status: 0, or 2 for bad input."""
    parser = _parser(command)

    def work() -> None:
        options = parser.read(arguments)
        root, constants = _root(options)
        _COMMANDS[command](root, options, constants)

    return parser.run(work)


def _parser(command: str) -> Parser:
    parser = Parser(
        prog=f"chainrule {command}",
        description=COMMANDS[command],
        example=f"python -m autograd {command} {_EXAMPLES[command]}",
    )
    parser.add_argument(
        "expression",
        help="arithmetic, names and elementary functions, as in Python or as they are printed: "
        '"h = x*w; (h - y)**2 / 2" or "h = x·w; (h − y)²/2"; π is a number, and so is e where it '
        "is not given",
    )
    parser.add_argument(
        "given",
        nargs="*",
        metavar="name=number",
        help="the number of each name, such as x=5 or x=1/3",
    )
    parser.add_argument(
        "--numbers",
        metavar="|".join(expression.NUMBERS),
        help="the number type (default: fraction, or float if a value or a slope needs it)",
    )
    parser.add_argument("--digits", metavar="N", help="so many significant digits of each number")
    if command == "explain":
        parser.add_argument("--wrt", metavar="NAME", help="the derivative to this value alone")
    else:
        parser.add_argument("-o", "--output", metavar="FILE", help=_OUTPUTS[command])
    if command == "live":
        parser.add_argument("--lr", default=RATE, metavar="RATE", help="the learning rate")
    elif command != "explain":
        levels = LEVELS if command == "draw" else ("op", "named")
        parser.add_argument("--collapse", metavar="|".join(levels), help="the level of detail")
    return parser


_EXAMPLES = {
    "explain": '"h = w*x; E = (h - y)**2 / 2" w=.5 x=3 y=2 --wrt w',
    "draw": '"tanh(w*x + b)" w=.5 x=1 b=0 -o e.svg',
    "steps": '"tanh(w*x + b)" w=.5 x=1 b=0 -o steps.html',
    "live": '"E = (w*x - y)**2 / 2" w=.5 x=3 y=2 -o live.html',
}
_OUTPUTS = {
    "draw": "e.svg, e.png, e.pdf, e.tex, e.mmd …; without it, DOT text",
    "steps": "e.html, or an animation: e.svg, e.gif",
    "live": "live.html unless another is named",
}


def _root(options: Namespace) -> tuple[Value, list[Value]]:
    given: dict[str, str] = {}
    for text in options.given:
        written, equals, digits = text.strip().partition("=")
        if not equals and re.fullmatch("-[A-Za-z]", text.strip()):
            raise ValueError(f"no option {text.strip()}: --help lists them")
        if not equals:
            raise ValueError(f"give a number as name=number, such as x1=7, not {text.strip()!r}")
        if written.strip() in given:
            raise ValueError(f"{written.strip()!r} is given twice")
        given[written.strip()] = digits.strip()
    numbers = options.numbers or "fraction"
    try:
        root, constants = expression.graph_and_constants(options.expression, given, numbers)
        # Exact as far as it goes; what has no exact value makes all of it floats.
        exact = not any(isinstance(node.data, float) for node in topological(root))
        exact = slopes_are_exact(root, _wrt(root, options)) and exact
    except TypeError:
        if options.numbers:
            raise
        exact = False
    if not exact and not options.numbers:
        return expression.graph_and_constants(options.expression, given, "float")
    return root, constants


def _wrt(root: Value, options: Namespace) -> Value | None:
    """The value that --wrt names."""
    wanted = getattr(options, "wrt", None)
    if wanted is None:
        return None
    named = {node.label: node for node in topological(root) if node.label}
    if name(wanted) not in named:
        raise ValueError(f"--wrt takes one of {', '.join(sorted(named))}, not {wanted!r}")
    return named[name(wanted)]


def _explain(root: Value, options: Namespace, constants: list[Value]) -> None:
    wrt = _wrt(root, options)
    if wrt is not None:
        say([str(explain(root, wrt, digits=significant(options.digits)))])
        return
    found = explain(root, digits=significant(options.digits))
    # π and e have names, too, but nobody asks for the derivatives to them.
    asked = [one for one in found if one.wrt not in set(constants)]
    say([str(replace(found, explanations=tuple(asked)))])


def _draw(root: Value, options: Namespace, _: list[Value]) -> None:
    from autograd.draw import draw

    root.backward()
    picture = draw(root, collapse=options.collapse, digits=significant(options.digits))
    if options.output is None:
        say([picture.source.rstrip()])
        return
    target = place(options.output)
    if target.suffix.lower() in (".gv", ".dot"):
        write(target, picture.source)
        wrote(target)
        return
    if not target.suffix:
        raise ValueError(f"{options.output!r} needs a suffix that says the format, such as e.svg")
    try:
        drawn = picture.pipe(format=target.suffix[1:].lower(), quiet=True)
    except SubprocessError:
        raise ValueError(f"{options.output!r}: Graphviz writes no {target.suffix}") from None
    write(target, drawn)
    wrote(target)


def _steps(root: Value, options: Namespace, _: list[Value]) -> None:
    from autograd.steps import steps

    if root.op is None:
        raise ValueError("nothing to step through: the expression has no operation")
    found = steps(root, collapse=options.collapse, digits=significant(options.digits))
    if options.output is None:
        say([str(found)])
    else:
        wrote(found.save(options.output))


def _live(root: Value, options: Namespace, _: list[Value]) -> None:
    from autograd.live import live

    page = live(
        root, digits=significant(options.digits), rate=parse(options.lr, "fraction", "--lr")
    )
    wrote(page.save(options.output or "live.html"))


_COMMANDS = {"explain": _explain, "draw": _draw, "steps": _steps, "live": _live}
