"""The table of rules: one row of text for each operation.

A row gives the value of an operation and one slope (partial derivative) per input, as Python
expressions over the inputs, usually `x` and `y`, and the value `z`. Everything else is read from
these texts: the engine compiles them, higher derivatives run them on Values, `explain` prints them,
`jit` lowers them, a computer algebra system proves them and the tests mutate them.

The names a text may call are the functions of `autograd.elementary` and the rows themselves.
Numbers in a text are whole (`1`, never `1.0`), so that exact number types stay exact; a constant
that is not whole takes its type from an input (`half(x)`, `log(2 + zero(x))`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from autograd import codegen, elementary

if TYPE_CHECKING:
    from autograd.value import Value


@dataclass(frozen=True, eq=False, kw_only=True)
class Op:
    """One row: an operation's name, its value and its slopes.

    `inputs` names the arguments in the texts. A row with `run=True` takes equally long runs of
    inputs instead: its value text sees the runs `xs` (and `ys`), its slope texts see one element
    `x` (and its partner `y`), and one slope text serves every element of a run. `defaults` are the
    values of trailing arguments that may be left out. `domain` and `kink` are conditions over the
    inputs: where the value is a real number, and where the slope jumps. `ufunc` is NumPy's name
    where it differs. `written` has the slopes as a textbook writes them, where the careful form is
    another. A row with `helper=True` exists for other rows' slopes: it is recorded, explained,
    compiled and proved like any other, but is not a public function.
    """

    name: str
    value: str
    slopes: tuple[str, ...]
    symbol: str = ""
    inputs: tuple[str, ...] = ()
    defaults: tuple[object, ...] = ()
    domain: str = "True"
    kink: str = "False"
    ufunc: str = ""
    written: tuple[str, ...] = ()
    run: bool = False
    helper: bool = False

    # What the engine makes of the row: see `autograd.engine`.
    record: Callable[..., Value] = field(init=False, repr=False)
    pull: Callable[[Value], None] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.inputs:
            object.__setattr__(self, "inputs", ("x", "y")[: len(self.slopes)])
        if not self.symbol:
            object.__setattr__(self, "symbol", self.name)
        if len(self.inputs) != len(self.slopes):
            raise ValueError(
                f"operation {self.name!r} has {len(self.inputs)} inputs {self.inputs} but "
                f"{len(self.slopes)} slopes: give one slope for each input"
            )

    @property
    def parameters(self) -> tuple[str, ...]:
        """What the value text calls its arguments: the inputs, or the runs of a run row."""
        return tuple(name + "s" for name in self.inputs) if self.run else self.inputs

    @cached_property
    def compute(self) -> Callable[..., Any]:
        """The value as a function of numbers (of sequences of numbers, for a run row)."""
        return self.function(self.name, self.value, self.parameters, number_function)

    @cached_property
    def partials(self) -> tuple[Callable[..., Any], ...]:
        """The slopes, each a function of the inputs and the value: `partials[0](x, y, z)`.

        For a run row they take an element of each run, then the runs, then the value.
        """
        return self.slope_functions(number_function)

    def slope_functions(self, resolve: Callable[[str], Any]) -> tuple[Callable[..., Any], ...]:
        """The slope texts compiled over the functions that `resolve` finds by name."""
        elements = self.inputs if self.run else ()
        arguments = (*elements, *self.parameters, "z")
        return tuple(
            self.function(f"{self.name}_slope_{name}", text, arguments, resolve)
            for name, text in zip(self.inputs, self.slopes, strict=True)
        )

    def function(
        self, name: str, text: str, arguments: tuple[str, ...], resolve: Callable[[str], Any]
    ) -> Callable[..., Any]:
        """One of this row's texts as a Python function of `arguments`."""
        body = [f"return {codegen.unparse(text)}"]
        scope = self.scope([text], arguments, resolve)
        if text == self.value and resolve is number_function:
            body, scope = self.in_own_name(body), scope | REFUSAL
        return codegen.function(name, arguments, body, scope)

    def in_own_name(self, lines: list[str]) -> list[str]:
        """Lines that compute the value, but refuse exact numbers in the name of this row.

        A sigmoid of 1 has no exact value, and should not speak of the exp of −1 in its text.
        """
        if self.run or self.value.startswith(f"{self.name}("):
            return lines
        refusal = f"    refuse({self.name!r}, {', '.join(self.inputs)})"
        return ["try:", *("    " + line for line in lines), "except NotExactError:", refusal]

    def scope(
        self, texts: Iterable[str], arguments: Iterable[str], resolve: Callable[[str], Any]
    ) -> dict[str, Any]:
        """The functions that texts of this row call, by name."""
        called = {name for text in texts for name in codegen.names(text)} - set(arguments)
        try:
            return {name: resolve(name) for name in sorted(called)}
        except KeyError as error:
            raise NameError(
                f"the row {self.name!r} calls {error.args[0]!r}, which is neither an elementary "
                f"function nor a row: its texts may use {', '.join(arguments)} and those"
            ) from None

    def __repr__(self) -> str:
        return f"<op {self.name}: {self.value}>"

    def __reduce__(self) -> tuple[object, ...]:
        return _named, (self.name,)


