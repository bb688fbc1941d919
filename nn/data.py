"""Data: batches of samples, and small data sets drawn from a seed.

A sample is a pair of inputs and target; a data set is a list of samples.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from nn.initial import generator
from nn.inputs import widened
from nn.ranges import whole

Sample: TypeAlias = tuple[Any, Any]
Point: TypeAlias = tuple[float, float]


def batches(
    data: Iterable[Any], size: int | None = None, shuffle: bool = False, seed: int | None = None
) -> Iterator[list[Any]]:
    """The data in lists of `size`, the last one shorter if it must be; all at once without a size.

    With `shuffle` the order is random, the same for the same `seed`; without one, `random.seed`
    governs it, as it does weights and drawn data. Raises ValueError for a size below 1.

    >>> list(batches(range(7), 3))
    [[0, 1, 2], [3, 4, 5], [6]]
    """
    samples = list(data)
    size = len(samples) or 1 if size is None else whole("the size of a batch", size)
    if shuffle:
        generator(seed, None).shuffle(samples)
    return (samples[start : start + size] for start in range(0, len(samples), size))


def samples_of(data: Iterable[Any], what: str) -> list[Sample]:
    """The samples of data called so. Raises ValueError for what is no pair."""
    samples = list(data)
    if not samples:
        raise ValueError(f"{what} has no samples: give pairs (inputs, target)")
    for place, sample in enumerate(samples):
        if not hasattr(sample, "__len__") or len(sample) != 2:
            raise ValueError(
                f"sample {place} of {what} is no pair (inputs, target) but "
                f"{reprlib.repr(sample)}: list(zip(inputs, targets)) pairs them"
            )
    return [(widened(inputs), widened(target)) for inputs, target in samples]


def xor(labels: tuple[Any, ...] = (0, 1)) -> list[Sample]:
    """The four corners of a square, of which opposite ones belong together.

    >>> xor()
    [((0.0, 0.0), 0), ((0.0, 1.0), 1), ((1.0, 0.0), 1), ((1.0, 1.0), 0)]
    """
    corners = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
    return [((x, y), labels[x != y]) for x, y in corners]


def line(
    count: int = 100,
    *,
    slope: Any = 3,
    intercept: Any = 2,
    noise: float = 0.1,
    seed: int | None = None,
) -> list[Sample]:
    """Points near a straight line, for regression: x evenly from −1 to 1, y with the noise.

    >>> line(3, noise=0)
    [(-1.0, -1.0), (0.0, 2.0), (1.0, 5.0)]
    """
    count, rng = whole("count", count), generator(seed, None)
    xs = [2 * place / max(count - 1, 1) - 1 for place in range(count)]
    return [(x, rng.gauss(slope * x + intercept, noise)) for x in xs]


def moons(
    count: int = 100,
    *,
    noise: float = 0.1,
    seed: int | None = None,
    labels: tuple[Any, ...] = (0, 1),
) -> list[Sample]:
    """Two half circles that reach into each other, as scikit-learn's `make_moons` draws them.

    >>> data = moons(100, seed=1, labels=(-1, 1))
    >>> len(data), sorted({label for _, label in data})
    (100, [-1, 1])
    """

    def point(label: int, along: float) -> Point:
        x, y = math.cos(math.pi * along), math.sin(math.pi * along)
        return (1 - x, 0.5 - y) if label else (x, y)

    return _drawn(point, count, 2, noise, seed, labels)


def ring(
    count: int = 100,
    *,
    noise: float = 0.1,
    seed: int | None = None,
    labels: tuple[Any, ...] = (0, 1),
    factor: float = 0.4,
) -> list[Sample]:
    """A circle of radius `factor` in a ring of radius 1.

    >>> [label for _, label in ring(4, noise=0)]
    [0, 0, 1, 1]
    """

    def point(label: int, along: float) -> Point:
        radius = 1 if label else factor
        return radius * math.cos(math.tau * along), radius * math.sin(math.tau * along)

    return _drawn(point, count, 2, noise, seed, labels, closed=True)


def spiral(
    count: int = 150, classes: int = 3, *, noise: float = 0.03, seed: int | None = None
) -> list[Sample]:
    """As many interleaved spiral arms as there are classes, numbered from 0.

    >>> sorted({label for _, label in spiral(9)})
    [0, 1, 2]
    """

    def point(label: int, along: float) -> Point:
        radius = 0.1 + 0.9 * along
        angle = math.tau * (label / classes + 0.65 * along)
        return radius * math.cos(angle), radius * math.sin(angle)

    return _drawn(point, count, classes, noise, seed, tuple(range(classes)))


def _drawn(
    point: Callable[[int, float], Point],
    count: int,
    classes: int,
    noise: float,
    seed: int | None,
    labels: tuple[Any, ...],
    *,
    closed: bool = False,
) -> list[Sample]:
    """`count` noisy points, evenly along the curve of each class; a closed one ends before 1."""
    count, classes = whole("count", count), whole("classes", classes)
    if count < classes:
        raise ValueError(f"{classes} classes need at least {classes} points, not {count}")
    rng = generator(seed, None)
    data = []
    for label in range(classes):
        size = (count + classes - 1 - label) // classes
        for place in range(size):
            x, y = point(label, place / (size if closed else max(size - 1, 1)))
            noisy = (rng.gauss(x, noise), rng.gauss(y, noise))
            data.append((noisy, labels[label]))
    return data
