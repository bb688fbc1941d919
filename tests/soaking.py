"""How long the suite may take: `SOAK=1 python -m pytest` asks everything, in hours."""

import os

SOAK = bool(os.environ.get("SOAK"))


def asked(few, many):
    """`few`, as often as the suite can afford to ask, or `many` in a soak."""
    return many if SOAK else few
