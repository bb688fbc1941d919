"""The stepper and the live page in JupyterLab, trusted and untrusted, and in exported HTML.

Needs chromium with its driver, selenium and JupyterLab; skips, with the reason, without one.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

selenium = pytest.importorskip("selenium", reason="selenium is not installed")
pytest.importorskip("jupyterlab", reason="JupyterLab is not installed")
nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")

from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

from autograd.steps.page import document  # noqa: E402
from tests.chromium import chromium  # noqa: E402

ROOT = Path(__file__).parent.parent.parent

# The libraries behind the notebook and the browser warn about each other.
pytestmark = pytest.mark.filterwarnings("ignore")

CODE = """\
from fractions import Fraction
from autograd import Value, draw, explain, live, steps
x1, w1 = Value(5, "x1"), Value(Fraction("0.4"), "w1")
x2, w2 = Value(3, "x2"), Value(Fraction("0.6"), "w2")
w3, y = Value(Fraction("0.5"), "w3"), Value(8, "y")
h1 = x1 * w1 + x2 * w2
yhat = h1 * w3
E = (yhat - y) ** 2 / 2
E.backward()
s = steps(E, globals())
"""
CELLS = [CODE, "draw(E, globals())", "s", "s", "next(s)", "explain(E, w1, globals())"]
CELLS += ["live(E, globals())"] * 2


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("notebooks")


@pytest.fixture(scope="module")
def environment(folder):
    """Jupyter's own files, among them its signatures, in a folder that is thrown away."""
    own = {"HOME": "home", "JUPYTER_DATA_DIR": "data", "JUPYTER_CONFIG_DIR": "config"}
    own |= {"JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython"}
    paths = {name: str(folder / ".own" / path) for name, path in own.items()}
    for path in paths.values():
        Path(path).mkdir(parents=True)
    return os.environ | paths | {"PYTHONPATH": str(ROOT), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


@pytest.fixture(scope="module")
def executed(folder, environment):
    """The same notebook twice, run once: signed as trusted, and not."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    for index, cell in enumerate(notebook.cells):
        cell.id = f"cell{index}"
    path = folder / "untrusted.ipynb"
    nbformat.write(notebook, path)
    jupyter(environment, "nbconvert", "--to", "notebook", "--execute", "--inplace", path)
    # Signatures are of the content: a changed cell keeps the untrusted one untrusted.
    notebook = nbformat.read(path, 4)
    notebook.cells.append(nbformat.v4.new_markdown_cell("signed", id="signed"))
    nbformat.write(notebook, folder / "trusted.ipynb")
    jupyter(environment, "trust", folder / "trusted.ipynb")
    notebook.cells[-1].source = "never seen by this machine"
    nbformat.write(notebook, path)
    return folder


def jupyter(environment, *arguments):
    command = [sys.executable, "-m", "jupyter", *map(str, arguments)]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=120)


@pytest.fixture(scope="module")
def lab(executed, environment):
    """A JupyterLab server, by its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.root_dir": executed,
        "IdentityProvider.token": "",
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--{name}={value}" for name, value in options.items()]
    with (executed / "lab.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{address}/api", timeout=1):
                    break
            except OSError:
                assert server.poll() is None, (executed / "lab.log").read_text()
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait(browser, condition, seconds=45):
    return WebDriverWait(browser, seconds, poll_frequency=0.1).until(lambda _: condition())


def steppers(browser, form=".cr-live"):
    return list(browser.find_elements(By.CSS_SELECTOR, f".cr-steps {form}"))


def seen(within, selector):
    """The elements that a reader sees, asked for in one call: each call takes a while."""
    driver = getattr(within, "parent", within)
    root = within if within is not driver else driver.find_element(By.TAG_NAME, "body")
    return driver.execute_script(
        "return [...arguments[0].querySelectorAll(arguments[1])].filter(found =>"
        "  found.getClientRects().length && getComputedStyle(found).visibility === 'visible')",
        root, selector,
    )  # fmt: skip


STATE = """
const [stepper] = arguments;
const panel = [...stepper.querySelectorAll(".cr-panels>section")].filter(
  found => getComputedStyle(found).visibility === "visible");
if (panel.length !== 1) throw Error(panel.length + " panels");
const formulas = [...panel[0].querySelectorAll("math")].map(found => found.textContent);
const boxes = [...stepper.querySelectorAll(".cr-picture g.node")].filter(
  box => getComputedStyle(box.querySelector("polygon")).strokeWidth === "2.2px");
return [panel[0].querySelector(".cr-title").textContent.split(":")[0], formulas[0],
        formulas[1], boxes.map(box => box.getAttribute("class"))]
"""


def state(stepper):
    """The title, its formula, the first line and the highlighted boxes of what is shown."""
    return tuple(stepper.parent.execute_script(STATE, stepper))


def walk(stepper):
    """Clicks `next` through a stepper and checks that node and formula follow."""
    first = state(stepper)
    assert first[0] == "Forward 1 of 7"
    assert first[3] == ["node n2 intermediate"]
    assert first[2] == "x1·w1=5·0.4=2"
    [following] = seen(stepper, ".cr-nav label")
    following.click()
    second = state(stepper)
    assert second[0] == "Forward 2 of 7"
    assert second[3] == ["node n5 intermediate"]
    assert second[2] == "x2·w2=3·0.6=1.8"
    seen(stepper, ".cr-nav label")[0].click()
    assert state(stepper) == first
    stepper.find_elements(By.CSS_SELECTOR, ".cr-dots label")[10].click()
    assert state(stepper) == ("Backward 4 of 7", "y^", "∂E∂y^=−6.1", ["node n8 intermediate"])
    texts = [text.text.strip() for text in seen(stepper, ".n6 text")]
    assert texts == ["h₁ = x₁·w₁ + x₂·w₂", "value 3.8", "grad −3.05"]
    assert len(seen(stepper, ".n0 text")) == 2  # x₁ has no gradient yet


def explained(browser):
    """The elements of the explanation that a reader sees: MathML, or TeX that MathJax has set."""
    found = wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".cr-explain"))[0]
    browser.execute_script("arguments[0].scrollIntoView()", found)
    return seen(found, ".cr-math math"), lambda: seen(found, ".cr-tex mjx-container")


