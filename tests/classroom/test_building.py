"""Parts of the classroom that need neither JupyterLite nor a network: wheel, copies, refusals."""

import hashlib
import json
import subprocess
import sys
import urllib.request
import venv
import zipfile
from pathlib import Path
from threading import Thread

import pytest

import autograd
from autograd.__main__ import main
from autograd.classroom import cards, serve, wheel
from autograd.classroom.copies import copied
from autograd.classroom.distribution import CORE, LOCK, Distribution, Unusable
from autograd.classroom.front import page
from autograd.classroom.site import MARK, put
from autograd.commands import classroom, course

ROOT = Path(__file__).parent.parent.parent
NOTEBOOKS = {path: course.title(path) for path in sorted(course.FOLDER.glob("[0-9]*.ipynb"))}


def test_the_wheel_has_the_files_that_run(tmp_path):
    path = wheel.pack(tmp_path)
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        assert (
            archive.read("autograd/ops.py")
            == Path(autograd.__file__).with_name("ops.py").read_bytes()
        )
    assert {"nn/train.py", "autograd/functions.pyi", "autograd/live/scripts/page.js"} <= names
    assert not [name for name in names if "__pycache__" in name]
    again = tmp_path / "again"
    again.mkdir()
    assert wheel.pack(again).read_bytes() == path.read_bytes()


