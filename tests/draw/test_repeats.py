"""Repeats: what is done in every round is drawn once."""

from functools import partial, reduce
from operator import add

import pytest

import nn
from autograd import Value, draw, mean, tanh, topological
from autograd.draw.repeats import repeats
from tests.graphs import chain

DOWN = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


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
