"""Hostile labels stay labels: no output of any kind runs, links, loads or hides what they say.

Each output is given a sample of them, another one each, and with SOAK=1 all.
"""

import ast
import html
import json
import re
import shutil
import subprocess
import unicodedata
import xml.etree.ElementTree as ET
import zlib
from contextlib import suppress
from functools import cache
from html.parser import HTMLParser

import pytest

import nn
from autograd import Value, draw, explain, export, live, steps
from autograd.__main__ import main
from autograd.testing.engines.page import document as report_page
from autograd.testing.engines.report import Fault, Report
from tests.formula import engines
from tests.payloads import INVISIBLE, PAYLOADS, TERMINAL
from tests.soaking import asked

# Labels of every kind that mean nothing: what they give is what may be there at all.
HARMLESS = ["x", "w1", "yhat", "eta", "w_1_2", "loss", "h_max", "two words", "a.b", "w'", "Ł", "é"]
HARMLESS += ["x^2 + 1", "a/b", "50 %", "f(x)", "中文", "ã", "long " * 40, "", "1", "x\ny"]

APART = asked(12, 1)


@pytest.fixture
def payloads(request):
    """Every twelfth payload, from another one on for each test."""
    first = zlib.crc32(request.node.name.encode()) % APART
    return dict([*PAYLOADS.items()][first::APART])


def graph(labels):
    """A graph with leaves and computed values of these names, all told apart."""
    root = factor = Value(1.01, "b")
    for label in labels:
        product = Value(2.0, label) * factor
        product.label = f"{label}+"
        root = root + product
    root.label = labels[0]
    root.backward()
    return root


@cache
def harmless():
    return graph(HARMLESS[:: asked(3, 1)])


@pytest.fixture
def hostile(payloads):
    return graph([*payloads.values()])


def pictured(root, **options):
    return draw(root, collapse="named", **options)


def letters(text):
    """A text without blanks, marks and what cannot be seen.

    Written out here, and not taken from what the pictures use.
    """
    plain = unicodedata.normalize("NFKD", re.sub("['′]", "", text).replace("-", "−"))
    return "".join(c for c in plain if unicodedata.category(c)[0] not in "CZM" and c not in "�_")


def controls(text):
    """What a terminal or a reader would obey in a text: controls, turned directions, half pairs."""
    return {
        char
        for char in set(text) - {"\n"}
        if unicodedata.category(char) in ("Cc", "Cs")
        or unicodedata.bidirectional(char) in ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI")
    }


class Elements(HTMLParser):
    """The elements of a page, each with its attributes' names, and its text; no script's."""

    def __init__(self, page):
        super().__init__()
        self.found, self.addresses, self.texts, self.scripts = set(), set(), [], 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.found.add((tag, *sorted({name for name, _ in attributes})))
        self.scripts += tag == "script"
        self.addresses |= {
            text.split("base64")[0]
            for name, text in attributes
            if name in ("href", "src", "srcdoc", "xlink:href", "action") and text is not None
        }

    def handle_data(self, data):
        self.texts.append(data)

    def handle_comment(self, data):
        self.found.add(("comment",))

    def handle_pi(self, data):
        self.found.add(("processing", data[:20]))


# Attributes of shapes and formulas that only some graphs need.
PLAIN = {"stroke-dasharray", "stroke-width", "accent", "stretchy", "mathvariant"}


def same_elements(made, allowed):
    """A page of hostile labels has no element or address that one of harmless ones lacks."""
    made, allowed = Elements(made), Elements(allowed)
    assert not {tag for tag, *_ in made.found} - {tag for tag, *_ in allowed.found}
    names = {name for _, *attributes in allowed.found for name in attributes}
    more = {name for _, *attributes in made.found for name in attributes} - names
    assert more - PLAIN == set()
    assert not made.addresses - allowed.addresses
    assert made.scripts == allowed.scripts
    return made


def kept(payloads, texts):
    """Whether these labels come back as text."""
    shown = letters("".join(texts))
    return [name for name, label in payloads.items() if letters(label)[:20] not in shown] == []


# Pictures.


@pytest.mark.parametrize("engine", [None, "layered"])
def test_svg(engine, hostile, payloads):
    said = [pictured(root, engine=engine).svg() for root in (hostile, harmless())]
    made, allowed = map(ET.fromstring, said)
    assert {(e.tag, *sorted(e.attrib)) for e in made.iter()} <= {
        (e.tag, *sorted(e.attrib)) for e in allowed.iter()
    }
    assert len([*made.iter("{http://www.w3.org/2000/svg}polygon")]) > len(payloads)
    assert not controls(said[0])
    same_elements(*said)
    assert kept(payloads, made.itertext())


