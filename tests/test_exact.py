"""Gradients in exact numbers against an oracle without rules, and the laws of derivatives."""

import math
import operator
from decimal import Decimal
from fractions import Fraction

import pytest

pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value, grad, hessian, jit
from autograd.elementary import NotExactError, nearest
from autograd.engine import record
from autograd.graph import topological as walk
from autograd.ops import OPS
from autograd.testing.dual import Dual, exact_derivative
from autograd.testing.sampling import points
from autograd.testing.strategies import Expression, expressions, fractions
from tests.soaking import asked

# A kink has no derivative for the oracle to find, so these have none.
POLYNOMIAL = ("add", "sub", "mul", "neg")
QUOTIENT = (*POLYNOMIAL, "div")
ALL = settings(max_examples=asked(150, 500), deadline=None, suppress_health_check=list(HealthCheck))


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


@settings(ALL, max_examples=asked(100, 300))
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


@settings(ALL, max_examples=asked(60, 200))
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


@settings(ALL, max_examples=asked(60, 200))
@given(expressions(POLYNOMIAL))
def test_x_plus_x_is_2_x(expression):
    leaves, twice = expression.leaves(), expression.leaves()
    root, other = expression(*leaves), expression(*twice)
    (root + root).backward()
    (2 * other).backward()
    assert [leaf.grad for leaf in leaves] == [leaf.grad for leaf in twice]


@settings(ALL, max_examples=asked(60, 200))
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


# Powers and roots that exist exactly.

roots = st.fractions(0, 50, max_denominator=40)
HUGE = 10**400


@pytest.mark.parametrize("base", [2, Fraction(1, 3), Decimal("1.5"), 0.5, True])
@pytest.mark.parametrize("exponent", [Value(3), Value(0), Value(Fraction(2)), Value(3).neg().neg()])
def test_a_number_to_the_power_of_a_value_keeps_its_type(base, exponent):
    """On Python 3.11 `Fraction.__pow__` computes float(a) ** b before the exponent is asked."""
    for _ in range(2):  # a method makes itself when it is first called
        found = base**exponent
        assert found.data == base ** int(exponent.data)
        assert found.operands == (base, exponent.data)
        assert type(found.data) is type(base**exponent.data)


def test_the_type_of_a_base_in_deeper_calls():
    class Power:
        def __rpow__(self, base):
            return (2.0 * base) ** Value(2)

    assert (Fraction(1, 3) ** Power()).data == (2 / 3) ** 2
    assert jit(lambda x: Fraction(1, 3) ** x, backend="python")(2) == Fraction(1, 9)


@given(roots, st.sampled_from([2, 3, 5, 12]), st.integers(-3, 3))
def test_a_power_with_a_root_that_exists_is_exact(x, degree, times):
    if x == 0 and times <= 0:
        return
    y = Fraction(times, degree)
    base = Value(x**degree)
    found = base**y
    found.backward()
    assert found.data == x**times and isinstance(found.data, Fraction | int)
    if x:
        assert base.grad == y * Fraction(x) ** (times - degree)
        assert isinstance(base.grad, Fraction | int)


@given(roots)
def test_square_and_cube_roots_that_exist_are_exact(x):
    for function, degree in ((autograd.sqrt, 2), (autograd.cbrt, 3)):
        base = Value(x**degree)
        found = function(base)
        assert found.data == x == function(x**degree) and isinstance(found.data, Fraction)
        if x:
            found.backward()
            assert base.grad == 1 / (degree * Fraction(x) ** (degree - 1))
            assert isinstance(base.grad, Fraction)
    assert autograd.cbrt(-(x**3)) == -x


@given(st.integers(0, 10**60), st.integers(2, 70))
def test_roots_of_whole_numbers(n, degree):
    if degree == 2 and math.isqrt(n) ** 2 != n:
        with pytest.raises(TypeError, match="sqrt has no exact value"):
            autograd.sqrt(n)
    assert Value(n**degree).power(Fraction(1, degree)).data == n
    if n > 0:
        with pytest.raises(TypeError, match="power has no exact value"):
            Value(n**degree + 1).power(Fraction(1, degree))


@given(st.integers(1, 40), st.integers(1, 40), st.fractions(Fraction(1, 9), 9, max_denominator=9))
def test_the_hypotenuse_of_a_pythagorean_triangle_is_exact(m, n, scale):
    """Euclid's formula."""
    sides = [Value(s * scale) for s in (m * m - n * n, 2 * m * n)]
    found = autograd.hypot(*sides)
    found.backward()
    assert found.data == (m * m + n * n) * scale
    assert [v.grad for v in sides] == [v.data / found.data for v in sides]
    assert all(isinstance(v.grad, Fraction) or v.grad in (0, 1) for v in sides)