def _named(name: str) -> Op:
    """The row called `name`, for unpickling."""
    try:
        return OPS[name]
    except KeyError:
        raise KeyError(
            f"no operation is called {name!r} here: register it before loading the graph"
        ) from None


OPS: dict[str, Op] = {}

# What `Op.in_own_name` refers to.
REFUSAL = {"NotExactError": elementary.NotExactError, "refuse": elementary.refuse}


def number_function(name: str) -> Callable[..., Any]:
    """The function on numbers that a rule text means by `name`.

    It is one of `autograd.elementary`, or the value of the row of that name. Raises KeyError.
    """
    if name == "abs":
        return abs
    found: Callable[..., Any] | None = getattr(elementary, name, None)
    return OPS[name].compute if found is None else found


def _row(name: str, value: str, *slopes: str, **fields: Any) -> None:
    OPS[name] = Op(name=name, value=value, slopes=slopes, **fields)


# Arithmetic.
_row("add", "x + y", "1", "1", symbol="+")
_row("sub", "x - y", "1", "-1", symbol="−", ufunc="subtract")
_row("mul", "x * y", "y", "x", symbol="·", ufunc="multiply")
_row(
    "div",
    "x / y",
    "one(z) / y",
    "-z / y if x == 0 or abs(z) * 10**300 > 1 else -x / (y * y)",  # a subnormal z has lost digits
    symbol="/",
    domain="y != 0",
    ufunc="divide",
    written=("1 / y", "-x / y ** 2"),
)
_row(
    "power",
    "x ** y",
    "power_dx(x, y)",
    "power_dy(x, y)",
    symbol="^",
    domain="x > 0",
    written=("y * x ** (y - 1)", "z * log(x)"),
)
_row("neg", "-x", "-1", symbol="−", ufunc="negative")
_row(
    "abs",
    "abs(x)",
    "0 if x == 0 else sign(x)",
    kink="x == 0",
    ufunc="absolute",
    written=("1 if x > 0 else -1 if x < 0 else 0",),
)

# Exponentials, logarithms and roots. Outside a domain `z` is nan, and so is the slope.
_row("exp", "exp(x)", "z")
_row("log", "log(x)", "1 / x if x >= 0 else z", domain="x > 0", written=("1 / x",))
_row(
    "log2",
    "log2(x)",
    "1 / log(2 + zero(x)) / x if x >= 0 else z",
    domain="x > 0",
    written=("1 / (x * log(2))",),
)
_row(
    "log10",
    "log10(x)",
    "1 / log(10 + zero(x)) / x if x >= 0 else z",
    domain="x > 0",
    written=("1 / (x * log(10))",),
)
_row("sqrt", "sqrt(x)", "1 / (2 * z)", domain="x > 0")
_row("cbrt", "cbrt(x)", "1 / (3 * z * z)", domain="x != 0", written=("1 / (3 * z ** 2)",))
_row("expm1", "expm1(x)", "exp(x)")
_row(
    "log1p", "log1p(x)", "1 / (1 + x) if x >= -1 else z", domain="x > -1", written=("1 / (1 + x)",)
)

