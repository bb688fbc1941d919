"""Pictures: what the DOT text says, that anything can be drawn, and with what."""

import html
import os
import re
import shutil
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings

from autograd import Value, draw, relu, tanh, where
from autograd.draw import picture
from autograd.draw.folding import LEVELS, fold
from tests.graphs import ANY_LABEL, chain, graphs, hand
from tests.soaking import asked

HERE = Path(__file__).parent
SVG = "{http://www.w3.org/2000/svg}"


def square():
    a = Value(3, "a")
    return a * a


def neuron():
    from nn import Neuron

    return Neuron.of([1, -2], 3, "tanh")([Value(0.5, "x1"), Value(0.25, "x2")])


def network():
    from nn import MLP, Layer

    layers = [Layer.of([[1, -2], [3, 1]], [0, 1], "relu"), Layer.of([[2, -1]], [1])]
    return (MLP.of(layers)([Value(1, "x1"), Value(2, "x2")]) - 1) ** 2


def small():
    x = Value(1e-6, "x")
    return where(x, 2 * x, x) - Fraction(1, 3)


GOLDEN = {
    "hand": lambda: hand()[0],
    "square": square,
    "neuron": neuron,
    "network": network,
    "small": small,
}


@pytest.mark.parametrize("name", GOLDEN)
def test_the_dot_text_is_the_golden_one(name):
    root = GOLDEN[name]()
    waiting = draw(root).source
    root.backward()
    found = waiting + draw(root).source + draw(root, collapse="named").source
    path = HERE / "golden" / f"{name}.gv"
    if "GOLDEN" in os.environ:  # GOLDEN=1 python -m pytest … writes them anew, for a review
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


def texts(svg):
    """The texts of each box and each arrow of an SVG, by class."""
    found = {}
    for group in ET.fromstring(svg).iter(f"{SVG}g"):
        kind, *classes = group.get("class", "none").split()
        if kind in ("node", "edge"):
            lines = [text.text.strip("\xa0 ") for text in group.iter(f"{SVG}text")]
            found[classes[-1] if kind == "edge" else classes[0]] = lines
    return found


def test_the_hand_calculation_has_13_boxes_from_left_to_right():
    E, _ = hand()
    E.backward()
    drawn = draw(E)
    found = texts(drawn.svg())
    boxes = [name for name in found if name.startswith("n")]
    assert len(boxes) == 13
    assert found["n12"] == ["E = (ŷ − y)²/2", "value 18.605", "grad 1"]
    assert found["n1"] == ["w₁", "value 0.4", "grad −15.25"]
    assert found["e8-0"] == ["0.5"]
    assert found["e8-1"] == ["3.8"]
    plain = drawn.pipe(format="plain", encoding="utf-8").splitlines()
    left = {row.split()[1]: float(row.split()[2]) for row in plain if row.startswith("node")}
    arrows = [row.split()[1:3] for row in plain if row.startswith("edge")]
    assert all(left[tail] < left[head] for tail, head in arrows)


def test_gradients_are_a_dash_before_backward():
    E, v = hand()
    assert "grad –" in draw(E).source
    E.backward()
    assert "grad –" not in draw(E).source
    assert "grad 0<" not in draw(E).source
    lonely = v["w1"] * 2
    assert texts(draw(lonely).svg())["n0"][2] == "grad −15.25"  # a leaf has what it has


def test_numbers_keep_their_significant_digits():
    x = Value(1e-6, "x")
    assert "value 1e−6" in draw(x * 1.0).source
    y = Value(123456.789123, "y")
    assert "value 123457" in draw(y * 1.0).source
    z = Value(Fraction(1, 3), "z")
    assert "value 1/3" in draw(z * 1).source


def test_both_arrows_of_a_square_are_drawn():
    assert draw(square()).source.count("n0 -> n1") == 2


def test_operands_are_in_order():
    a, b = Value(2, "a"), Value(3, "b")
    picture_of = draw(a - b)
    assert "ordering=in" in picture_of.source
    assert picture_of.source.index("n0 -> n2") < picture_of.source.index("n1 -> n2")


def test_constants_are_part_of_the_expression():
    x = Value(3, "x")
    assert texts(draw(2 * x + 1).svg())["n2"][0] == "f = 2·x + 1"


def test_colours_tell_the_roles():
    E, _v = hand()
    source = draw(E).source
    roles = {0: "input", 1: "weight", 2: "intermediate", 9: "target", 12: "output"}
    for index, role in roles.items():
        assert f'class="n{index} {role}"' in source
    a = Value(2, "a")
    assert 'class="n0 input"' in draw(a * 3).source
    assert 'class="n0 weight"' in draw(a * 3, parameters=[a]).source
    colours = set(re.findall(r'="(#[^"]*)"', source))
    assert all(len(colour) == 7 for colour in colours)  # Graphviz 2.43 draws #eef black


