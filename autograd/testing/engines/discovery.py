"""Finding an engine: its class, how a value is made, and what its parts are called."""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from autograd.testing.engines.candidate import Candidate, Dialect, given, plain
from autograd.testing.engines.isolation import Isolated, NotFoundError
from autograd.testing.engines.repertoire import PARTS, repertoire

# What people call the parts of their class, the most usual first.
DATA = ("data", "value", "val", "v", "x", "item", "num", "number", "primal", "scalar", "_data")
GRAD = (
    "grad", "gradient", "derivative", "deriv", "adjoint", "adj", "grad_value", "g", "d", "dx",
    "bar", "_grad",
)  # fmt: skip
BACKWARD = (
    "backward", "backprop", "backpropagate", "back_propagate", "backpropagation", "backward_pass",
    "back_prop", "back", "compute_gradients", "compute_grads", "calculate_gradients", "gradients",
    "differentiate", "reverse", "run_backward",
)  # fmt: skip


def target_of(text: str) -> tuple[dict[str, Any], str, str]:
    """The target of `my_engine.py:Value` or `package.module:Value`: for the worker, class, opening.

    Raises NotFoundError for a file that is not there.
    """
    where, _, name = text.rpartition(":") if ":" in text[2:] else (text, "", "")
    if where.endswith(".py"):
        file = Path(where).resolve()
        if not file.is_file():
            raise NotFoundError(f"there is no file {where!r}")
        relative = re.search(rb"^\s*from\s+\.", file.read_bytes(), re.MULTILINE)
        if relative and "." not in file.parent.name:  # of which no import can speak
            return _in_package(file, name)
        module = file.stem
        return {"file": str(file), "path": [str(file.parent)]}, name, f"from {module} import "
    if Path(where).is_file():
        how = "call check_engine(Value) of autograd.testing in it, or save it as one"
        how = how if where.endswith(".ipynb") else "unpack it, or give file.py:Class"
        raise NotFoundError(f"{where!r} is no Python file: {how}")
    if not all(part.isidentifier() for part in where.split(".")):
        raise NotFoundError(
            f"{text!r} is no engine: give file.py:Class, package.module:Class, or one of the "
            "frameworks"
        )
    return {"module": where, "path": [str(Path.cwd())]}, name, f"from {where} import "


def _in_package(file: Path, name: str) -> tuple[dict[str, Any], str, str]:
    """The target of a file whose imports begin at a package: it is imported as a module of that."""
    top, parts = file.parent.parent, [file.parent.name, file.stem]
    while (top / "__init__.py").is_file():
        top, parts = top.parent, [top.name, *parts]
    module = ".".join(parts).removesuffix(".__init__")
    target = {"module": module, "path": [str(file.parent), str(top)]}
    return target, name, f"from {module} import "


def target_of_class(kind: type) -> tuple[dict[str, Any], str]:
    """The target of a class that is here: its module, or the class itself if no import finds it."""
    module, name = kind.__module__, kind.__name__
    here = sys.modules.get(module)
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        spec = None
    same = spec is not None and spec.origin == getattr(here, "__file__", None)
    if same and module != "__main__" and inspect.getattr_static(here, name, None) is kind:
        return {"module": module, "path": [*filter(None, sys.path)]}, f"from {module} import "
    return {"class": kind}, ""


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
    operations, missing, untried = repertoire(
        process, dialect, name, members - parts - {*BACKWARD}, extra
    )
    return Candidate(title, f"{opening}{name}", dialect, operations, missing, untried, process)


def _class(process: Isolated, backward: set[str]) -> str:
    """The one class of the file or module that has a backward pass."""
    listing = (
        "[(k, dir(v)) for k, v in list(globals().items()) if isinstance(v, type) "
        "and v.__module__ == globals().get('__name__', '')]"
    )
    classes: list[tuple[str, list[str]]] = plain(process.ask("", [listing]))
    able = [name for name, members in classes if backward & {*members}]
    if len(able) == 1:
        return able[0]
    if not able:
        raise NotFoundError(
            "no class here has a method backward(): name the class, such as my_engine.py:Value"
        )
    raise NotFoundError(f"several classes have a backward(): name one of {', '.join(able)}")


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
    listing = (
        f"[n for n in dir({variable}) if not n.startswith('__') "
        f"and not callable(getattr({variable}, n, None))]"
    )
    answer = process.ask(code, [listing])
    return sorted(plain(answer)) if answer.error is None else []


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
            raise NotFoundError(
                f"{name} has no {own}: --names grad=… names what holds the gradient"
            )
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
