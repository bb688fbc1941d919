"""The live page in a real browser: scripts, keys, phones, the dark, and who does not see it."""

import json
from fractions import Fraction
from functools import reduce
from operator import mul
from pathlib import Path

import pytest

from autograd import Value, live
from autograd.expressions.expression import graph
from tests.chromium import chromium, complaints, resize
from tests.soaking import asked

NOTES = "h = x1*w1 + x2*w2; yhat = h*w3; (yhat - y)**2 / 2"
GIVEN = {"x1": "5", "x2": "3", "y": "8", "w1": ".4", "w2": ".6", "w3": ".5"}
AXE = Path(__file__).parent.parent.parent / ".ci" / "node_modules" / "axe-core" / "axe.min.js"

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries behind the browser


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture(scope="module")
def notes(tmp_path_factory):
    """The page of the notes' network."""
    return live(graph(NOTES, GIVEN)).save(tmp_path_factory.mktemp("page") / "live.html")


@pytest.fixture
def page(browser, notes):
    """The same, opened; nothing may have been said to the console, or asked of the network."""
    yield from opened(browser, notes)


def opened(browser, path, fragment=""):
    complaints(browser), browser.get_log("performance")
    browser.get("about:blank")
    resize(browser, 1200)
    browser.get(path.as_uri() + fragment)
    yield browser
    assert complaints(browser) == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
    asked = {one["request"]["url"].partition("#")[0] for one in sent}
    own = ("about:", "chrome:", "data:")  # the browser's, and what needs no request
    assert {url for url in asked if not url.startswith(own)} <= {path.as_uri()}


def run(browser, script, *arguments):
    return browser.execute_script(f"return ({script})", *arguments)


def settled(browser):
    """When what was changed has been drawn."""
    browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")


def press(browser, *keys):
    from selenium.webdriver import ActionChains

    actions = ActionChains(browser)
    for key in keys:
        actions.send_keys(key)
    actions.perform()
    settled(browser)


def push(browser, text, within=".cr-page"):
    """Pushes the button with this text or label."""
    browser.execute_script(
        "const all = [...document.querySelectorAll(arguments[1] + ' button')];"
        "const [found] = all.filter(one => one.getClientRects().length &&"
        "  [one.textContent, one.getAttribute('aria-label')].includes(arguments[0]));"
        "if (!found) throw Error('no button ' + arguments[0]);"
        "found.click()", text, within,
    )  # fmt: skip
    settled(browser)


def text(browser, selector):
    return browser.execute_script(
        "return document.querySelector(arguments[0]).innerText", selector
    ).replace("\n", " ")


def test_scripts_have_the_numbers(page):
    assert run(page, "live.names()") == ["x1", "w1", "x2", "w2", "h", "w3", "yhat", "y", "f"]
    assert run(page, "live.get('w1')") == {
        "value": 0.4,
        "grad": -15.25,
        "exact": {"value": "2/5", "grad": "-61/4"},
    }
    page.execute_script("live.set('w1', 0.1); live.set('x2', '1/3')")
    assert run(page, "live.get('h').exact.value") == "7/10"
    settled(page)
    assert field(page, "x₂") == "1/3"
    page.execute_script("live.reset()")
    assert run(page, "live.get('f').value") == 18.605
    for script, said in (
        ("live.get('q')", "no value is called q: there are x1, w1"),
        ("live.set('h', 1)", "h is computed"),
        ("live.set('w1', 'much')", "much is no number"),
        ("live.learn('fast')", "fast is no number"),
    ):
        with pytest.raises(Exception, match=said):
            run(page, script)


def test_what_scripts_set_does_not_hang_on_what_they_set_before(page):
    page.execute_script("live.set('w1', NaN); live.set('w1', 0.1)")
    assert run(page, "live.get('w1').exact.value") == "1/10"
    for wrong in ("[1]", "null", "{}", "true"):
        with pytest.raises(Exception, match="is no number"):
            run(page, f"live.set('w1', {wrong})")
    assert run(page, "document.querySelector('.cr-page').live === live")


