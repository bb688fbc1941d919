"""Exported programs against eager: random ones bit for bit, structures, parameters, refusals."""

import builtins
import math
import random
import subprocess
import symtable
import sys
from dataclasses import dataclass
from fractions import Fraction

import pytest

from autograd import (
    OPS,
    Op,
    Value,
    custom,
    dot,
    exp,
    export,
    grad,
    jit,
    logsumexp,
    register,
    tanh,
    where,
)
from autograd.engine import record, unregister
from autograd.export.source.writer import CHUNK
from autograd.testing.strategies import Expression, woven
from tests.export.running import assert_same, flat, in_c, in_javascript, in_python
from tests.graphs import BINARY, UNARY
from tests.jit.test_agreement import OPERATIONS, Function, eager

SPECIAL = [0.0, -0.0, 1.0, math.inf, -math.inf, math.nan, 1e300, -2.5]
ENDINGS = [".c", ".js", ".py"]


def run(path, name, points, sizes, parameters=0, outputs=None, weights=None):
    """What an exported file gives, in its own language."""
    if path.suffix == ".c":
        return in_c(path, name, points, sizes, parameters, outputs, weights)
    return (in_javascript if path.suffix == ".js" else in_python)(path, name, points, weights)


@pytest.mark.parametrize("ending", ENDINGS)
def test_random_arithmetic_has_the_bits_of_eager(ending, tmp_path):
    source = random.Random(f"programs {ending}")
    for each in range(25):
        length = source.randint(1, 25)
        program = [
            (source.randrange(len(OPERATIONS)), source.randrange(50), source.randrange(50))
            for _ in range(length)
        ]
        f, path = Function(program), tmp_path / f"f{each}{ending}"
        points = [(source.choice(SPECIAL), source.choice(SPECIAL)) for _ in range(20)]
        points += [(source.uniform(-10, 10), source.uniform(-10, 10)) for _ in range(10)]
        export(f, path, 1.0, 2.0)
        used = jit(f, backend="python").trace(1.0, 2.0).parameters
        found = run(path, f"f{each}", points, [None, None], len(used))
        for point, result in zip(points, found, strict=True):
            value, slopes, _ = eager(f, *point)
            assert_same(result, [value, *slopes, *(leaf.grad for leaf in used)])


def test_python_has_the_bits_of_eager_for_any_function(tmp_path):
    source = random.Random("functions")
    names = [*UNARY, *BINARY, "clip", "where", "xlogy", "logaddexp"]
    for each in range(40):
        choices = (
            (source.choice(names), *(max(0, source.randint(-7, 8)) for _ in range(3)))
            for _ in range(source.randint(1, 12))
        )
        steps = woven(choices, 2, ("add",), 12)
        f = Expression((*steps, ("mul", 0, len(steps) + 1)), (1.0, 1.0))
        path = tmp_path / f"f{each}.py"
        export(f, path, *f.inputs)
        points = [(source.choice(SPECIAL), source.choice(SPECIAL)) for _ in range(10)]
        points += [(source.uniform(-3, 3), source.uniform(-3, 3)) for _ in range(10)]
        for point, result in zip(points, in_python(path, f"f{each}", points), strict=True):
            leaves = [*map(Value, point)]
            root = f(*leaves)
            root.backward()
            assert_same(result, [root.data, *(leaf.grad for leaf in leaves)])


@dataclass
class Pair:
    one: object
    two: object


def nested(a, b, c):
    x, (y, z) = a
    return x * b["k"] + y * z * c - b["class"]


