"""The page's session: its numbers beside Python's, and what changes them."""

from decimal import Decimal
from fractions import Fraction

import pytest

from autograd import Op, Value, custom, register, replay, where
from autograd.commands.calculation import network
from autograd.engine import unregister
from autograd.formula.notation import digits
from autograd.functions import gamma
from autograd.live.rows import rows
from autograd.ops import OPS
from tests.export.running import UNWRITTEN
from tests.live.expressions import ALONE, NESTED, check
from tests.live.node import data_of, data_of_graph, number_of, run


def test_nested_expressions(tmp_path):
    check(tmp_path, NESTED, 40, "nested")


def test_every_row_alone(tmp_path):
    assert {*ALONE} == {*OPS} - UNWRITTEN
    check(tmp_path, ALONE, 16, "alone")


START = """
import { rows } from "./rows.js";
import { Session } from "./graph.js";
import { parseNumber, digits } from "./numbers.js";
const session = new Session(data.program, rows);
const named = data.program.named;
const values = (...names) => names.map((name) => digits(session.get(named[name]).value));
const grads = (...names) => names.map((name) => digits(session.get(named[name]).grad));
"""


@pytest.mark.parametrize("numbers", ["fraction", "decimal"])
def test_the_notes_step_and_the_way_back(tmp_path, numbers):
    root = network(numbers).forward()["E"]
    found = run(
        tmp_path,
        START + "say(values('E')); say(grads('w1', 'w2', 'w3'));\n"
        "const weights = ['w1', 'w2', 'w3'].map((name) => named[name]);\n"
        "session.learn(parseNumber('0.01'), 1, weights);\n"
        "say(values('w1', 'w2', 'w3', 'E'));\n"
        "session.learn(parseNumber('0.01'), 200, weights); say(values('E'));\n"
        "say(session.history.length);\n"
        "session.undo(200); say(values('w1', 'w2', 'w3', 'E'));\n"
        "session.undo(); say(values('E', 'w1')); session.undo(); say(session.history.length);",
        root=root,
    )
    after = ["0.5525", "0.6915", "0.7318", "9.94706400415778"]
    assert found[:3] == [["18.605"], ["−15.25", "−9.15", "−23.18"], after]
    assert float(found[3][0].replace("−", "-")) < 1e-20
    assert found[4:] == [202, after, ["18.605", "0.4"], 1]


def test_a_few_steps_are_as_exact_as_in_python(tmp_path):
    w, x = Value(Fraction(1, 2), "w"), Value(3, "x")
    root = (w * x - 2) ** 2
    found = run(
        tmp_path,
        START + "session.learn(parseNumber('0.1'), 5);\n"
        "session.history.forEach(({ error, leaves }) =>\n"
        "  say([written(error), written(leaves.get(named.w))]));",
        root=root,
    )
    for error, weight in found:
        root = replay(root)  # with the data that w has now
        assert (number_of(error), number_of(weight)) == (root.data, w.data)
        w.grad = 0
        root.backward()
        w.data -= Fraction("0.1") * w.grad


def test_what_would_fill_the_memory_becomes_a_double(tmp_path):
    root = Value(1, "x")
    for _ in range(40):
        root = root * root
    found = run(
        tmp_path,
        START + "session.set(named.x, parseNumber('0.12345678901234567')); say(values('f'));\n"
        "session.reset(); say(values('f')); session.learn(parseNumber('0.001'), 50); say(1);",
        root=root,
    )
    assert found[1] == [digits(root.data)]


def test_a_leaf_alone(tmp_path):
    found = run(
        tmp_path,
        START + "say(grads('a')); session.learn(parseNumber('1/3'), 1, [0]); say(values('a'));",
        root=Value(2, "a"),
    )
    assert found == [["1"], ["5/3"]]


def test_a_leaf_keeps_its_kind_of_number(tmp_path):
    f, i, q = Value(0.5, "f"), Value(2, "i"), Value(Fraction(1, 3), "q")
    found = run(
        tmp_path,
        START + "const now = () => say(written(['f', 'i', 'q', 'E'].map((name) =>\n"
        "  session.get(named[name]).value)));\n"
        "const set = (...texts) => session.setAll(texts.map((text, k) =>\n"
        "  [named['fiq'[k]], parseNumber(text)]));\n"
        "now(); set('0.1', '4', '2'); now(); set('1/3', '1/4', 'inf'); now();\n"
        "session.set(named.i, 0.25); now(); session.reset(); now();",
        root=(i / 3 + q) * f,
        names={"f": f, "i": i, "q": q},
    )
    start, *others = ([number_of(x) for x in line] for line in found)
    third = Fraction(1, 3)
    assert start == others[-1] == [0.5, 2, third, (2 / 3 + third) * 0.5]
    assert others[0] == [0.1, 4, 2, (4 / 3 + 2) * 0.1]
    assert others[1] == [1 / 3, Fraction(1, 4), float("inf"), float("inf")]
    assert others[2][1] == 0.25
    kinds = [[*map(type, line[:3])] for line in (start, *others)]
    assert kinds == [
        [float, int, Fraction], [float, int, Fraction], [float, Fraction, float],
        [float, float, float], [float, int, Fraction],
    ]  # fmt: skip


