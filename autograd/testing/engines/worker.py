"""The process in which a class under test runs.

It is run as a script, by whatever Python the class lives in, so it imports nothing of this project
and nothing that is not in the standard library. It reads one request a line and answers each with
one line, both JSON: a request has `code` to run and expressions to `read` afterwards; the answer
has what they gave, or the error that stopped the code.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

# What code raises is shortened to this many characters.
_LONGEST = 200


def answers(requests: Iterable[str], target: Mapping[str, Any]) -> Iterable[str]:
    """A line for each request, the first for the target itself: whether it could be loaded."""
    names: dict[str, Any] = {}
    try:
        names = namespace(target)
        yield json.dumps({"read": []})
    except BaseException as error:  # noqa: BLE001  a file may raise or exit as it likes
        yield json.dumps({"error": described(error)})
        return
    for line in requests:
        yield json.dumps(answer(json.loads(line), names))


def namespace(target: Mapping[str, Any]) -> dict[str, Any]:
    """The names that code sees: those of a file or module, as if the code stood at its end."""
    sys.path[:0] = target.get("path", [])
    if "class" in target:  # a class that lives in this very process, which forked
        made = target["class"]
        return {**vars(sys.modules[made.__module__]), made.__name__: made}
    names: dict[str, Any] = {}
    if "file" in target:
        name = os.path.splitext(os.path.basename(target["file"]))[0]  # noqa: PTH119, PTH122
        spec = importlib.util.spec_from_file_location(name, target["file"])
        if spec is None or spec.loader is None:
            raise ImportError("not a Python file: " + target["file"])
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        names.update(vars(module))
    elif "module" in target:
        names.update(vars(importlib.import_module(target["module"])))
    exec(target.get("setup", ""), names)  # noqa: S102  this process is here to run it
    return names


def answer(request: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    """What came of one request: numbers as pairs of a kind and digits, or the error."""
    own = dict(names)
    try:
        exec(compile(request["code"], "<check>", "exec"), own)  # noqa: S102
    except BaseException as error:  # noqa: BLE001
        return {"error": described(error)}
    found: list[Any] = []
    for text in request["read"]:
        try:
            found.append(encoded(eval(text, own), request.get("data", "")))  # noqa: S307
        except BaseException as error:  # noqa: BLE001
            found.append(["error", *described(error)])
    return {"read": found}


def encoded(thing: Any, data: str) -> list[Any]:
    """A number as its kind and its digits; what is no number as the name of its type."""
    for _ in range(3):  # a gradient may be a Value itself; the data of an array are no number
        if not data or isinstance(thing, (int, float)) or hasattr(thing, "dtype"):
            break
        if not hasattr(thing, data):
            break
        thing = getattr(thing, data)
    kind = type(thing).__name__
    if isinstance(thing, (list, tuple, str)):
        try:
            return ["plain", json.loads(json.dumps(thing))]
        except (TypeError, ValueError):
            return ["object", kind]
    if hasattr(thing, "item") and not isinstance(thing, (int, float)):  # an array of one number
        kind = str(getattr(thing, "dtype", kind))
        thing = thing.item()
    if thing is None:
        return ["none", ""]
    if isinstance(thing, float):
        return [kind, repr(float(thing))]
    if isinstance(thing, int):
        return [kind, hex(thing)]
    if kind in ("Fraction", "Decimal"):
        return [kind, str(thing)]
    return ["object", kind]


def described(error: BaseException) -> list[str]:
    """The built-in type and the message of an error; a type of its own is named in the message."""
    own = type(error)
    kind = next(base for base in own.__mro__ if base.__module__ == "builtins")
    name = "" if kind is own else own.__name__ + ": "
    return [kind.__name__, name + " ".join(str(error).split())[:_LONGEST]]


def serve(requests: Iterable[str], send: Callable[[str], Any], target: Mapping[str, Any]) -> None:
    """Answers requests until there are no more."""
    for line in answers(requests, target):
        send(line + "\n")


def main() -> None:
    """The script: the first line is the target, each line after it a request."""
    sys.path[:] = filter(None, sys.path)  # "" is the folder that happens to be the current one
    # What the class prints or reads must not end up among requests and answers.
    requests, replies = os.fdopen(os.dup(0), "r"), os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)

    def send(line: str) -> None:
        replies.write(line)
        replies.flush()

    serve(requests, send, json.loads(requests.readline()))


if __name__ == "__main__":
    main()
