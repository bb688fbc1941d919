"""Derivatives of functions, to any order: grad, jacobian, hessian, and products with vectors.

Each call of a derivative gives the function nodes of its own for its arguments, so that nested ones
cannot mistake each other's variables. If nothing else went into the result, the gradient is a
number; if other Values did (an outer derivative's, or ones the function captured), the slopes
are recorded as Values, and the gradient can be differentiated again.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from operator import add, itemgetter, mul
from typing import Any, Protocol, TypeAlias, overload

from autograd import elementary
from autograd.codegen import Scope, Source
from autograd.elementary import number, refuse, spelled
from autograd.engine import prepare, record
from autograd.graph import Slopes, fold, joined, topological
from autograd.ops import BESIDE, OPS, Op, taken
from autograd.structure import Spec, flatten, rebuild
from autograd.text import Node, names
from autograd.value import Value, new_node, tracing

Function: TypeAlias = Callable[..., Any]


class _AnyFunction(Protocol):
    """`Callable[..., Any]` in two overloads, which a type checker does not fit a lambda to."""

    @overload
    def __call__(self, first: Any, /, *args: Any, **kwargs: Any) -> Any: ...
    @overload
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...


# A function as a user writes it: to a strict type checker the parameters of a lambda are then Any,
# where `Callable[..., Any]`, alone or among these, would leave them unknown (see test_typing).
UserFunction: TypeAlias = (
    Callable[[], Any]
    | Callable[[Any], Any]
    | Callable[[Any, Any], Any]
    | Callable[[Any, Any, Any], Any]
    | Callable[[Any, Any, Any, Any], Any]
    | _AnyFunction
)


def grad(f: UserFunction, argnums: int | tuple[int, ...] = 0, *, has_aux: bool = False) -> Function:
    """The function that computes the gradient of `f` to the arguments at `argnums`.

    `f` takes numbers, Values or nested lists, tuples, dicts, dataclasses and arrays of them, and
    returns one Value; with `has_aux`, a pair of that and anything else, and the gradient comes in a
    pair with it. The gradient has the structure of the argument, or is a tuple if `argnums` is one.
    Raises TypeError if `f` returns anything but one number, ValueError for an argument that is not
    there or named twice.

    >>> cube = lambda x: x**3
    >>> grad(cube)(2), grad(grad(cube))(2), grad(grad(grad(cube)))(2)
    (12, 12, 6)
    >>> grad(lambda w: w[0] * w[1])([3.0, 4.0])
    [4.0, 3.0]
    """
    both = value_and_grad(f, argnums, has_aux=has_aux)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, found = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return gradient


def value_and_grad(
    f: UserFunction, argnums: int | tuple[int, ...] = 0, *, has_aux: bool = False
) -> Function:
    """The function that computes the value of `f` and its gradient, as `grad` does.

    >>> value_and_grad(lambda x, y: x * y, argnums=(0, 1))(3, 4)
    (12, (4, 3))
    >>> value_and_grad(lambda x: (x * x, "squared"), has_aux=True)(3)
    ((9, 'squared'), 6)
    """

    def value_and_gradient(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        arguments = _Arguments(args, argnums)
        result = arguments.given_to(f, kwargs)
        result, *aux = _pair(result) if has_aux else (result,)
        if not isinstance(result, Value) and number(result) is None:
            raise TypeError(
                f"grad needs a function that returns one number, not {type(result).__name__} "
                f"{result!r}: use jacobian for several"
            )
        gradients, closed = _gradients(result, arguments.variables)
        value = result.raw if closed and isinstance(result, Value) else result
        return (value, *aux) if aux else value, arguments.shaped(gradients)

    return value_and_gradient


def jacobian(f: UserFunction, argnums: int | tuple[int, ...] = 0) -> Function:
    """The function that computes the derivative of every output of `f` to every input.

    The result has the structure of what `f` returns, with the structure of the argument in the
    place of each number: for a function from a list of n to a list of m, m lists of n. Raises
    TypeError if `f` returns anything but numbers.

    >>> jacobian(lambda x: [x[0] * x[1], x[0] + x[1]])([3.0, 4.0])
    [[4.0, 3.0], [1, 1]]
    """

    def derivative(*args: Any, **kwargs: Any) -> Any:
        arguments = _Arguments(args, argnums)
        outputs, spec = _outputs(arguments.given_to(f, kwargs), "jacobian")
        rows = [_gradients(output, arguments.variables)[0] for output in outputs]
        return rebuild(spec, map(arguments.shaped, rows))

    return derivative


def hessian(f: UserFunction, argnums: int = 0) -> Function:
    """The function that computes the second derivatives of `f`: the jacobian of its gradient.

    For a list of n numbers it is n lists of n.

    >>> hessian(lambda x: x[0] ** 2 * x[1])([3, 5])
    [[10, 6], [6, 0]]
    """
    return jacobian(grad(f, argnums), argnums)


def jvp(f: UserFunction, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """The value of `f` at its arguments `primals`, and its derivative in the direction `tangents`.

    Each tangent has the structure of its argument; the derivative has that of the value. Raises
    ValueError where they do not fit.

    >>> jvp(lambda x, y: x * y, (3, 4), (1, 10))
    (12, 34)
    """
    arguments = _Arguments(tuple(primals), tuple(range(len(primals))))
    directions: list[Any] = []
    if flatten(tuple(tangents), directions) != arguments.spec:
        raise ValueError("jvp needs a tangent of the same structure for each argument")
    outputs, spec = _outputs(arguments.given_to(f, {}), "jvp")
    begun, times, plus, number_of = _arithmetic()
    total = dict(zip(arguments.variables, map(begun, directions), strict=True))
    values, closed = _values(outputs, arguments.variables)
    order = _joint(outputs)
    active = _depending(order, arguments.variables)
    slopes: Slopes = Value.slopes if closed else _slopes_on_values(active)
    for node in order:
        for _, parent, slope in () if node in total else slopes(node):
            if parent in total and slope is not False:
                share = times(total[parent], slope)
                total[node] = plus(total[node], share) if node in total else share
    reached = [isinstance(x, Value) and x in total for x in outputs]
    found = [number_of(total[x]) if came else 0 for x, came in zip(outputs, reached, strict=True)]
    return rebuild(spec, iter(values)), rebuild(spec, iter(found))


def vjp(f: UserFunction, *args: Any) -> tuple[Any, Function]:
    """The value of `f`, and the function that pulls a gradient of it back to the arguments.

    `pull(g)` takes one of the structure of the value and gives one gradient for each argument, a
    tuple. Raises ValueError for a `g` that does not fit.

    >>> value, pull = vjp(lambda x, y: [x * y, x + y], 3, 4)
    >>> value, pull([1, 0]), pull([0, 1])
    ([12, 7], (4, 3), (1, 1))
    """
    arguments = _Arguments(args, tuple(range(len(args))))
    outputs, spec = _outputs(arguments.given_to(f, {}), "vjp")
    values, closed = _values(outputs, arguments.variables)
    order = _joint(outputs)
    above = new_node(None, 0, None, None, None, None)
    active = _depending(order, arguments.variables)
    slopes: Slopes = Value.slopes if closed else _slopes_on_values(active)
    order, slopes = joined(order, slopes, active, values=not closed)

    def pull(g: Any) -> tuple[Any, ...]:
        given: list[Any] = []
        if flatten(g, given) != spec:
            raise ValueError("the gradient to pull back has the structure of the function's value")

        def from_above(node: Value) -> Iterable[tuple[int, Value, Any]]:
            if node is not above:
                return slopes(node)
            pairs = enumerate(zip(outputs, given, strict=True))
            return ((k, output, x) for k, (output, x) in pairs if isinstance(output, Value))

        begun, times, plus, number_of = _arithmetic()
        steps = fold([*order, above], begun(1), from_above, times=times, plus=plus)
        total = {node: number_of(sum_) for node, sum_, _ in steps}
        return arguments.shaped({node: total.get(node, 0) for node in arguments.variables})  # type: ignore[no-any-return]

    return rebuild(spec, iter(values)), pull


def stop_gradient(x: Any) -> Any:
    """The same number, a constant to every derivative, eager or compiled.

    >>> grad(lambda x: x * stop_gradient(x))(3)
    3
    """
    return record(BESIDE["stop_gradient"], x) if isinstance(x, Value) else x


def hvp(f: UserFunction, x: Any, v: Any) -> Any:
    """The Hessian of `f` at `x` times `v`, in the structure of x; the Hessian is never there.

    >>> hvp(lambda x: x[0] ** 2 * x[1], [3, 5], [1, 0])
    [10, 6]
    """
    return jvp(grad(f), (x,), (v,))[1]


# Functions of one's own.


def custom(
    value: UserFunction | None = None,
    /,
    *given: UserFunction,
    slopes: Sequence[UserFunction] = (),
    name: str = "",
) -> Function:
    """A function of Values made from Python functions: its value, and its slope to each argument.

    `value(*numbers)` gives a number, each slope `slope(*arguments, z)` the derivative to one
    argument, where z is the value. Slopes written with autograd's functions can be differentiated
    again. Without a value it is a decorator. A graph, an explanation and the Python backend of
    `jit` call it; machine code needs a rule that is text. Raises ValueError for another number of
    slopes than arguments, TypeError for what is no number.

    >>> square = custom(lambda x: x * x, lambda x, z: 2 * x, name="square")
    >>> grad(square)(3), grad(grad(square))(3), square(5)
    (6, 2, 25)
    >>> @custom(slopes=[lambda x, y, z: z / x, lambda x, y, z: z / y])
    ... def product(x, y):
    ...     return x * y
    >>> grad(product, (0, 1))(3.0, 4.0)
    (4.0, 3.0)
    """
    if value is None:
        return lambda value: custom(value, *given, slopes=slopes, name=name)
    slopes = (*given, *slopes)
    if not name and getattr(value, "__name__", "") == "<lambda>":
        raise ValueError('a lambda has no name: say how the operation is called, name="cube"')
    name = name or getattr(value, "__name__", "custom").strip("<>")
    inputs = tuple(f"x{k}" for k in range(1, len(slopes) + 1))
    try:
        inspect.signature(value).bind(*inputs)
    except TypeError as error:
        count = len(slopes)
        raise ValueError(f"{name} has {count} slopes, one for each argument: {error}") from None
    arguments = ", ".join(inputs)
    parts = {f"{name}_slope{k}": slope for k, slope in enumerate(slopes, 1)}
    op = Op(
        name=name, value=f"{name}({arguments})", inputs=inputs, opaque=True,
        slopes=tuple(f"{part}({arguments}, z)" for part in parts),
        routines={part: _of_numbers(part, f) for part, f in {name: value, **parts}.items()},
    )  # fmt: skip
    prepare(op)
    again = tuple(_of_values(name, slope) for slope in slopes)
    object.__setattr__(op, "derivatives", again)
    op.apply.__doc__ = value.__doc__ or op.apply.__doc__
    return op.apply


def _of_numbers(name: str, f: Function) -> Function:
    """A function whose result has to be a number."""

    def checked(*numbers: Any) -> Any:
        outer = tracing.get()
        try:
            tracing.set(None)  # it runs on numbers, whoever is being traced
            found = f(*numbers)
        finally:
            tracing.set(outer)
        plain = None if isinstance(found, Value) else number(found)
        return refuse(found, f"the result of {name}") if plain is None else plain

    return checked


def _of_values(name: str, slope: Function) -> Function:
    """A slope on Values; one that is written for numbers alone is refused in its name."""

    def checked(*arguments: Any) -> Any:
        try:
            return slope(*arguments)
        except TypeError as error:
            raise TypeError(
                f"a slope of {name} is written for numbers, so it has no derivative of its own "
                f"({error}): write it with autograd's functions"
            ) from error

    return checked


def implicit(f: UserFunction, solve: UserFunction, *, tolerance: float = 1e-6) -> Function:
    """The root x of f(x, *parameters) = 0 that `solve(*parameters)` finds, with its derivatives.

    By the implicit function theorem the slope to a parameter is that of f to it, over that of f to
    x, negative: `solve` may be any method, and is never differentiated. Raises ValueError where the
    theorem does not hold: if f is not 0 at what `solve` gives (a step of Newton's method would be
    longer than `tolerance` beside x and 1), or if its slope to x is 0 or not finite.

    >>> root = implicit(lambda x, a: x * x - a, lambda a: a**0.5)
    >>> root(9.0), grad(root)(9.0) == 1 / 6
    (3.0, True)
    """

    def solved(*parameters: Any) -> Any:
        x = solve(*parameters)
        value, slope = value_and_grad(f)(x, *parameters)
        if isinstance(value, Value) or isinstance(slope, Value):
            raise TypeError(
                "the function of an implicit root uses a Value that is no argument, to which the "
                "root would have no derivative: give it as one, as in implicit(lambda x, a: …, "
                "lambda a: …)(a)"
            )
        if not slope or slope != slope or abs(slope) == float("inf"):
            raise ValueError(
                f"the root {spelled(x)} has no derivative: that of f to x is {spelled(slope)} there"
            )
        if not abs(value / slope) <= tolerance * max(1, abs(x)):
            raise ValueError(
                f"solve gave {spelled(x)}, where f is {spelled(value)}: that is no root"
            )
        return x

    def slope(place: int) -> Function:
        def to_parameter(*arguments: Any) -> Any:
            *parameters, x = arguments
            to_x, to_it = grad(f, (0, place + 1))(x, *parameters)
            return -to_it / (to_x * OPS["one"].apply(x))  # two ints, too, in the root's number type

        return to_parameter

    made: dict[int, Function] = {}

    def root(*parameters: Any) -> Any:
        count = len(parameters)
        if count not in made:
            made[count] = custom(solved, *map(slope, range(count)), name="root")
        return made[count](*parameters)

    return root


# Arguments and results.


class _Arguments:
    """Arguments with variables of our own for the numbers that are differentiated to."""

    def __init__(self, args: tuple[Any, ...], argnums: int | tuple[int, ...]) -> None:
        places = (argnums,) if isinstance(argnums, int) else tuple(argnums)
        for place in places:
            if not -len(args) <= place < len(args):
                raise ValueError(
                    f"argnums={argnums} of a function called with {len(args)} arguments"
                )
        if len({place % len(args) for place in places}) < len(places):
            raise ValueError(f"argnums={argnums} has an argument twice: name each once")
        chosen: Any = args[argnums] if isinstance(argnums, int) else tuple(args[i] for i in places)
        leaves: list[Any] = []
        self.spec: Spec = flatten(chosen, leaves, "grad takes")
        self.variables = [_own(x) for x in leaves]
        inner = rebuild(self.spec, iter(self.variables))
        filled = dict(zip(places, (inner,) if isinstance(argnums, int) else inner, strict=True))
        self.args = list(args)
        for place, argument in filled.items():
            self.args[place] = argument

    def given_to(self, f: Function, kwargs: Mapping[str, Any]) -> Any:
        """What the function makes of them."""
        with _live(self.variables):
            return f(*self.args, **kwargs)

    def shaped(self, gradients: Mapping[Value, Any]) -> Any:
        """Gradients in the structure of the arguments."""
        return rebuild(self.spec, map(gradients.__getitem__, self.variables))


def _own(x: Any) -> Value:
    """A variable of our own for an argument: a copy of the Value, or of the number."""
    return (
        record(OPS["copy"], x)
        if isinstance(x, Value)
        else new_node(OPS["copy"], x, None, None, x, None)
    )


def _pair(result: Any) -> tuple[Any, Any]:
    if not isinstance(result, tuple) or len(result) != 2:
        raise TypeError(
            f"has_aux needs a function that returns a pair (value, aux), not {result!r}"
        )
    return result


def _arithmetic() -> tuple[Function, Function, Function, Function]:
    """How derivatives begin, are multiplied and added, and what number they are in the end.

    While a function is traced they go with where any gradient came.
    """
    trace = tracing.get()
    if trace is None:
        return (lambda x: x), mul, add, (lambda x: x)
    return (lambda x: (x, True)), trace.times, trace.plus, itemgetter(0)


def _outputs(result: Any, use: str) -> tuple[list[Any], Spec]:
    outputs: list[Any] = []
    return outputs, flatten(result, outputs, f"{use} needs a function that returns")


def _values(outputs: Sequence[Any], variables: list[Value]) -> tuple[list[Any], bool]:
    """What a function returned, as numbers if nothing but the variables went into it."""
    closed = all(_is_closed(output, set(variables)) for output in outputs)
    return [x.raw if closed and isinstance(x, Value) else x for x in outputs], closed


def _joint(outputs: Iterable[Any]) -> list[Value]:
    """The nodes of several graphs in one topological order."""
    roots = tuple(output for output in outputs if isinstance(output, Value))
    if not roots:
        return []
    *order, _ = topological(new_node(OPS["dot"], 0, roots, None, None, None))
    return order


# One graph.


def adjoints(root: Value, wrt: Iterable[Value], *, masked: bool = False) -> dict[Value, Any]:
    """The derivative of `root` to each node on the way to the nodes `wrt`, as Values (or numbers).

    The slopes are the rows' own texts, run on the Values of the graph. If `masked`, which is for a
    function that is being traced, each comes with where any gradient reached it.
    """
    order = topological(root)
    active = _depending(order, wrt)
    order, slopes = joined(order, _slopes_on_values(active), active, values=True)
    trace = tracing.get()
    if trace is not None:
        return trace.adjoints(order, slopes, masked)  # type: ignore[no-any-return]
    return {node: total for node, total, _ in fold(order, 1, slopes)}


def _depending(order: Sequence[Value], on: Iterable[Value]) -> set[Value]:
    """The nodes that depend on others, and those; what gradients are stopped at depends on none."""
    found = set(on)
    for node in order:
        if node.op is not BESIDE["stop_gradient"] and not found.isdisjoint(node.parents):
            found.add(node)
    return found


def _slopes_on_values(active: set[Value]) -> Slopes:
    """The slopes of nodes, as Values, to those arguments that are active."""
    trace = tracing.get()
    derivatives = derivatives_of if trace is None else trace.derivatives

    def slopes(node: Value) -> Iterator[tuple[int, Value, Any]]:
        if node.op is None or node not in active:
            return
        inputs, functions = node.inputs, derivatives(node.op)
        for place, (which, arguments) in enumerate(node.op.places(inputs)):
            argument = inputs[place]
            if isinstance(argument, Value) and argument in active:
                yield place, argument, functions[which](*arguments, node)

    return slopes


@cache
def derivatives_of(op: Op) -> tuple[Function, ...]:
    """The slopes of a row as functions of Values, False where a gradient is not handed on."""
    if op.derivatives:
        return op.derivatives
    found = []
    for name, tree in zip(op.inputs, op.trees.slopes, strict=True):
        scope = Scope()
        names = scope.locals(op.arguments)
        numbers = {name: scope.local(f"{name}_data") for name in op.arguments}
        source = OfValues(op, names, numbers, scope)
        data = scope.constant("data", _data)
        text = source(taken(tree))
        needed = [f"{numbers[name]} = {data}({names[name]})" for name in source.compared]
        made = scope.function(
            f"{op.name}_slope_{name}", names.values(), [*needed, f"return {text}"], "of Values"
        )
        found.append(made)
    return tuple(found)


class OfValues(Source):
    """The Python writer for texts that run on Values: a condition looks at their numbers."""

    def __init__(
        self, op: Op, names: Mapping[str, str], numbers: Mapping[str, str], scope: Scope
    ) -> None:
        self.op, self.scope, self.compared = op, scope, dict[str, None]()
        super().__init__(names, self.function)
        self.conditions = Source(numbers, op.numbers(scope))

    def function(self, name: str) -> str:
        """The public function of the row of that name."""
        if name in _OF_RUNS:
            return self.scope.constant(name, _OF_RUNS[name])
        return self.scope.constant(name, self.op.rows.get(name, OPS.get(name)).apply)  # type: ignore[union-attr]

    def choice(self, test: Node, yes: Node, no: Node) -> tuple[str, int]:
        """A choice between Values by numbers."""
        self.compared |= dict.fromkeys(names(test))
        sides = self.within(yes, 1), self.within(no, 0)
        return f"{sides[0]} if {self.conditions(test)} else {sides[1]}", 0


def _data(x: Any) -> Any:
    """The number that an argument of a slope is, or those of a run."""
    if isinstance(x, Value):
        return x.raw
    return tuple(map(_data, x)) if isinstance(x, tuple | list) else x


def _softmax(x: Any, xs: Sequence[Any]) -> Any:
    """A share of a sum of exponentials: the mean of what is 1 at the place of x and else 0."""
    place = next(k for k, other in enumerate(xs) if other is x)
    return OPS["softmean"].apply(xs, [int(k == place) for k in range(len(xs))])


def _softmean_dx(x: Any, y: Any, xs: Sequence[Any], ys: Sequence[Any]) -> Any:
    """A share, times the mean of how far y is from the others."""
    distances = [0 if other is y else y - other for other in ys]
    return _softmax(x, xs) * OPS["softmean"].apply(xs, distances)


def _others(x: Any, xs: Sequence[Any]) -> list[Any]:
    place = next(k for k, other in enumerate(xs) if other is x)
    return [*xs[:place], *xs[place + 1 :]]


def _prod_dx(x: Any, xs: Sequence[Any]) -> Any:
    """The product of the others."""
    return OPS["prod"].apply(_others(x, xs))


def _norm_dx(x: Any, xs: Sequence[Any]) -> Any:
    """One leg over the hypotenuse, which the length of the others makes it."""
    return OPS["hypot_dx"].apply(x, OPS["norm"].apply(_others(x, xs)))


def _share(xs: Sequence[Any]) -> Any:
    """A constant; while a function is traced, in the number type that there will be."""
    if tracing.get() is None:
        return elementary.share(_data(xs))
    half = OPS["half"].apply(next(x for x in xs if isinstance(x, Value)))
    return (half + half) / len(xs)  # of ints, too, a Fraction


# The slopes of the table that look at a whole run.
_OF_RUNS = {
    "softmax": _softmax, "softmean_dx": _softmean_dx, "prod_dx": _prod_dx, "norm_dx": _norm_dx,
    "share": _share,
}  # fmt: skip


def _gradients(root: Any, variables: list[Value]) -> tuple[dict[Value, Any], bool]:
    """The derivative of `root` to each variable, and whether nothing else went into it."""
    if not isinstance(root, Value):
        return dict.fromkeys(variables, 0), True
    if not _is_closed(root, set(variables)):
        total = adjoints(root, variables)
        return {variable: total.get(variable, 0) for variable in variables}, False
    for variable in variables:
        variable.grad = 0
    root.backward()
    return {variable: variable.grad for variable in variables}, True


def _is_closed(root: Any, own: set[Value]) -> bool:
    """Whether nothing but numbers, known ones, and our own variables went into a result."""
    if tracing.get() is not None:
        return False
    nodes = topological(root) if isinstance(root, Value) else ()
    return all(node in own or not (node.op is None or node in _alive) for node in nodes)


# The variables of derivatives being taken now. One that is no longer alive and turns up in a graph
# is the number that it was.
_alive: set[Value] = set()


def alive() -> set[Value]:
    """The variables of derivatives being taken now, which code that is compiled must not freeze."""
    return {*_alive}


def is_past(node: Value) -> bool:
    """Whether a node is, of all that a function captures, a variable of a derivative taken once."""
    return node.op is not None and node not in _alive


def is_differentiated(x: Any) -> bool:
    """Whether a derivative that is being taken now flows through this."""
    return bool(_alive) and isinstance(x, Value) and x in _depending(topological(x), _alive)


@contextmanager
def _live(variables: list[Value]) -> Iterator[None]:
    try:
        _alive.update(variables)
        yield
    finally:
        _alive.difference_update(variables)