def test_names_for_one_call():
    a, b = Value(2), Value(3, "b")
    product = a * b
    assert "alpha" not in draw(product).source
    found = texts(draw(product, {"alpha": a, "beta": b, "_": a}).svg())
    assert [found[box][0] for box in ("n0", "n1", "n2")] == ["α", "β", "f = α·β"]


# Any graph, any label.


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs())
@example(Value(-0.0, " "))
@example(Value(2.0, "\t") * Value(3.0, " "))
def test_any_graph_draws_at_any_level(root):
    for level in LEVELS:
        source = draw(root, collapse=level).source
        assert source == draw(root, collapse=level).source
    ET.fromstring(draw(root).svg())


@settings(max_examples=60, deadline=None)
@given(ANY_LABEL)
@example('<>|{}"\\&')
@example("two\nlines")
@example("\\N \\G \\l")
@example("$x$")
@example("\x00\x1b")
@example("a\tb\u00adc\u200cd")
@example("\ud800")
def test_any_label_survives(label):
    from autograd.formula import notation

    value = Value(2, label)
    *title, _, _ = texts(draw(value * value).svg())["n0"]
    wanted = notation.pretty(label) if label else "x₁"
    # What formats text and shows nothing is dropped, except for what joins letters.
    seen = "".join(c for c in wanted if unicodedata.category(c) != "Cf" or c in "\u200c\u200d")
    kept = "\u200c\u200d"
    seen = "".join(c if c.isprintable() or c.isspace() or c in kept else "�" for c in seen)
    assert " ".join(title).split() == seen.split()


def test_the_same_graph_gives_the_same_bytes():
    first, second = (draw(hand()[0]) for _ in range(2))
    assert first.source == second.source
    assert first.svg() == second.svg()
    assert first.png() == second.png()


