"""Work that threads do at once, switching as often as they can."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial


def together(*works):
    """What functions return, run in threads that begin at once; what they raise is raised here."""
    go, interval = threading.Barrier(len(works)), sys.getswitchinterval()

    def run(work):
        go.wait()
        return work()

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(len(works)) as threads:
            return [done.result() for done in [threads.submit(run, work) for work in works]]
    finally:
        sys.setswitchinterval(interval)


def in_threads(work, count=4):
    """`work(k)` for each of `count` threads, `together`."""
    return together(*(partial(work, k) for k in range(count)))