@pytest.mark.parametrize("ending", ENDINGS[1:])
def test_arguments_keep_their_structure(ending, tmp_path):
    path = tmp_path / f"f{ending}"
    export(nested, path, [1.0, (2.0, 3.0)], {"k": 4.0, "class": 5.0}, 6.0)
    if ending == ".js":
        call = (
            f'import("{path}").then((m) => console.log(JSON.stringify('
            "m.gradient([1, [2, 3]], {k: 4, class: 5}, 6))))"
        )
        done = subprocess.run(["node", "-e", call], capture_output=True, text=True, check=True)
        expected = '{"value":35,"slopes":[[4,[18,12]],{"k":1,"class":-1},6],"parameters":[]}'
    else:
        call = (
            "import runpy, sys; m = runpy.run_path(sys.argv[1]); "
            "print(m['gradient']([1, (2, 3)], {'k': 4, 'class': 5}, 6))"
        )
        done = subprocess.run(
            [sys.executable, "-I", "-c", call, path], capture_output=True, text=True, check=True
        )
        expected = "(35, [[4, [18, 12]], {'k': 1, 'class': -1}, 6], [])"
    assert done.stdout.strip() == expected


@pytest.mark.parametrize("ending", ENDINGS)
def test_lists_arrays_and_parameters(ending, tmp_path):
    weights, bias = [Value(0.5, "w1"), Value(-0.25, "*/ \n w2")], Value(Fraction(1, 8), "b")

    def neuron(x, register):
        return tanh(dot(weights, x) + bias) * register

    path, points = tmp_path / f"n{ending}", [([1.0, 2.5], 2.0), ([-3.0, 0.125], -1.0)]
    export(neuron, path, [1.0, 2.5], 1.0)
    program = jit(neuron, backend="python")
    for (x, y), result in zip(points, run(path, "n", points, [2, None], 3), strict=True):
        value, slopes = program.value_and_grad(x, y)
        for parameter in program.parameters:
            parameter.grad = 0
        program.backward(x, y)
        own = [float(parameter.grad) for parameter in program.parameters]
        found, expected = flat(result), flat([value, slopes, own])
        assert found == pytest.approx(expected, rel=1e-15)


