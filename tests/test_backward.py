"""backward(): sums, passes, mutation, order, branches, errors and depth."""

import copy
import gc
import math
import pickle
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from itertools import count

import pytest

pytest.importorskip("hypothesis")

from hypothesis import given

import autograd
from autograd import Op, Value, errors, graph, register, replay, topological
from autograd.engine import unregister
from autograd.graph import flow
from autograd.ops import OPS
from tests.graphs import graphs
from tests.soaking import asked
from tests.together import in_threads


def test_twice_is_twice_as_much():
    a, b = Value(3, "a"), Value(4, "b")
    c = a * b
    d = c * c
    d.backward()
    assert (a.grad, b.grad, c.grad, d.grad) == (96, 72, 24, 1)
    d.backward()
    assert (a.grad, b.grad, c.grad, d.grad) == (192, 144, 24, 1)


def test_two_outputs_that_share_a_node_add_up():
    a = Value(3)
    shared = a * a
    (shared * 5).backward()
    assert shared.grad == 5
    (shared + a).backward()
    assert shared.grad == 1
    assert a.grad == 30 + 7


def test_backward_from_an_inner_node_then_from_the_root():
    a = Value(2)
    h = a * a
    f = h * 3
    h.backward()
    f.backward()
    assert (a.grad, h.grad) == (4 + 12, 3)


def test_a_gradient_of_another_kind_than_the_number_has_become_is_named():
    a = Value(2.0, "a")
    (a * a).backward()
    a.data = Decimal("0.5")
    with pytest.raises(TypeError, match=r"gradient of a is 4\.0, .* Decimal .*zero_grad\(\)"):
        (a * a).backward()
    assert a.grad == 4.0
    a.zero_grad()
    (a * a).backward()
    assert a.grad == 1


def test_backward_on_a_leaf_adds_one():
    a = Value(2.0)
    a.backward()
    a.backward()
    assert a.grad == 2


def test_shared_nodes_wait_for_all_consumers():
    """The counterexample to naive recursion: b must be complete before a is reached."""
    a = Value(3)
    b = a + a
    c = b + b
    c.backward()
    assert (a.grad, b.grad) == (4, 2)


def test_zero_grad_clears_the_graph():
    a, b = Value(3), Value(4)
    c = a * b
    c.backward()
    c.zero_grad()
    assert (a.grad, b.grad, c.grad) == (0, 0, 0)


def test_changing_a_leaf_after_the_forward_pass_changes_no_gradient():
    a, b = Value(3.0), Value(4.0)
    ws = [Value(1.5), Value(2.5)]
    f = a * b + (a / b) + a.tanh() + autograd.dot(ws, [a, b]) + a**b
    copied = copy.deepcopy(f)
    expected = [node.grad for node in run(copied) if node.op is None]
    for leaf in (a, b, *ws):
        leaf.data = 100.0
    assert [node.grad for node in run(f) if node.op is None] == expected
    assert f.partials() == copied.partials()


def run(root):
    root.backward()
    return topological(root)


def test_replay_computes_again_with_other_leaves():
    a, b, c = Value(2, "a"), Value(3, "b"), Value(Fraction(1, 2), "c")
    h = a * b
    h.label = "h"
    f = h * h + c
    g = replay(f, {a: Fraction(1, 3)})
    assert g.data == Fraction(3, 2)
    assert f.data == Fraction(73, 2)
    new_a = next(node for node in topological(g) if node.label == "a")
    assert new_a.data == Fraction(1, 3) and b in topological(g)
    assert [node.label for node in topological(g)] == [node.label for node in topological(f)]
    x = Value(10, "x")
    again = replay(f, {h: x})
    again.backward()
    assert again.data == 100 + Fraction(1, 2) and x.grad == 20
    b.data = 5
    assert replay(f).data == 100 + Fraction(1, 2)
    with pytest.raises(ValueError, match="not part of the graph"):
        replay(f, {Value(1, "stranger"): 2})


