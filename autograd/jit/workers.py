"""Workers: threads that share out calls of machine code, which runs without Python's lock."""

from __future__ import annotations

import contextlib
import os
from _thread import LockType, allocate_lock, start_new_thread
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def checked(workers: int | None) -> int | None:
    """The number of workers that a user gave. Raises ValueError unless it is at least 1."""
    if workers is not None and (not isinstance(workers, int) or workers < 1):
        raise ValueError(f"workers is a whole number of at least 1, not {workers!r}")
    return workers


def spread(call: Callable[[Any], int], items: Iterable[Any], workers: int | None) -> bool:
    """Calls `call` with each item, in as many threads; whether it returned 0 for all of them.

    Without a number of workers there are as many as cores.
    """
    waiting = deque(items)
    count = len(waiting)
    found: list[int] = []

    def work(done: LockType) -> None:
        try:
            with contextlib.suppress(IndexError):  # when nothing waits any more
                while True:
                    found.append(call(waiting.popleft()))
        finally:
            done.release()

    locks = [allocate_lock()]
    others = min(count, workers or cores()) - 1 if count > 1 else 0
    # threading.Thread.start waits for the thread to begin, which costs as much as a small share.
    with contextlib.suppress(RuntimeError):  # no more threads are to be had: fewer do it all
        for _ in range(others):
            lock = allocate_lock()
            lock.acquire()
            start_new_thread(work, (lock,))
            locks.append(lock)
    locks[0].acquire()
    try:
        work(locks[0])
        for lock in locks:
            lock.acquire()
    finally:  # after Ctrl-C, nobody begins another item
        waiting.clear()
    return len(found) == count and not any(found)
