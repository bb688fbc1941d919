"""Pictures as they are asked for: roots, ways, directions, digits, roles, titles and order."""

import re
import xml.etree.ElementTree as ET
from fractions import Fraction

import pytest

import nn
from autograd import Value, dot, draw, tanh
from autograd.draw.folding import fold
from tests.graphs import hand

SVG = "{http://www.w3.org/2000/svg}"


def boxes(picture, key="title"):
    return {box[key]: box for box in picture.content["boxes"]}


def roles(root, **how):
    return {box["title"]: box["role"] for box in draw(root, **how).content["boxes"]}


def places(picture):
    """Where each box is, by its title: to the right, and down."""
    rows = picture.pipe(format="plain", encoding="utf-8").splitlines()
    titles = {box["key"]: box["title"] for box in picture.content["boxes"]}
    nodes = (row.split() for row in rows if row.startswith("node"))
    return {titles[key]: (float(x), -float(y)) for _, key, x, y, *_ in nodes}


# Roots.


def two():
    a, b = Value(2, "a"), Value(3, "b")
    return a * b, a + b


def test_several_roots_share_one_picture():
    product, total = two()
    picture = draw([product, total])
    assert repr(picture) == "<picture of f₁, f₂: 4 boxes, 4 arrows>"
    found = roles([product, total])
    assert found == {"a": "input", "b": "input", "f₁ = a·b": "output", "f₂ = a + b": "output"}
    named = draw({"product": product, "total": total})
    assert {"product = a·b", "total = a + b"} < set(boxes(named))
    total.label = "f1"  # nobody takes a name that somebody has
    assert {"f₁ = a + b", "f₂ = a·b"} < set(boxes(draw((product, total))))
    assert repr(draw([product])) == "<picture of f: 3 boxes, 2 arrows>"


def test_a_root_may_be_part_of_another_one_and_be_given_twice():
    product, _ = two()
    square = product * product
    for roots in ([product, square], [square, product, square]):
        assert len(draw(roots).content["boxes"]) == 4
        assert sorted(roles(roots).values()) == ["input", "input", "output", "output"]


@pytest.mark.parametrize("level", ["op", "named", "repeat", "neuron", "layer", "block"])
def test_several_roots_fold(level):
    model = nn.MLP(2, [3, 2], seed=1)
    left, right = model([Value(1.0, "x1"), Value(2.0, "x2")])
    picture = draw([left, right], collapse=level, direction="TB", gradients=False)
    assert "ŷ₁" in repr(picture) or level == "layer"
    assert "ŷ₂" in repr(picture) or level == "layer"
    ET.fromstring(picture.svg())


def test_what_is_no_root_is_refused_by_name():
    for wrong, error, said in (
        ([], ValueError, "needs a root"),
        ({}, ValueError, "needs a root"),
        ([Value(1), 2.0], TypeError, "starts at a Value, not float: 2.0"),
        ({"a": [Value(1)]}, TypeError, "not list"),
        (3.0, TypeError, "not float: 3.0"),
        ("E", TypeError, "not str: 'E'"),
    ):
        with pytest.raises(error, match=said):
            draw(wrong)
    for roots in (Value(1, "a"), [Value(1, "a"), Value(2, "b")]):
        with pytest.raises(TypeError, match="names is a mapping"):
            draw(roots, ["a"])


# Ways.


def test_highlight_marks_the_ways_to_the_root():
    E, v = hand()
    picture = draw(E, highlight=v["w1"])
    marked = {box["title"] for box in picture.content["boxes"] if box["highlighted"]}
    assert marked == {
        "w₁", "x₁·w₁", "h₁ = x₁·w₁ + x₂·w₂", "ŷ = h₁·w₃", "ŷ − y", "(ŷ − y)²", "E = (ŷ − y)²/2"
    }  # fmt: skip
    arrows = [arrow for arrow in picture.content["arrows"] if arrow["highlighted"]]
    assert len(arrows) == 6
    both = draw(E, highlight=[v["w1"], v["y"]], direction="TB", gradients=False, collapse="named")
    assert {box["title"] for box in both.content["boxes"] if box["highlighted"]} == {
        "w₁", "y", "h₁ = x₁·w₁ + x₂·w₂", "ŷ = h₁·w₃", "E = (ŷ − y)²/2"
    }  # fmt: skip