def test_the_branch_not_taken_contributes_exactly_nothing():
    x = Value(0.0, "x")
    safe = autograd.where(x > 0, 1 / x, x * 3)
    safe.backward()
    assert safe.data == 0.0 and x.grad == 3.0
    y = Value(-1.0)
    f = autograd.where(y > 0, y.log(), 2 * y)
    f.backward()
    assert y.grad == 2.0
    z = Value(-1.0)
    (z.relu() * math.inf).backward()
    assert z.grad == 0


def test_a_gradient_of_0_is_handed_on_and_is_not_the_absence_of_one():
    """0 times an infinite slope is nan, as elsewhere in the field; an int 0 and -0.0 as well."""
    for nothing in (0.0, -0.0, 0):
        x = Value(0.0)
        (x.sqrt() * nothing).backward()
        assert math.isnan(x.grad)
    x, y = Value(0.0), Value(2.0)
    (autograd.dot([x.sqrt(), y], [0.0, 1.0])).backward()
    assert math.isnan(x.grad) and y.grad == 1.0


@pytest.mark.parametrize("size", [1, 2, 63, 64, 65, 66, 130])
def test_runs_of_any_length_hand_on_to_both_sides(size):
    """Up to 64 elements the pull is written out, beyond that it is a loop."""
    xs = [Value(Fraction(k + 1, 3)) for k in range(size)]
    ys = [Value(Fraction(7 - k, 2)) for k in range(size)]
    root = autograd.dot(xs, ys)
    (root * 2).backward()
    assert [x.grad for x in xs] == [2 * y.data for y in ys]
    assert [y.grad for y in ys] == [2 * x.data for x in xs]
    for x in (*xs, *ys):
        x.grad = 0
    mixed = [x.data if k % 2 else x for k, x in enumerate(xs)]
    autograd.dot([y.data for y in ys], mixed).backward()  # numbers on one side, some on the other
    assert [x.grad for x in xs] == [y.data * (1 - k % 2) for k, y in enumerate(ys)]
    assert not any(y.grad for y in ys)


@pytest.mark.parametrize("size", [3, 64, 65, 100])
@pytest.mark.parametrize("name", [name for name, op in OPS.items() if op.run])
def test_every_run_row_hands_on_its_slopes(name, size):
    op = OPS[name]
    leaves = [Value(0.3 + math.sin(k) / 5) for k in range(size * len(op.inputs))]
    root = op.record(*leaves)
    root.backward()
    assert [leaf.grad for leaf in leaves] == list(root.partials())


def test_flow_is_backward_without_touching_a_gradient():
    a, b = Value(0.3), Value(-1.7)
    h = a * b
    f = (h.tanh() + h * h - a / b) ** 3 + autograd.dot([a, h], [h, 2.0])
    seen = {node: gradient for node, gradient, _ in flow(f)}
    assert all(node.grad == 0 for node in topological(f))
    f.backward()
    assert {node: node.grad for node in topological(f)} == seen


@given(graphs())
def test_the_sums_in_the_nodes_are_those_of_the_fold(root):
    """Bit for bit, on any graph, whatever the gradients are; and nan is nan."""
    order = topological(root)
    totals = {node: total for node, total, _ in flow(root)}
    root.backward()
    for node in order:
        assert repr(float(node.grad)) == repr(float(totals.get(node, 0))), node
    assert topological(root) == order


@given(graphs())
def test_the_walk_that_marks_is_the_other_walk(root):
    mark = int("77" * 20)
    computed, leaves = [], []
    order = topological(root)
    graph.marked(root, mark, (computed, leaves))
    if root.op is not None:
        assert computed == [node for node in order if node.op is not None]
        assert {leaf for leaf, _ in leaves} == {node for node in order if node.op is None}
        assert len({*computed}) + len(leaves) == len(order)
        assert all(node.grad is mark for node in order)


