"""A process of its own for the class under test: asked with a time limit, started again."""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import queue
import subprocess
import sys
import threading
import warnings
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Self

from autograd.testing.engines import worker

# Seconds to import what is under test: a large framework takes its time.
STARTING = 120.0

# Questions that are sent before the first of them is answered: few enough to fit into a pipe.
_BATCH = 30
_MOST_ENDS = 2
# So often an engine may let a question's time run out: more of it would take a teacher's day.
_MOST_TIMEOUTS = 6

# In a browser there is one process, and a chain longer than this may end it when it is freed.
ALONE = sys.platform == "emscripten"
LONGEST_ALONE = 500


@dataclass(frozen=True)
class Answer:
    """What came of some code: what each expression gave, or the error.

    `error` is the type and the message. The type is "timeout" where the time limit ended it, and
    "crash" where the process died.
    """

    read: tuple[Any, ...] = ()
    error: tuple[str, str] | None = None

    @property
    def ended(self) -> bool:
        """Whether the process had to be ended, or died."""
        return self.error is not None and self.error[0] in ("timeout", "crash")


class LoadError(ValueError):
    """A class, file or module that cannot be loaded."""


class SilentError(LoadError):
    """An engine that has let so many questions' time run out that it is asked no more.

    `code` is what it did not answer last.
    """

    def __init__(self, code: str, said: str) -> None:
        self.code, self.said = code, said
        super().__init__(said)


class NotFoundError(ValueError):
    """Something that the engine must have and that was not found; it says what to give."""


class Isolated:
    """A process that runs code for one target; it starts when it is first asked.

    `target` is what `worker.namespace` takes; `python` the interpreter; `limit` seconds for each
    question. A target that is a class, which no other process could import, needs a fork. Where
    there is no other process, in a browser, the code runs in this one, without a limit.
    """

    def __init__(
        self, target: Mapping[str, Any], python: str = sys.executable, limit: float = 10.0
    ) -> None:
        self.target, self.python, self.limit = target, python, limit
        self.process: _Spawned | _Forked | _Within | None = None
        self.timeouts, self.silent = 0, ""

    def ask(
        self, code: str, read: Sequence[str] = (), data: str = "", limit: float | None = None
    ) -> Answer:
        """Runs `code`, then evaluates the expressions in `read`. Raises LoadError."""
        return self.ask_all([(code, read)], data, limit)[0]

    def ask_all(
        self,
        questions: Sequence[tuple[str, Sequence[str]]],
        data: str = "",
        limit: float | None = None,
    ) -> list[Answer]:
        """The answer to each question; a process that hangs or dies is started again for the next.

        After two such ends the rest is not asked, and there are fewer answers. Raises SilentError
        where the time ran out again and again.
        """
        if self.timeouts >= _MOST_TIMEOUTS:
            raise SilentError(self.silent, f"no answer after {self.limit:g} s")
        lines = [
            json.dumps({"code": code, "read": list(read), "data": data}) for code, read in questions
        ]
        limit = limit or self.limit
        found: list[Answer] = []
        ends = 0
        while len(found) < len(lines) and ends < _MOST_ENDS:
            if self.process is None:
                self.process = self._started()
            batch = lines[len(found) : len(found) + _BATCH]
            self.process.send(batch)
            for _ in batch:
                reply = self.process.received(limit)
                if reply:
                    found.append(_answer(reply))
                    continue
                if reply is None:
                    self.timeouts, self.silent = self.timeouts + 1, questions[len(found)][0]
                message = "the process ended" if reply == "" else f"no answer after {limit:g} s"
                found.append(Answer(error=("crash" if reply == "" else "timeout", message)))
                self.close()
                ends += 1
                break
        return found

    def _started(self) -> _Spawned | _Forked | _Within:
        if not ALONE and "class" in self.target and not hasattr(os, "fork"):
            raise LoadError(
                f"{self.target['class'].__qualname__} cannot be imported by another process: "
                "put it into a file"
            )
        process: _Spawned | _Forked | _Within
        if ALONE:
            process = _Within(self.target)
        elif "class" in self.target:
            process = _Forked(self.target)
        else:
            process = _Spawned(self.target, self.python)
        reply = process.received(STARTING)
        if not reply:
            process.close()
            raise LoadError("loading it took too long" if reply is None else "loading it crashed")
        error = _answer(reply).error
        if error is not None:
            process.close()
            raise LoadError(f"loading it raised {error[0]}: {error[1]}")
        return process

    def close(self) -> None:
        """Ends the process; the next question starts another."""
        if self.process is not None:
            self.process.close()
            self.process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _answer(reply: str) -> Answer:
    found = json.loads(reply)
    if "error" in found:
        kind, message = found["error"]
        return Answer(error=(kind, message))
    return Answer(tuple(found["read"]))


