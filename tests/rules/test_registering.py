"""A graph keeps the rules that it was recorded with, whatever becomes of the table."""

import copy
import pickle
from dataclasses import replace

import pytest

from autograd import Op, Value, calculus, draw, explain, gradcheck, jit, register, replay
from autograd.engine import unregister
from autograd.ops import OPS

TWICE = Op(name="twice", value="2 * x", slopes=("2",))
ANOTHER = Op(name="twice", value="x ** 3", slopes=("3 * x * x",))


@pytest.fixture
def clean():
    """The table as it was."""
    before = dict(OPS)
    yield
    for name in list(OPS.keys() - before.keys()):
        unregister(name)
    assert before == OPS


def graph():
    """A graph of a row that uses `twice` in its value and in its slope, and of `twice` itself."""
    register(TWICE)
    quad = Op(
        name="quad", value="twice(twice(x)) * x", slopes=("twice(twice(x)) + 4 * twice(x) / 2",)
    )
    function = register(quad)
    x = Value(3.0, "x")
    return x, function(x) + x.twice() * x.quad()


def readings(x, root):
    """What readers find in the graph: numbers and texts."""
    x.grad = 0
    root.backward()
    first = calculus.adjoints(root, [x])[x]
    second = calculus.adjoints(first, [x])[x]
    return (
        (root.data, x.grad, first.data, second.data),
        [node.partials() for node in (root, *root.parents)],
        str(explain(root, x)),
        draw(root).source,
        replay(root).data,
        replay(root, {x: 5.0}).data,
    )


@pytest.mark.usefixtures("clean")
def test_taking_rows_out_and_putting_others_in_changes_no_graph():
    x, root = graph()
    # 4 x² + 8 x³, its slopes 8 x + 24 x² and 8 + 48 x
    assert (before := readings(x, root))[0] == (252.0, 240.0, 240.0, 152.0)
    unregister("twice")
    assert readings(x, root) == before
    register(ANOTHER)
    assert readings(x, root) == before
    unregister("quad")
    register(Op(name="quad", value="x - 1", slopes=("1",)))
    assert readings(x, root) == before
    unregister("twice")
    assert readings(x, root) == before
    assert replay(root, {x: 5.0}).data == 4 * 25 + 8 * 125


@pytest.mark.usefixtures("clean")
def test_readers_that_come_late_use_the_rules_of_the_graph():
    """Not one of them has looked at the rows before they are replaced."""
    x, root = graph()
    unregister("twice")
    unregister("quad")
    register(ANOTHER)
    register(Op(name="quad", value="x - 1", slopes=("1",)))
    assert readings(x, root)[0] == (252.0, 240.0, 240.0, 152.0)


@pytest.mark.usefixtures("clean")
@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_a_program_keeps_its_rules(backend):
    if backend == "llvm":
        pytest.importorskip("llvmlite")
    register(TWICE)
    quad = register(Op(name="quad", value="twice(twice(x)) * x", slopes=("8 * x",)))
    program = jit(lambda x: quad(x) + x.twice(), backend=backend)
    assert program.value_and_grad(3.0) == (42.0, 26.0)
    unregister("twice")
    register(ANOTHER)
    assert program.value_and_grad(3.0) == (42.0, 26.0)
    # A new program of the old function meets the new rows where it asks the table by name.
    again = jit(lambda x: quad(x) + x.twice(), backend=backend)
    assert again.value_and_grad(3.0) == (36.0 + 27.0, 24.0 + 27.0)


@pytest.mark.usefixtures("clean")
def test_gradcheck_knows_the_rules_of_the_graph():
    pytest.importorskip("mpmath")
    register(TWICE)
    quad = register(Op(name="quad", value="twice(twice(x)) * x", slopes=("8 * x",)))
    unregister("twice")
    register(ANOTHER)
    assert gradcheck(quad, 3.0).inputs[0].gradient == 24.0


@pytest.mark.usefixtures("clean")
def test_another_rule_of_a_name_is_refused_where_a_graph_is_loaded():
    x, root = graph()
    stored = pickle.dumps((x, root))
    unregister("quad")
    unregister("twice")
    with pytest.raises(KeyError, match="'quad'"):
        pickle.loads(stored)
    register(ANOTHER)
    register(
        Op(name="quad", value="twice(twice(x)) * x", slopes=("twice(twice(x)) + 4 * twice(x) / 2",))
    )
    with pytest.raises(ValueError, match="'quad' here is another"):  # its text is, by `twice`
        pickle.loads(stored)
    unregister("quad")
    unregister("twice")
    graph()
    x, root = pickle.loads(stored)
    root.backward()
    assert x.grad == 240.0


@pytest.mark.usefixtures("clean")
def test_the_same_rule_under_a_new_registration_loads():
    function = register(TWICE)
    x = Value(3.0)
    stored = pickle.dumps((x, function(x)))
    unregister("twice")
    register(replace(TWICE, symbol="2x"))  # nothing that is computed
    x, root = pickle.loads(stored)
    root.backward()
    assert (root.data, x.grad) == (6.0, 2)


def test_a_row_further_down_counts_though_another_of_its_name_stands_above():
    def build(text, slope):
        register(Op(name="aa", value=text, slopes=(slope,)))
        register(Op(name="bb", value="aa(x)", slopes=("aa(x)",)))
        unregister("aa")
        return register(Op(name="aa", value="bb(x)", slopes=("bb(x)",)))

    try:
        f = build("x", "1")
        stored = pickle.dumps(f(Value(3.0)) * 1)
        unregister("aa"), unregister("bb")
        build("x * x", "2 * x")
        with pytest.raises(ValueError, match="another than the one"):
            pickle.loads(stored)
        unregister("aa"), unregister("bb")
        build("x", "1")
        assert pickle.loads(stored).data == 3.0
    finally:
        unregister("aa"), unregister("bb")


@pytest.mark.parametrize("name", ["lt", "eq", "stop_gradient", "softmax", "pi", "__len__", "exp"])
def test_names_that_mean_something_already(name):
    with pytest.raises(ValueError, match=f"{name!r} (is taken already|cannot name)"):
        register(Op(name=name, value="x * x", slopes=("2 * x",)))


def test_a_copy_of_a_row_is_the_row():
    op = Op(name="square", value="x * x", slopes=("2 * x",))
    assert copy.copy(op) is copy.deepcopy(op) is op


@pytest.mark.usefixtures("clean")
def test_numpy_s_name_is_taken_and_given_back_with_the_row():
    for taken in ("exp", "arctan", "data", "backward", "dot"):
        with pytest.raises(ValueError, match=f"{taken!r} is taken already"):
            register(replace(TWICE, ufunc=taken))
    register(replace(TWICE, ufunc="doubled"))
    assert Value(3).doubled().data == Value(3).twice().data == 6
    unregister("twice")
    assert not hasattr(Value, "twice") and not hasattr(Value, "doubled")
