"""Random graphs are like people's: nothing in them is dead, most share, and they shrink."""

import importlib
import random
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value
from autograd.graph import topological
from autograd.ops import OPS
from autograd.testing.dual import exact_derivative
from autograd.testing.strategies import RATIONAL, SMOOTH, Expression, domain, expressions, woven

ROOT = Path(__file__).parent.parent.parent
POLYNOMIAL = ("add", "sub", "mul", "neg")
QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}


def examples(strategy, count):
    found = []

    @settings(max_examples=count, phases=[Phase.generate], derandomize=True, **QUIET)
    @given(strategy)
    def collect(example):
        found.append(example)

    collect()
    return found


def shape(expression):
    """How many steps there are, how many are alive, the depth, the inputs used, what is shared."""
    leaves = expression.leaves()
    order = topological(expression(*leaves))
    uses = Counter(parent for node in order for parent in node.parents)
    inner = [node for node in order if node.op is not None]
    depth = {}
    for node in order:
        depth[node] = max((1 + depth[parent] for parent in node.parents), default=0)
    return {
        "steps": len(expression.program),
        "alive": len(inner),
        "depth": depth[order[-1]],
        "used": sum(leaf in depth for leaf in leaves),
        "shares": any(uses[node] > 1 for node in inner),
    }


@pytest.mark.parametrize(("ops", "data"), [(RATIONAL, None), (SMOOTH, st.floats(-3, 3))])
def test_what_random_graphs_look_like(ops, data):
    shapes = [shape(one) for one in examples(expressions(ops, data), 150)]
    report = {name: Counter(one[name] for one in shapes) for name in shapes[0]}
    dead = 1 - sum(one["alive"] for one in shapes) / sum(one["steps"] for one in shapes)
    assert dead <= 0.05, report
    assert report["shares"][True] >= 75, report
    assert report["steps"][1] <= 30 and max(report["steps"]) <= 12, report
    assert sum(n for depth, n in report["depth"].items() if depth >= 5) >= 45, report
    assert len(report["depth"]) >= 8 and all(report["used"][n] >= 5 for n in (1, 2, 3, 4)), report


@settings(max_examples=60, **QUIET)
@given(
    st.lists(st.tuples(st.sampled_from(["neg", "add", "clip"]), *[st.integers(0, 9)] * 3)),
    st.integers(1, 4),
    st.integers(1, 9),
)
def test_no_choice_makes_a_dead_step(choices, inputs, most):
    steps = [(name, *numbers[: len(OPS[name].inputs)]) for name, *numbers in choices]
    program = woven(steps, inputs, ("neg", "add", "clip"), most)
    assert len(program) <= most
    found = shape(Expression(program, (Fraction(1),) * inputs))
    assert found["alive"] == found["steps"] and bool(program) == bool(steps)


# Engines with one mistake, each told by its minimal example.


def gradients(expression, *, order=reversed, plus=lambda node, old, new: old + new, slopes=None):
    """A backward pass with a place for each mistake."""
    leaves = expression.leaves()
    root = expression(*leaves)
    totals = dict.fromkeys(topological(root), 0) | {root: 1}
    for node in order(topological(root)):
        for _, parent, slope in (slopes or Value.slopes)(node):
            totals[parent] = plus(parent, totals[parent], totals[node] * slope)
    return [totals.get(leaf, 0) for leaf in leaves]


def exchanged(node):
    x_and_y = node.op is not None and node.op.name == "mul"
    operands = node.operands if x_and_y else ()
    for place, parent, slope in Value.slopes(node):
        yield place, parent, operands[place] if x_and_y else slope


def test_the_pass_without_a_mistake_is_exact():
    for one in examples(expressions(POLYNOMIAL), 50):
        places = range(len(one.inputs))
        assert gradients(one) == [exact_derivative(one, one.inputs, place) for place in places]


