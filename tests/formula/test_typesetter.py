"""One walk, three notations: brackets, labels of any kind, and TeX that every engine accepts."""

import random
import re
import shutil
import unicodedata
import xml.etree.ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograd import Value, dot, explain, relu, where
from autograd.formula.mathml import write_mathml
from autograd.formula.plain import write
from autograd.formula.tex import Tex, write_tex
from autograd.formula.tree import Add, Call, Compare, Div, Gap, Logic, Mul, Neg, Not, Num, Pow, Sym
from tests.formula import engines
from tests.graphs import ANY_LABEL, graphs

x, y, odd = Sym("x"), Sym("y"), Sym("x1*w1 + x2*w2")
two = Num(2)

# What a formula is as text and as TeX.
BOTH = [
    (Pow(two, Pow(x, two)), "2^(x²)", "{2}^{{x}^{2}}"),
    (Pow(two, Pow(Num(3), two)), "2^(3²)", "{2}^{{3}^{2}}"),
    (Pow(Pow(x, two), two), "(x²)²", r"{\left({x}^{2}\right)}^{2}"),
    (Pow(x, Num(-2)), "x⁻²", "{x}^{-2}"),
    (Pow(x, Num(-0.5)), "x^(−0.5)", "{x}^{-0.5}"),
    (Pow(Num(-2), two), "(−2)²", r"{\left(-2\right)}^{2}"),
    (Neg(Pow(x, two)), "−x²", "-{x}^{2}"),
    (Neg(Neg(x)), "−(−x)", r"-\left(-x\right)"),
    (Pow(Call("tanh", (x,)), two), "tanh(x)²", r"{\tanh\left(x\right)}^{2}"),
    (Pow(Call("exp", (x,)), two), "(e^x)²", r"{\left({e}^{x}\right)}^{2}"),
    (Div(Div(x, y), Div(y, x)), "x/y/(y/x)", r"\frac{\frac{x}{y}}{\frac{y}{x}}"),
    (Mul((x, Div(x, y))), "x·(x/y)", r"x \cdot \frac{x}{y}"),
    (Mul((Num(1e-6), x)), "(1e−6)·x", r"\left(1 \cdot 10^{-6}\right) \cdot x"),
    (Call("abs", (Add((Call("abs", (x,)), Neg(y))),)), "||x| − y|",
     r"\left|\left|x\right| - y\right|"),
    (Call("cbrt", (x,)), "∛(x)", r"\sqrt[3]{x}"),
    (Add((x, Num(-0.0))), "x − 0", "x - 0"),
    (Add((x, Add((x, y)))), "x + (x + y)", r"x + \left(x + y\right)"),
    (Mul((odd, x)), "(x1*w1 + x2*w2)·x", r"\left(\text{x1*w1 + x2*w2}\right) \cdot x"),
    (Add((x, Neg(odd))), "x − (x1*w1 + x2*w2)", r"x - \left(\text{x1*w1 + x2*w2}\right)"),
    (Div(x, odd), "x/(x1*w1 + x2*w2)", r"\frac{x}{\text{x1*w1 + x2*w2}}"),
    (Call("tanh", (odd,)), "tanh(x1*w1 + x2*w2)", r"\tanh\left(\text{x1*w1 + x2*w2}\right)"),
    (Call("maximum", (Sym("a, b"), x)), "max((a, b), x)",
     r"\max\left(\left(\text{a, b}\right), x\right)"),
    (Pow(Sym("w1′"), two), "(w₁′)²", r"{\left(w_{1}'\right)}^{2}"),
    (Mul((Sym("w[0]"), Sym("h.0"))), "w[0]·h.0", r"\text{w[0]} \cdot \text{h.0}"),
    (Logic("and", (Compare((">",), (x, Num(0))), Not(Compare(("≠",), (x, two))))),
     "x > 0 and (not x ≠ 2)", r"x > 0\text{ and }\left(\text{not }x \ne 2\right)"),
    (Call("polygamma", (Num(1), x)), "digamma′(x)", r"\operatorname{digamma}'\left(x\right)"),
    (Add(tuple(Sym(f"x{k}") for k in range(1, 41))), "x₁ + … + x₄₀", r"x_{1} + \dots + x_{40}"),
    (Mul((x, Gap(), y)), "x·…·y", r"x \cdot \dots \cdot y"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "text", "tex"), BOTH, ids=[text for _, text, _ in BOTH])