def test_a_folder_that_is_there_is_filled_and_a_site_replaced(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    before = folder.stat().st_ino
    for text in ("one", "two"):
        made = tmp_path / text
        (made / "files").mkdir(parents=True)
        (made / "index.html").write_text(text)
        (made / text).write_text(text)
        put(made, folder)
        assert (folder / "index.html").read_text() == text
        assert text == "two" or folder.stat().st_ino == before
    assert {path.name for path in folder.iterdir()} == {"files", "index.html", "two"}


def test_what_somebody_put_into_a_site_is_kept(tmp_path):
    made, folder = tmp_path / "made", tmp_path / "link"
    (tmp_path / "real").mkdir()
    folder.symlink_to(tmp_path / "real")
    for name in ("one.html", "two.html"):
        (made / "files").mkdir(parents=True)
        for file in (name, f"files/{name}", "index.html"):
            (made / file).write_text(name)
        files = [name, f"files/{name}", "index.html", MARK]
        (made / MARK).write_text(json.dumps({"files": files}))
        put(made, folder)
        (folder / ".git" / "refs").mkdir(parents=True, exist_ok=True)
        (folder / "files" / "mine.ipynb").write_text("mine")
        (folder / "index.html").write_text("mine")
    put_there = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    built = {"two.html", "files", "files/two.html", "index.html", MARK}
    assert put_there == {*built, ".git", ".git/refs", "files/mine.ipynb"}
    assert folder.is_symlink()
    assert {path.name for path in tmp_path.iterdir()} == {"link", "real"}


def test_a_site_stays_if_the_new_one_cannot_be_put_there(tmp_path, monkeypatch):
    made, folder = tmp_path / "made", tmp_path / "site"
    for path, text in ((made, "new"), (folder, "old")):
        path.mkdir()
        (path / "index.html").write_text(text)
    rename = Path.rename

    def renamed(path, target):
        if path.name == "new":
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", renamed)
    with pytest.raises(OSError, match="No space left"):
        put(made, folder)
    assert (folder / "index.html").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_an_interruption_after_the_last_rename_loses_nothing(tmp_path, monkeypatch):
    made, folder = tmp_path / "made", tmp_path / "site"
    for path, text in ((made, "new"), (folder, "old")):
        path.mkdir()
        (path / "index.html").write_text(text)
        (path / MARK).write_text(json.dumps({"files": ["index.html", MARK]}))
    (folder / ".git").touch()
    rename = Path.rename

    def interrupted(path, target):
        found = rename(path, target)
        if path.name == "new":
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        put(made, folder)
    assert {path.name for path in folder.iterdir()} == {".git", "index.html", MARK}
    assert (folder / "index.html").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_file_of_the_new_site_stands_where_somebody_had_a_folder(tmp_path):
    made, folder = tmp_path / "made", tmp_path / "site"
    for path, names in ((made, ["about"]), (folder, ["about/me", "notes/mine"])):
        for name in names:
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_text(name)
        (path / MARK).write_text(json.dumps({"files": [MARK]}))
    put(made, folder)
    assert (folder / "about").read_text() == "about"
    assert (folder / "notes" / "mine").read_text() == "notes/mine"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_pip_installs_the_wheel_and_it_computes(tmp_path):
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env" / "bin" / "python"
    folder = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "-t",
        folder,
    ]
    subprocess.run([*command, wheel.pack(tmp_path)], check=True, capture_output=True)
    program = "from importlib.metadata import requires, version; from autograd import Value\n"
    program += "print(version('chainrule'), (Value(2) * 3).data, requires('chainrule')[0])"
    done = subprocess.run(
        [python, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.startswith("0.1.0 6 graphviz")


def test_copies_say_what_will_not_run(tmp_path):
    found = copied(NOTEBOOKS, tmp_path, {"torch", "llvmlite"}, install=False)
    lacks = {copy.name[:2]: copy.lacks for copy in found}
    assert lacks["01"] == lacks["02"] == lacks["03"] == lacks["04"] == ()
    assert lacks["06"] == ("llvmlite",)
    assert lacks["07"] == ()  # it does without what it compares with, as the eighth does
    assert "torch" not in lacks["08"]
    for copy in found:
        cells = json.loads((tmp_path / copy.name).read_text(encoding="utf-8"))["cells"]
        assert ("there is no" in cells[1]["source"]) is bool(copy.lacks)


def test_copies_install_what_they_need_from_the_network(tmp_path):
    copied(NOTEBOOKS, tmp_path, set(), install=True)
    first = {
        path.name[:2]: json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]
        for path in tmp_path.glob("*.ipynb")
    }
    assert first["01"] == "%pip install -q chainrule"
    assert first["06"] == "%pip install -q chainrule hypothesis mpmath"


def test_the_front_page_has_it_all(tmp_path):
    copies = copied(NOTEBOOKS, tmp_path, {"torch"}, install=False)
    text = page(copies, ["live.html"], offline=True)
    for copy in copies:
        assert f"notebooks/index.html?path={copy.name}" in text
        assert copy.title in text
    assert "live.html" in text
    assert "playground.html" not in text
    assert "internet off" in text
    assert "%25pip" in page(copies, [], offline=False)


def test_the_cards_are_a_page_with_tables():
    pytest.importorskip("mistune")  # comes with the notebooks
    text = cards.page((ROOT / "tests" / "rules" / "README.md").read_text(encoding="utf-8"))
    assert text.count("<table>") == text.count("</table>") > 5
    assert "| wrong |" not in text


def planted(folder, packages):
    """A folder as of Pyodide with wheels of these names, none of which PyPI is asked for."""
    folder.mkdir()
    for name in CORE:
        (folder / name).write_bytes(b"")
    info = {"abi_version": "2026_0", "python": "3.14.2"}
    (folder / LOCK).write_text(json.dumps({"info": info, "packages": packages}))


def test_the_lock_file_has_what_is_there_and_its_hashes(tmp_path, monkeypatch):
    def entry(file, *depends):
        return {"file_name": file, "depends": list(depends), "version": "0", "sha256": "x"}

    names = ("micropip", "ipython", "jedi", "mpmath", "sortedcontainers")
    packages = {name: entry(f"{name}-1.0-py3-none-any.whl") for name in names}
    packages["openblas"] = entry("openblas-2-py3-none-any.whl")
    packages["numpy"] = entry("numpy-2-cp314-cp314-pyemscripten_2026_0_wasm32.whl", "openblas")
    planted(tmp_path / "pyodide", packages)
    wheels = [f"{name}-1.0-py3-none-any.whl" for name in names]
    wheels.append("openblas-2-py3-none-any.whl")
    for name in wheels:
        (tmp_path / "pyodide" / name).write_bytes(name.encode())
    ours = ("comm", "graphviz", "hypothesis", "piplite", "pyodide_kernel", "ipykernel", "chainrule")
    own = []
    for name in ours:
        own.append(tmp_path / f"{name}-3-py3-none-any.whl")
        own[-1].write_bytes(b"")
    asked = []
    monkeypatch.setattr(Distribution, "_download", lambda self, names: asked.extend(names))
    made = Distribution(tmp_path / "pyodide", tmp_path / "site")
    made.complete(own)
    lock = json.loads((tmp_path / "site" / LOCK).read_text())["packages"]
    assert made.missing == {"numpy"}
    assert {"numpy", "openblas"} & {*lock} == set()
    assert lock["mpmath"]["sha256"] == hashlib.sha256(b"mpmath-1.0-py3-none-any.whl").hexdigest()
    assert lock["chainrule"]["imports"] == ["autograd", "nn"]
    assert "numpy==0" in asked
    files = {path.name for path in (tmp_path / "site").glob("*.whl")}
    assert files == {entry["file_name"] for entry in lock.values()}

    (tmp_path / "pyodide" / "jedi-1.0-py3-none-any.whl").unlink()
    with pytest.raises(Unusable, match=r"jedi: neither in .* nor to be had from PyPI"):
        Distribution(tmp_path / "pyodide", tmp_path / "other").complete(own)


@pytest.fixture
def ready(monkeypatch):
    """As if JupyterLite were installed."""
    monkeypatch.setattr(classroom, "NEEDED", ())
    monkeypatch.setattr(classroom, "pages", dict)


def refused(capsys, *arguments):
    with pytest.raises(SystemExit) as stopped:
        main(["classroom", *map(str, arguments)])
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    return error


def test_what_is_missing_is_said(capsys, monkeypatch):
    monkeypatch.setattr(classroom, "NEEDED", ("no_such_package",))
    assert "pip install 'chainrule[classroom]'" in refused(capsys)


def test_a_folder_of_other_things_is_left_alone(capsys, ready, tmp_path):
    (tmp_path / "thesis.tex").touch()
    assert "no classroom" in refused(capsys, "-o", tmp_path)
    assert "the name of the folder is empty: give one" in refused(capsys, "-o", "")
    assert "is a file" in refused(capsys, "-o", tmp_path / "thesis.tex")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_site_is_not_renewed_under_the_feet_of_who_is_in_it(capsys, ready, tmp_path, monkeypatch):
    (tmp_path / MARK).touch()
    (tmp_path / "files").mkdir()
    for here, name in ((tmp_path, "."), (tmp_path / "files", "..")):
        monkeypatch.chdir(here)
        error = refused(capsys, "-o", name)
        assert "is the folder that you are in, and another takes its place" in error
        assert error.endswith(f"name {tmp_path.name}\n")


def test_a_folder_without_pyodide_is_refused(capsys, ready, tmp_path):
    (tmp_path / "empty").mkdir()
    error = refused(capsys, "-o", tmp_path / "site", "--pyodide", tmp_path / "empty")
    assert "has no pyodide.mjs" in error
    assert "npm install pyodide" in error
    assert not (tmp_path / "site").exists()


def test_it_is_served_to_this_computer_only(tmp_path):
    (tmp_path / "a.mjs").write_text("export const one = 1;")
    with serve(tmp_path) as server:
        assert server.server_address[0] == "127.0.0.1"
        Thread(target=server.serve_forever, daemon=True).start()
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/a.mjs") as answer:
            assert answer.headers["Content-Type"] == "text/javascript"
            assert answer.headers["Cache-Control"] == "no-cache"
        server.shutdown()