def test_the_title_and_the_words_of_a_picture(payloads):
    x = Value(2.0, "x")
    plain = draw(x * x, engine="layered")
    for label in payloads.values():
        picture = draw(x * x, title=label, alt=label, engine="layered")
        ET.fromstring(picture.svg())
        assert not controls(picture.svg()) and not controls(repr(picture))
        same_elements(picture.image("<svg/>"), plain.image("<svg/>"))
        mermaid = picture.written("mmd").decode().splitlines()
        assert [line.split()[0] for line in mermaid] == [
            line.split()[0] for line in plain.written("mmd").decode().splitlines()
        ]
        assert not controls(json.dumps(picture.content, ensure_ascii=False))


def test_dot(hostile, payloads):
    """Labels are written as HTML-like labels, read as XML here, or in quotes."""
    source = pictured(hostile, engine="dot").source
    assert not controls(source.replace("\t", ""))
    tables = re.findall(r"label=<(<TABLE.*?</TABLE>)>", source)
    tags = {"TABLE", "TR", "TD", "FONT", "BR"}
    for table in tables:
        tree = ET.fromstring(table.replace("&#160;", " "))
        assert {element.tag for element in tree.iter()} <= tags
        assert not any("HREF" in element.attrib for element in tree.iter())
    assert len(tables) > len(payloads)
    # What is in quotes has no escape of DOT's own but for a backslash.
    quoted = re.findall(r'"((?:[^"\\]|\\.)*)"', re.sub(r"<<TABLE.*?</TABLE>>", "", source))
    assert not {found for text in quoted for found in re.findall(r"\\[^\\\"]", text)}


def test_mermaid(hostile, payloads):
    """Each line is a statement of the few that a picture needs, with nothing open in its texts."""
    text = r'"(?:[^"<>&`\\{}\[\]|;]|#\d+;|<br/>)*"'
    line = re.compile(
        rf"flowchart LR|  acc(?:Title|Descr): [^\n#;]+|  n\d+\[{text}\]:::\w+|"
        rf"  n\d+ (?:-->|==>|-.->)(?:\|{text}\|)? n\d+|  classDef \w+ [\w:#,-]+"
    )
    written = pictured(hostile).written("mmd").decode()
    assert [found for found in written.splitlines() if not line.fullmatch(found)] == []
    assert not controls(written)
    assert kept(payloads, html.unescape(re.sub(r"#(\d+);", r"&#\1;", written)).replace("<br/>", ""))


def test_tikz(hostile):
    written = pictured(hostile).written("tex").decode()
    only_known_commands(written, pictured(harmless()).written("tex").decode())


def only_known_commands(written, allowed):
    """TeX that calls what it calls for harmless labels, too, and letters and signs."""
    letters = {
        "quad",
        "backslash",
        "wedge",
        "sim",
        "sqcup",
        "cdot",
        "times",
        "surd",
        "hat",
        "text",
        "mu",
    }
    known = {*re.findall(r"\\([A-Za-z]+)", allowed), *letters}
    assert set(re.findall(r"\\([A-Za-z]+)", written)) - known == set()
    bare = re.sub(r"\\.", "", written)
    assert bare.count("{") == bare.count("}") and "^^" not in bare
    assert not controls(written)


def test_json(hostile, payloads):
    content = json.loads(pictured(hostile).written("json"))
    assert content["boxes"] and not controls(json.dumps(content, ensure_ascii=False))
    assert kept(payloads, [box["name"] for box in content["boxes"]])


@pytest.mark.parametrize("suffix", ["svg", "html"])
def test_steps(suffix, tmp_path, hostile, payloads):
    pages = []
    for name, root in (("made", hostile), ("allowed", harmless())):
        path = steps(root).save(tmp_path / f"{name}.{suffix}")
        pages.append(path.read_text(encoding="utf-8"))
    made = same_elements(*pages)
    assert not controls(pages[0]) and kept(payloads, made.texts)
    if suffix == "svg":
        ET.fromstring(pages[0])


# Derivations.


def test_text(hostile, payloads):
    said = str(explain(hostile))
    assert not controls(said) and kept(payloads, said)
    said = str(steps(hostile))
    assert not controls(said) and kept(payloads, said)


def test_mathml(hostile, payloads):
    made, allowed = (explain(root)._repr_html_() for root in (hostile, harmless()))
    assert not controls(made) and kept(payloads, same_elements(made, allowed).texts)


def test_tex(hostile):
    made, allowed = (explain(root)._repr_latex_() for root in (hostile, harmless()))
    only_known_commands(made, allowed)


@pytest.mark.skipif(bool(engines.missing()), reason=engines.missing())
def test_tex_is_typeset(hostile):
    made = explain(hostile)
    assert engines.complaints([made._repr_latex_()]) == []


def test_markdown(hostile):
    mistune = pytest.importorskip("mistune")
    text = explain(hostile)._repr_markdown_()
    prose = re.sub(r"\$\$\n.*?\n\$\$", "", text, flags=re.DOTALL)
    assert re.fullmatch(r"(\*\*[A-Z][a-z ]+\*\*|\s)*", prose)
    page = Elements(mistune.create_markdown(escape=False)(prose))
    assert {tag for tag, *_ in page.found} <= {"p", "strong"}


# Pages with scripts.