def test_a_way_is_wider_not_only_of_another_colour():
    E, v = hand()
    svg = draw(E, highlight=v["w3"]).svg()
    widths = {
        float(group.find(f".//{SVG}path").get("stroke-width", "1"))
        for group in ET.fromstring(svg).iter(f"{SVG}g")
        if group.get("class", "").startswith("edge")
    }
    assert widths == {1.0, 2.4}
    assert '<TABLE BORDER="3"' in draw(E, highlight=v["w3"]).source


def test_a_hidden_weight_marks_its_neuron():
    model = nn.MLP(2, [3, 1], seed=1)
    root = model([Value(1.0, "x1"), Value(2.0, "x2")])
    second = model.layers[0].neurons[1]
    picture = draw(root, collapse="neuron", highlight=second.weights[0])
    marked = [box["name"] for box in picture.content["boxes"] if box["highlighted"]]
    assert marked == ["h₂", "ŷ"]


def test_what_is_not_there_is_not_highlighted():
    E, _ = hand()
    with pytest.raises(ValueError, match="not part of the graph"):
        draw(E, highlight=Value(0.4, "w1"))
    for wrong, said in (("w1", "not str 'w'"), (3, "not int 3"), ([0.4], "not float 0.4")):
        with pytest.raises(TypeError, match=f"highlight is a Value or several, {said}"):
            draw(E, highlight=wrong)
    for name in ("errors", "gradients"):
        with pytest.raises(TypeError, match=f"{name} is True or False, not str 'yes'"):
            draw(E, **{name: "yes"})


# Directions, digits, titles.


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("gradients", [True, False])
@pytest.mark.parametrize("collapse", ["op", "named"])
def test_arrows_go_one_way(direction, gradients, collapse):
    E, v = hand()
    E.backward()
    picture = draw(
        E, direction=direction, gradients=gradients, collapse=collapse, highlight=v["x1"]
    )
    found = places(picture)
    titles = {box["key"]: box["title"] for box in picture.content["boxes"]}
    for arrow in picture.content["arrows"]:
        tail, head = (found[titles[arrow[end]]] for end in ("tail", "head"))
        axis = direction == "TB"
        assert tail[axis] < head[axis]
        assert bool(arrow["label"]) is gradients
    shown = [text for box in picture.content["boxes"] for text in box["texts"]]
    assert any(text.startswith("grad") for text in shown) is gradients


def test_digits_are_the_users():
    x = Value(1 / 3, "x")
    y = x * Fraction(2, 3)
    texts = [text for box in draw(y, digits=3).content["boxes"] for text in box["texts"]]
    assert "value 0.333" in texts
    assert "value 0.222" in texts
    assert draw(y, digits=10).content["arrows"][0]["label"] == "0.6666666667"
    for wrong in (0, -1, 2.5, True, "3"):
        with pytest.raises((ValueError, TypeError), match="digits"):
            draw(y, digits=wrong)


def test_directions_and_texts_are_checked():
    a = Value(1, "a")
    with pytest.raises(ValueError, match=r"'RL'.*'LR'.*'TB'"):
        draw(a, direction="RL")
    with pytest.raises(TypeError, match="title is text, not int 3"):
        draw(a, title=3)
    with pytest.raises(TypeError, match="alt is text"):
        draw(a, alt=b"x")


def test_a_title_stands_above_and_names_the_picture():
    picture = draw(Value(1, "a") * 2, title="<50 %> & more")
    tree = ET.fromstring(picture.svg())
    assert tree.find(f"{SVG}title").text == "<50 %> & more"
    assert "<50 %> & more" in [text.text.strip("\xa0 ") for text in tree.iter(f"{SVG}text")]


def test_a_label_that_is_the_expression_is_said_once():
    names, numbers = ("x1", "x2", "w1", "w2", "b"), (2.0, 0.0, -3.0, 1.0, 6.9)
    x1, x2, w1, w2, b = map(Value, numbers, names)
    first, second = x1 * w1, x2 * w2
    first.label, second.label = "x1*w1", "x2*w2"
    total = first + second
    total.label = "x1*w1 + x2*w2"
    n = total + b
    n.label = "n"
    o = n.tanh()
    o.label = "o"
    titles = [box["title"] for box in draw(o).content["boxes"]]
    assert {"x₁·w₁", "x₁·w₁ + x₂·w₂"} < set(titles)
    assert not any(title.count("=") and title.startswith("x") for title in titles)
    assert any(title.startswith("n = ") for title in titles)


# Roles.


