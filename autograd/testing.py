"""A kit for proving derivative rules: your own operations' and the ones that are here."""

from autograd.check import GradientError, GradientReport, gradcheck
from autograd.rulecheck import RuleError, RuleReport, check_all_rules, check_rule
from autograd.strategies import Expression, domain, expressions, values

__all__ = [
    "Expression",
    "GradientError",
    "GradientReport",
    "RuleError",
    "RuleReport",
    "check_all_rules",
    "check_rule",
    "domain",
    "expressions",
    "gradcheck",
    "values",
]
