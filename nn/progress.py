"""Progress: a bar while training, where somebody is looking and tqdm is installed."""

from __future__ import annotations

import importlib.util
import sys
from typing import Any

from nn.extras import extra


def bar(total: int, *, show: bool | None = None) -> Any:
    """A tqdm bar for `total` iterations if a terminal or a notebook is attached, or `show` is True.

    Else, and without tqdm, it is None. Raises ImportError if `show` asks for one.

    >>> bar(10, show=False)
    """
    notebook = _in_notebook()
    if show is False or (show is None and not notebook and not sys.stderr.isatty()):
        return None
    try:
        # In a notebook tqdm has a bar of its own if it finds ipywidgets.
        widgets = notebook and importlib.util.find_spec("ipywidgets")
        tqdm = extra("tqdm.notebook" if widgets else "tqdm", "progress").tqdm
    except ImportError:
        if show:
            raise
        return None
    return tqdm(total=total, unit="it")


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return type(shell).__name__ == "ZMQInteractiveShell"
