"""The engine: what each row becomes, a recorder, a puller, methods and a function.

A row is installed once. Its recorder makes the node, its puller hands the node's gradient to the
parents; both are generated with the rule's text written out in them, when they are first used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd.codegen import Plain, Scope, Source, accumulate
from autograd.elementary import LOSES_FRACTIONS, PLAIN, exact_base, filled, number, refuse
from autograd.errors import guard
from autograd.ops import BESIDE, OPS, ROUTINES, Op
from autograd.text import Binary, Node, check_name, names, walk
from autograd.value import Value, new_node

OPERATORS = {"add": "add", "sub": "sub", "mul": "mul", "div": "truediv", "power": "pow"}
OPERATORS |= {"neg": "neg", "abs": "abs", "mod": "mod", "floordiv": "floordiv"}
OPERATORS |= {"floor": "floor", "ceil": "ceil", "trunc": "trunc"}  # math.floor(v) asks for these

# Runs up to this length are written out element by element, longer ones loop.
UNROLLED = 64

# The public function of each row.
FUNCTIONS: dict[str, Callable[..., Any]] = {}


def record(op: Op, *arguments: Any) -> Value:
    """The Value that operation `op` makes of its arguments, Values or numbers.

    A run row takes its runs one after the other: `dot` of two pairs has four arguments. If no
    argument is a Value the result is a leaf. Raises TypeError for an argument that is neither.
    """
    result = _applied_to_runs(op, *op.split(arguments)) if op.run else _applied(op, arguments)
    return result if isinstance(result, Value) else Value(result)


def _applied(op: Op, arguments: tuple[Any, ...]) -> Any:
    """The Value, but the number itself if no argument is a Value."""
    split = Run(arguments, op.name)
    parents, numbers = split.parents, split.numbers
    data = op.compute(*numbers)
    if parents is None:
        return data
    if len(numbers) <= 2:
        return _guarded(new_node(op, data, *(*parents, None)[:2], *(*numbers, None)[:2]))
    return _guarded(new_node(op, data, parents, None, numbers, None))


def _applied_to_runs(op: Op, x: Any, y: Any = None) -> Any:
    """The same for a run row. Raises ValueError if the runs are not equally long."""
    left = x if x.__class__ is Run else Run(x, op.name)
    if y is None:
        data, partners, second = op.compute(left.numbers), None, None
    else:
        right = y if y.__class__ is Run else Run(y, op.name)
        partners, second = right.parents, right.numbers
        if len(left.numbers) != len(second):
            raise ValueError(
                f"{op.name} takes equally long runs, not {len(left.numbers)} and {len(second)}"
            )
        data = op.compute(left.numbers, second)
    if left.parents is None and partners is None:
        return data
    return _guarded(new_node(op, data, left.parents, partners, left.numbers, second))


class Run:
    """A run of inputs split into parents and numbers: a layer does it once for all its neurons.

    `parents` is None if every element is a number, else a tuple with None for each number.
    """

    __slots__ = ("numbers", "parents")

    parents: tuple[Value | None, ...] | None
    numbers: tuple[Any, ...]

    def __init__(self, values: Iterable[Any], use: str = "dot") -> None:
        parents = values if values.__class__ is tuple else tuple(values)
        try:
            self.numbers, self.parents = tuple([value.raw for value in parents]), parents or None
        except AttributeError:
            self.numbers = tuple([_data(use, value) for value in parents])
            slots = tuple([value if isinstance(value, Value) else None for value in parents])
            self.parents = slots if any(slot is not None for slot in slots) else None


def _data(use: str, argument: Any) -> Any:
    if isinstance(argument, Value):
        return argument.raw
    plain = argument if argument.__class__ in PLAIN else number(argument)
    return refuse(argument, use) if plain is None else plain


def _guarded(node: Value) -> Value:
    if (check := guard.check) is not None:  # read once: another thread may end the last block
        check(node)
    return node


# Generated code.

_new = object.__new__


def _recorder(op: Op, name: str, given: int = 0) -> Callable[..., Any]:
    """The method `name` of a Value that records `op`, with the Value as argument number `given`.

    For `__radd__` that is the second. A method that meets something that is no number returns
    NotImplemented, so that Python asks the other operand.
    """
    scope = Scope()
    own, other, data, node, check = map(scope.local, ("self", "other", "data", "z", "check"))
    operands = scope.locals(op.inputs)
    value, plain, new, watch = (
        scope.constant(*pair)
        for pair in (("Value", Value), ("PLAIN", PLAIN), ("new", _new), ("guard", guard))
    )
    parents = [own if place == given else other for place in range(len(op.inputs))]
    lines = []
    for place, operand in enumerate(operands.values()):
        if place == given:
            lines.append(f"{operand} = {own}.raw")
            continue
        made = f"{scope.constant('number', number)}({other})"
        if name == "__rpow__" and LOSES_FRACTIONS:
            base = f"{scope.constant('exact_base', exact_base)}({other})"
            lines += [f"if {other}.__class__ is float:", f"    {other} = {base}"]
        lines += [
            f"if {other}.__class__ is {value}:",
            f"    {operand} = {other}.raw",
            f"elif {other}.__class__ in {plain}:",
            f"    {operand} = {other}",
            f"    {other} = None",
            f"elif isinstance({other}, {value}):",
            f"    {operand} = {other}.raw",
            "else:",
            f"    {operand} = {made}",
            f"    if {operand} is None:",
            "        return NotImplemented",
            f"    {other} = None",
        ]
    call = op.numbers(scope)
    careful = [f"{data} = {Source(operands, call)(op.trees.value)}"]
    if _only_divides(op.trees.value):  # Python's own division is faster, where it does not raise
        fast = Plain(operands, call)(op.trees.value)
        careful = [
            "try:", f"    {data} = {fast}", "except (ZeroDivisionError, OverflowError):",
            "    " + careful[0],
        ]  # fmt: skip
    lines += op.in_own_name(careful, operands, scope)
    lines += [
        f"{node} = {new}({own}.__class__)",
        f"{node}.raw = {data}",
        f"{node}.grad = 0",
        f'{node}.label = ""',
        f"{node}.op = {scope.constant('op', op)}",
    ]
    slots = zip(("left", "right", "first", "second"), [*_two(parents), *_two(operands.values())])  # noqa: B905
    lines += [f"{node}.{slot} = {filled}" for slot, filled in slots]
    lines += [f"if ({check} := {watch}.check) is not None:", f"    {check}({node})"]
    lines.append(f"return {node}")
    parameters = [own, other][: len(op.inputs)]
    return scope.function(name, parameters, lines, f"record {op.name}")


def _only_divides(tree: Node) -> bool:
    """Whether a value has divisions, and nothing in it that Python's operators would do worse."""
    signs = [part.sign for part in walk(tree) if isinstance(part, Binary)]
    return "/" in signs and "**" not in signs


