"""Sheets: the same from every seed, rightly solved, well-formed, and large enough to write on."""

import hashlib
import json
import math
import os
import pickle
import re
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from html.parser import HTMLParser
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

from autograd import Value, exercises, explain, live, steps, topological
from autograd.__main__ import main
from autograd.formula import notation
from autograd.live.exercises import LEVELS, fresh
from autograd.sheets import check
from autograd.sheets.blank import ARROW_WIDE, WIDE

SEEDS = range(60 if os.environ.get("SOAK") else 2)
PAGE = 180 / 25.4 * 72  # how wide A4 is inside of its margins, in points; Letter is wider


# What the sheets are compared with: numbers computed by hand, and no rule of any derivative.


def parts(text):
    return [part.split(" = ") for part in text.split("; ")]


def relu_of(text, given):
    """What relu does there, on its side of 0: nothing, or it gives 0."""
    known = {name: Fraction(number) for name, number in given.items()}
    for name, formula in parts(text):
        known[name] = eval(formula, {"relu": lambda x: max(x, Fraction(0))}, known)
    off = known.get("h", 1) < 0
    return {"relu": (lambda x: 0 * x) if off else (lambda x: x)}


def computed(text, given, **instead):
    """The numbers of all names."""
    known = {name: Fraction(number) for name, number in given.items()} | instead
    relu = relu_of(text, given)
    for name, formula in parts(text):
        known[name] = instead.get(name, eval(formula, relu, known))
    return known


def slope(f, x):
    """The derivative of a polynomial, exactly: the logarithm of 1 + Δ, for up to degree 16."""
    values, total = [f(x + k) for k in range(17)], Fraction(0)
    for order in range(1, 17):
        values = [after - before for before, after in pairwise(values)]
        total += Fraction((-1) ** (order + 1), order) * values[0]
    return total


def solution(text, given):
    """The values of what is computed, the gradients, and the local derivatives of each part."""
    known, root = computed(text, given), parts(text)[-1][0]
    relu = relu_of(text, given)
    gradients = {
        name: slope(lambda x, name=name: computed(text, given, **{name: x})[root], known[name])
        for name in known
    }
    locals_ = {
        (name, other): slope(
            lambda x, other=other, formula=formula: eval(formula, relu, known | {other: x}),
            known[other],
        )
        for name, formula in parts(text)
        for other in known
        if re.search(rf"\b{other}\b", formula)
    }
    return {name: known[name] for name, _ in parts(text)}, gradients, locals_


def written(svg):
    return Counter(re.findall(r"<text [^>]*>([^<]*)</text>", svg))


def test_the_oracle_differentiates():
    assert slope(lambda x: x**3 - 2 * x, Fraction(5, 2)) == 3 * Fraction(25, 4) - 2


@pytest.mark.parametrize("seed", SEEDS)
def test_the_solutions_are_right(seed):
    """In the picture that is filled in, in the lines of working, and where answers are checked."""
    for task in exercises(seed, 10):
        text, given = task.exercise.text, task.exercise.given
        values, gradients, locals_ = solution(text, given)
        filled = written(task.picture.svg(filled=True)) - written(task.picture.svg(filled=False))
        numbers = [*values.values(), *gradients.values(), *locals_.values()]
        assert filled == Counter(map(notation.digits, numbers)), text
        assert {one.wrt.label: one.value for one in task.working} == {
            leaf: gradients[leaf] for leaf in given
        }
        ends = {str(line).split(" = ")[0]: line.value for line in task.working.values}
        assert ends == {notation.pretty(name): value for name, value in values.items()}
        for number in numbers:
            digits = notation.digits(number).strip("−0.").replace(".", "")
            assert number or "relu" in text, text
            assert "/" not in digits and len(digits) <= 4, (text, number)
        assert any(gradients[leaf] for leaf in given), text
        root = parts(text)[-1][0]
        right = values | {
            f"d{root}/d{name}": one for name, one in gradients.items() if name != root
        }
        assert check(text, right, **given).complete


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_empty_can_be_written_in_and_what_is_filled_in_has_the_same_shape(seed):
    """12 mm × 6 mm at least, as wide as the page allows."""
    for task in exercises(seed, 10):
        empty, filled = (task.picture.svg(filled=filled) for filled in (False, True))
        assert "".join(re.findall(r"<path[^>]*>", empty)) == "".join(
            re.findall(r"<path[^>]*>", filled)
        )
        width, height = map(int, re.search(r'width="(\d+)pt" height="(\d+)pt"', empty).groups())
        scale = min(1, PAGE / width)
        assert height * scale < 560, "leaves no room on a page"
        rows = [
            list(map(float, re.findall(r"-?[\d.]+", corners)))
            for corners in re.findall(r'fill="none" [^>]*points="([^"]*)"', empty)
        ]
        boxes = [(row[4] - row[2], row[1] - row[3]) for row in rows if row[4] - row[2] >= WIDE]
        found = re.findall(r'<rect [^>]*width="([\d.]+)" height="([\d.]+)"', empty)
        assert len(found) == len(task.picture.diagram.lines)
        for wide, high in [*boxes, *(map(float, pair) for pair in found)]:
            assert wide * scale >= 34 and high * scale >= 17, task
        assert all(float(wide) == ARROW_WIDE for wide, _ in found)
        assert len(boxes) >= sum(len(texts.texts) for texts in task.picture.diagram.nodes) - len(
            task.exercise.given
        )


