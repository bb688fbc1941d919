"""The table of rules: one row of text for each operation.

A row gives the value of an operation and one slope (partial derivative) per input, as Python
expressions over the inputs, usually `x` and `y`, and the value `z`. Everything else is read from
these texts: the engine compiles them, higher derivatives run them on Values, `explain` prints them,
`jit` lowers them, a computer algebra system proves them and the tests mutate them.

How a row travels: `text.read` makes a tree of it, once, and each target is a writer over the tree.
`codegen.Source` writes Python, for the recorder and the puller and for `jit` without a compiler;
`calculus` writes it for Values; `jit/llvm/rows` writes LLVM; `export/source` C, JavaScript and
Python; `export/tensors` ONNX and PyTorch; `live/rows` JavaScript of exact numbers;
`formula/symbolic` the formula that is shown as text, TeX or MathML; `testing/certified` mpmath,
`testing/coq` theorems, the tests sympy. Where a value is a careful routine of its own, `meaning`
says what it is.

The names a text may call are the functions of `autograd.elementary` and the rows themselves.
Numbers in a text are whole (`1`, never `1.0`), so that exact number types stay exact; a constant
that is not whole takes its type from an input (`half(x)`, `log(2 + zero(x))`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from autograd import elementary, special
from autograd.codegen import Plain, Scope, Source
from autograd.elementary import DECIMAL, NotExactError, mended, not_exact, settled
from autograd.text import (
    Call,
    Choice,
    Name,
    Node,
    Number,
    TextError,
    calls,
    check_name,
    check_names,
    names,
    read,
)


class Trees(NamedTuple):
    """The texts of a row as trees."""

    value: Node
    slopes: tuple[Node, ...]
    written: tuple[Node, ...]
    meaning: Node
    domain: Node
    kink: Node


@dataclass(frozen=True, eq=False, kw_only=True)
class Op:
    """One row: an operation's name, its value and its slopes.

    `inputs` names the arguments in the texts. A row with `run=True` takes equally long runs of
    inputs instead: its value text sees the runs `xs` (and `ys`), its slope texts see one element
    `x` (and its partner `y`), and one slope text serves every element of a run. `defaults` are the
    values of trailing arguments that may be left out or None; a float takes the number type of the
    first argument. `domain` and `kink` are conditions over the
    inputs: where the value is a real number, and where the slope jumps. `meaning` is the textbook
    definition of a value whose text only calls a careful routine of its own. `written` has the
    slopes as a textbook writes them, where the careful form is another. `ufunc` is NumPy's name
    where it differs. A row with `activation=True` is what a neuron may end in. One with
    `helper=True` exists for other rows' slopes: it is recorded, explained, compiled and proved like
    any other, but is not a public function; one with `method=False` is no method of a Value.
    `longer` names the row that the public function records if it is given more arguments. A row
    of Python functions has them in `routines`, by the names that its texts call; if it is `opaque`,
    its slopes are numbers to a reader, and no texts.

    A row keeps the rows that its texts call, as they are when it is made. Raises ValueError for a
    text or a name that could not be read everywhere, NameError for a function that there is not.
    """

    name: str
    value: str
    slopes: tuple[str, ...]
    symbol: str = ""
    inputs: tuple[str, ...] = ()
    defaults: tuple[object, ...] = ()
    domain: str = "True"
    kink: str = "False"
    meaning: str = ""
    written: tuple[str, ...] = ()
    ufunc: str = ""
    run: bool = False
    activation: bool = False
    opaque: bool = False
    helper: bool = False
    method: bool = True
    longer: str = ""
    routines: Mapping[str, Callable[..., Any]] = field(default_factory=dict, repr=False)

    # What the engine makes of the row: see `autograd.engine`.
    record: Callable[..., Any] = field(init=False, repr=False)
    apply: Callable[..., Any] = field(init=False, repr=False)
    pull: Callable[[Any], None] = field(init=False, repr=False)

    # The slopes on Values, where they are no texts: see `autograd.calculus`.
    derivatives: tuple[Callable[..., Any], ...] = field(default=(), init=False, repr=False)

    def __post_init__(self) -> None:
        for field_name in ("slopes", "written", "inputs", "defaults"):
            if not isinstance(getattr(self, field_name), tuple):
                raise TypeError(f"{field_name} of {self.name!r} is a tuple of texts")
        texts = (self.value, *self.slopes, *self.written, self.domain, self.kink, self.meaning)
        if not all(isinstance(text, str) for text in (*texts, self.symbol, self.ufunc)):
            raise TypeError(f"the texts, the symbol and the ufunc of {self.name!r} are strings")
        object.__setattr__(self, "inputs", self.inputs or ("x", "y")[: len(self.slopes)])
        object.__setattr__(self, "symbol", self.symbol or self.name)
        if _complete:  # the table's own rows call each other; a test reads them all
            self.check()

    def check(self) -> None:
        """Raises ValueError or NameError if the row is not one that every reader can read."""
        for name in (self.name, *([self.ufunc] if self.ufunc else [])):
            check_name(name, "an operation")
            if name.startswith("__") or name == "pi":
                raise ValueError(f"{name!r} cannot name an operation: it means something already")
        if self.run and len(self.inputs) > 2:
            raise ValueError(f"{self.name!r} takes {len(self.inputs)} runs: at most 2 are possible")
        for name in self.inputs:
            check_name(name, f"an input of {self.name!r}")
            if name == "z":
                raise ValueError(f"an input of {self.name!r} cannot be called z: that is the value")
        for name in self.parameters:
            check_name(name, f"a run of {self.name!r}, which is an input's name and an s")
        if len({*self.inputs, *self.parameters}) < len(self.inputs) * (1 + self.run):
            raise ValueError(f"the inputs of {self.name!r} need names of their own: {self.inputs}")
        for kind, texts in (("slopes", self.slopes), ("written slopes", self.written)):
            if len(texts) != len(self.inputs) and (texts or kind == "slopes"):
                raise ValueError(
                    f"operation {self.name!r} has {len(self.inputs)} inputs {self.inputs} but "
                    f"{len(texts)} {kind}: give one for each input"
                )
        if len(self.defaults) > len(self.inputs):
            raise ValueError(f"{self.name!r} has more defaults than inputs: {self.defaults}")
        self.rows  # noqa: B018  now, so that a wrong text is refused now

    @property
    def parameters(self) -> tuple[str, ...]:
        """What the value text calls its arguments: the inputs, or the runs of a run row."""
        return tuple(name + "s" for name in self.inputs) if self.run else self.inputs

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the slope texts may name: an element of each run before the runs, the value last."""
        return (*(self.inputs if self.run else ()), *self.parameters, "z")

    # Reading the texts.

    @cached_property
    def trees(self) -> Trees:
        """The texts as trees."""
        runs = self.parameters if self.run else ()
        elements, plain = (*self.inputs, "z"), () if self.run else self.inputs
        slopes = [
            self._tree(f"slope to {name}", text, elements, runs)
            for name, text in zip(self.inputs, self.slopes, strict=True)
        ]
        written = [
            self._tree("written slope", text, (*elements, "pi"), runs) for text in self.written
        ]
        value = self._tree("value", self.value, plain, runs)
        return Trees(
            value=value,
            slopes=tuple(slopes),
            written=tuple(written) or tuple(slopes),
            meaning=self._tree("meaning", self.meaning, (*plain, "pi"), runs)
            if self.meaning
            else value,
            domain=self._tree("domain", self.domain, self.inputs, condition=True),
            kink=self._tree("kink", self.kink, self.inputs, condition=True),
        )

    def _tree(
        self, what: str, text: str, known: Sequence[str], runs: Sequence[str] = (), **how: bool
    ) -> Node:
        try:
            tree = read(text, **how)
            check_names(tree, known, runs)
        except TextError as error:
            about = "" if repr(text)[1:-1] in str(error) else f" {text!r}"
            raise TextError(f"the row {self.name!r}, {what}{about}: {error}") from None
        return tree

    @cached_property
    def rows(self) -> dict[str, Op]:
        """The rows that the texts call, by name. Raises NameError for what is not there."""
        found: dict[str, Op] = {}
        trees = self.trees
        computed = (trees.value, *trees.slopes)
        for tree in (*computed, *trees.written, trees.meaning, trees.domain, trees.kink):
            for call in calls(tree):
                name = call.name
                if name in self.routines:
                    continue
                row = self if name == self.name else OPS.get(name)
                own = row is self and tree in (trees.value, trees.meaning)
                known = ROUTINES if row or tree not in computed else _COMPUTED
                if name not in known and (row is None or own):
                    raise UnknownFunctionError(
                        f"the row {self.name!r} calls {name!r}, which is neither an elementary "
                        f"function nor another row: a text may call {', '.join(sorted(ROUTINES))}"
                    )
                self._check_call(call, row, constant=tree in computed)
                if row is not None:
                    found[name] = row
        return found

    def _check_call(self, call: Call, row: Op | None, *, constant: bool) -> None:
        """Refuses wrong arguments: their number, runs for numbers, or no name where one must be."""
        name, given = call.name, call.arguments
        takes = len(row.inputs) if row else _arity(ROUTINES[name])
        if len(given) != takes:
            raise TextError(
                f"the row {self.name!r} gives {name} {len(given)} arguments, but it takes {takes}"
            )
        runs = _RUNS.get(name, range(takes) if row and row.run else ())
        for place, argument in enumerate(given):
            is_run = self.run and isinstance(argument, Name) and argument.name in self.parameters
            if is_run != (place in runs):
                wanted = "a run" if place in runs else "a number"
                raise TextError(
                    f"the row {self.name!r} calls {name} with something else than {wanted} as "
                    f"argument {place + 1}"
                )
        if constant and not names(call) and name not in ("div", "power"):
            raise TextError(
                f"the row {self.name!r} calls {name} of whole numbers alone, which has no number "
                f"type: give it one, as in log(2 + zero(x))"
            )

    @cached_property
    def fingerprint(self) -> str:
        """A digest of what the row computes: its texts and those of the rows that they call."""
        place = {self: 0}  # by identity: two rows below one another may have one name
        for row in (todo := [self]):
            fresh = [other for _, other in sorted(row.rows.items()) if other not in place]
            place |= {other: len(place) + k for k, other in enumerate(dict.fromkeys(fresh))}
            todo += dict.fromkeys(fresh)
        texts = [
            (
                *(row.name, row.value, row.slopes, row.inputs, row.run),
                [(name, place[other]) for name, other in sorted(row.rows.items())],
            )
            for row in place
        ]
        return hashlib.sha256(repr(texts).encode()).hexdigest()[:16]

    # The row on numbers.

    @cached_property
    def compute(self) -> Callable[..., Any]:
        """The value as a function of numbers (of sequences of numbers, for a run row)."""
        scope = Scope()
        names = scope.locals(self.parameters)
        text = Source(names, self.numbers(scope))(self.trees.value)
        body = self.in_own_name([f"return {text}"], names, scope)
        return scope.function(self.name, names.values(), body)

    @cached_property
    def partials(self) -> tuple[Callable[..., Any], ...]:
        """The slopes, each a function of the inputs and the value: `partials[0](x, y, z)`.

        For a run row they take an element of each run, then the runs, then the value.
        """
        return tuple(map(self._slope, self.inputs, self.trees.slopes))

    @cached_property
    def handed(self) -> tuple[Callable[..., Any], ...]:
        """The same, but False on a branch whose text is 0, which hands no gradient on at all."""
        return tuple(map(self._slope, self.inputs, map(taken, self.trees.slopes)))

    def _slope(self, name: str, tree: Node) -> Callable[..., Any]:
        return self.number_function(f"{self.name}_slope_{name}", tree, self.arguments)

    @cached_property
    def inside(self) -> Callable[..., bool]:
        """The domain as a function of numbers."""
        return self.number_function(f"{self.name}_domain", self.trees.domain, self.inputs)

    @cached_property
    def at_kink(self) -> Callable[..., bool]:
        """The kink as a function of numbers."""
        return self.number_function(f"{self.name}_kink", self.trees.kink, self.inputs)

    def number_function(
        self, name: str, tree: Node, arguments: Sequence[str]
    ) -> Callable[..., Any]:
        """A tree over the names of this row as a function of numbers."""
        scope = Scope()
        names = scope.locals(arguments)
        text = Source(names, self.numbers(scope))(tree)
        body = self.in_own_name([f"return {text}"], names, scope)
        return scope.function(name, names.values(), body)

    def numbers(self, scope: Scope) -> Callable[[str], str]:
        """What this row's texts call a function of numbers, in the source of a generated one."""

        def called(name: str) -> str:
            own = self.routines.get(name) or ROUTINES.get(name)
            return scope.constant(name, self.rows[name].compute if own is None else own)

        return called

    def in_own_name(self, lines: list[str], names: dict[str, str], scope: Scope) -> list[str]:
        """Lines that compute a number, but once more with floats, where exact ones do not go.

        Exact numbers are refused in the name of this row: a sigmoid of 1 has no exact value, and
        should not speak of the exp of −1 in its text.
        """
        value = self.trees.value
        own = isinstance(value, Call) and value.name == self.name
        if self.run or (own and len(self.inputs) == 1):
            return lines
        within, given = ["    " + line for line in lines], ", ".join(names.values())
        kinds = scope.constant("errors", (TypeError, OverflowError))
        error, inputs = scope.local("error"), scope.constant("inputs", tuple(names))
        again = f"{scope.constant('mended', mended)}({self.name!r}, {inputs}, {error}, {given})"
        return ["try:", *within, f"except {kinds} as {error}:", f"    [{given}] = {again}", *within]

    def by_meaning(self, *numbers: Decimal) -> Decimal:
        """The value of Decimals by the row's meaning, to the digits of the context."""
        try:
            return settled(self._meant, *numbers)
        except NotExactError:
            return not_exact(self.name, *numbers)

    @cached_property
    def _meant(self) -> Callable[..., Any]:
        scope = Scope()
        names = scope.locals(self.parameters)
        names.setdefault("pi", f"{scope.constant('pi', elementary.decimal_pi)}()")
        text = Converted(names, self.numbers(scope), scope, Decimal)(self.trees.meaning)
        given = [names[name] for name in self.parameters]
        return scope.function(f"{self.name}_meaning", given, [f"return {text}"])

    # Runs.

    def split(self, arguments: Sequence[Any]) -> tuple[Sequence[Any], ...]:
        """The runs among arguments that stand one after the other; else the arguments themselves.

        >>> OPS["dot"].split((1, 2, 3, 4)), OPS["mul"].split((1, 2))
        (((1, 2), (3, 4)), (1, 2))
        """
        if not self.run:
            return tuple(arguments)
        size = len(arguments) // len(self.inputs)
        return tuple(arguments[k * size : (k + 1) * size] for k in range(len(self.inputs)))

    def places(self, arguments: Sequence[Any]) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """For each argument, which slope is its own and what that slope is a function of, but `z`.

        >>> list(OPS["dot"].places((1, 2, 3, 4)))[1]
        (0, (2, 4, (1, 2), (3, 4)))
        """
        if not self.run:
            yield from ((place, tuple(arguments)) for place in range(len(arguments)))
            return
        runs = self.split(arguments)
        for which in range(len(runs)):
            for element in zip(*runs, strict=True):
                yield which, (*element, *runs)

    def __repr__(self) -> str:
        return f"<op {self.name}: {self.value}>"

    def __reduce__(self) -> tuple[object, ...]:
        return _named, (self.name, self.fingerprint)

    def __copy__(self) -> Op:
        return self

    def __deepcopy__(self, _: object) -> Op:
        return self


