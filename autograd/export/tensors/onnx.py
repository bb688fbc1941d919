"""ONNX: a listing as a graph of operators, with a first axis for samples."""

from __future__ import annotations

import importlib
import operator
from collections.abc import Callable, Sequence
from math import pi
from typing import Any

from autograd.elementary import nearest
from autograd.export.listing import Listing
from autograd.export.tensors.functions import Functions
from autograd.export.tensors.rows import Rows, gradient
from autograd.structure import Spec

# Operators since 2021 (ONNX 1.11), which runtimes have in double precision.
_OPSET, _FORMAT = 16, 8

_ARITHMETIC = {"add": "Add", "sub": "Sub", "mul": "Mul", "truediv": "Div"}
# What is known is computed here.
_KNOWN: dict[str, Callable[..., float]] = {
    "Add": operator.add, "Sub": operator.sub, "Mul": operator.mul, "Neg": operator.neg,
}  # fmt: skip
_COMPARISONS = {
    "lt": "Less", "le": "LessOrEqual", "gt": "Greater", "ge": "GreaterOrEqual", "eq": "Equal",
}  # fmt: skip
_CONDITIONS = {"and": "And", "or": "Or", "xor": "Xor"}


class Symbol:
    """What an operator gives: numbers ("double") or conditions ("bool"), for all samples or one."""

    __hash__ = object.__hash__

    number: float | None = None  # if it is known

    def __init__(self, graph: Graph, name: str, dtype: str, *, batched: bool) -> None:
        self.graph, self.name, self.dtype, self.batched = graph, name, dtype, batched

    def __neg__(self) -> Symbol:
        return self.graph.node("Neg", self)

    def __invert__(self) -> Symbol:
        return self.graph.node("Not", self, dtype="bool")

    def __ne__(self, other: object) -> Symbol:  # type: ignore[override]
        equal: Any = self == other
        return self.graph.node("Not", equal, dtype="bool")


def _operator(kind: str, dtype: str, *, turned: bool = False) -> Callable[[Symbol, Any], Symbol]:
    def method(self: Symbol, other: Any) -> Symbol:
        inputs = (other, self) if turned else (self, other)
        return self.graph.node(kind, *inputs, dtype=dtype)

    return method


for _name, _kind in (_ARITHMETIC | _COMPARISONS | _CONDITIONS).items():
    _dtype = "double" if _name in _ARITHMETIC else "bool"
    setattr(Symbol, f"__{_name}__", _operator(_kind, _dtype))
    if _name not in _COMPARISONS:
        setattr(Symbol, f"__r{_name}__", _operator(_kind, _dtype, turned=True))


class Graph(Functions):
    """The operators of a graph as they are written; equal ones are written once."""

    def __init__(self, onnx: Any, taken: set[str]) -> None:
        self.onnx, self.taken = onnx, taken
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._known: dict[Any, Symbol] = {}
        self.index = onnx.TensorProto.INT64
        self.double = onnx.TensorProto.DOUBLE

    def name(self, wanted: str) -> str:
        """A name that nothing else in the graph has."""
        while wanted in self.taken:
            wanted += "_"
        self.taken.add(wanted)
        return wanted

    def node(self, kind: str, *inputs: Any, dtype: str = "double", **attributes: Any) -> Symbol:
        """What an operator gives."""
        given = [self.tensor(x) for x in inputs]
        known = [x.number for x in given if x.number is not None]
        if kind in _KNOWN and len(known) == len(given):
            return self.tensor(_KNOWN[kind](*known))
        if kind == "Mul" and 1.0 in known:  # onnxruntime 1.32 loses products of ones
            return next(x for x in given if x.number != 1.0)
        key = kind, *(x.name for x in given), *attributes.items()
        if key not in self._known:
            name = self.name(f"t{len(self.nodes)}")
            names = [x.name for x in given]
            self.nodes.append(self.onnx.helper.make_node(kind, names, [name], **attributes))
            batched = any(x.batched for x in given)
            self._known[key] = Symbol(self, name, dtype, batched=batched)
        return self._known[key]

    def tensor(self, x: Any) -> Symbol:
        """A number as a tensor without axes."""
        if isinstance(x, Symbol):
            return x
        number = nearest(x)
        made = self.constant(self.double, [], [number], repr(number))
        made.number = number
        return made

    def constant(self, kind: int, shape: Sequence[int], numbers: Sequence[Any], key: Any) -> Symbol:
        """Numbers that are known."""
        if (kind, key) not in self._known:
            name = self.name(f"c{len(self.constants)}")
            made = self.onnx.helper.make_tensor(name, kind, shape, numbers)
            self.constants.append(made)
            self._known[kind, key] = Symbol(self, name, "double", batched=False)
        return self._known[kind, key]

    def whole_numbers(self, *numbers: int) -> Symbol:
        """Axes, or places on an axis."""
        return self.constant(self.index, [len(numbers)], numbers, numbers)

    # What runtimes have in double precision.

    def where(self, test: Symbol, yes: Any, no: Any) -> Symbol:
        """One of two tensors, element by element."""
        return self.node("Where", test, yes, no)

    def pow(self, x: Any, y: Any) -> Symbol:
        """A power of what is not negative."""
        return self.node("Pow", x, y)

    def remainder(self, x: Any, y: Any) -> Symbol:
        """What is left of a division towards 0."""
        return self.node("Mod", x, y, fmod=1)

    def sin(self, x: Any) -> Symbol:
        """A sine, from the one of what is left of some quarter turns."""
        return self._turned(x, "Sin", 0)

    def cos(self, x: Any) -> Symbol:
        """A cosine, likewise."""
        return self._turned(x, "Cos", 1)

    def _turned(self, x: Any, kind: str, ahead: int) -> Symbol:
        """Runtimes lose digits near the zeros of these functions, but for that of sine at 0."""
        turns = self.floor(x * (2 / pi) + 0.5)
        rest = ((x - turns * _QUARTER[0]) - turns * _QUARTER[1]) - turns * _QUARTER[2]
        turns = turns + ahead
        odd = self.floor(turns / 2) * 2 != turns
        found = self.where(odd, self.node("Cos", rest), self.node("Sin", rest))
        half = self.floor(turns / 2)
        found = self.where(self.floor(half / 2) * 2 != half, -found, found)
        return self.where(self.abs(x) < 1e6, found, self.node(kind, x))


