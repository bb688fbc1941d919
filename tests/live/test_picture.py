"""The picture of the live page in a real browser: its numbers, its foldings, keys and room."""

from fractions import Fraction

import pytest

from autograd import Value, replay, topological
from autograd.draw import diagram
from autograd.draw.folding import fold_reading
from autograd.draw.picture import Picture
from autograd.draw.titles import short
from autograd.explain.reading import Reading
from autograd.live.views import BEYOND, SLOPE, views
from tests.chromium import chromium, complaints, resize
from tests.live import demo

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries behind the browser

# The texts of each box, and whether each is inside of it and beside the others.
LOOK = """
const seen = (text) => { const box = text.getBoundingClientRect();
  return [box.left, box.right, box.top, box.bottom]; };
return picture.boxes.map((box) => {
  const card = box.element.querySelector(".cr-card").getBoundingClientRect();
  const texts = [...box.element.querySelectorAll("text")].filter((text) => text.textContent);
  const places = texts.map(seen);
  const inside = places.every(([left, right, top, bottom]) => left >= card.left - 0.5
    && right <= card.right + 0.5 && top >= card.top - 0.5 && bottom <= card.bottom + 0.5);
  const apart = places.every((one, k) => places.slice(k + 1).every((other) =>
    one[1] <= other[0] || other[1] <= one[0] || one[3] <= other[2] + 2 || other[3] <= one[2] + 2));
  return { title: box.element.querySelector(".cr-name").textContent, inside, apart,
    value: box.texts[0].textContent, grad: box.texts[1].textContent };
});
"""


def notes():
    x1, w1 = Value(5, "x1"), Value(Fraction("0.4"), "w1")
    x2, w2 = Value(3, "x2"), Value(Fraction("0.6"), "w2")
    w3, y = Value(Fraction("0.5"), "w3"), Value(8, "y")
    h = x1 * w1 + x2 * w2
    h.label = "h"
    yhat = h * w3
    yhat.label = "yhat"
    E = (yhat - y) ** 2 / 2
    E.label = "E"
    return E


def network(*sizes):
    """A network with names, of tanh neurons and floats."""
    count = 0

    def number():
        nonlocal count
        count += 1
        return (count * 37 % 100 - 50) / 64

    xs = [Value(number(), f"x{i + 1}") for i in range(sizes[0])]
    for layer, width in enumerate(sizes[1:], 1):
        after = []
        for row in range(1, width + 1):
            total = sum(
                (Value(number(), f"w{layer}_{row}_{k}") * x for k, x in enumerate(xs, 1)),
                Value(number(), f"b{layer}_{row}"),
            )
            after.append(total.tanh())
            after[-1].label = f"h{layer}_{row}"
        xs = after
    E = (xs[0] - Value(0.5, "y")) ** 2
    E.label = "E"
    return E


def ladder(rungs):
    a, b = Value(1.25, "a"), Value(0.75, "b")
    for _ in range(rungs):
        a, b = (a * b).tanh(), (a + b).tanh()
    return a * b


def fitted(number, digits, room):
    """What a box shows: as many digits as there is room for."""
    texts = [short(number, few) for few in range(digits, 0, -1)]
    return next((text for text in texts if len(text) <= room), texts[-1])


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture
def page(browser, tmp_path):
    """Opens the picture of a graph; nothing may have been said to the console."""

    def opened(root, width=1200, **given):
        resize(browser, width)
        browser.get(demo.save(root, tmp_path, **given).as_uri())
        browser.execute_async_script("picture.ready.then(arguments[0])")
        return browser

    complaints(browser)
    yield opened
    assert complaints(browser) == []


def boxes(browser):
    return browser.execute_script(LOOK)


def run(browser, script, *arguments):
    return browser.execute_script(f"return ({script})", *arguments)


def press(browser, *keys):
    from selenium.webdriver import ActionChains

    actions = ActionChains(browser)
    for key in keys:
        actions.send_keys(key)
    actions.perform()


# As data.


