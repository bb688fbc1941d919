"""NumPy on both sides: its functions of Values have the rows' values, slopes and conventions."""

import math
from fractions import Fraction

import pytest

pytest.importorskip("numpy")
pytest.importorskip("hypothesis")

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value, jit
from autograd.ops import OPS
from autograd.testing.sampling import points

# The rows that NumPy has a function for.
UFUNCS = {
    op.name: getattr(np, op.ufunc or op.name)
    for op in OPS.values()
    if isinstance(getattr(np, op.ufunc or op.name, None), np.ufunc)
}
PAIRS = [name for name in UFUNCS if len(OPS[name].inputs) == 2]


def test_which_rows_numpy_has():
    assert {"add", "div", "power", "exp", "asin", "atan2", "hypot", "maximum"} <= {*UFUNCS}
    assert len(UFUNCS) >= 32


@pytest.mark.parametrize("name", UFUNCS)
def test_a_function_of_numpy_is_the_row_whatever_is_a_value(name):
    """NumPy's own floats are the oracle of the value, the row's method of the slopes."""
    op, function = OPS[name], UFUNCS[name]
    for point in list(points(op, 20, 0, largest=10.0))[:20]:
        expected = function(*point)
        right = [Value(x) for x in point]
        op.record(*right).backward()
        for kinds in range(1, 2 ** len(point)):
            mixed = [Value(x) if kinds >> k & 1 else x for k, x in enumerate(point)]
            found = function(*mixed)
            assert type(found) is Value
            assert found.data == pytest.approx(float(expected), rel=1e-14, abs=1e-300)
            found.backward()
            for one, other in zip(mixed, right, strict=True):
                assert not isinstance(one, Value) or one.grad == other.grad


@pytest.mark.parametrize("name", PAIRS)
def test_arrays_broadcast_on_either_side(name):
    column, row = np.array([[0.5], [2.0]]), np.array([1.5, 0.25, 3.0])
    function = UFUNCS[name]
    expected = function(column, row)
    of_values = np.vectorize(Value, otypes=[object])
    x = Value(0.5)
    for left, right, true in (
        (x, row, expected[0]),
        (row, x, function(row, 0.5)),
        (x, of_values(row), expected[0]),
        (x, row.tolist(), expected[0]),
    ):
        found = function(left, right)
        assert found.dtype == object and found.shape == (3,)
        np.testing.assert_allclose([v.data for v in found], true, rtol=1e-14)
        assert all(x in v.parents for v in found)


def test_the_other_order():
    x = Value(4.0)
    np.hypot(3.0, x).backward()
    assert x.grad == 4 / 5
    assert np.hypot(3.0, x).data == 5.0
    assert np.arctan2(1.0, x).data == math.atan2(1.0, 4.0)
    assert np.power(2.0, x).data == 16.0
    assert np.hypot([3.0, 0.0], x)[0].data == 5.0


def test_maximum_and_minimum_keep_to_the_conventions():
    for function in (np.maximum, np.minimum):
        a, b = Value(1.0), Value(1.0)
        function(a, b).backward()
        assert (a.grad, b.grad) == (0.5, 0.5)
        for pair in ((Value(math.nan), 1.0), (1.0, Value(math.nan))):
            assert math.isnan(function(*pair).data)
        found = function(np.array([1.0, 4.0]), Value(1.0))
        assert [v.data for v in found] == ([1.0, 4.0] if function is np.maximum else [1.0, 1.0])
        assert found[0].partials()[1] == 0.5


@pytest.mark.parametrize(
    ("bounds", "value", "slope"),
    [((0.0, 1.0), 1.0, 0), ((None, 1.0), 1.0, 0), ((0.0, None), 4.0, 1), ((0.0, 4.0), 4.0, 1)],
)
def test_clip(bounds, value, slope):
    for clip in (np.clip, autograd.clip, Value.clip):
        x = Value(4.0)
        found = clip(x, *bounds)
        found.backward()
        assert (found.data, x.grad) == (value, slope)
    exact = autograd.clip(Fraction(4), *(b if b is None else Fraction(b) for b in bounds))
    assert exact == value and type(exact) is Fraction


def test_clip_of_an_array_by_a_value():
    bound = Value(1.0)
    found = np.clip(np.array([0.5, 2.0]), 0.0, bound)
    found[1].backward()
    assert [v.data for v in found] == [0.5, 1.0] and bound.grad == 1
    assert autograd.clip(Value(7.0)).data == 7.0
    with pytest.raises(TypeError, match="clip"):
        autograd.clip()


def test_questions_about_a_number_have_no_graph():
    for x, nan, inf in ((1.0, False, False), (math.nan, True, False), (-math.inf, False, True)):
        assert np.isnan(Value(x)) == nan
        assert np.isinf(Value(x)) == inf
        assert np.isfinite(Value(x)) == (not nan and not inf)
    assert np.isfinite(Value(Fraction(10**400))) and not np.isnan(Value(3))
    with pytest.raises(TypeError, match="not known while the function is traced"):
        jit(lambda x: x if np.isnan(x) else 2 * x, backend="python")(1.0)