def _two(items: Iterable[str]) -> list[str]:
    return [*items, "None"][:2]


def _puller(op: Op) -> Callable[[Value], None]:
    """The function that adds a node's gradient times each slope to the node's parents."""
    if op.run:
        return _run_puller(op)
    scope = Scope()
    node, g = map(scope.local, ("node", "g"))
    lines = [f"{g} = {node}.grad", *_pulled(op, scope, node, g)]
    return scope.function(f"pull_{op.name}", [node], lines)


def _pulled(op: Op, scope: Scope, node: str, g: str) -> list[str]:
    """The lines of it, where `g` is the gradient of the node."""
    p = scope.local("p")
    known = scope.locals(op.arguments)
    mentioned = {name for slope in op.trees.slopes for name in names(slope)}
    lines = [f"{known['z']} = {node}.raw"] if "z" in mentioned else []
    if len(op.inputs) <= 2:
        slots = [f"{node}.left", f"{node}.right"]
        pairs = zip(op.inputs, ("first", "second"), strict=False)
        lines += [f"{known[name]} = {node}.{slot}" for name, slot in pairs if name in mentioned]
    else:
        slots = [f"{node}.left[{place}]" for place in range(len(op.inputs))]
        lines.append(f"{', '.join(known[name] for name in op.inputs)} = {node}.first")
    source = Source(known, op.numbers(scope))
    for slot, slope in zip(slots, op.trees.slopes, strict=False):
        added = accumulate(f"{p}.grad", slope, g, source)
        if added:
            lines += [f"{p} = {slot}", f"if {p} is not None:", *_indented(added)]
    return lines


# The rows whose pulls are written out in the loop over the nodes: nearly all nodes are theirs.
WRITTEN_OUT = ("mul", "add")


