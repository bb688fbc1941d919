"""A text that some reader could not read is refused when the row is made, and says why."""

import keyword
import re

import pytest

from autograd import Op, register
from autograd.engine import unregister
from autograd.ops import OPS
from autograd.text import DEEPEST

GOOD = {"name": "mine", "value": "x * x", "slopes": ("2 * x",)}
ALLOWED = "a rule has names, whole numbers"
FUNCTIONS = "a text may call"

TEXTS = {
    "+1": r"the operator \+ before a number",
    "x % 1": "the operator %",
    "x // 2": "the operator //",
    "3*x^2": r"the operator \^ \(a power is written \*\*\)",
    "~x": "the operator ~",
    "(x > 0) * 1": "a condition is no number",
    "x > 0": "a condition is no number",
    "x and 1": "a condition is no number",
    "not x": "a condition is no number",
    "1.5 * x": "numbers in a rule are whole",
    "1e300": "numbers in a rule are whole",
    "2j": "numbers in a rule are whole",
    "'x'": "numbers in a rule are whole",
    "True": "numbers in a rule are whole",
    "None": "numbers in a rule are whole",
    "x.real": "an attribute",
    "x[0]": "an index",
    "(x, 1)": "a tuple",
    "[x]": "a list",
    "{x}": "Set",
    "lambda x: x": "a lambda",
    "[x for x in x]": "ListComp",
    "(y := x)": "an assignment",
    "f'{x}'": "a formatted text",
    "x if x is 1 else 2": "only < <= > >= == !=",
    "x if x in x else 2": "only < <= > >= == !=",
    "exp(x=1)": "a call of anything but",
    "math.exp(x)": "a call of anything but",
    "exp(x)(x)": "a call of anything but",
    "exp(*x)": "a star",
    "x = 1": "invalid syntax",
    "x +": "invalid syntax",
    "": "invalid syntax",
    "import os": "invalid syntax",
}


def refusal(**fields):
    with pytest.raises((ValueError, NameError)) as error:
        Op(**GOOD | fields)
    assert "'mine'" in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("field", ["value", "slopes", "written", "meaning"])
@pytest.mark.parametrize("text", TEXTS)
def test_what_the_grammar_lacks(text, field):
    if field == "meaning" and not text:
        return  # a row without one
    found = refusal(**{field: (text,) if field in ("slopes", "written") else text})
    assert re.search(TEXTS[text], found)
    assert repr(text) in found
    assert ALLOWED in found
    assert {"value": "value", "slopes": "slope to x"}.get(field, field.rstrip("s")) in found


@pytest.mark.parametrize("text", ["x +", "x // 1 > 0", "x is 1", "lambda: 1", "x % 1"])
@pytest.mark.parametrize("field", ["domain", "kink"])
def test_what_a_condition_cannot_be(text, field):
    found = refusal(**{field: text})
    assert field in found
    assert repr(text) in found
    assert ALLOWED in found


def test_names_that_are_not_there():
    assert "'y', but here is only x" in refusal(value="x * y")
    assert "'y', but here is only x, z" in refusal(slopes=("y",))
    assert "'z', but here is only x" in refusal(value="z")
    assert "'pi', but here is only x" in refusal(value="pi * x")
    assert "'lo', but here is only x" in refusal(domain="lo > 0")


@pytest.mark.parametrize("field", ["value", "slopes", "written", "meaning", "domain", "kink"])
def test_functions_that_are_not_there(field):
    text = "sine(x) > 0" if field in ("domain", "kink") else "sine(x)"
    found = refusal(**{field: (text,) if field in ("slopes", "written") else text})
    assert "'sine'" in found
    assert FUNCTIONS in found
    assert "sinh" in found


def test_functions_of_another_number_of_arguments():
    assert "gives exp 2 arguments, but it takes 1" in refusal(value="exp(x, x)")
    assert "gives hypot 1 arguments, but it takes 2" in refusal(slopes=("hypot(x)",))
    assert "gives clip 0 arguments, but it takes 3" in refusal(value="clip()")


