"""What operations a class has: its operators, and methods and functions whose names say so."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from autograd.ops import OPS
from autograd.testing.engines.candidate import Dialect, given, plain
from autograd.testing.engines.composition import method
from autograd.testing.engines.isolation import Isolated, NotFoundError
from autograd.testing.engines.program import Number, Operation

# What is called data, grad or backward is no operation.
PARTS = ("data", "grad", "backward")

# Other names of the rows, and of operations that are a row with a constant in it.
ALIASES = {
    "ln": "log", "logistic": "sigmoid", "sig": "sigmoid", "ReLU": "relu", "Relu": "relu",
    "swish": "silu", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsinh": "asinh",
    "arccosh": "acosh", "arctanh": "atanh", "arctan2": "atan2", "absolute": "abs",
    "negative": "neg", "negate": "neg",
    "multiply": "mul", "subtract": "sub", "divide": "div", "true_divide": "div", "pow": "power",
    "leakyrelu": "leaky_relu", "leakyReLU": "leaky_relu", "LeakyReLU": "leaky_relu",
    "logsigmoid": "log_sigmoid", "Tanh": "tanh", "Sigmoid": "sigmoid",
}  # fmt: skip
CONSTANT: Mapping[str, tuple[str, tuple[Number | None, ...]]] = {
    "square": ("power", (None, 2)),
    "squared": ("power", (None, 2)),
    "cube": ("power", (None, 3)),
    "reciprocal": ("div", (1, None)),
    "inv": ("div", (1, None)),
    "inverse": ("div", (1, None)),
    "rsqrt": ("power", (None, -0.5)),
}

OPERATORS = {
    "add": "{0} + {1}", "sub": "{0} - {1}", "mul": "{0} * {1}", "div": "{0} / {1}",
    "power": "{0} ** {1}", "neg": "-{0}", "copy": "+{0}", "abs": "abs({0})",
    "mod": "{0} % {1}", "floordiv": "{0} // {1}",
}  # fmt: skip

# Where every operation is tried first: inside the domains of as many as possible.
FRIENDLY = (0.5, 1.5, 3.0)
# Code that says whether a line breaks within the engine, by no `raise` or `assert` of its own.
_BREAKS = """\
import opcode
try:
    {0}
    broken = False
except Exception as error:
    last = error.__traceback__
    while last.tb_next:
        last = last.tb_next
    code = last.tb_frame.f_code
    raised = code.co_code[last.tb_lasti] == opcode.opmap["RAISE_VARARGS"]
    broken = not raised and code.co_filename != "<check>"
