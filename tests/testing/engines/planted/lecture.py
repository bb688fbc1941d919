"""The engine of the lecture, whole; the test changes single words of it, as students do."""

import math


class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents
        self._backward = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else type(self)(other)
        out = type(self)(self.data + other.data, (self, other))

        def _backward():
            self.grad += 1.0 * out.grad
            other.grad += 1.0 * out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else type(self)(other)
        x, y = self.data, other.data
        out = type(self)(x * y, (self, other))

        def _backward():
            self.grad += y * out.grad
            other.grad += x * out.grad

        out._backward = _backward
        return out

    def __pow__(self, n):
        if isinstance(n, Value):
            return NotImplemented
        slope = n * self.data ** (n - 1) if n else 0.0
        out = type(self)(self.data**n, (self,))

        def _backward():
            self.grad += slope * out.grad

        out._backward = _backward
        return out

    def exp(self):
        out = type(self)(math.exp(min(self.data, 709.78)), (self,))

        def _backward():
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def tanh(self):
        out = type(self)(math.tanh(self.data), (self,))

        def _backward():
            self.grad += (1 - out.data**2) * out.grad

        out._backward = _backward
        return out

    def relu(self):
        slope = float(self.data > 0)
        out = type(self)(self.data * slope, (self,))

        def _backward():
            self.grad += slope * out.grad

        out._backward = _backward
        return out

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __truediv__(self, other):
        return self * other**-1

    def __radd__(self, other):
        return self + other

    def __rsub__(self, other):
        return other + (-self)

    def __rmul__(self, other):
        return self * other

    def __rtruediv__(self, other):
        return other * self**-1

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        for node in order:
            node.grad = 0.0 if node.parents else node.grad
        self.grad = self.grad + 1.0 if not self.parents else 1.0
        for node in reversed(order):
            node._backward()


class Apart(Value):
    """The same, but that differences, quotients and signs have rules of their own."""

    def __neg__(self):
        out = type(self)(-self.data, (self,))

        def _backward():
            self.grad += -1.0 * out.grad

        out._backward = _backward
        return out

    def __sub__(self, other):
        other = other if isinstance(other, Value) else type(self)(other)
        out = type(self)(self.data - other.data, (self, other))

        def _backward():
            self.grad += 1.0 * out.grad
            other.grad += -1.0 * out.grad

        out._backward = _backward
        return out

    def __truediv__(self, other):
        other = other if isinstance(other, Value) else type(self)(other)
        ratio, x = self.data / other.data, other.data
        out = type(self)(ratio, (self, other))

        def _backward():
            self.grad += 1 / x * out.grad
            other.grad += -ratio / x * out.grad

        out._backward = _backward
        return out
