"""Accuracy: whether a prediction is right, for the losses that know right and wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from nn.losses import Loss, binary_cross_entropy, cross_entropy, hinge

Correct: TypeAlias = Callable[[Any, Any], Any]


def same_side(score: Any, target: Any) -> bool:
    """Whether a score is positive just when the target is: 1 against 0 or −1; for lists, all are.

    >>> same_side(-0.3, 0), same_side(-0.3, 1), same_side([-0.3, 0.2], [-1, 1])
    (True, False, True)
    """
    if isinstance(score, list):
        return all(map(same_side, score, target))
    return bool((score > 0) == (target > 0))


def best_class(scores: Sequence[Any], target: Any) -> bool:
    """Whether the highest of the scores is that of class `target`, or of its likeliest class.

    For a list of both, as for the steps of a sequence, whether all are.

    >>> best_class([0.1, 0.7, 0.2], 1), best_class([0.1, 0.7, 0.2], [0.5, 0.1, 0.4])
    (True, False)
    """
    if isinstance(scores[0], list):
        return all(map(best_class, scores, target))
    best = max(range(len(scores)), key=scores.__getitem__)
    return bool(target[best] == max(target) if hasattr(target, "__len__") else best == target)


CORRECT: dict[Loss, Correct] = {
    hinge: same_side,
    binary_cross_entropy: same_side,
    cross_entropy: best_class,
}
