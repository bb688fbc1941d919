"""Wrong engines: each changes one thing in a right one, as people do by mistake."""

import math
import os
import time

from closures import Value as Closures
from right import Small, Value, ordered

# How gradients go through a graph.


class Assigned(Closures):
    """`=` in the place of `+=`."""

    def __add__(self, other):
        other = other if isinstance(other, Closures) else Assigned(other)
        out = Assigned(self.data + other.data, (self, other))

        def _backward():
            self.grad = out.grad
            other.grad = out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Closures) else Assigned(other)
        left, right = self.data, other.data
        out = Assigned(left * right, (self, other))

        def _backward():
            self.grad = right * out.grad
            other.grad = left * out.grad

        out._backward = _backward
        return out


class AssignedInOne(Closures):
    """`=` in the place of `+=`, in tanh alone."""

    def tanh(self):
        t = math.tanh(self.data)
        out = Closures(t, (self,))

        def _backward():
            self.grad = (1 - t * t) * out.grad

        out._backward = _backward
        return out


class Unchained(Closures):
    """tanh forgets the gradient of its result."""

    def tanh(self):
        t = math.tanh(self.data)
        out = Closures(t, (self,))

        def _backward():
            self.grad += 1 - t * t

        out._backward = _backward
        return out


def pushed(order):
    for node in order:
        node.grad = 0.0 if node.parents else node.grad
    order[0].grad = 1.0
    for node in order:
        for parent, slope in node.parents:
            parent.grad += slope * node.grad


class Unordered(Small):
    """Level by level from the result, in the place of a topological order."""

    def backward(self):
        order = [self]
        for node in order:
            order.extend(parent for parent, _ in node.parents if parent not in order)
        pushed(order)


class Reversed(Small):
    """The order is not reversed."""

    def backward(self):
        self.grad = 1.0
        for node in ordered(self):
            for parent, slope in node.parents:
                parent.grad += slope * node.grad


class Unvisited(Small):
    """Nothing remembers what was visited."""

    def backward(self):
        order = []

        def build(node):
            for parent, _ in node.parents:
                build(parent)
            order.append(node)

        build(self)
        pushed(order[::-1])


class Paths(Small):
    """Every way through the graph is walked by itself."""

    def backward(self, gradient=1.0):
        self.grad += gradient
        for parent, slope in self.parents:
            parent.backward(gradient * slope)


class Recursive(Small):
    """The order is found by recursion."""

    def backward(self):
        order, visited = [], set()

        def build(node):
            if node not in visited:
                visited.add(node)
                for parent, _ in node.parents:
                    build(parent)
                order.append(node)

        build(self)
        pushed(order[::-1])


class ParentSet(Small):
    """Parents are the keys of a dict: a value that is both operands is there once."""

    def __init__(self, data, parents=()):
        super().__init__(data, tuple(dict(parents).items()))


class ByData(Small):
    """Values are equal if their data are, and one stands for the other where they are sought."""

    def __eq__(self, other):
        return isinstance(other, Small) and self.data == other.data

    def __hash__(self):
        return hash(self.data)

    def backward(self):
        found = {}
        order = [found.setdefault(node, node) for node in ordered(self)]
        order = list(dict.fromkeys(order))
        for node in order:
            node.grad = 0.0 if node.parents else node.grad
        order[-1].grad = 1.0
        for node in reversed(order):
            for parent, slope in node.parents:
                found[parent].grad += slope * node.grad


class Seeded(Small):
    """The gradient of the result begins as its data."""

    def backward(self):
        order = ordered(self)[::-1]
        for node in order:
            node.grad = 0.0 if node.parents else node.grad
        self.grad = self.data
        for node in order:
            for parent, slope in node.parents:
                parent.grad += slope * node.grad


class Unseeded(Small):
    """The gradient of the result stays 0."""

    def backward(self):
        for node in reversed(ordered(self)):
            for parent, slope in node.parents:
                parent.grad += slope * node.grad


# What is kept between passes.


