"""The cyclic collector beside recorded graphs: what it is told, and what a program keeps."""

import gc
import subprocess
import sys

import pytest

from autograd.engine import collector
from autograd.engine.collector import Collector, pace_collector

pytestmark = pytest.mark.skipif(
    not collector.RELIABLE, reason="another collector, or references to classes are not counted"
)


@pytest.fixture
def thresholds():
    """Thresholds of a known program, put back afterwards; nothing paces them meanwhile."""
    pace_collector(False)
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)
    pace_collector()


def test_rounds_follow_the_number_of_values(thresholds):
    pacing = Collector()
    for living, rounds in (
        (0, 10),
        (7_000, 10),
        (7_001, 20),
        (14_001, 40),
        (10**6, 2560),
        (10**5, 160),
        (0, 10),
    ):
        pacing.pace(living)
        assert gc.get_threshold() == (700, rounds, 10)


def test_between_one_and_two_times_the_values(thresholds):
    pacing = Collector()
    for living in range(8_000, 10**6, 7919):
        pacing.pace(living)
        young, rounds, _ = gc.get_threshold()
        assert living <= young * rounds < 2 * living


def test_thresholds_that_the_program_sets_are_its_own(thresholds):
    pacing = Collector()
    pacing.pace(10**5)
    saved = gc.get_threshold()
    gc.set_threshold(5_000, 50, 7)
    pacing.pace(10**5)
    assert gc.get_threshold() == (5_000, 50, 7)
    pacing.pace(10**6)
    assert gc.get_threshold() == (5_000, 200, 7)
    gc.set_threshold(*saved)  # what was found here once is no choice of the program's
    pacing.pace(0)
    assert gc.get_threshold() == (700, 50, 10)
    gc.set_threshold(0)
    pacing.pace(10**6)
    assert gc.get_threshold()[0] == 0
    gc.set_threshold(700, 0, 10)
    pacing.pace(10**6)
    assert gc.get_threshold() == (700, 0, 10)


def test_it_can_be_switched_off_and_on(thresholds):
    callbacks = [*gc.callbacks]
    pace_collector()
    pace_collector()  # once
    assert len(gc.callbacks) == len(callbacks) + 1
    gc.callbacks[-1].pace(10**5)
    assert gc.get_threshold() == (700, 160, 10)
    pace_collector(False)
    assert gc.callbacks == callbacks
    assert gc.get_threshold() == (700, 10, 10)
    pace_collector(False)


def test_it_is_off_where_references_to_classes_are_not_counted(thresholds, monkeypatch):
    monkeypatch.setattr(collector, "RELIABLE", False)
    callbacks = [*gc.callbacks]
    pace_collector()
    assert gc.callbacks == callbacks


def run(script):
    """What a program prints that has imported nothing but this."""
    start = "import gc, weakref\nfrom autograd import Value, pace_collector\n"
    done = subprocess.run(
        [sys.executable, "-c", start + script], capture_output=True, text=True, check=False
    )
    assert not done.stderr
    return done.stdout.split()


GRAPH = """
def graph(n):
    node = Value(1.0)
    for _ in range(n):
        node = node * 1.0
    return node
"""

# A cycle that nothing else holds, and how many new objects it takes until it is found.
WAIT = """
class Cycle: pass
def forgotten(generation):
    cycle = Cycle()
    cycle.itself = cycle
    gc.collect(generation) if generation is not None else None
    found = []
    weakref.finalize(cycle, found.append, True)
    return found
def wait(found):
    kept = []
    while not found:
        kept.append([])
    return len(kept)
"""


def test_the_interval_rises_with_a_graph_and_falls_when_it_is_gone():
    before, with_graph, after = run(
        GRAPH
        + """
young, rounds, _ = gc.get_threshold()
root = graph(10**5)
with_graph = gc.get_threshold()[1] * young
del root
kept = [[] for _ in range(3 * young)]
print(young * rounds, with_graph, gc.get_threshold()[1] * young)
"""
    )
    assert int(before) == int(after)
    assert 90_000 <= int(with_graph) < 2 * 101_000


def test_garbage_in_cycles_is_found_within_the_budget():
    """New garbage as soon as without Values; what outlived a collection within twice of them."""
    young, *plain, new, older = map(
        int,
        run(
            GRAPH
            + WAIT
            + """
def soon():
    gc.collect(0)  # from here on it is counted what comes and goes
    return wait(forgotten(None))
plain = soon(), soon()
root = graph(10**5)
print(gc.get_threshold()[0], *plain, soon(), wait(forgotten(0)))
"""
        ),
    )
    assert new <= max(plain)
    assert older <= 2 * 100_000 + 2 * young


def test_garbage_that_is_old_is_found_after_so_many_rounds():
    young, old, oldest = map(
        int,
        run(
            GRAPH
            + WAIT
            + """
gc.collect()
root = graph(20_000)
found = forgotten(1)
print(gc.get_threshold()[0], gc.get_threshold()[2], wait(found))
"""
        ),
    )
    assert oldest <= (old + 2) * (2 * 20_100 + 2 * young)


def test_without_it_garbage_waits_as_long_as_python_says():
    young, rounds, new, older = map(
        int,
        run(
            GRAPH
            + WAIT
            + """
pace_collector(False)
root = graph(10**5)
gc.collect(0)  # so that none comes while the garbage is made, and makes it older
print(*gc.get_threshold()[:2], wait(forgotten(None)), wait(forgotten(0)))
"""
        ),
    )
    # From 3.12 on it comes a little after it is due: where the interpreter looks up next.
    assert new <= young + 100
    assert older <= (rounds + 2) * (young + 100)


def test_what_a_program_froze_or_disabled_stays_so():
    frozen, still, enabled = run(
        GRAPH
        + """
kept = [[] for _ in range(1000)]
gc.freeze()
frozen = gc.get_freeze_count()
graph(10**5).backward()
gc.collect()
still = gc.get_freeze_count()
gc.disable()
graph(10**5).backward()
print(frozen, still, gc.isenabled())
"""
    )
    assert int(frozen) > 1000
    assert abs(int(still) - int(frozen)) < 100  # what was freed by its references is not there
    assert enabled == "False"


def test_a_growing_graph_is_scanned_in_proportion():
    """Collections of the middle generation: one for each doubling, not one for each 7 000."""
    few, many = (
        int(number)
        for off in (False, True)
        for number in run(
            GRAPH
            + f"""
pace_collector({not off})
before = gc.get_stats()[1]["collections"] + gc.get_stats()[2]["collections"]
root = graph(10**6)
print(gc.get_stats()[1]["collections"] + gc.get_stats()[2]["collections"] - before)
"""
        )
    )
    assert 3 * few < many
