"""The engine test: which rule of an autodiff engine is wrong, where, and what would be right."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from autograd.testing.engines import adapters, battery, discovery
from autograd.testing.engines.candidate import Candidate
from autograd.testing.engines.isolation import ALONE, LONGEST_ALONE, Isolated, LoadError
from autograd.testing.engines.report import EngineError, Fault, Report


def check_engine(engine: type | str, **how: Any) -> Report:
    """Tests an autodiff engine; raises EngineError if anything is wrong, else returns the report.

    `engine` is a class such as micrograd's Value, or what the command takes: `my_engine.py:Value`,
    `micrograd.engine:Value`, or the name of a framework (torch, jax, hips, mygrad, tinygrad). From
    the class alone it finds how a value is made, its data, its gradient, the backward pass, and
    its operators and methods; `names` says what is called otherwise, as in `{"data": "value"}`.
    What the class does not have is no fault. See `report_on` for the rest of the arguments.

    The class runs in a process of its own: one that imports the class's file, or, if no import
    finds the class (it is in a function or a notebook), a fork of this one. What hangs or crashes
    there is a fault in the report. In a browser, which has one process, it runs in that one.
    """
    report = report_on(engine, **how)
    if not report.ok or (how.get("strict") and report.faults):
        raise EngineError(report)
    return report


def report_on(
    engine: type | str,
    *,
    names: Mapping[str, str] | None = None,
    python: str = sys.executable,
    limit: float = 10.0,
    max_ulp: float = battery.MAX_ULP,
    graphs: int | None = None,
    longest: int | None = None,
    strict: bool = False,  # noqa: ARG001  what `check_engine` does about the report
    progress: Callable[[str], object] = str,
) -> Report:
    """The report on an engine, whatever is in it.

    `python` is the interpreter that has the engine, `limit` how many seconds a check may take,
    `max_ulp` how far a number may be from the right one before it is called inaccurate, `graphs`
    the number of random graphs (200) and `longest` that of the operations in the long chain
    (10,000), both fewer for slow frameworks. With `strict`, `check_engine` raises for what is
    inaccurate, too. `progress` is told what comes next.
    Raises NotFoundError or LoadError, both ValueErrors, for an engine that is not there or lacks
    what every engine has; they say what to give.
    """
    target, find = _target(engine, dict(names or {}))
    if ALONE:
        longest = min(longest or LONGEST_ALONE, LONGEST_ALONE)
    with Isolated(target, python, limit) as process:
        candidate = find(process)
        return battery.examined(
            candidate, max_ulp=max_ulp, graphs=graphs, longest=longest, progress=progress
        )


def _target(
    engine: type | str, names: dict[str, str]
) -> tuple[dict[str, Any], Callable[[Isolated], Candidate]]:
    """What the process loads, and how the engine is then found in it."""
    if isinstance(engine, str) and engine in adapters.ADAPTERS:
        adapter = adapters.ADAPTERS[engine]
        return {"setup": adapter.setup}, adapter.candidate
    if isinstance(engine, type):
        target, opening = discovery.target_of_class(engine)
        title, name = f"{engine.__module__}.{engine.__qualname__}", engine.__name__
    elif isinstance(engine, str):
        target, name, opening = discovery.target_of(engine)
        title = engine
    else:
        raise TypeError(
            f"check_engine takes a class or a text such as my_engine.py:Value, not {engine!r}"
        )
    return target, lambda process: discovery.found(process, title, name, opening, names)


__all__ = ["EngineError", "Fault", "LoadError", "Report", "check_engine", "report_on"]
