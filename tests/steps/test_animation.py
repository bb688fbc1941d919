"""Animations and pages of many steps: what is seen when."""

import io
import re
import xml.etree.ElementTree as ET

import pytest

from autograd import Value, steps
from autograd.steps import animation, page
from tests.graphs import chain, hand

SVG = "{http://www.w3.org/2000/svg}"


def test_another_suffix_is_refused_by_name(tmp_path):
    found = steps(hand()[0])
    for name in ("steps.pdf", "steps", "steps.mp4"):
        with pytest.raises(ValueError, match=rf"\.html.*\.svg or \.gif.*{name}"):
            found.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def keyframes(style):
    """When what moves is seen: the parts of the whole at which it becomes visible and hidden."""
    rules = re.findall(r"@keyframes (\w+)\{(.*?\})\}", style)
    return {
        name: [(float(at), what) for at, what in re.findall(r"([\d.]+)%\{visibility:(\w+)\}", rule)]
        for name, rule in rules
    }


def test_an_svg_shows_one_step_after_the_other_without_a_script(tmp_path):
    found = steps(hand()[0])
    text = found.save(tmp_path / "pass.svg").read_text(encoding="utf-8")
    tree = ET.fromstring(text)
    assert "<script" not in text
    assert "13 boxes and 12 arrows" in tree.find(f"{SVG}desc").text
    moments = [g for g in tree.iter(f"{SVG}g") if g.get("class", "").startswith("k ")]
    assert len(moments) == len(found) == 14
    frames = keyframes(tree.find(f"{SVG}style").text)
    shown = [dict(map(reversed, frames[f"k{place}"]))["visible"] for place in range(14)]
    hidden = [
        max(at for at, what in frames[f"k{place}"] if what == "hidden") for place in range(13)
    ]
    assert shown == sorted(shown)
    assert hidden == shown[1:]  # the next one comes when this one goes
    titles = ["".join(moment.find(f"{SVG}text").itertext()) for moment in moments]
    assert titles == [str(step).split("\n")[0] for step in found]
    lines = ["".join(line.itertext()).strip() for line in moments[10].iter(f"{SVG}text")]
    assert "∂E/∂ŷ = −6.1" in lines
    # Only the picture's last numbers are known last.
    late = re.findall(r"((?:\.n\d+ text:last-of-type,?)+)\{animation:v14", text)
    assert late


def test_what_is_written_fits_the_width():
    _, root = chain(12)
    found = steps(root, collapse="op")
    for lines in animation.captions(list(found), 420):
        assert max(map(len, lines)) <= 75


def test_a_gif_has_a_frame_for_each_step(tmp_path):
    Image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    found = steps(hand()[0], collapse="named")
    with Image.open(found.save(tmp_path / "pass.gif")) as image:
        assert image.n_frames == len(found) == 6
        assert image.info["loop"] == 0
        seen = set()
        for frame in range(image.n_frames):
            image.seek(frame)
            assert image.info["duration"] in (1600, 3000)
            seen.add(image.convert("RGB").tobytes())
        assert len(seen) == 6
    many = steps(chain(300)[1], collapse="op")
    with pytest.raises(ValueError, match=r"600 steps.*\.html"):
        many.save(tmp_path / "many.gif")


def test_many_steps_have_few_dots():
    shown = steps(chain(60)[1], collapse="op")._repr_mimebundle_()["text/html"]
    dots = shown.partition('<div class="cr-dots">')[2].partition("</div>")[0]
    assert dots.count("<label") == 60


def test_a_leaf_has_no_steps_and_is_a_picture(tmp_path):
    pytest.importorskip("PIL", reason="Pillow is not installed")
    found = steps(Value(1.0, "\ud800"))
    for suffix in ("html", "svg", "gif"):
        assert found.save(tmp_path / f"leaf.{suffix}").stat().st_size > 500


def test_each_step_has_its_dot():
    assert [page.apart(count) for count in (1, 60, 61, 120, 121, 200)] == [1, 1, 2, 2, 3, 4]


def test_frames_of_an_animation_have_one_size():
    pytest.importorskip("PIL", reason="Pillow is not installed")
    from PIL import Image

    data = animation.gif(steps(chain(2)[1], collapse="op"))
    with Image.open(io.BytesIO(data)) as image:
        sizes = set()
        for frame in range(image.n_frames):
            image.seek(frame)
            sizes.add(image.size)
    assert len(sizes) == 1
