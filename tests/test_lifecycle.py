"""Graphs through their whole life against an exact model, and engines with a planted bug caught.

The model knows no rules: it keeps, for each value, the exact polynomial that it is in the leaves.
"""

import copy
import gc
import pickle
from fractions import Fraction

import pytest

pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from autograd import Value, replay
from autograd.engine import record
from autograd.ops import OPS
from autograd.testing.dual import exact_derivative

BINARY = ("add", "sub", "mul")
small = st.integers(-3, 3).map(Fraction)


class Graphs(RuleBasedStateMachine):
    """Leaves, values made of them, and any number of backward passes from anywhere."""

    values = Bundle("values")

    def __init__(self):
        super().__init__()
        self.leaves = {}  # leaf -> its data when it was last set
        self.grads = {}  # leaf -> what its gradient must be
        self.meaning = {}  # value -> (function of the numbers of leaves, those leaves' numbers)

    def backward(self, value):
        value.backward()

    def combined(self, name, *parents):
        return record(OPS[name], *parents)

    @initialize(target=values, number=small)
    def first(self, number):
        return self.leaf(number)

    @rule(target=values, number=small)
    def make_leaf(self, number):
        return self.leaf(number)

    def leaf(self, number):
        leaf = Value(number)
        self.leaves[leaf] = number
        self.grads[leaf] = 0
        self.meaning[leaf] = (lambda at: at[leaf]), {leaf: number}
        return leaf

    @rule(target=values, name=st.sampled_from(BINARY), a=values, b=values)
    def combine(self, name, a, b):
        (f, at), (g, bt) = self.meaning[a], self.meaning[b]
        if any(at[leaf] != bt[leaf] for leaf in at.keys() & bt.keys()):
            return multiple()  # one leaf at two times: not a function of its number
        value = self.combined(name, a, b)
        op = OPS[name]
        self.meaning[value] = (lambda at: op.compute(f(at), g(at))), {**at, **bt}
        return value

    @rule(value=values)
    def run_backward(self, value):
        function, at = self.meaning[value]
        self.backward(value)
        order = list(at)

        def flat(*numbers):
            return function(dict(zip(order, numbers, strict=True)))

        for place, leaf in enumerate(order):
            self.grads[leaf] += exact_derivative(flat, list(at.values()), place)
        assert value.grad == 1 or value in self.leaves
        assert value.data == flat(*at.values())

    @rule(value=values)
    def zero(self, value):
        value.zero_grad()
        for leaf in self.meaning[value][1]:
            self.grads[leaf] = 0

    @rule(value=values, number=small)
    def change_leaf(self, value, number):
        """Graphs that were recorded before keep their numbers."""
        if value not in self.leaves:
            return
        value.data = number
        self.leaves[value] = number
        self.meaning[value] = (lambda at: at[value]), {value: number}

    @rule(value=values, number=small)
    def replay(self, value, number):
        function, at = self.meaning[value]
        changes = dict.fromkeys(at, number)
        assert replay(value, changes).data == function(changes)

    @rule(
        value=values, how=st.sampled_from([copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))])
    )
    def copied(self, value, how):
        again = how(value)
        assert again is not value and again.data == value.data and again.grad == value.grad
        again.backward()  # must not reach the original's leaves: the invariant looks

    @rule(value=values)
    def dropped(self, value):
        """A temporary graph over live values leaves nothing behind."""
        temporary = value * value + value
        del temporary
        gc.collect(0)

    @invariant()
    def gradients_are_right(self):
        assert {leaf: leaf.grad for leaf in self.leaves} == self.grads


LIFE = settings(
    max_examples=200,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)


def test_life():
    run_state_machine_as_test(Graphs, settings=LIFE)


# Engines that are wrong in ways engines have been. The machine must catch each.


def walk(root):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(root)
    return order


def backward(root, *, parents=None, order=None, keep=False, assign=False, slopes=None):
    """A plain backward pass with places for bugs."""
    nodes = walk(root)
    if not keep:
        for node in nodes:
            if node.op is not None:
                node.grad = 0
    root.grad = 1 if assign or root.op is not None else root.grad + 1
    for node in (order or reversed)(nodes):
        if node.op is None:
            continue
        pairs = zip(node.inputs, (slopes or Value.partials)(node), strict=True)
        for parent, slope in parents(pairs) if parents else pairs:
            parent.grad += node.grad * slope


def each_parent_once(pairs):
    return dict(pairs).items()


def breadth_first(nodes):
    root, order = nodes[-1], []
    queue = [root]
    while queue:
        node = queue.pop(0)
        if node not in order:
            order.append(node)
            queue += node.parents
    return order


def without_snapshot(node):
    numbers = [parent.data for parent in node.parents]
    return [slope(*numbers, node.data) for slope in node.op.partials]


BUGS = {
    "parents in a set": {"parents": each_parent_once},
    "stale interior gradients": {"keep": True},
    "root assigned instead of added": {"assign": True},
    "wrong order": {"order": breadth_first},
    "no snapshot": {"slopes": without_snapshot},
}


def with_bug(bug):
    class Planted(Graphs):
        def backward(self, value):
            backward(value, **bug)

    return Planted


def test_the_plain_pass_without_a_bug_is_right():
    run_state_machine_as_test(with_bug({}), settings=settings(LIFE, max_examples=30))


@pytest.mark.parametrize("name", BUGS)
def test_planted_bug_is_caught(name):
    hard = settings(
        LIFE,
        max_examples=3000,
        stateful_step_count=30,
        derandomize=True,
        database=None,
        phases=[Phase.generate],  # found is enough, it need not be made small
    )
    with pytest.raises((AssertionError, Flaky)):
        run_state_machine_as_test(with_bug(BUGS[name]), settings=hard)
