"""Changes of a rule that change nothing: `equivalent.txt`, each under the reason why.

A change that `check_rule` does not catch is listed without being asked about only if it gives the
numbers of the rule at every point tried, infinities and nan included. What gives other numbers
somewhere, or a 0 of another sign, is for a person to judge: `refresh` returns it.
"""

import math
from itertools import product
from pathlib import Path

from autograd.ops import OPS
from autograd.testing.sampling import SPECIAL, kinks, points
from tests.rules.mutants import mutants

FILE = Path(__file__).parent / "equivalent.txt"
SAME = "# the same numbers at every point tried, infinities and nan included"
ROUNDED = "# the same numbers at every point tried, but for their last places"

# What a wrong text may raise where it is tried.
REFUSED = (TypeError, NameError, KeyError, OverflowError, ArithmeticError, RecursionError)


def listed():
    """The changes of the list, by reason."""
    found = {}
    for line in FILE.read_text().splitlines():
        if line.startswith("#"):
            lines = found[line] = []
        else:
            lines.append(line)
    return found


def is_caught(mutant):
    """Whether `check_rule` finds a change."""
    from autograd.testing.rules import RuleError, check_rule

    if mutant is None:
        return True
    try:
        check_rule(mutant, count=400, seed=3, like=mutant.name)
    except (RuleError, *REFUSED):
        return True
    return False


def refresh(ops):
    """Brings the list up to date for these rows; returns the changes that somebody must judge."""
    known = listed()
    every = {f"{op.name} {change}" for op in OPS.values() for change, _ in mutants(op)}
    caught, to_judge = set(), []
    for op in ops:
        for change, mutant in mutants(op):
            line = f"{op.name} {change}"
            if is_caught(mutant):
                caught.add(line)
            elif not any(line in lines for lines in known.values()):
                reason = reason_for(op, mutant)
                known.setdefault(reason, []).append(line) if reason else to_judge.append(line)
    kept = {
        reason: [line for line in lines if line in every - caught]
        for reason, lines in known.items()
    }
    lines = [line for reason, lines in kept.items() if lines for line in (reason, *lines)]
    FILE.write_text("\n".join(lines) + "\n")
    return to_judge


def reason_for(op, mutant):
    """Why a change changes nothing, as far as numbers can tell; "" if it changes something."""
    reason = SAME
    for point in everywhere(op):
        for right, found in zip(numbers(op, point), numbers(mutant, point), strict=True):
            if repr(right) == repr(found):
                continue
            size = max(abs(right), abs(found))
            if right == found or not abs(right - found) <= 8 * math.ulp(size) < math.inf:
                return ""
            reason = ROUNDED
    return reason


def everywhere(op):
    """Points of every kind, those where the row has no slope or no value included."""
    for seed in range(5):
        yield from points(op, 400, seed)
    if not op.run:
        yield from kinks(op)
    size = len(op.inputs) * (2 if op.run else 1)
    yield from (p for p in product(SPECIAL, repeat=size) if size < 3 or len(set(p)) < 3)


def numbers(op, point):
    """The value and the slope to each argument."""
    value = op.compute(*op.split(point))
    return [value, *(op.partials[which](*given, value) for which, given in op.places(point))]