class UnknownFunctionError(TextError, NameError):
    """A text that calls a function which there is not."""


class Converted(Plain):
    """The Python writer for another arithmetic, whose numbers `convert` makes of whole ones."""

    def __init__(
        self,
        names: dict[str, str],
        call: Callable[[str], str],
        scope: Scope,
        convert: Callable[..., Any],
    ) -> None:
        super().__init__(names, call)
        self.scope, self.convert = scope, convert

    def number(self, node: Number) -> str:
        """A global that holds the number."""
        return self.scope.constant(f"n{len(self.scope.globals)}", self.convert(node.value))


def taken(slope: Node) -> Node:
    """A slope with False for every branch whose text is 0."""
    match slope:
        case Choice(test, yes, no):
            return Choice(test, taken(yes), taken(no))
        case Number(0):
            return Number(False)
    return slope


def _arity(routine: Any) -> int:
    """How many arguments a function of numbers takes."""
    return routine.__code__.co_argcount if hasattr(routine, "__code__") else 1


def _named(name: str, fingerprint: str = "") -> Op:
    """The row called `name`, for unpickling; the one that the graph was recorded with."""
    if name in BESIDE and fingerprint == BESIDE[name].fingerprint:
        return BESIDE[name]
    if name not in OPS:
        raise KeyError(
            f"no operation is called {name!r} here: register it before loading the graph"
        )
    if fingerprint not in ("", OPS[name].fingerprint):  # the first graphs had none
        raise ValueError(
            f"the operation {name!r} here is another than the one that the graph was recorded with "
            f"({OPS[name]!r}): unregister it, and register the graph's own before loading"
        )
    return OPS[name]


