"""Derivatives of derivatives are explained in the field's forms: no helper's name is shown."""

import html
import math
import re
from fractions import Fraction
from itertools import islice

import pytest

from autograd import Value, calculus, explain, grad, logsumexp, mean, prod, sigmoid, steps
from autograd.engine import record
from autograd.formula import arithmetic
from autograd.ops import OPS, ROUTINES
from autograd.testing.sampling import points

HELPERS = {name for name, op in OPS.items() if op.helper}
HELPERS |= {"softmax", "share", "log_base"} | {
    name for name in ROUTINES if name.endswith(("_dx", "_dxx"))
}
HIDDEN = re.compile(rf"(?<!\w)(?:{'|'.join(HELPERS)})(?!\w)")


def words(found):
    """What a reader sees of an explanation, in each notation."""
    tex = found._repr_latex_().replace(r"\_", "_")
    page = re.sub(r"<style>.*?</style>|<[^>]*>", " ", found._repr_html_(), flags=re.DOTALL)
    return [str(found), re.sub(r"\\[a-z]+", " ", tex), html.unescape(page)]


@pytest.mark.parametrize("op", OPS.values(), ids=list(OPS))
def test_no_helper_s_name_reaches_a_reader(op):
    point = next(islice(points(op, 40, largest=4.0), 3, None))
    leaves = [Value(x, f"x{place}") for place, x in enumerate(point)]
    root = record(op, *leaves)
    slopes = calculus.adjoints(root, leaves)
    for slope in (root, *(s for s in slopes.values() if isinstance(s, Value))):
        found = explain(slope)
        for text in (*words(found), str(steps(slope))):
            assert not HIDDEN.search(text), HIDDEN.search(text)
        for line in (*found.values, *(step for each in found for step in each.slopes)):
            number = arithmetic.in_floats(line.formulas[2])
            if number is not None and math.isfinite(number):
                assert math.isclose(number, line.value, rel_tol=1e-6, abs_tol=1e-9), str(line)


def test_a_cube_s_second_derivative():
    x = Value(Fraction(2), "x")
    first = explain(grad(lambda x: x**3)(x))
    assert str(first.values[0]) == "f = 3·x² = 3·2² = 3·4 = 12"
    assert str(first[0].slopes[0]) == "∂f/∂x = 6·x = 6·2 = 12"
    assert first[0].chain == ()


def test_what_transforms_copy_is_what_it_is_a_copy_of():
    x = Value(3, "x")
    found = explain(grad(lambda x: x * x)(x))
    assert [str(line) for line in found.values] == ["f = x + x = 3 + 3 = 6"]
    assert found[0].value == 2
    for level in ("op", "named"):
        second = grad(lambda x: x**3 / (1 + x * x))(Value(0.5, "x"))
        walked = steps(second, collapse=level)
        second.backward()
        [leaf] = [node for node in walked.totals if node.label == "x"]
        assert walked.totals[leaf] == leaf.grad


def test_sums_over_runs():
    a, b, c = (Value(x, name) for x, name in ((0.5, "a"), (0.7, "b"), (-1.0, "c")))
    assert explain(prod([a, b, c]), a).slopes[0].symbolic == "b·c"
    assert str(explain(mean([a, b, c]), b).slopes[0]) == "∂f/∂b = 1/3 ≈ 0.333333333333"
    second = explain(grad(lambda a: logsumexp([a, b]))(a), a)
    assert second.values[0].symbolic == "e^a/(e^a + e^b)"
    assert second.slopes[0].symbolic == "(e^a/(e^a + e^b))·(1 − e^a/(e^a + e^b))"
    assert explain(grad(sigmoid)(a)).values[0].symbolic == "e^a/(1 + e^a)²"


def test_derivatives_of_any_order_have_primes():
    x = Value(2.5, "x")
    third = explain(grad(grad(OPS["lgamma"].record))(x), x)
    assert third.values[0].symbolic == "digamma′(x)"
    assert third.slopes[0].symbolic == "digamma′′(x)"
    assert r"\operatorname{digamma}''\left(x\right)" in third._repr_latex_()
