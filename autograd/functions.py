"""The public functions, one for each row of the table that is no helper, and those of whole runs.

Values in, a Value out; numbers in, a number out. Their types are in `functions.pyi`, which
`python -m tests.refresh` writes from the rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd.elementary import nearest
from autograd.engine import FUNCTIONS, Run
from autograd.ops import OPS
from autograd.value import Value

# Python's own operators and `abs` are these already.
_OPERATORS = {"add", "sub", "mul", "div", "power", "neg", "abs"}
# `log(x, base)` is a row of its own, and no function of its own.
_LONGER = {op.longer for op in OPS.values()}

__all__ = [
    name for name, op in OPS.items() if not op.helper and name not in {*_OPERATORS, *_LONGER}
]

globals().update((name, FUNCTIONS[name]) for name in __all__)


def softmax(xs: Iterable[Any]) -> list[Any]:
    """The shares exp(x) / sum of exp over the run, which add up to 1: a list of Values, or numbers.

    Each is the mean of what is 1 at its own place and 0 elsewhere, weighted with the shares, so
    that slopes keep their digits where a share is almost all or nothing.

    >>> softmax([1000.0, 1000.0, -1000.0])
    [0.5, 0.5, 0.0]
    """
    run = Run(xs, "softmax")
    places = range(len(run.numbers))
    return [OPS["softmean"].apply(run, [int(k == place) for k in places]) for place in places]


def log_softmax(xs: Iterable[Any]) -> list[Any]:
    """The logarithms of what `softmax` gives, exact in both tails: a list of Values, or numbers.

    >>> log_softmax([40.0, 0.0])
    [-4.248354255291589e-18, -40.0]
    """
    every = list(xs)
    if any(getattr(x, "raw", x).__class__ is float for x in every):  # ints beside them are floats
        every = [x if isinstance(x, Value) else nearest(x) for x in every]
    others = (every[:place] + every[place + 1 :] for place in range(len(every)))
    rest = map(OPS["logsumexp"].apply, others)
    return [OPS["log_share"].apply(x, other) for x, other in zip(every, rest, strict=True)]


__all__ += ["log_softmax", "softmax"]