# A quarter turn in three parts, of which whole multiples of the first two are exact.
_QUARTER = (1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21)

for _name in ("Exp", "Log", "Sqrt", "Tanh", "Floor", "Abs"):

    def _function(self: Graph, x: Any, kind: str = _name) -> Symbol:
        return self.node(kind, x)

    setattr(Graph, _name.lower(), _function)


def model(listing: Listing) -> bytes:
    """The model of a listing: the value, and if it is one number its slopes as further outputs.

    An argument that is a number is an input of the shape (samples,), one that holds n of them is
    one of (samples, n), in their order; outputs likewise. `parameters` is an input that may be left
    out.
    """
    try:
        onnx: Any = importlib.import_module("onnx")
    except ImportError:
        raise ImportError("this needs onnx: pip install 'chainrule[onnx]'") from None
    arguments = [argument.name for argument in listing.arguments]
    graph = Graph(onnx, {*arguments, "parameters", "samples"})
    rows = Rows(graph, "ONNX")
    inputs, leaves = [], []
    for argument in listing.arguments:
        inputs.append(_declared(graph, argument.name, argument.spec, len(argument.places)))
        whole = Symbol(graph, argument.name, "double", batched=True)
        leaves += _columns(graph, whole, argument.spec, len(argument.places))
    baked = []
    if listing.parameters:
        numbers = [*map(nearest, listing.parameters)]
        shape = [len(numbers)]
        baked = [onnx.helper.make_tensor("parameters", graph.double, [len(numbers)], numbers)]
        inputs.append(onnx.helper.make_tensor_value_info("parameters", graph.double, shape))
        given = Symbol(graph, "parameters", "double", batched=False)
        places = (graph.whole_numbers(k) for k in range(len(numbers)))
        leaves += [graph.node("Gather", given, place, axis=0) for place in places]
    samples = next((graph.node("Shape", leaf) for leaf in leaves if leaf.batched), None)
    outputs = [_output(graph, "value", listing.structure, rows.run(listing, leaves), samples)]
    if listing.one and leaves:
        slopes = iter(rows.run(gradient(listing, (0,)), [*leaves, graph.tensor(1.0)]))
        for argument in listing.arguments:
            own = [next(slopes) for _ in argument.places]
            outputs.append(_output(graph, f"d{argument.name}", argument.spec, own, samples))
        if listing.parameters:
            outputs.append(_output(graph, "dparameters", (), [*slopes], samples))
    made = onnx.helper.make_model(
        onnx.helper.make_graph(graph.nodes, "chainrule", inputs, outputs, graph.constants + baked),
        producer_name="chainrule",
        ir_version=_FORMAT,
        opset_imports=[onnx.helper.make_opsetid("", _OPSET)],
    )
    onnx.checker.check_model(made)
    found: bytes = made.SerializeToString()
    return found


def _declared(graph: Graph, name: str, spec: Any, count: int) -> Any:
    """The declaration of an input or an output."""
    shape = ["samples"] if spec is None else ["samples", count]
    return graph.onnx.helper.make_tensor_value_info(name, graph.double, shape)


def _columns(graph: Graph, whole: Symbol, spec: Spec, count: int) -> list[Symbol]:
    """The numbers of an argument, each for all samples."""
    if spec is None:
        return [whole]
    places = (graph.constant(graph.index, [], [k], k) for k in range(count))
    return [graph.node("Gather", whole, place, axis=1) for place in places]


def _output(graph: Graph, name: str, spec: Any, results: Sequence[Any], samples: Any) -> Any:
    """The declaration of an output that has these results, each for all samples."""
    name = graph.name(name)
    columns = [
        x if x.batched or samples is None else graph.node("Expand", x, samples)
        for x in map(graph.tensor, results)
    ]
    if spec is None:
        last = columns[0]
    else:
        axis = graph.whole_numbers(1)
        wide = [graph.node("Unsqueeze", column, axis) for column in columns]
        last = graph.node("Concat", *wide, axis=1)
    graph.nodes.append(graph.onnx.helper.make_node("Identity", [last.name], [name]))
    return _declared(graph, name, spec, len(results))