@pytest.mark.parametrize("graph", [notes(), network(2, 3, 3, 1), ladder(12)])
def test_every_folding_shows_each_value_at_most_once_and_the_root(graph):
    order = topological(graph)
    found = views(Reading(order, None))
    assert found["first"] in [key for key, _ in found["levels"]]
    for key, folding in demo.foldings(found).items():
        members = [
            node
            for _, _, _, _, _, _, shown, group, _ in folding["boxes"]
            for node in (found["groups"][group] if group >= 0 else [shown])
        ]
        assert len({*members}) == len(members), key
        assert len(order) - 1 in members
        width, height = folding["size"]
        for x, y, wide, high, *_ in folding["boxes"]:
            assert x >= 0 <= y and x + wide <= width and y + high <= height


def test_what_is_unfolded_folds_back_and_the_others_stay_folded():
    found = views(Reading(topological(network(2, 3, 3, 1)), None))
    foldings = demo.foldings(found)
    neurons = foldings["neuron"]
    unfolding = {box[8]: box for box in neurons["boxes"] if box[8]}
    assert len(unfolding) == 7
    for key, box in unfolding.items():
        inner = foldings[key]
        assert inner["of"] == "neuron"
        alone = {own[6] for own in inner["boxes"] if own[7] < 0}
        assert {*found["groups"][box[7]]} <= alone
        folded = [own for own in inner["boxes"] if own[7] >= 0]
        assert len(folded) == sum(own[7] >= 0 for own in neurons["boxes"]) - 1


def test_the_notes_network_takes_little_of_a_page():
    found = views(Reading(topological(notes()), None))
    assert len(demo.json_of(found)) < 5000
    assert found["packed"] == ""


def test_a_graph_that_nothing_can_draw_says_so(monkeypatch):
    def fail(_):
        raise RuntimeError("no program here can draw")

    monkeypatch.setattr(Picture, "svg", fail)
    found = views(Reading(topological(notes()), None))
    assert (found["first"], found["foldings"]) == ("", {})
    assert found["missing"] == "no program here can draw"


# In the browser.


@pytest.mark.parametrize("level", ["op", "named"])
def test_boxes_have_the_numbers_that_python_writes(page, level):
    root = notes()
    root.backward()
    browser = page(root)
    run(browser, "picture.show(arguments[0])", level)
    order = topological(root)
    folded = fold_reading(Reading(order, None), level)
    drawn = diagram.diagram_of(folded, diagram.Look())
    for mine, node in zip(boxes(browser), drawn.nodes, strict=True):
        cells = dict(node.cells)
        assert mine["title"] == node.title
        assert (mine["value"], mine["grad"]) == (cells["value"], cells["grad"])
    labels = run(browser, "picture.arrows.map((arrow) => arrow.text.textContent)")
    assert labels == [line.label for line in drawn.lines]


@pytest.mark.parametrize("level", ["op", "named", "neuron", "layer"])
def test_folded_boxes_have_the_ranges_and_slopes_that_python_writes(page, level):
    root = network(2, 3, 3, 1)
    root.backward()
    browser = page(root)
    run(browser, "picture.show(arguments[0])", level)
    folded = fold_reading(Reading(topological(root), None), level)
    drawn = diagram.diagram_of(folded, diagram.Look())
    ranges = 0
    for mine, node in zip(boxes(browser), drawn.nodes, strict=True):
        shown = node.box.shown
        if shown is None:
            ranges += 1
            assert (mine["value"], mine["grad"]) == (node.cells[0][1], node.cells[1][1])
        else:
            assert mine["value"] == fitted(shown.data, 6, 6 + BEYOND)
            assert mine["grad"] == fitted(shown.grad, 6, 6 + BEYOND)
    assert ranges == (2 if level == "layer" else 0)
    digits = 6 if level in ("op", "named") else 3
    labels = run(browser, "picture.arrows.map((arrow) => arrow.text.textContent)")
    for label, line in zip(labels, drawn.lines, strict=True):
        slope = line.arrow.slope
        assert label == (line.label if slope is None else fitted(slope, digits, SLOPE))


LONG = [
    "-123456.789",
    "1e-300",
    "-1e300",
    "1/3",
    "-22/7",
    "123456789012345678901",
    "0",
    "-0.000123456",
]


@pytest.mark.parametrize("graph", [notes(), network(2, 2, 1), ladder(3)])
def test_no_number_leaves_its_place(page, graph):
    browser = page(graph)
    leaves = [place for place, node in enumerate(topological(graph)) if node.op is None]
    for turn in range(0, len(LONG), 3):
        pairs = [[leaf, LONG[(turn + k) % len(LONG)]] for k, leaf in enumerate(leaves)]
        run(browser, "session.setAll(arguments[0].map(([n, t]) => [n, parseNumber(t)]))", pairs)
        for key in run(browser, "Object.keys(picture.views.foldings)"):
            run(browser, "picture.show(arguments[0])", key)
            for box in boxes(browser):
                assert box["inside"] and box["apart"], (key, box)
                assert box["value"] and box["grad"], (key, box)