def test_nothing_that_is_to_be_found_stands_on_the_sheet():
    """Neither for who sees the picture nor for who hears it."""
    for task in exercises(3, 10):
        empty = task.picture.svg(filled=False)
        given = {notation.digits(Fraction(number)) for number in task.exercise.given.values()}
        inside = set(re.findall(r"<text [^>]*>([^<]*)</text>", empty)) - {"value", "grad"}
        assert all(re.search(r"[a-zE]", text) for text in inside), inside
        values = {
            notation.digits(value)
            for value in solution(task.exercise.text, task.exercise.given)[0].values()
        }
        said = set(task.picture.description(filled=False).replace(";", " ").split())
        assert not {value for value in values - given if "." in value} & said


def test_the_levels_rise_and_seeds_differ():
    sheet = exercises(7, 10)
    assert [task.exercise.level for task in sheet] == [one for one in LEVELS for _ in "12"]
    assert [one.exercise.level for one in exercises(7, 3)] == ["chain", "product", "activation"]
    texts = [{one.text for one in fresh(seed, LEVELS * 2)} for seed in (7, 8)]
    assert len(texts[0]) == 10 and len(texts[0] & texts[1]) < 4
    many = fresh(1, ["chain"] * 100)
    assert len({(one.text, *one.given.values()) for one in many}) == 100


def test_a_calculator_has_something_to_do():
    for count in (1, 2, 4, 7, 10):
        tasks = exercises(3, count, calculator=True)
        assert 3 * sum(bool(task.rounded) for task in tasks) >= count
    for level in ("activation", "neuron"):
        assert all(task.rounded for task in exercises(3, 3, level=level, calculator=True))


def calculated(text):
    """What a calculator shows for a side that is printed, None where there are names in it."""
    for sign, other in (
        ("−", "-"),
        ("·", "*"),
        (")(", ")*("),
        ("²", "**2"),
        ("³", "**3"),
        ("σ(", "sigmoid("),
        ("e^", "exp"),
    ):
        text = text.replace(sign, other)
    text = re.sub(r"exp(-?[\d.]+)", r"exp(\1)", text)
    names = {"exp": math.exp, "tanh": math.tanh, "sigmoid": lambda x: 1 / (1 + math.exp(-x))}
    return None if set(re.findall(r"[^\W\d]\w*", text)) - {*names} else eval(text, names)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_printed_line_can_be_calculated(seed):
    """From the digits that stand there, to the digits that stand behind."""
    compared = 0
    for task in exercises(seed, 5, calculator=True):
        for line in {str(line): line for one in task.working for line in one.steps}:
            sides = [calculated(side) for side in re.split(" [=≈] ", line.partition("   (")[0])]
            for before, side in pairwise(side for side in sides if side is not None):
                unit = 10.0 ** (math.floor(math.log10(abs(side) or 1)) - 3)
                assert abs(before - side) <= unit / 2 * (1 + 1e-9), line
                compared += 1
    assert compared > 20


def test_relu_has_both_sides():
    """Of every three one is where it is 0: the second, the fifth and so on."""
    with_relu = [one for one in fresh(2, ["activation", "neuron"] * 8) if "relu" in one.text]
    off = [computed(one.text, one.given)["h"] < 0 for one in with_relu]
    assert off == [place % 3 == 1 for place in range(len(off))] and sum(off) > 1
    for one in with_relu:
        root = one.root
        root.backward()
        assert any(leaf.grad for leaf in topological(root) if leaf.op is None), one


def test_a_seed_means_the_same_everywhere():
    """A sheet that a teacher has printed can be printed again in a year."""
    content = json.dumps([[one.level, one.text, one.given] for one in fresh(7, LEVELS * 3)])
    assert hashlib.sha256(content.encode()).hexdigest()[:16] == "6de0d1c4d82cdba2"


