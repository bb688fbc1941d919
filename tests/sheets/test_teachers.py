"""The page for teachers: what it says is what comes, in the order in which it is said."""

import doctest
import os
import re
import shlex
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from autograd.__main__ import main
from tests.chromium import chromium, complaints

PAGE = Path(__file__).parent.parent.parent / "notebooks" / "teachers.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def files(folder):
    """Writes the blocks that begin with the name of a file."""
    for _, block in BLOCKS:
        found = re.match(r"(?:# |<!-- )([\w.]+\.(?:py|html))(?: -->)?\n", block)
        if found:
            (folder / found[1]).write_text(block.removeprefix(found[0]), encoding="utf-8")


def commands(block):
    """The commands of a block, each with what it prints."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        assert command.startswith("python -m autograd ")
        yield shlex.split(command)[3:], printed


def test_what_it_says_is_what_comes(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    files(tmp_path)
    scope = {}
    ran = 0
    for kind, block in BLOCKS:
        if kind == "console":
            for arguments, printed in commands(block):
                main(arguments)
                assert capsys.readouterr().out == printed
                ran += 1
        elif block.startswith(">>>"):
            test = doctest.DocTestParser().get_doctest(block, scope, PAGE.name, str(PAGE), 0)
            runner = doctest.DocTestRunner(verbose=False)
            runner.run(test, out=print, clear_globs=False)
            assert not runner.failures, capsys.readouterr().out
            scope, ran = test.globs, ran + 1
    assert ran == 7
    for name in ("sheet.html", "sheet.ipynb", "chain.html", "playground.html"):
        assert (tmp_path / name).stat().st_size > 1000


def headings(page):
    """What a link can lead to, as GitHub calls it."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    return {
        re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-")
        for line in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        path, _, anchor = target.partition("#")
        found = PAGE.parent / path if path else PAGE
        assert found.exists(), target
        assert not anchor or anchor in headings(found), target


@pytest.mark.skipif(not os.environ.get("SOAK"), reason="SOAK=1 opens it in a browser")
def test_the_lesson_shows_the_page_and_moves_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files(tmp_path)
    for kind, block in BLOCKS:
        for arguments, _ in commands(block) if kind == "console" else ():
            if arguments[0] == "live":
                main(arguments)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with chromium(tmp_path / "profile") as browser:
            from selenium.webdriver.support.ui import WebDriverWait

            browser.get(f"http://127.0.0.1:{server.server_address[1]}/lesson.html")
            ready = "return !!document.getElementById('chain').contentWindow.live"
            WebDriverWait(browser, 30).until(lambda one: one.execute_script(ready))
            browser.find_element("css selector", "button").click()
            # By hand: h = 6.3, ŷ = 3.15, and 4.85² / 2 = 11.76125.
            assert browser.find_element("id", "said").text == "E is now 11.76125"
            frame = browser.find_element("id", "chain")
            browser.switch_to.frame(frame)
            assert "11 / 14" in browser.find_element("css selector", "body").text
            assert [one for one in complaints(browser) if "favicon" not in one] == []
        server.shutdown()
