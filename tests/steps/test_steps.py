"""Steps: the order, the numbers and the words of both passes."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings

from autograd import Value, dot, explain, gamma, steps, topological
from autograd.draw.dot import picture_of
from autograd.formula.mathml import write_mathml
from autograd.formula.tree import Call, Div, Mul, Neg, Num, Partial, Pow, Sym
from autograd.steps import page
from tests.graphs import chain, graphs, hand


def test_the_hand_calculation_step_by_step():
    E, _v = hand()
    found = steps(E)
    assert len(found) == 14
    assert repr(found) == "<steps of E: 7 forward, 7 backward>"
    assert [step.name for step in found[:7]] == [
        "x₁·w₁", "x₂·w₂", "h₁", "ŷ", "ŷ − y", "(ŷ − y)²", "E"
    ]  # fmt: skip
    assert [step.node for step in found[7:]] == [step.node for step in reversed(found[:7])]
    yhat = found[10]
    assert (yhat.phase, yhat.place, yhat.rule) == ("backward", (4, 7), "mul: x * y")
    h1, w3 = yhat.parts
    assert str(yhat.gradient) == "-61/10"
    assert (h1.slope, h1.added, h1.before, h1.total) == (0.5, h1.total, 0, h1.added)
    assert str(h1.product) == "∂E/∂ŷ · ∂ŷ/∂h₁ = (−6.1)(0.5) = −3.05"
    assert str(w3.line) == "∂ŷ/∂w₃ = h₁ = 3.8"
    assert [line.strip() for line in str(yhat).splitlines()] == [
        "backward 4 of 7: ŷ   (mul: x * y)",
        "∂E/∂ŷ = −6.1",
        "∂ŷ/∂h₁ = w₃ = 0.5",
        "adds (−6.1)(0.5) = −3.05 to h₁: 0 → −3.05",
        "∂ŷ/∂w₃ = h₁ = 3.8",
        "adds (−6.1)(3.8) = −23.18 to w₃: 0 → −23.18",
    ]


def test_named_steps_are_the_notes_own():
    E, _ = hand()
    found = steps(E, collapse="named")
    assert [step.title for step in found] == [
        "forward 1 of 3: h₁", "forward 2 of 3: ŷ", "forward 3 of 3: E",
        "backward 1 of 3: E", "backward 2 of 3: ŷ", "backward 3 of 3: h₁",
    ]  # fmt: skip
    assert str(found[3].parts[0].line) == "∂E/∂ŷ = ŷ − y = 1.9 − 8 = −6.1"
    assert [part.name for part in found[5].parts] == ["x₁", "w₁", "x₂", "w₂"]
    assert {part.name: str(part.total) for part in found[5].parts}["w₁"] == "-61/4"


def test_a_sequence_and_next():
    E, _ = hand()
    found = steps(E)
    assert next(found) is found[0]
    assert next(found) is found[1]
    assert list(found) == [found[k] for k in range(14)]
    assert next(found) is found[2]
    assert found[-1] in found
    assert found[2:4] == [found[2], found[3]]
    assert [next(found, None) for _ in range(12)] == [*found[3:], None]


def test_a_shared_node_adds_up_and_the_words_say_why():
    a = Value(2, "a")
    b = a * 3
    b.label = "b"
    c = b * a + b
    text = str(steps(c))
    assert "a is used more than once" in text
    assert "b is used in 2 steps and all of them have added to its gradient" in text
    assert "reverse topological order" in text
    assert "zero_grad()" in text
    assert "to b: 1 → 3" in text
    assert text.count("to a: 6 → 15") == 1


def test_a_value_in_two_places_of_an_operation_has_one_derivative():
    a, x = Value(3, "a"), Value(3, "x")
    b = a + a
    b.label = "b"
    text = str(steps(b * a))
    assert text.count("∂b/∂a = 1 + 1 = 2") == 2
    assert "adds (3)(2) = 6 to a: 6 → 12" in text
    text = str(steps(x * x))
    assert text.count("∂f/∂x = x + x = 3 + 3 = 6") == 2
    assert "adds (1)(6) = 6 to x: 0 → 6" in text
    assert "∂f/∂x = 1 − 1 = 0" in str(steps(x - x))
    assert "∂f/∂x = x + x = 3 + 3 = 6" in str(steps(dot([x], [x])))


def test_nothing_is_changed():
    E, v = hand()
    E.backward()
    E.backward()
    before = {node: node.grad for node in topological(E)}
    found = steps(E)
    found._repr_mimebundle_()
    assert {node: node.grad for node in topological(E)} == before
    assert found.totals[v["w1"]] * 2 == v["w1"].grad


def same(left, right):
    return left == right or (left != left and right != right)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs())
def test_the_totals_are_the_gradients(root):
    for node in topological(root):
        node.grad = 0
    root.backward()
    nodes = topological(root)
    for level in ("op", "named"):
        found = steps(root, collapse=level)
        for node in nodes:
            if node in found.totals:
                assert same(found.totals[node], node.grad)
            elif level == "op":
                assert node.grad == 0
        str(found)
    for node in nodes:
        if node.op is None and node.label:
            assert same(explain(root, node).value, node.grad if node is not root else 1)


@pytest.mark.parametrize("level", ["op", "named"])
def test_what_is_there_and_what_is_added_make_the_total(level):
    """Also of several ways between two named values, each of which adds its share."""
    x = Value(3, "x")
    y = x * x + 5 * x
    y.label = "y"
    z = y * x + x * x * 7 + y
    added = [part for step in steps(z, collapse=level) for part in step.parts if part.product]
    assert all(part.total == part.before + part.added for part in added)
    assert sum(part.added for part in added if part.parent is x) == 110


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs())
def test_any_page_is_well_formed(root):
    shown = steps(root)._repr_mimebundle_()["text/html"]
    for formula in re.findall(r"<math.*?</math>", shown, re.DOTALL):
        ET.fromstring(formula)
    assert shown.count("<section>") == len(steps(root))


def test_ids_are_unique_per_display():
    found = steps(hand()[0])
    pages = [found._repr_mimebundle_()["text/html"] for _ in range(2)]
    ids = [re.findall(r'id="([^"]*)"', page) for page in pages]
    assert len(set(ids[0])) == len(ids[0])
    assert not set(ids[0]) & set(ids[1])
    for own, text in zip(ids, pages, strict=True):
        assert set(re.findall(r'for="([^"]*)"', text)) <= set(own)


def test_the_page_works_where_styles_are_stripped():
    """Without its style element, the inline styles hide the live part and show the rest."""
    page = steps(hand()[0])._repr_mimebundle_()["text/html"]
    live, still = page.split('<div class="cr-still">')
    assert '<div class="cr-live" style="display:none">' in live
    assert "data:image/svg+xml;base64," in still
    assert "display:none" not in still
    assert still.count(" adds (") == 12
    assert "<script" not in page
    assert "http" not in re.sub(r"http://www\.w3\.org/[\w/]*", "", page)


def test_many_steps_are_steps_of_named_values():
    assert len(steps(chain(30)[1])) == 60
    assert steps(chain(31)[1]).level == "named"
    assert steps(chain(31)[1], collapse="op").level == "op"
    with pytest.raises(ValueError, match="'neuron'"):
        steps(chain(3)[1], collapse="neuron")


def test_a_notebook_keeps_the_first_and_the_last_of_very_many_steps(tmp_path):
    _, root = chain(150)
    found = steps(root, collapse="op")
    assert len(found) == 300
    bundle = found._repr_mimebundle_()
    assert bundle["text/html"].count("<section>") == 200
    assert bundle["text/html"].count('type="radio"') == 200
    assert bundle["text/plain"].endswith(
        "200 of 300 steps, the first and the last 100: steps(…)[k] shows any other, "
        "and save() writes all"
    )
    assert page.document(found).count("<section>") == 300
    assert str(found).count("ward ") >= 300


def test_digits_are_the_user_s_on_every_line_of_a_step():
    x = Value(2 / 3, "x")
    walked = steps(x * x + x, digits=3)
    assert str(walked[-1]).splitlines() == [
        "backward 2 of 2: x·x   (mul: x * y)",
        "  ∂f/∂(x·x) = 1",
        "  ∂(x·x)/∂x = x + x ≈ 0.667 + 0.667 ≈ 1.33",
        "    adds (1)(1.33) = 1.33 to x: 1 → 2.33",
        *str(walked[-1]).splitlines()[4:],
    ]
    assert "0.6666" not in str(walked)
    shown = walked._repr_mimebundle_()["text/html"]
    panels = shown.split('<div class="cr-panels">')[1].split('<div class="cr-still">')[0]
    assert "0.667" in panels and "0.6666" not in panels
    with pytest.raises(ValueError, match="from 1 to 4000, not -2"):
        steps(x * x, digits=-2)


def test_a_saved_page_is_the_live_one_at_its_film(tmp_path):
    found = steps(hand()[0], collapse="named")
    text = found.save(tmp_path / "steps.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert '"mode":"film","level":"named"' in text


def test_what_no_page_can_compute_is_saved_without_a_script(tmp_path):
    x = Value(2.5, "x")
    text = steps(gamma(x) * x).save(tmp_path / "steps.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert text.count("<section>") == 4


def test_the_picture_beside_shows_the_totals_of_the_steps():
    E, _ = hand()  # no backward pass has run
    found = steps(E)
    assert "grad −15.25" in picture_of(found.picture(), gradients=found.totals).source


def test_a_step_shows_itself():
    found = steps(hand()[0])
    bundle = found[0]._repr_mimebundle_()
    assert bundle["text/plain"] == str(found[0])
    assert bundle["text/html"].count("<section>") == 1
    assert "<input" not in bundle["text/html"]


MATHML = [
    (Sym("w1"), "<msub><mi>w</mi><mn>1</mn></msub>"),
    (Sym("loss"), '<mi mathvariant="normal">loss</mi>'),
    (Sym("a<b"), "<mtext>a&lt;b</mtext>"),
    (Num(-2), '<mrow><mo form="prefix">−</mo><mn>2</mn></mrow>'),
    (Num(1e-30), "<mrow><mn>1</mn><mo>·</mo><msup><mn>10</mn><mn>−30</mn></msup></mrow>"),
    (Div(Sym("a"), Sym("b")), "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>"),
    (Call("sqrt", (Sym("x"),)), "<msqrt><mi>x</mi></msqrt>"),
    (
        Pow(Neg(Sym("x")), Num(2)),
        (
            '<msup><mrow><mo>(</mo><mrow><mo form="prefix">−</mo><mi>x</mi></mrow><mo>)</mo></mrow>'
            "<mrow><mn>2</mn></mrow></msup>"
        ),
    ),
    (
        Mul((Num(-1), Num(2)), bracketed=True),
        (
            '<mrow><mrow><mo>(</mo><mrow><mo form="prefix">−</mo><mn>1</mn></mrow><mo>)</mo></mrow>'
            "<mrow><mo>(</mo><mn>2</mn><mo>)</mo></mrow></mrow>"
        ),
    ),
    (
        Partial("E", "x"),
        (
            "<mrow><mfrac><mrow><mo>∂</mo><mi>E</mi></mrow><mrow><mo>∂</mo><mi>x</mi></mrow></mfrac>"
            "</mrow>"
        ),
    ),
]


@pytest.mark.parametrize(("formula", "wanted"), MATHML)
def test_mathml(formula, wanted):
    found = write_mathml(formula)
    ET.fromstring(found)
    assert wanted in found
