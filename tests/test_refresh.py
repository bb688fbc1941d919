"""What is derived from the rows is up to date: a fast check, with the command that mends it."""

from autograd.ops import OPS
from tests import stubs
from tests.refresh import COMMAND
from tests.rules import equivalent, reference
from tests.rules.mutants import mutants


def test_the_types_are_those_of_the_rows():
    assert stubs.FILE.read_text() == stubs.stub(), COMMAND


def test_every_row_has_its_certified_points():
    assert not reference.stale(), COMMAND
    assert set(reference.stored()) == set(map(reference.title, OPS.values())), COMMAND


def test_what_is_listed_as_changing_nothing_is_a_change_of_a_row():
    made = {f"{name} {change}" for name in OPS for change, _ in mutants(OPS[name])}
    assert {line for lines in equivalent.listed().values() for line in lines} <= made, COMMAND
