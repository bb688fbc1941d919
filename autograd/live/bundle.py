"""Bundle: the modules of the page as one script, each in a scope of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

SCRIPTS = files(__package__) / "scripts"  # also where the package is zipped

_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)
# What is said to who reads a file, and takes no part in the page.
_SAID = re.compile(r"^[ \t]*(?:/\*\*?(?:[^*]|\*(?!/))*\*/|//.*)\n|^\n", re.MULTILINE)


@cache
def bundle(start: str = "page", folder: Traversable = SCRIPTS) -> str:
    """The module `start` and all that it imports, as a script that leaves `$start` to be used.

    Raises ValueError where two modules import each other.

    >>> bundle("numbers").splitlines()[0]
    'const $numbers = (() => {'
    """
    names = dict.fromkeys(_in_order(start, folder, ()))
    return "".join(module(name, _source(name, folder)) for name in names)


@cache
def style(folder: Traversable = SCRIPTS) -> str:
    """The style sheets, without their comments and the space at the beginning of lines."""
    sheets = sorted(path.name for path in folder.iterdir() if path.name.endswith(".css"))
    text = "".join((folder / name).read_text(encoding="utf-8") for name in sheets)
    return re.sub(r"/\*.*?\*/\n?|^\s+", "", text, flags=re.DOTALL | re.MULTILINE)


def _in_order(name: str, folder: Traversable, above: tuple[str, ...]) -> Iterator[str]:
    """The modules, each behind those that it imports; a module may come more than once."""
    if name in above:
        raise ValueError(f"{name}.js imports itself by way of {' and '.join(above)}")
    for _, other in _IMPORT.findall(_source(name, folder)):
        yield from _in_order(other, folder, (*above, name))
    yield name


def _source(name: str, folder: Traversable) -> str:
    return (folder / f"{name}.js").read_text(encoding="utf-8")


def module(name: str, source: str) -> str:
    """A module as part of a bundle: a function that gives what it exports."""
    text = _SAID.sub("", _IMPORT.sub(r"const \1 = $\2;\n", source))
    exported = ", ".join(_EXPORT.findall(text))
    return f"const ${name} = (() => {{\n{_EXPORT.sub('', text)}return {{ {exported} }};\n}})();\n"