"""
# What says "that is not supported here", and no fault.
REFUSALS = ("TypeError", "AttributeError", "AssertionError", "NotImplementedError", "ValueError")


def repertoire(
    process: Isolated, dialect: Dialect, name: str, members: set[str], own: Mapping[str, str]
) -> tuple[tuple[Operation, ...], tuple[str, ...], tuple[str, ...]]:
    """What there is, what is not there, and what is there under a name that says nothing here."""
    there: list[Operation] = []
    missing: list[str] = []
    for row, form in OPERATORS.items():
        absent: list[str] = []
        for operation in (kinds := _operand_kinds(row, form)):
            error = _tried(process, dialect, operation)
            if (
                error is None
                or error[0] not in REFUSALS
                or (_is_meant(operation, members, absent) and _breaks(process, dialect, operation))
            ):
                there.append(operation)
            else:
                absent.append(operation.label)
        missing += absent[:1] if len(absent) == len(kinds) else absent
    methods, untried = _methods(process, dialect, name, members, own)
    return (*there, *methods), tuple(missing), tuple(untried)


def _is_meant(operation: Operation, members: set[str], absent: Sequence[str]) -> bool:
    """Whether the class has a method for nothing but this, so that it ought to work.

    One that takes numbers alone, or Values alone, is a choice: `x ** n`, and `x + y` without 1 + x.
    """
    if method(operation) not in members:
        return False
    if not operation.any_number:
        return operation.row not in ("power", "mod", "floordiv")
    return operation.places == (1,) and not absent


def _operand_kinds(row: str, form: str) -> list[Operation]:
    """An operator on two values, and on a value and a number on either side."""
    if len(OPS[row].inputs) == 1:
        return [Operation(row, form)]
    return [
        Operation(row, form),
        Operation(row, form, (None, 2), any_number=True),
        Operation(row, form, (2, None), any_number=True),
    ]


def _methods(
    process: Isolated, dialect: Dialect, name: str, members: set[str], own: Mapping[str, str]
) -> tuple[list[Operation], list[str]]:
    public = plain(process.ask("", [
        f"[k for k in dir({name}) if k[0] != '_' and callable(getattr({name}, k, None))]"
    ]))  # fmt: skip
    listing = (
        f"[k for k, v in list(globals().items()) if callable(v) and not isinstance(v, type) and "
        f"getattr(v, '__module__', None) == {name}.__module__]"
    )
    functions = plain(process.ask("", [listing]))
    unknown = [row for row in own if row not in OPS]
    if unknown:
        raise NotFoundError(f"--names takes {', '.join(PARTS)} or an operation, not {unknown[0]!r}")
    called = {text: row for row, text in own.items()}
    there, untried = [], []
    for member in sorted(members & {*public}):
        operation = _meant(called.get(member, member), "{0}." + member)
        if operation is None:
            untried.append(member)
        elif (fit := _fitting(process, dialect, operation)) is not None:
            there.append(fit)
        else:
            untried.append(member)
    for function in functions:
        operation = _meant(called.get(function, function), function)
        if operation is None:
            continue
        error = _tried(process, dialect, operation)  # it may be about another class
        if error is None or error[0] not in REFUSALS:
            there += filter(None, [_fitting(process, dialect, operation)])
    known = {"zero_grad", "item", "detach", "numpy"}
    return there, [text for text in untried if text not in known]


def _meant(text: str, called: str) -> Operation | None:
    """The operation that a method or a function of this name is, if the name says it."""
    prefix = "{0}." if called.startswith("{0}.") else ""
    row, fixed = CONSTANT.get(text, (ALIASES.get(text, text), ()))
    if row not in OPS or OPS[row].run or OPS[row].helper:
        return None
    count = len(OPS[row].inputs) - len(OPS[row].defaults)
    operands = [k for k in range(count) if not fixed or fixed[k] is None]
    if row == "where" or len(operands) > 2:
        return None
    if prefix:
        rest = ", ".join(f"{{{k}}}" for k in operands[1:])
        return Operation(row, f"{{{operands[0]}}}.{called[4:]}({rest})", fixed)
    return Operation(row, f"{called}({', '.join(f'{{{k}}}' for k in operands)})", fixed)


def _fitting(process: Isolated, dialect: Dialect, operation: Operation) -> Operation | None:
    """The operation as it can be called, its hidden constants found; None if it cannot."""
    error = _tried(process, dialect, operation)
    if (
        error is not None
        and (
            error[0] == "NotImplementedError"
            or (error[0] == "TypeError" and ("argument" in error[1] or "callable" in error[1]))
        )
        and not _breaks(process, dialect, operation)
    ):
        return None
    if len(OPS[operation.row].defaults) > 1:
        return None  # clip, whose bounds have no usual defaults
    if operation.row == "gelu" and abs(_value(process, dialect, operation, 1.0) - 0.841192) < 1e-6:
        return None  # its approximation by tanh
    if OPS[operation.row].defaults and not operation.fixed:
        return _with_constant(process, dialect, operation)
    return operation


def _with_constant(process: Isolated, dialect: Dialect, operation: Operation) -> Operation:
    """A leaky_relu or an elu with the constant that it has within it."""
    row, at = OPS[operation.row], -1.0
    number = _value(process, dialect, operation, at)
    constants: Sequence[Number] = (*row.defaults, 0.01, 0.1, 0.2, 0.3, 1.0)
    for constant in constants:
        if abs(number - row.compute(at, constant)) < 1e-6:
            return Operation(operation.row, operation.form, (None, constant))
    return Operation(operation.row, operation.form, (None, *row.defaults))


def _value(process: Isolated, dialect: Dialect, operation: Operation, at: float) -> float:
    """What an operation of one value gives at a point; nan if nothing."""
    code = f"x = {dialect.leaf.format(at)}\ny = {operation.written('x')}"
    answer = process.ask(code, [dialect.data.format("y")], dialect.unwrap)
    number = given(answer.read[0]).number if answer.error is None else None
    return math.nan if number is None else float(number)


def _tried(process: Isolated, dialect: Dialect, operation: Operation) -> tuple[str, str] | None:
    """What an operation raises at a friendly point, or None."""
    return process.ask("\n".join(_friendly(dialect, operation))).error


def _breaks(process: Isolated, dialect: Dialect, operation: Operation) -> bool:
    """Whether an operation that raises does so by mistake, within the code of the engine."""
    *leaves, line = _friendly(dialect, operation)
    answer = process.ask("\n".join([*leaves, _BREAKS.format(line)]), ["int(broken)"])
    return answer.error is None and answer.read[0] == ["int", "0x1"]


def _friendly(dialect: Dialect, operation: Operation) -> list[str]:
    """The lines that do an operation at a friendly point."""
    operands = [repr(x) for x in operation.fixed or OPS[operation.row].inputs]
    lines = []
    for place in operation.places:
        number = 1.5 if operation.row == "acosh" else FRIENDLY[place]
        operands[place] = name = "xyz"[place]
        lines.append(f"{name} = {dialect.leaf.format(repr(number))}")
    return [*lines, f"z = {operation.written(*operands)}"]