def test_zero_has_its_sign(browser, tmp_path):
    x, y = Value(-0.0, "x"), Value(Fraction(1), "y")
    path = live(1 / x + y * 0).save(tmp_path / "zero.html")
    for page in opened(browser, path):
        for zero in ("'-0.0'", "-0", "'−0'"):
            page.execute_script(f"live.set('x', 0.0); live.set('x', {zero}); live.set('y', {zero})")
            assert run(page, "live.get('f').value === -Infinity")
            assert run(page, "live.get('y').exact.value") == "0"
        page.execute_script("live.set('x', '0')")
        assert run(page, "live.get('f').value === Infinity")


SMALL = (1.234567e-6, -1.234567e-6, -0.0012345678, -2.70279123e78, 3.123456e-300, 1e300 / 3)


def test_no_gradient_is_cut(browser, tmp_path):
    xs = [Value(number, f"x{k}") for k, number in enumerate(SMALL)]
    ws = [Value(1.0, f"w{k}") for k in range(len(xs))]
    path = live(sum(map(mul, xs, ws), Value(0.0, "z"))).save(tmp_path / "small.html")
    for page in opened(browser, path):
        for width in (1200, 700, 375):
            resize(page, width)
            settled(page)
            cut = "[...document.querySelectorAll('.cr-gradient, .cr-inputs input')]"
            assert run(page, f"{cut}.filter(e => e.scrollWidth > e.clientWidth + 1).length") == 0
        shown = run(page, "document.querySelector('.cr-gradient[aria-label*=w₄]').textContent")
        assert shown == "3.123e−300"


def test_names_of_javascript_are_names_like_others(browser, tmp_path):
    odd = ["__proto__", "constructor", 'a"__proto__":1', "</script><b>"]
    values = [Value(Fraction(k + 2), name) for k, name in enumerate(odd)]
    path = live(reduce(mul, values)).save(tmp_path / "odd.html")
    for page in opened(browser, path):
        assert run(page, "live.names()") == [*odd, "f"]
        for name, value in zip(odd, values, strict=True):
            assert run(page, "live.get(arguments[0]).value", name) == value.data


def test_a_graph_of_a_leaf_alone_can_be_moved(browser, tmp_path):
    path = live(Value(4, "u")).save(tmp_path / "leaf.html")
    for page in opened(browser, path):
        push(page, "more u")
        assert run(page, "live.get('u').exact.value") == "5"


def field(browser, name):
    return browser.execute_script(
        "return document.querySelector(`.cr-inputs input[aria-label='${arguments[0]}']`).value",
        name,
    )


def test_learning_gives_the_notes_numbers_and_the_way_back(page):
    push(page, "Learn", ".cr-tabs")
    assert "0.4 − 0.01·(−15.25) = 0.5525" in text(page, ".cr-learn")
    push(page, "w ← w − η·∂f/∂w")
    assert [field(page, name) for name in ("w₁", "w₂", "w₃")] == ["0.5525", "0.6915", "0.7318"]
    assert text(page, ".cr-title").endswith("= 9.94706400415778")
    assert "18.605 → 9.94706400415778" in text(page, ".cr-learn .cr-sentence")
    push(page, "‹ back")
    assert [field(page, name) for name in ("w₁", "w₂", "w₃")] == ["0.4", "0.6", "0.5"]
    assert run(page, "live.learn('1/100', 30)") < 1e-6
    settled(page)
    points = page.execute_script("return document.querySelector('polyline').getAttribute('points')")
    assert len(points.split()) == 31
    push(page, "« to the start")
    assert run(page, "live.get('f').value") == 18.605


def test_a_rate_that_is_no_number_teaches_nothing(page):
    push(page, "Learn", ".cr-tabs")
    page.execute_script(
        "const eta = document.querySelector('input[aria-label*=η]');"
        "eta.value = 'x'; eta.dispatchEvent(new Event('input'));"
    )
    push(page, "w ← w − η·∂f/∂w")
    assert run(page, "live.get('f').value") == 18.605


def test_an_arrow_key_ends_what_was_typed_wrongly(page):
    from selenium.webdriver import Keys

    w1 = page.find_element("css selector", ".cr-inputs input[aria-label='w₁']")
    w1.click()
    w1.send_keys("abc")
    assert w1.get_attribute("aria-invalid") == "true"
    w1.send_keys(Keys.ARROW_UP)
    settled(page)
    assert (w1.get_attribute("aria-invalid"), field(page, "w₁")) == ("false", "0.5")


