"""The commands for any expression: explain, draw and steps."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from autograd.commands import expression
from autograd.commands.terminal import Parser, say
from autograd.draw.folding import LEVELS
from autograd.explain import explain
from autograd.graph import topological
from autograd.value import Value

COMMANDS = {
    "explain": "work out the derivatives, as on paper",
    "draw": "draw the graph: to a file, or as DOT text",
    "steps": "step through the forward and the backward pass: to a page, or as text",
}


def main(argv: Sequence[str]) -> int:
    """Runs `explain`, `draw` or `steps` and returns the exit status: 0, or 2 for bad input."""
    command, *arguments = argv
    parser = _parser(command)
    # An expression may begin with a minus; a space keeps it from being read as an option.
    arguments = [
        " " + text
        if text.startswith("-") and text.partition("=")[0] not in parser.flags and len(text) > 1
        else text
        for text in arguments
    ]
    options = parser.parse_args(arguments)
    try:
        root = _root(options)
        _COMMANDS[command](root, options)
    except ZeroDivisionError:
        parser.error("division by zero: exact numbers have no infinity, --numbers float does")
    except (ValueError, TypeError, ArithmeticError, OSError, RuntimeError) as error:
        parser.error(" ".join(str(error).split()) or type(error).__name__)
    return 0


def _parser(command: str) -> Parser:
    parser = Parser(prog=f"chainrule {command}", description=COMMANDS[command])
    parser.add_argument(
        "expression",
        help='arithmetic, names and elementary functions: "h = x*w; (h - y)**2 / 2"',
    )
    parser.add_argument(
        "given", nargs="*", metavar="name=number", help="the number of each name, such as x=5"
    )
    parser.add_argument(
        "--numbers",
        metavar="|".join(expression.NUMBERS),
        help="the number type (default: fraction, or float if a function needs it)",
    )
    if command == "explain":
        parser.add_argument("--wrt", metavar="NAME", help="the derivative to this value alone")
    else:
        parser.add_argument("-o", "--output", metavar="FILE", help=_OUTPUTS[command])
        levels = LEVELS if command == "draw" else ("op", "named")
        parser.add_argument("--collapse", metavar="|".join(levels), help="the level of detail")
    return parser


_OUTPUTS = {"draw": "e.svg, e.png or e.pdf; without it, DOT text", "steps": "e.html"}


def _root(options: Namespace) -> Value:
    given: dict[str, str] = {}
    for text in options.given:
        name, equals, digits = text.strip().partition("=")
        if not equals:
            raise ValueError(f"give a number as name=number, such as x1=7, not {text.strip()!r}")
        if name.strip() in given:
            raise ValueError(f"{name.strip()!r} is given twice")
        given[name.strip()] = digits.strip()
    if options.numbers is not None:
        return expression.graph(options.expression, given, options.numbers)
    try:
        root = expression.graph(options.expression, given)
        kinds = {node.data.__class__ for node in topological(root)}
    except TypeError:
        kinds = {float}
    # Exact as far as it goes; a function that has no exact value makes all of it floats.
    return expression.graph(options.expression, given, "float") if float in kinds else root


def _explain(root: Value, options: Namespace) -> None:
    if options.wrt is None:
        say([str(explain(root))])
        return
    named = {node.label: node for node in topological(root) if node.label}
    if options.wrt not in named:
        raise ValueError(f"--wrt takes one of {', '.join(sorted(named))}, not {options.wrt!r}")
    say([str(explain(root, named[options.wrt]))])


def _draw(root: Value, options: Namespace) -> None:
    from autograd.draw import draw

    root.backward()
    picture = draw(root, collapse=options.collapse)
    if options.output is None:
        say([picture.source.rstrip()])
        return
    target = Path(options.output)
    if target.suffix in (".gv", ".dot"):
        target.write_text(picture.source, encoding="utf-8")
        return
    if not target.suffix:
        raise ValueError(f"{options.output!r} needs a suffix, such as {target}.svg")
    target.write_bytes(picture.pipe(format=target.suffix[1:].lower(), quiet=True))


def _steps(root: Value, options: Namespace) -> None:
    from autograd.steps import steps

    found = steps(root, collapse=options.collapse)
    if options.output is None:
        say([str(found)])
    elif Path(options.output).suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"steps are written as a page: {options.output!r} needs the suffix .html")
    else:
        found.save(options.output)


_COMMANDS = {"explain": _explain, "draw": _draw, "steps": _steps}
