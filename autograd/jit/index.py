"""Index: an argument that picks a row of a list, `E[i]`, as a step that holds for every row.

Python's lists ask an index for its number, and give the row of that number. So a function that
indexes is traced for two rows or more: where the graphs differ, what stands there is one column of
the list, and the step takes an entry of it; where they differ otherwise, the function is refused.
"""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from math import prod
from types import FrameType
from typing import Any, NamedTuple

from autograd.jit import choices
from autograd.jit.call import Called, OfAll, call_of
from autograd.structure import flatten
from autograd.value import Value, tracing


class Read(NamedTuple):
    """A row that was read while a function was traced: the list, the argument, its number."""

    rows: Sequence[Any]
    leaf: Value
    number: int


class Taken(NamedTuple):
    """An entry of a column, by an argument; entries may be taken from columns themselves."""

    leaf: Value
    column: tuple[Any, ...]


def position(number: Any, count: int) -> int:
    """Which of `count` rows a number picks, counted from the end if it is negative."""
    return int(number) + count if number < 0 else int(number)


# The operation.


def _taken(xs: Sequence[Any]) -> Any:
    return xs[1 + position(xs[0], len(xs) - 1)]


def _slope(place: int, xs: Sequence[Any], _: Any) -> Any:
    return place == 1 + position(xs[0], len(xs) - 1) and 1


def _slope_of_values(place: int, xs: Sequence[Any], _: Any) -> Any:
    index, count = xs[0], len(xs) - 1
    if tracing.get() is None:
        return _slope(place, [index.raw if isinstance(index, Value) else index, *xs[1:]], _)
    test = choices.either(
        choices.compare("==", index, place - 1), choices.compare("==", index, place - 1 - count)
    )
    return place > 0 and choices.choose(test, lambda: 1, lambda: False)


def _pull(node: Value) -> None:
    parent = node.left[1 + position(node.first[0], len(node.first) - 1)]
    if parent is not None:
        parent.grad += node.grad


# One of its arguments: the first says which of the others, counted from 0.
TAKE = OfAll(
    name="take", value="take(xs)", slopes=("take_slope(x, xs)",), run=True, opaque=True,
    routines={"take": _taken, "take_slope": lambda *xs: int(_slope(*xs))},
)  # fmt: skip
TAKE.equip(
    pull=_pull, compute=_taken, partials=(lambda *xs: int(_slope(*xs)),), handed=(_slope,),
    derivatives=(_slope_of_values,),
)  # fmt: skip


# The list that is indexed.


def rows_of(frame: FrameType | None, index: Value) -> Sequence[Any] | None:
    """The list in `rows[index]`, which this frame is about to read; None if that is not found.

    Its text is looked up, and has to be names, attributes and items: it is evaluated once more.
    """
    if frame is None:
        return None
    text = _text(frame)
    if "(" in text or ":=" in text:  # what is evaluated once more must change nothing
        return None
    for place, letter in enumerate(text):
        inner = text[place + 1 : -1]
        if letter != "[" or not text.endswith("]"):
            continue
        try:
            rows, found = (
                eval(part.strip(), frame.f_globals, frame.f_locals)  # noqa: S307  the user's own
                for part in (text[:place], inner)
            )
        except Exception:  # noqa: BLE001, S112  not the bracket that is looked for
            continue
        if found is index and isinstance(rows, list | tuple):
            return rows
    return None