def test_other_parameters_can_be_given(tmp_path):
    w = Value(0.5, "w")
    for ending in ENDINGS:
        export(lambda x: w * x, tmp_path / f"line{ending}", 1.0)
    call = f'import("{tmp_path}/line.js").then((m) => console.log(m.line(3, [2])))'
    done = subprocess.run(["node", "-e", call], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "6"
    scope = {}
    exec((tmp_path / "line.py").read_text(), scope)
    assert scope["line"](3.0, [2.0]) == 6.0
    assert scope["gradient"](Fraction(1, 3), [Fraction(3)]) == (1, [3], [Fraction(1, 3)])
    with pytest.raises(ValueError, match="1 numbers belong here, not 2"):
        scope["line"](3.0, [2.0, 1.0])
    import ctypes

    from tests.export.running import compiled

    line = compiled(tmp_path / "line.c").line
    line.restype = ctypes.c_double
    assert line(ctypes.c_double(3.0), (ctypes.c_double * 1)(2.0)) == 6.0


@pytest.mark.parametrize("ending", ENDINGS)
def test_several_results_have_the_slopes_of_their_weighted_sum(ending, tmp_path):
    def f(x, y):
        product = x * y  # given back twice
        return [product, x / y, x, 3.0, product]

    weights = [2.0, -1.0, 0.5, 7.0, 1.0]
    path, points = tmp_path / f"f{ending}", [(3.0, 4.0), (0.5, -2.0)]
    export(f, path, 1.0, 1.0)
    for (x, y), (value, slopes, _) in zip(
        points, run(path, "f", points, [None, None], 0, 5, weights), strict=True
    ):
        assert value == [x * y, x / y, x, 3.0, x * y]
        assert slopes == pytest.approx([3 * y - 1 / y + 0.5, 3 * x + x / y**2], rel=1e-15)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_branch_that_is_not_taken_hands_nothing_on(ending, tmp_path):
    path, points = tmp_path / f"f{ending}", [(-1.0,), (0.0,), (4.0,)]
    export(lambda x: where(x > 0, x**0.5, 0.0) + where(x > 0, 1 / x, x), path, 1.0)
    found = run(path, "f", points, [None])
    assert [flat(result) for result in found] == [[-1.0, 1.0], [0.0, 1.0], [2.25, 0.25 - 1 / 16]]


@pytest.mark.parametrize("ending", ENDINGS)
def test_rows_with_any_names_are_written(ending, tmp_path):
    row = register(
        Op(
            name="double",
            inputs=("static", "rows", "β", "add"),
            value="static * rows - -β if not (static < 0 or rows) and -1 < β <= 5 else --add",
            slopes=("rows", "z", "1 if static > 0 else 0", "-1 if add else 0"),
        )
    )
    run_row = register(
        Op(name="exp_of_sum", run=True, value="exp(logsumexp(xs))", slopes=("exp(x) if x else 0",))
    )
    try:
        path = tmp_path / f"f{ending}"

        def f(int, self):
            return row(int, self, int * self, 2.0) + run_row([int, self, int])

        export(f, path, 1.0, 2.0)
        points = [(0.0, 0.0), (-0.5, 3.0), (1.5, -0.0), (math.nan, 1.0)]
        for point, result in zip(points, run(path, "f", points, [None, None]), strict=True):
            leaves = [*map(Value, point)]
            root = f(*leaves)
            root.backward()
            expected = [root.data, *(leaf.grad for leaf in leaves)]
            for x, y in zip(flat(result), expected, strict=True):
                assert x == pytest.approx(y, rel=1e-14, nan_ok=True)
    finally:
        unregister("double")
        unregister("exp_of_sum")


@pytest.mark.parametrize("ending", ENDINGS)
def test_long_tapes_compile(ending, tmp_path):
    def f(x, y):
        for _ in range(600):
            x = x * y + 0.25
            y = y - x * 1e-3
        return x + logsumexp([x, y, 1.0])

    path, points = tmp_path / f"f{ending}", [(0.5, 0.25)]
    export(f, path, 1.0, 1.0)
    (result,) = run(path, "f", points, [None, None])
    leaves = [*map(Value, points[0])]
    root = f(*leaves)
    root.backward()
    expected = [root.data, *(leaf.grad for leaf in leaves)]
    assert flat(result) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("ending", ENDINGS)
def test_each_line_of_a_pass_of_any_length_is_written(ending, tmp_path):
    """At the ends of the functions that it is cut into."""
    for count in (1, CHUNK, CHUNK + 1):
        path = tmp_path / f"f{count}{ending}"
        export(lambda x, count=count: sum([x] * count, x), path, 1.0)
        (result,) = run(path, f"f{count}", [(3.0,)], [None])
        assert flat(result) == [3.0 * (count + 1), count + 1]


@pytest.mark.parametrize("ending", ENDINGS)
def test_zeros_keep_their_sign(ending, tmp_path):
    """A constant in an expression, one among a run's, one that is given back."""

    def f(x):
        return [x * -0.0, where(x > 2, x, -0.0), dot([x, -0.0], [0.0, 1.0]), -0.0, 0.0]

    path = tmp_path / f"f{ending}"
    export(f, path, 1.0)
    for x, (value, _, _) in zip(
        (1.0, -1.0), run(path, "f", [(1.0,), (-1.0,)], [None], 0, 5, [1.0] * 5), strict=True
    ):
        assert [math.copysign(1, y) for y in value] == [
            math.copysign(1, y.data if isinstance(y, Value) else y) for y in f(Value(x))
        ]


@pytest.mark.parametrize("ending", ENDINGS)
def test_derivatives_are_exported_too(ending, tmp_path):
    path, points = tmp_path / f"g{ending}", [(0.5,), (-2.0,)]
    export(grad(lambda x: exp(x) * x), path, 1.0)
    for (x,), result in zip(points, run(path, "g", points, [None]), strict=True):
        expected = [math.exp(x) * (x + 1), math.exp(x) * (x + 2)]
        assert flat(result) == pytest.approx(expected, rel=1e-14, abs=1e-15)


def test_what_cannot_be_written_is_refused_by_name(tmp_path):
    square = custom(lambda x: x * x, lambda x, z: 2 * x, name="square")
    for ending, language in ((".c", "C"), (".js", "JavaScript"), (".py", "Python")):
        with pytest.raises(NotImplementedError, match=f"'square'.*Python.*{language}"):
            export(lambda x: square(x) + 1, tmp_path / f"f{ending}", 1.0)
        assert not (tmp_path / f"f{ending}").exists()
    for name in ("double.c", "function.js", "gradient.py", "exp.py"):
        with pytest.raises(ValueError, match=f"{name[:3]}.*means something already"):
            export(lambda x: x * 2.0, tmp_path / name, 1.0)
    with pytest.raises(ValueError, match=r"'f.txt' has an ending.*'.c'"):
        export(lambda x: x, tmp_path / "f.txt", 1.0)
    with pytest.raises(TypeError, match="one example of each argument"):
        export(lambda x: x, tmp_path / "f.c")
    with pytest.raises(LookupError, match="traced when it is first called"):
        export(jit(lambda x: x), tmp_path / "f.c")


def test_a_traced_program_needs_no_example(tmp_path):
    program = jit(lambda x, y: x * y)
    program(2.0, 3.0)
    export(program, tmp_path / "area.py")
    scope = {}
    exec((tmp_path / "area.py").read_text(), scope)
    assert scope["area"](Fraction(1, 2), 3) == Fraction(3, 2)


EMBEDDINGS = [[Value(1.0), Value(2.0)], [Value(3.0), Value(-4.0)], [Value(5.0), Value(0.5)]]


@pytest.mark.parametrize("ending", ENDINGS)
def test_calls_are_written_out_and_indices_pick(ending, tmp_path):
    def block(x, y):
        for _ in range(40):
            x, y = tanh(x * y) + y, y * 0.5 + x
        return [x, y]

    inner = jit(block)

    def f(i, x):
        rows = EMBEDDINGS
        row = rows[i]
        a, b = inner(x, row[0])
        c, _ = inner(a, row[1])
        return a * b + c

    path, points = tmp_path / f"f{ending}", [(0.0, 0.5), (2.0, 0.25), (-2.0, -1.0)]
    program = jit(f, backend="python").trace(1, 0.5)
    export(program, path)
    for (i, x), result in zip(points, run(path, "f", points, [None, None], 6), strict=True):
        value, slopes = program.value_and_grad(int(i), x)
        for parameter in program.parameters:
            parameter.grad = 0
        program.backward(int(i), x)
        own = [float(parameter.grad) for parameter in program.parameters]
        assert flat(result) == pytest.approx([value, *slopes, *own], rel=1e-13)
    (beyond,) = run(path, "f", [(3.0, 0.5)], [None, None], 6)
    assert math.isnan(flat(beyond)[0])


def first(x, dx):
    return x * dx


def second(f_parameters, NULL):
    return exp(f_parameters) * NULL


def third(forward, backward_0):
    return exp(forward) * backward_0


def fourth(_Bool, ddx):
    return _Bool * ddx


@pytest.mark.parametrize("f", [first, second, third, fourth])
def test_arguments_are_called_what_the_code_is_not(f, tmp_path):
    point = (0.5, 2.0)
    leaves = [*map(Value, point)]
    root = f(*leaves)
    root.backward()
    expected = [root.data, *(leaf.grad for leaf in leaves)]
    for ending, run in ((".c", lambda path: in_c(path, "f", [point], [None] * 2)),
                        (".py", lambda path: in_python(path, "f", [point]))):  # fmt: skip
        path = tmp_path / f"f{ending}"
        export(f, path, *point)
        assert flat(run(path)[0]) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("name", ["forward", "backward", "forward_0", "size_t", "NULL", "_Bool"])
def test_a_name_that_means_something_in_c_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match="means something already in C"):
        export(first, tmp_path / f"{name}.c", 0.5, 2.0)


