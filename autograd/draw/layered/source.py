"""Source: DOT text read back as boxes, arrows and frames, as much of the language as is used here.

Not read are ports, layers and records; what a keyword says that is not known here is left unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

Attributes: TypeAlias = dict[str, str]


class Markup(str):
    """A value that stands between < and >: a label in Graphviz's HTML."""

    __slots__ = ()


@dataclass(frozen=True)
class Arrow:
    """An arrow from box to box."""

    tail: str
    head: str
    attributes: Attributes


@dataclass(frozen=True)
class Frame:
    """A frame, and the place of the one it stands in among all frames, None for the picture."""

    name: str
    parent: int | None
    attributes: Attributes


@dataclass
class Graph:
    """What a DOT text says; `inside` is each box's frame, `same` are those who stand abreast."""

    attributes: Attributes = field(default_factory=dict)
    boxes: dict[str, Attributes] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    inside: dict[str, int] = field(default_factory=dict)
    same: list[list[str]] = field(default_factory=list)


_TOKEN = re.compile(
    r'\s+|//[^\n]*|/\*.*?\*/|(?P<text>"(?:[^"\\]|\\.)*")|(?P<mark>->|--|[{}\[\]=;,:<])|(?P<word>[^\s"{}\[\]=;,:<>]+?(?=->|--|[\s"{}\[\]=;,:<>]|$))',
    re.DOTALL,
)


def read(source: str) -> Graph:
    """The graph that a DOT text describes. Raises ValueError for what is no such text."""
    tokens = [*_tokens(source)]
    start = next((k for k, token in enumerate(tokens) if token == _OPEN), None)
    if start is None:
        raise ValueError("this is no DOT text: there is no {")
    graph = Graph()
    _Block(graph, None, {}, {}, graph.attributes).read(tokens, start + 1)
    return graph


class _Mark(str):
    """A mark of the language: what has the same letters inside quotes is none."""

    __slots__ = ()


def _tokens(source: str) -> Iterator[str]:
    place = 0
    while place < len(source):
        found = _TOKEN.match(source, place)
        if found is None:
            raise ValueError(f"DOT text cannot go on with {source[place : place + 20]!r}")
        place = found.end()
        if found["mark"] == "<":
            end = _closing(source, place)
            yield Markup(source[place:end])
            place = end + 1
        elif found["mark"]:
            yield _Mark(found["mark"])
        elif found["text"]:
            yield found["text"][1:-1].replace('\\"', '"').replace("\\\n", "")
        elif found["word"]:
            yield found["word"]


def _closing(source: str, place: int) -> int:
    """Where the > is that closes a < just before the place."""
    depth = 1
    for found in re.finditer("[<>]", source[place:]):
        depth += 1 if found[0] == "<" else -1
        if not depth:
            return place + found.start()
    raise ValueError("a < in the DOT text is never closed")


SUBGRAPH = "subgraph"
_OPEN, _CLOSE, _EQUALS = _Mark("{"), _Mark("}"), _Mark("=")
_LEFT, _RIGHT, _COLON = _Mark("["), _Mark("]"), _Mark(":")
_ARROWS = (_Mark("->"), _Mark("--"))


@dataclass
class _Block:
    """What stands between { and }: a graph or a part of one, with the attributes it hands on."""

    graph: Graph
    frame: int | None
    box: Attributes
    arrow: Attributes
    own: Attributes
    seen: dict[str, None] = field(default_factory=dict)

    def read(self, tokens: list[str], at: int) -> int:
        """Reads up to the } and returns the place behind it."""
        while at < len(tokens) and not _is(tokens[at], _CLOSE):
            token = tokens[at]
            if _is(token, _OPEN) or (token == SUBGRAPH and not isinstance(token, _Mark)):
                at = self._part(tokens, at)
            elif isinstance(token, _Mark):
                at += 1  # ; and ,
            elif at + 1 < len(tokens) and _is(tokens[at + 1], _EQUALS):
                self.own[token] = tokens[at + 2]
                at += 3
            elif token in ("graph", "node", "edge") and _is(tokens[at + 1], _LEFT):
                at, given = _attributes(tokens, at + 1)
                kinds = {"graph": self.own, "node": self.box, "edge": self.arrow}
                kinds[token].update(given)
            else:
                at = self._statement(tokens, at)
        if self.own.get("rank") == "same":
            self.graph.same.append([*self.seen])
        return at + 1

    def _part(self, tokens: list[str], at: int) -> int:
        """Reads a subgraph: a frame if it is called cluster…, else what belongs together."""
        name = ""
        while not _is(tokens[at], _OPEN):
            name = tokens[at]
            at += 1
        frame, own = self.frame, Attributes()
        if name.startswith("cluster"):
            frame = len(self.graph.frames)
            self.graph.frames.append(Frame(name, self.frame, own))
        part = _Block(self.graph, frame, {**self.box}, {**self.arrow}, own)
        at = part.read(tokens, at + 1)
        self.seen |= part.seen
        return at

    def _statement(self, tokens: list[str], at: int) -> int:
        """Reads a box, or arrows from box to box."""
        keys = [tokens[at]]
        at = _past_port(tokens, at + 1)
        while at < len(tokens) and tokens[at] in _ARROWS and isinstance(tokens[at], _Mark):
            keys.append(tokens[at + 1])
            at = _past_port(tokens, at + 2)
        at, given = _attributes(tokens, at)
        for key in keys:
            self.graph.boxes.setdefault(key, {**self.box})
            if self.frame is not None:
                self.graph.inside.setdefault(key, self.frame)
            self.seen[key] = None
        if len(keys) == 1:
            self.graph.boxes[keys[0]].update(given)
        for tail, head in pairwise(keys):
            self.graph.arrows.append(Arrow(tail, head, self.arrow | given))
        return at


def _is(token: str, mark: _Mark) -> bool:
    return isinstance(token, _Mark) and token == mark


def _past_port(tokens: list[str], at: int) -> int:
    while at < len(tokens) and _is(tokens[at], _COLON):
        at += 2
    return at


def _attributes(tokens: list[str], at: int) -> tuple[int, Attributes]:
    """The attributes between [ and ] at a place, if there are any, and the place behind them."""
    found: Attributes = {}
    while at < len(tokens) and _is(tokens[at], _LEFT):
        at += 1
        while not _is(tokens[at], _RIGHT):
            if isinstance(tokens[at], _Mark):
                at += 1
                continue
            if _is(tokens[at + 1], _EQUALS):
                found[tokens[at]] = tokens[at + 2]
                at += 3
            else:
                found[tokens[at]] = "true"
                at += 1
        at += 1
    return at, found