def _text(frame: FrameType) -> str:
    """The text of what a frame is computing."""
    spans = [*frame.f_code.co_positions()]
    first, last, start, end = spans[frame.f_lasti // 2]
    if first is None or last is None or start is None or end is None:
        return ""
    lines = linecache.getlines(frame.f_code.co_filename, frame.f_globals)[first - 1 : last]
    if not lines:
        return ""
    encoded = [line.encode() for line in lines]
    encoded[-1] = encoded[-1][:end]
    encoded[0] = encoded[0][start:]
    return b"".join(encoded).decode()


# Which entries are taken.

# All combinations of indices are tried while that takes no more nodes than this, which is a
# fraction of a second.
TRIED = 100_000


class Recording(NamedTuple):
    """What one run of a function recorded: arguments, results, nodes, what it read by index.

    `variables` are Values that it captured and that count as leaves, however they were computed.
    """

    leaves: list[Value]
    outputs: list[Any]
    structure: Any
    order: list[Value]
    reads: list[Read]
    variables: set[Value]


def taken(
    record: Callable[[list[Any]], Recording], first: Recording, data: Sequence[Any], name: str
) -> dict[tuple[Any, int], Taken]:
    """For each argument of a `site`, and each result (of None), that an index picks, its column.

    `record` runs the function with other data. Raises TypeError if it does other things then.
    """
    runs = [first, *(record(changed) for changed in _others(first, data, name))]
    try:
        return _Matching(runs, lambda: record([*data])).found()
    except _OtherwiseError:
        raise TypeError(
            f"{name} uses an argument as an index, and does other things for another index than "
            "picking another entry of a list of Values: compiled code would do those of the first "
            "call. Write where(condition, x, y) for a choice"
        ) from None


class _OtherwiseError(Exception):
    """The runs do not do the same."""


def _others(first: Recording, data: Sequence[Any], name: str) -> Iterator[list[Any]]:
    """The arguments with other indices: all combinations, where that is not too much.

    Else as many as tell every index from every other: enough if every entry of the lists is a Value
    of its own, which is seen to differ, and if the function does nothing else with a row.
    """
    counts = counted(first)
    now = {read.leaf: position(read.number, counts[read.leaf]) for read in first.reads}
    entries = {id(read.rows): _flat([*read.rows]) for read in first.reads}.values()
    distinct = all(
        len({*map(id, row)}) == len(row) and all(isinstance(x, Value) for x in row)
        for row in entries
    )
    ranges = [range(counts[leaf]) for leaf in now]
    size = prod(map(len, ranges)) * (len(first.order) + sum(map(len, entries)))
    tried: Iterable[tuple[int, ...]]
    if size <= TRIED or (not distinct and size <= 20 * TRIED):
        tried = itertools.product(*ranges)
    elif distinct:
        tried = _telling(list(now.values()), [*counts.values()])
    else:
        raise TypeError(
            f"{name} picks from rows of plain numbers, or of Values that are there several times, "
            "by so many indices that not all can be tried: make every entry a Value of its own"
        )
    place = {leaf: k for k, leaf in enumerate(first.leaves)}
    for numbers in tried:
        if numbers != tuple(now.values()):
            changed = [*data]
            for leaf, number in zip(now, numbers, strict=True):
                changed[place[leaf]] = number
            yield changed


def _telling(now: Sequence[int], counts: Sequence[int]) -> list[tuple[int, ...]]:
    """Indices by which each is seen to move, and not as any other one does.

    >>> _telling([5, 5], [9, 9]), _telling([0, 1, 0], [2, 2, 2])
    ([(6, 7)], [(1, 1, 1), (1, 1, 0), (0, 0, 0)])
    """
    places = range(len(now))
    found = [tuple((now[k] + 1 + k) % counts[k] for k in places)]

    def moved(k: int) -> tuple[int, ...]:
        return tuple((x + 1) % counts[j] if j == k else x for j, x in enumerate(now))

    for k in places:
        seen = [(now[k], *(run[k] for run in found))]
        others = [(now[j], *(run[j] for run in found)) for j in places if j != k]
        if counts[k] > 1 and ({*seen[0]} == {now[k]} or seen[0] in others):
            found.append(moved(k))
    return found


def counted(recording: Recording) -> dict[Value, int]:
    """How many rows every index may pick from."""
    counts: dict[Value, int] = {}
    for rows, leaf, _ in recording.reads:
        counts[leaf] = min(len(rows), counts.get(leaf, len(rows)))
    return counts


def site(node: Value) -> Any:
    """What has arguments: a node; or a call, for all its results."""
    return call_of(node) if node.op.__class__ is Called else node


class _Matching:
    """The graphs of several runs beside each other: what is the same, and what is taken.

    They are the same if every node of one is made of the same by the same operation as that of the
    first, but for entries of rows that were read by an index, which are entries of one column.
    `again` repeats the first run: a leaf that is another one then was made by the function.
    """

    def __init__(self, runs: Sequence[Recording], again: Callable[[], Recording]) -> None:
        self.runs, self._again = runs, again
        places = [{leaf: k for k, leaf in enumerate(run.leaves)} for run in runs]
        asked = [[place[read.leaf] for read in run.reads] for run, place in zip(runs, places)]  # noqa: B905
        if any(arguments != asked[0] for arguments in asked):
            raise _OtherwiseError
        # The node of the first run that a node is the same as.
        self._first: list[dict[Value, Value]] = [
            dict(zip(run.leaves, runs[0].leaves, strict=True)) for run in runs
        ]
        # Where the entries of the rows stand that the first run read: the read, and the slot in it.
        self._read: dict[Any, list[tuple[int, int]]] = {}
        self._rows = [[_flat(read.rows[read.number]) for read in run.reads] for run in runs]
        for which, row in enumerate(self._rows[0]):
            for slot, x in enumerate(row):
                self._read.setdefault(_key(x), []).append((which, slot))
        self._calls: set[tuple[Any, ...]] = set()  # of which one result has been seen
        self._columns: dict[tuple[int, int], Taken] = {}
        self._tables: dict[int, list[list[Any]]] = {}  # of lists that the runs keep alive
        self._todo: list[tuple[Any, list[Sequence[Any]]]] = []

    def found(self) -> dict[tuple[Any, int], Taken]:
        """What is taken, by the argument of a node of the first run, or by the result (of None)."""
        found: dict[tuple[Any, int], Taken] = {}
        if any(run.structure != self.runs[0].structure for run in self.runs):
            raise _OtherwiseError
        two, known = len(self.runs) == 2, self._first[-1]
        self._todo = [(None, [run.outputs for run in self.runs])]
        while self._todo:
            node, inputs = self._todo.pop()
            for slot, entries in enumerate(zip(*inputs, strict=True)):
                if two:  # what most are, without a call
                    x, y = entries
                    if y is x:
                        alike = x.__class__ is not Value or x.op is None
                    else:
                        alike = y.__class__ is Value and known.get(y) is x
                    if alike:
                        continue
                same = self._same(entries)
                if same.__class__ is Taken:
                    found[node, slot] = same
        return found

    def _same(self, entries: Sequence[Any]) -> Any:
        """What the runs have at one place: the first run's own, or what is taken."""
        first = entries[0]
        if not isinstance(first, Value):
            if all(_key(x) == _key(first) for x in entries):
                return first
            return self._taken(entries)
        here = known = True  # as an object; as what the first run has
        for x, same in zip(entries, self._first, strict=True):
            here &= x is first
            known &= same.get(x) is first
        if known or (here and (first.op is None or first in self.runs[0].variables)):  # a parameter
            return first
        if not all(isinstance(x, Value) for x in entries):
            raise _OtherwiseError
        if _key(first) in self._read:
            try:
                return self._taken(entries)
            except _OtherwiseError:
                pass  # it was not the index that picked it
        alike = first in self._made and len({_key(x.raw) for x in entries}) == 1
        if first.op is None and not alike:
            raise _OtherwiseError
        for x, same in zip(entries, self._first, strict=True):
            if x.op is not first.op or x in same:
                raise _OtherwiseError
            same[x] = first
        if first.op is None:
            return first
        calls = tuple(map(call_of, entries))
        if first.op.__class__ is not Called or calls not in self._calls:
            self._calls.add(calls)
            inputs = [x.inputs for x in entries]
            if any(len(given) != len(inputs[0]) for given in inputs):
                raise _OtherwiseError
            self._todo.append((site(first), inputs))
        return first

    @cached_property
    def _made(self) -> set[Value]:
        """The leaves that the function makes: constants, as long as all runs have the same."""
        pairs = zip(self.runs[0].order, self._again().order, strict=False)
        return {x for x, other in pairs if x.op is None and x is not other} - {*self.runs[0].leaves}

    def _taken(self, entries: Sequence[Any]) -> Taken:
        """The column whose entries the runs have at one place."""
        for which, slot in self._read.get(_key(entries[0]), ()):
            rows = [rows[which] for rows in self._rows]
            if all(
                slot < len(row) and _key(row[slot]) == _key(x)
                for row, x in zip(rows, entries, strict=True)
            ):
                return self._column(which, slot)
        raise _OtherwiseError

    def _column(self, which: int, slot: int) -> Taken:
        if (which, slot) not in self._columns:
            lists = [self._table(run.reads[which].rows) for run in self.runs]
            widths = {len(row) for rows in lists for row in rows}
            if len({*map(len, lists)}) > 1 or len(widths) > 1:
                raise _OtherwiseError
            column = [
                self._same([row[slot] for row in group]) for group in zip(*lists, strict=True)
            ]
            leaf = self.runs[0].reads[which].leaf
            self._columns[which, slot] = Taken(leaf, tuple(column))
        return self._columns[which, slot]

    def _table(self, rows: Sequence[Any]) -> list[list[Any]]:
        """The entries of each row of a list."""
        if id(rows) not in self._tables:
            self._tables[id(rows)] = [*map(_flat, rows)]
        return self._tables[id(rows)]


def _key(x: Any) -> Any:
    """Values are the same by identity, numbers by kind and digits."""
    if isinstance(x, Value):
        return id(x)
    return x.__class__, x if isinstance(x, int | Fraction) else repr(x)


def _flat(tree: Any) -> list[Any]:
    leaves: list[Any] = []
    flatten(tree, leaves)
    return leaves