OPS: dict[str, Op] = {}
# Rows that are recorded like any other but are no differentiable operations of the table: their
# slopes are 0 by decision.
BESIDE: dict[str, Op] = {}
ROUTINES: dict[str, Callable[..., Any]] = {
    "abs": abs, **{name: getattr(elementary, name) for name in elementary.__all__},
    **special.ROUTINES,
}  # fmt: skip
# Which arguments are runs, and what only meanings may call: there is no row for its slope.
_RUNS = {
    "dot": (0, 1), "logsumexp": (0,), "softmax": (1,), "softmean_dx": (2, 3), "prod": (0,),
    "prod_dx": (1,), "mean": (0,), "share": (0,), "norm": (0,), "norm_dx": (1,),
}  # fmt: skip
_COMPUTED = ROUTINES.keys() - {"decimal_pi"}
_complete = False


def _row(name: str, value: str, *slopes: str, **fields: Any) -> None:
    OPS[name] = row = Op(name=name, value=value, slopes=slopes, **fields)
    if row.meaning:
        DECIMAL.setdefault(name, row.by_meaning)


# fmt: off
# Arithmetic.
_row("add", "x + y", "1", "1", symbol="+")
_row("sub", "x - y", "1", "-1", symbol="−", ufunc="subtract")
_row("mul", "x * y", "y", "x", symbol="·", ufunc="multiply")
_row("div", "x / y", "one(z) / y",
     "-z / y if x == 0 or abs(z) * 10**300 > 1 else -x / (y * y)",  # a subnormal z has lost digits
     symbol="/", domain="y != 0", ufunc="divide", written=("1 / y", "-x / y ** 2"))