@pytest.mark.parametrize("swapped", [True, False])
def test_names_decide_what_is_a_weight(swapped):
    x1, x2, w1, w2, b = (Value(0.5, name) for name in ("x1", "x2", "w1", "w2", "b"))
    products = (x1 * w1, x2 * w2) if swapped else (w1 * x1, w2 * x2)
    wanted = dict.fromkeys(("x₁", "x₂"), "input") | dict.fromkeys(("w₁", "w₂", "b"), "weight")
    for root in (
        tanh(products[0] + products[1] + b),
        tanh(dot([x1, x2], [w1, w2]) + b) if swapped else tanh(dot([w1, w2], [x1, x2]) + b),
    ):
        found = roles(root)
        assert wanted.items() <= found.items()


def test_a_target_is_one_beside_weights():
    w, x, y = Value(1.0, "w"), Value(2.0, "x"), Value(3.0, "y")
    assert roles((w * x - y) ** 2)["y"] == "target"
    assert roles(x * y)["y"] == "input"  # a point (x, y)
    assert "target" in roles(x * Value(1.0, "y_true")).values()


def test_parameters_count_where_no_name_says_more_and_then_the_place():
    a, x = Value(2.0, "a"), Value(3.0, "x")
    assert roles(a * x) == {"a": "input", "x": "input", "f = a·x": "output"}
    assert roles(a * x, parameters=[a, x])["a"] == "weight"
    assert roles(a * x, parameters=[a, x])["x"] == "input"
    p, q = Value(0.5, "p"), Value(0.25, "q")
    assert roles(tanh(p * q + 1.0))["p"] == "weight"
    by_names = draw(p * q, {"w1": p, "x1": q}).content["boxes"]
    assert [box["role"] for box in by_names] == ["weight", "input", "output"]


def test_a_folded_box_has_the_role_of_what_it_holds():
    xs = [Value(float(k), f"x{k}") for k in range(1, 301)]
    ws = [Value(1.0, f"w{k}") for k in range(1, 301)]
    picture = draw(tanh(dot(xs, ws)))
    found = boxes(picture)
    assert found["300 inputs"]["role"] == "input"
    assert found["300 inputs"]["texts"][0] == "values 1 … 300"
    grouped = draw(dot(xs, ws), collapse=lambda node: node.label[:1] or None)
    assert {box["title"]: box["role"] for box in grouped.content["boxes"]} == {
        "300 inputs": "input", "300 weights": "weight",
        next(title for title in boxes(grouped) if title.startswith("f")): "output",
    }  # fmt: skip


# Order.


def downwards(picture, wanted):
    found = places(picture)
    rows = [next(y for title, (_, y) in found.items() if title.startswith(name)) for name in wanted]
    return rows == sorted(rows) and len(set(rows)) == len(rows)


@pytest.mark.parametrize("widths", [[4, 4, 1], [3, 1], [5, 2]])
def test_neurons_stand_in_the_order_of_their_numbers(widths):
    model = nn.MLP(4, widths, activation="tanh", seed=1)
    out = model([Value(1.0, f"x{k}") for k in range(1, 5)])
    picture = draw(out, collapse="neuron")
    first = 1
    for width in widths[:-1]:
        names = [f"h{k}".translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")) + " "
                 for k in range(first, first + width)]  # fmt: skip
        assert downwards(picture, names)
        first += width
    assert downwards(picture, ["x₁", "x₂", "x₃", "x₄"])


def test_weights_stand_beside_their_neuron():
    out = nn.MLP(2, [3, 1], activation="tanh", seed=1)([Value(1.0, "x1"), Value(2.0, "x2")])
    picture = draw(out, collapse="op")
    assert downwards(picture, ["w₁", "w₂", "b₁", "w₃", "w₄", "b₂", "w₅", "w₆", "b₃"])
    assert downwards(picture, ["h₁ ", "h₂ ", "h₃ "])
    assert downwards(picture, ["w₁·x₁", "w₃·x₁", "w₅·x₁"])


def test_levels_have_no_more_boxes_than_they_should():
    out = nn.MLP(4, [4, 4, 1], seed=1)([1.0, 2.0, 3.0, 4.0])
    assert len(fold(out, "neuron").boxes) == 4 + 9
    assert re.search(r"layer 1: 4 relu neurons", draw(out, collapse="layer").source)


def test_a_box_is_called_what_its_key_says():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    grouped = draw(tanh(a * b) + a, collapse=lambda node: ("title", "<mine>") if node.op else None)
    assert sorted(boxes(grouped)) == ["<mine>", "a", "b"]
