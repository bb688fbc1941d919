"""The page in a real browser, without a network; and what Python refuses to put into one."""

import contextlib
import io
import json
import math
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
    ("given", "lines"),
    [
        (BY_HAND | {"l2": 0.1}, [
            "∂E/∂w₃ = (−6.1)(3.8) = −23.18",
            "with 2·l2·w₃: −23.18 + 2(0.1)(0.5) = −23.08",
            "new w₃ = 0.5 − (0.01)(−23.08) = 0.7308",
        ]),
        (BY_HAND | {"decay": 2}, [
            "with weight decay: −23.18 + (2)(0.5) = −22.18",
            "new w₃ = 0.5 − (0.01)(−22.18) = 0.7218",
        ]),
        (BY_HAND | {"decay": 2, "optimizer": "AdamW"}, [
            "decayed: 0.5 − (0.01)(2)(0.5) = 0.49", "new w₃ = 0.49, by AdamW ≈ 0.5",
        ]),
    ],
)  # fmt: skip
def test_the_numbers_of_a_working_follow_from_each_other(given, lines, browser, address):
    opened(browser, address)
    call(browser, "configure", given)
    call(browser, "iterate", 1)
    browser.execute_script("[...document.querySelectorAll('button.neuron')].at(-1).click()")
    said = browser.execute_script("return document.getElementById('working').innerText")
    assert [line for line in lines if line not in said] == []


def test_a_line_with_another_output_is_written_with_it(browser, address):
    opened(browser, address)
    m, b = call(browser, "configure", LINE | {"output": "tanh"})["weights"]
    said = browser.execute_script("return document.getElementById('line').textContent")
    assert said == f"ŷ = tanh({m:.4g}·x {'+' if b >= 0 else '−'} {abs(b):.4g})".replace("-", "−")


def test_a_first_loss_of_nothing_is_no_sign_of_a_rate_too_large(browser, address):
    quick = "count=10&seed=2&validation=0&layers=4&activation=relu&init=he&rate=0.01&batch=1"
    opened(browser, f"{address}#{quick}&iteration=3")
    assert browser.find_element("id", "trouble").text == ""


def test_training_ends_at_the_end_and_a_change_of_settings_is_said(browser, address):
    opened(browser, f"{address}#epochs=2&iteration=19")
    browser.find_element("id", "one").click()
    assert "Training has ended" in browser.find_element("id", "note").text
    browser.find_element("id", "one").click()
    assert call(browser, "state")["iteration"] == 20
    with pytest.raises(Exception, match="iteration is a whole number"):
        call(browser, "iterate", 2.5)
    rate = browser.find_element("name", "rate")
    change = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change', "
    change += "{bubbles: true}))"
    browser.execute_script(change, rate, "-1")
    assert "at least 0" in browser.find_element("id", "refusal").text
    assert rate.get_attribute("value") == "0.1"
    assert call(browser, "state")["iteration"] == 20
    browser.execute_script(change, rate, "0.2")
    assert browser.find_element("id", "refusal").text == ""
    assert "starts anew" in browser.find_element("id", "note").text
    call(browser, "configure", {"data": "xor"})
    said = browser.execute_script("return document.getElementById('code').textContent")
    assert "validation" not in said
    call(browser, "configure", {"data": "moons"})
    said = browser.execute_script("return document.getElementById('code').textContent")
    assert "validation=nn.moons(50" in said
    quiet(browser)


@pytest.mark.parametrize("target", [lambda k: k % 3, lambda k: [k, 1 - k]])
def test_one_input_and_several_outputs(target, browser, tmp_path):
    """All scores are drawn: each class or target has its colour in the plane."""
    data = [(float(k), target(k)) for k in range(9)]
    loss = nn.mse if target(0) else nn.cross_entropy
    nn.playground(data=data, loss=loss, optimizer=nn.SGD(0.01)).save(tmp_path / "own.html")
    opened(browser, (tmp_path / "own.html").as_uri())
    call(browser, "iterate", 5)
    found = browser.execute_script("""
      const canvas = document.getElementById("plane"), { width, height } = canvas;
      const found = new Set();
      const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
      for (let k = 0; k < data.length; k += 4) found.add(data.slice(k, k + 3).join(" "));
      return [...found];
    """)
    colours = ["217 112 13", "37 99 235", "5 150 105"][: 2 if target(0) else 3]
    assert {*colours} <= {*found}
    code = browser.execute_script("return document.getElementById('code').textContent")
    assert call(browser, "iterate", 10**4)["weights"] == pytest.approx(trained(code), abs=1e-12)
    call(browser, "configure", {"data": "spiral", "loss": loss.__name__})
    assert call(browser, "iterate", 3)["iteration"] == 3
    quiet(browser)