_row("power", "x ** y", "power_dx(x, y)", "power_dy(x, y)",
     symbol="^", domain="x > 0", written=("y * x ** (y - 1)", "z * log(x)"))
_row("neg", "-x", "-1", symbol="−", ufunc="negative")
_row("abs", "abs(x)", "0 if x == 0 else sign(x)", kink="x == 0", ufunc="absolute",
     written=("1 if x > 0 else -1 if x < 0 else 0",))

# Exponentials, logarithms and roots. Outside a domain `z` is nan, and so is the slope.
_row("exp", "exp(x)", "z")
_row("exp2", "2 ** x", "2 ** (x / 2) * log(2 + zero(x)) * 2 ** (x / 2)",  # z is inf before that is
     written=("z * log(2)",))
_row("log", "log(x)", "1 / x if x >= 0 else z", domain="x > 0", written=("1 / x",),
     longer="log_base")
_row("log2", "log2(x)", "1 / log(2 + zero(x)) / x if x >= 0 else z",
     domain="x > 0", meaning="log(x) / log(2)", written=("1 / (x * log(2))",))
_row("log10", "log10(x)", "1 / log(10 + zero(x)) / x if x >= 0 else z",
     domain="x > 0", meaning="log(x) / log(10)", written=("1 / (x * log(10))",))
_row("log_base", "log(x) / log(y)",
     "1 / log(y) / x if x >= 0 else z", "-z / log(y) / y if y >= 0 else z",
     domain="x > 0 and y > 0 and y != 1", method=False,
     written=("1 / (x * log(y))", "-z / (y * log(y))"))
_row("sqrt", "sqrt(x)", "1 / (2 * z)", domain="x > 0")
_row("cbrt", "cbrt(x)", "cbrt_dx(x)",
     domain="x != 0", meaning="sign(x) * abs(x) ** (1 / 3)", written=("1 / (3 * z ** 2)",))
_row("expm1", "expm1(x)", "exp(x)", meaning="exp(x) - 1")
_row("log1p", "log1p(x)", "1 / (1 + x) if x >= -1 else z",
     domain="x > -1", meaning="log(1 + x)", written=("1 / (1 + x)",))

_row("logit", "2 * atanh(2 * x - 1) if x * 4 > 1 else log(x) - log1p(-x)", "logit_dx(x)",
     domain="0 < x < 1", meaning="log(x / (1 - x))", written=("1 / (x * (1 - x))",))

# Trigonometry.
_row("sin", "sin(x)", "cos(x)")
_row("cos", "cos(x)", "-sin(x)")
_row("tan", "tan(x)", "1 / cos(x) ** 2")
_row("asin", "asin(x)", "asin_dx(x)",
     domain="-1 < x < 1", ufunc="arcsin", written=("1 / sqrt(1 - x ** 2)",))
_row("acos", "acos(x)", "-asin_dx(x)",
     domain="-1 < x < 1", ufunc="arccos", written=("-1 / sqrt(1 - x ** 2)",))
_row("atan", "atan(x)", "1 / (1 + x * x) if abs(x) < 1 else 1 / x / (x + 1 / x)",
     ufunc="arctan", written=("1 / (1 + x ** 2)",))
_row("atan2", "atan2(x, y)", "atan2_dx(x, y)", "-atan2_dx(y, x)",
     domain="x != 0 or y > 0", ufunc="arctan2",
     written=("y / (x ** 2 + y ** 2)", "-x / (x ** 2 + y ** 2)"))

