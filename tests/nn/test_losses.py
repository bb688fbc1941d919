"""Losses: closed forms, extreme scores, means over nested sequences, refusals, and PyTorch's."""

import math
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, grad, jit
from nn import (
    binary_cross_entropy,
    cross_entropy,
    half_squared_error,
    hinge,
    huber,
    l2_penalty,
    mae,
    mse,
)
from nn.inputs import widened

number = st.floats(-50, 50)


def plain(value):
    return value.data if isinstance(value, Value) else float(value)


def gradients(loss, predictions, targets):
    values = [Value(x) for x in predictions]
    result = loss(values, targets)
    result.backward()
    return result.data, [value.grad for value in values]


def test_exact_values_and_slopes():
    for loss, value, slope in [
        (half_squared_error, Fraction(9, 2), -3),
        (mse, 9, -6),
        (mae, 3, -1),
        (huber, Fraction(5, 2), -1),
    ]:
        prediction = Value(Fraction(5))
        result = loss(prediction, 8)
        result.backward()
        assert (result.data, prediction.grad) == (value, slope)


def test_huber_is_squared_up_to_delta_and_linear_beyond():
    for distance in (0, 1, 2, 3, 5):
        x = Value(Fraction(distance))
        huber(x, 0, delta=2).backward()
        near = distance <= 2
        assert huber(x, 0, delta=2).data == (
            Fraction(distance**2, 2) if near else 2 * (distance - 1)
        )
        assert x.grad == min(distance, 2)
    assert huber(1e200, 0) == 1e200


def test_sequences_give_the_mean_and_nest():
    predictions = [[1, 2], [3, 4], [5, 6]]
    targets = [[0, 0], [0, 0], [0, 6]]
    assert mse(predictions, targets) == pytest.approx((1 + 4 + 9 + 16 + 25) / 6, rel=1e-15)
    assert mae([1], [4]) == 3
    total = mse([Value(float(k)) for k in range(1500)], [0.0] * 1500)
    total.backward()
    assert total.data == pytest.approx(sum(k * k for k in range(1500)) / 1500, rel=1e-14)


@pytest.mark.parametrize("score", [1000.0, -1000.0, 1e308, -1e308, 40.0, -40.0])
@pytest.mark.parametrize("target", [0, 1])
def test_binary_cross_entropy_keeps_its_tails(score, target):
    margin = score if target else -score
    exact = -margin if margin < -700 else math.log1p(math.exp(-margin)) if margin < 700 else 0.0
    x = Value(score)
    loss = binary_cross_entropy(x, target)
    loss.backward()
    assert loss.data == pytest.approx(exact, rel=1e-15)
    miss = 1 / (1 + math.exp(margin)) if abs(margin) < 700 else float(margin < 0)
    assert x.grad == pytest.approx(-miss if target else miss, rel=1e-14)


@pytest.mark.parametrize("scale", [1.0, 1000.0, 1e300])
def test_cross_entropy_is_stable(scale):
    scores = [Value(scale), Value(0.0), Value(-scale)]
    loss = cross_entropy(scores, 2)
    loss.backward()
    if scale > 1:
        assert loss.data == 2 * scale
        assert [s.grad for s in scores] == [1.0, 0.0, -1.0]
    else:
        e = [math.exp(k) for k in (1, 0, -1)]
        assert loss.data == pytest.approx(-math.log(e[2] / sum(e)), rel=1e-15)
        expected = [x / sum(e) - (k == 2) for k, x in enumerate(e)]
        assert [s.grad for s in scores] == pytest.approx(expected, rel=1e-14)


def test_cross_entropy_of_batches_probabilities_and_traced_classes():
    scores = [[1.0, 2.0, 3.0], [0.0, -1.0, 5.0]]
    one, two = cross_entropy(scores[0], 0), cross_entropy(scores[1], 2)
    assert cross_entropy(scores, [0, 2]) == (one + two) / 2
    assert cross_entropy(scores[0], [1.0, 0.0, 0.0]) == one
    assert cross_entropy(scores, [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]) == (one + two) / 2
    assert cross_entropy(scores[0], Value(0)) == one
    assert cross_entropy(scores[0], 0.0) == one


def test_one_prediction_takes_a_target_in_a_list():
    assert mse(3.0, [1.0]) == 4.0
    assert hinge(0.5, (1,)) == 0.5


def test_l2_penalty():
    weights = [Value(3.0), Value(-4.0)]
    penalty = l2_penalty(weights, 0.5)
    penalty.backward()
    assert penalty.data == 12.5
    assert [w.grad for w in weights] == [3.0, -4.0]


def test_wrong_targets_are_refused():
    for make, words in [
        (lambda: hinge(0.5, 0), r"hinge takes targets of -1 or 1, not 0: .*2 \* y - 1"),
        (lambda: binary_cross_entropy(0.5, -1), "from 0 to 1, not -1"),
        (lambda: cross_entropy([0.1, 0.2], 2), "no class 2: .* classes 0 to 1"),
        (lambda: cross_entropy([0.1, 0.2], -1), "no class -1"),
        (lambda: cross_entropy([0.1, 0.2], 0.5), "no class 0.5"),
        (lambda: cross_entropy(0.1, 0), "list of scores"),
        (lambda: cross_entropy([0.1, 0.2], [1.0]), "2 predictions need as many targets, not 1"),
        (lambda: mse([1, 2, 3], [1, 2]), "3 predictions need as many targets, not 2"),
        (lambda: mse([1, 2, 3], 1), "3 predictions need as many targets, not the single 1"),
        (lambda: mse(1, [1, 2]), "1 predictions need as many targets, not 2"),
        (lambda: mse([], []), "0 predictions"),
    ]:
        with pytest.raises(ValueError, match=words):
            make()


