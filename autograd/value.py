"""Value: a number that remembers how it was computed."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from decimal import Decimal
from fractions import Fraction
from numbers import Real
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeAlias

from autograd import guard
from autograd.graph import topological
from autograd.ops import Op

Number: TypeAlias = float | int | Fraction | Decimal

PLAIN = frozenset({float, int, Fraction, Decimal})


def number(data: Any) -> Any:
    """`data` as a number that a Value can hold, or None where it is not one.

    A NumPy scalar becomes the Python number that it equals, a bool 0 or 1.
    """
    kind = data.__class__
    if kind in PLAIN:
        return data
    if isinstance(data, bool):
        return int(data)
    if kind.__module__ == "numpy" and getattr(data, "shape", None) == ():
        data = data.item()
        return None if isinstance(data, complex | str | bytes) else number(data)
    return data if isinstance(data, Real | Decimal) else None


def refuse(data: Any, use: str) -> NoReturn:
    """Raises the TypeError for `data` where `use` wants a real number."""
    kind = type(data).__name__
    way_out = {
        "complex": "split it into two Values, the real and the imaginary part",
        "str": "convert it first: Value(float(text)) or Value(Fraction(text))",
        "NoneType": "give it a number",
        "Value": "use the Value itself, or its .data to start a new leaf",
        "ndarray": "make one Value an element: [Value(x) for x in array.tolist()]",
    }.get(kind, "give one float, int, Fraction or Decimal")
    raise TypeError(f"{use} takes a real number, not {kind} {data!r}: {way_out}")


if TYPE_CHECKING:
    # What the generated methods look like to a type checker.
    def _arithmetic(self: Value, other: Any, /) -> Value: ...
    def _function(self: Value, /) -> Value: ...
    def _function_of_two(self: Value, parameter: Any = ..., /) -> Value: ...


# What comparisons ask while a function is traced (see `autograd.jit`): a recorded graph has taken
# one branch already, so there a comparison is recorded and its truth is refused.
tracing: ContextVar[Any] = ContextVar("tracing", default=None)


class Value:
    """A number in a computation graph: its data, its gradient and the operation that made it.

    `Value(data, label="")` is a leaf; arithmetic and the functions of `autograd` make the rest.
    `data` is a float, int, Fraction or Decimal and stays what it is. `grad` is 0 until `backward()`
    runs from a value that was computed from this one. `op` is the row of `autograd.ops` that made
    the value, None for a leaf. Two Values are equal only if they are the same node; `<` and its
    friends compare data. Raises TypeError for data that is not a real number.

    >>> x = Value(3.0, "x")
    >>> y = x * x + 2 * x
    >>> y.backward()
    >>> y.data, x.grad
    (15.0, 8.0)
    """

    # `_x` and `_y` hold the parents (None for a constant, a tuple for a run of inputs), `_a` and
    # `_b` the numbers that the operation was computed from: a leaf may change afterwards. Two slots
    # instead of one tuple halve what the garbage collector has to scan.
    __slots__ = ("_a", "_b", "_data", "_x", "_y", "grad", "label", "op")

    _a: Any
    _b: Any
    _data: Any
    _x: Any
    _y: Any
    grad: Any
    label: str
    op: Op | None

    def __init__(self, data: Any, label: str = "", *, grad: Any = 0) -> None:
        if data.__class__ not in PLAIN:
            plain = number(data)
            data = refuse(data, "Value") if plain is None else plain
        if label.__class__ is not str:
            raise TypeError(f"a label is text, not {type(label).__name__} {label!r}")
        self._data = data
        self.grad = grad
        self.label = label
        self.op = None
        self._x = self._y = self._a = self._b = None

    @property
    def data(self) -> Any:
        """The number. It can be set on a leaf: graphs recorded before keep what they recorded."""
        return self._data

    @data.setter
    def data(self, data: Any) -> None:
        if self.op is not None:
            raise AttributeError(
                f"the data of {self!r} was computed by {self.op.name!r} and cannot be set: "
                "set a leaf, then compute again or use replay()"
            )
        plain = number(data)
        self._data = refuse(data, "data") if plain is None else plain

    # Reading the graph.

    @property
    def inputs(self) -> tuple[Any, ...]:
        """The arguments in order: a Value for a parent, a number for a constant. () for a leaf."""
        return tuple(
            operand if parent is None else parent
            for parent, operand in zip(self._slots(), self.operands, strict=True)
        )

    @property
    def parents(self) -> tuple[Value, ...]:
        """The Values this one was computed from, in argument order: `x + x` has two."""
        return tuple(parent for parent in self._slots() if parent is not None)

    @property
    def operands(self) -> tuple[Any, ...]:
        """The numbers this value was computed from, as they were then. () for a leaf."""
        if self.op is None:
            return ()
        if self._a.__class__ is tuple:
            return (*self._a, *(self._b or ()))
        return (self._a, self._b)[: len(self.op.inputs)]

    def _slots(self) -> tuple[Value | None, ...]:
        """The parent of each argument, None for a constant."""
        if self.op is None:
            return ()
        if self._a.__class__ is not tuple:
            return (self._x, self._y)[: len(self.op.inputs)]
        slots: tuple[Value | None, ...] = ()
        for parents, operands in ((self._x, self._a), (self._y, self._b)):
            slots += (None,) * len(operands or ()) if parents is None else parents
        return slots

    def partials(self) -> tuple[Any, ...]:
        """The local derivative to each argument at the recorded numbers, None for a constant.

        >>> (Value(3) * Value(4)).partials()
        (4, 3)
        """
        if self.op is None:
            return ()
        slopes = self.op.partials
        arguments = [self.operands] * len(slopes)
        if self.op.run:
            runs = tuple(run for run in (self._a, self._b) if run is not None)
            slopes = tuple(slope for slope in slopes for _ in self._a)
            arguments = [(*element, *runs) for element in zip(*runs, strict=True)] * len(runs)
        return tuple(
            None if parent is None else slope(*numbers, self._data)
            for parent, slope, numbers in zip(self._slots(), slopes, arguments, strict=True)
        )

    # Gradients.

    def backward(self) -> None:
        """Adds the derivative of this value to every leaf's `grad`, by the chain rule.

        This value's own `grad` becomes 1 and each value in between gets the gradient of this pass.
        Leaves add up over calls, `zero_grad()` starts them again. If a number type raises on the
        way (a Fraction divided by 0, say), the leaves keep the gradients they had.

        >>> a = Value(2.0)
        >>> (a * a).backward(); (3 * a).backward()
        >>> a.grad
        7.0
        """
        if self.op is None:
            self.grad += 1
            return
        order = topological(self, leaves=False)
        guarded = guard.check is not None
        kept = None if self._data.__class__ is float and not guarded else _gradients(order)
        zero = 0
        for node in order:
            node.grad = zero
        self.grad = 1
        order.reverse()
        try:
            for node in order:
                # Still the very 0 it was given: no gradient reaches this node, so it has none to
                # hand on (a branch not taken would make it 0 times inf).
                if node.grad is not zero:
                    node.op.pull(node)  # type: ignore[union-attr]
                    if guarded:
                        guard.check_gradients(node)
        except BaseException:
            for leaf, grad in (kept or {}).items():
                leaf.grad = grad
            raise

    def zero_grad(self) -> None:
        """Sets the gradient of this value and of everything it was computed from to 0."""
        for node in topological(self):
            node.grad = 0

    # What a number can do. Arithmetic and the functions are generated from the rows (`engine`).

    if TYPE_CHECKING:
        __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _arithmetic
        __truediv__ = __rtruediv__ = __pow__ = __rpow__ = _arithmetic
        __neg__ = __abs__ = _function
        exp = log = log2 = log10 = sqrt = cbrt = expm1 = log1p = _function
        sin = cos = tan = asin = acos = atan = sinh = cosh = tanh = _function
        asinh = acosh = atanh = _function
        sigmoid = softplus = relu = gelu = silu = erf = _function
        elu = leaky_relu = _function_of_two
        atan2 = hypot = maximum = minimum = xlogy = _arithmetic

    def __pos__(self) -> Self:
        return self

    def __bool__(self) -> bool:
        trace = tracing.get()
        return bool(self._data) if trace is None else trace.truth(self)

    def __lt__(self, other: Any) -> Any:
        return _compare(self, other, "__lt__")

    def __le__(self, other: Any) -> Any:
        return _compare(self, other, "__le__")

    def __gt__(self, other: Any) -> Any:
        return _compare(self, other, "__gt__")

    def __ge__(self, other: Any) -> Any:
        return _compare(self, other, "__ge__")

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self._data!r}, grad={self.grad!r}{label})"

    # Copies go through the flat list: following the links would recurse as deep as the graph.

    def __copy__(self) -> Value:
        return _like(self, lambda parents: parents)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        def copied(parents: Any) -> Any:
            if parents.__class__ is not tuple:
                return parents if parents is None else memo[id(parents)]
            if id(parents) not in memo:  # a run is shared, and stays so
                memo[id(parents)] = tuple(map(copied, parents))
            return memo[id(parents)]

        for node in topological(self):
            if id(node) not in memo:
                memo[id(node)] = _like(node, copied)
        copy: Value = memo[id(self)]
        return copy

    def __reduce__(self) -> tuple[Any, ...]:
        if self.op is None:
            return _leaf, (self._data, self.label, self.grad)
        order = topological(self)
        place: dict[Any, Any] = {node: index for index, node in enumerate(order)}
        place[None] = None

        def index(parents: Any) -> Any:
            if parents.__class__ is tuple:
                return tuple(map(index, parents))
            return place[parents]

        # Leaves are pickled as themselves, so that graphs pickled together still share them.
        rows = [
            node
            if node.op is None
            else (
                *(node.op, node._data, node.grad, node.label),
                *(index(node._x), index(node._y), node._a, node._b),
            )
            for node in order
        ]
        return _unpickled, (rows,)


def _gradients(order: list[Value]) -> dict[Value, Any]:
    """The gradients of the leaves that the nodes of `order` use."""
    return {leaf: leaf.grad for node in order for leaf in node.parents if leaf.op is None}


def _leaf(data: Any, label: str, grad: Any) -> Value:
    return Value(data, label, grad=grad)


def _unpickled(rows: list[Any]) -> Value:
    nodes: list[Value] = []

    def parents(index: Any) -> Any:
        if index.__class__ is tuple:
            return tuple(map(parents, index))
        return None if index is None else nodes[index]

    for row in rows:
        if row.__class__ is Value:
            nodes.append(row)
        else:
            op, data, grad, label, x, y, a, b = row
            node = new_node(op, data, parents(x), parents(y), a, b)
            node.grad, node.label = grad, label
            nodes.append(node)
    return nodes[-1]


def _like(node: Value, parents: Callable[[Any], Any]) -> Value:
    """A new node like this one, on other parents."""
    copy = new_node(node.op, node._data, parents(node._x), parents(node._y), node._a, node._b)
    copy.grad, copy.label = node.grad, node.label
    return copy


def new_node(op: Op | None, data: Any, x: Any, y: Any, a: Any, b: Any) -> Value:
    """A node as recording makes it: parents `x` and `y`, recorded numbers `a` and `b`."""
    node = _new(Value)
    node._data, node.grad, node.label, node.op = data, 0, "", op
    node._x, node._y, node._a, node._b = x, y, a, b
    return node


_new = object.__new__


def _compare(left: Value, right: Any, method: str) -> Any:
    trace = tracing.get()
    if trace is not None:
        return trace.compare(left, right, method)
    other = right._data if right.__class__ is Value else number(right)
    if other is None:
        return NotImplemented
    result = getattr(left._data, method)(other)
    if result is NotImplemented:  # an int knows no float, a float no Fraction
        swapped = {"__lt__": "__gt__", "__gt__": "__lt__", "__le__": "__ge__", "__ge__": "__le__"}
        result = getattr(other, swapped[method])(left._data)
    return result
