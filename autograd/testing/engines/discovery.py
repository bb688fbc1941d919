"""Finding an engine: its class, how a value is made, and what its parts are called."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograd.ops import OPS
from autograd.testing.engines.isolation import Answer, Isolated, LoadError
from autograd.testing.engines.program import Number, Operation
from autograd.testing.engines.candidate import Dialect, Candidate, given

# What people call the parts of their class, the most usual first.
DATA = ("data", "value", "val", "v", "x", "item", "num", "number", "primal", "scalar", "_data")
GRAD = (
    "grad", "gradient", "derivative", "deriv", "adjoint", "adj", "grad_value", "g", "d", "dx", "bar",
    "_grad",
)  # fmt: skip
BACKWARD = (
    "backward", "backprop", "backpropagate", "back_propagate", "backpropagation", "backward_pass",
    "back_prop", "back", "compute_gradients", "compute_grads", "calculate_gradients", "gradients",
    "differentiate", "reverse", "run_backward",
)  # fmt: skip
PARTS = ("data", "grad", "backward")

# Other names of the rows, and of operations that are a row with a constant in it.
ALIASES = {
    "ln": "log", "logistic": "sigmoid", "sig": "sigmoid", "ReLU": "relu", "Relu": "relu",
    "swish": "silu", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsinh": "asinh",
    "arccosh": "acosh", "arctanh": "atanh", "arctan2": "atan2", "absolute": "abs", "negative": "neg", "negate": "neg",
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
# What says "that is not supported here", and no fault.
REFUSALS = ("TypeError", "AttributeError", "AssertionError", "NotImplementedError", "ValueError")


class NotFoundError(ValueError):
    """Something that the engine must have and that was not found; it says what to give."""


def target_of(text: str) -> tuple[dict[str, Any], str, str]:
    """The target of `my_engine.py:Value` or `package.module:Value`: for the worker, class, opening.

    Raises NotFoundError for a file that is not there.
    """
    where, _, name = text.rpartition(":") if ":" in text[2:] else (text, "", "")
    if where.endswith(".py"):
        file = Path(where).resolve()
        if not file.is_file():
            raise NotFoundError(f"there is no file {where!r}")
        module = file.stem
        return {"file": str(file), "path": [str(file.parent)]}, name, f"from {module} import "
    if not all(part.isidentifier() for part in where.split(".")):
        raise NotFoundError(
            f"{text!r} is no engine: give file.py:Class, package.module:Class, or one of the "
            "frameworks"
        )
    return {"module": where, "path": [str(Path.cwd())]}, name, f"from {where} import "


def target_of_class(kind: type) -> tuple[dict[str, Any], str]:
    """The target of a class that is here: its file, or the class itself if no import finds it."""
    module = sys.modules.get(kind.__module__)
    file = getattr(module, "__file__", None)
    importable = file and str(file).endswith(".py") and "." not in kind.__qualname__
    if importable and kind.__module__ != "__main__" and inspect.getattr_static(module, kind.__name__, None) is kind:
        paths = [path for path in sys.path if path]
        if "." in kind.__module__:
            return {"module": kind.__module__, "path": paths}, f"from {kind.__module__} import "
        return {"file": str(file), "path": paths}, f"from {kind.__module__} import "
    return {"class": kind}, ""  # fmt: skip


def found(
    process: Isolated, title: str, name: str, opening: str, names: Mapping[str, str]
) -> Candidate:
    """The subject for a class in a process, its parts found by name.

    `names` has those that are called otherwise: data, grad, backward, and rows with what they are
    called. Raises NotFoundError, LoadError.
    """
    name = name or _class(process, {*BACKWARD, names.get("backward", "backward")})
    members = _members(process, name)
    own = {part: names[part] for part in PARTS if part in names}
    leaf = _constructor(process, name)
    data = _data(process, leaf, name, own.get("data"))
    backward, grad = _backward(process, leaf, name, members, own)
    dialect = Dialect(
        leaf=leaf,
        data="{0}." + data,
        grad="{0}." + grad,
        backward=backward,
        change="{0}." + data + " = {1}" if _can_change(process, leaf, data) else "",
        unwrap=data.removesuffix("()"),
    )
    parts = {data, grad, *own.values()}
    extra = {row: called for row, called in names.items() if row not in PARTS}
    operations, missing, untried = _operations(process, dialect, name, members - parts, extra)
    return Candidate(title, f"{opening}{name}", dialect, operations, missing, untried, process)


def _class(process: Isolated, backward: set[str]) -> str:
    """The one class of the file or module that has a backward pass."""
    listing = (
        "[(k, dir(v)) for k, v in list(globals().items()) if isinstance(v, type) "
        "and v.__module__ == globals().get('__name__', '')]"
    )
    classes: list[tuple[str, list[str]]] = given_plain(process.ask("", [listing]))
    able = [name for name, members in classes if backward & {*members}]
    if len(able) == 1:
        return able[0]
    if not able:
        raise NotFoundError(
            "no class here has a method backward(): name the class, such as my_engine.py:Value"
        )
    raise NotFoundError(f"several classes have a backward(): name one of {', '.join(able)}")


def given_plain(answer: Answer) -> Any:
    """What a reading of names gave. Raises LoadError if it did not."""
    if answer.error is not None:
        raise LoadError(": ".join(answer.error))
    kind, *rest = answer.read[0]
    if kind == "error":
        raise LoadError(": ".join(rest))
    return rest[0]


def _members(process: Isolated, name: str) -> set[str]:
    if not all(part.isidentifier() for part in name.split(".")):
        raise NotFoundError(f"{name!r} is not the name of a class")
    answer = process.ask("", [f"isinstance({name}, type)", f"dir({name})"])
    if answer.error is not None or answer.read[0] != ["bool", "0x1"]:
        raise NotFoundError(f"there is no class {name!r} there")
    return {*answer.read[1][1]}


def _constructor(process: Isolated, name: str) -> str:
    """How a leaf is made of a number."""
    forms = [
        f"{name}({{0}})",
        *(f"{name}({part}={{0}})" for part in DATA),
        f"{name}({{0}}, ())",
        f"{name}({{0}}, (), '')",
        f"{name}({{0}}, [])",
        f"{name}({{0}}, None)",
    ]
    wanting = f"'requires_grad' in __import__('inspect').signature({name}).parameters"
    asked = process.ask("", [wanting])
    if asked.error is None and asked.read[0] == ["bool", "0x1"]:
        forms.insert(0, f"{name}({{0}}, requires_grad=True)")
    first = None
    for form in forms:
        answer = process.ask(f"x = {form.format('2.5')}")
        if answer.error is None:
            return form
        first = first or answer.error
    assert first is not None
    raise NotFoundError(f"{name}(2.5) raises {first[0]}: {first[1]}")


def _numbers(process: Isolated, code: str, variable: str, names: Iterable[str]) -> dict[str, Any]:
    """What each attribute of a variable is after some code: a number, or None."""
    names = list(names)
    answer = process.ask(code, [f"{variable}.{name}" for name in names])
    return dict(zip(names, (given(pair).number for pair in answer.read), strict=False))


def _attributes(process: Isolated, code: str, variable: str) -> list[str]:
    """The attributes that are no methods; those of usual names come first."""
    listing = f"[n for n in dir({variable}) if not n.startswith('__') and not callable(getattr({variable}, n, None))]"
    answer = process.ask(code, [listing])
    return sorted(given_plain(answer)) if answer.error is None else []


def _data(process: Isolated, leaf: str, name: str, own: str | None) -> str:
    made = f"x = {leaf.format('2.5')}"
    if own is not None:
        if _numbers(process, made, "x", [own]).get(own) is None:
            raise NotFoundError(f"{name}(2.5).{own} is no number: --names data=… names another")
        return own
    attributes = _attributes(process, made, "x")
    numbers = _numbers(process, made, "x", [*DATA, *attributes])
    near = [attribute for attribute, number in numbers.items() if number == 2.5]
    if near:
        return near[0]
    methods = [f"{called}()" for called in ("item", "value", "get", "numpy")]
    numbers = _numbers(process, made, "x", methods)
    near = [method for method, number in numbers.items() if number == 2.5]
    if near:
        return near[0]
    raise NotFoundError(
        f"no attribute of {name}(2.5) is 2.5 (looked at {', '.join(attributes) or 'none'}): give "
        "its name, as in --names data=value"
    )


def _backward(
    process: Isolated, leaf: str, name: str, members: set[str], own: Mapping[str, str]
) -> tuple[str, str]:
    """How the backward pass is called, and where the gradient is afterwards."""
    made = f"x = {leaf.format('2.5')}\nk = {leaf.format('7.0')}\n"
    made += "y = x * k\n" if process.ask(made + "y = x * k").error is None else "y = x + k\n"
    usual = (own["backward"],) if "backward" in own else BACKWARD
    methods = [called for called in usual if called in members]
    calls = [f"{{0}}.{called}({seed})" for called in methods for seed in ("", "1.0", "1")]
    calls = calls or [f"{called}({{0}})" for called in usual]  # or functions of the module
    failed: tuple[str, str] | None = None
    for call in calls:
        answer = process.ask(made + call.format("y"))
        if answer.error is None or answer.error[0] not in ("TypeError", "NameError"):
            ran = made + call.format("y")
            return call, _grad(process, made, ran, name, members, own.get("grad"))
        failed = failed or answer.error
    if failed is not None and failed[0] == "TypeError":
        raise NotFoundError(f"{calls[0].format('y')} raises {failed[0]}: {failed[1]}")
    raise NotFoundError(
        f"{name} has no method for the backward pass (looked for {', '.join(usual[:4])}): "
        "give its name, as in --names backward=backprop"
    )


def _grad(
    process: Isolated, before: str, code: str, name: str, members: set[str], own: str | None
) -> str:
    attributes = _attributes(process, before, "x")
    if own is not None:
        if own not in attributes and own not in members:
            raise NotFoundError(f"{name} has no {own}: --names grad=… names what holds the gradient")
        return own
    # The right gradient of x · 7 says which it is; a wrong engine's is found by its name.
    after = _numbers(process, code, "x", attributes)
    slope = 7.0 if "x * k" in code else 1.0
    near = [n for n in (*GRAD, *attributes) if after.get(n) == slope]
    usual = [n for n in GRAD if n in attributes]
    if near or usual:
        return (near or usual)[0]
    raise NotFoundError(
        f"no attribute of a {name} holds its gradient (looked at {', '.join(attributes)}): give "
        "its name, as in --names grad=gradient"
    )


def _can_change(process: Isolated, leaf: str, data: str) -> bool:
    if data.endswith("()"):
        return False
    answer = process.ask(f"x = {leaf.format('2.5')}\nx.{data} = 3.5", [f"x.{data}"])
    return answer.error is None and given(answer.read[0]).number == 3.5


# Operations.


def _operations(
    process: Isolated, dialect: Dialect, name: str, members: set[str], own: Mapping[str, str]
) -> tuple[tuple[Operation, ...], tuple[str, ...], tuple[str, ...]]:
    """What there is, what is not there, and what is there under a name that says nothing here."""
    there: list[Operation] = []
    missing: list[str] = []
    for row, form in OPERATORS.items():
        absent = []
        for operation in (kinds := _operand_kinds(row, form)):
            error = _tried(process, dialect, operation)
            if error is None or error[0] not in REFUSALS:
                there.append(operation)
            else:
                absent.append(operation.label)
        missing += absent[:1] if len(absent) == len(kinds) else absent
    methods, untried = _methods(process, dialect, name, members, own)
    return (*there, *methods), tuple(missing), tuple(untried)


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
    public = given_plain(process.ask("", [
        f"[k for k in dir({name}) if k[0] != '_' and callable(getattr({name}, k, None))]"
    ]))  # fmt: skip
    functions = given_plain(process.ask("", [
        f"[k for k, v in list(globals().items()) if callable(v) and not isinstance(v, type) and "
        f"getattr(v, '__module__', None) == {name}.__module__]"
    ]))  # fmt: skip
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
    known = {*BACKWARD, "zero_grad", "data", "grad", "item", "detach", "numpy", "backward"}
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
    if error is not None and (
        error[0] == "NotImplementedError"
        or (error[0] == "TypeError" and ("argument" in error[1] or "callable" in error[1]))
    ):
        return None
    if len(OPS[operation.row].defaults) > 1:
        return None  # clip, whose bounds have no usual defaults
    if OPS[operation.row].defaults and not operation.fixed:
        return _with_constant(process, dialect, operation)
    return operation


def _with_constant(process: Isolated, dialect: Dialect, operation: Operation) -> Operation:
    """A leaky_relu or an elu with the constant that it has within it."""
    row = OPS[operation.row]
    at = -1.0
    code = f"x = {dialect.leaf.format(at)}\ny = {operation.written('x')}"
    answer = process.ask(code, [dialect.data.format("y")], dialect.unwrap)
    number = given(answer.read[0]).number if answer.error is None else None
    constants: Sequence[Number] = (*row.defaults, 0.01, 0.1, 0.2, 0.3, 1.0)
    for constant in constants:
        if number is not None and abs(number - row.compute(at, constant)) < 1e-6:
            return Operation(operation.row, operation.form, (None, constant))
    return Operation(operation.row, operation.form, (None, *row.defaults))


def _tried(process: Isolated, dialect: Dialect, operation: Operation) -> tuple[str, str] | None:
    """What an operation raises at a friendly point, or None."""
    operands = [repr(x) for x in operation.fixed or OPS[operation.row].inputs]
    lines = []
    for place in operation.places:
        number = 1.5 if operation.row == "acosh" else FRIENDLY[place]
        operands[place] = name = "xyz"[place]
        lines.append(f"{name} = {dialect.leaf.format(repr(number))}")
    lines.append(f"z = {operation.written(*operands)}")
    return process.ask("\n".join(lines)).error
