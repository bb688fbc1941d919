"""What `live` takes and gives, without a browser."""

import html
import json
import re

import pytest

from autograd import Value, custom, gamma, live, steps, tanh
from tests.graphs import chain, hand


def data(text):
    """What the page was given, as a browser reads it."""
    found = re.search(r"getElementById\(\"[^\"]*\"\), (\{.*\}), \$rows\.rows\);", text)
    return json.loads(found[1])


def test_a_page_is_one_file_that_needs_nothing_else(tmp_path):
    E, _ = hand()
    path = live(E).save(tmp_path / "live.html")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert text.count("<script>") == text.lower().count("</script") == 1
    assert not re.search(r"\b(src|href)=\"(?!data:)", text)
    assert "import(" not in text and "fetch(" not in text
    assert len(text.encode()) < 300_000  # with the exercises; 160 000 without
    options = data(text)["options"]
    assert options == {
        "mode": "look", "level": "op", "rate": ["q", "1", "100"], "digits": None, "alone": True
    }  # fmt: skip
    with pytest.raises(ValueError, match=r"as \.html, not as 'live\.pdf'"):
        live(E).save(tmp_path / "live.pdf")


def test_a_notebook_has_the_page_and_a_picture_where_no_script_runs():
    E, _ = hand()
    page = live(E)
    assert repr(page) == "<live page of E>"
    bundle = page._repr_mimebundle_()
    assert {"text/html", "text/plain", "image/svg+xml", "application/pdf"} <= {*bundle}
    assert bundle["text/plain"] == str(steps(E))
    before, _, after = re.split(r"<script>|</script>", bundle["text/html"])
    assert after == "</div>"
    assert "data:image/svg+xml;base64," in before
    assert html.escape(str(steps(E))) in before
    assert "display:none" not in before.partition("</style>")[2]
    assert not data(bundle["text/html"])["options"]["alone"]
    assert {*page._repr_mimebundle_(include=["text/html"])} == {"text/html"}
    assert "text/html" not in page._repr_mimebundle_(exclude=["text/html"])
    first, second = (re.search(r'id="([^"]*)"', page.fragment())[1] for _ in range(2))
    assert first != second


def test_names_rate_digits_and_mode():
    w, x = Value(3), Value(5)
    page = live(w * x, {"w": w, "x": x}, digits=4, rate=0.05, mode="learn")
    assert page.program["named"] == {"w": 0, "x": 1, "f": 2}
    options = page.program["options"]
    assert (options["rate"], options["digits"], options["mode"]) == (["q", "1", "20"], 4, "learn")
    with pytest.raises(ValueError, match=r"'train'.*look, film, learn, practise"):
        live(w * x, mode="train")
    for rate in ("fast", float("inf"), None):
        with pytest.raises(ValueError, match=r"rate is a finite number.*not"):
            live(w * x, rate=rate)
    with pytest.raises(TypeError, match=r"live takes a Value, not float 2\.0"):
        live(2.0)


def test_what_a_page_cannot_compute_is_refused_by_name():
    x = Value(2.5, "x")
    cube = custom(lambda x: x**3, lambda x, z: 3 * x**2, name="cube")
    for root, name in ((gamma(x), "gamma"), (cube(x), "cube")):
        with pytest.raises(NotImplementedError, match=f"'{name}'.*steps"):
            live(root)
    y = x * x
    x.data = 3.0
    z = y * x
    with pytest.raises(ValueError, match="one number for it"):
        live(z)


def test_many_steps_are_of_named_values_and_not_all_of_them_text():
    page = live(chain(150)[1])
    assert page.program["options"]["level"] == "named"
    long = live(tanh(sum((Value(float(k), f"x{k}") * Value(0.5, f"w{k}") for k in range(12)), 0)))
    assert long.program["options"]["level"] == "op"


def test_names_cannot_leave_their_place(tmp_path):
    name = "</script><script>alert(1)</script><!--"
    x = Value(2.0, name)
    text = live(x * Value(3.0, '"><img src=x onerror=alert(1)>')).document()
    assert text.lower().count("<script") == text.lower().count("</script") == 1
    assert "<img src=x" not in text
    assert name in data(text)["named"]


def test_no_gradient_is_read_or_changed():
    E, v = hand()
    v["w1"].grad = 7
    live(E).document()
    assert (v["w1"].grad, E.grad) == (7, 0)