# Trigonometry.
_row("sin", "sin(x)", "cos(x)")
_row("cos", "cos(x)", "-sin(x)")
_row("tan", "tan(x)", "1 / cos(x) ** 2")
_row(
    "asin",
    "asin(x)",
    "1 / sqrt((1 - x) * (1 + x))",
    domain="-1 < x < 1",
    ufunc="arcsin",
    written=("1 / sqrt(1 - x ** 2)",),
)
_row(
    "acos",
    "acos(x)",
    "-1 / sqrt((1 - x) * (1 + x))",
    domain="-1 < x < 1",
    ufunc="arccos",
    written=("-1 / sqrt(1 - x ** 2)",),
)
_row(
    "atan",
    "atan(x)",
    "1 / (1 + x * x) if abs(x) < 1 else 1 / x / (x + 1 / x)",
    ufunc="arctan",
    written=("1 / (1 + x ** 2)",),
)
_row(
    "atan2",
    "atan2(x, y)",
    "atan2_dx(x, y)",
    "-atan2_dx(y, x)",
    domain="x != 0 or y > 0",
    ufunc="arctan2",
    written=("y / (x ** 2 + y ** 2)", "-x / (x ** 2 + y ** 2)"),
)

# Hyperbolic functions.
_row("sinh", "sinh(x)", "cosh(x)")
_row("cosh", "cosh(x)", "sinh(x)")
_row("tanh", "tanh(x)", "4 * bell(2 * x)", written=("1 - z ** 2",))
_row("asinh", "asinh(x)", "1 / hypot(1, x)", ufunc="arcsinh", written=("1 / sqrt(1 + x ** 2)",))
_row(
    "acosh",
    "acosh(x)",
    "1 / (sqrt(x - 1) * sqrt(x + 1))",
    domain="x > 1",
    ufunc="arccosh",
    written=("1 / sqrt(x ** 2 - 1)",),
)
_row(
    "atanh",
    "atanh(x)",
    "1 / ((1 - x) * (1 + x)) if abs(x) <= 1 else z",
    domain="-1 < x < 1",
    ufunc="arctanh",
    written=("1 / (1 - x ** 2)",),
)

# Activations.
_row(
    "sigmoid",
    "exp(x) / (1 + exp(x)) if x < 0 else 1 / (1 + exp(-x))",
    "bell(x)",
    written=("z * (1 - z)",),
)
_row("softplus", "log1p(exp(x)) if x < 0 else x + log1p(exp(-x))", "sigmoid(x)")
_row("relu", "zero(x) if x <= 0 else x", "0 if x <= 0 else 1 if x > 0 else x", kink="x == 0")
_row(
    "leaky_relu",
    "x if x > 0 else y * x",
    "1 if x > 0 else y if x <= 0 else x",
    "0 if x > 0 else x",
    defaults=(0.01,),
    kink="x == 0",
)
_row(
    "elu",
    "x if x > 0 else y * expm1(x)",
    "1 if x > 0 else scaled_exp(y, x, 1)",
    "0 if x > 0 else expm1(x)",
    defaults=(1,),
    kink="x == 0",
    written=("1 if x > 0 else y * exp(x)", "0 if x > 0 else exp(x) - 1"),
)
_row("gelu", "gelu(x)", "gelu_dx(x)")
_row(
    "silu",
    "scaled_exp(x, x, 1) / (1 + exp(x)) if x < 0 else x / (1 + exp(-x))",
    "scaled_exp(lift(x), x, 1) / (1 + exp(x)) ** 2 if x < 0 else "
    "(1 + scaled_exp(1 + x, -x, 1)) / (1 + exp(-x)) ** 2",
    written=("sigmoid(x) * (1 + x * (1 - sigmoid(x)))",),
)
_row(
    "erf",
    "erf(x)",
    "scaled_exp(1 / sqrt(atan(1 + zero(x))), -x, x)",
    written=("2 / sqrt(pi) * exp(-x ** 2)",),
)