def test_numbers_are_typed_stepped_and_dragged(page):
    from selenium.webdriver import ActionChains, Keys

    w1 = page.find_element("css selector", ".cr-inputs input[aria-label='w₁']")
    w1.click()
    w1.send_keys(Keys.CONTROL, "a")
    press(page, "1/3")
    assert run(page, "live.get('w1').exact.value") == "1/3"
    press(page, "x")
    assert "no number" in text(page, ".cr-message:not(:empty)")
    assert w1.get_attribute("aria-invalid") == "true"
    assert run(page, "live.get('w1').exact.value") == "1/3"
    press(page, Keys.TAB)
    assert field(page, "w₁") == "1/3"
    push(page, "Reset")
    w1.click()
    press(page, Keys.ARROW_UP)
    assert field(page, "w₁") == "0.5"
    page.execute_script("live.set('w1', '0.25')")
    press(page, Keys.ARROW_DOWN)
    w1.send_keys(Keys.SHIFT, Keys.ARROW_UP)
    settled(page)
    assert field(page, "w₁") == "0.34"
    push(page, "less x₁")
    push(page, "more w₃")
    assert [field(page, name) for name in ("x₁", "w₃")] == ["4", "0.6"]
    push(page, "Reset")
    [handle, *_] = page.find_elements("css selector", ".cr-weight ~ .cr-rows .cr-handle")
    ActionChains(page).drag_and_drop_by_offset(handle, 30, 0).perform()
    settled(page)
    assert field(page, "w₁") == "0.5"  # ten times three pixels, a tenth of the last digit each


def test_the_address_has_the_step(browser, notes):
    for page in opened(browser, notes, "#step=11"):
        assert "11 / 14" in text(page, ".cr-film")
        assert "adds" in text(page, ".cr-film")
        assert text(page, ".cr-inputs").count("–") == 4  # w₃ and y have theirs
        page.execute_script("location.hash = 'step=3'")
        settled(page)
        assert "3 / 14" in text(page, ".cr-film")
        push(page, "to the end")
        assert page.current_url.endswith("#step=14")
        page.execute_script("live.step(2)")
        assert page.current_url.endswith("#step=2")
        push(page, "Learn", ".cr-tabs")
        assert page.current_url.endswith("#learn")
        push(page, "Look", ".cr-tabs")
        assert "#" not in page.current_url


def test_the_address_has_the_level(browser, notes):
    for page in opened(browser, notes, "#step=3"):
        choose = (
            "const all = document.querySelector('.cr-film select'); all.value = 'named';"
            "all.dispatchEvent(new Event('change'))"
        )
        page.execute_script(choose)
        page.execute_script("live.step(4)")
        address = run(page, "location.hash")
        said = text(page, ".cr-film .cr-sentence:not(.cr-spoken)")
    assert address == "#step=4&level=named"
    for page in opened(browser, notes, address):
        assert text(page, ".cr-film .cr-sentence:not(.cr-spoken)") == said