def test_the_same_arguments_give_the_same_bytes(tmp_path):
    script = (
        "from autograd import exercises\n"
        "for suffix in ('html', 'ipynb', 'txt'): exercises(7, 3).save('other.' + suffix)"
    )
    root = Path(__file__).parent.parent.parent
    environment = os.environ | {"PYTHONHASHSEED": "12345", "PYTHONPATH": str(root), "PATH": ""}
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, check=True)
    for suffix in ("html", "ipynb", "txt"):
        ours = exercises(7, 3).save(tmp_path / f"own.{suffix}").read_bytes()
        assert ours == (tmp_path / f"other.{suffix}").read_bytes()
        assert ours.endswith(b"\n") and b"\r" not in ours


class Nesting(HTMLParser):
    """Whether each element is closed where it should be, and what is written."""

    def __init__(self):
        super().__init__()
        self.open, self.text = [], ""

    def handle_starttag(self, tag, attributes):
        assert len(dict(attributes)) == len(attributes), attributes
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data * ("style" not in self.open)


def test_the_page_is_well_formed_and_has_the_solutions_apart():
    from autograd.sheets import page

    for solutions in ("with", "none", "only"):
        document = page.document(exercises(5, 2, solutions=solutions, calculator=True))
        found = Nesting()
        found.feed(document)
        found.close()
        assert not found.open and not set("\\$") & set(found.text)
        assert not re.search(r"\sid=|https?://(?!www\.w3\.org)", document)
        assert ("Name" in found.text) is (solutions != "only")
        assert ("Solutions" in found.text) is (solutions != "none")
        assert found.text.count("Exercise ") == (4 if solutions == "with" else 2)
        assert "python -m autograd exercises --seed 5 --count 2 --calculator" in found.text
        assert "break-before:page" in document and "@page" in document


def test_a_sheet_shows_itself(capsys):
    sheet = exercises(7, 2, level="neuron")
    assert len(sheet) == 2 and "<section>" in sheet._repr_html_()
    assert "@page" not in sheet._repr_html_()  # a notebook has a page of its own
    assert repr(sheet).endswith("--seed 7 --count 2 --level neuron>")
    assert main(["exercises", "--seed", "7", "--count", "2", "--level", "neuron"]) == 0
    assert capsys.readouterr().out == f"{sheet}\n"
    assert str(sheet).endswith("\n\npython -m autograd exercises --seed 7 --count 2 --level neuron")


def test_a_sheet_can_be_kept():
    """And so can what shows the working of a graph, printed before or not."""
    w, x = Value(3.0, "w"), Value(5.0, "x")
    root = (w * x - 1).tanh() ** 2
    for shown in (explain(root), explain(root, w), explain(w, w), steps(root)):
        for _ in "12":
            again = pickle.loads(pickle.dumps(shown))
            assert str(again) == str(shown)
    numbered = re.compile(r"(cr\w+)-\d+")  # each that is shown has a number
    for shown in (steps(root), live(root, {"a": w})):
        pages = pickle.loads(pickle.dumps(shown)), shown
        one, other = (numbered.sub(r"\1", str(page._repr_mimebundle_())) for page in pages)
        assert one == other and len(one) > 1000
    sheet = exercises(7, 2)
    for _ in "12":
        again = pickle.loads(pickle.dumps(sheet))
        assert again._repr_html_() == sheet._repr_html_() and str(again) == str(sheet)


def cells(path, kind):
    found = json.loads(path.read_text())["cells"]
    return ["".join(cell["source"]) for cell in found if cell["cell_type"] == kind]


def test_a_notebook_is_one():
    from autograd.sheets import notebook

    schemas = pytest.importorskip("fastjsonschema")
    installed = find_spec("nbformat")  # to import it takes seconds
    if installed is None:
        pytest.skip("nbformat is not installed")
    schema = Path(installed.origin).parent / "v4" / "nbformat.v4.5.schema.json"
    valid = schemas.compile(json.loads(schema.read_text()))
    for solutions in ("with", "only"):
        valid(json.loads(notebook.write(exercises(11, 1, solutions=solutions))))


