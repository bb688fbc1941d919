"""Losses: how wrong a prediction is, as one Value to run backward from.

Each takes one prediction and its target, or two equally long sequences of them (nested, too), and
then gives the mean. Scores are what a linear output gives, before any sigmoid or softmax: from them
the logarithms of probabilities can be computed without overflow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import add
from typing import Any, TypeAlias

from autograd import Value, dot, logsumexp, minimum, relu, softplus, where
from nn.inputs import widened
from nn.ranges import check_range

Loss: TypeAlias = Callable[[Any, Any], Any]


def half_squared_error(prediction: Any, target: Any) -> Any:
    """(ŷ − y)² / 2, whose derivative is ŷ − y.

    >>> half_squared_error(2, 8)
    18.0
    """
    return _mean(lambda yhat, y: (yhat - y) ** 2 / 2, prediction, target)


def mse(prediction: Any, target: Any) -> Any:
    """Mean squared error, (ŷ − y)².

    >>> mse([1, 2, 3], [1, 2, 6])
    3.0
    """
    return _mean(lambda yhat, y: (yhat - y) ** 2, prediction, target)


def mae(prediction: Any, target: Any) -> Any:
    """Mean absolute error, |ŷ − y|.

    >>> mae([1, 2, 3], [1, 2, 6])
    1.0
    """
    return _mean(lambda yhat, y: abs(yhat - y), prediction, target)


def huber(prediction: Any, target: Any, delta: Any = 1) -> Any:
    """The squared error (ŷ − y)² / 2 up to a distance of `delta`, linear with slope `delta` beyond.

    >>> huber([0, 0], [0.5, 3])
    1.3125
    """
    check_range("delta", delta, above=0)

    def rule(yhat: Any, y: Any) -> Any:
        distance = abs(yhat - y)
        near = minimum(distance, delta)
        return near * (distance - near / 2)

    return _mean(rule, prediction, target)


def hinge(score: Any, target: Any) -> Any:
    """max(0, 1 − y·score) for a target y of −1 or 1. Raises ValueError for another target.

    >>> hinge([0.5, -3.0], [1, -1])
    0.25
    """

    def rule(s: Any, y: Any) -> Any:
        if _seen(y) not in (None, -1, 1):
            raise ValueError(
                f"hinge takes targets of -1 or 1, not {y!r}: for 0 and 1, use 2 * y - 1"
            )
        return relu(1 - y * s)

    return _mean(rule, score, target)


def binary_cross_entropy(score: Any, target: Any) -> Any:
    """−y·log σ(score) − (1 − y)·log σ(−score) for a probability y, mostly 0 or 1.

    Exact in the tails: no probability is rounded to 0 or 1 on the way. Raises ValueError for a
    target outside [0, 1].

    >>> binary_cross_entropy(-1000.0, 1)
    1000.0
    """

    def rule(s: Any, y: Any) -> Any:
        p = _seen(y)
        if p is not None and not (p == p and 0 <= p <= 1):  # a Decimal's nan has no order
            raise ValueError(
                f"binary_cross_entropy takes targets from 0 to 1, not {y!r}: for -1 and 1, "
                "use (y + 1) / 2"
            )
        return y * softplus(-s) + (1 - y) * softplus(s)

    return _mean(rule, score, target)


def cross_entropy(scores: Any, target: Any) -> Any:
    """−log of the probability that a softmax over the scores gives to the target.

    `scores` are one for each class, and the target is the number of the right class, from 0, or a
    list of probabilities; or both are lists of these. Raises ValueError for a class that has no
    score.

    >>> cross_entropy([1000.0, 0.0, -1000.0], 1)
    1000.0
    """
    scores, target = widened(scores), widened(target)
    if not isinstance(scores, Sequence) and hasattr(scores, "__len__"):
        scores = list(scores)
    if not isinstance(scores, Sequence) or not scores:
        raise ValueError(
            f"cross_entropy takes a list of scores, one for each class, not {scores!r}"
        )
    if _is_many(scores[0]):
        return _mean(cross_entropy, scores, target)
    if _is_many(target):
        _same_length(scores, target)
        likeliest = max(range(len(target)), key=lambda k: _seen(target[k]) or 0)
        others = _without(likeliest, scores)
        distances = [score - scores[likeliest] for score in others]
        loss = logsumexp([0, *distances]) * reduce(add, target)
        return loss - dot(_without(likeliest, target), distances) if others else loss
    number = _seen(target)
    if number is None:
        chosen: Any = math.nan  # that of no class, which compiled code cannot refuse
        for k, score in enumerate(scores):
            chosen = where(target - k, chosen, score)
        return logsumexp([where(target - k, score - chosen, 0) for k, score in enumerate(scores)])
    if number not in range(len(scores)):
        raise ValueError(
            f"there is no class {target!r}: the {len(scores)} scores are those of classes 0 to "
            f"{len(scores) - 1}"
        )
    right = scores[int(number)]
    return logsumexp([0, *(score - right for score in _without(int(number), scores))])


def l2_penalty(parameters: Iterable[Value], strength: Any) -> Any:
    """Strength · Σ w²: added to a loss, it keeps weights small. A Value that is shared counts once.

    >>> l2_penalty([3, 4], 2)
    50
    """
    given = enumerate(parameters)
    weights = (*{id(w) if isinstance(w, Value) else ~place: w for place, w in given}.values(),)
    return widened(strength) * dot(weights, weights)


def _without(place: int, sequence: Sequence[Any]) -> list[Any]:
    """A sequence but for one element."""
    return [x for k, x in enumerate(sequence) if k != place]


def _mean(rule: Loss, prediction: Any, target: Any) -> Any:
    """The mean of the rule over pairs, of pairs of sequences if they are nested."""
    prediction, target = widened(prediction), widened(target)
    if not _is_many(target):
        if _is_many(prediction):
            raise ValueError(
                f"{len(prediction)} predictions need as many targets, not the single {target!r}"
            )
        return rule(prediction, target)
    _same_length(prediction, target)
    pairs = zip(prediction if _is_many(prediction) else [prediction], target, strict=True)
    nested = rule is cross_entropy
    losses = [rule(yhat, y) if nested else _mean(rule, yhat, y) for yhat, y in pairs]
    total = reduce(add, losses)
    return total if len(losses) == 1 else total / len(losses)


def _same_length(prediction: Any, target: Any) -> None:
    count = len(prediction) if _is_many(prediction) else 1
    if count != len(target) or not count:
        raise ValueError(f"{count} predictions need as many targets, not {len(target)}")


def _is_many(thing: Any) -> bool:
    if isinstance(thing, str | bytes):
        raise TypeError(
            f"a loss takes numbers, not the text {thing!r}: convert it, float({thing!r})"
        )
    return hasattr(thing, "__len__")


def _seen(target: Any) -> Any:
    """The number to check, that of a Value, too; None for one that is not known in a trace."""
    if not isinstance(target, Value):
        return math.nan if target is None else target
    return None if isinstance(target < 0, Value) else target.data
