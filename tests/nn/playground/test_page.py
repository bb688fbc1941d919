"""The page in a real browser, without a network; and what Python refuses to put into one."""

import contextlib
import io
import json
import re
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

import nn
from autograd.__main__ import main
from nn.activations import names
from nn.playground.page import SETTINGS, Playground
from nn.playground.rules import LOSSES
from tests.nn.playground.running import SCRIPTS

ROOT = Path(nn.__file__).parents[1]
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
LINE = {"data": "line", "layers": [], "loss": "mse", "rate": 0.05, "count": 40}
BY_HAND = {
    "data": "sample", "layers": [1], "activation": "linear", "bias": False, "rate": 0.01,
    "loss": "half_squared_error", "weights": [0.4, 0.6, 0.5],
}  # fmt: skip
SPIRAL = {"data": "spiral", "classes": 3, "layers": [8, 8], "loss": "cross_entropy"}


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    from selenium.webdriver.chrome.service import Service

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("no chromium with chromedriver here: apt install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in [*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"]:
        options.add_argument(flag)
    found = webdriver.Chrome(options=options, service=Service(driver))
    yield found
    found.quit()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "playground.html"
    assert main(["playground", "-o", str(path)]) == 0
    return path.as_uri()


def screen(browser, width, *, dark=False, height=900):
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})


def opened(browser, address):
    browser.get("about:blank")
    browser.get(address)
    return browser


def quiet(browser):
    """No error was logged, nothing was asked for."""
    assert browser.get_log("browser") == []
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0


def call(browser, name, *arguments):
    return browser.execute_script(f"return playground.{name}(...arguments)", *arguments)


def trained(code):
    """The weights that the program ends with."""
    space = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(code, space)  # what the page shows
    return [value.data for value in space["model"].parameters()]


@pytest.mark.parametrize(
    "given",
    [
        {"epochs": 5},
        LINE | {"epochs": 12},
        BY_HAND | {"epochs": 50},
        SPIRAL | {"optimizer": "Adam", "epochs": 3},
        {"loss": "binary_cross_entropy", "optimizer": "Nesterov", "epochs": 5, "l2": 0.001},
        {"loss": "huber", "activation": "relu", "init": "he", "optimizer": "AdamW", "epochs": 5},
        SPIRAL | {"loss": "hinge", "optimizer": "RMSprop", "rate": 0.01, "epochs": 3},
    ],
)
def test_the_shown_program_gives_the_weights_of_the_page(given, browser, address):
    opened(browser, address)
    start = call(browser, "configure", given)
    assert (start["epoch"], start["iteration"]) == (0, 0)
    code = browser.execute_script("return document.getElementById('code').textContent")
    said = browser.find_element("id", "arithmetic").get_attribute("textContent")
    steps = int(re.findall(r"\d+", said.replace("\u202f", ""))[-1])
    end = call(browser, "iterate", steps)
    assert (end["epoch"], end["iteration"]) == (given["epochs"], steps)
    assert end["weights"] == pytest.approx(trained(code), rel=0, abs=1e-12)
    quiet(browser)


def test_the_numbers_of_the_notes(browser, address):
    opened(browser, address)
    call(browser, "configure", BY_HAND)
    found = call(browser, "iterate", 1)
    assert found["weights"] == pytest.approx([0.5525, 0.6915, 0.7318], rel=1e-15)
    browser.execute_script("document.querySelector('button.neuron').click()")
    said = browser.execute_script("return document.getElementById('working').innerText")
    for line in (
        "s = (0.4)(5) + (0.6)(3) = 3.8",
        "∂E/∂h₁ = (−6.1)(0.5) = −3.05",
        "∂E/∂w₁ = (−3.05)(5) = −15.25",
        "new w₁ = 0.4 − (0.01)(−15.25) = 0.5525",
        "new w₂ = 0.6 − (0.01)(−9.15) = 0.6915",
    ):
        assert line in said


def test_iterations_and_epochs_are_counted(browser, address):
    opened(browser, address)
    call(browser, "configure", {"count": 1000, "batch": 10, "epochs": 100, "validation": 0})
    said = browser.execute_script("return document.getElementById('arithmetic').textContent")
    assert said.replace("\u202f", "") == (
        "1000 samples ÷ 10 in a batch = 100 iterations an epoch; × 100 epochs = 10000 iterations"
    )
    browser.find_element("id", "epoch").click()
    browser.find_element("id", "one").click()
    assert (call(browser, "state")["epoch"], call(browser, "state")["iteration"]) == (1, 101)


