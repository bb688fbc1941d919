"""The engine: what each row becomes, a recorder, a puller, a method and a function.

A row is installed once. Its recorder makes the node, its puller hands the node's gradient to the
parents; both are generated with the rule's text written out in them, when they are first used.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd import codegen, guard
from autograd.ops import OPS, REFUSAL, Op, number_function
from autograd.value import PLAIN, Value, new_node, number, refuse

OPERATORS = {"add": "add", "sub": "sub", "mul": "mul", "div": "truediv", "power": "pow"}
OPERATORS |= {"neg": "neg", "abs": "abs"}

# Runs up to this length are written out element by element, longer ones loop.
UNROLLED = 64


def record(op: Op, *arguments: Any) -> Value:
    """The Value that operation `op` makes of its arguments, Values or numbers.

    A run row takes its runs one after the other: `dot` of two pairs has four arguments. If no
    argument is a Value the result is a leaf. Raises TypeError for an argument that is neither.
    """
    if op.run:
        size = len(arguments) // len(op.inputs)
        return record_runs(op, *(arguments[i : i + size] for i in range(0, len(arguments), size)))
    split = Run(arguments, op.name)
    parents, numbers = split.parents, split.numbers
    data = op.compute(*numbers)
    if parents is None:
        return Value(data)
    if len(numbers) <= 2:
        return _guarded(new_node(op, data, *(*parents, None)[:2], *(*numbers, None)[:2]))
    return _guarded(new_node(op, data, parents, None, numbers, None))


def record_runs(op: Op, x: Iterable[Any] | Run, y: Iterable[Any] | Run | None = None) -> Value:
    """The Value that a run row makes of its one or two runs, sequences of Values or numbers.

    Raises ValueError if the runs are not equally long.
    """
    result = _apply_runs(op, x, y)
    return result if result.__class__ is Value else Value(result)


def _apply_runs(op: Op, x: Any, y: Any = None) -> Any:
    """The same, but the number itself if no element is a Value."""
    a, parents = (x.numbers, x.parents) if x.__class__ is Run else _split(x, op.name)
    if y is None:
        b = partners = None
        data = op.compute(a)
    else:
        b, partners = (y.numbers, y.parents) if y.__class__ is Run else _split(y, op.name)
        if len(a) != len(b):
            raise ValueError(f"{op.name} takes equally long runs, not {len(a)} and {len(b)}")
        data = op.compute(a, b)
    if parents is None and partners is None:
        return data
    return _guarded(new_node(op, data, parents, partners, a, b))


class Run:
    """A run of inputs split into parents and numbers: a layer does it once for all its neurons.

    `parents` is None if every element is a number, else a tuple with None for each number.
    """

    __slots__ = ("numbers", "parents")

    parents: tuple[Value | None, ...] | None
    numbers: tuple[Any, ...]

    def __init__(self, values: Iterable[Any], use: str = "dot") -> None:
        self.numbers, self.parents = _split(values, use)


def _split(
    values: Iterable[Any], use: str
) -> tuple[tuple[Any, ...], tuple[Value | None, ...] | None]:
    """The numbers and the parents of a run."""
    parents = values if values.__class__ is tuple else tuple(values)
    try:
        return tuple([value._data for value in parents]), parents or None
    except AttributeError:
        numbers = tuple([_data(use, value) for value in parents])
        slots = tuple([value if value.__class__ is Value else None for value in parents])
        return numbers, slots if any(slot is not None for slot in slots) else None


def _data(use: str, argument: Any) -> Any:
    kind = argument.__class__
    if kind is Value:
        return argument._data
    plain = argument if kind in PLAIN else number(argument)
    return refuse(argument, use) if plain is None else plain


def _guarded(node: Value) -> Value:
    if guard.check is not None:
        guard.check(node)
    return node


# Generated code. All of it shares one scope, in which a name means what it means in a rule.


# A plain dict: Python looks names up fast in nothing else.
_scope: dict[str, Any] = {
    "_new": object.__new__,
    "_Value": Value,
    "_PLAIN": PLAIN,
    "_number": number,
    "_guard": guard,
    **REFUSAL,
}


def _with(texts: Iterable[str], local: Iterable[str]) -> dict[str, Any]:
    """The scope, with what these texts call in it."""
    for text in texts:
        for name in codegen.names(text):
            if name not in _scope and name not in local:
                _scope[name] = number_function(name)
    return _scope


def _recorder(op: Op, name: str, *, given: int) -> Callable[..., Any]:
    """The method `name` of a Value that records `op`, with the Value as argument number `given`.

    For `__radd__` that is the second. A method that meets something that is no number returns
    NotImplemented, so that Python asks the other operand.
    """
    inputs = op.inputs
    slots = ["None", "None"]
    lines = []
    for place, argument in enumerate(inputs):
        if place == given:
            slots[place] = "self"
            lines.append(f"{argument} = self._data")
            continue
        slots[place] = "other"
        lines += [
            "if other.__class__ is _Value:",
            f"    {argument} = other._data",
            "else:",
            f"    {argument} = other if other.__class__ in _PLAIN else _number(other)",
            f"    if {argument} is None:",
            "        return NotImplemented",
            "    other = None",
        ]
    careful = codegen.unparse(op.value)
    fast = codegen.unparse(op.value, division=False)
    lines += op.in_own_name(
        [f"data = {careful}"]
        if fast == careful
        else ["try:", f"    data = {fast}", "except ZeroDivisionError:", f"    data = {careful}"]
    )
    numbers = [*inputs, "None"][:2]
    lines += [
        "z = _new(_Value)",
        "z._data = data",
        "z.grad = 0",
        'z.label = ""',
        f"z.op = _op_{op.name}",
        f"z._x = {slots[0]}",
        f"z._y = {slots[1]}",
        f"z._a = {numbers[0]}",
        f"z._b = {numbers[1]}",
        "if _guard.check is not None:",
        "    _guard.check(z)",
        "return z",
    ]
    parameters = ["self", "other"][: len(inputs)]
    if op.defaults:
        parameters[-1] += f"={op.defaults[-1]!r}"
    _scope[f"_op_{op.name}"] = op
    return codegen.function(name, parameters, lines, _with([op.value], inputs))


def _puller(op: Op) -> Callable[[Value], None]:
    """The function that adds a node's gradient times each slope to the node's parents."""
    if op.run:
        return _run_puller(op)
    inputs = op.inputs
    local = {*inputs, "z"}
    lines = ["g = node.grad"]
    mentioned = {name for slope in op.slopes for name in codegen.names(slope)}
    if "z" in mentioned:
        lines.append("z = node._data")
    if len(inputs) <= 2:
        slots = ["node._x", "node._y"]
        numbers = zip(inputs, ("node._a", "node._b"), strict=False)
        lines += [f"{name} = {slot}" for name, slot in numbers if name in mentioned]
    else:
        slots = [f"node._x[{place}]" for place in range(len(inputs))]
        lines.append(f"{', '.join(inputs)} = node._a")
    for slot, slope in zip(slots, op.slopes, strict=False):
        added = codegen.accumulate("p.grad", codegen.parse(slope))
        if added:
            lines += [f"p = {slot}", "if p is not None:", *("    " + line for line in added)]
    return codegen.function(f"pull_{op.name}", ["node"], lines, _with(op.slopes, local))


def _run_puller(op: Op) -> Callable[[Value], None]:
    """The puller of a run row: one function for each length, made when it is first met."""
    pullers: dict[int, Callable[[Value], None]] = {}
    looped = _pull_loop(op)

    def pull(node: Value) -> None:
        size: int = len(node._a)
        puller = pullers.get(size)
        if puller is None:
            puller = pullers[size] = _pull_unrolled(op, size) if size <= UNROLLED else looped
        puller(node)

    return pull


_RUN_SLOTS = (("node._x", "node._a"), ("node._y", "node._b"))


def _pull_loop(op: Op) -> Callable[[Value], None]:
    lines = ["g = node.grad", "z = node._data"]
    runs = [*zip(op.parameters, _RUN_SLOTS, strict=False)]
    lines += [f"{run} = {numbers}" for run, (_, numbers) in runs]
    for slope, (_, (slot, _)) in zip(op.slopes, runs, strict=True):
        added = codegen.accumulate("p.grad", codegen.parse(slope))
        lines += [
            f"if {slot} is not None:",
            f"    for p, {', '.join(op.inputs)} in zip({slot}, {', '.join(op.parameters)}):",
            "        if p is not None:",
            *("            " + line for line in added),
        ]
    local = {*op.inputs, *op.parameters, "z"}
    return codegen.function(f"pull_{op.name}", ["node"], lines, _with(op.slopes, local))


def _pull_unrolled(op: Op, size: int) -> Callable[[Value], None]:
    lines = ["g = node.grad", "z = node._data"]
    runs = [*zip(op.inputs, op.parameters, _RUN_SLOTS, strict=False)]

    def listed(name: str) -> str:
        return "".join(f"{name}{place}, " for place in range(size))

    for name, run, (_, numbers) in runs:
        lines.append(f"{listed(name)}= {run} = {numbers}")
    for slope, (_, _, (slot, _)) in zip(op.slopes, runs, strict=True):
        lines += [f"if {slot} is not None:", f"    {listed('p')}= {slot}"]
        for place in range(size):
            renamed = _Numbered(op.inputs, place).visit(codegen.parse(slope))
            added = codegen.accumulate(f"p{place}.grad", renamed)
            lines += [f"    if p{place} is not None:", *("        " + line for line in added)]
    local = {*op.inputs, *op.parameters, "z"}
    name = f"pull_{op.name}_{size}"
    return codegen.function(name, ["node"], lines, _with(op.slopes, local))


class _Numbered(ast.NodeTransformer):
    """Renames the inputs in a slope to those of one element: `x` to `x3`."""

    def __init__(self, inputs: Sequence[str], place: int) -> None:
        self.inputs, self.place = inputs, place

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(f"{node.id}{self.place}", node.ctx) if node.id in self.inputs else node


# Installing.


def _function(op: Op) -> Callable[..., Any]:
    """The public function of a row: Values in, a Value out; numbers in, a number out."""

    def runs(x: Any, y: Any = None) -> Any:
        return _apply_runs(op, x, y)

    def unary(x: Any) -> Any:
        return getattr(x, op.name)() if x.__class__ is Value else op.compute(_data(op.name, x))

    def general(*arguments: Any) -> Any:
        missing = len(op.inputs) - len(arguments)
        if missing:
            if missing < 0 or missing > len(op.defaults):
                raise TypeError(
                    f"{op.name}({', '.join(op.inputs)}) takes {len(op.inputs)} arguments, "
                    f"not {len(arguments)}"
                )
            arguments += op.defaults[-missing:]
        result = record(op, *arguments)
        return result._data if result.op is None else result

    apply = runs if op.run else unary if len(op.inputs) == 1 else general

    apply.__name__ = apply.__qualname__ = op.name
    apply.__doc__ = describe(op)
    apply.__module__ = "autograd"
    return apply


def describe(op: Op) -> str:
    """The docstring of a row's function: what it computes and its slopes, as the row has them."""
    arguments = ", ".join(op.parameters)
    slopes = "\n".join(
        f"    slope to {name}: {text}" for name, text in zip(op.inputs, op.slopes, strict=True)
    )
    return f"{op.name}({arguments}): {op.value}, of Values or of numbers.\n\n{slopes}\n"


