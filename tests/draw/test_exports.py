"""Exports: each file is what its suffix says, and shows what the picture shows."""

import io
import json
import re
import shutil
import subprocess
import sys
import unicodedata
import zlib
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings

import nn
from autograd import Value, draw
from autograd.draw import layout, mermaid, pdf, tikz
from autograd.draw.characters import clean
from tests.graphs import ANY_LABEL, hand

SUFFIXES = ("svg", "png", "pdf", "gif", "webp", "jpg", "tex", "mmd", "json", "gv")
BEGINNINGS = {
    "svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF-1", "gif": b"GIF8", "webp": b"RIFF",
    "jpg": b"\xff\xd8\xff", "tex": b"% \\input", "mmd": b"flowchart LR", "json": b"{",
    "gv": b"digraph",
}  # fmt: skip


def notes():
    E, _ = hand()
    E.backward()
    return draw(E)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_suffix_needs_no_other_program(suffix, tmp_path, monkeypatch):
    pytest.importorskip("PIL", reason="Pillow is not installed")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    picture = notes()
    path = Path(picture.render(outfile=tmp_path / f"e.{suffix}", cleanup=True))
    assert path.read_bytes().startswith(BEGINNINGS[suffix])
    again = Path(picture.save(tmp_path / f"again.{suffix.upper()}"))
    assert again.read_bytes() == path.read_bytes()
    assert sorted(found.name for found in tmp_path.iterdir()) == [
        f"again.{suffix.upper()}", f"e.{suffix}"
    ]  # fmt: skip
    if suffix != "gv":
        assert picture.pipe(format=suffix) == path.read_bytes()


@pytest.mark.parametrize("name", ["e.xyz", "e", "e.docx"])
def test_another_suffix_is_refused_by_name(name, tmp_path):
    suffix = Path(name).suffix[1:]
    with pytest.raises(ValueError, match=rf"\.svg, \.png, \.pdf.*not as '{suffix}'"):
        notes().render(outfile=tmp_path / name)
    if suffix:
        with pytest.raises(ValueError, match=rf"not as '{suffix}'"):
            notes().save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_what_an_installed_graphviz_refuses_is_one_line(tmp_path, monkeypatch):
    program = tmp_path / "dot"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.exit('Format: \"bmp\" not recog\\nx')\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError) as caught:
        notes().pipe(format="bmp", quiet=True)
    assert "\n" not in str(caught.value)
    assert 'cannot write bmp: Format: "bmp" not recog x' in str(caught.value)
    assert ".svg" in str(caught.value)


def test_without_pillow_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match=r"\.webp.*pip install 'chainrule\[pictures\]'"):
        notes().pipe(format="webp")


