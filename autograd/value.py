"""Value: a number that remembers how it was computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from decimal import Decimal
from fractions import Fraction
from threading import RLock
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias

from autograd.elementary import (
    PLAIN,
    Missing,
    NotExactError,
    careful_product,
    careful_sum,
    check_added,
    number,
    refuse,
    spelled,
)
from autograd.errors import called, check_gradients, guard
from autograd.graph import fold, joined, joins, marked, topological
from autograd.ops import Op

Number: TypeAlias = float | int | Fraction | Decimal

# What comparisons ask while a function is traced (see `autograd.jit`): a recorded graph has taken
# one branch already, so there a comparison is recorded and its truth is refused.
tracing: ContextVar[Any] = ContextVar("tracing", default=None)

_AS_IN_MICROGRAD = {"mul": "*", "sub": "-", "neg": "-", "relu": "ReLU", "power": "**"}


if TYPE_CHECKING:
    from autograd.functions import Methods
else:
    Methods = object


class Value(Methods):
    """A number in a computation graph: its data, its gradient and the operation that made it.

    `Value(data, label="")` is a leaf; arithmetic and the functions of `autograd` make the rest.
    `data` is a float, int, Fraction or Decimal and stays what it is. `grad` is 0 until `backward()`
    runs from a value that was computed from this one. `op` is the row of `autograd.ops` that made
    the value, None for a leaf. Two Values are equal only if they are the same node; `<` and its
    friends compare data. Raises TypeError for data that is not a real number.

    Exact numbers stay exact through arithmetic, `2 ** v`, and powers and roots that exist exactly;
    only `/` of two ints is a float, as in Python, and ±inf where that is too large for one. What
    else has no exact value is a TypeError that says what to convert, unless the type has its own
    (`Decimal.exp`). Beside a float an int or a Fraction counts as one. Arithmetic works on both
    sides, with NumPy's scalars and functions, too (`np.exp(v)`, `np.maximum`, `np.clip`, `np.var`);
    an array operand broadcasts into an object array. There is no `float(v)`, which would lose the
    graph: that is `v.data`, and `v == 2` is an error that says to compare it. A graph of 10⁶ nodes
    runs, pickles, deep-copies and is freed at the default recursion limit.

    >>> x = Value(3.0, "x")
    >>> y = x * x + 2 * x
    >>> y.backward()
    >>> y.data, x.grad
    (15.0, 8.0)
    """

    # `raw` is the data; `left` and `right` hold the parents (None for a constant, a tuple for a run
    # of inputs), `first` and `second` the numbers that the operation was computed from: a leaf may
    # change afterwards. Two slots instead of one tuple halve what the garbage collector scans.
    __slots__ = ("first", "grad", "label", "left", "op", "raw", "right", "second")

    raw: Any
    grad: Any
    label: str
    op: Op | None
    left: Any
    right: Any
    first: Any
    second: Any

    def __init__(self, data: Any, label: str = "", *, grad: Any = 0) -> None:
        if data.__class__ not in PLAIN:
            plain = number(data)
            data = refuse(data, "Value") if plain is None else plain
        if label.__class__ is not str:
            more = "; an operation of your own: register() or custom()" * isinstance(label, tuple)
            raise TypeError(f"a label is text, not {type(label).__name__} {spelled(label)}{more}")
        self.raw = data
        self.grad = grad
        self.label = label
        self.op = None
        self.left = self.right = self.first = self.second = None

    @property
    def data(self) -> Any:
        """The number. It can be set on a leaf: graphs recorded before keep what they recorded."""
        if tracing.get() is not None:
            _known(".data reads")
        return self.raw

    @data.setter
    def data(self, data: Any) -> None:
        if self.op is not None:
            raise AttributeError(
                f"the data of {self!r} was computed by {self.op.name!r} and cannot be set: "
                "set a leaf, then compute again or use replay()"
            )
        if data.__class__ not in PLAIN:
            plain = number(data)
            data = refuse(data, "data") if plain is None else plain
        self.raw = data

    # Reading the graph.

    @property
    def inputs(self) -> tuple[Any, ...]:
        """The arguments in order: a Value for a parent, a number for a constant. () for a leaf."""
        if self.op is not None and self.first.__class__ is not tuple:
            x = self.first if self.left is None else self.left
            y = self.second if self.right is None else self.right
            return (x, y)[: len(self.op.inputs)]
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
        if self.first.__class__ is tuple:
            return (*self.first, *(self.second or ()))
        return (self.first, self.second)[: len(self.op.inputs)]

    def _slots(self) -> tuple[Value | None, ...]:
        """The parent of each argument, None for a constant."""
        if self.op is None:
            return ()
        if self.first.__class__ is not tuple:
            return (self.left, self.right)[: len(self.op.inputs)]
        slots: tuple[Value | None, ...] = ()
        for parents, operands in ((self.left, self.first), (self.right, self.second)):
            slots += (None,) * len(operands or ()) if parents is None else parents
        return slots

    def partials(self) -> tuple[Any, ...]:
        """The local derivative to each argument at the recorded numbers, None for a constant.

        >>> (Value(3) * Value(4)).partials()
        (4, 3)
        """
        _known("partials() reads")
        if self.op is None:
            return ()
        slopes, data = self.op.partials, self.raw
        return tuple(
            None if parent is None else slopes[which](*numbers, data)
            for parent, (which, numbers) in zip(
                self._slots(), self.op.places(self.operands), strict=True
            )
        )

    def slopes(self, *, missing: bool = False) -> Iterator[tuple[int, Value, Any]]:
        """The place, the parent and the local derivative of each argument that is a Value.

        It is False, not 0, where the rule's text says 0, as for a branch not taken: no gradient is
        handed on there, not even 0 times inf. With `missing`, one that the number type cannot have
        (a logarithm of an int, say) is None instead of an error.

        >>> x, y = Value(1.0, "x"), Value(2.0, "y")
        >>> [(parent.label, slope) for _, parent, slope in x.maximum(y).slopes()]
        [('x', False), ('y', 1)]
        """
        if self.op is None:
            return
        slopes, data, places = self.op.handed, self.raw, self.op.places(self.operands)
        for place, (parent, (which, numbers)) in enumerate(zip(self._slots(), places, strict=True)):
            if parent is not None:
                try:
                    slope = slopes[which](*numbers, data)
                except (ArithmeticError, TypeError, ValueError):
                    if not missing:
                        raise
                    slope = None
                yield place, parent, slope

    # As micrograd's lecture has them, whose reader calls them by hand to see one step.

    @property
    def _prev(self) -> set[Value]:
        """The parents as a set."""
        return set(self.parents)

    @property
    def _op(self) -> str:
        """The operation as micrograd writes it, "" for a leaf; our symbol where it has none.

        >>> x = Value(3.0)
        >>> (x * x)._op, (x**2)._op, x.relu()._op, x.exp()._op, x._op
        ('*', '**2', 'ReLU', 'exp', '')
        """
        symbol = _AS_IN_MICROGRAD.get(self.op.name, self.op.symbol) if self.op else ""
        return f"**{self.second}" if symbol == "**" and self.right is None else symbol

    def _backward(self) -> None:
        """Hands this value's gradient on to its parents."""
        if self.op is not None:
            self.op.pull(self)

    # Gradients.

    def backward(self) -> None:
        """Adds the derivative of this value to every leaf's `grad`, by the chain rule.

        This value's own `grad` becomes 1 and each value in between gets the gradient of this pass.
        Leaves add up over calls, `zero_grad()` starts them again. It is all or nothing: if a number
        type raises on the way (a Fraction divided by 0, say), or Ctrl-C comes, the leaves keep the
        gradients they had. Passes of several threads wait for each other, also on graphs that
        share leaves or are one: no addition is lost. What a thread reads of `grad`, or sets it to,
        while another's pass is on, may be unfinished: that is for the threads to agree on. A
        gradient that exact numbers cannot have (2 ** 3 to the 3) does not stop the others; it is
        refused when it is used.

        >>> a = Value(2.0)
        >>> (a * a).backward(); (3 * a).backward()
        >>> a.grad
        7.0
        """
        _known("backward() reads")
        if self.op is None:
            add_gradients([self], [1])
            return
        # What `graph.fold` does, but with the sums in the nodes, for speed. A mark of this pass is
        # a 0 that no sum gives: where it still stands in the end no gradient came, which is not a
        # gradient of 0 (0 times inf is nan). That no other pass has it makes what an interrupted
        # one may leave behind harmless.
        mark = _Mark()
        computed: list[Value] = []
        leaves: list[tuple[Value, Any]] = []
        with _one_pass:
            try:
                marked(self, mark, (computed, leaves))
                for leaf, before in leaves:
                    leaf.grad = _begun(before)
                if joins:
                    computed, _ = joined(computed, Value.slopes, pulled=True)
                    for node in computed:
                        node.grad = mark
                self.grad = 1
                computed.reverse()
                if not self._pulled(computed, mark):
                    _undo(computed, leaves, mark)
                    self._pull_carefully()
            except BaseException as error:
                _undo(computed, leaves, mark)
                check_added(error, ((it.label, grad, it.raw) for it, grad in leaves))
                raise
            finally:
                if joins:  # nothing waits any more
                    joined([], Value.slopes, pulled=True)

    # Pulls through nodes in reverse topological order; where the mark stands it puts 0. The engine
    # makes it of the rows.
    _pull: ClassVar[staticmethod[[list[Value], object], None]]

    def _pulled(self, computed: list[Value], mark: object) -> bool:
        """Whether gradients were pulled through nodes whose slopes are all of one kind."""
        try:
            if guard.check is None:
                self._pull(computed, mark)
            else:
                _pull_guarded(computed, mark)
        except (NotExactError, OverflowError):
            return False
        return True

    def _pull_carefully(self) -> None:
        """The same where a number is too large for a float, or a slope has no exact value."""
        order, slopes = joined(topological(self), _slopes_or_missing)
        found = list(fold(order, 1, slopes, times=careful_product, plus=careful_sum))
        for node, total, _ in found:
            node.grad = careful_sum(node.grad, total) if node.op is None else total

    def zero_grad(self) -> None:
        """Sets the gradient of this value and of everything it was computed from to 0."""
        for node in topological(self):
            node.grad = 0

    # What a number can do. Arithmetic and the functions are generated from the rows (`engine`).

    __array_ufunc__: Callable[..., Any]

    def __pos__(self) -> Self:
        return self

    conjugate = __pos__  # np.var asks

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> tuple[Any, Any]:
        return other // self, other % self

    # A Value is itself, and compares by its number: that `v == 2` be silently False helps nobody.

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other or _is_equal(other)

    def __ne__(self, other: object) -> bool:
        return self is not other and not _is_equal(other)

    def __bool__(self) -> bool:
        trace = tracing.get()
        return bool(self.raw) if trace is None else trace.truth(self)

    def __lt__(self, other: Any) -> Any:
        return _compare(self, other, "__lt__")

    def __le__(self, other: Any) -> Any:
        return _compare(self, other, "__le__")

    def __gt__(self, other: Any) -> Any:
        return _compare(self, other, "__gt__")

    def __ge__(self, other: Any) -> Any:
        return _compare(self, other, "__ge__")

    def __float__(self) -> float:
        raise TypeError(_NO_NUMBER.format("float(v) or a function of math"))

    def __int__(self) -> int:
        raise TypeError(_NO_NUMBER.format("int(v)"))

    def __index__(self) -> int:
        trace = tracing.get()
        if trace is None:
            raise TypeError(_NO_NUMBER.format("an index, rows[v],"))
        found: int = trace.index(self)
        return found

    def __round__(self, digits: int | None = None) -> Any:
        raise TypeError(_NO_NUMBER.format("round(v)"))

    def __format__(self, spec: str) -> str:
        if spec:
            _known("a format reads")
        return format(self.raw, spec) if spec else repr(self)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        if tracing.get() is not None:
            return f"Value(traced{label})"
        return f"{type(self).__name__}(data={spelled(self.raw)}, grad={spelled(self.grad)}{label})"

    # Copies go through the flat list: following the links would recurse as deep as the graph.

    def __copy__(self) -> Value:
        _known("a copy reads")
        return _like(self, lambda parents: parents)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        _known("a copy reads")

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
        _known("a copy reads")
        if self.op is None:
            return _leaf, (self.raw, self.label, self.grad, type(self))
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
                *(node.op, node.raw, node.grad, node.label),
                *(index(node.left), index(node.right), node.first, node.second),
            )
            for node in order
        ]
        return _unpickled, (rows,)


