"""Gradients against TensorFlow's: a soak, `SOAK=1 python -m pytest tests/nn/test_tensorflow.py`."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn import MLP, binary_cross_entropy, cross_entropy, hinge, huber, mae, mse

pytestmark = pytest.mark.skipif("SOAK" not in os.environ, reason="a soak: set SOAK=1 to run it")

NAMES = ["linear", "relu", "leaky_relu", "elu", "gelu", "silu", "sigmoid", "softplus", "tanh"]


@pytest.fixture(scope="module")
def tf():
    return pytest.importorskip("tensorflow", reason="TensorFlow is not installed")


def function(tf, name):
    return {
        "linear": lambda x: x,
        # Theirs have constants in single precision.
        "leaky_relu": lambda x: tf.where(x > 0, x, 0.01 * x),
        "gelu": lambda x: x / 2 * (1 + tf.math.erf(x / 2**0.5)),
        "sigmoid": tf.sigmoid,
        "tanh": tf.tanh,
    }.get(name) or getattr(tf.nn, name)


def variables(tf, model):
    """The rows of weights and the biases of each layer as TensorFlow's variables."""
    for layer in model.layers:
        rows = [[w.data for w in neuron.weights] for neuron in layer.neurons]
        biases = [neuron.bias.data for neuron in layer.neurons]
        yield tf.Variable(rows, dtype=tf.float64), tf.Variable(biases, dtype=tf.float64)


@settings(max_examples=300)
@given(
    st.integers(0, 2**32),
    st.lists(st.integers(1, 5), min_size=1, max_size=3),
    st.sampled_from(NAMES),
    st.sampled_from(NAMES),
    st.lists(st.floats(-3, 3, allow_subnormal=False), min_size=2, max_size=2),
)
def test_networks(tf, seed, widths, activation, output, inputs):
    model = MLP(2, widths, activation, output, init="xavier", seed=seed)
    outputs = model(inputs)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    sum(value * value for value in outputs).backward()
    layers = list(variables(tf, model))
    with tf.GradientTape() as tape:
        x = tf.constant(inputs, tf.float64)
        for place, (rows, biases) in enumerate(layers):
            name = output if place == len(layers) - 1 else activation
            x = function(tf, name)(tf.linalg.matvec(rows, x) + biases)
        total = tf.reduce_sum(x * x)
    assert [v.data for v in outputs] == pytest.approx(x.numpy().tolist(), rel=1e-8, abs=1e-11)
    expected = []
    for rows, biases in tape.gradient(total, layers):
        for row, bias in zip(rows.numpy().tolist(), biases.numpy().tolist(), strict=True):
            expected += [*row, bias]
    assert [p.grad for p in model.parameters()] == pytest.approx(expected, rel=1e-7, abs=1e-10)


@settings(max_examples=300)
@given(st.data())
def test_losses(tf, data):
    from autograd import Value

    scores = data.draw(st.lists(st.floats(-30, 30, allow_subnormal=False), min_size=2, max_size=6))
    size = {"min_size": len(scores), "max_size": len(scores)}
    numbers = data.draw(st.lists(st.floats(-30, 30, allow_subnormal=False), **size))
    classes = data.draw(st.lists(st.sampled_from([0.0, 1.0]), **size))
    signs = [2 * y - 1 for y in classes]
    k = data.draw(st.integers(0, len(scores) - 1))
    entropy = tf.nn.sigmoid_cross_entropy_with_logits

    def hubers(s, y):
        distance = abs(s - y)
        return tf.reduce_mean(tf.where(distance <= 1, distance**2 / 2, distance - 0.5))

    softmax = tf.nn.sparse_softmax_cross_entropy_with_logits
    for ours, theirs, targets in [
        (mse, lambda s, y: tf.reduce_mean((s - y) ** 2), numbers),
        (mae, lambda s, y: tf.reduce_mean(abs(s - y)), numbers),
        (huber, hubers, numbers),
        (hinge, lambda s, y: tf.reduce_mean(tf.nn.relu(1 - y * s)), signs),
        (binary_cross_entropy, lambda s, y: tf.reduce_mean(entropy(y, s)), classes),
        (lambda s, _: cross_entropy(s, k), lambda s, _: softmax(k, s), numbers),
    ]:
        values = [Value(score) for score in scores]
        result = ours(values, targets)
        result.backward()
        x = tf.Variable(scores, dtype=tf.float64)
        with tf.GradientTape() as tape:
            expected = theirs(x, tf.constant(targets, tf.float64))
        slopes = tape.gradient(expected, x).numpy().tolist()
        assert result.data == pytest.approx(float(expected), rel=1e-9, abs=1e-11)
        assert [v.grad for v in values] == pytest.approx(slopes, rel=1e-9, abs=1e-10)
