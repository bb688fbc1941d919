"""Derivations: text, formulas, sums over paths, and values that equal the gradients."""

import html
import itertools
import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Op, Value, dot, exp, explain, jit, register, tanh
from autograd.engine import unregister
from autograd.explain.naming import given_names
from autograd.formula.arithmetic import evaluate
from autograd.formula.notation import pretty
from autograd.ops import OPS, ROUTINES


def lines(working):
    return [str(step) for step in working.steps]


def test_values_local_derivatives_and_the_chain():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    h = a * b
    h.label = "h"
    E = tanh(h) * a
    E.label = "E"
    working = explain(E, b)
    E.backward()
    assert working.value == b.grad
    assert working.paths == (("E", "h", "b"),)
    assert [step.rule for step in working.steps] == ["mul", "mul", "mul, tanh", "mul", "chain rule"]
    assert [step.symbolic for step in working.slopes] == ["a·(1 − tanh(h)²)", "a"]
    assert working.chain[0].symbolic == "∂E/∂h · ∂h/∂b"
    assert str(working).splitlines()[1] == "  h = a·b = 2·(−3) = −6"


def test_several_paths_add_up_and_direct_edges_say_so():
    a = Value(3, "a")
    b = a * 2
    b.label = "b"
    c = a + 5
    c.label = "c"
    E = b * c
    E.label = "E"
    working = explain(E, a)
    assert working.value == 2 * 8 + 6
    assert working.paths == (("E", "b", "a"), ("E", "c", "a"))
    assert working.chain[0].symbolic == "∂E/∂b · ∂b/∂a + ∂E/∂c · ∂c/∂a"
    assert working.chain[0].substituted == "(8)(2) + (6)(1)"
    f = b * a
    f.label = "f"
    working = explain(f, a)
    assert working.chain[0].symbolic == "∂f/∂a|direct + ∂f/∂b · ∂b/∂a" or (
        working.chain[0].symbolic == "∂f/∂b · ∂b/∂a + ∂f/∂a|direct"
    )
    assert working.value == 12


def test_parallel_hops_between_two_names_are_one():
    a = Value(3, "a")
    b = a * a + a
    b.label = "b"
    E = b * 2
    working = explain(E, a)
    assert working.paths == (("f", "b", "a"),)
    assert [str(step) for step in working.slopes] == [
        "∂f/∂b = 2",
        "∂b/∂a = 2·a + 1 = 2·3 + 1 = 6 + 1 = 7",
    ]


def test_shared_unnamed_values_get_a_name_and_single_ones_are_written_out():
    a = Value(3, "a")
    t = a + 1
    E = t * t
    working = explain(E, a)
    assert lines(working)[:2] == ["t₁ = a + 1 = 3 + 1 = 4", "f = t₁·t₁ = 4·4 = 16"]


def test_constants_are_reduced():
    x, y = Value(Fraction(1), "x"), Value(Fraction(3), "y")
    working = explain((x - y) ** 2 / 2, x)
    assert str(working.slopes[0]) == "∂f/∂x = x − y = 1 − 3 = −2"
    assert working.chain == ()


def test_many_paths_are_summed_consumer_by_consumer():
    node = Value(1, "x")
    leaf = node
    for k in range(12):
        node = node + node * node
        node.label = f"h{k}"
        node = node * leaf
        node.label = f"g{k}"
    working = explain(node, leaf)
    node.backward()
    assert working.paths == ()
    assert working.value == leaf.grad
    assert all(step.rule == "sum over consumers" for step in working.chain)
    assert working.chain[-1].value == leaf.grad


def test_ways_are_counted_not_arrows():
    node = leaf = Value(1, "x")
    for k in range(4):
        one, other = 2 * node, 3 * node
        node = one + other
        one.label, other.label, node.label = f"a{k}", f"b{k}", f"s{k}"
        working = explain(node, leaf)
        assert len(working.paths) == (2 ** (k + 1) if k < 3 else 0)
        assert working.value == 5 ** (k + 1)


def test_the_case_of_a_rule_that_applied_is_said():
    x = Value(2.0, "x")
    assert str(explain(x.relu(), x).slopes[0]) == "∂f/∂x = 1   (as x > 0)"
    y = Value(-2.0, "y")
    assert str(explain(y.relu(), y).slopes[0]) == "∂f/∂y = 0   (as y ≤ 0)"
    assert "as x > y" in str(explain(autograd.maximum(x, y), x))