def _pull(nodes: list[Value], mark: object) -> None:
    """Makes itself when it is first called."""
    scope = Scope()
    each, marks, node, g, op = map(scope.local, ("nodes", "mark", "node", "g", "op"))
    body = [f"{g}, {op} = {node}.grad, {node}.op", f"if {g} is {marks}:", f"    {node}.grad = 0"]
    for name in WRITTEN_OUT:
        row = OPS[name]
        body.append(f"elif {op} is {scope.constant(name, row)}:")
        body += _indented(_pulled(row, scope, node, g))
    body += ["else:", f"    {op}.pull({node})"]
    lines = [f"for {node} in {each}:", *_indented(body)]
    made = scope.function("pull", [each, marks], lines, "backward")
    Value._pull = staticmethod(made)
    made(nodes, mark)


def _indented(lines: Iterable[str], by: int = 1) -> list[str]:
    return ["    " * by + line for line in lines]


def _run_puller(op: Op) -> Callable[[Value], None]:
    """The puller of a run row: one function for each length, made when it is first met."""
    pullers: dict[int, Callable[[Value], None]] = {}
    looped = _run_pull(op, None)

    def pull(node: Value) -> None:
        size: int = len(node.first)
        puller = pullers.get(size)
        if puller is None:
            puller = pullers[size] = _run_pull(op, size) if size <= UNROLLED else looped
        puller(node)

    return pull


def _run_pull(op: Op, size: int | None) -> Callable[[Value], None]:
    """A puller of runs of one size, written out; or one of any size, with a loop."""
    scope = Scope()
    node, g, z = map(scope.local, ("node", "g", "z"))
    runs = scope.locals(op.parameters)
    call = op.numbers(scope)
    lines = [f"{g} = {node}.grad", f"{z} = {node}.raw"]
    places = range(1 if size is None else size)
    elements = [  # the names of each element of each run: x, y in a loop, else x0, y0, x1, …
        {name: scope.local(name if size is None else f"{name}{k}") for name in op.inputs}
        for k in places
    ]
    parents = [scope.local("p" if size is None else f"p{k}") for k in places]
    slots = [*zip(op.inputs, runs.values(), (("left", "first"), ("right", "second")), strict=False)]
    for name, run, (_, numbers) in slots:
        listed = "".join(f"{element[name]}, " for element in elements)
        lines.append(f"{'' if size is None else listed + '= '}{run} = {node}.{numbers}")
    for slope, (_, _, (slot, _)) in zip(op.trees.slopes, slots, strict=True):
        lines.append(f"if {node}.{slot} is not None:")
        if size is None:
            ends = ", ".join([parents[0], *elements[0].values()])
            sides = ", ".join([f"{node}.{slot}", *runs.values()])
            lines.append(f"    for {ends} in {scope.constant('zip', zip)}({sides}):")
        else:
            lines.append(f"    {''.join(f'{p}, ' for p in parents)}= {node}.{slot}")
        for p, element in zip(parents, elements, strict=True):
            added = accumulate(f"{p}.grad", slope, g, Source(runs | element | {"z": z}, call))
            pulled = [f"if {p} is not None:", *_indented(added or ["pass"])]
            lines += _indented(pulled, 2 if size is None else 1)
    return scope.function(f"pull_{op.name}{'' if size is None else f'_{size}'}", [node], lines)


# Installing.


def _function(op: Op) -> Callable[..., Any]:
    """The public function of a row: Values in, a Value out; numbers in, a number out."""
    recorders: list[Callable[[Value], Value]] = []

    def runs(x: Any, y: Any = None) -> Any:
        return _applied_to_runs(op, x, y)

    def unary(x: Any) -> Any:
        if not isinstance(x, Value):
            return op.compute(_data(op.name, x))
        if not recorders:
            recorders.append(_recorder(op, op.name))
        return recorders[0](x)

    def longer(x: Any, *others: Any) -> Any:  # unary, but for one more question
        if others:
            return OPS[op.longer].apply(x, *others)
        if not isinstance(x, Value):
            return op.compute(_data(op.name, x))
        if not recorders:
            recorders.append(_recorder(op, op.name))
        return recorders[0](x)

    def general(*arguments: Any, out: None = None, **named: Any) -> Any:  # noqa: ARG001  np.clip's
        if named:
            arguments = _placed(op, arguments, named)
        missing = len(op.inputs) - len(arguments)
        if missing < 0 or missing > len(op.defaults):
            raise TypeError(
                f"{op.name}({', '.join(op.inputs)}) takes {len(op.inputs)} arguments, "
                f"not {len(arguments)}"
            )
        if op.defaults:
            arguments = filled(arguments, len(op.inputs), op.defaults, _data(op.name, arguments[0]))
        return _applied(op, arguments)

    one = longer if op.longer else unary
    apply = runs if op.run else one if len(op.inputs) == 1 else general
    apply.__name__ = apply.__qualname__ = op.name
    apply.__doc__ = describe(op)
    apply.__module__ = "autograd"
    return apply