def _install(op: Op) -> Callable[..., Any]:
    """Gives a row its puller, its recorder, its methods and its function."""

    def pull(node: Value) -> None:
        made = _puller(op)
        object.__setattr__(op, "pull", made)
        made(node)

    object.__setattr__(op, "pull", pull)
    object.__setattr__(op, "record", lambda *arguments: record(op, *arguments))
    for name, given in _methods(op).items():
        setattr(Value, name, _on_first_call(op, name, given))
    function = FUNCTIONS[op.name] = _function(op)
    return function


def _methods(op: Op) -> dict[str, int]:
    """The methods of Value that record this row, each with the place of the Value among the inputs.

    NumPy's `np.arcsin(v)` calls a method of its own function's name.
    """
    if op.run or op.inputs[0] != "x":
        return {}
    names = dict.fromkeys({op.name, op.ufunc} - {""}, 0)
    operator = OPERATORS.get(op.name)
    if operator and len(op.inputs) > 1:
        names |= {f"__{operator}__": 0, f"__r{operator}__": 1}
    elif operator:
        names |= {f"__{operator}__": 0}
    return names


def _on_first_call(op: Op, name: str, given: int) -> Callable[..., Any]:
    """A method that makes itself when it is first called, so that importing compiles nothing."""

    def method(self: Value, *arguments: Any) -> Any:
        made: Callable[..., Any]
        if len(op.inputs) > 2:

            def made(self: Value, *rest: Any) -> Any:
                return record(op, self, *rest)

        else:
            made = _recorder(op, name, given=given)
            if len(op.inputs) > 1 and not name.startswith("__"):
                made = _refusing(op, made)
        setattr(Value, name, made)
        return made(self, *arguments)

    method.__doc__ = describe(op)
    return method