def test_a_gradient_that_exact_numbers_cannot_have_stops_no_other():
    a, b = Value(Fraction(2), "a"), Value(Fraction(3), "b")
    a.grad = b.grad = Fraction(7)
    f = a**b * 1 + a * b  # the slope to an exponent needs a logarithm, which Fraction has not
    f.backward()
    assert a.grad == 7 + 3 * 4 + 3
    assert "power" in repr(b.grad)
    for use in (lambda g: g + 1, lambda g: 0.1 * g, float, bool, lambda g: g == 7):
        with pytest.raises(TypeError, match=r"power\(a = .*, b = .*\) has no exact value"):
            use(b.grad)
    f.zero_grad()
    (a**2).backward()
    assert (a.grad, b.grad) == (4, 0)


def test_numbers_that_raise_leave_gradients_alone():
    hollow = register(Op(name="hollow", value="x", slopes=("1 / (x - x)",)))
    try:
        a, b = Value(Fraction(2), "a"), Value(Fraction(3), "b")
        a.grad = b.grad = Fraction(7)
        f = hollow(b) * 1 + a * b
        with pytest.raises(ZeroDivisionError):
            f.backward()
        assert a.grad == b.grad == 7
        (a**2).backward()
        assert a.grad == 7 + 4
    finally:
        unregister("hollow")


class Interrupting(Fraction):
    """A number that is interrupted when it is multiplied for the third time."""

    left = 3

    def __mul__(self, other):
        Interrupting.left -= 1
        if not Interrupting.left:
            raise KeyboardInterrupt
        return Interrupting(super().__mul__(other))

    __rmul__ = __mul__


def test_an_interruption_leaves_gradients_alone():
    for kind in (float, Fraction):
        Interrupting.left = 1000
        a, b = Value(kind(2), "a"), Value(Interrupting(3), "b")
        a.grad, b.grad = kind(7), 5
        f = a * 2.0 + b * a * b if kind is float else a * 2 + b * a * b
        Interrupting.left = 3
        with pytest.raises(KeyboardInterrupt):
            f.backward()
        assert (a.grad, b.grad) == (7, 5)
        Interrupting.left = 1000
        f.backward()
        assert (a.grad, b.grad) == (7 + 2 + 9, 5 + 12)


def shared_graph():
    """Shared nodes, constants, runs and a branch not taken; its leaves have gradients already."""
    leaves = a, b, c = [Value(number) for number in (0.5, -1.25, 3.0)]
    h = a * b + 2.0
    run = autograd.dot([h, c, 0.5], [a, h, h]) + autograd.logsumexp([h, a, h])
    f = autograd.where(a > 0, run * h, c.log()) - h / c
    for leaf in leaves:
        leaf.grad = 0.125
    return leaves, f


def interrupted(work, names, line):
    """Whether `work` is interrupted, by Ctrl-C at that line of those that functions of ours run."""
    lines = iter(range(1, line))

    def trace(frame, event, _):
        if frame.f_code.co_name not in names or "autograd" not in frame.f_code.co_filename:
            return None
        if event == "line" and next(lines, None) is None:
            raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.mark.parametrize("names", [("marked", "_marked_with_runs"), ("pull", "pull_dot_3")])
def test_an_interruption_at_any_line_leaves_gradients_alone(names):
    """In the middle of the walk, which marks the nodes, and of the sums."""
    leaves, f = shared_graph()
    f.backward()
    expected = [leaf.grad for leaf in leaves]
    for line in count(1):
        leaves, f = shared_graph()
        if not interrupted(f.backward, names, line):
            break
        assert [leaf.grad for leaf in leaves] == [0.125] * 3
        assert {node.grad.__class__ for node in topological(f)} <= {int, float}  # no mark is left
        f.backward()
        assert [leaf.grad for leaf in leaves] == expected
    assert line > 50


def test_a_mark_is_no_gradient_that_somebody_set():
    a = Value(3.0)
    h = a * a
    f = h * 2.0
    for grad in (False, 0, True, None, math.nan):
        h.grad = f.grad = grad
        a.grad = 0
        f.backward()
        assert (a.grad, h.grad, f.grad) == (12.0, 2.0, 1)