def moves(browser):
    """Both live pages are there, and the numbers of the second move alone."""
    wait(browser, lambda: len(browser.find_elements(By.CSS_SELECTOR, ".cr-page .cr-app")) == 2)
    first, second = browser.find_elements(By.CSS_SELECTOR, ".cr-page")
    assert first.get_attribute("id") != second.get_attribute("id")
    browser.execute_script("arguments[0].scrollIntoView()", second)
    assert not seen(browser, ".cr-page .cr-still")
    address = browser.current_url
    tab = second.find_elements(By.CSS_SELECTOR, ".cr-tabs button")
    assert [button.text for button in tab][:3] == ["Look", "Film", "Learn"]
    tab[2].click()
    [learn] = seen(second, ".cr-main")
    learn.click()
    wait(browser, lambda: "9.94706400415778" in second.text)
    assert "9.94706400415778" not in first.text
    tab[1].click()
    [follow] = seen(second, ".cr-film button[aria-label='next']")
    follow.click()
    wait(browser, lambda: "2 / 14" in second.text)
    assert browser.current_url == address  # it is the notebook's own


def opened(browser, lab, name):
    browser.get(f"{lab}/lab/workspaces/{name}/tree/{name}.ipynb")
    wait(browser, lambda: len(browser.find_elements(By.CSS_SELECTOR, ".jp-OutputArea-child")) >= 5)
    return browser