def test_several_functions_share_a_module(tmp_path):
    """Each with the bits that it has alone, what they share written once."""
    w = Value(0.5, "w")
    functions = {
        "neuron": (lambda x: w * x, 1.0),
        "tanh_of": (lambda x: tanh(x) / 3, 1.0),
        "pair": (lambda x, y: [x * y, logsumexp([x, y])], 1.0, 1.0),
        "forward": (lambda x: x * x, 1.0),
    }
    path, points = tmp_path / "several.js", [*SPECIAL, 0.3]
    export(functions, path)
    text = path.read_text()
    assert text.count("const tanh =") == text.count("function add(") == 1
    assert "export const neuron_parameters = [0.5];" in text
    for name, (f, *args) in functions.items():
        alone, adapter = tmp_path / f"{name}_.js", tmp_path / f"{name}.js"
        export(f, alone, *args)
        adapter.write_text(
            f'export {{ {name}, {name}_gradient as gradient }} from "./several.js";\n'
        )
        given = [(x,) * len(args) for x in points]
        weights = [2.0, 3.0] if name == "pair" else None
        one = in_javascript(alone, f"{name}_", given, weights)
        for found, expected in zip(in_javascript(adapter, name, given, weights), one, strict=True):
            assert_same(found, expected)


@pytest.mark.parametrize(
    ("functions", "ending", "error", "said"),
    [
        ({"f": (first, 1.0, 2.0)}, ".py", ValueError, "in JavaScript only"),
        ({"f": (first, 1.0, 2.0)}, ".c", ValueError, "in JavaScript only"),
        ({"f-1": (first, 1.0, 2.0)}, ".js", ValueError, "'f-1' cannot be the name"),
        ({"tanh": (first, 1.0, 2.0)}, ".js", ValueError, "'tanh' means something already"),
        ({"f_forward_0": (first, 1.0, 2.0)}, ".js", ValueError, "means something already"),
        ({"f": (first, 1.0, 2.0), "f_gradient": (tanh, 1.0)}, ".js", ValueError, "f_gradient"),
        ({"f": first}, ".js", TypeError, r"needs \(f, \*args\)"),
        ({"f": (first, 1.0)}, ".js", TypeError, "one example of each argument"),
    ],
)
def test_several_functions_that_cannot_be_are_refused(functions, ending, error, said, tmp_path):
    with pytest.raises(error, match=said):
        export(functions, tmp_path / f"g{ending}")
    assert not [*tmp_path.iterdir()]


