"""Graphs that are taken apart as they go, as WebAssembly needs it: nothing is lost that is held."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value, dot, topological
from autograd.engine.release import free_piece_by_piece

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def piece_by_piece():
    assert not hasattr(Value, "__del__")
    gc.collect()
    gc.freeze()  # what other tests left is not counted, and not gone through
    free_piece_by_piece()
    yield
    del Value.__del__
    gc.unfreeze()


def living():
    """How many Values there are: counting references frees them, without the collector."""
    return sum(type(each) is Value for each in gc.get_objects())


def graph(length):
    """A chain of sums and of runs, each node used more than once, and its middle."""
    x = y = Value(1.0, "x")
    middle = x
    for k in range(length):
        y = y * 0.5 + x if k % 3 else dot([y, x, y], [x, 1.0, y])
        middle = y if k == length // 2 else middle
    return y, middle


def test_what_is_held_stays_whole_and_the_rest_goes():
    before = living()
    root, middle = graph(3000)
    count, shown = len(topological(middle)), repr(middle)
    del root
    assert living() - before == count == len(topological(middle))
    middle.backward()
    assert repr(middle).split(",")[0] == shown.split(",")[0]
    del middle
    assert living() == before


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 99), st.integers(0, 99)), max_size=40),
       st.sets(st.integers(0, 40)))  # fmt: skip
def test_whatever_is_held_is_as_it_was(program, kept):
    before = living()
    values = [Value(1.0), Value(2.0)]
    for kind, i, j in program:
        x, y = values[i % len(values)], values[j % len(values)]
        values.append(x + y if kind == 0 else x * y if kind == 1 else dot([x, y, x], [y, 2.0, y]))
    held = [value for place, value in enumerate(values) if place in kept]
    orders = [[(id(node), node.op, len(node.parents)) for node in topological(v)] for v in held]
    del values
    x = y = None
    after = [[(id(node), node.op, len(node.parents)) for node in topological(v)] for v in held]
    assert after == orders
    assert living() - before == len({each for order in orders for each in order})
    del held
    assert living() == before


def test_a_value_that_was_refused_has_nothing_to_release(recwarn):
    with pytest.raises(TypeError):
        Value("one")
    gc.collect()
    assert not recwarn.list


def test_it_is_for_webassembly_alone():
    script = "import autograd, sys; {}print(hasattr(autograd.Value, '__del__'))"
    again = "sys.platform = 'emscripten'; import importlib; importlib.reload(autograd);"
    for first, wanted in (("", "False"), (again, "True")):
        done = subprocess.run(
            [sys.executable, "-c", script.format(first)],
            capture_output=True, text=True, check=True, cwd=ROOT,
        )  # fmt: skip
        assert done.stdout.strip() == wanted