def test_signs_and_sizes():
    x = Value(-3.0)
    for size in (np.abs, np.absolute, np.fabs):
        assert size(x).data == 3.0
    assert np.sign(x).data == -1
    assert np.square(x).data == 9.0
    assert np.positive(x) is x and np.conjugate(x) is x and x.conjugate() is x
    assert np.float_power(x, 2).data == 9.0
    assert np.reciprocal(x).data == -1 / 3
    assert np.sqrt(Value(Fraction(4))).data == 2


def test_comparisons_of_arrays():
    x, array = Value(2.0), np.array([1.0, 5.0])
    for found, true in (
        (array < x, [True, False]),
        (x < array, [False, True]),
        (np.less_equal(array, x), [True, False]),
        (np.float64(1) < x, True),
    ):
        assert np.asarray(found).dtype == bool
        assert np.asarray(found).tolist() == true


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=6))
def test_statistics_are_numpys_own(numbers):
    values = [Value(x) for x in numbers]
    array = np.array(values)
    for function in (np.mean, np.var, np.sum, np.prod):
        assert function(array).data == pytest.approx(float(function(numbers)), rel=1e-9, abs=1e-9)
    spread = np.var(array)
    spread.backward()
    mean, n = math.fsum(numbers) / len(numbers), len(numbers)
    for v, x in zip(values, numbers, strict=True):
        assert v.grad == pytest.approx(2 * (x - mean) / n, rel=1e-9, abs=1e-9)


def test_standard_deviation_and_norm():
    array = np.array([Value(3.0), Value(4.0)])
    assert np.var(array).data == 0.25 and np.std(array).data == 0.5
    norm = np.linalg.norm(array)
    norm.backward()
    assert norm.data == 5.0 and [v.grad for v in array] == pytest.approx([0.6, 0.8])


def test_outputs_masks_and_methods_of_functions():
    x, array = Value(2.0), np.array([Value(1.0), Value(3.0)])
    out = np.empty(2, object)
    assert np.add(array, x, out=out) is out and [v.data for v in out] == [3.0, 5.0]
    np.hypot(array, x, out=out, where=np.array([False, True]))
    assert [v.data for v in out] == [3.0, math.hypot(3.0, 2.0)]
    assert [v.data for v in np.add.outer([1.0, 2.0], x)] == [3.0, 4.0]
    assert [v.data for v in np.hypot.outer([0.0, 1.5], x)] == [2.0, 2.5]
    assert np.add.reduce(array).data == 4.0 and np.multiply.reduce(array).data == 3.0
    assert [v.data for v in np.cumsum(array)] == [1.0, 4.0]
    assert np.dot(array, array).data == (array @ array).data == 10.0
    np.add.at(array, [0, 0], x)
    assert array[0].data == 5.0
    array += x
    assert [v.data for v in array] == [7.0, 5.0]


@pytest.mark.parametrize("function", [np.fmod, np.heaviside, np.nextafter, np.spacing])
def test_what_has_no_row_is_refused_by_name(function):
    arguments = [Value(1.0)] * function.nin
    with pytest.raises(TypeError, match=rf"np\.{function.__name__} takes no Values: .*hypot"):
        function(*arguments)


NO_NUMBERS = {
    "longdouble": (np.longdouble(1), "nearest double"),
    "timedelta64 of ns": (np.timedelta64(5, "ns"), "unit of your own"),
    "timedelta64 of s": (np.timedelta64(5, "s"), "unit of your own"),
    "datetime64": (np.datetime64(5, "s"), "give a number"),
    "complex64": (np.complex64(1), "two Values"),
    "complex128": (np.complex128(1), "two Values"),
    "structured": (np.zeros((), dtype="i4,i4")[()], "one of its fields"),
    "str": (np.str_("1"), "give one float"),
}


@pytest.mark.parametrize(("x", "way_out"), NO_NUMBERS.values(), ids=NO_NUMBERS.keys())
def test_scalars_that_are_no_numbers(x, way_out):
    v = Value(1.0)
    with pytest.raises(TypeError, match=f"Value takes a real number, not {type(x).__name__}"):
        Value(x)
    for use in (Value, lambda x: autograd.dot([v], [x]), lambda x: autograd.hypot(v, x)):
        with pytest.raises(TypeError, match=way_out):
            use(x)
    for use in (
        lambda x: v * x,
        lambda x: x * v,
        lambda x: v + x,
        lambda x: x**v,
        lambda x: v < x,
        lambda x: x < v,
        lambda x: np.hypot(x, v),
        lambda x: np.array([x]) * v,
    ):
        with pytest.raises(TypeError):
            use(x)


@pytest.mark.parametrize(
    "kind", [np.float16, np.float32, np.float64, np.int8, np.uint16, np.int64, np.bool_]
)
def test_scalars_that_are_numbers(kind):
    x, v = kind(1), Value(3.0)
    assert Value(x).data == 1 and type(Value(x).data) is type(x.item() + 0)
    for found in (v * x, x * v, autograd.dot([v], [x]), np.multiply(x, v), v / x):
        assert type(found) is Value and found.data == 3.0