def test_bytes_do_not_depend_on_the_hash_seed():
    script = (
        "import hashlib; from autograd import draw, steps; from tests.graphs import hand;"
        "E, _ = hand(); print(hashlib.sha256((draw(E).svg() + str(steps(E)) +"
        "steps(E)._repr_mimebundle_()['text/html']).encode()).hexdigest())"
    )
    root = HERE.parent.parent
    found = {
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            capture_output=True, text=True, check=True, cwd=root,
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(found) == 1


# Large graphs.


def test_neurons_and_layers_are_frames():
    source = draw(network()).source
    assert 'label="layer 1"' in source
    assert source.count('label="relu neuron"') == 2
    assert "subgraph" not in draw(hand()[0]).source


def test_levels_of_a_network():
    root = network()
    by_level = {level: fold(root, level) for level in LEVELS}
    assert len(by_level["neuron"].boxes) == 2 + 3 + 2  # inputs, neurons, the error
    kinds = [box.kind for box in by_level["layer"].boxes]
    assert kinds.count("layer") == 2
    [slope] = [
        arrow.slope
        for arrow in by_level["neuron"].arrows
        if arrow.head.shown is not None and arrow.head.shown.label == "yhat"
        and arrow.tail.shown.label == "h2"
    ]  # fmt: skip
    assert slope == -1
    assert "h₁ = relu neuron" in draw(root, collapse="neuron").source
    assert "layer 1: 2 relu neurons" in draw(root, collapse="layer").source


def test_micrograd_neurons_are_neurons_too():
    w = [Value(1.0, "w1"), Value(-1.0, "w2")]
    x = [Value(2.0, "x1"), Value(3.0, "x2")]
    out = sum((wi * xi for wi, xi in zip(w, x, strict=True)), Value(0.5, "b")).tanh()
    kinds = sorted(box.kind for box in fold(out, "neuron").boxes)
    assert kinds == ["neuron", "value", "value"]


def test_samples_share_the_box_of_their_layer():
    from nn import MLP

    model = MLP(2, [4, 1], seed=1)
    loss = sum(relu(1 - model([k / 10, 1.0])) for k in range(12)) * (1 / 12)
    source = draw(loss).source
    assert "layer 1: 4 relu neurons, 12 times" in source
    assert "layer 2: 1 linear neuron, 12 times" in source


def test_a_function_chooses_the_boxes():
    E, _ = hand()
    folded = fold(E, lambda node: "leaves" if node.op is None else None)
    assert [len(box.members) for box in folded.boxes] == [6, 1, 1, 1, 1, 1, 1, 1]
    leaves = draw(E, collapse=lambda node: "leaves" if node.op is None else None).source
    assert "2 inputs, 3 weights, 1 target" in leaves


def test_a_box_that_several_values_leave_shows_none_of_them():
    x = Value(2, "x")
    a, b = 2 * x, 3 * x
    root = a * b
    (both,) = [box for box in fold(root, lambda v: "both" if v in (a, b) else None).boxes
               if len(box.members) == 2]  # fmt: skip
    assert both.shown is None
    inner = a * 5
    (one,) = [box for box in fold(inner, lambda v: "both" if v in (x, a) else None).boxes
              if len(box.members) == 2]  # fmt: skip
    assert one.shown is a


def test_an_arrow_of_a_branch_not_taken_has_the_slope_0():
    folded = fold(Value(1.0, "x").maximum(Value(2.0, "y")), "op")
    assert [repr(arrow.slope) for arrow in folded.arrows] == ["0", "1"]


def test_a_leaf_stands_in_the_block_that_uses_it_first():
    x, last = chain(200)
    root = (last * x).tanh() * 2
    (own,) = [box for box in fold(root, "block").boxes if x in box.members]
    assert any(x in node.parents for node in own.members)
    assert not {last, *last.parents} & {*own.members} - {x}


def test_parameters_that_a_penalty_uses_have_a_box():
    from nn import Neuron

    neuron = Neuron.of([1, -2], 3, "tanh")
    weights, x = neuron.parameters(), [Value(0.5, "x1"), Value(0.25, "x2")]
    alone, penalized = (fold(root, "neuron") for root in (
        neuron(x) ** 2, neuron(x) ** 2 + weights[0] ** 2))  # fmt: skip
    assert alone.hidden == 3 and "parameters" not in [box.kind for box in alone.boxes]
    (box,) = [box for box in penalized.boxes if box.kind == "parameters"]
    assert (box.members, penalized.hidden) == ([weights[0]], 2)


def test_unknown_levels_are_refused():
    with pytest.raises(ValueError, match=r"'everything'.*op.*named.*neuron.*layer.*block"):
        draw(square(), collapse="everything")
    with pytest.raises(TypeError, match="a graph starts at a Value, not float"):
        draw(3.0)


def test_large_graphs_collapse_by_themselves():
    from nn import MLP

    for root in (tanh(MLP(2, [16, 16, 1], seed=1)([1.0, 2.0])), chain(3000)[1]):
        assert len(fold(root).boxes) <= 40


def test_three_thousand_boxes_are_laid_out():
    _, root = chain(1500)
    for k in range(1500):
        root = root + Value(k, f"x{k}") if k % 2 else root * root
    folded = fold(root, "op")
    assert len(folded.boxes) > 3000
    assert draw(root, collapse="op").svg().count('class="node') == len(folded.boxes)


def test_a_chain_of_a_million_collapses():
    size = asked(10**5, 10**6)
    _x, root = chain(size)
    root.backward()
    drawn = draw(root)
    assert repr(drawn) == "<picture of a value: 9 boxes, 8 arrows>"
    counts = [int(found) for found in re.findall(r"(\d+) mul", drawn.source)]
    assert sum(counts) == size - 1  # the root has a box of its own
    assert drawn.svg().startswith("<?xml")


# Programs.


def test_nothing_but_the_wheel_is_needed(tmp_path, monkeypatch):
    """With an empty PATH there is no dot, and the notes' picture and a network's are drawn."""
    monkeypatch.setenv("PATH", str(tmp_path))
    E, _ = hand()
    for name, root in (("hand", E), ("network", network())):
        drawn = draw(root)
        for suffix in ("svg", "png"):
            path = Path(drawn.render(outfile=tmp_path / f"{name}.{suffix}", cleanup=True))
            assert path.stat().st_size > 1000
            assert path.read_bytes() == drawn.pipe(format=suffix)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "hand.png", "hand.svg", "network.png", "network.svg"
    ]  # fmt: skip
    assert draw(E).pipe(format="pdf").startswith(b"%PDF-")
    with pytest.raises(RuntimeError, match="writes no eps: install Graphviz"):
        draw(E).render(outfile=tmp_path / "e.eps", cleanup=True)
    with pytest.raises(RuntimeError, match="no dot on the PATH"):
        draw(E, engine="dot").pipe(format="svg")
    assert set(draw(E, engine="dot")._repr_mimebundle_()) == {
        "text/html", "image/svg+xml", "image/png", "application/pdf", "text/plain"
    }  # fmt: skip


