"""Stored values and slopes of every row, at points over the whole range of doubles.

The numbers are certified in mpmath and kept in `reference.txt`, so that the test which reads them
needs nothing but Python. The points of a row follow a line `# name fingerprint`. A line is a point:
the row's name, the arguments, the value and the slope to each argument, to 22 digits; `-` where
there is none to check, `inf` beyond the largest double.
"""

import hashlib
from pathlib import Path

from autograd.ops import OPS
from autograd.testing.sampling import points

FILE = Path(__file__).parent / "reference.txt"
POINTS = 80


def fingerprint(op):
    """A digest of all that a row's points and numbers follow from."""
    texts = [op.fingerprint, op.meaning, op.domain, op.kink]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def stored():
    """The stored lines of each row, by the line that opens them."""
    found = {}
    for line in FILE.read_text().splitlines():
        if line.startswith("#"):
            lines = found[line] = []
        else:
            lines.append(line)
    return found


def title(op):
    """The line that opens the points of a row as it is now."""
    return f"# {op.name} {fingerprint(op)}"


def stale():
    """The rows whose points are not those of their texts."""
    known = stored()
    return [op for op in OPS.values() if title(op) not in known]


def refresh(*, everything=False):
    """Certifies the points of the rows that need it, and writes the file."""
    known = {} if everything else stored()
    lines = []
    for op in OPS.values():
        lines += [title(op), *(known.get(title(op)) or certified_lines(op))]
    FILE.write_text("\n".join(lines) + "\n")


def certified_lines(op):
    """The lines of a row, made anew."""
    from autograd.testing import certified

    function = certified.meaning(op)
    for point in points(op, POINTS):
        places = [[], *([place] for place in range(len(point)))]
        true = [certified.derivative(function, point, *place) for place in places]
        arguments = " ".join(map(repr, point))
        yield f"{op.name}: {arguments} = {' '.join(map(_written, true))}"


def _written(number):
    from autograd.testing.certified import context

    if number is None or number != number:
        return "-"
    if abs(number) >= context.ldexp(1, 1024):
        return "inf" if number > 0 else "-inf"
    return context.nstr(number, 22) if abs(number) > context.ldexp(1, -1100) else "0.0"