MISTAKES = {  # and how many steps tell it
    "no +=": ({"plus": lambda node, old, new: new}, 1),
    "no += in between": ({"plus": lambda node, old, new: new if node.op else old + new}, 2),
    "a wrong rule": ({"slopes": exchanged}, 2),
    "inputs first": ({"order": lambda order: order}, 2),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_shrinks_to_the_steps_that_tell_it(mistake):
    flaw, steps = MISTAKES[mistake]

    def is_wrong(expression):
        return gradients(expression, **flaw) != gradients(expression)

    most = settings(max_examples=2000, **QUIET)
    minimal = find(expressions(POLYNOMIAL), is_wrong, settings=most, random=random.Random(0))
    assert len(minimal.program) <= steps, minimal
    assert len(minimal.inputs) <= 2 and all(abs(x) <= 2 for x in minimal.inputs), minimal


# Any rows, and none.


@settings(max_examples=60, **QUIET)
@given(expressions([name for name in OPS if not OPS[name].helper], st.floats(0.1, 0.9)))
def test_any_rows_make_graphs_and_numbers(expression):
    computed = expression(*expression.inputs)
    recorded = expression(*expression.leaves()).data
    assert computed == recorded or computed != computed


@pytest.mark.parametrize(
    ("made", "error", "message"),
    [
        (lambda: expressions(()), ValueError, "needs at least one operation"),
        (
            lambda: expressions(("nope",)),
            ValueError,
            "unknown operation 'nope': must be one of abs",
        ),
        (lambda: expressions((3,)), TypeError, "by its name, not int 3"),
        (lambda: expressions(max_steps=0), ValueError, "max_steps of at least 1, not 0"),
        (lambda: expressions(max_inputs=0), ValueError, "max_inputs of at least 1, not 0"),
        (lambda: domain("nope"), ValueError, "unknown operation 'nope'"),
        (lambda: domain(autograd.tanh), TypeError, "by its name, not function"),
        (lambda: Expression((("mul", 0),), (1,)), ValueError, r"'mul', 0\) has 1 operands"),
        (lambda: Expression((("nope", 0),), (1,)), ValueError, "unknown operation 'nope'"),
        (lambda: Expression((), ()), ValueError, "at least one number"),
    ],
)
def test_what_there_is_not_is_refused(made, error, message):
    with pytest.raises(error, match=message):
        made()


# What the rest of Hypothesis makes of it.


def test_the_first_example_of_a_row_keeps_the_deadline():
    """Its code is made while the example is drawn, and drawing does not count."""
    script = (
        "import autograd; from hypothesis import given, settings, strategies as st; "
        "from autograd.testing import expressions; import sys, time\n"
        "from autograd.testing.strategies import SMOOTH\n"
        "@settings(max_examples=20, database=None)\n"
        "@given(expressions(SMOOTH, st.floats(-3, 3)))\n"
        "def test(e): e(*e.leaves()).backward()\n"
        "test()"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, check=True)


def test_a_strategy_shows_itself_as_it_is_made():
    small = expressions(("add",), st.floats(0, 1), max_steps=3)
    assert repr(small) == ("expressions(('add',), floats(min_value=0, max_value=1), max_steps=3)")
    assert repr(expressions()) == "expressions()"


def test_a_typed_function_has_its_test_written(tmp_path, monkeypatch):
    """Of one's own, and of those that are here."""
    pytest.importorskip("black")
    from hypothesis.extra import ghostwriter

    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "neurons.py").write_text(
        "from autograd import Value, tanh\n\n"
        "def neuron(w: Value, x: Value) -> Value:\n    return tanh(w * x)\n"
    )
    neurons = importlib.import_module("neurons")
    for function in (neurons.neuron, autograd.tanh, autograd.clip):
        text = ghostwriter.fuzz(function)
        assert "st.nothing" not in text and "typing.Any" not in text
        made = {}
        exec(text, made)
        written = made[f"test_fuzz_{function.__name__}"]
        settings(max_examples=10, **QUIET)(written)()
    sys.modules.pop("neurons")
