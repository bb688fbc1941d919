"""`window.live` in a real browser beside Python: rows and expressions at random numbers.

`SOAK=1 python -m pytest tests/live/test_browser.py` takes every row, and 1000 numbers of each.
"""

import os
import random
import struct
from fractions import Fraction

import pytest

from autograd import Value, live, replay
from autograd.ops import OPS
from tests.chromium import chromium
from tests.live.expressions import ALONE, ARITHMETIC, NESTED, assert_near, inputs, same

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries behind the browser

SOAK = bool(os.environ.get("SOAK"))
COUNT = 1000 if SOAK else 20
WHOLE = ["network", "shared", "cubes", "quotients", "kinks", "choices", "where", "leaky", "dots"]
CUBES = ("cubes", float)
ROWS = [name for name in ALONE if not OPS[name].helper]
if not SOAK:
    WHOLE, ROWS = WHOLE[:3], ["mul", "div", "maximum", "tanh", "exp", "log", "power"]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


ASK = """
const [names, cases] = arguments, view = new DataView(new ArrayBuffer(8));
const bits = (x) => (view.setFloat64(0, x), view.getBigUint64(0).toString(16));
const special = {nan: NaN, inf: Infinity, "-inf": -Infinity, "-0.0": -0};
return cases.map((numbers) => {
  numbers.forEach((text, k) => live.set(names[k], special[text] ?? (isNaN(text) ? text : +text)));
  return ["f", ...names].map((name) => {
    const {value, grad, exact} = live.get(name);
    return [exact.value ?? [bits(value)], exact.grad ?? [bits(grad)]];
  });
});
"""


def asked(browser, folder, root, names, cases):
    """What the page has for the root and the leaves, each a value and a gradient."""
    browser.get(live(root).save(folder / "live.html").as_uri())
    texts = [[str(x) if isinstance(x, Fraction) else repr(x) for x in case] for case in cases]
    for found in browser.execute_script(ASK, names, texts):
        yield [(read(value), read(grad)) for value, grad in found]


def read(number):
    """An exact number as text, an int where it is whole, or a double by its bits."""
    if isinstance(number, str):
        return Fraction(number) if "/" in number else int(number)
    return struct.unpack(">d", bytes.fromhex(number[0].zfill(16)))[0]


@pytest.mark.parametrize(
    ("name", "kind"),
    # A cube of doubles is a function: its last bit is the platform's.
    [(name, kind) for name in WHOLE for kind in (float, Fraction) if (name, kind) != CUBES],
)
def test_arithmetic_is_python_s(browser, tmp_path, name, kind):
    make, size = NESTED[name]
    names = list("abcd"[:size])
    leaves = [Value(kind(k + 2), label) for k, label in enumerate(names)]
    root = make(*leaves)
    root.label = "f"
    source = random.Random(name)
    cases = [inputs(source, size, kind.__name__.lower()) for _ in range(COUNT)]
    for case, found in zip(cases, asked(browser, tmp_path, root, names, cases), strict=True):
        given = [Value(x, label) for x, label in zip(case, names, strict=True)]
        try:
            again = replay(root, dict(zip(leaves, given, strict=True)))
            again.backward()
        except (ArithmeticError, TypeError):  # exact numbers have no infinity; a page has
            continue
        expected = [(again.data, 1), *((leaf.data, leaf.grad) for leaf in given)]
        for (value, grad), (right, slope) in zip(found, expected, strict=True):
            assert same(value, right) or value == right, (name, case, value, right)
            assert same(grad, slope) or grad == slope, (name, case, grad, slope)


@pytest.mark.parametrize("name", ROWS)
def test_a_row_is_python_s(browser, tmp_path, name):
    """Equal for arithmetic, else within 4 ulp; its slopes, which are the leaves' gradients, too."""
    op, (make, size) = OPS[name], ALONE[name]
    names = list("abcd"[:size])
    root = make(*(Value(0.75 + k, label) for k, label in enumerate(names)))
    root.label = "f"
    source = random.Random(name)
    cases = [inputs(source, size, "float") for _ in range(COUNT)]
    limit = 0 if name in ARITHMETIC else 4
    for case, found in zip(cases, asked(browser, tmp_path, root, names, cases), strict=True):
        (value, _), *grads = found
        assert_near((name, case), op, op.compute, op.split(case), value, limit)
        for at, (which, numbers) in enumerate(op.places(case)):

            def added(*given, slope=op.handed[which]):
                found = slope(*given)  # False hands nothing on; a sum begins with 0
                return found + 0.0 if isinstance(found, float) else 0 if found is False else found

            about = name, case, "slope", at
            assert_near(about, op, added, (*numbers, value), grads[at][1], limit)
