"""Batches and data sets."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import batches, moons, ring, spiral, xor


@given(st.integers(0, 50), st.integers(1, 60), st.booleans(), st.integers(0, 9))
def test_batches_hold_every_sample_once(count, size, shuffle, seed):
    found = list(batches(range(count), size, shuffle=shuffle, seed=seed))
    assert sorted(x for batch in found for x in batch) == list(range(count))
    assert all(len(batch) == size for batch in found[:-1])
    assert all(0 < len(batch) <= size for batch in found)
    assert len(found) == math.ceil(count / size)
    assert found == list(batches(range(count), size, shuffle=shuffle, seed=seed))
    if not shuffle:
        assert [x for batch in found for x in batch] == list(range(count))


def test_shuffling_moves_samples_and_leaves_the_data_alone():
    data = list(range(100))
    (batch,) = batches(data, shuffle=True, seed=1)
    assert batch != data == list(range(100))


def test_without_a_size_all_is_one_batch_and_bad_sizes_are_refused():
    assert list(batches("abc")) == [["a", "b", "c"]]
    assert list(batches([])) == []
    for size in (0, -1, 2.5):
        with pytest.raises(ValueError, match=f"at least 1, not {size}"):
            batches([1, 2], size)


def test_without_noise_points_lie_on_their_curves():
    for (x, y), label in moons(20, noise=0):
        centre = (1.0, 0.5) if label else (0.0, 0.0)
        assert math.dist((x, y), centre) == pytest.approx(1)
        assert y <= 0.5 if label else y >= 0
    for point, label in ring(20, noise=0):
        assert math.hypot(*point) == pytest.approx(1 if label else 0.4)
    for point, _ in spiral(30, noise=0):
        assert 0.1 - 1e-12 <= math.hypot(*point) <= 1 + 1e-12


@pytest.mark.parametrize("make", [moons, ring, spiral])
def test_data_sets_repeat_by_seed_and_are_balanced(make):
    assert make(31, seed=4) == make(31, seed=4) != make(31, seed=5)
    labels = [label for _, label in make(31, seed=4)]
    counts = [labels.count(label) for label in set(labels)]
    assert len(labels) == 31
    assert max(counts) - min(counts) <= 1


def test_labels_can_be_chosen():
    assert {label for _, label in moons(10, labels=(-1, 1))} == {-1, 1}
    assert [label for _, label in xor((-1, 1))] == [-1, 1, 1, -1]
    assert {label for _, label in spiral(10, classes=5)} == {0, 1, 2, 3, 4}
    with pytest.raises(ValueError, match="2 classes need at least 2 points, not 1"):
        moons(1)
