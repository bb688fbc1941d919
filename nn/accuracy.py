"""Accuracy: whether a prediction is right, for the losses that know right and wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from autograd import Value
from nn.losses import Loss, binary_cross_entropy, cross_entropy, hinge
from nn.nested import leaves

Correct: TypeAlias = Callable[[Any, Any], Any]


def same_side(score: Any, target: Any) -> bool:
    """Whether a score is positive just when the target is, 1 or −1; for sequences, all are.

    >>> same_side(-0.3, -1), same_side(-0.3, 1), same_side([-0.3, 0.2], (-1, 1))
    (True, False, True)
    """
    return all(bool((s > 0) == (y > 0)) for s, y in _pairs(score, target))


def likelier(score: Any, target: Any) -> bool:
    """Whether a score is positive just when a probability is above 1/2; for sequences, all are.

    >>> likelier(-0.3, 0), likelier(-0.3, 0.1), likelier([-0.3, 0.2], [0, 0.9])
    (True, True, True)
    """
    return all(bool((s > 0) == (y > 0.5)) for s, y in _pairs(score, target))


def _pairs(score: Any, target: Any) -> Iterator[tuple[Any, Any]]:
    """Each score with its target: one output may have its target in a list, as losses take it."""
    return zip(leaves(score), leaves(target), strict=True)


def best_class(scores: Sequence[Any], target: Any) -> bool:
    """Whether the highest of the scores is that of class `target`, or of its likeliest class.

    For a sequence of both, as for the steps of a sequence, whether all are.

    >>> best_class([0.1, 0.7, 0.2], 1), best_class([0.1, 0.7, 0.2], [0.5, 0.1, 0.4])
    (True, False)
    """
    if hasattr(scores[0], "__len__"):
        return all(map(best_class, scores, target))
    best = max(range(len(scores)), key=scores.__getitem__)
    if hasattr(target, "__len__"):
        return bool(target[best] == max(target))
    return bool(best == (target.data if isinstance(target, Value) else target))


def known(table: Mapping[Any, Any], function: Any) -> Any:
    """What a table has for this function itself, which may have no hash; None for another."""
    return next((found for each, found in table.items() if each is function), None)


CORRECT: dict[Loss, Correct] = {
    hinge: same_side,
    binary_cross_entropy: likelier,
    cross_entropy: best_class,
}