@pytest.mark.parametrize("name", ["z", *keyword.kwlist, "x y", "1x", "", 3, "xs-"])
def test_inputs_that_cannot_be_called_so(name):
    assert repr(name) in refusal(inputs=(name,), value="1", slopes=("1",)) or name == "z"


@pytest.mark.parametrize("name", [*keyword.kwlist, "a b", "", "2"])
def test_rows_that_cannot_be_called_so(name):
    with pytest.raises(ValueError, match="cannot name an operation"):
        Op(**GOOD | {"name": name})


def test_counts():
    assert "1 inputs ('x',) but 2 slopes" in refusal(inputs=("x",), slopes=("1", "1"))
    assert "2 inputs ('x', 'y') but 1 slopes" in refusal(inputs=("x", "y"), slopes=("1",))
    assert "1 inputs ('x',) but 2 written" in refusal(written=("1", "1"))
    assert "more defaults than inputs" in refusal(defaults=(1, 2))
    assert "names of their own" in refusal(inputs=("x", "x"), slopes=("1", "1"))
    assert "names of their own" in refusal(inputs=("x", "xs"), slopes=("1", "1"), run=True)


def test_runs_are_given_to_functions_only():
    run = {"run": True, "inputs": ("x",), "slopes": ("1",)}
    assert "the run 'xs' can only be given to a function" in refusal(value="xs * 2", **run)
    assert "names 'x', but here is only " in refusal(value="x", **run)


def test_a_text_where_a_tuple_belongs():
    for field in ("slopes", "written", "inputs", "defaults"):
        with pytest.raises(TypeError, match="is a tuple of texts"):
            Op(**GOOD | {field: "x"})


@pytest.mark.parametrize("text", ["(" * 3000 + "x" + ")" * 3000, "-" * 5000 + "x"])
def test_a_text_that_is_nested_too_deeply(text):
    assert "too" in refusal(value=text)  # "too many nested parentheses", or "nested too deeply"


def test_a_long_text_is_no_deep_one():
    """Depth is counted, not size: where each of two sides has half of it."""

    def halves(count):
        return f"({halves(count // 2)} + {halves(count // 2)})" if count > 1 else "x"

    assert Op(**GOOD | {"value": halves(256)}).compute(2) == 512
    assert Op(**GOOD | {"value": "+".join("x" * DEEPEST)}).compute(2) == 2 * DEEPEST
    assert f"{DEEPEST} levels" in refusal(value="+".join("x" * (DEEPEST + 1)))


@pytest.mark.parametrize("field", ["value", "meaning"])
def test_a_value_that_calls_itself(field):
    found = refusal(**{field: "mine(x) + 1"})
    assert "calls 'mine', which is neither an elementary function nor another row" in found
    assert FUNCTIONS in found


def test_a_slope_that_calls_its_own_row():
    function = register(Op(name="mine", value="exp(2 * x)", slopes=("2 * mine(x)",)))
    try:
        from autograd import grad

        assert grad(grad(function))(0.0) == 4.0
        pytest.importorskip("mpmath")
        from autograd.testing import check_rule

        assert check_rule("mine", count=20, largest=100.0).points
    finally:
        unregister("mine")
    assert "mine" not in OPS


def test_what_is_no_row_is_not_registered():
    with pytest.raises(TypeError, match="register takes an Op, not str 'cube'"):
        register("cube")
    for name in ("exp", "div", "erfc", "softmax", "data", "backward", "arctan"):
        with pytest.raises(ValueError, match=f"{name!r} is taken already"):
            register(Op(**GOOD | {"name": name}))
    for name in ("exp", "mine"):
        with pytest.raises(ValueError, match=f"{name!r} was not registered"):
            unregister(name)


@pytest.mark.parametrize("name", ["a", "i"])
def test_a_run_that_would_be_a_reserved_word(name):
    with pytest.raises(ValueError, match=f"'{name}s' cannot name a run of 'total'"):
        Op(
            name="total",
            value=f"dot({name}s, ys)",
            slopes=("y", name),
            inputs=(name, "y"),
            run=True,
        )
    Op(name="scaled", value=f"2 * {name}", slopes=("2",), inputs=(name,))