# Hyperbolic functions.
_row("sinh", "sinh(x)", "cosh(x)", meaning="(exp(x) - exp(-x)) / 2")
_row("cosh", "cosh(x)", "sinh(x)", meaning="(exp(x) + exp(-x)) / 2")
_row("tanh", "tanh(x)", "4 * bell(2 * x)",
     meaning="1 - 2 / (exp(2 * x) + 1)", written=("1 - z ** 2",), activation=True)
_row("asinh", "asinh(x)", "1 / hypot(1, x)", ufunc="arcsinh",
     meaning="log(x + sqrt(x ** 2 + 1))", written=("1 / sqrt(1 + x ** 2)",))
_row("acosh", "acosh(x)", "acosh_dx(x)", domain="x > 1", ufunc="arccosh",
     meaning="log(x + sqrt(x ** 2 - 1))", written=("1 / sqrt(x ** 2 - 1)",))
_row("atanh", "atanh(x)", "atanh_dx(x)",
     domain="-1 < x < 1", ufunc="arctanh",
     meaning="log((1 + x) / (1 - x)) / 2", written=("1 / (1 - x ** 2)",))

# Activations.
_row("sigmoid", "exp(x) / (1 + exp(x)) if x < 0 else 1 / (1 + exp(-x))", "bell(x)",
     written=("z * (1 - z)",), activation=True)
_row("softplus", "log1p(exp(x)) if x < 0 else x + log1p(exp(-x))", "sigmoid(x)", activation=True)
_row("softsign", "x / (1 + abs(x)) if abs(x) < 1 else sign(x) / (1 + 1 / abs(x))",
     "1 / (1 + abs(x)) / (1 + abs(x))", written=("1 / (1 + abs(x)) ** 2",), activation=True)
_row("relu", "zero(x) if x <= 0 else x", "0 if x <= 0 else 1 if x > 0 else x",
     kink="x == 0", activation=True)
_row("leaky_relu", "x if x > 0 else y * x", "1 if x > 0 else y if x <= 0 else x",
     "0 if x > 0 else x", defaults=(0.01,), kink="x == 0", activation=True)
_row("elu", "x if x > 0 else y * expm1(x)", "1 if x > 0 else scaled_exp(y, x, 1)",
     "0 if x > 0 else expm1(x)", defaults=(1,), kink="x == 0",
     written=("1 if x > 0 else y * exp(x)", "0 if x > 0 else exp(x) - 1"), activation=True)
_row("selu", "selu_scale(x) * x if x > 0 else selu_scale(x) * selu_alpha(x) * expm1(x)",
     "selu_scale(x) if x > 0 else scaled_exp(selu_scale(x) * selu_alpha(x), x, 1)",
     kink="x == 0", activation=True,
     meaning="selu_scale(x) * (x if x > 0 else selu_alpha(x) * (exp(x) - 1))",
     written=("selu_scale(x) if x > 0 else selu_scale(x) * selu_alpha(x) * exp(x)",))
_row("celu", "x if x > 0 or expm1(x / y) == x / y else y * expm1(x / y)",
     "1 if x > 0 else exp_ratio(1, x, y)",
     "0 if x > 0 else celu_dy(x / y)", defaults=(1,), domain="y > 0", kink="x == 0",
     activation=True, meaning="x if x > 0 else y * expm1(x / y)",
     written=("1 if x > 0 else exp(x / y)", "0 if x > 0 else exp(x / y) * (1 - x / y) - 1"))
_row("gelu", "gelu(x)", "gelu_dx(x)", meaning="x * erfc(-x / sqrt(2)) / 2", activation=True)
_row("silu", "scaled_exp(x, x, 1) / (1 + exp(x)) if x < 0 else x / (1 + exp(-x))",
     "silu_dx(x)", written=("sigmoid(x) * (1 + x * (1 - sigmoid(x)))",), activation=True)
_row("mish", "scaled_exp(x, x, 1) * (2 + exp(x)) / (2 + exp(x) * (2 + exp(x))) if x < 0 else "
     "x * ((1 + 2 * exp(-x)) / (1 + 2 * exp(-x) * (1 + exp(-x))))",
     "mish_dx(x)", meaning="x * (1 - 2 / (1 + (1 + exp(x)) ** 2))", activation=True)
_row("log_sigmoid", "x - log1p(exp(x)) if x < 0 else -log1p(exp(-x))", "sigmoid(-x)",
     written=("1 / (1 + exp(x))",), activation=True)
_row("hardtanh", "-one(x) if x < -1 else one(x) if x > 1 else x",
     "1 if -1 < x < 1 else 0 if x == x else x", kink="x == -1 or x == 1",
     meaning="minimum(maximum(x, -1), 1)", activation=True)
_row("relu6", "zero(x) if x <= 0 else 6 * one(x) if x > 6 else x",
     "1 if 0 < x < 6 else 0 if x == x else x", kink="x == 0 or x == 6",
     meaning="minimum(maximum(x, 0), 6)", activation=True)
_row("hardsigmoid", "zero(x) if x <= -3 else one(x) if x >= 3 else (x + 3) * half(x) / 3",
     "half(x) / 3 if -3 < x < 3 else 0 if x == x else x", kink="x == -3 or x == 3",
     meaning="minimum(maximum(x + 3, 0), 6) / 6", written=("1 / 6 if -3 < x < 3 else 0",),
     activation=True)