@pytest.mark.parametrize(
    ("function", "number", "said"),
    [
        (lambda x: autograd.log(-x), 2.0, "log has no value at −2"),
        (lambda x: 3 * autograd.sqrt(x) + x, -4.0, "sqrt has no value at −4"),
        (lambda x: x**0.5, -2.0, "power has no value at −2, 0.5"),
        (lambda x: x / x, 0.0, "div has no value at 0, 0"),
        (autograd.acosh, 0.5, "acosh has no value at 0.5"),
    ],
)
def test_outside_a_domain_no_line_is_false(function, number, said):
    x = Value(number, "x")
    working = explain(function(x), x)
    assert str(working.slopes[0]) == f"∂f/∂x = nan   ({said})"
    assert said.split(" at ")[0] in working._repr_latex_()
    assert math.isnan(working.value)


def test_a_nan_that_comes_from_elsewhere_is_worked_out():
    x = Value(2.0, "x")
    h = autograd.log(-x)
    h.label = "h"
    first, second = explain(h * h, x).slopes
    assert str(first) == "∂f/∂h = 2·h = 2·nan = nan"
    assert str(second) == "∂h/∂x = nan   (log has no value at −2)"
    y = Value(math.nan, "y")
    assert "no value" not in str(explain(autograd.log(y), y))


def test_roots_of_exact_numbers_are_explained():
    a, b = Value(Fraction(3), "a"), Value(Fraction(4), "b")
    assert str(explain(autograd.hypot(a, b), a).slopes[0]) == "∂f/∂a = a/f = 3/5 = 0.6"
    root = explain(autograd.sqrt(b), b)
    assert str(root.slopes[0]) == "∂f/∂b = 1/(2·f) = 1/(2·2) = 1/4 = 0.25"
    power = explain(b ** Fraction(1, 2), b)
    assert str(power.slopes[0]) == "∂f/∂b = 0.5·b^(−0.5) = 0.5·4^(−0.5) = 0.5·0.5 = 0.25"
    zero = Value(Fraction(0), "x")
    assert str(explain(zero ** Fraction(1, 2), zero).slopes[0]).endswith("0.5·0^(−0.5) = ∞")


def test_an_int_beyond_the_largest_double_stops_no_explanation():
    a, b = Value(10**400, "a"), Value(1.5, "b")
    for root in (a * b + a / b, 1.5 * (a * a), b * (a * a) + a):
        root.backward()
        for leaf in explain(root):
            assert leaf.value == leaf.wrt.grad or math.isnan(leaf.value)
        a.zero_grad(), b.zero_grad()
        str(explain(root)), explain(root)._repr_latex_()


def test_names_come_from_a_mapping():
    w, yhat = Value(3), Value(5)
    E = w * yhat
    working = explain(E, w, names={"w": w, "yhat": yhat, "E": E, "_": w})
    assert lines(working) == ["E = w·ŷ = 3·5 = 15", "∂E/∂w = ŷ = 5"]


def test_two_values_of_one_name_are_told_apart():
    a, b = Value(2, "x1"), Value(5, "x1")
    assert lines(explain(a * b, b)) == ["f = x₁·x₁′ = 2·5 = 10", "∂f/∂x₁′ = x₁ = 2"]
    assert "x_{1}'" in explain(a * b, b)._repr_latex_()


def test_no_result_in_between_where_it_leads_to_other_digits():
    """1 − tanh² is computed with more care than what is printed of it says."""
    for number, shown in ((0.5, True), (10.0, False), (20.0, False)):
        x = Value(number, "x")
        (line,) = explain(tanh(x), x).slopes
        assert bool(line.stages()) is shown
        assert "1 − 1 " not in str(line)


def test_names_that_print_alike_are_told_apart_whatever_they_are():
    for labels in itertools.permutations(["w1", "w_1", "w1′", "w1'", "w₁", "w1′′"], 4):
        names = given_names([Value(1, label) for label in labels])
        assert len({pretty(name) for name in names.values()}) == 4, names


def test_terms_stand_as_their_uses_do():
    x, a, b = Value(2, "x"), Value(3, "a"), Value(5, "b")
    (line,) = [str(step) for step in explain(x * a + x**2 + x * b, x).steps[1:]]
    assert line.startswith("∂f/∂x = a + 2·x + b = ")


def test_without_wrt_every_named_leaf_is_explained():
    a, b = Value(2, "a"), Value(3, "b")
    E = a * b
    E.label = "E"
    working = explain(E)
    assert [e.wrt for e in working] == [a, b]
    assert [e.value for e in working] == [3, 2]
    assert len(working) == 2 and working[1].wrt is b


def test_recorded_numbers_are_explained_after_a_leaf_changed():
    a = Value(2, "a")
    E = a * a
    a.data = 100
    working = explain(E, a)
    assert working.value == 4
    assert str(working.values[0]) == "f = a·a = 2·2 = 4"


