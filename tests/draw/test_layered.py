"""The layout of our own: nothing overlaps, arrows go where they belong, no program is needed."""

import itertools
import os
import random
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import nn
from autograd import Value, draw, steps, tanh
from autograd.draw import layered, layout, picture
from autograd.draw.layered import lanes
from autograd.draw.layered.ranks import ranks
from autograd.draw.layered.source import Markup, read
from autograd.draw.layered.widths import width
from tests.graphs import chain, graphs, hand

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).parent.parent.parent
SOAK = bool(os.environ.get("SOAK"))


def notes(**how):
    E, _ = hand()
    E.backward()
    return draw(E, engine="layered", **how)


def network(widths, **how):
    out = nn.MLP(3, widths, seed=1)([Value(1.0, f"x{k}") for k in (1, 2, 3)])
    out.backward()
    return draw(out, engine="layered", **how)


def recurrence(rounds, **how):
    w, u, b, h = Value(0.5, "w"), Value(0.3, "u"), Value(0.1, "b"), Value(0.0, "h0")
    for k in range(1, rounds + 1):
        h = tanh(w * Value(k / rounds, f"x{k}") + u * h + b)
        h.label = f"h{k}"
    return draw((h - Value(1.0, "y")) ** 2, engine="layered", **how)


def total(rounds, extra=0, **how):
    """A sum whose steps are drawn once: its last value is that of the next round."""
    s = Value(0.0, "s0")
    for k in range(rounds):
        s = s + Value(k + 1.0, f"x{k}")
    for k in range(extra):
        s = s + Value(1.0, f"b{k}")
    return draw(s, collapse="repeat", engine="layered", **how)


def descent(rounds, **how):
    w, x = Value(1.0, "w"), Value(2.0, "x")
    for _ in range(rounds):
        w = w - 0.1 * (w - x)
    return draw(w, collapse="repeat", engine="layered", **how)


def dot_product(size, **how):
    model = nn.MLP(size, [1], seed=1, elementary=True)
    out = model([0.5] * size)
    out.backward()
    return draw(out, engine="layered", parameters=model.parameters(), **how)


def leaps(size, **how):
    """A chain, and a sum of values from anywhere in it: many long arrows."""
    chance = random.Random(3)
    values = [Value(1.01, "x")]
    for _ in range(size):
        values.append(values[-1] * 1.01)
    y = values[-1]
    for _ in range(size):
        y = y + chance.choice(values)
    return draw(y, collapse="op", engine="layered", **how)


def ladder(rungs, **how):
    x = Value(0.5, "x")
    for k in range(rungs):
        a, b = x * 2.0, x + 1.0
        x = a * b if k % 2 else a + b
    return draw(x, engine="layered", collapse="op", **how)


# What is where in an SVG: rectangles are (left, top, right, bottom).


def corners(shape):
    points = [tuple(map(float, p.split(","))) for p in shape.get("points").split()]
    return [*zip(*points, strict=True)]


def hull(rectangles):
    lefts, tops, rights, bottoms = zip(*rectangles, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def written(text):
    """The rectangle that a line of text covers."""
    x, y, size = (float(text.get(name)) for name in ("x", "y", "font-size"))
    wide = width((text.text or "").strip(" \xa0"), size, bold=text.get("font-weight") == "bold")
    left = x - wide / 2 if text.get("text-anchor") == "middle" else x
    return left, y - 0.72 * size, left + wide, y


def meet(one, other, by=0.01):
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > by
        and min(one[3], other[3]) - max(one[1], other[1]) > by
    )


def within(inner, outer, by=0.01):
    return all(a >= b - by for a, b in zip(inner[:2], outer[:2], strict=True)) and all(
        a <= b + by for a, b in zip(inner[2:], outer[2:], strict=True)
    )


def curve(group):
    """Points along an arrow, from its tail to its tip."""
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", group.find(f".//{SVG}path").get("d"))]
    points = [*zip(numbers[::2], numbers[1::2], strict=True)]
    found = points[:1]
    for k in range(1, len(points), 3):
        a, (b, c, d) = points[k - 1], points[k : k + 3]
        for step in range(1, 9):
            t = step / 8
            s = 1 - t
            found.append(
                tuple(
                    s**3 * a[i] + 3 * s * s * t * b[i] + 3 * s * t * t * c[i] + t**3 * d[i]
                    for i in (0, 1)
                )
            )
    head = group.find(f".//{SVG}polygon")
    return [*found, tuple(map(float, head.get("points").split()[1].split(",")))]