# What is not there when a number is asked for.

_NO_NUMBER = (
    "{} would lose the graph: write v.data for the number, or autograd's own function (exp(v), "
    "where(c, a, b), maximum(a, b) and so on) to go on with a Value"
)


def _known(what: str) -> None:
    """Refuses to read a number that is not known yet, while a function is traced."""
    trace = tracing.get()
    if trace is not None:
        trace.refuse(f"{what} a number that is not known while the function is traced")


def _is_equal(other: Any) -> bool:
    """Whether another object is a Value that is the same: never. Raises TypeError for a number."""
    if not isinstance(other, Value) and (other is None or number(other) is None):
        return False
    _known("== compares")
    if isinstance(other, Value):
        return False
    raise TypeError(
        f"a Value and a number are never equal: compare the data, v.data == {spelled(other)}, or "
        "write where(v.data == …, a, b)"
    )


class _Mark(int):
    """A 0 that can be told from every other."""

    __slots__ = ()


# A pass has the gradients of its graph to itself: passes of other threads wait.
_one_pass = RLock()


def _begun(grad: Any) -> Any:
    """What sums into a leaf begin with: 0 for 0.0 or None, whatever type the gradients are of."""
    return grad if grad.__class__ is Missing or grad else 0


def _undo(computed: list[Value], leaves: list[tuple[Value, Any]], mark: object) -> None:
    """Gives leaves the gradients that they had, and takes away a pass's marks."""
    for leaf, grad in leaves:
        leaf.grad = grad
    for node in computed:
        node.grad = 0 if node.grad is mark else node.grad