def test_after_a_change_numbers_equal_those_of_the_graph_replayed(page):
    root = notes()
    order = topological(root)
    browser = page(root)
    given = {order[0]: -123456.789, order[1]: Fraction(1, 3)}
    texts = ["-123456.789", "1/3"]
    for place, text in enumerate(texts):
        run(browser, "session.set(arguments[0], parseNumber(arguments[1]))", place, text)
    given[order[0]] = Fraction("-123456.789")
    again = replay(root, given)
    again.backward()
    for box, node in zip(boxes(browser), topological(again), strict=True):
        assert box["value"] == fitted(node.data, 6, 6 + BEYOND)
        assert box["grad"] == fitted(node.grad, 6, 6 + BEYOND)


def test_a_box_unfolds_by_its_sign_and_folds_by_the_button(page):
    browser = page(network(2, 4, 4, 1))
    assert run(browser, "picture.key") == "neuron"
    before = run(browser, "picture.boxes.length")
    sign = browser.find_elements("css selector", ".cr-open")[0]
    sign.click()
    assert run(browser, "picture.key.startsWith('neuron ')")
    assert run(browser, "picture.boxes.length") > before
    assert run(browser, "picture.levels.value") == "neuron"
    browser.find_element("xpath", "//button[text()='fold']").click()
    assert run(browser, "picture.key") == "neuron"
    assert run(browser, "picture.boxes.length") == before


def test_all_paths_from_a_leaf_are_marked(page):
    root = notes()
    order = topological(root)
    browser = page(root)
    leaf = next(place for place, node in enumerate(order) if node.label == "w2")
    run(browser, "picture.highlight(arguments[0])", leaf)
    reached = {order[leaf]}
    for node in order:
        if not reached.isdisjoint(node.parents):
            reached.add(node)
    on = run(browser, "picture.boxes.map((b) => b.element.classList.contains('cr-on'))")
    assert on == [node in reached for node in order]
    arrows = run(
        browser, "picture.arrows.filter((a) => a.element.classList.contains('cr-on')).length"
    )
    assert arrows == len(reached) - 1
    run(browser, "picture.highlight(null)")
    assert not browser.find_elements("css selector", ".cr-on, .cr-traced")


def test_a_search_finds_names_as_they_are_typed(page):
    browser = page(network(2, 4, 4, 1))
    assert run(browser, "picture.find('w2_1_3')") == 1  # it is no box of neurons: another folding
    assert run(browser, "picture.key") != "neuron"
    marked = "document.querySelector('.cr-found .cr-name').textContent"
    assert run(browser, marked) == "w₂,₁,₃"
    field = browser.find_element("css selector", ".cr-tools input[type=search]")
    field.send_keys("h1_2")
    assert run(browser, marked).startswith("h₁,₂")
    assert run(browser, "picture.count.textContent") == "1 found"
    seen = run(
        browser,
        "((a, b) => a.left >= b.left && a.right <= b.right && a.top >= b.top"
        " && a.bottom <= b.bottom)"
        "(document.querySelector('.cr-found').getBoundingClientRect(),"
        " picture.frame.getBoundingClientRect())",
    )
    assert seen
    assert run(browser, "picture.find('nobody')") == 0
    assert run(browser, "picture.count.textContent") == "none found"