def test_a_repr_never_raises(monkeypatch):
    """Where nothing can draw, not even our own layout, it is the DOT text and what to install."""

    def broken(source):
        raise ValueError("no")

    monkeypatch.setattr(picture, "pure", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(picture.layered, "svg", broken)
    drawn = draw(square())
    bundle = drawn._repr_mimebundle_()
    assert set(bundle) == {"text/plain"}
    assert bundle["text/plain"].startswith("digraph")
    assert "pip install graphviz-pure" in bundle["text/plain"]
    assert repr(drawn) == "<picture of f: 2 boxes, 2 arrows>"
    with pytest.raises(RuntimeError, match="the layered layout could not draw this: no"):
        drawn.pipe(format="svg")
    from autograd import steps

    shown = steps(square())._repr_mimebundle_()["text/html"]
    assert "the layered layout could not draw this" in shown


def test_it_is_a_digraph_as_users_know_it(tmp_path):
    import graphviz

    drawn = draw(square())
    assert isinstance(drawn, graphviz.Digraph)
    saved = drawn.save(tmp_path / "a.gv")
    assert Path(saved).read_text(encoding="utf-8") == drawn.source == str(drawn)
    rendered = drawn.render(tmp_path / "b.gv", format="svg")
    assert rendered == str(tmp_path / "b.gv.svg")
    assert drawn.pipe(format="svg", encoding="utf-8") == Path(rendered).read_text(encoding="utf-8")
    with pytest.raises(graphviz.FileExistsError):
        drawn.render(outfile=tmp_path / "b.gv.svg", raise_if_result_exists=True)
    copied = drawn.copy()
    assert copied.source == drawn.source
    bundle = drawn._repr_mimebundle_(include=["image/svg+xml"])
    assert set(bundle) == {"image/svg+xml"}
    assert "image/png" not in drawn._repr_mimebundle_(exclude=["image/png"])


def test_an_installed_graphviz_is_used_where_it_is_asked_for(tmp_path, monkeypatch):
    """A program called dot that says how it was called stands for the installed one."""
    program = tmp_path / "dot"
    program.write_text(f"#!{sys.executable}\nimport sys\nsys.stdin.read()\nprint(sys.argv[1:])\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    E, _ = hand()
    assert draw(E, engine="dot").pipe(format="svg") == b"['-Kdot', '-Tsvg']\n"
    assert draw(E).pipe(format="svg", engine="neato") == b"['-Kneato', '-Tsvg']\n"
    assert draw(E).pipe(format="eps") == b"['-Kdot', '-Teps']\n"  # what the wheel cannot write
    assert draw(E, engine="dot").pipe(format="pdf") == b"['-Kdot', '-Tpdf']\n"
    assert draw(E).pipe(format="svg").startswith(b"<?xml")


def test_tooltips_have_the_numbers_in_full():
    x = Value(1 / 3, "x")
    assert f"value {1 / 3:.12g}" in html.unescape(draw(x * 1.0).source)


def test_a_value_that_no_backward_pass_has_seen_has_no_gradient_beside_one_that_has():
    a, b = Value(2, "a"), Value(3, "b")
    (a * b).backward()
    for roots in ([a * b, b], [b, a * b]):
        cells = {box["title"]: box["texts"] for box in draw(roots).content["boxes"]}
        assert cells["f₁ = a·b"] == ["value 6", "grad –"]
        assert cells["b"] == ["value 3", "grad 2"]
    d = a * 0 * b
    a.grad = b.grad = 0
    d.backward()  # finds that those of a and b are 0
    seen, new = (box["texts"][1] for box in draw([d, b * 5], collapse="op").content["boxes"][-2:])
    assert (seen, new) == ("grad 1", "grad –")
    found = {box["title"]: box["texts"][1] for box in draw(d).content["boxes"]}
    assert found["a"] == found["b"] == "grad 0"


def test_digits_reach_the_numbers_in_titles():
    z = Value(1e-300, "z") * 123456789.123456
    titles = [draw(z, digits=digits).content["boxes"][-1]["title"] for digits in (None, 3, 17)]
    assert titles == ["f = z·(1.23457e8)", "f = z·(1.23e8)", "f = z·123456789.123456"]


@pytest.mark.parametrize("name", ["names", "engine", "parameters", "digits", "highlight", "title"])
def test_an_argument_that_is_none_is_named(name):
    wrong = "x" if name == "digits" else 7
    with pytest.raises(TypeError, match=rf"^{name} (is|are) .*, not (int|str) {wrong!r}$"):
        draw(Value(2, "a") * 3, **{name: wrong})
