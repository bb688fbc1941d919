"""Rewrites what is derived from the rows: `python -m tests.refresh`, after a row is new or other.

The types of the functions (`autograd/functions.pyi`), the exercises of the live page, the certified
points of rows whose texts are new or changed (all with `--all`), and for these rows the list of
changes that change nothing. Some of those only a person can judge: they are printed, to be put
under a reason in `tests/rules/equivalent.txt` or caught by a better check, and the command fails.
"""

from __future__ import annotations

import argparse
import sys

from autograd.live import pool
from autograd.ops import OPS
from tests import stubs
from tests.rules import equivalent, reference

COMMAND = "run python -m tests.refresh"


def main() -> int:
    """The command; how many changes of rules are left to be judged decides its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.refresh", description=__doc__)
    parser.add_argument("--all", action="store_true", help="of every row; takes minutes")
    everything = parser.parse_args().all
    rows = list(OPS.values()) if everything else reference.stale()
    stubs.FILE.write_text(stubs.stub())
    pool.refresh(everything=everything)
    to_judge = equivalent.refresh(rows)
    reference.refresh(everything=everything)  # last: a row is done when its points are stored
    print(f"refreshed: {', '.join(op.name for op in rows) or 'no row was new'}")
    for line in to_judge:
        print(f"to be judged: {line}", file=sys.stderr)
    return bool(to_judge)


if __name__ == "__main__":
    sys.exit(main())