def test_raster_files_have_the_size_of_the_png():
    Image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    picture = notes()
    with Image.open(io.BytesIO(picture.png())) as png:
        for suffix in ("gif", "webp", "jpg"):
            with Image.open(io.BytesIO(picture.pipe(format=suffix))) as image:
                assert image.size == png.size
                assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_files_go_where_they_are_sent(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    picture = notes()
    assert Path(picture.save("a.svg", "below")) == Path("below/a.svg")
    assert Path(picture.save("a.pdf", directory="deep/er")) == Path("deep/er/a.pdf")
    assert Path(picture.save("b.tex")) == Path("b.tex")
    assert Path(picture.render("c.pdf")) == Path("c.pdf")
    assert Path(picture.render("d", format="json")) == Path("d.json")
    assert Path(picture.render(outfile="e.gv")) == Path("e.gv")
    assert Path(picture.render("my.graph")) == Path("my.graph.svg")
    assert Path("my.graph").read_text(encoding="utf-8") == picture.source
    for name in ("below/a.svg", "deep/er/a.pdf", "b.tex", "c.pdf", "d.json", "e.gv"):
        assert (tmp_path / name).stat().st_size > 500


# The layout.


def test_a_sheet_has_every_text_and_outline_of_the_svg():
    svg = notes().svg()
    sheet = layout.read(svg)
    texts = [shape.text for shape in sheet.shapes if isinstance(shape, layout.Text)]
    assert len(texts) == svg.count("<text")
    assert "h₁ = x₁·w₁ + x₂·w₂" in texts
    assert len(sheet.shapes) - len(texts) == svg.count("<polygon") + svg.count("<path")
    for shape in sheet.shapes:
        x, y = shape.at if isinstance(shape, layout.Text) else shape.start
        assert -5 < x < sheet.width + 5
        assert -5 < y < sheet.height + 5


# PDF.


def objects(data):
    """The objects of a PDF file, found by its table of their places."""
    start = int(re.search(rb"startxref\n(\d+)", data)[1])
    assert data[start : start + 4] == b"xref"
    places = [int(place) for place in re.findall(rb"(\d{10}) 00000 n", data[start:])]
    for number, place in enumerate(places, 1):
        assert data[place:].startswith(b"%d 0 obj" % number)
    return [data[place : data.index(b"endobj", place)] for place in places]


def page(data):
    [stream] = [found for found in objects(data) if b"stream" in found]
    packed = stream.partition(b"stream\n")[2].rpartition(b"\nendstream")[0]
    assert len(packed) == int(re.search(rb"/Length (\d+)", stream)[1])
    return zlib.decompress(packed).decode("latin-1")


def test_a_pdf_has_its_size_its_texts_and_a_title():
    data = notes().pipe(format="pdf")
    text = b"".join(bytes.fromhex(code) for code in re.findall(r"<([0-9a-f]+)> Tj", page(data)))
    for word in (b"value 18.605", b"grad 1", b"value 3.8", b"grad \x8115.25"):
        assert word in text
    sheet = layout.read(notes().svg())
    assert f"/MediaBox [0 0 {sheet.width:.2f} {sheet.height:.2f}]".encode() in data
    title = next(found for found in objects(data) if b"/Title" in found)
    assert "The graph of E".encode("utf-16-be").hex().encode() in title
    opened, closed = page(data).count("BT"), page(data).count("ET")
    assert opened == closed == len([s for s in sheet.shapes if isinstance(s, layout.Text)])


@pytest.mark.parametrize(
    ("text", "shown"),
    [("E = (ŷ − y)²/2", "E = (ŷ − y)²/2"), ("∂f/∂w₁₂ ≤ −θ · η", "∂f/∂w12 ≤ −θ · η")],
)
def test_pdftotext_reads_what_was_written(text, shown, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here: apt install poppler-utils")
    written = layout.Text((10, 20), text, 10, "#000000", centred=False, bold=False)
    (tmp_path / "a.pdf").write_bytes(pdf.write(layout.Sheet(300, 40, (written,))))
    found = subprocess.run(
        ["pdftotext", "-raw", tmp_path / "a.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    assert unicodedata.normalize("NFC", found).split() == shown.split()


# TeX.


def pdflatex(folder, name):
    if shutil.which("pdflatex") is None:
        pytest.skip("no pdflatex here: apt install texlive-latex-recommended texlive-pictures")
    done = subprocess.run(
        ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", name],
        cwd=folder, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")[-2000:]
    return re.search(r"\((\d+) pages?", done.stdout.decode("utf-8", "replace"))[1]


WILD = "a_b^c ~ # $x$ % & {y} \\theta <z> | \" ' ŷ₁ é ß Ж 变 👩 ∂−·√ø"


def test_tikz_compiles_alone_and_in_a_document(tmp_path):
    wild = Value(2.0, WILD) * Value(3.0, "second\nline")
    draw(wild, title=WILD).save(tmp_path / "wild.tex")
    notes().save(tmp_path / "notes.tex")
    assert pdflatex(tmp_path, "wild.tex") == "1"
    (tmp_path / "paper.tex").write_text(
        "\\documentclass{article}\\usepackage{tikz,amssymb}\\begin{document}\n"
        "Text.\n\n\\input{notes}\n\n\\begin{figure}\\input{wild.tex}\\end{figure} More."
        "\\end{document}"
    )
    assert pdflatex(tmp_path, "paper.tex") == "1"
    log = (tmp_path / "paper.log").read_text(encoding="latin-1")
    assert "Overfull \\hbox" not in log


def test_every_character_compiles(tmp_path):
    ranges = (0x20, 0x250), (0x300, 0x400), (0x1E00, 0x1E40), (0x2000, 0x2300), (0x25A0, 0x2700)
    letters = "".join(chr(code) for first, last in ranges for code in range(first, last))
    shown = clean(letters.replace("\n", " "))
    rows = [shown[k : k + 30] for k in range(0, len(shown), 30)]
    shapes = tuple(
        layout.Text((5.0, 14.0 * k), row, 10, "#000000", centred=False, bold=k % 2 == 1)
        for k, row in enumerate(rows, 1)
    )
    sheet = layout.Sheet(400, 14.0 * len(rows) + 20, shapes)
    assert page(pdf.write(sheet)).count("BT") == len(rows)
    (tmp_path / "all.tex").write_text(tikz.write(sheet), encoding="utf-8")
    assert pdflatex(tmp_path, "all.tex") == "1"


@settings(max_examples=60, deadline=None)
@given(ANY_LABEL)
def test_any_text_is_balanced_tex(label):
    text = tikz.text(label)
    bare = re.sub(r"\\[\\{}$%&#_^~]", "", text)
    assert bare.count("{") == bare.count("}")
    assert bare.count("$") % 2 == 0
    assert "%" not in bare
    assert "#" not in bare


# Mermaid.


def test_mermaid_has_every_box_and_arrow():
    picture = notes()
    text = picture.pipe(format="mmd", encoding="utf-8")
    assert len(re.findall(r"^  n\d+\[", text, re.MULTILINE)) == 13
    assert len(re.findall(r"^  n\d+ -->\|", text, re.MULTILINE)) == 12
    assert 'n6["h₁ = x₁·w₁ + x₂·w₂<br/>value 3.8<br/>grad −3.05"]:::intermediate' in text
    E, v = hand()
    marked = draw(E, highlight=v["w1"], direction="TB").pipe(format="mmd", encoding="utf-8")
    assert marked.startswith("flowchart TB")
    assert marked.count("==>") == 6
    net = nn.MLP(2, [2, 1], seed=1)([1.0, 2.0])
    assert 'subgraph frame0["layer 1"]' in draw(net).pipe(format="mmd", encoding="utf-8")


@settings(max_examples=80, deadline=None)
@given(ANY_LABEL)
def test_any_text_stays_within_its_quotes(label):
    text = mermaid.escaped(label)
    assert not set(text) & set('"<>`\n\\')
    back = re.sub(r"#(\d+);", lambda code: chr(int(code[1])), text)
    assert back.split() == label.split()


# JSON.


def test_json_has_the_numbers_of_the_graph():
    E, v = hand()
    E.backward()
    third = E * Fraction(1, 3)
    content = json.loads(draw(third).pipe(format="json"))
    assert content["direction"] == "LR"
    assert content["level"] == "op"
    by_name = {box["name"]: box for box in content["boxes"] if box["name"]}
    assert Fraction(by_name["w₁"]["value"]) == v["w1"].data
    assert Fraction(by_name["w₁"]["grad"]) == v["w1"].grad
    assert Fraction(by_name["f"]["value"]) == third.data
    assert by_name["f"]["operation"] == "mul"
    keys = {box["key"] for box in content["boxes"]}
    assert all({arrow["tail"], arrow["head"]} <= keys for arrow in content["arrows"])
    slopes = {arrow["slope"] for arrow in content["arrows"] if arrow["head"] == "n13"}
    assert slopes == {"1/3"}
    floats = json.loads(draw(Value(0.1, "x") * 3.0).pipe(format="json"))
    assert float(floats["boxes"][-1]["value"]) == 0.1 * 3.0


def test_a_network_is_written_in_every_way(tmp_path):
    picture = nn.draw(nn.MLP(2, [3, 1], seed=1))
    for suffix in ("pdf", "tex", "mmd", "json"):
        picture.save(tmp_path / f"net.{suffix}")
    assert (tmp_path / "net.pdf").read_bytes().startswith(b"%PDF")
    assert len(json.loads((tmp_path / "net.json").read_bytes())["arrows"]) == 9
    sheet = layout.read(picture.svg())
    curves = [s for s in sheet.shapes if isinstance(s, layout.Outline) and len(s.curves) == 4]
    assert len(curves) >= 6  # circles