def test_the_root_itself_and_strangers():
    a = Value(2, "a")
    E = a * 3
    assert explain(E, E).value == 1
    with pytest.raises(ValueError, match="not part of the graph"):
        explain(E, Value(1.0))
    with pytest.raises(TypeError, match="explain takes Values"):
        explain(3.0)
    with pytest.raises(TypeError, match=r"not dict: write names=globals\(\)$"):
        explain(E, globals())
    with pytest.raises(TypeError, match=r"not dict {'E': 1}$"):
        explain({"E": 1})


def test_latex_and_markdown():
    x1, w1 = Value(Fraction(5), "x1"), Value(Fraction(2, 5), "w1")
    yhat = x1 * w1
    yhat.label = "yhat"
    E = (yhat - 8) ** 2 / 2
    working = explain(E, w1)
    tex = working._repr_latex_()
    assert tex.startswith("$$") and tex.endswith("$$")
    assert r"\frac{\partial f}{\partial w_{1}} &= \frac{\partial f}{\partial \hat{y}} \cdot" in tex
    assert r"\left(-6\right)\left(5\right)" in tex
    assert tex.count("{") == tex.count("}")
    assert tex.count(r"\left") == tex.count(r"\right")
    markdown = working._repr_markdown_()
    assert "**Chain rule**" in markdown and r"\begin{aligned}" in markdown
    page = working._repr_html_()
    assert page.count("<math") == page.count("</math>") == 23
    # Without styles and MathML (an untrusted notebook) the TeX is what is left to typeset.
    assert '<div class="cr-math" style="display:none">' in page
    assert html.escape(tex, quote=False) in page


def test_a_part_with_nothing_in_it_shows_nothing():
    x = Value(2.0, "x")
    part = explain(x * 3, x)[0:0]
    assert "aligned" not in part._repr_latex_()
    assert "$$" not in part._repr_markdown_()


def test_a_part_of_an_explanation_shows_itself():
    w, x = Value(3, "w"), Value(5, "x")
    h = w * x
    h.label = "h"
    working = explain(h * h, w)
    assert len(working) == 5 and list(working) == list(working.steps)
    assert str(working[1:3]) == "f = h·h = 15·15 = 225\n∂f/∂h = 2·h = 2·15 = 30"
    both = working.slopes[-1:] + working.chain
    assert str(both[0]) == "∂h/∂w = x = 5"
    for part in (working.values, both, working[0], explain(h * h)[:1]):
        assert repr(part) == str(part)
        assert part._repr_latex_().startswith("$$")
        assert part._repr_markdown_().endswith("$$")
        assert "<math" in part._repr_html_()
    assert isinstance(working[0], type(both[0]))
    assert str(both).splitlines()[1:] == [
        "∂f/∂w = ∂f/∂h · ∂h/∂w",
        "      = (30)(5)",
        "      = 150",
    ]


def test_a_deep_chain_is_explained_in_a_bounded_text():
    x = Value(1.0, "x")
    node = x
    for _ in range(5000):
        node = node * 1.0 + 0.0
    text = str(explain(node, x))
    assert "more lines" in text
    assert len(text.splitlines()) < 300


# The value of every explanation is the gradient, and what it shows can be checked by hand.

NAMES = ["a", "b", "c"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["+", "-", "*", "/", "square", "tanh", "relu", "dot"]),
        *[st.integers(0, 50)] * 2,
    ),
    min_size=1,
    max_size=8,
)


def build(steps, leaves):
    live = list(leaves)
    for op, i, j in steps:
        x, y = live[i % len(live)], live[j % len(live)]
        match op:
            case "+":
                new = x + y
            case "-":
                new = x - 2 * y
            case "*":
                new = x * y
            case "/":
                new = x / (y * y + 1)
            case "square":
                new = (x - 1) ** 2
            case "tanh":
                new = x.tanh() if isinstance(x.data, float) else x + 1
            case "relu":
                new = x.relu()
            case _:
                new = dot([x, y, 3], [y, 2, x])
        if (i + j) % 3 == 0:
            new.label = f"h{len(live)}"
        live.append(new)
    return live[-1]


def call(function, *numbers):
    if function == "pi":
        return math.pi
    return (function.compute if isinstance(function, Op) else ROUTINES[function])(*numbers)


@settings(deadline=None)
@given(STEPS, st.lists(st.fractions(-2, 2, max_denominator=9), min_size=3, max_size=3))
def test_exact_explanations_equal_the_gradients_and_their_digits_work_out(steps, data):
    leaves = [Value(x, name) for x, name in zip(data, NAMES, strict=True)]
    root = build(steps, leaves)
    working = explain(root)
    root.backward()
    for explanation in working:
        assert explanation.value == explanation.wrt.grad
        for step in explanation.steps:
            assert step.exact
            if "relu" not in step.substituted:
                assert evaluate(step.formulas[2], call) == step.value
            assert step.tex().count("{") == step.tex().count("}")