def test_only_leaves_are_set_and_all_is_told(tmp_path):
    a = Value(2, "a")
    found = run(
        tmp_path,
        START + "let told = 0; const stop = session.subscribe(() => { told += 1; });\n"
        "const attempt = (place) => { try { session.set(place, 3); } catch (error) {\n"
        "  say([error.message, values('a', 'f'), told]); } };\n"
        "attempt(named.f); attempt(17);\n"
        "session.set(named.a, parseNumber('3')); session.learn(parseNumber('0.1'), 7);\n"
        "session.undo(); session.reset(); say(told); stop(); session.reset(); say(told);",
        root=a * a,
    )
    assert found[0][0] == "f is computed by mul: set a leaf that it is computed from"
    assert found[1][0] == "there is no node 17: the last is 1"
    assert [line[1:] for line in found[:2]] == [[["2", "4"], 0]] * 2
    assert found[2:] == [4, 4]


def test_what_hands_nothing_on_is_no_gradient(tmp_path):
    a, b, c = Value(1.0, "a"), Value(0.0, "b"), Value(2, "c")
    root = where(a > b, a * c, a / b)
    found = run(tmp_path, START + "say(written([session.slopes, session.gradients]));", root=root)
    slopes, gradients = found[0]
    root.backward()
    places = data_of_graph(root)["named"]
    assert [number_of(gradients[places[name]]) for name in "abc"] == [2, None, 1]
    assert (a.grad, b.grad, c.grad) == (2, 0, 1)
    assert [*map(number_of, slopes[-1])] == [None, 1, None]


def test_a_program_has_what_was_recorded():
    w, x = Value(Decimal("0.4"), "w1"), Value(True, "x")
    y = (w * x + 2) / 3
    y.label = "yhat"
    w.data = Decimal(9)  # the graph has the number that it was computed from
    found = data_of_graph(y)
    w1, one, _, _, root = found["nodes"]
    assert (w1["op"], w1["start"], w1["role"]) == (None, ["q", "2", "5"], "weight")
    assert w1["name"] == {"text": "w₁", "mathml": "<msub><mi>w</mi><mn>1</mn></msub>"}
    assert one["start"] == ["q", "1", "1", "int"]
    assert (root["op"], root["inputs"], root["label"], root["role"]) == (
        *("div", [3, ["n", ["q", "3", "1", "int"]]], "yhat", "output"),
    )
    assert found["nodes"][2]["role"] == "intermediate"
    assert found["nodes"][2]["name"] is None
    assert (found["root"], found["exact"]) == (4, True)
    assert found["named"] == {"w1": 0, "x": 1, "yhat": 4}
    assert not data_of_graph(Value(Decimal("inf"), "a") + 1)["exact"]
    assert data_of_graph(Value(7**6000))["nodes"][0]["start"][1] == hex(7**6000)
    assert data_of(-(7**6000))[1] == hex(-(7**6000))


def test_a_leaf_that_changed_between_two_uses_is_refused():
    a = Value(2, "a")
    b = a * 3
    a.data = 5
    with pytest.raises(ValueError, match=r"was 2 when it was used first and 5 later: .*replay"):
        data_of_graph(b + a)
    nan = Value(float("nan"), "a")
    assert data_of_graph(nan + nan)["nodes"][0]["start"] == ["f", "nan"]


def test_what_has_no_javascript_is_refused_by_name():
    x = Value(2.5, "x")
    cube = custom(lambda x: x**3, lambda x: 3 * x**2, name="cube")
    for node, name in ((gamma(x), "gamma"), (cube(x), cube(x).op.name)):
        with pytest.raises(NotImplementedError, match=rf"'{name}'.*steps\(E\)"):
            rows([node.op])


def test_a_row_of_ones_own_runs_and_two_of_one_name_are_refused(tmp_path):
    def made(text, slope):
        return register(Op(name="lift", value=text, slopes=(slope,), inputs=("exact",)))

    with pytest.raises(ValueError, match="taken"):
        made("exact", "1")
    first = register(
        Op(name="blend", value="exact * rows if not exact < 0 else sigmoid(exact)",
           slopes=("rows if not exact < 0 else bell(exact)", "exact if exact >= 0 else 0"),
           inputs=("exact", "rows"))
    )  # fmt: skip
    a, b = Value(Fraction(1, 3), "a"), Value(2.0, "b")
    root = first(a, b)
    unregister("blend")
    other = register(Op(name="blend", value="x + y", slopes=("1", "1")))
    with pytest.raises(NotImplementedError, match="different operations called 'blend'"):
        rows([root.op, other(a, b).op])
    unregister("blend")
    found = run(tmp_path, START + "say(values('f')); say(grads('a', 'b'));", root=root)
    assert found == [["0.666666666667"], ["2", "1/3"]]