def test_sums_begin_with_a_zero_that_is_not_negative():
    a, b = Value(2.0), Value(-0.0)
    h = a * b
    (h * 1.0 + 0.0).backward()
    (-(a * 0.0)).backward()
    assert math.copysign(1, a.grad) == math.copysign(1, flowed(h, a)) == 1


def flowed(root, leaf):
    return next(gradient for node, gradient, _ in flow(root) if node is leaf)


def test_passes_of_several_threads_lose_no_addition():
    """On one graph, and on graphs that share their leaves."""
    leaves = [Value(1.0) for _ in range(20)]
    shared = sum(leaf * leaf for leaf in leaves)

    def passes(_):
        own = sum(leaf * 3.0 for leaf in leaves)
        for _ in range(100):
            shared.backward()
            own.backward()

    in_threads(passes)
    assert [leaf.grad for leaf in leaves] == [4 * 100 * (2.0 + 3.0)] * 20


def test_a_slope_may_run_backward_itself():
    """A function of one's own whose slope is found by a pass over a graph that shares a leaf."""
    w = Value(5.0)

    def slope(x, z):
        inner = Value(x)
        (inner * inner * w).backward()
        return inner.grad

    x = Value(3.0)
    (autograd.custom(lambda x: 5.0 * x * x, slope, name="inner")(x) * w).backward()
    assert x.grad == 5.0 * 30.0
    assert w.grad == 45.0 + 9.0


@pytest.mark.parametrize("nothing", [0, 0.0, -0.0, None, Decimal(0)])
def test_whatever_nothing_a_gradient_was_reset_to(nothing):
    w, x = Value(Fraction(2, 5), "w"), Value(1.5, "x")
    w.grad = x.grad = nothing
    (((5 * w - 8) ** 2) / 2).backward()
    (x * x).backward()
    assert w.grad == -30
    assert w.grad.__class__ is Fraction
    assert x.grad == 3.0


def test_a_gradient_of_0_is_handed_on_in_a_block_of_errors():
    """Another pass does it there."""
    x = Value(0.0, "x")
    root = x.sqrt() * 0.0
    with errors():
        root.backward()
    assert math.isnan(x.grad)
    with errors(nan="raise"), pytest.raises(FloatingPointError, match=r"of x 0.0 is nan .*sqrt"):
        root.backward()


def test_errors_shows_the_slope_of_a_branch_not_taken_as_0():
    x = Value(-1.0, "x")
    x.grad = math.nan
    with errors(nan="raise"), pytest.raises(FloatingPointError, match=r"meets a slope of 0$"):
        (x.relu() * 1.0).backward()


def test_errors_names_operation_and_operands():
    x = Value(-1.0, "x")
    with errors(nan="raise"):
        with pytest.raises(FloatingPointError, match=r"log\(x = -1.0\) is nan"):
            x.log()
        (x / 0.0).exp()
    with (
        errors(inf="raise"),
        pytest.raises(FloatingPointError, match=r"div\(x = -1.0, 0.0\) is -inf"),
    ):
        x / 0.0
    assert math.isnan(x.log().data)
    with pytest.raises(ValueError, match="'allow' or 'raise'"), errors(nan="ignore"):
        pass


def test_errors_covers_gradients_and_restores_them():
    x = Value(0.0, "x")
    x.grad = 5.0
    f = x.sqrt() + x
    with (
        errors(inf="raise"),
        pytest.raises(FloatingPointError, match=r"gradient of x .*sqrt\(x = 0.0\)"),
    ):
        f.backward()
    assert x.grad == 5.0
    f.backward()
    assert x.grad == math.inf


def test_errors_nests_and_ends():
    with errors(nan="raise"):
        with errors(nan="allow"):
            assert math.isnan(Value(-1.0).log().data)
        with pytest.raises(FloatingPointError):
            Value(-1.0).log()
    assert math.isnan(Value(-1.0).log().data)