def test_keys_walk_over_boxes_and_arrows_and_choose(page):
    from selenium.webdriver.common.keys import Keys

    browser = page(notes())
    focused = "document.activeElement.textContent"
    stops = "picture.drawing.querySelectorAll('[tabindex=\"0\"]').length"
    run(browser, "picture.search.focus()")
    press(browser, Keys.TAB)
    while run(browser, "document.activeElement.tagName") != "g":  # a frame that scrolls is a stop
        press(browser, Keys.TAB)
    assert run(browser, focused).startswith("E = ")
    press(browser, Keys.HOME)
    assert run(browser, focused).startswith("x₁")
    press(browser, Keys.ARROW_RIGHT)
    assert run(browser, "document.activeElement.getAttribute('aria-label')") == "∂(x₁·w₁)/∂x₁ = 0.4"
    assert run(browser, "picture.hint.textContent") == "∂(x₁·w₁)/∂x₁ = 0.4"
    assert not run(browser, "picture.hint.hidden")
    press(browser, Keys.ARROW_RIGHT)
    assert run(browser, focused).startswith("x₁·w₁")
    assert run(browser, "picture.hint.hidden")
    press(browser, Keys.ENTER)
    assert run(browser, "chosen") == [2]
    assert run(browser, "document.activeElement.getAttribute('aria-pressed')") == "true"
    assert run(browser, stops) == 1
    press(browser, Keys.TAB)  # and out of it again
    assert run(browser, "picture.drawing.contains(document.activeElement)") is False


def test_keys_unfold_and_fold_and_the_focus_stays(page):
    browser = page(network(2, 4, 4, 1))
    run(browser, "picture.boxes.find((box) => box.open).element.focus()")
    press(browser, "u")
    assert run(browser, "picture.folding.of") == "neuron"
    assert run(browser, "picture.drawing.contains(document.activeElement)")
    press(browser, "f")
    assert run(browser, "picture.key") == "neuron"
    assert run(browser, "picture.drawing.contains(document.activeElement)")


def test_a_film_hides_what_is_not_known_yet_and_follows_the_active_box(page):
    root = notes()
    order = topological(root)
    browser = page(root, 375)
    script = """
    const [active, phase, values, grads] = arguments;
    picture.moment({ active, phase, values: new Set(values), grads: new Set(grads) });
    const box = picture.home.get(active).element.getBoundingClientRect();
    const frame = picture.frame.getBoundingClientRect();
    return [picture.boxes.map((one) => [...one.texts].map((text) => text.textContent)),
      document.querySelectorAll(`.cr-box.cr-${phase}`).length,
      document.querySelectorAll(`.cr-arrow.cr-${phase}`).length,
      box.left >= frame.left && box.right <= frame.right];
    """
    leaves = [place for place, node in enumerate(order) if node.op is None]
    for active in [place for place in range(len(order)) if place not in leaves]:
        known = [*leaves, *(place for place in range(active + 1))]
        texts, lit, arrows, seen = browser.execute_script(script, active, "forward", known, [])
        assert lit == 1 and seen
        assert arrows == len(order[active].parents)
        assert [bool(value) for value, _ in texts] == [
            place in known for place in range(len(order))
        ]
        assert not any(grad for _, grad in texts)
    run(browser, "picture.moment(null)")
    assert all(box["value"] and box["grad"] for box in boxes(browser))


def test_the_picture_is_held_zoomed_and_fitted(page):
    from selenium.webdriver import ActionChains

    browser = page(notes(), 800)
    size = run(browser, "picture.viewport.scale")
    frame = browser.find_element("css selector", ".cr-frame")
    ActionChains(browser).drag_and_drop_by_offset(frame, -200, 0).perform()
    assert run(browser, "picture.frame.scrollLeft") == 200
    assert run(browser, "chosen") == []
    browser.find_element("css selector", "[aria-label=larger]").click()
    assert run(browser, "picture.viewport.scale") == pytest.approx(1.25 * size)
    browser.find_element("xpath", "//button[text()='fit']").click()
    assert run(browser, "picture.frame.scrollWidth <= picture.frame.clientWidth")
    assert run(browser, "document.documentElement.scrollWidth <= innerWidth")
    wheel = "picture.frame.dispatchEvent(new WheelEvent('wheel', {ctrlKey: true, deltaY: -200,"
    wheel += " clientX: 100, clientY: 100, cancelable: true}))"
    before = run(browser, "picture.viewport.scale")
    assert run(browser, wheel) is False  # the browser itself does not zoom then
    assert run(browser, "picture.viewport.scale") == pytest.approx(2 * before)


def test_digits_that_were_asked_for(page):
    root = notes()
    root.backward()
    browser = page(root, digits=3)
    drawn = diagram.diagram_of(
        fold_reading(Reading(topological(root), None), "op"), diagram.Look(digits=3)
    )
    for mine, node in zip(boxes(browser), drawn.nodes, strict=True):
        assert (mine["value"], mine["grad"]) == (node.cells[0][1], node.cells[1][1])
