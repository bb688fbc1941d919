"""Origin: whose `autograd` is imported. Another distribution installs a package of that name.

Where that one's files came last, nothing of this project runs on `import autograd`; `import nn`
is the first place that can tell, so whoever else finds it out asks here.
"""

from importlib.util import find_spec


def found() -> str:
    """The file that `import autograd` reads, or the folder that has none.

    >>> found().endswith("__init__.py")
    True
    """
    spec = find_spec("autograd")
    if spec is None:
        return "nothing at all"
    return spec.origin or f"{[*(spec.submodule_search_locations or [])]}, without an __init__.py,"


try:
    from autograd import Value as _Value  # noqa: F401
except ImportError as error:
    raise ImportError(
        f"this needs chainrule's autograd, and {found()} is not it, or not all of it: the "
        "distribution called autograd installs a package of the same name (and so does a file of "
        "your own called autograd.py); `pip uninstall autograd chainrule` and then `pip install "
        "chainrule` brings this one back, and to have both, give each an environment of its own"
    ) from error
