"""Floors, remainders, signs and the unit rows of the field, beside Python, NumPy and PyTorch."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest

import autograd
from autograd import Value, ceil, copysign, floor, floordiv, grad, log, mod, sign, trunc
from autograd.ops import OPS

INF, NAN = math.inf, math.nan
NUMBERS = [0.0, -0.0, 0.5, -0.5, 1.0, 2.0, -2.0, 2.5, -7.25, 1e-20, -1e-20, 1e300, INF, -INF, NAN]


def same(found, true):
    return repr(float(found)) == repr(float(true))


def test_operators_are_python_s():
    v = Value(7.5)
    assert [(v % 2).data, (v // 2).data, (17 % v).data, (17 // v).data] == [1.5, 3.0, 2.0, 2.0]
    assert [x.data for x in divmod(v, -2)] == [*divmod(7.5, -2)]
    assert [x.data for x in divmod(20, v)] == [*divmod(20, 7.5)]
    (v % 2).backward()
    assert v.grad == 1
    assert grad(lambda y: 7.5 % y)(-2.0) == 4.0  # minus the floor of -3.75
    assert grad(lambda x: x // 2 + floor(x) + sign(x))(7.5) == 0


def test_math_and_numpy_ask_for_the_same_rows():
    np = pytest.importorskip("numpy")
    for x in (2.5, -2.5, -0.0):
        v = Value(x)
        for name in ("floor", "ceil", "trunc"):
            for found in (getattr(math, name)(v), getattr(np, name)(v), getattr(v, name)()):
                assert found.op.name == name and same(found.data, getattr(np, name)(x))
    assert np.floor(np.array([Value(2.5)]))[0].data == 2.0
    assert np.remainder(5.5, Value(2.0)).data == np.mod(Value(5.5), 2.0).data == 1.5
    assert np.floor_divide(Value(5.5), -2).data == -3.0
    assert np.sign(Value(-2.0)).data == -1 and np.copysign(3.0, Value(-0.0)).data == -3.0


def test_floats_follow_numpy():
    np = pytest.importorskip("numpy")
    with np.errstate(all="ignore"):
        for x in NUMBERS:
            for row in (floor, ceil, trunc):
                assert same(row(x), getattr(np, row.__name__)(x))
            for y in NUMBERS:
                assert same(mod(x, y), np.remainder(x, y)), (x, y)
                assert same(copysign(x, y), np.copysign(x, y))
                if math.isfinite(x):  # NumPy has inf // 0.0 = inf, Python nan where it can say it
                    assert same(floordiv(x, y), np.floor_divide(x, y)), (x, y)


def test_exact_numbers_stay_exact():
    third = Fraction(-7, 3)
    assert [floor(third), ceil(third), trunc(third)] == [-3, -2, -2]
    assert all(type(row(third)) is Fraction for row in (floor, ceil, trunc))
    assert (mod(third, 2), floordiv(third, 2)) == (third % 2, third // 2)
    assert type(floordiv(third, 2)) is Fraction
    assert mod(-7, 3) == 2 and type(mod(-7, 3)) is int and floordiv(-7, 3) == -3
    for x, y in ((-7, 3), (7, -3), (6, 3), (-6, 3), (7, 3)):
        assert mod(Decimal(x), Decimal(y)) == x % y
        assert floordiv(Decimal(x), Decimal(y)) == x // y
    assert floor(Decimal("-2.5")) == -3 and copysign(Fraction(1, 3), -2) == Fraction(-1, 3)
    with pytest.raises(ZeroDivisionError):
        mod(1, 0)
    with pytest.raises(TypeError, match="one kind"):
        mod(Decimal(7), 2.0)


UNITS = {
    "selu": "selu", "celu": "celu", "mish": "mish", "hardtanh": "hardtanh", "relu6": "relu6",
    "hardsigmoid": "hardsigmoid", "hardswish": "hardswish", "log_sigmoid": "logsigmoid",
    "softsign": "softsign",
}  # fmt: skip


@pytest.mark.parametrize("name", UNITS)
def test_units_are_pytorch_s(name):
    torch = pytest.importorskip("torch")
    unit = getattr(torch.nn.functional, UNITS[name])
    row = getattr(autograd, name)
    kinks = [-3.0, -1.0, 0.0, 1.0, 3.0, 6.0]
    for x in (*kinks, -20.0, -2.2, -0.3, 0.4, 2.9, 5.9, 7.0, 30.0):
        t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        unit(t).backward()
        v = Value(x)
        row(v).backward()
        assert row(x) == pytest.approx(unit(t).item(), rel=1e-13, abs=1e-15), x
        assert v.grad == pytest.approx(t.grad.item(), rel=1e-7, abs=1e-15), x  # 1/6 in half of it


def test_every_unit_is_listed():
    others = {"tanh", "sigmoid", "softplus", "relu", "leaky_relu", "elu", "gelu", "silu"}
    assert {*UNITS} | others == {name for name, op in OPS.items() if op.activation}


def test_a_logarithm_to_a_base():
    assert log(8.0, 2) == 3.0 and log(8.0, 2) == math.log(8, 2)
    x, base = Value(8.0), Value(2.0)
    log(x, base).backward()
    assert (x.grad, base.grad) == (1 / (8 * math.log(2)), -3 / (2 * math.log(2)))
    assert log(x).op.name == "log" and log(x, 2).op.name == "log_base"
    with pytest.raises(TypeError, match="log_base"):
        log(8, 2)
    with pytest.raises(TypeError):
        log(8.0, 2.0, 3.0)
