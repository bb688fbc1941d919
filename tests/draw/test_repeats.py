"""Repeats: what is done in every round is drawn once."""

import re
from functools import partial, reduce
from operator import add

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import Value, cos, draw, mean, sin, tanh, topological
from autograd.draw.folding import fold
from autograd.draw.repeats import repeats
from autograd.formula.notation import pretty
from tests.graphs import chain

DOWN = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


FUNCTIONS = {"sin", "cos", "tanh", "add", "sub", "mul", "power", "sum", "value", "input", "inputs"}


def recurrence(steps, labels=True):
    w, u, b = Value(0.5, "w"), Value(0.3, "u"), Value(0.1, "b")
    h = Value(0.0, "h0")
    for k in range(1, steps + 1):
        h = tanh(w * Value(k / steps, f"x{k}" if labels else "") + u * h + b)
        if labels:
            h.label = f"h{k}"
    return (h - Value(1.0, "y")) ** 2


def samples(count, summed):
    w, b = Value(2.0, "w"), Value(0.5, "b")
    errors = [(w * Value(k / 10, f"x{k}") + b - Value(k / 5, f"y{k}")) ** 2 for k in range(count)]
    return summed(errors)


def by_title(root, **how):
    picture = draw(root, **how)
    return {box["title"]: box for box in picture.content["boxes"]}, picture.content


@pytest.mark.parametrize("steps", [10, 25])
def test_the_steps_of_a_recurrence_are_drawn_once(steps):
    boxes, content = by_title(recurrence(steps))
    assert content["level"] == "repeat"
    assert [frame["title"] for frame in content["frames"]] == [f"× {steps}"]
    for title in ("xₜ", "w·xₜ", "u·hₜ₋₁", "hₜ = tanh(w·xₜ + u·hₜ₋₁ + b)"):
        assert boxes[title]["times"] == steps
    assert boxes["xₜ"]["role"] == "input"
    assert {boxes[name]["role"] for name in ("w", "u", "b")} == {"weight"}
    [carried] = [arrow for arrow in content["arrows"] if arrow["carried"]]
    assert carried["tail"] == boxes["hₜ = tanh(w·xₜ + u·hₜ₋₁ + b)"]["key"]
    assert carried["head"] == boxes["u·hₜ₋₁"]["key"]
    assert carried["uses"] == steps - 1
    assert boxes["h₀"]["times"] == 1


@pytest.mark.parametrize("summed", [sum, mean, partial(reduce, add)])
def test_samples_are_drawn_once(summed):
    boxes, content = by_title(samples(10, summed))
    assert content["level"] == "repeat"
    assert [frame["title"] for frame in content["frames"]] == ["× 10"]
    times = {title: box["times"] for title, box in boxes.items() if box["times"] > 1}
    assert list(times.values()).count(10) >= 5
    assert {box["role"] for box in boxes.values() if box["title"] in ("w", "b")} == {"weight"}
    leaves = [box for box in boxes.values() if box["role"] in ("input", "target")]
    assert sorted(box["role"] for box in leaves) == ["input", "target"]
    assert all(box["members"] == 10 for box in leaves)


def test_nothing_is_lost_and_nothing_drawn_twice():
    root = recurrence(12, labels=False)
    content = draw(root, collapse="repeat").content
    assert sum(box["members"] for box in content["boxes"]) == len(topological(root))
    edges = sum(len(node.parents) for node in topological(root))
    assert sum(arrow["uses"] for arrow in content["arrows"]) == edges


def test_small_graphs_networks_and_chains_keep_their_levels():
    assert draw(recurrence(3)).content["level"] == "op"
    model = nn.MLP(2, [4, 1], seed=1)
    loss = sum(tanh(model([k / 10, 1.0])) for k in range(12))
    assert draw(loss).content["level"] == "layer"  # which says 12 times
    assert draw(chain(20_000)[1]).content["level"] == "block"