@settings(deadline=None)
@given(STEPS, st.lists(st.floats(-2, 2), min_size=3, max_size=3))
def test_float_explanations_equal_the_gradients_to_the_bit(steps, data):
    leaves = [Value(x, name) for x, name in zip(data, NAMES, strict=True)]
    root = build(steps, leaves)
    working = explain(root)
    root.backward()
    for explanation in working:
        got, expected = explanation.value, explanation.wrt.grad
        assert got == expected or (math.isnan(got) and math.isnan(expected))
        str(explanation), explanation._repr_latex_()


@pytest.mark.parametrize("name", [name for name in OPS if not OPS[name].run])
def test_every_row_can_be_explained(name):
    """The slopes as a textbook writes them give the number that the careful slopes give."""
    op = OPS[name]
    known = {"clip": (0.4, 0.1, 0.9), "where": (1.0, 0.4, 0.9)}
    known |= dict.fromkeys(("acosh", "acosh_dx"), (1.4,))
    point = known.get(name, (0.4, 1.7, -0.7, 2.0)[: len(op.inputs)])
    arguments = [Value(x, label) for x, label in zip(point, "xywn", strict=False)]
    root = op.record(*arguments)
    root.label = "E"
    for argument in arguments:
        working = explain(root, argument)
        step = working.slopes[0] if working.slopes else None
        if step is not None:
            shown = evaluate(step.formulas[2], call)
            assert math.isclose(float(shown), float(step.value), rel_tol=1e-9, abs_tol=1e-12)
            assert "scaled_exp" not in step.symbolic or op.helper


def test_one_row_gives_a_method_a_gradient_an_explanation_and_a_drawing_symbol():
    cube = register(Op(name="cube", value="x * x * x", slopes=("3 * x ** 2",), symbol="□³"))
    try:
        x = Value(Fraction(2, 3), "x")
        y = cube(x)
        assert x.cube().data == y.data == Fraction(8, 27)
        assert cube(3) == 27
        y.backward()
        assert x.grad == Fraction(4, 3)
        assert lines(explain(y, x)) == [
            "f = cube(x) = cube(2/3) = 8/27",
            "∂f/∂x = 3·x² = 3·(2/3)² = 3·(4/9) = 4/3",
        ]
        assert autograd.grad(autograd.grad(cube))(5) == 30
        with pytest.raises(ValueError, match="'cube'"):
            register(Op(name="cube", value="x", slopes=("1",)))
    finally:
        unregister("cube")
    assert not hasattr(Value, "cube")


def test_a_wrong_row_is_refused_at_once():
    with pytest.raises(ValueError, match=r"2 inputs.*1 slopes"):
        Op(name="bad", value="x * y", slopes=("y",), inputs=("x", "y"))
    with pytest.raises(NameError, match="'frobnicate'"):
        register(Op(name="bad", value="frobnicate(x)", slopes=("1",)))
    with pytest.raises(ValueError, match=r"'bad'.*'x \+' cannot be read.*whole numbers"):
        register(Op(name="bad", value="x +", slopes=("1",)))
    assert "bad" not in OPS


def test_exponentials_read_well():
    x = Value(0.5, "x")
    assert explain(exp(2 * x), x).slopes[0].symbolic == "2·f"


def test_a_slope_with_a_fraction_beside_decimals_is_worked_out():
    """To the digits of the context: the slope 1/3 of y/3 is exact, and 2 is a Decimal."""
    x, y = Value(Decimal(2), "x"), Value(Decimal("0.1"), "y")
    third = "0.6666666666666666666666666666"
    assert str(explain(x * (y / 3), y).slopes) == f"∂f/∂y = (1/3)·x = (1/3)·2 ≈ {third}"
    assert str(explain((y / 3) * x + y, y).slopes) == (
        f"∂f/∂y = (1/3)·x + 1 = (1/3)·2 + 1 ≈ {third} + 1 ≈ 1.666666666666666666666666667"
    )


def test_results_of_a_compiled_function_are_told_apart():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    p, q = jit(lambda a, b: (a * b, a + b), backend="python")(x, y)
    values = str(explain(p * q, x, names={"p": p, "q": q}).values).splitlines()
    assert values[0] == "p = compiled[0](x, y) = compiled[0](2, 3) = 6"
    assert values[1] == "q = compiled[1](x, y) = compiled[1](2, 3) = 5"
    assert "{compiled[0]}" in explain(p * q, x, names={"p": p})._repr_latex_()