def shapes(svg):
    """The boxes by key, the arrows as (tail, head, points, label), the frames by name."""
    boxes, arrows, frames = {}, [], {}
    for group in ET.fromstring(svg).iter(f"{SVG}g"):
        kind = group.get("class", "none").split()[0]
        title = group.find(f"{SVG}title")
        if kind == "node":
            boxes[title.text] = hull([*map(rectangle, group.iter(f"{SVG}polygon"))])
            for text in group.iter(f"{SVG}text"):
                assert within(written(text), boxes[title.text]), text.text
        elif kind == "edge":
            label = group.find(f"{SVG}text")
            tail, head = title.text.split("->")
            arrows.append((tail, head, curve(group), None if label is None else written(label)))
        elif kind == "cluster" and group.find(f".//{SVG}path") is not None:
            numbers = re.findall(r"-?[\d.]+", group.find(f".//{SVG}path").get("d"))
            points = [*map(float, numbers)]
            frames[title.text] = (
                min(points[::2]), min(points[1::2]), max(points[::2]), max(points[1::2])
            )  # fmt: skip
    return boxes, arrows, frames


def titles(svg):
    """The titles of frames by name: what they cover, and whether they stand above the arrows."""
    found, arrows = {}, False
    for group in ET.fromstring(svg).iter(f"{SVG}g"):
        arrows = arrows or group.get("class", "").startswith("edge")
        text = group.find(f".//{SVG}text")
        if group.get("class") == "cluster" and text is not None:
            papers = [
                rectangle(paper)
                for paper in group.iter(f"{SVG}polygon")
                if paper.get("fill") == "white"
            ]
            clear = arrows and any(within(written(text), paper) for paper in papers)
            found[group.find(f"{SVG}title").text] = written(text), clear
    return found


def rectangle(polygon):
    x, y = corners(polygon)
    return min(x), min(y), max(x), max(y)


def through(points, area, by):
    """The points that lie in a rectangle, further than that from its sides."""
    left, top, right, bottom = area
    return [(x, y) for x, y in points if left + by < x < right - by and top + by < y < bottom - by]


def check(picture):
    """All that a layout promises."""
    svg = picture.svg()
    layout.read(svg)
    boxes, arrows, frames = shapes(svg)
    for covered, above in titles(svg).values():
        assert above or not any(through(points, covered, 0.5) for _, _, points, _ in arrows)
    content = picture.content
    along = 1 if content["direction"] == "TB" else 0
    assert boxes.keys() == {box["key"] for box in content["boxes"]}
    wanted = [(arrow["tail"], arrow["head"]) for arrow in content["arrows"]]
    assert sorted(arrow[:2] for arrow in arrows) == sorted(wanted)
    for one, other in itertools.combinations(boxes.values(), 2):
        assert not meet(one, other)
    labels = [label for *_, label in arrows if label is not None]
    assert len(labels) == sum(bool(arrow["label"].strip()) for arrow in content["arrows"])
    for one, other in itertools.combinations(labels, 2):
        assert not meet(one, other)
    for label in labels:
        assert not any(meet(label, box) for box in boxes.values())
    carried = {(a["tail"], a["head"]) for a in content["arrows"] if a["carried"]}
    for tail, head, points, _ in arrows:
        if (tail, head) not in carried:
            assert boxes[tail][2 + along] < boxes[head][along]
            assert points[0][along] == pytest.approx(boxes[tail][2 + along], abs=2)
            assert points[-1][along] == pytest.approx(boxes[head][along], abs=2)
        around = hull([(x, y, x, y) for x, y in points])
        for key, box in boxes.items():
            if meet(around, box):
                assert not through(points, box, 1), (tail, head, key)
    graph = read(picture.source)
    for tail, head, points, label in arrows:
        if tail == head and tail in graph.inside:  # a loop, off its label and in its frame
            around = hull([(x, y, x, y) for x, y in points])
            assert within(around, frames[graph.frames[graph.inside[tail]].name])
            assert within(label, frames[graph.frames[graph.inside[tail]].name])
            assert not through(points, label, 0.5)
    for place, frame in enumerate(graph.frames):
        if frame.name not in frames:
            continue
        for key, box in boxes.items():
            path, at = [], graph.inside.get(key)
            while at is not None:
                path.append(at)
                at = graph.frames[at].parent
            if place in path:
                assert within(box, frames[frame.name])
            else:
                assert not meet(box, frames[frame.name]), (key, frame.name)
    return boxes


