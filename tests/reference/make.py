"""Writes `rules.txt`: values and slopes of every row at points over the whole range of doubles.

Run `python tests/reference/make.py` after a row was added. The numbers are certified in mpmath, so
that the test which reads them needs nothing but Python. A line is a point: the row's name, the
arguments, the value and the slope to each argument, to 22 digits; `-` where there is none to check,
`inf` beyond the largest double.
"""

from pathlib import Path

from autograd import certified
from autograd.ops import OPS
from autograd.points import points

FILE = Path(__file__).parent / "rules.txt"
POINTS = 80


def written(number):
    if number is None or number != number:
        return "-"
    if abs(number) >= certified.context.ldexp(1, 1024):
        return "inf" if number > 0 else "-inf"
    return (
        certified.context.nstr(number, 22)
        if abs(number) > certified.context.ldexp(1, -1100)
        else "0.0"
    )


def lines():
    for op in OPS.values():
        function = certified.meaning(op)
        for point in points(op, POINTS):
            places = [[], *([place] for place in range(len(point)))]
            true = [certified.derivative(function, point, *place) for place in places]
            arguments = " ".join(map(repr, point))
            yield f"{op.name}: {arguments} = {' '.join(map(written, true))}"


if __name__ == "__main__":
    FILE.write_text("\n".join(lines()) + "\n")
