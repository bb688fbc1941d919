"""README and the pages beside it: short, nothing dead in them, and every claim has its command.

A figure with a unit, a ratio or a count is a claim: beside it, in its paragraph, its row or its
list item, stands the command that makes it; what the code can count is counted here.
"""

import ast
import re
from pathlib import Path

import pytest

from autograd.commands.doors import COMMANDS
from autograd.ops import OPS
from autograd.testing.conventions import conventions
from tests.benchmarks import __main__ as figures
from tests.faults import FAULTS
from tests.pages import replaced
from tests.rules import proofs
from tests.rules.equivalent import listed
from tests.rules.mutants import mutants

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = {
    "README.md": README,
    "benchmarks": ROOT / "tests" / "benchmarks" / "README.md",
    "rules": ROOT / "tests" / "rules" / "README.md",
}
MOST_LINES, WIDEST = 220, 120


def prose(path):
    """The text of a page without its code, its report cards and the addresses of its links."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"<!-- card (\w+) -->.*<!-- end of card \1 -->", "", text, flags=re.S)
    text = re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)
    text = re.sub(r"<img [^>]*>|!\[[^]]*\]\([^)]*\)", "", text)
    return re.sub(r"\]\([^)]*\)", "]", text)


def places(text):
    """Paragraphs, list items and rows of tables: what stands beside a claim."""
    for paragraph in re.split(r"\n\s*\n", text):
        if paragraph.startswith("|"):
            yield from paragraph.splitlines()
        else:
            yield from re.split(r"\n(?=- )", paragraph)


NUMBER = r"(?<![\w.,/^-])\d[\d.,   ]*\d?(?![\w/]|\.\d)"
WORDS = "two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
UNITS = """\
times × µs ms ns s seconds minutes hours MB KB kB GB bytes % ulp digits points rows theorems lines
notebooks commands engines mistakes rules nodes operations parameters samples cases
""".split()  # noqa: SIM905
CLAIM = re.compile(rf"(?:{NUMBER})\s?(?:{'|'.join(sorted(UNITS, key=len, reverse=True))})(?!\w)")


def claims(text):
    """The figures with a unit, without what stands in code."""
    return [found.strip() for found in CLAIM.findall(re.sub(r"`[^`]*`", "`…`", text))]


def commands(text):
    """The commands that a place names."""
    return [
        span
        for span in re.findall(r"`([^`]*)`", text)
        if re.match(r"(PROVE=1 )?(python -m |pip |\.ci/run)", span)
    ]


def test_a_figure_without_its_command_is_found():
    assert claims("It is 30 times as fast, takes 12.6 s and 4 813 rules.") == [
        "30 times",
        "12.6 s",
        "4 813 rules",
    ]
    assert claims("`30 times` Python 3.11, w1 and 2-16-16-1, 10⁶ nodes") == []
    (row,) = places("| eager | 30 times | `python -m pytest tests/x.py` |")
    assert claims(row) and commands(row) == ["python -m pytest tests/x.py"]
    assert not commands("30 times as fast, see `bench_moons`")


def test_every_claim_of_the_readme_has_its_command_beside_it():
    bare = [
        (claims(place), place)
        for place in places(prose(README))
        if claims(place) and not commands(place)
    ]
    assert bare == []


def test_there_are_claims_to_hold():
    assert len(claims(prose(README))) >= 7


@pytest.mark.parametrize("page", ["benchmarks", "rules"])
def test_every_section_with_figures_names_its_command(page):
    """There a command stands at the head of a table or a section."""
    for section in re.split(r"\n(?=#+ )", prose(PAGES[page])):
        if claims(section):
            assert commands(section) or section.startswith("# "), section[:80]


def named_commands():
    for page, path in PAGES.items():
        text = path.read_text(encoding="utf-8")
        lines = [line.strip() for block in re.findall(r"^```sh\n(.*?)^```", text, re.S | re.M)
                 for line in block.splitlines()]  # fmt: skip
        yield from ((page, command.split("  #")[0]) for command in commands(text) + lines)


@pytest.mark.parametrize(("page", "command"), dict.fromkeys(named_commands()))
def test_commands_that_are_named_are_there(page, command):
    words = command.removeprefix("PROVE=1 ").split()
    if words[:2] != ["python", "-m"]:
        assert words[0] == "pip" or (ROOT / words[-1]).exists() or words[0] == ".ci/run"
    elif words[2] == "autograd":
        assert not words[3:] or words[3].startswith("--") or words[3] in COMMANDS
    elif words[2] == "pytest":
        assert all((ROOT / word).exists() for word in words[3:] if word.startswith("tests"))
    else:
        path = ROOT / words[2].replace(".", "/")
        file = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
        assert "__main__" in file.read_text(encoding="utf-8")


# Counts, as the pages write them and as the code has them.


def count_of_theorems():
    return len(re.findall(r"^Theorem ", proofs.FILE.read_text(encoding="utf-8"), re.M))


def count_of_planted_engines():
    path = ROOT / "tests" / "testing" / "engines" / "test_planted.py"
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "NAMED":
            return len(node.value.keys)
    raise AssertionError(path)


COUNTS = {
    r"([\d ]+) theorems": count_of_theorems,
    r"theorems about (\d+) of": lambda: sum(name not in proofs.LEFT_OUT for name in OPS),
    r"of the (\d+) rows": lambda: len(OPS),
    r"(\w+) rows are left out": lambda: len(proofs.LEFT_OUT),
    r"(?:table of|conventions\.py`,) (\d+) points": lambda: len(conventions()),
    r"(?:of|\|) ([\d ]+)(?: rules with one token changed| are caught)": (
        lambda: sum(len([*mutants(op)]) for op in OPS.values())
    ),
    r"all but (\d+)": lambda: sum(map(len, listed().values())),
    rf"(\d+|{'|'.join(WORDS)}) notebooks": lambda: len(
        [*(ROOT / "notebooks").glob("[0-9]*.ipynb")]
    ),
    r"(\d+) planted ones": count_of_planted_engines,
}


def as_number(text):
    text = text.strip().lower()
    return WORDS.index(text) + 2 if text in WORDS else int(text.replace(" ", ""))


@pytest.mark.parametrize("pattern", COUNTS)
def test_counts_are_those_of_the_code(pattern):
    found = [as_number(number) for path in PAGES.values()
             for number in re.findall(pattern, prose(path))]  # fmt: skip
    assert found, "no page says it any more: take it out of COUNTS"
    assert set(found) == {COUNTS[pattern]()}


def test_at_least_as_many_mistakes_are_planted_as_is_said():
    (said,) = re.findall(r"more than (\d+) planted", prose(PAGES["rules"]))
    assert len(FAULTS) > int(said)


# Its shape.


def test_the_readme_is_short():
    lines = README.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MOST_LINES
    text = [line for line in prose(README).splitlines() if not line.startswith("|")]
    assert [line for line in text if len(line) > WIDEST] == []


def test_the_order_is_what_a_reader_comes_for():
    text = README.read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)$", text, re.M) == [
        "Install and run",
        *("Step through it", "Draw it", "Test it"),
        *("The API in short", "Conventions", "What is measured", "Outgrowing it", "Working on it"),
    ]
    doors = text.split("\n## ")[2:5]
    for door in doors:  # a command and a picture, before anything else
        assert re.search(r"```sh\npython -m autograd (\w+) ", door)[1] in COMMANDS
        assert "<img alt=" in door
    assert text.index("## The API in short") < text.index("jit") or "jit(" not in "".join(doors)


@pytest.mark.parametrize("page", PAGES)
def test_links_and_pictures_are_there(page):
    path = PAGES[page]
    text = path.read_text(encoding="utf-8")
    for link in re.findall(r'\]\(([^)]*)\)|src="([^"]*)"', re.sub(r"`[^`]*`", "", text)):
        target, _, anchor = (link[0] or link[1]).partition("#")
        assert "://" not in target, "there is no address yet that lasts"
        file = path.parent / target if target else path
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.M)
            slugs = {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}
            assert anchor in slugs


def test_pictures_have_a_description():
    text = README.read_text(encoding="utf-8")
    alts = re.findall(r'<img alt="([^"]*)"|!\[([^]]*)\]', text)
    assert len(alts) == len(re.findall(r"<img |!\[", text))
    assert all(len(a or b) > 20 for a, b in alts)


# The page of figures is written by its command.


def test_a_benchmark_takes_its_place_in_the_page():
    text = "a\n<!-- bench jit -->\nold\n<!-- end of bench jit -->\nb\n"
    assert figures.places(text) == ["jit"]
    new = replaced(text, "bench jit", "new\n")
    assert new == "a\n<!-- bench jit -->\nnew\n<!-- end of bench jit -->\nb\n"
    with pytest.raises(ValueError, match="no place for bench growth"):
        replaced(text, "bench growth", "new\n")


def test_what_pytest_says_beside_a_table_is_left_out():
    printed = "\nmoons demo   ms\nmicrograd   3.1\n.\nblocks: 7\n.   [100%]\n2 passed in 3.05s\n"
    lines = figures.block(printed).splitlines()
    assert lines[:5] == ["```text", "moons demo   ms", "micrograd   3.1", "blocks: 7", "```"]
    assert "CPython" in lines[-1]
    assert figures.block("| a |\n|---|\n| 1 |\n").startswith("| a |\n")


def test_every_place_has_its_benchmark_and_every_benchmark_is_named():
    text = PAGES["benchmarks"].read_text(encoding="utf-8")
    files = {
        path.stem.removeprefix("bench_") for path in PAGES["benchmarks"].parent.glob("bench_*")
    }
    assert {*figures.places(text)} <= files
    assert {name for name in files if f"bench_{name}" in text} == files
    assert figures.command("ulp", ["--jax", "p"])[1:] == [
        "tests.benchmarks.bench_ulp",
        "--jax",
        "p",
    ]
    assert "pytest" in figures.command("jit")