def test_brackets_come_from_the_tree(formula, text, tex):
    assert write(formula) == text
    assert write_tex(formula) == tex
    bracketed = write_mathml(formula)
    ET.fromstring(bracketed)
    assert bracketed.count("<mo>(</mo>") == tex.count(r"\left(")


WILD = [
    r"\theta", r"$\theta$", "a&b", "x%", "{", "}", "x^2", "~u", "c#2", "x_", "_x", "\\", "$$", "%%",
    r"\end{aligned}", "a\nb", " ", "\x00", "\ud800", "\ufffe", "\u202ex", "l" * 300, "😀", "שלום",
    "می‌خواهم", "中文", "вес", "é", "ő", "ﬁ", "€", "²", "x₁", "½", "∞", "–", "…", "w[0]", "0", "-1",
    "a = b", "a|b", "<b>", "f(x)", "''", '"', "`", "x'", "x′′", "α", "ŷ", "abc\u0302", "|\u0338",
    "\u0302", "a_b_c", "w_1_2", "Delta_x", "varepsilon", "w1#3", "",
]  # fmt: skip
LABELS = st.one_of(st.sampled_from(WILD), ANY_LABEL)


def shown(root, digits=None):
    """Everything that an explanation shows, as TeX; the rest is looked at here."""
    found = explain(root, digits=digits)
    for each in (found, *found, *found.values):
        kinds = set(map(unicodedata.category, str(each).replace("\n", "")))
        assert not kinds & {"Cc", "Cs"}
        assert repr(each) == str(each)
        page = each._repr_html_()
        for formula in re.findall(r"<math.*?</math>", page, re.DOTALL):
            ET.fromstring(formula)
    parts = found._repr_markdown_().split("\n\n")
    return [found._repr_latex_(), *(part for part in parts if part.startswith("$$"))]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(LABELS), st.sampled_from([None, None, 1, 17]))
def test_showing_never_raises(root, digits):
    for tex in shown(root, digits):
        assert tex.count(r"\left") == tex.count(r"\right")


def wild_ones():
    """Explanations with a wild label each: its value a factor, compared, chosen by and clipped."""
    for label in WILD:
        leaf, other = Value(2.0, label), Value(-3.0, label + "2")
        yield relu(leaf) * other


@pytest.mark.skipif(bool(engines.missing()), reason=engines.missing())
def test_katex_and_mathjax_accept_every_label():
    formulas = [tex for root in wild_ones() for tex in shown(root)[:2]]
    assert not engines.complaints(formulas)
    assert len(engines.complaints([r"\text{\backslash}", r"\text{a_b^}", "x_1"])) == 2


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_accepts_every_label(tmp_path):
    formulas = [explain(root)._repr_latex_() for root in wild_ones()]
    assert not engines.latex_errors(formulas, tmp_path)
    assert engines.latex_errors([r"\text{≠}"], tmp_path)


def test_latex_names_by_number_what_it_has_no_letter_for():
    assert Tex().words("é中") == r"\text{éU+4E2D}"
    assert Tex(letters=True).words("é中") == r"\text{é中}"


def test_reasons_are_mathematics():
    x1 = Value(2.0, "x1")
    chosen = explain(where(x1, x1 * 2, x1), x1)
    assert str(chosen.slopes[0]).endswith("   (as x₁ ≠ 0)")
    assert r"\quad\text{(}\text{as }x_{1} \ne 0\text{)}" in chosen._repr_latex_()
    assert "<mo>≠</mo>" in chosen._repr_html_()


def test_long_lines_break_at_signs_and_sums():
    rng = random.Random(4)
    leaves = [Value(rng.random(), f"x{k}") for k in range(24)]
    found = explain(dot(leaves[::2], leaves[1::2]), leaves[0])
    rows = str(found).splitlines()
    assert max(map(len, rows)) <= 121
    assert rows[1].startswith("  f = x₀·x₁ + ") and rows[2].startswith("    ≈ ")
    assert any(row.startswith("      + ") for row in rows)
    assert r"\\" in found.values[0].tex() and r"\quad {} + " in found.values[0].tex()