def test_roots_of_ints():
    x, y = Value(3), Value(4)
    autograd.hypot(x, y).backward()
    assert autograd.hypot(x, y).data == autograd.hypot(3, 4) == 5
    assert (x.grad, y.grad) == (0.6, 0.8)  # quotients of ints are floats, as in Python
    assert grad(autograd.sqrt)(4) == Fraction(1, 4) and grad(autograd.cbrt)(8) == Fraction(1, 12)
    assert grad(grad(autograd.sqrt))(Fraction(4)) == Fraction(-1, 32)


@pytest.mark.parametrize(
    "refused",
    [
        lambda: Value(Fraction(2)) ** Fraction(3, 4),
        lambda: 2 ** Value(Fraction(1, 2)),
        lambda: Value(5) ** Fraction(1, 10**9),
        lambda: autograd.exp2(Fraction(1, 2)),
        lambda: autograd.sqrt(Value(2)),
        lambda: autograd.hypot(Fraction(1), 1),
        lambda: autograd.exp(Value(2)),
    ],
)
def test_what_has_no_exact_value_is_refused(refused):
    with pytest.raises(NotExactError, match=r"^(power|exp2?|sqrt|hypot) has no exact value for"):
        refused()


@pytest.mark.parametrize(
    "refused",
    [
        lambda: autograd.exp(0), lambda: autograd.log(1), lambda: autograd.sin(Fraction(0)),
        lambda: autograd.log2(8), lambda: autograd.log10(Value(1000)), lambda: autograd.acos(1),
        lambda: autograd.xlogy(3, 1), lambda: autograd.atan2(0, 5), lambda: autograd.sigmoid(0),
        lambda: Value(-8) ** Fraction(1, 3),
    ],
)  # fmt: skip
def test_a_value_that_exists_is_not_denied(refused):
    with pytest.raises(NotExactError, match="is not computed exactly for"):
        refused()


def test_the_slope_of_a_root_of_0_is_infinite():
    for x, y in ((Fraction(0), Fraction(1, 2)), (0, Fraction(1, 3)), (0.0, 0.5)):
        assert (Value(x) ** y).data == 0 and grad(lambda x, y=y: x**y)(x) == math.inf
    assert grad(lambda x: x ** Decimal("0.5"))(Decimal(0)) == Decimal("inf")
    assert grad(lambda x: x ** Fraction(4, 3))(Fraction(0)) == 0


# An int or a Fraction beside a float counts as a float, infinite beyond the largest.

ARITHMETIC = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv,
    "power": operator.pow, "hypot": autograd.hypot, "atan2": autograd.atan2,
    "xlogy": autograd.xlogy, "logaddexp": autograd.logaddexp,
    "dot": lambda x, y: autograd.dot([x, 1.0], [y, 2]),
    "logsumexp": lambda x, y: autograd.logsumexp([x, y]),
}  # fmt: skip


@pytest.mark.parametrize("name", ARITHMETIC)
@given(st.floats(-1e3, 1e3).filter(lambda x: abs(x) > 1e-3), st.data())
def test_a_number_beyond_the_largest_double_beside_a_float_is_infinite(name, x, data):
    function = ARITHMETIC[name]
    large = data.draw(st.sampled_from([HUGE, -HUGE, Fraction(HUGE), Fraction(-HUGE, 7)]))
    inf = math.inf if large > 0 else -math.inf
    for exact, double in (((large, x), (inf, x)), ((x, large), (x, inf))):
        expected = eager(function, double)
        assert same(eager(function, exact), expected)
        assert same(eager(function, (Value(exact[0]), exact[1]))[:1], expected[:1])
        assert same(eager(function, (exact[0], Value(exact[1])))[:1], expected[:1])
        program = jit(function, backend="python")
        value, grads = program.value_and_grad(*exact)
        assert same([value, *map(nearest, grads)], expected)


def eager(function, point):
    leaves = [x if isinstance(x, Value) else Value(x) for x in point]
    root = function(*leaves)
    root.backward()
    return [root.data, *[nearest(leaf.grad) for leaf in leaves]]


def same(found, expected):
    return all(x == y or (x != x and y != y) for x, y in zip(found, expected, strict=True))