class Stale(Small):
    """Interior gradients of an earlier pass are added to."""

    def backward(self):
        self.grad = 1.0
        for node in reversed(ordered(self)):
            for parent, slope in node.parents:
                parent.grad += slope * node.grad


class ReadLate(Closures):
    """A product reads its operands when the backward pass comes."""

    def __mul__(self, other):
        other = other if isinstance(other, Closures) else Closures(other)
        out = Closures(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out


class Taped(Small):
    """One tape for all graphs, which a backward pass empties."""

    tape = []  # noqa: RUF012  that is its fault

    def __init__(self, data, parents=()):
        super().__init__(data, parents)
        if parents:
            self.tape.append(self)

    def backward(self):
        for node in self.tape:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(self.tape):
            for parent, slope in node.parents:
                parent.grad += slope * node.grad
        self.tape.clear()


class Shared(Small):
    """The gradients of all leaves are kept in one place."""

    kept = 0.0

    @property
    def grad(self):
        return self.own if self.parents else Shared.kept

    @grad.setter
    def grad(self, number):
        if getattr(self, "parents", ()):
            self.own = number
        else:
            Shared.kept = number


class KeptByData(Small):
    """The gradients of leaves are kept in a dict by what their data are."""

    def __init__(self, data, parents=()):
        super().__init__(data, parents)
        self.kept = {}

    def backward(self):
        order = ordered(self)
        self.kept = {node.data: 0.0 for node in order if not node.parents}
        for node in order:
            node.grad = 0.0 if node.parents else node.grad
        self.grad = 1.0
        for node in reversed(order):
            for parent, slope in node.parents:
                if parent.parents:
                    parent.grad += slope * node.grad
                else:
                    self.kept[parent.data] += slope * node.grad
        for node in order:
            if not node.parents:
                node.grad += self.kept[node.data]


class InPlace(Small):
    """`+=` changes the value itself."""

    def __iadd__(self, other):
        self.data += self.wrapped(other).data
        return self


# Single rules.


class Power(Small):
    """The slope of a power without its factor."""

    def __pow__(self, n):
        return self.made(self.data**n, (self, self.data ** (n - 1)))


class Tanh(Small):
    """tanh by a formula that overflows."""

    def tanh(self):
        t = (math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)
        return self.made(t, (self, 1 - t * t))


class TanhIsNan(Small):
    """The same, with infinities in the place of exceptions."""

    def tanh(self):
        e = math.exp(2 * self.data) if self.data < 350 else math.inf
        t = (e - 1) / (e + 1)
        return self.made(t, (self, 1 - t * t))


class Relu(Small):
    """relu with >=."""

    def relu(self):
        return self.made(max(0.0, self.data), (self, float(self.data >= 0)))


class Sigmoid(Small):
    """sigmoid with the slope s (1 + s)."""

    def sigmoid(self):
        s = 1 / (1 + math.exp(-self.data)) if self.data > -700 else 0.0
        return self.made(s, (self, s * (1 + s)))


class Division(Small):
    """The slope of a quotient to its divisor lacks the sign."""

    def __truediv__(self, other):
        other = self.wrapped(other)
        ratio = self.data / other.data
        return self.made(ratio, (self, 1 / other.data), (other, ratio / other.data))


class Swapped(Small):
    """The slopes of a difference are the wrong way round."""

    def __sub__(self, other):
        other = self.wrapped(other)
        return self.made(self.data - other.data, (self, -1.0), (other, 1.0))


class OtherSide(Value):
    """n - x is x - n."""

    def __rsub__(self, other):
        return self - other


class Exponent(Small):
    """The slope of n ** x without the logarithm."""

    def __rpow__(self, base):
        power = base**self.data
        return self.made(power, (self, power))


class Exp(Small):
    """The slope of exp is taken from what goes in."""

    def exp(self):
        result = math.exp(self.data) if self.data < 709.78 else math.inf
        return self.made(result, (self, self.data))


class Log(Small):
    """log is the logarithm to base 10."""

    def log(self):
        return self.made(math.log10(self.data), (self, 1 / self.data))


class Abs(Small):
    """The slope of abs is 1 everywhere."""

    def __abs__(self):
        return self.made(abs(self.data), (self, 1.0))


class Whole(Small):
    """A quotient of ints is cut to an int."""

    def __truediv__(self, other):
        other = self.wrapped(other)
        whole = isinstance(self.data, int) and isinstance(other.data, int)
        ratio = self.data // other.data if whole else self.data / other.data
        return self.made(ratio, (self, 1 / other.data), (other, -ratio / other.data))


class Compared(Small):
    """< says the opposite."""

    def __lt__(self, other):
        return self.data > other.data


# Graphs that are lost.


class AbsLost(Small):
    """abs gives a plain number."""

    def __abs__(self):
        return abs(self.data)


class NegLost(Small):
    """- gives a new leaf."""

    def __neg__(self):
        return self.made(-self.data)


class PosLost(Small):
    """+ gives a new leaf."""

    def __pos__(self):
        return self.made(self.data)


class SumLost(Small):
    """sum() begins with 0, and 0 + x is a new leaf."""

    def __radd__(self, other):
        return self.made(other + self.data)


class Changed(Small):
    """relu writes into its operand."""

    def relu(self):
        self.data = max(0.0, self.data)
        return self.made(self.data, (self, float(self.data > 0)))


# What would take a tester with it.


class Hanging(Small):
    """tanh never returns for a number below -1."""

    def tanh(self):
        while self.data < -1:
            time.sleep(0.01)
        return super().tanh()


class Crashing(Small):
    """exp ends the process for a number below -1."""

    def exp(self):
        if self.data < -1:
            os._exit(3)
        return self.made(math.exp(min(self.data, 700.0)), (self, math.exp(min(self.data, 700.0))))


class Forever(Small):
    """Every backward pass hangs."""

    def backward(self):
        time.sleep(60)


class Kept(Small):
    """What was visited is the default of an argument, which all passes share."""

    def backward(self, order=[], visited=set()):  # noqa: B006  the mistake
        stack = [(self, False)]
        while stack:
            node, is_done = stack.pop()
            if is_done:
                order.append(node)
            elif node not in visited:
                visited.add(node)
                stack += [(node, True), *((parent, False) for parent, _ in node.parents)]
        self.grad = 1.0
        for node in reversed(order):
            for parent, slope in node.parents:
                parent.grad += slope * node.grad


class ReluByData(Recursive):
    """Values are equal if their data are; relu gives one with the data of its operand."""

    def __eq__(self, other):
        return isinstance(other, Small) and self.data == other.data

    def __hash__(self):
        return hash(self.data)

    def relu(self):
        return self.made(max(self.data, 0.0), (self, float(self.data > 0)))


class ChangedSum(Small):
    """+ changes its operand, so that nothing that is made of sums says more."""

    def __add__(self, other):
        out = super().__add__(other)
        self.data = out.data
        return out


class Breaks(Small):
    """Methods that break wherever they are called; others take numbers alone, or refuse."""

    def __sub__(self, other):
        return self.made(self.dta - other.data, (self, 1.0), (other, -1.0))

    def __rsub__(self, other):
        return other.data - self.data

    def __truediv__(self, other):
        return self * (1 / other)

    def __rtruediv__(self, n):
        return n.data / self.data

    def __pow__(self, n):
        return self.made(self.data**n, (self, n * self.data ** (n - 1)))

    def __rpow__(self, n):
        return NotImplemented

    def __abs__(self):
        raise TypeError("abs is not for us")

    def __mod__(self, n):
        return self.made(self.data % n, (self, 1.0))

    def exp(self):
        return self.made(math.exp(self.data, 2))

    def log(self, base):
        return self.made(math.log(self.data, base))


class Rounded(Small):
    """What it is given is rounded, which changes no operand."""

    def __init__(self, data, parents=()):
        super().__init__(round(data, 6), parents)


class Unzeroed(Small):
    """zero_grad sets what nobody reads."""

    def zero_grad(self):
        self.gradient = 0.0