# Depth. 10⁵ nodes, 10⁶ in a soak, at the default recursion limit, whatever is done to them.

MANY = asked(10**5, 10**6)


@pytest.fixture(scope="module")
def chain():
    x = Value(1.0, "x")
    node = x
    for _ in range(MANY):
        node = node * 1.0
    return x, node


def test_deep_chain_runs_backward_and_reprs(chain):
    x, node = chain
    assert sys.getrecursionlimit() <= 10_000
    x.grad = 0
    node.backward()
    assert x.grad == 1.0
    assert repr(node) == "Value(data=1.0, grad=1)"
    assert len(topological(node)) == MANY + 1


def test_deep_chain_pickles(chain):
    _, node = chain
    again = pickle.loads(pickle.dumps(node))
    assert len(topological(again)) == MANY + 1


def test_deep_chain_deepcopies(chain):
    _, node = chain
    again = copy.deepcopy(node)
    assert again is not node and len(topological(again)) == MANY + 1


def test_deep_chain_replays(chain):
    x, node = chain
    assert replay(node, {x: 2.0}).data == 2.0


def test_wide_sum():
    leaves = [Value(1) for _ in range(MANY)]
    total = sum(leaves)
    total.backward()
    assert total.data == MANY and all(leaf.grad == 1 for leaf in leaves)
    again = pickle.loads(pickle.dumps(copy.deepcopy(total)))
    assert again.data == MANY


def test_a_graph_is_freed_by_reference_counting_alone():
    gc.collect()
    gc.disable()
    try:
        x = Value(1.0)
        node, probes = x, []
        for step in range(20_000):
            node = autograd.where(True, (node * 1.0 + 0.0).relu(), 0.0)
            node = autograd.dot([node, x], [1.0, x]) - 1.0
            if step % 2_000 == 0:
                probes.append(node)
        node.backward()
        before = len(gc.get_objects())
        probes.clear()
        del node
        after = len(gc.get_objects())
        assert before - after > 60_000
        assert gc.collect() < 1000
    finally:
        gc.enable()


def test_bytes_a_node():
    """At most 450 bytes a node while backward runs, 250 at rest, counted by the allocator."""
    script = """
import tracemalloc
from autograd import Value
x = Value(0.5)
tracemalloc.start()
n = 200_000
node = x
for _ in range(n):
    node = node * 1.0000001
rest, _ = tracemalloc.get_traced_memory()
node.backward()
_, peak = tracemalloc.get_traced_memory()
print(rest / n, peak / n)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    rest, peak = map(float, done.stdout.split())
    assert rest <= 250
    assert peak <= 450


def test_the_same_bits_in_every_process():
    script = """
import autograd
from autograd import Value, topological
import struct, hashlib
xs = [Value(0.1 * k - 1.3) for k in range(30)]
h = [autograd.dot(xs, [x * k for x in xs]).tanh() for k in range(5)]
f = sum(a * b for a in h for b in xs) / 7.0 + autograd.logsumexp(h)
f.backward()
data = [number for node in topological(f) for number in (node.data, node.grad)]
print(hashlib.sha256(b"".join(struct.pack("d", number) for number in data)).hexdigest())
"""
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            stdout=subprocess.PIPE,
            text=True,
            env={**__import__("os").environ, "PYTHONHASHSEED": str(seed)},
        )
        for seed in range(1, 21)
    ]
    assert len({process.communicate()[0] for process in runs}) == 1
    assert all(process.returncode == 0 for process in runs)


def test_deep_results_in_exact_types_stay_exact():
    x = Value(Fraction(1, 3))
    y = Value(Decimal("0.1"))
    ((x / 2 - 1) ** 3 * 4 + abs(-x)).backward()
    assert x.grad == Fraction(4 * 3, 2) * (Fraction(1, 6) - 1) ** 2 + 1
    assert type(x.grad) is Fraction
    (y * y / 4 - 3 * y).backward()
    assert y.grad == Decimal("0.05") - 3 and type(y.grad) is Decimal