def add_gradients(leaves: Sequence[Value], grads: Iterable[Any]) -> None:
    """Adds to the gradients of leaves, each there once: to all, or to none if it is interrupted."""
    with _one_pass:
        before = [(leaf, leaf.grad) for leaf in leaves]
        try:
            for (leaf, grad), added in zip(before, grads, strict=True):
                leaf.grad = _begun(grad) + added
        except BaseException:
            _undo([], before, None)
            raise


def _pull_guarded(nodes: list[Value], mark: object) -> None:
    """`Value._pull` in a block of `errors`."""
    for node in nodes:
        if node.grad is mark:
            node.grad = 0
        else:
            node.op.pull(node)  # type: ignore[union-attr]
            check_gradients(node)


def _slopes_or_missing(node: Value) -> Iterator[tuple[int, Value, Any]]:
    for place, parent, slope in node.slopes(missing=True):
        why = f"a slope of {called(node)}"
        yield place, parent, Missing(why) if slope is None else slope


def _leaf(data: Any, label: str, grad: Any, kind: type[Value] = Value) -> Value:
    return kind(data, label, grad=grad)


def _unpickled(rows: list[Any]) -> Value:
    nodes: list[Value] = []

    def parents(index: Any) -> Any:
        if index.__class__ is tuple:
            return tuple(map(parents, index))
        return None if index is None else nodes[index]

    for row in rows:
        if isinstance(row, Value):
            nodes.append(row)
        else:
            op, data, grad, label, x, y, a, b = row
            node = new_node(op, data, parents(x), parents(y), a, b)
            node.grad, node.label = grad, label
            nodes.append(node)
    return nodes[-1]