def test_a_network_repeats_for_its_samples_and_its_weights_do_not():
    model = nn.MLP(2, [4, 1], seed=1)
    loss = sum((model([k / 10, 1.0]) - k / 5) ** 2 for k in range(10))
    boxes = draw(loss, collapse="repeat").content["boxes"]
    weights = {box["name"] for box in boxes if box["role"] == "weight"}
    assert weights >= {f"w{k}".translate(DOWN) for k in range(1, 10)}
    assert {box["times"] for box in boxes if box["role"] == "weight"} == {1}
    assert {box["times"] for box in boxes if box["role"] != "weight"} == {10}
    neuron = nn.Neuron(2, activation="tanh", seed=1)
    few = mean([(neuron([k / 10, 1.0]) - k / 5) ** 2 for k in range(10)])
    assert draw(few).content["level"] == "repeat"


def test_what_differs_is_no_repeat():
    x = y = Value(0.5, "x")
    for name in ("sin", "exp", "tanh", "sqrt", "cos", "log"):
        y = getattr(y, name)()
    assert repeats(topological(y), {}) == []
    assert draw(y, collapse="repeat").content["frames"] == []
    w, x = Value(1.0, "w"), Value(1.0, "x")
    for _ in range(8):
        x = (x * w).tanh()
    assert len(repeats(topological(x), {})) == 2


def test_highlight_and_losses_reach_repeats():
    root = recurrence(10)
    w = next(node for node in topological(root) if node.label == "w")
    picture = draw(root, highlight=w, errors=True)
    assert all(box["lost"] is not None for box in picture.content["boxes"] if box["operation"])
    marked = {box["title"] for box in picture.content["boxes"] if box["highlighted"]}
    assert {"w", "w·xₜ"} < marked
    assert "xₜ" not in marked
    assert picture.svg().startswith("<?xml")


CELLS = {
    "rnn": lambda h, w, u, b, x: tanh(w * h + u * x + b),
    "power": lambda h, w, u, b, x: h * w,
    "sine": lambda h, w, u, b, x: sin(w * h),
    "twice": lambda h, w, u, b, x: tanh(h * w + h.sin() * u),
    "inputs": lambda h, w, u, b, x: h + (w * x + b) ** 2,
    "gate": lambda h, w, u, b, x: (1 - tanh(w * h)) * h + tanh(w * h) * x,
    "plain": lambda h, w, u, b, x: cos(h),
}
READOUTS = {
    "alike": lambda h, w, c: w * h,
    "added": lambda h, w, c: (c * h + w) ** 2,
    "last": lambda h, w, c: h,
    "again": lambda h, w, c: tanh(w * h),
}


@st.composite
def programs(draw_one):
    """The root of a few loops, one after the other, with values read out in and after them."""
    h, read = Value(0.1, "h0"), []
    for part in range(draw_one(st.integers(1, 3))):
        cell = CELLS[draw_one(st.sampled_from(sorted(CELLS)))]
        shared = [Value(0.3 + k / 9, f"{name}{part}") for k, name in enumerate("wuvc")]
        steps, named = draw_one(st.integers(1, 8)), draw_one(st.booleans())
        reads = draw_one(st.sets(st.integers(0, steps), max_size=2)) | (
            set(range(steps)) if draw_one(st.booleans()) else set()
        )
        for k in range(steps):
            h = cell(h, *shared[:3], Value(k / 10, f"x{9 * part + k}" if named else ""))
            if k in reads:
                read.append(h * shared[3])
        if draw_one(st.booleans()):
            h.label = f"end{part}"
    out = READOUTS[draw_one(st.sampled_from(sorted(READOUTS)))](h, shared[0], shared[3])
    if draw_one(st.booleans()):
        out.label = "out"
    return draw_one(st.sampled_from([sum, partial(reduce, add)]))([out, *read])


def check_rounds(root):
    """Each round of a repeat takes what the one before takes, one round on, and is used like it."""
    boxes = fold(root, "repeat").boxes
    order = topological(root)
    assert sorted(order.index(node) for box in boxes for node in box.members) == [
        *range(len(order))
    ]
    home = {node: (box, k) for box in boxes for k, node in enumerate(box.members)}
    users = {node: [user for user in order if node in user.parents] for node in order}
    for number in {box.repeat for box in boxes} - {None}:
        own = [box for box in boxes if box.repeat == number]
        [times] = {len(box.members) for box in own}
        assert times >= 3
        for box in own:
            named = {bool(node.label) for node in box.members if node.op}
            assert len(named) < 2  # a label that one round has would be lost
            assert len({node.op for node in box.members}) == 1

            def taken(k, box=box, own=own):
                places = [home[node] for node in box.members[k].inputs if isinstance(node, Value)]
                return [(to, k - at if to in own else at) for to, at in places]

            assert all(lag >= 0 for k in range(times) for to, lag in taken(k) if to in own)
            assert all(taken(k) == taken(times - 1) for k in range(2, times))

            def used(k, box=box, own=own):
                return sorted(
                    user.op.name for user in users[box.members[k]] if home[user][0] not in own
                )

            assert len({(*used(k),) for k in range(1, times - 1)}) < 2