def test_the_film_runs_on_keys(page):
    from selenium.webdriver import Keys

    push(page, "Film", ".cr-tabs")
    press(page, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert "3 / 14" in text(page, ".cr-film")
    press(page, Keys.ARROW_LEFT)
    assert "2 / 14" in text(page, ".cr-film")
    press(page, Keys.END)
    assert "14 / 14" in text(page, ".cr-film")
    press(page, Keys.HOME)
    assert "1 / 14" in text(page, ".cr-film")
    press(page, Keys.SPACE)
    assert "pause" in text(page, ".cr-film")
    press(page, Keys.SPACE)
    assert "pause" not in text(page, ".cr-film")


FOCUS = """
const at = document.activeElement, box = at.getBoundingClientRect();
const edge = at.querySelector(".cr-edge"), own = getComputedStyle(at).outlineStyle !== "none";
return [at.getAttribute("aria-label") || at.textContent, box.width > 0,
        own || (edge !== null && getComputedStyle(edge).strokeWidth > "3"), at.tagName];
"""


def tab(browser):
    """Goes on by the tab key; the name of what has the focus, None behind the end."""
    from selenium.webdriver import Keys

    press(browser, Keys.TAB)
    name, visible, marked, tag = browser.execute_script(FOCUS)
    if tag == "BODY":
        return None
    assert visible and marked, (name, tag)
    return name


def test_everything_is_reached_by_keys_alone(page):
    seen = [*iter(lambda: tab(page), None)]
    wanted = ["Look", "Film", "Learn", "look at", "less x₁", "x₁", "more x₁", "less w₁", "Reset"]
    assert [name for name in seen if name in wanted] == wanted
    assert len(seen) < 60


def test_a_lesson_by_keys_alone(page):
    from selenium.webdriver import Keys

    for name in ("Learn", "w ← w − η·∂f/∂w"):
        while tab(page) != name:
            pass
        press(page, Keys.ENTER)
    assert text(page, ".cr-title").endswith("= 9.94706400415778")
    while tab(page) != "w₃":
        pass
    press(page, Keys.ARROW_DOWN)
    assert field(page, "w₃") == "0.7317"


def modes(page):
    for mode in ("Look", "Film", "Learn", "Practise"):
        push(page, mode, ".cr-tabs")
        if mode == "Film":
            page.execute_script("live.step(11)")
            settled(page)
        yield mode


@pytest.mark.parametrize("width", [1200, 800, 375])
@pytest.mark.parametrize("dark", [False, True])
def test_nothing_is_off_the_screen(page, width, dark):
    resize(page, width, dark=dark)
    for mode in modes(page):
        settled(page)
        assert run(page, "document.documentElement.scrollWidth") <= width, mode
        small = run(
            page,
            "[...document.querySelectorAll('.cr-page :is(button,input,select)')].filter(one =>"
            "  one.getClientRects().length && Math.min(one.offsetWidth, one.offsetHeight) < 24)"
            "  .map(one => one.outerHTML)",
        )
        assert small == [], mode
        assert hidden(page) == [], mode


def hidden(page):
    """Pairs of controls that overlap."""
    return run(
        page,
        "(() => { const all = [...document.querySelectorAll("
        "'.cr-app :is(button,input,select,h2,h3,.cr-sentence)')]"
        ".filter(one => one.getClientRects().length && !one.closest('.cr-picture'))"
        ".map(one => [one, one.getBoundingClientRect()]);"
        "return all.flatMap(([one, a], k) => all.slice(k + 1).filter(([other, b]) =>"
        "  !one.contains(other) && a.left < b.right - 1 && b.left < a.right - 1 &&"
        "  a.top < b.bottom - 1 && b.top < a.bottom - 1)"
        "  .map(([other]) => one.outerHTML + other.outerHTML)); })()",
    )


def test_it_is_for_everybody(page):
    if not AXE.exists():
        pytest.skip("npm install --prefix .ci axe-core is missing")
    page.execute_script(AXE.read_text(encoding="utf-8"))
    for width, dark in ((1200, False), (375, True))[asked(1, 0) :]:
        resize(page, width, dark=dark)
        for mode in modes(page):
            page.execute_script("document.getAnimations().forEach(one => one.finish())")
            found = page.execute_async_script("axe.run().then(arguments[0])")
            serious = [
                (one["id"], one["help"], [node["html"][:200] for node in one["nodes"]])
                for one in found["violations"]
                if one["impact"] in ("serious", "critical")
            ]
            assert serious == [], (width, dark, mode)


def test_at_twice_the_size_nothing_is_lost(page):
    resize(page, 600, 450)  # what 200 % leaves of 1200
    for mode in modes(page):
        assert run(page, "document.documentElement.scrollWidth") <= 600, mode


def test_without_a_script_the_picture_and_the_steps_are_there(browser, notes):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(notes.as_uri())
        image = browser.find_element("css selector", ".cr-still img")
        assert image.is_displayed() and image.size["width"] > 500
        browser.find_element("css selector", ".cr-still summary").click()
        assert "∂f/∂ŷ = −6.1" in browser.find_element("css selector", ".cr-still pre").text
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