@pytest.mark.parametrize("name", ["add", "sub", "mul", "div", "hypot", "atan2"])
def test_machine_code_takes_numbers_beyond_the_largest_double(name):
    pytest.importorskip("llvmlite")
    program = jit(ARITHMETIC[name], backend="llvm")
    for point in ((1.5, 2.5), (HUGE, 1.5), (1.5, Fraction(-HUGE))):
        expected = pytest.approx(eager(ARITHMETIC[name], point), rel=1e-15, nan_ok=True)
        for _ in range(2):
            value, grads = program.value_and_grad(*point)
            assert [value, *grads] == expected
            assert [program(*point), *grads] == expected
    batch = jit(ARITHMETIC[name], backend="llvm", batch=True)([HUGE, 1.0], [1.5, 2.0])
    true = [eager(ARITHMETIC[name], point)[0] for point in ((HUGE, 1.5), (1.0, 2.0))]
    assert batch.tolist() == pytest.approx(true, rel=1e-15)


def test_exact_numbers_alone_are_exact_however_large():
    x, y = Value(HUGE), Value(Fraction(1, HUGE))
    assert (x * y).data == 1 and (x + 1 - x).data == 1 and (x**2).data == HUGE**2
    assert x > 1e308 and -x < -1e308 and x < Fraction(HUGE + 1)
    assert grad(lambda x: 1.5 * (x * x))(HUGE) == math.inf
    assert (Value(-(10**309)) ** -1).data == -1e-309
    assert (x / 3).data == math.inf and (x**-1).data == 0.0 and (x / HUGE).data == 1.0
    assert autograd.maximum(x, 1.5).data == HUGE and autograd.relu(-x).data == 0
    assert (Value(HUGE) ** 0.5).data == math.inf and grad(lambda x: x**0.5)(HUGE) == 0.0


# Defaults have the type of the number.


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (Decimal(-1), Decimal("-0.01")), (Fraction(-1, 3), Fraction(-1, 300)),
        (-1, Fraction(-1, 100)), (-1.0, -0.01), (Decimal(2), Decimal(2)), (2, 2),
    ],
)  # fmt: skip
def test_leaky_relu(x, expected):
    v = Value(x)
    for found in (autograd.leaky_relu(v), v.leaky_relu(), autograd.leaky_relu(v, None)):
        assert found.data == expected == autograd.leaky_relu(x)
        assert type(found.data) is type(expected)
    assert grad(autograd.leaky_relu)(x) == (1 if x > 0 else expected / x)


def test_elu():
    assert autograd.elu(Value(Decimal(-1))).data == Decimal(-1).exp() - 1
    assert autograd.elu(Value(Fraction(2, 3))).data == Fraction(2, 3)
    with pytest.raises(NotExactError, match=r"^elu has no exact value for Fraction"):
        autograd.elu(Value(Fraction(-2, 3)))
    assert autograd.elu(-1, 1.0) == autograd.elu(-1.0)  # beside a float an int is one


@pytest.mark.parametrize("name", ["leaky_relu", "elu", "hypot", "xlogy", "atan2", "mul", "power"])
def test_a_decimal_beside_a_float_names_the_function_and_its_parameters(name):
    op = OPS[name]
    for x, y in ((Decimal(-1), 0.5), (-0.5, Decimal(2))):
        for use in (op.apply, op.record, lambda x, y: op.apply(Value(x), Value(y))):
            with pytest.raises(TypeError) as error:
                use(x, y)
            assert str(error.value) == (
                f"{name} takes numbers of one kind, not x = {x!r}, y = {y!r}: make all Decimals"
            )


@pytest.mark.parametrize("kind", [Fraction, Decimal, int])
@pytest.mark.parametrize("name", [op.name for op in OPS.values() if not op.run and not op.helper])
def test_every_row_keeps_an_exact_type_or_refuses_in_words(name, kind):
    op = OPS[name]
    for point in list(points(op, 30, 0, largest=10.0))[:30]:
        numbers = [kind(x) for x in point]
        try:
            found = op.record(*numbers)
        except NotExactError as error:
            refusal = str(error)
            assert refusal.startswith(f"{name} ")
        except ArithmeticError:
            assert kind is int or kind is Decimal  # a pole, or a Decimal outside the domain
        else:
            quotient = kind is int and name in ("div", "power", "exp2", "softsign", "celu")
            assert isinstance(found.data, (kind, int, Fraction, *[float] * quotient))