PICTURES = {
    "notes": notes,
    "notes, named": lambda **how: notes(collapse="named", **how),
    "notes, forward": lambda **how: notes(gradients=False, **how),
    "ladder": lambda **how: ladder(8, **how),
    "values": lambda **how: network([4, 4, 1], collapse="op", **how),
    "neurons": lambda **how: network([4, 4, 1], collapse="neuron", **how),
    "layers": lambda **how: network([4, 4, 1], collapse="layer", **how),
    "many neurons": lambda **how: network([9, 7, 1], collapse="neuron", **how),
    "rounds": lambda **how: recurrence(12, **how),
    "each round": lambda **how: recurrence(12 if SOAK else 6, collapse="op", **how),
    "parts": lambda **how: draw(chain(200)[1], engine="layered", **how),
    "loop": lambda **how: total(8, 1, **how),
    "loops": lambda **how: descent(8, **how),
    "loop among others": lambda **how: dot_product(8, collapse="repeat", **how),
}


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", PICTURES)
def test_nothing_overlaps(name, direction):
    check(PICTURES[name](direction=direction))


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", ["notes", "values", "neurons", "each round", "loops"])
def test_nothing_overlaps_where_long_arrows_go_outside(name, direction, monkeypatch):
    monkeypatch.setattr(lanes, "MOST_PLACES", 10)
    check(PICTURES[name](direction=direction))


@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_no_arrow_leads_through_a_box_however_many_are_long(direction, monkeypatch):
    if not SOAK:
        monkeypatch.setattr(lanes, "MOST_PLACES", 300)
    check(leaps(145 if SOAK else 25, direction=direction))


