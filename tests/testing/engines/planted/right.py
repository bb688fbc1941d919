"""A small engine without a fault; the wrong ones change one thing in it."""

import math


class Small:
    """Sums, products, powers and tanh."""

    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents  # pairs of a value and the slope to it

    def made(self, data, *parents):
        return type(self)(data, parents)

    def wrapped(self, x):
        return x if isinstance(x, Small) else type(self)(x)

    def __add__(self, other):
        other = self.wrapped(other)
        return self.made(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        other = self.wrapped(other)
        return self.made(self.data * other.data, (self, other.data), (other, self.data))

    def __radd__(self, other):
        return self.wrapped(other) + self

    def __rmul__(self, other):
        return self.wrapped(other) * self

    def tanh(self):
        slope = 1 / math.cosh(self.data) ** 2 if abs(self.data) < 350 else 0.0
        return self.made(math.tanh(self.data), (self, slope))

    def backward(self):
        order = ordered(self)
        for node in order:
            if node.parents:
                node.grad = 0.0
        self.grad = self.grad + 1.0 if not self.parents else 1.0
        for node in reversed(order):
            for parent, slope in node.parents:
                parent.grad += slope * node.grad


class Value(Small):
    """The rest of the operations."""

    def __truediv__(self, other):
        other = self.wrapped(other)
        ratio = self.data / other.data
        return self.made(ratio, (self, 1 / other.data), (other, -ratio / other.data))

    def __pow__(self, n):
        if isinstance(n, Small):
            return NotImplemented
        return self.made(self.data**n, (self, n * self.data ** (n - 1) if n else 0.0))

    def __rpow__(self, base):
        power = base**self.data
        return self.made(power, (self, power * math.log(base)))

    def __neg__(self):
        return self.made(-self.data, (self, -1.0))

    def __pos__(self):
        return self.made(self.data, (self, 1.0))

    def __abs__(self):
        sign = (self.data > 0) - (self.data < 0)
        return self.made(abs(self.data), (self, sign))

    def __sub__(self, other):
        other = self.wrapped(other)
        return self.made(self.data - other.data, (self, 1.0), (other, -1.0))

    def __rsub__(self, other):
        return self.wrapped(other) - self

    def __rtruediv__(self, other):
        return self.wrapped(other) / self

    def __lt__(self, other):
        return self.data < self.wrapped(other).data

    def exp(self):
        result = math.exp(self.data) if not self.data > 709.78 else math.inf
        return self.made(result, (self, result))

    def log(self):
        return self.made(math.log(self.data), (self, 1 / self.data))

    def relu(self):
        flat = self.data <= 0
        return self.made(0.0 if flat else self.data, (self, float(not flat)))


def ordered(root):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent, _ in node.parents)
    return order
