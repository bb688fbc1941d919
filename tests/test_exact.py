"""Gradients in exact numbers against an oracle without rules, and the laws of derivatives."""

from fractions import Fraction

import pytest

pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograd import Value, grad, hessian
from autograd.engine import record
from autograd.graph import topological as walk
from autograd.testing.dual import Dual, exact_derivative
from autograd.testing.strategies import Expression, expressions, fractions

# A kink has no derivative for the oracle to find, so these have none.
POLYNOMIAL = ("add", "sub", "mul", "neg")
QUOTIENT = (*POLYNOMIAL, "div")
ALL = settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))


def gradients(expression):
    leaves = expression.leaves()
    root = expression(*leaves)
    root.backward()
    return [leaf.grad for leaf in leaves]


@ALL
@given(expressions(POLYNOMIAL))
def test_gradients_are_exact(expression):
    found = gradients(expression)
    for place, gradient in enumerate(found):
        true = exact_derivative(expression, expression.inputs, place)
        assert gradient == true and type(gradient) in (int, Fraction)


@ALL
@given(expressions(QUOTIENT))
def test_gradients_of_quotients_are_exact(expression):
    try:
        true = [
            exact_derivative(expression, expression.inputs, place)
            for place in range(len(expression.inputs))
        ]
    except ZeroDivisionError:
        return
    assert gradients(expression) == true


@settings(ALL, max_examples=300)
@given(expressions(POLYNOMIAL, max_steps=7, max_inputs=2))
def test_second_derivatives_are_exact(expression):
    n = len(expression.inputs)
    found = hessian(lambda x: expression(*x) + 0 * x[0])(list(expression.inputs))
    for i in range(n):
        for j in range(n):
            assert found[i][j] == exact_derivative(expression, expression.inputs, i, j)


@ALL
@given(expressions())
def test_kinked_graphs_agree_where_the_oracle_has_no_tie(expression):
    """A comparison of two dual numbers that are equal but for eps is a kink: no oracle there."""
    for place in range(len(expression.inputs)):
        try:
            up = Dual_at(expression, place)
        except Tie:
            return
        assert gradients(expression)[place] == up


class Tie(Exception):
    pass


class Strict(Dual):
    """A dual number that refuses to compare equals: a kink, where the slope is a convention."""

    __slots__ = ()

    def tied(self, other):
        other = other if isinstance(other, Dual) else Dual(other)
        if self.a == other.a:
            raise Tie

    def __add__(self, other):
        return strict(super().__add__(other))

    def __mul__(self, other):
        return strict(super().__mul__(other))

    def __neg__(self):
        return strict(super().__neg__())

    __radd__, __rmul__ = __add__, __mul__

    def __sub__(self, other):
        return self + -strict(other)

    def __rsub__(self, other):
        return strict(other) - self

    def __lt__(self, other):
        self.tied(other)
        return super().__lt__(other)

    def __gt__(self, other):
        self.tied(other)
        return super().__gt__(other)

    def __le__(self, other):
        self.tied(other)
        return super().__le__(other)

    def __ge__(self, other):
        self.tied(other)
        return super().__ge__(other)


def strict(x):
    return Strict(x.a, x.b) if isinstance(x, Dual) else Strict(x)


def Dual_at(expression, place):
    numbers = [Strict(x, int(index == place)) for index, x in enumerate(expression.inputs)]
    found = expression(*numbers)
    return found.b if isinstance(found, Dual) else 0


# Laws, exact.

polynomials = expressions(POLYNOMIAL, max_inputs=1)


@settings(ALL, max_examples=200)
@given(polynomials, polynomials, fractions())
def test_sum_product_quotient_and_chain_rule(f, g, x):
    df, dg = grad(f)(x), grad(g)(x)
    fx, gx = f(x), g(x)
    assert grad(lambda x: f(x) + g(x))(x) == df + dg
    assert grad(lambda x: 3 * f(x) - 2 * g(x))(x) == 3 * df - 2 * dg
    assert grad(lambda x: f(x) * g(x))(x) == df * gx + fx * dg
    if gx:
        assert grad(lambda x: f(x) / g(x))(x) == (df * gx - fx * dg) / Fraction(gx) ** 2
    assert grad(lambda x: f(g(x)))(x) == grad(f)(gx) * dg


@settings(ALL, max_examples=200)
@given(expressions(POLYNOMIAL))
def test_x_plus_x_is_2_x(expression):
    leaves, twice = expression.leaves(), expression.leaves()
    root, other = expression(*leaves), expression(*twice)
    (root + root).backward()
    (2 * other).backward()
    assert [leaf.grad for leaf in leaves] == [leaf.grad for leaf in twice]


@settings(ALL, max_examples=200)
@given(expressions(POLYNOMIAL), st.integers(0, 20))
def test_computing_a_shared_node_again_changes_nothing(expression, which):
    """Each use of a node gets a copy of its own: the tree instead of the graph."""
    leaves = expression.leaves()
    root = expression(*leaves)
    order = [node for node in walk(root) if node.op is not None]
    root.backward()
    once = [leaf.grad for leaf in leaves]
    if not order:
        return
    shared = order[which % len(order)]
    copies = []

    def again(node):
        if node is shared:
            copies.append(record(node.op, *node.inputs))
            return copies[-1]
        return made.get(node, node)

    made = {}
    for node in order:
        inputs = [again(x) if isinstance(x, Value) else x for x in node.inputs]
        made[node] = record(node.op, *inputs)
    for leaf in leaves:
        leaf.zero_grad()
    made[root].backward()
    assert [leaf.grad for leaf in leaves] == once


@settings(ALL, max_examples=100)
@given(expressions(POLYNOMIAL))
def test_reprs_can_be_pasted_back(expression):
    again = eval(repr(expression), {"Expression": Expression, "Fraction": Fraction})
    assert again == expression
    for leaf in expression.leaves():
        assert eval(repr(leaf), {"Value": Value, "Fraction": Fraction}).data == leaf.data