@settings(
    max_examples=50 if SOAK else 12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(graphs(), st.sampled_from(["LR", "TB"]), st.booleans(), st.sampled_from(["op", "named"]))
def test_nothing_overlaps_in_any_graph(root, direction, gradients, level):
    drawn = draw(
        root, direction=direction, gradients=gradients, collapse=level, engine="layered",
        errors=gradients, highlight=root,
    )  # fmt: skip
    check(drawn)
    assert drawn.svg() == drawn.svg()


@settings(
    max_examples=20 if SOAK else 4, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(st.integers(20, 120), st.integers(0, 10**6), st.sampled_from(["LR", "TB"]))
def test_nothing_overlaps_in_large_graphs(size, seed, direction):
    chance = random.Random(seed)
    values = [Value(1.0, f"a{k}") for k in range(max(2, size // 6))]
    while len(values) < size:
        left, right = chance.choice(values[-10:]), chance.choice(values)
        values.append(chance.choice([left * right, left + right, tanh(left), left - right]))
    root = sum(values[-size // 4 :])
    root.backward()
    check(draw(root, collapse="op", direction=direction, engine="layered"))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30))
@example([(0, 1), (1, 2), (2, 0), (3, 3)])
def test_ranks_go_up_and_are_short(pairs):
    arcs = [(min(a, b), max(a, b)) for a, b in pairs if a != b]
    found = ranks(12, arcs)
    assert all(found[a] < found[b] for a, b in arcs)
    # No box can move by one and shorten what it is joined to: for a tree of tight arcs that is all.
    for v in range(12):
        into, out = [a for a, b in arcs if b == v], [b for a, b in arcs if a == v]
        if len(into) > len(out):
            assert any(found[v] - found[a] == 1 for a in into)
        if len(out) > len(into):
            assert any(found[b] - found[v] == 1 for b in out)


def test_ranks_of_circles_and_of_groups():
    assert sorted(ranks(3, [(0, 1), (1, 2), (2, 0)])) == [0, 1, 2]
    assert ranks(4, [(0, 1), (2, 3)], [[1, 2]]) == [0, 1, 1, 2]
    assert ranks(3, [(0, 1), (1, 2)], [[0, 2]]) == [0, 1, 2]  # who cannot stand abreast does not


def crossing(picture):
    """How many pairs of arrows cross, by the points along them."""
    _, arrows, _ = shapes(picture.svg())
    lines = [[*itertools.pairwise(points)] for _, _, points, _ in arrows]

    def side(a, b, c):
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    def cut(one, other):
        (a, b), (c, d) = one, other
        return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0

    return sum(
        any(cut(x, y) for x in one for y in other)
        for one, other in itertools.combinations(lines, 2)
    )


@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_what_can_be_drawn_without_crossings_is(direction):
    assert crossing(notes(direction=direction)) == 0
    assert crossing(ladder(10, direction=direction)) == 0
    assert crossing(network([1], collapse="op", direction=direction)) == 0


def test_operands_and_neurons_are_in_order():
    boxes = check(notes())
    assert boxes["n0"][1] < boxes["n1"][1] < boxes["n3"][1] < boxes["n4"][1]
    drawn = network([4, 2, 1], collapse="op")
    boxes = check(drawn)
    titles = {box["title"]: boxes[box["key"]][1] for box in drawn.content["boxes"]}
    for names in (("w₁", "w₂", "w₃", "b₁", "w₄"), ("x₁", "x₂", "x₃")):
        rows = [titles[name] for name in names]
        assert rows == sorted(rows)


def groups(svg):
    """Each group of an SVG: its classes, its title, and what is written in it."""
    found = []
    for group in ET.fromstring(svg).iter(f"{SVG}g"):
        if group.get("class", "graph") != "graph":
            texts = [(text.text or "").strip("\xa0 ") for text in group.iter(f"{SVG}text")]
            links = [a.get("{http://www.w3.org/1999/xlink}title") for a in group.iter(f"{SVG}a")]
            polygons = sorted(
                (
                    p.get("fill"),
                    p.get("stroke"),
                    p.get("stroke") != "none" and p.get("stroke-width", ""),
                )
                for p in group.iter(f"{SVG}polygon")
                if (p.get("fill"), p.get("stroke")) != ("white", "none")  # behind a title
            )
            shown = group.find(f"{SVG}title").text
            found.append((group.get("class"), shown, texts, links, polygons))
    return sorted(found, key=lambda group: group[:2])


@pytest.mark.parametrize("how", [{}, {"direction": "TB", "title": "A & b"}, {"errors": True}])
def test_it_writes_what_the_program_writes(how):
    if picture.pure() is None:
        pytest.skip("graphviz-pure is not installed")
    E, v = hand()
    for root, more in (
        (E, {"highlight": v["w1"]}), (E, {"collapse": "named"}),
        (nn.MLP(2, [3, 1], seed=1)([1.0, 2.0]), {"collapse": "op"}),
    ):  # fmt: skip
        ours, theirs = draw(root, engine="layered", **how, **more), draw(root, **how, **more)
        assert ours.source == theirs.source
        assert groups(ours.svg()) == groups(theirs.svg())


# Without a program.


@pytest.fixture
def alone(monkeypatch):
    monkeypatch.setattr(picture, "pure", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)


def test_all_is_shown_without_a_program(alone, tmp_path):
    E, _ = hand()
    E.backward()
    drawn = draw(E)
    assert drawn.svg() == notes().svg()
    kinds = {"image/svg+xml", "text/html", "text/plain", "application/pdf"}
    assert set(drawn._repr_mimebundle_()) == kinds
    for suffix in ("svg", "pdf", "tex", "mmd", "json", "gv"):
        path = tmp_path / f"e.{suffix}"
        assert drawn.save(path) == str(path)
        assert path.stat().st_size > 500
        rendered = drawn.render(outfile=tmp_path / f"r.{suffix}", cleanup=True)
        assert Path(rendered).read_bytes() == path.read_bytes()
    assert drawn.pipe(format="svg", encoding="utf-8") == drawn.svg()
    page = steps(E)._repr_mimebundle_()["text/html"]
    assert "cr-picture" in page
    assert "<p>No picture" not in page
    steps(E).save(tmp_path / "steps.html")
    assert "@keyframes" in Path(steps(E).save(tmp_path / "moving.svg")).read_text("utf-8")
    assert nn.draw(nn.MLP(2, [3, 1], seed=1)).svg().count("<ellipse") == 6


def test_what_it_cannot_write_it_says(alone):
    for kind in ("png", "gif", "webp", "jpg"):
        way = rf"writes no {kind}: pip install graphviz-pure, or write \.svg, .* or \.gv"
        with pytest.raises(RuntimeError, match=way):
            notes().pipe(format=kind)
    with pytest.raises(RuntimeError, match=r"no gif: pip .*, or write \.html or \.svg$"):
        steps(hand()[0]).save("pass.gif")
    with pytest.raises(RuntimeError, match="no dot on the PATH"):
        draw(hand()[0], engine="dot").pipe(format="svg")
    with pytest.raises(ValueError, match=r"unknown engine: 'dots'.*'dot'.*'layered'"):
        draw(hand()[0], engine="dots")


def test_it_says_what_else_can_write(monkeypatch):
    monkeypatch.setattr(picture, "pure", lambda: "/bin/graphviz-pure")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    for kind in ("png", "gif", "jpg"):
        with pytest.raises(RuntimeError, match=f"writes no {kind}: leave engine out, or"):
            notes().pipe(kind)
    with pytest.raises(RuntimeError, match="writes no eps: install Graphviz"):
        notes().pipe("eps")
    assert notes().pipe("gv", encoding="utf-8") == notes().source
    assert notes().pipe("dot") == notes().source.encode()


def test_it_is_used_where_it_is_asked_for(tmp_path):
    drawn = notes()
    E, _ = hand()
    E.backward()
    assert drawn.engine == "layered"
    assert drawn.copy().svg() == drawn.svg() == draw(E).pipe("svg", engine="layered").decode()
    assert draw(E).pipe("pdf", engine="layered") == drawn.pipe("pdf")
    path = draw(E).render(outfile=tmp_path / "e.svg", engine="LAYERED", cleanup=True)
    assert Path(path).read_text("utf-8") == drawn.svg()
    assert "image/png" not in drawn._repr_mimebundle_()


def test_a_platform_without_a_folder_of_the_users_has_no_program(monkeypatch):
    def missing(key):
        raise ValueError(f"{key!r} returned 'posix_user' with scheme dict_keys([])")

    monkeypatch.setattr(picture.sysconfig, "get_preferred_scheme", missing)
    monkeypatch.setattr(picture.sysconfig, "get_path", lambda name: "/nowhere")
    monkeypatch.setattr(picture.sys, "executable", "/nowhere/python")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert picture.pure() is None


def test_bytes_do_not_depend_on_the_hash_seed():
    names = [*PICTURES] if SOAK else ["notes, named", "neurons", "loops"]
    script = (
        "import hashlib; from tests.draw.test_layered import *;"
        f"all = ''.join(PICTURES[name]().svg() for name in {names});"
        "print(hashlib.sha256(all.encode()).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, check=True, cwd=ROOT,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(found) == 1


def test_graphs_of_any_size_are_laid_out():
    size = 300 if SOAK else 120
    x, root = chain(size)
    for k in range(size):
        root = root + Value(k, f"x{k}") if k % 2 else root * x
    drawn = draw(root, collapse="op", engine="layered")
    assert drawn.svg().count('class="node') == len(drawn.content["boxes"]) > 2 * size
    assert layered.svg("digraph {}").startswith("<?xml")


# DOT text.


def test_dot_text_is_read_as_it_is_written():
    graph = read(
        'digraph "a b" { graph [rankdir=LR label="x\\"y"] node [shape=box]\n // a comment\n'
        'a [label=<<B>1 &lt; 2</B>>]; a -> b -> "c d" [class=k]\n'
        "subgraph cluster_1 { label=one node [color=red] d subgraph cluster_2 { e } }\n"
        "{ rank=same a d } b:port -> e }"
    )
    assert graph.attributes == {"rankdir": "LR", "label": 'x"y'}
    assert [*graph.boxes] == ["a", "b", "c d", "d", "e"]
    assert graph.boxes["a"] == {"shape": "box", "label": Markup("<B>1 &lt; 2</B>")}
    assert graph.boxes["e"] == {"shape": "box", "color": "red"}
    assert [(a.tail, a.head) for a in graph.arrows] == [("a", "b"), ("b", "c d"), ("b", "e")]
    assert [(frame.name, frame.parent) for frame in graph.frames] == [
        ("cluster_1", None), ("cluster_2", 0)
    ]  # fmt: skip
    assert graph.inside == {"d": 0, "e": 1}
    assert graph.same == [["a", "d"]]
    with pytest.raises(ValueError, match="no DOT text"):
        read("hello")
    with pytest.raises(ValueError, match="never closed"):
        read("digraph { a [label=<<B>x] }")


def test_what_a_user_adds_is_drawn():
    drawn = notes()
    drawn.node("more", "two\nlines", shape="box")
    drawn.edge("n12", "more", label="then")
    drawn.edge("more", "n12")
    svg = drawn.svg()
    assert ">two<" in svg
    assert ">lines<" in svg
    assert ">then<" in svg
    drawn.node("wrong", "<<B>x>")
    with pytest.raises(RuntimeError, match="the layered layout could not draw this"):
        drawn.svg()
    assert "text/plain" in drawn._repr_mimebundle_()