def test_live(tmp_path, hostile, payloads):
    pages = [live(root).document() for root in (hostile, harmless())]
    made = same_elements(*pages)
    assert not controls(pages[0]) and pages[0].count("</script") == 1
    assert not controls(repr(live(hostile)))
    assert kept(payloads, made.texts)


def test_notebook(hostile):
    """What a notebook keeps of each of these is text that holds nothing live either."""
    for shown in asked((pictured, steps), (pictured, steps, live)):
        made, allowed = (shown(root)._repr_mimebundle_() for root in (hostile, harmless()))
        assert made.keys() <= allowed.keys()
        same_elements(made.get("text/html", ""), allowed.get("text/html", ""))
        assert not controls(made["text/plain"])


def test_report(payloads):
    """A page about an engine, whose names and errors are whatever it has."""
    for label in payloads.values():
        fault = Fault(
            verdict="wrong", what=label or "x", region=label, found=label, right=label, ulp=1.0,
            why=label, code=label, shows=label,
        )  # fmt: skip
        many = (label,)
        report = Report(label, label, (fault,), many, many, many, many, 1)
        plain = Fault(**{**vars(fault), **dict.fromkeys(TEXTS, "some text")})
        other = ("some text",)
        allowed = Report("some text", "some text", (plain,), other, other, other, other, 1)
        same_elements(report_page(report), report_page(allowed))
        assert not controls(str(report)), label
        assert not controls(report_page(report)), label
        json.loads(report.json())


TEXTS = ("what", "region", "found", "right", "why", "code", "shows")


def test_networks(payloads):
    model = nn.MLP(8, [8, 1], seed=1)
    before = nn.draw(model).svg()
    for parameter, label in zip(model.parameters(), payloads.values(), strict=False):
        parameter.label = label
    svg = nn.draw(model).svg()
    same_elements(svg, before)
    made = ET.fromstring(svg)
    assert not controls(svg)
    assert {element.tag for element in made.iter()} == {e.tag for e in ET.fromstring(before).iter()}


# Programs.


def exported(folder, ending, payloads):
    """A file of a function of values with such names."""
    leaves = [Value(2.0, label) for label in payloads.values()]
    path = folder / f"f.{ending}"
    export(lambda x: sum(leaf * x for leaf in leaves), path, 1.0)
    return path


def test_python(tmp_path, payloads):
    tree = ast.parse(exported(tmp_path, "py", payloads).read_text(encoding="utf-8"))
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not calls & {"__import__", "eval", "exec", "open"}


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_javascript(tmp_path, payloads):
    path = exported(tmp_path, "mjs", payloads)
    assert not controls(path.read_text(encoding="utf-8"))
    subprocess.run(["node", "--check", path], check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")
def test_c(tmp_path, payloads):
    path = exported(tmp_path, "c", payloads)
    assert not controls(path.read_text(encoding="utf-8"))
    command = [
        "gcc",
        "-std=c11",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-trigraphs",
        "-fsyntax-only",
        path,
    ]
    subprocess.run(command, check=True, capture_output=True)


# What is printed.

SPOKEN = dict([*(TERMINAL | INVISIBLE).items()][:: asked(5, 1)])
FAILURES = (AttributeError, ImportError, LookupError, TypeError, ValueError)


@pytest.mark.parametrize("label", SPOKEN.values(), ids=SPOKEN)
def test_commands_refuse_in_plain_text(label, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for arguments in (
        ["explain", label], ["draw", f"x*{label}", "x=2"], ["steps", "x", f"x={label}"],
        ["explain", "x", f"{label}=2"], ["explain", "x", "x=1", f"--{label}"], [label],
        ["explain", "x", "x=1", "--digits", label], ["--set", label], ["--numbers", label],
        ["notebooks", label], ["check", label], ["draw", "x", "x=1", "-o", f"{label[:50]}.xyz"],
    ):  # fmt: skip
        if any("\0" in text for text in arguments):
            continue  # which no command line can have
        with suppress(SystemExit):
            main(arguments)
        said = capsys.readouterr()
        assert not controls(said.out + said.err), (arguments, said)


@pytest.mark.parametrize("label", SPOKEN.values(), ids=SPOKEN)
def test_reprs_and_errors(label):
    x = Value(2.0, label)
    y = x * x
    y.label = label
    assert not controls(repr(x) + repr(y) + str(y))
    for fails in (
        lambda: Value(label), lambda: x + label, lambda: draw(y, engine=label),
        lambda: draw(y, highlight=Value(1.0, label)), lambda: explain(y, label),
        lambda: draw(y, collapse=label), lambda: y == 3, lambda: live(y, mode=label),
        lambda: nn.MLP(1, [1, 1], label), lambda: nn.fit(x, [], label, nn.SGD(1)),
        lambda: steps(y).save(f"{label[:50]}.xyz"), lambda: export(y, f"{label[:50]}.xyz"),
    ):  # fmt: skip
        said = ""
        try:
            fails()
        except FAILURES as error:
            said = str(error)
        assert not controls(said), said
