"""The classroom as a student has it: built, without a network, in Pyodide and in a real browser.

Needs node, npm's `pyodide` in .ci, JupyterLite, and chromium for the notebooks; skips, with the
reason, without one. PyPI has the wheels of the kernel.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from autograd.classroom import Unusable
from tests.classroom import browsing, program
from tests.soaking import asked

pytestmark = pytest.mark.filterwarnings("ignore")  # the browser's library has its own

PICTURES = {"image/svg+xml", "image/png"}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    if browsing.missing():
        pytest.skip(browsing.missing())
    try:
        return browsing.made(tmp_path_factory.mktemp("classroom") / "site")
    except Unusable as error:
        pytest.skip(f"{error}")


@pytest.fixture(scope="module")
def browser(site):
    if browsing.unseen():
        pytest.skip(browsing.unseen())
    with browsing.opened(site.folder) as (browser, address):
        yield browser, address


@pytest.fixture(scope="module")
def told(site):
    """What the program prints in Pyodide, where the wheel was installed."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    (wheel,) = (site.folder / "pypi").glob("chainrule-*.whl")
    script, folder = Path(__file__).with_name("run.mjs"), site.folder / "static" / "pyodide"
    done = subprocess.run(
        ["node", script, folder, wheel, program.__file__],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def ours():
    return json.loads(json.dumps(program.everything()))


@pytest.mark.parametrize(
    "name", ["command", "training", "new weights", "equal", "explain", "layered", "faults"]
)
def test_a_browser_s_python_gives_what_this_one_gives(told, ours, name):
    assert told[name] == ours[name]


def test_the_notes_hold_there(told):
    assert told["equal"] is True
    assert told["new weights"][0] == "221/400"
    assert "slope of x.tanh() is wrong" in told["faults"][0]


def test_pictures_steppers_and_pages_are_there(told):
    assert told["drawn"] == told["layered"]
    for name in ("steps", "live"):
        assert "<svg" in told[name] or "image/svg+xml" in told[name]
        assert "0.5525" in told[name] or "yhat" in told[name]


def test_a_training_agrees_to_the_last_digits_and_is_plotted(told, ours):
    assert told["losses"] == pytest.approx(ours["losses"], rel=1e-12, abs=0)
    assert told["plot"] == ours["plot"]
    assert told["plotted"].startswith("<svg")


FIRST = ["01_hand_calculation.ipynb"]
BEGINNING = [*FIRST, "02_why_the_chain_rule.ipynb", "03_stepping.ipynb"]


@pytest.mark.parametrize("name", asked(FIRST, BEGINNING))
def test_a_notebook_runs_from_first_to_last_cell(browser, name):
    cells, _ = browsing.run(*browser, name)
    before = json.loads((browsing.ROOT / "notebooks" / name).read_text(encoding="utf-8"))["cells"]
    assert ["".join(cell["source"]) for cell in cells] == [
        "".join(cell["source"]) for cell in before
    ]
    for now, then in zip(cells, before, strict=True):
        if now["cell_type"] == "code":
            assert texts(now) == texts(then)
            assert pictured(now) == pictured(then)
    assert [url for url in browsing.asked(browser[0]) if foreign(url, browser[1])] == []


def texts(cell):
    """What a cell prints, and its results as text."""
    shown = ["".join(out.get("text") or out["data"]["text/plain"]) for out in cell["outputs"]]
    assert all(out["output_type"] != "error" for out in cell["outputs"]), cell["outputs"]
    return shown


def pictured(cell):
    """Which outputs of a cell are pictures; a page that asks has none where it is stored."""
    if 'mode="practise"' in "".join(cell["source"]):
        return []
    shown = [out.get("data", {}) for out in cell["outputs"]]
    return [bool(PICTURES & {*it}) or "<img" in "".join(it.get("text/html", "")) for it in shown]


def foreign(url, address):
    return not url.startswith((address, "data:", "blob:", "chrome:"))


def test_the_pages_beside_the_notebooks_open(browser):
    page, address = browser
    page.get(f"{address}/index.html")
    links = page.execute_script("return [...document.querySelectorAll('a')].map(a => a.href)")
    assert len(links) == 8 + 5 + 1
    for link in links:
        if link.endswith(("live.html", "playground.html", "cards.html")):
            page.get(link)
            assert page.execute_script("return document.body.innerText.length") > 300
    assert [url for url in browsing.asked(page) if foreign(url, address)] == []
