"""Special functions, which the texts of rows may call like the elementary ones."""

from collections.abc import Callable
from typing import Any, Final

from autograd.special import circular, gamma

ROUTINES: Final[dict[str, Callable[..., Any]]] = {
    name: getattr(module, name) for module in (circular, gamma) for name in module.__all__
}

__all__ = ["ROUTINES"]