class _Piped:
    """Two pipes to a process: lines go in, and a thread collects those that come out."""

    def __init__(self, requests: IO[str], replies: IO[str]) -> None:
        self.requests = requests
        self.lines: queue.Queue[str] = queue.Queue()
        self.reader = threading.Thread(target=self._collect, args=(replies,), daemon=True)
        self.reader.start()

    def _collect(self, replies: IO[str]) -> None:
        with contextlib.suppress(OSError, ValueError), replies:
            for line in replies:
                self.lines.put(line)
        self.lines.put("")

    def send(self, lines: Iterable[str]) -> None:
        """Writes lines; that a process has died shows when its answer is awaited."""
        with contextlib.suppress(OSError):
            self.requests.write("".join(line + "\n" for line in lines))
            self.requests.flush()

    def received(self, limit: float) -> str | None:
        """The next answer; '' if the process has died, None if the time is over."""
        try:
            return self.lines.get(timeout=limit)
        except queue.Empty:
            return None

    def close(self) -> None:
        """Closes the pipes, when the process has ended."""
        with contextlib.suppress(OSError):
            self.requests.close()
        self.reader.join()


class _Spawned(_Piped):
    """A new interpreter that runs the worker as a script."""

    def __init__(self, target: Mapping[str, Any], python: str) -> None:
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}
        if python != sys.executable:  # another Python has its own packages
            environment.pop("PYTHONPATH", None)
        try:
            self.process = subprocess.Popen(  # noqa: S603  the user names the interpreter
                [python, "-c", inspect.getsource(worker)],  # its file may be in a zip archive
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                env=environment,
            )
        except OSError as error:
            raise LoadError(f"{python} cannot be run: {error.strerror}") from None
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        super().__init__(self.process.stdin, self.process.stdout)
        self.send([json.dumps(target)])

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        super().close()


class _Forked(_Piped):
    """A copy of this process, which has the class: for one that cannot be imported by name."""

    def __init__(self, target: Mapping[str, Any]) -> None:
        there, requests = os.pipe()
        replies, here = os.pipe()
        with warnings.catch_warnings():  # other threads, which the copy does not have
            warnings.simplefilter("ignore", DeprecationWarning)
            self.child = os.fork()
        if not self.child:
            try:
                os.close(requests)
                os.close(replies)
                nothing = os.open(os.devnull, os.O_RDWR)
                for stream in (0, 1, 2):
                    os.dup2(nothing, stream)
                with os.fdopen(there, encoding="utf-8") as lines:
                    worker.serve(lines, lambda line: os.write(here, line.encode()), target)
            finally:
                os._exit(0)
        os.close(there)
        os.close(here)
        super().__init__(os.fdopen(requests, "w"), os.fdopen(replies, encoding="utf-8"))

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.child, 9)
        os.waitpid(self.child, 0)
        super().close()


class _Within:
    """This very process: what hangs in it hangs, and what crashes ends everything."""

    def __init__(self, target: Mapping[str, Any]) -> None:
        self.requests: deque[str] = deque()
        self.answers = iter(worker.answers(iter(self.requests.popleft, None), target))

    def send(self, lines: Iterable[str]) -> None:
        """Keeps the questions until their answers are asked for."""
        self.requests.extend(lines)

    def received(self, limit: float) -> str | None:  # noqa: ARG002  none is kept
        """The next answer."""
        return next(self.answers)

    def close(self) -> None:
        """Forgets the questions that are left."""
        self.requests.clear()
