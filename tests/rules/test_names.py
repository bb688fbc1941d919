"""A row may call its inputs what it likes: every reader gives what it gives for x and y."""

import keyword
import pickle
import unicodedata
from functools import cache

import pytest

pytest.importorskip("mpmath")
pytest.importorskip("hypothesis")
pytest.importorskip("llvmlite")

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from autograd import Op, Value, draw, explain, gradcheck, hessian, jit, register, steps
from autograd.codegen import Scope
from autograd.engine import unregister
from autograd.ops import ROUTINES
from autograd.testing import check_rule
from tests.soaking import asked

# Names that generated code has, or once had.
GENERATED = [
    *("g", "p", "g_", "node", "self", "other", "data", "z1", "x_", "x1", "xs", "zip", "v", "v0"),
    *("left", "right", "first", "second", "raw", "grad", "op", "new", "guard", "default", "Value"),
    *("PLAIN", "number", "refuse", "NotExactError", "n0", "pi", "p0", "run0", "case", "test"),
    *(
        "x_data",
        "arguments",
        "_",
        "__class__",
        "match",
        "type",
        "print",
        "None_",
        "f",
        "E",
        "program",
    ),
    *ROUTINES,
]


def may_name_an_input(name):
    return (
        name.isidentifier()
        and not keyword.iskeyword(name)
        and name not in ("z", "__debug__", "a", "i")  # runs of a and i would be as and is
        and unicodedata.normalize("NFKC", name) == name  # Python reads another name
    )


identifiers = st.one_of(
    st.sampled_from(GENERATED), st.from_regex(r"[^\W\d]\w{0,5}", fullmatch=True)
).filter(may_name_an_input)
# A run of x's is xs, so these two cannot be inputs of one row.
pairs = st.tuples(identifiers, identifiers).filter(
    lambda pair: len({*pair, pair[0] + "s", pair[1] + "s"}) == 4
)

ROWS = {
    "one input": {
        "value": "{0} * {0} * exp(-{0})",
        "slopes": ("(2 * {0} - {0} * {0}) * exp(-{0})",),
    },
    "entropy": {
        "value": "{0} * log({0} / {1})",
        "slopes": ("log({0} / {1}) + 1", "-{0} / {1}"),
        "domain": "{0} > 0 and {1} > 0",
    },
    "choice": {
        "value": "{0} * {1} if {0} > {1} else sinh({0}) - abs({1})",
        "slopes": ("{1} if {0} > {1} else cosh({0})", "{0} if {0} > {1} else -sign({1})"),
        "domain": "{0} != {1} and {1} != 0",
    },
    "run": {
        "value": "log(dot({0}s, {1}s))",
        "slopes": ("{1} / dot({0}s, {1}s)", "{0} / exp(z)"),
        "run": True,
    },
}
POINTS = {"one input": (0.5,), "entropy": (0.5, 0.25), "choice": (0.75, 0.5)}
POINTS["run"] = tuple(0.5 + k / 8 for k in range(24))


def row(kind, names):
    fields = ROWS[kind]
    texts = {key: value.format(*names) for key, value in fields.items() if isinstance(value, str)}
    inputs = tuple(names[:1] if kind == "one input" else names)
    slopes = tuple(slope.format(*names) for slope in fields["slopes"])
    return Op(name="subject", inputs=inputs, slopes=slopes, run=kind == "run", **texts)


def readings(kind, names):
    """What every reader gives for a row whose inputs have these names."""
    op, point = row(kind, names), POINTS[kind]
    function = register(op)
    try:
        return [*_readings(op, function, point)]
    finally:
        unregister("subject")