def test_a_notebook_checks_what_is_answered(tmp_path):
    sheet = exercises(11, 3)
    path = sheet.save(tmp_path / "sheet.ipynb")
    first, *tasks = cells(path, "code")
    scope = {}
    exec(first, scope)
    for task, source in zip(sheet, tasks, strict=True):
        empty = eval(source, scope)
        assert set(empty.said.values()) == {"not answered yet"} and empty.right == 0
        values, gradients, _ = solution(task.exercise.text, task.exercise.given)
        root = parts(task.exercise.text)[-1][0]
        pretty = notation.pretty
        right = {pretty(name): value for name, value in values.items()} | {
            f"∂{pretty(root)}/∂{pretty(name)}": one
            for name, one in gradients.items()
            if name != root
        }
        assert set(right) == set(empty.said)
        filled = source
        for name, number in right.items():
            filled = filled.replace(f'"{name}": None', f'"{name}": "{number}"')
        assert eval(filled, scope).complete
        wrong = source
        for name, number in right.items():
            wrong = wrong.replace(f'"{name}": None', f'"{name}": {float(-number)}')
        assert set(eval(wrong, scope).said.values()) == {"That is right but for its sign."}
    text = "\n".join(cells(path, "markdown"))
    assert text.count("<details>") == text.count("</details>") == 3
    assert text.index("## Exercise 3") < text.index("<details>"), "solutions come last"
    assert "<details>" not in "\n".join(
        cells(exercises(11, 3, solutions="none").save(path), "markdown")
    )
    last = cells(path, "markdown")[-1]
    assert last == "`python -m autograd exercises --seed 11 --count 3 --solutions none`"
    only = exercises(11, 3, solutions="only").save(path)
    assert cells(only, "code") == [] and "## Exercise 3" in cells(only, "markdown")[-1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--count", "0"], "--count takes a whole number from 1 to 100, not '0'"),
        (["--count", "101"], "--count takes a whole number from 1 to 100, not '101'"),
        (["--count", "9" * 5000], "--count takes a whole number"),
        (["--seed", "seven"], "--seed takes a whole number from 0 to 1000000000, not 'seven'"),
        (["--seed", "-1"], "--seed"),
        (["--seed", "²"], "--seed takes"),
        (["--level", "hard"], "unknown level 'hard': must be one of chain, product, paths"),
        (["--level", ""], "unknown level '': must be one of chain"),
        (["--solutions", "maybe"], "unknown solutions 'maybe': must be one of with, none, only"),
        (
            ["--count", "1", "-o", "sheet.doc"],
            "written as .html, .ipynb or .txt, not as 'sheet.doc'",
        ),
        (["--count", "1", "-o", "nowhere/at/all.html"], "make the folder first"),
        (["--calculator", "--level", "paths"], "no exercise of level 'paths' needs a calculator"),
        (["seven"], "unrecognized arguments: seven"),
    ],
)
def test_what_makes_no_sheet_is_refused_in_a_line(capsys, arguments, words):
    with pytest.raises(SystemExit) as stopped:
        main(["exercises", *arguments])
    found = capsys.readouterr()
    assert stopped.value.code == 2 and not found.out
    assert words in found.err and found.err.count("\n") == 1


def test_a_sheet_goes_through_a_pipe(tmp_path):
    root = Path(__file__).parent.parent.parent
    command = [sys.executable, "-m", "autograd", "exercises", "--count", "1", "-o", "/dev/stdout"]
    if not Path("/dev/stdout").exists():
        pytest.skip("there is no /dev/stdout")
    found = subprocess.run(command, cwd=root, capture_output=True, check=True)
    assert found.stdout.decode() == f"{exercises(count=1)}\n"


def test_what_is_not_written_leaves_what_was_there(tmp_path):
    kept = tmp_path / "sheet.txt"
    kept.write_text("mine")
    kept.chmod(0o400)
    if os.access(kept, os.W_OK):
        pytest.skip("whoever may do everything")
    with pytest.raises(OSError, match="name a file and a folder that you may write to"):
        exercises(count=1).save(kept)
    assert kept.read_text() == "mine" and [*tmp_path.iterdir()] == [kept]


def test_what_makes_no_sheet_is_refused_in_python():
    for given, error, words in (
        ({"count": 0}, ValueError, "count is a whole number from 1 to 100, not 0"),
        ({"count": True}, TypeError, "count is a whole number, not bool True"),
        ({"seed": "7"}, TypeError, "seed is a whole number, not str '7'"),
        ({"seed": -1}, ValueError, "seed is a whole number from 0, not -1"),
        ({"level": "hard"}, ValueError, "unknown level 'hard'"),
        ({"calculator": "no"}, TypeError, "calculator is True or False, not str 'no'"),
        ({"solutions": "no"}, ValueError, "unknown solutions 'no'"),
    ):
        with pytest.raises(error, match=words):
            exercises(**given)


def test_a_root_can_be_asked_too():
    w, x = Value(3, "w"), Value(5, "x")
    assert check((w * x - 1) ** 2, {"f": 196, "df/dw": 140, "df/dx": 84}).complete