_row("hardswish", "zero(x) if x <= -3 else x if x >= 3 else x * ((x + 3) * half(x) / 3)",
     "(2 * x + 3) * half(x) / 3 if -3 < x < 3 else 1 if x >= 3 else 0 if x == x else x",
     kink="x == -3 or x == 3", meaning="x * minimum(maximum(x + 3, 0), 6) / 6",
     written=("(2 * x + 3) / 6 if -3 < x < 3 else 1 if x >= 3 else 0",), activation=True)
_row("erf", "erf(x)", "scaled_exp(1 / sqrt(atan(1 + zero(x))), -x, x)",
     written=("2 / sqrt(pi) * exp(-x ** 2)",))
_row("erfc", "erfc(x)", "-scaled_exp(1 / sqrt(atan(1 + zero(x))), -x, x)",
     written=("-2 / sqrt(pi) * exp(-x ** 2)",))
_row("sinc", "sinc(x)", "sinc_dn(1, x)",
     meaning="sin(pi * x) / (pi * x) if x != 0 else one(x)",
     written=("(cos(pi * x) - z) / x if x != 0 else 0",))
_row("gamma", "gamma(x)", "gamma_dx(x)", domain="x > 0 or floor(x) != x",
     written=("z * digamma(x)",))
_row("lgamma", "lgamma(x)", "digamma(x)", domain="x > 0 or floor(x) != x")
_row("digamma", "digamma(x)", "polygamma(1, x)", domain="x > 0 or floor(x) != x")
_row("erfinv", "erfinv(x)", "erfinv_dx(x)",
     domain="-1 < x < 1", written=("sqrt(pi) / 2 * exp(z ** 2)",))

# Steps: flat, but for jumps and for the slope of a remainder.
_row("sign", "one(x) if x > 0 else -one(x) if x < 0 else x", "0",
     kink="x == 0", meaning="x / abs(x) if x != 0 else x")
_row("floor", "floor(x)", "0", kink="floor(x) == x")
_row("ceil", "-floor(-x)", "0", kink="floor(x) == x",
     meaning="x if floor(x) == x else floor(x) + 1")
_row("trunc", "floor(x) if x > 0 else -floor(-x)", "0", kink="floor(x) == x and x != 0",
     meaning="sign(x) * floor(abs(x))")
_row("mod", "mod(x, y)", "1", "-floordiv(x, y)", symbol="%", domain="y != 0", ufunc="remainder",
     kink="mod(x, y) == 0", meaning="x - y * floor(x / y)")
_row("floordiv", "floordiv(x, y)", "0", "0", symbol="//", domain="y != 0", ufunc="floor_divide",
     kink="mod(x, y) == 0", meaning="floor(x / y)")
_row("copysign", "copysign(x, y)", "0 if x == 0 else sign(x) * copysign(one(x), y)", "0",
     domain="y < 0 or y > 0 or (y == 0 and x != 0)", kink="x == 0 or y == 0",
     meaning="abs(x) if y >= 0 else -abs(x)")

# Choices. The branch that is not taken has slope 0, whatever its value is; x + y is nan where
# nothing else holds, because x or y is.
_row("maximum", "x if x > y else y if y > x else x if x == y else x + y",
     "1 if x > y else 0 if x < y else half(x) if x == y else x + y",
     "1 if y > x else 0 if y < x else half(y) if x == y else x + y", kink="x == y")
_row("minimum", "x if x < y else y if y < x else x if x == y else x + y",
     "1 if x < y else 0 if x > y else half(x) if x == y else x + y",
     "1 if y < x else 0 if y > x else half(y) if x == y else x + y", kink="x == y")
_row("clip", "minimum(maximum(x, lo), hi)",
     "1 if lo <= x and x <= hi else 0 if z == z else z",
     "1 if x < lo and lo <= hi else 0 if z == z else z",
     "1 if x > hi or lo > hi else 0 if z == z else z",
     inputs=("x", "lo", "hi"), defaults=(float("-inf"), float("inf")), domain="lo != hi",
     kink="x == lo or x == hi", written=("1 if lo <= x <= hi else 0", "1 if x < lo <= hi else 0",
              "1 if x > hi or lo > hi else 0"))
_row("where", "x if c else y", "0", "1 if c else 0", "0 if c else 1",
     inputs=("c", "x", "y"), method=False)

# Two or more inputs.
_row("hypot", "hypot(x, y)", "hypot_dx(x, y)", "hypot_dx(y, x)", kink="x == 0 and y == 0",
     meaning="sqrt(x ** 2 + y ** 2)", written=("x / z", "y / z"))
_row("xlogy", "xlogy(x, y)", "log(y)",
     "x / y if y > 0 else 0 if x == 0 and y == y else x / y if y == 0 else log(y)",
     domain="y > 0", meaning="x * log(y) if x != 0 else zero(x)", written=("log(y)", "x / y"))
_row("xlog1py", "xlog1py(x, y)", "log1p(y)",
     "x / (1 + y) if y > -1 else 0 if x == 0 and y == y else x / (1 + y) if y == -1 else log1p(y)",
     domain="y > -1", meaning="x * log1p(y) if x != 0 else zero(x)",
     written=("log(1 + y)", "x / (1 + y)"))
_row("logaddexp", "logaddexp(x, y)", "logaddexp_dx(x, y)", "logaddexp_dx(y, x)",
     meaning="log(exp(x) + exp(y))", written=("exp(x - z)", "exp(y - z)"))
