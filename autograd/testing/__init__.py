"""A kit for proving derivative rules: your own operations' and the ones that are here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograd.testing.engines import EngineError, check_engine
    from autograd.testing.functions import check_function
    from autograd.testing.gradients import GradientError, GradientReport, gradcheck
    from autograd.testing.rules import RuleReport, check_all_rules, check_rule
    from autograd.testing.strategies import Expression, domain, expressions, values
    from autograd.testing.verdict import Finding, RuleError

# Loaded when first used: strategies need Hypothesis alone, the checks need mpmath.
_HOMES = {
    **dict.fromkeys(("EngineError", "check_engine"), "engines"),
    **dict.fromkeys(("GradientError", "GradientReport", "gradcheck"), "gradients"),
    **dict.fromkeys(("RuleReport", "check_all_rules", "check_rule"), "rules"),
    **dict.fromkeys(("Finding", "RuleError"), "verdict"),
    "check_function": "functions",
    **dict.fromkeys(("Expression", "domain", "expressions", "values"), "strategies"),
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'autograd.testing' has no attribute {name!r}")
    return getattr(import_module(f"autograd.testing.{_HOMES[name]}"), name)


__all__ = [
    "EngineError",
    "Expression",
    "Finding",
    "GradientError",
    "GradientReport",
    "RuleError",
    "RuleReport",
    "check_all_rules",
    "check_engine",
    "check_function",
    "check_rule",
    "domain",
    "expressions",
    "gradcheck",
    "values",
]
