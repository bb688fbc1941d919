"""The notebooks: in step with their text, and what they show is what running them gives."""

import dis
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograd.__main__ import main
from autograd.commands import course

for needed in ("ipykernel", "jupytext", "matplotlib", "nbclient"):
    pytest.importorskip(needed, reason=f"{needed} is not installed")

FOLDER = Path(__file__).parent.parent / "notebooks"
LARGEST = 300_000  # bytes of a notebook, which a code host shows and a phone loads
NAMES = sorted(path.stem for path in FOLDER.glob("[0-9]*.ipynb"))


@pytest.fixture(scope="module")
def build():
    spec = importlib.util.spec_from_file_location("build", FOLDER / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(name):
    import nbformat

    return nbformat.read(FOLDER / f"{name}.ipynb", 4)


def test_each_notebook_has_a_text_and_each_text_a_notebook():
    assert sorted(path.stem for path in (FOLDER / "text").glob("*.md")) == NAMES
    assert len({name[:2] for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_notebook_and_text_are_in_step(build, name):
    text = FOLDER / "text" / f"{name}.md"
    ours, theirs = build.unexecuted(text).cells, read(name).cells
    assert [(c.cell_type, c.source, c.metadata) for c in ours] == [
        (c.cell_type, c.source, c.metadata) for c in theirs
    ]


@pytest.mark.parametrize("name", NAMES)
def test_jupytext_writes_the_text_that_is_there(name):
    import jupytext

    settings = {"notebook_metadata_filter": "-all", "cell_metadata_filter": "tags,-all"}
    found = read(name)
    found.metadata["jupytext"] = settings
    text = (FOLDER / "text" / f"{name}.md").read_text(encoding="utf-8")
    assert jupytext.writes(found, fmt="md") == text


@pytest.mark.parametrize("name", NAMES)
def test_running_a_notebook_gives_what_it_shows(build, name):
    found = read(name)
    if any("import torch" in cell.source for cell in found.cells):
        pytest.importorskip("torch", reason="PyTorch is not installed")
    again = build.stored(build.executed(FOLDER / "text" / f"{name}.md"))
    assert list(build.differences(found, again)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_shows_results_only(name):
    """No warnings, no errors, nothing that was skipped, no path of some machine."""
    for cell in read(name).cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error"
            assert output.get("name") != "stderr"
            assert "/" + "home/" not in json.dumps(output)
        if cell.cell_type == "code":
            assert cell.execution_count is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_small(name):
    assert (FOLDER / f"{name}.ipynb").stat().st_size < LARGEST


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_begins_with_the_notes_and_ends_with_exercises(name):
    """Three of the practice mode: their solutions are worked out, not typed."""
    cells = read(name).cells
    assert re.match(r"# \d · [^\n]+\n\n\*From the notes: “", cells[0].source)
    prose = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert re.findall("^## .+$", prose, re.M)[-1] == "## Three exercises"
    assert sum("live(" in cell.source for cell in cells) >= 2  # what moves, and what asks
    solutions = cells[-1].outputs[0].data["text/markdown"]
    assert solutions.count("<details>") == 3 < solutions.count(r"\partial")
    made = {}
    exec(next(it.source for it in cells if "from autograd.live.ex" in it.source), made)
    for one in made["exercises"]:
        assert one.text in "".join(
            out.get("text", "") for it in cells for out in it.get("outputs", [])
        )


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_has_its_words(name):
    for cell in read(name).cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for image in re.findall(r"<img[^>]*>", data.get("text/html", "")):
                assert re.search(r'alt="[^"]{9,}"', image)
            if "image/svg+xml" in data and "text/html" not in data:
                assert "aria-label=" in data["image/svg+xml"]
            assert "image/png" not in data or "text/html" in data


def used(code, *kinds):
    """The names that instructions of these kinds have, in functions within, too."""
    inner = [it for it in code.co_consts if hasattr(it, "co_consts")]
    own = [it.argval for it in dis.get_instructions(code) if it.opname in kinds]
    return {*own}.union(*(used(it, *kinds) for it in inner))


def missed(sources):
    """What would be another thing if each cell had names of its own for what others bind, too.

    That is what marimo makes of a notebook: a name that two cells bind becomes two names. So a cell
    may not go on from its own name's former value, and a function would still mean the former.
    """
    cells = [compile(source, "cell", "exec") for source in sources]
    known, readers = set(), {}
    for place, code in enumerate(cells):
        steps = [
            it for it in dis.get_instructions(code) if it.opname in ("LOAD_NAME", "STORE_NAME")
        ]
        first = {it.argval: it.opname for it in reversed(steps)}
        bound = {it.argval for it in steps if it.opname == "STORE_NAME"}
        later = set().union(*(used(it, "LOAD_NAME", "LOAD_GLOBAL") for it in cells[place:]))
        for name in bound & known:
            if first[name] == "LOAD_NAME":
                yield name
            stale = {name}
            for _ in readers:  # who calls such a function is one, too
                stale |= {it for it, read in readers.items() if read & stale}
            yield from sorted((stale - bound) & later)
        known |= bound
        inner = [it for it in code.co_consts if hasattr(it, "co_consts")]
        readers |= {it.co_name: used(it, "LOAD_GLOBAL") for it in inner if it.co_name in bound}


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_means_the_same_where_each_cell_has_its_own_names(name):
    assert [*missed([cell.source for cell in read(name).cells if cell.cell_type == "code"])] == []


@pytest.mark.parametrize(
    ("last", "found"),
    [
        ("f = abs(f)", ["f", "g"]),  # g still calls the former f
        ("w = 2\ng(w)", []),
        ("for _ in range(3):\n    w = w - 1", ["w"]),
        ("w = 5\nh()", ["h"]),
    ],
)
def test_the_search_finds_what_a_cell_would_miss(last, found):
    first = "w = 1\ndef f(x): return x\ndef g(x): return f(x)\ndef h(): return w"
    assert [*missed([first, f"{last}\ng(1)"])] == found


def test_the_twelve_questions_lead_to_headings_of_the_course():
    text = (FOLDER / "questions.md").read_text(encoding="utf-8")
    links = re.findall(r"\((\w+)\.ipynb#([^)]+)\)", text)
    assert len(links) >= 12
    for name, anchor in links:
        found = re.findall(r"^## (.+)$", "\n".join(it.source for it in read(name).cells), re.M)
        assert anchor in [heading.replace(" ", "-") for heading in found]
    headings = re.findall(r"^## \d+ · (.+)$", text, re.M)
    assert len(headings) == len(re.findall(r"^\| \[\d+ · ", text, re.M)) == 12


@pytest.mark.parametrize("name", NAMES)
def test_questions_have_their_answers_folded_away(name):
    source = "\n".join(cell.source for cell in read(name).cells if cell.cell_type == "markdown")
    assert source.count("**Question") == 0
    assert source.count("<b>Question.</b>") == source.count("<details>") > 0
    assert source.count("<details>") == source.count("</details>") == source.count("</summary>")
    assert "<details open" not in source


def test_what_is_stored_has_no_script_and_each_picture_once(build):
    page = '<div><style>p{}</style><img alt="a"><script>{"mode":"look"}</script></div>'
    bundle = {
        "text/html": page,
        "image/svg+xml": "<svg/>",
        "application/pdf": "c",
        "image/png": "d",
    }
    assert build.lean(bundle) == {"text/html": '<div><img alt="a"></div>'}
    assert (
        "Run this cell" in build.lean({"text/html": page.replace("look", "practise")})["text/html"]
    )
    assert build.lean({"image/svg+xml": "<svg/>"}) == {"image/svg+xml": "<svg/>"}
    picture = {"text/html": "<img>", "text/plain": "p", "image/png": "d"}
    assert build.lean(picture) == picture
    assert "image/png" not in build.lean(picture | {"image/png": "d" * 20_001})


def test_the_comparison_sees_what_changes(build):
    import nbformat.v4 as v4

    def one(kind, data, *tags):
        cell = v4.new_code_cell("x", outputs=[v4.new_output("display_data", data={kind: data})])
        cell.metadata["tags"] = list(tags)
        return v4.new_notebook(cells=[cell])

    plain = one("text/plain", "eager 3.5 ms")
    assert list(build.differences(plain, plain)) == []
    assert list(build.differences(plain, one("text/plain", "eager 3.6 ms")))
    timed = one("text/plain", "eager 3.5 ms, 12 times", "times")
    assert not list(build.differences(timed, one("text/plain", "eager 210 µs, 7 times", "times")))
    assert list(build.differences(timed, one("text/plain", "lazy 3.5 ms, 12 times", "times")))
    assert list(build.differences(plain, one("text/html", "eager 3.5 ms")))


def test_the_comparison_sees_a_curve_that_moves(build):
    import base64
    import io

    from matplotlib.figure import Figure

    def plotted(slope):
        figure, buffer = Figure(figsize=(7, 3.5)), io.BytesIO()
        figure.subplots().plot([0, 1, 2], [0, slope, 2])
        figure.savefig(buffer, format="png", dpi=100)
        return base64.b64encode(buffer.getvalue()).decode()

    assert build._alike(plotted(1), plotted(1.0001))
    assert not build._alike(plotted(1), plotted(1.2))


def test_they_are_listed(capsys):
    assert main(["notebooks"]) == 0
    listed = capsys.readouterr().out
    for name in NAMES:
        assert name in listed
        assert course.title(FOLDER / f"{name}.ipynb") in listed


def test_one_is_opened(monkeypatch):
    started = []
    done = subprocess.CompletedProcess([], 0)
    monkeypatch.setattr(subprocess, "run", lambda command, **rest: started.append(command) or done)
    for wanted in ("3", "03_stepping", "stepping.ipynb"):
        assert main(["notebooks", wanted]) == 0
    assert started == [[sys.executable, "-m", "jupyterlab", str(FOLDER / "03_stepping.ipynb")]] * 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["99"], "'99' names none of 01_hand_calculation"),
        (["a", "b"], "unrecognized"),
        (["_"], "several"),
    ],
)
def test_what_cannot_be_opened_is_refused_in_a_line(capsys, arguments, words):
    with pytest.raises(SystemExit) as stopped:
        main(["notebooks", *arguments])
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


def test_what_is_missing_is_said(capsys, monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        patch.setattr(course.importlib.util, "find_spec", lambda name: None)
        with pytest.raises(SystemExit):
            main(["notebooks", "1"])
        assert "pip install 'chainrule[notebook]'" in capsys.readouterr().err
    monkeypatch.setattr(course, "FOLDER", tmp_path)
    with pytest.raises(SystemExit):
        main(["notebooks"])
    assert "no notebooks in" in capsys.readouterr().err