_row("dot", "dot(xs, ys)", "y", "x", symbol="·", run=True)
_row("logsumexp", "logsumexp(xs)", "softmax(x, xs)", run=True, written=("exp(x - z)",))
_row("prod", "prod(xs)", "prod_dx(x, xs)", symbol="∏", run=True)
_row("mean", "mean(xs)", "share(xs)", run=True)
_row("norm", "norm(xs)", "norm_dx(x, xs)", run=True, written=("x / z if z != 0 else 0",))
_row("log_share", "log_share(x, y)", "logaddexp_dx(y, x)",
     "0 if 1 / y == 0 and y < x else -logaddexp_dx(y, x)",
     helper=True, meaning="-log1p(exp(y - x))")
_row("softmean", "softmean(xs, ys)", "softmean_dx(x, y, xs, ys)", "softmax(x, xs)",
     run=True, helper=True)

# Helpers: values and slopes that need care, mostly near 0, in the tails and at the largest doubles.
_row("zero", "zero(x)", "0", helper=True)
_row("copy", "x", "1", helper=True)
_row("one", "one(x)", "0", helper=True)
_row("half", "half(x)", "0", helper=True)
_row("selu_scale", "selu_scale(x)", "0", helper=True)
_row("selu_alpha", "selu_alpha(x)", "0", helper=True)
_row("scaled_exp", "scaled_exp(x, y, w)",
     "scaled_exp(1, y, w)", "scaled_exp(x * w, y, w)", "scaled_exp(x * y, y, w)",
     inputs=("x", "y", "w"), helper=True, meaning="x * exp(y * w)")
_row("scaled_power", "scaled_power(s, x, y, n)",
     "scaled_power(one(s), x, y, n)", "scaled_power(s * (y - n), x, y, n + 1)",
     "scaled_power(xlogy(s, x + zero(y)), x, y, n)",
     "-scaled_power(xlogy(s, x + zero(y)), x, y, n)",
     inputs=("s", "x", "y", "n"), helper=True, domain="x > 0", meaning="s * x ** (y - n)")
_row("power_dx", "power_dx(x, y)",
     "scaled_power(y * (y - 1), x, y, 2)", "scaled_power(1 + xlogy(y, x), x, y, 1)",
     helper=True, domain="x > 0", meaning="y * x ** (y - 1)")
_row("power_dy", "power_dy(x, y)",
     "scaled_power(1 + xlogy(y, x), x, y, 1)", "scaled_power(log(x + zero(y)) ** 2, x, y, 0)",
     helper=True, domain="x > 0", meaning="x ** y * log(x) if x != 0 or y <= 0 else zero(x)")
_row("cbrt_dx", "1 / (3 * cbrt(x) * cbrt(x))", "-2 * z / (3 * x)",
     helper=True, domain="x != 0", meaning="1 / (3 * abs(x) ** (2 / 3))")
_row("asin_dx", "1 / sqrt((1 - x) * (1 + x))", "x * z * z * z",
     helper=True, domain="-1 < x < 1", meaning="1 / sqrt(1 - x ** 2)")
_row("acosh_dx", "1 / (sqrt(x - 1) * sqrt(x + 1))", "-z / ((x - 1) * (1 + 1 / x))",
     helper=True, domain="x > 1", meaning="1 / sqrt(x - 1) / sqrt(x + 1)")
_row("atanh_dx", "1 / ((1 - x) * (1 + x)) if abs(x) <= 1 else sqrt(-abs(x))", "2 * x * z * z",
     helper=True, domain="-1 < x < 1", meaning="1 / sqrt((1 - x) * (1 + x)) ** 2")
_row("lift", "lift(x)", "1 + exp(x)", helper=True, meaning="1 + x + exp(x)")
_row("bell", "exp(-abs(x)) / (1 + exp(-abs(x))) ** 2", "-z * tanh(x / 2)",
     helper=True, meaning="exp(x) / (1 + exp(x)) ** 2")
_row("scaled_bell", "scaled_exp(x, -abs(y), 1) / (1 + exp(-abs(y))) ** 2", "bell(y)",
     "-scaled_bell(x * tanh(y / 2), y)", helper=True, meaning="x * exp(y) / (1 + exp(y)) ** 2")
_row("bend", "bend(x)", "-tanh(x / 2) - 2 * scaled_bell(x, x)",
     helper=True, meaning="2 - x * (1 - 2 / (exp(x) + 1))")
_row("silu_dx",
     "scaled_exp(lift(x), x, 1) / (1 + exp(x)) ** 2 if x < 0 else "
     "(1 + scaled_exp(1 + x, -x, 1)) / (1 + exp(-x)) ** 2",
     "scaled_bell(bend(x), x)",
     helper=True, meaning="(1 + x / (1 + exp(x))) / (1 + exp(-x))")
_row("logit_dx", "1 / x / (1 - x) if 0 <= x <= 1 else sqrt(-abs(x))", "(2 * x - 1) * z * z",
     helper=True, domain="0 < x < 1", meaning="1 / sqrt(x * (1 - x)) ** 2")
_row("erfinv_dx", "erfinv_dx(x)", "2 * erfinv(x) * z * z", helper=True, domain="-1 < x < 1",
     meaning="sqrt(atan(1 + zero(x))) * exp(erfinv(x) ** 2)")
_row("gamma_dx", "gamma_dx(x)", "gamma(x) * (digamma(x) ** 2 + polygamma(1, x))", helper=True,
     domain="x > 0 or floor(x) != x", meaning="gamma(x) * digamma(x)")
# Derivatives of any order n, which is no number to differentiate to: their domains are where the
# tests try them, between whole orders, where nothing jumps.
_row("polygamma", "polygamma(n, x)", "0", "polygamma(n + 1, x)", inputs=("n", "x"), helper=True,
     domain="1 < n < 9 and floor(n) != n and x < 1000 < x * 10**5")
