"""How an engine is found: its class, its parts by name, and what is said when one is missing."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograd.testing.engines import (
    EngineError,
    LoadError,
    check_engine,
    discovery,
    isolation,
    report_on,
    worker,
)
from autograd.testing.engines.isolation import Isolated

PLANTED = Path(__file__).parent / "planted"
FILE = PLANTED / "named.py"


def found(name, names=None, file=FILE):
    target, _, opening = discovery.target_of(f"{file}:{name}")
    with Isolated(target, limit=60.0) as process:
        return discovery.found(process, name, name, opening, names or {})


@pytest.mark.parametrize(
    ("name", "names", "parts", "operation"),
    [
        ("Node", {}, ("Node({0})", "{0}.val", "{0}.derivative", "{0}.backprop(1.0)"), "sin(x)"),
        (
            "Hidden",
            {},
            ("Hidden({0}, ())", "{0}.value", "{0}.gradient", "{0}.backward_pass()"),
            "x.leakyReLU()",
        ),
        (
            "Wert",
            {"backward": "los", "sin": "sinus"},
            ("Wert({0})", "{0}.zahl", "{0}.ableitung", "{0}.los()"),
            "x.sinus()",
        ),
    ],
)
def test_parts_are_found_by_name_or_by_what_they_do(name, names, parts, operation):
    candidate = found(name, names)
    speech = candidate.dialect
    assert (speech.leaf, speech.data, speech.grad, speech.backward) == parts
    assert operation in [operation.label for operation in candidate.operations]
    report = check_engine(f"{FILE}:{name}", names=names, limit=60.0, graphs=20)
    assert report.passed > 500


def test_a_constant_within_an_operation_is_found():
    (leaky,) = [op for op in found("Hidden").operations if op.row == "leaky_relu"]
    assert leaky.fixed == (None, 0.2)


def test_what_breaks_is_there_and_what_refuses_is_not():
    candidate = found("Breaks", file=PLANTED / "wrong.py")
    there = {operation.label for operation in candidate.operations}
    assert {"x - y", "x / y", "n / y", "x.exp()", "x ** n", "x % n"} <= there
    assert not {"n - y", "x ** y", "n ** y", "abs(x)", "x % y", "x.log()"} & there
    assert candidate.untried == ("log", "made", "wrapped")
    report = report_on(f"{PLANTED / 'wrong.py'}:Breaks", graphs=5, longest=50)
    line = report.wrong[0].line
    assert "x - y raises AttributeError: x = Breaks(2.0); y = Breaks(3.0); out = x - y" in line


@pytest.mark.parametrize(
    ("target", "names", "message"),
    [
        ("Nothing", {}, r"no attribute of Nothing\(2.5\) is 2.5 \(looked at text\): give its name"),
        ("Wert", {}, "Wert has no method for the backward pass"),
        ("Wert", {"backward": "sprung"}, r"\(looked for sprung\)"),
        ("Wert", {"backward": "los", "grad": "steigung"}, "Wert has no steigung"),
        ("Wert", {"backward": "los", "sinn": "sinus"}, "or an operation, not 'sinn'"),
        ("Absent", {}, "there is no class 'Absent' there"),
        ("", {}, "several classes have a backward"),
    ],
)
def test_what_is_missing_is_said(target, names, message):
    file = PLANTED / "wrong.py" if not target else FILE
    with pytest.raises(ValueError, match=message):
        check_engine(f"{file}:{target}".rstrip(":"), names=names)


def test_the_one_class_of_a_file_is_found():
    assert check_engine(str(PLANTED / "closures.py"), graphs=10).ok


def test_what_cannot_be_loaded_is_said(tmp_path):
    with pytest.raises(ValueError, match="there is no file"):
        check_engine(str(tmp_path / "none.py"))
    notebook = tmp_path / "mine.ipynb"
    notebook.write_text("{}")
    with pytest.raises(ValueError, match=r"mine.ipynb' is no Python file: call check_engine"):
        check_engine(f"{notebook}:Value")
    with zipfile.ZipFile(tmp_path / "mine.zip", "w"):
        pass
    with pytest.raises(ValueError, match=r"mine.zip' is no Python file: unpack it, or give file"):
        check_engine(f"{tmp_path / 'mine.zip'}:Value")
    broken = tmp_path / "broken.py"
    broken.write_text("1 / 0\n")
    with pytest.raises(LoadError, match="loading it raised ZeroDivisionError: division by zero"):
        check_engine(str(broken))
    with pytest.raises(LoadError, match="cannot be run"):
        check_engine(str(broken), python=str(tmp_path / "python"))
    with pytest.raises(TypeError, match="takes a class or a text"):
        check_engine(3)


@pytest.mark.parametrize("packages", ["a/b", "plain"])
def test_a_file_with_relative_imports_is_a_module_of_its_package(packages, tmp_path):
    folder = tmp_path / packages
    folder.mkdir(parents=True)
    if packages != "plain":
        for package in ("a", "a/b"):
            (tmp_path / package / "__init__.py").write_text("")
    (folder / "base.py").write_text("class Base:\n    at = __name__\n")
    (folder / "mine.py").write_text("from .base import Base\nclass Value(Base): pass\n")
    target, name, opening = discovery.target_of(f"{folder / 'mine.py'}:Value")
    package = packages.replace("/", ".")
    assert (name, opening) == ("Value", f"from {package}.mine import ")
    with Isolated(target) as process:
        assert process.ask("", ["Value.at"]).read == (["plain", f"{package}.base"],)


def test_a_folder_that_no_import_can_name_is_no_package(tmp_path):
    file = tmp_path / "homework.3" / "mine.py"
    file.parent.mkdir()
    file.write_text(
        '"""Values, as we have them\nfrom . to .\n"""\nclass Value:\n    at = __name__\n'
    )
    target, _, opening = discovery.target_of(f"{file}:Value")
    assert opening == "from mine import "
    with Isolated(target) as process:
        assert process.ask("", ["Value.at"]).read == (["plain", "mine"],)


def test_numpy_numbers_are_read_as_numbers():
    np = pytest.importorskip("numpy")
    assert worker.encoded(np.float32(2.5), "data") == ["float32", "2.5"]
    assert worker.encoded(np.array(2.5), "data") == ["float64", "2.5"]


def test_an_archive_of_this_project_checks_engines_too(tmp_path):
    root = Path(isolation.__file__).parents[3]
    archive = tmp_path / "chainrule.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in root.glob("autograd/**/*.py"):
            packed.write(path, path.relative_to(root))
    code = (
        "from autograd.testing.engines.isolation import Isolated\n"
        "print(Isolated({'setup': 'x = 3'}).ask('', ['x']).read)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(archive)},
    )  # fmt: skip
    assert done.stdout == "(['int', '0x3'],)\n", done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_class_that_no_import_finds_runs_in_a_fork():
    class Number:
        """Sums alone, with a gradient that is lost."""

        def __init__(self, data):
            self.data, self.grad = data, 0.0

        def __add__(self, other):
            return Number(self.data + other.data)

        def backward(self):
            self.grad = 1.0

    with pytest.raises(EngineError, match="no gradient arrives anywhere") as caught:
        check_engine(Number)
    assert caught.value.verdict == "wrong"
    assert not caught.value.report.ok


def test_a_process_that_hangs_or_dies_is_started_again():
    with Isolated({"setup": "import os, time"}, limit=1.0) as process:
        questions = [
            ("x = 1", ["x"]),
            ("time.sleep(60)", []),
            ("x = 2", ["x"]),
            ("os._exit(1)", []),
            ("", []),
        ]
        answers = process.ask_all(questions)
        assert [answer.error and answer.error[0] for answer in answers] == [
            None,
            "timeout",
            None,
            "crash",
        ]
        assert process.ask("raise SystemExit(3)").error == ("SystemExit", "3")
        assert process.ask("print(input())").error == ("EOFError", "EOF when reading a line")
        assert process.ask("", ["object()", "None", "7 ** 400"]).read[:2] == (
            ["object", "object"],
            ["none", ""],
        )
