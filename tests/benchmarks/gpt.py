"""A small GPT of single numbers, written for any class of values, in the style of `microgpt.py`.

One layer of width 16 with 4 heads, 27 tokens (the letters and the end of a word), trained on words
by Adam. Nothing here knows an engine: `Value` is whatever class the caller gives, with arithmetic,
`exp`, `log`, `relu`, `data`, `grad` and `backward`. `Plain` is such a class in forty lines, as the
field writes it: children and local gradients stored at the forward pass, a recursive sort.
"""
# ruff: noqa: B905, RUF007  written as the field writes it

import math
import random

WIDTH, HEADS, LENGTH, TOKENS = 16, 4, 16, 27
END = TOKENS - 1

WORDS = """\
meadow river harbor lantern copper willow ember marble saddle orchard pebble thunder velvet garden
anchor window silver bramble candle feather island kettle ladder mirror needle oyster pepper quarry
rabbit shadow timber umbrella valley walnut yonder zephyr acorn basket cedar dagger elbow falcon
""".split()  # noqa: SIM905


class Plain:
    """A number that stores what it was made of and each local gradient."""

    __slots__ = ("children", "data", "grad", "slopes")

    def __init__(self, data, children=(), slopes=()):
        self.data, self.grad, self.children, self.slopes = data, 0, children, slopes

    def __add__(self, other):
        other = other if isinstance(other, Plain) else Plain(other)
        return Plain(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other):
        other = other if isinstance(other, Plain) else Plain(other)
        return Plain(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, power):
        return Plain(self.data**power, (self,), (power * self.data ** (power - 1),))

    def log(self):
        return Plain(math.log(self.data), (self,), (1 / self.data,))

    def exp(self):
        e = math.exp(self.data)
        return Plain(e, (self,), (e,))

    def relu(self):
        return Plain(max(0.0, self.data), (self,), (float(self.data > 0),))

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -other

    def __truediv__(self, other):
        return self * other**-1

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for child in node.children:
                    visit(child)
                order.append(node)

        visit(self)
        self.grad = 1
        for node in reversed(order):
            for child, slope in zip(node.children, node.slopes):
                child.grad += slope * node.grad


def numbers(seed=7):
    """The weights to start with: a matrix of rows of floats for each name."""
    source = random.Random(seed)
    shapes = {"token": (TOKENS, WIDTH), "place": (LENGTH, WIDTH), "scores": (TOKENS, WIDTH)}
    shapes |= dict.fromkeys(("query", "key", "value", "out"), (WIDTH, WIDTH))
    shapes |= {"wide": (4 * WIDTH, WIDTH), "narrow": (WIDTH, 4 * WIDTH)}
    return {
        name: [[source.gauss(0.0, 0.08) for _ in range(columns)] for _ in range(rows)]
        for name, (rows, columns) in shapes.items()
    }


def tokens(word):
    """The word between two ends."""
    return [END, *(ord(letter) - ord("a") for letter in word), END]


def linear(x, w):
    return [sum(wi * xi for wi, xi in zip(wo, x)) for wo in w]


def softmax(scores):
    largest = max(score.data for score in scores)
    exps = [(score - largest).exp() for score in scores]
    total = sum(exps)
    return [e / total for e in exps]


def normed(x):
    """Divided by the root of the mean square."""
    scale = (sum(xi * xi for xi in x) * (1.0 / len(x)) + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def attention(x, w, keys, values):
    """What the heads read from the places so far, this one the last; all keys and values."""
    query = linear(x, w["query"])
    keys = [*keys, linear(x, w["key"])]
    values = [*values, linear(x, w["value"])]
    size, read = WIDTH // HEADS, []
    for start in range(0, WIDTH, size):
        head = slice(start, start + size)
        asked = query[head]
        scores = [
            sum(qi * ki for qi, ki in zip(asked, key[head])) * (1.0 / size**0.5) for key in keys
        ]
        weights = softmax(scores)
        read += [
            sum(weight * value[j] for weight, value in zip(weights, values))
            for j in range(start, start + size)
        ]
    return linear(read, w["out"]), keys, values


def scores(token, place, w, keys, values):
    """The scores of the token that follows; all keys and values."""
    x = normed([t + p for t, p in zip(w["token"][token], w["place"][place])])
    read, keys, values = attention(normed(x), w, keys, values)
    x = [a + b for a, b in zip(x, read)]
    inner = [h.relu() for h in linear(normed(x), w["wide"])]
    x = [a + b for a, b in zip(x, linear(inner, w["narrow"]))]
    return linear(x, w["scores"]), keys, values


def loss(line, follow):
    """The mean of minus the logarithm of the probability of each next token."""
    keys, values, losses = [], [], []
    for place, (token, following) in enumerate(zip(line, line[1:])):
        found, keys, values = follow(token, place, keys, values)
        probabilities = softmax(found)
        losses.append(-probabilities[following].log())
    return sum(losses) * (1.0 / len(losses))


def adam(w, g, mean, square, step, rate=0.01, b1=0.85, b2=0.99):
    """A number after a step of Adam, and its two means."""
    mean = b1 * mean + (1 - b1) * g
    square = b2 * square + (1 - b2) * g**2
    root = (square / (1 - b2**step)) ** 0.5 + 1e-8
    return w - rate * (mean / (1 - b1**step)) / root, mean, square


def trainer(Value):
    """Two functions of a word over values of this class: a step of training, giving the loss,
    and the loss and all its gradients, to be called once and alone.
    """
    w = {name: [[Value(x) for x in row] for row in rows] for name, rows in numbers().items()}
    parameters = [p for rows in w.values() for row in rows for p in row]
    means, squares, steps = [0.0] * len(parameters), [0.0] * len(parameters), 0

    def follow(token, place, keys, values):
        return scores(token, place, w, keys, values)

    def run(line):
        return loss(line, follow)

    def gradients(word):
        total = run(tokens(word))
        total.backward()
        return total.data, [p.grad for p in parameters]

    def step(word):
        nonlocal steps
        steps += 1
        total = run(tokens(word))
        total.backward()
        for i, p in enumerate(parameters):
            p.data, means[i], squares[i] = adam(p.data, p.grad, means[i], squares[i], steps)
            p.grad = 0.0
        return total.data

    return step, gradients
