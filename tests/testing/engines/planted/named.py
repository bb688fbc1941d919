"""Right engines whose parts are called otherwise, and made in other ways."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from right import ordered


@dataclass(eq=False)
class Node:
    """A dataclass; the functions of it are functions of the module."""

    val: float
    parents: list = field(default_factory=list)
    derivative: float = 0.0

    def __add__(self, other):
        other = lifted(other)
        return Node(self.val + other.val, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = lifted(other)
        return Node(self.val * other.val, [(self, other.val), (other, self.val)])

    def backprop(self, start):
        order = ordered(self)
        for node in order:
            node.derivative = 0.0 if node.parents else node.derivative
        self.derivative += start
        for node in reversed(order):
            for parent, slope in node.parents:
                parent.derivative += slope * node.derivative


def lifted(x):
    return x if isinstance(x, Node) else Node(float(x))


def sin(x):
    return Node(math.sin(x.val), [(x, math.cos(x.val))])


class Hidden:
    """Slots, properties, a constructor that wants its parents, and a leak of its own slope."""

    __slots__ = ("_g", "_v", "parents")

    def __init__(self, number, parents):
        self._v, self._g, self.parents = number, 0.0, parents

    @property
    def value(self):
        return self._v

    @property
    def gradient(self):
        return self._g

    def __add__(self, other):
        return Hidden(self._v + other._v, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        return Hidden(self._v * other._v, ((self, other._v), (other, self._v)))

    def leakyReLU(self):
        slope = 1.0 if self._v > 0 else 0.2
        return Hidden(slope * self._v, ((self, slope),))

    def backward_pass(self):
        order = ordered(self)
        for node in order:
            node._g = 0.0 if node.parents else node._g
        self._g += 1.0
        for node in reversed(order):
            for parent, slope in node.parents:
                parent._g += slope * node._g


class Wert:
    """No name here says anything."""

    def __init__(self, zahl, eltern=()):
        self.zahl, self.ableitung, self.eltern = zahl, 0.0, eltern

    def __add__(self, other):
        return Wert(self.zahl + other.zahl, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        return Wert(self.zahl * other.zahl, ((self, other.zahl), (other, self.zahl)))

    def sinus(self):
        return Wert(math.sin(self.zahl), ((self, math.cos(self.zahl)),))

    def los(self):
        order = ordered_eltern(self)
        for node in order:
            node.ableitung = 0.0 if node.eltern else node.ableitung
        self.ableitung += 1.0
        for node in reversed(order):
            for parent, slope in node.eltern:
                parent.ableitung += slope * node.ableitung


def ordered_eltern(root):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((parent, False) for parent, _ in node.eltern)
    return order


class Nothing:
    """No engine at all."""

    def __init__(self, text):
        self.text = str(text)
