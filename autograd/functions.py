"""The public functions, one for each row of the table that is no helper.

Values in, a Value out; numbers in, a number out. Their types are in `functions.pyi`, which
`python -m tests.refresh` writes from the rows.
"""

from autograd.engine import FUNCTIONS
from autograd.ops import OPS

# Python's own operators and `abs` are these already.
_OPERATORS = {"add", "sub", "mul", "div", "power", "neg", "abs"}

# `log(x, base)` is a row of its own, and no function of its own.
_LONGER = {op.longer for op in OPS.values()}

__all__ = [
    name for name, op in OPS.items() if not op.helper and name not in {*_OPERATORS, *_LONGER}
]

globals().update((name, FUNCTIONS[name]) for name in __all__)