@given(programs())
@settings(max_examples=40, deadline=None)
def test_rounds_are_alike_and_titles_name_what_there_is(root):
    check_rounds(root)
    titles = [box["title"] for box in draw(root, collapse="repeat").content["boxes"]]
    called = {re.split(" = |  × ", title)[0] for title in titles}
    counting = {name.partition("ₜ")[0] for name in called if re.fullmatch("[a-z]+ₜ[₀-₉₊₋]*", name)}
    for title in titles:
        for word in re.findall("[a-z]+[₀-₉ₜ₊₋]*", title) if "…" not in title else ():
            stem = re.sub("[₀-₉ₜ₊₋]+$", "", word)
            assert word in called | FUNCTIONS or stem in counting, (word, titles)
    labels = {pretty(node.label) for node in topological(root) if node.op and node.label}
    assert all(any(name in title for title in titles) for name in labels)


def read_out(loop, out):
    w, u, b, v = (Value(0.5, "w"), Value(0.3, "u"), Value(0.2, "b"), Value(0.7, "v"))
    h = Value(0.1, "h0")
    for k in range(10):
        h = loop(h, w, u, b, Value(k / 10, f"x{k + 1}"), k)
    return out(h, w, u, b, v)


@pytest.mark.parametrize(
    ("loop", "out", "framed", "apart"),
    [
        (
            lambda h, w, u, b, x, k: tanh(w * h + u * x + b),
            lambda h, w, u, b, v: v * h,
            {"w·hₜ₋₁": 10, "hₜ = tanh(w·hₜ₋₁ + u·xₜ + b)": 10},
            "f = v·h₁₀",
        ),
        (
            lambda h, w, u, b, x, k: tanh(w * h + u * x + b),
            lambda h, w, u, b, v: w * h,
            {"w·hₜ₋₁": 10, "u·xₜ": 10},
            "f = w·h₁₀",
        ),
        (
            lambda h, w, u, b, x, k: h * (w if k < 6 else u),
            lambda h, w, u, b, v: h,
            {"hₜ = hₜ₋₁·w": 6},
            "sₜ = sₜ₋₁·u  × 4",
        ),
        (
            lambda h, w, u, b, x, k: sin(h) if k < 3 else tanh(w * h),
            lambda h, w, u, b, v: h,
            {"w·sₜ₋₁": 7, "sₜ = tanh(w·sₜ₋₁)": 7},
            "hₜ = sin(hₜ₋₁)  × 3",
        ),
    ],
)
def test_what_only_looks_like_a_round_stands_outside(loop, out, framed, apart):
    boxes, content = by_title(read_out(loop, out), collapse="repeat")
    [frame] = content["frames"]
    keys = {boxes[title]["key"] for title in framed}
    assert keys <= {*frame["boxes"]}
    assert frame["title"] == f"× {next(iter(framed.values()))}"
    assert {boxes[title]["members"] for title in framed} == {*framed.values()}
    assert boxes[apart]["key"] not in frame["boxes"]


def test_a_root_with_two_names_shows_both():
    a = Value(2.0, "a")
    product = a * 3
    boxes, content = by_title({"u": product, "v": product, "w": a + product})
    assert {"u = v = a·3", "w = a + u"} <= {*boxes}
    assert content["title"] == "The graph of u = v and w"
    assert [*by_title({"u": a, "v": a})[0]] == ["u = v"]


def test_rounds_before_a_backward_pass_have_no_gradient_to_bound():
    root = recurrence(10)
    assert "≤" not in draw(root, collapse="repeat").source
    root.backward()
    assert "|grad| ≤" in draw(root, collapse="repeat").source


def test_what_a_round_takes_from_the_one_before_is_said():
    picture = draw(recurrence(10), collapse="repeat")
    assert "and from the round before" in picture.description
