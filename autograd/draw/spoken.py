"""Spoken: a picture in words, for who cannot see it."""

from __future__ import annotations

from autograd.draw.characters import clean
from autograd.draw.diagram import Diagram, Node, lost_digits
from autograd.draw.titles import counted

# So many boxes are described; a longer text is no longer listened to.
MOST_SPOKEN = 40

_PLURAL = {"input": "inputs", "weight": "weights", "target": "targets"}


def title_of(diagram: Diagram) -> str:
    """What the picture is of: `The graph of E`."""
    if diagram.look.title is not None:
        return clean(diagram.look.title)
    return f"The graph of {listed([*diagram.names])}"


def description_of(diagram: Diagram) -> str:
    """The picture from its results back to its inputs, a sentence for each box with a name.

    It starts `E, value 18.605, grad 1, from ŷ and y.`, and is what the caller wrote if he did.
    """
    if diagram.look.alt is not None:
        return clean(diagram.look.alt)
    heads = f"{counted(len(diagram.nodes), 'box', 'boxes')} and "
    heads += counted(len(diagram.lines), "arrow")
    above: dict[str, list[Node]] = {node.key: [] for node in diagram.nodes}
    carried: dict[str, list[str]] = {}  # what a round takes from the one before
    by_key = {node.key: node for node in diagram.nodes}
    for line in diagram.lines:
        if line.arrow.carried:
            carried.setdefault(line.head, []).append(_called(by_key[line.tail]))
        else:
            above[line.head].append(by_key[line.tail])
    computed = [node for node in reversed(diagram.nodes) if _speaks(node) and above[node.key]]
    leaves = [node for node in diagram.nodes if not above[node.key]]
    sentences = [f"{_said(node)}, from {listed(_sources(node, above))}" for node in computed]
    for place, node in enumerate(computed):
        if node.key in carried:
            sentences[place] += f", and from the round before: {listed(carried[node.key])}"
    for role, many in _PLURAL.items():
        own = [_said(node) for node in leaves if node.role == role]
        if own:
            sentences.append(f"{(role if len(own) == 1 else many).capitalize()}: {'; '.join(own)}")
    left = len(sentences) - MOST_SPOKEN
    if left > 0:
        sentences = [*sentences[:MOST_SPOKEN], f"And {left} more"]
    return ". ".join([heads, *sentences]) + "."


def _speaks(node: Node) -> bool:
    """Whether a box has a sentence of its own: one without a name is part of what follows it."""
    return bool(node.name) or node.box.shown is None or node.role == "output"


def _called(node: Node) -> str:
    return node.name or node.title.replace("\n", " ")


def _said(node: Node) -> str:
    """`E, value 18.605, grad 1`."""
    parts = [_called(node), *(f"{what} {number}" for what, number in node.cells if number != "–")]
    if node.times > 1:
        parts.insert(1, f"{node.times} times")
    if node.lost is not None:
        parts.append(lost_digits(node.lost) + " lost" + " here" * node.losing)
    return ", ".join(parts)


def _sources(node: Node, above: dict[str, list[Node]]) -> list[str]:
    """The nearest boxes with a name that a box is computed from, in the order of its operands."""
    found: dict[str, None] = {}
    seen = {node.key}
    stack = above[node.key][::-1]
    while stack:
        other = stack.pop()
        if other.key in seen:
            continue
        seen.add(other.key)
        if _speaks(other) or not above[other.key]:
            found[_called(other)] = None
        else:
            stack += above[other.key][::-1]
    return [*found]


def listed(parts: list[str]) -> str:
    """`a, b and c`; of many, the first ones and how many more.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    if len(parts) > 8:
        parts = [*parts[:6], f"{len(parts) - 6} more"]
    *most, last = parts or ["nothing"]
    return f"{', '.join(most)} and {last}" if most else last