def _refusing(op: Op, recorder: Callable[..., Any]) -> Callable[..., Any]:
    """A method called by name has nobody else to ask: what is no number is a TypeError."""

    def method(self: Value, *arguments: Any) -> Any:
        result = recorder(self, *arguments)
        return _data(op.name, arguments[0]) if result is NotImplemented else result

    return method


FUNCTIONS: dict[str, Callable[..., Any]] = {}


def register(op: Op) -> Callable[..., Any]:
    """Adds a row to the table and returns its function. Everything reads the table, so that is all.

    Raises ValueError if the name is taken or is not a name, NameError if a text calls something
    that is neither an elementary function nor a row.

    >>> from autograd import Op, Value, register
    >>> cube = register(Op(name="cube", value="x * x * x", slopes=("3 * x * x",)))
    >>> x = Value(2, "x")
    >>> cube(x).backward()
    >>> x.grad
    12
    >>> from autograd.engine import unregister; unregister("cube")
    """
    if not isinstance(op, Op):
        raise TypeError(f"register takes an Op, not {type(op).__name__} {op!r}")
    if not op.name.isidentifier():
        raise ValueError(f"{op.name!r} cannot name an operation: it is not a name")
    if op.name in OPS or hasattr(Value, op.name):
        raise ValueError(
            f"{op.name!r} is taken already: choose another name"
            + (f", or unregister({op.name!r}) first" if op.name not in _BUILT_IN else "")
        )
    op.compute, op.partials  # noqa: B018  compiled now, so that a wrong text is refused now
    OPS[op.name] = op
    return _install(op)


def unregister(name: str) -> None:
    """Takes a row that was registered out of the table again; graphs made with it keep working."""
    if name in _BUILT_IN or name not in OPS:
        raise ValueError(f"{name!r} was not registered, so it cannot be taken out")
    op = OPS.pop(name)
    FUNCTIONS.pop(name)
    _scope.pop(name, None)  # another row of this name means another function
    for method in {op.name, op.ufunc} - {""}:
        if method in vars(Value):
            delattr(Value, method)


_BUILT_IN = frozenset(OPS)

for _op in OPS.values():
    _install(_op)