def test_the_address_is_the_state(browser, address):
    opened(browser, address)
    call(browser, "configure", LINE | {"optimizer": "Momentum", "seed": 11})
    found = call(browser, "iterate", 37)
    shared = browser.execute_script("return location.href")
    assert "optimizer=Momentum" in shared and "iteration=37" in shared
    assert call(opened(browser, shared), "state") == found
    opened(browser, f"{address}#rate=quick")
    assert "rate is a number" in browser.find_element("id", "refusal").text
    quiet(browser)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"rate": -1}, "rate is a number from 0"),
        ({"batch": 2.5}, "batch is a whole number from 1"),
        ({"loss": "l3"}, "loss is one of half_squared_error"),
        ({"speed": 3}, "no setting speed: there are data"),
        ({"layers": [0]}, "up to 6 whole numbers"),
        ({"data": "line", "loss": "hinge"}, "the loss for line is one of mse"),
        ({"weights": [1, 2]}, "this network has 31 weights, not 2"),
        ({"data": "given"}, "data is one of moons"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(given, said, browser, address):
    before = call(opened(browser, address), "state")
    code = "try { playground.configure(arguments[0]); return ''; } catch (e) { return e.message; }"
    assert said in browser.execute_script(code, given)
    assert call(browser, "state") == before


def test_diverging_is_said(browser, address):
    opened(browser, address)
    call(browser, "configure", LINE | {"rate": 30})
    call(browser, "iterate", 20)
    assert "learning rate is too large" in browser.find_element("id", "trouble").text
    call(browser, "iterate", 5000)
    assert "diverged" in browser.find_element("id", "trouble").text
    assert not browser.execute_script("return playground.state().weights.some(Number.isNaN)")
    quiet(browser)


def test_playing_and_the_keyboard(browser, address):
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

    opened(browser, address)
    call(browser, "configure", {"epochs": 3})

    def reach(test):
        for _ in range(60):
            browser.switch_to.active_element.send_keys(Keys.TAB)
            if browser.execute_script(f"const e = document.activeElement; return {test}"):
                return browser.switch_to.active_element
        raise AssertionError(test)

    reach("e.id === 'play'").send_keys(Keys.ENTER)
    WebDriverWait(browser, 20).until(lambda b: call(b, "state")["iteration"] == 30)
    WebDriverWait(browser, 20).until(lambda b: b.find_element("id", "play").text == "Play")
    assert "iteration 30" in browser.find_element("id", "said").get_attribute("textContent")
    reach("e.textContent === '+'").send_keys(Keys.ENTER)
    assert browser.execute_script("return document.activeElement.textContent") == "+"
    assert "layers=5,3" in browser.current_url
    call(browser, "iterate", 30)
    reach("e.classList.contains('neuron')")
    assert "w₁ = " in browser.find_element("css selector", ".labels").text
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert "h₁ in iteration 30" in browser.find_element("id", "working").text
    reach("e.dataset.way === 'on'").send_keys(Keys.ENTER)
    assert browser.execute_script("return document.activeElement.dataset.way") == "on"
    reach("e.name === 'optimizer'").send_keys("Mom")
    assert "optimizer=Momentum" in browser.current_url
    quiet(browser)


LARGE = SPIRAL | {"layers": [16, 16, 5], "l2": 0.001}


@pytest.mark.parametrize(
    ("given", "width", "dark"),
    [
        ({}, 375, False),
        ({}, 800, True),
        ({}, 1200, False),
        (LINE, 375, True),
        (LINE, 600, False),
        (LARGE, 375, False),
        (LARGE, 600, True),
        (LARGE, 1200, True),
    ],
)  # fmt: skip  600 is 1200 at 200 %
def test_nothing_is_cut_or_off_the_screen(given, width, dark, browser, address):
    screen(browser, width, dark=dark)
    opened(browser, address)
    call(browser, "configure", given)
    call(browser, "iterate", 25)
    browser.execute_script("document.querySelector('button.neuron').click()")
    wide = browser.execute_script("return document.documentElement.scrollWidth")
    assert wide <= width
    cut = browser.execute_script("""
      const seen = "#working, #counts, #arithmetic, h1, dd, dt, label, figcaption, legend, button";
      return [...document.querySelectorAll(seen)].filter((e) => e.scrollWidth > e.clientWidth + 1
        && e.clientWidth && getComputedStyle(e).display !== "inline").map((e) => e.outerHTML);
    """)
    assert cut == []
    axe = ROOT / ".ci/node_modules/axe-core/axe.min.js"
    if axe.exists():
        browser.execute_script(axe.read_text())
        found = browser.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run().then((r) => done(r.violations.map((v) => "
            "[v.id, v.impact, v.nodes.map((n) => n.html + n.failureSummary)])))"
        )
        assert found == []
    quiet(browser)


def test_a_page_of_ones_own(browser, tmp_path):
    data = [([x, y], 1 if x * y > 0 else -1) for x in (-1.0, -0.5, 0.6, 1) for y in (-0.8, 0.3)]
    model = nn.MLP(2, [3, 1], activation="sigmoid", output="tanh", seed=4)
    rule = nn.Momentum(Fraction(1, 8), momentum=0.5, nesterov=True)
    page = nn.playground(model, data, nn.mse, rule, 25, 4, l2=0.001)
    page.save(tmp_path / "own.html")
    opened(browser, (tmp_path / "own.html").as_uri())
    assert call(browser, "state")["weights"] == [value.data for value in model.parameters()]
    found = call(browser, "iterate", 50)
    code = browser.execute_script("return document.getElementById('code').textContent")
    nn.fit(model, data, nn.mse, rule, 25, 4, l2=0.001, seed=3)
    weights = [value.data for value in model.parameters()]
    assert found["weights"] == pytest.approx(weights, rel=0, abs=1e-12)
    assert trained(code) == pytest.approx(weights, rel=0, abs=1e-15)
    call(browser, "configure", {"loss": "hinge"})
    with pytest.raises(Exception, match="the loss for given is one of mse"):
        call(browser, "configure", {"loss": "binary_cross_entropy"})
    quiet(browser)


def test_it_shows_itself_in_a_frame(browser, tmp_path):
    bundle = nn.playground(nn.MLP(2, [2, 1], seed=1))._repr_mimebundle_()
    assert bundle["text/plain"].startswith("<playground: moons")
    (tmp_path / "output.html").write_text(bundle["text/html"])
    opened(browser, (tmp_path / "output.html").as_uri())
    assert not browser.find_element("class name", "nn-still").is_displayed()
    browser.switch_to.frame(0)
    assert call(browser, "iterate", 3)["iteration"] == 3
    browser.find_element("link text", "Xor").click()
    assert len(call(browser, "state")["weights"]) == 13
    browser.switch_to.default_content()
    assert browser.get_log("browser") == []
    left = re.sub("<style>.*?</style>|<iframe.*", "", bundle["text/html"], flags=re.DOTALL)
    (tmp_path / "still.html").write_text(left)
    opened(browser, (tmp_path / "still.html").as_uri())
    assert "trust the notebook" in browser.find_element("class name", "nn-still").text


def test_the_page_is_small_and_alone():
    page = nn.playground().document()
    assert len(page.encode()) < 400_000
    assert not re.search(r"https?://(?!www\.w3\.org/)", page)
    assert page.count("</script>") == 1
    assert all(f'value="{name}"' in page for name in (*LOSSES, *names()))


def test_names_of_the_scripts_meet_no_others():
    pattern = re.compile(r"^(?:export )?(?:function|class|const|let) (\w+)", re.MULTILINE)
    found = [name for path in SCRIPTS.glob("*.js") for name in pattern.findall(path.read_text())]
    assert len({*found}) == len(found)


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"model": nn.MLP(3, [1])}, ValueError, "1 or 2 inputs"),
        ({"model": nn.MLP(2, [2, 2, 1], activation=["tanh", "relu"])}, ValueError, "activation"),
        ({"model": nn.MLP(2, [3]), "loss": nn.mse}, ValueError, "2 inputs and 1 outputs"),
        ({"data": [(1.0, 2.0), ((1.0, 2.0), 2.0)]}, ValueError, "all alike"),
        ({"data": []}, ValueError, "1 to 5000 samples"),
        ({"data": [((1.0, 2.0), 0)], "loss": nn.hinge}, ValueError, "targets of -1 or 1"),
        ({"loss": max}, ValueError, "the page has the losses"),
        ({"optimizer": nn.SGD(nn.StepDecay(1.0, 10, 0.5))}, TypeError, "learning rate that stays"),
        ({"optimizer": "SGD"}, TypeError, "the page has the optimizers"),
    ],
)
def test_what_a_page_cannot_have_is_refused(arguments, error, said):
    with pytest.raises(error, match=re.escape(said)):
        nn.playground(**arguments)


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"should end in \.html"):
        nn.playground().save(tmp_path / "page.png")


def test_settings_of_the_page_are_those_of_its_controls():
    text = (SCRIPTS / "page.html").read_text()
    fields = {*re.findall(r'name="(\w+)"', text)} - {"viewport", "depth", "speed"}
    assert fields == {*SETTINGS}
    assert json.loads(json.dumps(Playground(dict(SETTINGS), []).settings)) == SETTINGS