# Choices. The branch that is not taken has slope 0, whatever its value is; x + y is nan where
# nothing else holds, because x or y is.
_row(
    "maximum",
    "x if x > y else y if y > x else x if x == y else x + y",
    "1 if x > y else 0 if x < y else half(x) if x == y else x + y",
    "1 if y > x else 0 if y < x else half(y) if x == y else x + y",
    kink="x == y",
)
_row(
    "minimum",
    "x if x < y else y if y < x else x if x == y else x + y",
    "1 if x < y else 0 if x > y else half(x) if x == y else x + y",
    "1 if y < x else 0 if y > x else half(y) if x == y else x + y",
    kink="x == y",
)
_row(
    "clip",
    "minimum(maximum(x, lo), hi)",
    "1 if lo <= x and x <= hi else 0 if z == z else z",
    "1 if x < lo and lo <= hi else 0 if z == z else z",
    "1 if x > hi or lo > hi else 0 if z == z else z",
    inputs=("x", "lo", "hi"),
    domain="lo != hi",
    kink="x == lo or x == hi",
    written=("1 if lo <= x <= hi else 0", "1 if x < lo else 0", "1 if x > hi else 0"),
)
_row("where", "x if c else y", "0", "1 if c else 0", "0 if c else 1", inputs=("c", "x", "y"))

# Two or more inputs.
_row(
    "hypot",
    "hypot(x, y)",
    "hypot_dx(x, y)",
    "hypot_dx(y, x)",
    kink="x == 0 and y == 0",
    written=("x / z", "y / z"),
)
_row(
    "xlogy",
    "xlogy(x, y)",
    "log(y)",
    "0 if x == 0 and y == y else x / y if y >= 0 else log(y)",
    domain="y > 0",
    written=("log(y)", "x / y"),
)
_row("dot", "dot(xs, ys)", "y", "x", symbol="·", run=True)
_row("logsumexp", "logsumexp(xs)", "softmax(x, xs)", run=True, written=("exp(x - z)",))

# Helpers: values and slopes that need care, mostly near 0, in the tails and at the largest doubles.
_row("zero", "zero(x)", "0", helper=True)
_row("copy", "x", "1", helper=True)
_row("one", "one(x)", "0", helper=True)
_row("half", "half(x)", "0", helper=True)
_row("sign", "1 if x > 0 else -1 if x < 0 else x", "0", helper=True, domain="x != 0")
_row(
    "scaled_exp",
    "scaled_exp(x, y, w)",
    "scaled_exp(1, y, w)",
    "scaled_exp(x * w, y, w)",
    "scaled_exp(x * y, y, w)",
    inputs=("x", "y", "w"),
    helper=True,
)
_row(
    "power_dx",
    "power_dx(x, y)",
    "y * power_dx(x, y - 1) if x or y else 0",
    "y * power_dy(x, y - 1) + x ** (y - 1)",
    helper=True,
    domain="x > 0",
)
_row(
    "power_dy",
    "power_dy(x, y)",
    "y * power_dy(x, y - 1) + x ** (y - 1)",
    "z * log(x)",
    helper=True,
    domain="x > 0",
)
_row("lift", "lift(x)", "1 + exp(x)", helper=True)
_row("bell", "exp(-abs(x)) / (1 + exp(-abs(x))) ** 2", "-z * tanh(x / 2)", helper=True)
_row(
    "gelu_dx",
    "gelu_dx(x)",
    "scaled_exp((2 - x * x) / sqrt(8 * atan(1 + zero(x))), -x, x / 2)",
    helper=True,
)
_row(
    "hypot_dx",
    "x if x == 0 and y == y else "
    "sign(x) / hypot(1, y / x) if abs(x) >= abs(y) else x / abs(y) / hypot(1, x / y)",
    "hypot_dx(y, x) / hypot(x, y) * hypot_dx(y, x)",
    "-z / hypot(x, y) * hypot_dx(y, x)",
    domain="x != 0 or y != 0",
    helper=True,
)
_row(
    "atan2_dx",
    "half(y) / y / (half(y) + x / y * (x / y) / 2) if abs(y) >= abs(x) else "
    "y / x / (1 + y / x * (y / x)) / x if y == 0 or abs(y / x) * 10**300 > 1 else "
    "y / (x * x + y * y)",
    "-2 * z * atan2_dx(y, x)",
    "(x - y) / hypot(x, y) / hypot(x, y) * ((x + y) / hypot(x, y) / hypot(x, y))",
    domain="x != 0 or y != 0",
    helper=True,
)