_row("sinc_dn", "sinc_dn(n, x)", "0", "sinc_dn(n + 1, x)", inputs=("n", "x"), helper=True,
     domain="1 < n < 9 and floor(n) != n and 1 / 100 < abs(x) < 50")
_row("mish_root", "mish_root(x)",
     "4 + exp(x) * (10 + exp(x) * (8 + 3 * exp(x))) + scaled_exp(4 * x, x, 1)", helper=True,
     meaning="(2 + exp(x)) * (2 + exp(x) * (2 + exp(x))) + 4 * x * (1 + exp(x))")
_row("mish_dx",
     "scaled_exp(mish_root(x), x, 1) / (2 + exp(x) * (2 + exp(x))) ** 2 if x < 0 else "
     "((1 + 2 * exp(-x)) * (1 + 2 * exp(-x) * (1 + exp(-x))) + "
     "scaled_exp(4 * x * (1 + exp(-x)), -x, 2)) / (1 + 2 * exp(-x) * (1 + exp(-x))) ** 2",
     "scaled_exp(8 * (1 + exp(x)) * (2 + exp(x) * (2 + exp(x))) + "
     "4 * x * (2 + exp(x) * (2 - exp(x) * (3 + 2 * exp(x)))), x, 1) "
     "/ (2 + exp(x) * (2 + exp(x))) ** 3 if x < 0 else "
     "scaled_exp(8 * (1 + exp(-x)) * (1 + 2 * exp(-x) * (1 + exp(-x))) - "
     "4 * x * (2 + exp(-x) * (3 - 2 * exp(-x) * (1 + exp(-x)))), -x, 2) "
     "/ (1 + 2 * exp(-x) * (1 + exp(-x))) ** 3",
     helper=True, meaning="mish_root(x) * exp(x) / (2 + exp(x) * (2 + exp(x))) ** 2")
_row("exp_ratio", "exp_ratio(s, x, y)", "exp_ratio(one(s), x, y)", "exp_ratio(s / y, x, y)",
     "exp_ratio(-s * (x / y) / y, x, y)", inputs=("s", "x", "y"), helper=True, domain="y != 0",
     meaning="s * exp(x / y)")
_row("celu_dy", "celu_dy(x)", "scaled_exp(-x, x, 1)", helper=True, meaning="exp(x) * (1 - x) - 1")
_row("gelu_dx", "gelu_dx(x)", "gelu_dxx(x)", helper=True,
     meaning="erfc(-x / sqrt(2)) / 2 + x * exp(-(x ** 2) / 2) / sqrt(2 * pi)")
_row("gelu_dxx", "scaled_exp((2 - x * x) / sqrt(8 * atan(1 + zero(x))), -x, x / 2)",
     "scaled_exp(x * (x - 2) * (x + 2) / sqrt(8 * atan(1 + zero(x))), -x, x / 2)", helper=True,
     meaning="(2 - x ** 2) * exp(-(x ** 2) / 2) / sqrt(2 * pi)")
_row("logaddexp_dx", "logaddexp_dx(x, y)", "logaddexp_dxx(x, y)", "-logaddexp_dxx(x, y)",
     helper=True, meaning="exp(x) / (exp(x) + exp(y))")
_row("logaddexp_dxx", "logaddexp_dx(x, y) * logaddexp_dx(y, x)", "-z * tanh((x - y) / 2)",
     "z * tanh((x - y) / 2)", helper=True, meaning="exp(x + y) / (exp(x) + exp(y)) ** 2")
_row("hypot_dx",
     "x if x == 0 and y == y else "
     "sign(x) / hypot(1, y / x) if abs(x) >= abs(y) else x / abs(y) / hypot(1, x / y)",
     "0 if x == 0 and y == 0 else hypot_dx(y, x) * atan2_dx(x, y)",
     "0 if x == 0 and y == 0 else -hypot_dx(y, x) * atan2_dx(y, x) if abs(x) < abs(y) else "
     "-z * atan2_dx(x, y)",
     domain="x != 0 or y != 0", helper=True, meaning="x / sqrt(x ** 2 + y ** 2)")
_row("atan2_dx",
     "half(y) / y / (half(y) + x / y * (x / y) / 2) if abs(y) >= abs(x) else "
     "y / x / (1 + y / x * (y / x)) / x if y == 0 or abs(y / x) * 10**300 > 1 else "
     "y / (x * x + y * y)",
     "-2 * z * atan2_dx(y, x)",
     "atan2_dxy(x, y)", domain="x != 0 or y != 0", helper=True, meaning="y / (x ** 2 + y ** 2)")
_row("atan2_dxy",
     "(x - y) / hypot(x, y) * ((x + y) / hypot(x, y)) / hypot(x, y) / hypot(x, y)",
     "2 * atan2_dx(y, x) * (sqrt(3 + zero(x)) * atan2_dx(x, y) - atan2_dx(y, x)) * "
     "(sqrt(3 + zero(x)) * atan2_dx(x, y) + atan2_dx(y, x))",
     "2 * atan2_dx(x, y) * (atan2_dx(x, y) - sqrt(3 + zero(x)) * atan2_dx(y, x)) * "
     "(atan2_dx(x, y) + sqrt(3 + zero(x)) * atan2_dx(y, x))",
     domain="x != 0 or y != 0", helper=True, meaning="(x ** 2 - y ** 2) / (x ** 2 + y ** 2) ** 2")
# fmt: on

for _name, _sign in {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}.items():
    BESIDE[_name] = Op(
        name=_name, value=f"1 if x {_sign} y else 0", slopes=("0", "0"), symbol=_sign
    )
BESIDE["stop_gradient"] = Op(name="stop_gradient", value="x", slopes=("0",))

_complete = True