def _placed(op: Op, given: Sequence[Any], named: dict[str, Any]) -> tuple[Any, ...]:
    """Arguments in the order of the inputs. Raises TypeError for a name that is none, or given."""
    for name in named:
        if name not in op.inputs[len(given) :]:
            raise TypeError(
                f"{op.name}({', '.join(op.inputs)}) has no argument {name!r} left to be named"
            )
    return (*given, *(named.get(name) for name in op.inputs[len(given) :]))


def describe(op: Op) -> str:
    """The docstring of a row's function: what it computes and its slopes, as the row has them."""
    arguments = ", ".join(op.parameters)
    slopes = "\n".join(
        f"    slope to {name}: {text}" for name, text in zip(op.inputs, op.slopes, strict=True)
    )
    meant = f", which is {op.meaning}" if op.meaning else ""
    text = f"{op.name}({arguments}): {op.value}{meant}, of Values or of numbers.\n\n{slopes}\n"
    if op.longer:
        other = OPS[op.longer]
        text += f"\n{op.name}({', '.join(other.parameters)}): as {describe(other)}"
    return text


def _install(op: Op) -> Callable[..., Any]:
    """Gives a row its puller, its recorder, its methods and its function."""
    prepare(op)
    for name, given in methods(op).items():
        general = len(op.inputs) > 2 or op.defaults
        setattr(Value, name, op.apply if general else _on_first_call(op, name, given))
    FUNCTIONS[op.name] = op.apply
    return op.apply


def prepare(op: Op) -> None:
    """Gives a row what it needs to be recorded and pulled through."""

    def pull(node: Value) -> None:
        made = _puller(op)
        object.__setattr__(op, "pull", made)
        made(node)

    object.__setattr__(op, "pull", pull)
    object.__setattr__(op, "record", lambda *arguments: record(op, *arguments))
    object.__setattr__(op, "apply", _function(op))


def methods(op: Op) -> dict[str, int]:
    """The methods of Value that record this row, each with the place of the Value among the inputs.

    NumPy's `np.arcsin(v)` calls a method of its own function's name.
    """
    if op.run or not op.method:
        return {}
    found = dict.fromkeys(filter(None, (op.name, op.ufunc)), 0)
    operator = OPERATORS.get(op.name)
    if operator and len(op.inputs) > 1:
        found |= {f"__{operator}__": 0, f"__r{operator}__": 1}
    elif operator:
        found |= {f"__{operator}__": 0}
    return found


def _on_first_call(op: Op, name: str, given: int) -> Callable[..., Any]:
    """A method that makes itself when it is first called, so that importing compiles nothing."""

    def method(self: Value, *arguments: Any) -> Any:
        made = _recorder(op, name, given)
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


def register(op: Op) -> Callable[..., Any]:
    """Adds a row to the table and returns its function. Everything reads the table, so that is all.

    Graphs keep the row that they were recorded with, whatever is registered later. Raises
    ValueError if the name is taken; a row whose texts cannot be read was refused when it was made.

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
    check_name(op.name, "an operation")
    for name in {op.name, op.ufunc} - {""}:
        if name in OPS or name in BESIDE or name in ROUTINES or hasattr(Value, name):
            raise ValueError(
                f"{name!r} is taken already: choose another name"
                + (f", or unregister({name!r}) first" if name in OPS.keys() - BUILT_IN else "")
            )
    try:
        OPS[op.name] = op
        return _install(op)
    except BaseException:  # Ctrl-C: a row is there with all its methods, or not
        _remove(op)
        raise


def unregister(name: str) -> None:
    """Takes a row that was registered out of the table again; graphs made with it keep working."""
    if name in BUILT_IN or name not in OPS:
        raise ValueError(f"{name!r} was not registered, so it cannot be taken out")
    _remove(OPS[name])


def _remove(op: Op) -> None:
    """Takes a row out, from the table last: what is interrupted can be done again."""
    for method in methods(op).keys() & vars(Value).keys():
        delattr(Value, method)
    FUNCTIONS.pop(op.name, None)
    OPS.pop(op.name, None)


BUILT_IN = frozenset(OPS)

Value._pull = staticmethod(_pull)
for _op in OPS.values():
    _install(_op)
for _op in BESIDE.values():
    prepare(_op)