def test_examples_stand_beside_each_of_several_functions(tmp_path):
    with pytest.raises(TypeError, match="beside it"):
        export({"f": (first, 1.0, 2.0)}, tmp_path / "g.js", 1.0)


def unknown(path):
    """The names in a Python file that it speaks of and nowhere defines."""
    table = symtable.symtable(path.read_text(), str(path), "exec")
    known, todo, found = {*vars(builtins), *table.get_identifiers()}, [table], set()
    while todo:
        inner = todo.pop()
        todo += inner.get_children()
        found |= {it.get_name() for it in inner.get_symbols() if it.is_global()} - known
    return found - {"Any", "Callable", "Sequence", "NoReturn"}  # of annotations, which are not read


def test_every_python_file_has_all_names_that_it_speaks_of(tmp_path):
    for name, op in OPS.items():
        path = tmp_path / f"f_{name}.py"
        count = 4 if op.run else len(op.inputs)
        export(lambda *xs, op=op: record(op, *xs), path, *[0.5] * count)
        assert not unknown(path), name
    run = "import runpy, sys\nfor path in sys.argv[1:]: runpy.run_path(path)"
    files = sorted(tmp_path.glob("*.py"))
    subprocess.run([sys.executable, "-I", "-c", run, *files], check=True)
    assert "spelled" not in (tmp_path / "f_exp.py").read_text()


def test_a_parameter_that_is_computed_is_refused(tmp_path):
    """It was there to be given, and did nothing."""
    w = Value(3.0, "w")
    u = w * w
    with pytest.raises(ValueError, match="the parameter 'u' is computed by 'mul' from others"):
        export(lambda x: u * x, tmp_path / "f.py", 1.0, parameters={"u": u})