@pytest.mark.parametrize("kind", [float, Decimal, Fraction, Value, "float32"])
def test_a_target_of_any_kind_of_number_is_looked_at(kind):
    if kind == "float32":
        kind = pytest.importorskip("numpy").float32
    scores = [1.0, 2.0, 0.5]
    assert plain(cross_entropy(scores, kind(1))) == cross_entropy(scores, 1)
    wrong = [kind(7)] if kind is Fraction else [kind(7), kind(math.nan)]
    for bad in wrong:
        for call in (
            lambda bad=bad: cross_entropy(scores, bad),
            lambda bad=bad: cross_entropy([scores, scores], [1, bad]),
            lambda bad=bad: hinge(0.5, bad),
            lambda bad=bad: binary_cross_entropy(0.5, [bad]),
        ):
            with pytest.raises(ValueError, match=f"(?i){re.escape(repr(widened(bad)))}"):
                call()


def test_a_class_that_is_not_there_is_nan_in_compiled_code():
    program = jit(lambda scores, target: cross_entropy(scores, target))
    scores = [1.0, 2.0, 0.5]
    for k in range(3):
        assert program(scores, k) == pytest.approx(cross_entropy(scores, k), rel=1e-14)
    assert all(math.isnan(program(scores, bad)) for bad in (3, -1, 0.5, math.nan))


def test_linear_regression_gradients_are_those_of_the_notes():
    xs, ys = [1, 2, 3], [2, 3, 7]

    def error(m, b):
        return mse([m * x + b for x in xs], ys)

    m, b = Fraction(1, 2), Fraction(1)
    residuals = [m * x + b - y for x, y in zip(xs, ys, strict=True)]
    assert grad(error, argnums=(0, 1))(m, b) == (
        2 * sum(r * x for r, x in zip(residuals, xs, strict=True)) / 3,
        2 * sum(residuals) / 3,
    )


# Against PyTorch.


@given(st.lists(st.tuples(number, number), min_size=1, max_size=8))
def test_regression_losses_are_pytorchs(torch, pairs):
    functional = torch.nn.functional
    predictions, targets = zip(*pairs, strict=True)
    for ours, theirs in [
        (mse, functional.mse_loss),
        (half_squared_error, lambda s, y: functional.mse_loss(s, y) / 2),
        (mae, functional.l1_loss),
        (huber, functional.huber_loss),
    ]:
        against_torch(torch, ours, theirs, predictions, targets)


@given(st.lists(st.tuples(number, st.sampled_from([0.0, 1.0, 0.25])), min_size=1, max_size=8))
def test_binary_losses_are_pytorchs(torch, pairs):
    scores, targets = zip(*pairs, strict=True)
    theirs = torch.nn.functional.binary_cross_entropy_with_logits
    against_torch(torch, binary_cross_entropy, theirs, scores, targets)
    signs = [1.0 if y > 0.5 else -1.0 for y in targets]

    def hinges(s, y):
        return torch.relu(1 - y * s).mean()

    against_torch(torch, hinge, hinges, scores, signs)


@given(st.lists(number, min_size=2, max_size=6), st.data())
def test_cross_entropy_is_pytorchs(torch, scores, data):
    k = data.draw(st.integers(0, len(scores) - 1))

    def theirs(s, _):
        return torch.nn.functional.cross_entropy(s[None], torch.tensor([k]))

    against_torch(torch, lambda s, _: cross_entropy(s, k), theirs, scores, [0.0] * len(scores))


def against_torch(torch, ours, theirs, predictions, targets):
    value, slopes = gradients(ours, predictions, list(targets))
    x = torch.tensor(predictions, dtype=torch.float64, requires_grad=True)
    expected = theirs(x, torch.tensor(targets, dtype=torch.float64))
    expected.backward()
    # PyTorch takes the difference of two large logarithms where we do not.
    assert value == pytest.approx(expected.item(), rel=1e-12, abs=1e-13)
    assert slopes == pytest.approx(x.grad.tolist(), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("loss", [mse, half_squared_error, mae, huber])
def test_numbers_of_numpy_are_computed_with_as_pythons(loss):
    numpy = pytest.importorskip("numpy")
    for kind in ("uint8", "int8", "bool", "float16", "float32"):
        predictions = numpy.array([0, 1, 0], kind)
        targets = numpy.array([1, 1, 0], kind)
        expected = loss([0, 1, 0], [1, 1, 0])
        assert loss(predictions, targets) == loss([*predictions], [*targets]) == expected
    assert mse(0.1, numpy.float32(0.7)) == mse(0.1, float(numpy.float32(0.7)))
    assert mse(Value(2), numpy.array(5)).data == 9
    tenth = numpy.float32(0.1)
    assert l2_penalty([0.1, 0.2], tenth) == l2_penalty([0.1, 0.2], float(tenth))


def test_truths_are_added_up_as_shares_of_classes():
    numpy = pytest.importorskip("numpy")
    scores = [1.0, 2.0, 0.5]
    both = cross_entropy(scores, [1, 1, 0])
    assert cross_entropy(scores, numpy.array([True, True, False])) == both
    assert cross_entropy(scores, numpy.array(1)) == cross_entropy(scores, 1)


def test_a_distance_is_above_zero():
    for delta in (-1, 0):
        with pytest.raises(ValueError, match="delta is above 0"):
            huber(1.0, 0.0, delta)
