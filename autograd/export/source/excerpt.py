"""Excerpt: of a source file, the definitions that a text needs, in the file's order."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

# Where a definition begins, and what it defines: `def f(`, `class C:`, `x = `, `double f(`.
_START = re.compile(r"(?m)^(?=[^\s)}\]*])")
_DEFINED = re.compile(r"(\w+)(?=\(| = |\[|: |:$)|\} (\w+);", re.MULTILINE)
_IMPORT = re.compile(r"(?:from \S+ )?import (\([^)]*\)|.*)")
# What names nothing: docstrings, comments, strings; and what opens a Python file.
_SAID = re.compile(r'(?m)"""(?:.|\n)*?"""|/\*(?:.|\n)*?\*/|^\s*(?:// |# ).*|  # .*|"[^"\n]*"')
_OWN = re.compile(r"(?m)^from autograd\S* import (?:\([^)]*\)|.*)\n")
_ABOUT = re.compile(r'\A"""(?:.|\n)*?"""\n')


@cache
def definitions(source: str) -> dict[str, str]:
    r"""The text of each definition in a source, with the comment above it, by the names it defines.

    >>> print(definitions(file(__package__, "primitives.c"))["xlogy"])
    static double xlogy(double x, double y) {
        return x == 0 && y == y ? 0.0 : x * log(y);
    }
    >>> list(definitions("from decimal import (\n MAX_PREC,\n Context,\n)\nimport math\n"))
    ['MAX_PREC', 'Context', 'math']
    """
    found: dict[str, str] = {}
    comment = ""
    for part in _START.split(source):
        if not _SAID.sub("", part).strip():  # a comment belongs to what follows on the next line
            comment = "" if part.endswith("\n\n") else comment + part
            continue
        if part.startswith("@"):  # as a comment above it does
            comment += part
            continue
        text, comment = (comment + part).rstrip(), ""
        imported = _IMPORT.match(text)
        names = re.findall(r"\w+", imported[1]) if imported else [_first(_SAID.sub("", text))]
        found |= dict.fromkeys(names, text)
    return found


def _first(text: str) -> str:
    """What a definition defines."""
    found = [*_DEFINED.finditer(text)]
    ends = [match[2] for match in found if match[2]] if text.startswith("typedef") else []
    return ends[-1] if ends else found[0][1] if found else ""


def needed(
    source: str, wanted: Iterable[str], uses: Callable[[str], Iterable[str]]
) -> Iterator[str]:
    """The definitions that are wanted, and those that these use, in the order of the source."""
    known = definitions(source)
    found: set[str] = set()
    todo = [word for word in wanted if word in known]
    while todo:
        text = known[todo.pop()]
        if text not in found:
            found.add(text)
            todo += [word for word in uses(text) if word in known]
    yield from (text for text in dict.fromkeys(known.values()) if text in found)


def words(*texts: str) -> set[str]:
    """The words in texts, those in comments left out.

    >>> sorted(words("sin(x) /* not cos */ + 1"))
    ['1', 'sin', 'x']
    """
    return {word for text in texts for word in re.findall(r"\w+", _SAID.sub("", text))}


def file(package: str, name: str) -> str:
    """The text of a file of a package, without its docstring and imports from here."""
    text = (pkgutil.get_data(package, name) or b"").decode()  # also where the package is zipped
    return _OWN.sub("", _ABOUT.sub("", text))