def test_a_trusted_notebook_steps(browser, lab):
    opened(browser, lab, "trusted")
    wait(browser, lambda: len(steppers(browser)) >= 3)
    first, again, single, *_ = steppers(browser)
    browser.execute_script("arguments[0].scrollIntoView()", first)
    walk(first)
    browser.execute_script("arguments[0].scrollIntoView()", again)
    assert state(again)[0] == "Forward 1 of 7"  # a second display has ids of its own
    walk(again)
    assert state(single)[0] == "Forward 1 of 7"
    assert not seen(browser, ".cr-still")
    formulas, tex = explained(browser)
    assert formulas[0].text and not tex()
    [image] = seen(browser, ".jp-RenderedSVG img")
    assert image.get_attribute("alt").startswith("The graph of E. 13 boxes")
    cell = browser.execute_script("return arguments[0].closest('.jp-OutputArea-output')", image)
    assert image.size["width"] <= cell.size["width"]
    moves(browser)


def test_an_untrusted_notebook_shows_the_picture_and_the_list(browser, lab):
    opened(browser, lab, "untrusted")
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".cr-still"))
    still = browser.find_elements(By.CSS_SELECTOR, ".cr-still")[0]
    browser.execute_script("arguments[0].scrollIntoView()", still)
    wait(browser, still.is_displayed)
    image = still.find_element(By.TAG_NAME, "img")
    wait(browser, lambda: browser.execute_script("return arguments[0].naturalWidth", image) > 500)
    assert "∂E/∂ŷ = −6.1" in still.find_element(By.TAG_NAME, "pre").text
    assert not seen(browser, ".cr-live")
    formulas, tex = explained(browser)
    assert not formulas
    assert wait(browser, tex)
    [page, _] = browser.find_elements(By.CSS_SELECTOR, ".cr-page")
    assert page.find_element(By.TAG_NAME, "img").get_attribute("alt").startswith("The graph of E")
    assert not page.find_elements(By.CSS_SELECTOR, ".cr-app")
    page.find_element(By.TAG_NAME, "summary").click()
    assert "adds (−6.1)(0.5) = −3.05 to h₁: 0 → −3.05" in page.text


def test_exported_html_steps_offline(browser, executed, environment):
    jupyter(environment, "nbconvert", "--to", "html", executed / "trusted.ipynb")
    browser.get((executed / "trusted.html").as_uri())
    first, again, *_ = steppers(browser)
    walk(first)
    walk(again)
    assert not seen(browser, ".cr-still")
    formulas, tex = explained(browser)
    assert formulas[0].text and not tex()
    moves(browser)
    image = browser.find_element(By.CSS_SELECTOR, ".jp-RenderedSVG img")
    assert image.get_attribute("alt").startswith("The graph of E. 13 boxes")
    for width in (375, 1400):
        browser.set_window_size(width, 1000)
        assert 0 < image.size["width"] <= width
        assert image.size["height"] > 20


def saved(steps, folder):
    """The page of rules that no page computes."""
    path = folder / "steps.html"
    path.write_text(document(steps), encoding="utf-8")
    return path.as_uri()


def test_a_page_without_a_script_steps_and_fits(browser, tmp_path):
    namespace = {}
    exec(CODE, namespace)
    browser.get(saved(namespace["s"], tmp_path))
    [stepper] = steppers(browser)
    walk(stepper)
    width = browser.execute_script("return document.documentElement.scrollWidth")
    assert width <= browser.execute_script("return window.innerWidth")
    over = browser.execute_script(
        "return [...document.querySelectorAll('.cr-picture g.node')].map(box =>"
        "  Math.max(...[...box.querySelectorAll('text')].map("
        "    text => text.getBoundingClientRect().right))"
        "  - box.querySelector('polygon').getBoundingClientRect().right)"
    )
    assert len(over) == 13
    assert max(over) <= 1


def test_printing_shows_every_step(browser, tmp_path):
    namespace = {}
    exec(CODE, namespace)
    browser.get(saved(namespace["s"], tmp_path))
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        [stepper] = steppers(browser)
        assert len(seen(stepper, ".cr-panels>section")) == 14
        assert not seen(stepper, ".cr-bar")
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
