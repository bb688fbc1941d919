"""The classroom in a real browser that reaches no other host: what is needed, and how it is run."""

import importlib.util
import json
import shutil
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from autograd.classroom import build, serve
from autograd.commands import classroom, course

ROOT = Path(__file__).parent.parent.parent
PYODIDE = ROOT / ".ci" / "node_modules" / "pyodide"  # `.ci/run` puts it there

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--window-size=1200,1000"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)

# The notebook that the page shows, with its outputs, and what its kernel does.
STATE = """
const shown = window.jupyterapp?.shell.currentWidget;
const model = shown?.content?.model;
const status = shown?.sessionContext?.session?.kernel?.status ?? null;
return model ? {status, cells: model.toJSON().cells} : null;
"""
START = """
const done = arguments[0], app = window.jupyterapp, shown = app.shell.currentWidget;
app.commands.execute("notebook:clear-all-cell-outputs")
  .then(() => shown.sessionContext.ready)
  .then(() => { app.commands.execute("notebook:run-all-cells"); done(); });
"""
GO_ON = """
const app = window.jupyterapp, shown = app.shell.currentWidget.content;
shown.deselectAll();
shown.activeCellIndex = arguments[0];
app.commands.execute("notebook:run-all-below");
"""


def missing():
    """Why no classroom can be built here, "" if one can."""
    if not (PYODIDE / "pyodide.mjs").is_file():
        return "npm install --prefix .ci pyodide is missing"
    absent = [name for name in classroom.NEEDED if importlib.util.find_spec(name) is None]
    return f"{absent[0]} is not installed" if absent else ""


def unseen():
    """Why no browser can be opened here, "" if one can."""
    if importlib.util.find_spec("selenium") is None:
        return "selenium is not installed"
    if shutil.which("chromium") is None or shutil.which("chromedriver") is None:
        return "no chromium with chromedriver here: apt install chromium chromium-driver"
    return ""


def made(folder):
    """A site that runs with the network off, whose pages show their inner life to a test."""
    found = {path: course.title(path) for path in sorted(course.FOLDER.glob("[0-9]*.ipynb"))}
    site = build(folder, found, classroom.pages(), PYODIDE)
    path = folder / "jupyter-lite.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    settings["jupyter-config-data"]["exposeAppInBrowser"] = "true"
    path.write_text(json.dumps(settings), encoding="utf-8")
    return site


@contextmanager
def opened(folder):
    """A browser, and the address of the site in a folder."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        with serve(folder) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            with webdriver.Chrome(options, Service(shutil.which("chromedriver"))) as browser:
                browser.set_script_timeout(120)
                yield browser, f"http://127.0.0.1:{server.server_port}"
            server.shutdown()


def run(browser, address, name, limit=600, *, onwards=False):
    """Runs a notebook from first to last cell; gives its cells and the seconds to a first result.

    A cell that fails ends the run, as it does for a reader who runs them all; or, with `onwards`,
    it goes on with the next, as for a reader who goes from cell to cell.
    """
    start = time.monotonic()
    browser.get(f"{address}/notebooks/index.html?path={name}")
    until(lambda: browser.execute_script(STATE), 180)
    browser.execute_async_script(START)
    first = []

    def over():
        state = browser.execute_script(STATE)
        code = [(k, it) for k, it in enumerate(state["cells"]) if it["cell_type"] == "code"]
        if not first and any(cell["outputs"] for _, cell in code):
            first.append(time.monotonic() - start)
        if state["status"] != "idle" or not first:
            return None
        left = [place for place, cell in code if cell["execution_count"] is None]
        failed = any(out["output_type"] == "error" for _, cell in code for out in cell["outputs"])
        if onwards and failed and left:
            browser.execute_script(GO_ON, left[0])
            time.sleep(1)
            return None
        return (failed or not left) and state["cells"]

    return until(over, limit), first[0]


def prompted(browser, address, code, answer):
    """Waits until the prompt that the front page links has answered to some code."""
    browser.get(f"{address}/index.html")
    link = browser.execute_script("return document.querySelector('a[href^=repl]').href")
    browser.get(link + quote(code))
    until(lambda: answer in browser.execute_script("return document.body.innerText"), 180)


def unexpected(cells, copy):
    """What failed in a notebook and is not for want of what it lacks."""
    errors = [
        f"{out['ename']}: {out['evalue']}"
        for cell in cells
        for out in cell.get("outputs", [])
        if out["output_type"] == "error"
    ]
    if not copy.lacks:
        return errors
    # After an import that fails, its names are missing, too.
    wanted = (*(f"'{name}'" for name in copy.lacks), *copy.lacks, "NameError")
    return [error for error in errors if not any(name in error for name in wanted)]


def until(condition, seconds):
    """What the condition gives as soon as it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.2)
    raise TimeoutError(f"not after {seconds} s")


def asked(browser):
    """The addresses that pages have asked for since the last time."""
    messages = (json.loads(entry["message"])["message"] for entry in browser.get_log("performance"))
    sent = [it["params"] for it in messages if it["method"] == "Network.requestWillBeSent"]
    return [it["request"]["url"] for it in sent]