def test_one_sample_of_ones_own_and_then_moons(browser, tmp_path):
    import numpy as np

    data = [(np.array([0.0, 1.0]), np.array(0))]
    nn.playground(data=data, loss=nn.cross_entropy).save(tmp_path / "own.html")
    opened(browser, (tmp_path / "own.html").as_uri())
    assert call(browser, "iterate", 2)["iteration"] == 2
    call(browser, "configure", {"data": "moons", "epochs": 2})
    code = browser.execute_script("return document.getElementById('code').textContent")
    assert call(browser, "iterate", 20)["weights"] == pytest.approx(trained(code), abs=1e-12)
    quiet(browser)


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
    assert "rate is a finite number" in browser.find_element("id", "refusal").text
    opened(browser, f"{address}#layers=&weights=Infinity,1,2")
    assert "weights is a list of finite" in browser.find_element("id", "refusal").text
    opened(browser, f"{address}#rate=0.2&iteration=0.5")
    assert "iteration is a whole number" in browser.find_element("id", "refusal").text
    assert "rate" not in browser.current_url and call(browser, "state")["iteration"] == 0
    opened(browser, f"{address}#layers=4%2C2&iteration=5000")
    assert call(browser, "state")["iteration"] == 1000 and "layers=4,2" in browser.current_url
    quiet(browser)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (5, "settings are an object"),
        ({"bias": 1}, "bias is true or false, not 1"),
        *[
            ({"rate": x}, "rate is a finite number of at least 0, not")
            for x in (-1, None, [], True)
        ],
        *[
            ({"weights": [x, 1, 2]}, "weights is a list of finite numbers")
            for x in (None, True, [1])
        ],
        ({"toString": 1}, "no setting toString"),
        ({"epsilon": 0}, "epsilon is a number from 1e-30 to 1, not 0"),
        ({"seed": 2**53 + 2}, "seed is a whole number from 0 to 9007199254740990, not"),
        ({"validation": 1}, "validation is 0 or at least 2 here, not 1"),
        ({"data": "spiral", "classes": 3, "validation": 2}, "at least 3 here, not 2"),
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
    WebDriverWait(browser, 20).until(lambda b: b.find_element("id", "play").text == "Play again")
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
        ({}, 800, True),
        (LINE, 375, True),
        (LARGE, 375, False),
        (LARGE, 600, True),
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


def test_a_deep_network_fits_beside_its_plane(browser, address):
    screen(browser, 800)
    opened(browser, address)
    call(browser, "configure", {"layers": [4] * 6})
    wide = browser.execute_script(
        "const e = document.querySelector('.wide'); return e.scrollWidth - e.clientWidth"
    )
    assert wide <= 0


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


def classes(labels):
    return [((0.0, k), label) for k, label in enumerate(labels)]


def infinite():
    model = nn.MLP(1, [1])
    model.parameters()[0].data = math.inf
    return model


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
        ({"optimizer": nn.Adam(0.1, epsilon=0)}, ValueError, "epsilon from 1e-30 to 1, not 0"),
        ({"seed": 2**53}, ValueError, "seed from 0 to 9007199254740990, not 9007199254740992"),
        ({"l2": -1}, ValueError, "l2 from 0 to 10, not -1"),
        ({"l2": math.nan}, ValueError, "l2 from 0 to 10, not nan"),
        ({"model": nn.MLP(1, [1]), "loss": nn.hinge}, ValueError, "huber, not hinge"),
        ({"model": infinite()}, ValueError, "weights of a page are finite"),
        ({"data": [((0, math.inf), 1)]}, ValueError, "inputs are finite numbers, not (0, inf)"),
        ({"data": [((0, 1), math.nan)]}, ValueError, "targets are finite numbers, not nan"),
        ({"data": [((0, 1), [[1], [2]])]}, TypeError, "targets are numbers, or flat lists"),
        ({"data": [((0, 1), "12")]}, TypeError, "flat lists of them, not '12'"),
        ({"data": classes(range(5)), "loss": nn.cross_entropy}, ValueError, "up to 4 classes"),
        ({"data": [((0, 1), [1] * 5)]}, ValueError, "up to 4 classes or targets, not 5"),
        ({"data": classes([0, -1]), "loss": nn.cross_entropy}, ValueError, "no class -1"),
        ({"data": classes([(0, 1)]), "loss": nn.cross_entropy}, ValueError, "numbers of classes"),
    ],
)
def test_what_a_page_cannot_have_is_refused(arguments, error, said):
    with pytest.raises(error, match=re.escape(said)):
        nn.playground(**arguments)


def test_modules_of_ones_own_are_named_or_refused():
    Layer, Dropout, LayerNorm, Sequential = nn.Layer, nn.Dropout, nn.LayerNorm, nn.Sequential
    page = nn.playground(Sequential(LayerNorm(2), Layer(2, 1, seed=1)))
    assert repr(page) == "<playground: moons, Sequential, hinge, SGD>"
    assert "Sequential, 7 weights, computes as it was given" in page.document()
    assert "function own_model" not in nn.playground(nn.MLP(2, [1])).document()
    for model, error, words in (
        (Sequential(Layer(2, 4), Dropout(0.5), Layer(4, 1)), ValueError, "dropout of Sequential"),
        (abs, TypeError, "a page trains a Module"),
        (Sequential(LayerNorm(2), Layer(2, 5)), ValueError, "up to 4 outputs, not 2 and 5"),
    ):
        with pytest.raises(error, match=words):
            nn.playground(model)
    with pytest.raises(ValueError, match="need a network of 2 inputs and 1 outputs"):
        nn.playground(Sequential(LayerNorm(2), Layer(2, 2)), [((0.0, 1.0), 1.0)])


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"should end in \.html"):
        nn.playground().save(tmp_path / "page.png")


def test_settings_of_the_page_are_those_of_its_controls():
    text = (SCRIPTS / "page.html").read_text()
    fields = {*re.findall(r'name="(\w+)"', text)} - {"viewport", "depth", "speed"}
    assert fields == {*SETTINGS}
    assert json.loads(json.dumps(Playground(dict(SETTINGS), []).settings)) == SETTINGS
