"""What a Value holds, what it refuses, and that it computes what its number type computes."""

import copy
import math
import operator
import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import (
    OPS,
    Run,
    Value,
    atan2,
    clip,
    dot,
    draw,
    exp,
    explain,
    grad,
    jit,
    maximum,
    replay,
    steps,
    topological,
    where,
)

finite = st.floats(allow_nan=False, allow_infinity=False)
OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv]
NUMBERS = [3, 2.5, Fraction(7, 4), Decimal("1.25"), True, np.float64(1.5), np.float32(0.5)]
NUMBERS += [np.int64(4), np.bool_(True)]


def same(got, expected):
    return type(got) is type(expected) and (
        got == expected or (got != got and expected != expected)
    )


@pytest.mark.parametrize("data", [1, -0.0, Fraction(1, 3), Decimal("0.10"), 10**400])
def test_data_is_kept_as_it_is(data):
    value = Value(data)
    assert type(value.data) is type(data)
    assert repr(value.data) == repr(data)


@pytest.mark.parametrize(
    ("data", "plain"),
    [
        (np.float64(0.1), 0.1),
        (np.float32(0.5), 0.5),
        (np.int8(3), 3),
        (True, 1),
        (np.array(2.0), 2.0),
    ],
)
def test_numpy_scalars_and_bools_become_python_numbers(data, plain):
    assert same(Value(data).data, plain)


@pytest.mark.parametrize(
    ("data", "kind", "way_out"),
    [
        (1j, "complex", "two Values"),
        ("1", "str", "convert it first"),
        (None, "NoneType", "give it a number"),
        (np.zeros(2), "ndarray", "one Value an element"),
        ([1.0], "list", "give one float"),
        (Value(1), "Value", "use the Value itself"),
        (np.complex128(1), "complex", ""),
    ],
)
def test_what_is_no_real_number_is_refused_by_name(data, kind, way_out):
    with pytest.raises(TypeError, match=kind) as error:
        Value(data)
    assert way_out in str(error.value)
    leaf = Value(1.0)
    with pytest.raises(TypeError, match=kind):
        leaf.data = data
    assert leaf.data == 1.0


def test_a_label_is_text():
    with pytest.raises(TypeError, match="label"):
        Value(1.0, 2.0)


