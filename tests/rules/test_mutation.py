"""Wrong rules are caught: every row with one token changed, by `check_rule`.

The suite tries every fourth change of a row, `SOAK=1 python -m pytest tests/rules/test_mutation.py`
all of them.
`equivalent.txt` lists the changes that change nothing, each under the reason why it does not.
"""

import pytest

pytest.importorskip("mpmath")

from autograd.engine import record
from autograd.ops import OPS
from autograd.testing.gradients import GradientError, gradcheck
from autograd.testing.rules import recordable
from autograd.testing.sampling import kinks, points
from tests.rules.equivalent import REFUSED, is_caught, listed
from tests.rules.mutants import mutants
from tests.soaking import asked

EQUIVALENT = {line for lines in listed().values() for line in lines}


@pytest.mark.parametrize("name", OPS)
def test_every_mutant_is_caught_or_listed(name):
    changes = [each for each in mutants(OPS[name]) if f"{name} {each[0]}" not in EQUIVALENT]
    for change, mutant in changes[:: asked(8, 1)]:
        assert is_caught(mutant), f"{change}: run python -m tests.refresh"


def finite_points(op):
    return [*points(op, 200), *kinks(op)]


def shows_at_a_finite_point(op, mutant):
    for point in finite_points(op):
        value = op.compute(*point)
        right, wrong = ([slope(*point, value) for slope in one.partials] for one in (op, mutant))
        if right != wrong:
            return True
    return False


def gradcheck_catches(mutant):
    try:
        with recordable(mutant) as op:
            for point in finite_points(op):
                gradcheck(lambda *x: record(op, *x), *point)
    except (GradientError, *REFUSED):
        return True
    return False


def test_gradcheck_catches_95_percent():
    """Of every fifth change of a slope; what only nan and infinity show is not for gradcheck."""
    found = []
    for name, op in OPS.items():
        if not op.helper and not op.run:
            for change, mutant in mutants(op):
                if change.startswith("slope") and f"{name} {change}" not in EQUIVALENT:
                    found.append(mutant)
    found = [m for m in found[:: asked(20, 5)] if m is not None and is_visible(m)]
    caught = sum(map(gradcheck_catches, found))
    assert len(found) > 40
    assert caught >= 0.95 * len(found), (caught, len(found))


def is_visible(mutant):
    try:
        return shows_at_a_finite_point(OPS[mutant.name], mutant)
    except REFUSED:
        return True