def _readings(op, function, point):
    def call(*arguments):
        return function(*op.split(arguments))

    def recorded(*made):
        made[-1].backward()
        return made[-1].data, [leaf.grad for leaf in made[:-1]], made[-1].partials()

    leaves = [Value(x, f"a{place}") for place, x in enumerate(point)]
    root = call(*leaves)
    yield recorded(*leaves, root)
    yield op.compute(*op.split(point)), call(*point)
    if not op.run:
        first, *others = [Value(x) for x in point]
        yield recorded(first, *others, first.subject(*others))
        yield recorded(*[Value(x) for x in point[:1]], call(*leaves[:1], *point[1:]))[0]
    last = Value(point[-1])
    yield recorded(last, call(*point[:-1], last))
    yield hessian(lambda x: call(*x))([*point[:3], *point[3:]])
    yield str(explain(root, leaves[0])), draw(root).source
    yield [str(step).replace(op.value, "the rule as it is written") for step in steps(root)]
    yield (
        str(check_rule(op, count=5, stable=True, largest=50.0, max_ulp=100, nonfinite=False))
        if not op.run
        else None
    )
    yield str(gradcheck(call, *point))
    for backend in ("python", "llvm"):
        yield jit(call, backend=backend).value_and_grad(*point)
    again = pickle.loads(pickle.dumps(root))
    again.backward()
    yield [leaf.grad for leaf in again.parents]


@cache
def with_x_and_y(kind):
    return readings(kind, ("x", "y"))


@pytest.mark.parametrize("kind", ROWS)
@settings(max_examples=asked(10, 25), deadline=None, suppress_health_check=list(HealthCheck))
@example(("g", "x"))
@example(("p", "q"))
@example(("node", "log"))
@example(("x", "x1"))
@example(("p", "x"))
@example(("self", "other"))
@example(("exp", "data"))
@given(names=pairs)
def test_every_reader_gives_what_it_gives_for_x_and_y(kind, names):
    assert readings(kind, names) == with_x_and_y(kind), names


def test_x_and_y_give_what_is_right():
    (value, slopes, _), *_ = with_x_and_y("entropy")
    assert value == pytest.approx(0.34657359027997264, rel=1e-15)
    assert slopes == pytest.approx([1.6931471805599454, -2.0], rel=1e-15)


@pytest.mark.parametrize("name", GENERATED)
def test_a_row_of_any_name_breaks_nobody(name):
    if name.startswith("__") or name == "pi":
        with pytest.raises(ValueError, match=f"{name!r} cannot name an operation"):
            Op(name=name, value="x * x * x", slopes=("3 * x * x",))
        return
    cube = Op(name=name, value="x * x * x", slopes=("3 * x * x",))
    if name in ROUTINES or hasattr(Value, name):
        with pytest.raises(ValueError, match=f"{name!r} is taken already"):
            register(cube)
        return
    function = register(cube)
    try:
        caller = register(
            Op(name="caller", value=f"{name}(x) + exp(x)", slopes=("3 * x * x + exp(x)",))
        )
        try:
            x = Value(2.0)
            (caller(x) + function(x) * x.exp() / x).backward()
            slope = x.grad
        finally:
            unregister("caller")
    finally:
        unregister(name)
    e = 7.38905609893065
    assert slope == pytest.approx(12 + e + 8 * e / 2 + 12 * e / 2 - 8 * e / 4, rel=1e-14)
    y = Value(2.0)
    (y * y - y.sin() / 3).backward()
    assert y.grad == pytest.approx(4 + 0.4161468365471424 / 3, rel=1e-15)


def test_a_name_is_given_to_one_thing_alone():
    """Whatever was asked for before: what is taken may be taken with an underscore, too."""
    for wanted in (["x_", "x", "x"], ["x", "x", "x"], ["abs_", "abs"], ["if__", "if_", "if", "if"]):
        scope = Scope()
        given = [scope.local(name) for name in wanted]
        assert len({*given}) == len(given) and not {*given} & {"abs", "if"}
    cube = Op(
        name="cube", inputs=("g_", "g", "node_"), value="g_ * g_ * g + node_",
        slopes=("2 * g_ * g", "g_ * g_", "1"),
    )  # fmt: skip
    leaves = [Value(x) for x in (2, 3, 5)]
    try:
        register(cube)(*leaves).backward()
    finally:
        unregister("cube")
    assert [leaf.grad for leaf in leaves] == [12, 4, 1]