@pytest.mark.parametrize("op", OPERATORS, ids=lambda op: op.__name__)
@pytest.mark.parametrize("left", NUMBERS, ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("right", NUMBERS, ids=lambda x: type(x).__name__)
def test_operands_of_every_type_on_both_sides(op, left, right):
    """Value with number, number with Value and Value with Value do what the plain numbers do."""
    a, b = Value(left), Value(right)
    try:
        expected = op(a.data, b.data)
    except TypeError:  # Decimal with float or Fraction: Python refuses, so do we
        for arguments in ((a, b), (a, right), (left, b)):
            with pytest.raises(TypeError):
                op(*arguments)
        return
    for result in (op(a, b), op(a, right), op(left, b)):
        assert type(result) is Value
        assert same(result.data, expected)


@pytest.mark.parametrize("other", ["1", None, [1.0], 1j, object()], ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("op", [*OPERATORS, operator.pow], ids=lambda op: op.__name__)
def test_operands_that_are_no_numbers_are_a_type_error_on_both_sides(op, other):
    for arguments in ((Value(2.0), other), (other, Value(2.0))):
        with pytest.raises(TypeError):
            op(*arguments)


BY_NAME = [op for op in OPS.values() if len(op.inputs) == 2 and op.method and not op.run]


@pytest.mark.parametrize("other", ["1", None, [1.0], 1j, object()], ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("op", BY_NAME, ids=lambda op: op.name)
def test_a_method_called_by_name_refuses_what_is_no_number(op, other):
    if other is None and op.defaults:
        return  # which it is then
    with pytest.raises(TypeError, match=type(other).__name__):
        getattr(Value(2.0), op.name)(other)


KINDS = (int, float, Fraction, Decimal, np.float64, np.int64)
COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge, divmod]


@pytest.mark.parametrize("op", COMPARISONS, ids=lambda op: op.__name__)
@pytest.mark.parametrize("one", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_comparisons_and_divmod_are_pythons_for_every_two_kinds(op, one, other):
    """Of smaller, equal and larger numbers, on either side."""
    for left, right in ((one(7), other(8)), (one(8), other(8)), (one(8), other(3))):
        a, b = Value(left), Value(right)
        try:
            expected = op(a.data, b.data)
        except TypeError:
            for arguments in ((a, b), (a, right), (left, b)):
                with pytest.raises(TypeError):
                    op(*arguments)
            continue
        for found in (op(a, b), op(a, right), op(left, b)):
            assert (tuple(x.data for x in found) if op is divmod else found) == expected


@given(finite, finite)
def test_arithmetic_is_pythons_to_the_bit(x, y):
    a, b = Value(x), Value(y)
    assert same((a + b).data, x + y)
    assert same((a - b).data, x - y)
    assert same((a * b).data, x * y)
    assert same((-a).data, -x)
    assert same(abs(a).data, abs(x))
    if y:
        assert same((a / b).data, x / y)
        assert same((x / b).data, x / y)


def test_floats_follow_ieee_754_instead_of_raising():
    inf = math.inf
    one, zero = Value(1.0), Value(0.0)
    assert (one / zero).data == inf
    assert (one / -zero).data == -inf
    assert (1 / zero).data == inf
    assert math.isnan((zero / zero).data)
    assert autograd.log(zero).data == -inf
    assert autograd.exp(Value(1000.0)).data == inf
    assert math.isnan(autograd.sqrt(Value(-1.0)).data)
    assert math.isnan((Value(-8.0) ** (1 / 3)).data)
    assert (Value(10.0) ** 400).data == inf
    assert (zero**-1).data == inf
    assert (2.0 ** Value(5000.0)).data == inf


def test_exact_types_raise_what_they_raise():
    for number in (1, Fraction(1)):
        with pytest.raises(ZeroDivisionError):
            Value(number) / 0
    with pytest.raises(ZeroDivisionError):
        Value(Decimal(1)) / 0


@pytest.mark.parametrize("data", [2, Fraction(1, 2)])
def test_a_transcendental_function_of_an_exact_number_says_what_to_convert(data):
    for function in (autograd.exp, autograd.tanh, autograd.log, autograd.sin):
        with pytest.raises(
            TypeError, match=rf"{type(data).__name__}.*write Value\({float(data)}\)"
        ):
            function(Value(data))


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "silu", "elu"])
def test_a_function_made_of_others_refuses_in_its_own_name(name):
    function = getattr(autograd, name)
    for refused in (lambda: function(Value(-1)), lambda: function(-1), getattr(Value(-1), name)):
        with pytest.raises(
            TypeError, match=rf"^{name} has no exact value for int -1.*Value\(-1.0\)"
        ):
            refused()


def test_decimal_uses_its_own_functions():
    x = Value(Decimal(2))
    assert x.exp().data == Decimal(2).exp()
    assert x.log().data == Decimal(2).ln()
    assert x.log10().data == Decimal(2).log10()
    assert x.sqrt().data == Decimal(2).sqrt()
    y = x.log10()
    y.backward()
    assert abs(x.grad - 1 / (2 * Decimal(10).ln())) < Decimal("1e-27")


def test_everything_a_float_can_do():
    v = Value(3.0, "v")
    assert (2 - v).data == -1.0
    assert (2 / v).data == 2 / 3.0
    assert (2**v).data == 8.0
    assert (v**v).data == 27.0
    assert (+v) is v
    assert abs(-v).data == 3.0
    assert sum([v, v, 1]).data == 7.0
    assert v > 2 and v >= v and v < Value(4) and 3 <= v and not v < 3
    assert max([Value(1), v, Value(2)]) is v
    assert sorted([v, Value(1.0)])[0].data == 1.0
    assert bool(v) and not Value(0.0)
    assert f"{v:.2f}" == "3.00"
    assert f"{v}" == repr(v) == "Value(data=3.0, grad=0, label='v')"
    assert v < Fraction(7, 2) and Value(Fraction(7, 2)) > 3.25 and Value(2) < 2.5


def test_equality_is_identity_and_values_are_hashable():
    a, b = Value(1.0), Value(1.0)
    assert a != b and a == a
    assert len({a, b, a}) == 2
    assert [a, b].index(b) == 1
    for same in (1.0, 1, Fraction(1), np.float64(1), True):
        for asked in (lambda: a == same, lambda: same == a, lambda: a != same, lambda: same in [a]):  # noqa: B023
            with pytest.raises(TypeError, match="never equal: compare the data"):
                asked()
    assert a not in ("1", None, [1.0])


def test_no_silent_way_back_to_a_float():
    with pytest.raises(TypeError):
        math.exp(Value(1.0))
    with pytest.raises(TypeError):
        float(Value(1.0))


def test_numpy_functions_and_arrays():
    v = Value(0.5, "v")
    for name in ("exp", "log", "sqrt", "tanh", "sin", "log1p", "cbrt", "arcsin", "arctan"):
        expected = getattr(math, name.replace("arc", "a"))
        result = getattr(np, name)(v)
        assert type(result) is Value
        assert result.data == expected(0.5)
    for result in (
        np.arctan2(v, Value(2.0)),
        np.hypot(v, Value(1.0)),
        np.absolute(v),
        np.negative(v),
    ):
        assert type(result) is Value
    array = np.array([1.0, 2.0])
    for result in (array * v, v * array, array + v, v - array, array / v, v**array):
        assert result.dtype == object and result.shape == (2,)
        assert all(type(element) is Value for element in result)
    assert [element.data for element in v - array] == [-0.5, -1.5]
    total = np.dot(np.array([v, v]), array)
    total.backward()
    assert v.grad == 3.0
    for result in (np.float64(2) * v, np.float32(2) * v, np.int64(2) * v, v * np.float64(2)):
        assert type(result) is Value and result.data == 1.0
    with pytest.raises(TypeError, match="ndarray"):
        autograd.exp(array)


def test_parents_keep_order_and_number():
    x, y = Value(2, "x"), Value(3, "y")
    assert (x + x).parents == (x, x)
    assert (y - x).parents == (y, x)
    assert (x * 3).parents == (x,)
    assert (3 - x).inputs == (3, x)
    assert (3 - x).operands == (3, 2)
    assert (x - 3).partials() == (1, None)
    assert x.parents == x.inputs == x.operands == x.partials() == ()
    d = autograd.dot([x, 4, y], [5, y, 1])
    assert d.parents == (x, y, y)
    assert d.inputs == (x, 4, y, 5, y, 1)
    assert d.partials() == (5, None, 1, None, 4, None)
    assert d.data == 2 * 5 + 4 * 3 + 3
    c = autograd.where(x, y, 7)
    assert c.inputs == (x, y, 7) and c.data == 3 and c.partials() == (0, 1, None)


def test_data_of_a_computed_value_cannot_be_set():
    x = Value(2.0, "x")
    y = x * 3
    with pytest.raises(AttributeError, match="replay"):
        y.data = 1.0
    assert y.data == 6.0


def test_values_have_no_dict():
    with pytest.raises(AttributeError):
        Value(1.0).colour = "red"


def shared_graph():
    a, b = Value(2.0, "a"), Value(Fraction(3), "b")
    h = a * b
    h.label = "h"
    f = autograd.dot([h, a, 1.5], [h, 2, b]) + autograd.where(a > 1, h.tanh(), b)
    f.backward()
    return f


def described(root):
    order = topological(root)
    place = {node: index for index, node in enumerate(order)}
    return [
        (n.op and n.op.name, n.data, n.grad, n.label, n.operands, [place[p] for p in n.parents])
        for n in order
    ]


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickle_keeps_the_graph(protocol):
    f = shared_graph()
    again = pickle.loads(pickle.dumps(f, protocol))
    assert described(again) == described(f)
    again.backward()
    f.backward()
    assert described(again) == described(f)


def test_pickle_and_deepcopy_keep_sharing():
    f = shared_graph()
    leaf = next(node for node in topological(f) if node.label == "a")
    for g, x in (pickle.loads(pickle.dumps((f, leaf))), copy.deepcopy((f, leaf))):
        assert any(node is x for node in topological(g))
        assert x is not leaf


def test_deepcopy_keeps_a_shared_run_shared():
    """The neurons of a layer have one run of inputs: its copies do, too, and so cost no more."""
    run = Run([Value(1.0), Value(2.0), 3.0])
    neurons = [autograd.dot([Value(0.5), Value(w), w], run) for w in (1.0, 2.0)]
    total = neurons[0] * neurons[1]
    for again in (copy.deepcopy(total), copy.deepcopy([total])[0]):
        one, other = again.left, again.right
        assert one.right is other.right and one.right is not run.parents
        assert one.left is not other.left and one.right[0] is not run.parents[0]
        assert one.second is run.numbers is other.second


def test_deepcopy_keeps_the_graph_and_shared_interior_nodes():
    f = shared_graph()
    h = next(node for node in topological(f) if node.label == "h")
    g, k = copy.deepcopy([f, h])
    assert described(g) == described(f)
    assert any(node is k for node in topological(g))
    shallow = copy.copy(f)
    assert shallow is not f and shallow.parents == f.parents


def test_repr_can_be_evaluated():
    for value in (Value(0.1, "w"), Value(Fraction(2, 5)), Value(Decimal("0.4"), grad=3)):
        again = eval(repr(value))
        assert (again.data, again.grad, again.label) == (value.data, value.grad, value.label)


class Coloured(Value):
    """A Value that other people's drawing code may write on."""


def test_a_subclass_works_everywhere():
    a, b = Coloured(2.0, "a"), Value(3.0, "b")
    root = exp(a * b - 2 / a) + dot([a, b, 1.0], [b, a, a]) + a.maximum(1) + where(a > 1, a, b)
    root.backward()
    plain, other = Value(2.0), Value(3.0)
    again = exp(plain * other - 2 / plain) + dot([plain, other, 1.0], [other, plain, plain])
    again = again + plain.maximum(1) + where(plain > 1, plain, other)
    again.backward()
    assert (root.data, a.grad, b.grad) == (again.data, plain.grad, other.grad)
    assert set(topological(root)) >= {a, b}
    assert grad(lambda x: x * x)(Coloured(3.0)).data == 6.0
    assert replay(root, {a: 1.0}).data != root.data
    assert str(explain(root, a))
    assert "coloured" not in draw(root).source
    assert len(steps(a * a)) == 2
    assert copy.deepcopy(root).data == root.data
    assert jit(lambda x: x * a, backend="python")(5.0) == 10.0


def test_what_a_subclass_makes_is_of_its_kind_and_may_carry_attributes():
    a = Coloured(2.0)
    for made in (a * 3, 3 * a, a + a, -a, a.exp(), a**2, a < 3 and a / 2):
        made.colour = "red"
        assert isinstance(made, Coloured)
    with pytest.raises(AttributeError):
        Value(1.0).colour = "red"


def test_the_step_of_the_lecture_by_hand():
    """x1*w1 + x2*w2 + b through tanh, its gradients handed on one call at a time."""
    x1, x2, w1, w2, b = map(Value, (2.0, 0.0, -3.0, 1.0, 6.8813735870195432))
    x1w1, x2w2 = x1 * w1, x2 * w2
    both = x1w1 + x2w2
    n = both + b
    o = n.tanh()
    o.grad = 1.0
    for node in (o, n, b, both, x1w1, x2w2):
        node._backward()
    assert [round(v.grad, 6) for v in (x1, w1, x2, w2, b)] == [-1.5, 1.0, 0.5, 0.0, 0.5]
    assert (o._op, n._op, b._op) == ("tanh", "+", "")
    assert (n._prev, b._prev, (b + b)._prev) == ({both, b}, set(), {b})


def test_exact_numbers_stay_exact_when_they_are_chosen():
    assert type(maximum(Value(3), Value(2)).data) is int
    assert maximum(Value(Fraction(1, 3)), 1).data == 1
    assert type(maximum(Value(10**300), 1.5).data) is int  # a float would not be the same


def test_arguments_by_name():
    v = Value(5.0)
    assert (clip(v, hi=3).data, clip(v, lo=7).data, v.clip(lo=6, hi=8).data) == (3.0, 7.0, 6.0)
    assert atan2(v, y=2.0).data == math.atan2(5.0, 2.0)
    for wrong in (lambda: clip(v, low=0), lambda: clip(v, 0, lo=1), lambda: atan2(v, x=2.0)):
        with pytest.raises(TypeError, match="left to be named"):
            wrong()
