"""Extras: packages that some functions need and `import nn` does not."""

from __future__ import annotations

import importlib
from typing import Any


def extra(module: str, name: str = "") -> Any:
    """The module, imported now. Raises ImportError that says which extra installs it.

    >>> extra("no_such_package", "onnx")
    Traceback (most recent call last):
      ...
    ImportError: this needs no_such_package: pip install 'chainrule[onnx]'
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        package = module.partition(".")[0]
        raise ImportError(
            f"this needs {package}: pip install 'chainrule[{name or package}]'"
        ) from None
