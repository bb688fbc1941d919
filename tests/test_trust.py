"""Cases of trust: graphs pickled under another rule, numbers of thousands of digits."""

import copy
import pickle
import runpy
from fractions import Fraction

import pytest

from autograd import Op, Value, draw, explain, export, jit, live, log, register, sqrt, steps
from autograd.engine import unregister

HUGE = 10**5000 + 1  # Python itself writes no int of more than 4300 digits


def square(value, slope):
    return register(Op(name="sq", value=value, slopes=(slope,)))


def test_a_pickled_graph_is_not_loaded_under_another_rule():
    x = Value(3, "x")
    try:
        root = square("x * x", "2 * x")(x)
        stored, copied = pickle.dumps(root), copy.deepcopy(root)
        same = pickle.loads(stored)
        same.backward()
        assert same.parents[0].grad == 6
        unregister("sq")
        with pytest.raises(KeyError, match="'sq' here: register it before loading the graph"):
            pickle.loads(stored)
        square("x * x * x", "3 * x * x")
        with pytest.raises(ValueError, match=r"'sq' here is another .* register the graph's own"):
            pickle.loads(stored)
        copied.backward()
        root.backward()
        assert (copied.parents[0].grad, x.grad) == (6, 6)
    finally:
        unregister("sq")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (HUGE, "<int 1.0000e5000>"),
        (-HUGE, "<int -1.0000e5000>"),
        (Fraction(HUGE, 3), "<Fraction 3.3333e4999>"),
        (Fraction(3, HUGE), "<Fraction 3.0000e-5000>"),
    ],
    ids=["int", "negative", "large", "small"],
)
def test_numbers_of_any_length_are_shown_short(number, shown, tmp_path):
    x = Value(number, "x")
    root = x * 1 + 0
    root.backward()
    assert root.data == number
    assert x.grad == 1
    assert repr(x) == str(x) == f"{x}" == f"Value(data={shown}, grad=1, label='x')"
    picture = draw(root)
    for text in (
        picture.svg(),
        picture.pipe("json").decode(),
        str(explain(root)),
        str(steps(root)),
    ):
        assert 0 < len(text) < 40_000
        assert "000000000000000000000" not in text
    steps(root).save(tmp_path / "s.html")
    live(root).save(tmp_path / "l.html")
    loaded = pickle.loads(pickle.dumps(root))
    assert (loaded.data, loaded.parents[0].grad) == (number, 1)


def test_fractions_whose_value_is_short_and_whose_parts_are_long():
    root = Value(Fraction(HUGE, 3), "q") * Value(Fraction(1, 10**5000), "r")
    assert "0.333333333333" in draw(root).pipe("json").decode()
    assert "= 0.333333333333" in str(explain(root))


def test_errors_of_long_numbers_say_what_they_always_say():
    x = Value(HUGE, "x")
    for refused, message in (
        (lambda: sqrt(x), "sqrt has no exact value for int <int 1.0000e5000>"),
        (lambda: log(x), "log has no exact value"),
        (lambda: x == HUGE, r"never equal: compare the data, v.data == <int 1.0000e5000>"),
        (lambda: Value([HUGE]), "takes a real number, not list <list>"),
        (lambda: Value(1, HUGE), "a label is text, not int <int 1.0000e5000>"),
    ):
        with pytest.raises(TypeError, match=message):
            refused()


def test_long_constants_of_compiled_and_exported_functions(tmp_path):
    rows = [HUGE, HUGE + 1]
    assert jit(lambda x: x * HUGE, backend="python")(Fraction(2, HUGE)) == 2
    picked = jit(lambda i: rows[i] * 1, backend="python")
    assert picked(1) == HUGE + 1
    path = tmp_path / "long.py"
    export(lambda x: x * Fraction(1, HUGE) + HUGE, path, Fraction(2))
    code = runpy.run_path(str(path))
    assert code["long"](Fraction(HUGE)) == HUGE + 1