def _like(node: Value, parents: Callable[[Any], Any]) -> Value:
    """A new node like this one, on other parents."""
    copy = _new(node.__class__)
    copy.raw, copy.grad, copy.label, copy.op = node.raw, node.grad, node.label, node.op
    copy.left, copy.right = parents(node.left), parents(node.right)
    copy.first, copy.second = node.first, node.second
    return copy


def new_node(op: Op | None, data: Any, x: Any, y: Any, a: Any, b: Any) -> Value:
    """A node as recording makes it: parents `x` and `y`, recorded numbers `a` and `b`."""
    node = _new(Value)
    node.raw, node.grad, node.label, node.op = data, 0, "", op
    node.left, node.right, node.first, node.second = x, y, a, b
    return node


_new = object.__new__


def _compare(left: Value, right: Any, method: str) -> Any:
    trace = tracing.get()
    if trace is not None:
        return trace.compare(left, right, method)
    other = right.raw if isinstance(right, Value) else number(right)
    if other is None:
        # A scalar of NumPy would ask back, and so on without an end.
        return refuse(right, "<") if getattr(right, "shape", None) == () else NotImplemented
    result = getattr(left.raw, method)(other)
    if result is NotImplemented:  # an int knows no float, a float no Fraction
        swapped = {"__lt__": "__gt__", "__gt__": "__lt__", "__le__": "__ge__", "__ge__": "__le__"}
        result = getattr(other, swapped[method])(left.raw)
    return result
